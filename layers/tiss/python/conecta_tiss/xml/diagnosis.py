"""One schema error told as a finding: the field, its glosa in the sender's version, and what to do.

The words are Conecta's own: libxml2's quote values, and a value may be a carteira, a name or a CPF.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from lxml import etree

from conecta_tiss.findings import Achado, Razao, code_of
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.xml.layout import children_by_element
from conecta_tiss.xml.names import local, path_of, q

if TYPE_CHECKING:
    from lxml.etree import _Element as Element
    from lxml.etree import _LogEntry as LogEntry

GUIAS_TISS: Final = q("guiasTISS")
NUMERO_GUIA: Final = q("numeroGuiaPrestador")
GUIA_INVALIDA: Final = "1307"
"""NÚMERO DA GUIA INVÁLIDO, in the enumeration of every version."""

_SEQUENCIAL: Final = q("sequencialItem")
_MAX_VALORES_LISTADOS: Final = 12
_MAX_IRMAOS: Final = 1000
_MAX_DIGITOS: Final = 9

_T: Final = etree.ErrorTypes
ESTRUTURA: Final = _T.SCHEMAV_ELEMENT_CONTENT
"""Type of the errors about which elements are there and in which order."""

_NUMERO_NO_FIM: Final = re.compile(r"'([0-9]+)'\)?\.?$")
_NOMES_ESPERADOS: Final = re.compile(r"Expected is (?:one of )?\( (?P<nomes>.*) \)\.$", re.DOTALL)
_VALORES_ACEITOS: Final = re.compile(r"set \{(?P<valores>.*)\}\.$", re.DOTALL)
_DE_ATRIBUTO: Final = re.compile("Element '[^']*', attribute '")
_CODIGO_CURTO: Final = re.compile(r"[A-Z0-9]{1,5}")
_CNPJ_COM_LETRAS: Final = re.compile(r"(?=.*[A-Z])[A-Z0-9]{12}[0-9]{2}")


@dataclass(frozen=True, slots=True)
class _Erro:
    """One schema error with what its words say, kept apart from the document's values."""

    entrada: LogEntry
    elemento: Element | None
    versao: Versao

    @property
    def campo(self) -> str:
        if self.elemento is not None:
            return local(str(self.elemento.tag))
        nome = re.match(r"Element '(?:\{[^}]*\})?([\w.-]+)'", self.entrada.message)
        return nome[1] if nome else "?"

    @property
    def valor(self) -> str:
        return "" if self.elemento is None else (self.elemento.text or "")

    @property
    def esperados(self) -> list[str]:
        achado = _NOMES_ESPERADOS.search(self.entrada.message)
        nomes = achado["nomes"].split(", ") if achado else []
        return [local(nome) for nome in nomes if nome.startswith("{")]

    @property
    def limite(self) -> str:
        achado = _NUMERO_NO_FIM.search(self.entrada.message)
        return achado[1] if achado else "?"


def finding(elemento: Element | None, entrada: LogEntry, versao: Versao) -> Achado:
    """Tell one error of the schema of `versao`; `elemento` is None when its place is not known."""
    erro = _Erro(entrada, elemento, versao)
    if entrada.type == ESTRUTURA:
        motivo, mensagem = _structure(erro)
    elif entrada.type in _ESTRUTURAIS:
        motivo, mensagem = Motivo.FORA_DO_PADRAO, _ESTRUTURAIS[entrada.type].format(erro.campo)
    elif _DE_ATRIBUTO.match(entrada.message):
        motivo, mensagem = (
            Motivo.FORA_DO_PADRAO,
            f"O elemento {erro.campo} tem um atributo que o padrão não prevê. Retire-o.",
        )
    else:
        motivo, mensagem = _value(erro)
    guia, item = place_of(elemento)
    return Achado(
        regra="TISS-XSD",
        codigo=code_of(motivo, versao),
        mensagem=mensagem,
        guia=guia,
        item=item,
        caminho=None if elemento is None else path_of(elemento),
        linha=None if elemento is None else elemento.sourceline,
    )


_ESTRUTURAIS: Final[dict[int, str]] = {
    _T.SCHEMAV_CVC_COMPLEX_TYPE_2_1: "O elemento {} deve estar vazio. Retire o conteúdo.",
    _T.SCHEMAV_CVC_COMPLEX_TYPE_2_2: "O campo {} leva só texto, sem outros elementos.",
    _T.SCHEMAV_CVC_COMPLEX_TYPE_2_3: "O elemento {} leva só outros elementos, sem texto entre eles. Retire o texto.",
    _T.SCHEMAV_CVC_TYPE_3_1_2: "O campo {} leva só texto, sem outros elementos.",
    _T.SCHEMAV_CVC_TYPE_3_1_1: "O campo {} tem um atributo que o padrão não prevê. Retire-o.",
    _T.SCHEMAV_CVC_ELT_1: "O elemento {} não é uma mensagem do padrão.",
}


