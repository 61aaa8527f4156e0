"""What `/inicio` counts: things that wait for the prestador, one row each, replaced by whatever is newer.

Rows come of images that the owners tell (`SenhaAtualizada`, `PegAtualizado`, `FaturaAtualizada`) and, of what may
still be contested, of asking its owner. An image has the version of its row: an older one changes nothing, so that
images may come late, twice and in any order. Days go by without any event: what counts is judged on the day that it is
asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

ZERO: Final = Decimal("0.00")
A_VENCER: Final = timedelta(days=15)
"""R10: from the first warning of `SenhaAVencer` to the last valid day."""
_UTILIZAVEIS: Final = frozenset({"AUTORIZADA", "PARCIAL", "UTILIZADA", "EXPIRADA"})
"""Its own last day says whether a senha lapsed, whatever was written of it (R10)."""
_FECHADOS: Final = frozenset({"PAGO", "ENCERRADO_SEM_PAGAMENTO", "CANCELADO"})
_ESPERA_NOTA: Final = "PENDENTE"


class Acesso(StrEnum):
    """What is counted; the value names its list (`GET /inicio/pendencias?acesso=`)."""

    SENHAS = "senhas-a-vencer"
    PEGS = "pegs-abertos"
    GLOSAS = "glosas-a-contestar"
    NOTAS = "notas-a-enviar"


@dataclass(frozen=True, slots=True)
class Parte:
    """What may be contested of a PEG until a day: how many glosas, and reais; `None` is without a term."""

    ate: date | None
    quantas: int
    valor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that may wait for the prestador.

    Attributes:
        id: number of the senha, protocolo of the PEG, id of the fatura.
        versoes: of the rows it follows from: each is as new or newer in whatever replaces it.
        conta: whether it waits at all, on some day.
        ate: last local day to act, when there is one.
        situacao: of the thing, as its owner calls it.
        valor: reais; of a PEG and a senha none.
        partes: of glosas, by day.
        internado: of a senha: a stay that began, which is open until discharge (R10).
        principal: number of the senha that one was asked on: on such a stay it stays open, too.
    """

    acesso: Acesso
    id: str
    prestador_id: str
    registro_ans: str
    versoes: tuple[int, ...]
    conta: bool
    ate: date | None = None
    situacao: str | None = None
    valor: Decimal | None = None
    partes: tuple[Parte, ...] = ()
    internado: bool = False
    principal: str | None = None

    @property
    def ultimo_dia(self) -> date | None:
        """The last local day on which it may be counted; `None` when no day ends that."""
        return self.ate if self.acesso in {Acesso.SENHAS, Acesso.GLOSAS} else None

    def em(self, hoje: date) -> bool:
        """Whether it waits on a day."""
        if not self.conta:
            return False
        if self.acesso is Acesso.SENHAS:
            return self.ate is not None and hoje <= self.ate <= hoje + A_VENCER
        if self.acesso is Acesso.GLOSAS:
            return bool(self.abertas(hoje))
        return True

    def abertas(self, hoje: date) -> Sequence[Parte]:
        """Of glosas, those whose term is not over."""
        return [one for one in self.partes if one.ate is None or one.ate >= hoje]

    def visto_em(self, hoje: date) -> Item:
        """The thing as it is on a day: of glosas, what is left of them and until when."""
        if self.acesso is not Acesso.GLOSAS:
            return self
        left = self.abertas(hoje)
        first = min((one.ate for one in left if one.ate), default=None)
        return replace(self, ate=first, valor=sum((one.valor for one in left), ZERO), partes=tuple(left))


@dataclass(frozen=True, slots=True)
class Contagem:
    """How many things wait, and how much they are worth."""

    quantidade: int
    valor: Decimal
    ate: date | None
    """The first day that something ends on."""


def contar(itens: Sequence[Item], hoje: date) -> Contagem:
    """Of rows of one kind, those that wait on a day; of glosas, the glosas."""
    found = [one.visto_em(hoje) for one in itens if one.em(hoje)]
    return Contagem(
        quantidade=sum(sum(part.quantas for part in one.partes) if one.partes else 1 for one in found),
        valor=sum((one.valor or ZERO for one in found), ZERO),
        ate=min((one.ate for one in found if one.ate and one.ate >= hoje), default=None),
    )


# --- from images ---


def de_senha(envelope: Mapping[str, Any]) -> tuple[Item, ...]:
    """Of `SenhaAtualizada`, a row for each party: who asked and who does it both have it lapse."""
    dados = envelope["dados"]
    validade = dados.get("validade")
    counts = (
        dados["situacao"] in _UTILIZAVEIS and validade is not None and not dados["esgotada"] and not dados["internado"]
    )
    return tuple(
        Item(
            acesso=Acesso.SENHAS, id=dados["numero"], prestador_id=prestador, registro_ans=envelope["registro_ans"],
            versoes=(int(dados["versao"]),), conta=counts and prestador in dados["prestadores"],
            ate=date.fromisoformat(validade) if validade else None, situacao=dados["situacao"],
            internado=dados["internado"], principal=dados.get("principal"),
        )
        for prestador in dict.fromkeys((*dados["prestadores"], *dados.get("antigos", ())))
    )  # fmt: skip


def de_peg(envelope: Mapping[str, Any]) -> tuple[Item, ...]:
    """Of `PegAtualizado`: it is open until it is paid, ended or cancelled."""
    dados = envelope["dados"]
    return (
        Item(
            acesso=Acesso.PEGS, id=dados["protocolo"], prestador_id=envelope["prestador_id"],
            registro_ans=envelope["registro_ans"], versoes=(int(dados["versao"]),),
            conta=dados["situacao"] not in _FECHADOS, situacao=dados["situacao"],
        ),
    )  # fmt: skip


def de_fatura(envelope: Mapping[str, Any]) -> tuple[Item, ...]:
    """Of `FaturaAtualizada`: a nota is to be sent while it is PENDENTE."""
    dados = envelope["dados"]
    until = dados.get("entrega_ate")
    return (
        Item(
            acesso=Acesso.NOTAS, id=dados["fatura"], prestador_id=envelope["prestador_id"],
            registro_ans=envelope["registro_ans"], versoes=(int(dados["versao"]),),
            conta=dados["situacao"] == _ESPERA_NOTA, ate=date.fromisoformat(until) if until else None,
            situacao=dados["situacao"], valor=Decimal(dados["valor"]),
        ),
    )  # fmt: skip


def de_glosas(envelope: Mapping[str, Any], respondido: Mapping[str, Any]) -> Item:
    """Of what recurso answers about a PEG (`POST /recursos/contestaveis`)."""
    partes = tuple(
        Parte(date.fromisoformat(one["ate"]) if one["ate"] else None, int(one["quantas"]), Decimal(one["valor"]))
        for one in respondido["partes"]
    )
    days = [one.ate for one in partes]
    return Item(
        acesso=Acesso.GLOSAS, id=envelope["dados"]["protocolo"], prestador_id=envelope["prestador_id"],
        registro_ans=envelope["registro_ans"],
        versoes=(int(respondido["versao_peg"]), int(respondido["versao_contestado"])), conta=bool(partes),
        ate=None if None in days else max((day for day in days if day), default=None), partes=partes,
    )  # fmt: skip
