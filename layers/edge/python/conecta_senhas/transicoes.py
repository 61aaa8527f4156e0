"""What changes an authorization (`dominio.md` §4): each act is a pure function that answers the next value or refuses.

Guards come in one order: whose act it is, whether the state of the day allows it, what it asks. An act that concerns
several authorizations answers all of them: they are written together, each on condition of its `versao`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from conecta_senhas.autorizacoes import (
    AGUARDANDO,
    CONCEDIDAS,
    DIARIAS,
    PENDENTES,
    ZERO,
    Ato,
    Autorizacao,
    Evento,
    Item,
    Marco,
    MotivoNegativa,
    Origem,
    Papel,
    Parecer,
    Pendencia,
    Situacao,
    SituacaoItem,
    TipoPendencia,
    is_alternative,
)
from conecta_senhas.errors import (
    AutorizacaoError,
    AutorizacaoNotFoundError,
    ComplementosVivosError,
    DataInvalidaError,
    DecisaoIncompletaError,
    JaFaturadaError,
    MotivoAusenteError,
    NegativaSemBaseError,
    PapelNaoPermitidoError,
    QuantidadeInvalidaError,
    SenhaExpiradaError,
    TransicaoInvalidaError,
)
from conecta_senhas.solicitacoes import Anexo, DocumentoAnexado, Solicitacao, Tipo, TipoAnexo
from conecta_senhas.usos import Usos, altas, totais
from conecta_tiss.vocabulary.tables import StatusCancelamento

BILLABLE: Final = CONCEDIDAS | {Situacao.UTILIZADA, Situacao.EXPIRADA}
"""What a service inside the validity may be billed on, whatever the state today (`decisoes.md` 17)."""


# --- guards and the step all acts end with ---


def _whose(ato: Ato, *papeis: Papel) -> None:
    if ato.papel not in papeis:
        raise PapelNaoPermitidoError(papeis)


def _why(ato: Ato) -> str:
    if not (ato.motivo or "").strip():
        raise MotivoAusenteError
    return str(ato.motivo)


def _in(autorizacao: Autorizacao, *situacoes: Situacao) -> None:
    if autorizacao.situacao not in situacoes:
        raise TransicaoInvalidaError(autorizacao.situacao)


def _usable(autorizacao: Autorizacao, dia: date, principal: Autorizacao | None) -> None:
    if autorizacao.situacao in BILLABLE and autorizacao.validade and not autorizacao.covers(dia, principal):
        raise SenhaExpiradaError(autorizacao.validade)
    if not autorizacao.usable_em(dia, principal):
        raise TransicaoInvalidaError(autorizacao.situacao)


def _bounded(sequencia: int, quantidade: Decimal, minimo: Decimal, maximo: Decimal) -> None:
    if not minimo <= quantidade <= maximo:
        raise QuantidadeInvalidaError(sequencia, minimo, maximo)


def _within(dia: date, minimo: date | None, maximo: date | None) -> None:
    if (minimo is not None and dia < minimo) or (maximo is not None and dia > maximo):
        raise DataInvalidaError(minimo, maximo)


def _item(autorizacao: Autorizacao, sequencia: int) -> Item:
    for item in autorizacao.itens:
        if item.sequencia == sequencia:
            return item
    raise AutorizacaoNotFoundError


def _with(itens: Iterable[Item], *changed: Item) -> tuple[Item, ...]:
    by_number = {item.sequencia: item for item in changed}
    return tuple(by_number.get(item.sequencia, item) for item in itens)


def _step(autorizacao: Autorizacao, ato: Ato, evento: Evento, **changes: Any) -> Autorizacao:
    moved = replace(autorizacao, versao=autorizacao.versao + 1, **changes)
    vez_de, ate = moved.turn()
    marco = Marco(
        evento=evento, papel=ato.papel, quem=ato.quem, quando=ato.quando, situacao=moved.situacao, motivo=ato.motivo,
        vez_de=vez_de, ate=ate,
    )  # fmt: skip
    return replace(moved, historico=(*autorizacao.historico, marco))


# --- birth ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeracao:
    """What a new authorization is known by; the senha is given only to what is granted (`autorizacoes` says the rest).

    Attributes:
        validade: last valid day, should it be granted now.
    """

    numero: str
    protocolo: str
    senha: str
    validade: date


def create(
    numeracao: Numeracao,
    solicitacao: Solicitacao,
    parecer: Parecer,
    ato: Ato,
    *,
    prestador_id: str,
    principal: str | None = None,
    substitui: str | None = None,
) -> Autorizacao:
    """A request, with what the rules answered.

    The Central's own is a complementary senha or one on behalf of a prestador whose portal is down (R24).
    """
    _whose(ato, Papel.PRESTADOR, Papel.CENTRAL)
    born = Autorizacao(
        numero=numeracao.numero,
        protocolo=numeracao.protocolo,
        prestador_id=prestador_id,
        solicitacao=solicitacao,
        situacao=parecer.situacao,
        itens=parecer.itens,
        origem=Origem.CENTRAL if ato.papel is Papel.CENTRAL else Origem.PRESTADOR,
        diarias_autorizadas=parecer.diarias,
        responder_ate=parecer.responder_ate,
        pendente_ate=parecer.pendente_ate,
        pendencias=parecer.pendencias,
        motivos=parecer.motivos,
        principal=principal,
        substitui=substitui,
        versao=0,
    )
    if parecer.situacao in CONCEDIDAS:
        born = replace(born, senha=numeracao.senha, data_autorizacao=ato.hoje, validade=numeracao.validade)
    return _step(born, ato, Evento.SOLICITADA)


def load_legacy(
    numeracao: Numeracao,
    solicitacao: Solicitacao,
    itens: tuple[Item, ...],
    ato: Ato,
    *,
    prestador_id: str,
    data_autorizacao: date,
    admissao: date | None = None,
) -> Autorizacao:
    """R07: a senha of before the migration, with its balance: used like any other.

    Raises:
        TransicaoInvalidaError: nothing of it is authorised.
    """
    _whose(ato, Papel.SISTEMA)
    born = Autorizacao(
        numero=numeracao.numero, protocolo=numeracao.protocolo, prestador_id=prestador_id, solicitacao=solicitacao,
        situacao=Situacao.AUTORIZADA, itens=itens, origem=Origem.LEGADO, senha=numeracao.senha,
        data_autorizacao=data_autorizacao, validade=numeracao.validade,
        diarias_autorizadas=solicitacao.diarias or 0, admissao=admissao, versao=0,
    )  # fmt: skip
    if born.concedida not in CONCEDIDAS:
        raise TransicaoInvalidaError(born.concedida)
    return _step(born, ato, Evento.CARREGADA, situacao=born.utilizada)


# --- decision ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Voto:
    """What auditoria decides of one item, or of the diárias (`DIARIAS`).

    Attributes:
        motivo, base: plain reason and legal or contract basis of what is denied.
        codigo: code of table 38, in the version of who asked.
    """

    sequencia: int
    quantidade: Decimal
    motivo: str = ""
    base: str = ""
    codigo: str = ""
    valor: Decimal | None = None

    @property
    def explained(self) -> bool:
        """Whether a denial by it would be one."""
        return all(text.strip() for text in (self.motivo, self.base, self.codigo))


def decide(autorizacao: Autorizacao, votos: Sequence[Voto], ato: Ato, *, senha: str, validade: date) -> Autorizacao:
    """Auditoria, a person, decides every item in analysis; diárias are granted as asked unless voted on.

    Args:
        senha, validade: of what is granted, should anything be.
    """
    _whose(ato, Papel.AUDITORIA)
    _in(autorizacao, Situacao.EM_ANALISE)
    days = [voto for voto in votos if voto.sequencia == DIARIAS]
    voted = sorted(voto.sequencia for voto in votos if voto.sequencia != DIARIAS)
    expected = sorted(item.sequencia for item in autorizacao.itens if item.situacao is SituacaoItem.EM_ANALISE)
    missing = {*voted} ^ {*expected} | ({DIARIAS} if len(days) > 1 or not (votos or autorizacao.itens) else set())
    if missing or voted != expected:
        raise DecisaoIncompletaError(tuple(sorted(missing)))
    by_number = {voto.sequencia: voto for voto in votos}
    asked = autorizacao.solicitacao.diarias or 0
    for item in autorizacao.itens:
        if voto := by_number.get(item.sequencia):
            _bounded(item.sequencia, voto.quantidade, ZERO, item.solicitado.quantidade)
    for voto in days:
        _bounded(DIARIAS, voto.quantidade, ZERO, Decimal(asked))
    itens = tuple(
        _voted(item, by_number[item.sequencia]) if item.sequencia in by_number else item for item in autorizacao.itens
    )
    itens = tuple(
        replace(item, situacao=SituacaoItem.ALTERNATIVA)
        if item.sequencia in by_number and not item.autorizada and is_alternative(item, itens)
        else item
        for item in itens
    )
    granted = any(item.autorizada > ZERO for item in itens) or not itens
    diarias = int(days[0].quantidade) if days else asked if granted else 0
    unexplained = [
        item.sequencia
        for item in itens
        if item.sequencia in by_number
        and item.autorizada < item.solicitado.quantidade
        and not by_number[item.sequencia].explained
        and not is_alternative(item, itens)
    ]
    if any(diarias < asked and not voto.explained for voto in days):
        unexplained.append(DIARIAS)
    if unexplained:
        raise NegativaSemBaseError(tuple(unexplained))
    motivos = tuple(
        MotivoNegativa(codigo=voto.codigo, texto=voto.motivo, base=voto.base) for voto in days if diarias < asked
    )
    decided = replace(autorizacao, itens=itens, diarias_autorizadas=diarias, motivos=(*autorizacao.motivos, *motivos))
    numbers: dict[str, Any] = {"situacao": decided.concedida}
    if decided.concedida in CONCEDIDAS:
        numbers |= {"senha": senha, "data_autorizacao": ato.hoje, "validade": validade}
    return _step(decided, ato, Evento.DECIDIDA, **numbers)


def _voted(item: Item, voto: Voto) -> Item:
    granted = voto.quantidade > ZERO
    less = voto.quantidade < item.solicitado.quantidade and voto.explained
    motivo = MotivoNegativa(codigo=voto.codigo, texto=voto.motivo, base=voto.base)
    return replace(
        item,
        situacao=SituacaoItem.AUTORIZADO if granted else SituacaoItem.NEGADO,
        autorizada=voto.quantidade,
        valor_autorizado=(voto.valor or item.valor_autorizado) if granted else None,
        motivos=(motivo,) if less else (),
    )


# --- pending justification, document, annex ---


def _waiting(pendencias: Sequence[Pendencia]) -> Situacao:
    if any(pendencia.tipo is not TipoPendencia.JUSTIFICATIVA for pendencia in pendencias):
        return Situacao.AGUARDANDO_DOCUMENTO
    return Situacao.AGUARDANDO_JUSTIFICATIVA if pendencias else Situacao.EM_ANALISE


def ask(autorizacao: Autorizacao, pendencias: tuple[Pendencia, ...], ato: Ato, *, ate: date) -> Autorizacao:
    """Auditoria asks for a document or a justification, until a day of the prestador's own; its own term goes on."""
    _whose(ato, Papel.AUDITORIA)
    _in(autorizacao, Situacao.EM_ANALISE)
    if not pendencias:
        raise MotivoAusenteError
    _within(ate, ato.hoje, None)
    return _step(
        autorizacao, ato, Evento.PENDENCIA_ABERTA, situacao=_waiting(pendencias), pendencias=pendencias,
        pendente_ate=ate,
    )  # fmt: skip


