"""The schema's errors as findings: which field, which code, what to do, and never a personal value."""

from __future__ import annotations

import re
import time
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from conecta_tiss.findings import Achado
from conecta_tiss.messages.envelope import Mensagem
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml import gate, parser, validator, writer
from conecta_tiss.xml.gate import LIMITES, Limites
from tests import builders as um

GUIAS = "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:loteGuias/ans:guiasTISS"


def written(*guias: Any, versao: Versao = Versao.V4_01_00) -> str:
    return writer.write_lote(um.mensagem_lote(*guias, versao=versao)).decode("iso-8859-1")


def judge(texto: str, versao: Versao = Versao.V4_01_00, limites: Limites = LIMITES) -> tuple[Achado, ...]:
    utf8 = gate.check(texto.encode("iso-8859-1"))
    return validator.validate(parser.parse(utf8), utf8, versao, limites)


def with_leaf(texto: str, campo: str, valor: str, vez: int = 1) -> str:
    """The message with another text in the `vez`-th leaf of that name."""
    achados = list(re.finditer(rf"<ans:{campo}>[^<]*</ans:{campo}>", texto))
    alvo = achados[vez - 1]
    return f"{texto[: alvo.start()]}<ans:{campo}>{valor}</ans:{campo}>{texto[alvo.end() :]}"


def without(texto: str, campo: str) -> str:
    return re.sub(rf"<ans:{campo}>.*?</ans:{campo}>", "", texto, count=1, flags=re.DOTALL)


def only(achados: tuple[Achado, ...]) -> Achado:
    assert len(achados) == 1, achados
    return achados[0]


@pytest.mark.parametrize("versao", VERSOES)
def test_a_valid_message_has_no_findings(versao: Versao) -> None:
    assert judge(written(versao=versao), versao) == ()


ODONTO = um.guia_odonto()
HONORARIOS = um.guia_honorarios(procedimentos=(um.procedimento(equipe=(um.executante(),)),))


@pytest.mark.parametrize(
    ("guia", "campo", "valor", "codigos", "parte"),
    [
        (None, "numeroCarteira", "0" * 21, ("1001", "1001"), "mais de 20 caracteres"),
        (None, "numeroCarteira", "", ("1001", "1001"), "está vazio"),
        (None, "numeroLote", "", ("5047", "5047"), "está vazio"),
        (None, "numeroGuiaPrestador", "", ("1307", "1307"), "está vazio"),
        (None, "registroANS", "34569A", ("5027", "5027"), "seis dígitos"),
        (None, "registroANS", "3456950A", ("5027", "5027"), "seis dígitos"),
        (None, "tipoTransacao", "NADA", ("3148", "3148"), "tabela"),
        (None, "CBOS", "000000", ("1213", "1213"), "tabela"),
        (None, "CNES", "", ("1202", "1202"), "está vazio"),
        (None, "CNPJ", "123", ("1206", "1206"), "formato"),
        (None, "cnpjContratado", "1234567800019X", ("1206", "1206"), "formato"),
        (None, "codigoTabela", "77", ("3150", "3150"), "18, 19, 20, 22"),
        (None, "codigoTabela", "", ("5035", "5035"), "está vazio"),
        (None, "codigoProcedimento", "", ("1801", "1801"), "está vazio"),
        (None, "sequencialItem", "um", ("3167", "3167"), "número inteiro"),
        (None, "dataExecucao", "2026-02-30", ("1323", "3227"), "AAAA-MM-DD"),
        (None, "dataValidadeSenha", "ontem", ("1323", "3227"), "AAAA-MM-DD"),
        (None, "horaRegistroTransacao", "25h", ("5001", "5001"), "HH:MM:SS"),
        (None, "valorTotalGeral", "", ("5034", "5034"), "está vazio"),
        (None, "valorTotalGeral", "dez", ("5001", "5001"), "1234.50"),
        (None, "valorUnitario", "1.001", ("5001", "5001"), "casas decimais"),
        (None, "quantidadeExecutada", "1,5", ("5001", "5001"), "1234.50"),
        (None, "atendimentoRN", "X", ("5001", "5001"), "Use S ou N"),
        (None, "UF", "RJ", ("5001", "5001"), "IBGE"),
        (None, "senha", "1" * 21, ("5001", "5001"), "mais de 20 caracteres"),
        (ODONTO, "codDente", "99", ("5037", "5037"), "tabela"),
        (ODONTO, "autorizado", "talvez", ("5001", "5001"), "não aceita"),
        (HONORARIOS, "cnpjLocalExecutante", "1", ("1206", "1206"), "formato"),
        (HONORARIOS, "CBO", "1", ("1213", "1213"), "tabela"),
    ],
)
def test_a_wrong_value_has_the_most_precise_code(
    guia: Any, campo: str, valor: str, codigos: tuple[str, str], parte: str
) -> None:
    texto = with_leaf(written(*filter(None, [guia])), campo, valor)
    achado = only(judge(texto))
    assert (achado.regra, achado.codigo) == ("TISS-XSD", codigos[0])
    assert parte in achado.mensagem
    assert campo in achado.mensagem
    assert (achado.caminho or "").endswith(f"/ans:{campo}")
    if guia is not HONORARIOS:
        depois = [a for a in judge(texto, Versao.V4_03_00) if a.caminho == achado.caminho]
        assert depois[0].codigo == codigos[1]


