"""People of a prestador: who is let in, changed and taken out, and the gestor who always stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from cadastro.domain import contas as rules
from cadastro.domain.contas import (
    AREAS,
    ESCOPOS,
    AlreadyBoundError,
    ChangedMeanwhileError,
    LastGestorError,
    Papel,
    Pessoa,
    PessoaNotFoundError,
    StaleContaError,
)
from cadastro.schemas.contas import EscopoView
from cadastro.service import contas as service
from conecta_edge import tenancy
from infra.components.identity import SCOPES
from tests.builders_functions import CLINICA, HOSPITAL, NOW
from tests.fakes import FakeIdempotency
from tests.fakes_contas import FakeContas, FakeIdentidades


class Case:
    """A hospital with one gestor, `ana`."""

    def __init__(self) -> None:
        self.contas, self.identidades = FakeContas(), FakeIdentidades({"bia@hospital.example": "bia"})
        self.tables = self.contas.tables
        self.ana = self.add("ana")

    def add(self, sub: str, papel: Papel = Papel.GESTOR, prestador: str = HOSPITAL) -> Pessoa:
        made = Pessoa(sub, prestador, papel, NOW, "g0", email=f"{sub}@hospital.example")
        self.contas.bind(None, made, NOW)
        return made

    def invite(self, email: str = "bia@hospital.example", papel: Papel = Papel.FATURISTA, **more: Any) -> Pessoa:
        made: Pessoa = service.invite(
            prestador_id=HOSPITAL, email=email, papel=papel, quem="ana", contas=self.contas,
            identidades=self.identidades, render=lambda pessoa: pessoa, keep=more.get("keep", lambda _answer: ()),
            now=NOW,
        )  # fmt: skip
        return made

    def change(self, pessoa: Pessoa, papel: Papel | None = None, **more: Any) -> Pessoa:
        given: dict[str, Any] = {"ativo": None, "expected": None, "prestador_id": HOSPITAL, **more}
        return service.change_pessoa(
            pessoa_id=pessoa.id, papel=papel, quem="ana", contas=self.contas, now=NOW + timedelta(1), **given
        )

    def remove(self, pessoa: Pessoa, prestador_id: str = HOSPITAL) -> None:
        service.remove_pessoa(
            prestador_id=prestador_id, pessoa_id=pessoa.id, expected=None, quem="ana", contas=self.contas, now=NOW
        )


@pytest.fixture
def case() -> Case:
    return Case()


def test_who_has_an_account_is_bound_at_once_and_nobody_is_written_to(case: Case) -> None:
    made = case.invite()
    assert (made.sub, made.papel, made.ativo, made.email, made.criado_por) == (
        "bia", Papel.FATURISTA, True, "bia@hospital.example", "ana",
    )  # fmt: skip
    assert case.identidades.invited == []
    assert case.tables.pessoas[HOSPITAL, "bia"] == made


def test_who_has_none_gets_one_and_an_invitation_and_the_answer_has_the_same_shape(case: Case) -> None:
    known, unknown = case.invite(), case.invite("nova@hospital.example")
    assert case.identidades.invited == ["nova@hospital.example"]
    different = {"sub", "email"}
    for name in set(Pessoa.__slots__) - different:
        assert getattr(known, name) == getattr(unknown, name), name
    assert len(known.id) == len(unknown.id) == 32


def test_a_person_is_let_in_once(case: Case) -> None:
    case.invite()
    with pytest.raises(AlreadyBoundError):
        case.invite(papel=Papel.GESTOR)
    assert case.tables.pessoas[HOSPITAL, "bia"].papel is Papel.FATURISTA


def test_an_account_that_could_not_be_bound_is_found_by_the_next_invitation(case: Case) -> None:
    answers = FakeIdempotency()
    taken = answers.keep(service_attempt(), {"id": "1"}, NOW)
    taken.apply()
    with pytest.raises(Exception, match="condition failed"):
        case.invite("nova@hospital.example", keep=lambda _answer: (answers.keep(service_attempt(), {}, NOW),))
    assert (HOSPITAL, case.identidades.accounts["nova@hospital.example"]) not in case.tables.pessoas
    assert case.invite("nova@hospital.example").sub == case.identidades.accounts["nova@hospital.example"]
    assert case.identidades.invited == ["nova@hospital.example"]


def service_attempt() -> Any:
    from conecta_edge.idempotency import Attempt  # noqa: PLC0415

    return Attempt(f"PRESTADOR#{HOSPITAL}", "/pessoas#ana#k", "d")


def test_an_id_tells_neither_the_account_nor_what_another_prestador_calls_the_person(case: Case) -> None:
    here, there = case.add("bia", Papel.FATURISTA), case.add("bia", Papel.GESTOR, CLINICA)
    assert here.id != there.id
    assert "bia" not in here.id
    with pytest.raises(PessoaNotFoundError):
        case.change(there, Papel.RECEPCAO)
    with pytest.raises(PessoaNotFoundError):
        case.remove(here, CLINICA)


def test_a_change_takes_a_papel_or_the_access_and_leaves_the_rest(case: Case) -> None:
    bia = case.add("bia", Papel.FATURISTA)
    promoted = case.change(bia, Papel.GESTOR)
    assert (promoted.papel, promoted.ativo, promoted.versao) == (Papel.GESTOR, True, 2)
    suspended = case.change(promoted, ativo=False)
    assert (suspended.papel, suspended.ativo) == (Papel.GESTOR, False)
    assert case.change(suspended, ativo=True).ativo


def test_what_changes_nothing_writes_nothing(case: Case) -> None:
    told = list(case.tables.told)
    assert case.change(case.ana, Papel.GESTOR, ativo=True) == case.ana
    assert case.tables.told == told


@pytest.mark.parametrize("how", [{"papel": Papel.RECEPCAO}, {"ativo": False}])
def test_the_last_active_gestor_stays_what_it_is(case: Case, how: dict[str, Any]) -> None:
    suspended = case.add("caio")
    case.change(suspended, ativo=False)
    case.add("bia", Papel.FATURISTA)
    with pytest.raises(LastGestorError):
        case.change(case.ana, **how)
    with pytest.raises(LastGestorError):
        case.remove(case.ana)


def test_with_another_active_gestor_the_first_may_go_even_by_itself(case: Case) -> None:
    caio = case.add("caio")
    case.remove(case.ana)
    assert case.contas.pessoas(HOSPITAL, None, 10).rows == [caio]
    with pytest.raises(PessoaNotFoundError):
        case.remove(case.ana)


def test_who_is_taken_out_leaves_no_e_mail_behind_and_may_come_back(case: Case) -> None:
    bia = case.invite()
    case.remove(bia)
    gone = case.tables.pessoas[HOSPITAL, "bia"]
    assert (gone.email, gone.ativo, gone.removida_em) == (None, False, NOW)
    again = case.invite(papel=Papel.RECEPCAO)
    assert (again.papel, again.versao, again.removida_em) == (Papel.RECEPCAO, 3, None)


def test_a_change_of_a_version_that_is_no_more_is_refused(case: Case) -> None:
    bia = case.add("bia", Papel.FATURISTA)
    case.change(bia, Papel.RECEPCAO, expected=1)
    with pytest.raises(ChangedMeanwhileError):
        case.change(bia, Papel.GESTOR, expected=1)


def test_a_change_is_tried_again_when_somebody_else_was_quicker(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    bia, write, tried = case.add("bia", Papel.FATURISTA), case.contas.change, list[int]()

    def late(before: Pessoa, after: Pessoa, quem: str, now: Any) -> None:
        tried.append(1)
        if len(tried) == 1:
            write(before, rules.change(before, None, ativo=False), "caio", NOW)
        write(before, after, quem, now)

    monkeypatch.setattr(case.contas, "change", late)
    changed = case.change(bia, Papel.RECEPCAO)
    assert (changed.papel, changed.ativo, changed.versao) == (Papel.RECEPCAO, False, 3)


def test_a_change_that_never_gets_through_says_so(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_arguments: Any) -> None:
        raise StaleContaError

    monkeypatch.setattr(case.contas, "change", never)
    with pytest.raises(StaleContaError):
        case.change(case.ana, Papel.RECEPCAO)
    with pytest.raises(StaleContaError):
        case.remove(case.ana)


def test_a_suspended_gestor_counts_for_nothing() -> None:
    ana = Pessoa("ana", HOSPITAL, Papel.GESTOR, NOW, "g")
    assert rules.gestores_delta(None, ana) == 1
    assert rules.gestores_delta(ana, replace(ana, ativo=False)) == -1
    assert rules.gestores_delta(replace(ana, ativo=False), ana) == 1
    assert rules.gestores_delta(replace(ana, papel=Papel.RECEPCAO), replace(ana, papel=Papel.FATURISTA)) == 0


def test_papeis_and_scopes_are_those_of_the_token_and_of_the_pool() -> None:
    assert [papel.value for papel in Papel] == [papel.value for papel in tenancy.Papel]
    assert set(AREAS) == tenancy.AREAS[tenancy.Papel.GESTOR]
    assert ESCOPOS == SCOPES
    assert tuple(f"conecta/{escopo}" for escopo in ESCOPOS) == get_args(EscopoView)
