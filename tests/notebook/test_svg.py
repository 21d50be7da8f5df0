"""Pictures are the same text on every processor, and do not take each other's marks."""

import re

import matplotlib.pyplot as plt
import numpy as np

from kscale_nb.notebook.svg import picture


def drawn(jitter: float = 0.0, label: str = "one") -> str:
    with plt.rc_context({"svg.hashsalt": "kscale"}):
        figure, axes = plt.subplots()
        x = np.linspace(0, 10 + jitter, 30)
        axes.plot(x, np.cos(x), marker="o")
        axes.fill_between(x, np.cos(x), 1, hatch="//")
        axes.contour(x, x, np.add.outer(x, x), levels=[4, 8.5])
        axes.annotate(label, (3, 0), (4, 0.4 + jitter), rotation=20)
        axes.set(xlim=(0, 10 + jitter))
        svg = picture(figure)
        plt.close(figure)
    return svg


def test_a_float_that_differs_in_its_last_digits_leaves_the_same_text():
    assert drawn() == drawn(1e-12)
    assert drawn() != drawn(1e-2)


def test_no_name_is_made_of_coordinates_and_each_reference_leads_somewhere():
    svg = drawn()
    names = re.findall(r' id="([^"]+)"', svg)
    assert len(set(names)) == len(names)
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', svg)) <= set(names)
    assert not [name for name in names if re.search(r"[0-9a-f]{10}$", name)]
    assert len([name for name in names if re.fullmatch(r"\w*[mph][0-9a-f]{6}-\d+", name)]) >= 3


def test_two_pictures_share_no_name_of_clips_and_marks():
    one, other = (set(re.findall(r'"([mph][0-9a-f]{6}-\d+)"', drawn(label=word))) for word in ("one", "two"))
    assert one and not one & other


def test_numbers_keep_three_decimals_and_words_all():
    svg = drawn(label="0.123456")
    assert "0.123456" in svg and "Matplotlib" not in svg
    for path in re.findall(r'<path d="([^"]+)" ', svg):
        assert not re.search(r"\.\d{4}", path)
