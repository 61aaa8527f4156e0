"""Use cases of relacionamentos, and the ports they need."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from cadastro.domain import relacionamentos as rules
from cadastro.domain.contas import ChangedMeanwhileError, Pessoa
from cadastro.domain.relacionamentos import (
    AlreadyRelatedError,
    Ato,
    Historico,
    NewPedido,
    Pedido,
    PedidoNotFoundError,
    PedidoOpenError,
    RelacionamentoNotFoundError,
    StaleRelacionamentoError,
    TooManyPedidosError,
    UnknownOperadoraError,
)
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Relacionamento, Situacao

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

ATTEMPTS: Final = 4


@dataclass(frozen=True, slots=True)
class Held:
    """A stored relacionamento.

    Attributes:
        fonte: what orders its writes; another value means another write.
    """

    value: Relacionamento
    fonte: str | None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision depends on, read at one time.

    Attributes:
        prestador: its profile, `None` while nobody knows it.
        relacionamentos: of the prestador with every operadora.
        solicitante: what the asker is there.
        gestores: its active gestores.
    """

    prestador: Prestador | None
    relacionamentos: tuple[Held, ...]
    solicitante: Pessoa | None
    gestores: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that a decision writes, in one transaction or not at all.

    Attributes:
        before, after: the pedido.
        prestador: a profile to create.
        relacionamento: (as read, as it will be), when it changes.
        pessoa: (as read, as it will be), when the asker's papel changes.
        gestores: as read.
        historico: who, when, why.
    """

    before: Pedido
    after: Pedido
    prestador: Prestador | None
    relacionamento: tuple[Held | None, Relacionamento] | None
    pessoa: tuple[Pessoa | None, Pessoa] | None
    gestores: int
    historico: Historico


@dataclass(frozen=True, slots=True)
class Related:
    """A relacionamento with the prestador's profile."""

    held: Held
    prestador: Prestador | None


@dataclass(frozen=True, slots=True)
class PedidoPage:
    """A page of pedidos, and where the next one begins."""

    rows: Sequence[Pedido]
    position: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class RelatedPage:
    """A page of relacionamentos, and where the next one begins."""

    rows: Sequence[Related]
    position: Mapping[str, str] | None


class Relacionamentos(Protocol):
    """Pedidos and relacionamentos; each method names whose rows it touches."""

    def operadora_exists(self, registro_ans: str) -> bool:
        """Whether there is an operadora of this registro."""
        ...

    def next_protocolo(self, day: date) -> str:
        """A new protocolo de atendimento."""
        ...

    def pessoa(self, sub: str, prestador_id: str) -> Pessoa | None:
        """What a person is at a prestador."""
        ...

    def pedidos_of_person(self, sub: str) -> tuple[Pedido, ...]:
        """What the person asked for in its own name."""
        ...

    def pedidos_of_prestador(self, prestador_id: str) -> tuple[Pedido, ...]:
        """What the prestador's gestores asked for."""
        ...

    def pedido(self, *, sub: str, prestadores: Sequence[str], pedido_id: str) -> Pedido | None:
        """One of a person's own or of these prestadores."""
        ...

    def pedido_at(self, registros: Sequence[str], pedido_id: str) -> Pedido | None:
        """One made to any of these operadoras."""
        ...

    def add_pedido(self, pedido: Pedido, now: datetime) -> bool:
        """Store a new pedido with `RelacionamentoSolicitado`; `False` when one of this id is there."""
        ...

    def circumstances(self, pedido: Pedido) -> Circumstances:
        """What the decision of a pedido depends on."""
        ...

    def relacionamento(self, prestador_id: str, registro_ans: str) -> Held | None:
        """One relacionamento."""
        ...

    def relacionamentos(self, prestador_ids: Sequence[str]) -> tuple[Held, ...]:
        """All of these prestadores."""
        ...

    def profiles(self, prestador_ids: Sequence[str]) -> tuple[Prestador | None, ...]:
        """Who these prestadores are, in the order asked."""
        ...

    def pedidos_by(
        self, registro_ans: str, situacao: Situacao, position: Mapping[str, str] | None, limit: int
    ) -> PedidoPage:
        """A page of what was asked of an operadora, by state, the oldest first."""
        ...

    def relacionamentos_by(
        self, registro_ans: str, situacao: Situacao, hoje: date, position: Mapping[str, str] | None, limit: int
    ) -> RelatedPage:
        """A page of an operadora's relacionamentos that are in a state today."""
        ...

    def decide(self, verdict: Verdict, now: datetime, today: date) -> None:
        """Write a decision with `RelacionamentoDecidido`.

        Raises:
            StaleRelacionamentoError: something it depends on has changed.
        """
        ...

    def change(self, before: Held, after: Relacionamento, historico: Historico, now: datetime, today: date) -> Held:
        """Replace a relacionamento, with `RelacionamentoDecidido`.

        Raises:
            StaleRelacionamentoError: it is no longer `before`.
        """
        ...


