"""What several JSON contracts of this context ask for: days, identifiers, and a person by carteira or CPF."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from conecta_tiss.vocabulary.identifiers import is_valid_cpf, is_valid_numero_carteira, normalize

STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)
DATA_INVALIDA: Final = "data-invalida"
DATA_TEXTO: Final = "Deve ser uma data que exista, no formato AAAA-MM-DD, de 1900 a 2099."
_DIA: Final = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)


def parse_dia(texto: object) -> date:
    """A day written `AAAA-MM-DD`: no number of seconds, no week and no instant, which readers of dates take, too.

    Raises:
        ValueError: it is not one.
    """
    if not isinstance(texto, str) or not _DIA.fullmatch(texto):
        raise ValueError(DATA_INVALIDA)
    return date.fromisoformat(texto)


def _dia(value: Any) -> date:
    try:
        return parse_dia(value)
    except ValueError as error:
        raise PydanticCustomError(DATA_INVALIDA, DATA_TEXTO) from error


def _cpf(value: str) -> str:
    digits = normalize(value)
    if not is_valid_cpf(digits):
        raise PydanticCustomError("cpf-invalido", "O CPF não confere: informe os 11 dígitos, com os verificadores.")
    return digits


def _carteira(value: str) -> str:
    if not is_valid_numero_carteira(value):
        raise PydanticCustomError(
            "carteira-invalida", "Informe o número da carteira como está nela, até 20 caracteres."
        )
    return value


Dia = Annotated[date, BeforeValidator(_dia)]
RegistroAns = Annotated[
    str, Field(pattern=r"^[0-9]{6}$", strict=True, description="Registro ANS da operadora, 6 dígitos.")
]
Cpf = Annotated[str, Field(strict=True, max_length=20, description="CPF, com ou sem pontuação."), AfterValidator(_cpf)]
Carteira = Annotated[
    str,
    Field(strict=True, max_length=40, description="Número da carteira (matrícula), atual ou anterior."),
    AfterValidator(_carteira),
]


class PorCarteiraOuCpf(BaseModel):
    """De quem se trata: exatamente um de `numero_carteira` e `cpf`."""

    model_config = STRICT

    numero_carteira: Carteira | None = None
    cpf: Cpf | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.numero_carteira is None) == (self.cpf is None):
            raise PydanticCustomError("carteira-ou-cpf", "Informe numero_carteira ou cpf: exatamente um dos dois.")
        return self
