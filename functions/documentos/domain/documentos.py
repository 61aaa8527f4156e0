"""A document: bytes that were checked and kept for a purpose, and what they belong to.

The same bytes for the same purpose at the same operadora are one document, however often they are sent: one upload
serves many guias. A document never changes; what it belongs to does.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from conecta_contas.pegs import SituacaoPeg
from conecta_senhas.autorizacoes import Situacao as SituacaoSenha
from documentos.domain.finalidades import FINALIDADES, Alvo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from documentos.domain.finalidades import Finalidade
    from documentos.domain.uploads import Upload


def documento_id(prestador_id: str, registro_ans: str, finalidade: str, sha256: str) -> str:
    """32 hexadecimal digits: the same for the same bytes, of one prestador."""
    return hashlib.sha256(f"{prestador_id}/{registro_ans}/{finalidade}/{sha256}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Documento:
    """What was kept.

    Attributes:
        nome: as who first sent it called it; only to be shown.
        tamanho: bytes.
        chave: in the archive.
        recebido_em: instant it first came, UTC.
        quem: subject id of who first sent it.
        upload_id: of the first upload; `None` of one that came in a message.
    """

    id: str
    prestador_id: str
    registro_ans: str
    finalidade: str
    formato: str
    nome: str
    tamanho: int
    sha256: str
    chave: str
    recebido_em: datetime
    quem: str
    upload_id: str | None = None

    @property
    def regras(self) -> Finalidade:
        """The row of data that governs it."""
        return FINALIDADES[self.finalidade]


def of_upload(upload: Upload) -> Documento | None:
    """What a kept upload of a prestador is; `None` of one that another context makes something of."""
    row = FINALIDADES.get(upload.finalidade)
    if row is None or row.tem_dono or upload.chave is None or upload.sha256 is None or upload.recebido_em is None:
        return None
    return Documento(
        id=documento_id(upload.prestador_id, upload.registro_ans, upload.finalidade, upload.sha256),
        prestador_id=upload.prestador_id, registro_ans=upload.registro_ans, finalidade=upload.finalidade,
        formato=upload.formato, nome=upload.nome_arquivo, tamanho=upload.tamanho, sha256=upload.sha256,
        chave=upload.chave, recebido_em=upload.recebido_em, quem=upload.criado_por, upload_id=upload.id,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Destino:
    """What a document may belong to, at the operadora of the document.

    Attributes:
        id: number of the authorization at the operadora, of the lote, or protocolo of the PEG or recurso.
        guia: number of one guia of a PEG or of a lote, as the prestador or the operadora wrote it.
    """

    alvo: Alvo
    id: str
    guia: str | None = None

    @property
    def dono(self) -> Destino:
        """Where its documents are looked for: a guia's are its PEG's, or its lote's."""
        return replace(self, alvo=Alvo.PEG if self.alvo is Alvo.GUIA else self.alvo, guia=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vinculo:
    """That a document belongs to something.

    Attributes:
        finalidade: of the document.
        tipo: dm_tipoDocumento, when it is known.
        upload_id: of the upload that was named, when one was.
    """

    documento: str
    prestador_id: str
    registro_ans: str
    finalidade: str
    destino: Destino
    quem: str
    em: datetime
    tipo: str | None = None
    upload_id: str | None = None


_DE_CONTAS: Final = frozenset({
    SituacaoPeg.RECEBIDO, SituacaoPeg.EM_ANALISE, SituacaoPeg.AGUARDANDO_INFORMACAO, SituacaoPeg.ANALISADO,
})  # fmt: skip
ABERTAS: Final[Mapping[Alvo, frozenset[str]]] = {
    Alvo.AUTORIZACAO: frozenset(SituacaoSenha) - {SituacaoSenha.CANCELADA, SituacaoSenha.NEGADA},
    Alvo.PEG: _DE_CONTAS,
    Alvo.LOTE: _DE_CONTAS,
    Alvo.RECURSO: frozenset({"ENVIADO", "EM_ANALISE"}),
}
"""States in which a document may still be given to something, or taken from it: what `ate_quando` says in words."""


def is_open(destino: Destino, situacao: str | None) -> bool:
    """Whether documents may still come and go; a lote that is not here yet has no state."""
    return situacao is None or situacao in ABERTAS[destino.dono.alvo]
