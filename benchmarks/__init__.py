"""Speed of the models and the solvers, as ratios against a reference in the same run."""
