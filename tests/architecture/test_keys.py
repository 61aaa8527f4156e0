"""The tenant comes first in every key, of tables and of buckets, and nothing personal is in any."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import alertas.dynamodb
import auditoria.dynamodb
import autorizacao.dynamodb
import cadastro.dynamodb
import conecta_contas_aws
import conecta_edge
import conecta_senhas_aws
import documentos.dynamodb
import pagamento.dynamodb
import peg.dynamodb
import peg.s3
import recurso.dynamodb
from alertas.domain.entregas import Lugar
from alertas.dynamodb import chaves as chaves_alertas
from auditoria import s3 as auditoria_s3
from auditoria.domain.dias import Dia
from auditoria.dynamodb import chaves as chaves_auditoria
from autorizacao.dynamodb import chaves
from cadastro.dynamodb import contas, relacionamentos
from conecta_contas.pegs import SituacaoPeg
from conecta_contas_aws import chaves as conta_keys
from conecta_edge import beneficiarios, idempotency, objects, protocolos, uploads
from conecta_edge import cadastro as keys
from conecta_edge.audit import Access, Actor, append
from conecta_edge.quotas import Quota
from conecta_facts.relacionamentos import Situacao as Relacao
from conecta_senhas_aws import chaves as senha_keys
from documentos.domain.documentos import Destino, Vinculo
from documentos.domain.finalidades import Alvo
from documentos.domain.uploads import Situacao
from documentos.dynamodb import chaves as chaves_documentos
from documentos.dynamodb import uploads as uploads_rows
from documentos.service.uploads import archive_key
from pagamento.dynamodb import chaves as chaves_pagamento
from peg.domain.cobrancas import Cobranca, LinhaCobrada
from peg.dynamodb import chaves as chaves_peg
from peg.dynamodb import cobrancas, pegs
from peg.dynamodb import rascunhos as rascunhos_peg
from recurso import s3 as recurso_s3
from recurso.dynamodb import chaves as chaves_recurso
from tests.builders_alertas import an_item
from tests.builders_cadastro import CARTEIRA, CPF, HOJE, INICIO, NOME, a_vida
from tests.builders_documentacoes import a_publicacao
from tests.builders_functions import HOSPITAL, NOW, PASA, VALE, a_documento, a_peg, an_upload
from tests.builders_pagamento import a_fatura, a_payment, an_entry
from tests.builders_recurso import a_held, a_recurso
from tests.fakes_cadastro import PSEUDONIMOS, Loaded
from tests.fakes_documentos import a_documento as um_documento

SUB, CLIENT, TENANT = "9f8e7d6c-sub", "maquina-1", f"PRESTADOR#{HOSPITAL}"
PROTOCOLO = "261120000007"
NUMERO = "26110000000001"
PSEUDONYM = PSEUDONIMOS.carteira(VALE, CARTEIRA)
OF_THE_HOSPITAL, OF_VALE = ["PRESTADOR", HOSPITAL], ["OPERADORA", VALE]
PEDIDO: Any = SimpleNamespace(prestador_id=HOSPITAL, solicitante=SUB, do_prestador=True, id="p1")

VINCULO = Vinculo(
    documento="d1", prestador_id=HOSPITAL, registro_ans=VALE, finalidade="laudo", destino=Destino(Alvo.PEG, PROTOCOLO),
    quem=SUB, em=NOW,
)  # fmt: skip

KEYS: Mapping[str, tuple[Callable[[], Any], list[str]]] = {
    "conecta_edge.cadastro.prestador_pk": (lambda: keys.prestador_pk(HOSPITAL), OF_THE_HOSPITAL),
    "conecta_edge.cadastro.prestador_key": (lambda: keys.prestador_key(HOSPITAL), OF_THE_HOSPITAL),
    "conecta_edge.cadastro.relacionamento_key": (lambda: keys.relacionamento_key(HOSPITAL, VALE), OF_THE_HOSPITAL),
    "conecta_edge.cadastro.contrato_pk": (lambda: keys.contrato_pk(HOSPITAL, VALE), OF_THE_HOSPITAL),
    "conecta_edge.cadastro.contrato_key": (lambda: keys.contrato_key(HOSPITAL, VALE, INICIO), OF_THE_HOSPITAL),
    "conecta_edge.cadastro.contratado_key": (
        lambda: keys.contratado_key(keys.contrato_pk(HOSPITAL, VALE), "DIARIA", "18", "60000651", INICIO),
        OF_THE_HOSPITAL,
    ),
    "conecta_edge.cadastro.local_key": (lambda: keys.local_key(HOSPITAL, VALE, "1234567"), OF_THE_HOSPITAL),
    "conecta_edge.cadastro.profissional_key": (
        lambda: keys.profissional_key(HOSPITAL, VALE, "06", "ES", "52000001"), OF_THE_HOSPITAL,
    ),
    "conecta_edge.cadastro.operadora_pk": (lambda: keys.operadora_pk(VALE), OF_VALE),
    "conecta_edge.cadastro.operadora_key": (lambda: keys.operadora_key(VALE), OF_VALE),
    "conecta_edge.cadastro.listed_operadora_key": (lambda: keys.listed_operadora_key(VALE), ["OPERADORAS"]),
    "conecta_edge.cadastro.codigo_key": (lambda: keys.codigo_key(VALE, "100017"), OF_VALE),
    "conecta_edge.cadastro.contato_key": (lambda: keys.contato_key(VALE, "central"), OF_VALE),
    "conecta_edge.cadastro.carga_key": (lambda: keys.carga_key(VALE, "c1"), OF_VALE),
    "conecta_edge.cadastro.parte_key": (lambda: keys.parte_key(VALE, "c1", 7), OF_VALE),
    "conecta_edge.cadastro.calendario_pk": (lambda: keys.calendario_pk(VALE), OF_VALE),
    "conecta_edge.cadastro.calendario_key": (lambda: keys.calendario_key(VALE, HOJE, None), OF_VALE),
    "conecta_edge.cadastro.plano_pk": (lambda: keys.plano_pk(VALE, "P"), OF_VALE),
    "conecta_edge.cadastro.plano_key": (lambda: keys.plano_key(VALE, "P"), OF_VALE),
    "conecta_edge.cadastro.carencia_key": (lambda: keys.carencia_key(VALE, "P", "PARTO", INICIO), OF_VALE),
    "conecta_edge.cadastro.cobertura_key": (lambda: keys.cobertura_key(VALE, "P", "22", "1", INICIO), OF_VALE),
    "conecta_edge.cadastro.precos_pk": (lambda: keys.precos_pk(VALE, "T"), OF_VALE),
    "conecta_edge.cadastro.preco_key": (lambda: keys.preco_key(VALE, "T", "22", "1", INICIO), OF_VALE),
    "conecta_edge.cadastro.regras_pk": (lambda: keys.regras_pk(VALE), OF_VALE),
    "conecta_edge.cadastro.regra_key": (lambda: keys.regra_key(VALE, "22", "1", None, INICIO), OF_VALE),
    "conecta_edge.cadastro.relacionados_pk": (lambda: keys.relacionados_pk(VALE, "HABILITADO"), OF_VALE),
    "conecta_edge.cadastro.relacionamento_busca": (
        lambda: keys.relacionamento_busca(VALE, Relacao.HABILITADO, INICIO, HOSPITAL), OF_VALE,
    ),
    "conecta_edge.cadastro.pessoa_pk": (lambda: keys.pessoa_pk(SUB), ["PESSOA", SUB]),
    "conecta_edge.cadastro.vinculo_key": (lambda: keys.vinculo_key(SUB, HOSPITAL), ["PESSOA", SUB]),
    "conecta_edge.cadastro.operadora_vinculo_key": (lambda: keys.operadora_vinculo_key(SUB, VALE), ["PESSOA", SUB]),
    "conecta_edge.cadastro.credencial_key": (lambda: keys.credencial_key(CLIENT), ["CREDENCIAL", CLIENT]),
    "conecta_edge.uploads.upload_key": (lambda: uploads.upload_key(HOSPITAL, "u1"), OF_THE_HOSPITAL),
    "conecta_edge.beneficiarios.carteira_pk": (lambda: beneficiarios.carteira_pk(VALE, PSEUDONYM), OF_VALE),
    "conecta_edge.beneficiarios.beneficiario_key": (lambda: beneficiarios.beneficiario_key(VALE, PSEUDONYM), OF_VALE),
    "conecta_edge.beneficiarios.anterior_key": (lambda: beneficiarios.anterior_key(VALE, PSEUDONYM), OF_VALE),
    "conecta_edge.beneficiarios.cpf_pk": (lambda: beneficiarios.cpf_pk(VALE, PSEUDONYM), OF_VALE),
    "conecta_edge.beneficiarios.cpf_busca": (
        lambda: beneficiarios.cpf_busca(VALE, PSEUDONIMOS.cpf(VALE, CPF), PSEUDONYM), OF_VALE,
    ),
    "cadastro.dynamodb.contas.pessoa_mirror_key": (lambda: contas.pessoa_mirror_key(HOSPITAL, SUB), OF_THE_HOSPITAL),
    "cadastro.dynamodb.contas.gestores_key": (lambda: contas.gestores_key(HOSPITAL), OF_THE_HOSPITAL),
    "cadastro.dynamodb.contas.credencial_mirror_key": (
        lambda: contas.credencial_mirror_key(HOSPITAL, CLIENT), OF_THE_HOSPITAL,
    ),
    "cadastro.dynamodb.contas.credenciais_key": (lambda: contas.credenciais_key(HOSPITAL), OF_THE_HOSPITAL),
    "cadastro.dynamodb.relacionamentos.pedido_key": (lambda: relacionamentos.pedido_key(PEDIDO), OF_THE_HOSPITAL),
    "cadastro.dynamodb.relacionamentos.pedido_pointer_key": (
        lambda: relacionamentos.pedido_pointer_key(VALE, "p1"), OF_VALE,
    ),
    "cadastro.dynamodb.relacionamentos.historico_key": (
        lambda: relacionamentos.historico_key(HOSPITAL, VALE, NOW), OF_THE_HOSPITAL,
    ),
    "cadastro.dynamodb.relacionamentos._pedidos_pk": (
        lambda: relacionamentos._pedidos_pk(VALE, Relacao.SOLICITADO), OF_VALE,
    ),
    "conecta_senhas_aws.chaves.guia_pk": (lambda: senha_keys.guia_pk(VALE, NUMERO), OF_VALE),
    "conecta_senhas_aws.chaves.autorizacao_key": (lambda: senha_keys.autorizacao_key(VALE, NUMERO), OF_VALE),
    "conecta_senhas_aws.chaves.detalhe_key": (lambda: senha_keys.detalhe_key(VALE, NUMERO), OF_VALE),
    "conecta_senhas_aws.chaves.complemento_key": (lambda: senha_keys.complemento_key(VALE, NUMERO, NUMERO), OF_VALE),
    "autorizacao.dynamodb.chaves.vida_pk": (lambda: chaves.vida_pk(VALE, PSEUDONYM), OF_VALE),
    "autorizacao.dynamodb.chaves.vida_key": (lambda: chaves.vida_key(VALE, PSEUDONYM, HOJE, NUMERO), OF_VALE),
    "autorizacao.dynamodb.chaves.nome_busca": (lambda: chaves.nome_busca(VALE, PSEUDONYM, HOJE, NUMERO), OF_VALE),
    "autorizacao.dynamodb.chaves.nome_pk": (lambda: chaves.nome_pk(VALE, PSEUDONYM), OF_VALE),
    "autorizacao.dynamodb.chaves.fila_pk": (lambda: chaves.fila_pk(VALE, "ANALISE"), OF_VALE),
    "autorizacao.dynamodb.chaves.vencimento_pk": (lambda: chaves.vencimento_pk(0), ["VENCIMENTO"]),
    "autorizacao.dynamodb.chaves.prestador_pk": (lambda: chaves.prestador_pk(HOSPITAL), OF_THE_HOSPITAL),
    "autorizacao.dynamodb.chaves.numero_guia_key": (
        lambda: chaves.numero_guia_key(HOSPITAL, VALE, "GP-1"), OF_THE_HOSPITAL,
    ),
    "autorizacao.dynamodb.chaves.rascunho_key": (lambda: chaves.rascunho_key(HOSPITAL, "r1"), OF_THE_HOSPITAL),
    "autorizacao.dynamodb.chaves.mes_pk": (lambda: chaves.mes_pk(HOSPITAL, "2611"), OF_THE_HOSPITAL),
    "autorizacao.dynamodb.chaves.mes_key": (
        lambda: chaves.mes_key(HOSPITAL, "2611", NOW, VALE, NUMERO), OF_THE_HOSPITAL,
    ),
    "documentos.dynamodb.chaves.tenant_pk": (lambda: chaves_documentos.tenant_pk(HOSPITAL), OF_THE_HOSPITAL),
    "documentos.dynamodb.chaves.upload_key": (lambda: chaves_documentos.upload_key(HOSPITAL, "u1"), OF_THE_HOSPITAL),
    "documentos.dynamodb.chaves.visita_key": (lambda: chaves_documentos.visita_key(HOSPITAL, SUB), OF_THE_HOSPITAL),
    "documentos.dynamodb.chaves.operadora_pk": (lambda: chaves_documentos.operadora_pk(VALE), OF_VALE),
    "documentos.dynamodb.chaves.edicoes_pk": (lambda: chaves_documentos.edicoes_pk(VALE), OF_VALE),
    "documentos.dynamodb.chaves.edicao_key": (lambda: chaves_documentos.edicao_key(a_publicacao()), OF_VALE),
    "documentos.dynamodb.chaves.estante_pk": (lambda: chaves_documentos.estante_pk(VALE), OF_VALE),
    "documentos.dynamodb.chaves.estante_key": (lambda: chaves_documentos.estante_key(a_publicacao()), OF_VALE),
    "documentos.dynamodb.chaves.month_pk": (lambda: chaves_documentos.month_pk(HOSPITAL, "2611"), OF_THE_HOSPITAL),
    "documentos.dynamodb.chaves.documento_key": (
        lambda: chaves_documentos.documento_key(HOSPITAL, "d1"), OF_THE_HOSPITAL,
    ),
    "documentos.dynamodb.chaves.recebido_key": (
        lambda: chaves_documentos.recebido_key(um_documento()), OF_THE_HOSPITAL,
    ),
    "documentos.dynamodb.chaves.vinculo_key": (lambda: chaves_documentos.vinculo_key(VINCULO), OF_THE_HOSPITAL),
    "documentos.dynamodb.chaves.pertence_key": (lambda: chaves_documentos.pertence_key(VINCULO), OF_THE_HOSPITAL),
    "documentos.dynamodb.chaves.numero_key": (
        lambda: chaves_documentos.numero_key(HOSPITAL, VALE, "D-1"), OF_THE_HOSPITAL,
    ),
    "documentos.dynamodb.chaves.exigencias_key": (lambda: chaves_documentos.exigencias_key(VALE), OF_VALE),
    "conecta_contas_aws.chaves.tenant_pk": (lambda: conta_keys.tenant_pk(HOSPITAL), OF_THE_HOSPITAL),
    "conecta_contas_aws.chaves.month_pk": (lambda: conta_keys.month_pk(HOSPITAL, "2611"), OF_THE_HOSPITAL),
    "conecta_contas_aws.chaves.peg_key": (lambda: conta_keys.peg_key(HOSPITAL, PROTOCOLO), OF_THE_HOSPITAL),
    "peg.dynamodb.chaves.lote_key": (lambda: chaves_peg.lote_key(HOSPITAL, VALE, "1"), OF_THE_HOSPITAL),
    "conecta_contas_aws.chaves.operadora_pk": (lambda: conta_keys.operadora_pk(VALE, "2611"), OF_VALE),
    "conecta_contas_aws.chaves.ponteiro_key": (lambda: conta_keys.ponteiro_key(VALE, PROTOCOLO), OF_VALE),
    "peg.dynamodb.chaves.vida_pk": (lambda: chaves_peg.vida_pk(VALE, PSEUDONYM), OF_VALE),
    "peg.dynamodb.chaves.cobranca_key": (
        lambda: chaves_peg.cobranca_key(VALE, PSEUDONYM, HOSPITAL, "GP-1"), OF_VALE,
    ),
    "peg.dynamodb.chaves.fila_pk": (lambda: chaves_peg.fila_pk(VALE, "RECEBIDO"), OF_VALE),
    "peg.dynamodb.rascunhos.rascunho_key": (lambda: rascunhos_peg.rascunho_key(HOSPITAL, "a1"), OF_THE_HOSPITAL),
    "peg.dynamodb.rascunhos.guia_key": (lambda: rascunhos_peg.guia_key(HOSPITAL, "a1", "2"), OF_THE_HOSPITAL),
    "peg.dynamodb.chaves.pendente_pk": (lambda: chaves_peg.pendente_pk(0), ["PENDENTE"]),
    "pagamento.dynamodb.chaves.tenant_pk": (lambda: chaves_pagamento.tenant_pk(HOSPITAL), OF_THE_HOSPITAL),
    "pagamento.dynamodb.chaves.linha_key": (lambda: chaves_pagamento.linha_key(an_entry()), OF_THE_HOSPITAL),
    "pagamento.dynamodb.chaves.fatura_key": (lambda: chaves_pagamento.fatura_key(HOSPITAL, PROTOCOLO), OF_THE_HOSPITAL),
    "pagamento.dynamodb.chaves.nota_key": (lambda: chaves_pagamento.nota_key(HOSPITAL, PROTOCOLO), OF_THE_HOSPITAL),
    "pagamento.dynamodb.chaves.pagamento_key": (lambda: chaves_pagamento.pagamento_key(a_payment()), OF_THE_HOSPITAL),
    "pagamento.dynamodb.chaves.lancamento_key": (
        lambda: chaves_pagamento.lancamento_key(HOSPITAL, PROTOCOLO), OF_THE_HOSPITAL,
    ),
    "pagamento.dynamodb.chaves.lote_key": (lambda: chaves_pagamento.lote_key(HOSPITAL, PROTOCOLO), OF_THE_HOSPITAL),
    "pagamento.dynamodb.chaves.agenda_key": (lambda: chaves_pagamento.agenda_key(HOSPITAL, VALE), OF_THE_HOSPITAL),
    "pagamento.dynamodb.chaves.operadora_pk": (lambda: chaves_pagamento.operadora_pk(VALE), OF_VALE),
    "pagamento.dynamodb.chaves.month_pk": (lambda: chaves_pagamento.month_pk(VALE, "2611"), OF_VALE),
    "pagamento.dynamodb.chaves.ponteiro_da_nota_key": (
        lambda: chaves_pagamento.ponteiro_da_nota_key(VALE, PROTOCOLO), OF_VALE,
    ),
    "pagamento.dynamodb.chaves.ponteiro_do_pagamento_key": (
        lambda: chaves_pagamento.ponteiro_do_pagamento_key(a_payment()), OF_VALE,
    ),
    "pagamento.dynamodb.chaves.marca_key": (lambda: chaves_pagamento.marca_key(VALE, f"{CPF}#1"), OF_VALE),
    "pagamento.dynamodb.chaves.numero_key": (lambda: chaves_pagamento.numero_key(VALE, "P-1"), OF_VALE),
    "pagamento.dynamodb.chaves.cronograma_key": (lambda: chaves_pagamento.cronograma_key(VALE), OF_VALE),
    "pagamento.dynamodb.chaves.faturas_pk": (lambda: chaves_pagamento.faturas_pk(VALE, 0), OF_VALE),
    "pagamento.dynamodb.chaves.notas_pk": (lambda: chaves_pagamento.notas_pk(VALE), OF_VALE),
    "pagamento.dynamodb.chaves.token_key": (lambda: chaves_pagamento.token_key("t"), ["AGENDA"]),
    "recurso.dynamodb.chaves.tenant_pk": (lambda: chaves_recurso.tenant_pk(HOSPITAL), OF_THE_HOSPITAL),
    "recurso.dynamodb.chaves.linha_key": (lambda: chaves_recurso.linha_key(a_held()), OF_THE_HOSPITAL),
    "recurso.dynamodb.chaves.recurso_key": (lambda: chaves_recurso.recurso_key(HOSPITAL, PROTOCOLO), OF_THE_HOSPITAL),
    "recurso.dynamodb.chaves.rascunho_key": (lambda: chaves_recurso.rascunho_key(HOSPITAL, "r1"), OF_THE_HOSPITAL),
    "recurso.dynamodb.chaves.contestado_key": (
        lambda: chaves_recurso.contestado_key(HOSPITAL, VALE, "1", legado=True), OF_THE_HOSPITAL,
    ),
    "recurso.dynamodb.chaves.numero_key": (lambda: chaves_recurso.numero_key(HOSPITAL, VALE, "R1"), OF_THE_HOSPITAL),
    "recurso.dynamodb.chaves.month_pk": (lambda: chaves_recurso.month_pk(VALE, "2611"), OF_VALE),
    "recurso.dynamodb.chaves.ponteiro_key": (lambda: chaves_recurso.ponteiro_key(VALE, PROTOCOLO), OF_VALE),
    "recurso.dynamodb.chaves.fila_pk": (lambda: chaves_recurso.fila_pk(VALE, "ENVIADO"), OF_VALE),
    "auditoria.dynamodb.chaves.cabeca_key": (lambda: chaves_auditoria.cabeca_key(TENANT), OF_THE_HOSPITAL),
    "auditoria.dynamodb.chaves.bloco_key": (lambda: chaves_auditoria.bloco_key(TENANT, 7), OF_THE_HOSPITAL),
    "auditoria.dynamodb.chaves.dia_key": (lambda: chaves_auditoria.dia_key(TENANT, HOJE), OF_THE_HOSPITAL),
    "auditoria.dynamodb.chaves.fila_pk": (lambda: chaves_auditoria.fila_pk(0), ["SELAR"]),
    **{
        f"alertas.dynamodb.chaves.{name}": (partial(getattr(chaves_alertas, name), *of), begins)
        for name, of, begins in (
            ("tenant_pk", (HOSPITAL,), OF_THE_HOSPITAL),
            ("sequencia_key", (HOSPITAL,), OF_THE_HOSPITAL),
            ("alerta_key", (HOSPITAL, "e1"), OF_THE_HOSPITAL),
            ("entidade_key", (HOSPITAL, f"peg/{PROTOCOLO}"), OF_THE_HOSPITAL),
            ("leitor_key", (HOSPITAL, SUB), OF_THE_HOSPITAL),
            ("preferencia_key", (HOSPITAL, SUB), OF_THE_HOSPITAL),
            ("painel_key", (an_item(),), OF_THE_HOSPITAL),
            ("resumo_pk", (0,), ["RESUMO", "0"]),  # read by the sweep alone, which serves every tenant
            ("webhook_key", (HOSPITAL, "w1"), OF_THE_HOSPITAL),
            ("webhooks_key", (HOSPITAL,), OF_THE_HOSPITAL),
            ("saida_pk", (HOSPITAL, "w1"), OF_THE_HOSPITAL),
            ("saude_key", (HOSPITAL, "w1"), OF_THE_HOSPITAL),
            ("entrega_key", (HOSPITAL, "w1", f"{NOW.isoformat()}-e1"), OF_THE_HOSPITAL),
            ("linha_key", (Lugar(HOSPITAL, "w1", f"peg/{PROTOCOLO}"),), OF_THE_HOSPITAL),
            ("linhas_pk", (0,), ["ENTREGAS", "0"]),  # as digests
        )
    },
}  # fmt: skip
"""What makes a key, and the partition it must give: a prestador, an operadora, a person and a credential are tenants
of their own rows; the public list of operadoras, and what falls due, which only the sweep reads, are nobody's."""
OF_BUCKETS = {
    "conecta_contas_aws.chaves.acatados_key", "conecta_contas_aws.chaves.dossie_key", "conecta_edge.objects.answer_key",
}  # fmt: skip
PERSONAL = ("cpf", "carteira", "cns", "nome", "email", "nascimento", "documento")


