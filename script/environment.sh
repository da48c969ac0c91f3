# What script/play and script/test share: system packages, a Python, and the virtual environment .venv.
# Sourced by bash (also macOS's 3.2) with the checkout's root as the working directory; not run by itself.

readonly VENV=.venv

# What Qt's xcb and Wayland platforms, OpenGL, PortAudio and ALSA's PulseAudio plug-in load at run time, and one font.
readonly APP_PACKAGES=(
  ca-certificates fonts-dejavu-core libasound2-plugins libdbus-1-3 libegl1 libfontconfig1 libgl1 libgl1-mesa-dri
  libglib2.0-0 libopengl0 libportaudio2 libwayland-client0 libwayland-cursor0 libwayland-egl1 libx11-xcb1
  libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0
  libxcb-xinerama0 libxcb-xkb1 libxkbcommon-x11-0 libxkbcommon0
)
# A display and a sound card for the tests, without either.
readonly TEST_PACKAGES=(dbus pulseaudio pulseaudio-utils xauth xvfb)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

fail() {
  say "$*"
  exit 2
}

# apt COMMAND...: apt-get as root, never asking anything.
apt() {
  local root=()
  if [ "$(id -u)" -ne 0 ]; then root=(sudo); fi
  ${root[@]+"${root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -q "$@"
}

# install_packages NAME...: install those that are missing; quick, and silent, when none is.
install_packages() {
  if ! command -v apt-get > /dev/null || ! command -v dpkg-query > /dev/null; then
    if [ "$(uname)" = Linux ]; then say "no apt-get here: if a library is missing later, install your system's $*."; fi
    return
  fi
  # A name may be that of a later package which provides it (libglib2.0-0t64 provides libglib2.0-0).
  local installed missing=() name
  installed=" $(dpkg-query -W -f='${db:Status-Abbrev}${Package} ${Provides}\n' | sed -n 's/^ii *//p' | tr ',\n' '  ') "
  for name in "$@"; do
    case $installed in *" $name "*) ;; *) missing+=("$name") ;; esac
  done
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo > /dev/null; then
    fail "system packages are missing and sudo is not installed: as root, run apt-get install ${missing[*]}"
  fi
  say "installing system packages: ${missing[*]}"
  apt update || say "apt-get update failed: trying with the package lists that are here."
  apt install -y --no-install-recommends "${missing[@]}" \
    || fail "apt-get could not install ${missing[*]}: see its message above."
}

# Sets PYTHON to an interpreter that the app runs on.
choose_python() {
  for PYTHON in python3 python3.13 python3.12 python3.11 python3.14; do
    if "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then return; fi
  done
  fail "Python 3.11 or later was not found: install it (on Debian 12 and Ubuntu 24.04: apt-get install python3)."
}

# install_app WHAT: put the checkout and its Python packages into .venv; WHAT is "app", or "dev" for the test tools and
# the training stack as well. Nothing is done when pyproject.toml has not changed since.
install_app() {
  local what=$1 extra='' state
  state=$(cksum < pyproject.toml)
  if "$VENV/bin/python" -c '' 2> /dev/null; then
    if [ "$(cat "$VENV/installed-dev" 2> /dev/null)" = "$state" ]; then return; fi
    if [ "$what" = app ] && [ "$(cat "$VENV/installed-app" 2> /dev/null)" = "$state" ]; then return; fi
  fi
  choose_python
  if ! "$PYTHON" -c 'import ensurepip, venv' 2> /dev/null; then
    install_packages "$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
  fi
  if ! "$VENV/bin/python" -m pip --version > /dev/null 2>&1; then
    "$PYTHON" -m venv --clear "$VENV" || fail "$PYTHON could not make $VENV: see its message above."
  fi
  if [ "$what" = dev ]; then extra='[dev]'; fi
  say "installing Python packages into $VENV ($("$VENV/bin/python" --version), $what)"
  "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off -e ".$extra" \
    || fail "pip could not install the Python packages: see its message above; without a network nothing can be fetched."
  printf '%s\n' "$state" > "$VENV/installed-$what"
}
