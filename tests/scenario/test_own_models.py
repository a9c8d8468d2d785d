"""A behaviour of a user's own is never kept as something else."""

from __future__ import annotations

import attrs
import pytest

import nhstransit as nt
from nhstransit.behaviour import SeveranceChoice
from nhstransit.errors import CodeError


@attrs.frozen(kw_only=True)
class Eager(SeveranceChoice):
    """A model of a user's own that has the fields of the library's."""


def test_a_run_with_a_model_of_ones_own_is_not_kept_as_another(tmp_path):
    """It comes back as itself, where code is allowed, or not at all."""
    hamlet = nt.load_scenario("hamlet")
    own = attrs.evolve(hamlet, behaviour=attrs.evolve(hamlet.behaviour, severance=Eager()))
    run = nt.simulate(own, seed=1)
    nt.save_run(run, tmp_path / "o")
    with pytest.raises(CodeError, match=r"behaviour\.severance\.type: names your own code"):
        nt.load_run(tmp_path / "o")
    assert type(nt.load_run(tmp_path / "o", allow_code=True).scenario.behaviour.severance) is Eager
