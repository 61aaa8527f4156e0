"""What recursos contest of a PEG, which another context knows: by its function, called and waited for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from conecta_edge import calls

if TYPE_CHECKING:
    from conecta_contas.pegs import Peg
    from pagamento.domain.demonstrativos import Lugar

ROTA: Final = "/recursos/contestados"


def contestado(peg: Peg, correlacao: str) -> dict[Lugar, Decimal]:
    """Reais of each line that living recursos contest.

    Raises:
        ProblemError: 503, too many are at it.
        CallFailedError: the function failed.
    """
    asked = {"registro_ans": peg.registro_ans, "prestador_id": peg.prestador_id, "protocolo": peg.protocolo}
    found = calls.ask("FUNCAO_RECURSO", ROTA, asked, correlacao)
    return {(indice, sequencia): Decimal(valor) for indice, sequencia, valor in found["linhas"]}
