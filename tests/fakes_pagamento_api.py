"""`pagamento-api` with everything behind its JSON routes in memory."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from conecta_contas.analise import Recuperado, recuperar, taken_of_lines
from conecta_contas.pegs import Peg, Porta, Recuperacao, SituacaoPeg
from conecta_edge import session
from conecta_edge.audit import Access, Actor
from conecta_edge.clock import FixedClock
from conecta_edge.http import Request
from conecta_edge.quotas import Quota
from conecta_facts.operadoras import Operadora, VersaoAceita
from conecta_facts.prestadores import Prestador
from local.gerador import Pedido, Tipo, gerar
from pagamento.bootstrap import nucleo
from pagamento.domain.faturas import SituacaoFatura
from pagamento.dynamodb.agendas import Agenda
from pagamento.handler import api
from pagamento.service.portas import Mudanca
from peg.messages.lotes import TissPadrao
from tests.builders_functions import (
    CLINICA,
    CNPJ,
    ESCOPOS,
    HOSPITAL,
    NOW,
    OUTRO_CNPJ,
    PASA,
    PORTAL_OPERADORA,
    VALE,
    a_peg,
    api_event,
    machine,
    person,
)
from tests.builders_pagamento import AGORA, HOJE, UM_PEG, a_cronograma, a_fatura, a_payment
from tests.builders_recibos import a_dossie, a_glosa, peg_of
from tests.cadastro_rows import Credencial, Vinculo, VinculoOperadora
from tests.fakes import FakeCadastro, FakeIdempotency
from tests.fakes_cadastro import FakeCatalogo, FakeQuotas
from tests.fakes_pagamento import Mesa

FATURISTA: Final = person()
DA_CLINICA: Final = person("pessoa-2")
RECEPCAO: Final = person("pessoa-3")
MAQUINA: Final = machine(scope="conecta/pagamento.ler conecta/pagamento.escrever")
SO_LE: Final = machine(scope="conecta/pagamento.ler")
FINANCEIRO: Final = person("financeiro-1", **{"client_id": PORTAL_OPERADORA, "cognito:groups": "financeiro"})
AUDITORIA: Final = person("auditoria-1", **{"client_id": PORTAL_OPERADORA, "cognito:groups": "auditoria"})
DA_PASA: Final = person("pasa-1", **{"client_id": PORTAL_OPERADORA, "cognito:groups": "financeiro"})
AMBAS: Final = person("ambas-1", **{"client_id": PORTAL_OPERADORA, "cognito:groups": "financeiro"})
MIGRACAO: Final = date(2026, 9, 1)
PORTAL_LEGADO: Final = "https://antigo.example"


class FakeAgendas:
    """`pagamento.dynamodb.agendas.DynamoAgendas`: the token of an agenda is its owner's name and operadora."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str | None], tuple[str, Agenda]] = {}

    def of(self, prestador_id: str) -> Sequence[Agenda]:
        return [agenda for (owner, _), (_, agenda) in self.held.items() if owner == prestador_id]

    def open(self, prestador_id: str, registro_ans: str | None, *, quem: str, now: Any) -> str:
        token = f"token-de-{prestador_id}-{registro_ans}-{len(self.held)}"
        self.held[prestador_id, registro_ans] = token, Agenda(registro_ans, quem, now)
        return token

    def revoke(self, prestador_id: str, registro_ans: str | None, *, now: Any) -> bool:
        return self.held.pop((prestador_id, registro_ans), None) is not None

    def owner(self, token: str) -> tuple[str, str | None] | None:
        return next((owner for owner, (known, _) in self.held.items() if known == token), None)


