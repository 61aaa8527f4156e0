"""Correct lotes in every legal spelling: whoever refuses everything fails here."""

from __future__ import annotations

from local.gerador import VERSOES, Formato, Tipo
from tests.corpus.base import (
    CARTEIRA,
    Case,
    Family,
    inside_guia,
    later,
    lote,
    marked,
    with_declaration,
    with_prologue,
)

CLINICA = "CLÍNICA EXEMPLO & DIAGNÓSTICO"


def _between_elements(markup: bytes) -> bytes:
    return lote().replace(b"><ans:", b">" + markup + b"<ans:")


def _declaration(text: bytes) -> bytes:
    return with_declaration(lote(acentos=False), text)


def _spellings() -> list[Case]:
    f = Family("controle")
    accept = f.accept
    utf8 = Formato(codificacao="UTF-8")
    accept("prefixo-ans", lambda _: lote())
    accept("prefixo-padrao", lambda _: lote(formato=Formato(prefixo="")))
    accept("prefixo-tiss", lambda _: lote(formato=Formato(prefixo="tiss")))
    accept("prefixo-acentuado", lambda _: lote(formato=Formato(prefixo="ção", codificacao="UTF-8")))
    accept("prefixo-de-um-ponto", lambda _: lote(formato=Formato(prefixo="a.b-c_1")))
    accept("utf-8", lambda _: lote(formato=utf8))
    accept("utf-8-com-bom", lambda _: b"\xef\xbb\xbf" + lote(formato=utf8))
    accept("utf-8-hash-em-utf-8", lambda _: lote(formato=utf8, hash_codificacao="utf-8"))
    accept("latin-1-hash-em-utf-8", lambda _: lote(hash_codificacao="utf-8"))
    accept("sem-declaracao", lambda _: lote(formato=Formato(codificacao="UTF-8", declaracao="")))
    accept(
        "declaracao-com-apostrofos", lambda _: lote(formato=Formato(declaracao="<?xml version='1.0' encoding='{}'?>"))
    )
    accept("declaracao-minuscula", later(_declaration, b'<?xml version="1.0" encoding="iso-8859-1"?>'))
    accept("declaracao-utf-8-minuscula", later(_declaration, b'<?xml version="1.0" encoding="utf-8"?>'))
    accept("declaracao-espacada", later(_declaration, b'<?xml  version = "1.0"\n\tencoding = "ISO-8859-1"  ?>\n'))
    accept("standalone-sim", later(_declaration, b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'))
    accept("declaracao-sem-codificacao", later(_declaration, b'<?xml version="1.0"?>'))
    accept("indentado", lambda _: lote(formato=Formato(indentado=True)))
    accept("indentado-crlf", lambda _: lote(formato=Formato(indentado=True, nova_linha="\r\n")))
    accept("linhas-em-branco-no-fim", lambda _: lote() + b"\r\n\r\n \t\n")
    accept("cdata-na-carteira", lambda _: lote(marked("numeroCarteira", f"<![CDATA[{CARTEIRA}]]>")))
    accept("cdata-com-marcacao", lambda _: lote(marked("nomeContratadoSolicitante", f"<![CDATA[{CLINICA}]]>")))
    accept("comentario-antes-da-raiz", lambda _: with_prologue(lote(), b"<!-- gerado pelo sistema do prestador -->"))
    accept("comentario-depois-da-raiz", lambda _: lote() + b"<!-- fim -->")
    accept("comentarios-entre-elementos", lambda _: _between_elements(b"<!-- campo -->"))
    accept("comentario-na-guia", lambda _: inside_guia(lote(), b"\n<!-- guia 1 -->\n"))
    accept("referencias-decimais", lambda _: lote(marked("numeroCarteira", "".join(f"&#{ord(c)};" for c in CARTEIRA))))
    accept(
        "referencias-hexadecimais",
        lambda _: lote(marked("numeroCarteira", "".join(f"&#x{ord(c):x};" for c in CARTEIRA))),
    )
    accept("entidades-predefinidas", lambda _: lote(marked("indicacaoClinica", "&lt;&gt;&amp;&quot;&apos;", "<>&\"'")))
    accept("hash-maiusculo", lambda _: _uppercase_hash())
    accept("schema-location", lambda _: lote(formato=Formato(schema_location="tissV4_01_00.xsd")))
    accept("schema-location-remoto", lambda a: lote(formato=Formato(schema_location=a.url)))
    accept(
        "namespaces-sem-uso",
        lambda _: lote().replace(b" xmlns:ans=", b' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:ans=', 1),
    )
    accept(
        "atributos-com-apostrofos",
        lambda _: lote().replace(
            b'"http://www.ans.gov.br/padroes/tiss/schemas"', b"'http://www.ans.gov.br/padroes/tiss/schemas'", 1
        ),
    )
    accept(
        "espacos-nas-etiquetas",
        lambda _: (
            lote().replace(b"</ans:cabecalho>", b"</ans:cabecalho \n>").replace(b"<ans:epilogo>", b"<ans:epilogo\t>")
        ),
    )
    accept("sem-senha", lambda _: lote(com_senha=False))
    accept("despesas-reiniciam-a-sequencia", lambda _: lote(despesas_reiniciam=True))
    accept("codigo-na-operadora", lambda _: lote(origem_codigo="PREST0001"))
    accept("so-despesas", lambda _: lote(procedimentos=0, despesas=3))
    accept("um-item", lambda _: lote(procedimentos=1, despesas=0))
    accept("itens-400", lambda _: lote(procedimentos=200, despesas=200))
    for tipo in Tipo:
        for versao in VERSOES:
            accept(f"{tipo}-{versao}", later(lote, tipo=tipo, versao=versao, guias=2))
        accept(f"{tipo}-100-guias", later(lote, tipo=tipo, guias=100))
    accept("cnpj-alfanumerico-na-4.03", lambda _: lote(versao="4.03.00", origem_cnpj="12ABC34501DE35"))
    return f.cases


def _uppercase_hash() -> bytes:
    content = lote()
    start = content.index(b"<ans:hash>") + len(b"<ans:hash>")
    return content[:start] + content[start : start + 32].upper() + content[start + 32 :]


def cases() -> list[Case]:
    """Every case of this module."""
    return _spellings()
