"""R23: the oncology team learns of a day that was asked for, once, and of nobody's name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from autorizacao.bootstrap import nucleo
from autorizacao.handler import oncologia
from autorizacao.service.portas import Guardada
from conecta_edge import session
from conecta_edge.clock import FixedClock
from conecta_edge.dynamodb import unmarshal
from conecta_facts.operadoras import Canal, Contato
from conecta_senhas.autorizacoes import Autorizacao
from tests.builders_autorizacao import AMANHA, NUMERO, an_authorization, an_item
from tests.builders_cadastro import CARTEIRA, HOJE, NOME, a_contato
from tests.builders_functions import HOSPITAL, NOW, VALE

TEAM = Contato("ONCOLOGIA", "Brasil", Canal.EMAIL, "oncologia@operadora.example", "Equipe")
ENVELOPE: dict[str, Any] = {
    "id": "e1", "registro_ans": VALE, "prestador_id": HOSPITAL, "correlacao": "corr-1", "dados": {"numero": NUMERO},
}  # fmt: skip


class Mail:
    """SES, as far as it is used."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.refuses = False

    def send_email(self, **asked: Any) -> None:
        if self.refuses:
            raise ClientError({"Error": {"Code": "MessageRejected", "Message": ""}}, "SendEmail")
        self.sent.append(asked)


class Marks:
    """The table of kept answers, as far as it is used."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.late = False

    def get_item(self, *, TableName: str, Key: Any, ConsistentRead: bool) -> dict[str, Any]:  # noqa: N803
        assert (TableName, ConsistentRead) == ("conecta-teste-idempotencia", True)
        key = unmarshal(Key)
        found = None if self.late else self.rows.get((key["pk"], key["sk"]))
        return {"Item": found} if found else {}

    def put_item(self, *, TableName: str, Item: Any, ConditionExpression: str) -> None:  # noqa: N803
        assert (TableName, ConditionExpression) == ("conecta-teste-idempotencia", "attribute_not_exists(pk)")
        row = unmarshal(Item)
        if (row["pk"], row["sk"]) in self.rows:
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}, "PutItem")
        self.rows[row["pk"], row["sk"]] = row


class World:
    """The function with a mail box, a table of marks, one authorization and the operadora's contacts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mail, self.marks = Mail(), Marks()
        self.contatos: tuple[Contato, ...] = (a_contato(), TEAM)
        self.stored: Autorizacao | None = waiting()
        monkeypatch.setattr(oncologia, "client", {"sesv2": self.mail, "dynamodb": self.marks}.__getitem__)
        monkeypatch.setattr(nucleo, "autorizacoes", lambda: Table(self))
        monkeypatch.setattr(session, "catalogo", lambda: Catalogue(self))
        monkeypatch.setattr(session, "clock", lambda: FixedClock(NOW))


class Table:
    def __init__(self, world: World) -> None:
        self._world = world

    def get(self, registro_ans: str, numero: str) -> Guardada | None:
        assert (registro_ans, numero) == (VALE, NUMERO)
        return Guardada(self._world.stored, "vida") if self._world.stored else None


class Catalogue:
    def __init__(self, world: World) -> None:
        self._world = world

    def contatos(self, registro_ans: str) -> tuple[Contato, ...]:
        assert registro_ans == VALE
        return self._world.contatos


def waiting(*sequencias: int) -> Autorizacao:
    """A senha of three items for planned days, some of which wait for another."""
    return an_authorization(*(
        an_item(n, data_prevista=HOJE, data_pedida=AMANHA if n in (sequencias or (2,)) else None) for n in (1, 2, 3)
    ))  # fmt: skip


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def text(sent: dict[str, Any]) -> str:
    body: str = sent["Content"]["Simple"]["Body"]["Text"]["Data"]
    return body


