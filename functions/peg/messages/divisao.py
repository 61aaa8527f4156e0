"""The guias of a lote that is too large, or mixed, to be received: just enough of them to say how to divide it."""

from __future__ import annotations

from typing import Final

from conecta_contas.divisao import Entrada
from conecta_tiss.errors import XmlRecusadoError
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.xml import gate, parser
from conecta_tiss.xml.names import PARA_OPERADORA, local, q, tag_of

MUITAS: Final = 5000
"""Guias placed; nobody divides more by hand."""
_GUIAS: Final = f"{q(PARA_OPERADORA)}/{q('loteGuias')}/{q('guiasTISS')}"
_PADRAO: Final = f"{q('cabecalho')}/{q('Padrao')}"
_TIPOS: Final = frozenset(TipoGuia)


def entries(raw: bytes) -> tuple[Entrada, ...]:
    """Every guia of a message, whatever is wrong with it; none when it cannot be read at all."""
    try:
        raiz = parser.parse(gate.check(raw, gate.LIMITES))
    except XmlRecusadoError:
        return ()
    versao = (raiz.findtext(_PADRAO) or "").strip() or None
    kinds = [local(tag_of(guia)) for guias in raiz.iterfind(_GUIAS) for guia in guias][:MUITAS]
    return tuple(Entrada(place, kind, versao) for place, kind in enumerate(kinds, 1) if kind in _TIPOS)
