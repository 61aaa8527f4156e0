"""Domain tables (dm_*) of the schemas, as enums whose values are the codes a message carries.

`DOMINIOS` says which dm_* table each enum is. A few codes came with a later version: `codigos_em` gives the
codes one version enumerates (a test compares every one with the schemas). Labels for people are ANS's own:
`conecta_tiss.terminologia.table_label`. The four long tables are in `wide_tables`: making 230 members takes
milliseconds that a cold start of most functions need not spend. Tables that no code branches on are only
in the terminology.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from conecta_tiss.versions import Versao

if TYPE_CHECKING:
    from collections.abc import Mapping


# Message and protocolo


class TipoTransacao(StrEnum):
    """What a message is: the first twelve go from prestador to operadora, the others back."""

    ENVIO_LOTE_GUIAS = "ENVIO_LOTE_GUIAS"
    ENVIO_ANEXO = "ENVIO_ANEXO"
    SOLIC_DEMONSTRATIVO_RETORNO = "SOLIC_DEMONSTRATIVO_RETORNO"
    SOLIC_STATUS_PROTOCOLO = "SOLIC_STATUS_PROTOCOLO"
    SOLICITACAO_PROCEDIMENTOS = "SOLICITACAO_PROCEDIMENTOS"
    SOLICITA_STATUS_AUTORIZACAO = "SOLICITA_STATUS_AUTORIZACAO"
    VERIFICA_ELEGIBILIDADE = "VERIFICA_ELEGIBILIDADE"
    CANCELA_GUIA = "CANCELA_GUIA"
    COMUNICACAO_BENEFICIARIO = "COMUNICACAO_BENEFICIARIO"
    RECURSO_GLOSA = "RECURSO_GLOSA"
    SOLIC_STATUS_RECURSO_GLOSA = "SOLIC_STATUS_RECURSO_GLOSA"
    ENVIO_DOCUMENTO = "ENVIO_DOCUMENTO"
    PROTOCOLO_RECEBIMENTO = "PROTOCOLO_RECEBIMENTO"
    PROTOCOLO_RECEBIMENTO_ANEXO = "PROTOCOLO_RECEBIMENTO_ANEXO"
    RECEBIMENTO_RECURSO_GLOSA = "RECEBIMENTO_RECURSO_GLOSA"
    DEMONSTRATIVO_ANALISE_CONTA = "DEMONSTRATIVO_ANALISE_CONTA"
    DEMONSTRATIVO_PAGAMENTO = "DEMONSTRATIVO_PAGAMENTO"
    DEMONSTRATIVO_ODONTOLOGIA = "DEMONSTRATIVO_ODONTOLOGIA"
    SITUACAO_PROTOCOLO = "SITUACAO_PROTOCOLO"
    RESPOSTA_SOLICITACAO = "RESPOSTA_SOLICITACAO"
    AUTORIZACAO_ODONTOLOGIA = "AUTORIZACAO_ODONTOLOGIA"
    STATUS_AUTORIZACAO = "STATUS_AUTORIZACAO"
    SITUACAO_ELEGIBILIDADE = "SITUACAO_ELEGIBILIDADE"
    CANCELAMENTO_GUIA_RECIBO = "CANCELAMENTO_GUIA_RECIBO"
    RECIBO_COMUNICACAO = "RECIBO_COMUNICACAO"
    RESPOSTA_RECURSO_GLOSA = "RESPOSTA_RECURSO_GLOSA"
    RECEBIMENTO_DOCUMENTO = "RECEBIMENTO_DOCUMENTO"


class StatusProtocolo(StrEnum):
    """State of a protocolo, of a guia and of a demonstrativo."""

    RECEBIDO = "1"
    EM_ANALISE = "2"
    LIBERADO_PARA_PAGAMENTO = "3"
    ENCERRADO_SEM_PAGAMENTO = "4"
    ANALISADO_AGUARDANDO_LIBERACAO = "5"
    PAGAMENTO_EFETUADO = "6"
    NAO_LOCALIZADO = "7"
    AGUARDANDO_INFORMACAO_COMPLEMENTAR = "8"
    CANCELADO = "9"
    BLOQUEIO_JUDICIAL = "10"
    """From 4.02.00 on."""


class StatusSolicitacao(StrEnum):
    """State of an authorisation request."""

    AUTORIZADO = "1"
    EM_ANALISE = "2"
    NEGADO = "3"
    AGUARDANDO_JUSTIFICATIVA_TECNICA = "4"
    AGUARDANDO_DOCUMENTACAO = "5"
    SOLICITACAO_CANCELADA = "6"
    AUTORIZADO_PARCIALMENTE = "7"


class StatusCancelamento(StrEnum):
    """What became of a cancellation."""

    CANCELADO_COM_SUCESSO = "1"
    NAO_CANCELADO = "2"
    GUIA_INEXISTENTE = "3"
    EM_PROCESSAMENTO = "4"
    LOTE_INEXISTENTE = "5"
    PROTOCOLO_INEXISTENTE = "6"


class TipoGuia(StrEnum):
    """Nature of a guia in cancellations and documents."""

    SOLICITACAO = "1"
    FATURAMENTO = "2"
    RECURSO_GLOSA = "3"


class TipoEvento(StrEnum):
    """Event told by a comunicacao de beneficiario."""

    INICIO_INTERNACAO = "I"
    ALTA = "A"


class EtapaAutorizacao(StrEnum):
    """Who asks for the authorisation."""

    AUTORIZACAO_PREVIA = "1"
    PRESTADOR_EXECUTANTE = "2"


class ObjetoRecurso(StrEnum):
    """What a recurso de glosa contests."""

    PROTOCOLO = "1"
    GUIA = "2"


class SimNao(StrEnum):
    """Yes or no."""

    SIM = "S"
    NAO = "N"


# Beneficiario and prestador


class Sexo(StrEnum):
    """Sex of the beneficiario."""

    MASCULINO = "1"
    FEMININO = "3"


class TipoIdentificacao(StrEnum):
    """How the beneficiario was identified."""

    TARJA_MAGNETICA = "01"
    CODIGO_DE_BARRAS = "02"
    CARTAO_FISICO = "03"
    QR_CODE = "04"
    IMPRESSAO_DIGITAL = "05"
    LEITURA_FACIAL = "06"
    LEITURA_DE_IRIS = "07"
    GEOMETRIA_DA_MAO = "08"
    CARTAO_VIRTUAL = "09"


class AusenciaCodValidacao(StrEnum):
    """Why there is no validation code (token)."""

    INTERNADO = "01"
    URGENCIA_EMERGENCIA = "02"
    INTERMITENCIA_DE_SISTEMAS = "03"
    NEGOU_SE_A_TRANSMITIR = "04"
    COLETA_DOMICILIAR = "05"
    MATERIAL_ENVIADO_POR_TERCEIROS = "06"
    NAO_POSSUI_CELULAR = "07"


class ConselhoProfissional(StrEnum):
    """Professional council."""

    CRESS = "01"
    COREN = "02"
    CRF = "03"
    CRFA = "04"
    CREFITO = "05"
    CRM = "06"
    CRN = "07"
    CRO = "08"
    CRP = "09"
    OUTROS = "10"
    CRBIO = "11"
    CRBM = "12"
    CREF = "13"
    CRMV = "14"
    CRTR = "15"


class UF(StrEnum):
    """State of the council, by IBGE's code (not by the letters)."""

    RO = "11"
    AC = "12"
    AM = "13"
    RR = "14"
    PA = "15"
    AP = "16"
    TO = "17"
    MA = "21"
    PI = "22"
    CE = "23"
    RN = "24"
    PB = "25"
    PE = "26"
    AL = "27"
    SE = "28"
    BA = "29"
    MG = "31"
    ES = "32"
    RJ = "33"
    SP = "35"
    PR = "41"
    SC = "42"
    RS = "43"
    MS = "50"
    MT = "51"
    GO = "52"
    DF = "53"
    EXTERIOR = "98"


