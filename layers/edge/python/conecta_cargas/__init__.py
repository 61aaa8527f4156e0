"""Loads of CSV files by ops, of any context: read by byte ranges, judged cell by cell, decided row by row, resumable.

Pure: the ports are in `following` and `loading`, the columns of its files are a context's own (`columns.Tipo`).
"""
