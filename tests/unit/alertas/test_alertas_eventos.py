"""The catalogue of public events is closed, and says what the code tells."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from alertas.domain import eventos
from alertas.domain.eventos import CATALOGO, ESCOLHIVEIS, TESTE, destinatarios, esquema, exemplo, publico
from conecta_senhas.eventos import FATOS
from local import eventos as generator
from pagamento.service import notas

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
INTERNOS = {
    "CargaConcluida", "CargaRetomada", "CredencialCriada", "CredencialRevogada", "CronogramaPublicado",
    "DemonstrativosPedidos", "DocumentacaoRetirada", "DocumentoVinculado", "PessoaDesvinculada", "PessoaVinculada",
    "SenhaCarregada", "WebhookDesligado",
    "SenhaAtualizada", "PegAtualizado", "FaturaAtualizada", "ContestacaoAtualizada",
}  # fmt: skip
"""Events for our own functions; the last four are images of rows."""
TELLERS = {"fato", "_fato", "event", "_ended", "_write_entry", "_announce", "_told", "add", "change", "_mudar", "_sent"}
PAST = re.compile(r"(?:[A-Z][a-z]+){2,}|[A-Z][a-z]+(?:[A-Z][a-z]*)+")
AUTORIZACAO: dict[str, Any] = {
    "id": "a1", "tipo": "AutorizacaoDecidida", "versao": 1, "ocorrido_em": "2026-11-22T10:00:00.000000Z",
    "registro_ans": "345695", "prestador_id": "P1", "entidade": "autorizacao/345695/812", "correlacao": "pedido-7",
    "dados": {
        "numero": "812", "tipo": "SP_SADT", "situacao": "AUTORIZADA", "vez_de": None, "ate": "2027-02-20",
        "prestadores": ["P2", "P1"], "segredo": "x",
    },
}  # fmt: skip


def _told() -> Iterator[str]:
    """Names of the events that source files tell of, as far as they are written where they are told."""
    for path in sorted((*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers/edge").rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if called.lower() in TELLERS:
                    for held in (*node.args, *(word.value for word in node.keywords if word.arg == "tipo")):
                        for one in ast.walk(held):
                            if isinstance(one, ast.Constant) and PAST.fullmatch(str(one.value)):
                                yield str(one.value)


def test_whatever_happens_is_public_or_known_to_be_ours_alone() -> None:
    told = {*_told(), *FATOS.values(), *notas._FATOS.values()}
    assert told - INTERNOS <= CATALOGO.keys()
    source = "".join(
        path.read_text("utf-8")
        for folder in ("functions", "layers/edge")
        for path in (ROOT / folder).rglob("*.py")
        if "alertas" not in path.parts
    )
    assert {tipo for tipo in CATALOGO if f'"{tipo}"' not in source} == {TESTE}


@pytest.mark.regra("WEBHOOK-CATALOGO")
def test_an_event_is_delivered_with_the_members_of_the_catalogue_and_no_other() -> None:
    told = publico(AUTORIZACAO, "P2")
    assert told == {
        "id": "a1", "tipo": "AutorizacaoDecidida", "versao": 1, "ocorrido_em": "2026-11-22T10:00:00.000000Z",
        "registro_ans": "345695", "prestador_id": "P2", "entidade": "autorizacao/345695/812",
        "dados": {"numero": "812", "tipo": "SP_SADT", "situacao": "AUTORIZADA", "ate": "2027-02-20"},
    }  # fmt: skip


@pytest.mark.regra("WEBHOOK-CATALOGO")
def test_what_is_not_in_the_catalogue_is_delivered_to_nobody() -> None:
    assert publico({**AUTORIZACAO, "tipo": "SenhaAtualizada"}, "P1") is None


def test_every_party_of_an_authorization_is_concerned() -> None:
    assert destinatarios(AUTORIZACAO) == ("P1", "P2")


@pytest.mark.parametrize(
    ("dados", "prestador_id", "concerned"),
    [
        ({"protocolo": "1"}, "P1", ("P1",)),
        ({"versao": 2}, "", ()),
        ({"do_prestador": True}, "P1", ("P1",)),
        ({"do_prestador": False}, "P1", ()),
    ],
    ids=["its prestador", "a whole operadora", "asked by the prestador", "asked by a person for itself"],
)
def test_an_event_concerns(dados: dict[str, Any], prestador_id: str, concerned: tuple[str, ...]) -> None:
    assert destinatarios({"dados": dados, "prestador_id": prestador_id}) == concerned


def test_a_test_is_not_chosen() -> None:
    assert set(ESCOLHIVEIS) == CATALOGO.keys() - {TESTE}


@pytest.mark.parametrize("tipo", CATALOGO)
def test_the_example_of_an_event_is_of_its_schema_and_is_delivered_as_it_is(tipo: str) -> None:
    schema, shown = esquema(), exemplo(tipo)
    members = schema["$defs"][tipo]
    assert shown.keys() == set(schema["required"])
    assert set(members["required"]) <= shown["dados"].keys() == members["properties"].keys()
    kinds = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
    for name, held in shown["dados"].items():
        kind = members["properties"][name]
        assert type(held) is kinds[kind["type"]], name
        assert re.fullmatch(kind.get("pattern", ".*"), str(held))
    told = publico({**shown, "registro_ans": shown["registro_ans"] or "", "correlacao": "c"}, "12345678000195")
    assert told == shown


def test_the_documents_say_what_the_code_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert generator.main(["--conferir"]) == 0
    monkeypatch.setattr(generator, "DOCS", tmp_path)
    assert generator.main(["--conferir"]) == 1
    assert generator.main([]) == 0
    assert generator.main(["--conferir"]) == 0
    assert json.loads((tmp_path / "eventos.json").read_text("utf-8"))["$defs"].keys() == eventos.CATALOGO.keys()
