"""Eligibility's reading: relacionamentos, lives, quota and audit in one round trip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cadastro.service.elegibilidade import Leitura
from conecta_edge import cadastro as keys
from conecta_edge.dynamodb import batch_get
from conecta_edge.items import dados
from conecta_edge.parallel import gather
from conecta_facts import codec
from conecta_facts.relacionamentos import Relacionamento

if TYPE_CHECKING:
    from cadastro.domain.elegibilidade import Pergunta
    from conecta_edge.beneficiarios import DynamoBeneficiarios
    from conecta_facts.beneficiarios import Beneficiario


class DynamoConsultas:
    """One caller's questions: what is read is counted and audited, or is not read.

    The look-up and what records it go at the same time: an answer leaves only when all are done, and a miss costs what
    a hit does. The records are writes of their own, not one transaction: concurrent transactions on the same quota
    would cancel each other, where concurrent updates only wait.

    Args:
        records: what is written with every reading; the first that fails says why nothing is answered.
    """

    def __init__(
        self,
        client: Any,
        tabela_cadastro: str,
        prestador_id: str,
        vidas: DynamoBeneficiarios,
        *records: Callable[[], None],
    ) -> None:
        self._client = client
        self._table = tabela_cadastro
        self._prestador_id = prestador_id
        self._vidas = vidas
        self._records = records

    def read(self, registros: Sequence[str], perguntas: Sequence[Pergunta]) -> Leitura:
        """See `cadastro.service.elegibilidade.Consultas`.

        Raises:
            Exception: that of the first record that was not written (429: the caller's quota is spent).
        """
        carteiras = [(r, p.carteira) for p in perguntas if p.carteira is not None for r in registros]
        cpfs = [(r, p.cpf) for p in perguntas if p.cpf is not None for r in registros]
        *_, relacionamentos, of_carteiras, of_cpfs = gather(
            [
                *self._records,
                lambda: self._relacionamentos(registros),
                lambda: self._vidas.by_carteiras(carteiras),
                lambda: self._vidas.by_cpfs(cpfs),
            ]
        )
        # By which of the two it was asked is part of the key: a carteira may have the digits of somebody's CPF.
        found: dict[tuple[str, str | None, str | None], tuple[Beneficiario, ...]] = {
            **{(r, n, None): (vida,) if vida else () for (r, n), vida in zip(carteiras, of_carteiras, strict=True)},
            **{(r, None, cpf): vidas for (r, cpf), vidas in zip(cpfs, of_cpfs, strict=True)},
        }
        return Leitura(
            relacionamentos,
            [tuple(vida for r in registros for vida in found[r, p.carteira, p.cpf]) for p in perguntas],
        )

    def _relacionamentos(self, registros: Sequence[str]) -> dict[str, Relacionamento]:
        wanted = [(self._table, keys.relacionamento_key(self._prestador_id, registro)) for registro in registros]
        rows = batch_get(self._client, wanted)
        return {
            registro: codec.build(Relacionamento, dados(row))
            for registro, row in zip(registros, rows, strict=True)
            if row is not None
        }
