"""Carriers made of paper: they speak each protocol on this machine, check our signatures by their own arithmetic, and
fail in every way that they are told to. Nothing here imports the adapters, so both cannot share a mistake."""

from messaging.tests.fakes.server import FakeCarriers

__all__ = ["FakeCarriers"]
