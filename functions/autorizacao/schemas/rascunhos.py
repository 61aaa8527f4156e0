"""The JSON contract of drafts: a request as far as it is written."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from conecta_campos.padrao import SHOWN

CORPO_MAXIMO: Final = 64 * 1024


class RascunhoRequest(BaseModel):
    """Um objeto JSON de até 64 KB no formato de POST /autorizacoes, do jeito que estiver."""

    model_config = ConfigDict(extra="allow", defer_build=True)


class FaltaView(BaseModel):
    """O que ainda falta, ou está errado."""

    model_config = SHOWN

    campo: str
    codigo: str
    mensagem: str


class RascunhoResumoView(BaseModel):
    """Um rascunho em uma lista."""

    model_config = SHOWN

    id: str
    versao: int
    criado_em: datetime
    alterado_em: datetime
    expira_em: Annotated[datetime, Field(description="Trinta dias depois da última gravação.")]
    tipo: str | None = None
    registro_ans: str | None = None
    numero_guia_prestador: str | None = None


class RascunhoView(RascunhoResumoView):
    """Um rascunho, e o que lhe falta para ser enviado."""

    completo: Annotated[bool, Field(description="Nada falta: pode ser enviado.")]
    erros: list[FaltaView]
    pedido: Annotated[dict[str, Any], Field(description="Como foi gravado.")]


class RascunhosPage(BaseModel):
    """Uma página; pode vir menor e ter continuação."""

    model_config = SHOWN

    rascunhos: list[RascunhoResumoView]
    cursor: str | None = None
