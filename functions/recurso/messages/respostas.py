"""What is answered about recursos, in a version of the standard: whatever a recurso holds, the message validates.

Texts are cut to what their element takes. What was typed of a legacy item without all that its element asks for is told
of its guia. An amount is never left out nor changed: it is told in the first version that has room for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from conecta_contas.cobranca import UM
from conecta_edge.clock import FUSO, local_day
from conecta_tiss.errors import ValorInvalidoError
from conecta_tiss.messages import recurso as padrao
from conecta_tiss.messages.comum import Contratado, MotivoGlosa
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.messages.recurso import RecebimentoRecursoGlosa, RespostaRecursoGlosa
from conecta_tiss.terminologia.glosas import DESCRICAO_MAXIMA, code_in, official
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.amounts import parse_valor
from conecta_tiss.vocabulary.tables import ObjetoRecurso, TipoTransacao
from conecta_tiss.xml import answers
from conecta_tiss.xml.writer import cut, echo
from recurso.domain.glosas import Nivel
from recurso.domain.pedidos import JUSTIFICATIVA_ECOADA, JUSTIFICATIVA_MAXIMA
from recurso.domain.recursos import Cobrado, Decisao, Entrada

if TYPE_CHECKING:
    from decimal import Decimal

    from conecta_edge.cadastro import Contratacao
    from conecta_tiss.findings import Achado
    from conecta_tiss.rules.admissao import Conhecido, Lida
    from recurso.domain.recursos import Pauta, Recurso

LINHAS_MAXIMAS: Final = 2000
"""Entries that one receipt lists: it goes out through a Lambda's 6 MB. JSON tells of all."""
_FACES: Final = frozenset("OLMVDIP")
_DIGITOS: Final = 12
_TRANSACAO: Final[dict[type[Any], TipoTransacao]] = {
    RecebimentoRecursoGlosa: TipoTransacao.RECEBIMENTO_RECURSO_GLOSA,
    RespostaRecursoGlosa: TipoTransacao.RESPOSTA_RECURSO_GLOSA,
}
ERRO: Final[dict[str, type[Any]]] = {
    "recursoGlosa": RecebimentoRecursoGlosa, "solicitacaoStatusRecursoGlosa": RespostaRecursoGlosa,
}  # fmt: skip
"""What answers each message, with `mensagemErro` when it is refused."""


# --- whole messages ---


def answer(lida: Lida, conhecido: Conhecido, when: datetime, corpo: Any) -> bytes:
    """The whole message, in the sender's version and numbered as the sender did, so that a retry writes the same.

    Args:
        when: of the reception, in UTC.
    """
    return answers.answer(lida, conhecido, _TRANSACAO[type(corpo)], corpo, when.astimezone(FUSO))


def refusal(achados: Sequence[Achado], versao: Versao) -> MotivoGlosa:
    """`mensagemErro`: the code of the first finding, and as many texts as it has room for, each with its place."""
    first, *others = achados
    text = _told(first)
    for number, one in enumerate(others):
        more, rest = f"{text} {_told(one)}", f" (e mais {len(others) - number} achado(s))"
        if len(official(first.codigo, versao, more)) > DESCRICAO_MAXIMA - len(rest):
            text += rest
            break
        text = more
    return MotivoGlosa(codigo=first.codigo, descricao=cut(official(first.codigo, versao, text), DESCRICAO_MAXIMA))


def _told(achado: Achado) -> str:
    item = f", item {achado.item}" if achado.item is not None else ""
    return f"Guia {achado.guia}{item}: {achado.mensagem}" if achado.guia else achado.mensagem


def recebimento(recurso: Recurso, pauta: Pauta, contratacao: Contratacao) -> bytes:
    """The receipt that no message asked for."""
    return _unasked(recurso, pauta, contratacao, received, recurso.enviado_em)


def resposta(recurso: Recurso, pauta: Pauta, contratacao: Contratacao) -> bytes:
    """What was answered, or where it stands, when no message asked."""
    return _unasked(recurso, pauta, contratacao, standing, recurso.historico[-1].quando)


