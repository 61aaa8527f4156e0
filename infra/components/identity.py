"""The two user pools: prestadores, who sign up by themselves, and the operadora's own people, who do not."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.settings import Settings

RESOURCE_SERVER = "conecta"
AREAS = {
    "elegibilidade": "elegibilidade de beneficiários",
    "autorizacao": "autorizações",
    "peg": "PEGs e guias",
    "pagamento": "pagamentos, notas e demonstrativos",
    "recurso": "recursos de glosa",
    "documentos": "documentos e uploads",
}
ACTIONS = {"ler": "Consultar", "escrever": "Criar e alterar"}
SCOPES = tuple(f"{area}.{action}" for area in AREAS for action in ACTIONS)
GROUPS = {
    "central": "Central de atendimento: autoriza e consulta",
    "auditoria": "Auditoria: analisa contas e recursos",
    "financeiro": "Financeiro: libera pagamentos",
    "cadastro": "Cadastro: decide relacionamentos e faz cargas",
}


class Identity(Construct):
    """Pools `prestadores` and `operadora`, their app clients for people, scopes for machines, groups.

    Who a person may act for is never a token's attribute: the application looks it up by the token's `sub`.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self.prestadores = self._pool("Prestadores", "prestadores", self_sign_up=True, mfa=cognito.Mfa.OPTIONAL)
        # The demo of the embedded AWS signs in without a phone at hand; anywhere else a second factor is a must.
        mfa = cognito.Mfa.OPTIONAL if settings.embarcado else cognito.Mfa.REQUIRED
        self.operadora = self._pool("Operadora", "operadora", self_sign_up=False, mfa=mfa)
        self.portal_prestadores = self._portal("PortalPrestadores", self.prestadores, refresh_hours=24)
        self.portal_operadora = self._portal("PortalOperadora", self.operadora, refresh_hours=10)
        self._machines()
        for name, description in GROUPS.items():
            cognito.CfnUserPoolGroup(
                self,
                f"Grupo{name.capitalize()}",
                user_pool_id=self.operadora.user_pool_id,
                group_name=name,
                description=description,
            )

    def _pool(self, construct_id: str, name: str, *, self_sign_up: bool, mfa: cognito.Mfa) -> cognito.UserPool:
        return cognito.UserPool(
            self,
            construct_id,
            user_pool_name=self._settings.name(name),
            self_sign_up_enabled=self_sign_up,
            # The username is random and the e-mail an alias: signing up with a taken e-mail looks like success.
            sign_in_aliases=cognito.SignInAliases(username=True, email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            keep_original=cognito.KeepOriginalAttrs(email=True),
            standard_attributes=cognito.StandardAttributes(
                email=cognito.StandardAttribute(required=True, mutable=True)
            ),
            mfa=mfa,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
                temp_password_validity=Duration.days(3),
            ),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            feature_plan=cognito.FeaturePlan.PLUS,
            standard_threat_protection_mode=cognito.StandardThreatProtectionMode.FULL_FUNCTION,
            deletion_protection=not self._settings.embarcado,
            removal_policy=RemovalPolicy.DESTROY if self._settings.embarcado else RemovalPolicy.RETAIN,
            user_verification=cognito.UserVerificationConfig(
                email_subject="Conecta: código de confirmação",
                email_body="Seu código de confirmação do Conecta é {####}. Se você não o pediu, ignore esta mensagem.",
                email_style=cognito.VerificationEmailStyle.CODE,
            ),
            user_invitation=cognito.UserInvitationConfig(
                email_subject="Conecta: seu acesso",
                email_body="Seu usuário do Conecta é {username} e a senha temporária é {####}. Ela vale três dias.",
            ),
        )

    def _portal(self, construct_id: str, pool: cognito.UserPool, *, refresh_hours: int) -> cognito.CfnUserPoolClient:
        """The browser's app client: no secret, people sign in with a password, sessions rotate and can be revoked."""
        return cognito.CfnUserPoolClient(
            self,
            construct_id,
            user_pool_id=pool.user_pool_id,
            client_name=self._settings.name("portal"),
            generate_secret=False,
            # No ALLOW_REFRESH_TOKEN_AUTH: Cognito refuses it beside rotation, sessions go on by
            # GetTokensFromRefreshToken.
            explicit_auth_flows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"],
            refresh_token_rotation=cognito.CfnUserPoolClient.RefreshTokenRotationProperty(
                feature="ENABLED", retry_grace_period_seconds=30
            ),
            allowed_o_auth_flows_user_pool_client=False,
            supported_identity_providers=["COGNITO"],
            prevent_user_existence_errors="ENABLED",
            enable_token_revocation=True,
            auth_session_validity=3,
            access_token_validity=30,
            id_token_validity=30,
            refresh_token_validity=refresh_hours,
            token_validity_units=cognito.CfnUserPoolClient.TokenValidityUnitsProperty(
                access_token="minutes",  # noqa: S106  # a unit of time
                id_token="minutes",  # noqa: S106
                refresh_token="hours",  # noqa: S106
            ),
            read_attributes=["email", "email_verified", "name"],
            write_attributes=["email", "name"],
        )

    def _machines(self) -> None:
        """Scopes and token endpoint of machine clients; each partner's own client is made when it is admitted."""
        cognito.CfnUserPoolResourceServer(
            self,
            "Servidor",
            user_pool_id=self.prestadores.user_pool_id,
            identifier=RESOURCE_SERVER,
            name="Conecta",
            scopes=[
                cognito.CfnUserPoolResourceServer.ResourceServerScopeTypeProperty(
                    scope_name=f"{area}.{action}", scope_description=f"{verb} {what}"
                )
                for area, what in AREAS.items()
                for action, verb in ACTIONS.items()
            ],
        )
        self.dominio = f"{self._settings.name()}-{Aws.ACCOUNT_ID}"
        cognito.CfnUserPoolDomain(self, "Dominio", user_pool_id=self.prestadores.user_pool_id, domain=self.dominio)


def pool_use(pool: cognito.IUserPool, actions: Sequence[str]) -> iam.PolicyStatement:
    """The statement that allows the actions (without `cognito-idp:`) on one user pool."""
    return iam.PolicyStatement(actions=[f"cognito-idp:{action}" for action in actions], resources=[pool.user_pool_arn])
