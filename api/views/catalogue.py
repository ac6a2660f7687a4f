"""The hospital's catalogue: sites, departments, services, practitioners."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from api.answers import catalogue
from api.answers.json import answer
from api.refusals import Malformed
from api.requests.queries import DepartmentQuery, PageQuery, PractitionerQuery, ServiceQuery
from api.requests.shape import Shape
from api.schema import documented
from directory.models import Department, HealthcareService, Practitioner, Site

from .base import ChannelView

PAGE = 200


def page_of(shape: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The documented form of a page of `shape`."""
    fields = {
        "results": shape(many=True),
        "next": serializers.UUIDField(allow_null=True, help_text="The cursor of the next page."),
    }
    return type(shape.__name__.replace("Answer", "Page"), (serializers.Serializer,), fields)


class CatalogueView(ChannelView):
    """Rows in the order in which they were made, so that a page never repeats or loses one."""

    rights = {"GET": "may_search"}
    query: type[Shape]
    shown: Callable[[Any], dict[str, Any]]
    paths: dict[str, str] = {}  # parameter -> path of the field

    def rows(self, user) -> QuerySet:
        """What this user may see and what is in use."""
        raise NotImplementedError

    def page(self, request: Request) -> HttpResponse:
        """The rows that were asked for."""
        asked = self.query.read_query(request.query_params)
        limit = asked.pop("limit", PAGE)
        rows = self.rows(request.user).order_by("pk")
        if cursor := asked.pop("cursor", None):
            rows = rows.filter(pk__gt=self.read_cursor(request.user, cursor))
        rows = rows.filter(**{self.paths[name]: value for name, value in asked.items()}).distinct()
        some = list(rows[: limit + 1])
        more = len(some) > limit
        results = [type(self).shown(row) for row in some[:limit]]
        return answer({"results": results, "next": results[-1]["id"] if more else None})

    def read_cursor(self, user, cursor) -> int:
        """The number of the row that ended the page before. Raises Malformed."""
        pk = self.rows(user).filter(uuid=cursor).values_list("pk", flat=True).first()
        if pk is None:
            raise Malformed(field="cursor", problem=_("This cursor was not given by a page before."))
        return pk


class SiteList(CatalogueView):
    query = PageQuery
    shown = staticmethod(catalogue.site)

    def rows(self, user) -> QuerySet:
        rows = Site.objects.filter(is_active=True)
        return rows if user.sees_everything else rows.filter(scopes__user=user)

    @documented("sites_list", "List the sites", {200: page_of(catalogue.SiteAnswer)}, tag="catalogue", query=PageQuery)
    def get(self, request: Request) -> HttpResponse:
        return self.page(request)


class DepartmentList(CatalogueView):
    query = DepartmentQuery
    shown = staticmethod(catalogue.department)
    paths = {"site": "site__uuid"}

    def rows(self, user) -> QuerySet:
        return Department.objects.filter(is_active=True).visible_to(user).select_related("site")

    @documented(
        "departments_list",
        "List the departments",
        {200: page_of(catalogue.DepartmentAnswer)},
        tag="catalogue",
        query=DepartmentQuery,
    )
    def get(self, request: Request) -> HttpResponse:
        return self.page(request)


class ServiceList(CatalogueView):
    query = ServiceQuery
    shown = staticmethod(catalogue.service)
    paths = {"site": "department__site__uuid", "department": "department__uuid", "grade": "grade"}

    def rows(self, user) -> QuerySet:
        return HealthcareService.objects.filter(is_active=True).visible_to(user).select_related("department")

    @documented(
        "services_list",
        "List what can be booked",
        {200: page_of(catalogue.ServiceAnswer)},
        tag="catalogue",
        query=ServiceQuery,
    )
    def get(self, request: Request) -> HttpResponse:
        return self.page(request)


class PractitionerList(CatalogueView):
    query = PractitionerQuery
    shown = staticmethod(catalogue.practitioner)
    paths = {"site": "roles__department__site__uuid", "department": "roles__department__uuid"}

    def rows(self, user) -> QuerySet:
        return Practitioner.objects.filter(is_active=True).visible_to(user).prefetch_related("roles__department")

    @documented(
        "practitioners_list",
        "List the practitioners",
        {200: page_of(catalogue.PractitionerAnswer)},
        tag="catalogue",
        query=PractitionerQuery,
    )
    def get(self, request: Request) -> HttpResponse:
        return self.page(request)
