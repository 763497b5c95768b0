"""What coefficients of agreement between two judges, or a judge and a person, are called."""

from __future__ import annotations

from unsaid.estimates.quantity import Quantity, by_name

__all__ = ["QUANTITIES"]

QUANTITIES = by_name(
    Quantity(
        "agreement.ac1",
        "How far two judges agree beyond chance, in Gwet's AC1, which holds up where yes is rare.",
        unit="ratio",
        words="Gwet's AC1: {said}",
        among="texts",
        part="agreement",
    ),
    Quantity(
        "agreement.ac2",
        "How far two judges agree on silent, named or relied on, near misses counting half (Gwet's AC2).",
        unit="ratio",
        words="Gwet's AC2: silent, named or relied on",
        among="texts",
        part="agreement",
    ),
    Quantity(
        "agreement.alpha",
        "How far all judges agree beyond chance, in Krippendorff's alpha.",
        unit="ratio",
        words="Krippendorff's alpha of all: {said}",
        among="texts",
        part="agreement",
    ),
    Quantity(
        "agreement.difference",
        "How much more often the first judge says yes than the second.",
        words="how much more often the first says yes: {said}",
        among="texts",
        part="agreement",
    ),
    Quantity(
        "agreement.kappa",
        "How far two judges agree beyond chance, in Cohen's kappa.",
        unit="ratio",
        words="Cohen's kappa: {said}",
        among="texts",
        part="agreement",
    ),
    Quantity(
        "agreement.p-value",
        "How surprising that difference is, did both say yes equally often (McNemar).",
        unit="p-value",
        words="p-value of that (McNemar)",
        among="texts",
        part="agreement",
    ),
    Quantity(
        "agreement.pabak",
        "How far two judges agree beyond chance, were yes and no equally common (PABAK).",
        unit="ratio",
        words="PABAK: {said}",
        among="texts",
        part="agreement",
    ),
    Quantity(
        "agreement.raw",
        "How often two judges give the same verdict on the same text.",
        words="same verdict: {said}",
        among="texts",
        part="agreement",
    ),
)
