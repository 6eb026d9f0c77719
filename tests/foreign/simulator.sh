# Starts harbor-sim for a script that sources this: `ready` is then its line, and it ends with the script.
cargo build --quiet --locked --package harbor-testkit --bin harbor-sim
simulator="${CARGO_TARGET_DIR:-target}/debug/harbor-sim"

start_simulator() {
    exec {output}< <(exec "$simulator" "$@")
    trap "kill $!" EXIT
    read -r ready <&"$output"
}

skip() {
    echo "skipped: $*"
    exit 0
}
