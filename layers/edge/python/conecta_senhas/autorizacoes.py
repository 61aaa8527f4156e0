"""An authorization: what was asked, what was decided of each item, until when it is valid, whose turn it is.

Values and questions only; what changes it is in `transicoes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from conecta_senhas.solicitacoes import ItemSolicitado, Solicitacao, Tipo, TipoAnexo
from conecta_tiss.vocabulary.tables import StatusSolicitacao

ZERO: Final = Decimal(0)
DIARIAS: Final = 0
"""Stands for the diárias of a stay where items are named by `sequencia`."""


class Situacao(StrEnum):
    """States of `dominio.md` §4; EXPIRADA and UTILIZADA are ours."""

    EM_ANALISE = "EM_ANALISE"
    AUTORIZADA = "AUTORIZADA"
    PARCIAL = "PARCIAL"
    NEGADA = "NEGADA"
    AGUARDANDO_JUSTIFICATIVA = "AGUARDANDO_JUSTIFICATIVA"
    AGUARDANDO_DOCUMENTO = "AGUARDANDO_DOCUMENTO"
    CANCELADA = "CANCELADA"
    EXPIRADA = "EXPIRADA"
    UTILIZADA = "UTILIZADA"


CONCEDIDAS: Final = frozenset({Situacao.AUTORIZADA, Situacao.PARCIAL})
AGUARDANDO: Final = frozenset({Situacao.AGUARDANDO_JUSTIFICATIVA, Situacao.AGUARDANDO_DOCUMENTO})
PENDENTES: Final = AGUARDANDO | {Situacao.EM_ANALISE}
"""Not decided yet."""
VIVAS: Final = PENDENTES | CONCEDIDAS | {Situacao.UTILIZADA}
FINAIS: Final = frozenset({Situacao.NEGADA, Situacao.CANCELADA})
"""Nothing leads out of them."""

STATUS: Final[Mapping[Situacao, StatusSolicitacao]] = {
    Situacao.AUTORIZADA: StatusSolicitacao.AUTORIZADO,
    Situacao.EM_ANALISE: StatusSolicitacao.EM_ANALISE,
    Situacao.NEGADA: StatusSolicitacao.NEGADO,
    Situacao.AGUARDANDO_JUSTIFICATIVA: StatusSolicitacao.AGUARDANDO_JUSTIFICATIVA_TECNICA,
    Situacao.AGUARDANDO_DOCUMENTO: StatusSolicitacao.AGUARDANDO_DOCUMENTACAO,
    Situacao.CANCELADA: StatusSolicitacao.SOLICITACAO_CANCELADA,
    Situacao.PARCIAL: StatusSolicitacao.AUTORIZADO_PARCIALMENTE,
}
"""dm_statusSolicitacao of the states that have one."""


class SituacaoItem(StrEnum):
    """What became of one item."""

    AUTORIZADO = "AUTORIZADO"
    EM_ANALISE = "EM_ANALISE"
    NEGADO = "NEGADO"
    CANCELADO = "CANCELADO"
    ALTERNATIVA = "ALTERNATIVA"
    """R27: the same material of another manufacturer was authorised."""


class Origem(StrEnum):
    """Where an authorization comes from (R24, R07)."""

    PRESTADOR = "PRESTADOR"
    CENTRAL = "CENTRAL"
    LEGADO = "LEGADO"


class Papel(StrEnum):
    """Who acts, and whose turn it is."""

    PRESTADOR = "PRESTADOR"
    CENTRAL = "CENTRAL"
    AUDITORIA = "AUDITORIA"
    SISTEMA = "SISTEMA"


class Evento(StrEnum):
    """What happened, in the timeline."""

    SOLICITADA = "SOLICITADA"
    CARREGADA = "CARREGADA"
    DECIDIDA = "DECIDIDA"
    PENDENCIA_ABERTA = "PENDENCIA_ABERTA"
    PENDENCIA_RESPONDIDA = "PENDENCIA_RESPONDIDA"
    PENDENCIA_PRORROGADA = "PENDENCIA_PRORROGADA"
    PENDENCIA_ENCERRADA = "PENDENCIA_ENCERRADA"
    ANEXO_RECEBIDO = "ANEXO_RECEBIDO"
    CANCELADA = "CANCELADA"
    RETIRADA = "RETIRADA"
    EXPIRADA = "EXPIRADA"
    QUANTIDADE_ALTERADA = "QUANTIDADE_ALTERADA"
    EXECUTANTE_ALTERADO = "EXECUTANTE_ALTERADO"
    DATA_PEDIDA = "DATA_PEDIDA"
    DATA_DECIDIDA = "DATA_DECIDIDA"
    INTERNADO = "INTERNADO"
    ALTA = "ALTA"
    SUBSTITUICAO_PEDIDA = "SUBSTITUICAO_PEDIDA"
    SUBSTITUICAO_ENCERRADA = "SUBSTITUICAO_ENCERRADA"
    SUBSTITUIDA = "SUBSTITUIDA"
    ATENDIMENTO_REGISTRADO = "ATENDIMENTO_REGISTRADO"
    SENHA_A_VENCER = "SENHA_A_VENCER"
    RESPOSTA_ATRASADA = "RESPOSTA_ATRASADA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ato:
    """Who does something, when and why.

    Attributes:
        quem: subject id of the person or credential; never a name.
        hoje: local day of `quando`, an instant in UTC.
    """

    papel: Papel
    quem: str
    quando: datetime
    hoje: date
    motivo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marco:
    """An entry of the timeline: who, when, why; then whose turn it is, and until when."""

    evento: Evento
    papel: Papel
    quem: str
    quando: datetime
    situacao: Situacao
    motivo: str | None = None
    vez_de: Papel | None = None
    ate: date | None = None


class TipoPendencia(StrEnum):
    """What is waited for."""

    DOCUMENTO = "DOCUMENTO"
    COTACAO = "COTACAO"
    ANEXO_OPME = "ANEXO_OPME"
    JUSTIFICATIVA = "JUSTIFICATIVA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pendencia:
    """An entry of the checklist.

    Attributes:
        descricao: what to send, in Portuguese.
        documento: dm_tipoDocumento, of a document.
        quantidade: how many are missing.
    """

    tipo: TipoPendencia
    descricao: str
    documento: str | None = None
    quantidade: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MotivoNegativa:
    """Why something is not authorised, in plain Portuguese, and on which legal or contract basis (RN 623)."""

    codigo: str
    texto: str
    base: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item and what was decided of it: `0 <= faturada <= autorizada <= solicitado.quantidade`.

    Attributes:
        faturada: highest quantity billed of any grau de participação (invariant 1).
        valor_autorizado: reais, of one unit.
        data_prevista: day it is authorised for, when it is for one, or the first (R23).
        data_pedida: another day that was asked for and not decided.
    """

    sequencia: int
    solicitado: ItemSolicitado
    situacao: SituacaoItem
    autorizada: Decimal = ZERO
    faturada: Decimal = ZERO
    anexo: TipoAnexo | None = None
    valor_autorizado: Decimal | None = None
    data_prevista: date | None = None
    data_pedida: date | None = None
    motivos: tuple[MotivoNegativa, ...] = ()

    def __post_init__(self) -> None:
        if not ZERO <= self.faturada <= self.autorizada <= max(self.solicitado.quantidade, ZERO):
            raise ValueError("billed, authorised and requested quantities must not decrease in this order")

    @property
    def serial(self) -> bool:
        """R23: whether its planned day is the first of many: an annex of radioterapia tells when it begins."""
        return self.data_prevista is not None and self.solicitado.radioterapia and self.solicitado.data_provavel is None

    def planned_for(self, dia: date) -> bool:
        """R23: whether it may be done on a day: on the planned one, in a radioterapia also after it; or on any."""
        if self.data_prevista is None:
            return True
        return dia >= self.data_prevista if self.serial else dia == self.data_prevista


