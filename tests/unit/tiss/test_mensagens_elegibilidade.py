"""Eligibility over XML: what is asked comes read, what is answered validates, what is wrong is told at once."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Any

import pytest

from conecta_tiss.errors import EscritaError, LeituraError
from conecta_tiss.messages.comum import Contratado, MotivoGlosa
from conecta_tiss.messages.elegibilidade import RespostaElegibilidade, VerificaElegibilidade
from conecta_tiss.messages.envelope import Mensagem, Parte
from conecta_tiss.messages.lote_guias import LoteGuias
from conecta_tiss.pipeline import Resultado, validate_message
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml import gate, parser, reader, writer
from conecta_tiss.xml.epilogo import SituacaoHash, exact_text
from tests import builders as um

CORPO = "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:verificaElegibilidade"
TUDO: dict[str, Any] = {
    "tipo_ident": "01",
    "identificador_beneficiario": "QUJD",
    "validade_carteira": date(2027, 1, 31),
    "ausencia_cod_validacao": "01",
    "cod_validacao": "123456",
}


def asked(versao: Versao = Versao.V4_01_00, **campos: Any) -> str:
    return writer.write_verifica_elegibilidade(um.verifica_elegibilidade(versao, **campos)).decode("iso-8859-1")


def rehashed(texto: str) -> bytes:
    sem_hash = re.sub(r"<ans:hash>[^<]*</ans:hash>", "<ans:hash></ans:hash>", texto)
    conteudo = exact_text(parser.parse(gate.check(sem_hash.encode("iso-8859-1"))))
    resumo = hashlib.md5(conteudo.encode("iso-8859-1"), usedforsecurity=False).hexdigest()
    return sem_hash.replace("<ans:hash></ans:hash>", f"<ans:hash>{resumo}</ans:hash>").encode("iso-8859-1")


def validate(raw: bytes | str, **opcoes: Any) -> Resultado:
    content = raw if isinstance(raw, bytes) else raw.encode("iso-8859-1")
    return validate_message(content, **{"hoje": um.HOJE, **opcoes})


def facts(resultado: Resultado) -> list[tuple[str, str]]:
    return [(achado.regra, achado.codigo) for achado in resultado.achados]


# --- what is right ---


@pytest.mark.parametrize("campos", [{}, TUDO], ids=["least", "all"])
@pytest.mark.parametrize("versao", VERSOES)
def test_a_correct_question_is_valid_and_comes_read(versao: Versao, campos: dict[str, Any]) -> None:
    mensagem = um.verifica_elegibilidade(versao, **campos)
    resultado = validate(writer.write_verifica_elegibilidade(mensagem))
    assert resultado == Resultado(
        valido=True,
        versao=versao,
        padrao=versao.value,
        transacao="VERIFICA_ELEGIBILIDADE",
        sequencial="1",
        destino=um.OPERADORA,
        hash=SituacaoHash.ISO_8859_1,
        mensagem=mensagem,
    )
    assert resultado.mensagem_de(VerificaElegibilidade) is resultado.mensagem
    assert resultado.mensagem_de(LoteGuias) is None


@pytest.mark.parametrize(
    "campos",
    [
        {},
        {
            **TUDO,
            "nome_social_beneficiario": "Nome Social",
            "resposta_solicitacao": False,
            "motivos_negativa": (MotivoGlosa(codigo="1001"), MotivoGlosa(codigo="1016", descricao="coração")),
        },
    ],
    ids=["yes", "no"],
)
@pytest.mark.parametrize("versao", VERSOES)
def test_answers_are_written_read_and_valid_in_every_version(versao: Versao, campos: dict[str, Any]) -> None:
    mensagem = um.elegibilidade(versao, **campos)
    raw = writer.write_elegibilidade(mensagem)
    assert reader.read_elegibilidade(parser.parse(gate.check(raw))) == mensagem
    resultado = validate(raw)
    assert (resultado.valido, resultado.mensagem) == (True, mensagem), resultado.achados


@pytest.mark.parametrize("versao", VERSOES)
def test_an_error_answers_as_mensagem_erro_of_the_message_not_of_soap(versao: Versao) -> None:
    erro = MotivoGlosa(codigo="5014", descricao="O hash não confere.")
    mensagem = Mensagem(
        cabecalho=um.resposta("SITUACAO_ELEGIBILIDADE", versao), corpo=RespostaElegibilidade(mensagem_erro=erro)
    )
    raw = writer.write_elegibilidade(mensagem)
    assert b"<ans:respostaElegibilidade><ans:mensagemErro><ans:codigoGlosa>5014<" in raw
    assert reader.read_elegibilidade(parser.parse(gate.check(raw))) == mensagem
    assert validate(raw).valido


def test_the_carteira_is_the_exact_text_with_its_zeros_and_blanks_around() -> None:
    resultado = validate(rehashed(asked().replace("00012345678901234", " 0001 &amp; 2")))
    mensagem = resultado.mensagem_de(VerificaElegibilidade)
    assert mensagem is not None
    assert mensagem.corpo.numero_carteira == " 0001 & 2"


def test_an_alphanumeric_cnpj_asks_from_4_03_on() -> None:
    prestador = Contratado(cnpj="12ABC678000195")
    assert validate(asked(Versao.V4_03_00, prestador=prestador)).valido
    with pytest.raises(EscritaError, match="cnpjContratado"):
        asked(Versao.V4_02_00, prestador=prestador)


# --- what would not validate is not written ---


@pytest.mark.parametrize(
    ("campos", "parte"),
    [
        ({"numero_carteira": "1" * 21}, "numeroCarteira"),
        ({"numero_carteira": ""}, "numeroCarteira"),
        ({"prestador": Contratado()}, "dadosPrestador"),
        ({"prestador": Contratado(cpf="12345678909", cnpj=um.CNPJ)}, "cnpjContratado"),
        ({"tipo_ident": "99"}, "tipoIdent"),
        ({"identificador_beneficiario": "QUJ"}, "identificadorBeneficiario"),
        ({"cod_validacao": "1" * 11}, "codValidacao"),
        ({"ausencia_cod_validacao": "99"}, "ausenciaCodValidacao"),
    ],
)
def test_a_question_that_would_not_validate_is_not_written(campos: dict[str, Any], parte: str) -> None:
    with pytest.raises(EscritaError, match=parte):
        asked(**campos)


def test_an_answer_that_would_not_validate_is_not_written() -> None:
    with pytest.raises(EscritaError, match="nomeBeneficiario"):
        writer.write_elegibilidade(um.elegibilidade(nome_beneficiario="N" * 71))
    vazia = Mensagem(cabecalho=um.resposta("SITUACAO_ELEGIBILIDADE"), corpo=RespostaElegibilidade())
    with pytest.raises(EscritaError, match="respostaElegibilidade"):
        writer.write_elegibilidade(vazia)


def test_each_reader_wants_its_own_message() -> None:
    pergunta = parser.parse(gate.check(asked().encode("iso-8859-1")))
    resposta = parser.parse(gate.check(writer.write_elegibilidade(um.elegibilidade())))
    with pytest.raises(LeituraError, match="respostaElegibilidade"):
        reader.read_elegibilidade(pergunta)
    with pytest.raises(LeituraError, match="verificaElegibilidade"):
        reader.read_verifica_elegibilidade(resposta)


# --- what is wrong ---


def test_a_wrong_hash_is_5014_and_the_message_is_not_handed_on() -> None:
    resultado = validate(asked().replace("00012345678901234", "00012345678901235"))
    assert facts(resultado) == [("TISS-HASH", "5014")]
    assert resultado.mensagem is None
    assert resultado.mensagem_de(VerificaElegibilidade) is None


@pytest.mark.parametrize("padrao", ["4.00.01", "3.05.00"])
def test_a_version_out_of_use_is_5028(padrao: str) -> None:
    resultado = validate(rehashed(asked().replace(">4.01.00<", f">{padrao}<")))
    assert facts(resultado) == [("TISS-VERSAO", "5028")]
    assert resultado.mensagem is None


def test_another_version_than_asked_for_is_5028() -> None:
    assert facts(validate(asked(), versao=Versao.V4_03_00)) == [("TISS-VERSAO", "5028")]


@pytest.mark.parametrize("transacao", ["ENVIO_LOTE_GUIAS", "SITUACAO_ELEGIBILIDADE"])
def test_a_header_that_announces_another_body_is_3148(transacao: str) -> None:
    resultado = validate(rehashed(asked().replace("VERIFICA_ELEGIBILIDADE", transacao)))
    assert facts(resultado) == [("TISS-TRANSACAO", "3148")]
    assert "VERIFICA_ELEGIBILIDADE" in resultado.achados[0].mensagem


@pytest.mark.parametrize("branco", [" ", "\n\t", "\N{NO-BREAK SPACE}"], ids=ascii)
@pytest.mark.parametrize(("campo", "codigo"), [("numeroCarteira", "1001"), ("codValidacao", "5007")])
def test_a_field_of_blanks_is_not_a_field(campo: str, codigo: str, branco: str) -> None:
    texto = re.sub(rf"<ans:{campo}>[^<]*<", f"<ans:{campo}>{branco}<", asked(**TUDO))
    resultado = validate(rehashed(texto))
    assert facts(resultado) == [("TISS-EM-BRANCO", codigo)]
    assert resultado.achados[0].caminho == f"{CORPO}/ans:{campo}"


@pytest.mark.parametrize("dia", ["2027-01-31Z", "2027-01-31-03:00", "-2027-01-31", "12027-01-31"])
def test_a_validity_that_is_no_plain_day_is_refused_in_each_version_s_code(dia: str) -> None:
    for versao, codigo in ((Versao.V4_01_00, "1323"), (Versao.V4_03_00, "3227")):
        resultado = validate(rehashed(asked(versao, **TUDO).replace(">2027-01-31<", f">{dia}<")))
        assert facts(resultado) == [("TISS-DATA-SIMPLES", codigo)]
        assert resultado.achados[0].caminho == f"{CORPO}/ans:validadeCarteira"


@pytest.mark.parametrize(
    ("antes", "depois", "codigo"),
    [
        (r"<ans:dadosPrestador>.*</ans:dadosPrestador>", "", "1203"),
        (r"<ans:cnpjContratado>[^<]*</ans:cnpjContratado>", "", "1203"),
        (r"<ans:cnpjContratado>[^<]*<", "<ans:cnpjContratado>1<", "1206"),
        (r"<ans:numeroCarteira>[^<]*</ans:numeroCarteira>", "", "1001"),
        (r"<ans:numeroCarteira>[^<]*<", "<ans:numeroCarteira><", "1001"),
        (r"<ans:numeroCarteira>[^<]*<", f"<ans:numeroCarteira>{'1' * 21}<", "1001"),
        (r"<ans:tipoIdent>01<", "<ans:tipoIdent>77<", "5001"),
        (r"<ans:identificadorBeneficiario>QUJD<", "<ans:identificadorBeneficiario>QUJ<", "5001"),
        (r"<ans:validadeCarteira>2027-01-31<", "<ans:validadeCarteira>2027-02-30<", "1323"),
        (r"<ans:codValidacao>123456<", "<ans:codValidacao>12345678901<", "5001"),
        (r"</ans:verificaElegibilidade>", "<ans:nomeBeneficiario>X</ans:nomeBeneficiario>\\g<0>", "5001"),
        (r"(<ans:verificaElegibilidade>.*</ans:verificaElegibilidade>)", r"\1\1", "5001"),
    ],
)
def test_what_the_schema_refuses_has_the_glosa_of_its_field(antes: str, depois: str, codigo: str) -> None:
    texto, trocas = re.subn(antes, depois, asked(**TUDO), count=1, flags=re.DOTALL)
    assert trocas == 1
    resultado = validate(rehashed(texto))
    assert facts(resultado) == [("TISS-XSD", codigo)]
    assert "00012345678901234" not in resultado.achados[0].mensagem


def test_a_message_of_the_wrong_direction_is_refused() -> None:
    trocada = asked().replace("prestadorParaOperadora", "operadoraParaPrestador")
    resultado = validate(rehashed(trocada))
    assert {"TISS-ORIGEM", "TISS-DESTINO", "TISS-XSD"} <= {regra for regra, _ in facts(resultado)}
    assert resultado.mensagem is None
    invertida = um.verifica_elegibilidade(
        do_cabecalho={"origem": Parte(registro_ans=um.OPERADORA), "destino": Parte(cnpj=um.CNPJ)}
    )
    assert [regra for regra, _ in facts(validate(writer.write_verifica_elegibilidade(invertida)))] == [
        "TISS-ORIGEM",
        "TISS-DESTINO",
    ]


def test_an_empty_body_and_a_signature_are_told() -> None:
    vazia = re.sub(r"(<ans:prestadorParaOperadora>).*(</ans:prestadorParaOperadora>)", r"\1\2", asked())
    assert facts(validate(rehashed(vazia))) == [("TISS-CORPO", "5007")]
    assinatura = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
    assinada = validate(asked().replace("</ans:mensagemTISS>", f"{assinatura}</ans:mensagemTISS>"))
    assert facts(assinada)[0] == ("TISS-ASSINATURA", "3168")


def test_an_answer_with_an_empty_glosa_is_told() -> None:
    recusa = Mensagem(
        cabecalho=um.resposta("SITUACAO_ELEGIBILIDADE"),
        corpo=RespostaElegibilidade(mensagem_erro=MotivoGlosa(codigo="5014")),
    )
    texto = writer.write_elegibilidade(recusa).decode("iso-8859-1").replace(">5014<", "><")
    assert facts(validate(rehashed(texto))) == [("TISS-GLOSA-VAZIA", "5007")]


@pytest.mark.parametrize(
    ("raw", "regra"),
    [
        (b"", "TISS-XML-VAZIO"),
        (b"PK\x03\x04", "TISS-XML-COMPACTADO"),
        (b'{"numeroCarteira": "1"}', "TISS-XML-FORMATO"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "TISS-XML-DOCTYPE"),
        (b"<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'/>", "TISS-XML-RAIZ"),
        (b"<ans:mensagemTISS>", "TISS-XML-MALFORMADO"),
    ],
)
def test_bytes_that_are_no_message_are_refused_at_the_gate(raw: bytes, regra: str) -> None:
    assert [achado.regra for achado in validate(raw).achados] == [regra]


def test_a_flood_inside_the_body_costs_little_and_says_there_is_more() -> None:
    muitos = "<ans:numeroCarteira>1</ans:numeroCarteira>" * 20_000
    texto = asked().replace("<ans:numeroCarteira>00012345678901234</ans:numeroCarteira>", muitos)
    resultado = validate(texto)
    assert not resultado.valido
    assert len(resultado.achados) <= 52
