"""Demonstrativos and conciliação: what was billed, judged and paid, after the structures of the standard.

One model for every rendering (TISS XML, JSON, CSV, PDF). What came in was processed: `processado` is `informado`, and
the glosa of anything is what is informado and not liberado, to the cent, at item, guia, protocolo and above.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from conecta_contas.analise import Resultado, settle, taken_of_lines
from conecta_contas.pegs import STATUS_PROTOCOLO
from conecta_tiss.vocabulary.amounts import ZERO, soma
from conecta_tiss.vocabulary.tables import StatusProtocolo, TipoDemonstrativo, TipoPagamento
from pagamento.domain.faturas import SituacaoFatura

if TYPE_CHECKING:
    from conecta_contas.analise import Glosa, GuiaAnalisada
    from conecta_contas.cobranca import GuiaCobrada, ItemCobrado
    from conecta_contas.dossies import Dossie
    from conecta_contas.pegs import Peg
    from conecta_facts.operadoras import Operadora
    from conecta_facts.prestadores import Prestador
    from pagamento.domain.faturas import Fatura
    from pagamento.domain.pagamentos import Pagamento


Descrever = Callable[[str, str], "str | None"]
"""Term of a table's code, when the terminology has it."""
_PARTE: Final = (
    "Parte destes pagamentos é de PEGs de outros tipos: ela, e os débitos e créditos do pagamento todo, estão no "
    "demonstrativo de pagamento."
)


@dataclass(frozen=True, slots=True)
class Valores:
    """Reais of an item, or of whatever has items.

    Attributes:
        recuperado: of what is liberado, what recursos gave back.
    """

    informado: Decimal
    liberado: Decimal
    recuperado: Decimal = ZERO

    @property
    def processado(self) -> Decimal:
        """Reais that were judged: all."""
        return self.informado

    @property
    def glosado(self) -> Decimal:
        """Reais that are not paid."""
        return self.informado - self.liberado


