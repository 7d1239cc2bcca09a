"""Names people in Essex might have, the short forms friends and constables use, and how common each is."""

from __future__ import annotations

import numpy as np

from enclave.demo.population.arrays import Draw, Floats, Ints

_FEMALE = """
Olivia Margaret Susan Sarah Emma Elizabeth Patricia Amelia Jessica Charlotte Sophie Emily Chloe Christine Karen Jacqueline Linda
Deborah Victoria Rebecca Katherine Jennifer Isabella Grace Lily Freya Mia Ella Evelyn Florence Alice Rosie Hannah Lucy Megan Amy
Laura Rachel Samantha Nicola Michelle Joanne Angela Helen Julie Alison Caroline Gillian Janet Judith Pamela Maureen Doreen Irene
Dorothy Joan Barbara Sylvia Brenda Hilary Fatima Aisha Maryam Zainab Priya Anjali Sunita Meera Ngozi Abimbola Folake Agnieszka
Katarzyna Magdalena Oksana Ioana Elena Ewa Siobhan Niamh Bronwen Rhian Mei Xin Yasmin Leila Harpreet Jasmine Imogen Beatrice
Harriet
"""
_MALE = """
David John Michael James Robert William Thomas Daniel Matthew Christopher Andrew Stephen Peter Richard Joseph Benjamin Samuel
Alexander Edward Nicholas Anthony Jonathan Timothy Oliver George Harry Noah Jack Leo Arthur Oscar Charlie Henry Freddie Theo
Archie Jacob Ethan Joshua Ryan Adam Luke Connor Liam Sean Kevin Ian Colin Graham Keith Derek Kenneth Ronald Raymond Gordon Malcolm
Trevor Brian Alan Barry Mohammed Ahmed Ali Omar Hassan Imran Arjun Rahul Sanjay Vikram Chinedu Emeka Olumide Kwame Piotr Tomasz
Marek Andrei Mihai Ivan Patrick Declan Gareth Rhys Dylan Wei Jun Tariq Gurpreet Jamal Lewis Callum Frederick Gregory
"""
_SURNAMES = """
Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White Roberts Green Hall Wood
Jackson Clarke Clark Harrison Scott Turner Hill Moore Cooper Ward Morris King Watson Baker Harris Khan Lee Allen Anderson Edwards
Lewis Young Martin Mitchell Cook Bennett Bailey Carter Parker Ahmed Hussain Begum Ali Singh Kaur Shah Miah Rahman Chowdhury
Collins Bell Shaw Murphy Miller Cox Richardson Marshall Simpson Price Anderson-Reed Gray Chapman Adams Campbell Kelly Foster Wells
Ellis Mills Barker Palmer Knight Webb Rogers Hunt Stevens Holmes Barnes Powell Lloyd Butler Russell Fisher Fletcher Pearson Graham
Dixon Andrews Payne Saunders Brooks Day Reynolds Cole West Hart Lawrence Bradley Fox Elliott Hughes Stone Matthews Jenkins Perry
Walsh Ryan Byrne Doyle Gallagher Quinn Kennedy O'Brien O'Connor O'Neill Kowalski Nowak Wisniewska Lewandowski Zielinski Popescu
Ionescu Dumitru Kovac Ivanova Okafor Adeyemi Balogun Mensah Owusu Boateng Nkosi Chen Wang Liu Zhang Nguyen Tran Santos Silva
Garcia Rossi Ferrari Schmidt Weber Novak Horvat Demir Yilmaz Kaya Haddad Rossiter Thorogood Ager Bugg Cant Cutting Darnell Eavis
Felgate Frost Garrod Goody Gowers Halls Howlett Hubbard Jarrold Jiggins Kerridge Lufkin Mabbitt Munnings Nevard Orrin Partridge
Pettit Pilgrim Pudney Ruffell Salmon Scrivener Seaborn Siggers Sizer Snell Spurgeon Steggles Tabor Tiffin Tricker Tye Underwood
Warboys Wayman Whybrow Willsher Woolnough Wyncoll Yull Blackwood-Shaw Carter-Lane Hale-Morton Vance-Price
"""

# Sorted from common to rare, more or less.
FEMALE: tuple[str, ...] = tuple(_FEMALE.split())
MALE: tuple[str, ...] = tuple(_MALE.split())
SURNAMES: tuple[str, ...] = tuple(_SURNAMES.split())

SHORT_FORMS: dict[str, tuple[str, ...]] = {
    "Margaret": ("Maggie", "Peggy"),
    "Susan": ("Sue",),
    "Elizabeth": ("Liz", "Beth", "Betty"),
    "Patricia": ("Pat", "Trish"),
    "Jessica": ("Jess",),
    "Charlotte": ("Lottie", "Charlie"),
    "Christine": ("Chris",),
    "Jacqueline": ("Jackie",),
    "Deborah": ("Debbie",),
    "Victoria": ("Vicky",),
    "Rebecca": ("Becky",),
    "Katherine": ("Kate", "Kath", "Katie"),
    "Jennifer": ("Jenny", "Jen"),
    "Isabella": ("Bella", "Izzy"),
    "Samantha": ("Sam",),
    "Nicola": ("Nicky",),
    "Dorothy": ("Dot",),
    "Barbara": ("Barb",),
    "Abimbola": ("Abi",),
    "Agnieszka": ("Agnes",),
    "Katarzyna": ("Kasia",),
    "Magdalena": ("Magda",),
    "Beatrice": ("Bea",),
    "Harriet": ("Hattie",),
    "David": ("Dave",),
    "John": ("Jack",),
    "Michael": ("Mike", "Mick"),
    "James": ("Jim", "Jamie"),
    "Robert": ("Bob", "Rob"),
    "William": ("Bill", "Will"),
    "Thomas": ("Tom",),
    "Daniel": ("Dan", "Danny"),
    "Matthew": ("Matt",),
    "Christopher": ("Chris",),
    "Andrew": ("Andy",),
    "Stephen": ("Steve",),
    "Peter": ("Pete",),
    "Richard": ("Rick", "Dick"),
    "Joseph": ("Joe",),
    "Benjamin": ("Ben",),
    "Samuel": ("Sam",),
    "Alexander": ("Alex", "Sandy"),
    "Edward": ("Ed", "Ted"),
    "Nicholas": ("Nick",),
    "Anthony": ("Tony",),
    "Jonathan": ("Jon",),
    "Timothy": ("Tim",),
    "Kenneth": ("Ken",),
    "Ronald": ("Ron",),
    "Raymond": ("Ray",),
    "Mohammed": ("Mo",),
    "Olumide": ("Olu",),
    "Patrick": ("Paddy",),
    "Frederick": ("Fred", "Freddie"),
    "Gregory": ("Greg",),
}


def drawn(names: tuple[str, ...], draw: Draw, size: int) -> Ints:
    """Places in a list that is sorted from common to rare; frequencies fall off as in Zipf's law, shifted."""
    edges = _edges(len(names))
    places: Ints = np.searchsorted(edges, draw.random(size) * edges[-1], side="right").astype(np.int64)
    return places


def _edges(size: int) -> Floats:
    return np.cumsum(1 / (np.arange(size) + 12.0))
