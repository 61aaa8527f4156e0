"""Authorisation over XML: requests, annexes, cancellations and stays told, and what the operadora answers."""

from __future__ import annotations

import copy
import hashlib
import json
import random
import re
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from conecta_tiss.cli.main import main
from conecta_tiss.errors import EscritaError
from conecta_tiss.messages.anexos import AnexoOpme, LoteAnexos, RecebimentoAnexo, SolicitanteAnexo
from conecta_tiss.messages.autorizacao import PrestadorAutorizado, SituacaoAutorizacao
from conecta_tiss.messages.cancelamento import (
    CancelaGuia,
    GuiaACancelar,
    GuiaCancelada,
    LoteACancelar,
    LoteCancelado,
    ReciboCancelaGuia,
)
from conecta_tiss.messages.comum import Contratado, MotivoGlosa
from conecta_tiss.messages.comunicacao import ComunicacaoRecebida, ReciboComunicacao
from conecta_tiss.messages.envelope import Mensagem, Parte
from conecta_tiss.messages.lote_guias import SituacaoDente
from conecta_tiss.messages.oncologia import (
    AnexoQuimio,
    AnexoRadio,
    DiagnosticoQuimio,
    DiagnosticoRadio,
    TratamentosAnterioresQuimio,
    TratamentosAnterioresRadio,
)
from conecta_tiss.messages.situacao import SituacaoProtocolo, SituacaoProtocoloAnexo
from conecta_tiss.messages.solicitacao import AnexoClinico, SolicitacaoProcedimento
from conecta_tiss.pipeline import Resultado, validate_message
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml import gate, layout, parser, reader, writer
from conecta_tiss.xml.epilogo import SituacaoHash, exact_text
from conecta_tiss.xml.names import local
from tests import builders as um

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element as Element

V401, V402, V403 = VERSOES
DIA = date(2026, 2, 1)
GLOSAS = (MotivoGlosa(codigo="1402", descricao="não"), MotivoGlosa(codigo="1801"))
ERRO = MotivoGlosa(codigo="5014", descricao="O hash não confere.")
TOKEN = {"ausencia_cod_validacao": "01", "cod_validacao": "123456"}
IDENTIFICACAO = {"tipo_ident": "09", "identificador_beneficiario": "QUJD"}
QUEM = um.beneficiario(tipo_ident="01", identificador="QUJD", atendimento_rn=True)
SOLICITANTE = SolicitanteAnexo(nome="Profissional Exemplo", telefone="21400401830", email="alguem@exemplo.com.br")
DIAGNOSTICO = um.diagnostico(
    data_diagnostico=DIA,
    cids=("C50", "C509", "c1", "D"),
    diagnostico_histopatologico="Carcinoma",
    informacoes_relevantes="Nenhuma",
)
CARTEIRA_RE = r"<ans:numeroCarteira>[^<]*<"


def quimio(**campos: Any) -> AnexoQuimio:
    """All that an annex of chemotherapy may have."""
    tudo: dict[str, Any] = {
        "cabecalho": cabecalho("A2"),
        "beneficiario": QUEM,
        "solicitante": SOLICITANTE,
        "diagnostico": DiagnosticoQuimio(
            diagnostico=DIAGNOSTICO,
            tumor="4",
            nodulo="9",
            metastase="8",
            tipo_quimioterapia="4",
            plano_terapeutico="P" * 1000,
        ),
        "drogas": (um.droga(), um.droga(quantidade_doses=Decimal("99999.99"))),
        "tratamentos_anteriores": TratamentosAnterioresQuimio(
            cirurgia="Cirurgia", data_cirurgia=DIA, area_irradiada="Mama", data_irradiacao=DIA
        ),
        "observacao": "Observação",
    }
    return um.anexo_quimio(**{**tudo, **campos})


def radio(**campos: Any) -> AnexoRadio:
    """All that an annex of radiotherapy may have."""
    tudo: dict[str, Any] = {
        "cabecalho": cabecalho("A3"),
        "beneficiario": QUEM,
        "solicitante": SOLICITANTE,
        "diagnostico": DiagnosticoRadio(diagnostico=DIAGNOSTICO, imagem="6"),
        "tratamentos_anteriores": TratamentosAnterioresRadio(
            cirurgia="Cirurgia", data_cirurgia=DIA, quimioterapia="Quimioterapia", data_quimioterapia=DIA
        ),
        "observacao": "Observação",
    }
    return um.anexo_radio(**{**tudo, **campos})


def opme(**campos: Any) -> AnexoOpme:
    """All that an annex of OPME may have."""
    material = um.opme_solicitada(
        valor_solicitado=Decimal("999999.99"),
        registro_anvisa="80123456789",
        codigo_ref_fabricante="REF-1",
        autorizacao_funcionamento="AF-1",
    )
    tudo: dict[str, Any] = {
        "cabecalho": cabecalho("A4"),
        "beneficiario": QUEM,
        "solicitante": SOLICITANTE,
        "especificacao_material": "Aço",
        "itens": (material, um.opme_solicitada(opcao_fabricante="2"), um.opme_solicitada(opcao_fabricante="3")),
        "observacao": "Observação",
    }
    return um.anexo_opme(**{**tudo, **campos})


def cabecalho(numero: str) -> Any:
    return um.cabecalho_anexo(
        numero_guia_anexo=numero, numero_guia_operadora="900001", senha="900001", data_autorizacao=um.SOLICITADO
    )


ANEXOS = AnexoClinico(quimio=quimio(), radio=radio(), opme=opme())
SITUACAO_INICIAL = um.anexo_situacao_inicial(
    numero_guia_operadora="900001",
    dentes=(SituacaoDente(dente="11", condicao="C"), SituacaoDente(dente="85", condicao="A")),
    doenca_periodontal=True,
    alteracao_tecido_mole=True,
    observacao="Observação",
)
AUTORIZADOS = (
    um.servico_autorizado(
        **um.STENT,
        valor_solicitado=Decimal("10.00"),
        valor_autorizado=Decimal("9.00"),
        opcao_fabricante="1",
        registro_anvisa="80123456789",
        codigo_ref_fabricante="REF-1",
        autorizacao_funcionamento="AF-1",
        motivos_negativa=GLOSAS,
    ),
    um.servico_autorizado(sequencial_item=2, quantidade_autorizada=0),
)


