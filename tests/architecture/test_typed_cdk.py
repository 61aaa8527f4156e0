"""Types of the CDK: mypy reads only the modules of it that infra/ speaks of, and all of those."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def spoken_of() -> set[str]:
    """Modules of the CDK that code here imports, or names out of."""
    found = set()
    for folder in ("infra", "local", "tests"):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            if "aws_cdk" not in text:
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "aws_cdk":
                    found |= {node.module or ""} | {
                        f"{node.module}.{name.name}" for name in node.names if name.name.islower()
                    }
                elif isinstance(node, ast.Import):
                    found |= {name.name for name in node.names if name.name.partition(".")[0] == "aws_cdk"}
    return found


def test_every_module_of_the_cdk_that_is_spoken_of_is_read_for_its_types() -> None:
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["overrides"]
    read = {name for rule in overrides if rule.get("follow_imports") == "normal" for name in rule["module"]}

    assert spoken_of() - read == set()
