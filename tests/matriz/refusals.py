"""What is wrong with a refusal, and with two that must look alike."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from local.client import Answer
from tests.matriz.model import Refusal

PROBLEM: Final = "application/problem+json"
MEMBERS: Final = frozenset({"type", "title", "status", "detail", "codigo", "correlacao"})
_ENGLISH: Final = re.compile(
    r"\b(not|the|is|forbidden|unauthorized|missing|invalid|error|failed|denied|exception|found|bad|request)\b",
    re.IGNORECASE,
)
_OF_THE_MOMENT: Final = frozenset({"conecta-correlacao", "date", "connection"})
SECURITY: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def wrong_with(answer: Answer, expected: Refusal, secrets: Iterable[str]) -> list[str]:
    """Every way in which an answer is not the refusal it must be.

    Args:
        secrets: texts that may not be in it: personal data, other people's ids, what the caller sent.
    """
    found = [f"tells {secret!r}" for secret in secrets if secret and secret in answer.text]
    if answer.status != expected.status:
        return [*found, f"{answer.status} instead of {expected.status}: {answer.text[:200]}"]
    if expected.codigo is None:
        return found if b"mensagemErro" in answer.content else [*found, f"no mensagemErro: {answer.text[:200]}"]
    if not answer.headers.get("content-type", "").startswith(PROBLEM):
        return [*found, f"content type {answer.headers.get('content-type')}"]
    try:
        problem = answer.json()
    except json.JSONDecodeError:
        return [*found, "not JSON"]
    return found + _problem(answer, problem, expected)


def _problem(answer: Answer, problem: dict[str, Any], expected: Refusal) -> list[str]:
    found = [f"no {name}" for name in sorted(MEMBERS - problem.keys())]
    if found:
        return found
    if problem["codigo"] != expected.codigo:
        found.append(f"codigo {problem['codigo']} instead of {expected.codigo}")
    if problem["status"] != answer.status or not problem["type"].endswith(f"/{problem['codigo']}"):
        found.append(f"status or type does not agree: {problem['status']}, {problem['type']}")
    if english := _ENGLISH.search(f"{problem['title']} {_without_names(problem['detail'])}"):
        found.append(f"not in Portuguese: {english[0]!r} in {problem['title']!r}, {problem['detail']!r}")
    # What API Gateway refuses by itself has its correlacao in the body only.
    if answer.headers.get("conecta-correlacao", problem["correlacao"]) != (problem["correlacao"] or None):
        found.append(f"correlacao {problem['correlacao']!r}, header {answer.headers.get('conecta-correlacao')!r}")
    found += [
        f"{name}: {answer.headers.get(name)}"
        for name, value in SECURITY.items()
        if value not in answer.headers.get(name, "")
    ]
    return found


def _without_names(text: str) -> str:
    return re.sub(r"Authorization: Bearer <token>|[A-Z]{3,6} /\S+|If-Match|Idempotency-Key", "", text)


def essence(answer: Answer) -> tuple[int, str, dict[str, str]]:
    """An answer without what is another's in every answer: status, body and headers that tell something."""
    text = answer.text
    try:
        problem = answer.json()
        text = text.replace(str(problem["correlacao"]), "")
    except (ValueError, KeyError, TypeError):
        pass
    told = {name: value for name, value in answer.headers.items() if name not in _OF_THE_MOMENT}
    return answer.status, text, {name: value for name, value in told.items() if not name.startswith("x-amz")}


def tell_apart(one: Answer, other: Answer) -> str | None:
    """What tells two answers apart that must be alike; their correlacao does not."""
    if essence(one) != essence(other):
        return f"{essence(one)} and {essence(other)}"
    return None