def answer(
    autorizacao: Autorizacao, ato: Ato, *, documentos: tuple[DocumentoAnexado, ...] = (), justificativa: str = ""
) -> Autorizacao:
    """The prestador sends what was asked: back to analysis by itself when nothing is missing (R27)."""
    _whose(ato, Papel.PRESTADOR, Papel.CENTRAL)
    _in(autorizacao, *AGUARDANDO)
    asked = autorizacao.solicitacao
    new = _new(asked, documentos)
    left = tuple(
        rest for pendencia in autorizacao.pendencias if (rest := _left(pendencia, new, justificativa)) is not None
    )
    solicitacao = replace(
        asked,
        documentos=(*asked.documentos, *documentos),
        justificativa="\n".join(text for text in (asked.justificativa, justificativa.strip()) if text) or None,
    )
    return _checked(autorizacao, ato, Evento.PENDENCIA_RESPONDIDA, left, solicitacao=solicitacao)


def awaits(autorizacao: Autorizacao, documento: DocumentoAnexado) -> bool:
    """Whether something that is waited for is this document, which was not given yet."""
    if autorizacao.situacao not in AGUARDANDO or documento in autorizacao.solicitacao.documentos:
        return False
    return any(_left(one, [documento], "") != one for one in autorizacao.pendencias)


