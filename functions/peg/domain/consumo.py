"""What a PEG uses of what was authorised (invariant 1): which authorised item each line is of, what fits, and back.

A senha is used per item and grau de participação. Whoever writes it does so on condition of a `Saldo`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from conecta_senhas.autorizacoes import DIARIAS, Autorizacao, Item, Situacao
from conecta_senhas.transicoes import BILLABLE
from peg.domain.cobranca import ItemCobrado
from peg.domain.contexto import Alocacao, Caso, Exame, Parte, Senha, is_diaria
from peg.domain.errors import ConsumoError

ZERO: Final = Decimal(0)
_OUTRO_DIA: Final = 2
Uso = tuple[str, int, str]
"""Number of the authorization, `sequencia` of its item (0: the diárias), papel."""


def places(item: ItemCobrado, authorised: Item) -> bool:
    """R26: whether tooth, region and faces are those authorised (faces in any order, no more than those)."""
    asked = authorised.solicitado
    if (item.dente, item.regiao) != (asked.dente, asked.regiao):
        return False
    return set(item.face or "") <= set(asked.face or "")


def usable(caso: Caso, exame: Exame, item: ItemCobrado) -> Iterator[Senha]:
    """The senha of a line, and what was asked on it where this guia could be billed on that by itself."""
    for senha in exame.valida.family() if exame.valida else ():
        if senha is exame.valida or (caso.executes(exame.guia, senha) and senha.covers(item.dia)):
            yield senha


def named(senha: Senha, item: ItemCobrado) -> list[Item]:
    """Items of a senha of that code, authorised or not."""
    held = senha.autorizacao.itens
    return [one for one in held if (one.solicitado.tabela, one.solicitado.codigo) == item.chave]


def candidates(caso: Caso, exame: Exame, item: ItemCobrado) -> list[tuple[Senha, int, Decimal, Item | None]]:
    """Authorised items a line may be of, by code and place: for its day, then for any; for another only if all are.

    Diárias that no item names are those of the stay and its prorrogações.
    """
    found: list[tuple[Senha, int, Decimal, Item | None]] = []
    for senha in usable(caso, exame, item):
        fitting = [held for held in named(senha, item) if held.autorizada > ZERO and places(item, held)]
        found += [(senha, held.sequencia, held.autorizada, held) for held in fitting]
        if not fitting and is_diaria(item) and senha.autorizacao.diarias_autorizadas > 0:
            found.append((senha, DIARIAS, Decimal(senha.autorizacao.diarias_autorizadas), None))
    nearest = sorted(found, key=lambda one: _days_off(one[3], item))
    takes = [one for one in nearest if _days_off(one[3], item) < _OUTRO_DIA]
    return takes or nearest


def _days_off(held: Item | None, item: ItemCobrado) -> int:
    """Planned for its day, for no day, for another."""
    if held is None or held.data_prevista is None:
        return 1
    return 0 if held.data_prevista == item.dia else _OUTRO_DIA


def allocate(caso: Caso, recusados: Collection[tuple[int, int]] = ()) -> dict[tuple[int, int], Alocacao]:
    """What each line on a valid senha uses, first come first served; by (guia, item).

    Args:
        recusados: lines that use nothing, whatever is left.
    """
    used: dict[Uso, Decimal] = defaultdict(Decimal)
    made: dict[tuple[int, int], Alocacao] = {}
    for exame, item in caso.itens():
        if exame.valida is None:
            continue
        key = (exame.guia.sequencia, item.sequencia)
        papeis = caso.contexto.parametros.papeis(item)
        choices = candidates(caso, exame, item)
        elsewhere = choices and _days_off(choices[0][3], item) == _OUTRO_DIA
        other_day = choices[0][3] if elsewhere else None
        if key in recusados:
            made[key] = Alocacao(*key, papeis, (), bool(choices), item.quantidade, other_day)
            continue
        wanted, parts = item.quantidade, []
        for senha, sequencia, authorised, _ in choices:
            numero = senha.numero
            before = (
                senha.faturadas.get((sequencia, papel), ZERO) + used[numero, sequencia, papel] for papel in papeis
            )
            taken = min(wanted, max(authorised - max(before), ZERO))
            if taken > ZERO:
                parts.append(Parte(numero, sequencia, taken))
                wanted -= taken
                for papel in papeis:
                    used[numero, sequencia, papel] += taken
        fits = sum((part.quantidade for part in parts), ZERO)
        made[key] = Alocacao(*key, papeis, tuple(parts), bool(choices), fits, other_day)
    return made


# --- what is written, and its inverse ---


@dataclass(frozen=True, slots=True)
class Consumo:
    """What a PEG uses of one authorization: what is written on it in one act.

    Attributes:
        quantidades: by item and papel.
        guias: places of the guias that use it.
    """

    numero: str
    quantidades: Mapping[tuple[int, str], Decimal]
    guias: frozenset[int]


def fold(alocacoes: Iterable[Alocacao], guias: Collection[int] | None = None) -> tuple[Consumo, ...]:
    """A PEG's use by authorization, in order of number.

    Args:
        guias: only theirs (one that is withdrawn); `None` is all.
    """
    quantities: dict[str, dict[tuple[int, str], Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    places_of: dict[str, set[int]] = defaultdict(set)
    for one in alocacoes:
        if guias is not None and one.guia not in guias:
            continue
        for part in one.partes:
            places_of[part.numero].add(one.guia)
            for papel in one.papeis:
                quantities[part.numero][part.sequencia, papel] += part.quantidade
    return tuple(
        Consumo(numero, dict(quantities[numero]), frozenset(places_of[numero])) for numero in sorted(places_of)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Saldo:
    """What an authorization still gives: its small row, as `peg` may change it.

    Attributes:
        autorizadas: by item; diárias under 0.
        faturadas: by item and papel.
        situacao: invariant 3: what is cancelled is not used.
        pegs: protocolos that use it, and `protocolo#guia` of guias withdrawn since: nothing is used or freed twice.
    """

    numero: str
    autorizadas: Mapping[int, Decimal]
    faturadas: Mapping[tuple[int, str], Decimal] = field(default_factory=dict)
    pegs: frozenset[str] = frozenset()
    situacao: Situacao = Situacao.AUTORIZADA

    def left(self, sequencia: int, papel: str) -> Decimal:
        """What is left of an item for a papel."""
        return self.autorizadas.get(sequencia, ZERO) - self.faturadas.get((sequencia, papel), ZERO)

    def highest(self, sequencia: int) -> Decimal:
        """Highest quantity billed of an item by any papel: `Item.faturada`."""
        mine = (quantity for (item, _), quantity in self.faturadas.items() if item == sequencia)
        return max(mine, default=ZERO)


def saldo_of(autorizacao: Autorizacao, faturadas: Mapping[tuple[int, str], Decimal], pegs: Iterable[str] = ()) -> Saldo:
    """What an authorization gives, with what was billed of it."""
    authorised = {item.sequencia: item.autorizada for item in autorizacao.itens}
    authorised[DIARIAS] = Decimal(autorizacao.diarias_autorizadas)
    return Saldo(
        numero=autorizacao.numero, autorizadas=authorised, faturadas=dict(faturadas), pegs=frozenset(pegs),
        situacao=autorizacao.situacao,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Falta:
    """What does not fit."""

    numero: str
    sequencia: int
    papel: str
    pedida: Decimal
    resta: Decimal


def missing(saldo: Saldo, consumo: Consumo) -> Iterator[Falta]:
    """All that does not fit; nothing when it does."""
    for (sequencia, papel), quantity in consumo.quantidades.items():
        if quantity > (left := saldo.left(sequencia, papel)):
            yield Falta(consumo.numero, sequencia, papel, quantity, left)


def use(saldo: Saldo, consumo: Consumo, peg: str) -> Saldo:
    """The same with a PEG's use; once more changes nothing.

    Raises:
        ConsumoError: it does not fit, is of another authorization, or this one was cancelled meanwhile.
    """
    if peg in saldo.pegs:
        return saldo
    if saldo.numero != consumo.numero or saldo.situacao not in BILLABLE or any(missing(saldo, consumo)):
        raise ConsumoError(consumo.numero)
    held = defaultdict(Decimal, saldo.faturadas)
    for key, quantity in consumo.quantidades.items():
        held[key] += quantity
    return replace(saldo, faturadas=dict(held), pegs=saldo.pegs | {peg})


def free(saldo: Saldo, consumo: Consumo, peg: str, guia: int | None = None) -> Saldo:
    """The inverse, for a PEG that is cancelled or one guia withdrawn; once more changes nothing.

    Args:
        consumo: of the guia; of a PEG, of its guias that were not withdrawn.
        guia: place of the one withdrawn; none is the whole PEG.

    Raises:
        ConsumoError: more than was used.
    """
    mark = f"{peg}#{guia}"
    if peg not in saldo.pegs or mark in saldo.pegs:
        return saldo
    held = defaultdict(Decimal, saldo.faturadas)
    for key, quantity in consumo.quantidades.items():
        held[key] -= quantity
        if held[key] < ZERO:
            raise ConsumoError(consumo.numero)
    kept = {key: quantity for key, quantity in held.items() if quantity > ZERO}
    others = frozenset(one for one in saldo.pegs if one.partition("#")[0] != peg)
    pegs = others if guia is None else saldo.pegs | {mark}
    return replace(saldo, faturadas=kept, pegs=pegs)


def increments(before: Saldo, after: Saldo) -> dict[int, Decimal]:
    """By how much the highest quantity billed of each item rose (or fell): what `transicoes.bill` and `unbill` take."""
    items = {sequencia for sequencia, _ in (*before.faturadas, *after.faturadas)}
    steps = {sequencia: after.highest(sequencia) - before.highest(sequencia) for sequencia in sorted(items)}
    return {sequencia: step for sequencia, step in steps.items() if step != ZERO}
