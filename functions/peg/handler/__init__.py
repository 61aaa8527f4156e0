"""Lambda entries of this context: `api` (REST), `eventos` (queue and stream), `fluxo` (the workflow's step)."""
