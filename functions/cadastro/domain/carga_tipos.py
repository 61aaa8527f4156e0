"""What may be loaded: a row of data per tipo of file, enforced by the load and published in `docs/operacao.md`.

A new tipo is a row here and a key in the adapter. A name that ends in `*` is mandatory; `chaves` are what no two lines
of a file may share, as groups of columns (a group whose cells are all empty is nobody's).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from conecta_cargas import cells as f
from conecta_cargas.columns import Achado, Coluna, Dados, Tipo, diferentes, em_ordem, exige
from conecta_cargas.columns import coluna as _c
from conecta_facts import beneficiarios as vidas
from conecta_facts import calendario, contratos, operadoras, planos, prestadores, procedimentos, relacionamentos
from conecta_tiss.vocabulary.tables import ConselhoProfissional, TipoDocumento

CARENCIA_MAXIMA: Final = MappingProxyType({"URGENCIA_EMERGENCIA": 1, "PARTO": 300})
CARENCIA_GERAL: Final = 180
"""Law 9656/98, art. 12, V: 24 hours, 300 days, and 180 days for everything else."""


def _prazos_iguais(dados: Dados) -> Iterator[Achado]:
    contestar, responder = dados.get("prazo_contestacao_dias"), dados.get("prazo_resposta_dias")
    if contestar is not None and responder is not None and contestar != responder:
        yield (
            "prazo_resposta_dias", "prazos-diferentes",
            "Os prazos de contestação e de resposta devem ser iguais (RN 503, invariante 6): corrija o contrato.",
        )  # fmt: skip


def _carencia_legal(dados: Dados) -> Iterator[Achado]:
    maximo = CARENCIA_MAXIMA.get(dados.get("grupo", ""), CARENCIA_GERAL)
    if dados.get("dias", 0) > maximo:
        yield "dias", "carencia-acima-da-lei", f"O máximo deste grupo é de {maximo} dia(s) (Lei 9656/98, art. 12, V)."


def _ate_de_suspensao(dados: Dados) -> Iterator[Achado]:
    if "ate" in dados and dados.get("situacao", "SUSPENSO") != "SUSPENSO":
        yield "ate", "nao-se-aplica", "Só uma suspensão tem fim marcado: deixe vazio nas outras situações."


def _no_grupo(dados: Dados) -> Iterator[Achado]:
    if "grupo" in dados and dados["registro_ans"] not in dados["grupo"]:
        yield "grupo", "fora-do-grupo", "O grupo deve incluir o registro da própria operadora, o da pasta do arquivo."


_DE: Final = _c("vigente_de*", f.DATA, "primeiro dia de vigência", "2026-01-01")
_ATE: Final = _c("vigente_ate", f.DATA, "último dia de vigência; vazio é em aberto", "2026-12-31")
_PRESTADOR: Final = _c("prestador*", f.PRESTADOR, "de quem se fala", "12345678000195")
_TABELA: Final = _c("tabela*", f.TABELA, "tabela do código", "22")
_CODIGO: Final = _c("codigo*", f.ITEM, "código na tabela", "10101012")
_PLANO: Final = _c("plano*", f.CODIGO, "código do plano", "ENF-01")
_DESCRICAO: Final = _c("descricao*", f.texto(200), "descrição", "Diária de enfermaria")
_PRECO: Final = _c("valor*", f.VALOR, "valor", "480.00")
_VIGENCIA: Final = em_ordem("vigente_de", "vigente_ate")
_PRAZO: Final = f.inteiro(1, 999)


def _s_n(nome: str, ajuda: str) -> Coluna:
    return _c(nome, f.SIM_NAO, ajuda, "S", None if nome.endswith("*") else False)


_LINHAS: Final = (
    Tipo(
        "operadora", "Quem é a operadora: uma linha só, a da pasta do arquivo", operadoras.Operadora,
        (
            _c("nome*", f.texto(100), "nome", "VALE/AMS"),
            _c("nome_grupo*", f.texto(100), "nome que o prestador escolhe", "VALE/PASA"),
            _c("grupo*", f.lista(f.REGISTRO, "registros ANS"), "operadoras do grupo, esta inclusive", "345695 331988"),
            _c("versoes_tiss*", f.VERSOES, "versões da TISS aceitas (R12)", "4.01.00:2022-10-01:"),
            _c("data_migracao", f.DATA, "dia em que tudo passa a ser feito aqui (R07)", "2026-11-01"),
            _c("portal_legado", f.SITE, "onde se lê o que veio antes", "https://legado.example/"),
            _c("recurso_legado", f.opcao_de(operadoras.RecursoLegado), "recurso de glosa antiga", "ACEITA", "ACEITA"),
            _c("cnpj", f.CNPJ, "tomador das notas fiscais, e quem emite os demonstrativos", "12ABC34501DE35"),
        ),
        ((),), (_no_grupo,), ("OPERADORA#<registro>/PERFIL", "OPERADORAS/<registro>"),
    ),
    Tipo(
        "contatos", "Contatos públicos da operadora", operadoras.Contato,
        (
            _c("codigo*", f.CODIGO, "seu código do contato", "central-capitais"),
            _c("regiao*", f.texto(100), "região atendida", "Capitais"),
            _c("canal*", f.opcao_de(operadoras.Canal), "meio", "TELEFONE"),
            _c("valor*", f.texto(200), "número ou endereço", "4004-0183"),
            _c("descricao", f.texto(200), "para que serve", "Central de atendimento"),
            _c("horario", f.texto(100), "quando atende", "24 horas"),
        ),
        (("codigo",),), (), ("OPERADORA#<registro>/CONTATO#<codigo>",),
    ),
    Tipo(
        "calendario", "Dias que não são o que o dia da semana diz", calendario.DiaEspecial,
        (
            _c("data*", f.DATA, "o dia", "2026-12-25"),
            _c("descricao*", f.texto(100), "o que é", "Natal"),
            _c("tipo*", f.opcao_de(calendario.TipoDia), "se há expediente", "FERIADO"),
            _c("uf", f.UF, "estado; vazio é em todo o país"),
        ),
        (("data", "uf"),), (), ("OPERADORA#<registro>#CALENDARIO/<data>#<uf ou BR>",),
    ),
    Tipo(
        "planos", "Planos e a sua segmentação", planos.Plano,
        (
            _c("codigo*", f.CODIGO, "código do plano", "ENF-01"),
            _c("nome*", f.texto(100), "nome", "Enfermaria Nacional"),
            _c("registro_produto", f.CODIGO, "registro do produto na ANS", "412345009"),
            _s_n("ambulatorial*", "cobre o ambulatorial"),
            _s_n("hospitalar*", "cobre o hospitalar"),
            _s_n("obstetricia*", "cobre obstetrícia"),
            _s_n("odontologia*", "cobre odontologia"),
            _c("acomodacao", f.opcao_de(planos.Acomodacao), "acomodação na internação", "COLETIVA"),
            _c("abrangencia*", f.opcao_de(planos.Abrangencia), "onde vale", "NACIONAL"),
            _c("ufs", f.lista(f.UF, "estados"), "estados, quando não é nacional", "", []),
            _s_n("coparticipacao*", "tem coparticipação"),
            _DE, _ATE,
        ),
        (("codigo",),), (_VIGENCIA,), ("OPERADORA#<registro>#PLANO#<codigo>/PLANO",),
    ),
    Tipo(
        "carencias", "Carências de cada plano", planos.Carencia,
        (
            _PLANO,
            _c("grupo*", f.opcao_de(planos.GrupoCarencia), "do que é a carência", "CONSULTAS_EXAMES"),
            _c("dias*", f.inteiro(0, 999), "dias desde a inclusão", "30"),
            _DE, _ATE,
        ),
        (("plano", "grupo", "vigente_de"),), (_VIGENCIA, _carencia_legal),
        ("OPERADORA#<registro>#PLANO#<plano>/CARENCIA#<grupo>#<vigente_de>",),
    ),
    Tipo(
        "coberturas", "O que um plano diz de um procedimento, além da segmentação", planos.Cobertura,
        (
            _PLANO, _TABELA, _CODIGO,
            _s_n("coberto*", "se o plano cobre"),
            _c("grupo_carencia", f.opcao_de(planos.GrupoCarencia), "carência que se aplica", "EXAMES_ESPECIAIS"),
            _DE, _ATE,
        ),
        (("plano", "tabela", "codigo", "vigente_de"),), (_VIGENCIA,),
        ("OPERADORA#<registro>#PLANO#<plano>/COBERTURA#<tabela>#<codigo>#<vigente_de>",),
    ),
    Tipo(
        "beneficiarios", "Vidas: uma linha por carteira", vidas.Beneficiario,
        (
            _c("numero_carteira*", f.CARTEIRA, "número da carteira", "00012345678901"),
            _c("nome*", f.texto(120), "nome civil", "Nome da Pessoa"),
            _PLANO,
            _c("data_nascimento*", f.DATA, "nascimento", "1980-05-17"),
            _c("sexo*", f.opcao_de(vidas.Sexo), "como na ANS", "F"),
            _c("data_inclusao*", f.DATA, "primeiro dia coberto", "2024-01-01"),
            _c("cpf", f.CPF, "sem pontuação"),
            _c("cns", f.CNS, "Cartão Nacional de Saúde"),
            _c("nome_social", f.texto(120), "como a pessoa é chamada"),
            _c("carteira_titular", f.CARTEIRA, "de quem a vida depende; vazio no titular"),
            _c("parentesco", f.texto(40), "com o titular"),
            _c("data_exclusao", f.DATA, "último dia coberto"),
            _c("motivo_exclusao", f.texto(200), "por que saiu"),
            _c("suspenso_de", f.DATA, "primeiro dia de suspensão"),
            _c("suspenso_ate", f.DATA, "último dia de suspensão; vazio é em aberto"),
            _c("motivo_suspensao", f.opcao_de(vidas.MotivoSuspensao), "por que está suspensa"),
            _c("validade_carteira", f.DATA, "último dia do cartão", "2027-12-31"),
            _c("carteira_anterior", f.CARTEIRA, "número que esta carteira já teve, e pelo qual ainda é achada"),
            _s_n("isento_carencias", "não cumpre carências"),
            _c("cpt_ate", f.DATA, "último dia da cobertura parcial temporária"),
        ),
        (("numero_carteira",), ("carteira_anterior",)),
        (
            em_ordem("data_nascimento", "data_inclusao", "data_exclusao"), em_ordem("suspenso_de", "suspenso_ate"),
            em_ordem("data_inclusao", "cpt_ate"), exige("motivo_exclusao", "data_exclusao"),
            exige("suspenso_ate", "suspenso_de"), exige("motivo_suspensao", "suspenso_de"),
            exige("parentesco", "carteira_titular"), diferentes("carteira_anterior", "numero_carteira"),
            diferentes("carteira_titular", "numero_carteira"),
        ),
        ("OPERADORA#<registro>#CARTEIRA#<pseudônimo>/BENEFICIARIO",
         "OPERADORA#<registro>#CARTEIRA#<pseudônimo da anterior>/ANTERIOR"),
    ),
    Tipo(
        "prestadores", "Prestadores e o seu relacionamento com a operadora", relacionamentos.Relacionamento,
        (
            _PRESTADOR,
            _c("nome*", f.texto(120), "nome", "Hospital Aurora"),
            _c("cnes*", f.CNES, "CNES; 9999999 para quem não tem", "9990011"),
            _c("codigo_na_operadora*", f.CODIGO, "código do prestador na operadora", "100017"),
            _c("situacao*", f.opcao_de(relacionamentos.Situacao), "situação (R02)", "HABILITADO"),
            _c("desde*", f.DATA, "primeiro dia da situação", "2024-01-02"),
            _c("ate", f.DATA, "último dia de uma suspensão, quando se sabe"),
            _c("motivo", f.texto(200), "por que está nesta situação"),
            _s_n("autorizacao*", "liberado para autorizações"),
            _s_n("faturamento*", "liberado para faturamento"),
            _c("uf", f.UF, "estado", "ES"),
            _c("municipio", f.texto(100), "município", "Vitória"),
        ),
        (("prestador",), ("codigo_na_operadora",)), (em_ordem("desde", "ate"), _ate_de_suspensao),
        ("PRESTADOR#<id>/PERFIL", "PRESTADOR#<id>/RELACIONAMENTO#<registro>",
         "OPERADORA#<registro>#CODIGO#<codigo_na_operadora>/PRESTADOR"),
    ),
    Tipo(
        "locais", "Lugares em que o prestador atende", prestadores.Local,
        (
            _PRESTADOR, _c("cnes*", f.CNES, "CNES do lugar", "9990011"),
            _c("nome*", f.texto(120), "nome", "Hospital Aurora, Centro"),
            _c("logradouro", f.texto(200), "rua e número", "Rua das Flores, 100"),
            _c("municipio", f.texto(100), "município", "Vitória"), _c("uf", f.UF, "estado", "ES"),
            _DE, _ATE,
        ),
        (("prestador", "cnes"),), (_VIGENCIA,), ("PRESTADOR#<id>#<registro>/LOCAL#<cnes>",),
    ),
    Tipo(
        "corpo-clinico", "Profissionais do prestador", prestadores.Profissional,
        (
            _PRESTADOR,
            _c("conselho*", f.opcao_de(ConselhoProfissional), "conselho, na tabela da TISS (06 é o CRM)", "06"),
            _c("numero_conselho*", f.NUMERO_CONSELHO, "número no conselho", "12345"),
            _c("uf*", f.UF, "estado do conselho", "ES"),
            _c("nome*", f.texto(120), "nome", "Nome do Profissional"),
            _c("cbo*", f.CBO, "ocupação", "225125"),
            _c("cpf", f.CPF, "sem pontuação"),
            _DE, _ATE,
        ),
        (("prestador", "conselho", "uf", "numero_conselho"),), (_VIGENCIA,),
        ("PRESTADOR#<id>#<registro>/PROFISSIONAL#<conselho>#<uf>#<numero_conselho>",),
    ),
    Tipo(
        "contratos", "Condições contratadas com cada prestador", contratos.Contrato,
        (
            _PRESTADOR, _c("numero*", f.CODIGO, "número do contrato", "2024/0017"), _DE, _ATE,
            _c("prazo_faturamento_dias*", _PRAZO, "último dia para faturar, da data base (R03)", "90"),
            _c("data_base_ambulatorial", f.opcao_de(contratos.DataBaseAmbulatorial), "de onde se conta",
               "ITEM", "ITEM"),
            _c("data_base_internacao", f.opcao_de(contratos.DataBaseInternacao), "de onde se conta",
               "FIM_FATURAMENTO", "FIM_FATURAMENTO"),
            _c("prazo_contestacao_dias*", _PRAZO, "prazo para contestar glosa", "30"),
            _c("prazo_resposta_dias*", _PRAZO, "prazo da operadora para responder: igual ao anterior", "30"),
            _c("prazo_pagamento_dias*", _PRAZO, "prazo de pagamento", "30"),
            _c("tabela_precos*", f.CODIGO, "tabela de preços que vale", "PADRAO-2026"),
            _c("pacote_pronto_socorro", f.TABELA_E_ITEM, "pacote no lugar de 10101039 (R14)", "98:70010"),
            _c("conduta_pronto_socorro", f.opcao_de(contratos.Conduta), "se 10101039 for pedido", "RECUSA", "RECUSA"),
            _c("cotacoes_opme", f.inteiro(0, 10), "cotações exigidas em OPME (R27)", "3", 3),
            _s_n("exige_cod_validacao", "exige código de validação"),
        ),
        (("prestador", "vigente_de"),), (_VIGENCIA, _prazos_iguais),
        ("PRESTADOR#<id>#<registro>/CONTRATO#<vigente_de>",),
    ),
    Tipo(
        "precos", "Preços de cada tabela da operadora", contratos.Preco,
        (
            _c("tabela_precos*", f.CODIGO, "tabela de preços", "PADRAO-2026"), _TABELA, _CODIGO,
            _c("descricao", f.texto(200), "descrição", "Consulta em consultório"), _PRECO, _DE, _ATE,
        ),
        (("tabela_precos", "tabela", "codigo", "vigente_de"),), (_VIGENCIA,),
        ("OPERADORA#<registro>#PRECOS#<tabela_precos>/<tabela>#<codigo>#<vigente_de>",),
    ),
    Tipo(
        "procedimentos-contratados", "O que se pode pedir ao prestador", contratos.ProcedimentoContratado,
        (_PRESTADOR, _TABELA, _c("codigo*", f.ITEM_OU_PREFIXO, "código, ou o começo e *", "4030*"), _DE, _ATE),
        (("prestador", "tabela", "codigo", "vigente_de"),), (_VIGENCIA,),
        ("PRESTADOR#<id>#<registro>/PROCEDIMENTO#<tabela>#<codigo>#<vigente_de>",),
    ),
    Tipo(
        "diarias", "Diárias negociadas (R19)", contratos.Diaria,
        (
            _PRESTADOR, _TABELA, _CODIGO, _DESCRICAO,
            _c("acomodacao", f.texto(60), "acomodação", "Enfermaria"), _PRECO, _DE, _ATE,
        ),
        (("prestador", "tabela", "codigo", "vigente_de"),), (_VIGENCIA,),
        ("PRESTADOR#<id>#<registro>/DIARIA#<tabela>#<codigo>#<vigente_de>",),
    ),
    Tipo(
        "pacotes", "Pacotes negociados", contratos.Pacote,
        (
            _PRESTADOR, _TABELA, _CODIGO, _DESCRICAO, _PRECO,
            _c("itens", f.lista(f.TABELA_E_ITEM, "tabela:código"), "o que o pacote inclui", "22:10101039 20:90001", []),
            _DE, _ATE,
        ),
        (("prestador", "tabela", "codigo", "vigente_de"),), (_VIGENCIA,),
        ("PRESTADOR#<id>#<registro>/PACOTE#<tabela>#<codigo>#<vigente_de>",),
    ),
    Tipo(
        "regras-procedimentos", "O que a operadora exige de cada procedimento (R09)", procedimentos.RegraProcedimento,
        (
            _TABELA, _CODIGO, _c("plano", f.CODIGO, "plano; vazio é em todos"),
            _c("descricao", f.texto(200), "descrição", "Ressonância magnética"),
            _s_n("exige_senha*", "precisa de senha"), _s_n("exige_analise*", "passa por análise"),
            _c("documentos", f.lista(f.opcao_de(TipoDocumento), "tipos de documento da TISS"), "a enviar", "05", []),
            _c("limite_quantidade", f.inteiro(1, 9999), "no máximo tantos", "2"),
            _c("limite_dias", f.inteiro(1, 9999), "a cada tantos dias", "365"),
            _s_n("alta_complexidade*", "prazo de alta complexidade (RN 623)"), _DE, _ATE,
        ),
        (("tabela", "codigo", "plano", "vigente_de"),),
        (_VIGENCIA, exige("limite_quantidade", "limite_dias"), exige("limite_dias", "limite_quantidade")),
        ("OPERADORA#<registro>#REGRAS/<tabela>#<codigo>#<plano ou *>#<vigente_de>",),
    ),
)  # fmt: skip

TIPOS: Final[Mapping[str, Tipo]] = MappingProxyType({linha.nome: linha for linha in _LINHAS})
