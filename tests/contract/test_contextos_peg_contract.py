"""`peg.dynamodb.contextos`: what a lote is judged by, read from the tables that others write; and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
from autorizacao.service.portas import Guardada, Mudanca
from conecta_contas.contexto import Contexto
from conecta_edge.beneficiarios import DynamoBeneficiarios
from conecta_edge.cadastro import DynamoCadastroReader
from conecta_edge.catalogo import Catalogo as CatalogoDeVerdade
from conecta_edge.clock import FixedClock
from conecta_facts.contratos import ContratoCompleto
from conecta_senhas.autorizacoes import Autorizacao
from conecta_senhas.usos import Lida, Usos
from conecta_senhas_aws.senhas import DynamoSenhas
from conecta_tiss.messages.lote_guias import Guia
from peg.domain.cobrancas import Cobranca, LinhaCobrada
from peg.dynamodb.cobrancas import DynamoCobrancas
from peg.dynamodb.contextos import DynamoContextos
from peg.service.portas import Alvo, Lido
from tests.builders import beneficiario
from tests.builders_autorizacao import an_authorization, usos_of
from tests.builders_cadastro import (
    CARTEIRA,
    CONSULTA,
    HEMOGRAMA,
    HOJE,
    INICIO,
    OUTRA_CARTEIRA,
    OUTRO_CPF,
    PLANO,
    PRECOS,
    TABELA,
    a_contrato,
    a_preco,
    a_regra,
    a_vida,
    an_operadora,
    relacionamento_of,
)
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, NOW, PASA, VALE
from tests.builders_peg import (
    DIA,
    OUTRA_SENHA,
    SENHA,
    V401,
    a_fee,
    a_resumo,
    a_sadt,
    a_visit,
    authorised,
    billed,
    done,
    granted,
    granted_stay,
)
from tests.cadastro_rows import CadastroTable
from tests.casa_peg import Catalogo, Fatos
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import AUTORIZACAO, PEG, Engine
from tests.contract.test_autorizacoes_contract import a_row, of_guia
from tests.fakes import FakeCadastro
from tests.fakes_autorizacao import Lives, load_facts
from tests.fakes_cadastro import PSEUDONIMOS, FakeBeneficiarios, Loaded, Recording
from tests.fakes_peg import FakeCobrancas
from tests.fakes_senhas import FakeSenhas

ENGINES = [FAKE, EMBEDDED]
REAL = pytest.mark.parametrize("engine_name", [EMBEDDED])
UM_PEG, OUTRO_PEG, ESTE_PEG = "261120000001", "261120000002", "261120000003"
NOVA, ANTIGA = "nova", "antiga"
TERCEIRA = "26110000003"
OUTRA_TABELA = "CBHPM-2024"


def life_id(carteira: str) -> str:
    """Under which id things of a carteira's life are kept."""
    return PSEUDONIMOS.carteira(VALE, carteira)


@dataclass
class House:
    """The reader over fakes, and ways to fill them as others do.

    Attributes:
        loads: fills cadastro and lives as a load does.
        cadastro: who is bound to whom.
    """

    reader: DynamoContextos
    loads: Any
    cadastro: Any

    def read(self, *guias: Guia, prestador_id: str = HOSPITAL, protocolo: str = "", registro_ans: str = VALE) -> Lido:
        """Read for guias; `protocolo` is of the PEG that is judged again."""
        alvo = Alvo(prestador_id, registro_ans, HOJE, V401, protocolo)
        return self.reader.read(alvo, billed(*guias))

    def known(self, *guias: Guia, **rest: Any) -> Contexto:
        """What is read for guias, but for the stored senhas."""
        return self.read(*guias, **rest).contexto

    def ask(self, held: Autorizacao, carteira: str | None = None, *complementos: str, usos: Usos | None = None) -> Lida:
        """An authorization as the context `autorizacao` writes it, and then as PEGs use it.

        Args:
            carteira: the life's number when it was asked; that of the request, if not given.
            complementos: numbers of those asked on it, which come after it.
        """
        asked = replace(held.solicitacao, numero_guia_prestador=f"GP-{held.numero}")
        row = a_row(replace(held, solicitacao=asked), carteira=carteira)
        children = [
            a_row(granted(numero=number, principal=held.numero, **of_guia(f"GP-{number}")), carteira=carteira)
            for number in complementos
        ]  # fmt: skip
        self.write(row, *children)
        if usos:
            self.use(self.reader.senhas.many(VALE, [held.numero])[held.numero], usos)
        return self.reader.senhas.many(VALE, [held.numero])[held.numero]

    def write(self, row: Guardada, *children: Guardada) -> None:
        """A request, then those on it."""
        senhas: Any = self.reader.senhas
        senhas.put(row.autorizacao, row.vida, tuple(one.autorizacao.numero for one in children))
        for one in children:
            senhas.put(one.autorizacao, one.vida)

    def use(self, lida: Lida, usos: Usos) -> None:
        """PEGs use it."""
        assert self.reader.senhas.bill(VALE, [(lida, usos)]) == []

    def charge(self, carteira: str = CARTEIRA, guia: str = "G9", protocolo: str = UM_PEG, **changes: Any) -> None:
        """A guia that another PEG bills: a hemogram of the hospital, on no senha."""
        made = Cobranca(life_id(carteira), HOSPITAL, guia, protocolo, 1, (LinhaCobrada(TABELA, HEMOGRAMA, DIA),))
        assert self.reader.cobrancas.add(VALE, [replace(made, **changes)]) == []


