"""Rules upon a guia as a whole: when, for whom, by whom, on which senha."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from conecta_contas.cobranca import ItemCobrado
from conecta_contas.contexto import GUIAS_POR_PEG, Apontamento, Caso, Exame, Senha, regra
from conecta_facts.beneficiarios import RECEM_NASCIDO, Impedimento
from conecta_facts.contratos import Contrato, DataBaseAmbulatorial, DataBaseInternacao
from conecta_senhas.autorizacoes import PENDENTES, Origem, Situacao
from conecta_senhas.contexto import CONTRATO, PADRAO, PLANO
from conecta_senhas.solicitacoes import Tipo
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import AusenciaCodValidacao, TipoFaturamento

FECHAM: Final = frozenset({TipoFaturamento.FINAL, TipoFaturamento.TOTAL})
"""Accounts after which only complementary ones may come."""


def br(dia: date) -> str:
    """A day as people write it."""
    return f"{dia:%d/%m/%Y}"


class Frase(NamedTuple):
    """What a rule says: why, what is wrong, what to do."""

    motivo: Motivo
    mensagem: str
    providencia: str


Errados = Iterable[tuple[ItemCobrado, dict[str, Any]]]
"""Items at fault, and what their findings say besides."""


def each_or_whole(caso: Caso, exame: Exame, wrong: Errados, frase: Frase) -> Iterator[Apontamento]:
    """A finding for each item at fault; one for the guia when all are."""
    found = list(wrong)
    if found and len(found) == len(exame.guia.itens):
        yield caso.achado(*frase, exame, **found[0][1])
        return
    for item, mais in found:
        yield caso.achado(*frase, exame, item, **mais)


# --- the PEG ---


@regra("COB-GUIAS", "R11", base=PADRAO, dados="")
def guias_demais(caso: Caso) -> Iterator[Apontamento]:
    """R11: up to 100 guias (5015)."""
    if len(caso.exames) > GUIAS_POR_PEG:
        yield caso.achado(
            Motivo.LOTE_ACIMA_DO_LIMITE, "O PEG tem mais de 100 guias.", "Divida-o em PEGs de até 100 guias.",
            campo="guias", visto=str(len(caso.exames)), esperado=f"até {GUIAS_POR_PEG}",
        )  # fmt: skip


@regra("COB-TIPO-GUIA", "R11", base=PADRAO, dados="")
def um_tipo_so(caso: Caso) -> Iterator[Apontamento]:
    """R11: guias of one kind (5007)."""
    kinds = sorted({exame.guia.tipo.value for exame in caso.exames})
    if len(kinds) > 1:
        yield caso.achado(
            Motivo.MENSAGEM_INCOMPLETA, "O PEG mistura tipos de guia.", "Envie um PEG para cada tipo de guia.",
            campo="guias", visto=", ".join(kinds), esperado="um tipo só",
        )  # fmt: skip


@regra("COB-GUIA-REPETIDA", "§5", base=PADRAO, dados="pegs", consome=False)
def guia_ja_apresentada(caso: Caso) -> Iterator[Apontamento]:
    """A number of guia that another living PEG of the prestador has is not billed again (1308)."""
    for exame in caso.exames:
        protocolo = caso.contexto.guias.get(exame.guia.numero)
        if protocolo is not None:
            yield caso.achado(
                Motivo.GUIA_JA_APRESENTADA, "Esta guia já foi apresentada em outro protocolo.",
                "Retire-a; se é outra cobrança, use outro número de guia.", exame, campo="numeroGuiaPrestador",
                visto=f"protocolo {protocolo}",
            )  # fmt: skip


# --- when and under which contract ---


@regra("COB-CONTRATO", "R02", base=CONTRATO, dados="contratos")
def em_contrato(caso: Caso) -> Iterator[Apontamento]:
    """R02: at the service date the relacionamento was enabled and a contract in force (1201; 3278)."""
    held, migrated = caso.contexto.relacionamento, caso.contexto.data_migracao
    lawful: dict[date, bool] = {}
    for exame in caso.exames:
        for day in exame.dias - lawful.keys():
            lawful[day] = bool(held and caso.contrato(day) and held.attended_lawfully_em(day, migrated))
        if all(lawful[day] for day in exame.dias):
            continue
        outside = (
            (item, {"campo": "data", "visto": br(item.dia)}) for item in exame.guia.itens if not lawful[item.dia]
        )
        yield from each_or_whole(
            caso, exame, outside, Frase(
                Motivo.FORA_DA_VIGENCIA_DO_CONTRATO,
                "Na data do atendimento o prestador não estava habilitado nem contratado pela operadora.",
                "Confira a data; em dúvida, fale com a Central da operadora.",
            ),
        )  # fmt: skip


def data_base(exame: Exame, terms: Contrato, dia: date) -> date | None:
    """R03: where the billing window of a day's items starts, by the contract; `None` before there is a discharge."""
    guia = exame.guia
    if guia.tipo is not TipoGuia.RESUMO_INTERNACAO:
        whole = terms.data_base_ambulatorial is DataBaseAmbulatorial.GUIA
        return guia.ultimo_dia if whole else dia
    if terms.data_base_internacao is DataBaseInternacao.FIM_FATURAMENTO:
        return guia.fim
    stays = (exame.valida.autorizacao, exame.valida.principal) if exame.valida else ()
    alta = next((one.alta for one in stays if one is not None and one.alta is not None), None)
    if alta is not None:
        return alta
    return guia.fim if guia.tipo_faturamento in FECHAM else None


