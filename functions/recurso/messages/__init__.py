"""TISS messages ↔ this context: the only place that knows both (anti-corruption layer)."""
