"""Two real districts with invented neighbourhoods, their invented postcodes and streets."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.demo.population.identifiers import POSTCODE_AREA


@dataclass(frozen=True, kw_only=True)
class Neighbourhood:
    """``share`` is its weight in the population, ``hardship`` moves absence and crime on a log scale, ``burglary`` multiplies break-ins."""

    name: str
    district: str
    outward: str
    share: float
    hardship: float
    burglary: float


def _place(number: int, name: str, district: str, *, share: float, hardship: float, burglary: float) -> Neighbourhood:
    outward = f"{POSTCODE_AREA}{number}"
    return Neighbourhood(name=name, district=district, outward=outward, share=share, hardship=hardship, burglary=burglary)


NEIGHBOURHOODS: tuple[Neighbourhood, ...] = (
    _place(1, "Abbey Wharf", "Colchester", share=0.09, hardship=0.3, burglary=1.2),
    _place(2, "Castle Hythe", "Colchester", share=0.11, hardship=0.5, burglary=1.8),
    _place(3, "Greenfold", "Colchester", share=0.10, hardship=-0.4, burglary=0.6),
    _place(4, "Lexmere", "Colchester", share=0.08, hardship=-0.6, burglary=0.8),
    _place(5, "Millbourne", "Colchester", share=0.09, hardship=0.0, burglary=1.0),
    _place(6, "Priory Rise", "Colchester", share=0.07, hardship=0.6, burglary=2.2),
    _place(7, "Stanfield", "Colchester", share=0.08, hardship=-0.2, burglary=0.5),
    _place(8, "Claxby Sands", "Tendring", share=0.10, hardship=0.8, burglary=1.6),
    _place(9, "Frindle", "Tendring", share=0.07, hardship=-0.3, burglary=0.4),
    _place(10, "Harbour Point", "Tendring", share=0.08, hardship=0.4, burglary=1.1),
    _place(11, "Manning Heath", "Tendring", share=0.06, hardship=-0.5, burglary=0.5),
    _place(12, "Saltmarsh", "Tendring", share=0.07, hardship=0.1, burglary=0.7),
)

DISTRICTS: tuple[str, ...] = ("Colchester", "Tendring")

_FIRST_WORDS = """
Abbots Alder Barley Beacon Birch Bramble Brook Chapel Cherry Church Clover Coppice Crane Dove Elm Ferry Field Forge Glebe Hawthorn
Hazel Heron Holly Ivy Kiln Larch Linden Lock Maple Meadow Mill Oak Orchard Park Pound Quay Rowan School Station Willow
"""
_FIRST = tuple(_FIRST_WORDS.split())
_LAST = ("Avenue", "Close", "Crescent", "Drive", "Gardens", "Lane", "Place", "Road", "Street", "Way")


def street_name(street: int) -> str:
    """The name of a street; names come round again after four hundred, as they do from town to town."""
    return f"{_FIRST[street % len(_FIRST)]} {_LAST[street // len(_FIRST) % len(_LAST)]}"
