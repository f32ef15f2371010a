"""Staff activate the add-on and see organisations, users, roles and the audit log."""

from __future__ import annotations

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from .models import AuditEntry, Membership, Organisation, User


class MembershipInline(admin.TabularInline[Membership, Organisation]):
    model = Membership
    extra = 0


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin[Organisation]):
    list_display = ["name", "addon_since"]
    inlines = [MembershipInline]

    def save_model(
        self, request: HttpRequest, obj: Organisation, form: ModelForm[Organisation], change: bool
    ) -> None:
        """Notes in the audit log when the add-on is switched."""
        super().save_model(request, obj, form, change)
        if "addon_since" in form.changed_data and isinstance(request.user, User):
            actions = AuditEntry.Action
            action = actions.ADDON_ON if obj.has_addon else actions.ADDON_OFF
            AuditEntry.write(obj, action, timezone.now(), user=request.user)


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    list_display = ["at", "organisation", "actor", "action", "subject"]
    list_filter = ["organisation", "action"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ["email", "name", "is_active", "is_staff"]
    fields = ["email", "name", "is_active", "is_staff", "is_superuser"]
