"""Write the compact TUSS index that `conecta_tiss.terminologia` reads (its layout is documented there)."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Final

from conecta_tiss.errors import FonteInvalidaError
from conecta_tiss.terminologia.indice import CABECALHO, FIM_DO_TERMO, MARCA, REGISTRO, TABELAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TRACOS_E_ASPAS: Final = {"–": "-", "‐": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"'}
_MAIS_CARACTERES: Final = 256
_MAIOR_TERMO: Final = 0xFFFF
_CODIGO: Final = re.compile(r"[0-9]{1,10}")


def monta(tuss_json: bytes) -> bytes:
    """The index of all records of the wheel's `tuss.json`.

    Raises:
        FonteInvalidaError: A record is not `codigo` (up to 10 digits), `tabela` (18, 19, 20 or 22),
            `termo`, `vigencia_inicio` and `vigencia_fim` (ISO dates, the end may be empty), or two
            records have the same code and table.
    """
    try:
        linhas = sorted(_linha(registro) for registro in json.loads(tuss_json)["records"])
    except (ValueError, KeyError, TypeError) as erro:
        raise FonteInvalidaError(f"tuss.json não tem o formato esperado: {erro}") from erro
    if len({linha[:2] for linha in linhas}) != len(linhas):
        raise FonteInvalidaError("tuss.json tem códigos repetidos na mesma tabela")
    caracteres = _caracteres(linha[4] for linha in linhas)
    byte_de = {caractere: indice for indice, caractere in enumerate(caracteres)}

    registros, termos = bytearray(), bytearray()
    for tabela, codigo, inicio, fim, termo in linhas:
        escrito = bytes(byte_de[caractere] for caractere in termo)
        registros += REGISTRO.pack(tabela.encode(), codigo.encode(), inicio, fim, len(termos), len(escrito))
        termos += escrito + FIM_DO_TERMO
    dobra = bytes(_dobra(caractere, byte_de) for caractere in caracteres).ljust(256, b"\0")
    texto = caracteres.encode()
    cabecalho = CABECALHO.pack(MARCA, len(linhas), len(texto))
    return b"".join((cabecalho, texto, dobra, registros, termos))


def _linha(registro: Mapping[str, str]) -> tuple[str, str, int, int, str]:
    codigo, tabela = registro["codigo"], registro["tabela"]
    termo = " ".join(registro["termo"].split())
    if not (_CODIGO.fullmatch(codigo) and tabela in TABELAS and 0 < len(termo) <= _MAIOR_TERMO):
        raise ValueError(f"registro {codigo} da tabela {tabela}")
    inicio = date.fromisoformat(registro["vigencia_inicio"]).toordinal()
    fim = date.fromisoformat(registro["vigencia_fim"]).toordinal() if registro["vigencia_fim"] else 0
    return tabela, codigo, inicio, fim, termo


def _caracteres(termos: Iterable[str]) -> str:
    """The single-byte alphabet: ASCII in its place, then every other character of the terms."""
    usados = set().union(*termos)
    ascii_ = "".join(map(chr, range(128)))
    alfabeto = ascii_ + "".join(sorted(usados.difference(ascii_)))
    if len(alfabeto) > _MAIS_CARACTERES:
        raise FonteInvalidaError("os termos da TUSS usam caracteres demais para um índice de um byte")
    return alfabeto


def _dobra(caractere: str, byte_de: Mapping[str, int]) -> int:
    """Byte a character is compared as in a search: lower case, no accent, plain dashes and quotes."""
    simples = _TRACOS_E_ASPAS.get(caractere, caractere)
    base = unicodedata.normalize("NFKD", simples)[0].lower()
    return byte_de.get(base, byte_de[caractere])
