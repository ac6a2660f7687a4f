"""One module for each thing that is measured; each has `run(bench) -> list[Finding]`."""
