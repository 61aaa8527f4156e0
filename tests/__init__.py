"""Tests: unit, property, contract, integration, infra, architecture, e2e."""
