"""The JSON contract of session, people and credentials (pydantic); extra members are refused."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)
# No control characters nor marks that turn the direction of what follows.
TEXTO = r"^[^\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+$"
_EMAIL: Final = re.compile(
    r"[a-z0-9!#$%&*+/=?^_{|}~-]+(\.[a-z0-9!#$%&*+/=?^_{|}~-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}"
)
HORAS_MAXIMAS: Final = 168

PapelView = Literal["recepcao", "faturista", "gestor"]
EscopoView = Literal[
    "conecta/elegibilidade.ler", "conecta/elegibilidade.escrever",
    "conecta/autorizacao.ler", "conecta/autorizacao.escrever",
    "conecta/peg.ler", "conecta/peg.escrever",
    "conecta/pagamento.ler", "conecta/pagamento.escrever",
    "conecta/recurso.ler", "conecta/recurso.escrever",
    "conecta/documentos.ler", "conecta/documentos.escrever",
]  # fmt: skip


def _email(value: str) -> str:
    normal = value.strip().lower()
    if not _EMAIL.fullmatch(normal):
        raise PydanticCustomError("email-invalido", "Informe um e-mail no formato nome@dominio.")
    return normal


class RelacionamentoDaSessao(BaseModel):
    """Em que estado o prestador está com uma operadora, hoje."""

    registro_ans: str
    situacao: str | None = None


class PrestadorDaSessao(BaseModel):
    """Um prestador em nome de quem a pessoa pode agir."""

    prestador_id: Annotated[str, Field(description="Envie em Conecta-Prestador.")]
    nome: str | None = None
    papel: PapelView
    relacionamentos: list[RelacionamentoDaSessao]


class OperadoraDaSessao(BaseModel):
    """Uma operadora a que a pessoa pertence, e em que grupos."""

    registro_ans: str
    grupos: list[str]


class SessaoView(BaseModel):
    """Quem é a pessoa desta sessão: de prestadores, ou de operadoras."""

    tipo: Literal["prestador", "operadora"]
    prestadores: list[PrestadorDaSessao] = Field(default_factory=list)
    operadoras: list[OperadoraDaSessao] = Field(default_factory=list)


class PessoaRequest(BaseModel):
    """A pessoa que passará a agir em nome do prestador."""

    model_config = STRICT

    email: Annotated[
        str,
        Field(max_length=128, description="E-mail da pessoa; quem ainda não tem conta recebe um convite por e-mail."),
        AfterValidator(_email),
    ]
    papel: Annotated[
        PapelView,
        Field(description="recepcao: elegibilidade e autorizações; faturista: faturamento; gestor: tudo e pessoas."),
    ]


class PessoaPatch(BaseModel):
    """O que muda; o que não vier fica como está."""

    model_config = STRICT

    papel: PapelView | None = None
    ativo: Annotated[bool | None, Field(description="false suspende o acesso; true o devolve.")] = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.papel is None and self.ativo is None:
            raise PydanticCustomError("nada-a-mudar", "Informe papel, ativo ou ambos.")
        return self


class PessoaView(BaseModel):
    """Uma pessoa que age em nome do prestador."""

    id: str
    email: Annotated[str | None, Field(description="Como foi informado no convite; visível só para gestores.")] = None
    papel: PapelView
    ativo: bool
    criada_em: datetime
    propria: Annotated[bool, Field(description="É a pessoa desta sessão.")]
    versao: int


class PessoasPage(BaseModel):
    """Uma página das pessoas do prestador."""

    pessoas: list[PessoaView]
    cursor: str | None = None


class CredencialRequest(BaseModel):
    """A credencial de um sistema do prestador."""

    model_config = STRICT

    nome: Annotated[
        str, Field(min_length=1, max_length=60, pattern=TEXTO, description="Nome seu para o sistema que a usará.")
    ]
    escopos: Annotated[
        list[EscopoView], Field(min_length=1, max_length=12, description="O que o sistema poderá fazer.")
    ]


class RotacaoRequest(BaseModel):
    """Por quanto tempo as duas credenciais valem ao mesmo tempo."""

    model_config = STRICT

    sobreposicao_horas: Annotated[
        int, Field(ge=0, le=HORAS_MAXIMAS, description="0 encerra a atual imediatamente.")
    ] = 24


class CredencialView(BaseModel):
    """Uma credencial de sistema; o segredo só aparece na criação."""

    client_id: str
    nome: str
    escopos: list[str]
    situacao: Annotated[
        Literal["ATIVA", "EM_ROTACAO", "EXPIRADA", "REVOGADA"],
        Field(description="EM_ROTACAO: já tem sucessora e vale até expira_em."),
    ]
    criada_em: datetime
    expira_em: datetime | None = None
    revogada_em: datetime | None = None
    substitui: Annotated[str | None, Field(description="client_id da antecessora.")] = None


class CredenciaisView(BaseModel):
    """As credenciais do prestador, da mais nova à mais antiga."""

    credenciais: list[CredencialView]
    limite: Annotated[int, Field(description="Quantas podem valer ao mesmo tempo.")]


class CredencialCriadaView(CredencialView):
    """A credencial recém-criada, com o segredo: guarde-o agora, ele não é mostrado de novo."""

    client_secret: str
    anterior: Annotated[CredencialView | None, Field(description="Na rotação, a credencial substituída.")] = None
