"""Encodings, declarations, byte order marks, control characters, malformed UTF-8."""

from __future__ import annotations

from local.gerador import Formato
from tests.corpus.base import CARTEIRA, Case, Family, later, lote, marked, with_declaration, with_text

UTF8 = Formato(codificacao="UTF-8")
SYNTAX = ("5001", "5002")


def _encoded(codificacao: str, declared: str, *, bom: bytes = b"") -> bytes:
    text = lote(formato=UTF8).decode().replace('encoding="UTF-8"', f'encoding="{declared}"')
    return bom + text.encode(codificacao)


def _declared(declaration: str) -> bytes:
    return with_declaration(lote(acentos=False), declaration.encode())


def _raw_carteira(raw_bytes: bytes, formato: Formato = UTF8) -> bytes:
    return lote(formato=formato).replace(CARTEIRA.encode(), raw_bytes + CARTEIRA.encode())


def _encodings() -> list[Case]:
    f = Family("codificacao")
    reject, either = f.reject, f.either
    for name, codec, declared, bom in (
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
            reject(name, lambda _: _declared('<?xml version="1.0" encoding="Shift_JIS"?>'), *SYNTAX)
        else:
            reject(name, later(_encoded, codec, declared, bom=bom), *SYNTAX)
    reject("declarado-utf-8-com-latin-1", lambda _: _encoded("latin-1", "UTF-8"), *SYNTAX)
    reject("sem-declaracao-com-latin-1", lambda _: with_declaration(lote(), b""), *SYNTAX)
    reject("declaracao-desconhecida", lambda _: _declared('<?xml version="1.0" encoding="x-nada"?>'), *SYNTAX)
    reject("declaracao-vazia", lambda _: _declared('<?xml version="1.0" encoding=""?>'), *SYNTAX)
    reject("declaracao-longa", lambda _: _declared(f'<?xml version="1.0" encoding="{"a" * 100_000}"?>'), *SYNTAX)
    reject(
        "declaracao-repetida", lambda _: _declared('<?xml version="1.0" encoding="UTF-8" encoding="UTF-8"?>'), *SYNTAX
    )
    reject("declaracao-sem-versao", lambda _: _declared('<?xml encoding="UTF-8"?>'), *SYNTAX)
    reject("declaracao-depois-de-espaco", lambda _: b" " + lote(), *SYNTAX)
    reject("declaracao-depois-de-linha", lambda _: b"\n" + lote(), *SYNTAX)
    reject("xml-1.1", lambda _: _declared('<?xml version="1.1" encoding="UTF-8"?>'), *SYNTAX)
    reject("xml-2.0", lambda _: _declared('<?xml version="2.0" encoding="UTF-8"?>'), *SYNTAX)
    reject(
        "standalone-talvez",
        lambda _: _declared('<?xml version="1.0" encoding="UTF-8" standalone="talvez"?>'),
        *SYNTAX,
    )
    reject("bom-utf-8-duas-vezes", lambda _: b"\xef\xbb\xbf" * 2 + lote(formato=UTF8), *SYNTAX)
    reject(
        "bom-utf-8-no-meio",
        lambda _: with_declaration(lote(formato=UTF8), b"<?xml version='1.0'?>\xef\xbb\xbf"),
        *SYNTAX,
    )
    reject("bom-utf-16-e-utf-8", lambda _: b"\xff\xfe" + lote(formato=UTF8), *SYNTAX)
    reject("mojibake", lambda _: lote(formato=UTF8).replace(b'"UTF-8"', b'"ISO-8859-1"'))
    either("bom-utf-8-declarado-latin-1", lambda _: b"\xef\xbb\xbf" + lote(acentos=False), read_as=CARTEIRA)
    either("declarado-ascii", lambda _: _declared('<?xml version="1.0" encoding="US-ASCII"?>'), read_as=CARTEIRA)
    either("declarado-latin1", lambda _: _declared('<?xml version="1.0" encoding="latin1"?>'), read_as=CARTEIRA)
    return f.cases


def _characters() -> list[Case]:
    f = Family("caracteres")
    reject = f.reject
    for name, byte in (("nul", b"\x00"), ("c0-01", b"\x01"), ("c0-1b", b"\x1b"), ("c0-0b", b"\x0b")):
        reject(f"byte-{name}", later(_raw_carteira, byte), *SYNTAX)
    reject("byte-c1-em-latin-1", lambda _: _raw_carteira(b"\x85", Formato()), *SYNTAX)
    reject("byte-c1-em-utf-8", lambda _: _raw_carteira(b"\xc2\x85"), *SYNTAX)
    reject("nul-no-fim", lambda _: lote() + b"\x00" * 16, *SYNTAX)
    reject("so-nul", b"\x00" * 4096, *SYNTAX)
    for name, reference in (
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
        reject(f"referencia-{name}", later(lote, marked("numeroCarteira", reference)), *SYNTAX)
    f.either("referencia-c1", lambda _: lote(marked("indicacaoClinica", "a&#x9F;b", "a\x9fb")))
    f.either("referencia-espacos", lambda _: lote(marked("indicacaoClinica", "a&#9;&#10;b", "a\t\nb")))
    f.either(
        "inversao-de-direcao", lambda _: lote(with_text("indicacaoClinica", "\u202e321"), hash_codificacao="utf-8")
    )
    for name, raw in (
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
        reject(f"utf-8-{name}", later(_raw_carteira, raw), *SYNTAX)
    return f.cases


def cases() -> list[Case]:
    """Every case of this module."""
    return [*_encodings(), *_characters()]
