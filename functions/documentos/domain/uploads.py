"""The life of an upload, as pure transitions.

    AGUARDANDO_ARQUIVO ──► EM_PROCESSAMENTO ──► CONCLUIDO | RECUSADO | FALHOU
            │   └────────► CONCLUIDO | RECUSADO     (no other owner, or the bytes are not what they say)
            └────────────► EXPIRADO                 (nothing came)

Final states change by their owner's verdict alone (:func:`may_conclude`). Every other state has a due instant at which
the sweep looks at it again, so that no accepted file is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from documentos.domain import conteudo
from documentos.domain.achados import Achado
from documentos.domain.documentos import documento_id
from documentos.domain.finalidades import OUTRA_PORTA, TODAS, Finalidade, Formato

if TYPE_CHECKING:
    from collections.abc import Mapping

POST_LIFETIME: Final = timedelta(minutes=5)
GRACE: Final = timedelta(minutes=5)
RECHECK: Final = timedelta(minutes=2)
MAX_ATTEMPTS: Final = 12
PATIENCE: Final = timedelta(hours=14)


class Situacao(StrEnum):
    """Where an upload is."""

    AGUARDANDO_ARQUIVO = "AGUARDANDO_ARQUIVO"
    EM_PROCESSAMENTO = "EM_PROCESSAMENTO"
    CONCLUIDO = "CONCLUIDO"
    RECUSADO = "RECUSADO"
    EXPIRADO = "EXPIRADO"
    FALHOU = "FALHOU"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen."""
        return self not in {Situacao.AGUARDANDO_ARQUIVO, Situacao.EM_PROCESSAMENTO}


