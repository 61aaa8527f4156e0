"""Machine credentials: made, rotated with an overlap, revoked, and what an interruption leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from cadastro.domain import contas as rules
from cadastro.domain.contas import (
    LIVE_CREDENCIAIS,
    AlreadyRotatedError,
    Credencial,
    CredencialEndedError,
    CredencialNotFoundError,
    SecretGoneError,
    SituacaoCredencial,
    StaleContaError,
    TooManyCredenciaisError,
)
from cadastro.service import contas as service
from tests.builders_functions import CLINICA, HOSPITAL, NOW
from tests.fakes import Interruption, ProcessDiedError
from tests.fakes_contas import FakeContas, FakeIdentidades

HOUR = timedelta(hours=1)


class Case:
    """A hospital without credentials."""

    def __init__(self) -> None:
        self.contas, self.identidades = FakeContas(), FakeIdentidades()

    @property
    def rows(self) -> dict[str, Credencial]:
        return {client_id: row for (_, client_id), row in self.contas.tables.credenciais.items()}

    def create(self, nome: str = "Sistema", now: datetime = NOW, **more: Any) -> tuple[str, str]:
        asked = service.NewCredencial(HOSPITAL, nome, ("documentos.escrever", "peg.ler"), "ana")
        return service.create_credencial(asked, **self._ports(now, **more))

    def rotate(
        self, client_id: str, hours: int = 24, prestador: str = HOSPITAL, now: datetime = NOW, **more: Any
    ) -> tuple[str, str]:
        return service.rotate_credencial(
            prestador_id=prestador, client_id=client_id, overlap=timedelta(hours=hours), quem="ana",
            **self._ports(now, **more),
        )  # fmt: skip

    def _ports(self, now: datetime, **more: Any) -> dict[str, Any]:
        return {
            "contas": self.contas, "identidades": self.identidades, "now": now,
            "render": lambda made, _before: made.client_id, "keep": lambda _answer: (), **more,
        }  # fmt: skip

    def revoke(self, client_id: str, prestador: str = HOSPITAL, **more: Any) -> None:
        ports = {"contas": self.contas, "identidades": self.identidades, **more}
        service.revoke_credencial(prestador_id=prestador, client_id=client_id, now=NOW, **ports)


@pytest.fixture
def case() -> Case:
    return Case()


def test_a_credential_is_a_client_of_the_pool_with_its_scopes_and_a_secret_nobody_here_keeps(case: Case) -> None:
    client_id, secret = case.create("Gestão hospitalar")
    row = case.rows[client_id]
    assert (row.nome, row.escopos, row.ativa, row.criado_por) == (
        "Gestão hospitalar", ("documentos.escrever", "peg.ler"), True, "ana",
    )  # fmt: skip
    assert case.identidades.clients[client_id] == (secret, HOSPITAL, row.escopos)
    assert secret not in str(row)
    assert case.contas.tables.told == [("CredencialCriada", HOSPITAL)]


def test_a_prestador_has_so_many_live_credentials_and_no_more(case: Case) -> None:
    made = [case.create(f"Sistema {number}")[0] for number in range(LIVE_CREDENCIAIS)]
    with pytest.raises(TooManyCredenciaisError):
        case.create()
    with pytest.raises(TooManyCredenciaisError):
        case.rotate(made[0])
    assert case.identidades.clients.keys() == case.rows.keys()
    case.rotate(made[0], hours=0)  # one for one
    case.revoke(made[1])
    case.create()
    with pytest.raises(TooManyCredenciaisError):
        case.create()


def test_one_prestadores_credentials_are_not_anothers(case: Case) -> None:
    client_id, _ = case.create()
    for act in (lambda: case.rotate(client_id, prestador=CLINICA), lambda: case.revoke(client_id, CLINICA)):
        with pytest.raises(CredencialNotFoundError):
            act()
    assert case.rows[client_id].ativa
    assert client_id in case.identidades.clients


def test_in_a_rotation_both_work_until_the_overlap_is_over(case: Case) -> None:
    old, old_secret = case.create()
    new, new_secret = case.rotate(old, hours=2)
    assert (old == new, old_secret == new_secret) == (False, False)
    before, after = case.rows[old], case.rows[new]
    assert (after.nome, after.escopos, after.substitui) == (before.nome, before.escopos, old)
    assert before.expira_em == NOW + 2 * HOUR
    assert before.situacao_em(NOW) is SituacaoCredencial.EM_ROTACAO
    assert before.live_at(NOW + 2 * HOUR - timedelta(microseconds=1))
    assert before.situacao_em(NOW + 2 * HOUR) is SituacaoCredencial.EXPIRADA
    assert after.live_at(NOW + 100 * HOUR)


def test_a_rotation_without_an_overlap_ends_the_old_one_at_once(case: Case) -> None:
    old, _ = case.create()
    case.rotate(old, hours=0)
    assert not case.rows[old].live_at(NOW)


def test_a_credential_is_rotated_once_and_while_it_lives(case: Case) -> None:
    old, _ = case.create()
    new, _ = case.rotate(old, hours=2)
    with pytest.raises(AlreadyRotatedError):
        case.rotate(old)
    with pytest.raises(CredencialEndedError):
        case.rotate(old, now=NOW + 3 * HOUR)
    case.revoke(new)
    with pytest.raises(CredencialEndedError):
        case.rotate(new)
    with pytest.raises(CredencialNotFoundError):
        case.rotate("nenhum")


def test_a_revoked_credential_works_no_more_and_its_client_is_gone(case: Case) -> None:
    client_id, _ = case.create()
    case.revoke(client_id)
    row = case.rows[client_id]
    assert (row.ativa, row.revogada_em, row.situacao_em(NOW)) == (False, NOW, SituacaoCredencial.REVOGADA)
    assert case.identidades.clients == {}
    case.revoke(client_id)
    assert case.rows[client_id] == row
    with pytest.raises(SecretGoneError):
        service.secret_of(client_id, case.identidades)


def test_a_revocation_that_died_half_way_works_no_more_and_is_finished_by_repeating(case: Case) -> None:
    client_id, _ = case.create()
    mortal = Interruption(after=1)
    with pytest.raises(ProcessDiedError):
        case.revoke(client_id, identidades=Interruption(0).wrap(case.identidades), contas=_dies(case, "revoke", mortal))
    assert not case.rows[client_id].ativa
    assert client_id in case.identidades.clients  # of no use: our row says so
    case.revoke(client_id)
    assert case.identidades.clients == {}


def _dies(case: Case, name: str, mortal: Interruption) -> Any:
    """The rows, dying right after one method had its effect."""

    class Rows(FakeContas):
        def revoke(self, before: Credencial, after: Credencial, now: datetime) -> None:
            super().revoke(before, after, now)
            if name == "revoke":
                mortal.called()

        def add_credencial(self, *arguments: Any, **named: Any) -> None:
            super().add_credencial(*arguments, **named)
            if name == "add_credencial":
                mortal.called()

    return Rows(case.contas.tables)


def test_a_client_whose_row_could_not_be_written_is_deleted_again(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_arguments: Any) -> None:
        raise StaleContaError

    monkeypatch.setattr(case.contas, "add_credencial", lost)
    with pytest.raises(StaleContaError):
        case.create()
    assert (case.rows, case.identidades.clients) == ({}, {})
    assert case.identidades.create_client(HOSPITAL, ())[0] == "cliente2"  # only one was made, however often it tried


def test_a_client_whose_row_is_there_stays_even_if_the_news_of_it_was_lost(case: Case) -> None:
    with pytest.raises(ProcessDiedError):
        case.create(contas=_dies(case, "add_credencial", Interruption(after=1)))
    assert case.identidades.clients.keys() == case.rows.keys()
    assert len(case.rows) == 1


def test_a_credential_made_while_another_is_tries_again_with_the_same_client(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, tried = case.contas.add_credencial, list[int]()

    def late(made: Credencial, *rest: Any) -> None:
        tried.append(1)
        if len(tried) == 1:
            write(replace(made, client_id="outro"), *rest)
        write(made, *rest)

    monkeypatch.setattr(case.contas, "add_credencial", late)
    client_id, _ = case.create()
    assert case.rows.keys() == {"outro", client_id}
    assert case.identidades.clients.keys() == {client_id}


def test_the_list_shows_the_newest_first(case: Case) -> None:
    for minutes in range(3):
        case.create(f"Sistema {minutes}", now=NOW + timedelta(minutes=minutes))
    assert [row.nome for row in service.list_credenciais(HOSPITAL, case.contas)] == [
        "Sistema 2", "Sistema 1", "Sistema 0",
    ]  # fmt: skip
    assert service.list_credenciais(CLINICA, case.contas) == ()


def test_revoking_what_was_revoked_changes_nothing() -> None:
    row = Credencial("c1", HOSPITAL, "Sistema", ("peg.ler",), NOW, "ana")
    revoked = rules.revoke(row, NOW)
    assert revoked.versao == 2
    assert rules.revoke(revoked, NOW + HOUR) is revoked
