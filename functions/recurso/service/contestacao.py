"""The prestador contests: what it may, drafts of it, sending, taking back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from conecta_atos.portas import Guardar, keep_nothing
from conecta_contas.pegs import SituacaoPeg, de_antes
from conecta_facts.operadoras import RecursoLegado
from conecta_tiss.vocabulary.amounts import ZERO, soma
from conecta_tiss.vocabulary.glosas import Motivo
from recurso.domain import recursos, regras
from recurso.domain.errors import (
    LegadoError,
    MudouError,
    NaoEncontradoError,
    NaoPublicadoError,
    RecursoInvalidoError,
    TransicaoInvalidaError,
    VersaoDiferenteError,
)
from recurso.domain.evidencias import evidencias
from recurso.domain.glosas import Conta, Contestavel, Nivel
from recurso.domain.pedidos import Rascunho
from recurso.domain.recursos import Ato, Contestado, Pauta, Porta, Recurso, SituacaoRecurso
from recurso.domain.regras import Apontamento, Caso
from recurso.service.portas import Chamador, Fato, Mudanca

if TYPE_CHECKING:
    from conecta_contas.pegs import Peg
    from recurso.domain.pedidos import Pedido
    from recurso.service.portas import Portas

ROUNDS: Final = 4
_PUBLICADO: Final = frozenset({SituacaoPeg.LIBERADO, SituacaoPeg.PAGO, SituacaoPeg.ENCERRADO_SEM_PAGAMENTO})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrega:
    """How a pedido came.

    Attributes:
        em: the instant that counts for its term: S3 stored the file, or the request came, UTC.
        upload_id: of the file.
    """

    porta: Porta
    em: datetime
    upload_id: str | None = None


# --- what may be contested ---


def contestable(peg: Peg) -> bool:
    """Whether the values of a PEG are published."""
    return peg.situacao in _PUBLICADO and peg.publicada_em is not None


def find_conta(prestador_id: str, protocolo: str, portas: Portas) -> Conta:
    """A PEG of a tenant whose values are published.

    Raises:
        NaoEncontradoError: absent or foreign.
        NaoPublicadoError: its values are not published.
    """
    peg = portas.contas.peg(prestador_id, protocolo)
    if peg is None:
        raise NaoEncontradoError("peg")
    if not contestable(peg):
        raise NaoPublicadoError
    return Conta(peg, portas.contas.dossie(peg))


@dataclass(frozen=True, slots=True)
class Contestacao:
    """A glosa that may be contested, and who does already.

    Attributes:
        recurso: protocolo of the recurso that contests its guia, or the whole PEG.
        evidencias: tipos de documento that usually prove it wrong.
    """

    contestavel: Contestavel
    recurso: str | None
    evidencias: tuple[str, ...]

    def aberta_em(self, dia: date) -> bool:
        """Whether it may be contested on a local day."""
        last = self.contestavel.contestar_ate
        return self.recurso is None and (last is None or dia <= last)


def contestacoes(conta: Conta, portas: Portas) -> Iterator[Contestacao]:
    """Every glosa of a PEG that takes something, as a recurso would begin with."""
    peg = conta.peg
    held = portas.recursos.contestado(peg.prestador_id, peg.registro_ans, peg.protocolo, legado=False)
    return _contestacoes(conta, held)


def _contestacoes(conta: Conta, held: Contestado | None) -> Iterator[Contestacao]:
    for one in conta.contestaveis():
        key = str(one.lugar.indice) if one.lugar.indice else recursos.TUDO
        taken = held.conflicts([key]) if held else {}
        yield Contestacao(one, next(iter(taken.values()), None), evidencias(one.glosas))


@dataclass(frozen=True, slots=True)
class Abertas:
    """What of a PEG may be contested today, and of which versions of its rows that is true; 0 is of none."""

    versao_peg: int
    versao_contestado: int
    glosas: tuple[Contestavel, ...]


def abertas(prestador_id: str, registro_ans: str, protocolo: str, portas: Portas) -> Abertas:
    """What whoever counts glosas to contest asks; of what is not published nothing may be."""
    peg = portas.contas.peg(prestador_id, protocolo)
    held = portas.recursos.contestado(prestador_id, registro_ans, protocolo, legado=False)
    found: Iterator[Contestacao] = iter(())
    if peg is not None and contestable(peg) and peg.valor_glosado:
        found = _contestacoes(Conta(peg, portas.contas.dossie(peg)), held)
    glosas = tuple(one.contestavel for one in found if one.aberta_em(portas.hoje))
    return Abertas(peg.versao if peg else 0, held.versao if held else 0, glosas)


# --- looking at a pedido ---


def examine(prestador_id: str, pedido: Pedido, portas: Portas, *, em: datetime) -> Caso:
    """Everything a pedido is looked at with.

    Raises:
        NaoEncontradoError: the PEG is absent, foreign, or of another operadora.
        NaoPublicadoError: its values are not published.
        LegadoError: it is contested in the portal of before the migration (R07).
    """
    legado = _legacy(pedido, portas)
    conta = None if legado else find_conta(prestador_id, pedido.origem, portas)
    if conta is not None and conta.peg.registro_ans != pedido.registro_ans:
        raise NaoEncontradoError("peg")
    held = portas.recursos.contestado(prestador_id, pedido.registro_ans, pedido.origem, legado=legado)
    return Caso(pedido, conta, held, portas.local_day(em), _absent(prestador_id, pedido, portas))


def _legacy(pedido: Pedido, portas: Portas) -> bool:
    """R07: whether the PEG is of before the migration, and its glosas are contested here.

    What was done after the migration was billed here: a day of it means that the protocolo is wrong.
    """
    operadora = portas.operadora(pedido.registro_ans)
    since = operadora.data_migracao if operadora else None
    if operadora is None or since is None or not de_antes(pedido.origem, since):
        return False
    if operadora.recurso_legado is RecursoLegado.RECUSA:
        raise LegadoError(operadora.portal_legado, since)
    return not any(one.cobrado.dia is not None and one.cobrado.dia >= since for one in pedido.entradas)


def _absent(prestador_id: str, pedido: Pedido, portas: Portas) -> frozenset[str]:
    """Uploads that it names and that are not there, or not complete; of too many none is looked for."""
    if not pedido.anexos or len(pedido.anexos) > regras.DOCUMENTOS:
        return frozenset()
    return frozenset(portas.documentos.missing(prestador_id, sorted({upload for upload, _ in pedido.anexos})))


# --- sending ---


def send(
    prestador_id: str,
    pedido: Pedido,
    entrega: Entrega,
    chamador: Chamador,
    portas: Portas,
    *,
    guardar: Guardar = keep_nothing,
    rascunho: Rascunho | None = None,
) -> Recurso:
    """A recurso is received whole, or not at all; its number again with the same content is the one received.

    Args:
        rascunho: the draft that it was.

    Raises:
        NaoEncontradoError: the PEG is absent, foreign, or of another operadora.
        NaoPublicadoError: its values are not published.
        LegadoError: it is contested in the portal of before the migration (R07).
        RecursoInvalidoError: all that is wrong with it.
        MudouError: too many others did too many things at once: try again.
    """
    return _receive(prestador_id, pedido, entrega, chamador, portas, guardar=guardar, rascunho=rascunho)[0]


def _receive(  # as `send`
    prestador_id: str,
    pedido: Pedido,
    entrega: Entrega,
    chamador: Chamador,
    portas: Portas,
    *,
    guardar: Guardar = keep_nothing,
    rascunho: Rascunho | None = None,
) -> tuple[Recurso, tuple[Apontamento, ...]]:
    """See `send`; with what is to be known of it, unless it was received before."""
    protocolo = None
    for _ in range(ROUNDS):
        if (known := _known(prestador_id, pedido, portas)) is not None:
            return known, ()
        caso = examine(prestador_id, pedido, portas, em=entrega.em)
        found = regras.conferir(caso)
        avisos = tuple(one for one in found if one.aviso)
        if wrong := [one for one in found if not one.aviso]:
            # The same may have been received since it was asked for: then it is itself that is in its way.
            if (known := _known(prestador_id, pedido, portas)) is not None:
                return known, ()
            raise RecursoInvalidoError(wrong, avisos)
        protocolo = protocolo or portas.recursos.next_protocolo(portas.hoje)
        pauta = Pauta(regras.entradas(caso))
        made = _made(prestador_id, protocolo, caso, pauta, entrega)
        made = replace(
            made, quem=chamador.quem, pauta=portas.arquivo.keep_pauta(made, pauta),
            responder_ate=made.responder_ate or _by_contract(made, portas),
        )  # fmt: skip
        ato = Ato(papel=chamador.papel, quem=chamador.quem, quando=portas.now)
        final = recursos.enviar(made, ato)
        held = caso.contestado
        empty = Contestado(
            prestador_id=prestador_id, registro_ans=pedido.registro_ans, origem=pedido.origem,
            legado=caso.conta is None, por={}, versao=0,
        )  # fmt: skip
        changes = [Mudanca(None, final), Mudanca(held, (held or empty).taking(final))]
        if rascunho is not None:
            changes.append(
                Mudanca(rascunho, replace(rascunho, enviado=protocolo, versao=rascunho.versao + 1))
            )  # fmt: skip
        try:
            portas.recursos.write(
                changes, [_sent(final, pauta)], now=portas.now, correlacao=chamador.correlacao, guardar=guardar(final)
            )  # fmt: skip
        except MudouError:
            continue
        return final, avisos
    raise MudouError


def _known(prestador_id: str, pedido: Pedido, portas: Portas) -> Recurso | None:
    if pedido.numero is None:
        return None
    held = portas.recursos.numero(prestador_id, pedido.registro_ans, pedido.numero)
    if held is None:
        return None
    if held.digest != pedido.digest:
        raise RecursoInvalidoError([
            Apontamento(
                regra="REC-NUMERO", motivo=Motivo.IDENTIFICADOR_JA_INFORMADO, campo="numero",
                mensagem=f"O recurso {held.recurso} tem este número, com outro conteúdo. Use outro número.",
            )
        ])  # fmt: skip
    return portas.recursos.recurso(prestador_id, held.recurso)


def _made(prestador_id: str, protocolo: str, caso: Caso, pauta: Pauta, entrega: Entrega) -> Recurso:
    pedido, conta = caso.pedido, caso.conta
    contested = [one.contestavel for one in caso.exames if one.contestavel]
    levels = {one.nivel for one in pauta.entradas}
    return Recurso(
        protocolo=protocolo, prestador_id=prestador_id, registro_ans=pedido.registro_ans, origem=pedido.origem,
        legado=conta is None, numero=pedido.numero or protocolo,
        numero_lote=conta.peg.numero_lote if conta else (pedido.numero_lote or ""),
        tipo_guia=conta.peg.tipo_guia if conta else pedido.tipo_guia, versao_tiss=pedido.versao.value,
        nivel=Nivel.PROTOCOLO if levels == {Nivel.PROTOCOLO} else Nivel.GUIA, digest=pedido.digest,
        guias=tuple(dict.fromkeys(one.chave for one in caso.exames)), quantidade_entradas=len(pauta.entradas),
        valor_recursado=pauta.valor_recursado, pauta="", enviado_em=entrega.em, enviado_dia=caso.dia,
        porta=entrega.porta, upload_id=entrega.upload_id,
        responder_ate=recursos.responder_ate(caso.dia, (one.prazo_dias for one in contested)),
        esperados=evidencias(glosa for one in contested for glosa in one.glosas),
    )  # fmt: skip


def _by_contract(recurso: Recurso, portas: Portas) -> date | None:
    """Last day to answer what no glosa says a term of, as of a legacy PEG: by the contract in force when it came."""
    terms = portas.contrato(recurso.prestador_id, recurso.registro_ans).em(recurso.enviado_dia)
    return recursos.responder_ate(recurso.enviado_dia, (terms.prazo_resposta_dias,)) if terms else None


def fato(tipo: str, recurso: Recurso, **dados: Any) -> Fato:
    """An event about a recurso."""
    known = {
        "recurso": recurso.protocolo, "protocolo": recurso.origem, "legado": recurso.legado,
        "situacao": recurso.situacao.value, "valor_recursado": str(recurso.valor_recursado),
    }  # fmt: skip
    return Fato(tipo=tipo, dados={**known, **dados})


def _sent(recurso: Recurso, pauta: Pauta) -> Fato:
    files = dict.fromkeys((one, entrada.cobrado.guia) for entrada in pauta.entradas for one in entrada.documentos)
    until = recurso.responder_ate
    return fato(
        "RecursoEnviado", recurso, responder_ate=until.isoformat() if until else None,
        documentos=[{"upload": upload, "guia": guia} for upload, guia in files],
    )  # fmt: skip


# --- what was sent ---


def find_recurso(prestador_id: str, protocolo: str, portas: Portas) -> Recurso:
    """One of a tenant.

    Raises:
        NaoEncontradoError: absent or foreign.
    """
    found = portas.recursos.recurso(prestador_id, protocolo)
    if found is None:
        raise NaoEncontradoError
    return found


def newest_of_peg(prestador_id: str, registro_ans: str, origem: str, portas: Portas) -> Recurso | None:
    """The newest living recurso of a PEG, for who asks by the PEG's protocolo; `None` when there is none."""
    for legado in (False, True):
        held = portas.recursos.contestado(prestador_id, registro_ans, origem, legado=legado)
        if held is not None and held.por:
            found = [find_recurso(prestador_id, one, portas) for one in sorted(set(held.por.values()))]
            return max(found, key=lambda one: one.enviado_em)  # numbers do not follow each other in time
    return None


