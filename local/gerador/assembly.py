"""``gerar``: the envelope around the guias, the planted defects, the bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from local.gerador.cobranca import COBRANCA, Caso, Conhecido, DefeitoDeCobranca, conhecido
from local.gerador.defeitos import DEFEITOS, Defeito
from local.gerador.guias import Builder
from local.gerador.model import VERSOES, Esperado, LoteGerado, Pedido, Tipo
from local.gerador.tree import Formato, Node, node, write


def _check(pedido: Pedido) -> None:
    if pedido.versao not in VERSOES:
        raise ValueError(f"versão {pedido.versao} não é gerada: use uma de {', '.join(VERSOES)}")
    if pedido.contas and pedido.tipo is not Tipo.SADT:
        raise ValueError("guias sob medida são de SP/SADT")
    if pedido.guias < 1:
        raise ValueError("um lote tem ao menos uma guia")
    if pedido.procedimentos < 1 and pedido.tipo in (Tipo.HONORARIOS, Tipo.ODONTO):
        raise ValueError(f"guias de {pedido.tipo} têm ao menos um procedimento")
    _check_defects(pedido)


def _check_defects(pedido: Pedido) -> None:
    for name in pedido.defeitos:
        defeito: Defeito | DefeitoDeCobranca | None = DEFEITOS.get(name) or COBRANCA.get(name)
        if defeito is None:
            raise ValueError(f"defeito {name} desconhecido: veja --listar")
        if name in COBRANCA and not pedido.devido:
            raise ValueError(f"defeito {name} só se planta em um lote devido")
        if pedido.tipo not in defeito.tipos:
            tipos = ", ".join(defeito.tipos)
            raise ValueError(f"defeito {name} não cabe em {pedido.tipo}: existe para {tipos}")
        if pedido.versao not in defeito.versoes:
            raise ValueError(f"defeito {name} não existe na versão {pedido.versao}")
        if pedido.guias < defeito.minimo_de_guias:
            raise ValueError(f"defeito {name} pede ao menos {defeito.minimo_de_guias} guias")


def _message(pedido: Pedido, guias: list[Node]) -> Node:
    origem = (
        node("codigoPrestadorNaOperadora", pedido.origem_codigo)
        if pedido.origem_codigo is not None
        else node("CNPJ", pedido.origem_cnpj)
    )
    corpo = node("loteGuias", node("numeroLote", pedido.numero_lote), node("guiasTISS", *guias))
    return message(
        "ENVIO_LOTE_GUIAS", pedido.numero_lote, corpo,
        origem=origem, destino=pedido.destino, versao=pedido.versao, hoje=pedido.hoje,
    )  # fmt: skip


def message(
    transacao: str, sequencial: str, corpo: Node, *, origem: Node, destino: str, versao: str, hoje: date
) -> Node:
    """A message from a prestador: header, body, and an epilogue whose hash is computed when it is written."""
    return node(
        "mensagemTISS",
        node(
            "cabecalho",
            node(
                "identificacaoTransacao",
                node("tipoTransacao", transacao),
                node("sequencialTransacao", sequencial),
                node("dataRegistroTransacao", hoje.isoformat()),
                node("horaRegistroTransacao", "08:00:00"),
            ),
            node("origem", node("identificacaoPrestador", origem)),
            node("destino", node("registroANS", destino)),
            node("Padrao", versao),
        ),
        node("prestadorParaOperadora", corpo),
        node("epilogo", node("hash")),
    )


def verifica_elegibilidade(cnpj: str, destino: str, carteira: str, hoje: date, versao: str = "4.01.00") -> bytes:
    """A VERIFICA_ELEGIBILIDADE of one carteira, in ISO-8859-1."""
    corpo = node("verificaElegibilidade", _prestador(cnpj), node("numeroCarteira", carteira))
    return _consulta("VERIFICA_ELEGIBILIDADE", corpo, cnpj, destino=destino, hoje=hoje, versao=versao)


def consulta_protocolo(cnpj: str, destino: str, protocolo: str, hoje: date, versao: str = "4.01.00") -> bytes:
    """A SOLIC_STATUS_PROTOCOLO of one protocolo, in ISO-8859-1."""
    corpo = node("solicitacaoStatusProtocolo", _prestador(cnpj), node("numeroProtocolo", protocolo))
    return _consulta("SOLIC_STATUS_PROTOCOLO", corpo, cnpj, destino=destino, hoje=hoje, versao=versao)


def consulta_recurso(cnpj: str, destino: str, protocolo: str, hoje: date, versao: str = "4.01.00") -> bytes:
    """A SOLIC_STATUS_RECURSO_GLOSA of one recurso, or of the newest of a PEG, in ISO-8859-1."""
    corpo = node("solicitacaoStatusRecursoGlosa", _prestador(cnpj), node("numeroProtocolo", protocolo))
    return _consulta("SOLIC_STATUS_RECURSO_GLOSA", corpo, cnpj, destino=destino, hoje=hoje, versao=versao)


def pede_demonstrativo(
    cnpj: str, destino: str, protocolos: Sequence[str], hoje: date, versao: str = "4.01.00"
) -> bytes:
    """A SOLIC_DEMONSTRATIVO_RETORNO of the analysis of some protocolos, in ISO-8859-1."""
    asked = node("protocolos", *(node("numeroProtocolo", one) for one in protocolos))
    analise = node("demonstrativoAnalise", _prestador(cnpj), node("dataSolicitacao", hoje.isoformat()), asked)
    corpo = node("solicitacaoDemonstrativoRetorno", analise)
    return _consulta("SOLIC_DEMONSTRATIVO_RETORNO", corpo, cnpj, destino=destino, hoje=hoje, versao=versao)


def _prestador(cnpj: str) -> Node:
    return node("dadosPrestador", node("cnpjContratado", cnpj))


def _consulta(transacao: str, corpo: Node, cnpj: str, *, destino: str, hoje: date, versao: str) -> bytes:
    origem = node("CNPJ", cnpj)
    root = message(transacao, "1", corpo, origem=origem, destino=destino, versao=versao, hoje=hoje)
    return write(root, Formato())[0]


def gerar(pedido: Pedido) -> LoteGerado:
    """Generate one lote; the same request always gives the same bytes.

    Raises:
        ValueError: the request contradicts itself (unknown version or defect, a defect of another kind…);
            the message is in Portuguese, as the command line shows it.
    """
    _check(pedido)
    elements, summaries = Builder(pedido).guias()
    root = _message(pedido, elements)
    alvo = pedido.alvo if pedido.alvo is not None else min(2, len(elements))
    if not 1 <= alvo <= len(elements):
        raise ValueError(f"a guia {alvo} não existe em um lote de {len(elements)}")
    known = conhecido(pedido, root) if pedido.devido else Conhecido()
    context = Caso(pedido=pedido, root=root, index=alvo - 1, conhecido=known)
    esperado: list[Esperado] = []
    for name in pedido.defeitos:
        try:
            esperado += [DEFEITOS[name].plant(context)] if name in DEFEITOS else COBRANCA[name].plant(context)
        except (LookupError, StopIteration) as error:
            raise ValueError(f"defeito {name} não se junta aos que vêm antes dele") from error
    conteudo, digest = write(root, pedido.formato, pedido.hash_codificacao)
    return LoteGerado(
        pedido=pedido,
        conteudo=conteudo,
        hash=digest,
        guias=summaries,
        esperado=tuple(esperado),
        root=root,
        conhecido=known,
    )
