"""The JSON contract of PEGs (pydantic)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field


class SituacaoView(BaseModel):
    """Estado do PEG e de quem é a vez."""

    codigo: Annotated[str, Field(description="Código do domínio dm_statusProtocolo da TISS.")]
    nome: str
    de_quem_e_a_vez: str
    ate: date | None = None


class PegView(BaseModel):
    """Um PEG recebido."""

    protocolo: Annotated[str, Field(description="Número do protocolo, até 12 dígitos.")]
    situacao: SituacaoView
    registro_ans: str
    numero_lote: str
    tipo_guia: str
    versao_tiss: str
    codificacao_hash: Annotated[str, Field(description="Codificação em que o hash da mensagem confere.")]
    competencia: Annotated[str, Field(description="Mês da recepção, AAAAMM.")]
    data_recepcao: datetime
    quantidade_guias: int
    valor_informado: Annotated[str, Field(description="Em reais, com duas casas.")]
    upload_id: str
    versao: int


class PegPage(BaseModel):
    """Uma página de PEGs, do mais recente ao mais antigo."""

    pegs: list[PegView]
    cursor: Annotated[str | None, Field(description="Envie em ?cursor= para a próxima página; nulo no fim.")] = None


class GuiaView(BaseModel):
    """Uma guia como apresentada."""

    sequencia: int
    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    senha: str | None = None
    data_atendimento: date | None = None
    valor_informado: str
    itens: int


class GuiaPage(BaseModel):
    """Uma página de guias, na ordem do lote."""

    protocolo: str
    guias: list[GuiaView]
    cursor: str | None = None
