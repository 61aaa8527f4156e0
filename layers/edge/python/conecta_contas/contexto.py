"""What the rules of billing look at besides the guias, and what they are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from conecta_contas.cobranca import UM, GuiaCobrada, ItemCobrado
from conecta_facts.beneficiarios import Beneficiario
from conecta_facts.calendario import Calendario
from conecta_facts.contratos import Contrato, ContratoCompleto, Diaria, Pacote, Preco, ProcedimentoContratado
from conecta_facts.planos import PlanoCompleto
from conecta_facts.procedimentos import RegraProcedimento, em_vigor
from conecta_facts.relacionamentos import Relacionamento
from conecta_facts.vigencia import vigente, vigente_em
from conecta_senhas import contexto as pedidos
from conecta_senhas.autorizacoes import Autorizacao, Item, Situacao
from conecta_senhas.solicitacoes import Tipo
from conecta_tiss.findings import Achado, Severidade, code_of
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.amounts import em_centavos
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import GrauParticipacao, OutrasDespesas, Tabela, ViaDeAcesso

ZERO: Final = Decimal("0.00")
GUIAS_POR_PEG: Final = 100
PACOTES: Final = frozenset({Tabela.PACOTES, Tabela.PACOTE_ODONTOLOGICO})

Codigo = tuple[str, str]
"""Table and code."""
Coded = TypeVar("Coded", Preco, RegraProcedimento)


def by_code(valores: Iterable[Coded]) -> dict[Codigo, tuple[Coded, ...]]:
    """Prices or rules of any day, by table and code: made once for many PEGs."""
    found: dict[Codigo, list[Coded]] = {}
    for valor in valores:
        found.setdefault((valor.tabela, valor.codigo), []).append(valor)
    return {codigo: tuple(held) for codigo, held in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vida:
    """Whose carteira a guia names.

    Attributes:
        id: one for all carteiras of the life at the operadora, old and current; a pseudonym.
    """

    id: str
    beneficiario: Beneficiario
    plano: PlanoCompleto | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Senha:
    """An authorization as it may be billed.

    Attributes:
        vida: whose it is (`Vida.id`).
        faturadas: billed before, by item (`sequencia`, 0 the diárias) and grau (`Parametros.papel`).
        complementos: asked on it, which one guia of a stay bills with it.
        do_principal: numbers of all that was asked on its `principal`: accounts of one stay may name any of them.
    """

    autorizacao: Autorizacao
    vida: str
    principal: Autorizacao | None = None
    faturadas: Mapping[tuple[int, str], Decimal] = field(default_factory=dict)
    complementos: tuple[Senha, ...] = ()
    do_principal: tuple[str, ...] = ()

    @property
    def numero(self) -> str:
        """Number of the authorization."""
        return self.autorizacao.numero

    @property
    def in_stay(self) -> bool:
        """Whether it is of who lies in hospital."""
        held = (self.autorizacao, self.principal)
        return any(one is not None and one.tipo in {Tipo.INTERNACAO, Tipo.PRORROGACAO} for one in held)

    def covers(self, dia: date) -> bool:
        """R10: whether a service of a day is inside."""
        return self.autorizacao.covers(dia, self.principal)

    def family(self) -> tuple[Senha, ...]:
        """Itself, then the complements that were granted."""
        if not self.complementos:
            return (self,)
        granted = (one for one in self.complementos if one.autorizacao.senha is not None)
        return (self, *(one for one in granted if one.autorizacao.situacao is not Situacao.CANCELADA))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cobrado:
    """A line billed before, in a living PEG.

    Attributes:
        vida: `Vida.id`.
        numero: of the authorization it was billed on.
        papel: grau as `Parametros.papel` gives it; empty when none was told.
        profissional: as in `GuiaCobrada`.
    """

    protocolo: str
    guia: str
    prestador_id: str
    vida: str
    tabela: str
    codigo: str
    dia: date
    papel: str = ""
    numero: str | None = None
    hora: str | None = None
    via_acesso: str | None = None
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    profissional: str | None = None
    atendimento_rn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conta:
    """An account of a stay that was billed before, in a living PEG (`dm_tipoFaturamento`, hours as `periodo`)."""

    protocolo: str
    guia: str
    prestador_id: str
    numero: str
    tipo_faturamento: str
    periodo: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parametros:
    """What the operadora may set otherwise.

    Attributes:
        pedido: the same codes as when a senha is asked for.
        executor: graus that do the procedure itself, and so share its authorised quantity (none told is one of them).
        fracao_por_grau: share of the price that each grau is paid; of those not named no price is known.
        fator_por_via: of each further procedure of an act, by `dm_viaDeAcesso`; the dearest is paid whole.
        acrescimo_urgencia: what urgência adds from `noite_de` to `noite_ate` and on days that are no business days.
        retorno_dias: in which a follow-up consultation is free (1601).
    """

    pedido: pedidos.Parametros = field(default_factory=pedidos.Parametros)
    executor: frozenset[str] = frozenset({"", GrauParticipacao.CIRURGIAO, GrauParticipacao.CLINICO})
    fracao_por_grau: Mapping[str, Decimal] = field(
        default_factory=lambda: {
            GrauParticipacao.CIRURGIAO: UM,
            GrauParticipacao.CLINICO: UM,
            GrauParticipacao.PRIMEIRO_AUXILIAR: Decimal("0.30"),
            GrauParticipacao.SEGUNDO_AUXILIAR: Decimal("0.20"),
            GrauParticipacao.TERCEIRO_AUXILIAR: Decimal("0.20"),
            GrauParticipacao.QUARTO_AUXILIAR: Decimal("0.20"),
            GrauParticipacao.INSTRUMENTADOR: Decimal("0.10"),
        }
    )
    fator_por_via: Mapping[str, Decimal] = field(
        default_factory=lambda: {
            ViaDeAcesso.UNICA: UM,
            ViaDeAcesso.MESMA_VIA: Decimal("0.50"),
            ViaDeAcesso.DIFERENTES_VIAS: Decimal("0.70"),
        }
    )
    acrescimo_urgencia: Decimal = Decimal("0.30")
    noite_de: str = "19:00:00"
    noite_ate: str = "07:00:00"
    retorno_dias: int = 30

    def fracao(self, graus: tuple[str, ...]) -> Decimal | None:
        """Share of the price for a whole team, each papel once; `None` when that of some grau is not known."""
        shares = {self.papel(grau): self.fracao_por_grau.get(grau) for grau in graus}.values()
        known = [share for share in shares if share is not None]
        return sum(known, Decimal(0)) if len(known) == len(shares) else None

    def papel(self, grau: str) -> str:
        """The grau whose authorised quantity is used: one for all that do the procedure itself."""
        return GrauParticipacao.CIRURGIAO.value if grau in self.executor else grau

    def papeis(self, graus: tuple[str, ...]) -> tuple[str, ...]:
        """Of a whole team, each once."""
        return tuple(sorted({self.papel(grau) for grau in graus or ("",)}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexto:
    """What is known besides the guias; of the prestador who bills.

    Attributes:
        hoje: local day of reception.
        tuss: whether a code is of a TUSS table and in force on a day.
        vidas: by carteira as guias write it; who is not found is absent.
        desconhecidas: of those, under which id charges of the carteira are kept.
        outras_operadoras: registro ANS, of the same group, of the operadora whose an unknown carteira is.
        senhas: by whatever number guias name them.
        regras, precos: of any day and plan (`by_code`).
        cobrados, contas: what living PEGs bill for these lives, of any prestador where the senha is one of these.
        guias: numbers of guia that living PEGs of this prestador have, and their protocolo.
        identificacoes: every code, CNPJ or CPF it may bill as; empty when unknown.
        dados: which version of each source (`contratos`, `precos`, `regras`, `vidas`, `tuss`…) was read.
        versao: of who will read the codes; `None` while unknown.
    """

    prestador_id: str
    relacionamento: Relacionamento | None
    contrato: ContratoCompleto
    hoje: date
    tuss: Callable[[str, str, date], bool]
    vidas: Mapping[str, Vida] = field(default_factory=dict)
    desconhecidas: Mapping[str, str] = field(default_factory=dict)
    outras_operadoras: Mapping[str, str] = field(default_factory=dict)
    senhas: Mapping[str, Senha] = field(default_factory=dict)
    regras: Mapping[Codigo, tuple[RegraProcedimento, ...]] = field(default_factory=dict)
    precos: Mapping[Codigo, tuple[Preco, ...]] = field(default_factory=dict)
    calendario: Calendario = field(default_factory=Calendario)
    uf: str | None = None
    cobrados: tuple[Cobrado, ...] = ()
    contas: tuple[Conta, ...] = ()
    guias: Mapping[str, str] = field(default_factory=dict)
    identificacoes: frozenset[str] = frozenset()
    data_migracao: date | None = None
    portal_legado: str | None = None
    dados: Mapping[str, str] = field(default_factory=dict)
    versao: Versao | None = None
    parametros: Parametros = field(default_factory=Parametros)


@dataclass(frozen=True, slots=True)
class Apontamento(Achado):
    """A finding upon what is billed.

    Attributes:
        indice: place of the guia in the PEG; 0 is the PEG itself.
        sequencia: place of the item in the guia, when it is of one.
        motivo: name of the `Motivo`, which does not depend on the version.
        campo: of the item or the guia.
        providencia: what to do, in Portuguese.
        base: legal or contract basis, in Portuguese.
        dados: version of the data it was judged by.
        retirado: reais it takes, when it does not take the whole.
        cabem: of the quantity billed, how much stays.
        em_risco: reais it takes by itself.
        aviso: it takes nothing.
    """

    indice: int = 0
    sequencia: int | None = None
    motivo: str = ""
    campo: str | None = None
    visto: str | None = None
    esperado: str | None = None
    providencia: str = ""
    base: str = ""
    dados: str = ""
    retirado: Decimal | None = None
    cabem: Decimal | None = None
    em_risco: Decimal = ZERO
    aviso: bool = False


@dataclass(frozen=True, slots=True)
class Exame:
    """A guia under judgement, with what several rules ask.

    Attributes:
        vida: `None` when the carteira is nobody's.
        senha: what it names, if there is such a thing that concerns this life or this prestador.
        valida: the same, when this guia may be billed on it: of this life, this executante, granted, not cancelled.
        dias: on which something was done: what rules ask of a day, they ask once.
    """

    guia: GuiaCobrada
    vida: Vida | None
    senha: Senha | None
    valida: Senha | None
    dias: frozenset[date]

    @property
    def in_stay(self) -> bool:
        """Whether the life lay in hospital."""
        stay = self.guia.tipo in {TipoGuia.RESUMO_INTERNACAO, TipoGuia.HONORARIOS}
        return stay or (self.valida is not None and self.valida.in_stay)

    @property
    def urgencia(self) -> bool:
        """Whether it was urgent; a fee is as its stay was asked for: before 4.03 its guia has no place to say it."""
        if self.guia.urgencia or self.guia.tipo is not TipoGuia.HONORARIOS or self.valida is None:
            return self.guia.urgencia
        asked = (self.valida.autorizacao, self.valida.principal)
        return any(one is not None and one.solicitacao.urgencia for one in asked)

    @property
    def admissao(self) -> date | None:
        """Day by which the cover of who lay in hospital is judged: R10, admission."""
        if self.valida is not None:
            held = (self.valida.autorizacao, self.valida.principal)
            known = next((one.admissao for one in held if one is not None and one.admissao is not None), None)
            if known is not None:
                return known
        return self.guia.inicio if self.guia.tipo is TipoGuia.RESUMO_INTERNACAO else None


_DIARIAS: Final = OutrasDespesas.DIARIAS.value
Contratado = Diaria | Pacote | ProcedimentoContratado


@dataclass(frozen=True, slots=True)
class Parte:
    """A quantity of one authorised item (0: the diárias), used by every papel of a line's team."""

    numero: str
    sequencia: int
    quantidade: Decimal


