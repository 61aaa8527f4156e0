"""What must be true of PEGs, senhas and charges after many acted on them at once (`dominio.md` §5).

The checker reads what lies in the stores afterwards and what each sender was answered. Rows and dossiers are read as
values; what is held against them is reckoned here again, not asked of the code that made them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from conecta_contas.cobranca import GuiaCobrada
from conecta_contas.dossies import Dossie
from conecta_contas.pegs import Peg
from conecta_senhas.usos import Lida
from peg.domain.cobrancas import Cobranca

DE_OUTRO_PORTAL: Final = "LEGADO#000"
REPETIDA: Final = "COB-GUIA-REPETIDA"
SEM_GUIA: Final = frozenset({"CANCELADO", "PREPARANDO"})
PASSOS: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "RECEBIDO": (frozenset({"PREPARANDO"}), "RECEBIDO"),
    "GUIA_RETIRADA": (frozenset({"RECEBIDO"}), "RECEBIDO"),
    "CANCELADO": (frozenset({"RECEBIDO"}), "CANCELADO"),
    "ANALISE_INICIADA": (frozenset({"RECEBIDO"}), "EM_ANALISE"),
    "INFORMACAO_PEDIDA": (frozenset({"EM_ANALISE"}), "AGUARDANDO_INFORMACAO"),
    "INFORMACAO_RECEBIDA": (frozenset({"AGUARDANDO_INFORMACAO"}), "EM_ANALISE"),
    "ANALISADO": (frozenset({"EM_ANALISE"}), "ANALISADO"),
    "REABERTO": (frozenset({"ANALISADO"}), "EM_ANALISE"),
    "LIBERADO": (frozenset({"ANALISADO"}), "LIBERADO"),
    "PAGO": (frozenset({"LIBERADO"}), "PAGO"),
    "ENCERRADO_SEM_PAGAMENTO": (frozenset({"ANALISADO", "LIBERADO"}), "ENCERRADO_SEM_PAGAMENTO"),
    "VALOR_RECUPERADO": (frozenset({"LIBERADO", "PAGO", "ENCERRADO_SEM_PAGAMENTO"}), "LIBERADO"),
}
"""Of each entry of a timeline, in which states it may come and which it leads to; what was paid stays PAGO."""
PUBLICADO: Final = frozenset({"LIBERADO", "PAGO", "ENCERRADO_SEM_PAGAMENTO"})
FATOS: Final = {
    "RECEBIDO": "PegRecebido", "GUIA_RETIRADA": "GuiaRetirada", "CANCELADO": "PegCancelado",
    "ANALISE_INICIADA": "PegEmAnalise", "INFORMACAO_PEDIDA": "InformacaoPedida",
    "INFORMACAO_RECEBIDA": "InformacaoRecebida", "ANALISADO": "PegAnalisado", "REABERTO": "PegReaberto",
    "LIBERADO": "PegLiberado", "PAGO": "PegPago", "ENCERRADO_SEM_PAGAMENTO": "PegEncerrado",
    "VALOR_RECUPERADO": "ValorRecuperado",
}  # fmt: skip
"""What is told of each."""
Numero = tuple[str, str, str]
"""(prestador, registro ANS, número de lote)."""


@dataclass(frozen=True, slots=True)
class Envio:
    """An upload that was accepted, and every answer about it: a protocolo, or the rules that refused it.

    Attributes:
        upload_id: empty when it is not known: of the XML door.
        guias: of its bytes, as they would be billed.
    """

    upload_id: str
    numero: Numero
    sha256: str
    guias: tuple[GuiaCobrada, ...] = ()
    respostas: list[str | tuple[str, ...]] = field(default_factory=list)

    @property
    def protocolos(self) -> list[str]:
        """Those it was told."""
        return [one for one in self.respostas if isinstance(one, str)]


@dataclass(frozen=True, slots=True)
class Retrato:
    """What is in the stores when everything is over.

    Attributes:
        dossies: what each PEG's row names; those that are not there are absent.
        lotes: which protocolo holds a lote number.
        senhas: by (registro ANS, numero).
        cobrancas: everything that is billed, with its operadora.
        eventos: (type, data) of the outbox.
        recibos: keys of the answers that lie in the archive.
        recursos: protocolo of the PEG and reais given back, by protocolo of each recurso that gave some back.
    """

    pegs: Sequence[Peg]
    dossies: Mapping[str, Dossie]
    lotes: Mapping[Numero, str]
    senhas: Mapping[tuple[str, str], Lida]
    cobrancas: Sequence[tuple[str, Cobranca]]
    eventos: Sequence[tuple[str, Mapping[str, Any]]]
    recibos: frozenset[str]
    envios: Sequence[Envio] = ()
    recursos: Mapping[str, tuple[str, Decimal]] = field(default_factory=dict)

    @property
    def vivos(self) -> list[Peg]:
        """PEGs that bill what they name."""
        return [peg for peg in self.pegs if peg.situacao not in SEM_GUIA]


def check(retrato: Retrato) -> list[str]:
    """Everything that is not as it must be; empty when all is well."""
    parts = (
        _of_senhas,
        _of_amounts,
        _of_recursos,
        _of_numbers,
        _of_bytes,
        _of_charges,
        _of_ends,
        _of_timelines,
        _of_answers,
    )
    return [wrong for part in parts for wrong in part(retrato)]


def _key(peg: Peg) -> Numero:
    return peg.prestador_id, peg.registro_ans, peg.numero_lote


def _left(peg: Peg) -> list[int]:
    return [place for place in range(1, peg.quantidade_guias + 1) if place not in peg.retiradas]


def _born(peg: Peg) -> tuple[datetime, str]:
    return (peg.historico[0].quando if peg.historico else peg.data_recepcao), peg.protocolo


# --- invariants 1 and 3 ---


def _of_senhas(retrato: Retrato) -> Iterator[str]:
    """What stands on each senha is what dossiers of living PEGs say, and no more than was authorised."""
    expected: dict[tuple[str, str], dict[str, dict[tuple[int, str], Decimal]]] = defaultdict(dict)
    for peg in retrato.vivos:
        dossie, left = retrato.dossies.get(peg.protocolo), set(_left(peg))
        for one in dossie.alocacoes if dossie else ():
            for part in one.partes if one.guia in left else ():
                held = expected[peg.registro_ans, part.numero].setdefault(f"{peg.protocolo}#{one.guia:03d}", {})
                for papel in one.papeis:
                    key = (part.sequencia, papel)
                    held[key] = held.get(key, Decimal(0)) + part.quantidade
    for which in expected.keys() - retrato.senhas.keys():
        yield f"senha {which[1]} is used and is not there"
    for which, lida in retrato.senhas.items():
        stands = {key: dict(uso) for key, uso in lida.usos.items() if key != DE_OUTRO_PORTAL}
        if stands != expected.get(which, {}):
            yield f"senha {which[1]}: {stands} stands, {expected.get(which, {})} is billed"
        yield from _within(lida)


def _within(lida: Lida) -> Iterator[str]:
    held, numero = lida.autorizacao, lida.autorizacao.numero
    sums: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for uso in lida.usos.values():
        for key, quantity in uso.items():
            sums[key] += quantity
    highest: dict[int, Decimal] = {}
    for (sequencia, papel), quantity in sums.items():
        most = next((one.autorizada for one in held.itens if one.sequencia == sequencia), None)
        most = Decimal(held.diarias_autorizadas) if sequencia == 0 else most
        if most is None or quantity > most:
            yield f"senha {numero}: {quantity} of item {sequencia} as {papel}, {most} authorised"
        highest[sequencia] = max(highest.get(sequencia, quantity), quantity)
    told = {0: held.diarias_faturadas} | {one.sequencia: one.faturada for one in held.itens}
    if {sequencia: one for sequencia, one in told.items() if one} != {n: one for n, one in highest.items() if one}:
        yield f"senha {numero} tells {told} of {highest}"
    if lida.usos and held.situacao != "UTILIZADA":
        yield f"senha {numero} is used and {held.situacao}"
    if not lida.usos and held.situacao == "UTILIZADA":
        yield f"senha {numero} is UTILIZADA and not used"


# --- invariant 2 ---


def _of_amounts(retrato: Retrato) -> Iterator[str]:
    """Informado is liberado and glosado, at item, guia and protocolo, and the row agrees with its dossier."""
    for peg in retrato.pegs:
        dossie = retrato.dossies.get(peg.protocolo)
        if dossie is None:
            yield f"PEG {peg.protocolo} has no dossier"
            continue
        values = {guia.sequencia: [item.valor for item in guia.itens] for guia in dossie.guias}
        analysed = {guia.indice: guia for guia in dossie.resultado.guias}
        if sorted(analysed) != _left(peg):
            yield f"PEG {peg.protocolo}: guias {sorted(analysed)} are analysed, {_left(peg)} are left"
        taken = Decimal(0)
        for place, guia in analysed.items():
            if [item.informado for item in guia.itens] != values.get(place):
                yield f"PEG {peg.protocolo}, guia {place}: informado is not what was billed"
            if any(not Decimal(0) <= item.glosado <= item.informado for item in guia.itens):
                yield f"PEG {peg.protocolo}, guia {place}: more is taken than was billed"
            taken += sum(item.glosado for item in guia.itens)
        if sum(one.valor for one in dossie.resultado.glosas) != taken:
            yield f"PEG {peg.protocolo}: glosas do not add up to {taken}"
        whole = sum(sum(items) for items in values.values())
        withdrawn = sum(sum(values.get(place, ())) for place in peg.retiradas)
        row = (peg.valor_informado, peg.valor_retirado, peg.valor_glosado)
        if row != (whole, withdrawn, taken):
            yield f"PEG {peg.protocolo}: the row says {row}, its dossier {(whole, withdrawn, taken)}"


def _of_recursos(retrato: Retrato) -> Iterator[str]:
    """What each recurso gave back came back once, in row, lines, glosas and events, and none of it is taken still."""
    found: dict[str, tuple[str, Decimal]] = {}
    heard = [
        (dados["protocolo"], dados["parcela"], dados["recurso"], Decimal(dados["valor"]))
        for tipo, dados in retrato.eventos
        if tipo == "ValorRecuperado"
    ]
    for peg in retrato.pegs:
        dossie = retrato.dossies.get(peg.protocolo)
        of_lines: dict[str, Decimal] = defaultdict(Decimal)
        for part in dossie.resultado.recuperados if dossie else ():
            of_lines[part.recurso] += part.valor
        of_row = {one.recurso: one.valor for one in peg.recuperacoes}
        if len(of_row) != len(peg.recuperacoes) or of_row != of_lines:
            yield f"PEG {peg.protocolo}: the row says {peg.recuperacoes}, its dossier {dict(of_lines)}"
        found.update({recurso: (peg.protocolo, valor) for recurso, valor in of_row.items()})
        lines = [item for guia in dossie.resultado.guias for item in guia.itens] if dossie else []
        if any(not Decimal(0) <= item.recuperado <= item.informado - item.glosado for item in lines):
            yield f"PEG {peg.protocolo}: more is given back than was taken"
        glosas = dossie.resultado.glosas if dossie else ()
        sums = (sum(item.recuperado for item in lines), sum(one.recuperado for one in glosas))
        if any(one != sum(of_row.values()) for one in sums):
            yield f"PEG {peg.protocolo}: lines and glosas say {sums} came back of {of_row}"
        told = [one[1:] for one in heard if one[0] == peg.protocolo]
        if sorted(told) != [(n, one.recurso, one.valor) for n, one in enumerate(peg.recuperacoes, 1)]:
            yield f"PEG {peg.protocolo} told of {told}"
        if peg.recuperacoes and peg.situacao == "ENCERRADO_SEM_PAGAMENTO":
            yield f"PEG {peg.protocolo} is over, and {sum(of_row.values())} is to be paid"
    if found != retrato.recursos:
        yield f"recursos gave back {dict(retrato.recursos)}, PEGs have {found}"


# --- invariant 4 ---


def _of_numbers(retrato: Retrato) -> Iterator[str]:
    """A protocolo is one PEG's; a lote number of at most one living PEG; a number that nobody has is free."""
    times = Counter(peg.protocolo for peg in retrato.pegs)
    yield from (f"protocolo {one} is of {n} PEGs" for one, n in times.items() if n > 1)
    holders: dict[Numero, list[str]] = defaultdict(list)
    for peg in retrato.pegs:
        if peg.situacao != "CANCELADO":
            holders[_key(peg)].append(peg.protocolo)
    for numero in holders.keys() | retrato.lotes.keys():
        held, by = retrato.lotes.get(numero), holders.get(numero, [])
        if by != ([held] if held else []):
            yield f"lote {numero} is held by {held}, living are {by}"
    of_upload: dict[Numero, str] = {}
    for peg in sorted(retrato.pegs, key=_born):
        if of_upload.get(_key(peg)) == peg.upload_id:
            yield f"upload {peg.upload_id} became PEG {peg.protocolo}, and another before"
        of_upload[_key(peg)] = peg.upload_id


