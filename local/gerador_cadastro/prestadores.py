"""Prestadores, their places and professionals: two fixed ones, the rest derived from a seed and an index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count, islice
from random import Random
from typing import Final

from local.gerador_cadastro import nomes
from local.gerador_cadastro.identificadores import Permutacao, cnpj
from local.gerador_cadastro.model import Linha, Pedido
from local.gerador_cadastro.operadoras import perfil
from local.gerador_cadastro.pessoas import PRESTADORES, PROFISSIONAIS, Populacao
from local.gerador_cadastro.writer import dia, sn

HOSPITAL, CLINICA = "12345678000195", "99876543000134"
"""The two prestadores of the demo, at every operadora."""
_RAIZES_RESERVADAS: Final = (HOSPITAL[:8], CLINICA[:8])
_DESDE: Final = date(2024, 1, 2)
SEM_CNES: Final = "9999999"
ONCE_ENABLED: Final = ("HABILITADO", "SUSPENSO", "DESCREDENCIADO")

CRM, CRO, CREFITO, CRP, CRFA, COREN = "06", "08", "05", "09", "04", "02"
"""dm_conselhoProfissional."""


@dataclass(frozen=True, slots=True)
class Ramo:
    """A line of business: how it is called, what it is contracted for, who works there.

    Attributes:
        nomes: beginnings of the name; empty for a person, who has a person's name.
        contratados: `tabela:codigo` it is contracted for, as exact codes or beginnings with `*`.
        profissionais: council and CBO of its people.
        equipe: least and most of them.
        tabela: suffix of its price table.
    """

    nomes: tuple[str, ...]
    contratados: tuple[str, ...]
    profissionais: tuple[tuple[str, str], ...]
    equipe: tuple[int, int]
    tabela: str = "GERAL"
    hospital: bool = False
    pessoa: bool = False


_CLINICO: Final = (CRM, "225125")
_TAXAS: Final = ("18:60007*", "18:60022*", "18:60023*", "18:60033*", "18:60015292")
RAMOS: Final = {
    "hospital": Ramo(
        ("Hospital", "Hospital e Maternidade", "Santa Casa"),
        ("22:1*", "22:2*", "22:3*", "22:4*", "22:5*", *_TAXAS, "18:600189*", "19:1*", "19:7*", "20:9*"),
        (_CLINICO, (CRM, "225225"), (CRM, "225250"), (CRM, "225320"), (COREN, "223505")),
        (8, 24),
        "HOSPITALAR",
        hospital=True,
    ),
    "clinica": Ramo(
        ("Clínica", "Centro Médico", "Policlínica"),
        ("22:101*", "22:2*", "22:301*", "22:401*", "22:403*", "22:408*", "22:409*", *_TAXAS, "20:9*"),
        (_CLINICO, (CRM, "225120"), (CRM, "225250")),
        (2, 9),
    ),
    "laboratorio": Ramo(
        ("Laboratório", "Análises Clínicas"), ("22:403*", "22:405*", "22:406*"), ((CRM, "225148"),), (1, 4)
    ),
    "imagem": Ramo(
        ("Imagem", "Diagnóstico por Imagem"),
        ("22:407*", "22:408*", "22:409*", "22:410*", "22:411*"),
        ((CRM, "225320"),),
        (1, 6),
    ),
    "odonto": Ramo(
        ("Odontologia", "Clínica Odontológica", "Sorriso"),
        ("22:8*",),
        ((CRO, "223208"), (CRO, "223268")),
        (1, 6),
        "ODONTO",
    ),
    "oncologia": Ramo(
        ("Oncologia", "Centro de Infusões"),
        ("22:101*", "22:20104*", "22:412*", "18:60015292", "18:60033746", "20:9*"),
        ((CRM, "225121"),),
        (2, 6),
        "HOSPITALAR",
    ),
    "terapias": Ramo(
        ("Reabilitação", "Espaço Terapêutico"),
        ("22:201*", "22:5*"),
        ((CREFITO, "223605"), (CRP, "251510"), (CRFA, "223810")),
        (2, 10),
    ),
    "remocao": Ramo(("Remoções", "Resgate"), ("18:600189*",), (_CLINICO, (COREN, "223505")), (1, 3), "HOSPITALAR"),
    "medico": Ramo((), ("22:10101012", "22:10101020", "22:401*"), (_CLINICO,), (1, 1), pessoa=True),
    "dentista": Ramo((), ("22:8*",), ((CRO, "223208"),), (1, 1), "ODONTO", pessoa=True),
    "psicologo": Ramo((), ("22:50000470", "22:500011*"), ((CRP, "251510"),), (1, 1), pessoa=True),
}
_CLINICA: Final = replace(
    RAMOS["clinica"],
    contratados=(*RAMOS["clinica"].contratados, "22:5*", "22:8*"),
    profissionais=(*RAMOS["clinica"].profissionais, (CRO, "223208")),
    equipe=(6, 6),
)
"""The demo's clinic also has dentists."""
# In this order they come, again and again: twenty prestadores already have every line of business and every state.
_ORDEM: Final = (
    "clinica", "medico", "laboratorio", "odonto", "imagem", "hospital", "dentista", "terapias", "clinica", "medico",
    "oncologia", "psicologo", "laboratorio", "clinica", "odonto", "remocao", "medico",
)  # fmt: skip
_SITUACOES: Final = (
    "HABILITADO", "HABILITADO", "HABILITADO", "SOLICITADO", "HABILITADO", "HABILITADO", "HABILITADO", "SUSPENSO",
    "HABILITADO", "HABILITADO", "HABILITADO", "DESCREDENCIADO", "HABILITADO", "HABILITADO", "HABILITADO", "RECUSADO",
    "HABILITADO", "HABILITADO", "SUSPENSO", "HABILITADO", "HABILITADO", "HABILITADO", "HABILITADO",
)  # fmt: skip
_MOTIVOS: Final = {
    "SUSPENSO": "Documentação vencida",
    "DESCREDENCIADO": "Encerramento do contrato a pedido do prestador",
    "RECUSADO": "Rede completa na região",
}
_LUGARES: Final = (
    ("Vitória", "ES"), ("Belo Horizonte", "MG"), ("Itabira", "MG"), ("Parauapebas", "PA"), ("São Luís", "MA"),
    ("Rio de Janeiro", "RJ"), ("Mariana", "MG"), ("Nova Lima", "MG"), ("Marabá", "PA"), ("Açailândia", "MA"),
    ("Governador Valadares", "MG"), ("Colatina", "ES"), ("Corumbá", "MS"), ("Mangaratiba", "RJ"),
    ("Canaã dos Carajás", "PA"),
)  # fmt: skip
_LOGRADOUROS: Final = ("Rua das Acácias", "Avenida do Minério", "Praça da Estação", "Rua Rio Doce", "Avenida dos Ipês")
_LETRAS: Final = "ABCDEFGHJK"
_ALFANUMERICO, _PRIMEIRO_ALFANUMERICO = 40, 12
"""One prestador in so many has a CNPJ with letters, as new ones may since July 2026."""
_LOCAIS: Final = 8
"""Most places of a prestador, which CNES count in."""


