"""Documentos: one upload mechanism for every kind of file, and what became of each."""
