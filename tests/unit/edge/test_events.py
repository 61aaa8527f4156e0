"""Domain events: one id per fact, one row with its effect, published at least once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conecta_edge.dynamodb import marshal, unmarshal
from conecta_edge.events import Event, image, outbox_put, publish
from tests.builders_functions import EVENT, NOW, outbox_record
from tests.fakes import Bus


def test_the_same_occurrence_has_the_same_id_however_often_it_is_told() -> None:
    assert EVENT.id == replace(EVENT, correlacao="u2", dados={}).id == "02686fd95419204ce4ac74837c1e6599"


@given(st.tuples(st.text(), st.text(), st.text()))
def test_another_occurrence_has_another_id(parts: tuple[str, str, str]) -> None:
    tipo, entidade, chave = parts
    other = replace(EVENT, tipo=tipo, entidade=entidade, chave=chave)
    same = (tipo, entidade, chave) == (EVENT.tipo, EVENT.entidade, EVENT.chave)
    assert (other.id == EVENT.id) is same
    assert len(other.id) == 32


def test_an_outbox_row_lies_beside_its_aggregate_in_the_envelope_everybody_reads() -> None:
    put = outbox_put("tabela", "PRESTADOR#hospital-aurora", EVENT, NOW)
    row = unmarshal(put["Item"])
    assert (put["TableName"], put["ConditionExpression"]) == ("tabela", "attribute_not_exists(pk)")
    assert (row["pk"], row["sk"]) == ("PRESTADOR#hospital-aurora", f"EVENTO#{EVENT.id}")
    assert row["ttl"] == int(datetime(2026, 12, 21, 12, 0, tzinfo=UTC).timestamp())
    assert json.loads(row["evento"]) == {
        "id": EVENT.id,
        "tipo": "PegRecebido",
        "versao": 1,
        "ocorrido_em": "2026-11-21T12:00:00.000000Z",
        "registro_ans": "345695",
        "prestador_id": "hospital-aurora",
        "entidade": "peg/261120000001",
        "correlacao": "u1",
        "dados": {"protocolo": "261120000001", "quantidade_guias": 3},
    }


def test_who_tells_an_event_again_tells_the_same_one_once_per_attempt() -> None:
    first, again = (outbox_put("tabela", "PRESTADOR#h", EVENT, NOW, tentativa) for tentativa in (1, 3))
    told, retold = unmarshal(first["Item"]), unmarshal(again["Item"])
    assert retold == {**told, "tentativa": 3}
    assert again["ConditionExpression"] == (
        "attribute_not_exists(pk) OR attribute_not_exists(tentativa) OR tentativa < :tentativa"
    )
    assert unmarshal(again["ExpressionAttributeValues"]) == {":tentativa": 3}


def test_outbox_rows_go_to_the_bus_under_their_context_and_their_name() -> None:
    bus = Bus()
    assert publish(bus, "conecta", "conecta.peg", [outbox_record(1)]) == []
    ((entry,),) = bus.calls
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == ("conecta", "conecta.peg", "PegRecebido")
    assert json.loads(entry["Detail"])["entidade"] == "peg/1"


def test_an_event_whose_row_is_written_again_is_told_again() -> None:
    bus = Bus()
    publish(bus, "conecta", "conecta.peg", [outbox_record(1), outbox_record(2, "peg/1", eventName="MODIFY")])
    first, again = (json.loads(entry["Detail"]) for call in bus.calls for entry in call)
    assert first == again


def test_other_rows_and_what_is_removed_are_not_published() -> None:
    bus = Bus()
    row = {"SequenceNumber": "1", "NewImage": marshal({"pk": "PRESTADOR#h", "sk": "PEG#1"})}
    records = [
        outbox_record(2, eventName="REMOVE"),
        outbox_record(3, dynamodb=row),
        outbox_record(4, dynamodb={"SequenceNumber": "4"}),
    ]
    assert publish(bus, "conecta", "conecta.peg", records) == []
    assert bus.calls == []


def senha(number: int, versao: int = 1, kind: str = "INSERT") -> dict[str, Any]:
    """A stream record of a row that says something of itself."""
    row = marshal({"pk": "PRESTADOR#h", "sk": "SENHA#1", "versao": versao})
    held = {"SequenceNumber": str(number), "NewImage": row, "ApproximateCreationDateTime": NOW.timestamp()}
    return outbox_record(number, eventName=kind, dynamodb=held)


def of_senhas(row: dict[str, Any]) -> Event | None:
    return image("SenhaAtualizada", "senha/1", row, ("345695", "h"), {"a": 1}) if row["sk"] == "SENHA#1" else None


def test_a_row_says_what_it_holds_whenever_it_is_written_among_the_events_in_order() -> None:
    bus = Bus()
    records = [senha(1), outbox_record(2), senha(3, 2, "MODIFY"), senha(4, 2, "MODIFY"), senha(5, 2, "REMOVE")]
    assert publish(bus, "conecta", "conecta.peg", [*records, outbox_record(6, eventName="REMOVE")], of_senhas) == []
    ((first, event, *others),) = bus.calls
    told = json.loads(first["Detail"])
    assert (first["DetailType"], event["DetailType"]) == ("SenhaAtualizada", "PegRecebido")
    assert (told["dados"], told["ocorrido_em"]) == ({"versao": 1, "a": 1}, "2026-11-21T12:00:00.000000Z")
    again = [json.loads(one["Detail"]) for one in others]
    assert again[0] == again[1]
    assert again[0]["id"] != told["id"]


def test_a_row_that_says_nothing_is_not_told() -> None:
    bus = Bus()
    row = {"SequenceNumber": "1", "NewImage": marshal({"pk": "PRESTADOR#h", "sk": "PEG#1"})}
    assert publish(bus, "conecta", "conecta.peg", [outbox_record(1, dynamodb=row)], of_senhas) == []
    assert bus.calls == []


def test_a_long_batch_goes_in_calls_of_ten_in_order() -> None:
    bus = Bus()
    publish(bus, "conecta", "conecta.peg", [outbox_record(n, f"peg/{n}") for n in range(25)])
    assert [len(call) for call in bus.calls] == [10, 10, 5]
    sent = [json.loads(entry["Detail"])["entidade"] for call in bus.calls for entry in call]
    assert sent == [f"peg/{n}" for n in range(25)]


def test_only_what_the_bus_refused_is_reported() -> None:
    bus = Bus("peg/3", "peg/14")
    records = [outbox_record(n, f"peg/{n}") for n in range(20)]
    assert publish(bus, "conecta", "conecta.peg", records) == ["3", "14"]


def test_a_bus_that_answers_for_less_than_it_was_given_fails_the_batch() -> None:
    class Forgetful(Bus):
        def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  # the API's own name
            return {"Entries": super().put_events(Entries=Entries)["Entries"][1:]}

    with pytest.raises(ValueError, match="shorter"):
        publish(Forgetful(), "conecta", "conecta.peg", [outbox_record(1), outbox_record(2)])
