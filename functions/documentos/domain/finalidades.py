"""What may be uploaded: a row of data per finalidade, published at `GET /v1/limites`.

A new finalidade is a row here, never a new mechanism.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from conecta_tiss.vocabulary.tables import TipoDocumento

if TYPE_CHECKING:
    from collections.abc import Mapping

MIB: Final = 1024 * 1024


class Formato(StrEnum):
    """Accepted formats, by the media type the client posts with."""

    XML = "application/xml"
    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    TIFF = "image/tiff"

    @property
    def imagem(self) -> bool:
        """Whether it is one."""
        return self.value.startswith("image/")

    def named(self, nome: str) -> str:
        """A name that ends as the bytes are: what a client called them never tells a computer to run them."""
        endings = _TERMINACOES[self]
        return nome if nome.lower().endswith(endings) else f"{nome}{endings[0]}"


_TERMINACOES: Final[Mapping[Formato, tuple[str, ...]]] = MappingProxyType({
    Formato.XML: (".xml",), Formato.PDF: (".pdf",), Formato.JPEG: (".jpg", ".jpeg"), Formato.PNG: (".png",),
    Formato.TIFF: (".tif", ".tiff"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Transacao:
    """A TISS message that may be sent as a file.

    Attributes:
        corpo: name of its body element.
        capacidades: who sends it must be allowed to do one of these.
        leitura: who reads its upload and its answer must be allowed to do one of these.
    """

    corpo: str
    capacidades: tuple[str, ...]
    leitura: tuple[str, ...]


class Alvo(StrEnum):
    """What a document may belong to."""

    AUTORIZACAO = "AUTORIZACAO"
    PEG = "PEG"
    GUIA = "GUIA"
    LOTE = "LOTE"
    RECURSO = "RECURSO"


@dataclass(frozen=True, slots=True)
class Retencao:
    """How long what was stored is kept: the tag `retencao` of its object, by which the bucket forgets.

    Attributes:
        motivo: why so long, in Portuguese.
    """

    codigo: str
    anos: int
    motivo: str


ADMINISTRATIVA: Final = Retencao(
    "administrativa", 6, "Cobrança e tributos: cinco anos a partir do ano seguinte ao do envio (CTN, art. 173)."
)
CLINICA: Final = Retencao(
    "clinica", 20, "Documentos do prontuário: vinte anos a partir do último registro (Lei 13.787/2018, art. 6º)."
)
RETENCOES: Final = (ADMINISTRATIVA, CLINICA)
PUBLICADA: Final = Retencao("publicada", 0, "O que a operadora publicou, enquanto o tiver: o acervo não o esquece.")


@dataclass(frozen=True, slots=True)
class Finalidade:
    """What a file is for.

    Attributes:
        formatos: accepted media types; the first is the default.
        tamanho_maximo: bytes.
        capacidades: the caller must be allowed to do one of these.
        leitura: who reads the upload must be allowed to do one of these.
        tem_dono: whether another context judges the content and answers with what it became; otherwise the file is
            complete once it is stored.
        ate_quando: until when it serves, in Portuguese.
        transacoes: messages among which the file's body tells whose it is; none where the finalidade tells it.
        tipo: dm_tipoDocumento of what is sent so; `None` where each document is of its own.
        alvos: what it may belong to.
        retencao: how long it is kept.
    """

    codigo: str
    descricao: str
    formatos: tuple[Formato, ...]
    tamanho_maximo: int
    capacidades: tuple[str, ...]
    leitura: tuple[str, ...]
    tem_dono: bool
    ate_quando: str
    transacoes: tuple[Transacao, ...] = ()
    tipo: TipoDocumento | None = None
    alvos: tuple[Alvo, ...] = ()
    retencao: Retencao = ADMINISTRATIVA

    def transacao(self, corpo: str | None) -> Transacao | None:
        """The message of a body element, when it may be sent like this."""
        return next((offered for offered in self.transacoes if offered.corpo == corpo), None)


_AUTORIZACAO: Final = (("autorizacao.escrever",), ("autorizacao.ler",))
_LOTES: Final = (("peg.escrever",), ("documentos.ler",))
_DOCUMENTOS: Final = (("documentos.escrever",), ("documentos.ler",))
_PROVAS: Final = (("documentos.escrever", "autorizacao.escrever"), ("documentos.ler", "autorizacao.ler"))
_PAGAMENTO: Final = (("pagamento.escrever",), ("pagamento.ler",))
_RECURSO: Final = (("recurso.escrever",), ("recurso.ler",))
_CANCELAMENTO: Final = (
    ("autorizacao.escrever", "peg.escrever", "recurso.escrever"), ("autorizacao.ler", "documentos.ler", "recurso.ler"),
)  # fmt: skip
_MENSAGENS: Final = (
    (*_CANCELAMENTO[0], *_PAGAMENTO[0], "documentos.escrever"), (*_CANCELAMENTO[1], *_PAGAMENTO[1]),
)  # fmt: skip
TRANSACOES: Final = (
    Transacao("loteGuias", *_LOTES),
    Transacao("solicitacaoStatusProtocolo", ("peg.ler",), ("documentos.ler",)),
    Transacao("solicitacaoProcedimento", *_AUTORIZACAO),
    Transacao("solicitaStatusAutorizacao", *_AUTORIZACAO),
    Transacao("loteAnexos", *_AUTORIZACAO),
    Transacao("cancelaGuia", *_CANCELAMENTO),
    Transacao("comunicacaoInternacao", *_AUTORIZACAO),
    Transacao("solicitacaoDemonstrativoRetorno", ("pagamento.ler",), ("pagamento.ler",)),
    Transacao("recursoGlosa", *_RECURSO),
    Transacao("solicitacaoStatusRecursoGlosa", ("recurso.ler",), ("recurso.ler",)),
    Transacao("envioDocumentos", *_PROVAS),
)
"""What is taken as `mensagem_tiss`."""
OUTRA_PORTA: Final[Mapping[str, str]] = MappingProxyType({
    "verificaElegibilidade": "Envie-a por POST /v1/tiss/verificaElegibilidade, que responde na hora.",
})  # fmt: skip
"""Where else the content of a message may go that is not taken as a file, in Portuguese."""

_DIGITALIZADO: Final = (Formato.PDF, Formato.JPEG, Formato.PNG, Formato.TIFF)
_COBRANCA: Final = "Até 90 dias depois do atendimento, ou o que diz o contrato (R03)."
_PEDIDO: Final = "Enquanto o pedido de autorização espera resposta ou documentos."
_CONTA: Final = (
    "Com o lote ou o PEG, até a publicação dos valores; depois dela, com o recurso, enquanto ele espera resposta."
)
_SEMPRE: Final = "Com um pedido de autorização, um lote, um PEG ou um recurso, enquanto esperam resposta."
_DE_CONTAS: Final = (Alvo.PEG, Alvo.GUIA, Alvo.LOTE, Alvo.RECURSO)
_QUALQUER: Final = tuple(Alvo)


def _documento(
    codigo: str, descricao: str, tipo: TipoDocumento, retencao: Retencao, *, de_contas: bool = False
) -> Finalidade:
    """A scanned document of one of the standard's types."""
    access: tuple[tuple[str, ...], tuple[str, ...]] = _DOCUMENTOS if de_contas else _PROVAS
    return Finalidade(
        codigo, f"{descricao} (PDF ou imagem)", _DIGITALIZADO, 20 * MIB, *access, tem_dono=False,
        ate_quando=_CONTA if de_contas else _SEMPRE, tipo=tipo, alvos=_DE_CONTAS if de_contas else _QUALQUER,
        retencao=retencao,
    )  # fmt: skip


