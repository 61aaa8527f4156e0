"""Autorização: what a prestador asks leave to do, what is decided of it, and what becomes of the senha."""
