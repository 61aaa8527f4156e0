"""PEGs as what is answered about them needs: a lote read, and glosas given by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from conecta_contas.analise import Glosa, GuiaAnalisada, ItemAnalisado, Resultado, settle
from conecta_contas.cobranca import GuiaCobrada, read
from conecta_contas.dossies import Dossie
from conecta_contas.pegs import Peg
from peg.domain.lotes import LoteLido
from tests.builders_functions import a_peg


def a_glosa(indice: int = 1, sequencia: int | None = 1, **changes: Any) -> Glosa:
    """An item of the first guia has no price that high."""
    made = Glosa(
        id=1, regra="COB-PRECO", codigo="1705", motivo="VALOR_ACIMA_DO_CONTRATADO",
        mensagem="O contrato paga menos.", indice=indice, sequencia=sequencia,
    )  # fmt: skip
    return replace(made, **changes)


def billed_of(lote: LoteLido) -> tuple[GuiaCobrada, ...]:
    """The guias of a lote that was read."""
    assert lote.corpo is not None
    return read(lote.corpo)


def a_result(guias: tuple[GuiaCobrada, ...], *glosas: Glosa) -> Resultado:
    """What is paid of them, given those glosas."""
    blank = tuple(
        GuiaAnalisada(
            one.sequencia,
            one.numero,
            tuple(ItemAnalisado(line.sequencia, line.sequencial, line.valor) for line in one.itens),
        )
        for one in guias
    )
    return settle(Resultado(blank, tuple(replace(one, id=number) for number, one in enumerate(glosas, 1))))


def a_dossie(lote: LoteLido, *glosas: Glosa) -> Dossie:
    """The dossier of a lote with those glosas."""
    guias = billed_of(lote)
    return Dossie(
        guias=guias, apresentadas=lote.guias, achados=(), resultado=a_result(guias, *glosas), alocacoes=(),
        vidas={one.carteira: f"vida de {one.carteira}" for one in guias},
    )  # fmt: skip


def peg_of(lote: LoteLido, **changes: Any) -> Peg:
    """The PEG that a lote became."""
    total = sum((guia.valor_informado for guia in lote.guias), start=Decimal("0.00"))
    made = a_peg(
        numero_lote=lote.numero_lote or "", valor_informado=total, tipo_guia=lote.tipo_guia,
        quantidade_guias=len(lote.guias),
    )  # fmt: skip
    return replace(made, **changes)
