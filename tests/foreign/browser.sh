#!/usr/bin/env bash
# Opens the pages that harbor-ext writes in a headless Chromium: they must load nothing, run nothing of a registry's, and
# sort and search without a delay. With `--screenshots FOLDER`, renews the images of the guide.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${CARGO_TARGET_DIR:-$PWD/target}"

skip() {
    echo "not checked: $*"
    exit 0
}

command -v node >/dev/null && command -v npm >/dev/null || skip "there is no node with npm to drive a browser"
if ! command -v chromium >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium; } >/dev/null 2>&1 || true
fi
chromium="$(command -v chromium)" || skip "there is no chromium"

# The driver alone; it is told never to get a browser of its own.
release=1.56.1
folder="$target/foreign/browser"
mkdir -p "$folder"
if [ ! -d "$folder/node_modules/playwright-core" ]; then
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --silent --no-audit --no-fund --ignore-scripts \
        --prefix "$folder" "playwright-core@$release" || skip "playwright-core $release cannot be had from npm"
fi

# The tests leave the pages that are opened here.
cargo test --quiet --locked --package harbor-ext --features cli --test html >/dev/null

export NODE_PATH="$folder/node_modules"
node tests/foreign/browser/check.cjs "$chromium" "$target/tmp/html" "$folder" "$@"
