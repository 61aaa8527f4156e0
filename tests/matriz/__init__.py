"""The two-tenant matrix: every operation of the API against every caller, every id and a request that is wrong.

`table` has one row per operation and nothing else: a new operation is a new row. `model` says what a row, a caller and
a refusal are, and holds the oracle of `decisoes.md` 9; `world` makes, on a running instance, the callers and what each
of them owns; `calls` makes requests of rows; `refusals` judges one answer; `snapshot` tells what was written meanwhile.
"""
