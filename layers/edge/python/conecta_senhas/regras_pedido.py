"""Rules upon the request as a whole: who asks, for whom, under which contract, on which senha."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from conecta_facts.beneficiarios import RECEM_NASCIDO, Impedimento
from conecta_facts.planos import Abrangencia
from conecta_facts.relacionamentos import Situacao as SituacaoRelacionamento
from conecta_senhas.autorizacoes import PENDENTES, Autorizacao, Pendencia, Situacao, TipoPendencia
from conecta_senhas.contexto import CONTRATO, PADRAO, PLANO, Apontamento, Caso, Efeito, regra
from conecta_senhas.prazos import VALIDADE
from conecta_senhas.solicitacoes import Tipo
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import AusenciaCodValidacao

IMPEDE, PENDE, ANALISA, AVISA = Efeito


@regra("R02", "R02", base=CONTRATO)
def relacionamento(caso: Caso) -> Iterator[Apontamento]:
    """The relacionamento releases authorizations today (1207; 3279)."""
    held, hoje = caso.contexto.relacionamento, caso.contexto.hoje
    if held is None or not held.may_request_em(hoje):
        situacao = held.situacao_em(hoje) if held else None
        yield caso.achado(
            IMPEDE, Motivo.PRESTADOR_FORA_DA_REDE,
            "O relacionamento deste prestador com a operadora não está habilitado para autorização.",
            "Solicite-o ou acompanhe a decisão em Relacionamentos.", visto=situacao, esperado="HABILITADO",
        )  # fmt: skip


@regra("R02-EXECUTANTE", "R02", "R25", base=CONTRATO)
def executante(caso: Caso) -> Iterator[Apontamento]:
    """Who will do it is enabled today, whoever asks (1207; 3279): a suspension lets nobody ask for it.

    Of the caller itself R02 tells. How another's stands is not told: one that was refused is as one nobody knows.
    """
    held, hoje = caso.contexto.executante, caso.contexto.hoje
    if held == caso.contexto.relacionamento:
        return
    if held is None or held.situacao_em(hoje) is not SituacaoRelacionamento.HABILITADO:
        yield caso.achado(
            IMPEDE, Motivo.PRESTADOR_FORA_DA_REDE,
            "O relacionamento do prestador executante com a operadora não está habilitado.",
            "Indique outro executante, ou fale com a Central da operadora.", campo="executante", central=True,
        )  # fmt: skip


@regra("ELEG-NAO-ENCONTRADO", "R21", base=PLANO)
def beneficiario(caso: Caso) -> Iterator[Apontamento]:
    """The carteira is of somebody (1001); one of the group's other operadora names the right one (5027)."""
    right = caso.contexto.outra_operadora
    if right is not None:
        yield caso.achado(
            IMPEDE, Motivo.REGISTRO_ANS_INVALIDO, "A carteira é de outra operadora do mesmo grupo.",
            f"Peça à operadora de registro ANS {right}.", campo="registro_ans", visto=caso.solicitacao.registro_ans,
            esperado=right,
        )  # fmt: skip
    elif caso.contexto.beneficiario is None:
        yield caso.achado(
            IMPEDE, Motivo.CARTEIRA_INVALIDA, "Beneficiário não encontrado nesta operadora.",
            "Confira o número da carteira e a operadora.", campo="carteira",
        )  # fmt: skip


def _found(caso: Caso) -> tuple[Impedimento, ...]:
    """What is past is judged on the day of the service, what is to come today."""
    life = caso.contexto.beneficiario
    return life.impedimentos_em(min(caso.dia, caso.contexto.hoje)) if life is not None else ()


@regra("ELEG-INCLUSAO", "R25", base=PLANO)
def incluido(caso: Caso) -> Iterator[Apontamento]:
    """Cover has begun (1004; 3308)."""
    if Impedimento.ANTES_DA_INCLUSAO in _found(caso):
        yield caso.achado(
            IMPEDE, Motivo.SOLICITACAO_ANTES_DA_INCLUSAO, "O beneficiário ainda não está incluído no plano.",
            "Peça a partir da inclusão.",
        )  # fmt: skip


