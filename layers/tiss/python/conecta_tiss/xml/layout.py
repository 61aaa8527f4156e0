"""How each message value is spelt in XML: one declarative mapping, which drives reader and writer.

A `Registro` says, for one dataclass, which elements hold its fields, in the order of the schema. Elements
are of four sorts:

- `folha`: one leaf, one field;
- `dentro`: a wrapper whose leaves belong to the same dataclass (`cabecalhoGuia`, `procedimento`);
- `filho`: a nested dataclass; `envoltorio` says which wrapper it sits in;
- `lista`: any number of leaves or nested dataclasses, maybe inside a wrapper.

What the dataclass leaves optional (a field with a default) may be absent in XML. Choices and what belongs
to one version only are not repeated here: the schema judges what is read and what is written.

Here are the words of the mapping, the header, and the guias of a lote. Every other message is in
`conecta_tiss.xml.layouts`, and is imported when a message asks for it (`late`): making a dataclass costs a
millisecond, and there are ninety of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from conecta_tiss.messages import comum, envelope, lote_guias
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.xml.names import PARA_OPERADORA, PARA_PRESTADOR

if TYPE_CHECKING:
    from collections.abc import Callable


class Tipo(IntEnum):
    """What the text of a leaf means."""

    TEXTO = 0
    DATA = 1
    NUMERO = 2
    """Whole number kept as `int`."""
    QUANTIDADE = 3
    """Whole number kept as `Decimal`, to be multiplied."""
    DECIMAL = 4
    """Up to four decimal places, without trailing zeros."""
    VALOR = 5
    """Two decimal places: reais, factors, units of service."""
    SIM_NAO = 6
    """`S` or `N`."""
    LOGICO = 7
    """`true` or `false`."""
    PRESENCA = 8
    """True when the element is there; its content is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folha:
    """A leaf element and the field it fills."""

    elemento: str
    campo: str
    tipo: Tipo


@dataclass(frozen=True, slots=True, kw_only=True)
class Grupo:
    """A wrapper element whose content fills fields of the dataclass around it."""

    elemento: str
    partes: tuple[Parte, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filho:
    """An element that is a dataclass of its own."""

    elemento: str
    campo: str
    registro: Callable[[], Registro]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lista:
    """Repeated elements: leaves (`tipo`) or dataclasses (`registro`).

    `envoltorio` is a wrapper around all of them; `interno` one around each one's content.
    """

    elemento: str
    campo: str
    registro: Callable[[], Registro] | None = None
    tipo: Tipo = Tipo.TEXTO
    envoltorio: str | None = None
    interno: str | None = None


Parte = Folha | Grupo | Filho | Lista


@dataclass(frozen=True, slots=True, kw_only=True)
class Registro:
    """A dataclass and the elements of its fields, in schema order."""

    classe: type[Any]
    partes: tuple[Parte, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpo:
    """A body element whose whole content is one dataclass.

    Attributes:
        sentido: Element around it, the message's direction.
        registro: The dataclass.
    """

    sentido: str
    registro: Callable[[], Registro]


@cache
def late(modulo: str, nome: str) -> Callable[[], Registro]:
    """A mapping of a module of `conecta_tiss.xml.layouts`, which is imported when it is first asked for."""

    @cache
    def registro() -> Registro:
        definicao: Registro = getattr(import_module(f"conecta_tiss.xml.layouts.{modulo}"), nome)()
        return definicao

    return registro


def texto(elemento: str, campo: str) -> Folha:
    """A leaf of text, as it is."""
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.TEXTO)


def data(elemento: str, campo: str) -> Folha:
    """A leaf that is a local day."""
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.DATA)


def numero(elemento: str, campo: str) -> Folha:
    """A leaf that is a whole number, kept as `int`."""
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.NUMERO)


def quantidade(elemento: str, campo: str) -> Folha:
    """A leaf that is a whole number, kept as `Decimal`."""
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.QUANTIDADE)


def decimal(elemento: str, campo: str) -> Folha:
    """A leaf of up to four decimal places."""
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.DECIMAL)


def valor(elemento: str, campo: str) -> Folha:
    """A leaf of two decimal places."""
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.VALOR)


def sim_nao(elemento: str, campo: str) -> Folha:
    """A leaf that says `S` or `N`."""
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.SIM_NAO)


