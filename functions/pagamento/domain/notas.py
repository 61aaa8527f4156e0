"""Notas fiscais (R05, R06): what one says, what it must say, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

RAIZ: Final = 8
"""Characters of a CNPJ that all branches of a company share."""
CPF: Final = 11


class SituacaoNota(StrEnum):
    """States of `dominio.md` §4; PENDENTE is the fatura's."""

    ENVIADA = "ENVIADA"
    ACEITA = "ACEITA"
    ACEITA_REAGENDADA = "ACEITA_REAGENDADA"
    RECUSADA = "RECUSADA"
    CANCELADA = "CANCELADA"


class Layout(StrEnum):
    """What told us what the nota says."""

    NACIONAL = "NACIONAL"
    ABRASF = "ABRASF"
    DECLARADO = "DECLARADO"
    """The prestador: there is no XML, or none that we can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaLida:
    """What a nota says of itself.

    Attributes:
        emitente, tomador: CNPJ, upper case without punctuation, or CPF; `None` when it says none.
        valor: reais of the service, gross.
        liquido: reais after what is retained, when it says so.
        competencia: `AAAAMM`.
        cancelada: by its issuer.
    """

    layout: Layout
    numero: str | None = None
    emitente: str | None = None
    tomador: str | None = None
    valor: Decimal | None = None
    liquido: Decimal | None = None
    competencia: str | None = None
    emitida_em: date | None = None
    cancelada: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Esperado:
    """What a nota must say.

    Attributes:
        emitente: CNPJ of the prestador, or CPF of one that is a person.
        tomador: CNPJ of the operadora; `None` while it is not loaded: then a person looks at it.
        valor: reais, the sum of what is liberado of its faturas, when all of them are known here.
        primeira_competencia: `AAAAMM` of the earliest PEG.
        hoje: local day of the server.
    """

    emitente: str | None
    tomador: str | None
    valor: Decimal | None
    primeira_competencia: str
    hoje: date


class Efeito(StrEnum):
    """What a finding does."""

    RECUSA = "RECUSA"
    CONFERENCIA = "CONFERENCIA"
    """A person of financeiro looks at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergencia:
    """What a nota says and should not, in Portuguese for the prestador."""

    regra: str
    efeito: Efeito
    campo: str
    mensagem: str
    visto: str | None = None
    esperado: str | None = None
    providencia: str = ""


def conferir(lida: NotaLida, esperado: Esperado) -> tuple[Divergencia, ...]:
    """Everything a nota says that it should not (R05); amounts are compared gross, whatever is retained."""
    return tuple(_conferir(lida, esperado))