@dataclass(frozen=True, slots=True)
class Gerado:
    """A prestador at one operadora; `semente` draws what belongs to it."""

    documento: str
    nome: str
    cnes: str
    codigo: str
    situacao: str
    desde: date
    uf: str
    municipio: str
    ramo: Ramo
    indice: int
    ate: date | None = None
    motivo: str = ""
    locais: tuple[str, ...] = field(default=())

    @property
    def fixo(self) -> bool:
        """Whether it is one of the two of the demo."""
        return self.documento in {HOSPITAL, CLINICA}

    @property
    def contratado(self) -> bool:
        """Whether it has a contract: only who was enabled at some time."""
        return self.situacao in ONCE_ENABLED


class Rede:
    """The prestadores of one request; holds none."""

    def __init__(self, pedido: Pedido) -> None:
        self._pedido = pedido
        self._prefixo = perfil(pedido.registro_ans).prefixo_de_codigo
        self._populacao = Populacao(pedido.semente, pedido.mes)
        self._cnpj = Permutacao(f"{pedido.semente}/cnpj", 8)
        self._cnes = Permutacao(f"{pedido.semente}/cnes", 6)

    def __iter__(self) -> Iterator[Gerado]:
        return islice(self._todos(), self._pedido.prestadores)

    def rng(self, prestador: Gerado, fluxo: str) -> Random:
        """Draws of one file about one prestador."""
        seed = f"{self._pedido.semente}/{prestador.documento}/{fluxo}"
        return Random(seed)  # noqa: S311 - repeatable on purpose

    def profissional(self, posicao: int) -> str:
        """CPF of a professional."""
        return self._populacao.cpf(PROFISSIONAIS + posicao)

    def _codigo(self, posicao: int) -> str:
        return f"{self._prefixo}{17 + 8 * posicao:05d}"

    def _todos(self) -> Iterator[Gerado]:
        # As local.seed has them: at PASA the clinic is still waiting for an answer.
        waiting = self._pedido.registro_ans == "331988"
        hospital, clinica = RAMOS["hospital"], _CLINICA
        rio = ("RJ", "Rio de Janeiro")
        yield Gerado(
            HOSPITAL, "Hospital Aurora", "9990011", self._codigo(0), "HABILITADO", _DESDE, *rio, hospital, -2,
            locais=("9990011", "9990012"),
        )  # fmt: skip
        situacao = "SOLICITADO" if waiting else "HABILITADO"
        yield Gerado(
            CLINICA, "Clínica Boa Vista", "9990022", self._codigo(1), situacao, _DESDE, *rio, clinica, -1,
            locais=("9990022",),
        )  # fmt: skip
        posicao = 2
        for indice in count():
            if self._atende(indice):
                yield self._inventado(indice, posicao)
                posicao += 1

    def _atende(self, indice: int) -> bool:
        """Of ten prestadores eight are at both known operadoras, one only at the first, one only at the second."""
        only = {"345695": 9, "331988": 8}.get(self._pedido.registro_ans)
        return indice % 10 != only

    def _inventado(self, indice: int, posicao: int) -> Gerado:
        rng = Random(f"{self._pedido.semente}/prestador/{indice}")  # noqa: S311 - repeatable on purpose
        ramo = RAMOS[_ORDEM[indice % len(_ORDEM)]]
        situacao = _SITUACOES[posicao % len(_SITUACOES)]
        municipio, uf = _LUGARES[int(rng.random() * len(_LUGARES))]
        nome = self._nome(rng, ramo, indice)
        raiz = self._cnpj(indice)
        if raiz in _RAIZES_RESERVADAS:
            raiz = self._cnpj(99_999_999 - indice)
        if indice % _ALFANUMERICO == _PRIMEIRO_ALFANUMERICO:
            raiz = f"{_LETRAS[int(raiz[0])]}{raiz[1:]}"
        documento = self._populacao.cpf(PRESTADORES + indice) if ramo.pessoa else cnpj(f"{raiz}0001")
        places = 0 if ramo.pessoa and rng.random() < 0.3 else 1 + int(rng.random() * (3 if ramo.hospital else 1.4))  # noqa: PLR2004
        locais = tuple(f"{1 + place}{self._cnes(indice % 1_000_000)}" for place in range(places))
        desde, ate = self._quando(rng, situacao)
        return Gerado(
            documento, nome, locais[0] if locais else SEM_CNES, self._codigo(posicao), situacao, desde, uf, municipio,
            ramo, indice, ate, _MOTIVOS.get(situacao, ""), locais,
        )  # fmt: skip

    @staticmethod
    def _nome(rng: Random, ramo: Ramo, indice: int) -> str:
        if ramo.pessoa:
            return nomes.completo(rng, "FM"[indice % 2], (nomes.sobrenome(rng), nomes.sobrenome(rng)))
        inicio = ramo.nomes[int(rng.random() * len(ramo.nomes))]
        nome = f"{inicio} {nomes.sobrenome(rng)}"
        kind = indice % 11
        if kind == 3:  # noqa: PLR2004 - some names have what CSV must quote
            return f'{nome} "Unidade {nomes.sobrenome(rng)}"'
        return f"{nome} & Associados; S/S" if kind == 7 else nome  # noqa: PLR2004

    def _quando(self, rng: Random, situacao: str) -> tuple[date, date | None]:
        """Since when the state holds, and until when a suspension does."""
        mes = self._pedido.mes
        if situacao == "SUSPENSO":
            desde = mes - timedelta(days=10 + int(rng.random() * 50))
            return desde, mes + timedelta(days=40 + int(rng.random() * 60)) if rng.random() < 0.6 else None  # noqa: PLR2004
        if situacao == "DESCREDENCIADO":
            return mes - timedelta(days=20 + int(rng.random() * 300)), None
        if situacao in {"SOLICITADO", "RECUSADO"}:
            return mes - timedelta(days=1 + int(rng.random() * 40)), None
        return date(2012, 1, 1) + timedelta(days=int(rng.random() * 4400)), None