def servico(versao: Versao) -> Any:
    """All that a medical authorisation may have in that version."""
    return um.autorizacao_servico(
        autorizacao=um.dados_autorizacao(**TOKEN),
        beneficiario=QUEM,
        nome_social_beneficiario="Nome Social",
        cobertura_especial=None if versao is V401 else "01",
        prestador=PrestadorAutorizado(contratado=Contratado(cpf="12345678909"), cnes="2000001"),
        status="7",
        motivos_negativa=("1402", "1801"),
        servicos=AUTORIZADOS,
        observacao="O" * 1000,
        quimio=um.autorizacao_quimio(
            nome_social_beneficiario="Nome Social",
            motivos_negativa=GLOSAS,
            solicitante=SOLICITANTE,
            diagnostico=quimio().diagnostico,
            tratamentos_anteriores=quimio().tratamentos_anteriores,
        ),
        radio=um.autorizacao_radio(
            nome_social_beneficiario="Nome Social",
            motivos_negativa=GLOSAS,
            solicitante=SOLICITANTE,
            diagnostico=radio().diagnostico,
            tratamentos_anteriores=radio().tratamentos_anteriores,
        ),
    )


def prorrogacao(**campos: Any) -> Any:
    """All that a prorrogação may have."""
    anexos = {
        nome: referring(anexo, "S2") for nome, anexo in (("quimio", quimio()), ("radio", radio()), ("opme", opme()))
    }
    return um.solicitacao_prorrogacao(
        **{
            **IDENTIFICACAO,
            "tipo_acomodacao": "12",
            "procedimentos": (um.procedimento_solicitado(), um.procedimento_solicitado(quantidade=2)),
            "anexo": AnexoClinico(**anexos),
            "observacao": "Observação",
            **campos,
        }
    )


def referring(anexo: Any, guia: str) -> Any:
    """The same annex, of another guia."""
    campos = {campo.name: getattr(anexo, campo.name) for campo in fields(anexo)}
    velho = anexo.cabecalho
    novo = um.cabecalho_anexo(numero_guia_anexo=velho.numero_guia_anexo, numero_guia_referenciada=guia)
    return type(anexo)(**{**campos, "cabecalho": novo})


