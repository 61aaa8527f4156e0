"""The first page as JSON: the six accesses with what waits in each."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from alertas.domain.painel import Acesso
from alertas.schemas.alertas import NAO_LIDOS, NaoLidosView
from alertas.schemas.comum import View

if TYPE_CHECKING:
    from alertas.domain.painel import Contagem, Item

Lista = Annotated[str, Field(description="Rota da lista que se conta, sem a base da API.")]
Reais = Annotated[str, Field(description="Em reais.")]
Primeiro = Annotated[date | None, Field(description="Último dia do que termina primeiro.")]


class RelacionamentosNoInicio(View):
    """Relacionamentos com operadoras, por situação."""

    habilitados: int
    suspensos: int
    outros: int
    lista: Lista


class AlertasNoInicio(View):
    """Alertas não lidos."""

    nao_lidos: NaoLidosView
    lista: Lista


class ContagemView(View):
    """O que espera pelo prestador."""

    quantidade: int
    ate: Primeiro
    lista: Lista


class ContagemComValorView(ContagemView):
    """O que espera pelo prestador, e quanto vale."""

    valor: Reais


class AutorizacoesNoInicio(View):
    """Autorizações."""

    senhas_a_vencer: Annotated[
        ContagemView, Field(description="Com saldo, e validade que termina em até 15 dias (R10).")
    ]


class LotesNoInicio(View):
    """Lotes de pagamento."""

    pegs_abertos: Annotated[
        ContagemView | None, Field(description="Recebidos e ainda não pagos, encerrados ou cancelados.")
    ]
    notas_a_enviar: Annotated[ContagemComValorView | None, Field(description="Faturas que aguardam nota fiscal.")]


class RecursosNoInicio(View):
    """Recursos de glosas."""

    glosas_a_contestar: Annotated[
        ContagemComValorView, Field(description="No prazo, e que nenhum recurso contesta; valor é o que está em jogo.")
    ]


class DocumentacoesNoInicio(View):
    """Documentações."""

    novas: Annotated[int | None, Field(description="Desde a última visita; nulo quando não se pôde saber agora.")]
    lista: Lista


class InicioView(View):
    """Os seis acessos; nulo o que o papel ou os escopos de quem chama não veem."""

    prestador: str
    em: datetime
    relacionamentos: RelacionamentosNoInicio
    alertas: AlertasNoInicio
    autorizacoes: AutorizacoesNoInicio | None
    lotes_de_pagamento: LotesNoInicio | None
    recursos_de_glosas: RecursosNoInicio | None
    documentacoes: DocumentacoesNoInicio | None


class PendenciaDoInicioView(View):
    """Uma das coisas que se contam."""

    id: Annotated[str, Field(description="Número da senha, protocolo do PEG ou id da fatura.")]
    registro_ans: str
    situacao: str | None
    ate: Annotated[date | None, Field(description="Último dia para agir.")]
    valor: Annotated[str | None, Field(description="Em reais, quando há.")]
    quantidade: Annotated[int, Field(description="De glosas, quantas no PEG; do mais, 1.")]
    caminho: Annotated[str, Field(description="Rota que a mostra, sem a base da API.")]


class PendenciasDoInicioPage(View):
    """Uma página do que se conta; o que termina primeiro vem antes."""

    acesso: Acesso
    quantidade: Annotated[int, Field(description="De todas as páginas: a mesma de GET /inicio.")]
    pendencias: list[PendenciaDoInicioView]
    cursor: Annotated[str | None, Field(description="Envie em ?cursor= para a próxima página; nulo no fim.")]


COM_VALOR: Final = frozenset({Acesso.NOTAS, Acesso.GLOSAS})
"""What is worth something: a PEG is so only once its values are published."""


def contagem(acesso: Acesso, one: Contagem) -> dict[str, Any]:
    """A counter (shapes: :class:`ContagemView`, :class:`ContagemComValorView`)."""
    shown = {
        "quantidade": one.quantidade, "ate": one.ate.isoformat() if one.ate else None,
        "lista": f"/inicio/pendencias?acesso={acesso.value}",
    }  # fmt: skip
    return {**shown, "valor": f"{one.valor:.2f}"} if acesso in COM_VALOR else shown


def pendencia(item: Item) -> dict[str, Any]:
    """A thing that waits (shape: :class:`PendenciaDoInicioView`)."""
    return {
        "id": item.id,
        "registro_ans": item.registro_ans,
        "situacao": item.situacao,
        "ate": item.ate.isoformat() if item.ate else None,
        "valor": None if item.valor is None else f"{item.valor:.2f}",
        "quantidade": sum(one.quantas for one in item.partes) if item.partes else 1,
        "caminho": _CAMINHOS[item.acesso].format(r=item.registro_ans, i=item.id),
    }


_CAMINHOS: Final = {
    Acesso.SENHAS: "/autorizacoes/{r}/{i}",
    Acesso.PEGS: "/pegs/{i}",
    Acesso.GLOSAS: "/recursos/glosas?protocolo={i}",
    Acesso.NOTAS: "/cronograma/pegs/{i}",
}
_LISTA: Final = "/inicio/pendencias?acesso="
EXEMPLO: Final[dict[str, Any]] = {
    "prestador": "12345678000195",
    "em": "2026-12-10T12:00:00.000000Z",
    "relacionamentos": {"habilitados": 2, "suspensos": 0, "outros": 0, "lista": "/relacionamentos"},
    "alertas": {"nao_lidos": NAO_LIDOS, "lista": "/alertas?situacao=nao-lidos"},
    "autorizacoes": {
        "senhas_a_vencer": {"quantidade": 2, "ate": "2026-12-15", "lista": f"{_LISTA}senhas-a-vencer"},
    },
    "lotes_de_pagamento": {
        "pegs_abertos": {"quantidade": 4, "ate": None, "lista": f"{_LISTA}pegs-abertos"},
        "notas_a_enviar": {
            "quantidade": 1, "ate": "2026-12-18", "lista": f"{_LISTA}notas-a-enviar", "valor": "1250.00",
        },
    },
    "recursos_de_glosas": {
        "glosas_a_contestar": {
            "quantidade": 3, "ate": "2027-01-09", "lista": f"{_LISTA}glosas-a-contestar", "valor": "73.50",
        },
    },
    "documentacoes": {"novas": 1, "lista": "/documentacoes?novas=true"},
}  # fmt: skip
PENDENCIA: Final[dict[str, Any]] = {
    "id": "261120000007", "registro_ans": "345695", "situacao": None, "ate": "2027-01-09", "valor": "73.50",
    "quantidade": 3, "caminho": "/recursos/glosas?protocolo=261120000007",
}  # fmt: skip
