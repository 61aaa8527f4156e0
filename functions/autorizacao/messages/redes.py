"""Who is who: prestadores as messages name them, by CNPJ, CPF or code at the operadora, and their ids here."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

from conecta_tiss.vocabulary.identifiers import is_valid_cnpj, is_valid_cpf

if TYPE_CHECKING:
    from collections.abc import Callable

    from conecta_edge.cadastro import Contratacao
    from conecta_tiss.messages.comum import Contratado


class Codigos(Protocol):
    """What this context asks of cadastro's look-up by code."""

    def prestador_of_code(self, registro_ans: str, codigo: str) -> str | None:
        """The prestador that the operadora calls so."""
        ...


class Redes:
    """Ids of prestadores, for one caller: its own identifications are answered without reading.

    Args:
        prestador_id: of the caller.
        contratacao: what is known of it at the operadora.
        of_cpf: id of the prestador that is a person.
    """

    def __init__(
        self, prestador_id: str, contratacao: Contratacao, codigos: Codigos, of_cpf: Callable[[str], str]
    ) -> None:
        self._prestador_id = prestador_id
        self._codigos = codigos
        self._of_cpf = of_cpf
        prestador, held = contratacao.prestador, contratacao.relacionamento
        own = (prestador.cnpj, prestador.cpf) if prestador else ()
        self._own = {name for name in (*own, held.codigo_na_operadora if held else None) if name}

    def prestador_id(self, registro_ans: str, contratado: Contratado) -> str | None:
        """The id, `None` of a code that the operadora does not have: many write the CNPJ or CPF where a code goes."""
        name = (contratado.cnpj or contratado.cpf or contratado.codigo_na_operadora or "").strip()
        if name in self._own:
            return self._prestador_id
        if contratado.codigo_na_operadora is not None:
            found = self._codigos.prestador_of_code(registro_ans, name)
            if found is not None:
                return found
        if contratado.cnpj is not None or is_valid_cnpj(name):
            return name
        if contratado.cpf is not None or is_valid_cpf(name):
            return self._of_cpf(name)
        return None


def outside(registro_ans: str, contratado: Contratado) -> str:
    """What stands for a solicitante of whom only a code is known: an id that no prestador has."""
    name = f"{registro_ans}|{(contratado.codigo_na_operadora or '').strip()}"
    return f"fora{hashlib.sha256(name.encode()).hexdigest()[:24]}"
