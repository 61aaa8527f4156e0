"""What the benchmarks of PEGs are made of: lotes that are due, and all that is known when they are billed.

The same facts serve both: as values for the engine in this process, as rows for an embedded AWS.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from autorizacao.dynamodb import chaves as chaves_autorizacao
from conecta_contas.contexto import Cobrado, Contexto, Senha, Vida, by_code
from conecta_contas.pegs import Peg, SituacaoPeg
from conecta_contas_aws import chaves as chaves_contas
from conecta_edge.items import VERSION
from conecta_facts import codec
from conecta_facts.beneficiarios import Beneficiario, Sexo
from conecta_facts.contratos import Contrato, ContratoCompleto, Preco, ProcedimentoContratado
from conecta_facts.planos import Abrangencia, Plano, PlanoCompleto
from conecta_facts.procedimentos import RegraProcedimento
from conecta_facts.relacionamentos import Periodo, Relacionamento
from conecta_facts.relacionamentos import Situacao as Vinculo
from conecta_senhas.autorizacoes import Autorizacao, Item, Situacao, SituacaoItem
from conecta_senhas.solicitacoes import ItemSolicitado, Solicitacao, Tipo
from conecta_senhas_aws import chaves as chaves_senhas
from conecta_tiss.versions import Versao
from local.gerador import LoteGerado, Pedido, catalogue, gerar
from local.gerador.cobranca import VALIDADE, ItemAutorizado, SenhaConhecida
from local.gerador.guias import amounts_of, items_of, reais, write_totals
from local.gerador.tree import Node, write
from local.seed import HOSPITAL, OPERADORAS
from peg.domain.cobrancas import Cobranca, LinhaCobrada
from peg.dynamodb.cobrancas import to_item as charge_item
from peg.dynamodb.contextos import tuss
from peg.dynamodb.pegs import to_item

REGISTRO: Final = OPERADORAS[0]
PRESTADOR: Final = HOSPITAL.prestador_id
CNPJ: Final = HOSPITAL.cnpj or ""
PROCEDIMENTOS, DESPESAS = 3, 2
ITENS: Final = PROCEDIMENTOS + DESPESAS
PASSADAS: Final = 5
"""Guias billed for each life before, in the engine's context: a million for 200,000 lives."""
_INICIO: Final = date(2020, 1, 1)
_TAXAS: Final = tuple(
    ItemAutorizado(tabela=one.tabela, codigo=one.codigo, solicitada=Decimal(1), autorizada=Decimal(1))
    for one in catalogue.TAXAS[:DESPESAS]
)
Codigo = tuple[str, str]


def lote(
    guias: int, numero: str, hoje: date, *, carteiras: Sequence[str] = (), senhas: Sequence[str] = ()
) -> LoteGerado:
    """A lote of SP/SADT of the hospital that is due, five items to a guia, each guia on its own senha."""
    return gerar(
        Pedido(
            guias=guias, procedimentos=PROCEDIMENTOS, despesas=DESPESAS, hoje=hoje, numero_lote=numero,
            destino=REGISTRO, origem_cnpj=CNPJ, carteiras=tuple(carteiras), senhas=tuple(senhas), devido=True,
        )
    )  # fmt: skip


def at_prices(made: LoteGerado, precos: Mapping[Codigo, Decimal]) -> bytes:
    """The same lote, one of each item at those prices, each guia naming its authorization by one number only."""
    for guia in made.root.one("prestadorParaOperadora/loteGuias/guiasTISS").children:
        held = guia.one("dadosAutorizacao")
        held.one("numeroGuiaOperadora").text = held.one("senha").text
        guia.one("dadosBeneficiario/atendimentoRN").text = "N"
        for item in items_of(guia):
            _charge(amounts_of(item), precos)
        write_totals(guia)
    made.root.one("epilogo/hash").text = None
    return write(made.root, made.pedido.formato, made.pedido.hash_codificacao)[0]


