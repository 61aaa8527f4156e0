"""Use cases of this context and the ports they need."""
