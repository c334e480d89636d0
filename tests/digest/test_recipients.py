from __future__ import annotations

import pytest

from sms_monitoring.digest.recipients import normalise


@pytest.mark.parametrize(
    "given",
    [
        ["b@example.com", "a@example.com"],
        ["A@Example.com", "b@example.com", " a@example.com "],
        "b@example.com, a@example.com",
        "b@example.com;A@example.com,,",
    ],
)
def test_the_same_people_are_the_same_list(given):
    assert normalise(given) == ("a@example.com", "b@example.com")


@pytest.mark.parametrize(
    "address",
    [
        "nobody",
        "@example.com",
        "a@",
        "a b@example.com",
        "a@b@c",
        "Ann <a@example.com>",
        "a@-x.com",
        "a@x.com\nBcc: b@x.com",
    ],
)
def test_a_malformed_address_is_named(address):
    with pytest.raises(ValueError, match=r"malformed e-mail address .* write each like team@example.com"):
        normalise(["good@example.com", address])


@pytest.mark.parametrize("nobody", [[], "", " , ", [""]])
def test_someone_must_get_it(nobody):
    with pytest.raises(ValueError, match="no recipients"):
        normalise(nobody)
