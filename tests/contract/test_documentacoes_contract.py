"""Editions, visits and readers of what operadoras publish: the stand-ins and AWS, one suite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from conecta_edge.catalogo import Catalogo
from conecta_edge.clock import FixedClock, day_start
from conecta_edge.dynamodb import ConditionFailedError, TransientConflictError
from conecta_edge.idempotency import Attempt, IdempotencyTable
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Relacionamento
from documentos.domain import publicacoes
from documentos.domain.errors import StalePublicacaoError
from documentos.domain.publicacoes import Arquivo, Leitor, Publicacao, Publico, Situacao, TipoPrestador
from documentos.dynamodb.leitores import DynamoLeitores
from documentos.dynamodb.publicacoes import DynamoPublicacoes
from documentos.dynamodb.uploads import DynamoUploads
from documentos.service.publicacoes import Fato, Mudanca
from tests.builders_cadastro import a_local, an_operadora
from tests.builders_documentacoes import HOJE, ID, a_conteudo, a_leitor, a_publicacao
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, NOW, PASA, VALE, a_relacionamento, an_upload
from tests.cadastro_rows import CadastroTable
from tests.contract.engines import Engine
from tests.fakes import FakeIdempotency, FakeUploads
from tests.fakes_cadastro import Loaded
from tests.fakes_documentacoes import FakeLeitores, FakePublicacoes

OUTRA = f"{VALE}-261122120000-0f3b0c6a"
ARQUIVO = Arquivo("t/1", "Manual de ação.pdf", "application/pdf", 7, "9f" * 32)


@dataclass
class Subject:
    """The port under test, and what anybody could see behind it."""

    port: Any
    answers: Any
    uploads: Any
    told: Callable[[], Sequence[str]]

    def put(self, *edicoes: Publicacao) -> None:
        self.write(*(Mudanca(None, one) for one in edicoes))

    def write(self, *mudancas: Mudanca, fatos: Sequence[Fato] = (), **more: Any) -> None:
        self.port.write(mudancas, fatos, now=NOW, correlacao="c", **more)

    def publish(self, draft: Publicacao, before: Publicacao | None = None) -> Publicacao:
        """A draft that is there is published in the place of what was."""
        after = publicacoes.publicar(draft, ARQUIVO, "pessoa-9", NOW, HOJE, day_start)
        over = [Mudanca(before, publicacoes.encerrar(before, Situacao.SUBSTITUIDA, "p", NOW))] if before else []
        self.write(Mudanca(draft, after), *over)
        return after


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        uploads = FakeUploads()
        fake = FakePublicacoes(uploads)
        return Subject(fake, FakeIdempotency(), uploads, lambda: [one.tipo for one in fake.told])
    table, answers = engine.table("documentos", indice="pendentes"), engine.table("idempotencia")
    return Subject(
        DynamoPublicacoes(engine.dynamodb, table),
        IdempotencyTable(engine.dynamodb, answers),
        DynamoUploads(engine.dynamodb, table),
        lambda: [row["evento"].split('"tipo":"')[1].split('"')[0]
                 for row in engine.rows(table, f"OPERADORA#{VALE}", "EVENTO#")],
    )  # fmt: skip


def test_editions_are_read_back_as_they_were_written_and_in_order(subject: Subject) -> None:
    publico = Publico((HOSPITAL,), (TipoPrestador.PESSOA_FISICA,), ("ES", "MG"))
    full = a_publicacao(
        conteudo=a_conteudo(vigente_ate=HOJE, publico=publico), upload_id="u1", motivo="Erro — ção", encerrada_por="p",
        encerrada_em=NOW + timedelta(microseconds=1), situacao=Situacao.RETIRADA, arquivo=ARQUIVO, versao=7,
    )  # fmt: skip
    second, other = a_publicacao(edicao=2), a_publicacao(OUTRA)
    subject.put(full, second, other)
    assert subject.port.edicoes(VALE, ID) == (full, second)
    assert subject.port.edicoes(PASA, ID) == subject.port.edicoes(VALE, ID[:-1]) == ()
    first = subject.port.todas(VALE, None, 2)
    assert list(first.rows) == [other, second]
    last = subject.port.todas(VALE, first.position, 2)
    assert (list(last.rows), last.position) == ([full], None)


def shelf(subject: Subject, registro: str, dia: date) -> Sequence[Publicacao]:
    """What lies on the shelf of one operadora, whoever looks."""
    shelves, _ = subject.port.estantes(HOSPITAL, "p9", (registro,), dia)
    return shelves[registro]  # type: ignore[no-any-return]


def test_what_is_published_lies_on_the_shelf_from_then_until_its_last_day_or_until_it_is_over(subject: Subject) -> None:
    open_ended, ending = a_publicacao(), a_publicacao(OUTRA, conteudo=a_conteudo(vigente_ate=HOJE))
    subject.put(open_ended, ending)
    assert list(shelf(subject, VALE, HOJE)) == []
    shown = {one.id: subject.publish(one) for one in (open_ended, ending)}
    assert {one.id: one for one in shelf(subject, VALE, HOJE)} == shown
    assert [one.id for one in shelf(subject, VALE, HOJE + timedelta(days=1))] == [ID]
    assert list(shelf(subject, PASA, HOJE)) == []
    draft = a_publicacao(edicao=2)
    subject.put(draft)
    after = subject.publish(draft, shown[ID])
    assert {one.edicao for one in shelf(subject, VALE, HOJE) if one.id == ID} == {2}
    subject.write(Mudanca(after, publicacoes.encerrar(after, Situacao.RETIRADA, "p", NOW, "Erro.")))
    assert [one.id for one in shelf(subject, VALE, HOJE)] == [OUTRA]


def test_an_edition_changes_only_from_what_was_read_and_then_all_or_nothing_is_written(subject: Subject) -> None:
    draft = a_publicacao()
    subject.put(draft)
    changed = publicacoes.reescrever(draft, a_conteudo(titulo="Outro"))
    fato = Fato("DocumentacaoPublicada", draft, {"publicacao": ID, "vigente_de": HOJE, "visivel_em": NOW, "nada": None})
    subject.write(Mudanca(draft, changed), fatos=[fato], envio=an_upload())
    assert (subject.told(), subject.uploads.get(HOSPITAL, "u1")) == (["DocumentacaoPublicada"], an_upload())
    late = replace(fato, tipo="DocumentacaoRetirada")
    for stale in (Mudanca(draft, changed), Mudanca(None, draft)):
        with pytest.raises(StalePublicacaoError):
            subject.write(stale, fatos=[late], envio=an_upload(upload_id="u2"))
    assert subject.port.edicoes(VALE, ID) == (changed,)
    assert (subject.told(), subject.uploads.get(HOSPITAL, "u2")) == (["DocumentacaoPublicada"], None)


def test_an_answer_is_kept_with_what_it_tells_of(subject: Subject) -> None:
    attempt = Attempt(f"PRESTADOR#OPERADORA#{VALE}", "/operadora/documentacoes#p#k", "d1")
    subject.write(Mudanca(None, a_publicacao()), guardar=[subject.answers.keep(attempt, {"versao": 1}, NOW)])
    assert subject.answers.replay(attempt, NOW) == {"versao": 1}


@pytest.mark.parametrize("engine_name", ["moto"])
def test_a_kept_answer_that_is_there_already_is_not_told_as_a_change(subject: Subject) -> None:
    attempt = Attempt(f"PRESTADOR#OPERADORA#{VALE}", "/operadora/documentacoes#p#k", "d1")
    keep = [subject.answers.keep(attempt, {}, NOW)]
    subject.write(Mudanca(None, a_publicacao()), guardar=keep)
    with pytest.raises(ConditionFailedError):
        subject.write(Mudanca(None, a_publicacao(OUTRA)), guardar=keep)


def test_whoever_meets_other_writers_all_the_time_is_not_told_that_it_changed() -> None:
    class Client:
        def transact_write_items(self, **_asked: Any) -> None:
            raise TransientConflictError

    with pytest.raises(TransientConflictError):
        Subject(DynamoPublicacoes(Client(), "t"), None, None, list).put(a_publicacao())


def test_a_visit_is_of_one_person_at_one_prestador_and_never_goes_back(subject: Subject) -> None:
    port, later = subject.port, NOW + timedelta(microseconds=1)
    assert port.visita(HOSPITAL, "p1") is None
    for ate in (NOW, later, NOW):
        port.visitar(HOSPITAL, "p1", ate)
    assert port.visita(HOSPITAL, "p1") == later
    assert port.visita(HOSPITAL, "p2") is port.visita(CLINICA, "p1") is None
    shelves, seen = port.estantes(HOSPITAL, "p1", (VALE, PASA), HOJE)
    assert ([*map(len, shelves.values())], shelves.keys(), seen) == ([0, 0], {VALE, PASA}, later)


# --- who reads ---


@pytest.fixture
def leitores(engine: Engine | None) -> Any:
    person = "pf0123456789abcdef01234567"
    places = (a_local(uf="MG"), a_local("7654321", uf="RJ", vigente_ate=HOJE - timedelta(days=1)))
    if engine is None:
        return FakeLeitores(
            a_leitor(ufs=frozenset({"ES", "MG"})), a_leitor(registro_ans=PASA, ufs=frozenset({"ES"})),
            a_leitor(person, tipo=TipoPrestador.PESSOA_FISICA, ufs=frozenset()),
            a_leitor(CLINICA, registro_ans=PASA, ufs=frozenset(), da_rede=False),
        )  # fmt: skip
    table = engine.table("cadastro", busca=True)
    rows = CadastroTable(engine.dynamodb, table)
    rows.put_prestador(Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ, uf="ES"))
    rows.put_prestador(Prestador(person, "Pessoa Exemplo", "1234567", cpf="52998224725"))
    rows.put_prestador(Prestador(CLINICA, "Clínica", "1234567", cnpj=CNPJ))
    for registro in (VALE, PASA):
        rows.put_operadora(an_operadora(registro))
        rows.put_relacionamento(a_relacionamento(HOSPITAL, registro, "SUSPENSO"))
    rows.put_relacionamento(_named(a_relacionamento(person), "PF"))
    rows.put_relacionamento(_named(a_relacionamento(CLINICA, PASA, "RECUSADO"), "CL"))
    Loaded(engine.dynamodb, table, "").put("locais", VALE, *places)
    return DynamoLeitores(engine.dynamodb, table, Catalogo(engine.dynamodb, table, FixedClock(NOW)))


def _named(relacionamento: Relacionamento, codigo: str) -> Relacionamento:
    return replace(relacionamento, codigo_na_operadora=codigo)


def test_a_prestador_reads_as_each_operadora_knows_it_and_is_of_its_network_if_ever_enabled(
    leitores: Any,
) -> None:
    of_vale, of_pasa = a_leitor(ufs=frozenset({"ES", "MG"})), a_leitor(registro_ans=PASA, ufs=frozenset({"ES"}))
    found = leitores.leitores(HOSPITAL, None, HOJE)
    assert sorted(found, key=lambda one: one.registro_ans) == [of_pasa, of_vale]
    assert list(leitores.leitores(HOSPITAL, VALE, HOJE)) == [of_vale]
    (person,) = leitores.leitores("pf0123456789abcdef01234567", None, HOJE)
    assert (person.tipo, person.ufs) == (TipoPrestador.PESSOA_FISICA, frozenset())
    (refused,) = leitores.leitores(CLINICA, None, HOJE)
    assert (refused.registro_ans, refused.da_rede) == (PASA, False)
    for stranger, registro in ((HOSPITAL, "999999"), (CLINICA, VALE), ("ninguem", None)):
        assert list(leitores.leitores(stranger, registro, HOJE)) == []


def test_an_operadora_knows_all_it_has_a_relacionamento_with_page_by_page(leitores: Any) -> None:
    def known(registro_ans: str) -> list[Leitor]:
        found, position = [], None
        while True:
            page, position = leitores.da_operadora(registro_ans, HOJE, position)
            found += page
            if position is None:
                return sorted(found, key=lambda one: one.prestador_id)

    for registro in (VALE, PASA):
        each = (HOSPITAL, CLINICA, "pf0123456789abcdef01234567")
        alone = [one for prestador in each for one in leitores.leitores(prestador, registro, HOJE)]
        assert known(registro) == sorted(alone, key=lambda one: one.prestador_id)
        assert len(alone) == 2
    assert known("999999") == []


def test_who_has_no_relacionamento_with_an_operadora_is_not_known_there(leitores: Any) -> None:
    assert set(leitores.desconhecidos(VALE, (HOSPITAL, CLINICA, "ninguem"))) == {CLINICA, "ninguem"}
    assert set(leitores.desconhecidos(VALE, (HOSPITAL,))) == set()
