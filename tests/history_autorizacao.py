"""What must be true of authorizations after many acted on them at the same time, whatever came first.

The checker reads two things: what each caller asked and was answered (:class:`Feito`), and the rows of the table as
they lie afterwards. It knows neither the domain nor the service: what it holds against them is written here again.
`tests/e2e/test_autorizacao_races.py` shows that it notices what it should.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]

FUSO: Final = ZoneInfo("America/Sao_Paulo")
CONCEDIDAS: Final = frozenset({"AUTORIZADA", "PARCIAL"})
AGUARDANDO: Final = frozenset({"AGUARDANDO_JUSTIFICATIVA", "AGUARDANDO_DOCUMENTO"})
PENDENTES: Final = AGUARDANDO | {"EM_ANALISE"}
FINAIS: Final = frozenset({"NEGADA", "CANCELADA"})
VALIDAS: Final = CONCEDIDAS | {"UTILIZADA"}
VENCIVEIS: Final = VALIDAS | {"EXPIRADA"}
TODAS: Final = PENDENTES | VENCIVEIS | FINAIS
SEMPRE: Final = frozenset({"ATENDIMENTO_REGISTRADO"})
"""What may be entered even where nothing else may."""

PASSOS: Final[Mapping[str, tuple[frozenset[str], frozenset[str] | None]]] = {
    "DECIDIDA": (frozenset({"EM_ANALISE"}), CONCEDIDAS | {"NEGADA"}),
    "PENDENCIA_ABERTA": (frozenset({"EM_ANALISE"}), AGUARDANDO),
    "PENDENCIA_RESPONDIDA": (AGUARDANDO, PENDENTES),
    "PENDENCIA_PRORROGADA": (AGUARDANDO, None),
    "PENDENCIA_ENCERRADA": (AGUARDANDO, frozenset({"EM_ANALISE"})),
    "ANEXO_RECEBIDO": (PENDENTES, PENDENTES),
    "RETIRADA": (PENDENTES, frozenset({"CANCELADA"})),
    # What hangs on a stay is alive while the stay is, even when the sweep has said that it expired.
    "CANCELADA": (CONCEDIDAS | {"EXPIRADA"}, frozenset({"CANCELADA"})),
    "SUBSTITUIDA": (CONCEDIDAS | {"EXPIRADA"}, frozenset({"CANCELADA"})),
    "EXPIRADA": (CONCEDIDAS, frozenset({"EXPIRADA"})),
    "QUANTIDADE_ALTERADA": (VENCIVEIS, VALIDAS),
    "EXECUTANTE_ALTERADO": (VENCIVEIS, None),
    "DATA_PEDIDA": (VENCIVEIS, None),
    "DATA_DECIDIDA": (VENCIVEIS, None),
    "INTERNADO": (VENCIVEIS, VALIDAS),
    "ALTA": (VENCIVEIS, None),
    "SUBSTITUICAO_PEDIDA": (CONCEDIDAS | {"EXPIRADA"}, None),
    "SUBSTITUICAO_ENCERRADA": (VENCIVEIS, None),
    "ATENDIMENTO_REGISTRADO": (TODAS, None),
    "SENHA_A_VENCER": (VALIDAS, None),
    "RESPOSTA_ATRASADA": (PENDENTES, None),
}  # fmt: skip
"""Of each entry of a timeline, in which states it may come and which it leads to (`None`: the same)."""
NASCIMENTO: Final[Mapping[str, frozenset[str]]] = {"SOLICITADA": TODAS - {"CANCELADA"}, "CARREGADA": VALIDAS}
UMA_VEZ: Final = frozenset({"SOLICITADA", "DECIDIDA", "CANCELADA", "RETIRADA", "SUBSTITUIDA", "INTERNADO", "ALTA"})

NOVAS: Final = frozenset({"pedir", "complementar", "substituir"})
"""Acts that make an authorization: their mark is its number of guia."""
EFEITO: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(NOVAS, frozenset({"SOLICITADA"})),
    "cancelar": frozenset({"CANCELADA", "RETIRADA"}),
    "quantidades": frozenset({"QUANTIDADE_ALTERADA", "CANCELADA"}),
    "executante": frozenset({"EXECUTANTE_ALTERADO"}),
    "atender": frozenset({"ATENDIMENTO_REGISTRADO"}),
    "internar": frozenset({"INTERNADO"}),
    "alta": frozenset({"ALTA"}),
    "decidir": frozenset({"DECIDIDA"}),
    "pender": frozenset({"PENDENCIA_ABERTA"}),
    "responder": frozenset({"PENDENCIA_RESPONDIDA"}),
    "retomar": frozenset({"PENDENCIA_ENCERRADA"}),
    "prorrogar": frozenset({"PENDENCIA_PRORROGADA"}),
}  # fmt: skip
"""Of each act, the entry it makes in the timeline of what it acts upon."""
SEM_RESPOSTA: Final = 0
RESPOSTAS: Final = frozenset({SEM_RESPOSTA, 200, 201, 403, 404, 409, 422})
"""What an act may be answered; nothing of ours fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feito:
    """What somebody asked, and was answered.

    Attributes:
        ato: one of `EFEITO`.
        alvo: numero of what it acts upon; of one that makes an authorization, the senha it is asked on or replaces.
        marca: what only this act says: the number of guia of what it makes, or a text that its entry has.
        inicio, fim: when it was asked and answered, by one clock that never goes back.
        status: of the answer; `SEM_RESPOSTA` when there was none: it may have been done, or not.
        corpo: the answer.
    """

    ato: str
    alvo: str
    marca: str
    inicio: float
    fim: float
    status: int
    corpo: Mapping[str, Any] = field(default_factory=dict)

    @property
    def feito(self) -> bool:
        """Whether it was answered that it was done."""
        return self.status in {200, 201}

    @property
    def vistas(self) -> Sequence[Mapping[str, Any]]:
        """The authorizations that the answer shows whole, the one acted upon first."""
        if "autorizacoes" in self.corpo:
            return list(self.corpo["autorizacoes"])
        return [self.corpo.get("autorizacao", self.corpo)]

    def __str__(self) -> str:
        return f"{self.ato} {self.marca} of {self.alvo or 'nothing'}, answered {self.status}"


