"""Documentações, from the proxied request to the answer: published by the operadora, read by prestadores."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from conecta_edge.clock import day_start
from documentos.bootstrap import publicacoes as bootstrap
from documentos.domain import publicacoes
from documentos.domain.achados import Achado
from documentos.domain.uploads import Situacao
from documentos.handler import documentacoes
from documentos.schemas import publicacoes as schemas
from documentos.schemas.procedimentos import ProcedimentosComSenhaView
from documentos.service.publicacoes import dono
from tests.builders_cadastro import CONSULTA, HEMOGRAMA, a_regra
from tests.builders_documentacoes import HOJE, a_leitor, a_publicacao
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, VALE, machine
from tests.fakes_documentacoes import DA_CLINICA, FATURISTA, RECEPCAO, Mural, da_operadora
from tests.impresso import Printed

LISTA, UMA, ARQUIVO = "/documentacoes", "/documentacoes/{id}", "/documentacoes/{id}/arquivo"
VISITAS, PROCEDIMENTOS = "/documentacoes/visitas", "/documentacoes/procedimentos-com-senha"
DELA, DELA_UMA = "/operadora/documentacoes", "/operadora/documentacoes/{id}"
COMUNICADO: dict[str, Any] = {
    "registro_ans": VALE, "tipo": "COMUNICADO", "titulo": "Recesso", "resumo": "Sem análise no dia 25.", "texto": "…",
}  # fmt: skip
MANUAL: dict[str, Any] = {**COMUNICADO, "tipo": "MANUAL", "titulo": "Manual de faturamento"}
FILE: dict[str, Any] = {"nome_arquivo": "Manual.pdf", "tamanho": 7}


@pytest.fixture
def mural(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Mural:
    return Mural(monkeypatch)


def fits(model: type[BaseModel], body: Any) -> Any:
    model.model_validate_json(json.dumps(body))
    return body


def errors(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(erro["campo"], erro["codigo"]) for erro in body["erros"]]


def begun(mural: Mural, body: Mapping[str, Any] = COMUNICADO, **changes: Any) -> str:
    """A draft's id."""
    who = da_operadora("cadastro", changes.get("registro_ans", VALE))
    status, answer, _ = mural.call("POST", DELA, {**body, **changes}, claims=who)
    assert status == 201, answer
    return str(answer["id"])


def published(mural: Mural, body: Mapping[str, Any] = COMUNICADO, **changes: Any) -> str:
    """What is published now, an instant after what was before."""
    which = begun(mural, body, **changes)
    who = da_operadora("cadastro", changes.get("registro_ans", VALE))
    assert mural.call("POST", f"{DELA_UMA}/publicacao", claims=who, id=which)[0] == 200
    mural.agora += timedelta(minutes=1)
    return which


def sent(mural: Mural, which: str, **changes: Any) -> str:
    """The upload of a draft's file, which is checked."""
    status, answer, _ = mural.call("POST", f"{DELA_UMA}/arquivo", FILE, id=which)
    assert status == 201
    upload_id = str(answer["edicoes"][0]["arquivo_enviado"]["id"])
    mural.arrive(upload_id, **changes)
    return upload_id


def read(mural: Mural, claims: dict[str, Any] | None = None, **query: str) -> list[str]:
    """Ids of what somebody is shown."""
    status, body = mural.get(LISTA, claims, **query)
    assert status == 200, body
    return [one["id"] for one in fits(schemas.DocumentacoesPage, body)["documentacoes"]]


def test_the_ports_of_a_call_are_made_once_and_only_when_they_are_asked_something(
    function_environment: dict[str, str],
) -> None:
    portas = bootstrap.portas()
    assert (portas.publicacoes, portas.leitores) == (bootstrap.portas().publicacoes, bootstrap.leitores())
    assert (portas.hoje, portas.local_day(portas.day_start(portas.hoje))) == (portas.hoje, portas.hoje)


# --- from draft to withdrawal ---


