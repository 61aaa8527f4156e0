"""The operadora itself, its contacts and its calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import holidays

from local.gerador_cadastro.identificadores import cnpj
from local.gerador_cadastro.model import Linha, Pedido

# R12: 4.01.00 alone, in force since 2022-10-01; the others are opened by data.
_VERSOES: Final = "4.01.00:2022-10-01:"
_ESTADO: Final = "RJ"
"""State of the head office, whose own holidays count."""
_FACULTATIVOS: Final = ("Carnaval", "Corpus Christi")
_EXPEDIENTES: Final = ("Quarta-feira de Cinzas",)


@dataclass(frozen=True, slots=True)
class Perfil:
    """What the other files take from who the operadora is: prefixes of its codes."""

    sigla: str
    nome: str
    nome_grupo: str
    grupo: tuple[str, ...]
    migracao: str
    prefixo_de_codigo: str


_CONHECIDAS: Final = {
    "345695": Perfil("AMS", "VALE/AMS", "VALE/PASA", ("345695", "331988"), "2024-01-02", "1"),
    "331988": Perfil("PASA", "PASA", "VALE/PASA", ("345695", "331988"), "2024-01-02", "2"),
}


def perfil(registro_ans: str) -> Perfil:
    """Who the operadora is; one that the demo does not know is alone in its group."""
    known = _CONHECIDAS.get(registro_ans)
    if known is not None:
        return known
    nome = f"Operadora {registro_ans}"
    return Perfil(f"P{registro_ans}", nome, nome, (registro_ans,), "2024-01-02", "9")


def operadora(pedido: Pedido) -> Iterator[Linha]:
    """The only row of its file."""
    mine = perfil(pedido.registro_ans)
    yield {
        "nome": mine.nome,
        "nome_grupo": mine.nome_grupo,
        "grupo": " ".join(mine.grupo),
        "versoes_tiss": _VERSOES,
        "data_migracao": mine.migracao,
        "portal_legado": "https://portal-legado.example",
        "recurso_legado": "ACEITA",
        "cnpj": cnpj(f"{pedido.registro_ans}000001"),
    }


def contatos(_: Pedido) -> Iterator[Linha]:
    """The Central by region (R18), the oncology team (R23) and the site."""
    sempre, comercial = "24 horas, todos os dias", "Dias úteis, das 8h às 18h"
    for codigo, regiao, canal, valor, descricao, horario in (
        ("CENTRAL-CAPITAIS", "Capitais e regiões metropolitanas", "TELEFONE", "4004-0183", "Central", sempre),
        ("CENTRAL-DEMAIS", "Demais regiões", "TELEFONE", "0800 722 0183", "Central", sempre),
        ("ONCOLOGIA", "Brasil", "EMAIL", "oncologia@vale-pasa.example", "Equipe de oncologia", comercial),
        ("SITE", "Brasil", "SITE", "https://www.vale-pasa.example", "Portal da operadora", ""),
    ):
        yield {
            "codigo": codigo,
            "regiao": regiao,
            "canal": canal,
            "valor": valor,
            "descricao": descricao,
            "horario": horario,
        }


def calendario(pedido: Pedido) -> Iterator[Linha]:
    """Holidays of the nation and of the head office's state, this year and the next; the optional days taken off.

    Ash Wednesday is listed as a day of work, which many expect to be off.
    """
    years = (pedido.hoje.year, pedido.hoje.year + 1)
    nation = holidays.country_holidays("BR", years=years, language="pt_BR")
    optional = holidays.country_holidays("BR", years=years, language="pt_BR", categories=("optional",))
    state = holidays.country_holidays("BR", subdiv=_ESTADO, years=years, language="pt_BR")
    rows = [(day, nation[day], "FERIADO", "") for day in nation]
    rows += [(day, state[day], "FERIADO", _ESTADO) for day in state if day not in nation]
    rows += [(day, optional[day], "FACULTATIVO", "") for day in optional if optional[day] in _FACULTATIVOS]
    rows += [(day, optional[day], "EXPEDIENTE", "") for day in optional if optional[day] in _EXPEDIENTES]
    for day, descricao, tipo, uf in sorted(rows):
        yield {"data": day.isoformat(), "descricao": descricao, "tipo": tipo, "uf": uf}
