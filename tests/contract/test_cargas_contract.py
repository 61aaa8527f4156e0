"""Loads on the fakes and on the embedded AWS, one suite. Moto has no PartiQL, so it is no judge here."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cadastro.domain.carga_tipos import TIPOS
from cadastro.dynamodb.carga_itens import Montador
from cadastro.dynamodb.carga_registros import DynamoRegistros
from conecta_cargas import loading as steps
from conecta_cargas.loading import Escrita
from conecta_cargas.states import (
    Carga,
    Contagem,
    Decisao,
    ParteCarregada,
    Recusa,
    SituacaoCarga,
    StaleCargaError,
    resumo,
)
from conecta_cargas_aws.files import ArquivoMissingError, S3Arquivos
from conecta_cargas_aws.stored import DynamoCargas
from conecta_edge import beneficiarios as lives
from conecta_edge import cadastro as keys
from conecta_edge.clock import FUSO, iso
from conecta_edge.dynamodb import marshal, unmarshal
from conecta_facts.codec import plain
from conecta_facts.operadoras import Operadora
from conecta_facts.prestadores import Prestador
from tests.builders_functions import CNPJ, NOW, OUTRO_CNPJ, PASA, SINCE, VALE, a_relacionamento
from tests.cadastro_rows import CadastroTable
from tests.contract.engines import Engine
from tests.fakes_cargas import COM_RECUSAS, CONCLUIDA, PSEUDONIMOS, Casa, csv, vida

ENGINES = ["fake", pytest.param("embedded", marks=pytest.mark.e2e)]
CPF = "52998224725"


class S3Casa(Casa):
    """A house whose adapters are real; S3 says itself when a file was stored."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.tables = {"cadastro": engine.table("cadastro"), "beneficiarios": engine.table("beneficiarios")}
        self.entrada = engine.bucket("entrada")
        montador = Montador(self.tables["cadastro"], self.tables["beneficiarios"], lambda: PSEUDONIMOS)
        super().__init__(
            DynamoCargas(engine.dynamodb, self.tables["cadastro"]),
            DynamoRegistros(engine.dynamodb, montador),
            S3Arquivos(engine.s3, pasta="cadastro", entrada=self.entrada, acervo=engine.bucket("acervo")),
        )
        profile = Operadora(VALE, "AMS", "VALE/PASA", (VALE,), ())
        CadastroTable(engine.dynamodb, self.tables["cadastro"]).put_operadora(profile)

    def enviar(self, chave: str, conteudo: bytes) -> str:
        return str(self.engine.s3.put_object(Bucket=self.entrada, Key=chave, Body=conteudo)["VersionId"])


@pytest.fixture
def casa(engine: Engine | None) -> Casa:
    if engine is None:
        return Casa()
    return S3Casa(engine)


def arrive(casa: Casa, tipo: str, conteudo: str, nome: str = "arquivo.csv") -> Carga:
    """A file, by the door each house has; answers its load."""
    if not isinstance(casa, S3Casa):
        return casa.chegar(tipo, conteudo, nome)
    chave = f"cadastro/{VALE}/{tipo}/{nome}"
    versao = casa.enviar(chave, conteudo.encode())
    carga = steps.register_carga(
        chave, versao, tipos=TIPOS, cargas_=casa.cargas, arquivos=casa.arquivos, fuso=FUSO, now=casa.agora
    )
    assert carga is not None
    return carga


