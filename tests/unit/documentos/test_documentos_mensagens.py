"""A TISS message sent as a file: which one it is decides whose it is; what nobody takes is told where to go."""

from __future__ import annotations

from typing import Any

import pytest

from conecta_tiss.messages.transacoes import CORPOS
from conecta_tiss.xml import gate, parser
from conecta_tiss.xml.writer import write
from documentos.domain import uploads
from documentos.domain.achados import Achado
from documentos.domain.finalidades import FINALIDADES, OUTRA_PORTA, TRANSACOES
from documentos.domain.uploads import Situacao, Upload
from documentos.messages.corpo import read_body
from documentos.service import uploads as service
from local.gerador import Pedido, gerar, verifica_elegibilidade
from local.gerador.solicitacoes import (
    Anexo,
    PedidoSolicitacao,
    cancela_guia,
    comunica_internacao,
    gerar_anexo,
    gerar_solicitacao,
    solicita_status,
)
from tests import builders
from tests.builders_functions import CNPJ, HOSPITAL, NOW, VALE, an_upload, sha256
from tests.fakes import FakeFiles, FakeUploads

NS = b'xmlns:ans="http://www.ans.gov.br/padroes/tiss/schemas"'


def body(nome: bytes, sentido: bytes = b"prestadorParaOperadora") -> bytes:
    """The least message with a body of that name."""
    return b"<ans:mensagemTISS " + NS + b"><ans:" + sentido + b"><ans:" + nome + b"/></ans:" + sentido + (
        b"></ans:mensagemTISS>"
    )  # fmt: skip


EVERYTHING = tuple(row.corpo for row in TRANSACOES)
PEDIDO = PedidoSolicitacao()
TAKEN = {
    "loteGuias": gerar(Pedido(guias=1)).conteudo,
    "solicitacaoStatusProtocolo": write(builders.solicita_status_protocolo()),
    "solicitacaoProcedimento": gerar_solicitacao(PEDIDO).conteudo,
    "solicitaStatusAutorizacao": solicita_status(PEDIDO).conteudo,
    "loteAnexos": gerar_anexo(PEDIDO, Anexo.OPME).conteudo,
    "cancelaGuia": cancela_guia(PEDIDO).conteudo,
    "comunicacaoInternacao": comunica_internacao(PEDIDO, NOW.date()).conteudo,
    **{
        nome: body(nome.encode())
        for nome in (
            "solicitacaoDemonstrativoRetorno", "recursoGlosa", "solicitacaoStatusRecursoGlosa", "envioDocumentos",
        )
    },
}  # fmt: skip
ELEGIBILIDADE = verifica_elegibilidade(CNPJ, VALE, "001", NOW.date())


class Case:
    """One upload of a message, posted and received."""

    def __init__(self, content: bytes, **changes: Any) -> None:
        self.uploads, self.files = FakeUploads(), FakeFiles()
        made = an_upload(content, finalidade="mensagem_tiss", **{"transacoes": EVERYTHING, **changes})
        self.uploads.add(made)
        self.files.entrada.put(made.chave_entrada, content, NOW)
        service.receive_file(
            prestador_id=HOSPITAL, upload_id="u1", version="v1",
            uploads_=self.uploads, files=self.files, read_body=read_body, now=NOW,
        )  # fmt: skip

    @property
    def upload(self) -> Upload:
        return self.uploads.rows[HOSPITAL, "u1"]

    @property
    def achado(self) -> Achado:
        (found,) = self.upload.achados
        assert (self.upload.situacao, self.upload.transacao) == (Situacao.RECUSADO, None)
        assert self.files.acervo.versions == {}
        (event,) = self.uploads.events.values()
        assert event.tipo == "DocumentoRecusado"
        return found


def test_every_message_taken_is_tried_here() -> None:
    assert set(TAKEN) == set(EVERYTHING) <= set(CORPOS.values())


@pytest.mark.parametrize("corpo", TAKEN)
def test_a_message_is_handed_on_by_the_name_of_its_body(corpo: str) -> None:
    case = Case(TAKEN[corpo])
    assert (case.upload.situacao, case.upload.transacao) == (Situacao.EM_PROCESSAMENTO, corpo)
    (event,) = case.uploads.events.values()
    assert event.tipo == "DocumentoRecebido"
    assert (event.dados["finalidade"], event.dados["transacao"]) == ("mensagem_tiss", corpo)
    assert event.dados["transacoes"] == list(EVERYTHING)
    assert event.dados["chave"] == f"t/{VALE}/{HOSPITAL}/mensagem_tiss/{sha256(TAKEN[corpo])}"
    again = uploads.hand_over_again(case.upload, NOW)
    assert service.received_event(again)["dados"]["transacao"] == corpo