MENSAGENS: dict[str, Callable[[Versao], Mensagem[Any]]] = {
    "sp-sadt-least": lambda versao: um.solicitacao(um.solicitacao_sp_sadt(), versao),
    "sp-sadt-all": lambda versao: um.solicitacao(
        um.solicitacao_sp_sadt(
            numero_guia_principal="S0",
            **TOKEN,
            beneficiario=QUEM,
            indicacao_clinica="Indicação",
            cobertura_especial="03",
            procedimentos=(um.procedimento_solicitado(), um.procedimento_solicitado(quantidade=999)),
            codigo_executante="P1",
            cnes_executante="2000001",
            anexo=ANEXOS,
            observacao="Observação",
        ),
        versao,
    ),
    "internacao-least": lambda versao: um.solicitacao(um.solicitacao_internacao(), versao),
    "internacao-all": lambda versao: um.solicitacao(
        um.solicitacao_internacao(
            **TOKEN,
            beneficiario=QUEM,
            indicador_opme=True,
            indicador_quimio=True,
            diagnosticos=("K35", "I10", "E11", "J45"),
            observacao="O" * 1000,
            anexo=ANEXOS,
        ),
        versao,
    ),
    "prorrogacao-least": lambda versao: um.solicitacao(um.solicitacao_prorrogacao(), versao),
    "prorrogacao-all": lambda versao: um.solicitacao(prorrogacao(), versao),
    "odonto-least": lambda versao: um.solicitacao(um.solicitacao_odonto(), versao),
    "odonto-all": lambda versao: um.solicitacao(
        um.solicitacao_odonto(
            numero_guia_principal="S0",
            **TOKEN,
            atendimento_rn=True,
            **IDENTIFICACAO,
            nome_empresa="Empresa",
            nome_solicitante="Solicitante",
            cro_solicitante="1",
            uf_solicitante="33",
            cbo_solicitante="223208",
            nome_executante2="Executante",
            cro_executante2="2",
            uf_executante2="35",
            procedimentos=(
                um.procedimento_odonto_solicitado(
                    face="OMDVL",
                    quantidade_us=Decimal("99999.99"),
                    valor_franquia=Decimal("1.00"),
                    autorizado=True,
                    data_realizacao=DIA,
                ),
                um.procedimento_odonto_solicitado(dente=None, regiao="ASAI", quantidade=2),
            ),
            data_termino=DIA,
            quantidade_total_us=Decimal("999999.99"),
            valor_total_franquia=Decimal("1.00"),
            observacao="Observação",
            situacao_inicial=SITUACAO_INICIAL,
        ),
        versao,
    ),
    "status": um.solicita_status,
    "anexo-opme-least": um.lote_anexos,
    "anexo-opme-all": lambda versao: um.lote_anexos(versao, opme=opme()),
    "anexo-quimio-least": lambda versao: um.lote_anexos(versao, quimio=um.anexo_quimio()),
    "anexo-quimio-all": lambda versao: um.lote_anexos(versao, quimio=quimio()),
    "anexo-radio-least": lambda versao: um.lote_anexos(versao, radio=um.anexo_radio()),
    "anexo-radio-all": lambda versao: um.lote_anexos(versao, radio=radio()),
    "anexo-situacao-least": lambda versao: um.lote_anexos(versao, situacoes_iniciais=(um.anexo_situacao_inicial(),)),
    "anexo-situacao-all": lambda versao: um.lote_anexos(
        versao,
        situacoes_iniciais=(
            SITUACAO_INICIAL,
            *(um.anexo_situacao_inicial(numero_guia_anexo=f"A{n}") for n in range(2, 101)),
        ),
    ),
    "cancela-guias": lambda versao: um.cancela_guia(
        versao,
        guias=(
            GuiaACancelar(tipo_guia="1", numero_guia_prestador="S1"),
            GuiaACancelar(
                tipo_guia="2", numero_guia_prestador="S1", numero_guia_operadora="900001", numero_protocolo="1"
            ),
        ),
    ),
    "cancela-lote-least": lambda versao: um.cancela_guia(versao, lote=LoteACancelar(numero_lote="7")),
    "cancela-lote-all": lambda versao: um.cancela_guia(
        versao, lote=LoteACancelar(numero_lote="7", numero_protocolo="260310000001")
    ),
    "comunica-internacao": um.comunicacao,
    "comunica-alta": lambda versao: um.comunicacao(
        versao, beneficiario=QUEM, tipo_evento="A", motivo_encerramento="12"
    ),
    "status-protocolo": um.solicita_status_protocolo,
    "resposta-sp-sadt-least": lambda versao: um.autorizada(
        um.autorizacao_servico(
            autorizacao=um.dados_autorizacao(
                numero_guia_operadora=None, data_autorizacao=None, senha=None, data_validade_senha=None
            ),
            prestador=None,
            status="2",
            servicos=(),
        ),
        versao,
    ),
    "resposta-sp-sadt-all": lambda versao: um.autorizada(servico(versao), versao),
    "resposta-internacao-least": lambda versao: um.autorizada(um.autorizacao_internacao(), versao),
    "resposta-internacao-all": lambda versao: um.autorizada(
        um.autorizacao_internacao(servicos=servico(versao), data_provavel_admissao=DIA, tipo_acomodacao="12"), versao
    ),
    "resposta-prorrogacao-least": lambda versao: um.autorizada(um.autorizacao_prorrogacao(), versao),
    "resposta-prorrogacao-all": lambda versao: um.autorizada(
        um.autorizacao_prorrogacao(
            servicos=servico(versao),
            nome_contratado="Hospital Exemplo",
            tipo_acomodacao="12",
            justificativa_operadora="Porque sim",
        ),
        versao,
    ),
    "resposta-odonto-least": lambda versao: um.autorizada(um.autorizacao_odonto(), versao),
    "resposta-odonto-all": lambda versao: um.autorizada(
        um.autorizacao_odonto(
            nome_social_beneficiario="Nome Social",
            **IDENTIFICACAO,
            status="7",
            prestador=Contratado(codigo_na_operadora="P1"),
            procedimentos=(
                um.procedimento_odonto_autorizado(
                    face="OM", quantidade_us=Decimal("99999.99"), valor_franquia=Decimal("1.00")
                ),
                um.procedimento_odonto_autorizado(
                    sequencial_item=2, dente=None, regiao="ASAI", autorizado=False, motivos_negativa=("1402", "1801")
                ),
            ),
            motivos_negativa=("1402",),
        ),
        versao,
    ),
    "resposta-erro": lambda versao: um.autorizada(ERRO, versao),
    "resposta-status": lambda versao: um.autorizada(None, versao, "STATUS_AUTORIZACAO"),
    "resposta-status-internacao": lambda versao: um.autorizada(
        um.autorizacao_internacao(), versao, "STATUS_AUTORIZACAO"
    ),
    "resposta-status-prorrogacao": lambda versao: um.autorizada(
        um.autorizacao_prorrogacao(), versao, "STATUS_AUTORIZACAO"
    ),
    "resposta-status-erro": lambda versao: um.autorizada(ERRO, versao, "STATUS_AUTORIZACAO"),
    "resposta-status-odonto": lambda versao: um.autorizada(um.autorizacao_odonto(), versao, "STATUS_AUTORIZACAO"),
    "recebimento-opme-least": lambda versao: um.recebimento_anexo(
        versao, opme=um.autorizacao_opme(servicos=(), beneficiario=QUEM)
    ),
    "recebimento-opme-all": lambda versao: um.recebimento_anexo(
        versao,
        opme=um.autorizacao_opme(
            nome_social_beneficiario="Nome Social",
            motivos_negativa=GLOSAS,
            prestador=Contratado(cnpj=um.CNPJ),
            servicos=AUTORIZADOS,
        ),
        observacao="Observação",
    ),
    "recebimento-quimio": lambda versao: um.recebimento_anexo(versao, quimio=servico(versao).quimio),
    "recebimento-radio": lambda versao: um.recebimento_anexo(versao, radio=servico(versao).radio),
    "recebimento-situacao": lambda versao: um.recebimento_anexo(
        versao,
        quantidade_anexos=2,
        situacoes_iniciais=(
            um.situacao_inicial_recebida(),
            um.situacao_inicial_recebida(nome_social_beneficiario="Nome Social", observacao="Observação"),
        ),
    ),
    "recebimento-erro": lambda versao: Mensagem(
        cabecalho=um.resposta("PROTOCOLO_RECEBIMENTO_ANEXO", versao), corpo=RecebimentoAnexo(mensagem_erro=ERRO)
    ),
    "recibo-cancelamento-guias": lambda versao: um.recibo_cancelamento(
        versao,
        guias=(
            GuiaCancelada(tipo_guia="1", numero_guia_prestador="S1", status="3"),
            GuiaCancelada(
                tipo_guia="2",
                numero_guia_prestador="G1",
                numero_guia_operadora="900001",
                numero_protocolo="1",
                status="2",
            ),
        ),
    ),
    "recibo-cancelamento-lote": lambda versao: um.recibo_cancelamento(
        versao, lote=LoteCancelado(numero_lote="7", numero_protocolo="1", status="5")
    ),
    "recibo-cancelamento-erro": lambda versao: Mensagem(
        cabecalho=um.resposta("CANCELAMENTO_GUIA_RECIBO", versao), corpo=ReciboCancelaGuia(mensagem_erro=ERRO)
    ),
    "recibo-comunicacao-least": um.recibo_comunicacao,
    "recibo-comunicacao-all": lambda versao: um.recibo_comunicacao(
        versao,
        registrada=False,
        comunicacao=ComunicacaoRecebida(
            beneficiario=QUEM,
            nome_beneficiario="Beneficiário Exemplo",
            nome_social_beneficiario="Nome Social",
            tipo_evento="A",
            motivo_encerramento="12",
        ),
        codigo_glosa="1001",
    ),
    "recibo-comunicacao-erro": lambda versao: Mensagem(
        cabecalho=um.resposta("RECIBO_COMUNICACAO", versao), corpo=ReciboComunicacao(mensagem_erro=ERRO)
    ),
    "situacao-opme": um.situacao_anexo,
    "situacao-quimio": lambda versao: um.situacao_anexo(versao, quimio=servico(versao).quimio),
    "situacao-radio": lambda versao: um.situacao_anexo(versao, radio=servico(versao).radio),
    "situacao-anexo-erro": lambda versao: Mensagem(
        cabecalho=um.resposta("SITUACAO_PROTOCOLO", versao),
        corpo=SituacaoProtocolo(
            anexo=SituacaoProtocoloAnexo(
                registro_ans=um.OPERADORA, prestador=Contratado(cnpj=um.CNPJ), mensagem_erro=ERRO
            )
        ),
    ),
}
CORPOS = (
    "autorizacaoServicos", "cancelaGuia", "comunicacaoInternacao", "loteAnexos", "recebimentoAnexo",
    "reciboCancelaGuia", "reciboComunicacao", "situacaoAutorizacao", "solicitaStatusAutorizacao",
    "solicitacaoProcedimento", "solicitacaoStatusProtocolo",
)  # fmt: skip
PEDIDOS = (
    "sp-sadt-all", "internacao-all", "prorrogacao-all", "odonto-all", "status", "anexo-opme-all", "anexo-quimio-all",
    "anexo-radio-all", "anexo-situacao-least", "cancela-guias", "comunica-internacao", "status-protocolo",
)  # fmt: skip
"""One of each kind that a prestador sends."""


