"""Use cases of authorizations and the ports they need."""
