"""Reception: a lote becomes one PEG, or leaves nothing but its report, whatever is repeated, raced or interrupted."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from conecta_contas.pegs import STATUS_PROTOCOLO, Evento, Papel, Peg, SituacaoPeg
from conecta_facts.operadoras import VersaoAceita
from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import Situacao
from conecta_senhas.solicitacoes import Tipo
from conecta_tiss.findings import Achado, Severidade
from peg.domain.errors import DocumentoMissingError, LoteNumberTakenError, MudouError, PegNotFoundError
from peg.service import recepcao
from peg.service.recepcao import Desfecho
from tests.builders_autorizacao import CIRURGIA
from tests.builders_cadastro import (
    CARTEIRA,
    CONSULTA,
    HEMOGRAMA,
    INICIO,
    OUTRA_CARTEIRA,
    an_operadora,
    relacionamento_of,
)
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, PASA, SINCE, VALE, a_documento, a_peg
from tests.builders_peg import (
    DIA,
    OUTRA_SENHA,
    SENHA,
    a_fee,
    a_resumo,
    a_sadt,
    authorised,
    by,
    done,
    granted,
    granted_stay,
    spent,
)
from tests.casa_peg import CENTRAL, Casa, by_clinic
from tests.fakes import Interruption, ProcessDiedError
from tests.fakes_cadastro import PSEUDONIMOS
from tests.fakes_peg import FakePegs

PROTOCOLO = "261120000001"


@pytest.fixture
def casa() -> Casa:
    made = Casa()
    made.autoriza()
    return made


def rules_of(desfecho: Desfecho) -> list[str]:
    return [achado.regra for achado in desfecho.achados]


def mortal(interruption: Interruption) -> Callable[[str, Any], Any]:
    return lambda _name, port: interruption.wrap(port)


# --- what is received ---


def test_an_admissible_lote_becomes_a_visible_peg_that_bills_its_senha(casa: Casa) -> None:
    raw = casa.lote(a_sadt(), a_sadt(done(CONSULTA, valor="50.00"), numero="G2", senha=None))
    desfecho = casa.manda(raw, quem="pessoa-1")
    peg = casa.peg(PROTOCOLO)
    assert desfecho == Desfecho(peg, repetido=False, achados=(), resposta=casa.resposta() or b"")
    assert (peg.situacao, peg.versao, peg.valor_glosado) == (SituacaoPeg.RECEBIDO, 2, Decimal("0.00"))
    assert (peg.quantidade_guias, peg.valor_informado) == (2, Decimal("68.50"))
    assert (peg.numero_lote, peg.tipo_guia, peg.versao_tiss) == ("1", "guiaSP-SADT", "4.01.00")
    assert (peg.upload_id, peg.chave_xml, peg.codificacao_hash) == ("u1", a_documento(raw).chave, "iso-8859-1")
    assert casa.usos(SENHA) == {f"{PROTOCOLO}#001": {(1, "00"): 1}}
    assert casa.lida(SENHA).autorizacao.situacao is Situacao.UTILIZADA
    assert casa.cobradas() == [("G1", PROTOCOLO), ("G2", PROTOCOLO)]
    assert casa.resposta() == f"4.01.00 protocolo {PROTOCOLO} lote 1".encode()
    assert casa.archive.read(peg.chave_recebimento) == casa.resposta()
    assert casa.resposta(suffix="json") is None
    assert casa.contados() == {"PegRecebido": 1}


def test_its_timeline_begins_with_who_sent_it_and_with_nobody_when_nobody_knows(casa: Casa) -> None:
    casa.manda(casa.lote(a_sadt()), quem="pessoa-1")
    casa.manda(casa.lote(a_sadt(numero="G2", senha=None), numero="2"), "u2")
    began = [marco for peg in casa.pegs.rows.values() for marco in peg.historico]
    assert [(marco.evento, marco.papel, marco.quem) for marco in began] == [
        (Evento.RECEBIDO, Papel.PRESTADOR, "pessoa-1"), (Evento.RECEBIDO, Papel.SISTEMA, ""),
    ]  # fmt: skip


def test_what_is_told_of_it_names_nobody_and_says_what_it_is_worth(casa: Casa) -> None:
    casa.recebe(a_sadt(done(quantidade=2)))
    (event,) = casa.pegs.events.values()
    assert event.dados == {
        "upload_id": "u1", "protocolo": PROTOCOLO, "numero_lote": "1", "quantidade_guias": 1,
        "valor_informado": "37.00", "valor_glosado": "18.50", "tipo_guia": "guiaSP-SADT", "competencia": "202611",
    }  # fmt: skip


def test_the_instant_of_reception_is_when_s3_stored_the_file_and_the_month_is_local(casa: Casa) -> None:
    stored = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
    desfecho = casa.manda(casa.lote(a_sadt()), recebido_em=stored)
    assert desfecho.peg is not None
    assert (desfecho.peg.data_recepcao, desfecho.peg.competencia) == (stored, "202611")


@pytest.mark.regra("R03")
@pytest.mark.parametrize(("stored", "glosas"), [("03:00", 1), ("02:59", 0)])
def test_the_window_ends_at_local_midnight_of_its_ninetieth_day(casa: Casa, stored: str, glosas: int) -> None:
    late = datetime.fromisoformat(f"2027-02-10T{stored}:00+00:00")  # 91 days after 11 November; local midnight is 03:00
    desfecho = casa.manda(casa.lote(a_sadt(done(data_execucao=DIA))), recebido_em=late)
    assert rules_of(desfecho).count("COB-PRAZO") == glosas
    assert bool(casa.usos(SENHA)) is not bool(glosas)


def test_a_lote_of_a_hundred_guias_is_received_whole(casa: Casa) -> None:
    numero = casa.nova_senha(100)
    lines = [done(hora_inicial=f"{8 + n // 60:02d}:{n % 60:02d}:00") for n in range(1, 101)]
    peg = casa.recebe(*(a_sadt(line, numero=f"G{n:03d}", senha=numero) for n, line in enumerate(lines, 1)))
    assert (peg.quantidade_guias, peg.valor_glosado) == (100, Decimal("0.00"))
    assert len(casa.cobradas()) == len(casa.usos(numero)) == 100


def test_of_a_hundred_and_one_nothing_is_received(casa: Casa) -> None:
    guias = [a_sadt(numero=f"G{n:03d}", senha=None) for n in range(1, 102)]
    assert casa.manda(casa.lote(*guias)).peg is None
    assert (casa.pegs.rows, casa.cobradas(), casa.contados()) == ({}, [], {"LoteRecusado": 1})


def test_a_glosa_at_a_guia_does_not_refuse_the_lote_and_bills_nothing_of_the_senha(casa: Casa) -> None:
    desfecho = casa.manda(casa.lote(a_sadt(), a_sadt(numero="G2", senha="26119999999")))
    assert desfecho.peg is not None
    assert {achado.guia for achado in desfecho.achados} == {"G2"}
    assert (desfecho.peg.valor_glosado, desfecho.peg.valor_liberado) == (Decimal("18.50"), Decimal("18.50"))
    assert casa.usos(SENHA) == {f"{PROTOCOLO}#001": {(1, "00"): 1}}


def test_honorarios_of_another_prestador_use_the_hospitals_stay_by_grau(casa: Casa) -> None:
    casa.autoriza(granted_stay(authorised(CIRURGIA), numero=OUTRA_SENHA))
    surgeon, helper = (
        a_fee(done(CIRURGIA, valor=valor, equipe=(by(grau),)), numero=f"G{grau}", senha=OUTRA_SENHA,
              codigo_executante="HOSP01")
        for grau, valor in (("00", "1000.00"), ("01", "300.00"))
    )  # fmt: skip
    casa.manda(casa.lote(surgeon), "u1")
    casa.manda(casa.lote(helper, prestador_id=CLINICA), "u2", prestador_id=CLINICA)
    assert casa.usos(OUTRA_SENHA) == {
        f"{PROTOCOLO}#001": {(1, "00"): 1}, "261120000002#001": {(1, "01"): 1},
    }  # fmt: skip
    again = casa.manda(casa.lote(replace(surgeon, numero_guia_prestador="G9"), numero="2"), "u3")
    assert "COB-QUANTIDADE" in rules_of(again) or "COB-DUPLICIDADE" in rules_of(again)
    assert len(casa.usos(OUTRA_SENHA)) == 2


def test_a_stay_uses_the_diarias_of_its_senha(casa: Casa) -> None:
    casa.autoriza(granted_stay(numero=OUTRA_SENHA))
    casa.recebe(a_resumo(senha=OUTRA_SENHA))
    assert casa.usos(OUTRA_SENHA) == {f"{PROTOCOLO}#001": {(0, "00"): 3}}
    assert casa.lida(OUTRA_SENHA).autorizacao.diarias_faturadas == 3


def test_what_was_asked_on_a_stay_is_billed_with_it_and_its_owner_is_looked_up(casa: Casa) -> None:
    child = replace(granted(authorised(CIRURGIA), numero="26110000003"), principal=OUTRA_SENHA)
    stay = granted_stay(numero=OUTRA_SENHA)
    casa.autoriza(stay, child.numero)
    casa.autoriza(child)
    casa.recebe(a_resumo(done(CIRURGIA, valor="1000.00"), senha=OUTRA_SENHA))
    assert casa.usos(child.numero) == {f"{PROTOCOLO}#001": {(1, "00"): 1}}


def test_a_senha_of_before_a_carteira_was_replaced_is_billed_under_the_new_one(casa: Casa) -> None:
    lives = casa.fatos.vidas.of("beneficiarios", VALE)
    lives[0] = replace(lives[0], numero_carteira="00099", carteira_anterior=CARTEIRA)
    casa.manda(casa.lote(a_sadt(carteira="00099"), a_sadt(numero="G2")))
    assert casa.usos(SENHA) == {f"{PROTOCOLO}#001": {(1, "00"): 1}}
    assert {one.vida for one in casa.cobrancas.living()} == {PSEUDONIMOS.carteira(VALE, "00099")}


def test_a_guia_of_a_carteira_that_is_nobodys_is_glosada_and_kept_under_its_number(casa: Casa) -> None:
    desfecho = casa.manda(casa.lote(a_sadt(carteira="999")))
    assert desfecho.peg is not None
    assert desfecho.peg.valor_liberado == 0
    assert {one.vida for one in casa.cobrancas.living()} == {PSEUDONIMOS.carteira(VALE, "999")}
    assert casa.usos(SENHA) == {}


@pytest.mark.parametrize("carteira", [OUTRA_CARTEIRA, "00088"])
def test_a_senha_of_another_life_is_told_as_one_that_is_not_there(casa: Casa, carteira: str) -> None:
    other = granted(numero=OUTRA_SENHA)
    casa.autoriza(replace(other, solicitacao=replace(other.solicitacao, carteira=carteira)))
    desfecho = casa.manda(casa.lote(a_sadt(senha=OUTRA_SENHA)))
    assert desfecho.peg is not None
    assert desfecho.peg.valor_liberado == 0
    assert casa.usos(OUTRA_SENHA) == {}


def test_a_senha_of_somebody_else_is_looked_at_and_left_alone(casa: Casa) -> None:
    stranger = granted(numero=OUTRA_SENHA)
    casa.autoriza(replace(stranger, solicitacao=replace(stranger.solicitacao, carteira="00077", executante=CLINICA)))
    desfecho = casa.manda(
        casa.lote(a_sadt(senha=OUTRA_SENHA), a_sadt(numero="G2", carteira="00077", senha=OUTRA_SENHA))
    )
    assert desfecho.peg is not None
    assert desfecho.peg.valor_liberado == 0
    assert casa.usos(OUTRA_SENHA) == {}


# --- what is refused ---


def test_a_refused_lote_leaves_its_report_and_nothing_else(casa: Casa) -> None:
    achados = (
        Achado("TISS-HASH", "5014", "O hash não confere.", caminho="/ans:mensagemTISS/ans:epilogo/ans:hash", linha=9),
        Achado("TISS-ITEM-VALOR", "1805", "O total do item não confere.", guia="G1", item=2),
    )
    desfecho = casa.manda(casa.lote(a_sadt(), achados=achados))
    assert (desfecho.peg, desfecho.protocolo, desfecho.repetido) == (None, None, False)
    assert desfecho.achados[:2] == achados
    assert (casa.pegs.rows, casa.pegs.lotes, casa.cobradas(), casa.usos(SENHA)) == ({}, {}, [], {})
    assert casa.resposta() == desfecho.resposta == b"4.01.00 erro 5014"
    report = json.loads(casa.resposta(suffix="json") or b"null")["achados"]
    assert report[0] == {
        "regra": "TISS-HASH", "codigo": "5014", "mensagem": "O hash não confere.", "severidade": "RECUSA_LOTE",
        "guia": None, "item": None, "caminho": "/ans:mensagemTISS/ans:epilogo/ans:hash", "linha": 9,
    }  # fmt: skip
    assert [achado["item"] for achado in report] == [None, 2]
    (event,) = casa.pegs.events.values()
    assert (event.tipo, event.dados) == ("LoteRecusado", {"upload_id": "u1", "achados": 2, "porta": "XML_S3"})


def test_what_would_be_glosado_is_told_with_what_refuses_the_lote(casa: Casa) -> None:
    broken = Achado("TISS-HASH", "5014", "O hash não confere.")
    desfecho = casa.manda(casa.lote(a_sadt(senha="26119999999"), achados=(broken,)))
    assert desfecho.peg is None
    assert rules_of(desfecho)[0] == "TISS-HASH"
    assert {achado.severidade for achado in desfecho.achados} == {Severidade.RECUSA_LOTE, Severidade.GLOSA}
    report = json.loads(casa.resposta(suffix="json") or b"null")["achados"]
    assert len(report) == len(desfecho.achados)
    assert report[-1]["providencia"]


def test_the_answer_names_what_refuses_it_whatever_else_is_found_before(casa: Casa) -> None:
    casa.recebe(a_sadt())
    casa.manda(casa.lote(a_sadt(numero="G2", senha="26119999999")), "u2")
    assert casa.resposta("u2") == b"4.01.00 erro 5053"


def test_a_lote_that_cannot_be_read_is_refused_by_what_can(casa: Casa) -> None:
    broken = Achado("TISS-XSD", "5001", "Não é um lote.")
    raw = casa.lote(a_sadt(), achados=(broken,), corpo=None, numero_lote=None, guias=(), tipo_guia=None, versao=None)
    desfecho = casa.manda(raw)
    assert "5001" in {achado.codigo for achado in desfecho.achados}
    assert casa.contados() == {"LoteRecusado": 1}


@pytest.mark.parametrize("versao", ["4.01.00", "4.03.00"])
def test_a_refusal_answers_in_the_senders_version(casa: Casa, versao: str) -> None:
    accepts_both(casa)
    casa.manda(casa.lote(a_sadt(), versao=versao, destino=PASA))
    assert casa.resposta() == f"{versao} erro 5027".encode()


def accepts_both(casa: Casa) -> None:
    both = tuple(VersaoAceita(versao, SINCE, None) for versao in ("4.01.00", "4.03.00"))
    casa.fatos.cadastro.put_operadora(replace(an_operadora(), versoes=both))


def test_a_version_nobody_speaks_is_answered_with_what_this_operadora_accepts(casa: Casa) -> None:
    unknown = Achado("TISS-VERSAO", "5028", "Envie em uma destas: 4.01.00, 4.02.00, 4.03.00.")
    raw = casa.lote(a_sadt(), versao=None, numero_lote=None, achados=(unknown,), corpo=None)
    (achado,) = casa.manda(raw).achados
    assert (achado.regra, achado.codigo) == ("R12", "5028")
    assert "4.01.00" in achado.mensagem
    assert "4.03.00" not in achado.mensagem


@pytest.mark.regra("R02")
def test_of_whom_was_never_enabled_nothing_is_judged(casa: Casa) -> None:
    casa.fatos.cadastro.put_relacionamento(relacionamento_of(("SOLICITADO", INICIO)))
    assert rules_of(casa.manda(casa.lote(a_sadt(senha="26119999999")))) == ["R02"]


def test_of_a_lote_that_is_for_another_operadora_nothing_is_told_of_lives_and_senhas(casa: Casa) -> None:
    wrong = a_sadt(senha="26119999999", carteira="99999999999999999")
    assert rules_of(casa.manda(casa.lote(wrong, destino=PASA))) == ["DESTINO"]


def test_of_an_unknown_prestador_nothing_is_known(casa: Casa) -> None:
    raw = casa.lote(a_sadt())
    desfecho = casa.manda(raw, prestador_id="nao-existe", registro_ans="999999")
    assert desfecho.peg is None
    assert "R02" in rules_of(desfecho)


def test_the_sender_is_told_nothing_of_who_it_is(casa: Casa) -> None:
    casa.manda(casa.lote(a_sadt(), destino=PASA))
    assert CNPJ not in str(casa.resposta(suffix="json"))


def test_a_lote_corrected_after_a_refusal_may_use_the_same_number(casa: Casa) -> None:
    assert casa.manda(casa.lote(a_sadt(), destino=PASA), "u0").peg is None
    assert casa.manda(casa.lote(a_sadt())).protocolo == PROTOCOLO


# --- repeated ---


def test_the_same_upload_again_is_the_same_protocolo_and_is_announced_once(casa: Casa) -> None:
    raw = casa.lote(a_sadt())
    first = casa.manda(raw)
    assert [casa.manda(raw) for _ in range(3)] == [first] * 3
    assert casa.contados() == {"PegRecebido": 1}
    assert (len(casa.pegs.rows), len(casa.usos(SENHA))) == (1, 1)


def test_an_upload_handed_over_again_says_again_what_it_became(casa: Casa) -> None:
    raw = casa.lote(a_sadt())
    first = casa.manda(raw)
    assert casa.manda(raw, tentativa=2) == first
    assert casa.contados() == {"PegRecebido": 1}
    assert casa.tentativas() == {"PegRecebido": 2}


def test_a_refused_upload_handed_over_again_is_the_same_refusal_told_again(casa: Casa) -> None:
    raw = casa.lote(a_sadt(), destino=PASA)
    for tentativa in (1, 1, 2):
        casa.manda(raw, tentativa=tentativa)
    assert casa.contados() == {"LoteRecusado": 1}
    assert casa.tentativas() == {"LoteRecusado": 2}


def test_another_upload_of_the_same_bytes_handed_over_again_is_repeated_once(casa: Casa) -> None:
    raw = casa.lote(a_sadt())
    casa.manda(raw)
    for tentativa in (1, 2):
        casa.manda(raw, "u2", tentativa=tentativa)
    assert casa.contados() == {"PegRecebido": 1, "LoteRepetido": 1}
    assert casa.tentativas() == {"PegRecebido": 1, "LoteRepetido": 2}


def test_the_same_bytes_in_another_upload_are_the_same_protocolo_with_the_same_receipt(casa: Casa) -> None:
    raw = casa.lote(a_sadt(senha="26119999999"))
    first = casa.manda(raw)
    assert casa.manda(raw, "u2") == replace(first, repetido=True)
    assert casa.resposta("u2") == casa.resposta("u1")
    assert len(casa.pegs.rows) == 1
    told = {event.tipo: event.dados["upload_id"] for event in casa.pegs.events.values()}
    assert told == {"PegRecebido": "u1", "LoteRepetido": "u2"}


@pytest.mark.parametrize(("versao", "codigo"), [("4.01.00", "5053"), ("4.03.00", "3268")])
def test_other_bytes_with_the_number_of_a_living_peg_are_refused(casa: Casa, versao: str, codigo: str) -> None:
    accepts_both(casa)
    casa.recebe(a_sadt())
    refused = casa.manda(casa.lote(a_sadt(numero="G2"), versao=versao), "u2")
    assert refused.peg is None
    assert codigo in {achado.codigo for achado in refused.achados}
    assert len(casa.pegs.rows) == 1
    assert casa.resposta("u2") == f"{versao} erro {codigo}".encode()


def test_a_taken_number_is_told_together_with_whatever_else_is_wrong(casa: Casa) -> None:
    casa.recebe(a_sadt())
    assert rules_of(casa.manda(casa.lote(a_sadt(numero="G2", senha=None), destino=PASA), "u2"))[:2] == [
        "DESTINO", "LOTE-NUMERO",
    ]  # fmt: skip


def test_a_lote_number_belongs_to_one_prestador_at_one_operadora(casa: Casa) -> None:
    casa.fatos.cadastro.put_relacionamento(relacionamento_of(("HABILITADO", INICIO), registro_ans=PASA))
    casa.recebe(a_sadt())
    clinic = casa.lote(a_sadt(senha=None, **by_clinic()), prestador_id=CLINICA)
    assert casa.manda(clinic, "u2", prestador_id=CLINICA).peg is not None
    other = casa.lote(a_sadt(senha=None, registro_ans=PASA), registro_ans=PASA)
    assert casa.manda(other, "u3", registro_ans=PASA).peg is not None
    assert len(casa.pegs.lotes) == 3


def test_a_number_that_a_cancelled_peg_freed_takes_the_same_bytes_as_a_new_peg(casa: Casa) -> None:
    raw = casa.lote(a_sadt())
    casa.cancela(casa.manda(raw).peg or a_peg())
    again = casa.manda(raw, "u2")
    assert (again.protocolo, again.repetido) == ("261120000002", False)
    assert casa.usos(SENHA) == {"261120000002#001": {(1, "00"): 1}}
    assert casa.contados() == {"PegRecebido": 2, "PegCancelado": 1}


@pytest.mark.parametrize("tentativa", [1, 2])
def test_an_upload_handed_over_again_is_not_sent_again_when_its_peg_was_cancelled(casa: Casa, tentativa: int) -> None:
    raw = casa.lote(a_sadt())
    gone = casa.cancela(casa.manda(raw).peg or a_peg())
    again = casa.manda(raw, tentativa=tentativa)
    assert (again.peg, again.repetido, casa.usos(SENHA)) == (gone, False, {})
    assert len(casa.pegs.rows) == 1
    assert casa.contados() == {"PegRecebido": 1, "PegCancelado": 1}
    assert casa.tentativas()["PegRecebido"] == tentativa


def test_not_even_when_its_cancel_stopped_half_way(casa: Casa) -> None:
    raw = casa.lote(a_sadt())
    with pytest.raises(ProcessDiedError):
        casa.cancela(casa.manda(raw).peg or a_peg(), wrap=mortal(Interruption(after=1)))
    assert casa.manda(raw, tentativa=2).peg == casa.peg(PROTOCOLO)
    assert (len(casa.pegs.rows), casa.pegs.lotes, casa.usos(SENHA)) == (1, {}, {})


@pytest.mark.parametrize("same", [True, False])
def test_a_peg_half_cancelled_is_made_to_let_its_number_go(casa: Casa, same: bool) -> None:  # noqa: FBT001
    raw = casa.lote(a_sadt())
    peg = casa.manda(raw).peg
    with pytest.raises(ProcessDiedError):
        casa.cancela(peg or a_peg(), wrap=mortal(Interruption(after=2)))
    assert casa.peg(PROTOCOLO).liberando
    again = casa.manda(raw if same else casa.lote(a_sadt()), "u2")
    assert again.protocolo == "261120000002"
    assert not casa.peg(PROTOCOLO).liberando
    assert casa.usos(SENHA) == {"261120000002#001": {(1, "00"): 1}}


def test_a_file_that_is_not_in_the_archive_is_asked_for_again(casa: Casa) -> None:
    with pytest.raises(DocumentoMissingError):
        recepcao.receive_file(a_documento(b"ainda nao chegou"), casa.portas())
    assert casa.pegs.events == {}


# --- interrupted ---


def calls_of_a_reception() -> int:
    counted, casa = Interruption(after=-1), a_house()
    casa.manda(casa.lote(*DEFECTIVE), wrap=mortal(counted))
    return counted.calls


DEFECTIVE = (a_sadt(), a_sadt(done(quantidade=2), numero="G2", senha=OUTRA_SENHA))


def a_house() -> Casa:
    casa = Casa()
    casa.autoriza()
    casa.autoriza(granted(numero=OUTRA_SENHA))
    return casa


CALLS = range(1, calls_of_a_reception() + 1)


@pytest.mark.parametrize("after", CALLS)
@pytest.mark.parametrize("recovery", ["retry", "another upload", "sweep"])
def test_an_interruption_anywhere_costs_nothing_but_a_retry(after: int, recovery: str) -> None:
    casa = a_house()
    raw = casa.lote(*DEFECTIVE)
    with pytest.raises(ProcessDiedError):
        casa.manda(raw, wrap=mortal(Interruption(after)))
    visible = [peg for peg in casa.pegs.rows.values() if peg.situacao is SituacaoPeg.RECEBIDO]
    assert len(visible) == casa.contados()["PegRecebido"]
    prepared = [peg.protocolo for peg in casa.pegs.rows.values()]
    if recovery == "sweep":
        casa.varre()
    elif recovery == "another upload":
        assert casa.manda(raw, "u2").peg is not None
    outcome = casa.manda(raw)
    assert outcome.protocolo is not None
    assert prepared in ([], [outcome.protocolo])
    assert len(casa.pegs.rows) == 1
    assert casa.contados()["PegRecebido"] == 1
    assert casa.cobradas() == [("G1", outcome.protocolo), ("G2", outcome.protocolo)]
    assert [len(casa.usos(numero)) for numero in (SENHA, OUTRA_SENHA)] == [1, 1]
    assert outcome.resposta == f"4.01.00 protocolo {outcome.protocolo} lote 1".encode() == casa.resposta()
    assert casa.manda(raw) == outcome
    assert casa.resposta("u2") in {None, casa.resposta("u1")}


def test_a_peg_half_written_is_seen_by_nobody() -> None:
    for after in CALLS[:-1]:
        casa = a_house()
        with pytest.raises(ProcessDiedError):
            casa.manda(casa.lote(*DEFECTIVE), wrap=mortal(Interruption(after)))
        assert casa.pegs.month(HOSPITAL, "202611", None, 30).rows == []
        for _, protocolo in casa.pegs.rows:
            with pytest.raises(PegNotFoundError):
                recepcao.find_peg(HOSPITAL, protocolo, casa.portas())


def half_written(casa: Casa) -> bytes:
    """A lote whose process died once its number was taken."""
    raw = casa.lote(a_sadt())
    interruption = Interruption(before=next(n for n in CALLS if _prepared(n)) + 1)
    with pytest.raises(ProcessDiedError):
        casa.manda(raw, wrap=mortal(interruption))
    assert casa.peg(PROTOCOLO).situacao is SituacaoPeg.PREPARANDO
    return raw


def _prepared(after: int) -> bool:
    casa = a_house()
    with pytest.raises(ProcessDiedError):
        casa.manda(casa.lote(*DEFECTIVE), wrap=mortal(Interruption(after)))
    return bool(casa.pegs.rows)


def test_other_bytes_never_finish_what_was_interrupted(casa: Casa) -> None:
    raw = half_written(casa)
    assert casa.manda(casa.lote(a_sadt(numero="G2", senha=None)), "u2").peg is None
    assert casa.contados() == {"LoteRecusado": 1}
    assert casa.manda(raw).protocolo == PROTOCOLO


def test_a_peg_half_made_is_finished_whatever_has_changed_in_cadastro_since(casa: Casa) -> None:
    raw = half_written(casa)
    casa.fatos.cadastro.put_relacionamento(relacionamento_of(("RECUSADO", INICIO)))
    casa.fatos.cadastro.put_operadora(replace(an_operadora(), versoes=()))
    assert casa.manda(raw).protocolo == PROTOCOLO
    assert casa.contados() == {"PegRecebido": 1}


@pytest.mark.parametrize("written", [0, 1])
def test_an_interruption_between_two_charges_costs_nothing_but_a_retry(casa: Casa, written: int) -> None:
    casa.cobrancas.crash_at, casa.cobrancas.crash = written, ProcessDiedError()
    raw = casa.lote(*DEFECTIVE)
    with pytest.raises(ProcessDiedError):
        casa.manda(raw)
    assert len(casa.cobradas()) == written
    assert casa.manda(raw).protocolo == PROTOCOLO
    assert len(casa.cobradas()) == 2


def test_a_lote_whose_receipt_cannot_be_written_does_not_hold_its_number(
    casa: Casa, monkeypatch: pytest.MonkeyPatch
) -> None:
    class UnwritableError(Exception):
        pass

    def receipt(*_arguments: Any) -> bytes:
        raise UnwritableError

    monkeypatch.setattr(casa.padrao, "receipt", receipt)
    with pytest.raises(UnwritableError):
        casa.recebe(a_sadt())
    assert (casa.pegs.rows, casa.pegs.lotes) == ({}, {})


def test_a_receipt_that_was_lost_is_told_to_be_missing(casa: Casa) -> None:
    raw = casa.lote(a_sadt())
    peg = casa.manda(raw).peg or a_peg()
    del casa.archive.acervo.versions[peg.chave_recebimento]
    with pytest.raises(DocumentoMissingError):
        casa.manda(raw, "u2")


def test_a_peg_half_made_whose_file_is_gone_waits_for_it(casa: Casa) -> None:
    half_written(casa)
    casa.archive.acervo.versions.clear()
    with pytest.raises(DocumentoMissingError):
        recepcao.settle(casa.peg(PROTOCOLO), casa.portas(), correlacao="c")


# --- raced ---


def test_many_deliveries_of_one_upload_at_once_make_one_peg(casa: Casa) -> None:
    raw = casa.lote(a_sadt())
    with ThreadPoolExecutor(8) as pool:
        outcomes = set(pool.map(lambda _: casa.manda(raw).protocolo, range(16)))
    assert outcomes == set(casa.pegs.rows and {peg.protocolo for peg in casa.pegs.rows.values()})
    assert len(outcomes) == len(casa.usos(SENHA)) == 1
    assert casa.contados() == {"PegRecebido": 1}


def test_many_uploads_of_the_same_bytes_at_once_are_one_peg(casa: Casa) -> None:
    raw = casa.lote(a_sadt())
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda n: casa.manda(raw, f"u{n}"), range(16)))
    assert len({outcome.protocolo for outcome in outcomes}) == 1
    assert [outcome.repetido for outcome in outcomes].count(False) == 1
    assert casa.contados() == {"PegRecebido": 1, "LoteRepetido": 15}


def test_many_uploads_of_one_number_with_other_bytes_at_once_have_one_winner(casa: Casa) -> None:
    contents = [casa.lote(a_sadt(numero=f"G{n}", senha=None)) for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda n: casa.manda(contents[n], f"u{n}"), range(16)))
    assert len([outcome for outcome in outcomes if outcome.peg]) == 1
    assert {achado.codigo for outcome in outcomes for achado in outcome.achados if not outcome.peg} >= {"5053"}
    assert casa.contados() == {"PegRecebido": 1, "LoteRecusado": 15}


def test_of_two_lotes_that_bill_the_last_of_a_senha_at_once_one_has_it(casa: Casa) -> None:
    quick = casa.lote(a_sadt(done(data_execucao=DIA + timedelta(days=1)), numero="G2"), numero="2")
    casa.senhas.meanwhile = [partial(casa.manda, quick, "u2")]
    slow = casa.manda(casa.lote(a_sadt()))
    assert slow.peg is not None
    assert casa.usos(SENHA) == {"261120000002#001": {(1, "00"): 1}}
    assert (slow.peg.valor_glosado, slow.peg.versao, slow.repetido) == (Decimal("18.50"), 3, False)
    assert "COB-QUANTIDADE" in rules_of(slow)
    assert slow.resposta == casa.resposta("u1")
    assert casa.dossie(slow.peg).tocadas == (SENHA,)


def test_of_two_lotes_with_one_number_of_guia_at_once_one_has_it(casa: Casa) -> None:
    other = casa.nova_senha()
    quick = casa.lote(a_sadt(senha=other), numero="2")
    casa.cobrancas.meanwhile = [partial(casa.manda, quick, "u2")]
    slow = casa.manda(casa.lote(a_sadt()))
    assert slow.peg is not None
    assert casa.cobradas() == [("G1", "261120000002")]
    assert slow.peg.valor_liberado == 0
    assert casa.usos(SENHA) == {}


def test_a_senha_cancelled_between_judgement_and_use_is_not_used(casa: Casa) -> None:
    casa.senhas.meanwhile = [lambda: casa.cancela_senha(SENHA)]
    desfecho = casa.manda(casa.lote(a_sadt()))
    assert desfecho.peg is not None
    assert desfecho.peg.valor_liberado == 0
    assert casa.lida(SENHA).autorizacao.situacao is Situacao.CANCELADA
    assert casa.usos(SENHA) == {}


def test_a_senha_that_is_used_is_not_cancelled(casa: Casa) -> None:
    casa.recebe(a_sadt())
    with pytest.raises(Exception, match="1"):
        casa.cancela_senha(SENHA)


def test_a_senha_that_changed_without_harm_is_used_as_judged(casa: Casa) -> None:
    casa.autoriza(granted(authorised(HEMOGRAMA, 3), numero=OUTRA_SENHA))
    less = partial(transicoes.change_quantities, quantidades={1: Decimal(2)}, ato=CENTRAL)
    casa.senhas.meanwhile = [lambda: casa.muda_senha(OUTRA_SENHA, less)]
    desfecho = casa.manda(casa.lote(a_sadt(senha=OUTRA_SENHA)))
    assert desfecho.peg is not None
    assert desfecho.peg.versao == 2
    assert casa.usos(OUTRA_SENHA) == {f"{PROTOCOLO}#001": {(1, "00"): 1}}


def test_a_senha_that_vanished_is_glosada_at_the_second_judgement(casa: Casa) -> None:
    casa.senhas.meanwhile = [casa.senhas.rows.clear]
    desfecho = casa.manda(casa.lote(a_sadt()))
    assert desfecho.peg is not None
    assert desfecho.peg.valor_liberado == 0


def another_worker(casa: Casa, raw: bytes) -> Callable[[], Any]:
    """The same lote is received, and cancelled by its prestador, by a process that is quicker."""

    def done() -> None:
        peg = casa.manda(raw, "u2").peg
        assert peg is not None
        casa.cancela(peg)

    return done


@pytest.mark.parametrize("place", ["senhas", "cobrancas", "pegs"])
def test_who_is_late_adds_nothing_to_a_peg_that_was_cancelled_meanwhile(casa: Casa, place: str) -> None:
    raw = casa.lote(a_sadt())
    late = another_worker(casa, raw)
    if place == "pegs":
        casa.pegs.meanwhile = [lambda: None, late]
    else:
        getattr(casa, place).meanwhile = [late]
    desfecho = casa.manda(raw)
    assert desfecho.peg is not None
    assert (desfecho.protocolo, desfecho.peg.situacao) == (PROTOCOLO, SituacaoPeg.CANCELADO)
    assert (casa.usos(SENHA), casa.cobradas(), casa.pegs.lotes) == ({}, [], {})
    assert casa.contados() == {"PegRecebido": 1, "LoteRepetido": 1, "PegCancelado": 1}
    if place == "senhas":
        assert casa.senhas.writes == 3  # used, freed, and lost: had it died after a fourth, nobody would have known


def test_a_senha_of_an_earlier_judgement_is_written_once_more_without_any_use(casa: Casa) -> None:
    casa.autoriza(granted(authorised(HEMOGRAMA), numero=OUTRA_SENHA))
    rival = casa.lote(a_sadt(done(data_execucao=DIA + timedelta(days=1)), numero="G2"), numero="2")
    casa.senhas.meanwhile = [partial(casa.manda, rival, "u2")]
    seen: list[int] = []
    casa.cobrancas.meanwhile = [lambda: None, lambda: seen.append(casa.lida(SENHA).autorizacao.versao)]
    slow = casa.manda(casa.lote(a_sadt()))
    assert slow.peg is not None
    assert seen == [casa.lida(SENHA).autorizacao.versao] == [3]


def test_of_two_workers_that_judge_again_one_is_right(casa: Casa) -> None:
    raw = casa.lote(a_sadt())
    casa.senhas.meanwhile = [lambda: casa.cancela_senha(SENHA)]
    casa.pegs.meanwhile = [lambda: None, partial(casa.manda, raw, "u2")]
    desfecho = casa.manda(raw)
    assert (desfecho.protocolo, casa.usos(SENHA)) == (PROTOCOLO, {})
    assert desfecho.peg == casa.peg(PROTOCOLO)
    assert casa.contados() == {"PegRecebido": 1, "LoteRepetido": 1}


def test_what_is_gone_is_told_to_be_gone(casa: Casa) -> None:
    casa.pegs.meanwhile = [lambda: None, casa.pegs.rows.clear]
    with pytest.raises(PegNotFoundError):
        casa.recebe(a_sadt())


def test_an_account_of_a_stay_that_was_billed_before_is_known(casa: Casa) -> None:
    casa.autoriza(granted_stay(numero=OUTRA_SENHA, diarias=6))
    casa.recebe(a_resumo(senha=OUTRA_SENHA))
    again = casa.manda(casa.lote(a_resumo(numero="G2", senha=OUTRA_SENHA), numero="2"), "u2")
    assert "COB-CONTA" in rules_of(again)


@pytest.mark.regra("COB-CONTA")
def test_the_days_of_a_stay_are_paid_once_whichever_prorrogacoes_the_accounts_name(casa: Casa) -> None:
    stay, first, second = granted_stay(numero=OUTRA_SENHA), "26110000003", "26110000004"
    casa.autoriza(stay, first, second)
    for number in (first, second):
        asked = replace(stay.solicitacao, tipo=Tipo.PRORROGACAO, guia_principal=stay.numero)
        casa.autoriza(
            granted_stay(numero=number, senha=number, principal=stay.numero, admissao=None, solicitacao=asked)
        )
    days = (DIA + timedelta(days=3), DIA + timedelta(days=5))
    paid = [
        casa.recebe(
            a_resumo(
                senha=number, numero=f"G{number}", periodo=days, despesas=(spent(quantidade=3, data_execucao=days[0]),)
            ),
            numero=number,
        )
        for number in (first, second)
    ]
    assert [one.valor_glosado for one in paid] == [Decimal(0), paid[1].valor_informado]
    assert [one.regra for one in casa.dossie(paid[1]).achados] == ["COB-CONTA"]


def test_who_always_loses_a_senha_leaves_it_to_the_workflow(casa: Casa) -> None:
    def touch() -> None:
        lida = casa.lida(SENHA)
        casa.senhas.put(replace(lida.autorizacao, versao=lida.autorizacao.versao + 1), lida.vida)

    casa.senhas.meanwhile = [touch] * 99
    raw = casa.lote(a_sadt())
    with pytest.raises(MudouError):
        casa.manda(raw)
    casa.senhas.meanwhile = []
    assert casa.manda(raw).protocolo == PROTOCOLO


def test_who_loses_the_number_looks_again_at_whose_bytes_have_it(casa: Casa) -> None:
    raw = casa.lote(a_sadt())
    casa.pegs.meanwhile = [partial(casa.manda, raw, "u2")]
    same = casa.manda(raw)
    assert (same.protocolo, same.repetido) == ("261120000002", True)
    casa.pegs.meanwhile = [partial(casa.manda, casa.lote(a_sadt(numero="G2", senha=None), numero="2"), "u3")]
    assert "LOTE-NUMERO" in rules_of(casa.manda(casa.lote(a_sadt(numero="G3", senha=None), numero="2"), "u4"))


class TakenPegs(FakePegs):
    """A table in which somebody else always takes the number first."""

    def prepare(self, peg: Peg) -> None:
        raise LoteNumberTakenError


def test_who_loses_again_and_again_leaves_it_to_the_workflow_to_retry(casa: Casa) -> None:
    casa.pegs = TakenPegs()
    with pytest.raises(MudouError):
        casa.recebe(a_sadt())


def test_a_number_held_by_a_peg_that_is_not_there_is_left_to_the_workflow(casa: Casa) -> None:
    casa.recebe(a_sadt())
    casa.pegs.rows.clear()
    with pytest.raises(MudouError):
        casa.manda(casa.lote(a_sadt()), "u2")


# --- who may see it ---


@pytest.mark.parametrize("situacao", list(SituacaoPeg))
def test_every_state_but_the_one_being_written_is_found_by_its_own_prestador(casa: Casa, situacao: SituacaoPeg) -> None:
    peg = a_peg(situacao=situacao)
    casa.pegs.rows[HOSPITAL, peg.protocolo] = peg
    if situacao is SituacaoPeg.PREPARANDO:
        with pytest.raises(PegNotFoundError):
            recepcao.find_peg(HOSPITAL, peg.protocolo, casa.portas())
    else:
        assert recepcao.find_peg(HOSPITAL, peg.protocolo, casa.portas()) == peg
        assert situacao in STATUS_PROTOCOLO
    with pytest.raises(PegNotFoundError):
        recepcao.find_peg(CLINICA, peg.protocolo, casa.portas())
