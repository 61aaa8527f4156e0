"""Area `custo`: what authorizations and PEGs cost on AWS, as the lives grow, and how far the peaks are from any limit.

`contado` counts what goes by on an embedded AWS while `movimento` lives through it; `contagem` sums it per one;
`modelo` prices it (`precos.json`, dated, each with its source) and makes it grow (`cenario.json`, every assumption);
`documento` writes docs/custo.md of `contagens.json`, the last counts kept.
"""
