"""Documents given where documents are kept: a request that waits for them goes back to analysis by itself."""

from __future__ import annotations

from typing import Any

import pytest

from autorizacao.bootstrap import nucleo
from autorizacao.handler import eventos
from conecta_senhas.autorizacoes import Pendencia, Situacao, TipoPendencia
from conecta_senhas.errors import AutorizacaoNotFoundError
from tests.builders_autorizacao import NUMERO, a_pending
from tests.builders_functions import HOSPITAL, VALE
from tests.fakes_autorizacao import World

LAUDO = Pendencia(tipo=TipoPendencia.DOCUMENTO, descricao="Laudo", documento="02")
QUOTES = Pendencia(tipo=TipoPendencia.COTACAO, descricao="Cotações", quantidade=2)


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(nucleo, "portas", made.portas)
    return made


def waiting(world: World, *pendencias: Pendencia) -> None:
    world.autorizacoes.plant(a_pending(Situacao.AGUARDANDO_DOCUMENTO, pendencias=pendencias))


def given(**dados: Any) -> None:
    held = {"documento": "d1", "id": NUMERO, "finalidade": "laudo", "tipo": "02", "upload_id": "u1", **dados}
    eventos.consume({
        "detail-type": "DocumentoVinculado",
        "detail": {
            "registro_ans": VALE, "prestador_id": HOSPITAL, "entidade": "documento/d1", "correlacao": "c",
            "dados": held,
        },
    })  # fmt: skip


@pytest.mark.regra("R27")
def test_the_document_that_is_waited_for_is_the_answer_once(world: World) -> None:
    waiting(world, LAUDO)
    for _ in range(2):
        given(upload_id=None)
    held = world.held(NUMERO)
    assert (held.situacao, [one.documento_id for one in held.solicitacao.documentos]) == (Situacao.EM_ANALISE, ["d1"])


def test_quotes_are_counted_and_the_same_one_is_no_other(world: World) -> None:
    waiting(world, QUOTES)
    for upload_id, left in (("u1", [1]), ("u1", [1]), ("u2", [])):
        given(finalidade="cotacao_opme", tipo=None, upload_id=upload_id)
        assert [one.quantidade for one in world.held(NUMERO).pendencias] == left
    assert world.held(NUMERO).situacao is Situacao.EM_ANALISE


def test_what_nobody_waits_for_changes_nothing(world: World) -> None:
    waiting(world, LAUDO)
    before = world.held(NUMERO)
    given(finalidade="relatorio", tipo="04")
    assert world.held(NUMERO) == before
    with pytest.raises(AutorizacaoNotFoundError):
        given(id="26119999999999")