@dataclass(frozen=True)
class Guardada:
    """An authorization as its rows tell.

    Attributes:
        estado, dados: rows `AUTORIZACAO` and `DETALHE`.
        filhos: of rows `COMPLEMENTO`.
    """

    registro: str
    numero: str
    estado: Row
    dados: Row
    filhos: frozenset[str]

    @property
    def situacao(self) -> str:
        """As last written."""
        return str(self.estado["situacao"])

    @property
    def cobrada(self) -> bool:
        """Whether PEGs ever used it: they change its small row and enter nothing in its timeline."""
        return "usos" in self.estado

    @cached_property
    def historico(self) -> Sequence[Row]:
        """The timeline."""
        return list(self.dados["historico"])

    @cached_property
    def quando(self) -> Mapping[datetime, int]:
        """Where in the timeline each instant is: an act enters nothing twice."""
        return {_instant(marco): place for place, marco in enumerate(self.historico) if marco["papel"] != "SISTEMA"}

    @property
    def guia(self) -> str:
        """Number of guia."""
        return str(self.dados["solicitacao"]["numero_guia_prestador"])

    def __getitem__(self, name: str) -> Any:
        return self.dados.get(name)

    @property
    def concedida(self) -> datetime | None:
        """When it was granted, if ever."""
        found = (_instant(marco) for marco in self.historico if _grants(marco))
        return next(found, None)

    @property
    def estados(self) -> Sequence[str]:
        """Its states, entry by entry."""
        return [str(marco["situacao"]) for marco in self.historico]


def _instant(marco: Row) -> datetime:
    return datetime.fromisoformat(str(marco["quando"]))


def _grants(marco: Row) -> bool:
    return marco["evento"] in {"SOLICITADA", "DECIDIDA", "CARREGADA"} and marco["situacao"] in VALIDAS


