"""How fast is it? `python -m benchmarks` measures the hot paths against a reference in the same run."""
