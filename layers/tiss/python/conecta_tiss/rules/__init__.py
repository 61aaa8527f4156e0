"""Formal rules: what a message must satisfy beyond its schema, without asking any register.

A rule is data in, data out: one function, one id, one glosa. `ENVELOPE_RULES` look at header and body of any
message, `RULES` at a lote de guias, and those of each other body are in a module of its own, loaded when a
message has one (`run_body`). All are told at once; none stops the others.
"""

from __future__ import annotations

from decimal import InvalidOperation, localcontext
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Final

from conecta_tiss.rules.base import Contexto, Regra, Rule
from conecta_tiss.rules.envelope import ENVELOPE_RULES, Envelope
from conecta_tiss.rules.lote import RULES, run

if TYPE_CHECKING:
    from conecta_tiss.findings import Achado

__all__ = ["ENVELOPE_RULES", "RULES", "Contexto", "Envelope", "Regra", "Rule", "run", "run_body"]

_REGRAS_DE: Final = {
    "SolicitacaoProcedimento": ("solicitacao", "findings"),
    "SolicitaStatusAutorizacao": ("solicitacao", "status_findings"),
    "LoteAnexos": ("anexos", "findings"),
    "RecebimentoAnexo": ("autorizacao", "annex_findings"),
    "SituacaoAutorizacao": ("autorizacao", "findings"),
    "CancelaGuia": ("cancelamento", "findings"),
    "ComunicacaoInternacao": ("comunicacao", "findings"),
    "EnvioDocumentos": ("documentos", "findings"),
    "RecursoGlosa": ("recurso", "findings"),
    "SolicitacaoDemonstrativo": ("demonstrativos", "findings"),
    "SolicitacaoStatusProtocolo": ("situacao", "findings"),
    "SolicitacaoStatusRecursoGlosa": ("recurso", "status_findings"),
}
"""Where the rules of a body are, by its class; a body that is not here has none."""


def run_body(corpo: object, contexto: Contexto, maximo: int) -> list[Achado]:
    """Findings of the rules of a body that is no lote, at most `maximo`."""
    onde = _REGRAS_DE.get(type(corpo).__name__)
    if onde is None:
        return []
    modulo, funcao = onde
    achados = getattr(import_module(f"conecta_tiss.rules.{modulo}"), funcao)
    with localcontext() as aritmetica:
        aritmetica.traps[InvalidOperation] = False  # an unreadable amount is a NaN: see `lote`
        return list(islice(achados(corpo, contexto), maximo))
