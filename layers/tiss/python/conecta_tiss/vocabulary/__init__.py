"""Words of the standard: identifiers, amounts, dm_* tables, reasons for refusing. Standard library only."""
