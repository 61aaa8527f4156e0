"""Invented names: usual first names, surnames made of syllables that no registry office has seen together."""

from __future__ import annotations

from random import Random
from typing import Final

FEMININOS: Final = (
    "Ana", "Beatriz", "Cecília", "Débora", "Elisângela", "Fátima", "Glória", "Helena", "Inês", "Joana", "Karina",
    "Letícia", "Márcia", "Núbia", "Olívia", "Patrícia", "Quitéria", "Raquel", "Sônia", "Tânia", "Úrsula", "Vitória",
    "Yara", "Zélia", "Maria José", "Ana Clara", "Conceição", "Luíza",
)  # fmt: skip
MASCULINOS: Final = (
    "André", "Benício", "César", "Davi", "Élcio", "Fábio", "Gonçalo", "Heitor", "Ítalo", "João", "Kléber", "Lúcio",
    "Mário", "Nélson", "Otávio", "Paulo", "Quirino", "Rogério", "Sebastião", "Túlio", "Ubirajara", "Valdir", "Xavier",
    "Zózimo", "José Antônio", "João Batista", "Estêvão", "Simão",
)  # fmt: skip
_INICIOS: Final = (
    "Abri", "Bran", "Calde", "Dório", "Esto", "Falma", "Gurja", "Itan", "Jaru", "Lavra", "Mirân", "Nóbri", "Orla",
    "Péro", "Quan", "Rubi", "Serta", "Torna", "Uru", "Valbo", "Xapu", "Zambu", "Côn", "Tavi",
)  # fmt: skip
_FINAIS: Final = (
    "bém", "cari", "deia", "féu", "gordo", "leão", "mar", "nhães", "peçu", "quim", "reta", "sol", "tião", "vante",
    "xim", "zar", "lho", "mbira", "ndo", "rçal",
)  # fmt: skip
_LIGACOES: Final = ("", "", "", "", " de", " da", " dos")


def sobrenome(rng: Random) -> str:
    """A surname."""
    inicio = _INICIOS[int(rng.random() * len(_INICIOS))]
    return inicio + _FINAIS[int(rng.random() * len(_FINAIS))]


def primeiro(rng: Random, sexo: str) -> str:
    """A first name of a sex, `M` or `F`."""
    nomes = FEMININOS if sexo == "F" else MASCULINOS
    return nomes[int(rng.random() * len(nomes))]


def completo(rng: Random, sexo: str, sobrenomes: tuple[str, ...]) -> str:
    """A first name with these surnames."""
    ligacao = _LIGACOES[int(rng.random() * len(_LIGACOES))]
    return f"{primeiro(rng, sexo)}{ligacao} {' '.join(sobrenomes)}"
