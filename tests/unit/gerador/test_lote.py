"""The lotes of the generator are what the standard says a correct lote is."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from local.gerador import VERSOES, Conta, Formato, Linha, Pedido, Tipo, gerar
from tests.unit.gerador.oracle import NS, hash_of_leaves, schema_errors

ALL = list(product(Tipo, VERSOES))


@pytest.mark.parametrize(("tipo", "versao"), ALL)
@pytest.mark.parametrize("codificacao", ["ISO-8859-1", "UTF-8"])
def test_every_kind_version_and_encoding_is_valid_against_the_official_schema(
    tipo: Tipo, versao: str, codificacao: str
) -> None:
    for prefixo, indentado in product(("ans", "", "tiss"), (False, True)):
        formato = Formato(codificacao=codificacao, prefixo=prefixo, indentado=indentado)
        lote = gerar(Pedido(tipo=tipo, versao=versao, guias=3, formato=formato))

        assert schema_errors(lote.conteudo, versao) == []


@pytest.mark.parametrize("tipo", list(Tipo))
@pytest.mark.parametrize("extreme", ["100 guias", "one item", "codigo", "thirty items", "4.03 alphanumeric"])
def test_the_extremes_of_a_request_are_valid_too(tipo: Tipo, extreme: str) -> None:
    base = Pedido(tipo=tipo)
    pedido = {
        "100 guias": replace(base, guias=100),
        "one item": replace(base, procedimentos=1, despesas=0, com_senha=False),
        "codigo": replace(base, origem_codigo="PREST0001"),
        "thirty items": replace(base, procedimentos=30, despesas=30, despesas_reiniciam=True),
        "4.03 alphanumeric": replace(base, versao="4.03.00", origem_cnpj="12ABC34501DE35"),
    }[extreme]

    assert schema_errors(gerar(pedido).conteudo, pedido.versao) == []


@pytest.mark.parametrize("tipo", list(Tipo))
@pytest.mark.parametrize("hash_codificacao", ["iso-8859-1", "utf-8"])
def test_the_hash_covers_the_leaves_whatever_the_spelling_of_the_bytes(tipo: Tipo, hash_codificacao: str) -> None:
    pedido = Pedido(tipo=tipo, guias=2, hash_codificacao=hash_codificacao)
    formatos = [
        Formato(),
        Formato(codificacao="UTF-8", prefixo="", indentado=True),
        Formato(indentado=True, nova_linha="\r\n", schema_location="tissV4_01_00.xsd"),
        Formato(codificacao="UTF-8", declaracao=""),
    ]
    lotes = [gerar(replace(pedido, formato=formato)) for formato in formatos]

    assert len({lote.hash for lote in lotes}) == 1
    assert len({lote.conteudo for lote in lotes}) == len(formatos)
    for lote in lotes:
        assert lote.hash == hash_of_leaves(lote.conteudo, hash_codificacao)


def test_accents_make_the_two_digests_differ_and_ascii_makes_them_equal() -> None:
    def digest(*, acentos: bool, codificacao: str) -> str:
        return gerar(Pedido(acentos=acentos, hash_codificacao=codificacao)).hash

    assert digest(acentos=True, codificacao="utf-8") != digest(acentos=True, codificacao="iso-8859-1")
    assert digest(acentos=False, codificacao="utf-8") == digest(acentos=False, codificacao="iso-8859-1")


def test_the_same_request_gives_the_same_bytes_and_another_seed_gives_others() -> None:
    pedido = Pedido(guias=5)

    assert gerar(pedido).conteudo == gerar(pedido).conteudo
    assert gerar(replace(pedido, semente=2)).conteudo != gerar(pedido).conteudo


@pytest.mark.parametrize("tipo", list(Tipo))
def test_the_totals_announced_are_those_written(tipo: Tipo) -> None:
    lote = gerar(Pedido(tipo=tipo, guias=7, procedimentos=4, despesas=5))
    name = {
        Tipo.SADT: "valorTotalGeral",
        Tipo.CONSULTA: "valorProcedimento",
        Tipo.INTERNACAO: "valorTotalGeral",
        Tipo.HONORARIOS: "valorTotalHonorarios",
        Tipo.ODONTO: "valorTotalProc",
    }[tipo]
    written = [Decimal(node.text or "") for node in ET.fromstring(lote.conteudo).iter(NS + name)]  # noqa: S314

    assert written == [guia.valor for guia in lote.guias]
    assert sum(written) == lote.valor_total > 0


def test_each_item_of_a_sadt_is_quantity_times_unit_times_factor_to_the_cent() -> None:
    lote = gerar(Pedido(guias=40, procedimentos=6, despesas=6))
    root = ET.fromstring(lote.conteudo)  # noqa: S314
    itens = [*root.iter(NS + "procedimentoExecutado"), *root.iter(NS + "servicosExecutados")]

    def valor(item: ET.Element, field_name: str) -> Decimal:
        return Decimal(item.findtext(NS + field_name) or "")

    assert len(itens) == 40 * 12
    assert {valor(item, "reducaoAcrescimo") for item in itens} >= {Decimal("0.50"), Decimal("1.30")}
    for item in itens:
        exact = valor(item, "quantidadeExecutada") * valor(item, "valorUnitario") * valor(item, "reducaoAcrescimo")
        assert exact == valor(item, "valorTotal")


def test_the_identity_asked_for_is_the_one_written() -> None:
    pedido = Pedido(
        guias=3,
        origem_codigo="PREST0001",
        destino="331988",
        numero_lote="77",
        carteiras=("1", "2"),
        senhas=("A",),
        hoje=date(2026, 6, 1),
    )
    lote = gerar(pedido)
    root = ET.fromstring(lote.conteudo)  # noqa: S314

    assert [node.text for node in root.iter(NS + "numeroCarteira")] == ["1", "2", "1"]
    assert {node.text for node in root.iter(NS + "senha")} == {"A"}
    assert {node.text for node in root.iter(NS + "registroANS")} == {"331988"}
    assert root.findtext(f".//{NS}numeroLote") == "77"
    assert root.findtext(f".//{NS}origem//{NS}codigoPrestadorNaOperadora") == "PREST0001"
    assert [node.text for node in root.iter(NS + "numeroGuiaPrestador")] == [guia.numero for guia in lote.guias]
    assert all(guia.atendimento < pedido.hoje for guia in lote.guias)
    assert root.findtext(f".//{NS}dataRegistroTransacao") == "2026-06-01"


def test_no_sample_lote_has_a_date_after_the_day_of_sending() -> None:
    for tipo in Tipo:
        pedido = Pedido(tipo=tipo, guias=50)
        datas = {
            date.fromisoformat(node.text or "")
            for node in ET.fromstring(gerar(pedido).conteudo).iter()  # noqa: S314
            if node.tag.startswith(f"{NS}data") and node.tag != f"{NS}dataValidadeSenha" and len(node) == 0
        }
        assert datas
        assert max(datas) <= pedido.hoje


def test_a_text_without_iso_8859_1_form_is_refused_for_that_hash_and_written_by_reference_for_the_other() -> None:
    pedido = Pedido(carteiras=("12\u20ac",))
    with pytest.raises(ValueError, match="utf-8 hash"):
        gerar(pedido)

    lote = gerar(replace(pedido, hash_codificacao="utf-8"))

    assert b"12&#8364;" in lote.conteudo
    assert lote.hash == hash_of_leaves(lote.conteudo, "utf-8")


@pytest.mark.parametrize(
    ("pedido", "message"),
    [
        (Pedido(versao="3.05.00"), "não é gerada"),
        (Pedido(guias=0), "ao menos uma guia"),
        (Pedido(tipo=Tipo.HONORARIOS, procedimentos=0), "ao menos um procedimento"),
        (Pedido(defeitos=("inexistente",)), "desconhecido"),
        (Pedido(defeitos=("regiao-aias",)), "não cabe em sadt"),
        (Pedido(versao="4.03.00", defeitos=("cnpj-alfanumerico",)), "não existe na versão"),
        (Pedido(defeitos=("guia-duplicada",)), "ao menos 2 guias"),
        (Pedido(guias=2, alvo=3), "não existe em um lote de 2"),
    ],
)
def test_a_request_that_contradicts_itself_is_refused_saying_why(pedido: Pedido, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gerar(pedido)


@pytest.mark.parametrize("versao", VERSOES)
def test_a_guia_made_to_measure_says_what_was_asked_and_nothing_else(versao: str) -> None:
    drug = Linha(tabela="20", codigo="90055888", descricao="Dipirona", unitario=Decimal("1.50"), quantidade=2,
                 despesa="02", unidade="002")  # fmt: skip
    act = Linha(tabela="22", codigo="20104545", descricao="Aplicação", unitario=Decimal(40))
    dia = date(2026, 2, 27)
    contas = (
        Conta(numero="A1", carteira="C1", dia=dia, linhas=(drug, act), senha="S1", urgencia=True),
        Conta(numero="A2", carteira="C2", dia=dia, linhas=(act,)),
    )
    lote = gerar(Pedido(versao=versao, contas=contas))
    assert schema_errors(lote.conteudo, versao) == []
    assert [(guia.numero, guia.senha, guia.valor, guia.itens) for guia in lote.guias] == [
        ("A1", "S1", Decimal(43), 2), ("A2", None, Decimal(40), 1),
    ]  # fmt: skip
    first = lote.conteudo.split(b"</ans:guiaSP-SADT>")[0].decode("iso-8859-1")
    assert "<ans:caraterAtendimento>2<" in first
    assert "<ans:numeroGuiaOperadora>S1<" in first
    assert first.index("20104545") < first.index("90055888")
    with pytest.raises(ValueError, match="SP/SADT"):
        gerar(Pedido(tipo=Tipo.ODONTO, contas=contas))
