"""Values of dataclasses from elements, whatever the order and whatever else is there.

`layout` compiled to dictionaries: one walk over the children, by tag. It reads what a schema refused, too:
unknown elements are skipped, what is missing becomes a value of `conecta_tiss.messages.ilegivel`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from conecta_tiss.xml.layout import Filho, Folha, Grupo, Lista, Registro, Tipo
from conecta_tiss.xml.leaves import ILEGIVEIS, text_of
from conecta_tiss.xml.names import q

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lxml.etree import _Element as Element

    from conecta_tiss.xml.layout import Parte
    from conecta_tiss.xml.leaves import Leitura

# What to do with a child: (index of the field, what it is, detail). Leaves are told by their `Tipo`,
# structure by the numbers below.
_Passo = tuple[int, int, Any]
_Passos = dict[Any, _Passo]
_PRIMEIRA_ESTRUTURA: Final = 10
_GRUPO: Final = 10
"""Detail: the steps of its content, which fills the same fields."""
_FILHO: Final = 11
"""Detail: the mapping of the value, compiled when the first one is met: a message has few of all that it may have."""
_REPETIDO: Final = 12
"""Detail: function that reads one of the values."""
_ENVOLTORIO: Final = 13
"""Detail: tag of the values inside, and function that reads one."""
_MARCA: Final = 14
"""The field is true because the element is there."""


Plano = tuple[_Passos, list[Any], tuple[int, ...], type[Any], type[Any]]
"""A `Registro` compiled: what to do with a child, by its tag; the fields of an element without children;
indexes of the fields that gather repeated elements; the unfrozen twin of the class (see `plan`); the class.
A plain tuple: it is taken apart for every value."""


def read(plano: Plano, elemento: Element, leitura: Leitura) -> Any:
    """Read one element as a value of the plan's class."""
    passos, padrao, listas, molde, classe = plano
    valores = padrao[:]
    if listas:
        for indice in listas:
            valores[indice] = []
        _preencher(passos, elemento, valores, leitura)
        for indice in listas:
            itens = tuple(valores[indice])
            valores[indice] = itens
            leitura.maior_lista = max(leitura.maior_lista, len(itens))
    else:
        _preencher(passos, elemento, valores, leitura)
    objeto = molde(*valores)
    objeto.__class__ = classe
    return objeto


def _preencher(passos: _Passos, elemento: Element, valores: list[Any], leitura: Leitura) -> None:
    # Ten thousand turns for a lote: a plain dict and a slice (an iterator costs half as much again).
    tabelas = leitura.tabelas
    for filho in elemento[:]:
        try:
            indice, tipo, detalhe = passos[filho.tag]
        except KeyError:
            continue  # the layout does not have it: nor does the standard
        if not tipo:
            texto = filho.text
            # ASCII blanks sort before "!", all others after "~"; asking isspace() of every text would cost more.
            if texto is None or texto < "!" or (texto > "~" and texto.isspace()):
                texto = text_of(filho, leitura)
            valores[indice] = texto
        elif tipo < _PRIMEIRA_ESTRUTURA:
            valores[indice] = tabelas[tipo][filho.text]
        elif tipo == _GRUPO:
            _preencher(detalhe, filho, valores, leitura)
        elif tipo == _FILHO:
            valores[indice] = read(plan(detalhe), filho, leitura)
        elif tipo == _REPETIDO:
            valores[indice].append(detalhe(filho, leitura))
        elif tipo == _ENVOLTORIO:
            tag, ler_um = detalhe
            valores[indice] += [ler_um(neto, leitura) for neto in filho[:] if neto.tag == tag]
        else:
            valores[indice] = True


# --- compilation --------------------------------------------------------------------------------------


@cache
def plan(registro: Callable[[], Registro]) -> Plano:
    """Compile a mapping, once."""
    definicao = registro()
    classe = definicao.classe
    campos = dataclasses.fields(classe)
    nomes = [campo.name for campo in campos]
    obrigatorios = {campo.name for campo in campos if campo.default is dataclasses.MISSING}
    compilador = _Compilador(
        indices={nome: indice for indice, nome in enumerate(nomes)},
        obrigatorios=obrigatorios,
        padrao=[None if campo.name in obrigatorios else campo.default for campo in campos],
    )
    passos = compilador.passos(definicao.partes)
    # An unfrozen twin with the same slots: its __init__ assigns, where a frozen one calls
    # object.__setattr__ for each field, and a lote has ten thousand fields. The value then takes its
    # real class, which the equal layout allows.
    molde = dataclasses.make_dataclass(f"_{classe.__name__}", nomes, slots=True, eq=False, repr=False)
    return (passos, compilador.padrao, tuple(compilador.listas), molde, classe)


def empty(plano: Plano) -> Any:
    """The value of an element that is not there, though the schema asks for it."""
    _, padrao, _, molde, classe = plano
    objeto = molde(*padrao)
    objeto.__class__ = classe
    return objeto


@dataclass(slots=True, kw_only=True)
class _Compilador:
    indices: dict[str, int]
    obrigatorios: set[str]
    padrao: list[Any]
    listas: list[int] = field(default_factory=list)

    def passos(self, partes: Iterable[Parte]) -> _Passos:
        return {q(_element_of(parte)): self.passo(parte) for parte in partes}

    def passo(self, parte: Parte) -> _Passo:
        if isinstance(parte, Grupo):
            return (0, _GRUPO, self.passos(parte.partes))
        indice = self.indices[parte.campo]
        match parte:
            case Folha(tipo=Tipo.PRESENCA):
                return (indice, _MARCA, None)
            case Folha():
                self.ausente(parte.campo, ILEGIVEIS[parte.tipo])
                return (indice, parte.tipo.value, None)
            case Filho():
                if parte.campo in self.obrigatorios:
                    self.ausente(parte.campo, empty(plan(parte.registro)))
                return (indice, _FILHO, parte.registro)
            case _:
                self.padrao[indice] = ()
                self.listas.append(indice)
                if parte.envoltorio is None:
                    return (indice, _REPETIDO, one_of(parte))
                return (indice, _ENVOLTORIO, (q(parte.elemento), one_of(parte)))

    def ausente(self, campo: str, valor: Any) -> None:
        if campo in self.obrigatorios:
            self.padrao[self.indices[campo]] = valor


def _element_of(parte: Parte) -> str:
    return parte.envoltorio or parte.elemento if isinstance(parte, Lista) else parte.elemento


def one_of(lista: Lista) -> Callable[[Element, Leitura], Any]:
    """How to read one of a list's values."""
    registro = lista.registro
    if registro is None:
        return text_of
    if lista.interno is None:
        return lambda elemento, leitura: read(plan(registro), elemento, leitura)
    interno = q(lista.interno)

    def ler_interno(elemento: Element, leitura: Leitura) -> Any:
        conteudo = elemento.find(interno)
        plano = plan(registro)
        return empty(plano) if conteudo is None else read(plano, conteudo, leitura)

    return ler_interno
