"""The two-tenant matrix: every operation of the API against every caller, every id and a request that is wrong.

`table` has one row per operation and nothing else (those of authorizations, of PEGs and of payment are in `senhas`,
`pegs` and `pagamento`, and what they start from is made by `estados`, `contas` and `faturas`); `model` says what a row,
a caller and a refusal are, and holds the oracle of `decisoes.md` 9; `world` makes, on a running instance, the callers
and what each of them owns; `calls` makes requests of rows; `attempts` sends them; `refusals` judges one answer;
`snapshot` tells what was written meanwhile; `races` judges several callers at once; `hostile` and `leaks` are what
bodies are sent, and where nobody may be named.

A new operation is a row of `table`. A new kind of id is besides that an entry of `ID_OF`, `ABSENT` and `World.things`
(two owners, or nothing is foreign), and of `World.fresh` when a valid call uses it up. Nothing else changes: the tests
in `tests/e2e` read the table and the API's own document.
"""
