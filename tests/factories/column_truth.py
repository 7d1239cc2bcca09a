"""Which columns of our test data point at a person, and as what: written by hand from the sources' own descriptions.

The patterns were tuned on these very files, and a column (``MIDDLE``) was added here after a test had shown it: a recall of 1 on them says that
what we know of is found, not that everything is.

Organisations (a GP practice, a hospital site) and small areas do not; a clinician who referred somebody does, under a pseudonym too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enclave.anonymise.column_class import IDENTIFYING
from enclave.anonymise.columns.classify import Classified

_PERSON = {
    "first_name": "forename",
    "last_name": "surname",
    "date_of_birth": "birth_date",
    "address": "address",
    "postcode": "postcode",
    "local_id": "local_number",
}
_VISITS = _PERSON | {"event_id": "person_key", "national_id": "person_key"}
_AGENCIES = {
    "ae_attendances": _VISITS,
    "gp_consultations": _VISITS,
    "police_register": _PERSON | {"record_id": "person_key"},
    "social_care_assessments": _PERSON | {"assessment_id": "person_key"},
}
_LINKS = {"local_id": "local_number", "true_person_id": "person_key"}
_SYNTHEA = {
    "Id": "person_key",
    "BIRTHDATE": "birth_date",
    "DEATHDATE": "death_date",
    "SSN": "person_key",
    "DRIVERS": "driving_licence",
    "PASSPORT": "passport",
    "FIRST": "forename",
    "LAST": "surname",
    "MAIDEN": "surname",
    "ADDRESS": "address",
    "ZIP": "postcode",
    "LAT": "coordinates",
    "LON": "coordinates",
}
_KEYS = {"PATIENT": "person_key", "ENCOUNTER": "person_key"}
_ODI = {"Health Service ID": "nhs_number", "Postcode": "postcode"}
_HES = {"PSEUDO_HESID": "person_key"}

COMMITTED: dict[str, dict[str, str]] = {
    **{f"synthea_agencies/{name}.csv": truth for name, truth in _AGENCIES.items()},
    "synthea_agencies/links.csv": {"local_id": "local_number", "true_person_id": "person_key"},
    "ae_odi_mock/hospital_ae_data.csv": _ODI,
}
WIDER: dict[str, dict[str, str]] = {
    **{f"synthea_agencies_{run}/{name}.csv": truth for run in "ab" for name, truth in _AGENCIES.items()},
    **{f"synthea_agencies_{run}/TRUTH_links.csv": _LINKS for run in "ab"},
    **{f"synthea_{run}/RAW_patients.csv": _SYNTHEA for run in ("agencies_a", "gb")},
    "synthea_agencies_b/RAW_patients.csv": _SYNTHEA | {"MIDDLE": "forename"},
    "synthea_us_1171/patients.csv": _SYNTHEA,
    "synthea_us_1171/conditions.csv": _KEYS,
    "synthea_us_1171/immunizations.csv": _KEYS,
    "synthea_us_1171/careplans.csv": _KEYS | {"Id": "person_key"},
    "synthea_gb/TRUTH_links.csv": _LINKS,
    "synthea_gb/ae_diagnoses.csv": _PERSON,
    "synthea_gb/gp_conditions.csv": _PERSON,
    "synthea_gb/gp_immunisations.csv": {"local_id": "local_number"},
    "synthea_gb/gp_medications.csv": {"local_id": "local_number"},
    "ae_odi_mock/hospital_ae_data.csv": _ODI,
    "ae_odi_mock/hospital_ae_data_deidentify.csv": {},
    "hes_artificial/artificial_hes_ae_0708_truncated.csv": _HES | {"AEKEY": "person_key", "EPIKEY": "person_key"},
    "hes_artificial/artificial_hes_apc_0102_truncated.csv": _HES
    | {"AEKEY": "person_key", "EPIKEY": "person_key", "SUSRECID": "person_key", "MYDOB": "birth_date"},
    "hes_artificial/artificial_hes_op_0304_truncated.csv": _HES
    | {"ATTENDKEY": "person_key", "ATTENDID": "person_key", "PREFERER": "person_key"},
    "hes_artificial/patient_id_bridge.csv": {"yas_id": "person_key", "token_person_id": "person_key", "cured_id": "person_key"},
}


@dataclass(frozen=True, kw_only=True)
class Score:
    """``missed`` and ``alarms`` by name; ``renamed`` were recognised as identifying, but as something else."""

    wanted: int
    columns: int
    missed: tuple[str, ...]
    alarms: tuple[str, ...]
    renamed: tuple[str, ...]

    @property
    def recall(self) -> float:
        """Of the identifying columns, the share that is treated as identifying."""
        return 1.0 if not self.wanted else 1 - len(self.missed) / self.wanted


def score(found: Mapping[str, Classified], truth: Mapping[str, str]) -> Score:
    """Compare a file's classes, by header, with the truth. A header that the file lacks is an error of the truth."""
    identifying = {header for header, one in found.items() if one.kind in IDENTIFYING}
    return Score(
        wanted=len(truth),
        columns=len(found),
        missed=tuple(header for header in truth if found[header].kind not in IDENTIFYING),
        alarms=tuple(sorted(identifying - set(truth))),
        renamed=tuple(header for header, kind in truth.items() if header in identifying and found[header].kind.value != kind),
    )
