"""Eligibility over real tables: the reading as its fake, and the whole function with what it leaves behind."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from cadastro.bootstrap import elegibilidade as bootstrap
from cadastro.domain.elegibilidade import Pergunta
from cadastro.dynamodb.elegibilidade import DynamoConsultas
from cadastro.handler import api
from conecta_edge import session
from conecta_edge.beneficiarios import DynamoBeneficiarios
from conecta_edge.clock import FixedClock
from conecta_edge.problems import ProblemError
from conecta_edge.quotas import Quota
from conecta_facts.beneficiarios import Beneficiario
from conecta_facts.prestadores import Prestador
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.envelope import Parte
from conecta_tiss.xml import writer
from tests import builders as um
from tests.builders_cadastro import (
    CARTEIRA,
    CPF,
    HOJE,
    INICIO,
    NOME,
    OUTRA_CARTEIRA,
    OUTRO_CPF,
    a_carencia,
    a_plano,
    a_vida,
    an_operadora,
    relacionamento_of,
)
from tests.builders_functions import CLINICA, CNPJ, ESCOPOS, HOSPITAL, NOW, PASA, VALE, api_event, machine, person
from tests.cadastro_rows import CadastroTable, Credencial, Vinculo
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import Engine
from tests.fakes import FakeCadastro
from tests.fakes_cadastro import PSEUDONIMOS, FakeBeneficiarios, FakeConsultas, Loaded, Recording

ENGINES = [FAKE, EMBEDDED]
"""Moto takes a second for what the embedded AWS does in a tenth: this suite is too large for it."""
REAL = pytest.mark.parametrize("engine_name", [EMBEDDED])
MAQUINA = machine(scope="conecta/elegibilidade.ler")


# --- the reading ---


class Reading:
    """(cadastro, lives) and a reader of the hospital's, on the fake or on tables."""

    def __init__(self, engine: Engine | None) -> None:
        self.cadastro: Any
        self.vidas: Any
        if engine is None:
            self.cadastro, self.vidas = FakeCadastro(), FakeBeneficiarios()
            self._make: Callable[..., Any] = partial(FakeConsultas, self.cadastro, self.vidas, HOSPITAL)
            return
        cadastro, beneficiarios = engine.table("cadastro", busca=True), engine.table("beneficiarios", busca=True)
        self.cadastro = CadastroTable(engine.dynamodb, cadastro)
        self.vidas = Loaded(engine.dynamodb, cadastro, beneficiarios)
        lives = DynamoBeneficiarios(engine.dynamodb, beneficiarios, PSEUDONIMOS)
        self._make = partial(DynamoConsultas, engine.dynamodb, cadastro, HOSPITAL, lives)

    def read(self, registros: Sequence[str], *perguntas: Pergunta, records: Sequence[Callable[[], None]] = ()) -> Any:
        return self._make(*records).read(registros, perguntas)


@pytest.fixture
def reading(engine: Engine | None) -> Reading:
    return Reading(engine)


def by(carteira: str) -> Pergunta:
    return Pergunta(dia=HOJE, carteira=carteira)


def by_cpf(cpf: str) -> Pergunta:
    return Pergunta(dia=HOJE, cpf=cpf)


def numbers(vidas: Sequence[Sequence[Beneficiario]]) -> list[list[tuple[str, str]]]:
    return [sorted((vida.registro_ans, vida.numero_carteira) for vida in found) for found in vidas]


def test_relacionamentos_come_by_registro_and_lives_by_question(reading: Reading) -> None:
    enabled = relacionamento_of(("HABILITADO", INICIO), ("SUSPENSO", HOJE, "Documentação"), faturamento=False)
    reading.cadastro.put_relacionamento(enabled)
    reading.vidas.put("beneficiarios", VALE, a_vida(), a_vida("2"))
    reading.vidas.put("beneficiarios", PASA, a_vida(registro_ans=PASA))
    read = reading.read((VALE, PASA), by(CARTEIRA), by("nobody"), by_cpf(CPF), by_cpf(OUTRO_CPF), by("2"))
    assert dict(read.relacionamentos) == {VALE: enabled}
    assert numbers(read.vidas) == [
        [(PASA, CARTEIRA), (VALE, CARTEIRA)], [], [(PASA, CARTEIRA), (VALE, CARTEIRA), (VALE, "2")], [], [(VALE, "2")],
    ]  # fmt: skip
    assert numbers(reading.read((PASA,), by(CARTEIRA), by("2")).vidas) == [[(PASA, CARTEIRA)], []]