def _unasked(recurso: Recurso, pauta: Pauta, contratacao: Contratacao, tell: Any, when: datetime) -> bytes:
    prestador = answers.known(contratacao.remetente(recurso.registro_ans, recurso.enviado_dia))
    versao = version_for(recurso, pauta, prestador)
    corpo = tell(Contado(recurso, pauta, versao, prestador, nome_of(contratacao)))
    return answers.envelope(
        _TRANSACAO[type(corpo)], corpo, registro_ans=recurso.registro_ans, prestador=prestador, versao=versao,
        quando=when.astimezone(FUSO), sequencial=recurso.protocolo,
    )  # fmt: skip


def nome_of(contratacao: Contratacao) -> str:
    """Of the operadora."""
    return contratacao.operadora.nome if contratacao.operadora else ""


def version_for(recurso: Recurso, pauta: Pauta, prestador: Contratado) -> Versao:
    """The version that the recurso came in, or the next that has room for its amounts and its prestador's CNPJ."""
    if prestador.cnpj and not prestador.cnpj.isdecimal():
        return Versao.V4_03_00
    versao = Versao(recurso.versao_tiss)
    return versao if fits(pauta, versao) else Versao.V4_02_00


def fits(pauta: Pauta, versao: Versao) -> bool:
    """Whether a version has room for the amounts of items, of which 4.01.00 has eight digits (tiss.md 1.1)."""
    itens = (one.valor_recursado for one in pauta.entradas if one.nivel is Nivel.ITEM)
    return versao is not Versao.V4_01_00 or all(map(_in_eight_digits, itens))


def _in_eight_digits(valor: Decimal) -> bool:
    try:
        parse_valor(f"{valor:f}", digitos=8)
    except ValorInvalidoError:
        return False
    return True


# --- bodies ---


@dataclass(frozen=True, slots=True)
class _Guia:
    """A guia with what is contested of it."""

    cobrado: Cobrado
    entradas: tuple[Entrada, ...]

    @property
    def itens(self) -> bool:
        """Whether they may be told as items: each has all that the element of one asks for."""
        return all(
            one.nivel is Nivel.ITEM and None not in {said.sequencial, said.dia, said.tabela, said.codigo}
            for one in self.entradas
            for said in [one.cobrado]
        )

    def numbers(self) -> dict[str, Any]:
        said = self.cobrado
        return {
            "numero_guia_prestador": echo(said.guia or "?"), "numero_guia_operadora": echo(said.numero_operadora),
            "senha": echo(said.senha),
        }  # fmt: skip


class Contado:
    """A recurso as a message of one version tells it.

    Args:
        prestador: as it called itself, or as we know it.
        operadora: its name.
    """

    def __init__(self, recurso: Recurso, pauta: Pauta, versao: Versao, prestador: Contratado, operadora: str) -> None:
        self.recurso, self.entradas, self.versao = recurso, pauta.entradas, versao
        self.prestador, self.operadora = echo(prestador), cut(operadora, 70) or "?"
        self.odonto = recurso.tipo_guia == TipoGuia.ODONTO
        self.whole = tuple(one for one in pauta.entradas if one.nivel is Nivel.PROTOCOLO)
        """Of the protocolo, where the standard has room for one."""

    def guias(self) -> list[_Guia]:
        """Each guia, in the order they came."""
        found: dict[str | None, list[Entrada]] = {}
        for one in self.entradas:
            found.setdefault(one.cobrado.guia, []).append(one)
        return [_Guia(held[0].cobrado, tuple(held)) for held in found.values()]

    def code(self, entrada: Entrada) -> str:
        """Of the glosa, as who contests wrote it."""
        return code_in(self.versao, entrada.codigo_informado)

    def glosa(self, entrada: Entrada) -> dict[str, Any]:
        """Which glosa is contested, and why."""
        return {"codigo_glosa": self.code(entrada), "justificativa": _why(entrada)}

    def item(self, entrada: Entrada, dia: str) -> dict[str, Any]:
        """Which item, which of its glosas, and why.

        Args:
            dia: field of the day it was done.
        """
        said = entrada.cobrado
        return {
            "sequencial_item": said.sequencial, dia: said.dia, "valor_recursado": entrada.valor_recursado,
            **answers.procedure(said.tabela or "", said.codigo or "", said.descricao), **self.glosa(entrada),
        }  # fmt: skip

    def sent(self) -> dict[str, Any]:
        """Of a receipt and of a status."""
        recurso = self.recurso
        return {
            "numero_recurso": recurso.protocolo, "data_envio": recurso.enviado_dia,
            "data_recebimento": recurso.enviado_dia, "numero_lote": echo(recurso.numero_lote),
            "registro_ans": recurso.registro_ans, "prestador": self.prestador,
        }  # fmt: skip


