"""`Contas` (DynamoDB) and `Identidades` (Cognito): fakes and adapters, one suite; and races of gestores."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from cadastro.cognito.contas import CognitoContas
from cadastro.domain import contas as rules
from cadastro.domain.contas import (
    AlreadyBoundError,
    Credencial,
    LastGestorError,
    Papel,
    Pessoa,
    PessoaNotFoundError,
    StaleContaError,
    TooManyCredenciaisError,
)
from cadastro.dynamodb.contas import DynamoContas
from cadastro.handler import api
from cadastro.service import contas as service
from conecta_edge import session
from conecta_edge.cadastro import DynamoCadastroReader
from conecta_edge.clock import FixedClock
from conecta_edge.dynamodb import ConditionFailedError, TransientConflictError
from conecta_edge.idempotency import Attempt, IdempotencyTable
from conecta_edge.pseudonyms import Pseudonyms
from conecta_facts.operadoras import Operadora, VersaoAceita
from tests.builders_functions import CLINICA, HOSPITAL, NOW, OUTRO_CNPJ, SINCE, VALE, api_event, person
from tests.cadastro_rows import CadastroTable, Vinculo, VinculoOperadora
from tests.cadastro_rows import Credencial as FirstCredencial
from tests.contract.engines import Engine
from tests.fakes import FakeIdempotency
from tests.fakes_contas import FakeContas, FakeIdentidades, operadora

ENGINES = ["fake", "moto", pytest.param("embedded", marks=pytest.mark.e2e)]
RACED = ["fake", pytest.param("embedded", marks=pytest.mark.e2e)]  # moto cannot judge


@dataclass
class Subject:
    """The port under test, kept answers, and what anybody could see behind it."""

    port: Any
    answers: Any
    told: Callable[[str], Sequence[str]]
    table: str | None


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        fake = FakeContas()
        told = fake.tables.told
        return Subject(fake, FakeIdempotency(), lambda owner: sorted(tipo for tipo, at in told if at == owner), None)
    table, answers = engine.table("cadastro", busca=True), engine.table("idempotencia")
    return Subject(
        DynamoContas(engine.dynamodb, table),
        IdempotencyTable(engine.dynamodb, answers),
        lambda owner: sorted(json.loads(row["evento"])["tipo"] for row in engine.outbox(table, owner)),
        table,
    )


def a_pessoa(sub: str = "p1", papel: Papel = Papel.GESTOR, **changes: Any) -> Pessoa:
    made = Pessoa(sub, HOSPITAL, papel, NOW, "g0", email=f"{sub}@hospital.example")
    return replace(made, **changes)


def a_credencial(client_id: str = "c1", **changes: Any) -> Credencial:
    return replace(Credencial(client_id, HOSPITAL, "Sistema", ("peg.ler",), NOW, "p1"), **changes)


def attempt() -> Attempt:
    return Attempt(f"PRESTADOR#{HOSPITAL}", "/pessoas#p1#k", "d1")


@pytest.mark.parametrize("pessoa", [a_pessoa(), a_pessoa(papel=Papel.RECEPCAO, ativo=False, email=None)])
def test_a_person_is_read_back_by_its_own_prestador(subject: Subject, pessoa: Pessoa) -> None:
    subject.port.bind(None, pessoa, NOW)
    assert subject.port.held(HOSPITAL, "p1") == pessoa
    assert subject.port.pessoa(HOSPITAL, pessoa.id) == pessoa
    assert subject.port.pessoas(HOSPITAL, None, 10).rows == [pessoa]
    assert subject.port.held(CLINICA, "p1") is None
    assert subject.port.pessoa(CLINICA, pessoa.id) is None
    assert subject.port.pessoas(CLINICA, None, 10).rows == []


def test_one_person_at_two_prestadores_is_two_people(subject: Subject) -> None:
    here, there = a_pessoa(), a_pessoa(prestador_id=CLINICA, papel=Papel.FATURISTA)
    subject.port.bind(None, here, NOW)
    subject.port.bind(None, there, NOW)
    assert here.id != there.id
    assert subject.port.pessoa(HOSPITAL, there.id) is None


def test_a_person_is_bound_once(subject: Subject) -> None:
    subject.port.bind(None, a_pessoa(), NOW)
    with pytest.raises(AlreadyBoundError):
        subject.port.bind(None, a_pessoa(papel=Papel.FATURISTA), NOW)
    assert subject.port.held(HOSPITAL, "p1") == a_pessoa()
    assert subject.told(HOSPITAL) == ["PessoaVinculada"]


def test_a_change_is_of_what_was_read(subject: Subject) -> None:
    before = a_pessoa(papel=Papel.RECEPCAO)
    subject.port.bind(None, before, NOW)
    after = rules.change(before, Papel.FATURISTA, None)
    subject.port.change(before, after, "g0", NOW + timedelta(1))
    assert subject.port.pessoa(HOSPITAL, before.id) == after
    with pytest.raises(StaleContaError):
        subject.port.change(before, rules.change(before, None, ativo=False), "g0", NOW + timedelta(2))
    assert subject.port.held(HOSPITAL, "p1") == after
    assert subject.told(HOSPITAL) == ["PessoaVinculada", "PessoaVinculada"]


def test_the_last_active_gestor_is_neither_removed_nor_suspended_nor_demoted(subject: Subject) -> None:
    only = a_pessoa()
    subject.port.bind(None, only, NOW)
    subject.port.bind(None, a_pessoa("p2", Papel.FATURISTA), NOW)
    changes = (rules.remove(only, NOW), rules.change(only, None, ativo=False), rules.change(only, Papel.RECEPCAO, None))
    for after in changes:
        with pytest.raises(LastGestorError):
            subject.port.change(only, after, "g0", NOW)
    assert subject.port.held(HOSPITAL, "p1") == only


def test_with_another_gestor_the_first_may_go(subject: Subject) -> None:
    first, second = a_pessoa(), a_pessoa("p2", Papel.RECEPCAO)
    subject.port.bind(None, first, NOW)
    subject.port.bind(None, second, NOW)
    promoted = rules.change(second, Papel.GESTOR, None)
    subject.port.change(second, promoted, "p1", NOW + timedelta(1))
    gone = rules.remove(first, NOW)
    subject.port.change(first, gone, "p1", NOW + timedelta(2))
    assert subject.port.pessoas(HOSPITAL, None, 10).rows == [promoted]
    assert subject.port.pessoa(HOSPITAL, first.id) is None
    assert subject.port.held(HOSPITAL, "p1") == gone
    with pytest.raises(LastGestorError):
        subject.port.change(promoted, rules.remove(promoted, NOW), "p1", NOW)


def test_who_was_taken_out_may_be_let_in_again_and_old_versions_stay_old(subject: Subject) -> None:
    subject.port.bind(None, a_pessoa("p0"), NOW)
    before = a_pessoa(papel=Papel.FATURISTA)
    subject.port.bind(None, before, NOW)
    gone = rules.remove(before, NOW)
    subject.port.change(before, gone, "p0", NOW + timedelta(1))
    again = rules.bind(gone, a_pessoa(papel=Papel.RECEPCAO))
    subject.port.bind(gone, again, NOW + timedelta(2))
    assert subject.port.pessoa(HOSPITAL, before.id) == again
    with pytest.raises(StaleContaError):
        subject.port.change(before, rules.change(before, None, ativo=False), "p0", NOW + timedelta(3))
    assert subject.told(HOSPITAL) == ["PessoaDesvinculada", *["PessoaVinculada"] * 3]


def test_pages_show_each_person_once(subject: Subject) -> None:
    for number in range(5):
        subject.port.bind(None, a_pessoa(f"p{number}"), NOW)
    seen, position = [], None
    while True:
        page = subject.port.pessoas(HOSPITAL, position, 2)
        seen += [row.sub for row in page.rows]
        position = page.position
        if position is None:
            break
    assert seen == [f"p{number}" for number in range(5)]


def test_a_kept_answer_is_written_with_the_person_or_not_at_all(subject: Subject) -> None:
    subject.port.bind(None, a_pessoa(), NOW, (subject.answers.keep(attempt(), {"id": "1"}, NOW),))
    assert subject.answers.replay(attempt(), NOW) == {"id": "1"}
    for pessoa in (a_pessoa(), a_pessoa("p2")):
        with pytest.raises(ConditionFailedError):
            subject.port.bind(None, pessoa, NOW, (subject.answers.keep(attempt(), {"id": "2"}, NOW),))
    assert subject.port.held(HOSPITAL, "p2") is None
    assert subject.answers.replay(attempt(), NOW) == {"id": "1"}


ROTATED = a_credencial(
    expira_em=NOW + timedelta(hours=1), revogada_em=NOW, ativa=False, substitui="c0", versao=7,
    escopos=("documentos.escrever", "peg.ler"), nome="Sistema — ção",
)  # fmt: skip


@pytest.mark.parametrize("credencial", [a_credencial(), ROTATED])
def test_a_credential_is_read_back_by_its_own_prestador(subject: Subject, credencial: Credencial) -> None:
    subject.port.add_credencial(credencial, None, 0, NOW)
    assert subject.port.credencial(HOSPITAL, "c1") == credencial
    assert subject.port.credenciais(HOSPITAL) == service.Credenciais((credencial,), 1)
    assert subject.port.credencial(CLINICA, "c1") is None
    assert subject.port.credenciais(CLINICA) == service.Credenciais((), 0)
    assert subject.told(HOSPITAL) == ["CredencialCriada"]


def test_a_credential_is_added_to_the_set_as_it_was_read(subject: Subject) -> None:
    subject.port.add_credencial(a_credencial(), None, 0, NOW)
    for versao in (0, 2):
        with pytest.raises(StaleContaError):
            subject.port.add_credencial(a_credencial("c2"), None, versao, NOW)
    subject.port.add_credencial(a_credencial("c2"), None, 1, NOW)
    assert {row.client_id for row in subject.port.credenciais(HOSPITAL).rows} == {"c1", "c2"}


def test_a_rotation_changes_both_or_none(subject: Subject) -> None:
    before = a_credencial()
    subject.port.add_credencial(before, None, 0, NOW)
    after = rules.hand_over(before, timedelta(hours=2), NOW)
    subject.port.add_credencial(a_credencial("c2", substitui="c1"), (before, after), 1, NOW)
    assert subject.port.credencial(HOSPITAL, "c1") == after
    with pytest.raises(StaleContaError):
        subject.port.add_credencial(a_credencial("c3", substitui="c1"), (before, after), 2, NOW)
    assert subject.port.credencial(HOSPITAL, "c3") is None


def test_a_credential_is_revoked_once(subject: Subject) -> None:
    before = a_credencial()
    subject.port.add_credencial(before, None, 0, NOW)
    after = rules.revoke(before, NOW)
    subject.port.revoke(before, after, NOW)
    assert subject.port.credencial(HOSPITAL, "c1") == after
    with pytest.raises(StaleContaError):
        subject.port.revoke(before, after, NOW)
    assert subject.told(HOSPITAL) == ["CredencialCriada", "CredencialRevogada"]


REAL = ["moto", pytest.param("embedded", marks=pytest.mark.e2e)]


@pytest.mark.parametrize("engine_name", REAL)
def test_what_each_request_reads_is_what_was_written(subject: Subject, engine: Engine) -> None:
    table = str(subject.table)
    reader = DynamoCadastroReader(engine.dynamodb, table, FixedClock(NOW))
    late = DynamoCadastroReader(engine.dynamodb, table, FixedClock(NOW + timedelta(hours=2)))
    subject.port.bind(None, a_pessoa("p0"), NOW)
    pessoa = a_pessoa(papel=Papel.FATURISTA)
    subject.port.bind(None, pessoa, NOW)
    assert [(row.prestador_id, row.papel) for row in reader.bindings("p1")] == [(HOSPITAL, "faturista")]
    subject.port.change(pessoa, rules.remove(pessoa, NOW), "p0", NOW)
    assert reader.bindings("p1") == ()
    before = a_credencial()
    subject.port.add_credencial(before, None, 0, NOW)
    assert reader.credential("c1") == (HOSPITAL, frozenset({"peg.ler"}))
    after = rules.hand_over(before, timedelta(hours=2), NOW)
    subject.port.add_credencial(a_credencial("c2"), (before, after), 1, NOW)
    assert reader.credential("c1") is not None
    assert late.credential("c1") is None
    subject.port.revoke(after, rules.revoke(after, NOW), NOW)
    assert reader.credential("c1") is None


@pytest.mark.parametrize("engine_name", REAL)
def test_rows_of_the_first_release_are_admitted_and_then_counted(subject: Subject, engine: Engine) -> None:
    first = CadastroTable(engine.dynamodb, str(subject.table))
    first.put_vinculo(Vinculo("p1", HOSPITAL, "gestor"))
    first.put_credencial(FirstCredencial("c1", HOSPITAL, ("peg.ler",)))
    for _ in range(2):
        subject.port.admit([a_pessoa()], [a_credencial()])
    assert subject.port.pessoas(HOSPITAL, None, 10).rows == [a_pessoa()]
    assert subject.port.credenciais(HOSPITAL).rows == (a_credencial(),)
    (counter,) = engine.rows(str(subject.table), f"PRESTADOR#{HOSPITAL}", "GESTORES")
    assert int(counter["n"]) == 1


@pytest.mark.parametrize("engine_name", REAL)
def test_nothing_personal_is_in_a_key_or_in_an_event(subject: Subject, engine: Engine) -> None:
    subject.port.bind(None, a_pessoa(), NOW)
    subject.port.add_credencial(a_credencial(), None, 0, NOW)
    for row in engine.rows(str(subject.table), f"PRESTADOR#{HOSPITAL}"):
        assert "@" not in f"{row['pk']}{row['sk']}{row.get('evento')}"


def at_once(work: Callable[[int], Any], runners: int = 8) -> list[Any]:
    """What several threads, let go at once, came to."""
    start = threading.Barrier(runners)

    def run(number: int) -> Any:
        start.wait()
        while True:
            try:
                return work(number)
            except TransientConflictError:
                continue  # nothing was written: the client repeats the request

    with ThreadPoolExecutor(runners) as pool:
        return list(pool.map(run, range(runners)))


def remove_pessoa(subject: Subject, pessoa_id: str, number: int) -> None:
    service.remove_pessoa(
        prestador_id=HOSPITAL, pessoa_id=pessoa_id, expected=None, quem="p0", contas=subject.port,
        now=NOW + timedelta(seconds=number),
    )  # fmt: skip


@pytest.mark.parametrize("engine_name", RACED)
def test_of_gestores_that_take_each_other_out_at_once_one_stays(subject: Subject) -> None:
    people = [a_pessoa(f"p{number}") for number in range(6)]
    for pessoa in people:
        subject.port.bind(None, pessoa, NOW)

    def remove(number: int) -> bool:
        try:
            remove_pessoa(subject, people[number].id, number)
        except (LastGestorError, StaleContaError):
            return False
        return True

    assert sum(at_once(remove, 6)) == 5
    assert len(subject.port.pessoas(HOSPITAL, None, 10).rows) == 1


@pytest.mark.parametrize("engine_name", RACED)
def test_one_gestor_taken_out_by_many_at_once_is_taken_out_once(subject: Subject) -> None:
    for sub in ("p1", "p2"):
        subject.port.bind(None, a_pessoa(sub), NOW)

    def remove(number: int) -> bool:
        try:
            remove_pessoa(subject, a_pessoa().id, number)
        except PessoaNotFoundError:
            return False
        return True

    assert sum(at_once(remove)) == 1
    assert [row.sub for row in subject.port.pessoas(HOSPITAL, None, 10).rows] == ["p2"]


@pytest.mark.parametrize("engine_name", RACED)
def test_the_limit_of_credentials_holds_however_many_ask_at_once(subject: Subject) -> None:
    identidades = FakeIdentidades()
    for number in range(rules.LIVE_CREDENCIAIS - 2):
        subject.port.add_credencial(a_credencial(f"antes{number}"), None, number, NOW)

    def create(number: int) -> bool:
        asked = service.NewCredencial(HOSPITAL, f"Sistema {number}", ("peg.ler",), "p1")
        try:
            service.create_credencial(
                asked, contas=subject.port, identidades=identidades,
                render=lambda made, _before: made.client_id, keep=lambda _answer: (), now=NOW,
            )  # fmt: skip
        except (TooManyCredenciaisError, StaleContaError):
            return False
        return True

    assert 1 <= sum(at_once(create)) <= 2
    live = {row.client_id for row in subject.port.credenciais(HOSPITAL).rows if not row.client_id.startswith("antes")}
    assert identidades.clients.keys() == live


POOLS = RACED
"""Moto's pools find nobody by an alias: they are no judge of this port."""


