"""A person's rows in the `beneficiarios` table, read and reduced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cadastro.domain.titulares import KEPT_FOR_EVER
from cadastro.service.titulares import Registro
from conecta_edge import beneficiarios as keys
from conecta_edge.clock import iso
from conecta_edge.dynamodb import ConditionFailedError, batch_get, conditions, get_item, query_all, update
from conecta_edge.items import VERSION, dados
from conecta_facts import codec

if TYPE_CHECKING:
    from datetime import datetime

    from conecta_edge.dynamodb import Item
    from conecta_edge.pseudonyms import Pseudonyms
    from conecta_facts.beneficiarios import Beneficiario


class DynamoTitulares:
    """See `cadastro.service.titulares.Titulares`."""

    def __init__(self, client: Any, table: str, pseudonyms: Pseudonyms) -> None:
        self._client = client
        self._table = table
        self._pseudonyms = pseudonyms
        self._vidas = keys.DynamoBeneficiarios(client, table, pseudonyms)

    def of(self, registro_ans: str, *, carteira: str | None, cpf: str | None) -> Sequence[Registro]:
        """One round trip, and a second from a carteira to its person; a replaced number costs one more.

        The one that was asked for by its number comes last: while others are left, it leads to them.
        """
        if carteira is not None:
            (vida,) = self._vidas.by_carteiras([(registro_ans, carteira)])
            if vida is None:
                return []
            carteira, cpf = vida.numero_carteira, vida.cpf
        rows: Sequence[Item | None]
        if cpf is not None:
            pk = keys.cpf_pk(registro_ans, self._pseudonyms.cpf(registro_ans, cpf))
            rows = query_all(self._client, self._table, pk, index=keys.INDEX)
        else:
            key = keys.beneficiario_key(registro_ans, self._pseudonyms.carteira(registro_ans, carteira or ""))
            rows = batch_get(self._client, [(self._table, key)])
        found = [Registro(vida, row) for row in rows if (vida := keys.read(row)) is not None]
        return sorted(found, key=lambda one: one.vida.numero_carteira == carteira)

    def keep_only(self, registro: Registro, restante: Beneficiario | None, now: datetime) -> None:
        """One conditional update; an erased row leaves the index of CPFs, too, and loads do not bring it back."""
        row: Item = registro.estado
        changes: dict[str, Any] = {"v": VERSION, "fonte": f"{iso(now)}#api"}
        if restante is None:
            kept = {name: value for name, value in dados(row).items() if name in KEPT_FOR_EVER}
            changes |= {
                "dados": kept, "eliminado": True, "eliminado_em": iso(now), "resumo": None, "busca_pk": None,
                "busca_sk": None,
            }  # fmt: skip
        else:
            changes |= {"dados": codec.plain(restante), "resumo": None}
        key = {"pk": row["pk"], "sk": row["sk"]}
        try:
            with conditions():
                self._client.update_item(
                    **update(
                        self._table, key, changes=changes, condition="fonte = :vista", values={":vista": row["fonte"]}
                    )
                )
        except ConditionFailedError:
            held = get_item(self._client, self._table, key)
            if held is None or held["fonte"] != changes["fonte"]:
                raise  # else it was this very change, whose answer was lost
