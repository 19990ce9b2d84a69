"""The ladder, repairs, patience and refusals of the chat client, against a server that fails on demand."""

import json
import random
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from fault_server import Answer, fault_server, said
from silkreel.engines.chat import (
    REPAIRS,
    TRIES,
    AnswerUnusable,
    ChatClient,
    Endpoint,
    EndpointBusy,
    EndpointTooSlow,
    EndpointUnreachable,
    KeyRefused,
    ModelNotFound,
    Question,
    RequestRefused,
)
from silkreel.engines.chat_replies import retry_after_seconds
from silkreel.engines.spend_book import SpendBook, SpendLimitReached, Usage
from silkreel.kit.children import Cancelled

SCHEMA = {
    "type": "object",
    "properties": {"n": {"type": "integer"}},
    "required": ["n"],
    "additionalProperties": False,
}
GOOD = '{"n": 7}'


def number(value):
    if not isinstance(value, dict) or not isinstance(value.get("n"), int):
        raise ValueError("n must be an integer.")  # noqa: TRY004 - what validators raise
    return value["n"]


QUESTION = Question("You count.", "How many?", SCHEMA, number, account="s1")


def client(server, **more):
    book = more.pop("book", None)
    endpoint = Endpoint(
        server.url, more.pop("model", "small"), more.pop("key", None),
        more.pop("reply_seconds", 5.0), more.pop("parallel", 4), 0.01,
    )  # fmt: skip
    return ChatClient(endpoint, book, dice=random.Random(1), **more)


def test_a_schema_is_asked_for_and_the_answer_validated():
    with fault_server(lambda *_: Answer(body=said(GOOD))) as server:
        reply = client(server, key="k3y").ask(QUESTION)
    assert (reply.answer, reply.rung, reply.repairs) == (7, "json_schema", 0)
    form = server.requests[0]["response_format"]
    assert form["json_schema"]["schema"] == SCHEMA
    assert form["json_schema"]["strict"] is True
    assert server.keys == ["Bearer k3y"]
    assert reply.usage == Usage(100, 20, 0.001, 1)


def test_the_ladder_goes_down_and_remembers():
    def decide(body, n):
        if "response_format" in body or "tools" in body:
            return Answer(400, {"error": {"message": "response_format is not supported"}})
        return Answer(body=said(GOOD))

    with fault_server(decide) as server:
        asking = client(server)
        assert asking.ask(QUESTION).rung == "prompt"
        assert asking.ask(QUESTION).rung == "prompt"
    assert len(server.requests) == 4
    assert json.dumps(SCHEMA) in server.requests[-1]["messages"][0]["content"]


def test_a_tool_call_is_the_second_rung():
    def decide(body, n):
        if "response_format" in body:
            return Answer(422, {"error": "no such field"})
        return Answer(body=said(GOOD, tool=True))

    with fault_server(decide) as server:
        assert client(server).ask(QUESTION).rung == "tool"
    assert server.requests[1]["tool_choice"]["function"]["name"] == "answer"


def test_a_server_that_ignores_the_tool_is_asked_in_words():
    def decide(body, n):
        if "response_format" in body:
            return Answer(400, {"error": "no"})
        return Answer(body=said("I would rather chat." if "tools" in body else GOOD))

    with fault_server(decide) as server:
        assert client(server).ask(QUESTION).rung == "prompt"


def test_a_bad_answer_is_repaired_with_the_validators_words():
    answers = ['{"n": "seven"}', "no idea", f"```json\n{GOOD}\n```"]
    with fault_server(lambda _, n: Answer(body=said(answers[n - 1]))) as server:
        reply = client(server).ask(QUESTION)
    assert (reply.answer, reply.repairs) == (7, 2)
    assert "n must be an integer." in server.requests[1]["messages"][-1]["content"]
    assert server.requests[1]["messages"][-2] == {"role": "assistant", "content": answers[0]}
    assert reply.usage.requests == 3


def test_after_two_repairs_it_is_over():
    with (
        fault_server(lambda *_: Answer(body=said("{}"))) as server,
        pytest.raises(AnswerUnusable, match="n must be an integer"),
    ):
        client(server).ask(QUESTION)
    assert len(server.requests) == REPAIRS + 1