def _checked(
    autorizacao: Autorizacao, ato: Ato, evento: Evento, left: tuple[Pendencia, ...], **changes: Any
) -> Autorizacao:
    until = autorizacao.pendente_ate if left else None
    return _step(autorizacao, ato, evento, situacao=_waiting(left), pendencias=left, pendente_ate=until, **changes)


def _new(asked: Solicitacao, documentos: Sequence[DocumentoAnexado]) -> list[DocumentoAnexado]:
    """What was not given before: a quote that comes again is no other quote (R27)."""
    quoted = {documento.documento_id for documento in asked.documentos if documento.cotacao}
    return [one for one in documentos if not (one.cotacao and one.documento_id in quoted)]


def _left(pendencia: Pendencia, documentos: Sequence[DocumentoAnexado], justificativa: str) -> Pendencia | None:
    given = 0
    if pendencia.tipo is TipoPendencia.COTACAO:
        given = len({documento.documento_id for documento in documentos if documento.cotacao})
    elif pendencia.tipo is TipoPendencia.DOCUMENTO:
        given = len({documento.documento_id for documento in documentos if documento.tipo == pendencia.documento})
    elif pendencia.tipo is TipoPendencia.JUSTIFICATIVA:
        given = int(bool(justificativa.strip()))
    missing = pendencia.quantidade - given
    return replace(pendencia, quantidade=missing) if missing > 0 else None


