"""`envioDocumentos` and `recebimentoDocumentos`: one document, of a lote, a protocolo or a guia."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conecta_tiss.messages.comum import MotivoGlosa


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvioDocumentos:
    """The message (ct_envioDocumentos).

    Attributes:
        numero_lote: What it is of, like the three below: any of them, up to 12 characters, or 20 of a guia.
        numero_documento: The prestador's number of it, up to 20 characters.
        natureza: dm_tipoGuia: 1 solicitação, 2 faturamento, 3 recurso de glosa.
        formato: dm_formatoDocumento.
        sequencial_item: The item of the guia that it is of.
        documento: Base64.
        tipo: dm_tipoDocumento.
        observacao: Up to 500 characters.
    """

    numero_lote: str | None = None
    numero_protocolo: str | None = None
    numero_guia_prestador: str | None = None
    numero_guia_operadora: str | None = None
    numero_documento: str
    natureza: str
    formato: str
    sequencial_item: int | None = None
    documento: str
    tipo: str
    observacao: str | None = None

    @property
    def conteudo(self) -> bytes:
        """The document itself; blanks in its base64 mean nothing.

        Raises:
            ValueError: It is no base64, which libxml2 does not say: it passes over whatever is not of the alphabet.
        """
        return base64.b64decode("".join(self.documento.split()), validate=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReciboDocumentos:
    """A document received (ct_reciboDocumentos): what it is of, as sent.

    Attributes:
        protocolo_documento: The operadora's number of it, up to 20 characters.
        observacao: Up to 500 characters.
    """

    numero_lote: str | None = None
    numero_protocolo: str | None = None
    numero_guia_prestador: str | None = None
    numero_guia_operadora: str | None = None
    numero_documento: str
    protocolo_documento: str
    observacao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecebimentoDocumentos:
    """The answer: exactly one of an error and a recibo."""

    mensagem_erro: MotivoGlosa | None = None
    recibo: ReciboDocumentos | None = None
