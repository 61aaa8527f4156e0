"""Everybody acts on the same senhas at the same time, over real HTTP; a checker judges what is left (issue 4, R10-R18).

`CONECTA_CORRIDAS` makes the races so many times as long.
"""

from __future__ import annotations

import itertools
import os
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest

from conecta_edge.clock import OFFSET_SETTING, local_day, write_offset
from conecta_edge.dynamodb import unmarshal
from local import relogio
from local.client import Answer, Client, sign_in_as
from local.demo_autorizacao import (
    APENDICE,
    DIARIA,
    EXAME,
    MEDICO,
    OUTRO_EXAME,
    PACOTE_PS,
    PDF,
    VALE,
    VARREDURA,
    item,
    operadora,
)
from local.seed import CLINICA, HOSPITAL
from tests.e2e.conftest import Deployed
from tests.history_autorizacao import FINAIS, PENDENTES, Feito, Guardada, Tabela, check
from tests.matriz import races
from tests.matriz.races import at_once

pytestmark = pytest.mark.e2e

VEZES: Final = int(os.environ.get("CONECTA_CORRIDAS", "1"))
SEMENTE: Final = int(os.environ.get("CONECTA_SEMENTE", "4"))
TIPOS: Final = ("eletiva", "urgencia", "estada")
CENAS: Final = 2
"""Senhas of each kind in the first race, each with all that comes of it."""
ONDAS: Final = 3
"""How often each is acted on by several at once."""
JUNTOS: Final = 5
RACERS: Final = 16
TABELA: Final = "conecta-embarcado-autorizacao"
FLUXO: Final = "conecta-embarcado-autorizacao-fluxo"
ANALISADO: Final = "41203070"
"""Decided by auditoria; two documents are asked for."""
AVISO: Final = timedelta(days=86)
"""When what was asked today is warned of for the last time."""
VENCIDA: Final = timedelta(days=91)
"""When it has expired."""
PAUSA: Final = 60.0

ESTADA: Final[Mapping[str, Any]] = {
    "tipo": "INTERNACAO", "diarias": 3, "tipo_internacao": "2", "regime_internacao": "1", "cids": ["K359"],
}  # fmt: skip
NEGA: Final[Mapping[str, Any]] = {"quantidade": 0, "codigo": "1423", "motivo": "Não indicado.", "base": "RN 424/2017."}


@dataclass
class Cena:
    """A senha, and everything that came of it.

    Attributes:
        situacoes: of all of it, as last heard of.
        analise: of what was pending, the items that auditoria decides.
    """

    tipo: str
    situacoes: dict[str, str] = field(default_factory=dict)
    analise: dict[str, list[int]] = field(default_factory=dict)

    def hears(self, done: Feito) -> Feito:
        """What was answered."""
        for shown in done.vistas if done.feito else ():
            numero = str(shown["numero"])
            self.situacoes[numero] = str(shown["situacao"])
            if undecided := [row["sequencia"] for row in shown["itens"] if row["situacao"] == "EM_ANALISE"]:
                self.analise[numero] = undecided
        return done

    def living(self) -> list[str]:
        """What may still be acted upon, as far as was heard, the oldest first."""
        return [numero for numero, situacao in self.situacoes.items() if situacao not in FINAIS]


Ato = Callable[[Cena, str, random.Random], Feito]
"""Something that may be done to an authorization of a scene."""


@dataclass(frozen=True, slots=True)
class Quem:
    """The callers, and a file of the prestador's that serves as any document."""

    recepcao: Client
    central: Client
    auditoria: Client
    laudo: str


