"""Deterministic generator of the load files of cadastro: the demo's data, the tests' rows and the benchmarks' bytes.

Every file of the load contract, of any size, from a seed; no row is kept in memory.

    for arquivo in gerar(Pedido("345695", vidas=1000)):
        arquivo.tipo, arquivo.nome, b"".join(arquivo.linhas)
"""

from local.gerador_cadastro.assembly import gerar, linhas
from local.gerador_cadastro.fixos import FIXOS, Fixo, fixo
from local.gerador_cadastro.model import COLUNAS, OBRIGATORIAS, TIPOS, Arquivo, Formato, Linha, Pedido
from local.gerador_cadastro.prestadores import CLINICA, HOSPITAL

__all__ = [
    "CLINICA",
    "COLUNAS",
    "FIXOS",
    "HOSPITAL",
    "OBRIGATORIAS",
    "TIPOS",
    "Arquivo",
    "Fixo",
    "Formato",
    "Linha",
    "Pedido",
    "fixo",
    "gerar",
    "linhas",
]
