"""Notas fiscais: what is sent of one, what became of it, and what still waits for one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, Field

from conecta_campos.numeros import Reais, reais
from conecta_campos.padrao import STRICT, Cnpj, Dia, RegistroAns
from conecta_campos.textos import Texto500
from conecta_edge.clock import iso
from pagamento.domain.notas import SituacaoNota
from pagamento.schemas.comum import (
    Competencia,
    Cursor,
    DaOperadora,
    FaturaId,
    Quem,
    Valor,
    Versao,
    View,
    dia,
    por_extenso,
)
from pagamento.service.notas import ARQUIVOS, FATURAS, Pedido

if TYPE_CHECKING:
    from pagamento.domain.faturas import Fatura
    from pagamento.domain.notas import Nota

UploadId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="`id` de POST /documentos/uploads.")]
Legado = Annotated[str, Field(pattern=r"^[0-9A-Za-z./-]{1,20}$", description="Protocolo no portal anterior.")]


class DeclaradoRequest(BaseModel):
    """O que a nota diz, para quando não há XML que se leia; o que o XML diz vale mais."""

    model_config = STRICT

    numero: Annotated[str | None, Field(pattern=r"^[0-9A-Za-z./-]{1,30}$", description="Número da nota.")] = None
    emitente: Cnpj | None = None
    valor: Annotated[Valor | None, Field(description="Bruto, sem descontar tributos retidos.")] = None
    competencia: Competencia | None = None
    emitida_em: Dia | None = None


class NotaFiscalRequest(BaseModel):
    """Uma nota e os PEGs de uma operadora que ela cobra."""

    model_config = STRICT

    registro_ans: RegistroAns
    protocolos: Annotated[list[FaturaId], Field(max_length=FATURAS, description="PEGs com os valores publicados.")] = []
    protocolos_legados: Annotated[list[Legado], Field(max_length=FATURAS, description="De antes da migração.")] = []
    uploads: Annotated[
        list[UploadId],
        Field(min_length=1, max_length=ARQUIVOS, description="XML e PDF da nota, de finalidade nota_fiscal."),
    ]  # fmt: skip
    declarado: DeclaradoRequest | None = None

    def pedido(self) -> Pedido:
        """As the use case takes it."""
        told = self.declarado.model_dump(exclude_none=True) if self.declarado else {}
        return Pedido(
            registro_ans=self.registro_ans, faturas=tuple(self.protocolos), legados=tuple(self.protocolos_legados),
            uploads=tuple(self.uploads), declarado=told,
        )  # fmt: skip


class CancelamentoDaNotaRequest(BaseModel):
    """A nota foi cancelada por quem a emitiu."""

    model_config = STRICT

    motivo: Texto500


class AceiteRequest(BaseModel):
    """Aceitar uma nota conferida por pessoa."""

    model_config = STRICT

    pagamento_em: Annotated[Dia | None, Field(description="Só de nota que é toda de PEGs do portal anterior.")] = None


class RecusaRequest(BaseModel):
    """Recusar uma nota conferida por pessoa."""

    model_config = STRICT

    motivo: Annotated[Texto500, Field(description="O que corrigir; o prestador o lê.")]


class NotaLidaView(View):
    """O que a nota diz."""

    layout: Annotated[str, Field(description="NACIONAL, ABRASF ou DECLARADO (pelo prestador).")]
    numero: str | None = None
    emitente: str | None = None
    tomador: str | None = None
    valor: Annotated[str | None, Field(description="Bruto dos serviços, em reais.")] = None
    liquido: Annotated[str | None, Field(description="Depois dos tributos retidos, em reais.")] = None
    competencia: str | None = None
    emitida_em: date | None = None


class DivergenciaView(View):
    """O que a nota diz e não deveria."""

    regra: str
    efeito: Annotated[str, Field(description="RECUSA, ou CONFERENCIA por uma pessoa do financeiro.")]
    campo: str
    mensagem: str
    visto: str | None = None
    esperado: str | None = None
    providencia: Annotated[str | None, Field(description="O que fazer.")] = None


class ArquivoDaNotaView(View):
    """Um arquivo da nota."""

    upload_id: str
    formato: str
    recebido_em: Annotated[datetime, Field(description="Instante em que o servidor o guardou: é o que vale no prazo.")]


class NotaFiscalResumoView(View):
    """Uma nota fiscal e o que dela foi feito."""

    id: Annotated[str, Field(description="Protocolo, 12 dígitos.")]
    registro_ans: str
    prestador: DaOperadora = None
    situacao: Annotated[str, Field(description="ENVIADA, ACEITA, ACEITA_REAGENDADA, RECUSADA ou CANCELADA.")]
    explicacao: str
    numero: str | None = None
    protocolos: list[str]
    protocolos_legados: list[str]
    valor_esperado: Annotated[str, Field(description="Soma do liberado dos PEGs, em reais.")]
    recebida_em: Annotated[datetime, Field(description="Do último dos seus arquivos.")]
    pagamento_em: Annotated[date | None, Field(description="De vários PEGs, o último dia.")] = None
    versao: Versao


class NotaFiscalView(NotaFiscalResumoView):
    """Uma nota fiscal inteira."""

    lida: NotaLidaView
    divergencias: list[DivergenciaView]
    arquivos: list[ArquivoDaNotaView]
    criada_em: datetime
    quem: Quem = None
    decidida_em: datetime | None = None
    decidida_por: Quem = None
    motivo: Annotated[str | None, Field(description="De uma recusa ou de um cancelamento por pessoa.")] = None


class NotasFiscaisPage(View):
    """Uma página de notas."""

    notas: list[NotaFiscalResumoView]
    cursor: Cursor = None


class PendenciaDeNotaView(View):
    """O valor publicado de um PEG, à espera da nota fiscal."""

    fatura: FaturaId
    protocolo: str
    recurso: Annotated[str | None, Field(description="O que devolveu este valor; nulo no primeiro do PEG.")] = None
    registro_ans: str
    numero_lote: str
    valor: Reais
    competencia: str | None = None
    entrega_ate: date | None = None
    pagamento_em: Annotated[date | None, Field(description="Com a nota até entrega_ate.")] = None
    reagendada: bool


class NotasPendentesPage(View):
    """Uma página do que espera nota fiscal, por mês de recepção, do mais recente ao mais antigo."""

    pendencias: list[PendenciaDeNotaView]
    cursor: Cursor = None


def resumo(nota: Nota, *, da_operadora: bool = False) -> dict[str, Any]:
    """A nota without its details (shape: :class:`NotaFiscalResumoView`).

    Args:
        da_operadora: whose it is is shown, as an opaque id.
    """
    return {
        "id": nota.id,
        "registro_ans": nota.registro_ans,
        **({"prestador": nota.prestador_id} if da_operadora else {}),
        "situacao": nota.situacao.value,
        "explicacao": explicacao(nota),
        "numero": nota.lida.numero,
        "protocolos": list(nota.faturas),
        "protocolos_legados": list(nota.legados),
        "valor_esperado": reais(nota.valor_esperado),
        "recebida_em": iso(nota.recebida_em),
        "pagamento_em": dia(nota.pagamento_em),
        "versao": nota.versao,
    }


def vista(nota: Nota, *, da_operadora: bool = False) -> dict[str, Any]:
    """A nota whole (shape: :class:`NotaFiscalView`)."""
    lida = nota.lida
    return {
        **resumo(nota, da_operadora=da_operadora),
        "lida": {
            "layout": lida.layout.value,
            "numero": lida.numero,
            "emitente": lida.emitente,
            "tomador": lida.tomador,
            "valor": None if lida.valor is None else reais(lida.valor),
            "liquido": None if lida.liquido is None else reais(lida.liquido),
            "competencia": lida.competencia,
            "emitida_em": dia(lida.emitida_em),
        },
        "divergencias": [
            {
                "regra": one.regra, "efeito": one.efeito.value, "campo": one.campo, "mensagem": one.mensagem,
                "visto": one.visto, "esperado": one.esperado, "providencia": one.providencia or None,
            }
            for one in nota.divergencias
        ],
        "arquivos": [
            {"upload_id": one.upload_id, "formato": one.formato, "recebido_em": iso(one.recebido_em)}
            for one in nota.arquivos
        ],
        "criada_em": iso(nota.criada_em),
        "decidida_em": iso(nota.decidida_em) if nota.decidida_em else None,
        **({"quem": nota.quem, "decidida_por": nota.decidida_por} if da_operadora else {}),
        "motivo": nota.motivo,
    }  # fmt: skip


_EXPLICACOES: Final[Mapping[SituacaoNota, str]] = {
    SituacaoNota.ENVIADA: "Recebida: uma pessoa do financeiro da operadora vai conferi-la; o prazo conta de "
    "recebida_em.",
    SituacaoNota.ACEITA: "Aceita: é paga {}.",
    SituacaoNota.ACEITA_REAGENDADA: "Aceita, mas recebida depois do prazo: o pagamento foi reagendado, e é paga {}.",
    SituacaoNota.RECUSADA: "Recusada: corrija o que se aponta e envie outra; os PEGs continuam à espera da nota.",
    SituacaoNota.CANCELADA: "Cancelada por quem a emitiu: os PEGs esperam outra nota.",
}


def explicacao(nota: Nota) -> str:
    """What became of it, in a sentence."""
    return _EXPLICACOES[nota.situacao].format(por_extenso(nota.pagamento_em))


def pendencia(fatura: Fatura) -> dict[str, Any]:
    """What waits for a nota (shape: :class:`PendenciaDeNotaView`)."""
    return {
        "fatura": fatura.id,
        "protocolo": fatura.protocolo,
        "recurso": fatura.recurso,
        "registro_ans": fatura.registro_ans,
        "numero_lote": fatura.numero_lote,
        "valor": reais(fatura.valor),
        "competencia": fatura.competencia,
        "entrega_ate": dia(fatura.entrega_ate),
        "pagamento_em": dia(fatura.pagamento_em),
        "reagendada": fatura.reagendada,
    }
