"""The audit as it is kept: rows sealed into chained blocks, shown to whose they are, and given away to be verified.

Outside the seven contexts: all of them write rows (`conecta_edge.audit`), this one reads and seals them.
"""
