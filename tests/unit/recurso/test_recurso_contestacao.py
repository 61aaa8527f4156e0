"""The prestador contests: sending, taking back, drafts, many at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_contas.pegs import SituacaoPeg
from conecta_facts.operadoras import RecursoLegado
from recurso.domain import regras
from recurso.domain.errors import (
    LegadoError,
    MudouError,
    NaoEncontradoError,
    NaoPublicadoError,
    RecursoInvalidoError,
    TransicaoInvalidaError,
    VersaoDiferenteError,
)
from recurso.domain.glosas import Conta, Nivel
from recurso.domain.pedidos import Pedido
from recurso.domain.recursos import Cobrado, Papel, Porta, Recurso, SituacaoRecurso
from recurso.service import contestacao, respostas
from tests.builders_cadastro import HOJE, a_contrato_completo, an_operadora
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, VALE
from tests.builders_recurso import (
    DEZ,
    PEG,
    PRAZO,
    PUBLICADA,
    a_caller,
    a_case,
    a_conta,
    a_held,
    a_pedido,
    a_recurso,
    a_taken,
    an_entry,
    sent_now,
)
from tests.fakes_recurso import Mesa

MIGRACAO = PUBLICADA.replace(month=1, day=1)


def a_mesa(conta: Conta | None = None, **operadora: Any) -> Mesa:
    """A PEG of the hospital's whose values are published."""
    mesa = Mesa()
    mesa.put(an_operadora(**{"data_migracao": MIGRACAO, **operadora}))
    held = conta or a_conta()
    mesa.contas.put(held.peg, held.dossie)
    return mesa


def sent(mesa: Mesa, *pedidas: Any, quem: str = HOSPITAL, **changes: Any) -> Recurso:
    """A pedido is sent now, by JSON."""
    entrega = replace(sent_now(), em=mesa.agora)
    return contestacao.send(quem, a_pedido(*pedidas, **changes), entrega, a_caller(), mesa.portas)


def wrong(mesa: Mesa, *pedidas: Any, **changes: Any) -> list[str]:
    """Rules that refuse a pedido; nothing of it is written."""
    before = dict(mesa.recursos.rows)
    with pytest.raises(RecursoInvalidoError) as refused:
        sent(mesa, *pedidas, **changes)
    assert mesa.recursos.rows == before
    return [one.regra for one in refused.value.achados]


@pytest.mark.regra("REC-ENVIO")
def test_what_is_sent_is_received_at_once_with_its_terms() -> None:
    mesa = a_mesa()
    recurso = sent(mesa, numero="R1", numero_lote="1")
    assert recurso == mesa.recursos.recurso(HOSPITAL, recurso.protocolo)
    assert (recurso.situacao, recurso.valor_recursado, recurso.nivel) == (SituacaoRecurso.ENVIADO, DEZ, Nivel.GUIA)
    assert (recurso.enviado_dia, recurso.responder_ate) == (HOJE, HOJE + timedelta(days=PRAZO))
    assert (recurso.origem, recurso.numero, recurso.numero_lote) == (PEG, "R1", "1")
    (told,) = mesa.recursos.told(HOSPITAL)
    assert (told.tipo, told.dados["protocolo"], told.dados["valor_recursado"]) == ("RecursoEnviado", PEG, "10.00")
    assert contestacao.contestados(HOSPITAL, VALE, PEG, mesa.portas) == {(1, 1): DEZ}
    assert contestacao.contestados(HOSPITAL, VALE, "261120000009", mesa.portas) == {}


def test_without_a_number_of_its_own_its_protocolo_is_its_number() -> None:
    recurso = sent(a_mesa())
    assert recurso.numero == recurso.protocolo


def test_the_whole_peg_is_contested_at_its_level() -> None:
    conta = a_conta(a_taken(0, None, valor=None, codigo="3161", motivo=""))
    recurso = sent(a_mesa(conta), an_entry(None, None, codigo="3161"))
    assert (recurso.nivel, recurso.guias, recurso.valor_recursado) == (Nivel.PROTOCOLO, ("*",), Decimal("55.50"))


