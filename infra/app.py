"""`python -m infra.app`: write the cloud assembly, with or without the CDK command line around it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from infra import settings as configuration
from infra.components import nag
from infra.settings import ROOT, Settings, SettingsError
from infra.stacks.aws_only import AwsOnlyStack
from infra.stacks.data import DataStack
from infra.stacks.service import ServiceStack


def build(context: Mapping[str, Any] | None = None, *, outdir: Path | None = None, acknowledge: bool = True) -> cdk.App:
    """The app with its three stacks, not yet synthesized.

    Args:
        context: context values; they win over cdk.json's and the command line's.
        outdir: where `synth()` writes; by default CDK_OUTDIR, else `build/cdk.out`.
        acknowledge: whether the findings listed in `components/nag.py` are acknowledged.

    Raises:
        SettingsError: a context value is wrong, or the built assets are absent.
    """
    app = cdk.App(
        context=_cdk_json(),
        post_cli_context=dict(context or {}),
        outdir=str(outdir or os.environ.get("CDK_OUTDIR") or ROOT / "build" / "cdk.out"),
        analytics_reporting=False,
        tree_metadata=False,
    )
    settings = configuration.from_context(app.node.try_get_context)
    environment = cdk.Environment(account=settings.conta, region=settings.regiao)
    data = DataStack(
        app,
        "Conecta-Dados",
        settings=settings,
        env=environment,
        synthesizer=_synthesizer(settings),
        termination_protection=not settings.embarcado,
        description="Conecta: tables, documents, keys and people",
    )
    service = ServiceStack(
        app,
        "Conecta-Servico",
        settings=settings,
        data=data,
        env=environment,
        synthesizer=_synthesizer(settings),
        description="Conecta: functions, events, workflow and API",
    )
    if not settings.embarcado:
        AwsOnlyStack(
            app,
            "Conecta-Aws",
            settings=settings,
            data=data,
            service=service,
            env=environment,
            synthesizer=_synthesizer(settings),
            description="Conecta: firewall, alarms and dashboard",
        )
    nag.acknowledge(app, nag.suppressions(settings) if acknowledge else ())
    cdk.Tags.of(app).add("aplicacao", "conecta")
    cdk.Tags.of(app).add("estagio", settings.estagio.value)
    return app


def _cdk_json() -> dict[str, Any]:
    """The feature flags of cdk.json, which only the CDK command line would otherwise read."""
    context: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    return context


def _synthesizer(settings: Settings) -> cdk.DefaultStackSynthesizer:
    # The embedded AWS has no bootstrap stack whose version could be checked.
    return cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=not settings.embarcado)


def context_of(pairs: Sequence[str]) -> dict[str, str]:
    """Context values from `key=value` texts.

    Raises:
        SettingsError: a text has no `=`.
    """
    for pair in pairs:
        if "=" not in pair:
            raise SettingsError(f"context {pair!r}: write it as key=value")
    return dict(pair.partition("=")[::2] for pair in pairs)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: `-c key=value` as the CDK's own, `--saida DIR` for the assembly."""
    parser = argparse.ArgumentParser(prog="python -m infra.app", description=__doc__)
    parser.add_argument("-c", "--context", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--saida", type=Path, metavar="DIR")
    options = parser.parse_args(arguments)
    try:
        build(context_of(options.context), outdir=options.saida).synth()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