@dataclass
class Pool:
    """Accounts and clients under test, and how somebody signs up by itself."""

    port: Any
    sign_up: Callable[[str, bool], str]
    usernames: Callable[[], Sequence[str]]
    clients: Callable[[], Sequence[str]]


@pytest.fixture
def pool(engine: Engine | None) -> Pool:
    if engine is None:
        fake = FakeIdentidades()

        def made(email: str, verified: bool) -> str:  # noqa: FBT001  # the port's own shape
            sub = uuid.uuid4().hex
            if verified:
                fake.accounts[email] = sub
            return sub

        return Pool(fake, made, lambda: list(fake.accounts), lambda: list(fake.clients))
    idp = engine.client("cognito-idp")
    pool_id = idp.create_user_pool(
        PoolName=uuid.uuid4().hex, AliasAttributes=["email"], UsernameConfiguration={"CaseSensitive": False}
    )["UserPool"]["Id"]
    idp.create_resource_server(
        UserPoolId=pool_id, Identifier="conecta", Name="Conecta",
        Scopes=[{"ScopeName": escopo, "ScopeDescription": escopo} for escopo in rules.ESCOPOS],
    )  # fmt: skip

    def sign_up(email: str, verified: bool) -> str:  # noqa: FBT001  # the port's own shape
        user = idp.admin_create_user(
            UserPoolId=pool_id,
            Username=str(uuid.uuid4()),
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": str(verified).lower()},
            ],
        )["User"]
        return str(next(item["Value"] for item in user["Attributes"] if item["Name"] == "sub"))

    return Pool(
        CognitoContas(idp, pool_id, "conecta-teste", Pseudonyms(b"chave").conta),
        sign_up,
        lambda: [user["Username"] for user in idp.list_users(UserPoolId=pool_id)["Users"]],
        lambda: [row["ClientId"] for row in idp.list_user_pool_clients(UserPoolId=pool_id)["UserPoolClients"]],
    )


