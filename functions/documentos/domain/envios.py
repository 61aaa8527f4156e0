"""A document that comes inside a TISS message (`ENVIO_DOCUMENTO`), and why one is not taken."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conecta_tiss.vocabulary.glosas import Motivo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from documentos.domain.achados import Achado
    from documentos.domain.documentos import Destino
    from documentos.domain.finalidades import Formato

EM_MENSAGEM: Final = 7_500_000
"""Bytes of a document that a message can hold: of one text, the reader takes ten million letters of base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enviado:
    """What a message brings.

    Attributes:
        numero: `numeroDocumento`, the prestador's own.
        tipo: dm_tipoDocumento.
        formato: of the bytes; `None` of one that cannot be looked into (CAdES).
        destino: what it belongs to; `None` when the message does not say it so that it can be found.
        guia: the prestador's number of a solicitação, where the operadora's is not said.
    """

    registro_ans: str
    numero: str
    tipo: str
    formato: Formato | None
    conteudo: bytes
    destino: Destino | None
    guia: str | None = None

    @property
    def digest(self) -> str:
        """Of all that it says: the same number with the same digest is the same document, sent again."""
        where = self.destino and (self.destino.alvo, self.destino.id, self.destino.guia)
        told = [self.registro_ans, self.tipo, self.formato, where, self.guia, hashlib.sha256(self.conteudo).hexdigest()]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Numerado:
    """Which document a `numeroDocumento` of a prestador is.

    Attributes:
        protocolo: `protocoloDoc`, 12 digits.
    """

    prestador_id: str
    registro_ans: str
    numero: str
    protocolo: str
    documento: str
    digest: str


@dataclass(frozen=True, slots=True)
class Recusa:
    """Why a document is not taken: its code is of the version that answers."""

    regra: str
    motivo: Motivo
    mensagem: str


_MOTIVOS: Final[Mapping[str, Motivo]] = {
    "3164": Motivo.ARQUIVO_NAO_E_IMAGEM, "formato-divergente": Motivo.ARQUIVO_NAO_E_IMAGEM,
    "3166": Motivo.ARQUIVO_GRANDE_DEMAIS,
}  # fmt: skip


def of_achado(achado: Achado) -> Recusa:
    """What is wrong with the bytes, in the nearest word of table 38."""
    return Recusa(achado.regra, _MOTIVOS.get(achado.codigo, Motivo.IMAGEM_CORROMPIDA), achado.mensagem)
