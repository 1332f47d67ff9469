#!/bin/sh
# Makes ./configure from a clean clone.
cd "$(dirname "$0")" && exec autoreconf -fi