def test_aias_is_told_to_be_asai() -> None:
    guia = um.guia_odonto(procedimentos=(um.procedimento_odonto(dente=None, regiao="ASAI"),))
    achado = only(judge(with_leaf(written(guia), "codRegiao", "AIAS")))
    assert achado.codigo == "5038"
    assert "AIAS" in achado.mensagem
    assert "ASAI" in achado.mensagem


def test_a_cnpj_with_letters_is_told_to_need_4_03_00() -> None:
    texto = with_leaf(written(), "CNPJ", "12ABC34501DE35")
    assert "4.03.00" in only(judge(texto)).mensagem
    assert judge(texto, Versao.V4_03_00) == ()


def test_a_value_too_big_for_4_01_00_is_told_what_fits() -> None:
    texto = with_leaf(written(), "valorUnitario", "1000000.01")
    assert "999999.99" in only(judge(texto)).mensagem
    assert judge(texto, Versao.V4_02_00) == ()


def test_findings_name_guia_item_place_and_line() -> None:
    guias = [
        um.guia_sp_sadt(
            numero_guia_prestador=numero,
            procedimentos=(um.procedimento(), um.procedimento(sequencial_item=2)),
        )
        for numero in ("A", "B")
    ]
    texto = with_leaf(written(*guias), "dataExecucao", "ontem", vez=4).replace("><", ">\n<")
    achado = only(judge(texto))
    assert (achado.guia, achado.item) == ("B", 2)
    assert achado.caminho == (
        f"{GUIAS}/ans:guiaSP-SADT[2]/ans:procedimentosExecutados/ans:procedimentoExecutado[2]/ans:dataExecucao"
    )
    assert achado.linha is not None
    assert texto.splitlines()[achado.linha - 1] == "<ans:dataExecucao>ontem</ans:dataExecucao>"


@pytest.mark.parametrize("prefixo", ["", "tiss:"])
def test_the_prefix_of_the_message_does_not_matter(prefixo: str) -> None:
    texto = with_leaf(written(um.guia_sp_sadt(), um.guia_sp_sadt()), "dataExecucao", "ontem", vez=2)
    declaracao = f"xmlns:{prefixo[:-1]}=" if prefixo else "xmlns="
    outro = texto.replace("xmlns:ans=", declaracao).replace("<ans:", f"<{prefixo}").replace("</ans:", f"</{prefixo}")
    assert only(judge(outro)).caminho == only(judge(texto)).caminho