# Attendance


class CaraterAtendimento(StrEnum):
    """Elective or urgent."""

    ELETIVA = "1"
    URGENCIA_EMERGENCIA = "2"


class TipoAtendimento(StrEnum):
    """Kind of SP/SADT attendance."""

    REMOCAO = "01"
    PEQUENA_CIRURGIA = "02"
    OUTRAS_TERAPIAS = "03"
    CONSULTA = "04"
    QUIMIOTERAPIA = "08"
    RADIOTERAPIA = "09"
    TERAPIA_RENAL_SUBSTITUTIVA = "10"
    PEQUENOS_ATENDIMENTOS = "13"
    EXAME = "23"


class TipoAtendimentoOdonto(StrEnum):
    """Kind of dental attendance."""

    TRATAMENTO_ODONTOLOGICO = "1"
    EXAME_RADIOLOGICO = "2"
    ORTODONTIA = "3"
    URGENCIA_EMERGENCIA = "4"
    AUDITORIA = "5"


class RegimeAtendimento(StrEnum):
    """Where the attendance happens."""

    AMBULATORIAL = "01"
    DOMICILIAR = "02"
    INTERNACAO = "03"
    PRONTO_SOCORRO = "04"
    TELESSAUDE = "05"


class SaudeOcupacional(StrEnum):
    """Occasion of an occupational examination."""

    ADMISSIONAL = "01"
    DEMISSIONAL = "02"
    PERIODICO = "03"
    RETORNO_AO_TRABALHO = "04"
    MUDANCA_DE_FUNCAO = "05"
    PROMOCAO_A_SAUDE = "06"


