"""What the rules look at and what they are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from conecta_facts.beneficiarios import Beneficiario
from conecta_facts.calendario import Calendario
from conecta_facts.contratos import Contrato, ContratoCompleto, Preco, precos_em
from conecta_facts.planos import PlanoCompleto
from conecta_facts.procedimentos import RegraProcedimento
from conecta_facts.relacionamentos import Relacionamento
from conecta_senhas.autorizacoes import Autorizacao, Pendencia
from conecta_senhas.prazos import RESPOSTA_COMPLEXA_UTEIS, RESPOSTA_UTEIS
from conecta_senhas.solicitacoes import ItemSolicitado, Linha, Solicitacao, Tipo
from conecta_tiss.findings import Achado, Severidade, code_of
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.glosas import Motivo


class Efeito(StrEnum):
    """What a finding does; the first of them is the strongest."""

    IMPEDE = "IMPEDE"
    """Formally impossible: the item, or the request, is refused."""

    PENDE = "PENDE"
    """Something is missing: it waits for the prestador."""

    ANALISA = "ANALISA"
    """A person decides."""

    AVISA = "AVISA"
    """Told, and nothing else."""


@dataclass(frozen=True, slots=True)
class Apontamento(Achado):
    """A finding upon a request: what is wrong, what was seen and expected, what to do; no personal data.

    Attributes:
        efeito: what it does.
        campo: JSON path in the request (`itens[0].quantidade`).
        providencia: what to do, in Portuguese.
        base: legal or contract basis of a refusal, in Portuguese.
        central: the contacts of the operadora's Central go with it.
        pendencia: what is waited for.
    """

    efeito: Efeito = Efeito.IMPEDE
    campo: str | None = None
    visto: str | None = None
    esperado: str | None = None
    providencia: str = ""
    base: str = ""
    central: bool = False
    pendencia: Pendencia | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Uso:
    """A quantity that the life was authorised before and that counts for a limit by period."""

    tabela: str
    codigo: str
    dia: date
    quantidade: Decimal


Padroes = tuple[str, ...]
"""Codes as data: `22:10101039`, a beginning `22:3160*`, or a range `18:60018640-60019590`."""


@lru_cache(maxsize=4096)
def named(padroes: Padroes, tabela: str, codigo: str) -> bool:
    """Whether a code is one of those."""
    return any(_names(padrao, tabela, codigo) for padrao in padroes)


def _names(padrao: str, tabela: str, codigo: str) -> bool:
    table, _, name = padrao.partition(":")
    first, ranged, last = name.partition("-")
    if table != tabela:
        return False
    if ranged:
        return first <= codigo <= last
    return codigo.startswith(name[:-1]) if name.endswith("*") else codigo == name


@dataclass(frozen=True, slots=True, kw_only=True)
class Parametros:
    """What the operadora may set otherwise; the defaults are those of `dominio.md`.

    Attributes:
        pronto_socorro: consultation that a package of pronto-socorro stands for (R14).
        aplicacoes: procedures that apply a medicine (R20).
        trazem_medicamento: procedures whose medicines need no application: contrast, anaesthesia (R20).
        remocoes: R28.
        tipos_em_analise: kinds that a person decides when they are elective.
        resposta_uteis, resposta_complexa_uteis, pendencia_uteis: business days of the operadora's answers, and of the
            prestador's.
    """

    pronto_socorro: Padroes = ("22:10101039",)
    aplicacoes: Padroes = (
        "18:60015292-60015373",
        "22:20104243-20104308",
        "22:20104391",
        "22:20104421",
        "22:20104510",
        "22:20104545",
        "22:40502210",
    )
    trazem_medicamento: Padroes = ("22:3160*", "22:4080*", "22:4100*", "22:4110*")
    remocoes: Padroes = (
        "18:60018640-60019590",
        "18:60019840-60020555",
        "18:60020806-60021519",
        "18:60034777-60034963",
        "18:60035170",
    )
    tipos_em_analise: frozenset[Tipo] = frozenset({Tipo.INTERNACAO, Tipo.PRORROGACAO})
    resposta_uteis: int = RESPOSTA_UTEIS
    resposta_complexa_uteis: int = RESPOSTA_COMPLEXA_UTEIS
    pendencia_uteis: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexto:
    """What is known besides the request.

    Attributes:
        relacionamento: of the caller.
        executante: relacionamento of who will do it, often the caller's own.
        beneficiario: whom the carteira is of; `None` when it is nobody's.
        contrato, uf: of who will do it; the state also picks its holidays.
        regras: in force on the day, the plan's own before those of every plan (`procedimentos.em_vigor`).
        tuss: whether a code is of a TUSS table (`tabela`, `codigo`) and in force on a day.
        usos: of the life, of codes with a limit.
        principal: the authorization named by `guia_principal`, only when the caller may see it.
        hoje: local day.
        versao: of who will read the codes; `None` while unknown.
        pela_central: the Central issues it (R24): at once, and on any parent.
        outra_operadora: registro ANS, of the same group, whose the carteira is when it is nobody's here.
    """

    relacionamento: Relacionamento | None
    executante: Relacionamento | None
    beneficiario: Beneficiario | None
    plano: PlanoCompleto | None
    contrato: ContratoCompleto
    hoje: date
    tuss: Callable[[str, str, date], bool]
    regras: tuple[RegraProcedimento, ...] = ()
    calendario: Calendario = field(default_factory=Calendario)
    precos: tuple[Preco, ...] = ()
    usos: tuple[Uso, ...] = ()
    principal: Autorizacao | None = None
    uf: str | None = None
    versao: Versao | None = None
    pela_central: bool = False
    outra_operadora: str | None = None
    parametros: Parametros = field(default_factory=Parametros)


@dataclass(frozen=True, slots=True)
class Caso:
    """A request in its context, with what several rules ask.

    Attributes:
        dia: local day of the intended service, or today.
        linhas: every item in its place.
        contrato: the terms in force on that day.
        precos: what the contract pays for one unit of each code then, in reais.
    """

    solicitacao: Solicitacao
    contexto: Contexto
    dia: date = field(init=False)
    linhas: tuple[Linha, ...] = field(init=False)
    regras: dict[tuple[str, str], RegraProcedimento] = field(init=False)
    contrato: Contrato | None = field(init=False)
    precos: dict[tuple[str, str], Decimal] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dia", self.solicitacao.data_atendimento or self.contexto.hoje)
        object.__setattr__(self, "linhas", tuple(self.solicitacao.linhas()))
        rules = {(regra.tabela, regra.codigo): regra for regra in self.contexto.regras}
        object.__setattr__(self, "regras", rules)
        object.__setattr__(self, "contrato", self.contexto.contrato.em(self.dia))
        object.__setattr__(self, "precos", dict(self._prices()))

    def _prices(self) -> Iterator[tuple[tuple[str, str], Decimal]]:
        """Its diárias and packages come last: they win over its price table."""
        held = self.contexto.contrato
        if self.contrato is not None:
            listed = (preco for preco in self.contexto.precos if preco.tabela_precos == self.contrato.tabela_precos)
            for preco in precos_em(listed, self.dia):
                yield (preco.tabela, preco.codigo), preco.valor
        for item in held.diarias_em(self.dia):
            yield (item.tabela, item.codigo), item.valor
        for pacote in held.pacotes_em(self.dia):
            yield (pacote.tabela, pacote.codigo), pacote.valor

    def price(self, item: ItemSolicitado) -> Decimal | None:
        """What the contract pays for one unit on the day, in reais."""
        return self.precos.get((item.tabela, item.codigo))

    @property
    def immediate(self) -> bool:
        """Whether it is decided in the same answer: urgência (R14, RN 623), or by the Central (R24)."""
        return self.solicitacao.urgencia or self.contexto.pela_central

    @property
    def in_stay(self) -> bool:
        """Whether it is for who lies in hospital."""
        principal = self.contexto.principal
        stays = {Tipo.INTERNACAO, Tipo.PRORROGACAO}
        return self.solicitacao.tipo in stays or (principal is not None and principal.tipo is Tipo.INTERNACAO)

    def regra_de(self, item: ItemSolicitado) -> RegraProcedimento | None:
        """What the operadora asks of a code."""
        return self.regras.get((item.tabela, item.codigo))

    def achado(
        self,
        efeito: Efeito,
        motivo: Motivo | None,
        mensagem: str,
        providencia: str,
        linha: Linha | None = None,
        *,
        campo: str | None = None,
        visto: str | None = None,
        esperado: str | None = None,
        central: bool = False,
        pendencia: Pendencia | None = None,
    ) -> Apontamento:
        """A finding, in the version of who asks; nothing that is decided at once waits for anybody.

        Args:
            motivo: `None` of a warning for which the standard has no code.
            linha: the item at fault; `None` is the whole request.
            campo: inside the item, or in the request when there is no item or it begins with `/`.
        """
        if self.immediate and efeito is Efeito.ANALISA:
            providencia = "Nada a fazer: este pedido é decidido na hora."
        if self.immediate and efeito is not Efeito.IMPEDE:
            efeito = Efeito.AVISA
        owner = linha.campo if linha and not (campo or "").startswith("/") else None
        path = ".".join(part for part in (owner, (campo or "").removeprefix("/")) if part)
        return Apontamento(
            regra="", codigo=code_of(motivo, self.contexto.versao) if motivo else "", mensagem=mensagem,
            severidade=Severidade.GLOSA, item=linha.sequencia if linha else None, efeito=efeito, campo=path or None,
            visto=visto, esperado=esperado, providencia=providencia, central=central, pendencia=pendencia,
        )  # fmt: skip


Corpo = Callable[[Caso], Iterable[Apontamento]]


@dataclass(frozen=True, slots=True)
class Regra:
    """A rule: call it with a case for its findings.

    Attributes:
        id: stable, as `Achado.regra`.
        fontes: numbers of `dominio.md`.
        base: legal or contract basis of what it refuses, in Portuguese.
        funcao: its body, whose docstring says what it asks for.
    """

    id: str
    fontes: tuple[str, ...]
    base: str
    funcao: Corpo

    def __call__(self, caso: Caso) -> Iterator[Apontamento]:
        """Its findings, under its name."""
        return (replace(achado, regra=self.id, base=self.base) for achado in self.funcao(caso))


def regra(identificador: str, *fontes: str, base: str) -> Callable[[Corpo], Regra]:
    """Declare a rule: the function below is its body."""
    return lambda funcao: Regra(identificador, fontes, base, funcao)


CONTRATO: Final = "Contrato entre o prestador e a operadora (RN 503/2022)."
PLANO: Final = "Contrato do plano do beneficiário (Lei 9.656/1998)."
PADRAO: Final = "Padrão TISS (RN 501/2022)."
