"""The one shape of a DynamoDB table: `pk`/`sk` texts, pay per request, PITR, CMK, protected from deletion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.settings import Settings

# Never Scan, anywhere. A transaction needs the permission of each of its parts.
READ = ("BatchGetItem", "GetItem", "Query")
WRITE = (*READ, "ConditionCheckItem", "PutItem", "UpdateItem")
# Of a table that only grows. Whoever writes it states that the row is new: IAM cannot.
APPEND = ("PutItem",)


class ContextTable(Construct):
    """One bounded context's table, `conecta-<estagio>-<contexto>`.

    Args:
        contexto: the owner, last part of the name.
        stream: whether new images are streamed, for the outbox.
        ttl: whether items expire by their attribute `ttl` (seconds since 1970).
        indices: sparse indexes by name, each over `<prefixo>_pk` and `<prefixo>_sk`, as nome -> prefixo.
        projecao: what of an item those repeat; keys only unless their readers want the rest.
        ordem: attribute of a sparse local index of the same name, another order of one partition's rows.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        contexto: str,
        key: kms.IKey,
        stream: bool = False,
        ttl: bool = False,
        indices: Mapping[str, str] = MappingProxyType({}),
        projecao: dynamodb.ProjectionType = dynamodb.ProjectionType.KEYS_ONLY,
        ordem: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.Table(
            self,
            "Tabela",
            table_name=settings.name(contexto),
            partition_key=_text("pk"),
            sort_key=_text("sk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True, recovery_period_in_days=35
            ),
            stream=dynamodb.StreamViewType.NEW_IMAGE if stream else None,
            time_to_live_attribute="ttl" if ttl else None,
            deletion_protection=not settings.embarcado,
            removal_policy=RemovalPolicy.DESTROY if settings.embarcado else RemovalPolicy.RETAIN,
        )
        for nome, prefixo in indices.items():
            self.table.add_global_secondary_index(
                index_name=nome,
                partition_key=_text(f"{prefixo}_pk"),
                sort_key=_text(f"{prefixo}_sk"),
                projection_type=projecao,
            )
        if ordem is not None:
            self.table.add_local_secondary_index(
                index_name=ordem, sort_key=_text(ordem), projection_type=dynamodb.ProjectionType.ALL
            )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def table_use(table: dynamodb.ITable, actions: Sequence[str], *indices: str) -> iam.PolicyStatement:
    """The statement that allows the actions (without `dynamodb:`) on one table, and on those of its indexes."""
    resources = [table.table_arn, *(f"{table.table_arn}/index/{index}" for index in indices)]
    return iam.PolicyStatement(actions=[f"dynamodb:{action}" for action in actions], resources=resources)


def attributes_use(table: dynamodb.ITable, actions: Sequence[str], attributes: Sequence[str]) -> iam.PolicyStatement:
    """The statement that allows writing a few attributes of a table's rows: set, tested and keys of the table alike.

    DynamoDB compares every top-level attribute that a request names; "for all values" is true of none, so a request
    must name some. Nothing of the row may be asked back.
    """
    return iam.PolicyStatement(
        actions=[f"dynamodb:{action}" for action in actions],
        resources=[table.table_arn],
        conditions={
            "ForAllValues:StringEquals": {"dynamodb:Attributes": list(attributes)},
            "Null": {"dynamodb:Attributes": "false"},
            "StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"},
        },
    )


def batch_use(
    tables: Sequence[dynamodb.ITable], settings: Settings, *, update: bool = False
) -> list[iam.PolicyStatement]:
    """The statements that allow inserting, and updating if asked, rows of some tables in batches of PartiQL.

    AWS asks for `PartiQLInsert` and `PartiQLUpdate` on the table. The embedded AWS asks for the API's own name, on no
    resource at all: it alone gets the last statement, in which no other action may ever stand.
    """
    actions = ("PartiQLInsert", *(("PartiQLUpdate",) if update else ()))
    statements = [table_use(table, actions) for table in tables]
    if settings.embarcado:
        statements.append(iam.PolicyStatement(actions=["dynamodb:BatchExecuteStatement"], resources=["*"]))
    return statements


def streams_arn(settings: Settings, contexto: str) -> str:
    """What stands for every stream a table ever had in a policy: listing them knows no narrower resource."""
    return f"arn:aws:dynamodb:{settings.regiao}:{Aws.ACCOUNT_ID}:table/{settings.name(contexto)}/stream/*"
