"""In-memory stand-ins of the ports we own, small enough to be read at a glance.

`tests/contract` runs one suite on each of them and on the adapter it stands for, so that what a unit test believes
about a port is true of DynamoDB and S3 too. All of them may be used from several threads.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from conecta_edge import objects, problems
from conecta_edge.cadastro import Binding, Contratacao, OperadoraBinding
from conecta_edge.dynamodb import ConditionFailedError
from conecta_edge.idempotency import KEPT, Attempt
from conecta_facts.operadoras import Operadora
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Relacionamento
from documentos.domain.documentos import Documento
from documentos.domain.errors import StaleUploadError
from documentos.domain.uploads import Upload
from documentos.service.portas import Incoming
from tests.cadastro_rows import Credencial, Vinculo, VinculoOperadora


class Numbers:
    """Protocolos: the month, the digit of kind, and the next number."""

    def __init__(self, kind: int) -> None:
        self._kind, self._last, self._lock = kind, 0, threading.Lock()

    def next_protocolo(self, day: date) -> str:
        with self._lock:
            self._last += 1
            return f"{day:%y%m}{self._kind}{self._last:07d}"


@dataclass(frozen=True)
class Sent:
    """An event as it was put in the outbox.

    Attributes:
        tentativa: of the attempt that told it last.
    """

    tipo: str
    chave: str
    prestador_id: str
    registro_ans: str
    correlacao: str
    dados: Mapping[str, Any]
    tentativa: int = 1


class FakeUploads:
    """`documentos.service.portas.Uploads`; `extra` actions are :class:`Kept` answers."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Upload] = {}
        self.events: dict[tuple[str, str], Sent] = {}
        self.documentos: dict[tuple[str, str], Documento] = {}
        self._numbers, self._lock = Numbers(1), threading.Lock()

    def next_protocolo(self, day: date) -> str:
        return self._numbers.next_protocolo(day)

    def add(self, upload: Upload, extra: tuple[Any, ...] = ()) -> None:
        key = (upload.prestador_id, upload.id)
        with self._lock:
            failed = tuple(n for n, action in enumerate(extra, 1) if not action.possible())
            if key in self.rows:
                failed = (0, *failed)
            if failed:
                raise ConditionFailedError(failed)
            self.rows[key] = upload
            for action in extra:
                action.apply()

    def get(self, prestador_id: str, upload_id: str) -> Upload | None:
        return self.rows.get((prestador_id, upload_id))

    def change(
        self,
        before: Upload,
        after: Upload,
        event: Mapping[str, Any] | None,
        now: datetime,
        documento: Documento | None = None,
    ) -> None:
        key = (before.prestador_id, before.id)
        with self._lock:
            if key not in self.rows or self.rows[key].versao != before.versao:
                raise StaleUploadError
            self.rows[key] = after
            if documento is not None:
                self.documentos.setdefault((documento.prestador_id, documento.id), documento)
            if event is not None:
                tentativa = max(after.tentativa, 1)
                earlier = self.events.get((event["tipo"], after.id))
                assert earlier is None or earlier.tentativa < tentativa
                self.events[event["tipo"], after.id] = Sent(
                    event["tipo"], after.id, after.prestador_id, after.registro_ans, after.id, event["dados"], tentativa
                )

    def due(self, now: datetime | None) -> list[tuple[str, str]]:
        return [
            key
            for key, upload in list(self.rows.items())
            if upload.conferir_em is not None and (now is None or upload.conferir_em <= now)
        ]


@dataclass
class Bucket:
    """Objects by key, every version kept; stands for `entrada` and for `acervo`."""

    versions: dict[str, list[Incoming]] = field(default_factory=dict)

    def put(self, key: str, content: bytes, at: datetime) -> str:
        """Store one more version and answer its id."""
        self.versions.setdefault(key, []).append(Incoming(content, at))
        return f"v{len(self.versions[key])}"

    def get(self, key: str, version: str | None = None) -> Incoming | None:
        """The version asked for, or the last."""
        found = self.versions.get(key, [])
        if version is None:
            return found[-1] if found else None
        number = int(version.removeprefix("v"))
        return found[number - 1] if number <= len(found) else None

    def content(self, key: str) -> bytes | None:
        """The bytes of the last version."""
        found = self.get(key)
        return found.content if found else None


