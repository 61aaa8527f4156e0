"""The same values, faster: readers written out as Python from `layout`, for messages in the schema's order.

A lote of a hundred guias has ten thousand leaves, and a dictionary look-up for each costs a sixth of the
reading. In a valid message the children come in the order of the schema, so each tag is compared with the
one that may come next; what was read goes straight from local variables into the value. Whatever does not
follow that order is left to `records`, which does not mind: both always give the same.

The source is made of the layout's own names, never of a document; `dataclasses` writes its methods the same
way.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from conecta_tiss.xml import records
from conecta_tiss.xml.layout import Filho, Folha, Grupo, Lista, Registro, Tipo
from conecta_tiss.xml.leaves import text_of
from conecta_tiss.xml.names import q

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element as Element

    from conecta_tiss.xml.layout import Parte
    from conecta_tiss.xml.leaves import Leitura

Leitor = "Callable[[Element, Leitura], Any]"


class _Fim:
    """Stands after the last child: no tag is equal to its own."""

    tag: Final = None


_FIM: Final = _Fim()


@cache
def fast_reader(registro: Callable[[], Registro]) -> Callable[[Element, Leitura], Any]:
    """Reader of one dataclass, made on first use (about a millisecond)."""
    definicao = registro()
    plano = records.plan(registro)
    _, padrao, _, molde, classe = plano
    nomes = [campo.name for campo in fields(classe)]
    fonte = _Fonte(variaveis={nome: f"v{indice}" for indice, nome in enumerate(nomes)})
    fonte.linha(0, "def ler(elemento, leitura):")
    fonte.linha(1, "tabelas = leitura.tabelas")
    for nome, valor in zip(nomes, padrao, strict=True):
        fonte.linha(1, f"{fonte.variaveis[nome]} = {fonte.constante(valor)}")
    fonte.filhos("elemento", definicao.partes, 1)
    fonte.linha(1, f"valor = molde({', '.join(fonte.variaveis.values())})")
    fonte.linha(1, "valor.__class__ = classe")
    fonte.linha(1, "return valor")
    nomes_da_fonte: dict[str, Any] = {
        **fonte.constantes,
        "FIM": _FIM,
        "classe": classe,
        "molde": molde,
        "text_of": text_of,
        "sem_ordem": lambda elemento, leitura: records.read(plano, elemento, leitura),
    }
    exec(compile("\n".join(fonte.linhas), f"<{classe.__name__}>", "exec"), nomes_da_fonte)  # noqa: S102 - see above
    ler: Callable[[Element, Leitura], Any] = nomes_da_fonte["ler"]
    return ler


@dataclass(slots=True)
class _Fonte:
    """Source of one reader: its lines, and the objects they name."""

    variaveis: dict[str, str]
    linhas: list[str] = field(default_factory=list)
    constantes: dict[str, Any] = field(default_factory=dict)

    def linha(self, recuo: int, texto: str) -> None:
        self.linhas.append("    " * recuo + texto)

    def constante(self, valor: Any) -> str:
        nome = f"c{len(self.constantes)}"
        self.constantes[nome] = valor
        return nome

    def filhos(self, elemento: str, partes: tuple[Parte, ...], recuo: int) -> None:
        """Read the children of an element, one part of the layout after the other."""
        n = recuo  # one set of names for each level of groups
        self.linha(recuo, f"filhos{n} = {elemento}[:]")
        self.linha(recuo, f"filhos{n}.append(FIM)")
        self.linha(recuo, f"indice{n} = 0")
        self.linha(recuo, f"filho{n} = filhos{n}[0]")
        self.linha(recuo, f"tag{n} = filho{n}.tag")
        for parte in partes:
            self.parte(parte, recuo)
        self.linha(recuo, f"if filho{n} is not FIM:")
        self.linha(recuo + 1, "return sem_ordem(elemento, leitura)")

    def parte(self, parte: Parte, recuo: int) -> None:
        filho = f"filho{recuo}"
        elemento = parte.envoltorio or parte.elemento if isinstance(parte, Lista) else parte.elemento
        se_for = f"tag{recuo} == {self.constante(q(elemento))}:"
        if isinstance(parte, Lista) and parte.envoltorio is None:
            self.repetidos(parte, se_for, recuo)
            return
        self.linha(recuo, f"if {se_for}")
        match parte:
            case Grupo():
                self.filhos(filho, parte.partes, recuo + 1)
            case Folha():
                self.folha(parte, filho, recuo + 1)
            case Filho():
                ler = self.constante(fast_reader(parte.registro))
                self.linha(recuo + 1, f"{self.variaveis[parte.campo]} = {ler}({filho}, leitura)")
            case _:
                ler, tag = self.constante(_one_of(parte)), self.constante(q(parte.elemento))
                um_a_um = f"[{ler}(neto, leitura) for neto in {filho}[:] if neto.tag == {tag}]"
                self.linha(recuo + 1, f"{self.variaveis[parte.campo]} = tuple({um_a_um})")
                self.mede(parte.campo, recuo + 1)
        self.avanca(recuo, recuo + 1)

    def folha(self, folha: Folha, filho: str, recuo: int) -> None:
        variavel = self.variaveis[folha.campo]
        if folha.tipo is Tipo.PRESENCA:
            self.linha(recuo, f"{variavel} = True")
        elif folha.tipo is Tipo.TEXTO:
            self.linha(recuo, f"{variavel} = {filho}.text")
            # ASCII blanks sort before "!", all others after "~"; asking isspace() of every text would cost more.
            em_branco = f"{variavel} is None or {variavel} < '!' or ({variavel} > '~' and {variavel}.isspace())"
            self.linha(recuo, f"if {em_branco}:")
            self.linha(recuo + 1, f"{variavel} = text_of({filho}, leitura)")
        else:
            self.linha(recuo, f"{variavel} = tabelas[{folha.tipo.value}][{filho}.text]")

    def repetidos(self, lista: Lista, se_for: str, recuo: int) -> None:
        variavel, ler = self.variaveis[lista.campo], self.constante(_one_of(lista))
        self.linha(recuo, f"if {se_for}")
        self.linha(recuo + 1, f"{variavel} = []")
        self.linha(recuo + 1, f"while {se_for}")
        self.linha(recuo + 2, f"{variavel}.append({ler}(filho{recuo}, leitura))")
        self.avanca(recuo, recuo + 2)
        self.linha(recuo + 1, f"{variavel} = tuple({variavel})")
        self.mede(lista.campo, recuo + 1)

    def mede(self, campo: str, recuo: int) -> None:
        self.linha(recuo, f"if len({self.variaveis[campo]}) > leitura.maior_lista:")
        self.linha(recuo + 1, f"leitura.maior_lista = len({self.variaveis[campo]})")

    def avanca(self, nivel: int, recuo: int) -> None:
        self.linha(recuo, f"indice{nivel} += 1")
        self.linha(recuo, f"filho{nivel} = filhos{nivel}[indice{nivel}]")
        self.linha(recuo, f"tag{nivel} = filho{nivel}.tag")


def _one_of(lista: Lista) -> Callable[[Element, Leitura], Any]:
    """How to read one of a list's values."""
    if lista.registro is None or lista.interno is not None:
        return records.one_of(lista)
    return fast_reader(lista.registro)