def test_an_answer_cut_for_its_length_says_so():
    cut = said('{"n": ')
    cut["choices"][0]["finish_reason"] = "length"
    with (
        fault_server(lambda *_: Answer(body=cut)) as server,
        pytest.raises(AnswerUnusable, match="cut off for its length"),
    ):
        client(server).ask(QUESTION)


def test_thoughts_before_the_answer_are_passed_over():
    text = '<think>maybe {"n": 1}?</think>{"n": 7}'
    with fault_server(lambda *_: Answer(body=said(text))) as server:
        assert client(server).ask(QUESTION).answer == 7


def streamed(*pieces, usage=True):
    events = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    end = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 3}}
    return [*events, *([end] if usage else [])]


def test_a_streamed_answer_is_put_together():
    with fault_server(lambda *_: Answer(stream=streamed('{"n"', ": 7", "}"))) as server:
        reply = client(server).ask(QUESTION)
    assert reply.answer == 7
    assert reply.usage == Usage(5, 3, 0.0, 1)
    assert server.requests[0]["stream_options"] == {"include_usage": True}


def test_a_server_that_cannot_stream_is_asked_without():
    def decide(body, n):
        if body.get("stream"):
            return Answer(400, {"error": {"message": "unknown field stream_options"}})
        return Answer(body=said(GOOD))

    with fault_server(decide) as server:
        asking = client(server)
        assert asking.ask(QUESTION).rung == "json_schema"
        asking.ask(QUESTION)
    assert len(server.requests) == 3


def test_tokens_are_estimated_where_the_server_does_not_count():
    with fault_server(lambda *_: Answer(body=said(GOOD, usage=False))) as server:
        reply = client(server).ask(QUESTION)
    assert reply.usage.estimated
    assert reply.usage.prompt_tokens == (len("You count.") + len("How many?")) // 3


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_busy_server_is_asked_again(status):
    def decide(body, n):
        return Answer(status, {"error": "later"}) if n < 3 else Answer(body=said(GOOD))

    with fault_server(decide) as server:
        assert client(server).ask(QUESTION).answer == 7
    assert len(server.requests) == 3


def test_a_server_that_stays_busy_is_left_alone():
    with (
        fault_server(lambda *_: Answer(503, {})) as server,
        pytest.raises(EndpointBusy, match="503"),
    ):
        client(server).ask(QUESTION)
    assert len(server.requests) == TRIES


def test_retry_after_is_honoured():
    def decide(body, n):
        return Answer(429, {}, {"Retry-After": "1"}) if n == 1 else Answer(body=said(GOOD))

    with fault_server(decide) as server:
        started = time.monotonic()
        client(server).ask(QUESTION)
    assert 1.0 <= time.monotonic() - started < 3.0


def test_retry_after_may_be_a_date():
    header = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    assert 15 < retry_after_seconds(header) <= 20
    assert retry_after_seconds("soon") is None


def test_a_dropped_connection_and_a_slow_reply_are_tried_again():
    def decide(body, n):
        return [Answer(drop=True), Answer(wait_seconds=0.6, body={}), Answer(body=said(GOOD))][
            n - 1
        ]

    with fault_server(decide) as server:
        assert client(server, reply_seconds=0.3).ask(QUESTION).answer == 7


def test_the_seconds_given_are_never_passed():
    with fault_server(lambda *_: Answer(429, {}, {"Retry-After": "60"})) as server:
        started = time.monotonic()
        with pytest.raises(EndpointTooSlow):
            client(server).ask(QUESTION, seconds=0.5)
    assert time.monotonic() - started < 2.0


def test_a_wrong_key_is_said_so_and_not_tried_again():
    with (
        fault_server(lambda *_: Answer(401, {"error": "bad key sk-123"})) as server,
        pytest.raises(KeyRefused, match="SILKREEL_TRANSLATOR_KEY") as caught,
    ):
        client(server, key="sk-123").ask(QUESTION)
    assert len(server.requests) == 1
    assert "sk-123" not in str(caught.value)


def test_an_unknown_model_is_answered_with_those_there_are():
    with (
        fault_server(lambda *_: Answer(404, {}), models=("big", "small")) as server,
        pytest.raises(ModelNotFound, match=r"huge.*big, small"),
    ):
        client(server, model="huge").ask(QUESTION)


