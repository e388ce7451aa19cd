# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Getting a Debian release's newest kernel by apt, without touching the machine's own apt state.
# Sourced by scripts/guest, which has `cache`, the directory for all this, and say().
#
# The indexes are verified with this machine's Debian keyring and nothing else, the packages with the
# indexes, by apt.
#
# In the cache:
#   apt/SUITE/                 apt's private state: sources, indexes
#   SUITE/FLAVOUR              the release string of the newest kernel fetched
#   SUITE/RELEASE/root/        its packages, unpacked
#   SUITE/RELEASE/vmlinuz      link into root/; made last, so its presence means "complete"
#   SUITE/RELEASE/config       link into root/, if the packages have one

# shellcheck disable=SC2154,SC2016 # cache; $(...) that apt expands

# kernel__apt SUITE TOOL ARG...: apt-get or apt-cache on the private state of SUITE.
kernel__apt()
{
	local state=$cache/apt/$1 tool=$2
	shift 2

	"$tool" -q \
		-o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o Dir::State::Lists="$state/lists" -o Dir::State::status="$state/status" \
		-o Dir::Cache="$state/cache" -o APT::Architecture=amd64 -o APT::Architectures=amd64 \
		-o Acquire::Languages=none "$@"
}

# kernel__mirror security|main: the base address under which this machine's apt gets Debian.
kernel__mirror()
{
	local want=$1 label release uri

	if [ -n "${GUEST_MIRROR:-}" ]; then
		case $want in
		main)     echo "${GUEST_MIRROR%/}" ;;
		security) echo "${GUEST_MIRROR%/}-security" ;;
		esac
		return
	fi
	# Before the first `apt-get update` apt knows no labels: go by the releases' names then.
	while IFS='|' read -r label release uri; do
		case $want:$label:$release in
		main:Debian:*|security:Debian-Security:*|security::*-security) ;;
		main::bullseye|main::bookworm|main::trixie|main::forky|main::sid|main::*stable) ;;
		*) continue ;;
		esac
		echo "${uri%/}"
		return
	done < <(apt-get indextargets --format '$(LABEL)|$(RELEASE)|$(REPO_URI)' 'Created-By: Packages')
}

# kernel__sources SUITE: the sources.list that has SUITE's kernels.
kernel__sources()
{
	local suite=$1 main security keyring

	for keyring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
		[ ! -e "$keyring" ] || break
	done
	[ -e "$keyring" ] || { say "no Debian keyring here (package debian-archive-keyring)"; return 1; }
	main=$(kernel__mirror main)
	[ -n "$main" ] || {
		say "apt on this machine has no Debian mirror; name one with GUEST_MIRROR=URL"
		return 1
	}
	echo "deb [signed-by=$keyring] $main $suite main"
	[ "$suite" != sid ] || return 0
	echo "deb [signed-by=$keyring] $main $suite-updates main"
	security=$(kernel__mirror security)
	[ -z "$security" ] || echo "deb [signed-by=$keyring] $security $suite-security main"
}

# kernel__update SUITE: fetch and verify SUITE's package indexes. What apt could not get is named;
# it is only an error if that leaves nothing.
kernel__update()
{
	local suite=$1 state=$cache/apt/$1

	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	: >"$state/status"
	kernel__sources "$suite" >"$state/sources.list" || return 1
	kernel__apt "$suite" apt-get update -o APT::Update::Error-Mode=any >"$state/log" 2>&1 && return
	kernel__show_log "$suite"
	! grep -q NO_PUBKEY "$state/log" ||
		say "$suite is signed with a key that debian-archive-keyring on this machine lacks"
	compgen -G "$state/lists/*_Packages*" >/dev/null || {
		say "apt-get update for $suite failed"
		return 1
	}
}

# kernel__show_log SUITE: the errors and warnings of the last apt-get.
kernel__show_log()
{
	sed -n '/^[WE]:/p' "$cache/apt/$1/log" | grep -v 'unsandboxed' | tail -n 5 >&2
}

