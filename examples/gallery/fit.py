"""Fits the gallery: fit.py [NAME...] writes NAME.eml, NAME.inputs.csv and NAME.predictions.csv beside itself, of every model by default.

Needs scikit-learn and statsmodels (PyPI); all data come with them. predictions.csv is what the fitted model gives in doubles. The tests need none of this:
tests/e2e/test_gallery.py compiles, proves and compares.
"""
import math
import pathlib
import re
import sys
import warnings

import numpy as np
import pandas as pd
import sklearn.datasets as sk
import statsmodels.api as sm
import statsmodels.formula.api as smf
from sklearn import discriminant_analysis, linear_model, svm
from sklearn.cross_decomposition import PLSRegression

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).parent
ROWS = 12
MODELS = {}


def model(function):
    MODELS[function.__name__] = function
    return function


# ----- Writing models


def identifier(column):
    name = re.sub(r"\W+", "_", column).strip("_").lower()
    return name if name[:1].isalpha() else "x_" + name


def decimals(values):
    """Of a column that a step describes; None: it has too many."""
    for places in range(5):
        if np.allclose(values, np.round(values, places), rtol=0, atol=1e-12):
            return places
    return None


def around(values):
    """A range for more than these, its ends short."""
    lo, hi = float(np.min(values)), float(np.max(values))
    width = (hi - lo) or 1.0
    unit = 10.0 ** math.floor(math.log10(width))
    lo, hi = math.floor((lo - width / 10) / unit) * unit, math.ceil((hi + width / 10) / unit) * unit
    return (max(lo, 0.0) if np.min(values) >= 0 else lo), hi


def short(value):
    return repr(round(float(value), 10)).removesuffix(".0")