def test_a_manual_is_written_gets_its_file_and_is_read_by_prestadores_only_once_it_is_published(mural: Mural) -> None:
    which = begun(mural, MANUAL)
    assert read(mural) == []
    sent(mural, which)
    status, body, headers = mural.call("POST", f"{DELA_UMA}/publicacao", headers={"If-Match": '"2"'}, id=which)
    assert (status, headers["ETag"], body["versao"]) == (200, '"3"', 3)
    (edition,) = fits(schemas.PublicacaoView, body)["edicoes"]
    assert (edition["situacao"], edition["arquivo"]["nome"], edition["arquivo_enviado"]) == (
        "PUBLICADA",
        "Manual.pdf",
        None,
    )
    assert (edition["publicada_por"], edition["vigente_de"]) == (f"cadastro-{VALE}", "2026-11-21")
    (shown,) = mural.get(LISTA)[1]["documentacoes"]
    assert (shown["id"], shown["edicao"], shown["titulo"], shown["nova"]) == (which, 1, "Manual de faturamento", True)
    status, body, headers = mural.call("GET", UMA, id=which)
    assert (status, fits(schemas.DocumentacaoView, body)["texto"], headers["ETag"]) == (200, "…", '"1"')
    assert mural.call("GET", UMA, headers={"If-None-Match": '"1"'}, id=which)[0] == 304
    status, _, headers = mural.call("GET", ARQUIVO, id=which)
    assert (status, headers["Location"]) == (303, "https://acervo.example/t/9f?900&Manual.pdf")
    (told,) = mural.publicacoes.told
    assert (told.tipo, told.dados["publicacao"], told.dados["substitui"]) == ("DocumentacaoPublicada", which, None)


@pytest.mark.regra("DOC-PUBLICACAO")
def test_a_new_edition_takes_the_place_of_the_one_before_at_once_and_not_earlier(mural: Mural) -> None:
    which = published(mural)
    assert mural.call("POST", f"{DELA_UMA}/edicoes", id=which)[1]["edicoes"][0]["titulo"] == "Recesso"
    assert mural.call("POST", f"{DELA_UMA}/edicoes", id=which)[1]["codigo"] == "publicacao-em-outro-estado"
    changed = {"titulo": "Recesso de fim de ano", "resumo": "Dois dias.", "texto": "25 e 1º."}
    body = mural.call("PUT", DELA_UMA, changed, id=which)[1]
    assert [(one["edicao"], one["situacao"]) for one in body["edicoes"]] == [(2, "RASCUNHO"), (1, "PUBLICADA")]
    assert mural.call("GET", UMA, id=which)[1]["titulo"] == "Recesso"
    body = mural.call("POST", f"{DELA_UMA}/publicacao", id=which)[1]
    assert [(one["edicao"], one["situacao"]) for one in body["edicoes"]] == [(2, "PUBLICADA"), (1, "SUBSTITUIDA")]
    assert mural.call("GET", UMA, id=which)[1]["titulo"] == "Recesso de fim de ano"
    assert read(mural) == [which]
    assert mural.publicacoes.told[-1].dados["substitui"] == 1


def test_an_edition_that_replaces_another_is_published_on_the_day_that_it_holds_from(mural: Mural) -> None:
    which = published(mural)
    mural.call("POST", f"{DELA_UMA}/edicoes", id=which)
    mural.call("PUT", DELA_UMA, {**said(COMUNICADO), "vigente_de": "2026-12-01"}, id=which)
    status, body, _ = mural.call("POST", f"{DELA_UMA}/publicacao", id=which)
    assert (status, errors(body)) == (422, [("vigente_de", "vigencia-futura")])


def said(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: held for name, held in body.items() if name not in {"registro_ans", "tipo"}}


