"""Names as Chicago has them: many origins, compound, hyphenated, accented, nicknamed and misspelled."""

from dataclasses import dataclass
from random import Random

_TABLE = """
27|José Juan Luis Carlos Miguel Jesús Antonio Francisco Alejandro Ángel Rubén Raúl Héctor Iván Martín|María Guadalupe Ana Rosa Verónica Leticia Sofía Lucía Mónica Inés Esperanza Concepción Beatriz|García Hernández Martínez López González Rodríguez Pérez Sánchez Ramírez Flores Muñoz Gutiérrez Núñez Ibáñez De_La_Cruz De_León Villaseñor Ávila Peña Zúñiga
30|James Michael Robert Darnell Marcus Terrence Anthony DeShawn Jamal Andre Tyrone Reginald Curtis Malik Lamont|Keisha Latoya Tamika Denise Angela Ebony Monique Aaliyah Jasmine Shanice Patrice Yolanda Imani|Johnson Williams Jones Brown Davis Jackson Harris Robinson Walker Washington Jefferson Banks Booker Gaines Whitaker Dorsey Fields Mosley Tolliver
9|Krzysztof Tomasz Piotr Stanisław Andrzej Paweł Michał Zbigniew Wojciech|Katarzyna Małgorzata Agnieszka Joanna Ewa Barbara Elżbieta Zofia|Kowalski Nowakowski Wójcik Wiśniewski Dąbrowski Zieliński Szymański Woźniak Krawczyk Wróbel Pawłowski Grabowska
9|Patrick Sean Brendan Kevin Declan Liam Michael Timothy Owen|Colleen Maureen Bridget Siobhán Kathleen Erin Eileen Nora|O'Brien O'Malley Murphy Kelly Sullivan Fitzgerald McCarthy Gallagher O'Connor Doyle Byrne McNamara
6|Giuseppe Anthony Vincenzo Salvatore Dominic Rocco|Angela Francesca Carmela Lucia Rosalia|Esposito Russo Di_Napoli Santangelo Marchetti Lo_Presti Ricci D'Angelo
6|William Karl Heinrich Frederick Otto Stefan|Anneliese Margaret Ingrid Ursula Helga|Schmidt Müller Schröder Weiß Krüger Hoffmann Vogel Baumgärtner
4|Wei Ming Jian Hao Feng|Mei Li Xiuying Yan Jing|Chen Wang Li Zhang Liu Huang Wu Lin
3|Ramón Emmanuel Jericho Rodel|Maricel Rowena Luzviminda Jocelyn|Santos Reyes Bautista Dela_Cruz Villanueva Macaraeg
3|Raj Amit Sanjay Vikram Imran|Priya Anjali Deepa Sunita Fatima|Patel Singh Sharma Reddy Khan Krishnamurthy
2|Omar Yousef Khalid Ahmad|Layla Noor Hanan Rania|Haddad Al-Khatib Abu-Ghazaleh Mansour Nasser
2|Oleksandr Dmytro Vasyl Bohdan|Oksana Halyna Iryna Natalya|Shevchenko Kovalenko Bondarenko Petrenko
1|Chukwuemeka Oluwaseun Tunde|Ngozi Folasade Adaeze|Okonkwo Adeyemi Eze Balogun
1|Ashur Sargon Youkhana|Shamiran Nahrin|Benjamin Khoshaba Odisho
1|Min-jun Sung-ho Nguyen_Van|Ji-woo Thi_Lan Soo-jin|Kim Park Nguyen Tran
"""
_NICKNAMES = {
    "José": "Pepe", "Francisco": "Paco", "Guadalupe": "Lupe", "Jesús": "Chuy", "James": "Jimmy",
    "Michael": "Mike", "Robert": "Bobby", "William": "Bill", "Anthony": "Tony", "Katarzyna": "Kasia",
    "Małgorzata": "Gosia", "Patrick": "Pat", "Timothy": "Tim", "Margaret": "Peggy", "Terrence": "T",
    "Darnell": "Big D", "Marcus": "Lil Marc", "DeShawn": "Shawn", "Stanisław": "Stan", "Concepción": "Concha",
    "Salvatore": "Sal", "Giuseppe": "Joe", "Alejandro": "Alex", "Kathleen": "Kathy", "Frederick": "Fritz",
}  # fmt: skip
# So many people share these names that a name alone never tells who is meant.
NAMESAKES = (
    ("Jose", "Garcia", "M"),
    ("Michael", "Johnson", "M"),
    ("Maria", "Hernandez", "F"),
    ("James", "Williams", "M"),
)


@dataclass(frozen=True, slots=True)
class Name:
    """One name and the sex that it is usual for."""

    given: str
    family: str
    sex: str


@dataclass(frozen=True, slots=True)
class _Origin:
    weight: int
    men: tuple[str, ...]
    women: tuple[str, ...]
    families: tuple[str, ...]


def _origin(line: str) -> _Origin:
    weight, *lists = line.split("|")
    men, women, families = (tuple(word.replace("_", " ") for word in part.split()) for part in lists)
    return _Origin(int(weight), men, women, families)


_ORIGINS = tuple(_origin(line) for line in _TABLE.strip().splitlines())
_WEIGHTS = [origin.weight for origin in _ORIGINS]


def draw_name(random: Random) -> Name:
    """Return a name: one in thirty of a crowd of namesakes, some compound, some with two families' names."""
    if random.random() < 1 / 30:
        return Name(*random.choice(NAMESAKES))
    origin = random.choices(_ORIGINS, _WEIGHTS)[0]
    sex = "M" if random.random() < 0.68 else "F"
    given, family = random.choice(origin.men if sex == "M" else origin.women), random.choice(origin.families)
    chance = random.random()
    if chance < 0.05:
        given = f"{given} {random.choice(origin.men if sex == 'M' else origin.women)}"
    elif chance < 0.12:
        family = f"{family}-{random.choice(random.choices(_ORIGINS, _WEIGHTS)[0].families)}"
    return Name(given, family, sex)


def other_names(random: Random, name: Name) -> list[tuple[str, str, str]]:
    """Return further names as (kind, given, family): a nickname, a name as somebody misspelled it."""
    names = []
    nickname = _NICKNAMES.get(name.given.split()[0])
    if nickname and random.random() < 0.4:
        names.append(("nickname", nickname, name.family))
    if random.random() < 0.08:
        names.append(("as written", name.given, misspelled(random, name.family)))
    return names


def misspelled(random: Random, word: str) -> str:
    """Return `word` as a tired hand writes it: a letter left out, doubled, or two changed over."""
    place = random.randrange(1, max(2, len(word) - 1))
    before, letter, after = word[:place], word[place : place + 1], word[place + 1 :]
    return random.choice(
        [before + after, before + letter * 2 + after, before + after[:1] + letter + after[1:]]
    )
