#!/usr/bin/env bash
# Compiles ahead of time what tests start as processes of their own: the command line, and the host of the kill tests.
#
#   tests/Ahead/make.sh CONFIGURATION
#
# It is made anew from what was built, in artifacts/ahead, and nothing of the build is changed. The last line names its
# folder. Where it cannot be made the exit code is 1, and the last line says why.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

configuration=$1
cli=src/Varve.Cli/bin/$configuration/net10.0
host=tests/Varve.KillHost/bin/$configuration/net10.0
made=$PWD/artifacts/ahead/$configuration

cannot() {
  rm -rf "$made"
  echo "$1"
  exit 1
}

asked() {
  dotnet msbuild tests/Ahead/Ahead.proj -target:Where -getProperty:"$1" </dev/null
}

# Files that stay as they are become links: the libraries of databases are large.
taken() {
  cp -al "$@" "$made/" 2>/dev/null || cp -a "$@" "$made/"
}

# What the machine compiles longest, of what each start runs. The rest is small, or is not reached by most commands.
to_compile() {
  (cd "$made" && ls Varve*.dll System.CommandLine.dll NodaTime.dll Npgsql.dll DuckDB.NET.*.dll Spectre.Console*.dll YamlDotNet.dll Cronos.dll SkiaSharp.dll)
}

compile() {
  local from=$cli
  [ "$1" != Varve.KillHost.dll ] || from=$host
  # A link would be written through, into the folder of the build.
  rm -f "$made/$1"
  "$compiler" "$from/$1" --out "$made/$1" --targetos linux -O \
    --reference "$core/*.dll" --reference "$web/*.dll" --reference "$PWD/$cli/*.dll" >"$made/$1.log" 2>&1 ||
    { cat "$made/$1.log" >&2; return 1; }
  rm -f "$made/$1.log"
}

newest() {
  ls -d "$frameworks/$1"/10.* 2>/dev/null | sort -V | tail -n 1
}

rm -rf "$made"
mkdir -p "$made" || cannot "$made cannot be made"
[ -f "$cli/Varve.Cli.dll" ] && [ -f "$host/Varve.KillHost.dll" ] || cannot "there is no build of $configuration"
dotnet restore tests/Ahead/Ahead.proj --verbosity quiet </dev/null >/dev/null 2>&1 || cannot "the compiler for this platform could not be had"
compiler=$(asked Compiler) && [ -x "$compiler" ] || cannot "the compiler for this platform is not at $compiler"
frameworks=$(asked Frameworks) && core=$(newest Microsoft.NETCore.App) && web=$(newest Microsoft.AspNetCore.App) && [ -d "$core" ] && [ -d "$web" ] ||
  cannot "the framework is not in $frameworks"
taken "$cli/." && taken "$host"/Varve.KillHost.* || cannot "$cli could not be copied"
export compiler core web cli host made
export -f compile
to_compile | xargs -P "$(nproc)" -I {} bash -c 'compile {}' || cannot "what was built could not be compiled ahead"
echo "$made"
