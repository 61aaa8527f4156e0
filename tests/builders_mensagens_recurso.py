"""Messages of recursos and documents, with the least or with all that each may have."""

from __future__ import annotations

import base64
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from conecta_tiss.messages.comum import Contratado, MotivoGlosa
from conecta_tiss.messages.documentos import EnvioDocumentos, RecebimentoDocumentos, ReciboDocumentos
from conecta_tiss.messages.envelope import Mensagem
from conecta_tiss.messages.recurso import (
    GlosaContestada,
    GuiaOdontoRecursada,
    GuiaRecursada,
    ItemRecursado,
    ProtocoloRecurso,
    RecebimentoRecursoGlosa,
    ReciboGlosa,
    Recurso,
    RecursoGlosa,
    RespostaDeGuia,
    RespostaDeItem,
    RespostaDeItemOdonto,
    RespostaDeItensOdonto,
    RespostaDeProtocolo,
    RespostaOdontoRecursada,
    RespostaRecursada,
    RespostaRecursoGlosa,
    SituacaoRecurso,
    SolicitacaoStatusRecursoGlosa,
)
from conecta_tiss.versions import Versao
from tests.builders import ATENDIMENTO, CNPJ, OPERADORA, mensagem, resposta

if TYPE_CHECKING:
    from collections.abc import Callable

DIA = date(2026, 3, 15)
PROTOCOLO = "260340000007"
RECURSO = "260360000001"
CEM = Decimal("100.00")
PROCEDIMENTO = {
    "codigo_tabela": "22", "codigo_procedimento": "10101012", "descricao_procedimento": "Consulta em consultório",
}  # fmt: skip
RESTAURACAO = {
    "codigo_tabela": "22", "codigo_procedimento": "85100196", "descricao_procedimento": "Restauração em resina",
}  # fmt: skip
NUMEROS = {"numero_guia_operadora": "900001", "senha": "900001"}
MOTIVO = "Valor conforme a tabela contratada: não há diferença."
CONTESTADO: dict[str, Any] = {"codigo_glosa": "1705", "justificativa": MOTIVO}
RECUSA = {"justificativa_operadora": "Mantida conforme o contrato."}


def glosa(**campos: Any) -> GlosaContestada:
    return GlosaContestada(**{"codigo": "1705", "justificativa": MOTIVO, **campos})


def item(**campos: Any) -> ItemRecursado:
    padrao = {"sequencial_item": 1, "data_inicio": ATENDIMENTO, **PROCEDIMENTO, **CONTESTADO, "valor_recursado": CEM}
    return ItemRecursado(**{**padrao, **campos})


def item_odonto(**campos: Any) -> ItemRecursado:
    return item(**{**RESTAURACAO, "quantidade": Decimal(1), **campos})


def guia(numero: str = "G1", *itens: ItemRecursado, **campos: Any) -> GuiaRecursada:
    if not itens and not campos.get("glosas"):
        itens = (item(),)
    return GuiaRecursada(numero_guia_prestador=numero, itens=itens, **campos)


def guia_odonto(numero: str = "G1", *itens: ItemRecursado, **campos: Any) -> GuiaOdontoRecursada:
    return GuiaOdontoRecursada(**{"numero_guia_prestador": numero, "itens": itens, **CONTESTADO, **campos})


def recurso(*guias: Any, **campos: Any) -> Recurso:
    """Of those guias, of two with an item each, or of the whole `protocolo`."""
    if not guias and "protocolo" not in campos:
        guias = (guia("G1"), guia("G2"))
    itens = [item for uma in guias for item in uma.itens]
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA, "numero": "R1", "nome_operadora": "Operadora Exemplo",
        "objeto": "2" if guias else "1", "contratado": Contratado(cnpj=CNPJ), "numero_lote": "7",
        "numero_protocolo": PROTOCOLO, "guias": guias, "data": DIA,
        "valor_total": sum((um.valor_recursado for um in itens), Decimal(0)) or CEM,
    }  # fmt: skip
    return Recurso(**{**padrao, **campos})


def recurso_glosa(versao: Versao = Versao.V4_01_00, *guias: Any, **campos: Any) -> Mensagem[RecursoGlosa]:
    """A RECURSO_GLOSA, dental when its guias are, or when told `odonto`."""
    odonto = campos.pop("odonto", bool(guias) and isinstance(guias[0], GuiaOdontoRecursada))
    do_cabecalho = campos.pop("do_cabecalho", None)
    este = recurso(*guias, **campos)
    corpo = RecursoGlosa(odonto=este) if odonto else RecursoGlosa(medico=este)
    return mensagem("RECURSO_GLOSA", corpo, versao, do_cabecalho=do_cabecalho)


