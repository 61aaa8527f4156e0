"""What is shown of the audit: accesses, the head of the chain, and what may be fetched to be verified."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, Field

from conecta_campos.padrao import SHOWN, STRICT, Dia, RegistroAns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditoria.domain.cadeia import Cabeca, Escrito
    from auditoria.service.consulta import Exportacao

Digest = Annotated[str, Field(description="SHA-256 do bloco, 64 dígitos hexadecimais.")]


class CabecaView(BaseModel):
    """O último bloco selado. Anote-o: com ele se prova, mais tarde, que nada foi cortado do fim."""

    model_config = SHOWN

    bloco: Annotated[int, Field(description="Número do bloco, de 1 em diante.")]
    digest: Digest


class AcessoView(BaseModel):
    """Um acesso a dados pessoais."""

    model_config = SHOWN

    quando: datetime
    quem: Annotated[str, Field(description="Identificador da pessoa (GET /pessoas) ou da credencial.")]
    papel: Annotated[str, Field(description="Papel da pessoa, grupos na operadora, ou maquina.")]
    operacao: Annotated[str, Field(description="Rota que leu.")]
    finalidade: Annotated[str, Field(description="Para que se leu (LGPD, art. 6º, I).")]
    objeto: Annotated[str | None, Field(description="O que se leu, quando é uma coisa só: tipo e número.")] = None
    sujeitos: Annotated[
        list[str], Field(description="De quem: pseudônimos, sempre os mesmos para a mesma carteira ou pessoa.")
    ]
    campos: Annotated[list[str], Field(description="O que a resposta podia mostrar.")]
    correlacao: Annotated[str, Field(description="Da requisição, como no cabeçalho Conecta-Correlacao.")]


class AcessosPage(BaseModel):
    """Uma página de acessos, do mais recente ao mais antigo."""

    model_config = SHOWN

    acessos: list[AcessoView]
    cabeca: CabecaView | None = None
    cursor: Annotated[str | None, Field(description="Envie em ?cursor= para a próxima página; nulo no fim.")] = None


class ExportacaoDaAuditoriaRequest(BaseModel):
    """Um período de até 31 dias."""

    model_config = STRICT

    de: Annotated[Dia, Field(description="Primeiro dia.")]
    ate: Annotated[Dia, Field(description="Último dia.")]


class ExportacaoDaAuditoriaDaOperadoraRequest(ExportacaoDaAuditoriaRequest):
    """Um período de até 31 dias, dos acessos da operadora."""

    registro_ans: RegistroAns


class ExportacaoDaAuditoriaView(BaseModel):
    """Um trecho da cadeia de blocos, para guardar e conferir."""

    model_config = SHOWN

    de: date
    ate: date
    url: Annotated[str, Field(description="Do arquivo: JSON por linha, em gzip. Vale 15 minutos.")]
    blocos: int
    linhas: Annotated[int, Field(description="Acessos nos blocos; as pontas podem ter alguns de outros dias.")]
    fim: Annotated[
        CabecaView | None, Field(description="Último bloco deste arquivo: guarde-o à parte, para conferi-lo depois.")
    ] = None
    cabeca: Annotated[CabecaView | None, Field(description="Último bloco da cadeia inteira, agora.")] = None


def cabeca(head: Cabeca) -> dict[str, Any] | None:
    """A head (shape: :class:`CabecaView`); `None` while nothing is sealed."""
    return {"bloco": head.n, "digest": head.digest} if head.n else None


def pagina(linhas: Sequence[Escrito], head: Cabeca, cursor: str | None) -> dict[str, Any]:
    """A page (shape: :class:`AcessosPage`)."""
    return {"acessos": [_acesso(linha) for linha in linhas], "cabeca": cabeca(head), "cursor": cursor}


def _acesso(linha: Escrito) -> dict[str, Any]:
    told = {name: linha.get(name) for name in AcessoView.model_fields if name != "quando"}
    return {"quando": linha["sk"].partition("#")[0], **told}


def exportacao(de: date, ate: date, feita: Exportacao) -> dict[str, Any]:
    """What may be fetched (shape: :class:`ExportacaoDaAuditoriaView`)."""
    return {
        "de": de.isoformat(), "ate": ate.isoformat(), "url": feita.url, "blocos": feita.blocos, "linhas": feita.linhas,
        "fim": cabeca(feita.fim) if feita.fim else None, "cabeca": cabeca(feita.cabeca),
    }  # fmt: skip


CABECA: Final = {"bloco": 212, "digest": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"}
ACESSOS: Final = {
    "acessos": [
        {
            "quando": "2026-11-22T12:00:00.000000Z", "quem": "0f3b0c6a-1d5e-4a7b-9f00-1c2d3e4f5a6b",
            "papel": "recepcao", "operacao": "/elegibilidade", "finalidade": "verificacao-de-elegibilidade",
            "objeto": None, "sujeitos": ["9f86d081884c7d659a2feaa0c55ad015"], "campos": ["nome", "plano"],
            "correlacao": "b6b1d5b0-6f0a-4c39-9d7e-2f6f0c5e9a11",
        }
    ],
    "cabeca": CABECA,
    "cursor": None,
}  # fmt: skip
EXPORTACAO: Final = {
    "de": "2026-11-01", "ate": "2026-11-22", "url": "https://…", "blocos": 180, "linhas": 4310, "fim": CABECA,
    "cabeca": CABECA,
}  # fmt: skip
