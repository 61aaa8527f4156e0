"""Formal rules: what a message must satisfy beyond its schema, without asking any register.

A rule is data in, data out: one function, one id, one glosa. `ENVELOPE_RULES` look at header and body of any
message, `RULES` at a lote de guias. All are told at once; none stops the others.
"""

from conecta_tiss.rules.base import Contexto, Regra, Rule
from conecta_tiss.rules.envelope import ENVELOPE_RULES, Envelope
from conecta_tiss.rules.lote import RULES, run

__all__ = ["ENVELOPE_RULES", "RULES", "Contexto", "Envelope", "Regra", "Rule", "run"]
