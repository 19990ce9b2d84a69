"""Every room's tables in one place, so that migrations see all of them."""

from silkreel.audience import tables as _audience  # noqa: F401 - importing a room's tables registers them
from silkreel.bible import tables as _bible  # noqa: F401
from silkreel.catalogue import tables as _catalogue  # noqa: F401
from silkreel.commerce import tables as _commerce  # noqa: F401
from silkreel.dubbing import tables as _dubbing  # noqa: F401
from silkreel.jobs import tables as _jobs  # noqa: F401
from silkreel.kit import artifacts as _artifacts  # noqa: F401
from silkreel.kit.database import Base
from silkreel.people import tables as _people  # noqa: F401
from silkreel.story import tables as _story  # noqa: F401
from silkreel.story.desk import tables as _desk  # noqa: F401

metadata = Base.metadata
