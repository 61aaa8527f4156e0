"""`.local/endpoint.json`: where the running instance is and who can use it, for people, tests and front ends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from local.deploy import STACKS
from local.gerador_cadastro import FIXOS
from local.runtime import LOCAL_DIRECTORY, REGION, EmbeddedAws, write_private
from local.sandbox.arquivos import roteiro
from local.seed import HOSPITAL, OPERADORAS, PRESTADORES, RELACIONAMENTOS, Seeded

FILE = LOCAL_DIRECTORY / "endpoint.json"
OUVINTE = "ouvinte"
"""Folder, in the instance's, of the certificate that its functions trust of a webhook on this machine."""


def describe(aws: EmbeddedAws, outputs: Mapping[str, str], seeded: Seeded) -> dict[str, Any]:
    """The document, from a running instance, its stacks' outputs and who was seeded."""
    api = f"{aws.url}/v1"
    return {
        "api": api,
        "docs": f"{api}/docs",
        "openapi": f"{api}/openapi.json",
        "regiao": REGION,
        "endpoint_aws": aws.url,
        "credenciais_aws": aws.credentials,
        "cognito": {
            "endpoint": f"{aws.url}/",
            "prestadores": {
                "pool": outputs["PoolPrestadores"],
                "cliente": outputs["ClientePortalPrestadores"],
            },
            "operadora": {"pool": outputs["PoolOperadora"], "cliente": outputs["ClientePortalOperadora"]},
            "token": f"{aws.url}/oauth2/token",
        },
        "usuarios": [asdict(usuario) for usuario in seeded.usuarios],
        "maquinas": [{**asdict(maquina), "escopos": list(maquina.escopos)} for maquina in seeded.maquinas],
        "buckets": {"entrada": outputs["BucketEntrada"], "acervo": outputs["BucketAcervo"]},
        "ouvinte": str(aws.directory / OUVINTE),
        "prestadores": [
            {
                "id": prestador.prestador_id,
                "nome": prestador.nome,
                "cnpj": prestador.cnpj,
                "cnes": prestador.cnes,
                "relacionamentos": [
                    {"registro_ans": registro, "situacao": situacao, "codigo_na_operadora": codigo}
                    for (prestador_id, registro), (situacao, codigo) in RELACIONAMENTOS.items()
                    if prestador_id == prestador.prestador_id
                ],
            }
            for prestador in PRESTADORES
        ],
        "beneficiarios": [
            {
                "caso": fixo.chave,
                "descricao": fixo.descricao,
                "registro_ans": fixo.registro_ans,
                "numero_carteira": fixo.carteira,
                "cpf": fixo.cpf,
            }
            for fixo in FIXOS
        ],
        "sandbox": [roteiro(registro, HOSPITAL.prestador_id) for registro in OPERADORAS],
        "pids": {"aws": aws.instance.pid},
        "stacks": list(STACKS),
    }


def write(document: Mapping[str, Any], file: Path = FILE) -> None:
    """Write it whole or not at all, readable by its owner only: it holds passwords."""
    write_private(file, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
