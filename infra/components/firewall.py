"""The web application firewall in front of the API: managed rules, a rate per address, logs without personal data."""

from __future__ import annotations

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from infra.components.api import STAGE
from infra.components.gateway_responses import ADDRESS_WINDOW, CALLS_PER_ADDRESS, of_one_address
from infra.settings import Settings

TOO_OFTEN = "endereco-demais"

# AWS's managed groups, and the rules in them that only count: lotes and other bodies of the TISS standard are
# larger than 8 KB and are XML by nature; their size is limited by API Gateway and by the core.
MANAGED_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("AWSManagedRulesAmazonIpReputationList", ()),
    ("AWSManagedRulesCommonRuleSet", ("SizeRestrictions_BODY", "CrossSiteScripting_BODY")),
    ("AWSManagedRulesKnownBadInputsRuleSet", ()),
    ("AWSManagedRulesSQLiRuleSet", ("SQLi_BODY",)),
)


class Firewall(Construct):
    """A regional web ACL associated with the API's stage."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, api_id: str, log_key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id)
        self.acl = wafv2.CfnWebACL(
            self,
            "Acl",
            name=settings.name(),
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visibility(settings.name()),
            # Elsewhere what the firewall blocks is a 403: this one goes by itself, and must not be taken for a refusal.
            custom_response_bodies={
                TOO_OFTEN: wafv2.CfnWebACL.CustomResponseBodyProperty(
                    content=of_one_address(), content_type="APPLICATION_JSON"
                )
            },
            rules=[_rate(0), *(_managed(place, *group) for place, group in enumerate(MANAGED_GROUPS, start=1))],
        )
        stage = f"arn:aws:apigateway:{settings.regiao}::/restapis/{api_id}/stages/{STAGE}"
        wafv2.CfnWebACLAssociation(self, "Associacao", resource_arn=stage, web_acl_arn=self.acl.attr_arn)
        self._log(settings, log_key)

    def _log(self, settings: Settings, log_key: kms.IKey) -> None:
        group = logs.LogGroup(
            self,
            "Logs",
            # WAF only writes to groups of this prefix.
            log_group_name=f"aws-waf-logs-{settings.name()}",
            retention=logs.RetentionDays.THREE_MONTHS,
            encryption_key=log_key,
            removal_policy=RemovalPolicy.RETAIN,
        )
        wafv2.CfnLoggingConfiguration(
            self,
            "Registro",
            resource_arn=self.acl.attr_arn,
            log_destination_configs=[
                f"arn:aws:logs:{settings.regiao}:{Aws.ACCOUNT_ID}:log-group:{group.log_group_name}"
            ],
            redacted_fields=[
                wafv2.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": "authorization"}),
                wafv2.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": "conecta-prestador"}),
                wafv2.CfnLoggingConfiguration.FieldToMatchProperty(query_string={}),
                wafv2.CfnLoggingConfiguration.FieldToMatchProperty(uri_path={}),
            ],
            # What was allowed is in the API's own access log, without addresses.
            logging_filter={
                "DefaultBehavior": "DROP",
                "Filters": [
                    {
                        "Behavior": "KEEP",
                        "Conditions": [
                            {"ActionCondition": {"Action": "BLOCK"}},
                            {"ActionCondition": {"Action": "COUNT"}},
                        ],
                        "Requirement": "MEETS_ANY",
                    }
                ],
            },
        ).node.add_dependency(group)


def _rate(priority: int) -> wafv2.CfnWebACL.RuleProperty:
    return wafv2.CfnWebACL.RuleProperty(
        name="taxa-por-endereco",
        priority=priority,
        action=wafv2.CfnWebACL.RuleActionProperty(
            block=wafv2.CfnWebACL.BlockActionProperty(
                custom_response=wafv2.CfnWebACL.CustomResponseProperty(
                    response_code=429,
                    custom_response_body_key=TOO_OFTEN,
                    response_headers=[
                        wafv2.CfnWebACL.CustomHTTPHeaderProperty(name="Retry-After", value=str(ADDRESS_WINDOW))
                    ],
                )
            )
        ),
        statement=wafv2.CfnWebACL.StatementProperty(
            rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                limit=CALLS_PER_ADDRESS, aggregate_key_type="IP", evaluation_window_sec=ADDRESS_WINDOW
            )
        ),
        visibility_config=_visibility("taxa-por-endereco"),
    )


def _managed(priority: int, name: str, counted: tuple[str, ...]) -> wafv2.CfnWebACL.RuleProperty:
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
        statement=wafv2.CfnWebACL.StatementProperty(
            managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=name,
                rule_action_overrides=[
                    wafv2.CfnWebACL.RuleActionOverrideProperty(
                        name=rule, action_to_use=wafv2.CfnWebACL.RuleActionProperty(count={})
                    )
                    for rule in counted
                ],
            )
        ),
        visibility_config=_visibility(name),
    )


def _visibility(metric: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True,
        metric_name=metric,
        # Samples keep whole requests, with tokens and bodies.
        sampled_requests_enabled=False,
    )
