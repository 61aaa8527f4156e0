"""Who may import whom (`pyproject.toml`, import-linter), and that breaking it is noticed."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.packaging import CONTEXTS

ROOT = Path(__file__).resolve().parents[2]
ROOTS = ("functions", "layers/tiss/python", "layers/edge/python", ".")
PURE = (
    "conecta_atos", "conecta_facts", "conecta_senhas", "conecta_contas", "conecta_cargas",
    "conecta_tiss.vocabulary", "conecta_tiss.messages", "conecta_tiss.findings",
    "conecta_tiss.rules", "conecta_tiss.versions",
)  # fmt: skip
"""What else than their own domain rules and use cases may know; none of it is dear, nor knows AWS."""


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over a tree with this project's contracts."""
    path = os.pathsep.join(str(tree / root) for root in ROOTS)
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_arrow_points_the_right_way() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


PLANTED = (
    ("functions/peg/utils.py", '"""A stray."""'),
    ("functions/documentos/helpers.py", '"""A stray."""'),
    ("layers/edge/python/conecta_edge/utils.py", '"""A stray."""'),
    ("layers/tiss/python/conecta_tiss/utils.py", '"""A stray."""'),
    ("layers/tiss/python/conecta_tiss/rules/lote.py", "from conecta_tiss.xml import parser"),
    ("functions/peg/domain/rules.py", "import boto3"),
    ("functions/peg/domain/estados.py", "import conecta_edge.clock"),
    ("functions/peg/service.py", "from conecta_edge import clock"),
    ("functions/documentos/service/uploads.py", "from pydantic import BaseModel"),
    ("functions/documentos/domain/uploads.py", "from documentos import service"),
    ("functions/documentos/s3.py", "import documentos.bootstrap.nucleo"),
    ("functions/documentos/s3.py", "import documentos.dynamodb.uploads"),
    ("functions/peg/schemas.py", "from peg.handler import api"),
    ("functions/peg/bootstrap.py", "import documentos.service.uploads"),
    ("layers/edge/python/conecta_edge/queues.py", "import conecta_tiss.findings"),
    ("layers/edge/python/conecta_edge/dynamodb.py", "from conecta_edge import tenancy"),
    ("layers/tiss/python/conecta_tiss/vocabulary/amounts.py", "from lxml import etree"),
    ("layers/tiss/python/conecta_tiss/findings.py", "import conecta_edge.problems"),
    ("layers/tiss/python/conecta_tiss/errors.py", "import botocore.exceptions"),
    ("infra/settings.py", "import peg.settings"),
    ("functions/publico/handler/api.py", "import infra.settings"),
    ("functions/cadastro/utils.py", '"""A stray."""'),
    ("functions/cadastro/domain/elegibilidade.py", "import boto3"),
    ("functions/cadastro/service/elegibilidade.py", "from conecta_edge import problems"),
    ("functions/cadastro/dynamodb/elegibilidade.py", "from cadastro import messages"),
    ("functions/porta_tiss/handler/api.py", "import cadastro.handler.api"),
    ("layers/edge/python/conecta_facts/planos.py", "import conecta_edge.clock"),
    ("layers/edge/python/conecta_cargas/states.py", "import conecta_edge.clock"),
    ("layers/edge/python/conecta_senhas/motor.py", "import autorizacao.service.pedidos"),
    ("layers/edge/python/conecta_contas/analise.py", "import peg.domain.estados"),
    ("layers/edge/python/conecta_cargas_aws/steps.py", "import cadastro.bootstrap.cargas"),
    ("layers/edge/python/conecta_senhas_aws/senhas.py", "import autorizacao.service.portas"),
    ("layers/edge/python/conecta_contas_aws/contas.py", "import peg.domain.estados"),
    ("functions/pagamento/service/portas.py", "import conecta_contas_aws.contas"),
    ("functions/peg/service/portas.py", "import conecta_senhas_aws.senhas"),
    ("functions/cadastro/service/titulares.py", "import conecta_cargas_aws.stored"),
    ("layers/tiss/python/conecta_tiss/rules/admissao.py", "import conecta_facts.operadoras"),
    ("layers/edge/python/conecta_edge/catalogo.py", "from conecta_edge import session"),
)
"""Files with one line more that no contract allows; stray modules have no more than that line."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a copy of the packages with all of them."""
    tree = tmp_path_factory.mktemp("tree")
    for part in ("functions", "layers", "infra"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    for where, line in PLANTED:
        with (tree / where).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    done = lint_imports(tree)
    assert done.returncode == 1
    return done.stdout


@pytest.mark.parametrize(
    ("where", "line"), PLANTED, ids=lambda value: value.rpartition("/")[2] if value.endswith(".py") else value
)
def test_a_wrong_arrow_or_a_stray_module_is_noticed(told: str, where: str, line: str) -> None:
    root = next(root for root in ROOTS if where.startswith(f"{root}/") or root == ".")
    module = where.removeprefix(f"{root}/").removesuffix(".py").replace("/", ".")
    if line.startswith('"'):
        assert f"\n- {module}\n" in told
        return
    parts = line.removeprefix("from ").removeprefix("import ").replace(" import ", ".").split(".")
    names = (".".join(parts[:many]) for many in range(1, len(parts) + 1))  # a package of others is told by its top
    assert any(f"- {module} -> {name} (l." in " ".join(told.split()) for name in names)


def imported(file: Path) -> Iterator[str]:
    """Every module a file names in an import, wherever it stands."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            yield node.module or ""


def pure_files() -> Iterator[tuple[str, Path]]:
    for context in CONTEXTS:
        package = ROOT / "functions" / context
        for file in (*package.glob("domain/**/*.py"), *package.glob("service/**/*.py"), *package.glob("service.py")):
            yield context, file


@pytest.mark.parametrize(("context", "file"), list(pure_files()), ids=lambda value: str(getattr(value, "name", value)))
def test_rules_and_use_cases_import_the_standard_library_their_own_domain_and_tiss_words(
    context: str, file: Path
) -> None:
    for name in imported(file):
        standard = name.partition(".")[0] in sys.stdlib_module_names
        own = name == context or name.startswith((f"{context}.domain", f"{context}.service"))
        assert standard or own or name.startswith(PURE), f"{file.name} imports {name}"


def test_rules_and_use_cases_exist_to_be_judged() -> None:
    assert {context for context, _ in pure_files()} >= {"cadastro", "documentos", "peg"}
