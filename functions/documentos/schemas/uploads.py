"""The JSON contract of uploads (pydantic); extra members are refused."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from conecta_edge.clock import iso
from documentos.domain.finalidades import FINALIDADES
from documentos.domain.uploads import WHOSE_TURN

if TYPE_CHECKING:
    from documentos.domain.uploads import Upload

    Codigo = str
else:
    Codigo = Literal[tuple(FINALIDADES)]
_ONDE: Final = {
    "peg": "pegs", "autorizacao": "autorizacoes", "recurso": "recursos", "documento": "documentos",
}  # fmt: skip
STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)
# No path separators, control characters nor marks that turn the direction of what follows.
NOME_DE_ARQUIVO = r"^[^/\\\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+$"


class ArquivoRequest(BaseModel):
    """Um arquivo que se pretende enviar."""

    model_config = STRICT

    nome_arquivo: Annotated[
        str,
        Field(min_length=1, max_length=255, pattern=NOME_DE_ARQUIVO, description="Nome do arquivo, só para exibição."),
    ]
    tamanho: Annotated[int, Field(ge=1, description="Tamanho exato do arquivo, em bytes.")]
    sha256: Annotated[
        str | None, Field(pattern=r"^[0-9a-f]{64}$", description="Resumo SHA-256 em hexadecimal, conferido na chegada.")
    ] = None
    tipo_conteudo: Annotated[
        str | None, Field(max_length=100, description="Formato do arquivo; o padrão é o primeiro da finalidade.")
    ] = None


class UploadRequest(ArquivoRequest):
    """O arquivo que se pretende enviar."""

    registro_ans: Annotated[str, Field(pattern=r"^[0-9]{6}$", description="Registro ANS da operadora de destino.")]
    finalidade: Annotated[
        Codigo,
        Field(description="Para que serve o arquivo; limites e formatos de cada uma em GET /limites."),
    ]
    referencia: Annotated[
        str | None, Field(min_length=1, max_length=100, description="Referência sua, devolvida como veio.")
    ] = None


class UploadForm(BaseModel):
    """Formulário do envio: poste os campos como vieram e o arquivo por último, no campo `file`."""

    url: str
    campos: dict[str, str]


class AchadoView(BaseModel):
    """Um problema encontrado no arquivo."""

    regra: str
    codigo: Annotated[str, Field(description="Código de glosa (Tabela 38 da TISS) ou código do problema do arquivo.")]
    mensagem: str
    severidade: str | None = None
    guia: str | None = None
    item: int | None = None
    caminho: str | None = None
    linha: int | None = None


class ArquivoView(BaseModel):
    """O arquivo como declarado e como chegou."""

    nome: str
    tamanho: int
    tipo_conteudo: str
    sha256: str | None = None
    recebido_em: datetime | None = None


class RecursoView(BaseModel):
    """O que o arquivo se tornou."""

    tipo: str
    id: str
    href: str | None = None


class UploadView(BaseModel):
    """Um envio e o seu estado."""

    id: str
    protocolo_atendimento: Annotated[str, Field(description="Protocolo de atendimento desta solicitação (RN 623).")]
    situacao: Annotated[
        Literal["AGUARDANDO_ARQUIVO", "EM_PROCESSAMENTO", "CONCLUIDO", "RECUSADO", "EXPIRADO", "FALHOU"],
        Field(description="CONCLUIDO, RECUSADO, EXPIRADO e FALHOU são finais."),
    ]
    de_quem_e_a_vez: Literal["prestador", "operadora", "ninguem"]
    registro_ans: str
    finalidade: str
    referencia: str | None = None
    criado_em: datetime
    expira_em: Annotated[datetime, Field(description="Até quando o formulário de envio vale.")]
    arquivo: ArquivoView
    achados: list[AchadoView] = Field(default_factory=list)
    recurso: RecursoView | None = None
    envio: Annotated[UploadForm | None, Field(description="Só na criação.")] = None


def vista(upload: Upload) -> dict[str, Any]:
    """The JSON of an upload (shape: :class:`UploadView`)."""
    recurso = None
    if upload.recurso:
        recurso = dict(upload.recurso)
        where = _ONDE.get(recurso["tipo"])
        if where:
            recurso["href"] = f"{where}/{recurso['id']}"
    return {
        "id": upload.id,
        "protocolo_atendimento": upload.protocolo_atendimento,
        "situacao": upload.situacao.value,
        "de_quem_e_a_vez": WHOSE_TURN[upload.situacao],
        "registro_ans": upload.registro_ans,
        "finalidade": upload.finalidade,
        "referencia": upload.referencia,
        "criado_em": iso(upload.criado_em),
        "expira_em": iso(upload.expira_em),
        "arquivo": {
            "nome": upload.nome_arquivo,
            "tamanho": upload.tamanho,
            "tipo_conteudo": upload.formato,
            "sha256": upload.sha256,
            "recebido_em": iso(upload.recebido_em) if upload.recebido_em else None,
        },
        "achados": [
            {name: value for name, value in asdict(achado).items() if value is not None} for achado in upload.achados
        ],
        "recurso": recurso,
    }
