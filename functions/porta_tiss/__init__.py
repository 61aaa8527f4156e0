"""The XML door, `POST /tiss/{transacao}`: reads which message it is and hands it to its owner (decisoes.md 3)."""
