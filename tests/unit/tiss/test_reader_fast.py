"""The quick readers give exactly what the tolerant ones give, on anything."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import pytest

from conecta_tiss.xml import gate, layout, parser, reader, records
from conecta_tiss.xml.fast_records import fast_reader
from conecta_tiss.xml.leaves import Leitura
from local.gerador import Pedido, Tipo, gerar

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

REGISTROS = {guia.value: registro for guia, registro in layout.GUIAS.items()}


def both(raiz: Element) -> tuple[list[Any], list[Any], Leitura, Leitura]:
    """Every guia read quickly and tolerantly, with what each noted."""
    depressa, sem_ordem = Leitura(), Leitura()
    rapidas, lentas = [], []
    guias = (elemento for elemento in raiz.iter() if str(elemento.tag).rpartition("}")[2] in REGISTROS)
    for guia in guias:
        registro = REGISTROS[str(guia.tag).rpartition("}")[2]]
        rapidas.append(fast_reader(registro)(guia, depressa))
        lentas.append(records.read(records.plan(registro), guia, sem_ordem))
    return rapidas, lentas, depressa, sem_ordem


def tree(texto: str) -> Element:
    return parser.parse(gate.check(texto.encode("iso-8859-1")))


def generated(tipo: Tipo, versao: str, guias: int = 3) -> str:
    return gerar(Pedido(tipo=tipo, versao=versao, guias=guias)).conteudo.decode("iso-8859-1")


@pytest.mark.parametrize("versao", ["4.01.00", "4.03.00"])
@pytest.mark.parametrize("tipo", Tipo)
def test_correct_guias_of_every_kind(tipo: Tipo, versao: str) -> None:
    rapidas, lentas, depressa, sem_ordem = both(tree(generated(tipo, versao)))
    assert len(rapidas) == 3
    assert rapidas == lentas
    assert depressa.maior_lista == sem_ordem.maior_lista
    assert depressa.brancos == sem_ordem.brancos == []


@pytest.mark.parametrize("semente", range(25))
@pytest.mark.parametrize("tipo", Tipo)
def test_guias_with_elements_missing_repeated_swapped_emptied_and_unknown(tipo: Tipo, semente: int) -> None:
    sorte = random.Random(semente)  # noqa: S311 - reproducible mischief
    raiz = tree(generated(tipo, "4.03.00", guias=2))
    elementos = [elemento for elemento in raiz.iter() if elemento.getparent() is not None][20:]
    for elemento in sorte.sample(elementos, 12):
        pai = elemento.getparent()
        match sorte.randrange(6):
            case 0 if pai is not None:
                pai.remove(elemento)
            case 1 if pai is not None:
                pai.append(elemento)
            case 2:
                elemento.text = sorte.choice(["", " ", "\n ", " x", "9", "2026-03-02Z"])
            case 3:
                elemento.tag = "{urn:x}nada"
            case 4:
                elemento.append(elemento.makeelement(elementos[0].tag))
            case _:
                elemento.clear()

    rapidas, lentas, depressa, sem_ordem = both(raiz)

    # repr, as an unreadable amount is not equal to itself
    assert repr(rapidas) == repr(lentas)
    assert depressa.datas == sem_ordem.datas
    assert set(depressa.brancos) == set(sem_ordem.brancos)
    assert depressa.maior_lista >= sem_ordem.maior_lista


def test_a_signed_guia_is_flagged() -> None:
    texto = re.sub(
        r"</ans:guiaSP-SADT>", "<ans:assinaturaDigitalGuia/></ans:guiaSP-SADT>", generated(Tipo.SADT, "4.01.00")
    )
    rapidas, lentas, _, _ = both(tree(texto))
    assert rapidas == lentas
    assert all(guia.assinada for guia in rapidas)


def test_big_lotes_are_read_the_quick_way_and_give_the_same() -> None:
    raiz = tree(generated(Tipo.SADT, "4.01.00", guias=25))
    plano = records.plan(layout.guia_sp_sadt)
    lentas = tuple(records.read(plano, guia, Leitura()) for guia in raiz.iter("{*}guiaSP-SADT"))
    assert reader.read_lote(raiz).corpo.guias == lentas