def partition(key: Any) -> str:
    if isinstance(key, str):
        return key
    return str(key.get("pk") or key["busca_pk"])


def modules() -> Iterator[ModuleType]:
    """Where keys are made: `conecta_edge`, contas, senhas, and every context's adapters of tables."""
    packages = (
        conecta_edge, conecta_contas_aws, conecta_senhas_aws, alertas.dynamodb, auditoria.dynamodb,
        autorizacao.dynamodb, cadastro.dynamodb, documentos.dynamodb, pagamento.dynamodb, peg.dynamodb,
        recurso.dynamodb,
    )  # fmt: skip
    for package in packages:
        for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(info.name)


def makers() -> dict[str, Callable[..., Any]]:
    """Every function that makes a key of a table or of an index."""
    return {
        f"{module.__name__}.{name}": function
        for module in modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.endswith(("_key", "_pk", "_busca")) and function.__module__ == module.__name__
    }


@pytest.mark.parametrize("name", KEYS)
def test_the_tenant_comes_first_in_every_key(name: str) -> None:
    make, expected = KEYS[name]
    assert partition(make()).split("#")[: len(expected)] == expected


def test_every_function_that_makes_a_key_is_judged_here() -> None:
    assert makers().keys() - OF_BUCKETS == KEYS.keys()