class TipoConsulta(StrEnum):
    """Kind of consultation."""

    PRIMEIRA = "1"
    SEGUIMENTO = "2"
    PRE_NATAL = "3"
    POR_ENCAMINHAMENTO = "4"


class IndicadorAcidente(StrEnum):
    """Whether an accident is the cause."""

    TRABALHO = "0"
    TRANSITO = "1"
    OUTROS = "2"
    NAO_ACIDENTE = "9"


class CoberturaEspecial(StrEnum):
    """Special cover."""

    GESTANTE = "01"
    PRE_OPERATORIO = "02"
    POS_OPERATORIO = "03"


class TipoInternacao(StrEnum):
    """Kind of internacao."""

    CLINICA = "1"
    CIRURGICA = "2"
    OBSTETRICA = "3"
    PEDIATRICA = "4"
    PSIQUIATRICA = "5"


class RegimeInternacao(StrEnum):
    """Where the internacao happens."""

    HOSPITALAR = "1"
    HOSPITAL_DIA = "2"
    DOMICILIAR = "3"


class TipoFaturamento(StrEnum):
    """Which account of one internacao this is."""

    PARCIAL = "1"
    FINAL = "2"
    COMPLEMENTAR = "3"
    TOTAL = "4"


class TipoFaturamentoOdonto(StrEnum):
    """Which account of one dental treatment this is."""

    PARCIAL = "1"
    TOTAL = "4"


