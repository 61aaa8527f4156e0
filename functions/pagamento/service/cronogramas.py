"""The cronograma is published, and says of each PEG when it is paid if its nota came now (R04)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from conecta_atos.portas import keep_nothing
from conecta_contas.pegs import SituacaoPeg
from pagamento.domain.cronograma import Ciclo, Cronograma, conferir, juntar
from pagamento.domain.errors import CronogramaInvalidoError, VersaoDiferenteError
from pagamento.domain.faturas import ABERTAS, Fatura, Regras, SituacaoFatura, previsao, programar
from pagamento.service.faturas import find_faturas, ids_of, regras
from pagamento.service.portas import Fato, Mudanca

if TYPE_CHECKING:
    from conecta_atos.portas import Chamador, Guardar
    from conecta_contas.pegs import Peg
    from pagamento.service.portas import Portas


def publish(
    registro_ans: str,
    ciclos: Sequence[Ciclo],
    chamador: Chamador,
    portas: Portas,
    *,
    motivo: str | None = None,
    guardar: Guardar = keep_nothing,
) -> Cronograma:
    """Some ciclos are added or altered: the next version is the whole. The same ones again are the version in force.

    Raises:
        CronogramaInvalidoError: all that is wrong with them.
        VersaoDiferenteError: another version is in force than the caller saw.
        MudouError: another was published meanwhile.
    """
    held = portas.registros.cronograma(registro_ans)
    if chamador.versao is not None and chamador.versao != (held.versao if held else 0):
        raise VersaoDiferenteError
    wrong = conferir(held, ciclos, portas.cadastro.calendario(registro_ans), portas.hoje)
    if wrong:
        raise CronogramaInvalidoError(wrong)
    together = juntar(held, ciclos)
    if held is not None and held.ciclos == together:
        return held
    novo = Cronograma(
        registro_ans=registro_ans, versao=held.versao + 1 if held else 1, ciclos=together, quem=chamador.quem,
        publicado_em=portas.now, motivo=motivo,
    )  # fmt: skip
    told = Fato(
        tipo="CronogramaPublicado", registro_ans=registro_ans, prestador_id="", entidade=f"cronograma/{registro_ans}",
        chave=str(novo.versao), dados={"versao": novo.versao, "competencias": [one.competencia for one in ciclos]},
    )  # fmt: skip
    portas.registros.write(
        [Mudanca(held, novo)], [told], now=portas.now, correlacao=chamador.correlacao, guardar=guardar(novo)
    )
    return novo


@dataclass(frozen=True, slots=True, kw_only=True)
class Previsao:
    """When a PEG, or what a recurso gave back of it, is paid if its nota came now, and until when it is awaited.

    Attributes:
        valor: reais liberado; billed, while nothing is published.
        competencia, entrega_ate, pagamento_em: `None` until a cronograma tells.
        reagendada: its own delivery is missed.
        fatura: `None` while its values are not published.
    """

    peg: Peg
    valor: Decimal
    competencia: str | None
    entrega_ate: date | None
    pagamento_em: date | None
    reagendada: bool = False
    fatura: Fatura | None = None

    @property
    def id(self) -> str:
        """Of the fatura, as it is or will be."""
        return self.fatura.id if self.fatura else self.peg.protocolo


def forecasts(pegs: Sequence[Peg], portas: Portas) -> list[Previsao]:
    """Of PEGs of one tenant, in any state; of those that are over, what became of them; each with its parcelas."""
    by = {registro: regras(registro, portas) for registro in sorted({one.registro_ans for one in pegs})}
    published = [one for one in pegs if one.publicada_em is not None]
    ids = [each for one in published for each in ids_of(one)]
    faturas = find_faturas(published[0].prestador_id, ids, portas) if published else {}
    return [
        _forecast(one, faturas.get(each), by[one.registro_ans], portas) for one in pegs for each in ids_of(one)
    ]  # fmt: skip


def _forecast(peg: Peg, fatura: Fatura | None, by: Regras, portas: Portas) -> Previsao:
    if fatura is not None and fatura.situacao in ABERTAS:
        now = previsao(fatura, by)
        return Previsao(
            peg=peg, fatura=fatura, valor=fatura.valor, competencia=now.competencia,
            entrega_ate=programar(fatura, by).entrega_ate, pagamento_em=now.pagamento_em, reagendada=now.reagendada,
        )  # fmt: skip
    if fatura is not None:
        return Previsao(
            peg=peg, fatura=fatura, valor=fatura.valor, competencia=fatura.competencia, entrega_ate=None,
            pagamento_em=fatura.paga_em if fatura.situacao is SituacaoFatura.PAGA else None,
            reagendada=fatura.reagendada,
        )  # fmt: skip
    over = peg.situacao in {SituacaoPeg.CANCELADO, SituacaoPeg.ENCERRADO_SEM_PAGAMENTO}
    came = portas.local_day(peg.data_recepcao)
    ciclo = by.cronograma.ciclo_de(came) if by.cronograma and not over else None
    prazo = None
    if by.cronograma is not None and ciclo is not None:
        prazo = by.cronograma.prazo(came, max(by.hoje, ciclo.publicacao), by.calendario)
    return Previsao(
        peg=peg, valor=peg.valor_liberado, competencia=prazo.competencia if prazo else None,
        entrega_ate=prazo.entrega if prazo else None,
        pagamento_em=by.cronograma.pagamento_a_partir(prazo, by.hoje) if by.cronograma and prazo else None,
    )  # fmt: skip
