"""What the bot's texts and agents write looks on WhatsApp as it was meant."""

import pytest

from handoff_bridge.channels.whatsapp.sender.formatting import to_whatsapp


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Das ist **wichtig**.", "Das ist *wichtig*."),
        ("Das ist *kursiv*.", "Das ist _kursiv_."),
        ("Statt ~~20 €~~ nur 10 €", "Statt ~20 €~ nur 10 €"),
        ("**Lieferung** und *Montage*", "*Lieferung* und _Montage_"),
        ("## Ihre Bestellung", "*Ihre Bestellung*"),
        ("## **Ihre Bestellung**", "*Ihre Bestellung*"),
        ("- Gerät\n- Kabel", "• Gerät\n• Kabel"),
        ("* Gerät\n* Kabel", "• Gerät\n• Kabel"),
        ("[Rückgabe](https://shop.example/r_1)", "Rückgabe: https://shop.example/r_1"),
        ("[https://shop.example](https://shop.example)", "https://shop.example"),
        ("[Anrufen](tel:0800123)", "Anrufen: 0800123"),
        ("`**kein Fett**`", "`**kein Fett**`"),
        ("**https://shop.example/*neu*/a**", "*https://shop.example/*neu*/a*"),
        ("Siehe *https://shop.example/a~~b~~/*, **bitte**.", "Siehe _https://shop.example/a~~b~~/_, *bitte*."),
        ("[Filter](https://shop.example/?q=/*x*/) und *hier*", "Filter: https://shop.example/?q=/*x*/ und _hier_"),
    ],
)
def test_our_light_formatting_becomes_whatsapps(ours: str, theirs: str) -> None:
    assert to_whatsapp(ours) == theirs


@pytest.mark.parametrize(
    "plain",
    [
        "5 * 3 * 2 = 30",
        "2**3**2",
        "snake_case_name",
        "Ihre Nummer: B-2026-104233",
        "1. Erstens\n2. Zweitens",
        "https://shop.example/a*b*c",
        "https://shop.example/*b*/c?x=**y**&z=1 und http://shop.example/~~alt~~/",
        "10–12 Uhr",
        "Sterne: ***",
        "",
    ],
)
def test_what_is_no_formatting_stays_as_it_is(plain: str) -> None:
    assert to_whatsapp(plain) == plain
