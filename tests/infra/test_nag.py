"""cdk-nag over the production app: about twenty seconds, the dearest of the infra tests."""

from __future__ import annotations

from typing import Any

import pytest

from infra.components.nag import SUPPRESSIONS, suppressions
from infra.settings import from_context

pytestmark = pytest.mark.filterwarnings("default")


def test_there_is_no_finding_that_nobody_answered_for(
    context: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    from infra.app import build  # noqa: PLC0415  # starts node
    from infra.nag import examine  # noqa: PLC0415

    assert examine(build(context, outdir=tmp_path_factory.mktemp("nag"))) == ()


def test_every_suppression_answers_for_a_finding_and_both_packs_speak(
    context: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    from infra.app import build  # noqa: PLC0415  # starts node
    from infra.nag import examine  # noqa: PLC0415

    findings = examine(build(context, outdir=tmp_path_factory.mktemp("nag"), acknowledge=False))
    rules = {finding.rule for finding in findings}
    assert any(rule.startswith("AwsSolutions-") for rule in rules)
    assert any(rule.startswith("HIPAA.Security-") for rule in rules)
    stale = {
        suppression.rule
        for suppression in suppressions(from_context(context.get))
        if suppression.rule.removeprefix("CloudFormation-Validate::") not in rules
    }
    assert stale == set()


def test_every_suppression_has_a_reason() -> None:
    for suppression in SUPPRESSIONS:
        assert suppression.reason
        assert suppression.types
