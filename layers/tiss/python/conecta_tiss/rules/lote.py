"""Rules of a lote de guias: numbers, sums, sequences, days.

Amounts are compared with `<` and `>` only: an unreadable one is a quiet NaN, over which no comparison
holds, so a rule is silent about what the schema already refused (`messages.ilegivel`).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from itertools import islice
from typing import TYPE_CHECKING, Final

from conecta_tiss.messages.ilegivel import DATA_ILEGIVEL, NUMERO_ILEGIVEL
from conecta_tiss.messages.lote_guias import (
    Despesa,
    GuiaConsulta,
    GuiaHonorarios,
    GuiaOdonto,
    GuiaResumoInternacao,
    GuiaSpSadt,
    LoteGuias,
)
from conecta_tiss.rules.base import Contexto, Regra, regra
from conecta_tiss.vocabulary.glosas import Motivo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.lote_guias import Guia, ProcedimentoExecutado, ProcedimentoOdonto

    Item = ProcedimentoExecutado | Despesa
    QualquerItem = Item | ProcedimentoOdonto

_CENTAVO: Final = Decimal("0.01")
_ZERO: Final = Decimal(0)
_LOTE: Final = "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:loteGuias"
_DIGITOS_DO_LOTE: Final = 12
_MAIOR_TOTAL: Final = Decimal("99999999.99")


def run(lote: LoteGuias, contexto: Contexto, maximo: int) -> list[Achado]:
    """Findings of all `RULES`, at most `maximo`."""
    with localcontext() as aritmetica:
        aritmetica.traps[InvalidOperation] = False
        return list(islice((achado for uma in RULES for achado in uma(lote, contexto)), maximo))


# --- where things are ---------------------------------------------------------------------------------


def _caminho(lote: LoteGuias, indice: int) -> str:
    return f"{_LOTE}/ans:guiasTISS/ans:{lote.tipo}{_indice(indice, len(lote.guias))}"


def _numero(guia: Guia) -> str | None:
    return guia.numero_guia_prestador.strip()[:20] or None


# Kinds by what they bill. isinstance() with a tuple made once: these tests run for every guia and rule.
_COM_PROCEDIMENTOS: Final = (GuiaSpSadt, GuiaResumoInternacao, GuiaHonorarios)
_COM_DESPESAS: Final = (GuiaSpSadt, GuiaResumoInternacao)


def _procedimentos(guia: Guia) -> tuple[ProcedimentoExecutado, ...]:
    return guia.procedimentos if isinstance(guia, _COM_PROCEDIMENTOS) else ()


def _despesas(guia: Guia) -> tuple[Despesa, ...]:
    return guia.despesas if isinstance(guia, _COM_DESPESAS) else ()


def _itens(guia: Guia) -> tuple[Item, ...]:
    """Items billed by quantity and unit value."""
    return _procedimentos(guia) + _despesas(guia)


def _onde(guia: Guia, item: QualquerItem) -> str:
    """Path of an item's own element inside its guia; positions only among several, as `names.path_of`."""
    if isinstance(item, Despesa):
        return f"ans:outrasDespesas/ans:despesa{_posicao(item, _despesas(guia))}"
    if isinstance(guia, GuiaOdonto):
        return f"ans:procedimentosExecutados{_posicao(item, guia.procedimentos)}"
    posicao = _posicao(item, _procedimentos(guia))
    if isinstance(guia, GuiaHonorarios):
        return f"ans:procedimentosRealizados/ans:procedimentoRealizado{posicao}"
    return f"ans:procedimentosExecutados/ans:procedimentoExecutado{posicao}"


def _valores_em(guia: Guia, item: Item) -> str:
    """Path of the element that holds an item's days, quantities and values."""
    return _onde(guia, item) + ("/ans:servicosExecutados" if isinstance(item, Despesa) else "")


def _posicao(item: QualquerItem, itens: tuple[QualquerItem, ...]) -> str:
    # By identity: two items may be equal. Only findings ask, so a search is cheaper than counting always.
    return _indice(next(indice for indice, outro in enumerate(itens) if outro is item), len(itens))


