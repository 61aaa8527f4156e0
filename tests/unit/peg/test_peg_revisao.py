"""What one PEG must know of another, of what was asked beside it, and of what a line may hide: found by looking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from conecta_contas.analise import Glosa
from conecta_contas.contexto import Apontamento, by_code
from conecta_facts.contratos import DataBaseInternacao
from conecta_facts.planos import GrupoCarencia
from conecta_senhas.solicitacoes import Tipo
from conecta_tiss.vocabulary.tables import CaraterAtendimento
from peg.service import atos, recepcao
from peg.service.recepcao import Desfecho
from tests import builders
from tests.builders_autorizacao import CIRURGIA, PERICIA
from tests.builders_cadastro import CARTEIRA, HEMOGRAMA, a_carencia, a_contrato, a_plano_completo, a_preco, a_vida
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE
from tests.builders_peg import (
    DIA,
    OUTRA_SENHA,
    RESINA,
    SENHA,
    a_dental,
    a_fee,
    a_knowledge,
    a_life,
    a_resumo,
    a_sadt,
    a_senha,
    a_visit,
    an_account,
    authorised,
    before,
    by,
    done,
    filled,
    granted,
    granted_stay,
    judged,
    only,
    spent,
    told,
)
from tests.casa_peg import AUDITORA, FATURISTA, Casa, known_facts

URGENCIA = CaraterAtendimento.URGENCIA_EMERGENCIA
MATERIAL: dict[str, Any] = {"codigo_despesa": "03", "codigo_tabela": "19", "valor": "50.00"}


def account(numero: str, first: int, last: int, *despesas: Any, itens: tuple[Any, ...] = (), **changes: Any) -> Any:
    """A partial account of the stay, of so many days of it."""
    days = (DIA + timedelta(days=first), DIA + timedelta(days=last))
    held = {"hora_inicio_faturamento": "08:00:00", "hora_final_faturamento": "08:00:00", **changes}
    return a_resumo(*itens, numero=numero, tipo_faturamento="1", periodo=days, despesas=despesas, **held)


def refused(casa: Casa, guia: Any, numero: str) -> list[tuple[str, str]]:
    """(rule, guia) of what is found of a guia that is sent in a lote of its own."""
    return [(one.regra, one.guia or "") for one in casa.dossie(casa.recebe(guia, numero=numero)).achados]


@pytest.mark.regra("COB-CONTA")
def test_an_account_that_used_nothing_of_its_senha_is_an_account() -> None:
    casa = Casa()
    casa.autoriza(granted_stay())
    material = spent("70335028", **MATERIAL)
    assert refused(casa, account("A", 0, 2, material), "1") == []
    assert refused(casa, account("B", 1, 3, material), "2") == [("COB-CONTA", "B")]


@pytest.mark.regra("COB-CONTA")
def test_an_account_whose_first_line_is_of_a_complement_is_one_of_the_stay() -> None:
    casa = Casa()
    casa.autoriza(granted_stay(), "C1")
    casa.autoriza(granted(authorised(CIRURGIA), numero="C1", principal=SENHA))
    surgery = (done(CIRURGIA, valor="1000.00"),)
    assert refused(casa, account("A", 0, 2, spent(), itens=surgery), "1") == []
    assert {one.numero for one in casa.cobrancas.living()} == {SENHA}
    assert refused(casa, account("B", 1, 3, spent()), "2") == [("COB-CONTA", "B")]


@pytest.mark.regra("COB-CONTA")
def test_an_account_that_was_refused_for_another_keeps_no_third_one_out() -> None:
    casa = Casa()
    casa.autoriza(granted_stay())
    assert refused(casa, account("A", 0, 2, spent()), "1") == []
    assert refused(casa, account("B", 1, 4, spent()), "2") == [("COB-CONTA", "B")]
    assert refused(casa, account("C", 2, 4, spent(data_execucao=DIA + timedelta(days=3))), "3") == []


@pytest.mark.regra("COB-SENHA", "COB-GUIA-REPETIDA", "COB-TUSS")
def test_what_a_system_pads_is_the_same_without() -> None:
    def pad(text: str) -> str:
        return f"  {text}\n "

    guia = a_sadt(done(pad(HEMOGRAMA)), numero=pad("G1"), senha=pad(SENHA), carteira=pad(CARTEIRA))
    assert told(judged(guia)) == []
    found = judged(guia, contexto=a_knowledge(guias={"G1": "261120000009"}))
    assert told(found) == [("COB-GUIA-REPETIDA", "1308", None)]
    tooth = a_knowledge(a_senha(granted(authorised(RESINA, dente="11", face="OM"))))
    assert told(judged(a_dental(filled(pad(RESINA), face="OM   ")), contexto=tooth)) == []
    blank = judged(a_sadt(senha=" ", numero_operadora=" "))
    assert told(blank) == [("COB-EXIGE-SENHA", "1818", 1)]


@pytest.mark.regra("COB-DUPLICIDADE")
def test_what_another_prestador_bills_is_told_without_its_numbers() -> None:
    theirs = before(CIRURGIA, prestador_id=CLINICA, papel="00", numero=SENHA)
    contexto = a_knowledge(a_senha(granted_stay(authorised(CIRURGIA))))
    found = only(judged(a_fee(), contexto=replace(contexto, cobrados=(theirs,))))
    assert (found.regra, found.esperado) == ("COB-DUPLICIDADE", "uma vez: por outro prestador")
    mine = replace(theirs, prestador_id=HOSPITAL)
    assert "protocolo" in (only(judged(a_fee(), contexto=replace(contexto, cobrados=(mine,)))).esperado or "")


@pytest.mark.regra("COB-DUPLICIDADE")
def test_of_thousands_of_lines_each_is_compared_with_those_of_its_hour() -> None:
    def hour(n: int) -> str:
        return f"{n // 60:02d}:{n % 60:02d}:00"

    lines = [done(hora_inicial=hour(n)) for n in range(1000)]
    contexto = a_knowledge(a_senha(granted(authorised(quantidade=999))))
    assert told(judged(a_sadt(*lines[:999]), contexto=contexto)) == []
    again = (*lines[:20], done(hora_inicial=hour(19)), done(hora_inicial=None), done(hora_inicial=hour(30)))
    found = judged(a_sadt(*again), contexto=contexto)
    assert told(found) == [("COB-DUPLICIDADE", "1702", place) for place in (21, 22, 23)]


@pytest.mark.regra("COB-SENHA", "COB-SENHA-VIDA")
def test_fees_do_not_tell_which_senhas_others_have() -> None:
    asked = replace(granted().solicitacao, executante=CLINICA, solicitante=CLINICA)
    theirs = replace(granted(authorised(CIRURGIA)), solicitacao=asked, prestador_id=CLINICA)
    foreign = only(judged(a_fee(), contexto=a_knowledge(a_senha(theirs, vida="vida-2"))))
    absent = only(judged(a_fee(), contexto=replace(a_knowledge(), senhas={})))
    assert foreign == absent
    own = a_knowledge(a_senha(granted(authorised(CIRURGIA)), vida="vida-2"))
    assert told(judged(a_fee(), contexto=own)) == [("COB-SENHA-VIDA", "1406", None)]


@pytest.mark.regra("COB-PRECO")
@pytest.mark.parametrize(
    ("graus", "valor", "taken"),
    [(("00", "00"), "2000.00", "1000.00"), (("00", "12"), "2000.00", "1000.00"), (("01", "01"), "600.00", "300.00"),
     (("00", "01", "02"), "1500.00", "0.00")],
)  # fmt: skip
def test_of_a_team_each_papel_is_paid_once(graus: tuple[str, ...], valor: str, taken: str) -> None:
    fee = a_fee(done(CIRURGIA, valor=valor, equipe=tuple(by(grau) for grau in graus)))
    found = judged(fee, contexto=a_knowledge(a_senha(granted_stay(authorised(CIRURGIA)))))
    assert found.resultado.glosado == Decimal(taken)


@pytest.mark.regra("COB-FATOR")
def test_a_second_procedure_is_reduced_though_no_via_is_told_of_the_first() -> None:
    contexto = a_knowledge(a_senha(granted_stay(authorised(CIRURGIA), authorised(PERICIA, sequencia=2))))
    contexto = replace(contexto, precos=by_code((a_preco(CIRURGIA, "1000.00"), a_preco(PERICIA, "800.00"))))
    surgeon = (by("00"),)
    first = done(CIRURGIA, valor="1000.00", equipe=surgeon)
    second = done(PERICIA, valor="800.00", equipe=surgeon, via_acesso="2")
    found = judged(a_fee(first, second), contexto=contexto)
    assert (told(found), found.resultado.glosado) == ([("COB-FATOR", "1716", 2)], Decimal("400.00"))


@pytest.mark.regra("COB-FATOR")
def test_a_fee_at_night_is_surcharged_as_its_stay_is_urgent() -> None:
    """Its guia has no caráter before 4.03."""
    late: dict[str, Any] = {"hora_inicial": "22:00:00", "reducao_acrescimo": Decimal("1.30")}
    surgery = done(CIRURGIA, valor="1000.00", equipe=(by("00"),), **late)
    elective = granted_stay(authorised(CIRURGIA))
    urgent = replace(elective, solicitacao=replace(elective.solicitacao, carater=URGENCIA))
    complement = granted(authorised(CIRURGIA), principal="P")
    for held, expected in (
        (a_senha(elective), [("COB-FATOR", "1716", 1)]), (a_senha(urgent), []),
        (a_senha(complement, principal=replace(urgent, numero="P")), []),
    ):  # fmt: skip
        assert told(judged(a_fee(surgery), contexto=a_knowledge(held))) == expected
    assert told(judged(a_fee(surgery, senha=None), contexto=a_knowledge(regras={}))) == [("COB-FATOR", "1716", 1)]


@pytest.mark.regra("COB-DIARIA", "COB-QUANTIDADE", "R19")
def test_a_diaria_is_one_as_whatever_expense_it_is_told() -> None:
    contexto = a_knowledge(a_senha(granted_stay()))
    fee = spent(quantidade=4, codigo_despesa="07")
    found = judged(a_resumo(despesas=(fee,)), contexto=contexto)
    assert told(found) == [("COB-DIARIA", "1914", 1), ("COB-QUANTIDADE", "1917", 1)]
    assert found.resultado.liberado == Decimal("1440.00")


@pytest.mark.regra("COB-VALIDADE", "R10")
def test_a_stay_that_nobody_communicated_is_judged_by_where_its_account_begins() -> None:
    later = (spent(), spent(quantidade=2, data_execucao=DIA + timedelta(days=2), sequencial_item=2))
    for began, expected in ((DIA, []), (DIA + timedelta(days=1), [("COB-VALIDADE", "1405", None)])):
        guia = a_resumo(despesas=later[1:], periodo=(began, DIA + timedelta(days=2)))
        contexto = a_knowledge(a_senha(granted_stay(admissao=None, validade=DIA)))
        assert told(judged(guia, contexto=contexto)) == expected
    fee = a_fee(done(CIRURGIA, valor="1000.00", data_execucao=DIA + timedelta(days=1)))
    of_fee = a_knowledge(a_senha(granted_stay(authorised(CIRURGIA), admissao=None, validade=DIA)))
    assert told(judged(fee, contexto=of_fee)) == [("COB-VALIDADE", "1405", None)]


def extended(**changes: Any) -> Any:
    """A prorrogação of a stay, with both."""
    stay = granted_stay(diarias=20, **changes)
    asked = replace(stay.solicitacao, tipo=Tipo.PRORROGACAO)
    more = granted_stay(numero=OUTRA_SENHA, senha=OUTRA_SENHA, principal=SENHA, admissao=None, solicitacao=asked)
    return a_senha(stay, complementos=(a_senha(more, principal=stay),)), a_senha(more, principal=stay)


@pytest.mark.regra("COB-CONTA")
def test_accounts_under_a_stay_and_its_prorrogacao_are_of_one_stay() -> None:
    contexto = a_knowledge(*extended())
    of_stay, of_more = account("A", 0, 2, spent()), account("B", 1, 3, spent(), senha=OUTRA_SENHA)
    for guias in ((of_stay, of_more), (of_more, of_stay)):
        found = [one.regra for one in judged(*guias, contexto=contexto).achados]
        assert "COB-CONTA" in found
    for held, guia in ((SENHA, of_more), (OUTRA_SENHA, of_stay)):
        clash = judged(guia, contexto=replace(contexto, contas=(an_account(numero=held),)))
        assert [one.regra for one in clash.achados] == ["COB-CONTA"]


@pytest.mark.regra("COB-CONTA")
def test_of_accounts_of_one_peg_one_that_is_refused_keeps_no_third_one_out() -> None:
    last = spent(data_execucao=DIA + timedelta(days=3))
    guias = (account("A", 0, 2, spent()), account("B", 1, 4, spent()), account("C", 2, 4, last))
    found = judged(*guias, contexto=a_knowledge(a_senha(granted_stay(diarias=20))))
    assert [(one.regra, one.guia) for one in found.achados] == [("COB-CONTA", "B")]


@pytest.mark.regra("COB-PRAZO", "R03")
def test_the_window_of_a_prorrogacao_is_counted_from_the_discharge_of_its_stay() -> None:
    by_discharge = replace(
        a_knowledge().contrato, contratos=(a_contrato(data_base_internacao=DataBaseInternacao.ALTA),)
    )
    discharged = DIA + timedelta(days=3)
    for days, expected in ((90, []), (91, ["COB-PRAZO"])):
        contexto = a_knowledge(
            *extended(alta=discharged), contrato=by_discharge, hoje=discharged + timedelta(days=days)
        )
        guia = account("A", 0, 2, spent(), senha=OUTRA_SENHA)
        assert [one.regra for one in judged(guia, contexto=contexto).achados] == expected


@pytest.mark.regra("COB-PLANO", "COB-CARENCIA")
def test_a_fee_of_a_stay_is_covered_by_what_the_plan_says_of_stays() -> None:
    for plan, expected in (
        (a_plano_completo(ambulatorial=False, hospitalar=True), []),
        (a_plano_completo(ambulatorial=True, hospitalar=False), ["COB-PLANO"]),
        (a_plano_completo(a_carencia(GrupoCarencia.INTERNACAO, 180)), ["COB-CARENCIA"]),
        (a_plano_completo(a_carencia(GrupoCarencia.CONSULTAS_EXAMES, 180)), []),
    ):
        life = a_life(plan, data_inclusao=DIA - timedelta(days=100))
        contexto = a_knowledge(vidas={CARTEIRA: life}, regras={})
        assert [one.regra for one in judged(a_fee(senha=None), contexto=contexto).achados] == expected


@pytest.mark.regra("COB-CARTEIRA", "R21")
def test_a_carteira_of_the_groups_other_operadora_is_told_whose_it_is() -> None:
    fatos = known_facts()
    fatos.vidas.put("beneficiarios", PASA, a_vida("55555", registro_ans=PASA))
    casa = Casa(fatos)
    guia = a_visit(beneficiario=builders.beneficiario(numero_carteira="55555"))
    (found,) = casa.dossie(casa.recebe(guia, numero="1")).achados
    assert isinstance(found, Apontamento)
    assert (found.regra, found.codigo, found.esperado) == ("COB-CARTEIRA", "5027", PASA)
    nobodys = a_visit("G2", beneficiario=builders.beneficiario(numero_carteira="66666"))
    assert [one.codigo for one in casa.dossie(casa.recebe(nobodys, numero="2")).achados] == ["1001"]


class _Slow:
    """An archive whose first answer waits until somebody else has done all of it."""

    def __init__(self, port: Any, meanwhile: Callable[[], Desfecho]) -> None:
        self._port, self._meanwhile = port, meanwhile
        self.first: Desfecho | None = None

    def keep_answer(self, *args: Any) -> None:
        if self.first is None:
            self.first = self._meanwhile()
        self._port.keep_answer(*args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)


@pytest.mark.regra("PEG-RECEPCAO")
def test_of_two_workers_of_one_upload_the_late_one_leaves_the_receipt_of_the_peg_there_is() -> None:
    casa = Casa()
    documento = casa.arquiva(casa.lote(a_sadt(senha=casa.nova_senha())))
    slow = _Slow(casa.archive, lambda: recepcao.receive_file(documento, casa.portas()))
    late = recepcao.receive_file(documento, casa.portas(lambda name, port: slow if name == "archive" else port))
    assert slow.first is not None
    assert late.protocolo == slow.first.protocolo
    assert late.resposta == slow.first.resposta == casa.resposta()
    assert [protocolo for _, protocolo in casa.cobradas()] == [late.protocolo]


@pytest.mark.regra("PEG-ESTADOS")
def test_what_a_contract_renewed_since_the_service_says_is_known_when_it_is_analysed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    casa = Casa()
    held = casa.fatos.catalogo.contrato(HOSPITAL, VALE)
    ended = replace(held.contratos[0], vigente_ate=DIA)
    terms = (ended, replace(ended, numero="NOVO", vigente_de=DIA + timedelta(days=1), vigente_ate=None))
    monkeypatch.setattr(casa.fatos.catalogo, "contrato", lambda *_: replace(held, contratos=terms))
    peg = casa.recebe(a_sadt(senha=casa.nova_senha()))
    peg = casa.faz(partial(atos.begin, chamador=AUDITORA), peg)
    until = peg.historico[-1].ate
    assert until is not None
    whole = Glosa(id=0, regra="", codigo="1702", motivo="", mensagem="Não se comprova.")
    casa.passa(days=200)
    peg = casa.faz(partial(atos.glosar, chamador=AUDITORA), peg, whole)
    (glosa,) = casa.dossie(peg).resultado.glosas
    assert (glosa.contrato, glosa.contestar_dias) == ("NOVO", ended.prazo_contestacao_dias)
    asked = casa.faz(partial(atos.ask, chamador=AUDITORA), peg, motivo="O laudo", ate=DIA + timedelta(days=400))
    told_of = casa.faz(partial(atos.answer_question, chamador=FATURISTA), asked, texto="Foi enviado.")
    assert told_of.historico[-1].ate == until
    done_with = casa.faz(partial(atos.conclude, chamador=AUDITORA), told_of)
    again = casa.faz(partial(atos.reopen, chamador=AUDITORA), done_with, motivo="Chegou mais")
    assert again.historico[-1].ate == until
