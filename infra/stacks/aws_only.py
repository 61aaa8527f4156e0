"""`Conecta-Aws`: what the embedded AWS cannot do and no function depends on: firewall, alarms, dashboard, backups."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.components.backup import Backups
from infra.components.firewall import Firewall
from infra.components.watch import Said, Watch
from infra.settings import Settings
from infra.stacks.data import DataStack
from infra.stacks.service import (
    ALERTAS_FLUXO,
    AUDITORIA_FLUXO,
    AUTORIZACAO_API,
    CADASTRO_API,
    CONSUMERS,
    ServiceStack,
)

TITLES = {
    "recepcao-peg": "Recepções",
    "carga-cadastro": "Cargas",
    "carga-autorizacao": "Cargas de senhas",
    "carga-pagamento": "Cargas de pagamentos e cronogramas",
    "expiracao-autorizacoes": "Expiração de autorizações",
    "fechamento-entregas": "Fechamento das entregas de notas fiscais",
    "demonstrativos-lote": "Demonstrativos em lote",
}
"""Of each workflow's graph."""

SAID = (
    Said(
        "entregas-esgotadas", ALERTAS_FLUXO.name, "entrega esgotada", "A webhook was not told, after a day of trying",
        "a-webhook-is-not-delivered",
    ),
    Said(
        "webhooks-desligados", ALERTAS_FLUXO.name, "webhook desligado", "A webhook was switched off: it never answers",
        "a-webhook-is-not-delivered",
    ),
    Said(
        "auditoria-atrasada", AUDITORIA_FLUXO.name, "auditoria atrasada", "Rows of the audit wait for their seal",
        "the-audit-is-not-sealed",
    ),
)  # fmt: skip
"""Lines that call for a person."""

TABLES = (
    "cadastro", "beneficiarios", "auditoria", "documentos", "peg", "autorizacao", "pagamento", "recurso",
    "alertas", "selos", "idempotencia",
)  # fmt: skip


class AwsOnlyStack(Stack):
    """Deployed on real accounts only, after the other two."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        data: DataStack,
        service: ServiceStack,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        Firewall(
            self, "Firewall", settings=settings, api_id=service.api.rest.ref, log_key=data.keys.logs
        ).node.add_dependency(service.api.stage)
        functions = {name: function.function for name, function in service.functions.items()}
        watch = Watch(self, "Vigia", settings=settings, topic_key=data.keys.filas)
        watch.api(settings.name())
        watch.functions(functions)
        watch.outboxes({spec.name: functions[spec.name] for spec in (*CONSUMERS, AUDITORIA_FLUXO)})
        for name, workflow in service.workflows.items():
            watch.workflow(name, TITLES[name], workflow.machine)
        watch.queues(
            failures={
                "eventos-nao-entregues": service.routing.undelivered,
                **{f"{name}-dlq": queue.dead for name, queue in service.queues.items()},
                **{f"{name}-falhas": function.failures for name, function in service.functions.items()},
            },
            consumed={name: queue.queue for name, queue in service.queues.items()},
        )
        watch.tables(TABLES)
        for spec in (CADASTRO_API, AUTORIZACAO_API):
            watch.quotas(spec.name, service.functions[spec.name].log_group)
        for said in SAID:
            watch.messages(said, service.functions[said.function].log_group)
        watch.sweep()
        watch.finish()
        Backups(
            self,
            "Copias",
            settings=settings,
            key=data.keys.tabelas,
            resources=(
                data.cadastro.table_arn,
                data.beneficiarios.table_arn,
                data.auditoria.table_arn,
                data.documentos.table_arn,
                data.peg.table_arn,
                data.autorizacao.table_arn,
                data.pagamento.table_arn,
                data.recurso.table_arn,
                data.alertas.table_arn,
                data.selos.table_arn,
                data.buckets.acervo.bucket_arn,
            ),
        )
        CfnOutput(self, "TopicoAvisos", value=watch.topic.topic_arn)
