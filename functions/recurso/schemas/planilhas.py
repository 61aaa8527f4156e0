"""What became of each line of a spreadsheet, in JSON."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from recurso.schemas.comum import View

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
