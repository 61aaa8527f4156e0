"""The XML door, `POST /tiss/{transacao}`: reads which message it is and hands it to its owner (decisoes.md 3).

Outside the contexts. Not called `tiss`, as its function is: that is a package of the build, which would win locally.
"""
