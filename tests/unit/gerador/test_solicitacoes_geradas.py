"""Generated messages of authorisation: valid in their version, repeatable, and without a finding."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from conecta_tiss.messages.anexos import LoteAnexos
from conecta_tiss.messages.cancelamento import CancelaGuia
from conecta_tiss.messages.comunicacao import ComunicacaoInternacao
from conecta_tiss.messages.solicitacao import SolicitacaoOdonto, SolicitacaoProcedimento, SolicitaStatusAutorizacao
from conecta_tiss.pipeline import validate_message
from local.gerador import DIA_DE_REFERENCIA, VERSOES, Formato
from local.gerador.solicitacoes import (
    Anexo,
    Item,
    MensagemGerada,
    PedidoSolicitacao,
    Solicitacao,
    cancela_guia,
    comunica_internacao,
    gerar_anexo,
    gerar_solicitacao,
    solicita_status,
)
from tests.unit.gerador.oracle import hash_of_leaves, schema_errors

if TYPE_CHECKING:
    from conecta_tiss.messages.envelope import Mensagem

CLINICOS = (Anexo.OPME, Anexo.QUIMIO, Anexo.RADIO)


def read(gerada: MensagemGerada, classe: type[Any]) -> Mensagem[Any]:
    """The message as read, which must be correct in every way."""
    pedido = gerada.pedido
    assert schema_errors(gerada.conteudo, pedido.versao) == []
    assert gerada.hash == hash_of_leaves(gerada.conteudo)
    resultado = validate_message(gerada.conteudo, hoje=pedido.hoje)
    assert resultado.achados == ()
    mensagem = resultado.mensagem_de(classe)
    assert mensagem is not None
    return mensagem


def asked(pedido: PedidoSolicitacao) -> Any:
    return read(gerar_solicitacao(pedido), SolicitacaoProcedimento).corpo.solicitacao


@pytest.mark.parametrize(("tipo", "versao"), list(product(Solicitacao, VERSOES)))
@pytest.mark.parametrize("com_anexos", [False, True], ids=["alone", "with annexes"])
def test_every_kind_of_request_is_correct(tipo: Solicitacao, versao: str, com_anexos: bool) -> None:  # noqa: FBT001
    anexos = (Anexo.SITUACAO_INICIAL,) if tipo is Solicitacao.ODONTO else CLINICOS
    pedido = PedidoSolicitacao(
        tipo=tipo, versao=versao, principal="S000000", anexos=anexos if com_anexos else (), quantos=3
    )
    gerada = gerar_solicitacao(pedido)
    guia = read(gerada, SolicitacaoProcedimento).corpo.solicitacao
    assert [(item.codigo_tabela, item.codigo_procedimento, item.quantidade) for item in guia.procedimentos] == [
        (item.tabela, item.codigo, item.quantidade) for item in gerada.itens
    ]
    assert len(gerada.itens) == 3
    assert (guia.registro_ans, guia.numero_guia_prestador, guia.numero_carteira) == (
        pedido.destino, pedido.numero, pedido.carteira,
    )  # fmt: skip


@pytest.mark.parametrize("anexo", Anexo)
@pytest.mark.parametrize("versao", VERSOES)
def test_every_kind_of_annex_on_its_own_is_correct(anexo: Anexo, versao: str) -> None:
    lote = read(gerar_anexo(PedidoSolicitacao(versao=versao), anexo, lote="9"), LoteAnexos).corpo
    assert lote.numero_lote == "9"
    dados = lote.opme or lote.quimio or lote.radio
    cabecalho = lote.situacoes_iniciais[0] if dados is None else dados.cabecalho
    assert cabecalho.numero_guia_referenciada == "S000001"


def test_what_is_asked_for_can_be_chosen() -> None:
    urgencia = Item(tabela="22", codigo="10101039", descricao="Consulta em pronto socorro", quantidade=2)
    pedido = PedidoSolicitacao(
        itens=(urgencia,), urgencia=True, executante=True, principal="S9", origem_codigo="P1", acentos=False
    )
    guia = asked(pedido)
    assert (guia.carater_atendimento, guia.etapa_autorizacao, guia.numero_guia_principal) == ("2", "2", "S9")
    assert (guia.codigo_executante, guia.contratado_solicitante.codigo_na_operadora) == ("P1", "P1")
    assert [(item.codigo_procedimento, item.quantidade) for item in guia.procedimentos] == [("10101039", 2)]
    assert guia.indicacao_clinica == "Investigacao clinica de exemplo"


def test_a_stay_says_what_annexes_come_and_how_many_days() -> None:
    internacao = asked(PedidoSolicitacao(tipo=Solicitacao.INTERNACAO, diarias=5, anexos=(Anexo.OPME,), urgencia=True))
    assert (internacao.indicador_opme, internacao.indicador_quimio, internacao.quantidade_diarias) == (True, False, 5)
    assert internacao.data_sugerida_internacao == DIA_DE_REFERENCIA
    sem = asked(PedidoSolicitacao(tipo=Solicitacao.INTERNACAO))
    assert (sem.indicador_opme, sem.indicador_quimio, sem.anexo) == (False, False, None)


@pytest.mark.parametrize("opcoes", [1, 2, 3])
@pytest.mark.parametrize("propria", [False, True])
def test_materials_have_up_to_three_manufacturers_by_tuss_or_by_anvisa(opcoes: int, propria: bool) -> None:  # noqa: FBT001
    pedido = PedidoSolicitacao(anexos=(Anexo.OPME,), opcoes=opcoes, tabela_propria=propria)
    itens = asked(pedido).anexo.opme.itens
    assert [item.opcao_fabricante for item in itens] == ["1", "2", "3"][:opcoes]
    assert {(item.codigo_tabela, item.registro_anvisa is not None) for item in itens} == {
        ("00", True) if propria else ("19", False)
    }


def test_dental_items_are_where_they_are_told_to_be() -> None:
    itens = (
        Item(tabela="22", codigo="81000065", descricao="Consulta odontológica inicial", regiao="ASAI"),
        Item(tabela="22", codigo="85100196", descricao="Restauração", dente="16", face="OM", quantidade=2),
    )
    guia = asked(PedidoSolicitacao(tipo=Solicitacao.ODONTO, itens=itens, urgencia=True))
    assert isinstance(guia, SolicitacaoOdonto)
    assert [(item.dente, item.regiao, item.face) for item in guia.procedimentos] == [
        (None, "ASAI", None), ("16", None, "OM"),
    ]  # fmt: skip
    assert guia.valor_total_procedimentos == sum(item.valor * item.quantidade for item in guia.procedimentos)
    assert guia.tipo_atendimento == "4"
    sem_lugar = Item(tabela="22", codigo="81000065", descricao="Consulta odontológica inicial")
    gerada = gerar_solicitacao(PedidoSolicitacao(tipo=Solicitacao.ODONTO, itens=(sem_lugar,)))
    assert [achado.regra for achado in validate_message(gerada.conteudo, hoje=DIA_DE_REFERENCIA).achados] == [
        "TISS-ODONTO-LOCAL"
    ]


@pytest.mark.parametrize("versao", VERSOES)
def test_status_cancellation_admission_and_discharge_are_correct(versao: str) -> None:
    pedido = PedidoSolicitacao(versao=versao)
    status = read(solicita_status(pedido), SolicitaStatusAutorizacao).corpo
    assert status.numero_guia_prestador == pedido.numero
    um_so = read(cancela_guia(pedido), CancelaGuia).corpo
    assert [(guia.tipo_guia, guia.numero_guia_prestador) for guia in um_so.guias] == [("1", pedido.numero)]
    dois = read(cancela_guia(pedido, ("G1", "G2"), "2"), CancelaGuia).corpo
    assert [(guia.tipo_guia, guia.numero_guia_prestador) for guia in dois.guias] == [("2", "G1"), ("2", "G2")]
    ontem = pedido.hoje - timedelta(days=1)
    admissao = read(comunica_internacao(pedido, ontem), ComunicacaoInternacao).corpo
    alta = read(comunica_internacao(pedido, pedido.hoje, alta=True), ComunicacaoInternacao).corpo
    assert (admissao.tipo_evento, admissao.data_evento, admissao.tipo_internacao) == ("I", ontem, "2")
    assert (alta.tipo_evento, alta.motivo_encerramento) == ("A", "11")


def test_the_same_request_gives_the_same_bytes_and_another_seed_others() -> None:
    pedido = PedidoSolicitacao(quantos=4, anexos=CLINICOS)
    assert gerar_solicitacao(pedido) == gerar_solicitacao(replace(pedido))
    assert gerar_solicitacao(pedido).conteudo != gerar_solicitacao(replace(pedido, semente=2)).conteudo


def test_the_spelling_of_the_bytes_does_not_change_the_hash() -> None:
    pedido = PedidoSolicitacao(anexos=CLINICOS)
    outro = replace(pedido, formato=Formato(codificacao="UTF-8", prefixo="", indentado=True))
    assert gerar_solicitacao(pedido).hash == gerar_solicitacao(outro).hash
    assert gerar_solicitacao(pedido).conteudo != gerar_solicitacao(outro).conteudo


@pytest.mark.parametrize(
    ("campos", "parte"),
    [
        ({"versao": "4.00.01"}, "não é gerada"),
        ({"tipo": Solicitacao.PRORROGACAO}, "informe principal"),
        ({"anexos": (Anexo.SITUACAO_INICIAL,)}, "só com odontologia"),
        ({"tipo": Solicitacao.ODONTO, "anexos": (Anexo.OPME,)}, "só com odontologia"),
        ({"opcoes": 0}, "1 a 3"),
        ({"opcoes": 4}, "1 a 3"),
    ],
)
def test_a_request_that_contradicts_itself_is_not_made(campos: dict[str, Any], parte: str) -> None:
    with pytest.raises(ValueError, match=parte):
        gerar_solicitacao(PedidoSolicitacao(**campos))
