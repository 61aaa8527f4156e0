"""Use cases of eligibility and the ports they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from cadastro.domain.elegibilidade import (
    AutorizacaoNotReleasedError,
    BeneficiarioNotFoundError,
    Elegibilidade,
    Pergunta,
    best_first,
    judge,
)
from conecta_facts.beneficiarios import Beneficiario
from conecta_facts.planos import PlanoCompleto
from conecta_facts.relacionamentos import Relacionamento
from conecta_tiss.versions import Versao


@dataclass(frozen=True, slots=True)
class Leitura:
    """What one round trip brought.

    Attributes:
        relacionamentos: by registro ANS; absent ones are missing.
        vidas: for each question, every carteira found, of all the registros asked.
    """

    relacionamentos: Mapping[str, Relacionamento]
    vidas: Sequence[tuple[Beneficiario, ...]]


class Consultas(Protocol):
    """Lives and relacionamentos; whoever reads through it is counted and audited with the reading."""

    def read(self, registros: Sequence[str], perguntas: Sequence[Pergunta]) -> Leitura:
        """Read what the questions ask of the operadoras, in one round trip."""
        ...


class Planos(Protocol):
    """Plans, as of a bounded time ago."""

    def plano(self, registro_ans: str, codigo: str) -> PlanoCompleto | None:
        """A plan with its carências and coverages."""
        ...


def verify(
    registros: Sequence[str],
    perguntas: Sequence[Pergunta],
    *,
    consultas: Consultas,
    planos: Planos,
    hoje: date,
    versao: Versao | None = None,
) -> list[tuple[Elegibilidade, ...]]:
    """Answer each question with every carteira found, those that can be used first; none when there is none.

    Only operadoras that released authorizations to the prestador today are looked at: a life of another is a miss.

    Args:
        registros: operadoras asked, at least one.
        versao: of who asks by TISS; `None` answers the codes that every version has.

    Raises:
        AutorizacaoNotReleasedError: none of the operadoras asked released authorizations to the prestador (R02).
    """
    leitura = consultas.read(registros, perguntas)
    relacionamentos = leitura.relacionamentos
    released = {registro for registro, relacionamento in relacionamentos.items() if relacionamento.may_request_em(hoje)}
    if not released:
        periodos = (relacionamentos[registro].periodo_em(hoje) for registro in registros if registro in relacionamentos)
        periodo = next((periodo for periodo in periodos if periodo is not None), None)
        raise AutorizacaoNotReleasedError(periodo.situacao if periodo else None, periodo.motivo if periodo else None)
    return [
        best_first(
            [
                judge(vida, planos.plano(vida.registro_ans, vida.plano), pergunta, hoje, versao)
                for vida in vidas
                if vida.registro_ans in released
            ]
        )
        for pergunta, vidas in zip(perguntas, leitura.vidas, strict=True)
    ]


def verify_one(
    registros: Sequence[str],
    pergunta: Pergunta,
    *,
    consultas: Consultas,
    planos: Planos,
    hoje: date,
    versao: Versao | None = None,
) -> tuple[Elegibilidade, ...]:
    """As :func:`verify`, of one question that must find somebody.

    Raises:
        BeneficiarioNotFoundError: absent, or of an operadora that is not the prestador's: the two look alike.
        AutorizacaoNotReleasedError: see :func:`verify`.
    """
    (found,) = verify(registros, (pergunta,), consultas=consultas, planos=planos, hoje=hoje, versao=versao)
    if not found:
        raise BeneficiarioNotFoundError
    return found
