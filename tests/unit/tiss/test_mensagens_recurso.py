"""Recursos and documents over XML: what is contested, that it was received, what became of it, what proves it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from conecta_tiss.errors import EscritaError
from conecta_tiss.messages.ilegivel import DATA_ILEGIVEL
from conecta_tiss.messages.recurso import RecursoGlosa
from conecta_tiss.pipeline import Resultado, read_as, validate_message
from conecta_tiss.rules import Contexto, recurso, run_body
from conecta_tiss.versions import VERSOES
from conecta_tiss.xml import epilogo, gate, parser, writer
from tests import builders as um
from tests import builders_mensagens_recurso as uns

if TYPE_CHECKING:
    from conecta_tiss.messages.envelope import Mensagem

V401, V402, V403 = VERSOES


def facts(resultado: Resultado) -> list[tuple[str, str]]:
    return [(achado.regra, achado.codigo) for achado in resultado.achados]


def validate(raw: bytes) -> Resultado:
    return validate_message(raw, hoje=um.HOJE)


def told(mensagem: Mensagem[Any]) -> list[tuple[str, str, str | None, int | None, str]]:
    """Rule, code, guia, item and the end of the path of each finding; each points at an element that is there."""
    achados = validate(writer.write(mensagem)).achados
    assert all(achado.linha is not None for achado in achados), achados
    return [(a.regra, a.codigo, a.guia, a.item, (a.caminho or "").rpartition("opcaoRecurso/")[2]) for a in achados]


def test_a_message_as_another_vendor_writes_it_is_read_the_same() -> None:
    """Its own prefix, indented, zeros before the numbers, ISO-8859-1 with accents."""
    mensagem = uns.recurso_glosa()
    texto = writer.write(mensagem).decode("iso-8859-1").replace("ans:", "tiss:").replace(":ans", ":tiss")
    texto = texto.replace("><tiss:", ">\r\n\t<tiss:").replace("sequencialItem>1<", "sequencialItem>0001<")
    resumo = epilogo.verify(parser.parse(gate.check(texto.encode("iso-8859-1"))), tem_brancos=False).calculado
    declarado = texto.partition("<tiss:hash>")[2].partition("<")[0]
    lida = read_as(texto.replace(declarado, resumo).encode("iso-8859-1"), "recursoGlosa", RecursoGlosa, hoje=um.HOJE)
    assert (lida.achados, lida.corpo) == ((), mensagem.corpo)
    assert lida.corpo.recurso == mensagem.corpo.medico
    assert "não há diferença" in texto
    estragada = read_as(texto.encode("iso-8859-1"), "recursoGlosa", RecursoGlosa, hoje=um.HOJE)
    assert [achado.codigo for achado in estragada.achados] == ["5014"]
    assert estragada.corpo is None


def test_a_million_of_reais_is_written_from_4_02_on() -> None:
    caro = uns.item(valor_recursado=Decimal("1000000.01"))
    for versao in (V402, V403):
        assert validate(writer.write(uns.recurso_glosa(versao, uns.guia("G1", caro)))).valido
    with pytest.raises(EscritaError, match=r"4\.01\.00"):
        writer.write(uns.recurso_glosa(V401, uns.guia("G1", caro)))


def test_a_centro_de_consumo_is_told_from_4_03_on() -> None:
    mensagem = uns.recurso_glosa(V401, uns.guia("G1", uns.item(centro_consumo="5")))
    with pytest.raises(EscritaError, match=r"centroConsumo só existe, neste ponto, a partir da versão 4\.03\.00"):
        writer.write(mensagem)


def test_what_a_receipt_repeats_of_a_guia_has_150_characters_at_most() -> None:
    guia = uns.guia("G1", glosas=(uns.glosa(justificativa="J" * 151),))
    assert validate(writer.write(uns.recurso_glosa(V401, guia))).valido
    with pytest.raises(EscritaError, match="justificativaGuia tem mais de 150"):
        writer.write(uns.recebimento(guias=(guia,)))


def test_all_that_is_contested_comes_in_order_with_its_place() -> None:
    def places(mensagem: Mensagem[RecursoGlosa]) -> list[tuple[str | None, int | None, str]]:
        return [
            (onde.guia, onde.item, onde.caminho.rpartition("opcaoRecurso/ans:")[2])
            for _, _, onde in recurso.contestadas(mensagem.corpo)
        ]

    completo = "recursoGuia[1]/ans:opcaoRecursoGuia/ans:itensGuia"
    assert places(uns.MENSAGENS["recurso-all"](V401)) == [
        ("G1", 1, f"{completo}[1]"),
        ("G1", 2, f"{completo}[2]"),
        ("G2", None, "recursoGuia[2]/ans:opcaoRecursoGuia/ans:recursoGuiaCompleta[1]"),
        ("G2", None, "recursoGuia[2]/ans:opcaoRecursoGuia/ans:recursoGuiaCompleta[2]"),
    ]
    assert places(uns.MENSAGENS["recurso-protocolo"](V401)) == [(None, None, "recursoProtocolo")]
    # The standard has a glosa of a dental guia even where its items are what is contested.
    assert places(uns.MENSAGENS["recurso-odonto-all"](V401)) == [
        ("G1", 1, "recursoGuia[1]/ans:recursoProcedimento[1]"),
        ("G1", 2, "recursoGuia[1]/ans:recursoProcedimento[2]"),
        ("G2", None, "recursoGuia[2]"),
    ]


# --- what the schema lets pass ---


@pytest.mark.parametrize(
    ("mensagem", "fatos"),
    [
        (uns.recurso_glosa(registro_ans="346659"), [("TISS-RECURSO-REGISTRO-ANS", "5027")]),
        (uns.recurso_glosa(numero_protocolo="-1"), [("TISS-PROTOCOLO-NUMERO", "3162")]),
        (uns.solicita_status_recurso(V403, numero_protocolo="R-1"), [("TISS-PROTOCOLO-NUMERO", "3291")]),
        (uns.recurso_glosa(objeto="1"), [("TISS-RECURSO-OBJETO", "2908")]),
        (uns.recurso_glosa(protocolo=uns.glosa(), objeto="2"), [("TISS-RECURSO-OBJETO", "2908")]),
        (uns.recurso_glosa(V401, uns.guia_odonto(), objeto="1"), [("TISS-RECURSO-OBJETO", "2908")]),
        (uns.recurso_glosa(protocolo=uns.glosa(), valor_total=Decimal(0)), [("TISS-RECURSO-VALOR", "5040")]),
        (uns.recurso_glosa(valor_total=Decimal("200.01")), [("TISS-RECURSO-TOTAL", "5042")]),
        (uns.recurso_glosa(valor_total=Decimal("199.99")), [("TISS-RECURSO-TOTAL", "5042")]),
        (
            uns.recurso_glosa(V401, uns.guia(), uns.guia("G2", glosas=(uns.glosa(),)), valor_total=Decimal(99)),
            [("TISS-RECURSO-TOTAL", "5042")],
        ),
        (uns.recurso_glosa(data=um.HOJE + timedelta(days=1)), [("TISS-RECURSO-DATA", "1323")]),
        (uns.envio_documentos(documento=""), [("TISS-DOCUMENTO-VAZIO", "5007")]),
        (uns.envio_documentos(documento="JVBE-Ri0x"), [("TISS-DOCUMENTO-BASE64", "5001")]),
        (uns.envio_documentos(numero_protocolo=None), [("TISS-DOCUMENTO-DE", "5007")]),
    ],
)  # fmt: skip
def test_a_message_that_makes_no_sense_is_refused(mensagem: Mensagem[Any], fatos: list[tuple[str, str]]) -> None:
    assert [fato[:2] for fato in told(mensagem)] == fatos


def test_an_item_that_makes_no_sense_is_told_with_its_place() -> None:
    vespera = um.ATENDIMENTO - timedelta(days=1)
    itens = (uns.item(), uns.item(sequencial_item=7, valor_recursado=Decimal(0), data_fim=vespera))
    onde = "ans:recursoGuia[2]/ans:opcaoRecursoGuia/ans:itensGuia[2]/ans:"
    assert told(uns.recurso_glosa(V403, uns.guia(), uns.guia("G2", *itens))) == [
        ("TISS-RECURSO-VALOR", "5040", "G2", 7, f"{onde}valorRecursado"),
        ("TISS-RECURSO-DATA", "3227", "G2", 7, f"{onde}dataFim"),
    ]
    dental = uns.guia_odonto("G1", uns.item_odonto(data_inicio=um.HOJE + timedelta(days=1)))
    assert told(uns.recurso_glosa(V403, dental)) == [
        ("TISS-RECURSO-DATA", "3223", "G1", 1, "ans:recursoGuia/ans:recursoProcedimento/ans:dataRealizacao"),
    ]


def test_what_could_not_be_read_is_told_once() -> None:
    ilegivel = uns.recurso_glosa(V401, uns.guia("G1", uns.item(data_fim=DATA_ILEGIVEL)))
    contexto = Contexto(versao=V401, hoje=um.HOJE, cabecalho=ilegivel.cabecalho)
    assert run_body(ilegivel.corpo, contexto, 9) == []


def test_more_than_a_hundred_guias_are_told_as_such() -> None:
    texto = writer.write(uns.recurso_glosa(V401, *(uns.guia(f"G{n}") for n in range(100)))).decode("iso-8859-1")
    uma = texto[texto.index("<ans:recursoGuia>") : texto.index("</ans:recursoGuia>") + len("</ans:recursoGuia>")]
    resultado = validate(texto.replace(uma, uma * 2, 1).encode("iso-8859-1"))
    assert facts(resultado)[:2] == [("TISS-RECURSO-GUIAS", "5015"), ("TISS-HASH", "5014")]
    assert "O recurso tem 101 guias; o máximo é 100. Divida-o em 2 recursos." in resultado.achados[0].mensagem
    assert all("XSD" not in regra for regra, _ in facts(resultado))


@pytest.mark.parametrize(
    ("antes", "depois", "fato"),
    [
        (f">{uns.MOTIVO}<", "> <", ("TISS-EM-BRANCO", "2903", "G1")),
        (f">{uns.MOTIVO}<", "><", ("TISS-XSD", "2903", "G1")),
        (f"<ans:justificativaItem>{uns.MOTIVO}</ans:justificativaItem>", "", ("TISS-XSD", "2903", "G1")),
        (f">{uns.MOTIVO}<", f">{'J' * 501}<", ("TISS-XSD", "5001", "G1")),
        (">1705<", "><", ("TISS-GLOSA-VAZIA", "5007", "G1")),
        (">G1<", "> <", ("TISS-EM-BRANCO", "1307", None)),
        (">G1<", f">{'1' * 21}<", ("TISS-XSD", "1307", "1" * 20)),
    ],
)
def test_what_is_missing_is_told_by_its_own_word(antes: str, depois: str, fato: tuple[str, str, str | None]) -> None:
    texto = writer.write(uns.recurso_glosa()).decode("iso-8859-1")
    assert antes in texto
    (achado,) = (
        um for um in validate(texto.replace(antes, depois, 1).encode("iso-8859-1")).achados if um.regra != "TISS-HASH"
    )
    assert (achado.regra, achado.codigo, achado.guia) == fato


def test_a_document_is_what_its_base64_says() -> None:
    mensagem = uns.envio_documentos(documento="JVBE\nRi0x\n")
    assert validate(writer.write(mensagem)).valido
    assert mensagem.corpo.conteudo == b"%PDF-1"