def place_of(elemento: Element | None) -> tuple[str | None, int | None]:
    """Give numeroGuiaPrestador and sequencialItem around an element, where there are any."""
    item: int | None = None
    atual = elemento
    while atual is not None:
        pai = atual.getparent()
        if item is None:
            item = _item_number(atual)
        if pai is not None and pai.tag == GUIAS_TISS:
            return guia_number(atual), item
        atual = pai
    return None, item


def guia_number(guia: Element) -> str | None:
    """Give numeroGuiaPrestador of a guia element, if it has one that can be told."""
    numero = next(guia.iter(NUMERO_GUIA), None)
    texto = "" if numero is None else (numero.text or "").strip()
    return texto[:20] or None


def _item_number(elemento: Element) -> int | None:
    sequencial = elemento.findtext(_SEQUENCIAL)
    texto = (sequencial or "").strip()
    return int(texto) if texto.isascii() and texto.isdigit() and len(texto) <= _MAX_DIGITOS else None


# --- missing, repeated and misplaced elements ---------------------------------------------------------


def _structure(erro: _Erro) -> tuple[Razao, str]:
    if "Missing child element" in erro.entrada.message:
        return _missing(erro.campo, erro.esperados, erro)
    elemento = erro.elemento
    pai = None if elemento is None else elemento.getparent()
    irmaos = [] if pai is None else [local(str(irmao.tag)) for irmao in islice(pai, 0, _MAX_IRMAOS)]
    campo = erro.campo
    if campo in _TIPOS_DE_GUIA and pai is not None and pai.tag == GUIAS_TISS:
        return (
            Motivo.MENSAGEM_INCOMPLETA,
            f"O lote mistura tipos de guia: há {campo} junto de outro tipo. Envie um lote para cada tipo.",
        )
    faltam = [nome for nome in erro.esperados if nome not in irmaos]
    if campo in _DA_VERSAO and erro.versao is not Versao.V4_03_00:
        so_depois = (
            f"O elemento {campo} só existe, neste ponto, a partir da versão 4.03.00; "
            f"a mensagem declara {erro.versao}. Retire-o ou gere o arquivo na versão em que ele existe."
        )
        return Motivo.FORA_DO_PADRAO, so_depois
    nome_do_pai = "" if pai is None else local(str(pai.tag))
    # What belongs to the parent, but later, came where something else had to be.
    if len(erro.esperados) == 1 and faltam and campo in children_by_element().get(nome_do_pai, ()):
        return _missing(nome_do_pai, faltam, erro)
    esperado = _list_names(erro.esperados)
    if irmaos.count(campo) > 1 and campo not in erro.esperados:
        return (
            Motivo.FORA_DO_PADRAO,
            f"O elemento {campo} aparece mais vezes do que o padrão permite ou fora de ordem.{esperado}",
        )
    # Of several, the last is the one that is not optional: what is wrong may be that it is not there.
    razao = _why_absent(erro.esperados[-1]) if erro.esperados and erro.esperados[-1] in faltam else None
    fora_do_lugar = (
        f"O elemento {campo} não cabe neste ponto: falta algo antes dele, está fora de ordem, ou o padrão "
        f"{erro.versao} não o tem.{esperado}"
    )
    return razao or Motivo.FORA_DO_PADRAO, fora_do_lugar


def _missing(pai: str, faltam: list[str], erro: _Erro) -> tuple[Razao, str]:
    if not faltam:
        return Motivo.FORA_DO_PADRAO, f"O elemento {pai} está incompleto."
    motivo: Razao = Motivo.FORA_DO_PADRAO
    for nome in faltam:  # the last that has a reason of its own: the earlier ones are optional
        motivo = _why_absent(nome) or motivo
    motivo = _DE_QUEM.get(pai, motivo)
    if len(faltam) == 1:
        dica = ""
        if faltam[0] == "caraterAtendimento" and erro.versao is Versao.V4_03_00 and pai == "dadosInternacao":
            dica = " Na guia de honorários ele é obrigatório a partir da 4.03.00."
        return motivo, f"Falta o campo {faltam[0]} em {pai}.{dica} Informe-o."
    return motivo, f"Falta em {pai} um destes: {', '.join(faltam[:_MAX_VALORES_LISTADOS])}. Informe-o."


