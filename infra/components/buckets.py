"""The buckets: private, versioned, encrypted with our key, reached by TLS only, their accesses logged."""

from __future__ import annotations

import math
from collections.abc import Sequence

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.settings import Settings

# Every document's key starts with the tenant: t/<registroANS>/<prestador>/<finalidade>/…
DOCUMENTS_PREFIX = "t/"
# What the operadora loads, and the reports of it, by the context that loads it: cadastro/<registroANS>/…
LOADS_PREFIX = "cadastro/"
AUTHORIZATION_LOADS_PREFIX = "autorizacao/"
PAYMENT_LOADS_PREFIX = "pagamento/"
# Demonstrativos made to be fetched: demonstrativos/<prestador>/…
STATEMENTS_PREFIX = "demonstrativos/"
# Of the documents of every tenant, for who needs no others: dossiers of PEGs, what is contested and answered of them,
# messages sent as files, and the answers beside them.
DOSSIERS_PREFIX = "t/*/*/pegs/"
APPEALS_PREFIX = "t/*/*/recursos/"
MESSAGES_PREFIX = "t/*/*/mensagem_tiss/"
ANSWERS_PREFIX = "t/*/*/respostas/"
# Blocks that the audit is sealed in, and what of them was asked to be taken away.
SEALS_PREFIX = "auditoria/"
EXPORTS_PREFIX = "auditoria-exportacoes/"
# Days that a document is kept, by its object's tag `retencao`; one without it, or with another, until somebody decides.
# A draft's row ends ninety days after its last change: what it says, later.
RETENTION_TAG = "retencao"
RETENTIONS = {name: math.ceil(365.25 * years) for name, years in (("administrativa", 6), ("clinica", 20))}
RETENTIONS["rascunho"] = 120


