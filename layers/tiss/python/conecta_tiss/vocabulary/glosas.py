"""Why something is refused, and the code of terminology table 38 that says so in the sender's version.

Code of the project speaks of a `Motivo`; the four digits depend on `Padrao`. 4.03.00 has 144 codes that
the schemas of 4.01.00 and 4.02.00 refuse, and replaced others: one column for each, from tiss.md section
5.1 and dominio.md (where a cell lists several codes, each fact has its own `Motivo`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from conecta_tiss.versions import Versao


@dataclass(frozen=True, slots=True, eq=False)
class Codigos:
    """The code of one reason per group of versions.

    Compared by identity: two reasons may share both codes and are still two reasons.
    """

    ate_4_02: str
    """Enumerated by every version, 4.03.00 included."""
    em_4_03: str


def _cod(ate_4_02: str, em_4_03: str | None = None) -> Codigos:
    return Codigos(ate_4_02, em_4_03 or ate_4_02)


class Motivo(Enum):
    """A reason; `codigo(motivo, versao)` gives what to write."""

    # Message, lote, document
    FORA_DO_PADRAO = _cod("5001")
    XML_ILEGIVEL = _cod("5002")
    REMETENTE_NAO_IDENTIFICADO = _cod("5005")
    MENSAGEM_INCOMPLETA = _cod("5007")
    HASH_INVALIDO = _cod("5014")
    LOTE_ACIMA_DO_LIMITE = _cod("5015")
    REGISTRO_ANS_INVALIDO = _cod("5027")
    VERSAO_INVALIDA = _cod("5028")
    TIPO_DE_TRANSACAO_INVALIDO = _cod("3148")
    LOTE_SEM_NUMERO = _cod("5047")
    LOTE_JA_INFORMADO = _cod("5053", "3268")
    IDENTIFICADOR_JA_INFORMADO = _cod("5053")
    LOTE_NAO_ENCONTRADO = _cod("5054", "3270")
    PROTOCOLO_NAO_ENCONTRADO = _cod("3162", "3291")
    FORA_DO_PRAZO_DE_ENVIO = _cod("3161")
    COBRANCA_FORA_DO_PRAZO_DO_CONTRATO = _cod("3091", "3214")
    CAMPO_CONDICIONADO_INCORRETO = _cod("3111")
    ARQUIVO_NAO_E_IMAGEM = _cod("3164")
    IMAGEM_CORROMPIDA = _cod("3165")
    ARQUIVO_GRANDE_DEMAIS = _cod("3166")
    ASSINATURA_INVALIDA = _cod("3168")
    CERTIFICADO_VENCIDO = _cod("5019")
    ASSINATURA_NAO_CONFERE = _cod("5022")
    DOCUMENTACAO_INCOMPLETA = _cod("3052", "3230")
    DOCUMENTO_FISCAL_NAO_ENVIADO = _cod("1738")

    # Prestador
    PRESTADOR_INVALIDO = _cod("1203", "3279")
    PRESTADOR_FORA_DA_REDE = _cod("1207", "3279")
    PRESTADOR_NAO_HABILITADO = _cod("1214", "3279")
    SERVICO_NAO_CONTRATADO_COM_O_PRESTADOR = _cod("2514", "3279")
    FORA_DA_VIGENCIA_DO_CONTRATO = _cod("1201", "3278")
    PRESTADOR_FORA_DA_ABRANGENCIA = _cod("1215", "3277")
    EXECUTANTE_NAO_INFORMADO = _cod("1311")
    SOLICITANTE_NAO_INFORMADO = _cod("1411")
    CNES_INVALIDO = _cod("1202")
    CPF_CNPJ_INVALIDO = _cod("1206")
    CBO_INVALIDO = _cod("1213")

    # Beneficiario
    CARTEIRA_INVALIDA = _cod("1001")
    CARTEIRA_VENCIDA = _cod("1017")
    BENEFICIARIO_INCONSISTENTE = _cod("1011", "3243")
    BENEFICIARIO_DESLIGADO = _cod("1006")
    BENEFICIARIO_EXCLUIDO = _cod("1014", "1006")
    BENEFICIARIO_SUSPENSO = _cod("1016")
    PAGAMENTO_EM_ABERTO = _cod("1009")
    ATENDIMENTO_ANTES_DA_INCLUSAO = _cod("1005", "3308")
    SOLICITACAO_ANTES_DA_INCLUSAO = _cod("1004", "3308")
    ATENDIMENTO_EM_CARENCIA = _cod("1007", "3171")
    SERVICO_SOLICITADO_EM_CARENCIA = _cod("1410", "3171")
    PREEXISTENCIA = _cod("1421", "3173")
    TOKEN_INVALIDO = _cod("3156")
    QR_CODE_INVALIDO = _cod("3157")
    BIOMETRIA_NAO_TRANSMITIDA = _cod("3158")
    BIOMETRIA_INCOMPATIVEL = _cod("3159")
    IDADE_INCOMPATIVEL = _cod("1803")
    SEXO_INCOMPATIVEL = _cod("1802")

    # Cobertura
    SEM_COBERTURA_ODONTOLOGICA = _cod("1025")
    PROCEDIMENTO_SEM_COBERTURA = _cod("1407", "3287")
    SERVICO_FORA_DA_COBERTURA = _cod("1420", "3287")
    FORA_DO_ROL = _cod("3109", "3283")
    DUT_NAO_ATENDIDA = _cod("1438", "3288")
    ITEM_NAO_CONTRATADO = _cod("3142")

    # Autorizacao e senha
    EXIGE_AUTORIZACAO_PREVIA = _cod("1818")
    SENHA_NAO_ENCONTRADA = _cod("1403", "3306")
    GUIA_DE_AUTORIZACAO_NAO_ENCONTRADA = _cod("1404", "3306")
    SENHA_DIFERENTE_DA_LIBERADA = _cod("1406", "3306")
    SENHA_VENCIDA_NO_ATENDIMENTO = _cod("1405", "1414")
    SENHA_EXPIRADA = _cod("1414")
    SENHA_CANCELADA = _cod("1437")
    SENHA_DE_OUTRO_PRESTADOR = _cod("1404", "3276")
    CODIGO_DIFERENTE_DO_AUTORIZADO = _cod("2505")
    PROCEDIMENTO_NAO_AUTORIZADO = _cod("1402", "1426")
    NAO_AUTORIZADO_PELA_AUDITORIA = _cod("1426")
    NAO_AUTORIZADO_POR_MOTIVO_TECNICO = _cod("3145")
    ATENDIMENTO_ANTES_DA_AUTORIZACAO = _cod("1814")
    EXECUTADO_ANTES_DA_AUTORIZACAO = _cod("1840", "1814")

    # Datas, guias, duplicidade
    DATA_INCORRETA = _cod("1323", "3227")
    DATA_FUTURA = _cod("1323", "3223")
    GUIA_JA_APRESENTADA = _cod("1308")
    GUIA_PRINCIPAL_NAO_ENCONTRADA = _cod("1303")
    GUIA_PRINCIPAL_DE_OUTRO_TIPO = _cod("1302")
    COBRANCA_EM_DUPLICIDADE = _cod("1702", "3209")
    PROCEDIMENTO_MEDICO_DUPLICADO = _cod("1807", "3209")
    PROCEDIMENTO_ODONTOLOGICO_DUPLICADO = _cod("3007", "3209")
    HONORARIO_EM_DUPLICIDADE = _cod("2607")
    PARCIAL_SOBREPOSTA = _cod("1739", "3232")
    REINCIDENCIA_NO_ATENDIMENTO = _cod("1601")
    TIPO_DE_ATENDIMENTO_INVALIDO = _cod("1602")

    # Quantidades
    QUANTIDADE_COBRADA_ACIMA_DA_AUTORIZADA = _cod("1820", "3210")
    QUANTIDADE_SOLICITADA_ACIMA_DA_AUTORIZADA = _cod("1408", "3292")
    QUANTIDADE_SOLICITADA_ACIMA_DA_COBERTA = _cod("1409", "3293")
    QUANTIDADE_ZERO = _cod("1806")
    SESSOES_DIFERENTES_DAS_AUTORIZADAS = _cod("2506")
    DIARIAS_SEM_PRORROGACAO = _cod("1917")
    DIARIAS_INCOMPATIVEIS_COM_A_PERMANENCIA = _cod("1914", "3189")

    # Pacotes
    PACOTE_NAO_NEGOCIADO = _cod("1735", "3142")
    PACOTE_JA_COBRADO = _cod("1711")
    ITEM_INCLUSO_NO_PACOTE = _cod("3108")
    CONTA_ABERTA_COM_PACOTE_CONTRATADO = _cod("3098")
    CONTA_ABERTA_PAGA_COMO_PACOTE = _cod("1734")
    KIT_NAO_NEGOCIADO = _cod("1743")

    # Codigos
    PROCEDIMENTO_INVALIDO = _cod("1801")
    PROCEDIMENTO_ODONTOLOGICO_INVALIDO = _cod("3001", "1801")
    ACOMODACAO_INVALIDA = _cod("1901", "3142")
    ACOMODACAO_NAO_CONTRATADA = _cod("1902", "3142")
    MATERIAL_INVALIDO = _cod("2001", "3253")
    MEDICAMENTO_INVALIDO = _cod("2101", "3253")
    OPME_INVALIDO = _cod("2201", "3253")
    GAS_MEDICINAL_INVALIDO = _cod("2301", "3253")
    MEDICAMENTO_SEM_PROCEDIMENTO = _cod("3102")
    PROCEDIMENTO_SEM_MEDICAMENTO = _cod("2103", "3111")
    TAXA_INVALIDA = _cod("2401", "3253")
    PACOTE_INVALIDO = _cod("2801", "3253")
    TABELA_INVALIDA = _cod("3150")
    TABELA_NAO_INFORMADA = _cod("5035")

    # Odontologia
    DENTE_NAO_INFORMADO = _cod("3022", "3307")
    DENTE_INCORRETO = _cod("3022")
    REGIAO_NAO_INFORMADA = _cod("3021", "3307")
    REGIAO_INCORRETA = _cod("3021")
    FACE_INCORRETA = _cod("3023")
    CODIGO_DO_DENTE_INVALIDO = _cod("5037")
    CODIGO_DA_REGIAO_INVALIDO = _cod("5038")
    CODIGO_DA_FACE_INVALIDO = _cod("5039")
    DENTE_OU_REGIAO_NAO_AUTORIZADOS = _cod("1432")
    FACE_NAO_AUTORIZADA = _cod("1431")
    DENTE_AUSENTE = _cod("1433", "3284")

    # OPME
    OPME_NAO_AUTORIZADO = _cod("2206", "3145")
    OPME_NAO_COBERTO = _cod("2205", "3287")
    OPME_FORA_DOS_CRITERIOS = _cod("2212", "3251")
    OPME_SEM_NOTA_FISCAL = _cod("2203", "3255")
    REGISTRO_ANVISA_INVALIDO = _cod("3106")

    # Valores
    VALOR_NAO_INFORMADO = _cod("5034")
    VALOR_ZERO = _cod("5040")
    VALOR_ACIMA_DO_CONTRATADO = _cod("1705")
    VALOR_ACIMA_DA_TABELA = _cod("1714", "1705")
    PACOTE_ACIMA_DO_ACORDADO = _cod("1704", "1705")
    VALOR_ABAIXO_DO_CONTRATADO = _cod("1706")
    REDUCAO_ACRESCIMO_FORA_DA_TABELA = _cod("1716")
    TOTAL_DO_ITEM_DIVERGENTE = _cod("1805")
    TOTAL_DA_GUIA_DIVERGENTE = _cod("5042")
    TOTAL_DO_PROTOCOLO_DIVERGENTE = _cod("1104")
    SEQUENCIAL_INVALIDO = _cod("3167")
    COPARTICIPACAO = _cod("3112")

    # Recurso
    RECURSO_FORA_DO_PRAZO = _cod("2909")
    RECURSO_SEM_JUSTIFICATIVA = _cod("2903")
    RECURSO_REPETIDO = _cod("2904")
    RECURSO_INCORRETO = _cod("2908")
    RECURSO_DE_GUIA_ALHEIA = _cod("1307", "3242")
    RECURSO_DE_LOTE_ALHEIO = _cod("1307", "3259")
    GLOSA_MANTIDA = _cod("2902")
    RECURSO_ACATADO = _cod("3095")


def codigo(motivo: Motivo, versao: Versao | None) -> str:
    """The four-digit code of a reason in the version of who will read it.

    `versao` is None when the message was refused before its version was known: the older code is given,
    which every version enumerates.
    """
    return motivo.value.em_4_03 if versao is Versao.V4_03_00 else motivo.value.ate_4_02