def test_what_is_withdrawn_is_read_by_nobody_and_a_draft_goes_with_it_or_alone(mural: Mural) -> None:
    which = published(mural)
    mural.call("POST", f"{DELA_UMA}/edicoes", id=which)
    body = mural.call("POST", f"{DELA_UMA}/retirada", {"motivo": "Erro.", "edicao": 2}, id=which)[1]
    assert [one["situacao"] for one in body["edicoes"]] == ["RETIRADA", "PUBLICADA"]
    assert (read(mural), len(mural.publicacoes.told)) == ([which], 1), "no prestador ever saw the draft"
    body = mural.call("POST", f"{DELA_UMA}/retirada", {"motivo": "Erro."}, id=which)[1]
    assert [(one["situacao"], one["motivo"]) for one in body["edicoes"]] == [("RETIRADA", "Erro.")] * 2
    assert (read(mural), mural.call("GET", UMA, id=which)[0]) == ([], 404)
    assert (mural.publicacoes.told[-1].tipo, mural.publicacoes.told[-1].dados["edicao"]) == ("DocumentacaoRetirada", 1)
    status, body, _ = mural.call("POST", f"{DELA_UMA}/retirada", {"motivo": "Erro."}, id=which)
    assert (status, body["codigo"]) == (409, "publicacao-em-outro-estado")
    assert mural.call("POST", f"{DELA_UMA}/edicoes", id=which)[0] == 201, "and it may come back"


def test_an_act_is_done_once_by_who_saw_the_publication_as_it_is(mural: Mural) -> None:
    which = begun(mural)
    stale = mural.call("POST", f"{DELA_UMA}/publicacao", headers={"If-Match": '"9"'}, id=which)
    assert (stale[0], stale[1]["codigo"]) == (412, "versao-divergente")
    assert mural.call("POST", f"{DELA_UMA}/edicoes", headers={"If-Match": '"9"'}, id=which)[0] == 412
    first = mural.call("POST", f"{DELA_UMA}/publicacao", headers={"Idempotency-Key": "k"}, id=which)
    assert first[0] == 200
    assert mural.call("POST", f"{DELA_UMA}/publicacao", headers={"Idempotency-Key": "k"}, id=which)[1] == first[1]
    assert mural.call("POST", f"{DELA_UMA}/publicacao", id=which)[1]["codigo"] == "publicacao-em-outro-estado"
    form = (
        mural.call("POST", f"{DELA_UMA}/edicoes", id=which)[0],
        *(
            mural.call("POST", f"{DELA_UMA}/arquivo", FILE, headers={"Idempotency-Key": "a"}, id=which)[1]
            for _ in range(2)
        ),
    )
    assert form[1] == form[2]
    assert len(mural.uploads.rows) == 1
    key = {"Idempotency-Key": "c"}
    created = [mural.call("POST", DELA, COMUNICADO, headers=key)[1]["id"] for _ in range(2)]
    assert created[0] == created[1]


def test_of_two_who_publish_at_the_same_time_one_is_told_that_it_changed(mural: Mural) -> None:
    which = begun(mural)
    held, write = mural.publicacoes, mural.publicacoes.write

    def late(*args: Any, **more: Any) -> None:
        held.write = write  # type: ignore[method-assign]
        assert mural.call("POST", f"{DELA_UMA}/publicacao", id=which)[0] == 200
        write(*args, **more)

    held.write = late  # type: ignore[method-assign]
    status, body, headers = mural.call("POST", f"{DELA_UMA}/publicacao", id=which)
    assert (status, body["codigo"], headers["Retry-After"]) == (409, "mudou-durante-o-ato", "1")
    assert len(held.told) == 1


# --- what stands in the way ---


def test_what_cannot_be_published_says_all_that_is_wrong(mural: Mural) -> None:
    empty = {**MANUAL, "vigente_de": "2026-11-01", "vigente_ate": "2026-11-20"}
    for body, wrong in (
        (empty, [("arquivo", "arquivo-ausente"), ("vigente_ate", "vigencia-encerrada")]),
        ({**COMUNICADO, "texto": None}, [("texto", "texto-ausente")]),
    ):
        which = begun(mural, body)
        status, answer, _ = mural.call("POST", f"{DELA_UMA}/publicacao", id=which)
        assert (status, errors(answer)) == (422, wrong)
    assert read(mural) == []


