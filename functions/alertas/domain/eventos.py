"""The public catalogue of events: what systems may be told, field by field.

It is closed: an event that is not here, or a member that its entry does not name, is delivered to nobody. The published
schemas (`docs/eventos.json`, `docs/eventos.md`) are made from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from alertas.domain.alertas import Area

VERSAO: Final = 1
"""Of the envelope and of every event; members may be added to them within one version."""
TESTE: Final = "WebhookTestado"
VERIFICACAO: Final = "WebhookVerificado"
"""What an endpoint is sent to prove that it is the caller's; it cannot be chosen."""


class Tipo(StrEnum):
    """What a member holds."""

    TEXTO = "texto"
    TEXTOS = "lista de textos"
    INTEIRO = "inteiro"
    LOGICO = "lógico"
    REAIS = "reais"
    DIA = "data"
    INSTANTE = "instante"
    RECURSO = "objeto {tipo, id}"


_TEXTO: Final[Mapping[str, Any]] = {"type": "string"}
ESQUEMAS: Final[Mapping[Tipo, Mapping[str, Any]]] = {
    Tipo.TEXTO: _TEXTO,
    Tipo.TEXTOS: {"type": "array", "items": _TEXTO},
    Tipo.INTEIRO: {"type": "integer"},
    Tipo.LOGICO: {"type": "boolean"},
    Tipo.REAIS: {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$"},
    Tipo.DIA: {"type": "string", "format": "date"},
    Tipo.INSTANTE: {"type": "string", "format": "date-time"},
    Tipo.RECURSO: {"type": "object", "required": ["tipo", "id"], "properties": {"tipo": _TEXTO, "id": _TEXTO}},
}
"""The JSON Schema of each."""


@dataclass(frozen=True, slots=True)
class Campo:
    """A member of `dados`.

    Attributes:
        descricao: in Portuguese, for who integrates.
        exemplo: as JSON holds it.
        opcional: whether it may be missing; none is ever null.
    """

    nome: str
    tipo: Tipo
    descricao: str
    exemplo: Any
    opcional: bool = False


@dataclass(frozen=True, slots=True)
class Evento:
    """A public event.

    Attributes:
        area: whose matter it is.
        descricao: when it happens, in one sentence of Portuguese.
        entidade: an example of what it is about.
    """

    area: Area
    descricao: str
    entidade: str
    campos: tuple[Campo, ...]


def _situacao(exemplo: str) -> Campo:
    return Campo("situacao", Tipo.TEXTO, "Em que situação ficou.", exemplo)


def _protocolo(descricao: str = "Do PEG.") -> Campo:
    return Campo("protocolo", Tipo.TEXTO, descricao, "261120000007")


def _reais(nome: str, descricao: str) -> Campo:
    return Campo(nome, Tipo.REAIS, descricao, "150.00")


def _dia(nome: str, descricao: str, *, opcional: bool = False) -> Campo:
    return Campo(nome, Tipo.DIA, descricao, "2026-12-10", opcional)


_UPLOAD: Final = Campo("upload_id", Tipo.TEXTO, "Do envio do arquivo.", "0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6")
_LIBERADO: Final = _reais("valor_liberado", "Liberado no PEG, em reais.")
_GLOSADO: Final = _reais("valor_glosado", "Glosado no PEG, em reais.")


def _autorizacao(descricao: str, situacao: str = "AUTORIZADA") -> Evento:
    return Evento(
        Area.AUTORIZACAO, descricao, "autorizacao/345695/8120394857",
        (
            Campo("numero", Tipo.TEXTO, "Da guia na operadora, que identifica a autorização.", "8120394857"),
            Campo("tipo", Tipo.TEXTO, "SP_SADT, INTERNACAO, PRORROGACAO ou ODONTOLOGIA.", "SP_SADT"),
            _situacao(situacao),
            Campo("vez_de", Tipo.TEXTO, "De quem é a vez, se de alguém.", "PRESTADOR", opcional=True),
            _dia("ate", "Último dia para isso, ou de validade.", opcional=True),
        ),
    )  # fmt: skip


def _peg(descricao: str, situacao: str, *more: Campo) -> Evento:
    known = (_protocolo(), Campo("numero_lote", Tipo.TEXTO, "Dado pelo prestador.", "2041"), _situacao(situacao))
    return Evento(Area.PEG, descricao, "peg/261120000007", (*known, *more))


def _fatura(descricao: str, situacao: str, *more: Campo) -> Evento:
    return Evento(
        Area.PAGAMENTO, descricao, "fatura/261120000007",
        (
            _protocolo(),
            Campo("parcela", Tipo.INTEIRO, "0 é a do PEG; as outras, do que recursos devolveram.", 0),
            _situacao(situacao),
            _dia("entrega_ate", "Último dia no prazo para a nota fiscal.", opcional=True),
            _dia("pagamento_em", "Dia do pagamento.", opcional=True),
            *more,
        ),
    )  # fmt: skip


def _movida(descricao: str, *more: Campo) -> Evento:
    before = (
        _dia("entrega_anterior", "O prazo que havia para a nota fiscal.", opcional=True),
        _dia("pagamento_anterior", "O dia que havia para o pagamento.", opcional=True),
    )
    return _fatura(descricao, "PENDENTE", *more, *before)


def _nota(descricao: str, situacao: str) -> Evento:
    return Evento(
        Area.PAGAMENTO, descricao, "nota/0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6",
        (
            _situacao(situacao),
            Campo("protocolos", Tipo.TEXTOS, "PEGs (e parcelas, protocolo-n) que a nota cobre.", ["261120000007"]),
            Campo("legados", Tipo.TEXTOS, "Protocolos do portal anterior que a nota cobre.", []),
            _dia("pagamento_em", "Dia do pagamento.", opcional=True),
            Campo("divergencias", Tipo.TEXTOS, "Regras que não conferem.", []),
        ),
    )  # fmt: skip


def _lancamento(descricao: str) -> Evento:
    return Evento(
        Area.PAGAMENTO, descricao, "lancamento/0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6",
        (
            Campo("indicador", Tipo.TEXTO, "Código dm_debitoCreditoIndicador: crédito ou débito.", "1"),
            Campo("tipo", Tipo.TEXTO, "Código dm_debitoCreditoTipo.", "01"),
            _reais("valor", "Em reais."),
            Campo("recurso", Tipo.TEXTO, "Recurso de glosa que o devolveu.", "261160000011", opcional=True),
        ),
    )  # fmt: skip


def _recurso(descricao: str, situacao: str, *more: Campo) -> Evento:
    return Evento(
        Area.RECURSO, descricao, "recurso/261160000011",
        (
            Campo("recurso", Tipo.TEXTO, "Protocolo do recurso.", "261160000011"),
            _protocolo("Do PEG contestado."),
            Campo("legado", Tipo.LOGICO, "Se o PEG é do portal anterior.", exemplo=False),
            _situacao(situacao), _reais("valor_recursado", "Contestado, em reais."),
            *more,
        ),
    )  # fmt: skip


def _envio(area: Area, descricao: str, *more: Campo) -> Evento:
    return Evento(area, descricao, "upload/0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6", (_UPLOAD, *more))


def _relacionamento(descricao: str, *campos: Campo) -> Evento:
    return Evento(Area.CADASTRO, descricao, "pedido/0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6", campos)


_ARQUIVO: Final = (
    Campo("finalidade", Tipo.TEXTO, "Do envio.", "lote_tiss"),
    Campo("formato", Tipo.TEXTO, "Do arquivo.", "xml"),
    Campo("recebido_em", Tipo.INSTANTE, "Quando chegou.", "2026-11-22T14:03:11.000000Z"),
    Campo("transacao", Tipo.TEXTO, "Da mensagem TISS.", "loteGuias", opcional=True),
)
_ACHADOS: Final = Campo("achados", Tipo.INTEIRO, "Quantos problemas o relatório lista.", 3)
_MENSAGEM: Final = Campo("transacao", Tipo.TEXTO, "Da mensagem TISS.", "recursoGlosa")
_RESPONDER: Final = _dia("responder_ate", "Último dia para a operadora responder.", opcional=True)
_ACATADO: Final = _reais("valor_acatado", "Devolvido, em reais.")
_DIVIDIDO: Final = (_LIBERADO, _GLOSADO)

CATALOGO: Final[Mapping[str, Evento]] = {
    "AutorizacaoSolicitada": _autorizacao("Uma autorização foi pedida.", "EM_ANALISE"),
    "AutorizacaoDecidida": _autorizacao("Uma autorização foi decidida: autorizada, em parte, ou negada."),
    "AutorizacaoCancelada": _autorizacao("Uma senha foi cancelada, ou um pedido retirado.", "CANCELADA"),
    "AutorizacaoExpirada": _autorizacao("A validade de uma senha terminou.", "EXPIRADA"),
    "AutorizacaoSubstituida": _autorizacao("Uma senha foi substituída por outra.", "CANCELADA"),
    "SubstituicaoPedida": _autorizacao("Pediu-se a substituição de uma senha, que vale até a decisão."),
    "SubstituicaoEncerrada": _autorizacao("O pedido de substituição terminou sem substituir a senha."),
    "SenhaAVencer": _autorizacao("Faltam 15 ou 5 dias para o fim da validade de uma senha."),
    "PendenciaAberta": _autorizacao("A auditoria pediu documento ou justificativa.", "AGUARDANDO_DOCUMENTO"),
    "PendenciaRespondida": _autorizacao("O que a auditoria pediu foi enviado.", "EM_ANALISE"),
    "PendenciaProrrogada": _autorizacao("O prazo de uma pendência foi prorrogado.", "AGUARDANDO_DOCUMENTO"),
    "PendenciaEncerrada": _autorizacao("Uma pendência terminou sem resposta, ou foi dispensada.", "EM_ANALISE"),
    "AnexoRecebido": _autorizacao("Um anexo foi juntado a uma autorização.", "EM_ANALISE"),
    "QuantidadeAlterada": _autorizacao("A Central alterou itens ou quantidades de uma senha.", "PARCIAL"),
    "ExecutanteAlterado": _autorizacao("A senha passou a outro executante."),
    "DataPedida": _autorizacao("Pediu-se outra data para um atendimento planejado."),
    "DataDecidida": _autorizacao("A outra data pedida foi decidida."),
    "InternacaoComunicada": _autorizacao("A internação foi comunicada."),
    "AltaComunicada": _autorizacao("A alta foi comunicada.", "UTILIZADA"),
    "AtendimentoRegistrado": _autorizacao("A Central registrou um atendimento sobre a autorização."),
    "RespostaAtrasada": _autorizacao("O prazo da operadora para responder a um pedido terminou.", "EM_ANALISE"),
    "PegRecebido": Evento(
        Area.PEG, "Um PEG foi recebido e tem protocolo.", "peg/261120000007",
        (
            Campo("upload_id", Tipo.TEXTO, "Do envio que o trouxe.", _UPLOAD.exemplo, opcional=True), _protocolo(),
            Campo("numero_lote", Tipo.TEXTO, "Dado pelo prestador.", "2041"),
            Campo("quantidade_guias", Tipo.INTEIRO, "Quantas guias tem.", 87),
            _reais("valor_informado", "Cobrado, em reais."), _GLOSADO,
            Campo("tipo_guia", Tipo.TEXTO, "Das guias.", "SP_SADT"),
            Campo("competencia", Tipo.TEXTO, "Mês, AAAAMM.", "202611"),
        ),
    ),
    "LoteRecusado": _envio(
        Area.PEG, "Um lote foi recusado: o relatório do envio diz por quê.", _ACHADOS,
        Campo("porta", Tipo.TEXTO, "XML_S3; XML, por mensagem; ou DIGITADO, e o envio é o rascunho.", "XML_S3", True),
    ),
    "LoteRepetido": _envio(Area.PEG, "Um lote trouxe de novo os bytes de um PEG que existe.", _protocolo()),
    "PegEmAnalise": _peg("A análise de um PEG começou.", "EM_ANALISE"),
    "InformacaoPedida": _peg(
        "A análise de um PEG espera uma informação do prestador.", "AGUARDANDO_INFORMACAO",
        _dia("ate", "Último dia para informar."),
    ),
    "InformacaoRecebida": _peg("O prestador informou o que se pediu.", "EM_ANALISE"),
    "PegAnalisado": _peg("A análise de um PEG terminou; os valores ainda não são públicos.", "ANALISADO"),
    "PegReaberto": _peg("A análise de um PEG recomeçou.", "EM_ANALISE"),
    "PegLiberado": _peg("Os valores de um PEG foram publicados.", "LIBERADO", *_DIVIDIDO),
    "GlosaPublicada": _peg(
        "As glosas de um PEG foram publicadas, e o prazo de contestá-las corre.", "LIBERADO",
        Campo("glosas", Tipo.INTEIRO, "Quantas retiram valor.", 2),
        _dia("contestar_ate", "Último dia para contestar a que vence primeiro.", opcional=True), *_DIVIDIDO,
    ),
    "ValorRecuperado": _peg(
        "O que um recurso devolveu de um PEG será pago.", "LIBERADO",
        Campo("recurso", Tipo.TEXTO, "Protocolo do recurso.", "261160000011"),
        Campo("parcela", Tipo.INTEIRO, "A fatura em que se paga.", 1), _reais("valor", "Devolvido, em reais."),
        *_DIVIDIDO,
    ),
    "PegPago": _peg("Um PEG foi pago.", "PAGO"),
    "PegEncerrado": _peg("Um PEG terminou sem ter o que pagar.", "ENCERRADO_SEM_PAGAMENTO"),
    "PegCancelado": _peg("O prestador cancelou um PEG.", "CANCELADO"),
    "GuiaRetirada": _peg(
        "O prestador retirou uma guia de um PEG.", "RECEBIDO",
        Campo("guia", Tipo.INTEIRO, "Lugar da guia no PEG, a partir de 1.", 3),
    ),
    "FaturaAberta": _fatura("Há o que pagar de um PEG: envie a nota fiscal.", "PENDENTE", _reais("valor", "A pagar.")),
    "FaturaEncerrada": _fatura("Nada há a pagar de um PEG.", "ENCERRADA", _reais("valor", "Zero.")),
    "ParcelaAberta": _fatura(
        "O que um recurso devolveu é pago por uma fatura própria.", "PENDENTE", _reais("valor", "A pagar."),
        Campo("recurso", Tipo.TEXTO, "Protocolo do recurso.", "261160000011"),
    ),
    "NotaFiscalAVencer": _fatura(
        "O prazo de uma nota fiscal está perto do fim.", "PENDENTE",
        Campo("dias", Tipo.INTEIRO, "Quantos dias faltam.", 2, opcional=True),
    ),
    "VencimentoAlterado": _movida("O cronograma mudou os dias de uma fatura."),
    "NotaFiscalRecebida": _nota("Uma nota fiscal foi recebida.", "ENVIADA"),
    "NotaFiscalAceita": _nota("Uma nota fiscal foi aceita.", "ACEITA"),
    "NotaFiscalReagendada": Evento(
        Area.PAGAMENTO, "O pagamento passou ao ciclo seguinte: a nota fiscal chegou depois do prazo, ou não chegou.",
        "fatura/261120000007",
        tuple({
            one.nome: Campo(one.nome, one.tipo, one.descricao, one.exemplo, opcional=True)
            for one in (
                _situacao("PENDENTE"),
                Campo("motivo", Tipo.TEXTO, "SEM_NOTA quando não chegou.", "SEM_NOTA"),
                *_movida("").campos, *_nota("", "").campos[1:],
            )
        }.values()),
    ),
    "NotaFiscalRecusada": _nota("Uma nota fiscal foi recusada: envie outra.", "RECUSADA"),
    "NotaFiscalCancelada": _nota("Uma nota fiscal foi cancelada.", "CANCELADA"),
    "PagamentoRegistrado": Evento(
        Area.PAGAMENTO, "Um pagamento foi feito; o demonstrativo o detalha.", "pagamento/000000812",
        (
            Campo("numero", Tipo.TEXTO, "Do pagamento.", "PG-2026-118"),
            Campo("demonstrativo", Tipo.TEXTO, "Número do demonstrativo.", "000000812"),
            _dia("data", "Dia do pagamento."), _reais("valor_liquido", "Pago, em reais."),
            Campo("protocolos", Tipo.TEXTOS, "PEGs de que nada mais se deve.", ["261120000007"]),
            Campo("parcelas", Tipo.TEXTOS, "Faturas pagas do que recursos devolveram.", []),
            Campo("recursos", Tipo.TEXTOS, "Recursos pagos por lançamento.", []),
        ),
    ),
    "LancamentoRegistrado": _lancamento("Um crédito ou débito entrará no próximo pagamento."),
    "LancamentoCancelado": _lancamento("Um crédito ou débito não será mais considerado."),
    "RecursoEnviado": _recurso("Um recurso de glosa foi recebido.", "ENVIADO", _RESPONDER),
    "RecursoEmAnalise": _recurso("A análise de um recurso começou.", "EM_ANALISE"),
    "RecursoRespondido": _recurso("Um recurso foi respondido.", "RESPONDIDO", _ACATADO),
    "RecursoAgendado": _recurso("O pagamento do que um recurso devolveu tem data.", "PAGAMENTO_AGENDADO", _ACATADO),
    "RecursoCancelado": _recurso("O prestador cancelou um recurso.", "CANCELADO"),
    "RespostaDeRecursoVencida": _recurso("O prazo da operadora para responder terminou.", "EM_ANALISE", _RESPONDER),
    "DocumentoRecebido": _envio(Area.DOCUMENTOS, "Um arquivo enviado chegou e foi aceito.", *_ARQUIVO),
    "DocumentoRecusado": _envio(Area.DOCUMENTOS, "Um arquivo enviado foi recusado: a consulta diz por quê.", *_ARQUIVO),
    "MensagemRespondida": _envio(
        Area.DOCUMENTOS, "Uma mensagem TISS enviada como arquivo foi respondida.", _MENSAGEM,
        Campo("recurso", Tipo.RECURSO, "O que se criou.", {"tipo": "recurso", "id": "261160000011"}, opcional=True),
    ),
    "MensagemRecusada": _envio(
        Area.DOCUMENTOS, "Uma mensagem TISS enviada como arquivo foi recusada.", _MENSAGEM, _ACHADOS
    ),
    "DocumentacaoPublicada": Evento(
        Area.DOCUMENTOS, "A operadora publicou um manual ou comunicado.", "publicacao/1b2c3d4e5f60718293a4b5c6d7e8f901",
        (
            Campo("publicacao", Tipo.TEXTO, "Identificador.", "1b2c3d4e5f60718293a4b5c6d7e8f901"),
            Campo("edicao", Tipo.INTEIRO, "Número da edição.", 1),
            Campo("tipo_publicacao", Tipo.TEXTO, "MANUAL, COMUNICADO…", "MANUAL"),
            Campo("titulo", Tipo.TEXTO, "Do documento.", "Manual TISS"),
            _dia("vigente_de", "Primeiro dia de vigência.", opcional=True),
            _dia("vigente_ate", "Último dia de vigência.", opcional=True),
            Campo("substitui", Tipo.INTEIRO, "Edição que substitui.", 1, opcional=True),
        ),
    ),
    "RelacionamentoSolicitado": _relacionamento(
        "O prestador solicitou relacionamento com uma operadora.", _protocolo("De atendimento.")
    ),
    "RelacionamentoDecidido": _relacionamento(
        "A operadora decidiu um pedido, ou mudou o relacionamento.",
        Campo("ato", Tipo.TEXTO, "O que decidiu.", "HABILITACAO"),
        Campo("situacao", Tipo.TEXTO, "Em que situação ficou.", "HABILITADO", opcional=True),
        _dia("de", "A partir de quando."), _dia("ate", "Até quando.", opcional=True),
    ),
    TESTE: Evento(
        Area.CADASTRO, "Um gestor pediu um evento de teste.", "webhook/0f3b0c6a9d5e4a54",
        (Campo("webhook", Tipo.TEXTO, "Identificador.", "0f3b0c6a9d5e4a54"),),
    ),
}  # fmt: skip
"""By name. What others of our events tell is for our own functions only."""
ESCOLHIVEIS: Final = tuple(sorted(CATALOGO.keys() - {TESTE}))
"""What an endpoint may ask for; a test comes to whoever asked for it."""


def destinatarios(envelope: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of the prestadores that an event concerns; none of one for a whole operadora, whose audience others know.

    A relacionamento that a person asked for on its own behalf is not the prestador's to know.
    """
    dados = envelope["dados"]
    if dados.get("do_prestador") is False:
        return ()
    parties = dados.get("prestadores") or (envelope["prestador_id"],)
    return tuple(sorted({str(one) for one in parties if one}))


def publico(envelope: Mapping[str, Any], prestador_id: str) -> dict[str, Any] | None:
    """What a prestador's system is told of an event; `None` of one that is not public.

    Shape: :func:`esquema`.
    """
    evento = CATALOGO.get(envelope["tipo"])
    if evento is None:
        return None
    held = envelope["dados"]
    told = {one.nome: held[one.nome] for one in evento.campos if held.get(one.nome) is not None}
    return {
        "id": envelope["id"],
        "tipo": envelope["tipo"],
        "versao": VERSAO,
        "ocorrido_em": envelope["ocorrido_em"],
        "registro_ans": envelope["registro_ans"] or None,
        "prestador_id": prestador_id,
        "entidade": envelope["entidade"],
        "dados": told,
    }


def exemplo(tipo: str) -> dict[str, Any]:
    """An event of a type as it is delivered."""
    evento = CATALOGO[tipo]
    return {
        "id": "9b1c7e0f3a5d4c2e8f6a0b1d2c3e4f50",
        "tipo": tipo,
        "versao": VERSAO,
        "ocorrido_em": "2026-11-22T14:03:11.482913Z",
        "registro_ans": None if tipo == TESTE else "345695",
        "prestador_id": "12345678000195",
        "entidade": evento.entidade,
        "dados": {one.nome: one.exemplo for one in evento.campos},
    }


def esquema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a delivered event: of the envelope, and of `dados` by type."""
    envelope = {
        "id": {"type": "string", "description": "Único: o mesmo evento pode chegar mais de uma vez."},
        "tipo": {"enum": list(CATALOGO)},
        "versao": {"const": VERSAO},
        "ocorrido_em": {"type": "string", "format": "date-time", "description": "UTC; ordena os de uma entidade."},
        "registro_ans": {
            "type": ["string", "null"], "pattern": "^[0-9]{6}$", "description": "Nulo quando não é de uma operadora.",
        },
        "prestador_id": {"type": "string", "description": "A quem se entrega."},
        "entidade": {"type": "string", "description": "Tipo e identificador do que mudou."},
        "dados": {"type": "object"},
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Eventos do Conecta",
        "type": "object",
        "required": list(envelope),
        "properties": envelope,
        "oneOf": [
            {
                "title": tipo,
                "description": evento.descricao,
                "properties": {"tipo": {"const": tipo}, "dados": {"$ref": f"#/$defs/{tipo}"}},
                "examples": [exemplo(tipo)],
            }
            for tipo, evento in CATALOGO.items()
        ],
        "$defs": dict(_definitions()),
    }


def _definitions() -> Iterator[tuple[str, dict[str, Any]]]:
    for tipo, evento in CATALOGO.items():
        yield (
            tipo,
            {
                "type": "object",
                "required": [one.nome for one in evento.campos if not one.opcional],
                "properties": {one.nome: {**ESQUEMAS[one.tipo], "description": one.descricao} for one in evento.campos},
            },
        )
