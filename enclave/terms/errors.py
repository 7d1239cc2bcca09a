"""One tree of errors, sorted by who can act on them.

Every refusal names its rule, says in one sentence what is wrong and, where there is something, what would be allowed instead.
None of them ever carries data: a message is written from public words, names and numbers only.
"""

from __future__ import annotations

from enclave.terms.canonical import Json


class EnclaveError(Exception):
    """A refusal or failure that a person can act on.

    ``rule`` is a stable code such as ``Q-07``; ``sentence`` says what is wrong; ``instead`` says what would be allowed (may be empty).
    """

    status = 400

    def __init__(self, *, rule: str, sentence: str, instead: str = "", details: dict[str, Json] | None = None) -> None:
        super().__init__(f"{sentence} {instead} [{rule}]".replace("  ", " "))
        self.rule = rule
        self.sentence = sentence
        self.instead = instead
        self.details = details or {}

    def as_json(self) -> dict[str, Json]:
        """The form in which a refusal crosses the wall; a room's own kind goes as the nearest one that both sides know."""
        return {
            "who": next(kind.__name__ for kind in type(self).__mro__ if kind.__name__ in KINDS),
            "rule": self.rule,
            "sentence": self.sentence,
            "instead": self.instead,
            "details": dict(self.details),
        }


class ResearcherError(EnclaveError):
    """The researcher can mend it: a question, a submission, a request."""


class BudgetError(ResearcherError):
    """Too little privacy budget is left. ``details`` carries ``remaining`` and ``requested`` as decimal strings of rho."""

    status = 409


class CustodianError(EnclaveError):
    """A custodian can mend it: a vote, a release, a policy."""


class AgencyError(EnclaveError):
    """The uploading agency can mend it: a file, a declaration, a signature."""


class OperatorError(EnclaveError):
    """Only the operator can mend it: keys, disks, layers of the sandbox."""

    status = 503


class NotAllowedError(EnclaveError):
    """This person may not do this here. The sentence never says whether the thing exists."""

    status = 403


class NotFoundError(EnclaveError):
    """There is nothing of that name that this person may see."""

    status = 404


class ConflictError(EnclaveError):
    """Someone else was first, or the thing has moved on: look again, then decide."""

    status = 409


class SignInError(EnclaveError):
    """No valid session, password, code or token."""

    status = 401


class TooManyTriesError(EnclaveError):
    """Wait before trying again."""

    status = 429


KINDS: dict[str, type[EnclaveError]] = {
    kind.__name__: kind
    for kind in (
        EnclaveError,
        ResearcherError,
        BudgetError,
        CustodianError,
        AgencyError,
        OperatorError,
        NotAllowedError,
        NotFoundError,
        ConflictError,
        SignInError,
        TooManyTriesError,
    )
}


def from_json(body: dict[str, Json]) -> EnclaveError:
    """Rebuild the refusal that the server sent; an unknown kind becomes a plain ``EnclaveError``."""
    kind = KINDS.get(str(body.get("who")), EnclaveError)
    details = body.get("details")
    return kind(
        rule=str(body.get("rule", "E-00")),
        sentence=str(body.get("sentence", "The enclave refused.")),
        instead=str(body.get("instead", "")),
        details=details if isinstance(details, dict) else {},
    )
