"""Reader of the TUSS index: look-up by code and search by words, over a mapped file.

Safe for any number of threads: the mapping is only sliced, never moved through.
"""

from __future__ import annotations

import heapq
import mmap
import struct
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from conecta_tiss.errors import ArtefatosAusentesError
from conecta_tiss.terminologia.indice import CABECALHO, CHAVE, FIM_DO_TERMO, MARCA, REGISTRO, TABELAS, chave

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class TermoTuss:
    """One term of TUSS.

    Attributes:
        codigo: 8 or 9 digits.
        tabela: 18, 19, 20 or 22.
        termo: The term, as ANS writes it.
        inicio: First day in force.
        fim: Last day in force; None while there is none.
    """

    codigo: str
    tabela: str
    termo: str
    inicio: date
    fim: date | None

    def vigente_em(self, dia: date) -> bool:
        """Whether the term is in force on a day."""
        return self.inicio <= dia and (self.fim is None or dia <= self.fim)


class LeitorTuss:
    """The index of one file (`indice` describes it)."""

    def __init__(self, caminho: Path) -> None:
        try:
            with caminho.open("rb") as arquivo:
                self._bytes = mmap.mmap(arquivo.fileno(), 0, access=mmap.ACCESS_READ)
            cabecalho: tuple[bytes, int, int] = CABECALHO.unpack_from(self._bytes)
        except (ValueError, struct.error):  # an empty or cut file
            cabecalho = (b"", 0, 0)
        marca, self._total, tamanho_do_alfabeto = cabecalho
        if marca != MARCA:
            raise ArtefatosAusentesError(
                f"índice TUSS de outro formato: {caminho}; execute scripts/setup para refazê-lo"
            )
        fim_do_alfabeto = CABECALHO.size + tamanho_do_alfabeto
        self._alfabeto = self._bytes[CABECALHO.size : fim_do_alfabeto].decode()
        self._dobra = self._bytes[fim_do_alfabeto : fim_do_alfabeto + 256]
        self._registros = fim_do_alfabeto + 256
        self._termos = self._registros + self._total * REGISTRO.size

    def __len__(self) -> int:
        return self._total

    def get(self, codigo: str, tabela: str | None) -> TermoTuss | None:
        """The term of a code, in one table or in whichever has it."""
        if not _e_codigo(codigo):
            return None
        for onde in TABELAS if tabela is None else (tabela,):
            if onde in TABELAS:
                procurada = chave(onde, codigo)
                posicao = self._primeiro(procurada)
                if posicao < self._total and self._chave(posicao) == procurada:
                    return self._termo(posicao)
        return None

    def search(self, texto: str, limite: int, tabela: str | None) -> tuple[TermoTuss, ...]:
        """Terms that hold every word (or start with the digits), best first."""
        tabelas = TABELAS if tabela is None else tuple(t for t in TABELAS if t == tabela)
        if limite <= 0 or not tabelas:
            return ()
        if _e_codigo(texto.strip()):
            return tuple(self._por_prefixo(texto.strip(), limite, tabelas))
        palavras = self._palavras(texto)
        if not palavras:
            return ()
        inicio, fim = (0, None) if tabela is None else self._faixa(tabela)
        achados = heapq.nsmallest(limite, self._achados(palavras, inicio, fim))
        return tuple(self._termo(self._registro_em(deslocamento)) for *_, deslocamento in achados)

    def _por_prefixo(self, prefixo: str, limite: int, tabelas: tuple[str, ...]) -> Iterator[TermoTuss]:
        for tabela in tabelas:
            posicao = self._primeiro(chave(tabela, prefixo))
            comeco = (tabela + prefixo).encode()
            while limite and posicao < self._total and self._chave(posicao).startswith(comeco):
                yield self._termo(posicao)
                posicao += 1
                limite -= 1

    def _achados(self, palavras: list[bytes], inicio: int, fim: int | None) -> Iterator[tuple[int, int, int]]:
        """(rank, length, offset) of each match, found by its longest word and checked for the others."""
        textos = self._dobrados
        rara, frase = max(palavras, key=len), b" ".join(palavras)
        posicao = textos.find(rara, inicio, fim)
        while posicao >= 0:
            comeco = textos.rfind(FIM_DO_TERMO, 0, posicao) + 1
            final = textos.find(FIM_DO_TERMO, posicao)
            termo = textos[comeco:final]
            if all(palavra in termo for palavra in palavras):
                rank = 0 if termo.startswith(frase) else 1 if frase in termo else 2
                yield rank, final - comeco, comeco
            posicao = textos.find(rara, final, fim)

    @cached_property
    def _dobrados(self) -> bytes:
        """All terms as they are compared (5 MB, made in milliseconds by the first search)."""
        return self._bytes[self._termos :].translate(self._dobra)

    @cached_property
    def _byte_de(self) -> dict[str, int]:
        return {caractere: indice for indice, caractere in enumerate(self._alfabeto)}

    def _palavras(self, texto: str) -> list[bytes]:
        """Words of a query in the index's bytes; empty when a word cannot be in any term."""
        palavras = []
        for palavra in unicodedata.normalize("NFC", texto).split():
            codigos = [self._byte(caractere) for caractere in palavra]
            if None in codigos:
                return []
            palavras.append(bytes(codigo for codigo in codigos if codigo is not None))
        return palavras

    def _byte(self, caractere: str) -> int | None:
        direto = self._byte_de.get(caractere)
        if direto is None:
            base = unicodedata.normalize("NFKD", caractere)[0]
            direto = self._byte_de.get(base)
        return None if direto is None else self._dobra[direto]

    def _faixa(self, tabela: str) -> tuple[int, int]:
        """Offsets between which the terms of a table are."""
        primeiro = self._primeiro(tabela.encode())
        depois = self._primeiro(tabela.encode() + b"\xff")
        return self._campos(primeiro)[4], self._fim_do(depois - 1)

    def _fim_do(self, posicao: int) -> int:
        *_, deslocamento, tamanho = self._campos(posicao)
        return deslocamento + tamanho + 1

    def _registro_em(self, deslocamento: int) -> int:
        return bisect_left(range(self._total), deslocamento, key=lambda posicao: self._campos(posicao)[4])

    def _primeiro(self, procurada: bytes) -> int:
        return bisect_left(range(self._total), procurada, key=self._chave)

    def _chave(self, posicao: int) -> bytes:
        inicio = self._registros + posicao * REGISTRO.size
        return self._bytes[inicio : inicio + CHAVE]

    def _campos(self, posicao: int) -> tuple[bytes, bytes, int, int, int, int]:
        campos: tuple[bytes, bytes, int, int, int, int] = REGISTRO.unpack_from(
            self._bytes, self._registros + posicao * REGISTRO.size
        )
        return campos

    def _termo(self, posicao: int) -> TermoTuss:
        tabela, codigo, inicio, fim, deslocamento, tamanho = self._campos(posicao)
        comeco = self._termos + deslocamento
        alfabeto = self._alfabeto
        return TermoTuss(
            codigo=codigo.rstrip(b"\0").decode(),
            tabela=tabela.decode(),
            termo="".join([alfabeto[byte] for byte in self._bytes[comeco : comeco + tamanho]]),
            inicio=date.fromordinal(inicio),
            fim=date.fromordinal(fim) if fim else None,
        )


def _e_codigo(texto: str) -> bool:
    return texto.isascii() and texto.isdigit() and len(texto) <= CHAVE - 2
