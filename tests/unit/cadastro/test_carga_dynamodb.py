"""What the adapters of loads do with answers that an emulator does not give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cadastro.domain.carga_tipos import TIPOS
from cadastro.dynamodb.carga_itens import Montador
from cadastro.dynamodb.carga_registros import DynamoRegistros, UnwritableRowError
from conecta_cargas.cells import CelulaError
from conecta_cargas.loading import Escrita, Item
from conecta_cargas.states import Carga, Contagem, Decisao, Guardado, ParteCarregada, concluir
from conecta_cargas_aws.files import S3Arquivos
from conecta_cargas_aws.stored import DynamoCargas
from conecta_edge.dynamodb import TransientConflictError, marshal
from tests.builders_functions import NOW, VALE
from tests.fakes_cargas import PSEUDONIMOS, Casa, csv

FONTE = "2026#a"


class Client:
    """Answers each operation from a list, or by a function; remembers what was asked."""

    def __init__(self, **answers: Any) -> None:
        self._answers = {name: iter(given) for name, given in answers.items()}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self.asked.append((name, arguments))
            answer = next(self._answers[name])
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "Any")


def registros(client: Client) -> DynamoRegistros:
    return DynamoRegistros(client, Montador("cadastro", "beneficiarios", lambda: PSEUDONIMOS))


def escrita(n: int, guardado: Guardado | None = None, busca: tuple[str, str] | None = None) -> Escrita:
    item = Item(("cadastro", f"p{n}", "s"), {"n": n}, busca)
    return Escrita(item, guardado, Decisao.GRAVAR, "r", n)


def test_keys_left_unprocessed_are_asked_again() -> None:
    left = {"cadastro": {"Keys": [{"pk": {"S": "p2"}, "sk": {"S": "s"}}]}}
    client = Client(
        batch_get_item=[
            {"Responses": {"cadastro": [marshal({"pk": "p1", "sk": "s", "fonte": FONTE})]}, "UnprocessedKeys": left},
            {"Responses": {"cadastro": [marshal({"pk": "p2", "sk": "s", "eliminado": True})]}},
        ]
    )
    found = registros(client).ler([escrita(1).item, escrita(2).item, escrita(3).item])
    assert {chave[1]: (seen.fonte, seen.eliminado) for chave, seen in found.items()} == {
        "p1": (FONTE, False), "p2": (None, True),
    }  # fmt: skip
    assert client.asked[1][1] == {"RequestItems": left}


def test_rows_are_read_and_written_a_hundred_and_twenty_five_at_a_time() -> None:
    escritas = [escrita(n) for n in range(130)]
    client = Client(
        batch_get_item=[{"Responses": {}}] * 2,
        batch_execute_statement=[{"Responses": [{}] * 25}] * 5 + [{"Responses": [{}] * 5}],
    )
    port = registros(client)
    assert port.ler([held.item for held in escritas]) == {}
    assert [len(asked["RequestItems"]["cadastro"]["Keys"]) for _, asked in client.asked] == [100, 30]
    sizes = []
    for start in range(0, 130, 25):
        batch = escritas[start : start + 25]
        assert port.gravar("c", FONTE, batch) == set()
        sizes.append(len(client.asked[-1][1]["Statements"]))
    assert sizes == [25] * 5 + [5]
    assert port.gravar("c", FONTE, []) == set()


def test_statements_that_were_refused_or_throttled_are_told_apart_from_faults_of_ours() -> None:
    codes = ["DuplicateItem", None, "ThrottlingError", "ConditionalCheckFailed"]
    answer = {"Responses": [{"Error": {"Code": code}} if code else {} for code in codes]}
    port = registros(Client(batch_execute_statement=[answer]))
    lost = port.gravar("c", FONTE, [escrita(n) for n in range(4)])
    assert {chave[1] for chave in lost} == {"p0", "p2", "p3"}
    port = registros(Client(batch_execute_statement=[{"Responses": [{"Error": {"Code": "ValidationError"}}]}]))
    with pytest.raises(UnwritableRowError):
        port.gravar("c", FONTE, [escrita(1)])


def test_a_call_that_was_throttled_as_a_whole_is_tried_later() -> None:
    port = registros(Client(batch_execute_statement=[refusal("ThrottlingException")]))
    with pytest.raises(TransientConflictError):
        port.gravar("c", FONTE, [escrita(1)])


INDEXED = Guardado(FONTE, "r0", "c0", indexado=True)
NO_FONTE = Guardado(None, None, None)


@pytest.mark.parametrize(
    ("seen", "stored", "answer"),
    [
        (INDEXED, {"fonte": "2027#b"}, None),
        (INDEXED, {}, None),
        (INDEXED, {"fonte": FONTE}, refusal("ConditionalCheckFailedException")),
        (NO_FONTE, {"nome": "x"}, refusal("ThrottlingException")),
    ],
)
def test_a_row_written_by_itself_is_lost_when_it_changed_meanwhile(
    seen: Guardado, stored: dict[str, Any], answer: Exception | None
) -> None:
    found = {"Item": marshal({"pk": "p1", "sk": "s", **stored})} if stored else {}
    port = registros(Client(get_item=[found], update_item=[answer]))
    assert {chave[1] for chave in port.gravar("c", FONTE, [escrita(1, seen)])} == {"p1"}


def test_parts_are_read_page_by_page() -> None:
    def page(n: int, **more: Any) -> dict[str, Any]:
        row = {"pk": "p", "sk": f"PARTE#{n:05d}", "n": n, "em": "2026-11-21T12:00:00.000000Z",
               "contagem": {"lidas": 1, "carregadas": 1, "inalteradas": 0, "recusadas": 0}}  # fmt: skip
        return {"Items": [marshal(row)], **more}

    client = Client(query=[page(0, LastEvaluatedKey={"pk": {"S": "p"}}), page(1)])
    assert [parte.n for parte in DynamoCargas(client, "cadastro").partes(VALE, "c")] == [0, 1]
    assert client.asked[1][1]["ExclusiveStartKey"] == {"pk": {"S": "p"}}


def test_what_s3_refuses_for_another_reason_is_no_missing_file() -> None:
    objeto = a_load().objeto
    arrivals = S3Arquivos(Client(head_object=[refusal("AccessDenied")]), pasta="cadastro", entrada="entrada")
    with pytest.raises(ClientError):
        arrivals.localizar("x", None)
    ler = S3Arquivos(Client(get_object=[refusal("AccessDenied")]), pasta="cadastro", entrada="entrada").leitor(objeto)
    with pytest.raises(ClientError):
        ler(0, 1)


def a_load() -> Carga:
    return Casa().chegar("planos", csv("planos", {}))


def test_counts_that_do_not_add_up_are_never_a_result() -> None:
    carga = replace(a_load(), partes=1)
    with pytest.raises(AssertionError):
        concluir(carga, [ParteCarregada(0, Contagem(3, 1, 1, 0), NOW)], NOW)


def test_a_list_has_its_limit() -> None:
    (itens,) = (coluna for coluna in TIPOS["pacotes"].colunas if coluna.nome == "itens")
    with pytest.raises(CelulaError, match="lista"):
        itens.formato.ler(" ".join(f"22:{n}" for n in range(501)))
