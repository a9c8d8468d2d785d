"""Generated behaviour models, in which from nobody to everyone takes part, and hazards are from zero to several a year."""

from __future__ import annotations

from hypothesis import strategies as st

from nhstransit.behaviour import Behaviour, Departures, Outlook, PostChoice, RetentionChoice, SeveranceChoice
from nhstransit.toml import Named

FUNCTIONS = ("finance", "quality", "corporate")
_CHANCES = st.sampled_from((0.0, 1.0, 0.5, 0.8)) | st.floats(0, 1)
_HAZARDS = st.sampled_from((0.0, 0.1, 0.6, 8.0)) | st.floats(0, 1)
_FACTORS = st.floats(-1, 1)


_CALM = st.sampled_from((Departures(), Departures(resign=0.3, risk_ratio=10.0)))


@st.composite
def behaviours(draw: st.DrawFn, *, calm: bool = False) -> Behaviour:
    """A behaviour model. With `calm`, people rarely leave voluntarily without pay."""
    return Behaviour(
        departures=draw(_CALM) if calm else draw(_CALM | _departures()),
        outlook=draw(st.just(Outlook()) | _outlooks()),
        severance=draw(_severances()),
        retention=draw(st.just(RetentionChoice()) | st.builds(RetentionChoice, accepts=_CHANCES, leaver=_CHANCES)),
        post=draw(st.just(PostChoice()) | _post_choices()),
    )


@st.composite
def _departures(draw: st.DrawFn) -> Departures:
    own = draw(st.dictionaries(st.sampled_from(FUNCTIONS), st.floats(0, 5), max_size=2))
    hasty = draw(
        st.sampled_from((None, None, None, 100.0))
    )  # several clocks of one person may reach their thresholds on one day
    return Departures(
        resign=hasty or draw(_HAZARDS),
        by_function=Named(own),
        within_nhs=draw(_CHANCES),
        other=hasty or draw(_HAZARDS),
        retire_at_55=draw(_HAZARDS),
        retire_at_60=draw(_HAZARDS),
        retire_at_65=draw(_HAZARDS),
        retire_from_66=draw(_HAZARDS),
        age_slope=draw(st.floats(-0.1, 0.1)),
        risk_ratio=draw(st.floats(1, 20)),
        skill_threat=draw(_FACTORS),
        outside=draw(_FACTORS),
        premium=draw(st.floats(-20, 0)),
        leaver=draw(st.floats(0, 5)),
        stayer=draw(st.floats(0, 2)),
        waiting=draw(st.sampled_from((0.0, 0.05))),
        contagion=draw(st.sampled_from((0.0, 0.2, 0.9))),
    )


@st.composite
def _outlooks(draw: st.DrawFn) -> Outlook:
    return Outlook(
        leaver=draw(st.floats(-2, 2)),
        leaver_attitude=draw(st.floats(-3, 0)),
        stayer=draw(st.floats(-2, 2)),
        stayer_risk=draw(st.floats(-3, 3)),
        stayer_pension=draw(st.floats(-3, 3)),
        drag=draw(st.sampled_from((0.0, 1.5))),
        ramp_months=draw(st.sampled_from((0.01, 1.0)) | st.floats(0.01, 12)),
        half_life_months=draw(st.sampled_from((0.1, 6.0)) | st.floats(0.1, 60)),
    )


@st.composite
def _post_choices(draw: st.DrawFn) -> PostChoice:
    return PostChoice(
        mover=draw(_CHANCES),
        stayer=draw(_CHANCES),
        leaver=draw(_CHANCES),
        mover_declines=draw(_CHANCES),
        stayer_declines=draw(_CHANCES),
        leaver_declines=draw(_CHANCES),
        near_only=draw(_CHANCES),
        distance=draw(st.floats(0, 3)),
        local=draw(st.floats(0, 1)),
    )


@st.composite
def _severances(draw: st.DrawFn) -> SeveranceChoice:
    return SeveranceChoice(
        typical=draw(st.sampled_from((0.5, 1.0, 0.0, 0.9)) | st.floats(0, 1)),
        better_later=draw(st.floats(0, 0.5)),
        risk=draw(st.floats(-3, 3)),
        skill=draw(_FACTORS),
        lasting=draw(_CHANCES),
        employer_sd=draw(st.sampled_from((0.0, 0.4))),
        region_sd=draw(st.sampled_from((0.0, 0.45))),
        signs=draw(st.sampled_from((0.5, 0.9, 0.0, 1.0)) | st.floats(0, 1)),
    )
