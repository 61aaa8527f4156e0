"""Rules of the envelope: transaction against body, and who writes to whom. The XSD checks neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from conecta_tiss.messages.transacoes import CORPOS
from conecta_tiss.rules.base import Contexto, Regra, regra
from conecta_tiss.vocabulary.glosas import Motivo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.envelope import Cabecalho

__all__ = ["CORPOS", "ENVELOPE_RULES", "Envelope", "Sentido"]

RAIZ: Final = "/ans:mensagemTISS"
_CABECALHO: Final = f"{RAIZ}/ans:cabecalho"


class Sentido(StrEnum):
    """Direction of a message, by the name of its element."""

    PRESTADOR_PARA_OPERADORA = "prestadorParaOperadora"
    OPERADORA_PARA_PRESTADOR = "operadoraParaPrestador"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the envelope rules look at.

    Attributes:
        cabecalho: The header.
        sentido: Direction of the body, None when there is none.
        corpo: Name of the body element, for instance "loteGuias"; None when there is none.
    """

    cabecalho: Cabecalho
    sentido: Sentido | None
    corpo: str | None


@regra("TISS-CORPO", Motivo.MENSAGEM_INCOMPLETA, "tiss.md 2: the XSD accepts a message without a body")
def body_present(esta: Regra[Envelope], envelope: Envelope, contexto: Contexto) -> Iterator[Achado]:
    """A message says something."""
    if envelope.corpo is None:
        caminho = RAIZ if envelope.sentido is None else f"{RAIZ}/ans:{envelope.sentido}"
        yield esta.achado(
            contexto, "A mensagem não tem corpo. Gere o arquivo de novo, com os dados do envio.", caminho=caminho
        )


@regra("TISS-TRANSACAO", Motivo.TIPO_DE_TRANSACAO_INVALIDO, "tiss.md 2: tipoTransacao against the body")
def transaction_matches_body(esta: Regra[Envelope], envelope: Envelope, contexto: Contexto) -> Iterator[Achado]:
    """`tipoTransacao` announces the body that follows."""
    tipo = envelope.cabecalho.tipo_transacao.strip()
    esperado = CORPOS.get(tipo)
    if esperado is None or envelope.corpo is None or esperado == envelope.corpo:
        return
    certas = " ou ".join(transacao for transacao, corpo in CORPOS.items() if corpo == envelope.corpo)
    dica = f" Para esse corpo, informe {certas}." if certas else ""
    yield esta.achado(
        contexto,
        f"A mensagem diz ser {tipo}, mas seu corpo é {envelope.corpo}.{dica}",
        caminho=f"{_CABECALHO}/ans:identificacaoTransacao/ans:tipoTransacao",
    )


@regra("TISS-ORIGEM", Motivo.REMETENTE_NAO_IDENTIFICADO, "tiss.md 2: direction of origem")
def origin_matches_direction(esta: Regra[Envelope], envelope: Envelope, contexto: Contexto) -> Iterator[Achado]:
    """A prestador sends to an operadora as identificacaoPrestador; an operadora sends as registroANS."""
    origem = envelope.cabecalho.origem
    prestador = origem.cnpj or origem.cpf or origem.codigo_prestador_na_operadora
    caminho = f"{_CABECALHO}/ans:origem"
    if envelope.sentido is Sentido.PRESTADOR_PARA_OPERADORA and not prestador and origem.registro_ans:
        yield esta.achado(
            contexto,
            "A origem é uma operadora, mas a mensagem é de prestador. Informe identificacaoPrestador na origem.",
            caminho=caminho,
        )
    if envelope.sentido is Sentido.OPERADORA_PARA_PRESTADOR and prestador:
        yield esta.achado(
            contexto,
            "A origem é um prestador, mas a mensagem é de operadora. Informe registroANS na origem.",
            caminho=caminho,
        )


@regra("TISS-DESTINO", Motivo.REGISTRO_ANS_INVALIDO, "tiss.md 2: direction of destino")
def destination_matches_direction(esta: Regra[Envelope], envelope: Envelope, contexto: Contexto) -> Iterator[Achado]:
    """A prestador writes to a registroANS; an operadora writes to an identificacaoPrestador."""
    destino = envelope.cabecalho.destino
    prestador = destino.cnpj or destino.cpf or destino.codigo_prestador_na_operadora
    caminho = f"{_CABECALHO}/ans:destino"
    if envelope.sentido is Sentido.PRESTADOR_PARA_OPERADORA and prestador:
        yield esta.achado(
            contexto,
            "O destino é um prestador, mas a mensagem vai para uma operadora. Informe registroANS no destino.",
            caminho=caminho,
        )
    if envelope.sentido is Sentido.OPERADORA_PARA_PRESTADOR and not prestador and destino.registro_ans:
        yield esta.achado(
            contexto,
            "O destino é uma operadora, mas a mensagem vai para um prestador. "
            "Informe identificacaoPrestador no destino.",
            caminho=caminho,
            motivo=Motivo.MENSAGEM_INCOMPLETA,
        )


@regra("TISS-DATA-REGISTRO", "5025", "table 38: DATA DE REGISTRO DA TRANSAÇÃO INVÁLIDA")
def registration_day_has_come(esta: Regra[Envelope], envelope: Envelope, contexto: Contexto) -> Iterator[Achado]:
    """The message was not registered after today; a day's grace for clocks and zones that differ."""
    if envelope.cabecalho.data_registro - contexto.hoje > timedelta(days=1):
        yield esta.achado(
            contexto,
            "A dataRegistroTransacao é posterior ao dia do envio. Acerte o relógio e gere o arquivo de novo.",
            caminho=f"{_CABECALHO}/ans:identificacaoTransacao/ans:dataRegistroTransacao",
        )


ENVELOPE_RULES: Final[tuple[Regra[Envelope], ...]] = (
    body_present,
    transaction_matches_body,
    origin_matches_direction,
    destination_matches_direction,
    registration_day_has_come,
)
"""Rules of any message, in the order they are told."""
