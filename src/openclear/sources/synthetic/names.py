"""Names as in a big city: many origins, compound, hyphenated, accented, nicknamed and misspelled."""

from dataclasses import dataclass
from functools import cache
from random import Random

from openclear.sources.synthetic.invented import table

# So many people share a few names that a name alone never identifies a person.
NAMESAKES_ONE_IN = 30


@dataclass(frozen=True, slots=True)
class Name:
    """One name and its usual sex."""

    given: str
    family: str
    sex: str


@dataclass(frozen=True, slots=True)
class _Origin:
    weight: int
    men: tuple[str, ...]
    women: tuple[str, ...]
    families: tuple[str, ...]


@cache
def _origins() -> tuple[list[_Origin], list[int]]:
    origins = [
        _Origin(int(row["weight"]), _words(row["men"]), _words(row["women"]), _words(row["families"]))
        for row in table("names.csv")
    ]
    return origins, [origin.weight for origin in origins]


@cache
def _nicknames() -> dict[str, str]:
    return {row["given"]: row["nickname"] for row in table("nicknames.csv")}


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


def draw_name(random: Random) -> Name:
    """Return a name: one in thirty from a small set of shared names, some compound, some with two family names."""
    if random.random() < 1 / NAMESAKES_ONE_IN:
        return Name(**random.choice(table("namesakes.csv")))
    origins, weights = _origins()
    origin = random.choices(origins, weights)[0]
    sex = "M" if random.random() < 0.68 else "F"
    given, family = random.choice(origin.men if sex == "M" else origin.women), random.choice(origin.families)
    chance = random.random()
    if chance < 0.05:
        given = f"{given} {random.choice(origin.men if sex == 'M' else origin.women)}"
    elif chance < 0.12:
        family = f"{family}-{random.choice(random.choices(origins, weights)[0].families)}"
    return Name(given, family, sex)


def other_names(random: Random, name: Name) -> list[tuple[str, str, str]]:
    """Return other names as (kind, given, family): a nickname, a misspelled name."""
    names = []
    nickname = _nicknames().get(name.given.split()[0])
    if nickname and random.random() < 0.4:
        names.append(("nickname", nickname, name.family))
    if random.random() < 0.08:
        names.append(("as written", name.given, misspelled(random, name.family)))
    return names


def misspelled(random: Random, word: str) -> str:
    """Return `word` with a typing error: a letter left out or doubled, or two letters swapped."""
    place = random.randrange(1, max(2, len(word) - 1))
    before, letter, after = word[:place], word[place : place + 1], word[place + 1 :]
    return random.choice(
        [before + after, before + letter * 2 + after, before + after[:1] + letter + after[1:]]
    )
