"""Keys of the `beneficiarios` table, and how a life is found: by carteira, by an old number of it, or by CPF.

Only pseudonyms are in keys. The table holds nothing but lives: who may read it is decided by its ARN.

| pk | sk | what |
|---|---|---|
| `OPERADORA#<registroANS>#CARTEIRA#<pseudonym>` | `BENEFICIARIO` | a carteira (`Beneficiario`) |
| `OPERADORA#<registroANS>#CARTEIRA#<pseudonym>` | `ANTERIOR` | a replaced number |

An `ANTERIOR` holds the pseudonym of the present number in `dados.carteira`.

Index `busca` (every attribute): `OPERADORA#<registroANS>#CPF#<pseudonym>`, `CARTEIRA#<pseudonym>`: all carteiras of a
person at an operadora.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conecta_edge.dynamodb import batch_get, query_all
from conecta_edge.items import dados
from conecta_edge.parallel import gather
from conecta_facts import codec
from conecta_facts.beneficiarios import Beneficiario

if TYPE_CHECKING:
    from conecta_edge.dynamodb import Item
    from conecta_edge.pseudonyms import Pseudonyms

Key = dict[str, str]
INDEX = "busca"
RENUMBERINGS: Final = 4
"""How often a number may have been replaced and still be followed to the present one."""


def carteira_pk(registro_ans: str, pseudonym: str) -> str:
    """`OPERADORA#<registroANS>#CARTEIRA#<pseudonym>`."""
    return f"OPERADORA#{registro_ans}#CARTEIRA#{pseudonym}"


def beneficiario_key(registro_ans: str, pseudonym: str) -> Key:
    """A carteira, sk `BENEFICIARIO`."""
    return {"pk": carteira_pk(registro_ans, pseudonym), "sk": "BENEFICIARIO"}


def anterior_key(registro_ans: str, pseudonym: str) -> Key:
    """A replaced number, sk `ANTERIOR`."""
    return {"pk": carteira_pk(registro_ans, pseudonym), "sk": "ANTERIOR"}


def cpf_pk(registro_ans: str, pseudonym: str) -> str:
    """`OPERADORA#<registroANS>#CPF#<pseudonym>`, of the index."""
    return f"OPERADORA#{registro_ans}#CPF#{pseudonym}"


def cpf_busca(registro_ans: str, pseudonym: str, carteira: str) -> Key:
    """Where a carteira lies in the index `busca`."""
    return {"busca_pk": cpf_pk(registro_ans, pseudonym), "busca_sk": f"CARTEIRA#{carteira}"}


def read(item: Item | None) -> Beneficiario | None:
    """The life an item holds; `None` without one, or when it was erased at the person's request."""
    if item is None or item.get("eliminado"):
        return None
    return codec.build(Beneficiario, dados(item))


class DynamoBeneficiarios:
    """Lives by what a prestador knows of them."""

    def __init__(self, client: Any, table: str, pseudonyms: Pseudonyms) -> None:
        self._client = client
        self._table = table
        self._pseudonyms = pseudonyms

    def by_carteiras(self, asked: Sequence[tuple[str, str]]) -> list[Beneficiario | None]:
        """Lives by (registro ANS, number), in the order asked, by their present or a replaced number.

        One round trip per hundred keys (two keys each, together); one more for each time a number was replaced.
        """
        return self._find([(registro, self._pseudonyms.carteira(registro, numero)) for registro, numero in asked])

    def _find(self, wanted: Sequence[tuple[str, str]], hops: int = RENUMBERINGS) -> list[Beneficiario | None]:
        keys = [(self._table, make(*who)) for who in wanted for make in (beneficiario_key, anterior_key)]
        rows = batch_get(self._client, keys)
        present, former = rows[0::2], rows[1::2]
        moved = {
            n: (wanted[n][0], dados(alias)["carteira"])
            for n, alias in enumerate(former)
            if hops and alias is not None and _replaced(present[n], alias)
        }
        current = dict(zip(moved, self._find(list(moved.values()), hops - 1), strict=True)) if moved else {}
        return [current[n] if n in current else read(row) for n, row in enumerate(present)]

    def by_cpfs(self, asked: Sequence[tuple[str, str]]) -> list[tuple[Beneficiario, ...]]:
        """All carteiras of each (registro ANS, CPF), in the order asked; one Query each, at the same time."""
        return gather([partial(self._by_cpf, *key) for key in asked])

    def _by_cpf(self, registro_ans: str, cpf: str) -> tuple[Beneficiario, ...]:
        pk = cpf_pk(registro_ans, self._pseudonyms.cpf(registro_ans, cpf))
        rows = query_all(self._client, self._table, pk, index=INDEX)
        told = [(life, str(row.get("fonte", ""))) for row in rows if (life := read(row)) is not None]
        # A file that renumbers a carteira may leave the old number's row as it was: it is nobody's any more.
        replaced = {life.carteira_anterior: fonte for life, fonte in told if life.carteira_anterior is not None}
        return tuple(
            life
            for life, fonte in told
            if life.numero_carteira not in replaced or fonte > replaced[life.numero_carteira]
        )


def _replaced(present: Item | None, alias: Item) -> bool:
    """Whether a number leads to another: what was told of it last counts, and of one file the replacement."""
    return present is None or str(present.get("fonte", "")) <= str(alias.get("fonte", ""))