class FakeEntregas:
    """`pagamento.s3.S3Entregas`: an address is the key."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def publish(self, prestador_id: str, nome: str, content: bytes, media_type: str) -> str:
        self.held[f"demonstrativos/{prestador_id}/{nome}"] = content
        return self.link(f"demonstrativos/{prestador_id}/{nome}", nome)

    def link(self, chave: str, nome: str) -> str:
        return f"https://acervo.example/{chave}#{nome}"


class ApiMesa(Mesa):
    """A hospital and a clinic, VALE and PASA behind the routes; the clinic knows VALE alone.

    The hospital has a faturista (`pessoa-1`), a recepção and a machine; the clinic its gestor. Each operadora has its
    financeiro, VALE its auditoria, and somebody is financeiro of both. VALE's cronograma is in force.

    Attributes:
        accesses: what was recorded in the audit.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.idempotencia, self.accesses, self.agendas = FakeIdempotency(), list[Access](), FakeAgendas()
        self.entregas = FakeEntregas()
        catalogo, reader = FakeCatalogo(), FakeCadastro()
        for registro, nome in ((VALE, "VALE"), (PASA, "PASA")):
            accepted = (VersaoAceita("4.01.00", MIGRACAO),)
            operadora = Operadora(
                registro, nome, "VALE/PASA", (VALE, PASA), accepted, MIGRACAO, PORTAL_LEGADO, cnpj=OUTRO_CNPJ
            )
            self.cadastro.put(operadora)
            catalogo.put("operadora", registro, operadora)
        for prestador_id, cnpj in ((HOSPITAL, CNPJ), (CLINICA, OUTRO_CNPJ)):
            self.cadastro.put(Prestador(prestador_id, prestador_id, "1234567", cnpj=cnpj))
            self.cadastro.codigos[prestador_id, VALE] = f"codigo-{prestador_id}"
        self.cadastro.codigos[HOSPITAL, PASA] = "codigo-na-pasa"
        self.registros.put(a_cronograma())
        for sub, prestador_id, papel in (
            ("pessoa-1", HOSPITAL, "faturista"), ("pessoa-2", CLINICA, "gestor"), ("pessoa-3", HOSPITAL, "recepcao"),
        ):  # fmt: skip
            reader.put_vinculo(Vinculo(sub, prestador_id, papel))
        reader.put_credencial(Credencial("maquina-1", HOSPITAL, ESCOPOS))
        for sub, registro, grupo in (
            ("financeiro-1", VALE, "financeiro"), ("auditoria-1", VALE, "auditoria"), ("pasa-1", PASA, "financeiro"),
            ("ambas-1", VALE, "financeiro"), ("ambas-1", PASA, "financeiro"),
        ):  # fmt: skip
            reader.put_vinculo_operadora(VinculoOperadora(sub, registro, grupo))
        for module, name, fake in (
            (nucleo, "portas", lambda: self.portas),
            (nucleo, "agendas", lambda: self.agendas),
            (nucleo, "entregas", lambda: self.entregas),
            (session, "cadastro", lambda: reader),
            (session, "catalogo", lambda: catalogo),
            (session, "idempotency_table", lambda: self.idempotencia),
            (session, "record_access", self._record),
            (session, "_page_secret", lambda: b"segredo"),
            (session, "clock", lambda: FixedClock(self.agora)),
        ):
            monkeypatch.setattr(module, name, fake)
        self.quotas = FakeQuotas()
        monkeypatch.setattr(Quota, "take", lambda quota, _client, _table, **who: self.quotas.take(quota, **who))

    def _record(self, request: Request, actor: Actor, *, finalidade: str, **what: Any) -> None:
        self.accesses.append(Access(actor, request.route, finalidade, request.correlacao, **what))

    def peg(self, protocolo: str = UM_PEG, **changes: Any) -> Peg:
        """A PEG of the hospital at VALE, received on 2026-10-20, whose values were published on 2026-11-09."""
        published = {"situacao": SituacaoPeg.LIBERADO, "publicada_em": date(2026, 11, 9), "competencia": "202610"}
        received = {"data_recepcao": a_cronograma().publicado_em.replace(month=10, day=20)}
        return self.contas.put(replace(a_peg(protocolo), **{**received, **published, **changes}))

    def billed(self, protocolo: str = UM_PEG, tipo: Tipo = Tipo.SADT, guias: int = 3, **changes: Any) -> Peg:
        """A published PEG of some guias, one of them with a glosa."""
        made = gerar(Pedido(tipo=tipo, guias=guias, origem_cnpj=CNPJ, destino=VALE, numero_lote="42"))
        lote = TissPadrao().read(made.conteudo, NOW.date(), Porta.XML)
        dossie = a_dossie(lote, a_glosa())
        held: dict[str, Any] = {
            "protocolo": protocolo, "situacao": SituacaoPeg.LIBERADO, "publicada_em": date(2026, 11, 9),
            "valor_glosado": dossie.resultado.glosado, **changes,
        }  # fmt: skip
        return self.contas.put(peg_of(lote, **held), dossie)

    def recovered(self, peg: Peg) -> Peg:
        """The same after a recurso gave back all that was taken of its first line."""
        dossie = self.contas.dossie(peg)
        part = next(
            Recuperado("261160000001", glosa.id, *place, valor)
            for place, glosas in taken_of_lines(dossie.resultado).items() for glosa, valor in glosas if valor
        )  # fmt: skip
        resultado = recuperar(dossie.resultado, [part])
        given = (Recuperacao(part.recurso, part.valor, HOJE),)
        held = replace(peg, recuperacoes=given, valor_glosado=resultado.glosado)
        return self.contas.put(held, replace(dossie, resultado=resultado))

    def settled(self, fatura_id: str) -> None:
        """A fatura that is there is paid today."""
        held = self.registros.faturas(HOSPITAL, [fatura_id])[fatura_id]
        after = replace(held, situacao=SituacaoFatura.PAGA, paga_em=HOJE, versao=held.versao + 1)
        number = held.parcela + 1
        payment = a_payment(f"P-{number}", {fatura_id: held.valor}, demonstrativo=f"26115000000{number}")
        changes = [Mudanca(held, after), Mudanca(None, payment)]
        self.registros.write(changes, now=AGORA, correlacao="antes")

    def paid(self, *pegs: Peg, **changes: Any) -> None:
        """PEGs are paid today."""
        held = {"situacao": SituacaoFatura.PAGA, "paga_em": HOJE, "pagamento": "P-1"}
        self.registros.put(
            *(a_fatura(one.protocolo, valor=one.valor_liberado, tipo_guia=one.tipo_guia, **held) for one in pegs),
            a_payment(valores={one.protocolo: one.valor_liberado for one in pegs}, **changes),
        )

    def call(
        self, method: str, resource: str, body: Any = None, *, claims: dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None, **path: str,
    ) -> tuple[int, Any, dict[str, str]]:  # fmt: skip
        """Ask the function: status, body and headers; an operadora's route is asked by its financeiro."""
        who = claims or (FINANCEIRO if resource.startswith("/operadora/") else FATURISTA)
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        event = api_event(
            method, resource, path=path or None, query=dict(query or {}) or None, headers=dict(headers or {}),
            claims=who, body=text,
        )  # fmt: skip
        answered = api.handler(event, None)
        content = answered["body"]
        if answered["isBase64Encoded"]:
            return answered["statusCode"], base64.b64decode(content), answered["headers"]
        if answered["headers"]["Content-Type"].startswith("text/"):
            return answered["statusCode"], content, answered["headers"]
        return answered["statusCode"], json.loads(content) if content else None, answered["headers"]

    def get(self, resource: str, claims: dict[str, Any] | None = None, **query: str) -> tuple[int, Any]:
        """GET something without a path."""
        return self.call("GET", resource, claims=claims, query=query)[:2]


def errors(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, code) of each error of a problem."""
    return [(erro["campo"], erro["codigo"]) for erro in body["erros"]]
