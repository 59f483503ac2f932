"""How likely news means an entry rather than a namesake, where only its size or fame is known."""

from __future__ import annotations

import math

from kg.model import Kind

OWN = 0.95
"""Prior of an entry that a user lists: above all but the largest countries."""
_BONUS = {"country": 0.3, "capital": 0.15}
_REGION = 0.56


def place_prior(population: int, feature: str = "city") -> float:
    """A tenth per power of ten of the inhabitants, more for countries and capitals."""
    return round(min(1.0, (math.log10(population) / 10 if population > 1 else 0.0) + _BONUS.get(feature, 0.0)), 3)


def item_prior(kind: Kind, feature: str, population: int, sitelinks: int) -> float:
    """The prior of a Wikidata item: a place's by its inhabitants, others by the number of Wikipedias that describe them.

    200 sitelinks give 0.9, 10 give 0.4.
    """
    fame = round(min(0.9, math.log10(1 + sitelinks) * 0.39), 3)
    if kind is not Kind.PLACE:
        return fame
    if feature == "region":
        return _REGION
    return place_prior(population, feature) if population > 1 else min(0.3, fame)
