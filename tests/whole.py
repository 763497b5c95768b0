"""Which tests make whole runs: they ask servers, are interrupted, gone on with, judged, or looked at in a browser.

A run costs seconds where a test costs milliseconds, and all of them together take longer than everything else.
`make test` is what somebody runs again and again, and leaves them out, but for one file in which audits are made,
reported and damaged (`STAYS`). `make test-all` runs them; `.ci/run` runs them with the extras and without.
"""

from __future__ import annotations

__all__ = ["STAYS", "WHOLE", "is_whole"]

#: Whole runs that stay in `make test`.
STAYS = "cli/test_audit_command.py"
#: Files, folders of files, and tests, below `tests/`.
WHOLE = (
    *("asking/test_following_runs.py", "asking/test_inspect_task.py", "asking/test_sharing.py", "browser"),
    *("calibration/test_mutations.py", "calibration/test_running.py", "cli/test_gate_command.py"),
    *("cli/test_gate_recorded.py", "cli/test_judge_command.py", "cli/test_protocols_command.py"),
    *(
        "cli/test_quick_start.py",
        "cli/test_unconditional_rates.py",
        "cues/test_add_a_cue.py",
        "docs/test_docs.py",
    ),
    *("judges/test_panel_of_a_run.py", "labelling/test_label_command.py", "planning/test_budget_of_a_run.py"),
    *("calibration/test_coverage_study.py", "report/test_sections.py", "test_same_numbers.py"),
    *("protocols/test_add_a_protocol.py", "runs/test_audit.py", "runs/test_audit_real_replies.py"),
    *("runs/test_interrupted_helpers.py", "runs/test_only_unsolved.py", "runs/test_rounds.py"),
    *("store/test_secrets.py", "test_interrupted_commands.py", "test_interrupts.py", "test_notebook.py"),
    *("test_survives_the_disk.py", "test_survives_the_night.py", "training/compare/test_train_compare.py"),
    "training/data/test_data_command.py",
    "calibration/test_simulated.py::test_the_same_columns_as_an_audit_by_the_models_name",
    "cli/test_plan.py::test_calls_and_an_organisms_tokens_are_those_of_the_audit",
    "cli/test_plan.py::test_calls_are_those_that_a_scripted_model_answers",
    "cues/test_cues_from_yaml.py::test_a_run_with_ones_own_cue_from_start_to_end",
    "labelling/test_label_exchange.py::test_what_goes_out_comes_in_as_it_was",
    "models/inspect/test_dialects.py::test_a_run_by_raw_completions_asks_in_the_order_of_the_texts",
    "organisms/test_shipped.py::test_measuring_again_agrees_with_the_card",
    "planning/test_label_numbers.py::test_plan_says_how_many",
    "records/test_labels.py::test_several_people_label_in_one_folder_at_once",
    "runs/test_corrections.py::test_a_report_is_corrected_for_nothing_and_again_without_the_file",
)


def is_whole(nodeid: str) -> bool:
    """Return whether a test makes a whole run."""
    test = nodeid.removeprefix("tests/").partition("[")[0]
    file = test.partition("::")[0]
    return any(name in WHOLE for name in (test, file, file.partition("/")[0]))