def attach(
    autorizacao: Autorizacao,
    anexo: Anexo,
    itens: tuple[Item, ...],
    pendencias: tuple[Pendencia, ...],
    ato: Ato,
    *,
    ate: date,
    documentos: tuple[DocumentoAnexado, ...] = (),
) -> Autorizacao:
    """R27: an annex that comes after the request, while it is not decided; a decided one takes a complement instead.

    Args:
        itens: the annex's, as the rules judged them, numbered after those that are there.
        pendencias: what they lack, the documents that come with it counted.
        ate: last day to complete them, if nothing was waited for before.
        documentos: that come with it.
    """
    _whose(ato, Papel.PRESTADOR, Papel.CENTRAL)
    _in(autorizacao, *PENDENTES)
    asked = autorizacao.solicitacao
    if asked.anexo(anexo.tipo) is not None:
        raise TransicaoInvalidaError(autorizacao.situacao)
    fresh = _new(asked, documentos)
    known = {(pendencia.tipo, pendencia.documento) for pendencia in autorizacao.pendencias}
    held = (
        rest
        for pendencia in autorizacao.pendencias
        if not (pendencia.tipo is TipoPendencia.ANEXO_OPME and anexo.tipo is TipoAnexo.OPME)
        and (rest := _left(pendencia, fresh, anexo.justificativa or "")) is not None
    )
    new = (pendencia for pendencia in pendencias if (pendencia.tipo, pendencia.documento) not in known)
    waiting = replace(autorizacao, pendente_ate=autorizacao.pendente_ate or ate)
    solicitacao = replace(asked, anexos=(*asked.anexos, anexo), documentos=(*asked.documentos, *documentos))
    return _checked(
        waiting, ato, Evento.ANEXO_RECEBIDO, (*held, *new),
        itens=(*(_planned(item, solicitacao) for item in autorizacao.itens), *itens), solicitacao=solicitacao,
    )  # fmt: skip


