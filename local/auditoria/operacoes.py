"""Which operations show personal data, and so leave a row of the audit before they answer.

Written by hand, from what each shows, and not read from the code it is there to judge. What a caller sent itself and is
shown again, and its own data (its session, where its alertas go), is nothing that is read of somebody.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Leitura(StrEnum):
    """Whether an operation that is served leaves a row."""

    SEMPRE = "SEMPRE"
    CONFORME = "CONFORME"
    """When what it answers tells of somebody; or it hands over to one that is listed itself."""
    PESSOA = "PESSOA"
    """When the prestador it acts on is a person, and not a company: which were, the table `cadastro` tells."""
    NUNCA = "NUNCA"


_SEMPRE: Final = """
verificarElegibilidade verificarElegibilidadeEmLote listarCorpoClinico listarPessoas alterarPessoa
decidirPedidoDeRelacionamento exportarDadosDoTitular eliminarDadosDoTitular

solicitarAutorizacao listarAutorizacoes simularAutorizacao substituirAutorizacao buscarAutorizacao obterAutorizacao
obterAutorizacaoEmPdf cancelarAutorizacao enviarAnexo responderPendencias pedirMudancaDeData comunicarInternacao
comunicarAlta obterRascunho enviarRascunho listarAutorizacoesDaOperadora solicitarAutorizacaoPelaCentral
buscarAutorizacoesDaOperadora obterAutorizacaoDaOperadora obterAutorizacaoDaOperadoraEmPdf decidirAutorizacao
pedirPendencias prorrogarPrazo retomarAnalise cancelarAutorizacaoPelaCentral alterarQuantidades alterarExecutante
registrarAtendimento decidirMudancaDeData

baixarDocumento obterRespostaDoUpload baixarDocumentoPelaOperadora

obterGuiaDoPeg listarGlosasDoPeg obterRecebimentoDoPeg obterRascunhoDePeg obterModeloDeGuia obterGuiaDoPegDaOperadora
listarGlosasDoPegDaOperadora

obterDemonstrativoDeAnalise conciliarPeg

listarItensDoRecursoDeGlosa obterRespostaDoRecursoDeGlosa obterRecebimentoDoRecursoDeGlosa obterRascunhoDeRecurso
listarItensDoRecursoDaOperadora

listarAcessos exportarAuditoria listarAcessosDaOperadora exportarAuditoriaDaOperadora
"""
_CONFORME: Final = """
enviarMensagemTiss verificarElegibilidadeTiss solicitarAutorizacaoTiss situacaoDaAutorizacaoTiss anexarTiss
comunicarTiss enviarLoteTiss situacaoDoProtocoloTiss pedirDemonstrativoTiss recorrerTiss situacaoDoRecursoTiss

listarRelacionamentosDaOperadora validarGuias obterDemonstrativoDePagamento obterDemonstrativoOdontologico
obterLoteDeDemonstrativos listarGlosasContestaveis baixarPlanilhaDeRecursos listarDocumentosDaOperadora
"""
_PESSOA: Final = """
suspenderRelacionamento reativarRelacionamento descredenciarPrestador
"""
_NUNCA: Final = """
obterSaude obterLimites obterOpenApi obterDocumentacao listarOperadoras listarContatos obterSessao

obterContrato listarPrecos listarRegrasDeProcedimentos listarMudancasDeRegras convidarPessoa desvincularPessoa
listarCredenciais criarCredencial rotacionarCredencial revogarCredencial listarRelacionamentos solicitarRelacionamento
obterPedidoDeRelacionamento listarCargas obterCarga obterRelatorioDaCarga retomarCarga

listarRascunhos criarRascunho gravarRascunho excluirRascunho cancelarSolicitacoesTiss

listarDocumentos listarPendenciasDeDocumentos obterDocumento vincularDocumento desvincularDocumento criarUpload
obterUpload obterExigenciasDeDocumentos definirExigenciasDeDocumentos enviarDocumentoTiss
listarDocumentacoes registrarVisita listarProcedimentosComSenha lerDocumentacao baixarDocumentacao listarPublicacoes
criarPublicacao obterPublicacao alterarRascunhoDePublicacao criarEdicao enviarArquivoDePublicacao
baixarArquivoDePublicacao publicarDocumentacao retirarDocumentacao contarDocumentacoesNovas
listarPublicoDaDocumentacao

listarPegs obterPeg listarGuiasDoPeg cancelarPeg retirarGuiaDoPeg responderPedidoDeInformacao listarRascunhosDePeg
criarRascunhoDePeg alterarRascunhoDePeg excluirRascunhoDePeg incluirGuia alterarGuia excluirGuia fecharRascunhoDePeg
enviarRascunhoDePeg reabrirRascunhoDePeg listarPegsDaOperadora obterPegDaOperadora listarGuiasDoPegDaOperadora
iniciarAnaliseDoPeg glosar reverterGlosa pedirInformacaoDoPeg concluirAnaliseDoPeg reabrirAnaliseDoPeg liberarPeg
cancelarTiss

obterCronograma baixarCronogramaCsv baixarCronogramaPdf baixarCronogramaCalendario listarPegsDoCronograma
obterPegDoCronograma listarAgendas criarAgenda revogarAgenda lerAgenda listarNotasFiscais enviarNotaFiscal
listarPendenciasDeNotaFiscal obterNotaFiscal cancelarNotaFiscal listarPagamentos listarLancamentos obterPagamento
pedirDemonstrativosEmLote listarLotesDeDemonstrativos obterCronogramaDaOperadora publicarCronograma
obterVersaoDoCronograma listarNotasFiscaisAConferir obterNotaFiscalDaOperadora baixarArquivoDaNotaFiscal
aceitarNotaFiscal recusarNotaFiscal listarPagamentosDaOperadora registrarPagamento listarLancamentosDaOperadora
criarLancamento cancelarLancamento

listarRecursosDeGlosa enviarRecursoDeGlosa validarRecursoDeGlosa obterRecursoDeGlosa cancelarRecursoDeGlosa
enviarPlanilhaDeRecursos listarRascunhosDeRecurso criarRascunhoDeRecurso alterarRascunhoDeRecurso
descartarRascunhoDeRecurso enviarRascunhoDeRecurso listarRecursosDaOperadora obterRecursoDaOperadora
iniciarAnaliseDoRecurso responderItensDoRecurso concluirRecurso somarContestados somarContestaveis
cancelarRecursosTiss

listarWebhooks criarWebhook obterWebhook alterarWebhook retirarWebhook verificarWebhook pausarWebhook retomarWebhook
trocarSegredoDoWebhook testarWebhook listarEntregasDeWebhook obterEntregaDeWebhook reenviarEntregaDeWebhook
reenviarEntregasDeWebhook

listarAlertas lerAlerta marcarAlertas lerPreferenciaDeAlertas escolherPreferenciaDeAlertas abrirInicio
listarPendenciasDoInicio
"""
OPERACOES: Final[Mapping[str, Leitura]] = MappingProxyType(
    {
        name: leitura
        for leitura, names in (
            (Leitura.SEMPRE, _SEMPRE), (Leitura.CONFORME, _CONFORME), (Leitura.PESSOA, _PESSOA),
            (Leitura.NUNCA, _NUNCA),
        )
        for name in names.split()
    }
)  # fmt: skip
"""Of each operation, published or handed over to from another function, by its name."""
