"""What is shown before sending is what is received and what is analysed, line by line, by XML and typed.

Every defect that the generator knows, in every kind of guia: what the generator says of it, without the code that is
judged here, is found where it says, takes the reais it says, and nothing else is found.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from conecta_contas import analise
from conecta_contas.pegs import Peg, Porta, SituacaoPeg
from conecta_tiss.findings import Achado, Severidade
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.versions import Versao
from local.gerador import DEFEITOS, Esperado, LoteGerado, Pedido, Tipo, Veredito, gerar
from local.gerador.cobranca import COBRANCA
from peg.domain.lotes import Identificacao
from peg.messages import guias as digitadas
from peg.messages.lotes import TissPadrao
from peg.service import atos
from peg.service.julgamento import Parecer, judge
from peg.service.portas import Alvo
from peg.service.recepcao import Desfecho
from tests.builders_cadastro import HOJE
from tests.builders_functions import CNPJ, HOSPITAL, VALE
from tests.casa_gerada import CasaGerada, generated
from tests.casa_peg import AUDITORA

ANS = {"ans": "http://www.ans.gov.br/padroes/tiss/schemas"}
PADRAO = TissPadrao()
V401, V403 = Versao.V4_01_00.value, Versao.V4_03_00.value
TAMBEM = {
    "valor-tres-casas": {"5042"},  # a total of two places cannot be the sum of it
    "quantidade-zero": {"1806"},  # no such quantity, and no value of it
}
"""Codes that follow from a defect, besides its own."""

REGRA = {
    "quantidade-acima": "COB-QUANTIDADE", "senha-vencida": "COB-VALIDADE", "senha-no-ultimo-dia": "COB-VALIDADE",
    "senha-cancelada": "COB-SENHA-CANCELADA", "senha-inexistente": "COB-SENHA",
    "senha-de-outro-executante": "COB-SENHA-EXECUTANTE", "senha-de-outra-vida": "COB-SENHA-VIDA",
    "item-fora-da-senha": "COB-AUTORIZADO", "item-negado": "COB-AUTORIZADO", "sem-senha": "COB-EXIGE-SENHA",
    "data-prevista": "COB-DATA-PREVISTA", "dente-trocado": "COB-LOCAL", "face-trocada": "COB-LOCAL",
    "diarias-acima": "COB-QUANTIDADE", "diarias-alem-da-conta": "COB-DIARIA", "diaria-nao-negociada": "COB-DIARIA",
    "preco-acima": "COB-PRECO", "fator-acima": "COB-FATOR", "nao-contratado": "COB-CONTRATADO",
    "fora-da-tuss": "COB-TUSS", "medicamento-sem-aplicacao": "COB-MEDICAMENTO",
    "aplicacao-sem-medicamento": "COB-MEDICAMENTO", "prazo-91": "COB-PRAZO", "prazo-90": "COB-PRAZO",
    "carteira-desconhecida": "COB-CARTEIRA", "executante-trocado": "COB-EXECUTANTE",
    "item-em-dobro": "COB-DUPLICIDADE",
}  # fmt: skip
"""The rule that each defect of billing breaks, or stops just before."""


def each(defeitos: dict[str, Any]) -> Iterator[Any]:
    """Every defect in each kind of guia in the first version that has it, and in one kind in 4.03.00."""
    for name, defeito in defeitos.items():
        for place, tipo in enumerate(defeito.tipos):
            for versao in dict.fromkeys((defeito.versoes[0], V403)):
                if versao in defeito.versoes and (place == 0 or versao == defeito.versoes[0]):
                    yield pytest.param(name, tipo, versao, id=f"{name}-{tipo}-{versao}")


def before_sending(casa: CasaGerada, raw: bytes, porta: Porta = Porta.XML_S3) -> Parecer:
    """What pre-validation says; nothing is written."""
    portas = casa.portas()
    lote = portas.padrao.read(raw, HOJE, porta)
    return judge(Alvo(HOSPITAL, VALE, HOJE, lote.versao_de_resposta), lote, portas)


def lines(achados: Sequence[Achado]) -> list[tuple[Any, ...]]:
    """All that a finding says."""
    return [(type(one).__name__, *(getattr(one, name) for name in names(one))) for one in achados]


def names(achado: Achado) -> list[str]:
    """What a finding has to say."""
    return [name for kind in type(achado).__mro__ for name in getattr(kind, "__slots__", ())]


def told(achados: Sequence[Achado]) -> list[Achado]:
    """Without the warnings, which take nothing."""
    return [one for one in achados if not getattr(one, "aviso", False)]


def answers(achado: Achado, esperado: Esperado) -> bool:
    """Whether a finding is the one that was planted, where it was."""
    place = (esperado.guia in {None, achado.guia}, esperado.item in {None, achado.item})
    return achado.codigo in esperado.codigos and all(place)


def agree(casa: CasaGerada, raw: bytes) -> tuple[Parecer, Desfecho]:
    """Pre-validation, reception and analysis of a lote, which say the same of it.

    Answers the first two.
    """
    parecer = before_sending(casa, raw)
    desfecho = casa.manda(raw)
    assert lines(desfecho.achados) == lines(parecer.achados)
    assert (desfecho.peg is None) == parecer.recusado
    if desfecho.peg is None:
        assert not casa.pegs.rows
        assert not casa.cobradas()
        return parecer, desfecho
    assert parecer.julgado is not None
    analysed = atos.begin(desfecho.peg, AUDITORA, casa.portas())
    assert analysed.situacao is SituacaoPeg.EM_ANALISE
    dossie = casa.dossie(analysed)
    assert dossie.achados == parecer.julgado.achados
    assert dossie.resultado == parecer.julgado.resultado
    assert analysed.valor_glosado == parecer.em_risco == dossie.resultado.glosado
    assert analise.broken(dossie.resultado) == ()
    receipt_agrees(desfecho, parecer, casa)
    return parecer, desfecho


def receipt_agrees(desfecho: Desfecho, parecer: Parecer, casa: CasaGerada) -> None:
    """The TISS receipt tells the same codes of the same guias, and the same reais."""
    assert desfecho.peg is not None
    resultado = casa.dossie(desfecho.peg).resultado
    root = ET.fromstring(desfecho.resposta)  # noqa: S314  # our own bytes
    said: dict[str, Counter[str]] = {}
    lost: dict[str, Decimal] = {}
    for guia in root.iter():
        numero = guia.find("ans:numeroGuiaPrestador", ANS)
        if numero is None or not numero.text:
            continue
        codes = Counter(code.text or "" for code in guia.iter() if code.tag.endswith("}codigoGlosa"))
        said[numero.text] = codes
        taken = next(one.text for one in guia.iter() if one.tag.endswith("}valorGlosa"))
        lost[numero.text] = Decimal(taken or "0")
    expected: dict[str, set[str]] = {one.numero: set() for one in resultado.guias}
    for achado in told(parecer.achados):
        expected[achado.guia or ""].add(achado.codigo)
    assert {numero: set(codes) for numero, codes in said.items()} == expected
    assert lost == {one.numero: one.glosado for one in resultado.guias}


# --- what is due ---


@pytest.mark.parametrize("versao", [V401, V403])
@pytest.mark.parametrize("tipo", Tipo)
def test_of_a_lote_that_is_due_nothing_is_found_and_all_is_paid(tipo: Tipo, versao: str) -> None:
    lote = generated(tipo, guias=7, versao=versao)
    casa = CasaGerada(lote)
    parecer, desfecho = agree(casa, lote.conteudo)
    assert told(parecer.achados) == []
    assert desfecho.peg is not None
    assert (desfecho.peg.valor_informado, desfecho.peg.valor_glosado) == (lote.valor_total, Decimal(0))
    used = {numero for numero in lote.conhecido.senhas if casa.lida(numero).usos}
    assert used == set(lote.conhecido.senhas)


# --- every defect ---


@pytest.mark.regra("R11", "R12", "R29", "PEG-RECEPCAO")
@pytest.mark.parametrize(("name", "tipo", "versao"), list(each(DEFEITOS)))
def test_a_defect_of_the_message_is_found_alike_wherever_it_is_looked_for(name: str, tipo: Tipo, versao: str) -> None:
    lote = generated(tipo, name, versao=versao)
    parecer, _ = agree(CasaGerada(lote), lote.conteudo)
    found = told(parecer.achados)
    (esperado,) = lote.esperado
    if esperado.veredito is Veredito.LEITURA_EXATA:
        assert found == []
        return
    assert any(answers(one, esperado) for one in found), lines(found)
    assert {one.codigo for one in found if not answers(one, esperado)} <= TAMBEM.get(name, set())
    assert any(one.severidade is Severidade.RECUSA_LOTE for one in found)


@pytest.mark.regra(REGRA)
@pytest.mark.regra("R03", "R09", "R19", "R20", "R23", "R26", "PEG-NUCLEO")
@pytest.mark.parametrize(("name", "tipo", "versao"), list(each(COBRANCA)))
def test_a_defect_of_billing_takes_what_it_takes_wherever_it_is_looked_for(name: str, tipo: Tipo, versao: str) -> None:
    lote = generated(tipo, name, versao=versao)
    parecer, desfecho = agree(CasaGerada(lote), lote.conteudo)
    found = told(parecer.achados)
    assert parecer.julgado is not None
    by_line = [one for one in parecer.julgado.achados if not one.aviso]
    assert [(one.guia, one.item, one.em_risco) for one in by_line] == [
        (one.guia, one.item, one.reais) for one in lote.esperado
    ]
    assert all(answers(one, esperado) for one, esperado in zip(found, lote.esperado, strict=True)), lines(found)
    assert {one.regra for one in by_line} <= {REGRA[name]}
    assert all(one.providencia and one.base for one in by_line)
    assert desfecho.peg is not None
    assert desfecho.peg.valor_glosado == sum((one.reais or 0 for one in lote.esperado), Decimal(0))


@pytest.mark.parametrize("tipo", Tipo)
def test_many_defects_of_one_guia_are_told_together_and_it_never_loses_more_than_it_is_worth(tipo: Tipo) -> None:
    every = tuple(
        name
        for name in ("preco-acima", "fator-acima", "quantidade-acima", "executante-trocado", "carteira-desconhecida")
        if tipo in COBRANCA[name].tipos
    )
    lote = generated(tipo, *every)
    parecer, desfecho = agree(CasaGerada(lote), lote.conteudo)
    assert parecer.julgado is not None
    assert "COB-CARTEIRA" in {one.regra for one in parecer.julgado.achados}
    assert desfecho.peg is not None
    worth = {one.numero: one.informado for one in parecer.julgado.resultado.guias}
    assert desfecho.peg.valor_glosado == worth[lote.guias[2].numero]


@pytest.mark.regra("PEG-NUCLEO", "PEG-RECEPCAO")
@given(data=st.data())
def test_whatever_is_wrong_at_once_every_door_and_every_moment_say_the_same(data: st.DataObject) -> None:
    tipo = data.draw(st.sampled_from(Tipo))
    possible = sorted(name for name, one in COBRANCA.items() if tipo in one.tipos and name not in SEM_SENHA)
    names = data.draw(st.lists(st.sampled_from(possible), unique=True, min_size=2, max_size=5))
    last = data.draw(st.sampled_from((None, *(name for name in SEM_SENHA if tipo in COBRANCA[name].tipos))))
    guias, semente = data.draw(st.integers(1, 5)), data.draw(st.integers(0, 10**6))
    versao = data.draw(st.sampled_from((V401, V403)))
    asked = (*names, last) if last else tuple(names)
    alvo = data.draw(st.integers(1, guias))
    try:
        lote = generated(tipo, *asked, versao=versao, guias=guias, alvo=alvo, semente=semente)
    except ValueError:  # what one needs, another took away
        reject()
    parecer, desfecho = agree(CasaGerada(lote), lote.conteudo)
    assert parecer.julgado is not None
    assert {one.guia for one in parecer.julgado.achados if not one.aviso} <= {lote.guias[alvo - 1].numero}
    by_hand = before_sending(CasaGerada(lote), typed(lote), Porta.DIGITADO)
    assert by_hand.julgado == parecer.julgado
    assert desfecho.peg is not None
    assert Decimal(0) <= desfecho.peg.valor_glosado <= desfecho.peg.valor_informado


SEM_SENHA = ("senha-inexistente", "sem-senha")
"""After these the guia has no senha that a defect could change."""


# --- days ---

DIAS = (
    date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 28), date(2027, 3, 1), date(2028, 2, 28), date(2028, 2, 29),
    date(2028, 3, 1), date(2028, 5, 28), date(2028, 5, 29), date(2028, 5, 30), date(2028, 12, 31),
)  # fmt: skip
"""Ends of months and years, leap ones too, and days whose window began at one."""


def end_of(dia: date) -> datetime:
    """The instant at which a day is over in America/Sao_Paulo."""
    return datetime.combine(dia + timedelta(days=1), time(3), UTC)


@pytest.mark.regra("R03", "COB-PRAZO")
@pytest.mark.parametrize("hoje", DIAS)
@pytest.mark.parametrize("tipo", Tipo)
def test_the_billing_window_closes_when_its_last_local_day_does(tipo: Tipo, hoje: date) -> None:
    lote = generated(tipo, "prazo-90", hoje=hoje)
    in_time = received(CasaGerada(lote).manda(lote.conteudo, recebido_em=end_of(hoje) - timedelta(microseconds=1)))
    assert in_time.valor_glosado == 0
    casa = CasaGerada(lote)
    late = received(casa.manda(lote.conteudo, recebido_em=end_of(hoje)))
    found = [(one.regra, one.codigo, one.guia, one.item) for one in casa.dossie(late).achados if not one.aviso]
    assert found == [("COB-PRAZO", "3161", lote.guias[2].numero, None)]
    assert late.competencia == f"{hoje + timedelta(days=1):%Y%m}"
    assert in_time.competencia == f"{hoje:%Y%m}"


@pytest.mark.regra("R10", "COB-VALIDADE")
@pytest.mark.parametrize("hoje", DIAS)
@pytest.mark.parametrize("tipo", [Tipo.SADT, Tipo.INTERNACAO, Tipo.HONORARIOS, Tipo.ODONTO])
def test_a_senha_is_good_for_what_was_done_on_its_last_day_and_not_on_the_next(tipo: Tipo, hoje: date) -> None:
    for name, codes in (("senha-no-ultimo-dia", []), ("senha-vencida", ["1405"])):
        lote = generated(tipo, name, hoje=hoje)
        casa = CasaGerada(lote)
        peg = received(casa.manda(lote.conteudo, recebido_em=end_of(hoje) - timedelta(hours=1)))
        assert [one.codigo for one in casa.dossie(peg).achados if not one.aviso] == codes


# --- typed ---


def typed(lote: LoteGerado, numero_lote: str = "1") -> bytes:
    """The same guias as somebody types them."""
    lido = PADRAO.read(lote.conteudo, HOJE, Porta.XML)
    assert lido.corpo is not None
    campos = [digitadas.campos_of(guia) for guia in lido.corpo.guias]
    return digitadas.original(
        registro_ans=VALE, numero_lote=numero_lote, tipo=TipoGuia(lido.tipo_guia or ""),
        versao=Versao(lido.versao or ""), prestador=Identificacao(cnpj=CNPJ), guias=campos,
    )  # fmt: skip


@pytest.mark.regra("R29")
@pytest.mark.parametrize(("name", "tipo", "versao"), list(each(COBRANCA)))
def test_typed_guias_are_billed_as_the_same_ones_by_xml(name: str, tipo: Tipo, versao: str) -> None:
    lote = generated(tipo, name, versao=versao)
    by_xml, by_hand = (
        before_sending(CasaGerada(lote), lote.conteudo),
        before_sending(CasaGerada(lote), typed(lote), Porta.DIGITADO),
    )
    assert by_xml.julgado is not None
    assert by_hand.julgado == by_xml.julgado
    assert by_hand.guias == by_xml.guias
    assert not by_hand.lote.achados
    casa = CasaGerada(lote)
    sent = casa.manda(typed(lote), porta=Porta.DIGITADO)
    assert sent.peg is not None
    assert casa.dossie(sent.peg).resultado == by_xml.julgado.resultado


# --- across PEGs ---


def other_numbers(lote: LoteGerado, numero_lote: str) -> LoteGerado:
    """The same lote under another number, whose guias have other numbers: nothing else is another."""
    return gerar(replace(lote.pedido, numero_lote=numero_lote))


REPETIDO = {
    Tipo.SADT: "2607", Tipo.CONSULTA: "1702", Tipo.INTERNACAO: "1739", Tipo.HONORARIOS: "2607", Tipo.ODONTO: "3007",
}  # fmt: skip
"""What the first finding of a guia says that another PEG bills under another number."""


@pytest.mark.regra("COB-DUPLICIDADE", "COB-CONTA", "COB-QUANTIDADE", "PEG-USO")
@pytest.mark.parametrize("tipo", Tipo)
def test_what_one_peg_bills_no_other_does_until_it_is_cancelled(tipo: Tipo) -> None:
    lote = generated(tipo)
    again = other_numbers(lote, "2")
    casa = CasaGerada(lote)
    first = received(casa.manda(lote.conteudo, upload_id="u1"))
    before = before_sending(casa, again.conteudo)
    assert before.julgado is not None
    assert {one.codigo for one in before.julgado.achados if not one.aviso} >= {REPETIDO[tipo]}
    assert {one.guia for one in before.julgado.achados} == {guia.numero for guia in again.guias}
    second = received(casa.manda(again.conteudo, upload_id="u2"))
    procedures = sum(
        (line.valor for guia in casa.dossie(second).guias for line in guia.itens if line.despesa is None), Decimal(0)
    )
    assert second.valor_glosado >= procedures
    assert casa.dossie(second).achados == before.julgado.achados
    casa.cancela(second)
    casa.cancela(first)
    third = received(casa.manda(other_numbers(lote, "3").conteudo, upload_id="u3"))
    assert third.valor_glosado == 0


@pytest.mark.regra("COB-GUIA-REPETIDA")
@pytest.mark.parametrize("tipo", Tipo)
def test_a_guia_is_billed_under_its_number_in_one_peg_only(tipo: Tipo) -> None:
    lote = generated(tipo)
    casa = CasaGerada(lote)
    received(casa.manda(lote.conteudo, upload_id="u1"))
    seen = before_sending(casa, typed(lote, "2"), Porta.DIGITADO)
    assert seen.julgado is not None
    repeated = [one for one in seen.julgado.achados if one.regra == "COB-GUIA-REPETIDA"]
    assert [(one.codigo, one.guia) for one in repeated] == [("1308", guia.numero) for guia in lote.guias]
    assert seen.em_risco == seen.informado


def received(desfecho: Desfecho) -> Peg:
    """The PEG that a lote became."""
    assert desfecho.peg is not None, desfecho.achados
    return desfecho.peg


# --- the generator ---


def test_a_defect_of_billing_is_planted_where_all_else_is_due_only() -> None:
    with pytest.raises(ValueError, match="lote devido"):
        gerar(Pedido(defeitos=("senha-cancelada",)))