def _indice(posicao: int, quantos: int) -> str:
    return f"[{posicao + 1}]" if quantos > 1 else ""


def _item(item: QualquerItem) -> int | None:
    return None if item.sequencial_item == NUMERO_ILEGIVEL else item.sequencial_item


def _differ(um: Decimal, outro: Decimal) -> bool:
    return um != outro and (um < outro or um > outro)


def _reais(valor: Decimal) -> str:
    return f"{valor:.2f}"


# --- the lote -----------------------------------------------------------------------------------------


@regra("TISS-LOTE-NUMERO", Motivo.LOTE_SEM_NUMERO, "tiss.md 2: numeroLote is n12 in the reply to a recurso")
def lote_number_is_numeric(esta: Regra[LoteGuias], lote: LoteGuias, contexto: Contexto) -> Iterator[Achado]:
    """`numeroLote` has digits only: a recurso could not carry anything else."""
    numero = lote.numero_lote
    if not numero.strip() or (numero.isascii() and numero.isdigit()) or len(numero) > _DIGITOS_DO_LOTE:
        return
    yield esta.achado(
        contexto,
        "O numeroLote deve ter só algarismos (até 12), para que caiba na resposta de um recurso. Renumere o lote.",
        caminho=f"{_LOTE}/ans:numeroLote",
    )


@regra("TISS-LOTE-TOTAL", Motivo.FORA_DO_PADRAO, "tiss.md 2.3: valorTotalProtocolo of the receipt is d10-2")
def lote_total_fits_its_receipt(esta: Regra[LoteGuias], lote: LoteGuias, contexto: Contexto) -> Iterator[Achado]:
    """The guias together bill no more than a protocolo can say: R$ 99,999,999.99."""
    if lote.valor_total > _MAIOR_TOTAL:
        yield esta.achado(
            contexto,
            f"As guias somam mais de {_reais(_MAIOR_TOTAL)}, o máximo de um protocolo no padrão. Divida o lote.",
            caminho=f"{_LOTE}/ans:guiasTISS",
        )


@regra("TISS-GUIA-DUPLICADA", Motivo.GUIA_JA_APRESENTADA, "tiss.md 2: uniqueness of numeroGuiaPrestador")
def guia_numbers_are_unique(esta: Regra[LoteGuias], lote: LoteGuias, contexto: Contexto) -> Iterator[Achado]:
    """Each guia of a lote has its own number."""
    primeiras: dict[str, int] = {}
    for indice, guia in enumerate(lote.guias):
        numero = _numero(guia)
        if numero is None:
            continue
        primeira = primeiras.setdefault(numero, indice)
        if primeira != indice:
            yield esta.achado(
                contexto,
                f"A guia repete o número da guia na posição {primeira + 1} do lote. Retire-a ou corrija o número.",
                guia=numero,
                caminho=_caminho(lote, indice),
            )


@regra("TISS-GUIA-REGISTRO-ANS", Motivo.REGISTRO_ANS_INVALIDO, "tiss.md 2: registroANS against destino")
def guia_is_for_the_destination(esta: Regra[LoteGuias], lote: LoteGuias, contexto: Contexto) -> Iterator[Achado]:
    """Every guia is of the operadora the message is sent to."""
    destino = contexto.cabecalho.destino.registro_ans
    if not destino:
        return
    for indice, guia in enumerate(lote.guias):
        if guia.registro_ans != destino and guia.registro_ans.strip():
            yield esta.achado(
                contexto,
                "O registroANS da guia não é o do destino da mensagem. Envie-a no lote da operadora dela.",
                guia=_numero(guia),
                caminho=_caminho(lote, indice),
            )


# --- the item -----------------------------------------------------------------------------------------


