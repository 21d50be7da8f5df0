"""Findings: which premises they stand on, and what a broken file is told."""

import pytest

from kscale_nb import FINDINGS, MODEL, PRESETS, KscaleError
from kscale_nb.commands import main
from kscale_nb.findings import conditions_of, load_findings

GOOD = """[[finding]]
id = "f"
words = ["It is more."]
condition = "tokens_over_human_text > 2"
weak = "w"
chapter = "verdict"
"""


def test_the_corrected_machine_unsays_what_it_mends():
    failing = FINDINGS.failing(**PRESETS["corrected"].overrides)
    assert {"not-enough-to-read", "reads-too-slowly"} < set(failing)
    assert failing["reads-too-slowly"].startswith("0.7461, below 1 (")
    assert FINDINGS.failing() == {} and not FINDINGS.holds("two-different-things", computing_share="20%")
    with pytest.raises(KscaleError, match="unknown finding 'not-enough': did you mean 'not-enough-to-read'"):
        FINDINGS.holds("not-enough")


@pytest.mark.parametrize("name", FINDINGS)
def test_every_condition_can_fail(name):
    for condition in FINDINGS[name].conditions:
        cause = condition.lhs.identifier
        values = {**MODEL.values(), cause: MODEL.value(cause)}
        ends = [FINDINGS[name].told({**values, cause: values[cause] * factor}) for factor in (1e-15, 1e15, -1e15)]
        assert any(ends), condition
    assert FINDINGS[name].conditions or FINDINGS[name].always


def test_bounds_are_read_in_the_unit_of_what_they_bound():
    assert [*map(str, conditions_of("'1 day' >= context_fill_time", MODEL))] == ["context_fill_time <= 86400.0"]
    assert [*map(str, conditions_of("plant_payback < replication_time", MODEL))] == ["plant_payback < replication_time"]


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (
            "tokens_over_human_txt > 2",
            "unknown quantity 'tokens_over_human_txt': did you mean 'tokens_over_human_text'",
        ),
        ("tokens_over_human_text > 300", r"its condition is false as printed: 299.5, below 300 \(training tokens over"),
        ("tokens_over_human_text >", "is no condition"),
        ("tokens_over_human_text", "is no comparison"),
        ("tokens_over_human_text == 2", "is no comparison"),
        ("tokens_over_human_text > 2 or context_fill_time > 3", "is no comparison"),
        ("__import__('os').getcwd() > 'a'", "a quantity is expected on one side"),
        ("tokens_over_human_text > __import__('os')", "is no bound of what is in 1"),
        ("context_fill_time < 86400", "86400 is no bound of what is in minute"),
        ("context_fill_time < '1 kg'", "does not fit"),
        ("context_fill_time < tokens_over_human_text", "their units do not fit"),
        ("tokens_over_human_text > 0", "this is True whatever the premises"),
        ("2 > 1", "a quantity is expected on one side"),
    ],
)
def test_a_broken_condition_is_refused_in_one_line(tmp_path, condition, told):
    path = tmp_path / "findings.toml"
    path.write_text(GOOD.replace("tokens_over_human_text > 2", condition))
    with pytest.raises(KscaleError, match=f"findings.toml, finding 'f': .*{told}") as caught:
        load_findings(MODEL, path)
    assert "\n" not in str(caught.value)


def test_a_finding_has_one_id_and_either_a_condition_or_a_reason(tmp_path):
    path = tmp_path / "findings.toml"
    for text, told in [
        (GOOD + GOOD, "there is one of this id before it"),
        (GOOD + 'always = "a"\n', "it has a condition, or says why"),
        (GOOD.replace("condition", "# condition"), "it has a condition, or says why"),
        (GOOD.replace('"It is more."', "1"), "its words are texts"),
        (GOOD.replace('weak = "w"\n', ""), "field 'weak' is missing"),
    ]:
        path.write_text(text)
        with pytest.raises(KscaleError, match=told):
            load_findings(MODEL, path)


def test_the_command_line_tells_which_findings_fail(capsys):
    assert main(["what-if", "computing_share=20%"]) == 0
    out = capsys.readouterr().out
    assert f"1 of {len(FINDINGS)} findings no longer hold" in out and "two-different-things" in out
