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
        self.segredo = secretsmanager.Secret(
            self,
            "Segredo",
            secret_name=settings.name("paginacao"),
            description="Signs and encrypts the cursors of paged lists",
            encryption_key=key,
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
            removal_policy=RemovalPolicy.DESTROY if settings.embarcado else RemovalPolicy.RETAIN,
        )
        segredo = self.segredo.node.default_child
        if not isinstance(segredo, secretsmanager.CfnSecret):
            raise TypeError("a secret's default child is its CfnSecret")
        # The attribute and not the reference: the embedded AWS answers a reference with the name.
        self.segredo_arn = segredo.attr_id
        self.identity = Identity(self, "Identidade", settings=settings)
        for name, value in self._outputs().items():
            CfnOutput(self, name, value=value)

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