@dataclass(frozen=True, slots=True)
class Alocacao:
    """What a line on a valid senha uses (`consumo.allocate`).

    Attributes:
        achada: it is of an authorised item, whether any is left or not.
        cabem: of its quantity, how much is left to it.
        outra_data: an item it may be of is planned for some day, and none for its own (R23).
    """

    guia: int
    item: int
    papeis: tuple[str, ...]
    partes: tuple[Parte, ...]
    achada: bool
    cabem: Decimal
    outra_data: Item | None = None


class Caso:
    """The guias of a PEG in their context; answers that several rules need are kept.

    Attributes:
        alocacoes: what each line uses, by (guia, item), once that was asked.
        codigos: that are billed.
        diarias: of these, those that the contract names as diárias.
        guardado: what rules of one module keep for each other, by their own names.
    """

    __slots__ = (
        "_comecos", "_contratos", "_exatos", "_fracoes", "_itens", "_linhas", "_negociados", "_papeis", "_precos",
        "_regras", "_tuss", "alocacoes", "codigos", "contexto", "diarias", "exames", "guardado",
    )  # fmt: skip

    def __init__(self, guias: Iterable[GuiaCobrada], contexto: Contexto) -> None:
        self.contexto = contexto
        self.alocacoes: Mapping[tuple[int, int], Alocacao] = {}
        self.exames = tuple(self._exam(guia) for guia in guias)
        self.guardado: dict[str, Any] = {}
        self._itens = tuple((exame, item) for exame in self.exames for item in exame.guia.itens)
        self.codigos = frozenset([item.chave for _, item in self._itens])
        self._contratos: dict[date, Contrato | None] = {}
        held = contexto.contrato
        self._exatos: dict[Codigo, list[Contratado]] = {}
        self.diarias = self.codigos & {(line.tabela, line.codigo) for line in held.diarias}
        lines: tuple[Contratado, ...] = (*held.diarias, *held.pacotes, *held.procedimentos)
        for line in lines:
            self._exatos.setdefault((line.tabela, line.codigo), []).append(line)
        self._comecos = tuple(line for line in held.procedimentos if line.codigo.endswith("*"))
        self._linhas: dict[Codigo, tuple[Contratado, ...]] = {}
        self._negociados = {code for code, found in self._exatos.items() if isinstance(found[0], Diaria | Pacote)}
        self._fracoes: dict[tuple[str, ...], Decimal | None] = {}
        self._papeis: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._tuss: dict[tuple[str, str, date], bool] = {}
        self._precos: dict[tuple[str, str, date], Decimal | None] = {}
        self._regras: dict[tuple[str, str, date, str | None], RegraProcedimento | None] = {}

    def _exam(self, guia: GuiaCobrada) -> Exame:
        vida = self.contexto.vidas.get(guia.carteira)
        number = guia.senha or guia.numero_operadora
        senha = self.contexto.senhas.get(number) if number else None
        dias = frozenset([item.dia for item in guia.itens])
        if senha is None:
            return Exame(guia, vida, None, None, dias)
        mine, theirs = self.executes(guia, senha), vida is not None and senha.vida == vida.id
        if not theirs and senha.autorizacao.solicitacao.executa != self.contexto.prestador_id:
            return Exame(guia, vida, None, None, dias)  # foreign and absent are told alike
        granted = senha.autorizacao.senha is not None and senha.autorizacao.situacao is not Situacao.CANCELADA
        return Exame(guia, vida, senha, senha if mine and theirs and granted else None, dias)

    def executes(self, guia: GuiaCobrada, senha: Senha) -> bool:
        """Invariant 1: it is billed by whom it names as executante; honorários by whoever took part."""
        return guia.tipo is TipoGuia.HONORARIOS or senha.autorizacao.solicitacao.executa == self.contexto.prestador_id

    def itens(self) -> tuple[tuple[Exame, ItemCobrado], ...]:
        """Every item with its guia."""
        return self._itens

    def contrato(self, dia: date) -> Contrato | None:
        """The terms in force on a day."""
        if dia not in self._contratos:
            self._contratos[dia] = self.contexto.contrato.em(dia)
        return self._contratos[dia]

    def is_diaria(self, item: ItemCobrado) -> bool:
        """Whether a line is a diária, as which kind of expense it may be told."""
        return item.despesa == _DIARIAS or (bool(self.diarias) and item.chave in self.diarias)

    def contracted(self, item: ItemCobrado) -> bool:
        """Whether the contract names the code on its day (R25, R19)."""
        dia = item.dia
        for line in self._named(item.chave):  # noqa: SIM110  # asked of every line: a generator costs as much again
            if vigente(line, dia):
                return True
        return False

    def named(self, padroes: pedidos.Padroes) -> frozenset[Codigo]:
        """The codes billed that are of those."""
        return frozenset(code for code in self.codigos if pedidos.named(padroes, *code))

    def tuss(self, item: ItemCobrado) -> bool:
        """Whether the code is of its TUSS table and in force on its day."""
        key = (item.tabela, item.codigo, item.dia)
        found = self._tuss.get(key)
        if found is None:
            found = self._tuss[key] = self.contexto.tuss(*key)
        return found

    def fracao(self, item: ItemCobrado) -> Decimal | None:
        """Share of the price for its whole team; `None` when that of some grau is not known."""
        if item.graus not in self._fracoes:
            self._fracoes[item.graus] = self.contexto.parametros.fracao(item.graus)
        return self._fracoes[item.graus]

    def papeis(self, item: ItemCobrado) -> tuple[str, ...]:
        """Of a line's whole team, each once."""
        found = self._papeis.get(item.graus)
        if found is None:
            found = self._papeis[item.graus] = self.contexto.parametros.papeis(item.graus)
        return found

    def _named(self, chave: Codigo) -> tuple[Contratado, ...]:
        if chave not in self._linhas:
            begun = (line for line in self._comecos if line.covers(*chave))
            self._linhas[chave] = (*self._exatos.get(chave, ()), *begun)
        return self._linhas[chave]

    def preco(self, item: ItemCobrado) -> Decimal | None:
        """What the contract pays for one unit on its day, in reais: a negotiated diária or package, else its table."""
        key = (item.tabela, item.codigo, item.dia)
        if key not in self._precos:
            chave = item.chave
            found: Diaria | Pacote | Preco | None = None
            if chave in self._negociados:
                found = vigente_em((x for x in self._named(chave) if isinstance(x, Diaria | Pacote)), item.dia)
            terms = self.contrato(item.dia)
            if found is None and terms is not None and (listed := self.contexto.precos.get(chave)):
                mine = [preco for preco in listed if preco.tabela_precos == terms.tabela_precos]
                found = vigente_em(mine, item.dia)
            self._precos[key] = found.valor if found is not None else None
        return self._precos[key]

    def regra(self, exame: Exame, item: ItemCobrado) -> RegraProcedimento | None:
        """What the operadora asks of a code on its day, of the life's plan (R09)."""
        plano = exame.vida.beneficiario.plano if exame.vida else None
        key = (item.tabela, item.codigo, item.dia, plano)
        if key not in self._regras:
            found = em_vigor(self.contexto.regras.get(item.chave, ()), plano, item.dia)
            self._regras[key] = found[0] if found else None
        return self._regras[key]

    def achado(
        self,
        motivo: Motivo | None,
        mensagem: str,
        providencia: str,
        exame: Exame | None = None,
        item: ItemCobrado | None = None,
        **mais: Any,
    ) -> Apontamento:
        """A finding in the version of who bills, with what it takes by itself.

        Args:
            motivo: `None` of a warning for which the standard has no code.
            exame: the guia at fault; none is the whole PEG.
            item: the item at fault; none is the whole guia.
            mais: other attributes of the finding.
        """
        guia = exame.guia if exame else None
        made = Apontamento(
            "", code_of(motivo, self.contexto.versao) if motivo else "", mensagem,
            Severidade.GLOSA if guia else Severidade.RECUSA_LOTE, guia.numero if guia else None,
            item.sequencial if item else None, guia.caminho(item) if guia else None,
            indice=guia.sequencia if guia else 0, sequencia=item.sequencia if item else None,
            motivo=motivo.name if motivo else "", providencia=providencia, **mais,
        )  # fmt: skip
        if made.aviso:
            return made
        if item is not None:
            whole = item.valor
        else:
            whole = guia.valor if guia else sum((exame.guia.valor for exame in self.exames), ZERO)
        if made.retirado is not None:
            whole = min(made.retirado, whole)
        elif made.cabem is not None and item is not None:
            whole -= share(whole, made.cabem, item.quantidade)
        return replace(made, em_risco=whole)