class Corrida:
    """Callers over HTTP, and what each of them asked and was answered.

    Attributes:
        prefixo: of every number of guia and of every text of this race.
    """

    def __init__(self, deployed: Deployed, quem: Quem) -> None:
        self._aws, self.where = deployed.aws, deployed.where
        self.prefixo = f"K{time.time_ns() // 10**6 % 10**9}"
        self.feitos: list[Feito] = []
        self._numero = itertools.count(1)
        self.recepcao, self.central, self.auditoria = quem.recepcao, quem.central, quem.auditoria
        self.carteira = next(str(row["numero_carteira"]) for row in self.where["beneficiarios"] if row["caso"] == "mae")
        self.papeis = [{"id": quem.laudo, "tipo": tipo} for tipo in ("02", "03", "04")]

    def marca(self) -> str:
        """What nobody else says."""
        return f"{self.prefixo}{next(self._numero):05d}"

    def corpo(self, tipo: str, *, espera: bool = False, papeis: bool = True, guia: str | None = None) -> dict[str, Any]:
        """A request of a kind.

        Args:
            espera: for auditoria to decide; otherwise it is granted at once.
            papeis: with the documents it needs.
        """
        whole: dict[str, Any] = {
            "tipo": "SP_SADT", "registro_ans": VALE, "numero_carteira": self.carteira, "profissional": MEDICO,
            "numero_guia_prestador": guia or self.marca(), "justificativa": "Investigação clínica",
            "documentos": self.papeis if papeis else [],
        }  # fmt: skip
        if tipo == "estada":
            urgente = {} if espera else {"carater": "2"}
            return {**whole, **ESTADA, **urgente, "itens": [item(APENDICE), item(DIARIA, 3, tabela="18")]}
        if espera:
            return {**whole, "itens": [item(ANALISADO)]}
        if tipo == "urgencia":
            return {**whole, "carater": "2", "itens": [item(PACOTE_PS, tabela="98")]}
        return {**whole, "itens": [item(EXAME, 2), item(OUTRO_EXAME)]}

    # --- acts ---

    def faz(self, ato: str, alvo: str, client: Client, path: str, body: Mapping[str, Any], *, marca: str) -> Feito:
        """Ask for something, and remember what came of it."""
        inicio = time.monotonic()
        answer = client.request("POST", path, dict(body))
        done = Feito(
            ato=ato, alvo=alvo, marca=marca, inicio=inicio, fim=time.monotonic(), status=answer.status,
            corpo=answer.json(),
        )  # fmt: skip
        self.feitos.append(done)
        return done

    def nova(self, cena: Cena, ato: str, alvo: str, body: dict[str, Any], client: Client | None = None) -> Feito:
        """Ask for an authorization: on its own, on another, or in place of another."""
        path = f"/autorizacoes/{VALE}/{alvo}/substituicao" if ato == "substituir" else "/autorizacoes"
        if client is not None:
            path, body = f"/operadora{path}", {**body, "prestador": HOSPITAL.prestador_id}
        return cena.hears(self.faz(ato, alvo, client or self.recepcao, path, body, marca=body["numero_guia_prestador"]))

    def cena(self, tipo: str, *, espera: bool = False, papeis: bool = True) -> Cena:
        """A new one."""
        made = Cena(tipo)
        self.comeca(made, espera=espera, papeis=papeis)
        return made

    def comeca(self, cena: Cena, *, espera: bool = False, papeis: bool = True) -> str:
        """Ask for the senha that all the rest is about."""
        done = self.nova(cena, "pedir", "", self.corpo(cena.tipo, espera=espera, papeis=papeis))
        assert done.status == 201, done.corpo
        shown = done.vistas[0]["situacao"]
        assert shown == ("AUTORIZADA" if not espera else "EM_ANALISE" if papeis else "AGUARDANDO_DOCUMENTO")
        return str(done.vistas[0]["numero"])

    def ato(self, cena: Cena, ato: str, alvo: str, client: Client, rota: str, **body: Any) -> Feito:
        """Do something to an authorization, and say a text that nobody else says, where one may be said."""
        marca = self.marca()
        said = {name: f"Corrida {marca}" if text is ... else text for name, text in body.items()}
        prefix = "" if client is self.recepcao else "/operadora"
        return cena.hears(self.faz(ato, alvo, client, f"{prefix}/autorizacoes/{VALE}/{alvo}/{rota}", said, marca=marca))

    # --- what may be done ---

    def cancelar(self, cena: Cena, alvo: str, rng: random.Random) -> Feito:
        client = rng.choice((self.recepcao, self.central))
        return self.ato(cena, "cancelar", alvo, client, "cancelamento", motivo=..., complementos=rng.random() < 0.5)

    def substituir(self, cena: Cena, alvo: str, _rng: random.Random) -> Feito:
        return self.nova(cena, "substituir", alvo, self.corpo(cena.tipo))

    def substituir_depois(self, cena: Cena, alvo: str, rng: random.Random) -> Feito:
        body = self.corpo(cena.tipo, espera=True, papeis=rng.random() < 0.7)
        return self.nova(cena, "substituir", alvo, body)

    def complementar(self, cena: Cena, alvo: str, rng: random.Random) -> Feito:
        body = self.corpo("eletiva", espera=rng.random() < 0.3)
        client = rng.choice((None, self.central))
        return self.nova(cena, "complementar", alvo, {**body, "guia_principal": alvo}, client)

    def quantidades(self, cena: Cena, alvo: str, rng: random.Random) -> Feito:
        itens = [{"sequencia": 1, "quantidade": rng.choice((0, 1, 1, 1))}]
        return self.ato(cena, "quantidades", alvo, self.central, "quantidades", itens=itens, motivo=...)

    def executante(self, cena: Cena, alvo: str, rng: random.Random) -> Feito:
        para = rng.choice((HOSPITAL, CLINICA)).prestador_id
        return self.ato(cena, "executante", alvo, self.central, "executante", executante=para, motivo=...)

    def internar(self, cena: Cena, alvo: str, _rng: random.Random) -> Feito:
        hoje = relogio_hoje()
        return self.ato(cena, "internar", alvo, self.recepcao, "internacao", data=hoje.isoformat(), motivo=...)

    def alta(self, cena: Cena, alvo: str, _rng: random.Random) -> Feito:
        hoje = relogio_hoje()
        return self.ato(cena, "alta", alvo, self.recepcao, "alta", data=hoje.isoformat(), motivo_alta="12")

    def atender(self, cena: Cena, alvo: str, _rng: random.Random) -> Feito:
        return self.ato(cena, "atender", alvo, self.central, "atendimentos", assunto=...)

    def decidir(self, cena: Cena, alvo: str, rng: random.Random) -> Feito:
        yes = rng.random() < 0.7
        itens = [
            {"sequencia": sequencia, **({"quantidade": 1} if yes else NEGA)}
            for sequencia in cena.analise.get(alvo, [1])
        ]
        diarias = {"diarias": {"quantidade": 3} if yes else dict(NEGA)} if cena.tipo == "estada" else {}
        return self.ato(cena, "decidir", alvo, self.auditoria, "decisao", itens=itens, motivo=..., **diarias)

    def pender(self, cena: Cena, alvo: str, _rng: random.Random) -> Feito:
        asked = [{"tipo": "JUSTIFICATIVA", "descricao": "Justificativa técnica"}]
        ate = (relogio_hoje() + timedelta(days=120)).isoformat()
        return self.ato(cena, "pender", alvo, self.auditoria, "pendencias", pendencias=asked, ate=ate, motivo=...)

    def responder(self, cena: Cena, alvo: str, rng: random.Random) -> Feito:
        papeis = self.papeis if rng.random() < 0.7 else []
        return self.ato(cena, "responder", alvo, self.recepcao, "respostas", documentos=papeis, justificativa=...)

    def retomar(self, cena: Cena, alvo: str, _rng: random.Random) -> Feito:
        return self.ato(cena, "retomar", alvo, self.auditoria, "retomada", motivo=...)

    def onda(self, cena: Cena, rng: random.Random, juntos: int = JUNTOS) -> None:
        """Several at once, each doing something to a senha or to what came of it."""
        living = cena.living() or [self.comeca(cena)]
        calls: list[Callable[[], Feito]] = []
        undecided = [numero for numero in living if cena.situacoes[numero] in PENDENTES]
        for _ in range(juntos):
            alvo = rng.choice((living[0], rng.choice(undecided or living), rng.choice(living)))
            menu = self._menu(cena, pending=alvo in undecided)
            (ato,) = rng.choices(list(menu), list(menu.values()))
            calls.append(partial(ato, cena, alvo, random.Random(rng.random())))  # noqa: S311
        at_once(calls)

    def _menu(self, cena: Cena, *, pending: bool) -> dict[Ato, int]:
        """What may be done, and how often rather than the rest."""
        if pending:
            return {
                self.decidir: 6, self.cancelar: 2, self.pender: 2, self.responder: 4, self.retomar: 1, self.atender: 1,
            }  # fmt: skip
        menu: dict[Ato, int] = {
            self.cancelar: 2, self.substituir: 2, self.substituir_depois: 4, self.quantidades: 3, self.executante: 2,
            self.atender: 1,
        }  # fmt: skip
        if cena.tipo != "eletiva":
            menu[self.complementar] = 3
        if cena.tipo == "estada":
            menu |= {self.internar: 3, self.alta: 1}
        return menu

    # --- the clock and the sweep ---

    @contextmanager
    def relogio(self) -> Iterator[None]:
        """Whatever is done to clocks is undone."""
        try:
            yield
        finally:
            relogio.move(self.where, timedelta())

    def adiantar_varredura(self, offset: timedelta) -> None:
        """The clock of the sweep alone, as if the others' day were not over yet."""
        client = self._aws.client("lambda")
        made = client.get_function_configuration(FunctionName=FLUXO)
        variables = {**made["Environment"]["Variables"], OFFSET_SETTING: write_offset(offset)}
        client.update_function_configuration(FunctionName=FLUXO, Environment={"Variables": variables})
        client.get_waiter("function_updated_v2").wait(FunctionName=FLUXO, WaiterConfig={"Delay": 1})

    def varrer(self) -> None:
        """The sweep, as its schedule starts it, until it is over."""
        states = self._aws.client("stepfunctions")
        (machine,) = (
            one["stateMachineArn"]
            for one in states.list_state_machines()["stateMachines"]
            if one["name"].endswith(VARREDURA)
        )
        run = states.start_execution(stateMachineArn=machine)["executionArn"]
        deadline = time.monotonic() + PAUSA
        while (state := states.describe_execution(executionArn=run)["status"]) == "RUNNING":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert state == "SUCCEEDED"

    def enquanto_varre(self, cenas: list[Cena], rng: random.Random) -> None:
        """Everybody acts on each senha, while one sweep follows another."""
        over = threading.Event()

        def sweep() -> None:
            self.varrer()
            while not over.is_set():
                self.varrer()

        with ThreadPoolExecutor(1) as pool:
            swept = pool.submit(sweep)
            try:
                for cena in cenas * VEZES:
                    self.onda(cena, rng)
            finally:
                over.set()
            swept.result()

    # --- what is left ---

    def linhas(self) -> list[dict[str, Any]]:
        """Every row of the table."""
        pages = self._aws.client("dynamodb").get_paginator("scan").paginate(TableName=TABELA, ConsistentRead=True)
        return [unmarshal(row) for page in pages for row in page["Items"]]

    def guardadas(self) -> Mapping[str, Guardada]:
        """What is stored of it."""
        return Tabela(self.linhas(), self.prefixo).held

    def met(self) -> int:
        """How many were refused for what another of the same wave did."""
        return sum(done.status == 409 for done in self.feitos)

    def julgar(self, **rest: Any) -> list[str]:
        """What is wrong with it."""
        return check(self.feitos, self.linhas(), prefixo=self.prefixo, **rest)


