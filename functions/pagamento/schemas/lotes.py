"""Demonstrativos in bulk: what is asked for, and how far it is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, Field

from conecta_campos.padrao import STRICT, RegistroAns
from conecta_edge.clock import iso
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.tables import TipoDemonstrativo
from pagamento.domain.lotes import DIAS, DOCUMENTOS, Formato, SituacaoLote
from pagamento.schemas.comum import Competencia, Cursor, View
from pagamento.service.lotes import Pedido

if TYPE_CHECKING:
    from pagamento.domain.lotes import Lote


class Tipo(StrEnum):
    """Which demonstrativos, in the words of their routes."""

    ANALISE = "analise"
    PAGAMENTO = "pagamento"
    ODONTOLOGIA = "odontologia"


_TIPOS: Final = {
    Tipo.ANALISE: TipoDemonstrativo.ANALISE_DE_CONTA,
    Tipo.PAGAMENTO: TipoDemonstrativo.PAGAMENTO,
    Tipo.ODONTOLOGIA: TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA,
}
_NOMES: Final = {standard: ours for ours, standard in _TIPOS.items()}
_EXPLICACOES: Final = {
    SituacaoLote.PEDIDO: "Na fila: começa em instantes.",
    SituacaoLote.MONTANDO: "Em montagem: consulte de novo em alguns segundos.",
    SituacaoLote.PRONTO: f"Pronto: baixe-o em url, que vale 15 minutos; por {DIAS} dias, consulte de novo para outra.",
    SituacaoLote.VAZIO: "Nada foi publicado, ou pago, no período.",
    SituacaoLote.FALHOU: "Não foi possível montá-lo: algo falhou aqui. Peça-o outra vez; se repetir, peça um período "
    "menor, ou fale com a operadora.",
}
_MOTIVOS: Final = {
    "GRANDE_DEMAIS": f"São mais de {DOCUMENTOS} documentos: peça um período menor.",
    "VERSAO": "Um valor ou um CNPJ não cabe na versão da TISS: peça uma versao posterior, ou outro formato.",
    "SEM_CNPJ": "O CNPJ da operadora, que a mensagem TISS exige, não está no cadastro: peça outro formato.",
}
"""Of those that failed, by what their owner can do about it."""


class LoteDeDemonstrativosRequest(BaseModel):
    """Os demonstrativos de uma operadora num período de até doze meses, em um arquivo ZIP."""

    model_config = STRICT

    registro_ans: RegistroAns
    tipo: Tipo
    formato: Formato
    de: Annotated[Competencia, Field(description="Primeiro mês: da recepção dos PEGs (analise), ou do pagamento.")]
    ate: Annotated[Competencia, Field(description="Último mês.")]
    versao: Annotated[Versao | None, Field(description="Da TISS, em XML; o padrão é a mais nova aceita.")] = None

    def pedido(self) -> Pedido:
        """As the use case takes it."""
        return Pedido(
            registro_ans=self.registro_ans, tipo=_TIPOS[self.tipo], formato=self.formato, de=self.de, ate=self.ate,
            versao_tiss=self.versao,
        )  # fmt: skip


class LoteDeDemonstrativosView(View):
    """Um pedido de demonstrativos em lote e até onde foi."""

    id: str
    registro_ans: str
    tipo: Tipo
    formato: Formato
    de: str
    ate: str
    situacao: Annotated[str, Field(description="PEDIDO, MONTANDO, PRONTO, VAZIO ou FALHOU.")]
    explicacao: str
    total: Annotated[int, Field(description="De documentos; 0 até que se saiba.")]
    feitos: int
    tamanho: Annotated[int | None, Field(description="Do arquivo, em bytes.")] = None
    motivo: str | None = None
    url: Annotated[str | None, Field(description="Do arquivo, por 15 minutos; só ao consultar um lote PRONTO.")] = None
    criado_em: datetime
    terminado_em: datetime | None = None


class LotesDeDemonstrativosPage(View):
    """Uma página de pedidos."""

    lotes: list[LoteDeDemonstrativosView]
    cursor: Cursor = None


def vista(lote: Lote, url: str | None = None) -> dict[str, Any]:
    """A request (shape: :class:`LoteDeDemonstrativosView`)."""
    return {
        "id": lote.id,
        "registro_ans": lote.registro_ans,
        "tipo": _NOMES[lote.tipo].value,
        "formato": lote.formato.value,
        "de": lote.de,
        "ate": lote.ate,
        "situacao": lote.situacao.value,
        "explicacao": _MOTIVOS.get(lote.motivo or "", _EXPLICACOES[lote.situacao]),
        "total": len(lote.documentos),
        "feitos": lote.feitos,
        "tamanho": lote.tamanho,
        "motivo": lote.motivo,
        "url": url,
        "criado_em": iso(lote.criado_em),
        "terminado_em": iso(lote.terminado_em) if lote.terminado_em else None,
    }