def test_a_file_counts_once_it_is_checked_and_never_when_it_was_refused(mural: Mural) -> None:
    which = begun(mural, MANUAL)
    status, body, _ = mural.call("POST", f"{DELA_UMA}/arquivo", FILE, id=which)
    upload = body["edicoes"][0]["arquivo_enviado"]
    assert (status, upload["situacao"]) == (201, "AGUARDANDO_ARQUIVO")
    assert body["envio"]["campos"]["key"] == f"t/{VALE}/operadora-{VALE}/publicacao/{upload['id']}"
    status, body, _ = mural.call("POST", f"{DELA_UMA}/publicacao", id=which)
    assert (status, body["codigo"]) == (409, "arquivo-em-conferencia")
    assert mural.call("GET", f"{DELA_UMA}/arquivo", id=which)[0] == 404
    found = (Achado("DOC-FORMATO", "formato-divergente", "Não é PDF."),)
    mural.arrive(upload["id"], situacao=Situacao.RECUSADO, achados=found, chave=None)
    shown = fits(schemas.PublicacaoView, mural.call("GET", DELA_UMA, id=which)[1])["edicoes"][0]["arquivo_enviado"]
    assert (shown["situacao"], shown["achados"][0]["codigo"]) == ("RECUSADO", "formato-divergente")
    status, body, _ = mural.call("POST", f"{DELA_UMA}/publicacao", id=which)
    assert (status, errors(body)) == (422, [("arquivo", "arquivo-recusado")])
    sent(mural, which)
    assert mural.call("GET", f"{DELA_UMA}/arquivo", id=which)[0] == 303
    assert mural.call("POST", f"{DELA_UMA}/publicacao", id=which)[0] == 200
    del mural.uploads.rows[dono(VALE), upload["id"]]
    assert mural.call("GET", f"{DELA_UMA}/arquivo", query={"edicao": "1"}, id=which)[0] == 303
    assert mural.call("GET", f"{DELA_UMA}/arquivo", query={"edicao": "2"}, id=which)[0] == 404


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"titulo": "  "}, [("titulo", "string_too_short")]),
        ({"titulo": "linha\noutra"}, [("titulo", "string_pattern_mismatch")]),
        ({"texto": "x" * 10_001}, [("texto", "string_too_long")]),
        ({"tipo": "CRONOGRAMA"}, [("tipo", "enum")]),
        ({"vigente_ate": "2026-02-30"}, [("vigente_ate", "data-invalida")]),
        ({"vigente_de": "2026-12-02", "vigente_ate": "2026-12-01"}, [("vigente_ate", "vigencia-invertida")]),
        ({"publico": {"ufs": ["XX"]}}, [("publico.ufs[0]", "uf-desconhecida")]),
        ({"publico": {"tipos": ["HOSPITAL"]}}, [("publico.tipos[0]", "enum")]),
        ({"publico": {"prestadores": [HOSPITAL, "nenhum"]}}, [("publico.prestadores[1]", "prestador-desconhecido")]),
        ({"situacao": "PUBLICADA"}, [("situacao", "extra_forbidden")]),
    ],
)
def test_what_is_wrong_in_a_draft_is_said_and_nothing_is_written(
    mural: Mural, change: dict[str, Any], wrong: list[tuple[str, str]]
) -> None:
    status, body, _ = mural.call("POST", DELA, {**COMUNICADO, **change})
    assert (status, errors(body), mural.publicacoes.rows) == (422, wrong, {})


def test_a_file_of_another_format_or_too_large_is_refused_before_it_is_sent(mural: Mural) -> None:
    wrong = {**FILE, "tipo_conteudo": "application/zip", "tamanho": 21 * 1024 * 1024}
    status, body, _ = mural.call("POST", f"{DELA_UMA}/arquivo", wrong, id=begun(mural))
    assert (status, errors(body)) == (
        422, [("tipo_conteudo", "formato-nao-aceito"), ("tamanho", "arquivo-grande-demais")],
    )  # fmt: skip


# --- who publishes ---