@dataclass
class Tables(House):
    """The same over tables, of an AWS that knows no PartiQL too."""

    engine: Engine
    tables: Mapping[str, str]

    def write(self, row: Guardada, *children: Guardada) -> None:
        port = DynamoAutorizacoes(self.engine.dynamodb, self.tables["autorizacao"], PSEUDONIMOS)
        port.write([Mudanca(None, row)], now=NOW, correlacao="c")
        for child in children:
            before = port.get(VALE, row.autorizacao.numero)
            assert before is not None
            after = replace(before.autorizacao, versao=before.autorizacao.versao + 1)
            known = (*before.complementos, child.autorizacao.numero)
            moved = replace(before, autorizacao=after, complementos=known)
            port.write([Mudanca(None, child), Mudanca(before, moved)], now=NOW, correlacao="c")


@pytest.fixture
def house(engine: Engine | None) -> House:
    if engine is None:
        fatos = Fatos(FakeCadastro(), Catalogo(), FakeBeneficiarios())
        load_facts(fatos.cadastro, Lives(fatos.catalogo, fatos.vidas))
        parts: dict[str, Any] = {
            "cadastro": fatos.cadastro, "catalogo": fatos.catalogo, "beneficiarios": fatos.vidas,
            "senhas": FakeSenhas(), "cobrancas": FakeCobrancas(),
        }  # fmt: skip
        reader = DynamoContextos(pseudonyms=PSEUDONIMOS, **parts)
        return House(reader, Lives(fatos.catalogo, fatos.vidas), fatos.cadastro)
    return over(engine)


def over(engine: Engine) -> Tables:
    tables = {
        "cadastro": engine.table("cadastro", busca=True), "beneficiarios": engine.table("beneficiarios", busca=True),
        "autorizacao": engine.table("autorizacao", chaves=AUTORIZACAO),
        "peg": engine.table("peg", ordem="recepcao", chaves=PEG),
    }  # fmt: skip
    cadastro = CadastroTable(engine.dynamodb, tables["cadastro"])
    loads = Loaded(engine.dynamodb, tables["cadastro"], tables["beneficiarios"])
    load_facts(cadastro, loads)
    client = engine.dynamodb
    reader = DynamoContextos(
        cadastro=DynamoCadastroReader(client, tables["cadastro"], FixedClock(NOW)),
        catalogo=CatalogoDeVerdade(client, tables["cadastro"], FixedClock(NOW)),
        beneficiarios=DynamoBeneficiarios(client, tables["beneficiarios"], PSEUDONIMOS),
        pseudonyms=PSEUDONIMOS,
        senhas=DynamoSenhas(client, tables["autorizacao"]),
        cobrancas=DynamoCobrancas(client, tables["peg"], FixedClock(NOW)),
    )
    return Tables(reader, loads, cadastro, engine, tables)


# --- who sends ---


def test_admission_knows_the_sender_and_what_the_operadora_takes(house: House) -> None:
    seen = house.reader.admissao(HOSPITAL, VALE, HOJE)
    assert (seen.registro_ans, seen.cnpj, seen.cpf, seen.codigo_na_operadora) == (VALE, CNPJ, None, "HOSP01")
    assert (seen.may_bill, seen.grupo, seen.hoje) == (True, (VALE, PASA), HOJE)
    assert [one.versao for one in seen.versoes] == ["4.01.00"]
    assert not house.reader.admissao(HOSPITAL, PASA, HOJE).may_bill


