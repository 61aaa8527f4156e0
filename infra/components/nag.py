"""Every finding we live with, once, each with its reason: rule packs, CDK's own checks, IAM wildcards."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Acknowledgment, CfnResource, Validations
from constructs import IConstruct


@dataclass(frozen=True, slots=True)
class Suppression:
    """A rule that is acknowledged.

    Attributes:
        rule: the finding's id, with `[detail]` where the rule gives one.
        types: CloudFormation types it is acknowledged on.
        reason: why that is right here.
    """

    rule: str
    types: tuple[str, ...]
    reason: str


TEMPLATE_CHECKS: tuple[Suppression, ...] = (
    Suppression(
        "CloudFormation-Validate::E3005",
        ("AWS::ApiGateway::Deployment",),
        "CloudFormation ignores a DependsOn whose resource's condition is false; the order matters where it is true",
    ),
    Suppression(
        "CloudFormation-Validate::W2502",
        ("AWS::ApiGateway::Deployment",),
        "As E3005: the deployment exists in every stage, the gateway responses only in the embedded one",
    ),
    Suppression(
        "CloudFormation-Validate::W3660",
        ("AWS::ApiGateway::RestApi",),
        "The related gateway responses exist only in the embedded AWS, where the body's are not honoured; on AWS "
        "the body has them all",
    ),
)


def acknowledge(scope: IConstruct, suppressions: tuple[Suppression, ...]) -> None:
    """Acknowledge each suppression on the resources of its types, anywhere under `scope`."""
    for construct in scope.node.find_all():
        if not isinstance(construct, CfnResource):
            continue
        found = [s for s in suppressions if construct.cfn_resource_type in s.types]
        if found:
            Validations.of(construct).acknowledge(*(Acknowledgment(id=s.rule, reason=s.reason) for s in found))