def logico(elemento: str, campo: str) -> Folha:
    """A leaf that says `true` or `false`."""
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.LOGICO)


def dentro(elemento: str, *partes: Parte) -> Grupo:
    """A wrapper whose content belongs to the dataclass around it."""
    return Grupo(elemento=elemento, partes=partes)


_ASSINATURA: Final = Folha(elemento="assinaturaDigitalGuia", campo="assinada", tipo=Tipo.PRESENCA)
HORARIO: Final = (texto("horaInicial", "hora_inicial"), texto("horaFinal", "hora_final"))
TOKEN: Final = (
    texto("ausenciaCodValidacao", "ausencia_cod_validacao"),
    texto("codValidacao", "cod_validacao"),
)
_CODIGO_CPF_CNPJ: Final = (
    texto("codigoPrestadorNaOperadora", "codigo_na_operadora"),
    texto("cpfContratado", "cpf"),
    texto("cnpjContratado", "cnpj"),
)
CENTRO_CONSUMO: Final = texto("centroConsumo", "centro_consumo")


def procedimento_dados(elemento: str = "procedimento") -> Grupo:
    """ct_procedimentoDados."""
    return dentro(
        elemento,
        texto("codigoTabela", "codigo_tabela"),
        texto("codigoProcedimento", "codigo_procedimento"),
        texto("descricaoProcedimento", "descricao_procedimento"),
    )


@cache
def contratado() -> Registro:
    """ct_contratadoDados."""
    return Registro(
        classe=comum.Contratado,
        partes=_CODIGO_CPF_CNPJ,
    )


@cache
def profissional() -> Registro:
    """ct_contratadoProfissionalDados."""
    return Registro(
        classe=comum.Profissional,
        partes=(
            texto("nomeProfissional", "nome"),
            texto("conselhoProfissional", "conselho"),
            texto("numeroConselhoProfissional", "numero_conselho"),
            texto("UF", "uf"),
            texto("CBOS", "cbo"),
        ),
    )


@cache
def beneficiario() -> Registro:
    """ct_beneficiarioDados."""
    return Registro(
        classe=comum.Beneficiario,
        partes=(
            texto("numeroCarteira", "numero_carteira"),
            sim_nao("atendimentoRN", "atendimento_rn"),
            texto("tipoIdent", "tipo_ident"),
            texto("identificadorBeneficiario", "identificador"),
        ),
    )


@cache
def motivo_glosa() -> Registro:
    """ct_motivoGlosa."""
    return Registro(
        classe=comum.MotivoGlosa,
        partes=(texto("codigoGlosa", "codigo"), texto("descricaoGlosa", "descricao")),
    )


@cache
def parte() -> Registro:
    """`origem` and `destino` of the header."""
    return Registro(
        classe=envelope.Parte,
        partes=(
            dentro(
                "identificacaoPrestador",
                texto("CNPJ", "cnpj"),
                texto("CPF", "cpf"),
                texto("codigoPrestadorNaOperadora", "codigo_prestador_na_operadora"),
            ),
            texto("registroANS", "registro_ans"),
        ),
    )


@cache
def cabecalho() -> Registro:
    """The header, cabecalhoTransacao."""
    return Registro(
        classe=envelope.Cabecalho,
        partes=(
            dentro(
                "identificacaoTransacao",
                texto("tipoTransacao", "tipo_transacao"),
                texto("sequencialTransacao", "sequencial_transacao"),
                data("dataRegistroTransacao", "data_registro"),
                texto("horaRegistroTransacao", "hora_registro"),
            ),
            texto("falhaNegocio", "falha_negocio"),
            Filho(elemento="origem", campo="origem", registro=parte),
            Filho(elemento="destino", campo="destino", registro=parte),
            texto("Padrao", "padrao"),
        ),
    )


# --- loteGuias ----------------------------------------------------------------------------------------


@cache
def autorizacao() -> Registro:
    """ct_autorizacaoSADT and ct_autorizacaoInternacao."""
    return Registro(
        classe=lote_guias.Autorizacao,
        partes=(
            texto("numeroGuiaOperadora", "numero_guia_operadora"),
            data("dataAutorizacao", "data_autorizacao"),
            texto("senha", "senha"),
            data("dataValidadeSenha", "data_validade_senha"),
            *TOKEN,
        ),
    )


