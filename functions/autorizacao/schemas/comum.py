"""What every JSON contract of this context is made of: days, identifiers, texts, quantities, codes of the standard."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from conecta_tiss.vocabulary.identifiers import is_valid_cpf, is_valid_numero_carteira, is_valid_numero_guia, normalize
from conecta_tiss.vocabulary.tables import DOMINIOS

STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True, defer_build=True)
"""Of what is sent; a model is built when it is first used, not by every cold start."""
SHOWN = ConfigDict(defer_build=True)
"""Of what is answered."""
JSON_NAMES: Final = {"carteira": "numero_carteira", "nascimento_rn": "data_nascimento_rn"}
"""Members of a request that are called otherwise in JSON, as in the other contexts."""
FEW: Final = 20
"""Codes that an error can name one by one."""
ITENS_MAXIMOS: Final = 100
"""In each list of items."""
ITENS_NO_PEDIDO: Final = 120
"""In all of a request's lists: one row holds it whole, with everything that may be said of each item."""

# No control characters, no marks that turn the direction of what follows, nothing that XML cannot carry.
_MARCAS: Final = r"\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff"
LINHA: Final = rf"^[^\x00-\x1f{_MARCAS}]+$"
PARAGRAFO: Final = rf"^[^\x00-\x08\x0b\x0c\x0e-\x1f{_MARCAS}]+$"
_DIA: Final = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DECIMAL: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,2})?", re.ASCII)


def _dia(value: Any) -> date:
    try:
        if isinstance(value, str) and _DIA.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("data-invalida", "Deve ser uma data que exista, no formato AAAA-MM-DD, de 1900 a 2099.")


def _decimal(value: Any) -> Decimal:
    """A number as it was written: text or a JSON number, two places at most; what is whole has none."""
    text = value if isinstance(value, str) else repr(value)
    if isinstance(value, bool) or not _DECIMAL.fullmatch(text):
        raise PydanticCustomError(
            "numero-invalido", "Deve ser um número sem sinal, com até 6 algarismos e 2 casas decimais (ponto)."
        )
    number = Decimal(text)
    return Decimal(int(number)) if number == int(number) else number.quantize(Decimal("0.01"))


def _checked(check: Callable[[str], bool], kind: str, message: str) -> Callable[[str], str]:
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


def _glosa(value: str) -> bool:
    from conecta_tiss.terminologia import glosa_text  # noqa: PLC0415
    from conecta_tiss.versions import Versao  # noqa: PLC0415

    return glosa_text(value, Versao.V4_01_00) is not None


Dia = Annotated[date, BeforeValidator(_dia)]
RegistroAns = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="Registro ANS da operadora, 6 dígitos.")]
NumeroGuia = Annotated[
    str,
    Field(max_length=20),
    AfterValidator(_checked(is_valid_numero_guia, "numero-invalido", "Informe o número, até 20 caracteres ASCII.")),
]
Carteira = Annotated[
    str,
    Field(max_length=40, description="Número da carteira (matrícula), atual ou anterior."),
    AfterValidator(
        _checked(
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
        _checked(is_valid_cpf, "cpf-invalido", "O CPF não confere: informe os 11 dígitos, com os verificadores.")
    ),
]
PrestadorId = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$", description="Identificador do prestador.")]
Numero = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": r"^[0-9]{1,6}(\.[0-9]{1,2})?$"}, {"type": "number"}]}),
]
"""A quantity or an amount: text or number, never a binary fraction."""
Texto70 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=70, pattern=LINHA)]
Texto150 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150, pattern=LINHA)]
Texto500 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=PARAGRAFO)]
Texto1000 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=PARAGRAFO)]
Cid = Annotated[str, Field(pattern=r"^[A-Za-z][0-9]{2}\.?[0-9A-Za-z]?$"), AfterValidator(_cid)]
Cbo = Annotated[
    str,
    Field(pattern=r"^[0-9]{6}$", description="CBO do profissional (dm_CBOS)."),
    AfterValidator(_checked(_cbo, "cbo-desconhecido", "O CBO não consta da tabela dm_CBOS da TISS.")),
]
Glosa = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}$", description="Código da Tabela 38 da TISS."),
    AfterValidator(_checked(_glosa, "codigo-desconhecido", "O código não consta da Tabela 38 da TISS.")),
]
Sequencia = Annotated[int, Field(ge=1, le=9999, description="`sequencia` do item na autorização.")]