def test_manuals_are_of_cadastro_and_comunicados_of_whose_matter_they_are(mural: Mural) -> None:
    which, manual = begun(mural), begun(mural, MANUAL)
    for grupo, may in (("financeiro", True), ("auditoria", True), ("central", False)):
        who = da_operadora(grupo)
        assert mural.call("POST", DELA, COMUNICADO, claims=who)[0] == (201 if may else 403)
        assert mural.call("PUT", DELA_UMA, said(COMUNICADO), claims=who, id=which)[0] == (200 if may else 403)
        status, body, _ = mural.call("POST", DELA, MANUAL, claims=who)
        assert (status, body["papeis"]) == (403, ["cadastro"])
        assert mural.call("POST", f"{DELA_UMA}/arquivo", FILE, claims=who, id=manual)[0] == 403
        assert mural.call("GET", DELA_UMA, claims=who, id=manual)[0] == 200
        assert mural.get(DELA, who)[0] == 200


def test_another_operadoras_publications_are_not_there(mural: Mural) -> None:
    which, da_pasa = begun(mural), da_operadora("cadastro", PASA)
    for method, path, body in (
        ("GET", "", None), ("PUT", "", {}), ("POST", "/edicoes", None), ("POST", "/arquivo", {}),
        ("GET", "/arquivo", None), ("POST", "/publicacao", None), ("POST", "/retirada", {}),
    ):  # fmt: skip
        for asked in (which, f"{PASA}-261121120000-0f3b0c6a", "x", f"{which}\n"):
            answer = mural.call(method, DELA_UMA + path, body, claims=da_pasa, id=asked)
            assert (answer[0], answer[1]["codigo"]) == (404, "nao-encontrado")
    assert mural.call("POST", DELA, COMUNICADO, claims=da_pasa)[0] == 404
    assert mural.get(DELA, da_pasa, registro_ans=VALE)[0] == 404
    assert mural.get(DELA, da_pasa)[1]["edicoes"] == []


def test_editions_are_listed_newest_first_a_page_at_a_time(mural: Mural) -> None:
    made = []
    for _ in range(31):
        made.append(begun(mural))
        mural.agora += timedelta(seconds=1)
    first = fits(schemas.EdicoesPage, mural.get(DELA)[1])
    last = mural.get(DELA, cursor=first["cursor"])[1]
    assert [one["id"] for page in (first, last) for one in page["edicoes"]] == made[::-1]
    assert last["cursor"] is None


# --- who reads what ---


@pytest.mark.regra("DOC-ESTANTE")
def test_a_prestador_reads_what_is_for_it_and_nothing_else_is_there(mural: Mural) -> None:
    of_all = published(mural)
    of_es = published(mural, publico={"ufs": ["ES", "RJ"], "tipos": ["PESSOA_JURIDICA"]})
    of_people = published(mural, publico={"tipos": ["PESSOA_FISICA"]})
    of_clinic = published(mural, publico={"prestadores": [CLINICA]})
    of_clinic_and_es = published(mural, publico={"prestadores": [CLINICA], "ufs": ["ES"]})
    of_pasa = published(mural, registro_ans=PASA)
    assert read(mural) == [of_pasa, of_clinic_and_es, of_es, of_all]
    assert read(mural, registro_ans=VALE) == [of_clinic_and_es, of_es, of_all]
    assert read(mural, DA_CLINICA) == [of_clinic_and_es, of_clinic, of_all]
    for which in (of_people, of_clinic, "999999-261121120000-0f3b0c6a", "x"):
        for resource in (UMA, ARQUIVO):
            answer = mural.call("GET", resource, id=which)
            assert (answer[0], answer[1]["codigo"]) == (404, "nao-encontrado")
    assert mural.call("GET", ARQUIVO, id=of_all)[0] == 404, "it has no file"
    assert mural.get(LISTA, DA_CLINICA, registro_ans=PASA)[0] == 404
    mural.leitores.held.append(a_leitor(CLINICA, registro_ans=PASA, da_rede=False))
    assert read(mural, DA_CLINICA, registro_ans=PASA) == [], "it was never enabled"


def test_a_draft_is_for_nobody_and_what_is_published_is_for_those_of_its_own_operadora() -> None:
    draft = a_publicacao()
    made = publicacoes.publicar(draft, None, "pessoa-9", NOW, HOJE, day_start)
    assert [one.para(a_leitor(), HOJE) for one in (draft, made)] == [False, True]
    assert not made.para(a_leitor(registro_ans=PASA), HOJE)


