"""What a recurso is told as in a message, whatever it holds; and where in a message what is wrong stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from conecta_edge.cadastro import Contratacao
from conecta_facts.prestadores import Prestador
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.recurso import RecebimentoRecursoGlosa, RecursoGlosa, RespostaRecursoGlosa
from conecta_tiss.pipeline import read_as, validate_message
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.xml.writer import write
from recurso.domain.glosas import Lugar
from recurso.domain.recursos import Cobrado, Decisao, Entrada, Pauta, Recurso, Resposta, SituacaoRecurso, enviar
from recurso.domain.regras import Apontamento
from recurso.messages import pedidos, respostas
from tests import builders_mensagens_recurso as uns
from tests.builders import HOJE as DIA
from tests.builders_cadastro import an_operadora
from tests.builders_functions import CNPJ, HOSPITAL, NOW, a_relacionamento
from tests.builders_recurso import DEZ, PORQUE, a_pauta, a_recurso, an_act

V401, V402, V403 = Versao
ITEM = Lugar(1, 1)


def a_contract(cnpj: str = CNPJ, **changes: Any) -> Contratacao:
    """Who sends, and at which operadora."""
    held: dict[str, Any] = {
        "prestador": Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=cnpj),
        "relacionamento": a_relacionamento(), "operadora": an_operadora(),
    }  # fmt: skip
    return Contratacao(**{**held, **changes})


def an_entrada(ident: int = 1, lugar: Lugar = ITEM, **changes: Any) -> Entrada:
    """An item as it was billed."""
    cobrado = Cobrado(guia="G1", sequencial=1, dia=DIA, tabela="22", codigo="40304361", descricao="Hemograma")
    held: dict[str, Any] = {
        "id": ident, "lugar": lugar, "cobrado": cobrado, "codigo": "1705", "codigo_informado": "1705",
        "valor_glosado": DEZ, "valor_recursado": DEZ, "justificativa": PORQUE,
    }  # fmt: skip
    return Entrada(**{**held, **changes})


def answered(entrada: Entrada, decisao: Decisao = Decisao.NAO_ACATADO, porque: str | None = "Mantida.") -> Entrada:
    valor = DEZ if decisao is Decisao.ACATADO else Decimal("4.00") if decisao is Decisao.PARCIAL else Decimal("0.00")
    return replace(entrada, resposta=Resposta(decisao=decisao, valor_acatado=valor, justificativa=porque,
                                              quem="a", quando=NOW))  # fmt: skip


def sent(**changes: Any) -> Recurso:
    return enviar(a_recurso(**changes), an_act())


def receipt(recurso: Recurso, *entradas: Entrada, contratacao: Contratacao | None = None) -> Any:
    """The receipt, which its version's schema accepts."""
    raw = respostas.recebimento(recurso, Pauta(entradas) if entradas else a_pauta(), contratacao or a_contract())
    mensagem = validate_message(raw, hoje=date.max).mensagem_de(RecebimentoRecursoGlosa)
    assert mensagem is not None
    return mensagem


def answer(*entradas: Entrada, **changes: Any) -> Any:
    """What was decided, which its version's schema accepts."""
    recurso = replace(sent(**changes), situacao=SituacaoRecurso.RESPONDIDO)
    raw = respostas.resposta(recurso, Pauta(entradas), a_contract())
    mensagem = validate_message(raw, hoje=date.max).mensagem_de(RespostaRecursoGlosa)
    assert mensagem is not None
    return mensagem.corpo.recibo_odonto or mensagem.corpo.recibo


# --- in which version ---


@pytest.mark.parametrize(
    ("cnpj", "valor", "versao"),
    [
        (CNPJ, DEZ, V401),
        (CNPJ, Decimal("1000000.50"), V401),
        (CNPJ, Decimal("1000000.55"), V402),
        ("12ABC34501DE35", DEZ, V403),
    ],
)
def test_a_receipt_is_in_the_first_version_that_has_room(cnpj: str, valor: Decimal, versao: Versao) -> None:
    contratacao = a_contract(cnpj, relacionamento=None)
    told = receipt(sent(valor_recursado=valor), an_entrada(valor_recursado=valor), contratacao=contratacao)
    assert told.cabecalho.padrao == versao.value
    assert told.corpo.protocolo.prestador == Contratado(cnpj=cnpj)
    assert told.cabecalho.sequencial_transacao == "261160000001"


def test_what_waits_for_an_answer_is_told_where_it_stands() -> None:
    raw = respostas.resposta(sent(), a_pauta(), a_contract(operadora=None))
    mensagem = validate_message(raw, hoje=date.max).mensagem_de(RespostaRecursoGlosa)
    assert mensagem is not None
    assert mensagem.corpo.situacao is not None


# --- what the standard has no room for ---


def test_of_several_glosas_of_the_protocolo_one_is_told_and_the_others_noted() -> None:
    whole = [an_entrada(n, Lugar(), cobrado=Cobrado(), codigo_informado=code) for n, code in ((1, "1705"), (2, "1801"))]
    recibo = receipt(sent(), *whole).corpo.protocolo
    assert (recibo.protocolo.codigo, recibo.observacao) == ("1705", "Contesta também, do protocolo: 1801.")
    first, second = whole
    told = answer(answered(first, Decisao.ACATADO, None), answered(second)).protocolo
    assert (told.acatado, told.justificativa_operadora) == (False, "1705: acatada. 1801: Mantida.")


