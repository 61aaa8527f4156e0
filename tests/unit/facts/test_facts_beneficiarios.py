"""What keeps a carteira from being used, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from conecta_facts.beneficiarios import RECEM_NASCIDO, Beneficiario, Impedimento, MotivoSuspensao
from tests.builders_cadastro import HOJE, a_vida

ONTEM, AMANHA = HOJE - timedelta(days=1), HOJE + timedelta(days=1)


@pytest.mark.parametrize(
    ("vida", "expected"),
    [
        (a_vida(), []),
        (a_vida(data_inclusao=ONTEM), []),
        (a_vida(data_inclusao=HOJE), []),
        (a_vida(data_inclusao=AMANHA), ["ANTES_DA_INCLUSAO"]),
        (a_vida(data_exclusao=ONTEM), ["EXCLUIDO"]),
        (a_vida(data_exclusao=HOJE), []),
        (a_vida(data_exclusao=AMANHA), []),
        (a_vida(validade_carteira=ONTEM), ["CARTEIRA_VENCIDA"]),
        (a_vida(validade_carteira=HOJE), []),
        (a_vida(validade_carteira=None), []),
        (a_vida(suspenso_de=AMANHA), []),
        (a_vida(suspenso_de=HOJE), ["SUSPENSO"]),
        (a_vida(suspenso_de=date(2020, 1, 1)), ["SUSPENSO"]),
        (a_vida(suspenso_de=ONTEM, suspenso_ate=ONTEM), []),
        (a_vida(suspenso_de=ONTEM, suspenso_ate=HOJE), ["SUSPENSO"]),
        (a_vida(suspenso_de=HOJE, suspenso_ate=AMANHA), ["SUSPENSO"]),
        (a_vida(suspenso_ate=AMANHA), []),
    ],
    ids=[
        "nothing", "included yesterday", "included today", "included tomorrow", "excluded yesterday",
        "the day of exclusion is covered", "excluded tomorrow", "card expired yesterday", "card's last day",
        "card without a date", "suspended from tomorrow", "suspended from today", "suspended for good",
        "suspension ended yesterday", "suspension's last day", "suspension's first day", "an end of no suspension",
    ],
)  # fmt: skip
def test_each_date_counts_from_its_first_day_to_its_last(vida: Beneficiario, expected: list[str]) -> None:
    assert [item.value for item in vida.impedimentos_em(HOJE)] == expected


@pytest.mark.parametrize(
    ("motivo", "expected"),
    [
        (MotivoSuspensao.INADIMPLENCIA, Impedimento.PAGAMENTO_EM_ABERTO),
        (MotivoSuspensao.ADMINISTRATIVA, Impedimento.SUSPENSO),
        (MotivoSuspensao.JUDICIAL, Impedimento.SUSPENSO),
        (None, Impedimento.SUSPENSO),
    ],
)
def test_a_suspension_for_open_payments_is_told_as_such(motivo: MotivoSuspensao | None, expected: Impedimento) -> None:
    assert a_vida(suspenso_de=HOJE, motivo_suspensao=motivo).impedimentos_em(HOJE) == (expected,)


def test_every_impediment_of_a_day_is_told_at_once() -> None:
    vida = a_vida(
        data_inclusao=AMANHA, data_exclusao=ONTEM, suspenso_de=ONTEM, validade_carteira=ONTEM,
        motivo_suspensao=MotivoSuspensao.INADIMPLENCIA,
    )  # fmt: skip
    assert vida.impedimentos_em(HOJE) == (
        Impedimento.ANTES_DA_INCLUSAO, Impedimento.EXCLUIDO, Impedimento.PAGAMENTO_EM_ABERTO,
        Impedimento.CARTEIRA_VENCIDA,
    )  # fmt: skip


def test_cover_that_ends_between_two_dates_is_there_on_the_first_and_not_on_the_second() -> None:
    vida = a_vida(data_exclusao=HOJE)
    assert (vida.impedimentos_em(HOJE), vida.impedimentos_em(AMANHA)) == ((), (Impedimento.EXCLUIDO,))


def test_a_newborn_has_thirty_days() -> None:
    assert timedelta(days=30) == RECEM_NASCIDO
