"""What is scripted: the same request or bill, one thing changed, and what must become of it.

Nothing here makes it so: the rows of `local.gerador_cadastro.sandbox` do, through the rules that judge everybody.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from local.gerador import Conta, Linha, Pedido, gerar
from local.gerador_cadastro.sandbox import EXAMES, ULTRASSOM, expirada, vidas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.gerador import LoteGerado

INELEGIVEIS: Final = {"suspensa": "1009", "excluida": "1014", "carteira-vencida": "1017"}
"""Lives that are not eligible, and the glosa that says why."""
DESCONHECIDA: Final = "desconhecida"
"""A carteira that nobody has."""
PROFISSIONAL: Final = {
    "nome": "Profissional de Demonstração", "conselho": "CRM", "numero": "520001", "uf": "RJ", "cbo": "225125",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Pedida:
    """A request for the two exams.

    Attributes:
        caso: name of the outcome.
        vida: whose carteira (`vidas`), or `DESCONHECIDA`.
        codigos: glosas that the answer tells, in order, each once.
        muda: what the request says besides, or instead; `{expirada}` is the prestador's expired senha.
        como: what to change besides the carteira, in Portuguese.
        depois: what comes next, in Portuguese.
    """

    caso: str
    vida: str
    situacao: str
    codigos: tuple[str, ...] = ()
    muda: Mapping[str, Any] = field(default_factory=dict)
    como: str = ""
    depois: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cobrada:
    """A lote of one guia of SP/SADT with one ultrassom.

    Attributes:
        codigos: glosas, or why it is refused.
        vida: whose carteira; what is billed on no senha, or on a wrong one, is not of who is billed on a good one.
        senha: `None` is none; `NOVA` is a fresh one, `EXPIRADA` the expired one; another is itself.
        dias: days between the service and today.
        lote: of the generated lote (`local.gerador.Pedido`).
        recurso: what the operadora answers, should its glosa be contested.
        como: what is changed, in Portuguese.
    """

    caso: str
    como: str
    codigos: tuple[str, ...] = ()
    recusado: bool = False
    vida: str = "autorizada"
    senha: str | None = "NOVA"
    dias: int = 0
    unitario: Decimal = Decimal("50.00")
    quantidade: int = 1
    lote: Mapping[str, Any] = field(default_factory=dict)
    recurso: str = "NAO_ACATADO"


PEDIDAS: Final = (
    Pedida(caso="autorizada", vida="autorizada", situacao="AUTORIZADA", depois="Atenda e fature pela senha."),
    Pedida(
        caso="parcial", vida="parcial", situacao="PARCIAL", codigos=("1407",),
        depois="Fature só o ultrassom: o motivo está no item da mamografia.",
    ),
    Pedida(
        caso="analise", vida="analise", situacao="EM_ANALISE",
        depois="A auditoria decide até `responder_ate`: AUTORIZADA.",
    ),
    Pedida(
        caso="negada-na-analise", vida="negada-na-analise", situacao="EM_ANALISE",
        depois="A auditoria decide até `responder_ate`: NEGADA, com código, motivo e base.",
    ),
    Pedida(
        caso="urgencia", vida="analise", situacao="AUTORIZADA", muda={"carater": "2"}, como="`carater` 2",
        depois="Urgência não espera análise.",
    ),
    Pedida(
        caso="documento", vida="documento", situacao="AGUARDANDO_DOCUMENTO", codigos=("3052",),
        depois="Envie o laudo (tipo 02) em `/respostas`: vai a EM_ANALISE.",
    ),
    Pedida(
        caso="justificativa", vida="analise", situacao="AGUARDANDO_JUSTIFICATIVA", codigos=("3052",),
        muda={"justificativa": None}, como="sem `justificativa`",
        depois="Envie a justificativa em `/respostas`: vai a EM_ANALISE.",
    ),
    Pedida(caso="sem-cobertura", vida="sem-cobertura", situacao="NEGADA", codigos=("1407",)),
    Pedida(caso="carencia", vida="carencia", situacao="NEGADA", codigos=("1410",)),
    Pedida(caso="suspensa", vida="suspensa", situacao="NEGADA", codigos=("1009",)),
    Pedida(caso="excluida", vida="excluida", situacao="NEGADA", codigos=("1014",)),
    Pedida(caso="carteira-vencida", vida="carteira-vencida", situacao="NEGADA", codigos=("1017",)),
    Pedida(
        caso="desconhecida", vida=DESCONHECIDA, situacao="NEGADA", codigos=("1001",),
        como="um `numero_carteira` qualquer",
    ),
    Pedida(
        caso="senha-expirada", vida="senha-antiga", situacao="NEGADA", codigos=("1414",),
        muda={"carater": "2", "guia_principal": "{expirada}"}, como="`carater` 2, `guia_principal` a senha expirada",
    ),
)  # fmt: skip

COBRADAS: Final = (
    Cobrada(caso="paga", como="nada: um ultrassom a R$ 50,00"),
    Cobrada(caso="glosa-de-valor", como="valor de R$ 9.000,00", unitario=Decimal("9000.00"), codigos=("1705",)),
    Cobrada(
        caso="glosa-de-quantidade", como="três ultrassons na senha de um", quantidade=3, codigos=("1820",),
        recurso="ACATADO",
    ),
    Cobrada(caso="sem-senha", como="sem a senha", vida="analise", senha=None, codigos=("1818",)),
    Cobrada(caso="senha-errada", como="senha que não existe", vida="analise", senha="99999999999", codigos=("1403",)),
    Cobrada(caso="fora-da-validade", como="a senha expirada", vida="senha-antiga", senha="EXPIRADA", codigos=("1405",)),
    Cobrada(caso="fora-do-prazo", como="atendimento de 91 dias atrás", dias=91, codigos=("3161", "1814")),
    Cobrada(
        caso="hash-errado", como="um algarismo do hash", lote={"defeitos": ("hash-errado",)}, recusado=True,
        codigos=("5014",),
    ),
    Cobrada(caso="versao", como="`Padrao` 4.03.00", lote={"versao": "4.03.00"}, recusado=True, codigos=("5028",)),
    Cobrada(
        caso="soma-errada", como="o total da guia", lote={"defeitos": ("guia-total",)}, recusado=True, codigos=("5042",)
    ),
)  # fmt: skip

RESPOSTAS: Final = {codigo: one.recurso for one in COBRADAS if not one.recusado for codigo in one.codigos}
"""What is answered to who contests, by code of the glosa."""


def carteira(registro_ans: str, chave: str) -> str:
    """Of a life of the sandbox; another, that nobody has."""
    return next((vida.carteira for vida in vidas(registro_ans) if vida.chave == chave), f"{registro_ans}99999999999")


def pedido(pedida: Pedida, *, registro_ans: str, prestador: str, numero: str) -> dict[str, Any]:
    """The body of `POST /autorizacoes`; `numero` is the prestador's own number of the guia."""
    muda = {name: expirada(prestador) if value == "{expirada}" else value for name, value in pedida.muda.items()}
    return {
        "tipo": "SP_SADT", "registro_ans": registro_ans, "numero_guia_prestador": numero,
        "numero_carteira": carteira(registro_ans, pedida.vida), "profissional": PROFISSIONAL,
        "justificativa": "Dor abdominal a esclarecer",
        "itens": [{"tabela": tabela, "codigo": codigo, "quantidade": 1} for tabela, codigo in EXAMES], **muda,
    }  # fmt: skip


