"""Cronogramas and payments in files, from their arrival to what anybody reads: by the functions' own entries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from conecta_cargas import loading
from conecta_cargas.states import Carga, Contagem, SituacaoCarga
from conecta_edge import executions, session
from conecta_edge.dynamodb import TransientConflictError
from conecta_facts.operadoras import Operadora
from pagamento.bootstrap import cargas as bootstrap
from pagamento.bootstrap import nucleo
from pagamento.domain.carga_tipos import CRONOGRAMA, PAGAMENTOS, TIPOS
from pagamento.domain.errors import MudouError
from pagamento.domain.faturas import Fatura, SituacaoFatura
from pagamento.dynamodb.registros import DynamoRegistros
from pagamento.handler import cargas as arrival
from pagamento.handler import fluxo
from pagamento.service.portas import Mudanca
from tests.builders_functions import CNPJ, NOW, VALE
from tests.builders_pagamento import CICLOS, NOVEMBRO, OUTRO_PEG, UM_PEG, a_fatura, an_entry
from tests.cadastro_rows import CadastroTable
from tests.contract.conftest import EMBEDDED
from tests.contract.engines import PEG, Engine
from tests.fakes_cadastro import PSEUDONIMOS

ENGINES = [EMBEDDED]
CPF = "52998224725"
DIAS = ("competencia", "corte", "publicacao", "entrega", "pagamento")
LINHA = {"numero": "P-1", "prestador": CNPJ, "data": "2026-11-20", "forma": "1", "itens": f"{UM_PEG}:100,00"}


def ciclos(*linhas: Mapping[str, str]) -> str:
    """The four ciclos of the builders, some days of each changed."""
    rows = [
        {**{name: str(getattr(ciclo, name)) for name in DIAS}, **linha}
        for ciclo, linha in zip(CICLOS, [*linhas, *[{}] * len(CICLOS)], strict=False)
    ]
    return "\ufeff" + "\n".join(";".join(row) for row in (DIAS, *(row.values() for row in rows)))


def payments(*linhas: Mapping[str, str]) -> str:
    """Rows over a payment of one PEG."""
    names = [coluna.nome for coluna in TIPOS[PAGAMENTOS].colunas]
    rows = [{**LINHA, "valor_liquido": "100.00", **linha} for linha in linhas]
    return "\n".join((";".join(names), *(";".join(row.get(name, "") for name in names) for row in rows), ""))


class House:
    """What is deployed, VALE, what is to be paid there, and Step Functions."""

    def __init__(self, engine: Engine, names: Mapping[str, str]) -> None:
        self.engine, self.names = engine, names
        self.started: list[dict[str, Any]] = []
        CadastroTable(engine.dynamodb, names["TABELA_CADASTRO"]).put_operadora(
            Operadora(VALE, "AMS", "VALE", (VALE,), ())
        )
        self.person = PSEUDONIMOS.prestador(CPF)
        for protocolo, whose in ((UM_PEG, CNPJ), (OUTRO_PEG, CNPJ), ("261020000003", self.person)):
            self.put(a_fatura(protocolo, prestador_id=whose, situacao=SituacaoFatura.PROGRAMADA))

    def put(self, *linhas: Any) -> None:
        nucleo.registros().write([Mudanca(None, linha) for linha in linhas], now=NOW, correlacao="c")

    # Step Functions, as `executions` knows it
    def start_execution(self, **asked: Any) -> None:
        self.started.append(json.loads(asked["input"]))

    def load(self, tipo: str, text: str, name: str = "a.csv") -> Carga:
        """A file arrives; its workflow runs to the end."""
        key = f"pagamento/{VALE}/{tipo}/{name}"
        put = self.engine.s3.put_object(Bucket=self.names["BUCKET_ENTRADA"], Key=key, Body=text.encode())
        arrival.file_arrived({"object": {"key": key, "version-id": put["VersionId"]}})
        return self.run(self.started[-1])

    def run(self, where: Mapping[str, str]) -> Carga:
        for parte in self.step(where, "planejar")["partes"]:
            self.step(where, "carregar-parte", parte=parte)
        self.step(where, "concluir")
        found = bootstrap.cargas().get(VALE, where["id"])
        assert found is not None
        return found

    @staticmethod
    def step(where: Mapping[str, str], acao: str, **more: Any) -> dict[str, Any]:
        event = {"acao": acao, "registro_ans": where["registro_ans"], "id": where["id"], **more}
        found: dict[str, Any] = json.loads(json.dumps(fluxo.handler(json.loads(json.dumps(event)), None)))
        return found

    @staticmethod
    def report(carga: Carga) -> list[tuple[str, ...]]:
        found = bootstrap.ports().arquivos.abrir(VALE, carga.id, "relatorio.csv") or b""
        return [tuple(line.split(";")) for line in found.decode().splitlines()[1:]]

    @staticmethod
    def fatura(protocolo: str = UM_PEG, whose: str = CNPJ) -> Fatura:
        return nucleo.registros().faturas(whose, [protocolo])[protocolo]

    def told(self, whose: str) -> list[str]:
        rows = self.engine.rows(self.names["TABELA_PAGAMENTO"], whose, "EVENTO#")
        return sorted(json.loads(row["evento"])["tipo"] for row in rows)


@pytest.fixture
def house(engine: Engine | None, function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> House:
    assert engine is not None
    names = {
        **engine.environment,
        "TABELA_CADASTRO": engine.table("cadastro", busca=True),
        "TABELA_PEG": engine.table("peg"),
        "TABELA_PAGAMENTO": engine.table("pagamento", ordem="envio", chaves=PEG),
        "BUCKET_ENTRADA": engine.bucket("entrada"),
        "BUCKET_ACERVO": engine.bucket("acervo"),
    }
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(session, "pseudonyms", lambda: PSEUDONIMOS)
    made = House(engine, names)
    monkeypatch.setattr(executions, "client", {"stepfunctions": made}.__getitem__)
    return made


# --- cronogramas ---


def test_a_cronograma_is_published_in_the_name_of_its_load_and_once(house: House) -> None:
    carga = house.load(CRONOGRAMA, ciclos())
    assert (carga.situacao, carga.contagem) == (SituacaoCarga.CONCLUIDA, Contagem(4, 4, 0, 0))
    held = nucleo.registros().cronograma(VALE)
    assert held is not None
    assert (held.versao, held.ciclos, held.quem) == (1, CICLOS, carga.id)
    assert house.told(f"OPERADORA#{VALE}") == ["CargaConcluida", "CronogramaPublicado"]
    assert house.run(house.started[-1]) == carga
    again = house.load(CRONOGRAMA, ciclos())
    assert (again.situacao, again.contagem) == (SituacaoCarga.CONCLUIDA, Contagem(4, 0, 4, 0))
    assert nucleo.registros().cronograma(VALE) == held
    other = house.load(CRONOGRAMA, ciclos({}, {"pagamento": "2026-12-29"}))
    after = nucleo.registros().cronograma(VALE)
    assert after is not None
    assert (after.versao, after.quem) == (2, other.id)
    assert after.ciclos[1] == replace(NOVEMBRO, pagamento=date(2026, 12, 29))


@pytest.mark.parametrize(
    ("linhas", "told"),
    [
        (
            [{}, {"entrega": "2026-12-09"}, {"pagamento": "2027-01-30"}],
            [("2", "", "outra-linha-recusada"), ("3", "entrega", "datas-fora-de-ordem"),
             ("4", "pagamento", "dia-nao-util"), ("5", "", "outra-linha-recusada")],
        ),
        (
            [{"corte": "31/10/2026"}],
            [("2", "corte", "data"), *((str(n), "", "outra-linha-recusada") for n in (3, 4, 5))],
        ),
        (
            [{}, {"competencia": "202610"}],
            [("3", "competencia", "chave-repetida"), *((str(n), "", "outra-linha-recusada") for n in (2, 4, 5))],
        ),
    ],
    ids=["what the use case refuses", "a cell", "a key"],
)  # fmt: skip
def test_a_cronograma_with_a_wrong_line_is_not_published_and_every_line_is_told(
    house: House, linhas: list[dict[str, str]], told: list[tuple[str, str, str]]
) -> None:
    carga = house.load(CRONOGRAMA, ciclos(*linhas))
    assert (carga.situacao, carga.contagem) == (SituacaoCarga.CONCLUIDA_COM_RECUSAS, Contagem(4, 0, 0, 4))
    assert [line[:3] for line in house.report(carga)] == told
    assert nucleo.registros().cronograma(VALE) is None
    assert house.told(f"OPERADORA#{VALE}") == ["CargaConcluida"]


def test_a_cronograma_that_was_published_before_its_load_was_cut_counts_as_loaded(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_arguments: Any, **_named: Any) -> None:
        raise TransientConflictError

    with monkeypatch.context() as cut:
        cut.setattr(type(bootstrap.cargas()), "add_parte", dies)
        with pytest.raises(TransientConflictError):
            house.load(CRONOGRAMA, ciclos())
    carga = house.run(house.started[-1])
    assert (carga.situacao, carga.contagem) == (SituacaoCarga.CONCLUIDA, Contagem(4, 4, 0, 0))
    assert house.told(f"OPERADORA#{VALE}") == ["CargaConcluida", "CronogramaPublicado"]


# --- payments ---


def test_each_line_is_a_whole_payment_that_is_recorded_or_told_why_not(house: House) -> None:
    entry = an_entry(prestador_id=CNPJ)
    house.put(entry)
    carga = house.load(
        PAGAMENTOS,
        payments(
            {"itens": f"{UM_PEG}:100 {OUTRO_PEG}:100.00", "descontos": f"1:02:5,25 1:08:30.00:{entry.id}",
             "valor_liquido": "164.75", "banco": "341", "agencia": "1234", "conta": "56-7"},
            {"numero": "P-2", "prestador": CPF, "itens": "261020000003:100.00"},
            {"numero": "P-3", "itens": f"{UM_PEG}:100.00 261020000009:1.00", "valor_liquido": "100.00"},
            {"numero": "P-4", "itens": "261020000003:100"},
            {"numero": "P-5", "descontos": "1:99:1.00", "itens": "x:1"},
            {"numero": "P-6", "itens": "", "valor_liquido": "0.00"},
            {"numero": "P-2"},
        ),
    )  # fmt: skip
    assert (carga.situacao, carga.contagem.lidas, carga.contagem.carregadas) == (
        SituacaoCarga.CONCLUIDA_COM_RECUSAS, 7, 2,
    )  # fmt: skip
    paid = nucleo.registros().pagamento(VALE, "P-1")
    assert paid is not None
    assert (paid.liquido, paid.conta, paid.quem, paid.demonstrativo[:5]) == (
        Decimal("164.75"),
        "56-7",
        carga.id,
        "26115",
    )
    assert {house.fatura().pagamento, house.fatura(OUTRO_PEG).pagamento} == {"P-1"}
    assert house.fatura("261020000003", house.person).situacao is SituacaoFatura.PAGA
    told = {line[:3]: line[3] for line in house.report(carga)}
    assert set(told) >= {
        ("4", "itens", "fatura-desconhecida"), ("4", "valor_liquido", "soma-diferente"),
        ("5", "itens", "fatura-desconhecida"), ("6", "itens", "formato"), ("6", "descontos", "opcao"),
        ("7", "itens", "vazio"), ("8", "numero", "chave-repetida"),
    }  # fmt: skip
    assert told["4", "itens", "fatura-desconhecida"].startswith("2º da lista: ")
    assert all(len(line) == 4 for line in house.report(carga))
    assert "PagamentoRegistrado" in house.told(f"PRESTADOR#{CNPJ}")


def test_a_payment_that_is_here_already_is_unchanged_and_its_number_says_one_thing(house: House) -> None:
    house.load(PAGAMENTOS, payments({}))
    again = house.load(PAGAMENTOS, payments({}, {"numero": "P-2", "itens": f"{OUTRO_PEG}:100"}))
    assert again.contagem == Contagem(2, 1, 1, 0)
    other = house.load(PAGAMENTOS, payments({"forma": "3"}))
    assert other.contagem == Contagem(1, 0, 0, 1)
    assert [line[:3] for line in house.report(other)] == [("2", "numero", "numero-de-outro-pagamento")]


def test_a_part_that_was_cut_and_repeated_counts_what_it_had_recorded_as_loaded(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, calls = DynamoRegistros.write, list[int]()

    def dies(self: DynamoRegistros, *arguments: Any, **named: Any) -> None:
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError
        whole(self, *arguments, **named)

    rows = payments({}, {"numero": "P-2", "itens": f"{OUTRO_PEG}:100.00"})
    with monkeypatch.context() as cut:
        cut.setattr(DynamoRegistros, "write", dies)
        with pytest.raises(RuntimeError):
            house.load(PAGAMENTOS, rows)
    carga = house.run(house.started[-1])
    assert (carga.situacao, carga.contagem) == (SituacaoCarga.CONCLUIDA, Contagem(2, 2, 0, 0))


@pytest.mark.parametrize(("tipo", "text"), [(PAGAMENTOS, payments({})), (CRONOGRAMA, ciclos())])
def test_rows_that_others_write_without_end_are_left_for_another_attempt(
    house: House, monkeypatch: pytest.MonkeyPatch, tipo: str, text: str
) -> None:
    def lost(*_arguments: Any, **_named: Any) -> None:
        raise MudouError

    with monkeypatch.context() as cut:
        cut.setattr(DynamoRegistros, "write", lost)
        cut.setattr(loading, "RODADAS", 2)
        with pytest.raises(TransientConflictError):
            house.load(tipo, text)
    assert house.run(house.started[-1]).contagem.recusadas == 0


def test_a_cronograma_is_of_one_part(house: House) -> None:
    carga = house.load(CRONOGRAMA, ciclos() + "\n" * (512 * 1024))
    assert (carga.situacao, [one.codigo for one in carga.recusas]) == (SituacaoCarga.RECUSADA, ["arquivo-grande"])


def test_a_load_that_is_gone_on_with_starts_again(house: House) -> None:
    arrival.resumed({"registro_ans": VALE, "dados": {"id": "c", "tentativa": 2}})
    assert house.started == [{"registro_ans": VALE, "id": "c"}]
