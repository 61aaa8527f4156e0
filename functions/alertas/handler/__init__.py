"""Lambda entries `api`, `eventos` and `fluxo`."""
