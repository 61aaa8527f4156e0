"""Events as other contexts tell them, and alertas made of them."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from alertas.domain.alertas import Alerta, Area, Aviso, Marca
from alertas.domain.painel import Acesso, Item
from conecta_edge.clock import iso
from tests.builders_functions import HOSPITAL, NOW, VALE

PEG = "261120000007"
SENHA = "483920175562"


def event_id(text: str) -> str:
    """As the id of an event looks."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def an_event(tipo: str = "PegAnalisado", quando: datetime = NOW, **changes: Any) -> dict[str, Any]:
    """An event about a PEG of the hospital at VALE; `dados` are added to what every one of a PEG has."""
    dados = {"protocolo": PEG, "numero_lote": "1", "situacao": "ANALISADO", **changes.pop("dados", {})}
    entidade = changes.pop("entidade", f"peg/{PEG}")
    return {
        "id": event_id(f"{tipo}|{entidade}|{iso(quando)}"), "tipo": tipo, "versao": 1, "ocorrido_em": iso(quando),
        "registro_ans": VALE, "prestador_id": HOSPITAL, "entidade": entidade, "correlacao": "c1", "dados": dados,
        **changes,
    }  # fmt: skip


def a_senha_event(tipo: str, situacao: str = "AUTORIZADA", quando: datetime = NOW, **dados: Any) -> dict[str, Any]:
    """An event about a senha that the hospital asked for."""
    told = {
        "numero": SENHA, "tipo": "SP_SADT", "situacao": situacao, "vez_de": None, "ate": None,
        "prestadores": [HOSPITAL], **dados,
    }  # fmt: skip
    return {**an_event(tipo, quando, entidade=f"autorizacao/{VALE}/{SENHA}"), "dados": told}


def an_image(tipo: str, versao: int = 1, **dados: Any) -> dict[str, Any]:
    """How a row of another context is now: one that waits for the prestador, unless `dados` say otherwise."""
    usual: dict[str, dict[str, Any]] = {
        "SenhaAtualizada": {
            "numero": SENHA, "situacao": "AUTORIZADA", "validade": "2026-12-01", "prestadores": [HOSPITAL],
            "esgotada": False, "internado": False,
        },
        "PegAtualizado": {"protocolo": PEG, "situacao": "RECEBIDO"},
        "FaturaAtualizada": {
            "fatura": PEG, "protocolo": PEG, "situacao": "PENDENTE", "valor": "100.00", "entrega_ate": "2026-12-10",
        },
        "ContestacaoAtualizada": {"protocolo": PEG},
    }  # fmt: skip
    return {**an_event(tipo), "dados": {**usual[tipo], "versao": versao, **dados}}


def an_alerta(numero: int = 1, area: Area = Area.PEG, quando: datetime = NOW, **changes: Any) -> Alerta:
    """An alerta of the hospital; those before it are of the same area unless `marca` says otherwise."""
    given: dict[str, Any] = {
        "id": event_id(str(numero)), "prestador_id": HOSPITAL, "registro_ans": VALE, "tipo": "PegAnalisado",
        "entidade": f"peg/{PEG}", "ocorrido_em": quando, "recebido_em": quando,
        "aviso": Aviso(area, "PEG analisado", "A análise terminou.", None, f"/pegs/{PEG}"),
        "marca": Marca(numero, {area.value: numero}),
        **changes,
    }  # fmt: skip
    return Alerta(**given)


def an_item(acesso: Acesso = Acesso.PEGS, versao: int = 1, **changes: Any) -> Item:
    """A thing that waits for the hospital."""
    given: dict[str, Any] = {
        "acesso": acesso, "id": PEG, "prestador_id": HOSPITAL, "registro_ans": VALE, "versoes": (versao,),
        "conta": True, **changes,
    }  # fmt: skip
    return Item(**given)


def a_day(text: str) -> date:
    """A local day."""
    return date.fromisoformat(text)
