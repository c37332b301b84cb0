"""The command line of a re-benchmark is read and checked before anything is started."""

from __future__ import annotations

import json

import pytest

from fiduciary.adapter_files import CHECKPOINTS
from fiduciary.economics.principals import Principal
from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench.plan import DEFAULT_TASKS, TaskSpec, make_plan
from tests.training.rebench.simulated import write_adapter, write_base

NONPROFIT = {"target": {"name": "nonprofit", "theta": [0, 0.4, 0.4, 0.2], "rho": 0.25}}


@pytest.fixture
def base(tmp_path):
    return write_base(tmp_path / "base")


@pytest.fixture
def plan(base, tmp_path):
    """``plan("NAME=FOLDER", …)`` with adapters ``first`` (which says its target) and ``second``."""
    write_adapter(tmp_path / "first", str(base), facts=NONPROFIT)
    write_adapter(tmp_path / "second", str(base), rank=8)

    def make(*adapters, tasks=("stakeholder_choice n=5",), target=None, **more):
        given = [text.replace("DIR", str(tmp_path)) for text in adapters]
        return make_plan(str(base), given, tasks, tmp_path / "out", target, **more)

    return make


def refused(call, *arguments, **named) -> str:
    with pytest.raises(TrainingError) as error:
        call(*arguments, **named)
    return str(error.value)


def test_a_task_is_read_as_inspect_reads_it():
    spec = TaskSpec.parse(
        "tasks/stakeholder_choice n=500 wording=compact context=true theta=0,.4,.4,.2 rho=-1"
    )
    assert spec.name == "stakeholder_choice"
    assert dict(spec.arguments) == {
        "n": 500,
        "wording": "compact",
        "context": True,
        "theta": [0, 0.4, 0.4, 0.2],
        "rho": -1,
    }


def test_quotes_lists_and_nothing():
    spec = TaskSpec.parse("""game who='the big one' roles=a,b "rounds=[1, 2]" seed= by=a=b""")
    assert dict(spec.arguments) == {
        "who": "the big one",
        "roles": ["a", "b"],
        "rounds": [1, 2],
        "seed": None,
        "by": "a=b",
    }


@pytest.mark.parametrize(
    "text",
    [
        "stakeholder_choice",
        "stakeholder_choice n=500 temperatures=0.5 context=false",
        "stakeholder_choice wording=plain,compact theta=0,0.4,0.4,0.2 rho=.25",
        "stakeholder_choice principal=null",
        "game who='the big one' why='it is; so'",
        *DEFAULT_TASKS,
    ],
)
def test_a_label_reads_back_as_the_task(text):
    spec = TaskSpec.parse(text)
    assert TaskSpec.parse(spec.label) == spec


def test_a_plain_label_is_what_was_given():
    for text in DEFAULT_TASKS:
        assert TaskSpec.parse(text).label == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "names no task"),
        ("tasks/", "names no task"),
        ("stakeholder_choice n", "'n' is not NAME=VALUE"),
        ("stakeholder_choice =5", "'=5' is not NAME=VALUE"),
        ("stakeholder_choice 'wording=plain", "No closing quotation"),
        ("stakeholder_choice wording=[plain", "'wording=[plain' is not YAML"),
    ],
)
def test_what_is_no_task_is_named(text, why):
    message = refused(TaskSpec.parse, text)
    assert why in message and repr(text) in message


def test_an_unknown_task_lists_those_there_are():
    message = refused(TaskSpec.parse("stakeholder_chioce").make)
    assert "no task stakeholder_chioce" in message and "stakeholder_choice" in message


@pytest.mark.parametrize(
    "argument", ["k=1", "n=many", "n=0", "n=1.5", "wording=odd", "theta=0.5,0.5", "seed='{a: 1}'", "n="]
)
def test_arguments_that_a_task_does_not_take(argument):
    message = refused(TaskSpec.parse(f"stakeholder_choice {argument}").make)
    assert message.startswith("--task 'stakeholder_choice ")


def test_the_tasks_own_arguments_arrive():
    given = "wording=plain,compact temperatures=0.5,1.0"
    task = TaskSpec.parse(f"stakeholder_choice n=7 elicitation=text {given}").make()
    assert len(task.dataset) == 7
    assert {sample.metadata["temperature"] for sample in task.dataset} == {0.5, 1.0}


def test_the_base_comes_first_and_names_may_be_left_out(plan):
    found = plan("DIR/first", "other=DIR/second")
    assert [c.name for c in found.contenders] == ["base", "first", "other"]
    assert [c.rank for c in found.contenders] == [0, 4, 8]
    base, first, other = found.contenders
    assert base.adapter is None and base.digest == "" and base.noted == {}
    assert first.adapter.is_absolute() and first.noted == NONPROFIT
    assert first.digest and other.digest and first.digest != other.digest


def test_the_target_is_the_adapters_own_before_the_command_lines(plan):
    stated = Principal.named("for_profit")
    _, first, second = plan("DIR/first", "DIR/second", target=stated).contenders
    assert first.target.name == "nonprofit"
    assert first.target.utility == Principal.named("nonprofit").utility
    assert second.target == stated
    assert plan("DIR/second").contenders[1].target is None


