"""`recurso.service.portas`: `Recursos`, `Arquivo` and `Documentos`, the fakes and what they stand for, one suite."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_contas_aws import contas
from conecta_edge.dynamodb import ConditionFailedError, get_item, put
from conecta_edge.rows import SOLTA, until
from conecta_edge.uploads import DynamoDocumentos
from documentos.domain.uploads import Situacao
from documentos.dynamodb.uploads import DynamoUploads
from recurso.domain.errors import MudouError
from recurso.domain.glosas import Nivel
from recurso.domain.pedidos import Rascunho
from recurso.domain.recursos import (
    TUDO,
    Decisao,
    Evento,
    Marco,
    Papel,
    Pauta,
    Porta,
    Recurso,
    Resposta,
    SituacaoRecurso,
    responder,
)
from recurso.dynamodb import recursos as adapter
from recurso.dynamodb.chaves import numero_key, rascunho_key
from recurso.dynamodb.recursos import DynamoRecursos
from recurso.s3 import RASCUNHO, ConteudoMissingError, S3Arquivo, conteudo_key, pauta_key
from recurso.service.portas import Fato, Mudanca
from tests.builders_cadastro import HOJE
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, VALE, an_upload
from tests.builders_recurso import DEZ, a_held, a_pauta, a_pedido, a_recurso, an_entry
from tests.builders_recurso import PEG as UM_PEG
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import PEG, Engine
from tests.contract.test_pegs_contract import all_pages, race
from tests.fakes import Kept
from tests.fakes_recurso import FakeArquivo, FakeDocumentos, FakeRecursos

ENGINES = [FAKE, EMBEDDED]
"""Moto is no judge of races, and takes ten times as long."""
ENVIADO, EM_ANALISE = SituacaoRecurso.ENVIADO, SituacaoRecurso.EM_ANALISE
RESPONDIDO, CANCELADO = SituacaoRecurso.RESPONDIDO, SituacaoRecurso.CANCELADO
GIVEN = Resposta(decisao=Decisao.ACATADO, valor_acatado=DEZ, quem="a", quando=NOW)
TOLD = Fato(tipo="RecursoEnviado", dados={"responder_ate": None, "documentos": []})


@dataclass
class Subject:
    """The port under test, and what anybody could see behind it.

    Attributes:
        told: the events of a prestador.
        keeper: makes a kept answer of a name, to be written along; the same name loses.
    """

    port: Any
    told: Callable[[str], Sequence[Mapping[str, Any]]]
    keeper: Callable[[str], Any]

    def add(self, *linhas: Any) -> None:
        """New rows, one transaction each."""
        for linha in linhas:
            self.write((None, linha))

    def write(self, *mudancas: tuple[Any, Any], **more: Any) -> None:
        """One transaction: rows as read and as they are to be."""
        made = [Mudanca(antes, depois) for antes, depois in mudancas]
        self.port.write(made, more.pop("fatos", ()), now=NOW, correlacao="c1", **more)

    def move(self, recurso: Recurso, **changes: Any) -> Recurso:
        """It as its next writer leaves it."""
        after: Recurso = later(recurso, **changes)
        self.write((recurso, after))
        return after


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        fake, kept = FakeRecursos(), set[str]()
        return Subject(
            fake,
            lambda whose: [
                {"tipo": event.tipo, "registro_ans": event.registro_ans, "correlacao": event.correlacao,
                 "dados": event.dados}
                for event in fake.told(whose)
            ],
            lambda name: Kept(lambda: name not in kept, lambda: kept.add(name)),
        )  # fmt: skip
    table = engine.table("recurso", ordem="envio", chaves=PEG)
    return Subject(
        DynamoRecursos(engine.dynamodb, table),
        lambda whose: [json.loads(row["evento"]) for row in engine.outbox(table, whose)],
        lambda name: put(table, {"pk": name, "sk": "RESPOSTA"}, "attribute_not_exists(pk)"),
    )


def later(linha: Any, **changes: Any) -> Any:
    """A row as its next writer leaves it."""
    return replace(linha, versao=linha.versao + 1, **changes)


def numbered(number: int, **changes: Any) -> Recurso:
    """One of several, each of its own number."""
    protocolo = f"26116{number:07d}"
    return a_recurso(protocolo, **{"numero": f"R{number}", **changes})


def a_draft(draft_id: str = "r1", **changes: Any) -> Rascunho:
    held: dict[str, Any] = {
        "id": draft_id, "prestador_id": HOSPITAL, "registro_ans": VALE, "origem": UM_PEG, "conteudo": "c1",
        "quantidade_entradas": 1, "valor_recursado": DEZ, "quem": "pessoa-1", "criado_em": NOW, "alterado_em": NOW,
    }  # fmt: skip
    return Rascunho(**{**held, **changes})


# --- what is kept comes back ---


def test_rows_come_back_to_the_cent_and_the_microsecond_to_their_own_tenant(subject: Subject) -> None:
    marco = Marco(
        evento=Evento.ENVIADO, papel=Papel.PRESTADOR, quem="p", quando=NOW + timedelta(microseconds=7),
        situacao=ENVIADO, motivo="é", vez_de=Papel.AUDITORIA, ate=HOJE,
    )  # fmt: skip
    recurso = a_recurso(
        nivel=Nivel.PROTOCOLO, guias=(TUDO,), valor_recursado=Decimal("1234567.10"), valor_acatado=Decimal("0.10"),
        enviado_em=NOW + timedelta(microseconds=1), porta=Porta.XML_S3, upload_id="u1", esperados=("02", "09"),
        respondido_em=HOJE, vencido=True, fatura=f"{UM_PEG}-1", lancamento="261150000001", entrega_ate=HOJE,
        pagamento_em=HOJE, paga_em=HOJE, historico=(marco,), tipo_guia=None,
    )  # fmt: skip
    held = a_held(_1=recurso.protocolo, **{TUDO: "261160000002"})
    draft = a_draft(contestar_ate=HOJE, valor_recursado=Decimal("0.10"))
    subject.write((None, recurso), (None, held), (None, draft))
    port = subject.port
    assert (port.recurso(HOSPITAL, recurso.protocolo), port.recurso(CLINICA, recurso.protocolo)) == (recurso, None)
    assert str(port.recurso(HOSPITAL, recurso.protocolo).valor_recursado) == "1234567.10"
    assert port.contestado(HOSPITAL, VALE, UM_PEG, legado=False) == held
    assert port.contestado(CLINICA, VALE, UM_PEG, legado=False) is None
    assert (port.rascunho(HOSPITAL, "r1"), port.rascunho(CLINICA, "r1")) == (draft, None)
    assert port.prestador_of(VALE, recurso.protocolo) == HOSPITAL
    assert port.prestador_of(PASA, recurso.protocolo) is None


def test_what_is_not_there_is_nothing(subject: Subject) -> None:
    port = subject.port
    assert [port.recurso(HOSPITAL, "1"), port.numero(HOSPITAL, VALE, "1"), port.rascunho(HOSPITAL, "1")] == [None] * 3
    assert [port.contestado(HOSPITAL, VALE, "1", legado=True), port.prestador_of(VALE, "1")] == [None] * 2
    assert port.enviados(HOSPITAL, "202611", None, 9).rows == port.rascunhos(HOSPITAL, None, 9).rows == []
    assert port.worklist(VALE, ENVIADO, None, 9).rows == port.month_of_operadora(VALE, "202611", None, 9).rows == []
    assert list(port.overdue(VALE, ENVIADO, HOJE, 9)) == []


def test_protocolos_are_of_the_month_and_never_repeat(subject: Subject) -> None:
    numbers = [subject.port.next_protocolo(date(2026, 11, 30)) for _ in range(12)]
    assert (len(set(numbers)), {number[:5] for number in numbers}) == (12, {"26116"})


def test_who_contests_a_legacy_protocolo_is_known_by_its_operadora_as_ours_is_not(subject: Subject) -> None:
    ours = a_held(_1="261160000001")
    legacy, other = replace(ours, legado=True, por={"G1": "2"}), replace(ours, legado=True, registro_ans=PASA, por={})
    subject.add(ours, legacy, other)
    read = subject.port.contestado
    assert [read(HOSPITAL, VALE, UM_PEG, legado=legado) for legado in (False, True)] == [ours, legacy]
    assert read(HOSPITAL, PASA, UM_PEG, legado=True) == other


# --- a write is all or nothing ---


def test_who_read_another_version_changes_nothing(subject: Subject) -> None:
    recurso, held = a_recurso(), a_held(_1="261160000001")
    subject.write((None, recurso), (None, held))
    ahead = later(held, por={})
    subject.write((held, ahead))
    new = numbered(2)
    for lost in (
        (held, later(held)),
        (None, held),
        (a_draft(), later(a_draft())),
        (None, replace(recurso, numero="R9")),
    ):
        with pytest.raises(MudouError):
            subject.write((None, new), lost, fatos=[TOLD], guardar=[subject.keeper("k")])
    assert subject.port.recurso(HOSPITAL, new.protocolo) is None
    assert [subject.port.numero(HOSPITAL, VALE, one) for one in ("R2", "R9")] == [None, None]
    assert (subject.port.prestador_of(VALE, new.protocolo), subject.told(HOSPITAL)) == (None, [])
    assert subject.port.contestado(HOSPITAL, VALE, UM_PEG, legado=False) == ahead
    subject.write((ahead, later(ahead)), guardar=[subject.keeper("k")])  # nothing was kept before


def test_a_kept_answer_is_written_along_or_nothing_is(subject: Subject) -> None:
    recurso = a_recurso()
    subject.write((None, recurso), fatos=[TOLD], guardar=[subject.keeper("k1")])
    with pytest.raises(ConditionFailedError):
        subject.write(
            (recurso, later(recurso)), fatos=[TOLD], guardar=[subject.keeper("k2"), subject.keeper("k1")]
        )  # fmt: skip
    assert subject.port.recurso(HOSPITAL, recurso.protocolo) == recurso
    subject.write((recurso, later(recurso)), guardar=[subject.keeper("k2")])


def test_events_are_of_the_recurso_that_is_written_and_each_version_tells_its_own(subject: Subject) -> None:
    recurso, held = a_recurso(), a_held(_1="261160000001")
    subject.write((None, held), (None, recurso), fatos=[TOLD, replace(TOLD, tipo="RecursoEmAnalise")])
    subject.write((recurso, later(recurso)), fatos=[replace(TOLD, dados={"valor_acatado": "1.00"})])
    events = subject.told(HOSPITAL)
    assert sorted(event["tipo"] for event in events) == ["RecursoEmAnalise", "RecursoEnviado", "RecursoEnviado"]
    assert {"valor_acatado": "1.00"} in [event["dados"] for event in events]
    assert {(event["registro_ans"], event["correlacao"]) for event in events} == {(VALE, "c1")}


def test_of_many_who_contest_the_same_guia_at_once_one_does(subject: Subject) -> None:
    held = replace(a_held(), por={})
    subject.add(held)

    def send(number: int) -> bool:
        recurso = numbered(number)
        try:
            subject.write((None, recurso), (held, held.taking(recurso)), fatos=[TOLD])
        except MudouError:
            return False
        return True

    done = race(send)
    winner = numbered(done.index(True)).protocolo
    assert (
        sum(done) == len(subject.told(HOSPITAL)) == len(subject.port.enviados(HOSPITAL, "202611", None, 99).rows) == 1
    )
    assert subject.port.contestado(HOSPITAL, VALE, UM_PEG, legado=False).por == {"1": winner}


# --- numbers ---


def test_a_living_recurso_holds_its_number_at_its_operadora_and_lets_it_go_when_it_is_cancelled(
    subject: Subject,
) -> None:
    first, again = a_recurso(), numbered(2, numero="R1", digest="other")
    subject.add(first)
    with pytest.raises(MudouError):
        subject.add(again)
    assert subject.port.recurso(HOSPITAL, again.protocolo) is None
    subject.add(replace(again, registro_ans=PASA), replace(again, prestador_id=CLINICA, protocolo="261160000003"))
    moved = subject.move(first, situacao=EM_ANALISE)
    moved = subject.move(moved, situacao=ENVIADO)
    assert subject.port.numero(HOSPITAL, VALE, "R1").recurso == first.protocolo
    subject.move(moved, situacao=CANCELADO)
    assert subject.port.numero(HOSPITAL, VALE, "R1") is None
    assert subject.port.numero(HOSPITAL, VALE, "R1", soltos=True).recurso == first.protocolo
    third = numbered(4, numero="R1", digest="d4")
    subject.add(third)
    for soltos in (False, True):
        told = subject.port.numero(HOSPITAL, VALE, "R1", soltos=soltos)
        assert (told.recurso, told.digest) == (third.protocolo, "d4")


def test_of_many_who_want_a_number_at_once_one_has_it_also_after_it_was_let_go(subject: Subject) -> None:
    gone = numbered(90, numero="N")
    subject.add(gone)
    subject.move(gone, situacao=CANCELADO)

    def send(number: int) -> bool:
        try:
            subject.add(numbered(number, numero="N"))
        except MudouError:
            return False
        return True

    done = race(send)
    assert sum(done) == 1
    assert subject.port.numero(HOSPITAL, VALE, "N").recurso == numbered(done.index(True)).protocolo


# --- lists ---


def test_what_a_prestador_sent_in_a_month_comes_newest_first_page_by_page_whatever_became_of_it(
    subject: Subject,
) -> None:
    sent = [numbered(n, enviado_em=NOW + timedelta(minutes=n % 3, microseconds=n)) for n in range(1, 6)]
    subject.add(*sent, numbered(9, prestador_id=CLINICA), a_recurso("261260000001", numero="R8"), a_draft())
    subject.move(sent[0], situacao=CANCELADO)
    pages = all_pages(lambda position: subject.port.enviados(HOSPITAL, "202611", position, 2))
    assert [one.protocolo[-1] for page in pages for one in page] == ["5", "2", "4", "1", "3"]
    assert [len(page) for page in pages if page] == [2, 2, 1]


def test_open_drafts_come_the_last_changed_first_and_no_others(subject: Subject) -> None:
    drafts = [a_draft(f"r{n}", alterado_em=NOW + timedelta(minutes=n)) for n in range(5)]
    subject.add(*drafts, a_draft("x", prestador_id=CLINICA), a_recurso())
    subject.write((drafts[1], later(drafts[1], descartado=True)))
    subject.write((drafts[2], later(drafts[2], enviado="261160000001")))
    changed = later(drafts[0], alterado_em=NOW + timedelta(hours=1))
    subject.write((drafts[0], changed))
    pages = all_pages(lambda position: subject.port.rascunhos(HOSPITAL, position, 2))
    assert [one for page in pages for one in page] == [changed, drafts[4], drafts[3]]
    assert subject.port.rascunho(HOSPITAL, "r1").descartado
    assert subject.port.rascunho(HOSPITAL, "r2").enviado == "261160000001"


def test_an_operadora_lists_a_month_by_protocolo_of_every_prestador(subject: Subject) -> None:
    made = [numbered(n, prestador_id=HOSPITAL if n % 2 else CLINICA) for n in range(1, 6)]
    subject.add(*made[::-1], numbered(8, registro_ans=PASA), a_recurso("261260000001", numero="R9"))
    pages = all_pages(lambda position: subject.port.month_of_operadora(VALE, "202611", position, 2))
    assert [one for page in pages for one in page] == made


# --- what waits for an answer ---


def protocolos(recursos: Sequence[Recurso]) -> list[str]:
    return [one.protocolo[-1] for one in recursos]


def test_what_waits_comes_the_most_urgent_first_until_it_is_answered(subject: Subject) -> None:
    made = [
        numbered(n, prestador_id=HOSPITAL if n % 2 else CLINICA, responder_ate=HOJE + timedelta(days=9 - n))
        for n in range(1, 5)
    ]
    subject.add(*made, numbered(5, responder_ate=None), numbered(6, registro_ans=PASA))

    def waiting(situacao: SituacaoRecurso) -> list[str]:
        pages = all_pages(lambda position: subject.port.worklist(VALE, situacao, position, 2))
        return [one for page in pages for one in protocolos(page)]

    assert waiting(ENVIADO) == ["4", "3", "2", "1", "5"]
    under = subject.move(made[3], situacao=EM_ANALISE)
    subject.move(made[2], situacao=CANCELADO)
    late = subject.move(made[1], vencido=True)
    assert (waiting(ENVIADO), waiting(EM_ANALISE)) == (["2", "1", "5"], ["4"])
    subject.move(subject.move(late, situacao=EM_ANALISE), situacao=RESPONDIDO)
    subject.move(under, situacao=RESPONDIDO)
    assert (waiting(ENVIADO), waiting(EM_ANALISE)) == (["1", "5"], [])


def test_what_was_not_answered_in_time_is_found_until_it_was_told_however_many_were_told_before(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "PAGE", 2)
    made = [numbered(n, responder_ate=HOJE - timedelta(days=10 - n)) for n in range(1, 8)]
    subject.add(*made, numbered(8, responder_ate=HOJE), numbered(9, responder_ate=None))

    def late(limit: int = 9) -> list[str]:
        return protocolos(subject.port.overdue(VALE, ENVIADO, HOJE, limit))

    assert (late(), late(2)) == (list("1234567"), ["1", "2"])
    for one in made[:5]:
        subject.move(one, vencido=True)
    assert (late(), late(1)) == (["6", "7"], ["6"])
    subject.move(made[5], situacao=EM_ANALISE)
    assert (late(), protocolos(subject.port.overdue(VALE, EM_ANALISE, HOJE, 9))) == (["7"], ["6"])


# --- in the table only ---


@pytest.mark.parametrize("engine_name", [EMBEDDED])
def test_nothing_is_ever_deleted_what_is_let_go_or_forgotten_ends_by_itself(subject: Subject) -> None:
    recurso, draft = a_recurso(), a_draft()
    subject.add(recurso, draft)
    subject.move(recurso, situacao=CANCELADO)
    ends = []
    for key in (numero_key(HOSPITAL, VALE, "R1"), rascunho_key(HOSPITAL, draft.id)):
        row = get_item(subject.port._client, subject.port._table, key)
        assert row is not None
        ends.append((row.get("livre"), int(row["ttl"])))
    assert ends == [(True, until(NOW + SOLTA)), (None, until(draft.expira_em))]


# --- the archive ---


@dataclass
class Acervo:
    """The port under test, and what peg reads of it."""

    port: Any
    acatados: Callable[[str], Any]


@pytest.fixture
def acervo(engine: Engine | None) -> Acervo:
    if engine is None:
        fake = FakeArquivo()
        return Acervo(fake, fake.devolvidos.__getitem__)
    bucket = engine.bucket("acervo")
    return Acervo(S3Arquivo(engine.s3, bucket), lambda key: contas.acatados(engine.s3, bucket, key))


def test_each_pauta_of_a_recurso_stays_as_it_was_kept_and_the_same_again_is_the_same(acervo: Acervo) -> None:
    recurso, port = a_recurso(), acervo.port
    first = a_pauta()
    partial = replace(GIVEN, decisao=Decisao.PARCIAL, valor_acatado=Decimal("2.50"), justificativa="não")
    pautas = [first, responder(first, {1: GIVEN}), responder(first, {1: partial})]
    names = [port.keep_pauta(recurso, one) for one in (*pautas, first)]
    assert (names[0], len(set(names))) == (names[3], 3)
    read: list[Pauta] = [port.pauta(replace(recurso, pauta=name)) for name in names[:3]]
    assert read == pautas
    assert str(read[2].valor_acatado) == "2.50"
    for absent in (replace(recurso, pauta="99"), replace(recurso, pauta=names[0], protocolo="261160000009")):
        with pytest.raises(ConteudoMissingError):
            port.pauta(absent)


def test_what_is_given_back_lies_where_peg_reads_it(acervo: Acervo) -> None:
    recurso = a_recurso()
    partes = responder(a_pauta(), {1: GIVEN}).devolvidos(recurso.protocolo)
    where = acervo.port.keep_acatados(recurso, partes)
    assert (acervo.port.keep_acatados(recurso, partes), acervo.acatados(where)) == (where, partes)
    assert sum(one.valor for one in partes) == DEZ


def test_contents_of_drafts_stay_as_they_were_kept_each_under_its_own(acervo: Acervo) -> None:
    port = acervo.port
    pedidos = [a_pedido(an_entry(valor=Decimal("1.10"), documentos=("u1",)), numero="N"), a_pedido()]
    names = [port.keep_conteudo(HOSPITAL, "r1", one) for one in pedidos]
    assert [port.conteudo(a_draft(conteudo=name)) for name in names] == pedidos
    with pytest.raises(ConteudoMissingError):
        port.conteudo(a_draft("r2", conteudo=names[0]))


@pytest.mark.parametrize("engine_name", [EMBEDDED])
def test_the_archive_forgets_what_a_draft_says_and_no_pauta(acervo: Acervo) -> None:
    port = acervo.port
    draft, pauta = port.keep_conteudo(HOSPITAL, "r1", a_pedido()), port.keep_pauta(a_recurso(), a_pauta())
    keys = conteudo_key(VALE, HOSPITAL, "r1", draft), pauta_key(VALE, HOSPITAL, a_recurso().protocolo, pauta)
    tags = [port._client.get_object_tagging(Bucket=port._bucket, Key=key)["TagSet"] for key in keys]
    assert tags == [[{"Key": "retencao", "Value": RASCUNHO}], []]


# --- files of documentos ---


def test_a_file_is_missing_until_it_is_complete_and_to_every_other_tenant(engine: Engine | None) -> None:
    port: Any
    if engine is None:
        port = fake = FakeDocumentos()
        fake.put(HOSPITAL, "u1", "u2")
    else:
        table = engine.table("documentos", indice="pendentes")
        port, uploads = DynamoDocumentos(engine.dynamodb, table), DynamoUploads(engine.dynamodb, table)
        for upload_id, situacao in (("u1", Situacao.CONCLUIDO), ("u2", Situacao.CONCLUIDO), ("u3", Situacao.EXPIRADO)):
            uploads.add(an_upload(upload_id=upload_id, situacao=situacao))
    assert port.missing(HOSPITAL, ["u3", "u1", "u4", "u2"]) == ("u3", "u4")
    assert port.missing(CLINICA, ["u1"]) == ("u1",)
