"""The `pagamento` table: keys are built here only.

| pk | sk | what |
|---|---|---|
| `PRESTADOR#<id>` | `FATURA#<protocolo>#<nn>` | what is to be paid of a PEG |
| `PRESTADOR#<id>` | `NOTA#<id>` | a nota fiscal |
| `PRESTADOR#<id>` | `PAGAMENTO#<AAAA-MM-DD>#<numero>#<registroANS>` | a payment |
| `PRESTADOR#<id>` | `LANCAMENTO#<id>` | a debit or credit |
| `PRESTADOR#<id>` | `LOTE#<id>` | demonstrativos asked for in bulk |
| `PRESTADOR#<id>` | `AGENDA#<registroANS or todas>` | that its days may be read by a token |
| `PRESTADOR#<id>` or `OPERADORA#<registroANS>` | `EVENTO#<event id>` | outbox |
| `OPERADORA#<registroANS>` | `CRONOGRAMA` | the cronograma in force |
| `OPERADORA#<registroANS>` | `CRONOGRAMA#<versao>` | each version of it |
| `OPERADORA#<registroANS>` | `MARCA#<digest>` | which living nota has an issuer and a number |
| `OPERADORA#<registroANS>` | `PAGAMENTO#<numero>` | whose a payment is, and of which day |
| `OPERADORA#<registroANS>#<AAMM>` | `NOTA#<id>` | whose a nota is |
| `OPERADORA#<registroANS>#<AAMM>` | `PAGAMENTO#<AAAA-MM-DD>#<prestador id>#<numero>` | the payments of a month |
| `AGENDA#<digest of the token>` | `AGENDA` | whose days it shows |
| `CONTADOR#<AAMM>#5` | `<shard>` | protocolos |

LSI `envio` (sort key `envio`, sparse: notas only, `<AAMM>#<instant>#<id>`) lists the notas of a prestador by time.
Index `fila` (keys only, sparse): open faturas (`OPERADORA#<registroANS>#FATURAS#<shard>`,
`<AAAA-MM-DD to act on>#<prestador id>#<fatura id>`) and notas that a person has to look at
(`OPERADORA#<registroANS>#NOTAS`, `<instant>#<prestador id>#<nota id>`). Loads: `conecta_cargas_aws.stored`. A marca or
token that was let go has `livre`, and ends by itself: no row is deleted.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from conecta_edge import protocolos
from conecta_edge.clock import iso
from pagamento.domain.cronograma import Cronograma
from pagamento.domain.faturas import ABERTAS, Fatura
from pagamento.domain.lotes import Lote
from pagamento.domain.notas import Nota, SituacaoNota
from pagamento.domain.pagamentos import Lancamento, Pagamento

if TYPE_CHECKING:
    from pagamento.service.portas import Linha

Key = dict[str, str]
ENVIO: Final = "envio"
FILA: Final = "fila"
SHARDS: Final = 4
NADA_A_FAZER: Final = "9999-12-31"
"""Where open faturas lie that have no day of their own."""
TODAS: Final = "todas"
FATURA: Final = "FATURA#"
PAGAMENTO: Final = "PAGAMENTO#"
LANCAMENTO: Final = "LANCAMENTO#"
LOTE: Final = "LOTE#"
AGENDA: Final = "AGENDA#"
DE_QUEM: Final = "AGENDA"
"""Sort key under which a token tells whose days it shows."""


def tenant_pk(prestador_id: str) -> str:
    """`PRESTADOR#<id>`."""
    return f"PRESTADOR#{prestador_id}"


def operadora_pk(registro_ans: str) -> str:
    """`OPERADORA#<registroANS>`: cronogramas, marcas, numbers of payments."""
    return f"OPERADORA#{registro_ans}"


def month_pk(registro_ans: str, month: str) -> str:
    """`OPERADORA#<registroANS>#<AAMM>`: whose notas and payments are."""
    return f"{operadora_pk(registro_ans)}#{month}"


def fatura_key(prestador_id: str, fatura_id: str) -> Key:
    """`PRESTADOR#<id>` / `FATURA#<protocolo>#<nn>`."""
    protocolo, _, parcela = fatura_id.partition("-")
    return {"pk": tenant_pk(prestador_id), "sk": f"{FATURA}{protocolo}#{parcela.zfill(2)}"}


def nota_key(prestador_id: str, nota_id: str) -> Key:
    """`PRESTADOR#<id>` / `NOTA#<id>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"NOTA#{nota_id}"}


def ponteiro_da_nota_key(registro_ans: str, nota_id: str) -> Key:
    """`OPERADORA#<registroANS>#<AAMM>` / `NOTA#<id>`."""
    return {"pk": month_pk(registro_ans, protocolos.month_of(nota_id)), "sk": f"NOTA#{nota_id}"}


