"""DRM302 finds each repeated line in one pass over the prose, and none it should not."""

from hypothesis import given
from hypothesis import strategies as st

from silkreel.story.lints.prose import SHORTEST_DRIFT, _repeated

KEYS = st.lists(
    st.text("ab", min_size=SHORTEST_DRIFT, max_size=SHORTEST_DRIFT + 4), max_size=12, unique=True
)


@given(KEYS, st.lists(st.text("ab", max_size=9)), st.data())
def test_one_pass_finds_what_looking_for_every_line_finds(keys, between, data):
    woven = [
        part for gap in between for part in (gap, *(keys and [data.draw(st.sampled_from(keys))]))
    ]
    prose = "".join(woven)
    starts = {}
    for key in keys:
        starts.setdefault(key[:SHORTEST_DRIFT], []).append(key)
    assert _repeated(prose, starts) == {key for key in keys if key in prose}
