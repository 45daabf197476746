# Makes the file system of the cage out of private mounts, and runs a command in it.
# Runs as the first process of namespaces of its own, with the rights to mount there.
#
#   cage PARENT PROGRAM IMAGE TARGET COMMAND... < the very image that was inspected
#
#   PARENT   the process that everything here must end with
#   PROGRAM  what COMMAND comes to in the end; bound too when it is not below /usr
#   IMAGE    the image's name, or nothing when it has none any more
#   TARGET   the one file or folder that may be written, or nothing
#
# In the cage they are /image and /target. See docs/decisions/0013-the-cage.md and 0030-the-cage-holds-no-mounts.md.
set -u
parent=$1 program=$2 image=$3 target=$4
shift 4
exec 3<&0 < /dev/null
root=/sys # a folder that every host has, and from which nothing is needed here

do_or_end() {
  "$@" || end "this failed: $*"
}

end() {
  echo "the cage could not be made: $*" >&2
  exit 125
}

bind() { # OPTIONS FROM TO
  do_or_end mount --bind -o "nosuid,$1" "$2" "$3"
}

umask 022
do_or_end mount -t tmpfs -o mode=0755,size=1m,nr_inodes=256,nosuid,nodev cage "$root"
do_or_end cd "$root"
do_or_end mkdir cage host
do_or_end cd cage
do_or_end mkdir usr dev etc

bind ro,nodev /usr usr
folders="bin sbin lib lib32 lib64 libx32"
links=
for folder in $folders; do
  if [ "/$folder" -ef "/usr/$folder" ]; then
    links="$links usr/$folder"
  elif [ -d "/$folder" ]; then
    do_or_end mkdir "$folder"
    bind ro,nodev "/$folder" "$folder"
  fi
done
[ -z "$links" ] || do_or_end ln -s $links .
[ ! -e /etc/ld.so.cache ] || do_or_end cp /etc/ld.so.cache etc
if [ ! -e ".$program" ]; then
  do_or_end mkdir -p ".${program%/*}"
  : > ".$program"
  bind ro,nodev "$program" ".$program"
fi

: > dev/null
: > dev/urandom
bind ro,noexec /dev/null dev/null
bind ro,noexec /dev/urandom dev/urandom

if [ -n "$image" ]; then
  : > image
  bind ro,nodev,noexec "$image" image
  [ image -ef /proc/self/fd/3 ] || end "another file is called $image now"
  exec 3<&-
else # there is nothing to bind, and nobody else who has it: it is handed over open
  do_or_end mkdir proc
  if [ $$ -eq 1 ]; then
    do_or_end mount -t proc -o ro,nosuid,nodev,noexec,subset=pid proc proc
  else # the processes of others cannot be hidden on this host
    bind ro,nodev,noexec /proc proc
  fi
  do_or_end ln -s /proc/self/fd/3 image
fi

if [ -d "$target" ]; then
  do_or_end mkdir target
  bind nodev,noexec "$target" target
elif [ -n "$target" ]; then
  : > target
  bind nodev,noexec "$target" target
fi
do_or_end cd "$root"
links=
for folder in usr etc $folders; do
  [ ! -d "cage/$folder" ] || links="$links cage/$folder"
done
do_or_end ln -s $links . # programs are to be found when this is the root
do_or_end mount -o remount,bind,ro,nosuid,nodev "$root"

# Who was killed while this was made has not taken this along: only now is it known to hear of it.
read -r _ _ _ starter _ < /proc/self/stat
[ "$starter" = "$parent" ] || read -r _ _ _ starter _ < "/proc/$starter/stat"
[ "$starter" = "$parent" ] || end "who wanted it has ended"

# What the host unmounts would stay mounted in here. Only the host's own root has what it takes to unmount it. A host may
# refuse either; then the cage is no less a cage.
if pivot_root . host 2> /dev/null; then
  chroot host umount -l -n -i / 2> cage/dev/null
fi

# This shell, which is the host's, would hold on to it, and so would its input. The next one does not become the program: a
# first process would not be ended by the signals of its limits. The cage is not the root itself: who is in a chroot is
# refused namespaces of users.
exec chroot cage /bin/sh -c '"$@"; exit $?' cage "$@" < cage/dev/null
