"""In-memory stand-ins of what cadastro knows of lives, plans, contracts and rules; `tests/contract` judges them.

What is loaded goes in by :meth:`put`, by the tipo of its load and in the operadora's name, into the fakes and into
tables alike.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import pytest

from cadastro.bootstrap import elegibilidade as bootstrap
from cadastro.domain.elegibilidade import Pergunta
from cadastro.dynamodb.carga_itens import Montador
from cadastro.handler import api
from cadastro.service.elegibilidade import Leitura
from conecta_edge import session
from conecta_edge.audit import Access, Actor
from conecta_edge.dynamodb import marshal
from conecta_edge.http import Request
from conecta_edge.items import VERSION
from conecta_edge.pseudonyms import Pseudonyms
from conecta_edge.quotas import Quota
from conecta_facts import codec
from conecta_facts.beneficiarios import Beneficiario
from conecta_facts.calendario import Calendario
from conecta_facts.contratos import ContratoCompleto, Preco
from conecta_facts.operadoras import Contato, Operadora
from conecta_facts.planos import PlanoCompleto
from conecta_facts.prestadores import Local, Prestador, Profissional
from conecta_facts.procedimentos import RegraProcedimento
from conecta_facts.vigencia import vigente_em
from tests.builders_cadastro import HOJE, INICIO, a_plano, an_operadora, relacionamento_of
from tests.builders_functions import CLINICA, CNPJ, ESCOPOS, HOSPITAL, PASA, VALE, api_event, person
from tests.cadastro_rows import Credencial, Vinculo
from tests.contract.engines import CHAVE
from tests.fakes import FakeCadastro

PSEUDONIMOS = Pseudonyms(CHAVE.encode())


class Loaded:
    """Tables as loads fill them: the very items of a load, put one by one."""

    def __init__(self, client: Any, cadastro: str, beneficiarios: str) -> None:
        self._client = client
        self._montador = Montador(cadastro, beneficiarios, lambda: PSEUDONIMOS)

    def put(self, tipo: str, registro_ans: str, *values: Any) -> None:
        """Load values of one tipo."""
        for value in values:
            for item in self._montador.itens(tipo, registro_ans, codec.plain(value), HOJE, HOJE):
                table, pk, sk = item.chave
                row: dict[str, Any] = {"pk": pk, "sk": sk, "v": VERSION, "fonte": "f", "dados": item.dados}
                if item.busca is not None:
                    row["busca_pk"], row["busca_sk"] = item.busca
                self._client.put_item(TableName=table, Item=marshal(row))


class Catalogue:
    """Values by tipo and operadora, as they were loaded."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], list[Any]] = {}

    def put(self, tipo: str, registro_ans: str, *values: Any) -> None:
        """Load values of one tipo."""
        self.values.setdefault((tipo, registro_ans), []).extend(values)

    def of(self, tipo: str, registro_ans: str) -> list[Any]:
        """What was loaded."""
        return self.values.get((tipo, registro_ans), [])


class FakeCatalogo(Catalogue):
    """`conecta_edge.catalogo.Catalogo`, without a table and without an age."""

    def operadora(self, registro_ans: str) -> Operadora | None:
        return next(iter(self.of("operadora", registro_ans)), None)

    def operadoras(self) -> tuple[Operadora, ...]:
        known = [value for (tipo, _), values in self.values.items() if tipo == "operadora" for value in values]
        return tuple(sorted(known, key=lambda value: value.registro_ans))

    def contatos(self, registro_ans: str) -> tuple[Contato, ...]:
        return tuple(sorted(self.of("contatos", registro_ans), key=lambda value: value.codigo))

    def calendario(self, registro_ans: str) -> Calendario:
        return Calendario(tuple(sorted(self.of("calendario", registro_ans), key=lambda value: value.data)))

    def plano(self, registro_ans: str, codigo: str) -> PlanoCompleto | None:
        plano = next((value for value in self.of("planos", registro_ans) if value.codigo == codigo), None)
        if plano is None:
            return None
        carencias, coberturas = (
            tuple(value for value in self.of(tipo, registro_ans) if value.plano == codigo)
            for tipo in ("carencias", "coberturas")
        )
        return PlanoCompleto(plano, carencias, coberturas)

    def contrato(self, prestador_id: str, registro_ans: str) -> ContratoCompleto:
        tipos = ("contratos", "procedimentos-contratados", "diarias", "pacotes")
        return ContratoCompleto(*(self._mine(tipo, prestador_id, registro_ans) for tipo in tipos))

    def locais(self, prestador_id: str, registro_ans: str) -> tuple[Local, ...]:
        return self._mine("locais", prestador_id, registro_ans)

    def corpo_clinico(self, prestador_id: str, registro_ans: str) -> tuple[Profissional, ...]:
        mine: tuple[Profissional, ...] = self._mine("corpo-clinico", prestador_id, registro_ans)
        return tuple(sorted(mine, key=lambda value: (value.conselho, value.uf, value.numero_conselho)))

    def profissional(
        self, prestador_id: str, registro_ans: str, conselho: str, uf: str, numero: str
    ) -> Profissional | None:
        mine = self.corpo_clinico(prestador_id, registro_ans)
        wanted = (conselho, uf, numero)
        return next((value for value in mine if (value.conselho, value.uf, value.numero_conselho) == wanted), None)

    def regras(self, registro_ans: str) -> tuple[RegraProcedimento, ...]:
        return tuple(
            sorted(
                self.of("regras-procedimentos", registro_ans),
                key=lambda value: (value.tabela, value.codigo, value.plano or "*", value.vigente_de),
            )
        )

    def precos(self, registro_ans: str, tabela_precos: str) -> tuple[Preco, ...]:
        table = [value for value in self.of("precos", registro_ans) if value.tabela_precos == tabela_precos]
        return tuple(sorted(table, key=lambda value: (value.tabela, value.codigo, value.vigente_de)))

    def precos_de(
        self, registro_ans: str, tabela_precos: str, codigos: Sequence[tuple[str, str]], dia: date
    ) -> list[Preco | None]:
        table = self.precos(registro_ans, tabela_precos)
        return [
            vigente_em((value for value in table if (value.tabela, value.codigo) == codigo), dia) for codigo in codigos
        ]

    def _mine(self, tipo: str, prestador_id: str, registro_ans: str) -> tuple[Any, ...]:
        return tuple(value for value in self.of(tipo, registro_ans) if value.prestador_id == prestador_id)


