"""Labels for blocks: which blocks of a page make up its reference text.

A reference is a text that a person (or a site's own parser) took from the page. We lay each block on it:

1. blocks of four words and more are placed where most of their three-word runs stand in the reference, longest first;
   a block takes the words it covers, so that no word is taken twice;
2. of several blocks with the same text, the one that stands in order with its neighbours wins;
3. shorter blocks are placed only between the places of their neighbours, word for word.

A block is in when at least half of its words are its own: at that share keeping it starts to raise the word F1.
"""

import re
from collections import Counter, defaultdict
from difflib import SequenceMatcher

WORD = re.compile(r"\w+")
UNSPACED = re.compile(r"([\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff])")

RUN = 3
# A run of words that stands more often than this in the reference says nothing about the place.
PLACES_MAX = 40
# How far a block's words may be moved against the reference, in words, besides a fifth of its length.
SLACK = 12
# How many blocks a short block may be away from its nearest neighbour that is in.
NEAR = 14


def words(text):
    return WORD.findall(UNSPACED.sub(r" \1 ", text.lower()))


def scored_words(text):
    """As the figures count them: unspaced scripts are not cut."""
    return WORD.findall(text.lower())


class Aligner:
    def __init__(self, reference):
        self.ref = words(reference)
        self.taken = bytearray(len(self.ref))
        self.runs = defaultdict(list)
        for i in range(len(self.ref) - RUN + 1):
            self.runs[tuple(self.ref[i : i + RUN])].append(i)

    def places(self, block):
        """Where a block may lie: [(number of runs that agree, shift)], best first, at most six."""
        votes = Counter()
        for i in range(len(block) - RUN + 1):
            at = self.runs.get(tuple(block[i : i + RUN]))
            if at and len(at) <= PLACES_MAX:
                for j in at:
                    votes[j - i] += 1
        if not votes:
            return []
        slack = SLACK + len(block) // 5
        out, seen = [], []
        shifts = sorted(votes)
        for shift, _ in votes.most_common(12):
            if any(abs(shift - s) <= slack for s in seen):
                continue
            seen.append(shift)
            out.append((sum(votes[s] for s in shifts if abs(s - shift) <= slack), shift))
            if len(out) == 6:
                break
        return sorted(out, key=lambda it: -it[0])

    def cover(self, block, shift):
        """Positions of the reference, not yet taken, that the block covers when laid at `shift`."""
        slack = SLACK + len(block) // 5
        lo, hi = max(0, shift - slack), min(len(self.ref), shift + len(block) + slack)
        window = [self.ref[k] if not self.taken[k] else None for k in range(lo, hi)]
        got = []
        for m in SequenceMatcher(None, block, window, autojunk=False).get_matching_blocks():
            got.extend(range(lo + m.b, lo + m.b + m.size))
        return got


def label(texts, hidden, reference, share_in=0.5):
    """For each block the share of its words that are its own in the reference; 0.0 where it is not placed."""
    aligner = Aligner(reference)
    blocks = [words(t) for t in texts]
    n = len(blocks)
    share = [0.0] * n
    span = [None] * n  # (first, last) position in the reference

    def accept(i, got):
        for k in got:
            aligner.taken[k] = 1
        share[i] = len(got) / len(blocks[i])
        span[i] = (got[0], got[-1])

    def neighbours(i):
        before = next((k for k in range(i - 1, -1, -1) if span[k]), None)
        after = next((k for k in range(i + 1, n) if span[k]), None)
        return before, after

    def disorder(i, at):
        """How badly position `at` fits between the neighbours of block i, in words; then blocks to the nearest."""
        before, after = neighbours(i)
        lo = span[before][1] if before is not None else -1
        hi = span[after][0] if after is not None else len(aligner.ref)
        off = max(0, lo - at, at - hi) if lo <= hi else min(abs(at - lo), abs(at - hi))
        near = min(i - before if before is not None else n, after - i if after is not None else n)
        return off, near

    groups = defaultdict(list)
    for i, b in enumerate(blocks):
        if len(b) >= RUN + 1:
            groups[tuple(b)].append(i)
    order = sorted(groups, key=lambda b: -len(b))
    placed = {b: aligner.places(list(b)) for b in order}

    def try_group(b):
        members = [i for i in groups[b] if span[i] is None]
        options = []
        for runs, shift in placed[b]:
            if runs < 0.3 * (len(b) - RUN + 1):
                continue
            for i in members:
                off, near = disorder(i, shift + len(b) // 2)
                # Visible before hidden, in order before out of order, near its neighbours before far.
                options.append((hidden[i], off > SLACK, off if off > SLACK else 0, near, -runs, i, shift))
        done_shift = set()
        for _, _, _, _, _, i, shift in sorted(options):
            if span[i] is not None or shift in done_shift:
                continue
            got = aligner.cover(list(b), shift)
            if got and len(got) >= share_in * len(b):
                accept(i, got)
                done_shift.add(shift)

    # What stands once and is long gives the frame; then what stands several times; then the shorter.
    for b in order:
        if len(groups[b]) == 1 and len(b) >= 10:
            try_group(b)
    for b in order:
        if len(groups[b]) > 1 and len(b) >= 10:
            try_group(b)
    for b in order:
        if len(b) < 10:
            try_group(b)

    # The short: word for word, between their neighbours.
    for i, b in enumerate(blocks):
        if span[i] is not None or not b or len(b) > 9:
            continue
        before, after = neighbours(i)
        near = min(i - before if before is not None else n, after - i if after is not None else n)
        if near > NEAR:
            continue
        lo = span[before][1] + 1 if before is not None else 0
        hi = span[after][0] if after is not None else len(aligner.ref)
        for k in range(lo, min(hi, len(aligner.ref)) - len(b) + 1):
            if aligner.ref[k : k + len(b)] == b and not any(aligner.taken[k : k + len(b)]):
                accept(i, list(range(k, k + len(b))))
                break
    return share


def word_f1(kept, reference):
    """Word F1 of texts against a reference, as the figures count it."""
    got, ref = Counter(), Counter(scored_words(reference))
    for t in kept:
        got.update(scored_words(t))
    hit, n, m = sum((got & ref).values()), sum(got.values()), sum(ref.values())
    if not n or not m:
        return float(n == m)
    return 2 * hit / (n + m)
