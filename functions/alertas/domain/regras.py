"""What each event is told as: one function per event, pure; events that are not here are told to nobody.

Numbers of senhas, guias and PEGs name things; no text says whom they are of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from alertas.domain.alertas import Area, Aviso

Dados = Mapping[str, Any]
Regra = Callable[[str, Dados], Aviso | None]
"""(registro ANS, data of the event) → what is told; `None`: this occurrence is no news."""
DEBITO: Final = "1"
"""`dm_debitoCredito`."""


def aviso(envelope: Mapping[str, Any], prestador_id: str) -> Aviso | None:
    """What an event is told a prestador as; `None` when it is not told to it: it was answered what itself asked for."""
    regra, dados = REGRAS.get(str(envelope["tipo"])), envelope["dados"]
    asked = dados.get("pedida_por") == prestador_id
    return None if regra is None or asked else regra(str(envelope["registro_ans"]), dados)


# --- autorizacao ---

_DECISOES: Final = {
    "AUTORIZADA": ("Senha autorizada", "A senha {n} foi autorizada."),
    "PARCIAL": ("Senha autorizada em parte", "A senha {n} foi autorizada em parte: veja os itens e os motivos."),
    "NEGADA": ("Pedido negado", "O pedido {n} foi negado: o motivo e o fundamento estão nos itens."),
    "EM_ANALISE": ("Pedido em análise", "O pedido {n} está em análise na operadora."),
}


def _senha(registro: str, dados: Dados, titulo: str, texto: str, prazo: date | None = None) -> Aviso:
    numero = dados["numero"]
    return Aviso(Area.AUTORIZACAO, titulo, texto.format(n=numero), prazo, f"/autorizacoes/{registro}/{numero}")


def _decidida(registro: str, dados: Dados) -> Aviso | None:
    found = _DECISOES.get(dados["situacao"])
    return _senha(registro, dados, *found) if found else None


def _solicitada(registro: str, dados: Dados) -> Aviso | None:
    """Of others than who asked: a senha the Central gave (R24), or that another asked for one who is to execute it."""
    if dados["situacao"] in _AGUARDAM:
        return _pendencia(registro, dados)
    return None if dados["situacao"] == "EM_ANALISE" else _decidida(registro, dados)


_AGUARDAM: Final = {"AGUARDANDO_DOCUMENTO": "documento", "AGUARDANDO_JUSTIFICATIVA": "justificativa"}


def _pendencia(registro: str, dados: Dados) -> Aviso:
    until, wanted = _dia(dados.get("ate")), _AGUARDAM.get(dados["situacao"], "justificativa")
    return _senha(
        registro, dados, f"Falta {wanted}",
        f"O pedido {{n}} aguarda {wanted}{_ate(until)}. Responda em POST /autorizacoes/{registro}/{{n}}/respostas.",
        until,
    )  # fmt: skip


def _a_vencer(registro: str, dados: Dados) -> Aviso:
    until = _dia(dados.get("ate"))
    return _senha(registro, dados, "Senha a vencer", f"A senha {{n}} vale{_ate(until)} para a data do serviço.", until)


def _da_senha(titulo: str, texto: str) -> Regra:
    return lambda registro, dados: _senha(registro, dados, titulo, texto)


# --- peg ---


def _peg(dados: Dados, titulo: str, texto: str, prazo: date | None = None, **escrito: str) -> Aviso:
    """What people wrote (`escrito`) may hold anything, braces too: it is put into the text, never part of it."""
    protocolo = dados["protocolo"]
    return Aviso(Area.PEG, titulo, texto.format(p=protocolo, **escrito), prazo, f"/pegs/{protocolo}")


def _recebido(_registro: str, dados: Dados) -> Aviso:
    guias, valor = int(dados["quantidade_guias"]), _reais(dados["valor_informado"])
    lost = Decimal(dados["valor_glosado"])
    taken = f" A conferência automática retirou {_reais(lost)}." if lost else ""
    many = f"{guias} guia" if guias == 1 else f"{guias} guias"
    text = f"O lote {{lote}} é o PEG {{p}}: {many}, {valor}.{taken}"
    return _peg(dados, "PEG recebido", text, lote=dados["numero_lote"])


_RECUSADOS: Final = {
    "XML_S3": ("Um lote não foi recebido: o relatório e a resposta dizem o que corrigir.", "/documentos/uploads/{id}"),
    "XML": ("Um lote enviado por mensagem não foi recebido: a resposta diz o que corrigir.", None),
    "DIGITADO": ("Um PEG digitado não foi recebido: confira-o e envie-o de novo.", "/pegs/rascunhos/{id}"),
}


def _recusado(_registro: str, dados: Dados) -> Aviso:
    text, where = _RECUSADOS[dados.get("porta", "XML_S3")]
    return Aviso(Area.PEG, "Lote recusado", text, None, where and where.format(id=dados["upload_id"]))


def _informacao(_registro: str, dados: Dados) -> Aviso:
    until = _dia(dados.get("ate"))
    return _peg(dados, "Informação pedida", f"A auditoria pediu informação sobre o PEG {{p}}{_ate(until)}.", until)


def _analisado(_registro: str, dados: Dados) -> Aviso:
    return _peg(
        dados, "PEG analisado",
        "A análise do PEG {p} terminou; os valores são publicados no dia do cronograma.",
    )  # fmt: skip


def _glosa(_registro: str, dados: Dados) -> Aviso:
    until, protocolo = _dia(dados.get("contestar_ate")), dados["protocolo"]
    return Aviso(
        Area.RECURSO, "Glosa publicada",
        f"O PEG {protocolo} tem {_reais(dados['valor_glosado'])} em glosas, que se contestam{_ate(until)}.",
        until, f"/recursos/glosas?protocolo={protocolo}",
    )  # fmt: skip


def _liberado(_registro: str, dados: Dados) -> Aviso:
    return _peg(dados, "Valores publicados", f"O PEG {{p}} tem {_reais(dados['valor_liberado'])} liberados.")


def _recuperado(_registro: str, dados: Dados) -> Aviso:
    valor = _reais(dados["valor"])
    return _peg(dados, "Valor recuperado", f"O recurso {dados['recurso']} devolveu {valor} ao PEG {{p}}.")


# --- pagamento ---


def _fatura(dados: Dados, titulo: str, texto: str, prazo: date | None = None) -> Aviso:
    parcela = int(dados.get("parcela", 0))
    named = f"{dados['protocolo']}-{parcela}" if parcela else str(dados["protocolo"])
    return Aviso(Area.PAGAMENTO, titulo, texto.format(f=named), prazo, f"/cronograma/pegs/{named}")


def _nota_devida(_registro: str, dados: Dados) -> Aviso | None:
    until = _dia(dados.get("entrega_ate"))
    if dados["situacao"] != "PENDENTE":
        return None
    return _fatura(dados, "Nota fiscal a enviar", f"Envie a nota fiscal da fatura {{f}}{_ate(until)}.", until)


def _nota_a_vencer(_registro: str, dados: Dados) -> Aviso:
    until, left = _dia(dados.get("entrega_ate")), int(dados["dias"])
    when = "termina hoje" if not left else "termina amanhã" if left == 1 else f"termina em {left} dias"
    return _fatura(dados, "Nota fiscal a vencer", f"O prazo da nota da fatura {{f}} {when}{_em(until)}.", until)


def _reagendada(_registro: str, dados: Dados) -> Aviso:
    """R06: of the fatura whose nota is missing, or of the nota that came late."""
    paid = _dia(dados.get("pagamento_em"))
    when = f"o pagamento passou para {paid:%d/%m/%Y}" if paid else "o pagamento passou para o próximo ciclo"
    if "protocolo" in dados:
        text = f"A nota da fatura {{f}} não chegou no prazo: {when}."
        return _fatura(dados, "Pagamento reagendado", text, _dia(dados.get("entrega_ate")))
    return Aviso(Area.PAGAMENTO, "Pagamento reagendado", f"A nota chegou depois do prazo: {when}.", None, _NOTAS)


def _vencimento(_registro: str, dados: Dados) -> Aviso:
    until, paid = _dia(dados.get("entrega_ate")), _dia(dados.get("pagamento_em"))
    text = f"O cronograma mudou: a nota da fatura {{f}} é devida{_ate(until)}, com pagamento{_em(paid)}."
    return _fatura(dados, "Datas alteradas", text, until)


_NOTAS: Final = "/notas-fiscais"


def _nota(titulo: str, texto: str) -> Regra:
    return lambda _registro, _dados: Aviso(Area.PAGAMENTO, titulo, texto, None, _NOTAS)


def _pago(_registro: str, dados: Dados) -> Aviso:
    when, valor, which = _dia(dados["data"]), _reais(dados["valor_liquido"]), dados["demonstrativo"]
    return Aviso(
        Area.PAGAMENTO, "Pagamento", f"Pagamento de {valor}{_em(when)}: demonstrativo {which}.", None,
        f"/pagamentos/{which}",
    )  # fmt: skip


def _lancamento(_registro: str, dados: Dados) -> Aviso:
    kind = "débito" if dados["indicador"] == DEBITO else "crédito"
    text = f"Foi lançado um {kind} de {_reais(dados['valor'])} para o próximo pagamento."
    return Aviso(Area.PAGAMENTO, f"{kind.capitalize()} lançado", text, None, "/pagamentos/lancamentos")


# --- recurso ---


def _recurso(dados: Dados, titulo: str, texto: str) -> Aviso:
    which = dados["recurso"]
    return Aviso(Area.RECURSO, titulo, texto.format(r=which), None, f"/recursos/{which}")


def _respondido(_registro: str, dados: Dados) -> Aviso:
    back, of = Decimal(dados["valor_acatado"]), _reais(dados["valor_recursado"])
    text = f"O recurso {{r}} foi respondido: {_reais(back)} de {of} acatados." if back else (
        f"O recurso {{r}} foi respondido: nada dos {of} foi acatado; a justificativa está na resposta."
    )  # fmt: skip
    return _recurso(dados, "Recurso respondido", text)


def _agendado(_registro: str, dados: Dados) -> Aviso:
    return _recurso(
        dados, "Recurso com pagamento agendado",
        f"Os {_reais(dados['valor_acatado'])} acatados no recurso {{r}} têm pagamento agendado.",
    )  # fmt: skip


# --- documentos, cadastro ---


def _documentacao(_registro: str, dados: Dados) -> Aviso:
    title, since = dados.get("titulo"), _dia(dados.get("vigente_de"))
    text = f"A operadora publicou: {title}." if title else "A operadora publicou uma documentação."
    text += f" Vale{_desde(since)}." if since else ""
    if dados.get("futura"):
        return Aviso(Area.DOCUMENTOS, "Nova documentação", f"{text} Até lá não é mostrada.", None, "/documentacoes")
    return Aviso(Area.DOCUMENTOS, "Nova documentação", text, None, f"/documentacoes/{dados['publicacao']}")


_ATOS: Final = {
    "HABILITADO": "O relacionamento com a operadora {o} foi habilitado.",
    "RECUSADO": "O relacionamento com a operadora {o} foi recusado: veja o motivo.",
    "SUSPENSO": "O relacionamento com a operadora {o} foi suspenso: novas senhas ficam bloqueadas.",
    "DESCREDENCIADO": "O prestador foi descredenciado da operadora {o}: novas senhas ficam bloqueadas.",
}


def _relacionamento(registro: str, dados: Dados) -> Aviso | None:
    text = _ATOS.get(str(dados.get("situacao")))
    if text is None:
        return None
    since = _dia(dados.get("de"))
    told = f"{text.format(o=registro)} Vale{_desde(since)}."
    return Aviso(Area.CADASTRO, "Relacionamento decidido", told, None, "/relacionamentos")


def _webhook(_registro: str, dados: Dados) -> Aviso:
    gone = dados.get("motivo") == "RECUSADO_410"
    why = "respondeu que não quer mais eventos (410)" if gone else "deixou de receber por tempo demais"
    text = f"O webhook em {dados['host']} foi desligado, porque {why}."
    return Aviso(Area.CADASTRO, "Webhook desligado", text, None, f"/webhooks/{dados['webhook']}")


# --- words ---


def _dia(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _ate(day: date | None) -> str:
    return f" até {day:%d/%m/%Y}" if day else ""


def _em(day: date | None) -> str:
    return f" em {day:%d/%m/%Y}" if day else ""


def _desde(day: date | None) -> str:
    return f" desde {day:%d/%m/%Y}" if day else ""


def _reais(valor: str | Decimal) -> str:
    text = f"{Decimal(valor):,.2f}"
    return "R$ " + text.translate(str.maketrans(",.", ".,"))


REGRAS: Final[Mapping[str, Regra]] = {
    "AutorizacaoSolicitada": _solicitada,
    "AutorizacaoDecidida": _decidida,
    "PendenciaAberta": _pendencia,
    "PendenciaProrrogada": _pendencia,
    "PendenciaEncerrada": _da_senha("Pendência encerrada", "A pendência do pedido {n} terminou: voltou à análise."),
    "SenhaAVencer": _a_vencer,
    "AutorizacaoExpirada": _da_senha("Senha expirada", "A senha {n} passou do último dia de validade."),
    "AutorizacaoCancelada": _da_senha("Senha cancelada", "A senha {n} foi cancelada."),
    "AutorizacaoSubstituida": _da_senha("Senha substituída", "A senha {n} deu lugar à que a substitui."),
    "QuantidadeAlterada": _da_senha("Quantidade alterada", "A Central alterou quantidades da senha {n}."),
    "ExecutanteAlterado": _da_senha("Executante alterado", "A Central alterou o executante da senha {n}."),
    "DataDecidida": _da_senha("Data decidida", "A troca de data pedida na senha {n} foi decidida."),
    "PegRecebido": _recebido,
    "LoteRecusado": _recusado,
    "InformacaoPedida": _informacao,
    "PegAnalisado": _analisado,
    "PegLiberado": _liberado,
    "GlosaPublicada": _glosa,
    "ValorRecuperado": _recuperado,
    "FaturaAberta": _nota_devida,
    "ParcelaAberta": _nota_devida,
    "NotaFiscalAVencer": _nota_a_vencer,
    "NotaFiscalReagendada": _reagendada,
    "NotaFiscalRecusada": _nota("Nota fiscal recusada", "Uma nota fiscal foi recusada: veja o motivo e envie outra."),
    "NotaFiscalAceita": _nota("Nota fiscal aceita", "Uma nota fiscal foi aceita: o dia do pagamento está nela."),
    "VencimentoAlterado": _vencimento,
    "PagamentoRegistrado": _pago,
    "LancamentoRegistrado": _lancamento,
    "RecursoRespondido": _respondido,
    "RecursoAgendado": _agendado,
    "DocumentacaoPublicada": _documentacao,
    "RelacionamentoDecidido": _relacionamento,
    "WebhookDesligado": _webhook,
}
"""The rule of each event that is told."""
