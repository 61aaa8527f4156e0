"""How PEGs and their dossiers are stored: `peg` writes them, who pays and who hears an appeal reads them.

`conecta_contas` says what they are.
"""
