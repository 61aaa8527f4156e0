"""Which TISS message a file is: all that this context reads of one."""

from __future__ import annotations

from typing import Final

from conecta_tiss.errors import XmlRecusadoError
from conecta_tiss.findings import code_of
from conecta_tiss.messages.transacoes import CORPOS
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.xml import gate, parser
from documentos.domain.achados import Achado

_CORPOS: Final = frozenset(CORPOS.values())


def read_body(content: bytes) -> str | Achado | None:
    """Name of the body element; `None` when the standard has none of that name; or why nobody can read it.

    The gate comes before any parser, and a tree is made only to say what is wrong with what has no body.
    """
    try:
        utf8 = gate.check(content)
        corpo = parser.body_element(utf8)
        if corpo is None:
            parser.check_tree(parser.parse(utf8), utf8)
    except XmlRecusadoError as refused:
        return Achado(refused.regra, refused.codigo, refused.mensagem, refused.linha)
    if corpo is None:
        code = code_of(Motivo.MENSAGEM_INCOMPLETA, None)
        return Achado("TISS-CORPO", code, "A mensagem não tem corpo. Gere o arquivo de novo, com os dados do envio.")
    return corpo if corpo in _CORPOS else None
