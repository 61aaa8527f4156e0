"""Area `custo`: counts on an embedded AWS of its own, keeps what was counted, prices it, writes docs/custo.md."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from conecta_edge.clock import local_day
from local import deploy, packaging
from local.bench import funcoes
from local.bench.custo import contado, documento, modelo
from local.bench.custo.movimento import Movimento
from local.bench.measure import Measure, Sizes

AREA: Final = "custo"
INICIOS: Final = 10
FIXOS: Final = {
    "alarmes": "AWS::CloudWatch::Alarm",
    "chaves": "AWS::KMS::Key",
    "segredos": "AWS::SecretsManager::Secret",
    "waf": "AWS::WAFv2::WebACL",
}


def measures(sizes: Sizes) -> Iterator[Measure]:
    """US$ of a million authorizations and of a thousand PEGs, by service; of months; and the hottest key at the peak.

    Raises:
        DemoError: something came out otherwise than it must.
        NeverQuietError: what follows by itself does not end.
    """
    contagens = {"em": f"{datetime.now(UTC):%Y-%m-%d}", "fixos": fixos(), "fluxos": fluxos(sizes)}
    if not sizes.rapido:
        file = modelo.FOLDER / "contagens.json"
        file.write_text(json.dumps(contagens, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        documento.main([])
    yield from priced(contagens)


def priced(contagens: dict[str, Any]) -> Iterator[Measure]:
    """What was counted, in US$."""
    data = modelo.dados(contagens)
    for case, many, used, name in (
        ("milhão de autorizações", modelo.MILHAO, modelo.autorizacao(data), "autorizacao"),
        ("mil PEGs", 1000, modelo.peg(data), "peg"),
    ):
        invoice = modelo.fatura(used, data)
        for service, usd in invoice.items():
            yield Measure(area=AREA, case=f"{case}: {service}", value=usd * many, unit="US$")
        total, naive = sum(invoice.values()), sum(modelo.fatura(modelo.ingenuo(name, data), data).values())
        ingenuo = f"{case}, desenho ingênuo"
        yield Measure(area=AREA, case=ingenuo, value=naive * many, unit="US$")
        yield Measure(area=AREA, case=case, value=total * many, unit="US$", ratio=total / naive, against=ingenuo)
    for mes in modelo.meses(data):
        yield Measure(area=AREA, case=f"mês, {mes.vidas} vidas", value=mes.variavel, unit="US$")
    hottest, *_ = modelo.quentes(max(data.cenario["vidas"]), data)
    case = f"chave mais quente no pico, {hottest.tabela} {hottest.padrao}"
    yield Measure(area=AREA, case=case, value=hottest.parte * 100, unit="% do limite")


def fluxos(sizes: Sizes) -> dict[str, Any]:
    """Counts, by flow."""
    hoje = local_day(datetime.now(UTC))
    guias = 3 if sizes.rapido else int(modelo.cenario()["guias_por_peg"])
    with funcoes.instance(lambda_limit=1, launcher="local.bench.custo.contado") as (aws, where):
        movimento = Movimento(aws, where, hoje)
        aptos = movimento.aptos(guias + 3)
        primeiras = movimento.autorizar(aptos[:3])  # the first of each warms the functions up
        senhas = list[tuple[str, str]]()
        counted = {"autorizacao": movimento.contado(guias, lambda: senhas.extend(movimento.autorizar(aptos[3:])))}
        movimento.olhar(1)
        counted["inicio"] = movimento.contado(INICIOS, lambda: movimento.olhar(INICIOS))
        primeiro, devidos = movimento.faturar(primeiras), list[Any]()
        counted["peg"] = movimento.contado(1, lambda: devidos.append(movimento.faturar(senhas)))
        with movimento.no_dia(primeiro[2]):
            movimento.pagar(primeiro)
            counted["pagamento"] = movimento.contado(1, lambda: movimento.pagar(devidos[0]))
    return {name: fluxo.plain() for name, fluxo in counted.items()}


def fixos() -> dict[str, Any]:
    """How many there are of what is paid for by the month, in the template of production.

    And, as `concorrencia`, how many environments a function may have for its queue.
    """
    packaging.build()
    context = {**deploy.embedded_context(0), "estagio": "producao"}
    with TemporaryDirectory() as folder:
        assembly = deploy.synthesize(context, destination=Path(folder) / "cdk.out")
        texts = [file.read_text("utf-8") for file in assembly.folder.glob("*.template.json")]
    resources: dict[str, Any] = {}
    for text in texts:
        resources |= json.loads(text)["Resources"]
    kinds = Counter(one["Type"] for one in resources.values())
    queues = {
        contado.short(resources[one["Properties"]["FunctionName"]["Ref"]]["Properties"]["FunctionName"]): int(
            one["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        )
        for one in resources.values()
        if one["Type"] == "AWS::Lambda::EventSourceMapping" and "ScalingConfig" in one["Properties"]
    }
    return {
        **{name: kinds[kind] for name, kind in FIXOS.items()}, "filas_consumidas": len(queues), "concorrencia": queues,
    }  # fmt: skip
