"""What became of a message that was sent as a file, told through the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from autorizacao.dynamodb.chaves import prestador_pk
from conecta_edge.dynamodb import ConditionFailedError, conditions
from conecta_edge.events import Event, outbox_put


def announce(
    client: Any, table: str, *, tipo: str, envelope: Mapping[str, Any], more: Mapping[str, Any], now: datetime
) -> None:
    """`MensagemRespondida` or `MensagemRecusada`, once for each attempt of an upload.

    Args:
        envelope: the `DocumentoRecebido` it answers.
        more: what consumers need besides which upload it was.
    """
    dados, prestador_id = envelope["dados"], envelope["prestador_id"]
    upload_id = dados["upload_id"]
    event = Event(
        tipo, envelope["registro_ans"], prestador_id, f"upload/{upload_id}", envelope["correlacao"],
        f"{upload_id}#{dados['tentativa']}", {"upload_id": upload_id, "transacao": dados["transacao"], **more},
    )  # fmt: skip
    with suppress(ConditionFailedError), conditions():
        client.put_item(**outbox_put(table, prestador_pk(prestador_id), event, now))
