"""What a row says of itself to whoever counts (`conecta_edge.events`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conecta_edge.events import Event, image

if TYPE_CHECKING:
    from conecta_edge.dynamodb import Item


def imagem(row: Item) -> Event | None:
    """That other guias of a PEG of ours are contested than before."""
    if not row["sk"].startswith("CONTESTADO#") or row["legado"]:
        return None
    protocolo, dono = row["origem"], (row["registro_ans"], row["prestador_id"])
    return image("ContestacaoAtualizada", f"peg/{protocolo}", row, dono, {"protocolo": protocolo})
