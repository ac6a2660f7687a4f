"""The reference: bare views of Django REST framework, and one that draws a template, without key, rules or limits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.models import Entry, Subject


class Write(APIView):
    """One SELECT by uuid, one INSERT."""

    permission_classes = []

    def post(self, request: Request) -> Response:
        subject = Subject.objects.get(uuid=request.data["subject"])
        entry = Entry.objects.create(subject=subject, text=request.data["text"])
        return Response({"id": entry.uuid, "subject": subject.uuid, "created_at": entry.created_at}, 201)


class Read(APIView):
    """One SELECT of `limit` rows."""

    permission_classes = []

    def get(self, request: Request) -> Response:
        after, limit = int(request.query_params["after"]), int(request.query_params["limit"])
        rows = Subject.objects.filter(pk__gt=after).order_by("pk")
        return Response({"results": list(rows.values("uuid", "name", "code", "is_active", "created_at")[:limit])})


def page(request: HttpRequest) -> HttpResponse:
    """One SELECT of twenty rows, drawn as a page with a form."""
    return render(request, "benchmarks/page.html", {"subjects": Subject.objects.order_by("pk")[:20]})
