"""Area `autorizacao`: the engine in process, what a request costs in DynamoDB, and its time over HTTP as lives grow."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from conecta_edge.clock import local_day
from conecta_facts.beneficiarios import Beneficiario, Sexo
from conecta_facts.contratos import Contrato, ContratoCompleto, Preco, ProcedimentoContratado
from conecta_facts.planos import Abrangencia, Plano, PlanoCompleto
from conecta_facts.procedimentos import RegraProcedimento
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao
from conecta_senhas.contexto import Contexto
from conecta_senhas.motor import judge
from conecta_senhas.solicitacoes import ItemSolicitado, Solicitacao, Tipo
from local.bench import funcoes
from local.bench.funcoes import LIVES, REGISTRO
from local.bench.measure import Measure, against, alternate, cpu_of
from local.cargas import VIDAS
from local.client import Client, sign_in_as
from local.runtime import EmbeddedAws
from local.seed import HOSPITAL

AREA: Final = "autorizacao"
ROUTE: Final = "/autorizacoes"
REQUESTS: Final = 700
EXAME: Final = "40304361"
_FUNCTION: Final = "conecta-embarcado-autorizacao-api"
_INICIO: Final = date(2024, 1, 1)
_MICRO: Final = 1000


def measures(rounds: int) -> Iterator[Measure]:
    """Microseconds of CPU, calls and bytes, and times in ms of wall clock.

    Raises:
        LoadError: a load did not end as it must.
        UnexpectedAnswerError: a request was not answered as it must.
    """
    yield from _engine(rounds)
    hoje = local_day(datetime.now(UTC))
    with funcoes.instance() as (aws, where):
        client = sign_in_as(where, "recepcao", HOSPITAL.prestador_id)
        few = _requests(funcoes.carteiras(hoje, VIDAS))
        created = HTTPStatus.CREATED
        small = yield from funcoes.in_turns(
            AREA, client, "pedido SP/SADT", few, f"{2 * VIDAS} vidas", questions=REQUESTS, expected=created
        )
        yield from _round_trips(aws, where, client)
        yield from funcoes.load(AREA, aws, where, hoje)
        client = sign_in_as(where, "recepcao", HOSPITAL.prestador_id)
        many = _requests(funcoes.carteiras(hoje, LIVES))
        yield from funcoes.in_turns(
            AREA, client, "pedido SP/SADT", many, f"{LIVES + VIDAS} vidas", before=small, questions=REQUESTS,
            expected=created,
        )  # fmt: skip


def _engine(rounds: int) -> Iterator[Measure]:
    """Every rule over requests of 1, 10 and 100 items, each with its price, its rule and a limit by period."""
    hoje = local_day(datetime.now(UTC))
    cases = {
        f"motor, {quantos} ite{'m' if quantos == 1 else 'ns'}": cpu_of(
            partial(judge, _asked(quantos, hoje), _contexto(hoje, quantos))
        )
        for quantos in (1, 10, 100)
    }
    found = [
        Measure(area=AREA, case=case, value=value * _MICRO, unit="µs")
        for case, value in alternate(cases, rounds).items()
    ]
    yield from against(found, "motor, 1 item")


def _asked(quantos: int, hoje: date) -> Solicitacao:
    itens = tuple(
        ItemSolicitado(tabela="22", codigo=f"403{number:05d}", quantidade=Decimal(1)) for number in range(quantos)
    )
    return Solicitacao(
        tipo=Tipo.SP_SADT, registro_ans=REGISTRO, carteira="1", numero_guia_prestador="BENCH", solicitante="1",
        data_solicitacao=hoje, itens=itens, justificativa="Medição",
    )  # fmt: skip


def _contexto(hoje: date, quantos: int) -> Contexto:
    plano = Plano(
        codigo="P", nome="Plano", ambulatorial=True, hospitalar=True, obstetricia=True,
        odontologia=False, abrangencia=Abrangencia.NACIONAL, coparticipacao=False, vigente_de=_INICIO,
    )  # fmt: skip
    terms = Contrato(
        prestador_id="1", registro_ans=REGISTRO, numero="C", vigente_de=_INICIO, prazo_faturamento_dias=90,
        prazo_contestacao_dias=30, prazo_resposta_dias=30, prazo_pagamento_dias=30, tabela_precos="T",
    )  # fmt: skip
    codes = [f"403{number:05d}" for number in range(quantos)]
    enabled = Relacionamento("1", REGISTRO, "1", (Periodo(Situacao.HABILITADO, _INICIO),))
    return Contexto(
        relacionamento=enabled,
        executante=enabled,
        beneficiario=Beneficiario(
            registro_ans=REGISTRO, numero_carteira="1", nome="Vida de Medição", plano="P", sexo=Sexo.F,
            data_nascimento=_INICIO.replace(year=1980), data_inclusao=_INICIO,
        ),
        plano=PlanoCompleto(plano, (), ()),
        contrato=ContratoCompleto(
            (terms,), (ProcedimentoContratado("1", "22", "403*", _INICIO),), (), ()
        ),
        hoje=hoje,
        tuss=lambda _tabela, _codigo, _dia: True,
        regras=tuple(
            RegraProcedimento(
                tabela="22", codigo=code, exige_senha=True, exige_analise=False, alta_complexidade=False,
                vigente_de=_INICIO, limite_quantidade=6, limite_dias=30,
            )
            for code in codes
        ),
        precos=tuple(Preco("T", "22", code, Decimal("12.50"), _INICIO) for code in codes),
    )  # fmt: skip


def _requests(carteiras: Sequence[str]) -> Callable[[], tuple[str, bytes]]:
    """Bodies of POST /autorizacoes that no earlier one has numbered."""
    drawn, number = itertools.cycle(carteiras), itertools.count(time.time_ns() // 10**6 % 10**12)
    return lambda: (ROUTE, json.dumps(_body(next(drawn), f"B{next(number)}")).encode())


def _body(carteira: str, guia: str) -> dict[str, Any]:
    return {
        "tipo": "SP_SADT", "registro_ans": REGISTRO, "numero_carteira": carteira, "numero_guia_prestador": guia,
        "profissional": {"nome": "Profissional de Medição", "conselho": "06", "numero": "1", "uf": "33",
                         "cbo": "225125"},
        "itens": [{"tabela": "22", "codigo": EXAME, "quantidade": "1"}],
    }  # fmt: skip


def _round_trips(aws: EmbeddedAws, where: Mapping[str, Any], client: Client) -> Iterator[Measure]:
    """One request of each kind, asked of the handler in this process, its calls to DynamoDB counted."""
    carteira = next(row["numero_carteira"] for row in where["beneficiarios"] if row["caso"] == "elegivel")
    with funcoes.as_function(aws, where, _FUNCTION):
        from autorizacao.handler import api  # noqa: PLC0415  # reads its settings on first use, and they are these
        from conecta_edge.aws import client as aws_client  # noqa: PLC0415

        waits = funcoes.Waits()
        waits.watch(aws_client("dynamodb"))
        event = funcoes.event(str(client.token), ROUTE)
        plain = _body(carteira, "")
        ten = [{**plain["itens"][0], "codigo": code} for code in ("40304361", "40301630", "40302318")]
        for kind, body, keyed in (
            ("automático, 1 item", plain, False),
            ("automático, 1 item, com Idempotency-Key", plain, True),
            ("automático, 3 itens", {**plain, "itens": ten}, False),
        ):
            serial = itertools.count(time.time_ns() // 10**6 % 10**12)

            def ask(
                _turn: int, body: Mapping[str, Any] = body, serial: Iterator[int] = serial, *, keyed: bool = keyed
            ) -> None:
                guia = f"R{next(serial)}"
                context = {**event["requestContext"], "requestId": f"bench-{guia}"}
                headers = {"Idempotency-Key": guia} if keyed else {}
                asked = {**event, "requestContext": context, "headers": headers}
                answer = api.handler({**asked, "body": json.dumps({**body, "numero_guia_prestador": guia})}, None)
                if answer["statusCode"] != HTTPStatus.CREATED:
                    raise funcoes.UnexpectedAnswerError(f"HTTP {answer['statusCode']}: {answer['body'][:300]}")

            ask(0)  # fills the catalogue, as any earlier request did
            fewest = waits.fewest(ask)
            case = f"pedido {kind}"
            yield Measure(area=AREA, case=f"{case}: idas e voltas", value=float(fewest), unit="esperas")
            yield Measure(area=AREA, case=f"{case}: chamadas ao DynamoDB", value=float(waits.calls), unit="chamadas")
            yield Measure(area=AREA, case=f"{case}: enviado ao DynamoDB", value=float(waits.sent), unit="bytes")
