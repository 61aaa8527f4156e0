"""Mail: sent from one confirmed address of the deployment's choice."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from infra.settings import Settings


def mail_use(settings: Settings) -> list[iam.PolicyStatement]:
    """The statements that let a function send mail from the deployment's address, and from no other.

    AWS asks for `ses:SendEmail` on the address's identity. The embedded AWS asks for it on no resource at all: it
    alone gets the last statement.
    """
    identity = f"arn:aws:ses:{settings.regiao}:{Aws.ACCOUNT_ID}:identity/{settings.remetente}"
    statements = [iam.PolicyStatement(actions=["ses:SendEmail"], resources=[identity])]
    if settings.embarcado:
        statements.append(iam.PolicyStatement(actions=["ses:SendEmail"], resources=["*"]))
    return statements
