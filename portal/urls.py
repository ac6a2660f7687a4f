"""The portal: what patients do by themselves."""

from django.urls import include, path, register_converter

from portal import converters
from portal.views import book, check, consents, family, home, joining, privacy, requests, sign_in, when, who

register_converter(converters.DayConverter, "day")

app_name = "portal"
urlpatterns = [
    path("", home.page, name="home"),
    path("manifest.webmanifest", home.manifest, name="manifest"),
    path("stay/", home.stay, name="stay"),
    path("sign-in/", sign_in.phone, name="sign_in"),
    path("sign-in/code/", sign_in.code, name="code"),
    path("sign-in/again/", sign_in.again, name="again"),
    path("sign-out/", sign_in.out, name="sign_out"),
    path("who-are-you/", who.who_are_you, name="who_are_you"),
    path("who-are-you/document/", who.document, name="document"),
    path("book/", book.who, name="book"),
    path("book/check/<uuid:hold>/", check.page, name="check"),
    path("book/check/<uuid:hold>/extend/", check.extend, name="extend"),
    path("book/check/<uuid:hold>/give-up/", check.give_up, name="give_up"),
    path("book/<uuid:who>/", book.what, name="what"),
    path("book/<uuid:who>/department/<uuid:department>/", book.which, name="which"),
    path("book/<uuid:who>/<uuid:service>/", when.dates, name="dates"),
    path("book/<uuid:who>/<uuid:service>/<day:day>/", when.at, name="times"),
    path("", include("portal.visit_urls")),
    path("family/", family.page, name="family"),
    path("family/child/", joining.child, name="add_child"),
    path("family/adult/", joining.adult, name="add_adult"),
    path("family/adult/code/", joining.code, name="adult_code"),
    path("family/adult/again/", joining.again, name="adult_again"),
    path("family/<uuid:who>/added/", family.added, name="added"),
    path("family/<uuid:who>/remove/", family.remove, name="remove"),
    path("family/<uuid:who>/refuse/", family.refuse, name="refuse"),
    path("privacy/", privacy.page, name="privacy"),
    path("privacy/looks/", privacy.looks, name="looks"),
    path("privacy/copy/", privacy.copy, name="copy"),
    path("privacy/language/", privacy.language, name="language"),
    path("privacy/everywhere/", privacy.everywhere, name="everywhere"),
    path("privacy/consents/", consents.page, name="consents"),
    path("privacy/leave/", consents.leave, name="leave_portal"),
    path("privacy/left/", consents.left, name="left"),
    path("privacy/requests/", requests.page, name="requests"),
    path("privacy/requests/<slug:about>/", requests.ask, name="request"),
]
