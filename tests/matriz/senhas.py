"""Rows of authorizations, their drafts, messages and files, and the bodies of their valid calls.

Who may call is written here by hand, from `decisoes.md` 6 and 7, as in `table`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from local.gerador import solicitacoes
from local.gerador.solicitacoes import Anexo, Item, PedidoSolicitacao
from tests.matriz.model import AUDITORIA, CENTRAL, FRONT_DESK, NO_AUTHORIZATION, PAPEIS, Door, Row, Values

LER: Final = frozenset({"autorizacao.ler"})
ESCREVER: Final = frozenset({"autorizacao.escrever"})
BOTH: Final = LER | ESCREVER
TISS: Final = frozenset({
    "elegibilidade.ler", "autorizacao.ler", "autorizacao.escrever", "peg.ler", "peg.escrever", "pagamento.ler",
    "recurso.ler", "recurso.escrever", "documentos.escrever",
})  # fmt: skip
UPLOADS: Final = frozenset({
    "peg.escrever", "documentos.escrever", "autorizacao.escrever", "pagamento.escrever", "recurso.escrever",
})  # fmt: skip
FOLLOWED: Final = frozenset({"documentos.ler", "autorizacao.ler", "pagamento.ler", "recurso.ler"})
OF_THE_OPERADORA: Final = CENTRAL | AUDITORIA
ESTADOS: Final = frozenset({
    "autorizada", "em espera", "em análise", "com dia", "com dia pedido", "internação", "internado",
})  # fmt: skip
"""In which an authorization is made for a call that begins there."""
CANARIO: Final = "Canario Clinico Da Matriz"
"""Stands in what a request says of its patient: where it is not shown, it must not be."""
MEDICO: Final = {"nome": "Canario Medico Da Matriz", "conselho": "CRM", "numero": "520001", "uf": "RJ", "cbo": "225125"}
EXAME: Final = {"tabela": "22", "codigo": "40101010", "quantidade": 1}
OPME: Final = {
    "tipo": "OPME", "justificativa": CANARIO,
    "itens": [{"tabela": "19", "codigo": "70002754", "quantidade": 1, "valor": "900.00",
               "opme": {"registro_anvisa": "80000000001"}}],
}  # fmt: skip
_AUTORIZACAO: Final = {"registro_ans": "{registro}", "numero": "{numero}"}
_RASCUNHO: Final = {"id": "{rascunho}"}
_REGISTRO: Final = {"registro_ans": "{registro}"}
_WRITTEN: Final = frozenset({"autorizacao"})
_CARTEIRA: Final = frozenset({"carteira", "clinico"})
_NAMED: Final = frozenset({"carteira", "nome"})


def pedido(values: Values, *itens: Any, **more: Any) -> dict[str, Any]:
    """A request that is granted at once: one everyday examination, or what is said."""
    return {
        "tipo": "SP_SADT", "registro_ans": values["registro"], "numero_carteira": values["carteira"],
        "numero_guia_prestador": values["guia"], "profissional": MEDICO, "justificativa": CANARIO,
        "itens": list(itens) or [EXAME], **more,
    }  # fmt: skip


def _simulado(values: Values) -> Any:
    return {name: held for name, held in pedido(values).items() if name != "numero_guia_prestador"}


def _busca(values: Values) -> Any:
    return {"registro_ans": values["registro"], "numero": values["numero"], "numero_carteira": values["carteira"]}


def _motivo(_values: Values) -> Any:
    return {"motivo": CANARIO}


def _date(values: Values) -> Any:
    later = date.fromisoformat(values["hoje"]) + timedelta(days=17)
    return {"sequencia": int(values["sequencia"]), "data": later.isoformat(), "motivo": CANARIO}


def _until(values: Values, days: int) -> str:
    return (date.fromisoformat(values["hoje"]) + timedelta(days=days)).isoformat()


def _asked(values: Values) -> PedidoSolicitacao:
    return PedidoSolicitacao(
        hoje=date.fromisoformat(values["hoje"]), origem_cnpj=values["cnpj"], destino=values["registro"],
        numero=values["guia"], carteira=values["carteira"],
        itens=(Item(tabela="22", codigo="40101010", descricao="ECG convencional"),),
    )  # fmt: skip


def solicitacao(values: Values) -> bytes:
    """The same request as a message."""
    return solicitacoes.gerar_solicitacao(_asked(values)).conteudo


def upload(finalidade: str, nome: str) -> Callable[[Values], Any]:
    return lambda values: {
        "registro_ans": values["registro"], "finalidade": finalidade, "nome_arquivo": nome, "tamanho": 10,
    }  # fmt: skip


def _message(transacao: str, body: Callable[[Values], bytes], **more: Any) -> Row:
    return Row(
        operation="enviarMensagemTiss", variant=transacao, door=Door.PRESTADOR, papeis=FRONT_DESK, opens=TISS,
        path={"transacao": transacao}, body=body, media_type="application/xml", needs="arquivos", tiss=True,
        **{"escopos": ESCREVER, "audit": 1, "shows": frozenset(), "writes": _WRITTEN, **more},
    )  # fmt: skip


def _act(operation: str, makes: str, body: Callable[[Values], Any], **more: Any) -> Row:
    return Row(
        operation=operation, door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=ESCREVER, thing="autorizacao",
        missing=NO_AUTHORIZATION, makes=makes, path=_AUTORIZACAO, body=body, audit=1, shows=_CARTEIRA,
        writes=_WRITTEN, keyed=True, **more,
    )  # fmt: skip


def _of_the_operadora(operation: str, grupos: frozenset[str], makes: str, body: Callable[[Values], Any],
                      **more: Any) -> Row:  # fmt: skip
    return Row(
        operation=operation, door=Door.OPERADORA, grupos=grupos, thing="autorizacao da operadora",
        missing=NO_AUTHORIZATION, makes=makes, path=_AUTORIZACAO, body=body, audit=1, shows=_CARTEIRA,
        writes=_WRITTEN, keyed=True, **more,
    )  # fmt: skip


ROWS: Final = (
    # What a prestador asks for, and what becomes of it.
    Row(
        operation="solicitarAutorizacao", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=ESCREVER, body=pedido, ok=201,
        needs="autorizacao", audit=1, shows=_CARTEIRA, writes=_WRITTEN, keyed=True,
    ),
    Row(
        operation="listarAutorizacoes", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=LER,
        wrong={"competencia": "2026-11"}, audit=1,
    ),
    Row(
        operation="simularAutorizacao", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=BOTH, body=_simulado,
        needs="autorizacao", audit=1,
    ),
    Row(
        operation="buscarAutorizacao", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=LER, makes="autorizacao",
        body=_busca, audit=1, shows=_CARTEIRA,
    ),
    Row(
        operation="obterAutorizacao", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=LER, thing="autorizacao",
        missing=NO_AUTHORIZATION, path=_AUTORIZACAO, audit=1, shows=_CARTEIRA,
    ),
    Row(
        operation="obterAutorizacaoEmPdf", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=LER, thing="autorizacao",
        missing=NO_AUTHORIZATION, path=_AUTORIZACAO, audit=1,
    ),
    _act("substituirAutorizacao", "autorizada", lambda values: pedido({**values, "guia": values["outra guia"]}),
         ok=201),
    _act("cancelarAutorizacao", "autorizada", _motivo),
    _act("enviarAnexo", "em espera", lambda _values: {"anexo": OPME}),
    _act("responderPendencias", "em espera", lambda _values: {"justificativa": CANARIO}),
    _act("pedirMudancaDeData", "com dia", _date),
    _act("comunicarInternacao", "internação", lambda values: {"data": values["hoje"], "motivo": CANARIO}),
    _act("comunicarAlta", "internado", lambda values: {"data": values["hoje"], "motivo_alta": "12"}),
    # Drafts.
    Row(operation="listarRascunhos", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=BOTH),
    Row(
        operation="criarRascunho", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=ESCREVER, body=pedido, free=True,
        ok=201, shows=_CARTEIRA, writes=_WRITTEN, keyed=True,
    ),
    Row(
        operation="obterRascunho", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=BOTH, thing="rascunho",
        path=_RASCUNHO, audit=1, shows=_CARTEIRA,
    ),
    Row(
        operation="gravarRascunho", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=ESCREVER, thing="rascunho",
        path=_RASCUNHO, body=pedido, free=True, shows=_CARTEIRA, writes=_WRITTEN,
    ),
    Row(
        operation="excluirRascunho", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=ESCREVER, thing="rascunho",
        path=_RASCUNHO, ok=204, writes=_WRITTEN,
    ),
    Row(
        operation="enviarRascunho", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=ESCREVER, thing="rascunho",
        path=_RASCUNHO, ok=201, audit=1, shows=_CARTEIRA, writes=_WRITTEN, keyed=True,
    ),
    # The same by messages, and the files that come with them.
    _message("solicitacaoProcedimento", solicitacao, shows=_NAMED),
    _message("solicitaStatusAutorizacao", lambda values: solicitacoes.solicita_status(_asked(values)).conteudo,
             escopos=LER, makes="autorizacao", shows=_NAMED, writes=frozenset()),
    _message("loteAnexos", lambda values: solicitacoes.gerar_anexo(_asked(values), Anexo.OPME).conteudo,
             makes="em espera", shows=_NAMED),
    _message("cancelaGuia", lambda values: solicitacoes.cancela_guia(_asked(values)).conteudo, makes="autorizada",
             audit=0, sent_by=PAPEIS, sent_with=ESCREVER | {"peg.escrever"}),
    _message(
        "comunicacaoInternacao",
        lambda values: solicitacoes.comunica_internacao(_asked(values), date.fromisoformat(values["hoje"])).conteudo,
        makes="internação", shows=_NAMED,
    ),
    *(
        Row(
            operation="criarUpload", variant=finalidade, door=Door.PRESTADOR, papeis=papeis, escopos=escopos,
            opens=UPLOADS, body=upload(finalidade, nome), ok=201, needs="arquivos",
            writes=frozenset({"documentos"}), keyed=True,
        )
        for finalidade, nome, papeis, escopos in (
            ("mensagem_tiss", "a.xml", PAPEIS, UPLOADS),
            ("cotacao_opme", "a.pdf", FRONT_DESK, ESCREVER),
            ("laudo", "a.pdf", PAPEIS, ESCREVER | {"documentos.escrever"}),
        )
    ),
    Row(
        operation="obterUpload", variant="mensagem_tiss", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=LER,
        opens=FOLLOWED, thing="mensagem", path={"id": "{upload}"},
    ),
    Row(
        operation="obterRespostaDoUpload", variant="mensagem_tiss", door=Door.PRESTADOR, papeis=FRONT_DESK, escopos=LER,
        opens=FOLLOWED, thing="mensagem", path={"id": "{upload}"}, audit=1, shows=_NAMED,
    ),
    # The operadora's side.
    Row(
        operation="listarAutorizacoesDaOperadora", door=Door.OPERADORA, grupos=OF_THE_OPERADORA, thing="operadora",
        named_in="query", query=_REGISTRO, wrong={"fila": "QUALQUER"}, audit=1,
    ),
    Row(
        operation="solicitarAutorizacaoPelaCentral", door=Door.OPERADORA, grupos=CENTRAL, thing="operadora",
        named_in="body", malformed=422, body=lambda values: {**pedido(values), "prestador": values["por"]}, ok=201,
        audit=1, shows=_CARTEIRA, writes=_WRITTEN, keyed=True,
    ),
    Row(
        operation="buscarAutorizacoesDaOperadora", door=Door.OPERADORA, grupos=OF_THE_OPERADORA, thing="operadora",
        named_in="body", malformed=422, audit=1,
        body=lambda values: {"registro_ans": values["registro"], "numero_carteira": values["carteira"]},
    ),
    Row(
        operation="obterAutorizacaoDaOperadora", door=Door.OPERADORA, grupos=OF_THE_OPERADORA,
        thing="autorizacao da operadora", missing=NO_AUTHORIZATION, path=_AUTORIZACAO, audit=1, shows=_CARTEIRA,
    ),
    Row(
        operation="obterAutorizacaoDaOperadoraEmPdf", door=Door.OPERADORA, grupos=OF_THE_OPERADORA,
        thing="autorizacao da operadora", missing=NO_AUTHORIZATION, path=_AUTORIZACAO, audit=1,
    ),
    _of_the_operadora("decidirAutorizacao", AUDITORIA, "em análise",
                      lambda _values: {"itens": [{"sequencia": 1, "quantidade": 1}]}),
    _of_the_operadora("pedirPendencias", AUDITORIA, "em análise", lambda values: {
        "pendencias": [{"tipo": "JUSTIFICATIVA", "descricao": CANARIO}], "ate": _until(values, 9),
    }),
    _of_the_operadora("prorrogarPrazo", OF_THE_OPERADORA, "em espera", lambda values: {"ate": _until(values, 40)}),
    _of_the_operadora("retomarAnalise", AUDITORIA, "em espera", _motivo),
    _of_the_operadora("cancelarAutorizacaoPelaCentral", CENTRAL, "autorizada", _motivo),
    _of_the_operadora("alterarQuantidades", CENTRAL, "autorizada", lambda _values: {
        "itens": [{"sequencia": 1, "quantidade": 0}], "motivo": CANARIO,
    }),
    _of_the_operadora("alterarExecutante", CENTRAL, "autorizada", lambda values: {
        "executante": values["executante"], "motivo": CANARIO,
    }),
    _of_the_operadora("registrarAtendimento", CENTRAL, "autorizada", lambda _values: {"assunto": CANARIO}, ok=201),
    _of_the_operadora("decidirMudancaDeData", OF_THE_OPERADORA, "com dia pedido", lambda values: {
        "sequencia": int(values["sequencia"]), "aprovada": True,
    }),
)  # fmt: skip
