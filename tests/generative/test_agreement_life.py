"""The life of agreements under any sequence of acts: in force exactly while it is signed by all, active and within its dates."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from enclave.audit.chain import first_break
from enclave.governance.agreement import TRANSITIONS, AgreementState, Item, Terms
from enclave.governance.appoint import appoint, register_key
from enclave.governance.ports import GovernancePorts
from enclave.governance.roles import Grant, Role
from enclave.governance.sign import draft, sign
from enclave.oversight.activate import activate
from enclave.oversight.ports import OversightPorts
from enclave.privacy.ledger import of_dataset, of_population
from enclave.terms.errors import EnclaveError
from enclave.terms.loss import PrivacyLoss
from enclave.terms.schema import Unit
from tests.deep import draws
from tests.factories.tables import SCHEMA
from tests.factories.world import make_world, person, terms
from tests.fakes.memory_work import MemoryEnclave

AGENCIES = ("police", "health")
SIGNERS = {"paula": "police", "petra": "police", "henry": "health"}


def _key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _signed(key: str, message: bytes) -> str:
    return hashlib.sha256(bytes.fromhex(key) + message).hexdigest()


def _holds(*, public_key: str, message: bytes, signature: str) -> bool:
    """Stands for Ed25519: a signature goes with one key and one message."""
    return signature == _signed(public_key, message)


class AgreementLife(RuleBasedStateMachine):
    """Drafts, signatures good and bad, activation at any moment, withdrawal, spending and the passing of time."""

    made = Bundle("made")

    @initialize()
    def world(self) -> None:
        self.enclave = MemoryEnclave()
        self.here = make_world(begin=self.enclave.begin, clock=self.enclave.clock, quarantine=self.enclave.quarantine)
        self.ports = GovernancePorts(begin=self.enclave.begin, clock=self.enclave.clock, signature_holds=_holds)
        self.oversight = OversightPorts(begin=self.enclave.begin, clock=self.enclave.clock)
        self.gina = self.here.people["gina"]
        self.signers = {name: self._signer(name, agency) for name, agency in SIGNERS.items()}
        self.model: dict[int, dict[str, Any]] = {}
        self.caps = {"dataset": 10**12, "population": 2 * 10**12}
        self.spent = 0

    def _signer(self, name: str, agency: str) -> Any:
        made, body = person(self.enclave.begin, name), self.here.agencies[agency]
        appoint(by=self.gina, grant=Grant(person=made.id, role=Role.SIGNATORY, agency=body.id), ports=self.ports)
        register_key(by=self.gina, person=made, agency=body, public_key=_key(name), ports=self.ports)
        return made

    @rule(
        target=made,
        parties=st.sampled_from([("police",), ("police", "health")]),
        cap=st.integers(1, 4_000),
        population=st.integers(1, 4_000),
        starts=st.integers(-30, 30),
        days=st.integers(1, 60),
    )
    def draft(self, parties: tuple[str, ...], cap: int, population: int, starts: int, days: int) -> int:
        first = self.enclave.clock().date() + dt.timedelta(days=starts)
        wanted = terms(
            title=f"Agreement {len(self.model)}",
            parties=parties,
            population_cap=f"{population / 1000:.3f}",
            items=(Item(dataset=SCHEMA.name, unit=Unit.PERSON, cap=f"{cap / 1000:.3f}", project_share="0.001"),),
            starts=first,
            ends=first + dt.timedelta(days=days),
        )
        made = draft(by=self.gina, terms=wanted, ports=self.ports)
        self.model[made.id] = {"terms": wanted, "signed": set(), "state": AgreementState.SIGNING}
        return made.id

    @rule(agreement=made, name=st.sampled_from(sorted(SIGNERS)))
    def sign_rightly(self, agreement: int, name: str) -> None:
        model, agency = self.model[agreement], SIGNERS[name]
        open_to = model["state"] is AgreementState.SIGNING and agency in model["terms"].parties and agency not in model["signed"]
        assert self._sign(agreement, name, agency, _signed(_key(name), _digest(model["terms"]))) == open_to
        if open_to:
            model["signed"].add(agency)

    @rule(
        agreement=made,
        name=st.sampled_from(sorted(SIGNERS)),
        agency=st.sampled_from(AGENCIES),
        other=st.sampled_from(["key", "terms", "junk"]),
    )
    def sign_wrongly(self, agreement: int, name: str, agency: str, other: str) -> None:
        wanted: Terms = self.model[agreement]["terms"]
        signature = {
            "key": _signed(_key("mallory"), _digest(wanted)),
            "terms": _signed(_key(name), _digest(terms(title="Another"))),
            "junk": "00",
        }[other]
        assert not self._sign(agreement, name, agency, signature)

    @rule(agreement=made, name=st.sampled_from(sorted(SIGNERS)))
    def sign_for_the_neighbour(self, agreement: int, name: str) -> None:
        neighbour = next(agency for agency in AGENCIES if agency != SIGNERS[name])
        assert not self._sign(agreement, name, neighbour, _signed(_key(name), _digest(self.model[agreement]["terms"])))

    def _sign(self, agreement: int, name: str, agency: str, signature: str) -> bool:
        try:
            sign(by=self.signers[name], agreement=agreement, agency=agency, signature=signature, ports=self.ports)
        except EnclaveError:
            return False
        return True

    @rule(agreement=made)
    def activate(self, agreement: int) -> None:
        model = self.model[agreement]
        complete = model["signed"] == set(model["terms"].parties)
        if model["state"] is AgreementState.SIGNING and complete:
            model["state"] = AgreementState.ACTIVE
            self.caps["dataset"] = max(self.caps["dataset"], PrivacyLoss.allowing(model["terms"].items[0].cap).rho)
            self.caps["population"] = max(self.caps["population"], PrivacyLoss.allowing(model["terms"].population_cap).rho)
        assert activate(by=self.gina, agreement=agreement, ports=self.oversight).state is model["state"]

    @rule(agreement=made)
    def withdraw(self, agreement: int) -> None:
        """There is no use case for it yet; the table says from where it is possible."""
        state = self.model[agreement]["state"]
        if AgreementState.WITHDRAWN in TRANSITIONS[state]:
            with self.enclave.begin() as work:
                assert work.agreements.move(agreement, old=state, new=AgreementState.WITHDRAWN)
            self.model[agreement]["state"] = AgreementState.WITHDRAWN

    @rule(amount=st.integers(1, 10**11))
    def spend(self, amount: int) -> None:
        keys = [of_dataset(self.here.dataset.id), of_population(self.here.dataset.population.id)]
        try:
            with self.enclave.begin() as work:
                if work.ledgers.debit(keys, PrivacyLoss(rho=amount)) is not None:
                    raise RuntimeError
        except RuntimeError:
            assert self.spent + amount > min(self.caps.values())
        else:
            self.spent += amount

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        self.enclave.clock.move(days=days)

    @invariant()
    def in_force_is_what_the_words_say(self) -> None:
        today = self.enclave.clock().date()
        for number, model in getattr(self, "model", {}).items():
            with self.enclave.begin() as work:
                found = work.agreements.by_id(number)
            assert found is not None
            assert (found.state, found.terms) == (model["state"], model["terms"])
            assert {one.agency for one in found.signatures} == model["signed"]
            assert len(found.signatures) == len(model["signed"])
            assert found.in_force(today) == (
                model["state"] is AgreementState.ACTIVE and model["terms"].starts <= today <= model["terms"].ends
            )

    @invariant()
    def caps_only_rise_and_spending_only_grows(self) -> None:
        if not hasattr(self, "model"):
            return
        with self.enclave.begin() as work:
            own, people = (
                work.ledgers.get(key) for key in (of_dataset(self.here.dataset.id), of_population(self.here.dataset.population.id))
            )
        assert own is not None
        assert people is not None
        assert (own.cap.rho, people.cap.rho) == (self.caps["dataset"], self.caps["population"])
        assert own.spent.rho == people.spent.rho == self.spent

    @precondition(lambda self: hasattr(self, "model"))
    @invariant()
    def the_log_holds_and_has_one_entry_for_every_act(self) -> None:
        kinds = self.enclave.log.kinds()
        active = sum(model["state"] is AgreementState.ACTIVE for model in self.model.values())
        withdrawn = sum(model["state"] is AgreementState.WITHDRAWN for model in self.model.values())
        assert 1 + active <= kinds.count("agreement.activated") <= 1 + active + withdrawn
        assert kinds.count("agreement.signed") == 2 + sum(len(model["signed"]) for model in self.model.values())
        assert first_break(self.enclave.log.entries()) is None


def _digest(wanted: Terms) -> bytes:
    return bytes.fromhex(wanted.digest)


TestAgreementLife = AgreementLife.TestCase
TestAgreementLife.settings = settings(max_examples=draws(30), stateful_step_count=25, deadline=None)
