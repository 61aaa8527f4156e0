"""Documentações: what an operadora publishes, who reads it, what is new to whom; and the ports that this needs."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from documentos.domain import publicacoes, uploads
from documentos.domain.errors import (
    DefectivePublicacaoError,
    Defeito,
    FilePendingError,
    OutdatedPublicacaoError,
    PublicacaoNotFoundError,
    PublicacaoStateError,
)
from documentos.domain.finalidades import PUBLICACAO, Formato
from documentos.domain.publicacoes import Arquivo, Conteudo, Publicacao, Situacao, Tipo
from documentos.domain.uploads import Upload

if TYPE_CHECKING:
    from conecta_atos.portas import Chamador, Guardar, Page
    from documentos.domain.publicacoes import Leitor
    from documentos.service.portas import Files, Uploads

Answer = TypeVar("Answer")
Edicoes = tuple[Publicacao, ...]
"""Of one publication, in order; never empty."""
FOLGA: Final = timedelta(seconds=5)
"""What is published while somebody reads the list is of an earlier instant than their reading: it is new the next time.
"""


@dataclass(frozen=True, slots=True)
class Mudanca:
    """An edition as it was read (`None`: it must not be there yet) and as it is to be."""

    antes: Publicacao | None
    depois: Publicacao


@dataclass(frozen=True, slots=True)
class Fato:
    """A domain event, of an edition."""

    tipo: str
    publicacao: Publicacao
    dados: Mapping[str, Any]


class Publicacoes(Protocol):
    """The stored editions of every operadora, and the visits of every prestador's people."""

    def edicoes(self, registro_ans: str, publicacao_id: str) -> Edicoes:
        """Those of a publication, in order; consistent."""
        ...

    def todas(self, registro_ans: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """Every edition of an operadora, the newest publication first."""
        ...

    def estantes(
        self, prestador_id: str, quem: str, registros: Sequence[str], hoje: date
    ) -> tuple[Mapping[str, Sequence[Publicacao]], datetime | None]:
        """What each of some operadoras has published that is not over on a day, begun or not; and `visita`.

        Consistent, and read at the same time.
        """
        ...

    def write(
        self,
        mudancas: Sequence[Mudanca],
        fatos: Sequence[Fato] = (),
        *,
        envio: Upload | None = None,
        now: datetime,
        correlacao: str,
        guardar: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """One transaction: editions, each on condition that it is as read; a new upload; events; kept answers.

        Raises:
            StalePublicacaoError: one of them is not as read. Nothing was written.
            Exception: the adapter's own, when only `guardar` lost: the answer is kept already.
        """
        ...

    def visita(self, prestador_id: str, quem: str) -> datetime | None:
        """Up to when somebody has seen what there is."""
        ...

    def visitar(self, prestador_id: str, quem: str, ate: datetime) -> None:
        """Somebody has seen what there was at an instant; an earlier one changes nothing."""
        ...


class Leitores(Protocol):
    """What cadastro knows of who reads."""

    def leitores(self, prestador_id: str, registro_ans: str | None, hoje: date) -> Sequence[Leitor]:
        """A prestador as each operadora, or one, knows it that it has a relacionamento with."""
        ...

    def da_operadora(
        self, registro_ans: str, hoje: date, position: Mapping[str, str] | None
    ) -> tuple[Sequence[Leitor], Mapping[str, str] | None]:
        """A page of all whom an operadora has a relacionamento with, and where the next one starts."""
        ...

    def desconhecidos(self, registro_ans: str, prestadores: Collection[str]) -> Collection[str]:
        """Those that have no relacionamento with an operadora."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Portas:
    """The ports of one call.

    Attributes:
        now: instant in UTC.
        local_day, day_start: of an instant, in America/Sao_Paulo; the instant that such a day begins at.
    """

    publicacoes: Publicacoes
    leitores: Leitores
    uploads: Uploads
    files: Files
    now: datetime
    local_day: Callable[[datetime], date]
    day_start: Callable[[date], datetime]

    @property
    def hoje(self) -> date:
        """Local day."""
        return self.local_day(self.now)


@dataclass(frozen=True, slots=True)
class NovoArquivo:
    """A file that somebody wants to send, already valid by itself."""

    nome: str
    formato: Formato
    tamanho: int
    sha256: str | None


def dono(registro_ans: str) -> str:
    """Whose the uploads of an operadora are: no prestador's id looks like it."""
    return f"operadora-{registro_ans}"


def registro_de(publicacao_id: str) -> str:
    """The operadora that a publication is of."""
    return publicacao_id.partition("-")[0]


# --- the operadora's people ---


def begin(
    registro_ans: str, tipo: Tipo, conteudo: Conteudo, chamador: Chamador, portas: Portas, *, guardar: Guardar
) -> Edicoes:  # fmt: skip
    """The draft of the first edition.

    Raises:
        DefectivePublicacaoError: all that is wrong with it.
    """
    _check(registro_ans, conteudo, portas)
    draft = Publicacao(
        id=f"{registro_ans}-{portas.now:%y%m%d%H%M%S}-{uuid.uuid4().hex[:8]}", registro_ans=registro_ans, tipo=tipo,
        edicao=1, conteudo=conteudo, criada_em=portas.now, criada_por=chamador.quem,
    )  # fmt: skip
    return _write((), [Mudanca(None, draft)], chamador, portas, guardar)


def find_of_operadora(registros: Collection[str], publicacao_id: str, portas: Portas) -> Edicoes:
    """A publication of one of a person's operadoras.

    Raises:
        PublicacaoNotFoundError: absent or foreign.
    """
    registro_ans = registro_de(publicacao_id)
    found = portas.publicacoes.edicoes(registro_ans, publicacao_id) if registro_ans in registros else ()
    if not found:
        raise PublicacaoNotFoundError
    return found


def rewrite(
    edicoes: Edicoes, conteudo: Conteudo, chamador: Chamador, portas: Portas, *, guardar: Guardar
) -> Edicoes:  # fmt: skip
    """The draft says something else.

    Raises:
        OutdatedPublicacaoError: it is not as the caller saw it.
        PublicacaoStateError: there is no draft.
        DefectivePublicacaoError: all that is wrong with it.
        StalePublicacaoError: it changed meanwhile; so of every other act.
    """
    draft = _draft(edicoes, chamador)
    _check(draft.registro_ans, conteudo, portas)
    return _write(edicoes, [Mudanca(draft, publicacoes.reescrever(draft, conteudo))], chamador, portas, guardar)


def open_edition(edicoes: Edicoes, chamador: Chamador, portas: Portas, *, guardar: Guardar) -> Edicoes:
    """The draft of the next edition, which says what the last one did; its file is to be sent anew.

    Raises:
        OutdatedPublicacaoError: it is not as the caller saw it.
        PublicacaoStateError: there is a draft already.
    """
    _seen(edicoes, chamador)
    draft = publicacoes.proxima_edicao(edicoes, edicoes[-1].conteudo, chamador.quem, portas.now)
    return _write(edicoes, [Mudanca(None, draft)], chamador, portas, guardar)


def send_file(
    edicoes: Edicoes,
    arquivo: NovoArquivo,
    chamador: Chamador,
    portas: Portas,
    *,
    render: Callable[[Edicoes, Upload, dict[str, Any]], Answer],
    keep: Callable[[Answer], Sequence[Mapping[str, Any]]],
) -> Answer:
    """A form to post the draft's file with; what was sent before is its file no more.

    Args:
        render: makes the answer from the publication, the upload and its form.
        keep: what must be written with it for the answer to be repeatable.

    Raises:
        OutdatedPublicacaoError: it is not as the caller saw it.
        PublicacaoStateError: there is no draft.
    """
    draft = _draft(edicoes, chamador)
    upload = uploads.intend(
        upload_id=uuid.uuid4().hex,
        prestador_id=dono(draft.registro_ans),
        registro_ans=draft.registro_ans,
        finalidade=PUBLICACAO,
        formato=arquivo.formato,
        nome_arquivo=arquivo.nome,
        tamanho=arquivo.tamanho,
        sha256=arquivo.sha256,
        referencia=draft.id,
        protocolo=portas.uploads.next_protocolo(portas.hoje),
        criado_por=chamador.quem,
        now=portas.now,
    )
    after = publicacoes.anexar(draft, upload.id)
    answer = render((*edicoes[:-1], after), upload, portas.files.presign(upload))
    portas.publicacoes.write(
        [Mudanca(draft, after)], envio=upload, now=portas.now, correlacao=chamador.correlacao, guardar=keep(answer)
    )
    return answer


def publish(edicoes: Edicoes, chamador: Chamador, portas: Portas, *, guardar: Guardar) -> Edicoes:
    """Prestadores read the draft from its first day on; the edition before it, no more.

    Raises:
        OutdatedPublicacaoError: it is not as the caller saw it.
        PublicacaoStateError: there is no draft.
        FilePendingError: its file is not checked yet.
        DefectivePublicacaoError: all else that stands in the way.
    """
    draft, before = _draft(edicoes, chamador), publicacoes.publicada(edicoes)
    wrong, arquivo = list(publicacoes.conferir(draft, before, portas.hoje)), None
    if draft.upload_id is not None:
        upload = file_of(draft, portas)
        if upload is not None and not upload.situacao.final:
            raise FilePendingError
        arquivo = _kept(upload)
        if arquivo is None:
            text = "O arquivo foi recusado, ou nunca chegou: veja em arquivo o que houve, e envie outro."
            wrong.append(Defeito("arquivo", "arquivo-recusado", text))
    if wrong:
        raise DefectivePublicacaoError(wrong)
    after = publicacoes.publicar(draft, arquivo, chamador.quem, portas.now, portas.hoje, portas.day_start)
    changes = [Mudanca(draft, after)]
    if before is not None:
        over = publicacoes.encerrar(before, Situacao.SUBSTITUIDA, chamador.quem, portas.now)
        changes.append(Mudanca(before, over))
    told = {
        **_told(after), "titulo": after.conteudo.titulo, "publico": asdict(after.conteudo.publico),
        "visivel_em": after.visivel_em, "vigente_de": after.conteudo.vigente_de,
        "vigente_ate": after.conteudo.vigente_ate, "substitui": before.edicao if before else None,
        "futura": after.visivel_em is not None and after.visivel_em > portas.now,
    }  # fmt: skip
    fatos = [Fato("DocumentacaoPublicada", after, told)]
    return _write(edicoes, changes, chamador, portas, guardar, fatos)


def withdraw(
    edicoes: Edicoes, motivo: str, edicao: int | None, chamador: Chamador, portas: Portas, *, guardar: Guardar
) -> Edicoes:  # fmt: skip
    """No prestador sees it any more; a draft is given up.

    Args:
        edicao: which one; without it, every one that lives.

    Raises:
        OutdatedPublicacaoError: it is not as the caller saw it.
        PublicacaoStateError: none of them lives.
    """
    _seen(edicoes, chamador)
    living = [one for one in edicoes if one.viva and edicao in {None, one.edicao}]
    if not living:
        raise PublicacaoStateError(edicoes[-1].situacao.value)
    changes = [
        Mudanca(one, publicacoes.encerrar(one, Situacao.RETIRADA, chamador.quem, portas.now, motivo)) for one in living
    ]
    fatos = [
        Fato("DocumentacaoRetirada", one.depois, {**_told(one.depois), "motivo": motivo})
        for one in changes
        if one.antes is not None and one.antes.situacao is Situacao.PUBLICADA
    ]
    return _write(edicoes, changes, chamador, portas, guardar, fatos)


def file_of(edicao: Publicacao, portas: Portas) -> Upload | None:
    """The upload of an edition's file."""
    return portas.uploads.get(dono(edicao.registro_ans), edicao.upload_id) if edicao.upload_id else None


def arquivo_de(edicao: Publicacao, portas: Portas) -> Arquivo:
    """An edition's file: as it was published, or as it was sent for a draft.

    Raises:
        PublicacaoNotFoundError: it has none, or none that was accepted.
    """
    found = edicao.arquivo or _kept(file_of(edicao, portas))
    if found is None:
        raise PublicacaoNotFoundError
    return found


def _kept(upload: Upload | None) -> Arquivo | None:
    if upload is None or upload.situacao is not uploads.Situacao.CONCLUIDO or not upload.chave or not upload.sha256:
        return None
    return Arquivo(upload.chave, upload.nome_arquivo, upload.formato, upload.tamanho, upload.sha256)


def _told(edicao: Publicacao) -> dict[str, Any]:
    return {"publicacao": edicao.id, "edicao": edicao.edicao, "tipo_publicacao": edicao.tipo.value}


def _check(registro_ans: str, conteudo: Conteudo, portas: Portas) -> None:
    asked = conteudo.publico.prestadores
    unknown = portas.leitores.desconhecidos(registro_ans, asked) if asked else ()
    text = "Não há prestador com este identificador e relacionamento com a operadora: confira-o."
    wrong = [
        *publicacoes.conferir_conteudo(conteudo),
        *(
            Defeito(f"publico.prestadores[{place}]", "prestador-desconhecido", text)
            for place, one in enumerate(asked)
            if one in unknown
        ),
    ]
    if wrong:
        raise DefectivePublicacaoError(wrong)


def _seen(edicoes: Edicoes, chamador: Chamador) -> None:
    if chamador.versao is not None and chamador.versao != publicacoes.versao_de(edicoes):
        raise OutdatedPublicacaoError


def _draft(edicoes: Edicoes, chamador: Chamador) -> Publicacao:
    _seen(edicoes, chamador)
    return publicacoes.em_rascunho(edicoes)


def _write(  # noqa: PLR0917  # what was, what becomes of it, by whom, through what
    edicoes: Edicoes,
    changes: Sequence[Mudanca],
    chamador: Chamador,
    portas: Portas,
    guardar: Guardar,
    fatos: Sequence[Fato] = (),
) -> Edicoes:
    by = {one.depois.edicao: one.depois for one in changes}
    left = tuple(by.pop(one.edicao, one) for one in edicoes) + tuple(by.values())
    portas.publicacoes.write(
        changes, fatos, now=portas.now, correlacao=chamador.correlacao, guardar=tuple(guardar(left))
    )
    return left


# --- the prestadores' people ---


@dataclass(frozen=True, slots=True)
class Estante:
    """What is in force for somebody, the newest first.

    Attributes:
        consultada_em: up to when all there was is in it; not before what it shows.
        visitada_em: up to when they had seen it before.
        registros: of which operadoras.
    """

    consultada_em: datetime
    visitada_em: datetime | None
    registros: tuple[str, ...]
    publicacoes: Sequence[Publicacao]

    @property
    def novas(self) -> int:
        """How many are new to them."""
        return sum(one.nova(self.visitada_em) for one in self.publicacoes)


def read(prestador_id: str, quem: str, registro_ans: str | None, portas: Portas) -> Estante:
    """What is in force today for a prestador, of every operadora or of one.

    Raises:
        PublicacaoNotFoundError: the operadora asked for is not the prestador's.
    """
    readers = portas.leitores.leitores(prestador_id, registro_ans, portas.hoje)
    if registro_ans is not None and not readers:
        raise PublicacaoNotFoundError
    registros = tuple(one.registro_ans for one in readers)
    shelves, seen = portas.publicacoes.estantes(prestador_id, quem, registros, portas.hoje)
    found = [one for leitor in readers for one in shelves[leitor.registro_ans] if one.para(leitor, portas.hoje)]
    return Estante(
        consultada_em=max([portas.now - FOLGA, *(lugar(one)[0] for one in found)]),
        visitada_em=seen,
        registros=registros,
        publicacoes=sorted(found, key=lugar, reverse=True),
    )


def lugar(publicacao: Publicacao) -> tuple[datetime, str]:
    """What the list is in order of, the last first."""
    return publicacao.visivel_em or publicacao.criada_em, publicacao.id


def find(prestador_id: str, publicacao_id: str, portas: Portas) -> Publicacao:
    """One of those that :func:`read` answers.

    Raises:
        PublicacaoNotFoundError: absent, foreign, not in force or for others.
    """
    registro_ans = registro_de(publicacao_id)
    for leitor in portas.leitores.leitores(prestador_id, registro_ans, portas.hoje):
        found = publicacoes.publicada(portas.publicacoes.edicoes(registro_ans, publicacao_id))
        if found is not None and found.para(leitor, portas.hoje):
            return found
    raise PublicacaoNotFoundError


def audience(
    publicacao_id: str, position: Mapping[str, str] | None, portas: Portas
) -> tuple[list[str], Mapping[str, str] | None]:
    """A page of the prestadores that a publication is for, and where the next one starts.

    Nobody, once it is published no more.
    """
    registro_ans = registro_de(publicacao_id)
    found = publicacoes.publicada(portas.publicacoes.edicoes(registro_ans, publicacao_id))
    if found is None:
        return [], None
    leitores, following = portas.leitores.da_operadora(registro_ans, portas.hoje, position)
    return [one.prestador_id for one in leitores if found.destinada(one)], following


def visit(prestador_id: str, quem: str, ate: datetime | None, portas: Portas) -> datetime:
    """Somebody saw all that there was at an instant (what :func:`read` told), or until now; never less than before."""
    seen = min(ate, portas.now) if ate else portas.now - FOLGA
    held = portas.publicacoes.visita(prestador_id, quem)
    if held is not None and held >= seen:
        return held
    portas.publicacoes.visitar(prestador_id, quem, seen)
    return seen
