"""`python -m conecta_tiss`."""

from __future__ import annotations

import sys

from conecta_tiss.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
