"""What pre-validation answers: every finding, what is at risk line by line, and how to divide what does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, Field

from conecta_campos.numeros import reais
from conecta_campos.padrao import SHOWN
from conecta_contas.divisao import divide
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.versions import Versao
from peg.schemas import achados
from peg.schemas.achados import AchadoDaContaView

if TYPE_CHECKING:
    from conecta_contas.divisao import Entrada
    from conecta_tiss.findings import Achado
    from peg.domain.lotes import LoteLido
    from peg.service.julgamento import Parecer

ACHADOS: Final = 4000
"""Told in one answer: it goes out through a Lambda's 6 MB."""
CAMPOS: Final = ("elegibilidade", "senha", "itens", "glosas")
"""Personal data that the answer may tell of those whose carteiras are given, for the audit."""


class _View(BaseModel):
    model_config = SHOWN


class ItemValidadoView(_View):
    """Um item."""

    item: Annotated[int, Field(description="Lugar na guia, procedimentos e depois despesas.")]
    valor_informado: str
    valor_em_risco: Annotated[str, Field(description="O que não seria pago, em reais.")]


class GuiaValidadaView(_View):
    """Uma guia."""

    guia: Annotated[int, Field(description="Lugar no lote, a partir de 1.")]
    numero_guia_prestador: str
    valor_informado: str
    valor_em_risco: Annotated[str, Field(description="O que não seria pago, em reais.")]
    itens: list[ItemValidadoView]


class ParcelaView(_View):
    """Um envio proposto."""

    tipo_guia: str
    versao_tiss: str | None = None
    guias: Annotated[list[int], Field(description="Lugares das guias, a partir de 1.")]


class ValidacaoView(_View):
    """O que a recepção e a análise diriam, sem enviar nada."""

    recebivel: Annotated[bool, Field(description="O lote seria recebido; glosas não o impedem.")]
    protocolo: Annotated[str | None, Field(description="Se estes mesmos bytes já foram recebidos.")] = None
    registro_ans: str | None = None
    tipo_guia: str | None = None
    versao_tiss: str | None = None
    quantidade_guias: int
    valor_informado: str
    valor_em_risco: Annotated[str, Field(description="O que não seria pago; tudo, se não seria recebido.")]
    guias: list[GuiaValidadaView]
    achados: list[AchadoDaContaView]
    achados_omitidos: Annotated[int, Field(description="Quantos mais há além dos 4.000 que a resposta traz.")] = 0
    divisao: Annotated[
        list[ParcelaView], Field(description="Como dividir o que não cabe em um só envio; vazia se cabe.")
    ]


def vista(
    lote: LoteLido,
    parecer: Parecer | None,
    found: Sequence[Achado],
    entradas: Sequence[Entrada],
    *,
    protocolo: str | None,
    digitada: bool,
) -> dict[str, Any]:
    """What is said of a lote (`ValidacaoView`).

    Args:
        parecer: `None` when nobody here would receive it.
        found: everything that is wrong with it.
        entradas: its guias, to be divided when they do not fit into one PEG.
    """
    parcelas = divide(entradas)
    versao = Versao(lote.versao) if lote.versao in set(Versao) else Versao.V4_01_00
    typed = TipoGuia(lote.tipo_guia) if digitada and lote.tipo_guia else None
    guias = parecer.julgado.resultado.guias if parecer and parecer.julgado else ()
    informado = reais(parecer.informado) if parecer else "0.00"
    return {
        "recebivel": parecer is not None and not parecer.recusado,
        "protocolo": protocolo,
        "registro_ans": lote.destino,
        "tipo_guia": lote.tipo_guia,
        "versao_tiss": lote.versao,
        "quantidade_guias": len(lote.guias) or len(entradas),
        "valor_informado": informado,
        "valor_em_risco": reais(parecer.em_risco) if parecer else informado,
        "guias": [
            {
                "guia": guia.indice, "numero_guia_prestador": guia.numero, "valor_informado": reais(guia.informado),
                "valor_em_risco": reais(guia.glosado),
                "itens": [
                    {"item": line.sequencia, "valor_informado": reais(line.informado),
                     "valor_em_risco": reais(line.glosado)}
                    for line in guia.itens
                ],
            }
            for guia in guias
        ],
        "achados": [achados.vista(one, versao, typed) for one in found[:ACHADOS]],
        "achados_omitidos": max(len(found) - ACHADOS, 0),
        "divisao": [
            {"tipo_guia": one.tipo, "versao_tiss": one.versao, "guias": list(one.guias)}
            for one in parcelas if len(parcelas) > 1
        ],
    }  # fmt: skip
