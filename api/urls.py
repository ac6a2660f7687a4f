"""Every address of the API, version 1."""

from django.urls import path

from api.views import appointments, catalogue, holds, pages, patients, slots, waitlist

app_name = "api"
urlpatterns = [
    path("slots/", slots.SlotList.as_view(), name="slots"),
    path("holds/", holds.HoldList.as_view(), name="holds"),
    path("holds/<str:id>/", holds.HoldDetail.as_view(), name="hold"),
    path("holds/<str:id>/renew/", holds.HoldRenew.as_view(), name="hold-renew"),
    path("appointments/", appointments.AppointmentList.as_view(), name="appointments"),
    path("appointments/<str:id>/", appointments.AppointmentDetail.as_view(), name="appointment"),
    path("appointments/<str:id>/cancel/", appointments.AppointmentCancel.as_view(), name="appointment-cancel"),
    path("appointments/<str:id>/move/", appointments.AppointmentMove.as_view(), name="appointment-move"),
    path("appointments/<str:id>/confirm/", appointments.AppointmentConfirm.as_view(), name="appointment-confirm"),
    path("waitlist/", waitlist.WaitlistList.as_view(), name="waitlist"),
    path("waitlist/<str:id>/", waitlist.WaitlistDetail.as_view(), name="waitlist-entry"),
    path("offers/<str:id>/accept/", waitlist.OfferAccept.as_view(), name="offer-accept"),
    path("offers/<str:id>/decline/", waitlist.OfferDecline.as_view(), name="offer-decline"),
    path("patients/", patients.PatientList.as_view(), name="patients"),
    path("practitioners/", catalogue.PractitionerList.as_view(), name="practitioners"),
    path("departments/", catalogue.DepartmentList.as_view(), name="departments"),
    path("services/", catalogue.ServiceList.as_view(), name="services"),
    path("sites/", catalogue.SiteList.as_view(), name="sites"),
    path("schema/", pages.Schema.as_view(), name="schema"),
    path("docs/", pages.Docs.as_view(url_name="api:schema"), name="docs"),
]
