"""Uploads: what may be sent, the states an upload goes through, and what its bytes must be."""
