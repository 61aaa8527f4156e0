"""Typed PEGs before they are sent: opened, filled up to a hundred guias, closed, reopened, thrown away."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conecta_edge.dynamodb import TransientConflictError
from peg.bootstrap import rascunhos as bootstrap
from peg.dynamodb.rascunhos import DynamoRascunhos
from peg.handler import rascunhos as handler
from peg.schemas.rascunhos import (
    CORPO_MAXIMO,
    GuiaGravadaView,
    PegDigitadoResumoView,
    PegDigitadoView,
    PegsDigitadosPage,
)
from peg.service import rascunhos as service
from peg.service.rascunhos import TENTATIVAS, Mudanca
from tests.builders_cadastro import CARTEIRA
from tests.builders_functions import HOSPITAL, NOW, PASA, VALE
from tests.fakes_cadastro import PSEUDONIMOS
from tests.fakes_rascunhos import (
    DA_CLINICA,
    GUIA,
    GUIAS,
    MAQUINA,
    RECEPCAO,
    SO_LE,
    TODOS,
    UM,
    CasaDigitada,
    a_typed,
    errors,
)

KEY = {"idempotency-key": "chave-1"}
AUSENTE = "0" * 32
FECHAR, REABRIR = f"{UM}/fechamento", f"{UM}/reabertura"


@pytest.fixture
def casa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> CasaDigitada:
    return CasaDigitada(monkeypatch)


def state(casa: CasaDigitada, rascunho: str) -> tuple[str, int, str, int]:
    held = casa.rascunhos.rows[HOSPITAL, rascunho]
    return held.estado.situacao.value, held.estado.guias, str(held.valor_total), held.estado.versao


# --- opened, shown, thrown away ---


def test_a_draft_is_opened_empty_for_one_operadora_and_one_kind(casa: CasaDigitada) -> None:
    status, body, headers = casa.call("POST", TODOS, {"registro_ans": VALE, "tipo_guia": "guiaConsulta"})
    assert status == 201
    PegDigitadoResumoView.model_validate_json(json.dumps(body))
    assert (headers["Location"], headers["ETag"]) == (f"rascunhos/{body['id']}", '"1"')
    assert (body["situacao"], body["quantidade_guias"], body["valor_total"]) == ("ABERTO", 0, "0.00")
    assert (body["numero_lote"], body["protocolo"], body["expira_em"]) == (None, None, "2027-05-20T12:00:00.000000Z")


@pytest.mark.parametrize(
    ("body", "erro"),
    [
        ({"tipo_guia": "guiaConsulta"}, ("registro_ans", "missing")),
        ({"registro_ans": VALE, "tipo_guia": "SP_SADT"}, ("tipo_guia", "literal_error")),
        ({"registro_ans": VALE, "tipo_guia": "guiaConsulta", "numero_lote": "A1"},
         ("numero_lote", "string_pattern_mismatch")),
        ({"registro_ans": VALE, "tipo_guia": "guiaConsulta", "numero_lote": "1" * 13},
         ("numero_lote", "string_pattern_mismatch")),
        ({"registro_ans": "999999", "tipo_guia": "guiaConsulta"}, ("registro_ans", "operadora-desconhecida")),
    ],
)  # fmt: skip
def test_what_could_never_be_sent_is_not_opened(casa: CasaDigitada, body: dict[str, Any], erro: Any) -> None:
    status, answer, _ = casa.call("POST", TODOS, body)
    assert (status, errors(answer)) == (422, [erro])
    assert casa.rascunhos.rows == {}


def test_a_draft_is_shown_with_its_guias_and_what_their_rules_say(casa: CasaDigitada) -> None:
    rascunho = casa.open(guias=2)
    casa.add(rascunho, a_typed("G0", data_atendimento="2026-12-01"))
    status, body, headers = casa.call("GET", UM, id=rascunho)
    assert (status, headers["ETag"]) == (200, '"4"')
    PegDigitadoView.model_validate_json(json.dumps(body))
    assert [one["guia"]["numero_guia_prestador"] for one in body["guias"]] == ["G0", "G1", "G0"]
    assert [one["id"] for one in body["guias"]] == ["00000002", "00000003", "00000004"]
    assert [(one["regra"], one["campo"], one["guia"]) for one in body["achados"]] == [
        ("TISS-GUIA-DUPLICADA", "guias[2]", 3), ("TISS-DATA-FUTURA", "guias[2].data_atendimento", 3),
    ]  # fmt: skip
    assert {one["numero_guia_prestador"] for one in body["achados"]} == {"G0"}
    (access,) = casa.accesses
    assert access.sujeitos == (PSEUDONIMOS.carteira(VALE, CARTEIRA),)
    assert access.objeto == f"rascunho/{rascunho}"


def test_the_list_has_heads_only_a_page_at_a_time(casa: CasaDigitada) -> None:
    made = {casa.open() for _ in range(31)}
    _, first, _ = casa.call("GET", TODOS)
    PegsDigitadosPage.model_validate_json(json.dumps(first))
    _, last, _ = casa.call("GET", TODOS, query={"cursor": first["cursor"]})
    assert {one["id"] for page in (first, last) for one in page["rascunhos"]} == made
    assert (len(first["rascunhos"]), last["cursor"]) == (30, None)
    assert "guias" not in first["rascunhos"][0]
    assert casa.call("GET", TODOS, claims=DA_CLINICA)[1]["rascunhos"] == []


def test_the_head_changes_while_it_is_open(casa: CasaDigitada) -> None:
    rascunho = casa.open()
    changes = {"numero_lote": "17", "registro_ans": PASA, "tipo_guia": "guiaSP-SADT"}
    status, body, headers = casa.call("PATCH", UM, changes, id=rascunho, headers={"if-match": '"1"'})
    assert (status, headers["ETag"]) == (200, '"2"')
    assert {name: body[name] for name in changes} == changes
    assert casa.call("PATCH", UM, {"numero_lote": None}, id=rascunho)[1]["numero_lote"] is None
    for wrong in ({}, {"tipo_guia": None}, {"registro_ans": None}):
        assert errors(casa.call("PATCH", UM, wrong, id=rascunho)[1]) == [("$", "nada-a-mudar")]
    assert errors(casa.call("PATCH", UM, {"registro_ans": "999999"}, id=rascunho)[1]) == [
        ("registro_ans", "operadora-desconhecida")
    ]
    other = casa.open(guias=1)
    assert casa.call("PATCH", UM, {"tipo_guia": "guiaConsulta"}, id=other)[0] == 200
    status, body, _ = casa.call("PATCH", UM, {"tipo_guia": "guiaOdonto"}, id=other)
    assert (status, body["codigo"]) == (409, "rascunho-com-guias")


def test_a_draft_is_thrown_away_with_its_guias(casa: CasaDigitada) -> None:
    rascunho = casa.open(guias=2)
    assert casa.call("DELETE", UM, id=rascunho, headers={"if-match": '"9"'})[0] == 412
    assert casa.call("DELETE", UM, id=rascunho)[:2] == (204, None)
    assert casa.call("DELETE", UM, id=rascunho)[0] == 404
    assert casa.call("GET", UM, id=rascunho)[0] == 404
    assert casa.rascunhos.guias(HOSPITAL, rascunho) == []
    assert casa.call("GET", TODOS)[1]["rascunhos"] == []


def test_a_draft_is_forgotten_half_a_year_after_its_last_change_and_lives_a_year_at_most(casa: CasaDigitada) -> None:
    rascunho = casa.open()
    casa.agora = NOW + timedelta(days=179)
    assert casa.add(rascunho, a_typed())[0] == 201
    assert casa.rascunhos.rows[HOSPITAL, rascunho].expira_em == NOW + timedelta(days=359)
    casa.agora = NOW + timedelta(days=358)
    assert casa.add(rascunho, a_typed("G2"))[0] == 201
    assert casa.rascunhos.rows[HOSPITAL, rascunho].expira_em == NOW + timedelta(days=365)
    casa.agora = NOW + timedelta(days=365)
    assert casa.call("GET", UM, id=rascunho)[0] == 404
    assert casa.call("GET", TODOS)[1]["rascunhos"] == []


# --- guias ---


def test_a_guia_is_added_filled_and_told_what_its_rules_say(casa: CasaDigitada) -> None:
    rascunho = casa.open("guiaSP-SADT")
    guia = {
        **{name: a_typed()[name] for name in ("numero_guia_prestador", "numero_carteira", "contratado_executante",
                                              "cnes_executante")},
        "contratado_solicitante": {"codigo_na_operadora": "P1"}, "nome_contratado_solicitante": "Clínica",
        "profissional_solicitante": a_typed()["profissional_executante"], "carater": "1", "tipo_atendimento": "23",
        "procedimentos": [{"tabela": "22", "codigo": "40304361", "quantidade": 2, "valor_unitario": "9.25",
                           "data_execucao": "2026-12-01"}],
    }  # fmt: skip
    status, body, headers = casa.add(rascunho, guia)
    assert status == 201, errors(body)
    GuiaGravadaView.model_validate_json(json.dumps(body))
    assert (headers["Location"], headers["ETag"]) == (f"guias/{body['id']}", '"2"')
    (item,) = body["guia"]["procedimentos"]
    assert (item["sequencial_item"], item["valor_total"], item["reducao_acrescimo"]) == (1, "18.50", "1.00")
    assert item["descricao"].startswith("Hemograma")
    assert body["guia"]["valores"] == {"procedimentos": "18.50", "total_geral": "18.50"}
    assert [(one["regra"], one["campo"]) for one in body["achados"]] == [
        ("TISS-DATA-FUTURA", "procedimentos[0].data_execucao")
    ]
    assert body["rascunho"]["valor_total"] == "18.50"


def test_what_is_no_guia_of_the_kind_is_refused_with_its_fields(casa: CasaDigitada) -> None:
    rascunho = casa.open("guiaOdonto")
    status, body, _ = casa.add(rascunho, a_typed())
    assert status == 422
    assert ("procedimentos", "missing") in errors(body)
    assert errors(casa.add(rascunho, json.dumps({"x": "y" * CORPO_MAXIMO}))[1]) == [("$", "guia-grande-demais")]
    assert state(casa, rascunho) == ("ABERTO", 0, "0.00", 1)


def test_a_guia_is_altered_and_taken_out(casa: CasaDigitada) -> None:
    rascunho = casa.open(guias=2)
    status, body, headers = casa.call(
        "PUT", GUIA, a_typed("G9", valor_procedimento="100.00"), id=rascunho, guia_id="00000002",
        headers={"if-match": '"3"'},
    )  # fmt: skip
    assert (status, headers["ETag"], body["rascunho"]["valor_total"]) == (200, '"4"', "220.00")
    assert body["guia"]["numero_guia_prestador"] == "G9"
    status, body, headers = casa.call("DELETE", GUIA, id=rascunho, guia_id="00000003")
    assert (status, headers["ETag"], body["quantidade_guias"], body["valor_total"]) == (200, '"5"', 1, "100.00")
    held = casa.rascunhos.rows[HOSPITAL, rascunho]
    assert held.tamanho == sum(one.tamanho for one in casa.rascunhos.guias(HOSPITAL, rascunho))
    for absent in ("00000003", "9", "x"):
        assert casa.call("DELETE", GUIA, id=rascunho, guia_id=absent)[0] == 404
        assert casa.call("PUT", GUIA, a_typed(), id=rascunho, guia_id=absent)[0] == 404
    added = casa.add(rascunho, a_typed("G3"))[1]
    assert added["id"] == "00000006"


@pytest.mark.regra("R11")
def test_a_hundred_guias_are_taken_and_one_more_is_not(casa: CasaDigitada) -> None:
    rascunho = casa.open(guias=100)
    status, body, _ = casa.add(rascunho, a_typed("G100"))
    assert (status, body["codigo"], body["regra"]) == (409, "peg-cheio", "R11")
    assert state(casa, rascunho)[:3] == ("ABERTO", 100, "12000.00")
    assert casa.call("DELETE", GUIA, id=rascunho, guia_id="00000002")[0] == 200
    assert casa.add(rascunho, a_typed("G100"))[0] == 201
    assert len(casa.rascunhos.guias(HOSPITAL, rascunho)) == 100


@pytest.mark.regra("R11")
def test_of_two_that_add_the_hundredth_at_once_one_does(casa: CasaDigitada) -> None:
    rascunho = casa.open(guias=99)
    casa.rascunhos.meanwhile.append(lambda: casa.add(rascunho, a_typed("OUTRA")))
    status, body, _ = casa.add(rascunho, a_typed("MINHA"))
    assert (status, body["codigo"]) == (409, "peg-cheio")
    assert len(casa.rascunhos.guias(HOSPITAL, rascunho)) == 100
    assert casa.pauses == [0]


@pytest.mark.regra("R11")
def test_many_that_add_at_once_never_pass_a_hundred(casa: CasaDigitada) -> None:
    rascunho = casa.open(guias=90)

    def add(n: int) -> int:
        while True:
            status, body, _ = casa.add(rascunho, a_typed(f"T{n}"))
            if body.get("codigo") != "mudou-durante-o-ato":
                return status

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(add, range(30)))
    assert (statuses.count(201), statuses.count(409)) == (10, 20)
    assert state(casa, rascunho)[:3] == ("ABERTO", 100, "12000.00")


def test_who_always_loses_is_told_to_try_again(casa: CasaDigitada) -> None:
    rascunho = casa.open()

    def other() -> None:
        held = casa.rascunhos.rows[HOSPITAL, rascunho]
        casa.rascunhos.rows[HOSPITAL, rascunho] = replace(
            held, estado=replace(held.estado, versao=held.estado.versao + 1)
        )

    casa.rascunhos.meanwhile += [other] * TENTATIVAS
    status, body, headers = casa.add(rascunho, a_typed())
    assert (status, body["codigo"], headers["Retry-After"]) == (409, "mudou-durante-o-ato", "1")
    assert casa.pauses == list(range(TENTATIVAS))


def test_guias_together_have_a_size(casa: CasaDigitada, monkeypatch: pytest.MonkeyPatch) -> None:
    rascunho = casa.open(guias=1)
    size = casa.rascunhos.rows[HOSPITAL, rascunho].tamanho
    monkeypatch.setattr(service, "TAMANHO_MAXIMO", size + 10)
    for method, resource in (("POST", GUIAS), ("PUT", GUIA)):
        large = a_typed(observacao="x" * 400)
        status, body, _ = casa.call(method, resource, large, id=rascunho, guia_id="00000002")
        assert (status, body["codigo"]) == (409, "rascunho-grande-demais")


def test_a_kind_that_changed_meanwhile_is_told(casa: CasaDigitada) -> None:
    rascunho = casa.open()
    casa.rascunhos.meanwhile.append(lambda: casa.call("PATCH", UM, {"tipo_guia": "guiaOdonto"}, id=rascunho))
    status, body, _ = casa.add(rascunho, a_typed())
    assert (status, body["codigo"]) == (409, "tipo-divergente")


# --- closed and reopened ---


def test_it_is_closed_then_nothing_changes_until_it_is_reopened(casa: CasaDigitada) -> None:
    rascunho = casa.open()
    status, body, _ = casa.call("POST", FECHAR, id=rascunho)
    assert (status, body["codigo"]) == (409, "rascunho-vazio")
    assert casa.call("POST", REABRIR, id=rascunho)[1]["codigo"] == "rascunho-aberto"
    casa.add(rascunho, a_typed())
    status, body, headers = casa.call("POST", FECHAR, id=rascunho)
    assert (status, body["situacao"], headers["ETag"]) == (200, "FECHADO", '"3"')
    for method, resource, sent in (
        ("POST", GUIAS, a_typed("G2")), ("PUT", GUIA, a_typed()), ("DELETE", GUIA, None),
        ("PATCH", UM, {"numero_lote": "2"}), ("POST", FECHAR, None),
    ):  # fmt: skip
        status, body, _ = casa.call(method, resource, sent, id=rascunho, guia_id="00000002")
        assert (status, body["codigo"]) == (409, "rascunho-fechado"), resource
    status, body, headers = casa.call("POST", REABRIR, id=rascunho, headers={"if-match": '"3"'})
    assert (status, body["situacao"], headers["ETag"]) == (200, "ABERTO", '"4"')
    assert casa.add(rascunho, a_typed("G2"))[0] == 201


def test_what_reception_would_refuse_is_not_closed(casa: CasaDigitada) -> None:
    rascunho = casa.open(guias=1)
    casa.add(rascunho, a_typed("G0", data_atendimento="2026-11-22"))
    status, body, _ = casa.call("POST", FECHAR, id=rascunho)
    assert (status, body["codigo"]) == (422, "guias-com-achados")
    assert errors(body) == [("guias[1]", "1308"), ("guias[1].data_atendimento", body["achados"][1]["codigo"])]
    assert [one["regra"] for one in body["achados"]] == ["TISS-GUIA-DUPLICADA", "TISS-DATA-FUTURA"]
    assert state(casa, rascunho)[0] == "ABERTO"


def test_the_version_is_the_first_that_the_operadora_takes(casa: CasaDigitada) -> None:
    operadora = casa.fatos.cadastro.contratacao(HOSPITAL, VALE).operadora
    assert operadora is not None
    rascunho = casa.open("guiaHonorarios")
    fee = {
        "numero_guia_prestador": "H1", "numero_carteira": CARTEIRA, "guia_solic_internacao": "GS1", "senha": "S1",
        "codigo_local": "P1", "nome_local": "Hospital", "cnes_local": "2000001", "codigo_executante": "P2",
        "cnes_executante": "2000001", "data_inicio_faturamento": "2026-11-01", "data_fim_faturamento": "2026-11-01",
        "data_emissao_guia": "2026-11-02",
        "procedimentos": [{
            "tabela": "22", "codigo": "40304361", "quantidade": 1, "valor_unitario": "10",
            "data_execucao": "2026-11-01",
            "equipe": [{"grau_participacao": "00", "cpf": "52998224725", "nome": "X", "conselho": "CRM", "numero": "1",
                        "uf": "SP", "cbo": "225125"}],
        }],
    }  # fmt: skip
    assert casa.add(rascunho, fee)[1]["achados"] == []
    only = tuple(replace(row, versao="4.03.00") for row in operadora.versoes[:1])
    casa.fatos.cadastro.put_operadora(replace(operadora, versoes=only))
    assert [one["campo"] for one in casa.add(rascunho, {**fee, "numero_guia_prestador": "H2"})[1]["achados"]] == [
        "carater"
    ]
    casa.fatos.cadastro.put_operadora(replace(operadora, versoes=()))
    assert casa.add(rascunho, {**fee, "numero_guia_prestador": "H3"})[1]["achados"] == []


# --- who, how often, which version ---


def test_the_same_key_is_carried_out_once(casa: CasaDigitada) -> None:
    made = [
        casa.call("POST", TODOS, {"registro_ans": VALE, "tipo_guia": "guiaConsulta"}, headers=KEY)[1] for _ in range(2)
    ]
    assert made[0] == made[1]
    rascunho = made[0]["id"]
    first, again = (casa.add(rascunho, a_typed(), headers=KEY) for _ in range(2))
    assert first == again
    assert state(casa, rascunho)[1] == 1
    status, body, _ = casa.add(rascunho, a_typed("G2"), headers=KEY)
    assert (status, errors(body)) == (422, [("Idempotency-Key", "chave-reutilizada")])
    closed = [casa.call("POST", FECHAR, id=rascunho, headers=KEY) for _ in range(2)]
    assert closed[0] == closed[1]


def test_a_key_used_by_two_at_once_is_carried_out_once(casa: CasaDigitada) -> None:
    rascunho = casa.open()
    casa.rascunhos.meanwhile.append(lambda: casa.add(rascunho, a_typed(), headers=KEY))
    status, body, _ = casa.add(rascunho, a_typed(), headers=KEY)
    assert (status, body["id"]) == (201, "00000002")
    assert state(casa, rascunho)[1] == 1


def test_a_guia_taken_out_under_a_key_is_told_again_though_it_is_gone(casa: CasaDigitada) -> None:
    rascunho = casa.open(guias=2)
    named: dict[str, Any] = {"id": rascunho, "guia_id": "00000002"}
    first, again = (casa.call("DELETE", GUIA, headers=KEY, **named) for _ in range(2))
    assert (first[0], again[:2]) == (200, first[:2])
    assert state(casa, rascunho)[1] == 1
    assert casa.call("DELETE", GUIA, claims=RECEPCAO, headers=KEY, **named)[0] == 404  # what is missing comes first


ROUTES: list[tuple[str, str, Any]] = [
    ("GET", UM, None), ("PATCH", UM, {"numero_lote": "2"}), ("DELETE", UM, None), ("POST", GUIAS, a_typed()),
    ("PUT", GUIA, a_typed()), ("DELETE", GUIA, None), ("POST", FECHAR, None), ("POST", REABRIR, None),
]  # fmt: skip


@pytest.mark.parametrize(("method", "resource", "sent"), ROUTES)
def test_foreign_and_absent_are_the_same(casa: CasaDigitada, method: str, resource: str, sent: Any) -> None:
    rascunho = casa.open(guias=1)
    asked = [
        casa.call(method, resource, sent, claims=claims, id=named, guia_id="00000002")
        for claims, named in ((DA_CLINICA, rascunho), (None, AUSENTE), (None, "x"))
    ]
    assert {status for status, _, _ in asked} == {404}
    assert len({json.dumps(body) for _, body, _ in asked}) == 1


@pytest.mark.parametrize(("method", "resource", "sent"), ROUTES)
def test_only_who_bills_types(casa: CasaDigitada, method: str, resource: str, sent: Any) -> None:
    rascunho = casa.open(guias=1)
    path: dict[str, Any] = {"id": rascunho, "guia_id": "00000002"}
    assert casa.call(method, resource, sent, claims=RECEPCAO, **path)[0] == 403
    assert casa.call(method, resource, sent, claims=SO_LE, **path)[0] == (200 if method == "GET" else 403)
    assert casa.call(method, resource, sent, claims=MAQUINA, **path)[0] in {200, 201, 204, 409}


def test_lists_and_new_drafts_are_for_who_bills_too(casa: CasaDigitada) -> None:
    assert casa.call("GET", TODOS, claims=RECEPCAO)[0] == 403
    assert casa.call("GET", TODOS, claims=SO_LE)[0] == 200
    body = {"registro_ans": VALE, "tipo_guia": "guiaConsulta"}
    assert casa.call("POST", TODOS, body, claims=RECEPCAO)[0] == 403
    assert casa.call("POST", TODOS, body, claims=SO_LE)[0] == 403


@pytest.mark.parametrize("seen", ['"9"', "abc"])
def test_what_was_seen_otherwise_is_not_changed(casa: CasaDigitada, seen: str) -> None:
    rascunho = casa.open(guias=1)
    before = state(casa, rascunho)
    for method, resource, sent in ROUTES[1:7]:
        status, body, _ = casa.call(method, resource, sent, id=rascunho, guia_id="00000002", headers={"if-match": seen})
        assert (status, body["codigo"]) == (412, "versao-divergente")
    assert state(casa, rascunho) == before


def test_a_version_that_was_overtaken_is_not_written(casa: CasaDigitada) -> None:
    rascunho = casa.open()
    casa.rascunhos.meanwhile.append(lambda: casa.add(rascunho, a_typed()))
    assert casa.add(rascunho, a_typed("G2"), headers={"if-match": '"1"'})[0] == 412
    assert state(casa, rascunho)[1] == 1


# --- what the function is made of ---


class Conflicting:
    """DynamoDB, where another transaction touches the same rows, now or from a call on."""

    def __init__(self, after: int = 0) -> None:
        self.calls, self._after = 0, after

    def transact_write_items(self, **_sent: Any) -> None:
        self.calls += 1
        if self.calls > self._after:
            answer: Any = {
                "Error": {"Code": "TransactionCanceledException"},
                "CancellationReasons": [{"Code": "TransactionConflict"}],
            }  # fmt: skip
            raise ClientError(answer, "TransactWriteItems")


def test_who_meets_other_transactions_all_the_time_is_not_told_that_a_draft_changed(casa: CasaDigitada) -> None:
    held = casa.rascunhos.rows[HOSPITAL, casa.open()]
    with pytest.raises(TransientConflictError):
        DynamoRascunhos(Conflicting(), "tabela").write(None, Mudanca(held))
    late = Conflicting(after=1)
    DynamoRascunhos(late, "tabela").write(held, Mudanca(held, removidas=tuple(f"{n:08d}" for n in range(100))))
    assert late.calls == 2


def test_the_drafts_are_in_the_table_of_pegs(function_environment: dict[str, str]) -> None:
    assert isinstance(bootstrap.rascunhos(), DynamoRascunhos)


def test_who_lost_a_race_waits_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    for attempt in range(TENTATIVAS):
        handler._pause(attempt)
    assert all(0 <= one <= 0.02 * 2**attempt for attempt, one in enumerate(waited))
