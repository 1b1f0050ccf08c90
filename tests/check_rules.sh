#!/bin/sh
# Dependencies point one way: tools -> analysis -> tasks -> compile -> circuit.
# And a foreign library whose types would spread has one file that knows it, or
# one for each of its jobs.
set -eu
cd "${srcdir:-.}"
failed=0

complain() { # complain WHAT LINES
  [ -z "$2" ] || {
    printf '%s:\n%s\n' "$1" "$2"
    failed=1
  }
}

# What a folder includes of ours.
may_include() { # may_include FOLDER FOLDERS
  complain "$1 may include only $2" "$(
    grep -rnE --include='*.[ch]' '^ *# *include *"' "$1" |
      grep -vE "\"(config\.h|($2)/[^\"]*)\"" || true
  )"
}

may_include circuit 'circuit'
may_include compile 'circuit|compile'
may_include tasks 'circuit|compile|tasks'
may_include analysis 'circuit|compile|tasks|analysis'
may_include tools 'circuit|compile|tasks|analysis|tools'

only_in() { # only_in FILES HEADERS
  complain "only $1 may include $2" "$(
    grep -rnE --include='*.[ch]' "^ *# *include *[<\"]([^>\"]*/)?($2)[>\"]" \
      circuit compile tasks analysis tools | grep -vE "^($1):" || true
  )"
}

only_in 'circuit/dot\.c' 'cgraph\.h|gvc\.h'
# It writes, and it reads.
only_in 'tools/document\.c|compile/front/json\.c' 'jansson\.h'
only_in 'compile/front/onnx(\.c|_read.*)' 'protobuf-c\.h|[a-z]*\.pb-c\.h'

# The task that CONTRIBUTING.md shows is one that there is.
shown=$(sed -n '/^    #include "tasks/,/^    };$/p' CONTRIBUTING.md | sed 's/^    //')
[ "$shown" = "$(cat tasks/majority.c)" ] ||
  complain 'CONTRIBUTING.md shows another task than' 'tasks/majority.c'

exit "$failed"
