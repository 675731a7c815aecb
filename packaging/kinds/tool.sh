# The .NET tool, one package for each platform, and the packages of the library.

build_tool() {
  local stage=$work/nuget
  rm -rf "$stage"
  # Separate steps: the packages of the tool are of platforms, those of the library are not.
  local common=(--configuration Release --artifacts-path "$work/nuget-build" --output "$stage" --verbosity quiet
    -p:Version="$version" -p:PackagingFolder="$work/nuget-build" -p:ContinuousIntegrationBuild=true)
  dotnet pack "$root/Varve.slnx" "${common[@]}" >&2 &&
    dotnet pack "$root/src/Varve.Cli" "${common[@]}" -p:PackTool=true >&2 &&
    cp "$stage"/*.nupkg "$out/" || return 1
  ! compgen -G "$stage/*.snupkg" >/dev/null || cp "$stage"/*.snupkg "$out/"
  local large
  large=$(find "$out" -maxdepth 1 -name '*.nupkg' -size +95M)
  [ -z "$large" ] || { echo "build.sh: larger than 100 MB: $large" >&2; return 1; }
}
