"""Encodings, declarations, byte order marks, control characters, malformed UTF-8."""

from __future__ import annotations

from local.gerador import Formato
from tests.corpus.base import CARTEIRA, Caso, Familia, adiado, com_declaracao, escrita, lote, valor

UTF8 = Formato(codificacao="UTF-8")
SINTAXE = ("5001", "5002")


def _em(codificacao: str, declarada: str, *, bom: bytes = b"") -> bytes:
    texto = lote(formato=UTF8).decode().replace('encoding="UTF-8"', f'encoding="{declarada}"')
    return bom + texto.encode(codificacao)


def _declarada(declaracao: str) -> bytes:
    return com_declaracao(lote(acentos=False), declaracao.encode())


def _carteira_crua(bytes_crus: bytes, formato: Formato = UTF8) -> bytes:
    return lote(formato=formato).replace(CARTEIRA.encode(), bytes_crus + CARTEIRA.encode())


def _codificacoes() -> list[Caso]:
    f = Familia("codificacao")
    recusa, neutra = f.recusa, f.neutra
    for nome, codec, declarada, bom in (
        ("utf-16-com-bom", "utf-16", "UTF-16", b""),
        ("utf-16le-sem-bom", "utf-16-le", "UTF-16", b""),
        ("utf-16be-sem-bom", "utf-16-be", "UTF-16BE", b""),
        ("utf-16-declarado-utf-8", "utf-16", "UTF-8", b""),
        ("utf-32-com-bom", "utf-32", "UTF-32", b""),
        ("utf-32be-sem-bom", "utf-32-be", "UTF-32BE", b""),
        ("utf-7", "utf-7", "UTF-7", b""),
        ("utf-7-declarado-utf-8", "utf-7", "UTF-8", b"+/v8-"),
        ("ebcdic", "cp500", "IBM500", b""),
        ("windows-1252", "cp1252", "windows-1252", b""),
        ("iso-8859-15", "iso-8859-15", "ISO-8859-15", b""),
        ("shift-jis", "ascii", "Shift_JIS", b""),
    ):
        if codec == "ascii":
            recusa(nome, lambda _: _declarada('<?xml version="1.0" encoding="Shift_JIS"?>'), *SINTAXE)
        else:
            recusa(nome, adiado(_em, codec, declarada, bom=bom), *SINTAXE)
    recusa("declarado-utf-8-com-latin-1", lambda _: _em("latin-1", "UTF-8"), *SINTAXE)
    recusa("sem-declaracao-com-latin-1", lambda _: com_declaracao(lote(), b""), *SINTAXE)
    recusa("declaracao-desconhecida", lambda _: _declarada('<?xml version="1.0" encoding="x-nada"?>'), *SINTAXE)
    recusa("declaracao-vazia", lambda _: _declarada('<?xml version="1.0" encoding=""?>'), *SINTAXE)
    recusa("declaracao-longa", lambda _: _declarada(f'<?xml version="1.0" encoding="{"a" * 100_000}"?>'), *SINTAXE)
    recusa(
        "declaracao-repetida", lambda _: _declarada('<?xml version="1.0" encoding="UTF-8" encoding="UTF-8"?>'), *SINTAXE
    )
    recusa("declaracao-sem-versao", lambda _: _declarada('<?xml encoding="UTF-8"?>'), *SINTAXE)
    recusa("declaracao-depois-de-espaco", lambda _: b" " + lote(), *SINTAXE)
    recusa("declaracao-depois-de-linha", lambda _: b"\n" + lote(), *SINTAXE)
    recusa("xml-1.1", lambda _: _declarada('<?xml version="1.1" encoding="UTF-8"?>'), *SINTAXE)
    recusa("xml-2.0", lambda _: _declarada('<?xml version="2.0" encoding="UTF-8"?>'), *SINTAXE)
    recusa(
        "standalone-talvez",
        lambda _: _declarada('<?xml version="1.0" encoding="UTF-8" standalone="talvez"?>'),
        *SINTAXE,
    )
    recusa("bom-utf-8-duas-vezes", lambda _: b"\xef\xbb\xbf" * 2 + lote(formato=UTF8), *SINTAXE)
    recusa(
        "bom-utf-8-no-meio",
        lambda _: com_declaracao(lote(formato=UTF8), b"<?xml version='1.0'?>\xef\xbb\xbf"),
        *SINTAXE,
    )
    recusa("bom-utf-16-e-utf-8", lambda _: b"\xff\xfe" + lote(formato=UTF8), *SINTAXE)
    recusa("mojibake", lambda _: lote(formato=UTF8).replace(b'"UTF-8"', b'"ISO-8859-1"'))
    neutra("bom-utf-8-declarado-latin-1", lambda _: b"\xef\xbb\xbf" + lote(acentos=False), lido=CARTEIRA)
    neutra("declarado-ascii", lambda _: _declarada('<?xml version="1.0" encoding="US-ASCII"?>'), lido=CARTEIRA)
    neutra("declarado-latin1", lambda _: _declarada('<?xml version="1.0" encoding="latin1"?>'), lido=CARTEIRA)
    return f.casos


