"""`recursoGlosa`, `recebimentoRecursoGlosa`, `solicitacaoStatusRecursoGlosa` and `respostaRecursoGlosa`.

Misspelt names of elements are the standard's own.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from conecta_tiss.messages import recurso
from conecta_tiss.xml.layout import (
    CENTRO_CONSUMO,
    DENTE_REGIAO,
    OBSERVACAO,
    Filho,
    Lista,
    Registro,
    contratado,
    data,
    dentro,
    numero,
    procedimento_dados,
    quantidade,
    sim_nao,
    texto,
    valor,
)
from conecta_tiss.xml.layouts.comum import MENSAGEM_ERRO, PRESTADOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from conecta_tiss.xml.layout import Parte


def _guia(numero_do_prestador: str = "numeroGuiaPrestador") -> tuple[Parte, ...]:
    return (
        texto(numero_do_prestador, "numero_guia_prestador"),
        texto("numeroGuiaOperadora", "numero_guia_operadora"),
        texto("senha", "senha"),
    )


_PROCEDIMENTO: Final = procedimento_dados("procRecurso")
_SEQUENCIAL: Final = numero("sequencialItem", "sequencial_item")
_VALOR: Final = valor("valorRecursado", "valor_recursado")
_LUGAR: Final = (DENTE_REGIAO, texto("denteFace", "face"))
_PERIODO: Final = (data("dataInicio", "data_inicio"), data("dataFim", "data_fim"))
_QUANTIDADE: Final = quantidade("quantidade", "quantidade")
_NUMERO: Final = texto("numeroGuiaRecGlosaPrestador", "numero")
_NUMERO_OPERADORA: Final = texto("numeroGuiaRecGlosaOperadora", "numero_operadora")
_NOME: Final = texto("nomeOperadora", "nome_operadora")
_OBJETO: Final = texto("objetoRecurso", "objeto")
_REGISTRO: Final = texto("registroANS", "registro_ans")
_LOTE: Final = texto("numeroLote", "numero_lote")
_PROTOCOLO: Final = texto("numeroProtocolo", "numero_protocolo")
_DATA: Final = data("dataRecurso", "data")


# --- what is contested ---


@cache
def glosa_de_protocolo() -> Registro:
    """`recursoProtocolo`."""
    return Registro(
        classe=recurso.GlosaContestada,
        partes=(texto("codigoGlosaProtocolo", "codigo"), texto("justificativaProtocolo", "justificativa")),
    )


@cache
def glosa_de_guia() -> Registro:
    """`recursoGuiaCompleta`, or `recursoGuia` of a receipt."""
    return Registro(
        classe=recurso.GlosaContestada,
        partes=(texto("codGlosaGuia", "codigo"), texto("justificativaGuia", "justificativa")),
    )


@cache
def item() -> Registro:
    """`itensGuia` of ctm_recursoGlosa."""
    return Registro(
        classe=recurso.ItemRecursado,
        partes=(
            _SEQUENCIAL,
            *_PERIODO,
            _PROCEDIMENTO,
            texto("grauParticipacao", "grau_participacao"),
            CENTRO_CONSUMO,
            texto("codGlosaItem", "codigo_glosa"),
            _VALOR,
            texto("justificativaItem", "justificativa"),
        ),
    )


@cache
def item_odonto() -> Registro:
    """`recursoProcedimento` of cto_recursoGlosaOdonto."""
    return Registro(
        classe=recurso.ItemRecursado,
        partes=(
            _SEQUENCIAL,
            data("dataRealizacao", "data_inicio"),
            *_LUGAR,
            _QUANTIDADE,
            _PROCEDIMENTO,
            texto("codGlosaProc", "codigo_glosa"),
            texto("justificativaProc", "justificativa"),
            _VALOR,
        ),
    )


def _de_guias(glosas: str, de_item: Callable[[], Registro]) -> Registro:
    return Registro(
        classe=recurso.GuiaRecursada,
        partes=(
            *_guia("numeroGuiaOrigem"),
            dentro(
                "opcaoRecursoGuia",
                Lista(elemento=glosas, campo="glosas", registro=glosa_de_guia),
                Lista(elemento="itensGuia", campo="itens", registro=de_item),
            ),
        ),
    )


@cache
def guia() -> Registro:
    """`recursoGuia` of ctm_recursoGlosa."""
    return _de_guias("recursoGuiaCompleta", item)


@cache
def guia_odonto() -> Registro:
    """`recursoGuia` of cto_recursoGlosaOdonto."""
    return Registro(
        classe=recurso.GuiaOdontoRecursada,
        partes=(
            *_guia(),
            texto("codGlosaGuia", "codigo_glosa"),
            texto("justificativaGuia", "justificativa"),
            Lista(elemento="recursoProcedimento", campo="itens", registro=item_odonto),
        ),
    )


_DO_PROTOCOLO: Final = Filho(elemento="recursoProtocolo", campo="protocolo", registro=glosa_de_protocolo)


def _recurso(de_guia: Callable[[], Registro]) -> Registro:
    return Registro(
        classe=recurso.Recurso,
        partes=(
            _REGISTRO,
            _NUMERO,
            _NOME,
            _OBJETO,
            _NUMERO_OPERADORA,
            Filho(elemento="dadosContratado", campo="contratado", registro=contratado),
            _LOTE,
            _PROTOCOLO,
            dentro(
                "opcaoRecurso",
                _DO_PROTOCOLO,
                Lista(elemento="recursoGuia", campo="guias", registro=de_guia),
            ),
            valor("valorTotalRecursado", "valor_total"),
            _DATA,
        ),
    )


@cache
def recurso_medico() -> Registro:
    """ctm_recursoGlosa."""
    return _recurso(guia)


@cache
def recurso_odonto() -> Registro:
    """cto_recursoGlosaOdonto."""
    return _recurso(guia_odonto)


@cache
def recurso_glosa() -> Registro:
    """ct_guiaRecursoLote."""
    return Registro(
        classe=recurso.RecursoGlosa,
        partes=(
            Filho(elemento="guiaRecursoGlosaOdonto", campo="odonto", registro=recurso_odonto),
            Filho(elemento="guiaRecursoGlosa", campo="medico", registro=recurso_medico),
        ),
    )


# --- the receipt ---


@cache
def item_recebido() -> Registro:
    """`itensGuia` of ct_recursoGlosaRecebimento."""
    return Registro(
        classe=recurso.ItemRecursado,
        partes=(
            _SEQUENCIAL,
            *_PERIODO,
            _PROCEDIMENTO,
            *_LUGAR,
            texto("codGlosaItem", "codigo_glosa"),
            _VALOR,
            texto("justificativaItem", "justificativa"),
        ),
    )


@cache
def guia_recebida() -> Registro:
    """`guiasRecurso` of ct_recursoGlosaRecebimento."""
    return _de_guias("recursoGuia", item_recebido)


_RECEBIDO: Final = (
    texto("nrProtocoloRecursoGlosa", "numero_recurso"),
    data("dataEnvioRecurso", "data_envio"),
    data("dataRecebimentoRecurso", "data_recebimento"),
    _LOTE,
    _REGISTRO,
    PRESTADOR,
)


@cache
def protocolo_recurso() -> Registro:
    """ct_recursoGlosaRecebimento."""
    return Registro(
        classe=recurso.ProtocoloRecurso,
        partes=(
            *_RECEBIDO,
            texto("nrProtocoloRecursado", "numero_protocolo"),
            _DO_PROTOCOLO,
            numero("qtGuiasRecurso", "quantidade_guias"),
            Lista(elemento="guiasRecurso", campo="guias", registro=guia_recebida),
            OBSERVACAO,
            valor("valorTotalRecursado", "valor_total"),
        ),
    )


@cache
def recebimento_recurso_glosa() -> Registro:
    """ct_recebimentoRecurso."""
    return Registro(
        classe=recurso.RecebimentoRecursoGlosa,
        partes=(
            MENSAGEM_ERRO,
            Filho(elemento="protocoloRecebimento", campo="protocolo", registro=protocolo_recurso),
        ),
    )


# --- where does it stand? ---


@cache
def solicitacao_status() -> Registro:
    """ct_protocoloSolicitacaoStatus."""
    return Registro(classe=recurso.SolicitacaoStatusRecursoGlosa, partes=(PRESTADOR, _PROTOCOLO))


def _de_protocolo(*fim: Parte) -> Registro:
    return Registro(
        classe=recurso.RespostaDeProtocolo,
        partes=(
            texto("codigoGlosaProtocolo", "codigo_glosa"),
            texto("justificativaProtocolo", "justificativa"),
            sim_nao("recursoAcatado", "acatado"),
            *fim,
        ),
    )


@cache
def resposta_de_protocolo() -> Registro:
    """`recursoProtocolo` of ct_glosaRecibo."""
    return _de_protocolo(texto("justificativaOPSnaoAcatadoProt", "justificativa_operadora"))


@cache
def resposta_de_protocolo_odonto() -> Registro:
    """`recursoProtocolo` of ct_glosaReciboOdonto."""
    return _de_protocolo()


@cache
def resposta_de_guia() -> Registro:
    """ct_respostaGlosaGuiaMedica."""
    return Registro(
        classe=recurso.RespostaDeGuia,
        partes=(
            *_guia(),
            texto("codGlosa", "codigo_glosa"),
            texto("justificativaPrestador", "justificativa"),
            sim_nao("recursoGuiaAcatado", "acatado"),
            texto("justificativaOPSnaoAcatadoGuia", "justificativa_operadora"),
        ),
    )


@cache
def resposta_de_guia_odonto() -> Registro:
    """ct_respostaRecursoGuiaOdonto."""
    return Registro(
        classe=recurso.RespostaDeGuia,
        partes=(
            *_guia(),
            texto("codGlosaGuia", "codigo_glosa"),
            texto("justificativaGuia", "justificativa"),
            sim_nao("recursoAcatadoGuia", "acatado"),
        ),
    )


_JUSTIFICATIVA: Final = texto("justificativaPrestador", "justificativa")
_DA_OPERADORA: Final = texto("justificativaOperadora", "justificativa_operadora")


@cache
def resposta_de_item() -> Registro:
    """ct_respostaGlosaItemMedico."""
    return Registro(
        classe=recurso.RespostaDeItem,
        partes=(
            *_guia(),
            data("dataRealizacao", "data_realizacao"),
            data("dataFim", "data_fim"),
            _SEQUENCIAL,
            _PROCEDIMENTO,
            texto("codGlosa", "codigo_glosa"),
            _VALOR,
            _JUSTIFICATIVA,
            valor("valorAcatadado", "valor_acatado"),
            _DA_OPERADORA,
        ),
    )


@cache
def resposta_de_item_odonto() -> Registro:
    """`recursoProcedimento` of ct_respostaRecursoItemOdonto."""
    return Registro(
        classe=recurso.RespostaDeItemOdonto,
        partes=(
            _SEQUENCIAL,
            data("dataRealizacao", "data_realizacao"),
            *_LUGAR,
            _QUANTIDADE,
            _PROCEDIMENTO,
            texto("codGlosaProc", "codigo_glosa"),
            _VALOR,
            _JUSTIFICATIVA,
            valor("valorAcatado", "valor_acatado"),
            _DA_OPERADORA,
        ),
    )


@cache
def resposta_de_itens_odonto() -> Registro:
    """ct_respostaRecursoItemOdonto."""
    return Registro(
        classe=recurso.RespostaDeItensOdonto,
        partes=(
            *_guia(),
            Lista(elemento="recursoProcedimento", campo="itens", registro=resposta_de_item_odonto),
        ),
    )


@cache
def resposta() -> Registro:
    """`recursoGuia` of ct_glosaRecibo."""
    return Registro(
        classe=recurso.RespostaRecursada,
        partes=(
            Filho(elemento="respostaGuia", campo="guia", registro=resposta_de_guia),
            Filho(elemento="respostaGuiaItens", campo="item", registro=resposta_de_item),
        ),
    )


@cache
def resposta_odonto() -> Registro:
    """`recursoGuia` of ct_glosaReciboOdonto."""
    return Registro(
        classe=recurso.RespostaOdontoRecursada,
        partes=(
            Filho(elemento="respostaRecursoGuiaOdonto", campo="guia", registro=resposta_de_guia_odonto),
            Filho(elemento="respostaRecursoItemOdonto", campo="itens", registro=resposta_de_itens_odonto),
        ),
    )


def _recibo(*nomes: Parte, protocolo: Callable[[], Registro], resposta: Callable[[], Registro]) -> Registro:
    return Registro(
        classe=recurso.ReciboGlosa,
        partes=(
            _REGISTRO,
            _NUMERO,
            *nomes,
            _OBJETO,
            texto("codigoPrestador", "codigo_prestador"),
            _LOTE,
            _PROTOCOLO,
            dentro(
                "opcaoRecurso",
                Filho(elemento="recursoProtocolo", campo="protocolo", registro=protocolo),
                Lista(elemento="recursoGuia", campo="respostas", registro=resposta),
            ),
            _DATA,
            valor("valorTotalRecursado", "valor_recursado"),
            valor("valorTotalAcatado", "valor_acatado"),
        ),
    )


@cache
def recibo_glosa() -> Registro:
    """ct_glosaRecibo."""
    return _recibo(_NUMERO_OPERADORA, _NOME, protocolo=resposta_de_protocolo, resposta=resposta)


@cache
def recibo_glosa_odonto() -> Registro:
    """ct_glosaReciboOdonto, which has the same names the other way round."""
    return _recibo(_NOME, _NUMERO_OPERADORA, protocolo=resposta_de_protocolo_odonto, resposta=resposta_odonto)


@cache
def situacao_recurso() -> Registro:
    """`reciboGlosaStatus` of ct_respostaGlosa."""
    return Registro(
        classe=recurso.SituacaoRecurso,
        partes=(
            *_RECEBIDO,
            texto("nrProtocoloSituacaoRecursoGlosa", "numero_consulta"),
            data("dataSituacao", "data_situacao"),
            texto("situacaoProtocolo", "situacao"),
        ),
    )


@cache
def resposta_recurso_glosa() -> Registro:
    """ct_respostaGlosa."""
    return Registro(
        classe=recurso.RespostaRecursoGlosa,
        partes=(
            Filho(elemento="reciboGlosa", campo="recibo", registro=recibo_glosa),
            Filho(elemento="reciboGlosaOdonto", campo="recibo_odonto", registro=recibo_glosa_odonto),
            Filho(elemento="reciboGlosaStatus", campo="situacao", registro=situacao_recurso),
            MENSAGEM_ERRO,
        ),
    )
