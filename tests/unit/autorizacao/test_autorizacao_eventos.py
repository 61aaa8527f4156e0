"""What the others are told of an authorization."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from autorizacao.dynamodb.imagens import imagem
from conecta_edge.events import Event
from conecta_senhas.autorizacoes import Evento
from conecta_senhas.eventos import FATOS
from conecta_senhas_aws.chaves import autorizacao_key, detalhe_key
from tests.builders_autorizacao import NUMERO
from tests.builders_functions import CLINICA, HOSPITAL, VALE

CONTRATO = {
    "AutorizacaoSolicitada", "AutorizacaoDecidida", "PendenciaAberta", "PendenciaRespondida", "PendenciaProrrogada",
    "PendenciaEncerrada", "AnexoRecebido", "AutorizacaoCancelada", "AutorizacaoExpirada", "QuantidadeAlterada",
    "ExecutanteAlterado", "DataPedida", "DataDecidida", "InternacaoComunicada", "AltaComunicada", "SubstituicaoPedida",
    "SubstituicaoEncerrada", "AutorizacaoSubstituida", "SenhaAVencer", "AtendimentoRegistrado", "SenhaCarregada",
    "RespostaAtrasada",
}  # fmt: skip
"""Names that others subscribe to: one of them changed would be heard by nobody."""


def test_every_entry_of_the_timeline_is_a_fact_under_a_name_that_stays() -> None:
    assert set(FATOS) == set(Evento)
    assert set(FATOS.values()) == CONTRATO


def test_what_ended_by_whatever_way_of_the_prestador_is_one_fact() -> None:
    assert FATOS[Evento.CANCELADA] == FATOS[Evento.RETIRADA]
    assert len(set(FATOS.values())) == len(FATOS) - 1


@pytest.mark.parametrize("name", sorted(CONTRATO))
def test_a_fact_is_named_in_ascii_without_spaces(name: str) -> None:
    assert re.fullmatch(r"([A-Z][a-z]*)+", name)


def row(**changes: Any) -> dict[str, Any]:
    """Of a senha with a day and an item, as the stream tells it."""
    held = {
        "versao": Decimal(3), "situacao": "AUTORIZADA", "validade": "2026-12-21", "prestador_id": HOSPITAL,
        "executante": HOSPITAL, "autorizadas": {"0": Decimal(1), "1": Decimal(2)}, "faturadas": {},
    }  # fmt: skip
    return {**autorizacao_key(VALE, NUMERO), **held, **changes}


def test_a_senha_that_was_granted_says_what_became_of_it() -> None:
    name = f"autorizacao/{VALE}/{NUMERO}"
    assert imagem(row()) == Event(
        "SenhaAtualizada", VALE, HOSPITAL, name, name, "3",
        {"versao": 3, "numero": NUMERO, "situacao": "AUTORIZADA", "validade": "2026-12-21", "principal": None,
         "prestadores": [HOSPITAL], "antigos": [], "esgotada": False, "internado": False},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"faturadas": {"0": Decimal(1), "1": Decimal(2)}}, {"esgotada": True}),
        ({"faturadas": {"1": Decimal(2)}}, {"esgotada": False}),
        ({"executante": CLINICA, "solicitante": "outro"}, {"prestadores": [CLINICA, HOSPITAL, "outro"]}),
        ({"antigos": [CLINICA, HOSPITAL]}, {"prestadores": [HOSPITAL], "antigos": [CLINICA]}),
        ({"internado": True, "principal": "26110000002"}, {"internado": True, "principal": "26110000002"}),
    ],
)
def test_a_senha_says_what_is_left_of_it_and_whose_it_is(changes: dict[str, Any], told: dict[str, Any]) -> None:
    found = imagem(row(**changes))
    assert found is not None
    assert {name: found.dados[name] for name in told} == told


def test_what_was_never_granted_and_other_rows_say_nothing() -> None:
    pending = row(situacao="EM_ANALISE")
    del pending["validade"]
    assert imagem(pending) is None
    assert imagem({**row(), **detalhe_key(VALE, NUMERO)}) is None
