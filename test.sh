#!/usr/bin/env bash
# Restores, builds and runs every test project. The last line adds up what their reports say.
#
#   ./test.sh                             everything
#   ./test.sh -class 'Varve.Tests.Time.*' arguments go to every test project (its -help lists them)
#   ./test.sh --no-build                  what was built before
#   ./test.sh --publish DIR               the engines' tests and the command line for a machine without the SDK (linux-x64):
#                                         DIR/run-engine-tests --cratedb URL [CLASS] runs them on a cluster, DIR/cli/varve is the program
#
# CONFIGURATION (Release) and VARVE_TEST_MINUTES (60, for each project) may be set. A PostgreSQL server is started for the
# tests and stopped after them; VARVE_TEST_POSTGRESQL=postgresql://user@host/db names one that is there instead.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

configuration=${CONFIGURATION:-Release}
minutes=${VARVE_TEST_MINUTES:-60}
reports=artifacts/test
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export TESTINGPLATFORM_TELEMETRY_OPTOUT=1
# What runs for some minutes, or for a second, gains nothing from code that watches itself or from pages mapped twice: a
# quarter of the processor time of the tests went there.
export DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0
export HOME=${HOME:-$PWD/artifacts/home}

fail() {
  echo "test.sh: $*" >&2
  exit 1
}

# What the tests need of the machine: one function each.

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 1
  fi
}

install_package() {
  command -v apt-get >/dev/null || return 1
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null 2>&1 && return 0
  as_root apt-get update -qq >/dev/null 2>&1 || return 1
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null 2>&1
}

has_sdk() {
  command -v dotnet >/dev/null && dotnet --list-sdks | grep -q '^10\.'
}

need_sdk() {
  has_sdk && return 0
  install_package dotnet-sdk-10.0 && has_sdk && return 0
  fail "the .NET 10 SDK is missing and could not be installed; see https://dotnet.microsoft.com/download"
}

# What tests write stays in memory where there is much of it: they prove what a kill leaves behind, not what a loss of power does.
memory_folder=

want_memory() {
  local shm=/dev/shm free
  [ -z "${TMPDIR:-}" ] && [ -d $shm ] && [ -w $shm ] && ! grep -q "^[^ ]* $shm .*noexec" /proc/mounts || return 0
  free=$({ df --output=avail -k $shm; awk '/^MemAvailable/ { print $2 }' /proc/meminfo; } 2>/dev/null | sed 1d | sort -n | head -n 1)
  [ "${free:-0}" -ge 12000000 ] || return 0
  memory_folder=$(mktemp -d $shm/varve-tests-XXXXXX) || return 0
  chmod 711 "$memory_folder"
  export TMPDIR=$memory_folder
}

# A PostgreSQL of our own on a free port of the loopback, without fsync: what it holds is gone with the tests.
postgres_folder=
postgres_bin=

postgres_programs() {
  local found
  found=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
  [ -n "$found" ] || found=$(command -v initdb) || return 1
  dirname "$found"
}

as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

free_port() {
  local port
  for port in $(shuf -i 20000-32000 -n 50); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return 0; }
  done
  return 1
}

stop_postgres() {
  [ -n "$postgres_folder" ] || return 0
  as_postgres "$postgres_bin/pg_ctl" -D "$postgres_folder/data" -m immediate -w stop >/dev/null 2>&1
  rm -rf "$postgres_folder"
}

clean_up() {
  stop_postgres
  [ -z "$memory_folder" ] || rm -rf "$memory_folder"
}
trap clean_up EXIT