def test_the_same_number_with_the_same_content_is_the_same_recurso() -> None:
    mesa = a_mesa()
    first = sent(mesa, numero="R1")
    mesa.later(days=PRAZO + 1)
    assert sent(mesa, numero="R1") == first
    assert len(mesa.recursos.told(HOSPITAL)) == 1


@pytest.mark.regra("REC-NUMERO")
def test_the_same_number_with_other_content_is_refused() -> None:
    mesa = a_mesa(a_conta(a_taken(), a_taken(2)))
    sent(mesa, numero="R1")
    assert wrong(mesa, an_entry("G2"), numero="R1") == ["REC-NUMERO"]


def test_the_same_glosa_is_contested_once_however_it_is_named() -> None:
    mesa = a_mesa()
    sent(mesa)
    assert wrong(mesa) == ["REC-REPETIDO"]
    assert wrong(mesa, an_entry("OP1"), numero="R2") == ["REC-REPETIDO"]


def test_who_loses_the_race_for_a_glosa_is_told_of_the_other() -> None:
    mesa = a_mesa()
    mesa.recursos.meanwhile = [lambda: sent(mesa, numero="R2")]
    with pytest.raises(RecursoInvalidoError) as refused:
        sent(mesa)
    assert [one.regra for one in refused.value.achados] == ["REC-REPETIDO"]
    assert len(mesa.recursos.told(HOSPITAL)) == 1


def test_who_always_loses_is_asked_to_try_again() -> None:
    conta = a_conta(*(a_taken(place) for place in (1, 2)))
    mesa = a_mesa(conta)

    def other() -> None:
        again = sent(mesa, an_entry("G2"))
        contestacao.cancel(again, a_caller(), mesa.portas)

    mesa.recursos.meanwhile = [other] * contestacao.ROUNDS
    with pytest.raises(MudouError):
        sent(mesa)


def test_a_file_stored_on_the_last_day_is_in_time_whenever_it_is_read() -> None:
    mesa = a_mesa()
    last = NOW + timedelta(days=PRAZO - (HOJE - PUBLICADA).days)
    mesa.agora = last + timedelta(days=3)
    entrega = replace(sent_now(Porta.XML_S3, upload_id="u9"), em=last)
    recurso = contestacao.send(HOSPITAL, a_pedido(), entrega, a_caller(), mesa.portas)
    assert recurso.enviado_dia == PUBLICADA + timedelta(days=PRAZO)
    assert (recurso.porta, recurso.upload_id) == (Porta.XML_S3, "u9")


def test_a_day_later_it_is_late() -> None:
    mesa = a_mesa()
    mesa.later(days=PRAZO - (HOJE - PUBLICADA).days + 1)
    assert wrong(mesa) == ["REC-PRAZO"]


@pytest.mark.regra("REC-DOCUMENTO")
def test_documents_that_go_with_it_are_there_and_complete() -> None:
    mesa = a_mesa()
    assert wrong(mesa, an_entry(documentos=("u1",))) == ["REC-DOCUMENTO"]
    mesa.documentos.put(HOSPITAL, "u1")
    sent(mesa, an_entry(documentos=("u1",)))
    (told,) = mesa.recursos.told(HOSPITAL)
    assert told.dados["documentos"] == [{"upload": "u1", "guia": "G1"}]


@pytest.mark.regra("REC-DOCUMENTO")
def test_more_documents_than_an_event_carries_are_not_even_looked_for() -> None:
    mesa, many = a_mesa(), tuple(map(str, range(regras.DOCUMENTOS + 1)))
    caso = contestacao.examine(HOSPITAL, a_pedido(an_entry(documentos=many)), mesa.portas, em=NOW)
    (over,) = regras.conferir(caso)
    assert (over.regra, over.entrada, "até 1000 documentos" in over.mensagem) == ("REC-DOCUMENTO", 0, True)
    assert len(set(wrong(mesa, an_entry(documentos=many[1:])))) == 1


