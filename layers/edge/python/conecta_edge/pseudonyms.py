"""Pseudonyms: what stands for a CPF or a carteira in a key, an index or the audit.

HMAC-SHA256 under a secret of the deployment's own, so that neither a table nor a log tells whose row it is, and
nobody can try numbers without the secret. The kind and the operadora are part of what is hashed: the same CPF has
unrelated pseudonyms at two operadoras.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from typing import Final

LENGTH: Final = 32
"""Hexadecimal digits kept: 128 bits."""
_PERSON_LENGTH: Final = 24


class Pseudonyms:
    """Pseudonyms under one key. Losing the key loses every look-up: it is never rotated in place."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def carteira(self, registro_ans: str, numero: str) -> str:
        """Of a carteira of one operadora."""
        return self._of("carteira", registro_ans, numero)

    def cpf(self, registro_ans: str, cpf: str) -> str:
        """Of a person at one operadora."""
        return self._of("cpf", registro_ans, cpf)

    def nome(self, registro_ans: str, nome: str) -> str:
        """Of a person's first and last name at one operadora, whatever its accents, case and what is between."""
        plain = unicodedata.normalize("NFKD", nome).encode("ascii", "ignore").decode().upper()
        words = "".join(letter if letter.isalpha() else " " for letter in plain).split()
        return self._of("nome", registro_ans, " ".join(words[:1] + words[1:][-1:]))

    def prestador(self, cpf: str) -> str:
        """Id of a prestador that is a person: `pf` and 24 hexadecimal digits."""
        return f"pf{self._of('prestador', cpf)[:_PERSON_LENGTH]}"

    def conta(self, email: str) -> str:
        """Of an e-mail, for the username of an account made in its owner's name."""
        return self._of("conta", email)

    def _of(self, *parts: str) -> str:
        return hmac.new(self._key, "|".join(parts).encode(), hashlib.sha256).hexdigest()[:LENGTH]
