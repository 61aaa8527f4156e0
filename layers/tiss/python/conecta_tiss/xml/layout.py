"""How each message value is spelt in XML: one declarative mapping, which drives reader and writer.

A `Registro` says, for one dataclass, which elements hold its fields, in the order of the schema. Elements
are of four sorts:

- `folha`: one leaf, one field;
- `dentro`: a wrapper whose leaves belong to the same dataclass (`cabecalhoGuia`, `procedimento`);
- `filho`: a nested dataclass; `envoltorio` says which wrapper it sits in;
- `lista`: any number of leaves or nested dataclasses, maybe inside a wrapper.

What the dataclass leaves optional (a field with a default) may be absent in XML. Choices and what belongs
to one version only are not repeated here: the schema judges what is read and what is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from conecta_tiss.messages import comum, elegibilidade, envelope, lote_guias, recebimento, situacao
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
        sem: Child of a branch of the body that the dataclass does not have: such a message is not read.
    """

    sentido: str
    registro: Callable[[], Registro]
    sem: str | None = None


def _texto(elemento: str, campo: str) -> Folha:
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.TEXTO)


def _data(elemento: str, campo: str) -> Folha:
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.DATA)


def _numero(elemento: str, campo: str) -> Folha:
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.NUMERO)


def _quantidade(elemento: str, campo: str) -> Folha:
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.QUANTIDADE)


def _decimal(elemento: str, campo: str) -> Folha:
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.DECIMAL)


def _valor(elemento: str, campo: str) -> Folha:
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.VALOR)


def _sim_nao(elemento: str, campo: str) -> Folha:
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.SIM_NAO)


def _logico(elemento: str, campo: str) -> Folha:
    return Folha(elemento=elemento, campo=campo, tipo=Tipo.LOGICO)


def _dentro(elemento: str, *partes: Parte) -> Grupo:
    return Grupo(elemento=elemento, partes=partes)


_ASSINATURA: Final = Folha(elemento="assinaturaDigitalGuia", campo="assinada", tipo=Tipo.PRESENCA)
_HORARIO: Final = (_texto("horaInicial", "hora_inicial"), _texto("horaFinal", "hora_final"))
_TOKEN: Final = (
    _texto("ausenciaCodValidacao", "ausencia_cod_validacao"),
    _texto("codValidacao", "cod_validacao"),
)
_CODIGO_CPF_CNPJ: Final = (
    _texto("codigoPrestadorNaOperadora", "codigo_na_operadora"),
    _texto("cpfContratado", "cpf"),
    _texto("cnpjContratado", "cnpj"),
)
_CENTRO_CONSUMO: Final = _texto("centroConsumo", "centro_consumo")


def _procedimento_dados(elemento: str = "procedimento") -> Grupo:
    return _dentro(
        elemento,
        _texto("codigoTabela", "codigo_tabela"),
        _texto("codigoProcedimento", "codigo_procedimento"),
        _texto("descricaoProcedimento", "descricao_procedimento"),
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
            _texto("nomeProfissional", "nome"),
            _texto("conselhoProfissional", "conselho"),
            _texto("numeroConselhoProfissional", "numero_conselho"),
            _texto("UF", "uf"),
            _texto("CBOS", "cbo"),
        ),
    )


@cache
def beneficiario() -> Registro:
    """ct_beneficiarioDados."""
    return Registro(
        classe=comum.Beneficiario,
        partes=(
            _texto("numeroCarteira", "numero_carteira"),
            _sim_nao("atendimentoRN", "atendimento_rn"),
            _texto("tipoIdent", "tipo_ident"),
            _texto("identificadorBeneficiario", "identificador"),
        ),
    )


@cache
def motivo_glosa() -> Registro:
    """ct_motivoGlosa."""
    return Registro(
        classe=comum.MotivoGlosa,
        partes=(_texto("codigoGlosa", "codigo"), _texto("descricaoGlosa", "descricao")),
    )


