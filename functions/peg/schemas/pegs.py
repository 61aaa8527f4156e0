"""What is shown of a PEG, to its prestador and to its operadora: functions, and the models that say so.

The answer is made by the functions, as plain JSON; the models document it, and tests hold the one against the other.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, Field

from conecta_campos.numeros import Reais, reais
from conecta_campos.padrao import SHOWN, STRICT
from conecta_campos.textos import Texto500
from conecta_contas.pegs import STATUS_PROTOCOLO, Papel, SituacaoPeg
from conecta_edge.clock import iso
from conecta_tiss.terminologia import glosa_text
from conecta_tiss.versions import Versao
from peg.domain.estados import VEZ_DE

if TYPE_CHECKING:
    from conecta_contas.analise import Glosa, GuiaAnalisada, ItemAnalisado
    from conecta_contas.cobranca import ItemCobrado
    from conecta_contas.dossies import Dossie
    from conecta_contas.pegs import GuiaApresentada, Marco, Peg

CAMPOS_DA_GUIA: Final = ("numero_carteira", "itens", "glosas")
"""Personal data that an answer with a guia shows, for the audit."""
CAMPOS_DAS_GLOSAS: Final = ("glosas",)
GLOSAS: Final = 1000
"""In one answer: it goes out through a Lambda's 6 MB, and a PEG may have tens of thousands."""


class _View(BaseModel):
    model_config = SHOWN


class SituacaoView(_View):
    """Estado do PEG e de quem é a vez."""

    codigo: Annotated[str, Field(description="Código do domínio dm_statusProtocolo da TISS.")]
    nome: str
    de_quem_e_a_vez: Annotated[str, Field(description="operadora, prestador ou ninguem.")]
    ate: Annotated[date | None, Field(description="Até quando, se houver prazo.")] = None


class MarcoDoPegView(_View):
    """Um passo da linha do tempo: o que houve, por quem, e de quem passou a ser a vez."""

    quando: datetime
    evento: str
    papel: Annotated[str, Field(description="PRESTADOR, AUDITORIA, FINANCEIRO ou SISTEMA.")]
    quem: Annotated[str | None, Field(description="Identificador opaco; só para a operadora.")] = None
    situacao: str
    motivo: str | None = None
    vez_de: str | None = None
    ate: date | None = None


class RecuperacaoView(_View):
    """O que um recurso de glosa devolveu."""

    recurso: Annotated[str, Field(description="Protocolo do recurso.")]
    parcela: Annotated[int, Field(description="A fatura que o paga é `<protocolo>-<parcela>`.")]
    valor: Reais
    em: date


class PegResumoView(_View):
    """Um PEG recebido. Os valores fecham: informado = liberado + glosado."""

    protocolo: Annotated[str, Field(description="Número do protocolo, até 12 dígitos.")]
    situacao: SituacaoView
    registro_ans: str
    prestador: Annotated[str | None, Field(description="Identificador do prestador; só para a operadora.")] = None
    numero_lote: str
    porta: Annotated[str, Field(description="Como chegou: XML_S3 (arquivo), XML (mensagem) ou DIGITADO.")]
    tipo_guia: str
    versao_tiss: str
    codificacao_hash: Annotated[
        str | None, Field(description="Codificação em que o hash da mensagem confere; nula em PEG digitado.")
    ] = None
    competencia: Annotated[str, Field(description="Mês da recepção, AAAAMM.")]
    data_recepcao: datetime
    quantidade_guias: Annotated[int, Field(description="Como apresentado, com as retiradas.")]
    guias_retiradas: Annotated[list[int], Field(description="`sequencia` de cada guia retirada.")]
    valor_apresentado: Annotated[str, Field(description="Do lote como chegou, em reais.")]
    valor_retirado: Annotated[str, Field(description="Das guias retiradas, em reais.")]
    valor_informado: Annotated[str, Field(description="Das guias que ficaram, em reais.")]
    valor_glosado: Annotated[str | None, Field(description="Em reais; nulo em PEG cancelado.")] = None
    valor_liberado: Annotated[str | None, Field(description="Em reais; nulo em PEG cancelado.")] = None
    valor_recuperado: Annotated[str, Field(description="Do liberado, o que recursos devolveram, em reais.")]
    publicada_em: Annotated[date | None, Field(description="Dia da liberação: dele contam os prazos de recurso.")] = (
        None
    )
    upload_id: Annotated[str, Field(description="Do arquivo, da mensagem ou do rascunho que o originou.")]
    versao: Annotated[int, Field(description="Também na ETag; envie em If-Match para mudar só o que se viu.")]


