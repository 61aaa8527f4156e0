"""What a row says of itself to whoever counts (`conecta_edge.events`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conecta_edge.events import Event, image
from conecta_senhas_aws.chaves import AUTORIZACAO, identity

if TYPE_CHECKING:
    from conecta_edge.dynamodb import Item


def imagem(row: Item) -> Event | None:
    """An authorization that was granted, whatever became of it.

    `antigos` are the prestadores who were a party until the last one who left, and see it no more.
    """
    if row["sk"] != AUTORIZACAO or "validade" not in row:
        return None
    registro_ans, numero = identity(row["pk"])
    parties = {row["prestador_id"], row["executante"], row.get("solicitante", row["executante"])}
    granted, billed = row["autorizadas"], row["faturadas"]
    dados = {
        "numero": numero,
        "situacao": row["situacao"],
        "validade": row["validade"],
        "principal": row.get("principal"),
        "prestadores": sorted(parties),
        "antigos": [one for one in row.get("antigos", ()) if one not in parties],
        "esgotada": all(billed.get(item, 0) >= quantidade for item, quantidade in granted.items()),
        "internado": "internado" in row,
    }
    dono = (registro_ans, row["prestador_id"])
    return image("SenhaAtualizada", f"autorizacao/{registro_ans}/{numero}", row, dono, dados)
