"""Composition roots, one per part of this context."""
