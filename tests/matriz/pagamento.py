"""Rows of the cronograma, notas fiscais, payments and demonstrativos, and the bodies of their valid calls.

Who may call is written here by hand, from `decisoes.md` 6 and 7, as in `table`.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from local.gerador import pede_demonstrativo
from tests.matriz.model import BILLING, FINANCEIRO, Door, Row, Values
from tests.matriz.pegs import PROVA, message

LER: Final = frozenset({"pagamento.ler"})
ESCREVER: Final = frozenset({"pagamento.escrever"})
ESTADOS: Final = frozenset({"peg com arquivo", "peg programado", "nota enviada", "lancamento aberto"})
"""In which something is made for a call that begins there; each at one operadora of one prestador."""
_CARTEIRA: Final = frozenset({"carteira"})
_ROW: Final = frozenset({"pagamento"})
_REGISTRO: Final = {"registro_ans": "{registro}"}
_NOTA: Final = {"id": "{nota}"}
_PROTOCOLO: Final = {"protocolo": "{protocolo}"}


def nota(values: Values) -> Any:
    """A nota of one PEG, whose PDF was sent."""
    return {
        "registro_ans": values["registro"], "protocolos": [values["protocolo"]], "uploads": [values["arquivo"]],
        "declarado": {
            "numero": values["lote"], "emitente": values["cnpj"], "valor": values["valor"],
            "competencia": values["competencia"],
        },
    }  # fmt: skip


def _motivo(_values: Values) -> Any:
    return {"motivo": PROVA}


def pagamento(values: Values, *others: Values) -> Any:
    """A payment of PEGs of a prestador, the first of which the values name."""
    pegs = (values, *others)
    return {
        "registro_ans": values["registro"], "numero": values["lote"], "prestador": values["por"],
        "data": values["hoje"], "forma": "1",
        "itens": [{"protocolo": one["protocolo"], "valor": one["valor"]} for one in pegs],
        "valor_liquido": str(sum(Decimal(one["valor"]) for one in pegs)),
    }  # fmt: skip


def lancamento(values: Values) -> Any:
    """A debit of a prestador."""
    return {
        "registro_ans": values["registro"], "prestador": values["por"], "indicador": "1", "tipo": "08",
        "valor": "1.00", "motivo": PROVA,
    }  # fmt: skip


def _de_quem(values: Values) -> Any:
    return {"registro_ans": values["registro"], "prestador": values["por"]}


def cronograma(values: Values) -> Any:
    """One ciclo."""
    names = ("competencia", "corte", "publicacao", "entrega", "pagamento")
    days = values["ciclo"].split() if "ciclo" in values else [values["competencia"], *[values["hoje"]] * 4]
    return {"registro_ans": values["registro"], "ciclos": [dict(zip(names, days, strict=True))], "motivo": PROVA}


def lote(values: Values) -> Any:
    """Demonstrativos of the month before."""
    before = f"{date.fromisoformat(values['hoje']).replace(day=1) - timedelta(days=1):%Y%m}"
    return {"registro_ans": values["registro"], "tipo": "analise", "formato": "csv", "de": before, "ate": before}


def _pergunta(values: Values) -> bytes:
    protocolos, today = [values["protocolo"]], date.fromisoformat(values["hoje"])
    return pede_demonstrativo(values["cnpj"], values["registro"], protocolos, today)


def _agenda(values: Values) -> Any:
    return {"registro_ans": values["registro"]}


def _of(operation: str, **more: Any) -> Row:
    """Of a prestador's people and machines."""
    return Row(operation=operation, door=Door.PRESTADOR, papeis=BILLING, **{"escopos": LER, **more})


def _at(operation: str, **more: Any) -> Row:
    """What a prestador asks of an operadora that it has a relacionamento with."""
    return _of(operation, thing="contrato", malformed=422, **{"named_in": "query", "query": _REGISTRO, **more})


def _to(operation: str, body: Any, **more: Any) -> Row:
    """What a prestador sends to an operadora."""
    return _at(operation, named_in="body", query={}, body=body, writes=_ROW, **{"escopos": ESCREVER, **more})


def _of_peg(operation: str, **more: Any) -> Row:
    return _of(operation, thing="peg publicado", legacy=True, **more)


def _of_the_operadora(operation: str, **more: Any) -> Row:
    held = {"grupos": FINANCEIRO, "thing": "operadora", "named_in": "query", "query": _REGISTRO, **more}
    return Row(operation=operation, door=Door.OPERADORA, **held)


