"""Bloom-filter encodings of whole records (cryptographic long-term keys), as an option for comparison with other linkage services.

Each field's bigrams set bits by keyed double hashing (Schnell, Bachteler and Reiher 2009, 2011); the filter is then folded by XOR, so that a
bit no longer stands for one bigram (Schnell and Borgs 2016). Still, whoever holds many filters can mine them for frequent patterns
(Christen et al. 2018): filters exist in this process's memory only and are never stored or sent. That is one reason why they are not the
default (ADR 0012); the other is that a missing field lowers the likeness of two records of one person.
"""

from __future__ import annotations

import hmac
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.linkage.average import Groups, components
from enclave.anonymise.linkage.batch import Batch
from enclave.anonymise.linkage.candidates import candidates
from enclave.anonymise.linkage.compare import SURE
from enclave.anonymise.linkage.identity import Identity

Filters: TypeAlias = NDArray[np.uint64]

BITS, HASHES = 2048, 20  # before folding once: 1024 bits, of which a record with names, birth date and address sets about half
LIKE = 0.80  # Dice coefficient at which two records are one person's


def filters(who: list[Identity], key: bytes) -> Filters:
    """One folded filter for each identity: a row of 64-bit words."""
    derived = hmac.digest(key, b"enclave/clk/1\x01", "sha256")
    places: dict[str, list[int]] = {}
    bits = np.zeros((len(who), BITS), dtype=np.bool_)
    for row, one in enumerate(who):
        for gram in _grams(one):
            if gram not in places:
                places[gram] = _places(derived, gram)
            bits[row, places[gram]] = True
    folded = bits[:, : BITS // 2] ^ bits[:, BITS // 2 :]
    return np.packbits(folded, axis=1).view(np.uint64)


def dice(one: Filters, other: Filters) -> NDArray[np.float32]:
    """Twice the shared bits over all bits, for each pair of rows."""
    shared = np.bitwise_count(one & other).sum(axis=1, dtype=np.float32)
    total = np.bitwise_count(one).sum(axis=1, dtype=np.float32) + np.bitwise_count(other).sum(axis=1, dtype=np.float32)
    likeness: NDArray[np.float32] = 2 * shared / np.maximum(total, 1)
    return likeness


def by_clk(batch: Batch, key: bytes) -> Groups:
    """Groups of places of the batch: what hangs together by likeness. Tokens say what is compared."""
    made = filters(batch.who, key)
    one, other = candidates([tokens[1:] for tokens in batch.tokens])
    like = dice(made[one], made[other]) if len(one) else np.zeros(0, dtype=np.float32)
    fits = like >= LIKE
    groups = list(components(one[fits], other[fits], like[fits] * SURE, len(batch.who)))
    grouped = {place for group in groups for place in group}
    return groups + [[place] for place in range(len(batch.who)) if place not in grouped]


def _grams(who: Identity) -> set[str]:
    """Bigrams of each field, marked with it; a birth date by places of its digits."""
    fields = {
        "name": f" {who.forename} ",
        "last": f" {who.surname} ",
        "code": who.postcode,
        "door": f" {who.number} " if who.number else "",
        "road": who.street,
        "town": who.place,
        "mail": who.email,
    }
    found = {f"{field}:{text[at : at + 2]}" for field, text in fields.items() for at in range(len(text) - 1) if text.strip()}
    return found | {f"born:{place}{digit}" for place, digit in enumerate(who.born)} | ({f"sex:{who.sex}"} if who.sex else set())


def _places(key: bytes, gram: str) -> list[int]:
    """Double hashing (Kirsch and Mitzenmacher 2006) from one keyed digest."""
    digest = hmac.digest(key, gram.encode(), "sha256")
    first, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big") | 1
    return [(first + number * step) % BITS for number in range(HASHES)]
