"""Adapters over the tables `auditoria` (read only) and `selos`."""