def test_of_a_sender_nobody_knows_nothing_is_known(house: House) -> None:
    seen = house.reader.admissao("nobody", "000000", HOJE)
    assert (seen.cnpj, seen.cpf, seen.codigo_na_operadora, seen.may_bill) == (None, None, None, False)
    assert (seen.versoes, seen.grupo) == ((), ())


def test_guias_of_a_prestador_nobody_knows_are_judged_by_nothing(house: House) -> None:
    known = house.known(a_sadt(), prestador_id="nobody", registro_ans="000000")
    assert (known.relacionamento, known.contrato, known.uf) == (None, ContratoCompleto(), None)
    assert (known.identificacoes, known.data_migracao, known.portal_legado) == (frozenset(), None, None)
    assert (dict(known.vidas), dict(known.senhas), known.cobrados, known.contas) == ({}, {}, (), ())
    assert list(known.dados) == ["tuss"]


def test_a_prestador_bills_under_each_of_its_names(house: House) -> None:
    assert house.known(a_sadt()).identificacoes == {CNPJ, "HOSP01"}


# --- contract, prices, rules ---


def test_contract_rules_plan_and_calendar_are_those_of_what_is_billed(house: House) -> None:
    known = house.known(a_sadt(), a_sadt(done(CONSULTA), numero="G2"))
    assert known.relacionamento == relacionamento_of(("HABILITADO", INICIO))
    assert {item.prestador_id for item in known.contrato.procedimentos} == {HOSPITAL}
    assert (known.uf, known.versao, known.hoje, known.prestador_id) == ("ES", V401, HOJE, HOSPITAL)
    assert list(known.regras) == [(TABELA, HEMOGRAMA)]
    assert known.vidas[CARTEIRA].plano is not None
    assert known.vidas[CARTEIRA].plano.plano.codigo == PLANO
    assert known.calendario.util(date(2026, 11, 20), "ES") == (known.calendario.util(date(2026, 11, 20)))
    assert known.tuss(TABELA, HEMOGRAMA, HOJE)
    assert not known.tuss(TABELA, "99999999", HOJE)


def test_prices_are_those_of_every_table_a_contract_named_at_some_time(house: House) -> None:
    later = HOJE - timedelta(days=30)
    house.loads.put("contratos", VALE, a_contrato(later, numero="2026/002", tabela_precos=OUTRA_TABELA))
    house.loads.put("precos", VALE, a_preco(HEMOGRAMA, "21.00", tabela_precos=OUTRA_TABELA), a_preco(CONSULTA))
    found = house.known(a_sadt()).precos
    assert list(found) == [(TABELA, HEMOGRAMA)]
    assert {(one.tabela_precos, one.valor) for one in found[TABELA, HEMOGRAMA]} == {
        (PRECOS, Decimal("18.50")), (OUTRA_TABELA, Decimal("21.00")),
    }  # fmt: skip


def test_which_version_of_each_source_was_read_is_told(house: House) -> None:
    newest = a_regra(exige_senha=True, vigente_de=date(2026, 6, 1))
    house.loads.put("regras-procedimentos", VALE, newest)
    assert {name: text for name, text in house.known(a_sadt()).dados.items() if name != "tuss"} == {
        "contratos": "2026/001 desde 2026-01-01", "precos": PRECOS, "regras": "até 2026-06-01", "planos": PLANO,
    }  # fmt: skip
    assert "regras" not in house.known(a_sadt(done("40301630"))).dados


def test_when_and_from_which_portal_the_operadora_came_is_known(house: House) -> None:
    house.cadastro.put_operadora(an_operadora(portal_legado="Connectmed"))
    known = house.known(a_sadt())
    assert (known.data_migracao, known.portal_legado) == (INICIO, "Connectmed")


# --- lives ---


def of(carteira: str, numero: str = "G1", **changes: Any) -> Guia:
    """A guia of a carteira."""
    return a_sadt(numero=numero, carteira=carteira, **changes)


def test_a_life_is_one_by_its_present_and_by_its_replaced_number(house: House) -> None:
    house.loads.put("beneficiarios", VALE, a_vida(NOVA, carteira_anterior=ANTIGA, cpf=OUTRO_CPF))
    known = house.known(of(NOVA), of(ANTIGA, "G2"))
    assert known.vidas[NOVA] == known.vidas[ANTIGA]
    assert (known.vidas[ANTIGA].id, known.vidas[ANTIGA].beneficiario.numero_carteira) == (life_id(NOVA), NOVA)
    assert dict(known.desconhecidas) == {}


