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
from decimal import Decimal
from functools import cache
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
    """

    brancos: list[Element] = field(default_factory=list)
    datas: set[str] = field(default_factory=set)
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
        cabecalho: Cabecalho = plano.vazio()
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


class _Passos(dict[Any, tuple[int, int, Any]]):
    """What to do with a child, by tag: (index of the field, `Tipo` of the leaf, None) or (index, 0, function)."""

    def __missing__(self, _tag: object) -> tuple[int, int, Any]:
        return (0, 0, _nada)


def _nada(_leitura: Leitura, _elemento: Element, _valores: list[Any], _indice: int) -> None:
    """Skip an element the layout does not have."""


@dataclass(frozen=True, slots=True)
class _Plano:
    """A `Registro` compiled: by tag, which field a child fills and how.

    Attributes:
        classe: What is read.
        molde: Its unfrozen twin.
        passos: By tag.
        padrao: Fields of an element without children.
        listas: Indexes of the fields that gather repeated elements.
    """

    classe: type[Any]
    molde: type[Any]
    passos: _Passos
    padrao: list[Any]
    listas: tuple[int, ...]

    def vazio(self) -> Any:
        """The value of an element that is not there, though the schema asks for it."""
        return self.construir(
            [() if valor is None and i in self.listas else valor for i, valor in enumerate(self.padrao)]
        )

    def construir(self, valores: list[Any]) -> Any:
        objeto = self.molde(*valores)
        objeto.__class__ = self.classe
        return objeto


def _ler(plano: _Plano, elemento: Element, leitura: Leitura) -> Any:
    valores = plano.padrao[:]
    for indice in plano.listas:
        valores[indice] = []
    _preencher(plano.passos, elemento, valores, leitura)
    for indice in plano.listas:
        valores[indice] = tuple(valores[indice])
    objeto = plano.molde(*valores)
    objeto.__class__ = plano.classe
    return objeto


def _preencher(passos: _Passos, elemento: Element, valores: list[Any], leitura: Leitura) -> None:
    tabelas = leitura.tabelas
    for filho in elemento[:]:  # a slice is made in one go; an iterator costs half as much again
        indice, tipo, estrutura = passos[filho.tag]
        if estrutura is not None:
            estrutura(leitura, filho, valores, indice)
        elif tipo:
            valores[indice] = tabelas[tipo][filho.text]
        else:
            texto = filho.text
            # A text of blanks sorts before "!"; asking isspace() of every text would cost more.
            if texto is None or texto < "!":
                texto = _texto(filho, leitura)
            valores[indice] = texto


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
    padrao: list[Any] = [None if campo.default is dataclasses.MISSING else campo.default for campo in campos]
    listas: list[int] = []
    passos = _Passos()
    indices = {nome: indice for indice, nome in enumerate(nomes)}
    obrigatorios = {campo.name for campo in campos if campo.default is dataclasses.MISSING}
    compilador = _Compilador(indices, obrigatorios, padrao, listas)
    compilador.partes(definicao.partes, passos)
    # An unfrozen twin with the same slots: its __init__ assigns, where a frozen one calls
    # object.__setattr__ for each field, and there are ten thousand fields in a lote. The value then
    # takes its real class, which the equal layout allows.
    molde = dataclasses.make_dataclass(f"_{classe.__name__}", nomes, slots=True, eq=False, repr=False)
    return _Plano(classe, molde, passos, padrao, tuple(listas))


@dataclass(slots=True)
class _Compilador:
    indices: dict[str, int]
    obrigatorios: set[str]
    padrao: list[Any]
    listas: list[int]

    def partes(self, partes: Iterable[layout.Parte], passos: _Passos) -> None:
        for parte in partes:
            self.parte(parte, passos)

    def parte(self, parte: layout.Parte, passos: _Passos) -> None:
        match parte:
            case Folha(tipo=Tipo.PRESENCA):
                passos[q(parte.elemento)] = (self.indices[parte.campo], 0, _presenca)
            case Folha():
                indice = self.indices[parte.campo]
                if parte.campo in self.obrigatorios:
                    self.padrao[indice] = _ILEGIVEIS[parte.tipo]
                passos[q(parte.elemento)] = (indice, parte.tipo.value, None)
            case Grupo():
                internos = _Passos()
                self.partes(parte.partes, internos)
                passos[q(parte.elemento)] = (0, 0, _grupo(internos))
            case Filho():
                indice = self.indices[parte.campo]
                if parte.campo in self.obrigatorios:
                    self.padrao[indice] = _plano(parte.registro).vazio()
                passos[q(parte.elemento)] = (indice, 0, _filho(parte.registro))
            case Lista():
                indice = self.indices[parte.campo]
                self.padrao[indice] = ()
                self.listas.append(indice)
                tag, estrutura = q(parte.envoltorio or parte.elemento), _lista(parte)
                passos[tag] = (indice, 0, estrutura)


def _presenca(_leitura: Leitura, _elemento: Element, valores: list[Any], indice: int) -> None:
    valores[indice] = True


def _grupo(passos: _Passos) -> Any:
    def ler_grupo(leitura: Leitura, elemento: Element, valores: list[Any], _indice: int) -> None:
        _preencher(passos, elemento, valores, leitura)

    return ler_grupo


def _filho(registro: Callable[[], Registro]) -> Any:
    plano = _plano(registro)

    def ler_filho(leitura: Leitura, elemento: Element, valores: list[Any], indice: int) -> None:
        valores[indice] = _ler(plano, elemento, leitura)

    return ler_filho


def _lista(lista: Lista) -> Any:
    ler_um = _item(lista)
    if lista.envoltorio is None:

        def ler_item(leitura: Leitura, elemento: Element, valores: list[Any], indice: int) -> None:
            valores[indice].append(ler_um(elemento, leitura))

        return ler_item
    tag = q(lista.elemento)

    def ler_itens(leitura: Leitura, elemento: Element, valores: list[Any], indice: int) -> None:
        valores[indice].extend([ler_um(filho, leitura) for filho in elemento[:] if filho.tag == tag])

    return ler_itens


def _item(lista: Lista) -> Callable[[Element, Leitura], Any]:
    if lista.registro is None:
        return _texto
    plano = _plano(lista.registro)
    if lista.interno is None:
        return lambda elemento, leitura: _ler(plano, elemento, leitura)
    interno = q(lista.interno)

    def ler_interno(elemento: Element, leitura: Leitura) -> Any:
        conteudo = elemento.find(interno)
        return plano.vazio() if conteudo is None else _ler(plano, conteudo, leitura)

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

# ASCII only: `\d`, int() and Decimal() also take the digits of other scripts.
_DATA: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_NUMERO: Final = re.compile("[+-]?[0-9]{1,18}")
_DECIMAL_MAXIMO: Final = 64


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
        limpo = (texto or "").strip(_BRANCOS)
        legivel = len(limpo) <= _DECIMAL_MAXIMO and _DECIMAL.fullmatch(limpo)
        valor = Decimal(limpo) if legivel else VALOR_ILEGIVEL
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
