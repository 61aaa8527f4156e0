"""Loads by ops on AWS, for any context: how they are stored, where files lie, how a file starts one, its steps.

`conecta_cargas` says what a load is. A context gives its table, its columns and how a row becomes items. It keeps its
loads beside its data, under keys of one shape (`conecta_edge.cadastro`).
"""
