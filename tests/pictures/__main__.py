"""Take all pictures and write them where the guides look for them; tests/pictures/taken.json tells what stands in each."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.pictures.camera import Camera
from tests.pictures.examples import EXAMPLES
from tests.pictures.scenes import Scenes
from tests.process.houses import ROOT, demo_house

FOLDER = ROOT / "static" / "guides"
TAKEN = Path(__file__).with_name("taken.json")
PASSWORD = "a calm word for many hands"


def main():
    """Exit code: 0 when all were taken."""
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        raise SystemExit("Chromium is missing (apt install chromium).")
    taken = {}
    with demo_house(PASSWORD) as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        camera = Camera(browser)
        for language, example in EXAMPLES.items():
            (FOLDER / language).mkdir(parents=True, exist_ok=True)
            for name, picture in Scenes(browser, camera, house, language, example, PASSWORD).all():
                path = FOLDER / language / f"{name}.webp"
                path.write_bytes(picture.content)
                digest = hashlib.sha256(picture.content).hexdigest()
                taken[f"{language}/{path.name}"] = {"sha256": digest, "says": picture.says}
                sys.stdout.write(f"{path.relative_to(ROOT)}  {len(picture.content) // 1024} KiB\n")
        browser.close()
    TAKEN.write_text(json.dumps(taken, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
