"""The JSON contract of webhooks."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from alertas.domain import eventos
from alertas.domain.entregas import SituacaoEntrega
from alertas.domain.webhooks import Falha, SituacaoWebhook, segredo
from alertas.schemas.comum import Sent, View
from alertas.service.webhooks import Pedido
from conecta_campos.padrao import Dia
from conecta_campos.textos import Texto70
from conecta_edge.clock import iso

if TYPE_CHECKING:
    from alertas.domain.entregas import Entrega
    from alertas.domain.webhooks import Saude, Webhook

SOBREPOSICAO: Final = 24
MAIOR_SOBREPOSICAO: Final = 168


def _evento(value: str) -> str:
    if value not in eventos.ESCOLHIVEIS:
        raise PydanticCustomError("evento-desconhecido", "Não é um evento do catálogo: veja docs/eventos.md.")
    return value


Url = Annotated[str, Field(min_length=9, max_length=500, description="HTTPS, com nome público, na porta 443 ou 8443.")]
TipoDeEvento = Annotated[str, AfterValidator(_evento), Field(json_schema_extra={"enum": list(eventos.ESCOLHIVEIS)})]


class WebhookRequest(Sent):
    """Para onde avisar, e de quê."""

    url: Url
    descricao: Texto70
    eventos: Annotated[
        list[TipoDeEvento] | None,
        Field(min_length=1, max_length=100, description="Quais; sem a lista, todos, e os que vierem a existir."),
    ] = None

    def pedido(self) -> Pedido:
        """What a use case takes."""
        return Pedido(url=self.url, descricao=self.descricao, eventos=tuple(dict.fromkeys(self.eventos or ())))


class TrocaDeSegredoRequest(Sent):
    """Por quanto tempo o segredo atual ainda assina, ao lado do novo."""

    sobreposicao_horas: Annotated[int, Field(ge=0, le=MAIOR_SOBREPOSICAO)] = SOBREPOSICAO


class Reenviavel(StrEnum):
    """O que se pode enviar de novo."""

    ENTREGUE = "ENTREGUE"
    ESGOTADA = "ESGOTADA"
    RETIDA = "RETIDA"


class ReenviosRequest(Sent):
    """De que dias enviar de novo."""

    de: Dia
    ate: Dia
    situacao: Annotated[
        Reenviavel | None, Field(strict=False, description="Só as que estão nela; sem ela, todas menos as pendentes.")
    ] = None


class ChaveView(View):
    """Uma chave que assina."""

    id: Annotated[int, Field(description="Como em Conecta-Assinatura.")]
    ate: Annotated[datetime | None, Field(description="Até quando assina; nulo na que vale.")]


class SaudeDeWebhookView(View):
    """Como o endereço vem respondendo."""

    falhas: Annotated[int, Field(description="Seguidas, sem uma entrega no meio.")]
    desde: Annotated[datetime | None, Field(description="A primeira delas.")]
    tentar_em: Annotated[datetime | None, Field(description="Nada se tenta antes disso.")]


class WebhookView(View):
    """Um endereço que recebe eventos."""

    id: str
    url: str
    descricao: str
    eventos: Annotated[list[str] | None, Field(description="Nulo é todos.")]
    situacao: SituacaoWebhook
    chaves: Annotated[list[ChaveView], Field(description="As que assinam, da mais nova à mais antiga.")]
    criado_em: datetime
    verificado_em: datetime | None
    parado_em: Annotated[datetime | None, Field(description="Desde quando está pausado, desligado ou retirado.")]
    versao: Annotated[int, Field(description="Também na ETag; envie em If-Match para mudar só o que se viu.")]


class WebhookInteiroView(WebhookView):
    """Um endereço, e como vem respondendo."""

    saude: SaudeDeWebhookView


class WebhookComSegredoView(WebhookView):
    """Um endereço, e o segredo com que conferir o que chega."""

    segredo: Annotated[str, Field(description="Guarde-o: não é mostrado de novo.")]


class WebhooksView(View):
    """Os endereços do prestador."""

    webhooks: list[WebhookView]
    limite: int


class TentativaView(View):
    """Uma tentativa de entrega. O corpo das respostas não se guarda."""

    em: datetime
    duracao_ms: int
    status: Annotated[int | None, Field(description="Da resposta, quando houve.")]
    falha: Annotated[Falha | None, Field(description="Nula quando entregou.")]


class EntregaView(View):
    """Um evento a caminho de um endereço."""

    id: str
    tipo: str
    entidade: str
    situacao: SituacaoEntrega
    criada_em: datetime
    reenvios: int
    tentativas: Annotated[list[TentativaView], Field(description="As últimas 30, da mais antiga à mais nova.")]


class EntregaInteiraView(EntregaView):
    """Um evento a caminho, e o que se envia."""

    evento: dict[str, Any]


class EntregasPage(View):
    """Uma página de entregas, da mais nova à mais antiga."""

    entregas: list[EntregaView]
    cursor: Annotated[str | None, Field(description="Envie em ?cursor= para a próxima página; nulo no fim.")]


class ReenviosView(View):
    """O que se enviou de novo."""

    reenviadas: int
    cursor: Annotated[str | None, Field(description="Repita com ?cursor= para continuar; nulo no fim.")]


def _quando(instant: datetime | None) -> str | None:
    return iso(instant) if instant else None


def webhook(one: Webhook, now: datetime) -> dict[str, Any]:
    """As it is shown (shape: :class:`WebhookView`)."""
    return {
        "id": one.id,
        "url": one.url,
        "descricao": one.descricao,
        "eventos": list(one.eventos) or None,
        "situacao": one.situacao.value,
        "chaves": [{"id": chave.id, "ate": _quando(chave.ate)} for chave in one.chaves_em(now)],
        "criado_em": iso(one.criado_em),
        "verificado_em": _quando(one.verificado_em),
        "parado_em": _quando(one.parado_em),
        "versao": one.versao,
    }


def inteiro(one: Webhook, saude: Saude, now: datetime) -> dict[str, Any]:
    """With its health (shape: :class:`WebhookInteiroView`)."""
    shown = {"falhas": saude.falhas, "desde": _quando(saude.desde), "tentar_em": _quando(saude.tentar_em)}
    return {**webhook(one, now), "saude": shown}


def com_segredo(shown: dict[str, Any], prestador_id: str, raiz: bytes) -> dict[str, Any]:
    """With the secret of its newest key (shape: :class:`WebhookComSegredoView`)."""
    return {**shown, "segredo": segredo(raiz, prestador_id, shown["id"], shown["chaves"][0]["id"])}


def entrega(one: Entrega) -> dict[str, Any]:
    """As it is listed (shape: :class:`EntregaView`)."""
    return {
        "id": one.id,
        "tipo": one.tipo,
        "entidade": one.entidade,
        "situacao": one.situacao.value,
        "criada_em": iso(one.criada_em),
        "reenvios": one.reenvios,
        "tentativas": [
            {
                "em": iso(held.em),
                "duracao_ms": held.duracao_ms,
                "status": held.status,
                "falha": held.falha and held.falha.value,
            }
            for held in one.tentativas
        ],
    }


def entrega_inteira(one: Entrega) -> dict[str, Any]:
    """With what is sent (shape: :class:`EntregaInteiraView`)."""
    return {**entrega(one), "evento": json.loads(one.corpo)}


ID: Final = "5d2f7c1e9b3a4c608f1e2d3c4b5a6978"
ENTREGA_ID: Final = "20261122T140311482913-9b1c7e0f3a5d4c2e8f6a0b1d2c3e4f50"
ENVIADO: Final[dict[str, Any]] = {
    "url": "https://integracao.hospital-aurora.example/conecta", "descricao": "Sistema de faturamento",
    "eventos": ["PegRecebido", "GlosaPublicada", "PagamentoRegistrado"],
}  # fmt: skip
WEBHOOK: Final[dict[str, Any]] = {
    "id": ID, **ENVIADO, "situacao": "ATIVO", "chaves": [{"id": 1, "ate": None}],
    "criado_em": "2026-11-22T14:00:00.000000Z", "verificado_em": "2026-11-22T14:01:00.000000Z", "parado_em": None,
    "versao": 2,
}  # fmt: skip
INTEIRO: Final[dict[str, Any]] = {**WEBHOOK, "saude": {"falhas": 0, "desde": None, "tentar_em": None}}
CRIADO: Final[dict[str, Any]] = {
    **WEBHOOK, "situacao": "A_VERIFICAR", "verificado_em": None, "versao": 1,
    "segredo": "guarde-este-segredo-ele-nao-sera-mostrado-de-novo",
}  # fmt: skip
ENTREGA: Final[dict[str, Any]] = {
    "id": ENTREGA_ID, "tipo": "GlosaPublicada", "entidade": "peg/261120000007", "situacao": "ENTREGUE",
    "criada_em": "2026-11-22T14:03:12.000000Z", "reenvios": 0,
    "tentativas": [{"em": "2026-11-22T14:03:12.400000Z", "duracao_ms": 183, "status": 204, "falha": None}],
}  # fmt: skip
INTEIRA: Final[dict[str, Any]] = {**ENTREGA, "evento": eventos.exemplo("GlosaPublicada")}
