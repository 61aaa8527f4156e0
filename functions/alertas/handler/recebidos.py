"""What happened in any context: told to whom it concerns, sent to their webhooks, counted for `/inicio`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from alertas.bootstrap import nucleo as bootstrap
from alertas.domain.eventos import destinatarios
from alertas.handler import entregas
from alertas.service import avisos, inicio

if TYPE_CHECKING:
    from alertas.service.portas import Donos, Portas

IMAGENS: Final = frozenset({"SenhaAtualizada", "PegAtualizado", "FaturaAtualizada", "ContestacaoAtualizada"})
"""How rows of others are now: for `/inicio` alone."""
A_TODOS: Final = "DocumentacaoPublicada"
"""What an operadora tells all its prestadores, page by page."""


def received(envelope: Mapping[str, Any]) -> None:
    """One event; twice is the same.

    Raises:
        MudouError: too much was told to one prestador at once: it is to come again.
    """
    portas, donos, tipo = bootstrap.portas(), bootstrap.donos(), envelope["tipo"]
    if tipo in IMAGENS:
        inicio.follow(envelope, portas, donos)
    elif tipo == A_TODOS:
        _to_all(envelope, None, portas, donos)
    elif tipo == bootstrap.AMPLO:
        _to_all(envelope["dados"]["evento"], envelope["dados"]["posicao"], portas, donos)
    else:
        _tell(envelope, destinatarios(envelope), portas)


def _tell(envelope: Mapping[str, Any], prestadores: Sequence[str], portas: Portas) -> None:
    for prestador_id in prestadores:
        avisos.tell(envelope, prestador_id, portas)
        entregas.announce(envelope, prestador_id)


def _to_all(envelope: Mapping[str, Any], posicao: Mapping[str, str] | None, portas: Portas, donos: Donos) -> None:
    """A page of those whom it is for; the next one comes as a message of its own."""
    found = donos.publico(envelope["dados"]["publicacao"], posicao, envelope["correlacao"])
    _tell(envelope, found["prestadores"], portas)
    if found["posicao"]:
        donos.adiante({**envelope, "tipo": bootstrap.AMPLO, "dados": {"evento": envelope, "posicao": found["posicao"]}})