class PegView(PegResumoView):
    """Um PEG, o que dele foi recuperado e a sua linha do tempo."""

    recuperacoes: list[RecuperacaoView]
    historico: list[MarcoDoPegView]


class PegsPage(_View):
    """Uma página de PEGs."""

    pegs: list[PegResumoView]
    cursor: Annotated[str | None, Field(description="Envie em ?cursor= para a próxima página; nulo no fim.")] = None


class GlosaView(_View):
    """Por que algo não é pago, e tudo o que o explica."""

    id: Annotated[int, Field(description="Número da glosa neste PEG; nunca reaproveitado.")]
    nivel: Annotated[str, Field(description="PROTOCOLO, GUIA ou ITEM.")]
    guia: Annotated[int | None, Field(description="`sequencia` da guia no PEG.")] = None
    numero_guia_prestador: str | None = None
    item: Annotated[int | None, Field(description="`sequencia` do item na guia.")] = None
    codigo: Annotated[str, Field(description="Código da Tabela 38 da TISS.")]
    texto: Annotated[str | None, Field(description="Texto oficial do código, na versão do PEG.")] = None
    mensagem: str
    regra: Annotated[str, Field(description="Identificador da regra; AUDITORIA quando a deu uma pessoa.")]
    dados: Annotated[str | None, Field(description="Versão dos dados com que a regra julgou.")] = None
    campo: str | None = None
    caminho: Annotated[str | None, Field(description="XPath na mensagem.")] = None
    visto: str | None = None
    esperado: str | None = None
    base: Annotated[str | None, Field(description="Base legal ou contratual.")] = None
    contrato: Annotated[str | None, Field(description="Número do contrato em vigor no dia do atendimento.")] = None
    providencia: Annotated[str | None, Field(description="O que fazer para não se repetir.")] = None
    valor: Annotated[str, Field(description="Quanto tira, em reais; 0.00 se outra já o tira, ou se foi devolvido.")]
    valor_recuperado: Annotated[str, Field(description="O que recursos devolveram dela, em reais.")]
    autor: Annotated[str, Field(description="SISTEMA ou AUDITORIA.")]
    quem: Annotated[str | None, Field(description="Identificador opaco de quem a deu; só para a operadora.")] = None
    revertida: bool
    motivo_reversao: str | None = None
    como_contestar: str | None = None
    contestar_ate: Annotated[date | None, Field(description="Último dia do recurso; nulo antes da liberação.")] = None


class GlosasView(_View):
    """As glosas de um PEG, as revertidas também."""

    protocolo: str
    valor_informado: Reais
    valor_glosado: Reais
    valor_liberado: Reais
    valor_recuperado: Reais
    publicada_em: date | None = None
    glosas: Annotated[list[GlosaView], Field(description="Até mil de cada vez.")]
    cursor: Annotated[str | None, Field(description="Da próxima página; nulo na última.")] = None


class _GuiaView(_View):
    sequencia: int
    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    senha: str | None = None
    data_atendimento: date | None = None
    retirada: bool
    valor_informado: Reais
    valor_glosado: Annotated[str | None, Field(description="Em reais; nulo se a guia foi retirada.")] = None
    valor_liberado: Annotated[str | None, Field(description="Em reais; nulo se a guia foi retirada.")] = None
    valor_recuperado: Annotated[str | None, Field(description="Do liberado, o que recursos devolveram.")] = None


class GuiaView(_GuiaView):
    """Uma guia, sem o beneficiário nem os itens."""

    itens: Annotated[int, Field(description="Quantos procedimentos e despesas.")]


class GuiasView(_View):
    """As guias de um PEG, na ordem do lote."""

    protocolo: str
    guias: list[GuiaView]


class ItemDaGuiaView(_View):
    """Um procedimento ou despesa. Quantidades e valores são textos."""

    sequencia: int
    sequencial_item: Annotated[int, Field(description="Como na mensagem.")]
    data: date
    hora: str | None = None
    tabela: str
    codigo: str
    descricao: str | None = None
    despesa: Annotated[str | None, Field(description="dm_outrasDespesas, em despesas.")] = None
    quantidade: str
    valor_unitario: Reais
    fator: Annotated[str, Field(description="Redução ou acréscimo.")]
    graus: Annotated[list[str], Field(description="dm_grauPart de cada membro da equipe.")]
    via_acesso: str | None = None
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    valor_informado: Reais
    valor_glosado: Annotated[str | None, Field(description="Em reais; nulo se a guia foi retirada.")] = None
    valor_liberado: Annotated[str | None, Field(description="Em reais; nulo se a guia foi retirada.")] = None
    valor_recuperado: Annotated[str | None, Field(description="Do liberado, o que recursos devolveram.")] = None


