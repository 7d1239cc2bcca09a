"""The log in words: who did what to what."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.audit.events import Entry
from enclave.terms.person import Person
from enclave.web.words.dates import moment

ACTS = {
    "agency.stop_lifted": "let be used again the data of",
    "agency.stopped": "stopped all use of the data of",
    "agreement.activated": "brought into force",
    "agreement.drafted": "put up for signing",
    "agreement.notice_given": "gave notice to",
    "agreement.signed": "signed",
    "application.decided": "decided, for one owner, about",
    "application.refused": "refused, with the last word,",
    "application.submitted": "sent",
    "application.withdrawn": "took back",
    "dataset.frozen": "froze after a restored backup",
    "dataset.registered": "registered",
    "dataset.thaw_asked": "would let answer again, as the first of two,",
    "dataset.thawed": "let answer again, as the second of two,",
    "dataset.unasked": "said whether files like the last one need asking, of",
    "egress.approved": "approved, with the last vote,",
    "egress.blocked": "stopped after checking",
    "egress.checked": "passed on to review after checking",
    "egress.checking": "began to check",
    "egress.downloaded": "downloaded a file of",
    "egress.effect_noted": "noted what came of",
    "egress.rejected": "refused for good",
    "egress.released": "released",
    "egress.returned": "returned, with the last vote,",
    "egress.revoked": "took back",
    "egress.submitted": "asked to let files out in",
    "egress.viewed": "looked at a file of",
    "egress.voted": "voted on a file of",
    "egress.withdrawn": "withdrew",
    "governance.agency_founded": "registered",
    "governance.appointed": "gave a role to",
    "governance.key_registered": "registered a key of",
    "governance.role_ended": "took a role from",
    "identity.enrolled": "opened an account for",
    "identity.sign_in_failed": "saw a failed sign-in of",
    "identity.signed_in": "signed in as",
    "identity.signed_out": "signed out as",
    "list.in_force": "put in force",
    "list.refused": "did not take",
    "list.replaced": "replaced by a newer one",
    "list.confirmed": "stood by",
    "list.dispute_settled": "settled the dispute about",
    "list.disputed": "disputed",
    "list.revived": "put in force again after a restore",
    "list.sent": "sent",
    "list.waits": "put before a second officer",
    "list.withdrawn": "withdrew",
    "privacy.debited_again": "debited again what a restored backup had forgotten, from",
    "privacy.derived": "read an answer off earlier ones, from",
    "privacy.ledger_opened": "opened the budget of",
    "privacy.reserved": "paid for an answer from",
    "privacy.settled": "was given an answer from",
    "project.opened": "opened",
    "sandbox.closed": "closed",
    "sandbox.opened": "opened",
    "synthetic.asked": "asked for",
    "synthetic.fitted": "made",
    "synthetic.refused": "could not make",
    "upload.begun": "began to send",
    "upload.confirmed": "saw the risk of and agreed to publish",
    "upload.declared": "declared what may be seen of",
    "upload.draft_lost": "lost the draft of",
    "upload.measured_again": "had the risk measured again of",
    "upload.passed": "found no riskier than the last version",
    "upload.prepared": "took the names out of",
    "upload.profiled": "looked at every cell of",
    "upload.published": "published",
    "upload.raw_erased": "erased the file of",
    "upload.received": "finished sending",
    "upload.reconsidered": "went back to the treatments of",
    "upload.refused": "did not take",
    "upload.repeated": "found every cell like the last file’s, in",
    "upload.texts_judged": "judged redacted texts of",
    "upload.texts_seen": "read redacted texts of",
    "upload.withdrawn": "withdrew",
    "version.closed": "closed a version of",
    "version.buried": "found an erased version restored of",
    "version.erasure_asked": "asked to erase a version of",
    "version.erased": "destroyed a closed version of",
    "version.overtaken": "no longer needs",
    "version.rebuilt": "made a version again as",
}
THINGS = {"list": "list of people", "person": "account", "sandbox": "notebook", "synthetic": "synthetic copy"}
TOPICS = {
    "": "Everything",
    "agency": "Stops",
    "agreement": "Agreements",
    "application": "Applications",
    "dataset": "Datasets",
    "egress": "Files going out",
    "governance": "Roles and keys",
    "identity": "Signing in",
    "list": "Lists of people",
    "privacy": "Answers and budgets",
    "project": "Projects",
    "sandbox": "Notebooks",
    "synthetic": "Synthetic copies",
    "upload": "Files coming in",
    "version": "Versions",
}


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One entry: its number, when, and a sentence."""

    sequence: int
    when: str
    sentence: str
    kind: str


def log_line(entry: Entry, people: dict[int, Person]) -> LogLine:
    """An entry in words; a kind that has no words yet is shown as it is."""
    event = entry.event
    who = people[event.by].display if event.by in people else "The enclave"
    thing, _, number = event.subject.partition(":")
    named = people[int(number)].display if thing == "person" and number.isdigit() and int(number) in people else ""
    what = named or f"{THINGS.get(thing, thing)} {number}"
    act = ACTS.get(event.kind, event.kind.replace(".", " ").replace("_", " "))
    return LogLine(sequence=entry.sequence, when=moment(entry.at), sentence=f"{who} {act} {what}", kind=event.kind)
