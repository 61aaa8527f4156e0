"""The answer to a recurso, to print: what was contested, what is given back, and why the rest is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conecta_edge.paginas import ALERT, DENSE, GREY, Column, Pages, day, reais
from conecta_tiss.terminologia import glosa_text
from conecta_tiss.versions import Versao
from recurso.domain.glosas import Nivel
from recurso.domain.recursos import Decisao, Entrada, Pauta, Recurso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conecta_facts.operadoras import Operadora
    from conecta_facts.prestadores import Prestador

_VALORES: Final = tuple(Column(name, 58, number=True) for name in ("Glosado", "Recursado", "Acatado"))
_ENTRADAS: Final = (
    Column("Nº", 24), Column("Item", 30), Column("Data", 48), Column("Código e descrição", 161.27),
    Column("Glosa", 74), *_VALORES,
)  # fmt: skip
_DECISAO: Final = {Decisao.ACATADO: "Acatado", Decisao.PARCIAL: "Acatado em parte", Decisao.NAO_ACATADO: "Mantida"}
_INDENT: Final = 24.0


def resposta(recurso: Recurso, pauta: Pauta, operadora: Operadora | None, prestador: Prestador | None) -> bytes:
    """A recurso that was answered, guia by guia."""
    versao = Versao(recurso.versao_tiss)
    aside = (operadora.nome, f"Registro ANS {recurso.registro_ans}") if operadora else (recurso.registro_ans,)
    page = Pages("Resposta ao recurso de glosa", aside, f"Recurso {recurso.protocolo}   ·   PEG {recurso.origem}")
    page.cells(
        [
            ("Recurso", recurso.protocolo), ("Recursado (R$)", reais(recurso.valor_recursado)),
            ("Acatado (R$)", reais(recurso.valor_acatado)),
        ],
        size=12, shaded=True,
    )  # fmt: skip
    page.cells([
        ("Protocolo (PEG)", recurso.origem), ("Lote", recurso.numero_lote),
        ("Enviado em", day(recurso.enviado_dia)), ("Respondido em", day(recurso.respondido_em)),
    ])  # fmt: skip
    page.cells(
        [("Prestador", prestador.nome if prestador else None), ("Número do recurso", recurso.numero), _when(recurso)],
        shares=(0.5, 0.25, 0.25),
    )
    page.space(10)
    with page.repeating(lambda _again: page.names(_ENTRADAS)):
        for guia, entradas in _by_guia(pauta.entradas):
            page.need(60)
            with page.repeating(lambda again, guia=guia, mine=entradas: _band(page, guia, mine, again=again)):  # type: ignore[misc]
                for one in entradas:
                    _entrada(page, one, versao)
            page.space(3)
    page.band("Total do recurso", _VALORES, ("", reais(pauta.valor_recursado), reais(pauta.valor_acatado)))
    return page.done()


def _when(recurso: Recurso) -> tuple[str, str]:
    """When what is given back is paid, as far as it is known."""
    if recurso.paga_em is not None:
        return "Pago em", day(recurso.paga_em)
    if recurso.entrega_ate is not None:
        return "Nota fiscal até", day(recurso.entrega_ate)
    return "Pagamento previsto", day(recurso.pagamento_em)


def _by_guia(entradas: Sequence[Entrada]) -> list[tuple[str, list[Entrada]]]:
    found: dict[str, list[Entrada]] = {}
    for one in entradas:
        found.setdefault(one.cobrado.guia or "", []).append(one)
    return list(found.items())


def _band(page: Pages, guia: str, entradas: Sequence[Entrada], *, again: bool) -> None:
    said = entradas[0].cobrado
    parts = (
        f"Guia {guia}{' (continuação)' if again else ''}" if guia else "Protocolo todo",
        f"senha {said.senha}" if said.senha else "",
        f"na operadora {said.numero_operadora}" if said.numero_operadora and not said.senha else "",
    )
    page.band("  ·  ".join(part for part in parts if part))


def _entrada(page: Pages, one: Entrada, versao: Versao) -> None:
    said = one.cobrado
    what = " ".join(part for part in (said.tabela, said.codigo, said.descricao) if part)
    whole = {Nivel.GUIA: "Guia inteira", Nivel.PROTOCOLO: "Protocolo inteiro"}
    page.row(
        _ENTRADAS,
        (
            str(one.id), str(said.sequencial or "-"), day(said.dia), what or whole.get(one.nivel, "-"), one.codigo,
            reais(one.valor_glosado), reais(one.valor_recursado), reais(one.valor_acatado),
        ),
        DENSE,
    )  # fmt: skip
    text = glosa_text(one.codigo, versao)
    if text:
        page.note(f"Glosa {one.codigo}: {text}", _INDENT)
    page.note(f"Prestador: {one.justificativa}", _INDENT, whole=True)
    if one.resposta is not None:
        why = f" {one.resposta.justificativa}" if one.resposta.justificativa else ""
        kept = one.resposta.decisao is not Decisao.ACATADO
        page.note(f"Operadora: {_DECISAO[one.resposta.decisao]}.{why}", _INDENT, ALERT if kept else GREY, whole=True)
