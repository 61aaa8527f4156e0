"""What may be contested, as a faturista begins with it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from conecta_campos.numeros import Reais, reais
from conecta_tiss.terminologia import glosa_text
from conecta_tiss.versions import Versao
from recurso.domain.pedidos import EntradaPedida
from recurso.domain.recursos import Cobrado
from recurso.domain.regras import billed_at
from recurso.schemas import pedidos
from recurso.schemas.comum import (
    CobradoView,
    Cursor,
    DiasRestantes,
    TipoDeDocumentoView,
    View,
    cobrado,
    dias_restantes,
    tipos_de_documento,
)
from recurso.schemas.pedidos import ItemDoPedidoView

if TYPE_CHECKING:
    from conecta_contas.analise import Glosa
    from conecta_contas.pegs import Peg
    from recurso.service.contestacao import Contestacao


class SituacaoDaGlosa(StrEnum):
    """Whether a glosa may be contested today."""

    ABERTA = "ABERTA"
    CONTESTADA = "CONTESTADA"
    FORA_DO_PRAZO = "FORA_DO_PRAZO"


class MotivoDaGlosaView(View):
    """Por que se glosou."""

    glosa: Annotated[int, Field(description="Número da glosa no PEG.")]
    regra: Annotated[str, Field(description="Identificador da regra; AUDITORIA quando a deu uma pessoa.")]
    codigo: str
    texto: Annotated[str | None, Field(description="Texto oficial do código, na versão do PEG.")] = None
    mensagem: str
    visto: str | None = None
    esperado: str | None = None
    base: Annotated[str | None, Field(description="Base legal ou contratual.")] = None


class GlosaContestavelView(View):
    """Tudo o que as glosas de um código retiram num lugar do PEG, e o que falta para contestá-lo."""

    protocolo_peg: str
    registro_ans: str
    numero_lote: str
    situacao: Annotated[str, Field(description="ABERTA, CONTESTADA ou FORA_DO_PRAZO.")]
    o_que_fazer: str
    modelo: Annotated[
        ItemDoPedidoView, Field(description="Pronto para itens de POST /recursos: acrescente a justificativa.")
    ]
    texto: Annotated[str | None, Field(description="Texto oficial do código da glosa, na versão do PEG.")] = None
    valor_glosado: Reais
    contestar_ate: Annotated[date | None, Field(description="Último dia, inclusive; nulo se o contrato não diz.")] = (
        None
    )
    dias_restantes: DiasRestantes = None
    recurso: Annotated[str | None, Field(description="Protocolo do recurso que já contesta a guia ou o PEG.")] = None
    cobrado: CobradoView
    motivos: list[MotivoDaGlosaView]
    evidencias: Annotated[list[TipoDeDocumentoView], Field(description="O que costuma provar que não procede.")]


class GlosasContestaveisPage(View):
    """Uma página do que se pode contestar, na ordem das guias."""

    glosas: list[GlosaContestavelView]
    cursor: Cursor = None


def contestavel(one: Contestacao, peg: Peg, hoje: date) -> dict[str, Any]:
    """A glosa that may be contested (shape: :class:`GlosaContestavelView`)."""
    found = one.contestavel
    at, last = found.lugar, found.contestar_ate
    situacao = _situacao(one, hoje)
    modelo = EntradaPedida(
        nivel=at.nivel, cobrado=Cobrado(guia=found.guia.numero if found.guia else None), sequencia=at.sequencia,
        codigo=found.codigo, valor=found.valor,
    )  # fmt: skip
    return {
        "protocolo_peg": peg.protocolo,
        "registro_ans": peg.registro_ans,
        "numero_lote": peg.numero_lote,
        "situacao": situacao.value,
        "o_que_fazer": _o_que_fazer(situacao, one.recurso, last),
        "modelo": pedidos.item(modelo),
        "texto": glosa_text(found.codigo, Versao(peg.versao_tiss)),
        "valor_glosado": reais(found.valor),
        "contestar_ate": last and last.isoformat(),
        "dias_restantes": dias_restantes(last, hoje),
        "recurso": one.recurso,
        "cobrado": cobrado(billed_at(found)),
        "motivos": [motivo(glosa, peg) for glosa in found.glosas],
        "evidencias": tipos_de_documento(one.evidencias),
    }


def motivo(one: Glosa, peg: Peg) -> dict[str, Any]:
    """Why something was taken (shape: :class:`MotivoDaGlosaView`)."""
    return {
        "glosa": one.id,
        "regra": one.regra,
        "codigo": one.codigo,
        "texto": glosa_text(one.codigo, Versao(peg.versao_tiss)),
        "mensagem": one.mensagem,
        "visto": one.visto,
        "esperado": one.esperado,
        "base": one.base or None,
    }


def _situacao(one: Contestacao, hoje: date) -> SituacaoDaGlosa:
    if one.recurso is not None:
        return SituacaoDaGlosa.CONTESTADA
    return SituacaoDaGlosa.ABERTA if one.aberta_em(hoje) else SituacaoDaGlosa.FORA_DO_PRAZO


def _o_que_fazer(situacao: SituacaoDaGlosa, recurso: str | None, last: date | None) -> str:
    match situacao:
        case SituacaoDaGlosa.CONTESTADA:
            return f"Acompanhe o recurso {recurso}; cada guia cabe em um só."
        case SituacaoDaGlosa.FORA_DO_PRAZO:
            return f"O prazo terminou em {last:%d/%m/%Y}: esta glosa já não se contesta."
    until = f" até {last:%d/%m/%Y}" if last else ""
    return f"Diga por que não procede e envie o recurso{until}, com os documentos que o provam."
