"""People and families, derived from a seed and an index: the same at every operadora, whoever asks and in any order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from local.gerador_cadastro import nomes
from local.gerador_cadastro.fixos import BASES_RESERVADAS
from local.gerador_cadastro.identificadores import Permutacao, cns_definitivo, cns_provisorio, cpf

ERA: Final = date(2025, 1, 1)
"""Day at which ages are drawn; fixed, so that nobody's date of birth moves with the day of the file."""
MEMBROS: Final = 8
"""Most members of a family, which numbers of people count in."""
ANO: Final = 365.25
# Positions of the permutation of CPFs: families, professionals, prestadores, and where a reserved number is replaced.
_FAMILIAS, PROFISSIONAIS, PRESTADORES, _REPOSICAO = 0, 500_000_000, 800_000_000, 900_000_000

# Ages of titulares, five years a step, as in a large company with its pensioners.
_IDADES: Final = (
    *(20,) * 3, *(25,) * 7, *(30,) * 11, *(35,) * 13, *(40,) * 13, *(45,) * 11, *(50,) * 10, *(55,) * 9,
    *(60,) * 8, *(65,) * 6, *(70,) * 4, *(75,) * 3, *(80,), *(90,),
)  # fmt: skip
_FILHOS: Final = (0, 0, 0, 1, 1, 2, 2, 3)
_COM_CONJUGE, _MESMO_SEXO, _COM_PAIS, _COM_RECEM_NASCIDO, _FERTIL = 0.55, 0.03, 0.04, 0.04, range(20, 43)
_COM_CNS, _CNS_PROVISORIO, _COM_NOME_SOCIAL = 0.9, 0.25, 0.008
_MULHERES, _MENINOS, _MAES, _IDOSO = 0.5, 0.51, 0.7, 70
_IDADE_DE_FILHO: Final = range(25)
_MAIORIDADE: Final = 18


@dataclass(frozen=True, slots=True)
class Pessoa:
    """One person; `cpf` is empty for a newborn, `parentesco` for the titular."""

    numero: int
    nome: str
    sexo: str
    nascimento: date
    cpf: str
    cns: str
    nome_social: str
    parentesco: str


class Populacao:
    """Everybody there is under one seed.

    Args:
        semente: the seed.
        mes: first day of the month of the files; newborns are born in the weeks before it.
    """

    def __init__(self, semente: int, mes: date) -> None:
        self._semente = semente
        self._mes = mes
        self._cpf = Permutacao(f"{semente}/cpf", 9)
        self._cns = Permutacao(f"{semente}/cns", 10)

    def cpf(self, posicao: int) -> str:
        """The CPF at a position, none of the fixed people's."""
        base = self._cpf(posicao)
        # Each reserved number is met once at most, and the place it sends to is nobody else's.
        while base in BASES_RESERVADAS or base == base[0] * 9:
            posicao = _REPOSICAO + posicao % 99_999_989
            base = self._cpf(posicao)
        return cpf(base)

    def rng(self, familia: int, fluxo: int = 0) -> Random:
        """The draws of a family: what it is (0), or what becomes of it at an operadora (its registro)."""
        return Random((self._semente << 60) | (familia << 24) | fluxo)  # noqa: S311 - repeatable on purpose

    def familia(self, indice: int) -> Iterator[Pessoa]:
        """The members of a family, the titular first."""
        rng = self.rng(indice)
        draw = rng.random
        numero = indice * MEMBROS
        idade = _IDADES[int(draw() * len(_IDADES))] + int(draw() * 5)
        sexo = "F" if draw() < _MULHERES else "M"
        sobrenomes = (nomes.sobrenome(rng), nomes.sobrenome(rng))
        yield self._adulto(numero, rng, "", sexo=sexo, idade=idade, sobrenomes=sobrenomes)
        mae = idade if sexo == "F" else None
        if draw() < _COM_CONJUGE:
            numero += 1
            outro = sexo if draw() < _MESMO_SEXO else "FM"[sexo == "F"]
            do_conjuge = max(_MAIORIDADE + 1, idade - 5 + int(draw() * 10))
            if outro == "F":
                mae = do_conjuge
            do_casal = (nomes.sobrenome(rng), sobrenomes[1])
            yield self._adulto(numero, rng, "CONJUGE", sexo=outro, idade=do_conjuge, sobrenomes=do_casal)
        for _ in range(_FILHOS[int(draw() * len(_FILHOS))]):
            do_filho = (mae or idade) - 19 - int(draw() * 20)
            if do_filho in _IDADE_DE_FILHO:
                numero += 1
                do_sexo = "FM"[draw() < _MENINOS]
                yield self._adulto(numero, rng, "FILHO", sexo=do_sexo, idade=do_filho, sobrenomes=sobrenomes)
        if mae in _FERTIL and draw() < _COM_RECEM_NASCIDO:
            numero += 1
            yield self._recem_nascido(numero, rng, sobrenomes)
        if draw() < _COM_PAIS and idade < _IDOSO:
            de_pai = idade + 19 + int(draw() * 15)
            parentesco, outro = ("MAE", "F") if draw() < _MAES else ("PAI", "M")
            dos_avos = (nomes.sobrenome(rng), sobrenomes[0])
            yield self._adulto(numero + 1, rng, parentesco, sexo=outro, idade=de_pai, sobrenomes=dos_avos)

    def _adulto(
        self, numero: int, rng: Random, parentesco: str, *, sexo: str, idade: int, sobrenomes: tuple[str, str]
    ) -> Pessoa:
        draw = rng.random
        nome = nomes.completo(rng, sexo, sobrenomes)
        social = ""
        if draw() < _COM_NOME_SOCIAL and idade >= _MAIORIDADE:
            social = nomes.completo(rng, "FM"[sexo == "F"], sobrenomes)
        nascimento = ERA - timedelta(days=int((idade + draw()) * ANO) + 1)
        documento = self.cpf(_FAMILIAS + numero)
        return Pessoa(numero, nome, sexo, nascimento, documento, self._cartao(numero, rng), social, parentesco)

    def _recem_nascido(self, numero: int, rng: Random, sobrenomes: tuple[str, str]) -> Pessoa:
        sexo = "FM"[rng.random() < _MENINOS]
        nascimento = self._mes - timedelta(days=1 + int(rng.random() * 25))
        return Pessoa(numero, nomes.completo(rng, sexo, sobrenomes), sexo, nascimento, "", "", "", "FILHO")

    def _cartao(self, numero: int, rng: Random) -> str:
        """A CNS, definitive or provisional, or none."""
        kind = rng.random()
        if kind >= _COM_CNS:
            return ""
        base = self._cns(numero)
        if kind < _CNS_PROVISORIO:
            return cns_provisorio(f"{'789'[numero % 3]}00{base}")
        return cns_definitivo(f"{'12'[numero % 2]}{base}")
