# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The guest's initramfs: cpio archives, one after the other. Sourced by scripts/guest.
#
#   host.cpio      busybox, perf, their libraries, /init          cached for all kernels
#   modules.cpio   a kernel's modules and configuration           cached with the kernel
#   run.cpio       what was built, what was named, the command    made for each run

# Directories below a kernel's modules/RELEASE/kernel/ that guests get, apart from what the modules
# in them depend on. All of them would be 90 MB (cloud) or 400 MB.
readonly image_module_dirs='net/ lib/ crypto/ block/ drivers/virtio/ drivers/block/ drivers/net/[^/]*[.]ko
	drivers/net/veth drivers/char/virtio_console drivers/char/hw_random/virtio drivers/ptp/
	fs/9p/ fs/autofs/ fs/btrfs/ fs/ext4/ fs/fuse/ fs/isofs/ fs/nfs/ fs/overlayfs/ fs/squashfs/ fs/xfs/'

# image__libraries FILE: the shared libraries FILE needs, if it is a dynamic executable.
image__libraries()
{
	if [ "$(head -c 4 "$1" | tr -d '\0')" = $'\x7fELF' ]; then
		ldd "$1" 2>/dev/null | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) .*/\1/p'
	fi
}

# image__add ROOT FILE PATH: FILE, or the tree below it, as PATH below ROOT, with its libraries.
#
# The guest has /bin, /sbin, /lib and /lib64 as links into /usr.
image__add()
{
	local root=$1 file=$2 path=/${3#/} library

	[[ $path != /@(bin|sbin|lib|lib64)/* ]] || path=/usr$path
	mkdir -p "$root${path%/*}"
	if [ -d "$file" ]; then
		mkdir -p "$root$path"
		cp -RL "$file/." "$root$path"
		return
	fi
	cp -L "$file" "$root$path"
	while read -r library; do
		case $library in
		/usr/*) path=$library ;;
		/lib*)  path=/usr$library ;;
		*)      path=$library ;;
		esac
		[ -e "$root$path" ] || install -D -m 755 "$library" "$root$path"
	done < <(image__libraries "$file")
}

# image__pack ROOT ARCHIVE: everything below ROOT, owned by root. ARCHIVE appears when complete.
image__pack()
{
	(cd "$1" && find . -print0 | cpio -0 -o -H newc -R 0:0 --quiet) >"$2.new"
	mv "$2.new" "$2"
}

# image__perf: the perf program of this machine. What Ubuntu has in /usr/bin is a script that looks
# for the running kernel's perf.
image__perf()
{
	local perf
	perf=$(command -v perf || true)

	if [ -z "$perf" ] || [ -z "$(image__libraries "$perf")" ]; then
		perf=$(printf '%s\n' /usr/lib/linux-tools*/*/perf /usr/lib/linux-tools*/perf |
			sort -V | tail -n 1)
	fi
	[ -x "$perf" ] || { say "no perf on this machine (package linux-perf)"; return 1; }
	echo "$perf"
}

# image__host ARCHIVE: make or renew the part that comes from this machine.
image__host()
{
	local archive=$1 perf root stamp applet lock
	local -a inputs

	perf=$(image__perf) || return 1
	inputs=("$perf" /bin/busybox "$scripts/lib/guest-init" "$scripts/lib/guest-image.sh")
	stamp=$(stat -L -c '%n %s %Y' "${inputs[@]}")

	exec {lock}>"$archive.lock"
	flock "$lock"
	if [ ! -e "$archive" ] || [ "$(cat "$archive.stamp" 2>/dev/null)" != "$stamp" ]; then
		root=$(mktemp -d "$archive.XXXXXX")
		chmod 755 "$root"
		mkdir -p "$root"/{dev,proc,sys,run,tmp,root,etc,boot,guest/bin,usr/{bin,sbin,lib,lib64}}
		chmod 700 "$root/root"
		ln -s usr/bin usr/sbin usr/lib usr/lib64 "$root"
		image__add "$root" /bin/busybox /bin/busybox
		while read -r applet; do
			[ -e "$root/$applet" ] || ln -s /usr/bin/busybox "$root/$applet"
		done < <(/bin/busybox --list-full | sed '/^usr/!s/^/usr\//')
		image__add "$root" "$perf" /usr/bin/perf
		install -m 755 "$scripts/lib/guest-init" "$root/init"
		printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >"$root/etc/passwd"
		printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
		printf '127.0.0.1 localhost guest\n::1 localhost\n' >"$root/etc/hosts"
		image__pack "$root" "$archive"
		echo "$stamp" >"$archive.stamp"
		rm -rf "$root"
	fi
	exec {lock}>&-
}

# image__select_modules DIR: of the modules in DIR (.../modules/RELEASE, with a modules.dep) print
# those wanted and those they need, as modules.dep names them.
image__select_modules()
{
	local wanted
	wanted=$(tr -s '\n\t ' '|' <<<"$image_module_dirs")

	awk -v wanted="^kernel/(${wanted%|})" '
		function take(m,    i, n, d) {
			if (m in taken)
				return
			taken[m]
			print m
			n = split(needs[m], d, " ")
			for (i = 1; i <= n; i++)
				take(d[i])
		}
		{ m = $1; sub(/:$/, "", m); $1 = ""; needs[m] = $0 }
		END { for (m in needs) if (m ~ wanted) take(m) }' "$1/modules.dep"
}

# image__modules KERNEL_DIR RELEASE ARCHIVE: make or renew the part that comes from the kernel.
#
# The packages leave modules.dep to depmod. Compressed modules are unpacked here: busybox can't
# load them.
image__modules()
{
	local dir=$1 release=$2 archive=$3 root modules stamp lock

	stamp=$(stat -L -c '%n %s %Y' "$dir/vmlinuz" "$scripts/lib/guest-image.sh")
	exec {lock}>"$archive.lock"
	flock "$lock"
	if [ ! -e "$archive" ] || [ "$(cat "$archive.stamp" 2>/dev/null)" != "$stamp" ]; then
		say "unpacking the modules of $release"
		root=$(mktemp -d "$archive.XXXXXX")
		chmod 755 "$root"
		modules=$(find "$dir/root" -type d -path "*/modules/$release" | head -n 1)
		busybox depmod -b "${modules%/lib/modules/*}" "$release"
		mkdir -p "$root"/{usr/lib/modules/"$release",boot}
		(cd "$modules" && image__select_modules . |
			cpio -p -d --quiet "$root/usr/lib/modules/$release")
		find "$root/usr" -name '*.ko.xz' -print0 | xargs -0 -r -n 64 -P 2 xz -d
		cp "$modules"/modules.{builtin,builtin.modinfo,order} "$root/usr/lib/modules/$release/"
		busybox depmod -b "$root/usr" "$release"
		[ ! -e "$dir/config" ] || cp -L "$dir/config" "$root/boot/config-$release"
		image__pack "$root" "$archive"
		echo "$stamp" >"$archive.stamp"
		rm -rf "$root"
	fi
	exec {lock}>&-
}
