"""Who speaks to addresses that prestadores name: only to public ones, only to who holds the name, never for long."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alertas import http_out
from alertas.domain.webhooks import Falha, assinatura
from alertas.http_out import Remetente, publico, resolve
from local.ouvinte import certificate, sample
from tests.builders_functions import NOW

NAME = "conecta.hospital.example"
URL = f"https://{NAME}/caminho?a=1"
PUBLIC = "203.0.112.9"
HEADERS = {"Conecta-Evento": "PegPago"}
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
Talk = Callable[[ssl.SSLSocket], None]


class Endpoint:
    """The other end of every connection, in a thread each: it speaks TLS as `a name`, and says what it is told to.

    Attributes:
        connected: the addresses that were connected to.
        requests: what came.
    """

    def __init__(self, folder: Path, answer: bytes | Talk, name: str = NAME) -> None:
        self.connected: list[tuple[str, int]] = []
        self.requests: list[bytes] = []
        self.ca, key = certificate(folder, name)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.ca, key)
        self._answer = answer

    def connect(self, address: tuple[str, int], _seconds: float) -> socket.socket:
        """As `socket.create_connection`."""
        self.connected.append(address)
        ours, theirs = socket.socketpair()
        threading.Thread(target=self._serve, args=(theirs,), daemon=True).start()
        return ours

    def _serve(self, plain: socket.socket) -> None:
        try:
            with self._context.wrap_socket(plain, server_side=True) as secure:
                self.requests.append(secure.recv(65536))
                if callable(self._answer):
                    self._answer(secure)
                else:
                    secure.sendall(self._answer)
        except OSError:
            pass  # the caller hung up

    def remetente(self, *addresses: str, prazo: float = 5.0, ca: bool = True) -> Remetente:
        """One that trusts it, and finds the name at some addresses."""
        found = addresses or (PUBLIC,)
        return Remetente(
            str(self.ca) if ca else None, resolve=lambda _name, _port: found, connect=self.connect, prazo=prazo
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificado")


@pytest.fixture(autouse=True)
def fresh() -> None:
    http_out._context.cache_clear()


@pytest.mark.regra("WEBHOOK-DESTINO")
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
        "255.255.255.255", "224.0.0.1", "239.1.1.1", "240.0.0.1", "192.0.0.9", "192.88.99.1", "198.18.0.1",
        "203.0.113.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "::ffff:10.0.0.1",
        "::ffff:8.8.8.8", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1", "3fff::1", "texto",
    ],
)  # fmt: skip
def test_no_address_but_a_public_one_is_connected_to(address: str, folder: Path) -> None:
    assert not publico(address)
    endpoint = Endpoint(folder, NO_CONTENT)
    came = endpoint.remetente(PUBLIC, address).send(URL, HEADERS, b"{}")
    assert (came.falha, came.status, endpoint.connected) == (Falha.ENDERECO_RECUSADO, None, [])


@pytest.mark.parametrize("address", ["8.8.8.8", PUBLIC, "2606:4700::1111", "2804:14c::1"])
def test_public_ones_are(address: str) -> None:
    assert publico(address)


@pytest.mark.regra("WEBHOOK-DESTINO")
def test_the_address_that_was_checked_is_the_one_connected_to_whatever_the_name_leads_to_next(folder: Path) -> None:
    endpoint = Endpoint(folder, NO_CONTENT)
    answers = iter([["2606:4700::1111", PUBLIC], ["127.0.0.1"]])
    remetente = Remetente(str(endpoint.ca), resolve=lambda _name, _port: next(answers), connect=endpoint.connect)
    assert remetente.send(URL, HEADERS, b"{}").falha is None
    assert endpoint.connected == [(PUBLIC, 443)]
    assert remetente.send(URL, HEADERS, b"{}").falha is Falha.ENDERECO_RECUSADO
    assert len(endpoint.connected) == 1


@pytest.mark.parametrize("found", [socket.gaierror(), UnicodeError()])
def test_a_name_that_leads_nowhere_is_told_to_be_unknown(found: Exception) -> None:
    def nowhere(_name: str, _port: int) -> list[str]:
        raise found

    assert Remetente(resolve=nowhere).send(URL, HEADERS, b"{}").falha is Falha.NOME_DESCONHECIDO


def test_every_address_of_a_name_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, 1, 6, "", ("8.8.8.8", 443)), (socket.AF_INET6, 1, 6, "", ("2606::1", 443, 0, 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: [*found, found[0]])
    assert resolve(NAME, 443) == ["8.8.8.8", "2606::1"]


def test_what_is_sent_is_one_whole_request(folder: Path) -> None:
    endpoint = Endpoint(folder, NO_CONTENT)
    came = endpoint.remetente().send(f"https://{NAME}:8443", HEADERS, b'{"a":1}')
    assert (came.status, came.falha, came.corpo) == (204, None, b"")
    (request,) = endpoint.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"POST / HTTP/1.1", f"Host: {NAME}:8443".encode(), b"Conecta-Evento: PegPago", b"Content-Length: 7",
        b"Connection: close",
    ]  # fmt: skip
    assert body == b'{"a":1}'
    endpoint.remetente().send(URL, HEADERS, b"{}")
    assert endpoint.requests[1].startswith(f"POST /caminho?a=1 HTTP/1.1\r\nHost: {NAME}\r\n".encode())


@pytest.mark.parametrize(
    ("answer", "status", "falha"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, None),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 A\r\n\r\n", 202, None),
        (b"HTTP/1.1 302 F\r\nLocation: https://169.254.169.254/\r\n\r\n", 302, Falha.REDIRECIONAMENTO),
        (b"HTTP/1.1 500 E\r\n\r\n", 500, Falha.RECUSADA),
        (b"HTTP/1.1 410 G\r\n\r\n", 410, Falha.RECUSADA),
        (b"SSH-2.0-OpenSSH\r\n", None, Falha.RESPOSTA_INVALIDA),
        (b"", None, Falha.RESPOSTA_INVALIDA),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 9000, None, Falha.RESPOSTA_INVALIDA),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 20_000, None, Falha.RESPOSTA_INVALIDA),
    ],
    ids=["ok", "continue", "redirect", "error", "gone", "not http", "nothing", "many headers", "long header"],
)
def test_an_answer_is_told_by_its_status(answer: bytes, status: int | None, falha: Falha | None, folder: Path) -> None:
    came = Endpoint(folder, answer).remetente().send(URL, HEADERS, b"{}")
    assert (came.status, came.falha, came.corpo) == (status, falha, b"")


def test_a_body_is_read_only_when_it_is_wanted_and_only_its_beginning(folder: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    endpoint = Endpoint(folder, head + b"5\r\nolaaa\r\n1770\r\n" + b"x" * 6000 + b"\r\n0\r\n\r\n")
    assert endpoint.remetente().send(URL, HEADERS, b"{}").corpo == b""
    assert len(endpoint.remetente().send(URL, HEADERS, b"{}", ler=True).corpo) == http_out.CORPO
    nonsense = Endpoint(folder, head + b"-5\r\nola\r\n").remetente().send(URL, HEADERS, b"{}", ler=True)
    assert nonsense.falha is Falha.RESPOSTA_INVALIDA


@pytest.mark.regra("WEBHOOK-DESTINO")
def test_a_redirect_is_never_followed(folder: Path) -> None:
    endpoint = Endpoint(folder, b"HTTP/1.1 308 P\r\nLocation: https://outro.example/\r\n\r\n")
    assert endpoint.remetente().send(URL, HEADERS, b"{}").falha is Falha.REDIRECIONAMENTO
    assert endpoint.connected == [(PUBLIC, 443)]


def test_who_cannot_show_a_certificate_of_the_name_is_told_nothing(folder: Path, tmp_path: Path) -> None:
    for endpoint, trusted in (
        (Endpoint(tmp_path, NO_CONTENT, name="outro.example"), True), (Endpoint(folder, NO_CONTENT), False),
    ):  # fmt: skip
        http_out._context.cache_clear()
        came = endpoint.remetente(ca=trusted).send(URL, HEADERS, b"{}")
        assert (came.falha, endpoint.requests) == (Falha.CERTIFICADO, [])


def _drip(secure: ssl.SSLSocket) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500:
        secure.sendall(bytes([byte]))
        time.sleep(0.02)


def _silence(secure: ssl.SSLSocket) -> None:
    secure.recv(1)


@pytest.mark.parametrize("talk", [_drip, _silence])
def test_who_is_slow_is_waited_for_only_so_long_however_it_is_slow(talk: Talk, folder: Path) -> None:
    began = time.monotonic()
    came = Endpoint(folder, talk).remetente(prazo=0.3).send(URL, HEADERS, b"{}")
    assert came.falha is Falha.SEM_RESPOSTA
    assert time.monotonic() - began < 1.5
    assert came.duracao_ms >= 200


def test_no_time_at_all_is_no_answer(folder: Path) -> None:
    assert Endpoint(folder, NO_CONTENT).remetente(prazo=0.0).send(URL, HEADERS, b"{}").falha is Falha.SEM_RESPOSTA


def test_who_does_not_take_the_connection_is_told_so() -> None:
    def refused(*_: Any) -> socket.socket:
        raise ConnectionRefusedError

    came = Remetente(resolve=lambda _name, _port: [PUBLIC], connect=refused).send(URL, HEADERS, b"{}")
    assert came.falha is Falha.SEM_CONEXAO


def test_this_very_machine_is_spoken_to_only_where_its_authority_is_trusted(tmp_path: Path) -> None:
    endpoint = Endpoint(tmp_path, NO_CONTENT, name="localhost")
    url = "https://localhost:4444/conecta"
    assert endpoint.remetente("::1", "127.0.0.1").send(url, HEADERS, b"{}").falha is None
    assert endpoint.connected == [("127.0.0.1", 4444)]
    http_out._context.cache_clear()
    assert endpoint.remetente("127.0.0.1", ca=False).send(url, HEADERS, b"{}").falha is Falha.ENDERECO_RECUSADO
    other = f"https://{NAME}/"
    assert endpoint.remetente("127.0.0.1").send(other, HEADERS, b"{}").falha is Falha.ENDERECO_RECUSADO


@pytest.mark.regra("WEBHOOK-ASSINATURA")
def test_by_the_published_sample_what_is_altered_or_sent_again_later_is_refused() -> None:
    sent, when = assinatura({2: "whs_b", 1: "whs_a"}, b"{}", NOW), NOW.timestamp()
    confere = sample().confere
    assert confere("whs_a", sent, b"{}", when)
    assert confere("whs_b", sent, b"{}", when + 299)
    for secret, corpo, now, headers in (
        ("whs_c", b"{}", when, sent), ("whs_a", b"{ }", when, sent), ("whs_a", b"{}", when + 301, sent),
        ("whs_a", b"{}", when - 301, sent), ("whs_a", b"{}", when, {}),
        ("whs_a", b"{}", when, {**sent, "Conecta-Timestamp": str(int(when) + 1)}),
        ("whs_a", b"{}", when, {**sent, "Conecta-Timestamp": "9" * 5000}),
        ("whs_a", b"{}", when, {**sent, "Conecta-Assinatura": "1=,=,"}),
    ):  # fmt: skip
        assert not confere(secret, headers, corpo, now)
