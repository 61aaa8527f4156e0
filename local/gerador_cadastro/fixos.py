"""People that demos and tests may rely on: carteiras and CPFs that never change.

Their numbers are formally valid and visibly invented: patterns of digits, and carteiras that begin with the registro.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from local.gerador_cadastro.model import Linha

_AMS, _PASA = "345695", "331988"
Dia = date | int
"""A fixed day, or so many days after the first day of the month of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixo:
    """A fixed carteira.

    Attributes:
        chave: name to look it up by (`fixo`).
        descricao: what it is there to show, in Portuguese.
        plano: suffix of the product's code (`planos.SEGMENTOS`).
    """

    chave: str
    descricao: str
    registro_ans: str
    carteira: str
    cpf: str
    nome: str
    sexo: str
    nascimento: Dia
    inclusao: Dia = date(2015, 3, 2)
    plano: str = "NAC"
    cns: str = ""
    titular: str = ""
    parentesco: str = ""
    exclusao: Dia | None = None
    motivo_exclusao: str = ""
    suspenso_de: Dia | None = None
    suspenso_ate: Dia | None = None
    motivo_suspensao: str = ""
    validade: Dia | None = date(2030, 12, 31)
    anterior: str = ""
    isento: bool = True
    cpt_ate: Dia | None = None

    def linha(self, plano: str, mes: date) -> Linha:
        """Its row of `beneficiarios`.

        Args:
            plano: whole code of its product.
            mes: first day of the month of the file.
        """

        def day(valor: Dia | None) -> str:
            if valor is None:
                return ""
            return (mes + timedelta(days=valor) if isinstance(valor, int) else valor).isoformat()

        return {
            "numero_carteira": self.carteira,
            "nome": self.nome,
            "plano": plano,
            "data_nascimento": day(self.nascimento),
            "sexo": self.sexo,
            "data_inclusao": day(self.inclusao),
            "cpf": self.cpf,
            "cns": self.cns,
            "carteira_titular": self.titular,
            "parentesco": self.parentesco,
            "data_exclusao": day(self.exclusao),
            "motivo_exclusao": self.motivo_exclusao,
            "suspenso_de": day(self.suspenso_de),
            "suspenso_ate": day(self.suspenso_ate),
            "motivo_suspensao": self.motivo_suspensao,
            "validade_carteira": day(self.validade),
            "carteira_anterior": self.anterior,
            "isento_carencias": "S" if self.isento else "N",
            "cpt_ate": day(self.cpt_ate),
        }


