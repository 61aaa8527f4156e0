"""Rules of a request to cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conecta_tiss.rules.base import Contexto, Regra, regra
from conecta_tiss.rules.partes import PARA_OPERADORA, Lugar, itens_de, numero_de, tell
from conecta_tiss.vocabulary.glosas import Motivo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.cancelamento import CancelaGuia

_CORPO: Final = Lugar(f"{PARA_OPERADORA}/ans:cancelaGuia/ans:tipoCancelamento")


def findings(corpo: CancelaGuia, contexto: Contexto) -> Iterator[Achado]:
    """Findings of all `RULES`."""
    for uma in RULES:
        yield from uma(corpo, contexto)


@regra("TISS-CANCELAMENTO-DUPLICADO", Motivo.GUIA_JA_APRESENTADA, "tiss.md 2: uniqueness of numeroGuiaPrestador")
def guias_are_cancelled_once(esta: Regra[CancelaGuia], corpo: CancelaGuia, contexto: Contexto) -> Iterator[Achado]:
    """Each guia, of its type, is told once."""
    vistas: set[tuple[str, str | None]] = set()
    for guia, onde in itens_de(_CORPO, "tipoCancelamentoGuia", corpo.guias):
        numero = numero_de(guia.numero_guia_prestador)
        chave = (guia.tipo_guia, numero)
        if numero is not None and chave in vistas:
            mensagem = "A guia já está nesta mensagem, com o mesmo tipo. Retire a repetição."
            yield tell(esta, contexto, onde._replace(guia=numero, item=None), mensagem)
        vistas.add(chave)


RULES: Final[tuple[Regra[CancelaGuia], ...]] = (guias_are_cancelled_once,)
"""Rules of a request to cancel."""
