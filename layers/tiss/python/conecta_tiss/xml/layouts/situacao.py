"""`solicitacaoStatusProtocolo` and `situacaoProtocolo`."""

from __future__ import annotations

from functools import cache
from typing import Final

from conecta_tiss.messages import situacao
from conecta_tiss.xml.layout import Filho, Lista, Registro, data, dentro, late, texto
from conecta_tiss.xml.layouts.comum import ANEXOS_DECIDIDOS, MENSAGEM_ERRO, PRESTADOR

_DE_QUEM: Final = (texto("identificacaoOperadora", "registro_ans"), PRESTADOR)
_PROTOCOLO: Final = (
    texto("statusProtocolo", "status_protocolo"),
    texto("numeroProtocolo", "numero_protocolo"),
    texto("numeroLote", "numero_lote"),
    data("dataEnvioLote", "data_envio_lote"),
)


@cache
def solicitacao_status_protocolo() -> Registro:
    """ct_protocoloSolicitacaoStatus."""
    return Registro(
        classe=situacao.SolicitacaoStatusProtocolo,
        partes=(PRESTADOR, texto("numeroProtocolo", "numero_protocolo")),
    )


@cache
def detalhe_lote() -> Registro:
    """ct_loteStatus."""
    return Registro(
        classe=situacao.DetalheLote,
        partes=(
            *_PROTOCOLO,
            Filho(elemento="valorTotalLote", campo="valores", registro=late("recebimento", "valores_processados")),
            dentro(
                "guiasTISS",
                Lista(
                    elemento="guiasMedicas",
                    campo="guias",
                    registro=late("recebimento", "guia_recebida"),
                    interno="guias",
                ),
                Lista(
                    elemento="guiasOdonto",
                    campo="guias_odonto",
                    registro=late("recebimento", "guia_odonto_recebida"),
                    interno="guias",
                ),
            ),
        ),
    )


@cache
def situacao_do_protocolo() -> Registro:
    """ct_protocoloStatus."""
    return Registro(
        classe=situacao.SituacaoDoProtocolo,
        partes=(
            *_DE_QUEM,
            dentro(
                "lote",
                Filho(elemento="detalheLote", campo="detalhe", registro=detalhe_lote),
                MENSAGEM_ERRO,
            ),
        ),
    )


@cache
def detalhe_lote_anexo() -> Registro:
    """ct_loteAnexoStatus."""
    return Registro(
        classe=situacao.DetalheLoteAnexo,
        partes=(*_PROTOCOLO, dentro("anexosClinicos", *ANEXOS_DECIDIDOS)),
    )


@cache
def situacao_protocolo_anexo() -> Registro:
    """ct_protocoloAnexoStatus."""
    return Registro(
        classe=situacao.SituacaoProtocoloAnexo,
        partes=(
            *_DE_QUEM,
            dentro(
                "loteAnexo",
                Filho(elemento="detalheLoteAnexo", campo="detalhe", registro=detalhe_lote_anexo),
                MENSAGEM_ERRO,
            ),
        ),
    )


@cache
def situacao_protocolo() -> Registro:
    """ct_situacaoProtocolo."""
    return Registro(
        classe=situacao.SituacaoProtocolo,
        partes=(
            MENSAGEM_ERRO,
            Filho(elemento="situacaoDoProtocolo", campo="situacao", registro=situacao_do_protocolo),
            Filho(elemento="situacaoProtocoloAnexo", campo="anexo", registro=situacao_protocolo_anexo),
        ),
    )
