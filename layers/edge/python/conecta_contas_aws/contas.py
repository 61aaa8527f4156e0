"""PEGs and dossiers read as they are stored. What follows from a row's key or from the rest of it is not in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from conecta_contas.analise import Recuperado
from conecta_contas.dossies import Dossie
from conecta_contas.errors import DossieMissingError
from conecta_contas.pegs import Peg, SituacaoPeg
from conecta_contas_aws import chaves
from conecta_edge import objects, packed, protocolos
from conecta_edge.dynamodb import get_item, query_page
from conecta_facts import codec

LOTES: Final = "lote_tiss"
"""The finalidade of most messages; a row names another one."""
_CENT: Final = Decimal("0.01")
_AMOUNTS: Final = ("valor_informado", "valor_retirado", "valor_glosado")


def implied(held: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from the rest: where a file that came by upload lies, and its answer; the month."""
    registro, prestador = held["registro_ans"], held["prestador_id"]
    return {
        "competencia": f"20{protocolos.month_of(held['protocolo'])}",
        "chave_xml": f"t/{registro}/{prestador}/{held.get('finalidade', LOTES)}/{held['sha256']}",
        "chave_recebimento": objects.answer_key(registro, prestador, held["upload_id"], "xml"),
    }


def from_item(row: Mapping[str, Any]) -> Peg:
    """A row with its key as a PEG; rows of earlier releases say more than they need."""
    prestador_id, protocolo = chaves.identity(row)
    held = {**row, "prestador_id": prestador_id, "protocolo": protocolo}
    amounts = {name: row[name].quantize(_CENT) for name in _AMOUNTS if name in row}
    given = [{**one, "valor": one["valor"].quantize(_CENT)} for one in row.get("recuperacoes", ())]
    return codec.build(Peg, {**implied(held), **held, **amounts, "recuperacoes": given})


def get(client: Any, table: str, prestador_id: str, protocolo: str) -> Peg | None:
    """One PEG of a tenant, in any state: one consistent GetItem."""
    row = get_item(client, table, chaves.peg_key(prestador_id, protocolo))
    return from_item(row) if row else None


def prestador_of(client: Any, table: str, registro_ans: str, protocolo: str) -> str | None:
    """Whose a PEG of an operadora is: one consistent GetItem."""
    row = get_item(client, table, chaves.ponteiro_key(registro_ans, protocolo))
    return row["prestador_id"] if row else None


def month(
    client: Any, table: str, prestador_id: str, competencia: str, *, position: Mapping[str, str] | None, limit: int
) -> tuple[list[Peg], dict[str, str] | None]:
    """Visible PEGs received in a month (`AAAAMM`), newest first, and where the next ones start: one Query."""
    pk = chaves.month_pk(prestador_id, competencia[2:])
    rows, last = query_page(
        client, table, "pk = :pk", {":pk": pk}, position, limit, IndexName=chaves.RECEPCAO, forward=False
    )  # fmt: skip
    return [from_item(row) for row in rows], last


def dossie(client: Any, bucket: str, peg: Peg) -> Dossie:
    """The dossier that a PEG's row names.

    Raises:
        DossieMissingError: it is not there.
    """
    key = chaves.dossie_key(peg, peg.dossie)
    if not peg.dossie or (found := packed.read(client, bucket, key)) is None:
        raise DossieMissingError(key)
    return codec.build(Dossie, found)


def keep_acatados(
    client: Any, bucket: str, registro_ans: str, prestador_id: str, *, recurso: str, partes: Sequence[Recuperado]
) -> str:
    """Keep what a recurso gives back; answers its key. The same again is the same."""

    def key(token: str) -> str:
        return chaves.acatados_key(registro_ans, prestador_id, recurso, token)

    return key(packed.keep(client, bucket, key, [codec.plain(one) for one in partes]))


def acatados(client: Any, bucket: str, key: str) -> tuple[Recuperado, ...]:
    """What was kept under a key that `keep_acatados` answered.

    Raises:
        DossieMissingError: it is not there.
    """
    found = packed.read(client, bucket, key)
    if found is None:
        raise DossieMissingError(key)
    return tuple(codec.build(Recuperado, one) for one in found)


class DynamoContas:
    """PEGs as other contexts than `peg` read them: none that is being written yet."""

    def __init__(self, client: Any, table: str, s3: Any, bucket: str) -> None:
        self._client = client
        self._table = table
        self._s3 = s3
        self._bucket = bucket

    def peg(self, prestador_id: str, protocolo: str) -> Peg | None:
        """See `get`."""
        held = get(self._client, self._table, prestador_id, protocolo)
        return None if held is None or held.situacao is SituacaoPeg.PREPARANDO else held

    def dossie(self, peg: Peg) -> Dossie:
        """See `dossie`."""
        return dossie(self._s3, self._bucket, peg)

    def prestador_of(self, registro_ans: str, protocolo: str) -> str | None:
        """See `prestador_of`."""
        return prestador_of(self._client, self._table, registro_ans, protocolo)

    def month(
        self, prestador_id: str, competencia: str, position: Mapping[str, str] | None, limit: int
    ) -> tuple[list[Peg], dict[str, str] | None]:
        """See `month`."""
        return month(self._client, self._table, prestador_id, competencia, position=position, limit=limit)
