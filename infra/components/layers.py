"""The three layers, built beforehand by `python -m local.packaging` for the runtime and architecture asked."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.settings import Settings, SettingsError

LAYERS = {
    "dependencies": "Third-party packages of requirements/layer.txt",
    "edge": "conecta_edge: what the functions share at the border of AWS",
    "tiss": "conecta_tiss: the TISS standard, with its schemas and tables",
}


class Layers(Construct):
    """Layer versions by name; each asset is a folder with `python/` inside."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.by_name = {
            name: lambda_.LayerVersion(
                self,
                name.capitalize(),
                layer_version_name=settings.name(name),
                description=description,
                code=asset(settings, "layers", name),
                compatible_runtimes=[runtime(settings)],
                compatible_architectures=[architecture(settings)],
                removal_policy=RemovalPolicy.DESTROY,
            )
            for name, description in LAYERS.items()
        }


def asset(settings: Settings, kind: str, name: str) -> lambda_.Code:
    """The built folder `<ativos>/<kind>/<name>` as code.

    Raises:
        SettingsError: it was not built.
    """
    folder = settings.ativos / kind / name
    if not folder.is_dir():
        raise SettingsError(
            f"{folder} does not exist: build the assets first (python -m local.packaging), "
            "or point the context value ativos to where they are"
        )
    return lambda_.Code.from_asset(str(folder))


def runtime(settings: Settings) -> lambda_.Runtime:
    """The Lambda runtime of this deployment."""
    return lambda_.Runtime(f"python{settings.python}", lambda_.RuntimeFamily.PYTHON)


def architecture(settings: Settings) -> lambda_.Architecture:
    """The Lambda architecture of this deployment."""
    return lambda_.Architecture.ARM_64 if settings.arquitetura == "arm64" else lambda_.Architecture.X86_64
