"""Ports stay the same from start to start where nobody else has taken them."""

from __future__ import annotations

import socket

from demo.ports import HOST, choose


def test_a_free_port_is_chosen_again() -> None:
    first = choose({"web": 0})
    assert choose(first) == first


def test_a_taken_port_is_replaced() -> None:
    with socket.create_server((HOST, 0)) as other:
        taken = other.getsockname()[1]
        assert choose({"web": taken})["web"] not in (0, taken)


def test_ports_differ_from_each_other() -> None:
    port = choose({"web": 0})["web"]
    chosen = choose({"web": port, "broker": port})
    assert len(set(chosen.values())) == 2
