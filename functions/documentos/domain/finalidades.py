"""What may be uploaded: a row of data per finalidade, published at `GET /v1/limites`.

A new finalidade is a row here, never a new mechanism.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MIB: Final = 1024 * 1024


class Formato(StrEnum):
    """Accepted formats, by the media type the client posts with."""

    XML = "application/xml"
    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    TIFF = "image/tiff"


@dataclass(frozen=True, slots=True)
class Transacao:
    """A TISS message that may be sent as a file.

    Attributes:
        corpo: name of its body element.
        capacidades: who sends it must be allowed to do one of these.
        leitura: who reads its upload and its answer must be allowed to do one of these.
    """

    corpo: str
    capacidades: tuple[str, ...]
    leitura: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finalidade:
    """What a file is for.

    Attributes:
        formatos: accepted media types; the first is the default.
        tamanho_maximo: bytes.
        capacidades: the caller must be allowed to do one of these.
        leitura: who reads the upload must be allowed to do one of these.
        tem_dono: whether another context judges the content and answers with what it became; otherwise the file is
            complete once it is stored.
        transacoes: messages among which the file's body tells whose it is; none where the finalidade tells it.
    """

    codigo: str
    descricao: str
    formatos: tuple[Formato, ...]
    tamanho_maximo: int
    capacidades: tuple[str, ...]
    leitura: tuple[str, ...]
    tem_dono: bool
    transacoes: tuple[Transacao, ...] = ()

    def transacao(self, corpo: str | None) -> Transacao | None:
        """The message of a body element, when it may be sent like this."""
        return next((offered for offered in self.transacoes if offered.corpo == corpo), None)


_AUTORIZACAO: Final = (("autorizacao.escrever",), ("autorizacao.ler",))
_LOTES: Final = (("peg.escrever",), ("documentos.ler",))
_DOCUMENTOS: Final = (("documentos.escrever",), ("documentos.ler",))
_PAGAMENTO: Final = (("pagamento.escrever",), ("pagamento.ler",))
_CANCELAMENTO: Final = (("autorizacao.escrever", "peg.escrever"), ("autorizacao.ler", "documentos.ler"))
_MENSAGENS: Final = (_CANCELAMENTO[0] + _PAGAMENTO[0], _CANCELAMENTO[1] + _PAGAMENTO[1])
TRANSACOES: Final = (
    Transacao("loteGuias", *_LOTES),
    Transacao("solicitacaoStatusProtocolo", ("peg.ler",), ("documentos.ler",)),
    Transacao("solicitacaoProcedimento", *_AUTORIZACAO),
    Transacao("solicitaStatusAutorizacao", *_AUTORIZACAO),
    Transacao("loteAnexos", *_AUTORIZACAO),
    Transacao("cancelaGuia", *_CANCELAMENTO),
    Transacao("comunicacaoInternacao", *_AUTORIZACAO),
    Transacao("solicitacaoDemonstrativoRetorno", ("pagamento.ler",), ("pagamento.ler",)),
)
"""What is taken as `mensagem_tiss`."""
OUTRA_PORTA: Final[Mapping[str, str]] = MappingProxyType({
    "verificaElegibilidade": "Envie-a por POST /v1/tiss/verificaElegibilidade, que responde na hora.",
    "envioDocumentos": "Envie o próprio documento, com a finalidade dele: pdf, imagem, laudo ou cotacao_opme.",
})  # fmt: skip
"""Where else the content of a message may go that is not taken as a file, in Portuguese."""

_DIGITALIZADO: Final = (Formato.PDF, Formato.JPEG, Formato.PNG, Formato.TIFF)
_ROWS: Final = (
    Finalidade(
        "lote_tiss", "Lote de guias no padrão TISS (XML, mensagem ENVIO_LOTE_GUIAS), até 100 guias",
        (Formato.XML,), 20 * MIB, *_LOTES, tem_dono=True,
    ),
    Finalidade(
        "mensagem_tiss",
        "Mensagem no padrão TISS (XML): lote de guias, solicitação, situação, anexos, cancelamento, comunicação ou "
        "demonstrativo",
        (Formato.XML,), 20 * MIB, *_MENSAGENS, tem_dono=True, transacoes=TRANSACOES,
    ),
    Finalidade(
        "pdf", "Documento em PDF",
        (Formato.PDF,), 20 * MIB, *_DOCUMENTOS, tem_dono=False,
    ),
    Finalidade(
        "imagem", "Imagem digitalizada (JPEG, PNG ou TIFF)",
        (Formato.JPEG, Formato.PNG, Formato.TIFF), 10 * MIB, *_DOCUMENTOS, tem_dono=False,
    ),
    Finalidade(
        "cotacao_opme", "Cotação de OPME, para um pedido de autorização (PDF ou imagem)",
        _DIGITALIZADO, 20 * MIB, *_AUTORIZACAO, tem_dono=False,
    ),
    Finalidade(
        "laudo", "Laudo ou outro documento clínico, para um pedido de autorização (PDF ou imagem)",
        _DIGITALIZADO, 20 * MIB, *_AUTORIZACAO, tem_dono=False,
    ),
    Finalidade(
        "nota_fiscal", "Nota fiscal de serviço dos valores liberados, para depois ser enviada (XML da NFS-e ou PDF)",
        (Formato.XML, Formato.PDF), 4 * MIB, *_PAGAMENTO, tem_dono=False,
    ),
)  # fmt: skip

FINALIDADES: Final[Mapping[str, Finalidade]] = MappingProxyType({row.codigo: row for row in _ROWS})

_SIGNATURES: Final[Mapping[Formato, tuple[bytes, ...]]] = {
    Formato.PDF: (b"%PDF-",),
    Formato.JPEG: (b"\xff\xd8\xff",),
    Formato.PNG: (b"\x89PNG\r\n\x1a\n",),
    Formato.TIFF: (b"II*\x00", b"MM\x00*"),
}
_TRAILERS: Final[Mapping[Formato, bytes]] = {Formato.PDF: b"%%EOF", Formato.PNG: b"IEND"}


def looks_like(content: bytes, formato: Formato) -> bool:
    """Whether the bytes are of a format, whatever the file is called.

    XML is left to its owner's gate, which explains better what is wrong with it (one validation core).
    """
    if formato is Formato.XML:
        return True
    trailer = _TRAILERS.get(formato, b"")
    # Line ends before a PDF's first line are common, and no other format's business.
    start = content[:1024].lstrip(b"\r\n\t ") if formato is Formato.PDF else content
    return start.startswith(_SIGNATURES[formato]) and trailer in content[-2048:]
