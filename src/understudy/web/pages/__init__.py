"""The pages that people read: start page, reference, console.

How a page is added:

1. **A view** in a module of this package: ``def traffic(visit: Visit) -> Response``. ``visit`` says whose
   sandbox the page is about (``visit.sandbox``), what is played (``visit.house``), and gives
   ``visit.page("traffic.html", **values)``: the answer made from a template, with its headers and cookie.
2. **A route** in ``app.py``: ``_page("/console", traffic)``. The edge hands ``/``, ``/docs…``, ``/console…`` and
   ``/assets…`` to these routes (GET and HEAD only); none of it is an exchange, and no journal has it.
3. **A template** in ``templates/`` that begins with ``{% extends "base.html" %}`` and fills the blocks ``title``,
   ``head`` (its own style sheet: ``{{ style("console.css") }}``), ``main``, ``foot`` and ``scripts``
   (``{{ module("console.js") }}``). Give ``here="console"`` to have the bar mark it. Links go through
   ``{{ to("/docs/acme") }}``, which keeps the prefix ``/~NAME`` of a sandbox. Autoescape is on and an unknown variable
   is an error. ``macros.html`` has badges, methods, statuses, copy buttons.
4. **Assets** in ``assets/``: plain CSS and ES modules, served under ``/assets/NAME?v=HASH`` and kept for good by
   browsers; an ``import … from "./api.js"`` gets its ``?v=`` when the file is served. Colours, spaces and components
   are those of ``base.css``: use its custom properties, never a colour of your own.

What a page may not do: the Content-Security-Policy (``headers.py``) has no ``unsafe-inline``. So no ``style=``, no
``onclick=``, no inline script; values for scripts stand in ``data-`` attributes or in
``<script type="application/json">`` (filter ``tojson``). Widths that are computed go into SVG attributes, or through
``element.style`` in JavaScript, which the policy allows.

What scripts find ready: ``api.js`` (``control(path, {method, body})``: the control API in the reader's sandbox;
``call(request)``: any exchange, timed), ``json.js`` (``show(text)``: JSON from outside as coloured, harmless nodes),
``diff.js`` (``differences(items)``: what changed, record by record), ``dom.js`` (``element(name, attributes,
...children)``, which only ever makes text nodes, and ``say(text)`` for screen readers), ``base.js`` (theme, copy
buttons, tabs, the sandbox's banner; every page has it). After the banner's reset the document hears
``understudy:reset``.

Tests: ``tests/web/test_pages.py`` holds every address in its ``PATHS`` to the policy; a test in ``tests/browser/`` that
takes the fixture ``page`` fails by itself where the console shows an error, the policy is violated or a request leaves
the server. Add the page to ``tests/browser/screenshots.py`` and to ``test_accessibility.py``.
"""