def test_what_is_not_in_force_yet_or_no_more_is_not_there(mural: Mural) -> None:
    later = published(mural, vigente_de="2026-11-23", vigente_ate="2026-11-24")
    seen = []
    for day in range(21, 27):
        mural.agora = datetime.fromisoformat(f"2026-11-{day}T12:00:00Z")
        seen.append((read(mural), mural.call("GET", UMA, id=later)[0]))
    assert seen == [([], 404)] * 2 + [([later], 200)] * 2 + [([], 404)] * 2
    assert mural.publicacoes.told[0].dados["visivel_em"] == datetime.fromisoformat("2026-11-23T03:00:00Z")


def test_the_list_is_read_a_page_at_a_time_by_tipo_or_only_what_is_new(mural: Mural) -> None:
    made = [published(mural) for _ in range(32)]
    first = mural.get(LISTA)[1]
    assert (len(first["documentacoes"]), first["novas"]) == (30, 32)
    newer = published(mural)
    assert read(mural, cursor=first["cursor"]) == made[1::-1], "what came meanwhile shifts nothing"
    assert read(mural, tipo="MANUAL") == []
    mural.call("POST", VISITAS, {"ate": first["consultado_em"]})
    assert read(mural, novas="true", tipo="COMUNICADO") == [newer]
    wrong: tuple[dict[str, Any], ...] = ({"tipo": "X"}, {"novas": "sim"}, {"registro_ans": "1"})
    for query in wrong:
        status, body = mural.get(LISTA, **query)
        assert (status, body["erros"][0]["campo"]) == (422, next(iter(query)))


@pytest.mark.regra("DOC-ESTANTE")
def test_what_is_new_is_what_came_to_be_seen_since_the_last_visit_of_each_person(mural: Mural) -> None:
    before = published(mural)
    future = published(mural, vigente_de="2026-11-22")
    body = mural.get(LISTA)[1]
    assert (body["novas"], body["visitado_em"]) == (1, None)
    visited = mural.call("POST", VISITAS, {"ate": body["consultado_em"]})
    assert visited[:2] == (200, {"visitado_em": body["consultado_em"]})
    fits(schemas.VisitaView, visited[1])
    mural.agora += timedelta(days=1)
    body = mural.get(LISTA)[1]
    assert [(one["id"], one["nova"]) for one in body["documentacoes"]] == [(future, True), (before, False)]
    assert mural.get(LISTA, RECEPCAO)[1]["novas"] == 2, "nobody visits for another"
    assert mural.call("POST", VISITAS, {"ate": "2099-01-01T00:00:00Z"})[1]["visitado_em"] < "2026-11-23"
    now = mural.call("POST", VISITAS, {})[1]
    assert mural.call("POST", VISITAS, {"ate": "2026-11-01T00:00:00-03:00"})[1] == now, "what was seen stays seen"
    assert mural.get(LISTA)[1]["novas"] == 0
    for wrong in ("2026-11-01T00:00:00", "0001-01-01T00:00:00+14:00", "ontem"):
        assert mural.call("POST", VISITAS, {"ate": wrong})[0] == 422


def test_what_is_shown_a_moment_after_it_came_is_seen_by_that_visit(mural: Mural) -> None:
    published(mural)
    mural.agora -= timedelta(seconds=59)
    body = mural.get(LISTA)[1]
    assert body["novas"] == 1
    mural.call("POST", VISITAS, {"ate": body["consultado_em"]})
    assert mural.get(LISTA)[1]["novas"] == 0


def test_what_is_published_while_somebody_reads_is_new_to_them_the_next_time(mural: Mural) -> None:
    moment = mural.agora
    body = mural.get(LISTA)[1]
    mural.agora = moment - timedelta(seconds=1)  # the clock of who publishes, and is written after that reading
    late = published(mural)
    mural.agora = moment + timedelta(minutes=1)
    mural.call("POST", VISITAS, {"ate": body["consultado_em"]})
    assert read(mural, novas="true") == [late]