@regra("COB-PRAZO", "R03", base=CONTRATO, dados="contratos", consome=False)
def no_prazo(caso: Caso) -> Iterator[Apontamento]:
    """R03: received up to the last day of the window, counted from the data base (3161); day 90 is in, 91 is not."""
    hoje = caso.contexto.hoje
    frase = Frase(
        Motivo.FORA_DO_PRAZO_DE_ENVIO, "A cobrança chegou fora do prazo do contrato.",
        "Confira a data do atendimento; o que passou do prazo não é aceito.",
    )  # fmt: skip
    for exame in caso.exames:
        ended = {dia: last for dia in exame.dias if (last := _last_day(caso, exame, dia)) and hoje > last}
        late = (
            (item, {"campo": "data", "visto": br(hoje), "esperado": f"até {br(ended[item.dia])}"})
            for item in exame.guia.itens
            if item.dia in ended
        )
        if ended:
            yield from each_or_whole(caso, exame, late, frase)


def _last_day(caso: Caso, exame: Exame, dia: date) -> date | None:
    """On which items of a day are received; `None` when nothing limits them yet."""
    terms = caso.contrato(dia)
    base = data_base(exame, terms, dia) if terms is not None else None
    return base + timedelta(days=terms.prazo_faturamento_dias) if terms is not None and base is not None else None


# --- who did it ---


@regra("COB-EXECUTANTE", "§5", base=CONTRATO, dados="prestadores")
def executante(caso: Caso) -> Iterator[Apontamento]:
    """The executante of the guia is who bills it (1203; 3279)."""
    known = caso.contexto.identificacoes
    for exame in caso.exames:
        told = exame.guia.executante
        if known and told is not None and told not in known:
            yield caso.achado(
                Motivo.PRESTADOR_INVALIDO, "O executante da guia não é o prestador que a cobra.",
                "Corrija o executante ou envie a guia por ele.", exame, campo="contratadoExecutante", visto=told,
            )  # fmt: skip


# --- for whom ---

_IMPEDIMENTOS: Final[dict[Impedimento, tuple[Motivo, str]]] = {
    Impedimento.ANTES_DA_INCLUSAO: (
        Motivo.ATENDIMENTO_ANTES_DA_INCLUSAO, "Na data do atendimento o beneficiário não estava incluído no plano."
    ),
    Impedimento.EXCLUIDO: (
        Motivo.BENEFICIARIO_DESLIGADO, "O atendimento é posterior ao desligamento do beneficiário."
    ),
    Impedimento.PAGAMENTO_EM_ABERTO: (
        Motivo.PAGAMENTO_EM_ABERTO, "Na data do atendimento a cobertura estava suspensa por pagamento em aberto."
    ),
    Impedimento.SUSPENSO: (
        Motivo.BENEFICIARIO_SUSPENSO, "Na data do atendimento a cobertura do beneficiário estava suspensa."
    ),
    Impedimento.CARTEIRA_VENCIDA: (
        Motivo.CARTEIRA_VENCIDA, "Na data do atendimento a carteira estava vencida."
    ),
}  # fmt: skip


