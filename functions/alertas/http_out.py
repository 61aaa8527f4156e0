"""HTTPS to addresses that prestadores name: to nothing but public ones, whatever their DNS says (SSRF).

A name is resolved once. Every address it leads to must be public unicast, or none is used; the connection goes to the
very address that was checked, with the name in SNI and in the certificate. No proxy, no redirect, no address in the
URL's own text (`webhooks.endereco`), one deadline over everything after the name, and few bytes of the answer.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from alertas.domain.entregas import Resultado
from alertas.domain.webhooks import LOCAL, Falha

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PRAZO: Final = 10
"""Seconds for connecting, TLS, sending and the answer together."""
MAIOR_RESPOSTA: Final = 16 * 1024
"""Bytes of an answer, its head and its line ends included."""
CORPO: Final = 4 * 1024
HTTPS: Final = 443
_OK: Final = range(200, 300)
_ELSEWHERE: Final = range(300, 400)
Resolve = Callable[[str, int], Sequence[str]]
Connect = Callable[[tuple[str, int], float], socket.socket]


class _RefusedError(Exception):
    """An attempt ended."""

    def __init__(self, falha: Falha) -> None:
        super().__init__(falha)
        self.falha = falha


def resolve(name: str, port: int) -> list[str]:
    """Every address of a name, as its DNS says now; how long that may take is `RES_OPTIONS`' matter."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def publico(text: str) -> bool:
    """Whether an address may be connected to: public unicast, and none that leads to an IPv4 of somebody's choice."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False  # with a scope, as link-local ones
    if address.version == 6 and address not in _INTERNET:  # noqa: PLR2004
        return False
    special = any(address in one for one in _ESPECIAIS if one.version == address.version)
    return address.is_global and not (address.is_multicast or address.is_reserved or special)


_INTERNET: Final = ipaddress.ip_network("2000::/3")
"""All that IANA gives out of IPv6."""
_ESPECIAIS: Final = tuple(
    map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20"))
)
"""Protocols' own, 6to4 and Teredo, and what is for documentation: some Pythons call some of them global."""


@lru_cache(maxsize=1)
def _context(ca: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca:
        context.load_verify_locations(ca)
    return context


class Remetente:
    """See `alertas.service.webhooks.Remetente`.

    Args:
        ca: PEM of a listener on this very machine, in the embedded AWS only: `localhost` may then be an endpoint.
        resolve: addresses of a name.
        connect: to an address and port, within so many seconds.
    """

    def __init__(
        self, ca: str | None = None, *, resolve: Resolve = resolve, connect: Connect = socket.create_connection,
        prazo: float = PRAZO,
    ) -> None:  # fmt: skip
        self._ca = ca
        self._resolve = resolve
        self._connect = connect
        self._prazo = prazo

    def send(self, url: str, headers: Mapping[str, str], corpo: bytes, *, ler: bool = False) -> Resultado:
        """One POST."""
        began = time.monotonic()
        try:
            status, received = self._post(url, headers, corpo, ler=ler)
        except _RefusedError as refused:
            return Resultado(duracao_ms=_since(began), falha=refused.falha)
        falha = Falha.REDIRECIONAMENTO if status in _ELSEWHERE else None if status in _OK else Falha.RECUSADA
        return Resultado(duracao_ms=_since(began), status=status, falha=falha, corpo=received)

    def _post(self, url: str, headers: Mapping[str, str], corpo: bytes, *, ler: bool) -> tuple[int, bytes]:
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port or HTTPS
        address = self._checked(name, port)
        ends = time.monotonic() + self._prazo
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = name if port == HTTPS else f"{name}:{port}"
        head = {"Host": host, **headers, "Content-Length": str(len(corpo)), "Connection": "close"}
        lines = [f"POST {target} HTTP/1.1", *(f"{key}: {value}" for key, value in head.items()), "", ""]
        try:
            with self._connect((address, port), _left(ends)) as plain:
                plain.settimeout(_left(ends))
                with _context(self._ca).wrap_socket(plain, server_hostname=name) as secure:
                    secure.settimeout(_left(ends))
                    secure.sendall("\r\n".join(lines).encode("ascii") + corpo)
                    return _answer(secure, ends, ler=ler)
        except TimeoutError as error:
            raise _RefusedError(Falha.SEM_RESPOSTA) from error
        except ssl.SSLCertVerificationError as error:
            raise _RefusedError(Falha.CERTIFICADO) from error
        except (http.client.HTTPException, ValueError) as error:  # a chunk of less than nothing is a ValueError
            raise _RefusedError(Falha.RESPOSTA_INVALIDA) from error
        except OSError as error:
            raise _RefusedError(Falha.SEM_CONEXAO) from error

    def _checked(self, name: str, port: int) -> str:
        """The address to connect to."""
        try:
            found = self._resolve(name, port)
        except (OSError, UnicodeError) as error:
            raise _RefusedError(Falha.NOME_DESCONHECIDO) from error
        local = self._ca is not None and name == LOCAL
        if not found or not (local or all(map(publico, found))):
            raise _RefusedError(Falha.ENDERECO_RECUSADO)
        return min(found, key=lambda one: ":" in one)  # a Lambda reaches IPv6 only in some networks


def _answer(secure: ssl.SSLSocket, ends: float, *, ler: bool) -> tuple[int, bytes]:
    answer = http.client.HTTPResponse(_Bounded(secure, ends))  # type: ignore[arg-type]  # of a socket it takes one method
    answer.begin()
    received = answer.read(CORPO) if ler else b""
    return answer.status, received


class _Bounded(io.RawIOBase):
    """What a socket receives, up to a deadline and to so many bytes."""

    def __init__(self, secure: ssl.SSLSocket, ends: float) -> None:
        super().__init__()
        self._socket = secure
        self._ends = ends
        self._room = MAIOR_RESPOSTA

    def makefile(self, *_mode: Any) -> io.BufferedReader:
        """As of a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """At most what is left of the bytes; fails when the time is over."""
        if not self._room:
            raise http.client.LineTooLong("answer")
        self._socket.settimeout(_left(self._ends))
        got = self._socket.recv_into(memoryview(buffer)[: self._room])
        self._room -= got
        return got


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
