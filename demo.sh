#!/bin/sh
# Installs what is missing, builds the release and shows the failure that this lab was made for.
set -eu
cd "$(dirname "$0")"

.ci/install build
echo "Building build/release/viaport"
cmake --preset release >/dev/null
cmake --build --preset release --parallel "$(nproc)" --target viaport >/dev/null
echo

build/release/viaport demo

cat <<END

Try next:
  build/release/viaport run scenarios/register/seed-test-1.yaml    the failure, datagram by datagram
  build/release/viaport run scenarios/register/matrix.yaml         which phone works behind which router
  build/release/viaport explain reply-to-via-port                  what happened, and what cures it
  ./test.sh                                                        every test, in two builds
END