@cache
def valores_processados() -> Registro:
    """ct_valorTotal."""
    return Registro(
        classe=comum.ValoresProcessados,
        partes=(
            _valor("valorProcessado", "processado"),
            _valor("valorGlosa", "glosa"),
            _valor("valorLiberado", "liberado"),
        ),
    )


@cache
def parte() -> Registro:
    """`origem` and `destino` of the header."""
    return Registro(
        classe=envelope.Parte,
        partes=(
            _dentro(
                "identificacaoPrestador",
                _texto("CNPJ", "cnpj"),
                _texto("CPF", "cpf"),
                _texto("codigoPrestadorNaOperadora", "codigo_prestador_na_operadora"),
            ),
            _texto("registroANS", "registro_ans"),
        ),
    )


@cache
def cabecalho() -> Registro:
    """The header, cabecalhoTransacao."""
    return Registro(
        classe=envelope.Cabecalho,
        partes=(
            _dentro(
                "identificacaoTransacao",
                _texto("tipoTransacao", "tipo_transacao"),
                _texto("sequencialTransacao", "sequencial_transacao"),
                _data("dataRegistroTransacao", "data_registro"),
                _texto("horaRegistroTransacao", "hora_registro"),
            ),
            _texto("falhaNegocio", "falha_negocio"),
            Filho(elemento="origem", campo="origem", registro=parte),
            Filho(elemento="destino", campo="destino", registro=parte),
            _texto("Padrao", "padrao"),
        ),
    )


# --- loteGuias ----------------------------------------------------------------------------------------


@cache
def autorizacao() -> Registro:
    """ct_autorizacaoSADT and ct_autorizacaoInternacao."""
    return Registro(
        classe=lote_guias.Autorizacao,
        partes=(
            _texto("numeroGuiaOperadora", "numero_guia_operadora"),
            _data("dataAutorizacao", "data_autorizacao"),
            _texto("senha", "senha"),
            _data("dataValidadeSenha", "data_validade_senha"),
            *_TOKEN,
        ),
    )


@cache
def valores_guia() -> Registro:
    """ct_guiaValorTotal."""
    return Registro(
        classe=lote_guias.ValoresGuia,
        partes=(
            _valor("valorProcedimentos", "procedimentos"),
            _valor("valorDiarias", "diarias"),
            _valor("valorTaxasAlugueis", "taxas_alugueis"),
            _valor("valorMateriais", "materiais"),
            _valor("valorMedicamentos", "medicamentos"),
            _valor("valorOPME", "opme"),
            _valor("valorGasesMedicinais", "gases_medicinais"),
            _valor("valorTotalGeral", "total_geral"),
        ),
    )


def _executante(grau: str, nome: str, conselho: str, cbo: str) -> Registro:
    return Registro(
        classe=lote_guias.Executante,
        partes=(
            _texto(grau, "grau_participacao"),
            _dentro(
                "codProfissional",
                _texto("codigoPrestadorNaOperadora", "codigo_na_operadora"),
                _texto("cpfContratado", "cpf"),
            ),
            _texto(nome, "nome"),
            _texto(conselho, "conselho"),
            _texto("numeroConselhoProfissional", "numero_conselho"),
            _texto("UF", "uf"),
            _texto(cbo, "cbo"),
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
            _numero("sequencialItem", "sequencial_item"),
            _data("dataExecucao", "data_execucao"),
            *_HORARIO,
            _procedimento_dados(),
            _quantidade("quantidadeExecutada", "quantidade"),
            _texto("viaAcesso", "via_acesso"),
            _texto("tecnicaUtilizada", "tecnica_utilizada"),
            _valor("reducaoAcrescimo", "reducao_acrescimo"),
            _valor("valorUnitario", "valor_unitario"),
            _valor("valorTotal", "valor_total"),
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
        _CENTRO_CONSUMO,
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
            _numero("sequencialItem", "sequencial_item"),
            _texto("codigoDespesa", "codigo_despesa"),
            _dentro(
                "servicosExecutados",
                _data("dataExecucao", "data_execucao"),
                *_HORARIO,
                _texto("codigoTabela", "codigo_tabela"),
                _texto("codigoProcedimento", "codigo_procedimento"),
                _decimal("quantidadeExecutada", "quantidade"),
                _texto("unidadeMedida", "unidade_medida"),
                _valor("reducaoAcrescimo", "reducao_acrescimo"),
                _valor("valorUnitario", "valor_unitario"),
                _valor("valorTotal", "valor_total"),
                _CENTRO_CONSUMO,
                _texto("descricaoProcedimento", "descricao_procedimento"),
                _texto("registroANVISA", "registro_anvisa"),
                _texto("codigoRefFabricante", "codigo_ref_fabricante"),
                _texto("autorizacaoFuncionamento", "autorizacao_funcionamento"),
            ),
            _numero("itemVinculado", "item_vinculado"),
        ),
    )


