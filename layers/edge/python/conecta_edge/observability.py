"""One structured logger per process; logs name transactions, never persons.

`log(...)` takes only allow-listed keys: whoever wants a new key adds it here and thinks about what it may hold.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

ALLOWED: Final = frozenset(
    {
        "achados", "adiadas", "adiados", "alteradas", "avisadas", "blocos", "correlacao", "cota", "duracao_ms",
        "em_analise", "erro", "evento", "finalidade", "funcao", "guias", "hash", "linhas", "metodo", "operacao",
        "pendentes", "pilha", "prestador_id", "protocolo", "reagendadas", "reemitidos", "registro_ans", "repetido",
        "retomados", "rota", "sem_resposta", "situacao", "status", "tarefa", "tentativa", "tipo_guia", "upload_id",
        "vencidos", "versao_tiss", "vistas",
    }
)  # fmt: skip


class KeyNotAllowedError(ValueError):
    """A log call used a key that is not on the allow-list."""


@lru_cache(maxsize=1)
def _logger() -> Any:
    # Imported on first use: the import costs as much as lxml's, and pure tests never log.
    from aws_lambda_powertools import Logger  # noqa: PLC0415

    return Logger()


def log(level: str, message: str, **keys: Any) -> None:
    """Write one structured line.

    Args:
        level: `info`, `warning` or `error`.
        message: a constant sentence, without data.
        keys: allow-listed fields only.

    Raises:
        KeyNotAllowedError: a key outside :data:`ALLOWED`.
    """
    unknown = keys.keys() - ALLOWED
    if unknown:
        raise KeyNotAllowedError(f"log keys not on the allow-list: {sorted(unknown)}")
    getattr(_logger(), level)(message, extra=keys)


def failure(message: str, error: BaseException, **keys: Any) -> None:
    """Log an unexpected error: its class and the frames it crossed, never its text (which may hold input)."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        place = "/".join(code.co_filename.rsplit("/", 3)[-3:])  # `peg/handler/api.py`: many files share a last name
        frames.append(f"{place}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    log("error", message, erro=type(error).__name__, pilha=frames[-12:], **keys)
