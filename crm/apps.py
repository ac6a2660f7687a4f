"""The house: it starts the staff admin site."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    """Settings, addresses, the admin site, the machine room."""

    name = "crm"
    verbose_name = _("Hospital CRM")
    default = True


class CrmAdminConfig(admin_apps.AdminConfig):
    """Makes our site the default one, so that apps import only django.contrib.admin."""

    default = False
    default_site = "crm.site.CrmAdminSite"
