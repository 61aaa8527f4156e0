"""Rules upon each item: its code, contract, cover, limits, and what is particular to a kind of item."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Final

from conecta_facts.contratos import Conduta
from conecta_facts.planos import Acomodacao, Espera, GrupoCarencia, Plano
from conecta_senhas.autorizacoes import ZERO, Pendencia, TipoPendencia
from conecta_senhas.contexto import (
    CONTRATO,
    PADRAO,
    PLANO,
    Apontamento,
    Caso,
    Efeito,
    named,
    regra,
)
from conecta_senhas.itens import PACOTES, Codigo, Problema, medicine_problems, place_problems, waiting_group
from conecta_senhas.solicitacoes import (
    ItemSolicitado,
    Linha,
    Tipo,
    TipoAnexo,
    remocao_from_text,
)
from conecta_tiss.vocabulary.glosas import Motivo
from conecta_tiss.vocabulary.tables import EtapaAutorizacao, OpcaoFabricante, Tabela, TipoInternacao

IMPEDE, PENDE, ANALISA, AVISA = Efeito
MATERIAIS: Final = frozenset({Tabela.MATERIAIS_E_OPME, Tabela.MEDICAMENTOS})
"""Paid by price lists: no contract names each, and what we have of TUSS is not all of it (tiss.md, section 6)."""
TABELAS: Final = frozenset(Tabela)
CIRURGIAS: Final = "3"
ODONTOLOGICOS: Final = "8"
"""How codes of table 22 begin, by chapter."""


def _code(item: ItemSolicitado) -> str:
    return f"{item.tabela}:{item.codigo}"


def _is_opme(linha: Linha) -> bool:
    return linha.anexo is TipoAnexo.OPME or linha.item.opme is not None


@regra("AUT-QUANTIDADE", "R25", base=PADRAO)
def quantidade(caso: Caso) -> Iterator[Apontamento]:
    """Something is asked for, and of each item more than nothing (1806)."""
    if not caso.linhas and not (caso.solicitacao.diarias or 0) > 0:
        yield caso.achado(
            IMPEDE, Motivo.QUANTIDADE_ZERO, "O pedido não tem itens nem diárias.", "Inclua o que pede.", campo="itens"
        )
    for linha in caso.linhas:
        if linha.item.quantidade <= ZERO:
            yield caso.achado(
                IMPEDE, Motivo.QUANTIDADE_ZERO, "A quantidade deve ser maior que zero.", "Corrija a quantidade.", linha,
                campo="quantidade", visto=str(linha.item.quantidade), esperado="1 ou mais",
            )  # fmt: skip


_INVALIDO: Final = {Tabela.MATERIAIS_E_OPME: Motivo.MATERIAL_INVALIDO, Tabela.MEDICAMENTOS: Motivo.MEDICAMENTO_INVALIDO}


@regra("AUT-TUSS", "R19", base=PADRAO)
def tuss(caso: Caso) -> Iterator[Apontamento]:
    """The code is in its TUSS table and in force (1801, in odontologia 3001), the table in the standard (3150).

    Of materials and medicines the absence is only told. The dental chapter is asked as odontologia (R26), which has no
    other: each has its own cover and its own answer.
    """
    dental = caso.solicitacao.tipo is Tipo.ODONTOLOGIA
    for linha in caso.linhas:
        tabela, codigo = linha.item.tabela, linha.item.codigo
        if tabela not in TABELAS:
            yield caso.achado(
                IMPEDE, Motivo.TABELA_INVALIDA, "A tabela do item não existe no padrão TISS.", "Corrija a tabela.",
                linha, campo="tabela", visto=tabela, esperado=", ".join(sorted(TABELAS)),
            )  # fmt: skip
        elif tabela in {Tabela.PROPRIA, *PACOTES}:
            continue
        elif caso.contexto.tuss(tabela, codigo, caso.dia):
            if tabela == Tabela.PROCEDIMENTOS_E_EVENTOS and codigo.startswith(ODONTOLOGICOS) is not dental:
                yield caso.achado(
                    IMPEDE, Motivo.PROCEDIMENTO_ODONTOLOGICO_INVALIDO if dental else Motivo.PROCEDIMENTO_INVALIDO,
                    "O procedimento não é odontológico." if dental else "O procedimento é odontológico.",
                    "Peça-o em SP/SADT." if dental else "Peça-o em odontologia, com o dente ou a região.", linha,
                    campo="codigo", visto=f"{tabela}:{codigo}",
                )  # fmt: skip
        elif (motivo := _INVALIDO.get(Tabela(tabela))) is not None:
            yield caso.achado(
                AVISA, motivo, "O código não consta da nossa edição da TUSS.", "Confira o código.", linha,
                campo="codigo", visto=codigo,
            )  # fmt: skip
        else:
            yield caso.achado(
                IMPEDE, Motivo.PROCEDIMENTO_ODONTOLOGICO_INVALIDO if dental else Motivo.PROCEDIMENTO_INVALIDO,
                "O código não existe na TUSS ou não está em vigor.", "Confira a tabela e o código.", linha,
                campo="codigo", visto=f"{tabela}:{codigo}",
            )  # fmt: skip


def _uncontracted(caso: Caso) -> Iterator[Linha]:
    """Items that the contract would have to name and does not; unknown codes are `tuss`'s."""
    if caso.contrato is None:
        return
    for linha in caso.linhas:
        item = linha.item
        if item.tabela not in TABELAS - MATERIAIS or _is_opme(linha) or linha.anexo is TipoAnexo.QUIMIOTERAPIA:
            continue
        known = item.tabela in {Tabela.PROPRIA, *PACOTES} or caso.contexto.tuss(item.tabela, item.codigo, caso.dia)
        if known and not caso.contexto.contrato.contratado(item.tabela, item.codigo, caso.dia):
            yield linha