class GuiaDetalheView(_GuiaView):
    """Uma guia com os itens, e as glosas dela e de cada um."""

    protocolo: str
    numero_carteira: str
    itens: list[ItemDaGuiaView]
    glosas: list[GlosaView]


# --- what the prestador sends ---


class CancelamentoDoPegRequest(BaseModel):
    """Cancelar o PEG inteiro, enquanto RECEBIDO."""

    model_config = STRICT

    motivo: Annotated[Texto500 | None, Field(description="Por quê; fica na linha do tempo.")] = None


class RetiradaRequest(BaseModel):
    """Retirar uma guia, enquanto o PEG está RECEBIDO."""

    model_config = STRICT

    motivo: Annotated[Texto500, Field(description="Por quê; fica na linha do tempo.")]


class InformacaoRequest(BaseModel):
    """A resposta ao que a auditoria pediu."""

    model_config = STRICT

    texto: Annotated[Texto500, Field(description="Fica na linha do tempo; arquivos vão por /documentos/uploads.")]


# --- what is answered ---


def resumo(peg: Peg, *, da_operadora: bool = False) -> dict[str, Any]:
    """A PEG in a list (shape: :class:`PegResumoView`)."""
    alive = peg.situacao is not SituacaoPeg.CANCELADO
    turn = VEZ_DE[peg.situacao]
    return {
        "protocolo": peg.protocolo,
        "situacao": {
            "codigo": STATUS_PROTOCOLO[peg.situacao],
            "nome": peg.situacao.value,
            "de_quem_e_a_vez": "ninguem" if turn is None else "prestador" if turn is Papel.PRESTADOR else "operadora",
            "ate": _iso(peg.historico[-1].ate) if peg.historico and turn else None,
        },
        "registro_ans": peg.registro_ans,
        **({"prestador": peg.prestador_id} if da_operadora else {}),
        "numero_lote": peg.numero_lote,
        "porta": peg.porta.value,
        "tipo_guia": peg.tipo_guia,
        "versao_tiss": peg.versao_tiss,
        "codificacao_hash": peg.codificacao_hash or None,
        "competencia": peg.competencia,
        "data_recepcao": iso(peg.data_recepcao),
        "quantidade_guias": peg.quantidade_guias,
        "guias_retiradas": sorted(peg.retiradas),
        "valor_apresentado": reais(peg.valor_informado),
        "valor_retirado": reais(peg.valor_retirado),
        "valor_informado": reais(peg.valor_cobrado),
        "valor_glosado": reais(peg.valor_glosado) if alive else None,
        "valor_liberado": reais(peg.valor_liberado) if alive else None,
        "valor_recuperado": reais(peg.valor_recuperado),
        "publicada_em": _iso(peg.publicada_em),
        "upload_id": peg.upload_id,
        "versao": peg.versao,
    }


def vista(peg: Peg, *, da_operadora: bool = False) -> dict[str, Any]:
    """A PEG whole (shape: :class:`PegView`).

    Args:
        da_operadora: whose it is and who acted are shown, as opaque ids.
    """
    return {
        **resumo(peg, da_operadora=da_operadora),
        "recuperacoes": [
            {"recurso": one.recurso, "parcela": place, "valor": reais(one.valor), "em": one.em.isoformat()}
            for place, one in enumerate(peg.recuperacoes, 1)
        ],
        "historico": [_marco(marco, da_operadora=da_operadora) for marco in peg.historico],
    }


def guias(peg: Peg, dossie: Dossie) -> list[dict[str, Any]]:
    """Its guias, without whom they are for (shape: :class:`GuiaView`)."""
    settled = {one.indice: one for one in dossie.resultado.guias}
    return [
        {**_guia(one, settled.get(one.sequencia), peg), "itens": one.itens} for one in dossie.apresentadas
    ]  # fmt: skip


