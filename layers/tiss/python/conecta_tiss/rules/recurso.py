"""Rules of a recurso and of the question where one stands."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from conecta_tiss.messages.ilegivel import DATA_ILEGIVEL
from conecta_tiss.messages.recurso import GlosaContestada, GuiaOdontoRecursada, GuiaRecursada, ItemRecursado
from conecta_tiss.rules.base import Contexto, Regra, regra
from conecta_tiss.rules.partes import (
    PARA_OPERADORA,
    Lugar,
    in_the_future,
    itens_de,
    not_above_zero,
    numero_de,
    of_another_operadora,
    tell,
)
from conecta_tiss.rules.situacao import the_number_is_one_of_a_protocolo
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import ObjetoRecurso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.recurso import Recurso, RecursoGlosa, SolicitacaoStatusRecursoGlosa
    from conecta_tiss.rules.partes import Campo

_CORPO: Final = Lugar(f"{PARA_OPERADORA}/ans:recursoGlosa")
_STATUS: Final = Lugar(f"{PARA_OPERADORA}/ans:solicitacaoStatusRecursoGlosa/ans:numeroProtocolo")

Contestada = tuple[
    GlosaContestada | GuiaOdontoRecursada | ItemRecursado, GuiaRecursada | GuiaOdontoRecursada | None, Lugar
]
"""What is contested, the guia that it is of (the protocolo has none), and where the message says it."""


def findings(corpo: RecursoGlosa, contexto: Contexto) -> Iterator[Achado]:
    """Findings of all `RULES`, and of the rule of a protocolo's number."""
    for recurso, onde in _recursos(corpo):
        yield from the_number_is_one_of_a_protocolo((recurso.numero_protocolo, onde.em("numeroProtocolo")), contexto)
    for uma in RULES:
        yield from uma(corpo, contexto)


def status_findings(corpo: SolicitacaoStatusRecursoGlosa, contexto: Contexto) -> Iterator[Achado]:
    """Findings of the rule of a protocolo's number."""
    yield from the_number_is_one_of_a_protocolo((corpo.numero_protocolo, _STATUS), contexto)


def _recursos(corpo: RecursoGlosa) -> Iterator[tuple[Recurso, Lugar]]:
    """The recurso given (a message its schema refused may have both) and its place."""
    for recurso, elemento in ((corpo.medico, "guiaRecursoGlosa"), (corpo.odonto, "guiaRecursoGlosaOdonto")):
        if recurso is not None:
            yield recurso, _CORPO.em(elemento)


def contestadas(corpo: RecursoGlosa) -> Iterator[Contestada]:
    """All that a message contests, in its order; of a dental guia with items, the items."""
    for recurso, onde in _recursos(corpo):
        yield from _do_recurso(recurso, onde)


def _do_recurso(recurso: Recurso, raiz: Lugar) -> Iterator[Contestada]:
    onde = raiz.em("opcaoRecurso")
    if recurso.protocolo is not None:
        yield recurso.protocolo, None, onde.em("recursoProtocolo")
    for guia, na_guia in itens_de(onde, "recursoGuia", recurso.guias):
        yield from _da_guia(guia, na_guia._replace(guia=numero_de(guia.numero_guia_prestador), item=None))


def _da_guia(guia: GuiaRecursada | GuiaOdontoRecursada, onde: Lugar) -> Iterator[Contestada]:
    if isinstance(guia, GuiaRecursada):
        onde = onde.em("opcaoRecursoGuia")
        for glosa, lugar in itens_de(onde, "recursoGuiaCompleta", guia.glosas):
            yield glosa, guia, lugar._replace(item=None)
        elemento = "itensGuia"
    else:
        elemento = "recursoProcedimento"
        if not guia.itens:
            yield guia, guia, onde
    item: ItemRecursado
    for item, lugar in itens_de(onde, elemento, guia.itens):
        yield item, guia, lugar._replace(item=item.sequencial_item)


def _itens(corpo: RecursoGlosa) -> Iterator[tuple[ItemRecursado, Lugar]]:
    for uma, _, onde in contestadas(corpo):
        if isinstance(uma, ItemRecursado):
            yield uma, onde


