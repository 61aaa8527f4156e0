"""What routes of typed guias share, kept in drafts or only judged."""

from __future__ import annotations

from typing import Final

from conecta_edge import session
from conecta_edge.clock import local_day
from conecta_tiss.versions import Versao
from peg.domain.lotes import Identificacao

TAG: Final = "PEG digitado"
ESCREVER: Final = "peg.escrever"


def sender(prestador_id: str, registro_ans: str) -> tuple[Identificacao, Versao]:
    """How a prestador presents typed guias: as the operadora knows it, in the first version that it takes today."""
    row, today = session.cadastro().contratacao(prestador_id, registro_ans), local_day(session.clock().now())
    taken = {one.versao for one in row.operadora.versoes if one.accepts(today)} if row.operadora else set()
    versao = next((one for one in Versao if one.value in taken), Versao.V4_01_00)
    if row.relacionamento is not None:
        return Identificacao(codigo_na_operadora=row.relacionamento.codigo_na_operadora), versao
    own = row.prestador
    return (Identificacao(cnpj=own.cnpj, cpf=None if own.cnpj else own.cpf) if own else Identificacao()), versao
