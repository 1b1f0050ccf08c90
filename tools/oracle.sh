#!/usr/bin/env bash
# Compares tc0 with ONNX Runtime, bit for bit, on integer models: those that are
# shipped, or those named. Not a test of the build: it takes onnxruntime-node
# from npm, 290 MB, into ~/.cache/tc0-oracle.
#
#   tools/oracle.sh [--rows N] [--seed N] [MODEL...]
#
# TC0 says which program, if not build/tc0. A difference, or a model that one of
# both does not run, ends with status 1.
set -u
here=$PWD
cd "$(dirname "$0")/.." || exit 2

version=1.30.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tc0-oracle
rows=1000
seed=1

die() {
  echo "oracle.sh: $*" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
  --rows) rows=${2:-} && shift 2 ;;
  --seed) seed=${2:-} && shift 2 ;;
  -*) sed -n '2,/^set/s/^#\( \|$\)//p' "$0" && exit 2 ;;
  *) break ;;
  esac || die "$1 needs a number"
done
case $rows$seed in
*[!0-9]*) die "--rows and --seed are numbers" ;;
esac

export TC0=${TC0:-$PWD/build/tc0}
[ -x "$TC0" ] || die "$TC0 is missing: ./quickstart makes it"
export ONNXRUNTIME=$cache/node_modules/onnxruntime-node
grep -qs "\"version\": \"$version\"" "$ONNXRUNTIME/package.json" || {
  command -v npm >/dev/null || die "npm is missing"
  # its own script would fetch what is for GPUs
  mkdir -p "$cache" && (cd "$cache" && ONNXRUNTIME_NODE_INSTALL=skip \
    npm install --silent --no-audit --no-fund "onnxruntime-node@$version")
} || die "onnxruntime-node $version cannot be installed"

models=("$@")
[ $# -gt 0 ] || {
  here=$PWD
  mapfile -t models < <(git ls-files '*.onnx')
}
differ=0
not_run=0
oracle=$PWD/tools/oracle.js
for model in "${models[@]}"; do # a process each: it may crash
  (cd "$here" && node "$oracle" "$model" "$rows" "$seed")
  case $? in
  0) ;;
  1) differ=$((differ + 1)) ;;
  *) not_run=$((not_run + 1)) ;;
  esac
done
echo "${#models[@]} models, $differ with differences, $not_run that did not run"
[ $((differ + not_run)) -eq 0 ]