@regra("ELEG-EXCLUSAO", "R25", base=PLANO)
def nao_excluido(caso: Caso) -> Iterator[Apontamento]:
    """Cover has not ended (1014; 1006), nor will by the day of the service (1006)."""
    life = caso.contexto.beneficiario
    if Impedimento.EXCLUIDO in _found(caso):
        yield caso.achado(
            IMPEDE, Motivo.BENEFICIARIO_EXCLUIDO, "O beneficiário foi excluído do plano.",
            "Confirme com ele se tem outra carteira.",
        )  # fmt: skip
    elif life is not None and Impedimento.EXCLUIDO in life.impedimentos_em(caso.dia):
        yield caso.achado(
            IMPEDE, Motivo.BENEFICIARIO_DESLIGADO, "A cobertura termina antes da data prevista do atendimento.",
            "Antecipe o atendimento ou confirme com o beneficiário se tem outra carteira.", campo="data_atendimento",
            visto=f"{caso.dia:%d/%m/%Y}", esperado=f"até {life.data_exclusao:%d/%m/%Y}",
        )  # fmt: skip


@regra("ELEG-SUSPENSAO", "R25", base=PLANO)
def nao_suspenso(caso: Caso) -> Iterator[Apontamento]:
    """Not suspended (1016), for open payments (1009)."""
    found = _found(caso)
    if Impedimento.PAGAMENTO_EM_ABERTO in found:
        yield caso.achado(
            IMPEDE, Motivo.PAGAMENTO_EM_ABERTO, "O atendimento está suspenso por pagamento em aberto.",
            "O beneficiário deve procurar a operadora.",
        )  # fmt: skip
    if Impedimento.SUSPENSO in found:
        yield caso.achado(
            IMPEDE, Motivo.BENEFICIARIO_SUSPENSO, "O atendimento do beneficiário está suspenso.",
            "O beneficiário deve procurar a operadora.",
        )  # fmt: skip


@regra("ELEG-CARTEIRA", "R25", base=PLANO)
def carteira_valida(caso: Caso) -> Iterator[Apontamento]:
    """The card is valid (1017)."""
    if Impedimento.CARTEIRA_VENCIDA in _found(caso):
        yield caso.achado(
            IMPEDE, Motivo.CARTEIRA_VENCIDA, "A carteira está vencida.", "O beneficiário deve pedir a renovação.",
            campo="carteira",
        )  # fmt: skip


@regra("ELEG-PLANO", "R25", base=PLANO)
def plano_em_vigor(caso: Caso) -> Iterator[Apontamento]:
    """The plan is known and in force on the day of the service (1407; 3287)."""
    plano = caso.contexto.plano
    if caso.contexto.beneficiario is not None and (plano is None or not plano.vigente_em(caso.dia)):
        yield caso.achado(
            IMPEDE, Motivo.PROCEDIMENTO_SEM_COBERTURA, "O plano não está em vigor na data do atendimento.",
            "Fale com a Central da operadora.", central=True,
        )  # fmt: skip


@regra("ELEG-RN", "R25", base="Lei 9.656/1998, art. 12, III.")
def recem_nascido(caso: Caso) -> Iterator[Apontamento]:
    """A newborn is attended on a parent's carteira for 30 days, if the plan covers obstetrics (1407, 1011)."""
    asked, plano = caso.solicitacao, caso.contexto.plano
    if not asked.atendimento_rn:
        return
    if plano is not None and not plano.plano.obstetricia:
        yield caso.achado(
            IMPEDE, Motivo.PROCEDIMENTO_SEM_COBERTURA, "O plano não inclui obstetrícia.",
            "Use a carteira do próprio recém-nascido.", campo="atendimento_rn",
        )  # fmt: skip
    born = asked.nascimento_rn
    if born is not None and not timedelta(0) <= caso.dia - born <= RECEM_NASCIDO:
        yield caso.achado(
            IMPEDE, Motivo.BENEFICIARIO_INCONSISTENTE,
            "O recém-nascido é atendido na carteira da mãe ou do pai só nos primeiros 30 dias.",
            "Use a carteira do próprio recém-nascido.", campo="nascimento_rn",
        )  # fmt: skip


@regra("R25-CONTRATO", "R25", base=CONTRATO)
def contrato(caso: Caso) -> Iterator[Apontamento]:
    """Who will do it has a contract on the day of the service (1201; 3278)."""
    if caso.contrato is None:
        yield caso.achado(
            IMPEDE, Motivo.FORA_DA_VIGENCIA_DO_CONTRATO,
            "O prestador executante não tem contrato com a operadora na data do atendimento.",
            "Confirme a data e o executante com a Central da operadora.", visto=f"{caso.dia:%d/%m/%Y}", central=True,
        )  # fmt: skip


@regra("R25-ABRANGENCIA", "R25", base=PLANO)
def abrangencia(caso: Caso) -> Iterator[Apontamento]:
    """The plan is valid where it will be done; outside a person looks (1215; 3277): there may be nobody nearer."""
    plano, uf = caso.contexto.plano, caso.contexto.uf
    if plano is None or uf is None or plano.plano.abrangencia is Abrangencia.NACIONAL:
        return
    if plano.plano.ufs and uf not in plano.plano.ufs:
        yield caso.achado(
            ANALISA, Motivo.PRESTADOR_FORA_DA_ABRANGENCIA, "O executante está fora da abrangência do plano.",
            "Aguarde a análise da operadora.", visto=uf, esperado=", ".join(plano.plano.ufs),
        )  # fmt: skip


