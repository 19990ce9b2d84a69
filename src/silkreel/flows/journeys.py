"""Every stage and journey there is: importing this module registers them all."""

from silkreel.flows import (  # noqa: F401
    check_dub,
    dub_episode,
    listen_to_dub,
    localise_series,
    poster,
    read_series,
    source_side,
    take_in_episode,
    write_lines,
)