@cache
def valores_guia() -> Registro:
    """ct_guiaValorTotal."""
    return Registro(
        classe=lote_guias.ValoresGuia,
        partes=(
            valor("valorProcedimentos", "procedimentos"),
            valor("valorDiarias", "diarias"),
            valor("valorTaxasAlugueis", "taxas_alugueis"),
            valor("valorMateriais", "materiais"),
            valor("valorMedicamentos", "medicamentos"),
            valor("valorOPME", "opme"),
            valor("valorGasesMedicinais", "gases_medicinais"),
            valor("valorTotalGeral", "total_geral"),
        ),
    )


def _executante(grau: str, nome: str, conselho: str, cbo: str) -> Registro:
    return Registro(
        classe=lote_guias.Executante,
        partes=(
            texto(grau, "grau_participacao"),
            dentro(
                "codProfissional",
                texto("codigoPrestadorNaOperadora", "codigo_na_operadora"),
                texto("cpfContratado", "cpf"),
            ),
            texto(nome, "nome"),
            texto(conselho, "conselho"),
            texto("numeroConselhoProfissional", "numero_conselho"),
            texto("UF", "uf"),
            texto(cbo, "cbo"),
        ),
    )


@cache
def membro_da_equipe() -> Registro:
    """ct_identEquipe and ct_identEquipeSADT."""
    return _executante("grauPart", "nomeProf", "conselho", "CBOS")


@cache
def profissional_de_honorarios() -> Registro:
    """`profissionais` of ct_procedimentoExecutadoHonorIndiv."""
    return _executante("grauParticipacao", "nomeProfissional", "conselhoProfissional", "CBO")


def _procedimento(*fim: Parte) -> Registro:
    return Registro(
        classe=lote_guias.ProcedimentoExecutado,
        partes=(
            numero("sequencialItem", "sequencial_item"),
            data("dataExecucao", "data_execucao"),
            *HORARIO,
            procedimento_dados(),
            quantidade("quantidadeExecutada", "quantidade"),
            texto("viaAcesso", "via_acesso"),
            texto("tecnicaUtilizada", "tecnica_utilizada"),
            valor("reducaoAcrescimo", "reducao_acrescimo"),
            valor("valorUnitario", "valor_unitario"),
            valor("valorTotal", "valor_total"),
            *fim,
        ),
    )


@cache
def procedimento_sp_sadt() -> Registro:
    """ct_procedimentoExecutadoSadt."""
    return _procedimento(Lista(elemento="equipeSadt", campo="equipe", registro=membro_da_equipe))


@cache
def procedimento_internacao() -> Registro:
    """ct_procedimentoExecutadoInt."""
    return _procedimento(
        CENTRO_CONSUMO,
        Lista(elemento="identEquipe", campo="equipe", registro=membro_da_equipe, interno="identificacaoEquipe"),
    )


@cache
def procedimento_honorarios() -> Registro:
    """ct_procedimentoExecutadoHonorIndiv."""
    return _procedimento(Lista(elemento="profissionais", campo="equipe", registro=profissional_de_honorarios))


@cache
def despesa() -> Registro:
    """`despesa` of ct_outrasDespesas."""
    return Registro(
        classe=lote_guias.Despesa,
        partes=(
            numero("sequencialItem", "sequencial_item"),
            texto("codigoDespesa", "codigo_despesa"),
            dentro(
                "servicosExecutados",
                data("dataExecucao", "data_execucao"),
                *HORARIO,
                texto("codigoTabela", "codigo_tabela"),
                texto("codigoProcedimento", "codigo_procedimento"),
                decimal("quantidadeExecutada", "quantidade"),
                texto("unidadeMedida", "unidade_medida"),
                valor("reducaoAcrescimo", "reducao_acrescimo"),
                valor("valorUnitario", "valor_unitario"),
                valor("valorTotal", "valor_total"),
                CENTRO_CONSUMO,
                texto("descricaoProcedimento", "descricao_procedimento"),
                texto("registroANVISA", "registro_anvisa"),
                texto("codigoRefFabricante", "codigo_ref_fabricante"),
                texto("autorizacaoFuncionamento", "autorizacao_funcionamento"),
            ),
            numero("itemVinculado", "item_vinculado"),
        ),
    )


