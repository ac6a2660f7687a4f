"""How likely a booked patient is not to come: docs/risk.md.

`reasons` is read by pages. Everything else here needs numpy, and `training` scikit-learn: only the worker and commands
import those, web processes never do (scheduling/tests/test_risk_imports.py).
"""
