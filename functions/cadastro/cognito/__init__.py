"""Adapter of the prestadores' user pool."""
