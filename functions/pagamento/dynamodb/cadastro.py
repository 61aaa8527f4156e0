"""What cadastro knows, as this context asks for it (read-only grant)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from conecta_edge import cadastro as keys
from conecta_edge.dynamodb import get_item
from conecta_edge.items import dados
from conecta_facts import codec
from conecta_facts.prestadores import Prestador
from pagamento.domain.errors import NaoEncontradoError

if TYPE_CHECKING:
    from conecta_edge.catalogo import Catalogo
    from conecta_facts.calendario import Calendario
    from conecta_facts.operadoras import Operadora


class DynamoCadastro:
    """See `pagamento.service.portas.Cadastro`; operadoras and calendars come from the process's catalogue."""

    def __init__(self, client: Any, table: str, catalogo: Catalogo) -> None:
        self._get = partial(get_item, client, table)
        self._catalogo = catalogo

    def prestador(self, prestador_id: str) -> Prestador:
        """One GetItem."""
        row = self._get(keys.prestador_key(prestador_id))
        if row is None:
            raise NaoEncontradoError
        return codec.build(Prestador, dados(row))

    def codigo(self, prestador_id: str, registro_ans: str) -> str | None:
        """One GetItem, of the relacionamento."""
        row = self._get(keys.relacionamento_key(prestador_id, registro_ans))
        return str(dados(row)["codigo_na_operadora"]) if row else None

    def operadora(self, registro_ans: str) -> Operadora:
        """A GetItem a minute."""
        found = self._catalogo.operadora(registro_ans)
        if found is None:
            raise NaoEncontradoError
        return found

    def calendario(self, registro_ans: str) -> Calendario:
        """A Query a minute."""
        return self._catalogo.calendario(registro_ans)
