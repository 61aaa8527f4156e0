"""Rules of the question where a protocolo stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conecta_tiss.rules.base import Contexto, Regra, regra
from conecta_tiss.rules.partes import PARA_OPERADORA, Lugar, tell
from conecta_tiss.vocabulary.glosas import Motivo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.situacao import SolicitacaoStatusProtocolo

_NUMERO: Final = Lugar(f"{PARA_OPERADORA}/ans:solicitacaoStatusProtocolo/ans:numeroProtocolo")
_DIGITOS: Final = 12


def findings(corpo: SolicitacaoStatusProtocolo, contexto: Contexto) -> Iterator[Achado]:
    """Findings of all `RULES`."""
    for uma in RULES:
        yield from uma((corpo.numero_protocolo, _NUMERO), contexto)


@regra("TISS-PROTOCOLO-NUMERO", Motivo.PROTOCOLO_NAO_ENCONTRADO, "tiss.md 2: protocolos are digits, 12 at most")
def the_number_is_one_of_a_protocolo(
    esta: Regra[tuple[str, Lugar]], numero_em: tuple[str, Lugar], contexto: Contexto
) -> Iterator[Achado]:
    """`numeroProtocolo` has digits only: no receipt could give another."""
    numero, onde = numero_em[0].strip(), numero_em[1]
    if numero and len(numero) <= _DIGITOS and not (numero.isascii() and numero.isdigit()):
        yield tell(
            esta, contexto, onde, "O numeroProtocolo tem só algarismos (até 12). Copie-o do recebimento do lote."
        )


RULES: Final[tuple[Regra[tuple[str, Lugar]], ...]] = (the_number_is_one_of_a_protocolo,)
"""Rules of the question where a protocolo stands."""