def _told(operation: str, body: Any, **more: Any) -> Row:
    """What financeiro tells of an operadora."""
    held = {"named_in": "body", "malformed": 422, "ok": 201, **more}
    return _of_the_operadora(operation, query={}, body=body, keyed=True, **{"writes": _ROW, **held})


def _nota_da_operadora(operation: str, **more: Any) -> Row:
    return _of_the_operadora(
        operation, thing="nota da operadora", named_in="path", query={}, **{"path": _NOTA, **more}
    )  # fmt: skip


ROWS: Final = (
    # The cronograma.
    _at("obterCronograma"),
    _at("baixarCronogramaCsv"),
    _at("baixarCronogramaPdf"),
    _at("baixarCronogramaCalendario"),
    _of("listarPegsDoCronograma", wrong={"competencia": "2026-11"}),
    _of("obterPegDoCronograma", thing="peg", path=_PROTOCOLO, legacy=True),
    _of("listarAgendas"),
    _to("criarAgenda", _agenda, ok=201, alone=True),
    _at("revogarAgenda", escopos=ESCREVER, makes="agenda", ok=204, writes=_ROW, alone=True),
    Row(operation="lerAgenda", door=Door.PUBLIC, path={"token": "{token}"}),
    # Notas fiscais.
    _of("listarNotasFiscais", wrong={"mes": "2026-11"}),
    _to("enviarNotaFiscal", nota, makes="peg com arquivo", ok=201, keyed=True),
    _of("listarPendenciasDeNotaFiscal"),
    _of("obterNotaFiscal", thing="nota", path=_NOTA),
    _of(
        "cancelarNotaFiscal",
        escopos=ESCREVER,
        thing="nota",
        makes="nota enviada",
        path=_NOTA,
        body=_motivo,
        writes=_ROW,
        keyed=True,
    ),
    # What was paid, and what it was paid for.
    _of("listarPagamentos", wrong={"de": "ontem"}),
    _of("obterPagamento", thing="pagamento", path={"demonstrativo": "{demonstrativo}"}),
    _at("listarLancamentos"),
    _of_peg("conciliarPeg", path=_PROTOCOLO, audit=1, shows=_CARTEIRA),
    _of_peg(
        "obterDemonstrativoDeAnalise",
        named_in="query",
        malformed=422,
        query={"protocolos": "{protocolo}"},
        wrong={"formato": "doc"},
        audit=1,
        shows=_CARTEIRA,
    ),
    *(
        _at(
            operation,
            makes="pagamento de hoje",
            query={**_REGISTRO, "data": "{hoje}"},
            wrong={"formato": "doc"},
            audit=pegs,
            shows=_CARTEIRA,
        )
        for operation, pegs in (("obterDemonstrativoDePagamento", 2), ("obterDemonstrativoOdontologico", 1))
    ),
    _to("pedirDemonstrativosEmLote", lote, escopos=LER, ok=202, keyed=True),
    _of("listarLotesDeDemonstrativos"),
    _of("obterLoteDeDemonstrativos", thing="lote de demonstrativos", path={"id": "{lotes}"}),
    message("solicitacaoDemonstrativoRetorno", _pergunta, escopos=LER, makes="peg publicado", audit=1, shows=_CARTEIRA),
    # The operadora's side.
    _of_the_operadora("obterCronogramaDaOperadora"),
    _told("publicarCronograma", cronograma, makes="ciclo novo", ok=200),
    _of_the_operadora("obterVersaoDoCronograma", path={"n": "1"}),
    _of_the_operadora("listarNotasFiscaisAConferir"),
    _nota_da_operadora("obterNotaFiscalDaOperadora"),
    _nota_da_operadora("baixarArquivoDaNotaFiscal", path={**_NOTA, "upload_id": "{arquivo}"}),
    *(
        _nota_da_operadora(operation, makes="nota enviada", body=body, writes=_ROW, keyed=True)
        for operation, body in (("aceitarNotaFiscal", lambda _values: {}), ("recusarNotaFiscal", _motivo))
    ),
    _of_the_operadora("listarPagamentosDaOperadora", wrong={"mes": "2026-11"}),
    _told("registrarPagamento", pagamento, makes="peg programado", writes=frozenset({"pagamento", "peg"})),
    _of_the_operadora(
        "listarLancamentosDaOperadora", query={**_REGISTRO, "prestador": "{por}"}, wrong={"prestador": "%23"}
    ),
    _told("criarLancamento", lancamento),
    _told(
        "cancelarLancamento",
        _de_quem,
        thing="lancamento da operadora",
        named_in="path, body",
        malformed=404,
        makes="lancamento aberto",
        path={"id": "{lancamento}"},
        ok=200,
    ),
)
