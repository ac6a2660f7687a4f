"""Sending what is due: never lost, never twice.

One run (`draining`) claims some due rows, reads the world again and decides (`deciding`), writes down what will be put
on the wire before it is (`claiming`), hands it to the carriers (`carrying`) and writes down what they said
(`recording`). What a dead worker left behind is settled by asking, or by the carrier's declared rule (`settling`).
"""

from messaging.services.sending.draining import drain

__all__ = ["drain"]
