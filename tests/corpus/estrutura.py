"""Well-formed XML that is not the message it claims to be: header, body, epilogo, xsi, XInclude, signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.gerador import Tipo
from local.gerador.arvore import NAMESPACE_DS, NAMESPACE_XSI, No, no
from tests.corpus.base import (
    SENHA_DO_PRESTADOR,
    Caso,
    Familia,
    adiado,
    clonar,
    dentro_da_guia,
    escrita,
    folha,
    lote,
    pai,
    valor,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.corpus.base import Mudanca

ESTRUTURA = ("5001", "5002", "5007")


def _repetir(nome: str) -> Mudanca:
    def mudar(raiz: No) -> None:
        dono = pai(raiz, nome)
        original = dono.um(nome)
        dono.filhos.insert(dono.filhos.index(original), clonar(original))

    return mudar


def _tirar(nome: str) -> Mudanca:
    return lambda raiz: pai(raiz, nome).remover(nome)


def _juntar(dono: str, *filhos: No) -> Mudanca:
    return lambda raiz: folha(raiz, dono).filhos.extend(filhos)


def _esvaziar(nome: str) -> Mudanca:
    return lambda raiz: folha(raiz, nome).filhos.clear()


def _atributo(nome: str, chave: str, texto: str) -> Mudanca:
    def mudar(raiz: No) -> None:
        raiz.atributos["xmlns:xsi"] = NAMESPACE_XSI
        folha(raiz, nome).atributos[chave] = texto

    return mudar


def _cabecalho() -> list[Caso]:
    f = Familia("cabecalho")
    recusa = f.recusa
    for nome, texto in (
        ("4.00.00", "4.00.00"),
        ("4.00.01", "4.00.01"),
        ("3.05.00", "3.05.00"),
        ("futuro", "4.04.00"),
        ("vazio", ""),
        ("caminho", "../../4.01.00"),
        ("percento", "4.01.00%00"),
        ("sem-zeros", "4.1.0"),
        ("com-espacos", " 4.01.00 "),
        ("largo", "４.０１.００"),
    ):
        recusa(f"padrao-{nome}", adiado(lote, valor("Padrao", texto), hash_codificacao="utf-8"), "5028", "5001")
    recusa("dois-cabecalhos", lambda _: lote(_repetir("cabecalho")), *ESTRUTURA)
    recusa("sem-cabecalho", lambda _: lote(_tirar("cabecalho")), *ESTRUTURA, "5028")
    recusa("dois-padroes", lambda _: lote(_repetir("Padrao")), *ESTRUTURA, "5028")
    recusa(
        "honorarios-4.03-sem-carater",
        lambda _: lote(_tirar("caraterAtendimento"), tipo=Tipo.HONORARIOS, versao="4.03.00"),
        *ESTRUTURA,
    )
    recusa(
        "honorarios-4.03-declarados-4.01",
        lambda _: lote(valor("Padrao", "4.01.00"), tipo=Tipo.HONORARIOS, versao="4.03.00"),
        *ESTRUTURA,
    )
    recusa("transacao-de-cancelamento", lambda _: lote(valor("tipoTransacao", "CANCELA_GUIA")), "3148", "5007")
    recusa("transacao-vazia", lambda _: lote(valor("tipoTransacao", "")), "3148", *ESTRUTURA)
    recusa("transacao-minuscula", lambda _: lote(valor("tipoTransacao", "envio_lote_guias")), "3148", *ESTRUTURA)
    recusa("sem-origem", lambda _: lote(_tirar("origem")), *ESTRUTURA, "5005")
    recusa("origem-vazia", lambda _: lote(_esvaziar("origem")), *ESTRUTURA, "5005")
    recusa("origem-operadora", lambda _: lote(_trocar_pontas), "5005", "5027", "5007")
    recusa("destino-prestador", lambda _: lote(_destino_prestador), "5027", "5006", "5007")
    recusa("destino-largo", lambda _: lote(_destino("３４５６９５"), hash_codificacao="utf-8"), "5027", *ESTRUTURA)
    recusa("destino-de-cinco-digitos", lambda _: lote(_destino("34569")), "5027", *ESTRUTURA)
    recusa(
        "cnpj-largo",
        lambda _: lote(valor("CNPJ", "１２３４５６７８０００１９５"), hash_codificacao="utf-8"),
        "1206",
        *ESTRUTURA,
    )
    recusa("cnpj-pontuado", lambda _: lote(valor("CNPJ", "12.345.678/0001-95")), "1206", *ESTRUTURA)
    recusa("elemento-a-mais-no-cabecalho", lambda _: lote(_juntar("cabecalho", no("prioridade", "1"))), *ESTRUTURA)
    f.neutra("login-e-senha", lambda _: lote(_login))
    return f.casos


def _trocar_pontas(raiz: No) -> None:
    origem, destino = folha(raiz, "origem"), folha(raiz, "destino")
    origem.filhos, destino.filhos = destino.filhos, origem.filhos


def _destino_prestador(raiz: No) -> None:
    folha(raiz, "destino").filhos = [clonar(filho) for filho in folha(raiz, "origem").filhos]


def _destino(registro: str) -> Mudanca:
    def mudar(raiz: No) -> None:
        folha(raiz, "destino").um("registroANS").texto = registro

    return mudar


def _login(raiz: No) -> None:
    login = no("loginSenhaPrestador", no("loginPrestador", "exemplo"), no("senhaPrestador", SENHA_DO_PRESTADOR))
    folha(raiz, "cabecalho").filhos.append(login)


def _corpo() -> list[Caso]:
    f = Familia("corpo")
    recusa = f.recusa
    recusa("sem-corpo", lambda _: lote(_tirar("prestadorParaOperadora")), "5007")
    recusa("corpo-vazio", lambda _: lote(_esvaziar("prestadorParaOperadora")), "5007")
    recusa("corpo-so-com-texto", lambda _: lote(_corpo_de_texto), *ESTRUTURA)
    recusa("dois-corpos", lambda _: lote(_repetir("prestadorParaOperadora")), *ESTRUTURA)
    recusa("dois-sentidos", lambda _: lote(_dois_sentidos), *ESTRUTURA, "5005")
    recusa("dois-lotes", lambda _: lote(_repetir("loteGuias")), *ESTRUTURA)
    recusa("lote-e-cancelamento", lambda _: lote(_juntar("prestadorParaOperadora", no("cancelaGuia"))), *ESTRUTURA)
    recusa("lote-sem-guias", lambda _: lote(_esvaziar("guiasTISS")), *ESTRUTURA)
    recusa("lote-sem-guias-tiss", lambda _: lote(_tirar("guiasTISS")), *ESTRUTURA)
    recusa("guia-vazia", lambda _: lote(_esvaziar("guiaSP-SADT")), *ESTRUTURA)
    recusa("tipos-misturados", lambda _: lote(_misturar), *ESTRUTURA)
    recusa("texto-entre-elementos", lambda _: dentro_da_guia(lote(), b"texto solto"), *ESTRUTURA, "5014")
    recusa(
        "guia-em-outro-namespace", lambda _: dentro_da_guia(lote(), b'<x:a xmlns:x="urn:x">1</x:a>'), *ESTRUTURA, "5014"
    )
    recusa("guia-dentro-de-guia", lambda _: lote(_aninhar), *ESTRUTURA)
    recusa(
        "numero-do-lote-largo",
        lambda _: lote(valor("numeroLote", "１２"), hash_codificacao="utf-8"),
        "5047",
        *ESTRUTURA,
    )
    recusa("numero-do-lote-em-branco", lambda _: lote(valor("numeroLote", " \t ")), "5047", *ESTRUTURA)
    recusa("numero-do-lote-negativo", lambda _: lote(valor("numeroLote", "-1")), "5047", *ESTRUTURA)
    recusa("numero-do-lote-formula", lambda _: lote(valor("numeroLote", "=1+1")), "5047", *ESTRUTURA)
    recusa("numero-do-lote-longo", lambda _: lote(valor("numeroLote", "1" * 13)), "5047", *ESTRUTURA)
    return f.casos


def _corpo_de_texto(raiz: No) -> None:
    corpo = folha(raiz, "prestadorParaOperadora")
    corpo.filhos, corpo.texto = [], "segue o lote"


def _dois_sentidos(raiz: No) -> None:
    recibo = no("recebimentoLote", no("mensagemErro", no("codigoGlosa", "5001")))
    raiz.filhos.insert(1, no("operadoraParaPrestador", recibo))


def _misturar(raiz: No) -> None:
    outro = lote_de_consulta()
    folha(raiz, "guiasTISS").filhos.append(outro)


def lote_de_consulta() -> No:
    """A guia de consulta, as a node to plant in a lote of another kind."""
    return no(
        Tipo.CONSULTA.elemento,
        no("cabecalhoConsulta", no("registroANS", "345695"), no("numeroGuiaPrestador", "99")),
    )


def _aninhar(raiz: No) -> None:
    guia = folha(raiz, Tipo.SADT.elemento)
    guia.filhos.append(clonar(guia))


def _epilogo() -> list[Caso]:
    f = Familia("epilogo")
    recusa = f.recusa
    recusa("sem-epilogo", lambda _: lote(_tirar("epilogo")), "5014", *ESTRUTURA)
    recusa("epilogo-vazio", lambda _: lote(_tirar("hash")), "5014", *ESTRUTURA)
    recusa("dois-epilogos", lambda _: lote(_repetir("epilogo")), "5014", *ESTRUTURA)
    recusa("epilogo-no-comeco", lambda _: lote(_epilogo_primeiro), "5014", *ESTRUTURA)
    recusa("hash-vazio", lambda _: lote(valor("hash", "")), "5014")
    recusa("hash-em-branco", lambda _: lote(valor("hash", " " * 32)), "5014")
    recusa("hash-errado", lambda _: lote(valor("hash", "0" * 32)), "5014")
    recusa("hash-curto", lambda _: _trocar_hash(lambda h: h[:-1]), "5014")
    recusa("hash-longo", lambda _: _trocar_hash(lambda h: h + b"0"), "5014")
    recusa("hash-largo", lambda _: lote(valor("hash", "０" * 32), hash_codificacao="utf-8"), "5014")
    recusa(
        "hash-sha-256",
        lambda _: lote(valor("hash", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")),
        "5014",
    )
    recusa("hash-como-atributo", lambda _: _hash_atributo(), "5014", *ESTRUTURA)
    recusa("dois-hashes-iguais", lambda _: lote(_repetir("hash")), "5014", *ESTRUTURA)
    recusa("dois-hashes-o-errado-antes", lambda _: _dois_hashes(errado_antes=True), "5014", *ESTRUTURA)
    recusa("dois-hashes-o-errado-depois", lambda _: _dois_hashes(errado_antes=False), "5014", *ESTRUTURA)
    recusa(
        "hash-sem-namespace",
        lambda _: lote().replace(b"<ans:hash>", b"<hash>").replace(b"</ans:hash>", b"</hash>"),
        "5014",
        *ESTRUTURA,
    )
    recusa(
        "hash-em-outro-namespace",
        lambda _: lote().replace(b"<ans:hash>", b'<x:hash xmlns:x="urn:x">').replace(b"</ans:hash>", b"</x:hash>"),
        "5014",
        *ESTRUTURA,
    )
    recusa("hash-dentro-da-guia", lambda _: lote(_juntar(Tipo.SADT.elemento, no("hash", "0" * 32))), "5014", *ESTRUTURA)
    recusa("hash-com-filhos", lambda _: lote(_juntar("hash", no("valor", "0" * 32))), "5014", *ESTRUTURA)
    recusa("carteira-trocada-depois-do-hash", lambda _: lote(escrita("numeroCarteira", "1")), "5014")
    recusa("valor-trocado-depois-do-hash", lambda _: lote(escrita("valorUnitario", "99999.00")), "5014")
    recusa("espaco-depois-do-hash", lambda _: lote(escrita("indicacaoClinica", "Investigação  ")), "5014")
    f.neutra("hash-com-espacos-em-volta", lambda _: _trocar_hash(lambda h: b" " + h + b"\n"))
    return f.casos


def _epilogo_primeiro(raiz: No) -> None:
    raiz.filhos.insert(0, raiz.filhos.pop())


def _trocar_hash(mudar: Callable[[bytes], bytes]) -> bytes:
    conteudo = lote()
    inicio = conteudo.index(b"<ans:hash>") + len(b"<ans:hash>")
    return conteudo[:inicio] + mudar(conteudo[inicio : inicio + 32]) + conteudo[inicio + 32 :]


def _hash_atributo() -> bytes:
    conteudo = lote()
    inicio = conteudo.index(b"<ans:epilogo>")
    digest = conteudo[inicio + len(b"<ans:epilogo><ans:hash>") :][:32]
    return conteudo[:inicio] + b'<ans:epilogo hash="' + digest + b'"/></ans:mensagemTISS>'


def _dois_hashes(*, errado_antes: bool) -> bytes:
    errado = b"<ans:hash>" + b"0" * 32 + b"</ans:hash>"
    if errado_antes:
        return lote().replace(b"<ans:hash>", errado + b"<ans:hash>", 1)
    return lote().replace(b"</ans:epilogo>", errado + b"</ans:epilogo>", 1)


def _instancia() -> list[Caso]:
    f = Familia("xsi-xinclude")
    recusa = f.recusa
    recusa(
        "xsi-type-na-guia",
        lambda _: lote(_atributo(Tipo.SADT.elemento, "xsi:type", "ans:ctm_consultaGuia")),
        *ESTRUTURA,
    )
    recusa(
        "xsi-type-o-proprio",
        lambda _: lote(_atributo(Tipo.SADT.elemento, "xsi:type", "ans:ctm_sp-sadtGuia")),
        *ESTRUTURA,
    )
    recusa("xsi-type-inexistente", lambda _: lote(_atributo("numeroCarteira", "xsi:type", "ans:nada")), *ESTRUTURA)
    recusa("xsi-type-any", lambda _: lote(_atributo("cabecalho", "xsi:type", "xsi:anyType")), *ESTRUTURA)
    recusa("xsi-nil-na-carteira", lambda _: lote(_nulo("numeroCarteira")), *ESTRUTURA)
    recusa("xsi-nil-no-hash", lambda _: lote(_nulo("hash")), *ESTRUTURA, "5014")
    recusa("xsi-nil-falso", lambda _: lote(_atributo("numeroCarteira", "xsi:nil", "false")), *ESTRUTURA)
    recusa("xsi-desconhecido", lambda _: lote(_atributo("mensagemTISS", "xsi:nada", "1")), *ESTRUTURA)
    recusa("atributo-na-raiz", lambda _: lote(_atributo("mensagemTISS", "versao", "4.01.00")), *ESTRUTURA)
    recusa("atributo-na-carteira", lambda _: lote(_atributo("numeroCarteira", "tipo", "1")), *ESTRUTURA)
    recusa("xml-base", lambda a: lote(_atributo("cabecalho", "xml:base", a.url)), *ESTRUTURA)
    recusa("xml-lang", lambda _: lote(_atributo("numeroCarteira", "xml:lang", "pt-BR")), *ESTRUTURA)
    recusa("xml-space", lambda _: lote(_atributo("cabecalho", "xml:space", "preserve")), *ESTRUTURA)
    f.neutra(
        "schema-location-arquivo", lambda a: lote(_atributo("mensagemTISS", "xsi:schemaLocation", f"urn:x {a.arquivo}"))
    )
    f.neutra(
        "sem-namespace-schema-location-http",
        lambda a: lote(_atributo("mensagemTISS", "xsi:noNamespaceSchemaLocation", a.url)),
    )
    recusa("xinclude-arquivo", lambda a: _xinclude(a.arquivo), *ESTRUTURA, "5014")
    recusa("xinclude-http", lambda a: _xinclude(a.url), *ESTRUTURA, "5014")
    return f.casos


def _xinclude(alvo: str) -> bytes:
    inclusao = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{alvo}" parse="text"/>'
    return dentro_da_guia(lote(), inclusao.encode())


def _nulo(nome: str) -> Mudanca:
    def mudar(raiz: No) -> None:
        _atributo(nome, "xsi:nil", "true")(raiz)
        folha(raiz, nome).texto = ""

    return mudar


def _assinatura() -> list[Caso]:
    f = Familia("assinatura")
    assinatura = ("3168", "5022", "5018", *ESTRUTURA)

    def com(interior: str, nome: str = "Signature") -> bytes:
        marca = b"</ans:epilogo>"
        bloco = f'<ds:{nome} xmlns:ds="{NAMESPACE_DS}">{interior}</ds:{nome}>'.encode()
        return lote().replace(marca, marca + bloco, 1)

    f.recusa("assinatura-vazia", lambda _: com(""), *assinatura)
    f.recusa("assinatura-lixo", lambda _: com("<ds:a/>" * 1000), *assinatura)
    f.recusa("assinatura-inventada", lambda _: com(_assinado("", "")), *assinatura)
    f.recusa("assinatura-de-arquivo", lambda a: com(_assinado(a.arquivo, "")), *assinatura)
    f.recusa("assinatura-de-url", lambda a: com(_assinado(a.url, "")), *assinatura)
    f.recusa("assinatura-com-xslt", lambda _: com(_assinado("", _XSLT)), *assinatura)
    f.recusa(
        "assinatura-embrulhada",
        lambda _: com(_assinado("#x", "") + f"<ds:Object>{'<a/>' * 10}</ds:Object>"),
        *assinatura,
    )
    f.recusa("assinatura-com-mil-referencias", lambda _: com(_assinado("", "", vezes=1000)), *assinatura)
    f.recusa("assinatura-de-9-mib", lambda _: com("A" * 9_000_000), *assinatura)
    f.recusa("duas-assinaturas", lambda _: com(f'</ds:Signature><ds:Signature xmlns:ds="{NAMESPACE_DS}">'), *assinatura)
    f.recusa(
        "assinatura-antes-do-epilogo",
        lambda _: lote().replace(b"<ans:epilogo>", f'<ds:Signature xmlns:ds="{NAMESPACE_DS}"/><ans:epilogo>'.encode()),
        *assinatura,
        "5014",
    )
    f.recusa("elemento-estranho-depois-do-epilogo", lambda _: com("", "Outra"), *assinatura)
    return f.casos


_XSLT = '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><x xmlns="urn:x"/></ds:Transform>'


def _assinado(uri: str, transformacao: str, *, vezes: int = 1) -> str:
    """A signature of the right shape over nothing."""
    transformacoes = f"<ds:Transforms>{transformacao}</ds:Transforms>" if transformacao else ""
    referencia = (
        f'<ds:Reference URI="{uri}">{transformacoes}'
        f'<ds:DigestMethod Algorithm="{NAMESPACE_DS}sha1"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>'
    )
    return (
        '<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>'
        f'<ds:SignatureMethod Algorithm="{NAMESPACE_DS}rsa-sha1"/>{referencia * vezes}</ds:SignedInfo>'
        "<ds:SignatureValue>AAAA</ds:SignatureValue>"
    )


def casos() -> list[Caso]:
    """Every case of this module."""
    return [*_cabecalho(), *_corpo(), *_epilogo(), *_instancia(), *_assinatura()]