@dataclass(frozen=True, slots=True)
class GlosaAplicada:
    """A glosa that stands, and the reais it takes where it is shown: 0.00 while another takes them before it."""

    glosa: Glosa
    valor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDemonstrado:
    """A line (`detalhesGuia`).

    Attributes:
        sequencia: place in the guia from 1: procedures, then despesas.
        sequencial: `sequencialItem` as written, which despesas may begin again.
        descricao: as written, else of the terminology, else the code: never empty.
        glosas: what stands against it; together they take what it lost.
    """

    sequencia: int
    sequencial: int
    dia: date
    tabela: str
    codigo: str
    descricao: str
    quantidade: Decimal
    valores: Valores
    graus: tuple[str, ...] = ()
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    glosas: tuple[GlosaAplicada, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaDemonstrada:
    """A guia (`relacaoGuias`).

    Attributes:
        sequencia: place in the PEG from 1.
        inicio, fim: first and last day billed; the hours only of a stay, `HH:MM:SS`.
        situacao: of its protocolo, or without payment when nothing of it is liberado.
        glosas: of the whole guia.
        itens: none where only what guias are worth is told.
    """

    sequencia: int
    numero: str
    carteira: str
    inicio: date
    fim: date
    situacao: StatusProtocolo
    valores: Valores
    numero_operadora: str | None = None
    senha: str | None = None
    hora_inicio: str | None = None
    hora_fim: str | None = None
    glosas: tuple[GlosaAplicada, ...] = ()
    itens: tuple[ItemDemonstrado, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conta:
    """A protocolo with its guias (`ct_contaMedicaResumo`, `ct_dadosResumoDemonstrativo`).

    Attributes:
        protocolo: of the PEG.
        tipo_guia: as the standard names it.
        versao_tiss: in which its glosas are coded; `Glosa.motivo` says the same in any.
        recebido_em, publicada_em: local days.
        glosas: of the whole protocolo.
        tipo_pagamento: at first, or after a recurso.
        fatura, recurso: what of it was paid, where a payment is told of; of what was recovered, by which recurso.
        vidas: ids of the lives it tells of, each once: for the audit.
    """

    protocolo: str
    numero_lote: str
    tipo_guia: str
    versao_tiss: str
    recebido_em: date
    publicada_em: date
    situacao: StatusProtocolo
    valores: Valores
    guias: tuple[GuiaDemonstrada, ...]
    glosas: tuple[GlosaAplicada, ...] = ()
    tipo_pagamento: TipoPagamento = TipoPagamento.INICIAL
    fatura: str | None = None
    recurso: str | None = None
    vidas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cabecalho:
    """Whose demonstrativo, for whom (`ct_demonstrativoCabecalho`, `ct_contratadoDados`).

    Attributes:
        numero: at most 12 digits; the same request has the same number for ever.
        emitido_em: local day.
        codigo_prestador: `codigoPrestadorNaOperadora`, when it has one.
    """

    numero: str
    emitido_em: date
    operadora: Operadora
    prestador: Prestador
    codigo_prestador: str | None = None


@dataclass(frozen=True, slots=True)
class AnaliseDeConta:
    """Demonstrativo de análise de conta of one protocolo (`ctm_demonstrativoAnaliseConta`); its number is its number.

    Attributes:
        fatura: when it is paid and what it waits for; `None` while nobody asked.
        parcelas: the same of what recursos gave back.
    """

    cabecalho: Cabecalho
    conta: Conta
    fatura: Fatura | None = None
    parcelas: tuple[Fatura, ...] = ()


@dataclass(frozen=True, slots=True)
class PagamentoDemonstrado:
    """A payment, and what it paid (`pagamentosPorData`).

    Attributes:
        pagamento: as far as it is shown: of odontologia, of those PEGs alone, with its debits and credits only when it
            paid no others. Its `bruto` is what is liberado, its `liquido` what reached the prestador.
        parte: it paid others, too.
    """

    pagamento: Pagamento
    contas: tuple[Conta, ...]
    valores: Valores
    parte: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrativoPagamento:
    """Payments of a day or of a month: `ctm_demonstrativoPagamento`, or `cto_demonstrativoOdontologia` with its items.

    Attributes:
        tipo: of all PEGs, guia by guia; or of those of odontologia alone, item by item.
        inicio, fim: days the payments may be of.
        pagamentos: at least one, by day and number.
        valores, debitos, creditos: sums of its payments.
        observacao: in Portuguese, at most 500 characters.
    """

    cabecalho: Cabecalho
    tipo: TipoDemonstrativo
    inicio: date
    fim: date
    pagamentos: tuple[PagamentoDemonstrado, ...]
    valores: Valores
    debitos: Decimal
    creditos: Decimal
    observacao: str | None = None

    @property
    def liquido(self) -> Decimal:
        """Reais that reached the prestador."""
        return self.valores.liberado - self.debitos + self.creditos


@dataclass(frozen=True, slots=True, kw_only=True)
class Conciliado:
    """What became of an amount, in reais, at item, guia or protocolo.

    Attributes:
        pago: what is liberado, as far as it is paid.
        recursado, acatado: contested by recursos, and given back by them.
    """

    apresentado: Decimal
    processado: Decimal
    glosado: Decimal
    liberado: Decimal
    pago: Decimal
    recursado: Decimal
    acatado: Decimal


Lugar = tuple[int, int]
"""Places of a guia and of a line of it."""


@dataclass(frozen=True, slots=True)
class Conciliacao:
    """A protocolo from what was presented to what was paid.

    Attributes:
        parcelas: what recursos gave back.
        pago, recursado: reais of each line; of those that are absent none.
    """

    conta: Conta
    fatura: Fatura
    parcelas: tuple[Fatura, ...]
    pago: Mapping[Lugar, Decimal]
    recursado: Mapping[Lugar, Decimal]

    def conciliar(self, valores: Valores, lugares: Iterable[Lugar]) -> Conciliado:
        """What became of the amount of some lines."""
        places = list(lugares)
        return Conciliado(
            apresentado=valores.informado, processado=valores.processado, glosado=valores.glosado,
            liberado=valores.liberado, acatado=valores.recuperado,
            pago=soma(self.pago.get(one, ZERO) for one in places),
            recursado=soma(self.recursado.get(one, ZERO) for one in places),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodo:
    """A day of payment, or a month of payments (`AAAAMM`): exactly one of the two is given."""

    registro_ans: str
    data: date | None = None
    competencia: str | None = None

    @property
    def inicio(self) -> date:
        """First day."""
        return self.data or date.fromisoformat(f"{self.competencia}01")

    @property
    def fim(self) -> date:
        """Last day."""
        first = self.inicio
        return self.data or first.replace(day=monthrange(first.year, first.month)[1])

    def numero(self, pagamentos: Sequence[Pagamento]) -> str:
        """Of its demonstrativo: that of its only payment, else the registro ANS with `AAMMDD` or `AAAAMM`."""
        if len(pagamentos) == 1:
            return pagamentos[0].demonstrativo
        return f"{self.registro_ans}{self.competencia or f'{self.inicio:%y%m%d}'}"


# --- made of what was judged and paid ---


def de_fatura(resultado: Resultado, fatura: Fatura) -> Resultado:
    """What a fatura is of: the first, of all that was liberado before anything came back; another, of what came back.

    Of what came back only its lines are told, each worth what it got.
    """
    if fatura.recurso is None:
        return settle(replace(resultado, recuperados=())) if resultado.recuperados else resultado
    back: dict[Lugar, Decimal] = {}
    for part in resultado.recuperados:
        if part.recurso == fatura.recurso:
            back[part.indice, part.sequencia] = back.get((part.indice, part.sequencia), ZERO) + part.valor
    guias = (
        replace(one, itens=tuple(
            replace(line, informado=back[place], glosado=ZERO, recuperado=back[place])
            for line in one.itens
            if (place := (one.indice, line.sequencia)) in back
        ))
        for one in resultado.guias
    )  # fmt: skip
    return Resultado(tuple(one for one in guias if one.itens))


def demonstrar(
    peg: Peg,
    dossie: Dossie,
    descrever: Descrever,
    *,
    recebido_em: date,
    itens: bool = True,
    fatura: Fatura | None = None,
) -> Conta:
    """A PEG whose values are published, with the guias it has still.

    Args:
        recebido_em: local day.
        itens: whether lines are shown, too.
        fatura: what was paid of it; all of it, when none is told.
    """
    situacao = StatusProtocolo(STATUS_PROTOCOLO[peg.situacao])
    billed = {one.sequencia: one for one in dossie.guias}
    resultado = de_fatura(dossie.resultado, fatura) if fatura else dossie.resultado
    recurso = fatura.recurso if fatura else None
    taken = taken_of_lines(resultado) if itens else {}
    general: dict[int, list[GlosaAplicada]] = {}
    for glosa in resultado.glosas:
        if glosa.sequencia is None and glosa.em_pe:
            general.setdefault(glosa.indice, []).append(GlosaAplicada(glosa, glosa.valor))
    guias = tuple(
        _guia(
            billed[one.indice], one, situacao if one.liberado else StatusProtocolo.ENCERRADO_SEM_PAGAMENTO, recebido_em,
            tuple(general.get(one.indice, ())), _itens(billed[one.indice], one, taken, descrever) if itens else (),
        )
        for one in resultado.guias
    )  # fmt: skip
    return Conta(
        protocolo=peg.protocolo, numero_lote=peg.numero_lote, tipo_guia=peg.tipo_guia, versao_tiss=peg.versao_tiss,
        recebido_em=recebido_em, publicada_em=peg.publicada_em or recebido_em, situacao=situacao,
        valores=somar(one.valores for one in guias), guias=guias, glosas=tuple(general.get(0, ())),
        tipo_pagamento=TipoPagamento.RECURSO if recurso else TipoPagamento.INICIAL,
        fatura=fatura.id if fatura else None, recurso=recurso,
        vidas=tuple(dict.fromkeys(dossie.vidas[one.carteira] for one in guias)),
    )  # fmt: skip


def _guia(  # noqa: PLR0917  # what it is made of
    billed: GuiaCobrada,
    judged: GuiaAnalisada,
    situacao: StatusProtocolo,
    recebido_em: date,
    glosas: tuple[GlosaAplicada, ...],
    itens: tuple[ItemDemonstrado, ...],
) -> GuiaDemonstrada:
    hours = [instant.partition("T")[2] for instant in billed.periodo] if billed.periodo else [None, None]
    return GuiaDemonstrada(
        sequencia=billed.sequencia, numero=billed.numero, carteira=billed.carteira,
        inicio=billed.primeiro_dia or recebido_em, fim=billed.ultimo_dia or recebido_em, situacao=situacao,
        valores=Valores(judged.informado, judged.liberado, judged.recuperado), numero_operadora=billed.numero_operadora,
        senha=billed.senha, hora_inicio=hours[0], hora_fim=hours[1], glosas=glosas, itens=itens,
    )  # fmt: skip


def _itens(
    billed: GuiaCobrada,
    judged: GuiaAnalisada,
    taken: Mapping[tuple[int, int], Sequence[tuple[Glosa, Decimal]]],
    descrever: Descrever,
) -> tuple[ItemDemonstrado, ...]:
    lines = {line.sequencia: line for line in judged.itens}
    return tuple(
        _item(one, Valores(line.informado, line.liberado, line.recuperado),
              taken.get((billed.sequencia, one.sequencia), ()), descrever)
        for one in billed.itens
        if (line := lines.get(one.sequencia)) is not None
    )  # fmt: skip


def _item(
    billed: ItemCobrado, valores: Valores, taken: Sequence[tuple[Glosa, Decimal]], descrever: Descrever
) -> ItemDemonstrado:
    return ItemDemonstrado(
        sequencia=billed.sequencia, sequencial=billed.sequencial, dia=billed.dia, tabela=billed.tabela,
        codigo=billed.codigo, descricao=_term(billed, descrever), quantidade=billed.quantidade, valores=valores,
        graus=billed.graus, dente=billed.dente, regiao=billed.regiao, face=billed.face,
        glosas=tuple(
            GlosaAplicada(one, valor) for one, valor in taken if valor or (one.sequencia is not None and one.em_pe)
        ),
    )  # fmt: skip


def _term(billed: ItemCobrado, descrever: Descrever) -> str:
    return (billed.descricao or "").strip() or descrever(billed.tabela, billed.codigo) or billed.codigo


def somar(valores: Iterable[Valores]) -> Valores:
    """Of what has several."""
    each = list(valores)
    return Valores(*(soma(getattr(one, name) for one in each) for name in Valores.__slots__))


def demonstrar_pagamento(pagamento: Pagamento, contas: Sequence[Conta]) -> PagamentoDemonstrado:
    """A payment as far as it is of some contas: its debits and credits are told where all that it paid is."""
    shown = {one.fatura or one.protocolo for one in contas}
    itens = tuple(one for one in pagamento.itens if one.fatura in shown)
    parte = itens != pagamento.itens
    held = replace(pagamento, itens=itens, descontos=()) if parte else pagamento
    return PagamentoDemonstrado(held, tuple(contas), somar(one.valores for one in contas), parte)


def reunir(
    cabecalho: Cabecalho, tipo: TipoDemonstrativo, periodo: Periodo, pagamentos: Sequence[PagamentoDemonstrado]
) -> DemonstrativoPagamento:
    """The demonstrativo of payments.

    Args:
        pagamentos: by day and number; at least one.
    """
    return DemonstrativoPagamento(
        cabecalho=cabecalho, tipo=tipo, inicio=periodo.inicio, fim=periodo.fim, pagamentos=tuple(pagamentos),
        valores=somar(one.valores for one in pagamentos), debitos=soma(one.pagamento.debitos for one in pagamentos),
        creditos=soma(one.pagamento.creditos for one in pagamentos),
        observacao=_PARTE if any(one.parte for one in pagamentos) else None,
    )  # fmt: skip


def pago_de(resultado: Resultado, faturas: Iterable[Fatura]) -> dict[Lugar, Decimal]:
    """What was paid of each line, as far as its faturas are."""
    paid: dict[Lugar, Decimal] = {}
    for fatura in faturas:
        if fatura.situacao is SituacaoFatura.PAGA:
            for one in de_fatura(resultado, fatura).guias:
                for line in one.itens:
                    place = (one.indice, line.sequencia)
                    paid[place] = paid.get(place, ZERO) + line.liberado
    return paid
