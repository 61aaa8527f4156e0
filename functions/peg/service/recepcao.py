"""Reception: a lote becomes one PEG, or leaves nothing but its report; and what makes a PEG's word good on the senhas.

Every step may be repeated by anybody: a retry, another worker, the sweep. The PEG's row and its dossier say what has to
stand; `settle` makes it so, then lets the PEG be seen (or, cancelled, lets its lote number go).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from conecta_contas import analise
from conecta_contas.dossies import Dossie, open_dossie
from conecta_contas.pegs import Evento, Papel, Peg, SituacaoPeg
from conecta_senhas import transicoes, usos
from conecta_senhas.errors import AutorizacaoError
from conecta_tiss.findings import Severidade
from conecta_tiss.versions import Versao
from peg.domain import estados, rules
from peg.domain.cobrancas import cobrancas_of, soltas_of
from peg.domain.errors import DocumentoMissingError, LoteNumberTakenError, MudouError, PegNotFoundError
from peg.domain.estados import Ato
from peg.domain.lotes import Documento
from peg.service.julgamento import Parecer, judge
from peg.service.portas import Alvo, Fato

if TYPE_CHECKING:
    from conecta_contas.analise import Julgamento
    from conecta_senhas.usos import Lida, Uso, Usos
    from conecta_tiss.findings import Achado
    from peg.domain.lotes import LoteLido
    from peg.service.portas import Lido, Portas, Taken

ROUNDS: Final = 8
"""How often what lost a race looks again."""


@dataclass(frozen=True, slots=True)
class Desfecho:
    """What became of a lote.

    Attributes:
        peg: `None` when refused.
        repetido: the same bytes had already become this PEG.
        achados: what is wrong with it, glosas of a received PEG included.
        resposta: `recebimentoLote`, in the sender's version.
    """

    peg: Peg | None
    repetido: bool
    achados: tuple[Achado, ...]
    resposta: bytes

    @property
    def protocolo(self) -> str | None:
        """Of the PEG."""
        return self.peg.protocolo if self.peg else None


def receive_file(documento: Documento, portas: Portas) -> Desfecho:
    """Judge an archived file and make it a PEG, or refuse it with a full report.

    Raises:
        DocumentoMissingError: the file is not in the archive.
        MudouError: too many others did too many things at once: try again.
    """
    raw = portas.archive.read(documento.chave)
    if raw is None:
        raise DocumentoMissingError(documento.chave)
    hoje = portas.local_day(documento.recebido_em)
    return receive(documento, portas.padrao.read(raw, hoje, documento.porta), portas)


def receive(documento: Documento, lote: LoteLido, portas: Portas) -> Desfecho:
    """The same, of a lote that was read: the same upload again, and the same bytes in another one, end in the same PEG.

    Raises:
        MudouError: too many others did too many things at once: try again.
    """
    hoje = portas.local_day(documento.recebido_em)
    for _ in range(ROUNDS):
        taken = _taken(documento, lote, portas)
        if taken is not None and taken.livre:
            gone = portas.pegs.get(documento.prestador_id, taken.protocolo)
            if gone is not None and gone.upload_id == documento.upload_id:
                return _again(documento, gone, portas)  # cancelled since: only another upload of these bytes is new
            taken = None
        if taken is not None and taken.sha256 == documento.sha256:
            # These bytes were admitted before: what changed in cadastro since cannot leave their PEG half made.
            held = _holder(documento, taken, portas)
            if held is not None:
                return _again(documento, held, portas)
            continue
        more: tuple[Achado, ...] = ()
        if taken is not None:
            if _holder(documento, taken, portas) is None:
                continue
            more = (rules.numero_de_lote_repetido(lote),)
        alvo = Alvo(documento.prestador_id, documento.registro_ans, hoje, lote.versao_de_resposta)
        parecer = judge(alvo, lote, portas, more)
        if parecer.recusado or parecer.julgado is None or parecer.lido is None:
            return _refuse(documento, parecer, portas)
        try:
            return _take(documento, parecer, parecer.julgado, parecer.lido, portas)
        except LoteNumberTakenError:
            continue  # a concurrent upload of this number was quicker: its bytes decide
    raise MudouError


def _taken(documento: Documento, lote: LoteLido, portas: Portas) -> Taken | None:
    numero = lote.numero_lote
    return (
        portas.pegs.lote(documento.prestador_id, documento.registro_ans, numero, soltos=True) if numero else None
    )  # fmt: skip


def _holder(documento: Documento, taken: Taken, portas: Portas) -> Peg | None:
    """The PEG that holds a lote number; a cancelled one is made to let it go."""
    peg = portas.pegs.get(documento.prestador_id, taken.protocolo)
    if peg is not None and peg.situacao is SituacaoPeg.CANCELADO:
        settle(peg, portas, correlacao=documento.correlacao)
        return None
    return peg


def _take(documento: Documento, parecer: Parecer, julgado: Julgamento, lido: Lido, portas: Portas) -> Desfecho:
    made = _peg(documento, parecer, portas)
    dossie = open_dossie(parecer.guias, parecer.lote.guias, julgado, lido.contexto)
    peg = replace(made, dossie=portas.archive.keep_dossie(made, dossie), valor_glosado=dossie.resultado.glosado)
    # First: whoever is told of a PEG may ask for its receipt, and a lote without one must not hold its number.
    answer = portas.padrao.receipt(parecer.lote, peg, dossie, parecer.admissao)
    portas.archive.keep_answer(peg.registro_ans, peg.prestador_id, peg.upload_id, answer)
    portas.pegs.prepare(peg)
    done = settle(peg, portas, correlacao=documento.correlacao, known=(dossie, lido.senhas))
    if done.dossie != peg.dossie:  # judged again: somebody was quicker on a senha
        return Desfecho(done, repetido=False, achados=_told(done, portas), resposta=_receipt(done, portas))
    return Desfecho(done, repetido=False, achados=parecer.achados, resposta=answer)


def _peg(documento: Documento, parecer: Parecer, portas: Portas) -> Peg:
    lote, hoje = parecer.lote, parecer.admissao.hoje
    protocolo = portas.pegs.next_protocolo(hoje)
    return Peg(
        protocolo=protocolo,
        prestador_id=documento.prestador_id,
        registro_ans=documento.registro_ans,
        numero_lote=lote.numero_lote or protocolo,
        sha256=documento.sha256,
        situacao=SituacaoPeg.PREPARANDO,
        versao_tiss=lote.versao_de_resposta.value,
        tipo_guia=lote.tipo_guia or "",
        quantidade_guias=len(parecer.guias),
        valor_informado=parecer.informado,
        data_recepcao=documento.recebido_em,
        competencia=f"{hoje:%Y%m}",
        codificacao_hash=lote.codificacao_hash or "",
        upload_id=documento.upload_id,
        chave_xml=documento.chave,
        chave_recebimento=portas.archive.answer_key(documento),
        porta=documento.porta,
        quem=documento.quem,
    )


def _again(documento: Documento, peg: Peg, portas: Portas) -> Desfecho:
    """The same bytes: finish their PEG if nobody did, and tell this upload what it is."""
    waiting = peg.situacao is SituacaoPeg.PREPARANDO
    done = settle(peg, portas, correlacao=documento.correlacao)
    answer = _receipt(done, portas)
    repetido = peg.upload_id != documento.upload_id
    if repetido:
        portas.archive.keep_answer(documento.registro_ans, documento.prestador_id, documento.upload_id, answer)
    if repetido:
        dados = {"upload_id": documento.upload_id, "protocolo": done.protocolo}
        fato = Fato("LoteRepetido", dados, _entity(done), documento.chave_do_destino)
        portas.pegs.announce(fato, documento, portas.now)
    elif documento.tentativa > 1 and not waiting:  # what was told of it may be lost: it is told again
        portas.pegs.announce(received(done), documento, portas.now)
    return Desfecho(done, repetido, _told(done, portas), answer)


def _told(peg: Peg, portas: Portas) -> tuple[Achado, ...]:
    return portas.archive.dossie(peg).achados


def _receipt(peg: Peg, portas: Portas) -> bytes:
    """Its receipt, made again where another worker of the same upload, who lost the number, left one of its own."""
    found = portas.archive.read(peg.chave_recebimento)
    if found is None:
        raise DocumentoMissingError(peg.chave_recebimento)
    if peg.protocolo.encode() in found:
        return found
    return _keep_receipt(peg, portas.archive.dossie(peg), portas)


def _refuse(documento: Documento, parecer: Parecer, portas: Portas) -> Desfecho:
    achados = parecer.achados
    first = sorted(achados, key=lambda one: one.severidade is not Severidade.RECUSA_LOTE)
    xml = portas.padrao.refusal(parecer.lote, parecer.admissao, first, documento.recebido_em)
    portas.archive.keep_answer(documento.registro_ans, documento.prestador_id, documento.upload_id, xml)
    portas.archive.keep_report(documento, {"achados": [as_dict(achado) for achado in achados]})
    dados = {"upload_id": documento.upload_id, "achados": len(achados), "porta": documento.porta.value}
    fato = Fato("LoteRecusado", dados, f"upload/{documento.upload_id}", documento.chave_do_destino)
    portas.pegs.announce(fato, documento, portas.now)
    return Desfecho(None, repetido=False, achados=achados, resposta=xml)


def as_dict(achado: Achado) -> dict[str, Any]:
    """A finding as every door shows it."""
    names = [name for kind in reversed(type(achado).__mro__) for name in getattr(kind, "__slots__", ())]
    return {name: getattr(achado, name) for name in names}


def find_peg(prestador_id: str, protocolo: str, portas: Portas) -> Peg:
    """One visible PEG of the tenant.

    Raises:
        PegNotFoundError: absent, foreign, or still being written.
    """
    peg = portas.pegs.get(prestador_id, protocolo)
    if peg is None or peg.situacao is SituacaoPeg.PREPARANDO:
        raise PegNotFoundError
    return peg


# --- what stands on the senhas ---


def settle(peg: Peg, portas: Portas, *, correlacao: str, known: tuple[Dossie, Mapping[str, Lida]] | None = None) -> Peg:
    """Make senhas and charges say what the PEG says; then it is seen, or what it let go is let go. Repeatable.

    A PEG being written judges again what somebody else used, or cancelled, meanwhile. Answers the PEG as it is then.

    Args:
        known: its dossier and the senhas as its judge read them; whoever comes later reads both.

    Raises:
        MudouError: too many others did too many things at once: try again.
        PegNotFoundError: there is none.
    """
    for _ in range(ROUNDS):
        dossie, senhas = known or (portas.archive.dossie(peg), None)
        try:
            if not _stand(peg, dossie, senhas, portas):
                peg, known = _judged_again(peg, dossie, portas, correlacao), None
                continue
            done = _done(peg, portas)
            if done is peg:
                return peg
            if peg.situacao is SituacaoPeg.PREPARANDO and known is None:
                _keep_receipt(peg, dossie, portas)
            fatos = [received(done)] if peg.situacao is SituacaoPeg.PREPARANDO else []
            gone = done.situacao is SituacaoPeg.CANCELADO
            portas.pegs.change(peg, done, fatos, now=portas.now, correlacao=correlacao, free_lote=gone)
        except MudouError:
            peg, known = _now(peg, portas), None  # somebody else did it, or something else: see what has to stand
            continue
        return done
    raise MudouError


def _now(peg: Peg, portas: Portas) -> Peg:
    found = portas.pegs.get(peg.prestador_id, peg.protocolo)
    if found is None:
        raise PegNotFoundError
    return found


def _done(peg: Peg, portas: Portas) -> Peg:
    """The PEG once everything stands: the same when nothing was waiting for it."""
    if peg.situacao is SituacaoPeg.PREPARANDO:
        ato = Ato(papel=Papel.PRESTADOR if peg.quem else Papel.SISTEMA, quem=peg.quem, quando=portas.now)
        return estados.advance(peg, Evento.RECEBIDO, ato)
    if peg.liberando:
        return replace(peg, liberando=False, versao=peg.versao + 1)
    return peg


def received(peg: Peg) -> Fato:
    """`PegRecebido`."""
    dados = {
        "upload_id": peg.upload_id, "protocolo": peg.protocolo, "numero_lote": peg.numero_lote,
        "quantidade_guias": peg.quantidade_guias, "valor_informado": str(peg.valor_informado),
        "valor_glosado": str(peg.valor_glosado), "tipo_guia": peg.tipo_guia, "competencia": peg.competencia,
    }  # fmt: skip
    return Fato("PegRecebido", dados, _entity(peg), peg.upload_id)


def _entity(peg: Peg) -> str:
    return f"peg/{peg.protocolo}"


def _keep_receipt(peg: Peg, dossie: Dossie, portas: Portas) -> bytes:
    hoje = portas.local_day(peg.data_recepcao)
    raw = portas.archive.read(peg.chave_xml)
    if raw is None:
        raise DocumentoMissingError(peg.chave_xml)
    lote = portas.padrao.read(raw, hoje, peg.porta)
    admissao = portas.contextos.admissao(peg.prestador_id, peg.registro_ans, hoje)
    xml = portas.padrao.receipt(lote, peg, dossie, admissao)
    portas.archive.keep_answer(peg.registro_ans, peg.prestador_id, peg.upload_id, xml)
    return xml


def _stand(peg: Peg, dossie: Dossie, senhas: Mapping[str, Lida] | None, portas: Portas) -> bool:
    """Whether senhas and charges now say what the PEG says; `False` when some of it does not fit any more.

    Only a PEG being written takes: afterwards what it has may only become less.

    Raises:
        MudouError: the PEG is not as read any more, or others were always quicker.
    """
    if not _senhas_stand(peg, dossie, senhas, portas):
        return False
    if peg.situacao is SituacaoPeg.PREPARANDO:
        return not portas.cobrancas.add(peg.registro_ans, cobrancas_of(dossie, peg))
    if peg.liberando:
        portas.cobrancas.release(peg.registro_ans, soltas_of(dossie, peg))
    return True


def _senhas_stand(peg: Peg, dossie: Dossie, senhas: Mapping[str, Lida] | None, portas: Portas) -> bool:
    wanted: Mapping[str, Mapping[str, Uso]] = dossie.usos(peg)
    left: Sequence[str] = dossie.numeros()
    for _ in range(ROUNDS):
        held = senhas
        if held is None:
            held = portas.senhas.many(peg.registro_ans, left) if left else {}
            # After the senhas: what was freed or judged again since has changed them, so that who is late adds nothing.
            if peg.situacao is SituacaoPeg.PREPARANDO and _now(peg, portas).versao != peg.versao:
                raise MudouError
        steps = list(_steps(peg, [(held.get(numero), wanted.get(numero, {})) for numero in left]))
        if None in steps:
            return False
        left = portas.senhas.bill(peg.registro_ans, [step for step in steps if step]) if steps else ()
        if not left:
            return True
        senhas = None
    raise MudouError


def _steps(peg: Peg, senhas: Sequence[tuple[Lida | None, Mapping[str, Uso]]]) -> Iterator[tuple[Lida, Usos] | None]:
    """What to write on each senha; `None` for what does not fit."""
    writing = peg.situacao is SituacaoPeg.PREPARANDO
    for lida, mine in senhas:
        if lida is None:
            if writing and mine:
                yield None
            continue
        kept = mine if writing else {key: uso for key, uso in mine.items() if key in lida.usos}
        after = {**usos.without(lida.usos, peg.protocolo), **kept}
        # What an earlier judgement used is written even if nothing of it is there: who is still about it fails by that.
        if after == lida.usos and (mine or not writing):
            continue
        try:
            transicoes.bill(lida.autorizacao, after)
        except AutorizacaoError:
            if mine:
                yield None
        else:
            yield lida, after


def _judged_again(peg: Peg, dossie: Dossie, portas: Portas, correlacao: str) -> Peg:
    """Judge the same guias by what is known now, but for what the PEG itself uses; it has a new dossier then.

    Raises:
        PegNotFoundError: there is no such PEG.
    """
    alvo = Alvo(
        peg.prestador_id, peg.registro_ans, portas.local_day(peg.data_recepcao),
        Versao(peg.versao_tiss), peg.protocolo,
    )  # fmt: skip
    lido = portas.contextos.read(alvo, dossie.guias)
    julgado = analise.judge(dossie.guias, lido.contexto)
    novo = open_dossie(dossie.guias, dossie.apresentadas, julgado, lido.contexto, dossie.numeros())
    depois = replace(
        peg, dossie=portas.archive.keep_dossie(peg, novo), valor_glosado=novo.resultado.glosado, versao=peg.versao + 1
    )
    try:
        portas.pegs.change(peg, depois, (), now=portas.now, correlacao=correlacao)
    except MudouError:
        return _now(peg, portas)
    return depois
