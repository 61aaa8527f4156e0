"""Guias and what is known when they are billed, valid as they come; a test says only what matters to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from conecta_contas.analise import Julgamento, judge
from conecta_contas.cobranca import GuiaCobrada, read
from conecta_contas.contexto import Apontamento, Cobrado, Conta, Contexto, Senha, Vida, by_code
from conecta_contas.pegs import Papel, Peg, SituacaoPeg
from conecta_senhas.autorizacoes import Autorizacao, Item
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.lote_guias import Executante, Guia, ProcedimentoExecutado, ProcedimentoOdonto, TipoGuia
from conecta_tiss.versions import Versao
from peg.domain.estados import Ato
from tests import builders
from tests.builders_autorizacao import (
    CIRURGIA,
    DESCONHECIDO,
    LIMITADO,
    PERICIA,
    PRONTO_SOCORRO,
    REMOCAO,
    SESSAO,
    a_stay,
    an_asked,
    an_authorization,
    an_item,
)
from tests.builders_cadastro import (
    CARTEIRA,
    CONSULTA,
    HEMOGRAMA,
    HOJE,
    INICIO,
    OUTRA_CARTEIRA,
    a_contratado,
    a_contrato_completo,
    a_pacote,
    a_plano_completo,
    a_preco,
    a_regra,
    a_vida,
    relacionamento_of,
)
from tests.builders_functions import CNPJ, HOSPITAL, VALE, a_peg

DIA: Final = HOJE - timedelta(days=10)
"""Day things were done."""
SENHA: Final = "26110000001"
OUTRA_SENHA: Final = "26110000002"
DIARIA: Final = "60000651"
RESINA: Final = "85100196"
V401, V403 = Versao.V4_01_00, Versao.V4_03_00


# --- guias ---


def done(
    codigo: str = HEMOGRAMA, quantidade: int | str = 1, valor: str = "18.50", **changes: Any
) -> ProcedimentoExecutado:
    """One hemogram of that day at the contract's price, or so many of another code."""
    made = {
        "codigo_procedimento": codigo, "quantidade": Decimal(quantidade), "valor_unitario": Decimal(valor),
        "data_execucao": DIA,
    }  # fmt: skip
    return builders.procedimento(**{**made, **changes})


def by(grau: str | None, **changes: Any) -> Executante:
    """A member of a team."""
    return builders.executante(grau_participacao=grau, **changes)


def spent(codigo: str = DIARIA, quantidade: int | str = 1, valor: str = "480.00", **changes: Any) -> Any:
    """A diária, or another expense."""
    made = {
        "codigo_despesa": "05", "codigo_tabela": "18", "codigo_procedimento": codigo, "quantidade": Decimal(quantidade),
        "valor_unitario": Decimal(valor), "data_execucao": DIA,
    }  # fmt: skip
    return builders.despesa(**{**made, **changes})