@pytest.mark.parametrize(
    ("guia", "campo", "codigo", "parte"),
    [
        (None, "numeroLote", "5047", "Falta o campo numeroLote em loteGuias"),
        (None, "numeroCarteira", "1001", "Falta o campo numeroCarteira"),
        (None, "codigoTabela", "5035", "Falta o campo codigoTabela"),
        (None, "valorTotalGeral", "5034", "valorTotalGeral"),
        (None, "Padrao", "5028", "Falta o campo Padrao"),
        (None, "hash", "5014", "Falta o campo hash em epilogo"),
        (None, "epilogo", "5014", "Falta o campo epilogo em mensagemTISS"),
        (None, "origem", "5005", "espera aqui um destes: falhaNegocio, origem"),
        (None, "destino", "5027", "Falta o campo destino"),
        (None, "contratadoSolicitante", "1411", "Falta o campo contratadoSolicitante"),
        (None, "contratadoExecutante", "1311", "Falta o campo contratadoExecutante"),
        (None, "CNES", "1202", "Falta o campo CNES"),
        (None, "identificacaoPrestador", "5005", "Falta em origem um destes: identificacaoPrestador, registroANS"),
        (None, "registroANS", "5027", "Falta em destino um destes: identificacaoPrestador, registroANS"),
        (None, "dataExecucao", "1323", "Falta o campo dataExecucao"),
        (None, "atendimentoRN", "5001", "Falta o campo atendimentoRN"),
        (None, "cnpjContratado", "1203", "codigoPrestadorNaOperadora, cpfContratado, cnpjContratado"),
    ],
)
def test_a_missing_element_is_named(guia: Any, campo: str, codigo: str, parte: str) -> None:
    achado = only(judge(without(written(*filter(None, [guia])), campo)))
    assert (achado.regra, achado.codigo) == ("TISS-XSD", codigo)
    assert parte in achado.mensagem


def test_carater_atendimento_of_honorarios_is_of_4_03_00_only() -> None:
    antes = written(um.guia_honorarios())
    depois = written(um.guia_honorarios(carater_atendimento="1"), versao=Versao.V4_03_00)
    assert "a partir da 4.03.00" in only(judge(antes, Versao.V4_03_00)).mensagem
    achado = only(judge(with_leaf(depois, "Padrao", "4.02.00"), Versao.V4_02_00))
    assert "a partir da versão 4.03.00" in achado.mensagem
    assert "4.02.00" in achado.mensagem


def test_centro_consumo_is_of_4_03_00_only() -> None:
    guia = um.guia_internacao(procedimentos=(um.procedimento(centro_consumo="1"),))
    texto = with_leaf(written(guia, versao=Versao.V4_03_00), "Padrao", "4.02.00")
    assert "a partir da versão 4.03.00" in only(judge(texto, Versao.V4_02_00)).mensagem


def test_elements_out_of_order_unknown_or_repeated_are_told() -> None:
    texto = written()
    rn = "<ans:atendimentoRN>N</ans:atendimentoRN>"
    carteira = "<ans:numeroCarteira>00012345678901234</ans:numeroCarteira>"
    assert "fora de ordem" in only(judge(texto.replace(carteira + rn, rn + carteira))).mensagem
    desconhecido = only(judge(texto.replace(rn, f"{rn}<ans:nomeBeneficiario>M</ans:nomeBeneficiario>")))
    assert "O elemento nomeBeneficiario não cabe" in desconhecido.mensagem
    assert "tipoIdent" in desconhecido.mensagem
    so_um_cabe = rn + "<ans:tipoIdent>01</ans:tipoIdent>"
    desconhecido = only(judge(texto.replace(rn, f"{so_um_cabe}<ans:nomeBeneficiario>M</ans:nomeBeneficiario>")))
    assert "O elemento nomeBeneficiario não cabe" in desconhecido.mensagem
    repetido = only(
        judge(texto.replace("<ans:numeroLote>7</ans:numeroLote>", "<ans:numeroLote>7</ans:numeroLote>" * 2))
    )
    assert "mais vezes" in repetido.mensagem


