"""What a message asks, as this context understands it: the same `Solicitacao` and `Anexo` as of the JSON door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from autorizacao.messages.redes import outside
from conecta_senhas.solicitacoes import (
    Anexo,
    ItemSolicitado,
    Opme,
    Profissional,
    Solicitacao,
    Tipo,
    TipoAnexo,
    remocao_from_text,
)
from conecta_tiss.findings import Achado, code_of
from conecta_tiss.messages.anexos import AnexoOpme
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.oncologia import AnexoQuimio, AnexoRadio
from conecta_tiss.messages.solicitacao import SolicitacaoInternacao, SolicitacaoProrrogacao, SolicitacaoSpSadt
from conecta_tiss.terminologia import table_label
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import (
    CaraterAtendimento,
    ConselhoProfissional,
    EtapaAutorizacao,
    TipoAtendimentoOdonto,
)

if TYPE_CHECKING:
    from datetime import date

    from autorizacao.messages.redes import Redes
    from conecta_tiss.messages import comum
    from conecta_tiss.messages.anexos import AnexoSituacaoInicial, CabecalhoAnexo
    from conecta_tiss.messages.oncologia import DiagnosticoOncologico
    from conecta_tiss.messages.solicitacao import AnexoClinico, SolicitacaoOdonto
    from conecta_tiss.rules.admissao import Lida

_GUIA: Final = "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:solicitacaoProcedimento"
_EXECUTANTE: Final = {
    Tipo.SP_SADT: "solicitacaoSP-SADT/ans:dadosExecutante/ans:codigonaOperadora",
    Tipo.INTERNACAO: "solicitacaoInternacao/ans:dadosHospitalSolicitado/ans:codigoIndicadonaOperadora",
    Tipo.ODONTOLOGIA: "solicitacaoOdontologia/ans:dadosProfissionaisResponsaveis/ans:codigoProfExec",
}
"""Where the code of who will do it stands."""

Clinico = AnexoOpme | AnexoQuimio | AnexoRadio


@dataclass(frozen=True, slots=True)
class Leitor:
    """Reads the request of one message.

    Attributes:
        prestador_id: who sent it.
        hoje: day of a request that tells none.
    """

    lida: Lida
    prestador_id: str
    redes: Redes
    hoje: date

    def solicitacao(self) -> Solicitacao | Achado:
        """The request of a SOLICITACAO_PROCEDIMENTOS, or why it cannot be one: its executante is nobody known."""
        guia = self.lida.corpo.solicitacao
        if isinstance(guia, SolicitacaoSpSadt):
            return self._of(Tipo.SP_SADT, guia, _sp_sadt(guia), guia.contratado_solicitante, guia.codigo_executante)
        if isinstance(guia, SolicitacaoInternacao):
            return self._of(Tipo.INTERNACAO, guia, _stay(guia), guia.contratado_solicitante, guia.codigo_hospital)
        if isinstance(guia, SolicitacaoProrrogacao):
            return self._of(Tipo.PRORROGACAO, guia, _longer(guia), guia.contratado_solicitante, None)
        return self._of(Tipo.ODONTOLOGIA, guia, self._dental(guia), None, guia.codigo_executante)

    def _of(
        self, tipo: Tipo, guia: Any, own: dict[str, Any], asks: Contratado | None, codigo: str | None
    ) -> Solicitacao | Achado:
        registro = guia.registro_ans.strip()
        found = self.redes.prestador_id(registro, asks) if asks else self.prestador_id
        solicitante = found or outside(registro, asks or Contratado())
        executante = None
        if codigo is not None:
            executante = self.redes.prestador_id(registro, Contratado(codigo_na_operadora=codigo))
            if executante is None:
                return self._unknown(tipo)
        elif own.get("etapa") is EtapaAutorizacao.PRESTADOR_EXECUTANTE:
            executante = self.prestador_id
        observacao = _lines(guia.observacao, *own.pop("tambem", ()))
        return Solicitacao(
            tipo=tipo,
            registro_ans=registro,
            carteira=guia.numero_carteira.strip(),
            numero_guia_prestador=guia.numero_guia_prestador.strip(),
            solicitante=solicitante,
            executante=None if executante == solicitante else executante,
            remocao=remocao_from_text(observacao or ""),
            observacao=observacao,
            **own,
        )

    def _unknown(self, tipo: Tipo) -> Achado:
        return Achado(
            "EXECUTANTE", code_of(Motivo.PRESTADOR_INVALIDO, self.lida.versao_de_resposta),
            "O código do prestador executante não é de nenhum prestador desta operadora. Confira o código com ele.",
            caminho=f"{_GUIA}/ans:{_EXECUTANTE[tipo]}",
        )  # fmt: skip

    def _dental(self, guia: SolicitacaoOdonto) -> dict[str, Any]:
        """Urgência is a kind of attendance; the day of the message stands for that of the request, which has none."""
        urgent = guia.tipo_atendimento == TipoAtendimentoOdonto.URGENCIA_EMERGENCIA
        days = [item.data_realizacao for item in guia.procedimentos if item.data_realizacao]
        inicial = guia.situacao_inicial
        return {
            "data_solicitacao": self.lida.registrada_em or self.hoje,
            "itens": tuple(
                _item(
                    item, item.quantidade, dente=item.dente, regiao=item.regiao, face=_text(item.face), valor=item.valor
                )
                for item in guia.procedimentos
            ),
            "profissional": _dentist(guia),
            "carater": CaraterAtendimento.URGENCIA_EMERGENCIA if urgent else CaraterAtendimento.ELETIVA,
            "atendimento_rn": guia.atendimento_rn,
            "guia_principal": _text(guia.numero_guia_principal),
            "data_atendimento": min(days, default=None),
            "cod_validacao": _text(guia.cod_validacao),
            "ausencia_cod_validacao": guia.ausencia_cod_validacao,
            "tambem": (mouth(inicial),) if inicial else (),
        }


def _sp_sadt(guia: SolicitacaoSpSadt) -> dict[str, Any]:
    return {
        **_asked(guia),
        **_token(guia),
        "guia_principal": _text(guia.numero_guia_principal),
        "indicador_opme": guia.anexo is not None and guia.anexo.opme is not None,
        "indicador_quimio": guia.anexo is not None and guia.anexo.quimio is not None,
    }


def _stay(guia: SolicitacaoInternacao) -> dict[str, Any]:
    held = _asked(guia)
    return {
        **held,
        **_token(guia),
        "indicador_opme": guia.indicador_opme,
        "indicador_quimio": guia.indicador_quimio,
        "diarias": guia.quantidade_diarias or None,
        "tipo_internacao": guia.tipo_internacao,
        "regime_internacao": guia.regime_internacao,
        "data_atendimento": guia.data_sugerida_internacao,
        "cids": tuple(dict.fromkeys((*(cid.strip() for cid in guia.diagnosticos), *held["cids"]))),
    }


def _longer(guia: SolicitacaoProrrogacao) -> dict[str, Any]:
    return {
        **_asked(guia),
        "guia_principal": guia.numero_guia_referenciada.strip(),
        "diarias": guia.quantidade_diarias,
        "acomodacao": guia.tipo_acomodacao,
    }


def _asked(guia: SolicitacaoSpSadt | SolicitacaoInternacao | SolicitacaoProrrogacao) -> dict[str, Any]:
    """What the three medical kinds have in common."""
    clinicos = tuple(_annexes(guia.anexo))
    who = guia.profissional_solicitante
    return {
        "data_solicitacao": guia.data_solicitacao,
        "itens": tuple(_item(item, item.quantidade) for item in guia.procedimentos),
        "profissional": _profissional(who),
        "anexos": tuple(anexo_of(clinico) for clinico in clinicos),
        "cids": tuple(dict.fromkeys(cid.strip() for clinico in clinicos for cid in _cids(clinico))),
        "justificativa": _text(guia.indicacao_clinica),
    }


def _token(guia: SolicitacaoSpSadt | SolicitacaoInternacao) -> dict[str, Any]:
    return {
        "carater": CaraterAtendimento(guia.carater_atendimento),
        "etapa": EtapaAutorizacao(guia.etapa_autorizacao),
        "atendimento_rn": guia.beneficiario.atendimento_rn,
        "cod_validacao": _text(guia.cod_validacao),
        "ausencia_cod_validacao": guia.ausencia_cod_validacao,
    }


def _profissional(who: comum.Profissional) -> Profissional:
    return Profissional(
        nome=_text(who.nome) or "", conselho=who.conselho, numero=who.numero_conselho.strip(), uf=who.uf, cbo=who.cbo
    )


def _dentist(guia: SolicitacaoOdonto) -> Profissional:
    """Who asks, or, where the message leaves that out, who will do it."""
    return Profissional(
        nome=_text(guia.nome_solicitante) or _text(guia.nome_executante2) or "",
        conselho=ConselhoProfissional.CRO.value,
        numero=(guia.cro_solicitante or guia.cro_executante).strip(),
        uf=guia.uf_solicitante or guia.uf_executante,
        cbo=guia.cbo_solicitante or guia.cbo_executante2,
    )


def _item(item: Any, quantidade: int | Decimal, **more: Any) -> ItemSolicitado:
    return ItemSolicitado(
        tabela=item.codigo_tabela,
        codigo=item.codigo_procedimento.strip(),
        quantidade=_number(Decimal(quantidade)),
        descricao=_text(item.descricao_procedimento),
        **more,
    )


def _number(value: Decimal) -> Decimal:
    """What is whole has no decimal places, as in JSON: the same request by two doors is the same."""
    whole = value.to_integral_value()
    return whole if value == whole else value


# --- annexes ---


def _annexes(anexo: AnexoClinico | None) -> Iterator[Clinico]:
    """In one order whatever came: those whose items an answer lists first."""
    if anexo is not None:
        yield from (held for held in (anexo.opme, anexo.quimio, anexo.radio) if held is not None)


def anexo_of(anexo: Clinico) -> Anexo:
    """An annex of any clinical kind; what has no field here is told in words to who decides."""
    numero = anexo.cabecalho.numero_guia_anexo.strip()
    if isinstance(anexo, AnexoOpme):
        return Anexo(
            tipo=TipoAnexo.OPME,
            numero=numero,
            itens=tuple(_material(item) for item in anexo.itens),
            justificativa=_lines(anexo.justificativa_tecnica, anexo.especificacao_material, anexo.observacao),
        )
    if isinstance(anexo, AnexoQuimio):
        return Anexo(
            tipo=TipoAnexo.QUIMIOTERAPIA,
            numero=numero,
            itens=tuple(
                _item(droga, droga.quantidade_doses, data_provavel=droga.data_provavel) for droga in anexo.drogas
            ),
            justificativa=_chemotherapy(anexo),
        )
    return Anexo(
        tipo=TipoAnexo.RADIOTERAPIA,
        numero=numero,
        data_provavel=anexo.data_prevista_inicio,
        justificativa=_radiotherapy(anexo),
    )


def references(cabecalho: CabecalhoAnexo) -> tuple[str, tuple[str, ...]]:
    """The guia that an annex belongs to: the prestador's number, and those of the operadora that it tells."""
    told = (_text(cabecalho.numero_guia_operadora), _text(cabecalho.senha))
    return cabecalho.numero_guia_referenciada.strip(), tuple(dict.fromkeys(number for number in told if number))


