"""The one grammar of every policy: propose, answer, select, confirm, take effect.

A policy says on which days it acts, to whom it puts what, and what follows from the answers. A behaviour gives the
answers. Neither sees the other: they meet in these words, and only the engine introduces them. Any step may be empty.
"""

from nhstransit.grammar.effects import (
    NOTHING,
    PERSONAL,
    Appoint,
    Ask,
    Back,
    Consult,
    Depart,
    Designate,
    Effect,
    Effects,
    Hire,
    Newcomers,
    OpenPosts,
    Pay,
    Rejoin,
    RemovePosts,
    Retain,
    Turn,
)
from nhstransit.grammar.proposals import Answers, News, PostOffer, Proposals, Prospects, RetentionOffer, SeveranceOffer
from nhstransit.grammar.protocols import QUESTIONS, Choice, Policy, Question
from nhstransit.grammar.situation import Exposure, Occasion, People, PostsNow, Situation

__all__ = [
    "NOTHING",
    "PERSONAL",
    "QUESTIONS",
    "Answers",
    "Appoint",
    "Ask",
    "Back",
    "Choice",
    "Consult",
    "Depart",
    "Designate",
    "Effect",
    "Effects",
    "Exposure",
    "Hire",
    "Newcomers",
    "News",
    "Occasion",
    "OpenPosts",
    "Pay",
    "People",
    "Policy",
    "PostOffer",
    "PostsNow",
    "Proposals",
    "Prospects",
    "Question",
    "Rejoin",
    "RemovePosts",
    "Retain",
    "RetentionOffer",
    "SeveranceOffer",
    "Situation",
    "Turn",
]