@pytest.mark.parametrize("name", KEYS)
def test_nothing_that_makes_a_key_takes_what_tells_who_a_person_is(name: str) -> None:
    taken = inspect.signature(makers()[name]).parameters
    told = [parameter for parameter in taken if parameter.startswith(PERSONAL)]
    assert told == (["carteira"] if name.endswith("cpf_busca") else [])  # there it is the carteira's pseudonym


def test_a_pedido_lies_under_the_prestador_that_asked_or_else_under_the_person() -> None:
    mine = SimpleNamespace(**{**vars(PEDIDO), "do_prestador": False})
    assert partition(relacionamentos.pedido_key(mine)) == f"PESSOA#{SUB}"  # type: ignore[arg-type]


def test_what_a_load_of_lives_writes_has_pseudonyms_in_its_keys_and_nothing_personal() -> None:
    rows: list[dict[str, Any]] = []

    class Client:
        def put_item(self, **call: Any) -> None:
            rows.append(call["Item"])

    Loaded(Client(), "cadastro", "beneficiarios").put("beneficiarios", VALE, a_vida(carteira_anterior="000999"))
    assert len(rows) == 2
    for row in rows:
        written = str({name: held for name, held in row.items() if name != "dados"})
        assert not [value for value in (CARTEIRA, "000999", CPF, NOME) if value in written]
    assert PASA not in str([row["pk"] for row in rows])