_DESPESAS: Final = Lista(elemento="despesa", campo="despesas", registro=despesa, envoltorio="outrasDespesas")
_GUIA: Final = (
    _texto("registroANS", "registro_ans"),
    _texto("numeroGuiaPrestador", "numero_guia_prestador"),
)
_BENEFICIARIO: Final = Filho(elemento="dadosBeneficiario", campo="beneficiario", registro=beneficiario)
_EXECUTANTE: Final = _dentro(
    "dadosExecutante",
    Filho(elemento="contratadoExecutante", campo="contratado_executante", registro=contratado),
    _texto("CNES", "cnes_executante"),
)
_VALORES: Final = Filho(elemento="valorTotal", campo="valores", registro=valores_guia)
_OBSERVACAO: Final = _texto("observacao", "observacao")


@cache
def guia_sp_sadt() -> Registro:
    """ctm_sp-sadtGuia."""
    return Registro(
        classe=lote_guias.GuiaSpSadt,
        partes=(
            _dentro("cabecalhoGuia", *_GUIA, _texto("guiaPrincipal", "guia_principal")),
            Filho(elemento="dadosAutorizacao", campo="autorizacao", registro=autorizacao),
            _BENEFICIARIO,
            _dentro(
                "dadosSolicitante",
                Filho(elemento="contratadoSolicitante", campo="contratado_solicitante", registro=contratado),
                _texto("nomeContratadoSolicitante", "nome_contratado_solicitante"),
                Filho(elemento="profissionalSolicitante", campo="profissional_solicitante", registro=profissional),
            ),
            _dentro(
                "dadosSolicitacao",
                _data("dataSolicitacao", "data_solicitacao"),
                _texto("caraterAtendimento", "carater_atendimento"),
                _texto("indicacaoClinica", "indicacao_clinica"),
                _texto("indCobEspecial", "cobertura_especial"),
            ),
            _EXECUTANTE,
            _dentro(
                "dadosAtendimento",
                _texto("tipoAtendimento", "tipo_atendimento"),
                _texto("indicacaoAcidente", "indicacao_acidente"),
                _texto("tipoConsulta", "tipo_consulta"),
                _texto("motivoEncerramento", "motivo_encerramento"),
                _texto("regimeAtendimento", "regime_atendimento"),
                _texto("saudeOcupacional", "saude_ocupacional"),
            ),
            Lista(
                elemento="procedimentoExecutado",
                campo="procedimentos",
                registro=procedimento_sp_sadt,
                envoltorio="procedimentosExecutados",
            ),
            _DESPESAS,
            _OBSERVACAO,
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
            _texto("declaracaoNascido", "declaracao_nascido"),
            _texto("diagnosticoObito", "diagnostico_obito"),
            _texto("declaracaoObito", "declaracao_obito"),
            _sim_nao("indicadorDORN", "indicador_do_rn"),
        ),
    )


