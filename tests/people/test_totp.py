import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.people.totp import (
    STEP_SECONDS,
    base32,
    code_at,
    derive_secret,
    enrolment_uri,
    step_of,
)

RFC_SECRET = b"12345678901234567890"
# RFC 6238, appendix B, SHA-1, eight digits.
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_are_those_of_the_standard(seconds, code):
    assert code_at(RFC_SECRET, seconds // STEP_SECONDS, digits=8) == code
    assert code_at(RFC_SECRET, seconds // STEP_SECONDS) == code[-6:]


@given(st.integers(1_000, 2**33), st.integers(-4, 4))
def test_a_code_fits_its_step_and_one_beside(step, drift):
    code = code_at(RFC_SECRET, step)
    found = step_of(RFC_SECRET, code, (step + drift) * STEP_SECONDS + 3, after_step=0)
    if abs(drift) <= 1:
        assert found is not None
        assert code_at(RFC_SECRET, found) == code


def test_a_code_counts_once_and_an_older_one_never_after_it():
    code = code_at(RFC_SECRET, 1000)
    at = 1000 * STEP_SECONDS
    assert step_of(RFC_SECRET, code, at, after_step=999) == 1000
    assert step_of(RFC_SECRET, code, at, after_step=1000) is None
    assert step_of(RFC_SECRET, code_at(RFC_SECRET, 999), at, after_step=1000) is None


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1234567", "٠١٢٣٤٥", "\x00"])
def test_what_is_no_code_does_no_harm(code):
    assert step_of(RFC_SECRET, code, 59, after_step=0) is None


def test_blanks_inside_a_code_are_let_go():
    code = code_at(RFC_SECRET, 1000)
    assert step_of(RFC_SECRET, f" {code[:3]} {code[3:]} ", 30_000, after_step=0) == 1000


def test_a_secret_needs_the_homes_key_the_person_and_the_nonce():
    secret = derive_secret(b"k", "mei", "1")
    assert len(secret) == 20
    others = (derive_secret(b"x", "mei", "1"), derive_secret(b"k", "lin", "1"))
    assert secret not in (*others, derive_secret(b"k", "mei", "2"))


def test_an_app_can_read_the_address():
    uri = enrolment_uri(RFC_SECRET, issuer="Night Lamp", name="mei")
    assert uri == (
        "otpauth://totp/Night%20Lamp%3Amei?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        "&issuer=Night%20Lamp"
    )
    assert base32(RFC_SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
