"""Rules of the operadora's answers to requests and annexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conecta_tiss.messages.ilegivel import NUMERO_ILEGIVEL
from conecta_tiss.messages.transacoes import CORPOS
from conecta_tiss.rules.base import Contexto, Regra, regra
from conecta_tiss.rules.partes import PARA_PRESTADOR, Lugar, itens_de, numero_de, tell
from conecta_tiss.vocabulary.glosas import Motivo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.anexos import RecebimentoAnexo
    from conecta_tiss.messages.autorizacao import AutorizacaoServico, SituacaoAutorizacao

_ANEXO: Final = Lugar(f"{PARA_PRESTADOR}/ans:recebimentoAnexo/ans:protocoloRecebimentoAnexo/ans:anexosClinicos")
_CABECALHO: Final = "/ans:mensagemTISS/ans:cabecalho/ans:identificacaoTransacao/ans:tipoTransacao"
_MEDICA: Final = "RESPOSTA_SOLICITACAO"
_ODONTO: Final = "AUTORIZACAO_ODONTOLOGIA"
_SEQUENCIA: Final = (
    "O sequencialItem está repetido ou fora da sequência. Numere os itens de 1 em diante, na ordem da solicitação."
)


def findings(corpo: SituacaoAutorizacao, contexto: Contexto) -> Iterator[Achado]:
    """Findings of all `RULES`."""
    for uma in RULES:
        yield from uma(corpo, contexto)


def annex_findings(corpo: RecebimentoAnexo, contexto: Contexto) -> Iterator[Achado]:
    """Findings of all `ANNEX_RULES`."""
    for uma in ANNEX_RULES:
        yield from uma(corpo, contexto)


def _corpo(contexto: Contexto) -> Lugar:
    """Place of the body: the header says which of the two elements of this type it is."""
    return Lugar(PARA_PRESTADOR).em(CORPOS.get(contexto.cabecalho.tipo_transacao.strip(), "autorizacaoServicos"))


def _medicas(corpo: SituacaoAutorizacao, contexto: Contexto) -> Iterator[tuple[AutorizacaoServico, Lugar]]:
    """What was decided of a medical request, with its place."""
    onde = _corpo(contexto)
    if corpo.servico is not None:
        yield corpo.servico, onde.em("autorizacaoServico")
    if corpo.internacao is not None:
        yield corpo.internacao.servicos, onde.em("autorizacaoInternacao", "autorizacaoDosServicos")
    if corpo.prorrogacao is not None:
        yield corpo.prorrogacao.servicos, onde.em("autorizacaoProrrogacao", "autorizacaoDosServicos")


def _out_of_sequence(itens: Iterator[tuple[Any, Lugar]]) -> Iterator[Lugar]:
    """Places of the numbers that are not 1 to n, each once."""
    todos = list(itens)
    vistos: set[int] = set()
    if any(item.sequencial_item == NUMERO_ILEGIVEL for item, _ in todos):
        return  # the schema says which; the others cannot be judged
    for item, onde in todos:
        numero = item.sequencial_item
        if numero in vistos or not 0 < numero <= len(todos):
            yield onde.em("sequencialItem")._replace(item=numero)
        vistos.add(numero)


@regra("TISS-AUTORIZACAO-SEQUENCIA", Motivo.SEQUENCIAL_INVALIDO, "tiss.md 2: uniqueness of sequencialItem")
def items_decided_are_a_sequence(
    esta: Regra[SituacaoAutorizacao], corpo: SituacaoAutorizacao, contexto: Contexto
) -> Iterator[Achado]:
    """Items are numbered 1 to n, in any order."""
    listas: list[tuple[Any, Lugar, str, tuple[Any, ...]]] = [
        (medica.autorizacao, onde.em("servicosAutorizados"), "servicoAutorizado", medica.servicos)
        for medica, onde in _medicas(corpo, contexto)
    ]
    if corpo.odonto is not None:
        onde = _corpo(contexto).em("autorizacaoServicoOdonto")
        listas.append((corpo.odonto.autorizacao, onde, "procedimentosAutorizados", corpo.odonto.procedimentos))
    for autorizacao, onde, elemento, itens in listas:
        lugar = onde._replace(guia=numero_de(autorizacao.numero_guia_prestador))
        for errado in _out_of_sequence(itens_de(lugar, elemento, itens)):
            yield tell(esta, contexto, errado, _SEQUENCIA)


@regra("TISS-AUTORIZACAO-TRANSACAO", Motivo.TIPO_DE_TRANSACAO_INVALIDO, "tiss.md 2.2: AUTORIZACAO_ODONTOLOGIA")
def transaction_fits_the_kind(
    esta: Regra[SituacaoAutorizacao], corpo: SituacaoAutorizacao, contexto: Contexto
) -> Iterator[Achado]:
    """A dental request is answered by a dental authorisation, the others by the other; an error by either."""
    tipo = contexto.cabecalho.tipo_transacao.strip()
    odonto, medica = corpo.odonto is not None, next(_medicas(corpo, contexto), None) is not None
    if (tipo == _MEDICA and odonto) or (tipo == _ODONTO and medica):
        certa = _ODONTO if odonto else _MEDICA
        mensagem = f"A mensagem diz ser {tipo}, mas responde a solicitação de outro tipo. Informe {certa}."
        yield tell(esta, contexto, Lugar(_CABECALHO), mensagem)


RULES: Final[tuple[Regra[SituacaoAutorizacao], ...]] = (items_decided_are_a_sequence, transaction_fits_the_kind)
"""Rules of the answer to a request, in the order they are told."""


@regra("TISS-ANEXO-SEQUENCIA", Motivo.SEQUENCIAL_INVALIDO, "tiss.md 2: uniqueness of sequencialItem")
def materials_decided_are_a_sequence(
    esta: Regra[RecebimentoAnexo], corpo: RecebimentoAnexo, contexto: Contexto
) -> Iterator[Achado]:
    """Materials are numbered 1 to n, in any order."""
    opme = None if corpo.protocolo is None else corpo.protocolo.opme
    if opme is not None:
        lugar = _ANEXO.em("anexoOPME")._replace(guia=numero_de(opme.autorizacao.numero_guia_prestador))
        for errado in _out_of_sequence(itens_de(lugar, "servicosAutorizadosOPME", opme.servicos)):
            yield tell(esta, contexto, errado, _SEQUENCIA)


ANNEX_RULES: Final[tuple[Regra[RecebimentoAnexo], ...]] = (materials_decided_are_a_sequence,)
"""Rules of the answer to an annex."""
