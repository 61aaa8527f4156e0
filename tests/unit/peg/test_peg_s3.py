"""The archive of peg: dossiers come back as they went, nothing is changed, what is not there is said not to be."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from conecta_contas.analise import Recuperado
from conecta_contas.dossies import Dossie
from conecta_contas.errors import DossieMissingError
from conecta_contas.pegs import Peg
from conecta_contas_aws import contas
from conecta_contas_aws.chaves import dossie_key
from conecta_edge.packed import TOKEN
from peg.domain.cobrancas import cobrancas_of
from peg.s3 import S3Archive
from tests.builders_autorizacao import CIRURGIA
from tests.builders_functions import HOSPITAL, VALE, XML, a_documento, a_peg, sha256
from tests.builders_peg import (
    OUTRA_SENHA,
    SENHA,
    a_dental,
    a_fee,
    a_resumo,
    a_sadt,
    a_visit,
    authorised,
    by,
    done,
    filled,
    granted,
    granted_stay,
)
from tests.casa_peg import Casa
from tests.contract.engines import Engine

BUCKET = "conecta-teste-acervo"


@pytest.fixture
def archive(moto: Engine) -> S3Archive:
    client = moto.client("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "sa-east-1"})
    return S3Archive(client, BUCKET)


def a_dossie(*guias: Any) -> tuple[Peg, Dossie]:
    """A real one, with glosas, of a PEG that was received."""
    casa = Casa()
    casa.autoriza()
    casa.autoriza(granted_stay(authorised(CIRURGIA), numero=OUTRA_SENHA))
    casa.autoriza(granted(authorised("85100196", dente="11"), numero="26110000003"))
    peg = casa.recebe(*guias)
    return peg, casa.dossie(peg)


KINDS = {
    "sadt": (a_sadt(done(quantidade=2)), a_sadt(numero="G2", carteira="999")),
    "resumo": (a_resumo(done(CIRURGIA, valor="1000.00", hora_inicial="08:00:00"), senha=OUTRA_SENHA),),
    "honorarios": (a_fee(done(CIRURGIA, valor="1000.00", equipe=(by("00"),)), senha=OUTRA_SENHA),),
    "consulta": (a_visit(), a_visit("G2")),
    "odonto": (a_dental(filled(dente="11"), senha="26110000003"), a_dental(filled(dente="12"), numero="G2")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_dossier_of_any_kind_of_guia_comes_back_as_it_went(archive: S3Archive, kind: str) -> None:
    peg, dossie = a_dossie(*KINDS[kind])
    token = archive.keep_dossie(peg, dossie)
    assert len(token) == TOKEN
    back = archive.dossie(replace(peg, dossie=token))
    assert replace(back, fatos={}) == replace(dossie, fatos={})
    assert back.contrato_em(back.guias[0].dias[0]) == dossie.contrato_em(dossie.guias[0].dias[0])
    assert (back.usos(peg), cobrancas_of(back, peg)) == (dossie.usos(peg), cobrancas_of(dossie, peg))
    assert archive.keep_dossie(peg, back) == token


def test_its_bytes_are_small_and_of_its_content_alone(archive: S3Archive, moto: Engine) -> None:
    guias = [a_sadt(done(hora_inicial=f"08:{n % 60:02d}:00"), numero=f"G{n}", senha=None) for n in range(100)]
    peg, dossie = a_dossie(*guias)
    token = archive.keep_dossie(peg, dossie)
    key = f"t/{VALE}/{HOSPITAL}/pegs/{peg.protocolo}/{token}.json.gz"
    body = moto.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert len(body) < 40_000
    assert json.loads(gzip.decompress(body))["resultado"]["guias"][0]["itens"][0]["informado"] == "18.50"
    assert archive.keep_dossie(peg, dossie) == token
    assert archive.keep_dossie(peg, replace(dossie, tocadas=(SENHA, OUTRA_SENHA))) != token


def test_a_dossier_of_before_recursos_is_read_as_it_was(archive: S3Archive, moto: Engine) -> None:
    peg, dossie = a_dossie(*KINDS["sadt"])
    key = dossie_key(peg, archive.keep_dossie(peg, dossie))
    client = moto.client("s3")
    told = json.loads(gzip.decompress(client.get_object(Bucket=BUCKET, Key=key)["Body"].read()))
    resultado = told["resultado"]
    assert resultado.pop("recuperados") == []
    for one in (*resultado["glosas"], *(line for guia in resultado["guias"] for line in guia["itens"])):
        assert one.pop("recuperado") == "0.00"
    client.put_object(Bucket=BUCKET, Key=key, Body=gzip.compress(json.dumps(told).encode()))
    held = replace(peg, dossie=key.rpartition("/")[2].partition(".")[0])
    assert archive.dossie(held).resultado == dossie.resultado


def test_amounts_keep_their_cents(archive: S3Archive) -> None:
    peg, dossie = a_dossie(*KINDS["sadt"])
    back = archive.dossie(replace(peg, dossie=archive.keep_dossie(peg, dossie)))
    assert str(back.resultado.guias[0].itens[0].informado) == "37.00"
    assert sum(one.valor for one in back.resultado.glosas) == back.resultado.glosado == Decimal("37.00")


def test_a_dossier_that_is_not_there_is_asked_for_again(archive: S3Archive) -> None:
    for dossie in ("", "0" * TOKEN):
        with pytest.raises(DossieMissingError):
            archive.dossie(a_peg(dossie=dossie))


def test_what_a_recurso_gives_back_is_read_as_it_was_kept(archive: S3Archive, moto: Engine) -> None:
    client, partes = moto.client("s3"), (Recuperado("261160000001", 2, 1, 3, Decimal("10.50")),)
    keys = {
        contas.keep_acatados(client, BUCKET, VALE, HOSPITAL, recurso="261160000001", partes=partes) for _ in range(2)
    }
    (key,) = keys
    assert key.startswith(f"t/{VALE}/{HOSPITAL}/recursos/261160000001/acatados-")
    (back,) = archive.acatados(key)
    assert (back, str(back.valor)) == (partes[0], "10.50")
    with pytest.raises(DossieMissingError):
        archive.acatados(key.replace("acatados-", "acatados-0"))


def test_files_answers_and_reports_lie_where_the_upload_is_told_of(archive: S3Archive, moto: Engine) -> None:
    documento = a_documento()
    assert archive.read(documento.chave) is None
    assert archive.keep(VALE, HOSPITAL, "lote_tiss", XML) == documento.chave
    assert archive.read(documento.chave) == XML
    archive.keep_answer(VALE, HOSPITAL, "u1", b"<recebido/>")
    assert archive.answer_key(documento) == f"t/{VALE}/{HOSPITAL}/respostas/u1.xml"
    assert archive.read(archive.answer_key(documento)) == b"<recebido/>"
    archive.keep_report(documento, {"achados": [{"mensagem": "Não é um lote.", "valor": Decimal("1.00")}]})
    report = archive.read(f"t/{VALE}/{HOSPITAL}/respostas/u1.json") or b""
    assert json.loads(report) == {"achados": [{"mensagem": "Não é um lote.", "valor": "1.00"}]}
    typed = archive.keep(VALE, HOSPITAL, "peg_digitado", b"{}")
    assert typed == f"t/{VALE}/{HOSPITAL}/peg_digitado/{sha256(b'{}')}"
    head = moto.client("s3").head_object(Bucket=BUCKET, Key=typed)
    assert head["ContentType"] == "application/json"