class MotivoSaida(StrEnum):
    """Why an internacao ended (or goes on)."""

    ALTA_CURADO = "11"
    ALTA_MELHORADO = "12"
    ALTA_A_PEDIDO = "14"
    ALTA_COM_PREVISAO_DE_RETORNO = "15"
    ALTA_POR_EVASAO = "16"
    ALTA_POR_OUTROS_MOTIVOS = "18"
    ALTA_DE_PACIENTE_AGUDO_EM_PSIQUIATRIA = "19"
    PERMANENCIA_POR_CARACTERISTICAS_DA_DOENCA = "21"
    PERMANENCIA_POR_INTERCORRENCIA = "22"
    PERMANENCIA_POR_IMPOSSIBILIDADE_SOCIO_FAMILIAR = "23"
    PERMANENCIA_POR_DOACAO_DOADOR_VIVO = "24"
    PERMANENCIA_POR_DOACAO_DOADOR_MORTO = "25"
    PERMANENCIA_POR_MUDANCA_DE_PROCEDIMENTO = "26"
    PERMANENCIA_POR_REOPERACAO = "27"
    PERMANENCIA_POR_OUTROS_MOTIVOS = "28"
    TRANSFERIDO_PARA_OUTRO_ESTABELECIMENTO = "31"
    TRANSFERIDO_PARA_INTERNACAO_DOMICILIAR = "32"
    OBITO_DECLARADO_PELO_ASSISTENTE = "41"
    OBITO_DECLARADO_PELO_IML = "42"
    OBITO_DECLARADO_PELO_SVO = "43"
    ENCERRAMENTO_ADMINISTRATIVO = "51"
    ALTA_DA_MAE_E_DO_RECEM_NASCIDO = "61"
    ALTA_DA_MAE_E_PERMANENCIA_DO_RECEM_NASCIDO = "62"
    ALTA_DA_MAE_E_OBITO_DO_RECEM_NASCIDO = "63"
    ALTA_DA_MAE_COM_OBITO_FETAL = "64"
    OBITO_DA_GESTANTE_E_DO_CONCEPTO = "65"
    OBITO_DA_MAE_E_ALTA_DO_RECEM_NASCIDO = "66"
    OBITO_DA_MAE_E_PERMANENCIA_DO_RECEM_NASCIDO = "67"


class MotivoSaidaObito(StrEnum):
    """The deaths of `MotivoSaida`, the only ones an SP/SADT guia may carry."""

    OBITO_DECLARADO_PELO_ASSISTENTE = "41"
    OBITO_DECLARADO_PELO_IML = "42"
    OBITO_DECLARADO_PELO_SVO = "43"


# Items


class Tabela(StrEnum):
    """Where a procedure code comes from."""

    DIARIAS_TAXAS_E_GASES = "18"
    MATERIAIS_E_OPME = "19"
    MEDICAMENTOS = "20"
    PROCEDIMENTOS_E_EVENTOS = "22"
    PACOTE_ODONTOLOGICO = "90"
    PACOTES = "98"
    PROPRIA = "00"


class OutrasDespesas(StrEnum):
    """Kind of expense (`codigoDespesa`)."""

    GASES_MEDICINAIS = "01"
    MEDICAMENTOS = "02"
    MATERIAIS = "03"
    DIARIAS = "05"
    TAXAS_E_ALUGUEIS = "07"
    OPME = "08"


class GrauParticipacao(StrEnum):
    """Part of a professional in a procedure."""

    CIRURGIAO = "00"
    PRIMEIRO_AUXILIAR = "01"
    SEGUNDO_AUXILIAR = "02"
    TERCEIRO_AUXILIAR = "03"
    QUARTO_AUXILIAR = "04"
    INSTRUMENTADOR = "05"
    ANESTESISTA = "06"
    AUXILIAR_DE_ANESTESISTA = "07"
    CONSULTOR = "08"
    PERFUSIONISTA = "09"
    PEDIATRA_NA_SALA_DE_PARTO = "10"
    AUXILIAR_SADT = "11"
    CLINICO = "12"
    INTENSIVISTA = "13"


class ViaDeAcesso(StrEnum):
    """Surgical access."""

    UNICA = "1"
    MESMA_VIA = "2"
    DIFERENTES_VIAS = "3"


class TecnicaUtilizada(StrEnum):
    """Surgical technique."""

    CONVENCIONAL = "1"
    VIDEOLAPAROSCOPIA = "2"
    ROBOTICA = "3"


class OpcaoFabricante(StrEnum):
    """Order of preference among the manufacturers of an OPME."""

    PRIMEIRA = "1"
    SEGUNDA = "2"
    TERCEIRA = "3"