_ROWS: Final = (
    Finalidade(
        "lote_tiss", "Lote de guias no padrão TISS (XML, mensagem ENVIO_LOTE_GUIAS), até 100 guias",
        (Formato.XML,), 20 * MIB, *_LOTES, tem_dono=True, ate_quando=_COBRANCA,
    ),
    Finalidade(
        "mensagem_tiss",
        "Mensagem no padrão TISS (XML): lote de guias, solicitação, situação, anexos, cancelamento, comunicação, "
        "demonstrativo, recurso de glosa ou documento",
        (Formato.XML,), 20 * MIB, *_MENSAGENS, tem_dono=True, ate_quando="Conforme a transação.", transacoes=TRANSACOES,
    ),
    Finalidade(
        "pdf", "Documento em PDF",
        (Formato.PDF,), 20 * MIB, *_DOCUMENTOS, tem_dono=False, ate_quando=_CONTA, alvos=_DE_CONTAS,
    ),
    Finalidade(
        "imagem", "Imagem digitalizada (JPEG, PNG ou TIFF)",
        (Formato.JPEG, Formato.PNG, Formato.TIFF), 10 * MIB, *_DOCUMENTOS, tem_dono=False, ate_quando=_CONTA,
        alvos=_DE_CONTAS,
    ),
    Finalidade(
        "cotacao_opme", "Cotação de OPME, para um pedido de autorização (PDF ou imagem)",
        _DIGITALIZADO, 20 * MIB, *_AUTORIZACAO, tem_dono=False, ate_quando=_PEDIDO, alvos=(Alvo.AUTORIZACAO,),
    ),
    _documento("laudo", "Laudo ou outro documento clínico, para um pedido ou uma conta", TipoDocumento.LAUDO, CLINICA),
    Finalidade(
        "nota_fiscal", "Nota fiscal de serviço dos valores liberados, para depois ser enviada (XML da NFS-e ou PDF)",
        (Formato.XML, Formato.PDF), 4 * MIB, *_PAGAMENTO, tem_dono=False,
        ate_quando="Até o fim do dia de entrega do cronograma; depois, o pagamento passa ao ciclo seguinte (R05, R06).",
    ),
    _documento(
        "comprovante_comparecimento", "Comprovante de comparecimento, com assinatura",
        TipoDocumento.COMPROVANTE_DE_COMPARECIMENTO, ADMINISTRATIVA, de_contas=True,
    ),
    _documento(
        "guia_assinada", "Guia assinada pelo beneficiário, de uma ou de muitas guias",
        TipoDocumento.COMPROVANTE_DE_COMPARECIMENTO, ADMINISTRATIVA, de_contas=True,
    ),
    _documento(
        "comprovante_elegibilidade", "Comprovante da elegibilidade do beneficiário",
        TipoDocumento.COMPROVANTE_DE_ELEGIBILIDADE, ADMINISTRATIVA,
    ),
    _documento("pedido", "Pedido do profissional de saúde", TipoDocumento.PEDIDO, CLINICA),
    _documento("relatorio", "Relatório do profissional de saúde", TipoDocumento.RELATORIO, CLINICA),
    _documento("prescricao", "Prescrição do profissional de saúde", TipoDocumento.PRESCRICAO, CLINICA),
    _documento(
        "embalagem", "Embalagem ou rótulo de materiais e medicamentos", TipoDocumento.EMBALAGEM_OU_ROTULO,
        ADMINISTRATIVA, de_contas=True,
    ),
    _documento(
        "comprovante_entrega", "Comprovante de entrega de medicamentos",
        TipoDocumento.COMPROVANTE_DE_ENTREGA_DE_MEDICAMENTOS, ADMINISTRATIVA, de_contas=True,
    ),
    _documento(
        "nota_fiscal_fornecedor", "Nota fiscal do fornecedor de materiais, OPME ou medicamentos",
        TipoDocumento.NOTAS_FISCAIS, ADMINISTRATIVA, de_contas=True,
    ),
    _documento("boletim_anestesico", "Boletim anestésico", TipoDocumento.BOLETIM_ANESTESICO, CLINICA),
    _documento("selo_hemoterapico", "Selos hemoterápicos", TipoDocumento.SELOS_HEMOTERAPICOS, CLINICA),
    _documento("exame_imagem", "Exame de imagem", TipoDocumento.EXAMES_DE_IMAGEM, CLINICA),
    _documento("analise_clinica", "Exame de análises clínicas", TipoDocumento.EXAMES_DE_ANALISES_CLINICAS, CLINICA),
    _documento("termo_consentimento", "Termo de consentimento", TipoDocumento.TERMO_DE_CONSENTIMENTO, CLINICA),
    _documento(
        "guia_taxa", "Guia de cobrança de taxa", TipoDocumento.GUIA_DE_COBRANCA_DE_TAXA, ADMINISTRATIVA, de_contas=True
    ),
    _documento(
        "autorizacao_previa", "Autorização prévia da operadora", TipoDocumento.AUTORIZACAO_PREVIA, ADMINISTRATIVA
    ),
    _documento(
        "relatorio_auditoria", "Relatório de auditoria", TipoDocumento.RELATORIO_DE_AUDITORIA, CLINICA, de_contas=True
    ),
)  # fmt: skip

FINALIDADES: Final[Mapping[str, Finalidade]] = MappingProxyType({row.codigo: row for row in _ROWS})
"""What prestadores send."""
PUBLICACAO: Final = Finalidade(
    "publicacao", "Arquivo de um manual ou comunicado", (Formato.PDF, Formato.JPEG, Formato.PNG), 20 * MIB, (), (),
    tem_dono=False, ate_quando="Enquanto a publicação é um rascunho.", retencao=PUBLICADA,
)  # fmt: skip
"""What an operadora's people send to be read by prestadores, none of whom may do anything with it as an upload."""
TODAS: Final[Mapping[str, Finalidade]] = MappingProxyType({**FINALIDADES, PUBLICACAO.codigo: PUBLICACAO})
DE_TIPO: Final[Mapping[str, Finalidade]] = MappingProxyType({row.tipo: row for row in reversed(_ROWS) if row.tipo})
"""What a document of a dm_tipoDocumento is for, when nothing else says it: the first row of that tipo."""
