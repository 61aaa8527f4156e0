"""A closed draft is sent: one PEG however often, whoever and wherever interrupted; refused, it is open again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conecta_contas.pegs import Porta, SituacaoPeg
from conecta_facts.relacionamentos import Situacao
from peg.domain.estados import SituacaoRascunho
from peg.messages.guias import campos_of
from peg.schemas.rascunhos import EnviadoView
from tests.builders_functions import CNPJ, HOSPITAL, NOW, VALE, a_relacionamento
from tests.builders_peg import a_sadt
from tests.fakes import Interruption, ProcessDiedError
from tests.fakes_rascunhos import DA_CLINICA, FATURISTA, GUIA, RECEPCAO, SO_LE, UM, CasaDigitada, a_typed, errors

ENVIAR, FECHAR, REABRIR = f"{UM}/envio", f"{UM}/fechamento", f"{UM}/reabertura"


@pytest.fixture
def casa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> CasaDigitada:
    return CasaDigitada(monkeypatch)


def closed(casa: CasaDigitada, guias: int = 1, **changes: Any) -> str:
    rascunho = casa.open(guias=guias, **changes)
    assert casa.call("POST", FECHAR, id=rascunho)[0] == 200
    return rascunho


def send(casa: CasaDigitada, rascunho: str, **how: Any) -> tuple[int, Any, dict[str, str]]:
    return casa.call("POST", ENVIAR, id=rascunho, **how)


def state(casa: CasaDigitada, rascunho: str) -> tuple[str, str | None]:
    held = casa.rascunhos.rows[HOSPITAL, rascunho]
    return held.estado.situacao.value, held.protocolo


# --- received ---


def test_a_closed_draft_becomes_a_peg_with_a_protocolo(casa: CasaDigitada) -> None:
    rascunho = closed(casa, 2, numero_lote="17")
    status, body, headers = send(casa, rascunho)
    assert status == 201
    EnviadoView.model_validate_json(json.dumps(body))
    protocolo = body["peg"]["protocolo"]
    assert headers["Location"] == f"../../{protocolo}"
    assert (body["rascunho"]["situacao"], body["rascunho"]["protocolo"]) == ("ENVIADO", protocolo)
    peg = casa.peg(protocolo)
    assert (peg.situacao, peg.porta, peg.numero_lote, peg.quantidade_guias) == (
        SituacaoPeg.RECEBIDO, Porta.DIGITADO, "17", 2,
    )  # fmt: skip
    assert (peg.upload_id, peg.quem, peg.versao_tiss, peg.data_recepcao) == (rascunho, "pessoa-3", "4.01.00", NOW)
    assert f"<ans:numeroProtocolo>{protocolo}".encode() in (casa.resposta(rascunho) or b"")


def test_what_was_presented_is_archived_as_it_was(casa: CasaDigitada) -> None:
    rascunho = closed(casa, numero_lote="17")
    peg = casa.peg(send(casa, rascunho)[1]["peg"]["protocolo"])
    assert peg.chave_xml == f"t/{VALE}/{HOSPITAL}/peg_digitado/{peg.sha256}"
    original = json.loads(casa.archive.acervo.content(peg.chave_xml) or b"")
    assert original == {
        "registro_ans": VALE, "numero_lote": "17", "tipo_guia": "guiaConsulta", "versao_tiss": "4.01.00",
        "prestador": {"codigo_na_operadora": "HOSP01"}, "guias": [a_typed("G0")],
    }  # fmt: skip


def test_glosas_are_told_at_once_with_their_json_paths_and_do_not_refuse(casa: CasaDigitada) -> None:
    rascunho = casa.open("guiaSP-SADT")
    assert casa.add(rascunho, campos_of(a_sadt(senha=None)))[0] == 201
    casa.call("POST", FECHAR, id=rascunho)
    status, body, _ = send(casa, rascunho)
    assert status == 201
    (found,) = [one for one in body["achados"] if one["efeito"] == "GLOSA"]
    assert (found["campo"], found["guia"], found["item"], found["caminho"]) == ("guias[0].senha", 1, 1, None)
    assert (found["valor_em_risco"], found["numero_guia_prestador"]) == ("18.50", "G1")
    assert found["providencia"]
    assert found["texto"]
    assert body["peg"]["valor_glosado"] == "18.50"


def test_a_draft_without_a_lote_number_is_given_one_of_its_own(casa: CasaDigitada) -> None:
    numbers = {send(casa, closed(casa, n + 1))[1]["peg"]["numero_lote"] for n in range(3)}
    assert len(numbers) == 3
    assert all(len(one) == 12 and one.isdigit() and one[0] != "0" for one in numbers)


def test_who_has_no_code_at_the_operadora_presents_itself_by_its_cnpj(casa: CasaDigitada) -> None:
    rascunho = closed(casa)
    casa.fatos.cadastro._relacionamentos.clear()
    status, body, _ = send(casa, rascunho)
    assert (status, [one["regra"] for one in body["achados"]]) == (422, ["R02"])
    envio = casa.rascunhos.rows[HOSPITAL, rascunho].envio
    assert envio is not None
    assert envio.prestador.cnpj == CNPJ


# --- again and again ---


def test_sent_twice_is_the_same_peg(casa: CasaDigitada) -> None:
    rascunho = closed(casa)
    _, first, _ = send(casa, rascunho)
    casa.agora = NOW + timedelta(days=3)
    status, again, _ = send(casa, rascunho, headers={"if-match": '"1"'})
    assert (status, again["peg"], again["achados"]) == (200, first["peg"], [])
    assert len(casa.pegs.rows) == 1


def test_a_sent_draft_is_changed_no_more(casa: CasaDigitada) -> None:
    rascunho = closed(casa)
    send(casa, rascunho)
    for method, resource, sent in (
        ("POST", REABRIR, None), ("DELETE", UM, None), ("PATCH", UM, {"numero_lote": "1"}), ("PUT", GUIA, a_typed()),
        ("DELETE", GUIA, None), ("POST", FECHAR, None),
    ):  # fmt: skip
        status, body, _ = casa.call(method, resource, sent, id=rascunho, guia_id="00000002")
        assert (status, body["codigo"]) == (409, "rascunho-enviado")
    assert casa.call("GET", UM, id=rascunho)[1]["protocolo"] is not None


def test_what_is_open_is_not_sent(casa: CasaDigitada) -> None:
    rascunho = casa.open(guias=1)
    status, body, _ = send(casa, rascunho)
    assert (status, body["codigo"]) == (409, "rascunho-aberto")
    casa.call("POST", FECHAR, id=rascunho)
    assert send(casa, rascunho, headers={"if-match": '"1"'})[0] == 412
    assert state(casa, rascunho) == ("FECHADO", None)


def test_of_two_that_send_at_once_both_are_told_the_same_peg(casa: CasaDigitada) -> None:
    rascunho = closed(casa)
    others: list[Any] = []
    casa.rascunhos.meanwhile.append(lambda: others.append(send(casa, rascunho)))
    status, body, _ = send(casa, rascunho)
    ((_, other, _),) = others
    assert (status, body["peg"]["protocolo"]) == (200, other["peg"]["protocolo"])
    assert len(casa.pegs.rows) == 1


def test_who_is_overtaken_after_reception_answers_the_same_peg(casa: CasaDigitada) -> None:
    rascunho = closed(casa)
    casa.rascunhos.meanwhile += [lambda: None, lambda: send(casa, rascunho)]
    status, body, _ = send(casa, rascunho)
    assert status == 201
    assert state(casa, rascunho) == ("ENVIADO", body["peg"]["protocolo"])
    assert len(casa.pegs.rows) == 1


def test_interrupted_anywhere_it_goes_on_with_what_was_settled(casa: CasaDigitada) -> None:
    calls = 1
    while True:
        rascunho = closed(casa, calls % 3 + 1, numero_lote=f"{calls}")
        interruption = Interruption(calls)
        casa.wrap = lambda _name, port, held=interruption: held.wrap(port)  # type: ignore[misc]
        status = send(casa, rascunho)[0]
        casa.wrap = lambda _name, port: port
        casa.agora += timedelta(minutes=5)
        if status == 201:
            break
        assert status == 500
        assert send(casa, rascunho)[0] == 201, calls
        held = casa.rascunhos.rows[HOSPITAL, rascunho]
        assert held.envio is not None
        assert held.protocolo is not None
        assert casa.peg(held.protocolo).data_recepcao == held.envio.quando == casa.agora - timedelta(minutes=5)
        calls += 1
    assert calls > 10
    assert len(casa.pegs.rows) == calls


@pytest.mark.parametrize("before", [1, 2])
def test_interrupted_between_its_own_writes_it_goes_on(casa: CasaDigitada, before: int) -> None:
    rascunho = closed(casa)

    def die() -> None:
        raise ProcessDiedError

    casa.rascunhos.meanwhile += [*[lambda: None] * (before - 1), die]
    assert send(casa, rascunho)[0] == 500
    assert state(casa, rascunho) == (("FECHADO", None) if before == 1 else ("ENVIADO", None))
    status, body, _ = send(casa, rascunho)
    assert (status, state(casa, rascunho)) == (201, ("ENVIADO", body["peg"]["protocolo"]))
    assert len(casa.pegs.rows) == 1


# --- refused ---


def suspend(casa: CasaDigitada) -> None:
    casa.fatos.cadastro.put_relacionamento(a_relacionamento(situacao=Situacao.SOLICITADO))


def enable(casa: CasaDigitada) -> None:
    casa.fatos.cadastro.put_relacionamento(a_relacionamento())


def test_refused_it_is_open_again_with_all_that_refuses_it(casa: CasaDigitada) -> None:
    rascunho = closed(casa)
    suspend(casa)
    status, body, _ = send(casa, rascunho)
    assert (status, body["codigo"]) == (422, "guias-com-achados")
    assert [(one["regra"], one["efeito"], one["campo"]) for one in body["achados"]] == [("R02", "RECUSA", "$")]
    assert errors(body) == [("$", body["achados"][0]["codigo"])]
    assert state(casa, rascunho) == ("ABERTO", None)
    assert casa.pegs.rows == {}
    enable(casa)
    casa.call("POST", FECHAR, id=rascunho)
    assert send(casa, rascunho)[0] == 201
    envio = casa.rascunhos.rows[HOSPITAL, rascunho].envio
    assert envio is not None
    assert envio.vez == 2


def test_a_lote_number_of_a_living_peg_is_refused_and_another_is_taken(casa: CasaDigitada) -> None:
    assert send(casa, closed(casa, 2, numero_lote="17"))[0] == 201
    rascunho = closed(casa, 1, numero_lote="17")
    status, body, _ = send(casa, rascunho)
    assert (status, [one["regra"] for one in body["achados"] if one["efeito"] == "RECUSA"]) == (422, ["LOTE-NUMERO"])
    assert errors(body) == [("numero_lote", "5053")]
    casa.call("PATCH", UM, {"numero_lote": "18"}, id=rascunho)
    casa.call("POST", FECHAR, id=rascunho)
    assert send(casa, rascunho)[0] == 201


def test_what_the_days_made_wrong_since_it_was_closed_is_told(casa: CasaDigitada) -> None:
    rascunho = closed(casa)
    operadora = casa.fatos.cadastro.contratacao(HOSPITAL, VALE).operadora
    assert operadora is not None
    casa.fatos.cadastro.put_operadora(replace(operadora, versoes=()))
    status, body, _ = send(casa, rascunho)
    assert (status, [one["regra"] for one in body["achados"]]) == (422, ["R12"])
    assert state(casa, rascunho) == ("ABERTO", None)


def test_refused_and_overtaken_it_is_told_all_the_same(casa: CasaDigitada) -> None:
    rascunho = closed(casa)
    suspend(casa)
    casa.rascunhos.meanwhile += [lambda: None, lambda: send(casa, rascunho)]
    assert send(casa, rascunho)[0] == 422
    assert state(casa, rascunho) == ("ABERTO", None)


def test_refused_to_another_between_two_looks_it_is_looked_at_again(casa: CasaDigitada) -> None:
    rascunho = closed(casa)
    casa.rascunhos.meanwhile.append(lambda: None)
    held = replace(casa.rascunhos.rows[HOSPITAL, rascunho].estado, situacao=SituacaoRascunho.ENVIADO, versao=9)
    row = replace(casa.rascunhos.rows[HOSPITAL, rascunho], estado=held)
    casa.rascunhos.rows[HOSPITAL, rascunho] = row  # sent, and never settled how: a row of no release
    status, body, _ = send(casa, rascunho)
    assert (status, body["codigo"]) == (409, "mudou-durante-o-ato")


def judged_differently(casa: CasaDigitada, rascunho: str) -> Callable[[], None]:
    """Another, sending the very same, has it refused just before the first is done."""

    def other() -> None:
        held = casa.rascunhos.rows[HOSPITAL, rascunho]
        estado = replace(held.estado, situacao=SituacaoRascunho.ABERTO, versao=held.estado.versao + 1)
        casa.rascunhos.rows[HOSPITAL, rascunho] = replace(held, estado=estado)

    return other


def test_received_it_is_sent_though_another_had_it_refused(casa: CasaDigitada) -> None:
    rascunho = closed(casa)
    casa.rascunhos.meanwhile += [lambda: None, judged_differently(casa, rascunho)]
    status, body, _ = send(casa, rascunho)
    assert (status, state(casa, rascunho)) == (201, ("ENVIADO", body["peg"]["protocolo"]))


def test_who_never_gets_to_write_it_down_is_told_to_try_again(casa: CasaDigitada) -> None:
    rascunho = closed(casa)
    casa.rascunhos.meanwhile += [lambda: None, *[judged_differently(casa, rascunho)] * 8]
    status, body, _ = send(casa, rascunho)
    assert (status, body["codigo"]) == (409, "mudou-durante-o-ato")


# --- who ---


def test_only_who_bills_sends(casa: CasaDigitada) -> None:
    rascunho = closed(casa)
    assert send(casa, rascunho, claims=RECEPCAO)[0] == 403
    assert send(casa, rascunho, claims=SO_LE)[0] == 403
    assert send(casa, rascunho, claims=DA_CLINICA)[0] == 404
    assert send(casa, rascunho, claims=FATURISTA)[0] == 201