@regra("TISS-ITEM-VALOR", Motivo.TOTAL_DA_GUIA_DIVERGENTE, "tiss.md 5.1 and 7.1: the factor counts")
def item_total_is_the_product(esta: Regra[LoteGuias], lote: LoteGuias, contexto: Contexto) -> Iterator[Achado]:
    """`valorTotal` is quantity x `valorUnitario` x `reducaoAcrescimo`, give or take one cent of rounding."""
    for indice, guia in enumerate(lote.guias):
        for item in _itens(guia):
            produto = item.quantidade * item.valor_unitario * item.reducao_acrescimo
            if produto == item.valor_total:
                continue
            esperado = produto.quantize(_CENTAVO, ROUND_HALF_UP)
            if abs(esperado - item.valor_total) > _CENTAVO:
                yield esta.achado(
                    contexto,
                    f"O valorTotal do item é {_reais(item.valor_total)}, mas quantidade x valorUnitario x "
                    f"reducaoAcrescimo dá {_reais(esperado)}. Corrija o valor ou os fatores.",
                    guia=_numero(guia),
                    item=_item(item),
                    caminho=f"{_caminho(lote, indice)}/{_valores_em(guia, item)}/ans:valorTotal",
                )


@regra("TISS-ITEM-VALOR-POSITIVO", Motivo.VALOR_ZERO, "tiss.md 5.1: value zero; seguranca.md 2.3: negatives valid")
def item_values_are_positive(esta: Regra[LoteGuias], lote: LoteGuias, contexto: Contexto) -> Iterator[Achado]:
    """What is billed has a value above zero."""
    for indice, guia in enumerate(lote.guias):
        if isinstance(guia, GuiaOdonto):
            yield from _odonto_values(esta, lote, indice, guia, contexto)
            continue
        if isinstance(guia, GuiaConsulta):
            if guia.valor_procedimento <= _ZERO:
                yield esta.achado(
                    contexto,
                    "O valorProcedimento da consulta deve ser maior que zero.",
                    guia=_numero(guia),
                    caminho=f"{_caminho(lote, indice)}/ans:dadosAtendimento/ans:procedimento/ans:valorProcedimento",
                )
            continue
        itens = _itens(guia)
        if not itens and guia.valor_total <= _ZERO:
            yield esta.achado(
                contexto,
                "A guia não cobra nada: não tem itens, e o valor total é zero. Informe os itens, ou retire a guia.",
                guia=_numero(guia),
                caminho=f"{_caminho(lote, indice)}/ans:valorTotal/ans:valorTotalGeral",
            )
        for item in itens:
            if item.valor_total <= _ZERO or item.valor_unitario <= _ZERO:
                campo = "valorTotal" if item.valor_total <= _ZERO else "valorUnitario"
                yield esta.achado(
                    contexto,
                    f"O {campo} do item deve ser maior que zero.",
                    guia=_numero(guia),
                    item=_item(item),
                    caminho=f"{_caminho(lote, indice)}/{_valores_em(guia, item)}/ans:{campo}",
                )


def _odonto_values(
    esta: Regra[LoteGuias], lote: LoteGuias, indice: int, guia: GuiaOdonto, contexto: Contexto
) -> Iterator[Achado]:
    for item in guia.procedimentos:
        franquia_negativa = item.valor_franquia is not None and item.valor_franquia < _ZERO
        if item.valor <= _ZERO or franquia_negativa:
            campo, minimo = ("valorProc", "maior que zero") if item.valor <= _ZERO else ("valorFranquia", "positivo")
            onde = _onde(guia, item)
            yield esta.achado(
                contexto,
                f"O {campo} do item deve ser {minimo}.",
                guia=_numero(guia),
                item=_item(item),
                caminho=f"{_caminho(lote, indice)}/{onde}/ans:{campo}",
            )


