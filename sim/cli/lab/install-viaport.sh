#!/bin/sh
# Installs viaport on Debian 12 where it is not there yet, as root, from the first of these that is set:
#
#   VIAPORT_PACKAGE      where its Debian package can be fetched: https://...
#   VIAPORT_REPOSITORY   a git repository with its sources, which are built; that takes a minute or two
set -eu

command -v viaport >/dev/null && exit
install="apt-get install -qq -y --no-install-recommends"
folder=$(mktemp -d)

if [ -n "${VIAPORT_PACKAGE:-}" ]; then
	apt-get update -qq
	$install ca-certificates curl
	curl -fsSL -o "$folder/viaport.deb" "$VIAPORT_PACKAGE"
	$install "$folder/viaport.deb"
elif [ -n "${VIAPORT_REPOSITORY:-}" ]; then
	apt-get update -qq
	$install ca-certificates git
	git clone --quiet --depth 1 "$VIAPORT_REPOSITORY" "$folder/viaport"
	cd "$folder/viaport"
	.ci/install build
	cmake --preset release
	cmake --build --preset release --parallel "$(nproc)"
	cmake --install build/release
else
	echo "Where does viaport come from? Set VIAPORT_PACKAGE or VIAPORT_REPOSITORY; $0 tells more." >&2
	exit 1
fi
