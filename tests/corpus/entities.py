"""DOCTYPE, entities, processing instructions, comments and CDATA."""

from __future__ import annotations

from local.gerador import Formato
from tests.corpus.base import CARTEIRA, Case, Family, inside_guia, lote, marked, with_prologue

SYNTAX = ("5001", "5002")


def _with_doctype(dtd: str, markup: str | None = None, text: str | None = None) -> bytes:
    change = None if markup is None else marked("numeroCarteira", markup, text)
    return with_prologue(lote(change, Formato()), dtd.encode())


def _laughs() -> bytes:
    levels = ['<!ENTITY l0 "ha">']
    levels += [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11)]
    return _with_doctype(f"<!DOCTYPE m [{''.join(levels)}]>", "&l10;")


def _quadratic() -> bytes:
    return _with_doctype(f'<!DOCTYPE m [<!ENTITY a "{"a" * 65536}">]>', "&a;" * 20000)


def _external(target: str) -> bytes:
    return _with_doctype(f'<!DOCTYPE m [<!ENTITY e SYSTEM "{target}">]>', "&e;")


def _parameter(target: str) -> bytes:
    return _with_doctype(f'<!DOCTYPE m [<!ENTITY % p SYSTEM "{target}"> %p;]>')


def _dtd() -> list[Case]:
    f = Family("dtd")
    reject = f.reject
    reject("doctype-vazio", lambda _: _with_doctype("<!DOCTYPE mensagemTISS>"), *SYNTAX)
    reject("doctype-subconjunto-vazio", lambda _: _with_doctype("<!DOCTYPE m []>"), *SYNTAX)
    reject("doctype-sistema", lambda a: _with_doctype(f'<!DOCTYPE m SYSTEM "{a.file}">'), *SYNTAX)
    reject("doctype-publico", lambda a: _with_doctype(f'<!DOCTYPE m PUBLIC "-//X//Y" "{a.url}">'), *SYNTAX)
    reject("doctype-minusculo", lambda _: _with_doctype("<!doctype m>"), *SYNTAX)
    reject("doctype-depois-de-espacos", lambda _: _with_doctype(" " * 70000 + "<!DOCTYPE m>"), *SYNTAX)
    reject("doctype-depois-de-comentario", lambda _: _with_doctype("<!-- a --><!DOCTYPE m>"), *SYNTAX)
    reject(
        "doctype-em-utf-16",
        lambda _: _with_doctype("<!DOCTYPE m []>").decode("latin-1").replace("ISO-8859-1", "UTF-16").encode("utf-16"),
        *SYNTAX,
    )
    reject(
        "entidade-interna",
        lambda _: _with_doctype(f'<!DOCTYPE m [<!ENTITY c "{CARTEIRA}">]>', "&c;", CARTEIRA),
        *SYNTAX,
    )
    reject("entidade-nao-usada", lambda _: _with_doctype('<!DOCTYPE m [<!ENTITY c "1">]>'), *SYNTAX)
    reject("entidade-recursiva", lambda _: _with_doctype('<!DOCTYPE m [<!ENTITY c "&c;">]>', "&c;"), *SYNTAX)
    reject("entidade-indefinida", lambda _: lote(marked("numeroCarteira", "&nbsp;")), *SYNTAX)
    reject("entidade-externa-arquivo", lambda a: _external(a.file), *SYNTAX)
    reject("entidade-externa-http", lambda a: _external(a.url), *SYNTAX)
    reject("entidade-externa-dispositivo", lambda _: _external("file:///dev/zero"), *SYNTAX)
    reject("entidade-externa-relativa", lambda a: _external(a.canary.name), *SYNTAX)
    reject("entidade-de-parametro-arquivo", lambda a: _parameter(a.file), *SYNTAX)
    reject("entidade-de-parametro-http", lambda a: _parameter(a.url), *SYNTAX)
    reject(
        "entidade-nao-analisada",
        lambda a: _with_doctype(f'<!DOCTYPE m [<!NOTATION n SYSTEM "n"><!ENTITY g SYSTEM "{a.file}" NDATA n>]>'),
        *SYNTAX,
    )
    reject(
        "atributo-padrao-da-dtd",
        lambda _: _with_doctype('<!DOCTYPE m [<!ATTLIST ans:mensagemTISS valido CDATA "sim">]>'),
        *SYNTAX,
    )
    reject("elemento-na-dtd", lambda _: _with_doctype("<!DOCTYPE m [<!ELEMENT a (b,(c|d)*)>]>"), *SYNTAX)
    reject(
        "entidade-em-atributo",
        lambda _: _with_doctype('<!DOCTYPE m [<!ENTITY c "x">]>').replace(
            b"<ans:cabecalho>", b'<ans:cabecalho a="&c;">'
        ),
        *SYNTAX,
    )
    reject("bilhao-de-risadas", lambda _: _laughs(), *SYNTAX)
    reject("explosao-quadratica", lambda _: _quadratic(), *SYNTAX)
    reject(
        "entidades-aos-milhares",
        lambda _: _with_doctype(
            "<!DOCTYPE m [" + "".join(f'<!ENTITY e{n} "{n}">' for n in range(60000)) + "]>", "&e1;"
        ),
        *SYNTAX,
    )
    reject("secao-condicional", lambda _: _with_doctype("<!DOCTYPE m [<![INCLUDE[<!ENTITY a '1'>]]>]>"), *SYNTAX)
    return f.cases


