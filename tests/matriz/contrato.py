"""The whole OpenAPI by schemathesis: data that fit it and data that do not, and what may be answered to either.

`python -m local.contrato` tries all of it; a small part is in the end-to-end tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.client import Answer
from tests.matriz.calls import Sent, document, routes
from tests.matriz.model import Caller, Row, Values
from tests.matriz.table import TABLE
from tests.matriz.world import AMS, World, expect

load_all_checks()
Made = Case[Any]
CHECKS: Final[list[Any]] = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resposta:
    """What came back to a request, and whatever of it is not as documented."""

    operation: str
    sent: Sent
    answer: Answer
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        head = f"{self.operation}: {self.sent.method} {self.sent.path[:200]} {(self.sent.body or b'')[:200]!r}"
        return f"{head} -> {self.answer.status} {self.answer.text[:200]}: {'; '.join(self.wrong)}"


class Contrato:
    """The document, as what is sent and what is answered are held against it."""

    @cached_property
    def operations(self) -> Mapping[str, APIOperation[Any, Any, Any, Any]]:
        """By operationId."""
        found = schemathesis.openapi.from_dict(document()).get_all_operations()
        known = [one.ok() for one in found if isinstance(one, Ok)]
        return {one.definition.raw["operationId"]: one for one in known}

    def wrong(self, operation: str, method: str, answer: Answer, case: Made | None = None) -> tuple[str, ...]:
        """Whatever of an answer the document does not say."""
        described = self.operations[operation]
        names = [one["name"] for one in routes()[operation][2].get("parameters", ()) if one["in"] == "path"]
        case = case or described.Case(path_parameters=dict.fromkeys(names, "x"))
        request = requests.Request(method, "http://api").prepare()
        response = schemathesis.Response(
            answer.status, {name: [value] for name, value in answer.headers.items()}, answer.content, request, 0.0, True
        )  # fmt: skip
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            return tuple(f"{failure.title}: {failure.message}"[:500] for failure in group.exceptions)
        return ()

    def cases(
        self,
        operation: str,
        mode: GenerationMode,
        many: int,
        *,
        path: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> list[Made]:
        """Made-up requests, each run of the same the same; none of what nothing can be made up of.

        Args:
            path: what the path names, instead of something made up, too.
        """
        made: list[Made] = []
        fixed = {name: value for name, value in headers.items() if name != "Authorization"}
        strategy = self.operations[operation].as_strategy(
            mode, path_parameters=dict(path) if path else None, headers=fixed or None
        )  # fmt: skip
        draw = settings(
            max_examples=many, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip

        def keep(case: Made) -> None:
            made.append(case)

        with suppress(Unsatisfiable):
            draw(seed(1)(given(case=strategy)(keep)))()
        return made


class Prova:
    """Requests to a running instance, by whoever may."""

    def __init__(self, world: World) -> None:
        self._world, self._api, self._contrato = world, str(world.where["api"]), Contrato()

    def _values(self, row: Row, values: Values) -> Values:
        """With the token of an address that needs nobody signed in, where the path has one."""
        if "{token}" not in row.path.values():
            return values
        opened = expect(201, self._world.gestor.request("POST", "/cronograma/agenda", {"registro_ans": AMS})).json()
        return {**values, "token": opened["caminho"].removeprefix("agenda/")}

    def valid(self) -> Iterator[Resposta]:
        """A valid call of every row; another status than the row's is wrong, too."""
        wire = self._world.wire
        wanted = [(row, self._world.whoever_may(row)) for row in TABLE]
        for (row, caller), values in zip(wanted, self._world.all_fresh(wanted), strict=True):
            sent = wire.of(row, caller, self._values(row, values))
            answer = wire.send(sent)
            wrong = self._contrato.wrong(row.operation, sent.method, answer)
            other = () if answer.status == row.ok else (f"{answer.status} instead of {row.ok}",)
            yield Resposta(row.operation, sent, answer, wrong + other)

    def made_up(self, many: int, *, whole: bool) -> Iterator[Resposta]:
        """So many of every operation, on things of the caller's.

        Args:
            whole: data that fit and data that do not, and as many again on things that are made up, too; otherwise of
                one operation the ones, of the next the others.
        """
        for turn, row in enumerate({row.operation: row for row in reversed(TABLE)}.values()):
            caller = self._world.whoever_may(row)
            values = self._values(row, self._world.own(row, caller) or self._world.values(caller))
            path = {name: template.format_map(values) for name, template in row.path.items()}
            modes = list(GenerationMode)
            for mode in modes if whole else modes[turn % 2 :][:1]:
                for where in [path, *([None] if whole and path else [])]:
                    cases = self._contrato.cases(row.operation, mode, many, path=where, headers=caller.headers)
                    asked = [self._sent(one, caller) for one in cases]
                    answers = self._world.wire.send_all(asked)
                    for case, sent, answer in zip(cases, asked, answers, strict=True):
                        wrong = self._contrato.wrong(row.operation, sent.method, answer, case)
                        yield Resposta(row.operation, sent, answer, wrong)

    def _sent(self, case: Made, caller: Caller) -> Sent:
        """As schemathesis would send it, but with the caller's own token."""
        given = case.as_transport_kwargs(base_url=self._api)
        known = {"method", "url", "headers", "params", "data", "json", "cookies", "files"}
        ready = requests.Request(**{name: value for name, value in given.items() if name in known}).prepare()
        token = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
        body = ready.body.encode() if isinstance(ready.body, str) else ready.body
        assert body is None or isinstance(body, bytes)
        headers = {name: str(value) for name, value in ready.headers.items()}
        path = (ready.url or "").removeprefix(self._api)
        return Sent(method=str(ready.method), path=path, headers=headers | token, body=body)
