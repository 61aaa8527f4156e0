"""What a PEG bills, as other PEGs must know it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from conecta_contas import regras_guia
from conecta_contas.cobranca import GuiaCobrada
from conecta_contas.dossies import Dossie
from conecta_contas.pegs import Peg, SituacaoPeg

_APRESENTADA: Final = regras_guia.guia_ja_apresentada.id
_CONTA: Final = regras_guia.contas.id


@dataclass(frozen=True, slots=True)
class LinhaCobrada:
    """A line as other PEGs must know it.

    Attributes:
        graus: as written, of its team.
    """

    tabela: str
    codigo: str
    dia: date
    graus: tuple[str, ...] = ()
    hora: str | None = None
    via_acesso: str | None = None
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None


@dataclass(frozen=True, slots=True)
class Cobranca:
    """A guia of a living PEG as other PEGs must know it: of a life, by its number.

    Attributes:
        vida: life id (`contexto.Vida.id`).
        guia: `numeroGuiaPrestador`.
        sequencia: its place in the PEG.
        numero: the authorization it is billed on.
        periodo: hours of a stay's account, with its `tipo_faturamento`.
    """

    vida: str
    prestador_id: str
    guia: str
    protocolo: str
    sequencia: int
    linhas: tuple[LinhaCobrada, ...]
    numero: str | None = None
    profissional: str | None = None
    atendimento_rn: bool = False
    tipo_faturamento: str | None = None
    periodo: tuple[str, str] | None = None


def cobrancas_of(dossie: Dossie, peg: Peg) -> tuple[Cobranca, ...]:
    """The guias it has still; none whose number another PEG has."""
    taken = {one.indice for one in dossie.achados if one.regra == _APRESENTADA}
    return tuple(_charges(dossie, peg, set(peg.guias) - taken))


def soltas_of(dossie: Dossie, peg: Peg) -> tuple[Cobranca, ...]:
    """What it charges no more, by whatever judgement it did: guias withdrawn, or all of a cancelled one."""
    cancelled = peg.situacao is SituacaoPeg.CANCELADO
    standing = set() if cancelled else {(one.vida, one.guia) for one in cobrancas_of(dossie, peg)}
    places = range(1, peg.quantidade_guias + 1) if cancelled else peg.retiradas
    return tuple(one for one in _charges(dossie, peg, places) if (one.vida, one.guia) not in standing)


def _charges(dossie: Dossie, peg: Peg, places: Collection[int]) -> Iterator[Cobranca]:
    valid = {one.guia for one in dossie.alocacoes}  # the lines of those alone are allocated, whether they use or not
    refused = {one.indice for one in dossie.achados if one.regra == _CONTA}
    for guia in dossie.guias:
        if guia.sequencia in places:
            yield _charge(
                peg, guia, dossie.vidas[guia.carteira], valida=guia.sequencia in valid,
                conta=guia.sequencia not in refused,
            )  # fmt: skip


def _charge(peg: Peg, guia: GuiaCobrada, vida: str, *, valida: bool, conta: bool) -> Cobranca:
    """A guia as a charge; its account is none while it is refused for another's: what comes in its place may be due."""
    linhas = tuple(
        LinhaCobrada(
            item.tabela, item.codigo, item.dia, item.graus, item.hora, item.via_acesso, item.dente, item.regiao,
            item.face,
        )
        for item in guia.itens
        if item.despesa is None
    )  # fmt: skip
    return Cobranca(
        vida=vida, prestador_id=peg.prestador_id, guia=guia.numero, protocolo=peg.protocolo, sequencia=guia.sequencia,
        linhas=linhas, numero=(guia.senha or guia.numero_operadora) if valida else None,
        profissional=guia.profissional, atendimento_rn=guia.atendimento_rn, tipo_faturamento=guia.tipo_faturamento,
        periodo=guia.periodo if conta else None,
    )  # fmt: skip
