"""Many contest, answer and pay the same PEGs at once, in an order that a seed decides, and die wherever it says.

Three contexts, each on its own stores; what one tells is brought to the others by a bus that brings it late, in any
order and more than once (the consumers are those of the queues). The clock stands still until it jumps to the last
millisecond of a day, or to the first of the next. The stage is `tests.caos_peg.Palco`; `tests.history_recurso` judges
what is left.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest

from conecta_atos.portas import Chamador as Financeiro
from conecta_contas.errors import ContaError
from conecta_contas.pegs import Peg
from conecta_edge import observability
from conecta_edge.clock import day_start, local_day
from conecta_facts.prestadores import Prestador
from conecta_tiss.messages.lote_guias import Guia
from conecta_tiss.vocabulary.amounts import soma
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import DebitoCreditoIndicador, DebitoCreditoTipo, FormaPagamento
from pagamento.bootstrap import nucleo as nucleo_pagamento
from pagamento.domain.errors import PagamentoError
from pagamento.domain.pagamentos import Desconto, ItemPago, Registro
from pagamento.handler import eventos as eventos_pagamento
from pagamento.service import pagamentos
from peg.bootstrap import nucleo as nucleo_peg
from peg.domain.errors import PegError
from peg.handler import eventos as eventos_peg
from recurso.bootstrap import nucleo
from recurso.domain.errors import RecursoError, RecursoInvalidoError
from recurso.domain.glosas import Nivel
from recurso.domain.pedidos import EntradaPedida, Pedido, Rascunho
from recurso.domain.recursos import Cobrado, Contestado, Decisao, Papel, Porta, Recurso, SituacaoRecurso
from recurso.handler import eventos
from recurso.service import contestacao, respostas
from recurso.service.contestacao import Entrega
from recurso.service.portas import Portas
from recurso.service.respostas import RespostaPedida
from tests.builders_cadastro import CPF, HOJE, an_operadora
from tests.builders_functions import HOSPITAL, VALE
from tests.builders_pagamento import a_cronograma
from tests.builders_peg import a_sadt, done
from tests.builders_recurso import PORQUE, a_caller, a_conta, a_taken
from tests.caos_peg import MORTE, Morreu, Palco
from tests.casa_peg import Casa
from tests.fakes_pagamento import Mesa as MesaDePagamento
from tests.fakes_recurso import Mesa
from tests.history_recurso import Linhas, Retrato, Tentativa, check, linhas_of

CODIGO: Final = "1705"
DE_GUIA, DE_PROTOCOLO = Motivo.DOCUMENTACAO_INCOMPLETA, Motivo.NAO_AUTORIZADO_POR_MOTIVO_TECNICO
UNITARIO: Final = Decimal("18.50")
CENTAVO: Final = Decimal("0.01")
DIAS: Final = (0, 1, 1, 2, 40)
"""Days to contest a glosa of."""
GUIAS: Final = 3
ITENS: Final = 2
LEGADOS: Final = ("L-1", "L-2")
"""Protocolos that no portal of ours gave."""
NUMEROS: Final = ("N1", "N2", "N3", "N4")
CONSUMIDORES: Final[Mapping[str, tuple[Callable[[Mapping[str, Any]], None], ...]]] = {
    "PegLiberado": (eventos_pagamento.consume,),
    "RecursoRespondido": (eventos_peg.consume, eventos_pagamento.consume),
    "ValorRecuperado": (eventos_pagamento.consume,),
    "ParcelaAberta": (eventos.consume,),
    "LancamentoRegistrado": (eventos.consume,),
    "PagamentoRegistrado": (eventos_peg.consume, eventos.consume),
    "FaturaEncerrada": (eventos_peg.consume,),
}
"""Who hears of what, as the bus's rules say."""
RECUSAS: Final = (RecursoError, PegError, PagamentoError, ContaError, ExceptionGroup)


class ContasDaCasa:
    """`recurso` and `pagamento` read PEGs where peg writes them."""

    def __init__(self, pegs: Any, archive: Any) -> None:
        self._pegs, self._archive = pegs, archive

    def peg(self, prestador_id: str, protocolo: str) -> Peg | None:
        found: Peg | None = self._pegs.get(prestador_id, protocolo)
        return found

    def dossie(self, peg: Peg) -> Any:
        return self._archive.dossie(peg)


