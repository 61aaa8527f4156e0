"""The steps of a workflow `carga-<contexto>`, each repeatable.

Events, all with `registro_ans` and `id` of a load:

* `{"acao": "planejar"}` answers them with `partes`, `[{"n", "inicio", "fim", "linha", "repetidas"}]`;
* `{"acao": "carregar-parte", "parte": {…}}` loads one of those and answers its counts;
* `{"acao": "concluir"}` sums, reports and publishes `CargaConcluida`;
* `{"acao": "registrar-falha", "erro": {"Error": …}}`: the load waits to be resumed, and loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from conecta_cargas import loading as service
from conecta_cargas.loading import Ports
from conecta_cargas.reading import Parte
from conecta_cargas.states import LostRaceError
from conecta_edge import observability
from conecta_edge.dynamodb import TransientConflictError


class UnknownActionError(ValueError):
    """The workflow asked for something that does not exist."""


def step(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """Carry out one step.

    Raises:
        TransientConflictError: others are writing the same rows; the workflow tries the part again.
    """
    where = {"registro_ans": str(event["registro_ans"]), "carga_id": str(event["id"])}
    acao = event.get("acao")
    answer: dict[str, Any] = {"registro_ans": where["registro_ans"], "id": where["carga_id"]}
    match acao:
        case "planejar":
            answer["partes"] = [asdict(parte) for parte in service.plan(**where, ports=ports)]
        case "carregar-parte":
            parte = Parte(**{name: int(value) for name, value in event["parte"].items()})
            try:
                answer |= asdict(service.load_part(**where, parte=parte, ports=ports))
            except LostRaceError as error:
                raise TransientConflictError from error
        case "concluir":
            answer["situacao"] = service.conclude(**where, ports=ports).situacao.value
        case "registrar-falha":
            erro = str((event.get("erro") or {}).get("Error", "desconhecido"))
            answer["situacao"] = service.fail(**where, erro=erro, ports=ports).situacao.value
            observability.log("error", "carga falhou", correlacao=where["carga_id"], erro=erro)
        case other:
            raise UnknownActionError(str(other))
    observability.log(
        "info", "passo da carga", correlacao=where["carga_id"], registro_ans=where["registro_ans"], tarefa=acao,
        situacao=answer.get("situacao"),
    )  # fmt: skip
    return answer
