"""The whole path: one answer for any bytes, the precise findings first, the message only when valid."""

from __future__ import annotations

import gc
import hashlib
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tiss

from conecta_tiss.findings import Achado, Severidade
from conecta_tiss.messages.lote_guias import LoteGuias, TipoGuia
from conecta_tiss.pipeline import Limites, Resultado, validate_message
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml import writer
from conecta_tiss.xml.epilogo import SituacaoHash, exact_text
from conecta_tiss.xml.gate import check
from conecta_tiss.xml.parser import parse
from tests import builders as um

EXEMPLOS = Path(tiss.__file__).parent / "examples"
GUIAS = "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:loteGuias/ans:guiasTISS"


def digest_of(conteudo: str, codificacao: str = "iso-8859-1") -> str:
    return hashlib.md5(conteudo.encode(codificacao), usedforsecurity=False).hexdigest()


def written(*guias: Any, **mensagem: Any) -> str:
    return writer.write_lote(um.mensagem_lote(*guias, **mensagem)).decode("iso-8859-1")


def rehashed(texto: str, codificacao: str = "iso-8859-1") -> bytes:
    """The message with the right hash again, in the encoding it declares."""
    sem_hash = re.sub(r"<ans:hash>[^<]*</ans:hash>", "<ans:hash></ans:hash>", texto)
    conteudo = exact_text(parse(check(sem_hash.encode("iso-8859-1"))))
    resumo = digest_of(conteudo, codificacao)
    return sem_hash.replace("<ans:hash></ans:hash>", f"<ans:hash>{resumo}</ans:hash>").encode("iso-8859-1")


def validate(raw: bytes, **opcoes: Any) -> Resultado:
    return validate_message(raw, **{"hoje": um.HOJE, **opcoes})


def facts(resultado: Resultado) -> list[tuple[str, str]]:
    return [(achado.regra, achado.codigo) for achado in resultado.achados]


@pytest.mark.parametrize("versao", VERSOES)
def test_a_correct_lote_is_valid_and_comes_read(versao: Versao) -> None:
    mensagem = um.mensagem_lote(um.guia_sp_sadt(), um.guia_sp_sadt(numero_guia_prestador="G2"), versao=versao)
    resultado = validate(writer.write_lote(mensagem))
    assert resultado == Resultado(
        valido=True,
        versao=versao,
        padrao=versao.value,
        transacao="ENVIO_LOTE_GUIAS",
        sequencial="1",
        destino=um.OPERADORA,
        hash=SituacaoHash.ISO_8859_1,
        numero_lote="7",
        tipo_guia=TipoGuia.SP_SADT,
        guias=2,
        valor_total=Decimal("200.00"),
        mensagem=mensagem,
        achados=(),
    )


@pytest.mark.parametrize(
    ("sequencial", "destino", "expected"),
    [
        ("1", "345695", ("1", "345695")),
        (" A-77 b ", " 345695 ", ("A-77 b", "345695")),
        ("123456789012", "34569", ("123456789012", None)),
        ("1234567890123", "3456951", (None, None)),
        ("", "34569\u0665", (None, None)),
        ("   ", "", (None, None)),
        ("1\n2", "345695", (None, "345695")),
    ],
)
def test_of_a_refused_message_it_is_known_which_it_is_and_for_whom_as_far_as_that_looks_right(
    sequencial: str, destino: str, expected: tuple[str | None, str | None]
) -> None:
    texto = written().replace("sequencialTransacao>1<", f"sequencialTransacao>{sequencial}<")
    texto = texto.replace(f"registroANS>{um.OPERADORA}<", f"registroANS>{destino}<").replace("ISO-8859-1", "UTF-8")
    resultado = validate(texto.replace("<ans:hash>", "<ans:hash>x").encode())
    assert not resultado.valido
    assert (resultado.sequencial, resultado.destino) == expected


def test_bytes_that_are_no_message_are_told_so_and_nothing_is_known() -> None:
    resultado = validate(b"\x1f\x8b\x08")
    assert facts(resultado) == [("TISS-XML-COMPACTADO", "5002")]
    assert resultado == Resultado(valido=False, achados=resultado.achados)


@pytest.mark.parametrize("ligado", [True, False])
def test_the_collector_is_left_as_it_was(ligado: bool) -> None:  # noqa: FBT001
    antes = gc.isenabled()
    try:
        (gc.enable if ligado else gc.disable)()
        validate(b"lixo")
        assert gc.isenabled() is ligado
    finally:
        (gc.enable if antes else gc.disable)()


def test_malformed_xml_has_its_line() -> None:
    achado = validate(b"<a>\n<b></a>").achados[0]
    assert (achado.regra, achado.codigo, achado.linha) == ("TISS-XML-MALFORMADO", "5002", 2)


