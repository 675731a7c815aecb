# The Debian package: varve, for amd64 and arm64.

units_folder=/lib/systemd/system zsh_folder=vendor-completions
# shellcheck source=/dev/null
source "$packaging/kinds/tree.sh"

build_deb() {
  has dpkg-deb || { cannot deb "dpkg-deb is missing"; return 0; }
  local rid built=0
  for rid in "${rids[@]}"; do
    case $rid in
      linux-x64) package_deb "$rid" amd64 || return 1 ;;
      linux-arm64) package_deb "$rid" arm64 || return 1 ;;
      *) continue ;;
    esac
    built=1
  done
  [ "$built" = 1 ] || cannot deb "none of the platforms is one of Debian: ${rids[*]}"
}

package_deb() {
  local rid=$1 architecture=$2 program stage=$work/deb-$2 number=${version/-/\~} file
  program=$(publish "$rid") || return 1
  tree "$stage" "$program" || return 1
  mkdir -p "$stage/DEBIAN" "$stage/usr/share/lintian/overrides"
  install -m 644 "$packaging/deb/lintian-overrides" "$stage/usr/share/lintian/overrides/varve"
  install -m 644 "$packaging/deb/copyright" "$stage/usr/share/doc/varve/copyright"
  {
    printf 'varve (%s) stable; urgency=medium\n\n' "$number"
    printf '  * What changed: CHANGELOG.md of this version.\n\n'
    printf ' -- %s  %s\n' "$maintainer" "$(date -u -d "@$SOURCE_DATE_EPOCH" '+%a, %d %b %Y %H:%M:%S +0000')"
  } | gzip -9n >"$stage/usr/share/doc/varve/changelog.gz"
  find "$stage/usr/share/doc/varve" -type f -size +4k ! -name '*.gz' ! -name copyright -exec gzip -9n {} +
  chmod 640 "$stage/etc/varve/environment"

  sed -e "s/@VERSION@/$number/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@MAINTAINER@/$maintainer/" \
    -e "s/@SIZE@/$(du -k --apparent-size -s "$stage" | cut -f1)/" "$packaging/deb/control" >"$stage/DEBIAN/control"
  printf '/etc/varve/environment\n/etc/varve/serve.yaml\n' >"$stage/DEBIAN/conffiles"
  install -m 755 "$packaging/deb/preinst" "$packaging/deb/postinst" "$packaging/deb/prerm" "$packaging/deb/postrm" "$stage/DEBIAN/"
  (cd "$stage" && find . -type f ! -path './DEBIAN/*' ! -path './etc/*' -printf '%P\n' | sort | xargs -d '\n' md5sum) >"$stage/DEBIAN/md5sums"
  same_times "$stage"

  file=$out/varve_${number}_$architecture.deb
  # With more than one thread the blocks are of one size however many there are; with one they are not.
  dpkg-deb --root-owner-group --threads-max=2 -Zxz -z6 --build "$stage" "$file" >/dev/null || return 1
  [ ! -f "$program/varve.cdx.json" ] || cp "$program/varve.cdx.json" "$out/varve_${number}_$architecture.deb.cdx.json"
}
