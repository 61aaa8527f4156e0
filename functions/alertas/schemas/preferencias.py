"""What somebody chose about digests, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from alertas.domain.resumos import Frequencia
from alertas.schemas.comum import Sent, View
from conecta_edge.clock import iso

if TYPE_CHECKING:
    from alertas.domain.resumos import Preferencia


class PreferenciaRequest(Sent):
    """Com que frequência receber o resumo dos alertas por e-mail."""

    resumo: Annotated[Frequencia, Field(strict=False)]


class PreferenciaView(View):
    """O que se escolheu, neste prestador."""

    resumo: Frequencia
    proximo_em: Annotated[datetime | None, Field(description="A partir de quando sai o próximo, se houver o que ler.")]
    enviado_em: datetime | None


def preferencia(one: Preferencia) -> dict[str, Any]:
    """As it is shown (shape: :class:`PreferenciaView`)."""
    return {
        "resumo": one.frequencia.value,
        "proximo_em": iso(one.proximo_em) if one.proximo_em else None,
        "enviado_em": iso(one.enviado_em) if one.enviado_em else None,
    }


EXEMPLO: Final[dict[str, Any]] = {
    "resumo": "DIARIO", "proximo_em": "2026-12-11T10:00:00.000000Z", "enviado_em": None,
}  # fmt: skip