_DESPESAS: Final = Lista(elemento="despesa", campo="despesas", registro=despesa, envoltorio="outrasDespesas")
GUIA: Final = (
    texto("registroANS", "registro_ans"),
    texto("numeroGuiaPrestador", "numero_guia_prestador"),
)
BENEFICIARIO: Final = Filho(elemento="dadosBeneficiario", campo="beneficiario", registro=beneficiario)
_EXECUTANTE: Final = dentro(
    "dadosExecutante",
    Filho(elemento="contratadoExecutante", campo="contratado_executante", registro=contratado),
    texto("CNES", "cnes_executante"),
)
_VALORES: Final = Filho(elemento="valorTotal", campo="valores", registro=valores_guia)
OBSERVACAO: Final = texto("observacao", "observacao")


@cache
def guia_sp_sadt() -> Registro:
    """ctm_sp-sadtGuia."""
    return Registro(
        classe=lote_guias.GuiaSpSadt,
        partes=(
            dentro("cabecalhoGuia", *GUIA, texto("guiaPrincipal", "guia_principal")),
            Filho(elemento="dadosAutorizacao", campo="autorizacao", registro=autorizacao),
            BENEFICIARIO,
            dentro(
                "dadosSolicitante",
                Filho(elemento="contratadoSolicitante", campo="contratado_solicitante", registro=contratado),
                texto("nomeContratadoSolicitante", "nome_contratado_solicitante"),
                Filho(elemento="profissionalSolicitante", campo="profissional_solicitante", registro=profissional),
            ),
            dentro(
                "dadosSolicitacao",
                data("dataSolicitacao", "data_solicitacao"),
                texto("caraterAtendimento", "carater_atendimento"),
                texto("indicacaoClinica", "indicacao_clinica"),
                texto("indCobEspecial", "cobertura_especial"),
            ),
            _EXECUTANTE,
            dentro(
                "dadosAtendimento",
                texto("tipoAtendimento", "tipo_atendimento"),
                texto("indicacaoAcidente", "indicacao_acidente"),
                texto("tipoConsulta", "tipo_consulta"),
                texto("motivoEncerramento", "motivo_encerramento"),
                texto("regimeAtendimento", "regime_atendimento"),
                texto("saudeOcupacional", "saude_ocupacional"),
            ),
            Lista(
                elemento="procedimentoExecutado",
                campo="procedimentos",
                registro=procedimento_sp_sadt,
                envoltorio="procedimentosExecutados",
            ),
            _DESPESAS,
            OBSERVACAO,
            _VALORES,
            _ASSINATURA,
        ),
    )


@cache
def declaracao() -> Registro:
    """`declaracoes` of ctm_internacaoDados."""
    return Registro(
        classe=lote_guias.Declaracao,
        partes=(
            texto("declaracaoNascido", "declaracao_nascido"),
            texto("diagnosticoObito", "diagnostico_obito"),
            texto("declaracaoObito", "declaracao_obito"),
            sim_nao("indicadorDORN", "indicador_do_rn"),
        ),
    )


@cache
def guia_resumo_internacao() -> Registro:
    """ctm_internacaoResumoGuia."""
    return Registro(
        classe=lote_guias.GuiaResumoInternacao,
        partes=(
            dentro("cabecalhoGuia", *GUIA),
            texto("numeroGuiaSolicitacaoInternacao", "numero_guia_solicitacao_internacao"),
            Filho(elemento="dadosAutorizacao", campo="autorizacao", registro=autorizacao),
            BENEFICIARIO,
            _EXECUTANTE,
            dentro(
                "dadosInternacao",
                texto("caraterAtendimento", "carater_atendimento"),
                texto("tipoFaturamento", "tipo_faturamento"),
                data("dataInicioFaturamento", "data_inicio_faturamento"),
                texto("horaInicioFaturamento", "hora_inicio_faturamento"),
                data("dataFinalFaturamento", "data_final_faturamento"),
                texto("horaFinalFaturamento", "hora_final_faturamento"),
                texto("tipoInternacao", "tipo_internacao"),
                texto("regimeInternacao", "regime_internacao"),
                Lista(elemento="declaracoes", campo="declaracoes", registro=declaracao),
            ),
            dentro(
                "dadosSaidaInternacao",
                Lista(elemento="diagnostico", campo="diagnosticos"),
                texto("indicadorAcidente", "indicador_acidente"),
                texto("motivoEncerramento", "motivo_encerramento"),
            ),
            Lista(
                elemento="procedimentoExecutado",
                campo="procedimentos",
                registro=procedimento_internacao,
                envoltorio="procedimentosExecutados",
            ),
            _VALORES,
            _DESPESAS,
            OBSERVACAO,
            _ASSINATURA,
        ),
    )