class Tabela:
    """The rows of the table, and the authorizations among them whose number of guia begins so.

    Args:
        rows: all of them, unmarshalled.
    """

    def __init__(self, rows: Iterable[Row], prefixo: str) -> None:
        self.rows = {(str(row["pk"]), str(row["sk"])): row for row in rows}
        self.wrong: list[str] = []
        self.held: dict[str, Guardada] = {}
        self.events: dict[str, list[tuple[str, str]]] = defaultdict(list)
        parts: dict[str, dict[str, Row]] = defaultdict(dict)
        for (pk, sk), row in self.rows.items():
            if sk.startswith("EVENTO#"):
                self.events[json.loads(row["evento"])["entidade"]].append((pk, sk))
            if "#GUIA#" in pk and pk.startswith("OPERADORA#"):
                parts[pk][sk] = row
        for pk, found in parts.items():
            _, registro, _, numero = pk.split("#")
            state, whole = found.get("AUTORIZACAO"), found.get("DETALHE")
            if state is None or whole is None:
                self.wrong.append(f"{numero}: half of it is there: {sorted(found)}")
                continue
            if not str(whole["dados"]["solicitacao"]["numero_guia_prestador"]).startswith(prefixo):
                continue
            filhos = frozenset(sk.removeprefix("COMPLEMENTO#") for sk in found if sk.startswith("COMPLEMENTO#"))
            self.held[numero] = Guardada(registro, numero, state, whole["dados"], filhos)


def check(acts: Sequence[Feito], rows: Iterable[Row], *, prefixo: str, varrido: date | None = None) -> list[str]:
    """What is wrong between what was answered and what is there; empty when nothing is.

    Args:
        prefixo: of every number of guia the acts used, and nobody else did.
        varrido: the day a sweep was carried out on, undisturbed, after all the acts.
    """
    table = Tabela(rows, prefixo)
    wrong = list(table.wrong)
    for held in table.held.values():
        wrong += (f"{held.numero}: {text}" for text in _of_one(held, table, varrido))
    wrong += _of_guias(table)
    wrong += _of_pairs(table)
    wrong += _of_complements(table)
    wrong += _of_acts(acts, table)
    return wrong


# --- one authorization ---


def _of_one(held: Guardada, table: Tabela, varrido: date | None) -> Iterator[str]:
    yield from _of_timeline(held)
    yield from _of_rows(held, table)
    yield from _of_quantities(held)
    yield from _of_expiry(held)
    if varrido and str(held.estado.get("vencimento_sk", "9")) <= f"{varrido}~":
        yield f"was due on {held.estado['vencimento_sk'][:10]}, and is still"


def _of_timeline(held: Guardada) -> Iterator[str]:
    first, *rest = held.historico
    if first["evento"] not in NASCIMENTO or first["situacao"] not in NASCIMENTO[first["evento"]]:
        yield f"begins with {first['evento']}"
    before = str(first["situacao"])
    for marco in rest:
        evento, after = str(marco["evento"]), str(marco["situacao"])
        legal, leads = PASSOS.get(evento, (frozenset(), frozenset()))
        perhaps = VENCIVEIS if held.cobrada and before in VENCIVEIS else frozenset({before})
        if not perhaps & legal or after not in (leads or perhaps):
            yield f"{evento} led from {before} to {after}"
        before = after
    if before != held.situacao and not (held.cobrada and before in VENCIVEIS and held.situacao in VALIDAS):
        yield f"is {held.situacao}, and its last entry says {before}"
    again = Counter(str(marco["evento"]) for marco in held.historico)
    for evento in UMA_VEZ:
        if again[evento] > 1:
            yield f"{again[evento]} times {evento}"


