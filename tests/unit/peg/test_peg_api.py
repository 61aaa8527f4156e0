"""The REST entry of PEGs for their prestador, from the proxied request to the answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ReadTimeoutError

from conecta_campos.numeros import reais
from conecta_contas.analise import Recuperado
from conecta_contas.errors import MotivoAusenteError
from conecta_contas.pegs import STATUS_PROTOCOLO, Papel, Peg, SituacaoPeg
from conecta_edge.audit import Actor
from conecta_senhas.errors import MudouError as SenhaMudouError
from peg.domain.errors import MudouError, TransicaoInvalidaError
from peg.handler import pegs as handler
from peg.schemas import exemplos, pegs
from peg.schemas.pegs import GlosasView, GuiaDetalheView, GuiasView, PegsPage, PegView
from peg.service import atos
from tests.builders_cadastro import CARTEIRA, CONSULTA, HEMOGRAMA
from tests.builders_functions import HOSPITAL, NOW, VALE, machine, person
from tests.builders_peg import DIA, SENHA, a_resumo, a_sadt, authorised, done, granted, granted_stay
from tests.casa_peg import AUDITORA, SISTEMA
from tests.fakes import STORED
from tests.fakes_cadastro import PSEUDONIMOS
from tests.fakes_peg_api import DA_CLINICA, FATURISTA, MAQUINA, RECEPCAO, SO_LE, UM, ApiCasa, errors

GUIAS, GUIA, GLOSAS = f"{UM}/guias", f"{UM}/guias/{{sequencia}}", f"{UM}/glosas"
RECEIPT = f"{UM}/recebimento.xml"
READING = (UM, GUIAS, GLOSAS, RECEIPT)
ACTS = ("cancelamento", "guias/{sequencia}/retirada", "informacao")
BODIES: dict[str, dict[str, Any]] = {
    "cancelamento": {}, "guias/{sequencia}/retirada": {"motivo": "Paciente errado."}, "informacao": {"texto": "Segue."},
}  # fmt: skip
AUSENTE = "261120000099"


@pytest.fixture
def casa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ApiCasa:
    made = ApiCasa(monkeypatch)
    made.autoriza(granted(authorised(HEMOGRAMA, 2)))
    return made


@pytest.fixture
def peg(casa: ApiCasa) -> Peg:
    """A guia that is due, and one that asks twice the price."""
    dear = done(valor="37.00", data_execucao=DIA - timedelta(days=1))
    return casa.recebe(a_sadt(), a_sadt(dear, numero="G2"))


def shift(peg: Peg, casa: ApiCasa, **changes: Any) -> Peg:
    """The PEG as if it were so."""
    held = replace(peg, **changes)
    casa.pegs._store(casa.peg(peg.protocolo), held)
    return held


# --- read ---


def test_a_peg_is_read_by_its_protocolo(casa: ApiCasa, peg: Peg) -> None:
    status, body, headers = casa.get(UM, peg)
    assert (status, headers["ETag"]) == (200, f'"{peg.versao}"')
    PegView.model_validate_json(json.dumps(body))
    (marco,) = body.pop("historico")
    assert (marco["evento"], marco["situacao"], marco["vez_de"]) == ("RECEBIDO", "RECEBIDO", "AUDITORIA")
    assert "quem" not in marco
    assert body == {
        "protocolo": peg.protocolo,
        "situacao": {"codigo": "1", "nome": "RECEBIDO", "de_quem_e_a_vez": "operadora", "ate": None},
        "registro_ans": VALE,
        "numero_lote": "1",
        "porta": "XML_S3",
        "tipo_guia": "guiaSP-SADT",
        "versao_tiss": "4.01.00",
        "codificacao_hash": "iso-8859-1",
        "competencia": "202611",
        "data_recepcao": "2026-11-21T12:00:00.000000Z",
        "quantidade_guias": 2,
        "guias_retiradas": [],
        "valor_apresentado": "55.50",
        "valor_retirado": "0.00",
        "valor_informado": "55.50",
        "valor_glosado": "18.50",
        "valor_liberado": "37.00",
        "valor_recuperado": "0.00",
        "recuperacoes": [],
        "publicada_em": None,
        "upload_id": "u1",
        "versao": peg.versao,
    }


@pytest.mark.parametrize("situacao", sorted(STATUS_PROTOCOLO))
def test_every_visible_state_has_its_tiss_code_and_says_whose_turn_it_is(
    casa: ApiCasa, peg: Peg, situacao: SituacaoPeg
) -> None:
    body = casa.get(UM, shift(peg, casa, situacao=situacao))[1]
    assert body["situacao"]["codigo"] == STATUS_PROTOCOLO[situacao]
    turn = {"AGUARDANDO_INFORMACAO": "prestador", "PAGO": "ninguem", "CANCELADO": "ninguem"}
    turn["ENCERRADO_SEM_PAGAMENTO"] = "ninguem"
    assert body["situacao"]["de_quem_e_a_vez"] == turn.get(situacao, "operadora")
    assert (body["valor_liberado"] is None) == (situacao is SituacaoPeg.CANCELADO)


def test_until_when_it_is_somebodys_turn_is_told_while_it_is(casa: ApiCasa, peg: Peg) -> None:
    last = replace(peg.historico[-1], ate=date(2026, 12, 1))
    waiting = shift(peg, casa, historico=(last,), situacao=SituacaoPeg.AGUARDANDO_INFORMACAO)
    assert casa.get(UM, waiting)[1]["situacao"]["ate"] == "2026-12-01"
    over = shift(peg, casa, historico=(last,), situacao=SituacaoPeg.PAGO)
    assert casa.get(UM, over)[1]["situacao"]["ate"] is None
    assert pegs.resumo(replace(peg, historico=()))["situacao"]["ate"] is None


@pytest.mark.parametrize("resource", READING)
def test_foreign_absent_unfinished_and_misspelt_get_the_same_answer(casa: ApiCasa, peg: Peg, resource: str) -> None:
    foreign = casa.get(resource, peg, DA_CLINICA)
    assert foreign[0] == 404
    unfinished = replace(peg, protocolo="261120000050", situacao=SituacaoPeg.PREPARANDO)
    casa.pegs.rows[HOSPITAL, unfinished.protocolo] = unfinished
    for name in (AUSENTE, unfinished.protocolo, "1", "x" * 300, f"{peg.protocolo}\n", "０61120000001"):
        assert casa.get(resource, name) == foreign
    assert casa.accesses == []


@pytest.mark.parametrize("resource", READING)
def test_who_may_not_read_is_told_only_after_the_peg_was_found(casa: ApiCasa, peg: Peg, resource: str) -> None:
    assert casa.get(resource, peg, RECEPCAO)[0] == 403
    assert casa.get(resource, AUSENTE, RECEPCAO)[0] == 404
    assert casa.get(resource, peg, machine(scope="conecta/documentos.ler"))[0] == 403
    assert casa.accesses == []


@pytest.mark.parametrize("claims", [person(token_use="id"), person("desconhecida"), machine("desconhecida")])
def test_who_is_nobodys_reads_nothing(casa: ApiCasa, peg: Peg, claims: dict[str, Any]) -> None:
    for resource in ("/pegs", *READING):
        assert casa.get(resource, peg, claims)[0] in {401, 403}


def test_a_machine_reads_with_its_scope_and_acts_with_another(casa: ApiCasa, peg: Peg) -> None:
    assert casa.get(UM, peg, SO_LE)[0] == 200
    assert casa.act("cancelamento", peg, {}, claims=SO_LE)[0] == 403
    assert casa.act("cancelamento", peg, {}, claims=MAQUINA)[0] == 200


def test_guias_are_listed_with_what_each_loses_and_without_beneficiario(casa: ApiCasa, peg: Peg) -> None:
    status, body, _ = casa.get(GUIAS, peg)
    assert status == 200
    GuiasView.model_validate_json(json.dumps(body))
    assert body["guias"] == [
        {
            "sequencia": 1, "numero_guia_prestador": "G1", "numero_guia_operadora": None, "senha": SENHA,
            "data_atendimento": DIA.isoformat(), "retirada": False, "valor_informado": "18.50",
            "valor_glosado": "0.00", "valor_liberado": "18.50", "valor_recuperado": "0.00", "itens": 1,
        },
        {
            "sequencia": 2, "numero_guia_prestador": "G2", "numero_guia_operadora": None, "senha": SENHA,
            "data_atendimento": (DIA - timedelta(days=1)).isoformat(), "retirada": False, "valor_informado": "37.00",
            "valor_glosado": "18.50", "valor_liberado": "18.50", "valor_recuperado": "0.00", "itens": 1,
        },
    ]  # fmt: skip
    assert CARTEIRA not in json.dumps(body)
    assert casa.accesses == []


def test_a_guia_is_read_with_its_items_and_every_glosa_explained(casa: ApiCasa, peg: Peg) -> None:
    status, body, _ = casa.get(GUIA, peg, sequencia="2")
    assert status == 200
    GuiaDetalheView.model_validate_json(json.dumps(body))
    assert (body["protocolo"], body["numero_carteira"], body["valor_liberado"]) == (peg.protocolo, CARTEIRA, "18.50")
    (item,) = body["itens"]
    assert {name: item[name] for name in ("codigo", "quantidade", "valor_unitario", "fator", "graus")} == {
        "codigo": HEMOGRAMA, "quantidade": "1", "valor_unitario": "37.00", "fator": "1.00", "graus": [],
    }  # fmt: skip
    assert (item["valor_informado"], item["valor_glosado"], item["valor_liberado"]) == ("37.00", "18.50", "18.50")
    (glosa,) = body["glosas"]
    shown = {name: value for name, value in glosa.items() if name not in {"mensagem", "texto", "caminho", "dados"}}
    assert shown == {
        "id": 1, "nivel": "ITEM", "guia": 2, "numero_guia_prestador": "G2", "item": 1, "codigo": "1705",
        "regra": "COB-PRECO", "campo": "valorUnitario", "visto": "37.00", "esperado": "18.50",
        "base": glosa["base"], "contrato": glosa["contrato"], "providencia": glosa["providencia"], "valor": "18.50",
        "valor_recuperado": "0.00", "autor": "SISTEMA", "revertida": False, "motivo_reversao": None,
        "como_contestar": "Pode ser contestada depois que o PEG for liberado.", "contestar_ate": None,
    }  # fmt: skip
    for name in ("mensagem", "texto", "caminho", "dados", "base", "contrato"):
        assert glosa[name]


def test_what_a_recurso_gave_back_is_shown_of_peg_guia_item_and_glosa(casa: ApiCasa, peg: Peg) -> None:
    published = shift(peg, casa, situacao=SituacaoPeg.LIBERADO, publicada_em=date(2026, 11, 30))
    part = Recuperado("261160000001", 1, 2, 1, Decimal("10.00"))
    atos.recover(published, part.recurso, (part,), SISTEMA, casa.portas())
    whole, guia, glosas = (casa.get(path, peg, sequencia="2")[1] for path in (UM, GUIA, GLOSAS))
    for view, body in ((PegView, whole), (GuiaDetalheView, guia), (GlosasView, glosas)):
        view.model_validate_json(json.dumps(body))
    for of in (whole, guia, guia["itens"][0], guia["glosas"][0], glosas, glosas["glosas"][0]):
        assert of["valor_recuperado"] == "10.00"
    for of in (whole, guia, guia["itens"][0], glosas):
        assert of["valor_glosado"] == "8.50"
    assert (guia["valor_liberado"], glosas["glosas"][0]["valor"]) == ("28.50", "8.50")
    assert glosas["glosas"][0]["contestar_ate"]
    rest = replace(part, recurso="261160000002", valor=Decimal("8.50"))
    atos.recover(published, rest.recurso, (rest,), SISTEMA, casa.portas())
    assert casa.get(GLOSAS, peg)[1]["glosas"][0]["contestar_ate"] is None
    assert whole["recuperacoes"] == [
        {"recurso": "261160000001", "parcela": 1, "valor": "10.00", "em": "2026-11-21"}
    ]  # fmt: skip
    assert whole["historico"][-1]["evento"] == "VALOR_RECUPERADO"


def test_reading_a_guia_names_its_life_in_the_audit_and_reading_glosas_all_of_them(casa: ApiCasa, peg: Peg) -> None:
    vida = PSEUDONIMOS.carteira(VALE, CARTEIRA)
    casa.get(GUIA, peg, sequencia="1")
    casa.get(GLOSAS, peg)
    guia, glosas = casa.accesses
    assert guia.actor == glosas.actor == Actor(f"PRESTADOR#{HOSPITAL}", "pessoa-1", "faturista")
    assert (guia.objeto, guia.sujeitos, guia.campos) == (f"peg/{peg.protocolo}", (vida,), pegs.CAMPOS_DA_GUIA)
    assert (glosas.sujeitos, glosas.campos) == ((vida,), pegs.CAMPOS_DAS_GLOSAS)


@pytest.mark.parametrize("sequencia", ["3", "0", "x", "01", "99999", "1\n"])
def test_a_guia_that_the_peg_does_not_have_is_not_found(casa: ApiCasa, peg: Peg, sequencia: str) -> None:
    assert casa.get(GUIA, peg, sequencia=sequencia)[0] == 404
    assert casa.get(GUIA, peg, RECEPCAO, sequencia=sequencia)[0] == 404
    assert casa.get(GUIA, peg, RECEPCAO, sequencia="1")[0] == 403


def test_diarias_and_quantities_are_texts(casa: ApiCasa) -> None:
    casa.autoriza(granted_stay())
    body = casa.get(GUIA, casa.recebe(a_resumo()), sequencia="1")[1]
    (item,) = body["itens"]
    assert (item["quantidade"], item["despesa"], item["valor_informado"]) == ("3", "05", "1440.00")


def test_glosas_add_up_and_say_until_when_they_are_contested_once_published(casa: ApiCasa, peg: Peg) -> None:
    body = casa.get(GLOSAS, peg)[1]
    GlosasView.model_validate_json(json.dumps(body))
    assert (body["valor_informado"], body["valor_glosado"], body["valor_liberado"]) == ("55.50", "18.50", "37.00")
    assert [(one["id"], one["valor"]) for one in body["glosas"]] == [(1, "18.50")]
    published = shift(peg, casa, situacao=SituacaoPeg.LIBERADO, publicada_em=date(2026, 11, 30))
    (glosa,) = casa.get(GLOSAS, published)[1]["glosas"]
    days = casa.dossie(peg).resultado.glosas[0].contestar_dias
    assert days
    last = date(2026, 11, 30) + timedelta(days=days)
    assert glosa["contestar_ate"] == last.isoformat()
    assert f"{last:%d/%m/%Y}" in glosa["como_contestar"]


def test_glosas_are_told_page_by_page(casa: ApiCasa, peg: Peg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pegs, "GLOSAS", 1)
    dear = (a_sadt(done(valor=f"{n}37.00", sequencial_item=1), numero=f"D{n}", senha=None) for n in range(1, 4))
    found = casa.recebe(*dear, numero="7")
    whole = [one.id for one in casa.dossie(found).resultado.glosas]
    assert len(whole) >= len(found.guias)
    of = {"protocolo": found.protocolo}
    pages = [casa.call("GET", GLOSAS, path=of)[1]]
    while cursor := pages[-1]["cursor"]:
        pages.append(casa.call("GET", GLOSAS, path=of, query={"cursor": cursor})[1])
    assert [one["id"] for page in pages for one in page["glosas"]] == whole
    query = {"cursor": pages[0]["cursor"]}
    assert casa.call("GET", GLOSAS, path={"protocolo": peg.protocolo}, query=query)[0] == 400


def test_nothing_of_a_cancelled_peg_is_contested(casa: ApiCasa, peg: Peg) -> None:
    (glosa,) = casa.get(GLOSAS, casa.cancela(peg))[1]["glosas"]
    assert (glosa["como_contestar"], glosa["contestar_ate"]) == (None, None)


def test_a_glosa_tells_of_what_it_is(casa: ApiCasa, peg: Peg) -> None:
    (one,) = casa.dossie(peg).resultado.glosas
    assert pegs.glosa(replace(one, sequencia=None), peg)["nivel"] == "GUIA"
    whole = pegs.glosa(replace(one, indice=0, sequencia=None, dados="", base="", providencia=""), peg)
    assert (whole["nivel"], whole["guia"], whole["dados"], whole["base"], whole["providencia"]) == (
        "PROTOCOLO", None, None, None, None,
    )  # fmt: skip
    given = pegs.glosa(replace(one, autor="auditora-1", revertida_por="auditora-2", motivo_reversao="Engano"), peg)
    assert (given["autor"], given["revertida"], given["motivo_reversao"], given["como_contestar"]) == (
        "AUDITORIA", True, "Engano", None,
    )  # fmt: skip
    assert "quem" not in given


def test_the_receipt_is_downloaded_as_the_bytes_it_is_and_its_reading_is_audited(casa: ApiCasa, peg: Peg) -> None:
    casa.archive.acervo.put(peg.chave_recebimento, "<a>ç</a>".encode("iso-8859-1"), STORED)
    status, body, headers = casa.get(RECEIPT, peg)
    assert (status, body, headers["Content-Type"]) == (200, "<a>ç</a>".encode("iso-8859-1"), "application/xml")
    assert [one.objeto for one in casa.accesses] == [f"peg/{peg.protocolo}"]


def test_a_receipt_that_is_not_in_the_archive_is_not_found(casa: ApiCasa, peg: Peg) -> None:
    assert casa.get(RECEIPT, shift(peg, casa, chave_recebimento="t/nada.xml"))[0] == 404


def test_an_archive_that_is_behind_its_table_is_a_matter_of_moments(casa: ApiCasa, peg: Peg) -> None:
    status, body, _ = casa.get(GUIAS, shift(peg, casa, dossie="9"))
    assert (status, body["codigo"]) == (503, "temporariamente-indisponivel")


def test_a_guia_without_a_day_and_amounts_of_any_shape(casa: ApiCasa, peg: Peg) -> None:
    dossie = casa.dossie(peg)
    blank = replace(dossie, apresentadas=(replace(dossie.apresentadas[0], data_atendimento=None),))
    assert pegs.guias(peg, blank)[0]["data_atendimento"] is None
    assert reais(Decimal("1E+2")) == "100.00"


# --- listed ---


def test_the_month_is_listed_newest_first_page_by_page(casa: ApiCasa) -> None:
    for number in range(1, 73):
        casa.passa(seconds=1)
        casa.recebe(a_sadt(done(CONSULTA, valor="50.00"), numero=f"G{number}", senha=None), numero=str(number))
    pages = [casa.call("GET", "/pegs")[1]]
    while cursor := pages[-1]["cursor"]:
        pages.append(casa.call("GET", "/pegs", query={"cursor": cursor, "competencia": "202611"})[1])
    for page in pages:
        PegsPage.model_validate_json(json.dumps(page))
    assert [one["numero_lote"] for page in pages for one in page["pegs"]] == [str(n) for n in range(72, 0, -1)]
    assert [len(page["pegs"]) for page in pages] == [30, 30, 12]
    cursor = pages[0]["cursor"]
    for other in ({"claims": DA_CLINICA}, {"query": {"cursor": cursor, "competencia": "202610"}}):
        asked: dict[str, Any] = {"query": {"cursor": cursor}, **other}
        assert casa.call("GET", "/pegs", **asked)[0] == 400


def test_the_list_is_of_the_current_local_month_unless_another_is_asked_for(casa: ApiCasa, peg: Peg) -> None:
    now = casa.call("GET", "/pegs")[1]
    assert [one["protocolo"] for one in now["pegs"]] == [peg.protocolo]
    assert "historico" not in now["pegs"][0]
    assert casa.call("GET", "/pegs", query={"competencia": "202611"})[1] == now
    assert casa.call("GET", "/pegs", query={"competencia": "202610"})[1] == {"pegs": [], "cursor": None}
    assert casa.call("GET", "/pegs", claims=DA_CLINICA)[1] == {"pegs": [], "cursor": None}


@pytest.mark.parametrize("competencia", ["2026-11", "202613", "202600", "", "26", "999912", "２０２６11", "202611\n"])
def test_a_month_that_is_not_one_is_refused(casa: ApiCasa, competencia: str) -> None:
    status, body, _ = casa.call("GET", "/pegs", query={"competencia": competencia})
    assert (status, errors(body)) == (422, [("competencia", "competencia-invalida")])


def test_what_is_wrong_with_the_question_is_told_before_a_wrong_papel(casa: ApiCasa) -> None:
    assert casa.call("GET", "/pegs", claims=RECEPCAO, query={"competencia": "x"})[0] == 422
    assert casa.call("GET", "/pegs", claims=RECEPCAO, query={"cursor": "x"})[0] == 400
    assert casa.call("GET", "/pegs", claims=RECEPCAO, query={"registro_ans": VALE})[0] == 422
    assert casa.call("GET", "/pegs", claims=RECEPCAO, query={"registro_ans": VALE, "numero_lote": "1"})[0] == 403
    assert casa.call("GET", "/pegs", claims=RECEPCAO)[0] == 403


def test_a_peg_is_found_by_its_lote_while_it_holds_the_number(casa: ApiCasa, peg: Peg) -> None:
    asked = {"registro_ans": VALE, "numero_lote": "1"}
    found = casa.call("GET", "/pegs", query=asked)[1]
    assert ([one["protocolo"] for one in found["pegs"]], found["cursor"]) == ([peg.protocolo], None)
    nothing: dict[str, Any] = {"pegs": [], "cursor": None}
    assert casa.call("GET", "/pegs", query={**asked, "numero_lote": "2"})[1] == nothing
    assert casa.call("GET", "/pegs", query=asked, claims=DA_CLINICA)[1] == nothing
    shift(peg, casa, situacao=SituacaoPeg.PREPARANDO)
    assert casa.call("GET", "/pegs", query=asked)[1] == nothing
    del casa.pegs.rows[HOSPITAL, peg.protocolo]
    assert casa.call("GET", "/pegs", query=asked)[1] == nothing


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"registro_ans": VALE}, [("numero_lote", "lote-invalido")]),
        ({"numero_lote": "1"}, [("registro_ans", "registro-invalido")]),
        ({"registro_ans": "34569", "numero_lote": "1" * 13},
         [("registro_ans", "registro-invalido"), ("numero_lote", "lote-invalido")]),
        ({"registro_ans": VALE, "numero_lote": "1", "competencia": "202611"}, [("competencia", "consulta-ambigua")]),
    ],
)  # fmt: skip
def test_a_lote_is_asked_for_by_both_of_its_names_and_nothing_else(
    casa: ApiCasa, query: dict[str, str], wrong: list[tuple[str, str]]
) -> None:
    status, body, _ = casa.call("GET", "/pegs", query=query)
    assert (status, errors(body)) == (422, wrong)


# --- taken back ---


def test_a_received_peg_is_cancelled_and_everything_is_free(casa: ApiCasa, peg: Peg) -> None:
    status, body, headers = casa.act("cancelamento", peg, {"motivo": "Tabela errada."})
    assert (status, headers["ETag"]) == (200, f'"{body["versao"]}"')
    PegView.model_validate_json(json.dumps(body))
    assert (body["situacao"]["nome"], body["historico"][-1]["motivo"]) == ("CANCELADO", "Tabela errada.")
    assert (body["valor_glosado"], body["valor_liberado"]) == (None, None)
    assert casa.usos(SENHA) == {}
    assert casa.cobradas() == []
    assert body["versao"] == casa.peg(peg.protocolo).versao
    assert casa.get(UM, peg)[1] == body


def test_a_guia_is_withdrawn_and_told_apart_from_then_on(casa: ApiCasa, peg: Peg) -> None:
    status, body, _ = casa.act("guias/{sequencia}/retirada", peg, {"motivo": "Paciente errado."}, sequencia="2")
    assert status == 200
    assert (body["guias_retiradas"], body["valor_apresentado"], body["valor_retirado"]) == ([2], "55.50", "37.00")
    assert (body["valor_informado"], body["valor_glosado"], body["valor_liberado"]) == ("18.50", "0.00", "18.50")
    kept, gone = casa.get(GUIAS, peg)[1]["guias"]
    assert (kept["retirada"], gone["retirada"]) == (False, True)
    assert (gone["valor_informado"], gone["valor_glosado"], gone["valor_liberado"]) == ("37.00", None, None)
    detail = casa.get(GUIA, peg, sequencia="2")[1]
    assert (detail["glosas"], detail["itens"][0]["valor_liberado"]) == ([], None)
    status, body, _ = casa.act("guias/{sequencia}/retirada", peg, {"motivo": "Outra."}, sequencia="1")
    assert (status, body["codigo"]) == (409, "ultima-guia")


@pytest.mark.parametrize("sequencia", ["3", "0", "x"])
def test_a_guia_that_is_not_there_is_not_withdrawn(casa: ApiCasa, peg: Peg, sequencia: str) -> None:
    assert casa.act("guias/{sequencia}/retirada", peg, {"motivo": "x"}, sequencia=sequencia)[0] == 404
    assert casa.act("guias/{sequencia}/retirada", peg, {}, sequencia=sequencia)[0] == 404


def test_what_auditoria_asked_for_is_told(casa: ApiCasa, peg: Peg) -> None:
    casa.faz(atos.begin, peg, AUDITORA)
    asked = casa.faz(atos.ask, casa.peg(peg.protocolo), AUDITORA, motivo="O laudo.", ate=date(2026, 12, 1))
    status, body, _ = casa.act("informacao", asked, {"texto": "Segue o laudo."})
    assert (status, body["situacao"]["nome"]) == (200, "EM_ANALISE")
    last = body["historico"][-1]
    assert (last["evento"], last["papel"], last["motivo"]) == ("INFORMACAO_RECEBIDA", "PRESTADOR", "Segue o laudo.")


@pytest.mark.parametrize("act", ACTS)
def test_refusals_come_in_their_order(casa: ApiCasa, peg: Peg, act: str) -> None:
    body = BODIES[act]
    wrong = {**body, "xmotivo": 1}

    def status(what: Any, who: dict[str, Any] = FATURISTA, name: str = peg.protocolo, version: str = "*") -> int:
        return casa.act(act, name, what, claims=who, headers={"if-match": version}, sequencia="1")[0]

    assert status(wrong, machine(scope="conecta/documentos.ler")) == 403
    assert status(wrong, RECEPCAO, AUSENTE) == 404
    assert status(wrong, DA_CLINICA) == 404
    assert status(wrong, RECEPCAO) == 422
    assert status(body, RECEPCAO) == 403
    shift(peg, casa, situacao=SituacaoPeg.ANALISADO)
    assert status(body, version='"77"') == 409
    shift(peg, casa, situacao=SituacaoPeg.AGUARDANDO_INFORMACAO if act == "informacao" else SituacaoPeg.RECEBIDO)
    assert status(body, version='"77"') == 412
    assert status(body, version="nada") == 412
    assert status(body, version=f'W/"{peg.versao}"') == 200


def test_a_state_that_does_not_allow_it_says_what_does(casa: ApiCasa, peg: Peg) -> None:
    for situacao in set(STATUS_PROTOCOLO) - {SituacaoPeg.AGUARDANDO_INFORMACAO}:
        shift(peg, casa, situacao=situacao)
        status, body, _ = casa.act("informacao", peg, {"texto": "Segue."})
        assert (status, body["codigo"], body["situacao"]) == (409, "transicao-impossivel", situacao.value)
        assert "O que é possível" in body["detail"]
    shown = handler.ERRORS[TransicaoInvalidaError](TransicaoInvalidaError("outra coisa"))
    assert (shown.status, shown.extra) == (409, {})


def test_a_key_makes_an_act_once(casa: ApiCasa, peg: Peg) -> None:
    key = {"idempotency-key": "k1"}
    body = {"motivo": "Paciente errado."}
    first = casa.act("guias/{sequencia}/retirada", peg, body, headers=key, sequencia="2")
    assert first[0] == 200
    assert casa.act("guias/{sequencia}/retirada", peg, body, headers=key, sequencia="2")[:2] == first[:2]
    assert casa.act("guias/{sequencia}/retirada", peg, body, headers=key, sequencia="1")[0] == 422
    assert len(casa.peg(peg.protocolo).historico) == 2
    # Kept with the act: it is the version that everybody reads afterwards.
    assert first[1]["versao"] == casa.peg(peg.protocolo).versao


@pytest.mark.parametrize("rota", ["cancelamento", "guias/{sequencia}/retirada"])
@pytest.mark.parametrize("keyed", [True, False])
def test_nobody_is_answered_before_what_an_act_lets_go_is_free(
    casa: ApiCasa, peg: Peg, monkeypatch: pytest.MonkeyPatch, *, rota: str, keyed: bool
) -> None:
    silent = ReadTimeoutError(endpoint_url="https://x")
    body, key = {"motivo": "Paciente errado."}, {"idempotency-key": "k1"} if keyed else {}
    billed = casa.cobradas()
    with monkeypatch.context() as broken:
        broken.setattr(casa.cobrancas, "release", Mock(side_effect=silent))
        for _ in range(2):
            status, refused, _ = casa.act(rota, peg, body, headers=key, sequencia="2")
            assert (status, refused["codigo"]) == (503, "dependencia-indisponivel")
    assert casa.peg(peg.protocolo).liberando
    assert casa.cobradas() == billed
    status, body, _ = casa.act(rota, peg, body, headers=key, sequencia="2")
    assert (status, body["versao"]) == (200, casa.peg(peg.protocolo).versao)
    assert not casa.peg(peg.protocolo).liberando
    assert len(casa.cobradas()) < len(billed)
    assert len(casa.peg(peg.protocolo).historico) == 2


@pytest.mark.parametrize(("port", "method", "error"), [
    ("pegs", "change", MudouError), ("senhas", "many", SenhaMudouError),
])  # fmt: skip
def test_a_peg_or_a_senha_that_others_keep_changing_is_told_to_be_tried_again(
    casa: ApiCasa, peg: Peg, monkeypatch: pytest.MonkeyPatch, *, port: str, method: str, error: type[Exception]
) -> None:
    def lose(*_args: Any, **_more: Any) -> None:
        raise error

    monkeypatch.setattr(getattr(casa, port), method, lose)
    status, body, headers = casa.act("cancelamento", peg, {})
    assert (status, body["codigo"], headers["Retry-After"]) == (409, "mudou-durante-o-ato", "1")


def test_a_reason_of_nothing_is_none(casa: ApiCasa, peg: Peg) -> None:
    status, body, _ = casa.act("guias/{sequencia}/retirada", peg, {"motivo": "   "}, sequencia="1")
    assert (status, errors(body)) == (422, [("motivo", "string_too_short")])
    missing = handler.ERRORS[MotivoAusenteError](None)
    assert (missing.status, missing.erros[0].campo) == (422, "motivo")


def test_examples_are_what_they_are_examples_of() -> None:
    for example in (
        exemplos.PEG,
        exemplos.CANCELADO,
        exemplos.COM_RETIRADA,
        exemplos.EM_ANALISE,
        exemplos.DA_OPERADORA,
    ):
        PegView.model_validate_json(json.dumps(example))
    assert Papel.AUDITORIA.value == exemplos.EM_ANALISE["historico"][-1]["papel"]
    assert NOW.year == int(exemplos.RESUMO["competencia"][:4])
