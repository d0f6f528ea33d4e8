#!/usr/bin/env bash
# Installs Emacs 30 or later without its windows from the packages of Debian or Ubuntu: where the release has an older one,
# from its backports, whose list of packages is read for this alone.
set -euo pipefail
as_root=
[ "$(id -u)" = 0 ] || as_root="sudo -n"
apt=(apt-get -qq -o Dpkg::Use-Pty=0 -o APT::Get::List-Cleanup=0)
candidate() { apt-cache policy emacs-nox | sed -n 's/^ *Candidate: \([0-9]*:\)\?\([0-9]*\).*/\2/p'; }

$as_root "${apt[@]}" update
found=$(candidate)
if [ "${found:-0}" -lt 30 ]; then
  . /etc/os-release
  lists=$(mktemp -d)
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  for suite in "$VERSION_CODENAME" "$VERSION_CODENAME-backports"; do
    echo "deb [signed-by=$keys] http://deb.debian.org/debian $suite main"
  done > "$lists/sources.list"
  apt+=(-o "Dir::Etc::sourcelist=$lists/sources.list" -o Dir::Etc::sourceparts=- -t "$VERSION_CODENAME-backports")
  $as_root "${apt[@]}" update
fi
$as_root env DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends emacs-nox
