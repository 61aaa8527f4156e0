"""Recursos de glosas: what a prestador contests of a PEG, what auditoria answers, and the reais that go back."""
