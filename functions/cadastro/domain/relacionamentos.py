"""How a relacionamento comes to be and what becomes of it (R02), as pure transitions.

    SOLICITADO ──► HABILITADO ◄──► SUSPENSO
        │              └──────┬───────┘
        └──► RECUSADO         ▼
                        DESCREDENCIADO ──► HABILITADO, by a new pedido

A *pedido* asks for one: whoever signs in may ask for any CNPJ, and gets nothing by asking. The operadora's decision
alone lets the asker in. States have effective days, of which some lie in the future; no act changes days gone by,
save that a first enabling may reach back (the contract was in force before the portal knew).

RelacionamentosError
├── UnknownOperadoraError        no operadora of this registro
├── PedidoNotFoundError          absent or foreign: the same
├── RelacionamentoNotFoundError  absent or foreign: the same
├── PedidoOpenError              one with other contents awaits its decision
├── TooManyPedidosError          as many undecided ones as a person may have
├── AlreadyRelatedError          the asker is gestor there already, and it is enabled or suspended
├── AlreadyDecidedError          somebody decided before
├── CodeMissingError             nobody said the prestador's code at the operadora
├── HasGestorError               the prestador has a gestor: the decision must say whether the asker becomes one
├── OthersInvolvedError          … and is known to operadoras that are not the decider's
├── IllegalActError              not from this state; says what is possible
├── EffectiveDayError            a day that cannot be
└── StaleRelacionamentoError     somebody else changed it: read it again
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from cadastro.domain.contas import Papel, Pessoa, bind
from conecta_facts.relacionamentos import AGENDADO, ONCE_ENABLED, Periodo, Relacionamento, Situacao

ID_LENGTH: Final = 32
OPEN_PEDIDOS: Final = 20
"""Undecided pedidos of one person: whoever runs many clinics has room, whoever tries CNPJs has not."""
_DAY: Final = timedelta(days=1)


class RelacionamentosError(Exception):
    """Base of these refusals."""


class UnknownOperadoraError(RelacionamentosError):
    """No operadora of this registro ANS."""


class PedidoNotFoundError(RelacionamentosError):
    """Absent or foreign: one and the same answer."""


class RelacionamentoNotFoundError(RelacionamentosError):
    """Absent or foreign: one and the same answer."""


class PedidoOpenError(RelacionamentosError):
    """One with other contents awaits its decision.

    Attributes:
        protocolo: its protocolo de atendimento.
    """

    def __init__(self, protocolo: str) -> None:
        super().__init__("an open pedido")
        self.protocolo = protocolo


class TooManyPedidosError(RelacionamentosError):
    """As many undecided pedidos as a person may have."""


class AlreadyRelatedError(RelacionamentosError):
    """The asker's own prestador has it already.

    Attributes:
        situacao: HABILITADO or SUSPENSO.
    """

    def __init__(self, situacao: Situacao) -> None:
        super().__init__(situacao.value)
        self.situacao = situacao


class AlreadyDecidedError(RelacionamentosError):
    """Somebody decided before.

    Attributes:
        situacao: what was decided.
    """

    def __init__(self, situacao: Situacao) -> None:
        super().__init__(situacao.value)
        self.situacao = situacao


class CodeMissingError(RelacionamentosError):
    """Neither pedido nor decision says the prestador's code at the operadora."""


class HasGestorError(RelacionamentosError):
    """The prestador has an active gestor: whether the asker becomes one, too, must be said."""


class OthersInvolvedError(RelacionamentosError):
    """The prestador has a gestor and other operadoras: letting a person in is not this decider's to do."""


class StaleRelacionamentoError(RelacionamentosError):
    """What was read has changed: read it again."""


class Ato(StrEnum):
    """What an operadora may do about a relacionamento."""

    HABILITACAO = "HABILITACAO"
    RECUSA = "RECUSA"
    SUSPENSAO = "SUSPENSAO"
    REATIVACAO = "REATIVACAO"
    DESCREDENCIAMENTO = "DESCREDENCIAMENTO"


