"""What can be asked of the generator of load files, and the columns of each kind of file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from typing import Final, NamedTuple

from local.gerador.model import DIA_DE_REFERENCIA

Linha = dict[str, str]
"""One row: column to cell, as text; an absent column is an empty cell."""

_COLUNAS: Final = {
    "operadora": "nome* nome_grupo* grupo* versoes_tiss* data_migracao portal_legado recurso_legado cnpj",
    "contatos": "codigo* regiao* canal* valor* descricao horario",
    "calendario": "data* descricao* tipo* uf",
    "planos": "codigo* nome* registro_produto ambulatorial* hospitalar* obstetricia* odontologia* acomodacao "
    "abrangencia* ufs coparticipacao* vigente_de* vigente_ate",
    "carencias": "plano* grupo* dias* vigente_de* vigente_ate",
    "coberturas": "plano* tabela* codigo* coberto* grupo_carencia vigente_de* vigente_ate",
    "beneficiarios": "numero_carteira* nome* plano* data_nascimento* sexo* data_inclusao* cpf cns nome_social "
    "carteira_titular parentesco data_exclusao motivo_exclusao suspenso_de suspenso_ate motivo_suspensao "
    "validade_carteira carteira_anterior isento_carencias cpt_ate",
    "prestadores": "prestador* nome* cnes* codigo_na_operadora* situacao* desde* ate motivo autorizacao* "
    "faturamento* uf municipio",
    "locais": "prestador* cnes* nome* logradouro municipio uf vigente_de* vigente_ate",
    "corpo-clinico": "prestador* conselho* numero_conselho* uf* nome* cbo* cpf vigente_de* vigente_ate",
    "contratos": "prestador* numero* vigente_de* vigente_ate prazo_faturamento_dias* data_base_ambulatorial "
    "data_base_internacao prazo_contestacao_dias* prazo_resposta_dias* prazo_pagamento_dias* tabela_precos* "
    "pacote_pronto_socorro conduta_pronto_socorro cotacoes_opme exige_cod_validacao",
    "precos": "tabela_precos* tabela* codigo* descricao valor* vigente_de* vigente_ate",
    "procedimentos-contratados": "prestador* tabela* codigo* vigente_de* vigente_ate",
    "diarias": "prestador* tabela* codigo* descricao* acomodacao valor* vigente_de* vigente_ate",
    "pacotes": "prestador* tabela* codigo* descricao* valor* itens vigente_de* vigente_ate",
    "regras-procedimentos": "tabela* codigo* plano descricao exige_senha* exige_analise* documentos "
    "limite_quantidade limite_dias alta_complexidade* vigente_de* vigente_ate",
}
COLUNAS: Final = {tipo: tuple(name.rstrip("*") for name in names.split()) for tipo, names in _COLUNAS.items()}
"""Columns of each kind of file, in the order they are written."""
OBRIGATORIAS: Final = {
    tipo: tuple(name.rstrip("*") for name in names.split() if name.endswith("*")) for tipo, names in _COLUNAS.items()
}
"""Columns that no row may leave empty."""
TIPOS: Final = tuple(_COLUNAS)
"""Kinds of file, in an order in which each only names what an earlier one brought."""

TIPOS_COM_DEFEITOS: Final = ("beneficiarios", "prestadores", "precos", "contratos")
"""Kinds of file that can receive defective rows."""
MINIMO_DE_VIDAS: Final = 20
MINIMO_DE_PRESTADORES: Final = 2
PRIMEIRO_DIA: Final = date(2025, 2, 1)
"""The generated people are alive and enrolled from then on."""
MAXIMO_DE_VIDAS: Final = 10_000_000
MAXIMO_DE_PRESTADORES: Final = 1_000_000
_DIGITOS_DO_REGISTRO: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Formato:
    r"""How the same rows are spelt in bytes; a loader reads the same from each.

    Attributes:
        separador: `;` or `,`.
        bom: start with the UTF-8 byte order mark, as spreadsheets do.
        nova_linha: `\n` or `\r\n`.
    """

    separador: str = ";"
    bom: bool = False
    nova_linha: str = "\n"


@dataclass(frozen=True, slots=True)
class Pedido:
    """The load files of one operadora. The same request gives the same bytes, whatever the machine or the day.

    Dates that depend on today depend on its month only, so that files of two days of one month differ in their names
    alone: what a second load of the same data looks like.

    Attributes:
        registro_ans: the operadora; 345695 and 331988 are the demo's, any other gets data of the same kind.
        vidas: rows of `beneficiarios`, the fixed people included.
        prestadores: rows of `prestadores`, the two fixed ones included.
        semente: seed of everything that varies; of one seed, two operadoras share people and prestadores.
        hoje: local day of the files, which also names them.
        procedimentos: how many TUSS codes the price tables and rules have besides the fixed and the dental ones.
        tipos: kinds of file to write.
        formato: spelling of the bytes.
        defeitos: defective rows to add, spread over the file of `defeitos_em`.
        defeitos_em: kind of file that receives them.
        sandbox: add the rows of the sandbox, which count neither among `vidas` nor for the defects.

    Raises:
        ValueError: it makes no sense; the message is in Portuguese, as the command line shows it.
    """

    registro_ans: str
    _: KW_ONLY
    vidas: int = 1000
    prestadores: int = 20
    semente: int = 1
    hoje: date = DIA_DE_REFERENCIA
    procedimentos: int = 300
    tipos: tuple[str, ...] = TIPOS
    formato: Formato = field(default_factory=Formato)
    defeitos: int = 0
    defeitos_em: str = "beneficiarios"
    sandbox: bool = False

    def __post_init__(self) -> None:
        digits = self.registro_ans.isascii() and self.registro_ans.isdigit()
        if not digits or len(self.registro_ans) != _DIGITOS_DO_REGISTRO:
            raise ValueError("o registro ANS tem 6 dígitos")
        if not MINIMO_DE_VIDAS <= self.vidas <= MAXIMO_DE_VIDAS:
            raise ValueError(f"vidas: de {MINIMO_DE_VIDAS} a {MAXIMO_DE_VIDAS}")
        if not MINIMO_DE_PRESTADORES <= self.prestadores <= MAXIMO_DE_PRESTADORES:
            raise ValueError(f"prestadores: de {MINIMO_DE_PRESTADORES} a {MAXIMO_DE_PRESTADORES}")
        if self.hoje < PRIMEIRO_DIA:
            raise ValueError(f"hoje: a partir de {PRIMEIRO_DIA.isoformat()}")
        if self.semente < 0 or self.procedimentos < 0 or self.defeitos < 0:
            raise ValueError("semente, procedimentos e defeitos não são negativos")
        if unknown := [tipo for tipo in self.tipos if tipo not in TIPOS]:
            raise ValueError(f"tipo {unknown[0]} desconhecido: use um de {', '.join(TIPOS)}")
        if self.defeitos and self.defeitos_em not in TIPOS_COM_DEFEITOS:
            raise ValueError(f"defeitos só cabem em {', '.join(TIPOS_COM_DEFEITOS)}")
        if self.defeitos and self.defeitos_em not in self.tipos:
            raise ValueError(f"{self.defeitos_em} não está entre os tipos pedidos")

    @property
    def mes(self) -> date:
        """First day of today's month, which the dates that move count from."""
        return self.hoje.replace(day=1)


class Arquivo(NamedTuple):
    """One load file: `linhas` gives its physical lines, header first, each with its line end; read it once."""

    tipo: str
    nome: str
    linhas: Iterator[bytes]
