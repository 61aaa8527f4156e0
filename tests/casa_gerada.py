"""Generated lotes and all that has to be known for them to be paid whole, around the use cases of `peg`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from conecta_facts.operadoras import VersaoAceita
from conecta_facts.prestadores import Prestador
from conecta_senhas.autorizacoes import Autorizacao, Item, Situacao, SituacaoItem
from conecta_senhas.solicitacoes import Tipo as TipoDeSenha
from local.gerador import LoteGerado, Pedido, Tipo, gerar
from local.gerador.cobranca import VALIDADE, ItemAutorizado, SenhaConhecida
from peg.messages.lotes import TissPadrao
from tests.builders_autorizacao import a_request, an_asked, an_item
from tests.builders_cadastro import (
    HOJE,
    INICIO,
    a_contratado,
    a_contrato,
    a_diaria,
    a_plano,
    a_preco,
    a_regra,
    a_vida,
    an_operadora,
    relacionamento_of,
)
from tests.builders_functions import CNPJ, HOSPITAL, VALE
from tests.builders_peg import granted
from tests.casa_peg import Casa, Catalogo, Fatos
from tests.fakes import FakeCadastro
from tests.fakes_autorizacao import Lives
from tests.fakes_cadastro import FakeBeneficiarios

SINCE: Final = date(2020, 1, 1)
VERSOES: Final = tuple(VersaoAceita(versao, SINCE) for versao in ("4.01.00", "4.02.00", "4.03.00"))


def generated(tipo: Tipo, *defeitos: str, **changes: Any) -> LoteGerado:
    """A lote of the hospital, of today, that is due but for those defects, which its third of four guias has."""
    asked = {"guias": 4, "alvo": 3, "hoje": HOJE, "origem_cnpj": CNPJ, "destino": VALE, "devido": True, **changes}
    return gerar(Pedido(tipo=tipo, defeitos=defeitos, **asked))


class CasaGerada(Casa):
    """A house that knows what a lote is paid by, and reads messages by the standard itself."""

    def __init__(self, lote: LoteGerado) -> None:
        super().__init__(facts_of(lote))
        self.padrao: Any = TissPadrao()
        for senha in lote.conhecido.senhas.values():
            self.autoriza(authorization_of(senha))


def facts_of(lote: LoteGerado) -> Fatos:
    """What cadastro has to know."""
    known = lote.conhecido
    made = Fatos(FakeCadastro(), Catalogo(), FakeBeneficiarios())
    loads = Lives(made.catalogo, made.vidas)
    made.cadastro.put_operadora(an_operadora(versoes=VERSOES))
    loads.put("operadora", VALE, an_operadora(versoes=VERSOES))
    made.cadastro.put_prestador(Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ, uf="ES"))
    made.cadastro.put_relacionamento(relacionamento_of(("HABILITADO", INICIO)))
    loads.put("contratos", VALE, a_contrato())
    codes = sorted(known.contratados)
    loads.put("procedimentos-contratados", VALE, *(a_contratado(codigo, tabela=tabela) for tabela, codigo in codes))
    for tabela, codigo in sorted(known.diarias):
        loads.put("diarias", VALE, a_diaria(codigo, tabela=tabela, valor=known.precos[tabela, codigo]))
    for (tabela, codigo), valor in sorted(known.precos.items()):
        loads.put("precos", VALE, replace(a_preco(codigo, tabela=tabela), valor=valor))
    need = sorted(known.exigem)
    loads.put(
        "regras-procedimentos", VALE, *(a_regra(codigo, tabela=tabela, exige_senha=True) for tabela, codigo in need)
    )
    loads.put("planos", VALE, a_plano(odontologia=True))
    loads.put(
        "beneficiarios",
        VALE,
        *(a_vida(carteira, cpf=None, validade_carteira=None) for carteira in sorted(known.carteiras)),
    )
    return made


def authorization_of(senha: SenhaConhecida) -> Autorizacao:
    """As the context `autorizacao` would keep it."""
    itens = tuple(_item(place, held) for place, held in enumerate(senha.itens, 1))
    asked = a_request(
        *(item.solicitado for item in itens), tipo=TipoDeSenha(senha.tipo), carteira=senha.carteira,
        diarias=senha.diarias or None, executante=senha.executante, data_solicitacao=senha.data,
    )  # fmt: skip
    return granted(
        *itens, numero=senha.numero, solicitacao=asked, data_autorizacao=senha.data,
        validade=senha.data + timedelta(days=VALIDADE), diarias_autorizadas=senha.diarias,
        situacao=Situacao.CANCELADA if senha.cancelada else Situacao.AUTORIZADA,
    )  # fmt: skip


def _item(place: int, held: ItemAutorizado) -> Item:
    asked = an_asked(
        held.codigo, str(held.solicitada), tabela=held.tabela, dente=held.dente, regiao=held.regiao, face=held.face,
        data_provavel=held.data_prevista,
    )  # fmt: skip
    situacao = SituacaoItem.AUTORIZADO if held.autorizada else SituacaoItem.NEGADO
    return an_item(
        place, solicitado=asked, autorizada=held.autorizada, situacao=situacao, data_prevista=held.data_prevista
    )
