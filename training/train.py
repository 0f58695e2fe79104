#!/usr/bin/env python3
"""Trains the block model: from labelled pages to src/main_content/weights.txt and tokens.txt.

    pip install -r training/requirements.txt
    python3 training/train.py DATA [--figures] [--work DIR]

DATA holds folders of pages with references (`pages/ID.html`, `truth.jsonl`; see SETS); our own samples (`html-samples`)
are one set more. Rows of numbers come from the program itself (`examples/rows.rs`), labels from `labels.py`, trees from
LightGBM, one thread and fixed seeds, so that the same data give the same weights.

There is a model for pages that call themselves articles and one for all others; each has two stages. The first judges each row by its own measurements. The second sees those and what the first says about the
rows around; for that, the first judges every page without having seen its group (a site or publisher): three folds. Before
both, the words that elements are called by get weights (src/main_content/tokens.txt), which make columns of each row; those of
a page that is trained on come from the pages of other groups, too.

--figures  also measures the stories that the program gives, by word F1 or snippet F: each kind of set with none of its kind in training, and the recipe
           cross-validated by group. They go into the weights' provenance. Takes half an hour.
"""

import argparse
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import zlib
from collections import Counter

import lightgbm
import numpy as np
import scipy.optimize
import scipy.sparse

import labels

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
SETS = ["fundus-a", "fundus-h", "wcxb-dev", "traf-a", "samples"]

# Weight of a set's pages in the training of each model. News pages are few and what it is for: at 2.5 fundus-a gains three
# thousandths cross-validated, and articles of other kinds lose one. Our samples are 84 short pages in 27 languages, half of which
# call themselves nothing.
PAGE_WEIGHT = {
    "article": {"fundus-a": 2.0, "fundus-h": 1.5, "wcxb-dev": 1.0, "traf-a": 0.5, "samples": 0.5},
    "other": {"fundus-a": 1.0, "fundus-h": 0.7, "wcxb-dev": 1.0, "traf-a": 0.5, "samples": 1.5},
}
# The models: one for pages that call themselves articles, one for all others. Weights of pages in the training of each:
# (calls itself an article, is one) -> weight.
MODELS = {
    "article": {(True, True): 1.0, (False, True): 1.0, (True, False): 0.15, (False, False): 0.0},
    "other": {(True, True): 0.4, (False, True): 1.0, (True, False): 1.0, (False, False): 1.0},
}
# A row's weight grows with its words, less than in proportion: heads and labels count as well.
WORDS_POWER = 0.5
# Rows that are out weigh at most so many times those that are in, on each page.
OUT_WEIGHT_MAX = 3.0
# Pages whose labels do not give the reference back teach wrong things.
LABELS_F1_MIN = 0.85
# Rows that the first stage is sure to be out need no second (SURELY_OUT in model.rs).
SURELY_OUT = 0.01
# A word's weights are for a distance at which it stands on so many sites; fewer say more of the sites than of the word.
TOKEN_SITES_MIN = 5
# The square of a weight costs half of that, where a row is worth 1. All of wcxb-dev, cross-validated: 0.8722 with 5 (and four
# sites), 0.8740 with 30, 0.8718 with 150 (and eight sites), after 60 steps each.
TOKEN_COST = 30.0
# Steps of a weight in one of log-odds (UNITS in tokens.rs), and the greatest.
TOKEN_UNITS, TOKEN_ENDS = 32, 127
DEPTH = 5
TREES = (150, 200)
PARAMETERS = dict(
    objective="binary", learning_rate=0.1, num_leaves=31, max_depth=DEPTH, min_data_in_leaf=60,
    min_sum_hessian_in_leaf=0.3, feature_fraction=0.4, bagging_fraction=0.8, bagging_freq=1, lambda_l2=5.0,
    # Thresholds drawn at random carry over to other sites better than the best ones.
    extra_trees=True, max_bin=63, num_threads=1, deterministic=True, force_row_wise=True, verbosity=-1, seed=7,
)

# Columns that the words of names make: own, parent, farther out, all.
N_TOKEN_COLUMNS = 4

# The least value of PageDeclared for a page that calls itself an article.
ARTICLE = 2


