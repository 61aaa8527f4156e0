"""What proves the audit: files of sealed blocks, and a whole run: see `python -m local.auditoria --help`."""
