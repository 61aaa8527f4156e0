"""In-memory stand-ins of what pagamento reads and keeps; `tests/contract` judges what it keeps, too.

Every operation costs about a logarithm of what is kept, so that twenty thousand faturas can be lived through in a test.
All may be used from several threads.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conecta_atos.portas import Page
from conecta_contas.dossies import Dossie
from conecta_contas.errors import DossieMissingError
from conecta_contas.pegs import Peg, SituacaoPeg
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import ConditionFailedError
from conecta_facts.calendario import Calendario
from conecta_facts.operadoras import Operadora
from conecta_facts.prestadores import Prestador
from pagamento.domain.cronograma import Cronograma
from pagamento.domain.errors import ArquivoIndisponivelError, MudouError, NaoEncontradoError
from pagamento.domain.faturas import Fatura
from pagamento.domain.lotes import Lote
from pagamento.domain.notas import Arquivo, Layout, Nota, NotaLida
from pagamento.domain.pagamentos import Lancamento, Pagamento
from pagamento.dynamodb import chaves
from pagamento.service.portas import Fato, Mudanca, Portas
from tests.builders_pagamento import AGORA, CALENDARIO
from tests.fakes import Numbers, Sent
from tests.fakes_peg import Hooks

if TYPE_CHECKING:
    from pagamento.service.portas import Linha


class FakeRegistros(Hooks):
    """`pagamento.service.portas.Registros`; kept answers are :class:`tests.fakes.Kept`.

    Attributes:
        events: what was told, by what makes each unique, in the order it was written.
    """

    def __init__(self) -> None:
        super().__init__()
        self.events: dict[tuple[str, str, str], Sent] = {}
        self._rows: dict[str, dict[str, Any]] = defaultdict(dict)
        self._order: dict[str, list[str]] = defaultdict(list)
        self._fila: dict[str, list[str]] = defaultdict(list)
        self._numbers, self._lock = Numbers(5), threading.Lock()

    def next_protocolo(self, day: date) -> str:
        return self._numbers.next_protocolo(day)

    # --- reading ---

    def _get(self, key: Mapping[str, str]) -> Any:
        with self._lock:
            return self._rows[key["pk"]].get(key["sk"])

    def _between(self, pk: str, first: str, last: str) -> list[Any]:
        with self._lock:
            held = self._order[pk]
            return [self._rows[pk][sk] for sk in held[bisect_left(held, first) : bisect_right(held, last)]]

    def faturas(self, prestador_id: str, ids: Sequence[str]) -> Mapping[str, Fatura]:
        found = (self._get(chaves.fatura_key(prestador_id, one)) for one in ids)
        return {fatura.id: fatura for fatura in found if fatura}

    def faturas_do_mes(self, prestador_id: str, mes: str) -> Sequence[Fatura]:
        prefix = f"{chaves.FATURA}{mes[2:]}"
        return self._between(chaves.tenant_pk(prestador_id), prefix, f"{prefix}~")

    def faturas_abertas(
        self, registro_ans: str, ate: date | None, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        before = (ate + timedelta(days=1)).isoformat() if ate else "~"
        pks = [chaves.faturas_pk(registro_ans, shard) for shard in range(chaves.SHARDS)]
        return self._waiting(pks, before, position, limit)

    def _waiting(self, pks: Sequence[str], before: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """(prestador id, id) of what lies in some partitions of the index, one after the other."""
        last = (position["pk"], position["sk"]) if position else ("", "")
        found: list[tuple[str, str]] = []
        with self._lock:
            for pk in pks:
                held = self._fila[pk] if pk >= last[0] else []
                start = bisect_right(held, last[1]) if pk == last[0] else 0
                end = min(bisect_left(held, before), start + limit + 1 - len(found))
                found += [(pk, sk) for sk in held[start:end]]
        pages, more = found[:limit], len(found) > limit
        following = {"pk": pages[-1][0], "sk": pages[-1][1]} if more else None
        return Page([chaves.identity({"fila_sk": sk}) for _, sk in pages], following)

    def nota(self, prestador_id: str, nota_id: str) -> Nota | None:
        nota: Nota | None = self._get(chaves.nota_key(prestador_id, nota_id))
        return nota

    def notas_do_mes(self, prestador_id: str, mes: str, position: Mapping[str, str] | None, limit: int) -> Page:
        prefix = f"NOTA#{mes[2:]}"
        notas = self._between(chaves.tenant_pk(prestador_id), prefix, f"{prefix}~")
        notas.sort(key=chaves.envio, reverse=True)
        return _page([nota for nota in notas if not position or chaves.envio(nota) < position["envio"]], limit)

    def prestador_da_nota(self, registro_ans: str, nota_id: str) -> str | None:
        whose: str | None = self._get(chaves.ponteiro_da_nota_key(registro_ans, nota_id))
        return whose

    def notas_em_conferencia(self, registro_ans: str, position: Mapping[str, str] | None, limit: int) -> Page:
        page = self._waiting([chaves.notas_pk(registro_ans)], "~", position, limit)
        return Page([self.nota(*which) for which in page.rows], page.position)

    def titular_da_marca(self, registro_ans: str, marca: str) -> str | None:
        nota_id: str | None = self._get(chaves.marca_key(registro_ans, marca))
        return nota_id

    def pagamento(self, registro_ans: str, numero: str) -> Pagamento | None:
        pagamento: Pagamento | None = self._get(chaves.numero_key(registro_ans, numero))
        return pagamento

    def pagamentos(self, prestador_id: str, de: date, ate: date) -> Sequence[Pagamento]:
        first, last = f"{chaves.PAGAMENTO}{de.isoformat()}", f"{chaves.PAGAMENTO}{ate.isoformat()}~"
        return self._between(chaves.tenant_pk(prestador_id), first, last)

    def pagamentos_da_operadora(
        self, registro_ans: str, mes: str, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        first = f"{position['sk']}\0" if position else chaves.PAGAMENTO
        paid = self._between(chaves.month_pk(registro_ans, mes[2:]), first, f"{chaves.PAGAMENTO}~")
        last = chaves.ponteiro_do_pagamento_key(paid[limit - 1]) if len(paid) > limit else None
        return Page(paid[:limit], last)

    def lancamento(self, prestador_id: str, lancamento_id: str) -> Lancamento | None:
        lancamento: Lancamento | None = self._get(chaves.lancamento_key(prestador_id, lancamento_id))
        return lancamento

    def lancamentos(self, prestador_id: str, registro_ans: str) -> Sequence[Lancamento]:
        held = self._between(chaves.tenant_pk(prestador_id), chaves.LANCAMENTO, f"{chaves.LANCAMENTO}~")
        return [lancamento for lancamento in held if lancamento.registro_ans == registro_ans]

    def lote(self, prestador_id: str, lote_id: str) -> Lote | None:
        lote: Lote | None = self._get(chaves.lote_key(prestador_id, lote_id))
        return lote

    def lotes(self, prestador_id: str, position: Mapping[str, str] | None, limit: int) -> Page:
        held = self._between(
            chaves.tenant_pk(prestador_id), chaves.LOTE, position["sk"] if position else f"{chaves.LOTE}~"
        )
        found = [one for one in reversed(held) if not position or one.id < position["sk"].removeprefix(chaves.LOTE)]
        return Page(found[:limit], chaves.lote_key(prestador_id, found[limit - 1].id) if len(found) > limit else None)

    def cronograma(self, registro_ans: str, versao: int | None = None) -> Cronograma | None:
        cronograma: Cronograma | None = self._get(chaves.cronograma_key(registro_ans, versao))
        return cronograma

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
        with self._lock:
            if not all(self._possible(mudanca) for mudanca in mudancas):
                raise MudouError
            if lost := tuple(place for place, action in enumerate(guardar) if not action.possible()):
                raise ConditionFailedError(lost)
            for mudanca in mudancas:
                self._apply(mudanca)
            for fato in fatos:
                sent = Sent(
                    fato.tipo, fato.chave, fato.prestador_id, fato.registro_ans, correlacao, dict(fato.dados)
                )  # fmt: skip
                self.events.setdefault((fato.tipo, fato.entidade, fato.chave), sent)
            for action in guardar:
                action.apply()

    def _possible(self, mudanca: Mudanca) -> bool:
        antes: Any = mudanca.antes
        key = chaves.linha_key(mudanca.depois)
        held = self._rows[key["pk"]].get(key["sk"])
        taken = any(value is not None and one["sk"] in self._rows[one["pk"]] for one, value in self._beside(mudanca))
        if antes is None:
            return held is None and not taken
        assert getattr(mudanca.depois, "versao", 0) > antes.versao, "the next writer would not notice"
        return held is not None and held.versao == antes.versao and not taken

    def _apply(self, mudanca: Mudanca) -> None:
        depois = mudanca.depois
        key = chaves.linha_key(depois)
        _leave(self._fila, chaves.fila(self._rows[key["pk"]][key["sk"]]) if mudanca.antes else {})
        for one, value in ((key, depois), *self._beside(mudanca)):
            rows, order = self._rows[one["pk"]], self._order[one["pk"]]
            if value is None:
                del rows[one["sk"]]
                del order[bisect_left(order, one["sk"])]
                continue
            if one["sk"] not in rows:
                insort(order, one["sk"])
            rows[one["sk"]] = value
        if place := chaves.fila(depois):
            insort(self._fila[place["fila_pk"]], place["fila_sk"])

    @staticmethod
    def _beside(mudanca: Mudanca) -> Iterator[tuple[Mapping[str, str], Any]]:
        """The other rows that a change writes; `None` is one that goes."""
        antes, depois = mudanca.antes, mudanca.depois
        match depois:
            case Nota():
                if antes is None:
                    yield chaves.ponteiro_da_nota_key(depois.registro_ans, depois.id), depois.prestador_id
                before, after = (
                    nota.marca if isinstance(nota, Nota) and nota.viva else None for nota in (antes, depois)
                )
                if before and before != after:
                    yield chaves.marca_key(depois.registro_ans, before), None
                if after and before != after:
                    yield chaves.marca_key(depois.registro_ans, after), depois.id
            case Pagamento():
                yield chaves.numero_key(depois.registro_ans, depois.numero), depois
                yield chaves.ponteiro_do_pagamento_key(depois), depois
            case Cronograma():
                yield chaves.cronograma_key(depois.registro_ans, depois.versao), depois

    def told(self, prestador_id: str = "") -> list[Sent]:
        """What was told of a prestador (of none: of an operadora), in the order it was written."""
        return [sent for sent in self.events.values() if sent.prestador_id == prestador_id]

    def put(self, *linhas: Linha) -> None:
        """Rows as if they had always been there."""
        self.write([Mudanca(None, linha) for linha in linhas], now=AGORA, correlacao="antes")


def _page(found: Sequence[Nota], limit: int) -> Page:
    return Page(found[:limit], {"envio": chaves.envio(found[limit - 1])} if len(found) > limit else None)


def _leave(fila: dict[str, list[str]], place: Mapping[str, str]) -> None:
    if place:
        held = fila[place["fila_pk"]]
        del held[bisect_left(held, place["fila_sk"])]


class FakeContas:
    """`pagamento.service.portas.Contas`.

    Attributes:
        reads: how many PEGs and dossiers were read.
    """

    def __init__(self) -> None:
        self.reads = 0
        self._pegs: dict[tuple[str, str], Peg] = {}
        self._dossies: dict[str, Dossie] = {}

    def put(self, peg: Peg, dossie: Dossie | None = None) -> Peg:
        """A PEG as it is now, and what was billed and judged."""
        self._pegs[peg.prestador_id, peg.protocolo] = peg
        if dossie is not None:
            self._dossies[peg.protocolo] = dossie
        return peg

    def peg(self, prestador_id: str, protocolo: str) -> Peg | None:
        self.reads += 1
        held = self._pegs.get((prestador_id, protocolo))
        return None if held is None or held.situacao is SituacaoPeg.PREPARANDO else held

    def dossie(self, peg: Peg) -> Dossie:
        self.reads += 1
        if peg.protocolo not in self._dossies:
            raise DossieMissingError(peg.protocolo)
        return self._dossies[peg.protocolo]

    def prestador_of(self, registro_ans: str, protocolo: str) -> str | None:
        held = (peg for peg in self._pegs.values() if (peg.registro_ans, peg.protocolo) == (registro_ans, protocolo))
        return next((peg.prestador_id for peg in held), None)

    def month(
        self, prestador_id: str, competencia: str, position: Mapping[str, str] | None, limit: int
    ) -> tuple[Sequence[Peg], Mapping[str, str] | None]:
        mine = [
            peg for peg in self._pegs.values()
            if (peg.prestador_id, peg.competencia) == (prestador_id, competencia)
            and peg.situacao is not SituacaoPeg.PREPARANDO
        ]  # fmt: skip
        mine.sort(key=lambda peg: (peg.data_recepcao, peg.protocolo), reverse=True)
        start = int(position["n"]) if position else 0
        end = start + limit
        return mine[start:end], {"n": str(end)} if end < len(mine) else None


class FakeCadastro:
    """`pagamento.service.portas.Cadastro`."""

    def __init__(self, *known: Prestador | Operadora) -> None:
        self.codigos: dict[tuple[str, str], str] = {}
        self.calendarios: dict[str, Calendario] = {}
        self._prestadores: dict[str, Prestador] = {}
        self._operadoras: dict[str, Operadora] = {}
        self.put(*known)

    def put(self, *known: Prestador | Operadora) -> None:
        """Who is known."""
        for one in known:
            if isinstance(one, Prestador):
                self._prestadores[one.prestador_id] = one
            else:
                self._operadoras[one.registro_ans] = one

    def prestador(self, prestador_id: str) -> Prestador:
        if prestador_id not in self._prestadores:
            raise NaoEncontradoError(prestador_id)
        return self._prestadores[prestador_id]

    def codigo(self, prestador_id: str, registro_ans: str) -> str | None:
        return self.codigos.get((prestador_id, registro_ans))

    def operadora(self, registro_ans: str) -> Operadora:
        if registro_ans not in self._operadoras:
            raise NaoEncontradoError(registro_ans)
        return self._operadoras[registro_ans]

    def calendario(self, registro_ans: str) -> Calendario:
        return self.calendarios.get(registro_ans, CALENDARIO)


class FakeArquivos:
    """`pagamento.service.portas.Arquivos`."""

    def __init__(self) -> None:
        self._uploads: dict[tuple[str, str], Arquivo | str] = {}
        self._contents: dict[str, bytes] = {}

    def put(self, prestador_id: str, arquivo: Arquivo, content: bytes = b"<nota/>") -> Arquivo:
        """A file that was sent and is complete."""
        self._uploads[prestador_id, arquivo.upload_id] = arquivo
        self._contents[arquivo.chave] = content
        return arquivo

    def refuse(self, prestador_id: str, upload_id: str, motivo: str) -> None:
        """A file that cannot be of a nota, and why."""
        self._uploads[prestador_id, upload_id] = motivo

    def arquivo(self, prestador_id: str, upload_id: str) -> Arquivo:
        found = self._uploads.get((prestador_id, upload_id), "AUSENTE")
        if isinstance(found, str):
            raise ArquivoIndisponivelError(upload_id, found)
        return found

    def ler(self, arquivo: Arquivo) -> bytes:
        return self._contents[arquivo.chave]


@dataclass
class Mesa:
    """Everything a use case needs, on a day.

    Attributes:
        lidas: what the XML of a nota says, by its bytes; others are of an unknown layout.
        contestados: reais of each line that recursos contest, by PEG.
    """

    registros: FakeRegistros = field(default_factory=FakeRegistros)
    contas: FakeContas = field(default_factory=FakeContas)
    cadastro: FakeCadastro = field(default_factory=FakeCadastro)
    arquivos: FakeArquivos = field(default_factory=FakeArquivos)
    lidas: dict[bytes, NotaLida] = field(default_factory=dict)
    contestados: dict[str, dict[tuple[int, int], Decimal]] = field(default_factory=dict)
    agora: datetime = AGORA

    def ler(self, xml: bytes) -> NotaLida:
        """See `pagamento.service.portas.LerNota`."""
        return self.lidas.get(xml, NotaLida(layout=Layout.DECLARADO))

    def descrever(self, tabela: str, codigo: str) -> str | None:
        """See `pagamento.domain.demonstrativos.Descrever`."""
        return None if codigo.startswith("9") else f"Termo {tabela}:{codigo}"

    def contestado(self, peg: Peg, _correlacao: str) -> Mapping[tuple[int, int], Decimal]:
        """See `pagamento.service.portas.Contestado`."""
        return self.contestados.get(peg.protocolo, {})

    @property
    def portas(self) -> Portas:
        """The ports, now."""
        return Portas(
            registros=self.registros, contas=self.contas, cadastro=self.cadastro, arquivos=self.arquivos,
            ler_nota=self.ler, descrever=self.descrever, contestado=self.contestado, now=self.agora,
            local_day=local_day,
        )  # fmt: skip
