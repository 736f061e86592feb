"""Laws of a comparison: who stands out, who does not, and that neither order nor names have a say."""

import random
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.batch.similar import compare, defined_functions
from grader.batch.similar.compare import common_for
from grader.batch.similar.count import LEAST, count_pairs
from grader.batch.similar.fingerprints import RUN, WINDOW, all_runs, fingerprints, run_hashes, winnowed
from grader.batch.similar.normal import Token, units
from grader.batch.similar.passages import tiles
from grader.batch.similar.stand_out import LEAST_SHARE, Bar, bar_for
from tests.batch.similar.classes import a_class, disguised, handed, independent, submission, text, with_comprehensions

STARTER = (submission("starter", text("starter")),)


def standing_out(similarity):
    return [(pair.a.hand_in, pair.b.hand_in) for pair in similarity.pairs]


def shares(similarity):
    return {(p.a.hand_in, p.b.hand_in): (p.share, p.stands_out) for p in (*similarity.pairs, *similarity.others)}


def test_answers_written_independently_do_not_stand_out():
    found = compare(a_class(**independent()), starter=STARTER)
    assert found.standing_out == 0
    assert not found.pairs
    assert not found.too_alike
    assert 0 < max(pair.share for pair in found.others) < LEAST_SHARE / 2


def test_a_disguised_copy_stands_out_alone():
    found = compare(a_class(**independent(), zoe=disguised(text("right_loops"))), starter=STARTER)
    assert standing_out(found) == [("loops", "zoe")]
    (pair,) = found.pairs
    assert pair.share == 1.0
    assert pair.a.alike_lines >= 0.9 * pair.a.lines
    assert ("log_gauss", "lg") in pair.functions
    assert ("softmax_VJP", "softmax_VJP") in pair.functions
    assert found.same_file == ()


def test_a_copy_with_some_loops_turned_into_comprehensions_is_alike_in_part():
    source = with_comprehensions(text("right_loops"))
    found = compare(a_class(**independent(), zoe=source), starter=STARTER)
    assert standing_out(found) == [("loops", "zoe")]
    (pair,) = found.pairs
    assert 0.5 < pair.share < 0.95
    # Of its first and last line a passage may hold a part.
    shown = {line for passage in pair.passages for line in range(passage.b.first + 1, passage.b.last)}
    changed = [n for n, line in enumerate(source.split("\n"), 1) if "for a, b in zip" in line]
    assert changed
    assert not shown & set(changed)


def test_a_class_in_which_half_is_alike_has_nobody_standing_out_and_says_so():
    everyone = {f"s{n}": text("right_loops").replace("0.5", f"0.{n}") for n in range(8)}
    found = compare(a_class(**everyone), starter=STARTER, common=20, top=4)
    assert found.standing_out == 0
    assert found.too_alike
    assert len(found.others) == 4
    assert all(pair.share > 0.5 for pair in found.others)


def test_of_a_class_that_is_alike_only_pairs_that_are_alike_are_shown():
    copies = {f"s{n}": text("right_loops").replace("0.5", f"0.{n}") for n in range(4)}
    found = compare(a_class(**independent(), **copies), starter=STARTER, common=20)
    assert found.too_alike
    assert {name for pair in found.others for name in (pair.a.shown, pair.b.shown)} == {
        "Loops", "S0", "S1", "S2", "S3",
    }  # fmt: skip
    assert len(found.others) == 10


def test_what_more_files_share_than_are_common_is_left_out():
    shared = text("right_einsum")
    own = [text("right_loops"), text("right_cholesky"), text("seed_scan"), text("wrong_softmax_VJP_overflows")]
    class_ = a_class(**{f"s{n}": f"{shared}\n\n\n{source}" for n, source in enumerate(own)})
    few, many = compare(class_, common=4), compare(class_, common=3)
    counted, left_out = shares(few), shares(many)
    assert len(counted) == 6
    assert min(share for share, _ in counted.values()) > 0.3
    assert all(share < counted[names][0] - 0.2 for names, (share, _) in left_out.items())
    assert (few.common, many.common) == (4, 3)


@pytest.mark.parametrize(("files", "common"), [(0, 3), (2, 3), (12, 3), (13, 4), (40, 10), (80, 20), (10_000, 20)])
def test_common_is_a_quarter_of_the_class_within_bounds(files, common):
    assert common_for(files) == common


def test_the_starter_is_left_out():
    handed_out = text("right_loops")
    ada, bob = (f"{handed_out}\n\n\n{text(name)}" for name in ("right_einsum", "right_cholesky"))
    starter = (submission("starter", handed_out),)
    assert standing_out(compare(a_class(ada=ada, bob=bob))) == [("ada", "bob")]
    found = compare(a_class(ada=ada, bob=bob), starter=starter)
    assert standing_out(found) == []
    assert found.starter == ("starter.py",)
    first_own = len(handed_out.split("\n"))
    assert all(passage.a.first > first_own for pair in found.others for passage in pair.passages)


