"""Eligibility: what keeps a carteira from being used on a day, each fact with its rule and its glosa. Pure.

Facts are those of `conecta_facts`; here each gets its code of table 38 in the version of who asks (`tiss.md` §5.1).
A machine answers what is formally so; whether a procedure is due is not asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from conecta_facts.beneficiarios import RECEM_NASCIDO, Beneficiario, Impedimento
from conecta_facts.planos import Espera, PlanoCompleto
from conecta_tiss.findings import Achado, Severidade, code_of
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.glosas import Motivo


class BeneficiarioNotFoundError(LookupError):
    """No life of the operadoras asked, or none this prestador may see: the two look alike."""


class AutorizacaoNotReleasedError(Exception):
    """R02: the relacionamento does not allow eligibility to be asked.

    Attributes:
        situacao: state of the relacionamento; `None` when there never was one.
        motivo: the operadora's reason.
    """

    def __init__(self, situacao: str | None, motivo: str | None) -> None:
        super().__init__(situacao)
        self.situacao = situacao
        self.motivo = motivo


@dataclass(frozen=True, slots=True)
class Pergunta:
    """One question: exactly one of `carteira` and `cpf`.

    Attributes:
        dia: local day of the intended service.
        atendimento_rn: a newborn is attended on this carteira (`atendimentoRN`).
        nascimento_rn: its day of birth, when told.
    """

    dia: date
    carteira: str | None = None
    cpf: str | None = None
    atendimento_rn: bool = False
    nascimento_rn: date | None = None


@dataclass(frozen=True, slots=True)
class Elegibilidade:
    """The answer about one carteira.

    Attributes:
        plano: with carências and coverages; `None` when the operadora's data lacks it.
        motivos: why not; empty when eligible.
        esperas: carências in course, which limit but do not refuse.
        renumerada: it was asked by a number that has been replaced.
    """

    beneficiario: Beneficiario
    plano: PlanoCompleto | None
    motivos: tuple[Achado, ...]
    esperas: tuple[Espera, ...]
    renumerada: bool

    @property
    def elegivel(self) -> bool:
        """Whether nothing keeps the carteira from being used."""
        return not self.motivos


@dataclass(frozen=True, slots=True)
class Caso:
    """What a rule looks at.

    Attributes:
        hoje: local day of the question: an exclusion that is past is told otherwise than one to come.
    """

    beneficiario: Beneficiario
    plano: PlanoCompleto | None
    pergunta: Pergunta
    hoje: date
    versao: Versao | None

    def achado(self, regra: str, motivo: Motivo, mensagem: str) -> Achado:
        """A finding of this case, in the version of who asks."""
        return Achado(regra, code_of(motivo, self.versao), mensagem, Severidade.GLOSA)


Rule = Callable[[Caso], Iterable[Achado]]


def incluido(caso: Caso) -> Iterator[Achado]:
    """ELEG-INCLUSAO: cover begins on `data_inclusao` (1005; 3308 in 4.03)."""
    if Impedimento.ANTES_DA_INCLUSAO in caso.beneficiario.impedimentos_em(caso.pergunta.dia):
        yield caso.achado(
            "ELEG-INCLUSAO", Motivo.ATENDIMENTO_ANTES_DA_INCLUSAO,
            "Na data do atendimento o beneficiário ainda não está incluído no plano. Escolha uma data a partir da "
            "inclusão.",
        )  # fmt: skip


def nao_excluido(caso: Caso) -> Iterator[Achado]:
    """ELEG-EXCLUSAO: cover ends after `data_exclusao`: already ended 1014, ended by the day of service 1006."""
    if Impedimento.EXCLUIDO not in caso.beneficiario.impedimentos_em(caso.pergunta.dia):
        return
    if Impedimento.EXCLUIDO in caso.beneficiario.impedimentos_em(caso.hoje):
        motivo, text = Motivo.BENEFICIARIO_EXCLUIDO, "O beneficiário foi excluído do plano."
    else:
        motivo, text = (
            Motivo.BENEFICIARIO_DESLIGADO,
            "O beneficiário tem exclusão programada para antes da data do atendimento.",
        )
    yield caso.achado("ELEG-EXCLUSAO", motivo, f"{text} Confirme com ele se tem outra carteira.")


def nao_suspenso(caso: Caso) -> Iterator[Achado]:
    """ELEG-SUSPENSAO: suspended on the day (1016), for open payments (1009)."""
    found = caso.beneficiario.impedimentos_em(caso.pergunta.dia)
    if Impedimento.PAGAMENTO_EM_ABERTO in found:
        yield caso.achado(
            "ELEG-SUSPENSAO", Motivo.PAGAMENTO_EM_ABERTO,
            "O atendimento está suspenso por pagamento em aberto. O beneficiário deve procurar a operadora.",
        )  # fmt: skip
    if Impedimento.SUSPENSO in found:
        yield caso.achado(
            "ELEG-SUSPENSAO", Motivo.BENEFICIARIO_SUSPENSO,
            "O atendimento do beneficiário está suspenso na data. Ele deve procurar a operadora.",
        )  # fmt: skip


def carteira_valida(caso: Caso) -> Iterator[Achado]:
    """ELEG-CARTEIRA: the card is valid on the day (1017)."""
    if Impedimento.CARTEIRA_VENCIDA in caso.beneficiario.impedimentos_em(caso.pergunta.dia):
        yield caso.achado(
            "ELEG-CARTEIRA", Motivo.CARTEIRA_VENCIDA,
            "A carteira está vencida na data do atendimento. O beneficiário deve pedir a renovação.",
        )  # fmt: skip


def plano_em_vigor(caso: Caso) -> Iterator[Achado]:
    """ELEG-PLANO: the plan itself is known and in force on the day (1407; 3287 in 4.03)."""
    if caso.plano is None or not caso.plano.vigente_em(caso.pergunta.dia):
        yield caso.achado(
            "ELEG-PLANO", Motivo.PROCEDIMENTO_SEM_COBERTURA,
            "O plano do beneficiário não está em vigor na data do atendimento. Fale com a Central da operadora.",
        )  # fmt: skip


def recem_nascido(caso: Caso) -> Iterator[Achado]:
    """ELEG-RN: a newborn is attended on a parent's carteira for 30 days, if the plan covers obstetrics.

    Law 9656/98, art. 12, III, a; the code is that of a carteira that does not identify who is attended (1011; 3243).
    """
    if not caso.pergunta.atendimento_rn:
        return
    if caso.plano is not None and not caso.plano.plano.obstetricia:
        yield caso.achado(
            "ELEG-RN", Motivo.PROCEDIMENTO_SEM_COBERTURA,
            "O plano não inclui obstetrícia: o recém-nascido precisa de carteira própria.",
        )  # fmt: skip
    nascimento = caso.pergunta.nascimento_rn
    if nascimento is not None and not timedelta(0) <= caso.pergunta.dia - nascimento <= RECEM_NASCIDO:
        yield caso.achado(
            "ELEG-RN", Motivo.BENEFICIARIO_INCONSISTENTE,
            "O recém-nascido é atendido na carteira da mãe ou do pai só nos primeiros 30 dias. Use a carteira própria.",
        )  # fmt: skip


RULES: Final[tuple[Rule, ...]] = (
    incluido,
    nao_excluido,
    nao_suspenso,
    carteira_valida,
    plano_em_vigor,
    recem_nascido,
)


def judge(
    beneficiario: Beneficiario, plano: PlanoCompleto | None, pergunta: Pergunta, hoje: date, versao: Versao | None
) -> Elegibilidade:
    """Everything that can be said of one carteira on the day asked, all reasons at once."""
    caso = Caso(beneficiario, plano, pergunta, hoje, versao)
    return Elegibilidade(
        beneficiario=beneficiario,
        plano=plano,
        motivos=tuple(achado for rule in RULES for achado in rule(caso)),
        esperas=plano.esperas_em(beneficiario, pergunta.dia) if plano else (),
        renumerada=pergunta.carteira is not None and pergunta.carteira != beneficiario.numero_carteira,
    )


def not_found(versao: Versao | None) -> Achado:
    """ELEG-NAO-ENCONTRADO: 1001, for the absent and for the foreign alike."""
    return Achado(
        "ELEG-NAO-ENCONTRADO", code_of(Motivo.CARTEIRA_INVALIDA, versao),
        "Beneficiário não encontrado. Confira o número e a operadora.", Severidade.GLOSA,
    )  # fmt: skip


def not_released(versao: Versao | None) -> Achado:
    """R02: the relacionamento does not release authorizations (1207; 3279 in 4.03)."""
    return Achado(
        "R02", code_of(Motivo.PRESTADOR_FORA_DA_REDE, versao),
        "O relacionamento deste prestador com a operadora não está habilitado para autorização. Solicite-o ou "
        "acompanhe a decisão em Relacionamentos.", Severidade.GLOSA,
    )  # fmt: skip


def best_first(found: Sequence[Elegibilidade]) -> tuple[Elegibilidade, ...]:
    """The carteiras of one person, those that can be used first, the most recent of each before the older."""
    return tuple(
        sorted(
            found,
            key=lambda item: (item.elegivel, item.beneficiario.data_inclusao, item.beneficiario.numero_carteira),
            reverse=True,
        )
    )
