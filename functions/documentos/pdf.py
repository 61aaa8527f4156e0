"""What people print: the list of procedures that need a senha (R09)."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from conecta_edge.paginas import DENSE, Column, Pages, day
from conecta_tiss.terminologia import table_label
from conecta_tiss.versions import Versao
from documentos.domain.procedimentos import NOTAS

if TYPE_CHECKING:
    from conecta_facts.operadoras import Operadora
    from conecta_facts.procedimentos import RegraProcedimento
    from documentos.domain.procedimentos import ListaComSenha

_COLUMNS: Final = (
    Column("Código", 58), Column("Procedimento", 234), Column("Passa por análise", 96), Column("Limite", 66),
    Column("Documentos", 57.3),
)  # fmt: skip


def procedimentos(lista: ListaComSenha, operadora: Operadora) -> bytes:
    """Each table of codes under its own name, in order of code."""
    when = day(lista.dia)
    page = Pages(
        "Procedimentos que precisam de senha", (operadora.nome, f"Registro ANS {operadora.registro_ans}"),
        f"Em vigor em {when}",
    )  # fmt: skip
    page.cells(
        [
            ("Em vigor em", when), ("Regras atualizadas em", day(lista.atualizada_em)),
            ("Plano", lista.plano or "Todos"), ("Procedimentos", str(len(lista.regras))),
        ],
        size=11, shaded=True,
    )  # fmt: skip
    page.space(6)
    papers = sorted({code for one in lista.regras for code in one.documentos})
    legend = "; ".join(
        f"{code} {table_label('dm_tipoDocumento', code, Versao.V4_01_00) or ''}".strip() for code in papers
    )
    for nota in (*NOTAS, *([f"Documentos que vão com o pedido: {legend}."] if papers else ())):
        page.text(nota, grey=True)
    page.space(8)
    with page.repeating(lambda _again: page.names(_COLUMNS)):
        for tabela, regras in groupby(lista.regras, key=lambda one: one.tabela):
            name = _tabela(tabela)
            page.need(46)
            with page.repeating(lambda again, name=name: page.band(f"{name} (continuação)" if again else name)):  # type: ignore[misc]
                for one in regras:
                    page.row(_COLUMNS, _line(one), DENSE)
    return page.done()


def _tabela(codigo: str) -> str:
    term = table_label("dm_tabela", codigo, Versao.V4_01_00)
    return f"Tabela {codigo}" + (f"  ·  {term.replace(' _ ', ': ')}" if term else "")


def _line(one: RegraProcedimento) -> tuple[str, ...]:
    judged = "sim" if one.exige_analise else "não"
    return (
        one.codigo, one.descricao or "-", f"{judged}, alta complexidade" if one.alta_complexidade else judged,
        f"{one.limite_quantidade} em {one.limite_dias} dias" if one.limite_quantidade and one.limite_dias else "-",
        " ".join(one.documentos) or "-",
    )  # fmt: skip
