"""TISS messages ↔ this context: the only place that knows both (anti-corruption layer)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from cadastro.domain.elegibilidade import Elegibilidade, Pergunta
from conecta_edge.cadastro import Contratacao
from conecta_edge.clock import FUSO
from conecta_tiss import pipeline
from conecta_tiss.findings import Achado
from conecta_tiss.messages.comum import Contratado, MotivoGlosa
from conecta_tiss.messages.elegibilidade import ReciboElegibilidade, RespostaElegibilidade, VerificaElegibilidade
from conecta_tiss.rules import admissao
from conecta_tiss.terminologia.glosas import DESCRICAO_MAXIMA, official
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.tables import TipoTransacao
from conecta_tiss.xml import answers

if TYPE_CHECKING:
    from conecta_tiss.rules.admissao import Lida

NOME_MAXIMO: Final = 70
CODIGO_MAXIMO: Final = 14


def pergunta(lida: Lida, hoje: date) -> Pergunta | None:
    """The question; the standard's has no day but today's. `None` when there is no body to ask from.

    Blanks around a number are none of it: the schema lets them pass, where the JSON door tells of them.
    """
    return Pergunta(dia=hoje, carteira=lida.corpo.numero_carteira.strip()) if lida.corpo else None


def read_verifica(raw: bytes, hoje: date) -> Lida:
    """As much of the message as can be read, and everything the standard finds wrong."""
    return pipeline.read_as(raw, "verificaElegibilidade", VerificaElegibilidade, hoje=hoje)


def judge(lida: Lida, contratacao: Contratacao, hoje: date) -> tuple[Achado, ...]:
    """All that keeps the message from being answered; empty when nothing does.

    Args:
        contratacao: of the prestador that sent it with the operadora that answers.
    """
    registro = contratacao.operadora.registro_ans if contratacao.operadora else ""
    remetente = contratacao.remetente(registro, hoje)
    return admissao.judge(
        lida, remetente, lambda: admissao.pede_por_si(lida, remetente, lida.corpo.prestador, "dadosPrestador"),
        atendida=bool(registro) and registro == lida.destino,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Partes:
    """Who answers and who is answered.

    Attributes:
        registro_ans: the operadora that answers.
        prestador: who sent the message, when it did not say so itself.
    """

    registro_ans: str
    prestador: Contratado


def partes(registro_ans: str, prestador_id: str, contratacao: Contratacao) -> Partes:
    """The parties of an answer; of a prestador whose profile was not loaded there is nothing but its id."""
    known = contratacao.prestador
    if known is None:
        return Partes(registro_ans, Contratado(codigo_na_operadora=prestador_id[:CODIGO_MAXIMO]))
    return Partes(registro_ans, Contratado(cnpj=known.cnpj, cpf=known.cpf))


def refusal(lida: Lida, entre: Partes, achados: Sequence[Achado], now: datetime) -> bytes:
    """`respostaElegibilidade` with the error: the first finding, and how many more there are."""
    erro = answers.error(achados, lida.versao_de_resposta)
    return _message(lida, entre, RespostaElegibilidade(mensagem_erro=erro), now)


def answer(lida: Lida, entre: Partes, found: Elegibilidade, now: datetime) -> bytes:
    """`reciboElegibilidade`, with every reason when the answer is no."""
    vida, corpo = found.beneficiario, lida.corpo
    recibo = ReciboElegibilidade(
        registro_ans=vida.registro_ans,
        numero_carteira=vida.numero_carteira,
        ausencia_cod_validacao=corpo.ausencia_cod_validacao if corpo else None,
        cod_validacao=corpo.cod_validacao if corpo else None,
        validade_carteira=vida.validade_carteira,
        nome_beneficiario=vida.nome[:NOME_MAXIMO],
        nome_social_beneficiario=vida.nome_social[:NOME_MAXIMO] if vida.nome_social else None,
        resposta_solicitacao=found.elegivel,
        motivos_negativa=tuple(_motivo(achado, lida.versao_de_resposta) for achado in found.motivos),
    )
    return _message(lida, entre, RespostaElegibilidade(recibo=recibo), now)


def _motivo(achado: Achado, versao: Versao) -> MotivoGlosa:
    """The official text of the code, then what is to be done, in the 500 characters there are."""
    return MotivoGlosa(
        codigo=achado.codigo, descricao=official(achado.codigo, versao, achado.mensagem)[:DESCRICAO_MAXIMA]
    )


def _message(lida: Lida, entre: Partes, corpo: RespostaElegibilidade, now: datetime) -> bytes:
    return answers.envelope(
        TipoTransacao.SITUACAO_ELEGIBILIDADE, corpo, registro_ans=entre.registro_ans,
        prestador=lida.origem or entre.prestador, versao=lida.versao_de_resposta, quando=now.astimezone(FUSO),
        sequencial=lida.sequencial,
    )  # fmt: skip
