import io

from rich.console import Console

from search.progress import Progress, duration
from search.workers import run_trials


def say(config, *, terminal: bool) -> tuple[Progress, io.StringIO]:
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=120, highlight=False, emoji=False, soft_wrap=True)
    return Progress(config, console), text


def test_one_line_per_trial_where_there_is_no_terminal(store, data):
    progress, text = say(store.config, terminal=False)
    with progress:
        run_trials(store, data, progress)
    lines = text.getvalue().splitlines()
    assert [line.split()[1] for line in lines] == ["1/4", "2/4", "3/4", "4/4"]
    assert lines[0].endswith("N/N:20  400 units  lr 0.001  batch size 50  best so far")
    assert "\x1b" not in text.getvalue()


def test_a_terminal_sees_bars_and_the_best_so_far(store, data):
    progress, text = say(store.config, terminal=True)
    with progress:
        run_trials(store, data, progress)
        progress.epoch("La/N:20, seed 1 of 2", 1, 2, -101.0)
    shown = text.getvalue()
    for part in ("trials", "4/4", "La/N:20, seed 1 of 2", "-101.00 nats", "best so far"):
        assert part in shown
    assert shown.count("\n trial ") + shown.count("trial   ") >= 4


def test_what_was_finished_before_is_counted_and_not_told_again(store, data, quiet):
    run_trials(store, data, quiet)
    progress, text = say(store.config, terminal=False)
    with progress:
        run_trials(store, data, progress)
    assert text.getvalue() == "going on with study autovae, finished trials: 4\n"


def test_durations():
    assert [duration(s) for s in (0.4, 59.4, 60, 200.2)] == ["0 s", "59 s", "1 min 0 s", "3 min 20 s"]
