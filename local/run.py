"""`scripts/run`: Conecta on the embedded AWS, from a clone that is set up to a served API, in one command."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType, MappingProxyType
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from conecta_edge.clock import local_day
from local import cargas, deploy, endpoint, packaging
from local.runtime import (
    LOCAL_DIRECTORY,
    ROOT,
    EmbeddedAws,
    RuntimeStartError,
    forget,
    running_instance,
    stop_instance,
)
from local.seed import HOSPITAL, seed

FAILED, BUSY = 1, 2


class Progress:
    """Says what is being done and remembers how long each step took.

    Args:
        write: Told each line; prints it by default.
    """

    def __init__(self, write: Callable[[str], None] = lambda line: print(line, flush=True)) -> None:
        self._write = write
        self.times: list[tuple[str, float]] = []

    @contextmanager
    def step(self, label: str) -> Iterator[Callable[[str], None]]:
        """Announce a step; what the body says is shown under it with the seconds since it began."""
        started = time.monotonic()
        self._write(f"{label}...")
        yield lambda detail: self._write(f"  {time.monotonic() - started:5.1f} s  {detail}")
        self.times.append((label, time.monotonic() - started))


class Stopped(BaseException):
    """Somebody asked this process to end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line.

    Returns:
        0 done or stopped by the user, 1 something failed (the demo included), 2 usage or already running.
    """
    options = _parser().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        return _run(options)
    except Stopped:
        print("\nparado", flush=True)
        return 0


def _run(options: argparse.Namespace) -> int:
    if options.parar:
        stopped = stop_instance(LOCAL_DIRECTORY)
        print("parado; o estado ficou guardado" if stopped else "nada em execução")
        return 0
    if other := running_instance(LOCAL_DIRECTORY):
        print(f"já está em execução em {other.url}/v1 (pid {other.pid}).", file=sys.stderr)
        print("Use essa, ou pare-a antes: scripts/run --parar", file=sys.stderr)
        return BUSY
    if options.reset:
        forget(LOCAL_DIRECTORY)
    aws = EmbeddedAws(port=options.port)
    try:
        return _serve(aws, options, Progress())
    except (packaging.PackagingError, RuntimeStartError, deploy.DeployError, cargas.LoadError) as error:
        print(f"erro: {error}", file=sys.stderr)
        return FAILED
    except (BotoCoreError, ClientError) as error:
        log = LOCAL_DIRECTORY / "log" / "aws.log"
        print(f"erro: a AWS local recusou uma chamada: {error}\n      O registro dela está em {log}.", file=sys.stderr)
        return FAILED
    finally:
        # A second Ctrl-C must not cut short the saving of the state.
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        if aws.running():
            print("guardando o estado e parando...", flush=True)
        aws.stop()


def bring_up(aws: EmbeddedAws, progress: Progress, context: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
    """Build, start, deploy and seed; the document of `endpoint.json`, which is left in the instance's directory.

    Args:
        context: what is to differ from the usual CDK context.

    Raises:
        PackagingError, RuntimeStartError, DeployError, LoadError: A step failed; the message says what to do.
    """
    with progress.step("Camadas e funções") as say:
        packaging.build(say=say)
    with progress.step("AWS local") as say:
        instance = aws.start()
        say(f"{instance.url} (pid {instance.pid})")
    with progress.step("Modelos") as say:
        # Templates name the port: only the clone's own instance has them in build.
        own = None if aws.directory == ROOT / ".local" else aws.directory / "cdk.out"
        usual = {
            **deploy.embedded_context(instance.port),
            "ouvinte_ca": str(aws.directory / endpoint.OUVINTE / "ca.pem"),
        }
        assembly = deploy.synthesize({**usual, **context}, destination=own, say=say)
    with progress.step("Implantação") as say:
        outputs = deploy.deploy(aws, assembly, say=say)
    with progress.step("Dados de demonstração") as say:
        seeded = seed(aws, outputs)
        say(f"{len(seeded.usuarios)} pessoas, {len(seeded.maquinas)} credenciais de máquina")
    document = endpoint.describe(aws, outputs, seeded)
    endpoint.write(document, aws.directory / endpoint.FILE.name)
    with progress.step("Cargas de CSV no S3") as say:
        cargas.load_demo(aws, document, local_day(datetime.now(UTC)), say)
    return document


def _serve(aws: EmbeddedAws, options: argparse.Namespace, progress: Progress) -> int:
    document = bring_up(aws, progress)
    passed = True
    if options.demo:
        with progress.step("Demonstração"):
            passed = _demo(document)
    _explain(document, progress, passed=passed)
    if options.once:
        return 0 if passed else FAILED
    return _wait(aws)


def _demo(document: Mapping[str, Any]) -> bool:
    from local import demo  # noqa: PLC0415 - the generator and client are not needed to serve

    return demo.run(document)


def _wait(aws: EmbeddedAws) -> int:
    print("Servindo até Ctrl-C.", flush=True)
    while aws.running():
        time.sleep(0.5)
    print(f"erro: a AWS local terminou sozinha; veja {LOCAL_DIRECTORY / 'log' / 'aws.log'}", file=sys.stderr)
    return FAILED


def _explain(document: Mapping[str, Any], progress: Progress, *, passed: bool) -> None:
    hospital = [user for user in document["usuarios"] if user["prestador"] == HOSPITAL.prestador_id]
    user = next(user for user in hospital if user["papel"] == "faturista")
    rows = [
        ("API", document["api"]),
        ("Swagger UI", document["docs"]),
        ("OpenAPI", document["openapi"]),
        ("AWS local", f"{document['endpoint_aws']} (região {document['regiao']})"),
        ("Tudo para um programa", str(endpoint.FILE)),
        ("Registros", str(LOCAL_DIRECTORY / "log")),
    ]
    print("\nO que aconteceu")
    for label, seconds in progress.times:
        print(f"  {label:<24}{seconds:7.1f} s")
    print("\nOnde está")
    for label, value in rows:
        print(f"  {label:<24}{value}")
    print("\nQuem pode entrar (senhas desta instalação)")
    for person in document["usuarios"]:
        where = person["prestador"] or f"operadora {person['operadora']}"
        print(f"  {person['email']:<36}{person['senha']:<24}{person['papel']} de {where}")
    print("\nPara experimentar")
    print(f"  curl {document['api']}/saude")
    print("  # um access token, e a lista dos PEGs do mês:")
    print(f"  TOKEN=$(curl -s {document['cognito']['endpoint']} -H 'Content-Type: application/x-amz-json-1.1' \\")
    print(
        f"    -H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' -d '{_sign_in_body(document, user)}' \\"
    )
    print('    | python3 -c \'import json,sys; print(json.load(sys.stdin)["AuthenticationResult"]["AccessToken"])\')')
    print(f"  curl -H \"Authorization: Bearer $TOKEN\" '{document['api']}/pegs?competencia={time.strftime('%Y%m')}'")
    if not passed:
        print("\nA demonstração não passou: veja acima o passo que falhou.")
    print(flush=True)


def _sign_in_body(document: Mapping[str, Any], user: Mapping[str, str]) -> str:
    client = document["cognito"]["prestadores"]["cliente"]
    parameters = f'{{"USERNAME":"{user["email"]}","PASSWORD":"{user["senha"]}"}}'
    return f'{{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"{client}","AuthParameters":{parameters}}}'


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run",
        description="Roda o Conecta numa AWS local: prepara, implanta, semeia, demonstra e serve até Ctrl-C.",
        epilog="O estado fica em .local e continua na próxima vez; --reset o apaga.",
    )
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="porta (padrão: a da última vez, 4566 ou livre)"
    )
    parser.add_argument("--once", action="store_true", help="termina depois da demonstração, com status 0 ou 1")
    parser.add_argument("--reset", action="store_true", help="esquece tudo o que está guardado e começa de novo")
    parser.add_argument("--no-demo", action="store_false", dest="demo", help="não roda a demonstração")
    parser.add_argument("--parar", action="store_true", help="para a instância em execução, de outra janela")
    return parser


if __name__ == "__main__":
    sys.exit(main())
