"""Defective rows: each plants one error in a row of its own and knows where a report must point, and with which code.

They are added to the correct rows, never put in their place: whatever is refused, the rest loads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Final

from local.gerador_cadastro.beneficiarios import DEFEITUOSA, NUMEROS, carteiras, numero
from local.gerador_cadastro.identificadores import cnpj
from local.gerador_cadastro.model import COLUNAS, OBRIGATORIAS, TIPOS_COM_DEFEITOS, Linha, Pedido
from local.gerador_cadastro.writer import cabecalho, linha_de

_VIDAS, _PRESTADORES, _PRECOS, _CONTRATOS = TIPOS_COM_DEFEITOS
_LINHA_LONGA: Final = 70_000
"""Characters of one cell that alone pass the limit of a line (64 KiB)."""
_DIA_DOS_CONTRATOS: Final = date(1950, 1, 1)


def _utf8(linha: str, _: str) -> bytes:
    return linha.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Defeito:
    """One kind of error.

    Attributes:
        nome: what it is asked and reported by.
        codigo: stable code of the refusal.
        coluna: kind of file to the column a report must name; empty when the line as a whole is wrong. An absent kind
            cannot have it.
        celulas: kind of file to the cells it writes.
        linha: how the line becomes bytes, given the separator.
        repete: the row is the one before it, again.
    """

    nome: str
    descricao: str
    codigo: str
    coluna: Mapping[str, str]
    celulas: Mapping[str, Linha] = field(default_factory=dict)
    linha: Callable[[str, str], bytes] = _utf8
    repete: bool = False


@dataclass(frozen=True, slots=True)
class Esperado:
    """One refusal a correct report has.

    Attributes:
        linha: physical line, the header being 1.
        coluna: empty when the line as a whole is refused.
        codigo: stable code of the refusal.
        defeito: name in `DEFEITOS`.
    """

    linha: int
    coluna: str
    codigo: str
    defeito: str


def _em(nome: str, descricao: str, codigo: str, celulas: Mapping[str, tuple[str, Linha]]) -> Defeito:
    """An error of one column."""
    coluna = {tipo: blamed for tipo, (blamed, _) in celulas.items()}
    return Defeito(
        nome=nome,
        descricao=descricao,
        codigo=codigo,
        coluna=coluna,
        celulas={tipo: cells for tipo, (_, cells) in celulas.items()},
    )


def _da_linha(
    nome: str, descricao: str, codigo: str, linha: Callable[[str, str], bytes] = _utf8, texto: str = ""
) -> Defeito:
    """An error of the whole line; `texto` goes into a cell of text."""
    cell = {_VIDAS: "nome", _PRESTADORES: "nome", _PRECOS: "descricao", _CONTRATOS: "numero"}
    return Defeito(
        nome=nome,
        descricao=descricao,
        codigo=codigo,
        coluna=dict.fromkeys(TIPOS_COM_DEFEITOS, ""),
        celulas={tipo: {cell[tipo]: texto} for tipo in TIPOS_COM_DEFEITOS} if texto else {},
        linha=linha,
    )


def _uma(coluna: str, valor: str) -> tuple[str, Linha]:
    return coluna, {coluna: valor}


_FORMULA: Final = '=HYPERLINK("https://x.example")'
_FIM_ANTES: Final = ("vigente_ate", {"vigente_de": "2020-01-02", "vigente_ate": "2020-01-01"})
_LISTA: Final = (
    _em("cpf-digito", "CPF com dígito verificador errado", "identificador", {_VIDAS: _uma("cpf", "11122233300")}),
    _em("cns-digito", "CNS com dígito verificador errado", "identificador", {_VIDAS: _uma("cns", "100000000010009")}),
    _em(
        "cnpj-digito",
        "CNPJ com dígito verificador errado",
        "identificador",
        {tipo: _uma("prestador", "12345678000190") for tipo in (_PRESTADORES, _CONTRATOS)},
    ),
    _em(
        "data-impossivel",
        "30 de fevereiro",
        "data",
        {
            _VIDAS: _uma("data_nascimento", "1980-02-30"),
            _PRESTADORES: _uma("desde", "2020-02-30"),
            _PRECOS: _uma("vigente_de", "2020-02-30"),
            _CONTRATOS: _uma("vigente_de", "2020-02-30"),
        },
    ),
    _em(
        "data-brasileira",
        "data como DD/MM/AAAA",
        "data",
        {
            _VIDAS: _uma("data_inclusao", "01/02/2020"),
            _PRESTADORES: _uma("desde", "01/02/2020"),
            _PRECOS: _uma("vigente_de", "01/02/2020"),
            _CONTRATOS: _uma("vigente_de", "01/02/2020"),
        },
    ),
    _em(
        "datas-fora-de-ordem",
        "fim antes do começo",
        "datas-fora-de-ordem",
        {
            _VIDAS: ("data_exclusao", {"data_inclusao": "2030-01-02", "data_exclusao": "2030-01-01"}),
            _PRESTADORES: ("ate", {"situacao": "SUSPENSO", "desde": "2020-01-02", "ate": "2020-01-01"}),
            _PRECOS: _FIM_ANTES,
            _CONTRATOS: _FIM_ANTES,
        },
    ),
    _em(
        "opcao-desconhecida",
        "palavra fora das opções da coluna",
        "opcao",
        {
            _VIDAS: _uma("sexo", "X"),
            _PRESTADORES: _uma("situacao", "ATIVO"),
            _CONTRATOS: _uma("data_base_ambulatorial", "DIA"),
        },
    ),
    _em(
        "obrigatoria-vazia",
        "célula obrigatória vazia",
        "obrigatoria",
        {
            _VIDAS: _uma("plano", ""),
            _PRESTADORES: _uma("cnes", ""),
            _PRECOS: _uma("valor", ""),
            _CONTRATOS: _uma("tabela_precos", ""),
        },
    ),
    _em(
        "formula",
        "texto que uma planilha executaria",
        "formula",
        {_VIDAS: _uma("nome", _FORMULA), _PRESTADORES: _uma("nome", "+55 27"), _PRECOS: _uma("descricao", "@SUM(A1)")},
    ),
    _em(
        "suspensao-sem-inicio",
        "motivo de suspensão sem o seu primeiro dia",
        "incompleto",
        {_VIDAS: ("suspenso_de", {"motivo_suspensao": "INADIMPLENCIA"})},
    ),
    _em("valor-negativo", "preço negativo", "valor", {_PRECOS: _uma("valor", "-10.00")}),
    _em("valor-com-milhar", "preço com separador de milhar", "valor", {_PRECOS: _uma("valor", "1.234,56")}),
    _em(
        "prazos-diferentes",
        "prazo de contestação diferente do de resposta (invariante 6)",
        "prazos-diferentes",
        {_CONTRATOS: ("prazo_resposta_dias", {"prazo_contestacao_dias": "30", "prazo_resposta_dias": "45"})},
    ),
    _em("numero-por-extenso", "prazo por extenso", "numero", {_CONTRATOS: _uma("prazo_pagamento_dias", "trinta")}),
    _da_linha(
        "nao-utf8",
        "linha em ISO-8859-1",
        "codificacao",
        lambda linha, _: linha.encode("iso-8859-1"),
        texto="Acentuação",
    ),
    _da_linha("aspas-abertas", "aspas que não fecham", "aspas", lambda linha, _: f'"{linha}'.encode()),
    _da_linha("celulas-demais", "uma célula a mais", "celulas", lambda linha, sep: f"{linha}{sep}sobra".encode()),
    _da_linha(
        "celulas-de-menos", "uma célula a menos", "celulas", lambda linha, sep: linha.rpartition(sep)[0].encode()
    ),
    _da_linha("caractere-de-controle", "caractere de controle no texto", "caractere-de-controle", texto="Sino\x07"),
    _da_linha("linha-longa", "linha acima de 64 KiB", "linha-longa", texto="A" * _LINHA_LONGA),
    Defeito(
        nome="chave-duplicada",
        descricao="a linha anterior, de novo",
        codigo="chave-repetida",
        coluna={
            _VIDAS: "numero_carteira",
            _PRESTADORES: "prestador",
            _PRECOS: "tabela_precos",
            _CONTRATOS: "prestador",
        },
        repete=True,
    ),
)
DEFEITOS: Final = {defeito.nome: defeito for defeito in _LISTA}


def dos(tipo: str) -> tuple[Defeito, ...]:
    """The errors a kind of file can have, in the order they are planted."""
    return tuple(defeito for defeito in _LISTA if tipo in defeito.coluna)


def _nova(pedido: Pedido, ordem: int, anterior: Linha) -> Linha:
    """A correct row like the one before it, with a key that no other row has."""
    tipo = pedido.defeitos_em
    linha = {coluna: anterior[coluna] for coluna in OBRIGATORIAS[tipo]}
    if tipo == _VIDAS:
        linha["numero_carteira"] = numero(pedido, carteiras(pedido), ordem * NUMEROS + DEFEITUOSA)
    elif tipo == _PRESTADORES:
        # Generated ones begin with a digit or with one of the first letters.
        linha |= {"prestador": cnpj(f"Z{ordem:07d}0001"), "codigo_na_operadora": f"Z{ordem}"}
        linha |= {"situacao": "HABILITADO", "desde": "2020-01-02"}
    elif tipo == _PRECOS:
        linha |= {"tabela": "00", "codigo": f"D{ordem:07d}"}
    else:
        day = (_DIA_DOS_CONTRATOS + timedelta(days=ordem)).isoformat()
        linha |= {"vigente_de": day, "vigente_ate": day}
    return linha


def _posicoes(total: int, quantos: int) -> Iterator[int]:
    """After how many correct rows each defective one comes: evenly spread, never first."""
    for ordem in range(quantos):
        yield max(1, (ordem + 1) * total // (quantos + 1))


def plantar(pedido: Pedido, linhas: Iterator[Linha], total: int) -> Iterator[bytes]:
    """The lines of the file that receives the defects.

    Args:
        pedido: the request.
        linhas: its correct rows.
        total: how many they are.
    """
    formato, tipo = pedido.formato, pedido.defeitos_em
    colunas, kinds, end = COLUNAS[tipo], dos(tipo), formato.nova_linha.encode()
    yield cabecalho(colunas, formato)
    due = enumerate(_posicoes(total, pedido.defeitos))
    ordem, after = next(due, (0, 0))
    for place, linha in zip(count(1), linhas, strict=False):
        yield linha_de(colunas, linha, formato).encode() + end
        while after == place:
            defeito = kinds[ordem % len(kinds)]
            wrong = linha if defeito.repete else _nova(pedido, ordem, linha) | defeito.celulas.get(tipo, {})
            yield defeito.linha(linha_de(colunas, wrong, formato), formato.separador) + end
            ordem, after = next(due, (0, 0))


def esperados(pedido: Pedido, total: int) -> tuple[Esperado, ...]:
    """The refusals a correct report has, in order of line.

    Args:
        pedido: the request.
        total: how many correct rows the file has.
    """
    kinds = dos(pedido.defeitos_em)
    found = []
    for ordem, after in enumerate(_posicoes(total, pedido.defeitos)):
        defeito = kinds[ordem % len(kinds)]
        # The header, the correct rows and the defective ones before it.
        linha = 1 + after + ordem + 1
        found.append(Esperado(linha, defeito.coluna[pedido.defeitos_em], defeito.codigo, defeito.nome))
    return tuple(found)
