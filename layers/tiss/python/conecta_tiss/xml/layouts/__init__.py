"""Mappings of the messages that are no lote, one module per module of `conecta_tiss.messages`.

`layout.late` names them and imports each only when a message needs it: making one dataclass takes a
millisecond, and a lote needs none of these.
"""