@regra("TISS-RECURSO-REGISTRO-ANS", Motivo.REGISTRO_ANS_INVALIDO, "tiss.md 2: registroANS against destino")
def recurso_is_for_the_destination(esta: Regra[RecursoGlosa], corpo: RecursoGlosa, ctx: Contexto) -> Iterator[Achado]:
    """The recurso is of the operadora the message is sent to."""
    campos = [(recurso.registro_ans, onde.em("registroANS")) for recurso, onde in _recursos(corpo)]
    yield from of_another_operadora(esta, ctx, campos)


@regra("TISS-RECURSO-OBJETO", Motivo.RECURSO_INCORRETO, "tiss.md 2.3: the schema ties objetoRecurso to nothing")
def the_object_is_what_is_contested(esta: Regra[RecursoGlosa], corpo: RecursoGlosa, ctx: Contexto) -> Iterator[Achado]:
    """`objetoRecurso` tells the protocolo or its guias, whichever follows."""
    for recurso, onde in _recursos(corpo):
        for objeto, tem, outro in (
            (ObjetoRecurso.GUIA, recurso.protocolo is not None, "1, de protocolo"),
            (ObjetoRecurso.PROTOCOLO, bool(recurso.guias), "2, de guia"),
        ):
            if tem and recurso.objeto == objeto:
                mensagem = f"O objetoRecurso não é o do que está em opcaoRecurso. Informe {outro}, ou corrija o resto."
                yield tell(esta, ctx, onde.em("objetoRecurso"), mensagem)


@regra("TISS-RECURSO-VALOR", Motivo.VALOR_ZERO, "seguranca.md 2.3: the schema takes negatives for valid")
def something_is_asked_back(esta: Regra[RecursoGlosa], corpo: RecursoGlosa, ctx: Contexto) -> Iterator[Achado]:
    """What is asked back is above zero."""

    def valores() -> Iterator[Campo]:
        for item, onde in _itens(corpo):
            yield item.valor_recursado, onde.em("valorRecursado")
        for recurso, onde in _recursos(corpo):
            yield recurso.valor_total, onde.em("valorTotalRecursado")

    yield from not_above_zero(esta, ctx, valores())


@regra("TISS-RECURSO-TOTAL", Motivo.TOTAL_DA_GUIA_DIVERGENTE, "tiss.md 5.1: item totals against guia total")
def the_total_adds_up(esta: Regra[RecursoGlosa], corpo: RecursoGlosa, ctx: Contexto) -> Iterator[Achado]:
    """The total is the sum of the items; beside whole guias, which have no amount of their own, it is at least that."""
    for recurso, onde in _recursos(corpo):
        contestado = [uma for uma, _, _ in _do_recurso(recurso, onde)]
        itens = [uma.valor_recursado for uma in contestado if isinstance(uma, ItemRecursado)]
        soma = sum(itens, Decimal(0))
        if recurso.valor_total < soma or (len(itens) == len(contestado) and recurso.valor_total > soma):
            mensagem = (
                f"O valorTotalRecursado é {recurso.valor_total:.2f}, mas os itens somam {soma:.2f}. Corrija o total ou "
                "os itens."
            )
            yield tell(esta, ctx, onde.em("valorTotalRecursado"), mensagem)


@regra("TISS-RECURSO-DATA", Motivo.DATA_FUTURA, "tiss.md 5.1: bad date")
def what_is_contested_was_done(esta: Regra[RecursoGlosa], corpo: RecursoGlosa, ctx: Contexto) -> Iterator[Achado]:
    """Nothing is contested after today, nor was done after it, nor ended before it began."""

    def dias() -> Iterator[Campo]:
        for recurso, onde in _recursos(corpo):
            yield recurso.data, onde.em("dataRecurso")
        for item, onde in _itens(corpo):
            yield item.data_inicio, onde.em("dataRealizacao" if "Odonto" in onde.caminho else "dataInicio")

    yield from in_the_future(esta, ctx, dias())
    for item, onde in _itens(corpo):
        if item.data_fim is not None and DATA_ILEGIVEL < item.data_fim < item.data_inicio:
            mensagem = "A dataFim é anterior à dataInicio. Corrija uma das duas."
            yield tell(esta, ctx, onde.em("dataFim"), mensagem, Motivo.DATA_INCORRETA)


RULES: Final[tuple[Regra[RecursoGlosa], ...]] = (
    recurso_is_for_the_destination,
    the_object_is_what_is_contested,
    something_is_asked_back,
    the_total_adds_up,
    what_is_contested_was_done,
)
"""Rules of a recurso, in the order they are told."""
