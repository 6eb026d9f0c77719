# Starts harbor-sim for a script that sources this: `ready` is then its line, and it ends with the script. A second call
# starts a second one.
target="${CARGO_TARGET_DIR:-$PWD/target}"

start_simulator() {
    cargo build --quiet --locked --package harbor-testkit --bin harbor-sim
    exec {output}< <(exec "$target/debug/harbor-sim" "$@")
    simulators+=("$!")
    trap 'kill "${simulators[@]}"' EXIT
    read -r ready <&"$output"
}

skip() {
    echo "skipped: $*"
    exit 0
}
