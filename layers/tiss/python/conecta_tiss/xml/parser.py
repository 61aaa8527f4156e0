"""The parser: gated bytes to a tree that holds only elements and text, and the limits of that tree.

Flags and limits are those of seguranca.md section 2.3. Comments, processing instructions and CDATA marks
are dropped while parsing, so that what the schema judged, what the hash covers and what `.text` gives are
the same text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from conecta_tiss.errors import XmlRecusadoError
from conecta_tiss.xml.gate import LIMITES
from conecta_tiss.xml.names import PARA_OPERADORA, PARA_PRESTADOR, XSI, local, q

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from conecta_tiss.xml.gate import Limites

RAIZ: Final = q("mensagemTISS")

_XSI_PROIBIDOS: Final = frozenset({f"{{{XSI}}}type", f"{{{XSI}}}nil"})

# The only elements whose text may pass the limit: base64 of a document or of an identification.
_BASE64: Final = frozenset({q("documento"), q("identificadorBeneficiario")})

# The gate refused these as characters; XML 1.0 still lets them come as references.
_CONTROLES: Final = re.compile("[\x7f-\x9f]")
_REFERENCIA: Final = re.compile(rb"(?:x0*([0-9a-fA-F]{1,6})|0*([0-9]{1,7}));")

# What libxml2 says, by code, to what the sender can do. Its own text may quote the document.
_MOTIVOS: Final[dict[int, str]] = {
    etree.ErrorTypes.ERR_TAG_NAME_MISMATCH: "uma marcação é fechada com o nome de outra",
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY: "não há nenhum elemento",
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED: "o documento termina antes do fim de um elemento",
    etree.ErrorTypes.ERR_DOCUMENT_END: "há conteúdo depois do fim da mensagem ou o arquivo foi cortado",
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: "há uma entidade que o XML não define; escreva o próprio caractere",
    etree.ErrorTypes.WAR_UNDECLARED_ENTITY: "há uma entidade que o XML não define; escreva o próprio caractere",
    etree.ErrorTypes.ERR_LT_IN_ATTRIBUTE: "há um '<' dentro de um atributo",
    etree.ErrorTypes.ERR_NAME_REQUIRED: "há um '<' ou '&' solto; escreva &lt; ou &amp;",
    etree.ErrorTypes.ERR_ENTITYREF_SEMICOL_MISSING: "há um '&' solto; escreva &amp;",
    etree.ErrorTypes.ERR_INVALID_CHARREF: "há uma referência a caractere que o XML não aceita",
    etree.ErrorTypes.ERR_INVALID_CHAR: "há um caractere que o XML não aceita",
    etree.ErrorTypes.ERR_ATTRIBUTE_REDEFINED: "um elemento repete um atributo",
    etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: "há um prefixo sem declaração de namespace",
}


_SEGURO: Final[dict[str, Any]] = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "recover": False,
    "decompress": False,  # acts from libxml2 2.15 on
    "remove_comments": True,
    "remove_pis": True,
    "strip_cdata": True,
    "collect_ids": False,
}
_SENTIDOS: Final = frozenset({q(PARA_OPERADORA), q(PARA_PRESTADOR)})
_ACIMA_DO_CORPO: Final = 2
_PEDACO: Final = 4096  # the header of a message is a third of it


def parse(utf8: bytes) -> Element:
    """Parse what `gate.check` gave back.

    Args:
        utf8: UTF-8 without declaration.

    Returns:
        The root element. Blank text between elements is dropped, unless the document has comments or CDATA:
        libxml2 then cannot tell indentation from the text of a leaf.

    Raises:
        XmlRecusadoError: Malformed, with glosa 5002 and the line; 3166 of a document longer than libxml2 holds (10 MB).
    """
    leitor = new_parser(remove_blank_text=not has_markup_declarations(utf8))
    try:
        return etree.fromstring(utf8, leitor)
    except etree.XMLSyntaxError as erro:
        raise _malformed(erro, utf8) from None  # its text may quote the document


def new_parser(*, remove_blank_text: bool, schema: etree.XMLSchema | None = None) -> etree.XMLParser[Element]:
    """A parser with the flags of seguranca.md section 2.3, for one document.

    It belongs to one document because lxml keeps state in it. It never fetches, expands or repairs.
    """
    leitor: etree.XMLParser[Element] = etree.XMLParser(**_SEGURO, remove_blank_text=remove_blank_text, schema=schema)
    return leitor


def body_element(utf8: bytes) -> str | None:
    """Tell which message this is, reading no further than the name of its body.

    Args:
        utf8: What `gate.check` gave back. Nothing after the body's start tag is looked at.

    Returns:
        The local name of the body element, whatever it is; None if there is none where the standard has it, or if
        the document is malformed before or just after it.
    """
    leitor = etree.XMLPullParser(("start",), **_SEGURO)
    try:
        for inicio in range(0, len(utf8), _PEDACO):
            leitor.feed(utf8[inicio : inicio + _PEDACO])
            for _, elemento in leitor.read_events():
                acima = [str(pai.tag) for pai in elemento.iterancestors()]
                if len(acima) == _ACIMA_DO_CORPO and acima[0] in _SENTIDOS and acima[1] == RAIZ:
                    return local(str(elemento.tag))
    except etree.XMLSyntaxError:
        pass
    return None


def has_markup_declarations(utf8: bytes) -> bool:
    """Whether there are comments or CDATA sections (the gate left no other `<!`)."""
    return b"!" in utf8 and b"<!" in utf8


def check_tree(raiz: Element, utf8: bytes, limites: Limites = LIMITES) -> None:
    """Refuse a tree that is no TISS message by its shape, whatever its schema says.

    Args:
        raiz: What `parse` returned.
        utf8: The bytes it was parsed from; they tell cheaply which tests can be skipped.
        limites: Depth, attributes and text.

    Raises:
        XmlRecusadoError: With glosa 5001.
    """
    if raiz.tag != RAIZ:
        raise _refuse_root(raiz)
    if raiz.getroottree().docinfo.internalDTD is not None:
        raise _recusa("DOCTYPE", "O XML tem DOCTYPE, que o TISS não usa. Retire essa declaração.")
    _check_attributes(raiz, utf8, limites)
    _check_texts(raiz, utf8, limites)
    if _may_hide_controls(utf8) and _CONTROLES.search(etree.tostring(raiz, method="text", encoding="unicode")):
        raise _recusa("CONTROLE", "O XML tem referências a caracteres de controle. Retire-as.")


def _may_hide_controls(utf8: bytes) -> bool:
    """Whether a character reference to DEL or C1 is written anywhere (even where it is mere text)."""
    posicao = utf8.find(b"&")
    while posicao >= 0:
        # One byte at a time: find() of a single byte is a memchr, and few are references to characters.
        if utf8[posicao + 1 : posicao + 2] == b"#":
            referencia = _REFERENCIA.match(utf8, posicao + 2)
            if referencia is not None:
                hexa, decimal = referencia.groups()
                if 0x7F <= (int(hexa, 16) if hexa else int(decimal)) <= 0x9F:  # noqa: PLR2004 - DEL and C1
                    return True
        posicao = utf8.find(b"&", posicao + 1)
    return False


def check_depth(raiz: Element, limites: Limites = LIMITES) -> None:
    """Refuse a tree that is nested too deep.

    Only a tree its schema refused, or a signed one, can be: TISS does not nest, and libxml2 itself stops
    at 256. Ask it of those; the rest need not pay for it.

    Raises:
        XmlRecusadoError: With glosa 5001.
    """
    if _deeper_than(limites.profundidade)(raiz):
        raise _recusa(
            "PROFUNDIDADE", f"O XML tem mais de {limites.profundidade} níveis de elementos, o que não é TISS."
        )


def _check_attributes(raiz: Element, utf8: bytes, limites: Limites) -> None:
    if max(utf8.rfind(b'"'), utf8.rfind(b"'")) < utf8.find(b">"):
        # No quote after the root's own tag: nothing else has attributes.
        excesso = raiz if len(raiz.attrib) > limites.atributos else None
        xsi = not _XSI_PROIBIDOS.isdisjoint(raiz.attrib)
    else:
        excesso = _first(_more_attributes_than(limites.atributos)(raiz))
        xsi = _first(_xsi(raiz)) is not None
    if excesso is not None:
        raise _recusa("ATRIBUTOS", "Um elemento tem atributos demais. As mensagens TISS não usam atributos.", excesso)
    if xsi:
        raise _recusa("XSI", "A mensagem usa xsi:type ou xsi:nil, que o TISS não usa. Retire esse atributo.")


def _check_texts(raiz: Element, utf8: bytes, limites: Limites) -> None:
    if len(utf8) <= limites.texto or not (_long_gap(utf8, limites.texto) or has_markup_declarations(utf8)):
        return
    for elemento in raiz.iter():
        texto = elemento.text
        if texto is not None and len(texto) > limites.texto and elemento.tag not in _BASE64:
            raise _recusa(
                "TEXTO", f"Um elemento tem texto com mais de {limites.texto // 1024} KiB. Reduza-o.", elemento
            )


def _long_gap(utf8: bytes, limite: int) -> bool:
    """Whether more than `limite` bytes pass without a `<`: no long text can exist otherwise."""
    marca = 0
    while len(utf8) - marca > limite:
        marca = utf8.rfind(b"<", marca + 1, marca + limite + 2)
        if marca < 0:
            return True
    return False


def _refuse_root(raiz: Element) -> XmlRecusadoError:
    nome = etree.QName(raiz).localname
    if nome == "mensagemTISS":
        return _recusa(
            "RAIZ",
            "O elemento mensagemTISS não está no namespace do TISS. "
            'Declare xmlns:ans="http://www.ans.gov.br/padroes/tiss/schemas".',
            raiz,
        )
    if nome == "Envelope":
        return _recusa(
            "RAIZ", "O arquivo é um envelope SOAP. Envie só a mensagem TISS, com a raiz ans:mensagemTISS.", raiz
        )
    if nome == "html":
        return _recusa("RAIZ", "O arquivo é uma página HTML. Envie a mensagem TISS em XML.", raiz)
    return _recusa("RAIZ", "A raiz do XML não é ans:mensagemTISS. Envie uma mensagem do padrão TISS.", raiz)


def _malformed(erro: etree.XMLSyntaxError, utf8: bytes) -> XmlRecusadoError:
    linha, coluna = erro.position
    if erro.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT and "Text node" in erro.msg:
        return XmlRecusadoError(
            "TISS-XML-TEXTO",
            "3166" if b"envioDocumentos" in utf8 else "5002",
            "Um elemento tem texto com mais de 10 MB. Um documento em base64 pode ter até cerca de 7 MB: reduza-o.",
            linha,
        )
    motivo = _MOTIVOS.get(erro.code, "as marcações não estão corretas")
    return XmlRecusadoError(
        "TISS-XML-MALFORMADO",
        "5002",
        f"O XML está malformado na linha {linha}, coluna {coluna}: {motivo}. Gere o arquivo de novo.",
        linha,
    )


def _recusa(regra: str, mensagem: str, elemento: Element | None = None) -> XmlRecusadoError:
    linha = None if elemento is None else elemento.sourceline
    return XmlRecusadoError(f"TISS-XML-{regra}", "5001", mensagem, linha)


# Compiled once; each runs inside libxml2 over the whole tree in well under a millisecond per MB.
_xsi = etree.XPath("(//@x:type | //@x:nil)[1]/..", namespaces={"x": XSI})


@cache
def _deeper_than(niveis: int) -> etree.XPath:
    return etree.XPath("boolean(/" + "*/" * niveis + "*)")


@cache
def _more_attributes_than(quantidade: int) -> etree.XPath:
    return etree.XPath(f"(//*[count(@*) > {quantidade}])[1]")


def _first(achados: object) -> Element | None:
    return achados[0] if isinstance(achados, list) and achados else None
