"""Domain → messages: whatever an authorization holds, its answer validates in the version of who asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autorizacao.messages import entrada, respostas
from autorizacao.messages.respostas import SEM_NOME, Nomes, Partes
from conecta_facts.beneficiarios import Beneficiario
from conecta_facts.prestadores import Prestador
from conecta_senhas.autorizacoes import (
    Autorizacao,
    Item,
    MotivoNegativa,
    Pendencia,
    Situacao,
    SituacaoItem,
    TipoPendencia,
)
from conecta_senhas.solicitacoes import ItemSolicitado, Opme, Solicitacao, Tipo, TipoAnexo
from conecta_tiss.findings import Achado
from conecta_tiss.messages.autorizacao import AutorizacaoServico, SituacaoAutorizacao
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.envelope import Mensagem, Parte
from conecta_tiss.messages.solicitacao import AnexoClinico
from conecta_tiss.pipeline import validate_message
from conecta_tiss.rules.admissao import Lida
from conecta_tiss.terminologia import glosa_text
from conecta_tiss.terminologia.glosas import code_in
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import CaraterAtendimento
from tests import builders as um
from tests.builders_autorizacao import (
    DROGA,
    NUMERO,
    SENHA,
    VALIDADE,
    a_pending,
    a_request,
    a_stay_authorization,
    an_asked,
    an_authorization,
    an_item,
    an_opme,
    in_analysis,
    in_situation,
)
from tests.builders_cadastro import CARTEIRA, CPF, HOJE, NOME, a_vida
from tests.builders_functions import CNPJ, HOSPITAL, NOW, VALE, a_contratacao
from tests.unit.autorizacao.test_autorizacao_mensagens import a_message, known, lida, sent

V401, V402, V403 = VERSOES
PARTES = Partes(registro_ans=VALE, prestador_id=HOSPITAL, contratacao=known(), now=NOW, hoje=HOJE)
NOMES = Nomes(beneficiario=a_vida(), executante=known(), contatos=("4004-0183", "0800 722 0183"))


def question(transacao: str = "solicitacaoProcedimento", versao: Versao = V401) -> Lida:
    return lida(sent(a_message(transacao, versao)), transacao)


def about(guia: Any, versao: Versao = V401) -> Lida:
    return lida(sent(um.solicitacao(guia, versao)))


def read(raw: bytes, versao: Versao) -> Mensagem[Any]:
    """What was written, which its own version must take."""
    found = validate_message(raw, hoje=HOJE, versao=versao)
    assert found.valido, found.achados
    assert found.mensagem is not None
    return found.mensagem


def situacao(
    autorizacao: Autorizacao, versao: Versao = V401, nomes: Nomes = NOMES, found: Lida | None = None
) -> SituacaoAutorizacao:
    """What is answered about an authorization."""
    asked = found or question(versao=versao)
    corpo: SituacaoAutorizacao = read(respostas.answered(asked, PARTES, autorizacao, nomes), versao).corpo
    return corpo


def servico(autorizacao: Autorizacao, versao: Versao = V401, nomes: Nomes = NOMES) -> AutorizacaoServico:
    found = situacao(autorizacao, versao, nomes).servico
    assert found is not None
    return found


def why(codigo: str = "1407", texto: str = "O plano não cobre este item.", base: str = "Contrato.") -> MotivoNegativa:
    return MotivoNegativa(codigo=codigo, texto=texto, base=base)


def denied(sequencia: int = 1, *motivos: MotivoNegativa, **changes: Any) -> Item:
    rest = {"situacao": SituacaoItem.NEGADO, "autorizada": Decimal(0), "motivos": motivos or (why(),), **changes}
    return an_item(sequencia, **rest)


# --- what was decided ---


@pytest.mark.parametrize("versao", VERSOES)
def test_a_senha_has_its_number_days_and_items(versao: Versao) -> None:
    item = an_item(1, 3, solicitado=an_asked(quantidade=3, valor=Decimal(20)), valor_autorizado=Decimal("18.5"))
    found = servico(an_authorization(item), versao)
    assert (found.autorizacao.numero_guia_operadora, found.autorizacao.senha) == (NUMERO, SENHA)
    assert (found.autorizacao.data_autorizacao, found.autorizacao.data_validade_senha) == (HOJE, VALIDADE)
    assert (found.status, found.nome_beneficiario, found.beneficiario.numero_carteira) == ("1", NOME, CARTEIRA)
    (one,) = found.servicos
    assert (one.sequencial_item, one.quantidade_solicitada, one.quantidade_autorizada) == (1, 3, 3)
    assert (one.valor_solicitado, one.valor_autorizado) == (Decimal("20.00"), Decimal("18.50"))
    assert found.prestador is not None
    assert (found.prestador.contratado, found.prestador.cnes) == (Contratado(cnpj=CNPJ), "1234567")
    assert found.observacao == (
        "Protocolo de atendimento 261140000001. Central de atendimento: 4004-0183, 0800 722 0183."
    )


@pytest.mark.parametrize(
    ("state", "status", "granted"),
    [
        (Situacao.AUTORIZADA, "1", True), (Situacao.PARCIAL, "7", True), (Situacao.UTILIZADA, "1", True),
        (Situacao.EXPIRADA, "1", True), (Situacao.NEGADA, "3", False), (Situacao.CANCELADA, "6", False),
        (Situacao.EM_ANALISE, "2", False), (Situacao.AGUARDANDO_JUSTIFICATIVA, "4", False),
        (Situacao.AGUARDANDO_DOCUMENTO, "5", False),
    ],
)  # fmt: skip
def test_a_senha_is_told_only_of_what_was_granted(state: Situacao, status: str, *, granted: bool) -> None:
    held = in_situation(state)
    for transacao in ("solicitacaoProcedimento", "solicitaStatusAutorizacao"):
        found = situacao(held, found=question(transacao)).servico
        assert found is not None
        assert found.status == status
        told = (found.autorizacao.senha, found.autorizacao.data_autorizacao, found.autorizacao.data_validade_senha)
        assert told == ((held.senha, held.data_autorizacao, held.validade) if granted else (None, None, None))
        assert (found.prestador is not None) is granted


def test_while_it_is_pending_nothing_counts_as_authorised() -> None:
    pending = a_pending(
        Situacao.AGUARDANDO_DOCUMENTO, an_item(1, 2, valor_autorizado=Decimal(1)), in_analysis(2), denied(3),
        pendencias=(
            Pendencia(tipo=TipoPendencia.DOCUMENTO, descricao="Laudo da ressonância", documento="02"),
            Pendencia(tipo=TipoPendencia.COTACAO, descricao="Cotações de OPME", quantidade=3),
        ),
    )  # fmt: skip
    found = servico(pending)
    assert [one.quantidade_autorizada for one in found.servicos] == [0, 0, 0]
    assert [one.valor_autorizado for one in found.servicos] == [None, None, None]
    assert [len(one.motivos_negativa) for one in found.servicos] == [0, 0, 1]
    assert found.observacao == (
        "Protocolo de atendimento 261140000001. A operadora responde até 28/11/2026. "
        "Pendências até 26/11/2026: Laudo da ressonância (02: Laudo do profissional de saúde); Cotações de OPME (3). "
        "Central de atendimento: 4004-0183, 0800 722 0183."
    )
    assert "Pendências: " in (servico(replace(pending, pendente_ate=None)).observacao or "")


def test_a_denial_says_why_on_which_basis_in_the_words_of_the_standard_and_ours() -> None:
    found = servico(an_authorization(denied(1, why()), situacao=Situacao.NEGADA, senha=None), nomes=Nomes())
    assert found.motivos_negativa == ("1407",)
    (reason,) = found.servicos[0].motivos_negativa
    assert reason.descricao == ("SERVIÇO SOLICITADO NÃO POSSUI COBERTURA. O plano não cobre este item. Base: Contrato.")
    whole = an_authorization(denied(), situacao=Situacao.NEGADA, motivos=(why("1001", "Não há.", ""),))
    found = servico(whole)
    assert found.motivos_negativa == ("1001",)
    assert (found.observacao or "").endswith(" Não há.")


def test_the_name_of_whom_nobody_knows_is_not_told() -> None:
    assert servico(an_authorization(), nomes=Nomes()).nome_beneficiario == SEM_NOME
    assert servico(an_authorization(), nomes=Nomes(beneficiario=a_vida(nome="\u200b"))).nome_beneficiario == SEM_NOME
    social = servico(an_authorization(), nomes=Nomes(beneficiario=a_vida(nome_social="Jô")))
    assert (social.nome_beneficiario, social.nome_social_beneficiario) == (NOME, "Jô")


def test_a_stay_tells_its_days_and_room() -> None:
    held = a_stay_authorization()
    held = replace(held, solicitacao=replace(held.solicitacao, acomodacao="11", data_atendimento=HOJE))
    found = situacao(held).internacao
    assert found is not None
    assert (found.quantidade_diarias, found.tipo_acomodacao, found.data_provavel_admissao) == (3, "11", HOJE)
    admitted = situacao(replace(held, admissao=HOJE - timedelta(days=1))).internacao
    assert admitted is not None
    assert admitted.data_provavel_admissao == HOJE - timedelta(days=1)
    waiting = situacao(replace(held, situacao=Situacao.EM_ANALISE, senha=None)).internacao
    assert waiting is not None
    assert (waiting.quantidade_diarias, waiting.tipo_acomodacao) == (0, None)


def test_a_prorrogacao_says_who_and_why_not_all() -> None:
    asked = a_request(tipo=Tipo.PRORROGACAO, diarias=None, acomodacao="nenhuma")
    held = an_authorization(an_item(), denied(2), solicitacao=asked, situacao=Situacao.PARCIAL)
    found = situacao(held).prorrogacao
    assert found is not None
    assert (found.nome_contratado, found.quantidade_diarias, found.tipo_acomodacao) == ("Hospital Aurora", None, None)
    assert found.justificativa_operadora == "O plano não cobre este item. Base: Contrato."
    unknown = situacao(held, nomes=Nomes()).prorrogacao
    assert unknown is not None
    assert unknown.nome_contratado is None


def test_dental_treatment_is_answered_as_such() -> None:
    items = (
        an_item(1, solicitado=an_asked(dente="11", face="OM", valor=Decimal(80)), valor_autorizado=Decimal(75)),
        an_item(2, solicitado=an_asked(regiao="ASAI")),
        denied(3, why(), why("3022"), solicitado=an_asked(dente="99", regiao="XX", valor=Decimal(5))),
    )
    asked = a_request(tipo=Tipo.ODONTOLOGIA)
    held = an_authorization(*items, solicitacao=asked, situacao=Situacao.PARCIAL)
    raw = respostas.answered(about(um.solicitacao_odonto()), PARTES, held, NOMES)
    message = read(raw, V401)
    assert message.cabecalho.tipo_transacao == "AUTORIZACAO_ODONTOLOGIA"
    found = message.corpo.odonto
    assert (found.status, found.prestador, found.autorizacao.senha) == ("7", Contratado(cnpj=CNPJ), SENHA)
    first, second, third = found.procedimentos
    assert (first.dente, first.face, first.valor, first.autorizado) == ("11", "OM", Decimal("75.00"), True)
    assert (second.dente, second.regiao, second.valor) == (None, "ASAI", Decimal("0.00"))
    assert (third.dente, third.regiao, third.autorizado) == (None, None, False)
    assert third.motivos_negativa == ("1407", "3022")
    status = read(respostas.answered(question("solicitaStatusAutorizacao"), PARTES, held, Nomes()), V401)
    assert status.cabecalho.tipo_transacao == "STATUS_AUTORIZACAO"
    assert status.corpo.odonto.prestador is None


# --- annexes ---


def with_annexes() -> Autorizacao:
    """An exam, a material of one of two manufacturers, a drug of which half is authorised."""
    return an_authorization(
        an_item(1),
        an_item(2, solicitado=an_opme(opcao="1"), anexo=TipoAnexo.OPME),
        an_item(
            3,
            solicitado=an_asked(DROGA, "2.50", tabela="20"),
            anexo=TipoAnexo.QUIMIOTERAPIA,
            autorizada=Decimal("1.25"),
        ),
        denied(4, solicitado=an_opme(opcao="2"), anexo=TipoAnexo.OPME),
        situacao=Situacao.PARCIAL,
    )


def test_materials_are_listed_and_doses_told_in_words() -> None:
    found = servico(with_annexes())
    assert [(one.sequencial_item, one.opcao_fabricante) for one in found.servicos] == [(1, None), (2, "1"), (3, "2")]
    assert found.servicos[1].registro_anvisa == "80000000001"
    assert f"Doses autorizadas: 20 {DROGA}: 1,25 de 2,5." in (found.observacao or "")
    assert (found.quimio, found.radio) == (None, None)


def test_an_annex_of_oncology_comes_back_with_what_was_decided_of_it() -> None:
    annexes = AnexoClinico(
        quimio=um.anexo_quimio(), radio=um.anexo_radio(cabecalho=um.cabecalho_anexo(numero_guia_anexo="A2"))
    )
    asked = about(um.solicitacao_sp_sadt(anexo=annexes))
    found = situacao(with_annexes(), found=asked).servico
    assert found is not None
    assert found.quimio is not None
    assert found.radio is not None
    assert (found.quimio.status, found.quimio.autorizacao.numero_guia_prestador) == ("7", "A1")
    assert (found.radio.status, found.radio.autorizacao.numero_guia_prestador) == ("7", "A2")
    assert (found.quimio.drogas, found.quimio.numero_ciclos) == (um.anexo_quimio().drogas, 6)
    assert found.quimio.autorizacao.senha == SENHA
    drug = denied(1, why(), solicitado=an_asked(DROGA, tabela="20"), anexo=TipoAnexo.QUIMIOTERAPIA)
    none = situacao(an_authorization(an_item(2), drug, motivos=(why("1402"),)), found=asked).servico
    assert none is not None
    assert none.quimio is not None
    assert none.radio is not None
    assert (none.quimio.status, none.quimio.autorizacao.senha) == ("3", None)
    assert [one.codigo for one in none.quimio.motivos_negativa] == ["1407"]
    assert [one.codigo for one in none.radio.motivos_negativa] == ["1402"]


@pytest.mark.parametrize("versao", VERSOES)
@pytest.mark.parametrize(
    ("annex", "status"),
    [
        ({"opme": um.anexo_opme()}, "1"), ({"quimio": um.anexo_quimio()}, "7"), ({"radio": um.anexo_radio()}, "7"),
    ],
    ids=["opme", "quimio", "radio"],
)  # fmt: skip
def test_an_annex_of_its_own_is_receipted_with_what_it_became(
    annex: dict[str, Any], status: str, versao: Versao
) -> None:
    asked = lida(sent(um.lote_anexos(versao, **annex)), "loteAnexos")
    message = read(respostas.annex_received(asked, PARTES, with_annexes(), NOMES), versao)
    found = message.corpo.protocolo
    assert message.cabecalho.tipo_transacao == "PROTOCOLO_RECEBIMENTO_ANEXO"
    assert (found.numero_protocolo, found.numero_lote, found.quantidade_anexos) == ("261140000001", "7", 1)
    assert (found.prestador, found.data_envio) == (Contratado(cnpj=CNPJ), HOJE)
    (decided,) = (one for one in (found.opme, found.quimio, found.radio) if one is not None)
    assert (decided.status, decided.nome_beneficiario) == (status, NOME)
    assert decided.autorizacao.numero_guia_operadora == NUMERO
    if found.opme:
        assert [one.sequencial_item for one in found.opme.servicos] == [1, 2]
        assert found.opme.prestador == Contratado(cnpj=CNPJ)
    assert "Protocolo de atendimento" in (found.observacao or "")


def test_an_annex_of_a_pending_request_waits_with_it() -> None:
    asked = lida(sent(um.lote_anexos()), "loteAnexos")
    pending = a_pending(Situacao.EM_ANALISE, in_analysis(1, solicitado=an_opme(), anexo=TipoAnexo.OPME))
    found = read(respostas.annex_received(asked, PARTES, pending, Nomes()), V401).corpo.protocolo.opme
    assert (found.status, found.autorizacao.senha, found.prestador) == ("2", None, None)


# --- communication ---


@pytest.mark.parametrize("versao", VERSOES)
def test_a_communication_comes_back_without_how_the_card_was_read(versao: Versao) -> None:
    who = um.beneficiario(numero_carteira=CARTEIRA, tipo_ident="05", identificador="YQ==")
    asked = lida(sent(um.comunicacao(versao, beneficiario=who)), "comunicacaoInternacao")
    yes = read(respostas.told(asked, PARTES, NOMES, None), versao).corpo.recibo
    assert (yes.registrada, yes.codigo_glosa, yes.comunicacao.nome_beneficiario) == (True, None, NOME)
    assert (yes.comunicacao.beneficiario.identificador, yes.comunicacao.tipo_internacao) == (None, "1")
    no = read(respostas.told(asked, PARTES, Nomes(), "1404"), versao).corpo.recibo
    assert (no.registrada, no.codigo_glosa, no.comunicacao.nome_beneficiario) == (False, "1404", SEM_NOME)


# --- errors and the envelope ---

ACHADO = Achado("X", "5014", "O hash não confere.")


@pytest.mark.parametrize("versao", VERSOES)
@pytest.mark.parametrize("transacao", entrada.CORPOS)
def test_every_answer_has_its_error(transacao: str, versao: Versao) -> None:
    message = read(respostas.refusal(question(transacao, versao), PARTES, (ACHADO, ACHADO)), versao)
    erro = message.corpo.mensagem_erro
    assert (erro.codigo, erro.descricao) == (
        "5014",
        "CÓDIGO HASH INVÁLIDO. MENSAGEM PODE ESTAR CORROMPIDA. O hash não confere. (e mais 1 achado(s))",
    )
    assert (message.cabecalho.origem, message.cabecalho.destino) == (Parte(registro_ans=VALE), Parte(cnpj=CNPJ))


def test_an_error_about_dental_treatment_is_an_answer_about_it() -> None:
    message = read(respostas.refusal(about(um.solicitacao_odonto()), PARTES, (ACHADO,)), V401)
    assert message.cabecalho.tipo_transacao == "AUTORIZACAO_ODONTOLOGIA"


def test_an_error_is_cut_to_what_the_element_takes() -> None:
    long = replace(ACHADO, mensagem="…" * 500)
    erro = read(respostas.refusal(question(), PARTES, (long, long, long)), V401).corpo.mensagem_erro
    assert len(erro.descricao) == 500
    assert erro.descricao.endswith("(e mais 2 achado(s))")


@pytest.mark.parametrize(
    ("prestador", "codigo", "versao", "destino"),
    [
        (Prestador(HOSPITAL, "H", "1", cnpj=CNPJ), "C1", V401, Parte(cnpj=CNPJ)),
        (Prestador(HOSPITAL, "H", "1", cnpj="12ABC34501DE35"), "C1", V401, Parte(codigo_prestador_na_operadora="C1")),
        (Prestador(HOSPITAL, "H", "1", cnpj="12ABC34501DE35"), "C1", V403, Parte(cnpj="12ABC34501DE35")),
        (Prestador(HOSPITAL, "H", "1", cpf=CPF), "C1", V401, Parte(codigo_prestador_na_operadora="C1")),
        (Prestador(HOSPITAL, "H", "1", cpf=CPF), None, V401, Parte(cpf=CPF)),
        (None, None, V401, Parte(codigo_prestador_na_operadora=HOSPITAL[:14])),
    ],
)
def test_who_could_not_be_read_is_answered_as_we_know_it(
    prestador: Prestador | None, codigo: str | None, versao: Versao, destino: Parte
) -> None:
    held = known().relacionamento
    assert held is not None
    relacionamento = replace(held, codigo_na_operadora=codigo) if codigo else None
    partes = replace(PARTES, contratacao=known(prestador=prestador, relacionamento=relacionamento))
    unread = replace(question(versao=versao), origem=None, sequencial=None)
    message = read(respostas.refusal(unread, partes, (ACHADO,)), versao)
    assert (message.cabecalho.destino, message.cabecalho.sequencial_transacao) == (destino, "1")


def test_a_sequence_number_that_grows_when_written_is_cut() -> None:
    odd = replace(question(), sequencial="€" * 12)
    assert read(respostas.refusal(odd, PARTES, (ACHADO,)), V401).cabecalho.sequencial_transacao == "EUREUREUREUR"


def test_an_executante_that_no_element_can_name_is_left_out() -> None:
    for contratacao in (
        known(prestador=None),
        known(prestador=Prestador(HOSPITAL, "H", " ", cnpj=CNPJ)),
        known(prestador=Prestador(HOSPITAL, "H", "1", cnpj="12ABC34501DE35"), relacionamento=None),
    ):
        assert servico(an_authorization(), nomes=Nomes(executante=contratacao)).prestador is None


# --- codes of another version ---


@pytest.mark.parametrize("versao", VERSOES)
def test_a_code_is_always_one_of_the_version(versao: Versao) -> None:
    codes = {code for motivo in Motivo for code in (motivo.value.ate_4_02, motivo.value.em_4_03)}
    for code in (*codes, "", "9999", "3169"):
        found = code_in(versao, code)
        assert glosa_text(found, versao) is not None
        if glosa_text(code, versao) is not None:
            assert found == code


def test_what_4_03_replaced_goes_back_as_what_it_replaced() -> None:
    assert [code_in(V401, code) for code in ("3279", "3171", "3287", "3308", "3293", "3307", "3230")] == [
        "2514", "1410", "1407", "1004", "1409", "3022", "3052",
    ]  # fmt: skip
    assert code_in(V401, "3169") == code_in(V403, "") == "1426"


# --- whatever it holds ---

TEXTS = st.one_of(
    st.text(max_size=30), st.sampled_from(["", " ", "\u200b", "€" * 80, "ﬃ" * 70, "ã" * 1200, "<&>\r\n\t", "…", "\x00"])
)
MAYBE = st.one_of(st.none(), TEXTS)
CODES = st.one_of(TEXTS, st.sampled_from(["1407", "3287", "3171", "1402", "3312", "0000"]))
NUMBERS = st.one_of(
    st.decimals(min_value=-5, max_value=10**9, places=2), st.integers(-1, 2000).map(Decimal), st.just(Decimal("1E+3"))
)
REASONS = st.lists(st.builds(MotivoNegativa, codigo=CODES, texto=TEXTS, base=TEXTS), max_size=3).map(tuple)
MATERIALS = st.one_of(
    st.none(),
    st.builds(Opme, opcao=TEXTS, registro_anvisa=MAYBE, referencia=MAYBE, autorizacao_funcionamento=MAYBE),
)
ASKED = st.builds(
    ItemSolicitado,
    tabela=st.one_of(st.sampled_from(["18", "19", "20", "22", "00"]), TEXTS),
    codigo=st.one_of(st.just("40304361"), TEXTS),
    quantidade=NUMBERS,
    descricao=MAYBE,
    dente=st.one_of(MAYBE, st.just("11")),
    regiao=st.one_of(MAYBE, st.just("ASAI")),
    face=MAYBE,
    valor=st.one_of(st.none(), NUMBERS, st.just(Decimal("NaN"))),
    opme=MATERIALS,
)


@st.composite
def items(draw: Any) -> tuple[Item, ...]:
    found = []
    for sequencia in range(1, draw(st.integers(0, 4)) + 1):
        solicitado = draw(ASKED)
        most = max(solicitado.quantidade, Decimal(0))
        found.append(
            Item(
                sequencia=sequencia,
                solicitado=solicitado,
                situacao=draw(st.sampled_from(SituacaoItem)),
                autorizada=draw(st.sampled_from([Decimal(0), most, most / 2])),
                anexo=draw(st.sampled_from([None, *TipoAnexo])),
                valor_autorizado=draw(st.one_of(st.none(), NUMBERS)),
                motivos=draw(REASONS),
            )
        )
    return tuple(found)


REQUESTS = st.builds(
    Solicitacao,
    tipo=st.sampled_from(Tipo),
    registro_ans=st.just(VALE),
    carteira=TEXTS,
    numero_guia_prestador=TEXTS,
    solicitante=st.just(HOSPITAL),
    data_solicitacao=st.just(HOJE),
    itens=st.just(()),
    carater=st.sampled_from(CaraterAtendimento),
    atendimento_rn=st.booleans(),
    diarias=st.one_of(st.none(), st.integers(0, 5000)),
    acomodacao=st.one_of(MAYBE, st.just("11")),
    data_atendimento=st.one_of(st.none(), st.just(HOJE)),
    cod_validacao=MAYBE,
    ausencia_cod_validacao=st.one_of(MAYBE, st.just("01")),
)
DAYS = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
WAITED = st.lists(
    st.builds(
        Pendencia,
        tipo=st.sampled_from(TipoPendencia),
        descricao=TEXTS,
        quantidade=st.integers(1, 9),
        documento=st.sampled_from([None, "02", "XX"]),
    ),
    max_size=3,
).map(tuple)


@st.composite
def authorizations(draw: Any) -> Autorizacao:
    return Autorizacao(
        numero=NUMERO,
        protocolo="261140000001",
        prestador_id=HOSPITAL,
        solicitacao=draw(REQUESTS),
        situacao=draw(st.sampled_from(Situacao)),
        itens=draw(items()),
        senha=draw(st.one_of(st.none(), st.just(SENHA))),
        data_autorizacao=draw(DAYS),
        validade=draw(DAYS),
        diarias_autorizadas=draw(st.integers(0, 5000)),
        responder_ate=draw(DAYS),
        pendente_ate=draw(DAYS),
        pendencias=draw(WAITED),
        motivos=draw(REASONS),
        admissao=draw(DAYS),
    )


LIVES = st.one_of(st.none(), st.builds(lambda nome, social: a_vida(nome=nome, nome_social=social), TEXTS, MAYBE))
NAMED: st.SearchStrategy[Nomes] = st.builds(
    Nomes,
    beneficiario=LIVES,
    executante=st.sampled_from([None, known(), known(prestador=None), a_contratacao(None)]),
    contatos=st.lists(TEXTS, max_size=3).map(tuple),
)
FULL = AnexoClinico(
    quimio=um.anexo_quimio(), radio=um.anexo_radio(cabecalho=um.cabecalho_anexo(numero_guia_anexo="A2"))
)
ASKING: dict[str, Callable[[Versao], Lida]] = {
    "solicitacaoProcedimento": lambda versao: about(um.solicitacao_sp_sadt(anexo=FULL), versao),
    "solicitaStatusAutorizacao": lambda versao: question("solicitaStatusAutorizacao", versao),
}
QUESTIONS = {(name, versao): make(versao) for name, make in ASKING.items() for versao in VERSOES}
ANNEXES = {
    (kind, versao): lida(sent(um.lote_anexos(versao, **{kind: annex})), "loteAnexos")
    for kind, annex in (("opme", um.anexo_opme()), ("quimio", um.anexo_quimio()), ("radio", um.anexo_radio()))
    for versao in VERSOES
}


@given(held=authorizations(), nomes=NAMED, asked=st.sampled_from(sorted(QUESTIONS)))
def test_whatever_it_holds_its_answer_is_valid_in_every_version(
    held: Autorizacao, nomes: Nomes, asked: tuple[str, Versao]
) -> None:
    message = read(respostas.answered(QUESTIONS[asked], PARTES, held, nomes), asked[1])
    corpo = message.corpo
    told = corpo.servico or corpo.odonto or (corpo.internacao or corpo.prorrogacao).servicos
    granted = told.status in {"1", "7"}
    assert told.status == held.status_em(HOJE)
    assert (told.autorizacao.senha is None) or granted
    if not granted and corpo.odonto is None:
        assert {one.quantidade_autorizada for one in told.servicos} <= {0}


@given(held=authorizations(), nomes=NAMED, asked=st.sampled_from(sorted(ANNEXES)))
def test_whatever_it_holds_the_receipt_of_an_annex_is_valid_in_every_version(
    held: Autorizacao, nomes: Nomes, asked: tuple[str, Versao]
) -> None:
    read(respostas.annex_received(ANNEXES[asked], PARTES, held, nomes), asked[1])


@given(text=TEXTS, versao=st.sampled_from(VERSOES))
def test_what_was_sent_goes_back_as_it_can(text: str, versao: Versao) -> None:
    """A message in UTF-8 may hold what ISO-8859-1 cannot: nothing of it makes an answer impossible."""
    life: Beneficiario = a_vida(nome=text)
    asked = ANNEXES["quimio", versao]
    fixed = um.anexo_quimio(
        solicitante=replace(um.anexo_quimio().solicitante, nome=(text or "x")[:70]), observacao=text or None
    )
    odd = replace(asked, corpo=replace(asked.corpo, quimio=fixed, numero_lote=(text or "x")[:12]))
    read(respostas.annex_received(odd, PARTES, with_annexes(), Nomes(beneficiario=life)), versao)
