"""The one door to Splink: probabilistic linkage of plaintext, where one controller may see all of it. Only offline (ADR 0012).

Splink learns its weights from the very records it links, so its result depends on who else is in them; and it needs names in clear. It is
an extra (``pip install enclave[splink]``), imported on first use.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import Any

from enclave.anonymise.linkage.average import Groups
from enclave.anonymise.linkage.batch import Batch
from enclave.terms.errors import OperatorError

PROBABILITY = 0.99
_COLUMNS = ("forename", "surname", "born", "postcode", "place", "email", "street", "sex", "occupation")


def by_splink(batch: Batch, _key: bytes) -> Groups:
    """Groups of places of the batch. Raises ``OperatorError`` where Splink is not installed."""
    try:
        import splink
        import splink.comparison_library as compare
    except ImportError:
        raise OperatorError(
            rule="A-40", sentence="Splink is not installed.", instead="Install the extra splink, or use another method."
        ) from None
    import pandas as pd

    logging.getLogger("splink").setLevel(logging.ERROR)
    frame = pd.DataFrame([{name: getattr(who, name) or None for name in _COLUMNS} for who in batch.who]).assign(
        unique_id=range(len(batch.who))
    )
    frame["born"] = [f"{born[:4]}-{born[4:6]}-{born[6:]}" if born else None for born in frame["born"]]
    used = [name for name in _COLUMNS if frame[name].notna().any()]
    settings = splink.SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(compare, name) for name in used],
        blocking_rules_to_generate_predictions=_rules(splink.block_on, set(used)),
    )
    table = splink.DuckDBAPI().register(frame, dataset_display_name="records")
    linker = splink.Linker(table, settings, log_level=logging.ERROR)
    _train(linker, splink.block_on)
    pairs = linker.inference.predict(threshold_match_probability=PROBABILITY)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, PROBABILITY).as_pandas_dataframe()  # type: ignore[no-untyped-call]
    groups: defaultdict[Any, list[int]] = defaultdict(list)
    for place, group in zip(clusters["unique_id"].tolist(), clusters["cluster_id"].tolist(), strict=True):
        groups[group].append(int(place))
    return list(groups.values())


def _comparison(compare: Any, name: str) -> Any:  # noqa: ANN401 - Splink has no types
    if name in {"forename", "surname"}:
        return compare.NameComparison(name)
    if name == "born":
        return compare.DateOfBirthComparison(name, input_is_string=True)
    if name == "postcode":
        return compare.PostcodeComparison(name)
    if name == "email":
        return compare.EmailComparison(name)
    if name == "street":
        return compare.JaroWinklerAtThresholds(name)
    return compare.ExactMatch(name).configure(term_frequency_adjustments=name == "place")


def _rules(block_on: Any, used: set[str]) -> list[Any]:  # noqa: ANN401
    wanted = [
        ("forename", "surname"), ("born",), ("surname", "substr(born, 1, 4)"), ("forename", "substr(born, 1, 4)"), ("postcode", "forename"),
        ("postcode", "surname"), ("postcode", "substr(born, 1, 4)"), ("email",), ("place", "surname"), ("street", "forename"),
    ]  # fmt: skip
    return [block_on(*rule) for rule in wanted if all(part in used or part.startswith("substr") for part in rule)]


def _train(linker: Any, block_on: Any) -> None:  # noqa: ANN401
    linker.training.estimate_probability_two_random_records_match([block_on("forename", "surname", "born")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("forename", "surname"), block_on("born")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