# --- version ---


@pytest.mark.parametrize("padrao", ["4.00.00", "4.00.01", "3.05.00", "9.99.99"])
def test_a_version_out_of_use_is_told_with_those_in_use(padrao: str) -> None:
    resultado = validate(rehashed(written().replace(">4.01.00<", f">{padrao}<")))
    assert facts(resultado) == [("TISS-VERSAO", "5028")]
    assert "4.01.00, 4.02.00, 4.03.00" in resultado.achados[0].mensagem
    assert resultado.achados[0].caminho == "/ans:mensagemTISS/ans:cabecalho/ans:Padrao"
    assert (resultado.versao, resultado.padrao) == (None, padrao)
    assert (resultado.guias, resultado.valor_total, resultado.mensagem) == (1, Decimal("100.00"), None)


@pytest.mark.parametrize("padrao", ["<ans:Padrao></ans:Padrao>", "<ans:Padrao>MARIA</ans:Padrao>", ""])
def test_a_message_that_names_no_version_is_told_so_without_echo(padrao: str) -> None:
    resultado = validate(rehashed(written().replace("<ans:Padrao>4.01.00</ans:Padrao>", padrao)))
    assert facts(resultado) == [("TISS-VERSAO", "5028")]
    assert "MARIA" not in resultado.achados[0].mensagem
    assert resultado.padrao is None


def test_the_schema_is_that_of_padrao_not_of_the_enumeration() -> None:
    depois = rehashed(written(um.guia_honorarios()).replace(">4.01.00<", ">4.03.00<"))
    assert facts(validate(depois)) == [("TISS-XSD", "5001")]


def test_only_the_version_asked_for_is_accepted() -> None:
    raw = writer.write_lote(um.mensagem_lote())
    assert validate(raw, versao=Versao.V4_01_00).valido
    assert facts(validate(raw, versao=Versao.V4_03_00)) == [("TISS-VERSAO", "5028")]


# --- count ---


def test_more_guias_than_fit_are_counted_and_the_rest_is_still_checked() -> None:
    guias = [um.guia_sp_sadt(numero_guia_prestador=str(numero)) for numero in range(4)]
    guias[1] = um.guia_sp_sadt(numero_guia_prestador="1", registro_ans="000001")
    resultado = validate(written(*guias).encode("iso-8859-1"), limites=Limites(guias=3))
    assert facts(resultado) == [("TISS-LOTE-GUIAS", "5015"), ("TISS-GUIA-REGISTRO-ANS", "5027")]
    assert "4 guias; o máximo é 3" in resultado.achados[0].mensagem
    assert "2 lotes" in resultado.achados[0].mensagem
    assert resultado.achados[0].caminho == GUIAS
    assert (resultado.guias, resultado.valor_total) == (4, Decimal("400.00"))


def test_a_hundred_and_one_guias_are_5015_and_not_a_schema_error() -> None:
    uma = re.search(r"<ans:guiaSP-SADT>.*</ans:guiaSP-SADT>", written(), re.DOTALL)
    assert uma is not None
    guias = "".join(uma[0].replace(">G1<", f">G{numero}<") for numero in range(101))
    resultado = validate(rehashed(written().replace(uma[0], guias)))
    assert facts(resultado) == [("TISS-LOTE-GUIAS", "5015")]
    assert resultado.guias == 101


# --- hash ---


def test_a_wrong_hash_is_told_with_the_right_one_beside_everything_else() -> None:
    texto = written().replace("<ans:valorTotal>100.00<", "<ans:valorTotal>90.00<")
    resultado = validate(texto.encode("iso-8859-1"))
    assert resultado.hash is SituacaoHash.DIVERGENTE
    assert facts(resultado)[0] == ("TISS-HASH", "5014")
    assert ("TISS-ITEM-VALOR", "5042") in facts(resultado)
    assert digest_of(exact_text(parse(check(texto.encode("iso-8859-1"))))) in resultado.achados[0].mensagem


@pytest.mark.parametrize(
    "hash_", ["<ans:hash></ans:hash>", "<ans:hash> </ans:hash>", "", None], ids=["vazio", "branco", "sem", "epilogo"]
)
def test_an_absent_hash_is_5014_once(hash_: str | None) -> None:
    texto = written()
    if hash_ is None:
        texto = re.sub(r"<ans:epilogo>.*</ans:epilogo>", "", texto)
    else:
        texto = re.sub(r"<ans:hash>[^<]*</ans:hash>", hash_, texto)
    resultado = validate(texto.encode("iso-8859-1"))
    assert resultado.hash is SituacaoHash.AUSENTE
    assert ("TISS-HASH", "5014") in facts(resultado)
    assert {achado.codigo for achado in resultado.achados} <= {"5014", "5007"}