@pytest.mark.parametrize("engine_name", POOLS)
def test_an_e_mail_finds_the_account_whose_owner_verified_it(pool: Pool) -> None:
    sub = pool.sign_up("ana@hospital.example", True)
    assert pool.port.account("ana@hospital.example") == sub
    assert len(pool.usernames()) == 1


@pytest.mark.parametrize("engine_name", POOLS)
def test_who_only_typed_an_e_mail_is_not_found_by_it(pool: Pool) -> None:
    other = pool.sign_up("ana@hospital.example", False)
    sub = pool.port.account("ana@hospital.example")
    assert sub != other
    assert pool.port.account("ana@hospital.example") == sub


@pytest.mark.parametrize("engine_name", POOLS)
def test_an_unknown_e_mail_becomes_an_account_with_a_name_that_tells_nothing(pool: Pool) -> None:
    sub = pool.port.account("ana@hospital.example")
    assert pool.port.email_of(sub) == "ana@hospital.example"
    assert pool.port.email_of(str(uuid.uuid4())) is None
    if isinstance(pool.port, CognitoContas):
        (username,) = pool.usernames()
        assert uuid.UUID(username).version == 4


# Cognito takes a username or refuses it in one step; the embedded pool looks first and stores later: no judge of this.
@pytest.mark.parametrize("engine_name", POOLS[:1])
def test_the_same_invitation_sent_many_times_at_once_makes_one_account(pool: Pool) -> None:
    subs = at_once(lambda _number: pool.port.account("ana@hospital.example"))
    assert len(set(subs)) == 1
    assert len(pool.usernames()) == 1


