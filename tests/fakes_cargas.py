"""In-memory stand-ins of the ports of loads, and builders of their files; `tests/contract` judges them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from cadastro.domain.carga_tipos import TIPOS
from cadastro.dynamodb.carga_itens import Montador
from conecta_atos.portas import Page
from conecta_cargas import following as service
from conecta_cargas import loading as steps
from conecta_cargas.loading import Chave, Dados, Escrita, Item, Ports
from conecta_cargas.states import (
    Carga,
    Contagem,
    Decisao,
    Guardado,
    Objeto,
    ParteCarregada,
    SituacaoCarga,
    StaleCargaError,
)
from conecta_edge.clock import FUSO
from conecta_edge.pseudonyms import Pseudonyms
from tests.builders_functions import NOW, VALE

PSEUDONIMOS: Final = Pseudonyms(b"chave-de-teste")
ARRIVED: Final = NOW - timedelta(minutes=1)


class Cut(Exception):  # noqa: N818  # the machine that went away
    """The function died here."""


class FakeCargas:
    """`conecta_cargas.following.Cargas`."""

    def __init__(self, *conhecidas: str) -> None:
        self.conhecidas = set(conhecidas or (VALE,))
        self.rows: dict[tuple[str, str], Carga] = {}
        self.parte_rows: dict[tuple[str, str], dict[int, ParteCarregada]] = {}
        self.events: list[tuple[str, str, str, Contagem]] = []
        self._lock = threading.Lock()

    def conhece(self, registro_ans: str) -> bool:
        return registro_ans in self.conhecidas

    def add(self, carga: Carga, evento: str | None, now: datetime) -> None:
        with self._lock:
            if (carga.registro_ans, carga.id) not in self.rows:
                self.rows[carga.registro_ans, carga.id] = carga
                self._tell(carga, evento)

    def get(self, registro_ans: str, carga_id: str) -> Carga | None:
        return self.rows.get((registro_ans, carga_id))

    def change(self, antes: Carga, depois: Carga, evento: str | None, now: datetime) -> None:
        key = (antes.registro_ans, antes.id)
        with self._lock:
            if key not in self.rows or self.rows[key].versao != antes.versao:
                raise StaleCargaError
            self.rows[key] = depois
            self._tell(depois, evento)

    def _tell(self, carga: Carga, evento: str | None) -> None:
        if evento is not None:
            self.events.append((evento, carga.registro_ans, carga.id, carga.contagem))

    def page(self, registro_ans: str, position: Mapping[str, str] | None, limit: int) -> Page:
        mine = sorted((key for key in self.rows if key[0] == registro_ans), reverse=True)
        start = int(position["linha"]) if position else 0
        end = start + limit
        rows = [self.rows[key] for key in mine[start:end]]
        return Page(rows, {"linha": str(end)} if end < len(mine) else None)

    def parte(self, registro_ans: str, carga_id: str, n: int) -> ParteCarregada | None:
        return self.parte_rows.get((registro_ans, carga_id), {}).get(n)

    def add_parte(self, registro_ans: str, carga_id: str, parte: ParteCarregada) -> None:
        with self._lock:
            self.parte_rows.setdefault((registro_ans, carga_id), {}).setdefault(parte.n, parte)

    def partes(self, registro_ans: str, carga_id: str) -> list[ParteCarregada]:
        found = self.parte_rows.get((registro_ans, carga_id), {})
        return [found[n] for n in sorted(found)]


class FakeRegistros:
    """`conecta_cargas.loading.Registros`: the tables as one dictionary.

    Attributes:
        before_write: called before each batch is written; may raise, or write beside it.
        writes: items written so far.
    """

    def __init__(self) -> None:
        self.rows: dict[Chave, dict[str, Any]] = {}
        self.before_write: Callable[[Sequence[Escrita]], None] = lambda _escritas: None
        self.writes = 0
        self._montador = Montador("cadastro", "beneficiarios", lambda: PSEUDONIMOS)
        self._lock = threading.Lock()

    def itens(self, tipo: str, registro_ans: str, dados: Dados, referencia: date, hoje: date) -> list[Item]:
        return self._montador.itens(tipo, registro_ans, dados, referencia, hoje)

    def ler(self, itens: Sequence[Item]) -> Mapping[Chave, Guardado]:
        with self._lock:
            return {item.chave: self._seen(self.rows[item.chave]) for item in itens if item.chave in self.rows}

    def _seen(self, row: Mapping[str, Any]) -> Guardado:
        return Guardado(
            row.get("fonte"), row.get("resumo"), row.get("carga"), bool(row.get("eliminado")), "busca" in row,
            row["dados"],
        )  # fmt: skip

    def gravar(self, carga_id: str, fonte: str, escritas: Sequence[Escrita]) -> set[Chave]:
        assert len({escrita.item.chave for escrita in escritas}) == len(escritas)
        self.before_write(escritas)
        lost = set()
        with self._lock:
            for escrita in escritas:
                chave, seen = escrita.item.chave, escrita.guardado
                row = self.rows.get(chave)
                before = (seen.fonte, seen.resumo) if seen else None
                now = (row.get("fonte"), row.get("resumo")) if row else None
                if before != now or (row or {}).get("eliminado"):
                    lost.add(chave)
                    continue
                self.writes += 1
                if escrita.decisao is Decisao.ATUALIZAR_FONTE and row is not None:
                    row["fonte"] = fonte
                    continue
                made = {
                    "fonte": fonte, "posicao": escrita.posicao, "carga": carga_id, "resumo": escrita.resumo,
                    "dados": dict(escrita.item.dados),
                }  # fmt: skip
                self.rows[chave] = {**made, "busca": escrita.item.busca} if escrita.item.busca else made
        return lost


class FakeArquivos:
    """`conecta_cargas.following.Arquivos`."""

    def __init__(self) -> None:
        self.entrada: dict[tuple[str, str], tuple[bytes, datetime]] = {}
        self.acervo: dict[str, bytes] = {}

    def chegar(self, chave: str, conteudo: bytes, em: datetime = ARRIVED) -> str:
        """A file arrives; answers its version."""
        versao = f"v{sum(held == chave for held, _ in self.entrada) + 1}"
        self.entrada[chave, versao] = (conteudo, em)
        return versao

    def localizar(self, chave: str, versao: str | None) -> Objeto | None:
        if versao is None:
            versao = max((version for held, version in self.entrada if held == chave), default="v0")
        found = self.entrada.get((chave, versao))
        return Objeto(chave, versao, f'"{versao}"', len(found[0]), found[1]) if found else None

    def leitor(self, objeto: Objeto) -> Callable[[int, int], bytes]:
        conteudo = self.entrada[objeto.chave, objeto.versao or "v1"][0]
        return lambda inicio, fim: conteudo[inicio:fim]

    def guardar(self, registro_ans: str, carga_id: str, nome: str, conteudo: bytes) -> None:
        self.acervo[f"{registro_ans}/{carga_id}/{nome}"] = conteudo

    def abrir(self, registro_ans: str, carga_id: str, nome: str) -> bytes | None:
        return self.acervo.get(f"{registro_ans}/{carga_id}/{nome}")


@dataclass
class Casa:
    """Everything a load needs, and what its workflow does with it."""

    cargas: Any = field(default_factory=FakeCargas)
    registros: Any = field(default_factory=FakeRegistros)
    arquivos: Any = field(default_factory=FakeArquivos)
    agora: datetime = NOW

    @property
    def ports(self) -> Ports:
        return Ports(TIPOS, self.cargas, self.registros, self.arquivos, lambda: self.agora, FUSO)

    def chegar(
        self, tipo: str, conteudo: bytes | str, nome: str = "arquivo.csv", em: datetime = ARRIVED, registro: str = VALE
    ) -> Carga:
        """A file arrives and its load is registered, not started."""
        chave = f"cadastro/{registro}/{tipo}/{nome}"
        raw = conteudo.encode() if isinstance(conteudo, str) else conteudo
        versao = self.arquivos.chegar(chave, raw, em)
        carga = steps.register_carga(
            chave, versao, tipos=TIPOS, cargas_=self.cargas, arquivos=self.arquivos, fuso=FUSO, now=self.agora
        )
        assert carga is not None
        return carga

    def executar(
        self, carga: Carga, *, passo: int | None = None, ordem: Callable[[list[Any]], list[Any]] = lambda p: p
    ) -> Carga:
        """The workflow: plan, every part, conclude; what dies registers the failure, and dies."""
        where = {"registro_ans": carga.registro_ans, "carga_id": carga.id}
        if passo is not None and not carga.passo:
            antes = self.cargas.get(carga.registro_ans, carga.id)
            self.cargas.change(antes, replace(antes, passo=passo, versao=antes.versao + 1), None, self.agora)
        try:
            for parte in ordem(steps.plan(**where, ports=self.ports)):
                steps.load_part(**where, parte=parte, ports=self.ports)
            return steps.conclude(**where, ports=self.ports)
        except Cut as cut:
            steps.fail(**where, erro=type(cut).__name__, ports=self.ports)
            raise

    def carregar(self, tipo: str, conteudo: bytes | str, nome: str = "arquivo.csv", **outros: Any) -> Carga:
        """A file arrives and is loaded to the end."""
        run = {name: outros.pop(name) for name in ("passo", "ordem") if name in outros}
        return self.executar(self.chegar(tipo, conteudo, nome, **outros), **run)

    def relatorio(self, carga: Carga) -> list[list[str]]:
        """The report's lines: line, column, code, reason."""
        text = service.report(carga, self.arquivos).decode()
        header, *lines = text.splitlines()
        assert header == "linha;coluna;codigo;motivo"
        return [line.split(";") for line in lines]


def csv(tipo: str, *linhas: Mapping[str, str], colunas: Sequence[str] | None = None) -> str:
    """A file of a tipo with all of its columns (or some), each row over the tipo's own examples."""
    names = list(colunas or (coluna.nome for coluna in TIPOS[tipo].colunas))
    rows = [";".join({**exemplo(tipo), **linha}[name] for name in names) for linha in linhas]
    return "\n".join((";".join(names), *rows, ""))


def exemplo(tipo: str) -> dict[str, str]:
    """The row that the documentation shows."""
    return {coluna.nome: coluna.exemplo for coluna in TIPOS[tipo].colunas}


def vida(numero: int | str, **outras: str) -> dict[str, str]:
    """A row of beneficiarios."""
    return {"numero_carteira": str(numero), **outras}


CONCLUIDA: Final = SituacaoCarga.CONCLUIDA
COM_RECUSAS: Final = SituacaoCarga.CONCLUIDA_COM_RECUSAS
