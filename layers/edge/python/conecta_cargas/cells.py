"""How one cell of a load's file becomes a plain value: text, `bool`, `int`, `Decimal`, ISO date, or a list of them.

Plain values are what `conecta_facts.codec` makes of a dataclass, so that a row needs no object of its own on its way to
the table. A refusal has a stable code and a reason in Portuguese, and never the cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from conecta_tiss.vocabulary import identifiers

CENTAVO: Final = Decimal("0.01")
UFS: Final = (
    "AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA", "PB", "PE", "PI",
    "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO",
)  # fmt: skip
_FORMULA: Final = "=+-@"
_MAXIMO_DE_ITENS: Final = 500


class CelulaError(ValueError):
    """A cell is not what its column holds: `codigo` is stable, `motivo` says what to do."""

    def __init__(self, codigo: str, motivo: str) -> None:
        super().__init__(codigo)
        self.codigo = codigo
        self.motivo = motivo


@dataclass(frozen=True, slots=True)
class Formato:
    """What a column holds: how a cell that is not empty is read, and how that is told to who writes the file."""

    ler: Callable[[str], Any]
    descricao: str


def texto(maximo: int) -> Formato:
    """Free text. What a spreadsheet would take for a formula is refused."""

    def ler(celula: str) -> str:
        if celula[0] in _FORMULA:
            raise CelulaError("formula", "O texto começa com =, +, - ou @, que planilhas executam: retire o sinal.")
        if len(celula) > maximo:
            raise CelulaError("longo-demais", f"O texto tem mais de {maximo} caracteres.")
        return celula

    return Formato(ler, f"texto de até {maximo} caracteres")


def padrao(expressao: str, descricao: str) -> Formato:
    """Text of one exact shape."""
    forma = re.compile(expressao, re.ASCII)

    def ler(celula: str) -> str:
        if forma.fullmatch(celula) is None:
            raise CelulaError("formato", f"Deve ser {descricao}.")
        return celula

    return Formato(ler, descricao)


def opcao(*valores: str) -> Formato:
    """One of few words."""
    nomes = ", ".join(valores)
    aceitos = frozenset(valores)

    def ler(celula: str) -> str:
        if celula not in aceitos:
            raise CelulaError("opcao", f"Deve ser uma destas opções: {nomes}.")
        return celula

    return Formato(ler, f"uma de {nomes}")


def opcao_de(tabela: type[StrEnum]) -> Formato:
    """One of the values of an enumeration."""
    return opcao(*(item.value for item in tabela))


def inteiro(minimo: int, maximo: int) -> Formato:
    """A whole number between two, both included."""

    def ler(celula: str) -> int:
        if not (celula.isascii() and celula.isdecimal() and len(celula) < 10):  # noqa: PLR2004  # no huge numbers
            raise CelulaError("numero", "Deve ser um número inteiro, só com algarismos.")
        numero = int(celula)
        if not minimo <= numero <= maximo:
            raise CelulaError("fora-da-faixa", f"Deve ser de {minimo} a {maximo}.")
        return numero

    return Formato(ler, f"número inteiro de {minimo} a {maximo}")


def identificador(parse: Callable[[str], str], descricao: str) -> Formato:
    """An identifier of the standard, check digits included, as messages write it."""

    def ler(celula: str) -> str:
        try:
            return parse(celula)
        except CelulaError:
            raise
        except ValueError as erro:  # its text names the kind and the fault, never the value
            raise CelulaError("identificador", f"Identificador recusado: {erro}.") from None

    return Formato(ler, descricao)


def lista(item: Formato, plural: str) -> Formato:
    """Several values separated by spaces, each once."""

    def ler(celula: str) -> list[Any]:
        valores = [item.ler(parte) for parte in celula.split()]
        if len(valores) > _MAXIMO_DE_ITENS:
            raise CelulaError("lista", f"A lista tem mais de {_MAXIMO_DE_ITENS} itens.")
        if len({repr(valor) for valor in valores}) < len(valores):
            raise CelulaError("lista", "A lista repete um item.")
        return valores

    return Formato(ler, f"{plural}, separados por espaço")


@lru_cache(maxsize=4096)
def _dia(celula: str) -> str:
    try:
        # `fromisoformat` also takes weeks and dates without hyphens.
        if len(celula) == 10 and celula[4] == celula[7] == "-" and celula[:2] in {"19", "20"}:  # noqa: PLR2004
            return date.fromisoformat(celula).isoformat()
    except ValueError:
        pass
    raise CelulaError("data", "Deve ser uma data que existe, no formato AAAA-MM-DD, de 1900 a 2099.")


_VALOR: Final = re.compile(r"[0-9]{1,8}(?:[.,][0-9]{1,2})?", re.ASCII)


def _valor(celula: str) -> Decimal:
    if _VALOR.fullmatch(celula) is None:
        raise CelulaError("valor", "Deve ser um valor como 1234.56 ou 1234,56, sem sinal nem separador de milhar.")
    return Decimal(celula.replace(",", ".")).quantize(CENTAVO)


def _sim_nao(celula: str) -> bool:
    if celula not in {"S", "N"}:
        raise CelulaError("opcao", "Deve ser S ou N.")
    return celula == "S"


def _carteira(celula: str) -> str:
    if celula[0] in _FORMULA:
        raise CelulaError("formula", "O número começa com =, +, - ou @, que planilhas executam.")
    return identifiers.parse_numero_carteira(celula)


def _prestador(celula: str) -> str:
    return identifiers.parse_cpf(celula) if len(celula) == 11 else identifiers.parse_cnpj(celula)  # noqa: PLR2004


def _versao(celula: str) -> dict[str, Any]:
    partes = celula.split(":")
    if len(partes) != 3 or not re.fullmatch(r"[0-9]{1,2}\.[0-9]{2}\.[0-9]{2}", partes[0], re.ASCII):  # noqa: PLR2004
        raise CelulaError("formato", "Cada versão é escrita versao:de:ate, como 4.01.00:2022-10-01: (sem fim).")
    versao = {"versao": partes[0], "aceita_de": _dia(partes[1])}
    if partes[2]:
        versao["aceita_ate"] = _dia(partes[2])
        if versao["aceita_ate"] < versao["aceita_de"]:
            raise CelulaError("datas-fora-de-ordem", "O fim de uma versão vem antes do seu começo.")
    return versao


DATA: Final = Formato(_dia, "data AAAA-MM-DD")
VALOR: Final = Formato(_valor, "valor em reais, como 1234.56 ou 1234,56")
SIM_NAO: Final = Formato(_sim_nao, "S ou N")
UF: Final = opcao(*UFS)
CODIGO: Final = padrao(
    r"[0-9A-Za-z][0-9A-Za-z._/-]{0,29}", "um código de até 30 letras, algarismos, ponto, hífen, barra ou sublinhado"
)
TABELA: Final = padrao(r"[0-9]{2}", "o código de uma tabela da TUSS, com dois algarismos")
ITEM: Final = padrao(r"[0-9A-Za-z]{1,10}", "um código de até 10 letras ou algarismos")
ITEM_OU_PREFIXO: Final = padrao(r"[0-9A-Za-z]{1,10}|[0-9A-Za-z]{1,9}\*", "um código, ou o começo de códigos e *")
TABELA_E_ITEM: Final = padrao(r"[0-9]{2}:[0-9A-Za-z]{1,10}", "tabela:código, como 98:70010")
CBO: Final = padrao(r"[0-9]{6}", "um CBO, com seis algarismos")
NUMERO_CONSELHO: Final = padrao(r"[0-9A-Za-z]{1,15}", "um número de até 15 letras ou algarismos")
SITE: Final = padrao(r"https://[!-~]{1,300}", "um endereço que começa com https://")
VERSOES: Final = lista(Formato(_versao, "versao:de:ate"), "versao:de:ate (o fim pode faltar)")
CPF: Final = identificador(identifiers.parse_cpf, "CPF, 11 algarismos")
CNS: Final = identificador(identifiers.parse_cns, "CNS, 15 algarismos")
CNES: Final = identificador(identifiers.parse_cnes, "CNES, 7 algarismos")
REGISTRO: Final = identificador(identifiers.parse_registro_ans, "registro ANS, 6 algarismos")
CARTEIRA: Final = identificador(_carteira, "número de carteira, até 20 caracteres")
CNPJ: Final = identificador(identifiers.parse_cnpj, "CNPJ, 14 caracteres sem pontuação")
PRESTADOR: Final = identificador(_prestador, "CNPJ (14 caracteres) ou CPF (11 algarismos) do prestador")
