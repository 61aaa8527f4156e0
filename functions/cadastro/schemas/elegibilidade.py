"""The JSON contract of eligibility."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from cadastro.schemas.comum import STRICT, Dia, PorCarteiraOuCpf, RegistroAns

Grupo = Annotated[str, Field(strict=True, min_length=1, max_length=60, description="Nome do grupo de operadoras.")]
Referencia = Annotated[
    str, Field(strict=True, min_length=1, max_length=100, description="Referência sua, devolvida como veio.")
]


class _Quem(PorCarteiraOuCpf):
    """De quem se pergunta, e para quando."""

    data_atendimento: Annotated[Dia | None, Field(description="Data do atendimento; o padrão é hoje.")] = None
    atendimento_rn: Annotated[
        bool, Field(strict=True, description="Atende-se um recém-nascido na carteira da mãe ou do pai.")
    ] = False
    data_nascimento_rn: Annotated[Dia | None, Field(description="Nascimento do recém-nascido, se conhecido.")] = None


class ElegibilidadeRequest(_Quem):
    """Uma consulta. Sem `registro_ans` nem `grupo`, consultam-se todas as operadoras do prestador."""

    registro_ans: RegistroAns | None = None
    grupo: Grupo | None = None


class ItemLote(_Quem):
    """Um beneficiário da agenda."""

    referencia: Referencia | None = None


class ElegibilidadeLoteRequest(BaseModel):
    """A agenda: até 500 beneficiários de uma vez."""

    model_config = STRICT

    registro_ans: RegistroAns | None = None
    grupo: Grupo | None = None
    data_atendimento: Annotated[Dia | None, Field(description="Data dos itens que não trazem a sua.")] = None
    itens: Annotated[list[ItemLote], Field(min_length=1, max_length=500)]


class MotivoView(BaseModel):
    """Por que não: a regra, o código da Tabela 38 com o texto oficial, e o que fazer."""

    regra: str
    codigo: str
    texto: str | None = None
    mensagem: str


class PlanoView(BaseModel):
    """O plano e o que a segmentação dele cobre."""

    codigo: str
    nome: str | None = None
    registro_produto: str | None = None
    acomodacao: Literal["INDIVIDUAL", "COLETIVA"] | None = None
    abrangencia: str | None = None
    cobertura: Annotated[
        dict[str, bool], Field(description="ambulatorial, hospitalar, obstetricia, odontologia, coparticipacao.")
    ] = Field(default_factory=dict)


class CarenciaView(BaseModel):
    """Uma carência ainda em curso na data do atendimento."""

    grupo: str
    coberto_desde: Annotated[date, Field(description="Primeiro dia coberto.")]


class ElegivelView(BaseModel):
    """Uma carteira do beneficiário."""

    registro_ans: str
    numero_carteira: Annotated[str, Field(description="Número atual, mesmo que se tenha perguntado pelo anterior.")]
    carteira_renumerada: bool
    nome: str
    nome_social: str | None = None
    validade_carteira: date | None = None
    elegivel: bool
    motivos: list[MotivoView]
    plano: PlanoView
    carencias: list[CarenciaView]
    cobertura_parcial_ate: Annotated[date | None, Field(description="Fim da cobertura parcial temporária.")] = None


class ElegibilidadeView(BaseModel):
    """Todas as carteiras encontradas, as utilizáveis primeiro."""

    data_atendimento: date
    elegivel: Annotated[bool, Field(description="Se ao menos uma carteira é elegível na data.")]
    beneficiarios: list[ElegivelView]


class ResultadoLote(BaseModel):
    """A resposta de um item, na ordem em que veio."""

    referencia: str | None = None
    data_atendimento: date
    encontrado: bool
    elegivel: bool
    beneficiarios: list[ElegivelView]
    motivos: Annotated[list[MotivoView], Field(description="Só quando não encontrado.")] = Field(default_factory=list)


class ElegibilidadeLoteView(BaseModel):
    """Os resultados, um por item e na mesma ordem."""

    total: int
    elegiveis: int
    nao_encontrados: int
    resultados: list[ResultadoLote]


def dump(model: BaseModel) -> dict[str, Any]:
    """A model as JSON-able values, absent members as null."""
    return model.model_dump(mode="json")
