"""German dates: with all their parts, without the year, and relative to the day of writing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from components.entities.found import CHECKED, LIKELY, NAMED, TYPICAL, Found
from components.entities.numerals import number, ordinal
from components.entities.view import View

_MONTHS = {
    "januar": 1, "jänner": 1, "jaenner": 1, "jan": 1, "februar": 2, "feber": 2, "feb": 2, "märz": 3, "maerz": 3,
    "mär": 3, "mrz": 3, "april": 4, "apr": 4, "mai": 5, "juni": 6, "juno": 6, "jun": 6, "juli": 7, "julei": 7,
    "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9, "oktober": 10, "okt": 10, "november": 11,
    "nov": 11, "dezember": 12, "dez": 12,
}  # fmt: skip
_MONTH = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_WEEKDAYS = {
    "montag": 0, "dienstag": 1, "mittwoch": 2, "donnerstag": 3, "freitag": 4, "samstag": 5, "sonnabend": 5,
    "sonntag": 6,
}  # fmt: skip
_WEEKDAY = "(" + "|".join(_WEEKDAYS) + ")"
_NAMED_DAYS = {"heiligabend": (12, 24), "weihnachten": (12, 25), "silvester": (12, 31), "neujahr": (1, 1)}

_NUMERIC = re.compile(r"(?<![\d.,/-])([0-3]?\d)(?:\. ?|/|-)([01]?\d)(?:\. ?|/|-)((?:19|20)\d{2}|\d{2})(?![\d]|[./-]\d)")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d{2})-([01]\d)-([0-3]\d)(?!\d)")
_DAY_MONTH = re.compile(
    r"(?<![\d.,/#-])([0-3]?\d)\. ?([01]?\d)\.(?!\d)|(?<![\d.,/#-])([0-3]?\d)\.([01]\d)(?![\d.,]|\s*(?:€"
    r"|euro|eur\b|uhr|%|prozent|kwh|m³|zoll|gb|mb|km|kg))",
    re.IGNORECASE,
)
_WORD_MONTH = re.compile(rf"(?<![\d.,])([0-3]?\d)\.? ?{_MONTH}(?: ?(?:'|20)?(\d{{2}}))?(?![\d])", re.IGNORECASE)
#: "Straße des 17. Juni" is an address.
_STREET = re.compile(r"(?:stra(?:ß|ss)e|str\.|platz|allee) des $", re.IGNORECASE)
_SPOKEN_DAY = re.compile(rf"\b([a-zäöüß]{{4,22}}(?:e[nrsm]?)) {_MONTH}(?: ((?:19|20)\d{{2}}))?", re.IGNORECASE)
_SPOKEN_BOTH = re.compile(
    r"\b([a-zäöüß]{4,22}e[nrsm]?) ([a-zäöüß]{4,9}e[nrsm]?)(?: ((?:19|20)\d{2}))?\b", re.IGNORECASE
)
_BARE_MONTH = re.compile(
    rf"\b(?:im |seit |ab |bis |ende |anfang |mitte |für |fuer |vom |letzten |nächsten |naechsten )+{_MONTH}",
    re.IGNORECASE,
)
_MONTH_PART = re.compile(rf"\b(?:ende|anfang|mitte) {_MONTH}", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"\b{_MONTH} ((?:19|20)\d{{2}})\b", re.IGNORECASE)

_WHICH = r"(?:letzt|vorig|vergangen|nächst|naechst|kommend|dies|übernächst|uebernaechst|vorletzt)e?[nrsm]?"
_DAYS = re.compile(r"\b(vorvorgestern|vorgestern|gestern|heute|heut|übermorgen|uebermorgen|morgen)\b", re.IGNORECASE)
#: "guten Morgen", "heute Morgen", "am Morgen", "morgens", "jeden Morgen": a time of day, not the next day.
_TIME_OF_DAY = re.compile(
    r"(?:gut[ea]?[nr]?|heute?|gestern|vorgestern|am|jeden|jed[ea]m|einen|schönen|schoenen|diesen|der|den"
    r"|die|samstag|sonntag|montag|dienstag|mittwoch|donnerstag|freitag)\s+$",
    re.IGNORECASE,
)
_WEEKDAY_SAID = re.compile(rf"\b(?:({_WHICH}) )?{_WEEKDAY}(?!s\b|\w)", re.IGNORECASE)
_SHORT_WEEKDAY = re.compile(
    r"\b(?:am|seit|bis|letzten|nächsten|naechsten|ab|vom|kommenden) (mo|di|mi|do|fr|sa|so)\b\.?(?! (?:ein"
    r"|dass|was|wie|viel|lange|schnell|gut))",
    re.IGNORECASE,
)
_PERIOD = re.compile(rf"\b({_WHICH}) (woche|monat|monats|jahr|jahres|quartal|wochenende)\b", re.IGNORECASE)
_AGO = re.compile(
    r"\b(vor|in) (?:(?:ca\.?|circa|etwa|ungefähr|ungefaehr|rund|knapp|gut|genau|fast|schon) )?(\d{1,3}"
    r"|[a-zäöüß]{2,14}|ein paar|einigen|wenigen|mehreren) (tag(?:en?)?|wochen?|monat(?:en?)?"
    r"|jahr(?:en?)?)\b",
    re.IGNORECASE,
)
_NAMED_DAY = re.compile(
    r"\b(heiligabend|weihnachten|silvester|neujahr|ostern|ostermontag|ostersonntag|karfreitag|pfingsten"
    r"|pfingstmontag|himmelfahrt|nikolaus|rosenmontag|aschermittwoch)\b",
    re.IGNORECASE,
)
_LONE_DAY = re.compile(
    r"\b(?:am|seit dem|vom|bis zum|ab dem|zum|bis|den) ([0-3]?\d\.)(?=\s*(?:[,;!?)]|$|\.|(?:und|oder|hat"
    r"|habe|hab|wurde|war|bestellt|gekauft|geliefert|warte|kam|sollte|soll|ist|ich|gibt|tut|nichts|keine"
    r"|bis|abgebucht|bezahlt|überwiesen|verschickt|zurück|zurückgeschickt)\b))",
    re.IGNORECASE,
)
_FEW = {"ein": 1, "eine": 1, "einem": 1, "einer": 1, "einen": 1, "zwei": 2, "paar": 2}
_DAYS_OF = {"tag": 1, "woche": 7, "monat": 30, "jahr": 365}


def dates(view: View, today: date) -> Iterator[Found]:
    """`YYYY-MM-DD`, without a year `--MM-DD`; relative days as typed, with the day meant beside them."""
    yield from _full(view)
    yield from _without_digits(view)
    yield from _relative(view, today)


def _full(view: View) -> Iterator[Found]:
    text = view.text
    for found in _ISO.finditer(text):
        if value := _date(found[1], found[2], found[3]):
            yield Found(found.start(), found.end(), "date", value, CHECKED)
    for found in _NUMERIC.finditer(text):
        if value := _date(found[3], found[2], found[1]):
            yield Found(found.start(), found.end(), "date", value, CHECKED - 1)
    for found in _DAY_MONTH.finditer(text):
        day, month = (found[1], found[2]) if found[1] else (found[3], found[4])
        if value := _date(None, month, day):
            yield Found(found.start(), found.end(), "date", value, NAMED if found[1] else LIKELY)
    for found in _WORD_MONTH.finditer(text):
        if _STREET.search(text, 0, found.start()):
            continue
        year = found[3] and f"20{found[3]}"
        if value := _date(year, str(_MONTHS[found[2].lower()]), found[1]):
            yield Found(found.start(), found.end(), "date", value, CHECKED)


def _without_digits(view: View) -> Iterator[Found]:
    text = view.text
    for found in _SPOKEN_DAY.finditer(text):
        day = ordinal(found[1].lower())
        if day and (value := _date(found[3], str(_MONTHS[found[2].lower()]), str(day))):
            yield Found(found.start(), found.end(), "date", value, CHECKED)
    for found in _SPOKEN_BOTH.finditer(text):
        day, month = ordinal(found[1].lower()), ordinal(found[2].lower())
        # "am dritten zweiten": only with a word before that leads to a date.
        if (
            day
            and month
            and month <= 12
            and re.search(r"\b(?:am|vom|zum|seit dem|bis zum|dem) $", text[: found.start()])
        ):
            value = _date(found[3], str(month), str(day))
            if value:
                yield Found(found.start(), found.end(), "date", value, TYPICAL)
    for pattern, certainty in ((_MONTH_YEAR, NAMED), (_MONTH_PART, NAMED), (_BARE_MONTH, TYPICAL)):
        for found in pattern.finditer(text):
            start = found.start() if pattern is not _BARE_MONTH else found.start(1)
            yield Found(start, found.end(), "date", view.typed(start, found.end()).strip(" ."), certainty)


def _relative(view: View, today: date) -> Iterator[Found]:
    text = view.text
    for found in _DAYS.finditer(text):
        word = found[1].lower()
        if word == "morgen" and (_TIME_OF_DAY.search(text[: found.start()]) or _is_greeting(text, found)):
            continue
        days = {"vorvorgestern": -3, "vorgestern": -2, "gestern": -1, "heute": 0, "heut": 0, "morgen": 1}.get(word, 2)
        yield _said(view, found.start(), found.end(), today + timedelta(days), NAMED)
    for found in _WEEKDAY_SAID.finditer(text):
        yield _said(view, found.start(), found.end(), _weekday(today, found[2], found[1]), TYPICAL)
    for found in _SHORT_WEEKDAY.finditer(text):
        place = ("mo", "di", "mi", "do", "fr", "sa", "so").index(found[1].lower())
        past = not text[found.start() :].lower().startswith(("nächst", "naechst", "bis", "ab", "komm"))
        yield _said(view, found.start(1), found.end(1), _nearest(today, place, past=past), LIKELY)
    for found in _PERIOD.finditer(text):
        yield _said(view, found.start(), found.end(), None, TYPICAL)
    for found in _AGO.finditer(text):
        if (amount := _amount(found[2])) is None:
            continue
        unit = next(days for name, days in _DAYS_OF.items() if found[3].lower().startswith(name))
        sign = -1 if found[1].lower() == "vor" else 1
        meant = _shifted(today, sign * amount * unit) if amount else None
        yield _said(view, found.start(), found.end(), meant, TYPICAL)
    for found in _NAMED_DAY.finditer(text):
        month_day = _NAMED_DAYS.get(found[1].lower())
        meant = date(today.year, *month_day) if month_day else None
        yield _said(view, found.start(), found.end(), meant, TYPICAL)
    for found in _LONE_DAY.finditer(text):
        day = int(found[1].rstrip("."))
        if 1 <= day <= 31:
            yield _said(view, found.start(1), found.end(1), _last_with_day(today, day), LIKELY)


def _said(view: View, start: int, end: int, meant: date | None, certainty: int) -> Found:
    return Found(start, end, "date", view.typed(start, end), certainty, meant.isoformat() if meant else None)


def _date(year: str | None, month: str, day: str) -> str | None:
    """The normal form, or None for a day that no calendar has."""
    if year is not None and len(year) == 2:
        year = f"20{year}"
    try:
        # A leap year lets the 29th of February pass where the year is not known.
        known = date(int(year) if year else 2024, int(month), int(day))
    except ValueError:
        return None
    return known.isoformat() if year else f"--{known:%m-%d}"


def _is_greeting(text: str, found: re.Match[str]) -> bool:
    """ "Morgen zusammen": the first word of a message is a greeting unless a time or a verb follows."""
    if text[: found.start()].strip(" ,.!"):
        return False
    return (
        re.match(r"\s*(?:[,.!]|$|zusammen|liebes|allerseits|die damen|ich |ihr )", text[found.end() :], re.IGNORECASE)
        is not None
    )


def _weekday(today: date, name: str, which: str | None) -> date:
    which = (which or "").lower()
    past = not which.startswith(("nächst", "naechst", "komm", "über", "ueber", "dies"))
    return _nearest(today, _WEEKDAYS[name.lower()], past=past)


def _nearest(today: date, weekday: int, *, past: bool) -> date:
    """The last such day before today, or the next one after it."""
    if past:
        return today - timedelta((today.weekday() - weekday - 1) % 7 + 1)
    return today + timedelta((weekday - today.weekday() - 1) % 7 + 1)


def _amount(word: str) -> int | None:
    """How many; 0 for a few, None for a word that is no number."""
    word = word.lower()
    if word.isdigit():
        return int(word)
    if word in ("ein paar", "einigen", "wenigen", "mehreren"):
        return 0
    return _FEW.get(word) or number(word)


def _shifted(today: date, days: int) -> date | None:
    try:
        return today + timedelta(days)
    except OverflowError:
        return None


def _last_with_day(today: date, day: int) -> date | None:
    """The last day of this number, today included."""
    for back in range(62):
        candidate = today - timedelta(back)
        if candidate.day == day:
            return candidate
    return None
