"""Many act on the same PEGs and senhas at once, in an order that a seed decides, and die wherever it says.

Workers are threads of which one runs at a time: at each call of a port another may go on (batches item by item, as
DynamoDB writes them), and a worker may be killed before the call or after it. Then whoever retries, retries, the sweep
sweeps, and `tests.history_peg` judges what is left.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from conecta_atos.portas import keep_nothing
from conecta_contas import cobranca
from conecta_contas.analise import Glosa, Recuperado, taken_of_lines
from conecta_contas.errors import ContaError, DossieMissingError
from conecta_contas.pegs import Peg, SituacaoPeg
from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import Autorizacao
from conecta_senhas.autorizacoes import Papel as PapelDeSenha
from conecta_senhas.errors import AutorizacaoError
from conecta_tiss.findings import Severidade
from conecta_tiss.messages.lote_guias import Guia
from conecta_tiss.vocabulary.amounts import soma
from peg.domain.errors import PegError
from peg.service import atos, recepcao
from peg.service.julgamento import judge
from peg.service.portas import Alvo
from tests.builders_autorizacao import CIRURGIA, an_ato
from tests.builders_cadastro import CARTEIRA, HEMOGRAMA, HOJE, OUTRA_CARTEIRA
from tests.builders_functions import CLINICA, HOSPITAL, VALE, sha256
from tests.builders_peg import DIA, V401, a_fee, a_resumo, a_sadt, authorised, by, done, granted, granted_stay, spent
from tests.casa_peg import AUDITORA, CENTRAL, FATURISTA, FINANCEIRO, SISTEMA, Casa, Fatos, by_clinic
from tests.history_peg import Envio, Retrato, check

SOZINHO: Final = "paralelo"
"""Threads of this name call one after the other what others `gather`."""
MORTE: Final = 0.012
"""How often, per call of a port, whoever makes it dies."""
TAREFAS_POR_PEG: Final = 4
CENTAVO: Final = Decimal("0.01")
PUBLICADO: Final = (SituacaoPeg.LIBERADO, SituacaoPeg.PAGO, SituacaoPeg.ENCERRADO_SEM_PAGAMENTO)
_BATCHES: Final = {("senhas", "bill"), ("senhas", "many"), ("cobrancas", "add"), ("cobrancas", "release")}


class Morreu(BaseException):  # nobody catches the end of a process
    """The process ended here."""


class Ator(threading.Thread):
    """A worker: it runs when it is its turn."""

    def __init__(self, palco: Palco, trabalho: Callable[[], None], number: int) -> None:
        super().__init__(name=f"{SOZINHO}-{number}", daemon=True)
        self._palco, self._trabalho = palco, trabalho
        self.vez, self.peso = threading.Semaphore(0), 1.0

    def run(self) -> None:
        self.vez.acquire()
        try:
            self._trabalho()
        except BaseException as error:  # noqa: BLE001  # told by whoever waits for all
            self._palco.erros.append(error)
        self._palco.acabou(self)


class Palco:
    """Where workers take turns.

    Attributes:
        mortes: at which calls somebody was killed.
        mortal: how often, per call.
    """

    def __init__(self, rng: random.Random, mortal: float) -> None:
        self._rng, self.mortal = rng, mortal
        self.mortes: Counter[str] = Counter()
        self.erros: list[BaseException] = []
        self.passos = 0
        self._vivos: list[Ator] = []
        self._fim = threading.Semaphore(0)

    def corre(self, trabalhos: Sequence[Callable[[], None]]) -> None:
        """All of them, until the last has ended.

        Raises:
            BaseException: what one of them did not expect.
        """
        self._vivos = [Ator(self, trabalho, n) for n, trabalho in enumerate(trabalhos)]
        for ator in self._vivos:
            ator.start()
        self._next().vez.release()
        self._fim.acquire()
        if self.erros:
            raise self.erros[0]

    def acabou(self, ator: Ator) -> None:
        """One has ended; the next goes on."""
        self._vivos.remove(ator)
        (self._next().vez if self._vivos else self._fim).release()

    def _next(self) -> Ator:
        self.passos += 1
        if self.passos % 30 == 1:  # now and then somebody stands still for long, as a slow network does
            for ator in self._vivos:
                ator.peso = self._rng.choice((1.0, 1.0, 1.0, 0.02))
        (found,) = self._rng.choices(self._vivos, [ator.peso for ator in self._vivos])
        return found

    def passo(self) -> None:
        """Somebody else may go on first."""
        mine: Any = threading.current_thread()
        following = self._next()
        if following is not mine:
            following.vez.release()
            mine.vez.acquire()

    def chama(self, name: str, method: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """One call of a port, by whoever lives to make it and to see its answer."""
        if not isinstance(threading.current_thread(), Ator):
            return method(*args, **named)
        self.passo()
        self._may_die(f"antes de {name}")
        answer = method(*args, **named)
        self._may_die(f"depois de {name}")
        return answer

    def _may_die(self, place: str) -> None:
        if self.mortal and self._rng.random() < self.mortal:
            self.mortes[place] += 1
            raise Morreu

    def porta(self, nome: str, port: Any) -> Any:
        """A port on this stage."""
        return Porta(self, nome, port)


class Porta:
    """A port whose calls take turns, batches item by item."""

    def __init__(self, palco: Palco, nome: str, port: Any) -> None:
        self._palco, self._nome, self._port = palco, nome, port

    def __getattr__(self, name: str) -> Any:
        method, where = getattr(self._port, name), f"{self._nome}.{name}"
        if (self._nome, name) not in _BATCHES:
            return partial(self._palco.chama, where, method)

        def one_by_one(registro_ans: str, items: Sequence[Any]) -> Any:
            answers = [self._palco.chama(where, method, registro_ans, [item]) for item in items]
            if name == "many":
                return {numero: lida for answer in answers for numero, lida in answer.items()}
            return [lost for answer in answers for lost in answer or ()]

        return one_by_one


@dataclass
class Cena:
    """Some senhas, and everything that becomes of them.

    Attributes:
        pendentes: uploads whose worker died or gave up: somebody hands them over again.
        feitos: how often each thing happened.
        com_recursos: values are published, paid and contested, too.
    """

    casa: Casa
    rng: random.Random
    palco: Palco
    tarefas: int
    com_recursos: bool = False
    envios: list[Envio] = field(default_factory=list)
    pendentes: list[Envio] = field(default_factory=list)
    feitos: Counter[str] = field(default_factory=Counter)
    senhas: list[str] = field(default_factory=list)
    estada: str = ""
    recursos: dict[str, tuple[Peg, tuple[Recuperado, ...]]] = field(default_factory=dict)
    _bytes: dict[str, bytes] = field(default_factory=dict)

    def begin(self) -> None:
        """Senhas that are soon used up, of two lives and two prestadores."""
        rng = self.rng
        for executante in (HOSPITAL, HOSPITAL, CLINICA):
            carteira = rng.choice((CARTEIRA, OUTRA_CARTEIRA))
            held = granted(authorised(HEMOGRAMA, rng.randint(1, 4)), numero=f"2611000000{len(self.senhas)}")
            asked = replace(held.solicitacao, executante=executante, carteira=carteira)
            self.senhas.append(self.casa.autoriza(replace(held, solicitacao=asked)))
        stay = granted_stay(authorised(CIRURGIA), authorised(HEMOGRAMA, 2, 2), diarias=4, numero="26110000009")
        self.estada = self.casa.autoriza(stay)

    # --- what is sent ---

    def lote(self) -> Envio:
        """A lote of one to four guias, that may or may not be due, under a number that may be taken."""
        rng = self.rng
        prestador = rng.choice((HOSPITAL, HOSPITAL, CLINICA))
        kind = rng.choice((self._sadt, self._sadt, self._sadt, self._fee, self._stay))
        numbers = rng.sample(range(1, 25), rng.randint(1, 4))
        guias = [kind(prestador, f"G{n}") for n in numbers]
        raw = self.casa.lote(*guias, numero=str(rng.randint(1, 1 + len(self.envios))), prestador_id=prestador)
        return self._envio(raw, prestador)

    def _envio(self, raw: bytes, prestador: str) -> Envio:
        lote, digest = self.casa.originais[sha256(raw)], sha256(raw)
        assert lote.corpo is not None
        envio = Envio(
            f"u{len(self.envios) + 1}", (prestador, VALE, lote.numero_lote or ""), digest, cobranca.read(lote.corpo)
        )
        self._bytes[digest] = raw
        self.envios.append(envio)
        self.pendentes.append(envio)
        return envio

    def _sadt(self, prestador: str, numero: str) -> Guia:
        rng = self.rng
        senha = rng.choice((*self.senhas, *self.senhas, self.estada, None))
        held = self.casa.senhas.many(VALE, [senha]).get(senha) if senha else None
        carteira = held.autorizacao.solicitacao.carteira if held and rng.random() < 0.9 else CARTEIRA
        line = done(
            quantidade=rng.choice((1, 1, 2)), data_execucao=DIA - timedelta(days=rng.randint(0, 3)),
            hora_inicial=f"{rng.randint(7, 18):02d}:00:00",
        )  # fmt: skip
        return a_sadt(line, numero=numero, senha=senha, carteira=carteira, **self._of(prestador))

    @staticmethod
    def _of(prestador: str) -> dict[str, Any]:
        return dict(by_clinic()) if prestador == CLINICA else {}

    def _fee(self, _prestador: str, numero: str) -> Guia:
        line = done(CIRURGIA, valor="300.00", equipe=(by(self.rng.choice(("00", "01", "06"))),),
                    hora_inicial=f"{self.rng.randint(7, 18):02d}:00:00")  # fmt: skip
        return a_fee(line, numero=numero, senha=self.estada, codigo_executante="HOSP01")

    def _stay(self, prestador: str, numero: str) -> Guia:
        first = DIA + timedelta(days=self.rng.randint(0, 4))
        days = self.rng.randint(1, 3)
        return a_resumo(
            numero=numero, senha=self.estada, despesas=(spent(quantidade=days),), tipo_faturamento="1",
            periodo=(first, first + timedelta(days=days)), **self._of(prestador),
        )  # fmt: skip

    # --- what happens ---

    def trabalha(self) -> None:
        """A worker: one task after the other; who dies is replaced by another."""
        menu: dict[Callable[[], object], int] = {
            self.envia: 10, self.repete: 3, self.entrega: 6, self.cancela: 4, self.retira: 4, self.analisa: 4,
            self.muda_senha: 4, self.varre: 2, self.valida: 1,
            **({self.publica: 6, self.recorre: 8} if self.com_recursos else {}),
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
        except (PegError, AutorizacaoError, ContaError) as refused:
            self.feitos[f"{name}: {type(refused).__name__}"] += 1

    def portas(self, ahead: timedelta = timedelta()) -> Any:
        """Of one call, an instant after the last."""
        self.casa.passa(microseconds=1)
        return self.casa.portas(self.palco.porta, self.casa.agora + ahead)

    def envia(self) -> None:
        """Something new."""
        self.recebe(self.lote())

    def repete(self) -> None:
        """The same bytes in another upload."""
        if self.envios:
            before = self.rng.choice(self.envios)
            self.recebe(self._envio(self._bytes[before.sha256], before.numero[0]))

    def entrega(self) -> None:
        """The same upload again, rather one that waits for it."""
        if self.envios:
            self.recebe(self.rng.choice(self.pendentes or self.envios))

    def recebe(self, envio: Envio) -> None:
        """A worker is given an upload."""
        raw, prestador = self._bytes[envio.sha256], envio.numero[0]
        tentativa = self.rng.choice((1, 1, 2))
        documento = self.casa.arquiva(raw, envio.upload_id, prestador_id=prestador, tentativa=tentativa)
        desfecho = recepcao.receive_file(documento, self.portas())
        wrong = {one.regra for one in desfecho.achados if one.severidade is Severidade.RECUSA_LOTE}
        envio.respostas.append(desfecho.protocolo or tuple(sorted(wrong)))
        self.pendentes = [one for one in self.pendentes if one is not envio]

    def _peg(self, *situacoes: SituacaoPeg) -> Peg | None:
        found = [peg for peg in self.casa.todos() if peg.situacao in situacoes]
        return self.rng.choice(found) if found else None

    def cancela(self) -> None:
        """A PEG, by its prestador, as it was seen or as it is."""
        peg = self._peg(SituacaoPeg.RECEBIDO, SituacaoPeg.RECEBIDO, SituacaoPeg.CANCELADO)
        if peg is not None:
            seen = self.rng.choice((None, peg.versao))
            atos.cancel(peg, replace(FATURISTA, versao=seen), self.portas(), guardar=keep_nothing)

    def retira(self) -> None:
        """A guia of a PEG."""
        peg = self._peg(SituacaoPeg.RECEBIDO)
        if peg is not None:
            guia = self.rng.randint(1, peg.quantidade_guias)
            atos.withdraw(peg, guia, FATURISTA, self.portas(), motivo="Engano", guardar=keep_nothing)

    def analisa(self) -> None:
        """The next step of an analysis, or another."""
        peg = self._peg(*set(SituacaoPeg) - {SituacaoPeg.PREPARANDO, SituacaoPeg.CANCELADO})
        if peg is None:
            return
        rng, portas, rest = self.rng, self.portas(), {"guardar": keep_nothing}
        glosa = Glosa(0, "", "1402", "", "Sem relatório.", rng.randint(0, 2), rng.choice((None, 1)))
        steps: dict[SituacaoPeg, list[Callable[[], Peg]]] = {
            SituacaoPeg.RECEBIDO: [lambda: atos.begin(peg, AUDITORA, portas)],
            SituacaoPeg.EM_ANALISE: [
                lambda: atos.glosar(peg, glosa, AUDITORA, portas, **rest),
                lambda: atos.revert(peg, 1, AUDITORA, portas, motivo="Chegou", **rest),
                lambda: atos.ask(peg, AUDITORA, portas, motivo="Laudo", ate=HOJE, **rest),
                lambda: atos.conclude(peg, AUDITORA, portas, **rest),
            ],
            SituacaoPeg.AGUARDANDO_INFORMACAO: [
                lambda: atos.answer_question(peg, FATURISTA, portas, texto="Segue", **rest)
            ],
            SituacaoPeg.ANALISADO: [
                lambda: atos.release(peg, FINANCEIRO, portas, **rest),
                lambda: atos.reopen(peg, AUDITORA, portas, motivo="Faltou", **rest),
            ],
        }  # fmt: skip
        rng.choice(steps.get(peg.situacao, steps[SituacaoPeg.ANALISADO]))()

    def publica(self) -> None:
        """An analysis that finds no more, to its end."""
        peg, rest = self._peg(SituacaoPeg.RECEBIDO, SituacaoPeg.EM_ANALISE, SituacaoPeg.ANALISADO), self.portas()
        steps: dict[str, Callable[..., Peg]] = {
            "RECEBIDO": atos.begin,
            "EM_ANALISE": atos.conclude,
            "ANALISADO": atos.release,
        }
        while peg is not None and peg.situacao in steps:
            peg = steps[peg.situacao](peg, AUDITORA, rest, guardar=keep_nothing)

    def recorre(self) -> None:
        """A recurso gives back some of what a guia lost that none contested; or one, or that nothing is due, is told.

        A PEG of which nothing was to be paid is over; another is paid.
        """
        rng, peg = self.rng, self._peg(*PUBLICADO)
        if peg is None:
            return
        what = rng.choice(("recorre", "recorre", "repete", "encerra"))
        if what == "encerra":
            portas = self.portas()
            nothing = peg.valor_liberado == peg.valor_recuperado
            (atos.close_unpaid if nothing else atos.pay)(peg, SISTEMA, portas, motivo="Como disse pagamento.")
        elif what == "recorre" and (partes := self._contesta(peg)):
            recurso = partes[0].recurso
            self.recursos[recurso] = peg, partes
            self.devolve(recurso)
        elif self.recursos:
            self.devolve(rng.choice(list(self.recursos)))

    def _contesta(self, peg: Peg) -> tuple[Recuperado, ...]:
        known = {(held.protocolo, part.indice) for held, partes in self.recursos.values() for part in partes}
        recurso = f"26116{len(self.recursos) + 1:07d}"
        portas = self.casa.portas()
        dossie = portas.archive.dossie(recepcao.find_peg(peg.prestador_id, peg.protocolo, portas))
        found = [
            Recuperado(recurso, glosa.id, indice, sequencia, valor if self.rng.random() < 0.6 else CENTAVO)
            for (indice, sequencia), glosas in taken_of_lines(dossie.resultado).items()
            for glosa, valor in glosas
            if valor and (peg.protocolo, indice) not in known
        ]
        guia = self.rng.choice(found).indice if found else 0
        return tuple(one for one in found if one.indice == guia)

    def devolve(self, recurso: str) -> None:
        """What a recurso gives back is told, once more perhaps."""
        peg, partes = self.recursos[recurso]
        portas = self.portas()
        atos.recover(
            recepcao.find_peg(peg.prestador_id, peg.protocolo, portas), recurso, partes, SISTEMA, portas
        )  # fmt: skip

    def muda_senha(self) -> None:
        """The other context: cancelled, less authorised or expired, on condition of what it read."""
        numero = self.rng.choice((*self.senhas, self.estada))
        late = an_ato(PapelDeSenha.SISTEMA, HOJE + timedelta(days=120))
        less = {1: Decimal(self.rng.randint(0, 3))}
        acts: list[Callable[[Autorizacao], Autorizacao]] = [
            lambda held: transicoes.cancel(held, (), an_ato())[0],
            lambda held: transicoes.change_quantities(held, less, CENTRAL),
            lambda held: transicoes.change_quantities(held, less, CENTRAL),
            lambda held: transicoes.expire(held, late),
        ]
        act = self.rng.choice(acts)
        while True:
            lida = self.palco.chama("senha lida", self.casa.senhas.many, VALE, [numero])[numero]
            if self.palco.chama("senha escrita", self.casa.escreve_senha, lida, act(lida.autorizacao)):
                return

    def varre(self) -> None:
        """The sweep, of what is under way, too; now and then on the next day."""
        ahead = self.rng.choice((timedelta(seconds=1), timedelta(seconds=1), timedelta(seconds=1), timedelta(days=1)))
        atos.sweep([VALE], self.portas(ahead), tudo=True)

    def valida(self) -> None:
        """Pre-validation of something that was sent."""
        if self.envios:
            envio = self.rng.choice(self.envios)
            judge(Alvo(envio.numero[0], VALE, HOJE, V401), self.casa.originais[envio.sha256], self.portas())

    # --- the end ---

    def acaba(self) -> None:
        """Whatever was left is handed over again and swept, in whatever order, while processes still die; then not."""
        steps = [self.varre, *([self.entrega] * len(self.pendentes))]
        self.rng.shuffle(steps)

        def end() -> None:
            for step in steps:
                self.tenta(step)

        self.palco.corre([end])
        self.palco.mortal = 0.0
        for _ in range(9):
            for envio in list(self.pendentes):
                self.tenta(partial(self.recebe, envio))
        for recurso in self.recursos:
            self.tenta(partial(self.devolve, recurso))
        self.casa.varre()

    def retrato(self) -> Retrato:
        """What is left."""
        given = {
            recurso: (peg.protocolo, soma(one.valor for one in partes))
            for recurso, (peg, partes) in self.recursos.items()
        }
        return replace(retrato(self.casa, self.envios), recursos=given)


def retrato(casa: Casa, envios: Sequence[Envio] = ()) -> Retrato:
    """What is in the stores of a house."""
    pegs, dossies = casa.todos(), {}
    for peg in pegs:
        try:
            dossies[peg.protocolo] = casa.archive.dossie(peg)
        except DossieMissingError:
            continue
    return Retrato(
        pegs=pegs,
        dossies=dossies,
        lotes=casa.numeros_de_lote(),
        senhas=casa.lidas(),
        cobrancas=[(VALE, one) for one in casa.vivas()],
        eventos=casa.eventos(),
        recibos=frozenset(casa.archive.acervo.versions),
        envios=list(envios),
    )


@dataclass(frozen=True, slots=True)
class Historia:
    """What happened, and what is wrong with it."""

    semente: int
    pegs: int
    feitos: Counter[str]
    mortes: Counter[str]
    erros: list[str]


def vive(
    semente: int, pegs: int = 12, fatos: Fatos | None = None, *, atores: int = 6, morte: float = MORTE,
    casa: Casa | None = None, recursos: bool = False,
) -> Historia:  # fmt: skip
    """A scene of about so many PEGs, from its seed to its judgement.

    Args:
        casa: where it happens; a new one in memory if none.
        recursos: values are published, paid and contested, too.
    """
    rng = random.Random(semente)  # noqa: S311  # it is to be the same again
    casa = casa or Casa(fatos)
    cena = Cena(casa, rng, Palco(rng, morte), pegs * TAREFAS_POR_PEG, recursos)
    cena.begin()
    cena.palco.corre([cena.trabalha] * atores)
    cena.acaba()
    found = cena.retrato()
    return Historia(semente, len(found.pegs), cena.feitos + became(found), cena.palco.mortes, check(found))


def became(found: Retrato) -> Counter[str]:
    """What became of it all."""
    counts = Counter(f"PEG {peg.situacao}" for peg in found.pegs)
    counts["PEG que usa senha"] = len({key[:12] for lida in found.senhas.values() for key in lida.usos})
    counts["PEG julgado de novo"] = sum(bool(one.tocadas) for one in found.dossies.values())
    counts["PEG com guia retirada"] = sum(bool(peg.retiradas) for peg in found.pegs)
    counts["PEG com valor recuperado"] = sum(bool(peg.recuperacoes) for peg in found.pegs)
    counts["PEG com glosa"] = sum(bool(peg.valor_glosado) for peg in found.pegs)
    counts["guias"] = sum(peg.quantidade_guias for peg in found.pegs)
    counts["senha usada"] = sum(bool(lida.usos) for lida in found.senhas.values())
    counts["senha cancelada"] = sum(lida.autorizacao.situacao == "CANCELADA" for lida in found.senhas.values())
    for envio in found.envios:
        counts["envio recusado" if not envio.protocolos else "envio recebido"] += 1
    return counts
