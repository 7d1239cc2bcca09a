#!/usr/bin/env bash
# Say at set-up which licence needs a decision.
cat <<'TEXT'
SDV (synthetic data metadata) comes under the Business Source License 1.1: an agency may run it for itself, but nobody may sell
synthetic data services with it. Enclave works without it; everything else here is under open licences. See docs/licences.md.
TEXT
