"""What the demo does not do and a gestor does: the calls of Cognito of a day."""

from __future__ import annotations

import http.client
from typing import Final

from local.client import sign_in_as
from local.passos import Passos
from local.seed import HOSPITAL

ESCOPOS: Final = ["conecta/peg.ler"]


class Gestao(Passos):
    """A person is invited; a credential is made, rotated and revoked."""

    def run(self) -> None:
        """Carry out every step.

        Raises:
            DemoError: one came out otherwise than it must.
        """
        gestor = sign_in_as(self._where, "gestor", HOSPITAL.prestador_id)
        with self._step("Convidar uma pessoa e dar uma credencial a um sistema, como gestor") as result:
            person = {"email": f"nova@{HOSPITAL.prestador_id}.example", "papel": "recepcao"}
            self._ok(gestor.request("POST", "/pessoas", person), "pessoa", http.client.CREATED)
            asked = {"nome": "Sistema do hospital", "escopos": ESCOPOS}
            made = self._ok(gestor.request("POST", "/credenciais", asked), "credencial", http.client.CREATED)
            path = f"/credenciais/{made['client_id']}/rotacao"
            new = self._ok(gestor.request("POST", path, {"sobreposicao_horas": 0}), "rotação", http.client.CREATED)
            gone = gestor.request("DELETE", f"/credenciais/{new['client_id']}")
            # Of a revocation whose answer was lost, the next one finds nothing.
            self._expect(gone.status in {http.client.NO_CONTENT, http.client.NOT_FOUND}, True, f"fim: {gone.text}")
            result += ["convidada", "feita, trocada e revogada"]
