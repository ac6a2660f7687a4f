"""Tests talk to this machine only."""

import socket

import pytest


def test_a_connection_to_the_world_is_refused():
    with pytest.raises(OSError, match="this machine only"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
