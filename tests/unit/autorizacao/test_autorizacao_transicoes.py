"""Every act on every state, and what each asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_senhas import transicoes as t
from conecta_senhas.autorizacoes import (
    DIARIAS,
    Ato,
    Autorizacao,
    Evento,
    Origem,
    Papel,
    Parecer,
    Pendencia,
    Situacao,
    SituacaoItem,
    TipoPendencia,
)
from conecta_senhas.errors import (
    AutorizacaoError,
    AutorizacaoNotFoundError,
    ComplementosVivosError,
    DataInvalidaError,
    DecisaoIncompletaError,
    JaFaturadaError,
    MotivoAusenteError,
    NegativaSemBaseError,
    PapelNaoPermitidoError,
    PrincipalNotFoundError,
    QuantidadeInvalidaError,
    SenhaExpiradaError,
    TransicaoInvalidaError,
)
from conecta_senhas.solicitacoes import DocumentoAnexado, Tipo, TipoAnexo
from conecta_tiss.vocabulary.tables import StatusCancelamento
from tests.builders_autorizacao import (
    AMANHA,
    AUDITORIA,
    CENTRAL,
    NUMERO,
    ONTEM,
    PRESTADOR,
    SENHA,
    SISTEMA,
    VALIDADE,
    a_pending,
    a_request,
    a_stay,
    a_stay_authorization,
    an_annex,
    an_ato,
    an_authorization,
    an_item,
    an_opme,
    in_analysis,
    in_situation,
    usos_of,
)
from tests.builders_cadastro import HOJE
from tests.builders_functions import CLINICA, HOSPITAL

DEPOIS = VALIDADE + timedelta(days=1)
LAUDO = Pendencia(tipo=TipoPendencia.DOCUMENTO, descricao="Laudo", documento="02")
COTACOES = Pendencia(tipo=TipoPendencia.COTACAO, descricao="Cotações", quantidade=3)
PORQUE = Pendencia(tipo=TipoPendencia.JUSTIFICATIVA, descricao="Justificativa")
ANEXO = Pendencia(tipo=TipoPendencia.ANEXO_OPME, descricao="Anexo de OPME")
NUMERACAO = t.Numeracao(numero=NUMERO, protocolo="1", senha=SENHA, validade=VALIDADE)
UM, DOIS = Decimal(1), Decimal(2)
JA = an_item(quantidade=2, data_prevista=HOJE, data_pedida=AMANHA)


def sim(sequencia: int = 1, quantidade: int = 1) -> t.Voto:
    return t.Voto(sequencia=sequencia, quantidade=Decimal(quantidade))


def nao(sequencia: int = 1, quantidade: int = 0) -> t.Voto:
    return t.Voto(
        sequencia=sequencia, quantidade=Decimal(quantidade), motivo="Sem indicação descrita no laudo enviado.",
        base="Contrato, cláusula 12", codigo="1426",
    )  # fmt: skip


def decided(autorizacao: Autorizacao, *votos: t.Voto, ato: Ato = AUDITORIA) -> Autorizacao:
    return t.decide(autorizacao, votos, ato, senha=SENHA, validade=VALIDADE)


# --- the table: every act on every state ---

S = Situacao
X, F, E = TransicaoInvalidaError, JaFaturadaError, SenhaExpiradaError
ORDER = (
    S.EM_ANALISE, S.AGUARDANDO_JUSTIFICATIVA, S.AGUARDANDO_DOCUMENTO, S.AUTORIZADA, S.PARCIAL, S.UTILIZADA,
    S.EXPIRADA, S.NEGADA, S.CANCELADA,
)  # fmt: skip
C, D, J = S.CANCELADA, S.AGUARDANDO_DOCUMENTO, S.AGUARDANDO_JUSTIFICATIVA
A, P, U, V = S.AUTORIZADA, S.PARCIAL, S.UTILIZADA, S.EXPIRADA
Z = S.EM_ANALISE


def dated(autorizacao: Autorizacao) -> Autorizacao:
    """Its first item is for a planned day, and another was asked for."""
    item = replace(autorizacao.itens[0], data_prevista=HOJE, data_pedida=AMANHA)
    return replace(autorizacao, itens=(item,))


def stayed(autorizacao: Autorizacao, **changes: Any) -> Autorizacao:
    return replace(autorizacao, solicitacao=replace(autorizacao.solicitacao, tipo=Tipo.INTERNACAO), **changes)


def waited(autorizacao: Autorizacao) -> Autorizacao:
    return replace(autorizacao, pendencias=(LAUDO,))


Act = Callable[[Autorizacao], Autorizacao]
ACTS: dict[str, tuple[Act, tuple[Situacao | type[AutorizacaoError], ...]]] = {
    # ------------------------------------------------------ Z  J  D  A  P  U  V  NEG CAN
    "decide yes": (lambda a: decided(a, sim()), (A, X, X, X, X, X, X, X, X)),
    "decide no": (lambda a: decided(a, nao()), (S.NEGADA, X, X, X, X, X, X, X, X)),
    "ask for a document": (
        lambda a: t.ask(a, (LAUDO,), AUDITORIA, ate=AMANHA), (D, X, X, X, X, X, X, X, X),
    ),
    "ask why": (lambda a: t.ask(a, (PORQUE,), AUDITORIA, ate=AMANHA), (J, X, X, X, X, X, X, X, X)),
    "answer all": (
        lambda a: t.answer(waited(a), PRESTADOR, documentos=(DocumentoAnexado(documento_id="1", tipo="02"),)),
        (X, Z, Z, X, X, X, X, X, X),
    ),
    "answer nothing": (lambda a: t.answer(waited(a), PRESTADOR), (X, D, D, X, X, X, X, X, X)),
    "attach": (
        lambda a: t.attach(a, an_annex(TipoAnexo.OPME), (), (), PRESTADOR, ate=AMANHA),
        (Z, Z, Z, X, X, X, X, X, X),
    ),
    "extend": (lambda a: t.extend(a, CENTRAL, ate=VALIDADE), (X, J, D, X, X, X, X, X, X)),
    "resume": (lambda a: t.resume(a, AUDITORIA), (X, Z, Z, X, X, X, X, X, X)),
    "withdraw": (lambda a: t.withdraw(a, PRESTADOR), (C, C, C, X, X, X, X, X, X)),
    "cancel": (lambda a: t.cancel(a, (), PRESTADOR)[0], (C, C, C, C, C, F, X, X, X)),
    "expire": (
        lambda a: t.expire(replace(a, validade=ONTEM), SISTEMA), (X, X, X, V, V, X, X, X, X),
    ),
    "change a quantity": (
        lambda a: t.change_quantities(a, {1: Decimal(1)}, CENTRAL), (X, X, X, P, P, U, E, X, X),
    ),
    "change the executante": (
        lambda a: t.change_executante(a, CLINICA, CENTRAL), (X, X, X, A, P, F, E, X, X),
    ),
    "ask for another day": (
        lambda a: t.request_date(dated(a), 1, AMANHA, PRESTADOR), (X, X, X, A, P, U, E, X, X),
    ),
    "decide the day": (
        lambda a: t.decide_date(dated(a), 1, CENTRAL, approved=True), (X, X, X, A, P, U, V, X, X),
    ),
    "admit": (lambda a: t.admit(stayed(a), ONTEM, PRESTADOR), (X, X, X, A, P, U, A, X, X)),
    "discharge": (
        lambda a: t.discharge(stayed(a, admissao=ONTEM), HOJE, PRESTADOR, motivo_alta="11"),
        (X, X, X, A, P, U, V, X, X),
    ),
    "replace": (
        lambda a: t.substitute(a, an_authorization(numero="N", substitui=NUMERO), (), PRESTADOR).antiga,
        (X, X, X, C, C, F, E, X, X),
    ),
}  # fmt: skip


@pytest.mark.parametrize("situacao", ORDER)
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.regra("AUT-RETIRADA", "AUT-CANCELAMENTO", "AUT-EXPIRACAO", "AUT-SUBSTITUICAO")
def test_each_act_on_each_state_leads_where_it_should_or_is_refused(act: str, situacao: Situacao) -> None:
    do, row = ACTS[act]
    expected = row[ORDER.index(situacao)]
    before = in_situation(situacao)
    if isinstance(expected, Situacao):
        after = do(before)
        assert after.situacao is expected
        assert after.versao > before.versao
        assert after.historico[-1].situacao is expected
        assert (after.historico[-1].vez_de, after.historico[-1].ate) == after.turn()
    else:
        with pytest.raises(expected) as raised:
            do(before)
        assert type(raised.value) is expected


def test_the_table_speaks_of_every_state() -> None:
    assert set(ORDER) == set(Situacao)
    assert all(len(row) == len(ORDER) for _, row in ACTS.values())


WHOSE: dict[str, tuple[Callable[[Ato], Any], set[Papel]]] = {
    "create": (
        lambda ato: t.create(
            NUMERACAO, a_request(), Parecer(situacao=Z, itens=(in_analysis(),)), ato, prestador_id=HOSPITAL
        ),
        {Papel.PRESTADOR, Papel.CENTRAL},
    ),
    "load": (
        lambda ato: t.load_legacy(
            NUMERACAO, a_request(), (an_item(),), ato, prestador_id=HOSPITAL, data_autorizacao=HOJE
        ),
        {Papel.SISTEMA},
    ),
    "decide": (lambda ato: decided(a_pending(), sim(), ato=ato), {Papel.AUDITORIA}),
    "ask": (lambda ato: t.ask(a_pending(), (LAUDO,), ato, ate=HOJE), {Papel.AUDITORIA}),
    "answer": (lambda ato: t.answer(waited(a_pending(D)), ato), {Papel.PRESTADOR, Papel.CENTRAL}),
    "attach": (
        lambda ato: t.attach(a_pending(), an_annex(TipoAnexo.OPME), (), (), ato, ate=HOJE),
        {Papel.PRESTADOR, Papel.CENTRAL},
    ),
    "extend": (lambda ato: t.extend(a_pending(D), ato, ate=VALIDADE), {Papel.CENTRAL, Papel.AUDITORIA}),
    "resume": (
        lambda ato: t.resume(a_pending(D, pendente_ate=ONTEM), ato), {Papel.AUDITORIA, Papel.SISTEMA},
    ),
    "withdraw": (lambda ato: t.withdraw(a_pending(), ato), {Papel.PRESTADOR, Papel.CENTRAL}),
    "cancel": (lambda ato: t.cancel(an_authorization(), (), ato), {Papel.PRESTADOR, Papel.CENTRAL}),
    "expire": (lambda ato: t.expire(an_authorization(validade=ONTEM), ato), {Papel.SISTEMA}),
    "change quantities": (
        lambda ato: t.change_quantities(an_authorization(), {1: Decimal(0)}, ato), {Papel.CENTRAL},
    ),
    "change executante": (lambda ato: t.change_executante(an_authorization(), CLINICA, ato), {Papel.CENTRAL}),
    "request date": (
        lambda ato: t.request_date(an_authorization(JA), 1, AMANHA, ato), {Papel.PRESTADOR, Papel.CENTRAL},
    ),
    "decide date": (
        lambda ato: t.decide_date(an_authorization(JA), 1, ato, approved=True), {Papel.CENTRAL, Papel.AUDITORIA},
    ),
    "admit": (lambda ato: t.admit(a_stay_authorization(), HOJE, ato), {Papel.PRESTADOR, Papel.CENTRAL}),
    "discharge": (
        lambda ato: t.discharge(a_stay_authorization(admissao=HOJE), HOJE, ato, motivo_alta="11"),
        {Papel.PRESTADOR, Papel.CENTRAL},
    ),
    "substitute": (
        lambda ato: t.substitute(an_authorization(), an_authorization(numero="N"), (), ato),
        {Papel.PRESTADOR, Papel.CENTRAL},
    ),
}  # fmt: skip


@pytest.mark.parametrize("papel", Papel)
@pytest.mark.parametrize("act", WHOSE)
@pytest.mark.regra("AUT-QUANTIDADE-CENTRAL", "AUT-DATA-DECIDIDA", "AUT-DECISAO")
def test_each_act_belongs_to_some_papeis_and_no_other(act: str, papel: Papel) -> None:
    do, allowed = WHOSE[act]
    if papel in allowed:
        do(an_ato(papel))
        return
    with pytest.raises(PapelNaoPermitidoError) as raised:
        do(an_ato(papel))
    assert set(raised.value.papeis) == allowed


@pytest.mark.parametrize(
    "act",
    [
        lambda ato: t.cancel(an_authorization(), (), replace(ato, papel=Papel.CENTRAL)),
        lambda ato: t.change_quantities(an_authorization(), {}, replace(ato, papel=Papel.CENTRAL)),
        lambda ato: t.change_executante(an_authorization(), CLINICA, replace(ato, papel=Papel.CENTRAL)),
        lambda ato: t.request_date(an_authorization(JA), 1, AMANHA, ato),
        lambda ato: t.decide_date(an_authorization(JA), 1, replace(ato, papel=Papel.CENTRAL), approved=False),
        lambda ato: t.resume(a_pending(D), replace(ato, papel=Papel.AUDITORIA)),
    ],
)
@pytest.mark.parametrize("motivo", [None, "", "  "])
def test_acts_upon_others_say_why(act: Callable[[Ato], Any], motivo: str | None) -> None:
    with pytest.raises(MotivoAusenteError):
        act(an_ato(motivo=motivo))


def test_a_prestador_need_not_say_why_it_cancels() -> None:
    assert t.cancel(an_authorization(), (), an_ato(motivo=None))[0].situacao is C


# --- birth ---


@pytest.mark.regra("AUT-COMPLEMENTAR")
def test_only_what_is_granted_gets_a_senha() -> None:
    granted = Parecer(situacao=A, itens=(an_item(),), diarias=3)
    born = t.create(NUMERACAO, a_request(), granted, PRESTADOR, prestador_id=HOSPITAL, principal="P", substitui="O")
    assert (born.senha, born.data_autorizacao, born.validade) == (SENHA, HOJE, VALIDADE)
    assert (born.principal, born.substitui, born.origem, born.diarias_autorizadas) == ("P", "O", Origem.PRESTADOR, 3)
    assert (born.versao, [marco.evento for marco in born.historico]) == (1, [Evento.SOLICITADA])
    waiting = Parecer(situacao=Z, itens=(in_analysis(),), responder_ate=AMANHA)
    pending = t.create(NUMERACAO, a_request(), waiting, CENTRAL, prestador_id=HOSPITAL)
    assert (pending.senha, pending.validade, pending.origem) == (None, None, Origem.CENTRAL)
    assert (pending.historico[0].vez_de, pending.historico[0].ate) == (Papel.AUDITORIA, AMANHA)


@pytest.mark.regra("AUT-PROTOCOLO")
@pytest.mark.parametrize("situacao", [A, Z, D, S.NEGADA])
def test_whatever_becomes_of_a_request_it_has_its_protocolo_at_once(situacao: Situacao) -> None:
    parecer = Parecer(situacao=situacao, itens=(an_item(),))
    assert t.create(NUMERACAO, a_request(), parecer, PRESTADOR, prestador_id=HOSPITAL).protocolo == NUMERACAO.protocolo


@pytest.mark.regra("AUT-CARGA-LEGADO")
def test_a_legacy_senha_comes_with_its_balance() -> None:
    def loaded(**item: Any) -> Autorizacao:
        made = an_item(quantidade=2, **item)
        return t.load_legacy(
            NUMERACAO, a_stay(made.solicitado), (made,), SISTEMA, prestador_id=HOSPITAL, data_autorizacao=ONTEM,
            admissao=ONTEM,
        )  # fmt: skip

    assert [loaded().situacao, loaded(faturada=Decimal(1)).situacao, loaded(autorizada=Decimal(1)).situacao] == [
        A,
        U,
        P,
    ]
    assert (loaded().origem, loaded().data_autorizacao, loaded().diarias_autorizadas) == (Origem.LEGADO, ONTEM, 3)
    assert (loaded().admissao, loaded().versao, loaded().historico[0].evento) == (ONTEM, 1, Evento.CARREGADA)


@pytest.mark.regra("AUT-CARGA-LEGADO")
def test_a_legacy_senha_without_anything_authorised_is_none() -> None:
    with pytest.raises(TransicaoInvalidaError):
        t.load_legacy(NUMERACAO, a_request(), (in_analysis(),), SISTEMA, prestador_id=HOSPITAL, data_autorizacao=ONTEM)


# --- decision ---


@pytest.mark.regra("AUT-DECISAO")
def test_auditoria_approves_five_of_ten_sessions_and_says_why() -> None:
    asked = a_pending(Z, in_analysis(1, 10), in_analysis(2))
    after = decided(asked, nao(1, 5), replace(sim(2), valor=Decimal("10.00")))
    assert (after.situacao, after.senha, after.validade, after.data_autorizacao) == (P, SENHA, VALIDADE, HOJE)
    assert [(int(item.autorizada), item.situacao, len(item.motivos)) for item in after.itens] == [
        (5, SituacaoItem.AUTORIZADO, 1), (1, SituacaoItem.AUTORIZADO, 0),
    ]  # fmt: skip
    assert after.itens[1].valor_autorizado == Decimal("10.00")
    assert (after.historico[-1].papel, after.historico[-1].quem) == (Papel.AUDITORIA, AUDITORIA.quem)


@pytest.mark.regra("AUT-DECISAO")
def test_what_a_rule_authorised_is_not_decided_again() -> None:
    after = decided(a_pending(Z, an_item(1), in_analysis(2)), nao(2))
    assert (after.situacao, [item.situacao for item in after.itens]) == (
        P, [SituacaoItem.AUTORIZADO, SituacaoItem.NEGADO],
    )  # fmt: skip


@pytest.mark.regra("AUT-DECISAO")
def test_a_denied_request_has_no_senha_and_its_reasons() -> None:
    after = decided(a_pending(), nao())
    assert (after.senha, after.validade) == (None, None)
    (motivo,) = after.itens[0].motivos
    assert (motivo.codigo, motivo.base) == ("1426", "Contrato, cláusula 12")


@pytest.mark.parametrize("missing", ["motivo", "base", "codigo"])
@pytest.mark.parametrize("quantidade", [0, 1])
@pytest.mark.regra("AUT-DECISAO")
def test_a_negative_without_reason_basis_or_code_is_refused(missing: str, quantidade: int) -> None:
    blank: Any = {missing: " "}
    with pytest.raises(NegativaSemBaseError) as raised:
        decided(a_pending(Z, in_analysis(1, 2)), replace(nao(1, quantidade), **blank))
    assert raised.value.sequencias == (1,)


@pytest.mark.regra("AUT-DECISAO", "R27")
def test_another_brand_needs_no_reason_for_those_that_were_left() -> None:
    asked = [an_opme(opcao=opcao) for opcao in "123"]
    pending = a_pending(Z, *(in_analysis(n, solicitado=item) for n, item in enumerate(asked, 1)))
    after = decided(pending, sim(1, 0), sim(2, 1), sim(3, 0))
    assert (after.situacao, [item.motivos for item in after.itens]) == (A, [(), (), ()])
    assert [item.situacao for item in after.itens] == [
        SituacaoItem.ALTERNATIVA, SituacaoItem.AUTORIZADO, SituacaoItem.ALTERNATIVA,
    ]  # fmt: skip
    with pytest.raises(NegativaSemBaseError):
        decided(pending, sim(1, 0), sim(2, 0), sim(3, 0))


@pytest.mark.parametrize("votos", [(), (sim(2),), (sim(1), sim(1)), (sim(1), sim(2)), (sim(1), sim(0), sim(0))])
@pytest.mark.regra("AUT-DECISAO")
def test_every_item_in_analysis_is_decided_once_and_no_other(votos: tuple[t.Voto, ...]) -> None:
    pending = a_pending(Z, in_analysis(1), an_item(3))
    with pytest.raises(DecisaoIncompletaError):
        decided(pending, *votos)


@pytest.mark.parametrize("quantidade", [-1, 3])
def test_nobody_grants_less_than_nothing_nor_more_than_was_asked(quantidade: int) -> None:
    with pytest.raises(QuantidadeInvalidaError) as raised:
        decided(a_pending(Z, in_analysis(1, 2)), nao(1, quantidade))
    assert [raised.value.minimo, raised.value.maximo] == [0, 2]


def a_pending_stay(*itens: Any, **changes: Any) -> Autorizacao:
    return a_pending(Z, *itens, solicitacao=a_stay(**changes))


@pytest.mark.regra("AUT-DECISAO")
def test_days_are_granted_as_asked_unless_voted_on() -> None:
    one = in_analysis()
    assert decided(a_pending_stay(one), sim()).diarias_autorizadas == 3
    assert decided(a_pending_stay(one), nao()).diarias_autorizadas == 0
    fewer = decided(a_pending_stay(one), sim(), nao(DIARIAS, 2))
    assert (fewer.situacao, fewer.diarias_autorizadas, [motivo.codigo for motivo in fewer.motivos]) == (P, 2, ["1426"])
    assert decided(a_pending_stay(one), sim(), sim(DIARIAS, 3)).motivos == ()
    with pytest.raises(NegativaSemBaseError) as raised:
        decided(a_pending_stay(one), sim(), sim(DIARIAS, 2))
    assert raised.value.sequencias == (DIARIAS,)
    with pytest.raises(QuantidadeInvalidaError):
        decided(a_pending_stay(one), sim(), sim(DIARIAS, 4))


def test_days_alone_are_decided_by_name() -> None:
    pending = replace(a_pending_stay(), itens=())
    with pytest.raises(DecisaoIncompletaError) as raised:
        decided(pending)
    assert raised.value.sequencias == (DIARIAS,)
    assert decided(pending, sim(DIARIAS, 3)).situacao is A
    assert decided(pending, nao(DIARIAS, 0)).situacao is S.NEGADA


# --- pending ---


@pytest.mark.regra("AUT-PENDENCIA")
def test_what_is_sent_is_ticked_off_until_nothing_is_missing() -> None:
    waiting = a_pending(D, pendencias=(LAUDO, COTACOES, PORQUE))
    quotes = tuple(DocumentoAnexado(documento_id=str(n), cotacao=True) for n in range(2))
    first = t.answer(waiting, PRESTADOR, documentos=(*quotes, DocumentoAnexado(documento_id="9", tipo="02")))
    assert first.situacao is D
    assert first.pendencias == (replace(COTACOES, quantidade=1), PORQUE)
    assert first.pendente_ate == waiting.pendente_ate
    assert len(first.solicitacao.documentos) == 3
    assert t.answer(first, PRESTADOR, documentos=quotes).pendencias == first.pendencias  # the same are no others
    other = DocumentoAnexado(documento_id="3", cotacao=True)
    second = t.answer(first, PRESTADOR, documentos=(other, *quotes[:1]))
    assert (second.situacao, second.pendencias) == (J, (PORQUE,))
    third = t.answer(second, PRESTADOR, justificativa=" Dor há seis meses ")
    assert (third.situacao, third.pendencias, third.pendente_ate) == (Z, (), None)
    assert third.solicitacao.justificativa == "Investigação de anemia\nDor há seis meses"
    assert third.responder_ate == waiting.responder_ate  # the operadora's clock does not stop


@pytest.mark.regra("AUT-PENDENCIA")
def test_an_annex_is_not_replaced_by_documents() -> None:
    waiting = a_pending(D, pendencias=(ANEXO,))
    given = (DocumentoAnexado(documento_id="1", tipo="02", cotacao=True),)
    assert t.answer(waiting, PRESTADOR, documentos=given, justificativa="Dor").pendencias == (ANEXO,)


def test_a_justification_that_was_not_there_stands_alone() -> None:
    waiting = a_pending(J, pendencias=(PORQUE,), solicitacao=a_request(justificativa=None))
    assert t.answer(waiting, PRESTADOR).solicitacao.justificativa is None
    assert t.answer(waiting, PRESTADOR, justificativa="Dor").solicitacao.justificativa == "Dor"


@pytest.mark.regra("AUT-ANEXO")
def test_an_annex_that_comes_later_brings_its_items_and_what_they_lack() -> None:
    waiting = a_pending(D, pendencias=(ANEXO, COTACOES))
    anexo = an_annex(TipoAnexo.OPME, an_opme())
    after = t.attach(waiting, anexo, (in_analysis(2),), (COTACOES, LAUDO), PRESTADOR, ate=HOJE)
    assert (after.situacao, after.pendencias, after.pendente_ate) == (D, (COTACOES, LAUDO), waiting.pendente_ate)
    assert ([item.sequencia for item in after.itens], after.solicitacao.anexos) == ([1, 2], (anexo,))
    with pytest.raises(TransicaoInvalidaError):
        t.attach(after, anexo, (), (), PRESTADOR, ate=HOJE)
    quote = DocumentoAnexado(documento_id="1", cotacao=True)
    twice = t.attach(waiting, anexo, (), (), PRESTADOR, ate=HOJE, documentos=(quote, quote))
    assert twice.pendencias == (replace(COTACOES, quantidade=COTACOES.quantidade - 1),)
    assert t.attach(a_pending(), anexo, (), (LAUDO,), PRESTADOR, ate=AMANHA).pendente_ate == AMANHA


@pytest.mark.regra("AUT-ANEXO", "R27")
@pytest.mark.parametrize("tipo", [TipoAnexo.QUIMIOTERAPIA, TipoAnexo.RADIOTERAPIA])
def test_the_annex_of_opme_is_waited_for_until_it_comes_whatever_other_does(tipo: TipoAnexo) -> None:
    waiting = a_pending(D, pendencias=(ANEXO,))
    after = t.attach(waiting, an_annex(tipo), (), (), PRESTADOR, ate=AMANHA)
    assert (after.situacao, after.pendencias, after.pendente_ate) == (D, (ANEXO,), waiting.pendente_ate)
    came = t.attach(after, an_annex(TipoAnexo.OPME, an_opme()), (in_analysis(2),), (), PRESTADOR, ate=AMANHA)
    assert (came.situacao, came.pendencias) == (Situacao.EM_ANALISE, ())


def test_asking_for_nothing_or_until_yesterday_is_refused() -> None:
    with pytest.raises(MotivoAusenteError):
        t.ask(a_pending(), (), AUDITORIA, ate=AMANHA)
    with pytest.raises(DataInvalidaError) as raised:
        t.ask(a_pending(), (LAUDO,), AUDITORIA, ate=ONTEM)
    assert (raised.value.minimo, raised.value.maximo) == (HOJE, None)


def test_a_term_is_extended_never_shortened() -> None:
    waiting = a_pending(D, pendencias=(LAUDO,))
    assert t.extend(waiting, CENTRAL, ate=VALIDADE).pendente_ate == VALIDADE
    with pytest.raises(DataInvalidaError):
        t.extend(waiting, CENTRAL, ate=HOJE)


def test_a_term_that_is_over_denies_nothing_and_none_ends_before_its_last_day() -> None:
    waiting = a_pending(D, pendencias=(LAUDO,), pendente_ate=HOJE)
    with pytest.raises(DataInvalidaError):
        t.resume(waiting, SISTEMA)
    with pytest.raises(DataInvalidaError):
        t.resume(replace(waiting, pendente_ate=None), SISTEMA)
    after = t.resume(waiting, an_ato(Papel.SISTEMA, AMANHA))
    assert (after.situacao, after.pendencias) == (Z, ())


# --- cancel ---


@pytest.mark.regra("AUT-CANCELAMENTO")
def test_living_complements_are_listed_or_cancelled_together() -> None:
    parent = an_authorization()
    granted, pending = an_authorization(numero="2"), a_pending(numero="3")
    dead = in_situation(C, numero="4")
    with pytest.raises(ComplementosVivosError) as raised:
        t.cancel(parent, (granted, pending, dead), PRESTADOR)
    assert raised.value.numeros == ("2", "3")
    ended = t.cancel(parent, (granted, pending, dead), PRESTADOR, together=True)
    assert [(item.numero, item.situacao, item.historico[-1].evento) for item in ended] == [
        (NUMERO, C, Evento.CANCELADA), ("2", C, Evento.CANCELADA), ("3", C, Evento.RETIRADA),
    ]  # fmt: skip
    assert len(t.cancel(parent, (dead,), PRESTADOR)) == 1


@pytest.mark.regra("AUT-CANCELAMENTO")
def test_nothing_is_cancelled_when_a_complement_was_billed() -> None:
    with pytest.raises(JaFaturadaError) as raised:
        t.cancel(an_authorization(), (in_situation(U, numero="2"),), PRESTADOR, together=True)
    assert raised.value.sequencias == (1,)


@pytest.mark.regra("AUT-CANCELAMENTO")
def test_a_senha_that_expired_unnoticed_is_not_cancelled() -> None:
    with pytest.raises(TransicaoInvalidaError) as raised:
        t.cancel(an_authorization(), (), an_ato(hoje=DEPOIS))
    assert raised.value.situacao == V


@pytest.mark.regra("AUT-CANCELAMENTO")
def test_the_standards_code_tells_what_became_of_a_cancellation() -> None:
    codes = [t.cancellation_status(e) for e in (None, JaFaturadaError((1,)), AutorizacaoNotFoundError(), X("NEGADA"))]
    assert codes == [
        StatusCancelamento.CANCELADO_COM_SUCESSO, StatusCancelamento.NAO_CANCELADO,
        StatusCancelamento.GUIA_INEXISTENTE, StatusCancelamento.NAO_CANCELADO,
    ]  # fmt: skip


@pytest.mark.regra("AUT-EXPIRACAO")
def test_nothing_expires_before_its_day_nor_while_its_stay_lasts() -> None:
    for dia, principal in ((VALIDADE, None), (DEPOIS, a_stay_authorization(admissao=HOJE))):
        with pytest.raises(DataInvalidaError):
            t.expire(an_authorization(), an_ato(Papel.SISTEMA, dia), principal)


# --- the Central ---


@pytest.mark.regra("AUT-QUANTIDADE-CENTRAL")
def test_the_central_never_goes_below_what_was_billed_nor_above_what_was_asked() -> None:
    used = an_authorization(an_item(quantidade=5, faturada=Decimal(2)), situacao=U)
    assert t.change_quantities(used, {1: Decimal(2)}, CENTRAL).itens[0].autorizada == 2
    for quantidade in (Decimal(1), Decimal(6)):
        with pytest.raises(QuantidadeInvalidaError) as raised:
            t.change_quantities(used, {1: quantidade}, CENTRAL)
        assert [raised.value.sequencia, raised.value.minimo, raised.value.maximo] == [1, 2, 5]


@pytest.mark.regra("AUT-QUANTIDADE-CENTRAL")
def test_the_central_gives_back_what_it_took_but_not_what_was_denied() -> None:
    taken = t.change_quantities(an_authorization(an_item(quantidade=2)), {1: Decimal(1)}, CENTRAL)
    assert t.change_quantities(taken, {1: Decimal(2)}, CENTRAL).situacao is A
    denied = decided(a_pending(Z, in_analysis(1, 10)), nao(1, 5))
    with pytest.raises(QuantidadeInvalidaError):
        t.change_quantities(denied, {1: Decimal(6)}, CENTRAL)
    fewer = decided(a_pending(Z, in_analysis(1), solicitacao=a_stay()), sim(1, 1), nao(DIARIAS, 2))
    assert (fewer.solicitacao.diarias, fewer.diarias_autorizadas) == (3, 2)
    assert t.change_quantities(fewer, {DIARIAS: Decimal(1)}, CENTRAL).diarias_autorizadas == 1
    with pytest.raises(QuantidadeInvalidaError):
        t.change_quantities(fewer, {DIARIAS: Decimal(3)}, CENTRAL)


@pytest.mark.regra("AUT-QUANTIDADE-CENTRAL")
def test_an_item_without_quantity_is_cancelled_and_with_the_last_one_the_senha() -> None:
    two = an_authorization(an_item(1), an_item(2))
    one = t.change_quantities(two, {1: Decimal(0)}, CENTRAL)
    assert (one.situacao, [item.situacao for item in one.itens]) == (
        P, [SituacaoItem.CANCELADO, SituacaoItem.AUTORIZADO],
    )  # fmt: skip
    none = t.change_quantities(one, {2: Decimal(0)}, CENTRAL)
    assert (none.situacao, none.historico[-1].evento) == (C, Evento.CANCELADA)


@pytest.mark.regra("AUT-QUANTIDADE-CENTRAL")
def test_the_last_quantity_is_not_taken_from_what_something_living_was_asked_on() -> None:
    on_it = (an_authorization(numero="2"), in_situation(C, numero="3"))
    with pytest.raises(ComplementosVivosError) as refused:
        t.change_quantities(an_authorization(), {1: Decimal(0)}, CENTRAL, None, on_it)
    assert refused.value.numeros == ("2",)
    assert t.change_quantities(an_authorization(), {1: Decimal(0)}, CENTRAL, None, on_it[1:]).situacao is C
    parted = an_authorization(an_item(quantidade=2))
    assert t.change_quantities(parted, {1: Decimal(1)}, CENTRAL, None, on_it).situacao is P


@pytest.mark.regra("AUT-QUANTIDADE-CENTRAL")
def test_days_of_a_stay_are_changed_like_items() -> None:
    stay = a_stay_authorization()
    assert t.change_quantities(stay, {DIARIAS: Decimal(2)}, CENTRAL).diarias_autorizadas == 2
    with pytest.raises(QuantidadeInvalidaError):
        t.change_quantities(stay, {DIARIAS: Decimal(4)}, CENTRAL)
    with pytest.raises(QuantidadeInvalidaError):
        t.change_quantities(an_authorization(), {DIARIAS: Decimal(1)}, CENTRAL)


def test_an_item_that_is_not_there_is_not_found() -> None:
    with pytest.raises(AutorizacaoNotFoundError):
        t.change_quantities(an_authorization(), {9: Decimal(0)}, CENTRAL)


def test_the_central_sends_a_patient_elsewhere() -> None:
    assert t.change_executante(an_authorization(), CLINICA, CENTRAL).solicitacao.executa == CLINICA


# --- oncology ---


@pytest.mark.regra("AUT-DATA-PEDIDA", "AUT-DATA-DECIDIDA")
def test_another_day_is_asked_for_and_approved_or_left() -> None:
    asked = t.request_date(an_authorization(replace(JA, data_pedida=None)), 1, VALIDADE, PRESTADOR)
    assert (asked.itens[0].data_prevista, asked.itens[0].data_pedida) == (HOJE, VALIDADE)
    yes, no = (t.decide_date(asked, 1, CENTRAL, approved=approved).itens[0] for approved in (True, False))
    assert (yes.data_prevista, yes.data_pedida) == (VALIDADE, None)
    assert (no.data_prevista, no.data_pedida) == (HOJE, None)


@pytest.mark.parametrize("dia", [ONTEM, DEPOIS])
@pytest.mark.regra("AUT-DATA-PEDIDA")
def test_the_other_day_lies_inside_the_validity(dia: date) -> None:
    with pytest.raises(DataInvalidaError):
        t.request_date(an_authorization(JA), 1, dia, PRESTADOR)


@pytest.mark.parametrize(
    "item",
    [
        an_item(),
        an_item(data_prevista=HOJE, situacao=SituacaoItem.NEGADO, autorizada=Decimal(0)),
        an_item(data_prevista=HOJE, faturada=Decimal(1)),
    ],
)
@pytest.mark.regra("AUT-DATA-PEDIDA")
def test_only_an_authorised_item_of_a_planned_day_has_another(item: Any) -> None:
    with pytest.raises(TransicaoInvalidaError):
        t.request_date(an_authorization(an_item(2), item, situacao=A), 1, AMANHA, PRESTADOR)


@pytest.mark.regra("AUT-DATA-DECIDIDA")
def test_a_day_nobody_asked_for_is_not_decided() -> None:
    with pytest.raises(TransicaoInvalidaError):
        t.decide_date(an_authorization(), 1, CENTRAL, approved=True)


# --- a stay ---


@pytest.mark.regra("AUT-INTERNACAO")
def test_admission_on_the_last_day_counts_even_when_told_later() -> None:
    late = an_ato(hoje=DEPOIS)
    expired = a_stay_authorization(situacao=V)
    after = t.admit(expired, VALIDADE, late)
    assert (after.admissao, after.situacao, after.situacao_em(DEPOIS)) == (VALIDADE, A, A)
    with pytest.raises(SenhaExpiradaError) as raised:
        t.admit(expired, DEPOIS, late)
    assert raised.value.validade == VALIDADE


@pytest.mark.regra("AUT-INTERNACAO")
def test_nobody_is_admitted_twice_tomorrow_or_to_an_examination() -> None:
    admitted = t.admit(a_stay_authorization(), HOJE, PRESTADOR)
    for refused, dia in ((admitted, HOJE), (an_authorization(), HOJE)):
        with pytest.raises(TransicaoInvalidaError):
            t.admit(refused, dia, PRESTADOR)
    with pytest.raises(DataInvalidaError):
        t.admit(a_stay_authorization(), AMANHA, PRESTADOR)


@pytest.mark.regra("AUT-ALTA")
def test_who_was_admitted_goes_home_once() -> None:
    admitted = a_stay_authorization(admissao=ONTEM)
    home = t.discharge(admitted, HOJE, PRESTADOR, motivo_alta="11")
    assert (home.alta, home.motivo_alta) == (HOJE, "11")
    for refused in (home, a_stay_authorization()):
        with pytest.raises(TransicaoInvalidaError):
            t.discharge(refused, HOJE, PRESTADOR, motivo_alta="11")
    for dia in (ONTEM - timedelta(days=1), AMANHA):
        with pytest.raises(DataInvalidaError):
            t.discharge(admitted, dia, PRESTADOR, motivo_alta="11")


# --- substituição ---


@pytest.mark.regra("AUT-SUBSTITUICAO")
def test_a_refused_substitution_leaves_the_old_as_it_was() -> None:
    old, new = an_authorization(), in_situation(S.NEGADA, numero="N")
    assert t.substitute(old, new, (), PRESTADOR) == t.Substituicao(old, new)


@pytest.mark.regra("AUT-SUBSTITUICAO")
def test_a_granted_substitution_ends_the_old_at_once_and_its_stay_goes_on() -> None:
    old, new = a_stay_authorization(admissao=ONTEM), a_stay_authorization(numero="N", substitui=NUMERO)
    done = t.substitute(old, new, (), PRESTADOR)
    assert (done.antiga.situacao, done.antiga.substituida_por, done.nova.admissao) == (C, "N", ONTEM)
    plain = t.substitute(an_authorization(), an_authorization(numero="N"), (), PRESTADOR)
    assert plain.nova == an_authorization(numero="N")


@pytest.mark.regra("AUT-SUBSTITUICAO", "AUT-SUBSTITUICAO-DECIDIDA")
def test_what_replaces_a_senha_inherits_its_first_day_along_the_chain_and_whenever_it_is_decided() -> None:
    first = an_authorization(data_autorizacao=ONTEM)
    second = t.substitute(first, an_authorization(numero="N", substitui=NUMERO), (), PRESTADOR).nova
    assert (second.data_autorizacao, second.primeiro_dia) == (HOJE, ONTEM)
    asked = t.substitute(second, a_pending(numero="P", substitui="N"), (), PRESTADOR)
    assert asked.nova.primeiro_dia is None
    third = t.settle_substitution(asked.antiga, decided(asked.nova, sim()), AUDITORIA).nova
    assert (third.data_autorizacao, third.primeiro_dia) == (HOJE, ONTEM)


def asked_to_replace() -> t.Substituicao:
    return t.substitute(an_authorization(), a_pending(numero="N", substitui=NUMERO), (), PRESTADOR)


@pytest.mark.regra("AUT-SUBSTITUICAO", "AUT-SUBSTITUICAO-DECIDIDA")
def test_the_old_stays_valid_until_the_decision_ends_it() -> None:
    both = asked_to_replace()
    assert (both.antiga.situacao_em(HOJE), both.antiga.substituicao) == (A, "N")
    with pytest.raises(TransicaoInvalidaError):
        t.settle_substitution(both.antiga, both.nova, AUDITORIA)
    done = t.settle_substitution(both.antiga, decided(both.nova, sim()), AUDITORIA)
    assert (done.antiga.situacao, done.antiga.substituida_por, done.nova.situacao) == (C, "N", A)


@pytest.mark.parametrize("end", [lambda a: decided(a, nao()), lambda a: t.withdraw(a, PRESTADOR)])
@pytest.mark.regra("AUT-SUBSTITUICAO-DECIDIDA")
def test_the_old_goes_on_when_the_new_is_denied_or_withdrawn(end: Act) -> None:
    both = asked_to_replace()
    done = t.settle_substitution(both.antiga, end(both.nova), AUDITORIA)
    assert (done.antiga.situacao, done.antiga.substituicao) == (A, None)
    assert done.antiga.historico[-1].evento is Evento.SUBSTITUICAO_ENCERRADA


@pytest.mark.regra("AUT-SUBSTITUICAO-DECIDIDA")
def test_an_old_one_that_ended_by_itself_hinders_nothing() -> None:
    both = asked_to_replace()
    granted = decided(both.nova, sim())
    (cancelled,) = t.cancel(both.antiga, (), PRESTADOR)
    assert t.settle_substitution(cancelled, granted, AUDITORIA) == t.Substituicao(cancelled, granted)
    expired = t.expire(replace(both.antiga, validade=ONTEM), SISTEMA)
    done = t.settle_substitution(expired, granted, AUDITORIA)
    # It ends for good: an admission that is told of late would have made it valid again, beside the new one.
    assert (done.antiga.situacao, done.antiga.substituida_por, done.antiga.substituicao) == (
        Situacao.CANCELADA, granted.numero, None,
    )  # fmt: skip
    with pytest.raises(TransicaoInvalidaError):
        t.admit(done.antiga, HOJE, PRESTADOR)


@pytest.mark.regra("AUT-SUBSTITUICAO-DECIDIDA")
def test_an_old_one_that_was_used_meanwhile_is_not_replaced() -> None:
    both = asked_to_replace()
    used = t.bill(both.antiga, usos_of({1: 1}))
    with pytest.raises(JaFaturadaError):
        t.settle_substitution(used, decided(both.nova, sim()), AUDITORIA)
    assert t.settle_substitution(used, decided(both.nova, nao()), AUDITORIA).antiga.situacao is U


@pytest.mark.regra("AUT-SUBSTITUICAO")
def test_neither_a_parent_nor_one_already_asked_to_be_replaced_is_replaced() -> None:
    with pytest.raises(ComplementosVivosError):
        t.check_substitution(an_authorization(), (an_authorization(numero="2"),), HOJE)
    with pytest.raises(TransicaoInvalidaError):
        t.check_substitution(asked_to_replace().antiga, (), HOJE)
    t.check_substitution(an_authorization(), (in_situation(C),), VALIDADE)


# --- use ---


@pytest.mark.parametrize(
    ("situacao", "used", "freed"),
    [(A, U, A), (P, U, P), (U, U, A), (V, U, A), *((one, X, X) for one in (Z, J, D, C, S.NEGADA))],
)
def test_what_was_granted_is_used_and_freed_again_whatever_the_day(situacao: Situacao, used: Any, freed: Any) -> None:
    before = in_situation(situacao)
    for usos, expected in (({1: 1}, used), ({}, freed)):
        if expected is X:
            with pytest.raises(TransicaoInvalidaError):
                t.bill(before, usos_of(usos))
            continue
        after = t.bill(before, usos_of(usos))
        assert (after.situacao, after.versao, after.historico) == (expected, before.versao + 1, before.historico)
        assert after.itens[0].faturada == usos.get(1, 0)
    if used is not X:
        assert t.bill(t.bill(before, usos_of({1: 1})), {}).situacao is freed


def test_of_each_papel_no_more_than_is_authorised_and_of_the_item_the_most_of_any() -> None:
    held = an_authorization(an_item(quantidade=2), an_item(2))
    team = {"261120000001#001": {(1, "00"): UM, (1, "06"): DOIS}, "261120000002#001": {(1, "00"): UM, (2, "00"): UM}}
    used = t.bill(held, team)
    assert [item.faturada for item in used.itens] == [2, 1]
    assert (used.faturadas, used.esgotada) == ((1, 2), True)
    for papel in ("00", "06"):
        with pytest.raises(QuantidadeInvalidaError) as refused:
            t.bill(held, {**team, "261120000003#001": {(1, papel): UM}})
        assert [refused.value.sequencia, refused.value.maximo] == [1, 2]
    with pytest.raises(AutorizacaoNotFoundError):
        t.bill(held, usos_of({3: 1}))


def test_diarias_are_used_like_an_item() -> None:
    stay = a_stay_authorization()
    used = t.bill(stay, usos_of({DIARIAS: 2}))
    assert [used.situacao, used.faturadas, used.diarias_faturadas, used.esgotada] == [U, (DIARIAS,), 2, False]
    assert t.bill(stay, usos_of({DIARIAS: 3, 1: 3})).esgotada
    with pytest.raises(QuantidadeInvalidaError):
        t.bill(stay, usos_of({DIARIAS: 4}))
    assert t.bill(used, {}) == replace(stay, versao=3)


def test_diarias_that_were_billed_hinder_whatever_items_do() -> None:
    used = t.bill(a_stay_authorization(), usos_of({DIARIAS: 2}))
    waiting = replace(a_stay_authorization(), substituicao="N")
    for act in (
        lambda: t.cancel(used, (), PRESTADOR),
        lambda: t.cancel(an_authorization(numero="9"), (used,), PRESTADOR, together=True),
        lambda: t.change_executante(used, CLINICA, CENTRAL),
        lambda: t.check_substitution(used, (), HOJE),
        lambda: t.settle_substitution(t.bill(waiting, usos_of({DIARIAS: 1})), an_authorization(numero="N"), AUDITORIA),
    ):
        with pytest.raises(JaFaturadaError) as refused:
            act()
        assert refused.value.sequencias == (DIARIAS,)
    assert t.change_quantities(used, {DIARIAS: DOIS, 1: Decimal(0)}, CENTRAL).situacao is U
    with pytest.raises(QuantidadeInvalidaError) as below:
        t.change_quantities(used, {DIARIAS: UM}, CENTRAL)
    assert [below.value.sequencia, below.value.minimo, below.value.maximo] == [DIARIAS, 2, 3]


def test_an_unknown_parent_says_nothing_about_itself() -> None:
    assert str(PrincipalNotFoundError()) == ""