@regra("COB-CARTEIRA", "R21", base=PLANO, dados="vidas")
def carteira(caso: Caso) -> Iterator[Apontamento]:
    """The carteira, or one it had before, is of somebody (1001); one of the group's other operadora names it (5027)."""
    for exame in caso.exames:
        if exame.vida is not None:
            continue
        if right := caso.contexto.outras_operadoras.get(exame.guia.carteira):
            yield caso.achado(
                Motivo.REGISTRO_ANS_INVALIDO, "A carteira é de outra operadora do mesmo grupo.",
                f"Cobre a guia em um lote da operadora de registro ANS {right}.", exame, campo="numeroCarteira",
                esperado=right,
            )  # fmt: skip
        else:
            yield caso.achado(
                Motivo.CARTEIRA_INVALIDA, "Beneficiário não encontrado nesta operadora.",
                "Confira o número da carteira e a operadora.", exame, campo="numeroCarteira",
            )  # fmt: skip


@regra("COB-COBERTURA", "§10", base=PLANO, dados="vidas")
def coberto(caso: Caso) -> Iterator[Apontamento]:
    """Cover on the day of the service (1005; 3308, 1006, 1009, 1016, 1017); of a stay, on the day of admission.

    A card that expired is only told where a senha was given.
    """
    for exame in caso.exames:
        if exame.vida is None:
            continue
        life, admitted = exame.vida.beneficiario, exame.admissao
        days = {dia: life.impedimentos_em(admitted or dia) for dia in exame.dias}
        if not any(days.values()):
            continue
        for impedimento, (motivo, mensagem) in _IMPEDIMENTOS.items():
            if impedimento is Impedimento.CARTEIRA_VENCIDA and exame.valida is not None:
                continue
            hit = (
                (item, {"campo": "data", "visto": br(admitted or item.dia)})
                for item in exame.guia.itens
                if impedimento in days[item.dia]
            )
            frase = Frase(motivo, mensagem, "Confira a carteira e a data; o beneficiário pode ter outra.")
            yield from each_or_whole(caso, exame, hit, frase)


@regra("COB-RN", "§10", base="Lei 9.656/1998, art. 12, III.", dados="vidas")
def recem_nascido(caso: Caso) -> Iterator[Apontamento]:
    """A newborn is billed on a parent's carteira for 30 days, if the plan has obstetrics (1407, 1011; 3287, 3243)."""
    for exame in caso.exames:
        if not exame.guia.atendimento_rn or exame.vida is None:
            continue
        if exame.vida.plano is not None and not exame.vida.plano.plano.obstetricia:
            yield caso.achado(
                Motivo.PROCEDIMENTO_SEM_COBERTURA, "O plano não inclui obstetrícia.",
                "Use a carteira do próprio recém-nascido.", exame, campo="atendimentoRN",
            )  # fmt: skip
        asked = exame.valida.autorizacao.solicitacao if exame.valida else None
        born = asked.nascimento_rn if asked else None
        if born is None:
            continue
        older = (
            (item, {"campo": "data", "visto": br(item.dia), "esperado": f"até {br(born + RECEM_NASCIDO)}"})
            for item in exame.guia.itens
            if not born <= item.dia <= born + RECEM_NASCIDO
        )
        yield from each_or_whole(
            caso, exame, older, Frase(
                Motivo.BENEFICIARIO_INCONSISTENTE,
                "O recém-nascido é atendido na carteira da mãe ou do pai só nos primeiros 30 dias.",
                "Use a carteira do próprio recém-nascido.",
            ),
        )  # fmt: skip


# --- on which senha ---


def _named(caso: Caso) -> Iterator[tuple[Exame, Senha]]:
    return ((exame, exame.senha) for exame in caso.exames if exame.senha is not None)


