"""The `documentos` table: keys are built here only.

| pk | sk | what |
|---|---|---|
| `PRESTADOR#<id>` | `UPLOAD#<upload id>` | one upload |
| `PRESTADOR#<id>` | `DOCUMENTO#<documento id>` | a document |
| `PRESTADOR#<id>` | `VINCULO#<registroANS>#<alvo>#<its id>#<documento id>#<guia>` | a document of something |
| `PRESTADOR#<id>` | `PERTENCE#<documento id>#<alvo>#<its id>#<guia>` | the same, by document |
| `PRESTADOR#<id>#<AAMM>` | `DOCUMENTO#<instant>#<documento id>` | documents of a month, by time |
| `PRESTADOR#<id>` | `EVENTO#<event id>` | outbox |
| `PRESTADOR#<id>` | `VISITA#<sub or client id>` | up to when somebody has seen what is published |
| `PRESTADOR#<id>` | `NUMERO#<registroANS>#<numeroDocumento>` | which document has a number of its prestador |
| `OPERADORA#<registroANS>` | `EXIGENCIAS` | which documents PEGs must bring |
| `OPERADORA#<registroANS>#DOCUMENTACOES` | `<publicacao>#<edicao>` | an edition of what the operadora publishes |
| `OPERADORA#<registroANS>#ESTANTE` | `<last day or 9999-12-31>#<publicacao>#<edicao>` | the same, while published |
| `OPERADORA#<registroANS>` | `EVENTO#<event id>` | outbox of what is nobody's in particular |
| `CONTADOR#<AAMM>#1` | `<shard>` | protocolos de atendimento |

GSI `pendentes` (keys only, sparse: rows without a final state): `pendente_pk` = `PENDENTE#<shard>`, `pendente_sk` =
`<conferir_em>#<prestador>#<upload id>`. It is read only by the reconciliation sweep, which serves every tenant.
"""

from __future__ import annotations

import zlib
from datetime import date
from typing import TYPE_CHECKING, Final

from conecta_edge.clock import iso, local_day

if TYPE_CHECKING:
    from documentos.domain.documentos import Destino, Documento, Vinculo
    from documentos.domain.publicacoes import Publicacao
    from documentos.domain.uploads import Upload

Key = dict[str, str]
SHARDS: Final = 8
PENDENTES: Final = "pendentes"
DOCUMENTO: Final = "DOCUMENTO#"


def tenant_pk(prestador_id: str) -> str:
    """`PRESTADOR#<id>`."""
    return f"PRESTADOR#{prestador_id}"


def upload_key(prestador_id: str, upload_id: str) -> Key:
    """`PRESTADOR#<id>` / `UPLOAD#<upload id>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"UPLOAD#{upload_id}"}


def month_pk(prestador_id: str, month: str) -> str:
    """`PRESTADOR#<id>#<AAMM>`."""
    return f"{tenant_pk(prestador_id)}#{month}"


def documento_key(prestador_id: str, which: str) -> Key:
    """`PRESTADOR#<id>` / `DOCUMENTO#<documento id>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"{DOCUMENTO}{which}"}


def recebido_key(kept: Documento) -> Key:
    """`PRESTADOR#<id>#<AAMM>` / `DOCUMENTO#<instant>#<documento id>`."""
    month = f"{local_day(kept.recebido_em):%y%m}"
    return {"pk": month_pk(kept.prestador_id, month), "sk": f"{DOCUMENTO}{iso(kept.recebido_em)}#{kept.id}"}


def vinculado(registro_ans: str, destino: Destino) -> str:
    """`VINCULO#<registroANS>#<alvo>#<its id>#`: where the documents of something lie, a guia's among its PEG's."""
    return f"VINCULO#{registro_ans}#{destino.dono.alvo.value}#{destino.id}#"


def vinculo_key(vinculo: Vinculo) -> Key:
    """`PRESTADOR#<id>` / `VINCULO#<registroANS>#<alvo>#<its id>#<documento id>#<guia>`."""
    place = vinculado(vinculo.registro_ans, vinculo.destino)
    return {
        "pk": tenant_pk(vinculo.prestador_id), "sk": f"{place}{vinculo.documento}#{vinculo.destino.guia or ''}"
    }  # fmt: skip


def pertence(documento: str) -> str:
    """`PERTENCE#<documento id>#`: what a document belongs to."""
    return f"PERTENCE#{documento}#"


def pertence_key(vinculo: Vinculo) -> Key:
    """`PRESTADOR#<id>` / `PERTENCE#<documento id>#<alvo>#<its id>#<guia>`."""
    to = vinculo.destino
    where = f"{pertence(vinculo.documento)}{to.alvo.value}#{to.id}#{to.guia or ''}"
    return {"pk": tenant_pk(vinculo.prestador_id), "sk": where}


def numero_key(prestador_id: str, registro_ans: str, numero: str) -> Key:
    """`PRESTADOR#<id>` / `NUMERO#<registroANS>#<numeroDocumento>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"NUMERO#{registro_ans}#{numero}"}


def exigencias_key(registro_ans: str) -> Key:
    """`OPERADORA#<registroANS>` / `EXIGENCIAS`."""
    return {"pk": operadora_pk(registro_ans), "sk": "EXIGENCIAS"}


def pendente(upload: Upload) -> dict[str, str | None]:
    """Where the sweep finds an upload; nowhere once its state is final."""
    if upload.conferir_em is None:
        return {"pendente_pk": None, "pendente_sk": None}
    shard = zlib.crc32(upload.id.encode()) % SHARDS
    return {
        "pendente_pk": f"PENDENTE#{shard}",
        "pendente_sk": f"{iso(upload.conferir_em)}#{upload.prestador_id}#{upload.id}",
    }


def operadora_pk(registro_ans: str) -> str:
    """`OPERADORA#<registroANS>`."""
    return f"OPERADORA#{registro_ans}"


def edicoes_pk(registro_ans: str) -> str:
    """`OPERADORA#<registroANS>#DOCUMENTACOES`."""
    return f"{operadora_pk(registro_ans)}#DOCUMENTACOES"


def edicao_key(edicao: Publicacao) -> Key:
    """`OPERADORA#<registroANS>#DOCUMENTACOES` / `<publicacao>#<edicao>`."""
    return {"pk": edicoes_pk(edicao.registro_ans), "sk": _edicao(edicao)}


def estante_pk(registro_ans: str) -> str:
    """`OPERADORA#<registroANS>#ESTANTE`."""
    return f"{operadora_pk(registro_ans)}#ESTANTE"


def estante_key(edicao: Publicacao) -> Key:
    """`OPERADORA#<registroANS>#ESTANTE` / `<last day or 9999-12-31>#<publicacao>#<edicao>`."""
    last = edicao.conteudo.vigente_ate or date.max
    return {"pk": estante_pk(edicao.registro_ans), "sk": f"{last.isoformat()}#{_edicao(edicao)}"}


def visita_key(prestador_id: str, quem: str) -> Key:
    """`PRESTADOR#<id>` / `VISITA#<sub or client id>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"VISITA#{quem}"}


def _edicao(edicao: Publicacao) -> str:
    return f"{edicao.id}#{edicao.edicao:04d}"
