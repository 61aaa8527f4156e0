"""Synthetic notas fiscais de serviço: the national layout and three of ABRASF, correct or with one defect.

    nota = gerar_nota(PedidoDeNota(valor=Decimal("1500.00"), defeito="tomador-outro"))
    nota.conteudo, nota.regra

Independent of the reader: what a file says is what was asked for. ``python -m local.gerador.notas`` writes one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Final

from local.gerador.tree import NAMESPACE_DS, Formato, Node, node, write
from local.gerador_cadastro.identificadores import cnpj

_TOMADOR: Final = cnpj("009988770001")
_OUTRO: Final = cnpj("1A2B3C4D0001")
_MUNICIPIO: Final = "3106200"


class Leiaute(StrEnum):
    """The layouts that are written."""

    NACIONAL = "nacional"
    ABRASF_1 = "abrasf-1"
    ABRASF_2 = "abrasf-2"
    """2.01 to 2.03."""
    ABRASF_2_04 = "abrasf-2.04"


@dataclass(frozen=True, slots=True, kw_only=True)
class PedidoDeNota:
    """One nota to generate. The same request gives the same bytes.

    Attributes:
        emitente, tomador: CNPJ, or CPF, as they are to be written.
        valor: reais of the service, gross.
        retido: of it, what the tomador keeps as tributes.
        competencia: a day of it.
        emitida_em: local day.
        consulta: inside the answer of a consulta of the city's service, as some systems save it.
        defeito: name in ``DEFEITOS``.
        formato: spelling of the bytes; the layout's own prefix is used whatever it says.
    """

    leiaute: Leiaute = Leiaute.NACIONAL
    numero: str = "202600000000017"
    emitente: str = "12345678000195"
    tomador: str = _TOMADOR
    valor: Decimal = Decimal("1500.00")
    retido: Decimal = Decimal("92.25")
    competencia: date = date(2026, 10, 31)
    emitida_em: date = date(2026, 11, 16)
    consulta: bool = False
    defeito: str | None = None
    formato: Formato = field(default_factory=lambda: Formato(codificacao="UTF-8", prefixo=""))


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaGerada:
    """The file, and the rule that keeps it from being accepted where what was asked for is expected."""

    pedido: PedidoDeNota
    conteudo: bytes
    regra: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefeitoDeNota:
    """What is wrong with a nota: something it says, something its tree has, or both.

    Attributes:
        dizer: another request.
        mudar: changes the tree, or gives another.
    """

    descricao: str
    regra: str
    dizer: Callable[[PedidoDeNota], PedidoDeNota] = lambda pedido: pedido
    mudar: Callable[[PedidoDeNota, Node], Node] = lambda _pedido, root: root


def gerar_nota(pedido: PedidoDeNota) -> NotaGerada:
    """The nota that was asked for.

    Raises:
        ValueError: there is no such defect.
    """
    if pedido.defeito is None:
        return NotaGerada(pedido=pedido, conteudo=_escrita(pedido, _arvore(pedido)), regra=None)
    defeito = DEFEITOS.get(pedido.defeito)
    if defeito is None:
        raise ValueError(f"no defect is called {pedido.defeito!r}")
    asked = defeito.dizer(pedido)
    root = defeito.mudar(asked, _arvore(asked))
    return NotaGerada(pedido=pedido, conteudo=_escrita(pedido, root), regra=defeito.regra)


_ESPACOS: Final = {
    Leiaute.NACIONAL: ("", "http://www.sped.fazenda.gov.br/nfse"),
    Leiaute.ABRASF_1: ("ns3", "http://www.ginfes.com.br/tipos_v03.xsd"),
    Leiaute.ABRASF_2: ("", "http://www.abrasf.org.br/nfse.xsd"),
    Leiaute.ABRASF_2_04: ("tc", "http://www.abrasf.org.br/nfse.xsd"),
}
"""Prefix and namespace, as cities write them."""


def _escrita(pedido: PedidoDeNota, root: Node) -> bytes:
    prefixo, espaco = _ESPACOS[pedido.leiaute]
    root.attributes[f"xmlns:{prefixo}" if prefixo else "xmlns"] = espaco
    return write(root, replace(pedido.formato, prefixo=prefixo), "utf-8")[0]


def _arvore(pedido: PedidoDeNota) -> Node:
    nota = _NOTAS[pedido.leiaute](pedido)
    if not pedido.consulta:
        return nota
    if pedido.leiaute is Leiaute.NACIONAL:
        return node("Envelope", node("Body", nota))
    return node("ConsultarNfseResposta", node("ListaNfse", nota))


def _pessoa(numero: str, cnpj_name: str, cpf_name: str) -> Node:
    return node(cpf_name if len(numero) == len("00000000000") else cnpj_name, numero)


def _instante(day: date, at: time = time(10, 30)) -> str:
    return f"{datetime.combine(day, at).isoformat()}-03:00"


def _assinatura() -> Node:
    """What a signature looks like; nobody signed it."""
    certificado = node("X509Data", node("X509Certificate", "MIIC" + "A" * 1596))
    signature = node("Signature", node("SignatureValue", "A" * 344), node("KeyInfo", certificado))
    signature.attributes["xmlns"] = NAMESPACE_DS
    for one in signature.walk():
        one.literal = True
    return signature


def _nacional(pedido: PedidoDeNota) -> Node:
    declaracao = node(
        "infDPS",
        node("tpAmb", "1"),
        node("dhEmi", _instante(pedido.emitida_em)),
        node("verAplic", "1.00"),
        node("serie", "1"),
        node("nDPS", "17"),
        node("dCompet", pedido.competencia.isoformat()),
        node("tpEmit", "1"),
        node("cLocEmi", _MUNICIPIO),
        node("prest", _pessoa(pedido.emitente, "CNPJ", "CPF"), node("regTrib", node("opSimpNac", "1"))),
        node("toma", _pessoa(pedido.tomador, "CNPJ", "CPF"), node("xNome", "OPERADORA DE SAÚDE S.A.")),
        node("serv", node("cServ", node("cTribNac", "040301"), node("xDescServ", "Serviços hospitalares"))),
        node(
            "valores",
            node("vServPrest", node("vServ", f"{pedido.valor:.2f}")),
            node(
                "trib",
                node("tribMun", node("tribISSQN", "1"), node("tpRetISSQN", "1")),
                node("tribFed", node("vRetIRRF", f"{pedido.retido:.2f}")),
            ),
        ),
    )
    nota = node(
        "infNFSe",
        node("xLocEmi", "Belo Horizonte"),
        node("nNFSe", pedido.numero),
        node("xTribNac", "Hospitais e clínicas"),
        node("ambGer", "2"),
        node("cStat", "100"),
        node("dhProc", _instante(pedido.emitida_em, time(10, 31))),
        node("nDFSe", "8817"),
        node("emit", _pessoa(pedido.emitente, "CNPJ", "CPF"), node("xNome", "PRESTADOR DE SERVIÇOS LTDA")),
        node(
            "valores",
            node("vBC", f"{pedido.valor:.2f}"),
            node("vTotalRet", f"{pedido.retido:.2f}"),
            node("vLiq", f"{pedido.valor - pedido.retido:.2f}"),
        ),
        node("DPS", declaracao),
    )
    nota.attributes["Id"] = f"NFS{_MUNICIPIO}2{pedido.emitente:0>14}{pedido.numero:0>13}2611000000001"
    root = node("NFSe", nota, _assinatura())
    root.attributes["versao"] = "1.01"
    return root


def _valores(pedido: PedidoDeNota, *extra: Node) -> Node:
    return node(
        "Valores",
        node("ValorServicos", f"{pedido.valor:.2f}"),
        node("ValorIr", f"{pedido.retido:.2f}"),
        *extra,
    )


def _endereco() -> Node:
    """An address has a `Numero` too, and is no nota's."""
    return node("Endereco", node("Endereco", "Avenida Central"), node("Numero", "100"))


