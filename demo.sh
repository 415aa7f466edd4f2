#!/bin/sh
# Installs what is missing, builds the release, and shows the failure that this lab was made for and the first matrix.
set -eu
cd "$(dirname "$0")"

.ci/install build
echo "Building build/release/viaport, which takes about two minutes"
cmake --preset release >/dev/null
cmake --build --preset release --parallel "$(nproc)" --target viaport >/dev/null
echo

build/release/viaport demo

cat <<'END'

Here viaport is build/release/viaport. ./test.sh runs every test.
END
