"""The gate: what bytes must look like before any XML parser sees them.

Nothing here builds a tree, and nothing runs a regular expression over the document: every test is one C
pass (`translate`, `count`, `find`) over the bytes. The limits and the reasons are in seguranca.md section 2:
no set of parser flags refuses all hostile files, so DOCTYPEs, processing instructions, foreign encodings
and floods of tags are refused here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from conecta_tiss.errors import XmlRecusadoError

MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limites:
    """Everything that bounds the work one message may ask for.

    Attributes:
        tamanho: Bytes of the document.
        marcas: Occurrences of `<` (TISS has about 45,000 per MiB).
        aspas: Single and double quotes together (attributes cannot exist without them).
        referencias: Occurrences of `&`.
        espacos_de_nomes: Occurrences of `xmlns`.
        profundidade: Nesting of elements, the root being 1.
        atributos: Attributes of one element.
        texto: Bytes between two tags; base64 documents are exempt.
        guias: Guias of one lote.
        irmaos: Children of one element that the schema errors are reported for: libxml2 spends time
            proportional to the siblings on each error.
        achados_xsd: Schema findings reported.
        achados: Findings reported in all.
    """

    tamanho: int = 20 * MEBIBYTE
    marcas: int = 1_000_000
    aspas: int = 200_000
    referencias: int = 200_000
    espacos_de_nomes: int = 512
    profundidade: int = 32
    atributos: int = 8
    texto: int = 64 * 1024
    guias: int = 100
    irmaos: int = 1000
    achados_xsd: int = 50
    achados: int = 500


LIMITES: Final = Limites()
"""The limits in force unless a caller says otherwise."""

_BOM: Final = b"\xef\xbb\xbf"
_ESPACO_XML: Final = b" \t\r\n"
_DECLARACAO_MAXIMA: Final = 200

# The declaration only: a few dozen bytes at the start, never the document.
_DECLARACAO: Final = re.compile(
    rb"<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?P<v>[\"'])(?P<versao>[^\"'<>]*)(?P=v)"
    rb"(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?P<e>[\"'])(?P<codificacao>[^\"'<>]*)(?P=e))?"
    rb"(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?P<s>[\"'])(?:yes|no)(?P=s))?[ \t\r\n]*\?>"
)

_UTF8: Final = frozenset({"utf-8", "utf8"})
_LATIN1: Final = frozenset({"iso-8859-1", "iso8859-1", "iso_8859-1", "iso88591", "latin1", "latin-1", "l1"})

_C0: Final = bytes(b for b in (*range(0x20), 0x7F) if b not in _ESPACO_XML)
_C1: Final = bytes(range(0x80, 0xA0))
_CONTADOS: Final = b"<\"'&"
_COMUNS_UTF8: Final = bytes(b for b in range(256) if b not in _C0 + _CONTADOS)
_COMUNS_LATIN1: Final = bytes(b for b in _COMUNS_UTF8 if b not in _C1)
_C1_TO_ONE: Final = bytes(0x80 if b in _C1 else b for b in range(256))

# What people really send instead of XML, by its first bytes.
_OUTROS_FORMATOS: Final = (
    (b"\x1f\x8b", "COMPACTADO", "O arquivo está compactado (gzip). Descompacte-o e envie o XML."),
    (b"PK", "COMPACTADO", "O arquivo está compactado (zip). Descompacte-o e envie o XML."),
    (b"BZh", "COMPACTADO", "O arquivo está compactado (bzip2). Descompacte-o e envie o XML."),
    (b"7z\xbc\xaf", "COMPACTADO", "O arquivo está compactado (7z). Descompacte-o e envie o XML."),
    (b"Rar!", "COMPACTADO", "O arquivo está compactado (rar). Descompacte-o e envie o XML."),
    (b"%PDF", "FORMATO", "O arquivo é um PDF. Envie a mensagem TISS em XML."),
    (b"{", "FORMATO", "O arquivo parece ser JSON. Envie a mensagem TISS em XML."),
    (b"[", "FORMATO", "O arquivo parece ser JSON. Envie a mensagem TISS em XML."),
)
_SALVE: Final = "Salve o arquivo em ISO-8859-1 (ou UTF-8) e envie de novo."


def check(raw: bytes, limites: Limites = LIMITES) -> bytes:
    """Refuse what is not a plain, small XML 1.0 document; give back the rest as UTF-8.

    Args:
        raw: The document as received.
        limites: Limits on size and counts.

    Returns:
        The same document in UTF-8, without BOM and without declaration, ready for the parser. Lines are
        those of `raw`: the declaration's own line breaks are kept.

    Raises:
        XmlRecusadoError: With glosa 5002 (cannot be read as XML) or 5001 (XML that TISS does not use).
    """
    if len(raw) > limites.tamanho:
        raise _recusa(
            "TAMANHO",
            f"O arquivo passa de {_mib(limites.tamanho)} MiB, o máximo aceito. Divida as guias em mais de um lote.",
        )
    corpo = raw.removeprefix(_BOM)
    _check_first_bytes(corpo)
    declaracao, codificacao = _declaration(corpo)
    if codificacao == "iso-8859-1" and len(corpo) != len(raw):
        raise _recusa(
            "CODIFICACAO",
            "O arquivo começa com a marca (BOM) de UTF-8, mas declara ISO-8859-1. "
            "Declare a codificação em que ele foi salvo.",
        )
    conteudo = corpo[len(declaracao) :]
    if b"\n" in declaracao:
        conteudo = b"\n" * declaracao.count(b"\n") + conteudo
    if conteudo[: conteudo.find(b"<")].strip(_ESPACO_XML):
        raise _recusa("INICIO", "Depois da declaração deve vir a mensagem: há outros caracteres antes dela.")
    _check_counts(conteudo, codificacao, limites)
    return _to_utf8(conteudo, codificacao)


def _check_first_bytes(corpo: bytes) -> None:
    # Only what comes before the first mark is looked at: stripping the document would copy it.
    marca = corpo.find(b"<")
    antes = corpo if marca < 0 else corpo[:marca]
    if marca < 0 and not antes.strip(_ESPACO_XML):
        raise _recusa("VAZIO", "O arquivo está vazio. Gere a mensagem de novo e envie.")
    for assinatura, regra, mensagem in _OUTROS_FORMATOS:
        if corpo.startswith(assinatura):
            raise _recusa(regra, mensagem)
    if corpo[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in corpo[:4]:
        raise _recusa("CODIFICACAO", f"O arquivo está em UTF-16 ou UTF-32, que o TISS não usa. {_SALVE}")
    if antes.strip(_ESPACO_XML):
        raise _recusa("INICIO", "O arquivo não é XML: o primeiro caractere deve ser '<'. Envie a mensagem TISS em XML.")
    if antes and corpo.startswith(b"<?", marca):
        raise _recusa(
            "DECLARACAO",
            "Há espaço ou linha em branco antes de <?xml. A declaração deve ser o início do arquivo.",
        )


def _declaration(corpo: bytes) -> tuple[bytes, str]:
    """The declaration (maybe empty) and the encoding it names, `utf-8` if none."""
    if not corpo.startswith(b"<?xml"):
        return b"", "utf-8"
    achada = _DECLARACAO.match(corpo, 0, _DECLARACAO_MAXIMA)
    if achada is None:
        raise _recusa(
            "DECLARACAO",
            'A declaração do XML está incorreta. Use <?xml version="1.0" encoding="ISO-8859-1"?>.',
        )
    if achada["versao"] != b"1.0":
        raise _recusa("VERSAO-XML", 'O TISS usa XML 1.0. Declare version="1.0".', "5001")
    declarada: bytes | None = achada["codificacao"]
    nome = "utf-8" if declarada is None else declarada.decode("ascii", "replace").lower()
    if nome in _UTF8:
        return achada[0], "utf-8"
    if nome in _LATIN1:
        return achada[0], "iso-8859-1"
    raise _recusa("CODIFICACAO", f"A codificação declarada não é aceita: use ISO-8859-1 ou UTF-8. {_SALVE}")


def _check_counts(conteudo: bytes, codificacao: str, limites: Limites) -> None:
    # "!" and "?" are rare in a lote: searching for them first is a memchr, "<!" would stop at every tag.
    if b"!" in conteudo and (b"<!DOCTYPE" in conteudo or b"<!ENTITY" in conteudo):
        raise _recusa("DOCTYPE", "O XML tem DOCTYPE ou ENTITY, que o TISS não usa. Retire essa declaração.", "5001")
    if b"?" in conteudo and b"<?" in conteudo:
        raise _recusa(
            "INSTRUCAO",
            "O XML tem uma instrução de processamento (<?...?>) depois da declaração. Retire-a.",
            "5001",
        )
    # One pass leaves only the bytes that count for something; all other tests are on those few.
    latin1 = codificacao == "iso-8859-1"
    notaveis = conteudo.translate(None, _COMUNS_LATIN1 if latin1 else _COMUNS_UTF8)
    if notaveis.count(b"<") > limites.marcas:
        raise _recusa(
            "MARCAS",
            f"O XML tem marcações demais (mais de {limites.marcas}). Divida as guias em mais de um lote.",
        )
    aspas = notaveis.count(b'"') + notaveis.count(b"'")
    if aspas > limites.aspas:
        raise _recusa("ASPAS", f"O XML tem aspas demais (mais de {limites.aspas}). Retire os atributos.", "5001")
    if notaveis.count(b"&") > limites.referencias:
        raise _recusa("REFERENCIAS", f"O XML tem referências (&) demais (mais de {limites.referencias}).", "5001")
    # Each declaration takes two quotes: few quotes, few namespaces.
    if aspas > 2 * limites.espacos_de_nomes and conteudo.count(b"xmlns") > limites.espacos_de_nomes:
        raise _recusa(
            "ESPACOS-DE-NOMES",
            f"O XML declara namespaces demais (mais de {limites.espacos_de_nomes}). "
            "Declare o namespace do TISS uma vez, na raiz.",
            "5001",
        )
    if notaveis.translate(None, _CONTADOS):
        raise _control_character(conteudo, codificacao)


def _to_utf8(conteudo: bytes, codificacao: str) -> bytes:
    if conteudo.isascii():
        return conteudo
    if codificacao == "iso-8859-1":
        return conteudo.decode("iso-8859-1").encode()
    try:
        conteudo.decode("utf-8")
    except UnicodeDecodeError as erro:
        raise _recusa(
            "CODIFICACAO",
            "O arquivo diz estar em UTF-8, mas tem bytes que não são UTF-8. "
            "Declare ISO-8859-1, se foi nela que ele foi salvo.",
            linha=conteudo.count(b"\n", 0, erro.start) + 1,
        ) from erro
    # U+0080 to U+009F are C2 80 to C2 9F; accented Portuguese letters start with C3.
    if b"\xc2" in conteudo and b"\xc2\x80" in conteudo.translate(_C1_TO_ONE):
        raise _control_character(conteudo, codificacao)
    return conteudo


def _control_character(conteudo: bytes, codificacao: str) -> XmlRecusadoError:
    texto = conteudo.decode(codificacao, "replace")
    achado = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", texto)
    linha = None if achado is None else texto.count("\n", 0, achado.start()) + 1
    dica = (
        " Textos copiados do Windows (aspas curvas, travessões) não existem em ISO-8859-1: troque-os."
        if codificacao == "iso-8859-1" and achado is not None and achado[0] >= "\x80"
        else ""
    )
    return _recusa(
        "CONTROLE", f"O arquivo tem caracteres de controle. Retire-os e gere o hash de novo.{dica}", linha=linha
    )


def _recusa(regra: str, mensagem: str, codigo: str = "5002", linha: int | None = None) -> XmlRecusadoError:
    return XmlRecusadoError(f"TISS-XML-{regra}", codigo, mensagem, linha)


def _mib(tamanho: int) -> str:
    return f"{tamanho / MEBIBYTE:.1f}".removesuffix(".0").replace(".", ",")
