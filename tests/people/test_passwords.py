import threading
from contextlib import ExitStack

import pytest

from silkreel.people import passwords
from silkreel.people.passwords import (
    AT_ONCE,
    WAITING,
    DoorBusy,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    check_password,
    hash_password,
    password_fits,
)


@pytest.mark.parametrize(
    "password",
    [
        "lantern quay tofu umbrella",
        "夜の港で猫が三匹も静かに眠っていた",
        "correct-horse-battery",
        "            spaces count too",
        "x7#kQ!vR2$pL9@mZ",
    ],
)
def test_long_words_of_ones_own_are_welcome(password):
    check_password(password, "mei", "Mei Lin")


@pytest.mark.parametrize("password", ["", "short", "Tr0ub4dor&3", "14 characters!"])
def test_short_ones_are_refused_whatever_they_are_made_of(password):
    with pytest.raises(PasswordTooShort):
        check_password(password)


def test_there_is_an_end_to_length():
    check_password("a lantern in the fog " * 12)
    with pytest.raises(PasswordTooLong):
        check_password("a lantern in the fog " * 13)


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "PasswordPassword1!",
        "qwertyuiop123456",
        "123456789012345678",
        "aaaaaaaaaaaaaaaaaaaa",
        "abababababababababab",
        "iloveyou5201314!!",
        "letmein letmein letmein",
        "Silkreel-staff-2026",
        "mei.lin.mei.lin.mei.lin",
        "meilin@studio12345",
    ],
)
def test_what_is_guessed_first_is_refused(password):
    with pytest.raises(PasswordTooCommon):
        check_password(password, "mei", "Mei Lin")


def test_a_hash_is_argon2id_salted_and_fits_only_its_password(password_hash):
    assert password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert hash_password("lantern quay tofu umbrella") != password_hash
    assert password_fits(password_hash, "lantern quay tofu umbrella")
    assert not password_fits(password_hash, "lantern quay tofu Umbrella")


def test_the_same_password_from_another_keyboard_fits():
    kept = hash_password("cafe\u0301 lantern ｑｕａｙ tofu")
    assert password_fits(kept, "caf\u00e9 lantern quay tofu")


def test_no_password_fits_where_there_is_none():
    assert not password_fits(None, "the password of nobody")
    assert not password_fits("not a hash", "anything")


def test_a_flood_is_turned_away_at_once_and_leaves_the_queue_as_it_was(password_hash):
    threads = []
    with ExitStack() as taken:
        for _ in range(AT_ONCE):
            taken.enter_context(passwords._turns)
        for _ in range(AT_ONCE + WAITING):
            threads.append(threading.Thread(target=password_fits, args=(password_hash, "x")))
            threads[-1].start()
        while passwords._queue._value:
            threads[-1].join(0.01)
        with pytest.raises(DoorBusy):
            password_fits(password_hash, "lantern quay tofu umbrella")
    for thread in threads:
        thread.join()
    assert password_fits(password_hash, "lantern quay tofu umbrella")
    assert passwords._queue._value == AT_ONCE + WAITING