def test_an_incomplete_element_of_another_standard_is_told_as_such() -> None:
    ds = "http://www.w3.org/2000/09/xmldsig#"
    propriedade = f'<ds:SignatureProperty xmlns:ds="{ds}" Target="a"/>'
    metodo = '<ds:{0} Algorithm="a"/>'
    referencia = f"<ds:Reference>{metodo.format('DigestMethod')}<ds:DigestValue>YQ==</ds:DigestValue></ds:Reference>"
    assinatura = (
        f'<ds:Signature xmlns:ds="{ds}"><ds:SignedInfo>{metodo.format("CanonicalizationMethod")}'
        f"{metodo.format('SignatureMethod')}{referencia}</ds:SignedInfo><ds:SignatureValue>YQ==</ds:SignatureValue>"
        f"<ds:Object><ds:SignatureProperties>{propriedade}</ds:SignatureProperties></ds:Object></ds:Signature>"
    )
    texto = written().replace("</ans:mensagemTISS>", f"{assinatura}</ans:mensagemTISS>")
    assert "O elemento SignatureProperty está incompleto." in {achado.mensagem for achado in judge(texto)}


def test_kinds_of_guia_do_not_mix() -> None:
    consulta = re.search(r"<ans:guiaConsulta>.*</ans:guiaConsulta>", written(um.guia_consulta()), re.DOTALL)
    assert consulta is not None
    texto = written().replace("</ans:guiasTISS>", f"{consulta[0]}</ans:guiasTISS>")
    achado = only(judge(texto))
    assert achado.codigo == "5007"
    assert "mistura tipos" in achado.mensagem


@pytest.mark.parametrize(
    ("antes", "depois", "parte"),
    [
        ("<ans:numeroLote>", "<ans:numeroLote a='1'>", "atributo"),
        ("<ans:loteGuias>", "<ans:loteGuias a='1'>", "atributo"),
        ("<ans:loteGuias>", "<ans:loteGuias>solto", "sem texto"),
        ("<ans:numeroLote>7", "<ans:numeroLote><ans:a/>7", "só texto"),
    ],
)
def test_attributes_and_mixed_content_are_told(antes: str, depois: str, parte: str) -> None:
    achados = judge(written().replace(antes, depois, 1))
    assert achados
    assert parte in achados[0].mensagem
    assert all(achado.codigo in {"5001", "5047"} for achado in achados)


def test_no_finding_quotes_what_may_be_personal() -> None:
    texto = written()
    for campo, valor in (
        ("numeroCarteira", "MARIA DA SILVA SANTOS 12345678909"),
        ("atendimentoRN", "12345678909"),
        ("UF", "MARIA S"),
        ("CBOS", "MARIA DA SILVA"),
        ("CNPJ", "MARIA DA SILVA"),
        ("dataExecucao", "MARIA"),
        ("valorUnitario", "12345678909"),
        ("sequencialItem", "MARIA"),
    ):
        achado = judge(with_leaf(texto, campo, valor))[0]
        assert valor not in achado.mensagem, achado


def test_findings_are_capped_and_the_rest_is_counted() -> None:
    itens = tuple(um.procedimento(sequencial_item=numero) for numero in range(1, 81))
    texto = written(um.guia_sp_sadt(procedimentos=itens)).replace("<ans:dataExecucao>2026", "<ans:dataExecucao>x")
    achados = judge(texto)
    assert len(achados) == LIMITES.achados_xsd + 1
    assert achados[-1].regra == "TISS-XSD-LIMITE"
    assert {achado.codigo for achado in achados[:-1]} == {"1323"}
    assert len({achado.caminho for achado in achados}) == len(achados)


