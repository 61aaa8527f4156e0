"""Reading a load's file by byte ranges: any cut into parts gives the same rows, errors and line numbers.

A part owns the lines that start inside it and reads on to the end of its last one, which the limit of a line bounds. A
field never holds a line break, so a line is known by its bytes alone. Whatever the bytes are, each line that is not
blank becomes a row or a refusal.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from conecta_cargas.cells import CelulaError
from conecta_cargas.columns import Achado, Tipo
from conecta_cargas.states import Recusa

LIMITE_DA_LINHA: Final = 64 * 1024
TAMANHO_DA_PARTE: Final = 512 * 1024
MAXIMO_DE_PARTES: Final = 1000
JANELA: Final = 8 * 1024 * 1024
"""How much of the file is held at once while it is examined."""
BOM: Final = b"\xef\xbb\xbf"
_PEQUENO: Final = 8 * 1024 * 1024
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_SOBRA: Final = LIMITE_DA_LINHA + 2  # the line's own end may be CR and LF
# Controls, marks that turn the direction of text, separators that some readers take for a line's end.
_CONTROLE: Final = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]")

Ler = Callable[[int, int], bytes]
"""The bytes of the file from one position up to another (exclusive)."""


@dataclass(frozen=True, slots=True)
class Parte:
    """A byte range of the file.

    Attributes:
        inicio, fim: first byte, and the one after the last.
        linha: number, from 1, of the first line that starts in it.
        repetidas: how many of its lines repeat the key of an earlier line.
    """

    n: int
    inicio: int
    fim: int
    linha: int = 1
    repetidas: int = 0


class ArquivoError(ValueError):
    """The whole file cannot be loaded: every reason at once."""

    def __init__(self, *recusas: Recusa) -> None:
        super().__init__(recusas[0].codigo)
        self.recusas = recusas


def cortar(tamanho: int, parte: int = TAMANHO_DA_PARTE) -> list[tuple[int, int]]:
    """Byte ranges that cover a file: at least `parte` bytes each, and never more than a thousand."""
    passo = max(parte, -(-tamanho // MAXIMO_DE_PARTES))
    return [(inicio, min(inicio + passo, tamanho)) for inicio in range(0, tamanho, passo)]


def linhas(ler: Ler, inicio: int, fim: int, tamanho: int) -> Iterator[tuple[int, bytes]]:
    """(position, bytes without line end) of each line that starts in a range, header and blank lines included.

    A line above the limit comes cut, but longer than the limit.
    """
    base = max(inicio - 1, 0)  # the byte before tells whether a line starts right here
    bloco = ler(base, min(fim + _SOBRA, tamanho))
    if inicio > 0:
        quebra = bloco.find(b"\n")
        if quebra < 0:
            return
        cursor = quebra + 1
    else:
        cursor = 0
    ultimo = min(fim - base, len(bloco))
    while cursor < ultimo:
        quebra = bloco.find(b"\n", cursor)
        termo = quebra if quebra >= 0 else len(bloco)
        yield (
            base + cursor,
            bloco[cursor : termo - 1 if bloco[termo - 1 : termo] == b"\r" and termo > cursor else termo],
        )
        cursor = termo + 1


@dataclass(frozen=True, slots=True)
class _Leitor:
    """A column where this file has it."""

    posicao: int
    nome: str
    ler: Callable[[str], Any]
    obrigatoria: bool


class Planilha:
    """A tipo's columns in the order and with the separator of one file.

    Args:
        tipo: what the file is of.
        registro_ans: whose it is; part of the values that name their operadora.
        separador: of the header line.
        nomes: columns as the header has them.
    """

    def __init__(self, tipo: Tipo, registro_ans: str, separador: str, nomes: Sequence[str]) -> None:
        onde = {nome: posicao for posicao, nome in enumerate(nomes)}
        self.tipo = tipo
        self.cabecalho = separador.join(nomes)
        self._separador = separador
        self._celulas = len(nomes)
        self._leitores = tuple(
            _Leitor(onde[coluna.nome], coluna.nome, coluna.formato.ler, coluna.obrigatoria)
            for coluna in tipo.colunas
            if coluna.nome in onde
        )
        self._padroes = {coluna.nome: coluna.padrao for coluna in tipo.colunas if coluna.padrao is not None}
        if any(field.name == "registro_ans" for field in fields(tipo.classe)):
            self._padroes["registro_ans"] = registro_ans
        self._chaves = tuple(tuple(onde[nome] for nome in chave if nome in onde) for chave in tipo.chaves)

    def celulas(self, bruta: bytes) -> list[str]:
        """The cells of a line, blanks around them gone.

        Raises:
            CelulaError: the line as a whole is wrong.
        """
        if len(bruta) > LIMITE_DA_LINHA:
            raise CelulaError("linha-longa", f"A linha tem mais de {LIMITE_DA_LINHA} bytes.")
        try:
            linha = bruta.decode()
        except UnicodeDecodeError:
            raise CelulaError(
                "codificacao", "A linha não está em UTF-8: exporte o arquivo nessa codificação."
            ) from None
        if _CONTROLE.search(linha):
            raise CelulaError(
                "caractere-de-controle", "A linha tem caractere de controle, nulo ou invisível: retire-o."
            )
        if '"' in linha:
            try:
                celulas = next(csv.reader([linha], delimiter=self._separador, strict=True))
            except csv.Error:
                raise CelulaError("aspas", "As aspas da linha não fecham: dobre as que são parte do texto.") from None
        else:
            celulas = linha.split(self._separador)
        if len(celulas) != self._celulas:
            raise CelulaError("celulas", f"A linha tem {len(celulas)} células e o cabeçalho, {self._celulas} colunas.")
        return [celula.strip() for celula in celulas]

    def chaves(self, celulas: Sequence[str]) -> list[tuple[str, str]]:
        """(column to blame, key) of each key the row takes: no two rows of a file may share one."""
        achadas = []
        for posicoes, chave in zip(self._chaves, self.tipo.chaves, strict=True):
            partes = [celulas[posicao] for posicao in posicoes]
            if any(partes) or not chave:
                coluna = chave[0] if chave else ""
                achadas.append((coluna, "\x1f".join((coluna, *partes))))
        return achadas

    def valores(self, celulas: Sequence[str]) -> tuple[dict[str, Any], list[Achado]]:
        """The row's plain values, and everything that is wrong with it, in the order of the table."""
        dados: dict[str, Any] = dict(self._padroes)
        achados: list[Achado] = []
        for leitor in self._leitores:
            celula = celulas[leitor.posicao]
            if celula:
                try:
                    dados[leitor.nome] = leitor.ler(celula)
                except CelulaError as erro:
                    achados.append((leitor.nome, erro.codigo, erro.motivo))
            elif leitor.obrigatoria:
                achados.append((leitor.nome, "obrigatoria", "Coluna obrigatória: preencha-a."))
        for confere in self.tipo.confere:
            achados.extend(confere(dados))
        return dados, achados