def _planned(item: Item, solicitacao: Solicitacao) -> Item:
    """R23: the day of a radioterapia is of the guia's items, whenever its annex comes."""
    if item.anexo is not None or item.data_prevista is not None:
        return item
    return replace(item, data_prevista=solicitacao.planned(item.solicitado))


def extend(autorizacao: Autorizacao, ato: Ato, *, ate: date) -> Autorizacao:
    """More days for what is waited for."""
    _whose(ato, Papel.CENTRAL, Papel.AUDITORIA)
    _in(autorizacao, *AGUARDANDO)
    _within(ate, autorizacao.pendente_ate, None)
    return _step(autorizacao, ato, Evento.PENDENCIA_PRORROGADA, pendente_ate=ate)


def resume(autorizacao: Autorizacao, ato: Ato) -> Autorizacao:
    """Back to analysis without what was asked: auditoria does without it, or the prestador's term is over.

    A term that is over denies nothing: a person decides with what there is.
    """
    _whose(ato, Papel.AUDITORIA, Papel.SISTEMA)
    _in(autorizacao, *AGUARDANDO)
    if ato.papel is Papel.AUDITORIA:
        _why(ato)
    elif autorizacao.pendente_ate is None or ato.hoje <= autorizacao.pendente_ate:
        raise DataInvalidaError(autorizacao.pendente_ate, None)
    return _checked(autorizacao, ato, Evento.PENDENCIA_ENCERRADA, ())


# --- end: cancel, withdraw, expire ---


def withdraw(autorizacao: Autorizacao, ato: Ato) -> Autorizacao:
    """R17: a pending request is taken back."""
    _whose(ato, Papel.PRESTADOR, Papel.CENTRAL)
    _in(autorizacao, *PENDENTES)
    return _ended(autorizacao, ato, Evento.RETIRADA)


def cancel(
    autorizacao: Autorizacao,
    complementos: Sequence[Autorizacao],
    ato: Ato,
    *,
    together: bool = False,
    principal: Autorizacao | None = None,
) -> tuple[Autorizacao, ...]:
    """R17: a whole senha, of which nothing was billed; its living complements too, when asked, or not at all.

    A pending request is withdrawn. The Central says why; a prestador need not: its message has no place for it.

    Args:
        complementos: all that were asked on it, in whatever state.
        principal: its own parent, when it has one.

    Returns:
        What changed, itself first.
    """
    _whose(ato, Papel.PRESTADOR, Papel.CENTRAL)
    if autorizacao.situacao in PENDENTES:
        return (withdraw(autorizacao, ato),)
    _not_billed(autorizacao)
    if autorizacao.situacao_em(ato.hoje, principal) not in CONCEDIDAS:
        raise TransicaoInvalidaError(autorizacao.situacao_em(ato.hoje, principal))
    if ato.papel is Papel.CENTRAL:
        _why(ato)
    living = _living(autorizacao, complementos, ato.hoje)
    if living and not together:
        raise ComplementosVivosError(tuple(item.numero for item in living))
    for item in living:
        _not_billed(item)
    ended = (_ended(item, ato, Evento.RETIRADA if item.situacao in PENDENTES else Evento.CANCELADA) for item in living)
    return (_ended(autorizacao, ato, Evento.CANCELADA), *ended)


def _living(autorizacao: Autorizacao, complementos: Sequence[Autorizacao], dia: date) -> list[Autorizacao]:
    return [item for item in complementos if item.alive_em(dia, autorizacao)]


def _not_billed(autorizacao: Autorizacao) -> None:
    if autorizacao.faturadas or autorizacao.situacao is Situacao.UTILIZADA:
        raise JaFaturadaError(autorizacao.faturadas)


def _ended(autorizacao: Autorizacao, ato: Ato, evento: Evento, **changes: Any) -> Autorizacao:
    itens = tuple(replace(item, situacao=SituacaoItem.CANCELADO, autorizada=ZERO) for item in autorizacao.itens)
    return _step(
        autorizacao, ato, evento, situacao=Situacao.CANCELADA, itens=itens, diarias_autorizadas=0, pendencias=(),
        pendente_ate=None, responder_ate=None, substituicao=None, **changes,
    )  # fmt: skip


