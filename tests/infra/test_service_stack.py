from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from alertas.bootstrap.nucleo import AMPLO
from alertas.domain.eventos import CATALOGO, TESTE
from alertas.domain.regras import REGRAS
from alertas.handler.recebidos import IMAGENS
from infra.components.api import ACCESS_LOG
from infra.components.openapi_body import ACCEPTED_SCOPES, METHODS, PERSON_SCOPE, used_functions
from tests.infra.conftest import Templates

SERVICE = "Conecta-Servico"
FUNCTIONS = {
    "publico-api": ("publico.handler.api.handler", 25, 512, 2),
    "cadastro-api": ("cadastro.handler.api.handler", 25, 512, 3),
    "cadastro-eventos": ("cadastro.handler.eventos.handler", 60, 512, 3),
    "cadastro-fluxo": ("cadastro.handler.fluxo.handler", 300, 1024, 3),
    "autorizacao-api": ("autorizacao.handler.api.handler", 25, 1024, 3),
    "autorizacao-eventos": ("autorizacao.handler.eventos.handler", 60, 512, 3),
    "autorizacao-fluxo": ("autorizacao.handler.fluxo.handler", 300, 1024, 3),
    "tiss-api": ("porta_tiss.handler.api.handler", 28, 512, 3),
    "documentos-api": ("documentos.handler.api.handler", 25, 1024, 3),
    "documentos-eventos": ("documentos.handler.eventos.handler", 60, 512, 3),
    "documentos-fluxo": ("documentos.handler.fluxo.handler", 60, 1024, 3),
    "peg-api": ("peg.handler.api.handler", 25, 1024, 3),
    "peg-eventos": ("peg.handler.eventos.handler", 60, 512, 3),
    "peg-fluxo": ("peg.handler.fluxo.handler", 60, 1024, 3),
    "pagamento-api": ("pagamento.handler.api.handler", 25, 1024, 3),
    "pagamento-eventos": ("pagamento.handler.eventos.handler", 60, 512, 3),
    "pagamento-fluxo": ("pagamento.handler.fluxo.handler", 300, 1024, 3),
    "recurso-api": ("recurso.handler.api.handler", 25, 1024, 3),
    "recurso-eventos": ("recurso.handler.eventos.handler", 60, 512, 3),
    "recurso-fluxo": ("recurso.handler.fluxo.handler", 60, 512, 3),
    "alertas-api": ("alertas.handler.api.handler", 25, 1024, 3),
    "alertas-eventos": ("alertas.handler.eventos.handler", 60, 512, 3),
    "alertas-fluxo": ("alertas.handler.fluxo.handler", 60, 512, 3),
    "auditoria-api": ("auditoria.handler.api.handler", 25, 1024, 3),
    "auditoria-fluxo": ("auditoria.handler.fluxo.handler", 300, 512, 2),
}
BILLING = {
    "TABELA_PEG", "TABELA_AUTORIZACAO", "TABELA_CADASTRO", "TABELA_BENEFICIARIOS", "TABELA_AUDITORIA", "BUCKET_ACERVO",
    "SEGREDO_PSEUDONIMOS_ARN",
}  # fmt: skip
PAYING = {"TABELA_PAGAMENTO", "TABELA_PEG", "TABELA_CADASTRO", "TABELA_DOCUMENTOS", "TABELA_AUDITORIA", "BUCKET_ACERVO"}
KEEPING = {"TABELA_DOCUMENTOS", "BUCKET_ENTRADA", "BUCKET_ACERVO"}
LINKING = {
    *KEEPING, "TABELA_AUTORIZACAO", "TABELA_PEG", "TABELA_RECURSO", "TABELA_CADASTRO", "TABELA_AUDITORIA",
    "TABELA_IDEMPOTENCIA",
}  # fmt: skip
CONTESTING = {"TABELA_RECURSO", "TABELA_PEG", "TABELA_CADASTRO", "TABELA_DOCUMENTOS", "BUCKET_ACERVO"}
TELLING = {"TABELA_ALERTAS", "TABELA_CADASTRO", "FILA_WEBHOOKS"}
SPEAKING = {*TELLING, "SEGREDO_WEBHOOKS_ARN", "RES_OPTIONS"}
SEALING = {"TABELA_AUDITORIA", "TABELA_SELOS", "BUCKET_ACERVO"}
ENVIRONMENT = {
    "publico-api": {"ORIGENS_PERMITIDAS"},
    "cadastro-api": {
        "TABELA_CADASTRO", "TABELA_BENEFICIARIOS", "TABELA_AUDITORIA", "TABELA_IDEMPOTENCIA", "BUCKET_ACERVO",
        "SEGREDO_ARN", "SEGREDO_PSEUDONIMOS_ARN", "POOL_PRESTADORES", "POOL_OPERADORA", "CLIENTE_PORTAL_PRESTADORES",
        "CLIENTE_PORTAL_OPERADORA", "ORIGENS_PERMITIDAS", "LIMITE_ELEGIBILIDADE",
    },
    "cadastro-eventos": {
        "TABELA_CADASTRO", "TABELA_BENEFICIARIOS", "BUCKET_ENTRADA", "BARRAMENTO", "MAQUINA_CARGA_ARN",
    },
    "cadastro-fluxo": {
        "TABELA_CADASTRO", "TABELA_BENEFICIARIOS", "BUCKET_ENTRADA", "BUCKET_ACERVO", "SEGREDO_PSEUDONIMOS_ARN",
    },
    "autorizacao-api": {
        "TABELA_AUTORIZACAO", "TABELA_CADASTRO", "TABELA_BENEFICIARIOS", "TABELA_DOCUMENTOS", "TABELA_IDEMPOTENCIA",
        "TABELA_AUDITORIA", "SEGREDO_ARN", "SEGREDO_PSEUDONIMOS_ARN", "POOL_PRESTADORES", "POOL_OPERADORA",
        "CLIENTE_PORTAL_PRESTADORES", "CLIENTE_PORTAL_OPERADORA", "ORIGENS_PERMITIDAS",
    },
    "autorizacao-eventos": {
        "TABELA_AUTORIZACAO", "TABELA_CADASTRO", "TABELA_BENEFICIARIOS", "TABELA_DOCUMENTOS", "TABELA_IDEMPOTENCIA",
        "TABELA_AUDITORIA", "SEGREDO_PSEUDONIMOS_ARN", "BUCKET_ENTRADA", "BUCKET_ACERVO", "BARRAMENTO",
        "MAQUINA_CARGA_ARN", "REMETENTE",
    },
    "autorizacao-fluxo": {
        "TABELA_AUTORIZACAO", "TABELA_CADASTRO", "TABELA_BENEFICIARIOS", "SEGREDO_PSEUDONIMOS_ARN", "BUCKET_ENTRADA",
        "BUCKET_ACERVO",
    },
    "tiss-api": {
        "FUNCAO_CADASTRO", "FUNCAO_AUTORIZACAO", "FUNCAO_DOCUMENTOS", "FUNCAO_PEG", "FUNCAO_PAGAMENTO",
        "FUNCAO_RECURSO", "ORIGENS_PERMITIDAS",
    },
    "documentos-api": {
        *LINKING, "SEGREDO_ARN", "POOL_PRESTADORES", "POOL_OPERADORA", "CLIENTE_PORTAL_PRESTADORES",
        "CLIENTE_PORTAL_OPERADORA", "ORIGENS_PERMITIDAS",
    },
    "documentos-eventos": {*LINKING, "BARRAMENTO"},
    "documentos-fluxo": KEEPING,
    "peg-api": {
        *BILLING, "TABELA_IDEMPOTENCIA", "FUNCAO_AUTORIZACAO", "FUNCAO_RECURSO", "SEGREDO_ARN", "POOL_PRESTADORES",
        "POOL_OPERADORA", "CLIENTE_PORTAL_PRESTADORES", "CLIENTE_PORTAL_OPERADORA", "ORIGENS_PERMITIDAS",
    },
    "peg-eventos": {
        *BILLING, "TABELA_IDEMPOTENCIA", "FUNCAO_AUTORIZACAO", "FUNCAO_RECURSO", "BARRAMENTO", "MAQUINA_RECEPCAO_ARN",
    },
    "peg-fluxo": BILLING,
    "pagamento-api": {
        *PAYING, "TABELA_IDEMPOTENCIA", "FUNCAO_RECURSO", "SEGREDO_ARN", "POOL_PRESTADORES", "POOL_OPERADORA",
        "CLIENTE_PORTAL_PRESTADORES", "CLIENTE_PORTAL_OPERADORA", "ORIGENS_PERMITIDAS",
    },
    "pagamento-eventos": {
        *PAYING, "BUCKET_ENTRADA", "BARRAMENTO", "MAQUINA_CARGA_ARN", "MAQUINA_FECHAMENTO_ARN",
        "MAQUINA_LOTE_ARN",
    },
    "pagamento-fluxo": {*PAYING, "BUCKET_ENTRADA", "SEGREDO_PSEUDONIMOS_ARN"},
    "recurso-api": {
        *CONTESTING, "TABELA_AUDITORIA", "TABELA_IDEMPOTENCIA", "SEGREDO_ARN", "POOL_PRESTADORES", "POOL_OPERADORA",
        "CLIENTE_PORTAL_PRESTADORES", "CLIENTE_PORTAL_OPERADORA", "ORIGENS_PERMITIDAS",
    },
    "recurso-eventos": {*CONTESTING, "TABELA_AUDITORIA", "TABELA_IDEMPOTENCIA", "BARRAMENTO"},
    "recurso-fluxo": CONTESTING,
    "alertas-api": {
        *SPEAKING, "TABELA_IDEMPOTENCIA", "FUNCAO_DOCUMENTOS", "SEGREDO_ARN", "POOL_PRESTADORES", "POOL_OPERADORA",
        "CLIENTE_PORTAL_PRESTADORES", "CLIENTE_PORTAL_OPERADORA", "ORIGENS_PERMITIDAS",
    },
    "alertas-eventos": {*TELLING, "FUNCAO_DOCUMENTOS", "FUNCAO_RECURSO", "BARRAMENTO"},
    "alertas-fluxo": {*SPEAKING, "REMETENTE", "ORIGENS_PERMITIDAS"},
    "auditoria-api": {
        *SEALING, "TABELA_CADASTRO", "SEGREDO_ARN", "POOL_PRESTADORES", "POOL_OPERADORA", "CLIENTE_PORTAL_PRESTADORES",
        "CLIENTE_PORTAL_OPERADORA", "ORIGENS_PERMITIDAS",
    },
    "auditoria-fluxo": SEALING,
}  # fmt: skip
COMMON = {"CONECTA_ESTAGIO", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL"}


def function(templates: Templates, name: str) -> dict[str, Any]:
    return templates.one("AWS::Lambda::Function", FunctionName=f"conecta-producao-{name}")


def logical(templates: Templates, kind: str, **properties: Any) -> str:
    """Logical id of the only resource of the type with these property values."""
    (found,) = (
        name
        for name, resource in templates.resources(kind, SERVICE).items()
        if all(resource["Properties"].get(key) == value for key, value in properties.items())
    )
    return found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_is_what_its_context_says(producao: Templates, name: str) -> None:
    handler, timeout, memory, layers = FUNCTIONS[name]
    made = function(producao, name)
    assert (made["Handler"], made["Timeout"], made["MemorySize"]) == (handler, timeout, memory)
    assert (made["Runtime"], made["Architectures"]) == ("python3.13", ["arm64"])
    assert len(made["Layers"]) == layers
    assert made["TracingConfig"] == {"Mode": "Active"}


def test_there_are_no_other_functions(producao: Templates) -> None:
    names = {made["FunctionName"] for made in producao.properties("AWS::Lambda::Function")}
    assert names == {f"conecta-producao-{name}" for name in FUNCTIONS}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_knows_only_what_it_may_touch(producao: Templates, name: str) -> None:
    variables = function(producao, name)["Environment"]["Variables"]
    assert set(variables) == COMMON | ENVIRONMENT[name]
    assert variables["POWERTOOLS_SERVICE_NAME"] == name
    assert variables["CONECTA_ESTAGIO"] == "producao"


def test_every_clock_is_moved_together_and_only_when_asked(producao: Templates, embarcado: Templates) -> None:
    for templates, offset in ((producao, None), (embarcado, "P91D")):
        functions = templates.properties("AWS::Lambda::Function")
        assert {made["Environment"]["Variables"].get("DESLOCAMENTO_RELOGIO") for made in functions} == {offset}


def test_webhooks_may_go_to_this_very_machine_on_the_embedded_aws_only(
    producao: Templates, embarcado: Templates, synthesize: Callable[..., Templates]
) -> None:
    for templates in (producao, synthesize(estagio="homologacao")):
        assert "OUVINTE_CA" not in json.dumps(templates.by_stack)
    trusting = {
        made["FunctionName"]: made["Environment"]["Variables"]["OUVINTE_CA"]
        for made in embarcado.properties("AWS::Lambda::Function")
        if "OUVINTE_CA" in made["Environment"]["Variables"]
    }
    assert trusting == dict.fromkeys(
        ("conecta-embarcado-alertas-api", "conecta-embarcado-alertas-fluxo"), "/ouvinte/ca.pem"
    )


def test_runtime_and_architecture_follow_the_context(embarcado: Templates) -> None:
    for made in embarcado.properties("AWS::Lambda::Function"):
        assert (made["Runtime"], made["Architectures"]) == ("python3.11", ["x86_64"])
        assert made["Environment"]["Variables"].get("ORIGENS_PERMITIDAS", "http://localhost:5173") == (
            "http://localhost:5173"
        )
    for layer in embarcado.properties("AWS::Lambda::LayerVersion"):
        assert (layer["CompatibleRuntimes"], layer["CompatibleArchitectures"]) == (["python3.11"], ["x86_64"])


def test_each_function_has_its_own_failure_queue_and_log_group(producao: Templates) -> None:
    functions = list(producao.properties("AWS::Lambda::Function"))
    queues = [json.dumps(made["DeadLetterConfig"]["TargetArn"]) for made in functions]
    groups = [json.dumps(made["LoggingConfig"]["LogGroup"]) for made in functions]
    assert len(set(queues)) == len(set(groups)) == len(FUNCTIONS)


def test_logs_are_kept_for_a_time_and_encrypted_with_their_key(producao: Templates) -> None:
    groups = list(producao.properties("AWS::Logs::LogGroup"))
    # The functions, the API's accesses, the workflows, and the firewall's own.
    assert len(groups) == len(FUNCTIONS) + len(WORKFLOWS) + 2
    for group in groups:
        assert group["RetentionInDays"] in {90, 365}
        assert "KmsKeyId" in group


def test_lotes_never_starve_interactive_calls(producao: Templates, embarcado: Templates) -> None:
    reserved = {name: function(producao, name)["ReservedConcurrentExecutions"] for name in FUNCTIONS}
    assert all(number > 0 for number in reserved.values())
    for owner in ("cadastro", "autorizacao"):
        assert reserved[f"{owner}-api"] > reserved[f"{owner}-fluxo"] + reserved["tiss-api"]
    # Whoever waits at the XML door for a lote to be received leaves it open for the others.
    assert reserved["tiss-api"] - reserved["peg-api"] >= 20
    assert sum(reserved.values()) <= 850
    for made in embarcado.properties("AWS::Lambda::Function"):
        assert "ReservedConcurrentExecutions" not in made


def test_how_many_lookups_a_minute_a_caller_may_make_is_the_deployments_choice(
    producao: Templates, embarcado: Templates
) -> None:
    for templates in (producao, embarcado):
        (limit,) = (
            variables["LIMITE_ELEGIBILIDADE"]
            for made in templates.properties("AWS::Lambda::Function")
            for variables in [made["Environment"]["Variables"]]
            if "LIMITE_ELEGIBILIDADE" in variables
        )
        assert limit == "120"


def test_queues_are_encrypted_and_reached_by_tls_only(producao: Templates) -> None:
    queues = producao.resources("AWS::SQS::Queue")
    assert all("KmsMasterKeyId" in queue["Properties"] for queue in queues.values())
    guarded = set()
    for policy in producao.properties("AWS::SQS::QueuePolicy"):
        if any(
            statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            for statement in policy["PolicyDocument"]["Statement"]
        ):
            guarded |= {queue["Ref"] for queue in policy["Queues"]}
    assert guarded == set(queues)


CONSUMERS = (
    "alertas-eventos", "autorizacao-eventos", "cadastro-eventos", "documentos-eventos", "pagamento-eventos",
    "peg-eventos", "recurso-eventos",
)  # fmt: skip
QUEUES = {**{name: name for name in CONSUMERS}, "webhooks": "alertas-fluxo"}
"""Who consumes each."""


@pytest.mark.parametrize("name", QUEUES)
def test_poison_leaves_a_queue_and_no_message_is_seen_twice_in_one_run(producao: Templates, name: str) -> None:
    queue = producao.one("AWS::SQS::Queue", QueueName=f"conecta-producao-{name}")
    dead = logical(producao, "AWS::SQS::Queue", QueueName=f"conecta-producao-{name}-dlq")
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]},
        "maxReceiveCount": 5,
    }
    assert queue["VisibilityTimeout"] >= 6 * function(producao, QUEUES[name])["Timeout"]


