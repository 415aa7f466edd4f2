#!/bin/sh
# Installs what is missing, builds twice (plain, and with AddressSanitizer and UndefinedBehaviorSanitizer), and runs
# every test in both builds. The last line is the sum; a build that fails counts as one failed test.
set -eu
cd "$(dirname "$0")"

.ci/install build test
jobs=$(nproc)
passed=0
failed=0

build() {
	cmake --preset "$1" -DVIAPORT_WERROR=ON >/dev/null && cmake --build --preset "$1" --parallel "$jobs" >/dev/null
}

# The number behind attribute $2 of the test suite in the JUnit file $1.
count() {
	sed -n "s/^[[:space:]]*$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1
}

run() {
	junit=$PWD/build/$1/junit.xml
	rm -f "$junit"
	ctest --preset "$1" --parallel "$jobs" --no-tests=error --output-junit "$junit" || true
	[ -f "$junit" ] || return 1
	tests=$(count "$junit" tests)
	bad=$(($(count "$junit" failures) + $(count "$junit" disabled) + $(count "$junit" skipped)))
	passed=$((passed + tests - bad))
	failed=$((failed + bad))
}

for preset in release asan; do
	echo "$preset: building"
	if build "$preset"; then
		run "$preset" || failed=$((failed + 1))
	else
		echo "$preset: the build failed"
		failed=$((failed + 1))
	fi
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
