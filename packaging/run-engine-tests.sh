#!/usr/bin/env bash
# Runs the engines' tests on a CrateDB cluster that is there for that: every table and view of it is dropped.
#
#   run-engine-tests --cratedb URL [CLASS]    CLASS, for example '*CrateDbExpiry'; without it everything of CrateDB
#
# VARVE_TEST_CRATEDB_REPOSITORY may name a folder below path.repo of every node. VARVE_TEST_CRATEDB_NODES may say how its nodes
# are killed and started, for tests in which they are: 'n1=docker {} crate-n1; n2=…; n3=…'; {} stands for kill and for start,
# and the URL names the host of each. The last line adds up what the report says.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 1

run() {
  local report code passed failed errors skipped
  if [ "${1:-}" != --cratedb ] || [ -z "${2:-}" ]; then
    echo "usage: run-engine-tests --cratedb URL [CLASS]" >&2
    return 2
  fi
  [ -n "${VARVE_TEST_CRATEDB_NODES:-}" ] ||
    echo "run-engine-tests: VARVE_TEST_CRATEDB_NODES names no nodes: none is killed, and the tests of it are skipped" >&2
  report=$(mktemp)
  VARVE_TEST_CRATEDB=$2 "$here/tests/Varve.Engines.Tests" -noLogo -noColor -noAutoReporters -reporter quiet \
    -class "${3:-Varve.Engines.Tests.CrateDb*}" -result-xml "$report" </dev/null
  code=$?
  passed=$(count passed "$report") && failed=$(count failed "$report") && errors=$(count errors "$report") && skipped=$(count skipped "$report") || {
    echo "run-engine-tests: there is no report: the tests ended with exit code $code" >&2
    return 1
  }
  rm -f "$report"
  failed=$((failed + errors))
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$code" -eq 0 ] && [ "$failed" -eq 0 ] && [ $((passed + failed)) -gt 0 ]
}

