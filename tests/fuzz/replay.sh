#!/bin/sh
# Each reader's fuzz target on the files that are kept for it.
set -eu
for target in tests/fuzz/fuzz_*; do
  reader=${target#tests/fuzz/fuzz_}
  case $reader in
  *.*) continue ;; # an object
  esac
  echo "$target ${srcdir:-.}/tests/fuzz/corpus/$reader/*"
  "$target" "${srcdir:-.}/tests/fuzz/corpus/$reader"/*
done
