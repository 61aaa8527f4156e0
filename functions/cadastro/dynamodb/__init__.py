"""Adapters of this context's tables."""