def _is_daily(caso: Caso, item: ItemSolicitado) -> bool:
    return caso.in_stay and item.tabela in {Tabela.DIARIAS_TAXAS_E_GASES, Tabela.PROPRIA}


@regra("R25", "R14", "R25", base=CONTRATO)
def contratado(caso: Caso) -> Iterator[Apontamento]:
    """Each procedure is contracted with who will do it (2514; 3279), each package and fee negotiated (3142)."""
    for linha in _uncontracted(caso):
        if _is_daily(caso, linha.item):
            continue
        procedure = linha.item.tabela == Tabela.PROCEDIMENTOS_E_EVENTOS
        yield caso.achado(
            IMPEDE, Motivo.SERVICO_NAO_CONTRATADO_COM_O_PRESTADOR if procedure else Motivo.ITEM_NAO_CONTRATADO,
            "O item não está contratado com o prestador executante.",
            "Fale com a Central da operadora ou encaminhe a outro prestador.", linha, campo="codigo",
            visto=_code(linha.item), central=True,
        )  # fmt: skip


@regra("R19", "R19", base=CONTRATO)
def diaria_negociada(caso: Caso) -> Iterator[Apontamento]:
    """A diária is one that was negotiated (3142, naming those); a better room than the plan's is looked at (1902)."""
    negotiated = caso.contexto.contrato.diarias_em(caso.dia)
    names = ", ".join(f"{item.tabela}:{item.codigo}" for item in negotiated)
    for linha in _uncontracted(caso):
        if _is_daily(caso, linha.item):
            yield caso.achado(
                IMPEDE, Motivo.ITEM_NAO_CONTRATADO, "A diária ou taxa não foi negociada com a operadora.",
                "Use o código negociado.", linha, campo="codigo", visto=_code(linha.item), esperado=names or None,
                central=True,
            )  # fmt: skip
    plano = caso.contexto.plano
    if plano is None or plano.plano.acomodacao is not Acomodacao.COLETIVA:
        return
    rooms = {f"{item.tabela}:{item.codigo}": item.acomodacao for item in negotiated}
    for linha in caso.linhas:
        if rooms.get(_code(linha.item)) == Acomodacao.INDIVIDUAL:
            yield caso.achado(
                ANALISA, Motivo.ACOMODACAO_NAO_CONTRATADA, "A acomodação pedida é superior à do plano.",
                "Use a diária da acomodação do plano ou aguarde a análise.", linha, campo="codigo",
                visto=Acomodacao.INDIVIDUAL, esperado=Acomodacao.COLETIVA,
            )  # fmt: skip


