"""`Conecta-Servico`: functions, queues, events, workflow and API; replaceable without losing data.

The functions and their grants are listed here one by one: a privilege is read beside the function that has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.components import context_table, keys
from infra.components.api import STAGE, Api
from infra.components.buckets import (
    AUTHORIZATION_LOADS_PREFIX,
    DOCUMENTS_PREFIX,
    LOADS_PREFIX,
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
from infra.components.queues import ConsumerQueue
from infra.components.routing import Routing, publish_use
from infra.components.schedule import Sweep, Target, every, hourly
from infra.components.workflow import Workflow, load_definition, reception_definition, sweep_definition
from infra.settings import Settings
from infra.stacks.data import DUE_INDEX, PENDING_INDEX, QUEUE_INDEX, RECEPTION_INDEX, SEARCH_INDEX, DataStack

WITH_TISS = ("dependencies", "edge", "tiss")

# TISS messages that are authorization's to answer, by the name of their body element.
TRANSACOES_AUTORIZACAO = (
    "solicitacaoProcedimento",
    "solicitaStatusAutorizacao",
    "loteAnexos",
    "comunicacaoInternacao",
)
# And those that are peg's, lotes first: what is cancelled may be a solicitação as well as a guia of a PEG.
TRANSACOES_PEG = ("loteGuias", "solicitacaoStatusProtocolo", "cancelaGuia")

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
DOCUMENTOS_API = FunctionSpec("documentos-api", "documentos", "Uploads: permits and their state", API_TIMEOUT)
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
        self.fila_cadastro = self._queue("FilaCadastro", "cadastro-eventos")
        self.fila_autorizacao = self._queue("FilaAutorizacao", "autorizacao-eventos")
        self.fila_documentos = self._queue("FilaDocumentos", "documentos-eventos")
        self.fila_peg = self._queue("FilaPeg", "peg-eventos")
        # A group of our own: its metrics are ours alone.
        self._schedules = scheduler.CfnScheduleGroup(self, "Agendas", name=settings.name())
        self.functions: dict[str, ContextFunction] = {}

        self._publico()
        self.load = self._cadastro()
        self.authorization_load, self.expiry = self._autorizacao()
        self._documentos()
        self.reception = self._peg()
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

    def _cadastro(self) -> Workflow:
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
                objects_use(self._settings, "entrada", ("GetObject", "GetObjectVersion"), prefix=LOADS_PREFIX),
                listing_use(self._settings, "entrada", versions=True),
                objects_use(self._settings, "acervo", ("GetObject", "PutObject"), prefix=LOADS_PREFIX),
                listing_use(self._settings, "acervo"),
                self._pseudonyms(),
                key_use(data.keys.tabelas, keys.WRITE),
                key_use(data.keys.documentos, keys.WRITE),
            ),
        )
        load = Workflow(
            self,
            "CargaCadastro",
            settings=self._settings,
            name="carga-cadastro",
            definition=load_definition,
            function=fluxo.function,
            log_key=data.keys.logs,
        )
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
                iam.PolicyStatement(actions=["states:StartExecution"], resources=[load.machine.state_machine_arn]),
                table_use(data.cadastro, ("GetItem", "PutItem", "Query", "UpdateItem")),
                objects_use(self._settings, "entrada", ("GetObject", "GetObjectVersion"), prefix=LOADS_PREFIX),
                listing_use(self._settings, "entrada", versions=True),
                publish_use(self.routing.bus),
                key_use(data.keys.tabelas, keys.WRITE),
                key_use(data.keys.documentos, keys.READ),
            ),
        )
        eventos.consume_queue(self.fila_cadastro.queue)
        eventos.publish_outbox(data.cadastro, key=data.keys.tabelas)
        return load

    def _autorizacao(self) -> tuple[Workflow, Workflow]:
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
                objects_use(
                    self._settings, "entrada", ("GetObject", "GetObjectVersion"), prefix=AUTHORIZATION_LOADS_PREFIX
                ),
                listing_use(self._settings, "entrada", versions=True),
                objects_use(self._settings, "acervo", ("GetObject", "PutObject"), prefix=AUTHORIZATION_LOADS_PREFIX),
                listing_use(self._settings, "acervo"),
                self._pseudonyms(),
                key_use(data.keys.tabelas, keys.WRITE),
                key_use(data.keys.documentos, keys.WRITE),
            ),
        )
        load, expiry = (
            Workflow(
                self,
                construct_id,
                settings=self._settings,
                name=name,
                definition=definition,
                function=fluxo.function,
                log_key=data.keys.logs,
            )
            for construct_id, name, definition in (
                ("CargaAutorizacao", "carga-autorizacao", load_definition),
                ("ExpiracaoAutorizacoes", "expiracao-autorizacoes", sweep_definition),
            )
        )
        # Readers compute what is due; the sweep writes it down, and tells. An hour late is soon enough for that.
        Sweep(
            self,
            "VarreduraAutorizacoes",
            settings=self._settings,
            name="expiracao-autorizacoes",
            group=self._schedules.ref,
            expression=every(1) if self._settings.embarcado else hourly(5),
            payload={},
            target=Target.machine(expiry.machine, "expiracao-autorizacoes"),
            failures=fluxo.failures,
            queue_key=data.keys.filas,
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
                iam.PolicyStatement(actions=["states:StartExecution"], resources=[load.machine.state_machine_arn]),
                objects_use(
                    self._settings, "entrada", ("GetObject", "GetObjectVersion"), prefix=AUTHORIZATION_LOADS_PREFIX
                ),
                listing_use(self._settings, "entrada", versions=True),
                # The message, and its answer beside it.
                objects_use(self._settings, "acervo", ("GetObject", "PutObject")),
                listing_use(self._settings, "acervo"),
                publish_use(self.routing.bus),
                *mail_use(self._settings),
                key_use(data.keys.documentos, keys.WRITE),
            ),
        )
        eventos.consume_queue(self.fila_autorizacao.queue)
        eventos.publish_outbox(data.autorizacao, key=data.keys.tabelas)
        return load, expiry

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
        where = {"TABELA_DOCUMENTOS": data.documentos.table_name, "BUCKET_ACERVO": buckets.acervo.bucket_name}
        self._function(
            "DocumentosApi",
            DOCUMENTOS_API,
            {
                **where,
                **self._api_environment(),
                "TABELA_CADASTRO": data.cadastro.table_name,
                "TABELA_IDEMPOTENCIA": data.idempotencia.table_name,
                "TABELA_AUDITORIA": data.auditoria.table_name,
                "BUCKET_ENTRADA": buckets.entrada.bucket_name,
            },
            grants=(
                table_use(data.documentos, context_table.WRITE),
                table_use(data.idempotencia, ("GetItem", "PutItem")),
                table_use(data.cadastro, context_table.READ),
                self._audit(),
                # A presigned POST carries its signer's rights: new objects under the documents' prefix.
                objects_use(self._settings, "entrada", ("PutObject",)),
                objects_use(self._settings, "acervo", ("GetObject",)),
                listing_use(self._settings, "acervo"),
                self._page_secret(),
                key_use(data.keys.tabelas, keys.WRITE),
                key_use(data.keys.documentos, keys.WRITE),
            ),
        )
        eventos = self._function(
            "DocumentosEventos",
            DOCUMENTOS_EVENTOS,
            {**where, "BUCKET_ENTRADA": buckets.entrada.bucket_name, "BARRAMENTO": self.routing.bus.event_bus_name},
            grants=(
                table_use(data.documentos, context_table.WRITE),
                # The event names a version: what was checked is what is kept, whatever was posted since.
                objects_use(self._settings, "entrada", ("GetObject", "GetObjectVersion")),
                listing_use(self._settings, "entrada", versions=True),
                objects_use(self._settings, "acervo", ("GetObject", "PutObject")),
                listing_use(self._settings, "acervo"),
                publish_use(self.routing.bus),
                key_use(data.keys.tabelas, keys.WRITE),
                key_use(data.keys.documentos, keys.WRITE),
            ),
        )
        eventos.consume_queue(self.fila_documentos.queue)
        eventos.publish_outbox(data.documentos, key=data.keys.tabelas)
        fluxo = self._function(
            "DocumentosFluxo",
            DOCUMENTOS_FLUXO,
            {**where, "BUCKET_ENTRADA": buckets.entrada.bucket_name},
            grants=(
                table_use(data.documentos, context_table.WRITE, PENDING_INDEX),
                objects_use(self._settings, "entrada", ("GetObject", "GetObjectVersion")),
                listing_use(self._settings, "entrada", versions=True),
                objects_use(self._settings, "acervo", ("GetObject", "PutObject")),
                listing_use(self._settings, "acervo"),
                key_use(data.keys.tabelas, keys.WRITE),
                key_use(data.keys.documentos, keys.WRITE),
            ),
        )
        Sweep(
            self,
            "ConciliacaoUploads",
            settings=self._settings,
            name="conciliacao-uploads",
            group=self._schedules.ref,
            expression=every(1 if self._settings.embarcado else 5),
            payload={"tarefa": "conciliar-uploads"},
            target=Target.function(fluxo),
            failures=fluxo.failures,
            queue_key=data.keys.filas,
        )

    def _peg(self) -> Workflow:
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
        # One message cancels guias of either kind: solicitações are autorizacao's to cancel, and it is asked to.
        canceller = self.functions[AUTORIZACAO_API.name]
        answering = {
            **billing,
            "TABELA_IDEMPOTENCIA": data.idempotencia.table_name,
            "FUNCAO_AUTORIZACAO": canceller.function.function_name,
        }
        messages = (table_use(data.idempotencia, ("GetItem", "PutItem")), canceller.call_use())
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
        reception = Workflow(
            self,
            "RecepcaoPeg",
            settings=self._settings,
            name="recepcao-peg",
            definition=reception_definition,
            function=fluxo.function,
            log_key=data.keys.logs,
        )
        # Whoever meets a reception or a cancellation that stopped half way finishes it; what nobody meets is found
        # here, and PEGs whose analysis begins with the day.
        Sweep(
            self,
            "VarreduraPeg",
            settings=self._settings,
            name="varredura-peg",
            group=self._schedules.ref,
            expression=every(1) if self._settings.embarcado else hourly(15),
            payload={"acao": "varrer"},
            target=Target.function(fluxo),
            failures=fluxo.failures,
            queue_key=data.keys.filas,
        )
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
                iam.PolicyStatement(actions=["states:StartExecution"], resources=[reception.machine.state_machine_arn]),
                publish_use(self.routing.bus),
            ),
        )
        eventos.consume_queue(self.fila_peg.queue)
        eventos.publish_outbox(data.peg, key=data.keys.tabelas)
        return reception

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

    def _tiss(self) -> None:
        owners = {
            "FUNCAO_CADASTRO": self.functions[CADASTRO_API.name],
            "FUNCAO_AUTORIZACAO": self.functions[AUTORIZACAO_API.name],
            "FUNCAO_PEG": self.functions[PEG_API.name],
        }
        self._function(
            "TissApi",
            TISS_API,
            {
                "ORIGENS_PERMITIDAS": ",".join(self._settings.origens),
                **{name: owner.function.function_name for name, owner in owners.items()},
            },
            grants=tuple(owner.call_use() for owner in owners.values()),
        )

    def _carry_events(self) -> None:
        entrada = self._data.buckets.entrada
        self.routing.objects(
            "Uploads", name="uploads", bucket=entrada, prefix=DOCUMENTS_PREFIX, queue=self.fila_documentos.queue
        )
        self.routing.objects(
            "Cargas", name="cargas", bucket=entrada, prefix=LOADS_PREFIX, queue=self.fila_cadastro.queue
        )
        self.routing.objects(
            "CargasDeAutorizacao",
            name="cargas-de-autorizacao",
            bucket=entrada,
            prefix=AUTHORIZATION_LOADS_PREFIX,
            queue=self.fila_autorizacao.queue,
        )
        self.routing.subscribe(
            "CargasRetomadas",
            name="cargas-retomadas",
            contexto="cadastro",
            tipos=["CargaRetomada"],
            queue=self.fila_cadastro.queue,
        )
        self.routing.subscribe(
            "LotesRecebidos",
            name="lotes-recebidos",
            contexto="documentos",
            tipos=["DocumentoRecebido"],
            dados={"finalidade": ["lote_tiss"]},
            queue=self.fila_peg.queue,
        )
        # Lotes under the purpose of any message, too: their sender need not know whose they are.
        self.routing.subscribe(
            "MensagensDePeg",
            name="mensagens-de-peg",
            contexto="documentos",
            tipos=["DocumentoRecebido"],
            dados={"finalidade": ["mensagem_tiss"], "transacao": list(TRANSACOES_PEG)},
            queue=self.fila_peg.queue,
        )
        self.routing.subscribe(
            "MensagensDeAutorizacao",
            name="mensagens-de-autorizacao",
            contexto="documentos",
            tipos=["DocumentoRecebido"],
            dados={"finalidade": ["mensagem_tiss"], "transacao": list(TRANSACOES_AUTORIZACAO)},
            queue=self.fila_autorizacao.queue,
        )
        self.routing.subscribe(
            "AutorizacaoParaSi",
            name="autorizacao-para-si",
            contexto="autorizacao",
            # Mail to oncology once the date is stored, and loads somebody resumed.
            tipos=["DataPedida", "CargaRetomada"],
            queue=self.fila_autorizacao.queue,
        )
        self.routing.subscribe(
            "DestinoDasMensagens",
            name="destino-das-mensagens",
            contexto="autorizacao",
            tipos=["MensagemRecusada", "MensagemRespondida"],
            queue=self.fila_documentos.queue,
        )
        self.routing.subscribe(
            "DestinoDosLotes",
            name="destino-dos-lotes",
            contexto="peg",
            tipos=["LoteRecusado", "LoteRepetido", "PegRecebido", "MensagemRecusada", "MensagemRespondida"],
            queue=self.fila_documentos.queue,
        )

    # -- helpers ----------------------------------------------------------------------------------------------

    def _queue(self, construct_id: str, name: str) -> ConsumerQueue:
        return ConsumerQueue(
            self,
            construct_id,
            settings=self._settings,
            name=name,
            key=self._data.keys.filas,
            consumer_timeout=WORK_TIMEOUT,
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
        failures = {f"Falhas{function.node.id}": function.failures.queue_url for function in self.functions.values()}
        return {
            "ApiId": self.api.rest.ref,
            "ApiUrl": f"https://{self.api.rest.ref}.execute-api.{self._settings.regiao}.amazonaws.com/{STAGE}",
            "Barramento": self.routing.bus.event_bus_name,
            "MaquinaCargaArn": self.load.machine.state_machine_arn,
            "MaquinaCargaAutorizacaoArn": self.authorization_load.machine.state_machine_arn,
            "MaquinaExpiracaoArn": self.expiry.machine.state_machine_arn,
            "MaquinaRecepcaoArn": self.reception.machine.state_machine_arn,
            "FilaCadastroEventos": self.fila_cadastro.queue.queue_url,
            "FilaCadastroEventosDlq": self.fila_cadastro.dead.queue_url,
            "FilaAutorizacaoEventos": self.fila_autorizacao.queue.queue_url,
            "FilaAutorizacaoEventosDlq": self.fila_autorizacao.dead.queue_url,
            "FilaDocumentosEventos": self.fila_documentos.queue.queue_url,
            "FilaDocumentosEventosDlq": self.fila_documentos.dead.queue_url,
            "FilaPegEventos": self.fila_peg.queue.queue_url,
            "FilaPegEventosDlq": self.fila_peg.dead.queue_url,
            "EventosNaoEntregues": self.routing.undelivered.queue_url,
            **failures,
        }
