"""The steps of two workflows, each repeatable.

`carga-autorizacao` loads a file of legacy senhas: every event that names a load by `registro_ans` and `id`
(`conecta_cargas_aws.steps`). `expiracao-autorizacoes` takes the day from the clock and nothing from its input:

* `{"acao": "planejar-varredura"}` answers `{"partes": [0, 1, …]}`;
* `{"acao": "varrer", "parte": 0, "posicao": {…} or null}` moves a piece of a part on and answers where the next one
  starts: `{"parte", "posicao", "feitas", "adiadas", "perdidas", "mais"}`;
* `{"acao": "registrar-falha", "erro": {"Error": …}}`: logged; the next sweep finds what this one left.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autorizacao.bootstrap import cargas
from autorizacao.bootstrap import varredura as bootstrap
from autorizacao.service import varredura
from conecta_cargas_aws import steps
from conecta_cargas_aws.steps import UnknownActionError
from conecta_edge import cold_start, observability, session
from conecta_edge.clock import local_day


@cold_start.ends
def handler(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """Carry out one step."""
    if "registro_ans" in event:
        return steps.step(event, cargas.ports())
    match event.get("acao"):
        case "planejar-varredura":
            return {"partes": list(bootstrap.vencimentos().partes())}
        case "varrer":
            return _sweep(int(event["parte"]), event.get("posicao"))
        case "registrar-falha":
            erro = str((event.get("erro") or {}).get("Error", "desconhecido"))
            observability.log("error", "varredura falhou", tarefa="varredura", erro=erro)
            return {"erro": erro}
        case other:
            raise UnknownActionError(str(other))


def _sweep(parte: int, posicao: varredura.Posicao) -> dict[str, Any]:
    now = session.clock().now()
    found = varredura.sweep(
        parte,
        posicao,
        vencimentos_=bootstrap.vencimentos(),
        autorizacoes=bootstrap.autorizacoes(),
        now=now,
        hoje=local_day(now),
    )
    level = "warning" if found.perdidas else "info"
    observability.log(level, "vencimentos varridos", tarefa="varrer", reemitidos=found.feitas, pendentes=found.perdidas)
    return {
        "parte": parte,
        "posicao": found.posicao,
        "feitas": found.feitas,
        "adiadas": found.adiadas,
        "perdidas": found.perdidas,
        "mais": found.posicao is not None,
    }
