"""What is found wrong with a lote, as every JSON door tells it, typed or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, Field

from conecta_campos.padrao import SHOWN
from conecta_contas.contexto import Apontamento
from conecta_tiss.findings import Severidade
from conecta_tiss.terminologia import glosa_text
from peg.messages.guias import json_path

if TYPE_CHECKING:
    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.lote_guias import TipoGuia
    from conecta_tiss.versions import Versao

Efeito = Literal["RECUSA", "GLOSA", "AVISO"]
_LUGAR: Final = re.compile(r"guias\[([0-9]+)\]")


class AchadoDaContaView(BaseModel):
    """O que está errado, quanto tira e o que fazer."""

    model_config = SHOWN

    regra: Annotated[str, Field(description="Identificador da regra.")]
    codigo: Annotated[str, Field(description="Código da Tabela 38 da TISS.")]
    texto: Annotated[str | None, Field(description="Texto oficial do código, na versão do envio.")] = None
    efeito: Annotated[Efeito, Field(description="RECUSA do lote inteiro, GLOSA da guia ou do item, ou só AVISO.")]
    guia: Annotated[int | None, Field(description="Lugar da guia, a partir de 1.")] = None
    numero_guia_prestador: str | None = None
    item: Annotated[int | None, Field(description="Lugar do item na guia, procedimentos e depois despesas.")] = None
    campo: Annotated[str | None, Field(description="Caminho no JSON; de um XML, o elemento.")] = None
    caminho: Annotated[str | None, Field(description="XPath na mensagem; nulo em guias digitadas.")] = None
    linha: Annotated[int | None, Field(description="Linha do XML.")] = None
    visto: str | None = None
    esperado: str | None = None
    mensagem: str
    providencia: Annotated[str | None, Field(description="O que fazer; sem ela, está em mensagem.")] = None
    base: Annotated[str | None, Field(description="Base legal ou contratual.")] = None
    dados: Annotated[str | None, Field(description="Versão dos dados com que a regra julgou.")] = None
    valor_em_risco: Annotated[str | None, Field(description="Quanto este achado tira por si, em reais.")] = None


def vista(one: Achado, versao: Versao, digitada: TipoGuia | None = None, inside: str = "") -> dict[str, Any]:
    """A finding (`AchadoDaContaView`).

    Args:
        digitada: kind of the guias, when they were typed: places are JSON paths.
        inside: what a JSON path begins with that the caller did not send.
    """
    billed = one if isinstance(one, Apontamento) else None
    caminho, campo = one.caminho, (one.caminho or "").rpartition("ans:")[2] or None
    more: Mapping[str, Any] = {}
    if billed is not None:
        campo = billed.campo
        more = {
            "guia": billed.indice or None, "item": billed.sequencia, "visto": billed.visto,
            "esperado": billed.esperado, "providencia": billed.providencia or None, "base": billed.base or None,
            "dados": billed.dados or None, "valor_em_risco": f"{billed.em_risco:.2f}",
        }  # fmt: skip
    if digitada is not None:
        path = caminho or ("guias" if billed is not None else "")
        if path.startswith("/"):
            path = json_path(digitada, path, billed.campo or "" if billed else "")
        caminho, campo = None, path.removeprefix(inside).lstrip(".") or "$"
        place = _LUGAR.match(path)
        more = {"guia": int(place[1]) + 1 if place else None, **more}
    efeito: Efeito = "RECUSA" if one.severidade is Severidade.RECUSA_LOTE else "GLOSA"
    return {
        "regra": one.regra, "codigo": one.codigo, "texto": glosa_text(one.codigo, versao),
        "efeito": "AVISO" if billed is not None and billed.aviso else efeito,
        "guia": None, "numero_guia_prestador": one.guia, "item": one.item, "campo": campo, "caminho": caminho,
        "linha": one.linha, "visto": None, "esperado": None, "mensagem": one.mensagem, "providencia": None,
        "base": None, "dados": None, "valor_em_risco": None, **more,
    }  # fmt: skip