def test_foreign_absent_and_of_another_operadora_are_the_same() -> None:
    mesa = a_mesa()
    mesa.put(an_operadora(PASA, data_migracao=MIGRACAO))
    for quem, changes in ((CLINICA, {}), (HOSPITAL, {"origem": "261120000009"}), (HOSPITAL, {"registro_ans": PASA})):
        with pytest.raises(NaoEncontradoError) as refused:
            sent(mesa, quem=quem, **changes)
        assert refused.value.o_que == "peg"


@pytest.mark.parametrize("situacao", [SituacaoPeg.RECEBIDO, SituacaoPeg.EM_ANALISE, SituacaoPeg.ANALISADO])
def test_before_its_values_are_published_there_is_nothing_to_contest(situacao: SituacaoPeg) -> None:
    with pytest.raises(NaoPublicadoError):
        sent(a_mesa(a_conta(situacao=situacao, publicada_em=None)))


@pytest.mark.parametrize("situacao", [SituacaoPeg.PAGO, SituacaoPeg.ENCERRADO_SEM_PAGAMENTO])
def test_paid_and_ended_ones_are_contested_too(situacao: SituacaoPeg) -> None:
    assert sent(a_mesa(a_conta(situacao=situacao))).vivo


@pytest.mark.regra("REC-LEGADO")
def test_a_legacy_peg_is_contested_by_what_is_typed() -> None:
    mesa = a_mesa()
    recurso = sent(mesa, an_entry(valor_glosado=DEZ), origem="4711", tipo_guia="guiaOdonto", numero_lote="7")
    assert (recurso.legado, recurso.tipo_guia, recurso.numero_lote) == (True, "guiaOdonto", "7")
    assert (recurso.responder_ate, recurso.guias) == (None, ("G1",))
    assert wrong(mesa, an_entry(valor_glosado=DEZ), origem="4711") == ["REC-REPETIDO"]
    assert contestacao.newest_of_peg(HOSPITAL, VALE, "4711", mesa.portas) == recurso


@pytest.mark.regra("REC-LEGADO")
def test_the_contract_in_force_says_until_when_a_legacy_one_is_answered() -> None:
    mesa = a_mesa()
    mesa.contratos[HOSPITAL, VALE] = a_contrato_completo()
    recurso = sent(mesa, an_entry(valor_glosado=DEZ), origem="4711")
    assert recurso.responder_ate == HOJE + timedelta(days=30)
    mesa.later(days=31)
    assert respostas.watch({VALE}, mesa.portas)["vencidos"] == 1


def test_what_was_done_after_the_migration_is_of_no_legacy_peg() -> None:
    mesa = a_mesa()
    for day, taken in ((MIGRACAO - timedelta(days=1), True), (MIGRACAO, False)):
        done = replace(an_entry(valor_glosado=DEZ), cobrado=Cobrado(guia="G1", sequencial=1, dia=day))
        if taken:
            assert sent(mesa, done, origem="4711").legado
            continue
        with pytest.raises(NaoEncontradoError):
            sent(mesa, done, origem="4712")


def test_an_operadora_that_does_not_take_them_names_the_legacy_portal() -> None:
    mesa = a_mesa(recurso_legado=RecursoLegado.RECUSA, portal_legado="https://legado.example")
    with pytest.raises(LegadoError) as refused:
        sent(mesa, origem="4711")
    assert (refused.value.portal, refused.value.data_migracao) == ("https://legado.example", MIGRACAO)


def test_an_operadora_that_never_migrated_has_no_legacy() -> None:
    with pytest.raises(NaoEncontradoError):
        sent(a_mesa(data_migracao=None), origem="4711")


def test_what_may_be_contested_says_who_does_already_and_what_proves_it() -> None:
    mesa = a_mesa(a_conta(a_taken(), a_taken(2)))
    recurso = sent(mesa)
    conta = contestacao.find_conta(HOSPITAL, PEG, mesa.portas)
    first, second = contestacao.contestacoes(conta, mesa.portas)
    assert (first.recurso, second.recurso) == (recurso.protocolo, None)
    assert first.evidencias == ("09",)


# --- taking back ---


