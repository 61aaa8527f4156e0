"""The operadora's side of the sandbox: what a partner waits for is decided by the routes that its people use.

Only what is of the sandbox is touched; whoever else is in analysis waits for a person.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from local.demo_autorizacao import operadora
from local.gerador_cadastro import sandbox
from local.passos import Passos
from local.sandbox.roteiros import RESPOSTAS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from local.client import Client

NEGADA: Final = "negada-na-analise"
"""The life whose requests are denied."""
_ATOS: Final = {
    "RECEBIDO": ("analise", "conclusao", "liberacao"),
    "EM_ANALISE": ("conclusao", "liberacao"),
    "ANALISADO": ("liberacao",),
}
"""What is left to do with a PEG: reception itself begins the analysis of those of days before."""
_PARECER: Final = {
    "codigo": "2705",
    "motivo": "O relatório não justifica o exame: a queixa já foi investigada por exame recente.",
    "base": "Contrato do plano, cláusula de cobertura de exames.",
}
_RESPOSTA: Final = {"justificativa": "Resposta do sandbox: a decisão segue o código da glosa."}


class Operadora(Passos):
    """Auditoria and financeiro of an operadora, who act as is scripted."""

    def __init__(
        self, where: Mapping[str, Any], say: Callable[[str], None], today: date, *, registro_ans: str = "345695"
    ) -> None:
        super().__init__(where, say, today)
        self._registro = registro_ans
        self._vidas = {vida.carteira: vida.chave for vida in sandbox.vidas(registro_ans)}

    def run(self) -> None:
        """Decide what is in analysis, analyse and let out what was received, answer what was contested.

        Raises:
            DemoError: an act was refused.
        """
        with self._step("Decidir as autorizações do sandbox") as result:
            done = [self._decide(numero) for numero in self._ours("autorizacoes", "fila=ANALISE", "numero")]
            result.append(f"{sum(done)} de {len(done)}")
        with self._step("Analisar e liberar os PEGs do sandbox") as result:
            waiting = {
                protocolo: atos
                for situacao, atos in _ATOS.items()
                for protocolo in self._ours("pegs", f"situacao={situacao}", "protocolo")
            }
            done = [self._release(protocolo, atos) for protocolo, atos in waiting.items()]
            result.append(f"{sum(done)} de {len(done)}")
        with self._step("Responder aos recursos do sandbox") as result:
            done = [self._answer(protocolo) for protocolo in self._ours("recursos", "", "protocolo")]
            result.append(f"{sum(done)} de {len(done)}")

    @cached_property
    def _auditoria(self) -> Client:
        """Signed in once: no code of a second factor serves twice."""
        return operadora(self._where, "auditoria", self._registro)

    @cached_property
    def _financeiro(self) -> Client:
        return operadora(self._where, "financeiro", self._registro)

    def _ours(self, name: str, query: str, number: str) -> list[str]:
        path = f"/operadora/{name}?registro_ans={self._registro}&{query}"
        return [str(row[number]) for row in self._rows(self._auditoria, path, name)]

    def _decide(self, numero: str) -> bool:
        path = f"/operadora/autorizacoes/{self._registro}/{numero}"
        seen = self._auditoria.get(path)
        chave = self._vidas.get(seen["pedido"]["numero_carteira"])
        if chave is None:
            return False
        votes = [
            {"sequencia": item["sequencia"], "quantidade": item["quantidade_solicitada"]}
            if chave != NEGADA
            else {"sequencia": item["sequencia"], "quantidade": 0, **_PARECER}
            for item in seen["itens"]
            if item["situacao"] == "EM_ANALISE"
        ]
        self._ok(self._auditoria.request("POST", f"{path}/decisao", {"itens": votes}), numero)
        return True

    def _release(self, protocolo: str, atos: Sequence[str]) -> bool:
        path = f"/operadora/pegs/{protocolo}"
        if not self._is_ours(path):
            return False
        for act in atos:
            client = self._financeiro if act == "liberacao" else self._auditoria
            self._ok(client.request("POST", f"{path}/{act}", {}), f"{act} de {protocolo}")
        return True

    def _answer(self, protocolo: str) -> bool:
        path = f"/operadora/recursos/{protocolo}"
        if not self._is_ours(f"/operadora/pegs/{self._auditoria.get(path)['protocolo_peg']}"):
            return False
        answers = [
            {**_RESPOSTA, "item": item["id"], "decisao": RESPOSTAS.get(item["codigo_glosa"], "NAO_ACATADO")}
            for item in self._rows(self._auditoria, f"{path}/itens?", "itens")
        ]
        for act, body in (("analise", {}), ("respostas", {"respostas": answers}), ("conclusao", {})):
            self._ok(self._auditoria.request("POST", f"{path}/{act}", body), f"{act} de {protocolo}")
        return True

    def _is_ours(self, path: str) -> bool:
        """Whether all the carteiras of a PEG are of the sandbox."""
        return all(carteira in self._vidas for carteira in self._carteiras(path))

    def _carteiras(self, path: str) -> Iterator[str]:
        for guia in self._auditoria.get(f"{path}/guias")["guias"]:
            yield self._auditoria.get(f"{path}/guias/{guia['sequencia']}")["numero_carteira"]
