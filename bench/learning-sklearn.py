"""scikit-learn on the tracks and folds that bench/learning.ts left in a folder: scores, or with --time how long a fit takes."""

import json
import sys
import time

import numpy
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import accuracy_score, f1_score, log_loss, r2_score

folder = sys.argv[1]
with open(f"{folder}/tracks.json") as file:
    about = json.load(file)
columns = numpy.fromfile(f"{folder}/tracks.f64").reshape(len(about["names"]), about["rowCount"])
tracks = dict(zip(about["names"], columns))
features = about["names"][: about["features"]]
genre = tracks["genre"].astype(int)


def table(without):
    return numpy.column_stack([tracks[name] for name in features if name not in without])


def encode(labels, training):
    rows = numpy.bincount(genre[training], minlength=genre.max() + 1)
    sums = numpy.bincount(genre[training], labels[training], minlength=genre.max() + 1)
    return ((sums + 20 * labels[training].mean()) / (rows + 20))[genre]


def folds():
    for fold in range(5):
        yield tracks["fold"] != fold, tracks["fold"] == fold


def score_regression(target, with_genre):
    scores = []
    for training, held in folds():
        rows = table([target])
        if with_genre:
            rows = numpy.column_stack([rows, encode(tracks[target], training)])
        model = HistGradientBoostingRegressor(max_iter=300).fit(rows[training], tracks[target][training])
        scores.append(r2_score(tracks[target][held], model.predict(rows[held])))
    print(f"  scikit-learn: {target} {'with' if with_genre else 'without'} genre {numpy.mean(scores):.3f} R²")


def score_moods():
    labels = tracks["mood"].astype(int)
    scores = []
    for training, held in folds():
        encoded = [encode((labels == one).astype(float), training) for one in range(5)]
        rows = numpy.column_stack([table(["valence", "energy"]), *encoded])
        model = HistGradientBoostingClassifier(max_iter=300).fit(rows[training], labels[training])
        probabilities = model.predict_proba(rows[held])
        predicted = probabilities.argmax(axis=1)
        loss = log_loss(labels[held], probabilities)
        scores.append((f1_score(labels[held], predicted, average="macro"), accuracy_score(labels[held], predicted), loss))
    f1, accuracy, loss = numpy.mean(scores, axis=0)
    print(f"  scikit-learn: mood class with genre {f1:.3f} macro-F1, {accuracy:.3f} accuracy, {loss:.3f} log loss")


def time_fit():
    training = tracks["fold"] != 0
    rows = table(["valence"])[training]
    many = rows[numpy.arange(100_000) % len(rows)]
    started = time.perf_counter()
    model = HistGradientBoostingRegressor(max_iter=300, early_stopping=False).fit(rows, tracks["valence"][training])
    fitted = time.perf_counter()
    model.predict(many)
    print(json.dumps({"fitSeconds": fitted - started, "scoreSeconds": time.perf_counter() - fitted}))


if "--time" in sys.argv:
    time_fit()
else:
    for target in ("valence", "energy"):
        score_regression(target, False)
        score_regression(target, True)
    score_moods()