@pytest.mark.regra("AUT-DATA-PEDIDA")
def test_the_team_is_told_which_items_of_which_senha_wait_and_nothing_of_whom(world: World) -> None:
    oncologia.notify(ENVELOPE)
    (sent,) = world.mail.sent
    assert sent["FromEmailAddress"] == "nao-responda@conecta.example"
    assert sent["Destination"] == {"ToAddresses": ["oncologia@operadora.example"]}
    assert sent["Content"]["Simple"]["Subject"]["Data"] == f"Outra data pedida em oncologia: autorização {NUMERO}"
    assert f"o item 2 da autorização {NUMERO} (registro ANS {VALE})" in text(sent)
    whole = json.dumps(sent, ensure_ascii=False)
    assert not any(personal in whole for personal in (CARTEIRA, NOME, f"{HOJE:%d/%m}", f"{AMANHA:%d/%m}", HOSPITAL))


def test_all_that_waits_is_named(world: World) -> None:
    world.stored = waiting(1, 3)
    oncologia.notify(ENVELOPE)
    assert "os itens 1, 3 da autorização" in text(world.mail.sent[0])


def test_a_redelivered_event_sends_nothing_again_and_another_one_does(world: World) -> None:
    for _ in range(3):
        oncologia.notify(ENVELOPE)
    assert len(world.mail.sent) == 1
    oncologia.notify({**ENVELOPE, "id": "e2"})
    assert len(world.mail.sent) == 2
    mark = world.marks.rows[f"PRESTADOR#{HOSPITAL}", "AVISO#e1"]
    assert int(mark["ttl"]) == int((NOW + oncologia.GUARDADO).timestamp())


def test_deliveries_at_the_same_instant_end_alike(world: World) -> None:
    world.marks.late = True
    oncologia.notify(ENVELOPE)
    oncologia.notify(ENVELOPE)
    assert (len(world.mail.sent), len(world.marks.rows)) == (2, 1)


def test_a_mail_that_was_not_taken_is_tried_again(world: World) -> None:
    world.mail.refuses = True
    with pytest.raises(ClientError):
        oncologia.notify(ENVELOPE)
    assert world.marks.rows == {}
    world.mail.refuses = False
    oncologia.notify(ENVELOPE)
    assert len(world.mail.sent) == 1


@pytest.mark.parametrize("stored", [None, an_authorization()])
def test_what_was_decided_meanwhile_troubles_nobody(world: World, stored: Autorizacao | None) -> None:
    world.stored = stored
    oncologia.notify(ENVELOPE)
    assert (world.mail.sent, world.marks.rows) == ([], {})


@pytest.mark.parametrize(
    ("contato", "told"),
    [
        (Contato("x", "Brasil", Canal.EMAIL, "a@b.example", "Equipe Oncológica"), True),
        (Contato("x", "ONCOLOGIA", Canal.EMAIL, "a@b.example"), True),
        (Contato("central-oncologia", "Sul", Canal.EMAIL, "a@b.example"), True),
        (Contato("oncologia", "Brasil", Canal.TELEFONE, "4004-0183"), False),
        (Contato("ouvidoria", "Brasil", Canal.EMAIL, "a@b.example", "Ouvidoria"), False),
    ],
)
def test_the_team_is_known_by_its_code_region_or_description(
    world: World, contato: Contato, logged: Callable[[], list[Any]], *, told: bool
) -> None:
    world.contatos = (contato,)
    oncologia.notify(ENVELOPE)
    assert bool(world.mail.sent) is told
    said = [line["message"] for line in logged()]
    assert said == (["oncologia avisada"] if told else ["operadora sem e-mail de oncologia"])


def test_several_addresses_get_one_mail(world: World) -> None:
    world.contatos = (TEAM, Contato("ONCOLOGIA-2", "Sul", Canal.EMAIL, "b@operadora.example"), TEAM)
    oncologia.notify(ENVELOPE)
    (sent,) = world.mail.sent
    assert sent["Destination"]["ToAddresses"] == ["b@operadora.example", "oncologia@operadora.example"]
