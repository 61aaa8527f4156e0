"""Demonstrativos over XML: what is asked, what was analysed, what was paid."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from conecta_tiss.errors import EscritaError
from conecta_tiss.pipeline import Resultado, validate_message
from conecta_tiss.versions import VERSOES
from conecta_tiss.xml import writer
from tests import builders as um
from tests import builders_demonstrativos as uns

V401, V402, V403 = VERSOES
MILHAO = Decimal("1000000.01")


def facts(resultado: Resultado) -> list[tuple[str, str]]:
    return [(achado.regra, achado.codigo) for achado in resultado.achados]


def validate(raw: bytes) -> Resultado:
    return validate_message(raw, hoje=um.HOJE)


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