@regra("TISS-ITEM-QUANTIDADE", Motivo.QUANTIDADE_ZERO, "tiss.md 5: table 38, quantity above zero")
def item_quantities_are_positive(esta: Regra[LoteGuias], lote: LoteGuias, contexto: Contexto) -> Iterator[Achado]:
    """What is billed was done at least once."""
    for indice, guia in enumerate(lote.guias):
        if isinstance(guia, GuiaOdonto):
            for feito in guia.procedimentos:
                if feito.quantidade <= _ZERO:
                    onde = f"{_onde(guia, feito)}/ans:qtdProc"
                    yield _quantity_finding(esta, contexto, guia, _item(feito), f"{_caminho(lote, indice)}/{onde}")
            continue
        for item in _itens(guia):
            if item.quantidade <= _ZERO:
                onde = f"{_valores_em(guia, item)}/ans:quantidadeExecutada"
                yield _quantity_finding(esta, contexto, guia, _item(item), f"{_caminho(lote, indice)}/{onde}")


def _quantity_finding(esta: Regra[LoteGuias], contexto: Contexto, guia: Guia, item: int | None, caminho: str) -> Achado:
    return esta.achado(
        contexto,
        "A quantidade do item deve ser maior que zero.",
        guia=_numero(guia),
        item=item,
        caminho=caminho,
    )


@regra("TISS-ITEM-SEQUENCIA", Motivo.SEQUENCIAL_INVALIDO, "tiss.md 5.1 and 7.1: despesas may start again at 1")
def item_numbers_are_a_sequence(esta: Regra[LoteGuias], lote: LoteGuias, contexto: Contexto) -> Iterator[Achado]:
    """Items are numbered 1 to n, in any order; despesas start again at 1 or go on after the procedures."""
    for indice, guia in enumerate(lote.guias):
        itens = guia.procedimentos if isinstance(guia, GuiaOdonto) else _procedimentos(guia)
        despesas = _despesas(guia)
        numeros = [item.sequencial_item for item in itens]
        das_despesas = [despesa.sequencial_item for despesa in despesas]
        if _is_sequence(numeros, das_despesas):
            continue
        base = len(numeros) if das_despesas and min(das_despesas) > len(numeros) else 0
        errados: list[QualquerItem] = [itens[posicao] for posicao in _out_of_sequence(numeros, 0)]
        errados += [despesas[posicao] for posicao in _out_of_sequence(das_despesas, base)]
        for item in errados:
            yield esta.achado(
                contexto,
                "O sequencialItem está repetido ou fora da sequência. Numere os itens da guia de 1 em diante.",
                guia=_numero(guia),
                item=_item(item),
                caminho=f"{_caminho(lote, indice)}/{_onde(guia, item)}/ans:sequencialItem",
            )


def _is_sequence(procedimentos: list[int], despesas: list[int]) -> bool:
    todos = procedimentos + despesas
    if NUMERO_ILEGIVEL in todos:
        return True  # the schema says which number is unreadable; the others cannot be judged
    if todos == [*range(1, len(todos) + 1)]:
        return True
    if sorted(todos) == [*range(1, len(todos) + 1)]:
        return True
    return sorted(procedimentos) == [*range(1, len(procedimentos) + 1)] and sorted(despesas) == [
        *range(1, len(despesas) + 1)
    ]


def _out_of_sequence(numeros: list[int], base: int) -> Iterator[int]:
    vistos: set[int] = set()
    for posicao, numero in enumerate(numeros):
        if numero in vistos or not base < numero <= base + len(numeros):
            yield posicao
        vistos.add(numero)


# --- the guia -----------------------------------------------------------------------------------------

_CATEGORIAS: Final = (
    ("procedimentos", "procedimentos", "valorProcedimentos"),
    ("01", "gases_medicinais", "valorGasesMedicinais"),
    ("02", "medicamentos", "valorMedicamentos"),
    ("03", "materiais", "valorMateriais"),
    ("05", "diarias", "valorDiarias"),
    ("07", "taxas_alugueis", "valorTaxasAlugueis"),
    ("08", "opme", "valorOPME"),
)