def cancellation_status(error: AutorizacaoError | None) -> StatusCancelamento:
    """dm_statusCancelamento of what became of a cancellation (R17)."""
    if error is None:
        return StatusCancelamento.CANCELADO_COM_SUCESSO
    absent = isinstance(error, AutorizacaoNotFoundError)
    return StatusCancelamento.GUIA_INEXISTENTE if absent else StatusCancelamento.NAO_CANCELADO


def expire(autorizacao: Autorizacao, ato: Ato, principal: Autorizacao | None = None) -> Autorizacao:
    """R10: the sweep writes what every read computes."""
    _whose(ato, Papel.SISTEMA)
    _in(autorizacao, *CONCEDIDAS)
    if autorizacao.situacao_em(ato.hoje, principal) is not Situacao.EXPIRADA:
        raise DataInvalidaError(autorizacao.validade, None)
    return _step(autorizacao, ato, Evento.EXPIRADA, situacao=Situacao.EXPIRADA)


# --- what the Central does ---


def change_quantities(
    autorizacao: Autorizacao,
    quantidades: Mapping[int, Decimal],
    ato: Ato,
    principal: Autorizacao | None = None,
    complementos: Sequence[Autorizacao] = (),
) -> Autorizacao:
    """R18: the Central changes authorised quantities, never below what was billed nor above what was asked.

    Zero cancels an item; when nothing is left and nothing was billed, the senha is cancelled, unless something living
    was asked on it (R17).

    Args:
        quantidades: by `sequencia`; `DIARIAS` for those.
        complementos: all that were asked on it, in whatever state.
    """
    _whose(ato, Papel.CENTRAL)
    _usable(autorizacao, ato.hoje, principal)
    _why(ato)
    changed = []
    diarias = autorizacao.diarias_autorizadas
    for sequencia, quantidade in quantidades.items():
        if sequencia == DIARIAS:
            # The reasons of what is granted are those of the diárias that were not.
            asked = autorizacao.solicitacao.diarias or 0
            most = Decimal(diarias if autorizacao.motivos else asked)
            _bounded(DIARIAS, quantidade, autorizacao.diarias_faturadas, most)
            diarias = int(quantidade)
            continue
        item = _item(autorizacao, sequencia)
        # What auditoria or a rule denied is not given back here.
        most = item.autorizada if item.motivos else item.solicitado.quantidade
        _bounded(sequencia, quantidade, item.faturada, most)
        kept = SituacaoItem.AUTORIZADO if quantidade > ZERO else SituacaoItem.CANCELADO
        changed.append(replace(item, autorizada=quantidade, situacao=kept))
    left = replace(autorizacao, itens=_with(autorizacao.itens, *changed), diarias_autorizadas=diarias)
    if left.concedida is Situacao.NEGADA:
        if living := _living(autorizacao, complementos, ato.hoje):
            raise ComplementosVivosError(tuple(item.numero for item in living))
        return _ended(left, ato, Evento.CANCELADA)
    return _step(left, ato, Evento.QUANTIDADE_ALTERADA, situacao=left.utilizada)


def change_executante(
    autorizacao: Autorizacao, executante: str, ato: Ato, principal: Autorizacao | None = None
) -> Autorizacao:
    """The patient goes to another prestador: the Central names it, while nothing was billed."""
    _whose(ato, Papel.CENTRAL)
    _not_billed(autorizacao)
    _usable(autorizacao, ato.hoje, principal)
    _why(ato)
    solicitacao = replace(autorizacao.solicitacao, executante=executante)
    return _step(autorizacao, ato, Evento.EXECUTANTE_ALTERADO, solicitacao=solicitacao)


def ends_by(autorizacao: Autorizacao, ultimo: date) -> Autorizacao:
    """R10: a senha that goes to another executante is valid no longer than one of that executante's given today."""
    return replace(autorizacao, validade=min(autorizacao.validade or ultimo, ultimo))


def register_call(autorizacao: Autorizacao, ato: Ato) -> Autorizacao:
    """A call about it, in whatever state: what was said (`motivo`), kept in its timeline (R30)."""
    _whose(ato, Papel.CENTRAL, Papel.AUDITORIA)
    _why(ato)
    return _step(autorizacao, ato, Evento.ATENDIMENTO_REGISTRADO)