def _why_absent(campo: str) -> Razao | None:
    if campo in _AUSENTES:
        return _AUSENTES[campo]
    return Motivo.VALOR_NAO_INFORMADO if _is_amount(campo) else _reason_for(campo)


def _is_amount(campo: str) -> bool:
    return campo.lower().startswith(("valor", "vl"))


def _list_names(nomes: list[str]) -> str:
    if not nomes:
        return ""
    if len(nomes) == 1:
        return f" O padrão espera aqui {nomes[0]}."
    return f" O padrão espera aqui um destes: {', '.join(nomes[:_MAX_VALORES_LISTADOS])}."


_TIPOS_DE_GUIA: Final = frozenset(tipo.value for tipo in TipoGuia)
_DA_VERSAO: Final = frozenset({"centroConsumo", "caraterAtendimento"})

# Who sends and who receives: any of several fields may say it.
_DE_QUEM: Final = {"origem": Motivo.REMETENTE_NAO_IDENTIFICADO, "destino": Motivo.REGISTRO_ANS_INVALIDO}

# What it means that a field is not there, where that differs from its being wrong.
_AUSENTES: Final[dict[str, Razao]] = {
    "codigoTabela": Motivo.TABELA_NAO_INFORMADA,
    "contratadoExecutante": Motivo.EXECUTANTE_NAO_INFORMADO,
    "dadosExecutante": Motivo.EXECUTANTE_NAO_INFORMADO,
    "dadosContratadoExecutante": Motivo.EXECUTANTE_NAO_INFORMADO,
    "profissionalExecutante": Motivo.EXECUTANTE_NAO_INFORMADO,
    "contratadoSolicitante": Motivo.SOLICITANTE_NAO_INFORMADO,
    "dadosSolicitante": Motivo.SOLICITANTE_NAO_INFORMADO,
    "profissionalSolicitante": Motivo.SOLICITANTE_NAO_INFORMADO,
    "cnpjContratado": Motivo.PRESTADOR_INVALIDO,
    "dadosPrestador": Motivo.PRESTADOR_INVALIDO,
    "origem": Motivo.REMETENTE_NAO_IDENTIFICADO,
    "identificacaoPrestador": Motivo.REMETENTE_NAO_IDENTIFICADO,
    "destino": Motivo.REGISTRO_ANS_INVALIDO,
    "epilogo": Motivo.HASH_INVALIDO,
}


# --- wrong values -------------------------------------------------------------------------------------

_MOTIVOS: Final[dict[str, Razao]] = {
    "numeroCarteira": Motivo.CARTEIRA_INVALIDA,
    "numeroLote": Motivo.LOTE_SEM_NUMERO,
    "numeroGuiaPrestador": GUIA_INVALIDA,
    "registroANS": Motivo.REGISTRO_ANS_INVALIDO,
    "tipoTransacao": Motivo.TIPO_DE_TRANSACAO_INVALIDO,
    "Padrao": Motivo.VERSAO_INVALIDA,
    "hash": Motivo.HASH_INVALIDO,
    "sequencialItem": Motivo.SEQUENCIAL_INVALIDO,
    "codigoTabela": Motivo.TABELA_INVALIDA,
    "codRegiao": Motivo.CODIGO_DA_REGIAO_INVALIDO,
    "codDente": Motivo.CODIGO_DO_DENTE_INVALIDO,
    "elementoDentario": Motivo.CODIGO_DO_DENTE_INVALIDO,
    "denteFace": Motivo.CODIGO_DA_FACE_INVALIDO,
    "codigoProcedimento": Motivo.PROCEDIMENTO_INVALIDO,
    "codigoPrestadorNaOperadora": Motivo.PRESTADOR_INVALIDO,
    "codigoNaOperadora": Motivo.PRESTADOR_INVALIDO,
    "codigonaOperadora": Motivo.PRESTADOR_INVALIDO,
}
_MOTIVOS_POR_PREFIXO: Final[tuple[tuple[str, Motivo], ...]] = (
    ("cbo", Motivo.CBO_INVALIDO),
    ("cnes", Motivo.CNES_INVALIDO),
    ("cpf", Motivo.CPF_CNPJ_INVALIDO),
    ("cnpj", Motivo.CPF_CNPJ_INVALIDO),
    ("data", Motivo.DATA_INCORRETA),
    ("validade", Motivo.DATA_INCORRETA),
)

# Values people are known to write, and what the table has instead.
_DICAS: Final = {
    ("codRegiao", "AIAS"): "Para as duas arcadas o código é ASAI.",
}
_DICAS_DO_CAMPO: Final = {
    "UF": "A UF é o código do IBGE (São Paulo é 35), não a sigla.",
    "codigoTabela": "Use 18, 19, 20, 22, 00, 90 ou 98.",
    "denteFace": "Use até cinco letras entre O, L, M, V, D, I e P.",
    "registroANS": "O registro ANS tem seis dígitos.",
}


