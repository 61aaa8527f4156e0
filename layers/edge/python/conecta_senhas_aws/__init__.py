"""How authorizations are stored, for the two contexts that write them: `autorizacao` whole, `peg` what is used of them.

`conecta_senhas` says what an authorization is.
"""
