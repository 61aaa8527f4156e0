"""What every act has in common, and how a process puts its ports together."""

from __future__ import annotations

import pytest

from autorizacao.bootstrap import nucleo as bootstrap
from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
from autorizacao.service import nucleo
from autorizacao.service.portas import Chamador, keep_nothing
from autorizacao.settings import settings
from conecta_edge import session
from conecta_edge.settings import MissingSettingError
from conecta_senhas.autorizacoes import Papel
from tests.builders_autorizacao import a_request, an_authorization
from tests.builders_cadastro import HOJE
from tests.builders_functions import NOW, VALE
from tests.fakes_autorizacao import World, of_operadora, of_prestador
from tests.fakes_cadastro import PSEUDONIMOS


def test_what_a_caller_does_says_who_when_and_why() -> None:
    ato = of_prestador().ato(NOW, HOJE, "Porque sim")
    assert (ato.papel, ato.quem, ato.quando, ato.hoje, ato.motivo) == (
        Papel.PRESTADOR, "pessoa-1", NOW, HOJE, "Porque sim",
    )  # fmt: skip
    assert of_operadora().ato(NOW, HOJE).motivo is None
    nobody = Chamador(papel=Papel.SISTEMA, quem="x")
    assert (nobody.prestador_id, nobody.registros, nobody.versao) == (None, frozenset(), None)


def test_a_scene_has_parent_and_complements_only_where_they_are_asked_for() -> None:
    world = World()
    stay = world.stay()
    child = world.ask(a_request(guia_principal=stay.numero))
    portas, who = world.portas(), of_prestador()
    with_children = nucleo.scene(VALE, stay.numero, chamador=who, portas=portas, complementos=True)
    assert [one.autorizacao for one in with_children.complementos] == [child]
    assert nucleo.scene(VALE, stay.numero, chamador=who, portas=portas).complementos == ()
    of_child = nucleo.scene(VALE, child.numero, chamador=who, portas=portas, complementos=True)
    assert (of_child.complementos, of_child.pai and of_child.pai.numero) == ((), stay.numero)


def test_a_complement_that_is_nowhere_is_left_out() -> None:
    world = World()
    world.autorizacoes.plant(an_authorization(), complementos=("26119999999999",))
    found = nucleo.scene(
        VALE, an_authorization().numero, chamador=of_prestador(), portas=world.portas(), complementos=True
    )
    assert found.complementos == ()


def test_nothing_is_kept_where_nobody_asked_for_it() -> None:
    assert keep_nothing("whatever") == ()


# --- the process ---


@pytest.fixture
def process(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(bootstrap, "client", lambda service: service)
    monkeypatch.setattr(session, "client", lambda service: service)
    monkeypatch.setattr(session, "pseudonyms", lambda: PSEUDONIMOS)
    return function_environment


def test_a_process_makes_its_adapters_once_and_a_call_its_instant(process: dict[str, str]) -> None:
    first, second = bootstrap.portas(), bootstrap.portas(records=(lambda: None,))
    assert first.autorizacoes is second.autorizacoes is bootstrap.autorizacoes()
    assert first.documentos is second.documentos
    assert first.contextos is not second.contextos
    assert (first.now, first.hoje, first.keep) == (NOW, HOJE, keep_nothing)
    assert isinstance(first.autorizacoes, DynamoAutorizacoes)
    assert first.autorizacoes._table == process["TABELA_AUTORIZACAO"]
    assert bootstrap.beneficiarios()._table == process["TABELA_BENEFICIARIOS"]
    assert bootstrap._fontes().documentos._table == process["TABELA_DOCUMENTOS"]
    assert bootstrap._fontes().table == process["TABELA_AUTORIZACAO"]


@pytest.mark.parametrize("name", ["TABELA_AUTORIZACAO", "TABELA_BENEFICIARIOS"])
def test_a_function_that_was_not_told_its_tables_does_not_start(
    process: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(MissingSettingError):
        settings()