def _of_rows(held: Guardada, table: Tabela) -> Iterator[str]:
    """Its rows say the same, and the rows that go with it are there."""
    state, dados, asked = held.estado, held.dados, held.dados["solicitacao"]
    for name in ("validade",) if held.cobrada else ("situacao", "validade"):
        if state.get(name) != dados.get(name):
            yield f"its rows differ in {name}: {state.get(name)} and {dados.get(name)}"
    if state.get("detalhe") != dados["versao"]:
        yield f"its rows are of versions {state.get('detalhe')} and {dados['versao']}"
    least = len(held.historico) + len(held.filhos)
    if state["versao"] < least or (state["versao"] > least and not held.cobrada):
        yield f"version {state['versao']} after {len(held.historico)} entries and {len(held.filhos)} complements"
    if int(state.get("filhos", 0)) != len(held.filhos):
        yield f"counts {state.get('filhos', 0)} complements, and has {len(held.filhos)}"
    vida = f"OPERADORA#{held.registro}#VIDA#{state['vida']}", f"{asked['data_solicitacao']}#{held.numero}"
    usos = [(uso["tabela"], uso["codigo"], uso["quantidade"]) for uso in table.rows.get(vida, {}).get("usos", ())]
    given = [_use(item) for item in dados["itens"] if item["autorizada"] > 0]
    if vida not in table.rows or usos != given:
        yield f"the life's row says {usos} of {given}"
    parties = {held["prestador_id"], asked["solicitante"], asked.get("executante") or asked["solicitante"]}
    for party in parties:
        end = f"#{held.registro}#{held.numero}"
        if not any(pk.startswith(f"PRESTADOR#{party}#") and sk.endswith(end) for pk, sk in table.rows):
            yield f"is not in the list of {party}"
    yield from _of_events(held, table)
    yield from _of_indexes(held)


def _use(item: Row) -> tuple[Any, Any, Any]:
    return item["solicitado"]["tabela"], item["solicitado"]["codigo"], item["autorizada"]


def _of_events(held: Guardada, table: Tabela) -> Iterator[str]:
    """Each entry is told once, and nothing else is."""
    entity, pk = f"autorizacao/{held.registro}/{held.numero}", f"PRESTADOR#{held['prestador_id']}"
    told: list[int | None] = []
    for where, sk in table.events.get(entity, ()):
        event = json.loads(table.rows[where, sk]["evento"])
        ids = [_event_id(event["tipo"], entity, place) for place in range(len(held.historico))]
        told.append(ids.index(event["id"]) if event["id"] in ids and where == pk else None)
    for place, marco in enumerate(held.historico):
        if told.count(place) != 1:
            yield f"{marco['evento']} was told {told.count(place)} times"
    if None in told:
        yield f"{told.count(None)} events were told of what its timeline does not have"


def _event_id(tipo: str, entity: str, place: int) -> str:
    return hashlib.sha256(f"{tipo}|{entity}|{place}".encode()).hexdigest()[:32]


def _of_indexes(held: Guardada) -> Iterator[str]:
    """What waits is in its list, what ends one day is where the sweep finds it, and nothing else is."""
    fila = str(held.estado.get("busca_pk", "")).rpartition("#")[2]
    waits = "ANALISE" if held.situacao == "EM_ANALISE" else "PENDENTES" if held.situacao in AGUARDANDO else ""
    if fila not in {waits, "DATAS" if held.situacao in VALIDAS else waits}:
        yield f"{held.situacao} waits in the list {fila or 'of nothing'}"
    due = str(held.estado.get("vencimento_sk", ""))[:10]
    if held.situacao in FINAIS and due:
        yield f"{held.situacao} is due on {due}"
    if held.situacao in CONCEDIDAS and held["admissao"] is None and held["principal"] is None:
        last = date.fromisoformat(held["validade"]) + timedelta(days=1)
        # A PEG leaves the day as it finds it: what it frees after its end has none any more.
        if (not due and not held.cobrada) or due > last.isoformat():
            yield f"valid until {held['validade']}, and the sweep looks at it on {due or 'no day'}"