def test_what_is_recorded_and_what_is_counted_lies_under_its_tenant() -> None:
    calls: list[dict[str, Any]] = []

    class Client:
        def put_item(self, **call: Any) -> None:
            calls.append(call["Item"])

        def update_item(self, **call: Any) -> None:
            calls.append(call["Key"])

    access = Access(Actor(f"PRESTADOR#{HOSPITAL}", SUB, "gestor"), "/elegibilidade", "f", "c")
    append(Client(), "auditoria", access, NOW)
    Quota("x", 1, 60).take(Client(), "idempotencia", prestador_id=HOSPITAL, subject=SUB, units=1, now=NOW)
    assert [call["pk"]["S"].split("#")[:2] for call in calls] == [OF_THE_HOSPITAL, OF_THE_HOSPITAL]
    assert date.fromisoformat(calls[0]["pk"]["S"].split("#")[2]) == HOJE


def test_a_kept_answer_lies_under_the_prestador() -> None:
    attempt = idempotency.attempt({"idempotency-key": "k"}, prestador_id=HOSPITAL, route="/r", subject=SUB, body=b"")
    assert attempt is not None
    assert attempt.key["pk"] == f"PRESTADOR#{HOSPITAL}"


def test_the_index_of_what_is_pending_serves_the_sweep_of_every_tenant_and_names_each() -> None:
    row = uploads_rows.to_item(an_upload())
    assert str(row["pendente_pk"]).startswith("PENDENTE#")
    assert str(row["pendente_sk"]).endswith(f"#{HOSPITAL}#u1")
    ended = uploads_rows.to_item(an_upload(situacao=Situacao.EXPIRADO, conferir_em=None))
    assert (ended["pendente_pk"], ended["pendente_sk"]) == (None, None)


