"""Puts back, through AWS's own APIs, what the emulator's CloudFormation drops from the templates.

What it cannot do at all stays undone: access logs of the REST API and logs of the state machine are never written,
and the encryption and access logging of buckets would change nothing that can be observed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local.runtime import EmbeddedAws

Properties = Mapping[str, Any]


def apply_fixups(aws: EmbeddedAws, template: Mapping[str, Any], ids: Mapping[str, str]) -> Counter[str]:
    """Read a deployed template again and re-apply what was dropped; repeatable.

    Args:
        aws: The embedded AWS it was deployed on.
        template: The CloudFormation template.
        ids: Physical ids by logical id.

    Returns:
        How many of each thing were put back.
    """
    done: Counter[str] = Counter()
    clients: dict[str, Any] = {}
    for logical_id, resource in template["Resources"].items():
        service, fixup = _FIXUPS.get(resource["Type"], (None, None))
        if service and fixup and logical_id in ids:
            client = clients.setdefault(service, aws.client(service))
            done.update(fixup(client, ids[logical_id], _resolved(resource.get("Properties", {}), ids)))
    return done


def _resolved(properties: Properties, ids: Mapping[str, str]) -> Properties:
    """The properties with what is a mere reference to another resource in its place."""
    return {
        name: ids.get(value["Ref"], value) if isinstance(value, dict) and value.keys() == {"Ref"} else value
        for name, value in properties.items()
    }


def _table(client: Any, name: str, properties: Properties) -> Iterator[str]:
    # Time to live and point-in-time recovery of a table are ignored at creation.
    wanted = properties.get("TimeToLiveSpecification")
    current = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
    if wanted and wanted.get("Enabled") and current == "DISABLED":
        client.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted)
        yield "time to live"
    recovery = properties.get("PointInTimeRecoverySpecification", {})
    if recovery.get("PointInTimeRecoveryEnabled"):
        specification = {"PointInTimeRecoveryEnabled": True}
        client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=specification)
        yield "point-in-time recovery"


def _bucket(client: Any, name: str, properties: Properties) -> Iterator[str]:
    # The lifecycle is ignored; the emulator does not act on it, but who asks for it should be told the truth.
    if rules := properties.get("LifecycleConfiguration", {}).get("Rules"):
        configuration = {"Rules": [_lifecycle_rule(rule) for rule in rules]}
        client.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration=configuration)
        yield "lifecycle"


def _lifecycle_rule(rule: Properties) -> dict[str, Any]:
    """S3's form of a rule from CloudFormation's, which names days and filters differently."""
    chosen: dict[str, Any] = {"Prefix": rule.get("Prefix", "")}
    if tags := rule.get("TagFilters"):
        chosen = {"And": {**chosen, "Tags": [dict(tag) for tag in tags]}}
    converted: dict[str, Any] = {"ID": rule["Id"], "Status": rule["Status"], "Filter": chosen}
    if "ExpirationInDays" in rule:
        converted["Expiration"] = {"Days": rule["ExpirationInDays"]}
    if "Transitions" in rule:
        converted["Transitions"] = [
            {"Days": step["TransitionInDays"], "StorageClass": step["StorageClass"]} for step in rule["Transitions"]
        ]
    if "NoncurrentVersionTransitions" in rule:
        converted["NoncurrentVersionTransitions"] = [
            {"NoncurrentDays": step["TransitionInDays"], "StorageClass": step["StorageClass"]}
            for step in rule["NoncurrentVersionTransitions"]
        ]
    for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if name in rule:
            converted[name] = dict(rule[name])
    return converted


def _schedule(client: Any, name: str, properties: Properties) -> Iterator[str]:
    # The time zone of a schedule becomes UTC: a cron of midnight in São Paulo would fire at nine in the evening.
    zone = properties.get("ScheduleExpressionTimezone")
    group = properties.get("GroupName", "default")
    if zone is None:
        return
    current = client.get_schedule(Name=name, GroupName=group)
    if current.get("ScheduleExpressionTimezone") != zone:
        kept = {
            key: current[key]
            for key in (
                "Name",
                "GroupName",
                "ScheduleExpression",
                "FlexibleTimeWindow",
                "Target",
                "State",
                "Description",
            )
            if key in current
        }
        client.update_schedule(**kept, ScheduleExpressionTimezone=zone)
        yield f"time zone {zone}"


_FIXUPS: dict[str, tuple[str, Callable[[Any, str, Properties], Iterator[str]]]] = {
    "AWS::DynamoDB::Table": ("dynamodb", _table),
    "AWS::S3::Bucket": ("s3", _bucket),
    "AWS::Scheduler::Schedule": ("scheduler", _schedule),
}