def test_what_failed_waits_two_weeks_for_a_person(producao: Templates) -> None:
    for queue in producao.properties("AWS::SQS::Queue"):
        if "RedrivePolicy" not in queue:
            assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600


def mappings(templates: Templates) -> list[dict[str, Any]]:
    return list(templates.properties("AWS::Lambda::EventSourceMapping"))


def test_one_bad_message_does_not_repeat_its_batch(producao: Templates) -> None:
    streams = len(CONSUMERS) + 1
    assert len(mappings(producao)) == len(QUEUES) + streams
    for mapping in mappings(producao):
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_what_a_webhook_is_told_waits_for_no_other_and_everything_else_goes_ten_at_a_time(producao: Templates) -> None:
    sizes = {json.dumps(mapping["EventSourceArn"]): mapping["BatchSize"] for mapping in mappings(producao)}
    for name in QUEUES:
        assert sizes[json.dumps(target_queue(producao, name))] == (1 if name == "webhooks" else 10)


def test_outbox_rows_are_published_whenever_they_are_written_and_of_what_inicio_counts_every_change(
    producao: Templates,
) -> None:
    told = {}
    for mapping in followed(producao):
        name = logical_name(producao, mapping)
        outbox, *images = (json.loads(each["Pattern"]) for each in mapping["FilterCriteria"]["Filters"])
        if name != "auditoria-fluxo":
            assert outbox == {
                "eventName": ["INSERT", "MODIFY"],
                "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "EVENTO#"}]}}},
            }
        for image in images:
            assert image["eventName"] == ["INSERT", "MODIFY"]
            told[name] = {key: value["S"] for key, value in image["dynamodb"]["Keys"].items()}
    assert told == {
        "autorizacao-eventos": {"sk": ["AUTORIZACAO"]},
        "peg-eventos": {"pk": [{"prefix": "PRESTADOR#"}], "sk": [{"prefix": "PEG#"}]},
        "pagamento-eventos": {"sk": [{"prefix": "FATURA#"}]},
        "recurso-eventos": {"sk": [{"prefix": "CONTESTADO#"}]},
    }


