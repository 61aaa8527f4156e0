"""The reader: a message's tree to the frozen values of `conecta_tiss.messages`.

One walk over the children of each element, with a dictionary from tag to field compiled once from
`conecta_tiss.xml.layout`: paths and searches per field cost several times more (desempenho.md section 2).

It expects a tree its schema accepted. It also reads any other, without failing: unknown elements are
skipped, what is missing becomes a value of `conecta_tiss.messages.ilegivel`. That serves one purpose, to
run the formal rules on a refused lote and tell everything in one answer.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from conecta_tiss.errors import LeituraError
from conecta_tiss.messages.envelope import Mensagem
from conecta_tiss.messages.ilegivel import (
    DATA_ILEGIVEL,
    NUMERO_ILEGIVEL,
    TEXTO_ILEGIVEL,
    VALOR_ILEGIVEL,
)
from conecta_tiss.messages.lote_guias import LoteGuias, TipoGuia
from conecta_tiss.xml import layout
from conecta_tiss.xml.layout import Filho, Folha, Grupo, Lista, Registro, Tipo
from conecta_tiss.xml.names import ASSINATURA, q

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lxml.etree import _Element as Element

    from conecta_tiss.messages.envelope import Cabecalho
    from conecta_tiss.messages.lote_guias import Guia
    from conecta_tiss.messages.recebimento import RecebimentoLote
    from conecta_tiss.messages.situacao import SituacaoProtocolo

CABECALHO: Final = q("cabecalho")
LOTE: Final = f"{q('prestadorParaOperadora')}/{q('loteGuias')}"
RECEBIMENTO: Final = f"{q('operadoraParaPrestador')}/{q('recebimentoLote')}"
SITUACAO: Final = f"{q('operadoraParaPrestador')}/{q('situacaoProtocolo')}"
_NUMERO_LOTE: Final = q("numeroLote")
_GUIAS: Final = q("guiasTISS")
_TIPOS: Final = {q(tipo.value): tipo for tipo in TipoGuia}


@dataclass(slots=True)
class Leitura:
    """What one document's reading met besides its values.

    Attributes:
        brancos: Leaves that hold only blanks, which the schema accepts where it asks for text.
        datas: Texts of dates that are no plain `AAAA-MM-DD` day, such as one with a time zone.
        maior_lista: Elements in the longest list of any element read (guias and their items too).
        tabelas: Texts already met and their values, by `Tipo` of the leaf.
    """

    brancos: list[Element] = field(default_factory=list)
    datas: set[str] = field(default_factory=set)
    maior_lista: int = 0
    tabelas: tuple[dict[str | None, Any], ...] = ()

    def __post_init__(self) -> None:
        # Indexed by `Tipo`. A lote repeats its few days and amounts hundreds of times.
        decimais = _Valores()
        self.tabelas = (
            {},
            _Datas(self.datas),
            _Numeros(),
            decimais,
            decimais,
            decimais,
            _SIM_NAO,
            _LOGICOS,
        )


def read_lote(raiz: Element, leitura: Leitura | None = None) -> Mensagem[LoteGuias]:
    """Read an ENVIO_LOTE_GUIAS.

    Args:
        raiz: Root of a message, valid in its version (see the module for others).
        leitura: Collects oddities that are no error of the schema.

    Raises:
        LeituraError: The message has no loteGuias.
    """
    lote = raiz.find(LOTE)
    if lote is None:
        raise LeituraError("a mensagem não tem loteGuias")
    leitura = Leitura() if leitura is None else leitura
    guias: list[Guia] = []
    tipo = TipoGuia.SP_SADT
    guias_tiss = lote.find(_GUIAS)
    if guias_tiss is not None:
        for elemento in guias_tiss[:]:
            tipo_da_guia = _TIPOS.get(str(elemento.tag))
            if tipo_da_guia is not None:
                tipo = tipo if guias else tipo_da_guia
                guias.append(_ler(_plano(layout.GUIAS[tipo_da_guia]), elemento, leitura))
    leitura.maior_lista = max(leitura.maior_lista, len(guias))
    numero = lote.find(_NUMERO_LOTE)
    corpo = LoteGuias(
        numero_lote=TEXTO_ILEGIVEL if numero is None else _texto(numero, leitura),
        tipo=tipo,
        guias=tuple(guias),
    )
    return Mensagem(cabecalho=read_cabecalho(raiz, leitura), corpo=corpo, assinada=_assinada(raiz))


def read_recebimento(raiz: Element) -> Mensagem[RecebimentoLote]:
    """Read a PROTOCOLO_RECEBIMENTO, valid in its version.

    Raises:
        LeituraError: The message has no recebimentoLote.
    """
    return _mensagem(raiz, RECEBIMENTO, layout.recebimento_lote)


def read_situacao(raiz: Element) -> Mensagem[SituacaoProtocolo]:
    """Read a SITUACAO_PROTOCOLO about a lote de guias, valid in its version.

    Raises:
        LeituraError: The message has no situacaoProtocolo, or it is about anexos.
    """
    return _mensagem(raiz, SITUACAO, layout.situacao_protocolo, sem=q("situacaoProtocoloAnexo"))


def read_cabecalho(raiz: Element, leitura: Leitura | None = None) -> Cabecalho:
    """Read the header of any message."""
    elemento = raiz.find(CABECALHO)
    plano = _plano(layout.cabecalho)
    if elemento is None:
        cabecalho: Cabecalho = _vazio(plano)
    else:
        cabecalho = _ler(plano, elemento, Leitura() if leitura is None else leitura)
    return cabecalho


def date_elements() -> frozenset[str]:
    """Tags of the leaves of a lote and its header that hold dates."""
    return _datas_de((layout.cabecalho, *layout.GUIAS.values()))


def _mensagem(raiz: Element, caminho: str, registro: Callable[[], Registro], sem: str | None = None) -> Mensagem[Any]:
    elemento = raiz.find(caminho)
    if elemento is None or (sem is not None and elemento.find(sem) is not None):
        raise LeituraError(f"a mensagem não tem {caminho.rpartition('}')[2]}")
    leitura = Leitura()
    return Mensagem(
        cabecalho=read_cabecalho(raiz, leitura),
        corpo=_ler(_plano(registro), elemento, leitura),
        assinada=_assinada(raiz),
    )


def _assinada(raiz: Element) -> bool:
    return raiz.find(ASSINATURA) is not None


# --- the hot path -------------------------------------------------------------------------------------

# What to do with a child: (index of the field, what it is, detail). Leaves are told by their `Tipo`,
# structure by the numbers below.
_Passo = tuple[int, int, Any]
_Passos = dict[Any, _Passo]
_PRIMEIRA_ESTRUTURA: Final = 10
_GRUPO: Final = 10
"""Detail: the steps of its content, which fills the same fields."""
_FILHO: Final = 11
"""Detail: the plan of the value."""
_REPETIDO: Final = 12
"""Detail: function that reads one of the values."""
_ENVOLTORIO: Final = 13
"""Detail: tag of the values inside, and function that reads one."""
_MARCA: Final = 14
"""The field is true because the element is there."""


_Plano = tuple[_Passos, list[Any], tuple[int, ...], type[Any], type[Any]]
"""A `Registro` compiled: what to do with a child, by its tag; the fields of an element without children;
indexes of the fields that gather repeated elements; the unfrozen twin of the class (see `_plano`); the class.
A plain tuple: it is taken apart for every value."""


def _ler(plano: _Plano, elemento: Element, leitura: Leitura) -> Any:
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
            # A text of blanks sorts before "!"; asking isspace() of every text would cost more.
            if texto is None or texto < "!":
                texto = _texto(filho, leitura)
            valores[indice] = texto
        elif tipo < _PRIMEIRA_ESTRUTURA:
            valores[indice] = tabelas[tipo][filho.text]
        elif tipo == _GRUPO:
            _preencher(detalhe, filho, valores, leitura)
        elif tipo == _FILHO:
            valores[indice] = _ler(detalhe, filho, leitura)
        elif tipo == _REPETIDO:
            valores[indice].append(detalhe(filho, leitura))
        elif tipo == _ENVOLTORIO:
            tag, ler_um = detalhe
            valores[indice] += [ler_um(neto, leitura) for neto in filho[:] if neto.tag == tag]
        else:
            valores[indice] = True


def _texto(elemento: Element, leitura: Leitura) -> str:
    texto = elemento.text
    if texto is None:
        return TEXTO_ILEGIVEL
    if texto.isspace():
        leitura.brancos.append(elemento)
    return texto


# --- compilation --------------------------------------------------------------------------------------


@cache
def _plano(registro: Callable[[], Registro]) -> _Plano:
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
    # object.__setattr__ for each field, and there are ten thousand fields in a lote. The value then
    # takes its real class, which the equal layout allows.
    molde = dataclasses.make_dataclass(f"_{classe.__name__}", nomes, slots=True, eq=False, repr=False)
    return (passos, compilador.padrao, tuple(compilador.listas), molde, classe)


def _vazio(plano: _Plano) -> Any:
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

    def passos(self, partes: Iterable[layout.Parte]) -> _Passos:
        return {q(_element_of(parte)): self.passo(parte) for parte in partes}

    def passo(self, parte: layout.Parte) -> _Passo:
        if isinstance(parte, Grupo):
            return (0, _GRUPO, self.passos(parte.partes))
        indice = self.indices[parte.campo]
        match parte:
            case Folha(tipo=Tipo.PRESENCA):
                return (indice, _MARCA, None)
            case Folha():
                self.ausente(parte.campo, _ILEGIVEIS[parte.tipo])
                return (indice, parte.tipo.value, None)
            case Filho():
                plano = _plano(parte.registro)
                if parte.campo in self.obrigatorios:
                    self.ausente(parte.campo, _vazio(plano))
                return (indice, _FILHO, plano)
            case _:
                self.padrao[indice] = ()
                self.listas.append(indice)
                if parte.envoltorio is None:
                    return (indice, _REPETIDO, _one_of(parte))
                return (indice, _ENVOLTORIO, (q(parte.elemento), _one_of(parte)))

    def ausente(self, campo: str, valor: Any) -> None:
        if campo in self.obrigatorios:
            self.padrao[self.indices[campo]] = valor


def _element_of(parte: layout.Parte) -> str:
    return parte.envoltorio or parte.elemento if isinstance(parte, Lista) else parte.elemento


def _one_of(lista: Lista) -> Callable[[Element, Leitura], Any]:
    """How to read one of a list's values."""
    if lista.registro is None:
        return _texto
    plano = _plano(lista.registro)
    if lista.interno is None:
        return partial(_ler, plano)
    interno = q(lista.interno)

    def ler_interno(elemento: Element, leitura: Leitura) -> Any:
        conteudo = elemento.find(interno)
        return _vazio(plano) if conteudo is None else _ler(plano, conteudo, leitura)

    return ler_interno