def test_a_carteira_that_is_nobodys_has_an_id_for_its_charges_all_the_same(house: House) -> None:
    house.charge("nobody")
    known = house.known(of("nobody"))
    assert (dict(known.vidas), dict(known.desconhecidas)) == ({}, {"nobody": life_id("nobody")})
    assert [one.vida for one in known.cobrados] == [life_id("nobody")]


def test_of_a_plan_nobody_loaded_the_life_is_known_without_it(house: House) -> None:
    house.loads.put("beneficiarios", VALE, a_vida(NOVA, plano="OUTRO", cpf=OUTRO_CPF))
    assert house.known(of(NOVA)).vidas[NOVA].plano is None


def test_a_carteira_of_the_groups_other_operadora_is_told_whose_it_is(house: House) -> None:
    house.loads.put("beneficiarios", PASA, a_vida(registro_ans=PASA, numero_carteira="pasa"))
    assert dict(house.known(of("pasa"), of("nobody", "G2"), of(CARTEIRA, "G3")).outras_operadoras) == {"pasa": PASA}


# --- senhas ---


def test_a_senha_is_known_by_either_of_its_numbers_and_is_as_stored(house: House) -> None:
    stored = house.ask(granted())
    for guia in (a_sadt(), a_sadt(senha=None, numero_operadora=SENHA)):
        lido = house.read(guia)
        assert list(lido.contexto.senhas) == [SENHA]
        senha = lido.contexto.senhas[SENHA]
        assert (senha.autorizacao, senha.vida, senha.principal, senha.complementos) == (
            stored.autorizacao, life_id(CARTEIRA), None, (),
        )  # fmt: skip
        assert dict(lido.senhas) == {SENHA: stored}


def test_a_senha_nobody_issued_and_a_guia_without_one_are_absent(house: House) -> None:
    lido = house.read(a_sadt(), a_sadt(numero="G2", senha=None))
    assert (dict(lido.contexto.senhas), dict(lido.senhas)) == ({}, {})


def test_a_senha_asked_under_an_old_number_is_of_the_same_life(house: House) -> None:
    house.loads.put("beneficiarios", VALE, a_vida(NOVA, carteira_anterior=ANTIGA, cpf=OUTRO_CPF))
    house.ask(granted(), ANTIGA)
    for carteira in (NOVA, ANTIGA):
        known = house.known(of(carteira))
        assert known.senhas[SENHA].vida == known.vidas[carteira].id == life_id(NOVA)


@REAL
def test_a_senha_asked_under_a_number_that_was_replaced_twice_is_of_the_same_life(house: House) -> None:
    first, second = replace_carteira(granted(), "primeira"), "segunda"
    house.loads.put("beneficiarios", VALE, a_vida(second, carteira_anterior="primeira", cpf=OUTRO_CPF))
    house.ask(first)
    house.loads.put("beneficiarios", VALE, a_vida(NOVA, carteira_anterior=second, cpf=OUTRO_CPF))
    known = house.known(of(NOVA))
    assert known.senhas[SENHA].vida == known.vidas[NOVA].id == life_id(NOVA)


def replace_carteira(held: Autorizacao, carteira: str) -> Autorizacao:
    return replace(held, solicitacao=replace(held.solicitacao, carteira=carteira))


def test_a_senha_of_another_life_stays_that_lifes_and_of_nobody_nobodys(house: House) -> None:
    house.ask(replace_carteira(granted(), OUTRA_CARTEIRA))
    house.ask(replace_carteira(granted(numero=OUTRA_SENHA), "nobody"))
    known = house.known(a_sadt(), a_sadt(numero="G2", senha=OUTRA_SENHA))
    assert (known.senhas[SENHA].vida, known.senhas[OUTRA_SENHA].vida) == (life_id(OUTRA_CARTEIRA), life_id("nobody"))
    alone = house.known(of("nobody"))  # nobody's guia on somebody's senha: whose it is needs no looking up
    assert alone.senhas[SENHA].vida == life_id(OUTRA_CARTEIRA)


