"""Well-formed XML that is not the message it claims to be: header, body, epilogo, xsi, XInclude, signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.gerador import Tipo
from local.gerador.tree import NAMESPACE_DS, NAMESPACE_XSI, Node, node
from tests.corpus.base import (
    PASSWORD,
    Case,
    Family,
    clone,
    inside_guia,
    later,
    leaf,
    lote,
    marked,
    parent_of,
    with_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.corpus.base import Change

STRUCTURE = ("5001", "5002", "5007")


def _repeat(name: str) -> Change:
    def change(root: Node) -> None:
        owner = parent_of(root, name)
        original = owner.one(name)
        owner.children.insert(owner.children.index(original), clone(original))

    return change


def _drop(name: str) -> Change:
    return lambda root: parent_of(root, name).remove(name)


def _append(owner: str, *children: Node) -> Change:
    return lambda root: leaf(root, owner).children.extend(children)


def _empty(name: str) -> Change:
    return lambda root: leaf(root, name).children.clear()


def _attribute(name: str, key: str, text: str) -> Change:
    def change(root: Node) -> None:
        root.attributes["xmlns:xsi"] = NAMESPACE_XSI
        leaf(root, name).attributes[key] = text

    return change


def _header() -> list[Case]:
    f = Family("cabecalho")
    reject = f.reject
    for name, text in (
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
        reject(f"padrao-{name}", later(lote, with_text("Padrao", text), hash_codificacao="utf-8"), "5028", "5001")
    reject("dois-cabecalhos", lambda _: lote(_repeat("cabecalho")), *STRUCTURE)
    reject("sem-cabecalho", lambda _: lote(_drop("cabecalho")), *STRUCTURE, "5028")
    reject("dois-padroes", lambda _: lote(_repeat("Padrao")), *STRUCTURE, "5028")
    reject(
        "honorarios-4.03-sem-carater",
        lambda _: lote(_drop("caraterAtendimento"), tipo=Tipo.HONORARIOS, versao="4.03.00"),
        *STRUCTURE,
    )
    reject(
        "honorarios-4.03-declarados-4.01",
        lambda _: lote(with_text("Padrao", "4.01.00"), tipo=Tipo.HONORARIOS, versao="4.03.00"),
        *STRUCTURE,
    )
    reject("transacao-de-cancelamento", lambda _: lote(with_text("tipoTransacao", "CANCELA_GUIA")), "3148", "5007")
    reject("transacao-vazia", lambda _: lote(with_text("tipoTransacao", "")), "3148", *STRUCTURE)
    reject("transacao-minuscula", lambda _: lote(with_text("tipoTransacao", "envio_lote_guias")), "3148", *STRUCTURE)
    reject("sem-origem", lambda _: lote(_drop("origem")), *STRUCTURE, "5005")
    reject("origem-vazia", lambda _: lote(_empty("origem")), *STRUCTURE, "5005")
    reject("origem-operadora", lambda _: lote(_swap_ends), "5005", "5027", "5007")
    reject("destino-prestador", lambda _: lote(_destino_prestador), "5027", "5006", "5007")
    reject("destino-largo", lambda _: lote(_destino("３４５６９５"), hash_codificacao="utf-8"), "5027", *STRUCTURE)
    reject("destino-de-cinco-digitos", lambda _: lote(_destino("34569")), "5027", *STRUCTURE)
    reject(
        "cnpj-largo",
        lambda _: lote(with_text("CNPJ", "１２３４５６７８０００１９５"), hash_codificacao="utf-8"),
        "1206",
        *STRUCTURE,
    )
    reject("cnpj-pontuado", lambda _: lote(with_text("CNPJ", "12.345.678/0001-95")), "1206", *STRUCTURE)
    reject("elemento-a-mais-no-cabecalho", lambda _: lote(_append("cabecalho", node("prioridade", "1"))), *STRUCTURE)
    f.either("login-e-senha", lambda _: lote(_login))
    return f.cases


def _swap_ends(root: Node) -> None:
    origem, destino = leaf(root, "origem"), leaf(root, "destino")
    origem.children, destino.children = destino.children, origem.children


def _destino_prestador(root: Node) -> None:
    leaf(root, "destino").children = [clone(child) for child in leaf(root, "origem").children]


def _destino(registro: str) -> Change:
    def change(root: Node) -> None:
        leaf(root, "destino").one("registroANS").text = registro

    return change


def _login(root: Node) -> None:
    login = node("loginSenhaPrestador", node("loginPrestador", "exemplo"), node("senhaPrestador", PASSWORD))
    leaf(root, "cabecalho").children.append(login)


def _body() -> list[Case]:
    f = Family("corpo")
    reject = f.reject
    reject("sem-corpo", lambda _: lote(_drop("prestadorParaOperadora")), "5007")
    reject("corpo-vazio", lambda _: lote(_empty("prestadorParaOperadora")), "5007")
    reject("corpo-so-com-texto", lambda _: lote(_text_body), *STRUCTURE)
    reject("dois-corpos", lambda _: lote(_repeat("prestadorParaOperadora")), *STRUCTURE)
    reject("dois-sentidos", lambda _: lote(_both_directions), *STRUCTURE, "5005")
    reject("dois-lotes", lambda _: lote(_repeat("loteGuias")), *STRUCTURE)
    reject("lote-e-cancelamento", lambda _: lote(_append("prestadorParaOperadora", node("cancelaGuia"))), *STRUCTURE)
    reject("lote-sem-guias", lambda _: lote(_empty("guiasTISS")), *STRUCTURE)
    reject("lote-sem-guias-tiss", lambda _: lote(_drop("guiasTISS")), *STRUCTURE)
    reject("guia-vazia", lambda _: lote(_empty("guiaSP-SADT")), *STRUCTURE)
    reject("tipos-misturados", lambda _: lote(_mix), *STRUCTURE)
    reject("texto-entre-elementos", lambda _: inside_guia(lote(), b"texto solto"), *STRUCTURE, "5014")
    reject(
        "guia-em-outro-namespace", lambda _: inside_guia(lote(), b'<x:a xmlns:x="urn:x">1</x:a>'), *STRUCTURE, "5014"
    )
    reject("guia-dentro-de-guia", lambda _: lote(_nest), *STRUCTURE)
    reject(
        "numero-do-lote-largo",
        lambda _: lote(with_text("numeroLote", "１２"), hash_codificacao="utf-8"),
        "5047",
        *STRUCTURE,
    )
    reject("numero-do-lote-em-branco", lambda _: lote(with_text("numeroLote", " \t ")), "5047", *STRUCTURE)
    reject("numero-do-lote-negativo", lambda _: lote(with_text("numeroLote", "-1")), "5047", *STRUCTURE)
    reject("numero-do-lote-formula", lambda _: lote(with_text("numeroLote", "=1+1")), "5047", *STRUCTURE)
    reject("numero-do-lote-longo", lambda _: lote(with_text("numeroLote", "1" * 13)), "5047", *STRUCTURE)
    return f.cases


def _text_body(root: Node) -> None:
    body = leaf(root, "prestadorParaOperadora")
    body.children, body.text = [], "segue o lote"


def _both_directions(root: Node) -> None:
    receipt = node("recebimentoLote", node("mensagemErro", node("codigoGlosa", "5001")))
    root.children.insert(1, node("operadoraParaPrestador", receipt))


def _mix(root: Node) -> None:
    other = _consulta()
    leaf(root, "guiasTISS").children.append(other)


def _consulta() -> Node:
    """A guia de consulta, as a node to plant in a lote of another kind."""
    return node(
        Tipo.CONSULTA.element,
        node("cabecalhoConsulta", node("registroANS", "345695"), node("numeroGuiaPrestador", "99")),
    )


def _nest(root: Node) -> None:
    guia = leaf(root, Tipo.SADT.element)
    guia.children.append(clone(guia))


def _epilogo() -> list[Case]:
    f = Family("epilogo")
    reject = f.reject
    reject("sem-epilogo", lambda _: lote(_drop("epilogo")), "5014", *STRUCTURE)
    reject("epilogo-vazio", lambda _: lote(_drop("hash")), "5014", *STRUCTURE)
    reject("dois-epilogos", lambda _: lote(_repeat("epilogo")), "5014", *STRUCTURE)
    reject("epilogo-no-comeco", lambda _: lote(_epilogo_first), "5014", *STRUCTURE)
    reject("hash-vazio", lambda _: lote(with_text("hash", "")), "5014")
    reject("hash-em-branco", lambda _: lote(with_text("hash", " " * 32)), "5014")
    reject("hash-errado", lambda _: lote(with_text("hash", "0" * 32)), "5014")
    reject("hash-curto", lambda _: _with_hash(lambda h: h[:-1]), "5014")
    reject("hash-longo", lambda _: _with_hash(lambda h: h + b"0"), "5014")
    reject("hash-largo", lambda _: lote(with_text("hash", "０" * 32), hash_codificacao="utf-8"), "5014")
    reject(
        "hash-sha-256",
        lambda _: lote(with_text("hash", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")),
        "5014",
    )
    reject("hash-como-atributo", lambda _: _hash_as_attribute(), "5014", *STRUCTURE)
    reject("dois-hashes-iguais", lambda _: lote(_repeat("hash")), "5014", *STRUCTURE)
    reject("dois-hashes-o-errado-antes", lambda _: _two_hashes(wrong_first=True), "5014", *STRUCTURE)
    reject("dois-hashes-o-errado-depois", lambda _: _two_hashes(wrong_first=False), "5014", *STRUCTURE)
    reject(
        "hash-sem-namespace",
        lambda _: lote().replace(b"<ans:hash>", b"<hash>").replace(b"</ans:hash>", b"</hash>"),
        "5014",
        *STRUCTURE,
    )
    reject(
        "hash-em-outro-namespace",
        lambda _: lote().replace(b"<ans:hash>", b'<x:hash xmlns:x="urn:x">').replace(b"</ans:hash>", b"</x:hash>"),
        "5014",
        *STRUCTURE,
    )
    reject(
        "hash-dentro-da-guia", lambda _: lote(_append(Tipo.SADT.element, node("hash", "0" * 32))), "5014", *STRUCTURE
    )
    reject("hash-com-filhos", lambda _: lote(_append("hash", node("valor", "0" * 32))), "5014", *STRUCTURE)
    reject("carteira-trocada-depois-do-hash", lambda _: lote(marked("numeroCarteira", "1")), "5014")
    reject("valor-trocado-depois-do-hash", lambda _: lote(marked("valorUnitario", "99999.00")), "5014")
    reject("espaco-depois-do-hash", lambda _: lote(marked("indicacaoClinica", "Investigação  ")), "5014")
    f.either("hash-com-espacos-em-volta", lambda _: _with_hash(lambda h: b" " + h + b"\n"))
    return f.cases


def _epilogo_first(root: Node) -> None:
    root.children.insert(0, root.children.pop())


def _with_hash(change: Callable[[bytes], bytes]) -> bytes:
    content = lote()
    start = content.index(b"<ans:hash>") + len(b"<ans:hash>")
    return content[:start] + change(content[start : start + 32]) + content[start + 32 :]


def _hash_as_attribute() -> bytes:
    content = lote()
    start = content.index(b"<ans:epilogo>")
    digest = content[start + len(b"<ans:epilogo><ans:hash>") :][:32]
    return content[:start] + b'<ans:epilogo hash="' + digest + b'"/></ans:mensagemTISS>'


def _two_hashes(*, wrong_first: bool) -> bytes:
    wrong = b"<ans:hash>" + b"0" * 32 + b"</ans:hash>"
    if wrong_first:
        return lote().replace(b"<ans:hash>", wrong + b"<ans:hash>", 1)
    return lote().replace(b"</ans:epilogo>", wrong + b"</ans:epilogo>", 1)


def _instance() -> list[Case]:
    f = Family("xsi-xinclude")
    reject = f.reject
    reject(
        "xsi-type-na-guia",
        lambda _: lote(_attribute(Tipo.SADT.element, "xsi:type", "ans:ctm_consultaGuia")),
        *STRUCTURE,
    )
    reject(
        "xsi-type-o-proprio",
        lambda _: lote(_attribute(Tipo.SADT.element, "xsi:type", "ans:ctm_sp-sadtGuia")),
        *STRUCTURE,
    )
    reject("xsi-type-inexistente", lambda _: lote(_attribute("numeroCarteira", "xsi:type", "ans:nada")), *STRUCTURE)
    reject("xsi-type-any", lambda _: lote(_attribute("cabecalho", "xsi:type", "xsi:anyType")), *STRUCTURE)
    reject("xsi-nil-na-carteira", lambda _: lote(_nil("numeroCarteira")), *STRUCTURE)
    reject("xsi-nil-no-hash", lambda _: lote(_nil("hash")), *STRUCTURE, "5014")
    reject("xsi-nil-falso", lambda _: lote(_attribute("numeroCarteira", "xsi:nil", "false")), *STRUCTURE)
    reject("xsi-desconhecido", lambda _: lote(_attribute("mensagemTISS", "xsi:nada", "1")), *STRUCTURE)
    reject("atributo-na-raiz", lambda _: lote(_attribute("mensagemTISS", "versao", "4.01.00")), *STRUCTURE)
    reject("atributo-na-carteira", lambda _: lote(_attribute("numeroCarteira", "tipo", "1")), *STRUCTURE)
    reject("xml-base", lambda a: lote(_attribute("cabecalho", "xml:base", a.url)), *STRUCTURE)
    reject("xml-lang", lambda _: lote(_attribute("numeroCarteira", "xml:lang", "pt-BR")), *STRUCTURE)
    reject("xml-space", lambda _: lote(_attribute("cabecalho", "xml:space", "preserve")), *STRUCTURE)
    f.either(
        "schema-location-arquivo", lambda a: lote(_attribute("mensagemTISS", "xsi:schemaLocation", f"urn:x {a.file}"))
    )
    f.either(
        "sem-namespace-schema-location-http",
        lambda a: lote(_attribute("mensagemTISS", "xsi:noNamespaceSchemaLocation", a.url)),
    )
    reject("xinclude-arquivo", lambda a: _xinclude(a.file), *STRUCTURE, "5014")
    reject("xinclude-http", lambda a: _xinclude(a.url), *STRUCTURE, "5014")
    return f.cases


def _xinclude(target: str) -> bytes:
    inclusion = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{target}" parse="text"/>'
    return inside_guia(lote(), inclusion.encode())


def _nil(name: str) -> Change:
    def change(root: Node) -> None:
        _attribute(name, "xsi:nil", "true")(root)
        leaf(root, name).text = ""

    return change


def _signatures() -> list[Case]:
    f = Family("assinatura")
    signature = ("3168", "5022", "5018", *STRUCTURE)

    def with_it(inner: str, name: str = "Signature") -> bytes:
        mark = b"</ans:epilogo>"
        block = f'<ds:{name} xmlns:ds="{NAMESPACE_DS}">{inner}</ds:{name}>'.encode()
        return lote().replace(mark, mark + block, 1)

    f.reject("assinatura-vazia", lambda _: with_it(""), *signature)
    f.reject("assinatura-lixo", lambda _: with_it("<ds:a/>" * 1000), *signature)
    f.reject("assinatura-inventada", lambda _: with_it(_signed("", "")), *signature)
    f.reject("assinatura-de-arquivo", lambda a: with_it(_signed(a.file, "")), *signature)
    f.reject("assinatura-de-url", lambda a: with_it(_signed(a.url, "")), *signature)
    f.reject("assinatura-com-xslt", lambda _: with_it(_signed("", _XSLT)), *signature)
    f.reject(
        "assinatura-embrulhada",
        lambda _: with_it(_signed("#x", "") + f"<ds:Object>{'<a/>' * 10}</ds:Object>"),
        *signature,
    )
    f.reject("assinatura-com-mil-referencias", lambda _: with_it(_signed("", "", times=1000)), *signature)
    f.reject("assinatura-de-9-mib", lambda _: with_it("A" * 9_000_000), *signature)
    f.reject(
        "duas-assinaturas", lambda _: with_it(f'</ds:Signature><ds:Signature xmlns:ds="{NAMESPACE_DS}">'), *signature
    )
    f.reject(
        "assinatura-antes-do-epilogo",
        lambda _: lote().replace(b"<ans:epilogo>", f'<ds:Signature xmlns:ds="{NAMESPACE_DS}"/><ans:epilogo>'.encode()),
        *signature,
        "5014",
    )
    f.reject("elemento-estranho-depois-do-epilogo", lambda _: with_it("", "Outra"), *signature)
    return f.cases


_XSLT = '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><x xmlns="urn:x"/></ds:Transform>'


def _signed(uri: str, transform: str, *, times: int = 1) -> str:
    """A signature of the right shape over nothing."""
    transforms = f"<ds:Transforms>{transform}</ds:Transforms>" if transform else ""
    reference = (
        f'<ds:Reference URI="{uri}">{transforms}'
        f'<ds:DigestMethod Algorithm="{NAMESPACE_DS}sha1"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>'
    )
    return (
        '<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>'
        f'<ds:SignatureMethod Algorithm="{NAMESPACE_DS}rsa-sha1"/>{reference * times}</ds:SignedInfo>'
        "<ds:SignatureValue>AAAA</ds:SignatureValue>"
    )


def cases() -> list[Case]:
    """Every case of this module."""
    return [*_header(), *_body(), *_epilogo(), *_instance(), *_signatures()]
