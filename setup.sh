#!/bin/sh
# Makes this computer ready for Kortverk: checks Node, installs the Debian packages and npm packages that are missing,
# and builds. Says what it does, is quick when nothing is to do, and starts or enables no service of the computer.
# Exit codes: 0 ready, 1 something failed, 2 the computer lacks something that you must provide.
#
#   sh ./setup.sh                     all of it
#   sh ./setup.sh install-packages    only the Debian packages (as root)
set -eu
cd "$(dirname "$0")"

# redis-server: the queue. pcscd, vsmartcard-vpcd: card service and simulated cards. softhsm2: the key store.
# openssl: certificates. libusb-1.0-0: node-hid needs it. util-linux, systemd: flock, setpriv, unshare, systemd-socket-activate.
runtime_packages='redis-server pcscd libpcsclite1 vsmartcard-vpcd softhsm2 openssl libusb-1.0-0 libudev1 ca-certificates util-linux systemd'
# npm packages with native code are compiled against these.
build_packages='g++ make python3 libpcsclite-dev'
# Programs of others that the tests hold our work against.
test_packages='opensc yubico-piv-tool poppler-utils strongswan-pki libstrongswan-standard-plugins procps'
# Services that these packages would start and enable: they stay off unless they were on the computer before.
services_of() {
  case "$1" in
    redis-server) echo 'redis-server.service' ;;
    pcscd) echo 'pcscd.socket pcscd.service' ;;
  esac
}

say() { printf 'setup: %s\n' "$*"; }
complain() { printf 'setup: %s\n' "$*" >&2; }

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null | cut -c1-2)" = 'ii' ]; }

missing_packages() {
  for package in $runtime_packages $build_packages $test_packages; do
    is_installed "$package" || printf '%s ' "$package"
  done
}

# --- Debian packages -------------------------------------------------------------------------------------------------

policy=/usr/sbin/policy-rc.d
saved_policy=/usr/sbin/policy-rc.d.before-kortverk
policy_mark='# Kortverk: no service starts during this installation.'

restore_policy() {
  if [ -e "$saved_policy" ]; then
    mv -f "$saved_policy" "$policy"
  elif [ -e "$policy" ] && grep -qF "$policy_mark" "$policy"; then
    rm -f "$policy"
  fi
}

forbid_service_starts() {
  restore_policy # an installation that was killed may have left ours behind
  if [ -e "$policy" ]; then mv "$policy" "$saved_policy"; fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$policy"
  chmod 755 "$policy"
}

# The packages enable their services for the next start of the computer, which nobody asked for.
keep_services_off() {
  command -v systemctl >/dev/null || return 0
  for package in "$@"; do
    for unit in $(services_of "$package"); do
      systemctl disable --quiet "$unit" 2>/dev/null || complain "the service $unit could not be disabled; look at it with: systemctl status $unit"
    done
  done
}

apt_get() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null; }

# Runs as root. Answers 1 when a package could not be installed.
install_packages() {
  packages=$(missing_packages)
  [ -n "$packages" ] || return 0
  say "installing Debian packages: $packages"
  trap restore_policy EXIT
  trap 'exit 1' HUP INT TERM
  forbid_service_starts
  log=$(mktemp)
  apt_get update >"$log" 2>&1 || complain 'the package lists could not be brought up to date; trying with the old ones'
  # shellcheck disable=SC2086
  if apt_get install --yes --no-install-recommends $packages >>"$log" 2>&1; then done_well=0; else done_well=1; fi
  restore_policy
  # shellcheck disable=SC2086
  keep_services_off $packages
  [ "$done_well" -eq 0 ] || { tail -n 25 "$log" >&2; complain 'apt-get failed, see above'; }
  rm -f "$log"
  return "$done_well"
}

ensure_packages() {
  if ! command -v dpkg-query >/dev/null; then
    complain "this is no Debian: nothing is installed; 'kortverk doctor' tells what is missing"
    return 0
  fi
  packages=$(missing_packages)
  [ -n "$packages" ] || return 0
  if [ "$(id -u)" -eq 0 ]; then
    sh ./setup.sh install-packages || exit 2
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n sh ./setup.sh install-packages || exit 2
  else
    complain "these Debian packages are missing: $packages"
    complain 'type this line, and then the same command again:'
    if command -v sudo >/dev/null; then complain "  sudo sh $(pwd)/setup.sh install-packages"; else complain "  su -c 'sh $(pwd)/setup.sh install-packages'"; fi
    exit 2
  fi
}

# --- Node and npm packages -------------------------------------------------------------------------------------------

