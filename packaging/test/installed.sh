# Runs inside the system of systemd.sh, with two versions of the package in /mnt: installs, configures, starts, breaks,
# upgrades and purges it. Each line that begins with "ok" is something that was seen.
set -uo pipefail
cd /
export DEBIAN_FRONTEND=noninteractive

fail() {
  echo "FAILED: $*"
  journalctl --no-pager --unit varve.service --unit varve-run.service | tail -n 30
  exit 1
}

ok() { echo "ok: $*"; }

# The lines that the program itself wrote since it was last started by hand.
said() { journalctl --no-pager --output cat _SYSTEMD_UNIT="$1" --since "@$since"; }

mark() {
  sleep 1.1
  since=$(date +%s)
}

until_ready() {
  for _ in $(seq 150); do
    [ "$(curl --silent http://127.0.0.1:8642/health/ready)" != ready ] || return 0
    systemctl is-active --quiet varve || return 1
    sleep 0.2
  done
  return 1
}

# What keeps it from starting is said in one line, `systemctl status` shows it, and it is not started again.
fails_once() {
  local what=$1 pattern=$2 code=$3 lines
  systemctl reset-failed varve 2>/dev/null
  mark
  systemctl start varve
  for _ in $(seq 100); do systemctl is-failed --quiet varve && break; sleep 0.1; done
  sleep 6 # longer than RestartSec
  [ "$(systemctl show -p ActiveState --value varve)" = failed ] || fail "$what: it is $(systemctl is-active varve)"
  [ "$(systemctl show -p ExecMainStatus --value varve)" = "$code" ] || fail "$what: exit code $(systemctl show -p ExecMainStatus --value varve), not $code"
  [ "$(systemctl show -p NRestarts --value varve)" = 0 ] || fail "$what: it was started again"
  lines=$(said varve.service)
  [ "$(grep -c . <<<"$lines")" = 1 ] || fail "$what: not one line: $lines"
  grep -qE "$pattern" <<<"$lines" || fail "$what: says $lines"
  # It ends with 3 for a unit that failed, so its answer is taken first.
  lines=$(systemctl status --no-pager --full varve) || [ $? -eq 3 ] || fail "$what: systemctl status does not answer"
  grep -qE "$pattern" <<<"$lines" || fail "$what: systemctl status does not show it: $lines"
  ok "$what: $(said varve.service | cut -c 1-150)"
}

old=$(ls /mnt/varve_*.deb | sort -V | head -n 1) new=$(ls /mnt/varve_*.deb | sort -V | tail -n 1)

out=$(dpkg --install "$old" 2>&1) || fail "dpkg --install: $out"
grep -q 'off until it is configured' <<<"$out" || fail "it does not say what to do: $out"
[ "$(systemctl is-enabled varve varve.timer | sort -u)" = disabled ] || fail "a unit is enabled"
[ "$(systemctl is-active varve)" = inactive ] || fail "it runs already"
ok "installed, off, and it says what to do"

varve --version | grep -qE '^varve [0-9]' || fail "varve --version"
[ "$(stat -c '%U:%G %a' /etc/varve/environment /var/lib/varve | paste -sd' ')" = 'root:varve 640 varve:varve 750' ] || fail "rights: $(stat -c '%n %U:%G %a' /etc/varve/environment /var/lib/varve)"
(. /usr/share/bash-completion/completions/varve && COMP_LINE='varve st' COMP_POINT=8 COMP_WORDS=(varve st) COMP_CWORD=1 && _varve && [ "${COMPREPLY[0]}" = status ]) || fail "completion"
zcat /usr/share/man/man1/varve-run.1.gz | grep -q '^.SH OPTIONS' || fail "manual"
ok "program, rights, completion and manual pages are there"

mark
systemctl start varve || fail "it does not start as it was installed"
until_ready || fail "it does not become ready as it was installed"
systemctl stop varve
[ "$(systemctl show -p Result --value varve)" = success ] || fail "stopped with $(systemctl show -p Result --value varve)"
ok "it starts with no database, and ends when asked"

printf 'connections:\n  metrics: { url: "duckdb:/var/lib/varve/metrics.duckdb" }\n' >>/etc/varve/serve.yaml
cat >/tmp/cpu.yaml <<'P'
policy: cpu
table: cpu
time: ts
series: [host]
measures: { usage: [avg] }
tiers: [{ every: 1h }]
schedule: { every: 1h }
P
as_varve() { setpriv --reuid varve --regid varve --init-groups env HOME=/var/lib/varve "$@"; }
cd /var/lib/varve || fail "there is no /var/lib/varve"
cp /mnt/metrics.duckdb . && chown varve: metrics.duckdb || fail "there is no /mnt/metrics.duckdb"
as_varve varve sql --db duckdb:/var/lib/varve/metrics.duckdb --write "CREATE TABLE cpu AS SELECT ts, 'a' AS host, 1.0 AS usage FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-02', INTERVAL 1 MINUTE) t(ts)" >/tmp/out 2>&1 || fail "varve sql: $(cat /tmp/out)"
as_varve varve apply /tmp/cpu.yaml --db duckdb:/var/lib/varve/metrics.duckdb >/tmp/out 2>&1 || fail "varve apply: $(cat /tmp/out)"
mark
systemctl enable --now varve 2>/dev/null || fail "enable --now"
until_ready || fail "it does not become ready"
grep -q 'sign in' <<<"$(said varve.service)" || fail "no address to sign in: $(said varve.service)"
[ "$(systemctl show -p User --value varve)" = varve ] || fail "it runs as $(systemctl show -p User --value varve)"
ok "configured and started: ready, and the log has the address to sign in"