def abrir(tipo: Tipo, registro_ans: str, comeco: bytes) -> Planilha:
    """The columns of a file, from its first bytes (its whole first line at least, or more than the limit of one).

    Raises:
        ArquivoError: empty, in another encoding, or with columns that are not those of the tipo.
    """
    bruta = comeco.removeprefix(BOM).partition(b"\n")[0].removesuffix(b"\r")
    if comeco.startswith(_UTF_16) or b"\0" in bruta:
        raise ArquivoError(_do_arquivo("codificacao", "O arquivo está em UTF-16: exporte-o em UTF-8."))
    if not bruta.strip():
        raise ArquivoError(_do_arquivo("arquivo-vazio", "O arquivo não tem a linha de cabeçalho na primeira linha."))
    separador = ";" if b";" in bruta else ","
    if len(bruta) > LIMITE_DA_LINHA:
        raise ArquivoError(_do_arquivo("linha-longa", f"O cabeçalho tem mais de {LIMITE_DA_LINHA} bytes."))
    try:
        nomes = [nome.strip().lower() for nome in next(csv.reader([bruta.decode()], delimiter=separador, strict=True))]
    except UnicodeDecodeError:
        raise ArquivoError(
            _do_arquivo("codificacao", "O cabeçalho não está em UTF-8: exporte assim o arquivo.")
        ) from None
    except csv.Error:
        raise ArquivoError(_do_arquivo("aspas", "As aspas do cabeçalho não fecham.")) from None
    recusas = tuple(_do_cabecalho(tipo, nomes))
    if recusas:
        raise ArquivoError(*recusas)
    return Planilha(tipo, registro_ans, separador, nomes)


def reabrir(tipo: Tipo, registro_ans: str, cabecalho: str) -> Planilha:
    """The columns of a file whose header was already found right (`Planilha.cabecalho`)."""
    separador = ";" if ";" in cabecalho else ","
    return Planilha(tipo, registro_ans, separador, cabecalho.split(separador))


