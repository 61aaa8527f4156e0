"""In-memory stand-ins of what recurso reads and keeps; `tests/contract` judges what it keeps, too.

All may be used from several threads.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from conecta_atos.portas import Page
from conecta_contas.analise import Recuperado
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import ConditionFailedError
from conecta_facts.contratos import ContratoCompleto
from conecta_facts.operadoras import Operadora
from recurso.domain.errors import MudouError
from recurso.domain.pedidos import Pedido, Rascunho
from recurso.domain.recursos import Contestado, Pauta, Recurso, SituacaoRecurso
from recurso.dynamodb import chaves
from recurso.s3 import ConteudoMissingError
from recurso.service.portas import Fato, Mudanca, Numero, Portas
from tests.builders_functions import NOW
from tests.fakes import Numbers, Sent
from tests.fakes_pagamento import FakeContas
from tests.fakes_peg import Hooks

if TYPE_CHECKING:
    from recurso.service.portas import Linha


Place = tuple[str, str]
"""Partition and sort key."""


class FakeRecursos(Hooks):
    """`recurso.service.portas.Recursos`; kept answers are :class:`tests.fakes.Kept`.

    Attributes:
        rows: everything that is kept now, by where it lies (`recurso.dynamodb.chaves`).
        events: what was told, by what makes each unique, in the order it was written.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[Place, Any] = {}
        self.events: dict[tuple[str, str, str], Sent] = {}
        self._let_go: dict[Place, Numero] = {}
        self._numbers, self._lock = Numbers(6), threading.Lock()

    def next_protocolo(self, day: date) -> str:
        return self._numbers.next_protocolo(day)

    # --- reading ---

    def _get(self, key: Mapping[str, str]) -> Any:
        with self._lock:
            return self.rows.get(_place(key))

    def recurso(self, prestador_id: str, protocolo: str) -> Recurso | None:
        recurso: Recurso | None = self._get(chaves.recurso_key(prestador_id, protocolo))
        return recurso

    def numero(self, prestador_id: str, registro_ans: str, numero: str, *, soltos: bool = False) -> Numero | None:
        key = chaves.numero_key(prestador_id, registro_ans, numero)
        held: Numero | None = self._get(key)
        return held or (self._let_go.get(_place(key)) if soltos else None)

    def contestado(self, prestador_id: str, registro_ans: str, origem: str, *, legado: bool) -> Contestado | None:
        held: Contestado | None = self._get(chaves.contestado_key(prestador_id, registro_ans, origem, legado=legado))
        return held

    def prestador_of(self, registro_ans: str, protocolo: str) -> str | None:
        whose: str | None = self._get(chaves.ponteiro_key(registro_ans, protocolo))
        return whose

    def rascunho(self, prestador_id: str, rascunho_id: str) -> Rascunho | None:
        rascunho: Rascunho | None = self._get(chaves.rascunho_key(prestador_id, rascunho_id))
        return rascunho

    def enviados(self, prestador_id: str, mes: str, position: Mapping[str, str] | None, limit: int) -> Page:
        return self._newest(prestador_id, f"{mes[2:]}#", position, limit)

    def rascunhos(self, prestador_id: str, position: Mapping[str, str] | None, limit: int) -> Page:
        return self._newest(prestador_id, chaves.RASCUNHO, position, limit)

    def _newest(self, prestador_id: str, prefix: str, position: Mapping[str, str] | None, limit: int) -> Page:
        pk = chaves.tenant_pk(prestador_id)
        with self._lock:
            mine = [linha for (held, _), linha in self.rows.items() if held == pk]
        placed = [(chaves.lugares(linha).get(chaves.ENVIO, ""), linha) for linha in mine if _is_linha(linha)]
        found = sorted((one for one in placed if one[0].startswith(prefix)), key=_sk, reverse=True)
        return _page([one for one in found if not position or one[0] < position["sk"]], limit)

    def month_of_operadora(self, registro_ans: str, mes: str, position: Mapping[str, str] | None, limit: int) -> Page:
        pk = chaves.month_pk(registro_ans, mes[2:])
        with self._lock:
            pointers = sorted((sk, whose) for (held, sk), whose in self.rows.items() if held == pk)
        placed = [(sk, self.recurso(whose, sk.removeprefix(chaves.RECURSO))) for sk, whose in pointers]
        return _page([one for one in placed if not position or one[0] > position["sk"]], limit)

    def worklist(
        self, registro_ans: str, situacao: SituacaoRecurso, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        waiting = self._waiting(registro_ans, situacao)
        return _page([one for one in waiting if not position or one[0] > position["sk"]], limit)

    def overdue(self, registro_ans: str, situacao: SituacaoRecurso, before: date, limit: int) -> Sequence[Recurso]:
        late = [one for sk, one in self._waiting(registro_ans, situacao) if sk < before.isoformat()]
        return [one for one in late if not one.vencido][:limit]

    def _waiting(self, registro_ans: str, situacao: SituacaoRecurso) -> list[tuple[str, Recurso]]:
        pk = chaves.fila_pk(registro_ans, situacao)
        with self._lock:
            recursos = [linha for linha in self.rows.values() if isinstance(linha, Recurso)]
        placed = ((chaves.lugares(linha), linha) for linha in recursos)
        return sorted(((place["fila_sk"], linha) for place, linha in placed if place.get("fila_pk") == pk), key=_sk)

    # --- writing ---

    def write(
        self,
        mudancas: Sequence[Mudanca],
        fatos: Sequence[Fato] = (),
        *,
        now: datetime,
        correlacao: str,
        guardar: Sequence[Any] = (),
    ) -> None:
        self.before_write()
        writes = [one for mudanca in mudancas for one in self._writes(mudanca)]
        assert len({place for place, _, _ in writes}) == len(writes), "no transaction writes a row twice"
        with self._lock:
            if not all(self._possible(place, antes) for place, antes, _ in writes):
                raise MudouError
            if lost := tuple(place for place, action in enumerate(guardar) if not action.possible()):
                raise ConditionFailedError(lost)
            for place, _, depois in writes:
                if depois is None:
                    self._let_go[place] = self.rows.pop(place)
                else:
                    self.rows[place] = depois
            for number, fato in enumerate(fatos):
                self._tell(_told_of(mudancas), fato, number, correlacao)
            for action in guardar:
                action.apply()

    def _possible(self, place: Place, antes: Any) -> bool:
        held = self.rows.get(place)
        if antes is None or held is None:
            return antes is held
        return bool(held.versao == antes.versao if _is_linha(held) else held == antes)

    @staticmethod
    def _writes(mudanca: Mudanca) -> Iterator[tuple[Place, Any, Any]]:
        """Rows that a change writes, each as it must be and as it will be; `None` is none."""
        antes, depois = mudanca.antes, mudanca.depois
        assert antes is None or depois.versao > antes.versao, "the next writer would not notice"
        yield _place(chaves.linha_key(depois)), antes, depois
        if not isinstance(depois, Recurso):
            return
        number = _place(chaves.numero_key(depois.prestador_id, depois.registro_ans, depois.numero))
        if antes is None:
            yield _place(chaves.ponteiro_key(depois.registro_ans, depois.protocolo)), None, depois.prestador_id
            yield number, None, Numero(depois.protocolo, depois.digest)
        elif not depois.vivo:
            yield number, Numero(depois.protocolo, depois.digest), None

    def _tell(self, recurso: Recurso, fato: Fato, number: int, correlacao: str) -> None:
        chave = f"{recurso.versao}#{number}"
        sent = Sent(fato.tipo, chave, recurso.prestador_id, recurso.registro_ans, correlacao, dict(fato.dados))
        self.events.setdefault((fato.tipo, f"recurso/{recurso.protocolo}", chave), sent)

    def told(self, prestador_id: str, tipo: str | None = None) -> list[Sent]:
        """What was told of a prestador, in the order it was written."""
        return [one for one in self.events.values() if one.prestador_id == prestador_id and tipo in {None, one.tipo}]

    def put(self, *linhas: Linha) -> None:
        """Rows as if they had always been there."""
        self.write([Mudanca(None, linha) for linha in linhas], now=NOW, correlacao="antes")


def _place(key: Mapping[str, str]) -> Place:
    return key["pk"], key["sk"]


def _is_linha(held: Any) -> bool:
    return isinstance(held, Recurso | Rascunho | Contestado)


def _told_of(mudancas: Sequence[Mudanca]) -> Recurso:
    return next(one.depois for one in mudancas if isinstance(one.depois, Recurso))


def _sk(placed: tuple[str, Any]) -> str:
    return placed[0]


def _page(placed: Sequence[tuple[str, Any]], limit: int) -> Page:
    rows = [linha for _, linha in placed[:limit]]
    return Page(rows, {"sk": placed[limit - 1][0]} if len(placed) > limit else None)


class FakeArquivo:
    """`recurso.service.portas.Arquivo`: a name is a place, from 1, among what was kept of the same.

    Attributes:
        devolvidos: what is given back, by where it lies.
    """

    def __init__(self) -> None:
        self.devolvidos: dict[str, tuple[Recuperado, ...]] = {}
        self._kept: dict[tuple[str, ...], list[Any]] = defaultdict(list)
        self._lock = threading.Lock()

    def keep_pauta(self, recurso: Recurso, pauta: Pauta) -> str:
        return self._keep(("pauta", recurso.prestador_id, recurso.protocolo), pauta)

    def pauta(self, recurso: Recurso) -> Pauta:
        pauta: Pauta = self._read(("pauta", recurso.prestador_id, recurso.protocolo), recurso.pauta)
        return pauta

    def keep_acatados(self, recurso: Recurso, partes: Sequence[Recuperado]) -> str:
        which = ("acatados", recurso.prestador_id, recurso.protocolo)
        key = "/".join((*which, self._keep(which, tuple(partes))))
        self.devolvidos[key] = tuple(partes)
        return key

    def keep_conteudo(self, prestador_id: str, rascunho_id: str, pedido: Pedido) -> str:
        return self._keep(("conteudo", prestador_id, rascunho_id), pedido)

    def conteudo(self, rascunho: Rascunho) -> Pedido:
        pedido: Pedido = self._read(("conteudo", rascunho.prestador_id, rascunho.id), rascunho.conteudo)
        return pedido

    def _keep(self, which: tuple[str, ...], value: Any) -> str:
        with self._lock:
            held = self._kept[which]
            if value not in held:
                held.append(value)
            return str(held.index(value) + 1)

    def _read(self, which: tuple[str, ...], token: str) -> Any:
        held = self._kept.get(which, [])
        if not token or int(token) > len(held):
            raise ConteudoMissingError(f"{which} {token}")
        return held[int(token) - 1]


class FakeDocumentos:
    """`recurso.service.portas.Documentos`."""

    def __init__(self) -> None:
        self._complete: set[tuple[str, str]] = set()

    def put(self, prestador_id: str, *ids: str) -> None:
        """Uploads that are complete."""
        self._complete.update((prestador_id, one) for one in ids)

    def missing(self, prestador_id: str, ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(one for one in ids if (prestador_id, one) not in self._complete)


@dataclass
class Mesa:
    """Everything a use case needs, at an instant that a test moves.

    Attributes:
        operadoras: those that are known, by registro ANS.
        contratos: terms, by prestador and registro ANS.
        agora: instant in UTC.
    """

    recursos: FakeRecursos = field(default_factory=FakeRecursos)
    arquivo: FakeArquivo = field(default_factory=FakeArquivo)
    contas: FakeContas = field(default_factory=FakeContas)
    documentos: FakeDocumentos = field(default_factory=FakeDocumentos)
    operadoras: dict[str, Operadora] = field(default_factory=dict)
    contratos: dict[tuple[str, str], ContratoCompleto] = field(default_factory=dict)
    agora: datetime = NOW

    def put(self, *operadoras: Operadora) -> None:
        """Who is known."""
        self.operadoras.update((one.registro_ans, one) for one in operadoras)

    def later(self, **delta: float) -> datetime:
        """Let time pass (`days=1`, `microseconds=1`), and answer what time it is then."""
        self.agora += timedelta(**delta)
        return self.agora

    def contrato(self, prestador_id: str, registro_ans: str) -> ContratoCompleto:
        """Their terms."""
        return self.contratos.get((prestador_id, registro_ans), ContratoCompleto())

    @property
    def portas(self) -> Portas:
        """The ports, now."""
        return Portas(
            recursos=self.recursos, arquivo=self.arquivo, contas=self.contas, documentos=self.documentos,
            operadora=self.operadoras.get, contrato=self.contrato, now=self.agora, local_day=local_day,
        )  # fmt: skip
