"""The app synthesized once per stage over placeholder assets, and small views on its templates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.components.layers import LAYERS
from infra.settings import ROOT
from local.packaging import CONTEXTS

Resource = dict[str, Any]
STACKS = ("Conecta-Dados", "Conecta-Servico", "Conecta-Aws")


@dataclass(frozen=True)
class Templates:
    """The templates of one stage, by stack."""

    by_stack: dict[str, dict[str, Any]]
    context: dict[str, Any]

    def resources(self, kind: str, *stacks: str) -> dict[str, Resource]:
        """Resources of one CloudFormation type by logical id."""
        return {
            name: resource
            for stack in stacks or tuple(self.by_stack)
            for name, resource in self.by_stack[stack]["Resources"].items()
            if resource["Type"] == kind
        }

    def properties(self, kind: str, *stacks: str) -> Iterator[dict[str, Any]]:
        """Properties of each resource of one type."""
        return (resource["Properties"] for resource in self.resources(kind, *stacks).values())

    def one(self, kind: str, **properties: Any) -> dict[str, Any]:
        """Properties of the only resource of the type that has these property values."""
        found = [
            candidate
            for candidate in self.properties(kind)
            if all(candidate.get(name) == value for name, value in properties.items())
        ]
        assert len(found) == 1, f"{len(found)} resources of {kind} have {properties}"
        return found[0]

    def types(self, *stacks: str) -> set[str]:
        """Resource types used."""
        return {resource["Type"] for stack in stacks for resource in self.by_stack[stack]["Resources"].values()}


@pytest.fixture(scope="session")
def context(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Context values that make the app synthesize without built assets."""
    folder = tmp_path_factory.mktemp("ativos")
    for name in LAYERS:
        _placeholder(folder / "layers" / name / "python" / f"{name}.py")
    for name in CONTEXTS:
        _placeholder(folder / "assets" / name / name / "__init__.py")
    return {"ativos": str(folder), "openapi": str(ROOT / "docs" / "openapi.json")}


def _placeholder(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("", encoding="utf-8")


@pytest.fixture(scope="session")
def synthesize(context: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Templates]:
    """Synthesizes the app with further context values."""
    from infra.app import build  # noqa: PLC0415  # starts node

    def run(**values: str) -> Templates:
        outdir = tmp_path_factory.mktemp("cdk")
        wanted = {**context, **values}
        build(wanted, outdir=outdir).synth()
        return Templates(
            {
                stack: json.loads((outdir / f"{stack}.template.json").read_text(encoding="utf-8"))
                for stack in STACKS
                if (outdir / f"{stack}.template.json").is_file()
            },
            wanted,
        )

    return run


@pytest.fixture(scope="session")
def producao(synthesize: Callable[..., Templates]) -> Templates:
    """What a real account gets."""
    return synthesize(estagio="producao")


@pytest.fixture(scope="session")
def embarcado(synthesize: Callable[..., Templates]) -> Templates:
    """What the embedded AWS gets, with its clocks moved."""
    return synthesize(
        estagio="embarcado", python="3.11", arquitetura="x86_64", origens="http://localhost:5173",
        deslocamento_relogio="P91D", ouvinte_ca="/ouvinte/ca.pem",
    )  # fmt: skip
