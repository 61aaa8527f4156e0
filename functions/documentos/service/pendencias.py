"""What is still missing of a request, a PEG or a recurso; and what operadoras ask of PEGs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from documentos.domain import exigencias as de_exigencias
from documentos.domain.errors import OutdatedExigenciasError
from documentos.domain.exigencias import PADRAO, Esperado, Exigencia, Exigencias
from documentos.service.documentos import linked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conecta_atos.portas import Chamador, Guardar
    from documentos.domain.documentos import Destino
    from documentos.service.portas import Portas, Referencia


@dataclass(frozen=True, slots=True)
class Lista:
    """A checklist, and of what."""

    destino: Destino
    referencia: Referencia
    itens: tuple[Esperado, ...]

    @property
    def completa(self) -> bool:
        """Whether nothing is missing."""
        return not any(one.faltam for one in self.itens)


def checklist(held: Referencia, destino: Destino, portas: Portas) -> Lista:
    """What is expected of something, what of it is there, and what is not."""
    vinculos = linked(held, destino, portas)
    if held.tipo_guia is not None:
        asked = in_force(held.registro_ans, portas)
        return Lista(destino, held, de_exigencias.of_peg(asked, held.tipo_guia, held.guias, vinculos))
    itens = (de_exigencias.of_tipo(one, vinculos) if isinstance(one, str) else one for one in held.esperados)
    return Lista(destino, held, tuple(itens))


def in_force(registro_ans: str, portas: Portas) -> Exigencias:
    """What an operadora asks of PEGs: the default until it says otherwise."""
    return portas.documentos.exigencias(registro_ans) or Exigencias(registro_ans=registro_ans, itens=PADRAO)


def publish(
    registro_ans: str, itens: Sequence[Exigencia], chamador: Chamador, portas: Portas, *, guardar: Guardar
) -> Exigencias:  # fmt: skip
    """Say what PEGs must bring, from now on.

    Raises:
        OutdatedExigenciasError: it is not as the caller saw it.
        StaleDocumentoError: somebody else said it meanwhile.
    """
    held = in_force(registro_ans, portas)
    if chamador.versao not in {None, held.versao}:
        raise OutdatedExigenciasError
    after = replace(held, itens=tuple(itens), versao=held.versao + 1, quem=chamador.quem, em=portas.now)
    portas.documentos.write_exigencias(held if held.versao else None, after, guardar(after))
    return after
