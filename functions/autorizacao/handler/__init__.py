"""Lambda entries of this context: `api` (REST and the XML door), `eventos` (queue and stream), `fluxo` (workflows)."""
