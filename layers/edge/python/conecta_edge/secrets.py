"""The deployment's secret, read once per process on first use."""

from __future__ import annotations

from functools import lru_cache

from conecta_edge.aws import client


@lru_cache(maxsize=2)
def secret(arn: str) -> bytes:
    """The value of a Secrets Manager secret, as bytes."""
    return str(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]).encode()
