"""Demonstrativos and conciliação of what is published: read from PEG, dossier, faturas and payments, never stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conecta_contas.pegs import de_antes
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.vocabulary.tables import TipoDemonstrativo
from pagamento.domain.demonstrativos import (
    AnaliseDeConta,
    Cabecalho,
    Conciliacao,
    Conta,
    DemonstrativoPagamento,
    Periodo,
    demonstrar,
    demonstrar_pagamento,
    pago_de,
    reunir,
)
from pagamento.domain.errors import DemonstrativoIndisponivelError, LegadoError, NaoEncontradoError
from pagamento.service.faturas import as_of_now, find_faturas, ids_of

if TYPE_CHECKING:
    from datetime import date

    from conecta_contas.dossies import Dossie
    from conecta_contas.pegs import Peg
    from conecta_facts.operadoras import Operadora
    from pagamento.domain.faturas import Fatura
    from pagamento.domain.pagamentos import Pagamento
    from pagamento.service.portas import Portas

PROTOCOLOS: Final = 30
"""Of one message (tiss.md §2)."""
PAGOS: Final = 160
"""Protocolos of one demonstrativo of payment."""


def find_analises(
    prestador_id: str, protocolos: Sequence[str], portas: Portas, *, registro_ans: str | None = None
) -> Iterator[AnaliseDeConta]:
    """Análise de conta of each protocolo, in the order asked for.

    All are looked at before anything is answered; what was billed and judged is then read one protocolo at a time, as
    the answer goes on, so that any number of them takes the memory of one.

    Args:
        registro_ans: operadora that is asked; the others' protocolos are not there, and it may have older ones (R07).

    Raises:
        NaoEncontradoError: some are absent or foreign.
        LegadoError: some can only be of before the migration.
        DemonstrativoIndisponivelError: values of some are not published yet, or they are too many.
    """
    asked = tuple(dict.fromkeys(protocolos))
    if len(asked) > PROTOCOLOS:
        raise DemonstrativoIndisponivelError("GRANDE_DEMAIS")
    pegs = _published(prestador_id, asked, portas, registro_ans)
    ids = [one for peg in pegs for one in ids_of(peg)]
    faturas = {one.id: one for one in as_of_now([*portas.registros.faturas(prestador_id, ids).values()], portas)}
    heads = {one: _head(prestador_id, one, "", portas) for one in sorted({peg.registro_ans for peg in pegs})}
    return (
        AnaliseDeConta(
            replace(heads[one.registro_ans], numero=one.protocolo),
            _conta(one, portas.contas.dossie(one), portas),
            faturas.get(one.protocolo),
            tuple(faturas[each] for each in ids_of(one)[1:] if each in faturas),
        )
        for one in pegs
    )


def find_conciliacao(prestador_id: str, protocolo: str, portas: Portas, *, correlacao: str = "") -> Conciliacao:
    """A protocolo from what was presented to what was paid.

    Raises:
        NaoEncontradoError: absent or foreign.
        DemonstrativoIndisponivelError: its values are not published yet.
    """
    (peg,) = _published(prestador_id, [protocolo], portas, None)
    found = find_faturas(prestador_id, ids_of(peg), portas, correlacao=correlacao)
    if protocolo not in found:
        raise DemonstrativoIndisponivelError("NAO_PUBLICADO", [protocolo])
    fatura, *parcelas = as_of_now([found[one] for one in ids_of(peg) if one in found], portas)
    dossie = portas.contas.dossie(peg)
    resultado = dossie.resultado
    contested = portas.contestado(peg, correlacao) if resultado.glosas else {}
    return Conciliacao(
        _conta(peg, dossie, portas), fatura, tuple(parcelas), pago_de(resultado, (fatura, *parcelas)), contested
    )  # fmt: skip


def find_pagamento(
    prestador_id: str, periodo: Periodo, portas: Portas, *, tipo: TipoDemonstrativo = TipoDemonstrativo.PAGAMENTO
) -> DemonstrativoPagamento:
    """What an operadora paid on a day or in a month: all of it, or that of odontologia.

    Raises:
        NaoEncontradoError: nothing was paid then, or nothing of odontologia; no such operadora.
        LegadoError: it is of before the migration.
        DemonstrativoIndisponivelError: it is too much for one answer.
    """
    operadora = portas.cadastro.operadora(periodo.registro_ans)
    since_migration(operadora, periodo.fim)
    paid = portas.registros.pagamentos(prestador_id, periodo.inicio, periodo.fim)
    found = [one for one in paid if one.registro_ans == periodo.registro_ans]
    return demonstrar_pagamentos(prestador_id, found, periodo, portas, tipo=tipo)


def demonstrar_pagamentos(
    prestador_id: str, pagamentos: Sequence[Pagamento], periodo: Periodo, portas: Portas, *, tipo: TipoDemonstrativo
) -> DemonstrativoPagamento:
    """Payments of a period at one operadora.

    Raises:
        NaoEncontradoError: there is none, or none of odontologia.
        DemonstrativoIndisponivelError: it is too much for one answer.
    """
    dental = tipo is TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA
    of_each = [(one, paid_faturas(one, portas, dental=dental)) for one in pagamentos]
    # A payment of debits and credits alone is shown with those of PEGs.
    of_each = [(one, faturas) for one, faturas in of_each if faturas or not (dental or one.itens)]
    if not of_each:
        raise NaoEncontradoError
    if sum(len(faturas) for _, faturas in of_each) > PAGOS:
        raise DemonstrativoIndisponivelError("GRANDE_DEMAIS")
    shown = []
    for one, faturas in of_each:
        pegs = _pegs(prestador_id, [fatura.protocolo for fatura in faturas], portas, None)
        contas = [
            _conta(peg, portas.contas.dossie(peg), portas, itens=dental, fatura=fatura)
            for peg, fatura in zip(pegs, faturas, strict=True)
        ]  # fmt: skip
        shown.append(demonstrar_pagamento(one, contas))
    numero = periodo.numero([one for one, _ in of_each])
    return reunir(_head(prestador_id, periodo.registro_ans, numero, portas), tipo, periodo, shown)


def paid_faturas(pagamento: Pagamento, portas: Portas, *, dental: bool) -> list[Fatura]:
    """What a payment paid: all of it, or that of odontologia."""
    faturas = portas.registros.faturas(pagamento.prestador_id, [one.fatura for one in pagamento.itens])
    held = (faturas[one.fatura] for one in pagamento.itens)
    return [one for one in held if not dental or one.tipo_guia == TipoGuia.ODONTO]


def _published(prestador_id: str, protocolos: Sequence[str], portas: Portas, registro_ans: str | None) -> list[Peg]:
    pegs = _pegs(prestador_id, protocolos, portas, registro_ans)
    if waiting := [one.protocolo for one in pegs if one.publicada_em is None]:
        raise DemonstrativoIndisponivelError("NAO_PUBLICADO", waiting)
    return pegs


def _pegs(prestador_id: str, protocolos: Sequence[str], portas: Portas, registro_ans: str | None) -> list[Peg]:
    found = [portas.contas.peg(prestador_id, one) for one in protocolos]
    pegs = [one for one in found if one is not None and registro_ans in {None, one.registro_ans}]
    if len(pegs) < len(protocolos):
        there = {one.protocolo for one in pegs}
        raise _absent([one for one in protocolos if one not in there], registro_ans, portas)
    return pegs


def _absent(protocolos: Sequence[str], registro_ans: str | None, portas: Portas) -> LegadoError | NaoEncontradoError:
    """Who asks one operadora learns where its old ones are, unless others are nowhere."""
    operadora = portas.cadastro.operadora(registro_ans) if registro_ans else None
    since = operadora.data_migracao if operadora else None
    nowhere = [one for one in protocolos if since is None or not de_antes(one, since)]
    if operadora is None or since is None or nowhere:
        return NaoEncontradoError(protocolos=nowhere)
    return LegadoError(operadora.portal_legado, since, protocolos)


def since_migration(operadora: Operadora, dia: date) -> None:
    """What ended before the migration is not here (R07).

    Raises:
        LegadoError: it did.
    """
    if operadora.data_migracao is not None and dia < operadora.data_migracao:
        raise LegadoError(operadora.portal_legado, operadora.data_migracao)


def _conta(
    peg: Peg, dossie: Dossie, portas: Portas, *, itens: bool = True, fatura: Fatura | None = None
) -> Conta:  # fmt: skip
    return demonstrar(
        peg, dossie, portas.descrever, recebido_em=portas.local_day(peg.data_recepcao), itens=itens,
        fatura=fatura,
    )  # fmt: skip


def _head(prestador_id: str, registro_ans: str, numero: str, portas: Portas) -> Cabecalho:
    return Cabecalho(
        numero=numero, emitido_em=portas.hoje, operadora=portas.cadastro.operadora(registro_ans),
        prestador=portas.cadastro.prestador(prestador_id),
        codigo_prestador=portas.cadastro.codigo(prestador_id, registro_ans),
    )  # fmt: skip