@given(st.sampled_from(["right_loops", "right_einsum", "seed_scan"]), st.data())
@settings(max_examples=12, deadline=None)
def test_any_part_of_the_starter_counts_for_nothing(name, data):
    functions = re.split(r"^(?=def )", text(name), flags=re.MULTILINE)
    part = "".join(data.draw(st.permutations(functions))[: data.draw(st.integers(1, len(functions)))])
    found = compare(a_class(ada=part, bob=f"# mine\n{part}"), starter=(submission("starter", text(name)),))
    assert found.compared == 0
    assert {each.says for each in found.not_compared} == {"there is no code to compare in it beyond the starter"}


def test_the_same_bytes_are_said_to_be_the_same_file_and_count_once():
    sources = independent()
    class_ = [*a_class(**sources), *(handed(name, sources["loops"]) for name in ("max", "nia"))]
    found = compare(class_, starter=STARTER)
    assert found.same_file == (("Loops", "Max", "Nia"),)
    assert found.standing_out == 0
    assert found.compared == 5
    copied = compare([*class_, handed("zoe", disguised(sources["loops"]))], starter=STARTER)
    assert standing_out(copied) == [("loops", "zoe")]
    assert copied.pairs[0].a.same_file == ("Max", "Nia")


def test_two_hand_ins_of_one_group_are_not_compared():
    source = text("right_loops")
    group = [
        handed("ada", source, students=("ada", "bob")),
        handed("bob", disguised(source), students=("bob",)),
        handed("cid", source, students=("bob", "cid")),
    ]
    assert compare(group[:2]).others == compare(group[:2]).pairs == ()
    assert compare(group[::2]).same_file == ()
    stranger = handed("dee", disguised(source) + "\n", students=("dee",))
    assert standing_out(compare([*group[:2], stranger])) == [("ada", "dee"), ("bob", "dee")]


@given(st.randoms(use_true_random=False))
@settings(max_examples=4, deadline=None)
def test_the_order_of_the_class_has_no_say(rng):
    names = ["right_loops", "right_einsum", "seed_scan", "wrong_softmax_VJP_overflows", "wrong_grad_mu_wrong_sign"]
    class_ = a_class(**{f"s{n}": text(name) for n, name in enumerate(names)}, z=disguised(text("right_loops")))
    shuffled = rng.sample(class_, len(class_))
    assert compare(shuffled, starter=STARTER, common=3) == compare(class_, starter=STARTER, common=3)


def test_who_is_first_has_no_say():
    one, other = text("right_loops"), with_comprehensions(text("right_loops"))
    (ab,) = compare(a_class(a=one, b=other), starter=STARTER).pairs
    (ba,) = compare(a_class(a=other, b=one), starter=STARTER).pairs
    assert (ab.share, ab.matched, ab.of) == (ba.share, ba.matched, ba.of)
    assert (ab.a.alike_lines, ab.b.alike_lines) == (ba.b.alike_lines, ba.a.alike_lines)
    assert {(p.a, p.b) for p in ab.passages} == {(p.b, p.a) for p in ba.passages}


@pytest.mark.parametrize("name", ["right_loops", "right_einsum", "seed_scan"])
def test_a_disguise_changes_no_share(name):
    others = {
        each: text(each) for each in ("right_cholesky", "wrong_softmax_VJP_overflows", "wrong_grad_mu_wrong_sign")
    }
    plain = compare(a_class(ada=text(name), **others), common=5)
    hidden = compare(a_class(ada=disguised(text(name)), **others), common=5)
    assert shares(plain) == shares(hidden)


def test_broken_files_and_cells_are_compared():
    source = text("right_loops")
    broken = source.replace("def softmax(z):", "def softmax(z:") + "\nx = 'open\n\n)"
    cells = [f"def {part}" for part in source.split("\ndef ")[1:]]
    found = compare([*a_class(**independent(), bad=broken), handed("nb", *cells)], starter=STARTER)
    assert standing_out(found) == [("loops", "nb"), ("bad", "loops"), ("bad", "nb")]
    cells_shown = {passage.b.chunk for passage in found.pairs[0].passages}
    assert len(cells_shown) > 5


def test_files_beside_the_answer_are_compared():
    source = text("right_loops")
    class_ = [*a_class(**independent()), handed("mod", "from more import *", modules=[("more", disguised(source))])]
    found = compare(class_, starter=STARTER)
    assert standing_out(found) == [("loops", "mod")]
    assert {passage.b.chunk for passage in found.pairs[0].passages} == {1}
    assert [listing.label for listing in found.pairs[0].b.listings] == ["mod.py", "more.py"]