def _segment(caso: Caso, plano: Plano) -> tuple[bool, Motivo]:
    """Whether the plan's segmentation has such a request, and the reason when not."""
    tipo, missing = caso.solicitacao.tipo, Motivo.PROCEDIMENTO_SEM_COBERTURA
    if tipo is Tipo.ODONTOLOGIA:
        return plano.odontologia, Motivo.SEM_COBERTURA_ODONTOLOGICA
    if caso.in_stay:
        birth = caso.solicitacao.tipo_internacao == TipoInternacao.OBSTETRICA
        return plano.hospitalar and (plano.obstetricia or not birth), missing
    return plano.ambulatorial or (caso.solicitacao.urgencia and plano.hospitalar), missing


@regra("R25-COBERTURA", "R25", base=PLANO)
def cobertura(caso: Caso) -> Iterator[Apontamento]:
    """The plan covers each item: what it says of the code, else its segmentation (1407; 3287; odontologia 1025)."""
    plano = caso.contexto.plano
    if plano is None:
        return
    covered, motivo = _segment(caso, plano.plano)
    if not caso.linhas and not covered:
        yield caso.achado(IMPEDE, motivo, "O plano não cobre este pedido.", "Informe o beneficiário.")
    for linha in caso.linhas:
        said = plano.cobertura_de(linha.item.tabela, linha.item.codigo, caso.dia)
        if said is not None and not said.coberto:
            yield caso.achado(
                IMPEDE, Motivo.PROCEDIMENTO_SEM_COBERTURA, "O plano não cobre este item.",
                "Informe o beneficiário; em dúvida, fale com a Central da operadora.", linha, campo="codigo",
                visto=_code(linha.item), central=True,
            )  # fmt: skip
        elif said is None and not covered:
            yield caso.achado(
                IMPEDE, motivo, "A segmentação do plano não inclui este atendimento.",
                "Informe o beneficiário; em dúvida, fale com a Central da operadora.", linha, campo="codigo",
                visto=_code(linha.item), central=True,
            )  # fmt: skip


def _group(caso: Caso, linha: Linha) -> GrupoCarencia:
    asked, parent = caso.solicitacao, caso.contexto.principal
    rule = caso.regra_de(linha.item)
    return waiting_group(
        Codigo(linha.item.tabela, linha.item.codigo),
        urgencia=asked.urgencia or (parent is not None and parent.solicitacao.urgencia),
        odontologia=asked.tipo is Tipo.ODONTOLOGIA,
        internado=caso.in_stay,
        parto=asked.tipo_internacao == TipoInternacao.OBSTETRICA,
        complexo=rule is not None and rule.alta_complexidade,
        planejado=linha.data_provavel is not None,
    )


@regra("R25-CARENCIA", "R14", "R25", base="Lei 9.656/1998, art. 12, V, e contrato do plano do beneficiário.")
def carencia(caso: Caso) -> Iterator[Apontamento]:
    """The carência of each item was served by the day of the service (1410; 3171); of urgência it is 24 hours.

    Whose carência counts: that which the plan names for the code, else that of the kind of request.
    """
    plano, life = caso.contexto.plano, caso.contexto.beneficiario
    if plano is None or life is None:
        return
    waiting: dict[GrupoCarencia, Espera] = {espera.grupo: espera for espera in plano.esperas_em(life, caso.dia)}
    for linha in caso.linhas:
        group = _group(caso, linha)
        said = plano.cobertura_de(linha.item.tabela, linha.item.codigo, caso.dia)
        if said is not None and said.grupo_carencia is not None and group is not GrupoCarencia.URGENCIA_EMERGENCIA:
            group = said.grupo_carencia
        if group in waiting:
            first = f"{waiting[group].coberto_desde:%d/%m/%Y}"
            yield caso.achado(
                IMPEDE, Motivo.SERVICO_SOLICITADO_EM_CARENCIA, "O beneficiário está em carência para este item.",
                f"Agende a partir de {first}.", linha, visto=f"{caso.dia:%d/%m/%Y}", esperado=f"a partir de {first}",
            )  # fmt: skip


