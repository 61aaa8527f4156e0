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
from conecta_tiss.xml.names import PARA_OPERADORA, PARA_PRESTADOR, local, path_of, q

if TYPE_CHECKING:
    from lxml.etree import _Element as Element
    from lxml.etree import _LogEntry as LogEntry

GUIAS_TISS: Final = q("guiasTISS")
ANEXOS_TISS: Final = q("AnexosGuiasTISS")
NUMERO_GUIA: Final = q("numeroGuiaPrestador")
NUMERO_ANEXO: Final = q("numeroGuiaAnexo")
NUMERO_ORIGEM: Final = q("numeroGuiaOrigem")
GUIA_INVALIDA: Final = "1307"
"""NÚMERO DA GUIA INVÁLIDO, in the enumeration of every version."""

SEM_JUSTIFICATIVA: Final[dict[str, Razao]] = dict.fromkeys(
    ("justificativaProtocolo", "justificativaGuia", "justificativaItem", "justificativaProc"),
    Motivo.RECURSO_SEM_JUSTIFICATIVA,
)
"""Why each glosa is contested: what it means that it is not told."""

_SENTIDOS: Final = frozenset({q(PARA_OPERADORA), q(PARA_PRESTADOR)})
_SEQUENCIAL: Final = q("sequencialItem")
_SOLICITACOES: Final = (
    "solicitacaoSP-SADT", "solicitacaoInternacao", "solicitacaoProrrogacao", "solicitacaoOdontologia",
    "solicitaStatusAutorizacao", "tipoCancelamentoGuia", "dadosGuia", "autorizacaoServico", "autorizacaoInternacao",
    "autorizacaoProrrogacao", "autorizacaoServicoOdonto",
)  # fmt: skip
_ANEXOS: Final = ("anexoSituacaoInicial", "anexoSolicitacaoRadio", "anexoSolicitacaoQuimio", "anexoSolicitacaoOPME")
_GUIAS: Final = {
    **{q(nome): (NUMERO_GUIA,) for nome in (*_SOLICITACOES, "envioDocumentos")},
    **{q(nome): (NUMERO_ANEXO,) for nome in _ANEXOS},
    q("recursoGuia"): (NUMERO_ORIGEM, NUMERO_GUIA),
}
"""Elements that are about one guia, besides the children of guiasTISS, and where they have its number."""

_ITENS: Final = frozenset(
    map(q, ("procedimentosSolicitados", "procedimentosAdicionais", "opmeSolicitada", "drogaSolicitada"))
)
"""Items without a number of their own: they are told by their place."""
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
    """Give the numbers of the guia and of the item around an element, where there are any."""
    item: int | None = None
    atual = elemento
    while atual is not None:
        pai = atual.getparent()
        if item is None:
            item = _item_number(atual)
        if pai is not None and pai.tag == GUIAS_TISS:
            return guia_number(atual), item
        numero = _GUIAS.get(str(atual.tag))
        if numero is not None:
            return guia_number(atual, *numero), item
        atual = pai
    return None, item


def guia_number(guia: Element, *elementos: str) -> str | None:
    """Give the number of a guia element (numeroGuiaPrestador, or that of an annex), if it has one that can be told."""
    numero = next(guia.iter(*elementos or (NUMERO_GUIA,)), None)
    texto = "" if numero is None else (numero.text or "").strip()
    return texto[:20] or None


def _item_number(elemento: Element) -> int | None:
    if elemento.tag in _ITENS:
        return 1 + sum(1 for _ in elemento.itersiblings(str(elemento.tag), preceding=True))
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
    conhecido = _known_mistake(erro, pai, irmaos)
    if conhecido is not None:
        return conhecido
    faltam = [nome for nome in erro.esperados if nome not in irmaos]
    nome_do_pai = "" if pai is None else local(str(pai.tag))
    # What belongs to the parent, but later, came where something else had to be.
    if len(erro.esperados) == 1 and faltam and campo in children_by_element(_body_of(elemento)).get(nome_do_pai, ()):
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


