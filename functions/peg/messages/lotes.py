"""TISS messages ↔ this context: the only place that knows both (anti-corruption layer)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from conecta_contas.pegs import GuiaApresentada, Peg, Porta
from conecta_tiss import pipeline
from conecta_tiss.findings import Achado
from conecta_tiss.messages.envelope import Parte
from conecta_tiss.messages.lote_guias import (
    Guia,
    GuiaConsulta,
    GuiaHonorarios,
    GuiaOdonto,
    GuiaResumoInternacao,
    GuiaSpSadt,
    LoteGuias,
)
from conecta_tiss.messages.recebimento import RecebimentoLote
from conecta_tiss.xml import answers
from peg.domain.lotes import Identificacao, LoteLido
from peg.domain.rules import Contexto
from peg.messages import guias, recibos

if TYPE_CHECKING:
    from conecta_contas.dossies import Dossie


class TissPadrao:
    """The standard's library behind the port of `peg.service.recepcao`."""

    def read(self, raw: bytes, today: date, porta: Porta) -> LoteLido:
        """As much of a lote as can be read, XML or typed, and everything the standard finds wrong."""
        if porta is Porta.DIGITADO:
            return guias.read(raw, today)
        resultado = pipeline.validate_message(raw, hoje=today)
        mensagem = resultado.mensagem_de(LoteGuias)
        cabecalho = mensagem.cabecalho if mensagem else None
        return LoteLido(
            versao=resultado.versao,
            transacao=resultado.transacao,
            codificacao_hash=resultado.hash,
            numero_lote=mensagem.corpo.numero_lote if mensagem else None,
            tipo_guia=mensagem.corpo.tipo.value if mensagem else None,
            origem=identificacao(cabecalho.origem) if cabecalho else None,
            destino=resultado.destino,
            sequencial=resultado.sequencial,
            guias=tuple(presented(n, guia) for n, guia in enumerate(mensagem.corpo.guias, 1)) if mensagem else (),
            valor_informado=resultado.valor_total,
            achados=resultado.achados,
            corpo=mensagem.corpo if mensagem else None,
        )

    def receipt(self, lote: LoteLido, peg: Peg, dossie: Dossie, admissao: Contexto) -> bytes:
        """`recebimentoLote` that lists every guia of the lote under its protocolo, with its glosas."""
        corpo = recibos.received(peg, dossie, answers.sender(lote, admissao), lote.versao_de_resposta)
        return recibos.answer(lote, admissao, peg.data_recepcao, corpo)

    def refusal(self, lote: LoteLido, admissao: Contexto, achados: Sequence[Achado], recebido_em: datetime) -> bytes:
        """`recebimentoLote` with `mensagemErro`: the first finding, and how many more the report has."""
        erro = answers.error(achados, lote.versao_de_resposta, ": veja o relatório do envio")
        return recibos.answer(lote, admissao, recebido_em, RecebimentoLote(mensagem_erro=erro))


def identificacao(origem: Parte) -> Identificacao | None:
    """How a sender called itself; `None` when it did not."""
    found = Identificacao(origem.cnpj, origem.cpf, origem.codigo_prestador_na_operadora)
    return None if found == Identificacao() else found


def presented(sequencia: int, guia: Guia) -> GuiaApresentada:
    """A guia of the message as this context keeps it; the day is where the billing window starts (R03)."""
    day: date | None
    operadora: str | None
    match guia:
        case GuiaSpSadt():
            days = [item.data_execucao for item in guia.procedimentos]
            days += [item.data_execucao for item in guia.despesas]
            day, itens = min(days, default=None), len(days)
            operadora = guia.autorizacao.numero_guia_operadora if guia.autorizacao else None
        case GuiaResumoInternacao():
            day, itens = guia.data_final_faturamento, len(guia.procedimentos) + len(guia.despesas)
            operadora = guia.autorizacao.numero_guia_operadora
        case GuiaHonorarios():
            day, itens, operadora = guia.data_fim_faturamento, len(guia.procedimentos), guia.numero_guia_operadora
        case GuiaConsulta():
            day, itens, operadora = guia.data_atendimento, 1, guia.numero_guia_operadora
        case GuiaOdonto():  # pragma: no branch  # the last of the five kinds
            days = [item.data_realizacao for item in guia.procedimentos]
            day, itens, operadora = min(days, default=None), len(days), guia.numero_guia_operadora
    return GuiaApresentada(
        sequencia=sequencia,
        numero_guia_prestador=guia.numero_guia_prestador,
        numero_guia_operadora=operadora,
        senha=guia.senha,
        data_atendimento=day,
        valor_informado=guia.valor_total,
        itens=itens,
    )