FIXOS: Final = (
    Fixo(
        chave="elegivel",
        descricao="elegível para tudo, sem carência",
        registro_ans=_AMS,
        carteira="34569500000000101",
        cpf="11122233396",
        cns="100000000010002",
        nome="Elegível Ana Exemplo",
        sexo="F",
        nascimento=date(1985, 5, 20),
    ),
    Fixo(
        chave="dependente",
        descricao="criança, dependente de elegivel",
        registro_ans=_AMS,
        carteira="34569500000000110",
        cpf="22233344405",
        nome="Dependente João Exemplo",
        sexo="M",
        nascimento=date(2015, 9, 12),
        inclusao=date(2015, 9, 20),
        titular="34569500000000101",
        parentesco="FILHO",
    ),
    Fixo(
        chave="varias",
        descricao="carteira atual de quem também tem uma antiga e outra na PASA",
        registro_ans=_AMS,
        carteira="34569500000000209",
        cpf="33344455508",
        nome="Várias Carteiras Exemplo",
        sexo="M",
        nascimento=date(1971, 2, 3),
        inclusao=date(2023, 1, 1),
    ),
    Fixo(
        chave="varias-antiga",
        descricao="carteira antiga, encerrada, de varias",
        registro_ans=_AMS,
        carteira="34569500000000217",
        cpf="33344455508",
        nome="Várias Carteiras Exemplo",
        sexo="M",
        nascimento=date(1971, 2, 3),
        inclusao=date(2009, 6, 1),
        plano="ANT",
        exclusao=date(2022, 12, 31),
        motivo_exclusao="Mudança de plano",
        validade=date(2022, 12, 31),
    ),
    Fixo(
        chave="varias-pasa",
        descricao="carteira na PASA da mesma pessoa de varias",
        registro_ans=_PASA,
        carteira="33198800000000209",
        cpf="33344455508",
        nome="Várias Carteiras Exemplo",
        sexo="M",
        nascimento=date(1971, 2, 3),
        plano="ODO",
    ),
    Fixo(
        chave="excluido",
        descricao="cobertura encerrada há meses",
        registro_ans=_AMS,
        carteira="34569500000000306",
        cpf="44455566619",
        nome="Excluído Bento Exemplo",
        sexo="M",
        nascimento=date(1962, 11, 30),
        exclusao=-120,
        motivo_exclusao="A pedido do titular",
    ),
    Fixo(
        chave="suspenso",
        descricao="suspenso por inadimplência, sem fim marcado",
        registro_ans=_AMS,
        carteira="34569500000000403",
        cpf="55566677720",
        nome="Suspensa Célia Exemplo",
        sexo="F",
        nascimento=date(1990, 7, 7),
        suspenso_de=-20,
        motivo_suspensao="INADIMPLENCIA",
    ),
    Fixo(
        chave="carencia",
        descricao="incluída no mês anterior: internação, parto e exames especiais ainda em carência",
        registro_ans=_AMS,
        carteira="34569500000000500",
        cpf="66677788830",
        nome="Carência Dalva Exemplo",
        sexo="F",
        nascimento=date(1994, 1, 25),
        inclusao=-25,
        isento=False,
        cpt_ate=-25 + 730,
    ),
    Fixo(
        chave="carteira-vencida",
        descricao="vínculo ativo, carteira vencida",
        registro_ans=_AMS,
        carteira="34569500000000608",
        cpf="77788899941",
        nome="Vencida Élida Exemplo",
        sexo="F",
        nascimento=date(1979, 4, 14),
        validade=-32,
    ),
    Fixo(
        chave="mae",
        descricao="mãe com recém-nascido ainda sem carteira: atendimento RN na carteira dela",
        registro_ans=_AMS,
        carteira="34569500000000705",
        cpf="12312312387",
        nome="Mãe Flávia Exemplo",
        sexo="F",
        nascimento=date(1996, 8, 19),
    ),
    Fixo(
        chave="renumerada",
        descricao="carteira nova; a antiga (campo anterior) ainda a encontra",
        registro_ans=_AMS,
        carteira="34569500000000802",
        cpf="32132132178",
        nome="Renumerado Gil Exemplo",
        sexo="M",
        nascimento=date(1988, 10, 2),
        anterior="34569500000000810",
    ),
    Fixo(
        chave="odontologico",
        descricao="plano só odontológico",
        registro_ans=_AMS,
        carteira="34569500000000900",
        cpf="13579135759",
        nome="Odontológica Íris Exemplo",
        sexo="F",
        nascimento=date(2001, 6, 15),
        inclusao=date(2021, 2, 1),
        plano="ODO",
    ),
    Fixo(
        chave="exclusao-futura",
        descricao="elegível hoje, com exclusão já marcada",
        registro_ans=_AMS,
        carteira="34569500000001001",
        cpf="24682468294",
        nome="Futura Jussara Exemplo",
        sexo="F",
        nascimento=date(1968, 3, 28),
        exclusao=75,
        motivo_exclusao="Desligamento da empresa",
    ),
    Fixo(
        chave="elegivel-pasa",
        descricao="elegível para tudo na PASA",
        registro_ans=_PASA,
        carteira="33198800000000101",
        cpf="99988877714",
        nome="Elegível Kátia Exemplo",
        sexo="F",
        nascimento=date(1983, 12, 1),
    ),
    Fixo(
        chave="excluido-pasa",
        descricao="cobertura encerrada na PASA",
        registro_ans=_PASA,
        carteira="33198800000000306",
        cpf="88877766603",
        nome="Excluído Lúcio Exemplo",
        sexo="M",
        nascimento=date(1957, 9, 9),
        exclusao=-90,
        motivo_exclusao="A pedido do titular",
    ),
    Fixo(
        chave="carencia-pasa",
        descricao="incluído no mês anterior na PASA",
        registro_ans=_PASA,
        carteira="33198800000000500",
        cpf="12345678909",
        nome="Carência Murilo Exemplo",
        sexo="M",
        nascimento=date(1999, 5, 5),
        inclusao=-25,
        isento=False,
    ),
)
"""Every fixed carteira, of both operadoras."""

BASES_RESERVADAS: Final = frozenset(fixo.cpf[:9] for fixo in FIXOS)
"""First nine digits of the CPFs that no generated person may have."""


def fixo(chave: str) -> Fixo:
    """The fixed carteira of this name; `KeyError` when there is none."""
    for each in FIXOS:
        if each.chave == chave:
            return each
    raise KeyError(chave)
