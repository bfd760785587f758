import json


def save(model, X, path):
    """Writes a trained scikit-learn classifier for Model Heist; X is the inputs it was trained on."""
    file = {"sklearn": type(model).__name__, "low": X.min(0), "high": X.max(0), "classes": [str(c) for c in model.classes_]}
    tree = getattr(model, "tree_", None)
    for name in """coef_ intercept_ multi_class coefs_ intercepts_ activation kernel degree coef0 _gamma dual_coef_ support_vectors_
            n_neighbors weights p _fit_X _y children_left children_right feature threshold value""".split():
        if hasattr(model, name) or hasattr(tree, name):
            file[name] = getattr(model, name, None) if hasattr(model, name) else getattr(tree, name)
    with open(path, "w") as out:
        json.dump(file, out, default=lambda array: array.tolist())