def _datas_de(registros: Iterable[Callable[[], Registro]]) -> frozenset[str]:
    achadas: set[str] = set()

    def visitar(partes: Iterable[layout.Parte]) -> None:
        for parte in partes:
            match parte:
                case Folha(tipo=Tipo.DATA):
                    achadas.add(q(parte.elemento))
                case Grupo():
                    visitar(parte.partes)
                case Filho() | Lista() if parte.registro is not None:
                    visitar(parte.registro().partes)

    for registro in registros:
        visitar(registro().partes)
    return frozenset(achadas)


# --- texts to values ----------------------------------------------------------------------------------

_ILEGIVEIS: Final[dict[Tipo, Any]] = {
    Tipo.TEXTO: TEXTO_ILEGIVEL,
    Tipo.DATA: DATA_ILEGIVEL,
    Tipo.NUMERO: NUMERO_ILEGIVEL,
    Tipo.QUANTIDADE: VALOR_ILEGIVEL,
    Tipo.DECIMAL: VALOR_ILEGIVEL,
    Tipo.VALOR: VALOR_ILEGIVEL,
    Tipo.SIM_NAO: False,
    Tipo.LOGICO: False,
}

# ASCII only: `\d` and int() also take the digits of other scripts.
_DATA: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMERO: Final = re.compile("[+-]?[0-9]{1,18}")
_ORDEM_MAXIMA: Final = 20


