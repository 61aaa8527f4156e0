"""Set-up from a bare clone: `.venv` with the locked dependencies, this project in it, TISS artefacts in `build/tiss`.

Run by `scripts/setup` with whatever Python it found, so: standard library only, nothing of this project.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class SetupError(RuntimeError):
    """A step failed; the message says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; exit status 0 ready, 1 a step failed, 2 usage."""
    parser = argparse.ArgumentParser(prog="scripts/setup", description="Prepara este clone para rodar o Conecta.")
    parser.add_argument("--ans", type=Path, metavar="PASTA", help="pasta com os zips ou XSD da ANS")
    options = parser.parse_args(arguments)
    try:
        prepare(ROOT, ans=options.ans)
    except SetupError as error:
        print(f"erro: {error}", file=sys.stderr)
        return 1
    return 0


def prepare(root: Path, *, ans: Path | None = None) -> None:
    """Bring `.venv` and `build/tiss` up to date; raises `SetupError`."""
    folder = root / ".venv"
    stamp = folder / ".conecta-stamp"
    made_of = _made_of(root)
    if not (stamp.exists() and stamp.read_text() == made_of and _works(folder)):
        _make_venv(folder)
        _install(root, folder)
        stamp.write_text(_made_of(root))
    build = [str(_python(folder)), "-m", "conecta_tiss.build", "--destino", str(root / "build" / "tiss")]
    done = subprocess.run([*build, *(["--ans", str(ans.absolute())] if ans else [])], cwd=root, check=False)
    if done.returncode:
        raise SetupError("os artefatos TISS não foram construídos (a mensagem acima diz por quê)")


def _made_of(root: Path) -> str:
    """What `.venv` depends on: lock, project, its own Python, and where it is (a venv cannot be moved)."""
    content = sha256()
    for name in ("requirements/dev.txt", "pyproject.toml"):
        content.update((root / name).read_bytes())
    configuration = root / ".venv" / "pyvenv.cfg"
    python = configuration.read_text() if configuration.exists() else ""
    return f"{root}\n{content.hexdigest()}\n{python}"


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def _works(folder: Path) -> bool:
    try:
        command = [str(_python(folder)), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make_venv(folder: Path) -> None:
    if _works(folder):
        return
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"ambiente Python em .venv (Python {version})", flush=True)
    if Path(sys.prefix) == folder:
        raise SetupError(f"{folder} está quebrado: apague-o e rode scripts/setup de novo")
    shutil.rmtree(folder, ignore_errors=True)
    # Debian and Ubuntu ship Python without ensurepip, in a package apart.
    if find_spec("ensurepip") is None:
        raise SetupError(
            "este Python não cria ambientes virtuais (falta ensurepip).\n"
            "      Debian/Ubuntu: instale o pacote python3-venv; em outros, use o Python de python.org, pyenv ou uv.\n"
            "      Depois rode scripts/setup de novo."
        )
    try:
        venv.create(folder, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise SetupError(f"não foi possível criar {folder}: {error}") from error


def _install(root: Path, folder: Path) -> None:
    started = time.monotonic()
    print("dependências de requirements/dev.txt (a primeira vez leva de um a três minutos)...", flush=True)
    _pip(root, folder, "--require-hashes", "--requirement", "requirements/dev.txt")
    _pip(root, folder, "--no-build-isolation", "--no-deps", "--editable", ".")
    print(f"dependências instaladas em {time.monotonic() - started:.0f} s", flush=True)


def _pip(root: Path, folder: Path, *arguments: str) -> None:
    command = [str(_python(folder)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command.append("--no-compile")  # byte code is made of what is imported, once: most of CDK never is
    done = subprocess.run([*command, *arguments], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupError(
            f"pip não terminou:\n{done.stderr.strip() or done.stdout.strip()}\n"
            "      Confira o acesso ao índice de pacotes (pip config list) e rode scripts/setup de novo."
        )


if __name__ == "__main__":
    sys.exit(main())