# --- oncology dates (R23) ---


def request_date(
    autorizacao: Autorizacao, sequencia: int, dia: date, ato: Ato, principal: Autorizacao | None = None
) -> Autorizacao:
    """R23: another day for an item authorised for a planned one, for the oncology team to decide."""
    _whose(ato, Papel.PRESTADOR, Papel.CENTRAL)
    _usable(autorizacao, ato.hoje, principal)
    _why(ato)
    item = _item(autorizacao, sequencia)
    if item.data_prevista is None or item.situacao is not SituacaoItem.AUTORIZADO or item.faturada >= item.autorizada:
        raise TransicaoInvalidaError(item.situacao)
    _within(dia, autorizacao.data_autorizacao, None)
    if not autorizacao.covers(dia, principal):
        raise DataInvalidaError(autorizacao.data_autorizacao, autorizacao.validade)
    itens = _with(autorizacao.itens, replace(item, data_pedida=dia))
    return _step(autorizacao, ato, Evento.DATA_PEDIDA, itens=itens)


def decide_date(autorizacao: Autorizacao, sequencia: int, ato: Ato, *, approved: bool) -> Autorizacao:
    """R23: the oncology team takes the day that was asked, or leaves the planned one and says why."""
    _whose(ato, Papel.CENTRAL, Papel.AUDITORIA)
    _in(autorizacao, *BILLABLE)
    item = _item(autorizacao, sequencia)
    if item.data_pedida is None:
        raise TransicaoInvalidaError(item.situacao)
    if not approved:
        _why(ato)
    prevista = item.data_pedida if approved else item.data_prevista
    itens = _with(autorizacao.itens, replace(item, data_prevista=prevista, data_pedida=None))
    return _step(autorizacao, ato, Evento.DATA_DECIDIDA, itens=itens)


# --- a stay ---


def admit(autorizacao: Autorizacao, dia: date, ato: Ato) -> Autorizacao:
    """R10, R22: comunicação de internação: from here to discharge what depends on the stay is open.

    The day must lie inside the validity, not the telling of it: one told late undoes the expiry.
    """
    _whose(ato, Papel.PRESTADOR, Papel.CENTRAL)
    if autorizacao.tipo is not Tipo.INTERNACAO:
        raise TransicaoInvalidaError(autorizacao.situacao)
    _in(autorizacao, *BILLABLE)
    if autorizacao.admissao is not None:
        raise TransicaoInvalidaError("INTERNADO")
    _within(dia, None, ato.hoje)
    if not autorizacao.covers(dia):
        raise SenhaExpiradaError(autorizacao.validade or dia)
    expired = autorizacao.situacao is Situacao.EXPIRADA
    situacao = autorizacao.concedida if expired else autorizacao.situacao
    return _step(autorizacao, ato, Evento.INTERNADO, admissao=dia, situacao=situacao)


def discharge(autorizacao: Autorizacao, dia: date, ato: Ato, *, motivo_alta: str) -> Autorizacao:
    """Comunicação de alta (`motivo_alta`: dm_motivoSaida): the stay takes no more complements."""
    _whose(ato, Papel.PRESTADOR, Papel.CENTRAL)
    if autorizacao.admissao is None or autorizacao.alta is not None:
        raise TransicaoInvalidaError(autorizacao.situacao)
    _in(autorizacao, *BILLABLE)
    _within(dia, autorizacao.admissao, ato.hoje)
    return _step(autorizacao, ato, Evento.ALTA, alta=dia, motivo_alta=motivo_alta)


# --- substituição (R16) ---


@dataclass(frozen=True, slots=True)
class Substituicao:
    """What is written in one transaction: both, each on condition of its `versao`; at most one of them is valid."""

    antiga: Autorizacao
    nova: Autorizacao


def check_substitution(
    antiga: Autorizacao, complementos: Sequence[Autorizacao], hoje: date, principal: Autorizacao | None = None
) -> None:
    """R16: whether a senha may be asked to be replaced: valid, nothing billed, nothing living on it, not asked yet."""
    _not_billed(antiga)
    _usable(antiga, hoje, principal)
    if living := _living(antiga, complementos, hoje):
        raise ComplementosVivosError(tuple(item.numero for item in living))
    if antiga.substituicao is not None:
        raise TransicaoInvalidaError(antiga.situacao)


