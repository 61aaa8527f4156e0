"""The columns of a tipo of file, and what is judged across them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from conecta_cargas.cells import Formato

Dados = Mapping[str, Any]
Achado = tuple[str, str, str]
"""Column, stable code, reason."""
Conferencia = Callable[[Dados], Iterator[Achado]]

_FORA_DE_ORDEM: Final = "datas-fora-de-ordem"
_INCOMPLETO: Final = "incompleto"


@dataclass(frozen=True, slots=True)
class Coluna:
    """A column: `padrao` is the plain value of an absent cell, `None` when then there is none."""

    nome: str
    formato: Formato
    ajuda: str
    exemplo: str
    obrigatoria: bool
    padrao: Any


@dataclass(frozen=True, slots=True)
class Tipo:
    """A tipo of file.

    Attributes:
        classe: dataclass of `conecta_facts` whose plain form a row gives.
        confere: what is judged across columns, when the cells themselves are right.
        itens: keys of the items a row writes, as the documentation shows them.
        inteiro: whether a file is loaded whole or not at all; then it is one part.
    """

    nome: str
    descricao: str
    classe: type[Any]
    colunas: tuple[Coluna, ...]
    chaves: tuple[tuple[str, ...], ...]
    confere: tuple[Conferencia, ...]
    itens: tuple[str, ...]
    inteiro: bool = False


def coluna(nome: str, formato: Formato, ajuda: str, exemplo: str = "", padrao: Any = None) -> Coluna:
    """A column; a name that ends in `*` is mandatory."""
    return Coluna(nome.rstrip("*"), formato, ajuda, exemplo, nome.endswith("*"), padrao)


def em_ordem(*nomes: str) -> Conferencia:
    """Days that may not come before one another, in the order given; absent ones are passed over."""

    def conferir(dados: Dados) -> Iterator[Achado]:
        antes = None
        for nome in nomes:
            dia = dados.get(nome)
            if dia is not None and antes is not None and dia < dados[antes]:
                yield nome, _FORA_DE_ORDEM, f"A data vem antes de {antes}."
            antes = nome if dia is not None else antes

    return conferir


def exige(nome: str, outra: str) -> Conferencia:
    """A column that says nothing without another."""

    def conferir(dados: Dados) -> Iterator[Achado]:
        if nome in dados and outra not in dados:
            yield outra, _INCOMPLETO, f"Informe {outra}, porque {nome} está preenchida."

    return conferir


def diferentes(nome: str, outra: str) -> Conferencia:
    """Two columns that cannot hold the same."""

    def conferir(dados: Dados) -> Iterator[Achado]:
        if nome in dados and dados[nome] == dados.get(outra):
            yield nome, "repetida", f"Deve ser diferente de {outra}, ou ficar vazia."

    return conferir
