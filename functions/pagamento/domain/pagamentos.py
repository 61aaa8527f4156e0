"""Payments: what financeiro paid of which faturas, less and plus what; and debits that wait for the next one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from conecta_tiss.vocabulary.tables import DebitoCreditoIndicador, DebitoCreditoTipo, FormaPagamento
from pagamento.domain.cronograma import Defeito
from pagamento.domain.faturas import Fatura, SituacaoFatura

FATURAS: Final = 80
"""Of one payment: it is one transaction."""
ZERO: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desconto:
    """A debit or credit of a payment (`ct_descontos`).

    Attributes:
        lancamento: id of the lançamento it settles, when it is of one.
    """

    indicador: DebitoCreditoIndicador
    tipo: DebitoCreditoTipo
    valor: Decimal
    descricao: str | None = None
    lancamento: str | None = None


@dataclass(frozen=True, slots=True)
class ItemPago:
    """A fatura that is paid, and how many reais of it: all of them."""

    fatura: str
    valor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Pagamento:
    """What was paid to a prestador on a day.

    Attributes:
        numero: financeiro's own, unique at an operadora; the same one says the same for ever.
        demonstrativo: 12 digits, ours.
        banco, agencia, conta: where it was paid to.
        quem: subject id of who recorded it, or of the load.
    """

    numero: str
    demonstrativo: str
    prestador_id: str
    registro_ans: str
    data: date
    forma: FormaPagamento
    itens: tuple[ItemPago, ...]
    descontos: tuple[Desconto, ...] = ()
    banco: str | None = None
    agencia: str | None = None
    conta: str | None = None
    quem: str
    registrado_em: datetime

    @property
    def bruto(self) -> Decimal:
        """Reais of its faturas."""
        return sum((one.valor for one in self.itens), ZERO)

    @property
    def debitos(self) -> Decimal:
        """Reais taken."""
        return self._of(DebitoCreditoIndicador.DEBITO)

    @property
    def creditos(self) -> Decimal:
        """Reais added."""
        return self._of(DebitoCreditoIndicador.CREDITO)

    @property
    def liquido(self) -> Decimal:
        """Reais that reached the prestador."""
        return self.bruto - self.debitos + self.creditos

    def _of(self, indicador: DebitoCreditoIndicador) -> Decimal:
        return sum((one.valor for one in self.descontos if one.indicador is indicador), ZERO)

    def mesmo(self, outro: Pagamento) -> bool:
        """Whether two of one number say the same, in whatever order; who recorded it, and when, is not said."""
        names = ("prestador_id", "data", "forma", "banco", "agencia", "conta")
        lists = ("itens", "descontos")
        return all(getattr(self, name) == getattr(outro, name) for name in names) and all(
            Counter(getattr(self, name)) == Counter(getattr(outro, name)) for name in lists
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Registro:
    """A payment as financeiro tells it.

    Attributes:
        valor_liquido: reais that were paid: it must be the sum.
    """

    numero: str
    prestador_id: str
    registro_ans: str
    data: date
    forma: FormaPagamento
    itens: tuple[ItemPago, ...]
    valor_liquido: Decimal
    descontos: tuple[Desconto, ...] = ()
    banco: str | None = None
    agencia: str | None = None
    conta: str | None = None


class SituacaoLancamento(StrEnum):
    """Whether a lançamento still waits."""

    ABERTO = "ABERTO"
    LIQUIDADO = "LIQUIDADO"
    CANCELADO = "CANCELADO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lancamento:
    """A debit or credit that the next payment settles: of a PEG paid too much, for example (`dm_debitoCredito`).

    Attributes:
        id: 12 digits; of what a recurso gives back, the protocolo of the recurso.
        fatura: id of the fatura it is about, when it is about one.
        recurso: protocolo of the recurso of before the migration that gives it back.
        motivo: in Portuguese, for the prestador.
        pagamento: number of the payment that settled it.
    """

    id: str
    prestador_id: str
    registro_ans: str
    indicador: DebitoCreditoIndicador
    tipo: DebitoCreditoTipo
    valor: Decimal
    motivo: str
    fatura: str | None = None
    recurso: str | None = None
    situacao: SituacaoLancamento = SituacaoLancamento.ABERTO
    pagamento: str | None = None
    quem: str
    criado_em: datetime
    versao: int = 1


def liquidar(lancamento: Lancamento, pagamento: str) -> Lancamento:
    """A payment settles it."""
    return replace(
        lancamento, situacao=SituacaoLancamento.LIQUIDADO, pagamento=pagamento, versao=lancamento.versao + 1
    )  # fmt: skip


def conferir(
    pagamento: Pagamento,
    liquido: Decimal,
    faturas: Mapping[str, Fatura],
    lancamentos: Mapping[str, Lancamento],
    hoje: date,
) -> tuple[Defeito, ...]:
    """Everything that is wrong with a payment: its sums, its faturas, what it settles.

    Args:
        liquido: reais that financeiro says it paid.
        faturas: those of its prestador at its operadora, by id.
    """
    return tuple(_conferir(pagamento, liquido, faturas, lancamentos, hoje))


def _conferir(
    pagamento: Pagamento, liquido: Decimal, faturas: Mapping[str, Fatura], lancamentos: Mapping[str, Lancamento],
    hoje: date,
) -> Iterator[Defeito]:  # fmt: skip
    if pagamento.data > hoje:
        yield Defeito("data", "data-futura", "Registre o pagamento no dia em que ele é feito, ou depois.")
    if liquido != pagamento.liquido:
        yield Defeito(
            "valor_liquido", "soma-diferente",
            f"A soma dos PEGs, menos débitos, mais créditos, é R$ {pagamento.liquido:.2f}, e não R$ {liquido:.2f}.",
        )  # fmt: skip
    if pagamento.liquido < ZERO:
        yield Defeito("valor_liquido", "liquido-negativo", "Os débitos passam do valor: lance o resto no próximo.")
    yield from _itens(pagamento, faturas)
    yield from _descontos(pagamento, lancamentos)


def _itens(pagamento: Pagamento, faturas: Mapping[str, Fatura]) -> Iterator[Defeito]:
    yield from _repeated("itens", [one.fatura for one in pagamento.itens])
    for place, item in enumerate(pagamento.itens):
        fatura, where = faturas.get(item.fatura), f"itens[{place}]"
        if fatura is None:
            yield Defeito(f"{where}.fatura", "fatura-desconhecida", "Este prestador não tem este PEG para pagar.")
        elif fatura.situacao is not SituacaoFatura.PROGRAMADA:
            yield Defeito(
                f"{where}.fatura", "fatura-nao-pagavel", f"Só se paga o que está PROGRAMADA; está {fatura.situacao}."
            )
        elif pagamento.data < fatura.publicada_em:
            yield Defeito(
                "data", "data-antes-dos-valores",
                f"Os valores de {item.fatura} foram publicados em {fatura.publicada_em:%d/%m/%Y}: informe o dia em que "
                "o pagamento foi feito, nesse ou depois.",
            )  # fmt: skip
        elif fatura.valor != item.valor:
            yield Defeito(
                f"{where}.valor", "valor-diferente",
                f"O valor liberado é R$ {fatura.valor:.2f}; descontos vão em descontos.",
            )  # fmt: skip


def positivo(campo: str, valor: Decimal) -> Iterator[Defeito]:
    """A debit or credit of nothing is a mistake."""
    if valor <= ZERO:
        yield Defeito(campo, "valor-zero", "Um débito ou crédito é de mais do que R$ 0,00: informe o valor.")


def _descontos(pagamento: Pagamento, lancamentos: Mapping[str, Lancamento]) -> Iterator[Defeito]:
    for place, one in enumerate(pagamento.descontos):
        yield from positivo(f"descontos[{place}].valor", one.valor)
    named = [(place, one) for place, one in enumerate(pagamento.descontos) if one.lancamento is not None]
    yield from _repeated("descontos", [str(one.lancamento) for _, one in named])
    for place, desconto in named:
        held = lancamentos.get(str(desconto.lancamento))
        if held is None or held.situacao is not SituacaoLancamento.ABERTO:
            yield Defeito(
                f"descontos[{place}].lancamento", "lancamento-indisponivel",
                "Este prestador não tem este lançamento em aberto.",
            )  # fmt: skip
        elif (held.indicador, held.tipo, held.valor) != (desconto.indicador, desconto.tipo, desconto.valor):
            yield Defeito(
                f"descontos[{place}]", "lancamento-diferente",
                f"O lançamento é de R$ {held.valor:.2f}, indicador {held.indicador}, tipo {held.tipo}: liquide-o "
                "inteiro.",
            )  # fmt: skip


def _repeated(campo: str, ids: Sequence[str]) -> Iterator[Defeito]:
    for one in sorted({each for each in ids if ids.count(each) > 1}):
        yield Defeito(campo, "repetido", f"{one} aparece mais de uma vez no mesmo pagamento.")
