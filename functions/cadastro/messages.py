"""TISS messages ↔ this context: the only place that knows both (anti-corruption layer)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cadastro.domain.elegibilidade import Elegibilidade, Pergunta
from conecta_edge.cadastro import Contratacao
from conecta_edge.clock import FUSO
from conecta_facts.operadoras import VersaoAceita
from conecta_tiss import pipeline
from conecta_tiss.findings import Achado, Severidade, code_of
from conecta_tiss.messages.comum import Contratado, MotivoGlosa
from conecta_tiss.messages.elegibilidade import ReciboElegibilidade, RespostaElegibilidade, VerificaElegibilidade
from conecta_tiss.messages.envelope import Cabecalho, Mensagem, Parte
from conecta_tiss.rules import admissao
from conecta_tiss.terminologia.glosas import DESCRICAO_MAXIMA, official
from conecta_tiss.versions import Versao, answer_version
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import TipoTransacao
from conecta_tiss.xml.writer import write_elegibilidade

NOME_MAXIMO: Final = 70
CODIGO_MAXIMO: Final = 14
_CABECALHO: Final = "/ans:mensagemTISS/ans:cabecalho"
_CORPO: Final = "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:verificaElegibilidade"


@dataclass(frozen=True, slots=True)
class VerificaLida:
    """A `verificaElegibilidade` as far as it could be read; `achados` is what the standard finds wrong."""

    versao: str | None
    origem: Contratado | None
    destino: str | None
    sequencial: str | None
    achados: tuple[Achado, ...]
    corpo: VerificaElegibilidade | None

    @property
    def versao_de_resposta(self) -> Versao:
        """The sender's version, or 4.01.00 when it could not be read."""
        return answer_version(self.versao)

    def pergunta(self, hoje: date) -> Pergunta | None:
        """The question; the standard's has no day but today's. `None` when there is no body to ask from.

        Blanks around a number are none of it: the schema lets them pass, where the JSON door tells of them.
        """
        return Pergunta(dia=hoje, carteira=self.corpo.numero_carteira.strip()) if self.corpo else None


@dataclass(frozen=True, slots=True)
class _Conhecido:
    """What is known of sender and receiver, as the rules of admission ask it."""

    registro_ans: str
    cnpj: str | None
    cpf: str | None
    codigo_na_operadora: str | None
    versoes: tuple[VersaoAceita, ...]
    grupo: tuple[str, ...]
    hoje: date


def read_verifica(raw: bytes, hoje: date) -> VerificaLida:
    """As much of the message as can be read, and everything the standard finds wrong."""
    resultado = pipeline.validate_message(raw, hoje=hoje)
    mensagem = resultado.mensagem_de(VerificaElegibilidade)
    cabecalho = mensagem.cabecalho if mensagem else None
    origem = cabecalho.origem if cabecalho else None
    return VerificaLida(
        versao=resultado.versao,
        origem=_contratado(origem) if origem else None,
        destino=resultado.destino,
        sequencial=resultado.sequencial,
        achados=resultado.achados,
        corpo=mensagem.corpo if mensagem else None,
    )


def judge(lida: VerificaLida, contratacao: Contratacao, hoje: date) -> tuple[Achado, ...]:
    """All that keeps the message from being answered; empty when nothing does.

    Args:
        contratacao: of the prestador that sent it with the operadora that answers.
    """
    refusing = tuple(achado for achado in lida.achados if achado.severidade is Severidade.RECUSA_LOTE)
    own: list[Achado] = []
    prestador, relacionamento, operadora = contratacao.prestador, contratacao.relacionamento, contratacao.operadora
    if lida.corpo is None:
        if not refusing:
            own.append(_other_transaction(lida))
    elif operadora is None or operadora.registro_ans != lida.destino:
        own.append(_unknown_operadora(lida))
    else:
        conhecido = _Conhecido(
            registro_ans=operadora.registro_ans,
            cnpj=prestador.cnpj if prestador else None,
            cpf=prestador.cpf if prestador else None,
            codigo_na_operadora=relacionamento.codigo_na_operadora if relacionamento else None,
            versoes=operadora.versoes,
            grupo=operadora.grupo,
            hoje=hoje,
        )
        own += admissao.versao_aceita(lida, conhecido)
        own += admissao.origem_e_quem_enviou(lida, conhecido)
        own += _asks_for_itself(lida, lida.corpo, conhecido)
    return admissao.with_admission(refusing, own)


