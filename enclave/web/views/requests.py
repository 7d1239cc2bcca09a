"""A request as its author, its project and its reviewers see it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from enclave.egress_review.lifecycle import State
from enclave.egress_review.queue import Line
from enclave.egress_review.request import KEPT, Choice, File, Request
from enclave.egress_review.visibility import Act, Standing, View
from enclave.oversight.request_page import Proof, RequestPage
from enclave.terms.submission import Finding, Severity, Verdict
from enclave.web.views.projects import STATES
from enclave.web.views.questions import question_words
from enclave.web.views.register import KINDS
from enclave.web.words.dates import count, day, how_long, moment
from enclave.web.words.sizes import size

GRAVE = {
    Severity.BLOCK: ("Must be mended", "govuk-tag--red"),
    Severity.WARN: ("Look at this", "govuk-tag--yellow"),
    Severity.INFO: ("Good to know", "govuk-tag--blue"),
}
VERDICTS = {
    Verdict.CLEAR: ("Nothing found", "govuk-tag--green"),
    Verdict.REVIEW: ("A person must look", "govuk-tag--yellow"),
    Verdict.BLOCK: ("Cannot go", "govuk-tag--red"),
}
CHOICES = {Choice.APPROVE: "approved", Choice.CHANGES: "asked for changes"}
NEXT = {
    State.SUBMITTED: "Programs will look at it in a moment.",
    State.CHECKING: "Programs are looking at it.",
    State.BLOCKED: "Programs found something that may not leave. Mend it in the notebook and send the files again.",
    State.IN_REVIEW: "Custodians from outside the project are looking at it. They do not see each other’s votes.",
    State.RETURNED: "The reviewers want changes: they are below. Mend the files and send them again.",
    State.REJECTED: "The reviewers refused it for good.",
    State.APPROVED: "It is approved. One of the reviewers will release it.",
    State.RELEASED: "It is released: take the files before the link ends.",
    State.REVOKED: "It was taken back after approval. Delete any copy you have made.",
    State.WITHDRAWN: "It was withdrawn.",
}
MOVING = frozenset({State.SUBMITTED, State.CHECKING})


@dataclass(frozen=True, kw_only=True)
class FindingView:
    """One finding in words."""

    rule: str
    grave: str
    colour: str
    where: str
    sentence: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class FileView:
    """One file with what was found in it, what I said of it and what others said where that may be known."""

    number: int
    name: str
    kind: str
    size: str
    verdict: str
    colour: str
    findings: tuple[FindingView, ...]
    mine: str
    said: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class ProofView:
    """One receipt: the answer it stands for."""

    number: str
    words: str
    price: str


@dataclass(frozen=True, kw_only=True)
class RequestView:
    """The whole page; ``acts`` are the names of what this person may do now."""

    id: int
    title: str
    context: str
    controls: str
    project: str
    slug: str
    author: str
    mine: bool
    reviewer: bool
    state: str
    colour: str
    next: str
    moving: bool
    reason: str
    sent: str
    until: str
    files: tuple[FileView, ...]
    proofs: tuple[ProofView, ...]
    progress: str
    leaving: str
    safes: tuple[tuple[str, str], ...]
    downloads: tuple[str, ...]
    acts: frozenset[str]
    effects: tuple[tuple[str, str, str], ...]
    may_note: bool


@dataclass(frozen=True, kw_only=True)
class QueueLine:
    """One request that waits for review."""

    id: int
    title: str
    project: str
    waited: str
    files: str
    worst: str
    colour: str
    findings: str
    mine: str
    progress: str
    needs_me: bool


def request_view(page: RequestPage, *, me: int) -> RequestView:
    """The page of one request for one person."""
    view, request = page.view, page.view.request
    state, colour = STATES[request.state]
    return RequestView(
        id=request.id,
        title=request.form.title,
        context=request.form.context,
        controls=request.form.controls,
        project=page.project.title,
        slug=page.project.slug,
        author=page.author.display,
        mine=view.standing is Standing.AUTHOR,
        reviewer=view.standing is Standing.REVIEWER,
        state=state,
        colour=colour,
        next=_next(view, me),
        moving=request.state in MOVING,
        reason=request.reason,
        sent=moment(request.submitted),
        until=moment(request.expires) if request.expires else "",
        files=tuple(file_view(page, file, me=me) for file in request.files),
        proofs=tuple(_proof(proof) for proof in page.proofs),
        progress=f"{min(view.voted, view.quorum)} of {count(view.quorum, 'reviewer')} {'is' if view.voted == 1 else 'are'} through with every file",
        leaving=leaving(page),
        safes=_five_safes(page),
        downloads=tuple(
            f"{page.people[one.person].display} took file {one.file} on {moment(one.at)}"
            for one in view.downloads
            if one.person in page.people
        ),
        acts=frozenset(act.value for act in view.acts),
        effects=tuple((day(effect.at.date()), effect.decision, effect.change) for effect in page.effects),
        may_note=request.state is State.RELEASED and view.standing is not Standing.REVIEWER,
    )


def file_view(page: RequestPage, file: File, *, me: int) -> FileView:
    """One file of it."""
    view = page.view
    verdict, colour = VERDICTS[file.verdict]
    mine = next((vote for vote in view.votes if vote.person == me and vote.file == file.number), None)
    others = [
        (page.people[vote.person].display, CHOICES[vote.choice], vote.comment)
        for vote in view.votes
        if vote.file == file.number and vote.person != me and vote.person in page.people
    ]
    told = [("A reviewer", CHOICES[comment.choice], comment.text) for comment in view.comments if comment.file == file.number]
    return FileView(
        number=file.number,
        name=file.name,
        kind=KINDS.get(file.suffix.lstrip("."), "file"),
        size=size(file.size),
        verdict=verdict,
        colour=colour,
        findings=tuple(_finding(finding) for finding in sorted(file.findings, key=_gravity)),
        mine=f"You {CHOICES[mine.choice]}" + (f": {mine.comment}" if mine.comment else "") if mine else "",
        said=(*others, *told),
    )


def leaving(page: RequestPage) -> str:
    """What will leave, to whom and how, before anybody decides."""
    request = page.view.request
    kinds = Counter(KINDS.get(file.suffix.lstrip("."), "file") for file in request.files)
    what = " and ".join(count(number, kind) for kind, number in sorted(kinds.items()))
    total = size(sum(file.size for file in request.files))
    return f"{what} ({total} in all), exactly as they are here, to the people of {page.project.title}, for {count(KEPT.days, 'day')}."


def queue_line(line: Line) -> QueueLine:
    """One line of the queue."""
    worst = line.request.worst
    words, colour = GRAVE[worst] if worst else VERDICTS[Verdict.CLEAR]
    names = {Severity.BLOCK: "to mend", Severity.WARN: "to look at", Severity.INFO: "to know"}
    findings = [f"{line.counts[severity]} {name}" for severity, name in names.items() if line.counts.get(severity)]
    files = len(line.request.files)
    return QueueLine(
        id=line.request.id,
        title=line.request.form.title,
        project=line.project,
        waited=how_long(line.waited) or "just now",
        files=count(files, "file"),
        worst=words,
        colour=colour,
        findings=", ".join(findings) or "no findings",
        mine="to release" if line.request.state is State.APPROVED else f"{line.mine} of {files}",
        progress=f"{min(line.voted, line.quorum)} of {line.quorum}",
        needs_me=line.is_mine,
    )


def _next(view: View, me: int) -> str:
    if view.standing is not Standing.REVIEWER:
        return NEXT.get(view.request.state, "")
    if Act.VOTE in view.acts:
        done = sum(vote.person == me for vote in view.votes)
        left = len(view.request.files) - done
        return f"{count(left, 'file')} without your vote." if left else "You have voted on every file; you may still change your mind."
    if Act.RELEASE in view.acts:
        return "It is approved. Release it, or take it back."
    return {State.APPROVED: "It is approved; one who voted releases it.", State.RELEASED: "It is released."}.get(view.request.state, "")


def _finding(finding: Finding) -> FindingView:
    words, colour = GRAVE[finding.severity]
    where = finding.where[:1].upper() + finding.where[1:]
    return FindingView(rule=finding.rule, grave=words, colour=colour, where=where, sentence=finding.sentence, remedy=finding.remedy)


def _gravity(finding: Finding) -> int:
    return [Severity.BLOCK, Severity.WARN, Severity.INFO].index(finding.severity)


def _proof(proof: Proof) -> ProofView:
    if proof.charge is None:
        return ProofView(number=proof.number, words="This number is not known here.", price="")
    question = question_words(proof.charge, proof.version.schema if proof.version else None)
    about = f" of {proof.dataset.label}" if proof.dataset else ""
    return ProofView(number=proof.number, words=f"{question}{about}, asked on {moment(proof.charge.at)}", price=proof.charge.loss.text)


def _five_safes(page: RequestPage) -> tuple[tuple[str, str], ...]:
    """The five questions of the UK Data Service, answered from what is known (Ritchie 2017)."""
    terms, request = page.agreement.terms, page.view.request
    found = Counter(finding.severity for finding in request.findings)
    outputs = f"{found[Severity.BLOCK]} to mend, {found[Severity.WARN]} to look at" if found else "nothing found"
    return (
        ("People", f"{page.author.display}, of this project"),
        ("Project", f"{page.project.title}, until {day(page.project.ends)}"),
        ("Data", ", ".join(dataset.label for dataset in page.datasets)),
        ("Settings", "Made in a notebook of this enclave, from answers and synthetic copies; rows are not there"),
        ("Outputs", f"{outputs}; numbers below {terms.smallest_cell} may not leave"),
    )


def waited(request: Request, now: dt.datetime) -> str:
    """How long a request has waited."""
    return how_long(now - request.submitted) or "less than a minute"