@cache
def guia_honorarios() -> Registro:
    """ctm_honorarioIndividualGuia."""
    return Registro(
        classe=lote_guias.GuiaHonorarios,
        partes=(
            dentro("cabecalhoGuia", *GUIA),
            texto("guiaSolicInternacao", "guia_solic_internacao"),
            texto("senha", "senha"),
            texto("numeroGuiaOperadora", "numero_guia_operadora"),
            dentro(
                "beneficiario",
                texto("numeroCarteira", "numero_carteira"),
                sim_nao("atendimentoRN", "atendimento_rn"),
            ),
            dentro(
                "localContratado",
                dentro(
                    "codigoContratado",
                    texto("codigoNaOperadora", "codigo_local"),
                    texto("cnpjLocalExecutante", "cnpj_local"),
                ),
                texto("nomeContratado", "nome_local"),
                texto("cnes", "cnes_local"),
            ),
            dentro(
                "dadosContratadoExecutante",
                texto("codigonaOperadora", "codigo_executante"),
                texto("cnesContratadoExecutante", "cnes_executante"),
            ),
            dentro(
                "dadosInternacao",
                data("dataInicioFaturamento", "data_inicio_faturamento"),
                data("dataFimFaturamento", "data_fim_faturamento"),
                texto("caraterAtendimento", "carater_atendimento"),
            ),
            Lista(
                elemento="procedimentoRealizado",
                campo="procedimentos",
                registro=procedimento_honorarios,
                envoltorio="procedimentosRealizados",
            ),
            OBSERVACAO,
            valor("valorTotalHonorarios", "valor_total_honorarios"),
            data("dataEmissaoGuia", "data_emissao_guia"),
            _ASSINATURA,
        ),
    )


@cache
def guia_consulta() -> Registro:
    """ctm_consultaGuia."""
    return Registro(
        classe=lote_guias.GuiaConsulta,
        partes=(
            dentro("cabecalhoConsulta", *GUIA),
            texto("numeroGuiaOperadora", "numero_guia_operadora"),
            *TOKEN,
            BENEFICIARIO,
            dentro(
                "contratadoExecutante",
                texto("codigoPrestadorNaOperadora", "codigo_executante"),
                texto("cpfContratado", "cpf_executante"),
                texto("cnpjContratado", "cnpj_executante"),
                texto("CNES", "cnes_executante"),
            ),
            Filho(elemento="profissionalExecutante", campo="profissional_executante", registro=profissional),
            texto("indicacaoAcidente", "indicacao_acidente"),
            dentro(
                "dadosAtendimento",
                texto("coberturaEspecial", "cobertura_especial"),
                texto("regimeAtendimento", "regime_atendimento"),
                texto("saudeOcupacional", "saude_ocupacional"),
                data("dataAtendimento", "data_atendimento"),
                texto("tipoConsulta", "tipo_consulta"),
                dentro(
                    "procedimento",
                    texto("codigoTabela", "codigo_tabela"),
                    texto("codigoProcedimento", "codigo_procedimento"),
                    valor("valorProcedimento", "valor_procedimento"),
                ),
            ),
            OBSERVACAO,
            _ASSINATURA,
        ),
    )


DENTE_REGIAO: Final = dentro("denteRegiao", texto("codDente", "dente"), texto("codRegiao", "regiao"))


@cache
def procedimento_odonto() -> Registro:
    """`procedimentosExecutados` of cto_guiaOdontologia."""
    return Registro(
        classe=lote_guias.ProcedimentoOdonto,
        partes=(
            numero("sequencialItem", "sequencial_item"),
            procedimento_dados("procSolic"),
            DENTE_REGIAO,
            texto("denteFace", "face"),
            quantidade("qtdProc", "quantidade"),
            valor("qtdUS", "quantidade_us"),
            valor("valorProc", "valor"),
            valor("valorFranquia", "valor_franquia"),
            logico("autorizado", "autorizado"),
            data("dataRealizacao", "data_realizacao"),
        ),
    )