def row(casa: Casa, table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
    """What is stored, as anybody could read it: the fake's shape."""
    if not isinstance(casa, S3Casa):
        found = casa.registros.rows.get((table, key["pk"], key["sk"]))
        return None if found is None else dict(found)
    answer = casa.engine.dynamodb.get_item(TableName=casa.tables[table], Key=marshal(key), ConsistentRead=True)
    if "Item" not in answer:
        return None
    item = unmarshal(answer["Item"])
    if "busca_pk" in item:
        item["busca"] = (item.pop("busca_pk"), item.pop("busca_sk"))
    return item


def put_row(casa: Casa, table: str, key: Mapping[str, str], held: Mapping[str, Any]) -> None:
    """What something else than a load wrote."""
    if not isinstance(casa, S3Casa):
        casa.registros.rows[table, key["pk"], key["sk"]] = dict(held)
        return
    casa.engine.dynamodb.put_item(TableName=casa.tables[table], Item=marshal({**key, "v": 2, **held}))


def load(casa: Casa, tipo: str, conteudo: str, nome: str = "arquivo.csv", *, passo: int | None = None) -> Carga:
    return casa.executar(arrive(casa, tipo, conteudo, nome), passo=passo)


def vida_key(numero: int | str) -> dict[str, str]:
    return lives.beneficiario_key(VALE, PSEUDONIMOS.carteira(VALE, str(numero)))


def later(carga: Carga, days: int = 0, hours: int = 12) -> str:
    """The name of a file that speaks of a time after a load's, whatever the clock of the engine says."""
    when = (carga.referencia + timedelta(days=days, hours=hours)).astimezone(FUSO)
    return f"dados-{when:%Y%m%d-%H%M%S}.csv"


def test_rows_are_stored_whole_under_their_keys(casa: Casa) -> None:
    carga = load(casa, "beneficiarios", csv("beneficiarios", vida(1, cpf=CPF, nome="Zoë Ção")))
    assert (carga.situacao, carga.contagem) == (CONCLUIDA, Contagem(1, 1, 0, 0))
    stored = row(casa, "beneficiarios", vida_key(1)) or {}
    assert stored["dados"]["nome"] == "Zoë Ção"
    assert stored["dados"]["isento_carencias"] is True
    assert stored["fonte"] == carga.fonte
    assert (stored["carga"], int(stored["posicao"])) == (carga.id, len(csv("beneficiarios")))
    assert stored["busca"] == (
        lives.cpf_pk(VALE, PSEUDONIMOS.cpf(VALE, CPF)), f"CARTEIRA#{PSEUDONIMOS.carteira(VALE, '1')}"
    )  # fmt: skip


def test_a_newer_file_changes_rows_and_the_index_and_bumps_the_rest(casa: Casa) -> None:
    first = load(casa, "beneficiarios", csv("beneficiarios", vida(1, cpf=CPF), vida(2), vida(3, cpf=CPF)))
    rows = (vida(1), vida(2, nome="Outro Nome"), vida(3, cpf=CPF))
    again = load(casa, "beneficiarios", csv("beneficiarios", *rows), later(first))
    assert again.contagem == Contagem(3, 2, 1, 0)
    stored = [row(casa, "beneficiarios", vida_key(n)) or {} for n in (1, 2, 3)]
    assert ["busca" in held for held in stored] == [False, False, True]
    assert stored[1]["dados"]["nome"] == "Outro Nome"
    assert {held["fonte"] for held in stored} == {again.fonte}
    assert [held["carga"] == again.id for held in stored] == [True, True, False]


def test_many_rows_in_many_parts_are_each_written_once(casa: Casa) -> None:
    file = csv("beneficiarios", *(vida(n) for n in range(330)), vida(7), vida(329, sexo="?"))
    carga = load(casa, "beneficiarios", file, passo=9000)
    assert carga.partes == 3
    assert (carga.situacao, carga.contagem) == (COM_RECUSAS, Contagem(332, 330, 0, 2))
    assert all(row(casa, "beneficiarios", vida_key(n)) for n in range(330))
    assert [line[:3] for line in casa.relatorio(carga)] == [
        ["332", "numero_carteira", "chave-repetida"], ["333", "sexo", "opcao"],
    ]  # fmt: skip


def test_the_same_load_run_several_times_at_once_counts_once(casa: Casa) -> None:
    carga = arrive(casa, "beneficiarios", csv("beneficiarios", *(vida(n) for n in range(250))))
    where = {"registro_ans": VALE, "carga_id": carga.id}
    (parte,) = steps.plan(**where, ports=casa.ports)
    start = threading.Barrier(4)

    def run(_: int) -> Contagem:
        start.wait()
        return steps.load_part(**where, parte=parte, ports=casa.ports)

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(run, range(4)))
    assert told == [Contagem(250, 250, 0, 0)] * 4
    assert steps.conclude(**where, ports=casa.ports).contagem == told[0]


def test_an_erased_life_stays_as_the_erasure_left_it(casa: Casa) -> None:
    left = {"fonte": "2026-01-01T00:00:00.000000Z#api", "eliminado": True, "dados": {"plano": "ENF-01"}}
    put_row(casa, "beneficiarios", vida_key(1), left)
    carga = load(casa, "beneficiarios", csv("beneficiarios", vida(1, carteira_anterior="9"), vida(2)))
    assert carga.contagem == Contagem(2, 1, 0, 1)
    assert (row(casa, "beneficiarios", vida_key(1)) or {})["dados"] == {"plano": "ENF-01"}
    assert row(casa, "beneficiarios", lives.anterior_key(VALE, PSEUDONIMOS.carteira(VALE, "9"))) is None