@pytest.mark.parametrize("engine_name", POOLS)
def test_a_client_is_made_described_and_deleted_as_often_as_asked(pool: Pool) -> None:
    client_id, secret = pool.port.create_client(HOSPITAL, ("peg.ler", "documentos.escrever"))
    assert pool.port.secret_of(client_id) == secret
    assert pool.clients() == [client_id]
    for _ in range(2):
        pool.port.delete_client(client_id)
    assert pool.port.secret_of(client_id) is None
    assert pool.clients() == []


@pytest.mark.parametrize("engine_name", POOLS[1:])
def test_a_client_may_only_ask_for_tokens_of_its_own_scopes(pool: Pool, engine: Engine) -> None:
    client_id, _ = pool.port.create_client(HOSPITAL, ("peg.ler",))
    idp = engine.client("cognito-idp")
    made = idp.describe_user_pool_client(UserPoolId=pool.port._pool, ClientId=client_id)["UserPoolClient"]
    assert made["AllowedOAuthFlows"] == ["client_credentials"]
    assert made["AllowedOAuthScopes"] == ["conecta/peg.ler"]
    assert made["AllowedOAuthFlowsUserPoolClient"] is True
    assert made["ClientName"].startswith(f"conecta-teste-maquina-{HOSPITAL}-")