def test_a_carteira_with_the_digits_of_somebodys_cpf_is_not_mistaken_for_it(reading: Reading) -> None:
    reading.vidas.put("beneficiarios", VALE, a_vida(CPF, cpf=OUTRO_CPF), a_vida("2"), a_vida("3"))
    for perguntas in ((by(CPF), by_cpf(CPF)), (by_cpf(CPF), by(CPF))):
        found = dict(zip(perguntas, numbers(reading.read((VALE,), *perguntas).vidas), strict=True))
        assert found == {by(CPF): [(VALE, CPF)], by_cpf(CPF): [(VALE, "2"), (VALE, "3")]}


def test_the_same_question_twice_has_the_same_answer_twice(reading: Reading) -> None:
    reading.vidas.put("beneficiarios", VALE, a_vida())
    first, second, third = reading.read((VALE,), by(CARTEIRA), by_cpf(CPF), by(CARTEIRA)).vidas
    assert first == second == third == (a_vida(),)


def test_whoever_reads_is_recorded_and_the_first_record_that_fails_is_told(reading: Reading) -> None:
    done: list[str] = []
    reading.read((VALE,), by(CARTEIRA), records=(partial(done.append, "quota"), partial(done.append, "audit")))
    assert sorted(done) == ["audit", "quota"]

    def refuse(error: Exception) -> None:
        raise error

    records = (partial(refuse, KeyError("quota")), partial(refuse, ValueError("audit")))
    with pytest.raises(KeyError):
        reading.read((VALE,), by(CARTEIRA), records=records)


# --- the whole function ---


class House:
    """`cadastro-api` over the tables of a deployment, with lives of both operadoras."""

    def __init__(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine, self._monkeypatch = engine, monkeypatch
        self.names = engine.deploy()
        for name, value in self.names.items():
            monkeypatch.setenv(name, value)
        writer = CadastroTable(engine.dynamodb, self.names["TABELA_CADASTRO"])
        loads = Loaded(engine.dynamodb, self.names["TABELA_CADASTRO"], self.names["TABELA_BENEFICIARIOS"])
        for registro in (VALE, PASA):
            loads.put("operadora", registro, an_operadora(registro))
            loads.put("planos", registro, a_plano())
        loads.put("carencias", VALE, a_carencia())
        loads.put("beneficiarios", VALE, a_vida(carteira_anterior="antiga"), a_vida("2", data_exclusao=INICIO))
        loads.put("beneficiarios", PASA, a_vida(OUTRA_CARTEIRA, registro_ans=PASA, cpf=OUTRO_CPF))
        writer.put_prestador(Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ))
        writer.put_relacionamento(relacionamento_of(("HABILITADO", INICIO)))
        writer.put_relacionamento(relacionamento_of(("SOLICITADO", INICIO), registro_ans=PASA))
        writer.put_vinculo(Vinculo("pessoa-1", HOSPITAL, "recepcao"))
        writer.put_vinculo(Vinculo("pessoa-4", CLINICA, "gestor"))
        writer.put_credencial(Credencial("maquina-1", HOSPITAL, ESCOPOS))

    def call(self, resource: str, body: Any, claims: dict[str, Any] | None = None) -> tuple[int, Any]:
        event = api_event("POST", resource, claims=claims or person(), body=json.dumps(body))
        answered = api.handler(event, None)
        return answered["statusCode"], json.loads(answered["body"])

    def ask(self, body: dict[str, Any], claims: dict[str, Any] | None = None) -> tuple[int, Any]:
        return self.call("/elegibilidade", body, claims)

    def send(self, carteira: str) -> int:
        message = um.verifica_elegibilidade(
            do_cabecalho={"origem": Parte(cnpj=CNPJ)}, prestador=Contratado(cnpj=CNPJ), numero_carteira=carteira
        )
        body = base64.b64encode(writer.write_verifica_elegibilidade(message)).decode()
        event = api_event("POST", "/tiss/verificaElegibilidade", claims=person(), body=body)
        return int(api.handler({**event, "isBase64Encoded": True}, None)["statusCode"])

    def recorded(self, waves: Sequence[int]) -> Recording:
        """From now on every call to DynamoDB goes through a recording, by whoever makes it but the catalogue."""
        recording = Recording(self.engine.dynamodb, waves)
        for module in (session, bootstrap):
            self._monkeypatch.setattr(module, "client", {"dynamodb": recording}.__getitem__)
        session.cadastro.cache_clear()
        bootstrap.beneficiarios.cache_clear()
        return recording

    def later(self, passed: timedelta) -> None:
        self._monkeypatch.setattr(session, "clock", lambda: FixedClock(NOW + passed))

    def audit(self, prestador_id: str = HOSPITAL) -> list[dict[str, Any]]:
        """What was recorded of a prestador today."""
        return list(self.engine.rows(self.names["TABELA_AUDITORIA"], f"PRESTADOR#{prestador_id}#2026-11-21"))

    def spent(self, prestador_id: str = HOSPITAL) -> dict[str, int]:
        """What was spent of each quota, by the row's sk."""
        rows = self.engine.rows(self.names["TABELA_IDEMPOTENCIA"], f"PRESTADOR#{prestador_id}", "COTA#")
        return {row["sk"]: int(row["n"]) for row in rows}