def writes_of(casa: Casa, carga: Carga, numero: int) -> list[Escrita]:
    """What a load decided to write of one life, as it found it."""
    dados = {"numero_carteira": str(numero), "nome": "De uma Carga"}
    itens = casa.registros.itens("beneficiarios", VALE, dados, SINCE, SINCE)
    seen = casa.registros.ler(itens)
    return [Escrita(item, seen.get(item.chave), Decisao.GRAVAR, resumo(item.dados), 1) for item in itens]


@pytest.mark.parametrize("meanwhile", ["insert", "change", "erase"])
def test_a_write_over_what_others_changed_meanwhile_is_lost(casa: Casa, meanwhile: str) -> None:
    carga = arrive(casa, "beneficiarios", csv("beneficiarios", vida(1)))
    seen = {"fonte": "2020#a", "resumo": "r", "carga": "c", "dados": {"nome": "Antes"}}
    if meanwhile != "insert":
        put_row(casa, "beneficiarios", vida_key(1), seen)
    escritas = writes_of(casa, carga, 1)
    now = {**seen, "dados": {"nome": "Agora"}, **({"eliminado": True} if meanwhile == "erase" else {"fonte": "2030#b"})}
    put_row(casa, "beneficiarios", vida_key(1), now)
    assert casa.registros.gravar(carga.id, carga.fonte, escritas) == {escritas[0].item.chave}
    assert (row(casa, "beneficiarios", vida_key(1)) or {})["dados"] == {"nome": "Agora"}


def test_a_decision_of_the_portal_stays_in_the_list_of_periods(casa: Casa) -> None:
    first = load(casa, "prestadores", csv("prestadores", {"prestador": CNPJ, "desde": "2024-01-02"}))
    key = keys.relacionamento_key(CNPJ, VALE)
    stored = row(casa, "cadastro", key) or {}
    suspended = {"situacao": "SUSPENSO", "de": "2026-11-20", "motivo": "Auditoria"}
    decided = {**stored["dados"], "periodos": [*stored["dados"]["periodos"], suspended]}
    put_row(casa, "cadastro", key, {"fonte": f"{iso(first.referencia + timedelta(hours=1))}#api", "dados": decided})

    older = load(casa, "prestadores", csv("prestadores", {"prestador": CNPJ, "uf": "ES", "autorizacao": "N"}))
    assert older.contagem == Contagem(1, 0, 1, 0)
    assert (row(casa, "cadastro", key) or {})["dados"] == decided

    newer = load(casa, "prestadores", csv("prestadores", {"prestador": CNPJ, "codigo_na_operadora": "9"}), later(first))
    assert newer.contagem == Contagem(1, 1, 0, 0)
    stored = row(casa, "cadastro", key) or {}
    assert stored["dados"]["codigo_na_operadora"] == "9"
    assert [period["situacao"] for period in stored["dados"]["periodos"]] == ["HABILITADO", "SUSPENSO"]
    assert stored["busca"] == (f"OPERADORA#{VALE}#RELACIONAMENTO#SUSPENSO", f"2026-11-20#{CNPJ}")


def owner(casa: Casa, codigo: str) -> Any:
    return (row(casa, "cadastro", keys.codigo_key(VALE, codigo)) or {}).get("dados", {}).get("prestador_id")


def test_a_code_is_of_whom_the_newest_file_gave_it_to_in_whatever_order_files_load(casa: Casa) -> None:
    first = load(casa, "prestadores", csv("prestadores", {"prestador": CNPJ, "codigo_na_operadora": "7"}))
    moved = ({"prestador": OUTRO_CNPJ, "codigo_na_operadora": "7"}, {"prestador": CNPJ, "codigo_na_operadora": "8"})
    assert load(casa, "prestadores", csv("prestadores", *moved), later(first)).contagem == Contagem(2, 2, 0, 0)
    assert (owner(casa, "7"), owner(casa, "8"), owner(casa, "9")) == (OUTRO_CNPJ, CNPJ, None)
    load(casa, "prestadores", csv("prestadores", {"prestador": CNPJ, "codigo_na_operadora": "7"}))
    assert (owner(casa, "7"), owner(casa, "8")) == (OUTRO_CNPJ, CNPJ)


