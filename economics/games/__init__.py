"""Economic games: forms, plans and beliefs, social preferences, and their estimation.

A plan is a tuple of actions, 1 for the cooperative one, in the order of ``FORMS[form].nodes``; a belief
is a tuple of probabilities of the other's cooperative action, in the same order. ``GAMES`` holds the 18
published games by name. Missing plans or beliefs are None in ``plan_choices``
and ``plan_shares``.
"""

from fiduciary.economics.games.beauty_contest import BeautyContest
from fiduciary.economics.games.best_response import BestResponses, best_responses
from fiduciary.economics.games.choices import PlanChoices, plan_choices, plan_shares
from fiduciary.economics.games.dictator import DictatorGame
from fiduciary.economics.games.estimate import fit_social_preference
from fiduciary.economics.games.forms import (
    FORMS,
    Belief,
    Form,
    Game,
    Node,
    Plan,
    Terminal,
    belief_from_distributions,
    check_belief,
    describe_plan,
    plan_index,
    plans,
)
from fiduciary.economics.games.identification import Identification, identification, silent_on_kappa
from fiduciary.economics.games.mixture import MixtureFit, compare_mixtures, fit_mixture
from fiduciary.economics.games.payoff_sets import GAMES
from fiduciary.economics.games.play import consequences, expected_payoff, reach, universalised_payoff
from fiduciary.economics.games.public_goods import PublicGoodsGame
from fiduciary.economics.games.responsiveness import Responsiveness, responsiveness, responsiveness_table
from fiduciary.economics.games.social_fit import SocialFit
from fiduciary.economics.games.social_preference import (
    HOMO_ECONOMICUS,
    SocialPreference,
    SwitchPoint,
    draw_plan,
    fully_cooperative,
    homo_moralis,
    inequity_averse,
    plan_probabilities,
    switch_point,
)
from fiduciary.economics.games.stag_hunt import StagHunt
from fiduciary.economics.games.worked_reasoning import Worked, plan_words, worked_comparison, worked_reasoning

__all__ = [
    "FORMS",
    "GAMES",
    "HOMO_ECONOMICUS",
    "BeautyContest",
    "Belief",
    "BestResponses",
    "DictatorGame",
    "Form",
    "Game",
    "Identification",
    "MixtureFit",
    "Node",
    "Plan",
    "PlanChoices",
    "PublicGoodsGame",
    "Responsiveness",
    "SocialFit",
    "SocialPreference",
    "StagHunt",
    "SwitchPoint",
    "Terminal",
    "Worked",
    "belief_from_distributions",
    "best_responses",
    "check_belief",
    "compare_mixtures",
    "consequences",
    "describe_plan",
    "draw_plan",
    "expected_payoff",
    "fit_mixture",
    "fit_social_preference",
    "fully_cooperative",
    "homo_moralis",
    "identification",
    "inequity_averse",
    "plan_choices",
    "plan_index",
    "plan_probabilities",
    "plan_shares",
    "plan_words",
    "plans",
    "reach",
    "responsiveness",
    "responsiveness_table",
    "silent_on_kappa",
    "switch_point",
    "universalised_payoff",
    "worked_comparison",
    "worked_reasoning",
]