def _other_transaction(lida: VerificaLida) -> Achado:
    return Achado(
        "TISS-TRANSACAO", code_of(Motivo.TIPO_DE_TRANSACAO_INVALIDO, lida.versao_de_resposta),
        "Esta rota recebe só mensagens VERIFICA_ELEGIBILIDADE, com verificaElegibilidade. Envie esta mensagem pela "
        "rota da transação dela.",
        caminho=f"{_CABECALHO}/ans:identificacaoTransacao/ans:tipoTransacao",
    )  # fmt: skip


def _unknown_operadora(lida: VerificaLida) -> Achado:
    return Achado(
        "DESTINO", code_of(Motivo.REGISTRO_ANS_INVALIDO, lida.versao_de_resposta),
        "O destino da mensagem não é uma operadora atendida aqui. Confira o registro ANS.",
        caminho=f"{_CABECALHO}/ans:destino/ans:registroANS",
    )  # fmt: skip


def _asks_for_itself(lida: VerificaLida, corpo: VerificaElegibilidade, conhecido: _Conhecido) -> Sequence[Achado]:
    """`dadosPrestador` is the sender, too: nobody asks in the name of another (`seguranca.md` §3)."""
    asks = corpo.prestador
    same = (
        (asks.cnpj is not None and asks.cnpj == conhecido.cnpj)
        or (asks.cpf is not None and asks.cpf == conhecido.cpf)
        or (asks.codigo_na_operadora is not None and asks.codigo_na_operadora == conhecido.codigo_na_operadora)
    )
    if same:
        return ()
    return (
        Achado(
            "ORIGEM", code_of(Motivo.PRESTADOR_INVALIDO, lida.versao_de_resposta),
            "Os dados do prestador na mensagem não são os de quem a enviou. Corrija dadosPrestador.",
            caminho=f"{_CORPO}/ans:dadosPrestador",
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Partes:
    """Who answers and who is answered.

    Attributes:
        registro_ans: the operadora that answers.
        prestador: who sent the message, when it did not say so itself.
    """

    registro_ans: str
    prestador: Parte


def partes(registro_ans: str, prestador_id: str, contratacao: Contratacao) -> Partes:
    """The parties of an answer; of a prestador whose profile was not loaded there is nothing but its id."""
    known = contratacao.prestador
    if known is None:
        return Partes(registro_ans, Parte(codigo_prestador_na_operadora=prestador_id[:CODIGO_MAXIMO]))
    return Partes(registro_ans, Parte(cnpj=known.cnpj, cpf=known.cpf))


def refusal(lida: VerificaLida, entre: Partes, achados: Sequence[Achado], now: datetime) -> bytes:
    """`respostaElegibilidade` with the error: the first finding, and how many more there are."""
    others = len(achados) - 1
    more = f" (e mais {others} achado(s))" if others else ""
    erro = _motivo(achados[0], lida.versao_de_resposta, more)
    return _message(lida, entre, RespostaElegibilidade(mensagem_erro=erro), now)


def answer(lida: VerificaLida, entre: Partes, found: Elegibilidade, now: datetime) -> bytes:
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


def _motivo(achado: Achado, versao: Versao, more: str = "") -> MotivoGlosa:
    """The official text of the code, then what is to be done, in the 500 characters there are."""
    text = official(achado.codigo, versao, achado.mensagem)
    return MotivoGlosa(codigo=achado.codigo, descricao=text[: DESCRICAO_MAXIMA - len(more)] + more)


def _contratado(origem: Parte) -> Contratado:
    return Contratado(cnpj=origem.cnpj, cpf=origem.cpf, codigo_na_operadora=origem.codigo_prestador_na_operadora)


def _message(lida: VerificaLida, entre: Partes, corpo: RespostaElegibilidade, now: datetime) -> bytes:
    moment = now.astimezone(FUSO)
    origem = lida.origem
    destino = (
        Parte(cnpj=origem.cnpj, cpf=origem.cpf, codigo_prestador_na_operadora=origem.codigo_na_operadora)
        if origem
        else entre.prestador
    )
    cabecalho = Cabecalho(
        tipo_transacao=TipoTransacao.SITUACAO_ELEGIBILIDADE.value,
        sequencial_transacao=lida.sequencial or "1",
        data_registro=moment.date(),
        hora_registro=f"{moment:%H:%M:%S}",
        origem=Parte(registro_ans=entre.registro_ans),
        destino=destino,
        padrao=lida.versao_de_resposta.value,
    )
    return write_elegibilidade(Mensagem(cabecalho=cabecalho, corpo=corpo))
