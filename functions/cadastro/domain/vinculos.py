"""What binds people and machines to prestadores and operadoras."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vinculo:
    """A person (by the pool's `sub`) acting for a prestador in a papel."""

    sub: str
    prestador_id: str
    papel: str
    ativo: bool = True


@dataclass(frozen=True, slots=True)
class VinculoOperadora:
    """A person of an operadora; the group counts only where the token has it, too."""

    sub: str
    registro_ans: str
    grupo: str
    ativo: bool = True


@dataclass(frozen=True, slots=True)
class Credencial:
    """A machine credential of a prestador: an app client of the pool."""

    client_id: str
    prestador_id: str
    escopos: tuple[str, ...]
    ativa: bool = True