# --- invariant 5 ---


def _of_bytes(retrato: Retrato) -> Iterator[str]:
    """A PEG has at most a hundred guias, and they are those of its bytes."""
    sent = {(one.numero, one.sha256): one.guias for one in retrato.envios}
    for peg in retrato.pegs:
        dossie = retrato.dossies.get(peg.protocolo)
        if not 1 <= peg.quantidade_guias <= 100 or len(_left(peg)) < 1:
            yield f"PEG {peg.protocolo} has {peg.quantidade_guias} guias, {len(_left(peg))} left"
        guias = sent.get((_key(peg), peg.sha256), ())
        if len(guias) != peg.quantidade_guias or (dossie is not None and dossie.guias != guias):
            yield f"PEG {peg.protocolo} is not what was sent"


# --- charges ---


def _of_charges(retrato: Retrato) -> Iterator[str]:
    """Every guia of a living PEG is charged under its number, unless another has it; nothing else is."""
    needed: set[tuple[str, str, str, str]] = set()
    allowed: set[tuple[str, str, str, str]] = set()
    for peg in retrato.vivos:
        dossie, left = retrato.dossies.get(peg.protocolo), set(_left(peg))
        repeated = {one.indice for one in dossie.achados if one.regra == REPETIDA} if dossie else set()
        for guia in dossie.guias if dossie else ():
            if dossie and guia.sequencia in left:
                one = (peg.registro_ans, dossie.vidas[guia.carteira], guia.numero, peg.protocolo)
                allowed.add(one)
                if guia.sequencia not in repeated:
                    needed.add(one)
    found = Counter((registro, one.vida, one.guia, one.protocolo) for registro, one in retrato.cobrancas)
    yield from (f"guia {one[2]} of PEG {one[3]} is not charged" for one in sorted(needed - found.keys()))
    yield from (f"guia {one[2]} of PEG {one[3]} is charged still" for one in sorted(found.keys() - allowed))
    numbers = Counter((registro, one.vida, one.prestador_id, one.guia) for registro, one in retrato.cobrancas)
    yield from (f"guia {one[3]} is charged {times} times" for one, times in numbers.items() if times > 1)