def test_every_row_of_the_audit_is_marked_to_be_sealed_many_at_once(producao: Templates, embarcado: Templates) -> None:
    for templates, window in ((producao, 60), (embarcado, 1)):
        (mapping,) = (one for one in followed(templates) if logical_name(templates, one) == "auditoria-fluxo")
        assert [json.loads(each["Pattern"]) for each in mapping["FilterCriteria"]["Filters"]] == [
            {"eventName": ["INSERT"]}
        ]
        assert (mapping["BatchSize"], mapping["MaximumBatchingWindowInSeconds"]) == (1000, window)


def test_a_stream_is_followed_from_the_oldest_kept_and_what_fails_for_good_is_kept(producao: Templates) -> None:
    streams = followed(producao)
    assert len(streams) == len(CONSUMERS) + 1
    for mapping in streams:
        assert mapping["StartingPosition"] == "TRIM_HORIZON"
        assert mapping["BisectBatchOnFunctionError"] is True
        assert mapping["MaximumRetryAttempts"] > 0
        assert "Destination" in mapping["DestinationConfig"]["OnFailure"]


def followed(templates: Templates) -> list[dict[str, Any]]:
    """The mappings of streams."""
    return [mapping for mapping in mappings(templates) if "StartingPosition" in mapping]


def logical_name(templates: Templates, mapping: dict[str, Any]) -> str:
    """The function that a mapping calls, `<contexto>-<papel>`."""
    made = templates.resources("AWS::Lambda::Function")[mapping["FunctionName"]["Ref"]]["Properties"]
    return str(made["FunctionName"]).split("-", 2)[2]


