"""A webhook's other end, on this machine: proves itself, checks what it is sent, keeps it. For the demo and for trials.

`python -m local.ouvinte --segredo whs_…` prints what comes until Ctrl-C. It checks by the very sample that the guide
publishes (`docs/exemplos/verificar_webhook.py`). Its certificate is its own authority, `ca.pem` of its folder, which
only the functions of the embedded AWS trust.
"""

from __future__ import annotations

import argparse
import importlib.util
import ipaddress
import json
import os
import ssl
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from local.runtime import LOCAL_DIRECTORY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

SAMPLE: Final = Path(__file__).parent.parent / "docs" / "exemplos" / "verificar_webhook.py"
_LIFE: Final = timedelta(days=365)
_LARGEST: Final = 1 << 20


def sample() -> ModuleType:
    """The published sample, as a module."""
    spec = importlib.util.spec_from_file_location(SAMPLE.stem, SAMPLE)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(SAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def certificate(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """Files of a certificate that is its own authority, and of its key; those that are there stay.

    A function keeps the authority it has read once: another one would not be trusted before it starts again.
    """
    ca, key_file = folder / "ca.pem", folder / "chave.pem"
    if not (ca.exists() and key_file.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ouvinte local do Conecta")])
        now = datetime.now(UTC)
        names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        made = (
            x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + _LIFE)
            .add_extension(names, critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        # Readable by this user alone from the first byte on.
        with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as private:
            private.write(
                key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )
        ca.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return ca, key_file


class Ouvinte:
    """Listens on the loopback, in threads, while it is entered.

    Args:
        folder: where its certificate is kept; as in `OUVINTE_CA` of the functions.
        port: 0 is any that is free.

    Attributes:
        segredo: of the webhook; it proves and checks with it.
        recebidos: headers and body of each delivery, in the order they came, and whether the check passed.
        status: what deliveries are answered; what does not pass the check is answered 401.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.segredo = ""
        self.status = int(HTTPStatus.NO_CONTENT)
        self.recebidos: list[tuple[Mapping[str, str], bytes, bool]] = []
        self._sample = sample()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate(folder))
        self._server = _Server(("127.0.0.1", port), _Handler, context, self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="ouvinte")

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://localhost:{self._server.server_port}/conecta"

    def __enter__(self) -> Self:
        """It listens."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """It listens no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def segredo_de(self, _cabecalhos: Mapping[str, str]) -> str:
        """The secret of the webhook that a request is for."""
        return self.segredo

    def confere(self, cabecalhos: Mapping[str, str], corpo: bytes) -> bool:
        """Whether a delivery is of whom it says, by the published sample."""
        return bool(self._sample.confere(self.segredo_de(cabecalhos), cabecalhos, corpo))

    def take(self, cabecalhos: Mapping[str, str], corpo: bytes) -> tuple[int, bytes]:
        """Status and body of the answer to a request."""
        conferida = self.confere(cabecalhos, corpo)
        body: dict[str, Any] = json.loads(corpo) if conferida else {}
        if "desafio" in body:
            prova = self._sample.prova(self.segredo_de(cabecalhos), body["desafio"])
            return HTTPStatus.OK, json.dumps({"prova": prova}).encode()
        self.recebidos.append((cabecalhos, corpo, conferida))
        return (self.status if conferida else HTTPStatus.UNAUTHORIZED), b""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext, owner: Ouvinte
    ) -> None:
        super().__init__(address, handler)
        self.context = context
        self.owner = owner

    def finish_request(self, request: Any, client_address: Any) -> None:
        """TLS in the request's own thread: who does not speak it keeps nobody waiting."""
        request.settimeout(10)
        with self.context.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever connects without speaking TLS is not worth a trace."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:  # as http.server calls it
        """A delivery or a challenge."""
        length = min(int(self.headers.get("Content-Length", "0")), _LARGEST)
        status, body = self.server.owner.take(dict(self.headers.items()), self.rfile.read(length))
        self.send_response(status)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # as http.server calls it
        """Nothing: what comes is in `recebidos`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what comes, line by line, until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m local.ouvinte", description="Um webhook nesta máquina.")
    parser.add_argument("--segredo", default="", help="do webhook, como POST /webhooks o devolveu")
    parser.add_argument("--porta", type=int, default=8443)
    parser.add_argument("--pasta", type=Path, default=LOCAL_DIRECTORY / "ouvinte", help="do certificado")
    asked = parser.parse_args(arguments)
    with Ouvinte(asked.pasta, asked.porta) as ouvinte:
        ouvinte.segredo = asked.segredo or input(f"{ouvinte.url}\nsegredo: ")
        print(f"ouvindo em {ouvinte.url}", file=sys.stderr)
        shown = 0
        try:
            while ouvinte._thread.is_alive():  # noqa: SLF001  # its own module
                ouvinte._thread.join(0.2)  # noqa: SLF001
                for _, corpo, conferida in ouvinte.recebidos[shown:]:
                    shown += 1
                    print("conferido" if conferida else "RECUSADO", corpo.decode(errors="replace"), flush=True)
        except KeyboardInterrupt:
            pass
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
