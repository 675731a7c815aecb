#!/usr/bin/env bash
# Builds what Varve is installed from.
#
#   packaging/build.sh [KIND…] [--version V] [--out DIR] [--rid RID…] [--payload DIR]
#
# KIND: binaries tool deb rpm container helm nomad snap docs; without one, all of them.
# --version V     without it the one of Directory.Build.props
# --out DIR       artifacts/dist
# --rid RID       only this platform; may be repeated. Without it linux-x64 linux-arm64 win-x64 osx-arm64
# --payload DIR   a program that was published for the platform of this machine: it is packed, and nothing is compiled
#
# What this machine cannot build is named at the end, with the reason. The exit code is 0 where everything that was asked
# for by name was built, 3 where something of it could not be, 1 where something failed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
packaging=$root/packaging
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 LC_ALL=C TZ=UTC
umask 022

usage() {
  sed -n '2,/^set -euo/{/^set/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
  exit "$1"
}

die() {
  echo "build.sh: $*" >&2
  exit 1
}

every_kind=(binaries tool deb rpm container helm nomad snap docs)
kinds=() rids=() version='' out='' payload=''
while [ $# -gt 0 ]; do
  case $1 in
    --version | --out | --rid | --payload)
      [ $# -ge 2 ] || die "$1 takes a value"
      case $1 in
        --version) version=$2 ;;
        --out) out=$2 ;;
        --rid) rids+=("$2") ;;
        --payload) payload=$2 ;;
      esac
      shift 2
      ;;
    -h | --help) usage 0 ;;
    -*) die "there is no option $1; see --help" ;;
    *)
      [ -f "$packaging/kinds/$1.sh" ] || die "there is no kind $1; there are: ${every_kind[*]}"
      kinds+=("$1")
      shift
      ;;
  esac
done
asked=${#kinds[@]}
[ "$asked" -gt 0 ] || kinds=("${every_kind[@]}")
[ ${#rids[@]} -gt 0 ] || rids=(linux-x64 linux-arm64 win-x64 osx-arm64)
[ -n "$version" ] || version=$(sed -n 's:.*<VersionPrefix>\(.*\)</VersionPrefix>.*:\1:p' "$root/Directory.Build.props")
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || die "\"$version\" is no version such as 0.1.0 or 0.2.0-rc.1"
for rid in "${rids[@]}"; do
  case $rid in linux-x64 | linux-arm64 | win-x64 | osx-arm64) ;; *) die "there is no build for $rid" ;; esac
done
out=${out:-$root/artifacts/dist}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$out/.work
mkdir -p "$work"
if [ -n "$payload" ]; then payload=$(cd "$payload" && pwd) || die "--payload names no folder"; fi

# The time of every file in a package: that of the commit, so that the same commit gives the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 1767225600)}
export SOURCE_DATE_EPOCH

# Who answers for the packages; a release says it.
maintainer=${VARVE_MAINTAINER:-The Varve authors <maintainers@varve.invalid>}

missing=() failed=()

# What a kind cannot do here. Its function ends after that.
cannot() {
  missing+=("$1: $2")
  echo "build.sh: $1: $2" >&2
}

has() { command -v "$1" >/dev/null; }

host_rid() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) echo linux-x64 ;;
    Linux-aarch64) echo linux-arm64 ;;
    Darwin-arm64) echo osx-arm64 ;;
    *) die "this machine is of no platform that Varve is built for: $(uname -sm)" ;;
  esac
}

# The project of this folder that makes manual pages, bills of materials and texts of licences.
maker() {
  if [ -n "${VARVE_PACKAGING_MAKER:-}" ]; then
    dotnet exec "$VARVE_PACKAGING_MAKER" "$@"
    return
  fi
  if [ ! -f "$work/maker/Varve.Packaging.dll" ]; then
    dotnet publish "$packaging/Varve.Packaging" --configuration Release --artifacts-path "$work/build" --output "$work/maker" \
      --verbosity quiet -p:PackagingFolder="$work/build" -p:UseAppHost=false >&2 || die "packaging/Varve.Packaging was not built"
  fi
  dotnet exec "$work/maker/Varve.Packaging.dll" "$@"
}

# publish RID: its folder, self-contained, compiled ahead, without what only builds need.
publish() {
  local rid=$1 folder=$work/program-$1
  if [ -n "$payload" ] && [ "$rid" = "$(host_rid)" ]; then
    echo "$payload"
    return
  fi
  if [ ! -f "$folder/THIRD-PARTY-NOTICES.txt" ]; then
    rm -rf "$folder"
    dotnet publish "$root/src/Varve.Cli" --configuration Release --runtime "$rid" --self-contained --artifacts-path "$work/build" --output "$folder" \
      --verbosity quiet -p:Version="$version" -p:PackagingFolder="$work/build" -p:ContinuousIntegrationBuild=true \
      -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false >&2 || die "the program for $rid was not built"
    rm -f "$folder"/Varve.Cli "$folder"/Varve.Cli.exe "$folder"/createdump "$folder"/createdump.exe
    find "$folder" -type d -exec chmod 755 {} + && find "$folder" -type f -exec chmod 644 {} +
    chmod 755 "$folder"/varve*
    cp "$root/LICENSE" "$folder/LICENSE.txt"
    maker bom "$folder" "varve-$rid" "$version" "$folder/varve.cdx.json"
    maker licences "$folder" "$folder/THIRD-PARTY-NOTICES.txt"
  fi
  echo "$folder"
}

# A program that runs here: completions and manual pages are made by it.
runs_here() { publish "$(host_rid)"; }

# manual DIR: the pages, compressed, without a time in them.
manual() {
  local help=$work/help.txt
  "$(runs_here)/varve" help --all >"$help" || die "the program did not print its commands"
  maker man "$help" "$version" "$1"
  gzip -9n -f "$1"/*.1
}

# Times and owners that every machine gives the same.
same_times() { find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +; }

# tarball FILE.tar.xz DIR NAME: DIR as NAME/.
tarball() {
  tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu \
    --transform "s,^\.,$3," --directory "$2" . | xz -6 --threads=2 --block-size=16MiB >"$1.part"
  mv "$1.part" "$1"
}

for kind in "${kinds[@]}"; do
  # shellcheck source=/dev/null
  source "$packaging/kinds/$kind.sh"
  echo "== $kind" >&2
  # A subshell would lose what could not be done, so each kind checks its own steps and says what failed.
  "build_$kind" || failed+=("$kind")
done

(
  cd "$out"
  find . -maxdepth 1 -type f ! -name SHA256SUMS ! -name '.*' -printf '%f\n' | sort | xargs -r sha256sum >SHA256SUMS
)

echo >&2
ls -lh "$out" | awk 'NR > 1 && $1 !~ /^d/ { printf "  %6s  %s\n", $5, $NF }' >&2
[ ${#missing[@]} -eq 0 ] || printf 'not built here: %s\n' "${missing[@]}" >&2
[ ${#failed[@]} -eq 0 ] || die "failed: ${failed[*]}"
[ ${#missing[@]} -eq 0 ] || [ "$asked" -eq 0 ] || exit 3