def test_what_cannot_be_compared_is_listed_with_its_reason():
    found = compare([handed("ada", problem="ada.py is not UTF-8"), handed("bob", "# nothing"), handed("cid", "x = 1")])
    assert [(each.shown, each.says) for each in found.not_compared] == [
        ("Ada", "ada.py is not UTF-8"),
        ("Bob", "there is no code to compare in it"),
        ("Cid", "there is no code to compare in it"),
    ]
    assert (found.hand_ins, found.compared, found.usual, found.standing_out) == (3, 0, None, 0)


def test_a_file_of_megabytes_keeps_nobody_waiting():
    (only,) = compare([handed("ada", "x = 1\n" * 50_001)]).not_compared
    assert only.says == "it has more than 300,000 characters of code"


def test_a_few_equal_lines_do_not_stand_out():
    source = text("right_loops").split("def log_parts")[0].split("def log_sum_exp")[1]
    found = compare(a_class(ada=f"def log_sum_exp{source}", bob=f"def other{source}"))
    assert found.standing_out == 0
    assert found.others[0].of == LEAST


def test_only_so_many_pairs_are_shown_and_all_are_counted():
    source = text("right_loops")
    class_ = a_class(
        **{f"a{n}": f"{source}#{n}\n" for n in range(3)},
        **{f"z{n}": text(f"right_{k}") for n, k in enumerate(("einsum", "cholesky"))},
    )
    filler = a_class(
        **{f"f{n}": "\n".join(f"y{n} = np.exp(x[{i}] + {n * i}) * {n}" for i in range(40)) for n in range(1, 6)}
    )
    found = compare([*class_, *filler], starter=STARTER, top=2)
    assert found.standing_out == 3
    assert standing_out(found) == [("a0", "a1"), ("a0", "a2")]


def test_progress_is_told_after_each():
    told = []
    compare(a_class(**independent()), told=told.append)
    assert told == [1, 2, 3]


@given(st.lists(st.one_of(st.text(), st.text("()[]:,=.+ \nabx01'\"#")), min_size=2, max_size=4))
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_a_comparison(texts):
    found = compare([handed(f"s{n}", source) for n, source in enumerate(texts)], starter=(submission("st", texts[0]),))
    assert found.hand_ins == len(texts)
    assert found.compared + len(found.not_compared) == len(texts)


def test_functions_that_were_handed_out_tell_the_answer():
    assert "grad_mu" in defined_functions(STARTER)
    assert defined_functions(()) == ()


# Below: the parts --------------------------------------------------------------------------------------------------


WORDS = st.lists(st.sampled_from("abcde"), max_size=80).map(lambda words: [Token(word, 1, 1) for word in words])


PERIODIC = st.tuples(st.lists(st.sampled_from("ab"), min_size=1, max_size=3), st.integers(5, 20)).map(
    lambda drawn: [Token(word, 1, 1) for word in drawn[0] * drawn[1]]
)


@given(st.one_of(WORDS, PERIODIC))
def test_of_each_window_the_rightmost_least_is_kept(tokens):
    hashes = run_hashes(tokens)
    kept = set(winnowed(hashes).tolist())
    wanted = {
        max(place for place in range(start, start + min(WINDOW, hashes.size)) if hashes[place] == window.min())
        for start in range(max(hashes.size - WINDOW + 1, min(hashes.size, 1)))
        for window in [hashes[start : start + WINDOW]]
    }
    assert kept == wanted


@given(WORDS, WORDS, WORDS, st.integers(0, 40))
def test_a_run_as_long_as_promised_is_always_noticed(before, after, shared, more):
    shared = (shared + [Token("z", 1, 1)] * 100)[: RUN + WINDOW - 1 + more]
    one, other = run_hashes([*before, *shared]), run_hashes([*shared, *after])
    assert np.intersect1d(one[winnowed(one)], other[winnowed(other)]).size


@given(WORDS)
def test_equal_runs_have_equal_hashes_and_others_do_not(tokens):
    hashes = run_hashes(tokens).tolist()
    runs = [tuple(token.text for token in tokens[start : start + RUN]) for start in range(len(hashes))]
    assert len(set(hashes)) == len(set(runs))
    assert len(set(zip(hashes, runs, strict=True))) == len(set(runs))


def prints_of(sets):
    return [np.array(sorted(each), dtype=np.uint64) for each in sets]


