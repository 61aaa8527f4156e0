"""Tables and buckets shaped as `infra/stacks/data.py` makes them, in whichever engine is asked."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conecta_edge.dynamodb import marshal, unmarshal
from conecta_edge.events import OUTBOX_PREFIX

CHAVE = "chave-dos-pseudonimos-de-teste"
"""The secret under which a deployment's pseudonyms are made."""
AUTORIZACAO = ("busca", "vencimento")
"""Indexes of the `autorizacao` table."""
PEG = ("fila",)
"""Indexes of the `peg` table, and of `pagamento`."""


@dataclass(frozen=True)
class Engine:
    """One AWS, real or not; everything made here has a name of its own, so that tests do not meet.

    Attributes:
        client: makes a client of a service.
        environment: what a function's process needs to reach it.
    """

    client: Callable[[str], Any]
    environment: Mapping[str, str]

    @property
    def dynamodb(self) -> Any:
        """Its tables."""
        return self.client("dynamodb")

    @property
    def s3(self) -> Any:
        """Its buckets."""
        return self.client("s3")

    def table(
        self,
        contexto: str,
        *,
        indice: str | None = None,
        ordem: str | None = None,
        busca: bool = False,
        chaves: Sequence[str] = (),
    ) -> str:
        """A table with `pk` and `sk`.

        Args:
            indice: name of a sparse index of keys only.
            ordem: name of a local index of everything.
            busca: whether it has the index of everything of that name.
            chaves: names of indexes of keys only, whose attributes have the index's name.
        """
        table = f"conecta-{uuid.uuid4().hex[:12]}-{contexto}"
        texts = ["pk", "sk"]
        more: dict[str, Any] = {}
        if indice is not None:
            texts += ["pendente_pk", "pendente_sk"]
            more["GlobalSecondaryIndexes"] = [_index(indice, "pendente_pk", "pendente_sk", "KEYS_ONLY")]
        if busca:
            texts += ["busca_pk", "busca_sk"]
            more["GlobalSecondaryIndexes"] = [_index("busca", "busca_pk", "busca_sk", "ALL")]
        if chaves:
            texts += [f"{name}_{part}" for name in chaves for part in ("pk", "sk")]
            more["GlobalSecondaryIndexes"] = [_index(name, f"{name}_pk", f"{name}_sk", "KEYS_ONLY") for name in chaves]
        if ordem is not None:
            texts.append(ordem)
            more["LocalSecondaryIndexes"] = [_index(ordem, "pk", ordem, "ALL")]
        self.dynamodb.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=_keys("pk", "sk"),
            AttributeDefinitions=[{"AttributeName": text, "AttributeType": "S"} for text in texts],
            **more,
        )
        return table

    def bucket(self, purpose: str) -> str:
        """A versioned bucket."""
        name = f"conecta-{uuid.uuid4().hex[:12]}-{purpose}"
        region = self.s3.meta.region_name
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def deploy(self) -> dict[str, str]:
        """Everything the functions use, and the variables that tell them so."""
        paginas, pseudonimos = (
            self.client("secretsmanager").create_secret(Name=uuid.uuid4().hex, SecretString=text)["ARN"]
            for text in ("segredo-de-teste", CHAVE)
        )
        return {
            **self.environment,
            "TABELA_CADASTRO": self.table("cadastro", busca=True),
            "TABELA_BENEFICIARIOS": self.table("beneficiarios", busca=True),
            "TABELA_AUDITORIA": self.table("auditoria"),
            "TABELA_DOCUMENTOS": self.table("documentos", indice="pendentes"),
            "TABELA_PEG": self.table("peg", ordem="recepcao", chaves=PEG),
            "TABELA_AUTORIZACAO": self.table("autorizacao", chaves=AUTORIZACAO),
            "TABELA_PAGAMENTO": self.table("pagamento", ordem="envio", chaves=PEG),
            "TABELA_IDEMPOTENCIA": self.table("idempotencia"),
            "BUCKET_ENTRADA": self.bucket("entrada"),
            "BUCKET_ACERVO": self.bucket("acervo"),
            "SEGREDO_ARN": paginas,
            "SEGREDO_PSEUDONIMOS_ARN": pseudonimos,
        }

    def rows(self, table: str, pk: str, prefix: str = "") -> Iterator[dict[str, Any]]:
        """A partition's rows, read as anybody could."""
        found = self.dynamodb.query(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=marshal({":pk": pk}),
            ConsistentRead=True,
        )
        for item in found["Items"]:
            row = unmarshal(item)
            if row["sk"].startswith(prefix):
                yield row

    def outbox(self, table: str, prestador_id: str) -> Iterator[dict[str, Any]]:
        """The events a prestador's partition holds."""
        yield from self.rows(table, f"PRESTADOR#{prestador_id}", OUTBOX_PREFIX)


def _keys(partition: str, order: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": order, "KeyType": "RANGE"}]


def _index(name: str, partition: str, order: str, projection: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": _keys(partition, order),
        "Projection": {"ProjectionType": projection},
    }