def _known_mistake(erro: _Erro, pai: Element | None, irmaos: list[str]) -> tuple[Razao, str] | None:
    """Elements out of place in ways that people are known to write, or that only a later version takes."""
    campo = erro.campo
    nome_do_pai = "" if pai is None else str(pai.tag)
    if campo in _TIPOS_DE_GUIA and nome_do_pai == GUIAS_TISS:
        return (
            Motivo.MENSAGEM_INCOMPLETA,
            f"O lote mistura tipos de guia: há {campo} junto de outro tipo. Envie um lote para cada tipo.",
        )
    desde = _since(campo, erro.elemento)
    if desde is not None and erro.versao < desde:
        so_depois = (
            f"O elemento {campo} só existe, neste ponto, a partir da versão {desde}; "
            f"a mensagem declara {erro.versao}. Retire-o ou gere o arquivo na versão em que ele existe."
        )
        return Motivo.FORA_DO_PADRAO, so_depois
    if local(nome_do_pai) == _LUGAR_DO_DENTE and campo in _DENTE_OU_REGIAO and irmaos[0] in _DENTE_OU_REGIAO:
        return Motivo.REGIAO_INCORRETA, "O item informa mais de um dente ou região. Informe um só."
    return None


def _missing(pai: str, faltam: list[str], erro: _Erro) -> tuple[Razao, str]:
    if not faltam:
        return Motivo.FORA_DO_PADRAO, f"O elemento {pai} está incompleto."
    motivo: Razao = Motivo.FORA_DO_PADRAO
    for nome in faltam:  # the last that has a reason of its own: the earlier ones are optional
        motivo = _why_absent(nome) or motivo
    motivo = _DE_QUEM.get(pai, motivo)
    if len(faltam) == 1:
        dica = ""
        if faltam[0] == "caraterAtendimento" and _since(faltam[0], erro.elemento) is not None:
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
_LUGAR_DO_DENTE: Final = "denteRegiao"
_DENTE_OU_REGIAO: Final = frozenset({"codDente", "codRegiao"})

# Elements that came with a version: inside one of these, where others have one of that name in every version.
_DA_VERSAO: Final = {
    "centroConsumo": (Versao.V4_03_00, ("mensagemTISS",)),
    "caraterAtendimento": (Versao.V4_03_00, (TipoGuia.HONORARIOS.value,)),
    "coberturaEspecial": (Versao.V4_02_00, ("autorizacaoServicos", "situacaoAutorizacao")),
}


def _since(campo: str, elemento: Element | None) -> Versao | None:
    """The version that brought this element here, if not all have it."""
    if elemento is None or campo not in _DA_VERSAO:
        return None
    versao, dentro = _DA_VERSAO[campo]
    return versao if _is_inside(elemento, *dentro) else None


def _is_inside(elemento: Element, *nomes: str) -> bool:
    return next(elemento.iterancestors(*map(q, nomes)), None) is not None


def _body_of(elemento: Element | None) -> str:
    """Name of the body an element is in, or is; empty outside of any."""
    while elemento is not None:
        pai = elemento.getparent()
        if pai is not None and pai.tag in _SENTIDOS:
            return local(str(elemento.tag))
        elemento = pai
    return ""


