"""The JSON contract of eligibility."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from conecta_tiss.vocabulary.identifiers import is_valid_cpf, is_valid_numero_carteira

# Dates come as text in JSON; what is strict is that a number is no text and a text no number.
STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)
RegistroAns = Annotated[
    str, Field(pattern=r"^[0-9]{6}$", strict=True, description="Registro ANS da operadora, 6 dígitos.")
]


def _cpf(value: str) -> str:
    digits = value.replace(".", "").replace("-", "")
    if not is_valid_cpf(digits):
        raise PydanticCustomError("cpf-invalido", "O CPF não confere: informe os 11 dígitos, com os verificadores.")
    return digits


def _carteira(value: str) -> str:
    if not is_valid_numero_carteira(value):
        raise PydanticCustomError(
            "carteira-invalida", "Informe o número da carteira como está nela, até 20 caracteres."
        )
    return value


Cpf = Annotated[str, Field(strict=True, max_length=20, description="CPF, com ou sem pontuação."), AfterValidator(_cpf)]
Carteira = Annotated[
    str,
    Field(strict=True, max_length=40, description="Número da carteira (matrícula), atual ou anterior."),
    AfterValidator(_carteira),
]
Grupo = Annotated[str, Field(strict=True, min_length=1, max_length=60, description="Nome do grupo de operadoras.")]
Referencia = Annotated[
    str, Field(strict=True, min_length=1, max_length=100, description="Referência sua, devolvida como veio.")
]


class _Quem(BaseModel):
    """De quem se pergunta: exatamente um de `numero_carteira` e `cpf`."""

    model_config = STRICT

    numero_carteira: Carteira | None = None
    cpf: Cpf | None = None
    data_atendimento: Annotated[date | None, Field(description="Data do atendimento; o padrão é hoje.")] = None
    atendimento_rn: Annotated[
        bool, Field(strict=True, description="Atende-se um recém-nascido na carteira da mãe ou do pai.")
    ] = False
    data_nascimento_rn: Annotated[date | None, Field(description="Nascimento do recém-nascido, se conhecido.")] = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.numero_carteira is None) == (self.cpf is None):
            raise PydanticCustomError("carteira-ou-cpf", "Informe numero_carteira ou cpf: exatamente um dos dois.")
        return self


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
    data_atendimento: Annotated[date | None, Field(description="Data dos itens que não trazem a sua.")] = None
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
