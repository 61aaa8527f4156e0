"""Demonstrativos over XML: what is asked, what was analysed, what was paid."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from conecta_tiss.errors import EscritaError
from conecta_tiss.pipeline import Resultado, validate_message
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml import gate, layout, parser, writer
from conecta_tiss.xml.epilogo import SituacaoHash
from conecta_tiss.xml.names import local
from tests import builders as um
from tests import builders_demonstrativos as uns

V401, V402, V403 = VERSOES
MILHAO = Decimal("1000000.01")


def facts(resultado: Resultado) -> list[tuple[str, str]]:
    return [(achado.regra, achado.codigo) for achado in resultado.achados]


def validate(raw: bytes) -> Resultado:
    return validate_message(raw, hoje=um.HOJE)


@pytest.mark.parametrize("nome", uns.MENSAGENS)
@pytest.mark.parametrize("versao", VERSOES)
def test_a_correct_message_is_valid_and_comes_read(versao: Versao, nome: str) -> None:
    mensagem = uns.MENSAGENS[nome](versao)
    resultado = validate(writer.write(mensagem))
    assert resultado == Resultado(
        valido=True,
        versao=versao,
        padrao=versao.value,
        transacao=mensagem.cabecalho.tipo_transacao,
        sequencial="1",
        destino=mensagem.cabecalho.destino.registro_ans,
        hash=SituacaoHash.ISO_8859_1,
        mensagem=mensagem,
    ), resultado.achados


def test_every_element_these_messages_may_have_is_in_one_of_those_above() -> None:
    escritos = set()
    for nome in uns.MENSAGENS:
        for elemento in parser.parse(gate.check(writer.write(uns.MENSAGENS[nome](V403)))).iter():
            pai = elemento.getparent()
            escritos.add(("" if pai is None else local(str(pai.tag)), local(str(elemento.tag))))
    do_envelope = {"mensagemTISS", "loteGuias", "cabecalho", "origem", "destino", "identificacaoPrestador"}
    contratado = {"codigoPrestadorNaOperadora", "cpfContratado", "cnpjContratado"}
    for corpo in ("solicitacaoDemonstrativoRetorno", "demonstrativosRetorno"):
        mapeados = {
            (pai, filho)
            for pai, filhos in layout.children_by_element(corpo).items()
            for filho in filhos
            if pai not in do_envelope and filho not in contratado
        }
        assert mapeados <= escritos, mapeados - escritos


@pytest.mark.parametrize(
    ("campos", "tipo"),
    [
        ({"analises": (uns.analise(protocolos=(uns.protocolo_conta(guias=(uns.guia_conta(itens=(uns.item_conta(
            informado=MILHAO),)),)),)),)}, "ANALISE_CONTA"),
        ({"pagamento": uns.pagamento(debitos_creditos=(replace(uns.ISS, valor=MILHAO),))}, "PAGAMENTO"),
    ],
)  # fmt: skip
def test_a_million_of_reais_is_written_from_4_02_on(campos: dict[str, Any], tipo: str) -> None:
    for versao in (V402, V403):
        assert validate(writer.write(uns.retorno(tipo, versao, **campos))).valido
    with pytest.raises(EscritaError, match=r"4\.01\.00"):
        writer.write(uns.retorno(tipo, V401, **campos))


def test_more_than_thirty_protocolos_are_told_as_such() -> None:
    texto = writer.write(uns.MENSAGENS["pedido-analise"](V401)).decode("iso-8859-1")
    mais_um = "<ans:protocolos><ans:numeroProtocolo>260340000099</ans:numeroProtocolo>"
    resultado = validate(texto.replace("<ans:protocolos>", mais_um).encode("iso-8859-1"))
    assert facts(resultado) == [("TISS-DEMONSTRATIVO-PROTOCOLOS", "5015"), ("TISS-HASH", "5014")]
    assert "31 protocolos; o máximo é 30. Divida-o em 2 pedidos." in resultado.achados[0].mensagem


@pytest.mark.parametrize(
    ("nome", "antes", "depois", "fato"),
    [
        ("pedido-analise", ">260340000000<", ">26034000000A<", ("TISS-PROTOCOLO-NUMERO", "3162")),
        ("pedido-odonto", ">202603<", ">202613<", ("TISS-COMPETENCIA", "5046")),
        ("pedido-odonto", ">202603<", ">000003<", ("TISS-COMPETENCIA", "5046")),
        ("analise-all", "<ans:tipoGlosa>1705<", "<ans:tipoGlosa><", ("TISS-GLOSA-VAZIA", "5007")),
    ],
)
def test_what_the_schema_lets_pass_is_told(nome: str, antes: str, depois: str, fato: tuple[str, str]) -> None:
    texto = writer.write(uns.MENSAGENS[nome](V401)).decode("iso-8859-1")
    assert antes in texto
    achados = facts(validate(texto.replace(antes, depois, 1).encode("iso-8859-1")))
    assert [achado for achado in achados if achado[0] != "TISS-HASH"] == [fato]