def guia(peg: Peg, dossie: Dossie, sequencia: int, *, da_operadora: bool = False) -> dict[str, Any] | None:
    """One guia with its items (shape: :class:`GuiaDetalheView`), if the PEG has it."""
    shown = next((one for one in dossie.apresentadas if one.sequencia == sequencia), None)
    billed = next((one for one in dossie.guias if one.sequencia == sequencia), None)
    if shown is None or billed is None:
        return None
    settled = next((one for one in dossie.resultado.guias if one.indice == sequencia), None)
    lines = {line.sequencia: line for line in settled.itens} if settled else {}
    return {
        "protocolo": peg.protocolo,
        **_guia(shown, settled, peg),
        "numero_carteira": billed.carteira,
        "itens": [_item(item, lines.get(item.sequencia)) for item in billed.itens],
        "glosas": [
            glosa(one, peg, da_operadora=da_operadora) for one in dossie.resultado.glosas if one.indice == sequencia
        ],
    }  # fmt: skip


def glosas(peg: Peg, dossie: Dossie, *, da_operadora: bool = False, desde: int = 0) -> dict[str, Any]:
    """Glosas of a PEG, so many from a place on (shape: :class:`GlosasView`)."""
    found = dossie.resultado
    return {
        "protocolo": peg.protocolo,
        "valor_informado": reais(found.informado),
        "valor_glosado": reais(found.glosado),
        "valor_liberado": reais(found.liberado),
        "valor_recuperado": reais(found.recuperado),
        "publicada_em": _iso(peg.publicada_em),
        "glosas": [glosa(one, peg, da_operadora=da_operadora) for one in found.glosas[desde : desde + GLOSAS]],
        "cursor": None,
    }


def glosa(one: Glosa, peg: Peg, *, da_operadora: bool = False) -> dict[str, Any]:
    """A glosa (shape: :class:`GlosaView`)."""
    revertida = one.revertida_por is not None
    standing = one.em_pe and peg.situacao is not SituacaoPeg.CANCELADO
    published = peg.publicada_em
    how = one.como_contestar(published) if published else "Pode ser contestada depois que o PEG for liberado."
    return {
        "id": one.id,
        "nivel": "PROTOCOLO" if not one.indice else "GUIA" if one.sequencia is None else "ITEM",
        "guia": one.indice or None,
        "numero_guia_prestador": one.guia,
        "item": one.sequencia,
        "codigo": one.codigo,
        "texto": glosa_text(one.codigo, Versao(peg.versao_tiss)),
        "mensagem": one.mensagem,
        "regra": one.regra,
        "dados": one.dados or None,
        "campo": one.campo,
        "caminho": one.caminho,
        "visto": one.visto,
        "esperado": one.esperado,
        "base": one.base or None,
        "contrato": one.contrato,
        "providencia": one.providencia or None,
        "valor": reais(one.valor),
        "valor_recuperado": reais(one.recuperado),
        "autor": "AUDITORIA" if one.autor else "SISTEMA",
        **({"quem": one.autor} if da_operadora else {}),
        "revertida": revertida,
        "motivo_reversao": one.motivo_reversao,
        "como_contestar": how if standing else None,
        "contestar_ate": _iso(one.contestar_ate(published)) if published and standing else None,
    }


def _guia(one: GuiaApresentada, settled: GuiaAnalisada | None, peg: Peg) -> dict[str, Any]:
    return {
        "sequencia": one.sequencia,
        "numero_guia_prestador": one.numero_guia_prestador,
        "numero_guia_operadora": one.numero_guia_operadora,
        "senha": one.senha,
        "data_atendimento": _iso(one.data_atendimento),
        "retirada": one.sequencia in peg.retiradas,
        "valor_informado": reais(settled.informado if settled else one.valor_informado),
        **_settled(settled),
    }


def _item(item: ItemCobrado, line: ItemAnalisado | None) -> dict[str, Any]:
    return {
        "sequencia": item.sequencia,
        "sequencial_item": item.sequencial,
        "data": item.dia.isoformat(),
        "hora": item.hora,
        "tabela": item.tabela,
        "codigo": item.codigo,
        "descricao": item.descricao,
        "despesa": item.despesa,
        "quantidade": f"{item.quantidade.normalize():f}",
        "valor_unitario": reais(item.valor_unitario),
        "fator": reais(item.fator),
        "graus": list(item.graus),
        "via_acesso": item.via_acesso,
        "dente": item.dente,
        "regiao": item.regiao,
        "face": item.face,
        "valor_informado": reais(item.valor),
        **_settled(line),
    }


def _settled(of: GuiaAnalisada | ItemAnalisado | None) -> dict[str, str | None]:
    return {
        f"valor_{name}": reais(getattr(of, name)) if of else None for name in ("glosado", "liberado", "recuperado")
    }  # fmt: skip


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


def _iso(dia: date | None) -> str | None:
    return dia.isoformat() if dia else None
