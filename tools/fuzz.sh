#!/usr/bin/env bash
# Fuzzes the readers of files, with clang's libFuzzer and the sanitizers.
#
#   tools/fuzz.sh [SECONDS [READER...]]   for so long each; 120, all of them
#   tools/fuzz.sh keep [READER...]        of what was found so far, what adds to
#                                         coverage into tests/fuzz/corpus
#
# A crash, more than 30 seconds for a file, or more memory than 64 times the file
# and 64 MiB fails; the file is then in build-fuzz/found. build-fuzz/corpus grows
# from run to run.
set -u
cd "$(dirname "$0")/.." || exit 1

die() {
  echo "fuzz.sh: $*" >&2
  exit 2
}

build='build-fuzz'
seconds=120
case ${1-} in
'') ;;
keep) seconds='' ;;
*[!0-9]*) sed -n '2,/^$/s/^#\( \|$\)//p' "$0" && exit 2 ;;
*) seconds=$1 ;;
esac
[ $# -eq 0 ] || shift
readers=$*
[ -n "$readers" ] ||
  readers=$(find tests/fuzz -name 'fuzz_*.c' | sed 's/.*fuzz_\(.*\)\.c/\1/' | sort)
for reader in $readers; do
  [ -f "tests/fuzz/fuzz_$reader.c" ] || die "there is no reader '$reader'"
done

make_targets() {
  local targets
  # shellcheck disable=SC2086 # one word a reader
  targets=$(printf 'tests/fuzz/fuzz_%s ' $readers)
  mkdir -p $build || return
  [ -f $build/Makefile ] || (cd $build && ../configure --quiet \
    --enable-fuzzing --enable-sanitizers CC=clang CFLAGS=-O1) || return
  # shellcheck disable=SC2086
  make -s -C $build -j"$(nproc)" $targets
}

# The examples are inputs to begin with.
seed() { # seed READER
  local dir=$build/corpus/$1 from
  mkdir -p "$dir"
  case $1 in
  text) from=$(git ls-files 'examples/*.tc') ;;
  onnx) from=$(git ls-files 'examples/*.onnx' 'examples/*_0.pb') ;;
  model) from=$(git ls-files 'examples/*.onnx') ;;
  config) from=$(git ls-files 'examples/configs/*.json') ;;
  csv) from=$(git ls-files 'examples/xor/*.csv' 'examples/iris/*.csv') ;;
  *) from= ;;
  esac
  for f in $from; do
    cp "$f" "$dir/example-$(tr / - <<<"$f")"
  done
}

target() { # target READER ARGUMENT...
  local reader=$1
  shift
  "$build/tests/fuzz/fuzz_$reader" -timeout=30 -rss_limit_mb=2048 \
    -artifact_prefix="$build/found/$reader-" "$@"
}

fuzz() { # fuzz READER
  local log=$build/found/$1.log
  seed "$1"
  if target "$1" -max_total_time="$seconds" -print_final_stats=1 \
    "$build/corpus/$1" "tests/fuzz/corpus/$1" >"$log" 2>&1; then
    awk -v reader="$1" -v seconds="$seconds" \
      '/number_of_executed_units/ { print reader ": " $2 " files in " seconds " s" }' \
      "$log"
  else
    grep -aE 'ERROR|SUMMARY|bytes are in use|^tc0|written to' "$log" |
      sed "s/^/$1: /"
    echo "$1: to repeat, $build/tests/fuzz/fuzz_$1 FILE; all is in $log"
    return 1
  fi
}

# Fewest files that reach all that any file does.
keep() { # keep READER
  local kept=tests/fuzz/corpus/$1 new=$build/corpus/$1.kept
  seed "$1"
  rm -rf "$new" && mkdir -p "$new" "$kept" &&
    target "$1" -set_cover_merge=1 -use_counters=0 -max_len=1024 "$new" "$build/corpus/$1" "$kept" \
      >"$build/found/$1.log" 2>&1 &&
    rm -rf "$kept" && cp -r "$new" "$kept" &&
    echo "$1: $(find "$kept" -type f | wc -l) files," \
      "$(cat "$kept"/* | wc -c) bytes"
}

make_targets || die "the targets do not build"
mkdir -p $build/found
failed=0
if [ -z "$seconds" ]; then
  for reader in $readers; do
    keep "$reader" || failed=1
  done
  exit $failed
fi
for reader in $readers; do
  [ "$(jobs -r | wc -l)" -lt "$(nproc)" ] || wait -n || failed=1
  fuzz "$reader" &
done
while [ -n "$(jobs)" ]; do
  wait -n || failed=1
done
exit $failed
