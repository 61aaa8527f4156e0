"""Documents are found, come to belong to things and cease to: the same rules whichever door they came by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from documentos.domain.documentos import Destino, Documento, Vinculo, documento_id, is_open
from documentos.domain.errors import Defeito, DestinoClosedError, DestinoNotAcceptedError, DocumentoNotFoundError
from documentos.domain.finalidades import FINALIDADES, Alvo

if TYPE_CHECKING:
    from conecta_atos.portas import Chamador, Guardar
    from documentos.domain.envios import Numerado
    from documentos.service.portas import Portas, Referencia

Le = Callable[[Documento], bool]
"""Whether who asks may read a document."""
DESTINOS: Final = 30
"""That one request may name: with their events, and what is kept of the answer, one transaction holds so many."""


def find(prestador_id: str, documento: str, portas: Portas) -> Documento:
    """One document of a tenant.

    Raises:
        DocumentoNotFoundError: absent or foreign.
    """
    (found,) = portas.documentos.get([(prestador_id, documento)])
    if found is None:
        raise DocumentoNotFoundError
    return found


@dataclass(frozen=True, slots=True)
class Encontrado:
    """A document, and as what it belongs to the thing that was asked about."""

    documento: Documento
    vinculo: Vinculo | None = None


def of_bytes(prestador_id: str, registro_ans: str, sha256: str, le: Le, portas: Portas) -> list[Encontrado]:
    """Every document that some bytes are, at an operadora: whether they need to be sent at all."""
    named = [(prestador_id, documento_id(prestador_id, registro_ans, row, sha256)) for row in FINALIDADES]
    return [Encontrado(one) for one in portas.documentos.get(named) if one and le(one)]


def of_destino(held: Referencia, destino: Destino, le: Le, portas: Portas) -> list[Encontrado]:
    """Documents of something: those that belong to it, and those that its owner was given with it."""
    found = linked(held, destino, portas)
    documentos = portas.documentos.get([(one.prestador_id, one.documento) for one in found])
    uploads = portas.documentos.of_uploads(held.prestadores[0], [upload for upload, _ in held.anexados])
    given = [
        Encontrado(one, _vinculo(one, Pedido(destino, tipo), "", portas))
        for one, (_, tipo) in zip(uploads, held.anexados, strict=True) if one
    ]  # fmt: skip
    seen = {one.id: Encontrado(one, how) for one, how in zip(documentos, found, strict=True) if one}
    both = {**{one.documento.id: one for one in given}, **seen}
    return [one for one in both.values() if le(one.documento)]


def linked(held: Referencia, destino: Destino, portas: Portas) -> list[Vinculo]:
    """What belongs to something: of a PEG, to its lote, too; of a guia, to its PEG as a whole, too."""
    places = [destino.dono]
    if held.numero_lote is not None:
        places.append(Destino(Alvo.LOTE, held.numero_lote))
    found = [
        one
        for prestador_id in held.prestadores
        for place in places
        for one in portas.documentos.vinculados(prestador_id, held.registro_ans, place)
    ]
    return [one for one in found if destino.alvo is not Alvo.GUIA or one.destino.guia in {None, destino.guia}]


def refer(
    prestador_id: str, registro_ans: str | None, destino: Destino, portas: Portas, *, guias: bool = False
) -> Referencia:  # fmt: skip
    """What a tenant's documents are to belong to, or do.

    Args:
        registro_ans: operadora it has to be of, where that is known.
        guias: whether those of a PEG are asked for.

    Raises:
        DocumentoNotFoundError: absent or foreign, at that operadora.
    """
    asked = guias or destino.alvo is Alvo.GUIA
    held = portas.referencias.of_prestador(prestador_id, registro_ans or "", destino, guias=asked)
    if held is None or registro_ans not in {None, held.registro_ans}:
        raise DocumentoNotFoundError
    if destino.alvo is Alvo.GUIA and not any(destino.guia in numbers for numbers in held.guias):
        raise DocumentoNotFoundError
    return held


@dataclass(frozen=True, slots=True)
class Pedido:
    """That a document is to belong to something.

    Attributes:
        tipo: dm_tipoDocumento, where the finalidade leaves it open.
    """

    destino: Destino
    tipo: str | None = None


def link(
    documento: Documento, pedidos: Sequence[Pedido], chamador: Chamador, portas: Portas, *,
    guardar: Guardar = lambda _left: (),
) -> tuple[Vinculo, ...]:  # fmt: skip
    """Give a document to things; what it belongs to already stays as it is.

    Args:
        guardar: what is written with it, made of all that it belongs to then.

    Returns:
        All that it belongs to.

    Raises:
        DestinoNotAcceptedError: its finalidade is for other things.
        DocumentoNotFoundError: one of them is absent or foreign.
        DestinoClosedError: one of them takes no more documents.
        StaleDocumentoError: somebody else did it meanwhile.
    """
    require(documento, pedidos, portas)
    return tie(documento, pedidos, chamador, portas, guardar=guardar)


def require(documento: Documento, pedidos: Sequence[Pedido], portas: Portas) -> None:
    """That a document may be given to things; see `link`."""
    _judge(documento, pedidos)
    _require_open(documento, [one.destino for one in pedidos], portas)


def tie(
    documento: Documento, pedidos: Sequence[Pedido], chamador: Chamador, portas: Portas, *,
    numerado: Numerado | None = None, guardar: Guardar = lambda _left: (),
) -> tuple[Vinculo, ...]:  # fmt: skip
    """Give a document to things that it may be given to, with its number when it comes under one; see `link`."""
    held = portas.documentos.vinculos(documento.prestador_id, documento.id)
    asked, known = {one.destino: one for one in pedidos}, {one.destino for one in held}
    new = [_vinculo(documento, one, chamador.quem, portas) for one in asked.values() if one.destino not in known]
    return _change((*held, *new), chamador, portas, novos=new, numerado=numerado, guardar=guardar)


def _vinculo(documento: Documento, pedido: Pedido, quem: str, portas: Portas) -> Vinculo:
    return Vinculo(
        documento=documento.id, prestador_id=documento.prestador_id, registro_ans=documento.registro_ans,
        finalidade=documento.finalidade, destino=pedido.destino, tipo=documento.regras.tipo or pedido.tipo, quem=quem,
        em=portas.now, upload_id=documento.upload_id,
    )  # fmt: skip


def unlink(
    documento: Documento, destinos: Sequence[Destino], chamador: Chamador, portas: Portas, *, guardar: Guardar
) -> tuple[Vinculo, ...]:  # fmt: skip
    """Take a document back, while what it belongs to still waits; see `link`."""
    _require_open(documento, destinos, portas)
    held = portas.documentos.vinculos(documento.prestador_id, documento.id)
    gone = [one for one in held if one.destino in destinos]
    left = tuple(one for one in held if one not in gone)
    return _change(left, chamador, portas, desfeitos=gone, guardar=guardar)


def _change(
    left: tuple[Vinculo, ...], chamador: Chamador, portas: Portas, *, novos: Sequence[Vinculo] = (),
    desfeitos: Sequence[Vinculo] = (), numerado: Numerado | None = None, guardar: Guardar,
) -> tuple[Vinculo, ...]:  # fmt: skip
    kept = guardar(left)
    if novos or desfeitos or numerado or kept:
        portas.documentos.change(
            novos, desfeitos, now=portas.now, correlacao=chamador.correlacao, numerado=numerado, guardar=kept
        )  # fmt: skip
    return left


def _judge(documento: Documento, pedidos: Sequence[Pedido]) -> None:
    row, wrong = documento.regras, list[Defeito]()
    for place, one in enumerate(pedidos):
        if one.destino.alvo not in row.alvos:
            served = ", ".join(row.alvos) or "nenhum outro uso"
            text = f"Um documento enviado como {row.codigo} serve a: {served}."
            wrong.append(Defeito(f"destinos[{place}].alvo", "alvo-nao-aceito", text))
        if row.tipo is not None and one.tipo not in {None, row.tipo}:
            text = f"Um documento enviado como {row.codigo} é do tipo {row.tipo}. Omita o tipo."
            wrong.append(Defeito(f"destinos[{place}].tipo_documento", "tipo-divergente", text))
    if wrong:
        raise DestinoNotAcceptedError(wrong)


def _require_open(documento: Documento, destinos: Sequence[Destino], portas: Portas) -> None:
    for destino in dict.fromkeys(destinos):
        held = refer(documento.prestador_id, documento.registro_ans, destino, portas)
        if not is_open(destino, held.situacao):
            raise DestinoClosedError(destino.alvo, destino.id, str(held.situacao))


def attach_to_recurso(
    prestador_id: str, recurso: str, uploads: Sequence[str], chamador: Chamador, portas: Portas
) -> int:  # fmt: skip
    """Uploads that a recurso was sent with belong to it: repeatable, whatever became of the recurso since.

    Returns:
        How many are new.
    """
    asked = Pedido(Destino(Alvo.RECURSO, recurso))
    found = {one.id: one for one in portas.documentos.of_uploads(prestador_id, uploads) if one}
    new = [
        _vinculo(one, asked, chamador.quem, portas)
        for one in found.values()
        if asked.destino not in {held.destino for held in portas.documentos.vinculos(prestador_id, one.id)}
    ]
    for start in range(0, len(new), DESTINOS):
        portas.documentos.change(new[start : start + DESTINOS], now=portas.now, correlacao=chamador.correlacao)
    return len(new)