def test_the_list_names_what_every_operadora_has_to_who_may_read_it(mural: Mural) -> None:
    def links(claims: dict[str, Any] | None = None) -> set[str]:
        found = mural.get(LISTA, claims)[1]["permanentes"]
        return {f"{one['codigo']} {link['caminho']}" for one in found for link in one["formatos"]}

    whole = links()
    procedures = f"PROCEDIMENTOS_COM_SENHA documentacoes/procedimentos-com-senha?registro_ans={VALE}&formato=pdf"
    assert {procedures, f"CRONOGRAMA cronograma.pdf?registro_ans={PASA}"} <= whole
    assert links(RECEPCAO) == {link for link in whole if "cronograma" not in link}
    mural.call("POST", VISITAS, {})
    assert links() - whole == {
        f"PROCEDIMENTOS_COM_SENHA regras/procedimentos/mudancas?registro_ans={registro}&de=2026-11-21"
        for registro in (VALE, PASA)
    }


def test_machines_read_with_a_scope_of_documents_and_not_with_another(mural: Mural) -> None:
    assert read(mural, machine(scope="conecta/documentos.ler")) == []
    assert mural.get(LISTA, machine(scope="conecta/peg.ler"))[0] == 403


# --- procedures that need a senha (R09) ---


@pytest.mark.regra("DOC-SENHA")
@pytest.mark.regra("R09")
def test_the_list_of_procedures_is_of_the_rules_in_force_on_the_day(mural: Mural) -> None:
    mural.catalogo.put(
        "regras-procedimentos", VALE,
        a_regra(exige_senha=True, descricao="Hemograma completo"),
        a_regra(CONSULTA),
        a_regra("40808041", exige_analise=True, vigente_de=date(2026, 11, 25), vigente_ate=date(2026, 11, 30)),
        a_regra("10", tabela="98", exige_senha=True, plano="OURO", descricao="=1+1"),
    )  # fmt: skip
    status, body, headers = mural.call("GET", PROCEDIMENTOS, claims=RECEPCAO, query={"registro_ans": VALE})
    fits(ProcedimentosComSenhaView, body)
    assert (status, [one["codigo"] for one in body["procedimentos"]], body["total"]) == (200, [HEMOGRAMA], 1)
    again: dict[str, Any] = {
        "headers": {"If-None-Match": headers["ETag"]},
        "query": {"registro_ans": VALE, "data": "2026-11-24"},
    }
    assert mural.call("GET", PROCEDIMENTOS, **again)[0] == 304, "another day, the same list"
    days = {
        day: mural.get(PROCEDIMENTOS, registro_ans=VALE, data=day)[1] for day in ("2026-11-25", "2026-12-01")
    }  # fmt: skip
    assert [one["atualizada_em"] for one in days.values()] == ["2026-11-25", "2026-12-01"]
    mammography = days["2026-11-25"]["procedimentos"][1]
    assert (mammography["codigo"], mammography["descricao"]) == ("40808041", "Mamografia digital bilateral")
    of_plan = mural.get(PROCEDIMENTOS, registro_ans=VALE, plano="OURO", tabela="98")[1]
    assert [(one["codigo"], one["plano"]) for one in of_plan["procedimentos"]] == [("10", "OURO")]
    status, sheet, headers = mural.call(
        "GET", PROCEDIMENTOS, query={"registro_ans": VALE, "plano": "OURO", "formato": "csv"}
    )
    assert (status, headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert sheet.decode("utf-8-sig").splitlines()[1:] == [
        f"22;{HEMOGRAMA};Hemograma completo;N;;;;N;;2026-01-01;", "98;10;'=1+1;N;;;;N;OURO;2026-01-01;",
    ]  # fmt: skip
    status, page, headers = mural.call("GET", PROCEDIMENTOS, query={"registro_ans": VALE, "formato": "pdf"})
    assert (status, headers["Content-Type"], page[:5]) == (200, "application/pdf", b"%PDF-")


def test_the_printed_list_says_all_that_is_asked_of_each_procedure_on_every_page(mural: Mural) -> None:
    rules = [a_regra(f"4{n:07d}", exige_senha=True, descricao=f"Exame {n}") for n in range(60)]
    full = a_regra(
        "1", tabela="XX", exige_analise=True, alta_complexidade=True, documentos=("03", "XX"), limite_quantidade=2,
        limite_dias=180, descricao="Exame raro",
    )  # fmt: skip
    mural.catalogo.put("regras-procedimentos", VALE, *rules, full)
    made = Printed(mural.call("GET", PROCEDIMENTOS, query={"registro_ans": VALE, "formato": "pdf"})[1])
    told = [piece.text for page in made.pages for piece in page]
    assert {"Exame 0", "Exame 59", "2 em 180 dias", "sim, alta complexidade", "03 XX", "Tabela XX"} <= set(told)
    assert "Documentos que vão com o pedido: 03 Pedido do profissional de saúde; XX." in told
    assert [text for text in told if text.startswith("Tabela 22") and text.endswith("(continuação)")]
    assert "Em vigor em 21/11/2026" in told


def test_nothing_of_an_operadora_that_is_not_the_prestadors_is_told(mural: Mural) -> None:
    assert mural.get(PROCEDIMENTOS, DA_CLINICA, registro_ans=PASA)[0] == 404
    wrong: dict[str, Any] = {"registro_ans": VALE, "data": "2026-02-30", "formato": "doc", "plano": "%", "tabela": "1"}
    status, body = mural.get(PROCEDIMENTOS, **wrong)
    assert (status, errors(body)) == (
        422,
        [("data", "data-invalida"), ("formato", "formato-invalido"), ("plano", "plano-invalido"),
         ("tabela", "tabela-invalido")],
    )  # fmt: skip
    assert mural.get(PROCEDIMENTOS)[0] == 422
    mural.catalogo.values.clear()
    assert mural.get(PROCEDIMENTOS, registro_ans=VALE, formato="pdf")[0] == 404


def test_a_list_too_long_for_one_answer_is_asked_for_by_table(mural: Mural, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documentacoes, "MAXIMO", 1)
    mural.catalogo.put(
        "regras-procedimentos", VALE, a_regra(exige_senha=True), a_regra("1", tabela="19", exige_senha=True)
    )
    status, body = mural.get(PROCEDIMENTOS, registro_ans=VALE)
    assert (status, body["codigo"]) == (409, "lista-grande-demais")
    assert mural.get(PROCEDIMENTOS, FATURISTA, registro_ans=VALE, tabela="19")[1]["total"] == 1


# --- what others ask ---


def test_alertas_is_told_how_many_are_new_to_somebody_as_the_list_tells_it(mural: Mural) -> None:
    published(mural)
    asked = {"prestador_id": HOSPITAL, "quem": "pessoa-1"}
    listed = mural.get(LISTA)[1]
    told = mural.call("POST", f"{LISTA}/novas", asked)[1]
    assert told == {"novas": 1, "consultado_em": listed["consultado_em"]}
    mural.call("POST", VISITAS, {"ate": listed["consultado_em"]})
    assert mural.call("POST", f"{LISTA}/novas", asked)[1]["novas"] == 0
    assert mural.call("POST", f"{LISTA}/novas", {**asked, "quem": "pessoa-3"})[1]["novas"] == 1


def audience(mural: Mural, which: str) -> list[str]:
    """Page by page."""
    found, posicao = [], None
    while True:
        told = mural.call("POST", f"{LISTA}/publico", {"publicacao": which, "posicao": posicao})[1]
        found += told["prestadores"]
        posicao = told["posicao"]
        if posicao is None:
            return found


def test_alertas_is_told_for_whom_a_publication_is_whatever_its_first_day_until_it_is_withdrawn(mural: Mural) -> None:
    mural.leitores.held.append(a_leitor("fora", da_rede=False))
    later = (mural.agora + timedelta(days=9)).date().isoformat()
    for_all, of_sp = published(mural, vigente_de=later), published(mural, publico={"ufs": ["SP"]})
    assert audience(mural, for_all) == [HOSPITAL, CLINICA]
    assert audience(mural, of_sp) == [CLINICA]
    assert mural.call("POST", f"{DELA_UMA}/retirada", {"motivo": "Engano."}, id=of_sp)[0] == 200
    assert audience(mural, of_sp) == []
