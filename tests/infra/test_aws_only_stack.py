from __future__ import annotations

import json
from typing import Any

import pytest

from infra.settings import ROOT
from tests.infra.conftest import Templates

AWS = "Conecta-Aws"


def rules(templates: Templates) -> dict[str, dict[str, Any]]:
    (acl,) = templates.properties("AWS::WAFv2::WebACL", AWS)
    return {rule["Name"]: rule for rule in acl["Rules"]}


def test_the_firewall_stands_before_the_stage(producao: Templates) -> None:
    (association,) = producao.properties("AWS::WAFv2::WebACLAssociation", AWS)
    assert "/stages/v1" in json.dumps(association["ResourceArn"])


def test_one_address_cannot_take_it_all(producao: Templates) -> None:
    rate = rules(producao)["taxa-por-endereco"]
    answer = rate["Action"]["Block"]["CustomResponse"]
    assert (answer["ResponseCode"], answer["ResponseHeaders"]) == (429, [{"Name": "Retry-After", "Value": "300"}])
    (acl,) = producao.properties("AWS::WAFv2::WebACL", AWS)
    told = json.loads(acl["CustomResponseBodies"][answer["CustomResponseBodyKey"]]["Content"])
    assert (told["codigo"], told["status"]) == ("limite-excedido", 429)
    assert rate["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"


def test_a_lote_in_the_body_is_not_an_attack(producao: Templates) -> None:
    common = rules(producao)["AWSManagedRulesCommonRuleSet"]["Statement"]["ManagedRuleGroupStatement"]
    counted = {override["Name"]: override["ActionToUse"] for override in common["RuleActionOverrides"]}
    assert counted["SizeRestrictions_BODY"] == {"Count": {}}


def test_rules_are_tried_in_one_order(producao: Templates) -> None:
    priorities = [rule["Priority"] for rule in rules(producao).values()]
    assert priorities == list(range(len(priorities)))


def test_the_firewall_logs_no_token_address_bar_or_sample(producao: Templates) -> None:
    (logging,) = producao.properties("AWS::WAFv2::LoggingConfiguration", AWS)
    hidden = json.dumps(logging["RedactedFields"])
    for field in ("authorization", "QueryString", "UriPath"):
        assert field in hidden
    for rule in rules(producao).values():
        assert rule["VisibilityConfig"]["SampledRequestsEnabled"] is False


def alarms(templates: Templates) -> dict[str, dict[str, Any]]:
    return {
        alarm["AlarmName"].removeprefix("conecta-producao-"): alarm
        for alarm in templates.properties("AWS::CloudWatch::Alarm", AWS)
    }


def test_every_failure_queue_is_watched_from_its_first_message(producao: Templates) -> None:
    queues = {
        queue["QueueName"].removeprefix("conecta-producao-")
        for queue in producao.properties("AWS::SQS::Queue")
        if "RedrivePolicy" not in queue
    }
    watched = {name.removesuffix("-com-mensagens") for name in alarms(producao) if name.endswith("-com-mensagens")}
    assert watched == queues
    for name in watched:
        assert alarms(producao)[f"{name}-com-mensagens"]["Threshold"] == 0


def test_every_function_is_watched(producao: Templates) -> None:
    for made in producao.properties("AWS::Lambda::Function"):
        name = made["FunctionName"].removeprefix("conecta-producao-")
        assert {f"{name}-erros", f"{name}-recusas"} <= set(alarms(producao))


def test_lost_receptions_late_outboxes_and_5xx_call_a_person(producao: Templates) -> None:
    assert {
        *(
            f"{machine['StateMachineName'].removeprefix('conecta-producao-')}-{kind}"
            for machine in producao.properties("AWS::StepFunctions::StateMachine")
            for kind in ("falhas", "estouros")
        ),
        *(
            f"{contexto}-eventos-caixa-de-saida"
            for contexto in ("alertas", "autorizacao", "cadastro", "documentos", "pagamento", "peg", "recurso")
        ),
        "auditoria-fluxo-caixa-de-saida",
        "api-5xx",
        "api-latencia",
        "agendas-com-erro",
    } <= set(alarms(producao))


def test_every_consumed_queue_is_watched_for_growing_old(producao: Templates) -> None:
    consumed = {
        queue["QueueName"].removeprefix("conecta-producao-")
        for queue in producao.properties("AWS::SQS::Queue")
        if "RedrivePolicy" in queue
    }
    assert {f"{name}-atrasada" for name in consumed} <= set(alarms(producao))


@pytest.mark.parametrize(
    ("name", "log_group"), [("cadastro-api", "CadastroApi"), ("autorizacao-api", "AutorizacaoApi")]
)
def test_who_guesses_carteiras_faster_than_a_quota_allows_is_noticed(
    producao: Templates, name: str, log_group: str
) -> None:
    (counted,) = (
        made for made in producao.properties("AWS::Logs::MetricFilter", AWS)
        if log_group in json.dumps(made["LogGroupName"])
    )  # fmt: skip
    assert counted["FilterPattern"] == "{ $.status = 429 }"
    (metric,) = counted["MetricTransformations"]
    alarm = alarms(producao)[f"{name}-limites"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (metric["MetricNamespace"], metric["MetricName"])
    # The default quota lets 600 lookups through in the alarm's five minutes: 1,000 guesses leave 400.
    assert alarm["Threshold"] < 400


@pytest.mark.parametrize(
    ("name", "log_group", "message"),
    [
        ("entregas-esgotadas", "AlertasFluxo", "entrega esgotada"),
        ("webhooks-desligados", "AlertasFluxo", "webhook desligado"),
        ("auditoria-atrasada", "AuditoriaFluxo", "auditoria atrasada"),
    ],
)
def test_a_line_that_calls_for_a_person_calls_one(producao: Templates, name: str, log_group: str, message: str) -> None:
    alarm = alarms(producao)[name]
    (counted,) = (
        made for made in producao.properties("AWS::Logs::MetricFilter", AWS)
        if made["MetricTransformations"][0]["MetricName"] == alarm["MetricName"]
    )  # fmt: skip
    assert log_group in json.dumps(counted["LogGroupName"])
    assert counted["FilterPattern"] == f'{{ $.message = "{message}" }}'
    package = ROOT / "functions" / log_group.removesuffix("Fluxo").lower()
    assert any(f'"{message}"' in file.read_text("utf-8") for file in package.rglob("*.py"))
    assert alarm["Threshold"] == 0


def test_every_alarm_says_where_it_is_written_what_to_do(producao: Templates) -> None:
    for alarm in alarms(producao).values():
        what, _, where = alarm["AlarmDescription"].partition(": docs/operacao.md#")
        assert what
        assert where == where.lower().replace(" ", "-") != ""


def test_every_table_is_watched_for_throttles(producao: Templates) -> None:
    for table in producao.properties("AWS::DynamoDB::Table"):
        name = table["TableName"].removeprefix("conecta-producao-")
        assert {f"{name}-ReadThrottleEvents", f"{name}-WriteThrottleEvents"} <= set(alarms(producao))


def test_every_alarm_speaks_and_no_silence_is_an_alarm(producao: Templates) -> None:
    for alarm in alarms(producao).values():
        assert len(alarm["AlarmActions"]) == 1
        assert alarm["TreatMissingData"] == "notBreaching"


def test_one_alarm_stands_for_all_others_through_one_of_each_area(producao: Templates) -> None:
    composites = producao.resources("AWS::CloudWatch::CompositeAlarm", AWS)
    children = {
        made["Properties"]["AlarmName"].removeprefix("conecta-producao-"): _children(made["Properties"]["AlarmRule"])
        for made in composites.values()
    }
    assert sorted(children.pop("servico")) == sorted(set(composites) - {_logical(composites, "servico")})
    watched = [child for area in children.values() for child in area]
    assert sorted(watched) == sorted(producao.resources("AWS::CloudWatch::Alarm", AWS))
    # CloudWatch takes a hundred in one rule, and 10,240 characters of it: an ARN is at most some 110.
    assert all(len(area) <= 90 for area in children.values())
    assert [
        made["Properties"]["AlarmName"] for made in composites.values() if "AlarmActions" in made["Properties"]
    ] == ["conecta-producao-servico"]


def _children(rule: dict[str, Any]) -> list[str]:
    """Logical ids that a rule is made of."""
    return [part["Fn::GetAtt"][0] for part in rule["Fn::Join"][1] if isinstance(part, dict)]


def _logical(composites: dict[str, Any], name: str) -> str:
    (found,) = (
        each for each, made in composites.items() if made["Properties"]["AlarmName"] == f"conecta-producao-{name}"
    )
    return found


def test_alarms_may_speak_on_a_topic_that_refuses_plain_http(producao: Templates) -> None:
    (policy,) = producao.properties("AWS::SNS::TopicPolicy", AWS)
    effects = {
        (statement["Effect"], json.dumps(statement["Principal"])) for statement in policy["PolicyDocument"]["Statement"]
    }
    assert ("Allow", '{"Service": "cloudwatch.amazonaws.com"}') in effects
    assert any(effect == "Deny" for effect, _ in effects)


def test_backups_are_kept_five_weeks_in_a_vault_that_deletes_nothing(producao: Templates) -> None:
    (plan,) = producao.properties("AWS::Backup::BackupPlan", AWS)
    (rule,) = plan["BackupPlan"]["BackupPlanRule"]
    assert rule["Lifecycle"] == {"DeleteAfterDays": 35}
    (vault,) = producao.properties("AWS::Backup::BackupVault", AWS)
    denied = json.dumps(vault["AccessPolicy"])
    assert "backup:DeleteRecoveryPoint" in denied
    (selection,) = producao.properties("AWS::Backup::BackupSelection", AWS)
    # Every table but the idempotency rows, which expire in a day, and the archive.
    assert len(selection["BackupSelection"]["Resources"]) == len(producao.resources("AWS::DynamoDB::Table"))
