"""What JSON contracts of every context ask of a field: days, identifiers and codes of the standard, as pydantic types.

Errors have codes of their own with a `-` and are in Portuguese (`conecta_edge.http`); no value is repeated.
"""
