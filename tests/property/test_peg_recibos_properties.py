"""Receipts and statuses of any lote with any glosas: valid in every version, and to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conecta_contas.analise import Glosa, broken
from conecta_contas.pegs import STATUS_PROTOCOLO, Porta
from conecta_tiss import pipeline
from conecta_tiss.messages.comum import Contratado, ValoresProcessados
from conecta_tiss.messages.recebimento import RecebimentoLote
from conecta_tiss.messages.situacao import SituacaoProtocolo
from conecta_tiss.terminologia import glosa_text
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.amounts import soma
from conecta_tiss.vocabulary.glosas import Motivo, codigo
from local.gerador import Pedido, Tipo, gerar
from peg.domain.lotes import LoteLido
from peg.messages import recibos
from peg.messages.lotes import TissPadrao
from tests.builders_functions import CNPJ, NOW, VALE, a_contexto
from tests.builders_recibos import a_dossie, a_glosa, peg_of

HOJE = date(2026, 11, 21)
GUIAS, ITENS = 3, 5
TEXTS = st.text(st.characters(codec="utf-8"), max_size=600)


@lru_cache
def lote(tipo: Tipo, versao: Versao, *, reiniciam: bool) -> LoteLido:
    made = gerar(
        Pedido(
            tipo=tipo, versao=versao.value, guias=GUIAS, origem_cnpj=CNPJ, destino=VALE, despesas_reiniciam=reiniciam
        )
    )
    return TissPadrao().read(made.conteudo, HOJE, Porta.XML_S3)


@st.composite
def glosas(draw: st.DrawFn, versao: Versao) -> Glosa:
    """Of the PEG, a guia or an item; by a rule or a person; standing or not."""
    indice = draw(st.integers(0, GUIAS))
    sequencia = draw(st.none() | st.integers(1, ITENS)) if indice else None
    motivo = draw(st.none() | st.sampled_from(Motivo))
    changes: dict[str, Any] = {"retirado": draw(st.none() | st.decimals("0.01", "500", places=2))} if sequencia else {}
    return a_glosa(
        indice, sequencia, motivo=motivo.name if motivo else "",
        codigo=codigo(motivo or draw(st.sampled_from(Motivo)), versao), mensagem=draw(TEXTS),
        autor=draw(st.none() | st.just("auditora-1")), revertida_por=draw(st.none() | st.just("auditora-1")), **changes,
    )  # fmt: skip


def adds_up(values: ValoresProcessados) -> bool:
    return values.processado == values.glosa + values.liberado and min(values.glosa, values.liberado) >= 0


@given(data=st.data(), tipo=st.sampled_from(Tipo), de=st.sampled_from(Versao), para=st.sampled_from(Versao))
def test_any_glosas_of_any_lote_are_told_in_any_version_to_the_cent(
    data: st.DataObject, tipo: Tipo, de: Versao, para: Versao
) -> None:
    read = lote(tipo, de, reiniciam=data.draw(st.booleans()))
    dossie = a_dossie(read, *data.draw(st.lists(glosas(de), max_size=8)))
    assert not broken(dossie.resultado)
    situacao = data.draw(st.sampled_from(sorted(STATUS_PROTOCOLO)))
    peg = peg_of(read, situacao=situacao)
    assert dossie.resultado.informado == peg.valor_informado

    raw = TissPadrao().receipt(read, peg, dossie, a_contexto())
    received = _back(raw, de).mensagem_de(RecebimentoLote).corpo.protocolo
    corpo = recibos.situation(peg, dossie, Contratado(cnpj=CNPJ), para)
    told = recibos.answer(_asking(para), a_contexto(), NOW, corpo)
    lot = _back(told, para).mensagem_de(SituacaoProtocolo).corpo.situacao.detalhe

    assert adds_up(lot.valores)
    for guias in ((received.guias or received.guias_odonto), (lot.guias or lot.guias_odonto)):
        assert [one.numero_guia_prestador for one in guias] == [one.numero for one in dossie.guias]
        assert all(adds_up(one.valores) for one in guias)
        assert soma(one.valores.processado for one in guias) == received.valor_total_protocolo
        assert soma(one.valores.glosa for one in guias) == lot.valores.glosa == dossie.resultado.glosado
        for one in guias:
            lines = one.procedimentos
            assert soma(line.glosas.valor for line in lines) <= one.valores.glosa
            assert all(line.glosas.motivos for line in lines)
    if received.glosa is not None:
        assert received.glosa.valor == lot.valores.glosa
    codes = {one.codigo for guia in (lot.guias or lot.guias_odonto) for one in guia.glosas}
    assert all(glosa_text(code, para) is not None for code in codes)


def _back(raw: bytes, versao: Versao) -> Any:
    """An answer read again: whatever was written is a valid message of its version."""
    found = pipeline.validate_message(raw, hoje=HOJE)
    assert (found.versao, found.achados) == (versao, ())
    return found


def _asking(versao: Versao) -> LoteLido:
    made = gerar(Pedido(versao=versao.value, origem_cnpj=CNPJ, destino=VALE))
    return TissPadrao().read(made.conteudo, HOJE, Porta.XML_S3)


def test_nothing_released_is_below_zero() -> None:
    read = lote(Tipo.SADT, Versao.V4_01_00, reiniciam=False)
    dossie = a_dossie(read, *(a_glosa(0, None), a_glosa(1, None), a_glosa(1, 1, retirado=Decimal(10))))
    assert dossie.resultado.liberado == 0
