"""Composition root: adapters are made here, on first use, once per process."""