check_node() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    complain 'Node.js 20.19 or newer with npm is needed and was not found; get it from https://nodejs.org (Linux, LTS)'
    exit 2
  fi
  if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    complain "Node.js 20.19 or newer is needed, this is $(node --version); get it from https://nodejs.org (Linux, LTS)"
    exit 2
  fi
}

# The lockfile, and the Node that native modules were built for.
npm_stamp() {
  printf '%s %s\n' "$(sha256sum <package-lock.json | cut -d' ' -f1)" "$(node -p 'process.versions.modules + process.platform + process.arch')"
}

# Whether node_modules, as npm itself recorded it, is what the lockfile says.
tree_matches_lockfile() {
  [ -f node_modules/.package-lock.json ] || return 1
  node - <<'SCRIPT'
const { readFileSync } = require('node:fs');
const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
const wanted = read('package-lock.json');
const present = read('node_modules/.package-lock.json');
const differs = Object.entries(wanted).some(([path, entry]) => path !== '' && !(path in present && present[path].version === entry.version) && !entry.optional);
const extra = Object.keys(present).some((path) => !(path in wanted));
process.exit(differs || extra ? 1 : 0);
SCRIPT
}

# Not after Node itself was exchanged for another one.
native_modules_load() {
  node -e 'for (const name of ["better-sqlite3", "pcsclite", "pkcs11js", "sharp"]) require(`${process.cwd()}/node_modules/${name}`)' >/dev/null 2>&1
}

ensure_npm_packages() {
  stamp=$(npm_stamp)
  [ "$(cat node_modules/.kortverk-stamp 2>/dev/null)" != "$stamp" ] || return 0
  if ! tree_matches_lockfile || ! native_modules_load; then
    say 'installing npm packages from package-lock.json (native modules are compiled; a few minutes on a slow computer)'
    prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
    # With the headers beside Node nothing has to be downloaded for compiling.
    if [ -f "$prefix/include/node/node_version.h" ]; then npm_config_nodedir=$prefix; export npm_config_nodedir; fi
    # Not `npm ci`: it wants the binaries of every platform in the lockfile, and ours lists those of Linux.
    JOBS=max npm install --no-save --include=dev --no-audit --no-fund --loglevel=error </dev/null || { complain 'npm install failed, see above'; exit 1; }
    native_modules_load || JOBS=max npm rebuild --loglevel=error </dev/null || { complain 'npm rebuild failed, see above'; exit 1; }
    tree_matches_lockfile || { complain 'node_modules is not what package-lock.json says'; exit 1; }
  fi
  printf '%s\n' "$stamp" >node_modules/.kortverk-stamp
}

# --- Build -----------------------------------------------------------------------------------------------------------

source_stamp() {
  find daemon drivers templates queue simulator test tsconfig.json package-lock.json -type f \( -name '*.ts' -o -name '*.tsx' -o -name '*.json' \) \
    -exec sha256sum {} + | LC_ALL=C sort | sha256sum
}

ensure_build() {
  stamp=$(source_stamp)
  [ "$(cat dist/.stamp 2>/dev/null)" != "$stamp" ] || return 0
  say 'building'
  mkdir -p dist
  if ! node node_modules/typescript/bin/tsc -p tsconfig.json --listEmittedFiles >dist/.emitted-new; then
    grep -v '^TSFILE: ' dist/.emitted-new >&2 || true
    complain 'the sources do not compile, see above'
    exit 1
  fi
  # What an earlier build made and this one did not belongs to a source that is gone.
  sed -n 's/^TSFILE: *//p' dist/.emitted-new | LC_ALL=C sort >dist/.emitted-sorted
  if [ -f dist/.emitted ]; then
    LC_ALL=C comm -23 dist/.emitted dist/.emitted-sorted | while IFS= read -r old; do rm -f "$old"; done
  fi
  mv dist/.emitted-sorted dist/.emitted
  rm -f dist/.emitted-new
  chmod +x dist/daemon/cli/kortverk.js
  printf '%s\n' "$stamp" >dist/.stamp
}

# ---------------------------------------------------------------------------------------------------------------------

if [ "${1:-}" = 'install-packages' ]; then
  [ "$(id -u)" -eq 0 ] || { complain 'install-packages must run as root'; exit 2; }
  install_packages || exit 2
  exit 0
fi

check_node
# Two set-ups of one folder must not get into each other's way: the second waits, and then finds everything done.
exec 9<setup.sh
if command -v flock >/dev/null; then flock 9; fi
ensure_packages
ensure_npm_packages
ensure_build
