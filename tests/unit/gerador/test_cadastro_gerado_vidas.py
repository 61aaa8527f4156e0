"""The lives are a population: people, families, carteiras, and the fixed ones that demos rely on."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from conecta_facts.beneficiarios import Beneficiario, Impedimento, MotivoSuspensao
from conecta_facts.codec import build
from conecta_facts.planos import Carencia, GrupoCarencia, Plano, PlanoCompleto
from conecta_tiss.vocabulary.identifiers import is_valid_cns, is_valid_cpf, is_valid_numero_carteira
from local.gerador_cadastro import FIXOS, Fixo, Linha, Pedido, fixo, gerar, linhas

VALE, PASA = "345695", "331988"
PEDIDO = Pedido(VALE, vidas=8000)
HOJE = PEDIDO.hoje
DAYS_OF_THE_MONTH = (date(2026, 3, 1), date(2026, 3, 31), date(2026, 11, 21))


def life(row: Linha, registro: str = VALE) -> Beneficiario:
    plain: dict[str, Any] = {name: cell for name, cell in row.items() if cell}
    return build(Beneficiario, {**plain, "registro_ans": registro, "isento_carencias": row["isento_carencias"] == "S"})


@cache
def lives(registro: str = VALE) -> tuple[Beneficiario, ...]:
    return tuple(life(row, registro) for row in linhas(replace(PEDIDO, registro_ans=registro), "beneficiarios"))


def invented() -> list[Beneficiario]:
    fixed = {each.carteira for each in FIXOS}
    return [each for each in lives() if each.numero_carteira not in fixed]


def plan(registro: str, codigo: str) -> PlanoCompleto:
    pedido = Pedido(registro)

    def of(tipo: str, classe: type[Any], column: str) -> list[Any]:
        made = []
        for row in linhas(pedido, tipo):
            if row[column] == codigo:
                plain: dict[str, Any] = {name: cell for name, cell in row.items() if cell}
                for name in ("ambulatorial", "hospitalar", "obstetricia", "odontologia", "coparticipacao"):
                    plain[name] = plain.get(name) == "S"
                plain["ufs"] = row.get("ufs", "").split()
                made.append(build(classe, plain))
        return made

    (plano,) = of("planos", Plano, "codigo")
    return PlanoCompleto(plano, tuple(of("carencias", Carencia, "plano")))


def test_a_request_has_exactly_the_lives_it_asks_for() -> None:
    for vidas in (20, 21, 1000):
        (arquivo,) = gerar(Pedido(VALE, vidas=vidas, tipos=("beneficiarios",)))
        assert sum(1 for _ in arquivo.linhas) == vidas + 1


def test_carteiras_are_text_of_17_digits_unique_and_far_from_one_another() -> None:
    carteiras = [each.numero_carteira for each in invented()]

    assert len(set(carteiras)) == len(carteiras)
    assert all(len(carteira) == 17 and is_valid_numero_carteira(carteira) for carteira in carteiras)
    nearest = min(abs(int(one) - int(other)) for one, other in pairwise(carteiras))
    assert nearest > 10**8
    assert sorted(carteiras) != carteiras


def test_documents_have_right_check_digits() -> None:
    for each in lives():
        assert each.cpf is None or is_valid_cpf(each.cpf)
        assert each.cns is None or is_valid_cns(each.cns)
    first_digits = Counter(each.cns[0] for each in lives() if each.cns)
    assert set(first_digits) == set("12789")  # definitive and provisional
    assert 0.03 < sum(each.cns is None for each in lives()) / len(lives()) < 0.2


def test_no_generated_person_has_the_documents_of_a_fixed_one() -> None:
    fixed = {each.cpf for each in FIXOS}

    assert not fixed & {each.cpf for each in invented()}


@pytest.mark.parametrize("registro", [VALE, PASA])
def test_dates_follow_each_other(registro: str) -> None:
    for each in lives(registro):
        assert each.data_nascimento <= each.data_inclusao < HOJE + timedelta(days=1), each
        assert each.data_exclusao is None or each.data_exclusao >= each.data_inclusao
        if each.carteira_titular is None:
            assert (each.data_inclusao - each.data_nascimento).days > 17 * 365
        assert (each.data_exclusao is None) == (each.motivo_exclusao is None)
        assert (each.suspenso_de is None) == (each.motivo_suspensao is None)
        if each.suspenso_ate is not None:
            assert each.suspenso_de is not None
            assert each.suspenso_de < each.suspenso_ate


def test_ages_make_a_pyramid_from_newborns_to_the_very_old() -> None:
    ages = Counter((HOJE.year - each.data_nascimento.year) // 20 for each in invented())

    assert ages[1] > ages[3] > ages[4] > 0
    assert ages[0] > len(invented()) / 8
    assert {each.sexo.value for each in invented()} == {"M", "F"}


def test_dependents_come_after_their_titular_share_its_plan_and_are_not_older_members_of_it() -> None:
    seen: dict[str, Beneficiario] = {}
    dependents = 0
    for each in lives():
        if each.carteira_titular is not None:
            dependents += 1
            titular = seen[each.carteira_titular]
            assert titular.plano == each.plano
            assert titular.carteira_titular is None
            assert each.data_inclusao >= titular.data_inclusao
            assert each.parentesco
        seen[each.numero_carteira] = each
    assert dependents > len(lives()) / 3


def test_newborns_have_no_cpf_and_a_mother_in_the_family() -> None:
    newborns = [each for each in lives() if each.cpf is None]
    families: dict[str, list[Beneficiario]] = {}
    for each in lives():
        families.setdefault(each.carteira_titular or each.numero_carteira, []).append(each)

    assert newborns
    for newborn in newborns:
        assert HOJE - newborn.data_nascimento < timedelta(days=60)
        assert newborn.isento_carencias
        family = families[newborn.carteira_titular or ""]
        assert any(each.sexo.value == "F" and 18 < HOJE.year - each.data_nascimento.year < 50 for each in family)


def test_a_person_may_have_an_old_and_a_current_carteira_or_a_dental_one_beside() -> None:
    by_cpf: dict[str, list[Beneficiario]] = {}
    for each in invented():
        if each.cpf:
            by_cpf.setdefault(each.cpf, []).append(each)
    several = [group for group in by_cpf.values() if len(group) > 1]

    assert len(several) > 50
    for group in several:
        assert len({(each.nome, each.data_nascimento) for each in group}) == 1
    ended = [group for group in several if any(each.plano == "AMS-ANT" for each in group)]
    assert ended
    for group in ended:
        old = next(each for each in group if each.plano == "AMS-ANT")
        assert old.data_exclusao is not None
        assert all(each is old or each.data_inclusao > old.data_exclusao for each in group)
    assert any(len([each for each in group if not each.impedimentos_em(HOJE)]) > 1 for group in several)


def test_both_operadoras_share_people_who_are_the_same_at_both() -> None:
    at_pasa = {each.cpf: each for each in lives(PASA) if each.cpf}
    both = [(each, at_pasa[each.cpf]) for each in lives() if each.cpf in at_pasa]

    assert 0.04 < len(both) / len(lives()) < 0.5
    for here, there in both:
        assert (here.nome, here.data_nascimento, here.sexo, here.cns) == (
            there.nome,
            there.data_nascimento,
            there.sexo,
            there.cns,
        )
        assert here.numero_carteira != there.numero_carteira


def test_even_a_small_load_of_each_operadora_shares_people() -> None:
    cpfs = [{row["cpf"] for row in linhas(Pedido(reg, vidas=200), "beneficiarios")} for reg in (VALE, PASA)]

    assert len((cpfs[0] & cpfs[1]) - {"", fixo("varias").cpf}) > 5


def test_every_state_a_life_may_be_in_occurs() -> None:
    found = Counter(impedimento for each in invented() for impedimento in each.impedimentos_em(HOJE))
    suspended = [each for each in invented() if each.motivo_suspensao is MotivoSuspensao.INADIMPLENCIA]

    for impedimento in (
        Impedimento.EXCLUIDO,
        Impedimento.PAGAMENTO_EM_ABERTO,
        Impedimento.SUSPENSO,
        Impedimento.CARTEIRA_VENCIDA,
    ):
        assert 0 < found[impedimento] < len(lives()) / 8
    assert any(each.suspenso_ate and each.suspenso_ate < HOJE for each in suspended)
    assert any(each.suspenso_de and each.suspenso_de > HOJE for each in suspended)
    assert any(each.data_exclusao and each.data_exclusao > HOJE for each in invented())
    assert any(each.carteira_anterior for each in invented())
    assert any(each.cpt_ate and each.cpt_ate > HOJE for each in invented())
    assert any(each.nome_social for each in invented())
    recent = [each for each in invented() if (HOJE - each.data_inclusao).days < 300]
    assert any(not each.isento_carencias for each in recent)
    assert sum(not each.impedimentos_em(HOJE) for each in invented()) > len(invented()) * 0.8


def test_an_old_number_is_nobody_s_current_one() -> None:
    former = [each.carteira_anterior for each in lives() if each.carteira_anterior]

    assert len(set(former)) == len(former)
    assert not set(former) & {each.numero_carteira for each in lives()}


def test_names_have_accents_and_never_what_a_message_cannot_carry() -> None:
    names = {each.nome for each in lives()}

    assert any(not name.isascii() for name in names)
    assert all(len(name) <= 70 for name in names)
    assert all(name.encode("iso-8859-1") for name in names)
    assert len(names) > len(lives()) * 0.8


def test_no_column_speaks_of_ethnicity() -> None:
    (arquivo,) = gerar(Pedido(VALE, vidas=20, tipos=("beneficiarios",)))
    header = next(arquivo.linhas)

    assert not {word for word in (b"etnia", b"indigena", b"raca") if word in header}


def test_memory_does_not_grow_with_the_lives() -> None:
    def peak(vidas: int) -> int:
        tracemalloc.start()
        (arquivo,) = gerar(Pedido(VALE, vidas=vidas, tipos=("beneficiarios",)))
        for _ in arquivo.linhas:
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)  # what the first use imports and caches
    assert peak(8000) < peak(500) + 50_000


# --- the fixed ones ---------------------------------------------------------------------------------


def fixed_life(each: Fixo, hoje: date) -> Beneficiario:
    pedido = Pedido(each.registro_ans, vidas=20, hoje=hoje)
    return next(
        life(row, each.registro_ans)
        for row in linhas(pedido, "beneficiarios")
        if row["numero_carteira"] == each.carteira
    )


IMPEDIMENTOS = {
    "excluido": (Impedimento.EXCLUIDO,),
    "excluido-pasa": (Impedimento.EXCLUIDO,),
    "suspenso": (Impedimento.PAGAMENTO_EM_ABERTO,),
    "carteira-vencida": (Impedimento.CARTEIRA_VENCIDA,),
    "varias-antiga": (Impedimento.EXCLUIDO, Impedimento.CARTEIRA_VENCIDA),
}


@pytest.mark.parametrize("hoje", DAYS_OF_THE_MONTH)
@pytest.mark.parametrize("each", FIXOS, ids=lambda each: each.chave)
def test_a_fixed_life_is_what_its_name_says_on_any_day(each: Fixo, hoje: date) -> None:
    assert fixed_life(each, hoje).impedimentos_em(hoje) == IMPEDIMENTOS.get(each.chave, ())


@pytest.mark.parametrize("hoje", DAYS_OF_THE_MONTH)
@pytest.mark.parametrize("each", FIXOS, ids=lambda each: each.chave)
def test_only_the_fixed_lives_in_carencia_wait_for_anything(each: Fixo, hoje: date) -> None:
    beneficiario = fixed_life(each, hoje)
    waiting = {espera.grupo for espera in plan(each.registro_ans, beneficiario.plano).esperas_em(beneficiario, hoje)}

    assert bool(waiting) == each.chave.startswith("carencia")
    if waiting:
        assert {GrupoCarencia.INTERNACAO, GrupoCarencia.PARTO} <= waiting
        assert GrupoCarencia.URGENCIA_EMERGENCIA not in waiting


def test_fixed_documents_are_formally_valid_and_visibly_invented() -> None:
    for each in FIXOS:
        assert is_valid_cpf(each.cpf)
        assert len(set(each.cpf[:9])) in {3, 9} or each.cpf.startswith(("135791357", "246824682"))
        assert each.carteira.startswith(each.registro_ans)
        assert not each.cns or is_valid_cns(each.cns)
    assert len({each.carteira for each in FIXOS}) == len(FIXOS)
    assert len({each.chave for each in FIXOS}) == len(FIXOS)


def test_one_fixed_person_has_three_carteiras_over_two_operadoras() -> None:
    mine = [each for each in FIXOS if each.cpf == fixo("varias").cpf]

    assert {each.chave for each in mine} == {"varias", "varias-antiga", "varias-pasa"}
    assert {each.registro_ans for each in mine} == {VALE, PASA}


def test_the_other_fixed_ones_show_what_they_are_for() -> None:
    mae, dental, future = (fixed_life(fixo(chave), HOJE) for chave in ("mae", "odontologico", "exclusao-futura"))

    assert mae.sexo.value == "F"
    assert plan(VALE, mae.plano).plano.obstetricia
    chosen = plan(VALE, dental.plano).plano
    assert (chosen.odontologia, chosen.ambulatorial, chosen.hospitalar) == (True, False, False)
    assert future.data_exclusao is not None
    assert future.data_exclusao > HOJE
    assert fixo("renumerada").anterior not in {"", fixo("renumerada").carteira}
    assert fixo("dependente").titular == fixo("elegivel").carteira


def test_an_unknown_name_of_a_fixed_life_is_an_error() -> None:
    with pytest.raises(KeyError, match="ninguem"):
        fixo("ninguem")