@regra("TISS-GUIA-CATEGORIA", Motivo.TOTAL_DA_GUIA_DIVERGENTE, "tiss.md 5.1: item totals against guia totals")
def category_totals_add_up(esta: Regra[LoteGuias], lote: LoteGuias, contexto: Contexto) -> Iterator[Achado]:
    """Each category's total, where given, is the sum of its items."""
    for indice, guia in enumerate(lote.guias):
        if not isinstance(guia, _COM_DESPESAS):
            continue
        valores = guia.valores
        somas: dict[str, Decimal] = {}
        for despesa in guia.despesas:
            anterior = somas.get(despesa.codigo_despesa, _ZERO)
            somas[despesa.codigo_despesa] = anterior + despesa.valor_total
        somas["procedimentos"] = _soma(guia.procedimentos)
        for categoria, campo, elemento in _CATEGORIAS:
            informado = getattr(valores, campo)
            if informado is None:
                continue
            soma = somas.get(categoria, _ZERO)
            if _differ(informado, soma):
                yield esta.achado(
                    contexto,
                    f"O {elemento} da guia é {_reais(informado)}, mas seus itens somam {_reais(soma)}. "
                    "Corrija o total ou os itens.",
                    guia=_numero(guia),
                    caminho=f"{_caminho(lote, indice)}/ans:valorTotal/ans:{elemento}",
                )


@regra("TISS-GUIA-TOTAL", Motivo.TOTAL_DA_GUIA_DIVERGENTE, "tiss.md 5.1: item totals against guia total")
def guia_total_adds_up(esta: Regra[LoteGuias], lote: LoteGuias, contexto: Contexto) -> Iterator[Achado]:
    """The guia's grand total is the sum of its items."""
    for indice, guia in enumerate(lote.guias):
        if isinstance(guia, GuiaConsulta):
            continue
        for onde, informado, somas in _totals(guia):
            if informado not in somas and all(_differ(informado, soma) for soma in somas):
                yield esta.achado(
                    contexto,
                    f"O {onde.rpartition(':')[2]} da guia é {_reais(informado)}, mas seus itens somam "
                    f"{_reais(somas[0])}. Corrija o total ou os itens.",
                    guia=_numero(guia),
                    caminho=f"{_caminho(lote, indice)}/{onde}",
                )


def _totals(
    guia: GuiaSpSadt | GuiaResumoInternacao | GuiaHonorarios | GuiaOdonto,
) -> Iterator[tuple[str, Decimal, list[Decimal]]]:
    """Path, amount informed, and the sums any of which it may be."""
    if isinstance(guia, GuiaHonorarios):
        yield "ans:valorTotalHonorarios", guia.valor_total_honorarios, [_soma(guia.procedimentos)]
    elif isinstance(guia, GuiaOdonto):
        itens = guia.procedimentos
        # valorProc is written as the value of the line or of one unit: both habits are accepted.
        por_linha = sum((item.valor for item in itens), _ZERO)
        por_unidade = sum((item.valor * item.quantidade for item in itens), _ZERO)
        yield "ans:valorTotalProc", guia.valor_total_procedimentos, [por_linha, por_unidade]
        if guia.valor_total_franquia is not None:
            por_linha = sum((item.valor_franquia or _ZERO for item in itens), _ZERO)
            por_unidade = sum(((item.valor_franquia or _ZERO) * item.quantidade for item in itens), _ZERO)
            yield "ans:valorTotalFranquia", guia.valor_total_franquia, [por_linha, por_unidade]
    else:
        soma = _soma(guia.procedimentos) + _soma(guia.despesas)
        yield "ans:valorTotal/ans:valorTotalGeral", guia.valores.total_geral, [soma]


def _soma(itens: Iterable[Item]) -> Decimal:
    return sum((item.valor_total for item in itens), _ZERO)


# --- days ---------------------------------------------------------------------------------------------


