"""Use cases: sealing what was appended, showing it, and giving it away."""