need_postgres() {
  local programs port settings
  [ -z "${VARVE_TEST_POSTGRESQL:-}" ] || return 0
  programs=$(postgres_programs) || { install_package postgresql; programs=$(postgres_programs); } || {
    [ -z "${CI:-}" ] || fail "PostgreSQL is missing and could not be installed; VARVE_TEST_POSTGRESQL can name a server"
    echo "test.sh: PostgreSQL is missing and could not be installed: its tests are skipped" >&2
    return 0
  }
  postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/varve-postgres-XXXXXX")
  postgres_bin=$programs
  [ "$(id -u)" -ne 0 ] || chown postgres "$postgres_folder"
  port=$(free_port) || fail "no port is free for PostgreSQL"
  settings="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$postgres_folder -c fsync=off -c synchronous_commit=off"
  settings="$settings -c full_page_writes=off -c autovacuum=off -c max_connections=200 -c max_prepared_transactions=10 -c wal_level=logical -c log_min_messages=fatal"
  as_postgres "$programs/initdb" -D "$postgres_folder/data" -U varve --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null &&
    as_postgres "$programs/pg_ctl" -D "$postgres_folder/data" -l "$postgres_folder/log" -o "$settings" -w -t 60 start >/dev/null ||
    { cat "$postgres_folder/log" >&2; fail "PostgreSQL did not start"; }
  export VARVE_TEST_POSTGRESQL=postgresql://varve@127.0.0.1:$port/postgres
}

# CrateDB's grammar, by which its statements are checked. Without it that one test says that it was skipped.
want_grammar() {
  command -v npm >/dev/null && [ ! -d artifacts/sqlparse/node_modules/@cratedb/cratedb-sqlparse ] || return 0
  npm install --silent --no-audit --no-fund --prefix artifacts/sqlparse @cratedb/cratedb-sqlparse@0.0.17 >/dev/null 2>&1 ||
    echo "test.sh: CrateDB's grammar could not be installed: the test of it is skipped" >&2
}

# What packages are looked at with. A test whose program is missing says that it was skipped.
want_packagers() {
  local program
  for program in lintian rpmbuild rpmlint mandoc shellcheck go; do
    command -v "$program" >/dev/null || {
      install_package --no-install-recommends lintian rpm rpmlint cpio mandoc shellcheck golang-go \
        golang-github-masterminds-sprig-dev golang-k8s-sigs-yaml-dev golang-github-hashicorp-hcl-v2-dev ||
        echo "test.sh: $program is missing, and could not be installed: tests of packages are skipped" >&2
      return 0
    }
  done
}

# Pages are tried in a browser. Where there is none, and none can be had, these tests say so; with CI set they fail.
want_browser() {
  command -v chromium >/dev/null || install_package chromium || echo "test.sh: there is no chromium, and it could not be installed" >&2
}

build() {
  dotnet restore Varve.slnx --verbosity quiet </dev/null || fail "the restore failed"
  dotnet build Varve.slnx --configuration "$configuration" --no-restore --verbosity quiet </dev/null || fail "the build failed"
}

# Much of the time of the tests are starts of programs, of which the compiler of the runtime takes the half. A run of one
# class is not worth it.
compile_ahead() {
  local said
  if said=$(tests/Ahead/make.sh "$configuration"); then
    VARVE_TEST_AHEAD=$(tail -n 1 <<<"$said")
    export VARVE_TEST_AHEAD
  else
    echo "test.sh: nothing is compiled ahead of the tests, which takes them some minutes more: $(tail -n 1 <<<"$said")" >&2
  fi
}

# What runs on a machine that has a CrateDB and nothing of this one: no SDK, no folder, no lock file is changed here.
publish() {
  local folder=$1 made=artifacts/publish one
  [ -n "$folder" ] || fail "--publish takes a folder"
  mkdir -p "$folder" || fail "$folder cannot be made"
  for one in tests/Varve.Engines.Tests=tests src/Varve.Cli=cli; do
    dotnet publish "${one%%=*}" --configuration "$configuration" --runtime linux-x64 --self-contained --artifacts-path "$made" \
      --output "$folder/${one##*=}" --verbosity quiet -p:PackagingFolder="$PWD/$made" \
      -p:ValidateExecutableReferencesMatchSelfContained=false </dev/null || fail "${one%%=*} was not published"
  done
  ln -sf Varve.Cli "$folder/cli/varve"
  { cat packaging/run-engine-tests.sh; declare -f count; echo 'run "$@"'; } >"$folder/run-engine-tests"
  chmod +x "$folder/run-engine-tests"
}

