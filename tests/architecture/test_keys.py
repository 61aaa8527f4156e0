"""The tenant comes first in every key, of tables and of buckets, and nothing personal is in any."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pytest

import documentos.dynamodb
import documentos.service
import peg.dynamodb
import peg.s3
from conecta_edge import cadastro, idempotency, objects, protocolos
from documentos.domain.uploads import Situacao
from tests.builders_functions import HOSPITAL, VALE, a_documento, a_peg, an_upload

SUB, CLIENT = "9f8e7d6c-sub", "maquina-1"
PROTOCOLO = "261120000007"

BY_PRESTADOR: Mapping[str, Callable[[], Any]] = {
    "cadastro.prestador_key": lambda: cadastro.prestador_key(HOSPITAL),
    "cadastro.relacionamento_key": lambda: cadastro.relacionamento_key(HOSPITAL, VALE),
    "documentos.tenant_pk": lambda: documentos.dynamodb.tenant_pk(HOSPITAL),
    "documentos.upload_key": lambda: documentos.dynamodb.upload_key(HOSPITAL, "u1"),
    "peg.tenant_pk": lambda: peg.dynamodb.tenant_pk(HOSPITAL),
    "peg.month_pk": lambda: peg.dynamodb.month_pk(HOSPITAL, "2611"),
    "peg.peg_key": lambda: peg.dynamodb.peg_key(HOSPITAL, PROTOCOLO),
    "peg.guia_key": lambda: peg.dynamodb.guia_key(HOSPITAL, PROTOCOLO, 7),
    "peg.lote_key": lambda: peg.dynamodb.lote_key(HOSPITAL, VALE, "1"),
}
"""A person, a credential and an operadora are tenants of their own rows of cadastro."""
BY_OTHERS: Mapping[str, tuple[Callable[[], Any], str]] = {
    "cadastro.pessoa_pk": (lambda: cadastro.pessoa_pk(SUB), f"PESSOA#{SUB}"),
    "cadastro.vinculo_key": (lambda: cadastro.vinculo_key(SUB, HOSPITAL), f"PESSOA#{SUB}"),
    "cadastro.operadora_vinculo_key": (lambda: cadastro.operadora_vinculo_key(SUB, VALE), f"PESSOA#{SUB}"),
    "cadastro.credencial_key": (lambda: cadastro.credencial_key(CLIENT), f"CREDENCIAL#{CLIENT}"),
    "cadastro.operadora_key": (lambda: cadastro.operadora_key(VALE), f"OPERADORA#{VALE}"),
}


def partition(key: Any) -> str:
    return str(key["pk"] if isinstance(key, Mapping) else key)


@pytest.mark.parametrize("name", BY_PRESTADOR)
def test_a_prestadores_rows_lie_under_the_prestador(name: str) -> None:
    assert partition(BY_PRESTADOR[name]()).split("#")[:2] == ["PRESTADOR", HOSPITAL]


@pytest.mark.parametrize("name", BY_OTHERS)
def test_other_rows_of_cadastro_lie_under_whose_they_are(name: str) -> None:
    make, expected = BY_OTHERS[name]
    assert partition(make()) == expected


@pytest.mark.parametrize(
    ("prefix", "module"),
    [("cadastro", cadastro), ("documentos", documentos.dynamodb), ("peg", peg.dynamodb)],
)
def test_every_function_that_makes_a_key_is_judged_here(prefix: str, module: ModuleType) -> None:
    made = {
        f"{prefix}.{name}"
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.endswith(("_key", "_pk")) and function.__module__ == module.__name__
    }
    assert made == {name for name in {*BY_PRESTADOR, *BY_OTHERS} if name.startswith(f"{prefix}.")}


def test_a_kept_answer_lies_under_the_prestador() -> None:
    attempt = idempotency.attempt({"idempotency-key": "k"}, prestador_id=HOSPITAL, route="/r", subject=SUB, body=b"")
    assert attempt is not None
    assert attempt.key["pk"] == f"PRESTADOR#{HOSPITAL}"


def test_the_index_of_what_is_pending_serves_the_sweep_of_every_tenant_and_names_each() -> None:
    row = documentos.dynamodb.to_item(an_upload())
    assert str(row["pendente_pk"]).startswith("PENDENTE#")
    assert str(row["pendente_sk"]).endswith(f"#{HOSPITAL}#u1")
    ended = documentos.dynamodb.to_item(an_upload(situacao=Situacao.EXPIRADO, conferir_em=None))
    assert (ended["pendente_pk"], ended["pendente_sk"]) == (None, None)


def test_a_counter_belongs_to_nobody_and_holds_only_a_number() -> None:
    asked: list[Mapping[str, Any]] = []

    class Table:
        def update_item(self, **call: Any) -> Mapping[str, Any]:
            asked.append(call)
            return {"Attributes": {"n": {"N": "1"}}}

    protocolos.allocate(Table(), "t", protocolos.Kind.PEG, a_documento().recebido_em.date())
    assert asked[0]["Key"]["pk"] == {"S": "CONTADOR#2611#2"}


@pytest.mark.parametrize(
    "key",
    [
        an_upload(nome_arquivo="Maria da Silva.xml").chave_entrada,
        documentos.service.archive_key(an_upload(), "0" * 64),
        objects.answer_key(VALE, HOSPITAL, "u1", "json"),
        peg.s3.S3Archive(None, "acervo").answer_key(a_documento()),
    ],
)
def test_an_object_lies_under_its_operadora_and_prestador(key: str) -> None:
    assert key.startswith(f"t/{VALE}/{HOSPITAL}/")
    assert "Maria" not in key


def test_a_row_of_a_peg_or_of_a_guia_holds_no_personal_attribute() -> None:
    names = {*peg.dynamodb.to_item(a_peg()), *documentos.dynamodb.to_item(an_upload())}
    personal = ("carteira", "beneficiario", "cpf", "nome_beneficiario", "cns", "cid")
    assert not [name for name in names if name.startswith(personal)]