def _instructions() -> list[Case]:
    f = Family("instrucoes")
    base = lote

    def repeated(count: int) -> bytes:
        return inside_guia(base(), b"<?p?>" * count)

    f.reject("pi-folha-de-estilo", lambda a: with_prologue(base(), f'<?xml-stylesheet href="{a.url}"?>'.encode()))
    f.reject("pi-xml-model", lambda a: with_prologue(base(), f'<?xml-model href="{a.file}"?>'.encode()))
    f.reject("pi-no-corpo", lambda _: inside_guia(base(), b"<?php echo 1 ?>"))
    f.reject("pi-na-carteira", lambda _: lote(marked("numeroCarteira", f"{CARTEIRA[:3]}<?p?>{CARTEIRA[3:]}")))
    f.reject("pi-depois-da-raiz", lambda _: base() + b"<?fim?>")
    f.reject("pi-100-mil", lambda _: repeated(100_000))
    f.reject("pi-500-mil", lambda _: repeated(500_000))
    f.reject("pi-gigante", lambda _: inside_guia(base(), b"<?p " + b"a" * 9_000_000 + b"?>"))
    f.reject("segunda-declaracao", lambda _: with_prologue(base(), b'<?xml version="1.0"?>'), *SYNTAX)
    return f.cases


def _comments() -> list[Case]:
    f = Family("comentarios")

    def between(markup: bytes) -> bytes:
        return inside_guia(lote(), markup)

    f.either(
        "comentario-na-carteira",
        lambda _: lote(marked("numeroCarteira", f"{CARTEIRA[:3]}<!-- x -->{CARTEIRA[3:]}")),
        read_as=CARTEIRA,
    )
    f.either(
        "comentario-no-comeco-da-carteira",
        lambda _: lote(marked("numeroCarteira", f"<!-- x -->{CARTEIRA}")),
        read_as=CARTEIRA,
    )
    f.either("comentario-no-hash", lambda _: lote().replace(b"</ans:hash>", b"<!-- x --></ans:hash>"))
    f.either("comentario-no-padrao", lambda _: lote(marked("Padrao", "4.01<!-- .99 -->.00")))
    f.either("comentario-no-numero-do-lote", lambda _: lote(marked("numeroLote", "<!--9-->1<!--9-->")))
    f.either("comentarios-100-mil", lambda _: between(b"<!---->" * 100_000))
    f.either("comentario-de-9-mib", lambda _: between(b"<!--" + b"a" * 9_000_000 + b"-->"))
    f.either("comentario-com-doctype", lambda _: between(b"<!-- <!DOCTYPE m [<!ENTITY a 'b'>]> -->"))
    f.reject("comentario-com-dois-hifens", lambda _: between(b"<!-- a -- b -->"), *SYNTAX)
    f.reject("comentario-aberto", lambda _: between(b"<!-- a "), *SYNTAX)
    f.reject(
        "comentario-no-lugar-do-hash", lambda _: lote().replace(b"<ans:hash>", b"<!--").replace(b"</ans:hash>", b"-->")
    )
    return f.cases


def _cdata() -> list[Case]:
    f = Family("cdata")
    f.either(
        "cdata-em-pedacos",
        lambda _: lote(marked("numeroCarteira", "".join(f"<![CDATA[{c}]]>" for c in CARTEIRA))),
        read_as=CARTEIRA,
    )
    f.either(
        "cdata-com-doctype", lambda _: lote(marked("indicacaoClinica", "<![CDATA[<!DOCTYPE a>]]>", "<!DOCTYPE a>"))
    )
    f.either("cdata-com-pi", lambda _: lote(marked("indicacaoClinica", "<![CDATA[<?pi?>]]>", "<?pi?>")))
    f.either("cdata-vazia-no-hash", lambda _: lote().replace(b"<ans:hash>", b"<ans:hash><![CDATA[]]>"))
    f.reject("cdata-aberta", lambda _: lote(marked("numeroCarteira", "<![CDATA[1")), *SYNTAX)
    f.reject("cdata-entre-elementos", lambda _: inside_guia(lote(), b"<![CDATA[texto]]>"), *SYNTAX)
    f.reject("cdata-minuscula", lambda _: lote(marked("numeroCarteira", "<![cdata[1]]>")), *SYNTAX)
    f.reject("fecho-de-cdata-no-texto", lambda _: lote(marked("numeroCarteira", "1]]>2", "1]]>2")), *SYNTAX)
    f.reject("cdata-100-mil", lambda _: lote(marked("numeroCarteira", "<![CDATA[1]]>" * 100_000, "1" * 100_000)))
    f.reject(
        "cdata-com-elemento-falso", lambda _: lote(marked("numeroCarteira", "<![CDATA[</ans:numeroCarteira>]]>", "x"))
    )
    return f.cases


def cases() -> list[Case]:
    """Every case of this module."""
    return [*_dtd(), *_instructions(), *_comments(), *_cdata()]
