"""Why the portal itself refuses a request, before any room was asked: numbered rules, each with what to do instead."""

from __future__ import annotations

from enclave.terms.errors import AgencyError, ConflictError, EnclaveError, NotAllowedError, NotFoundError, SignInError, TooManyTriesError

_RULES: dict[str, tuple[type[EnclaveError], int, str, str]] = {
    "W-01": (SignInError, 401, "You need to sign in first.", "Sign in and you come back to this page."),
    "W-02": (NotAllowedError, 403, "This request did not come from a page of the enclave.", "Open the page here and try again from there."),
    "W-03": (NotAllowedError, 403, "This page was opened before you last signed in.", "Open the page again and send it from there."),
    "W-04": (EnclaveError, 413, "This is more than the page can take at once.", "Send something smaller."),
    "W-05": (NotFoundError, 404, "There is no such page.", "Check the address, or start from your first page."),
    "W-06": (EnclaveError, 405, "This address does not take that kind of request.", "Open the page and use its buttons."),
    "W-07": (EnclaveError, 422, "Something in the request is missing or is not of the right kind.", "Open the page again and use its form."),
    "W-08": (EnclaveError, 500, "Something went wrong inside the enclave.", "Try again in a minute; if it stays, tell the operator."),
    "W-09": (NotAllowedError, 403, "This page is for people in another role.", "Ask the governance officer who does this at your agency."),
    "W-10": (EnclaveError, 421, "The enclave answers under its own name only.", "Use the address you were given."),
    "W-12": (AgencyError, 400, "A dataset's short name has lower-case letters, digits and underscores.", "Write it like street_crime."),
    "W-13": (AgencyError, 400, "Something in the form cannot be read.", "Give short name, title, purpose, benefit, datasets and a whole date."),
    "W-14": (AgencyError, 400, "That role needs something else.", "Choose a person and a role, and the agency or project that the role is for."),
    "W-15": (AgencyError, 400, "This is not a public key of a signatory.", "Choose signatory and agency, and paste 64 characters of 0 to 9, a to f."),
    "W-16": (ConflictError, 409, "This signatory already has a key for that agency.", "Keys are not replaced here; ask the operator."),
    "W-17": (TooManyTriesError, 429, "Too many of your questions are being answered at this moment.", "Wait for an answer, then go on."),
    "W-18": (AgencyError, 400, "The number of people in the population cannot be read.", "Write a whole number like 1,800,000, or leave it empty."),
    "W-19": (AgencyError, 400, "The limit for next files cannot be read.", "Write whole per cents from 0 to 100."),
    "W-22": (AgencyError, 400, "The form of the list is not filled in whole.", "Choose whom it is about, what it says and how dates are written."),
    "W-20": (AgencyError, 400, "You have not said that you have read what stays out there.", "Tick the box, then erase."),
    "W-23": (AgencyError, 422, "You have not chosen yes or no.", "Choose one; a no needs a reason."),
    "W-11": (SignInError, 401, "Your session has ended.", "Sign in again and nothing is lost."),
}  # fmt: skip


def refusal(rule: str) -> EnclaveError:
    """The refusal of that number."""
    kind, status, sentence, instead = _RULES[rule]
    error = kind(rule=rule, sentence=sentence, instead=instead)
    error.status = status
    return error
