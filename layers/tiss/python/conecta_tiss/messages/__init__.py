"""TISS messages as frozen values: what was said, without how XML spells it.

One module per message; field names are the standard's words in snake case, amounts are `Decimal` in reais,
dates are local days, times and codes are the text of the message. Nothing here knows XML:
`conecta_tiss.xml.reader` and `conecta_tiss.xml.writer` go between these and bytes, both driven by
`conecta_tiss.xml.layout`.

Where the standard says "one of" (a contratado by code, CPF or CNPJ), the alternatives are optional fields
and exactly one is given. A version's own additions (4.03.00's centro de consumo) are optional fields too:
the writer refuses what the version asked for does not have.
"""