def test_two_prestadores_of_one_file_do_not_share_a_code(casa: Casa) -> None:
    rows = ({"prestador": CNPJ, "codigo_na_operadora": "7"}, {"prestador": OUTRO_CNPJ, "codigo_na_operadora": "7"})
    carga = load(casa, "prestadores", csv("prestadores", *rows))
    assert (carga.contagem, carga.recusas[0].codigo) == (Contagem(2, 1, 0, 1), "chave-repetida")
    assert owner(casa, "7") == CNPJ


def test_a_profile_belongs_to_the_operadora_that_brought_it(casa: Casa) -> None:
    key = keys.prestador_key(CNPJ)
    theirs = Prestador(CNPJ, "Nome da Outra", "1234567", cnpj=CNPJ, introduzido_por=PASA)
    put_row(casa, "cadastro", key, {"dados": plain(theirs)})
    carga = load(casa, "prestadores", csv("prestadores", {"prestador": CNPJ}))
    assert carga.contagem == Contagem(1, 1, 0, 0)
    assert (row(casa, "cadastro", key) or {})["dados"]["nome"] == "Nome da Outra"
    mine = load(casa, "prestadores", csv("prestadores", {"prestador": OUTRO_CNPJ}))
    load(casa, "prestadores", csv("prestadores", {"prestador": OUTRO_CNPJ, "nome": "Nome Novo"}), later(mine))
    assert (row(casa, "cadastro", keys.prestador_key(OUTRO_CNPJ)) or {})["dados"]["nome"] == "Nome Novo"


@pytest.mark.parametrize("engine_name", ENGINES[1:])
def test_rows_of_earlier_releases_are_made_rows_of_this_one(casa: Casa) -> None:
    assert isinstance(casa, S3Casa)
    table, client = casa.tables["cadastro"], casa.engine.dynamodb
    key = keys.relacionamento_key(CNPJ, VALE)
    flat = {
        "prestador_id": CNPJ, "registro_ans": VALE, "situacao": "HABILITADO", "desde": "2020-01-01",
        "codigo_na_operadora": "1", "autorizacao": True, "faturamento": True,
    }  # fmt: skip
    client.put_item(TableName=table, Item=marshal({**key, **flat}))
    CadastroTable(client, table).put_relacionamento(a_relacionamento(OUTRO_CNPJ))
    rows = ({"prestador": CNPJ, "desde": "2024-01-02"}, {"prestador": OUTRO_CNPJ, "codigo_na_operadora": "77"})
    carga = load(casa, "prestadores", csv("prestadores", *rows))
    assert carga.contagem == Contagem(2, 2, 0, 0)
    stored = row(casa, "cadastro", key) or {}
    assert stored.keys() == {"pk", "sk", "v", "fonte", "posicao", "carga", "resumo", "dados", "busca"}
    assert [period["de"] for period in stored["dados"]["periodos"]] == ["2020-01-01", "2024-01-02"]
    other = row(casa, "cadastro", keys.relacionamento_key(OUTRO_CNPJ, VALE)) or {}
    assert other["dados"]["codigo_na_operadora"] == "77"
    assert load(casa, "prestadores", csv("prestadores", *rows), later(carga)).contagem == Contagem(2, 0, 2, 0)


# -- loads and their parts --------------------------------------------------------------------------------------


def events(casa: Casa) -> list[str]:
    if not isinstance(casa, S3Casa):
        return [tipo for tipo, *_ in casa.cargas.events]
    outbox = casa.engine.rows(casa.tables["cadastro"], keys.operadora_pk(VALE), "EVENTO#")
    return sorted(json.loads(held["evento"])["tipo"] for held in outbox)


def test_a_load_is_kept_as_it_is_and_announced_once(casa: Casa) -> None:
    carga = arrive(casa, "planos", "sobra\n", "x.txt")
    assert carga.situacao is SituacaoCarga.RECUSADA
    assert casa.cargas.get(VALE, carga.id) == carga
    casa.cargas.add(replace(carga, situacao=SituacaoCarga.RECEBIDA), "CargaConcluida", NOW)
    assert casa.cargas.get(VALE, carga.id) == carga
    assert casa.cargas.get(PASA, carga.id) is None
    assert events(casa) == ["CargaConcluida"]


