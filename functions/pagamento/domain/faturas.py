"""A fatura: what is to be paid of one PEG, the nota fiscal it waits for, and its days (R04 to R06).

Its days are never kept up by whoever passes by: they follow from when the PEG came in, when its values were published,
when the nota came in, the cronograma in force and the day they are asked on. The closing of a delivery day, run twice,
late or in part, and the recount after a new cronograma are therefore one and the same function: `programar`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from conecta_facts.calendario import Calendario
from pagamento.domain.cronograma import Cronograma
from pagamento.domain.errors import FaturaNaoPagavelError, FaturaSemEsperaError

AVISOS: Final = (3, 1)
"""Days before the delivery ends on which it is told; the last day itself is 0."""
REENVIO_UTEIS: Final = 5
"""Business days to send again what was sent on time and refused after the delivery had ended."""


class SituacaoFatura(StrEnum):
    """What a fatura waits for."""

    PENDENTE = "PENDENTE"
    """The nota fiscal."""
    EM_CONFERENCIA = "EM_CONFERENCIA"
    """A person of financeiro, who looks at a nota that no machine can judge."""
    PROGRAMADA = "PROGRAMADA"
    """Its day of payment."""
    PAGA = "PAGA"
    ENCERRADA = "ENCERRADA"
    """Nothing: there is nothing to pay."""


ABERTAS: Final = frozenset({SituacaoFatura.PENDENTE, SituacaoFatura.EM_CONFERENCIA, SituacaoFatura.PROGRAMADA})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fatura:
    """What is to be paid of a PEG.

    Attributes:
        parcela: 0 of what was liberado first; others of what recursos gave back later, in their order.
        recurso: protocolo of the one that gave it back; of parcela 0 none.
        valor: reais, liberado.
        tipo_guia: of the PEG, as the standard names it.
        recebido_em, publicada_em: local days of the PEG's reception and of the publication of its values; of what was
            recovered, the day it was.
        dispensada: no nota is due: the prestador is a person.
        competencia, entrega_ate, pagamento_em: in force; `None` until a cronograma tells.
        reagendada: its delivery was missed.
        nota: id of the nota that stands for it.
        nota_em: local day its nota counts as received on: the server's, whatever the nota says.
        em_tempo: that day was in time then, and stays so whatever cronograma comes.
        reenvio_ate: until when another may come in the place of one that was refused too late to mend.
        programada_em: local day on which it was settled that it is paid.
        pagamento, paga_em: number of the payment, and its day.
        avisada: the last warning given for `entrega_ate`.
        agir_em: day on which something is to be told or closed; `None` when nothing is.
        versao: optimistic lock.
    """

    protocolo: str
    parcela: int = 0
    recurso: str | None = None
    prestador_id: str
    registro_ans: str
    numero_lote: str
    tipo_guia: str
    valor: Decimal
    recebido_em: date
    publicada_em: date
    situacao: SituacaoFatura = SituacaoFatura.PENDENTE
    dispensada: bool = False
    competencia: str | None = None
    entrega_ate: date | None = None
    pagamento_em: date | None = None
    reagendada: bool = False
    nota: str | None = None
    nota_em: date | None = None
    em_tempo: bool = False
    reenvio_ate: date | None = None
    programada_em: date | None = None
    pagamento: str | None = None
    paga_em: date | None = None
    avisada: int | None = None
    agir_em: date | None = None
    versao: int = 1

    @property
    def id(self) -> str:
        """`<protocolo>`, or `<protocolo>-<parcela>` of what is recovered later."""
        return f"{self.protocolo}-{self.parcela}" if self.parcela else self.protocolo

    @property
    def desde(self) -> str:
        """Earliest month that a nota of it may be of, `AAAAMM`: of what is recovered, that in its PEG's number."""
        return min(f"{self.recebido_em:%Y%m}", f"20{self.protocolo[:4]}")


@dataclass(frozen=True, slots=True)
class Regras:
    """What the days of an operadora's faturas follow from: the cronograma and the calendar in force, and the day."""

    cronograma: Cronograma | None
    calendario: Calendario
    hoje: date


def abrir(nova: Fatura, by: Regras) -> Fatura:
    """A fatura as it begins: it waits for its nota, or for its day when none is due, or is over with nothing to pay."""
    if not nova.valor:
        return replace(nova, situacao=SituacaoFatura.ENCERRADA)
    if nova.dispensada:
        nova = replace(nova, situacao=SituacaoFatura.PROGRAMADA, programada_em=nova.publicada_em)
    return programar(nova, by)


def programar(fatura: Fatura, by: Regras) -> Fatura:
    """A fatura with the days that follow for it on a day, by the rules in force. Once more is the same."""
    if fatura.situacao not in ABERTAS:
        return fatura
    cronograma, hoje = by.cronograma, by.hoje
    own = cronograma.prazo(fatura.recebido_em, fatura.publicada_em, by.calendario) if cronograma else None
    if cronograma is None or own is None:
        return replace(fatura, competencia=None, entrega_ate=None, pagamento_em=None, agir_em=None)
    again = fatura.nota is None and fatura.reenvio_ate is not None and hoje <= fatura.reenvio_ate
    came = fatura.nota_em if fatura.nota else None
    settled_in_time = fatura.dispensada or again or fatura.em_tempo
    late = not settled_in_time and (came or hoje) > own.entrega
    prazo = cronograma.proximo(own, came or hoje) if late else own
    until = fatura.reenvio_ate if again else prazo.entrega if prazo else None
    settled = fatura.programada_em if fatura.situacao is SituacaoFatura.PROGRAMADA else hoje
    after = replace(
        fatura,
        competencia=prazo.competencia if prazo else None,
        entrega_ate=until,
        pagamento_em=cronograma.pagamento_a_partir(prazo, settled or hoje) if prazo else None,
        reagendada=late,
        avisada=fatura.avisada if until == fatura.entrega_ate else None,
    )
    return replace(after, agir_em=_agir_em(after))


