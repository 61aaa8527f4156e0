"""Recursos de glosa, medical and dental, as other vendors' systems write them.

    contestadas = da_lista(faturista.get("/recursos/glosas?protocolo=...")["glosas"], "Conforme o contrato.")
    gerar_recurso(PedidoRecurso(protocolo="...", contestadas=contestadas)).conteudo

Nothing here knows the code that will read them: totals are added and the hash is computed while writing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from local.gerador.assembly import message
from local.gerador.guias import reais
from local.gerador.model import DIA_DE_REFERENCIA, VERSOES
from local.gerador.tree import Formato, Node, node, write

DE_OUTRO = Formato(prefixo="tiss", indentado=True, nova_linha="\r\n", schema_location="tissV4_01_00.xsd")
"""The spelling of another vendor's system: its own prefix, indented, lines as Windows ends them."""
_PROTOCOLO, _GUIA = "1", "2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestada:
    """A glosa that is contested: of an item, of a whole guia (no ``sequencial``), or of the protocolo (no ``guia``).

    Attributes:
        codigo: of the glosa; ``procedimento`` of the item.
        valor: reais asked back.
        dente, regiao, face, quantidade: of dental items.
    """

    codigo: str
    valor: Decimal
    justificativa: str = "A cobrança está correta: não há motivo para a glosa."
    guia: str | None = None
    numero_operadora: str | None = None
    senha: str | None = None
    sequencial: int | None = None
    dia: date = DIA_DE_REFERENCIA
    tabela: str = "22"
    procedimento: str = ""
    descricao: str = "Procedimento"
    grau: str | None = None
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    quantidade: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PedidoRecurso:
    """What to contest, of which protocolo, by whom. The same request gives the same bytes.

    Attributes:
        contestadas: those of one guia together; all of one level per guia.
        numero: the prestador's own of the recurso.
        odonto: a dental recurso.
        valor_total: what is told, instead of the sum.
        formato: spelling of the bytes.
    """

    protocolo: str
    contestadas: tuple[Contestada, ...]
    numero: str = "R000001"
    numero_lote: str = "1"
    odonto: bool = False
    valor_total: Decimal | None = None
    versao: str = VERSOES[0]
    hoje: date = DIA_DE_REFERENCIA
    origem_cnpj: str = "12345678000195"
    destino: str = "345695"
    nome_operadora: str = "Operadora de Saúde"
    formato: Formato = field(default_factory=lambda: DE_OUTRO)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecursoGerado:
    """The message and what it asks back, without reading it; ``root`` is the tree it was written from."""

    pedido: PedidoRecurso
    conteudo: bytes
    hash: str
    valor_total: Decimal
    root: Node


def da_lista(glosas: Iterable[Mapping[str, Any]], justificativa: str) -> tuple[Contestada, ...]:
    """What ``GET /recursos/glosas`` lists, each item contested whole."""
    return tuple(_listada(one, justificativa) for one in glosas)


def _listada(glosa: Mapping[str, Any], justificativa: str) -> Contestada:
    said = glosa["cobrado"]
    names = {
        "guia": "numero_guia_prestador", "numero_operadora": "numero_guia_operadora", "senha": "senha",
        "sequencial": "sequencial_item", "tabela": "tabela", "procedimento": "codigo", "descricao": "descricao",
        "grau": "grau_participacao", "dente": "dente", "regiao": "regiao", "face": "face",
    }  # fmt: skip
    known: dict[str, Any] = {ours: said[theirs] for ours, theirs in names.items() if said.get(theirs) is not None}
    if said.get("data"):
        known["dia"] = date.fromisoformat(said["data"])
    if said.get("quantidade"):
        known["quantidade"] = int(Decimal(said["quantidade"]))
    codigo, valor = glosa["modelo"]["codigo_glosa"], Decimal(glosa["valor_glosado"])
    return Contestada(codigo=codigo, valor=valor, justificativa=justificativa, **known)


