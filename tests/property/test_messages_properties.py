"""Parse after build is the identity, for every message the writer knows, in every version."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conecta_tiss.messages.anexos import (
    AnexoOpme,
    AnexoSituacaoInicial,
    CabecalhoAnexo,
    LoteAnexos,
    OpmeSolicitada,
    ProtocoloAnexo,
    RecebimentoAnexo,
    SituacaoInicialRecebida,
    SolicitanteAnexo,
)
from conecta_tiss.messages.autorizacao import (
    AutorizacaoInternacao,
    AutorizacaoOdonto,
    AutorizacaoOpme,
    AutorizacaoProrrogacao,
    AutorizacaoServico,
    DadosAutorizacao,
    PrestadorAutorizado,
    ProcedimentoOdontoAutorizado,
    ServicoAutorizado,
    SituacaoAutorizacao,
)
from conecta_tiss.messages.cancelamento import (
    CancelaGuia,
    GuiaACancelar,
    GuiaCancelada,
    LoteACancelar,
    LoteCancelado,
    ReciboCancelaGuia,
    ReciboCancelamento,
)
from conecta_tiss.messages.comum import (
    Beneficiario,
    Contratado,
    MotivoGlosa,
    Profissional,
    ValoresProcessados,
)
from conecta_tiss.messages.comunicacao import (
    ComunicacaoInternacao,
    ComunicacaoRecebida,
    ComunicacaoRegistrada,
    ReciboComunicacao,
)
from conecta_tiss.messages.elegibilidade import ReciboElegibilidade, RespostaElegibilidade, VerificaElegibilidade
from conecta_tiss.messages.envelope import Cabecalho, Mensagem, Parte
from conecta_tiss.messages.lote_guias import (
    Autorizacao,
    Declaracao,
    Despesa,
    Executante,
    GuiaConsulta,
    GuiaHonorarios,
    GuiaOdonto,
    GuiaResumoInternacao,
    GuiaSpSadt,
    LoteGuias,
    ProcedimentoExecutado,
    ProcedimentoOdonto,
    SituacaoDente,
    SituacaoInicial,
    TipoGuia,
    ValoresGuia,
)
from conecta_tiss.messages.oncologia import (
    AnexoQuimio,
    AnexoRadio,
    AutorizacaoQuimio,
    AutorizacaoRadio,
    DadosComplementares,
    DadosComplementaresRadio,
    DiagnosticoOncologico,
    DiagnosticoQuimio,
    DiagnosticoRadio,
    DrogaSolicitada,
    TratamentosAnterioresQuimio,
    TratamentosAnterioresRadio,
)
from conecta_tiss.messages.recebimento import (
    GlosaProtocolo,
    GlosasProcedimento,
    GuiaOdontoRecebida,
    GuiaRecebida,
    ProcedimentoOdontoRecebido,
    ProcedimentoRecebido,
    ProtocoloRecebimento,
    RecebimentoLote,
)
from conecta_tiss.messages.situacao import (
    DetalheLote,
    DetalheLoteAnexo,
    SituacaoDoProtocolo,
    SituacaoProtocolo,
    SituacaoProtocoloAnexo,
    SolicitacaoStatusProtocolo,
)
from conecta_tiss.messages.solicitacao import (
    AnexoClinico,
    ProcedimentoOdontoSolicitado,
    ProcedimentoSolicitado,
    SolicitacaoInternacao,
    SolicitacaoOdonto,
    SolicitacaoProcedimento,
    SolicitacaoProrrogacao,
    SolicitacaoSpSadt,
    SolicitaStatusAutorizacao,
)
from conecta_tiss.pipeline import validate_message
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml import gate, parser, reader, writer
from conecta_tiss.xml.epilogo import SituacaoHash, verify
from tests.builders import HOJE

if TYPE_CHECKING:
    from collections.abc import Callable

MENSAGENS = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])

_LETRAS = st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"]) | st.sampled_from(
    "\n\t&<>\"'"
)


def texto(maximo: int) -> st.SearchStrategy[str]:
    return st.text(_LETRAS, min_size=1, max_size=maximo)


def digitos(quantos: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=quantos, max_size=quantos)


def valor(inteiros: int) -> st.SearchStrategy[Decimal]:
    """An amount of that many integer digits, negatives included."""
    limite = 10 ** (inteiros + 2) - 1
    return st.integers(-limite, limite).map(lambda centavos: Decimal(centavos) / 100)


def inteiro(quantos: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, 10**quantos - 1).map(Decimal)


def talvez(estrategia: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | estrategia


def uma(*codigos: str) -> st.SearchStrategy[str]:
    return st.sampled_from(codigos)


def lista(estrategia: st.SearchStrategy[Any], minimo: int = 0, maximo: int = 3) -> st.SearchStrategy[Any]:
    return st.lists(estrategia, min_size=minimo, max_size=maximo).map(tuple)


DIAS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
HORAS = st.times().map(lambda hora: hora.replace(microsecond=0).isoformat())
SIM_NAO = st.booleans()
CNPJ = digitos(14)
CPF = digitos(11)
TABELA = uma("18", "19", "20", "22", "00", "90", "98")
CBO = uma("225125", "223208", "251510")
UF = uma("11", "33", "35", "98")
CONSELHO = uma("06", "08", "10")
TOKEN = {"ausencia_cod_validacao": talvez(uma("01", "07")), "cod_validacao": talvez(texto(10))}
HORARIO = {"hora_inicial": talvez(HORAS), "hora_final": talvez(HORAS)}
PROCEDIMENTO = {
    "codigo_tabela": TABELA,
    "codigo_procedimento": texto(10),
    "descricao_procedimento": texto(150),
}

CONTRATADO = st.one_of(
    st.builds(Contratado, codigo_na_operadora=texto(14), cpf=st.none(), cnpj=st.none()),
    st.builds(Contratado, codigo_na_operadora=st.none(), cpf=CPF, cnpj=st.none()),
    st.builds(Contratado, codigo_na_operadora=st.none(), cpf=st.none(), cnpj=CNPJ),
)
PROFISSIONAL = st.builds(
    Profissional, nome=talvez(texto(70)), conselho=CONSELHO, numero_conselho=texto(15), uf=UF, cbo=CBO
)
BENEFICIARIO = st.builds(
    Beneficiario,
    numero_carteira=texto(20),
    atendimento_rn=SIM_NAO,
    tipo_ident=talvez(uma("01", "09")),
    identificador=talvez(uma("QUJD", "AAAA")),
)
MOTIVO_GLOSA = st.builds(MotivoGlosa, codigo=uma("1801", "5042", "1001"), descricao=talvez(texto(500)))
VALORES_PROCESSADOS = st.builds(ValoresProcessados, processado=valor(8), glosa=valor(8), liberado=valor(8))


def executantes(grau: st.SearchStrategy[str | None]) -> st.SearchStrategy[Executante]:
    codigo = st.tuples(texto(14), st.none()) | st.tuples(st.none(), CPF)
    return codigo.flatmap(
        lambda par: st.builds(
            Executante,
            grau_participacao=grau,
            codigo_na_operadora=st.just(par[0]),
            cpf=st.just(par[1]),
            nome=texto(70),
            conselho=CONSELHO,
            numero_conselho=texto(15),
            uf=UF,
            cbo=CBO,
        )
    )


GRAU = uma("00", "06", "12")


def procedimentos(
    equipe: st.SearchStrategy[Any], centro: st.SearchStrategy[str | None]
) -> st.SearchStrategy[ProcedimentoExecutado]:
    return st.builds(
        ProcedimentoExecutado,
        sequencial_item=st.integers(0, 9999),
        data_execucao=DIAS,
        **HORARIO,
        **PROCEDIMENTO,
        quantidade=inteiro(3),
        via_acesso=talvez(uma("1", "3")),
        tecnica_utilizada=talvez(uma("1", "3")),
        reducao_acrescimo=valor(1),
        valor_unitario=valor(6),
        valor_total=valor(6),
        centro_consumo=centro,
        equipe=equipe,
    )


def centro_consumo(versao: Versao) -> st.SearchStrategy[str | None]:
    return talvez(uma("1", "10")) if versao is Versao.V4_03_00 else st.none()


def despesas(versao: Versao) -> st.SearchStrategy[Any]:
    return lista(
        st.builds(
            Despesa,
            sequencial_item=st.integers(0, 9999),
            codigo_despesa=uma("01", "02", "03", "05", "07", "08"),
            data_execucao=DIAS,
            **HORARIO,
            **PROCEDIMENTO,
            quantidade=st.integers(0, 999_999_999).map(lambda n: Decimal(n) / 10_000),
            unidade_medida=uma("001", "036"),
            reducao_acrescimo=valor(1),
            valor_unitario=valor(6),
            valor_total=valor(6),
            centro_consumo=centro_consumo(versao),
            registro_anvisa=talvez(texto(15)),
            codigo_ref_fabricante=talvez(texto(60)),
            autorizacao_funcionamento=talvez(texto(30)),
            item_vinculado=talvez(st.integers(0, 9999)),
        )
    )


def autorizacoes(senha: st.SearchStrategy[str | None]) -> st.SearchStrategy[Autorizacao]:
    return st.builds(
        Autorizacao,
        numero_guia_operadora=talvez(texto(20)),
        data_autorizacao=DIAS,
        senha=senha,
        data_validade_senha=talvez(DIAS),
        **TOKEN,
    )


VALORES_GUIA = st.builds(
    ValoresGuia,
    procedimentos=talvez(valor(8)),
    diarias=talvez(valor(8)),
    taxas_alugueis=talvez(valor(8)),
    materiais=talvez(valor(8)),
    medicamentos=talvez(valor(8)),
    opme=talvez(valor(8)),
    gases_medicinais=talvez(valor(8)),
    total_geral=valor(8),
)
GUIA = {"registro_ans": digitos(6), "numero_guia_prestador": texto(20), "observacao": talvez(texto(500))}
NAO_ASSINADA = st.just(False)


def guia_sp_sadt(versao: Versao) -> st.SearchStrategy[GuiaSpSadt]:
    return st.builds(
        GuiaSpSadt,
        **GUIA,
        guia_principal=talvez(texto(20)),
        autorizacao=talvez(autorizacoes(talvez(texto(20)))),
        beneficiario=BENEFICIARIO,
        contratado_solicitante=CONTRATADO,
        nome_contratado_solicitante=texto(70),
        profissional_solicitante=PROFISSIONAL,
        data_solicitacao=talvez(DIAS),
        carater_atendimento=uma("1", "2"),
        indicacao_clinica=talvez(texto(500)),
        cobertura_especial=talvez(uma("01")),
        contratado_executante=CONTRATADO,
        cnes_executante=texto(7),
        tipo_atendimento=uma("04", "23"),
        indicacao_acidente=uma("0", "9"),
        tipo_consulta=talvez(uma("1")),
        motivo_encerramento=talvez(uma("41")),
        regime_atendimento=uma("01"),
        saude_ocupacional=talvez(uma("01")),
        procedimentos=lista(procedimentos(lista(executantes(talvez(GRAU))), st.none())),
        despesas=despesas(versao),
        valores=VALORES_GUIA,
        assinada=NAO_ASSINADA,
    )


def guia_internacao(versao: Versao) -> st.SearchStrategy[GuiaResumoInternacao]:
    obito = st.text("ABC123", min_size=1, max_size=11)
    return st.builds(
        GuiaResumoInternacao,
        **GUIA,
        numero_guia_solicitacao_internacao=texto(20),
        autorizacao=autorizacoes(texto(20)),
        beneficiario=BENEFICIARIO,
        contratado_executante=CONTRATADO,
        cnes_executante=texto(7),
        carater_atendimento=uma("1", "2"),
        tipo_faturamento=uma("1", "4"),
        data_inicio_faturamento=DIAS,
        hora_inicio_faturamento=HORAS,
        data_final_faturamento=DIAS,
        hora_final_faturamento=HORAS,
        tipo_internacao=uma("1", "5"),
        regime_internacao=uma("1", "3"),
        declaracoes=lista(
            st.builds(
                Declaracao,
                declaracao_nascido=talvez(obito),
                diagnostico_obito=talvez(texto(4)),
                declaracao_obito=talvez(obito),
                indicador_do_rn=talvez(SIM_NAO),
            ),
            maximo=8,
        ),
        diagnosticos=lista(texto(4), maximo=4),
        indicador_acidente=uma("9"),
        motivo_encerramento=uma("12"),
        procedimentos=lista(procedimentos(lista(executantes(GRAU)), centro_consumo(versao))),
        valores=VALORES_GUIA,
        despesas=despesas(versao),
        assinada=NAO_ASSINADA,
    )


def guia_honorarios(versao: Versao) -> st.SearchStrategy[GuiaHonorarios]:
    local = st.tuples(texto(14), st.none()) | st.tuples(st.none(), CNPJ)
    return local.flatmap(
        lambda par: st.builds(
            GuiaHonorarios,
            **GUIA,
            guia_solic_internacao=texto(20),
            senha=talvez(texto(20)),
            numero_guia_operadora=talvez(texto(20)),
            numero_carteira=texto(20),
            atendimento_rn=SIM_NAO,
            codigo_local=st.just(par[0]),
            cnpj_local=st.just(par[1]),
            nome_local=texto(70),
            cnes_local=texto(7),
            codigo_executante=texto(14),
            cnes_executante=texto(7),
            data_inicio_faturamento=DIAS,
            data_fim_faturamento=DIAS,
            carater_atendimento=uma("1", "2") if versao is Versao.V4_03_00 else st.none(),
            procedimentos=lista(procedimentos(lista(executantes(GRAU), minimo=1), st.none()), minimo=1),
            valor_total_honorarios=valor(8),
            data_emissao_guia=DIAS,
            assinada=NAO_ASSINADA,
        )
    )


def guia_consulta(_versao: Versao) -> st.SearchStrategy[GuiaConsulta]:
    return CONTRATADO.flatmap(
        lambda contratado: st.builds(
            GuiaConsulta,
            **GUIA,
            numero_guia_operadora=talvez(texto(20)),
            **TOKEN,
            beneficiario=BENEFICIARIO,
            codigo_executante=st.just(contratado.codigo_na_operadora),
            cpf_executante=st.just(contratado.cpf),
            cnpj_executante=st.just(contratado.cnpj),
            cnes_executante=texto(7),
            profissional_executante=PROFISSIONAL,
            indicacao_acidente=uma("9"),
            cobertura_especial=talvez(uma("01")),
            regime_atendimento=uma("01"),
            saude_ocupacional=talvez(uma("01")),
            data_atendimento=DIAS,
            tipo_consulta=uma("1"),
            codigo_tabela=TABELA,
            codigo_procedimento=texto(10),
            valor_procedimento=valor(6),
            assinada=NAO_ASSINADA,
        )
    )


DENTE_OU_REGIAO = st.sampled_from([("11", None), (None, "ASAI"), (None, None)])


def guia_odonto(_versao: Versao) -> st.SearchStrategy[GuiaOdonto]:
    procedimento = DENTE_OU_REGIAO.flatmap(
        lambda par: st.builds(
            ProcedimentoOdonto,
            sequencial_item=st.integers(0, 9999),
            **PROCEDIMENTO,
            dente=st.just(par[0]),
            regiao=st.just(par[1]),
            face=talvez(uma("O", "OMVDI")),
            quantidade=inteiro(2),
            quantidade_us=talvez(valor(5)),
            valor=valor(6),
            valor_franquia=talvez(valor(6)),
            autorizado=SIM_NAO,
            data_realizacao=DIAS,
        )
    )
    situacao_inicial = st.builds(
        SituacaoInicial,
        numero_guia_anexo=texto(20),
        numero_guia_referenciada=texto(20),
        numero_guia_operadora=talvez(texto(20)),
        dentes=lista(st.builds(SituacaoDente, dente=uma("11", "85"), condicao=uma("A", "H")), minimo=1),
        doenca_periodontal=talvez(SIM_NAO),
        alteracao_tecido_mole=talvez(SIM_NAO),
        observacao=talvez(texto(500)),
    )
    return st.builds(
        GuiaOdonto,
        **GUIA,
        numero_guia_principal=talvez(texto(20)),
        data_autorizacao=talvez(DIAS),
        senha=talvez(texto(20)),
        data_validade_senha=talvez(DIAS),
        numero_guia_operadora=talvez(texto(20)),
        **TOKEN,
        beneficiario=BENEFICIARIO,
        plano_beneficiario=texto(40),
        nome_empresa=talvez(texto(40)),
        nome_solicitante=talvez(texto(70)),
        cro_solicitante=talvez(texto(15)),
        uf_solicitante=talvez(UF),
        cbo_solicitante=talvez(CBO),
        codigo_executante=texto(14),
        cro_executante=texto(15),
        uf_executante=UF,
        cnes_executante=texto(7),
        nome_executante2=talvez(texto(70)),
        cro_executante2=talvez(texto(15)),
        uf_executante2=talvez(UF),
        cbo_executante2=CBO,
        procedimentos=lista(procedimento, minimo=1),
        data_termino=talvez(DIAS),
        tipo_atendimento=uma("1", "5"),
        tipo_faturamento=uma("1", "4"),
        quantidade_total_us=talvez(valor(6)),
        valor_total_procedimentos=valor(8),
        valor_total_franquia=talvez(valor(8)),
        situacao_inicial=talvez(situacao_inicial),
        assinada=NAO_ASSINADA,
    )


def cabecalhos(versao: Versao, transacao: str) -> st.SearchStrategy[Cabecalho]:
    partes = st.one_of(
        st.builds(Parte, cnpj=CNPJ, cpf=st.none(), codigo_prestador_na_operadora=st.none(), registro_ans=st.none()),
        st.builds(Parte, cnpj=st.none(), cpf=CPF, codigo_prestador_na_operadora=st.none(), registro_ans=st.none()),
        st.builds(
            Parte, cnpj=st.none(), cpf=st.none(), codigo_prestador_na_operadora=texto(14), registro_ans=st.none()
        ),
        st.builds(
            Parte, cnpj=st.none(), cpf=st.none(), codigo_prestador_na_operadora=st.none(), registro_ans=digitos(6)
        ),
    )
    return st.builds(
        Cabecalho,
        tipo_transacao=st.just(transacao),
        sequencial_transacao=texto(12),
        data_registro=DIAS,
        hora_registro=HORAS,
        falha_negocio=talvez(uma("5001")),
        origem=partes,
        destino=partes,
        padrao=st.just(versao.value),
    )


GUIAS = {
    TipoGuia.SP_SADT: guia_sp_sadt,
    TipoGuia.RESUMO_INTERNACAO: guia_internacao,
    TipoGuia.HONORARIOS: guia_honorarios,
    TipoGuia.CONSULTA: guia_consulta,
    TipoGuia.ODONTO: guia_odonto,
}


def reread(raw: bytes) -> Any:
    raiz = parser.parse(gate.check(raw))
    assert verify(raiz).situacao is SituacaoHash.ISO_8859_1
    return raiz


@pytest.mark.parametrize("versao", VERSOES)
@pytest.mark.parametrize("tipo", TipoGuia)
@MENSAGENS
@given(dados=st.data())
def test_a_lote_written_reads_back_the_same(tipo: TipoGuia, versao: Versao, dados: st.DataObject) -> None:
    guias = dados.draw(lista(GUIAS[tipo](versao), minimo=1, maximo=2))
    mensagem = Mensagem(
        cabecalho=dados.draw(cabecalhos(versao, "ENVIO_LOTE_GUIAS")),
        corpo=LoteGuias(numero_lote=dados.draw(texto(12)), tipo=tipo, guias=guias),
    )

    raw = writer.write_lote(mensagem)

    assert reader.read_lote(reread(raw)) == mensagem
    resultado = validate_message(raw, hoje=HOJE)
    assert resultado.guias == len(guias)
    assert resultado.valor_total == sum(guia.valor_total for guia in guias)
    assert not [achado for achado in resultado.achados if achado.regra == "TISS-XSD"]


GLOSAS = talvez(st.builds(GlosasProcedimento, motivos=lista(MOTIVO_GLOSA, minimo=1), valor=valor(8)))


def guias_recebidas(versao: Versao) -> st.SearchStrategy[Any]:
    procedimento = st.builds(
        ProcedimentoRecebido,
        sequencial_item=st.integers(0, 9999),
        data_execucao=DIAS,
        **HORARIO,
        **PROCEDIMENTO,
        unidade_medida=talvez(uma("036")),
        quantidade=st.integers(0, 999_999_999).map(lambda n: Decimal(n) / 10_000),
        via_acesso=talvez(uma("1")),
        tecnica_utilizada=talvez(uma("1")),
        valor_unitario=valor(6),
        valor_total=valor(6),
        centro_consumo=centro_consumo(versao),
        codigo_despesa=talvez(uma("03")),
        fator_reducao_acrescimo=talvez(valor(1)),
        glosas=GLOSAS,
    )
    guia = st.builds(
        GuiaRecebida,
        numero_guia_prestador=texto(20),
        numero_guia_operadora=talvez(texto(20)),
        **TOKEN,
        beneficiario=BENEFICIARIO,
        data_realizacao=talvez(DIAS),
        valores=talvez(VALORES_PROCESSADOS),
        glosas=lista(MOTIVO_GLOSA),
        procedimentos=lista(procedimento),
    )
    return lista(guia, minimo=1)


def guias_odonto_recebidas() -> st.SearchStrategy[Any]:
    procedimento = DENTE_OU_REGIAO.flatmap(
        lambda par: st.builds(
            ProcedimentoOdontoRecebido,
            sequencial_item=st.integers(0, 9999),
            **PROCEDIMENTO,
            dente=st.just(par[0]),
            regiao=st.just(par[1]),
            face=talvez(uma("OM")),
            quantidade=talvez(inteiro(2)),
            quantidade_us=talvez(valor(6)),
            valor=talvez(valor(6)),
            valor_franquia=talvez(valor(6)),
            autorizado=talvez(SIM_NAO),
            data_realizacao=DIAS,
            glosas=GLOSAS,
        )
    )
    guia = st.builds(
        GuiaOdontoRecebida,
        numero_guia_prestador=texto(20),
        numero_guia_operadora=talvez(texto(20)),
        **TOKEN,
        numero_carteira=texto(20),
        atendimento_rn=SIM_NAO,
        tipo_ident=talvez(uma("01")),
        identificador=talvez(uma("QUJD")),
        valores=talvez(VALORES_PROCESSADOS),
        glosas=lista(MOTIVO_GLOSA),
        procedimentos=lista(procedimento),
    )
    return lista(guia, minimo=1)


def das_guias(versao: Versao) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        guias_recebidas(versao).map(lambda guias: {"guias": guias}),
        guias_odonto_recebidas().map(lambda guias: {"guias_odonto": guias}),
    )


@pytest.mark.parametrize("versao", VERSOES)
@MENSAGENS
@given(dados=st.data())
def test_a_receipt_written_reads_back_the_same(versao: Versao, dados: st.DataObject) -> None:
    protocolo = das_guias(versao).flatmap(
        lambda guias: st.builds(
            ProtocoloRecebimento,
            registro_ans=digitos(6),
            prestador=CONTRATADO,
            numero_lote=texto(12),
            data_envio_lote=DIAS,
            numero_protocolo=texto(12),
            valor_total_protocolo=valor(8),
            glosa=talvez(st.builds(GlosaProtocolo, motivos=lista(MOTIVO_GLOSA, minimo=1), valor=valor(8))),
            guias=st.just(guias.get("guias", ())),
            guias_odonto=st.just(guias.get("guias_odonto", ())),
        )
    )
    corpo = st.builds(RecebimentoLote, mensagem_erro=MOTIVO_GLOSA, protocolo=st.none()) | st.builds(
        RecebimentoLote, mensagem_erro=st.none(), protocolo=protocolo
    )
    mensagem = Mensagem(cabecalho=dados.draw(cabecalhos(versao, "PROTOCOLO_RECEBIMENTO")), corpo=dados.draw(corpo))

    assert reader.read_recebimento(reread(writer.write_recebimento(mensagem))) == mensagem


@pytest.mark.parametrize("versao", VERSOES)
@MENSAGENS
@given(dados=st.data())
def test_a_status_written_reads_back_the_same(versao: Versao, dados: st.DataObject) -> None:
    detalhe = das_guias(versao).flatmap(
        lambda guias: st.builds(
            DetalheLote,
            status_protocolo=uma("1", "9"),
            numero_protocolo=texto(12),
            numero_lote=texto(12),
            data_envio_lote=DIAS,
            valores=VALORES_PROCESSADOS,
            guias=st.just(guias.get("guias", ())),
            guias_odonto=st.just(guias.get("guias_odonto", ())),
        )
    )
    situacao = st.one_of(
        st.builds(
            SituacaoDoProtocolo,
            registro_ans=digitos(6),
            prestador=CONTRATADO,
            detalhe=detalhe,
            mensagem_erro=st.none(),
        ),
        st.builds(
            SituacaoDoProtocolo,
            registro_ans=digitos(6),
            prestador=CONTRATADO,
            detalhe=st.none(),
            mensagem_erro=MOTIVO_GLOSA,
        ),
    )
    corpo = st.builds(SituacaoProtocolo, mensagem_erro=MOTIVO_GLOSA, situacao=st.none()) | st.builds(
        SituacaoProtocolo, mensagem_erro=st.none(), situacao=situacao
    )
    mensagem = Mensagem(cabecalho=dados.draw(cabecalhos(versao, "SITUACAO_PROTOCOLO")), corpo=dados.draw(corpo))

    assert reader.read_situacao(reread(writer.write_situacao(mensagem))) == mensagem


IDENTIFICACAO = {
    **TOKEN,
    "validade_carteira": talvez(DIAS),
    "tipo_ident": talvez(uma("01", "09")),
    "identificador_beneficiario": talvez(uma("QUJD", "AAAA", "QUJD\nQUJD")),
}


@pytest.mark.parametrize("versao", VERSOES)
@MENSAGENS
@given(dados=st.data())
def test_a_question_of_eligibility_written_reads_back_the_same(versao: Versao, dados: st.DataObject) -> None:
    corpo = st.builds(VerificaElegibilidade, prestador=CONTRATADO, numero_carteira=texto(20), **IDENTIFICACAO)
    mensagem = Mensagem(cabecalho=dados.draw(cabecalhos(versao, "VERIFICA_ELEGIBILIDADE")), corpo=dados.draw(corpo))

    raw = writer.write_verifica_elegibilidade(mensagem)

    assert reader.read_verifica_elegibilidade(reread(raw)) == mensagem
    resultado = validate_message(raw, hoje=HOJE)
    assert resultado.mensagem == (mensagem if resultado.valido else None)
    assert not [achado for achado in resultado.achados if achado.regra == "TISS-XSD"]


@pytest.mark.parametrize("versao", VERSOES)
@MENSAGENS
@given(dados=st.data())
def test_an_answer_of_eligibility_written_reads_back_the_same(versao: Versao, dados: st.DataObject) -> None:
    recibo = st.builds(
        ReciboElegibilidade,
        registro_ans=digitos(6),
        numero_carteira=texto(20),
        **IDENTIFICACAO,
        nome_beneficiario=texto(70),
        nome_social_beneficiario=talvez(texto(70)),
        resposta_solicitacao=SIM_NAO,
        motivos_negativa=lista(MOTIVO_GLOSA),
    )
    corpo = st.builds(RespostaElegibilidade, mensagem_erro=MOTIVO_GLOSA, recibo=st.none()) | st.builds(
        RespostaElegibilidade, mensagem_erro=st.none(), recibo=recibo
    )
    mensagem = Mensagem(cabecalho=dados.draw(cabecalhos(versao, "SITUACAO_ELEGIBILIDADE")), corpo=dados.draw(corpo))

    assert reader.read_elegibilidade(reread(writer.write_elegibilidade(mensagem))) == mensagem


# --- authorisation -----------------------------------------------------------------------------------

TEXTO_20 = texto(20)
NOMES = {"nome_beneficiario": texto(70), "nome_social_beneficiario": talvez(texto(70))}
IDENTIFICADO = {"tipo_ident": talvez(uma("01", "09")), "identificador_beneficiario": talvez(uma("QUJD", "AAAA"))}
CIDS = lista(st.text("ABCXYZ0123456789abc", min_size=1, max_size=4), maximo=4)
STATUS = uma("1", "2", "7")


def numeros(quantos: int) -> st.SearchStrategy[int]:
    """A whole number of up to that many digits, negatives included."""
    return st.integers(1 - 10**quantos, 10**quantos - 1)


def reais(versao: Versao) -> st.SearchStrategy[Decimal]:
    """An amount of an item: from 4.02.00 on, with two more digits."""
    return valor(6 if versao is Versao.V4_01_00 else 8)


def escolha(classe: Any, **ramos: Any) -> st.SearchStrategy[Any]:
    """A value of which exactly one field is given."""
    return st.one_of(*(st.builds(classe, **{campo: ramo}) for campo, ramo in ramos.items()))


CABECALHO_ANEXO = st.builds(
    CabecalhoAnexo,
    registro_ans=digitos(6),
    numero_guia_anexo=TEXTO_20,
    numero_guia_referenciada=TEXTO_20,
    numero_guia_operadora=talvez(TEXTO_20),
    data_solicitacao=DIAS,
    senha=talvez(TEXTO_20),
    data_autorizacao=talvez(DIAS),
)
SOLICITANTE = st.builds(SolicitanteAnexo, nome=texto(70), telefone=texto(11), email=talvez(texto(60)))
DO_ANEXO = {"cabecalho": CABECALHO_ANEXO, "beneficiario": BENEFICIARIO, "observacao": talvez(texto(500))}
DIAGNOSTICO = st.builds(
    DiagnosticoOncologico,
    data_diagnostico=talvez(DIAS),
    cids=CIDS,
    estadiamento=uma("0", "5"),
    finalidade=uma("1", "5"),
    ecog=uma("0", "4"),
    diagnostico_histopatologico=talvez(texto(1000)),
    informacoes_relevantes=talvez(texto(1000)),
)
DA_QUIMIO = {
    "dados_complementares": st.builds(
        DadosComplementares,
        peso=valor(3),
        altura=valor(3),
        superficie_corporal=valor(2),
        idade=numeros(3),
        sexo=uma("1", "3"),
    ),
    "solicitante": SOLICITANTE,
    "diagnostico": st.builds(
        DiagnosticoQuimio,
        diagnostico=DIAGNOSTICO,
        tumor=uma("1", "8"),
        nodulo=uma("1", "9"),
        metastase=uma("1", "9"),
        tipo_quimioterapia=uma("1", "4"),
        plano_terapeutico=texto(1000),
    ),
    "drogas": lista(
        st.builds(
            DrogaSolicitada,
            data_provavel=DIAS,
            **PROCEDIMENTO,
            quantidade_doses=valor(5),
            unidade_medida=uma("001", "061"),
            via_administracao=uma("01", "35"),
            frequencia=numeros(2),
        ),
        minimo=1,
    ),
    "tratamentos_anteriores": talvez(
        st.builds(
            TratamentosAnterioresQuimio,
            cirurgia=talvez(texto(40)),
            data_cirurgia=talvez(DIAS),
            area_irradiada=talvez(texto(40)),
            data_irradiacao=talvez(DIAS),
        )
    ),
    "numero_ciclos": numeros(2),
    "ciclo_atual": numeros(2),
    "dias_ciclo_atual": numeros(3),
    "intervalo_ciclos": numeros(3),
}
DA_RADIO = {
    "dados_complementares": st.builds(DadosComplementaresRadio, idade=numeros(3), sexo=uma("1", "3")),
    "solicitante": SOLICITANTE,
    "diagnostico": st.builds(DiagnosticoRadio, diagnostico=DIAGNOSTICO, imagem=talvez(uma("1", "6"))),
    "tratamentos_anteriores": talvez(
        st.builds(
            TratamentosAnterioresRadio,
            cirurgia=talvez(texto(40)),
            data_cirurgia=talvez(DIAS),
            quimioterapia=talvez(texto(40)),
            data_quimioterapia=talvez(DIAS),
        )
    ),
    "numero_campos": numeros(3),
    "dose_campo": numeros(4),
    "dose_total": numeros(4),
    "numero_dias": numeros(3),
    "data_prevista_inicio": DIAS,
}
ANEXO_QUIMIO = st.builds(AnexoQuimio, **DO_ANEXO, **DA_QUIMIO)
ANEXO_RADIO = st.builds(AnexoRadio, **DO_ANEXO, **DA_RADIO)
DA_SITUACAO_INICIAL = {
    "registro_ans": digitos(6),
    "numero_guia_anexo": TEXTO_20,
    "numero_guia_referenciada": TEXTO_20,
    "numero_guia_operadora": talvez(TEXTO_20),
    "numero_carteira": TEXTO_20,
    "dentes": lista(st.builds(SituacaoDente, dente=uma("11", "85"), condicao=uma("A", "R")), minimo=1),
    "doenca_periodontal": SIM_NAO,
    "alteracao_tecido_mole": SIM_NAO,
    "observacao": talvez(texto(500)),
}
SITUACAO_INICIAL = st.builds(AnexoSituacaoInicial, **DA_SITUACAO_INICIAL)


def anexo_opme(versao: Versao) -> st.SearchStrategy[AnexoOpme]:
    material = st.builds(
        OpmeSolicitada,
        **PROCEDIMENTO,
        opcao_fabricante=uma("1", "2", "3"),
        quantidade=numeros(3),
        valor_solicitado=talvez(reais(versao)),
        registro_anvisa=talvez(texto(15)),
        codigo_ref_fabricante=talvez(texto(60)),
        autorizacao_funcionamento=talvez(texto(30)),
    )
    return st.builds(
        AnexoOpme,
        **DO_ANEXO,
        solicitante=SOLICITANTE,
        justificativa_tecnica=texto(1000),
        especificacao_material=talvez(texto(500)),
        itens=lista(material, minimo=1),
    )


SOLICITADOS = lista(st.builds(ProcedimentoSolicitado, **PROCEDIMENTO, quantidade=numeros(3)), minimo=1)
DA_SOLICITACAO = {
    "registro_ans": digitos(6),
    "numero_guia_prestador": TEXTO_20,
    "contratado_solicitante": CONTRATADO,
    "profissional_solicitante": PROFISSIONAL,
    "data_solicitacao": DIAS,
}


def solicitacoes(versao: Versao) -> st.SearchStrategy[SolicitacaoProcedimento]:
    anexo = talvez(
        st.builds(AnexoClinico, quimio=talvez(ANEXO_QUIMIO), radio=talvez(ANEXO_RADIO), opme=talvez(anexo_opme(versao)))
    )
    executante = st.tuples(texto(14), texto(7)) | st.just((None, None))
    sp_sadt = executante.flatmap(
        lambda par: st.builds(
            SolicitacaoSpSadt,
            **DA_SOLICITACAO,
            **TOKEN,
            numero_guia_principal=talvez(TEXTO_20),
            etapa_autorizacao=uma("1", "2"),
            beneficiario=BENEFICIARIO,
            nome_contratado_solicitante=texto(70),
            carater_atendimento=uma("1", "2"),
            indicacao_clinica=talvez(texto(500)),
            cobertura_especial=talvez(uma("01", "03")),
            procedimentos=SOLICITADOS,
            codigo_executante=st.just(par[0]),
            cnes_executante=st.just(par[1]),
            anexo=anexo,
            observacao=talvez(texto(500)),
        )
    )
    internacao = st.builds(
        SolicitacaoInternacao,
        **DA_SOLICITACAO,
        **TOKEN,
        etapa_autorizacao=uma("1", "2"),
        beneficiario=BENEFICIARIO,
        codigo_hospital=texto(14),
        nome_hospital=texto(70),
        data_sugerida_internacao=DIAS,
        carater_atendimento=uma("1", "2"),
        tipo_internacao=uma("1", "5"),
        regime_internacao=uma("1", "3"),
        quantidade_diarias=numeros(2),
        indicador_opme=SIM_NAO,
        indicador_quimio=SIM_NAO,
        indicacao_clinica=texto(500),
        diagnosticos=lista(texto(4), maximo=4),
        indicador_acidente=uma("0", "9"),
        procedimentos=SOLICITADOS,
        observacao=talvez(texto(1000)),
        anexo=anexo,
    )
    prorrogacao = st.builds(
        SolicitacaoProrrogacao,
        **DA_SOLICITACAO,
        **IDENTIFICADO,
        numero_guia_referenciada=TEXTO_20,
        numero_carteira=TEXTO_20,
        nome_contratado_solicitante=texto(70),
        quantidade_diarias=talvez(numeros(3)),
        tipo_acomodacao=talvez(uma("02", "59")),
        indicacao_clinica=texto(500),
        procedimentos=lista(st.builds(ProcedimentoSolicitado, **PROCEDIMENTO, quantidade=numeros(3))),
        anexo=anexo,
        observacao=talvez(texto(500)),
    )
    return escolha(
        SolicitacaoProcedimento,
        sp_sadt=sp_sadt,
        internacao=internacao,
        prorrogacao=prorrogacao,
        odonto=solicitacao_odonto(versao),
    )


def solicitacao_odonto(versao: Versao) -> st.SearchStrategy[SolicitacaoOdonto]:
    procedimento = DENTE_OU_REGIAO.flatmap(
        lambda par: st.builds(
            ProcedimentoOdontoSolicitado,
            **PROCEDIMENTO,
            dente=st.just(par[0]),
            regiao=st.just(par[1]),
            face=talvez(texto(5)),
            quantidade=numeros(2),
            quantidade_us=talvez(valor(5)),
            valor=reais(versao),
            valor_franquia=talvez(reais(versao)),
            autorizado=SIM_NAO,
            data_realizacao=talvez(DIAS),
        )
    )
    return st.builds(
        SolicitacaoOdonto,
        registro_ans=digitos(6),
        numero_guia_prestador=TEXTO_20,
        numero_guia_principal=talvez(TEXTO_20),
        **TOKEN,
        numero_carteira=TEXTO_20,
        atendimento_rn=SIM_NAO,
        **IDENTIFICADO,
        plano_beneficiario=texto(40),
        nome_empresa=talvez(texto(40)),
        nome_solicitante=talvez(texto(70)),
        cro_solicitante=talvez(TEXTO_20),
        uf_solicitante=talvez(UF),
        cbo_solicitante=talvez(CBO),
        codigo_executante=texto(14),
        cro_executante=TEXTO_20,
        uf_executante=UF,
        cnes_executante=texto(7),
        nome_executante2=talvez(texto(70)),
        cro_executante2=talvez(TEXTO_20),
        uf_executante2=talvez(UF),
        cbo_executante2=CBO,
        procedimentos=lista(procedimento, minimo=1),
        data_termino=talvez(DIAS),
        tipo_atendimento=uma("1", "5"),
        quantidade_total_us=talvez(valor(6)),
        valor_total_procedimentos=reais(versao),
        valor_total_franquia=talvez(reais(versao)),
        observacao=talvez(texto(500)),
        situacao_inicial=talvez(SITUACAO_INICIAL),
    )


def lotes_de_anexos(versao: Versao) -> st.SearchStrategy[LoteAnexos]:
    return st.one_of(
        *(
            st.builds(LoteAnexos, numero_lote=texto(12), **{campo: ramo})
            for campo, ramo in (
                ("situacoes_iniciais", lista(SITUACAO_INICIAL, minimo=1)),
                ("radio", ANEXO_RADIO),
                ("quimio", ANEXO_QUIMIO),
                ("opme", anexo_opme(versao)),
            )
        )
    )


DADOS_AUTORIZACAO = st.builds(
    DadosAutorizacao,
    numero_guia_prestador=TEXTO_20,
    numero_guia_operadora=talvez(TEXTO_20),
    **TOKEN,
    data_autorizacao=talvez(DIAS),
    senha=talvez(TEXTO_20),
    data_validade_senha=talvez(DIAS),
)
DECIDIDA = {
    "autorizacao": DADOS_AUTORIZACAO,
    "numero_carteira": TEXTO_20,
    **NOMES,
    "status": STATUS,
    "motivos_negativa": lista(MOTIVO_GLOSA),
}
AUTORIZACAO_QUIMIO = st.builds(AutorizacaoQuimio, **DECIDIDA, **DA_QUIMIO)
AUTORIZACAO_RADIO = st.builds(AutorizacaoRadio, **DECIDIDA, **DA_RADIO)
CODIGOS = lista(uma("1402", "1801", "1001"))


def servicos_autorizados(versao: Versao) -> st.SearchStrategy[Any]:
    return lista(
        st.builds(
            ServicoAutorizado,
            sequencial_item=numeros(4),
            **PROCEDIMENTO,
            quantidade_solicitada=numeros(3),
            quantidade_autorizada=numeros(3),
            valor_solicitado=talvez(reais(versao)),
            valor_autorizado=talvez(reais(versao)),
            opcao_fabricante=talvez(uma("1", "3")),
            registro_anvisa=talvez(texto(15)),
            codigo_ref_fabricante=talvez(texto(60)),
            autorizacao_funcionamento=talvez(texto(30)),
            motivos_negativa=lista(MOTIVO_GLOSA),
        )
    )


def autorizacao_opme(versao: Versao) -> st.SearchStrategy[AutorizacaoOpme]:
    return st.builds(
        AutorizacaoOpme,
        autorizacao=DADOS_AUTORIZACAO,
        beneficiario=BENEFICIARIO,
        **NOMES,
        status=STATUS,
        motivos_negativa=lista(MOTIVO_GLOSA),
        prestador=talvez(CONTRATADO),
        servicos=servicos_autorizados(versao),
    )


def autorizacoes_dadas(versao: Versao) -> st.SearchStrategy[SituacaoAutorizacao]:
    servico = st.builds(
        AutorizacaoServico,
        autorizacao=DADOS_AUTORIZACAO,
        etapa_autorizacao=uma("1", "2"),
        beneficiario=BENEFICIARIO,
        **NOMES,
        cobertura_especial=st.none() if versao is Versao.V4_01_00 else talvez(uma("01", "03")),
        prestador=talvez(st.builds(PrestadorAutorizado, contratado=CONTRATADO, cnes=texto(7))),
        status=STATUS,
        motivos_negativa=CODIGOS,
        servicos=servicos_autorizados(versao),
        observacao=talvez(texto(1000)),
        quimio=talvez(AUTORIZACAO_QUIMIO),
        radio=talvez(AUTORIZACAO_RADIO),
    )
    dental = DENTE_OU_REGIAO.flatmap(
        lambda par: st.builds(
            ProcedimentoOdontoAutorizado,
            sequencial_item=numeros(4),
            **PROCEDIMENTO,
            dente=st.just(par[0]),
            regiao=st.just(par[1]),
            face=talvez(texto(5)),
            quantidade=numeros(2),
            quantidade_us=talvez(valor(6 if versao is Versao.V4_01_00 else 5)),
            valor=reais(versao),
            valor_franquia=talvez(reais(versao)),
            autorizado=SIM_NAO,
            motivos_negativa=CODIGOS,
        )
    )
    return escolha(
        SituacaoAutorizacao,
        mensagem_erro=MOTIVO_GLOSA,
        servico=servico,
        internacao=st.builds(
            AutorizacaoInternacao,
            servicos=servico,
            data_provavel_admissao=talvez(DIAS),
            quantidade_diarias=talvez(numeros(3)),
            tipo_acomodacao=talvez(uma("02", "59")),
        ),
        prorrogacao=st.builds(
            AutorizacaoProrrogacao,
            servicos=servico,
            nome_contratado=talvez(texto(70)),
            quantidade_diarias=talvez(numeros(3)),
            tipo_acomodacao=talvez(uma("02", "59")),
            justificativa_operadora=talvez(texto(500)),
        ),
        odonto=st.builds(
            AutorizacaoOdonto,
            autorizacao=DADOS_AUTORIZACAO,
            numero_carteira=TEXTO_20,
            **NOMES,
            **IDENTIFICADO,
            status=STATUS,
            prestador=talvez(CONTRATADO),
            procedimentos=lista(dental),
            motivos_negativa=CODIGOS,
        ),
    )


def anexos_decididos(versao: Versao) -> list[tuple[str, Any]]:
    return [("opme", autorizacao_opme(versao)), ("quimio", AUTORIZACAO_QUIMIO), ("radio", AUTORIZACAO_RADIO)]


def recebimentos_de_anexos(versao: Versao) -> st.SearchStrategy[RecebimentoAnexo]:
    recebidas = lista(st.builds(SituacaoInicialRecebida, **DA_SITUACAO_INICIAL, **NOMES), minimo=1)
    protocolo = st.one_of(
        *(
            st.builds(
                ProtocoloAnexo,
                numero_protocolo=texto(12),
                data_envio=DIAS,
                numero_lote=texto(12),
                registro_ans=digitos(6),
                prestador=CONTRATADO,
                quantidade_anexos=numeros(3),
                observacao=talvez(texto(500)),
                **{campo: ramo},
            )
            for campo, ramo in (*anexos_decididos(versao), ("situacoes_iniciais", recebidas))
        )
    )
    return escolha(RecebimentoAnexo, mensagem_erro=MOTIVO_GLOSA, protocolo=protocolo)


def situacoes_de_anexos(versao: Versao) -> st.SearchStrategy[SituacaoProtocolo]:
    detalhe = st.one_of(
        *(
            st.builds(
                DetalheLoteAnexo,
                status_protocolo=uma("1", "9"),
                numero_protocolo=texto(12),
                numero_lote=texto(12),
                data_envio_lote=DIAS,
                **{campo: ramo},
            )
            for campo, ramo in anexos_decididos(versao)
        )
    )
    de_quem = {"registro_ans": digitos(6), "prestador": CONTRATADO}
    return st.builds(
        SituacaoProtocolo,
        anexo=st.builds(SituacaoProtocoloAnexo, **de_quem, detalhe=detalhe)
        | st.builds(SituacaoProtocoloAnexo, **de_quem, mensagem_erro=MOTIVO_GLOSA),
    )


GUIA_CANCELADA = {
    "tipo_guia": uma("1", "2", "3"),
    "numero_guia_prestador": TEXTO_20,
    "numero_guia_operadora": talvez(TEXTO_20),
    "numero_protocolo": talvez(texto(12)),
}
LOTE_CANCELADO = {"numero_lote": texto(12), "numero_protocolo": talvez(texto(12))}


def cancelamentos(_versao: Versao) -> st.SearchStrategy[CancelaGuia]:
    return st.builds(CancelaGuia, prestador=CONTRATADO, lote=st.builds(LoteACancelar, **LOTE_CANCELADO)) | st.builds(
        CancelaGuia, prestador=CONTRATADO, guias=lista(st.builds(GuiaACancelar, **GUIA_CANCELADA), minimo=1)
    )


def recibos_de_cancelamento(_versao: Versao) -> st.SearchStrategy[ReciboCancelaGuia]:
    status = uma("1", "6")
    de_quem = {"registro_ans": digitos(6), "prestador": CONTRATADO}
    recibo = st.builds(
        ReciboCancelamento, **de_quem, lote=st.builds(LoteCancelado, **LOTE_CANCELADO, status=status)
    ) | st.builds(
        ReciboCancelamento,
        **de_quem,
        guias=lista(st.builds(GuiaCancelada, **GUIA_CANCELADA, status=status), minimo=1),
    )
    return escolha(ReciboCancelaGuia, mensagem_erro=MOTIVO_GLOSA, recibo=recibo)


EVENTO = st.sampled_from([("12", None), (None, "1")])


def comunicacoes(_versao: Versao) -> st.SearchStrategy[ComunicacaoInternacao]:
    return EVENTO.flatmap(
        lambda par: st.builds(
            ComunicacaoInternacao,
            beneficiario=BENEFICIARIO,
            data_evento=DIAS,
            tipo_evento=uma("I", "A"),
            motivo_encerramento=st.just(par[0]),
            tipo_internacao=st.just(par[1]),
        )
    )


def recibos_de_comunicacao(_versao: Versao) -> st.SearchStrategy[ReciboComunicacao]:
    recibo = EVENTO.flatmap(
        lambda par: st.builds(
            ComunicacaoRegistrada,
            registrada=SIM_NAO,
            comunicacao=st.builds(
                ComunicacaoRecebida,
                beneficiario=BENEFICIARIO,
                **NOMES,
                tipo_evento=uma("I", "A"),
                motivo_encerramento=st.just(par[0]),
                tipo_internacao=st.just(par[1]),
            ),
            codigo_glosa=talvez(uma("1001")),
        )
    )
    return escolha(ReciboComunicacao, mensagem_erro=MOTIVO_GLOSA, recibo=recibo)


def perguntas_de_status(_versao: Versao) -> st.SearchStrategy[SolicitaStatusAutorizacao]:
    return st.builds(
        SolicitaStatusAutorizacao,
        registro_ans=digitos(6),
        numero_guia_prestador=TEXTO_20,
        beneficiario=BENEFICIARIO,
        contratado=CONTRATADO,
    )


def perguntas_de_protocolo(_versao: Versao) -> st.SearchStrategy[SolicitacaoStatusProtocolo]:
    return st.builds(SolicitacaoStatusProtocolo, prestador=CONTRATADO, numero_protocolo=texto(12))


CORPOS: dict[str, Callable[[Versao], st.SearchStrategy[Any]]] = {
    "SOLICITACAO_PROCEDIMENTOS": solicitacoes,
    "SOLICITA_STATUS_AUTORIZACAO": perguntas_de_status,
    "ENVIO_ANEXO": lotes_de_anexos,
    "CANCELA_GUIA": cancelamentos,
    "COMUNICACAO_BENEFICIARIO": comunicacoes,
    "SOLIC_STATUS_PROTOCOLO": perguntas_de_protocolo,
    "RESPOSTA_SOLICITACAO": autorizacoes_dadas,
    "AUTORIZACAO_ODONTOLOGIA": autorizacoes_dadas,
    "STATUS_AUTORIZACAO": autorizacoes_dadas,
    "PROTOCOLO_RECEBIMENTO_ANEXO": recebimentos_de_anexos,
    "CANCELAMENTO_GUIA_RECIBO": recibos_de_cancelamento,
    "RECIBO_COMUNICACAO": recibos_de_comunicacao,
    "SITUACAO_PROTOCOLO": situacoes_de_anexos,
}


@pytest.mark.parametrize("versao", VERSOES)
@pytest.mark.parametrize("transacao", CORPOS)
@MENSAGENS
@given(dados=st.data())
def test_a_message_of_authorisation_written_reads_back_the_same(
    transacao: str, versao: Versao, dados: st.DataObject
) -> None:
    mensagem = Mensagem(
        cabecalho=dados.draw(cabecalhos(versao, transacao)), corpo=dados.draw(CORPOS[transacao](versao))
    )

    raw = writer.write(mensagem)

    assert reader.read(reread(raw)) == mensagem
    resultado = validate_message(raw, hoje=HOJE)
    assert resultado.mensagem == (mensagem if resultado.valido else None)
    assert not [achado for achado in resultado.achados if achado.regra == "TISS-XSD"]


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=400))
def test_no_bytes_make_the_pipeline_raise(raw: bytes) -> None:
    resultado = validate_message(raw, hoje=HOJE)
    assert not resultado.valido
    assert resultado.achados


@settings(max_examples=200, deadline=None)
@given(miolo=st.text(max_size=200))
def test_no_text_in_the_body_makes_the_pipeline_raise(miolo: str) -> None:
    raw = f'<a:mensagemTISS xmlns:a="http://www.ans.gov.br/padroes/tiss/schemas">{miolo}</a:mensagemTISS>'
    assert not validate_message(raw.encode("utf-8", "surrogatepass"), hoje=HOJE).valido


@settings(max_examples=300, deadline=None)
@given(texto=st.text())
def test_any_text_can_be_written(texto: str) -> None:
    escrito = writer.to_iso_8859_1(texto)
    escrito.encode("iso-8859-1")
    assert not any(letra < " " and letra not in "\t\n" for letra in escrito)
    assert writer.to_iso_8859_1(escrito) == escrito