def _agir_em(fatura: Fatura) -> date | None:
    if fatura.situacao is not SituacaoFatura.PENDENTE or fatura.entrega_ate is None:
        return None
    left = [days for days in AVISOS if fatura.avisada is None or days < fatura.avisada]
    return min(fatura.entrega_ate - timedelta(days=days) for days in (*left, -1))


def aviso(fatura: Fatura, hoje: date) -> int | None:
    """The warning that is due on a day and was not given: how many days are left when it is counted from."""
    if fatura.situacao is not SituacaoFatura.PENDENTE or fatura.entrega_ate is None or hoje > fatura.entrega_ate:
        return None
    left = (fatura.entrega_ate - hoje).days
    due = [days for days in AVISOS if left <= days]
    return due[-1] if due and (fatura.avisada is None or due[-1] < fatura.avisada) else None


def avisar(fatura: Fatura, hoje: date) -> Fatura:
    """The warning that is due is given."""
    after = replace(fatura, avisada=aviso(fatura, hoje), versao=fatura.versao + 1)
    return replace(after, agir_em=_agir_em(after))


def receber_nota(fatura: Fatura, nota: str, recebida_em: date, by: Regras, *, conferida: bool) -> Fatura:
    """A nota stands for it now: what was sent in time and refused too late keeps its first day.

    Args:
        recebida_em: local day on which the server stored it.
        conferida: it is accepted; otherwise a person has to look at it.

    Raises:
        FaturaSemEsperaError: it waits for none.
    """
    if fatura.situacao is not SituacaoFatura.PENDENTE:
        raise FaturaSemEsperaError(fatura)
    kept = fatura.nota_em if fatura.reenvio_ate is not None and recebida_em <= fatura.reenvio_ate else None
    held = replace(
        fatura, situacao=SituacaoFatura.EM_CONFERENCIA, nota=nota, nota_em=kept or recebida_em,
        em_tempo=kept is not None, reenvio_ate=None, versao=fatura.versao + 1,
    )  # fmt: skip
    if conferida:
        held = replace(held, situacao=SituacaoFatura.PROGRAMADA, programada_em=by.hoje)
    after = programar(held, by)
    return replace(after, em_tempo=not after.reagendada)


def aceitar_nota(fatura: Fatura, by: Regras) -> Fatura:
    """The nota that a person looked at is accepted: it is paid on its day.

    Raises:
        FaturaSemEsperaError: it has no nota that is looked at.
    """
    if fatura.situacao is not SituacaoFatura.EM_CONFERENCIA:
        raise FaturaSemEsperaError(fatura)
    held = replace(
        fatura, situacao=SituacaoFatura.PROGRAMADA, programada_em=by.hoje, versao=fatura.versao + 1
    )  # fmt: skip
    return programar(held, by)


def soltar_nota(fatura: Fatura, by: Regras, *, recusada: bool) -> Fatura:
    """Its nota stands for it no more. Refused after the delivery of what was sent in time, another may still come.

    Args:
        recusada: by the operadora; otherwise its issuer cancelled it, and nothing is kept of it.

    Raises:
        FaturaSemEsperaError: it has none, or is paid.
    """
    if fatura.situacao not in {SituacaoFatura.EM_CONFERENCIA, SituacaoFatura.PROGRAMADA} or fatura.nota is None:
        raise FaturaSemEsperaError(fatura)
    late = recusada and not fatura.reagendada and fatura.entrega_ate is not None and by.hoje > fatura.entrega_ate
    held = replace(
        fatura, situacao=SituacaoFatura.PENDENTE, nota=None, programada_em=None, em_tempo=False,
        versao=fatura.versao + 1, nota_em=fatura.nota_em if late else None,
        reenvio_ate=by.calendario.somar_uteis(by.hoje, REENVIO_UTEIS) if late else None,
    )  # fmt: skip
    return programar(held, by)


def pagar(fatura: Fatura, pagamento: str, dia: date) -> Fatura:
    """It is paid.

    Raises:
        FaturaNaoPagavelError: it waits for something else, or is over.
    """
    if fatura.situacao is not SituacaoFatura.PROGRAMADA:
        raise FaturaNaoPagavelError(fatura)
    return replace(
        fatura, situacao=SituacaoFatura.PAGA, pagamento=pagamento, paga_em=dia, agir_em=None, versao=fatura.versao + 1
    )


def previsao(fatura: Fatura, by: Regras) -> Fatura:
    """The same fatura if its nota came now: on `pagamento_em` it is paid, `reagendada` or not."""
    if fatura.situacao is not SituacaoFatura.PENDENTE:
        return programar(fatura, by)
    return receber_nota(fatura, "", by.hoje, by, conferida=True)
