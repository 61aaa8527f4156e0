"""A request, judged: simulated, made, or made to replace a senha. The same for every door."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from autorizacao.service.nucleo import TENTATIVAS, Render, keep_no_answer, scene
from autorizacao.service.portas import Guardada, Lido, Mudanca
from conecta_facts import codec
from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import FINAIS, Autorizacao, Papel, Situacao
from conecta_senhas.errors import (
    AutorizacaoNotFoundError,
    DocumentoAusenteError,
    GuiaJaUsadaError,
    MudouError,
    RelacionamentoNaoHabilitadoError,
    SolicitanteAlheioError,
    TransicaoInvalidaError,
)
from conecta_senhas.motor import Julgamento, judge
from conecta_senhas.transicoes import Numeracao

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autorizacao.service.portas import Chamador, Portas
    from conecta_facts.beneficiarios import Beneficiario
    from conecta_senhas.contexto import Apontamento
    from conecta_senhas.solicitacoes import Solicitacao

MESMO_DIGEST: Final = 32


@dataclass(frozen=True, slots=True)
class Simulada:
    """What would be answered to a request; nothing was written."""

    julgamento: Julgamento
    lido: Lido


@dataclass(frozen=True, slots=True)
class Emitida:
    """A request with its answer.

    Attributes:
        guardada: the request; `None` only when `repetida` is given.
        achados: all that the rules found; none when it was asked before.
        nova: whether this call made it: the same guia with the same content is the same request (a retry is free); one
            that was denied is, as long as it still would be.
        antiga: the senha that it replaces, or is to replace, as it is now.
        repetida: the answer kept for this `Idempotency-Key`.
    """

    guardada: Guardada | None
    achados: tuple[Apontamento, ...] = ()
    beneficiario: Beneficiario | None = None
    nova: bool = True
    antiga: Guardada | None = None
    repetida: Any = None

    @property
    def autorizacao(self) -> Autorizacao:
        """The request.

        Raises:
            ValueError: the answer is a kept one.
        """
        if self.guardada is None:
            raise ValueError("a kept answer has no authorization")
        return self.guardada.autorizacao


def simulate(solicitacao: Solicitacao, *, chamador: Chamador, portas: Portas) -> Simulada:
    """What the rules would answer today: the same reading and judging as of a request, and nothing created.

    Whose number of guia it is, and whether its files are there, is asked of a request only.

    Raises:
        SolicitanteAlheioError, RelacionamentoNaoHabilitadoError, AutorizacaoNotFoundError: as a request.
    """
    _asks_for_itself(solicitacao, chamador)
    lido = portas.contextos.read(solicitacao, chamador, portas.hoje, nova=False)
    _admit(lido, portas)
    return Simulada(judge(solicitacao, lido.contexto), lido)


def request(
    solicitacao: Solicitacao, *, chamador: Chamador, portas: Portas, render: Render = keep_no_answer
) -> Emitida:
    """Ask for an authorization: judged at once, written with its protocolo (R30) whatever the outcome.

    Args:
        chamador: a prestador, or the Central for one (R24).

    Raises:
        GuiaJaUsadaError: the number of guia is that of another request, with another content (1308).
        DocumentoAusenteError: a file that is named is not there.
        SolicitanteAlheioError: the caller is neither solicitante nor executante.
        AutorizacaoNotFoundError: it is asked of an operadora that the Central's person is not of.
        RelacionamentoNaoHabilitadoError: R02.
        MudouError: others were writing the same all the time.
    """
    _asks_for_itself(solicitacao, chamador)
    digest = digest_of(solicitacao)
    for _ in range(TENTATIVAS):
        lido = portas.contextos.read(solicitacao, chamador, portas.hoje)
        if lido.repetida is not None:
            return Emitida(None, repetida=lido.repetida)
        if (same := _asked_before(lido, digest)) is not None:
            return Emitida(same, (), lido.beneficiario, nova=False)
        _admit(lido, portas)
        emitida, mudancas = _made(solicitacao, lido, chamador, portas)
        if (denied := _denied_again(emitida, lido, digest)) is not None:
            return denied
        if _written(mudancas, digest, portas.keep(render(emitida)), chamador, portas):
            return emitida
    raise MudouError


def substitute(
    registro_ans: str,
    numero: str,
    solicitacao: Solicitacao,
    *,
    chamador: Chamador,
    portas: Portas,
    render: Render = keep_no_answer,
) -> Emitida:
    """R16: ask anew in place of a senha: at every instant exactly one of the two is valid, or the old one alone.

    Raises:
        AutorizacaoNotFoundError: the senha is absent, foreign, or another life's.
        JaFaturadaError, ComplementosVivosError, SenhaExpiradaError, TransicaoInvalidaError: it cannot be replaced.
        GuiaJaUsadaError: the new request needs a number of guia of its own; and what `request` raises.
    """
    _asks_for_itself(solicitacao, chamador)
    digest = digest_of(solicitacao)
    for _ in range(TENTATIVAS):
        lido = portas.contextos.read(solicitacao, chamador, portas.hoje, sem=numero)
        if lido.repetida is not None:
            return Emitida(None, repetida=lido.repetida)
        cena = scene(registro_ans, numero, chamador=chamador, portas=portas, complementos=True)
        if not _same_life(cena.autorizacao, solicitacao, lido):
            raise AutorizacaoNotFoundError
        if (same := _asked_before(lido, digest)) is not None:
            if same.autorizacao.substitui != numero:
                raise GuiaJaUsadaError(same.autorizacao.numero)
            return Emitida(same, (), lido.beneficiario, nova=False, antiga=cena.alvo)
        children = tuple(item.autorizacao for item in cena.complementos)
        transicoes.check_substitution(cena.autorizacao, children, portas.hoje, cena.pai)
        if lido.principal is not None and lido.principal.autorizacao.numero == numero:
            raise TransicaoInvalidaError(cena.autorizacao.situacao)  # it cannot be asked on what it ends
        _admit(lido, portas)
        emitida, mudancas = _made(solicitacao, lido, chamador, portas, substitui=numero)
        if (denied := _denied_again(emitida, lido, digest)) is not None:
            return replace(denied, antiga=cena.alvo)
        done = transicoes.substitute(
            cena.autorizacao, emitida.autorizacao, children, chamador.ato(portas.now, portas.hoje), cena.pai
        )
        nova = replace(mudancas[0].depois, autorizacao=done.nova)
        antiga = replace(cena.alvo, autorizacao=done.antiga)
        emitida = replace(emitida, guardada=nova, antiga=antiga)
        mudancas[0] = replace(mudancas[0], depois=nova)
        _merge(mudancas, cena.alvo, antiga)
        if _written(mudancas, digest, portas.keep(render(emitida)), chamador, portas):
            return emitida
    raise MudouError


def _merge(mudancas: list[Mudanca], antes: Guardada, depois: Guardada) -> None:
    """The senha that is replaced among what is written; denied requests leave it as it was."""
    if depois.autorizacao is not antes.autorizacao:
        mudancas.append(Mudanca(antes, depois))


def digest_of(solicitacao: Solicitacao) -> str:
    """What tells two requests of one number of guia apart: everything that is asked.

    The day of asking is not: who tells none and is not answered before midnight asks the same again after it.
    """
    asked = codec.plain(replace(solicitacao, data_solicitacao=date.min))
    return hashlib.sha256(repr(sorted(asked.items())).encode()).hexdigest()[:MESMO_DIGEST]


def _asks_for_itself(solicitacao: Solicitacao, chamador: Chamador) -> None:
    if chamador.papel is not Papel.PRESTADOR and solicitacao.registro_ans not in chamador.registros:
        raise AutorizacaoNotFoundError
    if chamador.prestador_id not in {solicitacao.solicitante, solicitacao.executa}:
        raise SolicitanteAlheioError


def _same_life(antiga: Autorizacao, solicitacao: Solicitacao, lido: Lido) -> bool:
    """Whether a senha is of the operadora and of the life that it is to be replaced for, by whatever number."""
    life, asked = lido.beneficiario, antiga.solicitacao
    known = {solicitacao.carteira, *((life.numero_carteira, life.carteira_anterior) if life else ())}
    return asked.registro_ans == solicitacao.registro_ans and asked.carteira in known


def _asked_before(lido: Lido, digest: str) -> Guardada | None:
    """The same request, asked before; a denied or cancelled one let its number go."""
    if lido.ja_pedida is None or lido.ja_pedida[0].autorizacao.situacao in FINAIS:
        return None
    held, asked = lido.ja_pedida
    if asked != digest:
        raise GuiaJaUsadaError(held.autorizacao.numero)
    return held


def _denied_again(emitida: Emitida, lido: Lido, digest: str) -> Emitida | None:
    """The same request, denied before for the same reasons: asking again what nothing changed of makes nothing new."""
    if lido.ja_pedida is None or lido.ja_pedida[1] != digest:
        return None
    before, now = lido.ja_pedida[0].autorizacao, emitida.autorizacao
    why, still = (before.motivos, before.itens, before.substitui), (now.motivos, now.itens, now.substitui)
    if before.situacao is not Situacao.NEGADA or why != still:
        return None
    return replace(emitida, guardada=lido.ja_pedida[0], nova=False)


def _admit(lido: Lido, portas: Portas) -> None:
    held = lido.contexto.relacionamento
    if held is None or not held.may_request_em(portas.hoje):
        periodo = held.periodo_em(portas.hoje) if held else None
        raise RelacionamentoNaoHabilitadoError(
            periodo.situacao if periodo else None, periodo.motivo if periodo else None
        )
    if lido.ausentes:
        raise DocumentoAusenteError(lido.ausentes)


def _made(
    solicitacao: Solicitacao, lido: Lido, chamador: Chamador, portas: Portas, substitui: str | None = None
) -> tuple[Emitida, list[Mudanca]]:
    julgamento = judge(solicitacao, lido.contexto)
    parent = lido.principal
    autorizacao = transicoes.create(
        Numeracao(numero=lido.numero, protocolo=lido.protocolo, senha=lido.numero, validade=julgamento.validade),
        solicitacao,
        julgamento.parecer,
        chamador.ato(portas.now, portas.hoje),
        prestador_id=chamador.prestador_id or solicitacao.solicitante,
        principal=parent.autorizacao.numero if parent else None,
        substitui=substitui,
    )
    guardada = Guardada(autorizacao, lido.vida, nome=lido.nome)
    freed = lido.ja_pedida[0].autorizacao.numero if lido.ja_pedida else None
    mudancas = [Mudanca(None, guardada, solto=freed)]
    if parent is not None and autorizacao.situacao is not Situacao.NEGADA:
        mudancas.append(Mudanca(parent, _with_child(parent, lido.numero)))
    return Emitida(guardada, julgamento.achados, lido.beneficiario), mudancas


def _with_child(parent: Guardada, numero: str) -> Guardada:
    """The parent knows its complements, and moves on: whoever was cancelling it must look again (invariant 3, R17)."""
    moved = replace(parent.autorizacao, versao=parent.autorizacao.versao + 1)
    return replace(parent, autorizacao=moved, complementos=(*parent.complementos, numero))


def _written(
    mudancas: list[Mudanca], digest: str, guardar: Sequence[Mapping[str, Any]], chamador: Chamador, portas: Portas
) -> bool:
    try:
        portas.autorizacoes.write(
            mudancas, now=portas.now, correlacao=chamador.correlacao, digest=digest, guardar=guardar
        )
    except MudouError:
        return False
    return True
