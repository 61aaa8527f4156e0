"""Values at the edge of what the schema's simple types accept, or beyond it."""

from __future__ import annotations

from local.gerador.arvore import No
from tests.corpus.base import CARTEIRA, Caso, Familia, adiado, folha, lote, valor


def _unico(nome: str, texto: str) -> bytes:
    """A lote of one item in which one leaf has this text (the totals follow only when it is neutral)."""
    return lote(valor(nome, texto), procedimentos=1, despesas=0, hash_codificacao="utf-8")


def _total(texto: str) -> bytes:
    """A lote of one item of R$ 10,00 whose every amount is spelt that way."""

    def mudar(raiz: No) -> None:
        folha(raiz, "quantidadeExecutada").texto = "1"
        folha(raiz, "reducaoAcrescimo").texto = "1.00"
        item = folha(raiz, "procedimentoExecutado")
        item.um("valorUnitario").texto = texto
        item.um("valorTotal").texto = texto
        for total in ("valorProcedimentos", "valorTotalGeral"):
            folha(raiz, total).texto = texto

    return lote(mudar, procedimentos=1, despesas=0, hash_codificacao="utf-8")


def _decimais() -> list[Caso]:
    f = Familia("decimais")
    for nome, texto in (
        ("notacao-cientifica", "1e9"),
        ("notacao-cientifica-enorme", "1E999999999"),
        ("nan", "NaN"),
        ("infinito", "INF"),
        ("virgula", "10,00"),
        ("milhar", "1.000,00"),
        ("moeda", "R$ 10.00"),
        ("hexadecimal", "0x0A"),
        ("sublinhado", "1_0.00"),
        ("espaco-no-meio", "10 .00"),
        ("largo", "１０.００"),
        ("arabico", "١٠.٠٠"),
        ("dois-sinais", "--10.00"),
        ("vazio", ""),
        ("so-ponto", "."),
        ("so-sinal", "-"),
        ("tres-casas", "10.001"),
        ("inteiro-de-64-bits", "18446744073709551616.00"),
        ("inteiro-de-mil-digitos", "9" * 1000),
        ("inteiro-de-40-mil-digitos", "9" * 40_000),
        ("fracao-de-40-mil-digitos", "0." + "1" * 40_000),
    ):
        f.recusa(f"valor-{nome}", adiado(_total, texto))
    for nome, texto in (
        ("zero-negativo", "-0.00"),
        ("zero", "0.00"),
        ("negativo", "-10.00"),
    ):
        f.aponta(f"valor-{nome}", adiado(_total, texto))
    for nome, texto in (
        ("com-mais", "+10.00"),
        ("com-espacos", " 10.00 "),
        ("com-quebras", "\n10.00\t"),
        ("sem-casas", "10"),
        ("ponto-no-fim", "10."),
        ("zeros-a-esquerda", "0" * 50_000 + "10.00"),
        ("zeros-a-direita", "10." + "0" * 50_000),
    ):
        f.neutra(f"valor-{nome}", adiado(_total, texto), lido=CARTEIRA)
    for nome, campo, texto in (
        ("quantidade-1000", "quantidadeExecutada", "1000"),
        ("quantidade-decimal", "quantidadeExecutada", "1.5"),
        ("quantidade-largas", "quantidadeExecutada", "１"),
        ("fator-enorme", "reducaoAcrescimo", "99999"),
        ("sequencial-99999", "sequencialItem", "99999"),
        ("sequencial-largo", "sequencialItem", "１"),
        ("sequencial-texto", "sequencialItem", "um"),
    ):
        f.recusa(nome, adiado(_unico, campo, texto))
    for nome, campo, texto in (
        ("quantidade-negativa", "quantidadeExecutada", "-1"),
        ("quantidade-zero", "quantidadeExecutada", "0"),
        ("fator-negativo", "reducaoAcrescimo", "-1.00"),
        ("sequencial-negativo", "sequencialItem", "-1"),
        ("sequencial-zero", "sequencialItem", "0"),
    ):
        f.aponta(nome, adiado(_unico, campo, texto))
    f.neutra("sequencial-com-zeros", lambda _: _unico("sequencialItem", "0001"), lido=CARTEIRA)
    f.neutra("sequencial-com-mais", lambda _: _unico("sequencialItem", "+1"), lido=CARTEIRA)
    return f.casos


