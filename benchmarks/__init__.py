"""`make bench`: the budgets of the app, measured side by side in one run."""