def received(told: Contado) -> RecebimentoRecursoGlosa:
    """The receipt: what was contested, as it came."""
    recurso, note = told.recurso, ""
    rest: dict[str, Any] = {}
    if told.whole:
        first, *others = told.whole
        rest["protocolo"] = padrao.GlosaContestada(codigo=told.code(first), justificativa=_why(first))
        note = f"Contesta também, do protocolo: {', '.join(map(told.code, others))}." if others else ""
    else:
        rest["quantidade_guias"] = len(recurso.guias)
        if len(told.entradas) <= LINHAS_MAXIMAS:
            rest["guias"] = tuple(_contested(told, guia) for guia in told.guias())
        else:
            note = f"Os {len(told.entradas)} itens são consultados por GET /v1/recursos/{recurso.protocolo}/itens."
    return RecebimentoRecursoGlosa(
        protocolo=padrao.ProtocoloRecurso(
            **told.sent(), numero_protocolo=echo(recurso.origem)[:_DIGITOS], **rest, observacao=cut(note, 500),
            valor_total=recurso.valor_recursado,
        )
    )  # fmt: skip


def _contested(told: Contado, guia: _Guia) -> padrao.GuiaRecursada:
    if guia.itens:
        itens = tuple(
            padrao.ItemRecursado(
                **told.item(one, "data_inicio"), data_fim=one.cobrado.fim, **_tooth(one.cobrado)
            )
            for one in guia.entradas
        )  # fmt: skip
        return padrao.GuiaRecursada(**guia.numbers(), itens=itens)
    glosas = tuple(
        padrao.GlosaContestada(codigo=told.code(one), justificativa=_why(one, JUSTIFICATIVA_ECOADA))
        for one in guia.entradas
    )
    return padrao.GuiaRecursada(**guia.numbers(), glosas=glosas)


def standing(told: Contado) -> RespostaRecursoGlosa:
    """What was answered; of what is not, where it stands."""
    recurso = told.recurso
    if recurso.respondido:
        recibo = _recibo(told)
        return RespostaRecursoGlosa(recibo_odonto=recibo) if told.odonto else RespostaRecursoGlosa(recibo=recibo)
    return RespostaRecursoGlosa(
        situacao=padrao.SituacaoRecurso(
            # The question has the number of what it asks for.
            **told.sent(), numero_consulta=recurso.protocolo, situacao=recurso.status_protocolo,
            data_situacao=local_day(recurso.historico[-1].quando),
        )
    )  # fmt: skip


def _recibo(told: Contado) -> padrao.ReciboGlosa:
    recurso, who = told.recurso, told.prestador
    rest: dict[str, Any]
    if told.whole:
        rest = {"objeto": ObjetoRecurso.PROTOCOLO.value, "protocolo": _of_protocolo(told)}
    else:
        tell = _dental if told.odonto else _medical
        respostas = tuple(one for guia in told.guias() for one in tell(told, guia))
        rest = {"objeto": ObjetoRecurso.GUIA.value, "respostas": respostas}
    return padrao.ReciboGlosa(
        registro_ans=recurso.registro_ans, numero=echo(recurso.numero), numero_operadora=recurso.protocolo,
        nome_operadora=told.operadora, codigo_prestador=str(who.codigo_na_operadora or who.cnpj or who.cpf),
        numero_lote=_number(recurso.numero_lote), numero_protocolo=_number(recurso.origem), **rest,
        data=recurso.enviado_dia, valor_recursado=recurso.valor_recursado, valor_acatado=recurso.valor_acatado,
    )  # fmt: skip


