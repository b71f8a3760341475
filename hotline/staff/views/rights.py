"""What the reader may do, where, and why."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hotline.staff.explained import explain


@login_required
@require_GET
def mine(request):
    """The reader's own rights, to read only; whoever has an account may know them."""
    return render(request, "staff/rights/mine.html", {"explained": explain(request.user)})
