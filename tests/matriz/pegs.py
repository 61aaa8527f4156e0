"""Rows of PEGs, their drafts, messages and analysis, and the bodies of their valid calls.

Who may call is written here by hand, from `decisoes.md` 6 and 7, as in `table`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from conecta_tiss.messages.cancelamento import GuiaACancelar, LoteACancelar
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.envelope import Mensagem, Parte
from conecta_tiss.xml.writer import write
from local.gerador import Pedido, Tipo, gerar
from tests import builders
from tests.matriz.model import AUDITORIA, BILLING, FINANCEIRO, PAPEIS, Door, Row, Values
from tests.matriz.senhas import CANARIO, MEDICO, TISS

LER: Final = frozenset({"peg.ler"})
ESCREVER: Final = frozenset({"peg.escrever"})
BOTH: Final = LER | ESCREVER
OF_THE_OPERADORA: Final = AUDITORIA | FINANCEIRO
ESTADOS: Final = frozenset({
    "peg recebido", "peg em análise", "peg com saldo", "peg com pergunta", "peg analisado", "digitado aberto",
    "digitado fechado",
})  # fmt: skip
"""In which a PEG, or a draft of one, is made for a call that begins there."""
PROVA: Final = "Prova da matriz."
CONSULTA: Final = "guiaConsulta"
_PEG: Final = {"protocolo": "{protocolo}"}
_GUIA: Final = {**_PEG, "sequencia": "{sequencia}"}
_DIGITADO: Final = {"id": "{digitado}"}
_DIGITADA: Final = {**_DIGITADO, "guia_id": "{digitada}"}
_ROW: Final = frozenset({"peg"})
_DOSSIE: Final = frozenset({"peg", "acervo"})
_CARTEIRA: Final = frozenset({"carteira"})
_TYPED: Final = frozenset({"carteira", "clinico"})


def guia(values: Values) -> dict[str, Any]:
    """A typed guia: an everyday consultation."""
    return {
        "numero_guia_prestador": values["guia"], "numero_carteira": values["carteira"], "atendimento_rn": False,
        "contratado_executante": {"cnpj": values["cnpj"]}, "cnes_executante": "2000008",
        "profissional_executante": {
            "nome": MEDICO["nome"], "conselho": "06", "numero": "520001", "uf": "33", "cbo": "225125",
        },
        "indicacao_acidente": "9", "regime_atendimento": "01", "data_atendimento": values["hoje"],
        "tipo_consulta": "1", "tabela": "22", "codigo": "10101012", "valor_procedimento": "100.00",
        "observacao": CANARIO,
    }  # fmt: skip


def cabeca(values: Values) -> dict[str, Any]:
    """A draft's head."""
    return {"registro_ans": values["registro"], "tipo_guia": CONSULTA}


def lote(values: Values, guias: int = 1, **more: Any) -> bytes:
    """An ENVIO_LOTE_GUIAS of consultations."""
    return gerar(
        Pedido(**{
            "tipo": Tipo.CONSULTA, "guias": guias, "origem_cnpj": values["cnpj"], "destino": values["registro"],
            "numero_lote": values["lote"], "carteiras": (values["carteira"],),
            "hoje": date.fromisoformat(values["hoje"]), **more,
        })
    ).conteudo  # fmt: skip


def _sent(mensagem: Mensagem[Any], values: Values) -> bytes:
    header: dict[str, Any] = {
        "origem": Parte(cnpj=values["cnpj"]), "destino": Parte(registro_ans=values["registro"]),
        "data_registro": date.fromisoformat(values["hoje"]),
    }  # fmt: skip
    return write(replace(mensagem, cabecalho=replace(mensagem.cabecalho, **header)))


def question(values: Values) -> bytes:
    """A SOLIC_STATUS_PROTOCOLO."""
    asker = Contratado(cnpj=values["cnpj"])
    return _sent(
        builders.solicita_status_protocolo(prestador=asker, numero_protocolo=values["protocolo"]), values
    )  # fmt: skip


