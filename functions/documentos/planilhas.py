"""The list of procedures that need a senha, for spreadsheets (see `conecta_edge.planilhas`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conecta_edge.planilhas import write

if TYPE_CHECKING:
    from documentos.domain.procedimentos import ListaComSenha

_NAMES: Final = (
    "tabela", "codigo", "descricao", "exige_analise", "documentos", "limite_quantidade", "limite_dias",
    "alta_complexidade", "plano", "vigente_de", "vigente_ate",
)  # fmt: skip


def procedimentos(lista: ListaComSenha) -> bytes:
    """A line per procedure, in the columns of the load of rules."""
    return write(
        _NAMES,
        (
            (one.tabela, one.codigo, one.descricao, _sim(one.exige_analise), " ".join(one.documentos),
             one.limite_quantidade, one.limite_dias, _sim(one.alta_complexidade), one.plano, one.vigente_de,
             one.vigente_ate)
            for one in lista.regras
        ),
    )  # fmt: skip


def _sim(is_so: bool) -> str:  # noqa: FBT001  # a cell
    return "S" if is_so else "N"
