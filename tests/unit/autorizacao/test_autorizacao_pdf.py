"""What a prestador prints: everything that must be read is there, in its place, however long it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from autorizacao import pdf
from autorizacao.service.portas import Guardada
from conecta_edge import paginas
from conecta_facts.operadoras import Canal, Contato
from conecta_senhas.autorizacoes import (
    Autorizacao,
    Evento,
    Item,
    Marco,
    MotivoNegativa,
    Papel,
    Pendencia,
    Situacao,
    SituacaoItem,
    TipoPendencia,
)
from conecta_senhas.solicitacoes import Profissional
from conecta_tiss.terminologia import tuss
from tests.builders_autorizacao import (
    NUMERO,
    ONTEM,
    PERICIA,
    SENHA,
    VALIDADE,
    a_pending,
    a_request,
    a_stay,
    a_stay_authorization,
    an_asked,
    an_authorization,
    an_item,
    an_opme,
    an_urgencia,
    in_situation,
)
from tests.builders_cadastro import CARTEIRA, HEMOGRAMA, HOJE, NOME, a_contato, a_vida, an_operadora
from tests.builders_functions import CLINICA, HOSPITAL
from tests.impresso import Printed, written

NAO_CONTRATADO = MotivoNegativa(
    codigo="2514", texto="O item não está contratado com o prestador executante. Fale com a Central da operadora.",
    base="Contrato entre o prestador e a operadora (RN 503/2022).",
)  # fmt: skip
SEM_INDICACAO = MotivoNegativa(
    codigo="1426", texto="O laudo não descreve a falha do tratamento conservador.", base="Contrato, cláusula 12."
)
CONTATOS = (
    a_contato(descricao="Central"),
    Contato("ONCOLOGIA", "Brasil", Canal.EMAIL, "oncologia@operadora.example", "Equipe de oncologia"),
    Contato("OUVIDORIA", "Brasil", Canal.EMAIL, "ouvidoria@operadora.example", "Ouvidoria"),
)
PROTOCOLO = "261140000001"


def printed(autorizacao: Autorizacao, *complementos: str, hoje: date = HOJE, **rest: Any) -> Printed:
    life = rest.pop("beneficiario", a_vida())
    guardada = Guardada(autorizacao, "vida", complementos)
    return Printed(pdf.render(guardada, life, an_operadora(), rest.pop("contatos", CONTATOS), hoje, **rest))


def marco(evento: Evento, papel: Papel, situacao: Situacao, days: int = 0, **rest: Any) -> Marco:
    quando = datetime.combine(HOJE + timedelta(days=days), time(15), UTC)
    return Marco(evento=evento, papel=papel, quem="pessoa", quando=quando, situacao=situacao, **rest)


def denied(sequencia: int, *motivos: MotivoNegativa, **changes: Any) -> Item:
    return an_item(sequencia, autorizada=Decimal(0), situacao=SituacaoItem.NEGADO, motivos=motivos, **changes)


ASKED = marco(Evento.SOLICITADA, Papel.PRESTADOR, Situacao.EM_ANALISE)
NEGATIVA = an_authorization(
    denied(1, NAO_CONTRATADO), denied(2, SEM_INDICACAO, NAO_CONTRATADO), situacao=Situacao.NEGADA, senha=None,
    validade=None, data_autorizacao=None,
    historico=(ASKED, marco(Evento.DECIDIDA, Papel.AUDITORIA, Situacao.NEGADA, 2)),
)  # fmt: skip


def test_a_senha_says_what_it_is_for_whom_and_until_when() -> None:
    who = Profissional(nome="Profissional do Hospital", conselho="06", numero="123456", uf="31", cbo="225125")
    asked = a_request(profissional=who, executante=CLINICA)
    page = printed(an_authorization(solicitacao=asked), prestadores={HOSPITAL: "Hospital Aurora"})
    text = page.text
    assert page.row("Senha") == ["Senha", "Válida até (inclusive)", "Protocolo de atendimento", "Situação"]
    assert page.row(SENHA) == [SENHA, f"{VALIDADE:%d/%m/%Y}", PROTOCOLO, "Autorizada"]
    assert page.row(NOME) == [NOME, CARTEIRA]
    assert page.row("Hospital Aurora") == ["Hospital Aurora", CLINICA]
    assert page.row(HEMOGRAMA_ROW) == ["1", HEMOGRAMA_ROW, "Item do pedido", "1", "1", "-", "Autorizado"]
    for said in (
        "Autorização de SP/SADT", "VALE/AMS", "Registro ANS 345695", NUMERO, "SP/SADT, eletivo", "4004-0183",
        "Profissional do Hospital (CRM 123456 MG)", f"Emitido em {HOJE:%d/%m/%Y}",
    ):  # fmt: skip
        assert said in text
    assert "Direito a revisão" not in text
    assert page.total == len(page.pages) == 1


HEMOGRAMA_ROW = f"22 {HEMOGRAMA}"


def test_the_same_authorization_on_the_same_day_gives_the_same_bytes() -> None:
    assert printed(NEGATIVA).content == printed(NEGATIVA).content
    assert printed(NEGATIVA).content != printed(NEGATIVA, hoje=ONTEM).content


def test_a_person_is_called_by_the_name_it_chose_and_nobody_is_invented() -> None:
    assert printed(an_authorization(), beneficiario=a_vida(nome_social="Nome Social")).row("Nome Social")
    assert NOME not in printed(an_authorization(), beneficiario=a_vida(nome_social="Nome Social")).text
    assert printed(an_authorization(), beneficiario=None).row("Não informado")[1] == CARTEIRA


def test_a_negative_has_each_reason_once_its_basis_who_decided_and_what_may_be_done() -> None:
    page = printed(NEGATIVA)
    text = " ".join(page.text.split("\n"))
    assert text.count(NAO_CONTRATADO.texto) == 1
    assert page.row("Itens 1, 2")[1].strip() == "código 2514 da tabela 38 da TISS"
    assert page.row("Item 2")[1].strip() == "código 1426 da tabela 38 da TISS"
    for said in (
        "Negativa de autorização", SEM_INDICACAO.texto, "Base legal ou contratual: Contrato, cláusula 12.",
        "Base legal ou contratual: Contrato entre o prestador e a operadora (RN 503/2022).",
        f"Quem decidiu: Auditoria da operadora, em {HOJE + timedelta(days=2):%d/%m/%Y}.",
        "reconsideração", "reanálise", "Ouvidoria", "RN 623/2024", f"Informe o protocolo {PROTOCOLO}",
        "0800 701 9656", "0800 021 2105", "www.gov.br/ans", "ouvidoria@operadora.example", "4004-0183",
    ):  # fmt: skip
        assert said in text
    assert "oncologia@" not in text
    assert "Senha" not in text
    assert page.total == 1


def test_what_the_rules_refused_nobody_denied_on_clinical_grounds() -> None:
    refused = replace(
        NEGATIVA, motivos=(NAO_CONTRATADO,),
        historico=(marco(Evento.SOLICITADA, Papel.PRESTADOR, Situacao.NEGADA),),
    )  # fmt: skip
    page = printed(refused)
    assert page.row("Pedido todo")
    assert page.row("Item 2")
    decided = f"Quem decidiu: {pdf._REGRAS}, em {HOJE:%d/%m/%Y}."
    assert decided in " ".join(page.text.split("\n"))


def test_a_senha_of_part_tells_the_rest_and_its_days() -> None:
    item = an_item(quantidade=10, autorizada=Decimal(5), motivos=(SEM_INDICACAO,))
    autorizacao = an_authorization(
        item, situacao=Situacao.PARCIAL, solicitacao=a_stay(item.solicitado, diarias=5), diarias_autorizadas=3,
        motivos=(NAO_CONTRATADO,), historico=(ASKED, marco(Evento.DECIDIDA, Papel.AUDITORIA, Situacao.PARCIAL)),
        admissao=HOJE,
    )  # fmt: skip
    page = printed(autorizacao)
    assert page.row(HEMOGRAMA_ROW)[-4:] == ["10", "5", "5", "Autorizado"]
    assert page.row("em parte") == ["em parte"]
    assert page.row("Diárias")[:4] == ["Diárias", "5", "3", "2"]
    for said in (
        "Autorização de Internação",
        "Direito a revisão",
        f"Internação comunicada em {HOJE:%d/%m/%Y}; alta: -.",
    ):
        assert said in page.text


def test_what_the_central_took_away_is_no_negative() -> None:
    item = an_item(quantidade=2, autorizada=Decimal(1))
    page = printed(an_authorization(item, situacao=Situacao.PARCIAL))
    assert page.row(HEMOGRAMA_ROW)[-4:-1] == ["2", "1", "-"]
    assert "Direito a revisão" not in page.text


@pytest.mark.parametrize("situacao", [Situacao.EM_ANALISE, Situacao.AGUARDANDO_DOCUMENTO])
def test_a_request_that_waits_gets_a_comprovante_that_is_no_senha(situacao: Situacao) -> None:
    waited = situacao is not Situacao.EM_ANALISE
    cotacoes = Pendencia(tipo=TipoPendencia.COTACAO, descricao="Cotações de OPME", quantidade=2)
    laudo = Pendencia(tipo=TipoPendencia.DOCUMENTO, descricao="Laudo")
    made = a_pending(situacao, pendencias=(cotacoes, laudo) if waited else ())
    page = printed(made)
    assert page.row(HEMOGRAMA_ROW)[-4:] == ["1", "-", "-", "Em análise"]
    assert made.responder_ate is not None
    for said in (
        "Comprovante de protocolo", PROTOCOLO, f"A operadora responde até {made.responder_ate:%d/%m/%Y}",
        "Este comprovante não é senha",
    ):  # fmt: skip
        assert said in page.text
    assert ("- Cotações de OPME (2)" in page.text) is waited
    assert ("- Laudo\n" in page.text) is waited
    assert ("O que falta" in page.text, "Andamento" in page.text) == (waited, not waited)
    assert ("Envie até" in page.text) is waited
    assert "Senha" not in page.text


def test_no_day_is_promised_that_is_not_known() -> None:
    assert "A operadora responde até" not in printed(a_pending(responder_ate=None)).text


def test_days_that_wait_are_not_decided() -> None:
    asked = a_stay(diarias=4)
    assert printed(a_pending(solicitacao=asked)).row("Diárias")[:4] == ["Diárias", "4", "-", "-"]
    gone = replace(a_pending(solicitacao=asked), situacao=Situacao.CANCELADA)
    assert printed(gone).row("Diárias")[:4] == ["Diárias", "4", "0", "-"]
    assert printed(gone).row(HEMOGRAMA_ROW)[-1] == "Sem"  # decisão, on the next line


def test_a_cancelled_senha_says_so_by_whom_and_why() -> None:
    end = marco(Evento.CANCELADA, Papel.PRESTADOR, Situacao.CANCELADA, motivo="O paciente desistiu.")
    page = printed(in_situation(Situacao.CANCELADA, historico=(ASKED, end)))
    assert page.row("Senha cancelada") == ["Senha cancelada", "Protocolo de atendimento", "Situação"]
    said = f"Cancelada em {HOJE:%d/%m/%Y} por: Prestador. Motivo: O paciente desistiu."
    assert said in page.text
    assert "Comprovante de cancelamento" in page.text
    silent = in_situation(Situacao.CANCELADA, historico=(replace(end, motivo=None),))
    assert "Motivo:" not in printed(silent).text


def test_a_senha_that_ended_says_when_unless_its_stay_goes_on() -> None:
    ended = an_authorization(validade=ONTEM, principal="26110000009")
    page = printed(ended)
    assert page.row("Venceu em")
    assert page.row(SENHA)[1:] == [f"{ONTEM:%d/%m/%Y}", PROTOCOLO, "Vencida"]
    assert "peça outra senha" in page.text
    stay = a_stay_authorization(admissao=ONTEM)
    assert printed(ended, principal=stay).row(SENHA)[-1] == "Autorizada"


def test_what_belongs_together_is_named() -> None:
    made = an_authorization(principal="26110000002", substitui="26110000003", substituida_por="26110000004")
    text = printed(made, "26110000005", "26110000006").text
    for said in (
        "Pedido sobre a autorização 26110000002.", "Pedido em substituição da autorização 26110000003.",
        "Substituída pela autorização 26110000004.", "Pedidos sobre esta autorização: 26110000005, 26110000006.",
    ):  # fmt: skip
        assert said in text


def test_an_item_says_its_place_its_registration_and_its_day_and_has_a_name_from_tuss() -> None:
    tooth = an_asked(PERICIA, descricao=None, dente="11", face="OV")
    region = an_asked(PERICIA, descricao=None, regiao="ASAI", quantidade="1.5")
    day = an_item(3, solicitado=an_opme(), data_prevista=HOJE)
    unknown = an_item(4, solicitado=an_asked("99999999", descricao=None, tabela="00"))
    other = an_item(5, solicitado=an_opme(opcao="2"), autorizada=Decimal(0), situacao=SituacaoItem.ALTERNATIVA)
    page = printed(
        an_authorization(an_item(solicitado=tooth), an_item(2, solicitado=region), day, unknown, other),
    )
    text = " ".join(page.text.split("\n"))
    for said in ("Dente 11", "Face OV", "Região ASAI", "1,5", "Anvisa", f"Para {HOJE:%d/%m/%Y}", "outro fabricante"):
        assert said in text
    name = tuss(PERICIA, "22")
    assert name is not None
    assert name.termo in text
    assert page.row("00 99999999")[:3] == ["4", "00 99999999", "1"]
    assert "urgência ou emergência" in printed(an_authorization(solicitacao=an_urgencia())).text


def test_a_hundred_items_flow_over_pages_that_all_begin_alike() -> None:
    items = tuple(an_item(n, solicitado=an_asked(f"{40300000 + n}")) for n in range(1, 101))
    page = printed(an_authorization(*items))
    assert 2 <= page.total == len(page.pages) <= 5
    rows = [piece.text for one in page.pages for piece in one if piece.text.startswith("22 403")]
    assert rows == [f"22 {40300000 + n}" for n in range(1, 101)]
    for number, one in enumerate(page.pages, 1):
        texts = [piece.text for piece in one]
        assert {"Autorização de SP/SADT", "VALE/AMS", "Tabela e código", f"Página {number} de "} <= set(texts)
    (total,) = [stream for stream in page.streams if b".total Do" not in stream]
    assert [piece.text for piece in written(total)] == [str(page.total)]


LONG = "Justificativa clínica que se estende por muitas linhas, com acentuação e cê-cedilha. "


@pytest.mark.parametrize(
    "texto", [LONG * 120, "palavra" * 300, "ç" * 900, "W" * 500 + " " + "i" * 500], ids=["long", "wide", "ç", "W"]
)
def test_no_text_leaves_the_page_however_long_it_is(texto: str) -> None:
    motivo = replace(SEM_INDICACAO, texto=texto, base=texto)
    item = denied(1, motivo, solicitado=an_asked(descricao=texto))
    page = printed(
        replace(NEGATIVA, itens=(item,)),
        beneficiario=a_vida(nome=texto[:200]),
        prestadores={HOSPITAL: texto[:150]},
    )
    for one in page.pages:
        for piece in one:
            assert piece.x >= paginas.LEFT - 0.01, piece
            assert piece.x + stringWidth(piece.text, piece.font, piece.size) <= paginas.RIGHT + 0.01, piece
            assert piece.y >= paginas.BOTTOM - 23, piece
    body = [piece.text for one in page.pages for piece in one if piece.size == 9.5 and piece.y < paginas.TOP]
    assert "".join("".join(body).split()).count("".join(texto.split())) == 2


def test_letters_of_portuguese_are_as_written_and_others_lose_their_marks_or_are_asked_after() -> None:
    decomposed = "Ação"
    given = f"áâãàéêíóôõúüç ÁÂÃÀÉÊÍÓÔÕÚÜÇ º ª § – — “aspas” € {decomposed} Škoda Łódź ş 汉\x00\x07\u202e\t\nfim"
    text = printed(an_authorization(), beneficiario=a_vida(nome_social=given)).text.replace("\n", " ")
    assert "áâãàéêíóôõúüç ÁÂÃÀÉÊÍÓÔÕÚÜÇ º ª § – — “aspas” € Ação Škoda ?ódz s ? fim" in text


def test_a_heading_is_never_alone_at_the_foot() -> None:
    for count in range(20, 45):
        items = tuple(an_item(n) for n in range(1, count))
        page = printed(an_authorization(*items))
        for one in page.pages:
            lowest = min((piece for piece in one if piece.y > paginas.BOTTOM), key=lambda piece: piece.y)
            assert (lowest.font, lowest.size) != ("Helvetica-Bold", 11.0)


def test_without_contacts_none_are_announced() -> None:
    assert "Contatos" not in printed(an_authorization(), contatos=()).text