def contestados(prestador_id: str, registro_ans: str, origem: str, portas: Portas) -> dict[tuple[int, int], Decimal]:
    """Reais that living recursos contest of each line of a PEG, by places of guia and line."""
    held = portas.recursos.contestado(prestador_id, registro_ans, origem, legado=False)
    found: dict[tuple[int, int], Decimal] = {}
    for protocolo in dict.fromkeys(held.por.values() if held else ()):
        recurso = find_recurso(prestador_id, protocolo, portas)
        for entrada in portas.arquivo.pauta(recurso).entradas if recurso.vivo else ():
            for part in entrada.partilha(entrada.valor_recursado):
                key = (part.indice, part.sequencia)
                found[key] = found.get(key, ZERO) + part.valor
    return found


def cancel(
    recurso: Recurso, chamador: Chamador, portas: Portas, *, motivo: str | None = None, guardar: Guardar = keep_nothing
) -> Recurso:
    """The prestador takes it back before its analysis; what it contested may be contested again. Once more is the same.

    Raises:
        TransicaoInvalidaError: its analysis has begun, or it is over.
        VersaoDiferenteError: it is not the version that the caller saw.
        MudouError: too many others did too many things at once: try again.
    """
    for _ in range(ROUNDS):
        if not recurso.vivo:
            return recurso
        after = recursos.cancelar(recurso, _ato(chamador, portas, motivo))
        require_version(recurso.versao, chamador)
        held = portas.recursos.contestado(
            recurso.prestador_id, recurso.registro_ans, recurso.origem, legado=recurso.legado
        )  # fmt: skip
        assert held is not None  # noqa: S101  # a living recurso holds what it contests
        try:
            portas.recursos.write(
                [Mudanca(recurso, after), Mudanca(held, held.freeing(recurso))], [fato("RecursoCancelado", after)],
                now=portas.now, correlacao=chamador.correlacao, guardar=guardar(after),
            )  # fmt: skip
        except MudouError:
            recurso = find_recurso(recurso.prestador_id, recurso.protocolo, portas)
            continue
        return after
    raise MudouError