@given(st.lists(st.sets(st.integers(0, 30), max_size=20), min_size=1, max_size=9), st.integers(2, 6), st.data())
@settings(deadline=None)
def test_the_index_counts_what_counting_each_pair_counts(sets, common, data):
    numbers = range(len(sets))
    pairs = [(a, b) for a in numbers for b in numbers if a < b]
    never = data.draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    files = {value: sum(value in each for each in sets) for each in sets for value in each}
    rare = [{value for value in each if files[value] <= common} for each in sets]
    wanted = {
        (a, b): (len(rare[a] & rare[b]), max(min(len(rare[a]), len(rare[b])), LEAST))
        for a, b in pairs
        if rare[a] & rare[b] and (a, b) not in never
    }
    counted = count_pairs(prints_of(sets), common=common, never=never)
    columns = (counted.first.tolist(), counted.second.tolist(), counted.matched.tolist(), counted.of.tolist())
    assert {(a, b): (matched, of) for a, b, matched, of in zip(*columns, strict=True)} == wanted
    assert all(one >= other for one, other in pairwise((counted.matched / counted.of).tolist()))
    for number in numbers:
        nearest = max((m / of for pair, (m, of) in wanted.items() if number in pair), default=0)
        assert counted.nearest[number] == nearest
    assert counted.everybody.tolist() == sorted(value for value, times in files.items() if times > common)


def test_a_class_of_more_than_one_band_is_counted_in_full():
    rng = random.Random(1)
    sets = [set(rng.sample(range(100_000), 60)) for _ in range(600)]
    sets[599] = sets[0] | {1, 2, 3}
    sets[400] = sets[300] | {5}
    counted = count_pairs(prints_of(sets), common=20)
    assert list(zip(counted.first[:2].tolist(), counted.second[:2].tolist(), strict=True)) == [(0, 599), (300, 400)]
    assert counted.nearest[[0, 599, 300, 400]].min() > 0.9


def test_a_pair_has_no_say_in_what_is_usual():
    nearest = np.array([0.9, 0.1, 0.12, 0.9, 0.08])
    bar = bar_for(nearest, 0, 3)
    assert bar.usual == 0.1
    assert bar.needed == pytest.approx(LEAST_SHARE)
    assert bar_for(nearest[:4], 0, 1) == Bar(usual=None, needed=LEAST_SHARE)


def test_the_more_a_class_is_alike_and_spread_the_more_is_needed():
    nearest = np.array([0.9, 0.9, 0.3, 0.4, 0.5])
    # Median 0.4, median absolute deviation 0.1.
    assert bar_for(nearest, 0, 1).needed == pytest.approx(0.4 + 4 * 1.4826 * 0.1)
    assert bar_for(np.full(5, 0.4), 0, 1).needed == pytest.approx(0.6)


def grown(one, other, *, starter=()):
    a, b = units([one]), units([other])
    seeds = np.intersect1d(fingerprints(a), fingerprints(b))
    return a, b, tiles(a, b, seeds=seeds, starter=all_runs(units(starter)))


@pytest.mark.parametrize("name", ["right_loops", "right_einsum", "wrong_grad_mu_wrong_sign"])
def test_passages_are_equal_token_by_token_and_never_overlap(name):
    a, b, found = grown(text(name), text("right_loops") + text("seed_scan") + text("wrong_softmax_VJP_overflows"))
    assert found
    seen = {"a": set(), "b": set()}
    for tile in found:
        left = a[tile.unit_a].tokens[tile.start_a : tile.start_a + tile.length]
        right = b[tile.unit_b].tokens[tile.start_b : tile.start_b + tile.length]
        assert [token.text for token in left] == [token.text for token in right]
        assert tile.length >= RUN
        for side, unit, start in (("a", tile.unit_a, tile.start_a), ("b", tile.unit_b, tile.start_b)):
            own = {(unit, place) for place in range(start, start + tile.length)}
            assert not own & seen[side]
            seen[side] |= own


def test_no_passage_grows_into_the_starter():
    first, second = "a = np.exp(b) + np.log(c)\n", "d = np.sum(e * e, axis=0) / len(e)\nf = g.T @ h\n"
    _, _, whole = grown(first + second, first + second)
    a, _, rest = grown(first + second, first + second, starter=[first])
    assert [tile.length for tile in whole] == [len(a[0].tokens)]
    assert sum(tile.length for tile in rest) < len(a[0].tokens)


def test_a_table_that_repeats_itself_is_matched_once():
    table = "x = [" + "0, " * 3000 + "]"
    a, _, found = grown(table, table)
    assert sum(tile.length for tile in found) >= len(a[0].tokens) - RUN


def test_values_are_frozen():
    found = compare(a_class(**independent()))
    with pytest.raises(AttributeError):
        found.compared = 1
    assert replace(found, compared=1).compared == 1