def rule(templates: Templates, name: str) -> dict[str, Any]:
    return templates.one("AWS::Events::Rule", Name=f"conecta-producao-{name}")


def target_queue(templates: Templates, name: str) -> dict[str, Any]:
    queue = logical(templates, "AWS::SQS::Queue", QueueName=f"conecta-producao-{name}")
    return {"Fn::GetAtt": [queue, "Arn"]}


def test_each_upload_reaches_documentos_from_the_default_bus(producao: Templates) -> None:
    made = rule(producao, "uploads")
    assert "EventBusName" not in made
    assert made["EventPattern"]["source"] == ["aws.s3"]
    assert made["EventPattern"]["detail-type"] == ["Object Created"]
    assert made["EventPattern"]["detail"]["object"] == {"key": [{"prefix": "t/"}]}
    assert made["Targets"][0]["Arn"] == target_queue(producao, "documentos-eventos")


@pytest.mark.parametrize(
    ("name", "prefix", "queue"),
    [
        ("cargas", "cadastro/", "cadastro-eventos"),
        ("cargas-de-autorizacao", "autorizacao/", "autorizacao-eventos"),
        ("cargas-de-pagamento", "pagamento/", "pagamento-eventos"),
    ],
)
def test_each_file_of_the_operadora_reaches_who_loads_it_and_nobody_else(
    producao: Templates, name: str, prefix: str, queue: str
) -> None:
    made = rule(producao, name)
    assert "EventBusName" not in made
    assert made["EventPattern"]["source"] == ["aws.s3"]
    assert made["EventPattern"]["detail-type"] == ["Object Created"]
    assert made["EventPattern"]["detail"]["object"] == {"key": [{"prefix": prefix}]}
    assert made["EventPattern"]["detail"]["bucket"] == rule(producao, "uploads")["EventPattern"]["detail"]["bucket"]
    assert made["Targets"][0]["Arn"] == target_queue(producao, queue)