def _material(item: Any) -> ItemSolicitado:
    opme = Opme(
        opcao=item.opcao_fabricante,
        registro_anvisa=_text(item.registro_anvisa),
        referencia=_text(item.codigo_ref_fabricante),
        autorizacao_funcionamento=_text(item.autorizacao_funcionamento),
    )
    return _item(item, item.quantidade, valor=item.valor_solicitado, opme=opme)


def _cids(anexo: Clinico) -> tuple[str, ...]:
    return () if isinstance(anexo, AnexoOpme) else anexo.diagnostico.diagnostico.cids


# --- in words ---


_MARCAS: Final = str.maketrans(
    "", "", "".join(map(chr, (*range(0x7F, 0xA0), 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
)
"""What XML lets pass and JSON does not: controls, and marks that turn the direction of what follows."""


def _text(value: str | None) -> str | None:
    return (value or "").translate(_MARCAS).strip() or None


def _lines(*texts: str | None) -> str | None:
    return "\n".join(text for each in texts if (text := _text(each))) or None


def _named(dominio: str, codigo: str | None) -> str:
    return (table_label(dominio, codigo, Versao.V4_03_00) or codigo) if codigo else "não informado"


def _chemotherapy(anexo: AnexoQuimio) -> str | None:
    dados, plan = anexo.dados_complementares, anexo.diagnostico
    before = anexo.tratamentos_anteriores
    return _lines(
        plan.plano_terapeutico,
        f"Ciclo {anexo.ciclo_atual} de {anexo.numero_ciclos}, {anexo.dias_ciclo_atual} dias, intervalo de "
        f"{anexo.intervalo_ciclos} dias; {_named('dm_tipoQuimioterapia', plan.tipo_quimioterapia)}.",
        f"{_named('dm_tumor', plan.tumor)} {_named('dm_nodulo', plan.nodulo)} "
        f"{_named('dm_metastase', plan.metastase)}; {dados.peso} kg, {dados.altura} cm, "
        f"{dados.superficie_corporal} m².",
        *(
            f"{droga.codigo_tabela} {droga.codigo_procedimento.strip()}: "
            f"{_named('dm_unidadeMedida', droga.unidade_medida)}, "
            f"{_named('dm_viaAdministracao', droga.via_administracao)}, {droga.frequencia}x ao dia."
            for droga in anexo.drogas
        ),
        *_diagnosis(plan.diagnostico),
        *(_before("Cirurgia", before.cirurgia, before.data_cirurgia) if before else ()),
        *(_before("Radioterapia", before.area_irradiada, before.data_irradiacao) if before else ()),
        anexo.observacao,
    )


def _radiotherapy(anexo: AnexoRadio) -> str | None:
    before = anexo.tratamentos_anteriores
    return _lines(
        f"{anexo.numero_campos} campos, {anexo.dose_campo} Gy por dia, {anexo.dose_total} Gy no total, em "
        f"{anexo.numero_dias} dias.",
        *_diagnosis(anexo.diagnostico.diagnostico),
        f"Diagnóstico por imagem: {_named('dm_diagnosticoImagem', anexo.diagnostico.imagem)}.",
        *(_before("Cirurgia", before.cirurgia, before.data_cirurgia) if before else ()),
        *(_before("Quimioterapia", before.quimioterapia, before.data_quimioterapia) if before else ()),
        anexo.observacao,
    )


def _diagnosis(found: DiagnosticoOncologico) -> Iterator[str | None]:
    yield (
        f"Estadiamento {_named('dm_estadiamento', found.estadiamento)}; finalidade "
        f"{_named('dm_finalidadeTratamento', found.finalidade)}; ECOG {found.ecog}."
    )
    yield found.diagnostico_histopatologico
    yield found.informacoes_relevantes


def _before(what: str, told: str | None, dia: date | None) -> Iterator[str]:
    if told or dia:
        yield " ".join(part for part in (f"{what} anterior:", _text(told), f"{dia:%d/%m/%Y}" if dia else None) if part)


def mouth(inicial: AnexoSituacaoInicial) -> str:
    """The initial state of a mouth, in words."""
    dentes = ", ".join(
        f"{item.dente} {_named('dm_condicaoClinica', item.condicao)}" for item in inicial.dentes
    )  # fmt: skip
    signs = (
        ("doença periodontal", inicial.doenca_periodontal),
        ("alteração de tecido mole", inicial.alteracao_tecido_mole),
    )
    found = "; ".join(f"{what}: {'sim' if there else 'não'}" for what, there in signs)
    return _lines(f"Situação inicial: {dentes}; {found}.", inicial.observacao) or ""