def lote(
    cobrada: Cobrada, *, registro_ans: str, prestador: str, numero: str, senha: str, hoje: date
) -> LoteGerado:  # fmt: skip
    """The lote; `senha` is the fresh one.

    Args:
        numero: of the lote, new; the hour follows from it, for the same exam at the same hour is billed once.
    """
    tabela, codigo = ULTRASSOM
    chosen = {"NOVA": senha, "EXPIRADA": expirada(prestador)}
    conta = Conta(
        numero=f"G{numero}", dia=hoje - timedelta(days=cobrada.dias),
        carteira=carteira(registro_ans, cobrada.vida),
        senha=chosen.get(cobrada.senha, cobrada.senha) if cobrada.senha else None,
        linhas=(
            Linha(
                tabela=tabela, codigo=codigo, descricao="Ultrassom de abdome total", unitario=cobrada.unitario,
                quantidade=cobrada.quantidade, hora=time.strftime("%H:%M:%S", time.gmtime(int(numero))),
            ),
        ),
    )  # fmt: skip
    asked: dict[str, Any] = {
        "contas": (conta,), "hoje": hoje, "origem_cnpj": prestador, "destino": registro_ans, "numero_lote": numero,
        **cobrada.lote,
    }  # fmt: skip
    return gerar(Pedido(**asked))
