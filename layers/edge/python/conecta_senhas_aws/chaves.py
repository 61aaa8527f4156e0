"""Keys of one authorization in the `autorizacao` table; the others are that context's own (`autorizacao.dynamodb`)."""

from __future__ import annotations

from typing import Final

Key = dict[str, str]
AUTORIZACAO: Final = "AUTORIZACAO"
DETALHE: Final = "DETALHE"
COMPLEMENTO: Final = "COMPLEMENTO#"


def guia_pk(registro_ans: str, numero: str) -> str:
    """`OPERADORA#<registroANS>#GUIA#<numero>`: one Query answers an authorization whole."""
    return f"OPERADORA#{registro_ans}#GUIA#{numero}"


def autorizacao_key(registro_ans: str, numero: str) -> Key:
    """Its state, sk `AUTORIZACAO`."""
    return {"pk": guia_pk(registro_ans, numero), "sk": AUTORIZACAO}


def detalhe_key(registro_ans: str, numero: str) -> Key:
    """Its whole, sk `DETALHE`."""
    return {"pk": guia_pk(registro_ans, numero), "sk": DETALHE}


def complemento_key(registro_ans: str, numero: str, complemento: str) -> Key:
    """A senha asked on it, sk `COMPLEMENTO#<numero>`."""
    return {"pk": guia_pk(registro_ans, numero), "sk": f"{COMPLEMENTO}{complemento}"}


def identity(pk: str) -> tuple[str, str]:
    """(registro ANS, numero) of `guia_pk`."""
    _, registro_ans, _, numero = pk.split("#")
    return registro_ans, numero