def test_the_index_of_what_falls_due_names_the_operadora_and_spreads_over_its_shards() -> None:
    places = [chaves.vencimento(VALE, f"2611{n:010d}", HOJE) for n in range(400)]
    assert {place["vencimento_pk"] for place in places} == {f"VENCIMENTO#{shard}" for shard in range(chaves.SHARDS)}
    assert places[7]["vencimento_sk"] == f"{HOJE.isoformat()}#{VALE}#26110000000007"
    assert set(chaves.vencimento(VALE, NUMERO, None).values()) == {None}
    assert senha_keys.identity(senha_keys.guia_pk(VALE, NUMERO)) == (VALE, NUMERO)


def test_the_queue_of_pegs_names_whose_each_is_and_spreads_what_is_unfinished_over_its_shards() -> None:
    places = [chaves_peg.fila(a_peg(f"2611{n:08d}")) for n in range(400)]
    assert {place["fila_pk"] for place in places} == {f"PENDENTE#{shard}" for shard in range(chaves_peg.SHARDS)}
    assert str(places[7]["fila_sk"]).endswith(f"Z#{HOSPITAL}#261100000007")
    waiting = chaves_peg.fila(a_peg(situacao=SituacaoPeg.RECEBIDO))
    assert partition(waiting["fila_pk"]).split("#")[:2] == OF_VALE
    assert str(waiting["fila_sk"]) == f"{HOJE.isoformat()}#{HOSPITAL}#261120000001"
    assert set(chaves_peg.fila(a_peg(situacao=SituacaoPeg.PAGO)).values()) == {None}
    assert conta_keys.identity(conta_keys.peg_key(HOSPITAL, PROTOCOLO)) == (HOSPITAL, PROTOCOLO)