WHOSE_TURN: Final[Mapping[Situacao, str]] = {
    Situacao.AGUARDANDO_ARQUIVO: "prestador",
    Situacao.EM_PROCESSAMENTO: "operadora",
    Situacao.CONCLUIDO: "ninguem",
    Situacao.RECUSADO: "prestador",
    Situacao.EXPIRADO: "prestador",
    Situacao.FALHOU: "operadora",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """One intended, received or judged file.

    Attributes:
        protocolo_atendimento: given at once to whoever asks (R30).
        tamanho: bytes declared; the presigned POST accepts exactly these many.
        versao: optimistic lock, +1 per change.
        tentativa: times the file was handed to its owner.
        conferir_em: when the sweep looks again; `None` in a final state.
        recurso: what the file became, e.g. `{"tipo": "peg", "id": "<protocolo>"}`.
        transacoes: body elements of the messages that who began the upload may send in it.
        transacao: body element of the message received, where its owner depends on it.
    """

    id: str
    prestador_id: str
    registro_ans: str
    finalidade: str
    formato: str
    nome_arquivo: str
    tamanho: int
    protocolo_atendimento: str
    criado_por: str
    criado_em: datetime
    expira_em: datetime
    situacao: Situacao
    versao: int = 1
    tentativa: int = 0
    conferir_em: datetime | None = None
    sha256_declarado: str | None = None
    referencia: str | None = None
    sha256: str | None = None
    chave: str | None = None
    recebido_em: datetime | None = None
    achados: tuple[Achado, ...] = ()
    recurso: Mapping[str, str] | None = None
    transacoes: tuple[str, ...] = ()
    transacao: str | None = None

    @property
    def leitura(self) -> tuple[str, ...]:
        """Who reads it must be allowed to do one of these: as its message says, when it was taken."""
        taken = self.regras.transacao(self.transacao)
        return (taken or self.regras).leitura

    @property
    def regras(self) -> Finalidade:
        """The row of data that governs this upload."""
        return TODAS[self.finalidade]

    @property
    def chave_entrada(self) -> str:
        """`t/<registroANS>/<prestador>/<finalidade>/<id>`: made by the server, tenant first, no file name in it."""
        return f"t/{self.registro_ans}/{self.prestador_id}/{self.finalidade}/{self.id}"


def intend(
    *,
    upload_id: str,
    prestador_id: str,
    registro_ans: str,
    finalidade: Finalidade,
    formato: Formato,
    nome_arquivo: str,
    tamanho: int,
    sha256: str | None,
    referencia: str | None,
    protocolo: str,
    criado_por: str,
    now: datetime,
    transacoes: tuple[str, ...] = (),
) -> Upload:
    """A new upload that awaits its file for five minutes."""
    return Upload(
        id=upload_id,
        prestador_id=prestador_id,
        registro_ans=registro_ans,
        finalidade=finalidade.codigo,
        formato=formato.value,
        nome_arquivo=nome_arquivo,
        tamanho=tamanho,
        protocolo_atendimento=protocolo,
        criado_por=criado_por,
        criado_em=now,
        expira_em=now + POST_LIFETIME,
        situacao=Situacao.AGUARDANDO_ARQUIVO,
        conferir_em=now + RECHECK,
        sha256_declarado=sha256,
        referencia=referencia,
        transacoes=transacoes,
    )


def examine(upload: Upload, content: bytes, sha256: str) -> tuple[Achado, ...]:
    """What is wrong with the received bytes, judged by the bytes and never by the name."""
    found = []
    if len(content) != upload.tamanho:
        found.append(
            Achado(
                "DOC-TAMANHO", "tamanho-divergente",
                f"Recebidos {len(content)} bytes, mas o envio declarou {upload.tamanho}. Envie o arquivo de novo.",
            )
        )  # fmt: skip
    if upload.sha256_declarado and upload.sha256_declarado != sha256:
        found.append(
            Achado(
                "DOC-SHA256", "sha256-divergente",
                "O sha256 do arquivo recebido difere do declarado: o arquivo mudou no caminho. Envie-o de novo.",
            )
        )  # fmt: skip
    if not upload.regras.tem_dono:  # what an owner reads, its own gate explains better: one validation core
        found += conteudo.examine(content, Formato(upload.formato))
    return tuple(found)


def examine_message(upload: Upload, corpo: str | None) -> tuple[Achado, ...]:
    """Whether a message may be sent like this, and by who began the upload.

    Args:
        upload: for a message.
        corpo: name of its body element; `None` when the standard has none of that name.
    """
    offered = upload.regras.transacao(corpo)
    if offered is None:
        told = f"A mensagem é {corpo}" if corpo else "O corpo da mensagem não é de uma transação do padrão TISS"
        where = OUTRA_PORTA.get(corpo or "", "As que são respondidas na hora estão em POST /v1/tiss/{transacao}.")
        names = ", ".join(row.corpo for row in upload.regras.transacoes)
        text = f"{told}: não é recebida como {upload.finalidade}. São recebidas assim: {names}. {where}"
        return (Achado("DOC-TRANSACAO", "3148", text),)
    if offered.corpo not in upload.transacoes:
        text = (
            f"Quem iniciou este envio não pode enviar {corpo}. Peça a quem tem o papel, ou use uma credencial com o "
            f"escopo conecta/{offered.capacidades[0]}."
        )
        return (Achado("DOC-PERMISSAO", "papel-insuficiente", text),)
    return ()


def receive(
    upload: Upload,
    *,
    sha256: str,
    chave: str,
    achados: tuple[Achado, ...],
    at: datetime,
    now: datetime,
    transacao: str | None = None,
) -> Upload:
    """The file arrived: refused, complete, or handed to its owner."""
    changed = replace(
        upload, versao=upload.versao + 1, sha256=sha256, recebido_em=at, achados=achados, conferir_em=None
    )
    if achados:
        return replace(changed, situacao=Situacao.RECUSADO)
    if not upload.regras.tem_dono:
        recurso = {
            "tipo": "documento",
            "id": documento_id(upload.prestador_id, upload.registro_ans, upload.finalidade, sha256),
        }
        return replace(changed, situacao=Situacao.CONCLUIDO, chave=chave, recurso=recurso)
    return replace(
        changed, situacao=Situacao.EM_PROCESSAMENTO, chave=chave, tentativa=1, conferir_em=now + RECHECK,
        transacao=transacao,
    )  # fmt: skip


def hand_over_again(upload: Upload, now: datetime, *, by_hand: bool = False) -> Upload:
    """The owner has not answered in time: ask again, later each time.

    Give up loudly after twelve attempts, but never within fourteen hours of the file's arrival, which is what they take
    by themselves, and never in an attempt that ops asked for: those use up no patience.
    """
    changed = replace(upload, versao=upload.versao + 1)
    arrived = upload.recebido_em or upload.criado_em
    if not by_hand and upload.tentativa >= MAX_ATTEMPTS and now - arrived >= PATIENCE:
        return replace(changed, situacao=Situacao.FALHOU, conferir_em=None)
    wait = RECHECK * (2 ** min(upload.tentativa, 6))
    return replace(changed, tentativa=upload.tentativa + 1, conferir_em=now + wait)


def look_later(upload: Upload) -> Upload:
    """No file yet, but one may still come: look again after the presigned POST has expired for sure."""
    return replace(upload, versao=upload.versao + 1, conferir_em=upload.expira_em + GRACE)


def expire(upload: Upload) -> Upload:
    """Nothing came while the presigned POST was valid."""
    return replace(upload, versao=upload.versao + 1, situacao=Situacao.EXPIRADO, conferir_em=None)


def may_conclude(upload: Upload, *, accepted: bool) -> bool:
    """Whether the owner's verdict still counts.

    Even after we gave up. What was refused and, handed over again, taken all the same (what it is judged by may change
    between) is what it became; the other way round nothing comes undone.
    """
    if upload.situacao is Situacao.RECUSADO:
        return accepted and upload.tentativa > 1
    return upload.situacao in {Situacao.EM_PROCESSAMENTO, Situacao.FALHOU}


def conclude(upload: Upload, *, accepted: bool, recurso: Mapping[str, Any] | None) -> Upload:
    """The owner judged the file."""
    return replace(
        upload,
        versao=upload.versao + 1,
        situacao=Situacao.CONCLUIDO if accepted else Situacao.RECUSADO,
        recurso=recurso,
        conferir_em=None,
    )
