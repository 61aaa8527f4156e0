"""Faturas: opened when values are published or recovered, closed on each delivery day, counted by a new cronograma."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from conecta_contas.pegs import SituacaoPeg
from pagamento.domain.errors import MudouError
from pagamento.domain.faturas import Fatura, Regras, SituacaoFatura, abrir, avisar, aviso, programar
from pagamento.service.portas import Fato, Mudanca

if TYPE_CHECKING:
    from conecta_atos.portas import Page
    from conecta_contas.pegs import Peg
    from pagamento.service.portas import Portas

JUNTAS: Final = 20
"""Faturas that are written in one transaction, each with its events."""
FECHAMENTO: Final = "fechamento-entregas"
"""Stands for the request's id in events of what happens by itself."""


def regras(registro_ans: str, portas: Portas) -> Regras:
    """As they are in force now."""
    return Regras(portas.registros.cronograma(registro_ans), portas.cadastro.calendario(registro_ans), portas.hoje)


def fato(tipo: str, fatura: Fatura, **dados: Any) -> Fato:
    """An event about a fatura: its days, and more."""
    known = {"protocolo": fatura.protocolo, "parcela": fatura.parcela, "situacao": fatura.situacao.value}
    told = {name: _iso(getattr(fatura, name)) for name in ("entrega_ate", "pagamento_em")}
    return Fato(
        tipo=tipo, registro_ans=fatura.registro_ans, prestador_id=fatura.prestador_id, entidade=f"fatura/{fatura.id}",
        chave=str(fatura.versao), dados={**known, **told, **dados},
    )  # fmt: skip


def as_of_now(faturas: Sequence[Fatura], portas: Portas) -> list[Fatura]:
    """Their days by the rules in force now, whether or not a closing or a recount came by already."""
    by = {one: regras(one, portas) for one in sorted({fatura.registro_ans for fatura in faturas})}
    return [programar(one, by[one.registro_ans]) for one in faturas]


def find_faturas(
    prestador_id: str, ids: Sequence[str], portas: Portas, *, correlacao: str = ""
) -> Mapping[str, Fatura]:
    """Those of a tenant, by id; what was published or recovered a moment ago is opened here and now."""
    found = dict(portas.registros.faturas(prestador_id, ids))
    for one in ids:
        if one not in found and (opened := open_fatura(prestador_id, one, portas, correlacao=correlacao)):
            found[one] = opened
    return found


def open_fatura(prestador_id: str, fatura_id: str, portas: Portas, *, correlacao: str = "") -> Fatura | None:
    """What is to be paid of a PEG whose values are published, or of what a recurso gave back; the one that is there.

    `None` of what is neither.
    """
    nova = _new(prestador_id, fatura_id, portas)
    if nova is None:
        return portas.registros.faturas(prestador_id, [fatura_id]).get(fatura_id)
    by = regras(nova.registro_ans, portas)
    fatura = abrir(nova, by)
    try:
        portas.registros.write(
            [Mudanca(None, fatura)], [_opened(fatura)], now=portas.now, correlacao=correlacao or fatura_id
        )  # fmt: skip
    except MudouError:
        return portas.registros.faturas(prestador_id, [fatura_id]).get(fatura_id)
    # A recount by a cronograma that came meanwhile may have gone by before this one was there.
    latest = regras(nova.registro_ans, portas)
    revised = _counted(fatura, latest) if latest.cronograma != by.cronograma else None
    if revised is None:
        return fatura
    _written([(fatura, *revised)], portas)  # or else the recount was there
    return portas.registros.faturas(prestador_id, [fatura_id]).get(fatura_id)


def ids_of(peg: Peg) -> list[str]:
    """Ids of all its faturas."""
    return [peg.protocolo, *(f"{peg.protocolo}-{parcela}" for parcela, _ in enumerate(peg.recuperacoes, 1))]


def _new(prestador_id: str, fatura_id: str, portas: Portas) -> Fatura | None:
    protocolo, _, parcela = fatura_id.partition("-")
    peg = portas.contas.peg(prestador_id, protocolo)
    if peg is None or fatura_id not in ids_of(peg):
        return None
    known: dict[str, Any] = {
        "protocolo": protocolo, "prestador_id": prestador_id, "registro_ans": peg.registro_ans,
        "numero_lote": peg.numero_lote, "tipo_guia": peg.tipo_guia,
        "dispensada": portas.cadastro.prestador(prestador_id).cnpj is None,
    }  # fmt: skip
    if parcela:
        given = peg.recuperacoes[int(parcela) - 1]
        return Fatura(
            **known, parcela=int(parcela), recurso=given.recurso, valor=given.valor, recebido_em=given.em,
            publicada_em=given.em,
        )  # fmt: skip
    if peg.situacao is not SituacaoPeg.LIBERADO or peg.publicada_em is None:
        return None
    return Fatura(
        **known, valor=peg.valor_liberado - peg.valor_recuperado, recebido_em=portas.local_day(peg.data_recepcao),
        publicada_em=peg.publicada_em,
    )  # fmt: skip


