"""Legacy senhas, from the file that arrives to the authorization anybody finds: by the functions' own entries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from autorizacao.bootstrap import cargas as bootstrap
from autorizacao.bootstrap import nucleo
from autorizacao.domain.carga_tipos import SENHAS, TIPOS
from autorizacao.dynamodb import cargas as adapter
from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
from autorizacao.handler import cargas as arrival
from autorizacao.handler import fluxo
from autorizacao.service.portas import Guardada, Mudanca
from cadastro.dynamodb.carga_itens import Montador
from conecta_cargas.states import Carga, Contagem, SituacaoCarga
from conecta_edge import executions, session
from conecta_edge.clock import FixedClock, iso
from conecta_edge.dynamodb import TransientConflictError, marshal, unmarshal
from conecta_edge.items import VERSION
from conecta_facts import codec
from conecta_facts.operadoras import Operadora
from conecta_facts.prestadores import Prestador
from conecta_senhas.autorizacoes import Autorizacao, Origem, Situacao
from conecta_senhas.errors import MudouError
from tests.builders_autorizacao import a_request, an_authorization
from tests.builders_cadastro import CARTEIRA, HOJE, OUTRA_CARTEIRA, a_vida
from tests.builders_functions import CNPJ, NOW, OUTRO_CNPJ, VALE, a_relacionamento
from tests.cadastro_rows import CadastroTable
from tests.contract.conftest import EMBEDDED
from tests.contract.engines import Engine

ENGINES = [EMBEDDED]
SENHA = "LEG-1"
CPF = "52998224725"
EXEMPLO = {
    **{coluna.nome: coluna.exemplo for coluna in TIPOS[SENHAS].colunas},
    "prestador": CNPJ, "carteira": CARTEIRA, "senha": SENHA,
}  # fmt: skip


def csv(*linhas: Mapping[str, str]) -> str:
    names = list(EXEMPLO)
    return "\n".join(
        (";".join(names), *(";".join({**EXEMPLO, **linha}[name] for name in names) for linha in linhas), "")
    )


class House:
    """What is deployed, a cadastro that knows VALE, two prestadores and two lives, and Step Functions."""

    def __init__(self, engine: Engine, names: Mapping[str, str]) -> None:
        self.engine, self.names = engine, names
        self.started: list[dict[str, Any]] = []
        cadastro = CadastroTable(engine.dynamodb, names["TABELA_CADASTRO"])
        cadastro.put_operadora(Operadora(VALE, "AMS", "VALE", (VALE,), ()))
        self.prestadores = (CNPJ, OUTRO_CNPJ, session.pseudonyms().prestador(CPF))
        for prestador in self.prestadores:
            cadastro.put_prestador(Prestador(prestador, "Prestador", "1234567", cnpj=CNPJ))
            cadastro.put_relacionamento(replace(a_relacionamento(prestador), codigo_na_operadora=prestador))
        for carteira in (CARTEIRA, OUTRA_CARTEIRA):
            self.life(carteira)

    def life(self, carteira: str, **more: Any) -> None:
        montador = Montador(self.names["TABELA_CADASTRO"], self.names["TABELA_BENEFICIARIOS"], session.pseudonyms)
        dados = codec.plain(a_vida(numero_carteira=carteira))
        for item in montador.itens("beneficiarios", VALE, dados, HOJE, HOJE):
            table, pk, sk = item.chave
            row = {"pk": pk, "sk": sk, "v": VERSION, "fonte": "f", "dados": item.dados, **more}
            self.engine.dynamodb.put_item(TableName=table, Item=marshal(row))

    # Step Functions, as `executions` knows it
    def start_execution(self, **asked: Any) -> None:
        self.started.append(json.loads(asked["input"]))

    def arrive(self, text: str, name: str = "senhas.csv") -> Carga | None:
        key = f"autorizacao/{VALE}/{SENHAS}/{name}"
        put = self.engine.s3.put_object(Bucket=self.names["BUCKET_ENTRADA"], Key=key, Body=text.encode())
        before = len(self.started)
        arrival.file_arrived({"object": {"key": key, "version-id": put["VersionId"]}})
        if len(self.started) == before:
            return None
        return self.of(self.started[-1])

    def of(self, where: Mapping[str, str]) -> Carga:
        found = bootstrap.cargas().get(where["registro_ans"], where["id"])
        assert found is not None
        return found

    def step(self, where: Mapping[str, str], acao: str, **more: Any) -> dict[str, Any]:
        event = {"acao": acao, "registro_ans": where["registro_ans"], "id": where["id"], **more}
        found: dict[str, Any] = json.loads(json.dumps(fluxo.handler(json.loads(json.dumps(event)), None)))
        return found

    def run(self, where: Mapping[str, str]) -> Carga:
        for parte in self.step(where, "planejar")["partes"]:
            self.step(where, "carregar-parte", parte=parte)
        self.step(where, "concluir")
        return self.of(where)

    def load(self, *linhas: Mapping[str, str]) -> Carga:
        assert self.arrive(csv(*linhas)) is not None
        return self.run(self.started[-1])

    def report(self, carga: Carga) -> list[tuple[str, str, str]]:
        found = bootstrap.ports().arquivos.abrir(VALE, carga.id, "relatorio.csv") or b""
        return [tuple(line.split(";")[:3]) for line in found.decode().splitlines()[1:]]  # type: ignore[misc]

    def held(self, senha: str = SENHA) -> Autorizacao | None:
        found = nucleo.autorizacoes().get(VALE, senha)
        return found.autorizacao if found else None

    def events(self, prestador: str = CNPJ) -> list[str]:
        rows = self.engine.outbox(self.names["TABELA_AUTORIZACAO"], prestador)
        return sorted(json.loads(row["evento"])["tipo"] for row in rows)


@pytest.fixture
def house(engine: Engine | None, function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> House:
    assert engine is not None
    names = engine.deploy()
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    if not engine.environment:  # moto has one thread's worth of consistency
        monkeypatch.setattr(adapter, "gather", lambda calls: [call() for call in calls])
    made = House(engine, names)
    monkeypatch.setattr(executions, "client", {"stepfunctions": made}.__getitem__)
    return made


def test_a_file_becomes_senhas_that_are_found_used_and_expired_like_others(house: House) -> None:
    carga = house.load(
        {}, {"senha": "LEG-2", "numero_guia_prestador": "2", "itens": "22:1:2:0", "carteira": OUTRA_CARTEIRA}
    )
    assert (carga.situacao, carga.contagem) == (SituacaoCarga.CONCLUIDA, Contagem(2, 2, 0, 0))
    held = house.held()
    assert held is not None
    assert (held.origem, held.situacao, held.historico[0].quem) == (Origem.LEGADO, Situacao.UTILIZADA, carga.id)
    assert (held.protocolo[:5], held.protocolo.isdecimal()) == ("26114", True)
    autorizacoes = nucleo.autorizacoes()
    assert [found.numero for found in autorizacoes.of_life(VALE, [CARTEIRA])] == [SENHA]
    assert len(autorizacoes.by_name(VALE, a_vida().nome, None, 10).itens) == 2
    by_guia = autorizacoes.by_guia(CNPJ, VALE, "2")
    assert by_guia is not None
    assert by_guia.autorizacao.numero == "LEG-2"
    assert house.events() == ["SenhaCarregada", "SenhaCarregada"]
    concluded = house.engine.rows(house.names["TABELA_AUTORIZACAO"], f"OPERADORA#{VALE}", "EVENTO#")
    assert [json.loads(row["evento"])["tipo"] for row in concluded] == ["CargaConcluida"]
    assert fluxo.handler({"acao": "planejar-varredura"}, None) == {"partes": list(range(8))}


def test_the_same_file_again_changes_nothing_not_even_what_was_cancelled_here(house: House) -> None:
    house.load({})
    autorizacoes = nucleo.autorizacoes()
    found = autorizacoes.get(VALE, SENHA)
    assert found is not None
    cancelled = replace(found.autorizacao, situacao=Situacao.CANCELADA, versao=found.autorizacao.versao + 1)
    autorizacoes.write([Mudanca(found, replace(found, autorizacao=cancelled))], now=NOW, correlacao="c")
    again = house.load({"itens": "22:20104545:10:0"})
    assert (again.situacao, again.contagem) == (SituacaoCarga.CONCLUIDA, Contagem(1, 0, 1, 0))
    assert house.held() == cancelled
    assert house.events() == ["SenhaCarregada"]


def test_a_part_that_was_cut_and_repeated_counts_what_it_had_written_as_loaded(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"senha": f"LEG-{n}", "numero_guia_prestador": str(n)} for n in range(1, 6)]
    assert house.arrive(csv(*rows)) is not None
    where = house.started[-1]
    (parte,) = house.step(where, "planejar")["partes"]
    whole, calls = DynamoAutorizacoes.write, list[int]()

    def dies(self: DynamoAutorizacoes, *arguments: Any, **named: Any) -> None:
        calls.append(1)
        if len(calls) > 3:
            raise TransientConflictError
        whole(self, *arguments, **named)

    monkeypatch.setattr(DynamoAutorizacoes, "write", dies)
    with pytest.raises(TransientConflictError):
        house.step(where, "carregar-parte", parte=parte)
    monkeypatch.setattr(DynamoAutorizacoes, "write", whole)
    assert house.step(where, "registrar-falha", erro={"Error": "Sandbox.Timedout"})["situacao"] == "FALHOU"
    ended = house.run(where)
    assert (ended.situacao, ended.contagem) == (SituacaoCarga.CONCLUIDA, Contagem(5, 5, 0, 0))
    assert house.events() == ["SenhaCarregada"] * 5
    assert house.run(where) == ended


def test_what_is_stored_may_refuse_a_row_and_the_report_says_why_without_the_value(house: House) -> None:
    amanha = (HOJE + timedelta(days=1)).isoformat()
    mine = an_authorization(numero="OURS", senha="OURS")
    mine = replace(mine, historico=(an_entry(),))
    nucleo.autorizacoes().write([Mudanca(None, Guardada(mine, "v" * 32))], now=NOW, correlacao="c")
    house.load({})
    carga = house.load(
        {"senha": "L2", "numero_guia_prestador": "2", "carteira": "99999"},
        {"senha": "L3", "numero_guia_prestador": "3", "executante": "45997418000153"},
        {"senha": "L4"},
        {"senha": "OURS", "numero_guia_prestador": "5"},
        {"senha": SENHA, "numero_guia_prestador": "6", "prestador": OUTRO_CNPJ},
        {"senha": "L7", "numero_guia_prestador": "7", "data_autorizacao": amanha, "validade": amanha},
        {"senha": "L8", "numero_guia_prestador": "8"},
        {"senha": "L9", "numero_guia_prestador": "9", "itens": ""},
    )
    assert (carga.situacao, carga.contagem) == (SituacaoCarga.CONCLUIDA_COM_RECUSAS, Contagem(8, 1, 0, 7))
    assert house.report(carga) == [
        ("2", "carteira", "beneficiario-desconhecido"),
        ("3", "executante", "prestador-desconhecido"),
        ("4", "numero_guia_prestador", "guia-ja-usada"),
        ("5", "senha", "senha-ja-usada"),
        ("6", "senha", "senha-ja-usada"),
        ("7", "data_autorizacao", "data-futura"),
        ("9", "itens", "obrigatoria"),
    ]
    assert [house.held(senha) is None for senha in ("L2", "L3", "L4", "L7", "L8")] == [True, True, True, True, False]
    held = house.held("OURS")
    assert held is not None
    assert held.origem is Origem.PRESTADOR


def an_entry() -> Any:
    from conecta_senhas.autorizacoes import Evento, Marco, Papel  # noqa: PLC0415

    return Marco(evento=Evento.SOLICITADA, papel=Papel.PRESTADOR, quem="p", quando=NOW, situacao=Situacao.AUTORIZADA)


def test_a_number_of_guia_that_a_cancelled_request_let_go_is_free_for_a_senha(house: House) -> None:
    asked = a_request(numero_guia_prestador=EXEMPLO["numero_guia_prestador"], solicitante=CNPJ)
    theirs = an_authorization(numero="OURS", prestador_id=CNPJ, solicitacao=asked, situacao=Situacao.CANCELADA)
    theirs = replace(theirs, historico=(an_entry(),))
    nucleo.autorizacoes().write([Mudanca(None, Guardada(theirs, "v" * 32))], now=NOW, correlacao="c")
    assert house.load({}).contagem == Contagem(1, 1, 0, 0)
    found = nucleo.autorizacoes().by_guia(CNPJ, VALE, EXEMPLO["numero_guia_prestador"])
    assert found is not None
    assert found.autorizacao.numero == SENHA


def test_a_life_that_was_erased_gets_no_senha(house: House) -> None:
    house.life(CARTEIRA, eliminado=True)
    assert house.report(house.load({})) == [("2", "carteira", "beneficiario-desconhecido")]


def test_two_lines_of_one_senha_or_of_one_guia_are_a_repetition(house: House) -> None:
    carga = house.load({}, {"numero_guia_prestador": "2"}, {"senha": "L3"})
    assert carga.contagem == Contagem(3, 1, 0, 2)
    assert {codigo for _, _, codigo in house.report(carga)} == {"chave-repetida"}


def test_a_prestador_that_is_a_person_is_known_by_a_pseudonym(house: House) -> None:
    house.load({"prestador": CPF, "executante": OUTRO_CNPJ})
    held = house.held()
    assert held is not None
    assert (held.prestador_id, held.solicitacao.executa) == (house.prestadores[2], OUTRO_CNPJ)
    assert CPF not in json.dumps(codec.plain(held), default=str)
    months = [nucleo.autorizacoes().of_month(one, "202611", None, 10).itens for one in house.prestadores]
    assert [len(found) for found in months] == [0, 1, 1]


def test_a_file_of_another_folder_is_refused_and_starts_nothing(house: House) -> None:
    key = f"autorizacao/{VALE}/senhas/a.csv"
    house.engine.s3.put_object(Bucket=house.names["BUCKET_ENTRADA"], Key=key, Body=b"x")
    arrival.file_arrived({"object": {"key": key}})
    assert house.started == []
    (carga,) = bootstrap.cargas().page(VALE, None, 10).rows
    assert (carga.situacao, carga.recusas[0].codigo) == (SituacaoCarga.RECUSADA, "tipo-desconhecido")


def test_an_operadora_that_cadastro_does_not_know_is_refused(house: House) -> None:
    key = f"autorizacao/331988/{SENHAS}/a.csv"
    house.engine.s3.put_object(Bucket=house.names["BUCKET_ENTRADA"], Key=key, Body=csv({}).encode())
    arrival.file_arrived({"object": {"key": key}})
    assert house.started == []


def test_a_load_that_is_gone_on_with_starts_again(house: House) -> None:
    arrival.resumed({"registro_ans": VALE, "dados": {"id": "c", "tentativa": 2}})
    assert house.started == [{"registro_ans": VALE, "id": "c"}]


def test_a_senha_that_somebody_else_loads_at_the_same_time_is_unchanged(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = DynamoAutorizacoes.write

    def beside(self: DynamoAutorizacoes, mudancas: Sequence[Mudanca], **named: Any) -> None:
        monkeypatch.setattr(DynamoAutorizacoes, "write", whole)
        (mudanca,) = mudancas
        held = mudanca.depois.autorizacao
        theirs = replace(held, historico=(replace(held.historico[0], quem="outra-carga"),))
        whole(self, [Mudanca(None, replace(mudanca.depois, autorizacao=theirs))], **named)
        whole(self, mudancas, **named)

    monkeypatch.setattr(DynamoAutorizacoes, "write", beside)
    assert house.load({}).contagem == Contagem(1, 0, 1, 0)


def test_rows_that_others_write_without_end_are_left_for_another_attempt(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_arguments: Any, **_named: Any) -> None:
        raise MudouError

    monkeypatch.setattr(DynamoAutorizacoes, "write", lost)
    assert house.arrive(csv({})) is not None
    (parte,) = house.step(house.started[-1], "planejar")["partes"]
    with pytest.raises(TransientConflictError):
        house.step(house.started[-1], "carregar-parte", parte=parte)


@pytest.mark.parametrize("engine_name", [EMBEDDED])
def test_hundreds_of_rows_loaded_by_two_at_once_are_there_once(house: House) -> None:
    rows = [{"senha": f"LEG-{n}", "numero_guia_prestador": str(n)} for n in range(250)]
    assert house.arrive(csv(*rows)) is not None
    where = house.started[-1]
    (parte,) = house.step(where, "planejar")["partes"]

    def attempt(_n: int) -> None:
        for _ in range(5):
            try:
                house.step(where, "carregar-parte", parte=parte)
            except TransientConflictError:
                continue
            return

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(attempt, range(2)))
    house.step(where, "concluir")
    assert house.of(where).contagem == Contagem(250, 250, 0, 0)
    assert house.events() == ["SenhaCarregada"] * 250


def test_days_are_local_days(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """01:30Z of the 22nd is still the 21st: a senha of the 22nd is of tomorrow."""
    night = NOW.replace(day=22, hour=1, minute=30)
    monkeypatch.setattr(session, "clock", lambda: FixedClock(night))
    row = {"data_autorizacao": "2026-11-22", "validade": "2026-11-23", "itens": "22:20104545:10:0"}
    assert house.load(row).contagem == Contagem(1, 0, 0, 1)
    assert iso(night).startswith("2026-11-22")
    bootstrap.ports.cache_clear()
    monkeypatch.setattr(session, "clock", lambda: FixedClock(night + timedelta(hours=1, minutes=30)))
    assert house.load(row).contagem == Contagem(1, 1, 0, 0)
    held = house.held()
    assert held is not None
    assert held.data_autorizacao == date(2026, 11, 22)
    found = house.engine.dynamodb.get_item(
        TableName=house.names["TABELA_AUTORIZACAO"],
        Key=marshal({"pk": f"OPERADORA#{VALE}#GUIA#{SENHA}", "sk": "AUTORIZACAO"}),
    )
    assert unmarshal(found["Item"])["vencimento_sk"] == f"2026-11-24#{VALE}#{SENHA}"
