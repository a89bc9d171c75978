"""``python -m tests.fakes.graph.demo_rules BUSINESS_FILE NEW_FILE``: the same rules with one invented number.

For trying WhatsApp without an account; numbers of the company's own are left out, so that nothing can reach them.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

from handoff_bridge.business import load_business_rules

NUMBER_ID, DISPLAY = "106540352242922", "+49 800 0001122"


def main() -> int:
    options = _parser().parse_args()
    raw: dict[str, Any] = yaml.safe_load(options.business_file.read_text(encoding="utf-8"))
    whatsapp = raw.setdefault("whatsapp", {})
    templates = [template["name"] for template in whatsapp.get("templates", []) if not template.get("variables")]
    whatsapp["numbers"] = [
        {
            "phone_number_id": NUMBER_ID,
            "name": raw["company"]["name"],
            "display_number": DISPLAY,
            "chat_url": options.phone,
            **({"reopen_template": templates[0]} if templates else {}),
        }
    ]
    if "moving" in whatsapp:
        whatsapp["moving"]["web_page"] = options.web_page
    options.new_file.parent.mkdir(parents=True, exist_ok=True)
    options.new_file.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")
    load_business_rules(options.new_file)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.graph.demo_rules", description=__doc__)
    parser.add_argument("business_file", type=Path)
    parser.add_argument("new_file", type=Path)
    parser.add_argument("--phone", required=True, help="address of the phone page")
    parser.add_argument("--web-page", required=True, help="address of the customer page")
    return parser


if __name__ == "__main__":
    sys.exit(main())