def written(nome: str, versao: Versao = V401) -> str:
    return writer.write(MENSAGENS[nome](versao)).decode("iso-8859-1")


def rehashed(texto: str) -> bytes:
    sem_hash = re.sub(r"<ans:hash>[^<]*</ans:hash>", "<ans:hash></ans:hash>", texto)
    conteudo = exact_text(parser.parse(gate.check(sem_hash.encode("iso-8859-1"))))
    resumo = hashlib.md5(conteudo.encode("iso-8859-1"), usedforsecurity=False).hexdigest()
    return sem_hash.replace("<ans:hash></ans:hash>", f"<ans:hash>{resumo}</ans:hash>").encode("iso-8859-1")


def validate(raw: bytes | str, **opcoes: Any) -> Resultado:
    content = raw if isinstance(raw, bytes) else raw.encode("iso-8859-1")
    return validate_message(content, **{"hoje": um.HOJE, **opcoes})


def facts(resultado: Resultado) -> list[tuple[str, str]]:
    return [(achado.regra, achado.codigo) for achado in resultado.achados]


def changed(nome: str, antes: str, depois: str, versao: Versao = V401) -> Resultado:
    """What is found after one replacement, the first, in a correct message."""
    texto, trocas = re.subn(antes, depois, written(nome, versao), count=1, flags=re.DOTALL)
    assert trocas == 1
    return validate(rehashed(texto))


# --- what is right ---


@pytest.mark.parametrize("nome", MENSAGENS)
@pytest.mark.parametrize("versao", VERSOES)
def test_a_correct_message_is_valid_and_comes_read(versao: Versao, nome: str) -> None:
    mensagem = MENSAGENS[nome](versao)
    resultado = validate(writer.write(mensagem))
    cabecalho = mensagem.cabecalho
    assert resultado == Resultado(
        valido=True,
        versao=versao,
        padrao=versao.value,
        transacao=cabecalho.tipo_transacao,
        sequencial="1",
        destino=cabecalho.destino.registro_ans,
        hash=SituacaoHash.ISO_8859_1,
        mensagem=mensagem,
    ), resultado.achados
    assert resultado.mensagem_de(type(mensagem.corpo)) is resultado.mensagem


def test_every_element_these_messages_may_have_is_in_one_of_those_above() -> None:
    """Else the proof would have a hole (a contratado is one of three wherever it is)."""
    escritos = set()
    for nome in MENSAGENS:
        for elemento in parser.parse(gate.check(written(nome, V403).encode("iso-8859-1"))).iter():
            pai = elemento.getparent()
            escritos.add(("" if pai is None else local(str(pai.tag)), local(str(elemento.tag))))
    do_envelope = {"mensagemTISS", "loteGuias", "cabecalho", "origem", "destino", "identificacaoPrestador"}
    contratado = {"codigoPrestadorNaOperadora", "cpfContratado", "cnpjContratado"}
    for corpo in CORPOS:
        mapeados = {
            (pai, filho)
            for pai, filhos in layout.children_by_element(corpo).items()
            for filho in filhos
            if pai not in do_envelope and filho not in contratado
        }
        assert mapeados <= escritos, mapeados - escritos


def test_each_kind_gives_itself_whatever_it_is() -> None:
    for guia in (
        um.solicitacao_sp_sadt(),
        um.solicitacao_internacao(),
        um.solicitacao_prorrogacao(),
        um.solicitacao_odonto(),
    ):
        assert um.solicitacao(guia).corpo.solicitacao is guia
        assert guia.numero_carteira == um.CARTEIRA
    assert SolicitacaoProcedimento().solicitacao is None


def test_a_whole_number_with_any_zeros_before_it_is_that_number() -> None:
    zeros = "0" * 5000
    resultado = changed("sp-sadt-least", "<ans:quantidadeSolicitada>1<", f"<ans:quantidadeSolicitada>\n{zeros}7 <")
    mensagem = resultado.mensagem_de(SolicitacaoProcedimento)
    assert mensagem is not None
    assert mensagem.corpo.solicitacao is not None
    assert mensagem.corpo.solicitacao.procedimentos[0].quantidade == 7


def test_a_message_read_keeps_no_element_of_the_tree() -> None:
    def walk(valor: Any) -> None:
        if is_dataclass(valor):
            for campo in fields(valor):
                walk(getattr(valor, campo.name))
        elif isinstance(valor, tuple):
            for item in valor:
                walk(item)
        else:
            assert valor is None or isinstance(valor, (str, int, bool, Decimal, date)), valor

    for nome in MENSAGENS:
        walk(validate(written(nome)).mensagem)


# --- versions ---


def test_a_special_cover_is_answered_from_4_02_on() -> None:
    coberta = um.autorizacao_servico(cobertura_especial="01")
    for versao in (V402, V403):
        assert validate(writer.write(um.autorizada(coberta, versao))).valido
    with pytest.raises(EscritaError, match=r"coberturaEspecial só existe, neste ponto, a partir da versão 4\.02\.00"):
        writer.write(um.autorizada(coberta, V401))
    with pytest.raises(EscritaError, match=r"a partir da versão 4\.02\.00"):
        writer.write(um.autorizada(um.autorizacao_internacao(servicos=coberta), V401, "STATUS_AUTORIZACAO"))