def _of_expiry(held: Guardada) -> Iterator[str]:
    """R10: nothing expires on its last day, nor a stay that was told of and is open."""
    entries = [str(marco["evento"]) for marco in held.historico]
    for place, marco in enumerate(held.historico):
        if entries[place] != "EXPIRADA":
            continue
        dia = _instant(marco).astimezone(FUSO).date().isoformat()
        if held["validade"] is None or dia <= held["validade"]:
            yield f"expired on {dia}, and was valid until {held['validade']}"
        if "INTERNADO" in entries[:place] and (held["alta"] is None or dia <= held["alta"]):
            yield f"expired on {dia}, in a stay that was open"


def _of_quantities(held: Guardada) -> Iterator[str]:
    billed: Mapping[str, Any] = held.estado["faturadas"]
    for item in held["itens"]:
        used = billed.get(str(item["sequencia"]), 0)
        if not 0 <= used <= item["autorizada"] <= item["solicitado"]["quantidade"]:
            yield f"item {item['sequencia']} has {used} of {item['autorizada']}"
    if billed.get("0", 0) > held["diarias_autorizadas"]:
        yield f"{billed['0']} of {held['diarias_autorizadas']} diárias were billed"
    if held.situacao != "UTILIZADA" if billed else held.situacao == "UTILIZADA":
        yield f"is {held.situacao}, and {dict(billed)} was billed"
    if held.cobrada and billed != _highest(held.estado["usos"]):
        yield f"its rows say that {dict(billed)} was billed, and by whom {_highest(held.estado['usos'])}"
    given = {str(item["sequencia"]): item["autorizada"] for item in held["itens"] if item["autorizada"] > 0}
    given |= {"0": held["diarias_autorizadas"]} if held["diarias_autorizadas"] > 0 else {}
    if given != held.estado["autorizadas"]:
        yield f"its rows differ in quantities: {held.estado['autorizadas']} and {given}"
    if bool(given) != (held.situacao in VENCIVEIS) and held.situacao not in PENDENTES:
        yield f"is {held.situacao}, with {given}"
    if held.situacao in VENCIVEIS and (held["senha"] is None or held["validade"] is None):
        yield f"is {held.situacao} without a senha"


