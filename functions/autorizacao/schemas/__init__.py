"""The JSON contract of this context's routes."""