# --- nothing is left half done ---


def _of_ends(retrato: Retrato) -> Iterator[str]:
    for peg in retrato.pegs:
        if peg.situacao == "PREPARANDO":
            yield f"PEG {peg.protocolo} is PREPARANDO"
        if peg.liberando:
            yield f"PEG {peg.protocolo} is letting go"
        if (peg.publicada_em is not None) != (peg.situacao in PUBLICADO):
            yield f"PEG {peg.protocolo} is {peg.situacao}, published {peg.publicada_em}"
        if peg.chave_recebimento not in retrato.recibos:
            yield f"PEG {peg.protocolo} has no receipt"


def _of_timelines(retrato: Retrato) -> Iterator[str]:
    """Each entry may follow the one before, and was told once."""
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for tipo, dados in retrato.eventos:
        told[str(dados.get("protocolo", ""))][tipo] += 1
    for peg in retrato.pegs:
        state = "PREPARANDO"
        for marco in peg.historico:
            may, state_after = PASSOS[marco.evento]
            state_after = "PAGO" if (marco.evento, state) == ("VALOR_RECUPERADO", "PAGO") else state_after
            if state not in may or marco.situacao != state_after:
                yield f"PEG {peg.protocolo}: {marco.evento} after {state}"
            state = state_after
        if state != peg.situacao:
            yield f"PEG {peg.protocolo} is {peg.situacao}, its timeline says {state}"
        expected = Counter(FATOS[marco.evento] for marco in peg.historico)
        first = peg.valor_glosado + sum(one.valor for one in peg.recuperacoes)
        expected["GlosaPublicada"] = int(peg.situacao in PUBLICADO and first > 0)
        heard = told[peg.protocolo]
        del heard["LoteRepetido"]
        if +expected != +heard:
            yield f"PEG {peg.protocolo} told {dict(heard)} of {dict(+expected)}"
        if len({marco.evento for marco in peg.historico}) < 1:
            yield f"PEG {peg.protocolo} has no timeline"