@pytest.mark.parametrize("engine_name", RACED)
def test_the_same_invitation_sent_many_times_at_once_binds_one_person(subject: Subject, pool: Pool) -> None:
    pool.sign_up("ana@hospital.example", True)

    def invite(_number: int) -> bool:
        try:
            service.invite(
                prestador_id=HOSPITAL, email="ana@hospital.example", papel=Papel.GESTOR, quem="g0",
                contas=subject.port, identidades=pool.port, render=lambda pessoa: pessoa.id,
                keep=lambda _answer: (), now=NOW,
            )  # fmt: skip
        except AlreadyBoundError:
            return False
        return True

    assert sum(at_once(invite)) == 1
    assert len(subject.port.pessoas(HOSPITAL, None, 10).rows) == 1


STORY = {
    "registro_ans": VALE,
    "cnpj": OUTRO_CNPJ,
    "nome": "Clínica Nova",
    "cnes": "1234567",
    "codigo_na_operadora": "N",
}


class Deployed:
    """The function as it is deployed, its ports the real ones, on the embedded AWS."""

    def __init__(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.idp = engine.client("cognito-idp")
        self.pool = self.idp.create_user_pool(PoolName=uuid.uuid4().hex, AliasAttributes=["email"])["UserPool"]["Id"]
        environment = {**engine.deploy(), "POOL_PRESTADORES": self.pool}
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        self.clock = FixedClock(NOW)
        monkeypatch.setattr(session, "clock", lambda: self.clock)
        rows = CadastroTable(engine.dynamodb, environment["TABELA_CADASTRO"])
        rows.put_operadora(Operadora(VALE, "AMS", "VALE/PASA", (VALE,), (VersaoAceita("4.01.00", SINCE),)))
        rows.put_vinculo_operadora(VinculoOperadora("op-1", VALE, "cadastro"))

    def account(self, email: str) -> str:
        """The `sub` of a person who signed up."""
        made = self.idp.admin_create_user(
            UserPoolId=self.pool, Username=str(uuid.uuid4()), MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
        )  # fmt: skip
        return str(next(item["Value"] for item in made["User"]["Attributes"] if item["Name"] == "sub"))

    def call(self, method: str, resource: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        """Status and body; each call is a second after the one before."""
        self.clock = FixedClock(self.clock.now() + timedelta(seconds=1))
        text = None if body is None else json.dumps(body)
        answered = api.handler(api_event(method, resource, body=text, **more), None)
        return answered["statusCode"], json.loads(answered["body"]) if answered["body"] else None


@pytest.mark.e2e
def test_from_a_stranger_to_a_prestador_with_people_and_machines(
    embedded: Engine, function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = Deployed(embedded, monkeypatch)
    ana = person(aws.account("ana@nova.example"))
    status, asked = aws.call("POST", "/relacionamentos", STORY, claims=ana)
    assert (status, aws.call("GET", "/pessoas", claims=ana)[0]) == (201, 403)

    at, decision = "/operadora/relacionamentos", "/operadora/relacionamentos/pedidos/{id}/decisao"
    (listed,) = aws.call("GET", at, claims=operadora())[1]["pedidos"]
    assert (listed["id"], listed["email_solicitante"]) == (asked["id"], "ana@nova.example")
    path = {"id": asked["id"]}
    assert aws.call("POST", decision, {"decisao": "HABILITAR"}, claims=operadora(), path=path)[0] == 200
    assert aws.call("POST", decision, {"decisao": "HABILITAR"}, claims=operadora(), path=path)[0] == 409

    (held,) = aws.call("GET", "/sessao", claims=ana)[1]["prestadores"]
    assert (held["prestador_id"], held["papel"], held["relacionamentos"]) == (
        OUTRO_CNPJ, "gestor", [{"registro_ans": VALE, "situacao": "HABILITADO"}],
    )  # fmt: skip

    bia = person(aws.account("bia@nova.example"))
    invited = [
        aws.call("POST", "/pessoas", {"email": email, "papel": "faturista"}, claims=ana)
        for email in ("bia@nova.example", "caio@nova.example")
    ]
    assert [status for status, _ in invited] == [201, 201]
    assert aws.call("GET", "/sessao", claims=bia)[1]["prestadores"][0]["papel"] == "faturista"
    assert len(aws.call("GET", "/pessoas", claims=ana)[1]["pessoas"]) == 3
    one = {"id": invited[0][1]["id"]}
    assert aws.call("DELETE", "/pessoas/{id}", claims=ana, path=one)[0] == 204
    assert aws.call("GET", "/sessao", claims=bia)[1]["prestadores"] == []

    wanted = {"nome": "Sistema", "escopos": ["conecta/peg.ler"]}
    key = {"Idempotency-Key": "k1"}
    made = aws.call("POST", "/credenciais", wanted, claims=ana, headers=key)
    assert aws.call("POST", "/credenciais", wanted, claims=ana, headers=key) == made
    client = {"id": made[1]["client_id"]}
    rotated = aws.call("POST", "/credenciais/{id}/rotacao", {"sobreposicao_horas": 1}, claims=ana, path=client)[1]
    assert session.cadastro().credential(client["id"]) == (OUTRO_CNPJ, frozenset({"peg.ler"}))
    assert aws.call("DELETE", "/credenciais/{id}", claims=ana, path=client)[0] == 204
    assert session.cadastro().credential(client["id"]) is None
    assert session.cadastro().credential(rotated["client_id"]) is not None

    act = f"{at}/{{registroANS}}/{{prestador}}/suspensao"
    where = {"registroANS": VALE, "prestador": OUTRO_CNPJ}
    days = {"de": "2026-11-21", "motivo": "Alvará vencido."}
    assert aws.call("POST", act, days, claims=operadora(), path=where)[1]["situacao"] == "SUSPENSO"
    (seen,) = aws.call("GET", at, claims=operadora(), query={"situacao": "SUSPENSO"})[1]["relacionamentos"]
    assert (seen["prestador_id"], seen["motivo"]) == (OUTRO_CNPJ, "Alvará vencido.")