def _datas() -> list[Caso]:
    f = Familia("datas")
    for nome, texto in (
        ("sem-zeros", "2026-3-1"),
        ("brasileira", "01/03/2026"),
        ("compacta", "20260301"),
        ("semana", "2026-W09-1"),
        ("30-de-fevereiro", "2025-02-30"),
        ("29-de-fevereiro-comum", "2025-02-29"),
        ("mes-13", "2025-13-01"),
        ("ano-zero", "0000-01-01"),
        ("com-hora", "2026-03-01T00:00:00"),
        ("larga", "２０２６-０３-０１"),
        ("vazia", ""),
    ):
        f.recusa(f"data-{nome}", adiado(_unico, "dataExecucao", texto))
    for nome, texto in (
        ("ano-de-cinco-digitos", "20260-03-01"),
        ("ano-de-dez-mil-digitos", "2" * 10_000 + "-03-01"),
        ("ano-negativo", "-0044-03-15"),
        ("ultimo-dia", "9999-12-31"),
        ("com-fuso", "2026-03-01Z"),
        ("com-fuso-de-14-horas", "2026-03-01+14:00"),
    ):
        f.aponta(f"data-{nome}", adiado(_unico, "dataExecucao", texto))
    for nome, texto in (
        ("25-horas", "25:00:00"),
        ("60-segundos", "10:00:60"),
        ("sem-segundos", "10:00"),
        ("texto", "agora"),
    ):
        f.recusa(f"hora-{nome}", adiado(_unico, "horaInicial", texto))
    for nome, texto in (
        ("24-horas", "24:00:00"),
        ("com-fracao", "10:00:00.123456789"),
        ("com-fuso", "10:00:00-03:00"),
        ("com-mil-casas", "10:00:00." + "1" * 1000),
    ):
        f.neutra(f"hora-{nome}", adiado(_unico, "horaInicial", texto))
    f.aponta("registro-da-transacao-no-ano-9999", lambda _: _unico("dataRegistroTransacao", "9999-12-31"))
    return f.casos


def _textos() -> list[Caso]:
    f = Familia("textos")
    for nome, campo, texto in (
        ("carteira-vazia", "numeroCarteira", ""),
        ("carteira-em-branco", "numeroCarteira", "     "),
        ("carteira-com-quebra", "numeroCarteira", "\n"),
        ("carteira-longa", "numeroCarteira", "9" * 21),
        ("guia-em-branco", "numeroGuiaPrestador", "   "),
        ("guia-longa", "numeroGuiaPrestador", "9" * 21),
        ("cbo-inexistente", "CBOS", "000001"),
        ("uf-em-letras", "UF", "RJ"),
        ("tabela-inexistente", "codigoTabela", "77"),
        ("sim-nao-minusculo", "atendimentoRN", "n"),
    ):
        f.aponta(nome, adiado(_unico, campo, texto))
    for nome, texto in (
        ("formula-de-planilha", "=HYPERLINK(1)"),
        ("script", "<script>alert(1)</script>"),
        ("sql", "' OR 1=1 --"),
        ("caminho", "../../etc/passwd"),
        ("formato", "%s%s%n{0}${x}"),
        ("emoji", "\U0001f9ea exame"),
        ("fora-do-latin-1", "“aspas” – travessão €"),
        ("combinante", "a" + "\u0301" * 400),
    ):
        f.neutra(f"indicacao-{nome}", adiado(_unico, "indicacaoClinica", texto), lido=CARTEIRA)
    return f.casos


def casos() -> list[Caso]:
    """Every case of this module."""
    return [*_decimais(), *_datas(), *_textos()]