@cache
def situacao_dente() -> Registro:
    """`dentes` of ct_situacaoClinica."""
    return Registro(
        classe=lote_guias.SituacaoDente,
        partes=(texto("elementoDentario", "dente"), texto("condicaoClinica", "condicao")),
    )


@cache
def situacao_inicial() -> Registro:
    """cto_anexoSituacaoInicialnaGTO."""
    return Registro(
        classe=lote_guias.SituacaoInicial,
        partes=(
            texto("numeroGuiaAnexo", "numero_guia_anexo"),
            texto("numeroGuiaReferenciada", "numero_guia_referenciada"),
            texto("numeroGuiaOperadora", "numero_guia_operadora"),
            dentro(
                "ct_situacaoInicial",
                Lista(elemento="dentes", campo="dentes", registro=situacao_dente, envoltorio="situacaoClinica"),
                logico("doencaPeriodontal", "doenca_periodontal"),
                logico("alteracaoTecidoMole", "alteracao_tecido_mole"),
                texto("observacao", "observacao"),
            ),
        ),
    )


RESPONSAVEIS_ODONTO: Final = dentro(
    "dadosProfissionaisResponsaveis",
    texto("nomeProfSolic", "nome_solicitante"),
    texto("croSolic", "cro_solicitante"),
    texto("ufSolic", "uf_solicitante"),
    texto("cbosSolic", "cbo_solicitante"),
    texto("codigoProfExec", "codigo_executante"),
    texto("croExec", "cro_executante"),
    texto("ufExec", "uf_executante"),
    texto("cnesExec", "cnes_executante"),
    texto("nomeProfExec2", "nome_executante2"),
    texto("croExec2", "cro_executante2"),
    texto("ufExec2", "uf_executante2"),
    texto("cbosExec2", "cbo_executante2"),
)


@cache
def guia_odonto() -> Registro:
    """cto_guiaOdontologia."""
    return Registro(
        classe=lote_guias.GuiaOdonto,
        partes=(
            *GUIA,
            texto("numeroGuiaPrincipal", "numero_guia_principal"),
            data("dataAutorizacao", "data_autorizacao"),
            texto("senhaAutorizacao", "senha"),
            data("validadeSenha", "data_validade_senha"),
            texto("numeroGuiaOperadora", "numero_guia_operadora"),
            *TOKEN,
            BENEFICIARIO,
            texto("planoBeneficiario", "plano_beneficiario"),
            texto("nomeEmpresa", "nome_empresa"),
            RESPONSAVEIS_ODONTO,
            Lista(elemento="procedimentosExecutados", campo="procedimentos", registro=procedimento_odonto),
            data("dataTerminoTrat", "data_termino"),
            texto("tipoAtendimento", "tipo_atendimento"),
            texto("tipoFaturamento", "tipo_faturamento"),
            valor("qtdTotalUS", "quantidade_total_us"),
            valor("valorTotalProc", "valor_total_procedimentos"),
            valor("valorTotalFranquia", "valor_total_franquia"),
            OBSERVACAO,
            Filho(elemento="odontoInicial", campo="situacao_inicial", registro=situacao_inicial),
            _ASSINATURA,
        ),
    )


GUIAS: Final[dict[TipoGuia, Callable[[], Registro]]] = {
    TipoGuia.SP_SADT: guia_sp_sadt,
    TipoGuia.RESUMO_INTERNACAO: guia_resumo_internacao,
    TipoGuia.HONORARIOS: guia_honorarios,
    TipoGuia.CONSULTA: guia_consulta,
    TipoGuia.ODONTO: guia_odonto,
}
"""Mapping of each kind of guia."""


# --- bodies -------------------------------------------------------------------------------------------

_LOTE: Final = "loteGuias"


def _da_operadora(modulo: str, nome: str) -> Corpo:
    return Corpo(sentido=PARA_PRESTADOR, registro=late(modulo, nome))


def _do_prestador(modulo: str, nome: str) -> Corpo:
    return Corpo(sentido=PARA_OPERADORA, registro=late(modulo, nome))


