"""What keeps a carteira from being used: each fact with its rule and its code, in the version of who asks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cadastro.domain.elegibilidade import Elegibilidade, Pergunta, best_first, judge, not_found, not_released
from conecta_facts.beneficiarios import Beneficiario, MotivoSuspensao
from conecta_facts.planos import Espera, GrupoCarencia, PlanoCompleto
from conecta_tiss.findings import Severidade
from conecta_tiss.terminologia import glosa_text
from conecta_tiss.versions import Versao
from tests.builders_cadastro import CARTEIRA, HOJE, OUTRA_CARTEIRA, a_carencia, a_plano_completo, a_vida

ONTEM, AMANHA = HOJE - timedelta(days=1), HOJE + timedelta(days=1)
V401, V402, V403 = Versao.V4_01_00, Versao.V4_02_00, Versao.V4_03_00
PLANO = a_plano_completo()


def judged(
    vida: Beneficiario | None = None,
    plano: PlanoCompleto | None = PLANO,
    versao: Versao | None = V401,
    **pergunta: Any,
) -> Elegibilidade:
    """The answer about a life today, unless the question says otherwise."""
    asked = Pergunta(**{"dia": HOJE, "carteira": CARTEIRA, **pergunta})
    return judge(vida or a_vida(), plano, asked, HOJE, versao)


def reasons(found: Elegibilidade) -> list[tuple[str, str]]:
    return [(achado.regra, achado.codigo) for achado in found.motivos]


def test_a_life_that_nothing_keeps_is_eligible() -> None:
    found = judged()
    assert (found.elegivel, found.motivos, found.esperas, found.renumerada) == (True, (), (), False)


CASES: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("included tomorrow", {"vida": a_vida(data_inclusao=AMANHA)}, "ELEG-INCLUSAO", "1005", "3308"),
    ("excluded yesterday", {"vida": a_vida(data_exclusao=ONTEM)}, "ELEG-EXCLUSAO", "1014", "1006"),
    ("excluded by then", {"vida": a_vida(data_exclusao=HOJE), "dia": AMANHA}, "ELEG-EXCLUSAO", "1006", "1006"),
    ("suspended", {"vida": a_vida(suspenso_de=HOJE)}, "ELEG-SUSPENSAO", "1016", "1016"),
    (
        "open payments",
        {"vida": a_vida(suspenso_de=HOJE, motivo_suspensao=MotivoSuspensao.INADIMPLENCIA)},
        "ELEG-SUSPENSAO", "1009", "1009",
    ),
    ("card expired", {"vida": a_vida(validade_carteira=ONTEM)}, "ELEG-CARTEIRA", "1017", "1017"),
    ("plan ended", {"plano": a_plano_completo(vigente_ate=ONTEM)}, "ELEG-PLANO", "1407", "3287"),
    ("plan of tomorrow", {"plano": a_plano_completo(vigente_de=AMANHA)}, "ELEG-PLANO", "1407", "3287"),
    ("plan unknown", {"plano": None}, "ELEG-PLANO", "1407", "3287"),
    (
        "newborn without obstetrics",
        {"plano": a_plano_completo(obstetricia=False), "atendimento_rn": True}, "ELEG-RN", "1407", "3287",
    ),
    (
        "newborn grown",
        {"atendimento_rn": True, "nascimento_rn": HOJE - timedelta(days=31)}, "ELEG-RN", "1011", "3243",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("case", "regra", "old", "new"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_each_fact_is_one_reason_in_the_code_of_who_asks(case: dict[str, Any], regra: str, old: str, new: str) -> None:
    for versao, codigo in ((V401, old), (V402, old), (None, old), (V403, new)):
        found = judged(**{**case, "versao": versao})
        assert not found.elegivel
        assert reasons(found) == [(regra, codigo)]
        (achado,) = found.motivos
        assert achado.severidade is Severidade.GLOSA
        assert glosa_text(codigo, versao or V401) is not None


@pytest.mark.parametrize(
    "case",
    [
        {"vida": a_vida(data_inclusao=HOJE)},
        {"vida": a_vida(data_exclusao=HOJE)},
        {"vida": a_vida(data_exclusao=AMANHA), "dia": AMANHA},
        {"vida": a_vida(suspenso_de=AMANHA)},
        {"vida": a_vida(suspenso_de=ONTEM, suspenso_ate=ONTEM)},
        {"vida": a_vida(validade_carteira=HOJE)},
        {"plano": a_plano_completo(vigente_de=HOJE, vigente_ate=HOJE)},
        {"plano": a_plano_completo(obstetricia=False)},
        {"atendimento_rn": True},
        {"atendimento_rn": True, "nascimento_rn": HOJE},
        {"atendimento_rn": True, "nascimento_rn": HOJE - timedelta(days=30)},
        {"atendimento_rn": False, "nascimento_rn": HOJE - timedelta(days=300)},
    ],
    ids=range(12),
)
def test_on_the_last_day_that_counts_there_is_no_reason_yet(case: dict[str, Any]) -> None:
    assert reasons(judged(**case)) == []


def test_the_day_that_counts_is_the_day_of_service() -> None:
    vida = a_vida(data_inclusao=AMANHA, validade_carteira=AMANHA)
    assert reasons(judged(vida)) == [("ELEG-INCLUSAO", "1005")]
    assert judged(vida, dia=AMANHA).elegivel
    assert reasons(judged(vida, dia=AMANHA + timedelta(days=1))) == [("ELEG-CARTEIRA", "1017")]


def test_a_day_of_service_before_an_exclusion_that_is_past_is_covered() -> None:
    assert judged(a_vida(data_exclusao=ONTEM), dia=ONTEM).elegivel


@pytest.mark.parametrize(
    ("nascimento", "dia"),
    [
        (date(9999, 12, 31), date(9999, 12, 31)),
        (date.min, date.max),
        (date.max, date.min),
        (HOJE, ONTEM),
    ],
)
def test_no_day_of_birth_is_too_far_away_to_be_judged(nascimento: date, dia: date) -> None:
    found = judged(a_vida(validade_carteira=None), atendimento_rn=True, nascimento_rn=nascimento, dia=dia)
    assert (("ELEG-RN", "1011") in reasons(found)) == (nascimento != dia)


def test_every_reason_is_told_at_once() -> None:
    vida = a_vida(data_inclusao=AMANHA, data_exclusao=ONTEM, suspenso_de=ONTEM, validade_carteira=ONTEM)
    plano = a_plano_completo(vigente_ate=ONTEM, obstetricia=False)
    found = judged(vida, plano, atendimento_rn=True, nascimento_rn=date(2026, 1, 1))
    assert reasons(found) == [
        ("ELEG-INCLUSAO", "1005"), ("ELEG-EXCLUSAO", "1014"), ("ELEG-SUSPENSAO", "1016"), ("ELEG-CARTEIRA", "1017"),
        ("ELEG-PLANO", "1407"), ("ELEG-RN", "1407"), ("ELEG-RN", "1011"),
    ]  # fmt: skip


def test_of_an_unknown_plan_nothing_is_said_of_its_obstetrics() -> None:
    assert reasons(judged(plano=None, atendimento_rn=True)) == [("ELEG-PLANO", "1407")]


def test_carencias_in_course_limit_and_do_not_refuse() -> None:
    vida = a_vida(data_inclusao=HOJE)
    found = judged(vida, a_plano_completo(a_carencia(GrupoCarencia.URGENCIA_EMERGENCIA, 1)))
    assert found.elegivel
    assert found.esperas == (Espera(GrupoCarencia.URGENCIA_EMERGENCIA, AMANHA),)
    assert judged(vida, found.plano, dia=AMANHA).esperas == ()


def test_who_asked_by_a_number_that_was_replaced_is_told_so() -> None:
    assert judged(carteira=OUTRA_CARTEIRA).renumerada
    assert not judged(carteira=None, cpf="52998224725").renumerada


def test_no_text_tells_whose_life_it_is() -> None:
    vida = a_vida(data_inclusao=AMANHA, data_exclusao=ONTEM, suspenso_de=ONTEM, validade_carteira=ONTEM)
    found = judged(vida, None, atendimento_rn=True, nascimento_rn=date(2026, 1, 1))
    texts = " ".join(achado.mensagem for achado in (*found.motivos, not_found(V401), not_released(V401)))
    assert not [value for value in (vida.nome, vida.numero_carteira, vida.cpf, vida.plano) if value and value in texts]


def test_the_carteiras_that_can_be_used_come_first_then_the_most_recent() -> None:
    old = judged(a_vida("1", data_inclusao=date(2010, 1, 1)))
    recent = judged(a_vida("2", data_inclusao=date(2020, 1, 1)))
    other = judged(a_vida("3", data_inclusao=date(2020, 1, 1)))
    ended = judged(a_vida("4", data_inclusao=date(2025, 1, 1), data_exclusao=ONTEM))
    for found in ([old, recent, other, ended], [ended, other, recent, old]):
        assert [item.beneficiario.numero_carteira for item in best_first(found)] == ["3", "2", "1", "4"]
    assert best_first([]) == ()


@pytest.mark.parametrize(("versao", "missing", "refused"), [(None, "1001", "1207"), (V403, "1001", "3279")])
@pytest.mark.regra("ELEG-R02", "R21")
def test_absence_and_a_relacionamento_that_is_not_enabled_have_codes_of_their_own(
    versao: Versao | None, missing: str, refused: str
) -> None:
    assert (not_found(versao).regra, not_found(versao).codigo) == ("ELEG-NAO-ENCONTRADO", missing)
    assert (not_released(versao).regra, not_released(versao).codigo) == ("R02", refused)