def test_a_load_that_moved_meanwhile_is_not_changed(casa: Casa) -> None:
    carga = arrive(casa, "planos", csv("planos", {}))
    moved = replace(carga, erro="X", versao=2, recusas=(Recusa(3, "nome", "formula", "…"),), iniciada_em=NOW)
    casa.cargas.change(carga, moved, None, NOW)
    assert casa.cargas.get(VALE, carga.id) == moved
    with pytest.raises(StaleCargaError):
        casa.cargas.change(carga, replace(carga, versao=2), "CargaConcluida", NOW)
    assert events(casa) == []
    casa.cargas.change(moved, replace(moved, erro=None, versao=3), "CargaRetomada", NOW)
    assert casa.cargas.get(VALE, carga.id).erro is None
    assert events(casa) == ["CargaRetomada"]


def test_loads_come_newest_first_page_by_page_and_only_of_one_operadora(casa: Casa) -> None:
    first = arrive(casa, "planos", csv("planos", {}))
    others = [replace(first, id=f"{VALE}-2026112{day}T120000Z-{day:012x}") for day in range(5)]
    for carga in (*others, replace(first, registro_ans=PASA, id=f"{PASA}-20261129T120000Z-{1:012x}")):
        casa.cargas.add(carga, None, NOW)
    seen: list[str] = []
    position = None
    while True:
        page = casa.cargas.page(VALE, position, 4)
        seen += [carga.id for carga in page.rows]
        position = page.position
        if position is None:
            break
    assert seen == sorted((carga.id for carga in (*others, first)), reverse=True)


def test_of_two_outcomes_of_one_part_the_first_stays(casa: Casa) -> None:
    one = ParteCarregada(0, Contagem(3, 2, 0, 1), NOW, (Recusa(2, "nome", "formula", "…"),))
    casa.cargas.add_parte(VALE, "c1", one)
    casa.cargas.add_parte(VALE, "c1", replace(one, contagem=Contagem()))
    casa.cargas.add_parte(VALE, "c1", replace(one, n=12, recusas=()))
    assert casa.cargas.parte(VALE, "c1", 0) == one
    assert casa.cargas.parte(VALE, "c1", 1) is None
    assert casa.cargas.partes(VALE, "c1") == [one, replace(one, n=12, recusas=())]
    assert casa.cargas.partes(VALE, "c2") == []


def test_an_operadora_is_known_by_its_profile(casa: Casa) -> None:
    assert casa.cargas.conhece(VALE)
    assert not casa.cargas.conhece(PASA)


# -- files ------------------------------------------------------------------------------------------------------


def test_a_load_reads_the_version_that_it_was_made_for(casa: Casa) -> None:
    carga = arrive(casa, "planos", csv("planos", {"nome": "Primeiro"}))
    second = arrive(casa, "planos", csv("planos", {"nome": "Segundo"}))
    assert carga.id != second.id
    ler = casa.arquivos.leitor(carga.objeto)
    assert b"Primeiro" in ler(0, carga.objeto.tamanho)
    assert ler(3, 9) == csv("planos", {}).encode()[3:9]
    assert ler(5, 5) == b""


def test_what_is_kept_of_a_load_is_read_back(casa: Casa) -> None:
    casa.arquivos.guardar(VALE, "c1", "relatorio.csv", "é".encode())
    assert casa.arquivos.abrir(VALE, "c1", "relatorio.csv") == "é".encode()
    assert casa.arquivos.abrir(VALE, "c1", "partes/00000.csv") is None
    assert casa.arquivos.abrir(PASA, "c1", "relatorio.csv") is None


def test_a_file_that_is_gone_is_nobodys_load(casa: Casa) -> None:
    assert casa.arquivos.localizar(f"cadastro/{VALE}/planos/nada.csv", None) is None


@pytest.mark.parametrize("engine_name", ENGINES[1:])
def test_without_versions_a_file_that_changed_is_not_the_one(casa: Casa) -> None:
    assert isinstance(casa, S3Casa)
    carga = arrive(casa, "planos", csv("planos", {}))
    unpinned = replace(carga.objeto, versao=None)
    assert casa.arquivos.leitor(unpinned)(0, 4)
    casa.enviar(carga.objeto.chave, b"outro arquivo")
    assert casa.arquivos.leitor(carga.objeto)(3, 9) == csv("planos", {}).encode()[3:9]
    with pytest.raises(ArquivoMissingError):
        casa.arquivos.leitor(unpinned)(0, 4)
    casa.engine.s3.delete_object(Bucket=casa.entrada, Key=carga.objeto.chave, VersionId=carga.objeto.versao)
    with pytest.raises(ArquivoMissingError):
        casa.arquivos.leitor(carga.objeto)(0, 4)
