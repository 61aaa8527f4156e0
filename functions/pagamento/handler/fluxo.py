"""The steps of three workflows, each repeatable.

`carga-pagamento` loads a file of financeiro: every event that names a load by `registro_ans` and `id`
(`conecta_cargas_aws.steps`). `fechamento-entregas` goes through the open faturas of each operadora:

* `{"acao": "planejar-fechamento", "pedido": {…}}` answers `{"partes": [{"acao", "registro_ans"}, …]}`: `fechar` of
  every operadora, or what the request asks for, `{"acao": "recontar", "registro_ans"}`;
* `{"acao": "varrer", "parte": {…}, "posicao": {…} or null}` moves a piece on and answers where the next one starts:
  `{"parte", "posicao", "mais"}` and how many of each.

`demonstrativos-lote` makes demonstrativos in bulk: `{"acao": "montar-lote", "prestador_id", "id"}` makes some of them
and answers `{"prestador_id", "id", "mais"}`. What failed for good is told, by either of the two:
`{"acao": "registrar-falha", "entrada": <what it began with>, "erro": {"Error": …}}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conecta_edge import cold_start, observability, session
from pagamento.bootstrap import nucleo


class UnknownActionError(ValueError):
    """The workflow asked for something that does not exist."""


@cold_start.ends
def handler(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """Carry out one step."""
    if "registro_ans" in event and "id" in event:
        from conecta_cargas_aws import steps  # noqa: PLC0415  # each workflow pays for its own
        from pagamento.bootstrap import cargas  # noqa: PLC0415

        return steps.step(event, cargas.ports())
    match event.get("acao"):
        case "planejar-fechamento":
            return {"partes": _partes(event["pedido"])}
        case "varrer":
            return _sweep(event["parte"], event.get("posicao"))
        case "montar-lote":
            return _assemble(event["prestador_id"], event["id"])
        case "registrar-falha":
            return _failed(event["entrada"], str((event.get("erro") or {}).get("Error", "desconhecido")))
        case other:
            raise UnknownActionError(str(other))


def _partes(pedido: Mapping[str, Any]) -> list[dict[str, Any]]:
    if pedido.get("acao") == "recontar":
        return [{"acao": "recontar", "registro_ans": pedido["registro_ans"]}]
    return [{"acao": "fechar", "registro_ans": one.registro_ans} for one in session.catalogo().operadoras()]


def _sweep(parte: Mapping[str, Any], posicao: Mapping[str, str] | None) -> dict[str, Any]:
    from pagamento.service import faturas  # noqa: PLC0415

    sweep = {"fechar": faturas.close_day, "recontar": faturas.recount}[parte["acao"]]
    done, position = sweep(parte["registro_ans"], posicao, nucleo.portas())
    level = "warning" if done["adiadas"] else "info"
    observability.log(level, "faturas varridas", tarefa=parte["acao"], registro_ans=parte["registro_ans"], **done)
    return {"parte": parte, "posicao": position, **done, "mais": position is not None}


def _assemble(prestador_id: str, lote_id: str) -> dict[str, Any]:
    from pagamento.handler import formatos  # noqa: PLC0415
    from pagamento.service import lotes  # noqa: PLC0415

    lote = lotes.advance(prestador_id, lote_id, nucleo.portas(), nucleo.entregas(), formatos.escrever)
    observability.log("info", "demonstrativos montados", correlacao=lote_id, situacao=lote.situacao.value)
    return {"prestador_id": prestador_id, "id": lote_id, "mais": not lote.terminado}


def _failed(entrada: Mapping[str, Any], erro: str) -> dict[str, Any]:
    observability.log("error", "execucao falhou", tarefa=str(entrada.get("acao", "")), erro=erro)
    if "id" in entrada:
        from pagamento.service import lotes  # noqa: PLC0415

        lotes.fail(entrada["prestador_id"], entrada["id"], nucleo.portas())
    return {"erro": erro}
