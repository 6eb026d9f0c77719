#!/usr/bin/env bash
# Measures Python's harborapi, a naive Rust client and this crate on one simulated Harbor, in one run.
#
#   benches/peers.sh                       2,000 artifacts, of which harborapi takes a few minutes
#   benches/peers.sh --artifacts 200       a tenth, for all of them
#   benches/peers.sh --markdown            and whatever else `cargo bench … --bench registry -- --help` tells
#
# What it downloads stays under target/.
set -euo pipefail
cd "$(dirname "$0")/.."

release=0.26.2
environment="${CARGO_TARGET_DIR:-$PWD/target}/foreign/harborapi"
python="$environment/bin/python"

# The environment is also that of tests/foreign/harborapi.sh.
has_harborapi() {
    "$python" -c "import harborapi; assert harborapi.__version__ == '$release'" 2>/dev/null
}

# pip ends as if it had failed when it is interrupted, and the measuring would go on.
trap 'exit 130' INT

missing=
if ! command -v python3 >/dev/null; then
    missing="there is no python3"
elif ! has_harborapi; then
    if ! python3 -m venv --clear "$environment" >&2; then
        missing="python3 cannot make a virtual environment"
    elif ! "$python" -m pip install --quiet --disable-pip-version-check "harborapi==$release"; then
        missing="harborapi $release cannot be had from PyPI"
    fi
fi

peers=(--peers)
if [[ -z "$missing" ]]; then
    peers+=(--python "$python")
else
    echo "harborapi is not measured: $missing" >&2
fi
exec cargo bench --quiet --locked --package harbor-ext --bench registry -- "${peers[@]}" "$@"
