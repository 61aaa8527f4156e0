"""`solicitacaoDemonstrativoRetorno` and `demonstrativosRetorno`.

Misspelt names of elements are the standard's own.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from conecta_tiss.messages import demonstrativos
from conecta_tiss.xml.layout import (
    CENTRO_CONSUMO,
    DENTE_REGIAO,
    OBSERVACAO,
    Filho,
    Lista,
    Registro,
    contratado,
    data,
    decimal,
    dentro,
    motivo_glosa,
    numero,
    procedimento_dados,
    quantidade,
    sim_nao,
    texto,
    valor,
)
from conecta_tiss.xml.layouts.comum import MENSAGEM_ERRO, PRESTADOR

if TYPE_CHECKING:
    from conecta_tiss.xml.layout import Folha

_PEDIDO: Final = (PRESTADOR, data("dataSolicitacao", "data_solicitacao"))
_GUIA: Final = (
    texto("numeroGuiaPrestador", "numero_guia_prestador"),
    texto("numeroGuiaOperadora", "numero_guia_operadora"),
)
_CNES: Final = texto("CNES", "cnes")


def _amounts(informado: str, processado: str, liberado: str, glosa: str) -> tuple[Folha, ...]:
    return (
        valor(informado, "informado"), valor(processado, "processado"), valor(liberado, "liberado"),
        valor(glosa, "glosa"),
    )  # fmt: skip


def _dental(informado: str, processado: str, glosa: str, franquia: str, liberado: str) -> tuple[Folha, ...]:
    return (
        valor(informado, "informado"), valor(processado, "processado"), valor(glosa, "glosa"),
        valor(franquia, "franquia"), valor(liberado, "liberado"),
    )  # fmt: skip


def _net(debitos: str, creditos: str, liquido: str) -> tuple[Folha, ...]:
    return valor(debitos, "debitos"), valor(creditos, "creditos"), valor(liquido, "liquido")


# --- the question ---


@cache
def solicitacao_pagamento() -> Registro:
    """`demonstrativoPagamento` of ct_demonstrativoSolicitacao."""
    return Registro(
        classe=demonstrativos.SolicitacaoPagamento,
        partes=(
            *_PEDIDO,
            texto("tipoDemonstrativo", "tipo_demonstrativo"),
            dentro("periodo", data("dataPagamento", "data_pagamento"), texto("competencia", "competencia")),
        ),
    )


@cache
def solicitacao_analise() -> Registro:
    """`demonstrativoAnalise` of ct_demonstrativoSolicitacao."""
    return Registro(
        classe=demonstrativos.SolicitacaoAnalise,
        partes=(*_PEDIDO, Lista(elemento="numeroProtocolo", campo="protocolos", envoltorio="protocolos")),
    )


@cache
def solicitacao_demonstrativo() -> Registro:
    """ct_demonstrativoSolicitacao."""
    return Registro(
        classe=demonstrativos.SolicitacaoDemonstrativo,
        partes=(
            Filho(elemento="demonstrativoPagamento", campo="pagamento", registro=solicitacao_pagamento),
            Filho(elemento="demonstrativoAnalise", campo="analise", registro=solicitacao_analise),
        ),
    )


# --- what was analysed ---


@cache
def cabecalho() -> Registro:
    """ct_demonstrativoCabecalho."""
    return Registro(
        classe=demonstrativos.CabecalhoDemonstrativo,
        partes=(
            texto("registroANS", "registro_ans"),
            texto("numeroDemonstrativo", "numero"),
            texto("nomeOperadora", "nome_operadora"),
            texto("numeroCNPJ", "cnpj"),
            data("dataEmissao", "data_emissao"),
        ),
    )


_CABECALHO: Final = Filho(elemento="cabecalhoDemonstrativo", campo="cabecalho", registro=cabecalho)


@cache
def glosa_conta() -> Registro:
    """`relacaoGlosa` of an item."""
    return Registro(
        classe=demonstrativos.GlosaConta, partes=(valor("valorGlosa", "valor"), texto("tipoGlosa", "codigo"))
    )


@cache
def item_conta() -> Registro:
    """`detalhesGuia` of ct_contaMedicaResumo."""
    return Registro(
        classe=demonstrativos.ItemConta,
        partes=(
            numero("sequencialItem", "sequencial_item"),
            data("dataRealizacao", "data_realizacao"),
            procedimento_dados(),
            texto("grauParticipacao", "grau_participacao"),
            valor("valorInformado", "informado"),
            decimal("qtdExecutada", "quantidade"),
            valor("valorProcessado", "processado"),
            valor("valorLiberado", "liberado"),
            Lista(elemento="relacaoGlosa", campo="glosas", registro=glosa_conta),
            CENTRO_CONSUMO,
        ),
    )


@cache
def guia_conta() -> Registro:
    """`relacaoGuias` of ct_contaMedicaResumo."""
    return Registro(
        classe=demonstrativos.GuiaConta,
        partes=(
            *_GUIA,
            texto("senha", "senha"),
            texto("numeroCarteira", "numero_carteira"),
            data("dataInicioFat", "data_inicio"),
            texto("horaInicioFat", "hora_inicio"),
            data("dataFimFat", "data_fim"),
            texto("horaFimFat", "hora_fim"),
            Lista(elemento="motivoGlosaGuia", campo="glosas", registro=motivo_glosa),
            texto("situacaoGuia", "situacao"),
            Lista(elemento="detalhesGuia", campo="itens", registro=item_conta),
            *_amounts("valorInformadoGuia", "valorProcessadoGuia", "valorLiberadoGuia", "valorGlosaGuia"),
            OBSERVACAO,
        ),
    )


@cache
def protocolo_conta() -> Registro:
    """ct_contaMedicaResumo."""
    return Registro(
        classe=demonstrativos.ProtocoloConta,
        partes=(
            texto("numeroLotePrestador", "numero_lote"),
            texto("numeroProtocolo", "numero_protocolo"),
            data("dataProtocolo", "data_protocolo"),
            Filho(elemento="GlosaProtocolo", campo="motivo", registro=motivo_glosa),
            texto("situacaoProtocolo", "situacao"),
            Lista(elemento="relacaoGuias", campo="guias", registro=guia_conta),
            *_amounts(
                "valorInformadoProtocolo", "valorProcessadoProtocolo", "valorLiberadoProtocolo", "valorGlosaProtocolo"
            ),
        ),
    )


@cache
def demonstrativo_analise_conta() -> Registro:
    """ctm_demonstrativoAnaliseConta."""
    return Registro(
        classe=demonstrativos.DemonstrativoAnaliseConta,
        partes=(
            _CABECALHO,
            dentro(
                "dadosPrestador",
                Filho(elemento="dadosContratado", campo="prestador", registro=contratado),
                _CNES,
            ),
            Lista(elemento="dadosProtocolo", campo="protocolos", registro=protocolo_conta, envoltorio="dadosConta"),
            *_amounts("valorInformadoGeral", "valorProcessadoGeral", "valorLiberadoGeral", "valorGlosaGeral"),
            OBSERVACAO,
        ),
    )


# --- what was paid ---


@cache
def debito_credito() -> Registro:
    """ct_descontos."""
    return Registro(
        classe=demonstrativos.DebitoCredito,
        partes=(
            texto("indicador", "indicador"),
            texto("tipoDebitoCredito", "tipo"),
            texto("descricaoDbCr", "descricao"),
            valor("valorDbCr", "valor"),
        ),
    )


def _debits(elemento: str, envoltorio: str | None = None) -> Lista:
    return Lista(elemento=elemento, campo="debitos_creditos", registro=debito_credito, envoltorio=envoltorio)


@cache
def guia_paga() -> Registro:
    """`guiasDoLote` of ct_dadosResumoDemonstrativo."""
    return Registro(
        classe=demonstrativos.GuiaPaga,
        partes=(
            *_GUIA,
            texto("senha", "senha"),
            texto("tipoPagamento", "tipo_pagamento"),
            valor("valorProcessadoGuia", "processado"),
            valor("valorLiberadoGuia", "liberado"),
            valor("valorGlosaGuia", "glosa"),
        ),
    )


@cache
def protocolo_pago() -> Registro:
    """ct_dadosResumoDemonstrativo."""
    return Registro(
        classe=demonstrativos.ProtocoloPago,
        partes=(
            data("dataProtocolo", "data_protocolo"),
            texto("numeroProtocolo", "numero_protocolo"),
            texto("numeroLote", "numero_lote"),
            *_amounts("valorInformado", "valorProcessado", "valorLiberado", "valorGlosa"),
            Lista(elemento="guiasDoLote", campo="guias", registro=guia_paga),
        ),
    )


@cache
def pagamento_por_data() -> Registro:
    """`pagamentosPorData` of ctm_demonstrativoPagamento."""
    return Registro(
        classe=demonstrativos.PagamentoPorData,
        partes=(
            dentro(
                "dadosPagamento",
                data("dataPagamento", "data_pagamento"),
                texto("formaPagamento", "forma_pagamento"),
                texto("banco", "banco"),
                texto("agencia", "agencia"),
                texto("nrContaCheque", "conta"),
            ),
            Lista(elemento="relacaoProtocolos", campo="protocolos", registro=protocolo_pago, envoltorio="dadosResumo"),
            dentro(
                "totaisBrutosPorData",
                *_amounts(
                    "totalInformadoPorData", "totalProcessadoPorData", "totaLiberadoPorData", "totalGlosaPorData"
                ),
            ),
            _debits("debitosCreditos", "debitosCreditosPorData"),
            dentro("totaisLiquidosPorData", *_net("totalDebitosPorData", "totalCreditosPorData", "liquidoPorData")),
        ),
    )


@cache
def demonstrativo_pagamento() -> Registro:
    """ctm_demonstrativoPagamento."""
    return Registro(
        classe=demonstrativos.DemonstrativoPagamento,
        partes=(
            _CABECALHO,
            dentro("dadosContratado", PRESTADOR, _CNES),
            Lista(
                elemento="pagamentosPorData", campo="pagamentos", registro=pagamento_por_data, envoltorio="pagamentos"
            ),
            dentro(
                "totaisDemonstrativo",
                dentro(
                    "totaisBrutosDemonstrativo",
                    *_amounts("valorInformadoBruto", "valorProcessadoBruto", "valorLiberadoBruto", "valorGlosaBruto"),
                ),
                _debits("debitosCreditosDemonstrativo"),
                dentro(
                    "totaisLiquidosDemonstrativo",
                    *_net("totalDebitosDemonstrativo", "totalCreditosdemonstrativo", "valorLiberadoDemonstrativo"),
                ),
            ),
            OBSERVACAO,
        ),
    )


# --- what was paid of odontologia ---


@cache
def cabecalho_odonto() -> Registro:
    """`cabecalhoDemonstrativoOdonto` of cto_demonstrativoOdontologia."""
    return Registro(
        classe=demonstrativos.CabecalhoDemonstrativoOdonto,
        partes=(
            texto("registroANS", "registro_ans"),
            texto("numeroDemonstrativo", "numero"),
            texto("nomeOperadora", "nome_operadora"),
            texto("cnpjOper", "cnpj"),
            dentro("periodoProc", data("datainicio", "data_inicio"), data("datafim", "data_fim")),
        ),
    )


@cache
def item_odonto() -> Registro:
    """`dadosPagamento` of a dental guia."""
    return Registro(
        classe=demonstrativos.ItemOdonto,
        partes=(
            numero("sequencialItem", "sequencial_item"),
            procedimento_dados(),
            DENTE_REGIAO,
            texto("denteFace", "face"),
            data("dataRealizacao", "data_realizacao"),
            quantidade("qtdProc", "quantidade"),
            *_dental("valorInformado", "valorProcessado", "valorGlosaEstorno", "valorFranquia", "valorLiberado"),
            Lista(elemento="codigosGlosa", campo="glosas"),
        ),
    )


@cache
def guia_odonto_paga() -> Registro:
    """`dadosPagamentoGuia` of cto_demonstrativoOdontologia."""
    return Registro(
        classe=demonstrativos.GuiaOdontoPaga,
        partes=(
            *_GUIA,
            sim_nao("recurso", "recurso"),
            texto("nomeExecutante", "nome_executante"),
            texto("carteiraBeneficiario", "numero_carteira"),
            Lista(elemento="dadosPagamento", campo="itens", registro=item_odonto),
            texto("observacaoGuia", "observacao"),
            *_dental(
                "valorTotalInformadoGuia", "valorTotalProcessadoGuia", "valorTotalGlosaGuia",
                "valorTotalFranquiaGuia", "valorTotalLiberadoGuia",
            ),
        ),
    )  # fmt: skip


@cache
def protocolo_odonto() -> Registro:
    """`protocolos` of cto_demonstrativoOdontologia."""
    return Registro(
        classe=demonstrativos.ProtocoloOdonto,
        partes=(
            texto("numeroLote", "numero_lote"),
            texto("numeroProtocolo", "numero_protocolo"),
            Lista(elemento="dadosPagamentoGuia", campo="guias", registro=guia_odonto_paga),
            dentro(
                "totaisPorProtocolo",
                *_dental(
                    "valorTotalInformadoPorProtocolo", "valorTotalProcessadoPorProtocolo",
                    "valorTotalGlosaPorProtocolo", "valorTotalFranquiaPorProtocolo", "valorTotalLiberadoPorProtocolo",
                ),
            ),
        ),
    )  # fmt: skip


@cache
def pagamento_odonto_por_data() -> Registro:
    """`dadosPagamentoPorData` of cto_demonstrativoOdontologia."""
    return Registro(
        classe=demonstrativos.PagamentoOdontoPorData,
        partes=(
            dentro(
                "dadosPagamento",
                data("dataPagamento", "data_pagamento"),
                texto("banco", "banco"),
                texto("agencia", "agencia"),
                texto("conta", "conta"),
            ),
            Lista(elemento="protocolos", campo="protocolos", registro=protocolo_odonto),
            dentro(
                "totaisPorData",
                *_dental(
                    "valorBrutonformadoPorData", "valorBrutoProcessadoPorData", "valorBrutoGlosaPorData",
                    "valorBrutoFranquiaPorData", "valorBrutoLiberadoPorData",
                ),
            ),
            _debits("descontos", "debCredPorDataPagamento"),
            dentro(
                "totalLiquidoPorData",
                *_net("valorTotalDebitosPorData", "valorTotalCreditosPorData", "valorFinalAReceberPorData"),
            ),
        ),
    )  # fmt: skip


@cache
def demonstrativo_odonto() -> Registro:
    """cto_demonstrativoOdontologia."""
    return Registro(
        classe=demonstrativos.DemonstrativoOdonto,
        partes=(
            Filho(elemento="cabecalhoDemonstrativoOdonto", campo="cabecalho", registro=cabecalho_odonto),
            dentro(
                "dadosPrestador",
                texto("codigoPrestador", "codigo_prestador"),
                dentro(
                    "cpfCNPJContratado",
                    texto("cnpjPrestador", "cnpj_prestador"),
                    texto("cpfContratado", "cpf_prestador"),
                ),
            ),
            Lista(elemento="dadosPagamentoPorData", campo="pagamentos", registro=pagamento_odonto_por_data),
            dentro(
                "totaisBrutoDemonstrativo",
                *_dental(
                    "valorInformadoPorDemonstrativoData", "valorlProcessadoPorDemonstrativo",
                    "valorlGlosaPorDemonstrativo", "valoFranquiaPorDemonstrativo", "valorLiberadoPorDemonstrativo",
                ),
            ),
            _debits("descontos", "debCredDemonstrativo"),
            *_net("totalDebitosDemonstativo", "totalCreditosDemonstrativo", "valorRecebidoDemonstrativo"),
            OBSERVACAO,
        ),
    )  # fmt: skip


# --- the answer ---


@cache
def situacao_demonstrativo() -> Registro:
    """`situacaoDemonstrativoRetorno` of ct_demonstrativoRetorno."""
    return Registro(
        classe=demonstrativos.SituacaoDemonstrativo,
        partes=(
            texto("identificacaoOperadora", "registro_ans"),
            PRESTADOR,
            texto("numeroProtocolo", "numero_protocolo"),
            texto("protocoloSolicitacaoDemonstrativo", "protocolo_solicitacao"),
            texto("tipoDemonstrativo", "tipo_demonstrativo"),
            data("dataSituacaoDemonstrativo", "data_situacao"),
            texto("situacaoDemonstrativo", "situacao"),
        ),
    )


@cache
def demonstrativos_retorno() -> Registro:
    """ct_demonstrativoRetorno."""
    return Registro(
        classe=demonstrativos.DemonstrativosRetorno,
        partes=(
            MENSAGEM_ERRO,
            Lista(elemento="demonstrativoAnaliseConta", campo="analises", registro=demonstrativo_analise_conta),
            Filho(elemento="demonstrativoPagamento", campo="pagamento", registro=demonstrativo_pagamento),
            Filho(elemento="demonstrativoPagamentoOdonto", campo="odonto", registro=demonstrativo_odonto),
            Filho(elemento="situacaoDemonstrativoRetorno", campo="situacao", registro=situacao_demonstrativo),
        ),
    )
