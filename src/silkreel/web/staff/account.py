"""One's own account: password and second factor, the password proven again before either."""

from fastapi import APIRouter, Depends, Request

from silkreel.kit.refusals import Refusal
from silkreel.people.brands import find_brand
from silkreel.people.own_account import change_password
from silkreel.people.passwords import check_password, hash_password
from silkreel.people.second_factor import begin, confirm, take_away
from silkreel.people.sessions import Present
from silkreel.people.sign_in import knock, proves
from silkreel.people.throttles import ACCOUNT, ADDRESS, forget, give_back
from silkreel.people.totp import base32, enrolment_uri
from silkreel.web.edge import TheSite
from silkreel.web.qr import qr_path
from silkreel.web.site import Site
from silkreel.web.staff.rights import (
    NOES,
    SignedIn,
    StaffTransaction,
    address_of,
    no_store,
)
from silkreel.web.staff.shapes import CodeProof, Ended, Enrolment, PasswordChange, PasswordProof

router = APIRouter(
    prefix="/api/staff/account", tags=["staff"], responses=NOES, dependencies=[Depends(no_store)]
)


class WrongPassword(Refusal):
    """The password given to prove oneself is not right."""

    status = 403
    message = "This is not your password; nothing was changed."


@router.post("/password")
def password(change: PasswordChange, request: Request, here: SignedIn, site: TheSite) -> Ended:
    """Choose a new password; every other browser signs out."""
    prove_again(request, site, here, change.password)
    check_password(change.new_password, here.actor.name, here.shown_name)
    hashed = hash_password(change.new_password)
    with site.workshop.transaction() as tx:
        ended = change_password(tx, hashed, here.session_hash, by=here.actor)
    return Ended(sessions_ended=ended)


@router.post("/second-factor")
def set_up(proof: PasswordProof, request: Request, here: SignedIn, site: TheSite) -> Enrolment:
    """Begin with an authenticator app: what goes into it."""
    prove_again(request, site, here, proof.password)
    with site.workshop.transaction() as tx:
        secret = begin(tx, site.house_key, by=here.actor)
        issuer = find_brand(tx, here.actor.brand_id).name
    uri = enrolment_uri(secret, issuer=issuer, name=here.actor.name)
    path, width = qr_path(uri)
    return Enrolment(secret=base32(secret), uri=uri, qr_path=path, qr_width=width)


@router.post("/second-factor/confirm", status_code=204)
def put_in_force(proof: CodeProof, here: SignedIn, tx: StaffTransaction, site: TheSite) -> None:
    """Enter the app's first code: from now on sign-in asks for one."""
    confirm(tx, proof.code, site.house_key, here.session_hash, by=here.actor)


@router.post("/second-factor/remove", status_code=204)
def remove(proof: PasswordProof, request: Request, here: SignedIn, site: TheSite) -> None:
    """Sign in without a code again."""
    prove_again(request, site, here, proof.password)
    with site.workshop.transaction() as tx:
        take_away(tx, by=here.actor)


def prove_again(request: Request, site: Site, here: Present, given: str) -> None:
    """Pass somebody signed in who knows their password; tries count as at the door.

    Raises:
        WrongPassword, TooManyTries: they do not.
    """
    actor, address = here.actor, address_of(request)
    with site.workshop.transaction() as tx:
        found = knock(tx, actor.name, address=address, brand_id=actor.brand_id, at=actor.at)
    if isinstance(found, Refusal):
        raise found
    if not proves(found, given):
        raise WrongPassword
    with site.workshop.transaction() as tx:
        give_back(tx, ADDRESS, address)
        forget(tx, ACCOUNT, actor.name)