STORED = datetime.fromisoformat("2000-01-01T00:00:00Z")
"""When the archive's objects were stored: nothing reads it."""


class FakeFiles:
    """`documentos.service.portas.Files` over two buckets."""

    def __init__(self, entrada: Bucket | None = None, acervo: Bucket | None = None) -> None:
        self.entrada, self.acervo = entrada or Bucket(), acervo or Bucket()

    def presign(self, upload: Upload) -> dict[str, Any]:
        return {"url": "https://entrada.example/", "campos": {"key": upload.chave_entrada}}

    def read_incoming(self, chave: str, version: str | None) -> Incoming | None:
        return self.entrada.get(chave, version or "v1")

    def archive(self, chave: str, content: bytes, formato: str, sha256: str, retencao: str) -> None:
        self.acervo.put(chave, content, STORED)

    def link(self, chave: str, nome: str) -> str:
        return f"https://acervo.example/{chave}?900&{nome}"

    def read_answer(self, upload: Upload, suffix: str) -> bytes | None:
        return self.acervo.content(objects.answer_key(upload.registro_ans, upload.prestador_id, upload.id, suffix))


class FakeCadastro:
    """The `cadastro` table: what `CadastroTable` writes and what `CadastroReader` reads, without the table."""

    def __init__(self) -> None:
        self._operadoras: dict[str, Operadora] = {}
        self._prestadores: dict[str, Prestador] = {}
        self._relacionamentos: dict[tuple[str, str], Relacionamento] = {}
        self._codigos: dict[tuple[str, str], str] = {}
        self._vinculos: dict[tuple[str, str], Vinculo] = {}
        self._operadora_vinculos: dict[tuple[str, str], VinculoOperadora] = {}
        self._credenciais: dict[str, Credencial] = {}

    def put_operadora(self, operadora: Operadora) -> None:
        self._operadoras[operadora.registro_ans] = operadora

    def put_prestador(self, prestador: Prestador) -> None:
        self._prestadores[prestador.prestador_id] = prestador

    def put_relacionamento(self, relacionamento: Relacionamento) -> None:
        self._relacionamentos[relacionamento.prestador_id, relacionamento.registro_ans] = relacionamento
        self._codigos[relacionamento.registro_ans, relacionamento.codigo_na_operadora] = relacionamento.prestador_id

    def put_vinculo(self, vinculo: Vinculo) -> None:
        self._vinculos[vinculo.sub, vinculo.prestador_id] = vinculo

    def put_vinculo_operadora(self, vinculo: VinculoOperadora) -> None:
        self._operadora_vinculos[vinculo.sub, vinculo.registro_ans] = vinculo

    def put_credencial(self, credencial: Credencial) -> None:
        self._credenciais[credencial.client_id] = credencial

    def bindings(self, sub: str) -> tuple[Binding, ...]:
        found = sorted((row for row in self._vinculos.values() if row.sub == sub), key=lambda row: row.prestador_id)
        return tuple(Binding(row.prestador_id, row.papel) for row in found if row.ativo)

    def operadora_bindings(self, sub: str) -> tuple[OperadoraBinding, ...]:
        found = sorted(
            (row for row in self._operadora_vinculos.values() if row.sub == sub), key=lambda r: r.registro_ans
        )
        return tuple(OperadoraBinding(row.registro_ans, row.grupo) for row in found if row.ativo)

    def credential(self, client_id: str) -> tuple[str, frozenset[str]] | None:
        row = self._credenciais.get(client_id)
        return (row.prestador_id, frozenset(row.escopos)) if row and row.ativa else None

    def contratacao(self, prestador_id: str, registro_ans: str) -> Contratacao:
        return Contratacao(
            prestador=self._prestadores.get(prestador_id),
            relacionamento=self._relacionamentos.get((prestador_id, registro_ans)),
            operadora=self._operadoras.get(registro_ans),
        )

    def prestador_of_code(self, registro_ans: str, codigo: str) -> str | None:
        return self._codigos.get((registro_ans, codigo))