@pytest.mark.regra("REC-CANCELAMENTO")
def test_what_is_taken_back_may_be_contested_again() -> None:
    mesa = a_mesa()
    first = sent(mesa, numero="R1")
    gone = contestacao.cancel(first, a_caller(), mesa.portas, motivo="Item errado")
    assert (gone.situacao, gone.historico[-1].motivo) == (SituacaoRecurso.CANCELADO, "Item errado")
    assert contestacao.cancel(first, a_caller(), mesa.portas) == gone
    again = sent(mesa, numero="R1")
    assert again.protocolo != first.protocolo
    assert contestacao.newest_of_peg(HOSPITAL, VALE, PEG, mesa.portas) == again
    assert [one.tipo for one in mesa.recursos.told(HOSPITAL)] == [
        "RecursoEnviado",
        "RecursoCancelado",
        "RecursoEnviado",
    ]


def test_the_newest_of_a_peg_is_the_one_sent_last_whatever_its_number() -> None:
    mesa = a_mesa()
    first = a_recurso("261169000001")
    last = a_recurso("261161000001", numero="R2", enviado_em=NOW + timedelta(minutes=1))
    mesa.recursos.put(first, last, a_held(_1=first.protocolo, _2=last.protocolo))
    assert contestacao.newest_of_peg(HOSPITAL, VALE, PEG, mesa.portas) == last


def test_nothing_contests_a_peg_of_which_all_was_taken_back() -> None:
    mesa = a_mesa()
    contestacao.cancel(sent(mesa), a_caller(), mesa.portas)
    assert contestacao.newest_of_peg(HOSPITAL, VALE, PEG, mesa.portas) is None


def test_an_analysis_that_began_just_before_keeps_it() -> None:
    mesa = a_mesa()
    recurso = sent(mesa)
    mesa.recursos.meanwhile = [lambda: respostas.begin(recurso, a_caller(Papel.AUDITORIA), mesa.portas)]
    with pytest.raises(TransicaoInvalidaError) as refused:
        contestacao.cancel(recurso, a_caller(), mesa.portas)
    assert refused.value.situacao is SituacaoRecurso.EM_ANALISE


def test_another_version_than_the_one_seen_is_not_taken_back() -> None:
    mesa = a_mesa()
    with pytest.raises(VersaoDiferenteError):
        contestacao.cancel(sent(mesa), a_caller(versao=2), mesa.portas)


def test_who_cancels_while_everything_changes_is_asked_to_try_again() -> None:
    mesa = a_mesa(a_conta(a_taken(), a_taken(2)))
    recurso = sent(mesa)

    def other() -> None:
        contestacao.cancel(sent(mesa, an_entry("G2")), a_caller(), mesa.portas)

    mesa.recursos.meanwhile = [other] * contestacao.ROUNDS
    with pytest.raises(MudouError):
        contestacao.cancel(recurso, a_caller(), mesa.portas)
    assert contestacao.contestados(HOSPITAL, VALE, PEG, mesa.portas) == {(1, 1): DEZ}


# --- drafts ---


def drafted(mesa: Mesa, pedido: Pedido | None = None, **changes: Any) -> Any:
    """A draft of one item."""
    caso = contestacao.examine(HOSPITAL, pedido or a_pedido(), mesa.portas, em=mesa.agora)
    return contestacao.save_draft(HOSPITAL, caso, a_caller(), mesa.portas, **changes)


@pytest.mark.regra("REC-RASCUNHO")
def test_a_draft_takes_what_is_wrong_and_keeps_nobody_from_contesting() -> None:
    mesa = a_mesa()
    made = drafted(mesa, a_pedido(an_entry(justificativa="")))
    assert (made.valor_recursado, made.contestar_ate) == (DEZ, PUBLICADA + timedelta(days=PRAZO))
    assert wrong_draft(mesa, made) == ["REC-JUSTIFICATIVA"]
    better = drafted(mesa, rascunho=made)
    assert (better.id, better.versao, better.criado_em) == (made.id, 2, made.criado_em)
    recurso = contestacao.send_draft(better, a_caller(), mesa.portas)
    found = contestacao.find_draft(HOSPITAL, made.id, mesa.portas)
    assert (found.enviado, found.aberto) == (recurso.protocolo, False)
    assert contestacao.send_draft(found, a_caller(), mesa.portas) == recurso
    for act in (
        lambda: drafted(mesa, rascunho=found),
        lambda: contestacao.discard_draft(found, a_caller(), mesa.portas),
    ):
        with pytest.raises(TransicaoInvalidaError):
            act()