def _of_protocolo(told: Contado) -> padrao.RespostaDeProtocolo:
    """Of several glosas of the protocolo all are told in the words of the first."""
    first, *others = told.whole
    said = _said(first)
    if others:
        said = " ".join(f"{told.code(one)}: {_said(one) or 'acatada.'}" for one in told.whole)
    return padrao.RespostaDeProtocolo(
        **told.glosa(first), acatado=all(map(_granted, told.whole)),
        justificativa_operadora=None if told.odonto else cut(said, 500),
    )  # fmt: skip


def _medical(told: Contado, guia: _Guia) -> Iterator[padrao.RespostaRecursada]:
    for one in guia.entradas:
        if guia.itens:
            item = padrao.RespostaDeItem(
                **guia.numbers(), **told.item(one, "data_realizacao"), data_fim=one.cobrado.fim,
                valor_acatado=one.valor_acatado, justificativa_operadora=_answer(one),
            )  # fmt: skip
            yield padrao.RespostaRecursada(item=item)
        else:
            yield padrao.RespostaRecursada(guia=_of_guia(told, guia, one))


def _dental(told: Contado, guia: _Guia) -> Iterator[padrao.RespostaOdontoRecursada]:
    if guia.itens:
        itens = tuple(
            padrao.RespostaDeItemOdonto(
                **told.item(one, "data_realizacao"), **_tooth(one.cobrado), quantidade=one.cobrado.quantidade or UM,
                valor_acatado=one.valor_acatado, justificativa_operadora=_answer(one),
            )
            for one in guia.entradas
        )  # fmt: skip
        yield padrao.RespostaOdontoRecursada(itens=padrao.RespostaDeItensOdonto(**guia.numbers(), itens=itens))
    else:
        for one in guia.entradas:
            yield padrao.RespostaOdontoRecursada(guia=_of_guia(told, guia, one))


def _of_guia(told: Contado, guia: _Guia, entrada: Entrada) -> padrao.RespostaDeGuia:
    return padrao.RespostaDeGuia(
        **guia.numbers(), **told.glosa(entrada), acatado=_granted(entrada),
        justificativa_operadora=None if told.odonto else cut(_said(entrada), 500),
    )  # fmt: skip


# --- an entry ---


def _tooth(cobrado: Cobrado) -> dict[str, Any]:
    known = cobrado.face and _FACES.issuperset(cobrado.face)
    return {"dente": cobrado.dente, "regiao": cobrado.regiao, "face": cobrado.face if known else None}


def _number(text: str) -> str:
    """A lote or protocolo where the standard has digits only: one with letters is not told."""
    return text if text.isascii() and text.isdigit() and len(text) <= _DIGITOS else "0"


def _why(entrada: Entrada, most: int = JUSTIFICATIVA_MAXIMA) -> str:
    return cut(entrada.justificativa, most) or "?"


def _granted(entrada: Entrada) -> bool:
    return entrada.resposta is not None and entrada.resposta.decisao is Decisao.ACATADO


def _answer(entrada: Entrada) -> str | None:
    return cut(entrada.resposta.justificativa if entrada.resposta else None, 500)


def _said(entrada: Entrada) -> str:
    """Of an entry whose element says only yes or no."""
    answer = entrada.resposta
    if answer is None or answer.decisao is not Decisao.PARCIAL:
        return _answer(entrada) or ""
    part = f"Acatado em parte, R$ {answer.valor_acatado:.2f} de R$ {entrada.valor_recursado:.2f}."
    return f"{part} {_answer(entrada) or ''}".strip()
