"""The JSON contract of drafts: their heads; their guias are in `peg.schemas.guias`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from conecta_campos.padrao import SHOWN, STRICT, RegistroAns
from conecta_edge.clock import iso
from peg.schemas.achados import AchadoDaContaView
from peg.schemas.guias import TipoDeGuia
from peg.schemas.pegs import PegView

if TYPE_CHECKING:
    from peg.service.rascunhos import Rascunho

CORPO_MAXIMO: Final = 256 * 1024
"""Bytes of a guia."""
CAMPOS: Final = ("numero_carteira", "itens", "diagnosticos", "observacao")
"""Personal data that an answer with guias may show, for the audit."""

NumeroLote = Annotated[
    str, Field(pattern=r"^[0-9]{1,12}$", description="Até 12 dígitos; sem ele, é dado no envio. Não se repete.")
]


class PegDigitadoRequest(BaseModel):
    """Um PEG a digitar: guias de um só tipo, para uma operadora."""

    model_config = STRICT

    registro_ans: RegistroAns
    tipo_guia: TipoDeGuia
    numero_lote: NumeroLote | None = None


class CabecaDoPegRequest(BaseModel):
    """O que muda; o tipo, só enquanto não há guias. numero_lote nulo volta a ser dado no envio."""

    model_config = STRICT

    registro_ans: RegistroAns | None = None
    tipo_guia: TipoDeGuia | None = None
    numero_lote: NumeroLote | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        wrong = [name for name in ("registro_ans", "tipo_guia") if name in self.model_fields_set
                 and getattr(self, name) is None]  # fmt: skip
        if wrong or not self.model_fields_set:
            raise PydanticCustomError("nada-a-mudar", "Informe o que muda; só numero_lote pode ser nulo.")
        return self

    def changes(self) -> dict[str, Any]:
        """What was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class _View(BaseModel):
    model_config = SHOWN


class PegDigitadoResumoView(_View):
    """Um PEG digitado, antes do envio; depois dele, o protocolo em que se tornou."""

    id: str
    situacao: Annotated[str, Field(description="ABERTO, FECHADO ou ENVIADO.")]
    registro_ans: str
    tipo_guia: str
    numero_lote: str | None
    quantidade_guias: int
    valor_total: Annotated[str, Field(description="Das guias, em reais.")]
    versao: int
    criado_em: datetime
    alterado_em: datetime
    expira_em: Annotated[datetime, Field(description="180 dias depois da última alteração, no máximo um ano.")]
    protocolo: Annotated[str | None, Field(description="Do PEG, quando recebido.")] = None


class GuiaDigitadaView(_View):
    """Uma guia do rascunho, completada do que o padrão deriva."""

    id: str
    guia: Annotated[dict[str, Any], Field(description="No formato em que se envia.")]


class PegDigitadoView(PegDigitadoResumoView):
    """O rascunho inteiro."""

    guias: list[GuiaDigitadaView]
    achados: Annotated[list[AchadoDaContaView], Field(description="O que impede o fechamento.")]


class GuiaGravadaView(GuiaDigitadaView):
    """A guia como ficou, e o que as regras do padrão acham dela sozinha."""

    rascunho: PegDigitadoResumoView
    achados: list[AchadoDaContaView]


class EnviadoView(_View):
    """O PEG em que o rascunho se tornou; glosas não impedem a recepção."""

    rascunho: PegDigitadoResumoView
    peg: PegView
    achados: Annotated[list[AchadoDaContaView], Field(description="Vazio quando já havia sido enviado.")]


class PegsDigitadosPage(_View):
    """Uma página; pode vir menor e ter continuação."""

    rascunhos: list[PegDigitadoResumoView]
    cursor: str | None = None


def resumo(rascunho: Rascunho) -> dict[str, Any]:
    """A head, without its guias (`PegDigitadoResumoView`)."""
    return {
        "id": rascunho.id,
        "situacao": rascunho.estado.situacao.value,
        "registro_ans": rascunho.registro_ans,
        "tipo_guia": rascunho.estado.tipo_guia,
        "numero_lote": rascunho.numero_lote,
        "quantidade_guias": rascunho.estado.guias,
        "valor_total": f"{rascunho.valor_total:.2f}",
        "versao": rascunho.estado.versao,
        "criado_em": iso(rascunho.criado_em),
        "alterado_em": iso(rascunho.alterado_em),
        "expira_em": iso(rascunho.expira_em),
        "protocolo": rascunho.protocolo,
    }
