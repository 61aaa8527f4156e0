"""TISS messages ↔ this context: the only place that knows both (anti-corruption layer)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from conecta_edge.clock import FUSO, local_day
from conecta_tiss import pipeline
from conecta_tiss.findings import Achado
from conecta_tiss.messages.comum import Beneficiario, Contratado, MotivoGlosa, ValoresProcessados
from conecta_tiss.messages.envelope import Cabecalho, Mensagem, Parte
from conecta_tiss.messages.lote_guias import (
    Guia,
    GuiaConsulta,
    GuiaHonorarios,
    GuiaOdonto,
    GuiaResumoInternacao,
    GuiaSpSadt,
    LoteGuias,
    TipoGuia,
)
from conecta_tiss.messages.recebimento import GuiaOdontoRecebida, GuiaRecebida, ProtocoloRecebimento, RecebimentoLote
from conecta_tiss.vocabulary.tables import TipoTransacao
from conecta_tiss.xml.writer import write_recebimento
from peg.domain.lotes import Identificacao, LoteLido
from peg.domain.pegs import GuiaApresentada, Peg
from peg.domain.rules import Contexto, answer_version

ZERO: Final = Decimal("0.00")
DESCRICAO_MAXIMA: Final = 500


class TissPadrao:
    """The standard's library behind the port of `peg.service.recepcao`."""

    def read(self, raw: bytes, today: date) -> LoteLido:
        """As much of a lote as can be read, and everything the standard finds wrong."""
        resultado = pipeline.validate_message(raw, hoje=today)
        mensagem = resultado.mensagem_de(LoteGuias)
        cabecalho = mensagem.cabecalho if mensagem else None
        return LoteLido(
            versao=resultado.versao,
            transacao=resultado.transacao,
            codificacao_hash=resultado.hash,
            numero_lote=mensagem.corpo.numero_lote if mensagem else None,
            tipo_guia=mensagem.corpo.tipo.value if mensagem else None,
            origem=_identificacao(cabecalho.origem) if cabecalho else None,
            destino=cabecalho.destino.registro_ans if cabecalho else None,
            sequencial=cabecalho.sequencial_transacao if cabecalho else None,
            guias=tuple(presented(n, guia) for n, guia in enumerate(mensagem.corpo.guias, 1)) if mensagem else (),
            valor_informado=resultado.valor_total,
            achados=resultado.achados,
            corpo=mensagem.corpo if mensagem else None,
        )

    def receipt(self, lote: LoteLido, peg: Peg, contexto: Contexto) -> bytes:
        """`recebimentoLote` that lists every guia of the lote under its protocolo."""
        corpo = lote.corpo
        if corpo is None:
            raise ValueError("a receipt lists the guias of a lote that was read")
        odonto = corpo.tipo is TipoGuia.ODONTO
        protocolo = ProtocoloRecebimento(
            registro_ans=peg.registro_ans,
            prestador=_contratado(lote.origem, contexto),
            numero_lote=peg.numero_lote,
            data_envio_lote=local_day(peg.data_recepcao),
            numero_protocolo=peg.protocolo,
            valor_total_protocolo=peg.valor_informado,
            guias=() if odonto else tuple(_received(guia) for guia in corpo.guias),
            guias_odonto=tuple(_received_odonto(guia) for guia in corpo.guias) if odonto else (),
        )
        return _message(lote, contexto, peg.data_recepcao, RecebimentoLote(protocolo=protocolo))

    def refusal(self, lote: LoteLido, contexto: Contexto, achados: Sequence[Achado], recebido_em: datetime) -> bytes:
        """`recebimentoLote` with `mensagemErro`: the first finding, and how many more the report has."""
        first = achados[0]
        others = len(achados) - 1
        more = f" (e mais {others} achado(s): veja o relatório do envio)" if others else ""
        text = first.mensagem[: DESCRICAO_MAXIMA - len(more)] + more
        erro = MotivoGlosa(codigo=first.codigo, descricao=text)
        return _message(lote, contexto, recebido_em, RecebimentoLote(mensagem_erro=erro))


def _message(lote: LoteLido, contexto: Contexto, when: datetime, corpo: RecebimentoLote) -> bytes:
    """The answer's envelope: dated by the reception and numbered as the sender did, so that a retry writes the same."""
    moment = when.astimezone(FUSO)
    cabecalho = Cabecalho(
        tipo_transacao=TipoTransacao.PROTOCOLO_RECEBIMENTO.value,
        sequencial_transacao=lote.sequencial or "1",
        data_registro=moment.date(),
        hora_registro=f"{moment:%H:%M:%S}",
        origem=Parte(registro_ans=contexto.registro_ans),
        destino=_destino(lote.origem, contexto),
        padrao=answer_version(lote).value,
    )
    return write_recebimento(Mensagem(cabecalho=cabecalho, corpo=corpo))


def _identificacao(origem: Parte) -> Identificacao | None:
    found = Identificacao(origem.cnpj, origem.cpf, origem.codigo_prestador_na_operadora)
    return None if found == Identificacao() else found


def _own(contexto: Contexto) -> Identificacao:
    """How we know the prestador, for answers to a message whose sender could not be read."""
    if contexto.codigo_na_operadora:
        return Identificacao(codigo_na_operadora=contexto.codigo_na_operadora)
    return Identificacao(cnpj=contexto.cnpj) if contexto.cnpj else Identificacao(cpf=contexto.cpf)


def _destino(origem: Identificacao | None, contexto: Contexto) -> Parte:
    who = origem or _own(contexto)
    return Parte(cnpj=who.cnpj, cpf=who.cpf, codigo_prestador_na_operadora=who.codigo_na_operadora)


def _contratado(origem: Identificacao | None, contexto: Contexto) -> Contratado:
    who = origem or _own(contexto)
    return Contratado(cnpj=who.cnpj, cpf=who.cpf, codigo_na_operadora=who.codigo_na_operadora)


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


def _values(total: Decimal) -> ValoresProcessados:
    """At reception nothing is glosado yet: informado = liberado + glosado, to the cent (invariant 2)."""
    return ValoresProcessados(processado=total, glosa=ZERO, liberado=total)


def _received(guia: Any) -> GuiaRecebida:
    if isinstance(guia, GuiaHonorarios):
        beneficiario = Beneficiario(numero_carteira=guia.numero_carteira, atendimento_rn=guia.atendimento_rn)
    else:
        beneficiario = replace(guia.beneficiario, identificador=None, tipo_ident=None)
    row = presented(1, guia)
    return GuiaRecebida(
        numero_guia_prestador=row.numero_guia_prestador,
        numero_guia_operadora=row.numero_guia_operadora,
        beneficiario=beneficiario,
        data_realizacao=row.data_atendimento,
        valores=_values(row.valor_informado),
    )


def _received_odonto(guia: Any) -> GuiaOdontoRecebida:
    return GuiaOdontoRecebida(
        numero_guia_prestador=guia.numero_guia_prestador,
        numero_guia_operadora=guia.numero_guia_operadora,
        numero_carteira=guia.beneficiario.numero_carteira,
        atendimento_rn=guia.beneficiario.atendimento_rn,
        valores=_values(guia.valor_total),
    )