@cache
def guia_resumo_internacao() -> Registro:
    """ctm_internacaoResumoGuia."""
    return Registro(
        classe=lote_guias.GuiaResumoInternacao,
        partes=(
            _dentro("cabecalhoGuia", *_GUIA),
            _texto("numeroGuiaSolicitacaoInternacao", "numero_guia_solicitacao_internacao"),
            Filho(elemento="dadosAutorizacao", campo="autorizacao", registro=autorizacao),
            _BENEFICIARIO,
            _EXECUTANTE,
            _dentro(
                "dadosInternacao",
                _texto("caraterAtendimento", "carater_atendimento"),
                _texto("tipoFaturamento", "tipo_faturamento"),
                _data("dataInicioFaturamento", "data_inicio_faturamento"),
                _texto("horaInicioFaturamento", "hora_inicio_faturamento"),
                _data("dataFinalFaturamento", "data_final_faturamento"),
                _texto("horaFinalFaturamento", "hora_final_faturamento"),
                _texto("tipoInternacao", "tipo_internacao"),
                _texto("regimeInternacao", "regime_internacao"),
                Lista(elemento="declaracoes", campo="declaracoes", registro=declaracao),
            ),
            _dentro(
                "dadosSaidaInternacao",
                Lista(elemento="diagnostico", campo="diagnosticos"),
                _texto("indicadorAcidente", "indicador_acidente"),
                _texto("motivoEncerramento", "motivo_encerramento"),
            ),
            Lista(
                elemento="procedimentoExecutado",
                campo="procedimentos",
                registro=procedimento_internacao,
                envoltorio="procedimentosExecutados",
            ),
            _VALORES,
            _DESPESAS,
            _OBSERVACAO,
            _ASSINATURA,
        ),
    )


@cache
def guia_honorarios() -> Registro:
    """ctm_honorarioIndividualGuia."""
    return Registro(
        classe=lote_guias.GuiaHonorarios,
        partes=(
            _dentro("cabecalhoGuia", *_GUIA),
            _texto("guiaSolicInternacao", "guia_solic_internacao"),
            _texto("senha", "senha"),
            _texto("numeroGuiaOperadora", "numero_guia_operadora"),
            _dentro(
                "beneficiario",
                _texto("numeroCarteira", "numero_carteira"),
                _sim_nao("atendimentoRN", "atendimento_rn"),
            ),
            _dentro(
                "localContratado",
                _dentro(
                    "codigoContratado",
                    _texto("codigoNaOperadora", "codigo_local"),
                    _texto("cnpjLocalExecutante", "cnpj_local"),
                ),
                _texto("nomeContratado", "nome_local"),
                _texto("cnes", "cnes_local"),
            ),
            _dentro(
                "dadosContratadoExecutante",
                _texto("codigonaOperadora", "codigo_executante"),
                _texto("cnesContratadoExecutante", "cnes_executante"),
            ),
            _dentro(
                "dadosInternacao",
                _data("dataInicioFaturamento", "data_inicio_faturamento"),
                _data("dataFimFaturamento", "data_fim_faturamento"),
                _texto("caraterAtendimento", "carater_atendimento"),
            ),
            Lista(
                elemento="procedimentoRealizado",
                campo="procedimentos",
                registro=procedimento_honorarios,
                envoltorio="procedimentosRealizados",
            ),
            _OBSERVACAO,
            _valor("valorTotalHonorarios", "valor_total_honorarios"),
            _data("dataEmissaoGuia", "data_emissao_guia"),
            _ASSINATURA,
        ),
    )


@cache
def guia_consulta() -> Registro:
    """ctm_consultaGuia."""
    return Registro(
        classe=lote_guias.GuiaConsulta,
        partes=(
            _dentro("cabecalhoConsulta", *_GUIA),
            _texto("numeroGuiaOperadora", "numero_guia_operadora"),
            *_TOKEN,
            _BENEFICIARIO,
            _dentro(
                "contratadoExecutante",
                _texto("codigoPrestadorNaOperadora", "codigo_executante"),
                _texto("cpfContratado", "cpf_executante"),
                _texto("cnpjContratado", "cnpj_executante"),
                _texto("CNES", "cnes_executante"),
            ),
            Filho(elemento="profissionalExecutante", campo="profissional_executante", registro=profissional),
            _texto("indicacaoAcidente", "indicacao_acidente"),
            _dentro(
                "dadosAtendimento",
                _texto("coberturaEspecial", "cobertura_especial"),
                _texto("regimeAtendimento", "regime_atendimento"),
                _texto("saudeOcupacional", "saude_ocupacional"),
                _data("dataAtendimento", "data_atendimento"),
                _texto("tipoConsulta", "tipo_consulta"),
                _dentro(
                    "procedimento",
                    _texto("codigoTabela", "codigo_tabela"),
                    _texto("codigoProcedimento", "codigo_procedimento"),
                    _valor("valorProcedimento", "valor_procedimento"),
                ),
            ),
            _OBSERVACAO,
            _ASSINATURA,
        ),
    )