class Accounts(Protocol):
    """The prestadores' user pool."""

    def email_of(self, sub: str) -> str | None:
        """The verified e-mail of an account."""
        ...


def request(
    asked: NewPedido, *, sub: str, rows: Relacionamentos, accounts: Accounts, now: datetime, today: date
) -> Pedido:
    """Ask for a relacionamento: the same calls and the same answer whether the prestador is known or not.

    A repeated request is the same pedido; after a refusal, or when what was enabled has ended, it is a new attempt.

    Raises:
        UnknownOperadoraError, PedidoOpenError, TooManyPedidosError, AlreadyRelatedError: see there.
    """
    if not rows.operadora_exists(asked.registro_ans):
        raise UnknownOperadoraError
    pessoa = rows.pessoa(sub, asked.prestador_id)
    gestor = pessoa is not None and pessoa.active_gestor
    own = rows.pedidos_of_person(sub)
    made = [*own, *(rows.pedidos_of_prestador(asked.prestador_id) if gestor else ())]
    same = [row for row in made if (row.registro_ans, row.prestador_id) == (asked.registro_ans, asked.prestador_id)]
    open_ = next((row for row in same if row.situacao is Situacao.SOLICITADO), None)
    if open_ is not None:
        return _same(open_, asked)
    if gestor:
        _require_unrelated(rows.relacionamento(asked.prestador_id, asked.registro_ans), today)
    if sum(row.situacao is Situacao.SOLICITADO for row in own) >= rules.OPEN_PEDIDOS:
        raise TooManyPedidosError
    pedido = rules.ask(
        asked,
        sub=sub,
        email=accounts.email_of(sub),
        do_prestador=gestor,
        attempt=sum(row.solicitante == sub and row.do_prestador is gestor for row in same),
        protocolo=rows.next_protocolo(today),
        now=now,
    )
    if rows.add_pedido(pedido, now):
        return pedido
    # The same request, sent twice at once: the other one was quicker.
    found = rows.pedido(sub=sub, prestadores=(asked.prestador_id,) if gestor else (), pedido_id=pedido.id)
    if found is None:
        raise StaleRelacionamentoError
    return _same(found, asked)


def _same(pedido: Pedido, asked: NewPedido) -> Pedido:
    if not pedido.asks(asked):
        raise PedidoOpenError(pedido.protocolo_atendimento)
    return pedido