def _numbered(itens: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(replace(item, sequencial_item=place) for place, item in enumerate(itens, 1))


def a_sadt(*itens: ProcedimentoExecutado, numero: str = "G1", senha: str | None = SENHA, **changes: Any) -> Guia:
    """An elective SP/SADT of the hospital on a senha of one hemogram."""
    held = builders.autorizacao(senha=senha, numero_guia_operadora=changes.pop("numero_operadora", None),
                                ausencia_cod_validacao=changes.pop("ausencia", None))  # fmt: skip
    made = {
        "registro_ans": VALE, "numero_guia_prestador": numero,
        "autorizacao": held if senha or held.numero_guia_operadora else None,
        "beneficiario": builders.beneficiario(numero_carteira=changes.pop("carteira", CARTEIRA),
                                              atendimento_rn=changes.pop("rn", False)),
        "contratado_executante": Contratado(cnpj=CNPJ), "procedimentos": _numbered(itens or (done(),)),
    }  # fmt: skip
    return builders.guia_sp_sadt(**{**made, **changes})


def a_resumo(*itens: ProcedimentoExecutado, numero: str = "G1", senha: str = SENHA, **changes: Any) -> Guia:
    """A stay of three days, whole: three diárias on its senha."""
    first, last = changes.pop("periodo", (DIA, DIA + timedelta(days=2)))
    made = {
        "registro_ans": VALE, "numero_guia_prestador": numero, "autorizacao": builders.autorizacao(senha=senha),
        "beneficiario": builders.beneficiario(numero_carteira=CARTEIRA), "contratado_executante": Contratado(cnpj=CNPJ),
        "procedimentos": _numbered(itens), "despesas": (spent(quantidade=3),), "data_inicio_faturamento": first,
        "data_final_faturamento": last,
    }  # fmt: skip
    return builders.guia_internacao(**{**made, **changes})


def a_fee(*itens: ProcedimentoExecutado, numero: str = "G1", senha: str | None = SENHA, **changes: Any) -> Guia:
    """The fee of a surgeon under the hospital's senha."""
    held = itens or (done(CIRURGIA, valor="1000.00", equipe=(by("00"),)),)
    made = {
        "registro_ans": VALE, "numero_guia_prestador": numero, "senha": senha, "numero_carteira": CARTEIRA,
        "codigo_executante": "P1", "procedimentos": _numbered(held), "data_inicio_faturamento": DIA,
        "data_fim_faturamento": DIA, "data_emissao_guia": DIA,
    }  # fmt: skip
    return builders.guia_honorarios(**{**made, **changes})


def a_visit(numero: str = "G1", dia: date = DIA, **changes: Any) -> Guia:
    """A consultation."""
    made = {
        "registro_ans": VALE, "numero_guia_prestador": numero, "data_atendimento": dia, "cnpj_executante": CNPJ,
        "beneficiario": builders.beneficiario(numero_carteira=CARTEIRA),
    }  # fmt: skip
    return builders.guia_consulta(**{**made, **changes})


def filled(codigo: str = RESINA, valor: str = "80.00", **changes: Any) -> ProcedimentoOdonto:
    """A filling of tooth 11."""
    made = {"codigo_procedimento": codigo, "valor": Decimal(valor), "data_realizacao": DIA}
    return builders.procedimento_odonto(**{**made, **changes})


def a_dental(*itens: ProcedimentoOdonto, numero: str = "G1", senha: str | None = SENHA, **changes: Any) -> Guia:
    """A dental guia."""
    made = {
        "registro_ans": VALE, "numero_guia_prestador": numero, "senha": senha,
        "beneficiario": builders.beneficiario(numero_carteira=CARTEIRA),
        "procedimentos": _numbered(itens or (filled(),)),
    }  # fmt: skip
    return builders.guia_odonto(**{**made, **changes})


KINDS: Final[dict[type[Any], TipoGuia]] = builders._TIPOS


def billed(*guias: Guia) -> tuple[GuiaCobrada, ...]:
    """Guias as the rules see them."""
    held = guias or (a_sadt(),)
    return read(builders.lote(*held, tipo=KINDS[type(held[0])]))


# --- senhas ---


def authorised(codigo: str = HEMOGRAMA, quantidade: int | str = 1, sequencia: int = 1, **changes: Any) -> Item:
    """An authorised item of a code."""
    asked = {name: changes.pop(name) for name in ("dente", "regiao", "face", "tabela") if name in changes}
    return an_item(sequencia, solicitado=an_asked(codigo, quantidade, **asked), **changes)


def granted(*itens: Item, numero: str = SENHA, **changes: Any) -> Autorizacao:
    """A senha of ten days before, of one hemogram."""
    rest: dict[str, Any] = {
        "numero": numero, "senha": numero, "data_autorizacao": DIA - timedelta(days=10),
        "validade": DIA + timedelta(days=80),
    }  # fmt: skip
    return an_authorization(*(itens or (authorised(),)), **{**rest, **changes})


def granted_stay(*itens: Item, diarias: int = 3, **changes: Any) -> Autorizacao:
    """A senha of internação of three diárias, admitted that day."""
    asked = replace(a_stay(*(item.solicitado for item in itens)), itens=tuple(item.solicitado for item in itens))
    rest: dict[str, Any] = {"diarias_autorizadas": diarias, "admissao": DIA, "solicitacao": asked}
    return replace(granted(), itens=itens, **{**rest, **changes})


def a_senha(autorizacao: Autorizacao | None = None, **changes: Any) -> Senha:
    """A senha of the usual life, nothing billed."""
    return replace(Senha(autorizacao=autorizacao or granted(), vida="vida-1"), **changes)


# --- what is known ---


def a_life(plano: Any = None, **changes: Any) -> Vida:
    """Whom nothing keeps."""
    return Vida(id="vida-1", beneficiario=a_vida(**changes), plano=plano or a_plano_completo(odontologia=True))


def a_knowledge(*senhas: Senha, **changes: Any) -> Contexto:
    """An enabled hospital with a contract and prices, a life and a senha of one hemogram: whatever is billed is due."""
    contracted = (CONSULTA, HEMOGRAMA, PRONTO_SOCORRO, SESSAO, CIRURGIA, PERICIA, RESINA, LIMITADO)
    held = senhas or (a_senha(),)
    made = Contexto(
        prestador_id=HOSPITAL,
        relacionamento=relacionamento_of(("HABILITADO", INICIO)),
        contrato=a_contrato_completo(
            procedimentos=(*(a_contratado(codigo) for codigo in contracted), a_contratado(REMOCAO, tabela="18")),
            pacotes=(a_pacote(itens=(f"22:{HEMOGRAMA}",)),),
        ),
        hoje=HOJE,
        tuss=lambda _tabela, codigo, _dia: codigo != DESCONHECIDO,
        vidas={
            CARTEIRA: a_life(), OUTRA_CARTEIRA: Vida(id="vida-2", beneficiario=a_vida(OUTRA_CARTEIRA)),
        },
        senhas={senha.numero: senha for senha in held},
        regras=by_code((a_regra(exige_senha=True), a_regra(CIRURGIA, exige_senha=True))),
        precos=by_code(
            (
                a_preco(HEMOGRAMA, "18.50"), a_preco(CONSULTA, "120.00"), a_preco(CIRURGIA, "1000.00"),
                a_preco(RESINA, "80.00"),
            )
        ),
        dados={"contratos": "contratos-7", "precos": "precos-3"},
        versao=V401,
    )  # fmt: skip
    return replace(made, **changes)


def judged(*guias: Guia, contexto: Contexto | None = None) -> Julgamento:
    """What is said of guias billed together."""
    return judge(billed(*guias), contexto or a_knowledge())


def told(found: Julgamento) -> list[tuple[str, str, int | None]]:
    """(rule, code, item) of whatever takes something."""
    return [(one.regra, one.codigo, one.sequencia) for one in found.achados if not one.aviso]


def warned(found: Julgamento) -> list[tuple[str, str, int | None]]:
    """(rule, code, item) of the warnings."""
    return [(one.regra, one.codigo, one.sequencia) for one in found.achados if one.aviso]


def only(found: Julgamento) -> Apontamento:
    """The only finding."""
    (one,) = found.achados
    return one


def before(codigo: str = HEMOGRAMA, **changes: Any) -> Cobrado:
    """A hemogram of that day that another PEG bills."""
    made = Cobrado(
        protocolo="261120000009", guia="G9", prestador_id=HOSPITAL, vida="vida-1", tabela="22", codigo=codigo, dia=DIA
    )
    return replace(made, **changes)


def an_account(**changes: Any) -> Conta:
    """An account of the stay that another PEG bills: its first two days."""
    made = Conta(
        protocolo="261120000009", guia="G9", prestador_id=HOSPITAL, numero=SENHA, tipo_faturamento="1",
        periodo=(f"{DIA}T08:00:00", f"{DIA + timedelta(days=2)}T08:00:00"),
    )  # fmt: skip
    return replace(made, **changes)


# --- its course ---


def a_step(papel: Papel = Papel.AUDITORIA, **changes: Any) -> Ato:
    """Somebody of that papel acts, and says why."""
    made = Ato(papel=papel, quem=f"pessoa-{papel.lower()}", quando=datetime(2026, 11, 21, 15, tzinfo=UTC),
               motivo="Conforme o contrato")  # fmt: skip
    return replace(made, **changes)


def a_course(situacao: SituacaoPeg = SituacaoPeg.RECEBIDO, guias: int = 2, **changes: Any) -> Peg:
    """A PEG of two guias in a state."""
    return replace(a_peg(), situacao=situacao, quantidade_guias=guias, **changes)
