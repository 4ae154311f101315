#!/usr/bin/python3
"""The console in Chromium, as somebody uses it: search, open, boxes at their place, an echo, a move
while it goes on; by mouse and by keys, light and dark, wide and narrow.

console_test.py URL FACTS        FACTS: JSON, what the page should show (see console_test.cpp)

Pictures are kept in the folder CXR_PICTURES, where that is set.
"""
import json
import os
import shlex
import subprocess
import sys

from devtools import Browser, need_chromium

need_chromium()
ROOT, FACTS = sys.argv[1], json.loads(sys.argv[2])
PICTURES = os.environ.get("CXR_PICTURES")


def picture(browser, name, whole=False):
    if PICTURES:
        os.makedirs(PICTURES, exist_ok=True)
        browser.picture(os.path.join(PICTURES, name + ".png"), whole)


def equal(found, expected, what):
    if found != expected:
        raise AssertionError(f"{what}: {found!r} where {expected!r} is due")


def fits(browser, what):
    """Nothing is wider than the window."""
    wide = browser.run("""[...document.querySelectorAll('body *')].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && box.right > innerWidth + 1 && !element.closest('.scroll, .command, .stage, .skip');
    }).map((element) => element.outerHTML.slice(0, 120))""")
    equal(wide, [], f"wider than the window, on {what}")


def search(browser):
    browser.open(ROOT + "/")
    browser.wait("document.querySelectorAll('.cards .card').length > 0", "cards")
    equal(browser.run("document.querySelector('.found h1').textContent"),
          f"{FACTS['images']} images", "all images")
    picture(browser, "search")
    fits(browser, "search")
    # A choice by its count, and back by the address.
    browser.click("[name=boxed]")
    browser.wait(f"document.querySelector('.found h1').textContent.startsWith('{FACTS['boxed']} image')",
                 "the images with boxes")
    equal(browser.run("location.hash"), "#/?boxed=1", "the address")
    browser.click("[name=boxed]")
    browser.wait("location.hash === '#/'", "all again")
    # A patient by keys alone.
    browser.press("/", "Slash")
    equal(browser.run("document.activeElement.name"), "patient", "where / goes")
    browser.type("[name=patient]", FACTS["patient"].lstrip("0"))
    browser.wait(f"document.querySelector('.found h1').textContent.startsWith('{FACTS['patientImages']} image')",
                 "the patient's images")
    browser.run("document.querySelector('.cards a').focus()")
    browser.run("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown', bubbles: true}))")


def study(browser):
    browser.open(f"{ROOT}/#/study/{FACTS['study']}")
    browser.wait("document.querySelector('.stage')?.dataset.ready", "the picture")
    # Drawn: not all of it is black.
    shades = browser.run("""(() => {
        const canvas = document.querySelector('.plate canvas');
        const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return new Set(data.filter((_, index) => index % 4 === 0)).size;
    })()""")
    if shades < 20:
        raise AssertionError(f"the picture has {shades} shades of grey")
    # The picture has the radiograph's proportions, and the box lies where the table says.
    plate = browser.run("(({x, y, width, height}) => [x, y, width, height])(document.querySelector('.plate').getBoundingClientRect())")
    aspect = plate[2] / plate[3]
    if abs(aspect / FACTS["aspect"] - 1) > 0.01:
        raise AssertionError(f"the picture's proportions are {aspect}, the radiograph's {FACTS['aspect']}")
    drawn = browser.run("""[...document.querySelectorAll('.plate rect.under')].map((rect) => {
        const {x, y, width, height} = rect.getBBox();
        const from = rect.getScreenCTM();
        return [from.a * x + from.e, from.d * y + from.f, from.a * width, from.d * height];
    })""")
    equal(len(drawn), len(FACTS["boxes"]), "boxes drawn")
    for box, found in zip(FACTS["boxes"], drawn):
        expected = [plate[0] + box[0] * plate[2] / 1024, plate[1] + box[1] * plate[3] / 1024,
                    box[2] * plate[2] / 1024, box[3] * plate[3] / 1024]
        if any(abs(a - b) > 1 for a, b in zip(found, expected)):
            raise AssertionError(f"the box is at {found}, and should be at {expected}")
    browser.wait("document.querySelectorAll('.attributes tbody tr').length > 20", "attributes")
    browser.wait("document.querySelector('.attributes').innerText.includes('PatientID')", "keywords")
    browser.wait("document.querySelector('.tree')?.innerText.includes('Finding')", "the report as text")
    picture(browser, "study", whole=True)
    # Zoomed by a key, the box goes with the picture; reset brings both back.
    browser.run("document.querySelector('.stage').focus()")
    browser.press("+", "Equal", "+")
    wider = browser.run("document.querySelector('.plate').getBoundingClientRect().width")
    if wider <= plate[2]:
        raise AssertionError("+ does not zoom")
    browser.press("0", "Digit0", "0")
    equal(round(browser.run("document.querySelector('.plate').getBoundingClientRect().width")),
          round(plate[2]), "the width after a reset")
    browser.press("b", "KeyB", "b")
    equal(browser.run("getComputedStyle(document.querySelector('.plate svg')).display"), "none", "boxes after b")
    browser.press("b", "KeyB", "b")
    fits(browser, "study")