def flood(itens: int) -> str:
    return written(um.guia_sp_sadt(despesas=(um.despesa(),))).replace(
        "</ans:outrasDespesas>", f"{'<ans:despesa/>' * itens}</ans:outrasDespesas>"
    )


def test_a_flood_of_errors_is_answered_quickly_and_its_beginning_exactly() -> None:
    inicio = time.process_time()
    achados = judge(flood(60_000))
    assert time.process_time() - inicio < 2
    assert len(achados) == LIMITES.achados_xsd + 1
    assert "sequencialItem" in achados[0].mensagem
    assert (achados[0].caminho or "").endswith("ans:outrasDespesas/ans:despesa[2]")
    assert achados[-1].regra == "TISS-XSD-LIMITE"


def test_a_flood_after_a_clean_beginning_is_told_without_place() -> None:
    itens = tuple(um.procedimento(sequencial_item=numero) for numero in range(1, 301))
    texto = written(um.guia_sp_sadt(procedimentos=itens, despesas=(um.despesa(),))).replace(
        "</ans:outrasDespesas>", f"{'<ans:despesa/>' * 20_000}</ans:outrasDespesas>"
    )
    achados = judge(texto)
    assert {achado.caminho for achado in achados} == {None}
    assert "Falta o campo sequencialItem em despesa" in achados[0].mensagem


def test_a_wide_message_with_few_errors_is_told_exactly() -> None:
    itens = tuple(um.procedimento(sequencial_item=numero) for numero in range(1, 1502))
    texto = written(um.guia_sp_sadt(procedimentos=itens))
    assert judge(texto) == ()
    achado = only(judge(with_leaf(texto, "dataExecucao", "ontem", vez=1400)))
    assert achado.item == 1400
    assert "procedimentoExecutado[1400]" in (achado.caminho or "")


def test_the_caller_may_know_the_width_already() -> None:
    itens = tuple(um.procedimento(sequencial_item=numero) for numero in range(1, 1502))
    utf8 = gate.check(written(um.guia_sp_sadt(procedimentos=itens)).encode("iso-8859-1"))
    raiz = parser.parse(utf8)
    assert validator.validate(raiz, utf8, Versao.V4_01_00, largura=1501) == ()
    assert validator.validate(raiz, utf8, Versao.V4_01_00, largura=3) == ()


def test_xmlschema_explains_without_values() -> None:
    utf8 = gate.check(with_leaf(written(), "numeroCarteira", "MARIA" * 9).encode("iso-8859-1"))
    explicacoes = list(validator.explain(parser.parse(utf8), Versao.V4_01_00))
    assert len(explicacoes) == 1
    assert explicacoes[0].startswith("/ans:mensagemTISS/")
    assert "numeroCarteira" in explicacoes[0]
    assert "MARIA" not in explicacoes[0]


def test_the_place_of_an_attribute_or_of_nothing_is_the_nearest_element() -> None:
    raiz = etree.fromstring(written().encode("iso-8859-1"))
    for caminho in ("/ans:mensagemTISS/ans:cabecalho/@a", "/ans:mensagemTISS/ans:cabecalho/ans:nada[2]"):
        assert validator._find(raiz, caminho) is raiz[0]


def test_a_place_outside_any_guia_has_neither_guia_nor_item() -> None:
    achado = only(judge(with_leaf(written(), "sequencialTransacao", "")))
    assert (achado.guia, achado.item) == (None, None)


def test_the_schema_is_compiled_once() -> None:
    assert validator.schema(Versao.V4_01_00) is validator.schema(Versao.V4_01_00)
    raiz = etree.fromstring(written().encode("iso-8859-1"))
    assert validator.schema(Versao.V4_01_00).accepts(raiz)


def test_a_signature_is_not_what_the_schema_refuses() -> None:
    assert isinstance(um.mensagem_lote(), Mensagem)
    assert judge(written(um.guia_consulta(valor_procedimento=Decimal("-1.00")))) == ()
