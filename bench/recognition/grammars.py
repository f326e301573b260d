"""The grammars of the evaluation, compiled from what an admin writes down: slots, their values, how people begin."""

from __future__ import annotations

from itertools import pairwise

NUMBER_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

COFFEE = {
    "openers": [
        "can i get", "can i have", "i want", "get me", "give me", "i'd like", "i would like", "make me", "may i have",
        "could i have", "brew", "i'll have", "i'll take",
    ],
    "before": {
        "size": ["small", "medium", "large", "eight ounce", "twelve ounce", "sixteen ounce", "twenty ounce"],
        "roast": ["light roast", "medium roast", "dark roast"],
        "numberOfShots": ["single shot", "double shot", "triple shot"],
    },
    "head": (
        "coffeeDrink",
        ["americano", "cappuccino", "espresso", "iced mocha", "latte", "mocha", "coffee", "drip coffee", "house coffee",
         "iced coffee"],
    ),
    "after": {
        "milkAmount": ["milk", "skim milk", "whole milk", "soy milk", "almond milk", "cream"],
        "sugarAmount": ["sugar", "brown sugar", "sweetener"],
    },
    "amounts": ["a little bit of", "a bit of", "some", "a lot of", "lots of"],
}  # fmt: skip

YES_NO = [
    "yes", "yes please", "yeah", "no", "no thanks", "no thank you", "nope", "correct", "that's right", "that's wrong",
    "what are your opening hours", "when are you open", "are you open today", "are you open on sunday",
    "speak to an agent", "talk to a person", "billing", "sales", "support",
]  # fmt: skip

_NUMERALS = {"eight": "8", "twelve": "12", "sixteen": "16", "twenty": "20"}


class Arcs:
    """Collects the arcs of src/local-models/ports.ts `Grammar`."""

    def __init__(self) -> None:
        self.arcs: list[list[object]] = []
        self.finals: list[int] = []
        self._states = 1

    def state(self) -> int:
        self._states += 1
        return self._states - 1

    def add(self, source: int, target: int, *phrases: str) -> None:
        self.arcs += [[source, target, spelling, 0] for phrase in phrases for spelling in _spellings(phrase)]

    def skip(self, source: int, target: int) -> None:
        self.arcs.append([source, target, "", 0])

    def message(self, name: str) -> dict[str, object]:
        return {"id": name, "arcs": self.arcs, "finals": self.finals}


def form_grammar(flow: dict) -> Arcs:
    """Opener, article, up to three slots before the head, the head, up to two additions with an amount."""
    grammar = Arcs()
    opened, end = grammar.state(), grammar.state()
    grammar.add(0, opened, *flow["openers"])
    grammar.skip(0, opened)
    places = [grammar.state() for _ in range(len(flow["before"]) + 1)]
    grammar.add(opened, places[0], "a", "an")
    grammar.skip(opened, places[0])
    before = [value for values in flow["before"].values() for value in values]
    for source, target in pairwise(places):
        grammar.add(source, target, *before)
        grammar.skip(source, target)
    headed = grammar.state()
    grammar.add(places[-1], headed, *flow["head"][1])
    grammar.skip(headed, end)
    for joint in ("with", "and"):
        amount, kind, added = grammar.state(), grammar.state(), grammar.state()
        grammar.add(headed, amount, joint)
        grammar.add(amount, kind, *flow["amounts"])
        grammar.skip(amount, kind)
        grammar.add(kind, added, *(value for values in flow["after"].values() for value in values))
        grammar.skip(added, end)
        headed = added
    grammar.finals = [end]
    return grammar


def digit_grammar(shortest: int, longest: int) -> Arcs:
    """Digit by digit, "oh" for zero, "double" before any."""
    grammar = Arcs()
    for _ in range(longest):
        grammar.state()
    for place in range(longest):
        for digit, word in enumerate(NUMBER_WORDS):
            names = [word, str(digit), *(["oh"] if digit == 0 else [])]
            grammar.add(place, place + 1, *names)
            if place + 2 <= longest:
                grammar.add(place, place + 2, *(f"double {name}" for name in names))
    grammar.finals = list(range(shortest, longest + 1))
    return grammar


def phrase_grammar(phrases: list[str]) -> Arcs:
    grammar = Arcs()
    end = grammar.state()
    grammar.add(0, end, *phrases)
    grammar.finals = [end]
    return grammar


def slots_of(text: str, flow: dict) -> dict[str, str]:
    """Which slots the words of a reading fill; longer values first."""
    values = [(value, slot) for slot, listed in flow["before"].items() for value in listed]
    values += [(value, flow["head"][0]) for value in flow["head"][1]]
    values += [
        (f"{amount} {value}".strip(), slot)
        for slot, listed in flow["after"].items()
        for value in listed
        for amount in ["", *flow["amounts"]]
    ]
    rest, found = f" {plain(text)} ", {}
    for value, slot in sorted(values, key=lambda pair: (-len(pair[0].split()), -len(pair[0]))):
        if slot not in found and f" {value} " in rest:
            found[slot] = value
            rest = rest.replace(f" {value} ", " | ", 1)
    return found


def without(flow: dict, values: tuple[str, ...]) -> dict:
    """The flow as if its admin had not listed these values."""

    def rest(listed: list[str]) -> list[str]:
        return [value for value in listed if value not in values]

    return flow | {
        "before": {slot: rest(listed) for slot, listed in flow["before"].items()},
        "head": (flow["head"][0], rest(flow["head"][1])),
        "after": {slot: rest(listed) for slot, listed in flow["after"].items()},
    }


def digits_of(text: str) -> str:
    out, times = "", 1
    for word in text.split():
        if word == "double":
            times = 2
            continue
        digit = "0" if word == "oh" else word if word.isdigit() else str(NUMBER_WORDS.index(word))
        out, times = out + digit * times, 1
    return out


def plain(text: str) -> str:
    words = text.lower().replace("-", " ").split()
    back = {numeral: word for word, numeral in _NUMERALS.items()}
    return " ".join(back.get(word, word) for word in words)


def _spellings(phrase: str) -> list[str]:
    """A number before its unit is written in words, in figures, or in figures with a hyphen."""
    first, _, rest = phrase.partition(" ")
    if first not in _NUMERALS or not rest:
        return [phrase]
    return [phrase, f"{_NUMERALS[first]} {rest}", f"{_NUMERALS[first]}-{rest}"]
