"""What the operadora's people do with a PEG, in JSON."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from conecta_campos.padrao import SHOWN, STRICT, Dia
from conecta_campos.textos import Texto500
from conecta_contas.analise import Glosa
from peg.schemas.guias import Reais
from peg.schemas.pegs import GlosaView, PegView

Motivo = Annotated[Texto500, Field(description="Por quê; fica na linha do tempo.")]


class GlosaRequest(BaseModel):
    """Uma glosa da auditoria: de um item inteiro ou em parte, de uma guia inteira, ou do PEG inteiro."""

    model_config = STRICT

    guia: Annotated[int | None, Field(ge=1, le=100, description="`sequencia` da guia; sem ela, o PEG inteiro.")] = None
    item: Annotated[int | None, Field(ge=1, le=9999, description="`sequencia` do item na guia.")] = None
    codigo: Annotated[str, Field(pattern=r"^[0-9]{4}$", description="Código da Tabela 38, na versão do PEG.")]
    motivo: Annotated[Texto500, Field(description="Por quê, em linguagem simples; o prestador o lê.")]
    valor: Annotated[Reais | None, Field(description="Em reais, só de um item; sem ele, tudo o que resta ali.")] = None
    base: Annotated[Texto500 | None, Field(description="Base legal ou contratual.")] = None
    providencia: Annotated[Texto500 | None, Field(description="O que fazer para não se repetir.")] = None

    @model_validator(mode="after")
    def _placed(self) -> Self:
        if self.item is not None and self.guia is None:
            raise PydanticCustomError("item-sem-guia", "Informe a guia do item.")
        if self.valor is not None and self.item is None:
            raise PydanticCustomError(
                "valor-sem-item", "Só de um item se glosa uma parte: informe item, ou retire valor."
            )
        return self

    def glosa(self) -> Glosa:
        """As the domain takes it; who, under which contract and the amount are filled there."""
        return Glosa(
            id=0, regra="", codigo=self.codigo, motivo="", mensagem=self.motivo, indice=self.guia or 0,
            sequencia=self.item, retirado=self.valor, base=self.base or "", providencia=self.providencia or "",
        )  # fmt: skip


class ReversaoRequest(BaseModel):
    """Reverter uma glosa sem recurso."""

    model_config = STRICT

    motivo: Motivo


class PedidoDeInformacaoRequest(BaseModel):
    """O que falta para analisar, e até quando; sem resposta, a análise segue por si."""

    model_config = STRICT

    motivo: Annotated[Texto500, Field(description="O que se pede; o prestador o lê.")]
    ate: Dia


class ReaberturaRequest(BaseModel):
    """Voltar à análise antes de publicar os valores."""

    model_config = STRICT

    motivo: Motivo


class GlosaDadaView(BaseModel):
    """O PEG como ficou, e a glosa."""

    model_config = SHOWN

    peg: PegView
    glosa: GlosaView