score=$(systemd-analyze security --no-pager varve.service 2>/dev/null | sed -n 's/.*Overall exposure level for varve.service: \([0-9.]*\).*/\1/p')
[ -n "$score" ] && awk "BEGIN { exit !($score < 3) }" || fail "exposure is $score"
ok "hardened: systemd's exposure level is $score"

out=$(dpkg --force-confold --install "$new" 2>&1) || fail "upgrade: $out"
until_ready || fail "after the upgrade it does not become ready"
[ "$(dpkg-query -W -f '${Version} ${Status}' varve)" = "$(dpkg-deb -f "$new" Version) install ok installed" ] || fail "it is $(dpkg-query -W varve)"
grep -q 'metrics.duckdb' /etc/varve/serve.yaml || fail "the upgrade lost the settings"
ok "upgraded: the settings are as they were, and what ran runs the new version"

systemctl stop varve
cp /etc/varve/serve.yaml /tmp/serve.yaml

printf 'listen: http://127.0.0.1:8642\nlisten_on: 1\n' >/etc/varve/serve.yaml
fails_once "a mistake in the configuration" 'serve\.yaml:2:1: ' 2

cp /tmp/serve.yaml /etc/varve/serve.yaml
printf '  plant: { url: "postgresql://varve@127.0.0.1/plant?password_env=PLANT_PASSWORD" }\n' >>/etc/varve/serve.yaml
fails_once "a secret that is missing" 'PLANT_PASSWORD' 2

cp /tmp/serve.yaml /etc/varve/serve.yaml
chown -R root: /var/lib/varve && chmod 555 /var/lib/varve
mkdir -p /etc/systemd/system/varve.service.d
printf '[Service]\nStateDirectory=\n' >/etc/systemd/system/varve.service.d/test.conf
systemctl daemon-reload
fails_once "a home that cannot be written" 'home\.duckdb' 4
rm -r /etc/systemd/system/varve.service.d
systemctl daemon-reload
chown -R varve: /var/lib/varve && chmod 750 /var/lib/varve

systemd-run --quiet --unit taken --uid varve --working-directory /tmp varve serve --home duckdb:/tmp/other.duckdb
for _ in $(seq 100); do [ "$(curl --silent http://127.0.0.1:8642/health/live)" = live ] && break; sleep 0.2; done
fails_once "a port in use" '8642' 2
systemctl stop taken

as_varve varve sql --db duckdb:/var/lib/varve/home.duckdb --write "UPDATE varve_home.meta SET value = '999' WHERE name = 'schema_version'" >/tmp/out 2>&1 || fail "a newer home: $(cat /tmp/out)"
fails_once "a home that a newer version wrote" 'VRV501' 4
rm /var/lib/varve/home.duckdb
systemctl reset-failed varve
systemctl start varve
until_ready || fail "it does not become ready again"
systemctl stop varve
ok "what was mended is started again by hand"

mark
systemctl start varve-run.service && fail "a run without a database succeeded"
[ "$(said varve-run.service | grep -c .)" = 1 ] || fail "not one line: $(said varve-run.service)"
ok "a run without a database: $(said varve-run.service)"
echo 'VARVE_DB=duckdb:/var/lib/varve/metrics.duckdb' >>/etc/varve/environment
systemctl start varve-run.service || fail "the run failed: $(said varve-run.service)"
systemctl enable --now varve.timer 2>/dev/null && systemctl list-timers --no-pager varve.timer | grep -q varve-run.service || fail "the timer"
[ "$(as_varve varve query cpu --every 1h --output csv --db duckdb:/var/lib/varve/metrics.duckdb 2>/dev/null | grep -c 1h)" -gt 0 ] || fail "the run built nothing"
ok "the timer is on, and its service ran the policy"

out=$(dpkg --remove varve 2>&1) || fail "remove: $out"
[ -f /etc/varve/serve.yaml ] && [ -f /var/lib/varve/home.duckdb ] || fail "removing took settings or data"
[ ! -e /usr/bin/varve ] && ! systemctl is-active --quiet varve.timer || fail "something of it is left: $(ls -l /usr/bin/varve)"
ok "removed: settings and data are still there"

out=$(dpkg --purge varve 2>&1) || fail "purge: $out"
[ ! -e /etc/varve ] || fail "purged: /etc/varve is there: $(ls /etc/varve)"
[ -f /var/lib/varve/metrics.duckdb ] && [ ! -e /var/lib/varve/home.duckdb ] && grep -q 'stays' <<<"$out" || fail "purged: $(ls /var/lib/varve) $out"
ok "purged: the settings and the home are gone, and a file with measurements stays"
