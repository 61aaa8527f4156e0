"""What the others are told of an authorization."""

from __future__ import annotations

import re

import pytest

from conecta_senhas.autorizacoes import Evento
from conecta_senhas.eventos import FATOS

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
