"""The REST entry of PEGs, from the proxied request to the answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conecta_edge import session
from peg.bootstrap import nucleo as bootstrap
from peg.domain.pegs import STATUS_PROTOCOLO, SituacaoPeg
from peg.handler import api
from peg.schemas.pegs import GuiaPage, PegPage, PegView
from tests.builders_functions import (
    CLINICA,
    ESCOPOS,
    HOSPITAL,
    NOW,
    a_guia,
    a_peg,
    api_event,
    machine,
    person,
)
from tests.cadastro_rows import Credencial, Vinculo
from tests.fakes import STORED, FakeArchive, FakeCadastro, FakePegs

PEGS = "/pegs"
ONE = "/pegs/{protocolo}"
GUIAS = "/pegs/{protocolo}/guias"
RECEIPT = "/pegs/{protocolo}/recebimento.xml"


class World:
    """The function with fakes behind it: one received PEG of the hospital."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pegs, self.archive, cadastro = FakePegs(), FakeArchive(), FakeCadastro()
        for module, name, fake in (
            (bootstrap, "pegs", self.pegs), (bootstrap, "archive", self.archive), (session, "cadastro", cadastro),
        ):  # fmt: skip
            monkeypatch.setattr(module, name, lambda fake=fake: fake)
        monkeypatch.setattr(session, "secret", lambda _arn: b"segredo-de-teste")
        for sub, prestador_id, papel in (
            ("pessoa-1", HOSPITAL, "faturista"), ("pessoa-2", CLINICA, "gestor"), ("pessoa-3", HOSPITAL, "recepcao"),
        ):  # fmt: skip
            cadastro.put_vinculo(Vinculo(sub, prestador_id, papel))
        cadastro.put_credencial(Credencial("maquina-1", HOSPITAL, ESCOPOS))
        self.add(1)

    def add(self, number: int, **changes: Any) -> str:
        protocolo = f"26112{number:07d}"
        received = {"situacao": SituacaoPeg.RECEBIDO, "data_recepcao": NOW + timedelta(seconds=number), **changes}
        self.pegs.rows[HOSPITAL, protocolo] = a_peg(protocolo, numero_lote=str(number), **received)
        return protocolo

    def get(
        self, resource: str, protocolo: str = "261120000001", claims: dict[str, Any] | None = None, **query: str
    ) -> tuple[int, Any, dict[str, str]]:
        path = {"protocolo": protocolo} if "{" in resource else None
        answered = api.handler(api_event("GET", resource, path=path, query=query, claims=claims or person()), None)
        body = answered["body"]
        return answered["statusCode"], body if answered["isBase64Encoded"] else json.loads(body), answered["headers"]


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_a_peg_is_read_by_its_protocolo(world: World) -> None:
    status, body, headers = world.get(ONE)
    assert (status, headers["ETag"]) == (200, '"1"')
    assert body == {
        "protocolo": "261120000001",
        "situacao": {"codigo": "1", "nome": "RECEBIDO", "de_quem_e_a_vez": "operadora", "ate": None},
        "registro_ans": "345695",
        "numero_lote": "1",
        "tipo_guia": "guiaSP-SADT",
        "versao_tiss": "4.01.00",
        "codificacao_hash": "iso-8859-1",
        "competencia": "202611",
        "data_recepcao": "2026-11-21T12:00:01.000000Z",
        "quantidade_guias": 3,
        "valor_informado": "300.00",
        "upload_id": "u1",
        "versao": 1,
    }
    PegView.model_validate_json(json.dumps(body))


@pytest.mark.parametrize("situacao", sorted(STATUS_PROTOCOLO))
def test_every_visible_state_has_its_tiss_code_and_says_whose_turn_it_is(world: World, situacao: SituacaoPeg) -> None:
    body = world.get(ONE, world.add(2, situacao=situacao))[1]
    assert body["situacao"]["codigo"] == STATUS_PROTOCOLO[situacao]
    assert body["situacao"]["de_quem_e_a_vez"] in {"operadora", "prestador", "ninguem"}


@pytest.mark.parametrize("resource", [ONE, GUIAS, RECEIPT])
def test_foreign_absent_unfinished_and_misspelt_get_the_same_answer(world: World, resource: str) -> None:
    unfinished = world.add(2, situacao=SituacaoPeg.PREPARANDO)
    foreign = world.get(resource, claims=person("pessoa-2"))
    assert foreign[0] == 404
    for protocolo in ("261120000099", unfinished, "1", "x" * 300, "261120000001\n", "０61120000001", "261120000001#"):
        assert world.get(resource, protocolo) == foreign


@pytest.mark.parametrize("resource", [ONE, GUIAS, RECEIPT])
def test_who_may_not_read_is_told_only_after_the_peg_was_found(world: World, resource: str) -> None:
    assert world.get(resource, claims=person("pessoa-3"))[0] == 403
    assert world.get(resource, "261120000099", claims=person("pessoa-3"))[0] == 404
    assert world.get(resource, claims=machine(scope="conecta/documentos.ler"))[0] == 403


