"""Which documents are expected, and which of them are missing: nothing is refused for want of one, it is told.

What a PEG must bring is data of each operadora, with a default; an authorization and a recurso tell it themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.vocabulary.tables import TipoDocumento
from documentos.domain.documentos import Vinculo
from documentos.domain.finalidades import DE_TIPO

TODAS: Final = tuple(TipoGuia)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exigencia:
    """One document that a PEG must bring.

    Attributes:
        tipo: dm_tipoDocumento.
        tipos_guia: of PEGs that it is asked of.
        por_guia: of each guia, if not one of the PEG as a whole serves all of them.
    """

    tipo: str
    tipos_guia: tuple[TipoGuia, ...] = TODAS
    por_guia: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Exigencias:
    """What an operadora asks of PEGs; version 0 is the default, until it says its own."""

    registro_ans: str
    itens: tuple[Exigencia, ...]
    versao: int = 0
    quem: str = ""
    em: datetime | None = None


PADRAO: Final = (
    Exigencia(tipo=TipoDocumento.COMPROVANTE_DE_COMPARECIMENTO),
    Exigencia(tipo=TipoDocumento.RELATORIO, tipos_guia=(TipoGuia.RESUMO_INTERNACAO,)),
    Exigencia(tipo=TipoDocumento.BOLETIM_ANESTESICO, tipos_guia=(TipoGuia.HONORARIOS,)),
)
"""The signed guia of each; how a stay went; how long an anaesthesia took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Esperado:
    """An entry of a checklist.

    Attributes:
        descricao: in Portuguese.
        tipo: dm_tipoDocumento; `None` of what has none (a quote, an annex, a justification).
        finalidade: under which it is uploaded; `None` of what is no file.
        faltam: how many are missing.
        documentos: ids of those that are there.
        guias: numbers of the guias without it.
    """

    descricao: str
    tipo: str | None = None
    finalidade: str | None = None
    faltam: int = 0
    documentos: tuple[str, ...] = ()
    guias: tuple[str, ...] = ()


def of_tipo(tipo: str, vinculos: Sequence[Vinculo]) -> Esperado:
    """One document of a tipo, of the thing as a whole."""
    found = tuple(dict.fromkeys(one.documento for one in vinculos if one.tipo == tipo))
    row = DE_TIPO[tipo]
    return Esperado(
        descricao=row.descricao, tipo=tipo, finalidade=row.codigo, faltam=int(not found), documentos=found
    )  # fmt: skip


def of_peg(
    exigencias: Exigencias, tipo_guia: str, guias: Iterable[tuple[str, ...]], vinculos: Sequence[Vinculo]
) -> tuple[Esperado, ...]:  # fmt: skip
    """The checklist of a PEG.

    Args:
        guias: every number of each guia it has still, the prestador's first.
        vinculos: of the PEG, of its guias and of its lote.
    """
    named = list(guias)
    return tuple(_of_peg(one, named, vinculos) for one in exigencias.itens if tipo_guia in one.tipos_guia)


def _of_peg(exigencia: Exigencia, guias: Sequence[tuple[str, ...]], vinculos: Sequence[Vinculo]) -> Esperado:
    whole = of_tipo(exigencia.tipo, vinculos)
    if not exigencia.por_guia:
        return whole
    served = {one.destino.guia for one in vinculos if one.tipo == exigencia.tipo}
    without = () if None in served else tuple(numbers[0] for numbers in guias if served.isdisjoint(numbers))
    return replace(whole, guias=without, faltam=len(without))
