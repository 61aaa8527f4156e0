"""Receipts and answers of any recurso: valid in every version, and to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conecta_edge.cadastro import Contratacao
from conecta_facts.prestadores import Prestador
from conecta_tiss import pipeline
from conecta_tiss.messages.recurso import RecebimentoRecursoGlosa, RespostaRecursoGlosa
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.amounts import ZERO, soma
from conecta_tiss.vocabulary.glosas import Motivo
from recurso.domain.glosas import Lugar
from recurso.domain.recursos import Cobrado, Decisao, Entrada, Pauta, Resposta, SituacaoRecurso, enviar
from recurso.messages import respostas
from tests.builders_cadastro import an_operadora
from tests.builders_functions import CNPJ, HOSPITAL, NOW, a_relacionamento
from tests.builders_recurso import a_recurso, an_act

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=600)
NUMBERS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
CODES = st.sampled_from(sorted({one for motivo in Motivo for one in (motivo.value.ate_4_02, motivo.value.em_4_03)}))
CONTRATACAO = Contratacao(
    prestador=Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ), relacionamento=a_relacionamento(),
    operadora=an_operadora(),
)  # fmt: skip


@st.composite
def billed(draw: st.DrawFn, numero: str, *, item: bool, odonto: bool) -> Cobrado:
    """As a guia of the standard was billed, or as somebody typed what they knew of a legacy one."""
    said = Cobrado(
        guia=numero, numero_operadora=draw(st.none() | NUMBERS), senha=draw(st.none() | NUMBERS),
        dia=date(2026, 10, 1),
    )  # fmt: skip
    if not item:
        return said
    teeth: dict[str, Any] = {"quantidade": Decimal(1)}
    if odonto:
        dente = draw(st.booleans())
        teeth |= {"dente": "11" if dente else None, "regiao": None if dente else "ASAI", "face": draw(NUMBERS)[:5]}
    return replace(
        said, sequencial=draw(st.none() | st.integers(1, 9999)), tabela=draw(st.sampled_from(("22", "00", "77"))),
        codigo=draw(st.none() | NUMBERS), descricao=draw(st.none() | TEXTS), **teeth,
    )  # fmt: skip


@st.composite
def entries(draw: st.DrawFn, ident: int, numero: str, *, odonto: bool) -> Entrada:
    """Answered, of an item, a guia or the protocolo."""
    item = draw(st.booleans())
    valor = draw(st.decimals("0.01", "2000000", places=2))
    decisao = draw(st.sampled_from(Decisao))
    given_back = {Decisao.ACATADO: valor, Decisao.NAO_ACATADO: ZERO}.get(decisao, valor / 2).quantize(ZERO)
    code = draw(CODES)
    return Entrada(
        id=ident, lugar=Lugar(1, 1 if item else None), cobrado=draw(billed(numero, item=item, odonto=odonto)),
        codigo=code, codigo_informado=code, valor_glosado=valor, valor_recursado=valor, justificativa=draw(TEXTS),
        resposta=Resposta(
            decisao=decisao, valor_acatado=given_back, justificativa=draw(st.none() | TEXTS), quem="a", quando=NOW
        ),
    )  # fmt: skip


@given(data=st.data(), versao=st.sampled_from(Versao), odonto=st.booleans())
def test_any_recurso_is_told_in_any_version_to_the_cent(data: st.DataObject, versao: Versao, *, odonto: bool) -> None:
    guias = data.draw(st.lists(NUMBERS, min_size=1, max_size=3, unique=True))
    entradas = [data.draw(entries(n, one, odonto=odonto)) for n, one in enumerate([*guias, *guias], 1)]
    if data.draw(st.booleans()):
        entradas = [replace(one, lugar=Lugar(), cobrado=Cobrado()) for one in entradas]
    pauta = Pauta(tuple(entradas))
    recurso = enviar(
        a_recurso(
            versao_tiss=versao.value, tipo_guia="guiaOdonto" if odonto else data.draw(st.none()),
            numero=data.draw(NUMBERS), numero_lote=data.draw(st.text(max_size=12)), origem=data.draw(NUMBERS),
            guias=tuple(guias), valor_recursado=pauta.valor_recursado,
        ),
        an_act(),
    )  # fmt: skip
    received = _back(respostas.recebimento(recurso, pauta, CONTRATACAO), RecebimentoRecursoGlosa).protocolo
    assert received.valor_total == pauta.valor_recursado
    lines = [line for guia in received.guias for line in guia.itens]
    assert sum(len(guia.itens) + len(guia.glosas) for guia in received.guias) in {0, len(entradas)}
    assert {line.valor_recursado for line in lines} <= {one.valor_recursado for one in entradas}

    assert _back(respostas.resposta(recurso, pauta, CONTRATACAO), RespostaRecursoGlosa).situacao is not None
    done = replace(recurso, situacao=SituacaoRecurso.RESPONDIDO, valor_acatado=pauta.valor_acatado)
    corpo = _back(respostas.resposta(done, pauta, CONTRATACAO), RespostaRecursoGlosa)
    recibo = corpo.recibo_odonto if odonto else corpo.recibo
    assert (recibo.valor_recursado, recibo.valor_acatado) == (pauta.valor_recursado, pauta.valor_acatado)
    told = [line for one in recibo.respostas for line in _items(one)]
    assert soma(line.valor_acatado for line in told) <= pauta.valor_acatado


def _items(resposta: Any) -> Any:
    if hasattr(resposta, "item"):
        return [resposta.item] if resposta.item else []
    return resposta.itens.itens if resposta.itens else []


def _back(raw: bytes, classe: type[Any]) -> Any:
    """An answer read again: whatever was written is a valid message."""
    found = pipeline.validate_message(raw, hoje=date.max)
    assert found.achados == ()
    mensagem = found.mensagem_de(classe)
    assert mensagem is not None
    return mensagem.corpo
