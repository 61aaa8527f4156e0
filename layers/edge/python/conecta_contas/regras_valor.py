"""Rules upon values: what the contract pays, by via de acesso, grau and hour. Below it, the value informed stays.

A value that is already reduced, with a factor of 1, is as good as the whole value with its factor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from conecta_contas.cobranca import UM, ItemCobrado
from conecta_contas.contexto import PACOTES, ZERO, Apontamento, Caso, Exame, regra
from conecta_senhas.contexto import CONTRATO
from conecta_tiss.vocabulary.amounts import produto
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import Tabela

CIRURGIAS: Final = "3"
"""How codes of surgery and other invasive procedures begin in table 22."""
_Ato = tuple[str, date, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Limite:
    """What may be paid for a line that is billed above it.

    Attributes:
        unitario: reais of one unit, before the factor; `None` when no price is known.
        fator: highest `reducaoAcrescimo`.
        pelo_fator: reais above it because of the factor.
        pelo_preco: reais above it because of the price.
    """

    unitario: Decimal | None
    fator: Decimal
    pelo_fator: Decimal
    pelo_preco: Decimal


def limite(caso: Caso, item: ItemCobrado, factor: Decimal) -> Limite | None:
    """What may be paid for a line whose act, and hour, give it a factor; `None` when it asks for no more."""
    unit = _unit(caso, item)
    over, dear = item.fator > factor, unit is not None and item.valor_unitario > unit
    if not (over or dear):
        return None
    most = produto(item.quantidade, item.valor_unitario if unit is None else unit, min(item.fator, factor))
    excess = max(item.valor - most, ZERO)
    by_factor = min(excess, item.valor - produto(item.quantidade, item.valor_unitario, factor)) if over else ZERO
    return Limite(unit, factor, by_factor, excess - by_factor)


def _unit(caso: Caso, item: ItemCobrado) -> Decimal | None:
    """Price of one unit for the whole team of the line; none when that of some grau is not known."""
    price = caso.preco(item)
    if price is None or not item.graus:
        return price
    share = caso.fracao(item)
    return None if share is None else price * share


def _surcharged(caso: Caso, item: ItemCobrado) -> bool:
    """Whether urgência adds to the price: at night, and on days that are no business days."""
    if item.tabela != Tabela.PROCEDIMENTOS_E_EVENTOS:
        return False
    rules, at = caso.contexto.parametros, item.hora
    night = at is not None and (at >= rules.noite_de or at < rules.noite_ate)
    return night or not caso.contexto.calendario.util(item.dia, caso.contexto.uf)


def vias(caso: Caso) -> dict[tuple[int, int], Decimal]:
    """Factor of each line by via de acesso: of the procedures of one act the dearest is whole, the others by their via.

    An act is what one grau does to a life on a day; surgery of which no via is told is whole. By (guia, item).
    """
    acts: dict[_Ato, list[tuple[Decimal, int, int, str]]] = {}
    for exame, item in caso.itens():
        told = item.via_acesso is not None or item.codigo.startswith(CIRURGIAS)
        if told and item.tabela == Tabela.PROCEDIMENTOS_E_EVENTOS:
            worth = caso.preco(item) or item.valor_unitario
            act = (
                exame.vida.id if exame.vida else exame.guia.carteira,
                item.dia,
                caso.papeis(item),
            )
            acts.setdefault(act, []).append((worth, -exame.guia.sequencia, -item.sequencia, item.via_acesso or ""))
    table = caso.contexto.parametros.fator_por_via
    found: dict[tuple[int, int], Decimal] = {}
    for lines in acts.values():
        dearest = max(lines)
        for line in lines:
            found[-line[1], -line[2]] = UM if line is dearest else table.get(line[3], UM)
    return found


def _limits(caso: Caso) -> tuple[tuple[Exame, ItemCobrado, Limite], ...]:
    if "limites" not in caso.guardado:
        factors, surcharge = vias(caso), UM + caso.contexto.parametros.acrescimo_urgencia
        found: list[tuple[Exame, ItemCobrado, Limite]] = []
        for exame in caso.exames:
            place, urgent = exame.guia.sequencia, exame.urgencia
            for item in exame.guia.itens:
                via = factors.get((place, item.sequencia), UM) if factors else UM
                if urgent and _surcharged(caso, item):
                    via *= surcharge
                if (most := limite(caso, item, via)) is not None:
                    found.append((exame, item, most))
        caso.guardado["limites"] = tuple(found)
    limits: tuple[tuple[Exame, ItemCobrado, Limite], ...] = caso.guardado["limites"]
    return limits


@regra("COB-FATOR", "§10", base=CONTRATO, dados="contratos")
def fator(caso: Caso) -> Iterator[Apontamento]:
    """The factor is not above via de acesso 100/50/70 % and the surcharge of urgência: the rest is taken (1716)."""
    for exame, item, most in _limits(caso):
        if most.pelo_fator > ZERO:
            yield caso.achado(
                Motivo.REDUCAO_ACRESCIMO_FORA_DA_TABELA, "O fator de redução ou acréscimo é maior que o do contrato.",
                "Corrija o fator pela via de acesso e pelo horário.", exame, item, campo="reducaoAcrescimo",
                visto=str(item.fator), esperado=f"até {most.fator.normalize():f}", retirado=most.pelo_fator,
            )  # fmt: skip


_ACIMA: Final = "O valor é maior que o do contrato."


@regra("COB-PRECO", "§10", base=CONTRATO, dados="precos")
def preco(caso: Caso) -> Iterator[Apontamento]:
    """Above the contract's price, the contract's is paid and the rest is taken (1705; of a package 1704; 1705)."""
    for exame, item, most in _limits(caso):
        if most.pelo_preco > ZERO:
            package = item.tabela in PACOTES
            yield caso.achado(
                Motivo.PACOTE_ACIMA_DO_ACORDADO if package else Motivo.VALOR_ACIMA_DO_CONTRATADO, _ACIMA,
                "Cobre o valor do contrato; a diferença não é paga.", exame, item, campo="valorUnitario",
                visto=f"{item.valor_unitario:.2f}", esperado=f"{most.unitario:.2f}", retirado=most.pelo_preco,
            )  # fmt: skip
