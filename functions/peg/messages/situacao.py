"""Questions where a PEG stands, and cancellations: as far as they can be read, and what keeps them from an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from conecta_tiss import pipeline
from conecta_tiss.findings import Achado, Severidade, code_of
from conecta_tiss.messages.cancelamento import CancelaGuia, ReciboCancelaGuia
from conecta_tiss.messages.recebimento import RecebimentoLote
from conecta_tiss.messages.situacao import SituacaoProtocolo, SolicitacaoStatusProtocolo
from conecta_tiss.rules import admissao as regras
from conecta_tiss.vocabulary.glosas import Motivo
from peg.messages import recibos
from peg.messages.lotes import identificacao

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from peg.domain.lotes import Identificacao, LoteLido
    from peg.domain.rules import Contexto

CORPOS: Final[Mapping[str, tuple[str, type[Any]]]] = MappingProxyType({
    "solicitacaoStatusProtocolo": ("SOLIC_STATUS_PROTOCOLO", SolicitacaoStatusProtocolo),
    "cancelaGuia": ("CANCELA_GUIA", CancelaGuia),
})  # fmt: skip
"""Messages read here, by body element: their transaction and what their body is read as."""
GUIAS_MAXIMAS: Final = 100
"""Guias cancelled by one message: each is an act of its own."""
_ERRO: Final[Mapping[str, type[Any]]] = {
    "loteGuias": RecebimentoLote, "solicitacaoStatusProtocolo": SituacaoProtocolo, "cancelaGuia": ReciboCancelaGuia,
}  # fmt: skip
_CABECALHO: Final = "/ans:mensagemTISS/ans:cabecalho"
_CORPO: Final = "/ans:mensagemTISS/ans:prestadorParaOperadora"


@dataclass(frozen=True, slots=True)
class Lida:
    """A message as far as it could be read; `achados` is what the standard finds wrong.

    Attributes:
        corpo: only of a valid message of its transaction.
    """

    versao: str | None
    origem: Identificacao | None
    destino: str | None
    sequencial: str | None
    achados: tuple[Achado, ...]
    corpo: Any


def read(raw: bytes, transacao: str, hoje: date) -> Lida:
    """As much of the message as can be read, and everything the standard finds wrong."""
    resultado = pipeline.validate_message(raw, hoje=hoje)
    mensagem = resultado.mensagem_de(CORPOS[transacao][1])
    return Lida(
        versao=resultado.versao,
        origem=identificacao(mensagem.cabecalho.origem) if mensagem else None,
        destino=resultado.destino,
        sequencial=resultado.sequencial,
        achados=resultado.achados,
        corpo=mensagem.corpo if mensagem else None,
    )


def judge(lida: Lida, transacao: str, admissao: Contexto, *, atendida: bool) -> tuple[Achado, ...]:
    """All that keeps the message from being answered; empty when nothing does.

    Args:
        admissao: of the prestador that sent it with the operadora that answers.
        atendida: the operadora is one of ours.
    """
    refusing = tuple(achado for achado in lida.achados if achado.severidade is Severidade.RECUSA_LOTE)
    own: list[Achado] = []
    if lida.corpo is None:
        own += [] if refusing else [_other_transaction(lida, transacao)]
    elif not atendida:
        own.append(unknown_operadora(lida))
    else:
        own += regras.versao_aceita(lida, admissao)
        own += regras.destino_certo(lida, admissao)
        own += regras.origem_e_quem_enviou(lida, admissao)
        own += _asks_for_itself(lida, transacao, admissao)
        if not admissao.may_send:
            own.append(_never_enabled(lida))
        own += _too_long(lida)
    return regras.with_admission(refusing, own)


def _other_transaction(lida: Lida, transacao: str) -> Achado:
    return Achado(
        "TISS-TRANSACAO", code_of(Motivo.TIPO_DE_TRANSACAO_INVALIDO, regras.answer_version(lida.versao)),
        f"Aqui se recebem só mensagens {CORPOS[transacao][0]}, com {transacao}. Envie esta mensagem pela rota da "
        "transação dela.", caminho=f"{_CABECALHO}/ans:identificacaoTransacao/ans:tipoTransacao",
    )  # fmt: skip


def unknown_operadora(lida: Lida | LoteLido) -> Achado:
    """Nobody of ours is asked."""
    return Achado(
        "DESTINO", code_of(Motivo.REGISTRO_ANS_INVALIDO, regras.answer_version(lida.versao)),
        "O destino da mensagem não é uma operadora atendida aqui. Confira o registro ANS.",
        caminho=f"{_CABECALHO}/ans:destino/ans:registroANS",
    )  # fmt: skip


def _asks_for_itself(lida: Lida, transacao: str, admissao: Contexto) -> Iterator[Achado]:
    """`dadosPrestador` is the sender, too: nobody asks in the name of another (`seguranca.md` §3)."""
    asks = lida.corpo.prestador
    if not any(
        told is not None and told == known
        for told, known in (
            (asks.cnpj, admissao.cnpj), (asks.cpf, admissao.cpf),
            (asks.codigo_na_operadora, admissao.codigo_na_operadora),
        )
    ):  # fmt: skip
        yield Achado(
            "ORIGEM", code_of(Motivo.PRESTADOR_INVALIDO, regras.answer_version(lida.versao)),
            "O prestador em dadosPrestador não é quem enviou a mensagem. Corrija dadosPrestador.",
            caminho=f"{_CORPO}/ans:{transacao}/ans:dadosPrestador",
        )  # fmt: skip


def _never_enabled(lida: Lida) -> Achado:
    return Achado(
        "R02", code_of(Motivo.PRESTADOR_FORA_DA_REDE, regras.answer_version(lida.versao)),
        "Este prestador nunca esteve habilitado nesta operadora. Solicite o relacionamento.",
    )  # fmt: skip


def _too_long(lida: Lida) -> Iterator[Achado]:
    guias = getattr(lida.corpo, "guias", ())
    if len(guias) > GUIAS_MAXIMAS:
        yield Achado(
            "TISS-TAMANHO", code_of(Motivo.LOTE_ACIMA_DO_LIMITE, regras.answer_version(lida.versao)),
            f"A mensagem cancela {len(guias)} guias; o máximo é {GUIAS_MAXIMAS}. Divida-a.",
            caminho=f"{_CORPO}/ans:cancelaGuia/ans:tipoCancelamento",
        )  # fmt: skip


def refusal(
    lida: Lida | LoteLido, transacao: str, admissao: Contexto, achados: Sequence[Achado], when: datetime
) -> bytes:
    """The answer of a transaction with `mensagemErro`."""
    erro = recibos.error(achados, regras.answer_version(lida.versao))
    return recibos.answer(lida, admissao, when, _ERRO[transacao](mensagem_erro=erro))