def _ato(chamador: Chamador, portas: Portas, motivo: str | None = None) -> Ato:
    return Ato(papel=chamador.papel, quem=chamador.quem, quando=portas.now, motivo=motivo)


def require_version(versao: int, chamador: Chamador) -> None:
    """Refuse who saw another one.

    Raises:
        VersaoDiferenteError: it is not the version that the caller saw.
    """
    if chamador.versao is not None and chamador.versao != versao:
        raise VersaoDiferenteError


# --- drafts ---


def save_draft(
    prestador_id: str,
    caso: Caso,
    chamador: Chamador,
    portas: Portas,
    *,
    rascunho: Rascunho | None = None,
    guardar: Guardar = keep_nothing,
) -> Rascunho:
    """A draft, new or changed; what is wrong with its content is told, and keeps nobody from saving it.

    Args:
        caso: its content, as it was looked at.
        rascunho: the one that is changed.

    Raises:
        TransicaoInvalidaError: it was sent or discarded.
        VersaoDiferenteError: it is not the version that the caller saw.
        MudouError: it changed meanwhile.
    """
    pedido = caso.pedido
    draft_id = rascunho.id if rascunho else uuid.uuid4().hex
    last = [one.contestavel.contestar_ate for one in caso.exames if one.contestavel]
    made = Rascunho(
        id=draft_id, prestador_id=prestador_id, registro_ans=pedido.registro_ans, origem=pedido.origem,
        conteudo=portas.arquivo.keep_conteudo(prestador_id, draft_id, pedido),
        quantidade_entradas=len(pedido.entradas), valor_recursado=soma(map(regras.valor_of, caso.exames)),
        quem=chamador.quem, criado_em=rascunho.criado_em if rascunho else portas.now, alterado_em=portas.now,
        contestar_ate=min((one for one in last if one), default=None), versao=rascunho.versao + 1 if rascunho else 1,
    )  # fmt: skip
    if rascunho is not None:
        _open(rascunho)
        require_version(rascunho.versao, chamador)
    portas.recursos.write(
        [Mudanca(rascunho, made)], now=portas.now, correlacao=chamador.correlacao, guardar=guardar(made)
    )  # fmt: skip
    return made


