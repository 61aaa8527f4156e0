"""REST entry: one TISS message in, one TISS message out, by whichever function owns the transaction.

The owner gets the very event and its answer goes out as it is: tenant, papel, idempotency and every rule are its
business. Only what tells whose message it is is read here.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from conecta_edge import calls, session
from conecta_edge.http import PRESTADOR, XML, Api, Operation, Parameter, Reply, Request, Response
from conecta_edge.problems import FieldError, ProblemError
from porta_tiss.schemas import ANSWER, QUESTION, REFUSAL

if TYPE_CHECKING:
    from collections.abc import Mapping

FUNCAO: Final = "tiss-api"
TAG: Final = "TISS"
CORPO_MAXIMO: Final = 4 * 1024 * 1024
"""Bytes of a message: with base64 and the rest of the event it still fits in one call of a Lambda (6 MB)."""

OWNERS: Final[Mapping[str, str]] = MappingProxyType({
    "verificaElegibilidade": "FUNCAO_CADASTRO",
    "solicitacaoProcedimento": "FUNCAO_AUTORIZACAO",
    "solicitaStatusAutorizacao": "FUNCAO_AUTORIZACAO",
    "loteAnexos": "FUNCAO_AUTORIZACAO",
    "comunicacaoInternacao": "FUNCAO_AUTORIZACAO",
    "loteGuias": "FUNCAO_PEG",
    "solicitacaoStatusProtocolo": "FUNCAO_PEG",
    "cancelaGuia": "FUNCAO_PEG",
    "solicitacaoDemonstrativoRetorno": "FUNCAO_PAGAMENTO",
    "recursoGlosa": "FUNCAO_RECURSO",
    "solicitacaoStatusRecursoGlosa": "FUNCAO_RECURSO",
    "envioDocumentos": "FUNCAO_DOCUMENTOS",
})  # fmt: skip
"""The transactions offered, by their body element, and the setting that names the function of each one's owner.

A `cancelaGuia` is peg's whole: of requests of authorization and of recursos in it, peg asks their owners
(`decisoes.md` 3).
"""


def send_message(request: Request) -> Response:
    """POST /tiss/{transacao}."""
    transacao = request.path.get("transacao", "")
    if transacao not in OWNERS:
        raise _not_offered()
    if len(request.body) > CORPO_MAXIMO:
        raise _too_large()
    _require_body(transacao, request.body)
    return _answer_of(OWNERS[transacao], {**request.event, "resource": f"/tiss/{transacao}"}, request.correlacao)


def _require_body(transacao: str, raw: bytes) -> None:
    """Refuse a message of another transaction; what cannot be read is the owner's to explain, in a TISS answer."""
    from conecta_tiss.errors import XmlRecusadoError  # noqa: PLC0415  # lxml: only requests pay for it
    from conecta_tiss.xml import gate, parser  # noqa: PLC0415

    try:
        corpo = parser.body_element(gate.check(raw))
    except XmlRecusadoError:
        return
    if corpo is None or corpo == transacao:
        return
    from conecta_tiss.rules.envelope import CORPOS  # noqa: PLC0415

    # A name the standard does not have may be anything: it is not repeated.
    if corpo in CORPOS.values():
        raise _another_body(transacao, corpo)


def _answer_of(owner: str, event: Mapping[str, Any], correlacao: str) -> Response:
    try:
        answered = calls.call(owner, event, correlacao)
    except calls.CallTooLargeError as error:
        raise _too_large() from error
    return Response(answered.status, answered.content, headers=answered.headers)


def _not_offered() -> ProblemError:
    return ProblemError(
        404, "transacao-nao-oferecida", "Transação não oferecida",
        "Esta rota recebe uma mensagem TISS pelo nome do elemento de seu corpo. Use uma das transações listadas em "
        "transacoes.",
        extra={"transacoes": sorted(OWNERS)},
    )  # fmt: skip


