"""What a recurso gives back of a PEG, as `recurso` tells it. Repeatable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conecta_contas.pegs import Papel
from conecta_edge import observability
from peg.bootstrap import nucleo
from peg.service import atos
from peg.service.portas import Chamador
from peg.service.recepcao import find_peg


def recurso_answered(envelope: Mapping[str, Any]) -> None:
    """`RecursoRespondido`: what is given back of a PEG of ours is taken no more, and is to be paid.

    Raises:
        PegNotFoundError: the prestador has no such PEG.
        DossieMissingError: what is given back is not in the archive yet: try again.
        TransicaoInvalidaError: its values are not published.
        GlosaInvalidaError: more than its glosas take.
        MudouError: too many others did too many things at once: try again.
    """
    dados = envelope["dados"]
    if dados["legado"] or dados.get("acatados") is None:
        return
    portas = nucleo.portas()
    sistema = Chamador(papel=Papel.SISTEMA, quem="sistema", correlacao=envelope["correlacao"])
    peg = find_peg(envelope["prestador_id"], dados["protocolo"], portas)
    after = atos.recover(peg, dados["recurso"], portas.archive.acatados(dados["acatados"]), sistema, portas)
    observability.log("info", "valor recuperado", protocolo=after.protocolo, situacao=after.situacao.value)