def is_alternative(item: Item, items: tuple[Item, ...]) -> bool:
    """R27: the same material of another manufacturer is authorised, so that leaving this one out denies nothing."""
    mine = item.solicitado
    if mine.opme is None:
        return False
    return any(
        other.sequencia != item.sequencia
        and other.autorizada > ZERO
        and other.solicitado.opme is not None
        and other.solicitado.opme.opcao != mine.opme.opcao
        and (other.solicitado.tabela, other.solicitado.codigo) == (mine.tabela, mine.codigo)
        for other in items
    )


def concession(items: tuple[Item, ...], diarias: int, asked: int) -> Situacao:
    """What quantities say: AUTORIZADA (all that was asked), PARCIAL, or NEGADA (nothing)."""
    if diarias <= 0 and not any(item.autorizada > ZERO for item in items):
        return Situacao.NEGADA
    whole = diarias >= asked and all(
        ZERO < item.autorizada == item.solicitado.quantidade or is_alternative(item, items) for item in items
    )
    return Situacao.AUTORIZADA if whole else Situacao.PARCIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Parecer:
    """What the rules answer of a request.

    Attributes:
        situacao: AUTORIZADA, PARCIAL, NEGADA, EM_ANALISE or one of AGUARDANDO.
        diarias: authorised at once.
        pendencias: checklist of what is missing.
        responder_ate: last day of the operadora's answer, when there is none yet; waiting does not stop it.
        pendente_ate: last day of the prestador's.
    """

    situacao: Situacao
    itens: tuple[Item, ...]
    diarias: int = 0
    pendencias: tuple[Pendencia, ...] = ()
    responder_ate: date | None = None
    pendente_ate: date | None = None
    motivos: tuple[MotivoNegativa, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Autorizacao:
    """A request and all that became of it.

    Attributes:
        numero: numeroGuiaOperadora, unique at the operadora.
        protocolo: protocolo de atendimento (R30).
        prestador_id: who made the request, or for whom the Central did.
        situacao: as last written; `situacao_em` says what it is on a day.
        principal: numero of the parent (R15, R22).
        substitui, substituida_por, substituicao: numero of the one it replaces, replaced it, is asked to replace it.
        diarias_faturadas: as `Item.faturada`, of the diárias.
        admissao, alta: local days of a stay, as communicated.
        autorizada_desde: `primeiro_dia` of the one it replaced (R16), when that is earlier than its own.
        motivos: of the request as a whole.
        versao: optimistic lock; each act adds one.
    """

    numero: str
    protocolo: str
    prestador_id: str
    solicitacao: Solicitacao
    situacao: Situacao
    itens: tuple[Item, ...]
    origem: Origem = Origem.PRESTADOR
    senha: str | None = None
    data_autorizacao: date | None = None
    validade: date | None = None
    diarias_autorizadas: int = 0
    responder_ate: date | None = None
    pendente_ate: date | None = None
    pendencias: tuple[Pendencia, ...] = ()
    motivos: tuple[MotivoNegativa, ...] = ()
    principal: str | None = None
    substitui: str | None = None
    substituida_por: str | None = None
    substituicao: str | None = None
    admissao: date | None = None
    alta: date | None = None
    motivo_alta: str | None = None
    historico: tuple[Marco, ...] = ()
    versao: int = 1
    diarias_faturadas: Decimal = ZERO
    autorizada_desde: date | None = None

    @property
    def primeiro_dia(self) -> date | None:
        """First day that something may be done on, R16: of the first of the senhas that replaced each other."""
        return self.autorizada_desde or self.data_autorizacao

    @property
    def tipo(self) -> Tipo:
        """Kind of request."""
        return self.solicitacao.tipo

    @property
    def faturadas(self) -> tuple[int, ...]:
        """Items of which something was billed; `DIARIAS` for those."""
        days = (DIARIAS,) if self.diarias_faturadas > ZERO else ()
        return (*days, *(item.sequencia for item in self.itens if item.faturada > ZERO))

    @property
    def esgotada(self) -> bool:
        """Whether everything that was authorised was billed."""
        days = self.diarias_faturadas >= self.diarias_autorizadas
        return days and all(item.faturada >= item.autorizada for item in self.itens)

    @property
    def concedida(self) -> Situacao:
        """What the quantities say: AUTORIZADA (all that was asked), PARCIAL, or NEGADA (nothing)."""
        return concession(self.itens, self.diarias_autorizadas, self.solicitacao.diarias or 0)

    @property
    def utilizada(self) -> Situacao:
        """UTILIZADA when something was billed, otherwise `concedida`."""
        return Situacao.UTILIZADA if self.faturadas else self.concedida

    def covers(self, dia: date, principal: Autorizacao | None = None) -> bool:
        """R10: whether a service of a day is inside the senha.

        A stay is judged at admission: it, and what was asked on it, stay open from there until discharge.

        Args:
            dia: local day of the service.
            principal: the parent, when there is one.
        """
        if self.validade is None:
            return False
        stay = self if self.tipo is Tipo.INTERNACAO else principal
        if stay is not None and stay.admissao is not None and stay.admissao <= dia:
            return dia <= self.validade or stay.alta is None or dia <= stay.alta
        return dia <= self.validade

    def situacao_em(self, dia: date, principal: Autorizacao | None = None) -> Situacao:
        """The state on a day: expiry needs nobody to write it (R10), nor is it final when a stay was told of late."""
        if self.situacao in CONCEDIDAS | {Situacao.EXPIRADA}:
            return self.concedida if self.covers(dia, principal) else Situacao.EXPIRADA
        return self.situacao

    def usable_em(self, dia: date, principal: Autorizacao | None = None) -> bool:
        """Whether something may be asked, changed or done on the strength of it on a day."""
        usable = CONCEDIDAS | {Situacao.UTILIZADA}
        return self.situacao_em(dia, principal) in usable and self.covers(dia, principal)

    def alive_em(self, dia: date, principal: Autorizacao | None = None) -> bool:
        """Whether it is pending or usable: what hinders the cancelling of its parent (R17)."""
        if self.situacao is Situacao.UTILIZADA:
            return True
        return self.situacao_em(dia, principal) in VIVAS

    def status_em(self, dia: date, principal: Autorizacao | None = None) -> StatusSolicitacao:
        """dm_statusSolicitacao: an expired or used one is still 1 or 7, with its past `dataValidadeSenha`."""
        situacao = self.situacao_em(dia, principal)
        return STATUS.get(situacao) or STATUS[self.concedida]

    def turn(self) -> tuple[Papel | None, date | None]:
        """Whose turn it is, and until when."""
        if self.situacao is Situacao.EM_ANALISE:
            return Papel.AUDITORIA, self.responder_ate
        if self.situacao in AGUARDANDO:
            return Papel.PRESTADOR, self.pendente_ate
        if self.situacao in CONCEDIDAS:
            return Papel.PRESTADOR, self.validade
        return None, None

    def visible_to(self, prestador_id: str) -> bool:
        """R08: to who made it, who asked and who will do it."""
        return prestador_id in {self.prestador_id, self.solicitacao.solicitante, self.solicitacao.executa}

    def matches(self, numero: str, carteira: str) -> bool:
        """R08: the number of the senha, of the guia here or there, and the matrícula: both, or nothing."""
        numbers = {self.senha, self.numero, self.solicitacao.numero_guia_prestador}
        return numero in numbers and carteira == self.solicitacao.carteira
