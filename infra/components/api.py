"""The REST API, made from the published OpenAPI document: routes and documentation are the same by construction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from aws_cdk import Aws, CfnCondition, CfnParameter, Fn, RemovalPolicy, Stack, Tags
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.components.gateway_responses import PROBLEMS, response_parameters
from infra.components.openapi_body import api_body, used_functions
from infra.settings import Estagio, Settings, SettingsError

STAGE = "v1"
RATE_PER_SECOND = 1000
BURST = 2000

# No address, no path with ids, no query, no principal: a line says which kind of call went how.
ACCESS_LOG = {
    "requisicao": "$context.requestId",
    "instante": "$context.requestTime",
    "metodo": "$context.httpMethod",
    "rota": "$context.resourcePath",
    "status": "$context.status",
    "recusa": "$context.error.responseType",
    "bytes": "$context.responseLength",
    "latencia_ms": "$context.responseLatency",
    "integracao_ms": "$context.integrationLatency",
    "rastro": "$context.xrayTraceId",
}


class Api(Construct):
    """API, stage `v1`, gateway responses, and one permission for each function it calls."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        functions: Mapping[str, lambda_.IFunction],
        pools: tuple[cognito.IUserPool, ...],
        log_key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        openapi = read_openapi(settings)
        body = api_body(
            openapi,
            functions=tuple(functions),
            integration_uri=lambda name: _integration_uri(settings, functions[name]),
            pool_arns=[pool.user_pool_arn for pool in pools],
            origins=settings.origens,
        )
        fingerprint = _fingerprint(Stack.of(self).resolve(body))
        self.rest = apigateway.CfnRestApi(
            self,
            "Rest",
            name=settings.name(),
            description="Conecta: portal do prestador",
            body=body,
            endpoint_configuration=apigateway.CfnRestApi.EndpointConfigurationProperty(types=["REGIONAL"]),
        )
        # In the body it would be ignored by the embedded AWS; without it ISO-8859-1 would arrive corrupted.
        self.rest.add_property_override("BinaryMediaTypes", ["*/*"])
        # Pins the embedded AWS's API id (inert on AWS). With the fingerprint in it, because the embedded one
        # replaces an API whose body changed and two may not share an id.
        Tags.of(self.rest).add("ms-custom-id", f"conecta{fingerprint}")
        deployment = apigateway.CfnDeployment(self, "Implantacao", rest_api_id=self.rest.ref)
        # A deployment is a snapshot: another body needs another one.
        deployment.override_logical_id(f"ApiImplantacao{fingerprint}")
        self._gateway_responses(deployment)
        self._permissions(functions, used_functions(openapi))
        self.log_group, self.stage = self._stage(deployment, log_key)

    def _gateway_responses(self, deployment: apigateway.CfnDeployment) -> None:
        """Repeat the body's gateway responses as resources where the body's are not honoured.

        On AWS the body's extension is the right place: each import of a body erases what resources had set. The
        embedded AWS honours resources only. Conditions there see parameters but no pseudo parameters.
        """
        stage = CfnParameter(
            self,
            "EstagioDaPilha",
            default=self._settings.estagio.value,
            allowed_values=[self._settings.estagio.value],
            description="The stage this template was made for: part of every name, not to be changed here",
        )
        embedded = CfnCondition(
            self,
            "SomenteEmbarcado",
            expression=Fn.condition_equals(stage.value_as_string, Estagio.EMBARCADO.value),
        )
        for problem in PROBLEMS:
            response = apigateway.CfnGatewayResponse(
                self,
                problem.tipo.title().replace("_", ""),
                rest_api_id=self.rest.ref,
                response_type=problem.tipo,
                status_code=str(problem.status),
                response_parameters=response_parameters(problem, self._settings.origens),
                response_templates={"application/json": problem.template()},
            )
            response.cfn_options.condition = embedded
            deployment.add_resource_dependency(response)

    def _permissions(self, functions: Mapping[str, lambda_.IFunction], used: tuple[str, ...]) -> None:
        for name in used:
            lambda_.CfnPermission(
                self,
                f"Permissao{name.title().replace('-', '')}",
                action="lambda:InvokeFunction",
                function_name=functions[name].function_name,
                principal="apigateway.amazonaws.com",
                source_arn=f"arn:aws:execute-api:{self._settings.regiao}:{Aws.ACCOUNT_ID}:{self.rest.ref}/*/*/*",
            )

    def _stage(
        self, deployment: apigateway.CfnDeployment, log_key: kms.IKey
    ) -> tuple[logs.LogGroup, apigateway.CfnStage]:
        group = logs.LogGroup(
            self,
            "Acessos",
            log_group_name=f"/aws/apigateway/{self._settings.name('acessos')}",
            retention=logs.RetentionDays.ONE_YEAR,
            encryption_key=log_key,
            removal_policy=RemovalPolicy.DESTROY if self._settings.embarcado else RemovalPolicy.RETAIN,
        )
        stage = apigateway.CfnStage(
            self,
            "Estagio",
            rest_api_id=self.rest.ref,
            deployment_id=deployment.ref,
            stage_name=STAGE,
            tracing_enabled=True,
            access_log_setting=apigateway.CfnStage.AccessLogSettingProperty(
                destination_arn=f"arn:aws:logs:{self._settings.regiao}:{Aws.ACCOUNT_ID}:log-group:{group.log_group_name}",
                format=json.dumps(ACCESS_LOG),
            ),
            method_settings=[
                apigateway.CfnStage.MethodSettingProperty(
                    resource_path="/*",
                    http_method="*",
                    throttling_rate_limit=RATE_PER_SECOND,
                    throttling_burst_limit=BURST,
                    metrics_enabled=True,
                    # Errors of the gateway itself only, and never bodies or headers.
                    logging_level="ERROR",
                    data_trace_enabled=False,
                )
            ],
        )
        stage.node.add_dependency(self._logging_account())
        return group, stage

    def _logging_account(self) -> apigateway.CfnAccount:
        """Let API Gateway write logs: one setting of the whole region, so it outlives this stack."""
        role = iam.Role(
            self,
            "RegistroApi",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            description="API Gateway writes its logs to CloudWatch",
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AmazonAPIGatewayPushToCloudWatchLogs")
            ],
        )
        account = apigateway.CfnAccount(self, "Conta", cloud_watch_role_arn=role.role_arn)
        if not self._settings.embarcado:
            role.apply_removal_policy(RemovalPolicy.RETAIN)
            account.apply_removal_policy(RemovalPolicy.RETAIN)
        return account


def read_openapi(settings: Settings) -> dict[str, Any]:
    """The generated OpenAPI document.

    Raises:
        SettingsError: it was not generated.
    """
    if not settings.openapi.is_file():
        raise SettingsError(f"{settings.openapi} does not exist: generate it first (python -m local.openapi)")
    document: dict[str, Any] = json.loads(settings.openapi.read_text(encoding="utf-8"))
    return document


def _integration_uri(settings: Settings, function: lambda_.IFunction) -> str:
    path = f"2015-03-31/functions/{function.function_arn}/invocations"
    return f"arn:aws:apigateway:{settings.regiao}:lambda:path/{path}"


def _fingerprint(resolved: Any) -> str:
    return hashlib.sha256(json.dumps(resolved, sort_keys=True).encode()).hexdigest()[:8]
