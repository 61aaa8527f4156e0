"""Faults: what is planted between the functions and the embedded AWS, the days lived under them, and the verdict.

`plan` says what fails, `sabotage` has it fail where the functions cannot tell it from AWS, `journal` keeps what went
by, `portrait` is what a day left behind, `days` are lived by `python -m local.falhas`.
"""
