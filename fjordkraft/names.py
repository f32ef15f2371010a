"""Common Norwegian names, streets and places from which people are put together at random."""

from __future__ import annotations


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN = _listed(
    """
    Anne Inger Kari Marit Ingrid Liv Eva Berit Astrid Bjørg Hilde Randi Solveig Marianne
    Nina Elisabeth Kristin Bente Silje Maria Ida Julie Camilla Emma Nora Sofie Thea Ingeborg
    Sigrid Åse Gunnhild Turid Wenche Tonje Hege Maja Selma Frida Vilde Oda Aisha Katarzyna
    """
)
MEN = _listed(
    """
    Jan Per Bjørn Ole Lars Kjell Knut Arne Svein Thomas Hans Geir Tor Morten Terje Odd Erik
    Martin Andreas John Anders Trond Tore Rune Harald Øyvind Stian Håkon Sindre Magnus Jonas
    Henrik Eirik Sverre Jørgen Kåre Asbjørn Even Vegard Mathias Mohammed Piotr
    """
)
LAST = _listed(
    """
    Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen
    Pettersen Eriksen Berg Haugen Hagen Johannessen Andreassen Jacobsen Dahl Jørgensen
    Henriksen Lund Halvorsen Sørensen Jakobsen Moen Gundersen Iversen Strand Solberg Svendsen
    Eide Knutsen Martinsen Kristoffersen Bakken Lie Amundsen Nguyen Rasmussen Lunde Solheim
    Berge Moe Nygård Bakke Kristensen Fredriksen Holm Lien Hauge Sæther Aas Ødegård Brekke
    Tveit Myhre Fjeld Vågen Kowalska Ali Ytrehus
    """
)
STREETS = (
    "Storgata",
    "Kirkegata",
    "Skolegata",
    "Strandgata",
    "Sjøgata",
    "Fjellveien",
    "Havnegata",
    "Bjørkeveien",
    "Granveien",
    "Nedre Åsvei",
    "Øvre Bakkegate",
    "Elvegata",
    "Industriveien",
)
PLACES = {
    "Bergen": (("5003", "Bergen"), ("5053", "Bergen"), ("5160", "Laksevåg"), ("5221", "Nesttun")),
    "Oslo": (("0150", "Oslo"), ("0473", "Oslo"), ("0667", "Oslo"), ("1368", "Stabekk")),
    "Tromsø": (("9008", "Tromsø"), ("9016", "Tromsø"), ("9020", "Tromsdalen")),
    "Bodø": (("8003", "Bodø"), ("8011", "Bodø"), ("8050", "Tverlandet")),
}