class Set:
    """Pages of one set: rows, labels, and what is needed to score a choice of rows."""

    def __init__(self, name, truth, pages, x, names, cache):
        self.name, self.truth = name, truth
        self.start = np.concatenate([[0], np.cumsum([len(p) for p in pages])])
        self.page = np.repeat(np.arange(len(pages)), np.diff(self.start))
        self.group = [t["group"] for t in truth]
        self.is_article = np.array([t["page_type"] in (None, "article") for t in truth])
        self.kinds = np.array([t["page_type"] or "" for t in truth])
        self.x = x
        # Rows that the rules alone decide are not measured.
        self.asked = x[:, names.index("PageRows")] > 0
        # Whether each page calls itself an article; a page without measured rows is out anyway.
        says_so = x[:, names.index("PageDeclared")] >= ARTICLE
        self.declared = np.bincount(self.page, says_so, len(pages)) > 0
        self.n_words = np.array([b[2] for p in pages for b in p], dtype=np.float32)
        self.texts = [[b[0] for b in p] for p in pages]
        if os.path.exists(cache):
            shares = json.load(open(cache, encoding="utf-8"))
        else:
            shares = [share_of_rows(p, t) for p, t in zip(pages, truth)]
            json.dump(shares, open(cache, "w", encoding="utf-8"))
        self.y = np.array([s for p in shares for s in p], dtype=np.float32)
        kept = [[text for text, s in zip(texts, share) if s >= 0.5] for texts, share in zip(self.texts, shares)]
        self.labels_f1 = np.array([1.0 if t["text"] is None else labels.word_f1(k, t["text"]) for k, t in zip(kept, truth)])

    def word_f1(self, stories):
        return np.array([labels.word_f1([text], t["text"]) for text, t in zip(stories, self.truth)])

    def snippet_f(self, stories):
        tp = fp = fn = 0
        for text, t in zip(stories, self.truth):
            flat = collapse(text)
            found = sum(collapse(x) in flat for x in t["with"])
            tp, fn = tp + found, fn + len(t["with"]) - found
            fp += sum(collapse(x) in flat for x in t["without"])
        return 2 * tp / (2 * tp + fp + fn)

    def weights(self, kind):
        w = (self.n_words + 1) ** WORDS_POWER * (self.y >= 0) * self.asked * (self.labels_f1 >= LABELS_F1_MIN)[self.page]
        n = len(self.truth)
        ins = np.maximum(np.bincount(self.page, w * (self.y >= 0.5), n), 1e-9)[self.page]
        outs = np.maximum(np.bincount(self.page, w * (self.y < 0.5), n), 1e-9)[self.page]
        limit = 1.0 if self.name == "traf-a" else OUT_WEIGHT_MAX
        w = np.where(self.y >= 0.5, w / ins, w / np.maximum(ins, outs / limit))
        of_page = np.array([MODELS[kind][bool(d), bool(a)] for d, a in zip(self.declared, self.is_article)])
        return w * of_page[self.page] * PAGE_WEIGHT[kind][self.name]


def collapse(text):
    return re.sub(r"\s+", " ", text).strip()


def share_of_rows(page, truth):
    """Labels of a page: the share of each block that is its own in the reference; -1 where nothing is known."""
    if truth["text"] is not None:
        return labels.label([b[0] for b in page], [b[1] for b in page], truth["text"])
    wanted, unwanted = ([collapse(x) for x in truth[k] if len(x) > 3] for k in ("with", "without"))
    out = []
    for block in page:
        text = collapse(block[0])
        is_in, is_out = any(x in text for x in wanted), any(x in text for x in unwanted)
        out.append(-1.0 if is_in == is_out else float(is_in))
    return out


SAMPLES = os.path.join(ROOT, "html-samples")


def samples():
    """Our own sample pages in the form of the other sets; each is a site of its own."""
    found = []
    for name in sorted(os.listdir(SAMPLES)):
        page, article = (os.path.join(SAMPLES, name, it) for it in ("page.html", "article.json"))
        if not (os.path.exists(page) and os.path.exists(article)):
            continue
        with open(article, encoding="utf-8") as file:
            article = json.load(file)
        with open(os.path.join(SAMPLES, name, "sample.toml"), "rb") as file:
            url = tomllib.load(file).get("url")
        if article.get("text"):
            kind = article.get("pageType", "article")
            kind = "article" if kind == "liveBlog" else kind
            found.append({"id": name, "url": url, "page_type": kind, "text": article["text"], "group": name})
    return found