def another_picture(browser):
    """A picture that cannot be had leaves none of the one before under its own findings."""
    browser.open(ROOT + "/#/connect")
    browser.wait("document.querySelector('.command')", "the page before")
    # The study with one more image, whose frame never comes.
    browser.run("""(() => {
        const real = window.fetch;
        window.fetch = async (url, options) => {
            if (url.includes('/instances/9.9.9/')) throw new Error('it is gone');
            const answer = await real(url, options);
            if (!url.endsWith('/metadata')) return answer;
            const sets = await answer.json();
            const other = structuredClone(sets.find((set) => set['00280010']));
            other['00080018'].Value = ['9.9.9'];
            return new Response(JSON.stringify([...sets, other]));
        };
    })()""")
    browser.run(f"location.hash = '#/study/{FACTS['study']}'")
    browser.wait("document.querySelector('.stage')?.dataset.ready", "the picture")
    choose = """((index) => {
        const pick = document.querySelector('[aria-label=Picture].viewer select');
        pick.value = index;
        pick.dispatchEvent(new Event('change'));
    })(%d)"""
    browser.run(choose % 1)
    browser.wait("document.getElementById('said').textContent.includes('it is gone')", "what is wrong")
    equal(browser.run("[document.querySelector('.plate canvas').width, document.querySelectorAll('.plate rect').length]"),
          [1, 0], "what is left of the picture before")
    browser.run(choose % 0)
    browser.wait("document.querySelector('.stage')?.dataset.ready", "the picture again")
    equal(browser.run("document.querySelectorAll('.plate rect.under').length"), len(FACTS["boxes"]), "its boxes")


def addresses_and_commands(browser):
    # From anywhere, / leads to the search field; a page that is opened at its content has some.
    browser.run("document.activeElement.blur()")
    browser.press("/", "Slash")
    browser.wait("document.activeElement?.name === 'patient'", "the search field after /")
    browser.open("about:blank")
    browser.open(ROOT + "/#main")
    browser.wait("document.querySelectorAll('.cards .card').length > 0", "cards at #main")
    # What is pasted into a shell is one word, whatever the AE title is.
    line = browser.run("""import('/console/connect.js').then(async ({connectView}) => {
        const facts = Promise.resolve({aeTitle: "MY 'AE' $X", listen: '127.0.0.1', port: 104, version: '', dates: ''});
        const {element} = connectView(facts);
        await facts;
        return [...element.querySelectorAll('pre')].find((pre) => pre.textContent.startsWith('echoscu')).textContent;
    })""")
    equal(shlex.split(line), ["echoscu", "-aec", "MY 'AE' $X", "127.0.0.1", "104"], "the line for a shell")


def a_browser_that_keeps_nothing(browser):
    script = browser.call("Page.addScriptToEvaluateOnNewDocument", source="""
        Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('blocked', 'SecurityError'); }});
    """)["identifier"]
    browser.open("about:blank")
    browser.open(ROOT + "/#/")
    browser.wait("document.querySelectorAll('.cards .card').length > 0", "cards without storage")
    browser.click("#theme")
    equal(browser.run("document.documentElement.dataset.theme"), "dark", "the theme without storage")
    browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=script)
    browser.open("about:blank")


def activity(browser):
    browser.open(ROOT + "/#/activity")
    browser.click(f"[aria-label='Echo {FACTS['peer']}']")
    browser.wait(f"document.querySelector('[data-echo={FACTS['peer']}]').textContent.startsWith('0000H')", "the echo's answer")
    move = subprocess.Popen(FACTS["move"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        shown = browser.wait("""(() => {
            const bar = document.querySelector('.moving progress');
            return bar && bar.value > 0 && bar.value < bar.max && document.querySelector('.moving').innerText;
        })()""", "a move with progress", 40)
        if f"→ {FACTS['peer']}" not in shown:
            raise AssertionError(f"the move says {shown!r}")
        picture(browser, "activity", whole=True)
        browser.wait("document.querySelectorAll('[aria-label=Associations] tbody tr').length > 0", "the requester's association")
    finally:
        move.wait(timeout=120)
    browser.wait("!document.querySelector('.moving progress')", "the move's end")
    browser.wait("document.querySelector('[aria-label=Operations]').innerText.includes('C-MOVE')", "the operation")
    fits(browser, "activity")
    browser.open(ROOT + "/#/connect")
    browser.wait(f"document.querySelector('main').innerText.includes('{FACTS['echoscu']}')", "the command")
    picture(browser, "connect", whole=True)


def phone_in_the_dark(browser):
    browser.size(390, 844, dark=True, phone=True)
    for name, address, ready in (("search", "/#/", "document.querySelectorAll('.card').length > 0"),
                                 ("study", f"/#/study/{FACTS['study']}", "document.querySelector('.stage')?.dataset.ready"),
                                 ("activity", "/#/activity", "document.querySelector('[aria-label=Operations]')"),
                                 ("connect", "/#/connect", "document.querySelector('.command')")):
        browser.open(ROOT + address)
        browser.wait(ready, name)
        fits(browser, f"{name}, on a phone")
        picture(browser, f"phone-{name}", whole=True)


def main():
    with Browser() as browser:
        browser.size(1280, 900)
        for scene in (search, study, another_picture, addresses_and_commands,
                      a_browser_that_keeps_nothing, activity, phone_in_the_dark):
            scene(browser)
            print(scene.__name__.replace("_", " "), "holds", flush=True)
        own = [url for _, url, _ in browser.requests.values() if not url.startswith((ROOT, "data:", "blob:", "about:"))]
        equal(own, [], "requests to others")
        wrong = [request for request in browser.requests.values() if request[2] is not None and request[2] >= 400]
        equal(wrong, [], "requests that failed")
        equal(browser.complaints, [], "what the browser complains of")


main()