@regra("TISS-DATA-FUTURA", Motivo.DATA_FUTURA, "tiss.md 5.1: service date in the future")
def days_are_not_in_the_future(esta: Regra[LoteGuias], lote: LoteGuias, contexto: Contexto) -> Iterator[Achado]:
    """Nothing billed happened after today."""
    hoje = contexto.hoje
    for indice, guia in enumerate(lote.guias):
        for dia, onde in _days_of_guia(guia):
            if dia is not None and dia > hoje:
                yield _future_finding(esta, contexto, guia, None, f"{_caminho(lote, indice)}/{onde}")
        for item in _itens(guia):
            if item.data_execucao > hoje:
                onde = f"{_valores_em(guia, item)}/ans:dataExecucao"
                yield _future_finding(esta, contexto, guia, _item(item), f"{_caminho(lote, indice)}/{onde}")
        if isinstance(guia, GuiaOdonto):
            for feito in guia.procedimentos:
                if feito.data_realizacao > hoje:
                    onde = f"{_onde(guia, feito)}/ans:dataRealizacao"
                    yield _future_finding(esta, contexto, guia, _item(feito), f"{_caminho(lote, indice)}/{onde}")


def _future_finding(esta: Regra[LoteGuias], contexto: Contexto, guia: Guia, item: int | None, caminho: str) -> Achado:
    return esta.achado(
        contexto,
        f"O campo {caminho.rpartition(':')[2]} é posterior ao dia do envio. Corrija a data.",
        guia=_numero(guia),
        item=item,
        caminho=caminho,
    )


def _days_of_guia(guia: Guia) -> Iterator[tuple[date | None, str]]:
    """The guia's own days that cannot be in the future, with their paths inside it."""
    match guia:
        case GuiaSpSadt():
            if guia.autorizacao is not None:
                yield guia.autorizacao.data_autorizacao, "ans:dadosAutorizacao/ans:dataAutorizacao"
            yield guia.data_solicitacao, "ans:dadosSolicitacao/ans:dataSolicitacao"
        case GuiaResumoInternacao():
            yield guia.autorizacao.data_autorizacao, "ans:dadosAutorizacao/ans:dataAutorizacao"
            yield guia.data_inicio_faturamento, "ans:dadosInternacao/ans:dataInicioFaturamento"
            yield guia.data_final_faturamento, "ans:dadosInternacao/ans:dataFinalFaturamento"
        case GuiaHonorarios():
            yield guia.data_inicio_faturamento, "ans:dadosInternacao/ans:dataInicioFaturamento"
            yield guia.data_fim_faturamento, "ans:dadosInternacao/ans:dataFimFaturamento"
            yield guia.data_emissao_guia, "ans:dataEmissaoGuia"
        case GuiaConsulta():
            yield guia.data_atendimento, "ans:dadosAtendimento/ans:dataAtendimento"
        case _:
            yield guia.data_autorizacao, "ans:dataAutorizacao"


@regra("TISS-PERIODO", Motivo.DATA_INCORRETA, "tiss.md 5.1: bad date")
def billed_period_is_ordered(esta: Regra[LoteGuias], lote: LoteGuias, contexto: Contexto) -> Iterator[Achado]:
    """The period billed does not end before it begins."""
    for indice, guia in enumerate(lote.guias):
        if isinstance(guia, GuiaResumoInternacao):
            fim, elemento = guia.data_final_faturamento, "dataFinalFaturamento"
        elif isinstance(guia, GuiaHonorarios):
            fim, elemento = guia.data_fim_faturamento, "dataFimFaturamento"
        else:
            continue
        if fim < guia.data_inicio_faturamento and fim != DATA_ILEGIVEL:
            yield esta.achado(
                contexto,
                f"O campo {elemento} é anterior a dataInicioFaturamento. Corrija o período.",
                guia=_numero(guia),
                caminho=f"{_caminho(lote, indice)}/ans:dadosInternacao/ans:{elemento}",
            )


RULES: Final[tuple[Regra[LoteGuias], ...]] = (
    lote_number_is_numeric,
    lote_total_fits_its_receipt,
    guia_numbers_are_unique,
    guia_is_for_the_destination,
    item_numbers_are_a_sequence,
    item_quantities_are_positive,
    item_values_are_positive,
    item_total_is_the_product,
    category_totals_add_up,
    guia_total_adds_up,
    days_are_not_in_the_future,
    billed_period_is_ordered,
)
"""Rules of a lote, in the order they are told."""