def test_units_of_service_answered_shrink_in_4_02() -> None:
    muitas = um.autorizacao_odonto(
        procedimentos=(um.procedimento_odonto_autorizado(quantidade_us=Decimal("100000.01")),)
    )
    assert validate(writer.write(um.autorizada(muitas, V401))).valido
    for versao in (V402, V403):
        with pytest.raises(EscritaError, match="qtdUS tem mais de 7 dígitos"):
            writer.write(um.autorizada(muitas, versao))


@pytest.mark.parametrize(
    "mensagem",
    [
        lambda versao: um.lote_anexos(
            versao, opme=um.anexo_opme(itens=(um.opme_solicitada(valor_solicitado=Decimal("1000000.01")),))
        ),
        lambda versao: um.autorizada(
            um.autorizacao_servico(servicos=(um.servico_autorizado(valor_autorizado=Decimal("1000000.01")),)), versao
        ),
        lambda versao: um.solicitacao(
            um.solicitacao_odonto(procedimentos=(um.procedimento_odonto_solicitado(valor=Decimal("1000000.01")),)),
            versao,
        ),
        lambda versao: um.autorizada(
            um.autorizacao_odonto(procedimentos=(um.procedimento_odonto_autorizado(valor=Decimal("1000000.01")),)),
            versao,
        ),
    ],
    ids=["opme", "item", "odonto", "odonto-answer"],
)
def test_an_item_of_a_million_reais_waits_for_4_02(mensagem: Callable[[Versao], Mensagem[Any]]) -> None:
    for versao in (V402, V403):
        assert validate(writer.write(mensagem(versao))).valido
    with pytest.raises(EscritaError, match=r"999999\.99"):
        writer.write(mensagem(V401))


def test_a_total_of_units_of_service_too_long_is_no_matter_of_version() -> None:
    guia = um.solicitacao_odonto(quantidade_total_us=Decimal("1000000.01"))
    for versao in VERSOES:
        with pytest.raises(EscritaError, match=r"qtdTotalUS tem mais de 8 dígitos\. \("):
            writer.write(um.solicitacao(guia, versao))


def test_an_alphanumeric_cnpj_asks_from_4_03_on() -> None:
    guia = um.solicitacao_sp_sadt(contratado_solicitante=Contratado(cnpj="12ABC678000195"))
    assert validate(writer.write(um.solicitacao(guia, V403))).valido
    for versao in (V401, V402):
        with pytest.raises(EscritaError, match=r"4\.03\.00"):
            writer.write(um.solicitacao(guia, versao))


# --- what would not validate is not written ---


@pytest.mark.parametrize(
    ("mensagem", "parte"),
    [
        (um.solicitacao(um.solicitacao_sp_sadt(procedimentos=())), "procedimentosSolicitados"),
        (um.solicitacao(um.solicitacao_sp_sadt(codigo_executante="P1")), "dadosExecutante"),
        (
            um.solicitacao(um.solicitacao_sp_sadt(procedimentos=(um.procedimento_solicitado(quantidade=1000),))),
            "quantidadeSolicitada",
        ),
        (um.solicitacao(um.solicitacao_internacao(quantidade_diarias=100)), "qtDiariasSolicitadas"),
        (um.solicitacao(um.solicitacao_internacao(diagnosticos=("A",) * 5)), "diagnosticoCID"),
        (um.solicitacao(um.solicitacao_prorrogacao(tipo_acomodacao="99")), "tipoAcomodacaoSolicitada"),
        (
            um.solicitacao(um.solicitacao_odonto(procedimentos=(um.procedimento_odonto_solicitado(regiao="ASAI"),))),
            "mais de um dente ou região",
        ),
        (um.lote_anexos(opme=um.anexo_opme(), quimio=um.anexo_quimio()), "anexoSolicitacaoOPME"),
        (um.lote_anexos(numero_lote="1" * 13), "numeroLote"),
        (
            um.lote_anexos(situacoes_iniciais=tuple(um.anexo_situacao_inicial() for _ in range(101))),
            "anexoSituacaoInicial",
        ),
        (um.cancela_guia(guias=()), "cancelaGuia"),
        (um.cancela_guia(lote=LoteACancelar(numero_lote="7"), guias=um.cancela_guia().corpo.guias), "tipoCancelamento"),
        (um.comunicacao(tipo_evento="X"), "tipoEvento"),
        (um.comunicacao(tipo_internacao="1", motivo_encerramento="12"), "tipoInternacao"),
        (um.autorizada(um.autorizacao_servico(status="8")), "statusSolicitacao"),
        (um.autorizada(um.autorizacao_servico(motivos_negativa=("9999",))), "codigoGlosa"),
        (um.autorizada(um.autorizacao_servico(motivos_negativa=("3169",))), "codigoGlosa"),
        (um.recibo_comunicacao(codigo_glosa="9999"), "codigoGlosa"),
    ],
)
def test_what_would_not_validate_is_not_written(mensagem: Mensagem[Any], parte: str) -> None:
    with pytest.raises(EscritaError, match=parte):
        writer.write(mensagem)


@pytest.mark.parametrize(
    ("transacao", "corpo"),
    [
        ("SOLICITACAO_PROCEDIMENTOS", SolicitacaoProcedimento()),
        ("RESPOSTA_SOLICITACAO", SituacaoAutorizacao()),
        ("ENVIO_ANEXO", LoteAnexos(numero_lote="7")),
        ("CANCELA_GUIA", CancelaGuia(prestador=Contratado(cnpj=um.CNPJ))),
    ],
)
def test_a_body_that_says_nothing_is_not_written(transacao: str, corpo: Any) -> None:
    with pytest.raises(EscritaError, match="não é válida"):
        writer.write(um.mensagem(transacao, corpo))


@pytest.mark.parametrize("transacao", ["ENVIO_LOTE_GUIAS", "CANCELA_GUIA", "RECURSO_GLOSA", "INVENTADA"])
def test_a_body_that_is_not_of_its_transaction_is_not_written(transacao: str) -> None:
    with pytest.raises(EscritaError, match="não é o da transação"):
        writer.write(um.solicitacao(tipo_transacao=transacao))
    with pytest.raises(EscritaError, match="não é o da transação"):
        writer.write(um.mensagem_lote(tipo_transacao="CANCELA_GUIA"))


