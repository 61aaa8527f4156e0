"""In-memory stand-ins of what authorizations are kept in and judged with; `tests/contract` judges them, too.

:class:`World` is a small operadora to ask things of: what a test needs to call a use case, or a door over it.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from autorizacao.service import pedidos
from autorizacao.service.portas import (
    Chamador,
    Guardada,
    Keep,
    Lido,
    Mudanca,
    Pagina,
    Ponteiro,
    Portas,
    keep_nothing,
)
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import ConditionFailedError
from conecta_facts.beneficiarios import Beneficiario
from conecta_facts.contratos import Preco
from conecta_facts.prestadores import Prestador
from conecta_facts.procedimentos import em_vigor
from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import AGUARDANDO, CONCEDIDAS, ZERO, Autorizacao, Evento, Papel, Parecer, Situacao
from conecta_senhas.contexto import Contexto, Uso
from conecta_senhas.errors import MudouError
from conecta_senhas.eventos import FATOS
from conecta_senhas.prazos import VALIDADE
from conecta_senhas.solicitacoes import Solicitacao
from conecta_senhas.transicoes import Numeracao
from conecta_senhas.usos import Usos, of_legacy
from conecta_tiss.versions import Versao
from tests.builders_autorizacao import DESCONHECIDO, NUMERO, a_context, a_request, a_stay, an_item, usos_of
from tests.builders_cadastro import (
    CARTEIRA,
    INICIO,
    OUTRA_CARTEIRA,
    OUTRO_CPF,
    a_contrato,
    an_operadora,
    relacionamento_of,
)
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, NOW, OUTRO_CNPJ, PASA, VALE
from tests.fakes import FakeCadastro, FakeIdempotency, Numbers, Sent
from tests.fakes_cadastro import PSEUDONIMOS, FakeBeneficiarios, FakeCatalogo

ABSENT: Final = "absent"
PRECOS_UM_A_UM: Final = 12
Key = tuple[str, str]
"""(registro ANS, numero)."""


class FakeAutorizacoes:
    """`autorizacao.service.portas.Autorizacoes`; kept answers are :class:`tests.fakes.Kept`.

    Attributes:
        rows: every authorization, as it is now.
        guias: which one holds a number of guia, and the digest of what it asked.
        events: what was told, in the order it was written.
        meanwhile: what others do just before each of the next writes, first one first: races, one at a time.
        writes: how often something was written.
        bills: how often a PEG wrote to each.
    """

    def __init__(self) -> None:
        self.rows: dict[Key, Guardada] = {}
        self.guias: dict[tuple[str, str, str], tuple[str, str]] = {}
        self.proximos: dict[Key, date | None] = {}
        self.events: dict[str, Sent] = {}
        self.meanwhile: list[Callable[[], object]] = []
        self.writes = 0
        self.bills: Counter[Key] = Counter()
        self._usos: dict[Key, Usos] = {}
        self._parties: dict[Key, set[str]] = {}
        self._lock = threading.Lock()

    def get(self, registro_ans: str, numero: str) -> Guardada | None:
        with self._lock:
            return self.rows.get((registro_ans, numero))

    def many(self, registro_ans: str, numeros: Sequence[str]) -> list[Guardada | None]:
        found = [self.get(registro_ans, numero) for numero in numeros]
        return [replace(row, complementos=()) if row else None for row in found]

    def by_guia(self, prestador_id: str, registro_ans: str, guia: str) -> Guardada | None:
        held = self.guias.get((prestador_id, registro_ans, guia))
        return self.get(registro_ans, held[0]) if held else None

    def of_life(self, registro_ans: str, carteiras: Sequence[str]) -> list[Ponteiro]:
        return [
            Ponteiro(registro_ans, held.numero, asked.numero_guia_prestador, asked.data_solicitacao)
            for carteira in dict.fromkeys(carteiras)
            for held in self.of_carteira(registro_ans, carteira)
            for asked in (held.solicitacao,)
        ]

    def of_carteira(self, registro_ans: str, carteira: str) -> list[Autorizacao]:
        """Everything that was asked with a number, in the order of its days."""
        vida = PSEUDONIMOS.carteira(registro_ans, carteira)
        held = [row.autorizacao for key, row in self._all() if key[0] == registro_ans and row.vida == vida]
        return sorted(held, key=lambda one: (one.solicitacao.data_solicitacao, one.numero))

    def by_name(self, registro_ans: str, nome: str, posicao: Mapping[str, str] | None, limite: int) -> Pagina:
        known = PSEUDONIMOS.nome(registro_ans, nome)
        rows = [row for key, row in self._all() if key[0] == registro_ans and row.nome == known]
        rows.sort(key=lambda row: (row.autorizacao.solicitacao.data_solicitacao, row.autorizacao.numero), reverse=True)
        return _page(rows, posicao, limite)

    def of_month(self, prestador_id: str, competencia: str, posicao: Mapping[str, str] | None, limite: int) -> Pagina:
        rows = [
            row
            for key, row in self._all()
            if prestador_id in self._parties[key] and f"{local_day(_born(row)):%Y%m}" == competencia
        ]
        rows.sort(key=lambda row: (_born(row), _key(row)), reverse=True)
        return _page(rows, posicao, limite)

    def worklist(self, registro_ans: str, fila: str, posicao: Mapping[str, str] | None, limite: int) -> Pagina:
        rows = [(_place(row.autorizacao), row) for key, row in self._all() if key[0] == registro_ans]
        waiting = [(place[1:], row) for place, row in rows if place is not None and place[0] == fila]
        waiting.sort(key=lambda found: found[0])
        return _page([row for _, row in waiting], posicao, limite)

    def write(
        self,
        mudancas: Sequence[Mudanca],
        *,
        now: datetime,
        correlacao: str,
        digest: str | None = None,
        guardar: Sequence[Any] = (),
    ) -> None:
        if self.meanwhile:
            others, rest = self.meanwhile[0], self.meanwhile[1:]
            self.meanwhile = []  # what they do themselves is not interrupted
            others()
            self.meanwhile = rest
        with self._lock:
            if len({_key(mudanca.depois) for mudanca in mudancas}) < len(mudancas):
                raise ValueError("the same authorization twice in one transaction")
            if not all(map(self._possible, mudancas)):
                raise MudouError
            if lost := tuple(place for place, action in enumerate(guardar) if not action.possible()):
                raise ConditionFailedError(lost)
            self.writes += 1
            for mudanca in mudancas:
                self._apply(mudanca, now, correlacao, digest)
            for action in guardar:
                action.apply()

    def usos_of(self, registro_ans: str, numero: str) -> Usos:
        """What PEGs use of one, and what it was loaded with."""
        loaded = {item.sequencia: item.faturada for item in self.rows[registro_ans, numero].autorizacao.itens}
        return self._usos.get((registro_ans, numero), of_legacy(loaded))

    def bill(self, registro_ans: str, numero: str, usos: Usos) -> Autorizacao:
        """What the context `peg` does to the same row: neither an act nor told."""
        key = registro_ans, numero
        row = self.rows[key]
        used = transicoes.bill(row.autorizacao, usos)
        self.rows[key], self._usos[key] = replace(row, autorizacao=used), usos
        self.bills[key] += 1
        return used

    def _possible(self, mudanca: Mudanca) -> bool:
        key, antes = _key(mudanca.depois), mudanca.antes
        if antes is not None:
            return key in self.rows and self.rows[key].autorizacao.versao == antes.autorizacao.versao
        held = self.guias.get(_guia(mudanca.depois))
        return key not in self.rows and (held is None or held[0] == (mudanca.solto or ABSENT))

    def _apply(self, mudanca: Mudanca, now: datetime, correlacao: str, digest: str | None) -> None:
        antes, depois, key = mudanca.antes, mudanca.depois, _key(mudanca.depois)
        after, known = depois.autorizacao, len(antes.autorizacao.historico) if antes else 0
        stored = self.rows[key].complementos if antes else ()
        children = depois.complementos[len(antes.complementos) if antes else 0 :]
        self.rows[key] = replace(depois, complementos=tuple(sorted({*stored, *children})))
        self.proximos[key] = mudanca.proximo
        if antes is None:
            self.guias[_guia(depois)] = (after.numero, digest or "")
        self._parties[key] = self._parties.get(key, set()) | _parties(after)
        for place in range(known, len(after.historico)):
            self._tell(after, place, correlacao)

    def _tell(self, of: Autorizacao, place: int, correlacao: str) -> None:
        registro, marco = of.solicitacao.registro_ans, of.historico[place]
        answered = marco.evento is Evento.SOLICITADA and marco.papel is Papel.PRESTADOR
        dados = {
            "numero": of.numero, "tipo": of.tipo.value, "situacao": marco.situacao.value,
            "vez_de": marco.vez_de.value if marco.vez_de else None, "ate": marco.ate.isoformat() if marco.ate else None,
            "prestadores": sorted(_parties(of)), "pedida_por": of.prestador_id if answered else None,
        }  # fmt: skip
        sent = Sent(FATOS[marco.evento], str(place), of.prestador_id, registro, correlacao, dados)
        self.events[f"autorizacao/{registro}/{of.numero}/{place}"] = sent

    def told(self, numero: str) -> list[str]:
        """The events of an authorization, in order."""
        return [sent.tipo for sent in self.events.values() if sent.dados["numero"] == numero]

    def plant(self, autorizacao: Autorizacao, carteira: str | None = None, digest: str = "", **rest: Any) -> Guardada:
        """Store an authorization as it is, as if it had come to be so: no condition, no event."""
        asked = autorizacao.solicitacao
        vida = PSEUDONIMOS.carteira(asked.registro_ans, carteira or asked.carteira)
        row = Guardada(autorizacao, vida, **rest)
        with self._lock:
            self.rows[_key(row)] = row
            self.guias[_guia(row)] = (autorizacao.numero, digest)
            self._parties[_key(row)] = _parties(autorizacao)
        return row

    def _all(self) -> list[tuple[Key, Guardada]]:
        with self._lock:
            return list(self.rows.items())


def _key(guardada: Guardada) -> Key:
    return guardada.autorizacao.solicitacao.registro_ans, guardada.autorizacao.numero


def _guia(guardada: Guardada) -> tuple[str, str, str]:
    held = guardada.autorizacao
    return held.prestador_id, held.solicitacao.registro_ans, held.solicitacao.numero_guia_prestador


def _parties(held: Autorizacao) -> set[str]:
    return {held.prestador_id, held.solicitacao.solicitante, held.solicitacao.executa}


def _born(guardada: Guardada) -> datetime:
    return guardada.autorizacao.historico[0].quando


def _place(held: Autorizacao) -> tuple[str, bool, str, str] | None:
    """(list, whether it can wait, until when, numero) of what waits for somebody."""
    if held.situacao is Situacao.EM_ANALISE:
        fila, until = "ANALISE", held.responder_ate
    elif held.situacao in AGUARDANDO:
        fila, until = "PENDENTES", held.pendente_ate
    elif held.situacao in CONCEDIDAS | {Situacao.UTILIZADA} and any(item.data_pedida for item in held.itens):
        fila, until = "DATAS", min(item.data_pedida for item in held.itens if item.data_pedida)
    else:
        return None
    return fila, not held.solicitacao.urgencia, until.isoformat() if until else "9999", held.numero


def _page(rows: Sequence[Guardada], posicao: Mapping[str, str] | None, limite: int) -> Pagina:
    start = int(posicao["linha"]) if posicao else 0
    end = start + limite
    shown = [replace(row, complementos=()) for row in rows[start:end]]
    return Pagina(shown, {"linha": str(end)} if end < len(rows) else None)


class FakeDocumentos:
    """`autorizacao.service.portas.Documentos`."""

    def __init__(self) -> None:
        self.complete: set[tuple[str, str]] = set()
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def put(self, prestador_id: str, *ids: str) -> None:
        """Complete files of a prestador."""
        self.complete |= {(prestador_id, one) for one in ids}

    def missing(self, prestador_id: str, ids: Sequence[str]) -> tuple[str, ...]:
        self.asked.append((prestador_id, tuple(ids)))
        return tuple(one for one in ids if (prestador_id, one) not in self.complete)


def known_codes(_tabela: str, codigo: str, _dia: date) -> bool:
    """Every code is in TUSS but one."""
    return codigo != DESCONHECIDO


@dataclass
class FakeContextos:
    """`autorizacao.service.portas.Contextos`, over fakes of all that it reads.

    Attributes:
        reads: what was judged, by number of guia.
    """

    cadastro: FakeCadastro
    catalogo: FakeCatalogo
    vidas: FakeBeneficiarios
    autorizacoes: FakeAutorizacoes
    documentos: FakeDocumentos
    numbers: Numbers
    numeros: Iterator[str]
    replay: Callable[[], Any] = lambda: None
    records: Sequence[Callable[[], None]] = ()
    reads: list[str] = field(default_factory=list)

    def read(
        self, solicitacao: Solicitacao, chamador: Chamador, hoje: date, *, nova: bool = True, sem: str | None = None
    ) -> Lido:
        self._record()
        asked, registro, who = solicitacao, solicitacao.registro_ans, chamador.prestador_id or ""
        self.reads.append(asked.numero_guia_prestador)
        dia = asked.data_atendimento or hoje
        (life,) = self.vidas.by_carteiras([(registro, asked.carteira)])
        contrato = self.catalogo.contrato(asked.executa, registro)
        principal = self._principal(asked.guia_principal, registro, who, chamador)
        holder = self.autorizacoes.guias.get((who, registro, asked.numero_guia_prestador)) if nova else None
        held = self.autorizacoes.get(registro, holder[0]) if holder else None
        executante = self.cadastro.contratacao(asked.executa, registro)
        codes = tuple(dict.fromkeys((linha.item.tabela, linha.item.codigo) for linha in asked.linhas()))
        regras = tuple(regra for regra in self.catalogo.regras(registro) if (regra.tabela, regra.codigo) in codes)
        terms = contrato.em(dia)
        contratacao = self.cadastro.contratacao(who, registro)
        contexto = Contexto(
            relacionamento=contratacao.relacionamento,
            executante=executante.relacionamento,
            beneficiario=life,
            plano=self.catalogo.plano(registro, life.plano) if life else None,
            contrato=contrato,
            hoje=hoje,
            tuss=known_codes,
            regras=em_vigor(regras, life.plano if life else None, dia),
            calendario=self.catalogo.calendario(registro),
            precos=self._precos(registro, terms.tabela_precos, codes, dia) if terms else (),
            usos=tuple(self._usos(registro, _numbers(life, asked.carteira), sem)),
            principal=principal.autorizacao if principal else None,
            uf=executante.prestador.uf if executante.prestador else None,
            versao=chamador.versao,
            pela_central=chamador.papel is Papel.CENTRAL,
            outra_operadora=next(
                (
                    one
                    for one in (contratacao.operadora.grupo if contratacao.operadora and life is None else ())
                    if one != registro and self.vidas.by_carteiras([(one, asked.carteira)]) != [None]
                ),
                None,
            ),
        )
        ids = tuple(documento.documento_id for documento in asked.documentos) if nova else ()
        return Lido(
            contexto=contexto,
            beneficiario=life,
            vida=PSEUDONIMOS.carteira(registro, asked.carteira),
            protocolo=self.next_protocolo(hoje) if nova else "",
            numero=f"{hoje:%y%m}{next(self.numeros)}" if nova else "",
            ja_pedida=(held, holder[1]) if held and holder else None,
            principal=principal,
            nome=PSEUDONIMOS.nome(registro, life.nome) if life else None,
            ausentes=self.documentos.missing(who, ids) if ids else (),
            repetida=self.replay() if nova else None,
        )

    def _principal(self, guia: str | None, registro: str, who: str, chamador: Chamador) -> Guardada | None:
        if guia is None:
            return None
        found = self.autorizacoes.get(registro, guia) or self.autorizacoes.by_guia(who, registro, guia)
        foreign = chamador.papel is Papel.PRESTADOR and found is not None and not found.autorizacao.visible_to(who)
        return None if foreign else found

    def _precos(
        self, registro: str, tabela_precos: str, codes: Sequence[tuple[str, str]], dia: date
    ) -> tuple[Preco, ...]:
        if len(codes) > PRECOS_UM_A_UM:
            table = self.catalogo.precos(registro, tabela_precos)
            return tuple(preco for preco in table if (preco.tabela, preco.codigo) in codes)
        return tuple(preco for preco in self.catalogo.precos_de(registro, tabela_precos, codes, dia) if preco)

    def _usos(self, registro: str, numbers: Sequence[str], sem: str | None) -> Iterator[Uso]:
        for carteira in numbers:
            for held in self.autorizacoes.of_carteira(registro, carteira):
                asked = held.solicitacao
                for item in held.itens if held.numero != sem else ():
                    if item.autorizada > ZERO:
                        code = (item.solicitado.tabela, item.solicitado.codigo)
                        yield Uso(
                            tabela=code[0], codigo=code[1], quantidade=item.autorizada,
                            dia=asked.data_atendimento or held.data_autorizacao or asked.data_solicitacao,
                        )  # fmt: skip

    def beneficiario(self, registro_ans: str, carteira: str) -> Beneficiario | None:
        return self.vidas.by_carteiras([(registro_ans, carteira)])[0]

    def candidatas(
        self, registros: Sequence[str], numero: str, carteira: str
    ) -> Sequence[tuple[Guardada, tuple[str, ...]]]:
        self._record()
        found: list[tuple[Guardada, tuple[str, ...]]] = []
        for registro in registros:
            numbers = _numbers(self.beneficiario(registro, carteira), carteira)
            listed = [one for number in numbers for one in self.autorizacoes.of_carteira(registro, number)]
            named = {one.numero for one in listed if numero in {one.numero, one.solicitacao.numero_guia_prestador}}
            rows = self.autorizacoes.many(registro, sorted(named | {numero}))
            found += [(row, numbers) for row in rows if row is not None]
        return found

    def carteiras(self, registro_ans: str, cpf: str) -> tuple[str, ...]:
        self._record()
        (lives,) = self.vidas.by_cpfs([(registro_ans, cpf)])
        return tuple(dict.fromkeys(number for life in lives for number in _numbers(life, life.numero_carteira)))

    def next_protocolo(self, hoje: date) -> str:
        return self.numbers.next_protocolo(hoje)

    def _record(self) -> None:
        for record in self.records:
            record()


def _numbers(life: Beneficiario | None, carteira: str) -> tuple[str, ...]:
    """The number asked by first, then the others of the life."""
    known = (life.numero_carteira, life.carteira_anterior) if life else ()
    return tuple(dict.fromkeys(number for number in (carteira, *known) if number))


# --- a small operadora ---


def load_facts(cadastro: Any, loads: Any) -> None:
    """What the tests' requests are judged by, into fakes or into tables: that of `builders_autorizacao.a_context`.

    The hospital and the clinic are enabled at VALE, and do the same there; at PASA the hospital only asked to be.
    Two lives, whom nothing keeps from anything.
    """
    judged = a_context()
    life, plano, contrato = judged.beneficiario, judged.plano, judged.contrato
    assert life is not None
    assert plano is not None
    for registro in (VALE, PASA):
        cadastro.put_operadora(an_operadora(registro))
        loads.put("operadora", registro, an_operadora(registro))
    for prestador, nome, cnpj in ((HOSPITAL, "Hospital Aurora", CNPJ), (CLINICA, "Clínica Brisa", OUTRO_CNPJ)):
        cadastro.put_prestador(Prestador(prestador, nome, "1234567", cnpj=cnpj, uf="ES"))
        cadastro.put_relacionamento(relacionamento_of(("HABILITADO", INICIO), prestador_id=prestador))
        loads.put("contratos", VALE, a_contrato(prestador_id=prestador))
        for tipo, values in (
            ("procedimentos-contratados", contrato.procedimentos), ("diarias", contrato.diarias),
            ("pacotes", contrato.pacotes),
        ):  # fmt: skip
            loads.put(tipo, VALE, *(replace(value, prestador_id=prestador) for value in values))
    cadastro.put_relacionamento(relacionamento_of(("SOLICITADO", INICIO), registro_ans=PASA))
    loads.put("planos", VALE, plano.plano)
    loads.put("regras-procedimentos", VALE, *judged.regras)
    loads.put("precos", VALE, *judged.precos)
    other = replace(life, numero_carteira=OUTRA_CARTEIRA, cpf=OUTRO_CPF, nome="Pessoa Exemplo da Silva")
    loads.put("beneficiarios", VALE, life, other)


class Lives:
    """Where fakes are loaded: lives apart from all the rest."""

    def __init__(self, catalogo: FakeCatalogo, vidas: FakeBeneficiarios) -> None:
        self._catalogo, self._vidas = catalogo, vidas

    def put(self, tipo: str, registro_ans: str, *values: Any) -> None:
        """Load values of one tipo."""
        (self._vidas if tipo == "beneficiarios" else self._catalogo).put(tipo, registro_ans, *values)


class World:
    """Everything behind the use cases, in memory, on the day the tests happen on.

    `portas` has the signature of `autorizacao.bootstrap.nucleo.portas`, so that a door's test may put it there.
    """

    def __init__(self) -> None:
        self.cadastro, self.catalogo, self.vidas = FakeCadastro(), FakeCatalogo(), FakeBeneficiarios()
        self.autorizacoes, self.documentos, self.idempotencia = FakeAutorizacoes(), FakeDocumentos(), FakeIdempotency()
        self.now = NOW
        self.loads = Lives(self.catalogo, self.vidas)
        self._numbers, self._numeros = Numbers(4), (f"{n:010d}" for n in range(1, 10**9))
        load_facts(self.cadastro, self.loads)

    @property
    def hoje(self) -> date:
        """The local day."""
        return local_day(self.now)

    def pass_days(self, days: int) -> None:
        """Time goes by."""
        self.now += timedelta(days=days)

    def contextos(
        self, replay: Callable[[], Any] = lambda: None, records: Sequence[Callable[[], None]] = ()
    ) -> FakeContextos:
        """A reader of contexts."""
        return FakeContextos(
            self.cadastro, self.catalogo, self.vidas, self.autorizacoes, self.documentos, self._numbers, self._numeros,
            replay, records,
        )  # fmt: skip

    def portas(
        self,
        *,
        keep: Keep = keep_nothing,
        replay: Callable[[], Any] = lambda: None,
        records: Sequence[Callable[[], None]] = (),
    ) -> Portas:
        """The ports of one call."""
        return Portas(
            autorizacoes=self.autorizacoes,
            contextos=self.contextos(replay, records),
            documentos=self.documentos,
            now=self.now,
            hoje=self.hoje,
            keep=keep,
        )

    def ask(self, solicitacao: Solicitacao | None = None, chamador: Chamador | None = None) -> Autorizacao:
        """A request, by the hospital unless somebody else is said."""
        asked = solicitacao or a_request()
        return pedidos.request(asked, chamador=chamador or of_prestador(), portas=self.portas()).autorizacao

    def stay(self, numero: str = NUMERO, **changes: Any) -> Autorizacao:
        """A stay of the hospital that was authorised (elective ones wait for auditoria)."""
        asked = a_stay(**{"numero_guia_prestador": "INT-1", **changes})
        made = transicoes.create(
            Numeracao(numero=numero, protocolo="261140000001", senha=numero, validade=self.hoje + VALIDADE),
            asked,
            Parecer(situacao=Situacao.AUTORIZADA, itens=(an_item(solicitado=asked.itens[0]),), diarias=3),
            of_prestador().ato(self.now, self.hoje),
            prestador_id=HOSPITAL,
        )
        self.autorizacoes.plant(made)
        return made

    def bill(self, numero: str, quantidade: int = 1, sequencia: int = 1) -> Autorizacao:
        """One guia of a PEG more bills some of it."""
        usos = self.autorizacoes.usos_of(VALE, numero)
        return self.autorizacoes.bill(VALE, numero, {**usos, **usos_of({sequencia: quantidade}, guia=len(usos) + 1)})

    def held(self, numero: str, registro_ans: str = VALE) -> Autorizacao:
        """An authorization as it is stored."""
        return self.autorizacoes.rows[registro_ans, numero].autorizacao

    def agree(self, **changes: Any) -> None:
        """The terms with VALE are otherwise."""
        contratos = self.catalogo.of("contratos", VALE)
        contratos[:] = [replace(contrato, **changes) for contrato in contratos]

    def renumber(self, nova: str, antiga: str = CARTEIRA) -> None:
        """A life's carteira is replaced."""
        lives = self.vidas.of("beneficiarios", VALE)
        place = next(n for n, life in enumerate(lives) if life.numero_carteira == antiga)
        lives[place] = replace(lives[place], numero_carteira=nova, carteira_anterior=antiga)

    def enable(self, prestador_id: str, *periodos: Any, registro_ans: str = VALE) -> None:
        """A prestador's relacionamento, period by period."""
        self.cadastro.put_relacionamento(
            relacionamento_of(*periodos, registro_ans=registro_ans, prestador_id=prestador_id)
        )


def of_prestador(prestador_id: str = HOSPITAL, **changes: Any) -> Chamador:
    """Somebody of a prestador, whose system reads 4.01.00."""
    made = Chamador(
        papel=Papel.PRESTADOR, quem="pessoa-1", prestador_id=prestador_id, versao=Versao.V4_01_00, correlacao="corr-1"
    )
    return replace(made, **changes)


def of_operadora(papel: Papel = Papel.CENTRAL, prestador_id: str | None = None, **changes: Any) -> Chamador:
    """Somebody of VALE, for a prestador or for nobody."""
    made = Chamador(
        papel=papel, quem=f"{papel.lower()}-1", prestador_id=prestador_id, registros=frozenset({VALE}),
        correlacao="corr-2",
    )  # fmt: skip
    return replace(made, **changes)
