"""Builds what infra deploys: `build/layers/{dependencies,edge,tiss}` and `build/assets/<context>`.

`python -m local.packaging` builds for the interpreter that runs it, which is what the embedded AWS uses;
`--alvo aws` for python3.13 on arm64. Each folder is rebuilt only when something it is made of changed, and the same
inputs give the same bytes, so that CDK's asset hashes change only with the code.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from local.lean import lean

ROOT = Path(__file__).resolve().parent.parent
CONTEXTS = tuple(sorted(package.parent.name for package in (ROOT / "functions").glob("*/__init__.py")))
# Source of one context as Lambda is sent it, deflated, in bytes.
CONTEXT_LIMIT = 100 * 1024

# Part of every stamp: raise it when the way of building changes.
_RECIPE = "2"
# Of no use at run time: C headers and sources, type stubs, the XSLT of ISO Schematron, command line scripts.
_UNUSED = ("bin", "lxml/includes", "lxml/isoschematron", "lxml/html")
_UNUSED_SUFFIXES = (".pyi", ".pyx", ".pxd", ".pxi", ".h", ".c", ".cpp")
# The Lambda runtime brings these: a second copy in a layer would win over it, and weighs 30 MB.
_BROUGHT_BY_RUNTIME = ("boto3", "botocore", "s3transfer")
_IGNORED = {"__pycache__"}


class PackagingError(RuntimeError):
    """Something could not be built; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the assets will run on.

    Attributes:
        python: Minor version, as in "3.13".
        architecture: Lambda's name of it, "arm64" or "x86_64".
        platforms: pip's platform tags to accept; empty for this very machine.
    """

    python: str
    architecture: str
    platforms: tuple[str, ...] = ()

    @property
    def compiles_here(self) -> bool:
        """Whether byte code made here is of use there."""
        return self.python == _host_python()


def host() -> Target:
    """This interpreter on this machine."""
    return Target(_host_python(), "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64")


AWS = Target("3.13", "arm64", ("manylinux2014_aarch64", "manylinux_2_28_aarch64"))


def build(
    target: Target | None = None,
    *,
    root: Path = ROOT,
    destination: Path | None = None,
    contexts: Iterable[str] = CONTEXTS,
    say: Callable[[str], None] = lambda _: None,
) -> bool:
    """Build every layer and function asset that is not up to date.

    Args:
        target: What they will run on; this machine by default.
        root: The source tree.
        destination: Where `layers/` and `assets/` go; `build` in the source tree by default.
        contexts: The packages of `functions/` to make assets of.
        say: Told in plain words what is being built.

    Returns:
        Whether anything was built.

    Raises:
        PackagingError: A source is missing or too large, or pip failed.
    """
    target = target or host()
    destination = destination or root / "build"
    builder = _Builder(target, root, destination, say)
    with _only_one(destination):
        builder.dependencies()
        builder.edge()
        builder.tiss()
        for context in contexts:
            builder.context(context)
    return builder.built


class _Builder:
    def __init__(self, target: Target, root: Path, destination: Path, say: Callable[[str], None]) -> None:
        self._target = target
        self._root = root
        self._layers = destination / "layers"
        self._assets = destination / "assets"
        self._say = say
        self.built = False

    def dependencies(self) -> None:
        lock = self._root / "requirements" / "layer.txt"
        with self._fresh(self._layers / "dependencies", [lock], "dependências das funções") as folder:
            if folder is None:
                return
            python = folder / "python"
            _pip_install(lock, python, self._target)
            _trim(python)
            for name in _BROUGHT_BY_RUNTIME:
                if (python / name).exists():
                    raise PackagingError(f"{lock.name} traz {name}, que a Lambda já tem: tire-o de layer.in")
            self._compile(folder, "/opt")

    def edge(self) -> None:
        sources = _packages(self._root / "layers" / "edge" / "python")
        with self._fresh(self._layers / "edge", sources, "camada edge") as folder:
            if folder is not None:
                for source in sources:
                    _copy(source, folder / "python" / source.name)
                self._compile(folder, "/opt")

    def tiss(self) -> None:
        source = self._root / "layers" / "tiss" / "python" / "conecta_tiss"
        artefacts = self._root / "build" / "tiss"
        if not artefacts.is_dir():
            raise PackagingError(f"faltam os artefatos TISS em {artefacts}: rode scripts/setup")
        with self._fresh(self._layers / "tiss", [source, artefacts], "camada tiss") as folder:
            if folder is None:
                return
            package = folder / "python" / "conecta_tiss"
            _copy(source, package, without=("build",))  # the builder runs at set-up, never in a function
            _copy(artefacts, package / "_artefatos")
            self._compile(folder, "/opt")

    def context(self, context: str) -> None:
        source = self._root / "functions" / context
        size = deflated(source)
        if size > CONTEXT_LIMIT:
            raise PackagingError(f"functions/{context} tem {size} bytes comprimidos; o limite é {CONTEXT_LIMIT}")
        documents = [self._root / "docs" / name for name in ("openapi.json", "limites.json")]
        inputs = [source, *documents] if context == "publico" else [source]
        with self._fresh(self._assets / context, inputs, f"função {context}") as folder:
            if folder is None:
                return
            _copy(source, folder / context)
            for module in (folder / context).rglob("*.py"):
                module.write_text(lean(module.read_text("utf-8")), "utf-8")
            for document in inputs[1:]:
                shutil.copyfile(document, folder / context / document.name)
            self._compile(folder, "/var/task")

    @contextmanager
    def _fresh(self, folder: Path, inputs: list[Path], label: str) -> Iterator[Path | None]:
        """A new folder to fill, which takes the old one's place at the end; None if the old one is up to date."""
        for path in inputs:
            if not path.exists():
                raise PackagingError(f"falta {path}")
        made_of = "\n".join((_RECIPE, repr(self._target), platform.python_version(), digest(inputs)))
        stamp = folder.with_name(f".{folder.name}.stamp")  # outside the asset: it says nothing about its content
        if folder.is_dir() and stamp.exists() and stamp.read_text() == made_of:
            yield None
            return
        self._say(label)
        stamp.unlink(missing_ok=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as scratch:
            fresh = Path(scratch) / folder.name
            fresh.mkdir()
            yield fresh
            shutil.rmtree(folder, ignore_errors=True)
            fresh.rename(folder)
        stamp.write_text(made_of)
        self.built = True

    def _compile(self, folder: Path, mounted_at: str) -> None:
        """Ship byte code, which needs no check of times at the target, where it is the target's."""
        if not self._target.compiles_here:
            return
        # A process of its own with a fixed hash seed: the same source gives the same bytes. Some packages carry
        # files for other Python versions, which do not compile and are not imported: hence no check.
        command = [sys.executable, "-S", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
        subprocess.run(
            [*command, "-s", str(folder), "-p", mounted_at, str(folder)],
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": "0"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )


def deflated(source: Path) -> int:
    """Bytes of a package's modules in a zip, as they are sent, its directory aside."""
    modules = (file.read_text("utf-8") for file in _files(source) if file.suffix == ".py")
    return sum(len(zlib.compress(lean(text).encode(), 9)) for text in modules)


def digest(inputs: Iterable[Path]) -> str:
    """One sha256 of the names and contents of files and folders (byte code and hidden files aside)."""
    total = sha256()
    for path in inputs:
        for file in [path] if path.is_file() else _files(path):
            content = sha256(file.read_bytes()).hexdigest()
            total.update(f"{path.name}/{file.relative_to(path) if file != path else ''} {content}\n".encode())
    return total.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file()
        and not any(part in _IGNORED or part.startswith(".") for part in file.relative_to(folder).parts)
    )


def _packages(folder: Path) -> list[Path]:
    """The import packages of a layer; whatever an editable installation may have left beside them is none."""
    found = sorted(path.parent for path in folder.glob("*/__init__.py"))
    if not found:
        raise PackagingError(f"falta código em {folder}")
    return found


def _copy(source: Path, target: Path, *, without: tuple[str, ...] = ()) -> None:
    for file in _files(source):
        relative = file.relative_to(source)
        if relative.parts[0] not in without:
            (target / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target / relative)


def _pip_install(lock: Path, folder: Path, target: Target) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    # The lock is complete and hashed: nothing else is resolved, built or compiled.
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "--no-compile"]
    command += ["--target", str(folder), "--requirement", str(lock)]
    if target.platforms:
        command += ["--python-version", target.python, "--implementation", "cp"]
        for tag in target.platforms:
            command += ["--platform", tag]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackagingError(f"pip não conseguiu instalar {lock.name}:\n{done.stderr.strip() or done.stdout.strip()}")


def _trim(folder: Path) -> None:
    for name in _UNUSED:
        shutil.rmtree(folder / name, ignore_errors=True)
    for file in folder.rglob("*"):
        if file.suffix in _UNUSED_SUFFIXES or file.name == "direct_url.json":
            file.unlink()
        elif file.name == "RECORD":
            file.unlink()  # it lists what has just been removed


@contextmanager
def _only_one(destination: Path) -> Iterator[None]:
    destination.mkdir(parents=True, exist_ok=True)
    with (destination / ".packaging.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _host_python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def main(arguments: list[str] | None = None) -> int:
    """Command line; exit status 0 done or up to date, 1 could not build, 2 usage."""
    parser = argparse.ArgumentParser(prog="python -m local.packaging", description="Constrói camadas e funções.")
    parser.add_argument(
        "--alvo", choices=("local", "aws"), default="local", help="este Python, ou python3.13 em arm64 da AWS"
    )
    parser.add_argument("--destino", type=Path, metavar="PASTA", help="onde gravar (padrão: build)")
    options = parser.parse_args(arguments)
    try:
        built = build(
            AWS if options.alvo == "aws" else host(), destination=options.destino, say=lambda what: print(f"  {what}")
        )
    except PackagingError as error:
        print(f"erro: {error}", file=sys.stderr)
        return 1
    print("camadas e funções construídas" if built else "camadas e funções já estavam em dia")
    return 0


if __name__ == "__main__":
    sys.exit(main())
