"""What a check has to say about a message: one `Achado` per fact.

Every door shows the same findings: the command line, the pre-validation, the reception and the answers.
A finding never holds a personal value (carteira, name, CPF...): it names the field and says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from conecta_tiss.vocabulary.glosas import Motivo, codigo

if TYPE_CHECKING:
    from conecta_tiss.versions import Versao

Razao = Motivo | str
"""Why something is refused: a `Motivo`, or the very code where it is the same in every version."""


def code_of(razao: Razao, versao: Versao | None) -> str:
    """Glosa code of a reason in the sender's version."""
    return razao if isinstance(razao, str) else codigo(razao, versao)


class Severidade(StrEnum):
    """What a finding does to the lote (decisoes.md 15)."""

    RECUSA_LOTE = "RECUSA_LOTE"
    """The whole message is refused and leaves nothing behind."""

    GLOSA = "GLOSA"
    """The lote is received; the guia or item is glosada."""


@dataclass(frozen=True, slots=True)
class Achado:
    """A finding.

    Attributes:
        regra: Stable id of the rule, for instance "TISS-HASH" or "TISS-ITEM-VALOR".
        codigo: Glosa code (terminology table 38) valid in the sender's version.
        mensagem: Brazilian Portuguese; what is wrong and what to do, without personal data.
        severidade: What it does to the lote.
        guia: numeroGuiaPrestador of the guia at fault, if it is of one guia; numeroGuiaAnexo of an annex sent alone.
        item: sequencialItem of the item at fault, if it is of one item; its place from 1 where items have no number.
        caminho: XPath with the `ans:` prefix and positions.
        linha: Line in the document, from 1.
    """

    regra: str
    codigo: str
    mensagem: str
    severidade: Severidade = Severidade.RECUSA_LOTE
    guia: str | None = None
    item: int | None = None
    caminho: str | None = None
    linha: int | None = None