class Model:
    def __init__(self, name, source, data, visibility="public", ranges=None, words=()):
        self.name, self.data, self.columns = name, data, list(data.columns)
        self.lines = [f"# {line}" for line in source.split("\n")] + [f"model {name}", ""]
        self.ids = {column: identifier(column) for column in self.columns}
        for column in self.columns:
            values, quoted = data[column], "" if self.ids[column] == column else f' "{column}"'
            if column in words:
                kinds = ", ".join(f'"{word}"' for word in words[column])
                self.lines.append(f"input {visibility} {self.ids[column]}{quoted} in {{{kinds}}}")
                continue
            lo, hi = (ranges or {}).get(column) or around(values)
            places = decimals(values)
            grid = "" if places is None else " integer" if places == 0 else f" step {10.0 ** -places:g}"
            self.lines.append(f"input {visibility} {self.ids[column]}{quoted} in [{short(lo)}, {short(hi)}]{grid}")
        self.lines.append("")

    def add(self, *lines):
        self.lines += lines
        return self

    def linear(self, weights, intercept, columns=None):
        """intercept + w1 * x1 + ..., a term a line."""
        columns = columns or [self.ids[column] for column in self.columns]
        terms = [f"{float(w)!r} * {c}" for w, c in zip(weights, columns, strict=True) if w != 0]
        return f"{float(intercept)!r}" + "".join(f"\n    + {term}" for term in terms)

    def write(self, predictions, rows=None):
        rows = range(0, len(self.data), max(1, len(self.data) // ROWS)) if rows is None else rows
        rows = list(rows)[:ROWS]
        (HERE / f"{self.name}.eml").write_text("\n".join(self.lines).rstrip() + "\n")
        self.data.iloc[rows].to_csv(HERE / f"{self.name}.inputs.csv", index=False)
        table = pd.DataFrame(predictions)
        table.iloc[rows].to_csv(HERE / f"{self.name}.predictions.csv", index=False)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def diabetes(columns=None):
    data = sk.load_diabetes(as_frame=True, scaled=False)
    return data.data[columns] if columns else data.data, data.target


def linear_model_of(name, source, fit, within, visibility="public"):
    x, y = diabetes()
    fit.fit(x.values, y)
    m = Model(name, source + "\nData: scikit-learn, load_diabetes(scaled=False); Efron et al. (2004).", x, visibility)
    m.add(f"output progression within {within} = " + m.linear(np.ravel(fit.coef_), np.ravel(fit.intercept_)[0]))
    m.write({"progression": np.ravel(fit.predict(x.values))})


# ----- Linear models


@model
def ols():
    linear_model_of("ols", "Least squares: disease progression of 442 patients.", linear_model.LinearRegression(), 0.01)


@model
def ols_secret():
    linear_model_of("ols_secret", "Least squares on encrypted patients.", linear_model.LinearRegression(), 0.1, "secret")


@model
def ridge():
    linear_model_of("ridge", "Ridge regression.", linear_model.Ridge(alpha=10), 0.01)


@model
def ridge_secret():
    linear_model_of("ridge_secret", "Ridge regression on encrypted patients.", linear_model.Ridge(alpha=10), 0.1, "secret")


@model
def lasso():
    linear_model_of("lasso", "Lasso: coefficients that are 0 are left out, but their inputs are declared.", linear_model.Lasso(alpha=1.0), 0.01)


@model
def elastic_net():
    linear_model_of("elastic_net", "Elastic net.", linear_model.ElasticNet(alpha=0.5, l1_ratio=0.3), 0.01)


@model
def huber():
    linear_model_of("huber", "Robust regression, Huber's loss.", linear_model.HuberRegressor(max_iter=10000), 0.01)


@model
def bayesian_ridge():
    linear_model_of("bayesian_ridge", "Bayesian ridge regression.", linear_model.BayesianRidge(), 0.01)


@model
def quantile():
    linear_model_of("quantile", "Median regression.", linear_model.QuantileRegressor(quantile=0.5, alpha=0), 0.01)


@model
def pls():
    x, y = diabetes()
    fit = PLSRegression(n_components=3).fit(x.values, y)
    m = Model("pls", "Partial least squares, 3 components, folded into one form.\nData: scikit-learn, load_diabetes(scaled=False).", x)
    b = np.ravel(fit.coef_)
    m.add("output progression within 0.01 = " + m.linear(b, float(np.ravel(fit.predict(np.zeros((1, 10))))[0])))
    m.write({"progression": np.ravel(fit.predict(x.values))})


@model
def linnerud():
    data = sk.load_linnerud(as_frame=True)
    fit = linear_model.LinearRegression().fit(data.data.values, data.target.values)
    m = Model("linnerud", "Three outputs at once.\nData: scikit-learn, load_linnerud.", data.data)
    for k, name in enumerate(data.target.columns):
        m.add(f"output {name.lower()} within 1e-3 = " + m.linear(fit.coef_[k], fit.intercept_[k]), "")
    said = fit.predict(data.data.values)
    m.write({name.lower(): said[:, k] for k, name in enumerate(data.target.columns)})


@model
def longley():
    data = sm.datasets.longley.load_pandas().data
    x = data.drop(columns="TOTEMP")
    fit = sm.OLS(data.TOTEMP, sm.add_constant(x)).fit()
    m = Model("longley", "Nearly collinear columns, the classic test of least squares.\nData: statsmodels, longley (public domain).", x)
    m.add("output employed within 0.1 = " + m.linear(fit.params[x.columns], fit.params["const"]))
    m.write({"employed": fit.predict()})


@model
def stackloss():
    data = sm.datasets.stackloss.load_pandas().data
    x = data.drop(columns="STACKLOSS")
    fit = sm.RLM(data.STACKLOSS, sm.add_constant(x), M=sm.robust.norms.TukeyBiweight()).fit()
    m = Model("stackloss", "Robust regression, Tukey's biweight.\nData: statsmodels, stackloss (public domain).", x)
    m.add("output loss within 1e-3 = " + m.linear(fit.params[x.columns], fit.params["const"]))
    m.write({"loss": fit.predict()})


@model
def stackloss_secret():
    data = sm.datasets.stackloss.load_pandas().data
    x = data.drop(columns="STACKLOSS")
    fit = sm.OLS(data.STACKLOSS, sm.add_constant(x)).fit()
    m = Model("stackloss_secret", "Least squares on encrypted measurements.\nData: statsmodels, stackloss (public domain).", x, "secret")
    m.add("output loss within 1e-3 = " + m.linear(fit.params[x.columns], fit.params["const"]))
    m.write({"loss": fit.predict()})


# ----- Terms that are not affine


@model
def polynomial():
    x, y = diabetes(["bmi", "bp", "age"])
    f = pd.DataFrame({"bmi": x.bmi, "bp": x.bp, "age": x.age, "bmi^2": x.bmi**2, "bmi * bp": x.bmi * x.bp, "age * bmi": x.age * x.bmi, "bp^2": x.bp**2})
    fit = linear_model.LinearRegression().fit(f.values, y)
    m = Model("polynomial", "Squares and interactions.\nData: scikit-learn, load_diabetes(scaled=False).", x)
    m.add("output progression within 0.01 = " + m.linear(fit.coef_, fit.intercept_, list(f.columns)))
    m.write({"progression": fit.predict(f.values)})


@model
def polynomial_secret():
    x, y = diabetes(["bmi", "bp"])
    f = pd.DataFrame({"bmi": x.bmi, "bp": x.bp, "bmi^2": x.bmi**2, "bmi * bp": x.bmi * x.bp})
    fit = linear_model.LinearRegression().fit(f.values, y)
    m = Model("polynomial_secret", "Squares and interactions of encrypted columns: who encrypts works them out.\nData: scikit-learn, load_diabetes(scaled=False).", x, "secret")
    m.add("output progression within 0.1 = " + m.linear(fit.coef_, fit.intercept_, list(f.columns)))
    m.write({"progression": fit.predict(f.values)})


@model
def poly_orthogonal():
    data = sm.datasets.engel.load_pandas().data
    t = (data.income - 1000) / 500
    basis = np.polynomial.legendre.legvander(t, 3)
    fit = sm.OLS(data.foodexp, basis).fit()
    m = Model("poly_orthogonal", "Legendre polynomials of a scaled column, as R's poly() and its like.\nData: statsmodels, engel (Koenker and Bassett, 1982).", data[["income"]], ranges={"income": (300, 5000)})
    m.add("let t = (income - 1000) / 500", "let p2 = (3 * t^2 - 1) / 2", "let p3 = (5 * t^3 - 3 * t) / 2",
          "output food within 0.01 = " + m.linear(fit.params.values[1:] if hasattr(fit.params, "values") else fit.params[1:], np.asarray(fit.params)[0], ["t", "p2", "p3"]))
    m.write({"food": fit.predict()})


def log_log(name, visibility, source):
    data = sm.datasets.engel.load_pandas().data
    fit = sm.OLS(np.log(data.foodexp), sm.add_constant(np.log(data.income))).fit()
    m = Model(name, source + "\nData: statsmodels, engel (Koenker and Bassett, 1982).", data[["income"]], visibility, {"income": (300, 5000)})
    m.add(f"output elastic within 1e-5 = {float(fit.params.iloc[0])!r} + {float(fit.params.iloc[1])!r} * log(income)", "result food within 0.1 = exp(elastic)")
    m.write({"elastic": fit.predict(), "food": np.exp(fit.predict())})


@model
def log_log_public():
    log_log("log_log_public", "public", "Log-log: an elasticity, and the prediction back in money.")


@model
def log_log_secret():
    log_log("log_log_secret", "secret", "Log-log on encrypted incomes: the logarithm is taken while encrypting, the exponential when decrypted.")


@model
def hinges():
    x, y = diabetes(["bmi", "s5", "bp"])
    f = pd.DataFrame({"bmi": x.bmi, "max(0, bmi - 25)": np.maximum(0, x.bmi - 25), "max(0, bmi - 32)": np.maximum(0, x.bmi - 32),
                      "s5": x.s5, "max(0, s5 - 4.8)": np.maximum(0, x.s5 - 4.8), "max(0, 100 - bp)": np.maximum(0, 100 - x.bp)})
    fit = linear_model.LinearRegression().fit(f.values, y)
    m = Model("hinges", "Hinges, the terms of MARS and of linear splines.\nData: scikit-learn, load_diabetes(scaled=False).", x)
    m.add("output progression within 0.01 = " + m.linear(fit.coef_, fit.intercept_, list(f.columns)))
    m.write({"progression": fit.predict(f.values)})


@model
def hinges_secret():
    x, y = diabetes(["bmi", "bp"])
    f = pd.DataFrame({"bmi": x.bmi, "max(0, bmi - 28)": np.maximum(0, x.bmi - 28), "bp": x.bp})
    fit = linear_model.LinearRegression().fit(f.values, y)
    m = Model("hinges_secret", "Hinges of encrypted columns.\nData: scikit-learn, load_diabetes(scaled=False).", x, "secret")
    m.add("output progression within 0.1 = " + m.linear(fit.coef_, fit.intercept_, list(f.columns)))
    m.write({"progression": fit.predict(f.values)})


@model
def cubic_spline():
    data = sm.datasets.nile.load_pandas().data.astype(int)
    t = data.year - 1870
    knots = [25, 50, 75]
    f = pd.DataFrame({"t": t, "t^2": t**2, "t^3": t**3, **{f"max(0, t - {k})^3": np.maximum(0, t - k) ** 3 for k in knots}})
    fit = linear_model.LinearRegression().fit(f.values.astype(float), data.volume)
    m = Model("cubic_spline", "A cubic spline with three knots, truncated powers.\nData: statsmodels, nile (public domain).", data[["year"]], ranges={"year": (1870, 1971)})
    m.add("let t = year - 1870", "output volume within 0.01 = " + m.linear(fit.coef_, fit.intercept_, list(f.columns)))
    m.write({"volume": fit.predict(f.values.astype(float))})


@model
def factors():
    data = sm.datasets.grunfeld.load_pandas().data
    fit = smf.ols("invest ~ value + capital + C(firm)", data).fit()
    firms = sorted(data.firm.unique())
    m = Model("factors", "lm(invest ~ value + capital + factor(firm)).\nData: statsmodels, grunfeld (public domain).", data[["value", "capital", "firm"]], words={"firm": firms})
    effects = [float(fit.params.get(f"C(firm)[T.{firm}]", 0.0)) for firm in firms]
    m.add("param effect[%d] = [%s]" % (len(firms), ", ".join(repr(e) for e in effects)),
          f"output invest within 0.01 = {float(fit.params['Intercept'])!r} + {float(fit.params['value'])!r} * value + {float(fit.params['capital'])!r} * capital",
          "    + dot(effect, onehot(firm))")
    m.write({"invest": fit.predict(data)})


@model
def factor_interaction():
    data = sm.datasets.grunfeld.load_pandas().data
    data = data[data.firm.isin(["General Motors", "US Steel", "IBM"])]
    fit = smf.ols("invest ~ C(firm) * capital", data).fit()
    m = Model("factor_interaction", "lm(invest ~ firm * capital): a slope for each firm.\nData: statsmodels, grunfeld (public domain).", data[["firm", "capital"]],
              words={"firm": ["General Motors", "US Steel", "IBM"]})
    p = fit.params
    m.add('let steel = firm == "US Steel"', 'let ibm = firm == "IBM"',
          f"output invest within 0.01 = {p['Intercept']!r} + {p['capital']!r} * capital".replace("np.float64(", "").replace(")", ""),
          *[f"    + {float(p[f'C(firm)[T.{w}]'])!r} * {i} + {float(p[f'C(firm)[T.{w}]:capital'])!r} * {i} * capital" for w, i in (("US Steel", "steel"), ("IBM", "ibm"))])
    m.write({"invest": fit.predict(data).values})


# ----- Classifiers, links, thresholds


@model
def logistic_binary():
    data = sk.load_breast_cancer(as_frame=True)
    x = data.data[["mean radius", "mean texture", "mean smoothness", "worst concavity"]]
    mean, scale = x.mean(), x.std(ddof=0)
    fit = linear_model.LogisticRegression().fit(((x - mean) / scale).values, data.target)
    score = ((x - mean) / scale).values @ fit.coef_[0] + fit.intercept_[0]
    m = Model("logistic_binary", "Logistic regression on standardised columns, called as the table calls them.\nData: scikit-learn, load_breast_cancer (Wolberg et al., 1995).", x)
    terms = [f"({float(w)!r}) * ({m.ids[c]} - {float(mean[c])!r}) / {float(scale[c])!r}" for w, c in zip(fit.coef_[0], x.columns)]
    m.add(f"output score within 1e-4 = {float(fit.intercept_[0])!r}", *["    + " + term for term in terms],
          "result benign within 1e-3 = logistic(score)", "result is_benign = benign >= 0.5")
    m.write({"score": score, "benign": sigmoid(score), "is_benign": fit.predict(((x - mean) / scale).values)})


@model
def logistic_secret():
    data = sk.load_breast_cancer(as_frame=True)
    x = data.data[["mean radius", "mean texture"]]
    fit = linear_model.LogisticRegression().fit(x.values, data.target)
    score = fit.decision_function(x.values)
    m = Model("logistic_secret", "A diagnosis on encrypted measurements; probability and class when decrypted.\nData: scikit-learn, load_breast_cancer.", x, "secret")
    m.add("output score within 1e-3 = " + m.linear(fit.coef_[0], fit.intercept_[0]), "result benign within 1e-3 = logistic(score)", "result is_benign = benign >= 0.5")
    m.write({"score": score, "benign": sigmoid(score), "is_benign": fit.predict(x.values)})


def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@model
def softmax_iris():
    data = sk.load_iris(as_frame=True)
    fit = linear_model.LogisticRegression(max_iter=2000).fit(data.data.values, data.target)
    scores = fit.decision_function(data.data.values)
    m = Model("softmax_iris", "Multinomial logistic regression: three scores, their shares, the class.\nData: scikit-learn, load_iris (Fisher, 1936).", data.data)
    rows = ",\n    ".join("[" + ", ".join(repr(float(w)) for w in row) + "]" for row in fit.coef_)
    m.add(f"param w[3, 4] = [\n    {rows}\n]", "param b[3] = [" + ", ".join(repr(float(v)) for v in fit.intercept_) + "]",
          "output score[3] within 1e-4 = w @ [" + ", ".join(m.ids.values()) + "] + b", "result share[3] within 1e-3 = softmax(score)", "result species = argmax(score)")
    shares = softmax(scores)
    m.write({**{f"score[{k}]": scores[:, k] for k in range(3)}, **{f"share[{k}]": shares[:, k] for k in range(3)}, "species": fit.predict(data.data.values)})


@model
def lda_wine():
    data = sk.load_wine(as_frame=True)
    x = data.data[["alcohol", "flavanoids", "color_intensity", "proline"]]
    fit = discriminant_analysis.LinearDiscriminantAnalysis().fit(x.values, data.target)
    scores = fit.decision_function(x.values)
    m = Model("lda_wine", "Linear discriminant analysis.\nData: scikit-learn, load_wine (Forina et al., 1988).", x)
    for k in range(3):
        m.add(f"output class{k} within 1e-3 = " + m.linear(fit.coef_[k], fit.intercept_[k]), "")
    m.add("result share[3] within 0.01 = softmax([class0, class1, class2])", "result best = argmax([class0, class1, class2])")
    shares = softmax(scores)
    m.write({**{f"class{k}": scores[:, k] for k in range(3)}, **{f"share[{k}]": shares[:, k] for k in range(3)}, "best": fit.predict(x.values)})


@model
def linear_svm():
    data = sk.load_breast_cancer(as_frame=True)
    x = data.data[["mean radius", "mean texture", "mean concavity"]]
    mean, scale = x.mean(), x.std(ddof=0)
    fit = svm.LinearSVC(random_state=0).fit(((x - mean) / scale).values, data.target)
    margin = fit.decision_function(((x - mean) / scale).values)
    m = Model("linear_svm", "A linear support vector machine: the margin and its sign.\nData: scikit-learn, load_breast_cancer.", x)
    terms = [f"({float(w)!r}) * ({m.ids[c]} - {float(mean[c])!r}) / {float(scale[c])!r}" for w, c in zip(fit.coef_[0], x.columns)]
    m.add(f"output margin within 1e-4 = {float(fit.intercept_[0])!r}", *["    + " + term for term in terms], "result benign = margin > 0")
    m.write({"margin": margin, "benign": (margin > 0).astype(int)})


@model
def svm_secret():
    data = sk.load_breast_cancer(as_frame=True)
    x = data.data[["mean radius", "mean texture"]]
    fit = svm.LinearSVC(random_state=0, dual=False).fit(x.values, data.target)
    margin = fit.decision_function(x.values)
    m = Model("svm_secret", "A linear support vector machine on encrypted measurements.\nData: scikit-learn, load_breast_cancer.", x, "secret")
    m.add("output margin within 1e-3 = " + m.linear(fit.coef_[0], fit.intercept_[0]), "result benign = margin > 0")
    m.write({"margin": margin, "benign": (margin > 0).astype(int)})


def spector(name, family, result, source, value):
    data = sm.datasets.spector.load_pandas().data
    x = data.drop(columns="GRADE")
    fit = sm.GLM(data.GRADE, sm.add_constant(x), family=family).fit()
    eta = sm.add_constant(x).values @ fit.params.values
    m = Model(name, source + "\nData: statsmodels, spector (Spector and Mazzeo, 1980).", x)
    m.add("output eta within 1e-5 = " + m.linear(fit.params[x.columns], fit.params["const"]), f"result pass within 1e-4 = {result}(eta)")
    m.write({"eta": eta, "pass": value(eta) if value else fit.predict()})


@model
def logit():
    spector("logit", sm.families.Binomial(), "logistic", "Logit.", None)


@model
def probit():
    spector("probit", sm.families.Binomial(sm.families.links.Probit()), "probit", "Probit: the normal distribution function of a score.", None)


@model
def cloglog():
    spector("cloglog", sm.families.Binomial(sm.families.links.CLogLog()), "cloglog", "Complementary log-log.", None)


@model
def poisson():
    data = sm.datasets.cpunish.load_pandas().data
    x = data[["INCOME", "PERPOVERTY", "SOUTH", "DEGREE"]]
    fit = sm.GLM(data.EXECUTIONS, sm.add_constant(x), family=sm.families.Poisson()).fit()
    eta = sm.add_constant(x).values @ fit.params.values
    m = Model("poisson", "Poisson regression, log link: a count.\nData: statsmodels, cpunish (Gill, 2000).", x, ranges={"DEGREE": (0.1, 0.4), "SOUTH": (0, 1)})
    m.add("output eta within 1e-8 = " + m.linear(fit.params[x.columns], fit.params["const"]), "result executions within 0.01 = exp(eta)")
    m.write({"eta": eta, "executions": fit.predict()})


@model
def gamma():
    data = sm.datasets.scotland.load_pandas().data
    x = data[["COUTAX", "UNEMPF", "MOR", "AGE"]]
    fit = sm.GLM(data.YES, sm.add_constant(x), family=sm.families.Gamma(sm.families.links.InversePower())).fit()
    eta = sm.add_constant(x).values @ fit.params.values
    m = Model("gamma", "Gamma regression, inverse link: the prediction is 1 over the score.\nData: statsmodels, scotland (Gill, 2000).", x,
              ranges={c: (float(x[c].min()), float(x[c].max())) for c in x.columns})
    m.add("output eta within 1e-8 = " + m.linear(fit.params[x.columns], fit.params["const"]), "result yes within 0.01 = 1 / max(eta, 0.005)")
    m.write({"eta": eta, "yes": fit.predict()})


@model
def scorecard():
    data = sm.datasets.fair.load_pandas().data
    x = data[["age", "yrs_married", "religious", "rate_marriage"]]
    young, long_, faith, happy = (x.age < 27).astype(int), (x.yrs_married >= 9).astype(int), (x.religious >= 3).astype(int), (x.rate_marriage >= 4).astype(int)
    fit = linear_model.LogisticRegression(C=1e6).fit(np.column_stack([young, long_, faith, happy]), (data.affairs > 0).astype(int))
    points = np.round(-20 * fit.coef_[0] / math.log(2)).astype(int)
    base = 600 - int(np.round(20 * fit.intercept_[0] / math.log(2)))
    total = base + np.column_stack([young, long_, faith, happy]) @ points
    m = Model("scorecard", "A scorecard with whole points, 20 to double the odds, and its bands.\nData: statsmodels, fair (Fair, 1978).", x, ranges={"age": (17, 60), "yrs_married": (0, 40)})
    m.add(f"output points exact = {base} + {points[0]} * (age < 27) + {points[1]} * (yrs_married >= 9) + {points[2]} * (religious >= 3) + {points[3]} * (rate_marriage >= 4)".replace("+ -", "- "),
          "result odds within 0.01 = exp((points - 600) * 0.03465735902799726)", f"result band = if points >= {int(np.quantile(total, .7))} then 2 else if points >= {int(np.quantile(total, .3))} then 1 else 0")
    m.write({"points": total, "odds": np.exp((total - 600) * 0.03465735902799726), "band": np.where(total >= int(np.quantile(total, .7)), 2, np.where(total >= int(np.quantile(total, .3)), 1, 0))})


@model
def tariff():
    rng = np.random.default_rng(1)
    x = pd.DataFrame({"kWh": rng.integers(0, 9000, 40), "plan": rng.choice(["day", "night", "flex"], 40)})
    steps = np.minimum(x.kWh, 1500) * 0.28 + np.clip(x.kWh - 1500, 0, 2500) * 0.31 + np.maximum(x.kWh - 4000, 0) * 0.36
    fee = x.plan.map({"day": 96.0, "night": 84.0, "flex": 120.0})
    rebate = np.where((x.plan == "night") & (x.kWh > 3000), 25, 0)
    cost = steps + fee - rebate
    m = Model("tariff", "A tariff with steps, a fee by plan and a rebate: exact to the cent.\nData: drawn by fit.py.", x, ranges={"kWh": (0, 20000)}, words={"plan": ["day", "night", "flex"]})
    m.add("let first = min(kwh, 1500)", "let second = clamp(kwh - 1500, 0, 2500)", "let third = max(kwh - 4000, 0)",
          'output cost exact = 0.28 * first + 0.31 * second + 0.36 * third + dot([96, 84, 120], onehot(plan))', '    - 25 * (if plan == "night" and kwh > 3000 then 1 else 0)', "result cents = 100 * cost")
    m.write({"cost": cost, "cents": np.round(100 * cost)})


@model
def tweedie():
    x, y = diabetes(["bmi", "bp", "s5"])
    fit = linear_model.TweedieRegressor(power=1.5, alpha=0, max_iter=10000).fit(x.values, y)
    eta = x.values @ fit.coef_ + fit.intercept_
    m = Model("tweedie", "Tweedie regression, log link.\nData: scikit-learn, load_diabetes(scaled=False).", x)
    m.add("output eta within 1e-6 = " + m.linear(fit.coef_, fit.intercept_), "result progression within 0.01 = exp(eta)")
    m.write({"eta": eta, "progression": fit.predict(x.values)})


for wanted in sys.argv[1:] or MODELS:
    MODELS[wanted]()
