"""Numbers with check digits, and permutations that hand out numbers without repeating or remembering any.

Independent of `conecta_tiss.vocabulary.identifiers`, whose validators are the oracle of the tests.
"""

from __future__ import annotations

from functools import partial
from hashlib import blake2b
from operator import mul
from typing import Final

_CPF: Final = (10, 9, 8, 7, 6, 5, 4, 3, 2)
_CPF_2: Final = (11, *_CPF)
_CNPJ: Final = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_CNPJ_2: Final = (6, *_CNPJ)
_CNS: Final = tuple(range(15, 0, -1))
_DEZ: Final = 10


class Permutacao:
    """A bijection of the numbers of n digits, keyed: position in, number out, far from its neighbours'.

    A Feistel network over the two halves of the number. Whoever knows one number cannot tell the next one.
    """

    def __init__(self, chave: str, digitos: int) -> None:
        self._digitos = digitos
        self._alto = 10 ** (digitos // 2)
        self._baixo = 10 ** (digitos - digitos // 2)
        keys = (blake2b(f"{chave}/{digitos}/{turn}".encode(), digest_size=16).digest() for turn in range(4))
        self._rounds = tuple(partial(blake2b, key=key, digest_size=8) for key in keys)

    def __call__(self, posicao: int) -> str:
        """The number at a position, from 0 to 10^n - 1, with its leading zeros."""
        alto, baixo = divmod(posicao, self._baixo)
        first, second, third, fourth = self._rounds
        alto = (alto + int.from_bytes(first(b"%d" % baixo).digest())) % self._alto
        baixo = (baixo + int.from_bytes(second(b"%d" % alto).digest())) % self._baixo
        alto = (alto + int.from_bytes(third(b"%d" % baixo).digest())) % self._alto
        baixo = (baixo + int.from_bytes(fourth(b"%d" % alto).digest())) % self._baixo
        return f"{alto * self._baixo + baixo:0{self._digitos}d}"


def _resto_11(numeros: list[int], pesos: tuple[int, ...]) -> int:
    total: int = sum(map(mul, numeros, pesos))
    return -total % 11 % _DEZ


def cpf(base: str) -> str:
    """The CPF of these 9 digits."""
    numeros = [byte - 48 for byte in base.encode()]
    numeros.append(_resto_11(numeros, _CPF))
    return f"{base}{numeros[9]}{_resto_11(numeros, _CPF_2)}"


def cnpj(base: str) -> str:
    """The CNPJ of these 12 digits or capital letters, which count as their ASCII code minus 48."""
    numeros = [byte - 48 for byte in base.encode()]
    numeros.append(_resto_11(numeros, _CNPJ))
    return f"{base}{numeros[12]}{_resto_11(numeros, _CNPJ_2)}"


def cns_definitivo(base: str) -> str:
    """The definitive CNS of these 11 digits, the first 1 or 2."""
    total = sum(map(mul, map(int, base), _CNS))
    digito = -total % 11
    return f"{base}001{-(total + 2) % 11}" if digito == _DEZ else f"{base}000{digito}"


def cns_provisorio(base: str) -> str:
    """A provisional CNS that starts with these 13 digits, the first 7, 8 or 9."""
    total = sum(map(mul, map(int, base), _CNS))
    # The 14th digit weighs 2: of two neighbours at most one asks for a check digit of 10.
    penultimo = next(digito for digito in (0, 1) if -(total + 2 * digito) % 11 != _DEZ)
    return f"{base}{penultimo}{-(total + 2 * penultimo) % 11}"


def luhn(numero: str) -> str:
    """The number and its modulo 10 check digit."""
    total = 0
    for place, digit in enumerate(map(int, reversed(numero))):
        doubled = digit * 2 if place % 2 == 0 else digit
        total += doubled - 9 if doubled >= _DEZ else doubled
    return f"{numero}{-total % _DEZ}"
