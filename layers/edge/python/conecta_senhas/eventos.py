"""What the others are told: an entry of the timeline is a fact, under a name in the past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conecta_senhas.autorizacoes import Evento

FATOS: Final[Mapping[Evento, str]] = {
    Evento.SOLICITADA: "AutorizacaoSolicitada",
    Evento.CARREGADA: "SenhaCarregada",
    Evento.DECIDIDA: "AutorizacaoDecidida",
    Evento.PENDENCIA_ABERTA: "PendenciaAberta",
    Evento.PENDENCIA_RESPONDIDA: "PendenciaRespondida",
    Evento.PENDENCIA_PRORROGADA: "PendenciaProrrogada",
    Evento.PENDENCIA_ENCERRADA: "PendenciaEncerrada",
    Evento.ANEXO_RECEBIDO: "AnexoRecebido",
    Evento.CANCELADA: "AutorizacaoCancelada",
    Evento.RETIRADA: "AutorizacaoCancelada",
    Evento.EXPIRADA: "AutorizacaoExpirada",
    Evento.QUANTIDADE_ALTERADA: "QuantidadeAlterada",
    Evento.EXECUTANTE_ALTERADO: "ExecutanteAlterado",
    Evento.DATA_PEDIDA: "DataPedida",
    Evento.DATA_DECIDIDA: "DataDecidida",
    Evento.INTERNADO: "InternacaoComunicada",
    Evento.ALTA: "AltaComunicada",
    Evento.SUBSTITUICAO_PEDIDA: "SubstituicaoPedida",
    Evento.SUBSTITUICAO_ENCERRADA: "SubstituicaoEncerrada",
    Evento.SUBSTITUIDA: "AutorizacaoSubstituida",
    Evento.ATENDIMENTO_REGISTRADO: "AtendimentoRegistrado",
    Evento.SENHA_A_VENCER: "SenhaAVencer",
    Evento.RESPOSTA_ATRASADA: "RespostaAtrasada",
}
"""The event each entry publishes."""
