"""The use cases of authorizations over real tables, called in this process; what each answered is kept for the checker.

It stands in for a deployment where its code cannot be reached: a process that is killed at a call, a repository with a
bug planted in it.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
from autorizacao.dynamodb.contextos import DynamoContextos, Fontes
from autorizacao.dynamodb.varredura import DynamoVencimentos
from autorizacao.schemas import vistas
from autorizacao.service import atos, operadora, pedidos, varredura
from autorizacao.service.nucleo import Render
from autorizacao.service.pedidos import Emitida
from autorizacao.service.portas import Chamador, Portas
from conecta_edge.beneficiarios import DynamoBeneficiarios
from conecta_edge.cadastro import DynamoCadastroReader
from conecta_edge.catalogo import Catalogo
from conecta_edge.clock import FixedClock
from conecta_edge.dynamodb import unmarshal
from conecta_edge.idempotency import Attempt, IdempotencyTable, Keep, Once
from conecta_edge.problems import ProblemError
from conecta_edge.uploads import DynamoDocumentos
from conecta_senhas.autorizacoes import Papel
from conecta_senhas.errors import AutorizacaoError, TransicaoInvalidaError
from conecta_senhas.solicitacoes import Solicitacao
from conecta_senhas.transicoes import Voto
from conecta_senhas_aws import chaves
from conecta_tiss.vocabulary.tables import CaraterAtendimento
from tests.builders_cadastro import HOJE
from tests.builders_functions import HOSPITAL, NOW, VALE
from tests.cadastro_rows import CadastroTable
from tests.contract.engines import AUTORIZACAO, Engine
from tests.fakes import ProcessDiedError
from tests.fakes_autorizacao import load_facts, of_operadora, of_prestador
from tests.fakes_cadastro import PSEUDONIMOS, Loaded
from tests.history_autorizacao import SEM_RESPOSTA, Feito

DELE: Final = of_prestador()
CENTRAL: Final = of_operadora(prestador_id=HOSPITAL)
AUDITORIA: Final = of_operadora(Papel.AUDITORIA)
VENCIDA: Final = timedelta(days=91)
URGENCIA: Final = CaraterAtendimento.URGENCIA_EMERGENCIA
Run = Callable[[Portas, Render], Any]


class Fio:
    """A client of DynamoDB through which a process that was killed gets no further.

    Attributes:
        calls: those that were made since it was last armed.
    """

    def __init__(self, client: Any) -> None:
        self._client, self._lock = client, threading.Lock()
        self.arm(None)

    def arm(self, place: int | None, *, after: bool = False) -> None:
        """From now on: whoever makes call number `place` (from 1) is killed, before it has its effect or after."""
        self.calls, self._place, self._after, self.dead = list[str](), place, after, False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def call(**kwargs: Any) -> Any:
            with self._lock:
                self.calls.append(name)
                last = len(self.calls) == self._place
                dies = self.dead or (last and not self._after)
                self.dead = self.dead or last
            if dies:
                raise ProcessDiedError
            answer = method(**kwargs)
            if last:
                raise ProcessDiedError
            return answer

        return call


class Casa:
    """A hospital and its operadora, with tables of their own.

    Args:
        repositorio: what stands for the repository.

    Attributes:
        feitos: what was asked and answered.
        hoje: the local day, until somebody says it is another.
    """

    def __init__(self, engine: Engine, repositorio: type[DynamoAutorizacoes] = DynamoAutorizacoes) -> None:
        cadastro, beneficiarios = engine.table("cadastro", busca=True), engine.table("beneficiarios", busca=True)
        load_facts(CadastroTable(engine.dynamodb, cadastro), Loaded(engine.dynamodb, cadastro, beneficiarios))
        self.engine, self.fio, self.tabela = (
            engine,
            Fio(engine.dynamodb),
            engine.table("autorizacao", chaves=AUTORIZACAO),
        )
        self._answers = IdempotencyTable(self.fio, engine.table("idempotencia"))
        self.autorizacoes = repositorio(self.fio, self.tabela, PSEUDONIMOS)
        self._documentos = DynamoDocumentos(self.fio, engine.table("documentos"))
        self._fontes = Fontes(
            client=self.fio, table=self.tabela, cadastro=DynamoCadastroReader(self.fio, cadastro, FixedClock(NOW)),
            catalogo=Catalogo(engine.dynamodb, cadastro, FixedClock(NOW)),
            vidas=DynamoBeneficiarios(self.fio, beneficiarios, PSEUDONIMOS), pseudonyms=PSEUDONIMOS,
            autorizacoes=self.autorizacoes, documentos=self._documentos,
        )  # fmt: skip
        self.feitos: list[Feito] = []
        self.hoje, self._instants, self._marks = HOJE, itertools.count(1), itertools.count(1)

    def marca(self) -> str:
        """What nobody else says: a number of guia, or a text."""
        return f"GP-{next(self._marks):06d}"

    def portas(self, once: Once | None = None, keep: Keep = lambda _answer: ()) -> Portas:
        """The ports of one call; no two are at the same instant."""
        now = NOW + (self.hoje - HOJE) + timedelta(microseconds=next(self._instants))
        contextos = DynamoContextos(self._fontes, replay=once.replay if once else lambda: None)
        return Portas(
            autorizacoes=self.autorizacoes, contextos=contextos, documentos=self._documentos, now=now, hoje=self.hoje,
            keep=keep,
        )  # fmt: skip

    # --- what is done ---

    def faz(self, ato: str, alvo: str, marca: str, run: Run, key: str | None = None) -> Feito:
        """Call a use case as a door does, under an `Idempotency-Key` if given."""
        attempt = Attempt(f"PRESTADOR#{HOSPITAL}", key, key) if key else None
        once = Once(self._answers, attempt, NOW)

        def render(answer: Any) -> dict[str, Any]:
            return self._shown(answer if ato == "cancelar" or not isinstance(answer, tuple) else answer[0])

        def effect(keep: Keep) -> Any:
            answer = run(self.portas(once, keep), render)
            kept = answer.repetida if isinstance(answer, Emitida) else None
            return kept or render(answer)

        inicio, status, corpo = time.monotonic(), SEM_RESPOSTA, dict[str, Any]()
        try:
            look_first = ato not in {"pedir", "complementar", "substituir"}
            status, corpo = 200, once.carry_out(effect, look_first=look_first)
        except AutorizacaoError as refused:
            status, corpo = 409, _refusal(refused)
        except ProblemError as refused:
            status, corpo = refused.status, {"codigo": refused.codigo}
        finally:
            done = Feito(
                ato=ato, alvo=alvo, marca=marca, inicio=inicio, fim=time.monotonic(), status=status, corpo=corpo
            )  # fmt: skip
            self.feitos.append(done)
        return done

    def _shown(self, answer: Any) -> dict[str, Any]:
        if isinstance(answer, Emitida):
            assert answer.guardada is not None
            return {"autorizacao": vistas.vista(answer.guardada, self.hoje)}
        if isinstance(answer, tuple):
            return {"autorizacoes": [vistas.vista(one, self.hoje) for one in answer]}
        return vistas.vista(answer, self.hoje)

    def pedir(self, asked: Solicitacao, **rest: Any) -> Feito:
        """A request; on another when it says so."""
        asked, alvo = self.own(asked), asked.guia_principal or ""
        return self.faz(
            "complementar" if alvo else "pedir", alvo, asked.numero_guia_prestador,
            lambda portas, render: pedidos.request(asked, chamador=DELE, portas=portas, render=render), **rest,
        )  # fmt: skip

    def substituir(self, alvo: str, asked: Solicitacao, **rest: Any) -> Feito:
        """A request in place of a senha."""
        asked = self.own(asked)
        return self.faz(
            "substituir", alvo, asked.numero_guia_prestador,
            lambda portas, render: pedidos.substitute(VALE, alvo, asked, chamador=DELE, portas=portas, render=render),
            **rest,
        )  # fmt: skip

    def own(self, asked: Solicitacao) -> Solicitacao:
        """With a number of guia of its own, unless it has one."""
        given = asked.numero_guia_prestador.startswith("GP-0")
        return asked if given else replace(asked, numero_guia_prestador=self.marca())

    def _ato(
        self, ato: str, alvo: str, chamador: Chamador, use_case: Callable[..., Any], key: str | None, **said: Any
    ) -> Feito:
        marca = self.marca()
        said = {"motivo": marca, **said}

        def run(portas: Portas, render: Render) -> Any:
            return use_case(VALE, alvo, chamador=chamador, portas=portas, render=render, **said)

        return self.faz(ato, alvo, marca, run, key)

    def cancelar(self, alvo: str, *, complementos: bool = False, key: str | None = None) -> Feito:
        """By its prestador."""
        return self._ato("cancelar", alvo, DELE, atos.cancel, key, complementos=complementos)

    def internar(self, alvo: str, *, key: str | None = None) -> Feito:
        """On the first day."""
        return self._ato("internar", alvo, DELE, atos.admit, key, dia=HOJE)

    def quantidades(self, alvo: str, quantidade: int = 1, *, key: str | None = None) -> Feito:
        """Of the first item, by the Central."""
        said = {"quantidades": {1: Decimal(quantidade)}}
        return self._ato("quantidades", alvo, CENTRAL, operadora.change_quantities, key, **said)

    def decidir(self, alvo: str, *, sim: bool, key: str | None = None) -> Feito:
        """The first item, by auditoria."""
        no: dict[str, Any] = {"motivo": "Não indicado.", "base": "RN 424/2017.", "codigo": "1423"}
        votos = [Voto(sequencia=1, quantidade=Decimal(int(sim)), **({} if sim else no))]
        return self._ato("decidir", alvo, AUDITORIA, operadora.decide, key, votos=votos)

    def varrer(self, dias: timedelta = VENCIDA) -> None:
        """Every part, as of a day to come."""
        vencimentos = DynamoVencimentos(self.fio, self.tabela)
        now = NOW + dias
        for parte in vencimentos.partes():
            varredura.sweep(
                parte, None, vencimentos_=vencimentos, autorizacoes=self.autorizacoes, now=now, hoje=HOJE + dias
            )  # fmt: skip

    # --- what is left ---

    def linhas(self, **filtro: Any) -> Sequence[dict[str, Any]]:
        """Every row of the table, or those that a filter lets through."""
        scan = self.engine.dynamodb.get_paginator("scan")
        pages = scan.paginate(TableName=self.tabela, ConsistentRead=True, **filtro)
        return [unmarshal(row) for page in pages for row in page["Items"]]

    def situacoes(self) -> dict[str, str]:
        """The state of every authorization, by numero."""
        rows = self.linhas(FilterExpression="sk = :sk", ExpressionAttributeValues={":sk": {"S": chaves.AUTORIZACAO}})
        return {chaves.identity(row["pk"])[1]: row["situacao"] for row in rows}


def _refusal(refused: AutorizacaoError) -> dict[str, Any]:
    if isinstance(refused, TransicaoInvalidaError):
        return {"codigo": "transicao-impossivel", "situacao": str(refused.situacao)}
    return {"codigo": type(refused).__name__}


def of(done: Feito) -> str:
    """The authorization that an answer shows."""
    assert done.feito, done.corpo
    return str(done.vistas[0]["numero"])