def _charge(item: Node, precos: Mapping[Codigo, Decimal]) -> None:
    code = {node.name: node.text or "" for node in item.walk()}
    valor = precos[code["codigoTabela"], code["codigoProcedimento"]]
    item.one("quantidadeExecutada").text = "1"
    item.one("valorUnitario").text = item.one("valorTotal").text = reais(valor)


def authorization(held: SenhaConhecida, *, taxas: bool = False) -> Autorizacao:
    """A senha as it was granted.

    Args:
        taxas: where they need a senha, too.
    """
    itens = tuple(
        Item(
            sequencia=place, situacao=SituacaoItem.AUTORIZADO, autorizada=one.autorizada,
            solicitado=ItemSolicitado(tabela=one.tabela, codigo=one.codigo, quantidade=one.solicitada),
        )
        for place, one in enumerate((*held.itens, *(_TAXAS if taxas else ())), 1)
    )  # fmt: skip
    asked = Solicitacao(
        tipo=Tipo.SP_SADT, registro_ans=REGISTRO, carteira=held.carteira, numero_guia_prestador=f"P{held.numero}",
        solicitante=PRESTADOR, data_solicitacao=held.data, itens=tuple(item.solicitado for item in itens),
    )  # fmt: skip
    return Autorizacao(
        numero=held.numero, protocolo=held.numero, prestador_id=PRESTADOR, solicitacao=asked,
        situacao=Situacao.AUTORIZADA, itens=itens, senha=held.numero, data_autorizacao=held.data,
        validade=held.data + timedelta(days=VALIDADE),
    )  # fmt: skip


def contexto(made: LoteGerado, *, teto: Decimal | None = None) -> Contexto:
    """All that is known of a lote, with what was billed for its lives before.

    Args:
        teto: reais that the contract pays for one of anything; none is what is billed.
    """
    known, hoje = made.conhecido, made.pedido.hoje
    plano = PlanoCompleto(
        Plano(
            codigo="P", nome="Plano", ambulatorial=True, hospitalar=True, obstetricia=True, odontologia=False,
            abrangencia=Abrangencia.NACIONAL, coparticipacao=False, vigente_de=_INICIO,
        ), (), (),
    )  # fmt: skip
    terms = Contrato(
        prestador_id=PRESTADOR, registro_ans=REGISTRO, numero="C", vigente_de=_INICIO, prazo_faturamento_dias=90,
        prazo_contestacao_dias=30, prazo_resposta_dias=30, prazo_pagamento_dias=30, tabela_precos="T",
    )  # fmt: skip
    named = [ProcedimentoContratado(PRESTADOR, "22", f"{begun}*", _INICIO) for begun in range(1, 6)]
    named += [ProcedimentoContratado(PRESTADOR, *code, _INICIO) for code in sorted(known.contratados)]
    vidas = {
        carteira: Vida(
            id=f"vida-{carteira}", plano=plano,
            beneficiario=Beneficiario(
                registro_ans=REGISTRO, numero_carteira=carteira, nome="Vida de Medição", plano="P", sexo=Sexo.F,
                data_nascimento=_INICIO.replace(year=1980), data_inclusao=_INICIO,
            ),
        )
        for carteira in known.carteiras
    }  # fmt: skip
    return Contexto(
        prestador_id=PRESTADOR,
        relacionamento=Relacionamento(PRESTADOR, REGISTRO, "1", (Periodo(Vinculo.HABILITADO, _INICIO),)),
        contrato=ContratoCompleto((terms,), tuple(named), (), ()),
        hoje=hoje,
        tuss=tuss(),
        vidas=vidas,
        senhas={
            numero: Senha(autorizacao=authorization(held), vida=vidas[held.carteira].id)
            for numero, held in known.senhas.items()
        },
        regras=by_code(
            RegraProcedimento(tabela=tabela, codigo=codigo, exige_senha=True, exige_analise=False,
                              alta_complexidade=False, vigente_de=_INICIO)
            for tabela, codigo in sorted(known.exigem)
        ),
        precos=by_code(Preco("T", *code, teto or valor, _INICIO) for code, valor in sorted(known.precos.items())),
        cobrados=tuple(_before(vida, place, hoje) for vida in vidas.values() for place in range(PASSADAS * ITENS)),
        identificacoes=frozenset({CNPJ}),
        dados={"contratos": "1", "precos": "1", "regras": "1", "tuss": "1"},
        versao=Versao.V4_01_00,
    )  # fmt: skip


