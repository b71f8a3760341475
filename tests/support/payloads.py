"""Texts that try to become markup or code where somebody else reads them, and the look whether one of them did.

Families of the corpus: plain elements, broken and nested ones, event handlers, addresses, SVG and MathML, styles, attributes
broken out of, templates (Django, htmx, mustache), encodings, comments and CDATA, DOM clobbering, JSON in a page, htmx's own
attributes. Each carries a number of its own (`ran(7)`), so that a look can say which one it was and that it was there at all.
"""

_SHAPES = [
    "<script>ran(@)</script>",
    "<script src=/ran/@></script>",
    "<script type=module>ran(@)</script>",
    "<script type=text/hyperscript>ran(@)</script>",
    "</script><script>ran(@)</script>",
    "<scr<script>ipt>ran(@)</scr</script>ipt>",
    "<SCRIPT>ran(@)</SCRIPT>",
    "<script\n>ran(@)</script\n>",
    "<img src=x onerror=ran(@)>",
    "<img src=x onerror='ran(@)' data-ran=@>",
    '"><img src=x onerror=ran(@)>',
    "'><img src=x onerror=ran(@)>",
    "--><img src=x onerror=ran(@)>",
    "]]><img src=x onerror=ran(@)>",
    "<img/src=x/onerror=ran(@)>",
    "<img src=x:x onerror\t=ran(@)>",
    "<IMG SRC=x OnErRoR=ran(@)>",
    "<img src=/ran/@>",
    "<image src=x onerror=ran(@)>",
    "<svg onload=ran(@)>",
    "<svg><script>ran(@)</script></svg>",
    "<svg><animate onbegin=ran(@) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:ran(@)'><text>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg onload=ran(@)>'/></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>parent.ran(@)</script>'></foreignObject></svg>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=ran(@)></style></math>",
    "<math href='javascript:ran(@)'>x</math>",
    "<iframe src='javascript:parent.ran(@)'></iframe>",
    "<iframe srcdoc='<script>parent.ran(@)</script>'></iframe>",
    "<object data='javascript:ran(@)'></object>",
    "<embed src='javascript:ran(@)'>",
    "<a href='javascript:ran(@)' data-ran=@>x</a>",
    "<a href='java\tscript:ran(@)' data-ran=@>x</a>",
    "<a href='data:text/html,<script>ran(@)</script>' data-ran=@>x</a>",
    "javascript:ran(@)",
    "<form action='javascript:ran(@)' data-ran=@><button>x</button></form>",
    "<button formaction='javascript:ran(@)' data-ran=@>x</button>",
    "<input autofocus onfocus=ran(@)>",
    "<details open ontoggle=ran(@)>x</details>",
    "<video><source onerror=ran(@)></video>",
    "<audio src=x onerror=ran(@)></audio>",
    "<body onload=ran(@)>",
    "<marquee onstart=ran(@)>x</marquee>",
    "<div onpointerover=ran(@) data-ran=@>x</div>",
    "<select autofocus onfocus=ran(@)></select>",
    "<meta http-equiv=refresh content='0;url=javascript:ran(@)' data-ran=@>",
    "<base href='//ran.test/@' data-ran=@>",
    "<link rel=stylesheet href=/ran/@ data-ran=@>",
    "<style data-ran=@>@import '/ran/@';</style>",
    "<div style='background:url(/ran/@)' data-ran=@>x</div>",
    '" onmouseover="ran(@)" data-ran="@',
    "' onmouseover='ran(@)' data-ran='@",
    "` onmouseover=`ran(@)` data-ran=`@`",
    "x onmouseover=ran(@) data-ran=@",
    "{{ 191|add:@ }}{% debug %}",
    "{{constructor.constructor('ran(@)')()}}",
    "${ran(@)}",
    "<%= ran(@) %>",
    "&lt;img src=x onerror=ran(@)&gt;",
    "&#60;img src=x onerror=ran(@)&#62;",
    "%3Cimg src=x onerror=ran(@)%3E",
    "\\u003cimg src=x onerror=ran(@)\\u003e",
    "\\x3cscript\\x3eran(@)\\x3c/script\\x3e",
    "\ufeff<script>ran(@)</script>",
    "<noscript><p title='</noscript><img src=x onerror=ran(@)>'>",
    "<textarea></textarea><img src=x onerror=ran(@)>",
    "</textarea><img src=x onerror=ran(@)>",
    "</title><img src=x onerror=ran(@)>",
    "<template><img src=x onerror=ran(@)></template>",
    "<!--<img src='--><img src=x onerror=ran(@)>'-->",
    "<form id=htmx data-ran=@><input name=config></form>",
    "<a id=body name=body data-ran=@>x</a>",
    '","ran":ran(@),"x":"',
    "</script><!--<script>ran(@)",
    "<div hx-get=/ran/@ hx-trigger=load data-ran=@>x</div>",
    "<div hx-on:load=ran(@) data-ran=@>x</div>",
    "<div data-hx-get=/ran/@ data-hx-trigger=load data-ran=@>x</div>",
    "[x](javascript:ran(@))",
    "\u202e<script>ran(@)</script>",
]

PAYLOADS = [shape.replace("@", str(number)) for number, shape in enumerate(_SHAPES, 1001)]

# Before anything else on a page: notes what runs.
LISTEN = "window.ranAt = []; window.ran = (number) => { window.ranAt.push(number); };"

# What of the corpus has become more than text on the page as it stands, its shadow trees and templates included.
_BECAME = r"""() => {
    const became = ranAt.map((number) => `ran: ${number}`);
    const look = (tree) => {
        for (const one of tree.querySelectorAll("*")) {
            const says = one.getAttributeNames().some((name) => /^on|^data-ran$|hx-on/.test(name)
                || (/src|href|action|^data$|style|hx-/.test(name) && /\bran\b/.test(one.getAttribute(name))))
                || (one.localName === "script" && !one.src && one.type !== "application/json");
            if (says) became.push(one.outerHTML.slice(0, 200));
            if (one.shadowRoot) look(one.shadowRoot);
            if (one.localName === "template") look(one.content);
        }
    };
    look(document);
    return became;
}"""

_SHOWN = """() => {
    const boxes = [...document.querySelectorAll("input, textarea, option")].map((one) => one.value);
    const told = [...document.querySelectorAll("[title], [aria-label]")].map((one) => one.title + one.ariaLabel);
    return [document.title, document.body.textContent, ...boxes, ...told].join("\\n");
}"""


def shown(page):
    """The numbers (set of int) of the payloads that can be read on the page, wherever."""
    text = page.evaluate(_SHOWN)
    return {number for number, payload in enumerate(PAYLOADS, 1001) if payload.strip() in text}


def assert_only_text(page):
    """Fails with what has become more than text on the page."""
    became = page.evaluate(_BECAME)
    assert became == [], f"{page.url}: {became}"
    assert "1246" not in page.evaluate(_SHOWN), "a template was rendered"
