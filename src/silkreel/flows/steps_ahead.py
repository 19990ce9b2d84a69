"""The steps of a localisation before the first is taken, and each in words for whoever watches.

Labels are what the journeys `localise_series`, `take_in_episode` and `dub_episode` write; they are
kept, so they hold ids. A test holds this list against the steps of a real run.
"""

from collections.abc import Mapping, Sequence

from silkreel.catalogue.series import episodes_of, find_series
from silkreel.kit.artifacts import Workshop
from silkreel.kit.languages import UnknownLanguage, name_in, normal_tag
from silkreel.kit.words import words

TAKING_IN = {
    "picture": "prepare_picture",
    "hear": "hear_episode",
    "original": "package_original",
    "bed": "make_bed",
}
EPISODE = {
    "read": "read_captions",
    "lines": "join_lines",
    "captions": "caption_original",
    "poster": "choose_poster",
    "upper rungs": "encode_upper_rungs",
}
LOOK = {"look": "look_at_source"}
SERIES = {"find captions": "vote_band", "voices": "cast_series", "note": "note_source"}
LANGUAGE = {"choose voices": "choose_voices", "check series": "check_series"}
DUBBING = {
    "translate": "translate_lines",
    "speak": "speak_lines",
    "mix": "mix_dub",
    "subtitles": "make_subtitles",
    "check": "check_episode",
}
# What a person calls each step.
STEP_SENTENCES = {
    "picture": "picture",
    "hear": "listening to speech",
    "original": "original sound",
    "bed": "music and effects",
    "read": "reading captions",
    "lines": "writing lines down",
    "captions": "original subtitles",
    "poster": "poster",
    "upper rungs": "larger pictures",
    "look": "looking at what there is",
    "note": "noting what there is",
    "find captions": "finding the captions' place",
    "voices": "telling voices apart",
    "choose voices": "choosing voices",
    "check series": "checking the series",
    "translate": "translating",
    "speak": "speaking",
    "mix": "mixing",
    "subtitles": "subtitles",
    "check": "checking",
    "listen": "listening to the dub",
    "take in": "taking in",
    "dub": "dubbing",
}


def steps_ahead(
    episodes: Sequence[str], languages: Sequence[str], *, source_stands: bool = False
) -> dict[str, str]:
    """Every label of a localisation with its stage; less where only languages are added."""
    steps = dict(LOOK)
    if not source_stands:
        steps |= SERIES
        for episode in episodes:
            steps |= {f"take in {episode}/{what} {episode}": s for what, s in TAKING_IN.items()}
            steps |= {f"{what} {episode}": stage for what, stage in EPISODE.items()}
    for language in languages:
        steps |= {f"{what} {language}": stage for what, stage in LANGUAGE.items()}
    for place in (f"{episode} {language}" for episode in episodes for language in languages):
        steps |= {f"dub {place}/{what} {place}": stage for what, stage in DUBBING.items()}
    return steps


def episode_numbers(workshop: Workshop, slug: str) -> dict[str, int]:
    """Numbers of a series' episodes by id.

    Raises:
        NoSuchSeries: there is none of that slug.
    """
    with workshop.reading() as tx:
        return {each.id: each.number for each in episodes_of(tx, find_series(tx, slug).id)}


def step_words(label: str, numbers: Mapping[str, int]) -> str:
    """A label in words: `episode 2, Spanish: speaking`; one that is not ours stays as it is."""
    step = label.rpartition("/")[2]
    what = next((each for each in sorted(STEP_SENTENCES, key=len, reverse=True)
                 if step == each or step.startswith(f"{each} ")), None)  # fmt: skip
    if what is None:
        return label
    places = [_place(part, numbers) for part in step.removeprefix(what).split()]
    told = words(STEP_SENTENCES[what])
    return f"{', '.join(places)}: {told}" if places else told


def _place(part: str, numbers: Mapping[str, int]) -> str:
    if part in numbers:
        return words("episode {number}", number=numbers[part])
    try:
        return name_in(normal_tag(part))
    except UnknownLanguage:
        return part