def _before(vida: Vida, place: int, hoje: date) -> Cobrado:
    guia, linha = divmod(place, ITENS)
    return Cobrado(
        protocolo="261000000001", guia=f"{vida.id}-{guia}", prestador_id=PRESTADOR, vida=vida.id, tabela="22",
        codigo=f"4030{linha:04d}", dia=hoje - timedelta(days=100 + guia), numero=f"A{guia}", hora="08:00:00",
    )  # fmt: skip


# --- rows ---


def senha_rows(held: Autorizacao, vida: str) -> list[dict[str, Any]]:
    """The two rows of a senha that PEGs read, as the context `autorizacao` writes them."""
    registro, numero = held.solicitacao.registro_ans, held.numero
    state = {
        **chaves_senhas.autorizacao_key(registro, numero), "versao": held.versao, "detalhe": held.versao,
        "situacao": held.situacao.value, "validade": str(held.validade), "prestador_id": held.prestador_id,
        "executante": held.solicitacao.executa, "vida": vida,
        "autorizadas": {str(item.sequencia): item.autorizada for item in held.itens}, "faturadas": {},
        **chaves_autorizacao.vencimento(registro, numero, held.validade),
    }  # fmt: skip
    return [state, {**chaves_senhas.detalhe_key(registro, numero), "v": VERSION, "dados": codec.plain(held)}]


def past_rows(place: int, vidas: Sequence[str], prestadores: Sequence[str], hoje: date) -> Iterator[dict[str, Any]]:
    """Rows of a PEG received in the month before: its own, the operadora's pointer, and a charge for each life.

    Args:
        place: which one: the same gives the same rows.
        vidas: life ids, one for each guia.
    """
    first = hoje.replace(day=1) - timedelta(days=1)
    protocolo = f"{first:%y%m}{place:08d}"
    prestador = prestadores[place % len(prestadores)]
    peg = Peg(
        protocolo=protocolo, prestador_id=prestador, registro_ans=REGISTRO, numero_lote=f"L{place}",
        sha256=hashlib.sha256(protocolo.encode()).hexdigest(), situacao=SituacaoPeg.LIBERADO, versao_tiss="4.01.00",
        tipo_guia="2", quantidade_guias=len(vidas), valor_informado=Decimal("1000.00"),
        data_recepcao=datetime(first.year, first.month, 1 + place % 28, 15, tzinfo=UTC), competencia=f"{first:%Y%m}",
        codificacao_hash="iso-8859-1", upload_id=f"u{place}", chave_xml="x", chave_recebimento="r",
    )  # fmt: skip
    yield {**chaves_contas.peg_key(prestador, protocolo), **to_item(peg)}
    yield {**chaves_contas.ponteiro_key(REGISTRO, protocolo), "prestador_id": prestador}
    for sequencia, vida in enumerate(vidas, 1):
        dia = first - timedelta(days=sequencia % 28)
        linhas = tuple(
            LinhaCobrada("22", f"4030{linha:04d}", dia, ("12",), f"{7 + linha:02d}:00:00")
            for linha in range(PROCEDIMENTOS)
        )
        charge = Cobranca(
            vida=vida, prestador_id=prestador, guia=f"{place}{sequencia:06d}", protocolo=protocolo,
            sequencia=sequencia, linhas=linhas, numero=f"P{place}{sequencia}",
        )  # fmt: skip
        yield charge_item(REGISTRO, charge)
