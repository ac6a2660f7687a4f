"""Addresses of the desk, below the staff admin."""

from django.urls import path

from desk.views import afterwards, arrivals, booking_desk, ending, lock, panel, paper, queue, tickets, today, together
from desk.views.day import day
from desk.views.people import people

app_name = "desk"
urlpatterns = [
    path("awake/", lock.awake, name="awake"),
    path("leave/", lock.leave, name="leave"),
    path("unlock/", lock.unlock, name="unlock"),
    path("today/", today.refresh, name="today"),
    path("today/<slug:kind>/", people, name="people"),
    path("day/", day, name="day"),
    path("paper/", paper.paper, name="paper"),
    path("afterwards/", afterwards.page, name="afterwards"),
    path("afterwards/walk-in/", afterwards.walk_in, name="afterwards_walk_in"),
    path("ending/", ending.page, name="ending"),
    path("booking/", booking_desk.page, name="booking_desk"),
    path("booking/found/", booking_desk.found, name="found"),
    path("booking/what/", booking_desk.what, name="what"),
    path("booking/two/", together.hold, name="hold_two"),
    path("booking/two/<uuid:group>/book/", together.book, name="book_two"),
    path("booking/two/<uuid:group>/release/", together.release, name="release_two"),
    path("find/", panel.find, name="find"),
    path("slots/<uuid:slot>/open/", panel.open_slot, name="open"),
    path("slots/<uuid:slot>/overbook/", panel.overbook, name="overbook"),
    path("holds/<uuid:hold>/", panel.resume, name="resume"),
    path("holds/<uuid:hold>/book/", panel.book_held, name="book"),
    path("holds/<uuid:hold>/renew/", panel.renew, name="renew"),
    path("holds/<uuid:hold>/release/", panel.release, name="release"),
    path("bookings/<uuid:booking>/", panel.booking, name="booking"),
    path("bookings/<uuid:booking>/choose/", panel.choose, name="choose"),
    path("bookings/<uuid:booking>/move/", panel.move, name="move"),
    path("bookings/<uuid:booking>/cancel/", panel.cancel, name="cancel"),
    path("bookings/<uuid:booking>/confirm/", panel.confirm, name="confirm"),
    path("bookings/<uuid:booking>/noshow/", panel.noshow, name="noshow"),
    path("bookings/<uuid:booking>/correct/", panel.correct, name="correct"),
    path("bookings/<uuid:booking>/undo/", panel.undo, name="undo"),
    path("queue/", queue.page, name="queue"),
    path("queue/fresh/", queue.fresh, name="queue_fresh"),
    path("queue/found/", arrivals.found, name="queue_found"),
    path("queue/bookings/<uuid:booking>/arrived/", arrivals.check_in, name="check_in"),
    path("queue/people/<uuid:patient>/walk-in/", arrivals.walk_in, name="walk_in"),
    path("queue/sessions/<uuid:session>/next/", queue.call_next, name="call_next"),
    path("queue/tickets/<uuid:entry>/undo/", arrivals.undo, name="undo_check_in"),
    path("queue/tickets/<uuid:entry>/prioritise/", tickets.prioritise, name="prioritise"),
    path("queue/tickets/<uuid:entry>/hand-over/", tickets.hand_over, name="hand_over"),
    path("queue/tickets/<uuid:entry>/finish/", tickets.finish, name="finish"),
    path("queue/tickets/<uuid:entry>/<slug:act>/", tickets.act, name="act"),
]