@pytest.mark.parametrize("claims", [person(token_use="id"), person("desconhecida"), machine("desconhecida")])
def test_who_is_nobodys_reads_nothing(world: World, claims: dict[str, Any]) -> None:
    for resource in (PEGS, ONE, GUIAS, RECEIPT):
        assert world.get(resource, claims=claims)[0] in {401, 403}


def test_a_machine_reads_with_its_scope(world: World) -> None:
    assert world.get(ONE, claims=machine(scope="conecta/peg.ler"))[0] == 200


def test_the_month_is_listed_newest_first_page_by_page(world: World) -> None:
    for number in range(2, 73):
        world.add(number)
    world.add(99, situacao=SituacaoPeg.PREPARANDO)
    pages = [world.get(PEGS)[1]]
    while cursor := pages[-1]["cursor"]:
        pages.append(world.get(PEGS, cursor=cursor, competencia="202611")[1])
    for page in pages:
        PegPage.model_validate_json(json.dumps(page))
    seen = [peg["numero_lote"] for page in pages for peg in page["pegs"]]
    assert seen == [str(number) for number in range(72, 0, -1)]
    assert [len(page["pegs"]) for page in pages] == [30, 30, 12]


def test_the_list_is_of_the_current_local_month_unless_another_is_asked_for(world: World) -> None:
    assert len(world.get(PEGS)[1]["pegs"]) == 1
    assert world.get(PEGS, competencia="202611")[1] == world.get(PEGS)[1]
    assert world.get(PEGS, competencia="202610")[1] == {"pegs": [], "cursor": None}
    assert world.get(PEGS, claims=person("pessoa-2"))[1] == {"pegs": [], "cursor": None}


@pytest.mark.parametrize("competencia", ["2026-11", "202613", "202600", "", "26", "999912", "２０２６11", "202611\n"])
def test_a_month_that_is_not_one_is_refused(world: World, competencia: str) -> None:
    status, body, _ = world.get(PEGS, competencia=competencia)
    assert (status, body["erros"][0]["codigo"]) == (422, "competencia-invalida")


def test_what_is_wrong_with_the_question_is_told_before_a_wrong_papel(world: World) -> None:
    assert world.get(PEGS, claims=person("pessoa-3"), competencia="x")[0] == 422
    assert world.get(PEGS, claims=person("pessoa-3"), cursor="x")[0] == 400
    assert world.get(PEGS, claims=person("pessoa-3"))[0] == 403
    assert world.get(PEGS, cursor="x")[0] == 400


def test_a_cursor_serves_the_list_it_was_given_for_and_no_other(world: World) -> None:
    for number in range(2, 40):
        world.add(number)
    cursor = world.get(PEGS)[1]["cursor"]
    assert world.get(PEGS, cursor=cursor)[0] == 200
    assert world.get(PEGS, cursor=cursor, competencia="202610")[0] == 400
    assert world.get(PEGS, cursor=cursor, claims=person("pessoa-2"))[0] == 400
    assert world.get(GUIAS, cursor=cursor)[0] == 400
    assert world.get(PEGS, cursor=cursor[:-1])[0] == 400


def test_guias_are_listed_in_the_order_of_the_lote_without_beneficiario(world: World) -> None:
    peg = world.pegs.rows[HOSPITAL, "261120000001"]
    world.pegs.add_guias(peg, [a_guia(n) for n in range(1, 103)])
    status, body, _ = world.get(GUIAS)
    assert status == 200
    GuiaPage.model_validate_json(json.dumps(body))
    assert [guia["sequencia"] for guia in body["guias"]] == list(range(1, 101))
    rest = world.get(GUIAS, cursor=body["cursor"])[1]
    assert ([guia["sequencia"] for guia in rest["guias"]], rest["cursor"]) == ([101, 102], None)
    assert body["guias"][0] == {
        "sequencia": 1,
        "numero_guia_prestador": "1001",
        "numero_guia_operadora": None,
        "senha": None,
        "data_atendimento": "2026-11-10",
        "valor_informado": "100.00",
        "itens": 2,
    }


def test_a_guia_without_a_day_has_none(world: World) -> None:
    assert api.guia_view(a_guia(data_atendimento=None))["data_atendimento"] is None


def test_the_receipt_is_downloaded_as_the_bytes_it_is_and_its_reading_is_audited(
    world: World, accesses: list[Any]
) -> None:
    world.archive.acervo.put(a_peg().chave_recebimento, "<a>ç</a>".encode("iso-8859-1"), STORED)
    status, body, headers = world.get(RECEIPT)
    assert (status, body, headers["Content-Type"]) == (200, "PGE+5zwvYT4=", "application/xml")
    assert accesses == [(f"PRESTADOR#{HOSPITAL}", f"peg/{a_peg().protocolo}")]


def test_a_receipt_that_is_not_in_the_archive_is_not_found(world: World) -> None:
    assert world.get(RECEIPT)[0] == 404


def test_amounts_always_have_two_decimals(world: World) -> None:
    peg = world.pegs.rows[HOSPITAL, "261120000001"]
    assert api.view(replace(peg, valor_informado=peg.valor_informado.normalize()))["valor_informado"] == "300.00"
