"""What a request and an authorization say of themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from conecta_senhas.autorizacoes import (
    STATUS,
    Autorizacao,
    Item,
    Papel,
    Situacao,
    SituacaoItem,
    is_alternative,
)
from conecta_senhas.solicitacoes import (
    DocumentoAnexado,
    Remocao,
    TipoAnexo,
    regiao_from_json,
    remocao_as_text,
    remocao_from_text,
)
from conecta_tiss.vocabulary.tables import StatusSolicitacao
from conecta_tiss.vocabulary.wide_tables import Regiao
from tests.builders_autorizacao import (
    AMANHA,
    DROGA,
    GUIA,
    NUMERO,
    ONTEM,
    PROTESE,
    SENHA,
    SESSAO_RADIO,
    VALIDADE,
    a_pending,
    a_request,
    a_stay_authorization,
    an_annex,
    an_asked,
    an_authorization,
    an_item,
    an_opme,
    an_urgencia,
    in_analysis,
    in_situation,
)
from tests.builders_cadastro import CARTEIRA, HOJE, OUTRA_CARTEIRA
from tests.builders_functions import CLINICA, HOSPITAL

DEPOIS = VALIDADE + timedelta(days=1)


def test_items_are_numbered_through_the_guia_and_its_annexes() -> None:
    asked = a_request(
        an_asked(SESSAO_RADIO), an_asked(SESSAO_RADIO, data_provavel=AMANHA), an_asked(),
        anexos=(
            an_annex(TipoAnexo.RADIOTERAPIA, data_provavel=HOJE),
            an_annex(TipoAnexo.QUIMIOTERAPIA, an_asked(DROGA, tabela="20", data_provavel=AMANHA), an_asked(DROGA)),
        ),
    )  # fmt: skip
    assert [(linha.sequencia, linha.campo, linha.anexo, linha.data_provavel) for linha in asked.linhas()] == [
        (1, "itens[0]", None, HOJE),
        (2, "itens[1]", None, AMANHA),
        (3, "itens[2]", None, None),
        (4, "anexos[1].itens[0]", TipoAnexo.QUIMIOTERAPIA, AMANHA),
        (5, "anexos[1].itens[1]", TipoAnexo.QUIMIOTERAPIA, None),
    ]
    assert asked.anexo(TipoAnexo.OPME) is None
    assert [linha.data_provavel for linha in a_request().linhas()] == [None]


def test_who_executes_is_who_asks_unless_another_is_named() -> None:
    assert (a_request().executa, a_request(executante=CLINICA).executa) == (HOSPITAL, CLINICA)
    assert (a_request().urgencia, an_urgencia().urgencia) == (False, True)


def test_quotes_are_counted_among_the_documents() -> None:
    given = (DocumentoAnexado(documento_id="1", cotacao=True), DocumentoAnexado(documento_id="2", tipo="02"))
    assert a_request(documentos=given).cotacoes == 1


@pytest.mark.regra("AUT-REGIAO")
def test_the_other_name_of_a_region_is_understood_in_json() -> None:
    assert (regiao_from_json("AIAS"), regiao_from_json("ASAI"), regiao_from_json("S1")) == (Regiao.ASAI, "ASAI", "S1")


@pytest.mark.parametrize(
    "text", ["Origem: UPA Centro; Destino: Hospital", "Urgente. ORIGEM : UPA Centro ;destino: Hospital ; maca"]
)
@pytest.mark.regra("AUT-REMOCAO")
def test_a_removal_is_read_in_an_observation(text: str) -> None:
    assert remocao_from_text(text) == Remocao(origem="UPA Centro", destino="Hospital")
    assert remocao_from_text(remocao_as_text(Remocao(origem="A", destino="B"))) == Remocao(origem="A", destino="B")


@pytest.mark.parametrize("text", ["", "Origem: A", "Destino: B", "Origem:  ; Destino: B", "Origem: A; Destino:  "])
@pytest.mark.regra("AUT-REMOCAO")
def test_half_a_removal_is_none(text: str) -> None:
    assert remocao_from_text(text) is None


@pytest.mark.parametrize(("authorized", "billed"), [(3, 0), (1, 2), (0, -1)])
def test_no_item_bills_more_than_authorised_nor_is_authorised_more_than_asked(authorized: int, billed: int) -> None:
    with pytest.raises(ValueError, match="must not decrease"):
        an_item(quantidade=2, autorizada=Decimal(authorized), faturada=Decimal(billed))


def opme_item(sequencia: int, opcao: str, autorizada: int, codigo: str = PROTESE) -> Item:
    return an_item(sequencia, solicitado=an_opme(codigo, opcao=opcao), autorizada=Decimal(autorizada))


def test_another_manufacturer_of_the_same_material_leaves_the_rest_undenied() -> None:
    chosen, left = opme_item(1, "2", 1), opme_item(2, "1", 0)
    assert is_alternative(left, (chosen, left))
    assert not is_alternative(chosen, (chosen, left))
    assert not is_alternative(left, (opme_item(1, "1", 1), left))
    assert not is_alternative(left, (opme_item(1, "2", 1, "70000002"), left))
    assert not is_alternative(left, (an_item(1, solicitado=an_asked(PROTESE, tabela="19")), left))
    assert not is_alternative(an_item(1), (an_item(2), an_item(1)))
    assert an_authorization(chosen, left).concedida is Situacao.AUTORIZADA


@pytest.mark.parametrize(
    ("autorizacao", "expected"),
    [
        (an_authorization(), Situacao.AUTORIZADA),
        (an_authorization(an_item(quantidade=2, autorizada=Decimal(1))), Situacao.PARCIAL),
        (an_authorization(an_item(), in_analysis(2)), Situacao.PARCIAL),
        (an_authorization(in_analysis()), Situacao.NEGADA),
        (a_stay_authorization(), Situacao.AUTORIZADA),
        (a_stay_authorization(diarias_autorizadas=2), Situacao.PARCIAL),
    ],
)
def test_what_is_granted_follows_from_the_quantities(autorizacao: Autorizacao, expected: Situacao) -> None:
    assert autorizacao.concedida is expected


@pytest.mark.regra("AUT-SITUACAO")
def test_a_senha_is_valid_on_its_last_day_and_expired_the_day_after() -> None:
    senha = an_authorization()
    assert (senha.situacao_em(VALIDADE), senha.situacao_em(DEPOIS)) == (Situacao.AUTORIZADA, Situacao.EXPIRADA)
    assert (senha.usable_em(VALIDADE), senha.usable_em(DEPOIS)) == (True, False)
    assert (senha.alive_em(VALIDADE), senha.alive_em(DEPOIS)) == (True, False)
    assert (senha.covers(VALIDADE), senha.covers(DEPOIS)) == (True, False)


def test_what_was_never_granted_covers_nothing() -> None:
    assert not a_pending().covers(HOJE)
    assert not a_pending().usable_em(HOJE)
    assert a_pending().alive_em(HOJE)


@pytest.mark.regra("AUT-SITUACAO", "AUT-INTERNACAO", "AUT-ALTA")
def test_an_admitted_stay_and_what_hangs_on_it_are_open_until_discharge() -> None:
    stay = a_stay_authorization(admissao=VALIDADE)
    complement = an_authorization(validade=HOJE)
    assert stay.situacao_em(DEPOIS) is Situacao.AUTORIZADA
    assert complement.usable_em(DEPOIS, stay)
    assert not complement.usable_em(AMANHA, stay)  # the day before admission its own validity counts
    home = replace(stay, alta=DEPOIS)
    assert home.situacao_em(DEPOIS) is Situacao.AUTORIZADA
    assert home.situacao_em(DEPOIS + timedelta(days=1)) is Situacao.EXPIRADA
    assert complement.situacao_em(DEPOIS + timedelta(days=1), home) is Situacao.EXPIRADA
    early = a_stay_authorization(admissao=HOJE, alta=HOJE)
    assert early.situacao_em(VALIDADE) is Situacao.AUTORIZADA


@pytest.mark.regra("AUT-SITUACAO")
def test_expiry_that_was_written_is_undone_by_what_is_told_of_a_stay() -> None:
    written = an_authorization(situacao=Situacao.EXPIRADA, validade=ONTEM)
    assert written.situacao_em(HOJE) is Situacao.EXPIRADA
    assert written.situacao_em(HOJE, a_stay_authorization(admissao=ONTEM)) is Situacao.AUTORIZADA


@pytest.mark.regra("AUT-SITUACAO")
def test_a_used_senha_stays_used_but_is_no_longer_usable_after_its_end() -> None:
    used = in_situation(Situacao.UTILIZADA)
    assert used.situacao_em(DEPOIS) is Situacao.UTILIZADA
    assert (used.usable_em(VALIDADE), used.usable_em(DEPOIS), used.alive_em(DEPOIS)) == (True, False, True)


@pytest.mark.parametrize(("situacao", "status"), STATUS.items())
def test_each_state_has_the_standards_code(situacao: Situacao, status: StatusSolicitacao) -> None:
    assert in_situation(situacao).status_em(HOJE) is status


def test_an_expired_or_used_senha_is_told_as_it_was_granted() -> None:
    assert an_authorization().status_em(DEPOIS) is StatusSolicitacao.AUTORIZADO
    part = in_situation(Situacao.UTILIZADA, itens=(an_item(quantidade=2, autorizada=Decimal(1)),))
    assert part.status_em(HOJE) is StatusSolicitacao.AUTORIZADO_PARCIALMENTE


@pytest.mark.parametrize(
    ("situacao", "vez_de", "ate"),
    [
        (Situacao.EM_ANALISE, Papel.AUDITORIA, HOJE + timedelta(days=7)),
        (Situacao.AGUARDANDO_DOCUMENTO, Papel.PRESTADOR, HOJE + timedelta(days=5)),
        (Situacao.PARCIAL, Papel.PRESTADOR, VALIDADE),
        (Situacao.CANCELADA, None, None),
    ],
)
def test_it_is_told_whose_turn_it_is_and_until_when(situacao: Situacao, vez_de: Papel | None, ate: date | None) -> None:
    assert in_situation(situacao).turn() == (vez_de, ate)


@pytest.mark.regra("AUT-VISIBILIDADE")
def test_only_who_asked_who_does_it_and_who_made_it_see_it() -> None:
    seen = an_authorization(prestador_id="criador", solicitacao=a_request(executante=CLINICA))
    assert all(seen.visible_to(prestador) for prestador in ("criador", HOSPITAL, CLINICA))
    assert not seen.visible_to("outro")


@pytest.mark.parametrize("numero", [SENHA, NUMERO, GUIA])
@pytest.mark.regra("AUT-BUSCA")
def test_it_is_found_by_any_of_its_numbers_and_the_matricula(numero: str) -> None:
    assert an_authorization().matches(numero, CARTEIRA)
    assert not an_authorization().matches(numero, OUTRA_CARTEIRA)
    assert not an_authorization().matches("0", CARTEIRA)


def test_a_cancelled_item_is_none_of_the_others() -> None:
    assert {item.situacao for item in in_situation(Situacao.CANCELADA).itens} == {SituacaoItem.CANCELADO}
