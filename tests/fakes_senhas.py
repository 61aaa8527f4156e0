"""An in-memory stand-in of the senhas that PEGs use; `tests/contract/test_senhas_contract.py` judges it, too."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import Autorizacao
from conecta_senhas.usos import Lida, Usos, of_legacy
from tests.fakes_peg import Hooks


class FakeSenhas(Hooks):
    """`conecta_senhas_aws.senhas.DynamoSenhas`.

    Attributes:
        rows: each as it is now, by (registro ANS, numero).
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[tuple[str, str], Lida] = {}
        self._lock = threading.Lock()

    def put(self, autorizacao: Autorizacao, vida: str, complementos: tuple[str, ...] = ()) -> Lida:
        """What the context `autorizacao` writes: who uses it stays as it is, or is what it was loaded with."""
        key = autorizacao.solicitacao.registro_ans, autorizacao.numero
        with self._lock:
            held = self.rows.get(key)
            loaded = of_legacy({item.sequencia: item.faturada for item in autorizacao.itens})
            self.rows[key] = Lida(autorizacao, held.usos if held else loaded, vida, complementos)
            return self.rows[key]

    def many(self, registro_ans: str, numeros: Sequence[str]) -> dict[str, Lida]:
        with self._lock:
            found = ((numero, self.rows.get((registro_ans, numero))) for numero in numeros)
            return {numero: lida for numero, lida in found if lida is not None}

    def bill(self, registro_ans: str, usadas: Sequence[tuple[Lida, Usos]]) -> list[str]:
        billed = [(lida, transicoes.bill(lida.autorizacao, usos), usos) for lida, usos in usadas]
        self.before_write()
        lost = []
        with self._lock:
            for lida, depois, usos in billed:
                key = registro_ans, depois.numero
                held = self.rows.get(key)
                if held is None or held.autorizacao.versao != lida.autorizacao.versao:
                    lost.append(depois.numero)
                else:
                    self.rows[key] = replace(held, autorizacao=depois, usos={k: dict(uso) for k, uso in usos.items()})
        return lost
