"""What tells of a person is found however it is written; a senha is told where it is needed, and nowhere else."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from local import vazamentos
from local.falhas.journal import Journal, Kind
from local.vazamentos import SENHA, Personal, leaks

CPF, CARTEIRA, NOME = "11122233396", "34569500000000101", "Elegível Ana Exemplo"


@pytest.fixture(scope="module")
def personal() -> Personal:
    made = Personal()
    made.number("CPF", CPF)
    made.number("carteira", CARTEIRA)
    made.number(SENHA, "26113674287256")
    made.name(NOME)
    made.addresses.add("recepcao@hospital-aurora.example")
    return made


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("CPF", f'{{"cpf": "{CPF}"}}'),
        ("CPF", "CPF 111.222.333-96 não confere"),
        ("CPF", f"PRESTADOR#1/PESSOA#{CPF}"),
        ("CPF", f"chave 99{CPF}00"),
        ("CPF", quote_plus("/v1/elegibilidade?cpf=111.222.333-96")),
        ("CPF", base64.b64encode(f"beneficiario;{CPF};".encode()).decode()),
        ("CPF", base64.urlsafe_b64encode(f"beneficiário;{CPF}; ção".encode()).decode().rstrip("=")),
        ("carteira", f"carteira {CARTEIRA}"),
        ("nome", f"Paciente: {NOME.upper()}"),
        ("nome", "elegivel  ana-exemplo"),
        ("nome", "Elegível Exemplo"),
        ("nome", json.dumps({"nome": NOME})),
        ("nome", quote_plus(NOME)),
        ("e-mail", "enviado a Recepcao@hospital-aurora.example"),
    ],
)
def test_a_person_is_found_however_it_is_written(personal: Personal, kind: str, text: str) -> None:
    assert {leak.kind for leak in leaks([("logs", text)], personal)} == {kind}


@pytest.mark.parametrize(
    "text", ["", "261136000001", "ana exemplo", "2026-11-22T17:31:26.012430Z", "AAAA" * 9, "\\u00"]
)
def test_what_is_nobody_s_is_not_found(personal: Personal, text: str) -> None:
    assert list(leaks([("logs", text)], personal)) == []


def test_a_senha_may_be_told_where_it_is_needed_and_nowhere_else(personal: Personal) -> None:
    said = "autorizacao/345695/26113674287256"
    assert list(leaks([(f"{Kind.EVENT} SenhaEmitida", said)], personal)) == []
    assert [leak.kind for leak in leaks([("/aws/lambda/autorizacao-api", said)], personal)] == [SENHA]


def test_an_address_may_be_told_to_who_carries_the_mail_and_nowhere_else(personal: Personal) -> None:
    said = "recepcao@hospital-aurora.example"
    assert list(leaks([(Kind.MAIL, said)], personal)) == []
    assert [leak.kind for leak in leaks([(f"{Kind.EVENT} PessoaVinculada", said)], personal)] == ["e-mail"]


def test_short_numbers_and_single_names_tell_of_nobody() -> None:
    made = Personal()
    made.number("carteira", "1234567890")
    made.name("Ana")
    assert list(made.within("1234567890 Ana")) == []


def test_of_a_stream_only_events_are_searched_for_its_rows_are_the_table_s(tmp_path: Path, personal: Personal) -> None:
    written = Journal(tmp_path)
    row = json.dumps({"Keys": {"sk": {"S": "AUTORIZACAO"}}, "NewImage": {"nome": NOME}})
    event = json.dumps({"Keys": {"sk": {"S": "EVENTO#1"}}, "NewImage": {"nome": NOME}})
    for text in (row, event):
        written.tell(Kind.STREAM, funcao="autorizacao-eventos", texto=text)
    written.tell(Kind.ACCESS, metodo="GET", caminho=f"/v1/x?cpf={CPF}", status=404)
    found = [(leak.kind, leak.place) for leak in leaks(vazamentos.went_by(tmp_path), personal)]
    assert found == [("nome", "stream autorizacao-eventos"), ("CPF", "acesso GET")]