def share(valor: Decimal, cabem: Decimal, quantidade: Decimal) -> Decimal:
    """What stays of an amount, in reais, when so much of its quantity stays."""
    return em_centavos(valor * cabem / quantidade)


Corpo = Callable[[Caso], Iterable[Apontamento]]


@dataclass(frozen=True, slots=True)
class Regra:
    """A rule: call it with a case for its findings.

    Attributes:
        id: stable, as `Achado.regra`.
        fontes: numbers of `dominio.md`.
        base: legal or contract basis of what it takes, in Portuguese.
        dados: source in `Contexto.dados` that it judges by.
        consome: what it refuses still uses what was authorised (`decisoes.md` 16); not so what uses nothing at all.
        funcao: its body, whose docstring says what it asks for.
    """

    id: str
    fontes: tuple[str, ...]
    base: str
    dados: str
    consome: bool
    funcao: Corpo

    def __call__(self, caso: Caso) -> Iterator[Apontamento]:
        """Its findings, under its name."""
        dados = caso.contexto.dados.get(self.dados, "")
        return (replace(achado, regra=self.id, base=self.base, dados=dados) for achado in self.funcao(caso))


def regra(identificador: str, *fontes: str, base: str, dados: str, consome: bool = True) -> Callable[[Corpo], Regra]:
    """Declare a rule: the function below is its body."""
    return lambda funcao: Regra(identificador, fontes, base, dados, consome, funcao)