class Buckets(Construct):
    """`entrada`, where browsers POST, and `acervo`, where checked documents stay.

    Both tell EventBridge of each new object. `entrada` forgets it after seven days, the loads with their personal
    data too. `acervo` forgets a document when the term of the class that the application gave it is over, and none
    that it gave no class. It forgets the report of a load after a year, a demonstrativo, which can be made again,
    after thirty days, and blocks of the audit, which nobody may write twice or delete, with the term of administrative
    documents.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._key = key
        self.registros = self._log_bucket()
        self.entrada = self._entrada()
        # A browser that the API sends on to a signed address comes from no origin that has a name (`null`), with the
        # headers of its first request. Who holds such an address reads that one object, and nobody else, from anywhere.
        download = s3.CorsRule(
            id="enderecos-assinados",
            allowed_methods=[s3.HttpMethods.GET],
            allowed_origins=["*"],
            allowed_headers=["*"],
            exposed_headers=["Content-Disposition", "ETag"],
            max_age=3600,
        )
        self.acervo = self._bucket("Acervo", "acervo", _acervo_rules(), cors=[download])
        self._seal(self.acervo)

    def _removal(self) -> RemovalPolicy:
        return RemovalPolicy.DESTROY if self._settings.embarcado else RemovalPolicy.RETAIN

    def _log_bucket(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Registros",
            bucket_name=bucket_name(self._settings, "registros"),
            # Server access logs can only be delivered to a bucket encrypted with S3's own keys.
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            removal_policy=self._removal(),
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="um-ano",
                    expiration=Duration.days(365),
                    noncurrent_version_expiration=Duration.days(30),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
        )

    def _entrada(self) -> s3.Bucket:
        return self._bucket(
            "Entrada",
            "entrada",
            [
                s3.LifecycleRule(
                    id="sete-dias",
                    expiration=Duration.days(7),
                    noncurrent_version_expiration=Duration.days(1),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
            cors=[
                s3.CorsRule(
                    id="portal",
                    allowed_methods=[s3.HttpMethods.POST],
                    allowed_origins=list(self._settings.origens),
                    exposed_headers=["ETag"],
                    max_age=3600,
                )
            ],
        )

    def _bucket(
        self, construct_id: str, name: str, rules: Sequence[s3.LifecycleRule], *, cors: Sequence[s3.CorsRule] = ()
    ) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            construct_id,
            bucket_name=bucket_name(self._settings, name),
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self._key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            removal_policy=self._removal(),
            server_access_logs_bucket=self.registros,
            server_access_logs_prefix=f"{name}/",
            lifecycle_rules=list(rules),
            cors=list(cors),
        )
        _tell_eventbridge(bucket)
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyWithOurKey",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject"],
                resources=[bucket.arn_for_objects("*")],
                # Naming no key is right (the bucket's default applies); naming another one is not.
                conditions={
                    "Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "false"},
                    "StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": self._key.key_arn},
                },
            )
        )
        return bucket

    def _seal(self, bucket: s3.Bucket) -> None:
        """What the audit was sealed in is written once, and goes by its term alone."""
        sealed = [bucket.arn_for_objects(f"{SEALS_PREFIX}*")]
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="NobodyDeletesSeals",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:DeleteObject", "s3:DeleteObjectVersion"],
                resources=sealed,
            )
        )
        if self._settings.embarcado:
            return  # it never tells policies of `If-None-Match`: this would refuse every block
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="NobodyWritesSealsTwice",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject"],
                resources=sealed,
                conditions={"Null": {"s3:if-none-match": "true"}},
            )
        )


def _tell_eventbridge(bucket: s3.Bucket) -> None:
    """Uploads are followed in `entrada`; AWS Backup follows `acervo`."""
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket):
        raise TypeError("a bucket's default child is its CfnBucket")
    # Not event_bridge_enabled: that would add a custom resource, with a function and a role of CDK's own.
    resource.add_property_override("NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True)


def _acervo_rules() -> list[s3.LifecycleRule]:
    return [
        s3.LifecycleRule(
            id="documentos",
            prefix=DOCUMENTS_PREFIX,
            # A PEG is disputed for months and read for years: colder each year, but always within milliseconds.
            transitions=[
                s3.Transition(storage_class=s3.StorageClass.INFREQUENT_ACCESS, transition_after=Duration.days(90)),
                s3.Transition(
                    storage_class=s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, transition_after=Duration.days(365)
                ),
            ],
            noncurrent_version_transitions=[
                s3.NoncurrentVersionTransition(
                    storage_class=s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, transition_after=Duration.days(30)
                )
            ],
            noncurrent_version_expiration=Duration.days(365),
            abort_incomplete_multipart_upload_after=Duration.days(1),
        ),
        # No multipart upload is ended here: S3 takes that of no rule by tag.
        *(
            s3.LifecycleRule(
                id=f"retencao-{name}",
                prefix=DOCUMENTS_PREFIX,
                tag_filters={RETENTION_TAG: name},
                expiration=Duration.days(days),
            )
            for name, days in RETENTIONS.items()
        ),
        _forgetting("relatorios-de-cargas", LOADS_PREFIX, days=365),
        _forgetting("relatorios-de-cargas-de-autorizacao", AUTHORIZATION_LOADS_PREFIX, days=365),
        _forgetting("relatorios-de-cargas-de-pagamento", PAYMENT_LOADS_PREFIX, days=365),
        _forgetting("demonstrativos", STATEMENTS_PREFIX, days=30),
        _forgetting("selos-da-auditoria", SEALS_PREFIX, days=RETENTIONS["administrativa"]),
        _forgetting("exportacoes-da-auditoria", EXPORTS_PREFIX, days=7),
    ]


def _forgetting(rule_id: str, prefix: str, *, days: int) -> s3.LifecycleRule:
    return s3.LifecycleRule(
        id=rule_id,
        prefix=prefix,
        expiration=Duration.days(days),
        noncurrent_version_expiration=Duration.days(30),
        abort_incomplete_multipart_upload_after=Duration.days(1),
    )


def bucket_name(settings: Settings, name: str) -> str:
    """The physical name of a bucket; names are global, so the account and the region make it ours."""
    return f"{settings.name(name)}-{Aws.ACCOUNT_ID}-{settings.regiao}"


def objects_arn(settings: Settings, name: str, prefix: str = DOCUMENTS_PREFIX) -> str:
    """What stands for every object of one bucket under a prefix in a policy."""
    return f"arn:aws:s3:::{bucket_name(settings, name)}/{prefix}*"


def objects_use(
    settings: Settings, name: str, actions: Sequence[str], *, prefix: str = DOCUMENTS_PREFIX
) -> iam.PolicyStatement:
    """The statement that allows the actions (without `s3:`) on one bucket's documents, or what another prefix holds."""
    return iam.PolicyStatement(
        actions=[f"s3:{action}" for action in actions], resources=[objects_arn(settings, name, prefix)]
    )


def listing_use(settings: Settings, name: str, *, versions: bool = False) -> iam.PolicyStatement:
    """The statement without which S3 answers 403, not 404, for a document that is not there.

    It bears no `s3:prefix` condition: reading an object sends none. With `versions`, which of a key's documents came
    first can be asked, too.
    """
    actions = ["s3:ListBucket", *(["s3:ListBucketVersions"] if versions else [])]
    return iam.PolicyStatement(actions=actions, resources=[f"arn:aws:s3:::{bucket_name(settings, name)}"])
