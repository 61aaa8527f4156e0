"""Rows of the release before, read as if they were of this one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from conecta_edge.cadastro import operadora_key, prestador_key, relacionamento_key
from conecta_edge.items import VERSION, UnknownShapeError, dados
from conecta_facts.codec import build
from conecta_facts.operadoras import Operadora, RecursoLegado, VersaoAceita
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao
from tests.builders_functions import CNPJ, HOSPITAL, PASA, VALE

PERFIL_DA_OPERADORA: dict[str, Any] = {
    **operadora_key(VALE),
    "registro_ans": VALE,
    "nome": "AMS",
    "nome_grupo": "VALE/PASA",
    "grupo": [VALE, PASA],
    "versoes": [{"versao": "4.01.00", "aceita_de": "2022-10-01", "aceita_ate": "2026-12-31"}],
    "data_migracao": "2026-01-01",
}
PERFIL: dict[str, Any] = {
    **prestador_key(HOSPITAL), "prestador_id": HOSPITAL, "nome": "Hospital Aurora", "cnes": "1234567", "cnpj": CNPJ,
}  # fmt: skip
RELACIONAMENTO: dict[str, Any] = {
    **relacionamento_key(HOSPITAL, VALE),
    "prestador_id": HOSPITAL,
    "registro_ans": VALE,
    "situacao": "SUSPENSO",
    "codigo_na_operadora": "HOSP01",
    "desde": "2026-11-01",
    "motivo": "Documentação vencida",
}


def test_a_profile_of_an_operadora_of_version_1_is_read() -> None:
    assert build(Operadora, dados(PERFIL_DA_OPERADORA)) == Operadora(
        VALE, "AMS", "VALE/PASA", (VALE, PASA), (VersaoAceita("4.01.00", date(2022, 10, 1), date(2026, 12, 31)),),
        data_migracao=date(2026, 1, 1), portal_legado=None, recurso_legado=RecursoLegado.ACEITA,
    )  # fmt: skip


def test_a_profile_of_a_prestador_of_version_1_is_read() -> None:
    assert build(Prestador, dados(PERFIL)) == Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ)


def test_the_one_state_of_version_1_is_the_first_period_and_everything_is_released() -> None:
    made = build(Relacionamento, dados(RELACIONAMENTO))
    periodo = Periodo(Situacao.SUSPENSO, date(2026, 11, 1), "Documentação vencida")
    assert made == Relacionamento(HOSPITAL, VALE, "HOSP01", (periodo,), autorizacao=True, faturamento=True)
    assert made.attended_lawfully_em(date(2026, 10, 31))


def test_a_state_of_version_1_without_a_reason_has_none() -> None:
    row = {name: value for name, value in RELACIONAMENTO.items() if name != "motivo"}
    assert build(Relacionamento, dados(row)).periodos[0].motivo is None


def test_reading_a_row_leaves_it_as_it_was() -> None:
    row = dict(RELACIONAMENTO)
    dados(row)
    assert row == RELACIONAMENTO


def test_a_row_of_this_release_holds_its_value_apart_from_keys_and_what_orders_its_writes() -> None:
    held = {"prestador_id": HOSPITAL}
    row = {**prestador_key(HOSPITAL), "v": Decimal(VERSION), "fonte": "f", "resumo": "r", "dados": held}
    assert dados(row) == held
    assert dados(row) is not held


@pytest.mark.parametrize("version", [VERSION + 1, 99, 0, -1])
def test_a_row_of_a_later_release_or_of_none_is_refused_whatever_it_holds(version: int) -> None:
    later: tuple[dict[str, Any], ...] = ({}, {"dados": {}})
    for held in later:
        with pytest.raises(UnknownShapeError, match=f"v{version}"):
            dados({**prestador_key(HOSPITAL), "v": Decimal(version), **held})
