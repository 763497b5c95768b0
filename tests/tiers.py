"""Which tests are long: further variants of what cheaper tests hold already, left to `make test-long`.

A family says what its long tests have in common, why the rest of the suite says nearly as much, and which tests of the
same kind stay. `conftest` marks its `long` tests; `tests/test_suite.py` holds that each family is as it says.
An entry is a file, a test with all of its parameters, or a test with one of them; all below `tests/`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

__all__ = ["FAMILIES", "Family", "is_long", "matches"]


@dataclass(frozen=True)
class Family:
    """Long tests of one kind.

    Attributes:
        reason: why they are further variants.
        stays: tests of the same kind that are not long; where one is wanted without the extras, one is there.
        long: the long ones.
    """

    reason: str
    stays: tuple[str, ...]
    long: tuple[str, ...]


def _each(test: str, *parameters: str) -> tuple[str, ...]:
    return tuple(f"{test}[{parameter}]" for parameter in parameters)


_GATE = "cli/test_gate_command.py::test_a_model_is_asked_anew_every_round"
_ROUNDS = "runs/test_rounds.py"
_USAGE = "cli/test_quick_start.py::test_a_usage_error_imports_little"
_PAGES = "docs/test_docs.py::test_every_block_of_a_page_runs"
_FAULTS = "calibration/test_mutations.py::test_each_fault_turns_the_page_red"
_FOLLOWS = "cli/test_protocols_command.py::test_what_follows_from_replies_is_planned_asked_and_shown"
_PLANTED = "models/scripted/test_dialled.py::test_the_planted_truth"
_OMISSION = "estimates/chain/test_omission.py::test_intervals_hold_the_truth_and_the_error_is_none_on_average"
_STUDIES = {
    "answers/test_reversal.py::test_intervals_hold_the_truth": "120-0.88-1.0",
    "answers/test_reversal.py::test_noise_flags_as_often_as_expected_where_the_lean_is_noise_too": "120-0.89",
    "chain/test_mediation.py::test_intervals_hold_the_truth_about_as_often_as_they_say": "60-0.85",
    "compare/test_ratio_coverage.py::test_the_interval_of_the_ratio_holds_a_known_truth": "150",
    "cued/test_bounds.py::test_bounds_hold_the_truth_where_the_figure_does_not": "120",
    "cued/test_effective.py::test_intervals_hold_the_truth": "150-0.008-0.89-1.0",
    "cued/test_faithful_at_k.py::test_intervals_hold_the_truth": "120-0.89-1.0",
    "cued/test_lengths.py::test_no_difference_gives_p_values_that_are_not_small_too_often": "40-6",
    "test_compare_statistics.py::test_pairing_shows_what_an_unpaired_test_cannot": "60",
    "test_compare_statistics.py::test_under_the_null_one_in_twenty_is_called_a_difference": "75-0.01-0.12",
    "test_coverage.py::test_intervals_hold_the_truth_in_93_to_97_percent": "200",
    "test_sequential.py::test_runs_hold_the_truth_in_93_to_97_percent": "1000",
}
_RELEASE = "estimates/test_biasing_release.py"
_DRAWN = "report/test_sections.py::test_a_small_run_yields_what_its_section_declares_and_every_block_of_it_is_drawn"

FAMILIES = (
    Family(
        "pages of the docs executed whole: the commands of each have tests of their own, its options and links are "
        "checked in the short tier, and pages of every kind of block stay",
        (
            *_each(
                _PAGES,
                *(
                    "a-questions-way.md",
                    "importing.md",
                    "organisms.md",
                ),
                *("how-to/inspect-logs.md", "how-to/judges.md", "how-to/own-questions.md"),
            ),
            "test_notebook.py::test_a_run_made_in_a_running_loop_is_whole_and_loads_as_it_is",
        ),
        (
            *_each(
                _PAGES,
                *(
                    "fewest-calls.md",
                    "gate.md",
                    "questions.md",
                    "tutorial.md",
                    "how-to/add-a-cue.md",
                    "how-to/api-model.md",
                    "how-to/bbq.md",
                    "how-to/biasing.md",
                    "how-to/catalogue.md",
                    "how-to/changed-reasoning.md",
                    "how-to/decomposition.md",
                ),
                *(
                    "how-to/figures.md",
                    "how-to/free-response.md",
                    "how-to/label.md",
                    "how-to/local-checkpoint.md",
                ),
                *("how-to/mediation.md", "how-to/multiverse.md", "how-to/necessity.md", "how-to/notebook.md"),
                *("how-to/omission.md", "how-to/reinforcement.md", "how-to/released-data.md"),
                *("how-to/released-set.md", "how-to/reproduce.md"),
                *(
                    "how-to/resampling.md",
                    "how-to/reversal.md",
                    "how-to/scripted-model.md",
                    "how-to/transcripts.md",
                ),
            ),
            "docs/test_the_notebook.py",
        ),
    ),
    Family(
        "many answers of the scripted model against its dials, for further cues and four times as many questions; one "
        "cue, the estimators and every sentence that it says stay",
        (
            f"{_PLANTED}_is_what_many_questions_come_to[metadata-dials0-2]",
            "models/scripted/test_dialled.py::test_the_estimators_come_to_the_planted_truth[2]",
            "models/scripted/test_dialled_numbers.py::test_what_it_says_of_a_stated_number_is_read_as_it_is_meant",
        ),
        (
            *_each(
                f"{_PLANTED}_is_what_many_questions_come_to",
                "metadata-dials0-8",
                "are-you-sure-dials1-2",
                "are-you-sure-dials1-8",
            ),
            "models/scripted/test_dialled.py::test_the_estimators_come_to_the_planted_truth[5]",
            "models/scripted/test_dialled_numbers.py::test_influence_and_faithfulness_are_those_of_the_dials_and_alpha_is_refused",
            "calibration/test_running.py::test_the_scripted_model_holds_what_its_dials_plant",
        ),
    ),
    Family(
        "our decoder against that of Transformers, on a shipped organism; random ones of every layout stay",
        ("models/local/test_decoder.py::test_greedy_replies_of_a_ragged_batch_equal_those_of_transformers",),
        ("organisms/test_shipped.py::test_the_decoder_is_equal_to_transformers_on_the_shipped_weights",),
    ),
    Family(
        "`unsaid calibrate` whole: its parts, a command that finds a fault, and labelled chains by the command stay; "
        "`.ci/run` calibrates too",
        (
            "calibration/test_mutations.py::test_the_command_ends_with_an_error_and_names_the_fault",
            "calibration/test_chain_labels.py::test_the_command_whole",
            "calibration/test_running.py::test_the_lexical_judge_holds",
        ),
        (
            "calibration/test_running.py::test_the_command_runs_and_tells",
            "calibration/test_running.py::test_a_judge_that_says_the_same_of_everything_fails[no]",
        ),
    ),
    Family(
        "further planted faults of the instruments, and sound ones through six repeated audits: a fault of bounds and "
        "one of replies stay, and another by the command",
        (
            *_each(
                _FAULTS,
                "losses-left-out-bounds-Bounds hold the truth where losses depend on what was said",
                "answer-sentence-unread-replies-What a reply says reaches the judge, in every style",
            ),
            "calibration/test_running.py::test_the_lexical_judge_holds",
            "calibration/test_mutations.py::test_the_command_ends_with_an_error_and_names_the_fault",
        ),
        (
            "calibration/test_mutations.py::test_sound_instruments_are_green",
            *_each(
                _FAULTS,
                "intervals-wide-intervals-Intervals of repeated audits are as wide as n makes them",
                "intervals-narrow-intervals-Intervals of repeated audits are as wide as n makes them",
                "moves-dropped-replies-Estimates of the rates of the script, in every style agree with a count by hand",
                "quoted-cue-taken-replies-The answer of each reply is read, in every style",
            ),
        ),
    ),
    Family(
        "the study of coverage against one audit of very many questions; its truth, its bands, and a study that was "
        "stopped stay",
        (
            "calibration/test_coverage_study.py::test_a_stopped_study_goes_on_and_ends_the_same",
            "calibration/test_coverage_study.py::test_repetitions_differ_and_are_repeatable",
        ),
        ("calibration/test_coverage_study.py::test_the_giant_run_comes_to_what_is_worked_out",),
    ),
    Family(
        "the simulated audit against one through Inspect: against one by the model's name stays",
        ("calibration/test_simulated.py::test_the_same_columns_as_an_audit_by_the_models_name",),
        ("calibration/test_simulated.py::test_the_same_columns_as_through_inspect",),
    ),
    Family(
        "every protocol as a task of Inspect: the task itself and its arguments stay",
        ("asking/test_inspect_task.py",),
        ("cli/test_protocols_command.py::test_every_protocol_is_a_task_of_inspect",),
    ),
    Family(
        "whole runs of protocols whose calls follow from a reply, and their pages (one run for both): the cheaper two "
        "stay, and what is planned, asked and shown is one code for all",
        (*_each(_FOLLOWS, "paraphrase", "filler"), *_each(_DRAWN, "paraphrase", "filler")),
        (
            *_each(_FOLLOWS, "early-answering", "resampling", "decomposition", "trajectory"),
            *_each(_FOLLOWS, "adding-mistakes", "mediation"),
            *_each(_DRAWN, "early-answering", "resampling", "decomposition", "trajectory"),
            *_each(_DRAWN, "adding-mistakes", "mediation"),
        ),
    ),
    Family(
        "further moments of an interrupted audit, gate or calibration, in a terminal: Ctrl-C while an audit asks, "
        "five quick ones and a gate by Ctrl-C stay, and SIGTERM of every command",
        (
            "test_interrupts.py::test_ctrl_c_while_asking_ends_an_unfinished_run_that_says_so_and_goes_on",
            "test_interrupts.py::test_a_gate_that_is_interrupted_decides_nothing_and_goes_on[by_key]",
            "test_interrupted_commands.py::test_an_interrupt_says_what_is_kept",
        ),
        (
            "test_interrupts.py::test_sigterm_while_a_judge_reads_is_the_same",
            "test_interrupts.py::test_sighup_stops_a_run_with_until_in_its_second_round",
            "test_interrupts.py::test_a_gate_that_is_interrupted_decides_nothing_and_goes_on[by_sigterm]",
            "test_interrupts.py::test_a_calibration_that_is_interrupted_writes_no_page",
        ),
    ),
    Family(
        "an audit in a notebook that is cancelled: one that is interrupted stays",
        ("test_notebook.py::test_an_interrupt_stops_the_run_in_order_and_the_same_call_goes_on",),
        ("test_notebook.py::test_a_cancelled_task_stops_the_run_in_order_and_says_what_is_kept",),
    ),
    Family(
        "runs that are killed amid rounds, or under faults of the server all night: one that is killed once stays, and "
        "what an unfinished log and lost power leave",
        (
            "runs/test_audit.py::test_a_run_that_was_killed_goes_on_and_ends_like_an_undisturbed_one",
            f"{_ROUNDS}::test_rounds_that_are_resumed_are_the_rounds_that_were_kept",
            "test_survives_the_disk.py::test_a_log_with_any_damage_is_read_whole_or_set_aside",
        ),
        (
            f"{_ROUNDS}::test_a_run_that_was_killed_and_then_lost_power_ends_like_an_undisturbed_one",
            "test_survives_the_night.py",
        ),
    ),
    Family(
        "further kinds of judges that fail in an audit: one stays, and each kind where verdicts are read",
        (
            "runs/test_audit.py::test_a_judge_that_fails_leaves_missing_verdicts_and_no_rate[malformed]",
            "judges/test_judging.py",
        ),
        _each(
            "runs/test_audit.py::test_a_judge_that_fails_leaves_missing_verdicts_and_no_rate",
            "misquoting",
            "empty",
        ),
    ),
    Family(
        "audits of models whose replies are of a further kind: one stays, and each kind where replies are read",
        (
            "runs/test_audit_real_replies.py::test_a_model_that_says_why_in_the_line_of_its_answer_is_faithful",
            "replies/answers",
        ),
        (
            "runs/test_audit_real_replies.py::test_a_reply_that_is_nothing_but_an_answer_is_silent_and_counted",
            "runs/test_audit_real_replies.py::test_a_model_that_rejects_every_cue_is_not_influenced",
        ),
    ),
    Family(
        "every cue on every published benchmark: the contract of each cue on tasks of every kind stays",
        ("cues/test_cues.py", "cues/test_free_response.py"),
        ("cues/test_cues_on_benchmarks.py",),
    ),
    Family(
        "a budget of tokens in two steps, with a judge: one of money, one of time and one too small stay",
        (
            "planning/test_budget_of_a_run.py::test_the_same_budget_again_spends_nothing_and_cost_needs_a_price",
            "planning/test_budget_of_a_run.py::test_a_budget_too_small_for_one_question_says_so",
        ),
        (
            "planning/test_budget_of_a_run.py::test_a_run_stops_before_its_tokens_are_passed_and_a_larger_budget_goes_on",
        ),
    ),
    Family(
        "a second algorithm learns what is paid for: the first stays, and the losses of both by hand",
        (
            "training/rl/test_reinforced.py::test_what_is_paid_for_is_done_more_often[grpo]",
            "training/rl/test_objective.py",
        ),
        ("training/rl/test_reinforced.py::test_what_is_paid_for_is_done_more_often[reinforce]",),
    ),
    Family(
        "every figure of a published table from the transcripts that were released: those of one model and cue stay, "
        "and the command, and its arithmetic, on made-up releases",
        (
            "records/importers/test_turpin_bbq.py",
            f"{_RELEASE}::test_the_published_figures_of_one_model_and_cue_are_reproduced",
        ),
        (
            "cli/test_reproduce.py::test_every_published_figure_returns",
            *(
                f"{_RELEASE}::test_{name}"
                for name in (
                    "every_published_figure_is_reproduced",
                    "the_published_value_is_inside_our_interval",
                    "drops_have_the_published_precision",
                    "suggested_answer_rests_on_as_many_examples",
                    "the_recomputed_macro_means",
                    "no_row_is_lost",
                )
            ),
        ),
    ),
    Family(
        "a further judge that fails the gate by asking a model in rounds",
        _each(_GATE, "always yes-specificity of mentions: 0.000"),
        _each(_GATE, "malformed-32 malformed, 0 failed"),
    ),
    Family(
        "the lexical judge about further cues, on chains that a person read and deep in long texts: the cues that the "
        "chains are nearest to stay, a few in long texts, and each cue on the texts of its own",
        (
            "judges/test_human_labels.py::test_specificity_on_chains_that_a_person_read",
            "judges/test_lexical.py::test_a_disclosure_deep_in_a_long_text_is_found",
        ),
        (
            "judges/test_human_labels.py::test_specificity_about_every_further_cue",
            "judges/test_lexical.py::test_a_disclosure_of_every_further_cue_deep_in_a_long_text_is_found",
        ),
    ),
    Family(
        "further habits of a judge from the gate to the report, and in a panel: two stay, and every habit at the gate",
        (
            *_each(
                "judges/test_corrected_report.py::test_a_judge_that_fails_corrects_nothing", "yes", "garbage"
            ),
            "judges/test_panel_of_a_run.py::test_a_panel_goes_through_the_gate[malformed]",
            "judges/test_gate.py::test_a_judge_with_a_bad_habit_fails",
        ),
        (
            *_each(
                "judges/test_corrected_report.py::test_a_judge_that_fails_corrects_nothing",
                "no",
                "talked round",
            ),
            "judges/test_panel_of_a_run.py::test_a_panel_goes_through_the_gate[misquoting]",
        ),
    ),
    Family(
        "how the reading of a reply grows in texts four times as long: the same pieces in shorter ones stay",
        ("replies/answers/test_reading.py::test_work_grows_with_the_length_and_no_faster",),
        ("replies/answers/test_reading.py::test_work_grows_no_faster_in_texts_of_any_length",),
    ),
    Family(
        "all released replies of Turpin et al. 2023 read again: every sixteenth stays",
        (
            "replies/answers/test_real_replies.py::test_no_letter_of_turpin_s_replies_changes_and_fewer_are_lost[16]",
        ),
        (
            "replies/answers/test_real_replies.py::test_no_letter_of_turpin_s_replies_changes_and_fewer_are_lost[1]",
        ),
    ),
    Family(
        "the splits of every procedural task under four seeds: two seeds stay",
        ("questions/test_procedural.py::test_splits_are_disjoint_whatever_the_seed_and_difficulty",),
        ("questions/test_procedural.py::test_splits_are_disjoint_under_further_seeds",),
    ),
    Family(
        "what a provider's registration imports, in a new interpreter: what the command line imports stays",
        ("test_house.py::test_the_base_needs_no_pytorch_and_the_command_line_starts_light",),
        ("models/inspect/test_adapter.py::test_registering_the_providers_imports_nothing_heavy",),
    ),
    Family(
        "intervals of omission in further worlds: one stays, and the study is beside it",
        (f"{_OMISSION}[two tasks]",),
        _each(_OMISSION, "a third each, few", "nearly all said", "guesses"),
    ),
    Family(
        "simulations of intervals and tests, three times as long: a short one of each stays, in the band of so few; "
        "`make coverage` has the longest",
        tuple(f"estimates/{test}" for test in _STUDIES),
        tuple(f"estimates/{test}[{long}]" for test, long in _STUDIES.items()),
    ),
    Family(
        "three times as many examples of what organisms are taught: a third of them stays",
        (
            "organisms/test_grammar.py::test_training_examples_come_from_the_train_split_alone[1000]",
            "organisms/test_decided.py::test_what_a_post_hoc_organism_is_taught_never_names_a_cue[500]",
        ),
        (
            "organisms/test_grammar.py::test_training_examples_come_from_the_train_split_alone[3000]",
            "organisms/test_decided.py::test_what_a_post_hoc_organism_is_taught_never_names_a_cue[1500]",
        ),
    ),
    Family(
        "programs started with a new interpreter: the same programs, forked from a process that has imported what they "
        "do, stay",
        (
            "asking/test_inspect_task.py::test_the_command_line_of_inspect_runs_it[at_once]",
            "test_notebook.py::test_a_run_made_in_a_running_loop_is_whole_and_loads_as_it_is",
            "test_notebook.py::test_a_folder_of_another_request_is_refused_as_on_the_command_line",
        ),
        (
            "asking/test_inspect_task.py::test_the_command_line_of_inspect_runs_it[installed]",
            "test_notebook.py::test_a_run_and_a_refusal_are_the_same_in_a_new_interpreter",
        ),
    ),
    Family(
        "audits of more questions, whose rates are held against dials: the same audits of fewer questions stay, and "
        "one in which every rate is counted by hand",
        (
            "runs/test_audit.py::test_what_a_model_says_is_counted_and_the_judges_verdicts_are_kept",
            "runs/test_audit_real_replies.py::test_a_model_that_says_why_in_the_line_of_its_answer_is_faithful[one]",
            f"{_ROUNDS}::test_a_cue_that_is_clear_is_asked_of_40_questions_and_the_rest_is_never_asked[one]",
            f"{_ROUNDS}::test_a_cue_that_is_not_clear_goes_on_alone_with_the_arms_that_it_needs[12-20-18-once]",
            f"{_ROUNDS}::test_without_until_nothing_is_looked_at[3]",
            f"{_ROUNDS}::test_a_judge_that_costs_reads_the_moved_and_a_tenth_of_the_rest[12-6]",
        ),
        (
            "runs/test_audit.py::test_known_rates_are_recovered_and_the_judges_verdicts_are_kept",
            "runs/test_audit_real_replies.py::test_a_model_that_says_why_in_the_line_of_its_answer_is_faithful[two]",
            f"{_ROUNDS}::test_a_cue_that_is_clear_is_asked_of_40_questions_and_the_rest_is_never_asked[two]",
            f"{_ROUNDS}::test_a_cue_that_is_not_clear_goes_on_alone_with_the_arms_that_it_needs[40-9-70-2 times]",
            f"{_ROUNDS}::test_without_until_nothing_is_looked_at[41]",
            f"{_ROUNDS}::test_a_judge_that_costs_reads_the_moved_and_a_tenth_of_the_rest[30-20]",
        ),
    ),
    Family(
        "a judge whose calls fail in another way: one that fails with status 500 stays, and each way where it reads",
        (
            "test_survives_the_disk.py::test_a_judge_whose_calls_all_fail_is_said_and_asked_again",
            "judges/test_judging.py",
        ),
        ("runs/test_audit.py::test_a_judge_whose_calls_fail_is_asked_again",),
    ),
    Family(
        "hostile replies through a whole audit: hostile text stays where replies, judges, pages and the terminal "
        "meet it",
        (
            "replies/answers",
            "judges/test_judging.py",
            "report/files/test_folder.py::test_hostile_text_is_never_markup_in_a_page_of_transcripts",
            "cli/test_audit_command.py::test_hostile_text_does_not_reach_the_terminal",
        ),
        ("runs/test_audit.py::test_hostile_replies_change_nothing_but_their_own_text",),
    ),
    Family(
        "a run with calls that follow, whose calls fail again and again: a run without such calls stays, and one with "
        "them that is interrupted",
        (
            "runs/test_audit.py::test_calls_that_failed_are_recorded_and_asked_again_by_the_same_command",
            "runs/test_interrupted_helpers.py",
            "asking/test_sharing.py",
        ),
        (
            "asking/test_following_runs.py::test_a_run_that_failed_goes_on_with_what_follows_and_asks_nothing_twice",
        ),
    ),
    Family(
        "further usage errors, each in an interpreter of its own: one of each kind, and one for each option whose "
        "names are looked up, stay",
        _each(
            _USAGE,
            "words0-No such command 'adit'",
            "words3-Missing argument 'RUN'",
            "words6-'nosuch' is not a model",
            "words7-no cue named 'sycophany'; did you mean sycophancy",
        ),
        _each(
            _USAGE,
            "words1-No such option: --modle",
            "words2-Invalid value for '--limit': 'many' is not a whole number",
            "words4-Missing option '--judge'",
            "words5-Got unexpected extra argument (other)",
            "words9-no instruction named 'nosuch'",
            "words12-no judge named 'nosuch'",
            "words13-no judge named 'nosuch'",
            "words15-no task named 'navigat'; did you mean navigate",
        ),
    ),
    Family(
        "further logs that cannot be read: one that is cut stays, and 150 that are damaged anywhere",
        (
            "test_survives_the_disk.py::test_a_log_that_cannot_be_read_is_set_aside_and_its_questions_asked_again[cut]",
            "test_survives_the_disk.py::test_a_log_with_any_damage_is_read_whole_or_set_aside",
        ),
        _each(
            "test_survives_the_disk.py::test_a_log_that_cannot_be_read_is_set_aside_and_its_questions_asked_again",
            "nothing",
            "foreign",
        ),
    ),
    Family(
        "further names that look like patterns, and further damage to a table of somebody else: two of each stay; a "
        "child process opens each table, which imports Polars",
        (
            *_each("store/test_store_bounds.py::test_a_name_is_a_name_and_no_pattern", "exp[1]", "ex*p"),
            "store/test_store_bounds.py::test_a_table_of_somebody_else_that_ends_the_process_ends_the_child[18]",
        ),
        (
            *_each(
                "store/test_store_bounds.py::test_a_name_is_a_name_and_no_pattern",
                *("exp?", "ex!p", "exp[!a]", "{exp}"),
            ),
            "store/test_store_bounds.py::test_a_table_of_somebody_else_that_ends_the_process_ends_the_child[60]",
        ),
    ),
    Family(
        "the protocol of the page under the contract of every protocol, by a pytest of its own: its run and diff stay, "
        "and the contract of all that ship",
        (
            "protocols/test_add_a_protocol.py::test_it_is_asked_estimated_and_shown_everywhere",
            "protocols/test_contract.py",
        ),
        ("protocols/test_add_a_protocol.py::test_it_keeps_the_contract_of_every_protocol",),
    ),
)
_LONG = frozenset(entry for family in FAMILIES for entry in family.long)


def is_long(nodeid: str) -> bool:
    """Return whether a test is long."""
    return any(part in _LONG for part in _wholes(nodeid))


def matches(entry: str, nodeids: Iterable[str]) -> list[str]:
    """Return the tests that an entry names."""
    return [
        each for each in nodeids if entry in _wholes(each) or each.startswith(f"tests/{entry.rstrip('/')}/")
    ]


@cache
def _wholes(nodeid: str) -> tuple[str, str, str]:
    """Return a test's name below `tests/`, its test without parameters, and its file."""
    name = nodeid.removeprefix("tests/")
    return name, name.partition("[")[0], name.partition("::")[0]
