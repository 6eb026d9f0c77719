#!/usr/bin/env bash
# Reads harbor-sim with Python's harborapi, and compares what it finds with what plain HTTP says.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/foreign/simulator.sh

release=0.26.2
environment="$target/foreign/harborapi"
python="$environment/bin/python"

command -v python3 >/dev/null || skip "there is no python3 for harborapi"
if ! "$python" -c "import harborapi" 2>/dev/null; then
    python3 -m venv --clear "$environment" || skip "python3 cannot make a virtual environment for harborapi"
    "$python" -m pip install --quiet --disable-pip-version-check "harborapi==$release" ||
        skip "harborapi $release cannot be had from PyPI"
fi

start_simulator --demo --user viewer:Viewer12345 --member shop:viewer:guest \
    --fault reset,on=ping,times=1 --fault status=503,on=health,times=1
"$python" -B tests/foreign/harborapi_check.py "$ready"

# The same questions to harborapi.ext and to harbor-ext, of a registry in which nothing is being scanned.
start_simulator --demo
cargo build --quiet --locked --package harbor-testkit --example harborapi_answers
answers="$target/foreign/harborapi_answers.json"
"$target/debug/examples/harborapi_answers" "$("$python" -c 'import json, sys; print(json.loads(sys.argv[1])["url"])' "$ready")" \
    admin Harbor12345 >"$answers"
"$python" -B tests/foreign/harborapi_ext.py "$ready" "$answers"
