"""RFC 9457 problems."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conecta_edge import problems
from conecta_edge.problems import FieldError, ProblemError

KINDS: list[tuple[Callable[[], ProblemError], int, str]] = [
    (problems.unauthenticated, 401, "nao-autenticado"),
    (lambda: problems.out_of_scope(("conecta/peg.ler",)), 403, "escopo-insuficiente"),
    (lambda: problems.wrong_role(("gestor",)), 403, "papel-insuficiente"),
    (problems.not_found, 404, "nao-encontrado"),
    (lambda: problems.invalid_body(()), 422, "requisicao-invalida"),
    (problems.in_progress, 409, "requisicao-em-andamento"),
    (lambda: problems.conflict("estado", "Estado", "Agora não."), 409, "estado"),
    (lambda: problems.too_many(7), 429, "limite-excedido"),
    (problems.busy, 503, "temporariamente-indisponivel"),
    (problems.unserved, 503, "dependencia-indisponivel"),
    (problems.internal, 500, "erro-interno"),
]


@pytest.mark.parametrize(("make", "status", "codigo"), KINDS)
def test_a_problem_says_what_happened_with_a_stable_code_and_a_correlation(
    make: Callable[[], ProblemError], status: int, codigo: str
) -> None:
    body = make().body("corr-1")
    assert body["status"] == status
    assert body["codigo"] == codigo
    assert body["type"] == f"https://conecta.example/erros/{codigo}"
    assert body["correlacao"] == "corr-1"
    assert body["title"]
    assert body["detail"]


def test_what_is_wrong_is_listed_only_when_there_is_something() -> None:
    wrong = (FieldError("tamanho", "missing", "Campo obrigatório: informe-o."),)
    assert problems.invalid_body(wrong).body("c")["erros"] == [
        {"campo": "tamanho", "codigo": "missing", "mensagem": "Campo obrigatório: informe-o."}
    ]
    assert "erros" not in problems.not_found().body("c")


def test_a_refusal_for_scope_or_papel_names_what_would_do() -> None:
    assert problems.out_of_scope(("conecta/peg.ler",)).body("c")["escopos"] == ["conecta/peg.ler"]
    assert problems.wrong_role(("faturista", "gestor")).body("c")["papeis"] == ["faturista", "gestor"]


def test_who_should_try_again_is_told_when() -> None:
    assert problems.in_progress().headers == {"Retry-After": "1"}
    assert problems.busy().headers == problems.unserved().headers == {"Retry-After": "2"}
    assert problems.too_many(7).headers == {"Retry-After": "7"}