@pytest.fixture
def house(function_environment: dict[str, str], engine: Engine, monkeypatch: pytest.MonkeyPatch) -> House:
    return House(engine, monkeypatch)


@REAL
def test_what_was_loaded_is_found_by_every_way_of_asking(house: House) -> None:
    for asked in ({"numero_carteira": CARTEIRA}, {"numero_carteira": "antiga"}, {"cpf": CPF}):
        status, body = house.ask(asked)
        assert (status, body["elegivel"]) == (200, True)
        assert body["beneficiarios"][0]["numero_carteira"] == CARTEIRA
    _, body = house.ask({"cpf": CPF, "registro_ans": VALE, "data_atendimento": "2015-03-02"})
    assert [life["numero_carteira"] for life in body["beneficiarios"]] == ["2", CARTEIRA]
    assert body["beneficiarios"][0]["carencias"] == [{"grupo": "PARTO", "coberto_desde": "2015-12-26"}]
    assert house.send(CARTEIRA) == 200


@REAL
def test_a_hit_a_miss_and_a_foreign_one_leave_the_same_behind(house: House) -> None:
    assert [house.ask({"numero_carteira": number})[0] for number in (CARTEIRA, "nobody", OUTRA_CARTEIRA)] == [
        200,
        404,
        404,
    ]
    rows = house.audit()
    assert [len(row["sujeitos"]) for row in rows] == [2]  # one instant and one correlation: one row
    assert rows[0]["quem"] == "pessoa-1"
    assert sum(house.spent().values()) == 3
    house.later(timedelta(seconds=1))
    house.ask({"numero_carteira": "nobody"})
    assert sorted(str(row["sujeitos"]) for row in house.audit()) == sorted(
        str([PSEUDONIMOS.carteira(registro, number) for registro in (PASA, VALE)]) for number in (CARTEIRA, "nobody")
    )


@REAL
def test_nothing_personal_is_kept_of_a_question(house: House) -> None:
    house.ask({"numero_carteira": CARTEIRA})
    house.ask({"cpf": CPF}, MAQUINA)
    house.send(CARTEIRA)
    kept = str([house.audit(), house.spent()])
    assert not [value for value in (CARTEIRA, CPF, NOME) if value in kept]