def test_open_faturas_spread_over_the_shards_of_their_operadora_and_an_issuer_or_a_token_is_in_no_key() -> None:
    places = [chaves_pagamento.fila(a_fatura(f"2610{n:08d}", agir_em=HOJE)) for n in range(400)]
    shards = {chaves_pagamento.faturas_pk(VALE, shard) for shard in range(chaves_pagamento.SHARDS)}
    assert {place["fila_pk"] for place in places} == shards
    assert places[7]["fila_sk"] == f"{HOJE.isoformat()}#{HOSPITAL}#261000000007"
    assert CPF not in chaves_pagamento.marca_key(VALE, f"{CPF}#1")["sk"]
    assert "segredo" not in chaves_pagamento.token_key("segredo")["pk"]


def test_what_waits_for_an_answer_names_whose_it_is_and_by_when_and_whether_that_was_told() -> None:
    place = chaves_recurso.lugares(a_recurso())
    assert partition(place["fila_pk"]).split("#")[:2] == OF_VALE
    assert place["fila_sk"] == f"2026-12-21#{HOSPITAL}#261160000001"
    told = chaves_recurso.lugares(a_recurso(vencido=True, responder_ate=None))
    assert told["fila_sk"] == f"9999-12-31#{HOSPITAL}#261160000001#VENCIDO"
    assert [chaves_recurso.identity(one) for one in (place, told)] == [(HOSPITAL, "261160000001")] * 2
    assert [chaves_recurso.told(one) for one in (place, told)] == [False, True]


