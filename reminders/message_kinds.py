"""What the hospital tells its patients about their visits: messaging looks for this module and collects the kinds."""

from reminders.kinds import bookings, campaigns, places, ratings, replies, stoppages, visits

__all__ = ["bookings", "campaigns", "places", "ratings", "replies", "stoppages", "visits"]
