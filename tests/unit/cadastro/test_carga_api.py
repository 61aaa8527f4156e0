"""The REST entries of loads, from the proxied request to the answer."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cadastro.bootstrap import cargas as bootstrap
from cadastro.handler import cargas as handler
from cadastro.schemas.cargas import CargaDetalhe, CargaPage
from conecta_cargas import loading as steps
from conecta_cargas.states import Carga, SituacaoCarga, StaleCargaError
from conecta_edge import session
from conecta_edge.http import Api
from tests.builders_functions import NOW, PASA, PORTAL_OPERADORA, VALE, api_event, machine, person
from tests.cadastro_rows import VinculoOperadora
from tests.fakes import FakeCadastro
from tests.fakes_cargas import ARRIVED, Casa, FakeCargas, csv, vida

LIST, ONE = "/operadora/cargas", "/operadora/cargas/{id}"
REPORT, RESUME = f"{ONE}/relatorio.csv", f"{ONE}/retomada"


class Mundo(Casa):
    """A house, and who may look into it."""

    def call(
        self, method: str, resource: str, claims: dict[str, Any] | None = None, **more: Any
    ) -> tuple[int, Any, dict[str, str]]:
        api = Api(handler.OPERATIONS, handler.ERRORS, session.origins)
        answer = api(api_event(method, resource, claims=claims or alguem(), **more), None)
        body = base64.b64decode(answer["body"]).decode() if answer["isBase64Encoded"] else json.loads(answer["body"])
        return answer["statusCode"], body, answer["headers"]

    def one(
        self, carga: Carga, resource: str = ONE, method: str = "GET", **more: Any
    ) -> tuple[int, Any, dict[str, str]]:
        return self.call(method, resource, path={"id": carga.id}, **more)


def alguem(sub: str = "cadastro-1", grupos: str = "cadastro") -> dict[str, Any]:
    """Claims of a person of an operadora."""
    return person(sub, client_id=PORTAL_OPERADORA, **{"cognito:groups": grupos})


@pytest.fixture
def mundo(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Mundo:
    made, cadastro = Mundo(FakeCargas(VALE, PASA)), FakeCadastro()
    for sub, registro, grupo in (
        ("cadastro-1", VALE, "cadastro"), ("cadastro-2", PASA, "cadastro"), ("central-1", VALE, "central"),
        ("ambas", VALE, "cadastro"), ("ambas", PASA, "cadastro"),
    ):  # fmt: skip
        cadastro.put_vinculo_operadora(VinculoOperadora(sub, registro, grupo))
    monkeypatch.setattr(session, "cadastro", lambda: cadastro)
    monkeypatch.setattr(bootstrap, "cargas", lambda: made.cargas)
    monkeypatch.setattr(bootstrap, "relatorios", lambda: made.arquivos)
    monkeypatch.setattr(session, "_page_secret", lambda: b"segredo")
    return made


def test_loads_are_listed_newest_first_page_by_page(mundo: Mundo) -> None:
    loads = [mundo.chegar("planos", csv("planos", {}), em=ARRIVED + timedelta(seconds=n)) for n in range(33)]
    mundo.chegar("planos", csv("planos", {}), registro=PASA)
    status, first, _ = mundo.call("GET", LIST)
    assert status == 200
    CargaPage.model_validate_json(json.dumps(first))
    _, second, _ = mundo.call("GET", LIST, query={"registro_ans": VALE, "cursor": first["cursor"]})
    seen = [carga["id"] for page in (first, second) for carga in page["cargas"]]
    assert seen == [carga.id for carga in reversed(loads)]
    assert second["cursor"] is None
    assert mundo.call("GET", LIST, alguem("cadastro-2"), query={"cursor": first["cursor"]})[0] == 400


def test_who_is_of_several_operadoras_says_which(mundo: Mundo) -> None:
    status, body, _ = mundo.call("GET", LIST, alguem("ambas"))
    assert (status, body["erros"][0]["campo"]) == (422, "registro_ans")
    assert mundo.call("GET", LIST, alguem("ambas"), query={"registro_ans": PASA})[0] == 200


def test_a_load_tells_how_far_it_is_and_what_was_refused(mundo: Mundo) -> None:
    carga = mundo.carregar("beneficiarios", csv("beneficiarios", vida(1), vida(2, nome="")), "vidas-2026-11-20.csv")
    status, body, _ = mundo.one(carga)
    assert status == 200
    CargaDetalhe.model_validate_json(json.dumps(body))
    assert (body["lidas"], body["carregadas"], body["inalteradas"], body["recusadas"]) == (2, 1, 0, 1)
    assert (body["situacao"], body["de_quem_e_a_vez"]) == ("CONCLUIDA_COM_RECUSAS", "operadora")
    assert (body["arquivo"], body["referencia"]) == ("vidas-2026-11-20.csv", "2026-11-20T03:00:00.000000Z")
    assert (body["partes_prontas"], body["partes"], body["percentual"]) == (1, 1, 100)
    assert body["recusas"] == [
        {"linha": 3, "coluna": "nome", "codigo": "obrigatoria", "motivo": "Coluna obrigatória: preencha-a."}
    ]


@pytest.mark.parametrize(
    ("situacao", "turn"),
    [("RECEBIDA", "conecta"), ("EM_ANDAMENTO", "conecta"), ("RETOMADA", "conecta"), ("FALHOU", "operadora"),
     ("RECUSADA", "operadora"), ("CONCLUIDA", "ninguem")],
)  # fmt: skip
def test_a_load_says_whose_turn_it_is(mundo: Mundo, situacao: str, turn: str) -> None:
    carga = replace(mundo.chegar("planos", csv("planos", {})), situacao=SituacaoCarga(situacao))
    assert handler.view(carga)["de_quem_e_a_vez"] == turn


def test_the_report_is_a_csv_once_the_load_is_over(mundo: Mundo) -> None:
    carga = mundo.chegar("beneficiarios", csv("beneficiarios", vida(1, nome="")))
    status, body, _ = mundo.one(carga, REPORT)
    assert (status, body["codigo"]) == (409, "relatorio-indisponivel")
    mundo.executar(carga)
    status, body, headers = mundo.one(carga, REPORT)
    assert status == 200
    assert body == "linha;coluna;codigo;motivo\n2;nome;obrigatoria;Coluna obrigatória: preencha-a.\n"
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Content-Disposition"] == f'attachment; filename="relatorio-{carga.id}.csv"'


def test_the_report_of_a_load_without_refusals_is_only_its_header(mundo: Mundo) -> None:
    carga = mundo.carregar("planos", csv("planos", {}))
    assert mundo.one(carga, REPORT)[1] == "linha;coluna;codigo;motivo\n"


def test_a_failed_load_is_resumed_once(mundo: Mundo) -> None:
    carga = mundo.chegar("planos", csv("planos", {}))
    steps.fail(registro_ans=VALE, carga_id=carga.id, erro="X", ports=mundo.ports)
    assert mundo.one(carga)[1]["erro"] == "X"
    status, body, _ = mundo.one(carga, RESUME, "POST")
    assert (status, body["situacao"], body["tentativa"]) == (202, "RETOMADA", 2)
    CargaDetalhe.model_validate_json(json.dumps(body))
    status, body, _ = mundo.one(carga, RESUME, "POST")
    assert (status, body["codigo"]) == (409, "carga-nao-retomavel")
    assert "RETOMADA" in body["detail"]
    assert [evento for evento, *_ in mundo.cargas.events] == ["CargaRetomada"]


def test_a_load_that_moved_under_the_request_is_told(mundo: Mundo, monkeypatch: pytest.MonkeyPatch) -> None:
    carga = mundo.chegar("planos", csv("planos", {}))
    steps.fail(registro_ans=VALE, carga_id=carga.id, erro="X", ports=mundo.ports)

    def lose(*_: object) -> None:
        raise StaleCargaError

    monkeypatch.setattr(mundo.cargas, "change", lose)
    status, body, _ = mundo.one(carga, RESUME, "POST")
    assert (status, body["codigo"]) == (409, "carga-alterada")


ROUTES = [("GET", ONE), ("GET", REPORT), ("POST", RESUME)]


@pytest.mark.parametrize(("method", "resource"), ROUTES)
def test_a_load_of_another_operadora_looks_like_one_that_is_not(mundo: Mundo, method: str, resource: str) -> None:
    foreign = mundo.chegar("planos", csv("planos", {}), registro=PASA)
    absent = foreign.id.replace(PASA, VALE)
    answers = []
    for asked in (foreign.id, absent, "nada", f"{VALE}-x", foreign.id + "0"):
        status, body, _ = mundo.call(method, resource, path={"id": asked})
        body.pop("correlacao")
        answers.append((status, body))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 404
    assert mundo.cargas.get(PASA, foreign.id) == foreign


@pytest.mark.parametrize(("method", "resource"), [*ROUTES, ("GET", LIST)])
@pytest.mark.parametrize(
    ("claims", "status"),
    [
        (alguem("central-1", "central"), 403),
        (alguem("central-1"), 403),  # a group the table does not know of
        (alguem(grupos="central"), 403),  # a group the token does not carry
        (alguem("ninguem"), 403),
        (person("cadastro-1"), 403),  # a person of the prestadores' pool
        (machine(), 403),
        ({**alguem(), "token_use": "id"}, 401),
    ],
)
def test_only_the_operadoras_cadastro_may(
    mundo: Mundo, method: str, resource: str, claims: dict[str, Any], status: int
) -> None:
    carga = mundo.chegar("planos", csv("planos", {}))
    assert mundo.call(method, resource, claims, path={"id": carga.id})[0] == status
    assert mundo.cargas.get(VALE, carga.id) == carga


def test_another_operadora_is_absent_from_the_list(mundo: Mundo) -> None:
    assert mundo.call("GET", LIST, query={"registro_ans": PASA})[0] == 404
    assert mundo.call("GET", LIST, query={"registro_ans": "x"})[0] == 404


def test_the_examples_are_of_the_documented_shape() -> None:
    for operation in handler.OPERATIONS:
        for reply in operation.replies:
            if reply.model is not None:
                reply.model.model_validate_json(json.dumps(reply.example))
    detail = CargaDetalhe.model_validate_json(json.dumps(handler.OPERATIONS[1].replies[0].example))
    assert detail.lidas == detail.carregadas + detail.inalteradas + detail.recusadas
    assert NOW.year == detail.criada_em.year
