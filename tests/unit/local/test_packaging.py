"""Layers and function assets: what is in them, what is not, and when they are built again."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest

from local import packaging
from local.packaging import PackagingError, Target, build, digest

if TYPE_CHECKING:
    from pathlib import Path

HOST = packaging.host()
ELSEWHERE = Target("3.99", "arm64")
"""Where byte code of this Python is of no use: builds without it are quick."""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source tree in small, and a pip that installs a package and a console script."""
    files = {
        "requirements/layer.txt": "pacote==1 --hash=sha256:0",
        "layers/edge/python/conecta_edge/__init__.py": "",
        "layers/edge/python/conecta_facts/__init__.py": "",
        "layers/edge/python/conecta.egg-info/PKG-INFO": "",
        "layers/tiss/python/conecta_tiss/__init__.py": "X = {1, 2, 3}",
        "layers/tiss/python/conecta_tiss/build/__init__.py": "",
        "layers/tiss/python/conecta_tiss/__pycache__/velho.pyc": "",
        "build/tiss/schemas/4.01.00/tissV4_01_00.xsd": "<schema/>",
        "functions/peg/handler.py": "def handler(event, context): ...",
        "functions/publico/handler.py": "",
        "docs/openapi.json": "{}",
        "docs/limites.json": "{}",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)

    def install(_lock: Path, folder: Path, _target: Target) -> None:
        for name in ("pacote/__init__.py", "pacote/__init__.pyi", "bin/script", "pacote-1.dist-info/METADATA"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("")

    monkeypatch.setattr(packaging, "_pip_install", install)
    return tmp_path


def make(tree: Path, target: Target = ELSEWHERE, contexts: tuple[str, ...] = ("peg", "publico")) -> list[str]:
    """What was built, in the builder's words."""
    said: list[str] = []
    built = build(target, root=tree, contexts=contexts, say=said.append)
    assert built == bool(said)
    return said


def names(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc"}


def test_a_function_asset_holds_its_own_package_only(tree: Path) -> None:
    make(tree)
    assert names(tree / "build/assets/peg") == {"peg/handler.py"}


def test_the_public_function_brings_its_documents(tree: Path) -> None:
    make(tree)
    expected = {"publico/handler.py", "publico/openapi.json", "publico/limites.json"}
    assert names(tree / "build/assets/publico") == expected


def test_the_edge_layer_has_every_package_of_its_folder_and_nothing_else(tree: Path) -> None:
    make(tree)
    expected = {"python/conecta_edge/__init__.py", "python/conecta_facts/__init__.py"}
    assert names(tree / "build/layers/edge") == expected


def test_a_layer_without_code_is_refused(tree: Path) -> None:
    for name in ("conecta_edge", "conecta_facts"):
        (tree / f"layers/edge/python/{name}/__init__.py").unlink()
    with pytest.raises(PackagingError, match="falta código"):
        make(tree)


def test_the_tiss_layer_has_the_artefacts_and_not_their_builder(tree: Path) -> None:
    make(tree)
    expected = {
        "python/conecta_tiss/__init__.py",
        "python/conecta_tiss/_artefatos/schemas/4.01.00/tissV4_01_00.xsd",
    }
    assert names(tree / "build/layers/tiss") == expected


def test_what_no_function_uses_is_left_out_of_the_dependencies(tree: Path) -> None:
    make(tree)
    expected = {"python/pacote/__init__.py", "python/pacote-1.dist-info/METADATA"}
    assert names(tree / "build/layers/dependencies") == expected


def test_nothing_is_built_again_when_nothing_changed(tree: Path) -> None:
    assert len(make(tree)) == 5
    assert make(tree) == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("functions/peg/handler.py", ["função peg"]),
        ("docs/openapi.json", ["função publico"]),
        ("layers/edge/python/conecta_facts/__init__.py", ["camada edge"]),
        ("build/tiss/schemas/4.01.00/tissV4_01_00.xsd", ["camada tiss"]),
        ("requirements/layer.txt", ["dependências das funções"]),
    ],
)
def test_a_change_builds_what_is_made_of_it(tree: Path, changed: str, expected: list[str]) -> None:
    make(tree)
    (tree / changed).write_text("# outra coisa")
    assert make(tree) == expected


def test_another_target_builds_everything(tree: Path) -> None:
    make(tree)
    assert len(make(tree, packaging.AWS)) == 5


def test_byte_code_ships_where_the_target_runs_this_python_and_only_there(tree: Path) -> None:
    make(tree, HOST)
    assert list((tree / "build/assets/peg").rglob("*.pyc"))
    make(tree, ELSEWHERE)
    assert not list((tree / "build/assets/peg").rglob("*.pyc"))


def test_two_builds_give_the_same_bytes_byte_code_included(tree: Path) -> None:
    def content() -> dict[str, bytes]:
        folder = tree / "build/layers/tiss"
        return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    make(tree, HOST)
    first = content()
    (tree / "build/layers/.tiss.stamp").unlink()
    make(tree, HOST)
    assert content() == first


def test_a_context_that_grew_too_large_is_refused_by_name(tree: Path) -> None:
    # Hexadecimal digits deflate to the bytes they stand for.
    text = f"GRANDE = {secrets.token_hex(packaging.CONTEXT_LIMIT + 1)!r}\n"
    (tree / "functions/peg/grande.py").write_text(text)
    with pytest.raises(PackagingError, match="functions/peg"):
        make(tree)


def test_missing_artefacts_say_what_to_run(tree: Path) -> None:
    (tree / "build/tiss/schemas/4.01.00/tissV4_01_00.xsd").unlink()
    for folder in ("build/tiss/schemas/4.01.00", "build/tiss/schemas", "build/tiss"):
        (tree / folder).rmdir()
    with pytest.raises(PackagingError, match="scripts/setup"):
        make(tree)


def test_a_layer_that_would_hide_the_runtimes_boto3_is_refused(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def install(_lock: Path, folder: Path, _target: Target) -> None:
        (folder / "boto3").mkdir(parents=True)

    monkeypatch.setattr(packaging, "_pip_install", install)
    with pytest.raises(PackagingError, match="boto3"):
        make(tree)


def test_a_failed_build_leaves_the_previous_one_in_place_and_is_tried_again(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tree)
    (tree / "requirements/layer.txt").write_text("outro")

    def fail(*_: Any) -> None:
        raise PackagingError("sem rede")

    with monkeypatch.context() as patched:
        patched.setattr(packaging, "_pip_install", fail)
        with pytest.raises(PackagingError, match="sem rede"):
            make(tree)
    assert (tree / "build/layers/dependencies/python/pacote/__init__.py").exists()
    assert make(tree) == ["dependências das funções"]


def test_pip_is_asked_for_hashed_wheels_of_the_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    class Done:
        returncode = 0

    def run(command: list[str], **_: Any) -> Done:
        asked.append(command)
        return Done()

    monkeypatch.setattr("local.packaging.subprocess.run", run)
    packaging._pip_install(tmp_path / "layer.txt", tmp_path / "python", packaging.AWS)
    assert {"--require-hashes", "--only-binary=:all:", "--no-deps"} <= set(asked[0])
    assert asked[0][asked[0].index("--python-version") + 1] == "3.13"
    assert "manylinux_2_28_aarch64" in asked[0]


def test_a_digest_tells_a_moved_file_from_a_changed_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x").write_text("1")
    before = digest([tmp_path / "a"])
    (tmp_path / "a/x").rename(tmp_path / "a/y")
    moved = digest([tmp_path / "a"])
    (tmp_path / "a/y").write_text("2")
    assert len({before, moved, digest([tmp_path / "a"])}) == 3
