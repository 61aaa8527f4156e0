"""The corpus through the S3 door: hostile files end refused with a report, controls pass every rule of the standard."""

from __future__ import annotations

import http.client
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.client import ApiError, Client, sign_in_as
from local.seed import HOSPITAL
from tests.corpus import Case, Expected, sample
from tests.corpus.base import CARTEIRA, PASSWORD
from tests.corpus.recursos import RECURSO

pytestmark = pytest.mark.e2e

# The controls are all lote 1, in every version, one by a code that is not the hospital's: the door rightly says so.
OF_THE_DOOR = frozenset({"LOTE-NUMERO", "ORIGEM", "R12"})
OF_BILLING = "COB-"


def outcome(client: Client, case: Case) -> dict[str, Any]:
    content = case.content()
    try:
        upload = client.upload(content, nome_arquivo=f"{case.name}.xml")
    except ApiError as refused:
        if refused.answer.status != http.client.UNPROCESSABLE_ENTITY:
            raise
        return {"situacao": "RECUSADO", "achados": refused.answer.json()["erros"], "id": None}
    return client.follow(upload["id"], 240)


def test_each_kind_of_case_of_the_corpus_comes_out_of_the_s3_door_as_it_must(where: dict[str, Any]) -> None:
    client = sign_in_as(where, "faturista", HOSPITAL.prestador_id)
    corpus = [case for case in sample(10) if case.category != RECURSO]
    assert sum(case.expected is Expected.REJECT for case in corpus) >= 60
    with ThreadPoolExecutor(4) as pool:
        finals = list(pool.map(lambda case: outcome(client, case), corpus))
    wrong = []
    for case, final in zip(corpus, finals, strict=True):
        # Nobody knows their carteiras and senhas: what billing says of that is beside the point.
        told = [achado for achado in final["achados"] if not str(achado.get("regra")).startswith(OF_BILLING)]
        own = [achado for achado in told if achado.get("regra") not in OF_THE_DOOR]
        if case.expected is Expected.REJECT and (final["situacao"] != "RECUSADO" or not final["achados"]):
            wrong.append((case.name, final["situacao"]))
        if case.expected is Expected.ACCEPT and own:
            wrong.append((case.name, [(achado["codigo"], achado["mensagem"]) for achado in own[:2]]))
        if case.codes and final["id"] and case.expected is Expected.REJECT:
            codes = {achado["codigo"] for achado in final["achados"]}
            if not codes & case.codes:
                wrong.append((case.name, sorted(codes)))
        assert CARTEIRA not in str(final)
        assert PASSWORD not in str(final)
    assert not wrong
    refused = next(f for c, f in zip(corpus, finals, strict=True) if c.expected is Expected.REJECT and f["id"])
    answer = client.request("GET", f"/documentos/uploads/{refused['id']}/resposta.xml")
    assert answer.status == 200
    assert b"mensagemErro" in answer.content
