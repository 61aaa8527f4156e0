"""What goes over the wire when something is refused: RFC 9457 problems in Brazilian Portuguese.

Every problem carries a stable `codigo`, says what to do, and lists each field or rule that failed in `erros`.
A problem never repeats a value the caller sent (it may be personal data), only where it stood.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

BASE = "https://conecta.example/erros/"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong in a request: `campo` is a JSON path (`itens[0].codigo`), `codigo` a rule or glosa."""

    campo: str
    codigo: str
    mensagem: str

    def as_dict(self) -> dict[str, str]:
        """The JSON shape."""
        return {"campo": self.campo, "codigo": self.codigo, "mensagem": self.mensagem}


@dataclass(slots=True)
class ProblemError(Exception):
    """A refusal that is ready for the wire.

    Attributes:
        status: HTTP status.
        codigo: stable identifier of the kind of problem, also the last part of `type`.
        title: the kind, in Portuguese, the same for every occurrence.
        detail: this occurrence: what happened and what to do.
        erros: every field or rule that failed.
        extra: further members of the problem object (`glosa`, `regra`, `contatos`…).
        headers: further HTTP headers (`Retry-After`…).
    """

    status: int
    codigo: str
    title: str
    detail: str
    erros: tuple[FieldError, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, correlacao: str) -> dict[str, Any]:
        """The RFC 9457 object."""
        problem: dict[str, Any] = {
            "type": BASE + self.codigo,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "codigo": self.codigo,
            "correlacao": correlacao,
        }
        if self.erros:
            problem["erros"] = [erro.as_dict() for erro in self.erros]
        return {**problem, **self.extra}


def unauthenticated() -> ProblemError:
    """401: no token, or one that is not an access token of ours."""
    return ProblemError(
        401, "nao-autenticado", "Não autenticado",
        "Envie um access token válido no cabeçalho Authorization: Bearer <token>.",
    )  # fmt: skip


def out_of_scope(escopos: tuple[str, ...]) -> ProblemError:
    """403: the credential lacks the scope of the route."""
    return ProblemError(
        403, "escopo-insuficiente", "Escopo insuficiente",
        "A credencial não tem o escopo exigido por esta rota. Peça ao gestor do prestador uma credencial com um "
        "dos escopos listados.",
        extra={"escopos": list(escopos)},
    )  # fmt: skip


def not_found() -> ProblemError:
    """404: absent and foreign look exactly alike."""
    return ProblemError(
        404, "nao-encontrado", "Não encontrado",
        "O recurso não existe ou não pertence ao prestador desta sessão. Confira o identificador.",
    )  # fmt: skip


def wrong_role(papeis: tuple[str, ...]) -> ProblemError:
    """403: the person is bound to the prestador, or to the operadora, but in a role that may not do this."""
    return ProblemError(
        403, "papel-insuficiente", "Papel insuficiente",
        "O seu papel não permite esta operação, que cabe a quem está em papeis. Fale com quem administra os acessos: o "
        "gestor do prestador, ou a sua operadora.",
        extra={"papeis": list(papeis)},
    )  # fmt: skip


def invalid_body(erros: tuple[FieldError, ...]) -> ProblemError:
    """422: the request was understood and is wrong; all that is wrong is listed."""
    return ProblemError(
        422, "requisicao-invalida", "Requisição inválida",
        "Corrija os campos listados em erros e envie de novo.", erros,
    )  # fmt: skip


def in_progress() -> ProblemError:
    """409: another request with the same Idempotency-Key is still being carried out."""
    return ProblemError(
        409, "requisicao-em-andamento", "Requisição em andamento",
        "Outra requisição com a mesma Idempotency-Key está em andamento. Repita em instantes.",
        headers={"Retry-After": "1"},
    )  # fmt: skip


def too_many(seconds: int) -> ProblemError:
    """429: the caller's quota of this window is spent."""
    return ProblemError(
        429, "limite-excedido", "Limite de requisições excedido",
        "O limite de consultas deste período foi atingido. Espere o tempo indicado em Retry-After e repita.",
        headers={"Retry-After": str(seconds)},
    )  # fmt: skip


def conflict(codigo: str, title: str, detail: str) -> ProblemError:
    """409: what is asked is not possible in the present state; `detail` says what is."""
    return ProblemError(409, codigo, title, detail)


def changed_meanwhile(detail: str) -> ProblemError:
    """409: others wrote at the same time; `detail` says what, and that it may be asked again."""
    return ProblemError(
        409, "mudou-durante-o-ato", "Mudou enquanto se gravava", detail, headers={"Retry-After": "1"}
    )  # fmt: skip


def in_former_portal(detail: str, portal: str | None, desde: date) -> ProblemError:
    """404: what is asked about is of before the migration (R07); `detail` says what is done there."""
    return ProblemError(
        404, "legado", "Está no portal anterior", detail, extra={"portal": portal, "data_migracao": desde.isoformat()}
    )  # fmt: skip


def outdated() -> ProblemError:
    """412: what the caller had seen is no more."""
    return ProblemError(
        412, "versao-divergente", "Mudou desde que foi visto",
        "O que se ia mudar já não está como indicado em If-Match, ou outra pessoa o mudou agora. Consulte de novo e "
        "repita com a ETag atual.",
    )  # fmt: skip


def busy() -> ProblemError:
    """503: a dependency is throttling; the same request is to be sent again, and what was written is not repeated."""
    return ProblemError(
        503, "temporariamente-indisponivel", "Temporariamente indisponível",
        "O serviço está momentaneamente sobrecarregado. Repita a mesma requisição em instantes, com a mesma "
        "Idempotency-Key se a usou: o que já tiver sido gravado não se repete.",
        headers={"Retry-After": "2"},
    )  # fmt: skip


def unserved() -> ProblemError:
    """503: a dependency did not answer us; whether it acted is not known, and asking the same again is right."""
    return ProblemError(
        503, "dependencia-indisponivel", "Serviço interno sem resposta",
        "Um serviço de que dependemos não respondeu a tempo. Repita a mesma requisição em instantes, com a mesma "
        "Idempotency-Key se a usou: o que já tiver sido gravado não se repete.",
        headers={"Retry-After": "2"},
    )  # fmt: skip


def internal() -> ProblemError:
    """500: the log has everything, the caller only the correlation id."""
    return ProblemError(
        500, "erro-interno", "Erro interno",
        "Ocorreu uma falha do nosso lado e ela foi registrada. Repita a requisição; se persistir, informe o valor "
        "de correlacao ao suporte.",
    )  # fmt: skip