class FakeBeneficiarios(Catalogue):
    """`conecta_edge.beneficiarios.DynamoBeneficiarios`."""

    def __init__(self) -> None:
        super().__init__()
        self.erased: set[tuple[str, str]] = set()

    def erase(self, registro_ans: str, carteira: str) -> None:
        """Take a life out at the person's request."""
        self.erased.add((registro_ans, carteira))

    def by_carteiras(self, asked: Sequence[tuple[str, str]]) -> list[Beneficiario | None]:
        return [self._by_carteira(*key) for key in asked]

    def by_cpfs(self, asked: Sequence[tuple[str, str]]) -> list[tuple[Beneficiario, ...]]:
        return [
            tuple(
                sorted(
                    (vida for vida in self._lives(registro) if vida.cpf == cpf),
                    key=lambda vida: PSEUDONIMOS.carteira(registro, vida.numero_carteira),
                )
            )
            for registro, cpf in asked
        ]

    def _by_carteira(self, registro_ans: str, numero: str) -> Beneficiario | None:
        lives = self._lives(registro_ans)
        present = next((vida for vida in lives if vida.numero_carteira == numero), None)
        return present or next((vida for vida in lives if vida.carteira_anterior == numero), None)

    def _lives(self, registro_ans: str) -> list[Beneficiario]:
        known: list[Beneficiario] = self.of("beneficiarios", registro_ans)
        return [vida for vida in known if (registro_ans, vida.numero_carteira) not in self.erased]


class FakeConsultas:
    """`cadastro.service.elegibilidade.Consultas` of one caller.

    Args:
        records: what is done with every reading.
    """

    def __init__(
        self, cadastro: FakeCadastro, vidas: FakeBeneficiarios, prestador_id: str, *records: Callable[[], None]
    ) -> None:
        self._cadastro, self._vidas, self._prestador_id, self._records = cadastro, vidas, prestador_id, records

    def read(self, registros: Sequence[str], perguntas: Sequence[Pergunta]) -> Leitura:
        for record in self._records:
            record()
        related = {
            registro: found
            for registro in registros
            if (found := self._cadastro.contratacao(self._prestador_id, registro).relacionamento) is not None
        }
        return Leitura(related, [self._found(registros, pergunta) for pergunta in perguntas])

    def _found(self, registros: Sequence[str], pergunta: Pergunta) -> tuple[Beneficiario, ...]:
        if pergunta.carteira is not None:
            one = self._vidas.by_carteiras([(registro, pergunta.carteira) for registro in registros])
            return tuple(vida for vida in one if vida is not None)
        several = self._vidas.by_cpfs([(registro, pergunta.cpf or "") for registro in registros])
        return tuple(vida for lives in several for vida in lives)


class FakeQuotas:
    """What each caller has spent of each quota, and what was refused."""

    def __init__(self) -> None:
        self.spent: Counter[tuple[str, str, str]] = Counter()

    def take(self, quota: Quota, *, prestador_id: str, subject: str, units: int, now: datetime) -> None:
        """Take units of a window that never ends."""
        key = (quota.name, prestador_id, subject)
        if self.spent[key] + units > quota.limit:
            raise quota._exceeded(prestador_id, now)
        self.spent[key] += units