@regra("COB-SENHA", "R07", "§5", base=CONTRATO, dados="senhas", consome=False)
def senha_existe(caso: Caso) -> Iterator[Apontamento]:
    """The senha that is named is there and was granted (1403, 1406; 3306); of before the migration: see the portal."""
    for exame in caso.exames:
        guia, found = exame.guia, exame.senha
        if guia.senha is None and found is None:
            continue
        if found is None:
            other = caso.contexto.senhas.get(guia.numero_operadora or "")
            mistyped = other is not None and caso.executes(guia, other)
            yield caso.achado(
                Motivo.SENHA_DIFERENTE_DA_LIBERADA if mistyped else Motivo.SENHA_NAO_ENCONTRADA,
                "A senha informada não é a desta guia de autorização." if mistyped else "A senha não foi encontrada.",
                _where(caso, exame), exame, campo="senha",
            )  # fmt: skip
        elif found.autorizacao.situacao in PENDENTES:
            yield caso.achado(
                Motivo.SENHA_NAO_ENCONTRADA, "A autorização ainda não foi decidida.",
                "Aguarde a decisão e envie a guia dentro do prazo.", exame, campo="senha",
                visto=found.autorizacao.situacao,
            )  # fmt: skip
        elif found.autorizacao.situacao is Situacao.NEGADA:
            yield caso.achado(
                Motivo.PROCEDIMENTO_NAO_AUTORIZADO, "A autorização foi negada.",
                "Confira a senha; a negativa diz o motivo.", exame, campo="senha", visto=found.autorizacao.situacao,
            )  # fmt: skip


def _where(caso: Caso, exame: Exame) -> str:
    migrated, first = caso.contexto.data_migracao, exame.guia.primeiro_dia
    if migrated is not None and first is not None and first < migrated:
        portal = caso.contexto.portal_legado or "o portal anterior"
        return f"É de antes da migração: confira a senha em {portal} e fale com a Central da operadora."
    return "Confira o número da senha."


@regra("COB-SENHA-CANCELADA", "R17", "§5", base=CONTRATO, dados="senhas", consome=False)
def senha_cancelada(caso: Caso) -> Iterator[Apontamento]:
    """A cancelled senha is never billed (1437)."""
    for exame, senha in _named(caso):
        if senha.autorizacao.situacao is Situacao.CANCELADA:
            yield caso.achado(
                Motivo.SENHA_CANCELADA, "A senha foi cancelada.", "Cobre com a senha que a substituiu.", exame,
                campo="senha", esperado=senha.autorizacao.substituida_por,
            )  # fmt: skip


@regra("COB-SENHA-EXECUTANTE", "§5", base=CONTRATO, dados="senhas", consome=False)
def senha_do_executante(caso: Caso) -> Iterator[Apontamento]:
    """Invariant 1: a senha is billed by the prestador it names as executante, honorários excepted (1404; 3276)."""
    for exame, senha in _named(caso):
        if not caso.executes(exame.guia, senha):
            yield caso.achado(
                Motivo.SENHA_DE_OUTRO_PRESTADOR, "A senha é de outro prestador executante.",
                "Peça à Central a troca do executante, antes de cobrar.", exame, campo="senha",
            )  # fmt: skip


@regra("COB-SENHA-VIDA", "§5", base=CONTRATO, dados="senhas", consome=False)
def senha_da_vida(caso: Caso) -> Iterator[Apontamento]:
    """The senha is of the life that the guia names, by whatever carteira (1406; 3306)."""
    for exame, senha in _named(caso):
        if exame.vida is not None and exame.vida.id != senha.vida:
            yield caso.achado(
                Motivo.SENHA_DIFERENTE_DA_LIBERADA, "A senha é de outro beneficiário.",
                "Confira a senha e a carteira.", exame, campo="senha",
            )  # fmt: skip


Esperado = Callable[[Exame, Senha, date], str | None]
"""What the senha expected instead of a day; `None` when it takes it."""


def _by_day(caso: Caso, expected_of: Esperado, frase: Frase) -> Iterator[Apontamento]:
    for exame in caso.exames:
        if (senha := exame.valida) is None:
            continue
        wrong = {dia: said for dia in exame.dias if (said := expected_of(exame, senha, dia)) is not None}
        hit = (
            (item, {"campo": "data", "visto": br(item.dia), "esperado": wrong[item.dia]})
            for item in exame.guia.itens
            if item.dia in wrong
        )
        if wrong:
            yield from each_or_whole(caso, exame, hit, frase)


def _expired(exame: Exame, senha: Senha, dia: date) -> str | None:
    if senha.covers(dia) or _admitted_inside(exame, senha):
        return None
    validade = senha.autorizacao.validade
    return f"até {br(validade)}" if validade else "senha com validade"


def _too_early(exame: Exame, senha: Senha, dia: date) -> str | None:
    held = senha.autorizacao
    asked, decided = held.solicitacao, held.primeiro_dia
    outage, stay = AusenciaCodValidacao.INTERMITENCIA_DE_SISTEMAS, senha.principal
    waived = (
        asked.urgencia
        or exame.guia.urgencia
        or outage in {asked.ausencia_cod_validacao, exame.guia.ausencia_cod_validacao}
        or held.origem is not Origem.PRESTADOR
        or (stay is not None and stay.admissao is not None and stay.admissao <= dia)
    )
    if decided is None or waived:
        return None
    first = min(decided, asked.data_atendimento or decided)
    done = exame.admissao or dia
    return f"a partir de {br(first)}" if done < first else None