def test_days_to_be_sealed_spread_over_the_shards_and_name_whose_each_is() -> None:
    days = [Dia(tenant=f"PRESTADOR#{n}", dia=HOJE).marcado("2", NOW) for n in range(200)]
    places = [chaves_auditoria.lugar(one) for one in days]
    assert {one["fila_pk"] for one in places} == {f"SELAR#{shard}" for shard in range(chaves_auditoria.SHARDS)}
    assert chaves_auditoria.pendente(places[7]["fila_sk"]) == (NOW, "PRESTADOR#7", HOJE)
    assert chaves_auditoria.lugar(Dia(tenant=TENANT, dia=HOJE)) == {}
    where = auditoria_s3.bloco_key(TENANT, 7, "f" * 64)
    assert where == f"auditoria/PRESTADOR/{HOSPITAL}/0000000007-{'f' * 24}.json.gz"


def test_a_counter_belongs_to_nobody_and_holds_only_a_number() -> None:
    asked: list[Mapping[str, Any]] = []

    class Table:
        def update_item(self, **call: Any) -> Mapping[str, Any]:
            asked.append(call)
            return {"Attributes": {"n": {"N": "1"}}}

    protocolos.allocate(Table(), "t", protocolos.Kind.PEG, a_documento().recebido_em.date())
    assert asked[0]["Key"]["pk"] == {"S": "CONTADOR#2611#2"}