@REAL
def test_a_window_is_spent_by_each_caller_and_the_next_one_is_whole(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMITE_ELEGIBILIDADE", "2")
    bootstrap.singles.cache_clear()
    asked = [house.ask({"numero_carteira": number})[0] for number in (CARTEIRA, "nobody", CARTEIRA, "nobody")]
    assert asked == [200, 404, 429, 429]
    assert house.send(CARTEIRA) == 429
    assert house.ask({"numero_carteira": CARTEIRA}, MAQUINA)[0] == 200
    assert house.ask({"numero_carteira": CARTEIRA}, person("pessoa-4"))[0] == 403
    house.later(timedelta(minutes=1))
    assert house.ask({"numero_carteira": CARTEIRA})[0] == 200
    assert sorted(house.spent().values()) == [1, 1, 2]
    assert list(house.spent(CLINICA).values()) == [1]


@REAL
def test_a_schedule_is_one_reading_one_row_of_the_audit_and_as_many_units_as_lives(house: House) -> None:
    itens = [{"numero_carteira": CARTEIRA}, {"cpf": CPF}, *({"numero_carteira": str(n)} for n in range(100, 160))]
    status, body = house.call("/elegibilidade/lotes", {"registro_ans": VALE, "itens": itens})
    assert (status, body["total"], body["elegiveis"], body["nao_encontrados"]) == (200, 62, 2, 60)
    (row,) = house.audit()
    assert len(row["sujeitos"]) == 62
    assert list(house.spent().values()) == [62]


CALLS = ["batch_get_item", "batch_get_item", "put_item", "update_item"]


@REAL
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"registro_ans": VALE, "numero_carteira": CARTEIRA}, 200),
        ({"registro_ans": VALE, "numero_carteira": "nobody"}, 404),
        ({"registro_ans": VALE, "numero_carteira": OUTRA_CARTEIRA}, 404),
        ({"numero_carteira": OUTRA_CARTEIRA}, 404),
        ({"registro_ans": PASA, "numero_carteira": OUTRA_CARTEIRA}, 403),
        ({"registro_ans": PASA, "numero_carteira": "nobody"}, 403),
    ],
    ids=["found", "absent", "foreign", "not released", "refused", "refused and absent"],
)
def test_a_question_is_five_calls_in_two_waits_whatever_comes_of_it(
    house: House, body: dict[str, Any], status: int
) -> None:
    house.ask({"numero_carteira": CARTEIRA})
    recording = house.recorded([1, 4])
    assert house.ask(body)[0] == status
    assert (recording.calls[0], sorted(recording.calls[1:])) == ("query", CALLS)


@REAL
@pytest.mark.parametrize("cpf", [CPF, OUTRO_CPF, "11144477735"], ids=["found", "not released", "absent"])
def test_by_cpf_it_is_as_many(house: House, cpf: str) -> None:
    house.ask({"numero_carteira": CARTEIRA})
    recording = house.recorded([1, 4])
    house.ask({"registro_ans": VALE, "cpf": cpf}, MAQUINA)
    assert recording.calls[0] == "get_item"
    assert sorted(recording.calls[1:]) == ["batch_get_item", "put_item", "query", "update_item"]


@REAL
@pytest.mark.parametrize("carteira", [CARTEIRA, "nobody"])
def test_a_message_waits_as_often_and_reads_the_parties_beside(house: House, carteira: str) -> None:
    house.send(carteira)
    recording = house.recorded([1, 5])
    assert house.send(carteira) == 200
    assert sorted(recording.calls[1:]) == ["batch_get_item", *CALLS]


@REAL
def test_a_plan_nobody_asked_for_lately_is_one_wait_more(house: House) -> None:
    house.ask({"numero_carteira": "nobody"})
    recording = house.recorded([1, 4, 1])
    session.catalogo()._client = recording
    assert house.ask({"registro_ans": VALE, "numero_carteira": CARTEIRA})[0] == 200
    assert (recording.calls[-1], recording.unused) == ("query", 0)


@pytest.mark.parametrize("engine_name", [EMBEDDED])
@pytest.mark.parametrize("units", [1, 3])
def test_however_many_ask_at_once_never_more_than_the_limit_is_given(engine: Engine, units: int) -> None:
    table, quota = engine.table("idempotencia"), Quota("prova", limit=20, window=60)

    def take(_: int) -> int:
        try:
            quota.take(engine.dynamodb, table, prestador_id=HOSPITAL, subject="pessoa-1", units=units, now=NOW)
        except ProblemError as refused:
            return refused.status
        return 200

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(take, range(60)))
    given = answers.count(200)
    (row,) = engine.rows(table, f"PRESTADOR#{HOSPITAL}")
    assert set(answers) == {200, 429}
    assert given == quota.limit // units
    assert row["n"] == given * units <= quota.limit
    assert row["ttl"] == int(NOW.timestamp()) + 120