def _liquido(pedido: PedidoDeNota) -> Node:
    return node("ValorLiquidoNfse", f"{pedido.valor - pedido.retido:.2f}")


def _identificada(name: str, numero: str, *extra: Node) -> Node:
    return node(name, node("CpfCnpj", _pessoa(numero, "Cnpj", "Cpf")), node("InscricaoMunicipal", "4417"), *extra)


def _completa(nota: Node) -> Node:
    return node("CompNfse", node("Nfse", nota, _assinatura()))


def _abrasf_1(pedido: PedidoDeNota) -> Node:
    return _completa(
        node(
            "InfNfse",
            node("Numero", pedido.numero),
            node("CodigoVerificacao", "A1B2C3D4"),
            node("DataEmissao", f"{pedido.emitida_em.isoformat()}T10:31:00"),
            node("IdentificacaoRps", node("Numero", "17"), node("Serie", "1"), node("Tipo", "1")),
            node("Competencia", f"{pedido.competencia.isoformat()}T00:00:00"),
            node(
                "Servico", _valores(pedido, node("IssRetido", "2"), _liquido(pedido)), node("ItemListaServico", "4.03")
            ),
            node(
                "PrestadorServico",
                node("IdentificacaoPrestador", _pessoa(pedido.emitente, "Cnpj", "Cpf")),
                node("RazaoSocial", "PRESTADOR DE SERVIÇOS LTDA"),
                _endereco(),
            ),
            node("TomadorServico", _identificada("IdentificacaoTomador", pedido.tomador), _endereco()),
        )
    )


