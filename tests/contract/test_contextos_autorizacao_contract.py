"""`autorizacao.service.portas.Contextos` and `Documentos`: the fakes and DynamoDB, one suite; and what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from autorizacao.bootstrap import nucleo
from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
from autorizacao.dynamodb.contextos import DynamoContextos, Fontes
from autorizacao.service import pedidos
from autorizacao.service.portas import Guardada, Lido, Mudanca
from conecta_edge import session
from conecta_edge.beneficiarios import DynamoBeneficiarios
from conecta_edge.cadastro import DynamoCadastroReader
from conecta_edge.catalogo import Catalogo
from conecta_edge.clock import FixedClock
from conecta_edge.dynamodb import marshal
from conecta_edge.http import Request
from conecta_edge.problems import ProblemError
from conecta_edge.uploads import DynamoDocumentos
from conecta_facts.contratos import ContratoCompleto
from conecta_senhas.autorizacoes import Papel, Situacao
from conecta_senhas.contexto import Contexto, Uso
from conecta_senhas.solicitacoes import DocumentoAnexado, Solicitacao
from tests.builders_autorizacao import (
    AMANHA,
    LIMITADO,
    NUMERO,
    a_context,
    a_request,
    a_stay,
    an_asked,
    an_authorization,
    an_item,
    an_urgencia,
    in_situation,
)
from tests.builders_cadastro import (
    CARTEIRA,
    CONSULTA,
    CPF,
    HEMOGRAMA,
    HOJE,
    NOME,
    OUTRA_CARTEIRA,
    OUTRO_CPF,
    PLANO,
    TABELA,
    a_preco,
    a_regra,
    a_vida,
)
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, VALE, machine, person
from tests.cadastro_rows import CadastroTable, Credencial, Vinculo
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import AUTORIZACAO, Engine
from tests.contract.test_autorizacoes_contract import a_row, of_guia
from tests.fakes_autorizacao import World, load_facts, of_operadora, of_prestador
from tests.fakes_cadastro import PSEUDONIMOS, Loaded, Recording

ENGINES = [FAKE, EMBEDDED]
"""Moto takes a second for what the embedded AWS does in a tenth: this suite is too large for it."""
REAL = pytest.mark.parametrize("engine_name", [EMBEDDED])
OUTRO, TERCEIRO = "26110000002", "26110000003"
DELE, CENTRAL = of_prestador(), of_operadora(prestador_id=HOSPITAL)


@dataclass
class Subject:
    """The reader under test, and ways to fill what it reads.

    Attributes:
        make: a reader, given `replay` and `records`.
        complete: makes complete files of a prestador; `other` makes one in another state.
    """

    make: Callable[..., Any]
    autorizacoes: Any
    loads: Any
    documentos: Any
    complete: Callable[..., None]
    other: Callable[[str, str], None]

    def read(self, solicitacao: Solicitacao | None = None, chamador: Any = DELE, **rest: Any) -> Lido:
        """Read for a request."""
        found: Lido = self.make().read(solicitacao or a_request(), chamador, HOJE, **rest)
        return found

    def add(self, *rows: Guardada, digest: str = "d1") -> None:
        """Store authorizations."""
        for row in rows:
            self.autorizacoes.write([Mudanca(None, row)], now=NOW, correlacao="c", digest=digest)


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        world = World()
        return Subject(
            world.contextos, world.autorizacoes, world.loads, world.documentos, world.documentos.put,
            lambda _prestador, _upload: None,
        )  # fmt: skip
    names = {
        "cadastro": engine.table("cadastro", busca=True), "beneficiarios": engine.table("beneficiarios", busca=True),
        "autorizacao": engine.table("autorizacao", chaves=AUTORIZACAO), "documentos": engine.table("documentos"),
    }  # fmt: skip
    client = engine.dynamodb
    loads = Loaded(client, names["cadastro"], names["beneficiarios"])
    load_facts(CadastroTable(client, names["cadastro"]), loads)
    autorizacoes = DynamoAutorizacoes(client, names["autorizacao"], PSEUDONIMOS)
    documentos = DynamoDocumentos(client, names["documentos"])
    fontes = Fontes(
        client=client,
        table=names["autorizacao"],
        cadastro=DynamoCadastroReader(client, names["cadastro"], FixedClock(NOW)),
        catalogo=Catalogo(client, names["cadastro"], FixedClock(NOW), max_age=timedelta(0)),
        vidas=DynamoBeneficiarios(client, names["beneficiarios"], PSEUDONIMOS),
        pseudonyms=PSEUDONIMOS,
        autorizacoes=autorizacoes,
        documentos=documentos,
    )

    def upload(situacao: str, prestador_id: str, *ids: str) -> None:
        for one in ids:
            row = {"pk": f"PRESTADOR#{prestador_id}", "sk": f"UPLOAD#{one}", "situacao": situacao}
            client.put_item(TableName=names["documentos"], Item=marshal(row))

    return Subject(
        partial(DynamoContextos, fontes), autorizacoes, loads, documentos, partial(upload, "CONCLUIDO"),
        partial(upload, "RECUSADO"),
    )  # fmt: skip


def plain(contexto: Contexto) -> dict[str, Any]:
    """A context without what looks codes up, which every reader has its own of."""
    return {one.name: getattr(contexto, one.name) for one in fields(contexto) if one.name != "tuss"}


# --- what a request is judged by ---


def test_a_request_is_judged_by_all_that_is_known_of_life_contract_and_codes(subject: Subject) -> None:
    lido = subject.read()
    expected = a_context()
    assert plain(lido.contexto) == plain(
        replace(
            expected,
            regras=tuple(regra for regra in expected.regras if regra.codigo == HEMOGRAMA),
            contrato=lido.contexto.contrato,
            uf="ES",
            versao=DELE.versao,
        )
    )
    assert set(lido.contexto.contrato.procedimentos) == set(expected.contrato.procedimentos)
    assert lido.beneficiario == expected.beneficiario
    assert (lido.vida, lido.nome) == (PSEUDONIMOS.carteira(VALE, CARTEIRA), PSEUDONIMOS.nome(VALE, NOME))
    assert (lido.ja_pedida, lido.principal, lido.ausentes, lido.repetida) == (None, None, (), None)
    assert lido.contexto.tuss(TABELA, HEMOGRAMA, HOJE)
    assert not lido.contexto.tuss(TABELA, "99999999", HOJE)


def test_of_a_carteira_that_is_nobodys_the_rest_is_known(subject: Subject) -> None:
    lido = subject.read(a_request(carteira="nobody"))
    assert (lido.beneficiario, lido.contexto.beneficiario, lido.contexto.plano, lido.nome) == (None, None, None, None)
    assert lido.vida == PSEUDONIMOS.carteira(VALE, "nobody")
    assert lido.contexto.precos == (a_preco(HEMOGRAMA, "18.50"),)
    assert [regra.codigo for regra in lido.contexto.regras] == [HEMOGRAMA]


def test_of_a_carteira_of_the_groups_other_operadora_that_one_is_known(subject: Subject) -> None:
    subject.loads.put("beneficiarios", PASA, a_vida(registro_ans=PASA, numero_carteira="pasa"))
    assert subject.read(a_request(carteira="pasa")).contexto.outra_operadora == PASA
    assert subject.read(a_request(carteira="nobody")).contexto.outra_operadora is None
    assert subject.read(a_request()).contexto.outra_operadora is None


def test_the_plans_own_rule_comes_before_that_of_every_plan_and_on_the_day(subject: Subject) -> None:
    own = a_regra(plano=PLANO, exige_analise=True, vigente_de=AMANHA)
    subject.loads.put("regras-procedimentos", VALE, own)
    assert [regra.exige_analise for regra in subject.read().contexto.regras] == [False]
    assert subject.read(a_request(data_atendimento=AMANHA)).contexto.regras == (own,)
    alien = subject.read(a_request(carteira="nobody", data_atendimento=AMANHA))
    assert [regra.plano for regra in alien.contexto.regras] == [None]


def test_contract_prices_and_state_are_those_of_who_will_do_it(subject: Subject) -> None:
    lido = subject.read(a_request(executante=CLINICA))
    assert {item.prestador_id for item in lido.contexto.contrato.procedimentos} == {CLINICA}
    assert (lido.contexto.uf, lido.contexto.precos) == ("ES", (a_preco(HEMOGRAMA, "18.50"),))
    assert lido.contexto.relacionamento is not None
    assert lido.contexto.relacionamento.prestador_id == HOSPITAL
    assert lido.contexto.executante is not None
    assert lido.contexto.executante.prestador_id == CLINICA
    assert subject.read().contexto.executante == lido.contexto.relacionamento
    lido = subject.read(a_request(executante="nobody"))
    assert lido.contexto.executante is None
    assert (lido.contexto.contrato, lido.contexto.uf, lido.contexto.precos) == (ContratoCompleto(), None, ())


def test_who_has_no_relacionamento_has_none(subject: Subject) -> None:
    assert subject.read(chamador=of_prestador("nobody")).contexto.relacionamento is None
    asked = subject.read(a_request(registro_ans=PASA)).contexto
    assert asked.relacionamento is not None
    assert not asked.relacionamento.may_request_em(HOJE)


def test_the_central_is_known_as_such_and_reads_for_the_prestador_it_names(subject: Subject) -> None:
    lido = subject.read(chamador=CENTRAL)
    assert lido.contexto.pela_central
    assert lido.contexto.relacionamento is not None
    assert lido.contexto.relacionamento.prestador_id == HOSPITAL
    assert not subject.read(chamador=of_operadora(Papel.AUDITORIA, HOSPITAL)).contexto.pela_central
    assert subject.read(chamador=of_operadora()).contexto.relacionamento is None


def test_prices_are_those_of_the_codes_and_of_the_day_however_many(subject: Subject) -> None:
    subject.loads.put("precos", VALE, a_preco(CONSULTA, "99.00", vigente_de=AMANHA))
    codes = [HEMOGRAMA, HEMOGRAMA, CONSULTA, LIMITADO]
    few = a_request(*(an_asked(code) for code in codes))
    assert subject.read(few).contexto.precos == (a_preco(HEMOGRAMA, "18.50"),)
    tomorrow = subject.read(replace(few, data_atendimento=AMANHA)).contexto
    assert {preco.codigo for preco in tomorrow.precos} == {HEMOGRAMA, CONSULTA}
    many = a_request(an_asked(), *(an_asked(f"4010{n:04d}") for n in range(13)))
    assert subject.read(many).contexto.precos == (a_preco(HEMOGRAMA, "18.50"),)


# --- numbers ---


def test_a_new_request_gets_a_protocolo_and_a_numero_nobody_guesses(subject: Subject) -> None:
    found = [subject.read() for _ in range(3)]
    assert all(re.fullmatch("26114[0-9]{7}", lido.protocolo) for lido in found)
    assert all(re.fullmatch("2611[0-9]{10}", lido.numero) for lido in found)
    assert len({lido.protocolo for lido in found}) == len({lido.numero for lido in found}) == 3
    assert re.fullmatch("26114[0-9]{7}", subject.make().next_protocolo(HOJE))


def test_what_is_only_judged_gets_no_number_and_looks_for_no_request(subject: Subject) -> None:
    subject.add(a_row())
    asked = a_request(documentos=(DocumentoAnexado(documento_id="u1"),))
    lido = subject.make(replay=lambda: "kept").read(asked, DELE, HOJE, nova=False)
    assert (lido.protocolo, lido.numero, lido.ja_pedida, lido.ausentes, lido.repetida) == ("", "", None, (), None)


# --- what was asked before ---


def test_who_holds_the_number_of_guia_is_found_with_what_it_asked(subject: Subject) -> None:
    row = a_row()
    subject.add(row, digest="d7")
    assert subject.read().ja_pedida == (row, "d7")
    assert subject.read(a_request(numero_guia_prestador="GP-9")).ja_pedida is None
    assert subject.read(a_request(registro_ans=PASA)).ja_pedida is None
    assert subject.read(chamador=of_prestador(CLINICA)).ja_pedida is None
    assert subject.read(chamador=CENTRAL).ja_pedida == (row, "d7")


def a_stay_row() -> Guardada:
    return a_row(an_authorization(solicitacao=a_stay(numero_guia_prestador="INT-1")))


def test_a_parent_is_found_by_senha_or_by_the_prestadors_own_number(subject: Subject) -> None:
    stay = a_stay_row()
    subject.add(stay)
    for name in (NUMERO, "INT-1"):
        lido = subject.read(a_request(guia_principal=name))
        assert (lido.principal, lido.contexto.principal) == (stay, stay.autorizacao)
    for who in (of_prestador(CLINICA), of_operadora(prestador_id=CLINICA)):
        assert subject.read(a_request(guia_principal="INT-1"), who).principal is None
    lido = subject.read(a_request(guia_principal="nobody's"))
    assert (lido.principal, lido.contexto.principal) == (None, None)


def test_a_foreign_parent_is_an_absent_one_but_not_for_the_operadora(subject: Subject) -> None:
    stay = a_stay_row()
    subject.add(stay)
    asked = a_request(guia_principal=NUMERO)
    foreign = subject.read(asked, of_prestador(CLINICA))
    assert (foreign.principal, foreign.contexto.principal) == (None, None)
    assert subject.read(asked, of_operadora(prestador_id=CLINICA)).principal == stay


def test_a_parent_knows_its_complements_when_it_is_read(subject: Subject) -> None:
    stay, child = a_stay_row(), a_row(numero=OUTRO, principal=NUMERO, **of_guia("GP-2"))
    subject.add(stay)
    moved = replace(stay, autorizacao=replace(stay.autorizacao, versao=2), complementos=(OUTRO,))
    subject.autorizacoes.write([Mudanca(None, child), Mudanca(stay, moved)], now=NOW, correlacao="c", digest="d")
    for name in (NUMERO, "INT-1"):
        assert subject.read(a_request(guia_principal=name)).principal == moved
    assert subject.read(a_request(numero_guia_prestador="INT-1")).ja_pedida == (moved, "d1")


def uso(dia: Any = HOJE, quantidade: int = 1, codigo: str = HEMOGRAMA) -> Uso:
    return Uso(tabela=TABELA, codigo=codigo, dia=dia, quantidade=Decimal(quantidade))


def test_what_the_life_was_authorised_before_counts_whatever_it_was_called_then(subject: Subject) -> None:
    subject.loads.put("beneficiarios", VALE, a_vida("nova", carteira_anterior="antiga", cpf="11144477735"))
    subject.add(
        a_row(an_authorization(an_item(quantidade=3), an_item(2, autorizada=Decimal(0))), carteira="antiga"),
        a_row(numero=OUTRO, **of_guia("GP-2", carteira="nova", data_atendimento=AMANHA)),
        a_row(numero=TERCEIRO, **of_guia("GP-3", carteira=OUTRA_CARTEIRA)),
        a_row(in_situation(Situacao.CANCELADA), numero="26110000004", carteira="nova", **of_guia("GP-4")),
        a_row(numero="26110000005", carteira="nova", solicitacao=a_request(registro_ans=PASA)),
    )

    def usos(carteira: str, **rest: Any) -> list[Uso]:
        found = subject.read(a_request(carteira=carteira, numero_guia_prestador="GP-9"), **rest).contexto.usos
        return sorted(found, key=lambda one: one.dia)

    assert usos("nova") == usos("antiga") == [uso(quantidade=3), uso(AMANHA)]
    assert usos("nova", sem=NUMERO) == usos("antiga", sem=NUMERO) == [uso(AMANHA)]
    assert usos(OUTRA_CARTEIRA) == [uso()]
    assert usos("nobody") == []


# --- records and kept answers ---


def test_every_reading_is_recorded_and_the_first_record_that_fails_is_told(subject: Subject) -> None:
    done: list[str] = []
    reader = subject.make(records=(partial(done.append, "quota"), partial(done.append, "audit")))
    reader.read(a_request(), DELE, HOJE)
    reader.candidatas((VALE,), NUMERO, CARTEIRA)
    reader.carteiras(VALE, CPF)
    assert sorted(done) == ["audit"] * 3 + ["quota"] * 3

    def refuse(error: Exception) -> None:
        raise error

    refusing = subject.make(records=(partial(refuse, KeyError("quota")), partial(refuse, ValueError("audit"))))
    asks: Sequence[Callable[[], Any]] = (
        lambda: refusing.read(a_request(), DELE, HOJE),
        lambda: refusing.candidatas((VALE,), NUMERO, CARTEIRA),
        lambda: refusing.carteiras(VALE, CPF),
    )
    for ask in asks:
        with pytest.raises(KeyError):
            ask()


def test_a_kept_answer_is_read_along(subject: Subject) -> None:
    assert subject.make(replay=lambda: {"kept": 1}).read(a_request(), DELE, HOJE).repetida == {"kept": 1}


# --- files ---


def test_files_that_are_not_complete_or_not_the_prestadors_are_missing(subject: Subject) -> None:
    subject.complete(HOSPITAL, "u1", "u2")
    subject.complete(CLINICA, "u3")
    subject.other(HOSPITAL, "u4")
    missing = subject.documentos.missing
    assert missing(HOSPITAL, ["u1", "u2"]) == ()
    assert missing(HOSPITAL, ["u4", "u1", "u3", "u5"]) == ("u4", "u3", "u5")
    assert missing(CLINICA, ["u3", "u1"]) == ("u1",)
    asked = a_request(documentos=tuple(DocumentoAnexado(documento_id=one) for one in ("u3", "u1")))
    assert subject.read(asked).ausentes == ("u3",)
    assert subject.read(asked, replace(CENTRAL, prestador_id=CLINICA)).ausentes == ("u1",)


# --- lives ---


def test_a_life_is_found_by_its_present_and_by_a_replaced_number(subject: Subject) -> None:
    life = a_vida("nova", carteira_anterior=CARTEIRA)
    assert subject.make().beneficiario(VALE, CARTEIRA) == a_vida()
    subject.loads.put("beneficiarios", VALE, a_vida("outra", carteira_anterior="antiga", cpf="11144477735"))
    assert subject.make().beneficiario(VALE, "antiga").numero_carteira == "outra"
    assert subject.make().beneficiario(PASA, CARTEIRA) is None
    subject.loads.put("beneficiarios", VALE, life)
    assert set(subject.make().carteiras(VALE, CPF)) == {"nova", CARTEIRA}
    assert set(subject.make().carteiras(VALE, OUTRO_CPF)) == {OUTRA_CARTEIRA, "outra", "antiga"}
    assert subject.make().carteiras(PASA, CPF) == ()


def test_candidates_of_a_search_come_with_every_number_of_the_life(subject: Subject) -> None:
    subject.loads.put("beneficiarios", VALE, a_vida("nova", carteira_anterior="antiga", cpf="11144477735"))
    mine = a_row(**of_guia("GP-7", carteira="antiga"))
    other = a_row(numero=OUTRO, **of_guia("GP-8", carteira="nova"))
    subject.add(mine, other)

    def found(numero: str, carteira: str, *registros: str) -> list[tuple[str, set[str]]]:
        rows = subject.make().candidatas(registros or (VALE,), numero, carteira)
        return [(row.autorizacao.numero, set(numbers)) for row, numbers in rows]

    for carteira in ("antiga", "nova"):
        assert found("GP-7", carteira) == found(NUMERO, carteira) == [(NUMERO, {"antiga", "nova"})]
    assert found("GP-8", "antiga", PASA, VALE) == [(OUTRO, {"antiga", "nova"})]
    assert found("GP-7", CARTEIRA) == found("GP-9", "nova") == found("GP-7", "nova", PASA) == []
    # A number that is somebody else's is looked up all the same: who asks must know the carteira, too.
    assert found(NUMERO, CARTEIRA) == [(NUMERO, {CARTEIRA})]


# --- what it costs ---


class House:
    """Use cases over the tables of a deployment, as a function's process would call them."""

    def __init__(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine, self._monkeypatch = engine, monkeypatch
        self.names = engine.deploy()
        for name, value in self.names.items():
            monkeypatch.setenv(name, value)
        cadastro = CadastroTable(engine.dynamodb, self.names["TABELA_CADASTRO"])
        loads = Loaded(engine.dynamodb, self.names["TABELA_CADASTRO"], self.names["TABELA_BENEFICIARIOS"])
        load_facts(cadastro, loads)
        cadastro.put_vinculo(Vinculo("pessoa-1", HOSPITAL, "recepcao"))
        cadastro.put_credencial(Credencial("maquina-1", HOSPITAL, ("autorizacao.escrever",)))

    def ask(self, solicitacao: Solicitacao, *, key: str | None = "k1", claims: Any = None, body: bytes = b"{}") -> Any:
        """What a door does: caller, kept answer, request, with the audit of the reading."""
        headers = {"idempotency-key": key} if key else {}
        request = Request("POST", "/autorizacoes", {}, {}, headers, claims or person(), body, "corr-1")
        caller = session.principal(request)
        kept = session.attempt(request, caller.prestador_id, caller.subject)
        audit = partial(session.record_access, request, caller.actor, finalidade="autorizacao", objeto="vida")

        def render(emitida: pedidos.Emitida) -> dict[str, str]:
            return {"numero": emitida.autorizacao.numero, "situacao": emitida.autorizacao.situacao}

        def effect(keep: Any) -> Any:
            portas = nucleo.portas(keep=keep, replay=kept.replay, records=(audit,))
            made = pedidos.request(solicitacao, chamador=DELE, portas=portas, render=render)
            return made.repetida or render(made)

        return kept.carry_out(effect, look_first=False)

    def recorded(self, waves: Sequence[int] | None) -> Recording:
        """From now on every call to DynamoDB goes through a recording; the process has served before."""
        recording = Recording(self.engine.dynamodb, waves)
        for module in (session, nucleo):
            self._monkeypatch.setattr(module, "client", {"dynamodb": recording}.__getitem__)
        for made in (
            session.cadastro,
            session.idempotency_table,
            nucleo.autorizacoes,
            nucleo.beneficiarios,
            nucleo._fontes,
        ):
            made.cache_clear()
        session.catalogo()._client = recording
        return recording


@pytest.fixture
def house(function_environment: dict[str, str], engine: Engine, monkeypatch: pytest.MonkeyPatch) -> House:
    return House(engine, monkeypatch)


FIRST = ["batch_get_item"] * 3 + ["get_item", "put_item", "query", "update_item"]
"""The contract, the life, who holds the number of guia; the kept answer; the audit; the life's authorizations; the
protocolo."""


@REAL
def test_an_automatic_request_is_ten_calls_in_four_waits(house: House) -> None:
    house.ask(a_request(numero_guia_prestador="GP-0"), key="k0")
    recording = house.recorded([1, 7, 1, 1])
    assert house.ask(a_request())["situacao"] == "AUTORIZADA"
    assert (recording.calls[0], sorted(recording.calls[1:8]), recording.calls[8:]) == (
        "query", FIRST, ["query", "transact_write_items"],
    )  # fmt: skip
    assert recording.unused == 0


@REAL
def test_the_same_key_is_answered_the_same_in_three_waits_and_nothing_is_made(house: House) -> None:
    first = house.ask(a_request())
    recording = house.recorded([1, 7, 2])  # whoever holds the number of guia is read along with the price
    assert house.ask(a_request()) == first
    assert recording.unused == 0
    parts = [f"PRESTADOR#{HOSPITAL}", f"PRESTADOR#{HOSPITAL}#2611"]
    rows = [row["sk"] for pk in parts for row in house.engine.rows(house.names["TABELA_AUTORIZACAO"], pk)]
    assert sorted(sk.partition("#")[0] for sk in rows) == ["AUTORIZACAO", "EVENTO", "GUIA"]
    house.recorded(None)
    assert house.ask(a_request(), key=None) == first  # the number of guia makes a retry free without any key


@REAL
def test_a_key_that_was_used_for_something_else_is_refused(house: House) -> None:
    house.ask(a_request())
    with pytest.raises(ProblemError) as refused:
        house.ask(a_request(numero_guia_prestador="GP-2"), body=b"{ }")
    assert refused.value.erros[0].codigo == "chave-reutilizada"


@REAL
def test_a_machines_request_waits_as_often(house: House) -> None:
    house.ask(a_request(numero_guia_prestador="GP-0"), key="k0")
    recording = house.recorded([1, 7, 1, 1])
    claims = machine(scope="conecta/autorizacao.escrever")
    assert house.ask(a_request(), claims=claims)["situacao"] == "AUTORIZADA"
    assert (recording.calls[0], recording.unused) == ("get_item", 0)


@REAL
def test_a_request_on_a_senha_waits_as_often_by_whatever_number_it_is_named(house: House) -> None:
    senha = house.ask(an_urgencia(numero_guia_prestador="URG-1"), key="k0")["numero"]
    recording = house.recorded([1, 8, 1, 1])
    assert house.ask(a_request(guia_principal=senha))["situacao"] == "AUTORIZADA"
    assert recording.unused == 0
    recording = house.recorded([1, 8, 2, 1])
    own = a_request(guia_principal="URG-1", numero_guia_prestador="GP-2")
    assert house.ask(own, key="k2")["situacao"] == "AUTORIZADA"
    assert recording.unused == 0


@REAL
def test_ten_codes_wait_as_often_as_one(house: House) -> None:
    codes = (HEMOGRAMA, CONSULTA, LIMITADO, "20104545")
    house.ask(a_request(numero_guia_prestador="GP-0"), key="k0")
    recording = house.recorded([1, 7, 4, 1])
    house.ask(a_request(*(an_asked(code) for code in codes)))
    assert recording.unused == 0