def _reason_for(campo: str) -> Razao | None:
    direto = _MOTIVOS.get(campo)
    if direto is not None:
        return direto
    minusculo = campo.lower()
    for prefixo, motivo in _MOTIVOS_POR_PREFIXO:
        if minusculo.startswith(prefixo):
            return motivo
    return None


def _value(erro: _Erro) -> tuple[Razao, str]:
    campo, valor = erro.campo, erro.valor
    motivo = _reason_for(campo) or Motivo.FORA_DO_PADRAO
    if erro.elemento is not None and not valor.strip():
        if _is_amount(campo):
            motivo = Motivo.VALOR_NAO_INFORMADO
        elif campo == "codigoTabela":
            motivo = Motivo.TABELA_NAO_INFORMADA
        return motivo, f"O campo {campo} está vazio. Informe-o."
    dica = _DICAS.get((campo, valor.strip())) or _DICAS_DO_CAMPO.get(campo, "")
    return motivo, " ".join(filter(None, (_value_problem(erro), _version_hint(erro, valor.strip()), dica)))


_PROBLEMAS: Final[dict[int, str]] = {
    _T.SCHEMAV_CVC_MAXLENGTH_VALID: "O campo {campo} tem mais de {limite} caracteres. Encurte-o.",
    _T.SCHEMAV_CVC_LENGTH_VALID: "O campo {campo} deve ter {limite} caracteres.",
    _T.SCHEMAV_CVC_MINLENGTH_VALID: "O campo {campo} tem menos de {limite} caracteres.",
    _T.SCHEMAV_CVC_TOTALDIGITS_VALID: "O campo {campo} tem mais de {limite} dígitos.",
    _T.SCHEMAV_CVC_FRACTIONDIGITS_VALID: "O campo {campo} tem mais de {limite} casas decimais. Arredonde-o.",
    _T.SCHEMAV_CVC_PATTERN_VALID: "O campo {campo} não está no formato do padrão.",
}
_PROBLEMAS_POR_PREFIXO: Final = (
    (("data", "validade"), "O campo {campo} não é uma data que exista. Escreva AAAA-MM-DD."),
    (("hora",), "O campo {campo} não é um horário. Escreva HH:MM:SS."),
    (
        ("valor", "vl", "qtd", "quantidade", "reducao", "fator"),
        "O campo {campo} não é um número. Escreva só algarismos e o ponto decimal, como 1234.50.",
    ),
    (("",), "O campo {campo} tem um valor que o padrão não aceita."),
)


def _value_problem(erro: _Erro) -> str:
    if erro.entrada.type == _T.SCHEMAV_CVC_ENUMERATION_VALID:
        return _not_in_table(erro)
    molde = _PROBLEMAS.get(erro.entrada.type)
    if molde is None:
        minusculo = erro.campo.lower()
        molde = next(texto for prefixos, texto in _PROBLEMAS_POR_PREFIXO if minusculo.startswith(prefixos))
    return molde.format(campo=erro.campo, limite=erro.limite)


def _not_in_table(erro: _Erro) -> str:
    # A short code is no personal value; anything longer may be one, misplaced.
    valor = erro.valor.strip()
    citado = f" ({valor})" if _CODIGO_CURTO.fullmatch(valor) else ""
    achado = _VALORES_ACEITOS.search(erro.entrada.message)
    aceitos = [aceito.strip("'") for aceito in achado["valores"].split(", ")] if achado else []
    lista = ""
    if 0 < len(aceitos) <= _MAX_VALORES_LISTADOS and erro.campo not in _DICAS_DO_CAMPO:
        lista = f" Use {' ou '.join(filter(None, (', '.join(aceitos[:-1]), aceitos[-1])))}."
    return f"O campo {erro.campo} tem um código{citado} que a tabela da versão {erro.versao} não tem.{lista}"


def _version_hint(erro: _Erro, valor: str) -> str:
    if (
        erro.versao is not Versao.V4_03_00
        and erro.campo.lower().startswith("cnpj")
        and _CNPJ_COM_LETRAS.fullmatch(valor)
    ):
        return "CNPJ com letras só pode ser informado a partir da versão 4.03.00 do padrão."
    if erro.versao is Versao.V4_01_00 and erro.entrada.type == _T.SCHEMAV_CVC_TOTALDIGITS_VALID and erro.limite == "8":
        return "Na 4.01.00 o maior valor de um item é 999999.99; acima disso, use a 4.02.00 ou divida o item."
    return ""
