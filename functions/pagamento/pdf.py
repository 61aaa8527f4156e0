"""What a prestador prints: análise de conta, payments, the cronograma. The same content gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from conecta_edge.clock import local_day
from conecta_edge.paginas import ALERT, BOTTOM, DENSE, Column, Pages, day, number, reais
from conecta_tiss.terminologia import table_label
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.tables import DebitoCreditoIndicador, GrauParticipacao, TipoDemonstrativo
from pagamento.domain.faturas import SituacaoFatura

if TYPE_CHECKING:
    from conecta_facts.operadoras import Operadora
    from pagamento.domain.cronograma import Cronograma
    from pagamento.domain.demonstrativos import (
        AnaliseDeConta,
        Cabecalho,
        Conta,
        DemonstrativoPagamento,
        GlosaAplicada,
        GuiaDemonstrada,
        ItemDemonstrado,
        PagamentoDemonstrado,
        Valores,
    )
    from pagamento.domain.faturas import Fatura

_VALORES: Final = tuple(Column(name, 56, number=True) for name in ("Informado", "Glosado", "Liberado"))
_ITENS: Final = (
    Column("Item", 24), Column("Data", 48), Column("Tabela e código", 72), Column("Descrição", 166.27),
    Column("Qtd.", 33, number=True), *_VALORES,
)  # fmt: skip
_GUIAS: Final = (
    Column("Guia", 110), Column("Guia na operadora", 110), Column("Senha", 123.27), *_VALORES,
)  # fmt: skip
_DESCONTOS: Final = (
    Column("Débito ou crédito", 90), Column("Descrição", 309.27), Column("Débito", 56, number=True),
    Column("Crédito", 56, number=True),
)  # fmt: skip
_CICLOS: Final = (
    Column("Competência", 91.27), Column("Recebidos até", 105), Column("Publicação até", 105),
    Column("Nota fiscal até", 105), Column("Pagamento", 105),
)  # fmt: skip
_INDENT: Final = 24.0


def analises(analises: Iterable[AnaliseDeConta]) -> bytes:
    """Demonstrativos de análise de conta, each from a page of its own; taken one by one, none is kept.

    Args:
        analises: at least one.
    """
    page: Pages | None = None
    for one in analises:
        head = one.cabecalho
        foot = f"Protocolo {one.conta.protocolo}   ·   Emitido em {day(head.emitido_em)}"
        if page is None:
            page = Pages("Demonstrativo de análise de conta", _aside(head.operadora), foot)
        else:
            page.restart(_aside(head.operadora), foot)
        _analise(page, one)
    if page is None:
        raise ValueError("a document is of something")
    return page.done()


def pagamento(demonstrativo: DemonstrativoPagamento) -> bytes:
    """Demonstrativo of payments: guia by guia, or item by item of odontologia."""
    head = demonstrativo.cabecalho
    dental = demonstrativo.tipo is TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA
    title = "Demonstrativo de pagamento - odontologia" if dental else "Demonstrativo de pagamento"
    page = Pages(title, _aside(head.operadora), f"Demonstrativo {head.numero}   ·   Emitido em {day(head.emitido_em)}")
    days = dict.fromkeys((day(demonstrativo.inicio), day(demonstrativo.fim)))
    page.cells(
        [
            ("Demonstrativo", head.numero), ("Pagamentos de", " a ".join(days)),
            ("Líquido (R$)", reais(demonstrativo.liquido)),
        ],
        size=12, shaded=True,
    )  # fmt: skip
    _prestador(page, head)
    page.cells([
        *_reais(demonstrativo.valores), ("Débitos (R$)", reais(demonstrativo.debitos)),
        ("Créditos (R$)", reais(demonstrativo.creditos)),
    ])  # fmt: skip
    if demonstrativo.observacao:
        page.space(6)
        page.text(demonstrativo.observacao, grey=True)
    for one in demonstrativo.pagamentos:
        _pagamento(page, one)
    return page.done()


def cronograma(cronograma: Cronograma, operadora: Operadora) -> bytes:
    """The Cronograma de Entrega de Faturas in force."""
    published = day(local_day(cronograma.publicado_em))
    page = Pages(
        "Cronograma de entrega de faturas", _aside(operadora),
        f"Versão {cronograma.versao}, publicada em {published}",
    )  # fmt: skip
    page.text(
        "A nota fiscal é recebida até o fim do dia da entrega (horário de Brasília); depois dele, o pagamento passa "
        "para o ciclo seguinte. Valores publicados depois do dia previsto adiam a entrega por igual tempo."
    )
    page.space(8)
    page.table(
        _CICLOS,
        (
            (f"{one.competencia[4:]}/{one.competencia[:4]}", day(one.corte), day(one.publicacao), day(one.entrega),
             day(one.pagamento))
            for one in cronograma.ciclos
        ),
    )  # fmt: skip
    return page.done()


# --- análise de conta ---


def _analise(page: Pages, one: AnaliseDeConta) -> None:
    conta = one.conta
    page.cells(
        [
            ("Protocolo", conta.protocolo), ("Situação", _label("dm_statusProtocolo", conta.situacao)),
            *_reais(conta.valores),
        ],
        size=11, shaded=True, shares=(0.19, 0.33, 0.16, 0.16, 0.16),
    )  # fmt: skip
    page.cells([
        ("Lote", conta.numero_lote), ("Recebido em", day(conta.recebido_em)),
        ("Valores publicados em", day(conta.publicada_em)), _when(one.fatura),
    ])  # fmt: skip
    _prestador(page, one.cabecalho)
    if conta.valores.glosado:
        page.space(6)
        page.text(_contest(conta), grey=True)
    for parcela in one.parcelas:
        page.space(4)
        when, until = _when(parcela)
        page.text(
            f"O recurso {parcela.recurso} devolveu R$ {reais(parcela.valor)}, já no liberado, como fatura "
            f"{parcela.id}. {when}: {until}.",
            grey=True,
        )
    page.space(4)
    for glosa in conta.glosas:
        page.note(f"Protocolo todo. {_reason(glosa)}", ink=ALERT)
    page.space(8)
    _itens(page, conta.guias)
    page.band(f"Total do protocolo {conta.protocolo}", _VALORES, _values(conta.valores))


def _when(fatura: Fatura | None) -> tuple[str, str]:
    """When it is paid, as far as it is known, or until when its nota is awaited."""
    if fatura is None or fatura.situacao is SituacaoFatura.ENCERRADA:
        return "Pagamento", "-"
    if fatura.paga_em is not None:
        return "Pago em", day(fatura.paga_em)
    if fatura.situacao is SituacaoFatura.PENDENTE:
        return "Nota fiscal até", day(fatura.entrega_ate)
    return "Pagamento previsto", day(fatura.pagamento_em)


def _contest(conta: Conta) -> str:
    every = (
        *conta.glosas, *(glosa for guia in conta.guias for glosa in guia.glosas),
        *(glosa for guia in conta.guias for item in guia.itens for glosa in item.glosas),
    )  # fmt: skip
    said = dict.fromkeys(one.glosa.como_contestar(conta.publicada_em) for one in every)
    return next(iter(said), "")


def _itens(page: Pages, guias: Iterable[GuiaDemonstrada]) -> None:
    with page.repeating(lambda _again: page.names(_ITENS)):
        for guia in guias:
            page.need(_least(guia))
            with page.repeating(lambda again, guia=guia: _guia(page, guia, again=again)):  # type: ignore[misc]
                for glosa in guia.glosas:
                    page.note(f"Guia toda. {_reason(glosa)}", _INDENT, ALERT)
                for item in guia.itens:
                    page.row(_ITENS, _line(item), DENSE)
                    for glosa in item.glosas:
                        page.note(_reason(glosa), _INDENT, ALERT)
            page.space(3)


def _least(guia: GuiaDemonstrada) -> float:
    """Points a short guia takes, which is not parted; of a long one, enough that it does not begin at the foot."""
    lines = len(guia.glosas) + sum(1 + len(item.glosas) for item in guia.itens)
    return min(18 + 13.0 * lines, (842 - 78 - BOTTOM) / 3)


def _guia(page: Pages, guia: GuiaDemonstrada, *, again: bool) -> None:
    days = dict.fromkeys((day(guia.inicio), day(guia.fim)))
    said = (
        f"Guia {guia.numero}{' (continuação)' if again else ''}",
        f"senha {guia.senha}" if guia.senha else "",
        f"na operadora {guia.numero_operadora}" if guia.numero_operadora and not guia.senha else "",
        f"carteira {guia.carteira}", " a ".join(days),
    )  # fmt: skip
    page.band("  ·  ".join(part for part in said if part), _VALORES, _values(guia.valores))


def _line(item: ItemDemonstrado) -> tuple[str, ...]:
    where = (
        f"dente {item.dente}" if item.dente else "", f"região {item.regiao}" if item.regiao else "",
        f"face {item.face}" if item.face else "",
        *(_label("dm_grauPart", grau) for grau in item.graus if grau != GrauParticipacao.CLINICO),
    )  # fmt: skip
    return (
        str(item.sequencial), day(item.dia), f"{item.tabela}  {item.codigo}",
        "; ".join(part for part in (item.descricao, *where) if part), number(item.quantidade), *_values(item.valores),
    )  # fmt: skip


def _reason(one: GlosaAplicada) -> str:
    glosa = one.glosa
    takes = f"R$ {reais(one.valor)}" if one.valor else "já glosado por outro motivo"
    return f"Glosa {glosa.codigo} ({takes}): {glosa.mensagem}"


# --- payments ---


def _pagamento(page: Pages, one: PagamentoDemonstrado) -> None:
    paid = one.pagamento
    page.heading(f"Pagamento {paid.numero}, em {day(paid.data)}")
    page.cells([
        ("Forma", _label("dm_formaPagamento", paid.forma)), ("Banco", paid.banco), ("Agência", paid.agencia),
        ("Conta", paid.conta),
    ])  # fmt: skip
    page.space(6)
    for conta in one.contas:
        said = f"Protocolo {conta.protocolo}  ·  lote {conta.numero_lote}  ·  " + (
            f"do recurso {conta.recurso}" if conta.recurso else f"recebido em {day(conta.recebido_em)}"
        )
        if any(guia.itens for guia in conta.guias):
            _itens(page, conta.guias)
        else:
            with page.repeating(lambda _again: page.names(_GUIAS)):
                for guia in conta.guias:
                    numbers = (guia.numero, guia.numero_operadora or "-", guia.senha or "-")
                    page.row(_GUIAS, (*numbers, *_values(guia.valores)), DENSE)
        page.band(said, _VALORES, _values(conta.valores))
        page.space(6)
    if paid.descontos:
        page.table(
            _DESCONTOS,
            (
                (
                    _label("dm_debitoCreditoTipo", discount.tipo), discount.descricao or "",
                    *_sides(reais(discount.valor), debit=discount.indicador is DebitoCreditoIndicador.DEBITO),
                )
                for discount in paid.descontos
            ),
        )  # fmt: skip
        page.space(6)
    page.cells([
        ("Liberado (R$)", reais(paid.bruto)), ("Débitos (R$)", reais(paid.debitos)),
        ("Créditos (R$)", reais(paid.creditos)), ("Líquido pago (R$)", reais(paid.liquido)),
    ], shaded=True)  # fmt: skip


def _sides(value: str, *, debit: bool) -> tuple[str, str]:
    return (value, "") if debit else ("", value)


# --- of all ---


def _aside(operadora: Operadora) -> tuple[str, str]:
    return operadora.nome, f"Registro ANS {operadora.registro_ans}"


def _prestador(page: Pages, head: Cabecalho) -> None:
    who = head.prestador
    page.cells(
        [
            ("Prestador", who.nome), ("CNPJ" if who.cnpj else "CPF", who.cnpj or who.cpf), ("CNES", who.cnes),
            ("Código na operadora", head.codigo_prestador),
        ],
        shares=(0.44, 0.22, 0.14, 0.2),
    )  # fmt: skip


def _reais(valores: Valores) -> Iterator[tuple[str, str]]:
    for column, value in zip(_VALORES, _values(valores), strict=True):
        yield f"{column.name} (R$)", value


def _values(valores: Valores) -> tuple[str, str, str]:
    return reais(valores.informado), reais(valores.glosado), reais(valores.liberado)


def _label(table: str, code: str) -> str:
    return table_label(table, code, Versao.V4_01_00) or code