# One number of the report's only <assembly> element.
count() {
  local element
  element=$(grep -o -m 1 '<assembly [^>]*>' "$2") || return 1
  [[ $element =~ \ $1=\"([0-9]+)\" ]] || return 1
  echo "${BASH_REMATCH[1]}"
}

passed=0 failed=0 skipped=0 status=0

run_project() {
  local folder=$1 name report program threads code p f e s note=
  shift
  name=$(basename "$folder")
  report=$reports/$name.xml
  program=$(ls "$folder/bin/$configuration"/net*/"$name.dll" 2>/dev/null | tail -n 1)
  rm -f "$report"
  if [ -n "$program" ]; then
    # Of these many wait for a server, so that more threads than processors have something to do.
    threads=1x
    [ "$name" = Varve.Engines.Tests ] && threads=1.5x
    timeout --kill-after=10 "${minutes}m" dotnet exec "$program" \
      -noLogo -noColor -noAutoReporters -reporter quiet -maxThreads "$threads" -result-xml "$report" "$@" </dev/null
    code=$?
  else
    code=127
  fi

  if p=$(count passed "$report" 2>/dev/null) && f=$(count failed "$report") && e=$(count errors "$report") && s=$(count skipped "$report"); then
    f=$((f + e))
    if [ "$code" -ne 0 ] && [ "$f" -eq 0 ]; then f=1 note=" (ended with exit code $code)"; fi
    if [ "$#" -eq 0 ] && [ $((p + f + s)) -eq 0 ] && [ -n "$(find "$folder" -name '*.cs' -not -path '*/obj/*' -print -quit)" ]; then
      f=1 note=" (found no test)"
    fi
  else
    p=0 f=1 s=0
    case $code in
      124 | 137) note=" (no report: ended after $minutes minutes)" ;;
      127) note=" (was not built)" ;;
      *) note=" (no report: exit code $code)" ;;
    esac
  fi

  echo "$name: $p passed, $f failed, $s skipped$note"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  [ "$f" -eq 0 ] || status=1
}

# The classes of all reports that took the longest, in seconds of their own.
slowest() {
  grep -ho '<collection [^>]*>' "$reports"/*.xml 2>/dev/null |
    sed -n 's/.* name="Test collection for \([^" ]*\).* time="\([0-9.]*\)".*/\2 \1/p' |
    sort -rn | head -n 10 | awk '{ printf "  %7.1f s  %s\n", $1, $2 }'
}

# What is skipped without a cluster is said once.
say_clusters() {
  [ -n "${VARVE_TEST_CRATEDB:-}" ] || echo "test.sh: VARVE_TEST_CRATEDB names no cluster: the tests of a real CrateDB are skipped" >&2
  [ -n "${VARVE_TEST_CRATEDB_NODES:-}" ] || echo "test.sh: VARVE_TEST_CRATEDB_NODES names no nodes: tests that kill those of a real CrateDB are skipped" >&2
}

need_sdk
if [ "${1:-}" = --publish ]; then
  publish "${2:-}"
  exit
fi
want_browser
want_packagers
say_clusters
if [ "${1:-}" = --no-build ]; then shift; else build; fi
want_memory
need_postgres

mkdir -p "$reports"
want_grammar
unset VARVE_TEST_AHEAD
[ "$#" -gt 0 ] || compile_ahead
for project in tests/*/*.csproj; do
  grep -q 'Include="xunit.v3"' "$project" || continue # a host that tests start, not a test project
  run_project "$(dirname "$project")" "$@"
done

if [ "$#" -eq 0 ]; then
  echo "The slowest classes:"
  slowest
fi

if [ $((passed + failed)) -eq 0 ]; then
  echo "test.sh: no test was executed" >&2
  status=1
fi

line="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || line="$line, $skipped skipped"
echo "$line"
exit "$status"
