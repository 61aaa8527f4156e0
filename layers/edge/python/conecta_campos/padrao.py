"""Fields of JSON contracts that the standard defines."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError, core_schema

from conecta_tiss.vocabulary.identifiers import (
    is_valid_cnpj,
    is_valid_cpf,
    is_valid_numero_carteira,
    is_valid_numero_guia,
    normalize,
)
from conecta_tiss.vocabulary.tables import DOMINIOS

STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True, defer_build=True)
"""Of what is sent; a model is built when it is first used, not by every cold start."""
SHOWN = ConfigDict(defer_build=True)
"""Of what is answered."""
FEW: Final = 20
"""Codes that an error can name one by one."""
_DIA: Final = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _dia(value: Any) -> date:
    try:
        if isinstance(value, str) and _DIA.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("data-invalida", "Deve ser uma data que exista, no formato AAAA-MM-DD, de 1900 a 2099.")


def checked(check: Callable[[str], bool], kind: str, message: str) -> Callable[[str], str]:
    """A validator that refuses what does not pass a check."""

    def validate(value: str) -> str:
        if not check(value):
            raise PydanticCustomError(kind, message)
        return value

    return validate


def _cid(value: str) -> str:
    return value.replace(".", "").upper()


@dataclass(frozen=True, slots=True)
class Codes:
    """Metadata of a text that is a code of one of the standard's tables.

    Attributes:
        dominio: the table's name (`dm_UF`).
        names: whether the names of the codes (`SP`, `CRM`) are taken, too.
    """

    dominio: str
    names: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """After the text was found to be one."""
        return core_schema.no_info_after_validator_function(self._code, handler(source))

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: Any) -> dict[str, Any]:
        """The codes, where they are few and nothing else is taken."""
        shown: dict[str, Any] = {"type": "string", "description": f"Código da tabela {self.dominio} da TISS."}
        table = DOMINIOS.get(self.dominio)
        return shown if table is None or self.names else {**shown, "enum": [code.value for code in table]}

    def _code(self, value: str) -> str:
        table = DOMINIOS.get(self.dominio) or _wide(self.dominio)
        if self.names and value in table.__members__:
            return table[value].value
        if value in set(table):
            return value
        few = f": {', '.join(table)}" if len(table) <= FEW else ""
        text = f"Use um código da tabela {self.dominio} da TISS{few}."
        raise PydanticCustomError("codigo-invalido", "{texto}", {"texto": text})


def _wide(dominio: str) -> type[StrEnum]:
    from conecta_tiss.vocabulary.wide_tables import DOMINIOS_EXTENSOS  # noqa: PLC0415  # only who names one pays for it

    return DOMINIOS_EXTENSOS[dominio]


def _cbo(value: str) -> bool:
    from conecta_tiss.terminologia import table_label  # noqa: PLC0415
    from conecta_tiss.versions import Versao  # noqa: PLC0415

    return table_label("dm_CBOS", value, Versao.V4_01_00) is not None


Dia = Annotated[date, BeforeValidator(_dia)]
RegistroAns = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="Registro ANS da operadora, 6 dígitos.")]
NumeroGuia = Annotated[
    str,
    Field(max_length=20),
    AfterValidator(checked(is_valid_numero_guia, "numero-invalido", "Informe o número, até 20 caracteres ASCII.")),
]
Carteira = Annotated[
    str,
    Field(max_length=40, description="Número da carteira (matrícula), atual ou anterior."),
    AfterValidator(
        checked(
            is_valid_numero_carteira, "carteira-invalida",
            "Informe o número da carteira como está nela, até 20 caracteres.",
        )
    ),
]  # fmt: skip
Cpf = Annotated[
    str,
    Field(max_length=20, description="CPF, com ou sem pontuação."),
    AfterValidator(normalize),
    AfterValidator(
        checked(is_valid_cpf, "cpf-invalido", "O CPF não confere: informe os 11 dígitos, com os verificadores.")
    ),
]
Cnpj = Annotated[
    str, Field(max_length=20, description="CNPJ, com ou sem pontuação."), AfterValidator(normalize),
    AfterValidator(
        checked(is_valid_cnpj, "cnpj-invalido", "O CNPJ não confere: informe os 14, com os dígitos verificadores.")
    ),
]  # fmt: skip
PrestadorId = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$", description="Identificador do prestador.")]
Cid = Annotated[str, Field(pattern=r"^[A-Za-z][0-9]{2}\.?[0-9A-Za-z]?$"), AfterValidator(_cid)]
Cbo = Annotated[
    str,
    Field(pattern=r"^[0-9]{6}$", description="CBO do profissional (dm_CBOS)."),
    AfterValidator(checked(_cbo, "cbo-desconhecido", "O CBO não consta da tabela dm_CBOS da TISS.")),
]
