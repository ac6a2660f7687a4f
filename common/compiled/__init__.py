"""Querysets whose SQL is built once per process and run again with other values.

To build the SQL of a wide SELECT costs the ORM several times what the database needs to answer it. On the path of
a booking that is half of all work, so there, and only there, the SQL is kept. What is kept holds no data: two
processes cannot disagree about it.

    slots = Compiled(lambda: Slot.objects.with_session().filter(uuid=Given("uuid", models.UUIDField())))
    slot = slots.first(uuid=…)
"""

from .read import Compiled
from .statement import Given
from .write import CompiledInsert, CompiledUpdate, Following, mark_written

__all__ = ["Compiled", "CompiledInsert", "CompiledUpdate", "Following", "Given", "mark_written"]
