"""What a prestador sends: what it contests and why, drafts of it; and what is found in it before it is sent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from conecta_campos.numeros import Reais, reais
from conecta_campos.padrao import STRICT, NumeroGuia, RegistroAns
from conecta_campos.textos import PARAGRAFO, Texto500
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.amounts import soma
from recurso.domain import regras
from recurso.domain.glosas import Nivel
from recurso.domain.pedidos import JUSTIFICATIVA_MAXIMA, EntradaPedida, Pedido
from recurso.domain.recursos import Cobrado, responder_ate
from recurso.schemas import achados
from recurso.schemas.achados import AchadoDoRecursoView
from recurso.schemas.comum import CodigoGlosa, DiasRestantes, ProtocoloPeg, Valor, View, dias_restantes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recurso.domain.regras import Apontamento, Caso

ITENS: Final = 5000
"""Of one recurso: what its answer carries in one piece."""
DOCUMENTOS: Final = 20
UploadId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="`id` de POST /documentos/uploads.")]


class ItemContestadoRequest(BaseModel):
    """O que se contesta num lugar do PEG, por um código de glosa, e por quê."""

    model_config = STRICT

    nivel: Annotated[
        Nivel,
        Field(
            description="PROTOCOLO inteiro, GUIA inteira ou ITEM, um só em cada guia; o que se glosou da guia ou do "
            "protocolo também se contesta item por item."
        ),
    ]
    numero_guia_prestador: Annotated[
        NumeroGuia | None, Field(description="Da guia como cobrada; o número da operadora também serve.")
    ] = None
    item: Annotated[
        int | None, Field(ge=1, le=9999, description="Lugar do item na guia, como em GET /recursos/glosas.")
    ] = None
    sequencial_item: Annotated[
        int | None, Field(ge=1, le=9999, description="Como na mensagem, em vez de item ou com ele.")
    ] = None
    tabela: Annotated[str | None, Field(pattern=r"^[0-9]{2}$", description="Do item, para conferir.")] = None
    codigo: Annotated[str | None, Field(pattern=r"^[0-9A-Za-z]{1,10}$", description="Do item, para conferir.")] = None
    codigo_glosa: CodigoGlosa
    valor_recursado: Annotated[Valor | None, Field(description="Em reais; sem ele, tudo o que a glosa retirou.")] = None
    valor_glosado: Annotated[
        Valor | None, Field(description="Quanto a glosa retirou: só de antes da migração, e então obrigatório.")
    ] = None
    justificativa: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=4 * JUSTIFICATIVA_MAXIMA, pattern=rf"(?:{PARAGRAFO}|^$)"),
        Field(description=f"Por que a glosa não procede, em até {JUSTIFICATIVA_MAXIMA} caracteres."),
    ] = ""
    documentos: Annotated[list[UploadId], Field(max_length=DOCUMENTOS, description="O que o prova.")] = []

    @model_validator(mode="after")
    def _placed(self) -> Self:
        guia, item = self.numero_guia_prestador, self.item or self.sequencial_item
        if self.nivel is not Nivel.PROTOCOLO and guia is None:
            raise PydanticCustomError("guia-ausente", "Informe numero_guia_prestador, ou conteste o PROTOCOLO.")
        if self.nivel is Nivel.ITEM and item is None:
            raise PydanticCustomError("item-ausente", "Informe item ou sequencial_item, ou conteste a GUIA.")
        if (self.nivel is Nivel.PROTOCOLO and guia) or (self.nivel is not Nivel.ITEM and item):
            raise PydanticCustomError("nivel-divergente", "O nível não é o do lugar informado: corrija um dos dois.")
        return self

    def entrada(self) -> EntradaPedida:
        """As the domain takes it."""
        return EntradaPedida(
            nivel=self.nivel, sequencia=self.item, codigo=self.codigo_glosa, valor=self.valor_recursado,
            valor_glosado=self.valor_glosado, justificativa=self.justificativa, documentos=tuple(self.documentos),
            cobrado=Cobrado(
                guia=self.numero_guia_prestador, sequencial=self.sequencial_item, tabela=self.tabela,
                codigo=self.codigo,
            ),
        )  # fmt: skip


class RecursoDeGlosaRequest(BaseModel):
    """O que se contesta de um PEG, tudo de uma vez: cada guia cabe em um só recurso."""

    model_config = STRICT

    registro_ans: RegistroAns
    protocolo_peg: ProtocoloPeg
    numero_guia_recurso: Annotated[
        NumeroGuia | None, Field(description="Número seu; com o mesmo conteúdo, é o mesmo recurso.")
    ] = None
    numero_lote: Annotated[str | None, Field(pattern=r"^[!-~]{1,12}$", description="Do PEG, para conferir.")] = None
    tipo_guia: Annotated[TipoGuia | None, Field(description="Só de antes da migração.")] = None
    valor_total_recursado: Annotated[Valor | None, Field(description="Para conferir, em reais.")] = None
    versao_tiss: Annotated[Versao, Field(description="Em que os códigos de glosa são lidos.")] = Versao.V4_01_00
    itens: Annotated[list[ItemContestadoRequest], Field(max_length=ITENS)]

    def pedido(self) -> Pedido:
        """As the use case takes it."""
        return Pedido(
            registro_ans=self.registro_ans, origem=self.protocolo_peg, numero=self.numero_guia_recurso,
            numero_lote=self.numero_lote, tipo_guia=self.tipo_guia and self.tipo_guia.value,
            valor_total=self.valor_total_recursado, versao=self.versao_tiss,
            entradas=tuple(one.entrada() for one in self.itens),
        )  # fmt: skip


class CancelamentoDoRecursoRequest(BaseModel):
    """Desistir de um recurso antes da análise."""

    model_config = STRICT

    motivo: Annotated[Texto500 | None, Field(description="Por quê; fica na linha do tempo.")] = None


class ItemDoPedidoView(View):
    """O que se contesta, como se envia."""

    nivel: str
    numero_guia_prestador: str | None = None
    item: int | None = None
    sequencial_item: int | None = None
    tabela: str | None = None
    codigo: str | None = None
    codigo_glosa: str
    valor_recursado: str | None = None
    valor_glosado: str | None = None
    justificativa: str | None = None
    documentos: list[str] | None = None


class ValidacaoDoRecursoView(View):
    """O que a recepção diria agora; nada foi gravado."""

    valido: bool
    valor_recursado: Reais
    contestar_ate: Annotated[date | None, Field(description="O primeiro prazo a terminar.")] = None
    dias_restantes: DiasRestantes = None
    responder_ate: Annotated[date | None, Field(description="Até quando a operadora responde, se enviado hoje.")] = None
    achados: list[AchadoDoRecursoView]


def item(one: EntradaPedida) -> dict[str, Any]:
    """What is contested, as it is sent, without what was not said (shape: :class:`ItemDoPedidoView`)."""
    said = one.cobrado
    shown = {
        "nivel": one.nivel.value, "numero_guia_prestador": said.guia, "item": one.sequencia,
        "sequencial_item": said.sequencial, "tabela": said.tabela, "codigo": said.codigo, "codigo_glosa": one.codigo,
        "valor_recursado": None if one.valor is None else reais(one.valor),
        "valor_glosado": None if one.valor_glosado is None else reais(one.valor_glosado),
        "justificativa": one.justificativa or None, "documentos": list(one.documentos) or None,
    }  # fmt: skip
    return {name: value for name, value in shown.items() if value is not None}


def validacao(caso: Caso, found: Sequence[Apontamento]) -> dict[str, Any]:
    """What is found in a pedido (shape: :class:`ValidacaoDoRecursoView`)."""
    contested = [one.contestavel for one in caso.exames if one.contestavel]
    last = min((one.contestar_ate for one in contested if one.contestar_ate), default=None)
    answer = responder_ate(caso.dia, (one.prazo_dias for one in contested))
    return {
        "valido": all(one.aviso for one in found),
        "valor_recursado": reais(soma(map(regras.valor_of, caso.exames))),
        "contestar_ate": last and last.isoformat(),
        "dias_restantes": dias_restantes(last, caso.dia),
        "responder_ate": answer and answer.isoformat(),
        "achados": [achados.vista(one, caso.pedido.versao) for one in found],
    }
