"""Who counts as one asker for the bounds on an address."""

import pytest
from aiohttp.test_utils import make_mocked_request

from handoff_bridge.http.limits import client_address


def address(forwarded: str, hops: int = 1) -> str:
    return client_address(make_mocked_request("GET", "/", {"X-Forwarded-For": forwarded}), hops)


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("no:address", "no:address"),
        ("64:ff9b::203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:50412", "203.0.113.7"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
    ],
)
def test_an_ipv6_customer_is_one_asker_however_many_addresses_they_use(forwarded: str, counted: str) -> None:
    assert address(forwarded) == counted


def test_what_stands_left_of_the_trusted_hops_may_be_invented_and_does_not_count() -> None:
    assert address("198.51.100.1, 203.0.113.7") == "203.0.113.7"
    assert address("198.51.100.1, 203.0.113.7, 192.0.2.1", hops=2) == "203.0.113.7"