# kernel__newest SUITE FLAVOUR: the newest kernel release, such as 6.1.0-56-cloud-amd64.
#
# A suite can have more than one line of kernels (bookworm has 6.1 and 6.12): its own is the one
# the metapackage stands for. Packages are linux-image-RELEASE[-unsigned] up to 6.12 and
# linux-binary[-unsigned]-RELEASE later; "-[a-z]" is another flavour whose name ends in this one's.
kernel__newest()
{
	local suite=$1 flavour=$2 line

	line=$(kernel__apt "$suite" apt-cache show --no-all-versions "linux-image-$flavour" 2>/dev/null |
		sed -n 's/^Depends:.*linux-image-\([0-9]*\.[0-9]*\)[.-].*/\1/p' | head -n 1)
	kernel__apt "$suite" apt-cache pkgnames linux- 2>/dev/null |
		sed -n "s/^linux-\(image\|binary\|binary-unsigned\)-\($line\.[0-9].*\)-$flavour\(-unsigned\)\?\$/\2/p" |
		grep -v -- '-[a-z]' | sort -uV | tail -n 1 | sed "s/\$/-$flavour/"
}

# kernel__packages SUITE RELEASE: the packages that together are this kernel.
kernel__packages()
{
	local suite=$1 release=$2 names image

	names=$(kernel__apt "$suite" apt-cache pkgnames linux-)
	for image in "linux-image-$release-unsigned" "linux-binary-unsigned-$release" \
		     "linux-binary-$release" "linux-image-$release"; do
		if grep -qxF "$image" <<<"$names"; then
			echo "$image"
			break
		fi
	done
	grep -xF -e "linux-modules-$release" -e "linux-base-$release" <<<"$names" || true
}

# kernel__download SUITE RELEASE: packages into the cache, unpacked.
kernel__download()
{
	local suite=$1 release=$2 dir=$cache/$1/$2 deb image config
	local -a packages

	mapfile -t packages < <(kernel__packages "$suite" "$release")
	say "getting $suite's kernel $release"
	rm -rf "$dir"
	mkdir -p "$dir/deb" "$dir/root"
	(cd "$dir/deb" && kernel__apt "$suite" apt-get download "${packages[@]}") \
		>"$cache/apt/$suite/log" 2>&1 || {
		kernel__show_log "$suite"
		say "apt-get download of ${packages[*]} failed"
		return 1
	}
	for deb in "$dir"/deb/*.deb; do
		dpkg -x "$deb" "$dir/root" || return 1
	done
	rm -rf "$dir/deb"

	config=$(find "$dir/root" \( -name "config-$release" -o -path "*/$release/config" \) | head -n 1)
	[ -z "$config" ] || ln -s "${config#"$dir/"}" "$dir/config"
	image=$(find "$dir/root" -type f -name 'vmlinuz*' | head -n 1)
	[ -n "$image" ] || { say "no kernel image in ${packages[*]}"; return 1; }
	ln -s "${image#"$dir/"}" "$dir/vmlinuz"
}

# kernel__fetch SUITE FLAVOUR REFRESH: have the kernel in the cache and set kernel_dir and
# kernel_release. With REFRESH=1 look for a newer one, else go without the network if one is there.
kernel__fetch()
{
	local suite=$1 flavour=$2 refresh=$3 current=$cache/$1/$2 lock

	mkdir -p "$cache/$suite"
	exec {lock}>"$cache/$suite/lock"
	flock "$lock"
	kernel_release=$(cat "$current" 2>/dev/null || true)
	if [ "$refresh" = 1 ] || [ ! -e "$cache/$suite/$kernel_release/vmlinuz" ]; then
		kernel__update "$suite" || return 1
		kernel_release=$(kernel__newest "$suite" "$flavour")
		[ -n "$kernel_release" ] || { say "$suite has no $flavour kernel"; return 1; }
		if [ ! -e "$cache/$suite/$kernel_release/vmlinuz" ]; then
			kernel__download "$suite" "$kernel_release" || return 1
		fi
		echo "$kernel_release" >"$current"
	fi
	exec {lock}>&-
	# shellcheck disable=SC2034 # for scripts/guest
	kernel_dir=$cache/$suite/$kernel_release
}
