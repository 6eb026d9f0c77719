#!/usr/bin/env bash
# Has the programs that exports are for read those of a usual and of a hostile registry.
set -euo pipefail
cd "$(dirname "$0")/../.."

target="${CARGO_TARGET_DIR:-$PWD/target}"
cargo test --quiet --locked --package harbor-ext --features cli --test exports
folders=("$target/tmp/exports/demo" "$target/tmp/exports/hostile")

missing() { echo "skipped: $*"; }

# JSON Schema, CycloneDX, JUnit, Prometheus, DuckDB, pandas, CSV.
with_python() {
    local environment="$target/foreign/exports" requirements=tests/foreign/exports/requirements.txt
    command -v python3 >/dev/null || { missing "there is no python3 for CycloneDX, JUnit and tables"; return; }
    if ! cmp --silent "$requirements" "$environment/installed.txt"; then
        python3 -m venv --clear "$environment" || { missing "python3 cannot make a virtual environment"; return; }
        "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" ||
            { missing "the readers for Python cannot be had from PyPI"; return; }
        cp "$requirements" "$environment/installed.txt"
    fi
    "$environment/bin/python" -B tests/foreign/exports/check.py docs/schema "${folders[@]}"
}

# OpenVEX, Prometheus.
with_go() {
    local folder="$target/foreign/go"
    command -v go >/dev/null || { missing "there is no go for OpenVEX"; return; }
    export GOMODCACHE="$folder/modules" GOCACHE="$folder/build" GOFLAGS="-modcacherw -mod=readonly" GOTOOLCHAIN=local
    (cd tests/foreign/exports && go mod download) || { missing "the modules for OpenVEX cannot be had"; return; }
    (cd tests/foreign/exports && go build -o "$folder/exports" .)
    "$folder/exports" "${folders[@]}"
}

# SARIF: errors and warnings of Microsoft's validator. It wants an address where to read about the tool, which has none.
with_node() {
    local folder="$target/foreign/sarif" release=5.7.0 found
    command -v npm >/dev/null || { missing "there is no npm for SARIF"; return; }
    if ! grep --quiet --no-messages "\"version\": \"$release\"" "$folder/node_modules/@microsoft/sarif-multitool/package.json"; then
        mkdir -p "$folder"
        npm install --silent --no-save --prefix "$folder" "@microsoft/sarif-multitool@$release" ||
            { missing "the validator for SARIF cannot be had from npm"; return; }
    fi
    for exports in "${folders[@]}"; do
        found="$("$folder/node_modules/.bin/sarif-multitool" validate "$exports"/*.sarif --level Error Warning)" || true
        grep --quiet "Analysis completed successfully" <<<"$found" || { echo "$found"; return 1; }
        if grep --extended-regexp ": (error|warning) " <<<"$found" | grep --invert-match SARIF2005; then
            return 1
        fi
        echo "$exports: $(find "$exports" -name '*.sarif' | wc -l) files of SARIF"
    done
}

with_python
with_go
with_node