def _controles() -> list[Caso]:
    f = Familia("caracteres")
    recusa = f.recusa
    for nome, byte in (("nul", b"\x00"), ("c0-01", b"\x01"), ("c0-1b", b"\x1b"), ("c0-0b", b"\x0b")):
        recusa(f"byte-{nome}", adiado(_carteira_crua, byte), *SINTAXE)
    recusa("byte-c1-em-latin-1", lambda _: _carteira_crua(b"\x85", Formato()), *SINTAXE)
    recusa("byte-c1-em-utf-8", lambda _: _carteira_crua(b"\xc2\x85"), *SINTAXE)
    recusa("nul-no-fim", lambda _: lote() + b"\x00" * 16, *SINTAXE)
    recusa("so-nul", b"\x00" * 4096, *SINTAXE)
    for nome, referencia in (
        ("0", "&#0;"),
        ("1", "&#x1;"),
        ("1f", "&#x1F;"),
        ("fffe", "&#xFFFE;"),
        ("substituto", "&#xD800;"),
        ("par-de-substitutos", "&#xD83D;&#xDE00;"),
        ("fora-do-unicode", "&#x110000;"),
        ("transbordo", "&#99999999999999999999;"),
        ("hexa-transbordo", "&#x100000041;"),
        ("vazia", "&#;"),
        ("sem-fim", "&#65"),
    ):
        recusa(f"referencia-{nome}", adiado(lote, escrita("numeroCarteira", referencia)), *SINTAXE)
    f.neutra("referencia-c1", lambda _: lote(escrita("indicacaoClinica", "a&#x9F;b", "a\x9fb")))
    f.neutra("referencia-espacos", lambda _: lote(escrita("indicacaoClinica", "a&#9;&#10;b", "a\t\nb")))
    f.neutra("inversao-de-direcao", lambda _: lote(valor("indicacaoClinica", "\u202e321"), hash_codificacao="utf-8"))
    for nome, crus in (
        ("sequencia-cortada", b"\xc3"),
        ("continuacao-solta", b"\x80"),
        ("sobrelonga-2", b"\xc0\x80"),
        ("sobrelonga-2-barra", b"\xc0\xaf"),
        ("sobrelonga-3", b"\xe0\x80\xaf"),
        ("sobrelonga-4", b"\xf0\x80\x80\xaf"),
        ("menor-que-sobrelongo", b"\xc0\xbc"),
        ("substituto-alto", b"\xed\xa0\x80"),
        ("substitutos-cesu-8", b"\xed\xa0\xbd\xed\xb8\x80"),
        ("acima-do-unicode", b"\xf4\x90\x80\x80"),
        ("cinco-bytes", b"\xf8\x88\x80\x80\x80"),
        ("nao-caractere-fffe", b"\xef\xbf\xbe"),
        ("byte-ff", b"\xff"),
    ):
        recusa(f"utf-8-{nome}", adiado(_carteira_crua, crus), *SINTAXE)
    return f.casos


def casos() -> list[Caso]:
    """Every case of this module."""
    return [*_codificacoes(), *_controles()]
