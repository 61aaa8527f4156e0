"""Terminology: TUSS, glosas and labels, over the artefacts made at set-up."""
