"""Take the pictures of the documents from what the browser tests saw: `python -m tests.live.pictures`."""

from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SHOWN = (
    "sign-in-phone", "results-phone", "results-desktop", "person-desktop", "refused-phone", "plan-desktop",
    "order-desktop", "entry-desktop", "verified-phone", "figures-desktop", "public-map-phone", "public-home-desktop",
)  # fmt: skip
TALLEST = {"phone": 844, "desktop": 1000}


def main() -> None:
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    for name in SHOWN:
        picture = Image.open(ROOT / "test-output" / f"{name}.png").convert("RGB")
        picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST[name.rsplit("-", 1)[1]])))
        picture.quantize(128).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
