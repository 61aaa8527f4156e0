"""The corpus and the planted defects through `validate_message`: outcome, codes, place, budget, no leak."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from itertools import product

import pytest
from lxml import etree

from conecta_tiss.findings import Achado
from conecta_tiss.pipeline import Resultado, validate_message
from local.gerador import DEFEITOS, DIA_DE_REFERENCIA, VERSOES, Formato, LoteGerado, Pedido, Tipo, Veredito, gerar
from tests.corpus import Case, Environment, Expected, cases
from tests.corpus.base import CARTEIRA, PASSWORD
from tests.unit.gerador.oracle import enumeration

CANARY = "conteudo-do-canario-6b1e"
MOST_FINDINGS = 1000
CASES = cases()
ANS = {"ans": "http://www.ans.gov.br/padroes/tiss/schemas"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """A file nobody may read and a port nobody may call; the latter is checked when all is done."""
    canary = tmp_path_factory.mktemp("canario") / "segredo.txt"
    canary.write_text(CANARY, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Environment(canary=canary, port=server.getsockname()[1])
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def validate(content: bytes) -> Resultado:
    return validate_message(content, hoje=DIA_DE_REFERENCIA)


def codes(resultado: Resultado) -> set[str]:
    return {achado.codigo for achado in resultado.achados}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_of_the_corpus_comes_out_as_it_must_within_its_budget(case: Case, environment: Environment) -> None:
    content = case.content(environment)
    began = time.process_time()
    resultado = validate(content)
    seconds = time.process_time() - began

    if case.expected is Expected.ACCEPT:
        assert resultado.achados == ()
        assert resultado.valido
    if case.expected in {Expected.REJECT, Expected.REPORT}:
        assert resultado.achados
    if case.expected is Expected.REJECT:
        assert not resultado.valido
    if case.codes:
        assert codes(resultado) & case.codes, codes(resultado)
    if case.read_as is not None and resultado.mensagem is not None:
        assert resultado.mensagem.corpo.guias[0].numero_carteira == case.read_as
    assert codes(resultado) <= enumeration(resultado.versao or "4.01.00", "dm_tipoGlosa")
    assert len(resultado.achados) <= MOST_FINDINGS
    assert seconds <= case.seconds
    told = repr(resultado.achados)
    assert CARTEIRA not in told
    assert CANARY not in repr(resultado)
    assert PASSWORD not in repr(resultado)


def spelt() -> list[Formato]:
    return [
        Formato(codificacao=codificacao, prefixo=prefixo, indentado=indentado)
        for codificacao, prefixo, indentado in product(("ISO-8859-1", "UTF-8"), ("ans", "", "tiss"), (False, True))
    ]


@pytest.mark.parametrize(("tipo", "versao"), list(product(Tipo, VERSOES)))
def test_a_correct_lote_is_read_with_its_count_total_and_hash_whatever_its_spelling(tipo: Tipo, versao: str) -> None:
    for formato, hash_codificacao in product(spelt(), ("iso-8859-1", "utf-8")):
        lote = gerar(
            Pedido(
                tipo=tipo, versao=versao, guias=3, formato=formato, hash_codificacao=hash_codificacao, numero_lote="42"
            )
        )
        resultado = validate(lote.conteudo)

        assert resultado.achados == ()
        assert resultado.valido
        assert (resultado.versao, resultado.transacao) == (versao, "ENVIO_LOTE_GUIAS")
        assert (resultado.guias, resultado.valor_total) == (3, lote.valor_total)
        assert (resultado.hash, resultado.numero_lote) == (hash_codificacao, "42")
        assert resultado.mensagem is not None
        lidas = resultado.mensagem.corpo.guias
        assert [(guia.numero_guia_prestador, guia.numero_carteira, guia.valor_total) for guia in lidas] == [
            (guia.numero, guia.carteira, guia.valor) for guia in lote.guias
        ]


@pytest.mark.parametrize("name", DEFEITOS)
def test_a_planted_defect_is_found_where_it_is_with_its_code(name: str) -> None:
    defeito = DEFEITOS[name]
    wrong = []
    for tipo, versao in product(defeito.tipos, defeito.versoes):
        lote = gerar(Pedido(tipo=tipo, versao=versao, guias=4, defeitos=(name,), alvo=3))
        resultado = validate(lote.conteudo)
        if not found_as_expected(lote, resultado):
            wrong.append((str(tipo), versao, resultado.achados))
    assert not wrong, "\n".join(map(str, wrong))


def found_as_expected(lote: LoteGerado, resultado: Resultado) -> bool:
    (esperado,) = lote.esperado
    if esperado.veredito is Veredito.LEITURA_EXATA and resultado.mensagem is not None:
        read = [guia.numero_carteira for guia in resultado.mensagem.corpo.guias]
        return read == [guia.carteira for guia in lote.guias]
    item = {esperado.item} if lote.pedido.tipo is not Tipo.CONSULTA else {None, 1}
    exact = [
        achado
        for achado in resultado.achados
        if achado.codigo in esperado.codigos and achado.guia == esperado.guia and achado.item in item
    ]
    elsewhere = {achado.guia for achado in resultado.achados} - {None, esperado.guia}
    alone = esperado.guia is None or not elsewhere  # what is wrong in the envelope may show in every guia
    return bool(exact) and alone and all(points_into(lote.conteudo, achado) for achado in resultado.achados)


def points_into(content: bytes, achado: Achado) -> bool:
    """Whether the finding's path selects something of the message, or the place where something is missing."""
    if achado.caminho is None:
        return False
    root = etree.fromstring(content, etree.XMLParser(remove_comments=True, resolve_entities=False))
    above = achado.caminho.rpartition("/")[0]
    return any(root.xpath(path, namespaces=ANS) for path in (achado.caminho, above))