def _abrasf_2(pedido: PedidoDeNota, *, prestador: tuple[Node, ...], tomador: str) -> Node:
    declaracao = node(
        "InfDeclaracaoPrestacaoServico",
        node("Rps", node("IdentificacaoRps", node("Numero", "17")), node("DataEmissao", "2026-01-02")),
        node("Competencia", pedido.competencia.isoformat()),
        node("Servico", _valores(pedido), node("IssRetido", "2")),
        _identificada("Prestador", pedido.emitente),
        node(tomador, _identificada("IdentificacaoTomador", pedido.tomador), _endereco()),
    )
    return _completa(
        node(
            "InfNfse",
            node("Numero", pedido.numero),
            node("DataEmissao", f"{pedido.emitida_em.isoformat()}T10:31:00-03:00"),
            node("ValoresNfse", node("BaseCalculo", f"{pedido.valor:.2f}"), _liquido(pedido)),
            node("PrestadorServico", *prestador, node("RazaoSocial", "PRESTADOR DE SERVIÇOS LTDA"), _endereco()),
            node("DeclaracaoPrestacaoServico", declaracao),
        )
    )


_NOTAS: Final[Mapping[Leiaute, Callable[[PedidoDeNota], Node]]] = {
    Leiaute.NACIONAL: _nacional,
    Leiaute.ABRASF_1: _abrasf_1,
    Leiaute.ABRASF_2: lambda pedido: _abrasf_2(
        pedido, prestador=(_identificada("IdentificacaoPrestador", pedido.emitente),), tomador="Tomador"
    ),
    Leiaute.ABRASF_2_04: lambda pedido: _abrasf_2(pedido, prestador=(), tomador="TomadorServico"),
}


# --- defects ---


def _beside(pedido: PedidoDeNota, root: Node, abrasf: Node, nacional: str) -> Node:
    """The file with what ended its nota: in the whole of ABRASF, or the event kept with a national one."""
    if pedido.leiaute is Leiaute.NACIONAL:
        pedido_de_evento = node("infPedReg", node("chNFSe", "0" * 50), node(nacional, node("cMotivo", "1")))
        return node("documentos", root, node("evento", node("infEvento", node("pedRegEvento", pedido_de_evento))))
    next(one for one in root.walk() if one.name == "CompNfse").children.append(abrasf)
    return root


def _cancelada(pedido: PedidoDeNota, root: Node) -> Node:
    when = node("DataHora", _instante(pedido.emitida_em, time(16)))
    return _beside(pedido, root, node("NfseCancelamento", node("Confirmacao", when)), "e101101")


def _substituida(pedido: PedidoDeNota, root: Node) -> Node:
    by = node("SubstituicaoNfse", node("NfseSubstituidora", str(int(pedido.numero) + 1)))
    return _beside(pedido, root, node("NfseSubstituicao", by), "e105102")


def _sem_competencia(_pedido: PedidoDeNota, root: Node) -> Node:
    for one in root.walk():
        one.children = [child for child in one.children if child.name not in {"dCompet", "Competencia"}]
    return root


def _de_testes(_pedido: PedidoDeNota, root: Node) -> Node:
    for one in root.walk():
        if one.name == "tpAmb":
            one.text = "2"
    return root


def _sem_nota(_pedido: PedidoDeNota, root: Node) -> Node:
    """The request that it was made from: a DPS, or an RPS."""
    names = {"infDPS": "DPS", "InfDeclaracaoPrestacaoServico": "Rps", "IdentificacaoRps": "Rps"}
    return next(node(names[one.name], one) for one in root.walk() if one.name in names)


