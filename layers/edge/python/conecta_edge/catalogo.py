"""What the operadora says of plans, contracts, prices and procedures, for every context: read-only, cached, bounded.

Reference data changes when ops load a file, some times a month; who reads it within `MAX_AGE` of the last read gets
what was read then. What decides access (bindings, relacionamentos) is never read through here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from conecta_edge import cadastro as keys
from conecta_edge.dynamodb import batch_get, query_all
from conecta_edge.items import dados
from conecta_edge.parallel import gather
from conecta_facts import codec
from conecta_facts.calendario import Calendario, DiaEspecial
from conecta_facts.contratos import Contrato, ContratoCompleto, Diaria, Pacote, Preco, ProcedimentoContratado
from conecta_facts.operadoras import Contato, Operadora
from conecta_facts.planos import Carencia, Cobertura, Plano, PlanoCompleto
from conecta_facts.prestadores import Local, Profissional
from conecta_facts.procedimentos import RegraProcedimento
from conecta_facts.vigencia import vigente_em

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from conecta_edge.clock import Clock
    from conecta_edge.dynamodb import Item

Value = TypeVar("Value")
MAX_AGE: Final = timedelta(seconds=60)
MAX_ENTRIES: Final = 512


class Catalogo:
    """The catalogue of one process.

    Args:
        max_age: how old an answer may be; zero reads always.
    """

    def __init__(self, client: Any, table: str, clock: Clock, max_age: timedelta = MAX_AGE) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._max_age = max_age
        self._held: dict[tuple[str, ...], tuple[datetime, Any]] = {}

    def operadora(self, registro_ans: str) -> Operadora | None:
        """One GetItem; `None` when unknown."""
        return self._cached(("operadora", registro_ans), lambda: self._operadora(registro_ans))

    def operadoras(self) -> tuple[Operadora, ...]:
        """Every operadora, by registro: one Query."""
        return self._cached((keys.OPERADORAS,), lambda: self._all(Operadora, keys.OPERADORAS))

    def contatos(self, registro_ans: str) -> tuple[Contato, ...]:
        """The operadora's public contacts: one Query."""
        pk = keys.operadora_pk(registro_ans)
        return self._cached(("contatos", registro_ans), lambda: self._all(Contato, pk, "CONTATO#"))

    def calendario(self, registro_ans: str) -> Calendario:
        """The operadora's calendar: one Query."""
        pk = keys.calendario_pk(registro_ans)
        return self._cached((pk,), lambda: Calendario(self._all(DiaEspecial, pk)))

    def plano(self, registro_ans: str, codigo: str) -> PlanoCompleto | None:
        """A plan with its carências and coverages: one Query; `None` when unknown."""
        return self._cached(("plano", registro_ans, codigo), lambda: self._plano(registro_ans, codigo))

    def contrato(self, prestador_id: str, registro_ans: str) -> ContratoCompleto:
        """All that is contracted between the two, places and professionals aside: four Queries at the same time."""
        return self._cached(
            ("contrato", prestador_id, registro_ans), lambda: self._contrato(prestador_id, registro_ans)
        )

    def locais(self, prestador_id: str, registro_ans: str) -> tuple[Local, ...]:
        """The prestador's places, as this operadora knows them: one Query."""
        pk = keys.contrato_pk(prestador_id, registro_ans)
        return self._cached(("locais", prestador_id, registro_ans), lambda: self._all(Local, pk, "LOCAL#"))

    def corpo_clinico(self, prestador_id: str, registro_ans: str) -> tuple[Profissional, ...]:
        """The whole corpo clínico, of any day: a Query per megabyte, never cached (personal data)."""
        return self._all(Profissional, keys.contrato_pk(prestador_id, registro_ans), "PROFISSIONAL#")

    def profissional(
        self, prestador_id: str, registro_ans: str, conselho: str, uf: str, numero: str
    ) -> Profissional | None:
        """One member of the corpo clínico: one GetItem, never cached (personal data)."""
        key = keys.profissional_key(prestador_id, registro_ans, conselho, uf, numero)
        (item,) = batch_get(self._client, [(self._table, key)])
        return codec.build(Profissional, dados(item)) if item else None

    def regras(self, registro_ans: str) -> tuple[RegraProcedimento, ...]:
        """Every rule of procedures, of any day, in order of code (R09): a Query per megabyte."""
        pk = keys.regras_pk(registro_ans)
        return self._cached((pk,), lambda: self._all(RegraProcedimento, pk))

    def regras_de(self, registro_ans: str, codigos: Sequence[tuple[str, str]]) -> tuple[RegraProcedimento, ...]:
        """The rules of some (tabela, codigo), of any day: of thousands, those a request is about."""
        by_code: dict[tuple[str, str], list[RegraProcedimento]] = self._cached(
            (keys.regras_pk(registro_ans), "por codigo"), lambda: _by_code(self.regras(registro_ans))
        )
        return tuple(regra for codigo in dict.fromkeys(codigos) for regra in by_code.get(codigo, ()))

    def precos(self, registro_ans: str, tabela_precos: str) -> tuple[Preco, ...]:
        """A whole price table, of any day, in order of code: a Query per megabyte."""
        pk = keys.precos_pk(registro_ans, tabela_precos)
        return self._cached((pk,), lambda: self._all(Preco, pk))

    def precos_de(
        self, registro_ans: str, tabela_precos: str, codigos: Sequence[tuple[str, str]], dia: date
    ) -> list[Preco | None]:
        """The price of each (tabela, codigo) on a day, in the order asked: one Query each, at the same time."""
        pk = keys.precos_pk(registro_ans, tabela_precos)
        return gather([partial(self._preco, pk, tabela, codigo, dia) for tabela, codigo in codigos])

    def _preco(self, pk: str, tabela: str, codigo: str, dia: date) -> Preco | None:
        return vigente_em(self._all(Preco, pk, f"{tabela}#{codigo}#"), dia)

    def _operadora(self, registro_ans: str) -> Operadora | None:
        (item,) = batch_get(self._client, [(self._table, keys.operadora_key(registro_ans))])
        return codec.build(Operadora, dados(item)) if item else None

    def _plano(self, registro_ans: str, codigo: str) -> PlanoCompleto | None:
        rows = query_all(self._client, self._table, keys.plano_pk(registro_ans, codigo))
        by_kind = _by_kind(rows)
        if "PLANO" not in by_kind:
            return None
        return PlanoCompleto(
            codec.build(Plano, by_kind["PLANO"][0]),
            tuple(codec.build(Carencia, held) for held in by_kind.get("CARENCIA", ())),
            tuple(codec.build(Cobertura, held) for held in by_kind.get("COBERTURA", ())),
        )

    def _contrato(self, prestador_id: str, registro_ans: str) -> ContratoCompleto:
        pk = keys.contrato_pk(prestador_id, registro_ans)
        kinds: dict[str, type[Any]] = {
            "CONTRATO#": Contrato, "PROCEDIMENTO#": ProcedimentoContratado, "DIARIA#": Diaria, "PACOTE#": Pacote,
        }  # fmt: skip
        found = gather([partial(self._all, kind, pk, prefix) for prefix, kind in kinds.items()])
        return ContratoCompleto(*found)

    def _all(self, classe: type[Value], pk: str, prefix: str = "") -> tuple[Value, ...]:
        return tuple(codec.build(classe, dados(row)) for row in query_all(self._client, self._table, pk, prefix))

    def _cached(self, key: tuple[str, ...], load: Callable[[], Value]) -> Value:
        now = self._clock.now()
        held = self._held.get(key)
        if held is not None and now - held[0] < self._max_age:
            value: Value = held[1]
            return value
        value = load()
        # What nobody knows is not held: a probe of invented codes must not fill the memory.
        if value is not None:
            if len(self._held) >= MAX_ENTRIES:
                self._held.pop(next(iter(self._held)))
            self._held[key] = (now, value)
        return value


def _by_code(regras: Sequence[RegraProcedimento]) -> dict[tuple[str, str], list[RegraProcedimento]]:
    found: dict[tuple[str, str], list[RegraProcedimento]] = {}
    for regra in regras:
        found.setdefault((regra.tabela, regra.codigo), []).append(regra)
    return found


def _by_kind(rows: Sequence[Item]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(str(row["sk"]).partition("#")[0], []).append(dados(row))
    return found
