"""Is the server alive, and can it serve?"""

import sqlalchemy as sa
from fastapi import APIRouter

from silkreel.web.api.shapes import Health
from silkreel.web.edge import Reading

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/livez")
async def livez() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/readyz")
def readyz(tx: Reading) -> Health:
    """The database answers."""
    tx.execute(sa.text("SELECT 1"))
    return Health(status="ok")