def _admitted_inside(exame: Exame, senha: Senha) -> bool:
    """R10: a stay is judged at admission; of one that nobody communicated the account says when it began."""
    held, began = senha.autorizacao, exame.guia.inicio
    account = exame.guia.tipo is TipoGuia.RESUMO_INTERNACAO and held.tipo is Tipo.INTERNACAO
    return account and held.admissao is None and began is not None and senha.covers(began)


@regra("COB-VALIDADE", "R10", base=CONTRATO, dados="senhas", consome=False)
def dentro_da_validade(caso: Caso) -> Iterator[Apontamento]:
    """R10: the service date is inside the senha (1405; 1414), whatever its state today."""
    frase = Frase(
        Motivo.SENHA_VENCIDA_NO_ATENDIMENTO, "A validade da senha é anterior à data do atendimento.",
        "Confira a data; atendimento depois da validade precisa de nova senha.",
    )  # fmt: skip
    return _by_day(caso, _expired, frase)


@regra("COB-RETROATIVO", "R10", "§10", base=CONTRATO, dados="senhas")
def depois_da_autorizacao(caso: Caso) -> Iterator[Apontamento]:
    """What is not urgent is done after it was asked for and for the day asked (1814), but after an outage.

    R16: what was done on a senha that was replaced is billed on the one that replaced it.
    """
    frase = Frase(
        Motivo.ATENDIMENTO_ANTES_DA_AUTORIZACAO, "O atendimento é anterior à autorização.",
        "Confira a data; se o sistema esteve fora do ar, informe a ausência do código de validação (03).",
    )  # fmt: skip
    return _by_day(caso, _too_early, frase)


# --- accounts of a stay ---


@regra("COB-CONTA", "§10", base=CONTRATO, dados="pegs", consome=False)
def contas(caso: Caso) -> Iterator[Apontamento]:
    """Accounts of one stay do not overlap, and none but complementary ones follow its last (1739; 3232).

    Whether they name the stay or a prorrogação of it, the same one or another.
    """
    seen: list[tuple[set[str], str, tuple[str, str], str]] = [
        ({conta.numero}, conta.tipo_faturamento, conta.periodo, f"protocolo {conta.protocolo}, guia {conta.guia}")
        for conta in caso.contexto.contas
        if conta.prestador_id == caso.contexto.prestador_id
    ]
    for exame in caso.exames:
        guia, stay = exame.guia, exame.valida
        if stay is None or guia.periodo is None or guia.tipo_faturamento == TipoFaturamento.COMPLEMENTAR:
            continue
        kind, period = str(guia.tipo_faturamento), guia.periodo
        names = {stay.numero, stay.principal.numero if stay.principal else stay.numero}
        names.update(stay.do_principal, (one.numero for one in stay.complementos))
        before = [held for held in seen if held[0] & names and held[1] != TipoFaturamento.COMPLEMENTAR]
        clash = next((held for held in before if _clash(kind, period, held[1], held[2])), None)
        if clash is None:  # one that is refused keeps no other out
            seen.append((names, kind, period, f"guia {guia.numero}"))
        else:
            yield caso.achado(
                Motivo.PARCIAL_SOBREPOSTA, "O período, ou a alta, já foi cobrado em outra conta desta internação.",
                "Corrija o período ou o tipo de faturamento; o que faltou vai em conta complementar.", exame,
                campo="tipoFaturamento", visto=f"{kind}: {period[0]} a {period[1]}",
                esperado=f"fora de {clash[2][0]} a {clash[2][1]} ({clash[3]})",
            )  # fmt: skip


def _clash(kind: str, period: tuple[str, str], other: str, theirs: tuple[str, str]) -> bool:
    if period[0] < theirs[1] and theirs[0] < period[1]:
        return True
    if TipoFaturamento.TOTAL in {kind, other}:
        return True
    closing = [which for which in (kind, other) if which in FECHAM]
    later = period[0] >= theirs[1]
    return len(closing) > 1 or (other in FECHAM and later) or (kind in FECHAM and not later)
