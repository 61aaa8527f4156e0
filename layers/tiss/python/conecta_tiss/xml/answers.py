"""The envelope of what an operadora answers, and its `mensagemErro`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conecta_tiss.messages.comum import Contratado, MotivoGlosa
from conecta_tiss.messages.envelope import Cabecalho, Mensagem, Parte
from conecta_tiss.terminologia import tuss
from conecta_tiss.terminologia.glosas import DESCRICAO_MAXIMA, official
from conecta_tiss.versions import answer_version
from conecta_tiss.vocabulary.tables import Tabela
from conecta_tiss.xml.writer import cut, echo, to_iso_8859_1, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from conecta_tiss.findings import Achado
    from conecta_tiss.rules.admissao import Conhecido, Identificacao, Recebida
    from conecta_tiss.versions import Versao
    from conecta_tiss.vocabulary.tables import TipoTransacao


def error(achados: Sequence[Achado], versao: Versao, more: str = "") -> MotivoGlosa:
    """`mensagemErro`: the first finding, and how many more there are.

    Args:
        more: where the others are told.
    """
    first, others = achados[0], len(achados) - 1
    rest = f" (e mais {others} achado(s){more})" if others else ""
    told = to_iso_8859_1(official(first.codigo, versao, first.mensagem))
    return MotivoGlosa(codigo=first.codigo, descricao=told[: DESCRICAO_MAXIMA - len(rest)] + rest)


def known(conhecido: Identificacao) -> Contratado:
    """A prestador as its operadora calls it, or else by its CNPJ or CPF."""
    if code := cut(conhecido.codigo_na_operadora, 14):
        return Contratado(codigo_na_operadora=code)
    return Contratado(cnpj=conhecido.cnpj) if conhecido.cnpj else Contratado(cpf=conhecido.cpf)


def sender(recebida: Recebida, conhecido: Identificacao) -> Contratado:
    """Who is answered, as it called itself; of a message that could not be read, as we know it."""
    who = recebida.origem
    if who is None:
        return known(conhecido)
    return echo(Contratado(cnpj=who.cnpj, cpf=who.cpf, codigo_na_operadora=who.codigo_na_operadora))


def procedure(tabela: str, codigo: str, descricao: str | None) -> dict[str, Any]:
    """ct_procedimentoDados of what was asked for or billed; without words of its own, in TUSS's."""
    code = cut(codigo, 10) or "0"
    term = None if descricao else tuss(codigo, tabela)
    return {
        "codigo_tabela": tabela if tabela in set(Tabela) else Tabela.PROPRIA.value,
        "codigo_procedimento": code,
        "descricao_procedimento": cut(descricao or (term.termo if term else None), 150) or f"Item {code}",
    }


def envelope(
    tipo: TipoTransacao, corpo: Any, *, registro_ans: str, prestador: Contratado, versao: Versao, quando: datetime,
    sequencial: str | None = None,
) -> bytes:  # fmt: skip
    """A whole message of an operadora.

    Args:
        quando: instant in the local time.
        sequencial: the operadora's number of it, up to 12 characters.
    """
    cabecalho = Cabecalho(
        tipo_transacao=tipo.value,
        sequencial_transacao=cut(sequencial, 12) or "1",
        data_registro=quando.date(),
        hora_registro=f"{quando:%H:%M:%S}",
        origem=Parte(registro_ans=registro_ans),
        destino=Parte(
            cnpj=prestador.cnpj, cpf=prestador.cpf, codigo_prestador_na_operadora=prestador.codigo_na_operadora
        ),
        padrao=versao.value,
    )
    return write(Mensagem(cabecalho=cabecalho, corpo=corpo))


def answer(recebida: Recebida, conhecido: Conhecido, tipo: TipoTransacao, corpo: Any, quando: datetime) -> bytes:
    """The answer to a message, in the sender's version and numbered as the sender did, so that a retry writes the same.

    Args:
        quando: instant of the reception, in the local time.
    """
    return envelope(
        tipo, corpo, registro_ans=conhecido.registro_ans, prestador=sender(recebida, conhecido),
        versao=answer_version(recebida.versao), quando=quando, sequencial=recebida.sequencial,
    )  # fmt: skip