def test_any_message_is_written_as_by_its_own_writer() -> None:
    assert writer.write(um.mensagem_lote()) == writer.write_lote(um.mensagem_lote())
    assert writer.write(um.situacao()) == writer.write_situacao(um.situacao())
    assert writer.write(um.elegibilidade()) == writer.write_elegibilidade(um.elegibilidade())
    with pytest.raises(EscritaError, match="assinada"):
        writer.write(Mensagem(cabecalho=um.solicitacao().cabecalho, corpo=um.solicitacao().corpo, assinada=True))
    with pytest.raises(EscritaError, match="versão"):
        writer.write(um.solicitacao(padrao="4.00.01"))


# --- what is wrong is told as of a lote ---


@pytest.mark.parametrize("nome", PEDIDOS)
def test_a_wrong_hash_is_5014_and_the_message_is_not_handed_on(nome: str) -> None:
    resultado = validate(written(nome).replace(um.CNPJ, "12345678000196"))
    assert facts(resultado) == [("TISS-HASH", "5014")]
    assert resultado.mensagem is None


@pytest.mark.parametrize("nome", PEDIDOS)
def test_another_transaction_is_3148_and_names_the_right_one(nome: str) -> None:
    transacao = MENSAGENS[nome](V401).cabecalho.tipo_transacao
    resultado = validate(rehashed(written(nome).replace(transacao, "ENVIO_LOTE_GUIAS")))
    assert facts(resultado) == [("TISS-TRANSACAO", "3148")]
    assert transacao in resultado.achados[0].mensagem


@pytest.mark.parametrize("nome", PEDIDOS)
def test_a_version_out_of_use_is_5028(nome: str) -> None:
    resultado = validate(rehashed(written(nome).replace(">4.01.00<", ">4.00.01<")))
    assert facts(resultado) == [("TISS-VERSAO", "5028")]


@pytest.mark.parametrize("nome", [nome for nome in PEDIDOS if "Carteira>" in written(nome)])
@pytest.mark.parametrize("branco", [" ", "\n\t", "\N{NO-BREAK SPACE}"], ids=ascii)
def test_a_carteira_of_blanks_is_1001(nome: str, branco: str) -> None:
    resultado = changed(nome, CARTEIRA_RE, f"<ans:numeroCarteira>{branco}<")
    assert facts(resultado) == [("TISS-EM-BRANCO", "1001")]
    assert resultado.achados[0].caminho is not None
    assert resultado.achados[0].caminho.endswith("ans:numeroCarteira")


@pytest.mark.parametrize("nome", PEDIDOS)
def test_a_message_of_the_wrong_direction_is_refused(nome: str) -> None:
    trocada = written(nome).replace("prestadorParaOperadora", "operadoraParaPrestador")
    resultado = validate(rehashed(trocada))
    assert {"TISS-ORIGEM", "TISS-DESTINO", "TISS-XSD"} <= {regra for regra, _ in facts(resultado)}
    assert resultado.mensagem is None


@pytest.mark.parametrize(
    ("nome", "campo"),
    [
        ("sp-sadt-all", "dataSolicitacao"),
        ("internacao-all", "dataSugeridaInternacao"),
        ("anexo-quimio-all", "dataProvavel"),
        ("anexo-radio-all", "dtPrevistaInicio"),
        ("odonto-all", "dataRealizacao"),
        ("comunica-internacao", "dataEvento"),
        ("resposta-sp-sadt-all", "dataValidadeSenha"),
        ("recebimento-opme-all", "dataEnvioAnexo"),
        ("situacao-opme", "dataEnvioLote"),
    ],
)
@pytest.mark.parametrize("resto", ["Z", "-03:00"])
def test_a_day_with_a_time_zone_is_refused_in_each_version_s_code(nome: str, campo: str, resto: str) -> None:
    for versao, codigo in ((V401, "1323"), (V403, "3227")):
        resultado = changed(nome, rf"<ans:{campo}>([0-9-]+)<", rf"<ans:{campo}>\g<1>{resto}<", versao)
        assert facts(resultado) == [("TISS-DATA-SIMPLES", codigo)]
        assert resultado.achados[0].caminho is not None
        assert resultado.achados[0].caminho.endswith(f"ans:{campo}")


