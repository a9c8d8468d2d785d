"""A user's own model of behaviour is never saved as another model."""

from __future__ import annotations

import attrs
import pytest

import nhstransit as nt
from nhstransit.behaviour import SeveranceChoice
from nhstransit.errors import CodeError


@attrs.frozen(kw_only=True)
class Eager(SeveranceChoice):
    """A user's model with the same fields as the library's."""


def test_a_run_with_a_users_model_is_not_saved_as_the_librarys_model(tmp_path):
    """It is loaded as the user's model where code is allowed, and otherwise refused."""
    hamlet = nt.load_scenario("hamlet")
    own = attrs.evolve(hamlet, behaviour=attrs.evolve(hamlet.behaviour, severance=Eager()))
    run = nt.simulate(own, seed=1)
    nt.save_run(run, tmp_path / "o")
    with pytest.raises(CodeError, match=r"behaviour\.severance\.type: names code outside nhstransit"):
        nt.load_run(tmp_path / "o")
    assert type(nt.load_run(tmp_path / "o", allow_code=True).scenario.behaviour.severance) is Eager
