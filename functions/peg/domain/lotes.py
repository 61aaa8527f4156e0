"""The file of a lote, and what the TISS library told us of it, in this context's own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from conecta_contas.pegs import GuiaApresentada, Porta
from conecta_tiss.versions import Versao, answer_version

if TYPE_CHECKING:
    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.lote_guias import LoteGuias


@dataclass(frozen=True, slots=True)
class Documento:
    """An archived file that was handed to us as a lote.

    Attributes:
        upload_id: of the upload, of the message, or of the typed PEG: what it became is told under it.
        recebido_em: the instant S3 stored it, or the typed PEG was sent.
        tentativa: 1, or more when the sweep hands it over again.
        vez: 1, or more when a typed PEG that was refused is sent again.
    """

    upload_id: str
    prestador_id: str
    registro_ans: str
    chave: str
    sha256: str
    recebido_em: datetime
    tentativa: int
    correlacao: str
    porta: Porta = Porta.XML_S3
    quem: str = ""
    vez: int = 1

    @property
    def chave_do_destino(self) -> str:
        """What makes what became of it one event, however often it is handed over."""
        return f"{self.upload_id}#{self.vez}"


@dataclass(frozen=True, slots=True)
class Identificacao:
    """How the sender identified itself: exactly one of the three."""

    cnpj: str | None = None
    cpf: str | None = None
    codigo_na_operadora: str | None = None


@dataclass(frozen=True, slots=True)
class LoteLido:
    """A message as far as it could be read; `None` is what could not.

    Attributes:
        achados: what the standard itself finds wrong (gate, hash, XSD, formal rules).
        corpo: the message's body, kept for the receipt.
    """

    versao: str | None
    transacao: str | None
    codificacao_hash: str | None
    numero_lote: str | None
    tipo_guia: str | None
    origem: Identificacao | None
    destino: str | None
    sequencial: str | None
    guias: tuple[GuiaApresentada, ...]
    valor_informado: Decimal | None
    achados: tuple[Achado, ...]
    corpo: LoteGuias | None = None

    @property
    def versao_de_resposta(self) -> Versao:
        """The sender's version, or 4.01.00 when it could not be read."""
        return answer_version(self.versao)