def _require_unrelated(held: Held | None, today: date) -> None:
    situacao = held.value.situacao_em(today) if held else None
    if situacao is Situacao.HABILITADO or situacao is Situacao.SUSPENSO:
        raise AlreadyRelatedError(situacao)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an operadora decides of a pedido.

    Attributes:
        registros: operadoras the decider acts for.
        de: first day it is enabled; the day of the decision when not said.
        vincular: whether the asker becomes gestor; `None` when not said.
        expected: version of the pedido the decider had seen, when said.
    """

    pedido_id: str
    registros: tuple[str, ...]
    habilitar: bool
    quem: str
    motivo: str | None = None
    de: date | None = None
    codigo_na_operadora: str | None = None
    autorizacao: bool | None = None
    faturamento: bool | None = None
    vincular: bool | None = None
    expected: int | None = None


def decide(asked: Decision, *, rows: Relacionamentos, now: datetime, today: date) -> Pedido:
    """Decide a pedido: prestador, relacionamento and the asker's papel change with it, or nothing does.

    Raises:
        PedidoNotFoundError, ChangedMeanwhileError, AlreadyDecidedError, CodeMissingError, EffectiveDayError,
        HasGestorError, OthersInvolvedError: see there.
        StaleRelacionamentoError: it kept changing while we tried.
    """
    for _ in range(ATTEMPTS):
        pedido = rows.pedido_at(asked.registros, asked.pedido_id)
        if pedido is None:
            raise PedidoNotFoundError
        if asked.expected is not None and asked.expected != pedido.versao:
            raise ChangedMeanwhileError
        situacao = Situacao.HABILITADO if asked.habilitar else Situacao.RECUSADO
        after = rules.decide(pedido, situacao, quem=asked.quem, motivo=asked.motivo, now=now)
        verdict = _verdict(asked, pedido, after, rows.circumstances(pedido), now, today)
        with suppress(StaleRelacionamentoError):
            rows.decide(verdict, now, today)
            return after
    raise StaleRelacionamentoError


def _verdict(  # noqa: PLR0917  # one decision's parts
    asked: Decision, pedido: Pedido, after: Pedido, found: Circumstances, now: datetime, today: date
) -> Verdict:
    held = next((row for row in found.relacionamentos if row.value.registro_ans == pedido.registro_ans), None)
    value = held.value if held else None
    prestador = pessoa = None
    changed: Relacionamento | None
    if asked.habilitar:
        foreign = any(
            rules.ever_enabled(row.value) and row.value.registro_ans not in asked.registros
            for row in found.relacionamentos
        )
        pessoa = rules.let_in(
            pedido, found.solicitante, wanted=asked.vincular, gestores=found.gestores, foreign=foreign,
            quem=asked.quem, now=now,
        )  # fmt: skip
        changed = rules.enable(
            value, pedido, de=asked.de or today, motivo=asked.motivo, codigo=asked.codigo_na_operadora,
            autorizacao=asked.autorizacao, faturamento=asked.faturamento, hoje=today,
        )  # fmt: skip
        if found.prestador is None:
            prestador = Prestador(
                pedido.prestador_id, pedido.nome, pedido.cnes, cnpj=pedido.cnpj, cpf=pedido.cpf,
                introduzido_por=pedido.registro_ans,
            )  # fmt: skip
    else:
        changed = rules.refuse(value, pedido, motivo=asked.motivo or "", hoje=today)
    return Verdict(
        before=pedido,
        after=after,
        prestador=prestador,
        relacionamento=None if changed is None or changed is value else (held, changed),
        pessoa=None if pessoa is None else (found.solicitante, pessoa),
        gestores=found.gestores,
        historico=Historico(
            ato=Ato.HABILITACAO if asked.habilitar else Ato.RECUSA,
            quem=asked.quem,
            quando=now,
            de=asked.de or today,
            motivo=asked.motivo,
            antes=value.situacao_em(today) if value else None,
            pedido=pedido.id,
        ),
    )


@dataclass(frozen=True, slots=True)
class Act:
    """What an operadora does about a relacionamento, from a day on.

    Attributes:
        ate: last day of a suspension, when it is known.
        expected: `fonte` of the row the person had seen, when said.
    """

    ato: Ato
    registro_ans: str
    prestador_id: str
    de: date
    motivo: str
    quem: str
    ate: date | None = None
    autorizacao: bool | None = None
    faturamento: bool | None = None
    expected: Callable[[Held], bool] | None = None


def act(asked: Act, *, rows: Relacionamentos, now: datetime, today: date) -> Held:
    """Suspend, reactivate or end a relacionamento.

    Raises:
        RelacionamentoNotFoundError, ChangedMeanwhileError, EffectiveDayError, IllegalActError: see there.
        StaleRelacionamentoError: it kept changing while we tried.
    """
    for _ in range(ATTEMPTS):
        held = rows.relacionamento(asked.prestador_id, asked.registro_ans)
        if held is None:
            raise RelacionamentoNotFoundError
        if asked.expected is not None and not asked.expected(held):
            raise ChangedMeanwhileError
        historico = Historico(
            asked.ato, asked.quem, now, asked.de, asked.ate, asked.motivo, held.value.situacao_em(today)
        )
        with suppress(StaleRelacionamentoError):
            return rows.change(held, _acted(held.value, asked, today), historico, now, today)
    raise StaleRelacionamentoError


def _acted(held: Relacionamento, asked: Act, today: date) -> Relacionamento:
    if asked.ato is Ato.SUSPENSAO:
        return rules.suspend(held, de=asked.de, ate=asked.ate, motivo=asked.motivo, hoje=today)
    if asked.ato is Ato.DESCREDENCIAMENTO:
        return rules.end(held, de=asked.de, motivo=asked.motivo, hoje=today)
    made = rules.reactivate(held, de=asked.de, motivo=asked.motivo, hoje=today)
    return rules.release(made, asked.autorizacao, asked.faturamento)


@dataclass(frozen=True, slots=True)
class Mine:
    """What a person is shown of relacionamentos: of the prestadores the person acts for, and what was asked."""

    relacionamentos: tuple[Related, ...]
    pedidos: tuple[Pedido, ...]


def mine(*, sub: str, prestadores: Mapping[str, bool], rows: Relacionamentos) -> Mine:
    """Every relacionamento of the person's prestadores, and pedidos of the person and of those it is gestor of.

    Args:
        sub: the person.
        prestadores: ids the person is bound to, and whether as gestor.
        rows: the port.
    """
    pedidos = list(rows.pedidos_of_person(sub))
    for prestador_id, gestor in prestadores.items():
        if gestor:
            pedidos += rows.pedidos_of_prestador(prestador_id)
    newest = tuple(sorted(pedidos, key=lambda row: (row.criado_em, row.id), reverse=True))
    profiles = dict(zip(prestadores, rows.profiles(tuple(prestadores)), strict=True))
    held = rows.relacionamentos(tuple(prestadores))
    return Mine(tuple(Related(row, profiles[row.value.prestador_id]) for row in held), newest)


def find_pedido(*, sub: str, prestadores: Mapping[str, bool], pedido_id: str, rows: Relacionamentos) -> Pedido:
    """One the person may see.

    Raises:
        PedidoNotFoundError: absent or foreign.
    """
    where = [prestador_id for prestador_id, gestor in prestadores.items() if gestor]
    found = rows.pedido(sub=sub, prestadores=where, pedido_id=pedido_id)
    if found is None:
        raise PedidoNotFoundError
    return found
