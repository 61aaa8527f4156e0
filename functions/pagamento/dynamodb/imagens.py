"""What a row says of itself to whoever counts (`conecta_edge.events`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conecta_edge.events import Event, image

if TYPE_CHECKING:
    from conecta_edge.dynamodb import Item


def imagem(row: Item) -> Event | None:
    """A fatura, with the days that were last counted for it."""
    if not row["sk"].startswith("FATURA#"):
        return None
    protocolo, parcela = row["protocolo"], row["parcela"]
    fatura = f"{protocolo}-{parcela}" if parcela else protocolo
    dados = {
        "fatura": fatura,
        "protocolo": protocolo,
        "situacao": row["situacao"],
        "valor": row["valor"],
        "entrega_ate": row.get("entrega_ate"),
        "reagendada": row["reagendada"],
    }
    return image("FaturaAtualizada", f"fatura/{fatura}", row, (row["registro_ans"], row["prestador_id"]), dados)