_DENTE_REGIAO: Final = _dentro("denteRegiao", _texto("codDente", "dente"), _texto("codRegiao", "regiao"))


@cache
def procedimento_odonto() -> Registro:
    """`procedimentosExecutados` of cto_guiaOdontologia."""
    return Registro(
        classe=lote_guias.ProcedimentoOdonto,
        partes=(
            _numero("sequencialItem", "sequencial_item"),
            _procedimento_dados("procSolic"),
            _DENTE_REGIAO,
            _texto("denteFace", "face"),
            _quantidade("qtdProc", "quantidade"),
            _valor("qtdUS", "quantidade_us"),
            _valor("valorProc", "valor"),
            _valor("valorFranquia", "valor_franquia"),
            _logico("autorizado", "autorizado"),
            _data("dataRealizacao", "data_realizacao"),
        ),
    )


@cache
def situacao_dente() -> Registro:
    """`dentes` of ct_situacaoClinica."""
    return Registro(
        classe=lote_guias.SituacaoDente,
        partes=(_texto("elementoDentario", "dente"), _texto("condicaoClinica", "condicao")),
    )


@cache
def situacao_inicial() -> Registro:
    """cto_anexoSituacaoInicialnaGTO."""
    return Registro(
        classe=lote_guias.SituacaoInicial,
        partes=(
            _texto("numeroGuiaAnexo", "numero_guia_anexo"),
            _texto("numeroGuiaReferenciada", "numero_guia_referenciada"),
            _texto("numeroGuiaOperadora", "numero_guia_operadora"),
            _dentro(
                "ct_situacaoInicial",
                Lista(elemento="dentes", campo="dentes", registro=situacao_dente, envoltorio="situacaoClinica"),
                _logico("doencaPeriodontal", "doenca_periodontal"),
                _logico("alteracaoTecidoMole", "alteracao_tecido_mole"),
                _texto("observacao", "observacao"),
            ),
        ),
    )


