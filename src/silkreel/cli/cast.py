"""`silkreel cast`: who speaks, under which name, with which voice."""

from cyclopts import App

from silkreel.cli import show
from silkreel.cli.opening import opened
from silkreel.flows.recast import choose_voice, give_line, list_cast, name_character
from silkreel.kit.words import words

app = App(name="cast", help="Who speaks: list, name, give lines, choose voices.")


@app.command(name="list")
def list_all(series: str, /, *, json: bool = False) -> None:
    """List the cast with their lines and voices.

    Args:
        series: the series' slug
        json: print machine-readable results
    """
    with opened() as house:
        members = list_cast(house.workshop, series)
    if json:
        show.print_json([member.to_json() for member in members])
        return
    rows = [
        (
            member.name,
            member.lines,
            f"{member.pitch_hertz:.0f} Hz" if member.pitch_hertz else "",
            member.found_by,
            ", ".join(f"{language} {voice}" for language, voice in member.voices.items()),
        )
        for member in members
    ]
    columns = (words("name"), words("lines"), words("pitch"), words("found by"), words("voices"))
    show.print_table(words("Cast of {series}", series=series), columns, rows)


@app.command
def name(series: str, old: str, new: str, /) -> None:
    """Give a voice its character's name; a name that is there already takes the lines over.

    Args:
        series: the series' slug
        old: the name so far, e.g. "Voice 1"
        new: the character's name
    """
    with opened() as house:
        name_character(house.workshop, series, old, new)
    print(
        words(
            "{old} is {new}. Next: silkreel localise {series} --to LANGUAGES",
            old=old,
            new=new,
            series=series,
        )
    )


@app.command
def give(series: str, line: str, character: str, /) -> None:
    """Give one line to a character.

    Args:
        series: the series' slug
        line: the line's id
        character: the character's name
    """
    with opened() as house:
        give_line(house.workshop, series, line, character)
    print(words("{line} is spoken by {character}.", line=line, character=character))


@app.command
def voice(series: str, character: str, /, *, language: str, use: str) -> None:
    """Give a character a voice in a language; machines will not change it.

    Args:
        series: the series' slug
        character: the character's name
        language: the language
        use: ENGINE:PRESET, e.g. kokoro:ef_dora
    """
    with opened() as house:
        choose_voice(house.workshop, series, character, language, use)
    print(
        words(
            "{character} speaks {language} with {use}. Next: silkreel localise {series} --to {language}",
            character=character,
            language=language,
            use=use,
            series=series,
        )
    )
