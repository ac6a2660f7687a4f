"""Groups that the model card tells apart. Needs no numpy: pages show this."""

AGES = ((0, 12), (13, 19), (20, 34), (35, 49), (50, 64), (65, 79), (80, None))  # years, both ends count