def _conferir(lida: NotaLida, esperado: Esperado) -> Iterator[Divergencia]:  # one `if` per thing
    again = "Emita outra nota e envie-a."
    if lida.layout is Layout.DECLARADO:
        yield Divergencia(
            regra="NF-SEM-LEITURA", efeito=Efeito.CONFERENCIA, campo="arquivos",
            mensagem="Não há XML da nota, ou o seu layout não é conhecido: o financeiro da operadora vai conferi-la.",
            providencia="Envie o XML da NFS-e nacional ou ABRASF para ter a resposta na hora.",
        )  # fmt: skip
    if lida.cancelada:
        yield Divergencia(
            regra="NF-CANCELADA", efeito=Efeito.RECUSA, campo="situacao", mensagem="A nota está cancelada.",
            providencia=again,
        )  # fmt: skip
    if lida.emitente is not None and esperado.emitente is not None and lida.emitente != esperado.emitente:
        branch = lida.emitente[:RAIZ] == esperado.emitente[:RAIZ] and len(lida.emitente) == len(esperado.emitente) > CPF
        yield Divergencia(
            regra="NF-FILIAL" if branch else "NF-EMITENTE",
            efeito=Efeito.CONFERENCIA if branch else Efeito.RECUSA,
            campo="emitente",
            mensagem="A nota é de outro estabelecimento da mesma empresa: o financeiro da operadora vai conferi-la."
            if branch else "A nota foi emitida por outra empresa, não pelo prestador dos PEGs.",
            visto=lida.emitente, esperado=esperado.emitente,
            providencia="" if branch else "Envie a nota emitida pelo CNPJ do prestador.",
        )  # fmt: skip
    if esperado.tomador is None:
        yield Divergencia(
            regra="NF-SEM-TOMADOR", efeito=Efeito.CONFERENCIA, campo="tomador", visto=lida.tomador,
            mensagem="O CNPJ da operadora ainda não está no cadastro: o financeiro dela vai conferir o tomador.",
        )  # fmt: skip
    elif lida.tomador is not None and lida.tomador != esperado.tomador:
        yield Divergencia(
            regra="NF-TOMADOR", efeito=Efeito.RECUSA, campo="tomador",
            mensagem="O tomador da nota não é a operadora dos PEGs: cada operadora tem a sua nota.",
            visto=lida.tomador, esperado=esperado.tomador, providencia=again,
        )  # fmt: skip
    if lida.valor is not None and esperado.valor is not None and lida.valor != esperado.valor:
        yield Divergencia(
            regra="NF-VALOR", efeito=Efeito.RECUSA, campo="valor",
            mensagem="O valor bruto dos serviços precisa ser a soma do que foi liberado nos PEGs da nota; tributos "
            "retidos não o diminuem.",
            visto=f"{lida.valor:.2f}", esperado=f"{esperado.valor:.2f}",
            providencia="Confira os PEGs informados, ou emita outra nota com o valor liberado.",
        )  # fmt: skip
    if lida.competencia is not None and not (
        esperado.primeira_competencia <= lida.competencia <= f"{esperado.hoje:%Y%m}"
    ):
        yield Divergencia(
            regra="NF-COMPETENCIA", efeito=Efeito.RECUSA, campo="competencia",
            mensagem="A competência da nota fica entre a dos PEGs e o mês corrente.",
            visto=lida.competencia, esperado=f"{esperado.primeira_competencia} a {esperado.hoje:%Y%m}",
            providencia=again,
        )  # fmt: skip
    if lida.layout is not Layout.DECLARADO:
        missing = [
            name for name in ("numero", "emitente", "tomador", "valor", "competencia") if not getattr(lida, name)
        ]
        if missing:
            yield Divergencia(
                regra="NF-INCOMPLETA", efeito=Efeito.CONFERENCIA, campo=missing[0],
                mensagem=f"O XML da nota não diz {', '.join(missing)}: o financeiro da operadora vai conferi-la.",
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Arquivo:
    """A file of a nota, as documentos keeps it.

    Attributes:
        chave: in the archive.
        recebido_em: instant S3 stored it, UTC: what the deadline is compared with (R05).
    """

    upload_id: str
    registro_ans: str
    formato: str
    chave: str
    sha256: str
    recebido_em: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Nota:
    """A nota fiscal that was sent.

    Attributes:
        id: protocolo of 12 digits (R30).
        faturas: ids of what it stands for here.
        legados: protocolos of before the migration that it refers to (R07): judged by hand.
        valor_esperado: reais liberado of its faturas.
        recebida_em: instant the last of its files was stored, UTC.
        pagamento_em: day it is paid on; of several faturas the last one.
        quem: subject id of who sent it; `decidida_por` of who decided by hand.
        motivo: of a refusal or cancellation by hand.
    """

    id: str
    prestador_id: str
    registro_ans: str
    situacao: SituacaoNota
    faturas: tuple[str, ...]
    legados: tuple[str, ...] = ()
    lida: NotaLida
    valor_esperado: Decimal = Decimal(0)
    arquivos: tuple[Arquivo, ...]
    divergencias: tuple[Divergencia, ...] = ()
    recebida_em: datetime
    pagamento_em: date | None = None
    quem: str
    criada_em: datetime
    decidida_em: datetime | None = None
    decidida_por: str | None = None
    motivo: str | None = None
    versao: int = 1

    @property
    def viva(self) -> bool:
        """Whether it stands for its faturas."""
        return self.situacao not in {SituacaoNota.RECUSADA, SituacaoNota.CANCELADA}

    @property
    def marca(self) -> str | None:
        """What no other living nota may have: issuer and number; `None` when it does not tell them."""
        lida = self.lida
        return f"{lida.emitente}#{lida.numero}" if lida.emitente and lida.numero else None


def decidir(divergencias: Sequence[Divergencia], legados: Sequence[str]) -> SituacaoNota:
    """What becomes of a nota: refused, looked at by a person, or accepted."""
    effects = {one.efeito for one in divergencias}
    if Efeito.RECUSA in effects:
        return SituacaoNota.RECUSADA
    return SituacaoNota.ENVIADA if Efeito.CONFERENCIA in effects or legados else SituacaoNota.ACEITA


def completar(lida: NotaLida, declarado: Mapping[str, str | Decimal | None]) -> NotaLida:
    """What a nota does not say itself, as the prestador declares it."""
    missing = {name: value for name, value in declarado.items() if value is not None and getattr(lida, name) is None}
    return replace(lida, **missing)  # type: ignore[arg-type]  # names and types are those of the request's model