POSSIBLE: Final[Mapping[Situacao | None, tuple[Ato, ...]]] = {
    None: (Ato.HABILITACAO, Ato.RECUSA),
    Situacao.SOLICITADO: (Ato.HABILITACAO, Ato.RECUSA),
    Situacao.RECUSADO: (Ato.HABILITACAO, Ato.RECUSA),
    Situacao.HABILITADO: (Ato.SUSPENSAO, Ato.DESCREDENCIAMENTO),
    Situacao.SUSPENSO: (Ato.REATIVACAO, Ato.DESCREDENCIAMENTO),
    Situacao.DESCREDENCIADO: (Ato.HABILITACAO,),
}
"""What may be done in each state (R02); enabling and refusing decide a pedido."""


class IllegalActError(RelacionamentosError):
    """Not from this state.

    Attributes:
        ato: what was asked.
        situacao: the state on the effective day.
    """

    def __init__(self, ato: Ato, situacao: Situacao | None) -> None:
        super().__init__(f"{ato.value} from {situacao}")
        self.ato = ato
        self.situacao = situacao

    @property
    def possible(self) -> tuple[Ato, ...]:
        """What may be done instead."""
        return POSSIBLE[self.situacao]


class EffectiveDayError(RelacionamentosError):
    """A day that cannot be.

    Attributes:
        campo: which one.
        codigo: `data-passada`, or `fim-antes-do-inicio`.
    """

    def __init__(self, campo: str, codigo: str) -> None:
        super().__init__(f"{campo}: {codigo}")
        self.campo = campo
        self.codigo = codigo


@dataclass(frozen=True, slots=True)
class Historico:
    """Who did what, when and why: written with each change, never changed.

    Attributes:
        quem: opaque id of the person of the operadora.
        quando: the instant it was done; `de` and `ate` are the effective days.
        pedido: id of the pedido it decided.
    """

    ato: Ato
    quem: str
    quando: datetime
    de: date
    ate: date | None = None
    motivo: str | None = None
    antes: Situacao | None = None
    pedido: str | None = None


@dataclass(frozen=True, slots=True)
class NewPedido:
    """A relacionamento somebody asks for, already valid by itself; exactly one of CNPJ and CPF is given."""

    registro_ans: str
    prestador_id: str
    nome: str
    cnes: str
    cnpj: str | None = None
    cpf: str | None = None
    codigo_na_operadora: str | None = None
    mensagem: str | None = None


@dataclass(frozen=True, slots=True)
class Pedido:
    """A relacionamento asked for.

    Attributes:
        solicitante: opaque id of the person who asked; `email` as verified in the person's account.
        do_prestador: asked by a gestor of that prestador, and so the prestador's; else the person's own.
        protocolo_atendimento: given at once (R30).
        situacao: SOLICITADO, HABILITADO or RECUSADO.
        versao: optimistic lock.
    """

    id: str
    registro_ans: str
    prestador_id: str
    solicitante: str
    do_prestador: bool
    nome: str
    cnes: str
    protocolo_atendimento: str
    criado_em: datetime
    cnpj: str | None = None
    cpf: str | None = None
    codigo_na_operadora: str | None = None
    mensagem: str | None = None
    email: str | None = None
    situacao: Situacao = Situacao.SOLICITADO
    motivo: str | None = None
    decidido_por: str | None = None
    decidido_em: datetime | None = None
    versao: int = 1

    def asks(self, asked: NewPedido) -> bool:
        """Whether this is what is being asked again."""
        return all(getattr(self, name) == getattr(asked, name) for name in NewPedido.__slots__)


WHOSE_TURN: Final[Mapping[Situacao, str]] = {
    Situacao.SOLICITADO: "operadora",
    Situacao.HABILITADO: "ninguem",
    Situacao.RECUSADO: "prestador",
}


def pedido_id(sub: str, registro_ans: str, prestador_id: str, owner: str, attempt: int) -> str:
    """The id of a person's n-th attempt: a repeated request is the same pedido, without the document in any key."""
    text = f"pedido|{sub}|{registro_ans}|{prestador_id}|{owner}|{attempt}"
    return hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]


