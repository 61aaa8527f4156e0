"""Rows of financeiro's files: written by the use cases that its people call, which alone say what is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from conecta_atos.portas import Chamador
from conecta_cargas.loading import OUTRA_LINHA, Chave, Dados, Escrita, Item
from conecta_cargas.states import Guardado
from conecta_edge.parallel import gather
from conecta_facts import codec
from pagamento.domain.carga_tipos import CRONOGRAMA, PAGAMENTOS
from pagamento.domain.cronograma import Ciclo, Defeito
from pagamento.domain.errors import ComDefeitosError, CronogramaInvalidoError, MudouError, PagamentoDiferenteError
from pagamento.domain.pagamentos import Registro
from pagamento.service import cronogramas, pagamentos

if TYPE_CHECKING:
    from datetime import date

    from conecta_cargas.columns import Achado
    from conecta_edge.pseudonyms import Pseudonyms
    from pagamento.service.portas import Portas

CPF: Final = 11
MAIOR: Final = "~"
"""Above every `fonte`: no file replaces what is here."""
RECUSAS: Final = "recusas"
"""Member of a row: why the use case did not take it."""
QUEM: Final = "quem"
"""Member of a row: who had written the same before."""
_OUTRO: Final = (
    "numero", "numero-de-outro-pagamento", "Já existe um pagamento com este número que diz outra coisa: confira-o."
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Linhas:
    """See `conecta_cargas.loading.Registros`. A key is (tipo, registro ANS, number or competência): of no table.

    Nothing is read before it is written: what the use case makes of a row is kept in the row, and told when it is asked
    for again.
    """

    portas: Callable[[], Portas]
    pseudonyms: Pseudonyms

    def itens(self, tipo: str, registro_ans: str, dados: Dados, _referencia: date, _hoje: date) -> list[Item]:
        """One; a prestador that is a person goes by its pseudonym."""
        if tipo == CRONOGRAMA:
            return [Item((tipo, registro_ans, dados["competencia"]), dados)]
        whose = dados.pop("prestador")
        dados["prestador_id"] = self.pseudonyms.prestador(whose) if len(whose) == CPF else whose
        return [Item((tipo, registro_ans, dados["numero"]), dados)]

    def ler(self, itens: Sequence[Item]) -> Mapping[Chave, Guardado]:
        """What was found on writing them."""
        return {
            item.chave: Guardado(MAIOR, None, item.dados.get(QUEM), recusas=tuple(item.dados.get(RECUSAS, ())))
            for item in itens
            if QUEM in item.dados or RECUSAS in item.dados
        }

    def gravar(self, carga_id: str, _fonte: str, escritas: Sequence[Escrita]) -> set[Chave]:
        """A cronograma in one transaction; a transaction per payment, several at the same time."""
        caller = Chamador(quem=carga_id, correlacao=carga_id)
        itens = [escrita.item for escrita in escritas]
        tipo, registro_ans, _ = itens[0].chave
        if tipo == PAGAMENTOS:
            done = gather([partial(self._pay, item.dados, caller) for item in itens])
        else:
            done = [self._publish(registro_ans, [item.dados for item in itens], caller)] * len(itens)
        return {item.chave for item, written in zip(itens, done, strict=True) if not written}

    def _pay(self, dados: Dados, caller: Chamador) -> bool:
        """Whether this load recorded it; if not, the row says why, unless it is worth another try."""
        try:
            held = pagamentos.register(codec.build(Registro, dados), caller, self.portas())
        except ComDefeitosError as error:
            dados[RECUSAS] = [_of_payment(one) for one in error.defeitos]
        except PagamentoDiferenteError:
            dados[RECUSAS] = [_OUTRO]
        except MudouError:
            return False
        else:
            dados[QUEM] = held.quem
            return held.quem == caller.quem
        return False

    def _publish(self, registro_ans: str, linhas: Sequence[Dados], caller: Chamador) -> bool:
        """Whether it is in force by this load; if not, every row says why, unless it is worth another try."""
        try:
            held = cronogramas.publish(
                registro_ans, [codec.build(Ciclo, dados) for dados in linhas], caller, self.portas()
            )  # fmt: skip
        except CronogramaInvalidoError as error:
            for place, dados in enumerate(linhas):
                dados[RECUSAS] = _of_ciclo(error.defeitos, place)
        except MudouError:
            return False
        else:
            for dados in linhas:
                dados[QUEM] = held.quem
            return held.quem == caller.quem
        return False


def _place(defeito: Defeito) -> tuple[str, int | None, str]:
    """List, place in it and member that a path such as `itens[2].valor` names."""
    lista, _, rest = defeito.campo.partition("[")
    lugar, _, membro = rest.partition("]")
    return lista, int(lugar) if lugar else None, membro.removeprefix(".")


def _of_payment(defeito: Defeito) -> Achado:
    coluna, lugar, _ = _place(defeito)
    which = "" if lugar is None else f"{lugar + 1}º da lista: "
    return coluna, defeito.codigo, which + _sentence(defeito)


def _of_ciclo(defeitos: Iterable[Defeito], lugar: int) -> list[Achado]:
    """Those of one row; of a row without any, that another one has some."""
    mine = ((_place(one), one) for one in defeitos)
    return [
        (membro, one.codigo, _sentence(one)) for (_, where, membro), one in mine if where == lugar
    ] or [OUTRA_LINHA]  # fmt: skip


def _sentence(defeito: Defeito) -> str:
    return defeito.mensagem.replace(";", ",")  # which parts the columns of a report
