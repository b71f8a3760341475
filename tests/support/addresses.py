"""Every address of the house, walked from the resolver, so that a new one is found by itself."""

import re
from dataclasses import dataclass

from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RegexPattern

# What stands in an address by its converter when nothing that exists is meant.
NOTHING = {"str": "nothing", "slug": "nothing", "path": "0", "int": "0", "uuid": "00000000-0000-4000-8000-000000000000"}
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """route: as Django names it in `resolver_match.route`; name: "namespace:name", or "" for what has none."""

    route: str
    name: str

    def path(self, **values):
        """The path, with these values (str) for its parameters, by name; what is not given names nothing that exists."""
        route = re.sub(r"\(\?P<url>\.\*\)\$", "no/such/page", self.route)
        route = re.sub(r"\^?\(\?P<app_label>([a-z_]+)[^)]*\)/\$", r"\1/", route)
        return "/" + PARAMETER.sub(lambda found: str(values.get(found[2], NOTHING[found[1] or "str"])), route)


def addresses(resolver=None, route="", namespace=()):
    """[Address] of everything that the resolver (the house's own for None) leads to."""
    found = []
    for one in (resolver or get_resolver()).url_patterns:
        here = route + (one.pattern.regex.pattern if isinstance(one.pattern, RegexPattern) else str(one.pattern))
        if isinstance(one, URLPattern):
            found.append(Address(here, ":".join([*namespace, one.name]) if one.name else ""))
        else:
            deeper = (*namespace, one.namespace) if one.namespace else namespace
            found += addresses(one, here, deeper)
    return found