def marca_key(registro_ans: str, marca: str) -> Key:
    """`OPERADORA#<registroANS>` / `MARCA#<digest>`: an issuer may be a person."""
    return {"pk": operadora_pk(registro_ans), "sk": f"MARCA#{_digest(marca)}"}


def pagamento_key(pagamento: Pagamento) -> Key:
    """`PRESTADOR#<id>` / `PAGAMENTO#<AAAA-MM-DD>#<numero>#<registroANS>`."""
    sk = f"{PAGAMENTO}{pagamento.data.isoformat()}#{pagamento.numero}#{pagamento.registro_ans}"
    return {"pk": tenant_pk(pagamento.prestador_id), "sk": sk}


def numero_key(registro_ans: str, numero: str) -> Key:
    """`OPERADORA#<registroANS>` / `PAGAMENTO#<numero>`."""
    return {"pk": operadora_pk(registro_ans), "sk": f"{PAGAMENTO}{numero}"}


def ponteiro_do_pagamento_key(pagamento: Pagamento) -> Key:
    """`OPERADORA#<registroANS>#<AAMM>` / `PAGAMENTO#<AAAA-MM-DD>#<prestador id>#<numero>`."""
    day = pagamento.data
    return {
        "pk": month_pk(pagamento.registro_ans, f"{day:%y%m}"),
        "sk": f"{PAGAMENTO}{day.isoformat()}#{pagamento.prestador_id}#{pagamento.numero}",
    }


def lancamento_key(prestador_id: str, lancamento_id: str) -> Key:
    """`PRESTADOR#<id>` / `LANCAMENTO#<id>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"{LANCAMENTO}{lancamento_id}"}


def lote_key(prestador_id: str, lote_id: str) -> Key:
    """`PRESTADOR#<id>` / `LOTE#<id>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"{LOTE}{lote_id}"}


def cronograma_key(registro_ans: str, versao: int | None = None) -> Key:
    """`OPERADORA#<registroANS>` / `CRONOGRAMA`, or `CRONOGRAMA#<versao>`."""
    return {"pk": operadora_pk(registro_ans), "sk": "CRONOGRAMA" if versao is None else f"CRONOGRAMA#{versao:06}"}


_BY_ID: Final[Mapping[type[Linha], Callable[[str, str], Key]]] = {
    Fatura: fatura_key, Nota: nota_key, Lancamento: lancamento_key, Lote: lote_key,
}  # fmt: skip


def linha_key(linha: Linha) -> Key:
    """Where a row lies; of a cronograma, that it is the one in force."""
    match linha:
        case Pagamento():
            return pagamento_key(linha)
        case Cronograma():
            return cronograma_key(linha.registro_ans)
    return _BY_ID[type(linha)](linha.prestador_id, linha.id)


def agenda_key(prestador_id: str, registro_ans: str | None) -> Key:
    """`PRESTADOR#<id>` / `AGENDA#<registroANS or todas>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"{AGENDA}{registro_ans or TODAS}"}


def token_key(token: str) -> Key:
    """`AGENDA#<digest of the token>` / `AGENDA`: whoever reads the table cannot read the agenda."""
    return {"pk": f"{AGENDA}{_digest(token)}", "sk": DE_QUEM}


def faturas_pk(registro_ans: str, shard: int) -> str:
    """`OPERADORA#<registroANS>#FATURAS#<shard>`, of the index `fila`."""
    return f"{operadora_pk(registro_ans)}#FATURAS#{shard}"


def notas_pk(registro_ans: str) -> str:
    """`OPERADORA#<registroANS>#NOTAS`, of the index `fila`."""
    return f"{operadora_pk(registro_ans)}#NOTAS"


def fila(linha: Linha) -> Key:
    """Where a row lies in the index `fila`: nowhere when nobody has to do anything."""
    if isinstance(linha, Nota) and linha.situacao is SituacaoNota.ENVIADA:
        pk, when = notas_pk(linha.registro_ans), iso(linha.criada_em)
    elif isinstance(linha, Fatura) and linha.situacao in ABERTAS:
        pk = faturas_pk(linha.registro_ans, zlib.crc32(linha.protocolo.encode()) % SHARDS)
        when = linha.agir_em.isoformat() if linha.agir_em else NADA_A_FAZER
    else:
        return {}
    return {"fila_pk": pk, "fila_sk": f"{when}#{linha.prestador_id}#{linha.id}"}


def identity(place: Mapping[str, str]) -> tuple[str, str]:
    """(prestador id, id of the fatura or nota) of a place in the index `fila`."""
    _, prestador_id, which = place["fila_sk"].split("#")
    return prestador_id, which


def envio(nota: Nota) -> str:
    """Sort key of the index `envio`."""
    return f"{protocolos.month_of(nota.id)}#{iso(nota.criada_em)}#{nota.id}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
