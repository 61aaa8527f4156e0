"""In-memory stand-ins of what webhooks are kept in and sent by; `tests/contract` judges what they keep, too.

All may be used from several threads.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from alertas.domain import webhooks as rules
from alertas.domain.entregas import Entrega, Linha, Lugar, Periodo, Resultado, SituacaoEntrega
from alertas.domain.errors import MudouError
from alertas.domain.webhooks import Falha, Saude, Webhook
from alertas.service.webhooks import Conjunto, Portas
from conecta_atos.portas import Page
from tests.builders_functions import NOW
from tests.fakes import Kept

RAIZ = b"raiz-de-teste"


class FakeWebhooks:
    """`alertas.service.webhooks.Webhooks`.

    Attributes:
        avisos: what was told when one was switched off.
        before_write: called before each write of one, or of how it is doing: what a race does meanwhile.
        kept: what was written along.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Webhook] = {}
        self.sets: dict[str, int] = {}
        self.saudes: dict[str, Saude] = {}
        self.avisos: list[str] = []
        self.kept: list[Any] = []
        self.before_write: Callable[[], None] = lambda: None
        self._lock = threading.RLock()

    def todos(self, prestador_id: str) -> Conjunto:
        mine = [one for (whose, _), one in self.rows.items() if whose == prestador_id]
        return Conjunto(mine, self.sets.get(prestador_id, 0))

    def um(self, prestador_id: str, webhook_id: str) -> Webhook | None:
        return self.rows.get((prestador_id, webhook_id))

    def add(self, webhook: Webhook, conjunto: int, guardar: Sequence[Mapping[str, Any]]) -> None:
        self.before_write()
        with self._lock:
            if self.sets.get(webhook.prestador_id, 0) != conjunto:
                raise MudouError
            self.rows[webhook.prestador_id, webhook.id] = webhook
            self.sets[webhook.prestador_id] = conjunto + 1
            self._keep(guardar)

    def change(
        self, antes: Webhook, depois: Webhook, guardar: Sequence[Mapping[str, Any]] = (), *, aviso: str = "",
        now: datetime | None = None,
    ) -> None:  # fmt: skip
        self.before_write()
        key = (antes.prestador_id, antes.id)
        with self._lock:
            if self.rows[key].versao != antes.versao:
                raise MudouError
            self.rows[key] = depois
            self._keep(guardar)
        if aviso and now:
            self.avisos.append(aviso)

    def _keep(self, guardar: Sequence[Any]) -> None:
        self.kept += guardar
        for one in guardar:
            if isinstance(one, Kept):
                one.apply()

    def saude(self, webhook: Webhook) -> Saude:
        return self.saudes.get(webhook.id, Saude(prestador_id=webhook.prestador_id, webhook=webhook.id))

    def write_saude(self, saude: Saude) -> bool:
        self.before_write()
        with self._lock:
            held = self.saudes.get(saude.webhook)
            if (held.versao if held else 0) != saude.versao - 1:
                return False
            self.saudes[saude.webhook] = saude
            return True


