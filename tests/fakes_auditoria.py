"""In-memory stand-ins of the audit's rows, seals and archive; `tests/contract` judges them, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from auditoria.domain.cadeia import INICIO, Cabeca, Elo
from auditoria.domain.dias import Dia
from auditoria.service.portas import MudouError, PerdidoError, Portas
from conecta_edge.clock import iso, local_day
from tests.builders_functions import HOSPITAL, NOW
from tests.fakes_peg import Hooks

TENANT: Final = f"PRESTADOR#{HOSPITAL}"
HOJE: Final = local_day(NOW)
ONTEM: Final = HOJE - timedelta(days=1)


def a_row(minutes: float = 0, correlacao: str = "c", **changes: Any) -> dict[str, Any]:
    """A row of so many minutes after :data:`NOW`, as it is written into a block."""
    return {
        "sk": f"{iso(NOW + timedelta(minutes=minutes))}#{correlacao}", "v": 1, "quem": "pessoa-1", "papel": "recepcao",
        "operacao": "/elegibilidade", "finalidade": "verificacao-de-elegibilidade", "sujeitos": ["a" * 32],
        "campos": ["nome"], "correlacao": correlacao, **changes,
    }  # fmt: skip


class FakeAcessos:
    """`auditoria.service.portas.Acessos`."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, date], list[Mapping[str, Any]]] = {}

    def put(self, *linhas: Mapping[str, Any], tenant: str = TENANT, dia: date = HOJE) -> None:
        """What contexts appended."""
        held = self.rows.setdefault((tenant, dia), [])
        held += linhas
        held.sort(key=lambda one: str(one["sk"]))

    def seguintes(self, tenant: str, dia: date, desde: str, limite: int) -> Sequence[Mapping[str, Any]]:
        return [one for one in self.rows.get((tenant, dia), ()) if one["sk"] >= desde][:limite]

    def ultimos(self, tenant: str, dia: date, antes: str | None, limite: int) -> Sequence[Mapping[str, Any]]:
        found = reversed(self.rows.get((tenant, dia), ()))
        return [one for one in found if antes is None or one["sk"] < antes][:limite]


class FakeSelos(Hooks):
    """`auditoria.service.portas.Selos`.

    Attributes:
        disputado: whether others change everything all the time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.disputado = False
        self._dias: dict[tuple[str, date], Dia] = {}
        self._elos: dict[str, list[Elo]] = {}

    def lidos(self, tenant: str, dia: date) -> tuple[Dia, Cabeca]:
        return self._dias.get((tenant, dia), Dia(tenant=tenant, dia=dia)), self.cabeca(tenant)

    def gravar(self, dia: Dia, antes: int, elo: Elo | None = None) -> None:
        self.before_write()
        held, head = self.lidos(dia.tenant, dia.dia)
        if self.disputado or held.versao != antes or (elo is not None and elo.n != head.n + 1):
            raise MudouError
        self._dias[dia.tenant, dia.dia] = dia
        if elo is not None:
            self._elos.setdefault(dia.tenant, []).append(elo)

    def pendentes(self, ate: datetime) -> Sequence[tuple[datetime, str, date]]:
        return sorted(
            (one.esperando_desde, one.tenant, one.dia)
            for one in self._dias.values()
            if one.esperando_desde is not None and one.esperando_desde <= ate
        )

    def dias(self, tenant: str, de: date, ate: date) -> Sequence[Dia]:
        return [held for (whose, dia), held in sorted(self._dias.items()) if whose == tenant and de <= dia <= ate]

    def cabeca(self, tenant: str) -> Cabeca:
        elos = self._elos.get(tenant)
        return Cabeca(elos[-1].n, elos[-1].digest) if elos else INICIO

    def elos(self, tenant: str, de: int, ate: int) -> Sequence[Elo]:
        return [one for one in self._elos.get(tenant, ()) if de <= one.n <= ate]


class FakeArquivo:
    """`auditoria.service.portas.Arquivo`.

    Attributes:
        blocos: by tenant, number and digest, as written.
        exportados: manifest and blocks of each file, by its name.
    """

    def __init__(self) -> None:
        self.blocos: dict[tuple[str, int, str], Mapping[str, Any]] = {}
        self.exportados: dict[str, tuple[Mapping[str, Any], list[Mapping[str, Any]]]] = {}

    def guardar(self, bloco: Mapping[str, Any], elo: Elo) -> None:
        self.blocos.setdefault((bloco["tenant"], elo.n, elo.digest), bloco)

    def ler(self, tenant: str, elo: Elo) -> Mapping[str, Any]:
        found = self.blocos.get((tenant, elo.n, elo.digest))
        if found is None:
            raise PerdidoError
        return found

    def exportar(self, tenant: str, manifesto: Mapping[str, Any], elos: Sequence[Elo], nome: str) -> str:
        self.exportados[nome] = manifesto, [self.ler(tenant, elo) for elo in elos]
        return f"https://arquivo.example/{nome}"


class Registro:
    """The audit in memory.

    Attributes:
        agora: when it is.
    """

    def __init__(self) -> None:
        self.acessos, self.selos, self.arquivo = FakeAcessos(), FakeSelos(), FakeArquivo()
        self.agora = NOW + timedelta(minutes=30)

    @property
    def portas(self) -> Portas:
        """The ports of a call now."""
        return Portas(
            acessos=self.acessos, selos=self.selos, arquivo=self.arquivo, now=self.agora, hoje=local_day(self.agora)
        )  # fmt: skip

    @property
    def blocos(self) -> list[Mapping[str, Any]]:
        """The hospital's chain."""
        return [self.arquivo.ler(TENANT, elo) for elo in self.selos.elos(TENANT, 1, 10**9)]