# Who sends and who receives, which tooth: any of several fields may say it.
_DE_QUEM: Final = {
    "origem": Motivo.REMETENTE_NAO_IDENTIFICADO,
    "destino": Motivo.REGISTRO_ANS_INVALIDO,
    _LUGAR_DO_DENTE: Motivo.DENTE_NAO_INFORMADO,
}

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
    "identificacaoSolicitante": Motivo.SOLICITANTE_NAO_INFORMADO,
    "dadosDoContratado": Motivo.SOLICITANTE_NAO_INFORMADO,
    "dadosProfissionalContratado": Motivo.SOLICITANTE_NAO_INFORMADO,
    "dadosContratadoSolicitante": Motivo.SOLICITANTE_NAO_INFORMADO,
    "dadosProfissionalSolicitante": Motivo.SOLICITANTE_NAO_INFORMADO,
    "medicoSolicitante": Motivo.SOLICITANTE_NAO_INFORMADO,
    "cnpjContratado": Motivo.PRESTADOR_INVALIDO,
    "dadosPrestador": Motivo.PRESTADOR_INVALIDO,
    "dadosContratado": Motivo.PRESTADOR_INVALIDO,
    "origem": Motivo.REMETENTE_NAO_IDENTIFICADO,
    "identificacaoPrestador": Motivo.REMETENTE_NAO_IDENTIFICADO,
    "destino": Motivo.REGISTRO_ANS_INVALIDO,
    "epilogo": Motivo.HASH_INVALIDO,
    **SEM_JUSTIFICATIVA,
}


# --- wrong values -------------------------------------------------------------------------------------

_MOTIVOS: Final[dict[str, Razao]] = {
    "numeroCarteira": Motivo.CARTEIRA_INVALIDA,
    "numeroLote": Motivo.LOTE_SEM_NUMERO,
    "numeroGuiaPrestador": GUIA_INVALIDA,
    "numeroGuiaOrigem": GUIA_INVALIDA,
    "numeroGuiaAnexo": GUIA_INVALIDA,
    "numeroGuiaReferenciada": GUIA_INVALIDA,
    "nrGuiaReferenciada": GUIA_INVALIDA,
    "numeroGuiaPrincipal": GUIA_INVALIDA,
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
    "codigoIndicadonaOperadora": Motivo.PRESTADOR_INVALIDO,
    "codigoProfExec": Motivo.PRESTADOR_INVALIDO,
    "registroANVISA": Motivo.REGISTRO_ANVISA_INVALIDO,
}
_MOTIVOS_POR_PREFIXO: Final[tuple[tuple[str, Motivo], ...]] = (
    ("cbo", Motivo.CBO_INVALIDO),
    ("cnes", Motivo.CNES_INVALIDO),
    ("cpf", Motivo.CPF_CNPJ_INVALIDO),
    ("cnpj", Motivo.CPF_CNPJ_INVALIDO),
    ("data", Motivo.DATA_INCORRETA),
    ("dt", Motivo.DATA_INCORRETA),
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
        elif campo == "codigoTabela" or campo in SEM_JUSTIFICATIVA:
            motivo = _AUSENTES[campo]
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
_PROBLEMAS_POR_PREFIXO: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (("data", "dt", "validade"), "O campo {campo} não é uma data que exista. Escreva AAAA-MM-DD."),
    (("hora",), "O campo {campo} não é um horário. Escreva HH:MM:SS."),
    (
        (
            "quantidadesolicitada",
            "quantidadeautorizada",
            "qtdproc",
            "qtdiarias",
            "qtddiarias",
            "diarias",
            "qtanexos",
            "sequencialitem",
            "numerociclos",
            "ciclo",
            "diasciclo",
            "intervalociclos",
            "numerocampos",
            "dose",
            "nrdias",
            "frequencia",
            "idade",
        ),
        "O campo {campo} não é um número inteiro. Escreva só algarismos, como 12.",
    ),
    (
        ("valor", "vl", "qt", "quantidade", "reducao", "fator", "peso", "altura", "superficie"),
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
    longo = erro.entrada.type == _T.SCHEMAV_CVC_TOTALDIGITS_VALID and erro.limite == "8" and _is_amount(erro.campo)
    if longo and erro.versao is Versao.V4_01_00:
        return "Na 4.01.00 o maior valor de um item é 999999.99; acima disso, use a 4.02.00 ou divida o item."
    return ""
