"""Messages → domain: what a message asks, of whom, for whom, and what keeps it from being answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from autorizacao.messages import entrada
from autorizacao.messages.pedidos import Leitor, anexo_of, references
from autorizacao.messages.redes import Redes, outside
from conecta_edge.cadastro import Contratacao
from conecta_facts.operadoras import VersaoAceita
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Periodo, Situacao
from conecta_senhas.solicitacoes import ItemSolicitado, Opme, Profissional, Remocao, Solicitacao, Tipo, TipoAnexo
from conecta_tiss.findings import Achado
from conecta_tiss.messages.anexos import AnexoOpme
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.envelope import Mensagem, Parte
from conecta_tiss.messages.oncologia import TratamentosAnterioresQuimio, TratamentosAnterioresRadio
from conecta_tiss.messages.solicitacao import AnexoClinico
from conecta_tiss.rules.admissao import Lida
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.vocabulary.tables import CaraterAtendimento, EtapaAutorizacao
from conecta_tiss.xml.writer import write
from local.gerador import solicitacoes as gerador
from local.gerador.tree import Formato
from tests import builders as um
from tests.builders_cadastro import CARTEIRA, CPF, HOJE
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, OUTRO_CNPJ, PASA, SINCE, VALE, a_contratacao

V401, V402, V403 = VERSOES
ANTES = HOJE - timedelta(days=1)


class Lista:
    """Codes of one operadora, and what was looked up."""

    def __init__(self, **codigos: str) -> None:
        self.codigos = codigos
        self.asked: list[tuple[str, str]] = []

    def prestador_of_code(self, registro_ans: str, codigo: str) -> str | None:
        self.asked.append((registro_ans, codigo))
        return self.codigos.get(codigo) if registro_ans == VALE else None


def known(**changes: Any) -> Contratacao:
    """The hospital, enabled at VALE, which takes every version."""
    made = a_contratacao()
    assert made.operadora is not None
    every = tuple(VersaoAceita(versao.value, SINCE) for versao in VERSOES)
    return replace(made, **{"operadora": replace(made.operadora, versoes=every), **changes})


def sent(mensagem: Mensagem[Any], **do_cabecalho: Any) -> bytes:
    """A message of the hospital to VALE today."""
    header = {
        "origem": Parte(cnpj=CNPJ), "destino": Parte(registro_ans=VALE), "data_registro": HOJE, **do_cabecalho,
    }  # fmt: skip
    return write(replace(mensagem, cabecalho=replace(mensagem.cabecalho, **header)))


def lida(raw: bytes, transacao: str = "solicitacaoProcedimento") -> Lida:
    return entrada.read(raw, transacao, HOJE)


def refused(found: Lida, contratacao: Contratacao | None = None, **how: Any) -> list[tuple[str, str]]:
    """(rule, code) of what keeps a message from being answered."""
    return [(a.regra, a.codigo) for a in entrada.judge(found, contratacao or known(), HOJE, **how)]


def leitor(raw: bytes, codigos: Lista | None = None, contratacao: Contratacao | None = None) -> Leitor:
    found, held = lida(raw), contratacao or known()
    assert found.corpo is not None, found.achados
    return Leitor(found, HOSPITAL, Redes(HOSPITAL, held, codigos or Lista(), lambda cpf: f"pf{cpf}"), HOJE)


def asked(guia: Any, versao: Versao = V401, codigos: Lista | None = None, **header: Any) -> Solicitacao:
    """The request that a guia makes."""
    found = leitor(sent(um.solicitacao(guia, versao), **header), codigos).solicitacao()
    assert isinstance(found, Solicitacao), found
    return found


# --- the four kinds ---


def test_an_sp_sadt_is_read_whole() -> None:
    guia = um.solicitacao_sp_sadt(
        numero_guia_prestador="G-1",
        numero_guia_principal="S-9",
        etapa_autorizacao="2",
        cod_validacao="A1",
        beneficiario=um.beneficiario(numero_carteira=CARTEIRA, atendimento_rn=True),
        contratado_solicitante=Contratado(cnpj=CNPJ),
        carater_atendimento="2",
        indicacao_clinica="Anemia",
        procedimentos=(um.procedimento_solicitado(quantidade=3),),
        codigo_executante="CLIN01",
        cnes_executante="2000001",
        observacao="Origem: UPA Centro; Destino: Hospital",
    )
    assert asked(guia, codigos=Lista(CLIN01=CLINICA)) == Solicitacao(
        tipo=Tipo.SP_SADT,
        registro_ans=VALE,
        carteira=CARTEIRA,
        numero_guia_prestador="G-1",
        solicitante=HOSPITAL,
        executante=CLINICA,
        data_solicitacao=um.SOLICITADO,
        itens=(
            ItemSolicitado(
                tabela="22",
                codigo="40304361",
                quantidade=Decimal(3),
                descricao=um.PROCEDIMENTO["descricao_procedimento"],
            ),
        ),
        profissional=Profissional(nome="Profissional Exemplo", conselho="06", numero="52000001", uf="33", cbo="225125"),
        carater=CaraterAtendimento.URGENCIA_EMERGENCIA,
        etapa=EtapaAutorizacao.PRESTADOR_EXECUTANTE,
        atendimento_rn=True,
        guia_principal="S-9",
        justificativa="Anemia",
        cod_validacao="A1",
        remocao=Remocao(origem="UPA Centro", destino="Hospital"),
        observacao="Origem: UPA Centro; Destino: Hospital",
    )


def test_a_stay_is_for_the_suggested_day_and_says_what_will_come() -> None:
    guia = um.solicitacao_internacao(
        codigo_hospital="HOSP01", indicador_opme=True, diagnosticos=("K359", "K35"), ausencia_cod_validacao="02",
        observacao="Leito de isolamento", contratado_solicitante=Contratado(cnpj=CNPJ),
    )  # fmt: skip
    found = asked(guia)
    assert (found.tipo, found.executante, found.executa) == (Tipo.INTERNACAO, None, HOSPITAL)
    assert (found.diarias, found.tipo_internacao, found.regime_internacao) == (2, "2", "1")
    assert (found.data_atendimento, found.cids) == (date(2026, 3, 30), ("K359", "K35"))
    assert (found.indicador_opme, found.indicador_quimio, found.anexos) == (True, False, ())
    assert (found.ausencia_cod_validacao, found.observacao) == ("02", "Leito de isolamento")


def test_a_prorrogacao_is_asked_on_its_stay() -> None:
    found = asked(um.solicitacao_prorrogacao(tipo_acomodacao="11", numero_guia_referenciada=" S1 "))
    assert (found.tipo, found.guia_principal, found.diarias, found.acomodacao) == (Tipo.PRORROGACAO, "S1", 3, "11")
    assert (found.carater, found.executante, found.itens) == (CaraterAtendimento.ELETIVA, None, ())


def test_dental_treatment_is_of_who_sends_it_and_has_the_day_of_its_message() -> None:
    guia = um.solicitacao_odonto(
        codigo_executante="CLIN01",
        nome_solicitante="Dentista Exemplo",
        cro_solicitante="999",
        uf_solicitante="35",
        cbo_solicitante="223204",
        tipo_atendimento="4",
        procedimentos=(
            um.procedimento_odonto_solicitado(face="OM", data_realizacao=HOJE),
            um.procedimento_odonto_solicitado(dente=None, regiao="ASAI", data_realizacao=ANTES),
        ),
        situacao_inicial=um.anexo_situacao_inicial(doenca_periodontal=True, observacao="Gengivite"),
    )
    found = asked(guia, codigos=Lista(CLIN01=CLINICA), data_registro=ANTES)
    assert (found.tipo, found.solicitante, found.executante) == (Tipo.ODONTOLOGIA, HOSPITAL, CLINICA)
    assert (found.data_solicitacao, found.data_atendimento) == (ANTES, ANTES)
    assert found.carater is CaraterAtendimento.URGENCIA_EMERGENCIA
    assert [(item.dente, item.regiao, item.face, item.valor) for item in found.itens] == [
        ("11", None, "OM", Decimal("80.00")), (None, "ASAI", None, Decimal("80.00")),
    ]  # fmt: skip
    assert found.profissional == Profissional(
        nome="Dentista Exemplo", conselho="08", numero="999", uf="35", cbo="223204"
    )
    assert found.observacao == (
        "Situação inicial: 11 Cariado; doença periodontal: sim; alteração de tecido mole: não.\nGengivite"
    )


def test_of_dental_treatment_whose_solicitante_is_left_out_who_will_do_it_signs() -> None:
    found = asked(um.solicitacao_odonto(codigo_executante="HOSP01"))
    assert found.profissional == Profissional(nome="", conselho="08", numero="12345", uf="33", cbo="223208")
    assert (found.executante, found.carater, found.data_atendimento) == (None, CaraterAtendimento.ELETIVA, None)


@pytest.mark.parametrize("versao", VERSOES)
@pytest.mark.parametrize("tipo", gerador.Solicitacao)
@pytest.mark.parametrize(
    "formato",
    [Formato(), Formato(prefixo="tiss", indentado=True), Formato(codificacao="UTF-8", prefixo="")],
    ids=["latin", "another prefix", "utf-8, none"],
)
def test_however_it_is_spelt_a_generated_request_is_the_same(
    versao: Versao, tipo: gerador.Solicitacao, formato: Formato
) -> None:
    dental = tipo is gerador.Solicitacao.ODONTO
    anexos = (gerador.Anexo.SITUACAO_INICIAL,) if dental else tuple(gerador.Anexo)[:3]
    pedido = gerador.PedidoSolicitacao(
        tipo=tipo, versao=versao.value, hoje=HOJE, origem_cnpj=CNPJ, destino=VALE, carteira=CARTEIRA, principal="P1",
        anexos=anexos, formato=formato,
    )  # fmt: skip
    raw = gerador.gerar_solicitacao(pedido).conteudo
    assert refused(lida(raw)) == []
    found = leitor(raw).solicitacao()
    assert found == leitor(gerador.gerar_solicitacao(replace(pedido, formato=Formato())).conteudo).solicitacao()
    assert isinstance(found, Solicitacao)
    assert [anexo.tipo for anexo in found.anexos] == ([] if dental else list(TipoAnexo))
    assert "ã" in f"{found.observacao}{found.justificativa}"


def test_blanks_around_numbers_are_none_of_them() -> None:
    guia = um.solicitacao_sp_sadt(
        numero_guia_prestador=" G-1 ",
        beneficiario=um.beneficiario(numero_carteira=f" {CARTEIRA}"),
        numero_guia_principal=" 9 ",
        cod_validacao=" A1 ",
        codigo_executante=" HOSP01 ",
        cnes_executante="2000001",
        procedimentos=(um.procedimento_solicitado(codigo_procedimento="40304361 "),),
    )
    found = asked(guia)
    assert (found.numero_guia_prestador, found.carteira, found.guia_principal) == ("G-1", CARTEIRA, "9")
    assert (found.cod_validacao, found.executa, found.itens[0].codigo) == ("A1", HOSPITAL, "40304361")


def test_marks_that_json_does_not_take_are_none_of_a_text() -> None:
    item = um.procedimento_solicitado(descricao_procedimento="Hemo\u202egrama\x85 \u2066x")
    odd = um.solicitacao(um.solicitacao_sp_sadt(procedimentos=(item,), indicacao_clinica="\u200e")).corpo
    plain = leitor(sent(um.solicitacao()))
    found = replace(plain, lida=replace(plain.lida, corpo=odd)).solicitacao()
    assert isinstance(found, Solicitacao)
    assert (found.itens[0].descricao, found.justificativa) == ("Hemograma x", None)


@pytest.mark.parametrize(("numero", "refuses"), [("G 1/2-A", False), ("GUIA-Ç", True), ("1\t2", True)])
def test_a_guia_has_a_number_that_every_door_can_name(numero: str, *, refuses: bool) -> None:
    found = refused(lida(sent(um.solicitacao(um.solicitacao_sp_sadt(numero_guia_prestador=numero)))))
    assert found == ([("TISS-GUIA-NUMERO", "1307")] if refuses else [])


# --- who is who ---


def test_whoever_will_do_it_and_sends_may_leave_itself_out() -> None:
    doctor = Contratado(cpf=CPF)
    found = asked(um.solicitacao_sp_sadt(contratado_solicitante=doctor, etapa_autorizacao="2"))
    assert (found.solicitante, found.executante) == (f"pf{CPF}", HOSPITAL)
    found = asked(um.solicitacao_sp_sadt(contratado_solicitante=doctor))
    assert (found.solicitante, found.executante) == (f"pf{CPF}", None)


def test_a_solicitante_of_whom_only_a_code_is_known_is_nobody_here() -> None:
    stranger = Contratado(codigo_na_operadora="X9")
    found = asked(um.solicitacao_sp_sadt(contratado_solicitante=stranger, etapa_autorizacao="2"))
    assert found.solicitante == outside(VALE, stranger)
    assert found.solicitante.startswith("fora")
    assert found.solicitante != outside(PASA, stranger)


@pytest.mark.parametrize(
    ("guia", "where"),
    [
        (um.solicitacao_sp_sadt(codigo_executante="X9", cnes_executante="2000001"), "dadosExecutante"),
        (um.solicitacao_internacao(codigo_hospital="X9"), "dadosHospitalSolicitado"),
        (um.solicitacao_odonto(codigo_executante="X9"), "dadosProfissionaisResponsaveis"),
    ],
    ids=["sp-sadt", "internação", "odonto"],
)
@pytest.mark.parametrize(("versao", "code"), [(V401, "1203"), (V402, "1203"), (V403, "3279")])
def test_a_code_of_nobody_as_executante_is_a_finding(guia: Any, where: str, versao: Versao, code: str) -> None:
    found = leitor(sent(um.solicitacao(guia, versao))).solicitacao()
    assert isinstance(found, Achado)
    assert (found.regra, found.codigo) == ("EXECUTANTE", code)
    assert where in (found.caminho or "")


def test_prestadores_by_each_of_their_names() -> None:
    codigos = Lista(CLIN01=CLINICA)
    redes = Redes(HOSPITAL, known(), codigos, lambda cpf: f"pf{cpf}")
    for own in (Contratado(cnpj=CNPJ), Contratado(codigo_na_operadora=" HOSP01"), Contratado(codigo_na_operadora=CNPJ)):
        assert redes.prestador_id(VALE, own) == HOSPITAL
    assert redes.prestador_id(VALE, Contratado(cnpj="11111111111111")) == "11111111111111"
    assert redes.prestador_id(VALE, Contratado(cpf="00000000000")) == "pf00000000000"
    assert codigos.asked == []
    for code, found in (("CLIN01", CLINICA), (OUTRO_CNPJ, OUTRO_CNPJ), (CPF, f"pf{CPF}"), ("X9", None)):
        assert redes.prestador_id(VALE, Contratado(codigo_na_operadora=code)) == found
    assert codigos.asked == [(VALE, "CLIN01"), (VALE, OUTRO_CNPJ), (VALE, CPF), (VALE, "X9")]
    assert Redes(HOSPITAL, Contratacao(None, None, None), codigos, str).prestador_id(VALE, Contratado(cpf=CPF)) == CPF


# --- annexes ---


def test_an_annex_of_opme_keeps_each_manufacturer() -> None:
    anexo = um.anexo_opme(
        cabecalho=um.cabecalho_anexo(numero_guia_anexo=" A1 "),
        especificacao_material="Liga de titânio",
        observacao="Urgente",
        itens=(
            um.opme_solicitada(valor_solicitado=Decimal("100.50"), registro_anvisa="80000", codigo_ref_fabricante="R"),
            um.opme_solicitada(opcao_fabricante="2", quantidade=2, autorizacao_funcionamento="F"),
        ),
    )
    found = anexo_of(anexo)
    assert (found.tipo, found.numero) == (TipoAnexo.OPME, "A1")
    assert found.justificativa == "Justificativa de exemplo\nLiga de titânio\nUrgente"
    first, second = found.itens
    assert first.opme == Opme(opcao="1", registro_anvisa="80000", referencia="R")
    assert (first.valor, second.valor, second.quantidade) == (Decimal("100.50"), None, Decimal(2))
    assert second.opme == Opme(opcao="2", autorizacao_funcionamento="F")


def test_an_annex_of_chemotherapy_tells_in_words_what_has_no_field() -> None:
    quimio = um.anexo_quimio(
        drogas=(um.droga(), um.droga(quantidade_doses=Decimal("4.00"))),
        tratamentos_anteriores=TratamentosAnterioresQuimio(
            cirurgia="Mastectomia", data_cirurgia=HOJE, data_irradiacao=HOJE
        ),
        observacao="Alergia",
    )
    found = anexo_of(quimio)
    assert [(item.quantidade, item.data_provavel) for item in found.itens] == [
        (Decimal("1.50"), date(2026, 4, 1)), (Decimal(4), date(2026, 4, 1)),
    ]  # fmt: skip
    assert (found.justificativa or "").splitlines() == [
        "Plano de exemplo",
        "Ciclo 1 de 6, 21 dias, intervalo de 7 dias; 1ª linha.",
        "T2 N1 M0; 70.50 kg, 172.00 cm, 1.83 m².",
        "20 90055888: MG - Miligrama, Intravenosa, 1x ao dia.",
        "20 90055888: MG - Miligrama, Intravenosa, 1x ao dia.",
        "Estadiamento II; finalidade Curativa; ECOG 0.",
        "Cirurgia anterior: Mastectomia 21/11/2026",
        "Radioterapia anterior: 21/11/2026",
        "Alergia",
    ]


def test_an_annex_of_radiotherapy_is_planned_for_its_first_day() -> None:
    found = anexo_of(um.anexo_radio(tratamentos_anteriores=TratamentosAnterioresRadio(quimioterapia="FOLFOX")))
    assert (found.tipo, found.data_provavel, found.itens) == (TipoAnexo.RADIOTERAPIA, date(2026, 4, 1), ())
    assert (found.justificativa or "").splitlines() == [
        "4 campos, 2 Gy por dia, 60 Gy no total, em 30 dias.",
        "Estadiamento II; finalidade Curativa; ECOG 0.",
        "Diagnóstico por imagem: não informado.",
        "Quimioterapia anterior: FOLFOX",
    ]


def test_annexes_of_a_request_come_in_one_order_with_their_diagnoses() -> None:
    cids = um.diagnostico(cids=("C509", "C50"))
    quimio = um.anexo_quimio(diagnostico=replace(um.anexo_quimio().diagnostico, diagnostico=cids))
    radio = um.anexo_radio(
        cabecalho=um.cabecalho_anexo(numero_guia_anexo="A2"),
        diagnostico=replace(um.anexo_radio().diagnostico, diagnostico=um.diagnostico(cids=("C509",))),
    )
    found = asked(um.solicitacao_sp_sadt(anexo=AnexoClinico(radio=radio, quimio=quimio)))
    assert [anexo.tipo for anexo in found.anexos] == [TipoAnexo.QUIMIOTERAPIA, TipoAnexo.RADIOTERAPIA]
    assert (found.cids, found.indicador_opme, found.indicador_quimio) == (("C509", "C50"), False, True)
    assert asked(um.solicitacao_sp_sadt(anexo=AnexoClinico(opme=um.anexo_opme()))).indicador_opme


def test_an_annex_tells_the_guia_it_belongs_to() -> None:
    header = um.cabecalho_anexo(numero_guia_referenciada=" S1 ", numero_guia_operadora="9", senha="9")
    assert references(header) == ("S1", ("9",))
    assert references(um.cabecalho_anexo()) == ("S1", ())


# --- what is not answered ---


def a_message(transacao: str, versao: Versao = V401) -> Mensagem[Any]:
    made: dict[str, Any] = {
        "solicitacaoProcedimento": um.solicitacao, "solicitaStatusAutorizacao": um.solicita_status,
        "loteAnexos": um.lote_anexos, "comunicacaoInternacao": um.comunicacao,
    }  # fmt: skip
    own: dict[str, Any] = {"solicitaStatusAutorizacao": {"contratado": Contratado(cnpj=CNPJ)}}
    built: Mensagem[Any] = made[transacao](versao=versao, **own.get(transacao, {}))
    return built


@pytest.mark.parametrize("versao", VERSOES)
@pytest.mark.parametrize("transacao", entrada.CORPOS)
def test_nothing_keeps_a_message_of_an_enabled_prestador(transacao: str, versao: Versao) -> None:
    found = lida(sent(a_message(transacao, versao)), transacao)
    assert refused(found) == []
    assert refused(found, enviada_a=VALE) == []
    assert (found.versao_de_resposta, found.destino, found.registrada_em) == (versao, VALE, HOJE)


@pytest.mark.parametrize("transacao", entrada.CORPOS)
def test_a_message_of_another_transaction_is_told_its_own(transacao: str) -> None:
    other = next(name for name in entrada.CORPOS if name != transacao)
    (achado,) = entrada.judge(lida(sent(a_message(other)), transacao), known(), HOJE)
    assert (achado.regra, achado.codigo) == ("TISS-TRANSACAO", "3148")
    assert transacao in achado.mensagem


@pytest.mark.parametrize("raw", [b"", b"<a/>", b"{}"])
def test_what_cannot_be_read_is_only_that(raw: bytes) -> None:
    found = lida(raw)
    assert (found.corpo, found.origem, found.registrada_em, found.versao_de_resposta) == (None, None, None, V401)
    assert len(refused(found)) == 1


def test_whose_message_it_is_and_for_whom() -> None:
    raw = sent(a_message("solicitacaoProcedimento"))
    assert refused(lida(sent(a_message("solicitacaoProcedimento"), origem=Parte(cnpj=OUTRO_CNPJ)))) == [
        ("ORIGEM", "5005")
    ]
    assert refused(lida(raw), known(operadora=None)) == [("DESTINO", "5027")]
    assert refused(lida(raw), known(prestador=Prestador(HOSPITAL, "Médica", "1234567", cpf=CPF))) == [
        ("ORIGEM", "5005")
    ]
    pasa = replace(known().operadora, registro_ans=PASA)  # type: ignore[type-var]  # there is one
    (elsewhere,) = entrada.judge(lida(raw), known(operadora=pasa), HOJE)
    assert (elsewhere.codigo, "atendida aqui" in elsewhere.mensagem) == ("5027", True)
    (uploaded,) = entrada.judge(lida(raw), known(operadora=pasa), HOJE, PASA)
    assert (uploaded.codigo, "deste envio" in uploaded.mensagem) == ("5027", True)


@pytest.mark.parametrize(
    ("situacao", "de", "refuses"),
    [
        ("SOLICITADO", SINCE, True), ("RECUSADO", SINCE, True), ("HABILITADO", HOJE + timedelta(days=1), True),
        ("HABILITADO", HOJE, False), ("SUSPENSO", SINCE, False), ("DESCREDENCIADO", SINCE, False),
    ],
)  # fmt: skip
def test_who_was_never_enabled_is_told_so(situacao: str, de: date, *, refuses: bool) -> None:
    held = known().relacionamento
    assert held is not None
    contratacao = known(relacionamento=replace(held, periodos=(Periodo(Situacao(situacao), de),)))
    for versao, code in ((V401, "1207"), (V403, "3279")):
        found = lida(sent(a_message("loteAnexos", versao)), "loteAnexos")
        assert refused(found, contratacao) == ([("R02", code)] if refuses else [])


def test_nobody_is_anybody_without_a_relacionamento() -> None:
    found = lida(sent(a_message("solicitacaoProcedimento"), origem=Parte(codigo_prestador_na_operadora="HOSP01")))
    assert refused(found, known(relacionamento=None)) == [("ORIGEM", "1203"), ("R02", "1207")]


@pytest.mark.parametrize(
    ("own", "refuses"),
    [
        (Contratado(cnpj=CNPJ), False), (Contratado(codigo_na_operadora="HOSP01"), False),
        (Contratado(cnpj=OUTRO_CNPJ), True), (Contratado(cpf=CPF), True), (Contratado(codigo_na_operadora="X"), True),
    ],
)  # fmt: skip
def test_nobody_asks_in_the_name_of_another(own: Contratado, *, refuses: bool) -> None:
    expected = [("ORIGEM", "1203")] if refuses else []
    assert refused(lida(sent(um.solicita_status(contratado=own)), "solicitaStatusAutorizacao")) == expected


def test_a_person_asks_by_its_cpf() -> None:
    raw = sent(um.solicita_status(contratado=Contratado(cpf=CPF)), origem=Parte(cpf=CPF))
    contratacao = known(prestador=Prestador(HOSPITAL, "Médica", "1234567", cpf=CPF))
    assert refused(lida(raw, "solicitaStatusAutorizacao"), contratacao) == []


def materials(number: int) -> AnexoOpme:
    return um.anexo_opme(itens=tuple(um.opme_solicitada(codigo_procedimento=f"{n:08d}") for n in range(number)))


ANOTHER_ANNEX = um.anexo_quimio(cabecalho=um.cabecalho_anexo(numero_guia_anexo="A2"))


def many(number: int) -> tuple[Any, ...]:
    return (um.procedimento_solicitado(),) * number


@pytest.mark.parametrize(
    ("mensagem", "transacao", "refuses"),
    [
        (um.solicitacao(um.solicitacao_sp_sadt(procedimentos=many(100))), "solicitacaoProcedimento", False),
        (um.solicitacao(um.solicitacao_sp_sadt(procedimentos=many(101))), "solicitacaoProcedimento", True),
        (
            um.solicitacao(
                um.solicitacao_sp_sadt(
                    procedimentos=many(100),
                    anexo=AnexoClinico(opme=materials(20), quimio=ANOTHER_ANNEX),
                )
            ),
            "solicitacaoProcedimento",
            True,
        ),
        (um.solicitacao(um.solicitacao_odonto()), "solicitacaoProcedimento", False),
        (um.lote_anexos(opme=materials(101)), "loteAnexos", True),
        (um.lote_anexos(quimio=um.anexo_quimio()), "loteAnexos", False),
    ],
    ids=["100", "101", "121 in all", "odonto", "101 materials", "drugs"],
)
def test_more_than_one_answer_can_be_made_of_is_to_be_divided(
    mensagem: Mensagem[Any], transacao: str, *, refuses: bool
) -> None:
    raw = sent(mensagem)
    found = [code for code in refused(lida(raw, transacao)) if code[0] == "TISS-TAMANHO"]
    assert found == ([("TISS-TAMANHO", "5015")] if refuses else [])
