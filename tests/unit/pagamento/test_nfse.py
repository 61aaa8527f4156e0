"""What the XML of a nota says, whoever wrote it; what is refused without being read; what is read by nobody."""

from __future__ import annotations

import gzip
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest

from local.gerador.notas import DEFEITOS, Leiaute, PedidoDeNota, gerar_nota
from pagamento.domain.errors import NotaIlegivelError
from pagamento.domain.notas import Esperado, Layout, NotaLida, conferir
from pagamento.messages.nfse import LIMITES, ler

PEDIDO = PedidoDeNota()
ESPERADO = Esperado(
    emitente=PEDIDO.emitente,
    tomador=PEDIDO.tomador,
    valor=PEDIDO.valor,
    primeira_competencia="202609",
    hoje=date(2026, 11, 22),
)


def xml(**asked: object) -> str:
    return gerar_nota(PedidoDeNota(**asked)).conteudo.decode()  # type: ignore[arg-type]


def read(text: str) -> NotaLida:
    return ler(text.encode())


def refusal(raw: bytes) -> NotaIlegivelError:
    with pytest.raises(NotaIlegivelError) as refused:
        ler(raw)
    return refused.value


@pytest.mark.regra("R05")
@pytest.mark.parametrize("leiaute", Leiaute)
def test_what_a_nota_says_is_read_in_every_layout_and_wrapper(leiaute: Leiaute) -> None:
    lida = read(xml(leiaute=leiaute))
    assert lida == read(xml(leiaute=leiaute, consulta=True))
    assert lida == NotaLida(
        layout=Layout.NACIONAL if leiaute is Leiaute.NACIONAL else Layout.ABRASF,
        numero="202600000000017",
        emitente=PEDIDO.emitente,
        tomador=PEDIDO.tomador,
        valor=Decimal("1500.00"),
        liquido=Decimal("1407.75"),
        competencia="202610",
        emitida_em=date(2026, 11, 16),
    )
    assert conferir(lida, ESPERADO) == ()


@pytest.mark.regra("R05")
@pytest.mark.parametrize("nome", DEFEITOS)
def test_each_defect_is_told_by_its_rule_in_every_layout(nome: str) -> None:
    for leiaute in Leiaute:
        if nome == "de-testes" and leiaute is not Leiaute.NACIONAL:
            continue
        nota = gerar_nota(PedidoDeNota(leiaute=leiaute, defeito=nome))
        if nota.regra and nota.regra.startswith("NF-XML-"):
            assert refusal(nota.conteudo).regra == nota.regra
        else:
            assert {one.regra for one in conferir(ler(nota.conteudo), ESPERADO)} == {nota.regra}


@pytest.mark.parametrize("leiaute", Leiaute)
@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1A2B3C4D000155", "1A2B3C4D000155"),
        ("1a.2b3.c4d/0001-55", "1A2B3C4D000155"),
        (" 12.345.678/0001-95 ", "12345678000195"),
        ("52998224725", "52998224725"),
        ("529", None),
        ("123456780001９5", None),
    ],
)
def test_a_cnpj_or_cpf_is_read_without_its_punctuation(leiaute: Leiaute, written: str, said: str | None) -> None:
    assert read(xml(leiaute=leiaute, emitente=written)).emitente == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1500", "1500.00"),
        ("1500.5", "1500.50"),
        ("0001500.0000", "1500.00"),
        ("9999999999999.99", "9999999999999.99"),
        ("1500.005", None),
        ("1.500,00", None),
        ("-1500.00", None),
        ("1.5E3", None),
        ("NaN", None),
        ("9" * 400, None),
        ("", None),
        ("1500<x/>.00", None),
        ("15<!-- 00 -->00.00", "1500.00"),
        ("<![CDATA[1500.00]]>", "1500.00"),
    ],
)
def test_an_amount_is_read_to_the_cent_or_not_at_all(written: str, said: str | None) -> None:
    lida = read(xml().replace("<vServ>1500.00<", f"<vServ>{written}<"))
    assert lida.valor == (Decimal(said) if said else None)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-10-31T00:00:00-03:00", "202610"),
        ("2026-10", "202610"),
        ("202610", "202610"),
        ("2026-13-01", None),
        ("20261", None),
        ("202610311", None),
        ("outubro", None),
    ],
)
def test_a_competencia_is_a_month_however_it_is_written(written: str, said: str | None) -> None:
    assert read(xml(leiaute=Leiaute.ABRASF_1).replace("2026-10-31T00:00:00", written)).competencia == said


