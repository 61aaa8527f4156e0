"""What must be true of recursos, and of the reais they give back, after many acted on them at once (`dominio.md` §4).

The checker reads what lies in the stores of three contexts afterwards, and what each sender was answered. What is held
against it is reckoned here again, not asked of the code that made it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from conecta_contas.analise import taken_of_lines
from conecta_contas.dossies import Dossie
from conecta_contas.pegs import Peg
from pagamento.domain.faturas import Fatura
from pagamento.domain.pagamentos import Lancamento, Pagamento
from recurso.domain.pedidos import Rascunho
from recurso.domain.recursos import Contestado, Pauta, Recurso
from recurso.service.portas import Numero

TUDO: Final = "*"
ZERO: Final = Decimal("0.00")
OFFSET: Final = timedelta(hours=3)
"""São Paulo is behind UTC by so much, all year."""
PASSOS: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "ENVIADO": (frozenset({""}), "ENVIADO"),
    "CANCELADO": (frozenset({"ENVIADO"}), "CANCELADO"),
    "ANALISE_INICIADA": (frozenset({"ENVIADO"}), "EM_ANALISE"),
    "RESPONDIDO": (frozenset({"EM_ANALISE"}), "RESPONDIDO"),
    "PAGAMENTO_AGENDADO": (frozenset({"RESPONDIDO"}), "PAGAMENTO_AGENDADO"),
    "PAGO": (frozenset({"PAGAMENTO_AGENDADO"}), "PAGAMENTO_AGENDADO"),
}
"""Of each entry of a timeline but PRAZO_VENCIDO, after which states it may come and which it leads to."""
ESPERA: Final = frozenset({"ENVIADO", "EM_ANALISE"})
FATOS: Final = {
    "ENVIADO": "RecursoEnviado", "CANCELADO": "RecursoCancelado", "ANALISE_INICIADA": "RecursoEmAnalise",
    "RESPONDIDO": "RecursoRespondido", "PRAZO_VENCIDO": "RespostaDeRecursoVencida",
    "PAGAMENTO_AGENDADO": "RecursoAgendado",
}  # fmt: skip
"""What is told of each; of PAGO nothing."""


@dataclass(frozen=True, slots=True)
class Retirada:
    """What a glosa takes of a line, and the last local day to contest it."""

    codigo: str
    valor: Decimal
    ultimo: date
    dias: int


Linhas = Mapping[tuple[int, int], Sequence[Retirada]]
"""Of a PEG: what is taken of each line, by guia and item."""


def linhas_of(dossie: Dossie, publicada_em: date) -> Linhas:
    """What is taken of each line of a PEG before any recurso gave something back."""
    return {
        line: [
            Retirada(glosa.codigo, valor, publicada_em + timedelta(days=dias), dias)
            for glosa, valor in parts
            if valor and (dias := glosa.contestar_dias) is not None
        ]
        for line, parts in taken_of_lines(dossie.resultado).items()
    }


@dataclass(slots=True)
class Tentativa:
    """Somebody asked to send something, perhaps more than once.

    Attributes:
        digest: of what was asked.
        lugares: what it contests of a PEG of ours: guia (0 is all of it), item (none is all of it) and code.
        respostas: at which instant, and what it was told: the protocolo, or the rules that refused it.
    """

    origem: str
    numero: str | None
    digest: str
    lugares: Collection[tuple[int, int | None, str]]
    respostas: list[tuple[datetime, str | frozenset[str]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrato:
    """What is in the stores when everything is over.

    Attributes:
        pautas: what each recurso's row names.
        numeros: who has a number, by (registro ANS, number).
        eventos: (type, data) of recurso's outbox.
        linhas: what was taken of each PEG of ours when its values were published.
        perdidos: events that nobody could consume, and why.
    """

    recursos: Sequence[Recurso]
    pautas: Mapping[str, Pauta]
    contestados: Sequence[Contestado]
    numeros: Mapping[tuple[str, str], Numero]
    rascunhos: Sequence[Rascunho]
    eventos: Sequence[tuple[str, Mapping[str, Any]]]
    linhas: Mapping[str, Linhas]
    pegs: Sequence[Peg]
    dossies: Mapping[str, Dossie]
    tentativas: Sequence[Tentativa] = ()
    faturas: Sequence[Fatura] = ()
    lancamentos: Sequence[Lancamento] = ()
    pagamentos: Sequence[Pagamento] = ()
    perdidos: Sequence[str] = ()

    @property
    def vivos(self) -> list[Recurso]:
        """Those that nobody took back."""
        return [one for one in self.recursos if one.situacao != "CANCELADO"]

    def devolvido(self, recurso: Recurso) -> Decimal:
        """Reais that the answers to its entries give back."""
        answered = recurso.situacao in {"RESPONDIDO", "PAGAMENTO_AGENDADO"}
        answers = [one.resposta for one in self.pautas[recurso.protocolo].entradas]
        return sum((one.valor_acatado for one in answers if one), ZERO) if answered else ZERO


def check(retrato: Retrato, *, ate_o_fim: bool = True) -> list[str]:
    """Everything that is not as it must be; empty when all is well.

    Args:
        ate_o_fim: everything was answered to who sent, and paid; else what is told to them and paid is not looked at.
    """
    parts = [_of_guias, _of_numbers, _of_timelines, _of_entries, _of_terms, _of_drafts, _of_pegs]
    if ate_o_fim:
        parts += [_of_attempts, _of_payments, _of_ends]
    return [*retrato.perdidos, *(wrong for part in parts for wrong in part(retrato))]


def day_of(instante: datetime) -> date:
    """Its day in São Paulo."""
    return (instante - OFFSET).date()


# --- one recurso per guia (2904), one per number (5053) ---


def claims(recurso: Recurso, pauta: Pauta) -> set[str]:
    """Guias that its entries contest; `*` is the whole protocolo."""
    if recurso.legado:
        return {one.cobrado.guia or TUDO for one in pauta.entradas}
    return {str(one.lugar.indice) if one.lugar.indice else TUDO for one in pauta.entradas}


def _of_guias(retrato: Retrato) -> Iterator[str]:
    """Each guia is contested by one living recurso at most, by none beside one of its whole PEG; that is kept."""
    holders: dict[tuple[str, bool], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in retrato.vivos:
        for guia in claims(one, retrato.pautas[one.protocolo]):
            holders[one.origem, one.legado][guia].append(one.protocolo)
    kept = {(one.origem, one.legado): dict(one.por) for one in retrato.contestados}
    for which, by in holders.items():
        everybody = {one for held in by.values() for one in held}
        if any(len(held) > 1 for held in by.values()) or (TUDO in by and len(everybody) > 1):
            yield f"{which[0]} is contested by {dict(by)}"
    for which in holders.keys() | kept.keys():
        if {guia: [who] for guia, who in kept.get(which, {}).items()} != holders.get(which, {}):
            yield f"{which[0]}: {kept.get(which)} is kept, living are {dict(holders.get(which, {}))}"


def _of_numbers(retrato: Retrato) -> Iterator[str]:
    living: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in retrato.vivos:
        living[one.registro_ans, one.numero].append(one.protocolo)
    held = {which: [one.recurso] for which, one in retrato.numeros.items()}
    for which in living.keys() | held.keys():
        if living.get(which) != held.get(which):
            yield f"number {which} is held by {held.get(which)}, living are {living.get(which)}"


# --- what became of each ---


def _of_timelines(retrato: Retrato) -> Iterator[str]:
    """Each entry may follow the one before, and was told once."""
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for tipo, dados in retrato.eventos:
        told[dados["recurso"]][tipo] += 1
    for one in retrato.recursos:
        state = ""
        for marco in one.historico:
            may, after = PASSOS.get(marco.evento, (ESPERA, state))
            if state not in may or marco.situacao != after:
                yield f"recurso {one.protocolo}: {marco.evento} after {state or 'nothing'}"
            if marco.evento == "PRAZO_VENCIDO" and not (one.responder_ate and day_of(marco.quando) > one.responder_ate):
                yield f"recurso {one.protocolo} is told to be overdue on {marco.quando}"
            state = after
        if state != one.situacao:
            yield f"recurso {one.protocolo} is {one.situacao}, its timeline says {state}"
        expected = Counter(FATOS[marco.evento] for marco in one.historico if marco.evento in FATOS)
        if told[one.protocolo] != expected:
            yield f"recurso {one.protocolo} told {dict(told[one.protocolo])} of {dict(expected)}"
        if any(times > 1 for times in expected.values()):
            yield f"recurso {one.protocolo} lived through {dict(expected)}"
    for unknown in told.keys() - {one.protocolo for one in retrato.recursos}:
        yield f"recurso {unknown} is told of, and is not there"


def _of_entries(retrato: Retrato) -> Iterator[str]:
    """What is contested is what glosas take there; answers are told whole, or not at all, and never of a cancelled."""
    for one in retrato.recursos:
        entradas = retrato.pautas[one.protocolo].entradas
        given, answered = retrato.devolvido(one), one.situacao in {"RESPONDIDO", "PAGAMENTO_AGENDADO"}
        if sum((entry.valor_recursado for entry in entradas), ZERO) != one.valor_recursado:
            yield f"recurso {one.protocolo}: entries do not add up to {one.valor_recursado}"
        if one.valor_acatado != given:
            yield f"recurso {one.protocolo} says {one.valor_acatado} of {given}"
        if answered and not all(entry.resposta for entry in entradas):
            yield f"recurso {one.protocolo} is answered in part"
        if one.situacao in {"ENVIADO", "CANCELADO"} and any(entry.resposta for entry in entradas):
            yield f"recurso {one.protocolo} is {one.situacao}, and was answered"
        for entry in entradas:
            granted = entry.resposta.valor_acatado if entry.resposta else ZERO
            if not ZERO <= granted <= entry.valor_recursado <= entry.valor_glosado:
                yield f"recurso {one.protocolo}: {granted} of {entry.valor_recursado} of {entry.valor_glosado}"
            if not one.legado:
                taken = _taken(retrato.linhas[one.origem], (entry.lugar.indice, entry.lugar.sequencia, entry.codigo))
                if sum((part.valor for part in taken), ZERO) != entry.valor_glosado:
                    yield f"recurso {one.protocolo}: {entry.valor_glosado} of {entry.lugar} was not taken"


def _taken(linhas: Linhas, lugar: tuple[int, int | None, str]) -> list[Retirada]:
    indice, sequencia, codigo = lugar
    return [
        part
        for (guia, item), parts in linhas.items()
        for part in parts
        if indice in {0, guia} and sequencia in {None, item} and part.codigo == codigo
    ]


# --- terms (2909, RN 503) ---


def _of_terms(retrato: Retrato) -> Iterator[str]:
    """Sent by the end of the last local day of every glosa; to be answered in as many days as there were to contest."""
    for one in retrato.recursos:
        if one.enviado_dia != day_of(one.enviado_em):
            yield f"recurso {one.protocolo} of {one.enviado_em} counts as of {one.enviado_dia}"
        if one.legado:
            continue
        entradas = retrato.pautas[one.protocolo].entradas
        taken = [
            part
            for entry in entradas
            for part in _taken(
                retrato.linhas[one.origem], (entry.lugar.indice, entry.lugar.sequencia, entry.codigo)
            )
        ]  # fmt: skip
        if day_of(one.enviado_em) > min(part.ultimo for part in taken):
            yield f"recurso {one.protocolo} was sent too late, {one.enviado_em}"
        if one.responder_ate != day_of(one.enviado_em) + timedelta(days=min(part.dias for part in taken)):
            yield f"recurso {one.protocolo} is to be answered until {one.responder_ate}"


# --- what was answered to who sent ---


def _of_attempts(retrato: Retrato) -> Iterator[str]:
    """Who was told a protocolo has it; who was refused had a reason; nothing is there that nobody sent."""
    by = {one.protocolo: one for one in retrato.recursos}
    claimed: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in retrato.recursos:
        for guia in claims(one, retrato.pautas[one.protocolo]):
            claimed[one.origem, guia].add(one.protocolo)
    for sent in retrato.tentativas:
        told = [answer for _, answer in sent.respostas if isinstance(answer, str)]
        for protocolo in told:
            found = by.get(protocolo)
            if found is None or (found.origem, found.digest) != (sent.origem, sent.digest):
                yield f"{sent.origem} was told {protocolo}, which is not what was sent"
            elif sent.numero not in {None, found.numero}:
                yield f"{protocolo} has number {found.numero}, {sent.numero} was sent"
        if len({one for one in told if one in by and by[one].situacao != "CANCELADO"}) > 1:
            yield f"what was sent once of {sent.origem} is {told}"
        for em, answer in sent.respostas:
            if isinstance(answer, frozenset):
                yield from _refused(retrato, sent, em, answer, claimed)
    asked = {(sent.origem, sent.digest) for sent in retrato.tentativas}
    yield from (
        f"recurso {one.protocolo} was sent by nobody"
        for one in retrato.recursos
        if (one.origem, one.digest) not in asked
    )


def _refused(
    retrato: Retrato, sent: Tentativa, em: datetime, regras: frozenset[str], claimed: Mapping[tuple[str, str], set[str]]
) -> Iterator[str]:
    lines = retrato.linhas.get(sent.origem, {})
    late = any(day_of(em) > part.ultimo for lugar in sent.lugares for part in _taken(lines, lugar))
    if "REC-PRAZO" in regras and not late:
        yield f"{sent.origem} was refused as too late at {em}"
    guias = {str(lugar[0]) if lugar[0] else TUDO for lugar in sent.lugares}
    itself = {
        one.protocolo for one in retrato.recursos
        if (one.numero, one.digest) == (sent.numero, sent.digest) and one.situacao != "CANCELADO"
    }  # fmt: skip
    others = {who for (origem, guia), held in claimed.items() if origem == sent.origem for who in held
              if TUDO in {guia, *guias} or guia in guias}  # fmt: skip
    if "REC-REPETIDO" in regras and sent.lugares and not others - itself:
        yield f"{sent.origem} was refused for a recurso that nobody sent, or for itself"
    same = {one.protocolo for one in retrato.recursos if one.numero == sent.numero and one.digest != sent.digest}
    if "REC-NUMERO" in regras and not same:
        yield f"{sent.origem} was refused for number {sent.numero}, which nobody has"
    given = {"REC-GLOSA"} if "REC-REPETIDO" in regras else set[str]()
    if unknown := regras - {"REC-PRAZO", "REC-REPETIDO", "REC-NUMERO"} - given:
        yield f"{sent.origem} was refused for {sorted(unknown)}"


def _of_drafts(retrato: Retrato) -> Iterator[str]:
    """A draft became one recurso, or none."""
    by = {one.protocolo: one for one in retrato.recursos}
    sent = Counter(one.enviado for one in retrato.rascunhos if one.enviado)
    for draft in retrato.rascunhos:
        if draft.enviado and (draft.descartado or draft.enviado not in by or by[draft.enviado].origem != draft.origem):
            yield f"draft {draft.id} became {draft.enviado}"
    yield from (f"recurso {one} was {times} drafts" for one, times in sent.items() if times > 1)


# --- the reais: recurso, PEG, fatura, payment ---


def _of_pegs(retrato: Retrato) -> Iterator[str]:
    """Invariant 2, and what came back of each PEG is what its recursos give back: each once, line by line."""
    given = {one.protocolo: retrato.devolvido(one) for one in retrato.recursos if not one.legado}
    came: dict[str, Decimal] = {}
    for peg in retrato.pegs:
        resultado = retrato.dossies[peg.protocolo].resultado
        first = sum((part.valor for parts in retrato.linhas[peg.protocolo].values() for part in parts), ZERO)
        back = [one.valor for one in peg.recuperacoes]
        lines = [line for guia in resultado.guias for line in guia.itens]
        sums = (
            sum((line.informado for line in lines), ZERO), sum((line.glosado for line in lines), ZERO),
            sum((line.recuperado for line in lines), ZERO),
        )  # fmt: skip
        row = (peg.valor_informado, peg.valor_glosado, sum(back, ZERO))
        if sums != row or peg.valor_glosado != first - sum(back, ZERO):
            yield f"PEG {peg.protocolo}: the row says {row}, its lines {sums}; first {first} was taken"
        if any(line.glosado < ZERO or line.glosado + line.recuperado > line.informado for line in lines):
            yield f"PEG {peg.protocolo}: more came back than was taken"
        of_lines: dict[str, Decimal] = defaultdict(Decimal)
        for part in resultado.recuperados:
            of_lines[part.recurso] += part.valor
        if of_lines != {one.recurso: one.valor for one in peg.recuperacoes} or len(of_lines) != len(back):
            yield f"PEG {peg.protocolo}: {peg.recuperacoes} in the row, {dict(of_lines)} in its lines"
        came.update({one.recurso: one.valor for one in peg.recuperacoes})
    if came != {recurso: valor for recurso, valor in given.items() if valor}:
        yield f"recursos give back {given}, to PEGs came {came}"


def _of_payments(retrato: Retrato) -> Iterator[str]:
    """Each recurso that gives something back is paid once, by the fatura or the credit it names, on the day it says."""
    days = {one.numero: one.data for one in retrato.pagamentos}
    by: dict[str, list[tuple[Decimal, str, date | None]]] = defaultdict(list)
    for fatura in retrato.faturas:
        if fatura.recurso:
            by[fatura.recurso].append((fatura.valor, fatura.id, fatura.paga_em))
    for credit in retrato.lancamentos:
        by[credit.id].append((credit.valor, credit.id, days.get(str(credit.pagamento))))
    for one in retrato.recursos:
        valor, paid = retrato.devolvido(one), by.pop(one.protocolo, [])
        which = one.lancamento if one.legado else one.fatura
        if paid != ([(valor, which, one.paga_em)] if valor else []) or (valor and one.paga_em is None):
            yield f"recurso {one.protocolo} gives {valor} back by {which} on {one.paga_em}, is paid by {paid}"
    if by:
        yield f"{dict(by)} is paid, and nothing gave it back"


def _of_ends(retrato: Retrato) -> Iterator[str]:
    """Every PEG is over, its faturas are what is liberado of it, and that is what was paid."""
    for peg in retrato.pegs:
        due = [one.valor for one in retrato.faturas if one.protocolo == peg.protocolo]
        if sum(due, ZERO) != peg.valor_liberado:
            yield f"PEG {peg.protocolo}: faturas of {due}, liberado {peg.valor_liberado}"
        if peg.situacao != ("PAGO" if peg.valor_liberado else "ENCERRADO_SEM_PAGAMENTO"):
            yield f"PEG {peg.protocolo} is {peg.situacao}, of {peg.valor_liberado}"
    paid = sum((one.liquido for one in retrato.pagamentos), ZERO)
    ours = sum((one.valor_liberado for one in retrato.pegs), ZERO)
    legacy = sum((retrato.devolvido(one) for one in retrato.recursos if one.legado), ZERO)
    if paid != ours + legacy:
        yield f"{paid} was paid of {ours} and {legacy}"
