"""DOCTYPE, entities, processing instructions, comments and CDATA."""

from __future__ import annotations

from local.gerador import Formato
from tests.corpus.base import CARTEIRA, Caso, Familia, com_prologo, dentro_da_guia, escrita, lote

SINTAXE = ("5001", "5002")


def _com_doctype(dtd: str, marcacao: str | None = None, texto: str | None = None) -> bytes:
    mudar = None if marcacao is None else escrita("numeroCarteira", marcacao, texto)
    return com_prologo(lote(mudar, Formato()), dtd.encode())


def _risadas() -> bytes:
    niveis = ['<!ENTITY l0 "ha">']
    niveis += [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11)]
    return _com_doctype(f"<!DOCTYPE m [{''.join(niveis)}]>", "&l10;")


def _quadratica() -> bytes:
    return _com_doctype(f'<!DOCTYPE m [<!ENTITY a "{"a" * 65536}">]>', "&a;" * 20000)


def _externa(alvo: str) -> bytes:
    return _com_doctype(f'<!DOCTYPE m [<!ENTITY e SYSTEM "{alvo}">]>', "&e;")


def _parametro(alvo: str) -> bytes:
    return _com_doctype(f'<!DOCTYPE m [<!ENTITY % p SYSTEM "{alvo}"> %p;]>')


def _dtd() -> list[Caso]:
    f = Familia("dtd")
    recusa = f.recusa
    recusa("doctype-vazio", lambda _: _com_doctype("<!DOCTYPE mensagemTISS>"), *SINTAXE)
    recusa("doctype-subconjunto-vazio", lambda _: _com_doctype("<!DOCTYPE m []>"), *SINTAXE)
    recusa("doctype-sistema", lambda a: _com_doctype(f'<!DOCTYPE m SYSTEM "{a.arquivo}">'), *SINTAXE)
    recusa("doctype-publico", lambda a: _com_doctype(f'<!DOCTYPE m PUBLIC "-//X//Y" "{a.url}">'), *SINTAXE)
    recusa("doctype-minusculo", lambda _: _com_doctype("<!doctype m>"), *SINTAXE)
    recusa("doctype-depois-de-espacos", lambda _: _com_doctype(" " * 70000 + "<!DOCTYPE m>"), *SINTAXE)
    recusa("doctype-depois-de-comentario", lambda _: _com_doctype("<!-- a --><!DOCTYPE m>"), *SINTAXE)
    recusa(
        "doctype-em-utf-16",
        lambda _: _com_doctype("<!DOCTYPE m []>").decode("latin-1").replace("ISO-8859-1", "UTF-16").encode("utf-16"),
        *SINTAXE,
    )
    recusa(
        "entidade-interna",
        lambda _: _com_doctype(f'<!DOCTYPE m [<!ENTITY c "{CARTEIRA}">]>', "&c;", CARTEIRA),
        *SINTAXE,
    )
    recusa("entidade-nao-usada", lambda _: _com_doctype('<!DOCTYPE m [<!ENTITY c "1">]>'), *SINTAXE)
    recusa("entidade-recursiva", lambda _: _com_doctype('<!DOCTYPE m [<!ENTITY c "&c;">]>', "&c;"), *SINTAXE)
    recusa("entidade-indefinida", lambda _: lote(escrita("numeroCarteira", "&nbsp;")), *SINTAXE)
    recusa("entidade-externa-arquivo", lambda a: _externa(a.arquivo), *SINTAXE)
    recusa("entidade-externa-http", lambda a: _externa(a.url), *SINTAXE)
    recusa("entidade-externa-dispositivo", lambda _: _externa("file:///dev/zero"), *SINTAXE)
    recusa("entidade-externa-relativa", lambda a: _externa(a.canario.name), *SINTAXE)
    recusa("entidade-de-parametro-arquivo", lambda a: _parametro(a.arquivo), *SINTAXE)
    recusa("entidade-de-parametro-http", lambda a: _parametro(a.url), *SINTAXE)
    recusa(
        "entidade-nao-analisada",
        lambda a: _com_doctype(f'<!DOCTYPE m [<!NOTATION n SYSTEM "n"><!ENTITY g SYSTEM "{a.arquivo}" NDATA n>]>'),
        *SINTAXE,
    )
    recusa(
        "atributo-padrao-da-dtd",
        lambda _: _com_doctype('<!DOCTYPE m [<!ATTLIST ans:mensagemTISS valido CDATA "sim">]>'),
        *SINTAXE,
    )
    recusa("elemento-na-dtd", lambda _: _com_doctype("<!DOCTYPE m [<!ELEMENT a (b,(c|d)*)>]>"), *SINTAXE)
    recusa(
        "entidade-em-atributo",
        lambda _: _com_doctype('<!DOCTYPE m [<!ENTITY c "x">]>').replace(
            b"<ans:cabecalho>", b'<ans:cabecalho a="&c;">'
        ),
        *SINTAXE,
    )
    recusa("bilhao-de-risadas", lambda _: _risadas(), *SINTAXE)
    recusa("explosao-quadratica", lambda _: _quadratica(), *SINTAXE)
    recusa(
        "entidades-aos-milhares",
        lambda _: _com_doctype("<!DOCTYPE m [" + "".join(f'<!ENTITY e{n} "{n}">' for n in range(60000)) + "]>", "&e1;"),
        *SINTAXE,
    )
    recusa("secao-condicional", lambda _: _com_doctype("<!DOCTYPE m [<![INCLUDE[<!ENTITY a '1'>]]>]>"), *SINTAXE)
    return f.casos


