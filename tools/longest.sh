#!/bin/sh
# The longest functions of the project: lines, name, place. As an argument, how
# many; 10 by default. Needs universal-ctags.
set -eu
cd "$(dirname "$0")/.."
find circuit compile tasks analysis tools tests -name '*.[ch]' -print |
  ctags -L - -x --languages=C --kinds-C=f --_xformat='%{end} %n %N %F:%n' |
  awk '{ print $1 - $2 + 1, $3, $4 }' | sort -k1,1nr -k3 | head -n "${1-10}"
