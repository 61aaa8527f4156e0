"""The JSON contract of public routes (pydantic)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field


class SaudeView(BaseModel):
    """O serviço responde."""

    situacao: Literal["ok"]
    servico: str


class FormatoView(BaseModel):
    """Tudo o que vale para uma finalidade de envio."""

    finalidade: str
    descricao: str
    formatos: list[str]
    tamanho_maximo_bytes: int
    escopos: Annotated[list[str], Field(description="A credencial precisa de um deles para enviar.")]
    papeis: Annotated[list[str], Field(description="Os das pessoas que podem enviar.")]
    ate_quando: str
    retencao: Annotated[str, Field(description="Classe, em retencoes.")]
    tipo_documento: Annotated[
        str | None, Field(description="dm_tipoDocumento da TISS; nulo quando cada documento tem o seu, ou nenhum.")
    ]
    serve_a: Annotated[list[str], Field(description="A que o documento pode ser vinculado.")]


class RetencaoView(BaseModel):
    """Por quanto tempo se guarda o que foi recebido."""

    classe: str
    anos: int
    motivo: str


class LimitesView(BaseModel):
    """Limites publicados, os mesmos que o sistema aplica."""

    uploads: list[FormatoView]
    retencoes: list[RetencaoView]
    documentos: Annotated[dict[str, int], Field(description="De cada arquivo, além do tamanho, e do que se faz dele.")]
    conteudo: Annotated[list[str], Field(description="Como se confere cada arquivo, por seus bytes.")]
    validade_do_formulario_segundos: int
    guias_por_peg: int
    versoes_tiss_implementadas: list[str]
    versao_tiss_padrao: str
    corpo_maximo_bytes: int
    chamadas: Annotated[dict[str, int], Field(description="De um endereço de rede, e em quantos segundos.")]
    itens_por_pagina: dict[str, int]
    elegibilidade: Annotated[dict[str, int], Field(description="Cotas por pessoa ou credencial.")]
    autorizacao: Annotated[dict[str, int], Field(description="Itens, rascunhos e cota por pessoa ou credencial.")]
    pagamento: Annotated[dict[str, int], Field(description="Notas fiscais e demonstrativos.")]
    recurso: Annotated[dict[str, int], Field(description="Recursos de glosas e seus rascunhos.")]
    cargas: dict[str, int]