class CentroConsumo(StrEnum):
    """Where in the hospital something was used; from 4.03.00 on."""

    BERCARIO = "1"
    ENFERMARIA = "2"
    APARTAMENTO = "3"
    SEMI_UTI = "4"
    UTI = "5"
    CENTRO_CIRURGICO = "6"
    PRONTO_SOCORRO = "7"
    RADIOLOGIA = "8"
    LABORATORIO = "9"
    NUTRICAO = "10"


# Odontologia


class CondicaoClinica(StrEnum):
    """State of a tooth."""

    AUSENTE = "A"
    EXTRACAO_INDICADA = "E"
    HIGIDO = "H"
    CARIADO = "C"
    RESTAURADO = "R"


# Documents and payment


class TipoDocumento(StrEnum):
    """What a document sent with a guia is."""

    COMPROVANTE_DE_ELEGIBILIDADE = "01"
    LAUDO = "02"
    PEDIDO = "03"
    RELATORIO = "04"
    PRESCRICAO = "05"
    COMPROVANTE_DE_COMPARECIMENTO = "06"
    EMBALAGEM_OU_ROTULO = "07"
    COMPROVANTE_DE_ENTREGA_DE_MEDICAMENTOS = "08"
    NOTAS_FISCAIS = "09"
    BOLETIM_ANESTESICO = "10"
    SELOS_HEMOTERAPICOS = "11"
    EXAMES_DE_IMAGEM = "12"
    EXAMES_DE_ANALISES_CLINICAS = "13"
    TERMO_DE_CONSENTIMENTO = "14"
    GUIA_DE_COBRANCA_DE_TAXA = "15"
    AUTORIZACAO_PREVIA = "16"
    RELATORIO_DE_AUDITORIA = "17"


class FormatoDocumento(StrEnum):
    """File format of a document."""

    JPEG = "01"
    PDF = "02"
    PNG = "03"
    TIFF = "04"
    CADES_JPEG = "05"
    CADES_PDF = "06"
    CADES_PNG = "07"
    CADES_TIFF = "08"
    PADES = "09"


class TipoDemonstrativo(StrEnum):
    """Which statement."""

    PAGAMENTO = "1"
    ANALISE_DE_CONTA = "2"
    PAGAMENTO_ODONTOLOGIA = "3"


class TipoDemonstrativoPagamento(StrEnum):
    """Which payment statement may be asked for by date."""

    PAGAMENTO = "1"
    PAGAMENTO_ODONTOLOGIA = "3"


class TipoPagamento(StrEnum):
    """Whether a guia is paid at first or after a recurso."""

    INICIAL = "1"
    RECURSO = "2"


class FormaPagamento(StrEnum):
    """How a payment is made."""

    DEPOSITO_OU_TRANSFERENCIA = "1"
    CARTEIRA = "2"
    BOLETO = "3"
    DINHEIRO_OU_CHEQUE = "4"


class DebitoCreditoIndicador(StrEnum):
    """Whether an entry of a statement takes or gives."""

    DEBITO = "1"
    CREDITO = "2"


class DebitoCreditoTipo(StrEnum):
    """What an entry of a statement is."""

    IRRF = "01"
    ISS = "02"
    INSS = "03"
    PIS = "04"
    COFINS = "05"
    CSLL = "06"
    DESCONTOS_FINANCEIROS = "07"
    AJUSTE_DE_PAGAMENTO_ANTERIOR = "08"
    DETERMINACAO_JUDICIAL = "09"


class FormaEnvio(StrEnum):
    """Through which door something came."""

    PORTAL = "1"
    UPLOAD = "2"
    WEBSERVICE = "3"
    PAPEL = "4"