def test_the_digest_in_utf_8_is_accepted_and_told() -> None:
    raw = rehashed(written(um.guia_sp_sadt(observacao="coração")), "utf-8")
    resultado = validate(raw)
    assert (resultado.valido, resultado.hash) == (True, SituacaoHash.UTF_8)


# --- signature ---


def test_a_signature_that_cannot_be_verified_is_refused() -> None:
    assinatura = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
    resultado = validate(
        written().replace("</ans:mensagemTISS>", f"{assinatura}</ans:mensagemTISS>").encode("iso-8859-1")
    )
    assert facts(resultado)[0] == ("TISS-ASSINATURA", "3168")
    assert resultado.hash is SituacaoHash.ISO_8859_1
    assert (resultado.achados[0].caminho or "").endswith("/ds:Signature")


def test_a_signature_inside_a_guia_is_refused_too() -> None:
    texto = written().replace("</ans:guiaSP-SADT>", "<ans:assinaturaDigitalGuia/></ans:guiaSP-SADT>")
    resultado = validate(texto.encode("iso-8859-1"))
    assert facts(resultado)[0] == ("TISS-ASSINATURA", "3168")
    assert resultado.achados[0].guia == "G1"


def test_depth_is_refused_where_the_schema_has_nothing_to_say() -> None:
    objeto = "<o>" * 40 + "</o>" * 40
    assinatura = f'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{objeto}</ds:Signature>'
    texto = written().replace("</ans:mensagemTISS>", f"{assinatura}</ans:mensagemTISS>")
    assert facts(validate(texto.encode("iso-8859-1"))) == [("TISS-XML-PROFUNDIDADE", "5001")]
    fundo = written().replace("<ans:numeroLote>7<", f"<ans:numeroLote>{objeto}<")
    assert facts(validate(fundo.encode("iso-8859-1"))) == [("TISS-XML-PROFUNDIDADE", "5001")]


# --- body and header ---


def test_body_and_direction_are_checked_with_the_precise_codes() -> None:
    texto = written()
    corpo = re.search(r"<ans:prestadorParaOperadora>.*</ans:prestadorParaOperadora>", texto, re.DOTALL)
    assert corpo is not None
    vazio = "<ans:prestadorParaOperadora></ans:prestadorParaOperadora>"
    assert facts(validate(rehashed(texto.replace(corpo[0], vazio)))) == [("TISS-CORPO", "5007")]
    assert facts(validate(rehashed(texto.replace(corpo[0], "")))) == [("TISS-CORPO", "5007")]
    outra = texto.replace("ENVIO_LOTE_GUIAS", "CANCELA_GUIA")
    assert facts(validate(rehashed(outra))) == [("TISS-TRANSACAO", "3148")]
    assert validate(rehashed(outra)).transacao == "CANCELA_GUIA"
    desconhecida = validate(rehashed(texto.replace("ENVIO_LOTE_GUIAS", "NADA")))
    assert (facts(desconhecida), desconhecida.transacao) == ([("TISS-XSD", "3148")], None)


# --- blanks and dates ---


@pytest.mark.parametrize(
    ("campo", "codigo"),
    [
        ("numeroLote", "5047"),
        ("numeroCarteira", "1001"),
        ("numeroGuiaPrestador", "1307"),
        ("nomeContratadoSolicitante", "5007"),
        ("sequencialTransacao", "5007"),
    ],
)
def test_a_field_of_blanks_is_not_a_field(campo: str, codigo: str) -> None:
    texto = re.sub(rf"<ans:{campo}>[^<]*<", f"<ans:{campo}> \n <", written(), count=1)
    resultado = validate(rehashed(texto))
    achado = resultado.achados[0]
    assert facts(resultado) == [("TISS-EM-BRANCO", codigo)]
    assert (achado.caminho or "").endswith(f"/ans:{campo}")
    assert achado.linha is not None


def test_a_date_with_a_time_zone_is_refused_in_each_version_s_code() -> None:
    for versao, codigo in ((Versao.V4_01_00, "1323"), (Versao.V4_03_00, "3227")):
        texto = written(versao=versao).replace("<ans:dataExecucao>2026-03-02<", "<ans:dataExecucao>2026-03-02Z<")
        resultado = validate(rehashed(texto))
        assert facts(resultado) == [("TISS-DATA-SIMPLES", codigo)]
        assert (resultado.achados[0].guia, resultado.achados[0].item) == ("G1", 1)


def test_blanks_and_time_zones_are_found_in_other_messages_too() -> None:
    texto = writer.write_recebimento(um.recebimento()).decode("iso-8859-1")
    texto = texto.replace("<ans:dataEnvioLote>2026-03-15<", "<ans:dataEnvioLote>2026-03-15-03:00<")
    texto = texto.replace("<ans:numeroLote>7<", "<ans:numeroLote> <")
    assert facts(validate(rehashed(texto))) == [("TISS-EM-BRANCO", "5047"), ("TISS-DATA-SIMPLES", "1323")]


