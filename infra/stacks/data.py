"""`Conecta-Dados`: what must survive every deployment of the service."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.components.buckets import Buckets
from infra.components.context_table import ContextTable
from infra.components.identity import Identity
from infra.components.keys import DataKeys
from infra.settings import Settings

# The sweep of uploads without a final state reads this sparse index.
PENDING_INDEX = "pendentes"
# The monthly list of PEGs, newest first, reads this one.
RECEPTION_INDEX = "recepcao"
# The notas fiscais and the recursos of a prestador, by the instant they were sent.
SENDING_INDEX = "envio"
# What has no key of its own is found here: states of relacionamentos and pedidos, lives by the CPF's pseudonym,
# authorizations that wait for the operadora.
SEARCH_INDEX = "busca"
# The sweep of due dates reads this one.
DUE_INDEX = "vencimento"
# What is in the middle of something, for its sweep, and what waits for the operadora: PEGs, faturas, notas, recursos;
# who is written to when, and what webhooks are told next.
QUEUE_INDEX = "fila"
# What a prestador's Início counts, by what comes next.
ORDER_INDEX = "ordem"


class DataStack(Stack):
    """Keys, tables, buckets, secrets of page tokens, pseudonyms and webhooks, user pools, the address mail is from."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self.keys = DataKeys(self, "Chaves", settings=settings)
        key = self.keys.tabelas
        search, everything = {SEARCH_INDEX: SEARCH_INDEX}, dynamodb.ProjectionType.ALL
        self.cadastro = ContextTable(
            self, "Cadastro", settings=settings, contexto="cadastro", key=key,
            stream=True, ttl=True, indices=search, projecao=everything,
        ).table  # fmt: skip
        # Lives and the audit stand apart from the rest of their contexts: see ADR 9.
        self.beneficiarios = ContextTable(
            self, "Beneficiarios", settings=settings, contexto="beneficiarios", key=key,
            indices=search, projecao=everything,
        ).table  # fmt: skip
        self.auditoria = ContextTable(
            self, "Auditoria", settings=settings, contexto="auditoria", key=key, stream=True, ttl=True
        ).table
        # What seals the audit stands apart from its rows: every function may write those.
        self.selos = ContextTable(
            self, "Selos", settings=settings, contexto="selos", key=key, indices={QUEUE_INDEX: QUEUE_INDEX}
        ).table
        self.documentos = ContextTable(
            self, "Documentos", settings=settings, contexto="documentos", key=key,
            stream=True, ttl=True, indices={PENDING_INDEX: "pendente"},
        ).table  # fmt: skip
        # Keys only: what is due or waits is read, and changed, as it is in the table, never as an index remembers it.
        self.autorizacao = ContextTable(
            self, "Autorizacao", settings=settings, contexto="autorizacao", key=key,
            stream=True, ttl=True, indices={**search, DUE_INDEX: DUE_INDEX},
        ).table  # fmt: skip
        self.peg = ContextTable(
            self, "Peg", settings=settings, contexto="peg", key=key,
            stream=True, ttl=True, indices={QUEUE_INDEX: QUEUE_INDEX}, ordem=RECEPTION_INDEX,
        ).table  # fmt: skip
        self.pagamento = ContextTable(
            self, "Pagamento", settings=settings, contexto="pagamento", key=key,
            stream=True, ttl=True, indices={QUEUE_INDEX: QUEUE_INDEX}, ordem=SENDING_INDEX,
        ).table  # fmt: skip
        self.recurso = ContextTable(
            self, "Recurso", settings=settings, contexto="recurso", key=key,
            stream=True, ttl=True, indices={QUEUE_INDEX: QUEUE_INDEX}, ordem=SENDING_INDEX,
        ).table  # fmt: skip
        self.alertas = ContextTable(
            self, "Alertas", settings=settings, contexto="alertas", key=key,
            stream=True, ttl=True, indices={QUEUE_INDEX: QUEUE_INDEX}, ordem=ORDER_INDEX,
        ).table  # fmt: skip
        self.idempotencia = ContextTable(
            self, "Idempotencia", settings=settings, contexto="idempotencia", key=key, ttl=True
        ).table
        self.buckets = Buckets(self, "Buckets", settings=settings, key=self.keys.documentos)
        self.segredo_arn = self._secret(
            settings, "Segredo", "paginacao", "Signs and encrypts the cursors of paged lists"
        )
        # Never change how it is made: CloudFormation would draw another, and no life would be found again.
        self.segredo_pseudonimos_arn = self._secret(
            settings, "Pseudonimos", "pseudonimos", "Key of the pseudonyms that lives and people are found by"
        )
        # Secrets of webhooks follow from it: another key, and no receiver could verify anything until each is told.
        self.segredo_webhooks_arn = self._secret(
            settings, "Webhooks", "webhooks", "Key that the secrets of webhooks follow from"
        )
        self.identity = Identity(self, "Identidade", settings=settings)
        self.remetente = self._sender(settings)
        for name, value in self._outputs().items():
            CfnOutput(self, name, value=value)

    def _secret(self, settings: Settings, construct_id: str, name: str, description: str) -> str:
        """The ARN of a secret drawn once by Secrets Manager."""
        secret = secretsmanager.CfnSecret(
            self,
            construct_id,
            name=settings.name(name),
            description=description,
            kms_key_id=self.keys.tabelas.key_arn,
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                password_length=64, exclude_punctuation=True
            ),
        )
        secret.apply_removal_policy(RemovalPolicy.DESTROY if settings.embarcado else RemovalPolicy.RETAIN)
        # Its attribute is the ARN everywhere; a reference is only the name on the embedded AWS.
        return secret.attr_id

    def _sender(self, settings: Settings) -> ses.CfnEmailIdentity:
        """The address mail to the operadora's people comes from; whoever reads it confirms it once."""
        identity = ses.CfnEmailIdentity(self, "Remetente", email_identity=settings.remetente)
        # Removed with its stack it would have to be confirmed again.
        identity.apply_removal_policy(RemovalPolicy.DESTROY if settings.embarcado else RemovalPolicy.RETAIN)
        return identity

    def _outputs(self) -> dict[str, str]:
        return {
            "PoolPrestadores": self.identity.prestadores.user_pool_id,
            "PoolOperadora": self.identity.operadora.user_pool_id,
            "ClientePortalPrestadores": self.identity.portal_prestadores.ref,
            "ClientePortalOperadora": self.identity.portal_operadora.ref,
            "DominioPrestadores": self.identity.dominio,
            "BucketEntrada": self.buckets.entrada.bucket_name,
            "BucketAcervo": self.buckets.acervo.bucket_name,
            "TabelaCadastro": self.cadastro.table_name,
            "TabelaBeneficiarios": self.beneficiarios.table_name,
            "TabelaAuditoria": self.auditoria.table_name,
            "TabelaSelos": self.selos.table_name,
            "TabelaDocumentos": self.documentos.table_name,
            "TabelaPeg": self.peg.table_name,
            "TabelaAutorizacao": self.autorizacao.table_name,
            "TabelaPagamento": self.pagamento.table_name,
            "TabelaRecurso": self.recurso.table_name,
            "TabelaAlertas": self.alertas.table_name,
            "TabelaIdempotencia": self.idempotencia.table_name,
            "SegredoArn": self.segredo_arn,
            "SegredoPseudonimosArn": self.segredo_pseudonimos_arn,
        }
