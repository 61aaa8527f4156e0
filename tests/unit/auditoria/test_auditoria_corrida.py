"""Whether every reading of personal data left its row: every operation is classified, and the comparison is right."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import alertas.handler.api
import autorizacao.handler.api
import cadastro.handler.api
import documentos.handler.api
import pagamento.handler.api
import peg.handler.api
import recurso.handler.api
from conecta_edge.http import Operation, Parts
from local.auditoria.__main__ import main
from local.auditoria.corrida import Corrida, CorridaAusenteError, Servida, atos, balanco, registrados, sobre_pessoas
from local.auditoria.operacoes import OPERACOES, Leitura
from local.openapi import OPERATIONS
from tests.matriz.table import TABLE

CONTEXTOS: tuple[Any, ...] = (alertas, autorizacao, cadastro, documentos, pagamento, peg, recurso)


def handed_over() -> Iterator[Operation]:
    """What functions answer to each other."""
    for contexto in CONTEXTOS:
        parts: Parts = contexto.handler.api.handler
        for name in parts._names:
            yield from getattr(importlib.import_module(f"{parts._package}.{name}"), "UNPUBLISHED", ())


def test_every_operation_is_classified_and_none_that_is_none() -> None:
    assert sorted(OPERACOES) == sorted({one.name for one in (*OPERATIONS, *handed_over())})


def test_what_leaves_a_row_when_everybody_tries_it_is_classified_so() -> None:
    leaving = {row.operation for row in TABLE if row.audit}
    never = {row.operation for row in TABLE} - leaving
    assert {name for name in leaving if OPERACOES[name] is Leitura.NUNCA} == set()
    assert {name for name in never if OPERACOES[name] is Leitura.SEMPRE} == set()


def served(operacao: str, correlacao: str = "c", status: int = 200) -> Servida:
    return Servida(operacao, status, correlacao)


def test_a_run_in_which_all_was_recorded_has_nothing_missing() -> None:
    found = balanco(
        [
            served("obterAutorizacao", "a"), served("obterAutorizacao", "x", 304), served("obterAutorizacao", "y", 404),
            served("baixarDocumento", "b", 303), served("listarPegs", "z"), served("enviarMensagemTiss", "d"),
            served("enviarMensagemTiss", "e"), served("conciliarPeg", "g"), served("somarContestados", "g"),
        ],
        ["a", "b", "d", "g", "de-uma-carga"],
    )  # fmt: skip
    assert (found.faltas, found.linhas, found.servidas["enviarMensagemTiss"]) == ([], 5, 2)


@pytest.mark.parametrize(
    ("servida", "falta"),
    [
        (served("obterAutorizacao"), "obterAutorizacao: mostrou dados pessoais e não deixou registro (1x)"),
        (served("listarPegs", "outra"), "listarPegs: deixou registro, e está classificada como quem nada mostra (1x)"),
        (served("enviarMensagemTiss"), "enviarMensagemTiss: nenhuma vez deixou registro (1x)"),
        (served("novaOperacao"), "novaOperacao: não está classificada em local/auditoria/operacoes.py (1x)"),
    ],
)
def test_a_planted_fault_is_found(servida: Servida, falta: str) -> None:
    assert balanco([servida], ["outra"]).faltas == [falta]


def test_who_shows_a_person_or_a_company_may_leave_a_row_or_none() -> None:
    served_ = [served("suspenderRelacionamento", "a"), served("descredenciarPrestador", "b")]
    assert [balanco(served_, rows).faltas for rows in (["a"], ["a", "b"], [])] == [[], [], []]


PESSOA, EMPRESA, TENANT = "pf0123456789abcdef01234567", "12345678000195", "OPERADORA#345695"


def historico(prestador: str, ato: str = "SUSPENSAO") -> dict[str, Any]:
    return {"pk": f"PRESTADOR#{prestador}", "sk": "HISTORICO#345695#2026-11-22T12:00:00.000000Z", "ato": ato}


def linha(objeto: str | None, correlacao: str = "a") -> dict[str, Any]:
    """As it is kept: what is nothing is left out."""
    row = {"pk": f"{TENANT}#2026-11-22", "objeto": objeto, "correlacao": correlacao}
    return {name: told for name, told in row.items() if told is not None}


def compared(historicos: list[dict[str, Any]], linhas: list[dict[str, Any]]) -> list[str]:
    return sobre_pessoas(atos(historicos), registrados(linhas, {"recusada"}), {PESSOA})


def test_an_act_on_a_person_leaves_its_row_and_one_on_a_company_none() -> None:
    done = [historico(PESSOA, "REATIVACAO"), historico(EMPRESA), historico(PESSOA, "HABILITACAO")]
    others = [linha(None), linha("pedido/1"), linha("relacionamentos")]
    assert compared(done, [linha(f"relacionamento/{PESSOA}"), *others]) == []
    assert compared([], [linha(f"relacionamento/{PESSOA}"), linha(f"relacionamento/{EMPRESA}", "recusada")]) == []
    missing = f"{TENANT}, relacionamento com {PESSOA}: mudou, mostrou uma pessoa e não deixou registro (1x)"
    assert compared(done, others) == [missing]
    assert compared(done, [linha(f"relacionamento/{PESSOA}", "recusada")]) == [missing]
    assert compared([*done, historico(PESSOA)], [linha(f"relacionamento/{PESSOA}")]) == [missing]
    assert compared(done, [linha(f"relacionamento/{one}") for one in (PESSOA, EMPRESA)]) == [
        f"{TENANT}, relacionamento com {EMPRESA}: deixou registro, e não é de uma pessoa (1x)"
    ]


def test_where_nothing_runs_it_is_said_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CorridaAusenteError):
        Corrida(tmp_path)
    assert main(["conferir", str(tmp_path)]) == 2
    assert "scripts/run" in capsys.readouterr().err
    (tmp_path / "endpoint.json").write_text(json.dumps("x")[:-1])
    assert main(["conferir", str(tmp_path)]) == 2