def _open(rascunho: Rascunho) -> None:
    if not rascunho.aberto:
        raise TransicaoInvalidaError(
            SituacaoRecurso.ENVIADO if rascunho.enviado is not None else SituacaoRecurso.CANCELADO
        )  # fmt: skip


def find_draft(prestador_id: str, rascunho_id: str, portas: Portas) -> Rascunho:
    """One of a tenant that is open or was sent.

    Raises:
        NaoEncontradoError: absent, foreign or discarded.
    """
    found = portas.recursos.rascunho(prestador_id, rascunho_id)
    if found is None or found.descartado:
        raise NaoEncontradoError
    return found


def discard_draft(
    rascunho: Rascunho, chamador: Chamador, portas: Portas, *, guardar: Guardar = keep_nothing
) -> Rascunho:
    """It is not wanted any more.

    Raises:
        TransicaoInvalidaError: it was sent.
        VersaoDiferenteError: it is not the version that the caller saw.
        MudouError: it changed meanwhile.
    """
    _open(rascunho)
    require_version(rascunho.versao, chamador)
    after = replace(rascunho, descartado=True, alterado_em=portas.now, versao=rascunho.versao + 1)
    portas.recursos.write(
        [Mudanca(rascunho, after)], now=portas.now, correlacao=chamador.correlacao, guardar=guardar(after)
    )  # fmt: skip
    return after


