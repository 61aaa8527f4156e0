"""Lambda entry `api`."""
