"""An event becomes an alerta of everyone it concerns, numbered in the order it came in, once however often it comes."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from alertas.domain import regras
from alertas.domain.alertas import Alerta, Marca, Sequencia
from alertas.domain.errors import MudouError

if TYPE_CHECKING:
    from alertas.service.portas import Portas

VOLTAS: Final = 8
PAUSA: Final = 40
"""Milliseconds, at most, before who lost a race tries again."""


def tell(envelope: Mapping[str, Any], prestador_id: str, portas: Portas) -> Alerta | None:
    """The alerta that an event is to a prestador; `None` when it is none, or was told before.

    Raises:
        MudouError: too many others were told something at once: the message is to come again.
    """
    made = regras.aviso(envelope, prestador_id)
    if made is None:
        return None
    ocorrido = datetime.fromisoformat(envelope["ocorrido_em"])
    for turn in range(VOLTAS):
        if turn:
            time.sleep(random.uniform(0, PAUSA) / 1000)  # noqa: S311  # no secret
        found = portas.alertas.antes(prestador_id, envelope["id"], envelope["entidade"])
        if found.contado:
            return None
        held = with_floor(found.sequencia, portas)
        alerta = Alerta(
            id=envelope["id"], prestador_id=prestador_id, registro_ans=envelope["registro_ans"], tipo=envelope["tipo"],
            entidade=envelope["entidade"], ocorrido_em=ocorrido, recebido_em=portas.now, aviso=made,
            marca=held.ultima.after(made.area), superado=found.ultimo is not None and found.ultimo > ocorrido,
        )  # fmt: skip
        try:
            portas.alertas.append(alerta, replace(held, ultima=alerta.marca))
        except MudouError:
            continue
        return alerta
    raise MudouError


def with_floor(held: Sequencia, portas: Portas) -> Sequencia:
    """The numbering with the last alerta that is shown no more, which is looked up once a day."""
    if held.piso_em == portas.hoje:
        return held
    oldest = portas.alertas.primeiro_mostrado(held.prestador_id, held.piso.numero + 1, portas.now)
    piso = _before(oldest) if oldest else held.ultima
    return replace(held, piso=piso, piso_em=portas.hoje)


def _before(alerta: Alerta) -> Marca:
    area = alerta.aviso.area
    return Marca(alerta.numero - 1, {**alerta.marca.contagem, area: alerta.marca.contagem[area] - 1})
