"""What an unlock asks of the database before it rings the till: each question is a wait on a server."""

import threading

import sqlalchemy as sa

MOST = 8  # brand, viewer, series, picture, book, numbers, quote, what is owned


def asked(database, act):
    """What requests asked while something was done; what the till asks is the till's."""
    found = []

    def hear(_connection, _cursor, statement, *_more):
        if statement.startswith("SELECT") and not threading.current_thread().name.startswith(
            "till"
        ):
            found.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", hear)
    act()
    sa.event.remove(database.engine, "before_cursor_execute", hear)
    return found


def test_an_unlock_asks_each_question_once_and_reads_no_book_again(shop):
    mei = shop.customer()
    mei.price()
    mei.buy()
    assert mei.unlock(6).status_code == 200
    answers = []
    questions = asked(shop.workshop.database, lambda: answers.append(mei.unlock(7)))
    assert answers[0].status_code == 200
    assert len(questions) <= MOST, questions
    assert len(set(questions)) == len(questions)
    assert not any("price_books.rules" in each for each in questions)
