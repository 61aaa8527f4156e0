"""Documents, what they belong to, and what is still missing."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from conecta_campos.padrao import SHOWN, STRICT, Codes, RegistroAns
from conecta_edge.clock import iso
from conecta_tiss.messages.lote_guias import TipoGuia
from documentos.domain.documentos import Destino
from documentos.domain.exigencias import Exigencia
from documentos.domain.finalidades import DE_TIPO, Alvo
from documentos.service.documentos import DESTINOS, Encontrado, Pedido

if TYPE_CHECKING:
    from documentos.domain.documentos import Documento, Vinculo
    from documentos.domain.exigencias import Esperado, Exigencias
    from documentos.service.pendencias import Lista

    Tipo = str
    Guia = str
else:
    Tipo = Literal[tuple(one.value for one in DE_TIPO)]
    Guia = Literal[tuple(one.value for one in TipoGuia)]

TipoDeDocumento = Annotated[Tipo, Field(description="dm_tipoDocumento da TISS: 02 laudo, 06 guia assinada…")]
_NUMERO: Final = r"^[0-9A-Za-z./-]{1,20}$"


class DestinoRequest(BaseModel):
    """A que o documento pertence."""

    model_config = STRICT

    alvo: Annotated[Literal["AUTORIZACAO", "PEG", "GUIA", "LOTE", "RECURSO"], Field(description="O que é.")]
    id: Annotated[
        str,
        Field(
            pattern=_NUMERO,
            description="Número da autorização na operadora, protocolo do PEG (de GUIA também) ou do recurso, ou "
            "número do lote.",
        ),
    ]
    guia: Annotated[
        str | None, Field(min_length=1, max_length=20, description="Só de GUIA: número dela, seu ou da operadora.")
    ] = None

    @model_validator(mode="after")
    def _whole(self) -> DestinoRequest:
        if (self.alvo == "GUIA") != (self.guia is not None):
            raise PydanticCustomError("guia-ou-outro", "Informe guia só, e sempre, no alvo GUIA.")
        return self

    def destino(self) -> Destino:
        """As the domain says it."""
        return Destino(Alvo(self.alvo), self.id, self.guia)


class NovoDestinoRequest(DestinoRequest):
    """A que o documento passa a pertencer."""

    tipo_documento: Annotated[
        TipoDeDocumento | None, Field(description="Só do que foi enviado como pdf ou imagem: os demais já têm o seu.")
    ] = None

    def pedido(self) -> Pedido:
        """As the domain says it."""
        return Pedido(self.destino(), self.tipo_documento)


class VinculosRequest(BaseModel):
    """Um documento serve a muitas guias: envie-o uma vez e diga a que pertence."""

    model_config = STRICT

    destinos: Annotated[list[NovoDestinoRequest], Field(min_length=1, max_length=DESTINOS)]


class DesvinculosRequest(BaseModel):
    """A que o documento deixa de pertencer."""

    model_config = STRICT

    destinos: Annotated[list[DestinoRequest], Field(min_length=1, max_length=DESTINOS)]


class ExigenciaRequest(BaseModel):
    """Um documento que os PEGs trazem."""

    model_config = STRICT

    tipo_documento: TipoDeDocumento
    tipos_guia: Annotated[list[Guia], Field(min_length=1, description="De PEGs de quais tipos de guia.")]
    por_guia: Annotated[
        bool, Field(description="Um de cada guia; um do PEG inteiro serve a todas. Falso: um do PEG basta.")
    ] = True


class ExigenciasRequest(BaseModel):
    """Tudo o que os PEGs de uma operadora trazem."""

    model_config = STRICT

    registro_ans: RegistroAns
    exigencias: Annotated[list[ExigenciaRequest], Field(max_length=50)]

    def itens(self) -> list[Exigencia]:
        """As the domain says it."""
        return [
            Exigencia(
                tipo=one.tipo_documento, tipos_guia=tuple(map(TipoGuia, one.tipos_guia)), por_guia=one.por_guia
            )
            for one in self.exigencias
        ]  # fmt: skip


class View(BaseModel):
    """What is answered."""

    model_config = SHOWN


class VinculoView(View):
    """A que um documento pertence."""

    alvo: Literal["AUTORIZACAO", "PEG", "GUIA", "LOTE", "RECURSO"]
    id: str
    guia: str | None
    tipo_documento: str | None
    em: datetime


class DocumentoResumo(View):
    """Um documento."""

    id: Annotated[str, Field(description="O mesmo para os mesmos bytes com a mesma finalidade na mesma operadora.")]
    registro_ans: str
    finalidade: str
    tipo_documento: Annotated[str | None, Field(description="dm_tipoDocumento da TISS.")]
    nome: str
    tipo_conteudo: str
    tamanho: int
    sha256: str
    recebido_em: datetime
    retencao: Annotated[str, Field(description="Classe, em GET /limites.")]
    upload_id: Annotated[str | None, Field(description="Do primeiro envio; nulo do que veio em mensagem TISS.")]
    guia: Annotated[str | None, Field(description="De qual guia do PEG consultado; nulo quando serve ao todo.")] = None
    prestador_id: Annotated[str | None, Field(description="Só para a operadora.")] = None


class DocumentosPage(View):
    """Uma página de documentos."""

    documentos: list[DocumentoResumo]
    cursor: Annotated[str | None, Field(description="Envie em ?cursor= para a próxima página; nulo no fim.")]


class DocumentoView(DocumentoResumo):
    """Um documento e a que pertence."""

    vinculos: list[VinculoView]


class EsperadoView(View):
    """Um item da lista de conferência."""

    descricao: str
    tipo_documento: str | None
    finalidade: Annotated[str | None, Field(description="Com qual enviar; nulo do que não é arquivo.")]
    situacao: Literal["ENTREGUE", "FALTA"]
    faltam: int
    documentos: list[str]
    guias_sem: Annotated[list[str], Field(description="Números das guias que ainda não o têm.")]


class PendenciasView(View):
    """O que se espera, o que veio e o que falta."""

    alvo: Literal["AUTORIZACAO", "PEG", "RECURSO"]
    id: str
    registro_ans: str
    situacao: str
    ate: Annotated[date | None, Field(description="Último dia para enviar, quando há um.")]
    completa: bool
    itens: list[EsperadoView]


class ExigenciaView(View):
    """Um documento que os PEGs trazem."""

    tipo_documento: Annotated[str, Codes("dm_tipoDocumento")]
    descricao: str
    finalidade: str
    tipos_guia: list[str]
    por_guia: bool


class ExigenciasView(View):
    """Tudo o que os PEGs de uma operadora trazem."""

    registro_ans: str
    versao: Annotated[int, Field(description="Também na ETag; 0 enquanto vale o padrão.")]
    em: datetime | None
    quem: Annotated[str | None, Field(description="Identificador opaco.")]
    exigencias: list[ExigenciaView]


def vinculo(one: Vinculo) -> dict[str, Any]:
    """Shape: :class:`VinculoView`."""
    to = one.destino
    return {
        "alvo": to.alvo.value, "id": to.id, "guia": to.guia, "tipo_documento": one.tipo, "em": iso(one.em),
    }  # fmt: skip


def resumo(found: Encontrado, *, da_operadora: bool = False) -> dict[str, Any]:
    """Shape: :class:`DocumentoResumo`."""
    one, how = found.documento, found.vinculo
    return {
        "id": one.id, "registro_ans": one.registro_ans, "finalidade": one.finalidade,
        "tipo_documento": how.tipo if how else one.regras.tipo, "nome": one.nome, "tipo_conteudo": one.formato,
        "tamanho": one.tamanho, "sha256": one.sha256, "recebido_em": iso(one.recebido_em),
        "retencao": one.regras.retencao.codigo, "upload_id": one.upload_id,
        **({"guia": how.destino.guia} if how else {}),
        **({"prestador_id": one.prestador_id} if da_operadora else {}),
    }  # fmt: skip


def vista(documento: Documento, vinculos: tuple[Vinculo, ...]) -> dict[str, Any]:
    """Shape: :class:`DocumentoView`."""
    shown = [vinculo(one) for one in sorted(vinculos, key=lambda one: (one.em, one.destino))]
    return {**resumo(Encontrado(documento)), "vinculos": shown}


def pendencias(lista: Lista) -> dict[str, Any]:
    """Shape: :class:`PendenciasView`."""
    held, ate = lista.referencia, lista.referencia.ate
    return {
        "alvo": lista.destino.alvo.value, "id": lista.destino.id, "registro_ans": held.registro_ans,
        "situacao": held.situacao, "ate": ate.isoformat() if ate else None, "completa": lista.completa,
        "itens": [_esperado(one) for one in lista.itens],
    }  # fmt: skip


def _esperado(one: Esperado) -> dict[str, Any]:
    return {
        "descricao": one.descricao, "tipo_documento": one.tipo, "finalidade": one.finalidade,
        "situacao": "FALTA" if one.faltam else "ENTREGUE", "faltam": one.faltam, "documentos": list(one.documentos),
        "guias_sem": list(one.guias),
    }  # fmt: skip


def exigencias(held: Exigencias) -> dict[str, Any]:
    """Shape: :class:`ExigenciasView`."""
    return {
        "registro_ans": held.registro_ans, "versao": held.versao, "em": iso(held.em) if held.em else None,
        "quem": held.quem or None,
        "exigencias": [
            {
                "tipo_documento": one.tipo, "descricao": DE_TIPO[one.tipo].descricao,
                "finalidade": DE_TIPO[one.tipo].codigo, "tipos_guia": list(one.tipos_guia), "por_guia": one.por_guia,
            }
            for one in held.itens
        ],
    }  # fmt: skip
