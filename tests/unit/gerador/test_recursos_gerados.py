"""Recursos written by the generator: valid in every version, spelt as by others, and read as they were asked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from conecta_tiss.messages.recurso import GuiaOdontoRecursada, Recurso, RecursoGlosa, SolicitacaoStatusRecursoGlosa
from conecta_tiss.pipeline import validate_message
from local.gerador import VERSOES, consulta_recurso
from local.gerador.recursos import Contestada, PedidoRecurso, da_lista, gerar_recurso
from tests.builders import CNPJ, HOJE, OPERADORA

DEZ = Decimal("10.00")
PROTOCOLO = "261120000001"
VERSAO = pytest.mark.parametrize("versao", VERSOES)


def contested(guia: str | None = "G1", sequencial: int | None = 1, **changes: Any) -> Contestada:
    held: dict[str, Any] = {"codigo": "1705", "valor": DEZ, "procedimento": "40304361", "dia": date(2026, 3, 2)}
    return Contestada(guia=guia, sequencial=sequencial, **{**held, **changes})


def read(pedido: PedidoRecurso) -> Recurso:
    found = validate_message(gerar_recurso(pedido).conteudo, hoje=HOJE)
    assert found.achados == ()
    corpo = found.mensagem_de(RecursoGlosa)
    assert corpo is not None
    assert (corpo.corpo.odonto is None) is not pedido.odonto
    recurso = corpo.corpo.recurso
    assert recurso is not None
    return recurso


def asked(*contestadas: Contestada, **changes: Any) -> PedidoRecurso:
    held: dict[str, Any] = {"protocolo": PROTOCOLO, "contestadas": contestadas, "hoje": HOJE}
    return PedidoRecurso(**{**held, **changes})


@VERSAO
def test_items_and_whole_guias_are_contested(versao: str) -> None:
    glosas = (
        contested(numero_operadora="900001", senha="900001", grau="00"), contested(sequencial=2, valor=Decimal("2.50")),
        contested("G2", None),
    )  # fmt: skip
    recurso = read(asked(*glosas, versao=versao))
    assert (recurso.objeto, recurso.valor_total, recurso.numero_protocolo) == ("2", Decimal("22.50"), PROTOCOLO)
    assert [(one.numero_guia_prestador, one.senha, len(one.itens)) for one in recurso.guias] == [
        ("G1", "900001", 2), ("G2", None, 0),
    ]  # fmt: skip


@VERSAO
def test_dental_items_are_contested_beside_a_glosa_of_their_guia(versao: str) -> None:
    glosas = (contested(dente="11", face="OM"), contested(sequencial=2, regiao="ASAI"), contested("G2", None))
    guias = read(asked(*glosas, contested("G3"), odonto=True, versao=versao)).guias
    assert all(isinstance(one, GuiaOdontoRecursada) for one in guias)
    assert [[(one.dente, one.regiao, one.face) for one in guia.itens] for guia in guias] == [
        [("11", None, "OM"), (None, "ASAI", None)], [], [(None, None, None)],
    ]  # fmt: skip


@pytest.mark.parametrize("odonto", [False, True])
def test_a_whole_protocolo_is_contested(*, odonto: bool) -> None:
    recurso = read(asked(contested(None, None), odonto=odonto, valor_total=Decimal("99.99")))
    assert recurso.protocolo is not None
    assert (recurso.objeto, recurso.protocolo.codigo, recurso.valor_total) == ("1", "1705", Decimal("99.99"))


def test_it_is_spelt_as_another_vendor_would() -> None:
    pedido = asked(contested())
    raw = gerar_recurso(pedido).conteudo
    assert raw == gerar_recurso(pedido).conteudo
    assert raw.startswith(b'<?xml version="1.0" encoding="ISO-8859-1"?>\r\n<tiss:mensagemTISS xmlns:tiss=')
    assert b"\r\n\t\t<tiss:recursoGlosa>\r\n" in raw
    assert "não há motivo".encode("iso-8859-1") in raw
    wrong = validate_message(raw.replace(b">G1<", b">G2<"), hoje=HOJE)
    assert [one.codigo for one in wrong.achados] == ["5014"]
    with pytest.raises(ValueError, match="ao menos uma glosa"):
        gerar_recurso(asked())


def test_what_the_portal_lists_may_be_contested_as_it_is() -> None:
    blank = dict.fromkeys(("numero_guia_operadora", "senha", "dente", "regiao", "face", "grau_participacao"))
    item = {
        **blank, "numero_guia_prestador": "G1", "sequencial_item": 3, "data": "2026-03-02", "tabela": "22",
        "codigo": "40304361", "descricao": "Hemograma", "quantidade": "2",
    }  # fmt: skip
    modelo = {"codigo_glosa": "1705"}
    found = da_lista(
        [
            {"cobrado": item, "modelo": modelo, "valor_glosado": "12.34"},
            {"cobrado": {**blank, "numero_guia_prestador": "G2"}, "modelo": modelo, "valor_glosado": "1.00"},
        ],
        "Porque sim.",
    )
    assert found[0] == contested(
        sequencial=3, valor=Decimal("12.34"), descricao="Hemograma", quantidade=2, justificativa="Porque sim."
    )
    assert (found[1].guia, found[1].sequencial, found[1].valor) == ("G2", None, Decimal("1.00"))


@VERSAO
def test_where_a_recurso_stands_is_asked(versao: str) -> None:
    found = validate_message(consulta_recurso(CNPJ, OPERADORA, PROTOCOLO, HOJE, versao), hoje=HOJE)
    mensagem = found.mensagem_de(SolicitacaoStatusRecursoGlosa)
    assert mensagem is not None, found.achados
    assert mensagem.corpo.numero_protocolo == PROTOCOLO
