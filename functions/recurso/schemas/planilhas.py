"""What a line of a spreadsheet holds, and what became of each, in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError

from conecta_edge.http import field_errors
from recurso import planilhas
from recurso.domain.glosas import Nivel
from recurso.domain.pedidos import EntradaPedida
from recurso.schemas.comum import View
from recurso.schemas.pedidos import RecursoDeGlosaRequest

SITUACOES: Final = ("ENVIADA", "CONFERIDA", "RECUSADA", "NAO_ENVIADA", "IGNORADA")


class LinhaDaPlanilhaView(View):
    """O que foi feito de uma linha."""

    linha: Annotated[int, Field(description="Número da linha no arquivo, a partir de 1.")]
    protocolo_peg: str | None
    numero_guia_prestador: str | None
    situacao: Literal["ENVIADA", "CONFERIDA", "RECUSADA", "NAO_ENVIADA", "IGNORADA"]
    recurso: Annotated[str | None, Field(description="Protocolo do recurso que a contesta.")]
    mensagem: Annotated[str | None, Field(description="O que há, e o que fazer.")]


class TotaisDaPlanilhaView(View):
    """Quantas linhas de cada."""

    ENVIADA: int
    CONFERIDA: int
    RECUSADA: int
    NAO_ENVIADA: int
    IGNORADA: int


class RespostaDaPlanilhaView(View):
    """Uma resposta por linha."""

    linhas: list[LinhaDaPlanilhaView]
    recursos: Annotated[list[str], Field(description="Protocolos dos recursos enviados.")]
    totais: TotaisDaPlanilhaView


def entrada(registro_ans: str, protocolo_peg: str, item: Mapping[str, Any]) -> EntradaPedida:
    """What a line contests: its fields are those of JSON, and hold the same.

    Raises:
        CelulaError: a field is not what it must be; the first one.
    """
    try:
        sent = RecursoDeGlosaRequest.model_validate(
            {planilhas.REGISTRO: registro_ans, planilhas.PEG: protocolo_peg, "itens": [item]}
        )
    except ValidationError as error:
        first = field_errors(error)[0]
        column = first.campo.removeprefix("itens[0]").removeprefix(".").partition("[")[0] or planilhas.NIVEL
        raise planilhas.CelulaError(column, _ILEGIVEIS.get(column, first.mensagem)) from error
    return sent.itens[0].entrada()


_ILEGIVEIS: Final = {
    planilhas.REGISTRO: "Informe o registro ANS da operadora, seis dígitos, como no modelo.",
    planilhas.PEG: "Informe o protocolo do PEG, como no modelo.",
    planilhas.NIVEL: f"Deve ser um de {', '.join(Nivel)}: GUIA e ITEM com o número da guia, ITEM também com o item.",
    planilhas.GLOSA: "Informe os quatro dígitos do código da glosa, como no modelo.",
    planilhas.DOCUMENTOS: "Informe os identificadores dos envios, até 20, separados por espaço.",
    planilhas.JUSTIFICATIVA: "Resuma-a em até 500 caracteres, sem sinais que não se imprimem.",
}
"""What is said where the column's own name says more than its form."""
