"""What somebody of the staff changes about themselves, their password proven again."""

from silkreel.kit.database import Session
from silkreel.people.actors import Actor
from silkreel.people.audit import record
from silkreel.people.sessions import end_all_sessions
from silkreel.people.tables import StaffRow
from silkreel.people.throttles import ACCOUNT, forget


def change_password(tx: Session, password_hash: str, session_hash: str, *, by: Actor) -> int:
    """Set a new password; every other browser signs out. Says how many did."""
    staff = tx.get_one(StaffRow, by.id, with_for_update=True)
    staff.password_hash = password_hash
    ended = end_all_sessions(tx, staff.id, but=session_hash)
    forget(tx, ACCOUNT, staff.name)
    record(tx, by, "staff.password", f"staff:{staff.id}", after={"sessions_ended": ended})
    return ended


def sign_out_everywhere(tx: Session, *, by: Actor) -> int:
    """End every session of the person, this one too. Says how many there were."""
    ended = end_all_sessions(tx, by.id)
    record(tx, by, "door.out_everywhere", f"staff:{by.id}", after={"sessions_ended": ended})
    return ended
