"""What a row says of itself to whoever counts (`conecta_edge.events`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conecta_contas_aws.chaves import RECEPCAO, identity
from conecta_edge import protocolos
from conecta_edge.events import Event, image

if TYPE_CHECKING:
    from conecta_edge.dynamodb import Item


def imagem(row: Item) -> Event | None:
    """A PEG that is visible."""
    if RECEPCAO not in row:
        return None
    prestador_id, protocolo = identity(row)
    dados = {
        "protocolo": protocolo,
        "situacao": row["situacao"],
        "numero_lote": row["numero_lote"],
        "valor_informado": f"{row['valor_informado']:.2f}",
        "competencia": f"20{protocolos.month_of(protocolo)}",
    }
    return image("PegAtualizado", f"peg/{protocolo}", row, (row["registro_ans"], prestador_id), dados)
