"""`Conecta-Dados`: what must survive every deployment of the service."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_secretsmanager as secretsmanager
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


class DataStack(Stack):
    """Keys, tables, buckets, the secret of page tokens, and the two user pools."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self.keys = DataKeys(self, "Chaves", settings=settings)
        key = self.keys.tabelas
        self.cadastro = ContextTable(self, "Cadastro", settings=settings, contexto="cadastro", key=key).table
        self.documentos = ContextTable(
            self, "Documentos", settings=settings, contexto="documentos", key=key,
            stream=True, ttl=True, indice=(PENDING_INDEX, "pendente"),
        ).table  # fmt: skip
        self.peg = ContextTable(
            self, "Peg", settings=settings, contexto="peg", key=key, stream=True, ttl=True, ordem=RECEPTION_INDEX
        ).table
        self.idempotencia = ContextTable(
            self, "Idempotencia", settings=settings, contexto="idempotencia", key=key, ttl=True
        ).table
        self.buckets = Buckets(self, "Buckets", settings=settings, key=self.keys.documentos)
        self.segredo_arn = self._page_secret(settings).attr_id
        self.identity = Identity(self, "Identidade", settings=settings)
        for name, value in self._outputs().items():
            CfnOutput(self, name, value=value)

    def _page_secret(self, settings: Settings) -> secretsmanager.CfnSecret:
        # Its attribute is the ARN everywhere; a reference is only the name on the embedded AWS.
        secret = secretsmanager.CfnSecret(
            self,
            "Segredo",
            name=settings.name("paginacao"),
            description="Signs and encrypts the cursors of paged lists",
            kms_key_id=self.keys.tabelas.key_arn,
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                password_length=64, exclude_punctuation=True
            ),
        )
        secret.apply_removal_policy(RemovalPolicy.DESTROY if settings.embarcado else RemovalPolicy.RETAIN)
        return secret

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
            "TabelaDocumentos": self.documentos.table_name,
            "TabelaPeg": self.peg.table_name,
            "TabelaIdempotencia": self.idempotencia.table_name,
            "SegredoArn": self.segredo_arn,
        }
