"""What a prestador asks for, as every door reads it, before anything of it is looked up; and drafts of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from conecta_facts import codec
from conecta_tiss.versions import Versao
from recurso.domain.glosas import Nivel
from recurso.domain.recursos import TUDO, Cobrado

VALIDADE: Final = timedelta(days=90)
"""How long a draft is kept that nobody changes, sends or discards."""
JUSTIFICATIVA_MAXIMA: Final = 500
"""Characters that the standard carries; its receipt echoes 150 of what is said of a whole guia."""
JUSTIFICATIVA_ECOADA: Final = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class EntradaPedida:
    """What is to be contested at one place by one code.

    Attributes:
        cobrado: `guia` by the prestador's or the operadora's number, `sequencial` as billed, `tabela` and `codigo` of
            the item, as far as they are said.
        sequencia: place of the item in its guia, as glosas are listed here: instead of, or beside, its sequencial.
        codigo: of the glosa, in any version of the standard.
        valor: reais of an item; none is all that the glosa takes.
        valor_glosado: reais that the glosa took, of a legacy one.
        documentos: ids of uploads.
    """

    nivel: Nivel
    cobrado: Cobrado = field(default_factory=Cobrado)
    sequencia: int | None = None
    codigo: str
    valor: Decimal | None = None
    valor_glosado: Decimal | None = None
    justificativa: str = ""
    documentos: tuple[str, ...] = ()

    @property
    def guia(self) -> str:
        """Number of its guia; `*` is the protocolo."""
        return TUDO if self.nivel is Nivel.PROTOCOLO else (self.cobrado.guia or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pedido:
    """A recurso that is to be sent, of one PEG.

    Attributes:
        origem: protocolo of the PEG.
        numero: `numeroGuiaRecGlosaPrestador`, when it has one.
        numero_lote: of the PEG, when it is said.
        tipo_guia: `guiaOdonto` or another one, of a legacy PEG.
        odonto: whether it is one of odontologia, when its message says so: the standard has two.
        valor_total: reais, when they are said.
        versao: of the standard, in which codes are told.
    """

    registro_ans: str
    origem: str
    entradas: tuple[EntradaPedida, ...]
    numero: str | None = None
    numero_lote: str | None = None
    tipo_guia: str | None = None
    odonto: bool | None = None
    valor_total: Decimal | None = None
    versao: Versao = Versao.V4_01_00

    @property
    def anexos(self) -> frozenset[tuple[str, str]]:
        """(upload, guia) of each document that goes with it."""
        return frozenset((upload, one.guia) for one in self.entradas for upload in one.documentos)

    @property
    def digest(self) -> str:
        """Of what is contested as it was said: the order of entries is part of it, the number is not.

        A message by either door is the same; the same glosas typed at another one are not.
        """
        told = codec.plain(replace(self, numero=None, versao=Versao.V4_01_00, tipo_guia=None, odonto=None))
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rascunho:
    """A recurso that is not sent yet; nobody else contests less for it.

    Attributes:
        id: opaque.
        conteudo: which content in the archive is the pedido.
        quantidade_entradas, valor_recursado: of it, for lists; reais as far as they are said.
        enviado: protocolo of the recurso that it became.
        descartado: it is kept from lists, and ends by itself.
    """

    id: str
    prestador_id: str
    registro_ans: str
    origem: str
    conteudo: str
    quantidade_entradas: int
    valor_recursado: Decimal
    quem: str
    criado_em: datetime
    alterado_em: datetime
    contestar_ate: date | None = None
    enviado: str | None = None
    descartado: bool = False
    versao: int = 1

    @property
    def aberto(self) -> bool:
        """Whether it may still be changed."""
        return self.enviado is None and not self.descartado

    @property
    def expira_em(self) -> datetime:
        """When it ends by itself."""
        return self.alterado_em + VALIDADE
