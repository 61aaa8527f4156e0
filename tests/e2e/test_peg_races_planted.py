"""The scenes of `tests.caos_peg` over real tables: the adapters keep what the fakes keep, and a bug in one is noticed.

The use cases run in this process, one worker at a time, so that a seed is one history; what they write is DynamoDB's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
from autorizacao.service.portas import Guardada, Mudanca
from conecta_contas.pegs import Peg
from conecta_contas_aws import contas
from conecta_edge.clock import FixedClock
from conecta_edge.dynamodb import unmarshal
from conecta_senhas import errors
from conecta_senhas.autorizacoes import Autorizacao
from conecta_senhas.usos import Lida
from conecta_senhas_aws.senhas import DynamoSenhas
from peg.domain.cobrancas import Cobranca
from peg.dynamodb import cobrancas
from peg.dynamodb.cobrancas import DynamoCobrancas
from peg.dynamodb.pegs import DynamoPegs
from tests.builders_functions import NOW, VALE
from tests.caos_peg import vive
from tests.casa_peg import Casa, Fatos, known_facts
from tests.contract.engines import AUTORIZACAO, PEG, Engine
from tests.contract.test_autorizacoes_contract import born
from tests.fakes_cadastro import PSEUDONIMOS

pytestmark = pytest.mark.e2e

FATOS: Final = known_facts()


class CasaReal(Casa):
    """A house whose PEGs, charges and senhas are kept in tables of its own."""

    def __init__(self, engine: Engine, fatos: Fatos, planted: Mapping[str, type[Any]]) -> None:
        super().__init__(fatos)
        self._engine = engine
        self._peg = engine.table("peg", ordem="recepcao", chaves=PEG)
        self._autorizacao = engine.table("autorizacao", chaves=AUTORIZACAO)
        client = engine.dynamodb
        held: Any = {
            "pegs": planted.get("pegs", DynamoPegs)(client, self._peg),
            "cobrancas": planted.get("cobrancas", DynamoCobrancas)(client, self._peg, FixedClock(NOW)),
            "senhas": planted.get("senhas", DynamoSenhas)(client, self._autorizacao),
        }
        self.pegs, self.cobrancas, self.senhas = held["pegs"], held["cobrancas"], held["senhas"]
        self._autorizacoes = DynamoAutorizacoes(client, self._autorizacao, PSEUDONIMOS)
        self._issued: list[str] = []

    def autoriza(self, autorizacao: Autorizacao | None = None, *complementos: str) -> str:
        """Written as the other context writes it."""
        assert autorizacao is not None
        asked = replace(autorizacao.solicitacao, numero_guia_prestador=f"GP-{autorizacao.numero}")
        made = born(replace(autorizacao, solicitacao=asked), NOW)
        vida = PSEUDONIMOS.carteira(VALE, asked.carteira)
        self._autorizacoes.write([Mudanca(None, Guardada(made, vida, complementos))], now=NOW, correlacao="c")
        self._issued.append(autorizacao.numero)
        return autorizacao.numero

    def escreve_senha(self, lida: Lida, depois: Autorizacao) -> bool:
        """By its repository, as it was read."""
        antes = Guardada(lida.autorizacao, lida.vida, lida.complementos, lida.nome)
        try:
            self._autorizacoes.write([Mudanca(antes, replace(antes, autorizacao=depois))], now=NOW, correlacao="c")
        except errors.MudouError:
            return False
        return True

    def _rows(self) -> list[dict[str, Any]]:
        pages = self._engine.dynamodb.get_paginator("scan").paginate(TableName=self._peg, ConsistentRead=True)
        return [unmarshal(row) for page in pages for row in page["Items"]]

    def todos(self) -> list[Peg]:
        of_pegs = [row for row in self._rows() if row["pk"].startswith("PRESTADOR#") and row["sk"].startswith("PEG#")]
        return sorted((contas.from_item(row) for row in of_pegs), key=lambda peg: (peg.data_recepcao, peg.upload_id))

    def numeros_de_lote(self) -> dict[tuple[str, str, str], str]:
        return {
            (row["pk"].split("#")[1], *row["sk"].split("#")[1:]): row["protocolo"]
            for row in self._rows()
            if row["sk"].startswith("LOTE#") and "livre" not in row
        }

    def lidas(self) -> dict[tuple[str, str], Lida]:
        return {(VALE, numero): lida for numero, lida in self.senhas.many(VALE, self._issued).items()}

    def vivas(self) -> list[Cobranca]:
        return [cobrancas.from_item(row) for row in self._rows() if "#VIDA#" in row["pk"] and "livre" not in row]

    def eventos(self) -> list[tuple[str, Mapping[str, Any]]]:
        events = [json.loads(row["evento"]) for row in self._rows() if row["sk"].startswith("EVENTO#")]
        return [(one["tipo"], one["dados"]) for one in events]


@pytest.mark.regra("§5")
@pytest.mark.parametrize(("semente", "recursos"), [(2, False), (23, True)])
def test_over_real_tables_the_invariants_hold(embedded: Engine, semente: int, *, recursos: bool) -> None:
    lived = vive(semente, 6, casa=CasaReal(embedded, FATOS, {}), recursos=recursos)
    assert (lived.erros, lived.pegs > 0, sum(lived.mortes.values()) > 0) == ([], True, True)
    assert bool(lived.feitos["PEG com valor recuperado"]) is recursos


# --- bugs planted in the adapters ---


class LastIsRight(DynamoSenhas):
    """A senha is written whatever its version."""

    def _statement(self, registro_ans: str, lida: Lida, usos: Any) -> Any:
        made = super()._statement(registro_ans, lida, usos)
        return {"Statement": made["Statement"].replace(" AND versao=?", ""), "Parameters": made["Parameters"][:-1]}


class Forgets(DynamoCobrancas):
    """What is let go is charged still."""

    def release(self, registro_ans: str, cobrancas: Sequence[Cobranca]) -> None:
        """Nothing."""


class Tells(DynamoPegs):
    """What is told is told of another PEG."""

    def change(self, antes: Any, depois: Any, fatos: Any, **how: Any) -> None:
        of_another = [replace(fato, dados={**fato.dados, "protocolo": "0"}) for fato in fatos]
        super().change(antes, depois, of_another, **how)


PLANTED: Final[dict[str, tuple[str, type[Any], int]]] = {
    "a senha is written whatever its version": ("senhas", LastIsRight, 12),
    "what is let go is charged still": ("cobrancas", Forgets, 5),
    "what is told is of another": ("pegs", Tells, 5),
}
"""Which adapter, and in scenes of how many PEGs."""
CENAS: Final = 6


@pytest.mark.parametrize("bug", PLANTED)
def test_a_bug_planted_in_an_adapter_is_noticed(embedded: Engine, bug: str) -> None:
    port, instead, size = PLANTED[bug]
    assert any(vive(seed, size, casa=CasaReal(embedded, FATOS, {port: instead})).erros for seed in range(1, CENAS))