def cancellation(values: Values) -> bytes:
    """A CANCELA_GUIA of a lote, by its protocolo."""
    whole = LoteACancelar(numero_lote=values["lote"], numero_protocolo=values["protocolo"])
    return _sent(builders.cancela_guia(prestador=Contratado(cnpj=values["cnpj"]), lote=whole), values)


def cancellation_by_number(values: Values) -> bytes:
    """A CANCELA_GUIA of a lote, by its number alone."""
    whole = LoteACancelar(numero_lote=values["lote"])
    return _sent(builders.cancela_guia(prestador=Contratado(cnpj=values["cnpj"]), lote=whole), values)


def withdrawal(values: Values) -> bytes:
    """A CANCELA_GUIA of one billed guia."""
    one = GuiaACancelar(
        tipo_guia="2", numero_guia_prestador=values["guia"], numero_protocolo=values["protocolo"]
    )  # fmt: skip
    return _sent(builders.cancela_guia(prestador=Contratado(cnpj=values["cnpj"]), guias=(one,)), values)


def _motivo(_values: Values) -> Any:
    return {"motivo": PROVA}


def _asked(values: Values) -> Any:
    until = date.fromisoformat(values["hoje"]) + timedelta(days=9)
    return {"motivo": PROVA, "ate": until.isoformat()}


def _glosa(_values: Values) -> Any:
    return {"guia": 1, "item": 1, "codigo": "1702", "motivo": PROVA, "valor": "1.00"}


def _validada(values: Values) -> Any:
    return {**cabeca(values), "guias": [guia(values)]}


def _of(operation: str, **more: Any) -> Row:
    """Of a prestador's people and machines."""
    return Row(operation=operation, door=Door.PRESTADOR, papeis=BILLING, **more)


def _read(operation: str, **more: Any) -> Row:
    return _of(operation, **{"escopos": LER, "thing": "peg", "path": _PEG, **more})


def _act(operation: str, makes: str, body: Callable[[Values], Any], **more: Any) -> Row:
    return _of(
        operation, makes=makes, body=body, keyed=True,
        **{"escopos": ESCREVER, "thing": "peg", "path": _PEG, "writes": _ROW, **more},
    )  # fmt: skip


def _typing(operation: str, makes: str = "digitado aberto", **more: Any) -> Row:
    return _of(
        operation, makes=makes, thing="digitado",
        **{"escopos": ESCREVER, "path": _DIGITADO, "writes": _ROW, "keyed": True, **more},
    )  # fmt: skip


def message(transacao: str, body: Callable[[Values], bytes], variant: str = "", **more: Any) -> Row:
    """A TISS message by the XML door."""
    return _of(
        "enviarMensagemTiss", variant=variant or transacao, opens=TISS, path={"transacao": transacao}, body=body,
        media_type="application/xml", tiss=True, **{"needs": "arquivos", "escopos": ESCREVER, **more},
    )  # fmt: skip


def _of_the_operadora(operation: str, **more: Any) -> Row:
    return Row(
        operation=operation, door=Door.OPERADORA,
        **{"grupos": OF_THE_OPERADORA, "thing": "peg da operadora", "path": _PEG, **more},
    )  # fmt: skip


def _analysis(operation: str, makes: str, body: Callable[[Values], Any] | None = None, **more: Any) -> Row:
    return _of_the_operadora(
        operation, makes=makes, body=body, keyed=True, **{"grupos": AUDITORIA, "writes": _ROW, **more}
    )  # fmt: skip