def prestadores(pedido: Pedido) -> Iterator[Linha]:
    """One row each: who it is and what it is to the operadora."""
    for each in Rede(pedido):
        released = each.contratado
        yield {
            "prestador": each.documento,
            "nome": each.nome,
            "cnes": each.cnes,
            "codigo_na_operadora": each.codigo,
            "situacao": each.situacao,
            "desde": dia(each.desde),
            "ate": dia(each.ate),
            "motivo": each.motivo,
            "autorizacao": sn(released),
            # One in nineteen asks for senhas here and bills elsewhere.
            "faturamento": sn(released and (each.fixo or each.indice % 19 != 0)),
            "uf": each.uf,
            "municipio": each.municipio,
        }


def locais(pedido: Pedido) -> Iterator[Linha]:
    """Places where each attends; who has no CNES has none."""
    rede = Rede(pedido)
    for each in rede:
        rng = rede.rng(each, "locais")
        for place, cnes in enumerate(each.locais):
            logradouro = _LOGRADOUROS[int(rng.random() * len(_LOGRADOUROS))]
            yield {
                "prestador": each.documento,
                "cnes": cnes,
                "nome": each.nome if place == 0 else f"{each.nome}, unidade {place + 1}",
                "logradouro": f"{logradouro}, {1 + int(rng.random() * 2000)}",
                "municipio": each.municipio,
                "uf": each.uf,
                "vigente_de": dia(min(each.desde, _DESDE)),
            }