def _too_large() -> ProblemError:
    return ProblemError(
        413, "corpo-grande-demais", "Corpo grande demais",
        f"Por esta rota a mensagem pode ter até {CORPO_MAXIMO // 1024 ** 2} MiB. Envie-a como arquivo por POST "
        "/v1/documentos/uploads, com a finalidade publicada para ela em /v1/limites (mensagem_tiss, ou lote_tiss, para "
        "lotes de guias).",
        extra={"tamanho_maximo_bytes": CORPO_MAXIMO},
    )  # fmt: skip


def _another_body(transacao: str, corpo: str) -> ProblemError:
    """TISS-TRANSACAO of `conecta_tiss.rules`, between the route and the body."""
    text = f"Esta rota recebe {transacao}, mas o corpo da mensagem é {corpo}."
    where = f" Envie-a por POST /v1/tiss/{corpo}." if corpo in OWNERS else " Confira a rota e a mensagem."
    return ProblemError(
        422, "transacao-divergente", "Mensagem de outra transação", text + where,
        (FieldError("mensagemTISS", "3148", text),),
        extra={"glosa": "3148", "regra": "TISS-TRANSACAO"},
    )  # fmt: skip


OPERATIONS: Final = (
    Operation(
        "POST", "/tiss/{transacao}", "enviarMensagemTiss", FUNCAO, TAG,
        "Enviar uma mensagem TISS em XML",
        "Recebe uma `mensagemTISS` (4.01.00, 4.02.00 ou 4.03.00, em ISO-8859-1 ou UTF-8) e responde na hora com a "
        "mensagem TISS correspondente, na versão de quem enviou. A transação da rota é o nome do elemento do corpo. "
        "A mensagem passa pelas mesmas validações das rotas JSON e de `python -m conecta_tiss validar`. Recusada, a "
        "resposta é 422 com `mensagemErro` e a glosa da Tabela 38. Acima do limite publicado em `/v1/limites`, envie "
        "o arquivo por `POST /v1/documentos/uploads`.\n\n"
        "Transações, com a resposta e o escopo de cada uma: `verificaElegibilidade` (SITUACAO_ELEGIBILIDADE, "
        "`elegibilidade.ler`), `solicitacaoProcedimento` (RESPOSTA_SOLICITACAO ou AUTORIZACAO_ODONTOLOGIA), "
        "`loteAnexos` (PROTOCOLO_RECEBIMENTO_ANEXO) e `comunicacaoInternacao` (RECIBO_COMUNICACAO), estas com "
        "`autorizacao.escrever`, `solicitaStatusAutorizacao` (STATUS_AUTORIZACAO, `autorizacao.ler`), `loteGuias` "
        "(PROTOCOLO_RECEBIMENTO, `peg.escrever`), `solicitacaoStatusProtocolo` (SITUACAO_PROTOCOLO, `peg.ler`), "
        "`cancelaGuia` (CANCELAMENTO_GUIA_RECIBO, `autorizacao.escrever` para solicitações, `peg.escrever` para "
        "lotes e guias de faturamento e `recurso.escrever` para recursos), `solicitacaoDemonstrativoRetorno` "
        "(DEMONSTRATIVO_ANALISE_CONTA, DEMONSTRATIVO_PAGAMENTO ou DEMONSTRATIVO_ODONTOLOGIA, `pagamento.ler`), "
        "`recursoGlosa` (RECEBIMENTO_RECURSO_GLOSA, `recurso.escrever`), `solicitacaoStatusRecursoGlosa` "
        "(RESPOSTA_RECURSO_GLOSA, `recurso.ler`) e `envioDocumentos` (RECEBIMENTO_DOCUMENTO, `documentos.escrever`, ou "
        "`autorizacao.escrever` para o que é de uma solicitação). Repetir a mesma mensagem não repete "
        "o efeito: a mesma guia com o mesmo conteúdo é a mesma solicitação, os mesmos bytes são o mesmo lote, o mesmo "
        "numeroGuiaRecGlosaPrestador com o mesmo conteúdo é o mesmo recurso, e o que já foi cancelado está cancelado. "
        "As de autorização, `cancelaGuia` e `recursoGlosa` aceitam também `Idempotency-Key`. Uma "
        "negativa é uma resposta 200 com os motivos, e um lote com glosas é recebido com elas; o que impede de "
        "responder (guia já usada, relacionamento suspenso, solicitação ou protocolo não encontrado) é uma resposta "
        "200 com `mensagemErro`. Um lote ou recurso recusado, que não é recebido, é 422.\n\n"
        "`cancelaGuia` cancela o lote (o PEG, enquanto RECEBIDO), retira dele guias de faturamento (tipoGuia 2, com o "
        "numeroProtocolo), cancela solicitações (tipoGuia 1) e recursos de glosa enquanto a análise deles não começa "
        "(tipoGuia 3: em numeroGuiaPrestador vai o numeroGuiaRecGlosaPrestador), na mesma mensagem se for o caso; cada "
        "uma tem o seu statusCancelamento.\n\n"
        "`recursoGlosa` contesta glosas de um protocolo já publicado: o protocolo inteiro, guias inteiras ou itens, "
        "cada guia em um só recurso, no prazo do contrato. O recibo repete o que foi contestado (de guias inteiras, os "
        "primeiros 150 caracteres da justificativa). `solicitacaoStatusRecursoGlosa` leva em numeroProtocolo o "
        "protocolo do recurso, ou o do PEG (responde o recurso mais novo dele): enquanto não há resposta, vem "
        "`reciboGlosaStatus`; depois, `reciboGlosa` (ou `reciboGlosaOdonto`) com o que foi acatado.\n\n"
        "`envioDocumentos` guarda um documento, que por esta rota pode ter cerca de 3 MiB, e diz de que ele é: de uma "
        "solicitação (naturezaGuia 1), de um PEG, lote ou guia de faturamento (2, com numeroProtocolo ou numeroLote) "
        "ou de um recurso (3, com o protocolo dele). O mesmo numeroDocumento com os mesmos bytes é o mesmo recibo.\n\n"
        "`solicitacaoDemonstrativoRetorno` pede a análise de conta de até 30 protocolos, ou os pagamentos de um dia ou "
        "de uma competência (o mês em que foram pagos). Enquanto os valores de um dos protocolos não são publicados, a "
        "resposta é `situacaoDemonstrativoRetorno`: peça de novo depois. Protocolos que não existem ou são do portal "
        "anterior, e valores que não cabem na versão (na 4.01.00, itens de um milhão de reais ou mais), são ditos em "
        "`mensagemErro`. Uma resposta com mais de 4 MiB só se obtém enviando o pedido como arquivo.",
        send_message,
        (
            Reply(200, "Mensagem TISS de resposta (ISO-8859-1).", media_type=XML, example=ANSWER),
            Reply(
                422, "A mensagem TISS recusada, com `mensagemErro`; ou o problema, se ela for de outra transação.",
                media_type=XML, example=REFUSAL,
            ),
        ),
        escopos=(
            "conecta/elegibilidade.ler", "conecta/autorizacao.ler", "conecta/autorizacao.escrever", "conecta/peg.ler",
            "conecta/peg.escrever", "conecta/pagamento.ler", "conecta/recurso.ler", "conecta/recurso.escrever",
            "conecta/documentos.escrever",
        ),
        parameters=(
            Parameter(
                "transacao", "path", "Elemento do corpo da mensagem.", required=True,
                schema={"type": "string", "enum": sorted(OWNERS)}, example="verificaElegibilidade",
            ),
            PRESTADOR,
        ),
        accepts=XML,
        example=QUESTION,
        refusals=(413, 422),
    ),
)  # fmt: skip

handler = Api(OPERATIONS, {}, session.origins)
