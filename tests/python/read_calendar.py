"""Reads a calendar file from standard input by an independent reader, strictly, and tells it as JSON."""

import json
import sys

from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())


def text(component, name):
    return str(component[name]) if name in component else None


def entry(event):
    assert not event.errors, event.errors
    return {
        "uid": text(event, "UID"),
        "sequence": int(event["SEQUENCE"]),
        "stamp": event["DTSTAMP"].dt.isoformat(),
        "start": event["DTSTART"].dt.isoformat(),
        "end": event["DTEND"].dt.isoformat(),
        "summary": text(event, "SUMMARY"),
        "description": text(event, "DESCRIPTION"),
        "alarms": [alarm["TRIGGER"].dt.total_seconds() for alarm in event.walk("VALARM")],
    }


assert not calendar.errors, calendar.errors
json.dump(
    {"method": text(calendar, "METHOD"), "version": text(calendar, "VERSION"), "entries": [entry(e) for e in calendar.walk("VEVENT")]},
    sys.stdout,
)