def _do_cabecalho(tipo: Tipo, nomes: Sequence[str]) -> Iterator[Recusa]:
    conhecidas = {coluna.nome: coluna for coluna in tipo.colunas}
    estranhas = [posicao for posicao, nome in enumerate(nomes, 1) if nome not in conhecidas]
    if estranhas:
        onde = ", ".join(str(posicao) for posicao in estranhas[:20])
        aceitas = ", ".join(conhecidas)
        yield _do_arquivo(
            "coluna-desconhecida", f"Coluna(s) de nome desconhecido, na(s) posição(ões) {onde}. As aceitas: {aceitas}."
        )
    for coluna in tipo.colunas:
        vezes = nomes.count(coluna.nome)
        if vezes > 1:
            yield _do_arquivo("coluna-repetida", "A coluna aparece mais de uma vez no cabeçalho.", coluna.nome)
        elif not vezes and coluna.obrigatoria:
            yield _do_arquivo("coluna-ausente", "Falta esta coluna obrigatória no cabeçalho.", coluna.nome)


def _do_arquivo(codigo: str, motivo: str, coluna: str = "") -> Recusa:
    return Recusa(1 if coluna else 0, coluna, codigo, motivo)


def numeradas(ler: Ler, parte: Parte, tamanho: int) -> Iterator[tuple[int, int, bytes]]:
    """(line number, position, bytes) of each row of a part: not the header, not the blank lines."""
    for numero, (posicao, bruta) in enumerate(linhas(ler, parte.inicio, parte.fim, tamanho), parte.linha):
        if posicao and bruta.strip():
            yield numero, posicao, bruta


@dataclass(frozen=True, slots=True)
class Exame:
    """What one reading of the whole file tells.

    Attributes:
        primeiras: number of the first line that starts in each part.
        linhas: rows of data.
        candidatas: keys that may be repeated: all that are, and a few that only look alike.
    """

    primeiras: tuple[int, ...]
    linhas: int
    candidatas: frozenset[str]


def examinar(ler: Ler, planilha: Planilha, tamanho: int, cortes: Sequence[tuple[int, int]]) -> Exame:
    """Read the file once, before any row is loaded.

    A bit per hash stands for the keys seen, so that memory does not grow with the file.
    """
    bits = bytearray(1 << 22 if tamanho < _PEQUENO else 1 << 25)
    mascara = len(bits) * 8 - 1
    achadas: set[str] = set()
    primeiras: list[int] = []
    numero = rows = 0
    for inicio, fim in cortar(tamanho, JANELA):
        for posicao, bruta in linhas(ler, inicio, fim, tamanho):
            numero += 1
            while len(primeiras) < len(cortes) and posicao >= cortes[len(primeiras)][0]:
                primeiras.append(numero)
            if not posicao or not bruta.strip():
                continue
            rows += 1
            for _coluna, chave in _chaves(planilha, bruta)[1]:
                bit = hash(chave) & mascara
                if bits[bit >> 3] & (1 << (bit & 7)):
                    achadas.add(chave)
                else:
                    bits[bit >> 3] |= 1 << (bit & 7)
    primeiras += [numero + 1] * (len(cortes) - len(primeiras))
    return Exame(tuple(primeiras), rows, frozenset(achadas))


def repetidas(ler: Ler, planilha: Planilha, tamanho: int, candidatas: frozenset[str]) -> Iterator[tuple[int, str]]:
    """(position, column to blame) of each line, right in itself, that shares a key with an earlier such line."""
    tomadas: set[str] = set()
    for inicio, fim in cortar(tamanho, JANELA) if candidatas else ():
        for _numero, posicao, bruta in numeradas(ler, Parte(0, inicio, fim), tamanho):
            celulas, chaves = _chaves(planilha, bruta)
            suspeitas = [(coluna, chave) for coluna, chave in chaves if chave in candidatas]
            if not suspeitas or planilha.valores(celulas)[1]:
                continue
            culpada = next((coluna for coluna, chave in suspeitas if chave in tomadas), None)
            if culpada is None:
                tomadas.update(chave for _coluna, chave in suspeitas)
            else:
                yield posicao, culpada


def _chaves(planilha: Planilha, bruta: bytes) -> tuple[list[str], list[tuple[str, str]]]:
    try:
        celulas = planilha.celulas(bruta)
    except CelulaError:
        return [], []
    return celulas, planilha.chaves(celulas)
