"""A lote judged whole: what pre-validation shows, reception does; nothing is written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from conecta_contas.pegs import Peg
from conecta_tiss.findings import Achado
from conecta_tiss.versions import Versao
from peg.service.julgamento import Parecer, judge
from peg.service.portas import Alvo
from tests.builders_cadastro import CONSULTA, HOJE, INICIO, relacionamento_of
from tests.builders_functions import HOSPITAL, VALE
from tests.builders_peg import DIARIA, OUTRA_SENHA, SENHA, a_resumo, a_sadt, a_visit, done, granted_stay, spent
from tests.casa_peg import Casa

ALVO = Alvo(HOSPITAL, VALE, HOJE, Versao.V4_01_00)
LATE = a_sadt(done(data_execucao=HOJE.replace(month=6)), numero="G2")


@pytest.fixture
def casa() -> Casa:
    made = Casa()
    made.autoriza()
    made.autoriza(granted_stay(numero=OUTRA_SENHA))
    return made


def judged(casa: Casa, raw: bytes, alvo: Alvo = ALVO) -> Parecer:
    return judge(alvo, casa.padrao.lotes[raw], casa.portas())


LOTES = {
    "nothing wrong": (a_sadt(),),
    "a late one": (a_sadt(), LATE),
    "one senha twice": (a_sadt(), a_sadt(done(hora_inicial="09:00:00"), numero="G2")),
    "one number twice": (a_sadt(), a_sadt(done(CONSULTA, valor="10.00"), senha=None)),
    "a senha that is not there": (a_sadt(senha="26119999999"),),
    "a stay with too many diárias": (a_resumo(senha=OUTRA_SENHA, despesas=(spent(DIARIA, 4),)),),
    "two visits": (a_visit(), a_visit("G2")),
}


@pytest.mark.parametrize("kind", LOTES)
def test_pre_validation_and_reception_say_the_same_line_by_line(casa: Casa, kind: str) -> None:
    raw = casa.lote(*LOTES[kind])
    before = judged(casa, raw)
    writes = (casa.pegs.writes, casa.senhas.writes, casa.cobrancas.writes)
    assert (writes, casa.archive.acervo.versions) == ((0, 0, 0), {})
    desfecho = casa.manda(raw)
    assert desfecho.achados == before.achados
    assert isinstance(desfecho.peg, Peg)
    assert (before.informado, before.em_risco) == (desfecho.peg.valor_informado, desfecho.peg.valor_glosado)
    again = judged(casa, raw, Alvo(HOSPITAL, VALE, HOJE, Versao.V4_01_00, desfecho.peg.protocolo))
    assert again.julgado == before.julgado
    assert casa.dossie(desfecho.peg).achados == before.achados


def test_of_what_is_refused_everything_is_at_risk(casa: Casa) -> None:
    broken = Achado("TISS-HASH", "5014", "O hash não confere.")
    parecer = judged(casa, casa.lote(a_sadt(), achados=(broken,)))
    assert parecer.recusado
    assert parecer.em_risco == parecer.informado == Decimal("18.50")


def test_of_what_cannot_be_read_so_much_is_known_as_it_says(casa: Casa) -> None:
    unread = judged(casa, casa.lote(a_sadt(), corpo=None, valor_informado=Decimal("7.00")))
    assert (unread.guias, unread.julgado, unread.informado, unread.em_risco) == ((), None, Decimal(7), Decimal(7))
    assert judged(casa, casa.lote(a_sadt(), corpo=None)).informado == 0


def test_of_whom_may_not_bill_nothing_is_looked_up(casa: Casa) -> None:
    casa.fatos.cadastro.put_relacionamento(relacionamento_of(("SOLICITADO", INICIO)))
    parecer = judged(casa, casa.lote(a_sadt(senha="26119999999")))
    assert [achado.regra for achado in parecer.achados] == ["R02"]
    assert (parecer.julgado, parecer.lido, len(parecer.guias)) == (None, None, 1)


def test_a_peg_that_is_judged_again_is_not_held_against_itself(casa: Casa) -> None:
    peg = casa.recebe(a_sadt())
    raw = casa.lote(a_sadt())
    assert judged(casa, raw, Alvo(HOSPITAL, VALE, HOJE, Versao.V4_01_00, peg.protocolo)).achados == ()
    held = {achado.regra for achado in judged(casa, raw).achados}
    assert "COB-GUIA-REPETIDA" in held or held
    assert casa.usos(SENHA) != {}
