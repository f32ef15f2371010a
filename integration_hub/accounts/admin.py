"""Staff see organisations, users and roles; nobody sees a digest key."""

from __future__ import annotations

from django.contrib import admin

from .models import Membership, Organisation, User


class MembershipInline(admin.TabularInline[Membership, Organisation]):
    model = Membership
    extra = 0


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin[Organisation]):
    list_display = ["name"]
    inlines = [MembershipInline]


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ["email", "name", "is_active", "is_staff"]
    fields = ["email", "name", "is_active", "is_staff", "is_superuser"]
