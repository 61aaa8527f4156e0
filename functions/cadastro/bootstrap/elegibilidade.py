"""Composition root of eligibility, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from cadastro.dynamodb.elegibilidade import DynamoConsultas
from cadastro.settings import settings
from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.beneficiarios import DynamoBeneficiarios
from conecta_edge.quotas import Quota
from conecta_edge.settings import required

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadastro.domain.elegibilidade import Pergunta
    from conecta_edge.http import Request
    from conecta_edge.tenancy import Principal

LOTE_MAXIMO: Final = 500
LOTES: Final = Quota("elegibilidade-lote", limit=4 * LOTE_MAXIMO, window=3600)
"""Lives per hour and caller, by batches: the schedule of a large hospital; no way to try numbers by the thousand."""
FINALIDADE: Final = "verificacao-de-elegibilidade"
CAMPOS: Final = (
    "nome", "nome_social", "numero_carteira", "plano", "acomodacao", "validade_carteira", "carencias", "cobertura",
    "cobertura_parcial_ate", "motivos",
)  # fmt: skip


@lru_cache(maxsize=1)
def singles() -> Quota:
    """Questions per minute and caller, one life at a time."""
    return Quota("elegibilidade", limit=int(required("LIMITE_ELEGIBILIDADE")), window=60)


@lru_cache(maxsize=1)
def beneficiarios() -> DynamoBeneficiarios:
    """The lives."""
    return DynamoBeneficiarios(client("dynamodb"), settings().tabela_beneficiarios, session.pseudonyms())


def consultas(
    request: Request, caller: Principal, quota: Quota, registros: Sequence[str], perguntas: Sequence[Pergunta]
) -> DynamoConsultas:
    """What a request may read, counted and audited."""
    pseudonyms = session.pseudonyms()
    sujeitos = tuple(
        pseudonyms.carteira(registro, pergunta.carteira)
        if pergunta.carteira is not None
        else pseudonyms.cpf(registro, pergunta.cpf or "")
        for pergunta in perguntas
        for registro in registros
    )
    return DynamoConsultas(
        client("dynamodb"),
        settings().tabela_cadastro,
        caller.prestador_id,
        beneficiarios(),
        partial(
            quota.take, client("dynamodb"), required("TABELA_IDEMPOTENCIA"),
            prestador_id=caller.prestador_id, subject=caller.subject, units=len(perguntas), now=session.clock().now(),
        ),
        partial(
            session.record_access, request, caller.actor, finalidade=FINALIDADE, sujeitos=sujeitos, campos=CAMPOS
        ),
    )  # fmt: skip
