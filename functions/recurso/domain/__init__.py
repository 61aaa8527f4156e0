"""Glosas that may be contested, recursos and their states, the rules of `dominio.md` §4."""
