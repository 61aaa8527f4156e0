"""A hospital contests, takes back and is answered the same glosas at the same time, over real HTTP (`dominio.md` §4).

The crowds with deaths and late events are in tests/property; here each act is a request of its own process.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import pytest

from conecta_contas.pegs import Peg
from conecta_contas_aws.contas import DynamoContas
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import query_all
from conecta_facts import codec
from local.client import Answer, Client, sign_in_as
from local.demo_autorizacao import VALE, operadora
from local.gerador import Pedido, gerar
from local.seed import HOSPITAL
from recurso.domain.recursos import Contestado, Recurso
from recurso.dynamodb import chaves
from recurso.s3 import S3Arquivo
from recurso.service.portas import Numero
from tests.e2e.conftest import Deployed
from tests.history_recurso import Linhas, Retrato, check, linhas_of
from tests.matriz.races import at_once

pytestmark = pytest.mark.e2e
WHO: Final = HOSPITAL.prestador_id
JUNTOS: Final = 4
GUIAS: Final = 4
PORQUE: Final = "A execução está no prontuário."


@dataclass
class Corrida:
    """A published PEG of which everything was taken, who contests it and who answers.

    Attributes:
        modelos: what may be contested of it, as each entry is sent.
    """

    deployed: Deployed
    faturista: Client
    auditoria: Client
    protocolo: str
    modelos: Sequence[Mapping[str, Any]]
    linhas: Linhas

    def envia(self, guia: int, numero: str | None = None) -> Answer:
        item = {**self.modelos[guia], "justificativa": PORQUE}
        body = {"registro_ans": VALE, "protocolo_peg": self.protocolo, "itens": [item]}
        return self.faturista.request(
            "POST", "/recursos", {**body, **({"numero_guia_recurso": numero} if numero else {})}
        )

    def cancela(self, recurso: str) -> Answer:
        return self.faturista.request("POST", f"/recursos/{recurso}/cancelamento", {})

    def responde(self, recurso: str, valor: str | None = None) -> Answer:
        """All of it, or so many reais."""
        part = {"decisao": "PARCIAL", "valor_acatado": valor} if valor else {"decisao": "ACATADO"}
        answer = {"item": 1, "justificativa": "Como se vê.", **part}
        return self.auditoria.request("POST", f"/operadora/recursos/{recurso}/respostas", {"respostas": [answer]})

    def conclui(self, recurso: str) -> Answer:
        return self.auditoria.request("POST", f"/operadora/recursos/{recurso}/conclusao", {})

    @property
    def _names(self) -> Mapping[str, str]:
        client = self.deployed.aws.client("lambda")
        found = client.get_function_configuration(FunctionName="conecta-embarcado-recurso-api")
        names: Mapping[str, str] = found["Environment"]["Variables"]
        return names

    def retrato(self) -> Retrato:
        """The real tables and the archive, of this PEG."""
        names, dynamodb, s3 = self._names, self.deployed.aws.client("dynamodb"), self.deployed.aws.client("s3")
        rows = query_all(dynamodb, names["TABELA_RECURSO"], chaves.tenant_pk(WHO), consistent=True)

        def mine(prefix: str, classe: Any) -> list[Any]:
            made = (codec.build(classe, row) for row in rows if str(row["sk"]).startswith(prefix))
            return [one for one in made if one.origem == self.protocolo]

        arquivo = S3Arquivo(s3, names["BUCKET_ACERVO"])
        recursos: list[Recurso] = mine("RECURSO#", Recurso)
        known = {one.protocolo for one in recursos}
        events = [json.loads(row["evento"]) for row in rows if "evento" in row]
        numbers = {
            str(row["sk"]).rpartition("#")[2]: codec.build(Numero, row) for row in rows
            if str(row["sk"]).startswith("NUMERO#") and "livre" not in row
        }  # fmt: skip
        contas = DynamoContas(dynamodb, names["TABELA_PEG"], s3, names["BUCKET_ACERVO"])
        peg = contas.peg(WHO, self.protocolo)
        assert peg is not None
        return Retrato(
            recursos=recursos, pautas={one.protocolo: arquivo.pauta(one) for one in recursos},
            contestados=mine("CONTESTADO#", Contestado),
            numeros={(VALE, number): one for number, one in numbers.items() if one.recurso in known}, rascunhos=[],
            eventos=[(one["tipo"], one["dados"]) for one in events if str(one["dados"].get("recurso")) in known],
            linhas={self.protocolo: self.linhas}, pegs=[peg], dossies={self.protocolo: contas.dossie(peg)},
        )  # fmt: skip


@pytest.fixture(scope="module")
def corrida(deployed: Deployed) -> Corrida:
    faturista, auditoria = sign_in_as(deployed.where, "faturista", WHO), operadora(deployed.where, "auditoria")
    hoje, numero = local_day(datetime.now(UTC)), f"{time.time_ns() // 1000 % 10**10}"
    asked = Pedido(
        guias=GUIAS, procedimentos=1, despesas=0, hoje=hoje, origem_cnpj=WHO, destino=VALE, numero_lote=numero
    )  # fmt: skip
    lote = gerar(asked)
    final = faturista.follow(faturista.upload(lote.conteudo, nome_arquivo="lote.xml")["id"])
    protocolo = str(final["recurso"]["id"])
    for client, act in (
        (auditoria, "analise"), (auditoria, "conclusao"), (operadora(deployed.where, "financeiro"), "liberacao"),
    ):  # fmt: skip
        answer = client.request("POST", f"/operadora/pegs/{protocolo}/{act}", {})
        assert answer.status == 200, answer.text
    glosas = faturista.get(f"/recursos/glosas?protocolo={protocolo}")["glosas"]
    made = Corrida(deployed, faturista, auditoria, protocolo, [one["modelo"] for one in glosas], {})
    seen = made.retrato()
    peg: Peg = seen.pegs[0]
    assert peg.publicada_em is not None
    made.linhas = linhas_of(seen.dossies[protocolo], peg.publicada_em)
    return made


def settled(look: Callable[[], bool]) -> None:
    """What events bring about is there, after a while."""
    deadline = time.monotonic() + 30
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.regra("REC-REPETIDO", "REC-NUMERO", "§4", "§5")
def test_whoever_meets_whom_each_glosa_is_contested_answered_and_given_back_once(corrida: Corrida) -> None:
    first = at_once([partial(corrida.envia, 0) for _ in range(JUNTOS)])
    assert sorted(one.status for one in first) == [201, *[409] * (JUNTOS - 1)]
    same = at_once([partial(corrida.envia, 1, f"R{corrida.protocolo}") for _ in range(JUNTOS)])
    assert {one.status for one in same} <= {200, 201}
    assert len({one.json()["protocolo"] for one in same}) == 1
    taken = {one.status: one for one in first}[201].json()["protocolo"], same[0].json()["protocolo"]
    for recurso in taken:
        acts = at_once([partial(corrida.cancela, recurso), partial(corrida.responde, recurso)])
        assert sorted(one.status for one in acts) == [200, 409], [one.text for one in acts]
    for guia in range(2, GUIAS):
        recurso = corrida.envia(guia).json()["protocolo"]
        assert corrida.responde(recurso).status == 200
        acts = at_once([
            partial(corrida.conclui, recurso), partial(corrida.responde, recurso, "0.01"),
            partial(corrida.conclui, recurso), partial(corrida.cancela, recurso),
        ])  # fmt: skip
        assert (acts[0].status, acts[2].status, acts[3].status) == (200, 200, 409), [one.text for one in acts]
        assert acts[1].status in {200, 409}
    settled(lambda: all(one.fatura for one in corrida.retrato().vivos if one.valor_acatado))
    assert check(corrida.retrato(), ate_o_fim=False) == []
    assert corrida.retrato().pegs[0].recuperacoes