@regra("R25-CPT", "R25", base="Lei 9.656/1998, art. 11, e declaração de saúde do beneficiário (RN 558/2022).")
def cobertura_parcial(caso: Caso) -> Iterator[Apontamento]:
    """While a cobertura parcial temporária lasts, high complexity and surgery are looked at (1421; 3173)."""
    life = caso.contexto.beneficiario
    if life is None or life.cpt_ate is None or caso.dia > life.cpt_ate:
        return
    for linha in caso.linhas:
        rule = caso.regra_de(linha.item)
        surgery = linha.item.tabela == Tabela.PROCEDIMENTOS_E_EVENTOS and linha.item.codigo.startswith(CIRURGIAS)
        if surgery or (rule is not None and rule.alta_complexidade):
            yield caso.achado(
                ANALISA, Motivo.PREEXISTENCIA, "O beneficiário cumpre cobertura parcial temporária.",
                "Aguarde a análise: só o que se deve à doença declarada fica de fora.", linha,
                visto=f"até {life.cpt_ate:%d/%m/%Y}",
            )  # fmt: skip


@regra("R09", "R09", "R25", base=CONTRATO)
def exigencias(caso: Caso) -> Iterator[Apontamento]:
    """What the operadora asks of each code: senha or none, analysis, documents (3052; 3230)."""
    given = {documento.tipo for documento in caso.solicitacao.documentos}
    plain = caso.solicitacao.tipo is Tipo.SP_SADT and not caso.immediate
    for linha in caso.linhas:
        rule = caso.regra_de(linha.item)
        if plain and linha.anexo is None and not (rule and rule.pede_senha):
            yield caso.achado(
                AVISA, None, "Este item não exige senha.", "Pode atender e faturar sem pedir autorização.", linha
            )
        if rule is None:
            continue
        if rule.exige_analise and not caso.immediate:
            yield caso.achado(
                ANALISA, None, "Este item é decidido pela auditoria da operadora.", "Aguarde a análise.", linha
            )
        for documento in rule.documentos:
            if documento not in given:
                yield caso.achado(
                    PENDE, Motivo.DOCUMENTACAO_INCOMPLETA, "Falta um documento que a operadora pede para este item.",
                    "Envie o documento.", linha, campo="/documentos", esperado=documento,
                    pendencia=Pendencia(
                        tipo=TipoPendencia.DOCUMENTO, descricao=f"Documento do tipo {documento}", documento=documento
                    ),
                )  # fmt: skip


def _used(caso: Caso, item: ItemSolicitado, dias: int | None) -> Decimal:
    """What the fullest period with the day of the service in it has already: what is planned for later counts, too."""
    usos = [uso for uso in caso.contexto.usos if (uso.tabela, uso.codigo) == (item.tabela, item.codigo)]
    if not dias:
        return sum((uso.quantidade for uso in usos), ZERO)
    period = timedelta(days=dias)
    ends = {caso.dia, *(uso.dia for uso in usos if caso.dia < uso.dia < caso.dia + period)}
    return max(sum((uso.quantidade for uso in usos if end - period < uso.dia <= end), ZERO) for end in ends)


@regra("R25-LIMITE", "R25", base=CONTRATO)
def limites(caso: Caso) -> Iterator[Apontamento]:
    """At most so many in so many days, the whole request counted: what is above is looked at (1409; 3293)."""
    asked: dict[str, Decimal] = {}
    for linha in caso.linhas:
        item, rule = linha.item, caso.regra_de(linha.item)
        if rule is None or rule.limite_quantidade is None:
            continue
        used = _used(caso, item, rule.limite_dias)
        asked[_code(item)] = asked.get(_code(item), ZERO) + item.quantidade
        total = used + asked[_code(item)]
        if total > rule.limite_quantidade:
            yield caso.achado(
                ANALISA, Motivo.QUANTIDADE_SOLICITADA_ACIMA_DA_COBERTA,
                "A quantidade pedida passa do limite do período.", "Reduza a quantidade ou aguarde a análise.", linha,
                campo="quantidade", visto=str(total), esperado=f"até {rule.limite_quantidade}",
            )  # fmt: skip


