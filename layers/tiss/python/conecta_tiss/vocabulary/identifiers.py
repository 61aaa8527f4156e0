"""Identifiers as they travel in TISS messages: text, ASCII only, checked once where they enter.

Each has a `NewType` (free at run time), a `parse_*` that gives the value or raises
`IdentificadorInvalidoError` with a `motivo` and never the value, and an `is_valid_*`. A value is accepted
as the message writes it: no punctuation, no spaces around. What a person types goes through `normalize`
first. Full-width or other non-ASCII digits are refused everywhere.

Formats: simple types of the schemas (tiss.md section 2.3). Check digits: CPF and CNPJ by modulo 11,
letters of a CNPJ counting as their ASCII code minus 48 (dominio.md section 6; only 4.03.00 carries
letters); CNS by the Ministry of Health's rules for definitive (1, 2) and provisional (7, 8, 9) numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NewType

from conecta_tiss.errors import IdentificadorInvalidoError, MotivoInvalido

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Cpf = NewType("Cpf", str)
Cnpj = NewType("Cnpj", str)
Cnes = NewType("Cnes", str)
Cns = NewType("Cns", str)
RegistroAns = NewType("RegistroAns", str)
NumeroCarteira = NewType("NumeroCarteira", str)
NumeroGuia = NewType("NumeroGuia", str)
NumeroLote = NewType("NumeroLote", str)
NumeroProtocolo = NewType("NumeroProtocolo", str)
Senha = NewType("Senha", str)

_DIGITOS: Final = re.compile(r"[0-9]+")
_CNPJ: Final = re.compile(r"[0-9A-Z]{12}[0-9]{2}")
_IMPRIMIVEL: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_PONTUACAO: Final = str.maketrans("", "", " .-/")

_PESOS_CNPJ: Final = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)


def normalize(texto: str) -> str:
    """What a person types, as a message writes it: no `.`, `-`, `/` or spaces, letters in upper case.

    For CPF, CNPJ, CNS, CNES and registro ANS only; in a carteira or a senha punctuation may count.
    """
    return texto.translate(_PONTUACAO).upper()


def parse_cpf(texto: str) -> Cpf:
    """A CPF: 11 digits, the last two by modulo 11; eleven equal digits are refused.

    Raises:
        IdentificadorInvalidoError: It is not one.
    """
    _exige_digitos(texto, "CPF", 11, 11)
    _exige_variados(texto, "CPF")
    numeros = [int(digito) for digito in texto]
    primeiro = _resto_11(zip(numeros[:9], range(10, 1, -1), strict=True))
    segundo = _resto_11(zip([*numeros[:9], primeiro], range(11, 1, -1), strict=True))
    if numeros[9:] != [primeiro, segundo]:
        raise IdentificadorInvalidoError("CPF", MotivoInvalido.DIGITO_VERIFICADOR)
    return Cpf(texto)


def parse_cnpj(texto: str) -> Cnpj:
    """A CNPJ: 12 digits or upper-case letters and two check digits; all equal is refused.

    Raises:
        IdentificadorInvalidoError: It is not one.
    """
    _exige_tamanho(texto, "CNPJ", 14, 14)
    if _CNPJ.fullmatch(texto) is None:
        raise IdentificadorInvalidoError("CNPJ", MotivoInvalido.CARACTERES)
    _exige_variados(texto, "CNPJ")
    numeros = [ord(caractere) - 48 for caractere in texto]
    primeiro = _resto_11(zip(numeros[:12], _PESOS_CNPJ[1:], strict=True))
    segundo = _resto_11(zip([*numeros[:12], primeiro], _PESOS_CNPJ, strict=True))
    if numeros[12:] != [primeiro, segundo]:
        raise IdentificadorInvalidoError("CNPJ", MotivoInvalido.DIGITO_VERIFICADOR)
    return Cnpj(texto)


def is_alphanumeric(cnpj: Cnpj) -> bool:
    """Whether a CNPJ has letters, and so cannot travel in 4.01.00 or 4.02.00."""
    return not cnpj.isdigit()


def parse_cns(texto: str) -> Cns:
    """A CNS (Cartao Nacional de Saude): 15 digits, definitive (1, 2) or provisional (7, 8, 9).

    Raises:
        IdentificadorInvalidoError: It is not one.
    """
    _exige_digitos(texto, "CNS", 15, 15)
    if texto[0] in "12":
        valido = texto == _cns_definitivo(texto[:11])
    elif texto[0] in "789":
        valido = _ponderada(texto, range(15, 0, -1)) % 11 == 0
    else:
        raise IdentificadorInvalidoError("CNS", MotivoInvalido.CARACTERES)
    if not valido:
        raise IdentificadorInvalidoError("CNS", MotivoInvalido.DIGITO_VERIFICADOR)
    return Cns(texto)


def parse_cnes(texto: str) -> Cnes:
    """A CNES: 7 digits (`9999999` stands for who has none).

    Raises:
        IdentificadorInvalidoError: It is not one.
    """
    _exige_digitos(texto, "CNES", 7, 7)
    return Cnes(texto)


def parse_registro_ans(texto: str) -> RegistroAns:
    """The registration of an operadora at ANS: 6 digits.

    Raises:
        IdentificadorInvalidoError: It is not one.
    """
    _exige_digitos(texto, "registro ANS", 6, 6)
    return RegistroAns(texto)


def parse_numero_carteira(texto: str) -> NumeroCarteira:
    """The number of a carteira: 1 to 20 printable ASCII characters, no space at the ends.

    Raises:
        IdentificadorInvalidoError: It is not one.
    """
    _exige_texto(texto, "número da carteira")
    return NumeroCarteira(texto)


def parse_senha(texto: str) -> Senha:
    """The senha of an authorisation: 1 to 20 printable ASCII characters, no space at the ends.

    Raises:
        IdentificadorInvalidoError: It is not one.
    """
    _exige_texto(texto, "senha de autorização")
    return Senha(texto)


def parse_numero_guia(texto: str) -> NumeroGuia:
    """The number of a guia (prestador's or operadora's): 1 to 20 printable ASCII characters.

    Raises:
        IdentificadorInvalidoError: It is not one.
    """
    _exige_texto(texto, "número da guia")
    return NumeroGuia(texto)


def parse_numero_lote(texto: str) -> NumeroLote:
    """The number of a lote: 1 to 12 digits, because the recurso's reply can carry nothing else.

    Leading zeros count: `1` and `01` are two lotes.

    Raises:
        IdentificadorInvalidoError: It is not one.
    """
    _exige_digitos(texto, "número do lote", 1, 12)
    return NumeroLote(texto)


def parse_numero_protocolo(texto: str) -> NumeroProtocolo:
    """A protocolo: 1 to 12 digits, the first not zero (tiss.md section 2: it is a number in recursos).

    Raises:
        IdentificadorInvalidoError: It is not one.
    """
    _exige_digitos(texto, "número do protocolo", 1, 12)
    if texto[0] == "0":
        raise IdentificadorInvalidoError("número do protocolo", MotivoInvalido.CARACTERES)
    return NumeroProtocolo(texto)


def is_valid_cpf(texto: str) -> bool:
    """Whether `parse_cpf` accepts it."""
    return _aceita(parse_cpf, texto)


def is_valid_cnpj(texto: str) -> bool:
    """Whether `parse_cnpj` accepts it."""
    return _aceita(parse_cnpj, texto)


def is_valid_cns(texto: str) -> bool:
    """Whether `parse_cns` accepts it."""
    return _aceita(parse_cns, texto)


def is_valid_cnes(texto: str) -> bool:
    """Whether `parse_cnes` accepts it."""
    return _aceita(parse_cnes, texto)


def is_valid_registro_ans(texto: str) -> bool:
    """Whether `parse_registro_ans` accepts it."""
    return _aceita(parse_registro_ans, texto)


def is_valid_numero_carteira(texto: str) -> bool:
    """Whether `parse_numero_carteira` accepts it."""
    return _aceita(parse_numero_carteira, texto)


def is_valid_senha(texto: str) -> bool:
    """Whether `parse_senha` accepts it."""
    return _aceita(parse_senha, texto)


def is_valid_numero_guia(texto: str) -> bool:
    """Whether `parse_numero_guia` accepts it."""
    return _aceita(parse_numero_guia, texto)


def is_valid_numero_lote(texto: str) -> bool:
    """Whether `parse_numero_lote` accepts it."""
    return _aceita(parse_numero_lote, texto)


def is_valid_numero_protocolo(texto: str) -> bool:
    """Whether `parse_numero_protocolo` accepts it."""
    return _aceita(parse_numero_protocolo, texto)


def _aceita(parse: Callable[[str], str], texto: str) -> bool:
    try:
        parse(texto)
    except IdentificadorInvalidoError:
        return False
    return True


def _exige_tamanho(texto: str, tipo: str, minimo: int, maximo: int) -> None:
    if not texto:
        raise IdentificadorInvalidoError(tipo, MotivoInvalido.AUSENTE)
    if not minimo <= len(texto) <= maximo:
        raise IdentificadorInvalidoError(tipo, MotivoInvalido.TAMANHO)


def _exige_digitos(texto: str, tipo: str, minimo: int, maximo: int) -> None:
    _exige_tamanho(texto, tipo, minimo, maximo)
    if _DIGITOS.fullmatch(texto) is None:
        raise IdentificadorInvalidoError(tipo, MotivoInvalido.CARACTERES)


def _exige_texto(texto: str, tipo: str) -> None:
    _exige_tamanho(texto, tipo, 1, 20)
    if _IMPRIMIVEL.fullmatch(texto) is None:
        raise IdentificadorInvalidoError(tipo, MotivoInvalido.CARACTERES)


def _exige_variados(texto: str, tipo: str) -> None:
    if len(set(texto)) == 1:
        raise IdentificadorInvalidoError(tipo, MotivoInvalido.REPETIDO)


def _resto_11(parcelas: Iterable[tuple[int, int]]) -> int:
    """Check digit of CPF and CNPJ: 11 minus the weighted sum's remainder, 10 and 11 becoming 0."""
    resto = sum(numero * peso for numero, peso in parcelas) % 11
    return 0 if resto < 2 else 11 - resto  # noqa: PLR2004


def _ponderada(digitos: str, pesos: Iterable[int]) -> int:
    return sum(int(digito) * peso for digito, peso in zip(digitos, pesos, strict=False))


def _cns_definitivo(pis: str) -> str:
    """The definitive CNS that starts with these 11 digits; a check digit of 10 is avoided by adding 2."""
    soma = _ponderada(pis, range(15, 4, -1))
    digito = -soma % 11
    if digito == 10:  # noqa: PLR2004
        return f"{pis}001{-(soma + 2) % 11}"
    return f"{pis}000{digito}"
