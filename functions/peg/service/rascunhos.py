"""Drafts: guias typed one by one, until they are sent as one PEG.

The head counts them and has a version that every act raises, so that acts on one draft happen one after another: what
lost a race looks again. A sent draft keeps what it became.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Protocol

from conecta_contas.contexto import GUIAS_POR_PEG
from conecta_contas.pegs import Porta
from conecta_tiss.vocabulary.amounts import ZERO
from peg.domain import estados
from peg.domain.errors import PegError, TransicaoInvalidaError, VersaoDiferenteError
from peg.domain.estados import SituacaoRascunho
from peg.domain.lotes import Documento
from peg.service import recepcao

if TYPE_CHECKING:
    from conecta_atos.portas import Page
    from conecta_contas.pegs import Peg
    from conecta_tiss.findings import Achado
    from peg.domain.lotes import Identificacao
    from peg.service.portas import Portas

GUARDADO: Final = timedelta(days=180)
"""How long a draft is kept after its last change."""
MAIS_VELHO: Final = timedelta(days=365)
"""How long it may live, however often it is changed."""
TAMANHO_MAXIMO: Final = 4_000_000
"""Bytes of JSON of all guias: they are read, shown and sent at once."""
TENTATIVAS: Final = 8
FINALIDADE: Final = "peg_digitado"
"""Folder of the archive where what is presented lies (RN 501)."""


class RascunhoNotFoundError(PegError):
    """Absent, foreign, thrown away, or kept long enough: the same."""


class RascunhoMudouError(PegError):
    """Others changed it each time it was looked at."""


class RascunhoGrandeError(PegError):
    """Its guias together are too large."""


class AtoImpossivelError(PegError):
    """Not as the draft is.

    Attributes:
        motivo: its state, or `CHEIO`, `VAZIO`.
    """

    def __init__(self, motivo: str) -> None:
        super().__init__(motivo)
        self.motivo = motivo


class ComAchadosError(PegError):
    """The rules of the message, or those of reception, refuse its guias.

    Attributes:
        versao: of TISS, in which they are told.
    """

    def __init__(self, achados: Sequence[Achado], tipo_guia: str, versao: str) -> None:
        super().__init__(len(achados))
        self.achados, self.tipo_guia, self.versao = tuple(achados), tipo_guia, versao


@dataclass(frozen=True, slots=True, kw_only=True)
class Envio:
    """How a draft was sent, for ever the same: whoever sends it again sends this.

    Attributes:
        quando: instant (R03).
        prestador: how it presents itself.
        versao: of TISS.
        vez: how often it was sent, refusals included.
    """

    quando: datetime
    prestador: Identificacao
    versao: str
    vez: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rascunho:
    """The head of a draft.

    Attributes:
        numero_lote: digits; without one it is given when sent.
        estado: how far it has come, with its kind, how many guias it has, and its version.
        valor_total: reais, of its guias.
        tamanho: bytes of their JSON.
        quem: opaque id of whoever changed it last.
        envio: the last time it was sent.
        protocolo: what it became.
    """

    id: str
    prestador_id: str
    registro_ans: str
    numero_lote: str | None
    estado: estados.Rascunho
    valor_total: Decimal = ZERO
    tamanho: int = 0
    quem: str
    criado_em: datetime
    alterado_em: datetime
    expira_em: datetime
    envio: Envio | None = None
    protocolo: str | None = None

    @property
    def lote(self) -> str:
        """Its lote number, or the one it gets: always the same, and nobody else's."""
        return self.numero_lote or str(10**11 + int(self.id, 16) % (9 * 10**11))


@dataclass(frozen=True, slots=True, kw_only=True)
class Digitada:
    """A typed guia.

    Attributes:
        id: unique in its draft, in the order they were added; empty until it is.
        corpo: its JSON, as text.
        valor: reais.
    """

    id: str = ""
    corpo: str
    valor: Decimal

    @property
    def tamanho(self) -> int:
        """Bytes of its JSON."""
        return len(self.corpo.encode())


