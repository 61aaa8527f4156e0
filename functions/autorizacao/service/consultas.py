"""Finding authorizations: by their number, by number and matrícula (R08), by month."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autorizacao.service.nucleo import Cena, scene
from conecta_senhas.autorizacoes import Papel
from conecta_senhas.errors import AutorizacaoNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autorizacao.service.portas import Chamador, Guardada, Pagina, Portas


def find(registro_ans: str, numero: str, *, chamador: Chamador, portas: Portas) -> Cena:
    """One authorization with its parent, on which its state of today depends (R10).

    Raises:
        AutorizacaoNotFoundError: absent or foreign: the two look alike.
    """
    return scene(registro_ans, numero, chamador=chamador, portas=portas)


def search(
    registros: Sequence[str], numero: str, carteira: str, *, chamador: Chamador, portas: Portas
) -> tuple[Guardada, ...]:
    """R08: by the number of the senha or of the guia, and the matrícula: both must be right.

    Args:
        registros: operadoras to look at.
        carteira: present or replaced.

    Raises:
        AutorizacaoNotFoundError: wrong pair, absent and foreign look alike.
    """
    found = tuple(
        guardada
        for guardada, numbers in portas.contextos.candidatas(registros, numero, carteira)
        if any(guardada.autorizacao.matches(numero, number) for number in numbers) and _seen(guardada, chamador)
    )
    if not found:
        raise AutorizacaoNotFoundError
    return found


def _seen(guardada: Guardada, chamador: Chamador) -> bool:
    if chamador.papel is Papel.PRESTADOR:
        return guardada.autorizacao.visible_to(chamador.prestador_id or "")
    return guardada.autorizacao.solicitacao.registro_ans in chamador.registros


def by_guia(
    registro_ans: str,
    guia: str,
    *,
    chamador: Chamador,
    portas: Portas,
    carteira: str | None = None,
    numero: str | None = None,
) -> Cena:
    """The prestador's own request of a number of guia, with its parent.

    Args:
        carteira: when it is told, it must be that of the request, present or replaced.
        numero: when numeroGuiaOperadora is told, it must be that of the request.

    Raises:
        AutorizacaoNotFoundError: there is none such.
    """
    held = portas.autorizacoes.by_guia(chamador.prestador_id or "", registro_ans, guia)
    if held is None or numero not in {None, held.autorizacao.numero}:
        raise AutorizacaoNotFoundError
    asked = held.autorizacao.solicitacao.carteira
    if carteira is not None and carteira != asked:
        life = portas.contextos.beneficiario(registro_ans, carteira)
        if life is None or asked not in {life.numero_carteira, life.carteira_anterior}:
            raise AutorizacaoNotFoundError
    return scene(registro_ans, held.autorizacao.numero, chamador=chamador, portas=portas)


def of_month(
    competencia: str, posicao: Mapping[str, str] | None, limite: int, *, chamador: Chamador, portas: Portas
) -> Pagina:
    """What the prestador is party to and was asked in a month (`AAAAMM`), newest first.

    Who was its executante and is no more has it listed, and sees it no more (R08).
    """
    page = portas.autorizacoes.of_month(chamador.prestador_id or "", competencia, posicao, limite)
    return replace(page, itens=[item for item in page.itens if _seen(item, chamador)])