def test_a_message_nobody_takes_as_a_file_is_refused_naming_those_that_are_and_where_it_goes() -> None:
    achado = Case(ELEGIBILIDADE).achado
    assert (achado.regra, achado.codigo) == ("DOC-TRANSACAO", "3148")
    assert achado.mensagem == (
        "A mensagem é verificaElegibilidade: não é recebida como mensagem_tiss. São recebidas assim: loteGuias, "
        "solicitacaoStatusProtocolo, solicitacaoProcedimento, solicitaStatusAutorizacao, loteAnexos, cancelaGuia, "
        "comunicacaoInternacao, solicitacaoDemonstrativoRetorno, recursoGlosa, solicitacaoStatusRecursoGlosa, "
        "envioDocumentos. Envie-a por POST /v1/tiss/verificaElegibilidade, que responde na hora."
    )


@pytest.mark.parametrize("corpo", sorted(set(CORPOS.values()) - set(EVERYTHING)))
def test_whatever_else_the_standard_has_is_refused_by_name_with_a_way_on(corpo: str) -> None:
    text = Case(body(corpo.encode())).achado.mensagem
    assert text.startswith(f"A mensagem é {corpo}: ")
    assert text.endswith(OUTRA_PORTA.get(corpo, "POST /v1/tiss/{transacao}."))


def test_other_doors_are_named_only_of_messages_that_are_refused_here() -> None:
    assert set(OUTRA_PORTA) <= set(CORPOS.values()) - set(EVERYTHING)


def test_a_name_the_standard_does_not_have_is_not_repeated() -> None:
    text = Case(body(b"mariaDaSilva")).achado.mensagem
    assert text.startswith("O corpo da mensagem não é de uma transação do padrão TISS: ")
    assert "maria" not in text


def test_an_answer_of_an_operadora_is_no_message_of_a_prestador() -> None:
    case = Case(body(b"autorizacaoServicos", b"operadoraParaPrestador"))
    assert case.achado.mensagem.startswith("A mensagem é autorizacaoServicos: ")


def test_who_may_not_send_lotes_does_not_send_them_as_messages() -> None:
    achado = Case(TAKEN["loteGuias"], transacoes=EVERYTHING[1:]).achado
    assert (achado.regra, achado.codigo) == ("DOC-PERMISSAO", "papel-insuficiente")
    assert "loteGuias" in achado.mensagem
    assert "conecta/peg.escrever" in achado.mensagem


@pytest.mark.parametrize(
    ("content", "regra", "codigo", "linha"),
    [
        (b"", "TISS-XML-VAZIO", "5002", None),
        (b"%PDF-1.7 %%EOF", "TISS-XML-FORMATO", "5002", None),
        (b"PK\x03\x04", "TISS-XML-COMPACTADO", "5002", None),
        (b'<?xml version="1.0"?>\n<!DOCTYPE a><a/>', "TISS-XML-DOCTYPE", "5001", None),
        (b"<a>\n<b>\xff</b></a>", "TISS-XML-CODIFICACAO", "5002", 2),
        (b"<a>\n<b></a>", "TISS-XML-MALFORMADO", "5002", 2),
        (b"<a/>", "TISS-XML-RAIZ", "5001", 1),
        (b"<ans:mensagemTISS " + NS + b"/>", "TISS-CORPO", "5007", None),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_the_gate_found(
    content: bytes, regra: str, codigo: str, linha: int | None
) -> None:
    achado = Case(content).achado
    assert (achado.regra, achado.codigo, achado.linha) == (regra, codigo, linha)
    assert achado.mensagem


def test_nothing_is_parsed_that_did_not_pass_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("body_element", "parse"):
        monkeypatch.setattr(parser, name, lambda _utf8: pytest.fail("parsed"))
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert isinstance(read_body(bomb), Achado)
    assert isinstance(read_body(b" " * (gate.LIMITES.tamanho + 1)), Achado)


def test_no_tree_is_made_of_a_message_that_says_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "parse", lambda _utf8: pytest.fail("parsed"))
    assert read_body(TAKEN["loteGuias"]) == "loteGuias"


def test_a_message_whose_bytes_are_not_those_declared_is_not_read() -> None:
    case = Case(TAKEN["cancelaGuia"], tamanho=1)
    assert case.achado.regra == "DOC-TAMANHO"


def test_only_messages_are_read() -> None:
    store, files = FakeUploads(), FakeFiles()
    upload = an_upload()
    store.add(upload)
    files.entrada.put(upload.chave_entrada, b"<lote/>", NOW)

    def read(_content: bytes) -> str:
        raise AssertionError

    situacao = service.receive_file(
        prestador_id=HOSPITAL, upload_id="u1", version="v1", uploads_=store, files=files, read_body=read, now=NOW
    )
    assert situacao is Situacao.EM_PROCESSAMENTO
    (event,) = store.events.values()
    assert "transacao" not in event.dados


def test_only_the_finalidade_of_messages_looks_at_what_they_are() -> None:
    assert [row.codigo for row in FINALIDADES.values() if row.transacoes] == ["mensagem_tiss"]