Guardar = Sequence[Mapping[str, Any]]
"""Transaction `Put` actions of the caller's."""


@dataclass(frozen=True, slots=True)
class Mudanca:
    """What an act makes of a draft: its next head, guias written, and ids of guias removed."""

    depois: Rascunho
    escritas: tuple[Digitada, ...] = ()
    removidas: tuple[str, ...] = ()


class Rascunhos(Protocol):
    """Drafts of prestadores."""

    def get(self, prestador_id: str, rascunho_id: str) -> Rascunho | None:
        """The head of one of a prestador."""
        ...

    def page(self, prestador_id: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """Heads of a prestador's, in no order that means anything."""
        ...

    def guias(self, prestador_id: str, rascunho_id: str) -> list[Digitada]:
        """Those of one, in the order they were added."""
        ...

    def guia(self, prestador_id: str, rascunho_id: str, guia_id: str) -> Digitada | None:
        """One of one."""
        ...

    def write(self, antes: Rascunho | None, mudanca: Mudanca, guardar: Guardar = ()) -> None:
        """One transaction, on condition that the head is still as read.

        Raises:
            RascunhoMudouError: it is not.
            Exception: what the caller's own actions lost against.
        """
        ...


def _keep_nothing(_answer: Any) -> Guardar:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesa:
    """What an act on a draft is done with.

    Attributes:
        versao: the version that the caller saw, if it says so.
        render: makes the answer of what the act made.
        keep: what keeps an answer along with the act.
        pause: waits before the next attempt.
    """

    prestador_id: str
    quem: str
    now: datetime
    rascunhos: Rascunhos
    versao: int | None = None
    render: Callable[[Mudanca], Any] = field(default=lambda mudanca: mudanca.depois)
    keep: Callable[[Any], Guardar] = _keep_nothing
    pause: Callable[[int], None] = field(default=lambda _attempt: None)


def alive(rascunho: Rascunho, now: datetime) -> bool:
    """Whether it is to be seen: rows are forgotten late."""
    return now < rascunho.expira_em


def find(prestador_id: str, rascunho_id: str, *, rascunhos: Rascunhos, now: datetime) -> Rascunho:
    """A draft of a prestador.

    Raises:
        RascunhoNotFoundError: there is none such.
    """
    found = rascunhos.get(prestador_id, rascunho_id)
    if found is None or not alive(found, now):
        raise RascunhoNotFoundError
    return found


def find_guia(rascunho: Rascunho, guia_id: str, rascunhos: Rascunhos) -> Digitada:
    """A guia of a draft.

    Raises:
        RascunhoNotFoundError: there is none such.
    """
    found = rascunhos.guia(rascunho.prestador_id, rascunho.id, guia_id)
    if found is None:
        raise RascunhoNotFoundError
    return found


# --- acts: each is one transaction, and answers what `Mesa.render` makes of it ---


def create(registro_ans: str, tipo_guia: str, numero_lote: str | None, mesa: Mesa) -> Any:
    """A new draft, open and empty."""
    made = Rascunho(
        id=uuid.uuid4().hex, prestador_id=mesa.prestador_id, registro_ans=registro_ans, numero_lote=numero_lote,
        estado=estados.Rascunho(tipo_guia=tipo_guia), quem=mesa.quem, criado_em=mesa.now, alterado_em=mesa.now,
        expira_em=mesa.now + GUARDADO,
    )  # fmt: skip
    mudanca = Mudanca(made)
    answer = mesa.render(mudanca)
    mesa.rascunhos.write(None, mudanca, mesa.keep(answer))
    return answer


def change_head(rascunho_id: str, changes: Mapping[str, Any], mesa: Mesa) -> Any:
    """Another lote number or operadora; another kind only while it has no guias.

    Args:
        changes: members of `registro_ans`, `tipo_guia` and `numero_lote`.

    Raises:
        AtoImpossivelError: closed, sent, or it has guias of the kind it had.
    """

    def step(antes: Rascunho) -> Mudanca:
        if antes.estado.situacao is not SituacaoRascunho.ABERTO:
            raise AtoImpossivelError(antes.estado.situacao)
        tipo = changes.get("tipo_guia", antes.estado.tipo_guia)
        if tipo != antes.estado.tipo_guia and antes.estado.guias:
            raise AtoImpossivelError("COM_GUIAS")
        more = {name: held for name, held in changes.items() if name != "tipo_guia"}
        estado = replace(antes.estado, tipo_guia=tipo, versao=antes.estado.versao + 1)
        return Mudanca(replace(antes, estado=estado, **more))

    return _act(rascunho_id, step, mesa)


def remove(rascunho_id: str, mesa: Mesa) -> Any:
    """Thrown away, guias and all; a sent one is kept, as it is a PEG by now.

    Raises:
        AtoImpossivelError: sent.
    """

    def step(antes: Rascunho) -> Mudanca:
        if antes.estado.situacao is SituacaoRascunho.ENVIADO:
            raise AtoImpossivelError(antes.estado.situacao)
        ids = tuple(guia.id for guia in mesa.rascunhos.guias(antes.prestador_id, antes.id))
        return Mudanca(replace(_next(antes), expira_em=mesa.now), removidas=ids)

    return _act(rascunho_id, step, mesa)


def add(rascunho_id: str, guia: Digitada, tipo_guia: str, mesa: Mesa) -> Any:
    """R11: one guia more, up to 100, of the draft's kind.

    Raises:
        AtoImpossivelError: full, closed, sent, or of another kind by now.
        RascunhoGrandeError: too large, all together.
    """

    def step(antes: Rascunho) -> Mudanca:
        full = antes.estado.guias >= GUIAS_POR_PEG
        estado = _estado(antes, lambda: estados.add_guia(antes.estado, tipo_guia), "CHEIO" if full else "OUTRO_TIPO")
        made = replace(guia, id=f"{estado.versao:08d}")
        depois = replace(
            antes, estado=estado, valor_total=antes.valor_total + made.valor, tamanho=antes.tamanho + made.tamanho
        )
        return Mudanca(_bounded(depois), escritas=(made,))

    return _act(rascunho_id, step, mesa)


def change(rascunho_id: str, guia: Digitada, mesa: Mesa) -> Any:
    """Another content of a guia.

    Raises:
        RascunhoNotFoundError: no such draft, or no such guia.
        AtoImpossivelError: closed or sent.
        RascunhoGrandeError: too large, all together.
    """

    def step(antes: Rascunho) -> Mudanca:
        before = find_guia(antes, guia.id, mesa.rascunhos)
        if antes.estado.situacao is not SituacaoRascunho.ABERTO:
            raise AtoImpossivelError(antes.estado.situacao)
        depois = replace(
            _next(antes), valor_total=antes.valor_total - before.valor + guia.valor,
            tamanho=antes.tamanho - before.tamanho + guia.tamanho,
        )  # fmt: skip
        return Mudanca(_bounded(depois), escritas=(guia,))

    return _act(rascunho_id, step, mesa)


def take_out(rascunho_id: str, guia_id: str, mesa: Mesa) -> Any:
    """One guia less.

    Raises:
        RascunhoNotFoundError: no such draft, or no such guia.
        AtoImpossivelError: closed or sent.
    """

    def step(antes: Rascunho) -> Mudanca:
        before = find_guia(antes, guia_id, mesa.rascunhos)
        estado = _estado(antes, lambda: estados.remove_guia(antes.estado), "VAZIO")
        depois = replace(
            antes, estado=estado, valor_total=antes.valor_total - before.valor, tamanho=antes.tamanho - before.tamanho
        )
        return Mudanca(depois, removidas=(guia_id,))

    return _act(rascunho_id, step, mesa)


def close(
    rascunho_id: str, check: Callable[[Rascunho, Sequence[Digitada]], tuple[Sequence[Achado], str]], mesa: Mesa
) -> Any:
    """Nothing more is changed; what the message's own rules would refuse is not closed.

    Args:
        check: what those rules find, and in which version.

    Raises:
        AtoImpossivelError: empty, closed or sent.
        ComAchadosError: there are findings.
    """

    def step(antes: Rascunho) -> Mudanca:
        estado = _estado(antes, lambda: estados.close(antes.estado), "VAZIO")
        achados, versao = check(antes, mesa.rascunhos.guias(antes.prestador_id, antes.id))
        if achados:
            raise ComAchadosError(achados, antes.estado.tipo_guia, versao)
        return Mudanca(replace(antes, estado=estado))

    return _act(rascunho_id, step, mesa)


def reopen(rascunho_id: str, mesa: Mesa) -> Any:
    """It is changed again.

    Raises:
        AtoImpossivelError: open, or sent.
    """

    def step(antes: Rascunho) -> Mudanca:
        return Mudanca(
            replace(antes, estado=_estado(antes, lambda: estados.reopen(antes.estado), SituacaoRascunho.ABERTO))
        )

    return _act(rascunho_id, step, mesa)


@dataclass(frozen=True, slots=True)
class Enviado:
    """What a draft became.

    Attributes:
        achados: glosas, told at once; none when it had been sent before.
        novo: it was received now.
    """

    rascunho: Rascunho
    peg: Peg
    achados: tuple[Achado, ...]
    novo: bool


def send(
    rascunho_id: str,
    *,
    present: Callable[[Rascunho], tuple[Identificacao, str]],
    original: Callable[[Rascunho, Envio, Sequence[Digitada]], bytes],
    portas: Portas,
    mesa: Mesa,
    correlacao: str,
) -> Enviado:
    """A closed draft becomes a PEG, or is open again with what refuses it; sent again, it is the same PEG.

    What is sent is settled first (day, sender, version), then archived, then received: whoever finds it interrupted
    goes on with the very same bytes.

    Args:
        present: how the prestador presents itself, and in which version of TISS.
        original: bytes of what is presented.

    Raises:
        RascunhoNotFoundError: there is none such.
        AtoImpossivelError: not closed.
        ComAchadosError: refused.
        MudouError: too many others did too many things at once: send it again.
    """
    held, envio = _settled(rascunho_id, present, mesa)
    if held.protocolo is not None:
        return Enviado(held, recepcao.find_peg(held.prestador_id, held.protocolo, portas), (), novo=False)
    guias = mesa.rascunhos.guias(held.prestador_id, held.id)
    content = original(held, envio, guias)
    documento = Documento(
        upload_id=held.id, prestador_id=held.prestador_id, registro_ans=held.registro_ans,
        chave=portas.archive.keep(held.registro_ans, held.prestador_id, FINALIDADE, content),
        sha256=hashlib.sha256(content).hexdigest(), recebido_em=envio.quando, tentativa=1, vez=envio.vez,
        correlacao=correlacao, porta=Porta.DIGITADO, quem=mesa.quem,
    )  # fmt: skip
    desfecho = recepcao.receive_file(documento, portas)
    if desfecho.peg is None:
        with suppress(RascunhoMudouError):  # another who sent the very same was quicker
            mesa.rascunhos.write(held, _stamped(Mudanca(_moved(held, SituacaoRascunho.ABERTO)), mesa))
        raise ComAchadosError(desfecho.achados, held.estado.tipo_guia, envio.versao)
    done = _became(held, desfecho.peg.protocolo, mesa)
    return Enviado(done, desfecho.peg, desfecho.achados, novo=True)


def _settled(
    rascunho_id: str, present: Callable[[Rascunho], tuple[Identificacao, str]], mesa: Mesa
) -> tuple[Rascunho, Envio]:
    """The draft once it is settled what is sent: now, or by whoever was interrupted."""

    def step(antes: Rascunho) -> Mudanca:
        estado = _estado(antes, lambda: estados.send(antes.estado), SituacaoRascunho.ABERTO)
        prestador, versao = present(antes)
        vez = antes.envio.vez + 1 if antes.envio else 1
        envio = Envio(quando=mesa.now, prestador=prestador, versao=versao, vez=vez)
        return Mudanca(replace(antes, estado=estado, envio=envio))

    try:
        held: Rascunho = _act(rascunho_id, step, replace(mesa, render=lambda mudanca: mudanca.depois))
    except AtoImpossivelError as error:
        if error.motivo != SituacaoRascunho.ENVIADO:
            raise
        held = find(mesa.prestador_id, rascunho_id, rascunhos=mesa.rascunhos, now=mesa.now)
    if held.envio is None or held.estado.situacao is not SituacaoRascunho.ENVIADO:
        raise RascunhoMudouError  # refused meanwhile, to another who sent it
    return held, held.envio


def _moved(held: Rascunho, situacao: SituacaoRascunho) -> Rascunho:
    return replace(held, estado=replace(held.estado, situacao=situacao, versao=held.estado.versao + 1))


def _became(held: Rascunho, protocolo: str, mesa: Mesa) -> Rascunho:
    """The draft of what was received: also when another, judging the very same, had it refused and opened it."""
    for attempt in range(TENTATIVAS):
        depois = replace(_moved(held, SituacaoRascunho.ENVIADO), protocolo=protocolo, numero_lote=held.lote)
        mudanca = _stamped(Mudanca(depois), mesa)
        try:
            mesa.rascunhos.write(held, mudanca)
        except RascunhoMudouError:
            now = find(mesa.prestador_id, held.id, rascunhos=mesa.rascunhos, now=mesa.now)
            if now.envio != held.envio or now.protocolo is not None:
                return now
            held = now
            mesa.pause(attempt)
            continue
        return mudanca.depois
    raise RascunhoMudouError


def _act(rascunho_id: str, step: Callable[[Rascunho], Mudanca], mesa: Mesa) -> Any:
    for attempt in range(TENTATIVAS):
        antes = find(mesa.prestador_id, rascunho_id, rascunhos=mesa.rascunhos, now=mesa.now)
        mudanca = _stamped(step(antes), mesa)
        if mesa.versao not in {None, antes.estado.versao}:
            raise VersaoDiferenteError
        answer = mesa.render(mudanca)
        try:
            mesa.rascunhos.write(antes, mudanca, mesa.keep(answer))
        except RascunhoMudouError:
            mesa.pause(attempt)
            continue
        return answer
    raise RascunhoMudouError


def _stamped(mudanca: Mudanca, mesa: Mesa) -> Mudanca:
    """By whom and when; kept for another half year, unless it was thrown away."""
    depois = mudanca.depois
    kept = min(mesa.now + GUARDADO, depois.criado_em + MAIS_VELHO)
    stamped = replace(
        depois, quem=mesa.quem, alterado_em=mesa.now, expira_em=kept if alive(depois, mesa.now) else mesa.now
    )
    return replace(mudanca, depois=stamped)


def _next(antes: Rascunho) -> Rascunho:
    return replace(antes, estado=replace(antes.estado, versao=antes.estado.versao + 1))


def _bounded(depois: Rascunho) -> Rascunho:
    if depois.tamanho > TAMANHO_MAXIMO:
        raise RascunhoGrandeError
    return depois


def _estado(antes: Rascunho, act: Callable[[], estados.Rascunho], aberto: str) -> estados.Rascunho:
    """The next state.

    Args:
        aberto: why the act is impossible upon a draft that is open.
    """
    try:
        return act()
    except TransicaoInvalidaError as error:
        held = antes.estado.situacao
        raise AtoImpossivelError(aberto if held is SituacaoRascunho.ABERTO else held) from error
