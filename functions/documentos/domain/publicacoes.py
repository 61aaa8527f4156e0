"""What an operadora tells its prestadores: manuals and comunicados, edition by edition.

    RASCUNHO ──► PUBLICADA ──► SUBSTITUIDA   (the next edition is published: at once)
        │            └───────► RETIRADA
        └────────────────────► RETIRADA      (given up: no prestador ever saw it)

An edition that was published never changes: what is to be said otherwise is the next edition of the same publication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from conecta_facts.vigencia import vigente
from documentos.domain.errors import Defeito, PublicacaoStateError


class Tipo(StrEnum):
    """What is published."""

    MANUAL = "MANUAL"
    COMUNICADO = "COMUNICADO"


class Situacao(StrEnum):
    """Where an edition is."""

    RASCUNHO = "RASCUNHO"
    PUBLICADA = "PUBLICADA"
    SUBSTITUIDA = "SUBSTITUIDA"
    RETIRADA = "RETIRADA"


class TipoPrestador(StrEnum):
    """What cadastro knows of what kind a prestador is."""

    PESSOA_JURIDICA = "PESSOA_JURIDICA"
    PESSOA_FISICA = "PESSOA_FISICA"


@dataclass(frozen=True, slots=True)
class Leitor:
    """A prestador, as far as an operadora's publications ask who reads them.

    Attributes:
        ufs: where it is, and where its places are that the operadora knows.
        da_rede: whether the operadora ever enabled it (R02).
    """

    prestador_id: str
    registro_ans: str
    tipo: TipoPrestador
    ufs: frozenset[str] = frozenset()
    da_rede: bool = True


@dataclass(frozen=True, slots=True)
class Publico:
    """Whom a publication is for: those named, and those of a tipo, if told, in an UF, if told; when empty, all."""

    prestadores: tuple[str, ...] = ()
    tipos: tuple[TipoPrestador, ...] = ()
    ufs: tuple[str, ...] = ()

    def alcanca(self, leitor: Leitor) -> bool:
        """Whether it is for a prestador."""
        if leitor.prestador_id in self.prestadores:
            return True
        if not self.tipos and not self.ufs:
            return not self.prestadores
        return (not self.tipos or leitor.tipo in self.tipos) and (not self.ufs or not leitor.ufs.isdisjoint(self.ufs))


@dataclass(frozen=True, slots=True)
class Conteudo:
    """What an edition says, for whom, and on which local days (both inclusive; without an end, until further notice).

    Attributes:
        texto: what is read on the page itself.
    """

    titulo: str
    resumo: str
    vigente_de: date
    vigente_ate: date | None = None
    texto: str | None = None
    publico: Publico = Publico()


@dataclass(frozen=True, slots=True)
class Arquivo:
    """A file that was checked and is kept: where, how it was called, its media type, its bytes."""

    chave: str
    nome: str
    formato: str
    tamanho: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publicacao:
    """An edition.

    Attributes:
        id: of all editions of the publication; tells the operadora and sorts by when the first was begun.
        edicao: from 1.
        upload_id: the file that is sent for a draft, whatever becomes of it.
        arquivo: since it is published.
        visivel_em: from which instant prestadores see it: that of publication, or when its first day begins.
        encerrada_em, encerrada_por, motivo: when and by whom it was superseded or withdrawn, and why.
        versao: optimistic lock, +1 per change.
    """

    id: str
    registro_ans: str
    tipo: Tipo
    edicao: int
    conteudo: Conteudo
    criada_em: datetime
    criada_por: str
    situacao: Situacao = Situacao.RASCUNHO
    upload_id: str | None = None
    arquivo: Arquivo | None = None
    publicada_em: datetime | None = None
    publicada_por: str | None = None
    visivel_em: datetime | None = None
    encerrada_em: datetime | None = None
    encerrada_por: str | None = None
    motivo: str | None = None
    versao: int = 1

    @property
    def viva(self) -> bool:
        """Whether anything may still become of it."""
        return self.situacao in {Situacao.RASCUNHO, Situacao.PUBLICADA}

    def destinada(self, leitor: Leitor) -> bool:
        """Whether it is published for a prestador, on whatever days."""
        if self.situacao is not Situacao.PUBLICADA or self.registro_ans != leitor.registro_ans:
            return False
        return leitor.da_rede and self.conteudo.publico.alcanca(leitor)

    def para(self, leitor: Leitor, hoje: date) -> bool:
        """Whether a prestador sees it on a day."""
        return vigente(self.conteudo, hoje) and self.destinada(leitor)

    def nova(self, visitada_em: datetime | None) -> bool:
        """Whether it came to be seen since somebody's last visit; everything, to who never came."""
        return visitada_em is None or (self.visivel_em is not None and self.visivel_em > visitada_em)


