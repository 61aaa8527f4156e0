"""`python -m infra.nag`: cdk-nag's AwsSolutions and HIPAA packs over every stack; any finding is a failure."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import cdk_nag

from infra.app import build, context_of
from infra.settings import SettingsError

REPORT = "validation-report.json"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One rule that one resource breaks."""

    rule: str
    path: str
    description: str

    def __str__(self) -> str:
        return f"{self.rule} at {self.path}: {self.description}"


def examine(app: cdk.App) -> tuple[Finding, ...]:
    """Synthesize the app with both packs, and CDK's own template checks, on.

    Returns:
        Every finding that was not acknowledged, in order.
    """
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app), cdk_nag.HIPAASecurityChecks(app))
    try:
        app.synth()
    except RuntimeError as error:
        # Findings end the synthesis; the report was written before.
        if "ValidationFailed" not in str(error):
            raise
    # A pack that found nothing is not in the report; a test plants faults to show that both are there.
    document: dict[str, Any] = json.loads((Path(app.outdir) / REPORT).read_text(encoding="utf-8"))
    return tuple(
        sorted(
            Finding(violation["ruleName"], construct["constructPath"], violation["description"])
            for report in document["pluginReports"]
            for violation in report["violations"]
            for construct in violation["violatingConstructs"]
        )
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: `-c key=value` as for `python -m infra.app`; exit status 1 when there is a finding."""
    parser = argparse.ArgumentParser(prog="python -m infra.nag", description=__doc__)
    parser.add_argument("-c", "--context", action="append", default=[], metavar="KEY=VALUE")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="conecta-nag-") as outdir:
            findings = examine(build(context_of(options.context), outdir=Path(outdir)))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    sys.stdout.write(f"{len(findings)} findings\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
