"""Rows of the audit, and the bodies of their valid calls.

Who may call is written here by hand, from `decisoes.md` 5 and 7, as in `table`.
"""

from __future__ import annotations

from typing import Any, Final

from tests.matriz.model import CADASTRO, GESTOR, Door, Row, Values

_ARQUIVO: Final = frozenset({"acervo"})


def _hoje(values: Values) -> Any:
    return {"de": values["hoje"], "ate": values["hoje"]}


def _hoje_da_operadora(values: Values) -> Any:
    return {**_hoje(values), "registro_ans": values["registro"]}


ROWS: Final = (
    Row(operation="listarAcessos", door=Door.PRESTADOR, papeis=GESTOR, wrong={"dia": "2026-02-30"}, audit=1),
    Row(
        operation="exportarAuditoria", door=Door.PRESTADOR, papeis=GESTOR, body=_hoje, ok=201, audit=1, writes=_ARQUIVO
    ),
    Row(
        operation="listarAcessosDaOperadora", door=Door.OPERADORA, grupos=CADASTRO, thing="operadora",
        named_in="query", query={"registro_ans": "{registro}"}, wrong={"competencia": "202613"}, audit=1,
    ),
    Row(
        operation="exportarAuditoriaDaOperadora", door=Door.OPERADORA, grupos=CADASTRO, thing="operadora",
        named_in="body", malformed=422, body=_hoje_da_operadora, ok=201, audit=1, writes=_ARQUIVO,
    ),
)  # fmt: skip