def test_without_a_model_the_only_one_is_taken_and_of_several_one_must_be_named():
    with fault_server(lambda *_: Answer(body=said(GOOD)), models=("only",)) as server:
        assert client(server, model=None).ask(QUESTION).model == "only"
        assert server.requests[0]["model"] == "only"
    with (
        fault_server(lambda *_: Answer(body=said(GOOD)), models=("a", "b")) as server,
        pytest.raises(ModelNotFound, match="a, b"),
    ):
        client(server, model=None).ask(QUESTION)


@pytest.mark.parametrize("model", ["small", None])
def test_nobody_listening_is_said_with_the_setting_to_check(model):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://user:secret@127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(EndpointUnreachable, match="SILKREEL_TRANSLATOR_URL") as caught:
        ChatClient(Endpoint(url, model, first_pause_seconds=0.01)).ask(QUESTION)
    assert "secret" not in str(caught.value)


def test_a_request_no_rung_takes_is_refused_with_the_servers_words():
    with (
        fault_server(lambda *_: Answer(400, {"error": {"message": "too long"}})) as server,
        pytest.raises(RequestRefused, match="too long"),
    ):
        client(server).ask(QUESTION)
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "body",
    [b"<html>hello</html>", b"", b"[]", b'{"choices": []}', b'{"choices": [{}]}', b"\xff\xfe"],
)
def test_garbage_is_never_an_answer(body):
    with fault_server(lambda *_: Answer(body=body)) as server, pytest.raises(AnswerUnusable):
        client(server).ask(QUESTION)


def test_a_reply_without_end_is_cut(monkeypatch):
    monkeypatch.setattr("silkreel.engines.chat_replies.MAX_REPLY_BYTES", 1000)
    with (
        fault_server(lambda *_: Answer(body=b"x" * 5000)) as server,
        pytest.raises(RequestRefused, match="larger"),
    ):
        client(server).ask(QUESTION)


def test_cancelling_drops_the_request_at_once():
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    slow = Answer(stream=streamed(*"slow" * 50), pause_seconds=0.1)
    with fault_server(lambda *_: slow) as server:
        started = time.monotonic()
        with pytest.raises(Cancelled):
            client(server, reply_seconds=30.0).ask(QUESTION, cancelled=stop.is_set)
        assert time.monotonic() - started < 2.0


def test_no_more_requests_are_under_way_than_allowed():
    with fault_server(lambda *_: Answer(wait_seconds=0.1, body=said(GOOD))) as server:
        asking = client(server, parallel=2)
        replies = asking.ask_all([QUESTION] * 6)
    assert [reply.answer for reply in replies] == [7] * 6
    assert server.most_at_once == 2


def test_each_question_has_its_own_reply_or_no():
    def decide(body, n):
        bad = "bad" in body["messages"][1]["content"]
        return Answer(body=said("{}" if bad else GOOD))

    bad = Question("You count.", "bad", SCHEMA, number)
    with fault_server(decide) as server:
        first, second = client(server).ask_all([QUESTION, bad])
    assert first.answer == 7
    assert isinstance(second, AnswerUnusable)


def test_what_a_series_used_is_written_down_and_limits_it(tmp_path):
    book = SpendBook(tmp_path, limit_tokens=240)
    with fault_server(lambda *_: Answer(body=said(GOOD))) as server:
        asking = client(server, book=book)
        asking.ask(QUESTION)
        asking.ask(QUESTION)
        with pytest.raises(SpendLimitReached, match="SPEND_LIMIT_TOKENS"):
            asking.ask(QUESTION)
    assert len(server.requests) == 2
    spent = SpendBook(tmp_path, 240).spent("s1")
    assert (spent.tokens, spent.requests, spent.cost) == (240, 2, 0.002)
    assert book.spent("other").tokens == 0


def test_a_bare_host_gets_the_usual_path_and_any_other_stays():
    assert Endpoint("http://h:1").base == "http://h:1/v1"
    assert Endpoint("http://h:1/").base == "http://h:1/v1"
    assert Endpoint("http://h/api/v3/").base == "http://h/api/v3"