def corpo_clinico(pedido: Pedido) -> Iterator[Linha]:
    """Professionals of each; a person is its own professional."""
    rede = Rede(pedido)
    for each in rede:
        rng = rede.rng(each, "corpo-clinico")
        least, most = each.ramo.equipe
        for place in range(least + int(rng.random() * (most - least + 1))):
            conselho, cbo = each.ramo.profissionais[place % len(each.ramo.profissionais)]
            sexo = "F" if rng.random() < 0.5 else "M"  # noqa: PLR2004 - half and half
            nome = nomes.completo(rng, sexo, (nomes.sobrenome(rng), nomes.sobrenome(rng)))
            documento = rede.profissional((each.indice + 2) * 32 + place)
            left = rng.random() < 0.05  # noqa: PLR2004 - one in twenty left
            yield {
                "prestador": each.documento,
                "conselho": conselho,
                # Numbers of one prestador never repeat: the place is in them.
                "numero_conselho": f"{10 + place}{int(rng.random() * 10_000):04d}",
                "uf": each.uf,
                "nome": each.nome if each.ramo.pessoa else nome,
                "cbo": cbo,
                "cpf": each.documento if each.ramo.pessoa else documento,
                "vigente_de": dia(_DESDE),
                "vigente_ate": dia(date(2025, 6, 30)) if left and place else "",
            }