def wrong_draft(mesa: Mesa, made: Any) -> list[str]:
    """Rules that keep a draft from being sent."""
    with pytest.raises(RecursoInvalidoError) as refused:
        contestacao.send_draft(made, a_caller(), mesa.portas)
    return [one.regra for one in refused.value.achados]


def test_a_draft_sent_twice_in_the_same_moment_is_one_recurso() -> None:
    mesa = a_mesa()
    made = drafted(mesa)
    mesa.recursos.meanwhile = [lambda: contestacao.send_draft(made, a_caller(), mesa.portas)]
    recurso = contestacao.send_draft(made, a_caller(), mesa.portas)
    assert len(mesa.recursos.told(HOSPITAL, "RecursoEnviado")) == 1
    assert contestacao.find_draft(HOSPITAL, made.id, mesa.portas).enviado == recurso.protocolo


def test_a_discarded_draft_is_gone() -> None:
    mesa = a_mesa()
    gone = contestacao.discard_draft(drafted(mesa), a_caller(), mesa.portas)
    with pytest.raises(NaoEncontradoError):
        contestacao.find_draft(HOSPITAL, gone.id, mesa.portas)
    with pytest.raises(TransicaoInvalidaError):
        contestacao.send_draft(gone, a_caller(), mesa.portas)


def test_foreign_and_absent_drafts_are_the_same() -> None:
    mesa = a_mesa()
    for quem, which in ((CLINICA, drafted(mesa).id), (HOSPITAL, "x")):
        with pytest.raises(NaoEncontradoError):
            contestacao.find_draft(quem, which, mesa.portas)


def test_an_older_version_of_a_draft_changes_nothing() -> None:
    mesa = a_mesa()
    made = drafted(mesa)
    late = a_caller(versao=9)
    for act in (
        lambda: contestacao.save_draft(HOSPITAL, a_case(), late, mesa.portas, rascunho=made),
        lambda: contestacao.discard_draft(made, late, mesa.portas),
        lambda: contestacao.send_draft(made, late, mesa.portas),
    ):
        with pytest.raises(VersaoDiferenteError):
            act()


# --- many at once ---


@pytest.mark.regra("REC-PLANILHA")
def test_one_that_is_refused_keeps_no_other_back() -> None:
    mesa = a_mesa(a_conta(a_taken(), a_taken(1, 2)))
    pedidos = [
        a_pedido(origem="261120000009"), a_pedido(an_entry("G9"), an_entry()), a_pedido(),
    ]  # fmt: skip
    looked = list(
        contestacao.send_many(HOSPITAL, pedidos, sent_now(Porta.PLANILHA), a_caller(), mesa.portas, simular=True)
    )
    assert [one.recurso for one in looked] == [None, None, None]
    assert mesa.recursos.rows == {}
    absent, refused, done = contestacao.send_many(
        HOSPITAL, pedidos, sent_now(Porta.PLANILHA), a_caller(), mesa.portas
    )  # fmt: skip
    assert isinstance(absent.erro, NaoEncontradoError)
    assert isinstance(refused.erro, RecursoInvalidoError)
    assert [one.regra for one in refused.achados] == ["REC-GUIA", "REC-INCOMPLETO"]
    assert done.erro is None
    assert done.recurso is not None
    assert done.recurso.porta is Porta.PLANILHA


def test_one_that_was_sent_before_is_the_one_received() -> None:
    mesa = a_mesa()
    first = sent(mesa, numero="R1")
    again = [a_pedido(numero="R1")]
    (looked,) = contestacao.send_many(HOSPITAL, again, sent_now(), a_caller(), mesa.portas, simular=True)
    (done,) = contestacao.send_many(HOSPITAL, again, sent_now(), a_caller(), mesa.portas)
    assert (looked.recurso, looked.erro, done.recurso) == (None, None, first)
