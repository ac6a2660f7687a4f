"""The demo hospital: invented from a seed, so that everybody sees the same one. Nothing here is about real people."""
