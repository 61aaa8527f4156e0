"""Rules of a document sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conecta_tiss.rules.base import Contexto, Regra, regra
from conecta_tiss.rules.partes import PARA_OPERADORA, Lugar, tell
from conecta_tiss.vocabulary.glosas import Motivo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.documentos import EnvioDocumentos

_CORPO: Final = Lugar(f"{PARA_OPERADORA}/ans:envioDocumentos")


def findings(corpo: EnvioDocumentos, contexto: Contexto) -> Iterator[Achado]:
    """Findings of all `RULES`."""
    for uma in RULES:
        yield from uma(corpo, contexto)


@regra("TISS-DOCUMENTO-VAZIO", Motivo.MENSAGEM_INCOMPLETA, "tiss.md 2.1: the schema lets a document be empty")
def the_document_is_there(esta: Regra[EnvioDocumentos], corpo: EnvioDocumentos, contexto: Contexto) -> Iterator[Achado]:
    """A document has something inside; of one with blanks only it is told as of any field."""
    if not corpo.documento:
        yield tell(esta, contexto, _CORPO.em("documento"), "O documento está vazio. Informe o arquivo em base64.")


@regra("TISS-DOCUMENTO-BASE64", Motivo.FORA_DO_PADRAO, "tiss.md 2.1: base64 `documento`, which libxml2 does not judge")
def the_document_is_base64(
    esta: Regra[EnvioDocumentos], corpo: EnvioDocumentos, contexto: Contexto
) -> Iterator[Achado]:
    """A document is base64, whole."""
    try:
        _ = corpo.conteudo
    except ValueError:
        mensagem = "O documento não está em base64, ou foi cortado. Gere-o de novo, só com o alfabeto do base64."
        yield tell(esta, contexto, _CORPO.em("documento"), mensagem)


@regra("TISS-DOCUMENTO-DE", Motivo.MENSAGEM_INCOMPLETA, "tiss.md 2.1: what a document is of is all optional")
def the_document_is_of_something(
    esta: Regra[EnvioDocumentos], corpo: EnvioDocumentos, contexto: Contexto
) -> Iterator[Achado]:
    """A document is of a lote, a protocolo or a guia."""
    de = (corpo.numero_lote, corpo.numero_protocolo, corpo.numero_guia_prestador, corpo.numero_guia_operadora)
    if not any(de):
        yield tell(
            esta, contexto, _CORPO,
            "O documento não diz de que é. Informe numeroProtocolo, numeroLote, numeroGuiaPrestador ou "
            "numeroGuiaOperadora.",
        )  # fmt: skip


RULES: Final[tuple[Regra[EnvioDocumentos], ...]] = (
    the_document_is_there,
    the_document_is_base64,
    the_document_is_of_something,
)
"""Rules of a document, in the order they are told."""
