"""Give notice to an agreement, for one's agency: explicit, dated, public, and effective when the days of notice have run."""

from __future__ import annotations

import datetime as dt

from enclave.audit.events import Event
from enclave.governance.agreement import Agreement
from enclave.governance.leaving import Notice, is_reason
from enclave.governance.permissions import check_agency_role
from enclave.governance.ports import GovernancePorts
from enclave.governance.roles import Role
from enclave.terms.errors import AgencyError, ConflictError, NotFoundError
from enclave.terms.person import Person


def give_notice(*, by: Person, agreement: int, agency: str, reason: str, ports: GovernancePorts) -> Agreement:
    """Start the notice of one party. A signatory of the agency does it; a second notice of the same party is refused (G-24)."""
    with ports.begin() as work:
        found, owner = work.agreements.by_id(agreement), work.agencies.by_slug(agency)
        if found is None or owner is None or agency not in found.terms.parties:
            raise NotFoundError(rule="G-11", sentence="That agency is no party to this agreement.")
        check_agency_role(by, Role.SIGNATORY, owner.id, work=work)
        if not is_reason(reason):
            raise no_reason()
        today = ports.clock().date()
        made = Notice(
            agency=agency,
            person=by.id,
            reason=reason.strip(),
            given=today,
            last_day=today + dt.timedelta(days=found.terms.notice_days),
        )
        if not found.in_force(today) or not work.agreements.give_notice(agreement, made):
            raise ConflictError(
                rule="G-24", sentence="Your agency has given notice already, or the agreement is not in force.", instead="Look at its page."
            )
        work.record(
            Event(
                kind="agreement.notice_given",
                by=by.id,
                subject=f"agreement:{agreement}",
                details={"agency": agency, "last_day": made.last_day.isoformat(), "clause": found.terms.digest},
            )
        )
        return work.agreements.by_id(agreement) or found


def no_reason() -> AgencyError:
    """Whoever leaves or stops says why, because everybody may read it."""
    return AgencyError(
        rule="G-25", sentence="Say why, in at most 500 characters.", instead="One sentence will do; the public register shows it."
    )
