"""A senha of the legacy portal as one of ours (R07): searched, used, cancelled and expired like any other."""

from __future__ import annotations

from autorizacao.domain.carga_tipos import SenhaLegada
from autorizacao.service.portas import Guardada
from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import Ato, Item, SituacaoItem
from conecta_senhas.solicitacoes import ItemSolicitado, Solicitacao
from conecta_senhas.transicoes import Numeracao


def senha(legada: SenhaLegada, ato: Ato, *, protocolo: str, vida: str, nome: str | None) -> Guardada:
    """Its value, with the balance that the file tells of: what was authorised counts as what was asked.

    Args:
        ato: of the system; `quem` is the load, so that one which is cut and repeated knows its own.
        vida, nome: see `Guardada`.
    """
    itens = tuple(
        Item(
            sequencia=n,
            solicitado=ItemSolicitado(
                tabela=item.tabela, codigo=item.codigo, quantidade=item.autorizada, dente=item.dente, regiao=item.regiao
            ),
            situacao=SituacaoItem.AUTORIZADO,
            autorizada=item.autorizada,
            faturada=item.faturada,
        )
        for n, item in enumerate(legada.itens, 1)
    )
    solicitacao = Solicitacao(
        tipo=legada.tipo,
        registro_ans=legada.registro_ans,
        carteira=legada.carteira,
        numero_guia_prestador=legada.numero_guia_prestador,
        solicitante=legada.solicitante or legada.prestador,
        executante=legada.executante,
        data_solicitacao=legada.data_autorizacao,
        itens=tuple(item.solicitado for item in itens),
        carater=legada.carater,
        guia_principal=legada.guia_principal,
        diarias=legada.diarias,
    )
    return Guardada(
        transicoes.load_legacy(
            Numeracao(numero=legada.senha, protocolo=protocolo, senha=legada.senha, validade=legada.validade),
            solicitacao,
            itens,
            ato,
            prestador_id=legada.prestador,
            data_autorizacao=legada.data_autorizacao,
            admissao=legada.admissao,
        ),
        vida,
        nome=nome,
    )