@regra("AUT-VALIDACAO", "R25", base=CONTRATO)
def codigo_de_validacao(caso: Caso) -> Iterator[Apontamento]:
    """Where the contract asks for a token, there is one or the reason why not (3156)."""
    asked = caso.solicitacao
    given = asked.cod_validacao or asked.ausencia_cod_validacao or asked.tipo is Tipo.PRORROGACAO
    if caso.contrato is not None and caso.contrato.exige_cod_validacao and not given:
        yield caso.achado(
            IMPEDE, Motivo.TOKEN_INVALIDO, "O contrato exige o código de validação do beneficiário.",
            "Informe o código ou o motivo da ausência dele.", campo="cod_validacao",
        )  # fmt: skip


@regra("AUT-RETROATIVO", "R10", base=CONTRATO)
def depois_do_atendimento(caso: Caso) -> Iterator[Apontamento]:
    """What is not urgent is asked before it is done (1840; 1814), but after an outage (03); and not tomorrow."""
    asked = caso.solicitacao
    if asked.data_solicitacao > caso.contexto.hoje:
        yield caso.achado(
            IMPEDE, Motivo.DATA_INCORRETA, "A data da solicitação é posterior a hoje.", "Corrija a data.",
            campo="data_solicitacao", visto=f"{asked.data_solicitacao:%d/%m/%Y}",
            esperado=f"até {caso.contexto.hoje:%d/%m/%Y}",
        )  # fmt: skip
    outage = asked.ausencia_cod_validacao == AusenciaCodValidacao.INTERMITENCIA_DE_SISTEMAS
    if caso.dia < caso.contexto.hoje and not caso.immediate and not outage:
        yield caso.achado(
            IMPEDE, Motivo.EXECUTADO_ANTES_DA_AUTORIZACAO, "O atendimento eletivo é anterior ao pedido.",
            "Peça antes de atender; se o sistema esteve fora do ar, informe a ausência do código de validação com o "
            "motivo 03.", campo="data_atendimento", visto=f"{caso.dia:%d/%m/%Y}",
        )  # fmt: skip


@regra("AUT-DIA-PREVISTO", "R10", base=CONTRATO)
def dia_previsto(caso: Caso) -> Iterator[Apontamento]:
    """A planned day that no senha of today can reach is told (1414): it is valid for 90 days, whatever is planned."""
    last = caso.contexto.hoje + VALIDADE
    days = [("data_atendimento", caso.solicitacao.data_atendimento)]
    days += [(linha.campo, linha.data_provavel) for linha in caso.linhas]
    for campo, dia in days:
        if dia is not None and dia > last:
            yield caso.achado(
                AVISA, Motivo.SENHA_EXPIRADA, "O dia previsto passa da validade da senha, que é de 90 dias.",
                "Peça mais perto do dia, ou antecipe-o: o atendimento fora da validade não é pago.", campo=campo,
                visto=f"{dia:%d/%m/%Y}", esperado=f"até {last:%d/%m/%Y}",
            )  # fmt: skip


PAIS: Final = {
    Tipo.SP_SADT: frozenset({Tipo.SP_SADT, Tipo.INTERNACAO}),
    Tipo.PRORROGACAO: frozenset({Tipo.INTERNACAO}),
    Tipo.ODONTOLOGIA: frozenset({Tipo.ODONTOLOGIA}),
    Tipo.INTERNACAO: frozenset[Tipo](),
}
"""Which kinds may be asked on which: R15, R22."""


def _may_be_parent(caso: Caso, principal: Autorizacao) -> bool:
    if principal.tipo not in PAIS[caso.solicitacao.tipo] or principal.principal is not None:
        return False
    elective = principal.tipo is Tipo.SP_SADT and not principal.solicitacao.urgencia
    return caso.contexto.pela_central or not elective


def _of_the_same(caso: Caso, principal: Autorizacao) -> bool:
    """Who does it may be asked by a solicitante of elsewhere: one of the two is a party to the parent."""
    asked = caso.solicitacao
    return principal.visible_to(asked.solicitante) or principal.visible_to(asked.executa)


def _same_person(caso: Caso, principal: Autorizacao) -> bool:
    life = caso.contexto.beneficiario
    numbers = {caso.solicitacao.carteira}
    if life is not None:
        numbers |= {life.numero_carteira, life.carteira_anterior or life.numero_carteira}
    return principal.solicitacao.carteira in numbers


