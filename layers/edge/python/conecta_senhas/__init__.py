"""What a senha is, as values: what is asked, the rules that judge it, its states and what leads from one to another.

Pure, and of no context: `autorizacao` asks, decides and stores, `peg` bills on what is left of it (ADR 17).
"""