def recebimento(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[RecebimentoRecursoGlosa]:
    """A RECEBIMENTO_RECURSO_GLOSA."""
    padrao: dict[str, Any] = {
        "numero_recurso": RECURSO, "data_envio": DIA, "data_recebimento": DIA, "numero_lote": "7",
        "registro_ans": OPERADORA, "prestador": Contratado(cnpj=CNPJ), "numero_protocolo": PROTOCOLO,
        "valor_total": CEM,
    }  # fmt: skip
    corpo = RecebimentoRecursoGlosa(protocolo=ProtocoloRecurso(**{**padrao, **campos}))
    return Mensagem(cabecalho=resposta("RECEBIMENTO_RECURSO_GLOSA", versao), corpo=corpo)


def solicita_status_recurso(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[SolicitacaoStatusRecursoGlosa]:
    """A SOLIC_STATUS_RECURSO_GLOSA."""
    padrao: dict[str, Any] = {"prestador": Contratado(cnpj=CNPJ), "numero_protocolo": RECURSO}
    return mensagem("SOLIC_STATUS_RECURSO_GLOSA", SolicitacaoStatusRecursoGlosa(**{**padrao, **campos}), versao)


def resposta_de_guia(**campos: Any) -> RespostaDeGuia:
    return RespostaDeGuia(**{"numero_guia_prestador": "G1", **CONTESTADO, "acatado": True, **campos})


def resposta_de_item(**campos: Any) -> RespostaDeItem:
    padrao = {
        "numero_guia_prestador": "G1", "data_realizacao": ATENDIMENTO, "sequencial_item": 1, **PROCEDIMENTO,
        **CONTESTADO, "valor_recursado": CEM, "valor_acatado": CEM,
    }  # fmt: skip
    return RespostaDeItem(**{**padrao, **campos})


def resposta_de_item_odonto(**campos: Any) -> RespostaDeItemOdonto:
    padrao = {
        "sequencial_item": 1, "data_realizacao": ATENDIMENTO, "quantidade": Decimal(1), **RESTAURACAO, **CONTESTADO,
        "valor_recursado": CEM, "valor_acatado": CEM,
    }  # fmt: skip
    return RespostaDeItemOdonto(**{**padrao, **campos})


def recibo(*respostas: Any, **campos: Any) -> ReciboGlosa:
    padrao: dict[str, Any] = {
        "registro_ans": OPERADORA, "numero": "R1", "nome_operadora": "Operadora Exemplo",
        "objeto": "2" if respostas else "1", "codigo_prestador": "P1", "numero_lote": "7",
        "numero_protocolo": PROTOCOLO, "respostas": respostas, "data": DIA, "valor_recursado": CEM,
        "valor_acatado": CEM,
    }  # fmt: skip
    return ReciboGlosa(**{**padrao, **campos})


def respondido(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[RespostaRecursoGlosa]:
    """A RESPOSTA_RECURSO_GLOSA."""
    return Mensagem(cabecalho=resposta("RESPOSTA_RECURSO_GLOSA", versao), corpo=RespostaRecursoGlosa(**campos))


def situacao(**campos: Any) -> SituacaoRecurso:
    padrao: dict[str, Any] = {
        "numero_recurso": RECURSO, "data_envio": DIA, "data_recebimento": DIA, "numero_lote": "7",
        "registro_ans": OPERADORA, "prestador": Contratado(codigo_na_operadora="P1"), "numero_consulta": RECURSO,
        "data_situacao": DIA, "situacao": "2",
    }  # fmt: skip
    return SituacaoRecurso(**{**padrao, **campos})


def envio_documentos(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[EnvioDocumentos]:
    """An ENVIO_DOCUMENTO of a protocolo, unless told otherwise."""
    padrao: dict[str, Any] = {
        "numero_protocolo": PROTOCOLO, "numero_documento": "D1", "natureza": "2", "formato": "02",
        "documento": base64.b64encode(b"%PDF-1.7\n").decode(), "tipo": "02",
    }  # fmt: skip
    return mensagem("ENVIO_DOCUMENTO", EnvioDocumentos(**{**padrao, **campos}), versao)


def recebimento_documentos(versao: Versao = Versao.V4_01_00, **campos: Any) -> Mensagem[RecebimentoDocumentos]:
    """A RECEBIMENTO_DOCUMENTO."""
    padrao: dict[str, Any] = {"numero_documento": "D1", "protocolo_documento": "260370000001"}
    corpo = RecebimentoDocumentos(recibo=ReciboDocumentos(**{**padrao, **campos}))
    return Mensagem(cabecalho=resposta("RECEBIMENTO_DOCUMENTO", versao), corpo=corpo)


def _completo(versao: Versao) -> Mensagem[RecursoGlosa]:
    novo = {"centro_consumo": "5"} if versao is Versao.V4_03_00 else {}
    itens = (item(data_fim=DIA, grau_participacao="00", **novo), item(sequencial_item=2))
    return recurso_glosa(
        versao, guia("G1", *itens, **NUMEROS), guia("G2", glosas=(glosa(), glosa(codigo="1801"))),
        numero_operadora="R900", valor_total=Decimal(300),
    )  # fmt: skip


_DENTAL = (
    item_odonto(dente="11", face="OM"), item_odonto(sequencial_item=2, regiao="ASAI"),
)  # fmt: skip
_ODONTO: dict[str, Any] = {"dente": "11", "face": "OM", **RECUSA}
_DOCUMENTO = {
    "numero_lote": "7", "numero_protocolo": PROTOCOLO, "numero_guia_prestador": "G1",
    "numero_guia_operadora": "900001", "observacao": "Laudo do exame",
}  # fmt: skip
ERRO = MotivoGlosa(codigo="3162", descricao="Código do protocolo não encontrado")

MENSAGENS: dict[str, Callable[[Versao], Mensagem[Any]]] = {
    "recurso-least": recurso_glosa,
    "recurso-all": _completo,
    "recurso-protocolo": lambda versao: recurso_glosa(versao, protocolo=glosa()),
    "recurso-odonto-least": lambda versao: recurso_glosa(versao, guia_odonto()),
    "recurso-odonto-all": lambda versao: recurso_glosa(
        versao, guia_odonto("G1", *_DENTAL, **NUMEROS), guia_odonto("G2"), numero_operadora="R900",
        valor_total=Decimal(300),
    ),
    "recurso-odonto-protocolo": lambda versao: recurso_glosa(versao, odonto=True, protocolo=glosa()),
    "recebimento-erro": lambda versao: Mensagem(
        cabecalho=resposta("RECEBIMENTO_RECURSO_GLOSA", versao), corpo=RecebimentoRecursoGlosa(mensagem_erro=ERRO)
    ),
    "recebimento-protocolo": lambda versao: recebimento(versao, protocolo=glosa(), observacao="Recebido"),
    "recebimento-guias": lambda versao: recebimento(
        versao, quantidade_guias=3, guias=(
            guia("G1", item(data_fim=DIA), item(dente="11", face="OM"), item(regiao="ASAI"), **NUMEROS),
            guia("G2", glosas=(glosa(justificativa="J" * 150), glosa())),
        ),
    ),
    "pergunta": solicita_status_recurso,
    "resposta-situacao": lambda versao: respondido(versao, situacao=situacao()),
    "resposta-erro": lambda versao: respondido(versao, mensagem_erro=ERRO),
    "recibo-protocolo": lambda versao: respondido(versao, recibo=recibo(
        protocolo=RespostaDeProtocolo(**CONTESTADO, acatado=False, **RECUSA)
    )),
    "recibo-guias": lambda versao: respondido(versao, recibo=recibo(
        RespostaRecursada(guia=resposta_de_guia(**NUMEROS, acatado=False, **RECUSA)),
        RespostaRecursada(item=resposta_de_item()),
        RespostaRecursada(item=resposta_de_item(**NUMEROS, data_fim=DIA, valor_acatado=Decimal(0), **RECUSA)),
        numero_operadora="R900",
    )),
    "recibo-odonto-protocolo": lambda versao: respondido(versao, recibo_odonto=recibo(
        protocolo=RespostaDeProtocolo(**CONTESTADO, acatado=True)
    )),
    "recibo-odonto-guias": lambda versao: respondido(versao, recibo_odonto=recibo(
        RespostaOdontoRecursada(guia=resposta_de_guia(**NUMEROS)),
        RespostaOdontoRecursada(itens=RespostaDeItensOdonto(
            numero_guia_prestador="G2", **NUMEROS,
            itens=(resposta_de_item_odonto(**_ODONTO), resposta_de_item_odonto(regiao="ASAI")),
        )),
        numero_operadora="R900",
    )),
    "documento-least": envio_documentos,
    "documento-all": lambda versao: envio_documentos(versao, **_DOCUMENTO, sequencial_item=1),
    "documento-recebido-least": recebimento_documentos,
    "documento-recebido-all": lambda versao: recebimento_documentos(versao, **_DOCUMENTO),
    "documento-erro": lambda versao: Mensagem(
        cabecalho=resposta("RECEBIMENTO_DOCUMENTO", versao), corpo=RecebimentoDocumentos(mensagem_erro=ERRO)
    ),
}  # fmt: skip
"""Each as a function of its version."""
