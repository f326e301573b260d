#!/bin/sh
# Installs the bundle that this script lies in, or upgrades to it. Nothing is downloaded, and nothing that runs is
# touched: the new version is put together beside the others, checked, and made the current one by one rename at the end.
# Whatever stops it before, the version of before is the current one still.
set -eu
umask 022
LC_ALL=C
export LC_ALL

prefix=/opt/handrail
signers=
identity=handrail
usage='sh install.sh [--prefix DIR] [--signers FILE [--identity NAME]]
  --prefix    where to; /opt/handrail when absent
  --signers   who may have signed: a file as ssh-keygen(1) describes under ALLOWED SIGNERS
  --identity  which of them; handrail when absent
The variable HANDRAIL_PYTHON names the Python to use.'

say() { printf '%s\n' "$*"; }
die() { say "HR_BUNDLE: $*" >&2; exit 1; }

while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=${2:?"$usage"}; shift 2 ;;
    --signers) signers=${2:?"$usage"}; shift 2 ;;
    --identity) identity=${2:?"$usage"}; shift 2 ;;
    *) say "$usage"; [ "$1" = --help ]; exit ;;
  esac
done

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
again='Copy the archive again, compare its SHA-256 with that of its source, and unpack it into an empty folder.'
fact() { sed -n "s/^$1=//p" "$here/BUNDLE"; }

# --- what can be told without writing anything

for needed in BUNDLE LINKS SHA256SUMS; do
  [ -e "$here/$needed" ] || die "$needed is missing: this bundle is not whole. $again"
done
(cd "$here" && grep -E '^[0-9a-f]{64}  (BUNDLE|LINKS)$' SHA256SUMS | sha256sum -c >/dev/null 2>&1) ||
  die "BUNDLE or LINKS is not what it was. $again"
id=$(fact id)
python_minor=$(fact python)
kilobytes=$(fact kilobytes)
case $id in *[!A-Za-z0-9.+-]* | '' | .*) die "BUNDLE has no proper name in it. $again" ;; esac
case $python_minor$kilobytes in *[!0-9.]* | '') die "BUNDLE has no proper numbers in it. $again" ;; esac

machine=$(uname -m)
[ "$machine" = "$(fact machine)" ] || die "This bundle is for $(fact machine), and this machine is $machine. Make one on a machine like this."

if [ -n "$signers" ]; then
  [ -e "$here/SHA256SUMS.sig" ] || die 'This bundle is not signed. Leave out --signers, or get a signed one.'
  ssh-keygen -Y verify -f "$signers" -I "$identity" -n handrail-bundle -s "$here/SHA256SUMS.sig" <"$here/SHA256SUMS" >/dev/null 2>&1 ||
    die "The signature is not one of $identity in $signers. Do not install this bundle."
fi

# A file that no sum vouches for must not be installed either.
found=$(cd "$here" && find . ! -type d ! -path ./SHA256SUMS ! -path ./SHA256SUMS.sig | sed 's|^\./||' | sort)
named=$({ sed 's/^[0-9a-f]*  //' "$here/SHA256SUMS"; cut -f 1 "$here/LINKS"; } | sort)
if [ "$found" != "$named" ]; then
  different=$({ say "$found"; say "$named"; } | sort | uniq -u | head -n 3 | tr '\n' ' ')
  die "Files are missing or foreign: $different. $again"
fi
tab=$(printf '\t')
while IFS=$tab read -r path target; do
  [ "$(readlink -- "$here/$path")" = "$target" ] || die "The link $path is not what it was. $again"
done <"$here/LINKS"

find_python() {
  for name in ${HANDRAIL_PYTHON:-"python$python_minor" python3}; do
    "$name" -c "import os, sys
if '%d.%d' % sys.version_info[:2] != '$python_minor': sys.exit(1)
print(os.path.realpath(sys.executable))" 2>/dev/null && return
  done
  return 1
}
python=$(find_python) || die "Python $python_minor was not found, and the engines' packages in this bundle run with no other. Install it, or name it in HANDRAIL_PYTHON."

mkdir -p -- "$prefix/versions" "$prefix/data"
prefix=$(CDPATH='' cd -- "$prefix" && pwd -P)
free=$(df -Pk -- "$prefix/versions" | awk 'NR == 2 { print $4 }')
needed=$((kilobytes * 11 / 10 + 32768))
[ "$free" -ge "$needed" ] || die "$prefix has $((free / 1024)) MB free, and $((needed / 1024)) MB are needed. Free some space and run this again."

# --- the new version, beside the others