def test_the_bases_own_folder_is_a_second_name_for_it(plan):
    found = plan("again=DIR/base", target=Principal.named("symmetric")).contenders[1]
    assert (found.name, found.adapter, found.digest, found.rank) == ("again", None, "", 0)
    assert found.target == Principal.named("symmetric")


def test_folders_may_hold_an_equals_sign(plan, tmp_path):
    (tmp_path / "second").rename(tmp_path / "lr=1e-5")
    assert plan("second=DIR/lr=1e-5").contenders[1].adapter == (tmp_path / "lr=1e-5").resolve()


@pytest.mark.parametrize("name", ["a b", "a/b", "-a", ".a", "a:b", "ä"])
def test_bad_names(name, plan):
    assert "letters, digits and . _ - only" in refused(plan, f"{name}=DIR/first")


def test_names_are_taken_once(plan):
    for adapters in (["base=DIR/first"], ["DIR/base"], ["DIR/first", "first=DIR/second"]):
        message = refused(plan, *adapters)
        assert "is taken" in message and "NAME=DIR" in message


def test_something_to_compare_is_needed(plan, base):
    assert "at least one adapter" in refused(plan)
    assert "there is no adapter folder" in refused(plan, "DIR/nowhere")
    assert "is not a folder" in refused(make_plan, f"{base}-gone", ["x"], [], base)


def test_tasks_have_defaults_and_are_told_apart(plan):
    assert [spec.label for spec in plan("DIR/first", tasks=()).tasks] == list(DEFAULT_TASKS)
    twice = ["stakeholder_choice n=5 wording=plain,memo", "tasks/stakeholder_choice n=5 wording=plain,memo"]
    assert "two of the tasks are the same" in refused(plan, "DIR/first", tasks=twice)
    assert len(plan("DIR/first", tasks=[twice[0], "stakeholder_choice n=6 wording=plain,memo"]).tasks) == 2


def test_a_folder_keeps_to_the_plan_it_was_begun_with(plan, tmp_path):
    first = plan("DIR/first", "DIR/second")
    first.begin()
    before = (tmp_path / "out" / "plan.json").read_bytes()
    plan("DIR/first", "DIR/second").begin()
    assert (tmp_path / "out" / "plan.json").read_bytes() == before
    assert json.loads(before) == first.note()
    message = refused(plan("DIR/first").begin)
    assert "other contenders" in message and "another --out" in message
    message = refused(plan("DIR/first", tasks=["stakeholder_choice n=6"]).begin)
    assert "other contenders and tasks" in message


def kept(tmp_path, of, *steps):
    """Checkpoints beside an adapter's weights."""
    for step in steps:
        write_adapter(
            tmp_path / of / CHECKPOINTS / str(step), str(tmp_path / "base"), rank=2, facts=NONPROFIT
        )


def test_checkpoints_come_before_their_adapter_in_the_order_of_their_steps(plan, tmp_path):
    kept(tmp_path, "first", 100, 20)
    (tmp_path / "first" / CHECKPOINTS / "notes").mkdir()
    found = plan("one=DIR/first", "again=DIR/base", checkpoints=True).contenders
    assert [c.name for c in found] == ["base", "one-20", "one-100", "one", "again"]
    assert [c.checkpoint_of for c in found] == ["", "one", "one", "", ""]
    assert [c.training for c in found] == ["base", "one", "one", "one", "again"]
    assert found[1].adapter == (tmp_path / "first" / CHECKPOINTS / "20").resolve() and found[1].rank == 2
    assert found[1].target.name == "nonprofit"
    assert [c.name for c in plan("one=DIR/first").contenders] == ["base", "one"]


def test_some_of_the_checkpoints_can_be_named_one_by_one(plan, tmp_path):
    kept(tmp_path, "first", 20, 100)
    found = plan("start=DIR/first/checkpoints/20", "one=DIR/first").contenders
    assert [(c.name, c.checkpoint_of) for c in found[1:]] == [("start", "one"), ("one", "")]
    assert plan("start=DIR/first/checkpoints/20").contenders[1].checkpoint_of == ""


def test_an_adapter_that_kept_no_checkpoints_is_named_before_work(plan, tmp_path):
    kept(tmp_path, "first", 20)
    message = refused(plan, "DIR/first", "DIR/second", checkpoints=True)
    assert f"{tmp_path}/second has none" in message and "--keep-checkpoints" in message
    assert "\n" not in message
    (tmp_path / "second" / CHECKPOINTS).mkdir()
    assert "has none" in refused(plan, "DIR/second", checkpoints=True)
    assert "there is no adapter folder" in refused(plan, "DIR/nowhere", checkpoints=True)


def test_a_damaged_checkpoint_is_named(plan, tmp_path):
    kept(tmp_path, "first", 20)
    (tmp_path / "first" / CHECKPOINTS / "20" / "adapter_model.safetensors").write_bytes(b"half")
    assert "first/checkpoints/20 is damaged" in refused(plan, "DIR/first", checkpoints=True)


def test_an_adapter_that_was_trained_again_is_another_plan(plan, tmp_path):
    plan("DIR/first").begin()
    path = tmp_path / "first" / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    assert "other contenders" in refused(plan("DIR/first").begin)


def test_a_folder_with_something_else_in_it_is_left_alone(plan, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("…", "utf-8")
    message = refused(plan("DIR/first").begin)
    assert "out exists and holds no re-benchmark" in message
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.tex"]