# --- what was answered ---


def _of_answers(retrato: Retrato) -> Iterator[str]:
    """Every upload ends as a PEG or with a report; the same bytes are the same PEG while it lives."""
    pegs = {peg.protocolo: peg for peg in retrato.pegs}
    heard = {(tipo, str(dados["upload_id"])) for tipo, dados in retrato.eventos if "upload_id" in dados}
    for envio in retrato.envios:
        if not envio.respostas:
            yield f"upload {envio.upload_id} was never answered"
        for protocolo in envio.protocolos:
            peg = pegs.get(protocolo)
            if peg is None or (_key(peg), peg.sha256) != (envio.numero, envio.sha256):
                yield f"upload {envio.upload_id} was told {protocolo}, which is not of its bytes"
            elif envio.upload_id and not {("PegRecebido", envio.upload_id), ("LoteRepetido", envio.upload_id)} & heard:
                yield f"upload {envio.upload_id} is PEG {protocolo}, and nobody was told"
        living = {one for one in envio.protocolos if one in pegs and pegs[one].situacao != "CANCELADO"}
        if len(living) > 1:
            yield f"upload {envio.upload_id} is {sorted(living)}"
        refused = [one for one in envio.respostas if not isinstance(one, str)]
        if refused and envio.upload_id and ("LoteRecusado", envio.upload_id) not in heard:
            yield f"upload {envio.upload_id} was refused, and nobody was told"
        others = [peg for peg in retrato.pegs if _key(peg) == envio.numero and peg.sha256 != envio.sha256]
        if any(one == ("LOTE-NUMERO",) for one in refused) and not others:
            yield f"upload {envio.upload_id} was refused for a number that nobody had"
