"""The answer to a recurso, printed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from conecta_facts.prestadores import Prestador
from recurso import pdf
from recurso.domain import recursos
from recurso.domain.recursos import Decisao, Pauta, Recurso, Resposta, SituacaoRecurso
from tests.builders_cadastro import HOJE, an_operadora
from tests.builders_functions import CNPJ, HOSPITAL, NOW
from tests.builders_recurso import a_case, a_conta, a_pauta, a_recurso, a_taken, an_entry
from tests.impresso import Printed

LONGA = f"{'Consta do prontuário. ' * 20}Este é o fim."


def answered(pauta: Pauta) -> tuple[Recurso, Pauta]:
    """The first in part, the second not at all, the others whole."""
    why = {
        1: (Decisao.PARCIAL, Decimal("4.00"), "Só o contratado."),
        2: (Decisao.NAO_ACATADO, Decimal(0), f"Sem laudo. {LONGA}"),
    }
    told = recursos.responder(
        pauta,
        {
            one.id: Resposta(decisao=decisao, valor_acatado=valor, justificativa=text, quem="auditora", quando=NOW)
            for one in pauta.entradas
            for decisao, valor, text in (why.get(one.id, (Decisao.ACATADO, one.valor_recursado, None)),)
        },
    )  # fmt: skip
    recurso = a_recurso(
        situacao=SituacaoRecurso.RESPONDIDO, valor_recursado=told.valor_recursado, valor_acatado=told.valor_acatado,
        respondido_em=HOJE,
    )  # fmt: skip
    return recurso, told


def test_each_entry_says_what_was_decided_and_why() -> None:
    conta = a_conta(a_taken(), a_taken(2, None, valor=None, codigo="1403", motivo=""), a_taken(1, 2, valor="5.00"))
    pauta = a_pauta(a_case(an_entry(), an_entry("G2", None, codigo="1403"), an_entry(sequencial=2), conta=conta))
    hospital = Prestador(HOSPITAL, "Hospital € Aurora", "1234567", cnpj=CNPJ)
    text = Printed(pdf.resposta(*answered(pauta), an_operadora(), hospital)).text
    for said in (
        "Acatado em parte. Só o contratado.", "Mantida. Sem laudo.", "o fim.", "Guia G1", "Guia G2", "Guia inteira",
        "33,50", "9,00", "Hospital € Aurora", "Glosa 1705", "Prestador: O item foi autorizado", "senha",
    ):  # fmt: skip
        assert said in text, said


def test_of_a_whole_protocolo_before_anything_is_known_of_who_it_is() -> None:
    conta = a_conta(a_taken(0, None, valor=None, codigo="3161", motivo=""))
    recurso, pauta = answered(a_pauta(a_case(an_entry(None, None, codigo="3161"), conta=conta)))
    text = Printed(pdf.resposta(recurso, pauta, None, None)).text
    assert "Protocolo todo" in text
    assert "Protocolo inteiro" in text


def test_the_day_of_its_payment_is_told_as_far_as_it_is_known() -> None:
    recurso, pauta = answered(a_pauta())
    due = recursos.agendar(recurso, recursos.Agenda(entrega_ate=HOJE, pagamento_em=HOJE + timedelta(days=9)), _act())
    assert "Nota fiscal até" in Printed(pdf.resposta(due, pauta, None, None)).text
    paid = recursos.pagar(due, HOJE, _act())
    assert "Pago em" in Printed(pdf.resposta(paid, pauta, None, None)).text


def _act() -> recursos.Ato:
    return recursos.Ato(papel=recursos.Papel.SISTEMA, quem="sistema", quando=NOW)


def test_many_guias_take_many_pages_and_say_so() -> None:
    conta = a_conta(*(a_taken(1, place, valor="1.00") for place in (1, 2)))
    entradas = a_pauta(a_case(an_entry(), an_entry(sequencial=2), conta=conta)).entradas
    printed = Printed(pdf.resposta(*answered(Pauta(entradas * 40)), an_operadora(), None))
    assert printed.total > 1
    assert "Guia G1 (continuação)" in printed.text


def test_nothing_is_made_up_of_a_code_or_an_answer_that_is_not_there() -> None:
    pauta = a_pauta(a_case(an_entry(codigo="9999"), conta=a_conta(a_taken(codigo="9999", motivo=""))))
    text = Printed(pdf.resposta(a_recurso(), pauta, None, None)).text
    assert "Glosa 9999" not in text
    assert "Operadora:" not in text