@pytest.mark.parametrize(
    ("name", "source", "types", "queue"),
    [
        ("cargas-retomadas", "cadastro", ["CargaRetomada"], "cadastro-eventos"),
        ("autorizacao-para-si", "autorizacao", ["DataPedida", "CargaRetomada"], "autorizacao-eventos"),
        (
            "pagamento-para-si", "pagamento", ["CronogramaPublicado", "DemonstrativosPedidos", "CargaRetomada"],
            "pagamento-eventos",
        ),
        ("pegs-liberados", "peg", ["PegLiberado", "ValorRecuperado"], "pagamento-eventos"),
        (
            "recursos-pagos", "pagamento", ["ParcelaAberta", "LancamentoRegistrado", "PagamentoRegistrado"],
            "recurso-eventos",
        ),
        ("pegs-encerrados", "pagamento", ["PagamentoRegistrado", "FaturaEncerrada"], "peg-eventos"),
        ("novas-de-alertas", "alertas", ["AlertaAmplo", "WebhookDesligado"], "alertas-eventos"),
    ],
)  # fmt: skip
def test_what_a_context_tells_reaches_itself_or_whoever_goes_on_with_it(
    producao: Templates, name: str, source: str, types: list[str], queue: str
) -> None:
    made = rule(producao, name)
    assert "EventBusName" in made
    assert made["EventPattern"] == {"source": [f"conecta.{source}"], "detail-type": types}
    assert made["Targets"][0]["Arn"] == target_queue(producao, queue)