class Program:
    """The program that computes rows."""

    def __init__(self, data, work):
        self.work = work
        self.truth = {}
        paths = []
        for name in SETS:
            if name == "samples":
                self.truth[name] = samples()
                pages = [os.path.join(SAMPLES, t["id"], "page.html") for t in self.truth[name]]
            else:
                with open(os.path.join(data, name, "truth.jsonl"), encoding="utf-8") as file:
                    self.truth[name] = [json.loads(line) for line in file]
                pages = [os.path.join(data, name, "pages", t["id"] + ".html") for t in self.truth[name]]
            paths += [page + "\t" + (t.get("url") or "") for page, t in zip(pages, self.truth[name])]
        self.list, self.prefix = os.path.join(work, "pages.txt"), os.path.join(work, "all")
        with open(self.list, "w", encoding="utf-8") as file:
            file.write("\n".join(paths) + "\n")
        command = os.environ.get("COPYDESK_ROWS", "cargo run --release --quiet --no-default-features --example rows --")
        self.process = subprocess.Popen(
            command.split() + [self.list, self.prefix], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.expect("ready")
        names = open(self.prefix + ".names", encoding="utf-8").read().split("\n\n")
        self.names, self.judged_names, self.page_names = (part.split("\n") for part in names)
        x = np.fromfile(self.prefix + ".rows", dtype="<f4").reshape(-1, len(self.names))
        kinds = np.fromfile(self.prefix + ".kinds", dtype="<f4").reshape(-1, len(self.page_names))
        with open(self.prefix + ".jsonl", encoding="utf-8") as file:
            pages = [json.loads(line) for line in file]
        self.sets, page, row = {}, 0, 0
        for name in SETS:
            n = len(self.truth[name])
            of_set = pages[page : page + n]
            n_rows = sum(len(p) for p in of_set)
            digest = hashlib.sha256(json.dumps([[b[:2] for b in p] for p in of_set]).encode()).hexdigest()[:16]
            cache = os.path.join(work, f"labels-{name}-{digest}.json")
            self.sets[name] = Set(name, self.truth[name], of_set, x[row : row + n_rows], self.names, cache)
            self.sets[name].page_x = kinds[page : page + n]
            page, row = page + n, row + n_rows
        self.read_tokens()

    def read_tokens(self):
        """Sets the `tokens` of each set: how often each word stands in the element of each row, around it and farther out."""
        number, rows, columns, counts, row = {}, [], [], [], 0
        with open(self.prefix + ".tokens", encoding="utf-8") as file:
            for line in file:
                elements, of_rows = json.loads(line)
                elements = [(parent, Counter(number.setdefault(w, len(number)) for w in words)) for parent, words in elements]
                above = []
                for parent, words in elements:
                    above.append(words + above[parent] if parent >= 0 else words)
                for element in of_rows:
                    parent, own = elements[element]
                    grandparent, around = elements[parent]
                    for distance, words in enumerate((own, around, above[grandparent] if grandparent >= 0 else {})):
                        rows += [row] * len(words)
                        columns += [3 * word + distance for word in words]
                        counts += words.values()
                    row += 1
        self.words = list(number)
        tokens = scipy.sparse.csr_matrix((np.array(counts, dtype=np.float32), (rows, columns)), (row, 3 * len(number)))
        row = 0
        for s in self.sets.values():
            s.tokens = tokens[row : row + len(s.x)]
            row += len(s.x)

    def token_columns(self, weights):
        """The columns that weights of words ({word: its three}) make: {set: rows}."""
        table = "".join(f"{word} {own} {parent} {farther}\n" for word, (own, parent, farther) in sorted(weights.items()))
        with open(self.prefix + ".table", "w", encoding="utf-8") as file:
            file.write(table)
        self.send(f"tokens {self.prefix}.table {self.prefix}.columns")
        return self.split(np.fromfile(self.prefix + ".columns", dtype="<f4").reshape(-1, N_TOKEN_COLUMNS))

    def expect(self, word):
        line = self.process.stdout.readline().strip()
        if line != word:
            sys.exit(f"rows: {line!r}")

    def ask(self, what, judged):
        every = np.concatenate([judged.get(n, np.zeros(len(s.x))) for n, s in self.sets.items()])
        every.astype("<f4").tofile(self.prefix + ".judged")
        self.send(f"{what} {self.prefix}.judged {self.prefix}.{what}")

    def send(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        self.expect("done")

    def stories(self, judged):
        """The texts that the program makes of these probabilities: {set: text of each page}."""
        self.ask("story", judged)
        with open(self.prefix + ".story", encoding="utf-8") as file:
            texts = json.load(file)
        out, page = {}, 0
        for n, s in self.sets.items():
            out[n] = texts[page : page + len(s.truth)]
            page += len(s.truth)
        return {n: out[n] for n in judged}

    def context(self, judged):
        """What a first judgement ({set: probabilities}) says about each row: {set: rows}."""
        self.ask("context", judged)
        return self.split(np.fromfile(self.prefix + ".context", dtype="<f4").reshape(-1, len(self.judged_names)))

    def split(self, cells):
        """Rows of all pages by set."""
        out, row = {}, 0
        for n, s in self.sets.items():
            out[n] = cells[row : row + len(s.x)]
            row += len(s.x)
        return out


def fold(group, n, salt):
    return zlib.crc32((salt + group).encode()) % n


def fit(xs, ys, ws, n_trees):
    x, y, w = np.concatenate(xs), np.concatenate(ys), np.concatenate(ws)
    w *= len(w) / w.sum()
    return lightgbm.train(PARAMETERS, lightgbm.Dataset(x, y, weight=w, params=PARAMETERS), n_trees)


def fit_tokens(program, use):
    """Weights of words by a logistic regression over the rows of the pages: {word: own, parent, farther out}."""
    parts, sites = [], 0
    for name, pages in use.items():
        s = program.sets[name]
        w = sum(s.weights(kind) for kind in MODELS)
        rows = pages[s.page] & (w > 0)
        parts.append((s.tokens[rows], s.y[rows] >= 0.5, w[rows]))
        rows = pages[s.page]
        site = np.unique(s.group, return_inverse=True)[1][s.page[rows]]
        of_site = scipy.sparse.csr_matrix((np.ones(len(site)), (site, np.arange(len(site)))))
        sites += np.asarray((of_site @ s.tokens[rows] > 0).sum(axis=0)).ravel()
    known = np.flatnonzero(sites >= TOKEN_SITES_MIN)
    x = scipy.sparse.vstack([x for x, _, _ in parts]).tocsr()[:, known]
    across = x.T.tocsr()
    y, w = (np.concatenate([p[at] for p in parts]).astype(float) for at in (1, 2))
    w *= len(w) / w.sum()

    def cost(weights):
        odds = x @ weights[:-1] + weights[-1]
        slope = w * (1 / (1 + np.exp(-odds)) - y)
        value = (w * (np.logaddexp(0, odds) - y * odds)).sum() + TOKEN_COST / 2 * (weights[:-1] ** 2).sum()
        return value, np.append(across @ slope + TOKEN_COST * weights[:-1], slope.sum())

    found = scipy.optimize.minimize(cost, np.zeros(len(known) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 60})
    steps = np.clip(np.round(found.x[:-1] * TOKEN_UNITS), -TOKEN_ENDS, TOKEN_ENDS).astype(int)
    weights = {}
    for column, step in zip(known, steps):
        if step:
            weights.setdefault(program.words[column // 3], [0, 0, 0])[column % 3] = step
    return weights


def learn_tokens(program, use):
    """Weighs the words of the pages and sets the columns that they make: of these pages by the words of other groups."""
    first = program.names.index("TokensOwn")
    for k in [0, 1, 2, None]:
        of_fold = {name: np.array([fold(g, 3, "first") == k for g in program.sets[name].group]) for name in use}
        columns = program.token_columns(fit_tokens(program, {name: use[name] & ~of_fold[name] for name in use}))
        for name, s in program.sets.items():
            used = use.get(name, np.zeros(len(s.truth), dtype=bool))
            pages = ~used if k is None else used & of_fold.get(name, used)
            rows = pages[s.page]
            s.x[rows, first : first + N_TOKEN_COLUMNS] = columns[name][rows]


def part(s, kind, x, use, easy, share):
    """Rows for training: of the easy ones (all out) a share, each weighing for all of them."""
    w = s.weights(kind)
    luck = np.random.RandomState(1).rand(len(w))
    easy = easy & (s.y < 0.5)
    w = np.where(easy, np.where(luck < share, w / share, 0), w)
    use = use[s.page] & (w > 0)
    return x[use], (s.y[use] >= 0.5).astype(np.float32), w[use]


def fit_first(program, kind, use):
    parts = []
    for name, pages in use.items():
        s = program.sets[name]
        density, chars = program.names.index("LinkDensity"), program.names.index("Chars")
        parts.append(part(s, kind, s.x, pages, (s.x[:, density] > 0.8) & (s.x[:, chars] < 5.5), 0.3))
    return fit(*zip(*parts), TREES[0])


def fit_both(program, kind, use):
    """`use`: {set: mask of pages}. Both stages."""
    unseen = {name: np.zeros(len(program.sets[name].x)) for name in use}
    for k in range(3):
        folds = {name: np.array([fold(g, 3, "first") == k for g in program.sets[name].group]) for name in use}
        first = fit_first(program, kind, {name: pages & ~folds[name] for name, pages in use.items()})
        for name in use:
            rows = folds[name][program.sets[name].page] & program.sets[name].asked
            unseen[name][rows] = first.predict(program.sets[name].x[rows], num_threads=1)
    context = program.context(unseen)
    parts = []
    for name, pages in use.items():
        s = program.sets[name]
        parts.append(part(s, kind, np.hstack([context[name], s.x]), pages, unseen[name] < SURELY_OUT, 0.25))
    return fit_first(program, kind, use), fit(*zip(*parts), TREES[1])


def fit_all(program, use, kinds=tuple(MODELS)):
    learn_tokens(program, use)
    return {kind: fit_both(program, kind, use) for kind in kinds}


# The kinds of pages in the order of `page_type::KINDS`, by the names that the set with all kinds gives them.
KINDS = [["article"], ["listing", "collection"], ["forum"], ["product"], ["documentation"], ["service"]]
KIND_ROUNDS, KIND_DEPTH = 40, 4


def fit_kinds(s, use):
    """A forest for each kind of page, from the pages of a set that `use` picks."""
    y = np.array([next(i for i, names in enumerate(KINDS) if k in names) for k in s.kinds])
    parameters = {
        **PARAMETERS, "objective": "multiclass", "num_class": len(KINDS), "max_depth": KIND_DEPTH, "num_leaves": 12,
        "min_data_in_leaf": 8, "min_sum_hessian_in_leaf": 1.0,
    }
    return lightgbm.train(parameters, lightgbm.Dataset(s.page_x[use], y[use], params=parameters), KIND_ROUNDS), y


def predict(program, models, names):
    """Probabilities of every row of the sets, each page by its model."""
    out = {n: np.zeros(len(program.sets[n].x)) for n in names}
    for kind, (first, second) in models.items():
        of_kind = {
            n: (program.sets[n].declared == (kind == "article"))[program.sets[n].page] & program.sets[n].asked
            for n in names
        }
        judged = {n: np.zeros(len(program.sets[n].x)) for n in names}
        for n, rows in of_kind.items():
            if rows.any():
                judged[n][rows] = first.predict(program.sets[n].x[rows], num_threads=1)
        context = program.context(judged)
        for n, rows in of_kind.items():
            asked = rows & (judged[n] >= SURELY_OUT)
            out[n][rows] = judged[n][rows]
            if asked.any():
                x = np.hstack([context[n][asked], program.sets[n].x[asked]])
                out[n][asked] = second.predict(x, num_threads=1)
    return out


def figures(program):
    everything = {n: np.ones(len(s.truth), dtype=bool) for n, s in program.sets.items()}
    out = {}

    def tell(key, value):
        out[key] = round(float(value), 4)
        print(f"{key}: {value:.4f}", flush=True)

    held_out = [("fundus-a", ["wcxb-dev", "traf-a", "samples"]), ("wcxb-dev", ["fundus-a", "fundus-h", "traf-a", "samples"]),
                ("traf-a", ["fundus-a", "fundus-h", "wcxb-dev", "samples"])]
    for name, others in held_out:
        s = program.sets[name]
        kinds = ["article"] if program.sets[name].declared.all() else MODELS
        p = predict(program, fit_all(program, {n: everything[n] for n in others}, kinds), [name])[name]
        np.save(os.path.join(program.work, f"heldout-{name}.npy"), p)
        stories = program.stories({name: p})[name]
        if name == "traf-a":
            tell("traf-a held out", s.snippet_f(stories))
        else:
            tell(f"{name} articles held out", s.word_f1(stories)[s.is_article].mean())
    for name, n_folds in (("fundus-a", 4), ("wcxb-dev", 3)):
        s = program.sets[name]
        folds = np.array([fold(g, n_folds, "outer") for g in s.group])
        p = np.zeros(len(s.x))
        kinds = ["article"] if s.declared.all() else MODELS
        for k in range(n_folds):
            models = fit_all(program, {**everything, name: folds != k}, kinds)
            rows = (folds == k)[s.page]
            p[rows] = predict(program, models, [name])[name][rows]
        np.save(os.path.join(program.work, f"cv-{name}.npy"), p)
        if name == "wcxb-dev":
            right = np.zeros(len(s.truth), dtype=bool)
            for k in range(n_folds):
                forests, y = fit_kinds(s, folds != k)
                right[folds == k] = forests.predict(s.page_x[folds == k], num_threads=1).argmax(axis=1) == y[folds == k]
            tell("page types cross-validated", right.mean())
        f1 = s.word_f1(program.stories({name: p})[name])
        tell(f"{name} articles cross-validated", f1[s.is_article].mean())
        if name == "wcxb-dev":
            tell("wcxb-dev all cross-validated", f1.mean())
    return out


def write(path, tokens_path, program, models, scores):
    """The trees in the form of `model.rs`, and the words that they were trained with in that of `tokens.rs`."""
    with open(program.prefix + ".table", encoding="utf-8") as file:
        words = file.read()
    lines = []
    known = [program.names, program.judged_names + program.names]
    for kind, model in models.items():
        for stage, booster, names in zip(("first", "second"), model, known):
            lines += forest_lines(f"{kind} {stage}", booster.dump_model()["tree_info"], names)
    every = np.ones(len(program.sets["wcxb-dev"].truth), dtype=bool)
    trees = fit_kinds(program.sets["wcxb-dev"], every)[0].dump_model()["tree_info"]
    for kind in range(len(KINDS)):
        lines += forest_lines(f"page type {kind}", trees[kind :: len(KINDS)], program.page_names)
    body = "\n".join(lines) + "\n"
    data = []
    for name, s in program.sets.items():
        digest = hashlib.sha256("".join(t["id"] for t in s.truth).encode()).hexdigest()[:12]
        data.append(f"{name} {len(s.truth)} pages ({digest})")
    head = {
        "data": ", ".join(data),
        "date": datetime.date.today().isoformat(),
        "trainer": f"lightgbm {lightgbm.__version__}",
        "scores": ", ".join(f"{k} {v}" for k, v in scores.items()) or "not measured",
        "digest": "sha256:" + hashlib.sha256(body.encode()).hexdigest(),
        "tokens": "sha256:" + hashlib.sha256(words.encode()).hexdigest(),
    }
    for file_path, text in ((path, "".join(f"{k}: {v}\n" for k, v in head.items()) + body), (tokens_path, words)):
        with open(file_path, "w", encoding="utf-8") as file:
            file.write(text)
        print(f"{file_path}: {os.path.getsize(file_path)} bytes")


def forest_lines(key, trees, names):
    used = sorted({f for t in trees for f in features_of(t["tree_structure"])})
    number = {f: i for i, f in enumerate(used)}
    head = [f"{key}: {len(trees)}", "columns: " + " ".join(names[f] for f in used)]
    return head + [tree_line(t["tree_structure"], number) for t in trees]


def features_of(node):
    if "leaf_value" in node:
        return []
    return [node["split_feature"]] + features_of(node["left_child"]) + features_of(node["right_child"])


def below(value):
    """The greatest f32 that is not above a f64: rows are f32, so that comparing with it is the same."""
    single = np.float32(value)
    return single if float(single) <= value else np.nextafter(single, np.float32(-np.inf))


def tree_line(tree, number):
    """A full tree of DEPTH levels: where a leaf stands higher, all below it have its value."""
    nodes, level = [], [tree]
    for _ in range(DEPTH):
        below_level = []
        for node in level:
            if "leaf_value" in node:
                nodes.append("0>inf")
                below_level += [node, node]
            else:
                nodes.append(f"{number[node['split_feature']]}>{below(node['threshold'])!s}")
                below_level += [node["left_child"], node["right_child"]]
        level = below_level
    leaves = [str(round(node["leaf_value"] * 65536)) for node in level]
    return " ".join(nodes + leaves)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("--work", default=os.path.join(ROOT, "target", "training"))
    parser.add_argument("--weights", default=os.path.join(ROOT, "src", "main_content", "weights.txt"))
    parser.add_argument("--tokens", default=os.path.join(ROOT, "src", "main_content", "tokens.txt"))
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)
    program = Program(arguments.data, arguments.work)
    for name, s in program.sets.items():
        if s.truth[0]["text"] is not None:
            print(f"labels of {name}: {s.labels_f1.mean():.4f}, articles {s.labels_f1[s.is_article].mean():.4f}", flush=True)
    scores = figures(program) if arguments.figures else {}
    everything = {n: np.ones(len(s.truth), dtype=bool) for n, s in program.sets.items()}
    models = fit_all(program, everything)
    write(arguments.weights, arguments.tokens, program, models, scores)


if __name__ == "__main__":
    main()