def _opened(fatura: Fatura) -> Fato:
    valor = str(fatura.valor)
    if fatura.recurso is not None:
        return fato("ParcelaAberta", fatura, valor=valor, recurso=fatura.recurso)
    over = fatura.situacao is SituacaoFatura.ENCERRADA
    return fato("FaturaEncerrada" if over else "FaturaAberta", fatura, valor=valor)


Revista = tuple[Fatura, list[Fato]]
"""A fatura as it is to be, and what is told of it."""
Revisao = Callable[[Fatura, Regras], Revista | None]
"""What becomes of a fatura; `None` when it is as it should be."""


def close_day(
    registro_ans: str, position: Mapping[str, str] | None, portas: Portas, *, limite: int = 200
) -> tuple[dict[str, int], Mapping[str, str] | None]:
    """Deliveries that ended without a nota are rescheduled, those that end soon are told of (R05, R06).

    Run twice, late, or cut in the middle it leaves the same: a fatura's days follow from the day they are asked on,
    and each row with its event is one write on condition.

    Returns:
        How many of each, and where to go on (`None` at the end).
    """
    page = portas.registros.faturas_abertas(registro_ans, portas.hoje, position, limite)
    return _review(registro_ans, page, portas, _closed)


def recount(
    registro_ans: str, position: Mapping[str, str] | None, portas: Portas, *, limite: int = 200
) -> tuple[dict[str, int], Mapping[str, str] | None]:
    """Every open fatura of an operadora by the cronograma in force; who is moved is told (R04).

    Returns:
        How many of each, and where to go on (`None` at the end).
    """
    page = portas.registros.faturas_abertas(registro_ans, None, position, limite)
    return _review(registro_ans, page, portas, _counted)


def _closed(fatura: Fatura, by: Regras) -> Revista | None:
    counted = _counted(fatura, by)
    after, told = counted or (fatura, [])
    return counted if aviso(after, by.hoje) is None else _warned(after, by, told)


def _warned(fatura: Fatura, by: Regras, told: list[Fato]) -> Revista:
    after = avisar(fatura, by.hoje)
    left = (after.entrega_ate - by.hoje).days if after.entrega_ate else None
    return after, [*told, fato("NotaFiscalAVencer", after, dias=left)]


def _counted(fatura: Fatura, by: Regras) -> Revista | None:
    """By the rules in force: its delivery was missed, whoever comes to see it first, or its days are others."""
    after = programar(fatura, by)
    if after == fatura:
        return None
    after = replace(after, versao=fatura.versao + 1)
    before = {"entrega_anterior": _iso(fatura.entrega_ate), "pagamento_anterior": _iso(fatura.pagamento_em)}
    missed = after.reagendada and fatura.entrega_ate is not None and by.hoje > fatura.entrega_ate
    if missed and fatura.situacao is SituacaoFatura.PENDENTE:
        return after, [fato("NotaFiscalReagendada", after, motivo="SEM_NOTA", **before)]
    return after, [fato("VencimentoAlterado", after, **before)]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


_CONTADO: Final = {
    "NotaFiscalReagendada": "reagendadas",
    "NotaFiscalAVencer": "avisadas",
    "VencimentoAlterado": "alteradas",
}


def _review(
    registro_ans: str, page: Page, portas: Portas, revisao: Revisao
) -> tuple[dict[str, int], Mapping[str, str] | None]:
    done = {"vistas": len(page.rows), "reagendadas": 0, "avisadas": 0, "alteradas": 0, "adiadas": 0}
    by = regras(registro_ans, portas)
    found: dict[str, list[str]] = {}
    for prestador_id, fatura_id in page.rows:
        found.setdefault(prestador_id, []).append(fatura_id)
    held = [one for prestador_id, ids in found.items() for one in portas.registros.faturas(prestador_id, ids).values()]
    work = [(one, *reviewed) for one in held if (reviewed := revisao(one, by)) is not None]
    for start in range(0, len(work), JUNTAS):
        together = work[start : start + JUNTAS]
        # Whoever is met by another's act holds nobody else back.
        for part in [together] if _written(together, portas) else [[one] for one in together]:
            if part is not together and not _written(part, portas):
                done["adiadas"] += 1
                continue
            for one in (one for _, _, told in part for one in told):
                done[_CONTADO[one.tipo]] += 1
    return done, page.position


def _written(work: Sequence[tuple[Fatura, Fatura, list[Fato]]], portas: Portas) -> bool:
    changes = [Mudanca(before, after) for before, after, _ in work]
    fatos = [one for _, _, told in work for one in told]
    try:
        portas.registros.write(changes, fatos, now=portas.now, correlacao=FECHAMENTO)
    except MudouError:
        return False
    return True