@pytest.mark.parametrize(
    ("name", "dados", "queue"),
    [
        ("lotes-recebidos", {"finalidade": ["lote_tiss"]}, "peg-eventos"),
        (
            "mensagens-de-autorizacao",
            {
                "finalidade": ["mensagem_tiss"],
                "transacao": [
                    "solicitacaoProcedimento", "solicitaStatusAutorizacao", "loteAnexos", "comunicacaoInternacao",
                ],
            },
            "autorizacao-eventos",
        ),
        (
            "mensagens-de-peg",
            {
                "finalidade": ["mensagem_tiss"],
                "transacao": ["loteGuias", "solicitacaoStatusProtocolo", "cancelaGuia"],
            },
            "peg-eventos",
        ),
        (
            "mensagens-de-pagamento",
            {"finalidade": ["mensagem_tiss"], "transacao": ["solicitacaoDemonstrativoRetorno"]},
            "pagamento-eventos",
        ),
        (
            "mensagens-de-documentos",
            {"finalidade": ["mensagem_tiss"], "transacao": ["envioDocumentos"]},
            "documentos-eventos",
        ),
        (
            "mensagens-de-recurso",
            {"finalidade": ["mensagem_tiss"], "transacao": ["recursoGlosa", "solicitacaoStatusRecursoGlosa"]},
            "recurso-eventos",
        ),
    ],
)  # fmt: skip
def test_a_received_document_reaches_whoever_answers_it(
    producao: Templates, name: str, dados: dict[str, list[str]], queue: str
) -> None:
    made = rule(producao, name)
    assert "EventBusName" in made
    assert made["EventPattern"] == {
        "source": ["conecta.documentos"],
        "detail-type": ["DocumentoRecebido"],
        "detail": {"dados": dados},
    }
    assert made["Targets"][0]["Arn"] == target_queue(producao, queue)


@pytest.mark.parametrize(
    ("name", "source", "types"),
    [
        (
            "destino-dos-lotes",
            "peg",
            ["LoteRecusado", "LoteRepetido", "PegRecebido", "MensagemRecusada", "MensagemRespondida"],
        ),
        ("destino-dos-documentos", "documentos", ["MensagemRecusada", "MensagemRespondida"]),
        ("destino-das-mensagens", "autorizacao", ["MensagemRecusada", "MensagemRespondida"]),
        ("destino-dos-demonstrativos", "pagamento", ["MensagemRecusada", "MensagemRespondida"]),
        ("destino-dos-recursos", "recurso", ["RecursoEnviado", "MensagemRecusada", "MensagemRespondida"]),
    ],
)
def test_documentos_hears_what_became_of_what_was_sent_and_what_goes_with_a_recurso(
    producao: Templates, name: str, source: str, types: list[str]
) -> None:
    made = rule(producao, name)
    assert made["EventPattern"] == {"source": [f"conecta.{source}"], "detail-type": types}
    assert made["Targets"][0]["Arn"] == target_queue(producao, "documentos-eventos")


def test_a_document_of_a_request_that_waits_for_it_reaches_who_decides(producao: Templates) -> None:
    made = rule(producao, "documentos-de-autorizacoes")
    assert made["EventPattern"] == {
        "source": ["conecta.documentos"],
        "detail-type": ["DocumentoVinculado"],
        "detail": {"dados": {"alvo": ["AUTORIZACAO"]}},
    }
    assert made["Targets"][0]["Arn"] == target_queue(producao, "autorizacao-eventos")


def test_what_a_recurso_gives_back_goes_to_its_peg_or_where_there_is_none_to_who_pays(producao: Templates) -> None:
    for name, legado, queue in (
        ("recursos-de-pegs", False, "peg-eventos"), ("recursos-legados", True, "pagamento-eventos"),
    ):  # fmt: skip
        made = rule(producao, name)
        assert made["EventPattern"] == {
            "source": ["conecta.recurso"],
            "detail-type": ["RecursoRespondido"],
            "detail": {"dados": {"legado": [legado]}},
        }
        assert made["Targets"][0]["Arn"] == target_queue(producao, queue)


def test_alertas_hears_all_that_it_tells_sends_on_or_counts_and_nothing_else(producao: Templates) -> None:
    heard = [
        made for made in producao.properties("AWS::Events::Rule") if made["Name"].startswith("conecta-producao-novas-")
    ]  # fmt: skip
    for made in heard:
        assert made["Targets"][0]["Arn"] == target_queue(producao, "alertas-eventos")
        assert "detail" not in made["EventPattern"]
        # EventBridge's own limit of a pattern.
        assert len(json.dumps(made["EventPattern"])) < 2048
    public = CATALOGO.keys() - {TESTE}
    assert {tipo for made in heard for tipo in made["EventPattern"]["detail-type"]} == (
        public | REGRAS.keys() | IMAGENS | {AMPLO}
    )


def test_a_message_has_one_owner(producao: Templates) -> None:
    names = [
        transacao
        for made in producao.properties("AWS::Events::Rule")
        for transacao in made["EventPattern"].get("detail", {}).get("dados", {}).get("transacao", ())
    ]
    assert names
    assert len(names) == len(set(names))


def test_an_event_that_cannot_be_delivered_is_kept(producao: Templates) -> None:
    kept = target_queue(producao, "eventos-nao-entregues")
    for made in producao.properties("AWS::Events::Rule"):
        assert [target["DeadLetterConfig"]["Arn"] for target in made["Targets"]] == [kept]


