"""The JSON contract of loads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

SITUACOES = Literal["RECEBIDA", "EM_ANDAMENTO", "CONCLUIDA", "CONCLUIDA_COM_RECUSAS", "RECUSADA", "FALHOU", "RETOMADA"]


class RecusaView(BaseModel):
    """Por que uma linha (0: o arquivo inteiro) não foi carregada."""

    linha: int
    coluna: Annotated[str, Field(description="Vazia quando o problema é da linha inteira.")]
    codigo: str
    motivo: str


class CargaView(BaseModel):
    """Uma carga: `lidas = carregadas + inalteradas + recusadas`."""

    id: str
    registro_ans: str
    tipo: Annotated[str, Field(description="Pasta do arquivo: beneficiarios, contratos…; vazio se desconhecida.")]
    arquivo: str
    tamanho: Annotated[int, Field(description="Em bytes.")]
    referencia: Annotated[datetime, Field(description="A data no nome do arquivo; sem ela, quando ele chegou.")]
    situacao: Annotated[SITUACOES, Field(description="CONCLUIDA, CONCLUIDA_COM_RECUSAS e RECUSADA são finais.")]
    de_quem_e_a_vez: Literal["operadora", "conecta", "ninguem"]
    tentativa: int
    lidas: Annotated[int, Field(description="Linhas de dados; nas listas, só depois da conclusão.")]
    carregadas: int
    inalteradas: int
    recusadas: int
    partes: Annotated[int, Field(description="Pedaços do arquivo, carregados em paralelo; 0 antes do planejamento.")]
    criada_em: datetime
    concluida_em: datetime | None = None
    erro: Annotated[str | None, Field(description="Classe da falha, quando a situação é FALHOU.")] = None


class CargaDetalhe(CargaView):
    """Uma carga e o quanto já andou."""

    partes_prontas: int
    percentual: Annotated[int, Field(ge=0, le=100)]
    linhas_por_segundo: int | None = None
    recusas: Annotated[list[RecusaView], Field(description="As primeiras; todas estão em relatorio.csv.")]


class CargaPage(BaseModel):
    """Uma página de cargas, da mais nova à mais antiga."""

    cargas: list[CargaView]
    cursor: Annotated[str | None, Field(description="Envie em ?cursor= para a próxima página; nulo no fim.")] = None
