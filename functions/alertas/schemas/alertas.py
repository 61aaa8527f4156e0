"""Alertas as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from alertas.domain.alertas import Area, Leitor, Sequencia, nao_lidos
from alertas.schemas.comum import Sent, View
from conecta_edge.clock import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alertas.domain.alertas import Alerta

MAIOR_NUMERO: Final = 10**12 - 1
"""As many digits as sort keys have."""
POR_VEZ: Final = 100
"""Alertas that are marked in one request."""
AlertaId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class AlertaView(View):
    """Um alerta."""

    id: Annotated[str, Field(description="O do evento: o mesmo nos webhooks.")]
    numero: Annotated[int, Field(description="Ordem de chegada, sem lacunas; envie o último em ?desde= para seguir.")]
    tipo: Annotated[str, Field(description="Nome do evento: veja o catálogo.")]
    area: Area
    titulo: str
    texto: str
    registro_ans: Annotated[str | None, Field(description="Da operadora.")]
    entidade: Annotated[str, Field(description="De que trata.")]
    caminho: Annotated[str | None, Field(description="Rota que o mostra, sem a base da API.")]
    prazo: Annotated[date | None, Field(description="Último dia para agir.")]
    ocorrido_em: datetime
    recebido_em: datetime
    lido: bool
    superado: Annotated[bool, Field(description="Chegou depois de algo mais novo sobre a mesma coisa.")]


class NaoLidosView(View):
    """Quantos não foram lidos."""

    total: int
    por_area: dict[Area, int]


class AlertasPage(View):
    """Uma página."""

    alertas: list[AlertaView]
    nao_lidos: NaoLidosView
    ultimo: Annotated[int, Field(description="Com ?desde=, até que número se olhou: envie-o na próxima vez.")]
    cursor: Annotated[str | None, Field(description="Envie em ?cursor= para a próxima página; nulo no fim.")]


class LeituraRequest(Sent):
    """O que foi lido: alertas um a um, tudo até um número, ou tudo."""

    alertas: Annotated[list[AlertaId] | None, Field(min_length=1, max_length=POR_VEZ, description="Ids, um a um.")] = (
        None
    )
    lido: Annotated[bool, Field(description="false: voltam a não lidos; só com alertas.")] = True
    ate: Annotated[int | None, Field(ge=1, le=MAIOR_NUMERO, description="Tudo até o alerta deste número.")] = None
    todos: Annotated[bool, Field(description="Tudo o que há.")] = False

    @model_validator(mode="after")
    def _one_way(self) -> LeituraRequest:
        ways = [self.alertas is not None, self.ate is not None, self.todos]
        if sum(ways) != 1:
            raise PydanticCustomError("leitura-ambigua", "Informe alertas, ate ou todos: um deles, e só um.")
        if not self.lido and self.alertas is None:
            raise PydanticCustomError("leitura-ambigua", "Só alertas, um a um, voltam a não lidos.")
        return self


def alerta(one: Alerta, leitor: Leitor) -> dict[str, Any]:
    """An alerta as its reader sees it (shape: :class:`AlertaView`)."""
    aviso = one.aviso
    return {
        "id": one.id,
        "numero": one.numero,
        "tipo": one.tipo,
        "area": aviso.area.value,
        "titulo": aviso.titulo,
        "texto": aviso.texto,
        "registro_ans": one.registro_ans or None,
        "entidade": one.entidade,
        "caminho": aviso.caminho,
        "prazo": aviso.prazo.isoformat() if aviso.prazo else None,
        "ocorrido_em": iso(one.ocorrido_em),
        "recebido_em": iso(one.recebido_em),
        "lido": leitor.leu(one.numero),
        "superado": one.superado,
    }


def contagem(sequencia: Sequencia, leitor: Leitor, areas: Iterable[Area]) -> dict[str, Any]:
    """How many are unread (shape: :class:`NaoLidosView`)."""
    found = nao_lidos(sequencia, leitor, sorted(areas))
    return {"total": sum(found.values()), "por_area": {area.value: count for area, count in found.items()}}


EXEMPLO: Final[dict[str, Any]] = {
    "id": "7d1e0b6f3f1c7a115f0c9a527f0e4f7e",
    "numero": 42,
    "tipo": "GlosaPublicada",
    "area": "recurso",
    "titulo": "Glosa publicada",
    "texto": "O PEG 261120000007 tem R$ 18,50 em glosas, que se contestam até 09/01/2027.",
    "registro_ans": "345695",
    "entidade": "peg/261120000007",
    "caminho": "/recursos/glosas?protocolo=261120000007",
    "prazo": "2027-01-09",
    "ocorrido_em": "2026-12-10T12:00:00.000000Z",
    "recebido_em": "2026-12-10T12:00:01.000000Z",
    "lido": False,
    "superado": False,
}
NAO_LIDOS: Final[dict[str, Any]] = {
    "total": 3,
    "por_area": {"autorizacao": 1, "cadastro": 0, "documentos": 0, "pagamento": 1, "peg": 0, "recurso": 1},
}
