"""What the XML of an NFS-e says: the national layout and ABRASF 1 and 2, under whatever wrapper, namespace and prefix.

A nota is signed by whoever issued it and is read as data only: what it says is compared, never trusted. Of what it says
twice in two ways, or in a way that its layout does not have, nothing is read, and a person looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from conecta_tiss.errors import ValorInvalidoError, XmlRecusadoError
from conecta_tiss.vocabulary.amounts import parse_valor
from conecta_tiss.vocabulary.identifiers import normalize
from conecta_tiss.xml import gate, parser
from conecta_tiss.xml.names import local
from pagamento.domain.errors import NotaIlegivelError
from pagamento.domain.notas import Layout, NotaLida

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

LIMITES: Final = gate.Limites(tamanho=gate.MEBIBYTE, marcas=5_000, aspas=5_000, referencias=5_000)
"""A nota with its signature and certificate has some 20 KB and some 600 marks."""

_ENVIE: Final = "Envie o XML da NFS-e como o sistema da prefeitura ou o nacional o gerou; sem ele, só o PDF."
_RECUSAS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("TAMANHO", "MARCAS", "ASPAS", "REFERENCIAS", "ESPACOS-DE-NOMES", "PROFUNDIDADE"),
        "O arquivo é maior ou mais complexo do que uma nota fiscal.",
    ),
    **dict.fromkeys(("DOCTYPE", "INSTRUCAO"), "O XML tem DOCTYPE ou instruções, que uma NFS-e não tem."),
    **dict.fromkeys(("CODIFICACAO", "CONTROLE"), "O XML não está em UTF-8 nem em ISO-8859-1, ou não na que declara."),
    **dict.fromkeys(("DECLARACAO", "VERSAO-XML"), "A primeira linha do XML não declara um XML 1.0 correto."),
    **dict.fromkeys(("FORMATO", "INICIO"), "O arquivo não é um XML."),
    "COMPACTADO": "O arquivo está compactado.",
    "VAZIO": "O arquivo está vazio.",
}
"""By what the gate found; of what is malformed its own words say where."""

_NAO_SAO: Final[Mapping[str, str]] = {
    "infDPS": "O arquivo é uma DPS, o pedido de emissão, e não a nota.",
    "Rps": "O arquivo é um RPS, o recibo provisório, e não a nota.",
    "infPedReg": "O arquivo é um evento de uma nota, e não a nota.",
    "mensagemTISS": "O arquivo é uma mensagem TISS, e não uma nota.",
}
"""What is sent by mistake, by an element that it has."""


def _at(*heads: str, tails: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{head}/{tail}" for head in heads for tail in tails)


_PESSOA: Final = ("CNPJ", "CPF")
_NACIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "numero": ("nNFSe",),
    "emitente": _at("DPS/infDPS/prest", "emit", tails=_PESSOA),
    "tomador": _at("DPS/infDPS/toma", tails=_PESSOA),
    "valor": ("DPS/infDPS/valores/vServPrest/vServ",),
    "liquido": ("valores/vLiq",),
    "competencia": ("DPS/infDPS/dCompet",),
    "emitida_em": ("dhProc",),
}
_DECLARACAO: Final = "DeclaracaoPrestacaoServico/InfDeclaracaoPrestacaoServico"
_PESSOA_ABRASF: Final = ("Cnpj", "Cpf", "CpfCnpj/Cnpj", "CpfCnpj/Cpf")
_ABRASF: Final[Mapping[str, tuple[str, ...]]] = {
    "numero": ("Numero",),
    "emitente": _at("PrestadorServico/IdentificacaoPrestador", f"{_DECLARACAO}/Prestador", tails=_PESSOA_ABRASF),
    "tomador": _at(
        "TomadorServico/IdentificacaoTomador",
        f"{_DECLARACAO}/TomadorServico/IdentificacaoTomador",
        f"{_DECLARACAO}/Tomador/IdentificacaoTomador",
        tails=_PESSOA_ABRASF,
    ),
    "valor": _at("Servico", f"{_DECLARACAO}/Servico", tails=("Valores/ValorServicos",)),
    "liquido": _at("Servico/Valores", "ValoresNfse", tails=("ValorLiquidoNfse",)),
    "competencia": ("Competencia", f"{_DECLARACAO}/Competencia"),
    "emitida_em": ("DataEmissao",),
}
_LAYOUTS: Final = {"infNFSe": (Layout.NACIONAL, _NACIONAL), "InfNfse": (Layout.ABRASF, _ABRASF)}
"""By the element that is the nota, where each thing stands below it: in ABRASF by its version, 1 first."""

_CANCELAM: Final = ("NfseCancelamento", "NfseSubstituicao", "e101101", "e105102", "e105104", "e305101")
"""Elements beside a nota that end it, unless they are empty: of ABRASF, and events of the national layout."""

_TESTES: Final = "2"


def ler(xml: bytes) -> NotaLida:
    """What a nota says; of a layout that is none of these nothing, as `Layout.DECLARADO`.

    Of several in a file, the one that was neither cancelled nor substituted.

    Raises:
        NotaIlegivelError: no XML that anybody should read, several notas, or what is none: a DPS, an RPS, an event, a
            nota of the test environment.
    """
    raiz = _tree(xml)
    notas = list(raiz.iter(*_anywhere(*_LAYOUTS)))
    if not notas:
        for name, mensagem in _NAO_SAO.items():
            if next(raiz.iter(*_anywhere(name)), None) is not None:
                raise _ilegivel("OUTRO-DOCUMENTO", mensagem)
        return NotaLida(layout=Layout.DECLARADO)
    living = [nota for nota in notas if not _cancelada(nota)] or notas
    if len(living) > 1:
        raise _ilegivel("VARIAS", f"O arquivo tem {len(living)} notas: cada nota tem o seu arquivo.")
    return _lida(living[0])


def _tree(xml: bytes) -> Element:
    try:
        raiz = parser.parse(gate.check(xml, LIMITES))
        parser.check_depth(raiz, LIMITES)
    except XmlRecusadoError as refused:
        regra = refused.regra.removeprefix("TISS-XML-")
        raise _ilegivel(regra, _RECUSAS.get(regra, refused.mensagem)) from None
    return raiz


def _ilegivel(regra: str, mensagem: str) -> NotaIlegivelError:
    return NotaIlegivelError(f"NF-XML-{regra}", f"{mensagem} {_ENVIE}")


def _cancelada(nota: Element) -> bool:
    """Whether the file says that it was cancelled, or that another took its place."""
    if next(nota.iterancestors(*_anywhere("NfseSubstituida")), None) is not None:
        return True
    whole = next(nota.iterancestors(*_anywhere("CompNfse", "ComplNfse")), nota.getroottree().getroot())
    return any(len(one) for one in whole.iter(*_anywhere(*_CANCELAM)))


def _lida(nota: Element) -> NotaLida:
    layout, places = _LAYOUTS[local(str(nota.tag))]
    if _agreed(nota, ("DPS/infDPS/tpAmb",), str) == _TESTES:
        raise _ilegivel("TESTES", "A nota é do ambiente de testes (homologação) e não tem valor fiscal.")
    said = {name: _agreed(nota, places[name], read) for name, read in _LEITORES.items()}
    return NotaLida(layout=layout, cancelada=_cancelada(nota), **said)


def _anywhere(*names: str) -> Iterator[str]:
    return (f"{{*}}{name}" for name in names)


def _agreed(nota: Element, paths: tuple[str, ...], read: Callable[[str], Any]) -> Any:
    """The one thing that all of these places say, empty ones aside; `None` when there is none, or they differ."""
    leaves = [leaf for path in paths for leaf in nota.findall("/".join(_anywhere(*path.split("/"))))]
    texts = ["<>" if len(leaf) else (leaf.text or "").strip() for leaf in leaves]
    said = {read(text) for text in texts if text}
    return said.pop() if len(said) == 1 else None


_NUMERO: Final = re.compile(r"0*([1-9][0-9]{0,18})")
_CNPJ_OU_CPF: Final = re.compile(r"[0-9A-Z]{12}[0-9]{2}|[0-9]{11}")
_DIA: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?=$|[T ])")
_MES: Final = re.compile(r"([0-9]{4})-?(0[1-9]|1[0-2])(?=$|-[0-9]{2}(?:$|[T ]))")


def _numero(text: str) -> str | None:
    """Without the zeros that some systems put before it: the same nota has the same number."""
    found = _NUMERO.fullmatch(text)
    return found[1] if found else None


def _pessoa(text: str) -> str | None:
    found = _CNPJ_OU_CPF.fullmatch(normalize(text))
    return found[0] if found else None


def _valor(text: str) -> Decimal | None:
    try:
        return parse_valor(text, digitos=15)
    except ValorInvalidoError:
        return None


def _competencia(text: str) -> str | None:
    """`AAAA-MM-DD` with or without the time, as the layouts have it, or the month alone, as some systems write it."""
    found = _MES.match(text)
    return found[1] + found[2] if found else None


def _dia(text: str) -> date | None:
    """The day that is written, in the zone of whoever wrote it."""
    found = _DIA.match(text)
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


_LEITORES: Final[Mapping[str, Callable[[str], Any]]] = {
    "numero": _numero,
    "emitente": _pessoa,
    "tomador": _pessoa,
    "valor": _valor,
    "liquido": _valor,
    "competencia": _competencia,
    "emitida_em": _dia,
}
