"""Facts the generated guias quote: TUSS codes with short names, and codes of the domain tables.

Codes are those of tables 18, 19, 20 and 22 of the TUSS; the names are short forms.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Servico:
    """One row of the TUSS: ``despesa`` is its ``codigoDespesa`` when billed as outras despesas."""

    tabela: str
    codigo: str
    descricao: str
    despesa: str | None = None
    unidade: str = "036"


EXAMES = (
    Servico("22", "40304361", "Hemograma com contagem de plaquetas ou frações"),
    Servico("22", "40301630", "Creatinina - pesquisa e/ou dosagem"),
    Servico("22", "40302580", "Uréia - pesquisa e/ou dosagem"),
    Servico("22", "40302040", "Glicose - pesquisa e/ou dosagem"),
    Servico("22", "40316521", "Tireoestimulante, hormônio (TSH) - dosagem"),
    Servico("22", "40805018", "RX - Tórax - 1 incidência"),
    Servico("22", "40901122", "US - Abdome total"),
    Servico("22", "41001010", "TC - Crânio ou sela túrcica ou órbitas"),
    Servico("22", "40101010", "ECG convencional de até 12 derivações"),
)
CIRURGIAS = (
    Servico("22", "31003079", "Apendicectomia"),
    Servico("22", "31005497", "Colecistectomia sem colangiografia por videolaparoscopia"),
    Servico("22", "31009115", "Herniorrafia inguinal - unilateral"),
    Servico("22", "10102019", "Visita hospitalar (paciente internado)"),
    Servico("22", "31309054", "Cesariana"),
)
CONSULTA = Servico("22", "10101012", "Consulta em consultório (no horário normal ou preestabelecido)")
PRONTO_SOCORRO = Servico("22", "10101039", "Consulta em pronto socorro")
DESPESAS = (
    Servico("20", "90055888", "Dipirona sódica", "02", "002"),
    Servico("18", "60033681", "Taxa de sala de observação, até 6 horas", "07"),
    Servico("19", "70335028", "Componente acetabular de polietileno para prótese de quadril", "03"),
    Servico("18", "60007893", "Nebulização / máscara com oxigênio, vazão de 1 litro/min", "01"),
    Servico("20", "90007760", "Cloreto de sódio 0,9%", "02", "023"),
    Servico("19", "100196705", "Stent coronário com eluição de fármaco", "08"),
    Servico("18", "60023104", "Taxa de sala cirúrgica, porte anestésico 1", "07"),
)
TAXAS = tuple(servico for servico in DESPESAS if servico.despesa in {"01", "07"})
DIARIA = Servico("18", "60000651", "Diária de apartamento standard", "05")


@dataclass(frozen=True, slots=True)
class ServicoOdonto:
    """A dental procedure with the place it is done: a tooth (with face or not) or a region."""

    codigo: str
    descricao: str
    dente: str | None = None
    face: str | None = None
    regiao: str | None = None


ODONTO = (
    ServicoOdonto("81000065", "Consulta odontológica inicial", regiao="ASAI"),
    ServicoOdonto("85100196", "Restauração em resina fotopolimerizável 1 face", dente="16", face="O"),
    ServicoOdonto("81000421", "Radiografia periapical", dente="26"),
    ServicoOdonto("85300047", "Raspagem supra-gengival", regiao="S2"),
    ServicoOdonto("82000875", "Exodontia simples de permanente", dente="38"),
    ServicoOdonto("84000198", "Profilaxia: polimento coronário", regiao="ASAI"),
    ServicoOdonto("85100196", "Restauração em resina fotopolimerizável 1 face", dente="36", face="OM"),
)

CATEGORIA_DA_DESPESA = {
    "01": "valorGasesMedicinais",
    "02": "valorMedicamentos",
    "03": "valorMateriais",
    "05": "valorDiarias",
    "07": "valorTaxasAlugueis",
    "08": "valorOPME",
}
"""Where each ``codigoDespesa`` is added in ``ct_guiaValorTotal``; procedures go to ``valorProcedimentos``."""

ORDEM_DAS_CATEGORIAS = (
    "valorProcedimentos",
    "valorDiarias",
    "valorTaxasAlugueis",
    "valorMateriais",
    "valorMedicamentos",
    "valorOPME",
    "valorGasesMedicinais",
)
"""Order of the schema; a category without items is left out."""