@pytest.mark.parametrize(
    ("written", "said"), [("2026-11-16 10:00", date(2026, 11, 16)), ("2026-02-30", None), ("-", None)]
)
def test_the_day_of_issue_is_the_one_that_is_written(written: str, said: date | None) -> None:
    assert read(xml(leiaute=Leiaute.ABRASF_1).replace("2026-11-16T10:31:00", written)).emitida_em == said


@pytest.mark.parametrize(("written", "said"), [("00017", "17"), ("0", None), ("17/2026", None), ("9" * 20, None)])
def test_a_number_has_no_zeros_before_it(written: str, said: str | None) -> None:
    assert read(xml(numero=written)).numero == said


def test_what_a_nota_says_twice_in_two_ways_is_not_read() -> None:
    assert read(xml().replace("<vServ>", "<vServ>1.00</vServ><vServ>")).valor is None
    assert read(xml().replace("<emit><CNPJ>12345678000195", "<emit><CNPJ>11222333000181")).emitente is None
    repeated = xml(leiaute=Leiaute.ABRASF_2).replace("<Cnpj>", "<Cpf></Cpf><Cnpj>")
    assert read(repeated).emitente == read(repeated).emitente == PEDIDO.emitente


def test_the_numbers_of_an_address_or_of_an_rps_are_not_the_notas() -> None:
    lida = read(xml(leiaute=Leiaute.ABRASF_1).replace("<ns3:Numero>202600000000017</ns3:Numero>", ""))
    assert lida.numero is None
    assert lida.valor == Decimal("1500.00")


@pytest.mark.parametrize("leiaute", [Leiaute.ABRASF_1, Leiaute.ABRASF_2])
def test_of_a_nota_and_the_one_it_replaced_the_living_one_is_read(leiaute: Leiaute) -> None:
    old = xml(leiaute=leiaute, numero="1", defeito="substituida").partition("?>")[2]
    new = xml(leiaute=leiaute, numero="2").partition("?>")[2]
    for text in (f"<a>{old}{new}</a>", f"<a>{new}{old}</a>"):
        assert (read(text).numero, read(text).cancelada) == ("2", False)
    plain = xml(leiaute=leiaute, numero="1").partition("?>")[2]
    answer = f"<r><NfseSubstituida>{plain}</NfseSubstituida><NfseSubstituidora>{new}</NfseSubstituidora></r>"
    assert (read(answer).numero, read(answer).cancelada) == ("2", False)


@pytest.mark.parametrize("event", ["e101101", "e105102", "e105104", "e305101"])
def test_an_event_that_ends_a_national_nota_is_read_beside_it(event: str) -> None:
    text = xml(defeito="cancelada").replace("e101101", event)
    assert read(text).cancelada
    assert not read(text.replace(event, "e101103")).cancelada


