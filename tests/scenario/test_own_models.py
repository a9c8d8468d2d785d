"""A behaviour of a user's own is never kept as something else."""

from __future__ import annotations

import attrs
import pytest

import nhstransit as nt
from nhstransit.behaviour import SeveranceChoice


@attrs.frozen(kw_only=True)
class Eager(SeveranceChoice):
    """A model of a user's own that has the fields of the library's."""


def test_a_run_with_a_model_of_ones_own_is_not_kept_as_another(tmp_path):
    """Saving says which model no file can name, and leaves nothing behind."""
    hamlet = nt.load_scenario("hamlet")
    own = attrs.evolve(hamlet, behaviour=attrs.evolve(hamlet.behaviour, severance=Eager()))
    run = nt.simulate(own, seed=1)
    with pytest.raises(nt.NhstransitError, match=r"behaviour\.severance: is a Eager, which no file can name"):
        nt.save_run(run, tmp_path / "o")
    assert not (tmp_path / "o").exists()
