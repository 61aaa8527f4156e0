"""Rows of what operadoras publish and prestadores read, and the bodies of their valid calls.

Who may call is written here by hand, from `decisoes.md` 6 and 7, as in `table`.
"""

from __future__ import annotations

from typing import Any, Final

from tests.matriz.model import AUDITORIA, CADASTRO, CENTRAL, FINANCEIRO, Door, Row, Values
from tests.matriz.pegs import PROVA

LER: Final = frozenset({"documentos.ler", "autorizacao.ler"})
PUBLICAM: Final = CADASTRO | FINANCEIRO | AUDITORIA
"""Comunicados; manuals are of cadastro alone."""
RASCUNHO: Final = "rascunho de publicacao"
PUBLICADA: Final = "publicacao publicada"
ESTADOS: Final = frozenset({RASCUNHO, PUBLICADA})
"""In which a publication of an operadora is made for a call that begins there."""
_REGISTRO: Final = {"registro_ans": "{registro}"}
_ID: Final = {"id": "{publicacao}"}
_ROW: Final = frozenset({"documentos"})


def comunicado(values: Values) -> Any:
    """To nobody else's prestadores than the hospital."""
    return {**conteudo(values), "registro_ans": values["registro"], "tipo": "COMUNICADO"}


def conteudo(values: Values) -> Any:
    """What a draft says."""
    return {"titulo": PROVA, "resumo": PROVA, "texto": PROVA, "publico": {"prestadores": [values["por"]]}}


def arquivo(_values: Values) -> Any:
    """A file that is never posted."""
    return {"nome_arquivo": "prova.pdf", "tamanho": 7}


def _read(operation: str, **more: Any) -> Row:
    return Row(operation=operation, door=Door.PRESTADOR, escopos=LER, **more)


def _of_operadora(operation: str, **more: Any) -> Row:
    return Row(operation=operation, door=Door.OPERADORA, **{"grupos": PUBLICAM | CENTRAL, **more})


def _of(operation: str, **more: Any) -> Row:
    return _of_operadora(operation, thing="publicacao", path=_ID, **more)


def _act(operation: str, makes: str, **more: Any) -> Row:
    return _of(operation, makes=makes, writes=_ROW, keyed=True, grupos=PUBLICAM, **more)


ROWS: Final = (
    _read("listarDocumentacoes", wrong={"tipo": "TUDO"}),
    _read("registrarVisita", body=lambda _values: {}, writes=_ROW),
    _read(
        "listarProcedimentosComSenha", thing="contrato", named_in="query", malformed=422, query=_REGISTRO,
        wrong={"data": "2026-02-30"},
    ),
    _read("lerDocumentacao", thing="documentacao", path={"id": "{documentacao}"}),
    _read("baixarDocumentacao", thing="documentacao", path={"id": "{documentacao}"}, ok=303),
    _of_operadora("listarPublicacoes", thing="operadora", named_in="query", query=_REGISTRO),
    _of_operadora(
        "criarPublicacao", thing="operadora", named_in="body", malformed=422, body=comunicado, ok=201, writes=_ROW,
        keyed=True, grupos=PUBLICAM,
    ),
    _of("obterPublicacao"),
    _of("baixarArquivoDePublicacao", ok=303),
    _act("alterarRascunhoDePublicacao", RASCUNHO, body=conteudo),
    _act("criarEdicao", PUBLICADA, ok=201),
    _act("enviarArquivoDePublicacao", RASCUNHO, body=arquivo, ok=201),
    _act("publicarDocumentacao", RASCUNHO),
    _act("retirarDocumentacao", PUBLICADA, body=lambda _values: {"motivo": PROVA}),
)  # fmt: skip
