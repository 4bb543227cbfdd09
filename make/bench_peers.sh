#!/bin/sh
# Make a virtual environment of the peers that the benchmarks measure against: make/bench_peers.sh FOLDER
# Their own needs stay out of ours; the benchmarks run them from there in processes of their own.
set -eu
venv=$1
here=$(dirname "$0")

has_libav() { pkg-config --exists libavcodec libavformat libavutil libswscale libswresample libavfilter libavdevice; }
has_tools() { command -v g++ && command -v cmake && command -v pkg-config && has_libav; }
has_tools >/dev/null 2>&1 || "$here/debian.sh" g++ cmake pkg-config python3-dev libavcodec-dev libavformat-dev \
    libavutil-dev libavdevice-dev libavfilter-dev libswscale-dev libswresample-dev || true
has_tools >/dev/null 2>&1 || {
    echo "vpdq, which the benchmarks measure against, is built from source and needs Debian's g++, cmake, pkg-config," >&2
    echo "python3-dev and the -dev packages of libavcodec, libavformat, libavutil, libavdevice, libavfilter," >&2
    echo "libswscale and libswresample." >&2
    exit 1
}
"$here/venv.sh" "$venv" make/builders.lock
# scikit-build-core lays its build where it is told; cmake is Debian's.
"$here/venv.sh" "$venv" make/peers.lock --no-build-isolation