DEFEITOS: Final[Mapping[str, DefeitoDeNota]] = {
    "emitente-outro": DefeitoDeNota(
        descricao="emitida por outra empresa",
        regra="NF-EMITENTE",
        dizer=lambda pedido: replace(pedido, emitente=_OUTRO),
    ),
    "filial": DefeitoDeNota(
        descricao="emitida por outro estabelecimento da mesma empresa",
        regra="NF-FILIAL",
        dizer=lambda pedido: replace(pedido, emitente=cnpj(f"{pedido.emitente[:8]}0042")),
    ),
    "tomador-outro": DefeitoDeNota(
        descricao="contra outra empresa",
        regra="NF-TOMADOR",
        dizer=lambda pedido: replace(pedido, tomador=_OUTRO),
    ),
    "valor-liquido": DefeitoDeNota(
        descricao="o valor do serviço é o que sobra depois dos tributos",
        regra="NF-VALOR",
        dizer=lambda pedido: replace(pedido, valor=pedido.valor - pedido.retido, retido=Decimal(0)),
    ),
    "competencia-anterior": DefeitoDeNota(
        descricao="competência de antes dos PEGs",
        regra="NF-COMPETENCIA",
        dizer=lambda pedido: replace(pedido, competencia=pedido.competencia - timedelta(days=400)),
    ),
    "competencia-futura": DefeitoDeNota(
        descricao="competência que ainda não chegou",
        regra="NF-COMPETENCIA",
        dizer=lambda pedido: replace(pedido, competencia=pedido.competencia + timedelta(days=400)),
    ),
    "sem-competencia": DefeitoDeNota(descricao="não diz a competência", regra="NF-INCOMPLETA", mudar=_sem_competencia),
    "cancelada": DefeitoDeNota(descricao="cancelada por quem a emitiu", regra="NF-CANCELADA", mudar=_cancelada),
    "substituida": DefeitoDeNota(descricao="outra está no seu lugar", regra="NF-CANCELADA", mudar=_substituida),
    "outro-leiaute": DefeitoDeNota(
        descricao="leiaute que só a cidade tem",
        regra="NF-SEM-LEITURA",
        mudar=lambda pedido, _root: node("notaMunicipal", node("numero", pedido.numero)),
    ),
    "de-testes": DefeitoDeNota(
        descricao="do ambiente de homologação (só a nacional o diz)", regra="NF-XML-TESTES", mudar=_de_testes
    ),
    "pedido": DefeitoDeNota(
        descricao="a DPS ou o RPS, e não a nota", regra="NF-XML-OUTRO-DOCUMENTO", mudar=_sem_nota
    ),
    "varias": DefeitoDeNota(
        descricao="duas notas num arquivo",
        regra="NF-XML-VARIAS",
        mudar=lambda pedido, root: node("notas", root, _arvore(replace(pedido, numero=str(int(pedido.numero) + 1)))),
    ),
}  # fmt: skip
"""By name, what can be wrong with a nota."""


def main(arguments: list[str] | None = None) -> int:
    """Write one; returns the exit status (2 for a request that makes no sense)."""
    defects = "\n".join(f"  {name:<22} {one.descricao} ({one.regra})" for name, one in DEFEITOS.items())
    parser = argparse.ArgumentParser(
        prog="python -m local.gerador.notas",
        description="Gera uma NFS-e fictícia, correta ou com um defeito.",
        epilog=f"defeitos:\n{defects}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    option, usual = parser.add_argument, PedidoDeNota()
    option("--leiaute", choices=list(Leiaute), default=usual.leiaute, type=Leiaute)
    option("--numero", default=usual.numero)
    option("--emitente", default=usual.emitente, help="CNPJ do prestador")
    option("--tomador", default=usual.tomador, help="CNPJ da operadora")
    option("--valor", type=Decimal, default=usual.valor, help="valor bruto dos serviços, em reais")
    option("--retido", type=Decimal, default=usual.retido, help="tributos retidos, em reais")
    option("--competencia", type=date.fromisoformat, default=usual.competencia, metavar="AAAA-MM-DD")
    option("--emitida-em", type=date.fromisoformat, default=usual.emitida_em, metavar="AAAA-MM-DD")
    option("--consulta", action="store_true", help="dentro da resposta de uma consulta")
    option("--defeito", choices=list(DEFEITOS))
    option("--saida", type=Path, required=True, metavar="ARQUIVO")
    options = vars(parser.parse_args(arguments))
    saida: Path = options.pop("saida")
    saida.write_bytes(gerar_nota(PedidoDeNota(**options)).conteudo)
    return 0


if __name__ == "__main__":
    sys.exit(main())
