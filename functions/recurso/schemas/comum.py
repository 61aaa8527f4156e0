"""What several JSON contracts of this context are made of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from conecta_campos.numeros import forma, numero
from conecta_campos.padrao import SHOWN
from conecta_tiss.terminologia import table_label, tuss
from conecta_tiss.versions import Versao

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recurso.domain.recursos import Cobrado

ProtocoloPeg = Annotated[
    str, Field(pattern=r"^[0-9A-Za-z./-]{1,20}$", description="Do PEG; de antes da migração, como no portal anterior.")
]
CodigoGlosa = Annotated[
    str, Field(pattern=r"^[0-9]{4}$", description="Código da Tabela 38, de qualquer versão da TISS.")
]
Valor = Annotated[
    Decimal, BeforeValidator(numero(8, 2, "0.01")), forma(8, 2), Field(description="Em reais, sem sinal.")
]
VersaoVista = Annotated[int, Field(description="Também na ETag; envie em If-Match para mudar só o que se viu.")]
Cursor = Annotated[str | None, Field(description="Envie em ?cursor= para a próxima página; nulo no fim.")]
Quem = Annotated[str | None, Field(description="Identificador opaco; só para a operadora.")]
DiasRestantes = Annotated[int | None, Field(description="Até o fim do prazo: 0 é hoje; nulo sem prazo ou depois dele.")]


class View(BaseModel):
    """What is answered."""

    model_config = SHOWN


class TipoDeDocumentoView(View):
    """Um tipo de documento da TISS."""

    tipo: Annotated[str, Field(description="Código dm_tipoDocumento.")]
    nome: str | None = None


class CobradoView(View):
    """O que se cobrou ali; de antes da migração, o que foi informado."""

    numero_guia_prestador: str | None = None
    numero_guia_operadora: str | None = None
    senha: str | None = None
    sequencial_item: Annotated[int | None, Field(description="Como na mensagem.")] = None
    data: date | None = None
    tabela: str | None = None
    codigo: str | None = None
    descricao: str | None = None
    quantidade: str | None = None
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    grau_participacao: str | None = None


def tipos_de_documento(codigos: Iterable[str]) -> list[dict[str, Any]]:
    """Codes with their names (shape: :class:`TipoDeDocumentoView`)."""
    return [{"tipo": one, "nome": table_label("dm_tipoDocumento", one, Versao.V4_01_00)} for one in codigos]


def cobrado(one: Cobrado) -> dict[str, Any]:
    """What was billed at a place (shape: :class:`CobradoView`)."""
    return {
        "numero_guia_prestador": one.guia,
        "numero_guia_operadora": one.numero_operadora,
        "senha": one.senha,
        "sequencial_item": one.sequencial,
        "data": one.dia and one.dia.isoformat(),
        "tabela": one.tabela,
        "codigo": one.codigo,
        "descricao": descricao(one.tabela, one.codigo, one.descricao),
        "quantidade": None if one.quantidade is None else f"{one.quantidade.normalize():f}",
        "dente": one.dente,
        "regiao": one.regiao,
        "face": one.face,
        "grau_participacao": one.grau,
    }


def descricao(tabela: str | None, codigo: str | None, dita: str | None) -> str | None:
    """What an item is called: as it was billed, or by the TUSS."""
    termo = tuss(codigo, tabela) if codigo and not dita else None
    return termo.termo if termo else dita


def dias_restantes(ate: date | None, hoje: date) -> int | None:
    """Days until the end of a term, none once it is over."""
    return None if ate is None or ate < hoje else (ate - hoje).days
