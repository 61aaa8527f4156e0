"""Messages that have builders of all they may have: what is written is valid, and comes read as it was."""

from __future__ import annotations

import pytest

from conecta_tiss.pipeline import Resultado, validate_message
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml import gate, layout, parser, writer
from conecta_tiss.xml.epilogo import SituacaoHash
from conecta_tiss.xml.names import local
from tests import builders as um
from tests import builders_demonstrativos, builders_mensagens_recurso

MENSAGENS = builders_demonstrativos.MENSAGENS | builders_mensagens_recurso.MENSAGENS
CORPOS = (
    "solicitacaoDemonstrativoRetorno", "demonstrativosRetorno", "recursoGlosa", "recebimentoRecursoGlosa",
    "solicitacaoStatusRecursoGlosa", "respostaRecursoGlosa", "envioDocumentos", "recebimentoDocumentos",
)  # fmt: skip


@pytest.mark.parametrize("nome", MENSAGENS)
@pytest.mark.parametrize("versao", VERSOES)
def test_a_correct_message_is_valid_and_comes_read(versao: Versao, nome: str) -> None:
    mensagem = MENSAGENS[nome](versao)
    resultado = validate_message(writer.write(mensagem), hoje=um.HOJE)
    assert resultado == Resultado(
        valido=True,
        versao=versao,
        padrao=versao.value,
        transacao=mensagem.cabecalho.tipo_transacao,
        sequencial="1",
        destino=mensagem.cabecalho.destino.registro_ans,
        hash=SituacaoHash.ISO_8859_1,
        mensagem=mensagem,
    ), resultado.achados


def test_every_element_these_messages_may_have_is_in_one_of_those_above() -> None:
    escritos = set()
    for nome in MENSAGENS:
        for elemento in parser.parse(gate.check(writer.write(MENSAGENS[nome](Versao.V4_03_00)))).iter():
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