def test_an_element_alone_is_a_nota_too() -> None:
    bare = "<InfNfse><Numero>7</Numero></InfNfse>"
    assert read(bare) == NotaLida(layout=Layout.ABRASF, numero="7")
    assert read(f"<x>{bare}<NfseCancelamento><Confirmacao/></NfseCancelamento></x>").cancelada
    assert not read(f"<x>{bare}<NfseCancelamento/><NfseSubstituicao> </NfseSubstituicao></x>").cancelada


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<DPS><infDPS/></DPS>", "DPS"),
        ("<EnviarLoteRpsEnvio><Rps/></EnviarLoteRpsEnvio>", "RPS"),
        ("<evento><infEvento><pedRegEvento><infPedReg/></pedRegEvento></infEvento></evento>", "evento"),
        ('<a:mensagemTISS xmlns:a="http://www.ans.gov.br/padroes/tiss/schemas"/>', "TISS"),
    ],
)
def test_what_is_no_nota_is_said_to_be_what_it_is(text: str, words: str) -> None:
    refused = refusal(text.encode())
    assert refused.regra == "NF-XML-OUTRO-DOCUMENTO"
    assert words in refused.mensagem


def test_a_layout_that_nobody_knows_is_left_to_a_person() -> None:
    assert read("<NFe><ChaveNFe>1</ChaveNFe></NFe>") == NotaLida(layout=Layout.DECLARADO)


NOTA = xml().encode()


@pytest.mark.parametrize(
    ("raw", "regra"),
    [
        (b"", "VAZIO"),
        (b"%PDF-1.7", "FORMATO"),
        (b"nota", "INICIO"),
        (gzip.compress(NOTA, mtime=0), "COMPACTADO"),
        (NOTA[: len(NOTA) // 2], "MALFORMADO"),
        (NOTA.decode().encode("utf-16"), "CODIFICACAO"),
        (NOTA.replace("Ç".encode(), b"\xc7"), "CODIFICACAO"),
        (NOTA.replace(b"HOSPITAL", b"\x07").replace(b"Belo", b"\x07"), "CONTROLE"),
        (NOTA.replace(b'version="1.0"', b'version="1.1"'), "VERSAO-XML"),
        (NOTA.replace(b"?>", b' standalone="maybe"?>', 1), "DECLARACAO"),
        (NOTA.replace(b"?>", b'?><?xml-stylesheet href="http://example.com/x.xsl"?>', 1), "INSTRUCAO"),
        (NOTA.replace(b"?>", b'?><!DOCTYPE NFSe SYSTEM "file:///etc/passwd">', 1), "DOCTYPE"),
        (NOTA.replace(b"?>", b'?><!DOCTYPE n [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>', 1), "DOCTYPE"),
        (NOTA.replace(b"<vServ>1500.00", b"<vServ>&aberta;"), "MALFORMADO"),
        (b"<a>" * 40 + NOTA.partition(b"?>")[2] + b"</a>" * 40, "PROFUNDIDADE"),
        (b"<a>" + b"<b/>" * LIMITES.marcas + b"</a>", "MARCAS"),
        (b"<a " + b" ".join(b'a%d=""' % one for one in range(LIMITES.aspas)) + b"/>", "ASPAS"),
        (b"<a>" + b"&#65;" * (LIMITES.referencias + 1) + b"</a>", "REFERENCIAS"),
        (b"<a>" + b"".join(b'<b xmlns="u:%d"/>' % one for one in range(600)) + b"</a>", "ESPACOS-DE-NOMES"),
        (b"<a>" + b"x" * LIMITES.tamanho + b"</a>", "TAMANHO"),
    ],
)
def test_what_nobody_should_read_is_refused_with_what_to_do(raw: bytes, regra: str) -> None:
    refused = refusal(raw)
    assert refused.regra == f"NF-XML-{regra}"
    assert refused.mensagem.endswith("sem ele, só o PDF.")
    assert "TISS" not in refused.mensagem


def test_a_file_cut_or_spoiled_anywhere_is_read_or_refused_and_nothing_else() -> None:
    for place in range(1, len(NOTA), 61):
        for raw in (NOTA[:place], NOTA[:place] + b"\0" + NOTA[place + 1 :], NOTA[:place] + b"<" + NOTA[place:]):
            with suppress(NotaIlegivelError):
                assert ler(raw).layout is Layout.NACIONAL