def relogio_hoje() -> date:
    """The machine's own day."""
    return local_day(datetime.now(UTC))


@pytest.fixture(scope="module")
def quem(where: dict[str, Any]) -> Quem:
    recepcao = sign_in_as(where, "recepcao", HOSPITAL.prestador_id)
    laudo = recepcao.upload(PDF, finalidade="laudo", nome_arquivo="laudo.pdf")["id"]
    assert recepcao.follow(laudo)["situacao"] == "CONCLUIDO"
    return Quem(recepcao, operadora(where, "central"), operadora(where, "auditoria"), laudo)


@pytest.fixture
def corrida(deployed: Deployed, quem: Quem) -> Corrida:
    return Corrida(deployed, quem)


class TestEverybodyAtOnce:
    def test_whoever_meets_whom_nothing_is_lost_halved_or_doubled(self, corrida: Corrida) -> None:
        rng = random.Random(SEMENTE)  # noqa: S311
        cenas = [corrida.cena(tipo) for tipo in TIPOS * (CENAS * VEZES)]
        for cena in cenas[:: len(TIPOS) - 1]:
            corrida.substituir_depois(cena, cena.living()[0], rng)
        for _ in range(ONDAS):
            for cena in cenas:
                corrida.onda(cena, rng)
        assert corrida.julgar() == []
        assert corrida.met() > len(corrida.feitos) // 10
        done = {feito.ato for feito in corrida.feitos if feito.feito}
        # Who wins, and so what may be done next, is not ours to say: one kind of act may lose each time.
        assert len({"cancelar", "substituir", "complementar", "quantidades", "executante", "decidir"} - done) <= 1, done

    def test_what_expires_meanwhile(self, corrida: Corrida) -> None:
        """The sweep is ahead of everybody, as around midnight; then everybody's day is over."""
        rng = random.Random(SEMENTE)  # noqa: S311
        alone = [corrida.cena("eletiva"), corrida.cena("eletiva", espera=True)]  # nobody but the sweep
        cenas = [corrida.cena(tipo) for tipo in (*TIPOS, "eletiva", "estada")]
        cenas += [corrida.cena("eletiva", espera=True), corrida.cena("estada", espera=True, papeis=False)]
        for cena in cenas[2:5]:
            corrida.substituir_depois(cena, cena.living()[0], rng)
        corrida.complementar(cenas[1], cenas[1].living()[0], rng)
        hoje = relogio_hoje()
        with corrida.relogio():
            for offset in (AVISO, VENCIDA):
                corrida.adiantar_varredura(offset)
                corrida.enquanto_varre(cenas, rng)
            relogio.move(corrida.where, VENCIDA)
            corrida.enquanto_varre(cenas, rng)
            corrida.varrer()
            left = corrida.julgar(varrido=hoje + VENCIDA)
        assert left == []
        held = corrida.guardadas()
        swept = [[marco["evento"] for marco in held[cena.living()[0]].historico] for cena in alone]
        assert swept == [["SOLICITADA", "SENHA_A_VENCER", "EXPIRADA"], ["SOLICITADA", "RESPOSTA_ATRASADA"]]