class Recording:
    """A client that counts its calls, and may make those of one wave wait for each other.

    Args:
        waves: how many calls go out together, wave by wave; a call that is not joined by the others of its wave in
            time fails, and so does one that no wave was told of. Without waves calls are only counted.
    """

    def __init__(self, client: Any, waves: Sequence[int] | None = None) -> None:
        self._client = client
        self._barriers = [barrier for size in waves or () for barrier in [threading.Barrier(size, timeout=10)] * size]
        self._limited, self._lock = waves is not None, threading.Lock()
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def call(**kwargs: Any) -> Any:
            with self._lock:
                n = len(self.calls)
                self.calls.append(name)
            if self._limited:
                assert n < len(self._barriers), f"one call too many: {name}"
                self._barriers[n].wait()
            return method(**kwargs)

        return call

    @property
    def unused(self) -> int:
        """Calls that were expected and never came."""
        return len(self._barriers) - len(self.calls)


class ElegibilidadeWorld:
    """`cadastro-api` with fakes behind eligibility: the hospital is enabled at VALE, and asked for at PASA.

    Attributes:
        asked: the operadoras of each reading.
        accesses: what was recorded in the audit.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cadastro, self.vidas, self.catalogo = FakeCadastro(), FakeBeneficiarios(), FakeCatalogo()
        self.quotas, self.accesses, self.asked = FakeQuotas(), list[Access](), list[tuple[str, ...]]()
        monkeypatch.setattr(session, "cadastro", lambda: self.cadastro)
        monkeypatch.setattr(session, "catalogo", lambda: self.catalogo)
        monkeypatch.setattr(session, "pseudonyms", lambda: PSEUDONIMOS)
        monkeypatch.setattr(session, "record_access", self._record)
        monkeypatch.setattr(bootstrap, "client", lambda _service: None)
        monkeypatch.setattr(bootstrap, "DynamoConsultas", self._consultas)
        monkeypatch.setattr(Quota, "take", lambda quota, _client, _table, **who: self.quotas.take(quota, **who))
        for registro in (VALE, PASA):
            self.catalogo.put("operadora", registro, an_operadora(registro))
            self.catalogo.put("planos", registro, a_plano())
            self.cadastro.put_operadora(an_operadora(registro))
        self.cadastro.put_prestador(Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ))
        self.cadastro.put_relacionamento(relacionamento_of(("HABILITADO", INICIO)))
        self.cadastro.put_relacionamento(relacionamento_of(("SOLICITADO", INICIO), registro_ans=PASA))
        for sub, prestador_id, papel in (
            ("pessoa-1", HOSPITAL, "recepcao"), ("pessoa-2", HOSPITAL, "gestor"), ("pessoa-3", HOSPITAL, "faturista"),
            ("pessoa-4", CLINICA, "gestor"),
        ):  # fmt: skip
            self.cadastro.put_vinculo(Vinculo(sub, prestador_id, papel))
        self.cadastro.put_credencial(Credencial("maquina-1", HOSPITAL, ESCOPOS))
        self.cadastro.put_credencial(Credencial("maquina-2", HOSPITAL, ("peg.ler",)))

    def _consultas(
        self, _client: Any, _table: str, prestador_id: str, _vidas: Any, *records: Callable[[], None]
    ) -> Any:
        world = self

        class Consultas(FakeConsultas):
            def read(self, registros: Sequence[str], perguntas: Sequence[Pergunta]) -> Leitura:
                world.asked.append(tuple(registros))
                return super().read(registros, perguntas)

        return Consultas(self.cadastro, self.vidas, prestador_id, *records)

    def _record(self, request: Request, actor: Actor, *, finalidade: str, **what: Any) -> None:
        self.accesses.append(Access(actor, request.route, finalidade, request.correlacao, **what))

    def load(self, *vidas: Beneficiario) -> None:
        """Load lives, each at its operadora."""
        for vida in vidas:
            self.vidas.put("beneficiarios", vida.registro_ans, vida)

    def call(
        self, resource: str, body: Any, *, claims: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, dict[str, str]]:
        """POST to the function: status, body and headers."""
        text = body if isinstance(body, str) else json.dumps(body)
        event = api_event("POST", resource, headers=headers, claims=claims or person(), body=text)
        answered = api.handler(event, None)
        return answered["statusCode"], json.loads(answered["body"]), answered["headers"]

    def ask(self, body: Any, *, claims: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> Any:
        """POST /elegibilidade."""
        return self.call("/elegibilidade", body, claims=claims, headers=headers)

    def lote(self, itens: list[dict[str, Any]], *, claims: dict[str, Any] | None = None, **members: Any) -> Any:
        """POST /elegibilidade/lotes."""
        return self.call("/elegibilidade/lotes", {"itens": itens, **members}, claims=claims)