def send_draft(rascunho: Rascunho, chamador: Chamador, portas: Portas, *, guardar: Guardar = keep_nothing) -> Recurso:
    """The draft is sent as it is. Once more is the recurso that it became.

    Raises:
        VersaoDiferenteError: it is not the version that the caller saw.
        RecursoError: as `send`.
    """
    if rascunho.enviado is not None:
        return find_recurso(rascunho.prestador_id, rascunho.enviado, portas)
    _open(rascunho)
    require_version(rascunho.versao, chamador)
    pedido = portas.arquivo.conteudo(rascunho)
    entrega = Entrega(porta=Porta.JSON, em=portas.now)
    try:
        return send(
            rascunho.prestador_id, pedido, entrega, chamador, portas, guardar=guardar, rascunho=rascunho
        )  # fmt: skip
    except (MudouError, RecursoInvalidoError):
        # Somebody sent the same draft in the same moment: what it became is the answer.
        latest = find_draft(rascunho.prestador_id, rascunho.id, portas)
        if latest.enviado is None:
            raise
        return find_recurso(latest.prestador_id, latest.enviado, portas)


# --- many at once ---


@dataclass(frozen=True, slots=True)
class Tentativa:
    """What became of one of many pedidos.

    Attributes:
        recurso: what it became; `None` when it was refused, or only looked at.
        erro: why it was refused whole.
    """

    pedido: Pedido
    achados: tuple[Apontamento, ...] = ()
    recurso: Recurso | None = None
    erro: Exception | None = None


def send_many(
    prestador_id: str,
    pedidos: Sequence[Pedido],
    entrega: Entrega,
    chamador: Chamador,
    portas: Portas,
    *,
    simular: bool = False,
) -> Iterator[Tentativa]:
    """Each PEG's recurso on its own: one that is refused keeps no other back; nothing of it is written.

    Args:
        simular: look at them only.
    """
    for pedido in pedidos:
        try:
            if simular:
                known = _known(prestador_id, pedido, portas)
                seen = () if known else regras.conferir(examine(prestador_id, pedido, portas, em=entrega.em))
                yield Tentativa(pedido, seen)
                continue
            recurso, avisos = _receive(prestador_id, pedido, entrega, chamador, portas)
            yield Tentativa(pedido, avisos, recurso)
        except RecursoInvalidoError as error:
            yield Tentativa(pedido, (*error.achados, *error.avisos), erro=error)
        except (NaoEncontradoError, NaoPublicadoError, LegadoError, MudouError) as error:
            yield Tentativa(pedido, erro=error)
