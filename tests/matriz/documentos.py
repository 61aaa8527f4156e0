"""Rows of documents, what they belong to and what is missing, and the bodies of their valid calls.

Who may call is written here by hand, from `decisoes.md` 6 and 7, as in `table`.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date
from typing import Any, Final

from conecta_tiss.messages.envelope import Parte
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.xml.writer import write
from tests.builders_mensagens_recurso import envio_documentos
from tests.fakes_documentos import a_pdf
from tests.matriz.model import AUDITORIA, CENTRAL, FINANCEIRO, Door, Row, Values
from tests.matriz.senhas import TISS

FINALIDADE: Final = "relatorio"
"""Of the document that the matrix names: evidence, which the front desk and billing both send and read."""
RELATORIO: Final = a_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>")
LER: Final = frozenset({"documentos.ler", "autorizacao.ler"})
ESCREVER: Final = frozenset({"documentos.escrever", "autorizacao.escrever"})
LISTAR: Final = LER | {"pagamento.ler"}
_DELA: Final = CENTRAL | AUDITORIA | FINANCEIRO
_ID: Final = {"id": "{documento}"}
_ROW: Final = frozenset({"documentos"})


def destinos(values: Values) -> Any:
    """A lote that is not sent yet."""
    return {"destinos": [{"alvo": "LOTE", "id": values["lote"]}]}


def exigencias(values: Values) -> Any:
    """The signed guia of whatever guia, as by default: who comes after finds what it expects."""
    asked = {"tipo_documento": "06", "tipos_guia": [one.value for one in TipoGuia]}
    return {"registro_ans": values["registro"], "exigencias": [asked]}


def envio(values: Values) -> bytes:
    """The same document of a lote, as a message."""
    made = envio_documentos(
        numero_protocolo=None, numero_lote=values["lote"], numero_documento=values["guia"][:20], tipo="04",
        documento=base64.b64encode(RELATORIO).decode(),
    )  # fmt: skip
    cabecalho = replace(
        made.cabecalho, origem=Parte(cnpj=values["cnpj"]), destino=Parte(registro_ans=values["registro"]),
        data_registro=date.fromisoformat(values["hoje"]),
    )  # fmt: skip
    return write(replace(made, cabecalho=cabecalho))


def _of(operation: str, **more: Any) -> Row:
    held = {"escopos": LER, "opens": LISTAR, "thing": "documento", "path": _ID, **more}
    return Row(operation=operation, door=Door.PRESTADOR, **held)


def _of_the_operadora(operation: str, **more: Any) -> Row:
    return Row(operation=operation, door=Door.OPERADORA, **{"grupos": _DELA, **more})


ROWS: Final = (
    Row(operation="listarDocumentos", door=Door.PRESTADOR, escopos=LISTAR, wrong={"mes": "2026-11"}),
    Row(
        operation="listarPendenciasDeDocumentos", door=Door.PRESTADOR, escopos=LISTAR, thing="peg", named_in="query",
        query={"protocolo": "{protocolo}"}, wrong={"recurso": "261160000001"},
    ),
    _of("obterDocumento"),
    _of("baixarDocumento", ok=303, audit=1),
    _of("vincularDocumento", escopos=ESCREVER, opens=ESCREVER, body=destinos, writes=_ROW, keyed=True),
    _of("desvincularDocumento", escopos=ESCREVER, opens=ESCREVER, body=destinos, keyed=True),
    Row(
        operation="enviarMensagemTiss", variant="envioDocumentos", door=Door.PRESTADOR, escopos=ESCREVER, opens=TISS,
        path={"transacao": "envioDocumentos"}, body=envio, media_type="application/xml", tiss=True, needs="arquivos",
        writes=_ROW | {"acervo"},
    ),
    _of_the_operadora(
        "listarDocumentosDaOperadora", thing="peg da operadora", named_in="query",
        query={"registro_ans": "{registro}", "protocolo": "{protocolo}"}, wrong={"recurso": "261160000001"},
    ),
    _of_the_operadora(
        "baixarDocumentoPelaOperadora", thing="documento da operadora", path=_ID, query={"prestador": "{dono}"},
        ok=303, audit=1,
    ),
    _of_the_operadora(
        "obterExigenciasDeDocumentos", thing="operadora", named_in="query", query={"registro_ans": "{registro}"}
    ),
    _of_the_operadora(
        "definirExigenciasDeDocumentos", thing="operadora", named_in="body", malformed=422, body=exigencias,
        writes=_ROW, keyed=True, alone=True, grupos=AUDITORIA,
    ),
)  # fmt: skip
