"""SIMULATION: a quarter of a small invented hospital, run through the program's own services (docs/simulation.md)."""
