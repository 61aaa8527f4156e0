"""Deterministic generator of the load files of cadastro: the demo's data, the tests' rows and the benchmarks' bytes.

Every file of the load contract, of any size, from a seed; no row is kept in memory.

    for arquivo in gerar(Pedido("345695", vidas=1000)):
        arquivo.tipo, arquivo.nome, b"".join(arquivo.linhas)
"""

from local.gerador_cadastro.assembly import esperados, gerar, linhas
from local.gerador_cadastro.defeitos import DEFEITOS, Defeito, Esperado
from local.gerador_cadastro.fixos import FIXOS, Fixo, fixo
from local.gerador_cadastro.model import (
    COLUNAS,
    OBRIGATORIAS,
    TIPOS,
    TIPOS_COM_DEFEITOS,
    Arquivo,
    Formato,
    Linha,
    Pedido,
)
from local.gerador_cadastro.prestadores import CLINICA, HOSPITAL

__all__ = [
    "CLINICA",
    "COLUNAS",
    "DEFEITOS",
    "FIXOS",
    "HOSPITAL",
    "OBRIGATORIAS",
    "TIPOS",
    "TIPOS_COM_DEFEITOS",
    "Arquivo",
    "Defeito",
    "Esperado",
    "Fixo",
    "Formato",
    "Linha",
    "Pedido",
    "esperados",
    "fixo",
    "gerar",
    "linhas",
]
