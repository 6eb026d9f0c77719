#!/usr/bin/env bash
# Replays requests that a real Harbor answered against harbor-sim with the same registry, and compares the answers.
# The recordings lie beside the clone in a folder `shared`, and are not part of it.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/foreign/simulator.sh

captures=../shared/data/captures
[ -f "$captures/exchanges.jsonl" ] || skip "there are no recorded answers in $captures"
command -v python3 >/dev/null || skip "there is no python3 for the comparison"

start_simulator --registry "$captures/registry.json" \
    --user alice:Alice12345 --member team-a:alice:developer --robot bulk:robot-secret
url=$(python3 -c 'import json, sys; print(json.loads(sys.argv[1])["url"])' "$ready")
python3 ../shared/tools/conform.py "$url" "$captures/exchanges.jsonl" --list