@pytest.mark.parametrize(("stage", "rate"), [("producao", "rate(5 minutes)"), ("embarcado", "rate(1 minute)")])
def test_uploads_without_an_end_are_swept(request: pytest.FixtureRequest, stage: str, rate: str) -> None:
    templates: Templates = request.getfixturevalue(stage)
    schedule = templates.one("AWS::Scheduler::Schedule", Name=f"conecta-{stage}-conciliacao-uploads")
    assert schedule["ScheduleExpression"] == rate
    (group,) = templates.properties("AWS::Scheduler::ScheduleGroup")
    assert group["Name"] == f"conecta-{stage}"
    assert json.loads(schedule["Target"]["Input"]) == {"tarefa": "conciliar-uploads"}
    assert "Arn" in schedule["Target"]["DeadLetterConfig"]


@pytest.mark.parametrize(("workflow", "minute"), [("expiracao-autorizacoes", 5), ("fechamento-entregas", 7)])
@pytest.mark.parametrize("stage", ["producao", "embarcado"])
def test_what_is_due_is_swept_by_a_workflow_that_the_schedule_itself_starts(
    request: pytest.FixtureRequest, stage: str, workflow: str, minute: int
) -> None:
    templates: Templates = request.getfixturevalue(stage)
    name = f"conecta-{stage}-{workflow}"
    when = f"cron({minute} * * * ? *)" if stage == "producao" else "rate(1 minute)"
    schedule = templates.one("AWS::Scheduler::Schedule", Name=name)
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == (when, "America/Sao_Paulo")
    machine = logical(templates, "AWS::StepFunctions::StateMachine", StateMachineName=name)
    assert schedule["Target"]["Arn"] == {"Ref": machine}
    assert json.loads(schedule["Target"]["Input"]) == {}
    assert "Arn" in schedule["Target"]["DeadLetterConfig"]


SWEEPS = {
    "varredura-peg": ("peg-fluxo", "varrer", "cron(15 * * * ? *)"),
    "prazos-de-recursos": ("recurso-fluxo", "vigiar-prazos", "cron(20 6 * * ? *)"),
    "entregas-de-webhooks": ("alertas-fluxo", "retomar-entregas", "rate(5 minutes)"),
    "resumos-de-alertas": ("alertas-fluxo", "resumir", "rate(5 minutes)"),
    "selagem-da-auditoria": ("auditoria-fluxo", "selar", "cron(40 * * * ? *)"),
}


@pytest.mark.parametrize("name", SWEEPS)
@pytest.mark.parametrize("stage", ["producao", "embarcado"])
def test_what_stopped_half_way_what_is_due_and_what_is_to_be_sealed_is_swept(
    request: pytest.FixtureRequest, stage: str, name: str
) -> None:
    templates: Templates = request.getfixturevalue(stage)
    worker, acao, when = SWEEPS[name]
    schedule = templates.one("AWS::Scheduler::Schedule", Name=f"conecta-{stage}-{name}")
    expected = when if stage == "producao" else "rate(1 minute)"
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == (expected, "America/Sao_Paulo")
    called = logical(templates, "AWS::Lambda::Function", FunctionName=f"conecta-{stage}-{worker}")
    assert schedule["Target"]["Arn"] == {"Fn::GetAtt": [called, "Arn"]}
    assert json.loads(schedule["Target"]["Input"]) == {"acao": acao}
    assert "Arn" in schedule["Target"]["DeadLetterConfig"]


WORKFLOWS = {
    "recepcao-peg": "peg-fluxo",
    "carga-cadastro": "cadastro-fluxo",
    "carga-autorizacao": "autorizacao-fluxo",
    "expiracao-autorizacoes": "autorizacao-fluxo",
    "carga-pagamento": "pagamento-fluxo",
    "fechamento-entregas": "pagamento-fluxo",
    "demonstrativos-lote": "pagamento-fluxo",
}


def machine_of(templates: Templates, name: str) -> dict[str, Any]:
    return templates.one("AWS::StepFunctions::StateMachine", StateMachineName=f"conecta-producao-{name}")


def tasks(states: dict[str, Any]) -> list[dict[str, Any]]:
    """Every task, those of a Map among them."""
    found = [state for state in states.values() if state["Type"] == "Task"]
    for state in states.values():
        if state["Type"] == "Map":
            found += tasks(state["ItemProcessor"]["States"])
    return found


def test_there_are_no_other_workflows(producao: Templates) -> None:
    assert len(producao.resources("AWS::StepFunctions::StateMachine")) == len(WORKFLOWS)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_logs_everything_but_what_it_carries(producao: Templates, name: str) -> None:
    machine = machine_of(producao, name)
    logging = machine["LoggingConfiguration"]
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", False)
    assert machine["StateMachineType"] == "STANDARD"
    assert machine["TracingConfiguration"] == {"Enabled": True}


# -- the API ------------------------------------------------------------------------------------------------------


def api(templates: Templates) -> dict[str, Any]:
    (made,) = templates.properties("AWS::ApiGateway::RestApi")
    return made