@regra("R15", "R10", "R15", "R16", "R22", "R24", base=PADRAO)
def principal(caso: Caso) -> Iterator[Apontamento]:
    """The senha it is asked on: there, of the same life and prestador (1303), of a kind that takes it (1302), in force.

    An elective SP/SADT and a complement are parents of nothing; a stay that was discharged takes nothing more.
    """
    asked, parent, hoje = caso.solicitacao, caso.contexto.principal, caso.contexto.hoje
    if asked.guia_principal is None:
        if asked.tipo is Tipo.PRORROGACAO:
            yield caso.achado(
                IMPEDE, Motivo.GUIA_PRINCIPAL_NAO_ENCONTRADA, "A prorrogação é de uma internação autorizada.",
                "Informe a guia ou a senha da internação.", campo="guia_principal",
            )  # fmt: skip
        return
    if parent is None or not _of_the_same(caso, parent) or not _same_person(caso, parent):
        yield caso.achado(
            IMPEDE, Motivo.GUIA_PRINCIPAL_NAO_ENCONTRADA,
            "A guia principal não foi encontrada para este beneficiário e este prestador.",
            "Confira o número da senha ou da guia principal.", campo="guia_principal",
        )  # fmt: skip
        return
    if not _may_be_parent(caso, parent):
        yield caso.achado(
            IMPEDE, Motivo.GUIA_PRINCIPAL_DE_OUTRO_TIPO, "Esta guia principal não aceita este pedido.",
            "Peça sobre a senha principal de urgência ou de internação; para mudar uma senha eletiva, use a "
            "substituição.", campo="guia_principal", visto=parent.tipo,
        )  # fmt: skip
    elif parent.situacao in PENDENTES or parent.situacao is Situacao.NEGADA:
        yield caso.achado(
            IMPEDE, Motivo.SENHA_NAO_ENCONTRADA, "A guia principal não tem senha autorizada.",
            "Aguarde a decisão da guia principal.", campo="guia_principal", visto=parent.situacao,
        )  # fmt: skip
    elif parent.situacao is Situacao.CANCELADA:
        yield caso.achado(
            IMPEDE, Motivo.SENHA_CANCELADA, "A senha principal foi cancelada.", "Peça uma nova senha.",
            campo="guia_principal", visto=parent.situacao,
        )  # fmt: skip
    elif not parent.usable_em(hoje) or (parent.alta is not None and parent.alta < caso.dia):
        last = parent.validade if parent.alta is None else parent.alta
        yield caso.achado(
            IMPEDE, Motivo.SENHA_EXPIRADA, "A senha principal não aceita mais complementos.", "Peça uma nova senha.",
            campo="guia_principal", esperado=f"até {last:%d/%m/%Y}",
        )  # fmt: skip
    elif parent.substituicao is not None:
        yield caso.achado(
            IMPEDE, Motivo.GUIA_PRINCIPAL_DE_OUTRO_TIPO, "A senha principal está em substituição.",
            "Aguarde a decisão da substituição e peça sobre a nova senha, ou retire a substituição.",
            campo="guia_principal",
        )  # fmt: skip


@regra("AUT-ANALISE", "R25", base=CONTRATO)
def tipo_em_analise(caso: Caso) -> Iterator[Apontamento]:
    """Kinds that a person decides unless they are urgent."""
    if not caso.immediate and caso.solicitacao.tipo in caso.contexto.parametros.tipos_em_analise:
        yield caso.achado(
            ANALISA, None, "Este tipo de pedido é decidido pela auditoria da operadora.", "Aguarde a análise."
        )


@regra("AUT-JUSTIFICATIVA", "R25", base=CONTRATO)
def justificativa(caso: Caso) -> Iterator[Apontamento]:
    """What a person decides says why it is asked (3052; 3230)."""
    asked = caso.solicitacao
    told = (asked.justificativa, *(anexo.justificativa for anexo in asked.anexos))
    if any((text or "").strip() for text in told):
        return
    rules = (caso.regra_de(linha.item) for linha in caso.linhas)
    if asked.tipo in caso.contexto.parametros.tipos_em_analise or any(rule and rule.exige_analise for rule in rules):
        yield caso.achado(
            PENDE, Motivo.DOCUMENTACAO_INCOMPLETA, "Falta a justificativa técnica (indicação clínica).",
            "Envie a justificativa para que a auditoria decida.", campo="justificativa",
            pendencia=Pendencia(tipo=TipoPendencia.JUSTIFICATIVA, descricao="Justificativa técnica"),
        )  # fmt: skip
