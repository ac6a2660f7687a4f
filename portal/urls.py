"""The portal: what patients do by themselves."""

from django.urls import include, path

from portal.views import home, sign_in, who

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
    path("", include("portal.visit_urls")),
]
