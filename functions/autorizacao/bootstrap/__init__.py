"""Composition roots, one per group of use cases."""
