"""What a PEG uses of what was authorised (invariant 1): which authorised item each line is of, and what fits.

A senha is used per item and grau de participação, by each guia of each PEG (`conecta_senhas.usos`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from conecta_contas.cobranca import ItemCobrado
from conecta_contas.contexto import Alocacao, Caso, Exame, Parte, Senha
from conecta_senhas.autorizacoes import DIARIAS, Item
from conecta_senhas.usos import Chave, Uso, guia_key

ZERO: Final = Decimal(0)
_OUTRO_DIA: Final = 2


def places(item: ItemCobrado, authorised: Item) -> bool:
    """R26: whether tooth, region and faces are those authorised (faces in any order, no more than those)."""
    asked = authorised.solicitado
    if item.dente != asked.dente or item.regiao != asked.regiao:
        return False
    return not item.face or set(item.face) <= set(asked.face or "")


def usable(caso: Caso, exame: Exame, item: ItemCobrado) -> Sequence[Senha]:
    """The senha of a line, and what was asked on it where this guia could be billed on that by itself."""
    own = exame.valida
    if own is None or not own.complementos:
        return (own,) if own is not None else ()
    return [
        senha for senha in own.family() if senha is own or (caso.executes(exame.guia, senha) and senha.covers(item.dia))
    ]


def named(senha: Senha, item: ItemCobrado) -> list[Item]:
    """Items of a senha of that code, authorised or not."""
    tabela, codigo = item.chave
    held = senha.autorizacao.itens
    return [one for one in held if one.solicitado.codigo == codigo and one.solicitado.tabela == tabela]


def candidates(caso: Caso, exame: Exame, item: ItemCobrado) -> list[tuple[Senha, int, Decimal, Item | None]]:
    """Authorised items a line may be of, by code and place: for its day, then for any; for another only if all are.

    Diárias that no item names are those of the stay and its prorrogações.
    """
    found: list[tuple[Senha, int, Decimal, Item | None]] = []
    for senha in usable(caso, exame, item):
        fitting = [
            (senha, held.sequencia, held.autorizada, held)
            for held in named(senha, item)
            if held.autorizada and places(item, held)
        ]
        found += fitting
        if not fitting and caso.is_diaria(item) and senha.autorizacao.diarias_autorizadas > 0:
            found.append((senha, DIARIAS, Decimal(senha.autorizacao.diarias_autorizadas), None))
    if len(found) <= 1:
        return found
    nearest = sorted(found, key=lambda one: _days_off(one[3], item))
    takes = [one for one in nearest if _days_off(one[3], item) < _OUTRO_DIA]
    return takes or nearest


def _days_off(held: Item | None, item: ItemCobrado) -> int:
    """Planned for its day, for no day, for another."""
    if held is None or held.data_prevista is None:
        return 1
    return 0 if held.planned_for(item.dia) else _OUTRO_DIA


def allocate(caso: Caso, recusados: Collection[tuple[int, int]] = ()) -> dict[tuple[int, int], Alocacao]:
    """What each line on a valid senha uses, first come first served; by (guia, item).

    Args:
        recusados: lines that use nothing, whatever is left.
    """
    used: dict[tuple[str, int, str], Decimal] = {}
    made: dict[tuple[int, int], Alocacao] = {}
    for exame, item in caso.itens():
        if exame.valida is None:
            continue
        key = (exame.guia.sequencia, item.sequencia)
        papeis = caso.papeis(item)
        choices = candidates(caso, exame, item)
        if not choices:
            fits = item.quantidade if key in recusados else ZERO
            made[key] = Alocacao(*key, papeis, (), achada=False, cabem=fits)
            continue
        first = choices[0][3]
        other_day = first if first is not None and _days_off(first, item) == _OUTRO_DIA else None
        if key in recusados:
            made[key] = Alocacao(*key, papeis, (), achada=True, cabem=item.quantidade, outra_data=other_day)
            continue
        wanted, parts = item.quantidade, []
        for senha, sequencia, authorised, _ in choices:
            numero = senha.autorizacao.numero
            keys = [(numero, sequencia, papel) for papel in papeis]
            left = authorised
            if senha.faturadas or not used.keys().isdisjoint(keys):  # else nobody used any of it
                left -= max([senha.faturadas.get(each[1:], ZERO) + used.get(each, ZERO) for each in keys])
            taken = min(wanted, left)
            if taken > ZERO:
                parts.append(Parte(numero, sequencia, taken))
                wanted -= taken
                for each in keys:
                    used[each] = used.get(each, ZERO) + taken
        made[key] = Alocacao(*key, papeis, tuple(parts), True, item.quantidade - wanted, other_day)
    return made


# --- what is written ---


@dataclass(frozen=True, slots=True)
class Consumo:
    """What a PEG uses of one authorization.

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


def usos_of(alocacoes: Iterable[Alocacao], protocolo: str, guias: Collection[int]) -> dict[str, dict[str, Uso]]:
    """What stands on each authorization while those guias of a PEG are billed: by number, then by PEG and guia."""
    found: dict[str, dict[str, dict[Chave, Decimal]]] = {}
    chosen = frozenset(guias)
    for one in alocacoes:
        for part in one.partes if one.guia in chosen else ():
            uso = found.setdefault(part.numero, {}).setdefault(guia_key(protocolo, one.guia), {})
            for papel in one.papeis:
                key = (part.sequencia, papel)
                uso[key] = uso.get(key, ZERO) + part.quantidade
    return {numero: dict(usos) for numero, usos in found.items()}
