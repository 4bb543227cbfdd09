"""The pages of allauth that are open here: signing in and out, and second factors. No sign-up, no e-mail, no reset."""

from allauth.account import views
from django.urls import include, path

from tsunagu.web.sign_in import ways

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/", views.password_change, name="account_change_password"),
    path("provider/", ways.way, name="provider"),
    path("provider/sign-in/", ways.sign_in, name="provider_sign_in"),
    path("provider/callback/", ways.callback, name="provider_callback"),
    path("provider/bind/", ways.bind, name="provider_bind"),
    path("provider/unbind/", ways.unbind, name="provider_unbind"),
    path("2fa/", include("allauth.mfa.urls")),
]
