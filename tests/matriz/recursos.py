"""Rows of recursos de glosa, their drafts and answers, and the bodies of their valid calls.

Who may call is written here by hand, from `decisoes.md` 6 and 7, as in `table`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from local.gerador import consulta_recurso
from local.gerador.recursos import Contestada, PedidoRecurso, gerar_recurso
from tests.matriz.model import AUDITORIA, BILLING, Door, Row, Values
from tests.matriz.pegs import PROVA, message

LER: Final = frozenset({"recurso.ler"})
ESCREVER: Final = frozenset({"recurso.escrever"})
BOTH: Final = LER | ESCREVER
GLOSA, ENVIADO, COM_RESPOSTAS = "glosa contestavel", "recurso enviado", "recurso com respostas"
ABERTO: Final = "rascunho de recurso aberto"
ESTADOS: Final = frozenset({GLOSA, ENVIADO, COM_RESPOSTAS, ABERTO})
"""In which something is made for a call that begins there."""
_PEG: Final = {"protocolo": "{protocolo}"}
_RECURSO: Final = {"protocolo": "{recurso}"}
_RASCUNHO: Final = {"id": "{rascunho_recurso}"}
_ROW: Final = frozenset({"recurso"})
_KEPT: Final = frozenset({"recurso", "acervo"})


def recurso(values: Values) -> Any:
    """All that was taken of a guia."""
    item = {
        "nivel": "GUIA", "numero_guia_prestador": values["guia"], "codigo_glosa": values["glosa_da_guia"],
        "justificativa": PROVA,
    }  # fmt: skip
    return {"registro_ans": values["registro"], "protocolo_peg": values["protocolo"], "itens": [item]}


def respostas(_values: Values) -> Any:
    """Nothing is given back, so that nothing follows from it elsewhere."""
    return {"respostas": [{"item": 1, "decisao": "NAO_ACATADO", "justificativa": PROVA}]}


def planilha(values: Values) -> bytes:
    """A line of a guia."""
    names = ("registro_ans", "protocolo_peg", "numero_guia_prestador", "nivel", "codigo_glosa", "justificativa")
    line = (values["registro"], values["protocolo"], values["guia"], "GUIA", values["glosa_da_guia"], PROVA)
    return f"{';'.join(names)}\n{';'.join(line)}\n".encode()


def mensagem(values: Values) -> bytes:
    """A RECURSO_GLOSA of the same."""
    whole = Contestada(
        guia=values["guia"], codigo=values["glosa_da_guia"], valor=Decimal(values["valor"]), justificativa=PROVA
    )
    return gerar_recurso(
        PedidoRecurso(
            protocolo=values["protocolo"], contestadas=(whole,), numero=f"R{values['guia'][1:]}",
            numero_lote=values["lote"], hoje=date.fromisoformat(values["hoje"]), origem_cnpj=values["cnpj"],
            destino=values["registro"],
        )
    ).conteudo  # fmt: skip


def _pergunta(values: Values) -> bytes:
    today = date.fromisoformat(values["hoje"])
    return consulta_recurso(values["cnpj"], values["registro"], values["recurso"], today)


def _motivo(_values: Values) -> Any:
    return {"motivo": PROVA}


def _of(operation: str, **more: Any) -> Row:
    """Of a prestador's people and machines."""
    return Row(operation=operation, door=Door.PRESTADOR, papeis=BILLING, **{"escopos": LER, **more})


def _of_peg(operation: str, **more: Any) -> Row:
    """What a PEG of the query is asked for."""
    return _of(operation, thing="peg contestavel", named_in="query", query=_PEG, audit=1, **more)


def _to(operation: str, **more: Any) -> Row:
    """What names its PEG in the body: a number that is none of ours may be one of before the migration."""
    return _of(
        operation, thing="peg contestavel", named_in="body", malformed=422, legacy=True, body=recurso, **more
    )  # fmt: skip


def _read(operation: str, **more: Any) -> Row:
    return _of(operation, thing="recurso", path=_RECURSO, **more)


def _drafted(operation: str, **more: Any) -> Row:
    return _of(operation, thing="rascunho de recurso", path=_RASCUNHO, **more)


def _act_on_draft(operation: str, **more: Any) -> Row:
    return _drafted(operation, escopos=ESCREVER, makes=ABERTO, keyed=True, **{"writes": _KEPT, **more})


def _of_the_operadora(operation: str, **more: Any) -> Row:
    held = {"grupos": AUDITORIA, "thing": "recurso da operadora", "path": _RECURSO, **more}
    return Row(operation=operation, door=Door.OPERADORA, **held)


def _answering(operation: str, makes: str, **more: Any) -> Row:
    return _of_the_operadora(operation, makes=makes, keyed=True, **{"writes": _ROW, **more})


ROWS: Final = (
    # What may be contested, and contesting it.
    _of_peg("listarGlosasContestaveis", wrong={"competencia": "202611"}),
    _of("listarRecursosDeGlosa", wrong={"competencia": "2026-11"}),
    _to("enviarRecursoDeGlosa", escopos=ESCREVER, makes=GLOSA, ok=201, writes=_KEPT, keyed=True),
    _to("validarRecursoDeGlosa"),
    _read("obterRecursoDeGlosa"),
    _read("listarItensDoRecursoDeGlosa", audit=1),
    _read("obterRespostaDoRecursoDeGlosa", wrong={"formato": "doc"}, audit=1),
    _read("obterRecebimentoDoRecursoDeGlosa", audit=1),
    _read("cancelarRecursoDeGlosa", escopos=ESCREVER, makes=ENVIADO, body=_motivo, writes=_ROW, keyed=True),
    # Drafts.
    _of("listarRascunhosDeRecurso", escopos=BOTH),
    _to("criarRascunhoDeRecurso", escopos=ESCREVER, makes=GLOSA, ok=201, writes=_KEPT, keyed=True),
    _drafted("obterRascunhoDeRecurso", escopos=BOTH, audit=1),
    _act_on_draft("alterarRascunhoDeRecurso", body=recurso),
    _act_on_draft("descartarRascunhoDeRecurso", writes=_ROW),
    _act_on_draft("enviarRascunhoDeRecurso", ok=201),
    # The spreadsheet.
    _of_peg("baixarPlanilhaDeRecursos", wrong={"formato": "doc"}),
    _of(
        "enviarPlanilhaDeRecursos", escopos=ESCREVER, makes=GLOSA, body=planilha, media_type="text/csv",
        wrong={"formato": "doc"}, writes=_KEPT,
    ),
    # The same by messages.
    message("recursoGlosa", mensagem, escopos=ESCREVER, makes=GLOSA, audit=1, writes=_KEPT),
    message("solicitacaoStatusRecursoGlosa", _pergunta, escopos=LER, makes="recurso", audit=1),
    # The operadora's side.
    _of_the_operadora(
        "listarRecursosDaOperadora", thing="operadora", named_in="query", path={},
        query={"registro_ans": "{registro}", "situacao": "ENVIADO"}, wrong={"situacao": "QUALQUER"},
    ),
    _of_the_operadora("obterRecursoDaOperadora"),
    _of_the_operadora("listarItensDoRecursoDaOperadora", audit=1),
    _answering("iniciarAnaliseDoRecurso", ENVIADO),
    _answering("responderItensDoRecurso", ENVIADO, body=respostas, writes=_KEPT),
    _answering("concluirRecurso", COM_RESPOSTAS),
)  # fmt: skip