@dataclass
class StepFunctions:
    """Step Functions: starts an execution per name, once; or answers an error.

    Attributes:
        started: what each was started with, by its name.
    """

    error: str | None = None
    started: dict[str, Any] = field(default_factory=dict)

    def start_execution(self, **asked: Any) -> None:
        if self.error or asked["name"] in self.started:
            code = self.error or "ExecutionAlreadyExists"
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "StartExecution")
        self.started[asked["name"]] = asked


class Bus:
    """EventBridge that refuses the events of some entities."""

    def __init__(self, *refused: str) -> None:
        self._refused = refused
        self.calls: list[list[dict[str, Any]]] = []

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  # the API's own name
        self.calls.append(Entries)
        answers = []
        for entry in Entries:
            refused = json.loads(entry["Detail"])["entidade"] in self._refused
            answers.append({"ErrorCode": "ThrottlingException"} if refused else {"EventId": "1"})
        return {"Entries": answers, "FailedEntryCount": len([a for a in answers if "ErrorCode" in a])}


@dataclass(frozen=True)
class Kept:
    """What stands for the transaction's `Put` of a kept answer."""

    possible: Callable[[], bool]
    apply: Callable[[], None]


class FakeIdempotency:
    """`conecta_edge.idempotency.IdempotencyTable` for use with :class:`FakeUploads`."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], tuple[str, str, datetime]] = {}

    def replay(self, attempt: Attempt, now: datetime) -> Any | None:
        digest, answer, until = self.rows.get((attempt.pk, attempt.sk), ("", "null", now))
        if until <= now:
            return None
        if digest != attempt.digest:
            raise problems.invalid_body(
                (problems.FieldError("Idempotency-Key", "chave-reutilizada", "Use uma chave nova."),)
            )
        return json.loads(answer)

    def keep(self, attempt: Attempt, answer: Any, now: datetime) -> Kept:
        key = (attempt.pk, attempt.sk)
        return Kept(
            possible=lambda: self.rows.get(key, ("", "", now))[2] <= now,
            apply=lambda: self.rows.__setitem__(key, (attempt.digest, json.dumps(answer), now + KEPT)),
        )

    def put(self, kept: Kept) -> None:
        if kept.possible():
            kept.apply()


class ProcessDiedError(Exception):
    """The process died here."""


class Interruption:
    """Counts the calls of every port of a process, which dies at one of them.

    Attributes:
        calls: how many were made.
    """

    def __init__(self, after: int = 0, exception: Exception | None = None, *, before: int = 0) -> None:
        """A process to die once.

        Args:
            after: number of the call, from 1, right after whose effect it dies; 0 never.
            exception: what is raised; `TransientConflictError()` stands for a call or an answer that was lost.
            before: number of the call instead of which it dies.
        """
        self.calls, self._after, self._before, self._exception = 0, after, before, exception or ProcessDiedError()

    def wrap(self, port: Any) -> Any:
        """The same port, mortal."""
        return Crashing(port, self)

    def called(self) -> None:
        """One more call has had its effect."""
        self.calls += 1
        if self.calls == self._after:
            raise self._exception

    def call(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """One more call, if the process lives to make it and to see its answer."""
        if self.calls + 1 == self._before:
            self.calls += 1
            raise self._exception
        answer = method(*args, **kwargs)
        self.called()
        return answer


class Crashing:
    """Any port, in a process that dies: of its own, or (given an :class:`Interruption`) one of several ports.

    Attributes:
        interruption: what counts its calls.
    """

    def __init__(
        self, port: Any, after: int | Interruption = 0, exception: Exception | None = None, *, before: int = 0
    ) -> None:
        """See :class:`Interruption`."""
        self._port = port
        self.interruption = Interruption(after, exception, before=before) if isinstance(after, int) else after

    def __getattr__(self, name: str) -> Any:
        held = getattr(self._port, name)
        return partial(self.interruption.call, held) if callable(held) else held