@cache
def guia_odonto() -> Registro:
    """cto_guiaOdontologia."""
    return Registro(
        classe=lote_guias.GuiaOdonto,
        partes=(
            *_GUIA,
            _texto("numeroGuiaPrincipal", "numero_guia_principal"),
            _data("dataAutorizacao", "data_autorizacao"),
            _texto("senhaAutorizacao", "senha"),
            _data("validadeSenha", "data_validade_senha"),
            _texto("numeroGuiaOperadora", "numero_guia_operadora"),
            *_TOKEN,
            _BENEFICIARIO,
            _texto("planoBeneficiario", "plano_beneficiario"),
            _texto("nomeEmpresa", "nome_empresa"),
            _dentro(
                "dadosProfissionaisResponsaveis",
                _texto("nomeProfSolic", "nome_solicitante"),
                _texto("croSolic", "cro_solicitante"),
                _texto("ufSolic", "uf_solicitante"),
                _texto("cbosSolic", "cbo_solicitante"),
                _texto("codigoProfExec", "codigo_executante"),
                _texto("croExec", "cro_executante"),
                _texto("ufExec", "uf_executante"),
                _texto("cnesExec", "cnes_executante"),
                _texto("nomeProfExec2", "nome_executante2"),
                _texto("croExec2", "cro_executante2"),
                _texto("ufExec2", "uf_executante2"),
                _texto("cbosExec2", "cbo_executante2"),
            ),
            Lista(elemento="procedimentosExecutados", campo="procedimentos", registro=procedimento_odonto),
            _data("dataTerminoTrat", "data_termino"),
            _texto("tipoAtendimento", "tipo_atendimento"),
            _texto("tipoFaturamento", "tipo_faturamento"),
            _valor("qtdTotalUS", "quantidade_total_us"),
            _valor("valorTotalProc", "valor_total_procedimentos"),
            _valor("valorTotalFranquia", "valor_total_franquia"),
            _OBSERVACAO,
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


# --- recebimentoLote and situacaoProtocolo ------------------------------------------------------------

_MOTIVOS: Final = Lista(elemento="motivoGlosa", campo="motivos", registro=motivo_glosa)
_GLOSA_GUIA: Final = Lista(elemento="motivoGlosa", campo="glosas", registro=motivo_glosa, envoltorio="glosaGuia")


@cache
def glosas_procedimento() -> Registro:
    """`glosasProcedimento` of an item received."""
    return Registro(
        classe=recebimento.GlosasProcedimento,
        partes=(_MOTIVOS, _valor("valorGlosaProcedimento", "valor")),
    )


_GLOSAS_PROCEDIMENTO: Final = Filho(elemento="glosasProcedimento", campo="glosas", registro=glosas_procedimento)


@cache
def procedimento_recebido() -> Registro:
    """ct_procedimentoExecutado and its glosas."""
    return Registro(
        classe=recebimento.ProcedimentoRecebido,
        partes=(
            _numero("sequencialItem", "sequencial_item"),
            _data("dataExecucao", "data_execucao"),
            *_HORARIO,
            _procedimento_dados(),
            _texto("unidadeMedida", "unidade_medida"),
            _decimal("quantidadeExecutada", "quantidade"),
            _texto("viaAcesso", "via_acesso"),
            _texto("tecnicaUtilizada", "tecnica_utilizada"),
            _valor("valorUnitario", "valor_unitario"),
            _valor("valorTotal", "valor_total"),
            _CENTRO_CONSUMO,
            _texto("codigoDespesa", "codigo_despesa"),
            _valor("fatorReducaoAcrescimo", "fator_reducao_acrescimo"),
            _GLOSAS_PROCEDIMENTO,
        ),
    )


@cache
def guia_recebida() -> Registro:
    """ct_guiaDados."""
    return Registro(
        classe=recebimento.GuiaRecebida,
        partes=(
            _texto("numeroGuiaPrestador", "numero_guia_prestador"),
            _texto("numeroGuiaOperadora", "numero_guia_operadora"),
            *_TOKEN,
            _BENEFICIARIO,
            _data("dataRealizacao", "data_realizacao"),
            Filho(elemento="vlInformadoGuia", campo="valores", registro=valores_processados),
            _GLOSA_GUIA,
            Lista(
                elemento="procedimentoRealizado",
                campo="procedimentos",
                registro=procedimento_recebido,
                envoltorio="procedimentosRealizados",
            ),
        ),
    )


@cache
def procedimento_odonto_recebido() -> Registro:
    """ct_procedimentoExecutadoOdonto and its glosas."""
    return Registro(
        classe=recebimento.ProcedimentoOdontoRecebido,
        partes=(
            _numero("sequencialItem", "sequencial_item"),
            _procedimento_dados(),
            _DENTE_REGIAO,
            _texto("denteFace", "face"),
            _quantidade("qtdProc", "quantidade"),
            _valor("qtdUS", "quantidade_us"),
            _valor("valorProc", "valor"),
            _valor("valorFranquia", "valor_franquia"),
            _sim_nao("autorizado", "autorizado"),
            _data("dataRealizacao", "data_realizacao"),
            _GLOSAS_PROCEDIMENTO,
        ),
    )


@cache
def guia_odonto_recebida() -> Registro:
    """ct_guiaDadosOdonto."""
    return Registro(
        classe=recebimento.GuiaOdontoRecebida,
        partes=(
            _texto("numeroGuiaPrestador", "numero_guia_prestador"),
            _texto("numeroGuiaOperadora", "numero_guia_operadora"),
            *_TOKEN,
            _texto("numeroCarteira", "numero_carteira"),
            _sim_nao("atendimentoRN", "atendimento_rn"),
            _texto("tipoIdent", "tipo_ident"),
            _texto("identificadorBeneficiario", "identificador"),
            Filho(elemento="vlInformadoGuia", campo="valores", registro=valores_processados),
            _GLOSA_GUIA,
            Lista(
                elemento="procedimentoRealizado",
                campo="procedimentos",
                registro=procedimento_odonto_recebido,
                envoltorio="procedimentosRealizados",
            ),
        ),
    )


@cache
def glosa_protocolo() -> Registro:
    """`glosaProtocolo` of ct_protocoloDetalhe."""
    return Registro(
        classe=recebimento.GlosaProtocolo,
        partes=(_dentro("motivosGlosa", _MOTIVOS), _valor("vlGlosaProtocolo", "valor")),
    )


@cache
def protocolo_recebimento() -> Registro:
    """ct_protocoloRecebimento."""
    return Registro(
        classe=recebimento.ProtocoloRecebimento,
        partes=(
            _texto("registroANS", "registro_ans"),
            Filho(elemento="dadosPrestador", campo="prestador", registro=contratado),
            _texto("numeroLote", "numero_lote"),
            _data("dataEnvioLote", "data_envio_lote"),
            _dentro(
                "detalheProtocolo",
                _texto("numeroProtocolo", "numero_protocolo"),
                _valor("valorTotalProtocolo", "valor_total_protocolo"),
                Filho(elemento="glosaProtocolo", campo="glosa", registro=glosa_protocolo),
                _dentro(
                    "dadosGuiasProtocolo",
                    Lista(elemento="dadosGuias", campo="guias", registro=guia_recebida),
                    Lista(elemento="dadosGuiasOdonto", campo="guias_odonto", registro=guia_odonto_recebida),
                ),
            ),
        ),
    )


@cache
def recebimento_lote() -> Registro:
    """ct_recebimentoLote."""
    return Registro(
        classe=recebimento.RecebimentoLote,
        partes=(
            Filho(elemento="mensagemErro", campo="mensagem_erro", registro=motivo_glosa),
            Filho(elemento="protocoloRecebimento", campo="protocolo", registro=protocolo_recebimento),
        ),
    )


@cache
def detalhe_lote() -> Registro:
    """ct_loteStatus."""
    return Registro(
        classe=situacao.DetalheLote,
        partes=(
            _texto("statusProtocolo", "status_protocolo"),
            _texto("numeroProtocolo", "numero_protocolo"),
            _texto("numeroLote", "numero_lote"),
            _data("dataEnvioLote", "data_envio_lote"),
            Filho(elemento="valorTotalLote", campo="valores", registro=valores_processados),
            _dentro(
                "guiasTISS",
                Lista(elemento="guiasMedicas", campo="guias", registro=guia_recebida, interno="guias"),
                Lista(
                    elemento="guiasOdonto",
                    campo="guias_odonto",
                    registro=guia_odonto_recebida,
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
            _texto("identificacaoOperadora", "registro_ans"),
            Filho(elemento="dadosPrestador", campo="prestador", registro=contratado),
            _dentro(
                "lote",
                Filho(elemento="detalheLote", campo="detalhe", registro=detalhe_lote),
                Filho(elemento="mensagemErro", campo="mensagem_erro", registro=motivo_glosa),
            ),
        ),
    )


@cache
def situacao_protocolo() -> Registro:
    """ct_situacaoProtocolo, without the branch of anexos."""
    return Registro(
        classe=situacao.SituacaoProtocolo,
        partes=(
            Filho(elemento="mensagemErro", campo="mensagem_erro", registro=motivo_glosa),
            Filho(elemento="situacaoDoProtocolo", campo="situacao", registro=situacao_do_protocolo),
        ),
    )


# --- verificaElegibilidade and respostaElegibilidade --------------------------------------------------

_IDENTIFICACAO: Final = (
    _texto("tipoIdent", "tipo_ident"),
    _texto("identificadorBeneficiario", "identificador_beneficiario"),
)


@cache
def verifica_elegibilidade() -> Registro:
    """ct_elegibilidadeVerifica."""
    return Registro(
        classe=elegibilidade.VerificaElegibilidade,
        partes=(
            Filho(elemento="dadosPrestador", campo="prestador", registro=contratado),
            _texto("numeroCarteira", "numero_carteira"),
            *_IDENTIFICACAO,
            _data("validadeCarteira", "validade_carteira"),
            *_TOKEN,
        ),
    )


@cache
def recibo_elegibilidade() -> Registro:
    """ct_elegibilidadeRecibo."""
    return Registro(
        classe=elegibilidade.ReciboElegibilidade,
        partes=(
            _texto("registroANS", "registro_ans"),
            _texto("numeroCarteira", "numero_carteira"),
            *_TOKEN,
            _data("validadeCarteira", "validade_carteira"),
            _texto("nomeBeneficiario", "nome_beneficiario"),
            _texto("nomeSocialBeneficiario", "nome_social_beneficiario"),
            *_IDENTIFICACAO,
            _sim_nao("respostaSolicitacao", "resposta_solicitacao"),
            Lista(
                elemento="motivoNegativa",
                campo="motivos_negativa",
                registro=motivo_glosa,
                envoltorio="motivosNegativa",
            ),
        ),
    )


@cache
def resposta_elegibilidade() -> Registro:
    """`respostaElegibilidade` of a message (its SOAP namesake says `codigoGlosa` for `mensagemErro`)."""
    return Registro(
        classe=elegibilidade.RespostaElegibilidade,
        partes=(
            Filho(elemento="mensagemErro", campo="mensagem_erro", registro=motivo_glosa),
            Filho(elemento="reciboElegibilidade", campo="recibo", registro=recibo_elegibilidade),
        ),
    )


# --- bodies -------------------------------------------------------------------------------------------

CORPOS: Final[dict[str, Corpo]] = {
    "recebimentoLote": Corpo(sentido=PARA_PRESTADOR, registro=recebimento_lote),
    "respostaElegibilidade": Corpo(sentido=PARA_PRESTADOR, registro=resposta_elegibilidade),
    "situacaoProtocolo": Corpo(sentido=PARA_PRESTADOR, registro=situacao_protocolo, sem="situacaoProtocoloAnexo"),
    "verificaElegibilidade": Corpo(sentido=PARA_OPERADORA, registro=verifica_elegibilidade),
}
"""Every body that is read and written, by its element; a lote de guias, of many guias, is apart."""


# --- what the mapping knows of the standard's shape ---------------------------------------------------


@cache
def children_by_element() -> dict[str, frozenset[str]]:
    """Names an element may have inside, by its own name, over all that is mapped here.

    A name used for several types has the children of all of them.
    """
    achados: dict[str, set[str]] = {
        "mensagemTISS": {"cabecalho", "prestadorParaOperadora", "operadoraParaPrestador", "epilogo", "Signature"},
        "loteGuias": {"numeroLote", "guiasTISS"},
    }

    def visitar(elemento: str, partes: tuple[Parte, ...]) -> None:
        dentro = achados.setdefault(elemento, set())
        for parte in partes:
            if isinstance(parte, Lista):
                dentro.add(parte.envoltorio or parte.elemento)
                if parte.envoltorio is not None:
                    achados.setdefault(parte.envoltorio, set()).add(parte.elemento)
                if parte.interno is not None:
                    achados.setdefault(parte.elemento, set()).add(parte.interno)
                if parte.registro is not None:
                    visitar(parte.interno or parte.elemento, parte.registro().partes)
                continue
            dentro.add(parte.elemento)
            if isinstance(parte, Grupo):
                visitar(parte.elemento, parte.partes)
            elif isinstance(parte, Filho):
                visitar(parte.elemento, parte.registro().partes)

    mapeados: dict[str, Callable[[], Registro]] = {"cabecalho": cabecalho}
    mapeados |= {tipo.value: guia for tipo, guia in GUIAS.items()}
    mapeados |= {elemento: corpo.registro for elemento, corpo in CORPOS.items()}
    for elemento, registro in mapeados.items():
        visitar(elemento, registro().partes)
    return {elemento: frozenset(nomes) for elemento, nomes in achados.items()}
