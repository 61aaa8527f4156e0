"""Rows of alertas, of what is chosen about them and of the first page.

Who may call is written here by hand, from `decisoes.md` 7, as in `table`: everybody sees the areas they work in.
"""

from __future__ import annotations

from typing import Any, Final

from tests.matriz.model import BILLING, Door, Row, Values

ABRE: Final = frozenset({"autorizacao.ler", "peg.ler", "pagamento.ler", "recurso.ler", "documentos.ler"})
_DE_PEG: Final = frozenset({"peg.ler"})
_ROW: Final = frozenset({"alertas"})


def _all(_values: Values) -> Any:
    return {"todos": True}


def _one(values: Values) -> Any:
    return {"alertas": [values["alerta"]]}


def _choice(_values: Values) -> Any:
    return {"resumo": "SEMANAL"}


ROWS: Final = (
    Row(operation="listarAlertas", door=Door.PRESTADOR, escopos=ABRE, wrong={"area": "outra"}),
    # One of a PEG: who does not bill works elsewhere.
    Row(
        operation="lerAlerta", door=Door.PRESTADOR, papeis=BILLING, escopos=_DE_PEG, opens=ABRE, thing="alerta",
        path={"id": "{alerta}"},
    ),
    Row(operation="marcarAlertas", door=Door.PRESTADOR, escopos=ABRE, body=_all, writes=_ROW),
    Row(
        operation="marcarAlertas", variant="um a um", door=Door.PRESTADOR, papeis=BILLING, escopos=_DE_PEG, opens=ABRE,
        thing="alerta", named_in="body", malformed=422, body=_one, writes=_ROW,
    ),
    Row(operation="lerPreferenciaDeAlertas", door=Door.PRESTADOR),
    Row(operation="escolherPreferenciaDeAlertas", door=Door.PRESTADOR, body=_choice, writes=_ROW),
    Row(operation="abrirInicio", door=Door.PRESTADOR, escopos=ABRE),
    Row(
        operation="listarPendenciasDoInicio", door=Door.PRESTADOR, papeis=BILLING, escopos=_DE_PEG, opens=ABRE,
        query={"acesso": "pegs-abertos"}, wrong={"acesso": "outro"},
    ),
)  # fmt: skip
