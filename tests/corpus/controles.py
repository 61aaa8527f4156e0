"""Correct lotes in every legal spelling: whoever refuses everything fails here."""

from __future__ import annotations

from local.gerador import VERSOES, Formato, Tipo
from tests.corpus.base import (
    CARTEIRA,
    Caso,
    Familia,
    adiado,
    com_declaracao,
    com_prologo,
    dentro_da_guia,
    escrita,
    lote,
)

CLINICA = "CLÍNICA EXEMPLO & DIAGNÓSTICO"


def _entre_elementos(markup: bytes) -> bytes:
    return lote().replace(b"><ans:", b">" + markup + b"<ans:")


def _declaracao(texto: bytes) -> bytes:
    return com_declaracao(lote(acentos=False), texto)


def _escritas() -> list[Caso]:
    f = Familia("controle")
    aceita = f.aceita
    utf8 = Formato(codificacao="UTF-8")
    aceita("prefixo-ans", lambda _: lote())
    aceita("prefixo-padrao", lambda _: lote(formato=Formato(prefixo="")))
    aceita("prefixo-tiss", lambda _: lote(formato=Formato(prefixo="tiss")))
    aceita("prefixo-acentuado", lambda _: lote(formato=Formato(prefixo="ção", codificacao="UTF-8")))
    aceita("prefixo-de-um-ponto", lambda _: lote(formato=Formato(prefixo="a.b-c_1")))
    aceita("utf-8", lambda _: lote(formato=utf8))
    aceita("utf-8-com-bom", lambda _: b"\xef\xbb\xbf" + lote(formato=utf8))
    aceita("utf-8-hash-em-utf-8", lambda _: lote(formato=utf8, hash_codificacao="utf-8"))
    aceita("latin-1-hash-em-utf-8", lambda _: lote(hash_codificacao="utf-8"))
    aceita("sem-declaracao", lambda _: lote(formato=Formato(codificacao="UTF-8", declaracao="")))
    aceita(
        "declaracao-com-apostrofos", lambda _: lote(formato=Formato(declaracao="<?xml version='1.0' encoding='{}'?>"))
    )
    aceita("declaracao-minuscula", adiado(_declaracao, b'<?xml version="1.0" encoding="iso-8859-1"?>'))
    aceita("declaracao-utf-8-minuscula", adiado(_declaracao, b'<?xml version="1.0" encoding="utf-8"?>'))
    aceita("declaracao-espacada", adiado(_declaracao, b'<?xml  version = "1.0"\n\tencoding = "ISO-8859-1"  ?>\n'))
    aceita("standalone-sim", adiado(_declaracao, b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'))
    aceita("declaracao-sem-codificacao", adiado(_declaracao, b'<?xml version="1.0"?>'))
    aceita("indentado", lambda _: lote(formato=Formato(indentado=True)))
    aceita("indentado-crlf", lambda _: lote(formato=Formato(indentado=True, nova_linha="\r\n")))
    aceita("linhas-em-branco-no-fim", lambda _: lote() + b"\r\n\r\n \t\n")
    aceita("cdata-na-carteira", lambda _: lote(escrita("numeroCarteira", f"<![CDATA[{CARTEIRA}]]>")))
    aceita("cdata-com-marcacao", lambda _: lote(escrita("nomeContratadoSolicitante", f"<![CDATA[{CLINICA}]]>")))
    aceita("comentario-antes-da-raiz", lambda _: com_prologo(lote(), b"<!-- gerado pelo sistema do prestador -->"))
    aceita("comentario-depois-da-raiz", lambda _: lote() + b"<!-- fim -->")
    aceita("comentarios-entre-elementos", lambda _: _entre_elementos(b"<!-- campo -->"))
    aceita("comentario-na-guia", lambda _: dentro_da_guia(lote(), b"\n<!-- guia 1 -->\n"))
    aceita("referencias-decimais", lambda _: lote(escrita("numeroCarteira", "".join(f"&#{ord(c)};" for c in CARTEIRA))))
    aceita(
        "referencias-hexadecimais",
        lambda _: lote(escrita("numeroCarteira", "".join(f"&#x{ord(c):x};" for c in CARTEIRA))),
    )
    aceita("entidades-predefinidas", lambda _: lote(escrita("indicacaoClinica", "&lt;&gt;&amp;&quot;&apos;", "<>&\"'")))
    aceita("hash-maiusculo", lambda _: _hash_maiusculo())
    aceita("schema-location", lambda _: lote(formato=Formato(schema_location="tissV4_01_00.xsd")))
    aceita("schema-location-remoto", lambda a: lote(formato=Formato(schema_location=a.url)))
    aceita(
        "namespaces-sem-uso",
        lambda _: lote().replace(b" xmlns:ans=", b' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:ans=', 1),
    )
    aceita(
        "atributos-com-apostrofos",
        lambda _: lote().replace(
            b'"http://www.ans.gov.br/padroes/tiss/schemas"', b"'http://www.ans.gov.br/padroes/tiss/schemas'", 1
        ),
    )
    aceita(
        "espacos-nas-etiquetas",
        lambda _: (
            lote().replace(b"</ans:cabecalho>", b"</ans:cabecalho \n>").replace(b"<ans:epilogo>", b"<ans:epilogo\t>")
        ),
    )
    aceita("sem-senha", lambda _: lote(com_senha=False))
    aceita("despesas-reiniciam-a-sequencia", lambda _: lote(despesas_reiniciam=True))
    aceita("codigo-na-operadora", lambda _: lote(origem_codigo="PREST0001"))
    aceita("so-despesas", lambda _: lote(procedimentos=0, despesas=3))
    aceita("um-item", lambda _: lote(procedimentos=1, despesas=0))
    aceita("itens-400", lambda _: lote(procedimentos=200, despesas=200))
    for tipo in Tipo:
        for versao in VERSOES:
            aceita(f"{tipo}-{versao}", adiado(lote, tipo=tipo, versao=versao, guias=2))
        aceita(f"{tipo}-100-guias", adiado(lote, tipo=tipo, guias=100))
    aceita("cnpj-alfanumerico-na-4.03", lambda _: lote(versao="4.03.00", origem_cnpj="12ABC34501DE35"))
    return f.casos


def _hash_maiusculo() -> bytes:
    conteudo = lote()
    inicio = conteudo.index(b"<ans:hash>") + len(b"<ans:hash>")
    return conteudo[:inicio] + conteudo[inicio : inicio + 32].upper() + conteudo[inicio + 32 :]


def casos() -> list[Caso]:
    """Every case of this module."""
    return _escritas()