class TestTheSameRequestManyTimes:
    """`decisoes.md` 13, and without any key the number of guia (1308)."""

    def test_with_one_key_there_is_one_senha_and_one_answer(self, corrida: Corrida) -> None:
        body, key = corrida.corpo("eletiva"), {"Idempotency-Key": uuid.uuid4().hex}
        call = partial(corrida.recepcao.request, "POST", "/autorizacoes", body, headers=key)
        answers = at_once([call] * RACERS)
        assert races.one_effect(201, answers, len(corrida.guardadas())) == []
        assert all(answer.headers.get("retry-after") for answer in answers if answer.status == 409)
        first = next(answer for answer in answers if answer.status == 201)
        again = at_once([call] * RACERS)
        assert {(answer.status, answer.content) for answer in again} == {(201, first.content)}
        assert {answer.headers["location"] for answer in again} == {first.headers["location"]}
        assert len(corrida.guardadas()) == 1

    def test_with_one_key_a_senha_is_replaced_once(self, corrida: Corrida) -> None:
        old = corrida.cena("eletiva").living()[0]
        body, key = corrida.corpo("eletiva"), {"Idempotency-Key": uuid.uuid4().hex}
        path = f"/autorizacoes/{VALE}/{old}/substituicao"
        answers = at_once([partial(corrida.recepcao.request, "POST", path, body, headers=key)] * RACERS)
        assert races.one_effect(201, answers, len(corrida.guardadas()) - 1) == []
        (nova,) = {answer.json()["autorizacao"]["numero"] for answer in answers if answer.status == 201}
        held = corrida.guardadas()
        assert (held[old]["substituida_por"], held[old].situacao, held[nova].situacao) == (
            nova, "CANCELADA", "AUTORIZADA",
        )  # fmt: skip

    def test_without_a_key_there_is_one_senha_and_each_is_told_of_it(self, corrida: Corrida) -> None:
        call = partial(corrida.recepcao.request, "POST", "/autorizacoes", corrida.corpo("eletiva"))
        answers = at_once([call] * RACERS)
        (numero,) = corrida.guardadas()
        assert {answer.json()["autorizacao"]["numero"] for answer in answers if answer.status != 409} == {numero}
        statuses = Counter(answer.status for answer in answers)
        assert statuses[201] == 1
        assert statuses.keys() <= {200, 201, 409}
        assert all(answer.headers.get("retry-after") for answer in answers if answer.status == 409)

    @pytest.mark.parametrize("same_guia", [False, True])
    def test_of_other_bodies_under_one_key_one_counts(self, corrida: Corrida, *, same_guia: bool) -> None:
        key, guia = {"Idempotency-Key": uuid.uuid4().hex}, corrida.marca()
        bodies = [
            {**corrida.corpo("eletiva", guia=guia if same_guia else None), "observacao": f"Via {n}"}
            for n in range(RACERS)
        ]
        ask = partial(corrida.recepcao.request, "POST", "/autorizacoes", headers=key)
        answers = at_once([partial(ask, body) for body in bodies])
        assert len(corrida.guardadas()) == 1
        assert one_of_many(answers) == []
        again = at_once([partial(ask, body) for body in bodies])
        assert Counter(answer.status for answer in again) == {201: 1, 422: RACERS - 1}
        assert len(corrida.guardadas()) == 1


def one_of_many(answers: Sequence[Answer]) -> list[str]:
    """What is wrong with other requests under one key: one is done, the others are told that the key is used up."""
    seen = Counter(answer.status for answer in answers)
    wrong = [] if seen[201] == 1 and seen.keys() <= {201, 409, 422} else [f"answered {dict(seen)}"]
    told = {error["codigo"] for answer in answers if answer.status == 422 for error in answer.json()["erros"]}
    return wrong if told <= {"chave-reutilizada"} else [*wrong, f"told {told}"]
