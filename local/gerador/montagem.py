"""``gerar``: the envelope around the guias, the planted defects, the bytes."""

from __future__ import annotations

from local.gerador.arvore import No, escrever, no
from local.gerador.defeitos import DEFEITOS, Contexto
from local.gerador.guias import Construtor
from local.gerador.modelo import VERSOES, LoteGerado, Pedido, Tipo


def _conferir(pedido: Pedido) -> None:
    if pedido.versao not in VERSOES:
        raise ValueError(f"versão {pedido.versao} não é gerada: use uma de {', '.join(VERSOES)}")
    if pedido.guias < 1:
        raise ValueError("um lote tem ao menos uma guia")
    if pedido.procedimentos < 1 and pedido.tipo in (Tipo.HONORARIOS, Tipo.ODONTO):
        raise ValueError(f"guias de {pedido.tipo} têm ao menos um procedimento")
    for nome in pedido.defeitos:
        if nome not in DEFEITOS:
            raise ValueError(f"defeito {nome} desconhecido: veja --listar")
        defeito = DEFEITOS[nome]
        if pedido.tipo not in defeito.tipos:
            tipos = ", ".join(defeito.tipos)
            raise ValueError(f"defeito {nome} não cabe em {pedido.tipo}: existe para {tipos}")
        if pedido.versao not in defeito.versoes:
            raise ValueError(f"defeito {nome} não existe na versão {pedido.versao}")
        if pedido.guias < defeito.minimo_de_guias:
            raise ValueError(f"defeito {nome} pede ao menos {defeito.minimo_de_guias} guias")


def _mensagem(pedido: Pedido, guias: list[No]) -> No:
    origem = (
        no("codigoPrestadorNaOperadora", pedido.origem_codigo)
        if pedido.origem_codigo is not None
        else no("CNPJ", pedido.origem_cnpj)
    )
    return no(
        "mensagemTISS",
        no(
            "cabecalho",
            no(
                "identificacaoTransacao",
                no("tipoTransacao", "ENVIO_LOTE_GUIAS"),
                no("sequencialTransacao", pedido.numero_lote),
                no("dataRegistroTransacao", pedido.hoje.isoformat()),
                no("horaRegistroTransacao", "08:00:00"),
            ),
            no("origem", no("identificacaoPrestador", origem)),
            no("destino", no("registroANS", pedido.destino)),
            no("Padrao", pedido.versao),
        ),
        no(
            "prestadorParaOperadora",
            no("loteGuias", no("numeroLote", pedido.numero_lote), no("guiasTISS", *guias)),
        ),
        no("epilogo", no("hash")),
    )


def gerar(pedido: Pedido) -> LoteGerado:
    """Generate one lote; the same request always gives the same bytes.

    Raises:
        ValueError: the request contradicts itself (unknown version or defect, a defect of another kind…);
            the message is in Portuguese, as the command line shows it.
    """
    _conferir(pedido)
    elementos, resumos = Construtor(pedido).guias()
    raiz = _mensagem(pedido, elementos)
    alvo = pedido.alvo if pedido.alvo is not None else min(2, pedido.guias)
    if not 1 <= alvo <= pedido.guias:
        raise ValueError(f"a guia {alvo} não existe em um lote de {pedido.guias}")
    contexto = Contexto(pedido=pedido, raiz=raiz, indice=alvo - 1)
    esperado = [DEFEITOS[nome].plantar(contexto) for nome in pedido.defeitos]
    conteudo, digest = escrever(raiz, pedido.formato, pedido.hash_codificacao)
    return LoteGerado(
        pedido=pedido,
        conteudo=conteudo,
        hash=digest,
        guias=resumos,
        esperado=tuple(esperado),
        raiz=raiz,
    )