def gerar_recurso(pedido: PedidoRecurso) -> RecursoGerado:
    """A RECURSO_GLOSA.

    Raises:
        ValueError: it contests nothing; the message is in Portuguese.
    """
    if not pedido.contestadas:
        raise ValueError("um recurso contesta ao menos uma glosa")
    total = pedido.valor_total
    if total is None:
        total = sum((one.valor for one in pedido.contestadas), Decimal(0))
    whole = pedido.contestadas[0].guia is None
    opcao = [_protocolo(pedido.contestadas[0])] if whole else list(_guias(pedido))
    corpo = node(
        "guiaRecursoGlosaOdonto" if pedido.odonto else "guiaRecursoGlosa",
        node("registroANS", pedido.destino),
        node("numeroGuiaRecGlosaPrestador", pedido.numero),
        node("nomeOperadora", pedido.nome_operadora),
        node("objetoRecurso", _PROTOCOLO if whole else _GUIA),
        node("dadosContratado", node("cnpjContratado", pedido.origem_cnpj)),
        node("numeroLote", pedido.numero_lote),
        node("numeroProtocolo", pedido.protocolo),
        node("opcaoRecurso", *opcao),
        node("valorTotalRecursado", reais(total)),
        node("dataRecurso", pedido.hoje.isoformat()),
    )
    root = message(
        "RECURSO_GLOSA", "1", node("recursoGlosa", corpo), origem=node("CNPJ", pedido.origem_cnpj),
        destino=pedido.destino, versao=pedido.versao, hoje=pedido.hoje,
    )  # fmt: skip
    conteudo, digest = write(root, pedido.formato)
    return RecursoGerado(pedido=pedido, conteudo=conteudo, hash=digest, valor_total=total, root=root)


def _protocolo(one: Contestada) -> Node:
    return node(
        "recursoProtocolo",
        node("codigoGlosaProtocolo", one.codigo),
        node("justificativaProtocolo", one.justificativa),
    )


def _guias(pedido: PedidoRecurso) -> Iterable[Node]:
    for _, group in groupby(pedido.contestadas, key=lambda one: one.guia):
        yield (_odonto if pedido.odonto else _medica)(list(group))


def _numeros(nome: str, one: Contestada) -> Sequence[Node | None]:
    return (
        node(nome, one.guia),
        node("numeroGuiaOperadora", one.numero_operadora) if one.numero_operadora else None,
        node("senha", one.senha) if one.senha else None,
    )


def _medica(contestadas: Sequence[Contestada]) -> Node:
    opcao = [
        node("recursoGuiaCompleta", node("codGlosaGuia", one.codigo), node("justificativaGuia", one.justificativa))
        if one.sequencial is None
        else node(
            "itensGuia",
            node("sequencialItem", f"{one.sequencial}"),
            node("dataInicio", one.dia.isoformat()),
            _procedimento(one),
            node("grauParticipacao", one.grau) if one.grau else None,
            node("codGlosaItem", one.codigo),
            node("valorRecursado", reais(one.valor)),
            node("justificativaItem", one.justificativa),
        )
        for one in contestadas
    ]
    return node("recursoGuia", *_numeros("numeroGuiaOrigem", contestadas[0]), node("opcaoRecursoGuia", *opcao))


def _odonto(contestadas: Sequence[Contestada]) -> Node:
    first = contestadas[0]
    return node(
        "recursoGuia",
        *_numeros("numeroGuiaPrestador", first),
        node("codGlosaGuia", first.codigo),
        node("justificativaGuia", first.justificativa),
        *(_dental(one) for one in contestadas if one.sequencial is not None),
    )


def _dental(one: Contestada) -> Node:
    where = node("codDente", one.dente) if one.dente else node("codRegiao", one.regiao) if one.regiao else None
    return node(
        "recursoProcedimento",
        node("sequencialItem", f"{one.sequencial}"),
        node("dataRealizacao", one.dia.isoformat()),
        node("denteRegiao", where) if where else None,
        node("denteFace", one.face) if one.face else None,
        node("quantidade", f"{one.quantidade}"),
        _procedimento(one),
        node("codGlosaProc", one.codigo),
        node("justificativaProc", one.justificativa),
        node("valorRecursado", reais(one.valor)),
    )


def _procedimento(one: Contestada) -> Node:
    return node(
        "procRecurso",
        node("codigoTabela", one.tabela),
        node("codigoProcedimento", one.procedimento),
        node("descricaoProcedimento", one.descricao),
    )
