"""Requests and authorizations, valid as they come; a test says only what matters to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from conecta_senhas.autorizacoes import Ato, Autorizacao, Item, Origem, Papel, Situacao, SituacaoItem
from conecta_senhas.contexto import Contexto
from conecta_senhas.motor import Julgamento, judge
from conecta_senhas.solicitacoes import Anexo, ItemSolicitado, Opme, Solicitacao, Tipo, TipoAnexo
from conecta_senhas.usos import EXECUTOR, Uso, guia_key
from conecta_tiss.vocabulary.tables import CaraterAtendimento, EtapaAutorizacao
from tests.builders_cadastro import (
    CARTEIRA,
    CONSULTA,
    HEMOGRAMA,
    HOJE,
    INICIO,
    TABELA,
    a_contratado,
    a_contrato_completo,
    a_plano_completo,
    a_preco,
    a_regra,
    a_vida,
    relacionamento_of,
)
from tests.builders_functions import HOSPITAL, VALE

ONTEM: Final = HOJE - timedelta(days=1)
AMANHA: Final = HOJE + timedelta(days=1)
VALIDADE: Final = HOJE + timedelta(days=90)
NUMERO: Final = "26110000001"
SENHA: Final = "S26110000001"
GUIA: Final = "GP-1001"
PEG: Final = "261120000001"
PRONTO_SOCORRO: Final = "10101039"
DIARIA: Final = "60000651"
DROGA: Final = "90000001"
SESSAO_RADIO: Final = "41203070"
PROTESE: Final = "70000001"


def an_ato(papel: Papel = Papel.PRESTADOR, hoje: date = HOJE, **changes: Any) -> Ato:
    """Somebody of that papel acts today, and says why."""
    made = Ato(
        papel=papel, quem=f"pessoa-{papel.lower()}", quando=datetime.combine(hoje, time(15), UTC), hoje=hoje,
        motivo="Pedido do beneficiário",
    )  # fmt: skip
    return replace(made, **changes)


PRESTADOR: Final = an_ato()
CENTRAL: Final = an_ato(Papel.CENTRAL)
AUDITORIA: Final = an_ato(Papel.AUDITORIA)
SISTEMA: Final = an_ato(Papel.SISTEMA)


def an_asked(codigo: str = HEMOGRAMA, quantidade: int | str = 1, **changes: Any) -> ItemSolicitado:
    """One hemogram, or so many of another code."""
    made = ItemSolicitado(tabela=TABELA, codigo=codigo, quantidade=Decimal(quantidade), descricao="Item do pedido")
    return replace(made, **changes)


def an_opme(codigo: str = PROTESE, quantidade: int = 1, opcao: str = "1", **changes: Any) -> ItemSolicitado:
    """A material of one manufacturer."""
    opme = Opme(opcao=opcao, registro_anvisa=changes.pop("registro_anvisa", "80000000001"))
    return an_asked(codigo, quantidade, tabela="19", opme=opme, **changes)


def an_annex(tipo: TipoAnexo, *itens: ItemSolicitado, **changes: Any) -> Anexo:
    """An annex of a kind."""
    return replace(Anexo(tipo=tipo, itens=itens, numero="AX-1"), **changes)


def a_request(*itens: ItemSolicitado, **changes: Any) -> Solicitacao:
    """An elective SP/SADT of the hospital for a life of VALE: one hemogram."""
    made = Solicitacao(
        tipo=Tipo.SP_SADT, registro_ans=VALE, carteira=CARTEIRA, numero_guia_prestador=GUIA, solicitante=HOSPITAL,
        data_solicitacao=HOJE, itens=itens or (an_asked(),), justificativa="Investigação de anemia",
    )  # fmt: skip
    return replace(made, **changes)


def an_urgencia(*itens: ItemSolicitado, **changes: Any) -> Solicitacao:
    """An SP/SADT of urgência: 10101039."""
    asked = itens or (an_asked(PRONTO_SOCORRO),)
    return a_request(*asked, carater=CaraterAtendimento.URGENCIA_EMERGENCIA, **changes)


def a_stay(*itens: ItemSolicitado, **changes: Any) -> Solicitacao:
    """An elective internação of three days."""
    asked = itens or (an_asked(DIARIA, 3, tabela="18"),)
    return a_request(*asked, **{"tipo": Tipo.INTERNACAO, "diarias": 3, "tipo_internacao": "1", **changes})


def an_item(sequencia: int = 1, quantidade: int | str = 1, **changes: Any) -> Item:
    """An item, authorised as asked."""
    solicitado = changes.pop("solicitado", None) or an_asked(quantidade=quantidade)
    made = Item(
        sequencia=sequencia, solicitado=solicitado, situacao=SituacaoItem.AUTORIZADO, autorizada=solicitado.quantidade
    )
    return replace(made, **changes)


def in_analysis(sequencia: int = 1, quantidade: int | str = 1, **changes: Any) -> Item:
    """An item that a person will decide."""
    return an_item(sequencia, quantidade, **{"situacao": SituacaoItem.EM_ANALISE, "autorizada": Decimal(0), **changes})


def an_authorization(*itens: Item, **changes: Any) -> Autorizacao:
    """A senha of today, of one hemogram."""
    held = itens or (an_item(),)
    asked = changes.pop("solicitacao", None) or a_request(*(item.solicitado for item in held))
    made = Autorizacao(
        numero=NUMERO, protocolo="261140000001", prestador_id=HOSPITAL, solicitacao=asked,
        situacao=Situacao.AUTORIZADA, itens=held, origem=Origem.PRESTADOR, senha=SENHA, data_autorizacao=HOJE,
        validade=VALIDADE, diarias_autorizadas=asked.diarias or 0,
    )  # fmt: skip
    return replace(made, **changes)


def a_pending(situacao: Situacao = Situacao.EM_ANALISE, *itens: Item, **changes: Any) -> Autorizacao:
    """A request that is not decided."""
    pending: dict[str, Any] = {
        "situacao": situacao, "senha": None, "data_autorizacao": None, "validade": None, "diarias_autorizadas": 0,
        "responder_ate": HOJE + timedelta(days=7),
    }  # fmt: skip
    if situacao is not Situacao.EM_ANALISE:
        pending["pendente_ate"] = HOJE + timedelta(days=5)
    return an_authorization(*(itens or (in_analysis(),)), **{**pending, **changes})


def a_stay_authorization(**changes: Any) -> Autorizacao:
    """A senha of internação, three diárias."""
    asked = a_stay()
    return an_authorization(an_item(solicitado=asked.itens[0]), **{"solicitacao": asked, **changes})


def usos_of(quantidades: Mapping[int, int], protocolo: str = PEG, guia: int = 1) -> dict[str, Uso]:
    """What one guia of a PEG uses, by item (0: the diárias), of who does the procedure; nothing is nobody's."""
    uso = {(sequencia, EXECUTOR): Decimal(quantidade) for sequencia, quantidade in quantidades.items()}
    return {guia_key(protocolo, guia): uso} if uso else {}


