"""Rules upon what a line uses of its senha: authorised, so many, there, on the planned day."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from conecta_contas.cobranca import ItemCobrado
from conecta_contas.consumo import named, usable
from conecta_contas.contexto import Alocacao, Apontamento, Caso, Exame, regra
from conecta_contas.regras_guia import br
from conecta_contas.regras_item import needs_senha
from conecta_senhas.autorizacoes import Item
from conecta_senhas.contexto import CONTRATO
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import OutrasDespesas

ZERO: Final = Decimal(0)


_Linha = tuple[Exame, ItemCobrado, Alocacao]


def _lines(caso: Caso) -> tuple[_Linha, ...]:
    """Lines on a valid senha that do not fit it as they are."""
    if "linhas" not in caso.guardado:
        caso.guardado["linhas"] = tuple(
            (exame, item, made)
            for exame, item in caso.itens()
            if (made := caso.alocacoes.get((exame.guia.sequencia, item.sequencia))) is not None
            and not (made.achada and made.outra_data is None and made.cabem >= item.quantidade)
        )
    found: tuple[_Linha, ...] = caso.guardado["linhas"]
    return found


def _named(caso: Caso, exame: Exame, item: ItemCobrado) -> list[Item]:
    return [one for senha in usable(caso, exame, item) for one in named(senha, item)]


@regra("COB-AUTORIZADO", "R09", "R10", "R27", base=CONTRATO, dados="senhas")
def autorizado(caso: Caso) -> Iterator[Apontamento]:
    """What needs a senha is one of its authorised items (2505; denied or cancelled 1402; 1426; OPME 2206; 3145)."""
    for exame, item, made in _lines(caso):
        if made.achada or not (needs_senha(caso, exame, item) or caso.is_diaria(item)):
            continue
        held = _named(caso, exame, item)
        if item.despesa == OutrasDespesas.OPME and not any(one.autorizada > ZERO for one in held):
            yield caso.achado(
                Motivo.OPME_NAO_AUTORIZADO, "O material (OPME) não está autorizado na senha.",
                "Confira o código; o material que falta se pede em complemento, com o anexo de OPME.", exame, item,
                campo="codigoProcedimento", visto=item.nome, esperado=_authorised(caso, exame, item) or None,
            )  # fmt: skip
        elif not held:
            yield caso.achado(
                Motivo.CODIGO_DIFERENTE_DO_AUTORIZADO, "O código cobrado não está na senha.",
                "Confira o código; o que falta se pede em complemento ou em nova senha.", exame, item,
                campo="codigoProcedimento", visto=item.nome, esperado=_authorised(caso, exame, item) or None,
            )  # fmt: skip
        elif all(one.autorizada <= ZERO for one in held):
            yield caso.achado(
                Motivo.PROCEDIMENTO_NAO_AUTORIZADO, "O item foi negado ou cancelado na senha.",
                "Retire o item; a autorização diz o motivo.", exame, item, campo="codigoProcedimento", visto=item.nome,
            )  # fmt: skip


def _authorised(caso: Caso, exame: Exame, item: ItemCobrado) -> str:
    held = (one for senha in usable(caso, exame, item) for one in senha.autorizacao.itens if one.autorizada > ZERO)
    return ", ".join(dict.fromkeys(f"{one.solicitado.tabela}:{one.solicitado.codigo}" for one in held))


@regra("COB-LOCAL", "R26", base=CONTRATO, dados="senhas")
def mesmo_local(caso: Caso) -> Iterator[Apontamento]:
    """R26: tooth, region and faces are those authorised (1432, 1431)."""
    for exame, item, made in _lines(caso):
        if exame.guia.tipo is not TipoGuia.ODONTO or made.achada:
            continue
        held = [one.solicitado for one in _named(caso, exame, item) if one.autorizada > ZERO]
        same = [one for one in held if (one.dente, one.regiao) == (item.dente, item.regiao)]
        if same:
            yield caso.achado(
                Motivo.FACE_NAO_AUTORIZADA, "A face cobrada não é a autorizada.", "Confira a face do dente.", exame,
                item, campo="denteFace", visto=item.face, esperado=", ".join(one.face or "nenhuma" for one in same),
            )  # fmt: skip
        elif held:
            yield caso.achado(
                Motivo.DENTE_OU_REGIAO_NAO_AUTORIZADOS, "O dente ou a região não são os autorizados.",
                "Confira o dente ou a região.", exame, item, campo="denteRegiao", visto=item.dente or item.regiao,
                esperado=", ".join(dict.fromkeys(one.dente or one.regiao or "nenhum" for one in held)),
            )  # fmt: skip


@regra("COB-QUANTIDADE", "R22", "§5", base=CONTRATO, dados="senhas")
def quantidade(caso: Caso) -> Iterator[Apontamento]:
    """No more of an item, per grau, than is left of it (1820; 3210), nor diárias without prorrogação (1917)."""
    for exame, item, made in _lines(caso):
        if not made.achada or made.cabem >= item.quantidade:
            continue
        daily = caso.is_diaria(item)
        yield caso.achado(
            Motivo.DIARIAS_SEM_PRORROGACAO if daily else Motivo.QUANTIDADE_COBRADA_ACIMA_DA_AUTORIZADA,
            "A quantidade é maior que a que resta na senha.",
            "Peça a prorrogação antes de cobrar." if daily else "Reduza a quantidade ou peça nova senha para o resto.",
            exame, item, campo="quantidadeExecutada", visto=f"{item.quantidade.normalize():f}",
            esperado=f"até {made.cabem.normalize():f}", cabem=made.cabem,
        )  # fmt: skip


@regra("COB-DATA-PREVISTA", "R23", base=CONTRATO, dados="senhas")
def data_prevista(caso: Caso) -> Iterator[Apontamento]:
    """R23: what was authorised for a planned day is done on it, or on another that was approved (1323; 3227).

    The day of a radioterapia is the first of its sessions, which follow it.
    """
    for exame, item, made in _lines(caso):
        held = made.outra_data
        if held is None or held.data_prevista is None:
            continue
        asked = f" (pedida para {br(held.data_pedida)}, sem decisão)" if held.data_pedida else ""
        yield caso.achado(
            Motivo.DATA_INCORRETA, "A data do atendimento não é a autorizada.",
            "Peça a mudança da data, ou corrija a data cobrada.", exame, item, campo="data", visto=br(item.dia),
            esperado=("a partir de " if held.serial else "") + br(held.data_prevista) + asked,
        )  # fmt: skip