def em_rascunho(edicoes: Sequence[Publicacao]) -> Publicacao:
    """The draft of a publication, always its last edition.

    Raises:
        PublicacaoStateError: there is none.
    """
    last = edicoes[-1]
    if last.situacao is not Situacao.RASCUNHO:
        raise PublicacaoStateError(last.situacao.value)
    return last


def publicada(edicoes: Iterable[Publicacao]) -> Publicacao | None:
    """The edition that is published: there is one at most."""
    return next((one for one in edicoes if one.situacao is Situacao.PUBLICADA), None)


def versao_de(edicoes: Iterable[Publicacao]) -> int:
    """Of a publication: editions are only added and changes counted, so that it grows with each."""
    return sum(one.versao for one in edicoes)


def proxima_edicao(edicoes: Sequence[Publicacao], conteudo: Conteudo, quem: str, now: datetime) -> Publicacao:
    """The draft of the next edition; what is published stays so until this is.

    Raises:
        PublicacaoStateError: there is a draft already.
    """
    last = edicoes[-1]
    if last.situacao is Situacao.RASCUNHO:
        raise PublicacaoStateError(last.situacao.value)
    return Publicacao(
        id=last.id, registro_ans=last.registro_ans, tipo=last.tipo, edicao=last.edicao + 1, conteudo=conteudo,
        criada_em=now, criada_por=quem,
    )  # fmt: skip


def reescrever(rascunho: Publicacao, conteudo: Conteudo) -> Publicacao:
    """A draft says something else; its file stays."""
    return replace(rascunho, conteudo=conteudo, versao=rascunho.versao + 1)


def anexar(rascunho: Publicacao, upload_id: str) -> Publicacao:
    """Another file is to be sent for a draft."""
    return replace(rascunho, upload_id=upload_id, versao=rascunho.versao + 1)


def conferir_conteudo(conteudo: Conteudo) -> tuple[Defeito, ...]:
    """What is wrong with what an edition says by itself."""
    if conteudo.vigente_ate is not None and conteudo.vigente_ate < conteudo.vigente_de:
        text = "O último dia de vigência vem antes do primeiro: corrija um dos dois."
        return (Defeito("vigente_ate", "vigencia-invertida", text),)
    return ()


def conferir(rascunho: Publicacao, anterior: Publicacao | None, hoje: date) -> tuple[Defeito, ...]:
    """What stands in the way of publishing a draft, its file aside.

    Args:
        anterior: what it would supersede.
    """
    found, said = [], rascunho.conteudo
    if rascunho.upload_id is None and rascunho.tipo is Tipo.MANUAL:
        found.append(Defeito("arquivo", "arquivo-ausente", "Um manual é publicado com um arquivo: envie-o antes."))
    if rascunho.upload_id is None and rascunho.tipo is Tipo.COMUNICADO and said.texto is None:
        found.append(Defeito("texto", "texto-ausente", "Um comunicado tem texto ou arquivo: informe um dos dois."))
    if said.vigente_ate is not None and said.vigente_ate < hoje:
        found.append(Defeito("vigente_ate", "vigencia-encerrada", "O último dia de vigência já passou: corrija-o."))
    if anterior is not None and said.vigente_de > hoje:
        found.append(
            Defeito(
                "vigente_de", "vigencia-futura",
                "A nova edição toma na hora o lugar da que está publicada: publique-a no dia em que passa a valer.",
            )
        )  # fmt: skip
    return tuple(found)


def publicar(  # noqa: PLR0917  # what, by whom, when
    rascunho: Publicacao, arquivo: Arquivo | None, quem: str, now: datetime, hoje: date,
    inicio: Callable[[date], datetime],
) -> Publicacao:  # fmt: skip
    """Prestadores see it from its first day on; nothing is in force before it is published.

    Args:
        inicio: the instant that a local day begins at.
    """
    de = max(rascunho.conteudo.vigente_de, hoje)
    return replace(
        rascunho, situacao=Situacao.PUBLICADA, conteudo=replace(rascunho.conteudo, vigente_de=de), arquivo=arquivo,
        publicada_em=now, publicada_por=quem, visivel_em=max(now, inicio(de)), versao=rascunho.versao + 1,
    )  # fmt: skip


def encerrar(
    edicao: Publicacao, situacao: Situacao, quem: str, now: datetime, motivo: str | None = None
) -> Publicacao:  # fmt: skip
    """No prestador sees it any more."""
    return replace(
        edicao, situacao=situacao, encerrada_em=now, encerrada_por=quem, motivo=motivo, versao=edicao.versao + 1
    )
