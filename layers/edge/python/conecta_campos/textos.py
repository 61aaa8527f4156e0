"""Fields of JSON contracts that people write, and why they write it."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from conecta_campos.padrao import checked

# No control characters, no marks that turn the direction of what follows, nothing that XML cannot carry.
_MARCAS: Final = r"\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff"
LINHA: Final = rf"^[^\x00-\x1f{_MARCAS}]+$"
PARAGRAFO: Final = rf"^[^\x00-\x08\x0b\x0c\x0e-\x1f{_MARCAS}]+$"


def _glosa(value: str) -> bool:
    from conecta_tiss.terminologia import glosa_text  # noqa: PLC0415
    from conecta_tiss.versions import Versao  # noqa: PLC0415

    return glosa_text(value, Versao.V4_01_00) is not None


Texto70 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=70, pattern=LINHA)]
Texto150 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150, pattern=LINHA)]
Texto500 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=PARAGRAFO)]
Texto1000 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=PARAGRAFO)]
Glosa = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}$", description="Código da Tabela 38 da TISS."),
    AfterValidator(checked(_glosa, "codigo-desconhecido", "O código não consta da Tabela 38 da TISS.")),
]
