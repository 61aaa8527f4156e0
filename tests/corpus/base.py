"""What a case is, and the means to bend a correct lote without losing the right hash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from local.gerador import Formato, Pedido, gerar
from local.gerador.arvore import NAMESPACE_TISS, No, escrever

CARTEIRA = "90000000000000007"
"""Carteira of every lote of the corpus: no output may repeat it."""

SENHA_DO_PRESTADOR = "senha-canario-7f3a"
"""Password put in loginSenhaPrestador: no output may repeat it."""

MIB = 1024 * 1024


class Espera(StrEnum):
    """What must happen to a case.

    RECUSA: refused, by every door. APONTA: at least one finding (a lote may live on with a glosa).
    ACEITA: valid, no finding. NEUTRA: either, but within budget, without a traceback and read exactly.
    """

    RECUSA = "recusa"
    APONTA = "aponta"
    ACEITA = "aceita"
    NEUTRA = "neutra"


@dataclass(frozen=True, slots=True)
class Ambiente:
    """What external references point at: a file whose content must not leak, a port nobody may call."""

    canario: Path = Path("/etc/hostname")
    porta: int = 9

    @property
    def arquivo(self) -> str:
        """The canary file as a URL."""
        return self.canario.as_uri()

    @property
    def url(self) -> str:
        """The canary server."""
        return f"http://127.0.0.1:{self.porta}/canario"


Fabrica = Callable[[Ambiente], bytes]
Mudanca = Callable[[No], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caso:
    """One entry of the manifest.

    Attributes:
        nome: unique, usable as a file name.
        categoria: family of the attack (or ``controle``).
        espera: outcome.
        fabrica: makes the bytes; the same bytes each time for the same environment.
        codigos: glosa codes of which at least one must be reported; empty when any will do.
        lido: text of the first numeroCarteira as it must be read when the case is not refused.
        segundos: CPU budget.
        mib: memory budget of the whole process, interpreter included.
    """

    nome: str
    categoria: str
    espera: Espera
    fabrica: Fabrica
    codigos: frozenset[str] = frozenset()
    lido: str | None = None
    segundos: float = 5.0
    mib: int = 512

    def conteudo(self, ambiente: Ambiente | None = None) -> bytes:
        """Make the bytes."""
        return self.fabrica(ambiente or Ambiente())


def adiado(funcao: Callable[..., bytes], *argumentos: object, **campos: object) -> Fabrica:
    """Factory that calls ``funcao`` with these arguments when the bytes are wanted, whatever the environment."""
    return lambda _: funcao(*argumentos, **campos)


class Familia:
    """Collects the cases of one category."""

    def __init__(self, categoria: str) -> None:
        self.categoria = categoria
        self.casos: list[Caso] = []

    def _novo(self, nome: str, espera: Espera, fabrica: Fabrica | bytes, codigos: tuple[str, ...]) -> Caso:
        feito = (lambda _: fabrica) if isinstance(fabrica, bytes) else fabrica
        caso = Caso(nome=nome, categoria=self.categoria, espera=espera, fabrica=feito, codigos=frozenset(codigos))
        self.casos.append(caso)
        return caso

    def recusa(self, nome: str, fabrica: Fabrica | bytes, *codigos: str) -> None:
        """Add a case that must be refused."""
        self._novo(nome, Espera.RECUSA, fabrica, codigos)

    def aponta(self, nome: str, fabrica: Fabrica | bytes, *codigos: str) -> None:
        """Add a case that must be reported, as a refusal or as a glosa."""
        self._novo(nome, Espera.APONTA, fabrica, codigos)

    def aceita(self, nome: str, fabrica: Fabrica | bytes) -> None:
        """Add a control that must be accepted without findings."""
        self._novo(nome, Espera.ACEITA, fabrica, ())

    def neutra(self, nome: str, fabrica: Fabrica | bytes, *, lido: str | None = None) -> None:
        """Add a case that may go either way; ``lido`` is the carteira it must then be read with."""
        caso = self._novo(nome, Espera.NEUTRA, fabrica, ())
        self.casos[-1] = replace(caso, lido=lido)


def pedido(**mudancas: object) -> Pedido:
    """Request of a lote whose carteira is the canary."""
    return replace(Pedido(carteiras=(CARTEIRA,)), **mudancas)  # type: ignore[arg-type]


def lote(mudar: Mudanca | None = None, formato: Formato | None = None, **campos: object) -> bytes:
    """A correct lote of one SP/SADT guia, changed by ``mudar``; the hash is that of the changed texts."""
    gerado = gerar(pedido(**campos))
    raiz = gerado.raiz
    if mudar is None and formato is None:
        return gerado.conteudo
    raiz.um("epilogo/hash").texto = None
    raiz.atributos.clear()
    if mudar is not None:
        mudar(raiz)
    return escrever(raiz, formato or gerado.pedido.formato, gerado.pedido.hash_codificacao)[0]


def folha(raiz: No, nome: str) -> No:
    """First descendant of that name."""
    return next(elemento for elemento in raiz.percorrer() if elemento.nome == nome)


def clonar(elemento: No) -> No:
    """A copy that shares nothing (``copy.deepcopy`` takes seconds for the floods)."""
    return No(
        elemento.nome,
        elemento.texto,
        [clonar(filho) for filho in elemento.filhos],
        elemento.marcacao,
        dict(elemento.atributos),
        elemento.literal,
    )


def pai(raiz: No, nome: str) -> No:
    """Parent of the first descendant of that name."""
    return next(elemento for elemento in raiz.percorrer() if elemento.talvez(nome) is not None)


def escrita(nome: str, marcacao: str, texto: str | None = None) -> Mudanca:
    """Change that writes ``marcacao`` inside a leaf, hashed as ``texto`` (None keeps the text it had)."""

    def mudar(raiz: No) -> None:
        alvo = folha(raiz, nome)
        alvo.marcacao = marcacao
        if texto is not None:
            alvo.texto = texto

    return mudar


def valor(nome: str, texto: str) -> Mudanca:
    """Change the text of the first leaf of that name."""

    def mudar(raiz: No) -> None:
        folha(raiz, nome).texto = texto

    return mudar


def com_prologo(conteudo: bytes, prologo: bytes) -> bytes:
    """Put markup between the declaration and the root."""
    declaracao, resto = conteudo.split(b"\n", 1)
    return declaracao + b"\n" + prologo + b"\n" + resto


def com_declaracao(conteudo: bytes, declaracao: bytes) -> bytes:
    """Replace the XML declaration, byte for byte."""
    return declaracao + conteudo.split(b"\n", 1)[1]


def dentro_da_guia(conteudo: bytes, markup: bytes) -> bytes:
    """Put markup as first children of the first guia."""
    marca = b"<ans:guiaSP-SADT>"
    return conteudo.replace(marca, marca + markup, 1)


def mensagem(corpo: bytes) -> bytes:
    """A bare root with the given content."""
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<ans:mensagemTISS xmlns:ans="'
        + NAMESPACE_TISS.encode()
        + b'">'
        + corpo
        + b"</ans:mensagemTISS>"
    )