@pytest.mark.parametrize(
    ("nome", "antes", "depois", "codigo"),
    [
        ("sp-sadt-all", r"<ans:registroANS>\d+</ans:registroANS>(?=<ans:numeroGuiaP)", "", "5027"),
        ("sp-sadt-all", r"<ans:dadosSolicitante>.*?</ans:dadosSolicitante>", "", "1411"),
        ("sp-sadt-all", r"<ans:profissionalSolicitante>.*?</ans:profissionalSolicitante>", "", "1411"),
        ("sp-sadt-all", CARTEIRA_RE, f"<ans:numeroCarteira>{'1' * 21}<", "1001"),
        ("sp-sadt-all", r"<ans:codigoTabela>22<", "<ans:codigoTabela>23<", "3150"),
        ("sp-sadt-all", r"<ans:codigoTabela>22</ans:codigoTabela>", "", "5035"),
        ("sp-sadt-all", r"<ans:codigonaOperadora>[^<]*<", f"<ans:codigonaOperadora>{'1' * 15}<", "1203"),
        ("sp-sadt-all", r"<ans:quantidadeSolicitada>1<", "<ans:quantidadeSolicitada>1.5<", "5001"),
        ("internacao-all", r"<ans:identificacaoSolicitante>.*?</ans:identificacaoSolicitante>", "", "1411"),
        ("internacao-all", r"<ans:codigoIndicadonaOperadora>[^<]*<", "<ans:codigoIndicadonaOperadora><", "1203"),
        ("internacao-all", r"<ans:CBOS>\d+<", "<ans:CBOS>1<", "1213"),
        ("prorrogacao-all", r"<ans:nrGuiaReferenciada>[^<]*</ans:nrGuiaReferenciada>", "", "1307"),
        ("prorrogacao-all", r"<ans:dadosProfissionalSolicitante>.*?</ans:dadosProfissionalSolicitante>", "", "1411"),
        ("odonto-all", r"<ans:codDente>11<", "<ans:codDente>99<", "5037"),
        ("odonto-all", r"<ans:codRegiao>ASAI<", "<ans:codRegiao>AIAS<", "5038"),
        ("odonto-all", r"<ans:codDente>11</ans:codDente>", r"\g<0><ans:codRegiao>AS</ans:codRegiao>", "3021"),
        ("odonto-all", r"<ans:codRegiao>ASAI<", r"<ans:codDente>11</ans:codDente>\g<0>", "3021"),
        ("odonto-all", r"<ans:codigoProfExec>[^<]*<", "<ans:codigoProfExec><", "1203"),
        ("odonto-all", r"<ans:elementoDentario>11<", "<ans:elementoDentario>0<", "5037"),
        ("anexo-opme-all", r"<ans:registroANVISA>[^<]*<", f"<ans:registroANVISA>{'1' * 16}<", "3106"),
        ("anexo-opme-all", r"<ans:opcaoFabricante>1<", "<ans:opcaoFabricante>4<", "5001"),
        ("anexo-opme-all", r"<ans:numeroGuiaAnexo>[^<]*<", f"<ans:numeroGuiaAnexo>{'1' * 21}<", "1307"),
        ("anexo-opme-all", r"<ans:numeroLote>7<", "<ans:numeroLote><", "5047"),
        ("anexo-quimio-all", r"<ans:medicoSolicitante>.*?</ans:medicoSolicitante>", "", "1411"),
        ("anexo-radio-all", r"<ans:dtPrevistaInicio>[^<]*<", "<ans:dtPrevistaInicio>logo<", "1323"),
        ("status", r"<ans:dadosContratado>.*?</ans:dadosContratado>", "", "1203"),
        ("cancela-guias", r"<ans:numeroGuiaPrestador>S1</ans:numeroGuiaPrestador>", "", "1307"),
        ("cancela-guias", r"<ans:tipoGuia>1<", "<ans:tipoGuia>4<", "5001"),
        ("comunica-internacao", r"<ans:dataEvento>[^<]*<", "<ans:dataEvento>2026-02-30<", "1323"),
        ("status-protocolo", r"<ans:dadosPrestador>.*?</ans:dadosPrestador>", "", "1203"),
    ],
)
def test_what_the_schema_refuses_has_the_glosa_of_its_field(nome: str, antes: str, depois: str, codigo: str) -> None:
    resultado = changed(nome, antes, depois)
    assert ("TISS-XSD", codigo) in facts(resultado)
    assert um.CARTEIRA not in " ".join(achado.mensagem for achado in resultado.achados)


def test_an_empty_place_of_a_tooth_is_told_in_each_version_s_code() -> None:
    for versao, codigo in ((V401, "3022"), (V403, "3307")):
        resultado = changed("odonto-all", "<ans:codDente>11</ans:codDente>", "", versao)
        assert ("TISS-XSD", codigo) in facts(resultado)
        assert resultado.mensagem is None


def test_a_repeated_carater_is_not_taken_for_one_of_a_later_version() -> None:
    resultado = changed("internacao-all", r"(<ans:caraterAtendimento>1</ans:caraterAtendimento>)", r"\1\1")
    assert facts(resultado) == [("TISS-XSD", "5001")]
    assert "4.03.00" not in resultado.achados[0].mensagem
    falta = changed("internacao-all", r"<ans:caraterAtendimento>1</ans:caraterAtendimento>", "", V403)
    assert "honorários" not in falta.achados[0].mensagem


@pytest.mark.parametrize(
    ("nome", "antes", "depois", "guia", "item"),
    [
        ("sp-sadt-all", r"<ans:quantidadeSolicitada>999<", "<ans:quantidadeSolicitada>x<", "S1", 2),
        ("prorrogacao-all", r"<ans:quantidadeSolicitada>2<", "<ans:quantidadeSolicitada>x<", "S2", 2),
        ("odonto-all", r"<ans:qtdProc>2<", "<ans:qtdProc>x<", "S1", 2),
        ("odonto-all", r"<ans:elementoDentario>85<", "<ans:elementoDentario>x<", "S1", None),
        ("internacao-all", r"<ans:opcaoFabricante>3<", "<ans:opcaoFabricante>x<", "S1", 3),
        ("anexo-opme-all", r"<ans:opcaoFabricante>2<", "<ans:opcaoFabricante>x<", "A4", 2),
        ("anexo-quimio-all", r"<ans:qtDoses>99999.99<", "<ans:qtDoses>x<", "A2", 2),
        ("anexo-radio-all", r"<ans:nrDias>30<", "<ans:nrDias>x<", "A3", None),
        ("anexo-situacao-all", r"(<ans:numeroGuiaAnexo>A2<.*?)<ans:condicaoClinica>C<", r"\1<ans:condicaoClinica>Z<",
         "A2", None),
        ("status", r"<ans:atendimentoRN>N<", "<ans:atendimentoRN>x<", "S1", None),
        ("cancela-guias", r"<ans:tipoGuia>2<", "<ans:tipoGuia>x<", "S1", None),
        ("comunica-internacao", r"<ans:tipoEvento>I<", "<ans:tipoEvento>x<", None, None),
        ("resposta-sp-sadt-all", r"<ans:quantidadeAutorizada>0<", "<ans:quantidadeAutorizada>x<", "S1", 2),
        ("resposta-internacao-all", r"<ans:quantidadeAutorizada>0<", "<ans:quantidadeAutorizada>x<", "S1", 2),
        ("resposta-odonto-all", r"<ans:codRegiao>ASAI<", "<ans:codRegiao>x<", "S1", 2),
        ("recibo-cancelamento-guias", r"<ans:statusCancelamento>2<", "<ans:statusCancelamento>x<", "G1", None),
    ],
)  # fmt: skip
def test_a_finding_names_the_guia_and_the_item(
    nome: str, antes: str, depois: str, guia: str | None, item: int | None
) -> None:
    resultado = changed(nome, antes, depois)
    assert [(achado.guia, achado.item) for achado in resultado.achados] == [(guia, item)]


