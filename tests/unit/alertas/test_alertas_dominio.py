"""Alertas: their numbering, what is read of them, what events are told as, what the first page counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertas.domain import alertas as regras
from alertas.domain import painel, resumos
from alertas.domain.alertas import EXCECOES, Area, Leitor, Marca, Sequencia, marcar, marcar_ate, nao_lidos
from alertas.domain.errors import ExcecoesDemaisError
from alertas.domain.painel import Acesso, Parte, contar
from alertas.domain.regras import REGRAS, aviso
from alertas.domain.resumos import Frequencia, Preferencia, carta, escolher, proximo
from tests.builders_alertas import PEG, SENHA, a_day, a_senha_event, an_alerta, an_event, an_image, an_item
from tests.builders_functions import CLINICA, HOSPITAL, NOW, VALE

AREAS = (Area.AUTORIZACAO, Area.PEG, Area.RECURSO)
HOJE = a_day("2026-11-21")


def numbered(areas: list[Area]) -> tuple[Sequencia, list[regras.Alerta]]:
    """Alertas of these areas, in this order."""
    marca, made = Marca(), []
    for area in areas:
        marca = marca.after(area.value)
        made.append(an_alerta(marca.numero, area, marca=marca))
    return Sequencia(prestador_id=HOSPITAL, ultima=marca, versao=1), made


# --- reading ---

MARKS = st.lists(
    st.one_of(
        st.tuples(st.just("um"), st.integers(1, 12), st.booleans()),
        st.tuples(st.just("ate"), st.integers(1, 12), st.just(value=True)),
        st.tuples(st.just("piso"), st.integers(0, 12), st.just(value=True)),
    ),
    max_size=12,
)


@pytest.mark.regra("ALERTA-LEITURA")
@given(st.lists(st.sampled_from(AREAS), min_size=12, max_size=12), MARKS)
def test_what_is_counted_as_unread_is_what_is_unread(areas: list[Area], marks: list[tuple[str, int, bool]]) -> None:
    sequencia, made = numbered(areas)
    leitor, read = Leitor(prestador_id=HOSPITAL, quem="p"), set[int]()
    for kind, number, lido in marks:
        if kind == "um":
            leitor = marcar(leitor, [made[number - 1]], lido=lido, piso=sequencia.piso)
            (read.add if lido else read.discard)(number)
        elif kind == "ate":
            leitor = marcar_ate(leitor, made[number - 1].marca, piso=sequencia.piso)
            read |= set(range(1, number + 1))
        elif number > sequencia.piso.numero:
            sequencia = replace(sequencia, piso=made[number - 1].marca)
        shown = [one for one in made if one.numero > sequencia.piso.numero]
        unread = [one for one in shown if one.numero not in read]
        assert [one.numero for one in shown if not leitor.leu(one.numero)] == [one.numero for one in unread]
        counted = nao_lidos(sequencia, leitor, AREAS)
        assert counted == {area: sum(one.aviso.area is area for one in unread) for area in AREAS}


def test_marking_again_changes_nothing() -> None:
    sequencia, made = numbered([Area.PEG] * 3)
    leitor = Leitor(prestador_id=HOSPITAL, quem="p")
    read = marcar(leitor, made[1:2], lido=True, piso=sequencia.piso)
    assert marcar(read, made[1:2], lido=True, piso=sequencia.piso) is read
    everything = marcar_ate(read, sequencia.ultima, piso=sequencia.piso)
    assert marcar_ate(everything, sequencia.ultima, piso=sequencia.piso) is everything
    assert marcar_ate(everything, made[0].marca, piso=sequencia.piso) is everything
    left = marcar(everything, made[:1], lido=False, piso=sequencia.piso)
    assert marcar_ate(left, made[0].marca, piso=sequencia.piso).nao_lidos == {}
    assert leitor.leu(3, piso=Marca(3))


def test_too_many_read_one_by_one_are_refused() -> None:
    sequencia, made = numbered([Area.PEG] * (EXCECOES + 2))
    leitor = marcar(Leitor(prestador_id=HOSPITAL, quem="p"), made[1:-1], lido=True, piso=sequencia.piso)
    with pytest.raises(ExcecoesDemaisError):
        marcar(leitor, made[-1:], lido=True, piso=sequencia.piso)
    assert len(marcar(leitor, made[:1], lido=True, piso=sequencia.piso).lidos) == 0  # the mark goes ahead of them all


# --- rules ---

TOLD: list[tuple[dict[str, Any], str, str | None]] = [
    (a_senha_event("AutorizacaoDecidida"), "foi autorizada.", None),
    (a_senha_event("AutorizacaoDecidida", "PARCIAL"), "em parte", None),
    (a_senha_event("AutorizacaoDecidida", "NEGADA"), "negado", None),
    (a_senha_event("PendenciaAberta", "AGUARDANDO_DOCUMENTO", ate="2026-12-01"), "até 01/12/2026", "2026-12-01"),
    (a_senha_event("PendenciaAberta", "AGUARDANDO_JUSTIFICATIVA"), "aguarda justificativa.", None),
    (a_senha_event("SenhaAVencer", ate="2026-12-06"), "vale até 06/12/2026", "2026-12-06"),
    (a_senha_event("AutorizacaoExpirada", "EXPIRADA"), "passou do último dia", None),
    (
        an_event("PegRecebido", dados={
            "quantidade_guias": 1, "valor_informado": "1234.50", "valor_glosado": "0.00",
        }), "1 guia, R$ 1.234,50.", None,
    ),
    (
        an_event("PegRecebido", dados={
            "quantidade_guias": 2, "valor_informado": "10.00", "valor_glosado": "4.00",
        }), "2 guias, R$ 10,00. A conferência automática retirou R$ 4,00.", None,
    ),
    (
        an_event("PegRecebido", dados={
            "quantidade_guias": 1, "valor_informado": "1.00", "valor_glosado": "0.00", "numero_lote": "{x}{p}%s{",
        }), "O lote {x}{p}%s{ é o PEG", None,
    ),
    (an_event("LoteRecusado", entidade="upload/u1", dados={"upload_id": "u1"}), "não foi recebido", None),
    (an_event("InformacaoPedida", dados={"ate": "2026-12-05"}), "até 05/12/2026", "2026-12-05"),
    (an_event("PegAnalisado"), "terminou", None),
    (an_event("PegLiberado", dados={"valor_liberado": "90.00"}), "R$ 90,00 liberados", None),
    (
        an_event("GlosaPublicada", dados={"valor_glosado": "18.50", "contestar_ate": "2027-01-09"}),
        "até 09/01/2027", "2027-01-09",
    ),
    (an_event("ValorRecuperado", dados={"valor": "5.00", "recurso": "261160000011"}), "261160000011 devolveu", None),
    (
        an_event("FaturaAberta", dados={"situacao": "PENDENTE", "entrega_ate": "2026-12-18", "parcela": 0}),
        f"da fatura {PEG} até 18/12/2026", "2026-12-18",
    ),
    (
        an_event("ParcelaAberta", dados={"situacao": "PENDENTE", "entrega_ate": None, "parcela": 1}),
        f"da fatura {PEG}-1.", None,
    ),
    (an_event("NotaFiscalAVencer", dados={"entrega_ate": "2026-11-21", "dias": 0}), "termina hoje", "2026-11-21"),
    (an_event("NotaFiscalAVencer", dados={"entrega_ate": "2026-11-22", "dias": 1}), "amanhã", "2026-11-22"),
    (an_event("NotaFiscalAVencer", dados={"entrega_ate": "2026-11-24", "dias": 3}), "em 3 dias", "2026-11-24"),
    (
        an_event("NotaFiscalReagendada", dados={"pagamento_em": "2027-01-20", "entrega_ate": "2027-01-10"}),
        f"fatura {PEG} não chegou no prazo: o pagamento passou para 20/01/2027", "2027-01-10",
    ),
    (
        {**an_event("NotaFiscalReagendada"), "dados": {"pagamento_em": None}},
        "depois do prazo: o pagamento passou para o próximo ciclo", None,
    ),
    (an_event("NotaFiscalRecusada"), "recusada", None),
    (
        an_event("VencimentoAlterado", dados={"entrega_ate": "2026-12-18", "pagamento_em": "2026-12-30"}),
        "até 18/12/2026, com pagamento em 30/12/2026", "2026-12-18",
    ),
    (
        {**an_event("PagamentoRegistrado"), "dados": {
            "data": "2026-12-30", "valor_liquido": "90.00", "demonstrativo": "261250000001",
        }}, "R$ 90,00 em 30/12/2026: demonstrativo 261250000001", None,
    ),
    ({**an_event("LancamentoRegistrado"), "dados": {"indicador": "1", "valor": "3.00"}}, "débito de R$ 3,00", None),
    ({**an_event("LancamentoRegistrado"), "dados": {"indicador": "2", "valor": "3.00"}}, "crédito de R$ 3,00", None),
    (
        an_event("RecursoRespondido", dados={
            "recurso": "261160000011", "valor_acatado": "0.00", "valor_recursado": "9.00",
        }), "nada dos R$ 9,00", None,
    ),
    (
        an_event("RecursoRespondido", dados={
            "recurso": "261160000011", "valor_acatado": "4.00", "valor_recursado": "9.00",
        }), "R$ 4,00 de R$ 9,00", None,
    ),
    (an_event("RecursoAgendado", dados={"recurso": "2", "valor_acatado": "4.00"}), "pagamento agendado", None),
    (
        {**an_event("DocumentacaoPublicada"), "dados": {
            "publicacao": "p1", "titulo": "Manual", "vigente_de": "2026-12-01",
        }}, "Manual. Vale desde 01/12/2026.", None,
    ),
    ({**an_event("DocumentacaoPublicada"), "dados": {"publicacao": "p1"}}, "uma documentação.", None),
    (
        {**an_event("RelacionamentoDecidido"), "dados": {"situacao": "HABILITADO", "de": "2026-11-21"}},
        f"operadora {VALE} foi habilitado. Vale desde 21/11/2026.", None,
    ),
    (
        {**an_event("WebhookDesligado"), "dados": {"webhook": "w1", "host": "x.example"}},
        "x.example foi desligado, porque deixou de receber", None,
    ),
    (
        {**an_event("WebhookDesligado"), "dados": {"webhook": "w1", "host": "x.example", "motivo": "RECUSADO_410"}},
        "porque respondeu que não quer mais", None,
    ),
]  # fmt: skip


@pytest.mark.regra("ALERTA-AVISO")
@pytest.mark.parametrize(
    ("envelope", "said", "until"), TOLD, ids=lambda one: one["tipo"] if isinstance(one, dict) else ""
)
def test_an_event_is_told_in_plain_words(envelope: dict[str, Any], said: str, until: str | None) -> None:
    made = aviso(envelope, HOSPITAL)
    assert made is not None
    assert said in made.texto
    assert (made.prazo.isoformat() if made.prazo else None) == until
    assert made.caminho is not None
    assert made.caminho.startswith("/")


def test_a_refused_lote_leads_to_where_it_is_corrected() -> None:
    held = {"upload_id": "u1", "achados": 2}
    where = {}
    for porta in ("XML_S3", "XML", "DIGITADO"):
        made = aviso(an_event("LoteRecusado", entidade="upload/u1", dados={**held, "porta": porta}), HOSPITAL)
        assert made is not None
        where[porta] = made.caminho
    assert where == {"XML_S3": "/documentos/uploads/u1", "XML": None, "DIGITADO": "/pegs/rascunhos/u1"}


@pytest.mark.parametrize(
    ("situacao", "title"),
    [("AUTORIZADA", "Senha autorizada"), ("AGUARDANDO_DOCUMENTO", "Falta documento"), ("EM_ANALISE", None)],
)
def test_a_senha_that_another_asked_for_is_told_and_who_asked_was_answered(situacao: str, title: str | None) -> None:
    asked = a_senha_event("AutorizacaoSolicitada", situacao, ate="2026-12-01", pedida_por=CLINICA)
    made = aviso(asked, HOSPITAL)
    assert (made and made.titulo) == title
    assert aviso(asked, CLINICA) is None
    given = aviso(a_senha_event("AutorizacaoSolicitada", situacao, pedida_por=None), CLINICA)
    assert (given and given.titulo) == title


def test_what_is_over_has_no_day_to_act_by() -> None:
    made = aviso(a_senha_event("PendenciaEncerrada", "EM_ANALISE", ate="2026-12-01"), HOSPITAL)
    assert made is not None
    assert (made.prazo, "voltou à análise" in made.texto) == (None, True)


def test_a_publication_that_is_not_shown_yet_leads_to_the_list() -> None:
    dados = {"publicacao": "p1", "titulo": "Manual", "vigente_de": "2026-12-01", "futura": True}
    made = aviso({**an_event("DocumentacaoPublicada"), "dados": dados}, HOSPITAL)
    assert made is not None
    assert (made.caminho, made.texto) == (
        "/documentacoes",
        "A operadora publicou: Manual. Vale desde 01/12/2026. Até lá não é mostrada.",
    )


def test_every_rule_is_tried() -> None:
    tried = {envelope["tipo"] for envelope, _, _ in TOLD}
    same = {
        "AutorizacaoSolicitada",
        "PendenciaProrrogada",
        "PendenciaEncerrada",
        "AutorizacaoCancelada",
        "AutorizacaoSubstituida",
        "QuantidadeAlterada",
        "ExecutanteAlterado",
        "DataDecidida",
        "NotaFiscalAceita",
    }
    assert REGRAS.keys() - tried == same


@pytest.mark.parametrize(
    "envelope",
    [
        an_event("PegEmAnalise"),
        a_senha_event("AutorizacaoDecidida", "CANCELADA"),
        an_event("FaturaAberta", dados={"situacao": "PROGRAMADA"}),
        {**an_event("RelacionamentoDecidido"), "dados": {"situacao": None}},
    ],
)
def test_what_is_no_news_is_not_told(envelope: dict[str, Any]) -> None:
    assert aviso(envelope, HOSPITAL) is None


# --- the first page ---


@pytest.mark.regra("INICIO-CONTAGEM", "R10")
def test_a_senha_waits_for_each_party_from_the_first_warning_to_its_last_day() -> None:
    parties = [HOSPITAL, CLINICA]
    mine, other = painel.de_senha(an_image("SenhaAtualizada", 3, validade="2026-12-06", prestadores=parties))
    assert (mine.prestador_id, other.prestador_id, mine.id, mine.versoes) == (HOSPITAL, CLINICA, SENHA, (3,))
    days = {day: mine.em(a_day(day)) for day in ("2026-11-20", "2026-11-21", "2026-12-06", "2026-12-07")}
    assert list(days.values()) == [False, True, True, False]


@pytest.mark.parametrize(
    "dados",
    [
        {"situacao": "CANCELADA"},
        {"situacao": "NEGADA"},
        {"esgotada": True},
        {"internado": True},
        {"validade": None},
        {"prestadores": [CLINICA], "antigos": [HOSPITAL]},
    ],
)
def test_a_senha_that_is_over_used_up_or_not_mine_any_more_waits_no_more(dados: dict[str, Any]) -> None:
    found = [one for one in painel.de_senha(an_image("SenhaAtualizada", **dados)) if one.prestador_id == HOSPITAL]
    assert [one.em(HOJE) for one in found] == [False]


def test_what_was_written_expired_counts_by_its_own_last_day() -> None:
    (mine,) = painel.de_senha(an_image("SenhaAtualizada", situacao="EXPIRADA", validade="2026-12-01"))
    assert [mine.em(HOJE), mine.em(a_day("2026-12-02")), mine.ultimo_dia] == [True, False, a_day("2026-12-01")]


def test_a_peg_is_open_until_it_is_paid_ended_or_cancelled() -> None:
    states = ("RECEBIDO", "LIBERADO", "PAGO", "ENCERRADO_SEM_PAGAMENTO", "CANCELADO")
    found = [painel.de_peg(an_image("PegAtualizado", situacao=one))[0].em(HOJE) for one in states]
    assert found == [True, True, False, False, False]


def test_a_fatura_waits_while_its_nota_is_missing() -> None:
    (waits,) = painel.de_fatura(an_image("FaturaAtualizada"))
    (sent,) = painel.de_fatura(an_image("FaturaAtualizada", situacao="PROGRAMADA", entrega_ate=None))
    assert (waits.em(HOJE), waits.ate, waits.valor, sent.em(HOJE)) == (
        True,
        a_day("2026-12-10"),
        Decimal("100.00"),
        False,
    )


@pytest.mark.regra("INICIO-CONTAGEM")
def test_glosas_wait_until_their_own_day() -> None:
    answered: dict[str, Any] = {"versao_peg": 4, "versao_contestado": 1, "partes": [
        {"ate": "2026-11-20", "quantas": 5, "valor": "50.00"},
        {"ate": "2026-11-21", "quantas": 2, "valor": "20.00"},
        {"ate": "2026-12-21", "quantas": 1, "valor": "7.50"},
    ]}  # fmt: skip
    item = painel.de_glosas(an_image("ContestacaoAtualizada"), answered)
    assert (item.versoes, item.ate, item.conta) == ((4, 1), a_day("2026-12-21"), True)
    today, tomorrow = contar([item], HOJE), contar([item], HOJE + timedelta(days=1))
    assert (today.quantidade, today.valor, today.ate) == (3, Decimal("27.50"), HOJE)
    assert (tomorrow.quantidade, tomorrow.valor, tomorrow.ate) == (1, Decimal("7.50"), a_day("2026-12-21"))
    assert contar([item], a_day("2026-12-22")).quantidade == 0
    endless = painel.de_glosas(an_image("ContestacaoAtualizada"), {
        **answered, "partes": [*answered["partes"], {"ate": None, "quantas": 1, "valor": "1.00"}],
    })  # fmt: skip
    assert (endless.ate, contar([endless], a_day("2030-01-01")).valor) == (None, Decimal("1.00"))
    nothing = painel.de_glosas(an_image("ContestacaoAtualizada"), {**answered, "partes": []})
    assert (nothing.conta, nothing.em(HOJE)) == (False, False)


def test_a_late_nota_counts_and_its_day_is_not_the_next() -> None:
    late, due = an_item(Acesso.NOTAS, ate=a_day("2026-11-01")), an_item(Acesso.NOTAS, ate=a_day("2026-12-01"))
    found = contar([late, due], HOJE)
    assert (found.quantidade, found.ate) == (2, a_day("2026-12-01"))
    assert Parte(None, 1, Decimal(1)).ate is None


# --- digests ---


@pytest.mark.parametrize(
    ("frequencia", "agora", "quando"),
    [
        (Frequencia.DIARIO, "2026-11-21T05:00:00-03:00", "2026-11-22T07:00:00-03:00"),
        (Frequencia.DIARIO, "2026-11-22T02:59:59+00:00", "2026-11-22T07:00:00-03:00"),
        (Frequencia.SEMANAL, "2026-11-22T12:00:00-03:00", "2026-11-23T07:00:00-03:00"),
        (Frequencia.SEMANAL, "2026-11-23T12:00:00-03:00", "2026-11-30T07:00:00-03:00"),
        (Frequencia.NUNCA, "2026-11-21T05:00:00-03:00", None),
    ],
)
def test_a_digest_leaves_in_the_morning(frequencia: Frequencia, agora: str, quando: str | None) -> None:
    expected = datetime.fromisoformat(quando) if quando else None
    assert proximo(frequencia, datetime.fromisoformat(agora)) == expected


def test_choosing_the_same_again_changes_nothing() -> None:
    held = escolher(Preferencia(prestador_id=HOSPITAL, quem="p"), Frequencia.DIARIO, NOW)
    assert held.proximo_em is not None
    written = replace(held, versao=1)
    assert escolher(written, Frequencia.DIARIO, NOW + timedelta(days=3)) is written
    sent = resumos.enviado(written, NOW)
    assert (sent.enviado_em, resumos.adiado(sent, NOW).proximo_em) == (NOW, NOW + resumos.DE_NOVO)


@pytest.mark.regra("ALERTA-RESUMO")
def test_a_digest_counts_and_names_kinds_and_nothing_else() -> None:
    soon = replace(an_alerta(2), aviso=replace(an_alerta().aviso, titulo="Glosa publicada", prazo=date(2026, 12, 1)))
    over = replace(soon, aviso=replace(soon.aviso, prazo=date(2026, 11, 1)))
    made = carta({Area.PEG: 2, Area.RECURSO: 0}, [an_alerta(), soon, over], HOJE, "https://portal.example")
    assert made is not None
    assert made.assunto == "Conecta: 2 alertas não lidos"
    assert "- Lotes de pagamento: 2\n\nDos mais recentes:\n\n- Glosa publicada: 2\n- PEG analisado: 1\n" in made.texto
    assert "termina em 01/12/2026" in made.texto
    assert "https://portal.example" in made.texto
    assert PEG not in made.texto
    assert carta({Area.PEG: 0}, [], HOJE, "x") is None
    one = carta({Area.PEG: 1}, [], HOJE, "x")
    assert one is not None
    assert ("1 alerta não lido" in one.assunto, "prazo" in one.texto, "recentes" in one.texto) == (True, False, False)
