"""Keys of a PEG, in the `peg` table and in the archive; the others are that context's own (`peg.dynamodb.chaves`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from conecta_edge import protocolos

if TYPE_CHECKING:
    from conecta_contas.pegs import Peg

Key = dict[str, str]
RECEPCAO: Final = "recepcao"
"""Sort key of the index that lists the visible PEGs of a month by time."""


def tenant_pk(prestador_id: str) -> str:
    """`PRESTADOR#<id>`: lote numbers, outbox."""
    return f"PRESTADOR#{prestador_id}"


def month_pk(prestador_id: str, month: str) -> str:
    """`PRESTADOR#<id>#<AAMM>`."""
    return f"{tenant_pk(prestador_id)}#{month}"


def peg_key(prestador_id: str, protocolo: str) -> Key:
    """`PRESTADOR#<id>#<AAMM>` / `PEG#<protocolo>`."""
    return {"pk": month_pk(prestador_id, protocolos.month_of(protocolo)), "sk": f"PEG#{protocolo}"}


def identity(key: Mapping[str, str]) -> tuple[str, str]:
    """(prestador id, protocolo) of `peg_key`."""
    return key["pk"].split("#")[1], key["sk"].removeprefix("PEG#")


def operadora_pk(registro_ans: str, month: str) -> str:
    """`OPERADORA#<registroANS>#<AAMM>`: the PEGs of a month."""
    return f"OPERADORA#{registro_ans}#{month}"


def ponteiro_key(registro_ans: str, protocolo: str) -> Key:
    """`OPERADORA#<registroANS>#<AAMM>` / `PEG#<protocolo>`."""
    return {"pk": operadora_pk(registro_ans, protocolos.month_of(protocolo)), "sk": f"PEG#{protocolo}"}


def dossie_key(peg: Peg, dossie: str) -> str:
    """`t/<registroANS>/<prestador>/pegs/<protocolo>/<dossier>.json.gz`, in the archive."""
    return f"t/{peg.registro_ans}/{peg.prestador_id}/pegs/{peg.protocolo}/{dossie}.json.gz"


def acatados_key(registro_ans: str, prestador_id: str, recurso: str, token: str) -> str:
    """`t/<registroANS>/<prestador>/recursos/<recurso>/acatados-<token>.json.gz`, in the archive."""
    return f"t/{registro_ans}/{prestador_id}/recursos/{recurso}/acatados-{token}.json.gz"
