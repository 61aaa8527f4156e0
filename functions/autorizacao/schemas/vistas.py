"""What is shown of an authorization, to its prestadores and to its operadora: functions, and the models that say so.

The answer is made by the functions, as plain JSON; the models document it, and tests hold the one against the other.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, Field

from autorizacao.schemas.comum import JSON_NAMES
from conecta_campos.padrao import SHOWN
from conecta_edge.clock import iso
from conecta_facts import codec
from conecta_senhas.autorizacoes import ZERO, Situacao
from conecta_tiss.terminologia import glosa_text, table_label
from conecta_tiss.versions import Versao

if TYPE_CHECKING:
    from autorizacao.service.portas import Guardada
    from conecta_facts.operadoras import Contato
    from conecta_senhas.autorizacoes import Autorizacao, Item, Marco, MotivoNegativa, Pendencia
    from conecta_senhas.contexto import Apontamento
    from conecta_senhas.motor import Julgamento
    from conecta_senhas.solicitacoes import Solicitacao

CAMPOS: Final = (
    "numero_carteira", "itens", "diagnosticos", "justificativa", "documentos", "motivos", "historico",
)  # fmt: skip
"""Personal data that an answer with an authorization may show, for the audit."""
CAMPOS_DA_LISTA: Final = ("numero", "tipo", "situacao", "datas")


class _View(BaseModel):
    model_config = SHOWN


class MotivoNegativaView(_View):
    """Por que não foi autorizado: código da Tabela 38, o que houve e o que fazer, e a base legal ou contratual."""

    codigo: str
    texto: str
    base: str


class ContatoDaCentralView(_View):
    """Um contato da Central da operadora."""

    codigo: str
    regiao: str
    canal: str
    valor: str
    descricao: str | None = None
    horario: str | None = None


class ApontamentoView(_View):
    """O que as regras encontraram no pedido."""

    regra: str
    codigo: Annotated[str | None, Field(description="Código da Tabela 38 da TISS, quando há um.")] = None
    texto: Annotated[str | None, Field(description="Texto oficial do código.")] = None
    mensagem: str
    efeito: Annotated[str, Field(description="IMPEDE, PENDE, ANALISA ou AVISA.")]
    item: Annotated[int | None, Field(description="`sequencia` do item; nulo quando é do pedido todo.")] = None
    campo: Annotated[str | None, Field(description="Caminho no corpo do pedido (itens[0].quantidade).")] = None
    visto: str | None = None
    esperado: str | None = None
    providencia: Annotated[str, Field(description="O que fazer.")]
    contatos: Annotated[
        list[ContatoDaCentralView] | None, Field(description="Quando o caminho é a Central da operadora.")
    ] = None


class ItemView(_View):
    """Um item e o que se decidiu dele. Quantidades e valores são textos."""

    sequencia: int
    anexo: str | None = None
    tabela: str
    codigo: str
    descricao: str | None = None
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    opme: dict[str, Any] | None = None
    situacao: Annotated[str, Field(description="AUTORIZADO, EM_ANALISE, NEGADO, CANCELADO ou ALTERNATIVA.")]
    quantidade_solicitada: str
    quantidade_autorizada: str
    quantidade_faturada: str
    valor_solicitado: str | None = None
    valor_autorizado: str | None = None
    data_prevista: Annotated[date | None, Field(description="Dia para o qual vale (oncologia).")] = None
    data_pedida: Annotated[date | None, Field(description="Outro dia pedido, ainda sem decisão.")] = None
    motivos: list[MotivoNegativaView]


class PendenciaView(_View):
    """O que falta enviar."""

    tipo: Annotated[str, Field(description="DOCUMENTO, COTACAO, ANEXO_OPME ou JUSTIFICATIVA.")]
    descricao: str
    documento: Annotated[str | None, Field(description="dm_tipoDocumento.")] = None
    documento_texto: Annotated[str | None, Field(description="O nome desse tipo de documento.")] = None
    quantidade: int


class DiariasView(_View):
    """Diárias de uma internação ou prorrogação."""

    solicitadas: int
    autorizadas: int
    faturadas: Annotated[str, Field(description="O que os PEGs já cobraram, como em `quantidade_faturada`.")]


class MarcoView(_View):
    """Um passo da linha do tempo: o que houve, por quem, e de quem passou a ser a vez."""

    quando: str
    evento: str
    papel: str
    situacao: str
    motivo: str | None = None
    vez_de: str | None = None
    ate: date | None = None
    quem: Annotated[str | None, Field(description="Identificador opaco de quem agiu; só para a operadora.")] = None


class ResumoView(_View):
    """Uma autorização em uma lista."""

    numero: Annotated[str, Field(description="Número da guia na operadora.")]
    senha: Annotated[str | None, Field(description="Só quando algo foi autorizado.")] = None
    protocolo_atendimento: Annotated[str, Field(description="Protocolo de atendimento (RN 623).")]
    registro_ans: str
    numero_guia_prestador: str
    tipo: str
    origem: Annotated[str, Field(description="PRESTADOR, CENTRAL ou LEGADO.")]
    carater: str
    situacao: Annotated[
        str,
        Field(
            description="De hoje: EM_ANALISE, AUTORIZADA, PARCIAL, NEGADA, AGUARDANDO_JUSTIFICATIVA, "
            "AGUARDANDO_DOCUMENTO, CANCELADA, EXPIRADA ou UTILIZADA."
        ),
    ]
    status_tiss: Annotated[str, Field(description="dm_statusSolicitacao.")]
    prestador: Annotated[str, Field(description="Quem pediu.")]
    solicitante: str
    executante: str
    data_solicitacao: date
    data_atendimento: date | None = None
    data_autorizacao: date | None = None
    validade: Annotated[date | None, Field(description="Último dia em que o atendimento pode ocorrer.")] = None
    vez_de: Annotated[str | None, Field(description="De quem é a vez: PRESTADOR, AUDITORIA ou ninguém.")] = None
    ate: Annotated[date | None, Field(description="Até quando é a vez.")] = None
    responder_ate: Annotated[date | None, Field(description="Até quando a operadora responde.")] = None
    principal: Annotated[str | None, Field(description="Autorização sobre a qual foi pedida.")] = None


class AutorizacaoView(ResumoView):
    """Uma autorização inteira."""

    itens: list[ItemView]
    diarias: DiariasView | None = None
    pendencias: list[PendenciaView]
    motivos: Annotated[list[MotivoNegativaView], Field(description="Do pedido como um todo.")]
    substitui: str | None = None
    substituicao: Annotated[str | None, Field(description="Pedido em análise que a substituirá.")] = None
    substituida_por: str | None = None
    complementos: Annotated[list[str], Field(description="Autorizações pedidas sobre esta.")]
    admissao: date | None = None
    alta: date | None = None
    motivo_alta: str | None = None
    pedido: Annotated[
        dict[str, Any], Field(description="O pedido no formato de POST /autorizacoes, para a substituição partir dele.")
    ]
    historico: list[MarcoView]


class SolicitacaoView(_View):
    """A resposta a um pedido."""

    autorizacao: AutorizacaoView
    achados: list[ApontamentoView]
    substituida: Annotated[ResumoView | None, Field(description="Na substituição, a senha anterior.")] = None


class CanceladasView(_View):
    """O que foi cancelado: a própria autorização primeiro."""

    autorizacoes: list[AutorizacaoView]


class SimulacaoView(_View):
    """O que se responderia hoje a este pedido."""

    situacao: str
    validade: Annotated[date | None, Field(description="Último dia da senha, se fosse autorizada hoje.")] = None
    itens: list[ItemView]
    diarias: DiariasView | None = None
    pendencias: list[PendenciaView]
    responder_ate: date | None = None
    pendente_ate: date | None = None
    motivos: list[MotivoNegativaView]
    achados: list[ApontamentoView]


class AutorizacoesPage(_View):
    """Uma página."""

    autorizacoes: list[ResumoView]
    cursor: str | None = None


class EncontradasView(_View):
    """O que foi encontrado, em cada operadora consultada."""

    autorizacoes: list[AutorizacaoView]


class AtendimentoView(_View):
    """O registro de um atendimento, com o seu protocolo."""

    protocolo_atendimento: str
    autorizacao: AutorizacaoView


def resumo(guardada: Guardada, hoje: date, pai: Autorizacao | None = None) -> dict[str, Any]:
    """An authorization as it is on a day.

    Args:
        pai: the one it was asked on, on which its state depends (R10).
    """
    held = guardada.autorizacao
    asked, situacao = held.solicitacao, held.situacao_em(hoje, pai)
    vez_de, ate = (None, None) if situacao is Situacao.EXPIRADA else held.turn()
    return {
        "numero": held.numero,
        "senha": held.senha,
        "protocolo_atendimento": held.protocolo,
        "registro_ans": asked.registro_ans,
        "numero_guia_prestador": asked.numero_guia_prestador,
        "tipo": held.tipo.value,
        "origem": held.origem.value,
        "carater": asked.carater.value,
        "situacao": situacao.value,
        "status_tiss": held.status_em(hoje, pai).value,
        "prestador": held.prestador_id,
        "solicitante": asked.solicitante,
        "executante": asked.executa,
        "data_solicitacao": asked.data_solicitacao.isoformat(),
        "data_atendimento": _iso(asked.data_atendimento),
        "data_autorizacao": _iso(held.data_autorizacao),
        "validade": _iso(held.validade),
        "vez_de": vez_de.value if vez_de else None,
        "ate": _iso(ate),
        "responder_ate": _iso(held.responder_ate) if held.responder_ate and vez_de else None,
        "principal": held.principal,
    }


def vista(
    guardada: Guardada, hoje: date, pai: Autorizacao | None = None, *, da_operadora: bool = False
) -> dict[str, Any]:
    """An authorization whole.

    Args:
        da_operadora: who acted is shown, as an opaque id.
    """
    held = guardada.autorizacao
    return {
        **resumo(guardada, hoje, pai),
        "itens": [_item(item) for item in held.itens],
        "diarias": _diarias(held.solicitacao.diarias, held.diarias_autorizadas, held.diarias_faturadas),
        "pendencias": _pendencias(held.pendencias),
        "motivos": _motivos(held.motivos),
        "substitui": held.substitui,
        "substituicao": held.substituicao,
        "substituida_por": held.substituida_por,
        "complementos": list(guardada.complementos),
        "admissao": _iso(held.admissao),
        "alta": _iso(held.alta),
        "motivo_alta": held.motivo_alta,
        "pedido": pedido(held.solicitacao),
        "historico": [_marco(marco, da_operadora=da_operadora) for marco in held.historico],
    }


def simulada(julgamento: Julgamento, solicitacao: Solicitacao, contatos: Iterable[Contato]) -> dict[str, Any]:
    """What a request would be answered."""
    parecer = julgamento.parecer
    granted = parecer.diarias > 0 or any(item.autorizada > ZERO for item in parecer.itens)
    return {
        "situacao": parecer.situacao.value,
        "validade": julgamento.validade.isoformat() if granted else None,
        "itens": [_item(item) for item in parecer.itens],
        "diarias": _diarias(solicitacao.diarias, parecer.diarias),
        "pendencias": _pendencias(parecer.pendencias),
        "responder_ate": _iso(parecer.responder_ate),
        "pendente_ate": _iso(parecer.pendente_ate),
        "motivos": _motivos(parecer.motivos),
        "achados": achados(julgamento.achados, contatos),
    }


def achados(found: Iterable[Apontamento], contatos: Iterable[Contato]) -> list[dict[str, Any]]:
    """Findings, with the official text of their code and, where the way is the Central, how to reach it."""
    central = contatos_view(contatos)
    return [
        {
            "regra": achado.regra,
            "codigo": achado.codigo or None,
            "texto": glosa_text(achado.codigo, Versao.V4_01_00) if achado.codigo else None,
            "mensagem": achado.mensagem,
            "efeito": achado.efeito.value,
            "item": achado.item,
            "campo": JSON_NAMES.get(achado.campo or "", achado.campo),
            "visto": achado.visto,
            "esperado": achado.esperado,
            "providencia": achado.providencia,
            "contatos": central if achado.central else None,
        }
        for achado in found
    ]


def contatos_view(contatos: Iterable[Contato]) -> list[dict[str, Any]]:
    """Public contacts, as JSON."""
    return [asdict(contato) for contato in contatos]


def pedido(solicitacao: Solicitacao) -> dict[str, Any]:
    """A request as it could be sent again."""
    shown = {JSON_NAMES.get(name, name): _json(name, held) for name, held in codec.plain(solicitacao).items()}
    shown["documentos"] = [
        {"id": one.documento_id, "tipo": one.tipo, "cotacao": one.cotacao} for one in solicitacao.documentos
    ]
    return shown


def _json(name: str, held: Any) -> Any:
    if isinstance(held, Mapping):
        return {inner: _json(inner, value) for inner, value in held.items()}
    if isinstance(held, list):
        return [_json(name, value) for value in held]
    if isinstance(held, Decimal):
        return _valor(held) if name == "valor" else quantidade(held)
    return held


def _item(item: Item) -> dict[str, Any]:
    asked = item.solicitado
    return {
        "sequencia": item.sequencia,
        "anexo": item.anexo.value if item.anexo else None,
        "tabela": asked.tabela,
        "codigo": asked.codigo,
        "descricao": asked.descricao,
        "dente": asked.dente,
        "regiao": asked.regiao,
        "face": asked.face,
        "opme": codec.plain(asked.opme) if asked.opme else None,
        "situacao": item.situacao.value,
        "quantidade_solicitada": quantidade(asked.quantidade),
        "quantidade_autorizada": quantidade(item.autorizada),
        "quantidade_faturada": quantidade(item.faturada),
        "valor_solicitado": _valor(asked.valor),
        "valor_autorizado": _valor(item.valor_autorizado) if item.autorizada > ZERO else None,
        "data_prevista": _iso(item.data_prevista),
        "data_pedida": _iso(item.data_pedida),
        "motivos": _motivos(item.motivos),
    }


def _motivos(motivos: Iterable[MotivoNegativa]) -> list[dict[str, str]]:
    return [{"codigo": one.codigo, "texto": one.texto, "base": one.base} for one in motivos]


def _pendencias(pendencias: Iterable[Pendencia]) -> list[dict[str, Any]]:
    return [
        {
            "tipo": one.tipo.value,
            "descricao": one.descricao,
            "documento": one.documento,
            "documento_texto": table_label("dm_tipoDocumento", one.documento, Versao.V4_01_00)
            if one.documento
            else None,
            "quantidade": one.quantidade,
        }
        for one in pendencias
    ]


def _diarias(asked: int | None, granted: int, billed: Decimal = ZERO) -> dict[str, Any] | None:
    return {"solicitadas": asked, "autorizadas": granted, "faturadas": quantidade(billed)} if asked else None


def _marco(marco: Marco, *, da_operadora: bool) -> dict[str, Any]:
    shown = {
        "quando": iso(marco.quando),
        "evento": marco.evento.value,
        "papel": marco.papel.value,
        "situacao": marco.situacao.value,
        "motivo": marco.motivo,
        "vez_de": marco.vez_de.value if marco.vez_de else None,
        "ate": _iso(marco.ate),
    }
    return {**shown, "quem": marco.quem} if da_operadora else shown


def quantidade(number: Decimal) -> str:
    """A quantity as text: whole, or with two places."""
    return str(int(number)) if number == int(number) else f"{number:.2f}"


def _valor(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _iso(dia: date | None) -> str | None:
    return dia.isoformat() if dia else None


def pack(answer: Mapping[str, Any]) -> str:
    """An answer as it is kept: that to a request of two hundred items would not fit a row as it is."""
    return base64.b64encode(zlib.compress(json.dumps(answer, ensure_ascii=False).encode(), 6)).decode()


def unpack(kept: str) -> dict[str, Any]:
    """What was packed."""
    answer: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(kept)))
    return answer
