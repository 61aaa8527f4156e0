"""What operadoras publish, in every state that a valid call starts from, made as anybody makes it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from local.client import Client
from tests.fakes_documentos import a_pdf
from tests.matriz.documentacoes import PUBLICADA, comunicado
from tests.matriz.model import Values

PAGE: Final = a_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>")


class Publicacoes:
    """Makes comunicados that one prestador alone reads.

    Args:
        cadastro: a client of somebody in that group, at every operadora.
    """

    def __init__(self, cadastro: Client) -> None:
        self._cadastro = cadastro

    def make(self, estado: str, prestador: str, registro: str) -> Values:
        """A comunicado in a state."""
        return {"publicacao": self._made(estado, comunicado({"registro": registro, "por": prestador}))}

    def with_file(self, prestador: str, registro: str) -> str:
        """A published one, with its file."""
        made = self._made("", comunicado({"registro": registro, "por": prestador}))
        form = self._done("arquivo", made, {"nome_arquivo": "comunicado.pdf", "tamanho": len(PAGE)})
        assert self._cadastro.post_file(form, PAGE).status in {200, 201, 204}
        deadline = datetime.now(UTC) + timedelta(seconds=60)
        while self._cadastro.get(f"/operadora/documentacoes/{made}")["edicoes"][0]["arquivo_enviado"]["situacao"] != (
            "CONCLUIDO"
        ):
            assert datetime.now(UTC) < deadline
            time.sleep(0.1)
        self._done("publicacao", made)
        return made

    def _made(self, estado: str, body: Any) -> str:
        made = str(self._ask("", body)["id"])
        if estado == PUBLICADA:
            self._done("publicacao", made)
        return made

    def _done(self, ato: str, made: str, body: Any = None) -> Any:
        return self._ask(f"/{made}/{ato}", body)

    def _ask(self, path: str, body: Any) -> Any:
        answer = self._cadastro.request("POST", f"/operadora/documentacoes{path}", body)
        assert answer.status in {200, 201}, answer.text
        return answer.json()
