"""Rows of webhooks, and what their valid calls use: endpoints that a listener on this machine proves and takes.

Who may call is written here by hand, from `decisoes.md` 7, as in `table`: they are the gestor's alone.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from local.client import Client
from local.ouvinte import Ouvinte
from tests.matriz.model import GESTOR, Door, Row, Values

A_VERIFICAR, A_PAUSAR, PAUSADO, A_RETIRAR = (
    f"webhook {words}" for words in ("a verificar", "a pausar", "pausado", "a retirar")
)
ESTADOS: Final = frozenset({A_VERIFICAR, A_PAUSAR, PAUSADO, A_RETIRAR})
"""What is made for one call."""
PROVA, OUTRA = "Prova da matriz", "Outra prova da matriz"
_ROW: Final = frozenset({"alertas"})
_UM: Final = {"id": "{webhook}"}
_ENTREGA: Final = {**_UM, "entrega": "{entrega}"}


def withdraw(at: Client, kept: Collection[str]) -> None:
    """Withdraw those that calls made."""
    for one in at.get("/webhooks")["webhooks"]:
        if one["descricao"] in {PROVA, OUTRA} and one["id"] not in kept:
            assert at.request("DELETE", f"/webhooks/{one['id']}").status == 204


class Vigia(Ouvinte):
    """A listener for the webhooks of several prestadores, each with its own secret."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.segredos: dict[str, str] = {}

    def segredo_de(self, cabecalhos: Mapping[str, str]) -> str:
        """Of the webhook that it names."""
        return self.segredos.get(cabecalhos.get("Conecta-Webhook", ""), "")

    def registered(self, at: Client) -> str:
        """Id of a new webhook, which is not proved."""
        body = {"url": self.url, "descricao": PROVA, "eventos": ["AltaComunicada"]}
        made = at.request("POST", "/webhooks", body).json()
        self.segredos[made["id"]] = made["segredo"]
        return str(made["id"])

    def make(self, kind: str, at: Client) -> Values:
        """A webhook in the state that a call starts from."""
        which = self.registered(at)
        for act in {A_VERIFICAR: (), PAUSADO: ("verificacao", "pausa")}.get(kind, ("verificacao",)):
            answer = at.request("POST", f"/webhooks/{which}/{act}", {})
            assert answer.status == 200, answer.text
        return {"webhook": which}

    def with_delivery(self, at: Client) -> Values:
        """An active one, and a delivery of it that was made."""
        named = self.make("webhook", at)
        path = f"/webhooks/{named['webhook']}"
        entrega = at.request("POST", f"{path}/teste", {}).json()["id"]
        deadline = time.monotonic() + 60
        while at.get(f"{path}/entregas/{entrega}")["situacao"] != "ENTREGUE":
            assert time.monotonic() < deadline, "a test that is not delivered"
            time.sleep(0.2)
        return {**named, "entrega": entrega}


def _pedido(_values: Values) -> Any:
    return {"url": "https://integracao.matriz.example/conecta", "descricao": PROVA}


def _alterado(values: Values) -> Any:
    return {"url": values["url"], "descricao": OUTRA, "eventos": ["AltaComunicada"]}


def _dias(values: Values) -> Any:
    return {"de": values["hoje"], "ate": values["hoje"], "situacao": "RETIDA"}


def _row(operation: str, **more: Any) -> Row:
    return Row(operation=operation, door=Door.PRESTADOR, papeis=GESTOR, **more)


ROWS: Final = (
    _row("listarWebhooks"),
    _row("criarWebhook", body=_pedido, ok=201, writes=_ROW, keyed=True),
    _row("obterWebhook", thing="webhook", path=_UM),
    _row("alterarWebhook", thing="webhook", path=_UM, body=_alterado, writes=_ROW, keyed=True),
    _row("retirarWebhook", thing="webhook", makes=A_RETIRAR, path=_UM, ok=204, writes=_ROW),
    _row("verificarWebhook", thing="webhook", makes=A_VERIFICAR, path=_UM, writes=_ROW, keyed=True),
    _row("pausarWebhook", thing="webhook", makes=A_PAUSAR, path=_UM, writes=_ROW, keyed=True),
    _row("retomarWebhook", thing="webhook", makes=PAUSADO, path=_UM, writes=_ROW, keyed=True),
    _row("trocarSegredoDoWebhook", thing="webhook", path=_UM, body=lambda _values: {}, writes=_ROW, keyed=True),
    # What becomes of deliveries follows by itself, at any moment: their rows are not looked at.
    _row("testarWebhook", thing="webhook", path=_UM, ok=202),
    _row("listarEntregasDeWebhook", thing="webhook", path=_UM, wrong={"situacao": "OUTRA"}),
    _row("obterEntregaDeWebhook", thing="webhook", path=_ENTREGA),
    _row("reenviarEntregaDeWebhook", thing="webhook", path=_ENTREGA, ok=202),
    _row("reenviarEntregasDeWebhook", thing="webhook", path=_UM, body=_dias, ok=202),
)  # fmt: skip
