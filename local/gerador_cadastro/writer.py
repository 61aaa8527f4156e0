"""Rows as physical lines of CSV."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from local.gerador_cadastro.model import Formato, Linha

_CENTAVO: Final = Decimal("0.01")


def sn(valor: bool) -> str:  # noqa: FBT001 - it spells a boolean
    """S or N."""
    return "S" if valor else "N"


def dia(valor: date | None) -> str:
    """AAAA-MM-DD; empty when there is none."""
    return "" if valor is None else valor.isoformat()


def reais(valor: Decimal) -> str:
    """An amount with its two decimal places."""
    return str(valor.quantize(_CENTAVO))


def celulas(valores: Sequence[str], formato: Formato) -> str:
    """One line without its end; only cells that need quotes have them."""
    separador = formato.separador
    line = separador.join(valores)
    if '"' not in line and line.count(separador) == len(valores) - 1:
        return line
    return separador.join(
        '"' + valor.replace('"', '""') + '"' if separador in valor or '"' in valor else valor for valor in valores
    )


def cabecalho(colunas: Sequence[str], formato: Formato) -> bytes:
    """The first line, with its end."""
    return (BOM_UTF8 if formato.bom else b"") + (formato.separador.join(colunas) + formato.nova_linha).encode()


def linha_de(colunas: Sequence[str], linha: Linha, formato: Formato) -> str:
    """A row as one line, without its end."""
    return celulas([linha.get(coluna, "") for coluna in colunas], formato)


def linhas_de(colunas: Sequence[str], linhas: Iterable[Linha], formato: Formato) -> Iterator[bytes]:
    """The header and the rows, encoded, each with its line end."""
    yield cabecalho(colunas, formato)
    end = formato.nova_linha
    for linha in linhas:
        yield (linha_de(colunas, linha, formato) + end).encode()