@regra("R14", "R14", base=CONTRATO)
def pronto_socorro(caso: Caso) -> Iterator[Apontamento]:
    """10101039 is asked as urgência (3111), and the contract's package in its place, if there is one (3098)."""
    if caso.solicitacao.tipo is not Tipo.SP_SADT or caso.contrato is None:
        return
    pacote = caso.contrato.pacote_pronto_socorro
    for linha in caso.linhas:
        if not named(caso.contexto.parametros.pronto_socorro, linha.item.tabela, linha.item.codigo):
            continue
        if not caso.solicitacao.urgencia:
            yield caso.achado(
                IMPEDE, Motivo.CAMPO_CONDICIONADO_INCORRETO, "A consulta em pronto-socorro é de urgência.",
                "Peça com caráter de atendimento 2 (urgência/emergência).", linha, campo="codigo", visto="1",
                esperado="2",
            )  # fmt: skip
        if pacote is not None:
            yield caso.achado(
                IMPEDE if caso.contrato.conduta_pronto_socorro is Conduta.RECUSA else AVISA,
                Motivo.CONTA_ABERTA_COM_PACOTE_CONTRATADO, "O contrato tem pacote para o pronto-socorro.",
                f"Peça o pacote {pacote}.", linha, campo="codigo", visto=_code(linha.item), esperado=pacote,
            )  # fmt: skip


@regra("R20", "R20", base=CONTRATO)
def medicamentos(caso: Caso) -> Iterator[Apontamento]:
    """Outside a stay an application comes with its medicines and they with it, or a package (3102, 2103, 3108).

    What is already on the parent's senha counts as present.
    """
    if caso.in_stay or caso.solicitacao.tipo is Tipo.ODONTOLOGIA:
        return
    parent, chemo = caso.contexto.principal, TipoAnexo.QUIMIOTERAPIA
    lines = [Codigo(linha.item.tabela, linha.item.codigo, linha.anexo is chemo) for linha in caso.linhas]
    authorised = (item.solicitado for item in parent.itens if item.autorizada > ZERO) if parent else ()
    held = (Codigo(item.tabela, item.codigo) for item in authorised)
    packages = {f"{item.tabela}:{item.codigo}": item.itens for item in caso.contexto.contrato.pacotes_em(caso.dia)}
    for place, found in medicine_problems(lines, held, packages, caso.contexto.parametros):
        yield _problem(caso, found, caso.linhas[place])


def _problem(caso: Caso, found: Problema, linha: Linha) -> Apontamento:
    return caso.achado(
        IMPEDE, found.motivo, found.mensagem, found.providencia, linha, campo=found.campo, visto=found.visto,
        esperado=found.esperado,
    )  # fmt: skip


@regra("R26", "R26", base=PADRAO)
def dente_ou_regiao(caso: Caso) -> Iterator[Apontamento]:
    """In odontologia each item names a tooth or a region, never both (3022; 3307; 3021, 3023, 5037, 5038, 5039)."""
    if caso.solicitacao.tipo is not Tipo.ODONTOLOGIA:
        return
    for linha in caso.linhas:
        for found in place_problems(linha.item.dente, linha.item.regiao, linha.item.face):
            yield _problem(caso, found, linha)