DOMINIOS: Final[Mapping[str, type[StrEnum]]] = {
    "dm_ausenciaCodValidacao": AusenciaCodValidacao,
    "dm_caraterAtendimento": CaraterAtendimento,
    "dm_centroConsumo": CentroConsumo,
    "dm_cobEsp": CoberturaEspecial,
    "dm_condicaoClinica": CondicaoClinica,
    "dm_conselhoProfissional": ConselhoProfissional,
    "dm_debitoCreditoIndicador": DebitoCreditoIndicador,
    "dm_debitoCreditoTipo": DebitoCreditoTipo,
    "dm_etapasAutorizacao": EtapaAutorizacao,
    "dm_formaEnvio": FormaEnvio,
    "dm_formaPagamento": FormaPagamento,
    "dm_formatoDocumento": FormatoDocumento,
    "dm_grauPart": GrauParticipacao,
    "dm_indicadorAcidente": IndicadorAcidente,
    "dm_motivoSaida": MotivoSaida,
    "dm_motivoSaidaObito": MotivoSaidaObito,
    "dm_objetoRecurso": ObjetoRecurso,
    "dm_opcaoFabricante": OpcaoFabricante,
    "dm_outrasDespesas": OutrasDespesas,
    "dm_regimeAtendimento": RegimeAtendimento,
    "dm_regimeInternacao": RegimeInternacao,
    "dm_saudeOcupacional": SaudeOcupacional,
    "dm_sexo": Sexo,
    "dm_simNao": SimNao,
    "dm_statusCancelamento": StatusCancelamento,
    "dm_statusProtocolo": StatusProtocolo,
    "dm_statusSolicitacao": StatusSolicitacao,
    "dm_tabela": Tabela,
    "dm_tecnicaUtilizada": TecnicaUtilizada,
    "dm_tipoAtendimento": TipoAtendimento,
    "dm_tipoAtendimentoOdonto": TipoAtendimentoOdonto,
    "dm_tipoConsulta": TipoConsulta,
    "dm_tipoDemonstrativo": TipoDemonstrativo,
    "dm_tipoDemonstrativoPagamento": TipoDemonstrativoPagamento,
    "dm_tipoDocumento": TipoDocumento,
    "dm_tipoEvento": TipoEvento,
    "dm_tipoFaturamento": TipoFaturamento,
    "dm_tipoFaturamentoOdonto": TipoFaturamentoOdonto,
    "dm_tipoGuia": TipoGuia,
    "dm_tipoIdent": TipoIdentificacao,
    "dm_tipoInternacao": TipoInternacao,
    "dm_tipoPagamento": TipoPagamento,
    "dm_tipoTransacao": TipoTransacao,
    "dm_UF": UF,
    "dm_viaDeAcesso": ViaDeAcesso,
}
"""The dm_* table each enum is."""

DO_PRESTADOR: Final = frozenset(
    {
        TipoTransacao.ENVIO_LOTE_GUIAS,
        TipoTransacao.ENVIO_ANEXO,
        TipoTransacao.SOLIC_DEMONSTRATIVO_RETORNO,
        TipoTransacao.SOLIC_STATUS_PROTOCOLO,
        TipoTransacao.SOLICITACAO_PROCEDIMENTOS,
        TipoTransacao.SOLICITA_STATUS_AUTORIZACAO,
        TipoTransacao.VERIFICA_ELEGIBILIDADE,
        TipoTransacao.CANCELA_GUIA,
        TipoTransacao.COMUNICACAO_BENEFICIARIO,
        TipoTransacao.RECURSO_GLOSA,
        TipoTransacao.SOLIC_STATUS_RECURSO_GLOSA,
        TipoTransacao.ENVIO_DOCUMENTO,
    }
)
"""Transactions that a prestador sends; every other one is the operadora's."""

# A code alone would not do as the key: the members of two enums with one value are equal.
_DESDE: Final[Mapping[type[StrEnum], Mapping[StrEnum, Versao]]] = {
    StatusProtocolo: {StatusProtocolo.BLOQUEIO_JUDICIAL: Versao.V4_02_00},
    CentroConsumo: dict.fromkeys(CentroConsumo, Versao.V4_03_00),
}


def codigos_em(tabela: type[StrEnum], versao: Versao) -> frozenset[str]:
    """The codes of a table that the schema of a version enumerates (none if it does not have the table)."""
    desde = _DESDE.get(tabela, {})
    return frozenset(codigo.value for codigo in tabela if desde.get(codigo, versao) <= versao)
