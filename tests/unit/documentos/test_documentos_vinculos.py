"""What a document belongs to, and what is still missing: the rules, whichever door they are asked by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conecta_atos.portas import Chamador
from conecta_contas.pegs import SituacaoPeg
from conecta_senhas.autorizacoes import Situacao as SituacaoSenha
from conecta_tiss.messages.lote_guias import TipoGuia
from documentos.domain.documentos import ABERTAS, Destino, documento_id, of_upload
from documentos.domain.errors import (
    DestinoClosedError,
    DestinoNotAcceptedError,
    DocumentoNotFoundError,
    OutdatedExigenciasError,
)
from documentos.domain.exigencias import PADRAO, Esperado, Exigencia
from documentos.domain.finalidades import PUBLICACAO, Alvo, Formato
from documentos.domain.uploads import Situacao
from documentos.service import documentos, pendencias
from documentos.service.documentos import Pedido
from documentos.service.portas import Referencia
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, PDF, VALE, an_upload, sha256
from tests.fakes_documentos import Mesa, a_documento, a_referencia

QUEM = Chamador("pessoa-1", "c1")
PEG, RECURSO = Destino(Alvo.PEG, "261120000007"), Destino(Alvo.RECURSO, "261160000003")
GUIA, LOTE = Destino(Alvo.GUIA, PEG.id, "GP-1"), Destino(Alvo.LOTE, "17")
SENHA = Destino(Alvo.AUTORIZACAO, "26110000000001")


@pytest.fixture
def mesa() -> Mesa:
    made = Mesa()
    made.referencias.put(Alvo.PEG, PEG.id, a_referencia())
    made.referencias.put(Alvo.RECURSO, RECURSO.id, a_referencia(situacao="ENVIADO", numero_lote=None, tipo_guia=None))
    made.put(a_documento())
    return made


def link(mesa: Mesa, *destinos: Destino, documento: Any = None, tipo: str | None = None) -> list[Destino]:
    pedidos = [Pedido(one, tipo) for one in destinos]
    left = documentos.link(documento or a_documento(), pedidos, QUEM, mesa.portas)
    return [one.destino for one in left]


def listed(mesa: Mesa, destino: Destino, prestador_id: str = HOSPITAL) -> list[str]:
    held = documentos.refer(prestador_id, VALE, destino, mesa.portas)
    return [one.documento.id for one in documentos.of_destino(held, destino, lambda _one: True, mesa.portas)]


@pytest.mark.regra("DOC-VINCULO")
def test_one_document_serves_many_guias_and_its_id_follows_from_its_bytes(mesa: Mesa) -> None:
    other = replace(GUIA, guia="GP-2")
    assert link(mesa, GUIA, other) == [GUIA, other]
    assert [one.destino.guia for one in mesa.documentos.eventos] == ["GP-1", "GP-2"]
    assert a_documento().id == documento_id(HOSPITAL, VALE, "guia_assinada", sha256(PDF))
    assert listed(mesa, PEG) == [a_documento().id]


def test_what_belongs_to_it_already_is_told_once(mesa: Mesa) -> None:
    link(mesa, GUIA)
    assert link(mesa, GUIA, PEG, PEG) == [GUIA, PEG]
    assert len(mesa.documentos.eventos) == 2
    assert link(mesa, PEG) == [GUIA, PEG]


def test_a_guia_is_served_by_what_serves_its_peg_or_its_lote_and_by_no_other_guia(mesa: Mesa) -> None:
    more = [a_documento(one.encode()) for one in ("lote", "peg", "outra")]
    mesa.put(*more)
    for one, to in zip(more, (LOTE, PEG, replace(GUIA, guia="GP-2")), strict=True):
        link(mesa, to, documento=one)
    link(mesa, GUIA)
    assert set(listed(mesa, GUIA)) == {a_documento().id, more[0].id, more[1].id}
    assert set(listed(mesa, PEG)) == {one.id for one in (a_documento(), *more)}


@pytest.mark.parametrize(
    ("prestador_id", "destino"),
    [
        (HOSPITAL, replace(PEG, id="261120000008")), (CLINICA, PEG), (HOSPITAL, replace(GUIA, guia="GP-9")),
        (HOSPITAL, SENHA), (CLINICA, RECURSO),
    ],
)  # fmt: skip
def test_what_is_not_there_and_what_is_anothers_is_the_same(mesa: Mesa, prestador_id: str, destino: Destino) -> None:
    mine = replace(a_documento(finalidade="laudo"), prestador_id=prestador_id)
    with pytest.raises(DocumentoNotFoundError):
        link(mesa, destino, documento=mine)
    assert mesa.documentos.lacos == {}


def test_a_peg_of_another_operadora_is_none_for_a_document(mesa: Mesa) -> None:
    with pytest.raises(DocumentoNotFoundError):
        link(mesa, PEG, documento=a_documento(registro_ans=PASA))


@pytest.mark.regra("DOC-VINCULO")
@pytest.mark.parametrize(
    ("destino", "situacao"),
    [(PEG, SituacaoPeg.LIBERADO), (GUIA, SituacaoPeg.PAGO), (RECURSO, "RESPONDIDO"), (PEG, SituacaoPeg.CANCELADO)],
)
def test_what_waits_for_nothing_any_more_takes_no_document_and_gives_none_back(
    mesa: Mesa, destino: Destino, situacao: str
) -> None:
    link(mesa, destino)
    held = mesa.referencias.rows[destino.dono.alvo, destino.id]
    mesa.referencias.put(destino.dono.alvo, destino.id, replace(held, situacao=situacao))
    for act in (link, unlink):
        with pytest.raises(DestinoClosedError) as refused:
            act(mesa, destino)
        assert (refused.value.id, refused.value.situacao) == (destino.id, situacao)


def unlink(mesa: Mesa, *destinos: Destino) -> list[Destino]:
    left = documentos.unlink(a_documento(), destinos, QUEM, mesa.portas, guardar=lambda _left: ())
    return [one.destino for one in left]


def test_a_document_is_taken_back_and_may_be_given_again(mesa: Mesa) -> None:
    link(mesa, GUIA, RECURSO)
    assert unlink(mesa, GUIA, PEG) == [RECURSO]
    assert listed(mesa, PEG) == []
    assert link(mesa, GUIA) == [RECURSO, GUIA]
    assert len(mesa.documentos.eventos) == 3


def test_every_state_is_one_in_which_documents_come_or_do_not() -> None:
    assert ABERTAS[Alvo.AUTORIZACAO] < frozenset(SituacaoSenha)
    assert ABERTAS[Alvo.PEG] < frozenset(SituacaoPeg)


def test_what_a_finalidade_does_not_serve_is_told_with_its_place(mesa: Mesa) -> None:
    with pytest.raises(DestinoNotAcceptedError) as refused:
        link(mesa, PEG, SENHA, tipo="02")
    assert [(one.campo, one.codigo) for one in refused.value.defeitos] == [
        ("destinos[0].tipo_documento", "tipo-divergente"), ("destinos[1].alvo", "alvo-nao-aceito"),
        ("destinos[1].tipo_documento", "tipo-divergente"),
    ]  # fmt: skip
    with pytest.raises(DestinoNotAcceptedError, match="alvo-nao-aceito"):
        link(mesa, PEG, documento=a_documento(finalidade="nota_fiscal"))


@pytest.mark.parametrize(
    ("finalidade", "said", "tipo"), [("pdf", "12", "12"), ("pdf", None, None), ("laudo", "02", "02")]
)
def test_the_tipo_is_of_the_finalidade_or_else_as_it_is_said(
    mesa: Mesa, finalidade: str, said: str | None, tipo: str | None
) -> None:
    link(mesa, PEG, documento=a_documento(finalidade=finalidade), tipo=said)
    assert [one.tipo for one in mesa.documentos.eventos] == [tipo]


def test_documents_that_a_request_was_made_with_are_among_its_own(mesa: Mesa) -> None:
    for upload, bytes_ in (("u1", b"a"), ("u2", b"b")):
        mesa.documentos.uploads.add(a_kept_upload(upload, bytes_))
    mesa.documentos.uploads.add(an_upload(upload_id="u3", finalidade="laudo"))
    cotacao, laudo = (a_documento(one, "laudo", upload_id=None) for one in (b"a", b"b"))
    mesa.put(cotacao, laudo)
    anexados = (("u1", None), ("u2", "02"), ("u3", "02"), ("u4", None))
    held = Referencia(prestadores=(HOSPITAL,), registro_ans=VALE, situacao="EM_ANALISE", anexados=anexados)
    mesa.referencias.put(Alvo.AUTORIZACAO, SENHA.id, held)
    link(mesa, SENHA, documento=laudo)
    found = documentos.of_destino(held, SENHA, lambda _one: True, mesa.portas)
    assert {(one.documento.id, one.vinculo.tipo if one.vinculo else "") for one in found} == {
        (cotacao.id, "02"), (laudo.id, "02"),
    }  # fmt: skip
    assert documentos.of_destino(held, SENHA, lambda _one: False, mesa.portas) == []


def a_kept_upload(upload_id: str, content: bytes, finalidade: str = "laudo") -> Any:
    return an_upload(
        content, upload_id=upload_id, finalidade=finalidade, situacao=Situacao.CONCLUIDO, sha256=sha256(content),
        chave="t/x", recebido_em=NOW,
    )  # fmt: skip


def test_what_another_context_makes_something_of_is_no_document() -> None:
    published = replace(a_kept_upload("u1", b"x"), finalidade=PUBLICACAO.codigo)
    assert [of_upload(one) for one in (an_upload(), an_upload(finalidade="pdf"), published)] == [None, None, None]


def test_whether_some_bytes_were_sent_is_asked_by_their_digest(mesa: Mesa) -> None:
    mesa.put(a_documento(finalidade="laudo"), a_documento(b"outro"))
    found = documentos.of_bytes(HOSPITAL, VALE, sha256(PDF), lambda one: one.finalidade != "laudo", mesa.portas)
    assert [one.documento.id for one in found] == [a_documento().id]
    assert documentos.of_bytes(CLINICA, VALE, sha256(PDF), lambda _one: True, mesa.portas) == []


@pytest.mark.regra("DOC-RECURSO")
def test_uploads_that_a_recurso_was_sent_with_belong_to_it_once(mesa: Mesa) -> None:
    for n in range(40):
        mesa.documentos.uploads.add(a_kept_upload(f"p{n}", b"%d" % n))
    named = [f"p{n}" for n in range(40)] + ["p0", "x"]
    assert documentos.attach_to_recurso(HOSPITAL, RECURSO.id, named, QUEM, mesa.portas) == 40
    assert documentos.attach_to_recurso(HOSPITAL, RECURSO.id, named, QUEM, mesa.portas) == 0
    assert {one.destino for one in mesa.documentos.eventos} == {RECURSO}
    assert documentos.attach_to_recurso(CLINICA, RECURSO.id, named, QUEM, mesa.portas) == 0


# --- what is missing ---


def conferida(mesa: Mesa, destino: Destino = PEG) -> list[tuple[str | None, int, tuple[str, ...]]]:
    held = documentos.refer(HOSPITAL, VALE, destino, mesa.portas, guias=True)
    lista = pendencias.checklist(held, destino, mesa.portas)
    assert lista.completa is not any(one.faltam for one in lista.itens)
    return [(one.tipo, one.faltam, one.guias) for one in lista.itens]


@pytest.mark.regra("DOC-VINCULO")
def test_what_was_given_to_a_lote_stays_once_the_values_of_its_peg_are_published(mesa: Mesa) -> None:
    link(mesa, LOTE)
    mesa.referencias.put(Alvo.PEG, PEG.id, a_referencia(situacao="LIBERADO"))
    with pytest.raises(DestinoClosedError):
        link(mesa, LOTE, documento=a_documento(finalidade="embalagem"))
    with pytest.raises(DestinoClosedError):
        documentos.unlink(a_documento(), [LOTE], QUEM, mesa.portas, guardar=lambda _left: ())


@pytest.mark.regra("DOC-PENDENCIAS")
def test_each_guia_of_a_peg_needs_its_signature_unless_one_serves_all(mesa: Mesa) -> None:
    assert conferida(mesa) == [("06", 2, ("GP-1", "GP-2"))]
    link(mesa, replace(GUIA, guia="GO-1"))
    assert conferida(mesa) == [("06", 1, ("GP-2",))]
    link(mesa, LOTE)
    assert conferida(mesa) == [("06", 0, ())]


def test_what_is_asked_depends_on_the_kind_of_guia_and_is_data_of_the_operadora(mesa: Mesa) -> None:
    mesa.referencias.put(Alvo.PEG, PEG.id, a_referencia(tipo_guia=TipoGuia.RESUMO_INTERNACAO.value))
    assert [tipo for tipo, _, _ in conferida(mesa)] == ["06", "04"]
    whole = Exigencia(tipo="14", por_guia=False)
    made = pendencias.publish(VALE, [whole], QUEM, mesa.portas, guardar=lambda _left: ())
    assert (made.versao, made.quem, made.em) == (1, "pessoa-1", NOW)
    assert conferida(mesa) == [("14", 1, ())]
    link(mesa, GUIA, documento=a_documento(finalidade="termo_consentimento"))
    assert conferida(mesa) == [("14", 0, ())]


def test_what_is_asked_is_replaced_as_it_was_seen(mesa: Mesa) -> None:
    seen = replace(QUEM, versao=0)
    assert pendencias.publish(VALE, PADRAO, seen, mesa.portas, guardar=lambda _left: ()).versao == 1
    with pytest.raises(OutdatedExigenciasError):
        pendencias.publish(VALE, PADRAO, seen, mesa.portas, guardar=lambda _left: ())
    assert pendencias.publish(VALE, (), QUEM, mesa.portas, guardar=lambda _left: ()).versao == 2
    assert pendencias.in_force(PASA, mesa.portas).itens == PADRAO


@pytest.mark.regra("DOC-PENDENCIAS")
def test_a_recurso_expects_what_usually_proves_its_glosas(mesa: Mesa) -> None:
    held = mesa.referencias.rows[Alvo.RECURSO, RECURSO.id]
    mesa.referencias.put(Alvo.RECURSO, RECURSO.id, replace(held, esperados=("04", "06")))
    link(mesa, RECURSO)
    assert conferida(mesa, RECURSO) == [("04", 1, ()), ("06", 0, ())]


@pytest.mark.regra("R27", "DOC-PENDENCIAS")
def test_a_request_tells_itself_what_it_waits_for(mesa: Mesa) -> None:
    quote = Esperado(descricao="Cotações de OPME", finalidade="cotacao_opme", faltam=2)
    held = Referencia(prestadores=(HOSPITAL,), registro_ans=VALE, situacao="AGUARDANDO_DOCUMENTO", esperados=(quote,))
    mesa.referencias.put(Alvo.AUTORIZACAO, SENHA.id, held)
    assert conferida(mesa, SENHA) == [(None, 2, ())]


@pytest.mark.parametrize(
    ("formato", "nome", "seen"),
    [
        (Formato.PDF, "Laudo.PDF", "Laudo.PDF"), (Formato.PDF, "laudo.exe", "laudo.exe.pdf"),
        (Formato.JPEG, "a.jpeg", "a.jpeg"), (Formato.TIFF, "guia", "guia.tif"), (Formato.XML, "n.xml", "n.xml"),
    ],
)  # fmt: skip
def test_a_file_is_saved_under_a_name_that_ends_as_its_bytes_do(formato: Formato, nome: str, seen: str) -> None:
    assert formato.named(nome) == seen