class _Datas(dict[str | None, date]):
    """`xs:date` texts to days; what is no plain day is noted."""

    def __init__(self, irregulares: set[str]) -> None:
        self._irregulares = irregulares

    def __missing__(self, texto: str | None) -> date:
        limpo = (texto or "").strip(_BRANCOS)
        dia = DATA_ILEGIVEL
        if _DATA.fullmatch(limpo):
            try:
                dia = date.fromisoformat(limpo)
            except ValueError:
                self._irregulares.add(texto or "")
        else:
            self._irregulares.add(texto or "")
        self[texto] = dia
        return dia


class _Valores(dict[str | None, Decimal]):
    """`xs:decimal` and `xs:integer` texts to `Decimal`."""

    def __missing__(self, texto: str | None) -> Decimal:
        # Decimal() accepts more than the schema (exponents, "NaN"): what is no amount of a valid message
        # only has to stay harmless.
        try:
            valor = Decimal(texto or "")
        except InvalidOperation:
            valor = VALOR_ILEGIVEL
        if not valor.is_finite() or abs(valor.adjusted()) > _ORDEM_MAXIMA:
            valor = VALOR_ILEGIVEL
        self[texto] = valor
        return valor


class _Numeros(dict[str | None, int]):
    """`xs:integer` texts to `int`."""

    def __missing__(self, texto: str | None) -> int:
        limpo = (texto or "").strip(_BRANCOS)
        numero = int(limpo) if _NUMERO.fullmatch(limpo) else NUMERO_ILEGIVEL
        self[texto] = numero
        return numero


class _Logicos(dict[str | None, bool]):
    """Texts to truth; what is neither is false."""

    def __missing__(self, texto: str | None) -> bool:
        return self.get((texto or "").strip(_BRANCOS), False)


_BRANCOS: Final = " \t\r\n"
_SIM_NAO: Final = _Logicos({"S": True, "N": False})
_LOGICOS: Final = _Logicos({"true": True, "1": True, "false": False, "0": False})
