"""The dossier of a PEG: what was billed, what was found, by which facts, and what stands on which senha.

Each judgement and each act of auditoria makes a new one; none is ever changed, so that a PEG can be explained years
later by the very data it was judged by.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from conecta_contas.analise import Julgamento, Resultado
from conecta_contas.cobranca import GuiaCobrada
from conecta_contas.consumo import usos_of
from conecta_contas.contexto import Alocacao, Apontamento, Codigo, Contexto, Contratado
from conecta_contas.pegs import GuiaApresentada, Peg, SituacaoPeg
from conecta_facts import codec
from conecta_facts.contratos import Contrato, ProcedimentoContratado
from conecta_facts.vigencia import vigente, vigente_em
from conecta_senhas.usos import Uso


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossie:
    """What is kept of a PEG besides its row.

    Attributes:
        guias: as billed, with their items; withdrawn ones, too.
        resultado: amounts and glosas of the guias it has still.
        alocacoes: what each line uses of which senha.
        tocadas: numbers of every authorization this PEG ever used, by an earlier judgement, too.
        vidas: life id by carteira as guias write it.
        dados: version of each source of facts.
        fatos: the facts themselves, of the codes and days that are billed.
    """

    guias: tuple[GuiaCobrada, ...]
    apresentadas: tuple[GuiaApresentada, ...]
    achados: tuple[Apontamento, ...]
    resultado: Resultado
    alocacoes: tuple[Alocacao, ...]
    tocadas: tuple[str, ...] = ()
    vidas: Mapping[str, str] = field(default_factory=dict)
    dados: Mapping[str, str] = field(default_factory=dict)
    fatos: Mapping[str, Any] = field(default_factory=dict)

    def usos(self, peg: Peg) -> dict[str, dict[str, Uso]]:
        """What stands on each senha while the PEG is as it is: nothing once it is cancelled."""
        return usos_of(self.alocacoes, peg.protocolo, () if peg.situacao is SituacaoPeg.CANCELADO else peg.guias)

    def numeros(self) -> tuple[str, ...]:
        """Every authorization that this PEG uses, or ever did."""
        used = (part.numero for one in self.alocacoes for part in one.partes)
        return tuple(sorted({*self.tocadas, *used}))

    def contrato_em(self, dia: date) -> Contrato | None:
        """The terms that were in force on a day, as they were read then."""
        return vigente_em((codec.build(Contrato, one) for one in self.fatos.get("contratos", ())), dia)

    def numero_de(self, indice: int) -> str | None:
        """Number of the guia at a place; `None` of the PEG itself."""
        return next((one.numero for one in self.guias if one.sequencia == indice), None)

    def dia_de(self, indice: int, sequencia: int | None) -> date | None:
        """Day of an item, or the first of a guia."""
        guia = next((one for one in self.guias if one.sequencia == indice), None)
        item = next((one for one in guia.itens if one.sequencia == sequencia), None) if guia else None
        if item is not None:
            return item.dia
        return guia.primeiro_dia if guia else None


def open_dossie(
    guias: tuple[GuiaCobrada, ...],
    apresentadas: tuple[GuiaApresentada, ...],
    julgado: Julgamento,
    contexto: Contexto,
    tocadas: Sequence[str] = (),
) -> Dossie:
    """The dossier of a judgement.

    Args:
        tocadas: authorizations that earlier judgements of this PEG used.
    """
    return Dossie(
        guias=guias,
        apresentadas=apresentadas,
        achados=julgado.achados,
        resultado=julgado.resultado,
        alocacoes=tuple(replace(one, outra_data=None) for one in julgado.alocacoes),
        tocadas=tuple(sorted(set(tocadas))),
        vidas={guia.carteira: _life(contexto, guia.carteira) for guia in guias},
        dados=dict(contexto.dados),
        fatos=facts(guias, contexto),
    )


def _life(contexto: Contexto, carteira: str) -> str:
    vida = contexto.vidas.get(carteira)
    return vida.id if vida is not None else contexto.desconhecidas[carteira]


def facts(guias: Sequence[GuiaCobrada], contexto: Contexto) -> dict[str, Any]:
    """The terms, lines, prices and rules in force for what is billed, and the terms of reception, as plain values."""
    days = {contexto.hoje, *(item.dia for guia in guias for item in guia.itens)}
    codes = dict.fromkeys(item.chave for guia in guias for item in guia.itens)
    held = contexto.contrato
    lines: tuple[Contratado, ...] = (*held.diarias, *held.pacotes, *held.procedimentos)
    return {
        "contratos": [codec.plain(one) for one in held.contratos if any(vigente(one, day) for day in days)],
        "linhas": [codec.plain(one) for one in lines if _speaks(one, codes)],
        "precos": [codec.plain(one) for code in codes for one in contexto.precos.get(code, ())],
        "regras": [codec.plain(one) for code in codes for one in contexto.regras.get(code, ())],
    }


def _speaks(line: Contratado, codes: Collection[Codigo]) -> bool:
    if (line.tabela, line.codigo) in codes:
        return True
    if not isinstance(line, ProcedimentoContratado) or not line.codigo.endswith("*"):
        return False
    return any(line.covers(*code) for code in codes)
