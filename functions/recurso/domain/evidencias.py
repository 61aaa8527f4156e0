"""What usually proves that a glosa is wrong: tipos de documento (`dm_tipoDocumento`) by the reason of the glosa.

Practice, not a norm: it is shown before contesting, and is the checklist after it; nothing is refused for want of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from conecta_contas.analise import Glosa
from conecta_tiss.vocabulary.glosas import Motivo
from recurso.domain.glosas import has_code

LAUDO, PEDIDO, RELATORIO, PRESCRICAO, PRESENCA, EMBALAGEM = "02", "03", "04", "05", "06", "07"
NOTA, ANESTESIA, SELOS, IMAGEM, ANALISES, AUTORIZACAO = "09", "10", "11", "12", "13", "16"
ELEGIBILIDADE: Final = "01"
_POR_MOTIVO: Final[Mapping[Motivo, tuple[str, ...]]] = {
    Motivo.BENEFICIARIO_DESLIGADO: (ELEGIBILIDADE, PRESENCA),
    Motivo.CARTEIRA_INVALIDA: (ELEGIBILIDADE,),
    Motivo.ATENDIMENTO_EM_CARENCIA: (RELATORIO,),
    Motivo.EXIGE_AUTORIZACAO_PREVIA: (AUTORIZACAO,),
    Motivo.SENHA_NAO_ENCONTRADA: (AUTORIZACAO,),
    Motivo.SENHA_VENCIDA_NO_ATENDIMENTO: (AUTORIZACAO, PRESENCA),
    Motivo.SENHA_CANCELADA: (AUTORIZACAO,),
    Motivo.SENHA_DE_OUTRO_PRESTADOR: (AUTORIZACAO,),
    Motivo.CODIGO_DIFERENTE_DO_AUTORIZADO: (AUTORIZACAO, RELATORIO),
    Motivo.ATENDIMENTO_ANTES_DA_AUTORIZACAO: (AUTORIZACAO, RELATORIO),
    Motivo.DATA_INCORRETA: (PRESENCA, RELATORIO),
    Motivo.COBRANCA_EM_DUPLICIDADE: (PRESENCA, RELATORIO),
    Motivo.HONORARIO_EM_DUPLICIDADE: (ANESTESIA, RELATORIO),
    Motivo.QUANTIDADE_COBRADA_ACIMA_DA_AUTORIZADA: (AUTORIZACAO, RELATORIO),
    Motivo.DIARIAS_SEM_PRORROGACAO: (AUTORIZACAO, RELATORIO),
    Motivo.MEDICAMENTO_SEM_PROCEDIMENTO: (PRESCRICAO, RELATORIO),
    Motivo.PROCEDIMENTO_SEM_MEDICAMENTO: (PRESCRICAO, EMBALAGEM),
    Motivo.OPME_SEM_NOTA_FISCAL: (NOTA,),
    Motivo.OPME_NAO_AUTORIZADO: (AUTORIZACAO, LAUDO),
    Motivo.NAO_AUTORIZADO_POR_MOTIVO_TECNICO: (LAUDO, RELATORIO),
    Motivo.DOCUMENTACAO_INCOMPLETA: (PEDIDO, LAUDO, PRESENCA),
    Motivo.VALOR_ACIMA_DO_CONTRATADO: (NOTA,),
    Motivo.REINCIDENCIA_NO_ATENDIMENTO: (RELATORIO,),
    Motivo.REDUCAO_ACRESCIMO_FORA_DA_TABELA: (ANESTESIA, RELATORIO),
}
_OUTRAS: Final = (RELATORIO,)
"""Of every other reason: that of who did it."""


def evidencias_of(glosa: Glosa) -> tuple[str, ...]:
    """Of one glosa: by its reason, or by the reason that its code says."""
    own = Motivo.__members__.get(glosa.motivo)
    if own is not None and own in _POR_MOTIVO:
        return _POR_MOTIVO[own]
    return next((found for motivo, found in _POR_MOTIVO.items() if has_code(glosa, motivo.value.ate_4_02)), _OUTRAS)


def evidencias(glosas: Iterable[Glosa]) -> tuple[str, ...]:
    """Of several, each tipo once, by its code."""
    return tuple(sorted({tipo for one in glosas for tipo in evidencias_of(one)}))