@pytest.mark.parametrize(
    "key",
    [
        an_upload(nome_arquivo="Maria da Silva.xml").chave_entrada,
        archive_key(VALE, HOSPITAL, "laudo", "0" * 64),
        objects.answer_key(VALE, HOSPITAL, "u1", "json"),
        peg.s3.S3Archive(None, "acervo").answer_key(a_documento()),
        conta_keys.dossie_key(a_peg(), "0" * 24),
        recurso_s3.pauta_key(VALE, HOSPITAL, PROTOCOLO, "0" * 24),
        recurso_s3.conteudo_key(VALE, HOSPITAL, "r1", "0" * 24),
    ],
)
def test_an_object_lies_under_its_operadora_and_prestador(key: str) -> None:
    assert key.startswith(f"t/{VALE}/{HOSPITAL}/")
    assert "Maria" not in key


def test_a_row_of_a_peg_or_of_a_guia_holds_no_personal_attribute() -> None:
    charge = Cobranca(PSEUDONYM, HOSPITAL, "GP-1", PROTOCOLO, 1, (LinhaCobrada("22", "40301010", HOJE),))
    rows = (pegs.to_item(a_peg()), cobrancas.to_item(VALE, charge), uploads_rows.to_item(an_upload()))
    names = {name for row in rows for name in row}
    personal = ("carteira", "beneficiario", "cpf", "nome_beneficiario", "cns", "cid")
    assert not [name for name in names if name.startswith(personal)]