def test_the_senha_of_a_complement_comes_with_its_parent(house: House) -> None:
    parent = house.ask(granted_stay(), None, OUTRA_SENHA, TERCEIRA)
    lido = house.read(a_sadt(senha=OUTRA_SENHA))
    assert list(lido.contexto.senhas) == [OUTRA_SENHA]
    senha = lido.contexto.senhas[OUTRA_SENHA]
    assert (senha.principal, senha.complementos, senha.in_stay) == (parent.autorizacao, (), True)
    assert senha.do_principal == (OUTRA_SENHA, TERCEIRA)
    assert set(lido.senhas) == {SENHA, OUTRA_SENHA}


def test_a_stay_comes_with_its_complements_and_what_is_billed_of_them(house: House) -> None:
    house.ask(granted_stay(), None, OUTRA_SENHA, TERCEIRA, usos=usos_of({0: 2}, UM_PEG))
    lido = house.read(a_resumo())
    senha = lido.contexto.senhas[SENHA]
    assert [one.numero for one in senha.complementos] == [OUTRA_SENHA, TERCEIRA]
    assert {one.principal.numero for one in senha.complementos if one.principal} == {SENHA}
    assert dict(senha.faturadas) == {(0, "00"): Decimal(2)}
    assert set(lido.senhas) == {SENHA, OUTRA_SENHA, TERCEIRA}
    assert [one.numero for one in senha.family()] == [SENHA, OUTRA_SENHA, TERCEIRA]


def test_what_a_peg_uses_itself_is_free_when_it_is_judged_again(house: House) -> None:
    both = {**usos_of({1: 1}, UM_PEG), **usos_of({1: 1}, ESTE_PEG)}
    house.ask(granted(authorised(quantidade=10)), usos=both)
    house.charge(guia="G1", protocolo=ESTE_PEG)
    house.charge(guia="G2", protocolo=UM_PEG)
    first, again = house.known(a_sadt()), house.known(a_sadt(), protocolo=ESTE_PEG)
    assert dict(first.senhas[SENHA].faturadas) == {(1, "00"): Decimal(2)}
    assert dict(again.senhas[SENHA].faturadas) == {(1, "00"): Decimal(1)}
    assert dict(first.guias) == {"G1": ESTE_PEG, "G2": UM_PEG}
    assert dict(again.guias) == {"G2": UM_PEG}
    assert [one.guia for one in again.cobrados] == ["G2"]


# --- what living PEGs bill ---


def test_charges_of_a_life_are_found_under_each_number_it_is_known_by(house: House) -> None:
    house.loads.put("beneficiarios", VALE, a_vida(NOVA, carteira_anterior=ANTIGA, cpf=OUTRO_CPF))
    house.charge(NOVA, "G7")
    house.charge(ANTIGA, "G8")
    house.charge(CARTEIRA, "G9")
    for carteira in (NOVA, ANTIGA):
        seen = house.known(of(carteira)).cobrados
        assert sorted((one.guia, one.vida) for one in seen) == [("G7", life_id(NOVA)), ("G8", life_id(NOVA))]


def test_a_line_is_known_by_all_that_tells_it_from_another(house: House) -> None:
    linha = LinhaCobrada("22", HEMOGRAMA, DIA, ("00", "06"), "08:30:00", "1", "11", None, "O")
    house.charge(linhas=(linha,), profissional="06:1:32", atendimento_rn=True, numero=SENHA)
    seen = house.known(a_sadt()).cobrados
    assert [one.papel for one in seen] == ["00", "06"]
    assert {(one.protocolo, one.prestador_id, one.dia, one.numero) for one in seen} == {(UM_PEG, HOSPITAL, DIA, SENHA)}
    assert {(one.hora, one.via_acesso, one.dente, one.face) for one in seen} == {("08:30:00", "1", "11", "O")}
    assert {(one.profissional, one.atendimento_rn) for one in seen} == {("06:1:32", True)}


def test_charges_of_other_prestadores_are_seen_where_they_are_on_the_same_senha(house: House) -> None:
    house.ask(granted_stay(), None, OUTRA_SENHA)
    house.charge(guia="A", prestador_id=CLINICA, numero=SENHA)
    house.charge(guia="B", prestador_id=CLINICA, numero=OUTRA_SENHA)  # a complement of it
    house.charge(guia="C", prestador_id=CLINICA, numero=TERCEIRA)
    house.charge(guia="D", prestador_id=CLINICA)
    house.charge(guia="E", numero=TERCEIRA)  # its own are seen wherever they are
    known = house.known(a_fee())
    assert [one.guia for one in known.cobrados] == ["A", "B", "E"]
    assert dict(known.guias) == {"E": UM_PEG}


