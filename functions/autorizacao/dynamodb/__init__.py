"""Adapters over the `autorizacao` table, and over what other contexts let this one read."""