class FakeEntregas:
    """`alertas.service.webhooks.Entregas`.

    Attributes:
        before_close: called before a line is closed: what comes at the last moment.
        before_write: called before a delivery is written.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, str], Entrega] = {}
        self.linhas: dict[Lugar, Linha] = {}
        self.before_close: Callable[[], None] = lambda: None
        self.before_write: Callable[[], None] = lambda: None
        self._lock = threading.RLock()

    def put(self, entrega: Entrega, now: datetime) -> None:
        key = (entrega.prestador_id, entrega.webhook, entrega.id)
        with self._lock:
            if key not in self.rows:
                self.rows[key] = entrega
                if entrega.situacao is SituacaoEntrega.PENDENTE:
                    self._stand(entrega.lugar, now)

    def _stand(self, lugar: Lugar, now: datetime) -> None:
        held = self.linhas.get(lugar, Linha(lugar=lugar, proxima=None, tentativas=0, postas=0, versao=0))
        self.linhas[lugar] = replace(held, proxima=held.proxima or now, postas=held.postas + 1)

    def uma(self, prestador_id: str, webhook_id: str, entrega_id: str) -> Entrega | None:
        return self.rows.get((prestador_id, webhook_id, entrega_id))

    def registro(
        self, webhook: Webhook, periodo: Periodo, position: Mapping[str, str] | None, limit: int, *,
        recentes: bool = True,
    ) -> Page:  # fmt: skip
        last = f"{periodo.ate}~"
        mine = [
            one
            for (whose, which, _), one in self.rows.items()
            if (whose, which) == (webhook.prestador_id, webhook.id) and periodo.de <= one.id <= last
            and periodo.situacao in {None, one.situacao}
            and (position is None or (one.id < position["id"] if recentes else one.id > position["id"]))
        ]  # fmt: skip
        page = sorted(mine, key=lambda one: one.id, reverse=recentes)[:limit]
        return Page(page, {"id": page[-1].id} if len(page) < len(mine) else None)

    def primeira(self, lugar: Lugar) -> Entrega | None:
        waiting = [one for one in self.rows.values() if one.lugar == lugar and one.situacao is SituacaoEntrega.PENDENTE]
        return min(waiting, key=lambda one: one.id, default=None)

    def write(self, antes: Entrega, depois: Entrega, now: datetime) -> None:
        self.before_write()
        key = (antes.prestador_id, antes.webhook, antes.id)
        with self._lock:
            if self.rows[key].versao != antes.versao:
                raise MudouError
            self.rows[key] = depois
            if depois.situacao is SituacaoEntrega.PENDENTE is not antes.situacao:
                self._stand(depois.lugar, now)

    def linha(self, lugar: Lugar) -> Linha | None:
        return self.linhas.get(lugar)

    def write_linha(self, antes: Linha, depois: Linha) -> bool:
        if depois.proxima is None:
            self.before_close()
        with self._lock:
            held = self.linhas[antes.lugar]
            if held.versao != antes.versao or (depois.proxima is None and held.postas != antes.postas):
                return False
            self.linhas[antes.lugar] = replace(depois, postas=held.postas)
            return True

    def vencidas(self, now: datetime, limit: int) -> Sequence[Lugar]:
        due = [one for one in self.linhas.values() if one.proxima and one.proxima < now]
        return [one.lugar for one in sorted(due, key=lambda one: str(one.proxima))][:limit]


class FakeFila:
    """`alertas.service.webhooks.Fila`: what was put in, and after how long it is to come.

    Attributes:
        meanwhile: called as soon as something is in it.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[Lugar, timedelta]] = []
        self.meanwhile: Callable[[], Any] = lambda: None

    def enqueue(self, lugares: Sequence[Lugar], espera: timedelta = timedelta()) -> None:
        self.sent += [(one, espera) for one in lugares]
        self.meanwhile()


class Ouvinte:
    """`alertas.service.webhooks.Remetente`, and the endpoint it reaches: it checks what it is sent, as it should.

    Attributes:
        answers: what comes of the next requests; success once there is none left.
        got: body and headers of each.
        proves: whether it answers challenges; otherwise it echoes them.
        meanwhile: called at each request.
    """

    def __init__(self, secret_of: Callable[[str], str]) -> None:
        self.answers: list[Resultado] = []
        self.got: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.proves = True
        self.meanwhile: Callable[[], None] = lambda: None
        self._secret_of = secret_of

    def send(self, url: str, headers: Mapping[str, str], corpo: bytes, *, ler: bool = False) -> Resultado:
        self.meanwhile()
        body = json.loads(corpo)
        self.got.append((body, {**headers, "url": url}))
        if self.answers:
            return self.answers.pop(0)
        signed = dict(part.split("=") for part in headers["Conecta-Assinatura"].split(","))
        secret = self._secret_of(headers["Conecta-Webhook"])
        wanted = rules.assinar(secret, headers["Conecta-Timestamp"].encode() + b"." + corpo)
        if wanted not in signed.values():
            return Resultado(duracao_ms=5, status=401, falha=Falha.RECUSADA)
        proof = {"prova": rules.assinar(secret, body["desafio"].encode())} if "desafio" in body else {}
        answer = json.dumps(proof if self.proves else body).encode()
        return Resultado(duracao_ms=5, status=200, corpo=answer if ler else b"")

    @property
    def events(self) -> list[str]:
        """Types of what it was sent."""
        return [body["tipo"] for body, _ in self.got]


class Saida:
    """Webhooks, their deliveries and the endpoint that all of them reach, at an instant that tests move.

    The endpoint knows the secret of key `chave`, 1 unless told otherwise.
    """

    def __init__(self, agora: datetime = NOW) -> None:
        self.agora = agora
        self.chave = 1
        self.webhooks, self.entregas, self.fila = FakeWebhooks(), FakeEntregas(), FakeFila()
        self.ouvinte = Ouvinte(self.secret_of)
        self._made = 0

    def secret_of(self, webhook_id: str) -> str:
        """As its owner was shown it."""
        (webhook,) = (one for one in self.webhooks.rows.values() if one.id == webhook_id)
        return rules.segredo(RAIZ, webhook.prestador_id, webhook_id, self.chave)

    def new_id(self) -> str:
        """32 digits, one after the other."""
        self._made += 1
        return f"{self._made:032x}"

    @property
    def portas(self) -> Portas:
        """The ports."""
        return Portas(
            webhooks=self.webhooks, entregas=self.entregas, remetente=self.ouvinte, fila=self.fila,
            agora=lambda: self.agora, carimbo=lambda: self.agora, raiz=lambda: RAIZ, sortear=lambda: 0.0,
            new_id=self.new_id,
        )  # fmt: skip