exec 9>"$prefix/versions/.lock"
flock -n 9 || die "Another installation is under way in $prefix."
rm -rf -- "$prefix"/versions/.new-*

# Prints what does not fit; nothing when every file is what it shall be.
broken_in() { (cd "$1" && sha256sum -c SHA256SUMS 2>&1 | grep -v ': OK$' | head -n 3 | tr '\n' ' ') || :; }
current_of() { readlink -- "$prefix/$1" 2>/dev/null | sed 's|^versions/||'; }

old=$(current_of current)
final=$prefix/versions/$id
if [ -d "$final" ]; then
  damage=$(broken_in "$final")
  if [ -z "$damage" ]; then
    [ "$old" != "$id" ] || { say "Handrail $id is installed and current already."; exit 0; }
  elif [ "$old" = "$id" ]; then
    die "The current version is this one, and it is damaged ($damage). Go back with $prefix/bin/handrail rollback, then install again."
  else
    rm -rf -- "$final"
  fi
fi

if [ ! -d "$final" ]; then
  stage=$prefix/versions/.new-$id
  trap 'rm -rf -- "$stage"' EXIT
  trap 'exit 1' HUP INT TERM
  mkdir -- "$stage"
  trouble=$(cp -R -P -- "$here/." "$stage" 2>&1) || die "Copying failed: $(say "$trouble" | head -n 1)"
  damage=$(broken_in "$stage")
  [ -z "$damage" ] || die "Files are not what they were: $damage. $again"

  venv=$stage/.handrail/venv
  mkdir -p -- "$venv/bin"
  printf 'home = %s\ninclude-system-site-packages = false\n' "$(dirname -- "$python")" >"$venv/pyvenv.cfg"
  ln -s -- "$python" "$venv/bin/python"
  [ "$(id -u)" != 0 ] || chown -R -h 0:0 -- "$stage"

  say "Checking Handrail $id on this machine ..."
  (cd "$prefix/data" && HANDRAIL_DATA=$prefix/data "$stage/handrail" bundle --check) ||
    die "Handrail $id cannot run here; its own words stand above. Nothing was changed."
  sync
  mv -- "$stage" "$final"
  trap - EXIT HUP INT TERM
fi

# --- what an upgrade keeps and adds to

prompts=$prefix/data/cache/prompts
mkdir -p -- "$prompts" "$prefix/bin" "$prefix/systemd"
for file in "$final"/.handrail/cache/prompts/*.pcm; do
  name=$(basename -- "$file")
  [ ! -e "$file" ] || [ -e "$prompts/$name" ] || { cp -- "$file" "$prompts/$name.part" && mv -- "$prompts/$name.part" "$prompts/$name"; }
done
# As root the service's user could else not touch what was added.
[ "$(id -u)" != 0 ] || chown -R --reference="$prefix/data" -- "$prefix/data/cache"
for unit in "$final"/packaging/systemd/*.service; do
  [ -e "$unit" ] && sed "s|@PREFIX@|$prefix|g" "$unit" >"$prefix/systemd/$(basename -- "$unit")"
done
ln -sfn -- ../current/handrail "$prefix/bin/handrail"

# --- the switch

point() {
  ln -sfn -- "versions/$2" "$prefix/.$1.new"
  mv -T -f -- "$prefix/.$1.new" "$prefix/$1"
}
[ -z "$old" ] || point previous "$old"
point current "$id"
sync

# Two versions are kept, and any other that a process still runs from.
in_use() {
  for exe in /proc/[0-9]*/exe; do
    case $(readlink -- "$exe" 2>/dev/null) in "$1"/*) return 0 ;; esac
  done
  return 1
}
for folder in "$prefix"/versions/*/; do
  folder=${folder%/}
  case $(basename -- "$folder") in "$id" | "$(current_of previous)") continue ;; esac
  in_use "$folder" || rm -rf -- "$folder"
done

if [ -z "$old" ]; then
  say "Handrail $id is installed in $prefix.
Try it:     $prefix/bin/handrail start
As a service, as root:
  useradd --system --home-dir $prefix/data --shell /usr/sbin/nologin handrail
  chown -R handrail: $prefix/data
  cp $prefix/systemd/*.service /etc/systemd/system/ && systemctl daemon-reload
  systemctl enable --now handrail handrail-lifeline"
else
  say "Handrail $id is the current version; $old is kept.
What runs is $old still. Change over when it suits you:  systemctl restart handrail handrail-lifeline
Back:  $prefix/bin/handrail rollback"
fi