@pytest.mark.parametrize(
    ("nome", "campo", "parte"),
    [
        ("internacao-all", "qtDiariasSolicitadas", "número inteiro"),
        ("anexo-quimio-all", "cicloAtual", "número inteiro"),
        ("anexo-quimio-all", "peso", "1234.50"),
        ("anexo-quimio-all", "qtDoses", "1234.50"),
        ("anexo-radio-all", "doseCampo", "número inteiro"),
        ("anexo-radio-all", "dtPrevistaInicio", "AAAA-MM-DD"),
        ("anexo-radio-all", "idade", "número inteiro"),
    ],
)
def test_what_is_no_number_is_told_how_to_write_it(nome: str, campo: str, parte: str) -> None:
    resultado = changed(nome, rf"<ans:{campo}>[^<]*<", f"<ans:{campo}>um<")
    assert parte in resultado.achados[0].mensagem


@pytest.mark.parametrize("nome", ["anexo-quimio-all", "resposta-odonto-all"])
def test_a_message_of_which_everything_is_missing_is_refused_without_an_accident(nome: str) -> None:
    texto = written(nome)
    elementos = sorted(set(re.findall(r"<ans:([\w-]+)>", texto)) - {"mensagemTISS", "hash", "epilogo"})
    for elemento in elementos:
        sem = re.sub(rf"<ans:{elemento}>.*?</ans:{elemento}>", "", texto, flags=re.DOTALL)
        vazio = re.sub(rf"<ans:{elemento}>.*?</ans:{elemento}>", f"<ans:{elemento}/>", texto, flags=re.DOTALL)
        for mexida in (sem, vazio):
            validate(rehashed(mexida))


def mutilate(raiz: Element, sorte: random.Random) -> None:
    """Take out, double, move, rename, empty or rewrite one element."""
    elementos = [elemento for elemento in raiz.iter() if elemento.getparent() is not None]
    elemento, outro = sorte.sample(elementos, 2)
    pai = elemento.getparent()
    assert pai is not None
    match sorte.randrange(6):
        case 0:
            pai.remove(elemento)
        case 1:
            pai.insert(pai.index(elemento), copy.deepcopy(elemento))
        case 2:
            pai.insert(pai.index(elemento), copy.deepcopy(outro))
        case 3:
            elemento.tag = outro.tag
        case 4:
            del elemento[:]
        case _:
            elemento.text = sorte.choice(["", " ", "x", "-1", "9" * 30, "NaN", "2026-02-30", "2026-01-01Z"])


@pytest.mark.parametrize("versao", VERSOES)
def test_no_mutilated_message_makes_the_pipeline_raise(versao: Versao) -> None:
    for semente, nome in enumerate(list(MENSAGENS) * 3):
        sorte = random.Random(semente)  # noqa: S311 - reproducible mischief
        raiz = parser.parse(gate.check(written(nome, versao).encode("iso-8859-1")))
        for _ in range(sorte.randrange(1, 6)):
            mutilate(raiz, sorte)
        resultado = validate(etree.tostring(raiz, encoding="ISO-8859-1", xml_declaration=True))
        assert resultado.valido == (not resultado.achados)


def test_more_annexes_than_the_standard_takes_are_counted_before_the_schema_speaks() -> None:
    texto = written("anexo-situacao-all")
    um_anexo = re.search(r"<ans:anexoSituacaoInicial>.*?</ans:anexoSituacaoInicial>", texto, re.DOTALL)
    assert um_anexo is not None
    mais_um = texto.replace(um_anexo[0], um_anexo[0] + um_anexo[0].replace(">A1<", ">A101<"))
    resultado = validate(rehashed(mais_um))
    assert facts(resultado) == [("TISS-LOTE-GUIAS", "5015")]
    assert "101 anexos" in resultado.achados[0].mensagem
    assert resultado.achados[0].caminho is not None
    assert resultado.achados[0].caminho.endswith("ans:loteAnexos/ans:AnexosGuiasTISS")
    assert resultado.achados[0].linha is not None


def test_two_bodies_are_refused_and_nothing_breaks() -> None:
    segundo = "<ans:prestadorParaOperadora><ans:cancelaGuia/></ans:prestadorParaOperadora>"
    resultado = changed("sp-sadt-all", "(?=<ans:epilogo>)", segundo)
    assert {"TISS-XSD", "TISS-TRANSACAO"} == {regra for regra, _ in facts(resultado)}
    assert resultado.mensagem is None


def test_a_request_from_an_operadora_is_refused() -> None:
    invertida = um.solicitacao(origem=Parte(registro_ans=um.OPERADORA), destino=Parte(cnpj=um.CNPJ))
    assert [regra for regra, _ in facts(validate(writer.write(invertida)))] == ["TISS-ORIGEM", "TISS-DESTINO"]


@pytest.mark.parametrize("nome", ["sp-sadt-least", "anexo-quimio-all", "resposta-sp-sadt-all"])
def test_a_flood_inside_the_body_costs_little_and_says_there_is_more(nome: str) -> None:
    muitos = "<ans:numeroCarteira>1</ans:numeroCarteira>" * 20_000
    texto = re.sub(r"<ans:numeroCarteira>[^<]*</ans:numeroCarteira>", muitos, written(nome), count=1)
    resultado = validate(texto)
    assert not resultado.valido
    assert len(resultado.achados) <= 52


# --- the command line ---


@pytest.mark.parametrize("nome", MENSAGENS)
def test_the_command_line_tells_the_transaction_of_any_of_them(
    nome: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mensagem = MENSAGENS[nome](V401)
    certo, errado = tmp_path / "certo.xml", tmp_path / "errado.xml"
    certo.write_bytes(writer.write(mensagem))
    errado.write_bytes(certo.read_bytes().replace(b"<ans:hash>", b"<ans:hash>0"))
    assert main(["validar", "--json", str(certo), str(errado)]) == 1
    um_a_um = json.loads(capsys.readouterr().out)
    assert [(um["valido"], um["transacao"]) for um in um_a_um] == [
        (True, mensagem.cabecalho.tipo_transacao),
        (False, mensagem.cabecalho.tipo_transacao),
    ]


def test_the_reader_reads_whatever_body_the_layout_has_and_no_other() -> None:
    for nome, construir in MENSAGENS.items():
        mensagem = construir(V403)
        raiz = parser.parse(gate.check(writer.write(mensagem)))
        assert reader.read(raiz) == mensagem, nome
    assert (
        reader.body_name(parser.parse(gate.check(rehashed(written("status").replace("solicitaS", "outraS"))))) is None
    )