CORPOS: Final[dict[str, Corpo]] = {
    "autorizacaoServicos": _da_operadora("autorizacao", "situacao_autorizacao"),
    "cancelaGuia": _do_prestador("cancelamento", "cancela_guia"),
    "comunicacaoInternacao": _do_prestador("comunicacao", "comunicacao_internacao"),
    "demonstrativosRetorno": _da_operadora("demonstrativos", "demonstrativos_retorno"),
    "envioDocumentos": _do_prestador("documentos", "envio_documentos"),
    "loteAnexos": _do_prestador("anexos", "lote_anexos"),
    "recebimentoAnexo": _da_operadora("anexos", "recebimento_anexo"),
    "recebimentoDocumentos": _da_operadora("documentos", "recebimento_documentos"),
    "recebimentoLote": _da_operadora("recebimento", "recebimento_lote"),
    "recebimentoRecursoGlosa": _da_operadora("recurso", "recebimento_recurso_glosa"),
    "reciboCancelaGuia": _da_operadora("cancelamento", "recibo_cancela_guia"),
    "reciboComunicacao": _da_operadora("comunicacao", "recibo_comunicacao"),
    "recursoGlosa": _do_prestador("recurso", "recurso_glosa"),
    "respostaElegibilidade": _da_operadora("elegibilidade", "resposta_elegibilidade"),
    "respostaRecursoGlosa": _da_operadora("recurso", "resposta_recurso_glosa"),
    "situacaoAutorizacao": _da_operadora("autorizacao", "situacao_autorizacao"),
    "situacaoProtocolo": _da_operadora("situacao", "situacao_protocolo"),
    "solicitaStatusAutorizacao": _do_prestador("solicitacao", "solicita_status_autorizacao"),
    "solicitacaoDemonstrativoRetorno": _do_prestador("demonstrativos", "solicitacao_demonstrativo"),
    "solicitacaoProcedimento": _do_prestador("solicitacao", "solicitacao_procedimento"),
    "solicitacaoStatusProtocolo": _do_prestador("situacao", "solicitacao_status_protocolo"),
    "solicitacaoStatusRecursoGlosa": _do_prestador("recurso", "solicitacao_status"),
    "verificaElegibilidade": _do_prestador("elegibilidade", "verifica_elegibilidade"),
}
"""Every body that is read and written, by its element; a lote de guias, of many guias, is apart."""


# --- what the mapping knows of the standard's shape ---------------------------------------------------


def registros_de(corpo: str) -> dict[str, Callable[[], Registro]]:
    """Mappings of a message with that body (or of none), by their element."""
    mapeados: dict[str, Callable[[], Registro]] = {"cabecalho": cabecalho}
    if corpo == _LOTE:
        mapeados |= {tipo.value: guia for tipo, guia in GUIAS.items()}
    elif corpo in CORPOS:
        mapeados[corpo] = CORPOS[corpo].registro
    return mapeados


def children_by_element(corpo: str) -> dict[str, frozenset[str]]:
    """Names an element may have inside, by its own name, over all that is mapped of a message with that body.

    A name used for several types has the children of all of them.
    """
    return _children_by_element(corpo if corpo == _LOTE or corpo in CORPOS else "")


@cache
def _children_by_element(corpo: str) -> dict[str, frozenset[str]]:
    achados: dict[str, set[str]] = {
        "mensagemTISS": {"cabecalho", PARA_OPERADORA, PARA_PRESTADOR, "epilogo", "Signature"},
        _LOTE: {"numeroLote", "guiasTISS"},
    }

    def visitar(elemento: str, partes: tuple[Parte, ...]) -> None:
        filhos = achados.setdefault(elemento, set())
        for parte in partes:
            if isinstance(parte, Lista):
                filhos.add(parte.envoltorio or parte.elemento)
                if parte.envoltorio is not None:
                    achados.setdefault(parte.envoltorio, set()).add(parte.elemento)
                if parte.interno is not None:
                    achados.setdefault(parte.elemento, set()).add(parte.interno)
                if parte.registro is not None:
                    visitar(parte.interno or parte.elemento, parte.registro().partes)
                continue
            filhos.add(parte.elemento)
            if isinstance(parte, Grupo):
                visitar(parte.elemento, parte.partes)
            elif isinstance(parte, Filho):
                visitar(parte.elemento, parte.registro().partes)

    for elemento, registro in registros_de(corpo).items():
        visitar(elemento, registro().partes)
    return {elemento: frozenset(nomes) for elemento, nomes in achados.items()}