def test_more_lines_than_a_receipt_lists_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(respostas, "LINHAS_MAXIMAS", 1)
    recibo = receipt(sent(), an_entrada(), an_entrada(2)).corpo.protocolo
    assert (recibo.guias, recibo.quantidade_guias) == ((), 1)
    assert "GET /v1/recursos/261160000001/itens" in recibo.observacao


@pytest.mark.parametrize("missing", ["sequencial", "dia", "tabela", "codigo"])
def test_a_legacy_item_of_which_not_all_is_known_is_told_of_its_guia(missing: str) -> None:
    one = an_entrada()
    legada = replace(one, cobrado=replace(one.cobrado, **{missing: None}))
    guia = receipt(sent(), legada).corpo.protocolo.guias[0]
    assert (guia.numero_guia_prestador, guia.itens, guia.glosas[0].codigo) == ("G1", (), "1705")
    assert answer(answered(legada)).respostas[0].guia.acatado is False
    dental = answer(answered(legada, Decisao.PARCIAL, None), tipo_guia="guiaOdonto").respostas[0]
    assert (dental.guia.acatado, dental.itens) == (False, None)


def test_a_lote_with_letters_is_not_told_where_only_digits_fit() -> None:
    assert receipt(sent(numero_lote="L-7")).corpo.protocolo.numero_lote == "L-7"
    recibo = answer(answered(an_entrada()), numero_lote="L-7", origem="ANTIGO-7")
    assert (recibo.numero_lote, recibo.numero_protocolo) == ("0", "0")
    assert answer(answered(an_entrada()), origem="1" * 13).numero_protocolo == "0"


def test_what_no_element_takes_is_left_out_or_told_in_the_nearest_words() -> None:
    one = an_entrada(codigo_informado="3169", justificativa="\N{SNOWMAN}", cobrado=replace(
        an_entrada().cobrado, codigo="40304361" * 2, tabela="77", descricao=None, face="XY", dente="11", guia=None,
    ))  # fmt: skip
    item = receipt(sent(numero_lote=""), one).corpo.protocolo.guias[0].itens[0]
    assert (item.codigo_tabela, item.face, item.codigo_glosa, item.justificativa) == ("00", None, "1426", "?")


# --- where it is wrong ---


def found(mensagem: Any, *apontamentos: Apontamento) -> list[str]:
    """The end of each path; every one leads to an element that is there."""
    raw = write(mensagem)
    lida = read_as(raw, "recursoGlosa", RecursoGlosa, hoje=DIA)
    achados = pedidos.achados(lida, apontamentos)
    return [(one.caminho or "").rpartition("recursoGlosa/ans:")[2].replace("ans:", "") for one in achados]


def wrong(campo: str, entrada: int | None = 0) -> Apontamento:
    return Apontamento(regra="REC", motivo=Motivo.RECURSO_INCORRETO, mensagem="-", entrada=entrada, campo=campo)


def test_what_is_wrong_is_told_at_its_element() -> None:
    itens = uns.MENSAGENS["recurso-all"](V401)
    guia = "guiaRecursoGlosa/opcaoRecurso/recursoGuia[1]"
    item = f"{guia}/opcaoRecursoGuia/itensGuia[2]"
    campos = ("guia", "sequencial", "codigo", "valor", "valor_glosado", "justificativa", "nivel")
    assert found(itens, *(wrong(campo, 1) for campo in campos)) == [
        f"{guia}/numeroGuiaOrigem", f"{item}/sequencialItem", f"{item}/codGlosaItem", f"{item}/valorRecursado",
        f"{item}/valorRecursado", f"{item}/justificativaItem", item,
    ]  # fmt: skip
    inteira = "guiaRecursoGlosa/opcaoRecurso/recursoGuia[2]/opcaoRecursoGuia/recursoGuiaCompleta[2]"
    assert found(itens, wrong("valor", 3), wrong("justificativa", 3)) == [inteira, f"{inteira}/justificativaGuia"]
    protocolo = "guiaRecursoGlosa/opcaoRecurso/recursoProtocolo"
    assert found(uns.MENSAGENS["recurso-protocolo"](V401), wrong("codigo"), wrong("guia")) == [
        f"{protocolo}/codigoGlosaProtocolo", protocolo,
    ]  # fmt: skip


def test_what_is_wrong_of_a_dental_recurso_is_told_at_its_element() -> None:
    odonto, guia = uns.MENSAGENS["recurso-odonto-all"](V401), "guiaRecursoGlosaOdonto/opcaoRecurso/recursoGuia"
    assert found(odonto, wrong("codigo", 1), wrong("guia", 1), wrong("codigo", 2), wrong("guia", 2)) == [
        f"{guia}[1]/recursoProcedimento[2]/codGlosaProc", f"{guia}[1]/numeroGuiaPrestador",
        f"{guia}[2]/codGlosaGuia", f"{guia}[2]/numeroGuiaPrestador",
    ]  # fmt: skip


def test_what_is_wrong_of_the_recurso_is_told_of_it() -> None:
    campos = ("entradas", "numero", "numero_lote", "origem", "valor_total")
    assert found(uns.recurso_glosa(), *(wrong(campo, None) for campo in campos)) == [
        f"guiaRecursoGlosa/{one}"
        for one in (
            "opcaoRecurso", "numeroGuiaRecGlosaPrestador", "numeroLote", "numeroProtocolo", "valorTotalRecursado",
        )
    ]  # fmt: skip
