# The package for systems with rpm: varve, for x86_64 and aarch64.

# shellcheck source=/dev/null
source "$packaging/kinds/tree.sh"

build_rpm() {
  has rpmbuild || { cannot rpm "rpmbuild is missing"; return 0; }
  units_folder=/usr/lib/systemd/system zsh_folder=site-functions
  local rid built=0
  for rid in "${rids[@]}"; do
    case $rid in
      linux-x64) package_rpm "$rid" x86_64 || return 1 ;;
      linux-arm64) package_rpm "$rid" aarch64 || return 1 ;;
      *) continue ;;
    esac
    built=1
  done
  [ "$built" = 1 ] || cannot rpm "none of the platforms is one that rpm is built for: ${rids[*]}"
}

package_rpm() {
  local rid=$1 architecture=$2 program stage=$work/rpm-$2 number=${version/-/\~} file
  program=$(publish "$rid") || return 1
  tree "$stage/tree" "$program" || return 1
  cp "$root/LICENSE" "$stage/tree/usr/share/doc/varve/LICENSE"
  find "$stage/tree/usr/share/doc/varve" -type f -printf '%%doc /usr/share/doc/varve/%f\n' | sort >"$stage/documents"
  same_times "$stage/tree"
  rpmbuild -bb --quiet --target "$architecture" \
    --define "_topdir $stage/build" --define "_tree $stage/tree" --define "_lists $stage" --define "number $number" \
    --define "maintainer $maintainer" --define "written $(date -u -d "@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')" \
    --define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1' --define '_buildhost packages' \
    "$packaging/rpm/varve.spec" >"$stage/log" 2>&1 || { cat "$stage/log" >&2; return 1; }
  file=varve-$number-1.$architecture.rpm
  cp "$stage/build/RPMS/$architecture/$file" "$out/"
  [ ! -f "$program/varve.cdx.json" ] || cp "$program/varve.cdx.json" "$out/$file.cdx.json"
}