@dataclass
class Cena:
    """A hospital's PEGs whose values are published, and everything that becomes of them.

    Attributes:
        feitos: how often each thing happened.
        dia: which day an instant is of.
        entregues: events that were consumed, by who did.
    """

    rng: random.Random
    palco: Palco
    tarefas: int
    mesa: Mesa
    dia: Callable[[datetime], date] = local_day
    casa: Casa = field(default_factory=Casa)
    financeiro: MesaDePagamento = field(default_factory=MesaDePagamento)
    feitos: Counter[str] = field(default_factory=Counter)
    tentativas: list[tuple[Pedido, Tentativa]] = field(default_factory=list)
    rascunhos: list[tuple[Rascunho, Tentativa]] = field(default_factory=list)
    linhas: dict[str, Linhas] = field(default_factory=dict)
    publicados: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    entregues: set[tuple[str, str]] = field(default_factory=set)

    # --- before ---

    def begin(self, pegs: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """PEGs of three guias of two items; what is taken of each item may be contested for so many days."""
        self.casa.archive._acatados = self.mesa.arquivo.devolvidos  # one bucket
        for number in range(1, pegs + 1):
            self._publish(f"26112{number:07d}")
        self.mesa.put(an_operadora())
        self.financeiro.cadastro.put(Prestador(HOSPITAL, "Dra. Aurora", "1234567", cpf=CPF), an_operadora())
        self.financeiro.cadastro.codigos[HOSPITAL, VALE] = "HOSP01"
        self.financeiro.registros.put(a_cronograma())
        for module, portas in (
            (nucleo, self.portas), (nucleo_peg, self.portas_peg), (nucleo_pagamento, self.portas_pagamento),
        ):  # fmt: skip
            monkeypatch.setattr(module, "portas", portas)
        monkeypatch.setattr(observability, "log", lambda *_, **__: None)

    def _publish(self, protocolo: str) -> None:
        rng, whole = self.rng, self.rng.random() < 0.3
        guias: tuple[Guia, ...] = tuple(
            a_sadt(*(done() for _ in range(ITENS)), numero=f"G{n}") for n in range(1, GUIAS + 1)
        )
        glosas = [
            a_taken(guia, item, str(UNITARIO if whole else rng.choice((CENTAVO, Decimal("7.77"), UNITARIO))),
                    contestar_dias=rng.choice(DIAS))
            for guia in range(1, GUIAS + 1)
            for item in range(1, ITENS + 1)
            if whole or rng.random() < 0.7
        ]  # fmt: skip
        # Others stand on the same lines: one of a guia, one of the whole protocolo, each of what is left.
        for indice, valor, motivo in ((rng.randint(1, GUIAS), "9.99", DE_GUIA), (0, "5.55", DE_PROTOCOLO)):
            if rng.random() < 0.5 or not glosas:
                glosas.append(
                    a_taken(indice, None, valor, codigo=motivo.value.ate_4_02, motivo=motivo.name,
                            contestar_dias=rng.choice(DIAS))
                )  # fmt: skip
        conta = a_conta(*glosas, guias=guias, protocolo=protocolo, publicada_em=HOJE, numero_lote="1")
        peg = replace(conta.peg, dossie=self.casa.archive.keep_dossie(conta.peg, conta.dossie))
        self.casa.pegs.rows[HOSPITAL, protocolo] = peg
        self.linhas[protocolo] = linhas_of(conta.dossie, HOJE)
        self.publicados.append(self._envelope("PegLiberado", f"peg/{protocolo}", {"protocolo": protocolo}))

    # --- ports, an instant after the last call ---

    def portas(self) -> Portas:
        self.mesa.later(microseconds=1)
        wrap, plain = self.palco.porta, self.mesa.portas
        contas: Any = ContasDaCasa(wrap("pegs", self.casa.pegs), self.casa.archive)
        return replace(
            plain, recursos=wrap("recursos", plain.recursos), arquivo=wrap("arquivo", plain.arquivo), contas=contas,
            local_day=self.dia,
        )  # fmt: skip

    def portas_peg(self) -> Any:
        return self.casa.portas(self.palco.porta, self.mesa.later(microseconds=1))

    def portas_pagamento(self) -> Any:
        self.financeiro.agora = self.mesa.later(microseconds=1)
        contas: Any = ContasDaCasa(self.palco.porta("pegs", self.casa.pegs), self.casa.archive)
        plain = self.financeiro.portas
        return replace(plain, registros=self.palco.porta("registros", plain.registros), contas=contas)

    # --- what is asked ---

    def trabalha(self) -> None:
        """A worker: one task after the other; who dies is replaced by another."""
        menu: dict[Callable[[], object], int] = {
            self.envia: 8, self.repete: 5, self.guarda: 3, self.envia_rascunho: 4, self.cancela: 4, self.analisa: 12,
            self.responde: 6, self.entrega: 14, self.paga: 2, self.vigia: 1, self.espera: 2,
        }  # fmt: skip
        while self.tarefas > 0:
            self.tarefas -= 1
            (task,) = self.rng.choices(list(menu), list(menu.values()))
            self.tenta(task)

    def tenta(self, task: Callable[[], object]) -> None:
        """One task; what is refused is refused."""
        name = getattr(task, "__name__", "tarefa")
        try:
            task()
            self.feitos[name] += 1
        except Morreu:
            self.feitos["mortes"] += 1
        except RECUSAS as refused:
            self.feitos[f"{name}: {type(refused).__name__}"] += 1

    def pedido(self) -> tuple[Pedido, Tentativa]:
        """The whole protocolo, or a guia or two, each whole or by items, of a PEG of ours or of an earlier portal."""
        rng = self.rng
        numero = rng.choice((None, None, *NUMEROS))
        if rng.random() < 0.2:
            origem, guia = rng.choice(LEGADOS), rng.choice(("A", "B"))
            entrada = EntradaPedida(
                nivel=Nivel.GUIA, cobrado=Cobrado(guia=guia), codigo=CODIGO, valor_glosado=Decimal("5.00"),
                justificativa=PORQUE,
            )  # fmt: skip
            made = Pedido(registro_ans=VALE, origem=origem, entradas=(entrada,), numero=numero)
            return self._asked(made, ())
        origem = rng.choice(sorted(self.linhas))
        taken = sorted(line for line, parts in self.linhas[origem].items() if parts)
        places: list[tuple[int, int | None]] = [(0, None)]
        if rng.random() < 0.85:
            guias = sorted({guia for guia, _ in taken})
            places = []
            for chosen in rng.sample(guias, min(rng.choice((1, 1, 2)), len(guias))):
                items: list[int | None] = [item for guia, item in taken if guia == chosen]
                places += [(chosen, one) for one in rng.choice(([None], items[:1], items))]
        lugares = [(guia, item, code) for guia, item in places for code in self._codes(origem, guia, item)]
        entradas = tuple(
            EntradaPedida(
                nivel=Nivel.PROTOCOLO if not guia else Nivel.ITEM if item else Nivel.GUIA,
                cobrado=Cobrado(guia=f"G{guia}" if guia else None, sequencial=item), codigo=code,
                justificativa=PORQUE, valor=CENTAVO if item and rng.random() < 0.2 else None,
            )
            for guia, item, code in lugares
        )  # fmt: skip
        return self._asked(Pedido(registro_ans=VALE, origem=origem, entradas=entradas, numero=numero), lugares)

    def _codes(self, origem: str, guia: int, item: int | None) -> list[str]:
        """Of the glosas that take something at a place: one, or all of them."""
        lines = self.linhas[origem].items()
        here = [part.codigo for (g, i), parts in lines if guia in {0, g} and item in {None, i} for part in parts]
        found = sorted(set(here))
        return found if self.rng.random() < 0.5 else [self.rng.choice(found)]

    def _asked(self, pedido: Pedido, lugares: Sequence[tuple[int, int | None, str]]) -> tuple[Pedido, Tentativa]:
        asked = pedido, Tentativa(pedido.origem, pedido.numero, pedido.digest, lugares)
        self.tentativas.append(asked)
        return asked

    def envia(self) -> None:
        """Something new."""
        self._send(*self.pedido())

    def repete(self) -> None:
        """The same again: who knows of no answer."""
        if self.tentativas:
            self._send(*self.rng.choice(self.tentativas))

    def _send(self, pedido: Pedido, sent: Tentativa) -> None:
        """At once, or as a file that waited for its turn: it counts as of when it was stored."""
        portas = self.portas()
        ago = self.rng.choice((timedelta(), timedelta(), timedelta(milliseconds=2), timedelta(hours=3)))
        entrega = Entrega(porta=Porta.XML_S3 if ago else Porta.JSON, em=portas.now - ago)
        with self._told(sent, entrega.em) as tell:
            tell(contestacao.send(HOSPITAL, pedido, entrega, a_caller(), portas))

    @staticmethod
    @contextmanager
    def _told(sent: Tentativa, em: datetime) -> Iterator[Callable[[Recurso], None]]:
        try:
            yield lambda recurso: sent.respostas.append((em, recurso.protocolo))
        except RecursoInvalidoError as refused:
            sent.respostas.append((em, frozenset(one.regra for one in refused.achados)))
            raise

    def guarda(self) -> None:
        """A draft."""
        pedido, sent = self.pedido()
        portas = self.portas()
        caso = contestacao.examine(HOSPITAL, pedido, portas, em=portas.now)
        self.rascunhos.append((contestacao.save_draft(HOSPITAL, caso, a_caller(), portas), sent))

    def envia_rascunho(self) -> None:
        """A draft as somebody saw it: others may have sent it meanwhile, or discard it."""
        if not self.rascunhos:
            return
        draft, sent = self.rng.choice(self.rascunhos)
        portas = self.portas()
        if self.rng.random() < 0.2:
            contestacao.discard_draft(draft, a_caller(), portas)
        else:
            with self._told(sent, portas.now) as tell:
                tell(contestacao.send_draft(draft, a_caller(), portas))

    # --- what is done with it ---

    def _recurso(self, *situacoes: SituacaoRecurso) -> Recurso | None:
        found = [one for one in self.todos() if one.situacao in situacoes]
        return self.rng.choice(found) if found else None

    def todos(self) -> list[Recurso]:
        """Every recurso."""
        return [one for one in list(self.mesa.recursos.rows.values()) if isinstance(one, Recurso)]

    def cancela(self) -> None:
        """By its prestador, as it was seen or as it is."""
        if one := self._recurso(SituacaoRecurso.ENVIADO, SituacaoRecurso.CANCELADO):
            seen = self.rng.choice((None, one.versao))
            contestacao.cancel(one, replace(a_caller(), versao=seen), self.portas())

    def analisa(self) -> None:
        """Some answers, or more, or others."""
        if one := self._recurso(SituacaoRecurso.ENVIADO, SituacaoRecurso.EM_ANALISE, SituacaoRecurso.EM_ANALISE):
            portas = self.portas()
            if self.rng.random() < 0.2:
                respostas.begin(one, a_caller(Papel.AUDITORIA), portas)
            entradas = portas.arquivo.pauta(one).entradas
            chosen = self.rng.sample(entradas, self.rng.randint(1, len(entradas)))
            asked = [self._answer(entry.id, entry.valor_recursado) for entry in chosen]
            respostas.answer(one, asked, a_caller(Papel.AUDITORIA), portas)

    def _answer(self, item: int, valor: Decimal) -> RespostaPedida:
        decisao = self.rng.choice(list(Decisao)) if valor > CENTAVO else Decisao.ACATADO
        part = CENTAVO if decisao is Decisao.PARCIAL else None
        return RespostaPedida(item=item, decisao=decisao, valor=part, justificativa="Como se vê.")

    def responde(self) -> None:
        """All of it at once."""
        if one := self._recurso(SituacaoRecurso.EM_ANALISE, SituacaoRecurso.RESPONDIDO):
            respostas.conclude(one, a_caller(Papel.AUDITORIA), self.portas())

    def vigia(self) -> None:
        """The operadora's clock."""
        respostas.watch([VALE], self.portas())

    def espera(self) -> None:
        """The last millisecond of a day, then the first instant of the next."""
        midnight = day_start(local_day(self.mesa.agora) + timedelta(days=1))
        last = midnight - timedelta(milliseconds=1)
        self.mesa.agora = midnight if self.mesa.agora >= last else last

    # --- the bus ---

    @staticmethod
    def _envelope(tipo: str, entidade: str, dados: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        return tipo, {
            "tipo": tipo, "registro_ans": VALE, "prestador_id": HOSPITAL, "entidade": entidade, "correlacao": "c",
            "dados": dados,
        }  # fmt: skip

    def eventos(self) -> Iterator[tuple[str, str, Callable[[], None]]]:
        """Everything that was told so far: what of, to whom, and how it hears."""
        told = [self._envelope(tipo, entidade, sent.dados) for events in (
            self.mesa.recursos.events, self.casa.pegs.events, self.financeiro.registros.events
        ) for (tipo, entidade, _), sent in list(events.items())]  # fmt: skip
        for tipo, envelope in (*self.publicados, *told):
            for consume in CONSUMIDORES.get(tipo, ()):

                def hear(
                    consume: Callable[[Mapping[str, Any]], None] = consume,
                    message: Mapping[str, Any] = {"detail-type": tipo, "detail": envelope},
                ) -> None:
                    consume(message)

                yield f"{tipo} {envelope['entidade']} {envelope['dados']}", consume.__module__, hear

    def entrega(self) -> None:
        """Something that was told is heard, perhaps once more, perhaps before what was told first."""
        told = list(self.eventos())
        fresh = [one for one in told if one[:2] not in self.entregues]
        what, whom, hear = self.rng.choice(fresh if fresh and self.rng.random() < 0.8 else told)
        hear()
        self.entregues.add((what, whom))

    def paga(self) -> None:
        """Everything that may be paid now, or some of it."""
        registros = self.financeiro.registros
        page = registros.faturas_abertas(VALE, None, None, 99)
        due = list(registros.faturas(HOSPITAL, [which for _, which in page.rows]).values())
        open_credits = [one for one in registros.lancamentos(HOSPITAL, VALE) if one.situacao == "ABERTO"]
        chosen = self.rng.sample(due, self.rng.randint(1, len(due))) if due else []
        if not chosen and not open_credits:
            return
        portas = self.portas_pagamento()
        settled = tuple(
            Desconto(
                indicador=DebitoCreditoIndicador.CREDITO, tipo=DebitoCreditoTipo.AJUSTE_DE_PAGAMENTO_ANTERIOR,
                valor=one.valor, lancamento=one.id,
            )
            for one in open_credits
        )  # fmt: skip
        itens = tuple(ItemPago(one.id, one.valor) for one in chosen)
        registro = Registro(
            numero=f"P{len(registros.events)}", prestador_id=HOSPITAL, registro_ans=VALE, data=portas.hoje,
            forma=FormaPagamento.DEPOSITO_OU_TRANSFERENCIA, itens=itens, descontos=settled,
            valor_liquido=soma([*(one.valor for one in itens), *(one.valor for one in settled)]),
        )  # fmt: skip
        pagamentos.register(registro, Financeiro(quem="financeiro"), portas)

    # --- after ---

    def acaba(self) -> list[str]:
        """Nobody dies any more: what was sent is answered, told, heard and paid; what nobody could hear."""
        self.palco.mortal = 0
        for one in self.todos():
            if one.situacao in {SituacaoRecurso.ENVIADO, SituacaoRecurso.EM_ANALISE}:
                self._conclude(one)
        lost: list[str] = []
        for _ in range(12):
            self.tenta(self.paga)
            pending = [one for one in self.eventos() if one[:2] not in self.entregues]
            if not pending and not self._due():
                break
            lost = []
            for what, whom, hear in pending:
                try:
                    hear()
                except RECUSAS as refused:
                    lost.append(f"{whom} could not hear {what}: {refused!r}")
                else:
                    self.entregues.add((what, whom))
        return lost

    def _due(self) -> bool:
        registros = self.financeiro.registros
        return bool(registros.faturas_abertas(VALE, None, None, 1).rows) or any(
            one.situacao == "ABERTO" for one in registros.lancamentos(HOSPITAL, VALE)
        )

    def _conclude(self, one: Recurso) -> None:
        caller, portas = a_caller(Papel.AUDITORIA), self.portas()
        open_ones = [entry for entry in portas.arquivo.pauta(one).entradas if entry.resposta is None]
        if open_ones:
            one = respostas.answer(
                one, [self._answer(entry.id, entry.valor_recursado) for entry in open_ones], caller, portas
            )  # fmt: skip
        respostas.conclude(one, caller, portas)

    def retrato(self, perdidos: Sequence[str]) -> Retrato:
        """What is left."""
        rows, registros = self.mesa.recursos.rows, self.financeiro.registros
        recursos = self.todos()
        pegs = [self.casa.pegs.rows[HOSPITAL, protocolo] for protocolo in sorted(self.linhas)]
        paid = registros.pagamentos(HOSPITAL, date(2026, 1, 1), date(2027, 12, 31))
        kept = [one for (pk, _), one in rows.items() if pk == f"PRESTADOR#{HOSPITAL}"]
        return Retrato(
            recursos=recursos, pautas={one.protocolo: self.mesa.arquivo.pauta(one) for one in recursos},
            contestados=[one for one in kept if isinstance(one, Contestado)],
            numeros={
                (VALE, sk.rpartition("#")[2]): one for (_, sk), one in rows.items() if sk.startswith("NUMERO#")
            },
            rascunhos=[one for one in kept if isinstance(one, Rascunho)],
            eventos=[(tipo, sent.dados) for (tipo, _, _), sent in self.mesa.recursos.events.items()],
            tentativas=[sent for _, sent in self.tentativas], linhas=self.linhas, pegs=pegs,
            dossies={peg.protocolo: self.casa.archive.dossie(peg) for peg in pegs},
            faturas=[
                one for month in ("202611", "202612") for one in registros.faturas_do_mes(HOSPITAL, month)
            ],
            lancamentos=list(registros.lancamentos(HOSPITAL, VALE)), pagamentos=list(paid), perdidos=perdidos,
        )  # fmt: skip


@dataclass(frozen=True)
class Historia:
    """A scene that was lived through: what is wrong, what became of everything, where somebody died."""

    semente: int
    erros: list[str]
    feitos: Counter[str]
    mortes: Counter[str]
    retrato: Retrato


def became(found: Retrato) -> Counter[str]:
    """What of everything, how often."""
    counts = Counter(f"recurso {one.situacao}" for one in found.recursos)
    counts["recurso legado pago"] = sum(one.legado and one.paga_em is not None for one in found.recursos)
    counts["recurso vencido"] = sum(one.vencido for one in found.recursos)
    counts["rascunho enviado"] = sum(one.enviado is not None for one in found.rascunhos)
    counts["PEG reaberto"] = sum(bool(peg.recuperacoes) and not peg.valor_recuperado < peg.valor_liberado
                                 for peg in found.pegs)  # fmt: skip
    for sent in found.tentativas:
        for em, answer in sent.respostas:
            edge = em - day_start(local_day(em))
            if isinstance(answer, frozenset):
                counts.update(answer)
                counts["no primeiro instante, tarde"] += "REC-PRAZO" in answer and edge < timedelta(milliseconds=1)
            else:
                counts["no último instante"] += edge > timedelta(hours=23, minutes=59, seconds=59)
    return counts


def vive(
    semente: int, monkeypatch: pytest.MonkeyPatch, *, pegs: int = 3, tarefas: int = 150, atores: int = 6,
    morte: float = MORTE, mesa: Mesa | None = None, dia: Callable[[datetime], date] = local_day,
) -> Historia:  # fmt: skip
    """A scene from its seed to its judgement.

    Args:
        mesa: what recurso keeps; naive variants of it are noticed.
        dia: which day an instant is of; others than São Paulo's are noticed.
    """
    rng = random.Random(semente)  # noqa: S311  # it is to be the same again
    cena = Cena(rng, Palco(rng, morte), tarefas, mesa or Mesa(), dia)
    cena.begin(pegs, monkeypatch)
    cena.palco.corre([cena.trabalha] * atores)
    found = cena.retrato(cena.acaba())
    return Historia(semente, check(found), cena.feitos + became(found), cena.palco.mortes, found)