ROWS: Final = (
    # What was received.
    _of("listarPegs", escopos=LER, wrong={"competencia": "2026-11"}),
    _read("obterPeg"),
    _read("listarGuiasDoPeg"),
    _read("obterGuiaDoPeg", path=_GUIA, audit=1, shows=_CARTEIRA),
    _read("listarGlosasDoPeg", audit=1),
    _read("obterRecebimentoDoPeg", audit=1, shows=_CARTEIRA),
    _act("cancelarPeg", "peg recebido", _motivo),
    _act("retirarGuiaDoPeg", "peg recebido", _motivo, path=_GUIA, writes=_DOSSIE),
    _act("responderPedidoDeInformacao", "peg com pergunta", lambda _values: {"texto": PROVA}),
    # What is typed, and what is asked before anything is sent. Whoever was never enabled is judged of nothing.
    _of("validarGuias", escopos=ESCREVER, makes="tabela de precos", body=_validada, audit=1),
    _of("listarRascunhosDePeg", escopos=BOTH),
    _of("criarRascunhoDePeg", escopos=ESCREVER, body=cabeca, ok=201, writes=_ROW, keyed=True),
    _read("obterRascunhoDePeg", escopos=BOTH, thing="digitado", path=_DIGITADO, audit=1, shows=_TYPED),
    _read(
        "obterModeloDeGuia",
        escopos=ESCREVER,
        thing="digitado",
        path=_DIGITADO,
        makes="autorizacao",
        audit=1,
        body=lambda values: {"senha": values["numero"]},
        shows=_CARTEIRA,
    ),
    _typing("alterarRascunhoDePeg", body=lambda values: {"numero_lote": values["lote"]}),
    _typing("excluirRascunhoDePeg", ok=204, keyed=False),
    _typing("incluirGuia", body=guia, ok=201, shows=_TYPED),
    _typing("alterarGuia", path=_DIGITADA, body=guia, shows=_TYPED),
    _typing("excluirGuia", path=_DIGITADA),
    _typing("fecharRascunhoDePeg"),
    _typing("reabrirRascunhoDePeg", "digitado fechado"),
    _typing("enviarRascunhoDePeg", "digitado fechado", ok=201, writes=_DOSSIE, keyed=False),
    # The same by messages.
    message("loteGuias", lote, needs="faturamento", audit=1, shows=_CARTEIRA, writes=_DOSSIE),
    message("solicitacaoStatusProtocolo", question, escopos=LER, makes="peg", audit=1, shows=_CARTEIRA),
    message(
        "cancelaGuia",
        cancellation,
        "cancelaGuia-lote",
        makes="peg recebido",
        writes=_ROW,
        sent_by=PAPEIS,
        sent_with=ESCREVER | {"autorizacao.escrever", "recurso.escrever"},
    ),
    # The operadora's side.
    _of_the_operadora(
        "listarPegsDaOperadora",
        thing="operadora",
        named_in="query",
        path={},
        wrong={"situacao": "QUALQUER"},
        query={"registro_ans": "{registro}", "situacao": "RECEBIDO"},
    ),
    _of_the_operadora("obterPegDaOperadora"),
    _of_the_operadora("listarGuiasDoPegDaOperadora"),
    _of_the_operadora("obterGuiaDoPegDaOperadora", path=_GUIA, audit=1, shows=_CARTEIRA),
    _of_the_operadora("listarGlosasDoPegDaOperadora", audit=1),
    _analysis("iniciarAnaliseDoPeg", "peg recebido"),
    _analysis("glosar", "peg com saldo", _glosa, writes=_DOSSIE),
    _analysis("reverterGlosa", "peg em análise", _motivo, path={**_PEG, "id": "{glosa}"}, writes=_DOSSIE),
    _analysis("pedirInformacaoDoPeg", "peg em análise", _asked),
    _analysis("concluirAnaliseDoPeg", "peg em análise"),
    _analysis("reabrirAnaliseDoPeg", "peg analisado", _motivo),
    # What is to be paid of it is opened elsewhere, by itself.
    _analysis("liberarPeg", "peg analisado", grupos=OF_THE_OPERADORA, writes=_ROW | {"pagamento"}),
)
