"""`documentos.service.portas`: `Documentos` and `Referencias`, the fakes and what they stand for, one suite."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
from autorizacao.service.portas import Mudanca as MudancaDeSenha
from conecta_contas.pegs import Evento
from conecta_contas_aws.contas import DynamoContas
from conecta_edge.dynamodb import ConditionFailedError, put
from conecta_senhas.autorizacoes import Pendencia, Situacao, TipoPendencia
from conecta_senhas.solicitacoes import DocumentoAnexado
from documentos.domain.documentos import Destino, Vinculo, of_upload
from documentos.domain.envios import Numerado
from documentos.domain.errors import StaleDocumentoError, StaleUploadError
from documentos.domain.exigencias import PADRAO, Exigencias
from documentos.domain.finalidades import Alvo
from documentos.domain.uploads import Situacao as SituacaoUpload
from documentos.dynamodb.documentos import DynamoDocumentos
from documentos.dynamodb.referencias import DynamoReferencias
from documentos.dynamodb.uploads import DynamoUploads
from documentos.service.portas import Referencia
from peg.dynamodb.pegs import DynamoPegs
from peg.s3 import S3Archive
from recurso.dynamodb.recursos import DynamoRecursos
from recurso.service.portas import Mudanca as MudancaDeRecurso
from tests.builders_autorizacao import NUMERO, a_pending, a_request
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, VALE, a_peg, an_upload, sha256
from tests.builders_peg import a_sadt
from tests.builders_recurso import a_recurso
from tests.casa_peg import Casa
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import AUTORIZACAO, PEG, Engine
from tests.contract.test_autorizacoes_contract import a_row
from tests.contract.test_pegs_contract import all_pages, moved, race
from tests.fakes import FakeUploads, Kept
from tests.fakes_cadastro import PSEUDONIMOS
from tests.fakes_documentos import FakeDocumentos, a_documento

ENGINES = [FAKE, EMBEDDED]
REAL = pytest.mark.parametrize("engine_name", [EMBEDDED])
UM_PEG, UM_RECURSO = Destino(Alvo.PEG, "261120000001"), Destino(Alvo.RECURSO, "261160000001")
GUIA, LOTE = Destino(Alvo.GUIA, UM_PEG.id, "G#1"), Destino(Alvo.LOTE, "17", "G1")
SENHA = Destino(Alvo.AUTORIZACAO, NUMERO)


@dataclass
class Subject:
    """The ports under test, and what anybody could see behind them.

    Attributes:
        told: data of the events of a prestador.
        keeper: makes a kept answer of a name, to be written along; the same name loses.
    """

    port: Any
    uploads: Any
    told: Callable[[str], Sequence[Any]]
    keeper: Callable[[str], Any]

    def change(self, *novos: Vinculo, desfeitos: Sequence[Vinculo] = (), **more: Any) -> None:
        self.port.change(novos, desfeitos, now=NOW, correlacao="c1", **more)

    def of(self, documento: str) -> set[Destino]:
        return {one.destino for one in self.port.vinculos(HOSPITAL, documento)}


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        uploads, kept = FakeUploads(), set[str]()
        fake = FakeDocumentos(uploads)
        return Subject(
            fake, uploads,
            lambda whose: [
                {"alvo": one.destino.alvo.value, "id": one.destino.id, "upload_id": one.upload_id}
                for one in fake.eventos if one.prestador_id == whose
            ],
            lambda name: Kept(lambda: name not in kept, lambda: kept.add(name)),
        )  # fmt: skip
    table = engine.table("documentos", indice="pendentes")
    told = ("alvo", "id", "upload_id")
    return Subject(
        DynamoDocumentos(engine.dynamodb, table), DynamoUploads(engine.dynamodb, table),
        lambda whose: [
            {name: json.loads(row["evento"])["dados"][name] for name in told} for row in engine.outbox(table, whose)
        ],
        lambda name: put(table, {"pk": name, "sk": "RESPOSTA"}, "attribute_not_exists(pk)"),
    )  # fmt: skip


def a_link(destino: Destino = UM_PEG, documento: str = "d1", **changes: Any) -> Vinculo:
    held: dict[str, Any] = {
        "documento": documento, "prestador_id": HOSPITAL, "registro_ans": VALE, "finalidade": "laudo",
        "destino": destino, "tipo": "02", "quem": "pessoa-1", "em": NOW + timedelta(microseconds=1), "upload_id": "u1",
    }  # fmt: skip
    return Vinculo(**{**held, **changes})


def test_a_document_comes_back_to_its_own_tenant_and_stays_as_it_came_first(subject: Subject) -> None:
    one = a_documento(recebido_em=NOW + timedelta(microseconds=7))
    for _ in range(2):
        subject.port.keep(one)
    subject.port.keep(replace(one, nome="outro.pdf"))
    assert subject.port.get([(HOSPITAL, one.id), (CLINICA, one.id), (HOSPITAL, "x")]) == [one, None, None]


def test_a_month_is_listed_newest_first_page_by_page(subject: Subject) -> None:
    made = [a_documento(b"%d" % n, recebido_em=NOW + timedelta(hours=n)) for n in range(3)]
    late = a_documento(b"x", recebido_em=NOW.replace(month=12, day=1, hour=2))  # still November there
    for one in (*made, late, a_documento(b"y", recebido_em=NOW.replace(month=10)), a_documento(prestador_id=CLINICA)):
        subject.port.keep(one)
    pages = all_pages(lambda position: subject.port.of_month(HOSPITAL, "202611", position, 3))
    assert [one for page in pages for one in page] == [late, *made[::-1]]
    assert [len(page) for page in pages][:1] == [3]


def a_received(upload_id: str = "u1", content: bytes = b"x", **changes: Any) -> Any:
    return an_upload(content, upload_id=upload_id, finalidade="laudo", **changes)


def done(upload: Any) -> Any:
    return replace(
        upload, situacao=SituacaoUpload.CONCLUIDO, sha256=sha256(b"x"), chave="t/x", recebido_em=NOW, conferir_em=None,
        versao=upload.versao + 1,
    )  # fmt: skip


def test_an_upload_completes_with_the_document_it_is_and_the_same_bytes_are_one(subject: Subject) -> None:
    for upload_id in ("u1", "u2"):
        before = a_received(upload_id)
        subject.uploads.add(before)
        after = done(before)
        subject.uploads.change(
            before, after, {"tipo": "DocumentoRecebido", "chave": "0", "dados": {}}, NOW, of_upload(after)
        )
        with pytest.raises(StaleUploadError):
            subject.uploads.change(before, after, None, NOW, of_upload(after))
    subject.uploads.add(a_received("u3"))
    first, second, *none = subject.port.of_uploads(HOSPITAL, ["u1", "u2", "u3", "u4"])
    assert (first.id, none) == (second.id, [None, None])
    assert [held.upload_id for held in subject.port.get([(HOSPITAL, first.id)])] == ["u1"]
    assert subject.port.of_uploads(CLINICA, ["u1"]) == [None]


def test_what_a_document_belongs_to_is_read_from_both_ends(subject: Subject) -> None:
    links = [
        a_link(),
        a_link(GUIA),
        a_link(LOTE, tipo=None),
        a_link(UM_RECURSO, upload_id=None),
        a_link(documento="d2"),
    ]
    subject.change(*links)
    assert sorted(subject.port.vinculos(HOSPITAL, "d1"), key=lambda one: one.destino) == sorted(
        links[:4], key=lambda one: one.destino
    )
    found = subject.port.vinculados(HOSPITAL, VALE, UM_PEG)
    assert {(one.documento, one.destino.guia) for one in found} == {("d1", None), ("d1", "G#1"), ("d2", None)}
    assert [subject.port.vinculados(*asked, UM_PEG) for asked in ((HOSPITAL, PASA), (CLINICA, VALE))] == [[], []]
    assert subject.port.vinculados(HOSPITAL, VALE, replace(UM_PEG, id="26112000000")) == []
    assert sorted(map(str, subject.told(HOSPITAL))) == sorted(
        str({"alvo": one.destino.alvo.value, "id": one.destino.id, "upload_id": one.upload_id}) for one in links
    )


def test_a_lote_whose_number_goes_on_where_anothers_ends_is_another(subject: Subject) -> None:
    subject.change(a_link(LOTE), a_link(Destino(Alvo.LOTE, "17#d1"), "d3"))
    assert [one.documento for one in subject.port.vinculados(HOSPITAL, VALE, LOTE)] == ["d1"]


def test_what_belongs_already_and_what_does_not_any_more_changes_nothing(subject: Subject) -> None:
    subject.change(a_link())
    with pytest.raises(StaleDocumentoError):
        subject.change(a_link(GUIA), a_link())
    with pytest.raises(StaleDocumentoError):
        subject.change(a_link(LOTE), desfeitos=[a_link(UM_RECURSO)])
    assert subject.of("d1") == {UM_PEG}
    subject.change(desfeitos=[a_link()])
    assert subject.of("d1") == set()
    with pytest.raises(StaleDocumentoError):
        subject.change(desfeitos=[a_link()])
    subject.change(a_link(em=NOW + timedelta(hours=1)))
    assert subject.of("d1") == {UM_PEG}
    assert len(subject.told(HOSPITAL)) == 2


def test_a_number_of_the_prestador_is_one_documents_for_good(subject: Subject) -> None:
    first = Numerado(prestador_id=HOSPITAL, registro_ans=VALE, numero="D#1", protocolo="1", documento="d1", digest="x")
    asked = (HOSPITAL, VALE, "D#1")
    assert subject.port.numerado(*asked) is None
    subject.change(a_link(), numerado=first)
    with pytest.raises(StaleDocumentoError):
        subject.change(a_link(GUIA), numerado=replace(first, documento="d2"))
    assert (subject.port.numerado(*asked), subject.of("d1")) == (first, {UM_PEG})
    assert [subject.port.numerado(*other) for other in ((CLINICA, VALE, "D#1"), (HOSPITAL, PASA, "D#1"))] == [
        None,
        None,
    ]
    subject.change(numerado=replace(first, numero="D#2"))


def test_an_answer_is_kept_with_what_it_tells_or_nothing_is(subject: Subject) -> None:
    subject.change(a_link(), guardar=[subject.keeper("k")])
    with pytest.raises(ConditionFailedError):
        subject.change(a_link(GUIA), guardar=[subject.keeper("k")])
    assert subject.of("d1") == {UM_PEG}


def test_of_many_who_give_the_same_at_once_one_does(subject: Subject) -> None:
    def give(_number: int) -> bool:
        try:
            subject.change(a_link())
        except StaleDocumentoError:
            return False
        return True

    assert race(give).count(True) == 1
    assert len(subject.told(HOSPITAL)) == 1


def test_what_pegs_must_bring_is_replaced_as_it_was_read(subject: Subject) -> None:
    first = Exigencias(registro_ans=VALE, itens=PADRAO, versao=1, quem="p", em=NOW)
    second = replace(first, itens=PADRAO[:1], versao=2)
    assert subject.port.exigencias(VALE) is None
    subject.port.write_exigencias(None, first, [subject.keeper("k")])
    for antes in (None, second):
        with pytest.raises(StaleDocumentoError):
            subject.port.write_exigencias(antes, second)
    subject.port.write_exigencias(first, second)
    with pytest.raises(ConditionFailedError):
        subject.port.write_exigencias(second, replace(second, versao=3), [subject.keeper("k")])
    assert (subject.port.exigencias(VALE), subject.port.exigencias(PASA)) == (second, None)


# --- what the other contexts wrote ---


@pytest.fixture
def world(engine: Engine) -> tuple[DynamoReferencias, Any]:
    """The adapter, and what writes as the other contexts do."""
    names = [
        engine.table("autorizacao", chaves=AUTORIZACAO), engine.table("peg", ordem="recepcao", chaves=PEG),
        engine.table("recurso", ordem="envio", chaves=PEG), engine.bucket("acervo"),
    ]  # fmt: skip
    client, s3 = engine.dynamodb, engine.s3
    contas = DynamoContas(client, names[1], s3, names[3])
    made = DynamoReferencias(client, contas, autorizacao=names[0], peg=names[1], recurso=names[2])

    def write() -> None:
        quote = Pendencia(tipo=TipoPendencia.COTACAO, descricao="Cotações", quantidade=2)
        report = Pendencia(tipo=TipoPendencia.DOCUMENTO, descricao="Laudo", documento="02")
        asked = a_request(executante=CLINICA, documentos=(DocumentoAnexado(documento_id="u1", tipo="02"),))
        held = a_pending(
            Situacao.AGUARDANDO_DOCUMENTO,
            solicitacao=asked,
            pendencias=(quote, report),
            pendente_ate=date(2026, 11, 30),
        )
        DynamoAutorizacoes(client, names[0], PSEUDONIMOS).write(
            [MudancaDeSenha(None, a_row(held))], now=NOW, correlacao="c"
        )
        casa, pegs, archive = Casa(), DynamoPegs(client, names[1]), S3Archive(s3, names[3])
        dossie = casa.dossie(casa.recebe(a_sadt(senha=None)))
        peg = replace(a_peg(UM_PEG.id), dossie=archive.keep_dossie(a_peg(UM_PEG.id), dossie))
        pegs.prepare(peg)
        pegs.change(peg, moved(peg, Evento.RECEBIDO), (), now=NOW, correlacao="c1")
        DynamoRecursos(client, names[2]).write(
            [MudancaDeRecurso(None, a_recurso(esperados=("04", "06")))], now=NOW, correlacao="c1"
        )

    return made, write


@REAL
def test_what_documents_are_given_to_is_read_as_its_owner_wrote_it(world: tuple[DynamoReferencias, Any]) -> None:
    port, write = world
    write()
    asked_as = a_request().numero_guia_prestador

    def mine(whose: str, destino: Destino, registro: str = VALE, *, guias: bool = False) -> Referencia | None:
        return port.of_prestador(whose, registro, destino, guias=guias)

    senha = mine(HOSPITAL, SENHA)
    assert senha is not None
    assert (senha.situacao, senha.ate, senha.prestadores, senha.anexados) == (
        "AGUARDANDO_DOCUMENTO", date(2026, 11, 30), (HOSPITAL,), (("u1", "02"),),
    )  # fmt: skip
    expected = [(one.tipo, one.finalidade, one.faltam) for one in senha.esperados if not isinstance(one, str)]
    assert expected == [(None, "cotacao_opme", 2), ("02", "laudo", 1)]
    executante = mine(CLINICA, SENHA)
    assert executante is not None
    assert (executante.prestadores, executante.anexados) == ((CLINICA,), ())
    assert [mine("outro", SENHA), mine(HOSPITAL, SENHA, PASA)] == [None, None]
    peg = mine(HOSPITAL, GUIA, guias=True)
    assert peg is not None
    assert (peg.situacao, peg.numero_lote, peg.tipo_guia, len(peg.guias)) == ("RECEBIDO", "1", "guiaSP-SADT", 1)
    whole = mine(HOSPITAL, UM_PEG)
    assert whole is not None
    assert whole.guias == ()
    recurso = mine(HOSPITAL, UM_RECURSO)
    assert recurso is not None
    assert (recurso.registro_ans, recurso.situacao, recurso.esperados) == (VALE, "ENVIADO", ("04", "06"))
    assert [mine(CLINICA, one) for one in (UM_PEG, UM_RECURSO)] == [None, None]
    assert [port.numero_of(whose, VALE, asked_as) for whose in (HOSPITAL, CLINICA)] == [NUMERO, None]
    yet_to_come = Referencia(prestadores=(HOSPITAL,), registro_ans=VALE, situacao=None)
    received, others = Destino(Alvo.LOTE, "1", "G1"), replace(yet_to_come, prestadores=(CLINICA,))
    assert [mine(HOSPITAL, LOTE), mine(CLINICA, received)] == [yet_to_come, others]
    assert mine(HOSPITAL, received) == replace(yet_to_come, situacao="RECEBIDO")


@REAL
def test_an_operadora_reads_what_is_its_own_with_everybody_who_sees_it(world: tuple[DynamoReferencias, Any]) -> None:
    port, write = world
    write()
    found = [port.of_operadora(VALE, one) for one in (SENHA, UM_PEG, UM_RECURSO)]
    assert [one.prestadores for one in found if one] == [(HOSPITAL, CLINICA), (HOSPITAL,), (HOSPITAL,)]
    assert [port.of_operadora(PASA, one) for one in (SENHA, UM_PEG, UM_RECURSO)] == [None, None, None]
