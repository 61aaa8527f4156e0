"""What the JSON contracts of this context are made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Sent(BaseModel):
    """What is sent."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True, defer_build=True)


class View(BaseModel):
    """What is answered."""

    model_config = ConfigDict(defer_build=True)
