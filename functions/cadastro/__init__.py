"""Cadastro: operadoras, prestadores, relacionamentos, people and credentials, trusted by every rule."""