def ask(
    asked: NewPedido,
    *,
    sub: str,
    email: str | None,
    do_prestador: bool,
    attempt: int,
    protocolo: str,
    now: datetime,
) -> Pedido:
    """A pedido that awaits the operadora."""
    return Pedido(
        id=pedido_id(sub, asked.registro_ans, asked.prestador_id, "prestador" if do_prestador else "pessoa", attempt),
        registro_ans=asked.registro_ans,
        prestador_id=asked.prestador_id,
        solicitante=sub,
        do_prestador=do_prestador,
        nome=asked.nome,
        cnes=asked.cnes,
        protocolo_atendimento=protocolo,
        criado_em=now,
        cnpj=asked.cnpj,
        cpf=asked.cpf,
        codigo_na_operadora=asked.codigo_na_operadora,
        mensagem=asked.mensagem,
        email=email,
    )


def decide(pedido: Pedido, situacao: Situacao, *, quem: str, motivo: str | None, now: datetime) -> Pedido:
    """The pedido decided.

    Raises:
        AlreadyDecidedError: it was.
    """
    if pedido.situacao is not Situacao.SOLICITADO:
        raise AlreadyDecidedError(pedido.situacao)
    return replace(
        pedido, situacao=situacao, motivo=motivo, decidido_por=quem, decidido_em=now, versao=pedido.versao + 1
    )


def let_in(
    pedido: Pedido, held: Pessoa | None, *, wanted: bool | None, gestores: int, foreign: bool, quem: str, now: datetime
) -> Pessoa | None:
    """The asker as gestor, when the decision makes the person one; `None` when nobody's papel changes.

    A prestador that nobody acts for yet is opened by whichever operadora enables it. One that has a gestor is not: its
    gestor lets people in, or an operadora that alone knows it, by saying so; else one operadora's decision would open
    what another keeps there.

    Args:
        held: what the asker is at the prestador.
        wanted: what the decision says of it; `None` when it says nothing.
        gestores: active gestores of the prestador.
        foreign: whether the prestador was ever enabled at operadoras that are not the decider's.

    Raises:
        HasGestorError: the decision must say.
        OthersInvolvedError: the decision may not.
    """
    if pedido.do_prestador or wanted is False or (held is not None and held.active_gestor):
        return None
    if gestores:
        if wanted is None:
            raise HasGestorError
        if foreign:
            raise OthersInvolvedError
    if held is not None and held.removida_em is None:
        return replace(held, papel=Papel.GESTOR, ativo=True, versao=held.versao + 1)
    return bind(held, Pessoa(pedido.solicitante, pedido.prestador_id, Papel.GESTOR, now, quem, email=pedido.email))


def enable(
    held: Relacionamento | None,
    pedido: Pedido,
    *,
    de: date,
    motivo: str | None,
    codigo: str | None,
    autorizacao: bool | None,
    faturamento: bool | None,
    hoje: date,
) -> Relacionamento:
    """The relacionamento enabled from a day on; itself when it is enabled or suspended now.

    Raises:
        CodeMissingError: nobody said the code.
        EffectiveDayError: after a descredenciamento, a day gone by.
    """
    now = held.situacao_em(hoje) if held else None
    if held is not None and Ato.HABILITACAO not in POSSIBLE[now]:
        return held
    if now is Situacao.DESCREDENCIADO and de < hoje:
        raise EffectiveDayError("desde", "data-passada")
    code = codigo or pedido.codigo_na_operadora or (held.codigo_na_operadora if held else None)
    if not code:
        raise CodeMissingError
    before = _until(held.periodos, de, hoje) if held else ()
    base = held or Relacionamento(pedido.prestador_id, pedido.registro_ans, code, ())
    made = replace(base, codigo_na_operadora=code, periodos=(*before, Periodo(Situacao.HABILITADO, de, motivo)))
    return release(made, autorizacao, faturamento)


def refuse(held: Relacionamento | None, pedido: Pedido, *, motivo: str, hoje: date) -> Relacionamento | None:
    """The relacionamento refused, of a pedido the prestador itself made; unchanged where it had got further."""
    now = held.situacao_em(hoje) if held else None
    if not pedido.do_prestador or Ato.RECUSA not in POSSIBLE[now]:
        return held
    base = held or Relacionamento(pedido.prestador_id, pedido.registro_ans, pedido.codigo_na_operadora or "", ())
    return replace(base, periodos=(*_until(base.periodos, hoje, hoje), Periodo(Situacao.RECUSADO, hoje, motivo)))