def in_situation(situacao: Situacao, **changes: Any) -> Autorizacao:
    """An authorization in any state, as it would be on that way."""
    if situacao in {Situacao.EM_ANALISE, Situacao.AGUARDANDO_DOCUMENTO, Situacao.AGUARDANDO_JUSTIFICATIVA}:
        return a_pending(situacao, **changes)
    held: dict[Situacao, tuple[Item, dict[str, Any]]] = {
        Situacao.AUTORIZADA: (an_item(quantidade=2), {}),
        Situacao.PARCIAL: (an_item(quantidade=2, autorizada=Decimal(1)), {}),
        Situacao.UTILIZADA: (an_item(quantidade=2, faturada=Decimal(1)), {}),
        Situacao.EXPIRADA: (an_item(quantidade=2), {"validade": ONTEM}),
        Situacao.CANCELADA: (an_item(quantidade=2, autorizada=Decimal(0), situacao=SituacaoItem.CANCELADO), {}),
        Situacao.NEGADA: (
            an_item(quantidade=2, autorizada=Decimal(0), situacao=SituacaoItem.NEGADO),
            {"senha": None, "validade": None},
        ),
    }
    item, rest = held[situacao]
    return an_authorization(item, **{"situacao": situacao, **rest, **changes})


SESSAO: Final = "20104545"
REMEDIO: Final = "90000002"
REMOCAO: Final = "60018933"
CIRURGIA: Final = "30715016"
PERICIA: Final = "81000065"
LIMITADO: Final = "50000470"
ANALISADO: Final = "41101014"
LAUDADO: Final = "40808041"
DESCONHECIDO: Final = "99999999"


def a_context(**changes: Any) -> Contexto:
    """An enabled hospital whose contract names many things, and a life that nothing keeps: whatever is asked is due.

    Senha is asked for the hemogram; analysis of `ANALISADO`, a laudo of `LAUDADO`, 10 in 30 days of `LIMITADO`.
    """
    contracted = (CONSULTA, HEMOGRAMA, PRONTO_SOCORRO, SESSAO, CIRURGIA, PERICIA, LIMITADO, ANALISADO, LAUDADO)
    made = Contexto(
        relacionamento=relacionamento_of(("HABILITADO", INICIO)),
        executante=relacionamento_of(("HABILITADO", INICIO)),
        beneficiario=a_vida(),
        plano=a_plano_completo(odontologia=True),
        contrato=a_contrato_completo(
            procedimentos=(
                *(a_contratado(codigo) for codigo in contracted),
                a_contratado(REMOCAO, tabela="18"),
            )
        ),
        hoje=HOJE,
        tuss=lambda _tabela, codigo, _dia: codigo != DESCONHECIDO,
        regras=(
            a_regra(exige_senha=True),
            a_regra(ANALISADO, exige_analise=True, alta_complexidade=True),
            a_regra(LAUDADO, exige_senha=True, documentos=("02",)),
            a_regra(LIMITADO, exige_senha=True, limite_quantidade=10, limite_dias=30),
        ),
        precos=(a_preco(HEMOGRAMA, "18.50"),),
    )
    return replace(made, **changes)


def judged(solicitacao: Solicitacao | None = None, **contexto: Any) -> Julgamento:
    """What the rules say of a request in a context that is changed only so."""
    return judge(solicitacao or a_request(), a_context(**contexto))


def told(found: Julgamento) -> list[tuple[str, str, int | None]]:
    """(rule, code, item) of whatever is more than a warning."""
    return [(achado.regra, achado.codigo, achado.item) for achado in found.achados if achado.efeito != "AVISA"]


def warned(found: Julgamento) -> list[tuple[str, str, int | None]]:
    """(rule, code, item) of the warnings."""
    return [(achado.regra, achado.codigo, achado.item) for achado in found.achados if achado.efeito == "AVISA"]


def a_removal(**changes: Any) -> Solicitacao:
    """A removal asked by who does it, the way written as in XML."""
    rest: dict[str, Any] = {
        "etapa": EtapaAutorizacao.PRESTADOR_EXECUTANTE, "observacao": "Origem: UPA Centro; Destino: Hospital",
    }  # fmt: skip
    return a_request(an_asked(REMOCAO, tabela="18"), **{**rest, **changes})
