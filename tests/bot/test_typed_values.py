"""What customers type for readings, days, accounts and numbers of their contract, and what is made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from actions.clients.energy import Bill, Contract
from actions.energy.bill import reason, term_asked_for
from actions.energy.identified import contract_number
from actions.energy.meter_reading import doubt_about
from actions.energy.outage import danger as outage
from actions.energy.tariffs import kind_named
from actions.insurance.claims import somebody_hurt
from actions.insurance.identified import claim_number, policy_number
from actions.insurance.urgent import danger as emergency
from actions.tasks.message import Message
from actions.tasks.spoken import masked_email, masked_iban, spoken_money, spoken_number
from actions.tasks.values import (
    NOT_KNOWN,
    DayField,
    OwnWordsField,
    QuantityField,
    day_of,
    is_iban,
    is_not_known,
    number_in,
    today,
)


def message(text: str, **further: object) -> Message:
    blank = Message(id="m", text=text, intent="inform", confidence=1.0, entities=(), is_payload=False)
    return replace(blank, **further)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("48213,7", "48213.7"),
        ("48.213,7", "48213.7"),
        ("48.213", "48213"),
        ("017733", "17733"),
        ("73 412", "73412"),
        ("105", "105"),
        ("dann 80,50 bitte", "80.50"),
        ("48213.7", "48213.7"),
        ("12 oder 13", None),
        ("keine ahnung", None),
    ],
)
def test_a_number_is_read_as_germans_type_it(typed: str, number: str | None) -> None:
    assert number_in(typed) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("iban", "valid"),
    [
        ("DE89370400440532013000", True),
        ("DE89370400440532013001", False),
        ("DE8937040044053201300", False),
        ("AT611904300234573201", True),
        ("DE", False),
        ("", False),
    ],
)
def test_an_account_needs_the_right_checksum(iban: str, valid: bool) -> None:
    assert is_iban(iban) is valid


def test_a_day_without_a_year_is_the_nearest_that_fits() -> None:
    tomorrow = today() + timedelta(days=1)
    typed = f"--{tomorrow:%m-%d}"
    assert day_of(typed, past=False) == tomorrow
    past = day_of(typed, past=True)
    assert past is not None
    assert past < today()


@pytest.mark.parametrize("typed", ["--02-30", "--13-01", "2026-02-30", "nächsten sommer"])
def test_a_day_that_is_none_is_not_taken(typed: str) -> None:
    assert day_of(typed, past=False) is None


@pytest.mark.parametrize(
    "text",
    ["weiß ich nicht", "weiss ich noch nicht genau", "keine ahnung", "steht noch nicht fest", "hab ich grad nicht"],
)
def test_an_answer_that_it_is_not_known_is_one_where_the_day_may_be_open(text: str) -> None:
    assert is_not_known(text)
    assert DayField("moving_on", optional=True).read(message(text), True, {}) == NOT_KNOWN
    assert DayField("read_on").read(message(text), True, {}) is None


def test_the_end_of_a_number_told_before_is_corrected() -> None:
    field = QuantityField("meter_reading", "meter_reading")
    assert field.read(message("nein, die 21 am ende"), False, {"meter_reading": "50512"}) == "50521"
    assert field.read(message("die endet auf 9"), False, {"meter_reading": "50512.4"}) == "50519.4"


def test_a_bare_number_counts_only_where_it_was_asked_for() -> None:
    field = QuantityField("amount", "amount")
    assert field.read(message("105"), True, {}) == "105"
    assert field.read(message("105"), False, {}) is None


def test_the_sum_wished_for_is_the_one_after_auf_and_not_the_one_taken_back() -> None:
    field = QuantityField("amount", "amount")
    both = (("amount", "92.00"), ("amount", "105.00"))
    assert field.read(message("von 92 euro auf 105 euro", entities=both), False, {}) == "105"
    assert field.read(message("105 euro statt 92 euro", entities=both[::-1]), False, {}) == "105"
    assert field.read(message("nicht 92 euro sondern 105 euro", entities=both), False, {}) == "105"


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("ich möchte einen schaden melden", False),
        ("Guten Tag, ich will meinen Vertrag ändern", False),
        ("schaden melden: waschmaschine ausgelaufen, parkett hin", True),
        ("bitte tragt meine tochter als fahrerin ein", True),
    ],
)
def test_an_opening_counts_as_description_only_when_it_describes(text: str, taken: bool) -> None:
    assert (OwnWordsField("claim_event", opens=True).read(message(text), False, {}) is not None) is taken


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("4017283", "4017283"),
        ("401 7283", "4017283"),
        ("1 emh 0012345678", "1EMH0012345678"),
        ("50667", None),
        ("meine nummer", None),
    ],
)
def test_a_contract_number_is_letters_and_digits(typed: str, number: str | None) -> None:
    assert contract_number(typed) == number


def test_policy_and_claim_numbers_are_found_in_a_sentence() -> None:
    assert policy_number("meine nr ist kf 4820117 danke") == "KF-4820117"
    assert policy_number("KF4820117") == "KF-4820117"
    assert policy_number("kf 48201") is None
    assert claim_number("schaden s 2026/004711 bitte") == "S-2026-004711"
    assert claim_number("2026-004711") == "S-2026-004711"
    assert claim_number("2026") is None


CONTRACT = Contract(
    *("4017283", "1EMH0012345678", "electricity", "Strom Natur", "kWh"),
    *(Decimal(3650), Decimal(10000), date(2026, 1, 1)),
    *(Decimal(92), Decimal(75), Decimal(180), None, 4),
)


@pytest.mark.parametrize(
    ("reading", "doubt"),
    [("9999", "lower"), ("10000", "smaller"), ("11000", None), ("11900", None), ("12400", None), ("13000", "higher")],
)
def test_a_reading_is_compared_with_what_is_usual(reading: str, doubt: str | None) -> None:
    # 100 days of ten units a day.
    day = date(2026, 4, 11)
    usual = (
        replace(CONTRACT, yearly_use=Decimal(3650))
        if reading != "10000"
        else replace(CONTRACT, yearly_use=Decimal(7300))
    )
    assert doubt_about(usual, Decimal(reading), day) == doubt


def test_a_bill_has_one_reason() -> None:
    bill = Bill(
        *(date(2025, 1, 1), date(2025, 12, 31), Decimal(100), Decimal(100), Decimal(30), Decimal(30)),
        *(Decimal(10), Decimal(100), Decimal(90)),
    )
    assert reason(bill) == "payments"
    assert reason(replace(bill, use=Decimal(120))) == "use"
    assert reason(replace(bill, unit_price_ct=Decimal(35))) == "price"
    assert reason(replace(bill, use=Decimal(120), unit_price_ct=Decimal(35))) == "use_and_price"
    assert reason(replace(bill, previous_use=None)) == "first"


def test_a_word_of_the_bill_is_explained_only_to_who_asks_for_it() -> None:
    assert term_asked_for("was bedeutet zustandszahl") == "utter_term_conversion"
    assert term_asked_for("können sie mir den grundpreis erklären") == "utter_term_base_price"
    assert term_asked_for("grundpreis ist viel zu hoch") is None


def test_the_kind_of_energy_is_known_only_when_one_is_named() -> None:
    assert kind_named("was kostet der strom") == "electricity"
    assert kind_named("gastarif bitte") == "gas"
    assert kind_named("strom und gas") is None
    assert kind_named("habt ihr öko") is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("es riecht nach gas", "gas"),
        ("süßlich fauliger geruch, am gasdruckregler zischt es", "gas"),
        ("der sicherungskasten qualmt", "fire"),
        ("strom weg seit einer stunde", "power"),
    ],
)
def test_an_outage_is_told_apart_from_danger(text: str, kind: str) -> None:
    assert outage(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mein mann blutet stark", "life"),
        ("auto qualmt auf der a4", "life"),
        ("jemand ist bei uns eingebrochen", "burglary"),
        ("panne auf der a9", "breakdown"),
        ("bitte schnell hilfe", "life"),
    ],
)
def test_an_emergency_gets_the_number_that_fits_and_in_doubt_the_one_for_life(text: str, kind: str) -> None:
    assert emergency(text) == kind


def test_nobody_hurt_is_told_apart_from_somebody() -> None:
    assert somebody_hurt("der radfahrer ist verletzt")
    assert not somebody_hurt("zum glück ist niemand verletzt")
    assert not somebody_hurt("es wurde keiner verletzt, nur blech")


def test_numbers_are_spoken_in_german_and_personal_ones_masked() -> None:
    assert spoken_number(Decimal("48213.70")) == "48.213,7"
    assert spoken_number(Decimal("70113")) == "70.113"
    assert spoken_money(Decimal("1172.95")) == "1.172,95 €"
    assert masked_iban("DE89370400440532013000") == "DE•• •••• 3000"
    assert masked_email("petra@example.org") == "p•••@example.org"
