"""The JSON contract of relacionamentos (pydantic); extra members are refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from cadastro.schemas.comum import Cpf
from cadastro.schemas.comum import Dia as AnyDia
from cadastro.schemas.contas import STRICT, TEXTO
from conecta_tiss.vocabulary.identifiers import is_valid_cnes, is_valid_cnpj, normalize

Situacao = Literal["SOLICITADO", "HABILITADO", "RECUSADO", "SUSPENSO", "DESCREDENCIADO"]


def _cnpj(value: str) -> str:
    normal = normalize(value)
    if not is_valid_cnpj(normal):
        raise PydanticCustomError(
            "cnpj-invalido", "O CNPJ não confere: informe os 14 caracteres, com os verificadores."
        )
    return normal


def _cnes(value: str) -> str:
    normal = normalize(value)
    if not is_valid_cnes(normal):
        raise PydanticCustomError("cnes-invalido", "Informe os 7 dígitos do CNES; 9999999 para quem não tem.")
    return normal


def _day(value: date) -> date:
    if not 2000 <= value.year <= 2100:  # noqa: PLR2004  # a year that was mistyped, and not a deadline
        raise PydanticCustomError("data-invalida", "Confira o ano da data.")
    return value


# What bounds a text comes before what reads it, and `None` is outside both: an explicit null is as good as none.
Cnpj = Annotated[
    str, Field(max_length=20, description="CNPJ do prestador, com ou sem pontuação."), AfterValidator(_cnpj)
]
Dia = Annotated[AnyDia, AfterValidator(_day)]
Motivo = Annotated[
    str, Field(min_length=3, max_length=500, pattern=TEXTO, description="Em texto claro: o prestador o lê.")
]
Codigo = Annotated[
    str,
    Field(min_length=1, max_length=14, pattern=r"^[!-~]+$", description="Código do prestador na operadora."),
]


class RelacionamentoRequest(BaseModel):
    """O prestador e a operadora; exatamente um de `cnpj` e `cpf`."""

    model_config = STRICT

    registro_ans: Annotated[str, Field(pattern=r"^[0-9]{6}$", description="Registro ANS da operadora.")]
    cnpj: Cnpj | None = None
    cpf: Cpf | None = None
    nome: Annotated[str, Field(min_length=3, max_length=120, pattern=TEXTO, description="Nome ou razão social.")]
    cnes: Annotated[str, Field(max_length=10, description="CNES; 9999999 para quem não tem."), AfterValidator(_cnes)]
    codigo_na_operadora: Codigo | None = None
    mensagem: Annotated[
        str | None, Field(min_length=1, max_length=500, pattern=TEXTO, description="O que a operadora deve saber.")
    ] = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.cnpj is None) == (self.cpf is None):
            raise PydanticCustomError("cnpj-ou-cpf", "Informe cnpj ou cpf: exatamente um dos dois.")
        return self


class PedidoView(BaseModel):
    """Um pedido de relacionamento e o seu estado."""

    id: str
    protocolo_atendimento: Annotated[str, Field(description="Protocolo de atendimento desta solicitação (RN 623).")]
    registro_ans: str
    situacao: Literal["SOLICITADO", "HABILITADO", "RECUSADO"]
    de_quem_e_a_vez: Literal["prestador", "operadora", "ninguem"]
    motivo: str | None = None
    cnpj: str | None = None
    cpf: str | None = None
    nome: str
    cnes: str
    codigo_na_operadora: str | None = None
    mensagem: str | None = None
    criado_em: datetime
    decidido_em: datetime | None = None
    versao: int


class MudancaAgendadaView(BaseModel):
    """O que mudará por si, e quando."""

    situacao: Situacao
    de: date


class RelacionamentoView(BaseModel):
    """Um relacionamento, como está hoje."""

    prestador_id: str
    nome: str | None = None
    registro_ans: str
    situacao: Situacao | None = None
    desde: date | None = None
    motivo: str | None = None
    proxima_mudanca: MudancaAgendadaView | None = None
    codigo_na_operadora: str
    autorizacao: Annotated[bool, Field(description="Elegibilidade e autorizações liberadas pela operadora.")]
    faturamento: Annotated[bool, Field(description="Faturamento liberado pela operadora.")]


class RelacionamentosView(BaseModel):
    """Relacionamentos dos prestadores da pessoa, e os pedidos dela e dos prestadores de que é gestora."""

    relacionamentos: list[RelacionamentoView]
    pedidos: list[PedidoView]


class PedidoDaOperadoraView(PedidoView):
    """Um pedido, para quem decide."""

    prestador_id: str
    email_solicitante: Annotated[str | None, Field(description="E-mail verificado de quem pediu.")] = None
    pedido_por_gestor: Annotated[bool, Field(description="Quem pediu já é gestor deste prestador.")]


class RelacionamentoDaOperadoraView(RelacionamentoView):
    """Um relacionamento, para a operadora."""

    cnpj: str | None = None
    cpf: str | None = None
    cnes: str | None = None
    etag: Annotated[str, Field(description="Envie em If-Match para mudar só o que se viu.")]


class RelacionamentosDaOperadoraPage(BaseModel):
    """Uma página de pedidos ou de relacionamentos de uma operadora."""

    pedidos: list[PedidoDaOperadoraView] = Field(default_factory=list)
    relacionamentos: list[RelacionamentoDaOperadoraView] = Field(default_factory=list)
    cursor: str | None = None


class DecisaoRequest(BaseModel):
    """A decisão da operadora sobre um pedido."""

    model_config = STRICT

    decisao: Literal["HABILITAR", "RECUSAR"]
    motivo: Annotated[Motivo | None, Field(description="Obrigatório ao recusar.")] = None
    desde: Annotated[Dia | None, Field(description="Primeiro dia habilitado; o padrão é hoje.")] = None
    codigo_na_operadora: Annotated[
        Codigo | None, Field(description="Código do prestador na operadora; o padrão é o do pedido.")
    ] = None
    autorizacao: Annotated[bool | None, Field(description="Libera elegibilidade e autorizações; o padrão é sim.")] = (
        None
    )
    faturamento: Annotated[bool | None, Field(description="Libera o faturamento; o padrão é sim.")] = None
    vincular_solicitante: Annotated[
        bool | None,
        Field(
            description="Se quem pediu passa a ser gestor do prestador. O padrão é sim enquanto o prestador não tem "
            "gestor; quando já tem, é preciso dizer."
        ),
    ] = None

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if self.decisao == "RECUSAR" and self.motivo is None:
            raise PydanticCustomError("motivo-obrigatorio", "Informe o motivo da recusa: o prestador o lê.")
        return self


class SuspensaoRequest(BaseModel):
    """Suspende novas senhas; o que foi atendido antes continua a ser faturado."""

    model_config = STRICT

    de: Annotated[Dia, Field(description="Primeiro dia suspenso.")]
    ate: Annotated[Dia | None, Field(description="Último dia suspenso; sem ele, até a reativação.")] = None
    motivo: Motivo


class ReativacaoRequest(BaseModel):
    """Encerra uma suspensão, ou desfaz o que estava agendado."""

    model_config = STRICT

    de: Annotated[Dia | None, Field(description="Primeiro dia habilitado; o padrão é hoje.")] = None
    motivo: Motivo
    autorizacao: Annotated[bool | None, Field(description="Libera elegibilidade e autorizações.")] = None
    faturamento: Annotated[bool | None, Field(description="Libera o faturamento.")] = None


class DescredenciamentoRequest(BaseModel):
    """Encerra o relacionamento; o que foi atendido antes continua a ser faturado."""

    model_config = STRICT

    de: Annotated[Dia, Field(description="Primeiro dia descredenciado.")]
    motivo: Motivo