def _highest(usos: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Of each item the most that any papel used, over all guias."""
    summed: Counter[str] = Counter()
    for uso in usos.values():
        summed.update(uso)
    most: dict[str, Any] = {}
    for chave, quantidade in summed.items():
        sequencia = chave.partition("|")[0]
        most[sequencia] = max(quantidade, most.get(sequencia, quantidade))
    return most


# --- several ---


def _of_guias(table: Tabela) -> Iterator[str]:
    """A number of guia is of one living authorization at most, and leads to it (1308)."""
    groups: dict[tuple[str, str, str], list[Guardada]] = defaultdict(list)
    for held in table.held.values():
        groups[held["prestador_id"], held.registro, held.guia].append(held)
    for (prestador, registro, guia), found in groups.items():
        living = [held.numero for held in found if held.situacao not in FINAIS]
        if len(living) > 1:
            yield f"guia {guia} is of {living}"
        leads = table.rows.get((f"PRESTADOR#{prestador}", f"GUIA#{registro}#{guia}"), {}).get("numero")
        if leads not in (living or [held.numero for held in found]):
            yield f"guia {guia} leads to {leads}"


def _of_pairs(table: Tabela) -> Iterator[str]:
    """R16: of a senha and what is to replace it one is valid at every instant: what ends one begins the other."""
    for nova in table.held.values():
        if nova["substitui"] is None:
            continue
        antiga = table.held.get(nova["substitui"])
        if antiga is None:
            yield f"{nova.numero} replaces {nova['substitui']}, which is not there"
            continue
        yield from (f"{antiga.numero} and {nova.numero}: {text}" for text in _of_pair(antiga, nova))
    for antiga in table.held.values():
        for name in ("substituicao", "substituida_por"):
            if antiga[name] and getattr(table.held.get(antiga[name]), "dados", {}).get("substitui") != antiga.numero:
                yield f"{antiga.numero}: its {name} {antiga[name]} knows nothing of it"


def _of_pair(antiga: Guardada, nova: Guardada) -> Iterator[str]:
    asked, born = _at(antiga, _instant(nova.historico[0])), nova.estados[0]
    if asked != _becomes(born):
        yield f"the new began {born}, and the old senha has {asked or 'nothing'}"
    if born in PENDENTES:
        yield from _of_settled(antiga, nova)
    if nova.concedida and antiga.situacao in VALIDAS:
        yield "both are valid"
    if (antiga["substituida_por"] == nova.numero) != (asked == "SUBSTITUIDA" or _ended(antiga, nova) == "SUBSTITUIDA"):
        yield f"the old says that {antiga['substituida_por']} replaced it"
    waits = nova.situacao in PENDENTES and antiga.situacao not in FINAIS
    if waits != (antiga["substituicao"] == nova.numero):
        yield f"the new is {nova.situacao}, the old {antiga.situacao} and waits for {antiga['substituicao']}"


def _becomes(situacao: str) -> str | None:
    """What the old senha's timeline says when the new one is first heard of, in a state."""
    if situacao == "NEGADA":
        return None
    return "SUBSTITUIDA" if situacao in VALIDAS else "SUBSTITUICAO_PEDIDA"


def _of_settled(antiga: Guardada, nova: Guardada) -> Iterator[str]:
    """What became of the old senha when the new one, that had been pending, ended in whatever way."""
    settled, alone = _ended(antiga, nova), _ended_alone(antiga, nova)
    if nova.situacao in PENDENTES or alone:
        return
    if settled not in ({"SUBSTITUIDA"} if nova.concedida else {"SUBSTITUICAO_ENCERRADA"}):
        yield f"the new was pending and is {nova.situacao}, and the old senha has {settled or 'nothing'}"


def _ended(antiga: Guardada, nova: Guardada) -> str | None:
    """The old senha's entry of the act by which the new one, that had been pending, ended."""
    ends = _end(nova)
    return _at(antiga, ends) if ends else None


def _at(held: Guardada, instant: datetime) -> str | None:
    """The entry that an act of that instant made in a timeline."""
    place = held.quando.get(instant)
    return None if place is None else str(held.historico[place]["evento"])


def _end(held: Guardada) -> datetime | None:
    """When a request that was pending was not any more."""
    for before, marco in zip(held.estados, held.historico[1:], strict=False):
        if before in PENDENTES and marco["situacao"] not in PENDENTES:
            return _instant(marco)
    return None


def _ended_alone(antiga: Guardada, nova: Guardada) -> bool:
    """Whether the old senha was cancelled by an act of its own while the new one was pending."""
    by_it = {_instant(nova.historico[0]), _end(nova)}
    ended = [_instant(marco) for marco in antiga.historico if marco["evento"] in {"CANCELADA", "SUBSTITUIDA"}]
    return bool(ended) and ended[0] not in by_it


def _of_complements(table: Tabela) -> Iterator[str]:
    """R15, R17: a senha knows what was asked on it, and nothing living hangs on what was cancelled."""
    for child in table.held.values():
        if child["principal"] is None or child.estados[0] == "NEGADA":
            continue
        parent = table.held.get(child["principal"])
        if parent is None or child.numero not in parent.filhos:
            yield f"{child['principal']} does not know its complement {child.numero}"
        elif parent.situacao == "CANCELADA" and child.situacao in PENDENTES | VALIDAS:
            yield f"{child.numero} is {child.situacao} on {parent.numero}, which was cancelled"
    for parent in table.held.values():
        for numero in parent.filhos:
            if numero not in table.held or table.held[numero]["principal"] != parent.numero:
                yield f"{parent.numero} has a complement {numero} that is not one"


# --- acts ---


def _of_acts(acts: Sequence[Feito], table: Tabela) -> Iterator[str]:
    """What was answered to be done is there once, what was refused left nothing, and nobody else did anything."""
    explained: set[datetime] = set()
    places: dict[str, list[tuple[int, Feito]]] = defaultdict(list)
    for act in acts:
        if act.status == SEM_RESPOSTA:
            explained |= _perhaps(act, table)
        if not act.feito:
            continue
        instant = _last(act)
        explained.add(instant)
        yield from (f"{act}: {text}" for text in _of_done(act, instant, table))
        for held in table.held.values():
            if (place := held.quando.get(instant)) is not None:
                places[held.numero].append((place, act))
    for held in table.held.values():
        for marco in held.historico:
            if marco["papel"] != "SISTEMA" and _instant(marco) not in explained:
                yield f"{held.numero}: nobody was answered {marco['evento']}"
        yield from _of_order(held, places[held.numero])
    yield from _of_refusals(acts, table, places)


def _perhaps(act: Feito, table: Tabela) -> set[datetime]:
    """Instants of what an act did that was not answered, if it did anything."""
    return {
        _instant(marco)
        for held in table.held.values()
        for marco in held.historico
        if act.marca in {held.guia if marco["evento"] == "SOLICITADA" else "", *str(marco.get("motivo")).split()}
    }


def _last(act: Feito) -> datetime:
    """The instant of an act: that of the last entry it was shown."""
    return _instant(act.vistas[0]["historico"][-1])


def _of_done(act: Feito, instant: datetime, table: Tabela) -> Iterator[str]:
    shown = act.vistas[0]
    numero = str(shown["numero"])
    if act.ato not in NOVAS and numero != act.alvo:
        yield f"it shows {numero}"
    held = table.held.get(numero)
    if held is None:
        yield f"{numero} is not there"
        return
    if act.ato in NOVAS and held.guia != act.marca:
        yield f"it shows guia {held.guia}"
    seen = [(_instant(marco), marco["evento"]) for marco in shown["historico"]]
    kept = [(_instant(marco), marco["evento"]) for marco in held.historico[: len(seen)]]
    if seen != kept:
        yield f"it shows {[evento for _, evento in seen]} of {[marco['evento'] for marco in held.historico]}"
    if seen[-1][1] not in EFEITO[act.ato]:
        yield f"it entered {seen[-1][1]}"
    together = {one.numero for one in table.held.values() if instant in one.quando}
    if "autorizacoes" in act.corpo and together != {str(one["numero"]) for one in act.vistas}:
        yield f"it shows {[one['numero'] for one in act.vistas]} of {sorted(together)}"
    if act.ato == "complementar" and held["principal"] != act.alvo:
        yield f"it is on {held['principal']}"
    if act.ato == "substituir" and held["substitui"] != act.alvo:
        yield f"it replaces {held['substitui']}"


def _of_order(held: Guardada, places: Sequence[tuple[int, Feito]]) -> Iterator[str]:
    """Who was answered before another asked comes before it."""
    for place, act in places:
        for other, later in places:
            if act.fim < later.inicio and place > other:
                yield f"{held.numero}: {later} was entered before {act}"


def _of_refusals(
    acts: Sequence[Feito], table: Tabela, places: Mapping[str, Sequence[tuple[int, Feito]]]
) -> Iterator[str]:
    """What was refused left nothing; who is told a state is told one that it had between question and answer."""
    texts = [str(held.dados) for held in table.held.values()]
    for act in acts:
        if act.status not in RESPOSTAS:
            yield f"{act}: {str(act.corpo)[:200]}"
        if act.status not in {SEM_RESPOSTA, 200, 201} and any(act.marca in text for text in texts):
            yield f"{act}, left something behind"
        told, held = act.corpo.get("situacao"), table.held.get(act.alvo)
        if act.feito or act.corpo.get("codigo") != "transicao-impossivel" or held is None or told not in TODAS:
            continue
        known = places.get(held.numero, ())
        first = max((place for place, other in known if other.fim < act.inicio), default=0)
        last = min((place for place, other in known if other.inicio > act.fim), default=len(held.estados))
        between = set(held.estados[first:last])
        if told == "EXPIRADA":  # what it is is computed, before the sweep says so
            between |= {"EXPIRADA"} if between & CONCEDIDAS else set()
        if told not in between:
            yield f"{act}, as if {told}: it was {sorted(between)}"
