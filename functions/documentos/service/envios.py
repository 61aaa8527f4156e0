"""A document that comes inside a TISS message: looked into as any other, kept, numbered, given to what it names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conecta_tiss.vocabulary.glosas import Motivo
from documentos.domain import conteudo
from documentos.domain.documentos import Destino, Documento, documento_id
from documentos.domain.envios import Numerado, Recusa, of_achado
from documentos.domain.errors import (
    DestinoClosedError,
    DestinoNotAcceptedError,
    DocumentoNotFoundError,
    EnvioRefusedError,
    StaleDocumentoError,
)
from documentos.domain.finalidades import DE_TIPO, Alvo, Formato
from documentos.service import documentos
from documentos.service.documentos import Pedido
from documentos.service.uploads import archive_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conecta_atos.portas import Chamador
    from documentos.domain.envios import Enviado
    from documentos.domain.finalidades import Finalidade
    from documentos.service.portas import Files, Portas

ROUNDS: Final = 4
"""Others with the same number may come first so many times."""
_NOT_FOUND: Final[Mapping[Alvo, Motivo]] = {
    Alvo.AUTORIZACAO: Motivo.SENHA_NAO_ENCONTRADA, Alvo.PEG: Motivo.PROTOCOLO_NAO_ENCONTRADO,
    Alvo.GUIA: Motivo.PROTOCOLO_NAO_ENCONTRADO, Alvo.LOTE: Motivo.PROTOCOLO_NAO_ENCONTRADO,
    Alvo.RECURSO: Motivo.PROTOCOLO_NAO_ENCONTRADO,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recepcao:
    """What receiving needs besides: where bytes are kept, and a new protocolo de atendimento (R30)."""

    files: Files
    next_protocolo: Callable[[], str]


def receive(
    prestador_id: str, enviado: Enviado, chamador: Chamador, portas: Portas, recepcao: Recepcao
) -> Numerado:  # fmt: skip
    """Take a document; the same again under its number is the same, and free.

    Raises:
        EnvioRefusedError: why it is not taken; nothing was kept.
        StaleDocumentoError: too many others did the same at once.
    """
    for _ in range(ROUNDS):
        held = portas.documentos.numerado(prestador_id, enviado.registro_ans, enviado.numero)
        if held is not None and held.digest == enviado.digest:
            return held
        if held is not None:
            raise EnvioRefusedError([Recusa(
                "DOC-NUMERO", Motivo.IDENTIFICADOR_JA_INFORMADO,
                f"O numeroDocumento já é do documento de protocolo {held.protocolo}. Use um número novo.",
            )])  # fmt: skip
        try:
            return _take(prestador_id, enviado, chamador, portas, recepcao)
        except StaleDocumentoError:
            continue
    raise StaleDocumentoError


def _take(
    prestador_id: str, enviado: Enviado, chamador: Chamador, portas: Portas, recepcao: Recepcao
) -> Numerado:  # fmt: skip
    row = DE_TIPO[enviado.tipo]
    if wrong := list(_judge(enviado, row)):
        raise EnvioRefusedError(wrong)
    assert enviado.formato is not None  # noqa: S101  # judged above
    made = _documento(prestador_id, enviado, enviado.formato, chamador, portas)
    destino = _destino(prestador_id, enviado, portas)
    numerado = Numerado(
        prestador_id=prestador_id, registro_ans=enviado.registro_ans, numero=enviado.numero,
        protocolo=recepcao.next_protocolo(), documento=made.id, digest=enviado.digest,
    )  # fmt: skip
    try:
        documentos.require(made, [Pedido(destino)], portas)
        recepcao.files.archive(made.chave, enviado.conteudo, made.formato, made.sha256, row.retencao.codigo)
        portas.documentos.keep(made)
        documentos.tie(made, [Pedido(destino)], chamador, portas, numerado=numerado)
    except (DocumentoNotFoundError, DestinoClosedError, DestinoNotAcceptedError) as error:
        raise EnvioRefusedError([_explained(error, destino)]) from error
    return numerado


def _judge(enviado: Enviado, row: Finalidade) -> Iterator[Recusa]:
    if enviado.formato is None:
        yield Recusa(
            "DOC-CADES", Motivo.ASSINATURA_INVALIDA,
            "Um documento CAdES não se deixa conferir aqui. Envie o próprio documento, ou um PDF assinado (PAdES, 09).",
        )  # fmt: skip
    elif len(enviado.conteudo) > row.tamanho_maximo:
        yield Recusa(
            "DOC-TAMANHO", Motivo.ARQUIVO_GRANDE_DEMAIS,
            f"O documento tem mais de {row.tamanho_maximo} bytes. Divida-o, ou digitalize-o com menos resolução.",
        )  # fmt: skip
    else:
        yield from map(of_achado, conteudo.examine(enviado.conteudo, enviado.formato))
    if enviado.destino is None and enviado.guia is None:
        yield Recusa(
            "DOC-DE", Motivo.MENSAGEM_INCOMPLETA,
            "A mensagem não diz de que é o documento: de uma solicitação informe numeroGuiaOperadora ou "
            "numeroGuiaPrestador; de um faturamento, numeroProtocolo ou numeroLote; de um recurso, numeroProtocolo.",
        )  # fmt: skip


def _destino(prestador_id: str, enviado: Enviado, portas: Portas) -> Destino:
    if enviado.destino is not None:
        return enviado.destino
    numero = portas.referencias.numero_of(prestador_id, enviado.registro_ans, enviado.guia or "")
    return Destino(Alvo.AUTORIZACAO, numero or "")


def _documento(
    prestador_id: str, enviado: Enviado, formato: Formato, chamador: Chamador, portas: Portas
) -> Documento:  # fmt: skip
    sha256, registro, row = hashlib.sha256(enviado.conteudo).hexdigest(), enviado.registro_ans, DE_TIPO[enviado.tipo]
    plain = "".join(letter for letter in enviado.numero if letter.isalnum() or letter in "-_.")
    return Documento(
        id=documento_id(prestador_id, registro, row.codigo, sha256), prestador_id=prestador_id, registro_ans=registro,
        finalidade=row.codigo, formato=formato.value, nome=formato.named(plain or "documento"),
        tamanho=len(enviado.conteudo), sha256=sha256, recebido_em=portas.now, quem=chamador.quem,
        chave=archive_key(registro, prestador_id, row.codigo, sha256),
    )  # fmt: skip


def _explained(
    error: DocumentoNotFoundError | DestinoClosedError | DestinoNotAcceptedError, destino: Destino
) -> Recusa:  # fmt: skip
    if isinstance(error, DestinoClosedError):
        return Recusa(
            "DOC-PRAZO", Motivo.FORA_DO_PRAZO_DE_ENVIO,
            f"{destino.alvo} {destino.id} está {error.situacao} e não recebe mais documentos.",
        )  # fmt: skip
    if isinstance(error, DestinoNotAcceptedError):
        return Recusa("DOC-ALVO", Motivo.MENSAGEM_INCOMPLETA, " ".join(one.mensagem for one in error.defeitos))
    return Recusa(
        "DOC-REFERENCIA", _NOT_FOUND[destino.alvo],
        "A mensagem é de um documento de algo que não se encontra deste prestador nesta operadora. Confira os números.",
    )  # fmt: skip