def test_routes_deployed_are_the_routes_documented(producao: Templates) -> None:
    with open(producao.context["openapi"], encoding="utf-8") as file:  # noqa: PTH123  # a text from the context
        documented = json.load(file)
    deployed = api(producao)["Body"]["paths"]
    assert {path: set(item) - {"options"} for path, item in deployed.items()} == {
        path: {method for method in item if method in METHODS} for path, item in documented["paths"].items()
    }
    for path, item in documented["paths"].items():
        for method in set(item) & set(METHODS):
            security = deployed[path][method].get("security")
            assert security == (
                [{"conecta": [*ACCEPTED_SCOPES, PERSON_SCOPE]}] if item[method].get("security") else None
            )


def test_bytes_that_are_not_utf8_pass_unharmed(producao: Templates) -> None:
    assert api(producao)["BinaryMediaTypes"] == ["*/*"]


def test_each_called_function_has_exactly_one_permission(producao: Templates) -> None:
    permissions = list(producao.properties("AWS::Lambda::Permission"))
    assert {permission["Principal"] for permission in permissions} == {"apigateway.amazonaws.com"}
    called = [json.dumps(permission["FunctionName"]) for permission in permissions]
    with open(producao.context["openapi"], encoding="utf-8") as file:  # noqa: PTH123  # a text from the context
        documented = json.load(file)
    assert len(called) == len(set(called)) == len(used_functions(documented))
    assert all("SourceArn" in permission for permission in permissions)


def test_the_stage_is_throttled_measured_and_logged_without_people(producao: Templates) -> None:
    (stage,) = producao.properties("AWS::ApiGateway::Stage")
    assert stage["StageName"] == "v1"
    (settings,) = stage["MethodSettings"]
    assert settings["ThrottlingRateLimit"] > 0
    assert settings["ThrottlingBurstLimit"] > 0
    assert settings["MetricsEnabled"] is True
    assert settings["DataTraceEnabled"] is False
    line = json.loads(stage["AccessLogSetting"]["Format"])
    assert line == ACCESS_LOG
    for private in ("sourceIp", "querystring", "$context.path", "authorizer", "identity", "userAgent"):
        assert private not in stage["AccessLogSetting"]["Format"]


def test_gateway_refusals_are_in_the_body_and_as_resources_only_where_needed(
    producao: Templates, embarcado: Templates
) -> None:
    for templates in (producao, embarcado):
        in_body = api(templates)["Body"]["x-amazon-apigateway-gateway-responses"]
        resources = templates.resources("AWS::ApiGateway::GatewayResponse")
        assert {resource["Properties"]["ResponseType"] for resource in resources.values()} == set(in_body)
        (condition,) = {resource["Condition"] for resource in resources.values()}
        ((stage, wanted),) = (
            definition["Fn::Equals"]
            for name, definition in templates.by_stack[SERVICE]["Conditions"].items()
            if name == condition
        )
        default = templates.by_stack[SERVICE]["Parameters"][stage["Ref"]]["Default"]
        assert (default == wanted) == (templates is embarcado)


def test_another_body_is_another_deployment_under_another_embedded_id(
    producao: Templates, embarcado: Templates
) -> None:
    ids = set()
    for templates in (producao, embarcado):
        (deployment,) = templates.resources("AWS::ApiGateway::Deployment")
        (pinned,) = (tag["Value"] for tag in api(templates)["Tags"] if tag["Key"] == "ms-custom-id")
        assert deployment.removeprefix("ApiImplantacao") == pinned.removeprefix("conecta")
        ids.add(pinned)
    assert len(ids) == 2


def test_the_stack_tells_what_demo_and_operation_need(producao: Templates) -> None:
    outputs = set(producao.by_stack[SERVICE]["Outputs"])
    assert {
        "ApiId",
        "ApiUrl",
        "Barramento",
        "MaquinaRecepcaoPegArn",
        "MaquinaFechamentoEntregasArn",
        "FilaPagamentoEventos",
        "FilaPagamentoEventosDlq",
        "EventosNaoEntregues",
    } <= outputs


def test_callers_wait_longer_than_what_they_call_may_run(producao: Templates) -> None:
    for name, worker in WORKFLOWS.items():
        definition = json.loads(machine_of(producao, name)["DefinitionString"])
        assert tasks(definition["States"])
        for task in tasks(definition["States"]):
            assert task["TimeoutSeconds"] > function(producao, worker)["Timeout"]
    slowest = function(producao, "tiss-api")["Timeout"]
    for owner in ("autorizacao-api", "cadastro-api", "documentos-api", "pagamento-api", "peg-api", "recurso-api"):
        assert slowest > function(producao, owner)["Timeout"]
    for item in api(producao)["Body"]["paths"].values():
        for operation in item.values():
            waits = operation["x-amazon-apigateway-integration"]["timeoutInMillis"] / 1000
            assert waits > slowest


def test_templates_fit_cloudformation(producao: Templates) -> None:
    for template in producao.by_stack.values():
        assert len(json.dumps(template)) < 1_000_000
        assert len(template["Resources"]) < 450
