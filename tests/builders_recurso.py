"""Values of recurso's domain, valid as they come; a test says only what matters to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from conecta_contas.analise import Glosa
from conecta_contas.dossies import Dossie
from conecta_contas.pegs import SituacaoPeg
from conecta_tiss.messages.lote_guias import Guia
from conecta_tiss.vocabulary.amounts import soma
from recurso.domain.glosas import Conta, Nivel
from recurso.domain.pedidos import EntradaPedida, Pedido
from recurso.domain.recursos import Ato, Cobrado, Contestado, Papel, Pauta, Porta, Recurso
from recurso.domain.regras import Apontamento, Caso, conferir, entradas
from recurso.service.contestacao import Entrega
from recurso.service.portas import Chamador
from tests.builders_cadastro import HOJE
from tests.builders_functions import HOSPITAL, NOW, VALE
from tests.builders_peg import a_course, a_sadt, billed, done
from tests.builders_recibos import a_glosa, a_result

PEG: Final = "261120000001"
"""Protocolo of `a_conta`."""
PRAZO: Final = 30
"""Days to contest, and to answer."""
PUBLICADA: Final = HOJE - timedelta(days=5)
PORQUE: Final = "O item foi autorizado e executado, como prova o relatório."
DEZ: Final = Decimal("10.00")


def a_taken(indice: int = 1, sequencia: int | None = 1, valor: str | None = "10.00", **changes: Any) -> Glosa:
    """Ten reais of the first item of the first guia; `valor` none takes all of its place."""
    held = {"retirado": Decimal(valor) if valor else None, "contestar_dias": PRAZO, **changes}
    return a_glosa(indice, sequencia, **held)


def two_guias() -> tuple[Guia, ...]:
    """G1 of a hemogram and a second one, G2 of a hemogram: 18.50 each."""
    return a_sadt(done(), done(), numero="G1", numero_operadora="OP1"), a_sadt(numero="G2")


def a_conta(*glosas: Glosa, guias: tuple[Guia, ...] = (), **changes: Any) -> Conta:
    """A PEG of two guias whose values are published, with those glosas: ten reais of an item when none is given."""
    cobradas = billed(*(guias or two_guias()))
    resultado = a_result(cobradas, *(glosas or (a_taken(),)))
    peg = a_course(
        SituacaoPeg.LIBERADO, len(cobradas), protocolo=PEG, publicada_em=PUBLICADA, dossie="d1",
        valor_informado=soma(one.valor for one in cobradas), valor_glosado=resultado.glosado,
    )  # fmt: skip
    made = Dossie(guias=cobradas, apresentadas=(), achados=(), resultado=resultado, alocacoes=())
    return Conta(replace(peg, **changes), made)


def an_entry(
    guia: str | None = "G1", sequencial: int | None = 1, codigo: str = "1705", **changes: Any
) -> EntradaPedida:
    """The first item of the first guia, all that its glosa takes."""
    nivel = Nivel.PROTOCOLO if guia is None else Nivel.GUIA if sequencial is None else Nivel.ITEM
    said = {name: changes.pop(name) for name in ("tabela", "codigo_item") if name in changes}
    cobrado = Cobrado(
        guia=guia, sequencial=sequencial, tabela=said.get("tabela"), codigo=said.get("codigo_item")
    )  # fmt: skip
    held: dict[str, Any] = {"nivel": nivel, "cobrado": cobrado, "codigo": codigo, "justificativa": PORQUE}
    return EntradaPedida(**{**held, **changes})


def a_pedido(*pedidas: EntradaPedida, **changes: Any) -> Pedido:
    """A recurso of one item."""
    held: dict[str, Any] = {"registro_ans": VALE, "origem": PEG, "entradas": pedidas or (an_entry(),)}
    return Pedido(**{**held, **changes})


def a_case(
    *pedidas: EntradaPedida, conta: Conta | None = None, dia: date = HOJE, contestado: Contestado | None = None,
    **changes: Any,
) -> Caso:  # fmt: skip
    """That pedido, looked at today, nothing contested yet."""
    return Caso(a_pedido(*pedidas, **changes), conta or a_conta(), contestado, dia)


def told(caso: Caso) -> list[tuple[str, int | None]]:
    """(rule, entry) of whatever is wrong."""
    return [(one.regra, one.entrada) for one in conferir(caso) if not one.aviso]


def warned(caso: Caso) -> list[Apontamento]:
    """Warnings."""
    return [one for one in conferir(caso) if one.aviso]


def a_pauta(caso: Caso | None = None) -> Pauta:
    """Of one item."""
    return Pauta(entradas(caso or a_case()))


def a_recurso(protocolo: str = "261160000001", **changes: Any) -> Recurso:
    """Sent today, of one item: ten reais."""
    held: dict[str, Any] = {
        "protocolo": protocolo, "prestador_id": HOSPITAL, "registro_ans": VALE, "origem": PEG, "numero": "R1",
        "numero_lote": "1", "tipo_guia": "guiaSP-SADT", "versao_tiss": "4.01.00", "nivel": Nivel.GUIA, "digest": "d",
        "guias": ("1",), "quantidade_entradas": 1, "valor_recursado": DEZ, "pauta": "p1", "enviado_em": NOW,
        "enviado_dia": HOJE, "responder_ate": HOJE + timedelta(days=PRAZO),
    }  # fmt: skip
    return Recurso(**{**held, **changes})


def a_held(**por: str) -> Contestado:
    """Who contests which guia of the PEG: `a_held(_1="…")` the first."""
    by = {name.removeprefix("_"): who for name, who in por.items()}
    return Contestado(prestador_id=HOSPITAL, registro_ans=VALE, origem=PEG, por=by)


def an_act(papel: Papel = Papel.AUDITORIA, **changes: Any) -> Ato:
    """Somebody of that papel acts."""
    return replace(Ato(papel=papel, quem=f"pessoa-{papel.lower()}", quando=NOW), **changes)


def a_caller(papel: Papel = Papel.PRESTADOR, **changes: Any) -> Chamador:
    """Somebody of that papel calls."""
    return replace(Chamador(papel=papel, quem=f"pessoa-{papel.lower()}", correlacao="req-1"), **changes)


def sent_now(porta: Porta = Porta.JSON, **changes: Any) -> Entrega:
    """By that door, now."""
    return replace(Entrega(porta=porta, em=NOW), **changes)