def substitute(
    antiga: Autorizacao,
    nova: Autorizacao,
    complementos: Sequence[Autorizacao],
    ato: Ato,
    principal: Autorizacao | None = None,
) -> Substituicao:
    """R16: the new request with what becomes of the old senha: cancelled, kept until the decision, or left as it was.

    Args:
        nova: just created, with `substitui` naming the old.
    """
    _whose(ato, Papel.PRESTADOR, Papel.CENTRAL)
    check_substitution(antiga, complementos, ato.hoje, principal)
    if nova.situacao in PENDENTES:
        return Substituicao(_step(antiga, ato, Evento.SUBSTITUICAO_PEDIDA, substituicao=nova.numero), nova)
    if nova.situacao is Situacao.NEGADA:
        return Substituicao(antiga, nova)
    return _replaced(antiga, nova, ato)


def _replaced(antiga: Autorizacao, nova: Autorizacao, ato: Ato) -> Substituicao:
    """What was done, or a stay that has begun, goes on under the new senha."""
    first, own = antiga.primeiro_dia, nova.data_autorizacao
    if first is not None and own is not None and first < own:
        nova = replace(nova, autorizada_desde=first)
    if nova.tipo is Tipo.INTERNACAO:
        nova = replace(nova, admissao=antiga.admissao, alta=antiga.alta, motivo_alta=antiga.motivo_alta)
    return Substituicao(_ended(antiga, ato, Evento.SUBSTITUIDA, substituida_por=nova.numero), nova)


def settle_substitution(antiga: Autorizacao, nova: Autorizacao, ato: Ato) -> Substituicao:
    """R16: what becomes of the old senha when the new request, that had been pending, ends in whatever way.

    Written in the very transaction that ends it, so that there never are two valid ones, nor none. One that expired
    meanwhile is replaced like any other, whether the sweep has said so or not: told late of its stay, or billed for a
    day inside its validity, it would be a second one.

    Raises:
        JaFaturadaError: the old was used meanwhile: the new can only be denied or withdrawn (invariant 3).
    """
    if nova.situacao in PENDENTES:
        raise TransicaoInvalidaError(nova.situacao)
    if antiga.substituicao != nova.numero:
        return Substituicao(antiga, nova)
    if nova.situacao in CONCEDIDAS:
        _not_billed(antiga)
        # One that expired meanwhile ends, too: an admission told of late would make it valid again (R10).
        return _replaced(antiga, nova, ato)
    return Substituicao(_step(antiga, ato, Evento.SUBSTITUICAO_ENCERRADA, substituicao=None), nova)


# --- use ---


def bill(autorizacao: Autorizacao, usos: Usos) -> Autorizacao:
    """What PEGs use of it now, all of it: with more it is used more, with less what they gave back is free again.

    Neither an act of its parties nor told in its timeline: each PEG tells of itself. Whether the service's day is
    inside the validity was judged with the guia (`decisoes.md` 17); freeing restores what the quantities say, and an
    expired one is so by its day (`situacao_em`).

    Raises:
        TransicaoInvalidaError: it was not granted, or cancelled meanwhile (invariant 3).
        QuantidadeInvalidaError: some papel uses more than was authorised (invariant 1).
        AutorizacaoNotFoundError: it has no such item.
    """
    _in(autorizacao, *BILLABLE)
    for (sequencia, _), quantidade in totais(usos).items():
        days = sequencia == DIARIAS
        most = Decimal(autorizacao.diarias_autorizadas) if days else _item(autorizacao, sequencia).autorizada
        _bounded(sequencia, quantidade, ZERO, most)
    high = altas(usos)
    itens = tuple(replace(item, faturada=high.get(item.sequencia, ZERO)) for item in autorizacao.itens)
    used = replace(autorizacao, itens=itens, diarias_faturadas=high.get(DIARIAS, ZERO), versao=autorizacao.versao + 1)
    return replace(used, situacao=used.utilizada)
