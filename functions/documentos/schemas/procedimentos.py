"""The list of procedures that need a senha (R09)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from documentos.domain.procedimentos import NOTAS
from documentos.schemas.publicacoes import View

if TYPE_CHECKING:
    from documentos.domain.procedimentos import ListaComSenha


class ProcedimentoView(View):
    """Um procedimento que precisa de senha."""

    tabela: str
    codigo: str
    descricao: str | None = None
    exige_analise: Annotated[bool, Field(description="Decidido pela auditoria da operadora, salvo na urgência.")]
    documentos: Annotated[list[str], Field(description="Que vão com o pedido: códigos de dm_tipoDocumento.")]
    limite_quantidade: int | None = None
    limite_dias: Annotated[int | None, Field(description="Em quantos dias vale o limite.")] = None
    alta_complexidade: Annotated[bool, Field(description="Até dez dias úteis para a resposta (RN 623).")]
    plano: Annotated[str | None, Field(description="Nulo: regra de todos os planos.")] = None
    vigente_de: date
    vigente_ate: date | None = None


class ProcedimentosComSenhaView(View):
    """Os procedimentos que precisam de senha na data, inteiros numa resposta."""

    registro_ans: str
    data: date
    plano: str | None = None
    atualizada_em: Annotated[date | None, Field(description="Último dia em que alguma regra começou ou acabou.")] = None
    total: int
    notas: list[str]
    procedimentos: list[ProcedimentoView]


def lista(found: ListaComSenha) -> dict[str, Any]:
    """The list (shape: :class:`ProcedimentosComSenhaView`)."""
    return {
        "registro_ans": found.registro_ans, "data": found.dia.isoformat(), "plano": found.plano,
        "atualizada_em": found.atualizada_em.isoformat() if found.atualizada_em else None,
        "total": len(found.regras), "notas": list(NOTAS),
        "procedimentos": [
            {
                "tabela": one.tabela, "codigo": one.codigo, "descricao": one.descricao,
                "exige_analise": one.exige_analise, "documentos": list(one.documentos),
                "limite_quantidade": one.limite_quantidade, "limite_dias": one.limite_dias,
                "alta_complexidade": one.alta_complexidade, "plano": one.plano,
                "vigente_de": one.vigente_de.isoformat(),
                "vigente_ate": one.vigente_ate.isoformat() if one.vigente_ate else None,
            }
            for one in found.regras
        ],
    }  # fmt: skip
