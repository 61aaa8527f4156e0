"""`Conecta-Servico`: functions, queues, events, workflow and API; replaceable without losing data.

The functions and their grants are listed here one by one: a privilege is read beside the function that has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.components import context_table, keys
from infra.components.api import STAGE, Api
from infra.components.buckets import (
    ANSWERS_PREFIX,
    APPEALS_PREFIX,
    AUTHORIZATION_LOADS_PREFIX,
    DOCUMENTS_PREFIX,
    DOSSIERS_PREFIX,
    EXPORTS_PREFIX,
    LOADS_PREFIX,
    MESSAGES_PREFIX,
    PAYMENT_LOADS_PREFIX,
    SEALS_PREFIX,
    STATEMENTS_PREFIX,
    listing_use,
    objects_use,
)
from infra.components.context_table import attributes_use, batch_use, table_use
from infra.components.function import (
    API_TIMEOUT,
    DOOR_TIMEOUT,
    LOAD_TIMEOUT,
    WORK_TIMEOUT,
    ContextFunction,
    FunctionSpec,
)
from infra.components.identity import pool_use
from infra.components.keys import key_use
from infra.components.layers import Layers
from infra.components.mail import mail_use
from infra.components.queues import ConsumerQueue, batches_use
from infra.components.routing import Objects, Routing, Subscription, publish_use
from infra.components.schedule import Sweep, Target, daily, every, hourly
from infra.components.workflow import (
    Workflow,
    bulk_definition,
    closing_definition,
    expiry_definition,
    load_definition,
    reception_definition,
)
from infra.settings import Settings
from infra.stacks.data import (
    DUE_INDEX,
    ORDER_INDEX,
    PENDING_INDEX,
    QUEUE_INDEX,
    RECEPTION_INDEX,
    SEARCH_INDEX,
    SENDING_INDEX,
    DataStack,
)

WITH_TISS = ("dependencies", "edge", "tiss")

# All that peg may name of an authorization's row when it says what was billed of it: ADR 19.
USE_ATTRIBUTES = ("pk", "sk", "versao", "situacao", "faturadas", "usos")

PUBLICO_API = FunctionSpec(
    "publico-api", "publico", "Documentation, health, limits and CORS preflights: no data", API_TIMEOUT
)
CADASTRO_API = FunctionSpec(
    "cadastro-api",
    "cadastro",
    "Eligibility, relacionamentos, people, credentials, contracts, loads",
    API_TIMEOUT,
    layers=WITH_TISS,
)
CADASTRO_EVENTOS = FunctionSpec(
    "cadastro-eventos", "cadastro", "Starts a load for each file that arrived, tells the others", WORK_TIMEOUT,
    layers=WITH_TISS,
)  # fmt: skip
CADASTRO_FLUXO = FunctionSpec(
    "cadastro-fluxo", "cadastro", "Loads the operadora's files, part by part", LOAD_TIMEOUT, memory=1024,
    layers=WITH_TISS,
)  # fmt: skip
AUTORIZACAO_API = FunctionSpec(
    "autorizacao-api", "autorizacao", "Senhas: requests, search, acts, the operadora's side", API_TIMEOUT, memory=1024,
    layers=WITH_TISS,
)  # fmt: skip
AUTORIZACAO_EVENTOS = FunctionSpec(
    "autorizacao-eventos", "autorizacao", "Answers TISS messages sent as files, starts loads, tells the others",
    WORK_TIMEOUT, layers=WITH_TISS,
)  # fmt: skip
AUTORIZACAO_FLUXO = FunctionSpec(
    "autorizacao-fluxo", "autorizacao", "Moves on what is due, loads senhas of the legacy portals", LOAD_TIMEOUT,
    memory=1024, layers=WITH_TISS,
)  # fmt: skip
# `tiss` is a package of the build: the door's own has another name.
TISS_API = FunctionSpec(
    "tiss-api", "porta_tiss", "XML door: hands each message to its owner", DOOR_TIMEOUT, layers=WITH_TISS
)
# A document that comes in a message is checked and kept while its sender waits.
DOCUMENTOS_API = FunctionSpec(
    "documentos-api", "documentos", "Uploads, documents and what they belong to, what operadoras publish", API_TIMEOUT,
    memory=1024, layers=WITH_TISS,
)  # fmt: skip
# What arrives may be any TISS message: which one is read there.
DOCUMENTOS_EVENTOS = FunctionSpec(
    "documentos-eventos", "documentos", "Checks what arrived, keeps it, tells the others", WORK_TIMEOUT,
    layers=WITH_TISS,
)  # fmt: skip
DOCUMENTOS_FLUXO = FunctionSpec(
    "documentos-fluxo", "documentos", "Finishes uploads that stopped half way", WORK_TIMEOUT, memory=1024,
    layers=WITH_TISS,
)  # fmt: skip
# A lote that comes through the XML door is received here, while its sender waits.
PEG_API = FunctionSpec(
    "peg-api", "peg", "PEGs: received, typed, judged beforehand, analysed", API_TIMEOUT, memory=1024, layers=WITH_TISS
)
PEG_EVENTOS = FunctionSpec(
    "peg-eventos", "peg", "Starts a reception for each lote, answers messages sent as files, tells the others",
    WORK_TIMEOUT, layers=WITH_TISS,
)  # fmt: skip
PEG_FLUXO = FunctionSpec(
    "peg-fluxo", "peg", "Receives a lote; finishes what stopped half way, begins analyses", WORK_TIMEOUT, memory=1024,
    layers=WITH_TISS,
)  # fmt: skip
PAGAMENTO_API = FunctionSpec(
    "pagamento-api", "pagamento", "Cronograma, notas fiscais, payments, demonstrativos", API_TIMEOUT, memory=1024,
    layers=WITH_TISS,
)  # fmt: skip
PAGAMENTO_EVENTOS = FunctionSpec(
    "pagamento-eventos", "pagamento", "Opens faturas, starts workflows, answers messages sent as files",
    WORK_TIMEOUT, layers=WITH_TISS,
)  # fmt: skip
PAGAMENTO_FLUXO = FunctionSpec(
    "pagamento-fluxo", "pagamento", "Closes delivery days, makes demonstrativos in bulk, loads payments", LOAD_TIMEOUT,
    memory=1024, layers=WITH_TISS,
)  # fmt: skip
RECURSO_API = FunctionSpec(
    "recurso-api", "recurso", "Recursos de glosa: contested, by lines and by spreadsheets, and answered", API_TIMEOUT,
    memory=1024, layers=WITH_TISS,
)  # fmt: skip
RECURSO_EVENTOS = FunctionSpec(
    "recurso-eventos", "recurso", "Answers messages sent as files, follows what is paid, tells the others",
    WORK_TIMEOUT, layers=WITH_TISS,
)  # fmt: skip
RECURSO_FLUXO = FunctionSpec(
    "recurso-fluxo", "recurso", "Tells of recursos that were not answered in time", WORK_TIMEOUT, layers=WITH_TISS
)
ALERTAS_API = FunctionSpec(
    "alertas-api", "alertas", "Início, alertas and webhooks of a prestador", API_TIMEOUT, memory=1024, layers=WITH_TISS
)
ALERTAS_EVENTOS = FunctionSpec(
    "alertas-eventos", "alertas", "Makes alertas of what the others tell, keeps what Início counts", WORK_TIMEOUT,
    layers=WITH_TISS,
)  # fmt: skip
ALERTAS_FLUXO = FunctionSpec(
    "alertas-fluxo", "alertas", "Delivers to webhooks, writes digests", WORK_TIMEOUT, layers=WITH_TISS
)
AUDITORIA_API = FunctionSpec(
    "auditoria-api", "auditoria", "The audit of a prestador or an operadora, read and exported", API_TIMEOUT,
    memory=1024, layers=WITH_TISS,
)  # fmt: skip
AUDITORIA_FLUXO = FunctionSpec("auditoria-fluxo", "auditoria", "Seals the audit, block after block", LOAD_TIMEOUT)

# Each consumes its own queue and publishes its own table's outbox.
CONSUMERS = (
    ALERTAS_EVENTOS, AUTORIZACAO_EVENTOS, CADASTRO_EVENTOS, DOCUMENTOS_EVENTOS, PAGAMENTO_EVENTOS, PEG_EVENTOS,
    RECURSO_EVENTOS,
)  # fmt: skip

WEBHOOKS = "webhooks"
"""The queue of what webhooks are to be told next."""
# A name that is slow to resolve must not take the time of who waits.
DNS_BOUNDS = "timeout:2 attempts:2"

# Rows whose every change alertas is told of, by context: what a prestador's Início counts follows from them.
IMAGES: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "autorizacao": {"sk": ["AUTORIZACAO"]},
    "peg": {"pk": [{"prefix": "PRESTADOR#"}], "sk": [{"prefix": "PEG#"}]},
    "pagamento": {"sk": [{"prefix": "FATURA#"}]},
    "recurso": {"sk": [{"prefix": "CONTESTADO#"}]},
}

ARRIVALS = (
    Objects("Uploads", "uploads", DOCUMENTS_PREFIX, DOCUMENTOS_EVENTOS.name),
    Objects("Cargas", "cargas", LOADS_PREFIX, CADASTRO_EVENTOS.name),
    Objects("CargasDeAutorizacao", "cargas-de-autorizacao", AUTHORIZATION_LOADS_PREFIX, AUTORIZACAO_EVENTOS.name),
    Objects("CargasDePagamento", "cargas-de-pagamento", PAYMENT_LOADS_PREFIX, PAGAMENTO_EVENTOS.name),
)


def _messages(construct_id: str, name: str, consumer: FunctionSpec, *transacoes: str) -> Subscription:
    """TISS messages sent as files, by the name of their body element, to whose they are to answer."""
    dados = {"finalidade": ("mensagem_tiss",), "transacao": transacoes}
    return Subscription(construct_id, name, "documentos", ("DocumentoRecebido",), consumer.name, dados)


ANSWERED = ("MensagemRecusada", "MensagemRespondida")
"""What became of a message sent as a file, as each context tells it."""


def _outcomes(construct_id: str, name: str, contexto: str, *tipos: str) -> Subscription:
    """What became of messages sent as files, to who keeps their uploads."""
    return Subscription(construct_id, name, contexto, (*tipos, *ANSWERED), DOCUMENTOS_EVENTOS.name)


def _answered(construct_id: str, name: str, consumer: FunctionSpec, *, legado: bool) -> Subscription:
    """Recursos that were answered, to who makes good what they give back."""
    return Subscription(construct_id, name, "recurso", ("RecursoRespondido",), consumer.name, {"legado": (legado,)})


def _news(contexto: str, *tipos: str) -> Subscription:
    """What prestadores are told of a context, by alertas and webhooks, and what Início counts of it."""
    return Subscription(f"NovasDe{contexto.title()}", f"novas-de-{contexto}", contexto, tipos, ALERTAS_EVENTOS.name)


NEWS = (
    _news(
        "autorizacao", "SenhaAtualizada",
        "AltaComunicada", "AnexoRecebido", "AtendimentoRegistrado", "AutorizacaoCancelada", "AutorizacaoDecidida",
        "AutorizacaoExpirada", "AutorizacaoSolicitada", "AutorizacaoSubstituida", "DataDecidida", "DataPedida",
        "ExecutanteAlterado", "InternacaoComunicada", "PendenciaAberta", "PendenciaEncerrada", "PendenciaProrrogada",
        "PendenciaRespondida", "QuantidadeAlterada", "RespostaAtrasada", "SenhaAVencer", "SubstituicaoEncerrada",
        "SubstituicaoPedida", *ANSWERED,
    ),
    _news(
        "peg", "PegAtualizado",
        "GlosaPublicada", "GuiaRetirada", "InformacaoPedida", "InformacaoRecebida", "LoteRecusado", "LoteRepetido",
        "PegAnalisado", "PegCancelado", "PegEmAnalise", "PegEncerrado", "PegLiberado", "PegPago", "PegReaberto",
        "PegRecebido", "ValorRecuperado", *ANSWERED,
    ),
    _news(
        "pagamento", "FaturaAtualizada",
        "FaturaAberta", "FaturaEncerrada", "LancamentoCancelado", "LancamentoRegistrado",
        "NotaFiscalAVencer", "NotaFiscalAceita", "NotaFiscalCancelada", "NotaFiscalReagendada", "NotaFiscalRecebida",
        "NotaFiscalRecusada", "PagamentoRegistrado", "ParcelaAberta", "VencimentoAlterado", *ANSWERED,
    ),
    _news(
        "recurso", "ContestacaoAtualizada",
        "RecursoAgendado", "RecursoCancelado", "RecursoEmAnalise", "RecursoEnviado", "RecursoRespondido",
        "RespostaDeRecursoVencida", *ANSWERED,
    ),
    _news(
        "documentos",
        "DocumentacaoPublicada", "DocumentoRecebido", "DocumentoRecusado", *ANSWERED,
    ),
    _news("cadastro", "RelacionamentoDecidido", "RelacionamentoSolicitado"),
    # What concerns many is told to them page by page; a webhook that was switched off, to its gestores.
    _news("alertas", "AlertaAmplo", "WebhookDesligado"),
)  # fmt: skip

SUBSCRIPTIONS = (
    *NEWS,
    Subscription("CargasRetomadas", "cargas-retomadas", "cadastro", ("CargaRetomada",), CADASTRO_EVENTOS.name),
    Subscription(
        "LotesRecebidos",
        "lotes-recebidos",
        "documentos",
        ("DocumentoRecebido",),
        PEG_EVENTOS.name,
        {"finalidade": ("lote_tiss",)},
    ),
    # Lotes under the purpose of any message, too: their sender need not know whose they are. What is cancelled may be a
    # solicitação as well as a guia of a PEG.
    _messages(
        "MensagensDePeg", "mensagens-de-peg", PEG_EVENTOS, "loteGuias", "solicitacaoStatusProtocolo", "cancelaGuia"
    ),
    _messages(
        "MensagensDeAutorizacao",
        "mensagens-de-autorizacao",
        AUTORIZACAO_EVENTOS,
        "solicitacaoProcedimento",
        "solicitaStatusAutorizacao",
        "loteAnexos",
        "comunicacaoInternacao",
    ),
    _messages("MensagensDePagamento", "mensagens-de-pagamento", PAGAMENTO_EVENTOS, "solicitacaoDemonstrativoRetorno"),
    _messages("MensagensDeDocumentos", "mensagens-de-documentos", DOCUMENTOS_EVENTOS, "envioDocumentos"),
    _messages(
        "MensagensDeRecurso", "mensagens-de-recurso", RECURSO_EVENTOS, "recursoGlosa", "solicitacaoStatusRecursoGlosa"
    ),
    _outcomes("DestinoDasMensagens", "destino-das-mensagens", "autorizacao"),
    _outcomes("DestinoDosLotes", "destino-dos-lotes", "peg", "LoteRecusado", "LoteRepetido", "PegRecebido"),
    _outcomes("DestinoDosDocumentos", "destino-dos-documentos", "documentos"),
    _outcomes("DestinoDosDemonstrativos", "destino-dos-demonstrativos", "pagamento"),
    # And which documents go with a recurso.
    _outcomes("DestinoDosRecursos", "destino-dos-recursos", "recurso", "RecursoEnviado"),
    # A request that waits for documents goes on when they are there.
    Subscription(
        "DocumentosDeAutorizacoes",
        "documentos-de-autorizacoes",
        "documentos",
        ("DocumentoVinculado",),
        AUTORIZACAO_EVENTOS.name,
        {"alvo": ("AUTORIZACAO",)},
    ),
    Subscription(
        "AutorizacaoParaSi",
        "autorizacao-para-si",
        "autorizacao",
        # Mail to oncology once the date is stored, and loads somebody resumed.
        ("DataPedida", "CargaRetomada"),
        AUTORIZACAO_EVENTOS.name,
    ),
    # Published values, and what a recurso gave back of them, are what is to be paid; what was paid ends the PEG.
    Subscription("PegsLiberados", "pegs-liberados", "peg", ("PegLiberado", "ValorRecuperado"), PAGAMENTO_EVENTOS.name),
    Subscription(
        "PegsEncerrados", "pegs-encerrados", "pagamento", ("PagamentoRegistrado", "FaturaEncerrada"), PEG_EVENTOS.name
    ),
    # What a recurso gives back goes back to its PEG; of before the migration there is none: it is paid as a credit.
    _answered("RecursosDePegs", "recursos-de-pegs", PEG_EVENTOS, legado=False),
    _answered("RecursosLegados", "recursos-legados", PAGAMENTO_EVENTOS, legado=True),
    Subscription(
        "RecursosPagos",
        "recursos-pagos",
        "pagamento",
        ("ParcelaAberta", "LancamentoRegistrado", "PagamentoRegistrado"),
        RECURSO_EVENTOS.name,
    ),
    Subscription(
        "PagamentoParaSi",
        "pagamento-para-si",
        "pagamento",
        # Faturas counted again by a new cronograma, demonstrativos in bulk, and loads somebody resumed.
        ("CronogramaPublicado", "DemonstrativosPedidos", "CargaRetomada"),
        PAGAMENTO_EVENTOS.name,
    ),
)


def _named(owners: Mapping[str, ContextFunction]) -> dict[str, str]:
    """Settings that say which function to ask."""
    return {setting: owner.function.function_name for setting, owner in owners.items()}


def _callable(owners: Mapping[str, ContextFunction]) -> tuple[iam.PolicyStatement, ...]:
    return tuple(owner.call_use() for owner in owners.values())


class ServiceStack(Stack):
    """Everything that runs, over the data of a `DataStack`."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, data: DataStack, **kwargs: Any
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self._settings = settings
        self._data = data
        self._layers = Layers(self, "Camadas", settings=settings)
        self.routing = Routing(self, "Eventos", settings=settings, key=data.keys.filas)
        self.queues = {
            spec.name: ConsumerQueue(
                self,
                f"Fila{spec.contexto.title()}",
                settings=settings,
                name=spec.name,
                key=data.keys.filas,
                consumer_timeout=spec.timeout,
            )
            for spec in CONSUMERS
        }
        self.queues[WEBHOOKS] = ConsumerQueue(
            self,
            "FilaEntregas",
            settings=settings,
            name=WEBHOOKS,
            key=data.keys.filas,
            consumer_timeout=ALERTAS_FLUXO.timeout,
        )
        # A group of our own: its metrics are ours alone.
        self._schedules = scheduler.CfnScheduleGroup(self, "Agendas", name=settings.name())
        self.functions: dict[str, ContextFunction] = {}
        self.workflows: dict[str, Workflow] = {}

        self._publico()
        self._cadastro()
        self._autorizacao()
        self._documentos()
        self._recurso()
        self._peg()
        self._pagamento()
        self._alertas()
        self._auditoria()
        self._tiss()
        self._carry_events()
        self.api = Api(
            self,
            "Api",
            settings=settings,
            functions={name: function.function for name, function in self.functions.items()},
            pools=(data.identity.prestadores, data.identity.operadora),
            log_key=data.keys.logs,
        )
        for name, value in self._outputs().items():
            CfnOutput(self, name, value=value)

    # -- contexts ---------------------------------------------------------------------------------------------

    def _publico(self) -> None:
        self._function("PublicoApi", PUBLICO_API, {"ORIGENS_PERMITIDAS": ",".join(self._settings.origens)}, grants=())

    def _cadastro(self) -> None:
        data, buckets = self._data, self._data.buckets
        # Both names are settings of the package; cadastro-eventos has no grant on lives.
        where = {
            "TABELA_CADASTRO": data.cadastro.table_name,
            "TABELA_BENEFICIARIOS": data.beneficiarios.table_name,
        }
        lives = {
            **where,
            "BUCKET_ACERVO": buckets.acervo.bucket_name,
            "SEGREDO_PSEUDONIMOS_ARN": data.segredo_pseudonimos_arn,
        }
        self._function(
            "CadastroApi",
            CADASTRO_API,
            {
                **lives,
                **self._api_environment(),
                "TABELA_AUDITORIA": data.auditoria.table_name,
                "TABELA_IDEMPOTENCIA": data.idempotencia.table_name,
                "LIMITE_ELEGIBILIDADE": self._settings.limite_elegibilidade,
            },
            grants=(
                table_use(data.cadastro, context_table.WRITE, SEARCH_INDEX),
                table_use(data.beneficiarios, context_table.READ, SEARCH_INDEX),
                # Only what a titular may demand: to be forgotten.
                table_use(data.beneficiarios, ("PutItem", "UpdateItem")),
                self._audit(),
                table_use(data.idempotencia, ("GetItem", "PutItem", "UpdateItem")),
                objects_use(self._settings, "acervo", ("GetObject",), prefix=LOADS_PREFIX),
                listing_use(self._settings, "acervo"),
                # A gestor invites people and makes the credentials of its own prestador; the core says whose.
                pool_use(
                    data.identity.prestadores,
                    (
                        "AdminCreateUser",
                        "AdminGetUser",
                        "CreateUserPoolClient",
                        "DeleteUserPoolClient",
                        "DescribeUserPoolClient",
                        "ListUsers",
                        "UpdateUserPoolClient",
                    ),
                ),
                self._page_secret(),
                self._pseudonyms(),
                key_use(data.keys.tabelas, keys.WRITE),
                key_use(data.keys.documentos, keys.READ),
            ),
        )
        fluxo = self._function(
            "CadastroFluxo",
            CADASTRO_FLUXO,
            {**lives, "BUCKET_ENTRADA": buckets.entrada.bucket_name},
            grants=(
                table_use(data.cadastro, context_table.WRITE),
                table_use(data.beneficiarios, context_table.WRITE),
                *batch_use((data.cadastro, data.beneficiarios), self._settings, update=True),
                *self._arrived(LOADS_PREFIX),
                objects_use(self._settings, "acervo", ("GetObject", "PutObject"), prefix=LOADS_PREFIX),
                listing_use(self._settings, "acervo"),
                self._pseudonyms(),
                key_use(data.keys.tabelas, keys.WRITE),
                key_use(data.keys.documentos, keys.WRITE),
            ),
        )
        load = self._workflow("CargaCadastro", "carga-cadastro", load_definition, fluxo)
        eventos = self._function(
            "CadastroEventos",
            CADASTRO_EVENTOS,
            {
                **where,
                "BUCKET_ENTRADA": buckets.entrada.bucket_name,
                "BARRAMENTO": self.routing.bus.event_bus_name,
                "MAQUINA_CARGA_ARN": load.machine.state_machine_arn,
            },
            grants=(
                load.start_use(),
                table_use(data.cadastro, ("GetItem", "PutItem", "Query", "UpdateItem")),
                *self._arrived(LOADS_PREFIX),
                publish_use(self.routing.bus),
                key_use(data.keys.tabelas, keys.WRITE),
                key_use(data.keys.documentos, keys.READ),
            ),
        )
        self._listen(eventos, data.cadastro)

    def _autorizacao(self) -> None:
        data, buckets = self._data, self._data.buckets
        where = {
            "TABELA_AUTORIZACAO": data.autorizacao.table_name,
            "TABELA_CADASTRO": data.cadastro.table_name,
            "TABELA_BENEFICIARIOS": data.beneficiarios.table_name,
            "SEGREDO_PSEUDONIMOS_ARN": data.segredo_pseudonimos_arn,
        }
        # The same use cases behind the API and behind messages sent as files.
        deciding = {
            **where,
            "TABELA_DOCUMENTOS": data.documentos.table_name,
            "TABELA_IDEMPOTENCIA": data.idempotencia.table_name,
            "TABELA_AUDITORIA": data.auditoria.table_name,
        }
        self._function(
            "AutorizacaoApi",
            AUTORIZACAO_API,
            {**deciding, **self._api_environment()},
            grants=(
                *self._deciding(),
                # What a caller asked is counted before it is looked up.
                table_use(data.idempotencia, ("UpdateItem",)),
                self._page_secret(),
            ),
        )
        fluxo = self._function(
            "AutorizacaoFluxo",
            AUTORIZACAO_FLUXO,
            {
                **where,
                "BUCKET_ENTRADA": buckets.entrada.bucket_name,
                "BUCKET_ACERVO": buckets.acervo.bucket_name,
            },
            grants=(
                table_use(data.autorizacao, context_table.WRITE, DUE_INDEX),
                table_use(data.cadastro, context_table.READ),
                table_use(data.beneficiarios, context_table.READ),
                *self._arrived(AUTHORIZATION_LOADS_PREFIX),
                objects_use(self._settings, "acervo", ("GetObject", "PutObject"), prefix=AUTHORIZATION_LOADS_PREFIX),
                listing_use(self._settings, "acervo"),
                self._pseudonyms(),
                key_use(data.keys.tabelas, keys.WRITE),
                key_use(data.keys.documentos, keys.WRITE),
            ),
        )
        load = self._workflow("CargaAutorizacao", "carga-autorizacao", load_definition, fluxo)
        expiry = self._workflow("ExpiracaoAutorizacoes", "expiracao-autorizacoes", expiry_definition, fluxo)
        # Readers compute what is due; the sweep writes it down, and tells. An hour late is soon enough for that.
        self._sweep(
            "VarreduraAutorizacoes",
            "expiracao-autorizacoes",
            hourly(5),
            Target.machine(expiry.machine, expiry.name),
            fluxo,
        )
        eventos = self._function(
            "AutorizacaoEventos",
            AUTORIZACAO_EVENTOS,
            {
                **deciding,
                "BUCKET_ENTRADA": buckets.entrada.bucket_name,
                "BUCKET_ACERVO": buckets.acervo.bucket_name,
                "BARRAMENTO": self.routing.bus.event_bus_name,
                "MAQUINA_CARGA_ARN": load.machine.state_machine_arn,
                "REMETENTE": self._settings.remetente,
            },
            grants=(
                *self._deciding(),
                load.start_use(),
                *self._arrived(AUTHORIZATION_LOADS_PREFIX),
                # The message, and its answer beside it.
                objects_use(self._settings, "acervo", ("GetObject", "PutObject")),
                listing_use(self._settings, "acervo"),
                publish_use(self.routing.bus),
                *mail_use(self._settings),
                key_use(data.keys.documentos, keys.WRITE),
            ),
        )
        self._listen(eventos, data.autorizacao)

    def _deciding(self) -> tuple[iam.PolicyStatement, ...]:
        """What judging, writing and finding authorizations takes, through whichever door they are asked for."""
        data = self._data
        return (
            table_use(data.autorizacao, context_table.WRITE, SEARCH_INDEX),
            table_use(data.cadastro, context_table.READ),
            table_use(data.beneficiarios, context_table.READ, SEARCH_INDEX),
            # Only whether a document is there, and whose.
            table_use(data.documentos, ("BatchGetItem", "GetItem")),
            table_use(data.idempotencia, ("GetItem", "PutItem")),
            self._audit(),
            self._pseudonyms(),
            key_use(data.keys.tabelas, keys.WRITE),
        )

    def _documentos(self) -> None:
        data, buckets = self._data, self._data.buckets
        where = {
            "TABELA_DOCUMENTOS": data.documentos.table_name,
            "BUCKET_ENTRADA": buckets.entrada.bucket_name,
            "BUCKET_ACERVO": buckets.acervo.bucket_name,
        }
        # A document belongs to a request, a PEG or a recurso of its prestador: whether it is there, others' tables say.
        linking = {
            **where,
            "TABELA_AUTORIZACAO": data.autorizacao.table_name,
            "TABELA_PEG": data.peg.table_name,
            "TABELA_RECURSO": data.recurso.table_name,
            "TABELA_CADASTRO": data.cadastro.table_name,
            "TABELA_AUDITORIA": data.auditoria.table_name,
            "TABELA_IDEMPOTENCIA": data.idempotencia.table_name,
        }
        linked = (
            table_use(data.autorizacao, ("GetItem", "Query")),
            table_use(data.peg, ("GetItem",)),
            table_use(data.recurso, ("GetItem",)),
            table_use(data.cadastro, context_table.READ),
            table_use(data.idempotencia, ("GetItem", "PutItem")),
            self._audit(),
        )
        self._function(
            "DocumentosApi",
            DOCUMENTOS_API,
            {**linking, **self._api_environment()},
            grants=(
                *self._keeping(),
                *linked,
                table_use(data.cadastro, ("Query",), SEARCH_INDEX),  # for whom a publicação is
                # A presigned POST carries its signer's rights: new objects under the documents' prefix.
                objects_use(self._settings, "entrada", ("PutObject",)),
                self._page_secret(),
            ),
        )
        # The event names a version: what was checked is what is kept, whatever was posted since.
        arrived = self._arrived(DOCUMENTS_PREFIX)
        eventos = self._function(
            "DocumentosEventos",
            DOCUMENTOS_EVENTOS,
            {**linking, "BARRAMENTO": self.routing.bus.event_bus_name},
            grants=(*self._keeping(), *linked, *arrived, publish_use(self.routing.bus)),
        )
        self._listen(eventos, data.documentos)
        fluxo = self._function(
            "DocumentosFluxo", DOCUMENTOS_FLUXO, where, grants=(*self._keeping(PENDING_INDEX), *arrived)
        )
        self._sweep(
            "ConciliacaoUploads", "conciliacao-uploads", every(5), Target.function(fluxo), fluxo,
            {"tarefa": "conciliar-uploads"},
        )  # fmt: skip

    def _keeping(self, *indices: str) -> tuple[iam.PolicyStatement, ...]:
        """What keeping a document for as long as its class says takes; and these indexes of documentos."""
        data = self._data
        return (
            table_use(data.documentos, context_table.WRITE, *indices),
            objects_use(self._settings, "acervo", ("GetObject", "PutObject", "PutObjectTagging")),
            listing_use(self._settings, "acervo"),
            key_use(data.keys.tabelas, keys.WRITE),
            key_use(data.keys.documentos, keys.WRITE),
        )

    def _recurso(self) -> None:
        data = self._data
        where = {
            "TABELA_RECURSO": data.recurso.table_name,
            "TABELA_PEG": data.peg.table_name,
            "TABELA_CADASTRO": data.cadastro.table_name,
            "TABELA_DOCUMENTOS": data.documentos.table_name,
            "BUCKET_ACERVO": data.buckets.acervo.bucket_name,
        }
        contesting = {
            **where,
            "TABELA_AUDITORIA": data.auditoria.table_name,
            "TABELA_IDEMPOTENCIA": data.idempotencia.table_name,
        }
        self._function(
            "RecursoApi",
            RECURSO_API,
            {**contesting, **self._api_environment()},
            grants=(
                *self._contesting(QUEUE_INDEX, SENDING_INDEX),
                table_use(data.peg, ("Query",), RECEPTION_INDEX),  # what may be contested of a month
                objects_use(self._settings, "acervo", ("PutObjectTagging",), prefix=APPEALS_PREFIX),  # drafts end
                self._page_secret(),
            ),
        )
        fluxo = self._function(
            "RecursoFluxo",
            RECURSO_FLUXO,
            where,  # settings of the package; of PEGs and documents it has no grant
            grants=(
                table_use(data.recurso, context_table.WRITE, QUEUE_INDEX),
                table_use(data.cadastro, context_table.READ),
                key_use(data.keys.tabelas, keys.WRITE),
            ),
        )
        # A term ends with its local day: it is told on the next morning.
        self._sweep(
            "PrazosDeRecursos", "prazos-de-recursos", daily(6, 20), Target.function(fluxo), fluxo,
            {"acao": "vigiar-prazos"},
        )  # fmt: skip
        eventos = self._function(
            "RecursoEventos",
            RECURSO_EVENTOS,
            {**contesting, "BARRAMENTO": self.routing.bus.event_bus_name},
            grants=(
                *self._contesting(),
                objects_use(self._settings, "acervo", ("GetObject",), prefix=MESSAGES_PREFIX),
                objects_use(self._settings, "acervo", ("PutObject",), prefix=ANSWERS_PREFIX),
                publish_use(self.routing.bus),
            ),
        )
        self._listen(eventos, data.recurso)

    def _contesting(self, *indices: str) -> tuple[iam.PolicyStatement, ...]:
        """What contesting glosas and answering takes, through whichever door; and these indexes of recurso."""
        data = self._data
        return (
            table_use(data.recurso, context_table.WRITE, *indices),
            table_use(data.peg, ("GetItem",)),
            table_use(data.cadastro, context_table.READ),
            # Only whether a document is there, and complete.
            table_use(data.documentos, ("BatchGetItem", "GetItem")),
            table_use(data.idempotencia, ("GetItem", "PutItem")),
            self._audit(),
            objects_use(self._settings, "acervo", ("GetObject",), prefix=DOSSIERS_PREFIX),
            objects_use(self._settings, "acervo", ("GetObject", "PutObject"), prefix=APPEALS_PREFIX),
            listing_use(self._settings, "acervo"),
            key_use(data.keys.tabelas, keys.WRITE),
            key_use(data.keys.documentos, keys.WRITE),
        )

    def _peg(self) -> None:
        data, buckets = self._data, self._data.buckets
        # The same use cases behind the API, the workflow and messages sent as files.
        billing = {
            "TABELA_PEG": data.peg.table_name,
            "TABELA_AUTORIZACAO": data.autorizacao.table_name,
            "TABELA_CADASTRO": data.cadastro.table_name,
            "TABELA_BENEFICIARIOS": data.beneficiarios.table_name,
            "TABELA_AUDITORIA": data.auditoria.table_name,
            "BUCKET_ACERVO": buckets.acervo.bucket_name,
            "SEGREDO_PSEUDONIMOS_ARN": data.segredo_pseudonimos_arn,
        }
        # One message cancels guias of any kind: solicitações and recursos are cancelled by whose they are, when asked.
        cancellers = {
            "FUNCAO_AUTORIZACAO": self.functions[AUTORIZACAO_API.name],
            "FUNCAO_RECURSO": self.functions[RECURSO_API.name],
        }
        answering = {
            **billing,
            "TABELA_IDEMPOTENCIA": data.idempotencia.table_name,
            **_named(cancellers),
        }
        messages = (table_use(data.idempotencia, ("GetItem", "PutItem")), *_callable(cancellers))
        self._function(
            "PegApi",
            PEG_API,
            {**answering, **self._api_environment()},
            grants=(
                *self._billing(RECEPTION_INDEX, QUEUE_INDEX),
                *messages,
                table_use(data.idempotencia, ("UpdateItem",)),  # quotas of who asks without leaving anything
                self._page_secret(),
            ),
        )
        fluxo = self._function("PegFluxo", PEG_FLUXO, billing, grants=self._billing(QUEUE_INDEX))
        reception = self._workflow("RecepcaoPeg", "recepcao-peg", reception_definition, fluxo)
        # Whoever meets a reception or a cancellation that stopped half way finishes it; what nobody meets is found
        # here, and PEGs whose analysis begins with the day.
        self._sweep("VarreduraPeg", "varredura-peg", hourly(15), Target.function(fluxo), fluxo, {"acao": "varrer"})
        eventos = self._function(
            "PegEventos",
            PEG_EVENTOS,
            {
                **answering,
                "BARRAMENTO": self.routing.bus.event_bus_name,
                "MAQUINA_RECEPCAO_ARN": reception.machine.state_machine_arn,
            },
            grants=(
                *self._billing(),
                *messages,
                reception.start_use(),
                publish_use(self.routing.bus),
            ),
        )
        self._listen(eventos, data.peg)

    def _billing(self, *indices: str) -> tuple[iam.PolicyStatement, ...]:
        """What judging, receiving and cancelling bills takes, through whichever door; and these indexes of peg."""
        data = self._data
        return (
            table_use(data.peg, context_table.WRITE, *indices),
            *batch_use((data.peg,), self._settings, update=True),
            table_use(data.autorizacao, context_table.READ),
            attributes_use(data.autorizacao, ("PartiQLUpdate",), USE_ATTRIBUTES),
            table_use(data.cadastro, context_table.READ),
            table_use(data.beneficiarios, context_table.READ, SEARCH_INDEX),
            self._audit(),
            # Messages and documents as received, what was made of them, and the answers beside them.
            objects_use(self._settings, "acervo", ("GetObject", "PutObject")),
            listing_use(self._settings, "acervo"),
            self._pseudonyms(),
            key_use(data.keys.tabelas, keys.WRITE),
            key_use(data.keys.documentos, keys.WRITE),
        )

    def _pagamento(self) -> None:
        data, buckets = self._data, self._data.buckets
        where = {
            "TABELA_PAGAMENTO": data.pagamento.table_name,
            "TABELA_PEG": data.peg.table_name,
            "TABELA_CADASTRO": data.cadastro.table_name,
            "TABELA_DOCUMENTOS": data.documentos.table_name,
            "TABELA_AUDITORIA": data.auditoria.table_name,
            "BUCKET_ACERVO": buckets.acervo.bucket_name,
        }
        by_month = table_use(data.peg, ("Query",), RECEPTION_INDEX)
        # What is contested of each line, which conciliation shows, only its owner knows.
        contesting = {"FUNCAO_RECURSO": self.functions[RECURSO_API.name]}
        self._function(
            "PagamentoApi",
            PAGAMENTO_API,
            {
                **where,
                **self._api_environment(),
                **_named(contesting),
                "TABELA_IDEMPOTENCIA": data.idempotencia.table_name,
            },
            grants=(
                *self._paying(QUEUE_INDEX, SENDING_INDEX),
                *_callable(contesting),
                by_month,
                # Kept answers; quotas of who asks in bulk.
                table_use(data.idempotencia, ("GetItem", "PutItem", "UpdateItem")),
                # What is too large for an answer is fetched from here, by an address that carries the reader's rights.
                objects_use(self._settings, "acervo", ("GetObject", "PutObject"), prefix=STATEMENTS_PREFIX),
                self._page_secret(),
            ),
        )
        fluxo = self._function(
            "PagamentoFluxo",
            PAGAMENTO_FLUXO,
            {
                **where,
                "BUCKET_ENTRADA": buckets.entrada.bucket_name,
                "SEGREDO_PSEUDONIMOS_ARN": data.segredo_pseudonimos_arn,
            },
            grants=(
                *self._paying(QUEUE_INDEX),
                by_month,
                self._pseudonyms(),  # a file of payments names a prestador by its CNPJ or CPF
                *self._arrived(PAYMENT_LOADS_PREFIX),
                objects_use(self._settings, "acervo", ("GetObject", "PutObject"), prefix=PAYMENT_LOADS_PREFIX),
                objects_use(self._settings, "acervo", ("GetObject", "PutObject"), prefix=STATEMENTS_PREFIX),
            ),
        )
        load = self._workflow("CargaPagamento", "carga-pagamento", load_definition, fluxo)
        closing = self._workflow("FechamentoEntregas", "fechamento-entregas", closing_definition, fluxo)
        bulk = self._workflow("DemonstrativosLote", "demonstrativos-lote", bulk_definition, fluxo)
        # Readers compute what a day changes; the closing writes it down, and tells.
        self._sweep(
            "FechamentoDoDia", "fechamento-entregas", hourly(7), Target.machine(closing.machine, closing.name), fluxo
        )
        eventos = self._function(
            "PagamentoEventos",
            PAGAMENTO_EVENTOS,
            {
                **where,
                "BUCKET_ENTRADA": buckets.entrada.bucket_name,
                "BARRAMENTO": self.routing.bus.event_bus_name,
                "MAQUINA_CARGA_ARN": load.machine.state_machine_arn,
                "MAQUINA_FECHAMENTO_ARN": closing.machine.state_machine_arn,
                "MAQUINA_LOTE_ARN": bulk.machine.state_machine_arn,
            },
            grants=(
                *self._paying(),
                load.start_use(),
                closing.start_use(),
                bulk.start_use(),
                *self._arrived(PAYMENT_LOADS_PREFIX),
                # The answer beside the message.
                objects_use(self._settings, "acervo", ("PutObject",)),
                publish_use(self.routing.bus),
            ),
        )
        self._listen(eventos, data.pagamento)

    def _paying(self, *indices: str) -> tuple[iam.PolicyStatement, ...]:
        """What faturas, notas and demonstrativos take, through whichever door; and these indexes of pagamento."""
        data = self._data
        return (
            table_use(data.pagamento, context_table.WRITE, *indices),
            table_use(data.peg, context_table.READ),
            table_use(data.cadastro, context_table.READ),
            # Only what the files of a nota are, and when they came.
            table_use(data.documentos, ("BatchGetItem", "GetItem")),
            self._audit(),
            # Dossiers of PEGs, files of notas, messages.
            objects_use(self._settings, "acervo", ("GetObject",)),
            listing_use(self._settings, "acervo"),
            key_use(data.keys.tabelas, keys.WRITE),
            key_use(data.keys.documentos, keys.WRITE),
        )

    def _alertas(self) -> None:
        data, webhooks = self._data, self.queues[WEBHOOKS].queue
        where = {
            "TABELA_ALERTAS": data.alertas.table_name,
            "TABELA_CADASTRO": data.cadastro.table_name,
            "FILA_WEBHOOKS": webhooks.queue_url,
        }
        # Who speaks to webhooks. Only the embedded AWS is given an authority that may vouch for its own machine.
        speaking = {
            **where,
            "SEGREDO_WEBHOOKS_ARN": data.segredo_webhooks_arn,
            "RES_OPTIONS": DNS_BOUNDS,
            **({"OUVINTE_CA": self._settings.ouvinte_ca} if self._settings.ouvinte_ca else {}),
        }
        keeping = (
            table_use(data.cadastro, context_table.READ),
            *batches_use(webhooks, self._settings),
            key_use(data.keys.tabelas, keys.WRITE),
        )
        signing = iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[data.segredo_webhooks_arn])
        documentos = {"FUNCAO_DOCUMENTOS": self.functions[DOCUMENTOS_API.name]}
        self._function(
            "AlertasApi",
            ALERTAS_API,
            {
                **speaking,
                **self._api_environment(),
                **_named(documentos),
                "TABELA_IDEMPOTENCIA": data.idempotencia.table_name,
            },
            grants=(
                *keeping,
                table_use(data.alertas, context_table.WRITE, ORDER_INDEX),
                table_use(data.idempotencia, ("GetItem", "PutItem", "UpdateItem")),
                signing,
                *_callable(documentos),
                self._page_secret(),
            ),
        )
        # What may still be contested, and for whom a publicação is, only their owners know.
        owners = {**documentos, "FUNCAO_RECURSO": self.functions[RECURSO_API.name]}
        eventos = self._function(
            "AlertasEventos",
            ALERTAS_EVENTOS,
            {**where, **_named(owners), "BARRAMENTO": self.routing.bus.event_bus_name},
            grants=(
                *keeping,
                table_use(data.alertas, context_table.WRITE, ORDER_INDEX),
                *_callable(owners),
                publish_use(self.routing.bus),
            ),
        )
        self._listen(eventos, data.alertas)
        fluxo = self._function(
            "AlertasFluxo",
            ALERTAS_FLUXO,
            {
                **speaking,
                "REMETENTE": self._settings.remetente,
                "ORIGENS_PERMITIDAS": ",".join(self._settings.origens),  # a digest says where to go on
            },
            grants=(
                *keeping,
                table_use(data.alertas, context_table.WRITE, ORDER_INDEX, QUEUE_INDEX),
                signing,
                *mail_use(self._settings),
            ),
        )
        # One at a time: whoever is slow to answer holds a worker, not what came in the same batch.
        fluxo.consume_queue(webhooks, batch=1)
        work = Target.function(fluxo)
        self._sweep("EntregasDeWebhooks", "entregas-de-webhooks", every(5), work, fluxo, {"acao": "retomar-entregas"})
        self._sweep("ResumosDeAlertas", "resumos-de-alertas", every(5), work, fluxo, {"acao": "resumir"})

    def _auditoria(self) -> None:
        data = self._data
        where = {
            "TABELA_AUDITORIA": data.auditoria.table_name,
            "TABELA_SELOS": data.selos.table_name,
            "BUCKET_ACERVO": data.buckets.acervo.bucket_name,
        }
        self._function(
            "AuditoriaApi",
            AUDITORIA_API,
            {**where, **self._api_environment(), "TABELA_CADASTRO": data.cadastro.table_name},
            grants=(
                self._audit(),
                table_use(data.auditoria, ("Query",)),
                table_use(data.selos, context_table.READ),
                table_use(data.cadastro, context_table.READ),
                objects_use(self._settings, "acervo", ("GetObject",), prefix=SEALS_PREFIX),
                # What is asked to be taken away is fetched by an address that carries the reader's rights.
                objects_use(self._settings, "acervo", ("GetObject", "PutObject"), prefix=EXPORTS_PREFIX),
                listing_use(self._settings, "acervo"),
                self._page_secret(),
                key_use(data.keys.tabelas, keys.WRITE),
                key_use(data.keys.documentos, keys.WRITE),
            ),
        )
        fluxo = self._function(
            "AuditoriaFluxo",
            AUDITORIA_FLUXO,
            where,
            grants=(
                table_use(data.auditoria, ("GetItem", "Query")),
                table_use(data.selos, context_table.WRITE, QUEUE_INDEX),
                objects_use(self._settings, "acervo", ("GetObject", "PutObject"), prefix=SEALS_PREFIX),
                listing_use(self._settings, "acervo"),
                key_use(data.keys.tabelas, keys.WRITE),
                key_use(data.keys.documentos, keys.WRITE),
            ),
        )
        # Of whom there is something to seal: a mark for many rows at once.
        fluxo.follow(
            "Linhas",
            data.auditoria,
            key=data.keys.tabelas,
            patterns=({"eventName": ["INSERT"]},),
            batch=1000,
            window=Duration.seconds(1 if self._settings.embarcado else 60),
        )
        self._sweep(
            "SelagemDaAuditoria", "selagem-da-auditoria", hourly(40), Target.function(fluxo), fluxo, {"acao": "selar"}
        )

    def _tiss(self) -> None:
        owners = {
            "FUNCAO_CADASTRO": self.functions[CADASTRO_API.name],
            "FUNCAO_AUTORIZACAO": self.functions[AUTORIZACAO_API.name],
            "FUNCAO_DOCUMENTOS": self.functions[DOCUMENTOS_API.name],
            "FUNCAO_PEG": self.functions[PEG_API.name],
            "FUNCAO_PAGAMENTO": self.functions[PAGAMENTO_API.name],
            "FUNCAO_RECURSO": self.functions[RECURSO_API.name],
        }
        self._function(
            "TissApi",
            TISS_API,
            {"ORIGENS_PERMITIDAS": ",".join(self._settings.origens), **_named(owners)},
            grants=_callable(owners),
        )

    def _carry_events(self) -> None:
        for objects in ARRIVALS:
            self.routing.objects(objects, bucket=self._data.buckets.entrada, queue=self.queues[objects.consumer].queue)
        for subscription in SUBSCRIPTIONS:
            self.routing.subscribe(subscription, queue=self.queues[subscription.consumer].queue)
        self.routing.admit()

    # -- helpers ----------------------------------------------------------------------------------------------

    def _workflow(
        self,
        construct_id: str,
        name: str,
        definition: Callable[[str], dict[str, Any]],
        function: ContextFunction,
    ) -> Workflow:
        self.workflows[name] = Workflow(
            self,
            construct_id,
            settings=self._settings,
            name=name,
            definition=definition,
            function=function.function,
            log_key=self._data.keys.logs,
        )
        return self.workflows[name]

    def _sweep(
        self,
        construct_id: str,
        name: str,
        expression: str,
        target: Target,
        worker: ContextFunction,
        payload: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """A schedule; on the embedded AWS every minute, whatever it is elsewhere: nobody there waits for an hour."""
        Sweep(
            self,
            construct_id,
            settings=self._settings,
            name=name,
            group=self._schedules.ref,
            expression=every(1) if self._settings.embarcado else expression,
            payload=payload,
            target=target,
            failures=worker.failures,
            queue_key=self._data.keys.filas,
        )

    def _listen(self, eventos: ContextFunction, table: dynamodb.Table) -> None:
        """A context hears its queue and tells what its table's outbox says, and how its rows of `IMAGES` are."""
        eventos.consume_queue(self.queues[eventos.spec.name].queue)
        eventos.publish_outbox(table, key=self._data.keys.tabelas, images=IMAGES.get(eventos.spec.contexto))

    def _arrived(self, prefix: str) -> tuple[iam.PolicyStatement, ...]:
        """What reading what arrived under a prefix takes: which version came first, and that one."""
        return (
            objects_use(self._settings, "entrada", ("GetObject", "GetObjectVersion"), prefix=prefix),
            listing_use(self._settings, "entrada", versions=True),
        )

    def _function(
        self,
        construct_id: str,
        spec: FunctionSpec,
        environment: Mapping[str, str],
        grants: Sequence[iam.PolicyStatement],
    ) -> ContextFunction:
        function = ContextFunction(
            self,
            construct_id,
            spec=spec,
            settings=self._settings,
            data_keys=self._data.keys,
            layers=self._layers,
            environment=environment,
            grants=grants,
        )
        self.functions[spec.name] = function
        return function

    def _api_environment(self) -> dict[str, str]:
        identity = self._data.identity
        return {
            "SEGREDO_ARN": self._data.segredo_arn,
            "POOL_PRESTADORES": identity.prestadores.user_pool_id,
            "POOL_OPERADORA": identity.operadora.user_pool_id,
            "CLIENTE_PORTAL_PRESTADORES": identity.portal_prestadores.ref,
            "CLIENTE_PORTAL_OPERADORA": identity.portal_operadora.ref,
            "ORIGENS_PERMITIDAS": ",".join(self._settings.origens),
        }

    def _page_secret(self) -> iam.PolicyStatement:
        return iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[self._data.segredo_arn])

    def _pseudonyms(self) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            actions=["secretsmanager:GetSecretValue"], resources=[self._data.segredo_pseudonimos_arn]
        )

    def _audit(self) -> iam.PolicyStatement:
        """Whoever shows personal data leaves a row of it; nothing here may read or remove one."""
        return table_use(self._data.auditoria, context_table.APPEND)

    def _outputs(self) -> dict[str, str]:
        queues = {
            f"Fila{name.title().replace('-', '')}{suffix}": queue.queue_url
            for name, consumer in self.queues.items()
            for suffix, queue in (("", consumer.queue), ("Dlq", consumer.dead))
        }
        machines = {f"Maquina{made.node.id}Arn": made.machine.state_machine_arn for made in self.workflows.values()}
        failures = {f"Falhas{function.node.id}": function.failures.queue_url for function in self.functions.values()}
        return {
            "ApiId": self.api.rest.ref,
            "ApiUrl": f"https://{self.api.rest.ref}.execute-api.{self._settings.regiao}.amazonaws.com/{STAGE}",
            "Barramento": self.routing.bus.event_bus_name,
            "EventosNaoEntregues": self.routing.undelivered.queue_url,
            **machines,
            **queues,
            **failures,
        }
