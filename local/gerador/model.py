"""What can be asked of the generator, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from local.gerador.tree import Formato

if TYPE_CHECKING:
    from local.gerador.cobranca import Conhecido
    from local.gerador.tree import Node

VERSOES = ("4.01.00", "4.02.00", "4.03.00")
"""Versions of the standard the generator writes; the only difference in a lote is in the honorários."""

FATORES = tuple(Decimal(fator) for fator in ("1.00", "1.00", "1.00", "0.50", "0.70", "1.30"))
"""Usual reducaoAcrescimo: most items whole, some reduced by access route, some with the urgency surcharge."""

DIA_DE_REFERENCIA = date(2026, 3, 2)
"""Day the message is sent when none is asked: fixed, so that the same request gives the same bytes."""


class Tipo(StrEnum):
    """The five kinds of guia a lote may hold."""

    SADT = "sadt"
    CONSULTA = "consulta"
    INTERNACAO = "internacao"
    HONORARIOS = "honorarios"
    ODONTO = "odonto"

    @property
    def element(self) -> str:
        """Name of the guia's element under ``guiasTISS``."""
        return _ELEMENTOS[self]


_ELEMENTOS = {
    Tipo.SADT: "guiaSP-SADT",
    Tipo.CONSULTA: "guiaConsulta",
    Tipo.INTERNACAO: "guiaResumoInternacao",
    Tipo.HONORARIOS: "guiaHonorarios",
    Tipo.ODONTO: "guiaOdonto",
}


class Veredito(StrEnum):
    """What a correct reader does with a defect: refuse it, also read it exactly, or take it and not pay it whole."""

    RECUSA = "recusa"
    LEITURA_EXATA = "leitura-exata"
    GLOSA = "glosa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linha:
    """An item of a :class:`Conta`.

    ``despesa`` is its ``codigoDespesa`` when it is one of outras despesas, ``hora`` when a procedure began (HH:MM:SS).
    """

    tabela: str
    codigo: str
    descricao: str
    unitario: Decimal
    quantidade: int = 1
    despesa: str | None = None
    unidade: str = "036"
    hora: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conta:
    """A guia of SP/SADT made to measure: nothing of it is drawn.

    ``numero`` is numeroGuiaPrestador, ``senha`` also its numeroGuiaOperadora, ``dia`` when all of it was done.
    """

    numero: str
    carteira: str
    dia: date
    linhas: tuple[Linha, ...]
    senha: str | None = None
    urgencia: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pedido:
    """One lote to generate. The same request gives the same bytes, whatever the machine or the day.

    Attributes:
        tipo: kind of guia.
        guias: how many; more than 100 is allowed (and is itself an error of the standard).
        versao: ``Padrao`` of the header, one of ``VERSOES``.
        semente: seed of everything that varies.
        procedimentos: procedures per guia (consulta always has one).
        despesas: outras despesas per guia (SP/SADT and internação only).
        hoje: local day of sending; every date of the lote is at or before it.
        origem_cnpj: CNPJ of the sending prestador; check digits are the caller's business.
        origem_codigo: the prestador's code at the operadora, used instead of the CNPJ when given.
        destino: registro ANS of the operadora, also written in every guia.
        numero_lote: up to 12 characters; the guias' numbers derive from it.
        carteiras: carteiras to use in turn; empty for synthetic ones.
        senhas: senhas to use in turn; empty for synthetic ones.
        com_senha: whether authorised kinds carry dadosAutorizacao (an internação always does).
        fatores: reducaoAcrescimo of the items, drawn from these; amounts stay exact in cents for factors of
            one decimal place.
        despesas_reiniciam: sequencialItem of the despesas starts again at 1 instead of going on.
        acentos: whether the texts have accented letters.
        hash_codificacao: ``iso-8859-1`` or ``utf-8``: encoding of the text under the digest.
        formato: spelling of the bytes.
        defeitos: names of ``DEFEITOS`` to plant.
        alvo: position (from 1) of the guia that receives them; None takes the second, or the only one.
        devido: nothing is in the way of paying all of it, by what ``LoteGerado.conhecido`` says is known.
        contas: the very guias, of SP/SADT; ``guias`` and what is drawn do not count then.
    """

    tipo: Tipo = Tipo.SADT
    guias: int = 1
    versao: str = VERSOES[0]
    semente: int = 1
    procedimentos: int = 3
    despesas: int = 2
    hoje: date = DIA_DE_REFERENCIA
    origem_cnpj: str = "12345678000195"
    origem_codigo: str | None = None
    destino: str = "345695"
    numero_lote: str = "1"
    carteiras: tuple[str, ...] = ()
    senhas: tuple[str, ...] = ()
    com_senha: bool = True
    fatores: tuple[Decimal, ...] = FATORES
    despesas_reiniciam: bool = False
    acentos: bool = True
    hash_codificacao: str = "iso-8859-1"
    formato: Formato = field(default_factory=Formato)
    defeitos: tuple[str, ...] = ()
    alvo: int | None = None
    devido: bool = False
    contas: tuple[Conta, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Esperado:
    """A planted defect and where a correct validator must point.

    Attributes:
        defeito: name in ``DEFEITOS``.
        codigos: glosa codes (Table 38) admissible for it in the lote's version; empty when none is settled.
        guia: numeroGuiaPrestador, or None when it is of the whole lote.
        item: sequencialItem, or None.
        viola_xsd: whether the version's schema alone already refuses it.
        veredito: refuse, read exactly, or take and not pay.
        reais: of a glosa, how many it takes.
    """

    defeito: str
    codigos: frozenset[str]
    guia: str | None = None
    item: int | None = None
    viola_xsd: bool = False
    veredito: Veredito = Veredito.RECUSA
    reais: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaGerada:
    """A guia as built, before any defect.

    ``valor`` is the guia's total in reais, ``itens`` counts procedures and despesas.
    """

    numero: str
    carteira: str
    senha: str | None
    atendimento: date
    valor: Decimal
    itens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoteGerado:
    """The message and all that is known about it without reading it back.

    ``hash`` is what the epilogo says; ``esperado`` is empty for a correct lote; ``root`` is the tree it was
    written from; ``conhecido`` is what has to be known for all to be paid but what is planted.
    """

    pedido: Pedido
    conteudo: bytes
    hash: str
    guias: tuple[GuiaGerada, ...]
    esperado: tuple[Esperado, ...]
    root: Node
    conhecido: Conhecido

    @property
    def valor_total(self) -> Decimal:
        """Sum of the guias as built, in reais."""
        return sum((guia.valor for guia in self.guias), Decimal(0))

    @property
    def valido(self) -> bool:
        """Whether a correct validator accepts it."""
        return all(esperado.veredito is not Veredito.RECUSA for esperado in self.esperado)
