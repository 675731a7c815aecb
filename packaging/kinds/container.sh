# The container image, for amd64 and arm64, as one archive of a folder that skopeo reads. The layout of OCI has no place
# for a health check, so it is Docker's.
#
# VARVE_BASE_IMAGE   what it stands on: an image that can be pulled, or one that is here. The release names it by digest.

base_image=${VARVE_BASE_IMAGE:-mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled}

build_container() {
  has buildah || { cannot container "buildah is missing"; return 0; }
  local stage=$work/container rid architecture architectures=() folder list=varve-$version-$$ digest
  rm -rf "$stage" && mkdir -p "$stage/data"
  for rid in "${rids[@]}"; do
    case $rid in linux-x64) architecture=amd64 ;; linux-arm64) architecture=arm64 ;; *) continue ;; esac
    folder=$(publish "$rid") || return 1
    cp -r "$folder" "$stage/program-$architecture"
    architectures+=("$architecture")
  done
  [ ${#architectures[@]} -gt 0 ] || { cannot container "none of the platforms is one of containers: ${rids[*]}"; return 0; }
  same_times "$stage"
  digest=$(sed -n 's/.*@\(sha256:[0-9a-f]*\)$/\1/p' <<<"$base_image")
  [ -n "$digest" ] || echo "build.sh: container: the base $base_image is not named by its digest: good for trying, not for a release" >&2

  buildah manifest create "$list" >/dev/null || return 1
  for architecture in "${architectures[@]}"; do
    if ! buildah build --isolation chroot --arch "$architecture" --layers=false --timestamp "$SOURCE_DATE_EPOCH" --format docker \
      --build-arg BASE="$base_image" --build-arg BASE_DIGEST="$digest" --build-arg VERSION="$version" --build-arg TARGETARCH="$architecture" \
      --build-arg REVISION="$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)" \
      --build-arg CREATED="$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)" \
      --manifest "$list" --file "$packaging/container/Containerfile" "$stage" >"$work/container.log" 2>&1; then
      if buildah manifest exists "$list" 2>/dev/null; then buildah manifest rm "$list" >/dev/null; fi
      tail -n 3 "$work/container.log" >&2
      # Only a base that is not to be had is the machine's fault.
      grep -qiE 'pull|registr|lookup|manifest unknown|no such image' "$work/container.log" || return 1
      cannot container "there is no image $base_image for $architecture here, and it could not be pulled; VARVE_BASE_IMAGE names another"
      return 0
    fi
  done
  rm -rf "$work/image"
  buildah manifest push --all --format v2s2 "$list" "dir:$work/image" >"$work/container.log" 2>&1 || { cat "$work/container.log" >&2; return 1; }
  buildah manifest rm "$list" >/dev/null
  tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --directory "$work/image" --file "$out/varve-$version-container.tar" .
}
