#!/usr/bin/env bash
# Reads harbor-sim with Harbor's official Go client, and compares what it finds with what plain HTTP says.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/foreign/simulator.sh

command -v go >/dev/null || skip "there is no go for the official client"
folder="$target/foreign/go"
export GOMODCACHE="$folder/modules" GOCACHE="$folder/build" GOFLAGS="-modcacherw -mod=readonly" GOTOOLCHAIN=local
(cd tests/foreign/go && go mod download) || skip "the modules of the official client cannot be had"
(cd tests/foreign/go && go build -o "$folder/check" .)

start_simulator --demo
"$folder/check" "$ready"
