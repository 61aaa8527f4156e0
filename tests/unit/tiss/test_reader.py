"""The reader: exact texts, honest values, and no failure on what a schema refused."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from decimal import Decimal

import pytest

from conecta_tiss.errors import LeituraError
from conecta_tiss.messages.envelope import Parte
from conecta_tiss.messages.ilegivel import (
    DATA_ILEGIVEL,
    NUMERO_ILEGIVEL,
    TEXTO_ILEGIVEL,
    VALOR_ILEGIVEL,
)
from conecta_tiss.messages.lote_guias import GuiaOdonto, GuiaSpSadt, LoteGuias, TipoGuia
from conecta_tiss.xml import gate, parser, reader, writer
from conecta_tiss.xml.reader import Leitura
from tests import builders as um


def read(texto: str, leitura: Leitura | None = None) -> LoteGuias:
    return reader.read_lote(parser.parse(gate.check(texto.encode("iso-8859-1"))), leitura).corpo


def written(*guias: GuiaSpSadt) -> str:
    return writer.write_lote(um.mensagem_lote(*guias)).decode("iso-8859-1")


def guia(texto: str, leitura: Leitura | None = None) -> GuiaSpSadt:
    lida = read(texto, leitura).guias[0]
    assert isinstance(lida, GuiaSpSadt)
    return lida


def test_what_is_read_is_frozen_like_what_is_built() -> None:
    lida = guia(written())
    assert type(lida) is GuiaSpSadt
    assert lida == um.guia_sp_sadt()
    assert hash(lida) == hash(um.guia_sp_sadt())
    assert replace(lida, observacao="x").observacao == "x"
    with pytest.raises(FrozenInstanceError):
        lida.observacao = "x"  # type: ignore[misc]


def test_comments_and_cdata_in_a_leaf_are_read_as_one_text() -> None:
    texto = written().replace("00012345678901234", "000<!-- x -->12345<![CDATA[678901234]]>")
    assert guia(texto).numero_carteira == "00012345678901234"


def test_blanks_around_dates_and_numbers_do_not_count() -> None:
    texto = written()
    for campo, valor in (("dataExecucao", "2026-03-02"), ("quantidadeExecutada", "2"), ("sequencialItem", "1")):
        texto = texto.replace(f"<ans:{campo}>{valor}<", f"<ans:{campo}> {valor}\n<")
    assert guia(texto) == um.guia_sp_sadt()


@pytest.mark.parametrize("texto", ["2", "+2", "02", "2.0", "2.", " 2 "])
def test_decimals_are_read_however_they_are_spelt(texto: str) -> None:
    lida = guia(written().replace("<ans:quantidadeExecutada>2<", f"<ans:quantidadeExecutada>{texto}<"))
    assert lida.procedimentos[0].quantidade == 2


@pytest.mark.parametrize("texto", ["", "dez", "NaN", "Infinity", "1e999999", "1E-99", "1,5"])
def test_what_is_no_amount_is_unreadable(texto: str) -> None:
    lida = guia(written().replace("<ans:valorUnitario>50.00<", f"<ans:valorUnitario>{texto}<"))
    assert lida.procedimentos[0].valor_unitario.is_nan()


@pytest.mark.parametrize(
    "texto", ["2026-02-30", "2026-03-02Z", "2026-03-02-03:00", "20260302", "-2026-03-02", "", "１-2-3"]
)
def test_what_is_no_plain_day_is_unreadable_and_noted(texto: str) -> None:
    leitura = Leitura()
    utf8 = (
        written().replace("<ans:dataExecucao>2026-03-02<", f"<ans:dataExecucao>{texto}<").replace("ISO-8859-1", "UTF-8")
    )
    raiz = parser.parse(gate.check(utf8.encode()))
    lote = reader.read_lote(raiz, leitura).corpo
    assert isinstance(lote.guias[0], GuiaSpSadt)
    assert lote.guias[0].procedimentos[0].data_execucao == DATA_ILEGIVEL
    assert leitura.datas == {texto}


def test_leaves_of_blanks_are_noted_and_read_as_they_are() -> None:
    leitura = Leitura()
    texto = written().replace("<ans:numeroLote>7<", "<ans:numeroLote>  <").replace("00012345678901234", "\t\n")
    assert guia(texto, leitura).numero_carteira == "\t\n"
    assert [str(elemento.tag).rpartition("}")[2] for elemento in leitura.brancos] == ["numeroLote", "numeroCarteira"]


def test_a_text_that_starts_with_a_blank_is_no_blank() -> None:
    leitura = Leitura()
    assert guia(written().replace("00012345678901234", " 1"), leitura).numero_carteira == " 1"
    assert leitura.brancos == []


def test_what_is_missing_becomes_unreadable_and_what_is_unknown_is_skipped() -> None:
    texto = (
        '<a:mensagemTISS xmlns:a="http://www.ans.gov.br/padroes/tiss/schemas"><a:prestadorParaOperadora>'
        "<a:loteGuias><a:guiasTISS><a:nada><a:x/></a:nada><a:guiaSP-SADT><a:nada>1</a:nada>"
        "<a:procedimentosExecutados><a:nada/><a:procedimentoExecutado/></a:procedimentosExecutados>"
        "<a:dadosAutorizacao/></a:guiaSP-SADT></a:guiasTISS></a:loteGuias></a:prestadorParaOperadora>"
        "</a:mensagemTISS>"
    )
    lote = read(texto)
    lida = lote.guias[0]
    assert isinstance(lida, GuiaSpSadt)
    assert (lote.numero_lote, lote.tipo) == (TEXTO_ILEGIVEL, TipoGuia.SP_SADT)
    assert (lida.registro_ans, lida.numero_carteira, lida.senha) == (TEXTO_ILEGIVEL, TEXTO_ILEGIVEL, None)
    assert lida.valor_total.is_nan()
    assert lida.autorizacao is not None
    assert lida.autorizacao.data_autorizacao == DATA_ILEGIVEL
    item = lida.procedimentos[0]
    assert (item.sequencial_item, item.data_execucao) == (NUMERO_ILEGIVEL, DATA_ILEGIVEL)
    assert item.quantidade is VALOR_ILEGIVEL
    assert item.equipe == ()


def test_a_lote_without_guias_has_none() -> None:
    texto = (
        '<a:mensagemTISS xmlns:a="http://www.ans.gov.br/padroes/tiss/schemas"><a:prestadorParaOperadora>'
        "<a:loteGuias><a:numeroLote/></a:loteGuias></a:prestadorParaOperadora></a:mensagemTISS>"
    )
    raiz = parser.parse(texto.encode())
    mensagem = reader.read_lote(raiz)
    assert mensagem.corpo.guias == ()
    assert mensagem.corpo.valor_total == Decimal(0)
    assert mensagem.cabecalho.origem == Parte()
    assert mensagem.cabecalho.data_registro == DATA_ILEGIVEL


@pytest.mark.parametrize(("texto", "valor"), [("true", True), (" 1 ", True), ("0", False), ("talvez", False)])
def test_truth_is_read_as_the_schema_spells_it(texto: str, valor: bool) -> None:  # noqa: FBT001
    escrita = writer.write_lote(um.mensagem_lote(um.guia_odonto())).decode("iso-8859-1")
    lida = read(escrita.replace("<ans:autorizado>true<", f"<ans:autorizado>{texto}<")).guias[0]
    assert isinstance(lida, GuiaOdonto)
    assert lida.procedimentos[0].autorizado is valor


def test_lists_of_plain_texts_are_read() -> None:
    mensagem = um.mensagem_lote(um.guia_internacao(diagnosticos=("A00", "B01")))
    assert reader.read_lote(parser.parse(gate.check(writer.write_lote(mensagem)))) == mensagem


def test_the_longest_list_is_known() -> None:
    leitura = Leitura()
    itens = tuple(um.procedimento(sequencial_item=numero) for numero in range(1, 6))
    read(written(um.guia_sp_sadt(procedimentos=itens), um.guia_sp_sadt()), leitura)
    assert leitura.maior_lista == 5


def test_signatures_are_flagged_not_kept() -> None:
    assinatura = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
    texto = written().replace("</ans:guiaSP-SADT>", "<ans:assinaturaDigitalGuia/></ans:guiaSP-SADT>")
    raiz = parser.parse(
        gate.check(texto.replace("</ans:mensagemTISS>", f"{assinatura}</ans:mensagemTISS>").encode("iso-8859-1"))
    )
    mensagem = reader.read_lote(raiz)
    assert mensagem.assinada
    assert mensagem.corpo.guias[0].assinada


def test_the_password_of_the_header_is_not_read() -> None:
    senha = "<ans:loginSenhaPrestador><ans:loginPrestador>l</ans:loginPrestador><ans:senhaPrestador>segredo"
    texto = written().replace(
        "</ans:cabecalho>", f"{senha}</ans:senhaPrestador></ans:loginSenhaPrestador></ans:cabecalho>"
    )
    assert "segredo" not in repr(reader.read_lote(parser.parse(gate.check(texto.encode("iso-8859-1")))))


def test_each_reader_wants_its_own_message() -> None:
    raiz = parser.parse(gate.check(writer.write_recebimento(um.recusa())))
    lote = parser.parse(gate.check(written().encode("iso-8859-1")))
    with pytest.raises(LeituraError, match="loteGuias"):
        reader.read_lote(raiz)
    with pytest.raises(LeituraError, match="situacaoProtocolo"):
        reader.read_situacao(raiz)
    with pytest.raises(LeituraError, match="recebimentoLote"):
        reader.read_recebimento(lote)


def test_a_status_of_anexos_is_not_read_as_one_of_a_lote() -> None:
    texto = writer.write_situacao(um.situacao()).decode("iso-8859-1")
    raiz = parser.parse(gate.check(texto.replace("situacaoDoProtocolo", "situacaoProtocoloAnexo").encode("iso-8859-1")))
    situacao = reader.read_situacao(raiz).corpo
    assert situacao.situacao is None
    assert situacao.anexo is not None
    assert situacao.anexo.registro_ans == um.OPERADORA


def test_a_status_guia_without_content_is_unreadable() -> None:
    texto = writer.write_situacao(um.situacao()).decode("iso-8859-1")
    vazia = texto.replace("<ans:guiasMedicas>", "<ans:guiasMedicas/><ans:guiasMedicas>")
    detalhe = reader.read_situacao(parser.parse(gate.check(vazia.encode("iso-8859-1")))).corpo.situacao
    assert detalhe is not None
    assert detalhe.detalhe is not None
    assert [guia.numero_guia_prestador for guia in detalhe.detalhe.guias] == [TEXTO_ILEGIVEL, "G1"]


def test_the_tags_of_dates_are_those_of_the_layout() -> None:
    def nomes(corpo: str | None) -> set[str]:
        return {tag.rpartition("}")[2] for tag in reader.date_elements(corpo)}

    do_lote = nomes("loteGuias")
    assert {"dataExecucao", "dataRegistroTransacao", "dataEmissaoGuia", "validadeSenha", "dataAtendimento"} <= do_lote
    assert all(nome.startswith(("data", "validade")) for nome in do_lote)
    assert {"dataSugeridaInternacao", "dtPrevistaInicio", "dataProvavel"} <= nomes("solicitacaoProcedimento")
    assert nomes(None) == nomes("inventado") == {"dataRegistroTransacao"}


def test_guias_tell_their_senha_and_total_whatever_their_kind() -> None:
    assert um.guia_sp_sadt().senha == "S1"
    assert um.guia_sp_sadt(autorizacao=None).senha is None
    assert um.guia_internacao().senha == "S1"
    assert um.guia_consulta().senha is None
    assert [
        feita.valor_total
        for feita in (
            um.guia_sp_sadt(),
            um.guia_internacao(),
            um.guia_honorarios(),
            um.guia_consulta(),
            um.guia_odonto(),
        )
    ] == [Decimal("100.00"), Decimal("110.00"), Decimal("100.00"), Decimal("120.00"), Decimal("80.00")]
    assert {
        feita.numero_carteira
        for feita in (
            um.guia_sp_sadt(),
            um.guia_internacao(),
            um.guia_honorarios(),
            um.guia_consulta(),
            um.guia_odonto(),
        )
    } == {"00012345678901234"}
