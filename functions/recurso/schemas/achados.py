"""What is wrong with what is contested, or with its answers, as every JSON door tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field

from conecta_tiss.findings import code_of
from conecta_tiss.terminologia import glosa_text
from recurso.schemas.comum import View

if TYPE_CHECKING:
    from conecta_tiss.versions import Versao
    from recurso.domain.regras import Apontamento

_NOMES: Final[Mapping[str, str]] = {
    "entradas": "itens", "numero": "numero_guia_recurso", "valor_total": "valor_total_recursado",
    "guia": "numero_guia_prestador", "sequencial": "item", "codigo": "codigo_glosa", "valor": "valor_recursado",
}  # fmt: skip
"""Of what a finding is about, in a request, where it is called otherwise than in the domain."""
_RESPOSTA: Final = "REC-RESPOSTA"


class AchadoDoRecursoView(View):
    """O que impede o recurso, ou convém saber antes de enviá-lo, e o que fazer."""

    regra: Annotated[str, Field(description="Identificador da regra.")]
    codigo: Annotated[str | None, Field(description="Código da Tabela 38 da TISS; nulo em avisos.")] = None
    texto: Annotated[str | None, Field(description="Texto oficial do código.")] = None
    efeito: Annotated[Literal["RECUSA", "AVISO"], Field(description="AVISO não impede o envio.")]
    item: Annotated[int | None, Field(description="Lugar em itens, a partir de 1; nulo quando é do recurso.")] = None
    campo: Annotated[str, Field(description="Caminho no JSON: itens[2].valor_recursado.")]
    mensagem: Annotated[str, Field(description="O que há, e o que fazer.")]


def vista(one: Apontamento, versao: Versao) -> dict[str, Any]:
    """A finding (shape: :class:`AchadoDoRecursoView`)."""
    codigo = code_of(one.motivo, versao) if one.motivo else None
    return {
        "regra": one.regra,
        "codigo": codigo,
        "texto": glosa_text(codigo, versao) if codigo else None,
        "efeito": "AVISO" if one.aviso else "RECUSA",
        "item": None if one.entrada is None else one.entrada + 1,
        "campo": caminho(one),
        "mensagem": one.mensagem,
    }


def caminho(one: Apontamento) -> str:
    """Where in the request it stands, as a JSON path."""
    answer = one.regra == _RESPOSTA
    name = (one.campo or "") if answer else _NOMES.get(one.campo or "", one.campo or "")
    if one.entrada is None:
        return name or "$"
    place = f"{'respostas' if answer else 'itens'}[{one.entrada}]"
    return f"{place}.{name}" if name else place
