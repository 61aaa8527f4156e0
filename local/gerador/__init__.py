"""Deterministic generator of TISS lotes: the demo's data, the tests' oracle and the benchmarks' bytes.

Standard library only and independent of ``conecta_tiss``: totals are added in ``Decimal`` and the hash is
computed while writing, so what it says about a message owes nothing to the code that will read it.

    lote = gerar(Pedido(tipo=Tipo.SADT, guias=100))
    lote.conteudo, lote.valor_total, lote.esperado
"""

from local.gerador.assembly import (
    consulta_protocolo,
    consulta_recurso,
    gerar,
    pede_demonstrativo,
    verifica_elegibilidade,
)
from local.gerador.cobranca import COBRANCA, Conhecido
from local.gerador.defeitos import DEFEITOS, Defeito
from local.gerador.model import (
    DIA_DE_REFERENCIA,
    VERSOES,
    Conta,
    Esperado,
    GuiaGerada,
    Linha,
    LoteGerado,
    Pedido,
    Tipo,
    Veredito,
)
from local.gerador.tree import Formato

__all__ = [
    "COBRANCA",
    "DEFEITOS",
    "DIA_DE_REFERENCIA",
    "VERSOES",
    "Conhecido",
    "Conta",
    "Defeito",
    "Esperado",
    "Formato",
    "GuiaGerada",
    "Linha",
    "LoteGerado",
    "Pedido",
    "Tipo",
    "Veredito",
    "consulta_protocolo",
    "consulta_recurso",
    "gerar",
    "pede_demonstrativo",
    "verifica_elegibilidade",
]
