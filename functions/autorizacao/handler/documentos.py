"""R27: a request that waits for documents goes back to analysis by itself, whichever way they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from autorizacao.bootstrap import nucleo
from autorizacao.service import atos
from autorizacao.service.portas import Chamador
from conecta_edge import observability
from conecta_senhas.autorizacoes import Papel
from conecta_senhas.solicitacoes import DocumentoAnexado

COTACAO: Final = "cotacao_opme"
"""The finalidade of a quote, for which the standard has no tipo."""


def linked(envelope: Mapping[str, Any]) -> None:
    """`DocumentoVinculado` of an authorization. Repeatable: what was given is not waited for any more."""
    dados = envelope["dados"]
    # One that came in a message was never an upload.
    documento = DocumentoAnexado(
        documento_id=dados.get("upload_id") or dados["documento"], tipo=dados.get("tipo"),
        cotacao=dados["finalidade"] == COTACAO,
    )  # fmt: skip
    who = Chamador(
        papel=Papel.PRESTADOR, quem=envelope["entidade"], prestador_id=envelope["prestador_id"],
        correlacao=envelope["correlacao"],
    )  # fmt: skip
    taken = atos.receive_document(
        envelope["registro_ans"], dados["id"], documento, chamador=who, portas=nucleo.portas()
    )  # fmt: skip
    observability.log("info", "documento vinculado", situacao="ENTREGUE" if taken else "SEM_ESPERA")
