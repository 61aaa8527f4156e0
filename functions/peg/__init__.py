"""PEG: lotes of guias from reception to protocolo."""