def test_accounts_of_stays_are_known_by_senha_and_period(house: House) -> None:
    house.ask(granted_stay())
    period = ("2026-11-01T08:00:00", "2026-11-03T16:30:00")
    house.charge(guia="A", numero=SENHA, tipo_faturamento="1", periodo=period, linhas=())
    house.charge(guia="B", tipo_faturamento="1", periodo=period, linhas=())  # of no senha: of no stay we know
    house.charge(guia="C", numero=SENHA)
    house.charge(guia="D", numero=SENHA, periodo=period, linhas=(), prestador_id=CLINICA)
    found = sorted(house.known(a_resumo()).contas, key=lambda one: one.guia)
    assert [(one.guia, one.prestador_id, one.tipo_faturamento, one.periodo) for one in found] == [
        ("A", HOSPITAL, "1", period), ("D", CLINICA, "", period),
    ]  # fmt: skip


# --- what it costs ---


def served(house: Tables, waves: Sequence[int] | None) -> Recording:
    """From now on calls are recorded; the process has judged before."""
    house.known(a_visit())
    recording = Recording(house.engine.dynamodb, waves)
    parts: list[Any] = [getattr(house.reader, name) for name in ("cadastro", "catalogo", "beneficiarios")]
    for part in (*parts, house.reader.senhas, house.reader.cobrancas):
        part._client = recording
    return recording


@REAL
def test_a_guia_on_a_senha_is_read_in_two_waits(house: Tables) -> None:
    house.ask(granted())
    recording = served(house, [3, 1])
    house.read(a_sadt())
    assert (sorted(recording.calls[:3]), recording.calls[3:], recording.unused) == (
        ["batch_get_item"] * 3,
        ["query"],
        0,
    )


@REAL
def test_a_renumbered_life_costs_one_charge_more_to_look_for(house: Tables) -> None:
    house.loads.put("beneficiarios", VALE, a_vida(NOVA, carteira_anterior=ANTIGA, cpf=OUTRO_CPF))
    house.ask(granted(), ANTIGA)
    recording = served(house, [3, 2])
    house.read(of(NOVA))
    assert recording.unused == 0


@REAL
def test_a_stay_with_complements_is_read_by_one_call_more_and_they_in_the_second_wait(house: Tables) -> None:
    house.ask(granted_stay(), None, OUTRA_SENHA, TERCEIRA)
    recording = served(house, [3, 1, 2])
    house.read(a_resumo())
    assert (recording.calls[3], sorted(recording.calls[4:]), recording.unused) == (
        "query", ["batch_get_item", "query"], 0,
    )  # fmt: skip


class RowByRow:
    """Puts what a transaction would, each row alone: moto copies whole tables for a transaction."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def transact_write_items(self, **asked: Any) -> None:
        for one in asked["TransactItems"]:
            self._client.put_item(TableName=one["Put"]["TableName"], Item=one["Put"]["Item"])


@REAL
def test_a_hundred_guias_of_a_hundred_lives_are_read_by_as_many_calls_as_lives_and_six(house: Tables) -> None:
    lives = [f"{n:017d}" for n in range(100)]
    numbers = [f"2611{n:010d}" for n in range(100)]
    house.loads.put("beneficiarios", VALE, *(a_vida(carteira, cpf=None) for carteira in lives))
    rows = [
        a_row(an_authorization(numero=numero, **of_guia(f"GP-{numero}", carteira=carteira)))
        for carteira, numero in zip(lives, numbers, strict=True)
    ]
    port = DynamoAutorizacoes(RowByRow(house.engine.dynamodb), house.tables["autorizacao"], PSEUDONIMOS)
    for row in rows:
        port.write([Mudanca(None, row)], now=NOW, correlacao="c")
    recording = served(house, None)
    guias = [
        a_sadt(numero=f"G{n}", senha=numbers[n], beneficiario=beneficiario(numero_carteira=lives[n]))
        for n in range(100)
    ]  # fmt: skip
    lido = house.read(*guias)
    assert (len(lido.contexto.vidas), len(lido.senhas)) == (100, 100)
    calls = partial(recording.calls.count)
    assert (calls("query"), calls("batch_get_item"), len(recording.calls)) == (100, 5, 105)
