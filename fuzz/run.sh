#!/bin/sh
# Runs each fuzz target for a bounded time: fuzz/run.sh [SECONDS] [TARGET ...]
#
# Default: 60 seconds each, all targets. A finding ends the run with an error; its input is left in fuzz/artifacts.
# What a run learns is kept in fuzz/corpus for the next one; neither is committed.
set -eu

cd "$(dirname "$0")"
seconds=${1:-60}
[ $# -gt 0 ] && shift

case $seconds in
    '' | *[!0-9]*)
        echo "usage: fuzz/run.sh [SECONDS] [TARGET ...]" >&2
        exit 2
        ;;
esac
if ! cargo fuzz --version >/dev/null 2>&1; then
    echo "cargo-fuzz is missing: cargo install cargo-fuzz --locked" >&2
    exit 2
fi
if ! rustc +nightly --version >/dev/null 2>&1; then
    echo "a nightly toolchain is missing: rustup toolchain install nightly" >&2
    exit 2
fi

[ $# -gt 0 ] || set -- $(cargo +nightly fuzz list)
for target in "$@"; do
    echo "== $target, $seconds s"
    mkdir -p "corpus/$target"
    dictionary=
    [ -f "dictionaries/$target.dict" ] && dictionary=-dict=dictionaries/$target.dict
    # No sanitizer: there is no unsafe code, and without one the targets run several times as often.
    cargo +nightly fuzz run --fuzz-dir . --sanitizer none --jobs 1 "$target" "corpus/$target" "seeds/$target" -- \
        -max_total_time="$seconds" -max_len=4096 -verbosity=0 -print_funcs=0 -print_final_stats=1 $dictionary
done
echo "== nothing found"
