"""What pagamento reads of cadastro and documentos, and the tokens of its agendas: the stand-ins and AWS, one suite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from conecta_edge.catalogo import Catalogo
from conecta_edge.clock import FixedClock
from conecta_facts.calendario import Calendario, DiaEspecial, TipoDia
from conecta_facts.prestadores import Prestador
from documentos.domain import uploads
from documentos.domain.uploads import Situacao, Upload
from documentos.dynamodb.uploads import DynamoUploads
from pagamento.domain.errors import ArquivoIndisponivelError, MudouError, NaoEncontradoError
from pagamento.dynamodb.agendas import DynamoAgendas
from pagamento.dynamodb.cadastro import DynamoCadastro
from pagamento.s3 import ArquivoMissingError, S3Arquivos
from tests.builders_cadastro import HOJE, an_operadora
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, NOW, PASA, VALE, a_relacionamento, an_upload, sha256
from tests.builders_pagamento import a_file
from tests.cadastro_rows import CadastroTable
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import PEG, Engine
from tests.fakes_cadastro import Loaded
from tests.fakes_pagamento import FakeArquivos, FakeCadastro
from tests.fakes_pagamento_api import FakeAgendas

ENGINES = [FAKE, EMBEDDED]
NOTA = b"<nota/>"
FERIADO = DiaEspecial(HOJE, "feriado", TipoDia.FERIADO)
AURORA = Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ)


# --- cadastro ---


@pytest.fixture
def cadastro(engine: Engine | None) -> Any:
    operadora, relacionamento = an_operadora(), a_relacionamento()
    if engine is None:
        fake = FakeCadastro(AURORA, operadora)
        fake.codigos[HOSPITAL, VALE] = relacionamento.codigo_na_operadora
        fake.calendarios[VALE] = Calendario((FERIADO,))
        return fake
    table = engine.table("cadastro", busca=True)
    rows = CadastroTable(engine.dynamodb, table)
    rows.put_operadora(operadora)
    rows.put_prestador(AURORA)
    rows.put_relacionamento(relacionamento)
    Loaded(engine.dynamodb, table, "").put("calendario", VALE, FERIADO)
    return DynamoCadastro(engine.dynamodb, table, Catalogo(engine.dynamodb, table, FixedClock(NOW)))


def test_prestadores_operadoras_and_business_days_are_read_as_they_were_loaded(cadastro: Any) -> None:
    assert (cadastro.prestador(HOSPITAL), cadastro.operadora(VALE)) == (AURORA, an_operadora())
    assert (cadastro.codigo(HOSPITAL, VALE), cadastro.codigo(HOSPITAL, PASA)) == ("HOSP01", None)
    assert cadastro.calendario(VALE).dias == (FERIADO,)
    for ask, unknown in ((cadastro.prestador, CLINICA), (cadastro.operadora, "999999")):
        with pytest.raises(NaoEncontradoError):
            ask(unknown)


# --- files ---


@dataclass
class Files:
    """The port under test, and how a file of documentos comes to be behind it."""

    port: Any
    put: Callable[[Upload], None]


MOTIVOS = {Situacao.RECUSADO: "RECUSADO", Situacao.EXPIRADO: "AUSENTE"}


@pytest.fixture
def files(engine: Engine | None) -> Files:
    if engine is None:
        fake = FakeArquivos()

        def keep(upload: Upload) -> None:
            if upload.finalidade != "nota_fiscal":
                fake.refuse(upload.prestador_id, upload.id, "OUTRA_FINALIDADE")
            elif upload.situacao is Situacao.CONCLUIDO:
                fake.put(upload.prestador_id, arquivo_of(upload), NOTA)
            else:
                fake.refuse(upload.prestador_id, upload.id, MOTIVOS.get(upload.situacao, "EM_CONFERENCIA"))

        return Files(fake, keep)
    table, bucket = engine.table("documentos", indice="pendentes"), engine.bucket("acervo")

    def write(upload: Upload) -> None:
        DynamoUploads(engine.dynamodb, table).add(upload)
        if upload.chave:
            engine.s3.put_object(Bucket=bucket, Key=upload.chave, Body=NOTA)

    return Files(S3Arquivos(engine.dynamodb, table, engine.s3, bucket), write)


def arquivo_of(upload: Upload) -> Any:
    """As this context sees an upload that is complete."""
    return a_file(
        upload.id, formato=upload.formato, chave=upload.chave, sha256=upload.sha256, recebido_em=upload.recebido_em
    )


def received(upload_id: str, **changes: Any) -> Upload:
    """An upload of a nota that is complete."""
    upload = an_upload(NOTA, upload_id=upload_id, finalidade=changes.pop("finalidade", "nota_fiscal"))
    digest, stored = sha256(NOTA), NOW + timedelta(microseconds=7)
    key = f"t/{VALE}/{HOSPITAL}/nota_fiscal/{digest}"
    done = uploads.receive(upload, sha256=digest, chave=key, achados=(), at=stored, now=NOW)
    return replace(done, **changes)


def test_a_complete_file_of_a_nota_is_read_by_its_own_prestador(files: Files) -> None:
    upload = received("u1")
    files.put(upload)
    found = files.port.arquivo(HOSPITAL, "u1")
    assert (found, files.port.ler(found)) == (arquivo_of(upload), NOTA)
    assert found.recebido_em == NOW + timedelta(microseconds=7)


def test_what_cannot_be_the_file_of_a_nota_says_why(files: Files) -> None:
    files.put(received("u1"))
    files.put(received("u2", finalidade="pdf"))
    files.put(an_upload(NOTA, upload_id="u3", finalidade="nota_fiscal"))
    for upload_id, situacao in (("u4", Situacao.RECUSADO), ("u5", Situacao.EXPIRADO)):
        files.put(received(upload_id, situacao=situacao, chave=None))
    found = {}
    for whose, upload_id in ((CLINICA, "u1"), *((HOSPITAL, f"u{n}") for n in range(2, 7))):
        with pytest.raises(ArquivoIndisponivelError) as refused:
            files.port.arquivo(whose, upload_id)
        assert refused.value.upload_id == upload_id
        found[upload_id] = refused.value.motivo
    assert found == {
        "u1": "AUSENTE", "u2": "OUTRA_FINALIDADE", "u3": "EM_CONFERENCIA", "u4": "RECUSADO", "u5": "AUSENTE",
        "u6": "AUSENTE",
    }  # fmt: skip


@pytest.mark.parametrize("engine_name", [EMBEDDED])
def test_a_file_that_the_archive_lost_is_told_so(files: Files) -> None:
    files.put(received("u1"))
    with pytest.raises(ArquivoMissingError):
        files.port.ler(replace(files.port.arquivo(HOSPITAL, "u1"), chave="t/outra"))


# --- agendas ---


@pytest.fixture
def agendas(engine: Engine | None) -> Any:
    if engine is None:
        return FakeAgendas()
    return DynamoAgendas(engine.dynamodb, engine.table("pagamento", ordem="envio", chaves=PEG))


def test_a_token_shows_the_days_of_who_opened_it_until_it_is_revoked_or_replaced(agendas: Any) -> None:
    every = agendas.open(HOSPITAL, None, quem="p1", now=NOW)
    first = agendas.open(HOSPITAL, VALE, quem="p1", now=NOW)
    other = agendas.open(CLINICA, None, quem="p2", now=NOW)
    assert len({every, first, other}) == 3
    assert [agendas.owner(token) for token in (every, first, other)] == [
        (HOSPITAL, None), (HOSPITAL, VALE), (CLINICA, None),
    ]  # fmt: skip
    assert {(one.registro_ans, one.quem, one.criada_em) for one in agendas.of(HOSPITAL)} == {
        (None, "p1", NOW), (VALE, "p1", NOW),
    }  # fmt: skip
    second = agendas.open(HOSPITAL, VALE, quem="p3", now=NOW)
    assert (agendas.owner(first), agendas.owner(second)) == (None, (HOSPITAL, VALE))
    assert (agendas.revoke(HOSPITAL, VALE, now=NOW), agendas.revoke(HOSPITAL, VALE, now=NOW)) == (True, False)
    assert [agendas.owner(token) for token in (second, every)] == [None, (HOSPITAL, None)]
    assert [one.registro_ans for one in agendas.of(HOSPITAL)] == [None]
    assert agendas.owner("") is None


@pytest.mark.parametrize("engine_name", [EMBEDDED])
def test_of_two_who_replace_a_token_at_once_one_does(agendas: DynamoAgendas, monkeypatch: pytest.MonkeyPatch) -> None:
    agendas.open(HOSPITAL, None, quem="p1", now=NOW)
    write, theirs = agendas._write, list[str]()

    def late(*actions: Any) -> None:
        monkeypatch.setattr(agendas, "_write", write)
        theirs.append(agendas.open(HOSPITAL, None, quem="p2", now=NOW))
        write(*actions)

    monkeypatch.setattr(agendas, "_write", late)
    with pytest.raises(MudouError):
        agendas.open(HOSPITAL, None, quem="p1", now=NOW)
    assert [one.quem for one in agendas.of(HOSPITAL)] == ["p2"]
    assert agendas.owner(theirs[0]) == (HOSPITAL, None)