# --- all at once ---


def test_everything_wrong_is_told_at_once_with_lines() -> None:
    texto = written(um.guia_sp_sadt(), um.guia_sp_sadt(registro_ans="000001")).replace("><", ">\n<")
    texto = texto.replace("<ans:CBOS>225125<", "<ans:CBOS>0<", 1)
    resultado = validate(texto.encode("iso-8859-1"))
    assert facts(resultado) == [
        ("TISS-HASH", "5014"),
        ("TISS-XSD", "1213"),
        ("TISS-GUIA-DUPLICADA", "1308"),
        ("TISS-GUIA-REGISTRO-ANS", "5027"),
    ]
    linhas = texto.splitlines()
    for achado in resultado.achados:
        assert achado.linha is not None
        ultimo = (achado.caminho or "").rpartition("/")[2].partition("[")[0]
        assert f"<{ultimo}>" in linhas[achado.linha - 1]


def test_one_fact_is_told_once() -> None:
    texto = written().replace("<ans:dataExecucao>2026-03-02<", "<ans:dataExecucao>2026-02-30<")
    assert facts(validate(rehashed(texto))) == [("TISS-XSD", "1323")]


def test_findings_are_capped() -> None:
    guias = [um.guia_sp_sadt(numero_guia_prestador=str(n), registro_ans="000001") for n in range(9)]
    resultado = validate(written(*guias).encode("iso-8859-1"), limites=Limites(achados=4))
    assert len(resultado.achados) == 4
    assert facts(resultado)[-1] == ("TISS-LIMITE", "5001")
    assert len(validate(written(*guias[:4]).encode("iso-8859-1"), limites=Limites(achados=4)).achados) == 4
    assert ("TISS-LIMITE", "5001") not in facts(
        validate(written(*guias[:4]).encode("iso-8859-1"), limites=Limites(achados=4))
    )


def test_an_unreadable_total_is_none() -> None:
    texto = written().replace("<ans:valorTotalGeral>100.00<", "<ans:valorTotalGeral>cem<")
    assert validate(texto.encode("iso-8859-1")).valor_total is None


def test_findings_that_only_glosam_do_not_refuse() -> None:
    assert Achado("R", "1801", "x", Severidade.GLOSA).severidade is Severidade.GLOSA
    assert Achado("R", "1801", "x").severidade is Severidade.RECUSA_LOTE


# --- other messages, and the samples of a peer ---


def test_answers_come_read_though_they_are_no_lote() -> None:
    recebimento, situacao = um.recebimento(), um.situacao()
    for mensagem, raw in (
        (recebimento, writer.write_recebimento(recebimento)),
        (situacao, writer.write_situacao(situacao)),
    ):
        resultado = validate(raw)
        assert resultado.valido, resultado.achados
        assert (resultado.guias, resultado.valor_total, resultado.numero_lote) == (None, None, None)
        assert resultado.mensagem == resultado.mensagem_de(type(mensagem.corpo)) == mensagem
        assert resultado.mensagem_de(LoteGuias) is None


def test_a_body_that_the_standard_does_not_have_is_judged_all_the_same() -> None:
    texto = writer.write_situacao(um.situacao()).decode("iso-8859-1")
    resultado = validate(rehashed(texto.replace("situacaoProtocolo", "situacaoInventada")))
    assert resultado.mensagem is None
    assert {regra for regra, _ in facts(resultado)} == {"TISS-XSD", "TISS-TRANSACAO"}


@pytest.mark.parametrize("nome", ["lote-valido.xml", "autorizacao-solicitacao.xml", "autorizacao-resposta.xml"])
def test_the_peer_s_correct_samples_are_valid(nome: str) -> None:
    resultado = validate((EXEMPLOS / nome).read_bytes(), hoje=um.HOJE.replace(year=2027))
    assert resultado.achados == ()
    assert resultado.valido


def test_the_peer_s_faulty_sample_is_told_precisely() -> None:
    resultado = validate((EXEMPLOS / "lote-com-erros.xml").read_bytes(), hoje=um.HOJE.replace(year=2027))
    assert (resultado.valido, resultado.guias, resultado.valor_total) == (False, 2, Decimal("114.00"))
    lugares = {(achado.codigo, achado.guia, achado.item) for achado in resultado.achados}
    assert {
        ("5014", None, None),
        ("3227", "ERRO-01", 2),
        ("3167", "ERRO-01", 2),
        ("1411", "ERRO-02", None),
        ("5042", "ERRO-02", 1),
    } <= lugares