def _instrucoes() -> list[Caso]:
    f = Familia("instrucoes")
    base = lote

    def repetidas(quantas: int) -> bytes:
        return dentro_da_guia(base(), b"<?p?>" * quantas)

    f.recusa("pi-folha-de-estilo", lambda a: com_prologo(base(), f'<?xml-stylesheet href="{a.url}"?>'.encode()))
    f.recusa("pi-xml-model", lambda a: com_prologo(base(), f'<?xml-model href="{a.arquivo}"?>'.encode()))
    f.recusa("pi-no-corpo", lambda _: dentro_da_guia(base(), b"<?php echo 1 ?>"))
    f.recusa("pi-na-carteira", lambda _: lote(escrita("numeroCarteira", f"{CARTEIRA[:3]}<?p?>{CARTEIRA[3:]}")))
    f.recusa("pi-depois-da-raiz", lambda _: base() + b"<?fim?>")
    f.recusa("pi-100-mil", lambda _: repetidas(100_000))
    f.recusa("pi-500-mil", lambda _: repetidas(500_000))
    f.recusa("pi-gigante", lambda _: dentro_da_guia(base(), b"<?p " + b"a" * 9_000_000 + b"?>"))
    f.recusa("segunda-declaracao", lambda _: com_prologo(base(), b'<?xml version="1.0"?>'), *SINTAXE)
    return f.casos


def _comentarios() -> list[Caso]:
    f = Familia("comentarios")

    def entre(markup: bytes) -> bytes:
        return dentro_da_guia(lote(), markup)

    f.neutra(
        "comentario-na-carteira",
        lambda _: lote(escrita("numeroCarteira", f"{CARTEIRA[:3]}<!-- x -->{CARTEIRA[3:]}")),
        lido=CARTEIRA,
    )
    f.neutra(
        "comentario-no-comeco-da-carteira",
        lambda _: lote(escrita("numeroCarteira", f"<!-- x -->{CARTEIRA}")),
        lido=CARTEIRA,
    )
    f.neutra("comentario-no-hash", lambda _: lote().replace(b"</ans:hash>", b"<!-- x --></ans:hash>"))
    f.neutra("comentario-no-padrao", lambda _: lote(escrita("Padrao", "4.01<!-- .99 -->.00")))
    f.neutra("comentario-no-numero-do-lote", lambda _: lote(escrita("numeroLote", "<!--9-->1<!--9-->")))
    f.neutra("comentarios-100-mil", lambda _: entre(b"<!---->" * 100_000))
    f.neutra("comentario-de-9-mib", lambda _: entre(b"<!--" + b"a" * 9_000_000 + b"-->"))
    f.neutra("comentario-com-doctype", lambda _: entre(b"<!-- <!DOCTYPE m [<!ENTITY a 'b'>]> -->"))
    f.recusa("comentario-com-dois-hifens", lambda _: entre(b"<!-- a -- b -->"), *SINTAXE)
    f.recusa("comentario-aberto", lambda _: entre(b"<!-- a "), *SINTAXE)
    f.recusa(
        "comentario-no-lugar-do-hash", lambda _: lote().replace(b"<ans:hash>", b"<!--").replace(b"</ans:hash>", b"-->")
    )
    return f.casos


def _cdata() -> list[Caso]:
    f = Familia("cdata")
    f.neutra(
        "cdata-em-pedacos",
        lambda _: lote(escrita("numeroCarteira", "".join(f"<![CDATA[{c}]]>" for c in CARTEIRA))),
        lido=CARTEIRA,
    )
    f.neutra(
        "cdata-com-doctype", lambda _: lote(escrita("indicacaoClinica", "<![CDATA[<!DOCTYPE a>]]>", "<!DOCTYPE a>"))
    )
    f.neutra("cdata-com-pi", lambda _: lote(escrita("indicacaoClinica", "<![CDATA[<?pi?>]]>", "<?pi?>")))
    f.neutra("cdata-vazia-no-hash", lambda _: lote().replace(b"<ans:hash>", b"<ans:hash><![CDATA[]]>"))
    f.recusa("cdata-aberta", lambda _: lote(escrita("numeroCarteira", "<![CDATA[1")), *SINTAXE)
    f.recusa("cdata-entre-elementos", lambda _: dentro_da_guia(lote(), b"<![CDATA[texto]]>"), *SINTAXE)
    f.recusa("cdata-minuscula", lambda _: lote(escrita("numeroCarteira", "<![cdata[1]]>")), *SINTAXE)
    f.recusa("fecho-de-cdata-no-texto", lambda _: lote(escrita("numeroCarteira", "1]]>2", "1]]>2")), *SINTAXE)
    f.recusa("cdata-100-mil", lambda _: lote(escrita("numeroCarteira", "<![CDATA[1]]>" * 100_000, "1" * 100_000)))
    f.recusa(
        "cdata-com-elemento-falso", lambda _: lote(escrita("numeroCarteira", "<![CDATA[</ans:numeroCarteira>]]>", "x"))
    )
    return f.casos


def casos() -> list[Caso]:
    """Every case of this module."""
    return [*_dtd(), *_instrucoes(), *_comentarios(), *_cdata()]
