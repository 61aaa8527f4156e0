"""PEGs, their guias, and the rules a lote must pass to become one."""