@regra("R27", "R27", base=PADRAO)
def opme(caso: Caso) -> Iterator[Apontamento]:
    """OPME: the annex and the quotes the contract asks for (status 5), TUSS or Anvisa (3106), up to three options.

    A person decides.
    """
    asked = caso.solicitacao
    materials = [linha for linha in caso.linhas if _is_opme(linha)]
    if asked.indicador_opme and not materials:
        yield caso.achado(
            PENDE, Motivo.DOCUMENTACAO_INCOMPLETA, "O pedido indica OPME e o anexo não veio.", "Envie o anexo de OPME.",
            campo="anexos", pendencia=Pendencia(tipo=TipoPendencia.ANEXO_OPME, descricao="Anexo de OPME"),
        )  # fmt: skip
    missing = (caso.contrato.cotacoes_opme if caso.contrato else 0) - asked.cotacoes
    waiting: list[Linha | None] = [*materials] if materials else [None] * asked.indicador_opme
    for which in waiting if missing > 0 else ():
        yield caso.achado(
            PENDE, Motivo.DOCUMENTACAO_INCOMPLETA, "Faltam cotações de OPME.", f"Envie mais {missing} cotação(ões).",
            which, campo="/documentos", visto=str(asked.cotacoes),
            esperado=str(asked.cotacoes + missing),
            pendencia=Pendencia(tipo=TipoPendencia.COTACAO, descricao="Cotações de OPME", quantidade=missing),
        )  # fmt: skip
    for linha in materials:
        item, detail = linha.item, linha.item.opme
        if (not item.codigo or item.tabela == Tabela.PROPRIA) and not (detail and detail.registro_anvisa):
            yield caso.achado(
                IMPEDE, Motivo.REGISTRO_ANVISA_INVALIDO, "O material não tem código TUSS nem registro na Anvisa.",
                "Informe o código TUSS (tabela 19) ou, na tabela própria, o registro na Anvisa.", linha,
                campo="opme.registro_anvisa",
            )  # fmt: skip
        if detail is not None and detail.opcao not in set(OpcaoFabricante):
            yield caso.achado(
                IMPEDE, Motivo.OPME_INVALIDO, "Cada material tem até três opções de fabricante.",
                "Use a opção 1, 2 ou 3.", linha, campo="opme.opcao", visto=detail.opcao, esperado="1, 2 ou 3",
            )  # fmt: skip
        if not caso.immediate:
            yield caso.achado(
                ANALISA, None, "OPME é decidido pela auditoria da operadora.", "Aguarde a análise.", linha
            )


@regra("R23", "R23", base=CONTRATO)
def oncologia(caso: Caso) -> Iterator[Apontamento]:
    """Quimioterapia and radioterapia are decided by a person, each item for its planned day."""
    asked = caso.solicitacao
    annexes = {TipoAnexo.QUIMIOTERAPIA, TipoAnexo.RADIOTERAPIA} & {anexo.tipo for anexo in asked.anexos}
    if annexes and not caso.immediate:
        yield caso.achado(
            ANALISA, None, "O tratamento oncológico é decidido pela auditoria da operadora.",
            "Aguarde a análise; cada item vale para a data prevista.", campo="anexos",
        )  # fmt: skip


@regra("R28", "R28", base=PADRAO)
def remocao(caso: Caso) -> Iterator[Apontamento]:
    """A removal is asked by who does it, and says from where to where (3111)."""
    asked = caso.solicitacao
    for linha in caso.linhas:
        if not named(caso.contexto.parametros.remocoes, linha.item.tabela, linha.item.codigo):
            continue
        if asked.solicitante != asked.executa or asked.etapa is not EtapaAutorizacao.PRESTADOR_EXECUTANTE:
            yield caso.achado(
                IMPEDE, Motivo.CAMPO_CONDICIONADO_INCORRETO, "A remoção é pedida por quem a executa.",
                "Peça à empresa de remoção que faça o pedido, como executante (etapa 2).", linha, campo="codigo",
                visto=_code(linha.item), esperado="solicitante = executante, etapa 2",
            )  # fmt: skip
        if (asked.remocao or remocao_from_text(asked.observacao or "")) is None:
            yield caso.achado(
                IMPEDE, Motivo.CAMPO_CONDICIONADO_INCORRETO, "Faltam a origem e o destino da remoção.",
                "Informe-os; em XML, na observação: Origem: …; Destino: ….", linha, campo="/remocao",
                esperado="origem e destino",
            )  # fmt: skip


@regra("R25-VALOR", "R25", base=CONTRATO)
def valores(caso: Caso) -> Iterator[Apontamento]:
    """A value above the contract's is told; the contract's is authorised (1705). Dental values are of unit or line."""
    if caso.solicitacao.tipo is Tipo.ODONTOLOGIA:
        return
    for linha in caso.linhas:
        price = caso.price(linha.item)
        if price is not None and linha.item.valor is not None and linha.item.valor > price:
            yield caso.achado(
                AVISA, Motivo.VALOR_ACIMA_DO_CONTRATADO, "O valor informado é maior que o do contrato.",
                "Será considerado o valor do contrato.", linha, campo="valor", visto=str(linha.item.valor),
                esperado=str(price),
            )  # fmt: skip
