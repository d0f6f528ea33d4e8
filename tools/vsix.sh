#!/usr/bin/env bash
# Builds the VS Code extension of one platform, with the server in it: build/paramlens-PLATFORM.vsix.
#   tools/vsix.sh PYTHON [PLATFORM]      PYTHON has pip; this machine's platform unless another one is named
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=$1
platform=${2:-$("$python" -c 'import sys; sys.path.insert(0, "tools"); from bundle_server import this_platform; print(this_platform())')}
client=vscode-client

stamp=$client/node_modules/.package-lock.json
[ -e "$stamp" ] && [ ! "$client/package-lock.json" -nt "$stamp" ] || npm --prefix "$client" ci
bytecode=(--bytecode "$python")
for version in 3.10 3.11 3.12 3.13 3.14; do bytecode+=(--bytecode "python$version"); done # those that are there
"$python" tools/bundle_server.py --target "$platform" --into "$client/bundle" "${bytecode[@]}"
mkdir -p build "$client/build"
# VS Code shows no pictures of the extension's own folder on its page: the walkthrough has them.
grep -v '^!\[' "$client/README.md" | cat -s > "$client/build/README.md"
vsix=$PWD/build/paramlens-$platform.vsix
npm --silent --prefix "$client" run package -- --target "$platform" --readme-path build/README.md --out "$vsix"
echo "$vsix: $(($(wc -c < "$vsix") / 1024)) KiB"