def suspend(held: Relacionamento, *, de: date, ate: date | None, motivo: str, hoje: date) -> Relacionamento:
    """Suspended between two days, both inclusive, or until reactivated; a descredenciamento in between stays.

    Raises:
        EffectiveDayError, IllegalActError: see there.
    """
    if ate is not None and ate < de:
        raise EffectiveDayError("ate", "fim-antes-do-inicio")
    _require(Ato.SUSPENSAO, held, de, hoje)
    resumes = None if ate is None else ate + _DAY
    result = [*_until(held.periodos, de, hoje), Periodo(Situacao.SUSPENSO, de, motivo)]
    later = [periodo for periodo in held.periodos if periodo.de > de]
    during = [periodo for periodo in later if resumes is None or periodo.de < resumes]
    ended = [periodo for periodo in during if periodo.situacao is Situacao.DESCREDENCIADO]
    if ended:
        return replace(held, periodos=(*result, ended[-1]))
    if resumes is not None:
        after = [periodo for periodo in later if periodo.de >= resumes]
        resumed = held.periodo_em(resumes)
        if resumed is not None and resumed.de != resumes:
            result.append(replace(resumed, de=resumes))
        result += after
    return replace(held, periodos=tuple(result))


def reactivate(held: Relacionamento, *, de: date, motivo: str, hoje: date) -> Relacionamento:
    """Enabled again from a day on; also takes back what was scheduled and has not begun.

    Raises:
        EffectiveDayError, IllegalActError: see there; a descredenciamento is taken back whole, before it begins, or
            else ended by a new pedido only.
    """
    planned = held.periodo_em(de)
    found = planned.situacao if planned else None
    if not (planned and found is Situacao.DESCREDENCIADO and planned.de == de > hoje):
        _require(Ato.REATIVACAO, held, de, hoje)
    later = [periodo for periodo in held.periodos if periodo.de > de]
    while later and later[0].situacao is found:
        later.pop(0)
    if later and later[0].situacao is Situacao.HABILITADO:
        later.pop(0)
    kept = _until(held.periodos, de, hoje)
    if not kept or kept[-1].situacao is not Situacao.HABILITADO:
        kept = (*kept, Periodo(Situacao.HABILITADO, de, motivo))
    return replace(held, periodos=(*kept, *later))


def end(held: Relacionamento, *, de: date, motivo: str, hoje: date) -> Relacionamento:
    """Descredenciado from a day on, whatever had been scheduled after it.

    Raises:
        EffectiveDayError, IllegalActError: see there.
    """
    _require(Ato.DESCREDENCIAMENTO, held, de, hoje)
    return replace(held, periodos=(*_until(held.periodos, de, hoje), Periodo(Situacao.DESCREDENCIADO, de, motivo)))


def release(held: Relacionamento, autorizacao: bool | None, faturamento: bool | None) -> Relacionamento:  # noqa: FBT001  # fields
    """What is released changed, where something is said of it."""
    return replace(
        held,
        autorizacao=held.autorizacao if autorizacao is None else autorizacao,
        faturamento=held.faturamento if faturamento is None else faturamento,
    )


def ever_enabled(held: Relacionamento) -> bool:
    """Whether anything was or will be done under it."""
    return any(periodo.situacao in ONCE_ENABLED for periodo in held.periodos)


def next_change(held: Relacionamento, hoje: date) -> Periodo | None:
    """What will change by itself, and when."""
    return next((periodo for periodo in held.periodos if periodo.de > hoje), None)


def indexed_under(held: Relacionamento, hoje: date) -> str:
    """Which part of the index holds it: its state, or that it will change by itself."""
    situacao = held.situacao_em(hoje)
    return AGENDADO if situacao is None or next_change(held, hoje) else situacao.value


def _require(ato: Ato, held: Relacionamento, de: date, hoje: date) -> None:
    if de < hoje:
        raise EffectiveDayError("de", "data-passada")
    situacao = held.situacao_em(de)
    if ato not in POSSIBLE[situacao]:
        raise IllegalActError(ato, situacao)


def _until(periodos: tuple[Periodo, ...], de: date, hoje: date) -> tuple[Periodo, ...]:
    """What stays of before a day; what was to begin on that very day, and has not, gives way."""
    return tuple(periodo for periodo in periodos if periodo.de < de or periodo.de == de <= hoje)
