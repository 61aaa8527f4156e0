"""The command line: `python -m conecta_tiss validar|hash|glosa|tuss|schemas`.

Output for people is Brazilian Portuguese; `validar --json` is the shape of decisoes.md. Exit status: 0 all
is well, 1 something is not (an invalid file, an unknown code), 2 the command was not understood or a file
cannot be read.
"""
